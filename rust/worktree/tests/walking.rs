//! The status walk against a naive one that lists everything and looks every fact up for itself.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on should stop here"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;

use hyg_base::{NoInterrupt, Node, PathList, RepoPath, RepoPathBuf};
use hyg_matcher::{
    AlwaysMatcher, ExactMatcher, IgnoreMatcher, MatchRequest, Matcher, MemorySource, NoExotic,
    NoSource, VisitChildren, build, ignore,
};
use hyg_worktree::dirstate::{FixOutcome, Format, NewDirstate, NewItem, Seen, write_fixes};
use hyg_worktree::status::{StatusOptions, Walk, WalkReport, status};
use hyg_worktree::{Dirstate, Entry, Timestamp};
use proptest::prelude::*;

fn repo_path(text: &str) -> RepoPathBuf {
    RepoPathBuf::new(text.as_bytes().to_vec())
}

struct World {
    dir: tempfile::TempDir,
    format: Format,
    ignore: IgnoreMatcher,
    hash: [u8; 20],
}

impl World {
    fn new(format: Format, ignore_file: &str) -> World {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join(".hg")).unwrap();
        let source = MemorySource::new([("/r/.hgignore", ignore_file.as_bytes())]);
        let loaded = ignore::load(b"/r", &[], &source, &NoExotic).unwrap();
        World {
            dir,
            format,
            ignore: loaded.matcher,
            hash: loaded.hash,
        }
    }

    fn root(&self) -> &Path {
        self.dir.path()
    }

    /// Writes a file with an old time, so that no race is suspected.
    fn file(&self, path: &str, content: &str) {
        let full = self.root().join(path);
        fs::create_dir_all(full.parent().unwrap()).unwrap();
        fs::write(&full, content).unwrap();
        age(&full, 1_000_000_000);
    }

    /// The entry of a file that is clean as it lies there.
    fn clean_entry(&self, path: &str) -> Entry {
        let metadata = fs::symlink_metadata(self.root().join(path)).unwrap();
        Entry {
            wc_tracked: true,
            p1_tracked: true,
            mode: Some(metadata.mode()),
            size: Some(metadata.size() as u32),
            mtime: Some(Timestamp::new(
                metadata.mtime(),
                metadata.mtime_nsec() as u32,
            )),
            ..Entry::default()
        }
    }

    fn track(&self, entries: &BTreeMap<String, Entry>) {
        let items = entries.iter().map(|(path, entry)| NewItem {
            path: repo_path(path),
            entry: *entry,
            copy_source: None,
        });
        let new = NewDirstate {
            parents: [Node([1; 20]), Node::NULL],
            items: items.collect(),
        };
        new.write(&self.root().join(".hg"), self.format).unwrap();
    }

    fn track_clean(&self, paths: &[&str]) {
        let entries = paths
            .iter()
            .map(|path| (path.to_string(), self.clean_entry(path)));
        self.track(&entries.collect());
    }

    fn dirstate(&self) -> Dirstate {
        Dirstate::open_in(&self.root().join(".hg"), self.format == Format::V2).unwrap()
    }

    fn status(&self, matcher: &dyn Matcher, options: &StatusOptions) -> WalkReport {
        status(&Walk {
            dirstate: &self.dirstate(),
            root: self.root(),
            matcher,
            ignore: &self.ignore,
            ignore_hash: self.hash,
            options,
            interrupt: &NoInterrupt,
        })
        .unwrap()
    }

    fn letters(&self, matcher: &dyn Matcher, options: &StatusOptions) -> String {
        letters(&self.status(matcher, options)).join(" ")
    }
}

fn age(path: &Path, seconds: u64) {
    let time = std::time::UNIX_EPOCH + std::time::Duration::new(seconds, 500);
    fs::File::open(path).unwrap().set_modified(time).unwrap();
}

fn everything() -> StatusOptions {
    StatusOptions {
        ignored: true,
        clean: true,
        ..StatusOptions::default()
    }
}

fn tracked_only() -> StatusOptions {
    StatusOptions {
        unknown: false,
        clean: true,
        ..StatusOptions::default()
    }
}

fn letters(report: &WalkReport) -> Vec<String> {
    let lists: [(char, &PathList); 8] = [
        ('M', &report.modified),
        ('A', &report.added),
        ('R', &report.removed),
        ('!', &report.deleted),
        ('?', &report.unknown),
        ('I', &report.ignored),
        ('C', &report.clean),
        ('~', &report.unsure),
    ];
    let mut out = Vec::new();
    for (letter, list) in lists {
        assert!(list.iter().is_sorted(), "{letter}");
        out.extend(list.iter().map(|path| format!("{letter}{path}")));
    }
    out
}

#[test]
fn each_state_is_told() {
    for format in [Format::V1, Format::V2] {
        let world = World::new(format, "syntax: glob\n*.o\nbuild\n");
        for path in [
            "clean", "size", "exec", "touched", "gone", "d/clean", "build/in", "fifo",
        ] {
            world.file(path, "12345");
        }
        for path in [
            "unknown", "x.o", "d/y.o", "build/un", "un/a/b", "un/c.o", "added", "merged",
        ] {
            world.file(path, "u");
        }
        let tracked = [
            "clean", "size", "exec", "touched", "gone", "d/clean", "build/in", "fifo",
        ];
        let mut entries: BTreeMap<String, Entry> = tracked
            .iter()
            .map(|path| (path.to_string(), world.clean_entry(path)))
            .collect();
        let only = |wc_tracked, p1_tracked, p2_info| Entry {
            wc_tracked,
            p1_tracked,
            p2_info,
            ..Entry::default()
        };
        entries.insert("added".into(), only(true, false, false));
        entries.insert("merged".into(), only(true, true, true));
        entries.insert("removed".into(), only(false, true, false));
        entries.insert("unknown2".into(), only(false, true, false));
        world.file("unknown2", "removed but there");
        world.track(&entries);
        world.file("size", "123456");
        world.file("touched", "54321");
        age(&world.root().join("touched"), 1_000_000_007);
        fs::set_permissions(world.root().join("exec"), fs::Permissions::from_mode(0o755)).unwrap();
        fs::remove_file(world.root().join("gone")).unwrap();
        fs::remove_file(world.root().join("fifo")).unwrap();
        rustix::fs::mknodat(
            rustix::fs::CWD,
            world.root().join("fifo"),
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RWXU,
            0,
        )
        .unwrap();
        let tracked = "Mexec Mmerged Msize Aadded Rremoved Runknown2 !fifo !gone";
        assert_eq!(
            world.letters(&AlwaysMatcher, &everything()),
            format!(
                "{tracked} ?un/a/b ?unknown Ibuild/un Id/y.o Iun/c.o Ix.o Cbuild/in Cclean Cd/clean ~touched"
            )
        );
        assert_eq!(
            world.letters(&AlwaysMatcher, &StatusOptions::default()),
            format!("{tracked} ?un/a/b ?unknown ~touched")
        );
        assert_eq!(
            world.letters(&AlwaysMatcher, &tracked_only()),
            format!("{tracked} Cbuild/in Cclean Cd/clean ~touched")
        );
    }
}

#[test]
fn files_and_directories_that_take_each_others_place() {
    let world = World::new(Format::V2, "");
    for path in ["dir/a", "dir/b/c", "file", "linked/x"] {
        world.file(path, "1");
    }
    world.track_clean(&["dir/a", "dir/b/c", "file", "linked/x"]);
    fs::remove_dir_all(world.root().join("dir")).unwrap();
    world.file("dir", "now a file");
    fs::remove_file(world.root().join("file")).unwrap();
    world.file("file/in", "now a directory");
    fs::rename(world.root().join("linked"), world.root().join("real")).unwrap();
    symlink("real", world.root().join("linked")).unwrap();
    assert_eq!(
        world.letters(&AlwaysMatcher, &StatusOptions::default()),
        "!dir/a !dir/b/c !file !linked/x ?dir ?file/in ?linked ?real/x"
    );
    // Without listing directories the peer looks through links too.
    assert_eq!(
        world.letters(&AlwaysMatcher, &tracked_only()),
        "!dir/a !dir/b/c !file Clinked/x"
    );
}

#[test]
fn nested_repositories_belong_to_somebody_else() {
    let world = World::new(Format::V2, "");
    for path in [
        "sub/tracked",
        "sub/other",
        "sub/.hg/store",
        "file.hg/.hg",
        "file.hg/a",
    ] {
        world.file(path, "1");
    }
    world.track_clean(&["sub/tracked"]);
    assert_eq!(
        world.letters(&AlwaysMatcher, &StatusOptions::default()),
        "!sub/tracked ?file.hg/.hg ?file.hg/a"
    );
    assert_eq!(
        world.letters(&AlwaysMatcher, &tracked_only()),
        "Csub/tracked"
    );
}

#[test]
fn named_files_that_are_missing_or_strange() {
    let world = World::new(Format::V1, "");
    world.file("here", "1");
    world.file("d/tracked", "1");
    world.track_clean(&["d/tracked"]);
    fs::remove_file(world.root().join("d/tracked")).unwrap();
    std::os::unix::net::UnixListener::bind(world.root().join("sock")).unwrap();
    let names = ["here", "missing", "d/tracked", "here/below", "sock"];
    let matcher = ExactMatcher::new(names.map(repo_path));
    let report = world.status(&matcher, &StatusOptions::default());
    assert_eq!(letters(&report), ["!d/tracked", "?here"]);
    let bad: Vec<String> = report
        .bad
        .iter()
        .map(|bad| format!("{} {:?}", bad.id, bad.facts))
        .collect();
    let facts = |id: &str, path: &str, name: &str, value: &str| {
        format!(
            "{id} [(\"path\", Bytes({:?})), ({name:?}, {value})]",
            path.as_bytes()
        )
    };
    let socket = format!("Bytes({:?})", "socket".as_bytes());
    assert_eq!(
        bad,
        [
            facts("bad-file", "here/below", "errno", "Int(20)"),
            facts("bad-file", "missing", "errno", "Int(2)"),
            facts("unsupported-file-type", "sock", "type", &socket),
        ]
    );
}

#[test]
fn a_named_directory_that_is_something_else_now_answers_for_itself() {
    let world = World::new(Format::V2, "");
    for path in ["d/tracked", "other/tracked"] {
        world.file(path, "1");
    }
    world.track_clean(&["d/tracked", "other/tracked"]);
    fs::remove_dir_all(world.root().join("d")).unwrap();
    world.file("d", "a file");
    let of = |paths: &[&str]| {
        let patterns = paths.iter().map(|path| path.as_bytes().to_vec());
        let request = MatchRequest {
            patterns: patterns.collect(),
            ..MatchRequest::new("/r")
        };
        build(&request, &NoSource, &NoExotic).unwrap().matcher
    };
    let plain = StatusOptions::default();
    assert_eq!(world.letters(&*of(&["d"]), &plain), "?d");
    assert_eq!(
        world.letters(&*of(&["d", "other"]), &plain),
        "!d/tracked ?d"
    );
    assert_eq!(world.letters(&*of(&["d/tracked"]), &plain), "!d/tracked");
    assert_eq!(world.letters(&AlwaysMatcher, &plain), "!d/tracked ?d");
}

/// Answers `visit_children` from a table and fails the test when asked about anything else.
#[derive(Debug)]
struct OnlyBelow(&'static str);

impl Matcher for OnlyBelow {
    fn matches(&self, path: &RepoPath) -> hyg_base::Result<bool> {
        assert!(
            path.is_under(RepoPath::new(self.0.as_bytes())),
            "{path} was looked at"
        );
        Ok(true)
    }
    fn visit_children(&self, dir: &RepoPath) -> VisitChildren {
        if dir.is_root() {
            return VisitChildren::of(BTreeSet::from([self.0.as_bytes().to_vec()]));
        }
        assert!(
            dir.is_under(RepoPath::new(self.0.as_bytes())),
            "{dir} was visited"
        );
        VisitChildren::Recursive
    }
}

#[test]
fn a_matcher_keeps_the_walk_out_of_other_directories() {
    let world = World::new(Format::V2, "");
    for path in ["in/tracked", "in/new", "out/tracked", "out/new", "top"] {
        world.file(path, "1");
    }
    world.track_clean(&["in/tracked", "out/tracked"]);
    for options in [StatusOptions::default(), everything(), tracked_only()] {
        let found = world.letters(&OnlyBelow("in"), &options);
        assert!(!found.contains("out") && !found.contains("top"), "{found}");
        assert_eq!(found.contains("?in/new"), options.unknown);
        assert_eq!(found.contains("Cin/tracked"), options.clean);
    }
}

#[test]
fn a_write_in_the_same_tick_is_never_called_clean() {
    let world = World::new(Format::V2, "");
    let path = world.root().join("racy");
    fs::write(&path, "aaaa").unwrap();
    // The dirstate claims to have seen it clean with exactly the time it has, which is now.
    world.track_clean(&["racy"]);
    let boundary = world
        .status(&AlwaysMatcher, &everything())
        .boundary
        .unwrap();
    let metadata = fs::symlink_metadata(&path).unwrap();
    let ahead = std::time::UNIX_EPOCH + std::time::Duration::from_secs(metadata.mtime() as u64 + 5);
    fs::File::open(&path).unwrap().set_modified(ahead).unwrap();
    world.track_clean(&["racy"]);
    let mut report = world.status(&AlwaysMatcher, &everything());
    assert_eq!(letters(&report), ["~racy"]);
    let seen = || Seen::of(&fs::symlink_metadata(&path).unwrap());
    report
        .fixes
        .confirm_clean(RepoPath::new(b"racy"), &seen(), Some(boundary));
    assert!(
        report.fixes.clean.is_empty(),
        "nothing may be recorded about it"
    );
    age(&path, 1_000_000_000);
    report
        .fixes
        .confirm_clean(RepoPath::new(b"racy"), &seen(), Some(boundary));
    assert_eq!(report.fixes.clean.len(), 1);
    report
        .fixes
        .confirm_clean(RepoPath::new(b"racy"), &seen(), None);
    assert_eq!(report.fixes.clean.len(), 1);
}

/// Ages all directories so that their times may be recorded.
fn age_directories(directory: &Path) {
    for entry in fs::read_dir(directory).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() && entry.file_name() != ".hg" {
            age_directories(&entry.path());
            age(&entry.path(), 1_100_000_000);
        }
    }
}

#[test]
fn recorded_directory_times_spare_listing_and_go_with_the_patterns() {
    let world = World::new(Format::V2, "syntax: glob\n*.o\n");
    for path in [
        "a/b/tracked",
        "a/tracked",
        "a/ignored.o",
        "u/tracked",
        "u/new",
    ] {
        world.file(path, "1");
    }
    world.track_clean(&["a/b/tracked", "a/tracked", "u/tracked"]);
    age_directories(world.root());
    let first = world.status(&AlwaysMatcher, &StatusOptions::default());
    let mut proposed: Vec<_> = first
        .fixes
        .directories
        .iter()
        .map(RepoPath::to_string)
        .collect();
    proposed.sort();
    assert_eq!(
        proposed,
        ["a", "a/b"],
        "u has an unknown file, the root no node"
    );
    assert_eq!(first.fixes.new_ignore_hash, Some(world.hash));
    assert_eq!(
        write_fixes(&world.dirstate(), &first.fixes),
        FixOutcome::Written
    );
    let second = world.status(&AlwaysMatcher, &StatusOptions::default());
    assert!(second.fixes.is_empty());
    assert_eq!(letters(&second), ["?u/new"]);
    // A file that comes without changing its directory's time is not seen: the directory was not listed.
    world.file("a/b/sneaked", "1");
    age(&world.root().join("a/b"), 1_100_000_000);
    assert_eq!(
        world.letters(&AlwaysMatcher, &StatusOptions::default()),
        "?u/new"
    );
    // Asking for ignored files lists everything.
    let all = StatusOptions {
        ignored: true,
        ..StatusOptions::default()
    };
    assert_eq!(
        world.letters(&AlwaysMatcher, &all),
        "?a/b/sneaked ?u/new Ia/ignored.o"
    );
    // A newer time makes it be listed.
    age(&world.root().join("a/b"), 1_100_000_001);
    assert_eq!(
        world.letters(&AlwaysMatcher, &StatusOptions::default()),
        "?a/b/sneaked ?u/new"
    );
    // With other patterns nothing recorded counts, and only a walk over everything may say so.
    let other = World {
        hash: [9; 20],
        ignore: IgnoreMatcher::never(),
        ..world
    };
    let partial = other.status(&OnlyBelow("a"), &StatusOptions::default());
    assert_eq!(letters(&partial), ["?a/b/sneaked", "?a/ignored.o"]);
    assert!(partial.fixes.is_empty());
    let full = other.status(&AlwaysMatcher, &StatusOptions::default());
    assert_eq!(
        write_fixes(&other.dirstate(), &full.fixes),
        FixOutcome::Written
    );
    age(&other.root().join("a"), 1_100_000_000);
    assert_eq!(
        other.letters(&AlwaysMatcher, &StatusOptions::default()),
        "?a/b/sneaked ?a/ignored.o ?u/new"
    );
}

#[test]
fn interruption_stops_the_walk() {
    #[derive(Debug)]
    struct Stop;
    impl hyg_base::Interrupt for Stop {
        fn check(&self) -> hyg_base::Result<()> {
            Err(hyg_base::Error::new(hyg_base::ErrorId::Interrupted))
        }
    }
    let world = World::new(Format::V1, "");
    for index in 0..300 {
        world.file(&format!("d{index}/f"), "1");
    }
    let dirstate = world.dirstate();
    let options = StatusOptions {
        // only the caller's thread asks, and with more it may find nothing left to do
        threads: 1,
        ..StatusOptions::default()
    };
    let error = status(&Walk {
        dirstate: &dirstate,
        root: world.root(),
        matcher: &AlwaysMatcher,
        ignore: &world.ignore,
        ignore_hash: world.hash,
        options: &options,
        interrupt: &Stop,
    })
    .unwrap_err();
    assert_eq!(error.id(), hyg_base::ErrorId::Interrupted);
}

/// What is done to a path of the random tree.
#[derive(Clone, Debug)]
struct Fate {
    path: String,
    tracked: u8,
    on_disk: bool,
    changed: u8,
}

fn fate() -> impl Strategy<Value = Fate> {
    let names = vec!["a", "a-b", "a.o", "b", "build", "c"];
    let part = prop::sample::select(names).prop_map(str::to_string);
    let path = prop::collection::vec(part, 1..4).prop_map(|parts| parts.join("/"));
    (path, 0u8..6, any::<bool>(), 0u8..4).prop_map(|(path, tracked, on_disk, changed)| Fate {
        path,
        tracked,
        on_disk,
        changed,
    })
}

/// The naive walk: every path on disk and every entry, each judged alone.
fn oracle(world: &World, entries: &BTreeMap<String, Entry>) -> Vec<String> {
    let mut on_disk = BTreeSet::new();
    collect(world.root(), "", &mut on_disk);
    let ignored = |path: &str| {
        path.split('/')
            .any(|part| part == "build" || part.ends_with(".o"))
    };
    let mut out: Vec<(usize, String)> = Vec::new();
    let order = |letter: char| "MAR!?IC~".find(letter).unwrap();
    for path in on_disk.iter().filter(|path| !entries.contains_key(*path)) {
        let letter = if ignored(path) { 'I' } else { '?' };
        out.push((order(letter), format!("{letter}{path}")));
    }
    for (path, entry) in entries {
        let letter = match entry.state() {
            b'r' => 'R',
            _ if !on_disk.contains(path) => '!',
            b'm' => 'M',
            b'a' => 'A',
            _ => {
                let now = world.clean_entry(path);
                if (now.size, now.mode) != (entry.size, entry.mode) {
                    'M'
                } else if now.mtime.map(|time| time.seconds) == entry.mtime.map(|time| time.seconds)
                {
                    'C'
                } else {
                    '~'
                }
            }
        };
        out.push((order(letter), format!("{letter}{path}")));
    }
    out.sort();
    out.into_iter().map(|(_, line)| line).collect()
}

fn collect(directory: &Path, prefix: &str, into: &mut BTreeSet<String>) {
    for entry in fs::read_dir(directory).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if name == ".hg" {
            continue;
        }
        let path = if prefix.is_empty() {
            name
        } else {
            format!("{prefix}/{name}")
        };
        match entry.file_type().unwrap().is_dir() {
            true => collect(&entry.path(), &path, into),
            false => {
                into.insert(path);
            }
        }
    }
}

#[test]
fn a_directory_in_place_of_a_removed_file_is_seen_again() {
    let world = World::new(Format::V2, "");
    world.file("a/b/new", "content");
    let removed = Entry {
        p1_tracked: true,
        ..Entry::default()
    };
    world.track(&BTreeMap::from([("a/b".to_owned(), removed)]));
    age_directories(world.root());
    let options = StatusOptions {
        ignored: false,
        ..everything()
    };
    for _ in 0..2 {
        let report = world.status(&AlwaysMatcher, &options);
        assert_eq!(letters(&report), ["Ra/b", "?a/b/new"]);
        // what was learnt of `a` does not hide what is in `a/b`
        write_fixes(&world.dirstate(), &report.fixes);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_trees_agree_with_the_naive_walk(
        fates in prop::collection::vec(fate(), 0..40),
        v2 in any::<bool>(),
        threads in 1usize..4,
    ) {
        let format = if v2 { Format::V2 } else { Format::V1 };
        let world = World::new(format, "syntax: glob\n*.o\nbuild\n");
        let mut entries = BTreeMap::new();
        for fate in &fates {
            let full = world.root().join(OsStr::from_bytes(fate.path.as_bytes()));
            let parent = full.parent().unwrap();
            let fits = fs::create_dir_all(parent).is_ok() && !full.is_dir();
            let known = entries.contains_key(&fate.path);
            if known || !fits {
                continue;
            }
            world.file(&fate.path, "content");
            let clean = world.clean_entry(&fate.path);
            let state = |wc_tracked, p1_tracked, p2_info| Some(Entry { wc_tracked, p1_tracked, p2_info, ..Entry::default() });
            let entry = match fate.tracked {
                0 => None,
                1 => state(true, false, false),
                2 => state(false, true, false),
                3 => state(true, true, true),
                _ => Some(clean),
            };
            match fate.changed {
                0 => world.file(&fate.path, "longer content"),
                1 => age(&full, 1_000_000_009),
                2 => fs::set_permissions(&full, fs::Permissions::from_mode(0o700)).unwrap(),
                _ => {}
            }
            if !fate.on_disk {
                fs::remove_file(&full).unwrap();
            }
            entries.extend(entry.map(|entry| (fate.path.clone(), entry)));
        }
        world.track(&entries);
        age_directories(world.root());
        let expected = oracle(&world, &entries);
        let options = StatusOptions { threads, ..everything() };
        let plain = StatusOptions { ignored: false, ..options.clone() };
        let without = |letters: &[char]| -> Vec<String> {
            expected.iter().filter(|line| !line.starts_with(letters)).cloned().collect()
        };
        prop_assert_eq!(letters(&world.status(&AlwaysMatcher, &options)), expected.clone());
        let report = world.status(&AlwaysMatcher, &plain);
        prop_assert_eq!(letters(&report), without(&['I']));
        // Once more with what was learnt.
        write_fixes(&world.dirstate(), &report.fixes);
        let again = world.status(&AlwaysMatcher, &plain);
        prop_assert!(again.fixes.is_empty());
        prop_assert_eq!(letters(&again), without(&['I']));
        let tracked = StatusOptions { threads, ..tracked_only() };
        prop_assert_eq!(letters(&world.status(&AlwaysMatcher, &tracked)), without(&['I', '?']));
    }
}
