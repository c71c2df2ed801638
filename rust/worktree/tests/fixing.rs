//! Writing down what status learnt: what is written, and when nothing may be.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on should stop here"
)]

use std::path::{Path, PathBuf};

use hyg_base::{Node, RepoPath, RepoPathBuf};
use hyg_worktree::dirstate::{
    CleanFile, FixOutcome, Fixes, Format, NewDirstate, NewItem, write_fixes,
};
use hyg_worktree::lock::Lock;
use hyg_worktree::{Dirstate, Entry, Timestamp};

struct Repository {
    dir: tempfile::TempDir,
    v2: bool,
}

impl Repository {
    fn copy_of(name: &str) -> Repository {
        let dir = tempfile::tempdir().unwrap();
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/fixtures")
            .join(name);
        for file in std::fs::read_dir(fixtures).unwrap() {
            let file = file.unwrap();
            if file
                .file_name()
                .into_string()
                .unwrap()
                .starts_with("dirstate")
            {
                std::fs::copy(file.path(), dir.path().join(file.file_name())).unwrap();
            }
        }
        Repository {
            dir,
            v2: name != "v1",
        }
    }

    fn open(&self) -> Dirstate {
        Dirstate::open_in(self.dir.path(), self.v2).unwrap()
    }

    fn files(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.dir.path()).unwrap();
        let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files
    }
}

fn time(seconds: i64) -> Timestamp {
    Timestamp::new(seconds, 5)
}

fn clean(path: &str, size: u64) -> Fixes {
    Fixes {
        clean: vec![CleanFile {
            path: RepoPathBuf::new(path.as_bytes().to_vec()),
            mode: 0o100_755,
            size,
            mtime: time(1_600_000_000),
        }],
        ..Fixes::default()
    }
}

fn everything(dirstate: &Dirstate) -> Vec<String> {
    let items = dirstate.iter().map(Result::unwrap);
    items.map(|item| format!("{item:?}")).collect()
}

#[test]
fn one_clean_file_changes_one_entry() {
    for name in ["v1", "v2", "v2-cached"] {
        let repository = Repository::copy_of(name);
        let before = repository.open();
        assert_eq!(
            write_fixes(&before, &clean("a/b/c", 77)),
            FixOutcome::Written
        );
        let after = repository.open();
        let entry = after.get(RepoPath::new(b"a/b/c")).unwrap().unwrap();
        assert_eq!(
            (entry.size, entry.mode),
            (Some(77), Some(0o100_755)),
            "{name}"
        );
        assert_eq!(entry.mtime.unwrap().seconds, 1_600_000_000);
        let (old, new) = (everything(&before), everything(&after));
        let differing = old.iter().zip(&new).filter(|(old, new)| old != new).count();
        assert_eq!((old.len(), differing), (new.len(), 1), "{name}");
        assert_eq!(
            (after.len(), after.parents()),
            (before.len(), before.parents())
        );
        assert_eq!(after.ignore_hash(), before.ignore_hash());
        assert_eq!(repository.files().len(), if name == "v1" { 1 } else { 2 });
        // The same again changes nothing.
        let files = repository.files();
        assert_eq!(
            write_fixes(&after, &clean("a/b/c", 77)),
            FixOutcome::Nothing,
            "{name}"
        );
        assert_eq!(repository.files(), files);
    }
}

#[test]
fn the_second_format_grows_until_half_of_it_is_unused() {
    let dir = tempfile::tempdir().unwrap();
    let repository = Repository { dir, v2: true };
    let paths = (0..400).map(|index| format!("directory{}/file{index}", index % 20));
    let items = paths.map(|path| NewItem {
        path: RepoPathBuf::new(path.into_bytes()),
        entry: Entry {
            wc_tracked: true,
            p1_tracked: true,
            ..Entry::default()
        },
        copy_source: None,
    });
    let new = NewDirstate {
        parents: [Node([1; 20]), Node::NULL],
        items: items.collect(),
    };
    new.write(repository.dir.path(), Format::V2).unwrap();
    let first = repository.files();
    let whole = std::fs::metadata(&first[1]).unwrap().len();
    let mut appended = 0;
    for round in 0..40 {
        let before = repository.files();
        let dirstate = repository.open();
        assert_eq!(
            write_fixes(&dirstate, &clean("directory3/file3", round)),
            FixOutcome::Written
        );
        let files = repository.files();
        assert_eq!(files.len(), 2);
        appended += u32::from(files == before);
        assert!(std::fs::metadata(&files[1]).unwrap().len() < 3 * whole);
        let after = repository.open();
        let entry = after
            .get(RepoPath::new(b"directory3/file3"))
            .unwrap()
            .unwrap();
        assert_eq!(
            (entry.size, everything(&after).len()),
            (Some(round as u32), 400)
        );
    }
    assert!((10..40).contains(&appended), "{appended}");
    assert_ne!(
        repository.files(),
        first,
        "started again under another name"
    );
}

#[test]
fn leftovers_past_the_used_size_are_overwritten() {
    let repository = Repository::copy_of("v2");
    let data = repository.files().remove(1);
    let mut bytes = std::fs::read(&data).unwrap();
    bytes.extend_from_slice(&[0xee; 5000]);
    std::fs::write(&data, bytes).unwrap();
    assert_eq!(
        write_fixes(&repository.open(), &clean("z", 9)),
        FixOutcome::Written
    );
    let after = repository.open();
    assert_eq!(
        after.get(RepoPath::new(b"z")).unwrap().unwrap().size,
        Some(9)
    );
    assert_eq!(everything(&after).len(), 11);
}

#[test]
fn directory_times_and_the_hash_go_into_the_second_format_only() {
    let mut fixes = Fixes {
        new_ignore_hash: Some([7; 20]),
        directory_times: vec![time(5), time(6)],
        ..Fixes::default()
    };
    for path in [&b"sub"[..], b"a/b"] {
        fixes.directories.push(RepoPath::new(path)).unwrap();
    }
    let repository = Repository::copy_of("v2-cached");
    let before = repository.open();
    assert_eq!(write_fixes(&before, &fixes), FixOutcome::Written);
    let after = repository.open();
    assert_eq!(after.ignore_hash(), [7; 20]);
    assert_eq!(everything(&after), everything(&before));
    let v1 = Repository::copy_of("v1");
    assert_eq!(write_fixes(&v1.open(), &fixes), FixOutcome::Nothing);
}

#[test]
fn a_cleaned_copy_is_a_copy_no_longer() {
    for name in ["v1", "v2"] {
        let repository = Repository::copy_of(name);
        assert_eq!(
            write_fixes(&repository.open(), &clean("sub/copy", 3)),
            FixOutcome::Written
        );
        let after = repository.open();
        assert_eq!(after.copy_source(RepoPath::new(b"sub/copy")).unwrap(), None);
        assert_eq!((after.copies_len(), everything(&after).len()), (0, 11));
    }
}

#[test]
fn a_held_lock_and_a_changed_dirstate_are_left_alone() {
    for name in ["v1", "v2"] {
        let repository = Repository::copy_of(name);
        let dirstate = repository.open();
        let before = std::fs::read(repository.dir.path().join("dirstate")).unwrap();
        let lock = Lock::try_take(repository.dir.path(), "wlock")
            .unwrap()
            .unwrap();
        assert_eq!(write_fixes(&dirstate, &clean("z", 9)), FixOutcome::LockHeld);
        drop(lock);
        assert_eq!(
            std::fs::read(repository.dir.path().join("dirstate")).unwrap(),
            before
        );
        // Somebody else is faster.
        assert_eq!(
            write_fixes(&repository.open(), &clean("a/x", 8)),
            FixOutcome::Written
        );
        assert_eq!(write_fixes(&dirstate, &clean("z", 9)), FixOutcome::Changed);
        let after = repository.open();
        assert_eq!(
            after.get(RepoPath::new(b"a/x")).unwrap().unwrap().size,
            Some(8)
        );
        assert_eq!(
            after.get(RepoPath::new(b"z")).unwrap().unwrap().size,
            Some(2)
        );
        std::fs::remove_file(repository.dir.path().join("dirstate")).unwrap();
        assert_eq!(write_fixes(&dirstate, &clean("z", 9)), FixOutcome::Changed);
        assert!(!repository.dir.path().join("wlock").exists());
    }
}

#[test]
fn what_cannot_be_written_is_no_error() {
    let repository = Repository::copy_of("v1");
    let dirstate = repository.open();
    assert_eq!(
        write_fixes(&dirstate, &Fixes::default()),
        FixOutcome::Nothing
    );
    assert_eq!(
        write_fixes(&dirstate, &clean("no/such/file", 9)),
        FixOutcome::Nothing
    );
    assert_eq!(dirstate.format(), Format::V1);
    drop(repository);
    assert_eq!(
        write_fixes(&dirstate, &clean("z", 9)),
        FixOutcome::Impossible
    );
}
