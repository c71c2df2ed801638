//! An editor that appends to a dirstate says the same afterwards as one that writes everything anew.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on should stop here"
)]

use std::path::Path;

use hyg_base::{Node, RepoPath};
use hyg_worktree::dirstate::{Editor, Facts, Format, NewDirstate, NewItem, Seen};
use hyg_worktree::{Dirstate, Timestamp};
use proptest::prelude::*;

const PATHS: [&str; 12] = [
    "a",
    "a-x",
    "b/c",
    "b/d/e",
    "b/d/f",
    "b-",
    "c/a",
    "c/b",
    "c/c",
    "dir/one",
    "dir/sub/two",
    "z",
];

fn path(index: usize) -> &'static RepoPath {
    RepoPath::new(PATHS[index % PATHS.len()].as_bytes())
}

fn open(dir: &Path) -> Dirstate {
    Dirstate::open_in(dir, true).unwrap()
}

fn everything(dirstate: &Dirstate) -> Vec<String> {
    let items = dirstate.iter().map(Result::unwrap);
    let mut lines: Vec<String> = items.map(|item| format!("{item:?}")).collect();
    for name in ["b", "b/d", "c", "dir", "dir/sub"] {
        let directory = RepoPath::new(name.as_bytes());
        let below = dirstate.tracked_below(directory).unwrap();
        lines.push(format!(
            "{name} {below} {}",
            dirstate.has_directory(directory).unwrap()
        ));
    }
    lines.push(format!(
        "{} {} {:?}",
        dirstate.len(),
        dirstate.copies_len(),
        dirstate.parents()
    ));
    lines
}

/// The same entries in a dirstate of their own, written whole.
fn whole(dirstate: &Dirstate) -> Vec<String> {
    let other = tempfile::tempdir().unwrap();
    let items = dirstate.iter().map(|item| {
        let item = item.unwrap();
        NewItem {
            path: item.path.to_buf(),
            entry: item.entry,
            copy_source: item.copy_source.map(RepoPath::to_buf),
        }
    });
    let new = NewDirstate {
        parents: dirstate.parents(),
        items: items.collect(),
    };
    new.write(other.path(), Format::V2).unwrap();
    everything(&open(other.path()))
}

fn apply(editor: &mut Editor, (what, at, other): (u8, usize, usize)) {
    let facts = Facts {
        tracked: other.is_multiple_of(2),
        in_first: !other.is_multiple_of(3),
        p2_info: false,
    };
    let seen = Seen {
        mode: 0o100_644,
        size: other as u64,
        mtime: Some(Timestamp::new(7, 8)),
    };
    match what {
        0 => drop(editor.track(path(at))),
        1 => drop(editor.untrack(path(at)).unwrap()),
        2 => editor.place(path(at), Facts::default(), None).unwrap(),
        3 => editor.place(path(at), facts, Some(seen)).unwrap(),
        _ => editor
            .copy(path(at), other.is_multiple_of(2).then(|| path(other)))
            .unwrap(),
    }
}

fn filled(dir: &Path) {
    let mut editor = Editor::new(open(dir), Format::V2);
    for name in 0..40 {
        let name = format!("keep/{name}/file");
        assert!(editor.track(RepoPath::new(name.as_bytes())).unwrap());
    }
    editor.write().unwrap();
}

fn data_file(dir: &Path) -> String {
    let names = std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    let mut names = names.map(|name| name.into_string().unwrap());
    names.find(|name| name.starts_with("dirstate.")).unwrap()
}

#[test]
fn a_small_change_is_appended_and_a_change_of_others_is_not_lost() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path());
    let file = dir.path().join(data_file(dir.path()));
    let before = std::fs::read(&file).unwrap();
    let mut late = Editor::new(open(dir.path()), Format::V2);
    let mut editor = Editor::new(open(dir.path()), Format::V2);
    editor.assign_parents([Node([3; 20]), Node::NULL]);
    assert!(editor.track(RepoPath::new(b"keep/new")).unwrap());
    editor.write().unwrap();
    let after = std::fs::read(&file).unwrap();
    assert!(after.starts_with(&before) && after.len() > before.len());
    assert_eq!(open(dir.path()).len(), 41);
    // What is on disk is not what this one was made from: it puts its own in another file.
    assert!(late.untrack(RepoPath::new(b"keep/7/file")).unwrap());
    late.write().unwrap();
    assert!(!file.exists());
    assert_eq!(open(dir.path()).len(), 39);
}

#[test]
fn a_file_that_is_mostly_unused_is_written_anew() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path());
    let first = data_file(dir.path());
    let mut names = vec![first];
    for round in 0..60 {
        let mut editor = Editor::new(open(dir.path()), Format::V2);
        editor
            .place(
                path(round),
                Facts {
                    tracked: true,
                    ..Facts::default()
                },
                None,
            )
            .unwrap();
        editor.write().unwrap();
        names.push(data_file(dir.path()));
        let size = std::fs::metadata(dir.path().join(names.last().unwrap()))
            .unwrap()
            .len();
        assert!(size < 16_000, "{size}");
    }
    names.dedup();
    assert!((2..40).contains(&names.len()), "{names:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn appended_changes_are_what_was_asked_for(
        rounds in proptest::collection::vec(proptest::collection::vec((0u8..5, 0usize..12, 0usize..12), 0..8), 1..12),
    ) {
        let dir = tempfile::tempdir().unwrap();
        filled(dir.path());
        let other = tempfile::tempdir().unwrap();
        filled(other.path());
        for (number, round) in rounds.into_iter().enumerate() {
            let mut editor = Editor::new(open(dir.path()), Format::V2);
            let mut model = Editor::new(Dirstate::open_in(other.path(), true).unwrap(), Format::V2);
            let parents = [Node([number as u8; 20]), Node::NULL];
            editor.assign_parents(parents);
            model.assign_parents(parents);
            for step in round {
                apply(&mut editor, step);
                apply(&mut model, step);
            }
            // Another docket than the one that was read: everything is written anew.
            std::fs::write(other.path().join("dirstate"), b"").unwrap();
            editor.write().unwrap();
            model.write().unwrap();
            let now = everything(&open(dir.path()));
            prop_assert_eq!(&now, &everything(&open(other.path())));
            prop_assert_eq!(&now, &whole(&open(dir.path())));
        }
    }
}
