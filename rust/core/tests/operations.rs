//! Operations on a repository that the peer made; the answers are the ones the peer gives for the same state.
#![expect(
    clippy::unwrap_used,
    reason = "a test stops where its fixture is wrong"
)]

mod small_repository;

use hyg_base::{NoInterrupt, Rev};
use hyg_core::matching::{Matcher, NoExotic, Selection, World};
use hyg_core::ops::files::{FilesRequest, FoundPaths, files};
use hyg_core::ops::status::{Compared, StatusKind, StatusOutcome, StatusRequest, status};
use hyg_core::render::{self, FilesView, PathDisplay, StatusView};
use hyg_core::repo::{Repo, find_root};
use hyg_worktree::dirstate::FixOutcome;
use small_repository::SmallRepository;

fn matcher(repo: &Repo, patterns: &[&str]) -> Box<dyn Matcher> {
    let selection = Selection {
        patterns: patterns
            .iter()
            .map(|text| text.as_bytes().to_vec())
            .collect(),
        ..Selection::default()
    };
    let built = selection.build(repo.root(), repo.root(), World::WorkingCopy, &NoExotic);
    built.unwrap().matcher
}

fn ask(repo: &Repo, compared: Compared, patterns: &[&str]) -> StatusOutcome {
    let request = StatusRequest {
        compared,
        kinds: StatusKind::ALL.into_iter().collect(),
        copies: false,
        matcher: &*matcher(repo, patterns),
        ignore_files: &[],
        exotic: &NoExotic,
        interrupt: &NoInterrupt,
    };
    status(repo, &request).unwrap()
}

/// Status lines, joined by commas.
fn shown(outcome: &StatusOutcome) -> String {
    let view = StatusView {
        kinds: StatusKind::ALL.into_iter().collect(),
        letters: true,
        copies: true,
        end: b',',
        display: &PathDisplay::FromRoot,
    };
    String::from_utf8(render::status(&outcome.report, &view)).unwrap()
}

#[test]
fn the_working_directory_against_its_parent() {
    let made = SmallRepository::changed();
    let repo = Repo::open(&made.root()).unwrap();
    let outcome = ask(&repo, Compared::WorkingCopy, &[]);
    assert_eq!(
        shown(&outcome),
        "M b/run,M same,! extra,? u,I x.o,C .hgignore,C a,C b/new,C link,"
    );
    assert!(outcome.warnings.is_empty());
    assert_eq!(
        shown(&ask(&repo, Compared::WorkingCopy, &["b"])),
        "M b/run,C b/new,"
    );
    assert_eq!(
        shown(&ask(&repo, Compared::WorkingCopyWith(Rev(1)), &["b"])),
        "M b/run,C b/new,"
    );
}

#[test]
fn the_working_directory_against_another_revision() {
    let made = SmallRepository::changed();
    let repo = Repo::open(&made.root()).unwrap();
    let outcome = ask(&repo, Compared::WorkingCopyWith(Rev(0)), &[]);
    assert_eq!(
        shown(&outcome),
        "M a,M b/run,M same,A b/new,R b/old,! extra,? u,I x.o,C .hgignore,C link,"
    );
    made.write("a", "one\n");
    made.write("b/old", "other\n");
    let outcome = ask(&repo, Compared::WorkingCopyWith(Rev(0)), &["a", "b/old"]);
    assert_eq!(shown(&outcome), "R b/old,C a,");
    let outcome = ask(&repo, Compared::WorkingCopyWith(Rev::NULL), &["a"]);
    assert_eq!(shown(&outcome), "A a,");
}

#[test]
fn two_revisions() {
    let made = SmallRepository::new();
    let repo = Repo::open(&made.root()).unwrap();
    let forth = ask(&repo, Compared::Revisions(Rev(0), Rev(1)), &[]);
    assert_eq!(
        shown(&forth),
        "M a,A b/new,A extra,R b/old,C .hgignore,C b/run,C link,C same,"
    );
    let back = ask(&repo, Compared::Revisions(Rev(1), Rev(0)), &["b"]);
    assert_eq!(shown(&back), "A b/old,R b/new,C b/run,");
    let none = ask(&repo, Compared::Revisions(Rev(1), Rev(1)), &["a"]);
    assert_eq!(shown(&none), "C a,");
}

#[test]
fn files_found_clean_are_remembered_once() {
    let made = SmallRepository::new();
    let repo = Repo::open(&made.root()).unwrap();
    // The files were written a moment ago: their time is not reliable within the same tick.
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(60);
    for name in [".hgignore", "a", "b/new", "b/run", "extra", "same"] {
        let file = std::fs::File::open(made.root().join(name)).unwrap();
        file.set_modified(old).unwrap();
    }
    let first = ask(&repo, Compared::WorkingCopy, &[]).proposal.unwrap();
    assert_eq!(first.write(), FixOutcome::Written);
    let second = ask(&repo, Compared::WorkingCopy, &["a", "b", "same"]);
    assert_eq!(second.proposal.unwrap().write(), FixOutcome::Nothing);
}

#[test]
fn a_parent_that_is_not_in_the_history_is_a_warning() {
    let made = SmallRepository::new();
    let path = made.root().join(".hg/dirstate");
    let mut dirstate = std::fs::read(&path).unwrap();
    dirstate[..20].fill(0x11);
    std::fs::write(&path, dirstate).unwrap();
    let repo = Repo::open(&made.root()).unwrap();
    let outcome = ask(&repo, Compared::WorkingCopy, &["a"]);
    assert_eq!(outcome.warnings.len(), 1);
    assert_eq!(outcome.warnings[0].id, "unknown-working-parent");
    assert_eq!(shown(&outcome), "M a,");
}

#[test]
fn tracked_files() {
    let made = SmallRepository::changed();
    let repo = Repo::open(&made.root()).unwrap();
    let listed = |rev: Option<Rev>, patterns: &[&str]| {
        let matcher = matcher(&repo, patterns);
        let request = FilesRequest {
            rev,
            matcher: &*matcher,
        };
        let report = files(&repo, &request).unwrap();
        let view = FilesView {
            end: b',',
            display: &PathDisplay::FromRoot,
        };
        let lines = String::from_utf8(render::files(&report.paths, &view)).unwrap();
        let paths = FoundPaths::Listed(report.paths.iter().collect());
        let mut chunks = Vec::new();
        render::files_in_chunks(&paths, &view, &mut |chunk| {
            chunks.extend_from_slice(chunk);
            true
        });
        assert_eq!(chunks, lines.as_bytes());
        (lines, report.absent.len())
    };
    let all = ".hgignore,a,b/new,b/run,extra,link,same,";
    assert_eq!(listed(None, &[]), (all.to_owned(), 0));
    assert_eq!(listed(Some(Rev(1)), &[]), (all.to_owned(), 0));
    assert_eq!(listed(Some(Rev(0)), &["b"]), ("b/old,b/run,".to_owned(), 0));
    assert_eq!(listed(Some(Rev(0)), &["b/new"]), (String::new(), 1));
    assert_eq!(
        listed(None, &["same", "a", "same"]),
        ("a,same,same,".to_owned(), 0)
    );
    assert_eq!(listed(None, &["nosuch"]), (String::new(), 0));
    assert_eq!(listed(Some(Rev::NULL), &[]), (String::new(), 0));
}

#[test]
fn the_root_is_found_from_below() {
    let made = SmallRepository::new();
    let root = made.root();
    assert_eq!(find_root(&root.join("b")), Some(root.as_path()));
    assert_eq!(find_root(root.parent().unwrap()), None);
    let repo = Repo::open(&root).unwrap();
    let files: Vec<_> = repo
        .config_files()
        .into_iter()
        .map(|file| file.path)
        .collect();
    assert_eq!(
        files,
        [root.join(".hg/hgrc"), root.join(".hg/hgrc-not-shared")]
    );
    assert_eq!(repo.share_source_root(), root);
}
