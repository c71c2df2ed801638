//! Dirstates written by the peer (see `fixtures/make.sh`), and hostile bytes, read through the public interface.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on should stop here"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use hyg_base::{ErrorId, Fact, RepoPath, RepoPathBuf};
use hyg_worktree::dirstate::{Format, Lines, NewDirstate, NewItem, Tracked};
use hyg_worktree::{Dirstate, Entry, Timestamp};
use proptest::prelude::*;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name)
}

/// The listing as the peer prints it.
fn listing(dirstate: &Dirstate) -> String {
    let mut out = String::new();
    let mut copies = String::new();
    for item in dirstate {
        let item = item.unwrap();
        let entry = item.entry;
        let mode = entry.v1_mode();
        let mode = match mode & 0o170_000 {
            0o120_000 => "lnk".to_string(),
            _ => format!("{:3o}", mode & 0o777),
        };
        let time = if entry.v1_mtime() == -1 {
            "unset"
        } else {
            "set"
        };
        let state = char::from(entry.state());
        out += &format!(
            "{state} {mode} {:10} {time:19} {}\n",
            entry.v1_size(),
            item.path
        );
        if let Some(source) = item.copy_source {
            copies += &format!("copy: {source} -> {}\n", item.path);
        }
    }
    out + &copies
}

#[test]
fn the_peers_dirstates_say_what_the_peer_says() {
    for (name, v2) in [("v1", false), ("v2", true), ("v2-cached", true)] {
        let dir = fixture(name);
        let dirstate = Dirstate::open_in(&dir, v2).unwrap();
        let mut expected: Vec<String> = Vec::new();
        let text = std::fs::read_to_string(dir.join("listing")).unwrap();
        expected.extend(text.lines().map(str::to_string));
        let got = listing(&dirstate);
        let mut got: Vec<String> = got.lines().map(str::to_string).collect();
        // The peer sorts by path in its own way; the set is what counts here, order is tested below.
        expected.sort();
        got.sort();
        assert_eq!(got, expected, "{name}");
        let parent = std::fs::read_to_string(dir.join("parent")).unwrap();
        assert_eq!(dirstate.parents()[0].to_string(), parent.trim());
        assert!(dirstate.parents()[1].is_null());
        assert_eq!((dirstate.len(), dirstate.copies_len()), (11, 1));
        let path = |text: &'static str| RepoPath::new(text.as_bytes());
        assert_eq!(
            dirstate.copy_source(path("sub/copy")).unwrap(),
            Some(path("z"))
        );
        assert_eq!(dirstate.copy_source(path("z")).unwrap(), None);
        assert_eq!(dirstate.get(path("gone")).unwrap().unwrap().state(), b'r');
        assert_eq!(dirstate.get(path("sub")).unwrap(), None);
        assert!(dirstate.has_directory(path("a/b")).unwrap());
        assert!(!dirstate.has_directory(path("a/b/c")).unwrap());
    }
}

#[test]
fn only_the_second_format_knows_nanoseconds_and_ignore_hashes() {
    let file = RepoPath::new(b"z");
    let v1 = Dirstate::open_in(&fixture("v1"), false).unwrap();
    let v2 = Dirstate::open_in(&fixture("v2"), true).unwrap();
    let nanoseconds = |dirstate: &Dirstate| {
        dirstate
            .get(file)
            .unwrap()
            .unwrap()
            .mtime
            .unwrap()
            .nanoseconds
    };
    assert_eq!((nanoseconds(&v1), nanoseconds(&v2)), (0, 678_901_000));
    assert_eq!(v2.ignore_hash(), [0; 20]);
    let cached = Dirstate::open_in(&fixture("v2-cached"), true).unwrap();
    assert_eq!(cached.ignore_hash()[..4], [0xda, 0x39, 0xa3, 0xee]);
}

#[test]
fn missing_and_empty_files_are_empty_dirstates() {
    let dir = tempfile::tempdir().unwrap();
    for v2 in [false, true] {
        let dirstate = Dirstate::open_in(dir.path(), v2).unwrap();
        assert!(dirstate.is_empty() && dirstate.iter().next().is_none());
        assert!(dirstate.parents()[0].is_null());
    }
    std::fs::write(dir.path().join("dirstate"), b"").unwrap();
    assert!(Dirstate::open_in(dir.path(), true).unwrap().is_empty());
}

#[test]
fn a_repository_of_the_second_format_may_hold_the_first() {
    let dirstate = Dirstate::open_in(&fixture("v1"), true).unwrap();
    assert_eq!((dirstate.format(), dirstate.len()), (Format::V1, 11));
}

#[test]
fn a_data_file_that_is_gone_is_a_change_underneath() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::copy(fixture("v2").join("dirstate"), dir.path().join("dirstate")).unwrap();
    let error = Dirstate::open_in(dir.path(), true).unwrap_err();
    assert_eq!(error.id(), ErrorId::ChangedUnderneath);
}

/// Copies a fixture and lets `change` at one of its files; what opening and reading everything answers.
fn with_damage(name: &str, main: bool, change: impl Fn(&mut Vec<u8>)) -> Option<hyg_base::Error> {
    let dir = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(fixture(name)).unwrap() {
        let file = file.unwrap();
        let file_name = file.file_name().into_string().unwrap();
        let mut bytes = std::fs::read(file.path()).unwrap();
        if file_name.starts_with("dirstate") && (file_name == "dirstate") == main {
            change(&mut bytes);
        }
        std::fs::write(dir.path().join(file_name), bytes).unwrap();
    }
    read_everything(dir.path(), name != "v1").err()
}

fn read_everything(dot_hg: &Path, v2: bool) -> hyg_base::Result<Vec<RepoPathBuf>> {
    let dirstate = Dirstate::open_in(dot_hg, v2)?;
    let mut paths: Vec<RepoPathBuf> = Vec::new();
    for item in &dirstate {
        let path = item?.path.to_buf();
        assert!(paths.last().is_none_or(|last| *last < path), "sorted");
        dirstate.get(&path)?;
        paths.push(path);
    }
    Ok(paths)
}

#[test]
fn every_truncation_is_an_error_with_a_place() {
    let v1 = std::fs::metadata(fixture("v1").join("dirstate"))
        .unwrap()
        .len() as usize;
    let whole_entries: Vec<usize> = (40..v1)
        .filter(|len| with_damage("v1", true, |bytes| bytes.truncate(*len)).is_none())
        .collect();
    // Cut between two entries the file is whole; there are eleven of them.
    assert_eq!(whole_entries.len(), 11, "{whole_entries:?}");
    for (name, main, lens) in [
        ("v1", true, 1..40),
        ("v2", true, 1..133),
        ("v2", false, 0..782),
    ] {
        for len in lens {
            let error = with_damage(name, main, |bytes| bytes.truncate(len)).unwrap();
            assert_eq!(error.id(), ErrorId::CorruptFile, "{name} {len}");
            assert!(
                matches!(error.fact("offset"), Some(Fact::Int(_))),
                "{error}"
            );
        }
    }
}

#[test]
fn circles_and_shared_nodes_are_refused() {
    // Every node that has children gets the root nodes as its children.
    let docket = std::fs::read(fixture("v2").join("dirstate")).unwrap();
    let number =
        |bytes: &[u8], at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    let (root, count) = (number(&docket, 76) as usize, number(&docket, 80) as usize);
    let error = with_damage("v2", false, |bytes| {
        for index in 0..count {
            let node = root + index * 44;
            if number(bytes, node + 18) > 0 {
                bytes[node + 14..node + 18].copy_from_slice(&(root as u32).to_be_bytes());
                bytes[node + 18..node + 22].copy_from_slice(&(count as u32).to_be_bytes());
            }
        }
    });
    assert_eq!(error.unwrap().id(), ErrorId::CorruptFile);
}

#[test]
fn claims_of_size_cost_nothing() {
    let error = with_damage("v2", true, |bytes| bytes[80..84].fill(0xff)).unwrap();
    assert_eq!(error.id(), ErrorId::CorruptFile);
    let error = with_damage("v2", true, |bytes| bytes[120..124].fill(0xff)).unwrap();
    assert_eq!(error.id(), ErrorId::CorruptFile);
    let error = with_damage("v1", true, |bytes| bytes[40 + 13] = 0x7f).unwrap();
    assert_eq!(error.id(), ErrorId::CorruptFile);
}

#[test]
fn paths_that_leave_the_repository_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    for path in ["../x", "/etc/passwd", "a/../../b", "a//b", "a/", ".", ""] {
        let mut bytes = vec![1u8; 40];
        bytes.push(b'n');
        bytes.extend_from_slice(&[0; 12]);
        bytes.extend_from_slice(&(path.len() as u32).to_be_bytes());
        bytes.extend_from_slice(path.as_bytes());
        std::fs::write(dir.path().join("dirstate"), bytes).unwrap();
        let error = Dirstate::open_in(dir.path(), false).unwrap_err();
        assert_eq!(error.id(), ErrorId::CorruptFile, "{path:?}");
        assert_eq!(error.fact("offset"), Some(&Fact::Int(40)));
    }
}

fn component() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "a", "a-", "a.", "a0", "b", "b c", ".hgx", "ä", "-", "zz",
    ])
    .prop_map(str::to_string)
}

fn path() -> impl Strategy<Value = String> {
    prop::collection::vec(component(), 1..5).prop_map(|parts| parts.join("/"))
}

fn entry() -> impl Strategy<Value = Entry> {
    let normal = (
        0u32..3000,
        0i64..5_000_000_000,
        0u32..1_000_000_000,
        any::<bool>(),
        any::<bool>(),
    );
    let normal = normal.prop_map(|(size, seconds, nanoseconds, exec, timed)| Entry {
        wc_tracked: true,
        p1_tracked: true,
        mode: Some(if exec { 0o100_755 } else { 0o120_644 }),
        size: Some(size),
        mtime: timed.then(|| Timestamp::new(seconds, nanoseconds)),
        ..Entry::default()
    });
    let other = (any::<bool>(), any::<bool>(), any::<bool>());
    let other = other.prop_map(|(wc_tracked, p1_tracked, p2_info)| Entry {
        wc_tracked: wc_tracked || !(p1_tracked || p2_info),
        p1_tracked,
        p2_info,
        ..Entry::default()
    });
    prop_oneof![normal, other]
}

type Items = BTreeMap<String, (Entry, Option<String>)>;

fn items() -> impl Strategy<Value = Items> {
    prop::collection::btree_map(path(), (entry(), prop::option::of(path())), 0..40)
}

/// As the first format has it.
fn coarse(entry: &Entry) -> (u8, i32, i32, i32) {
    (
        entry.state(),
        entry.v1_mode(),
        entry.v1_size(),
        entry.v1_mtime(),
    )
}

/// All lines of tracked files, one way and the other.
fn lines(tracked: &Tracked<'_>, threads: usize) -> Vec<u8> {
    let mut all = Vec::new();
    tracked.write_lines(threads, b'\n', &mut |piece| {
        all.extend_from_slice(piece);
        true
    });
    let (mut again, mut count, mut room) = (Vec::new(), 0, Lines::with_room(10));
    while count < tracked.len() {
        tracked.lines_from(count, b'\n', &mut room);
        assert!(room.count() > 0);
        count += room.count();
        again.extend_from_slice(room.bytes());
    }
    assert_eq!(again, all);
    all
}

fn joined(paths: &[&RepoPath]) -> Vec<u8> {
    let with_end = |path: &&RepoPath| [path.as_bytes(), b"\n"].concat();
    paths.iter().flat_map(with_end).collect()
}

/// Enough files for a second thread, some with names longer than its room was made for, and many in one directory.
#[test]
fn many_lines_come_in_order() {
    let long = "x".repeat(4000);
    let name = |number: usize| match number % 1000 {
        0 => format!("d{number:06}/{long}"),
        1..300 => format!("d/{number:06}"),
        300..600 => format!("{number:06}"),
        _ => format!("e{}/f{number:06}", number / 1000),
    };
    let mut paths: Vec<RepoPathBuf> = (0..40_000)
        .map(|number| RepoPathBuf::new(name(number).into_bytes()))
        .collect();
    let entry = Entry {
        wc_tracked: true,
        p1_tracked: true,
        ..Entry::default()
    };
    let items = paths.iter().map(|path| NewItem {
        path: path.clone(),
        entry,
        copy_source: None,
    });
    let new = NewDirstate {
        parents: [hyg_base::Node::NULL; 2],
        items: items.collect(),
    };
    paths.sort_unstable();
    let expected = joined(&paths.iter().map(|path| &**path).collect::<Vec<_>>());
    for format in [Format::V1, Format::V2] {
        let dir = tempfile::tempdir().unwrap();
        new.clone().write(dir.path(), format).unwrap();
        let dirstate = Dirstate::open_in(dir.path(), format == Format::V2).unwrap();
        for threads in [1, 2, 4] {
            let tracked = dirstate.tracked(threads).unwrap();
            assert!(lines(&tracked, threads) == expected);
            let mut pieces = 0;
            tracked.write_lines(threads, 0, &mut |_| {
                pieces += 1;
                pieces < 5
            });
            assert_eq!(pieces, 5);
        }
        let kept = dirstate.into_tracked(2).unwrap();
        assert!(lines(&kept.get(), 2) == expected);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read(items in items(), node in any::<[u8; 20]>()) {
        for format in [Format::V1, Format::V2] {
            let dir = tempfile::tempdir().unwrap();
            let to_path = |text: &String| RepoPathBuf::new(text.as_bytes().to_vec());
            let new = NewDirstate {
                parents: [hyg_base::Node(node), hyg_base::Node::NULL],
                items: items.iter().rev().map(|(path, (entry, copy))| NewItem {
                    path: to_path(path),
                    entry: *entry,
                    copy_source: copy.as_ref().map(to_path),
                }).collect(),
            };
            new.clone().write(dir.path(), format).unwrap();
            // A second time over itself: old data files go.
            new.write(dir.path(), format).unwrap();
            let files = std::fs::read_dir(dir.path()).unwrap().count();
            prop_assert_eq!(files, if format == Format::V1 { 1 } else { 2 });
            let dirstate = Dirstate::open_in(dir.path(), format == Format::V2).unwrap();
            prop_assert_eq!(dirstate.parents()[0].0, node);
            prop_assert_eq!(dirstate.len(), items.len());
            prop_assert_eq!(dirstate.copies_len(), items.values().filter(|item| item.1.is_some()).count());
            let read: Vec<_> = dirstate.iter().map(Result::unwrap).collect();
            prop_assert_eq!(read.len(), items.len());
            let tracked = read.iter().filter(|item| item.entry.wc_tracked).map(|item| item.path);
            let tracked: Vec<_> = tracked.collect();
            for threads in [1, 3] {
                let found = dirstate.tracked(threads).unwrap();
                prop_assert_eq!(found.len(), tracked.len());
                prop_assert_eq!(found.bytes(), tracked.iter().map(|path| path.as_bytes().len()).sum::<usize>());
                prop_assert_eq!(&found.iter().collect::<Vec<_>>(), &tracked);
                prop_assert_eq!(lines(&found, threads), joined(&tracked));
            }
            for (got, (path, (entry, copy))) in read.iter().zip(&items) {
                prop_assert_eq!(got.path.as_bytes(), path.as_bytes());
                prop_assert_eq!(coarse(&got.entry), match format {
                    Format::V1 => coarse(entry),
                    Format::V2 => coarse(&got.entry),
                });
                if format == Format::V2 {
                    prop_assert_eq!(got.entry.mtime, entry.mtime);
                    prop_assert_eq!(got.entry.size, entry.size);
                }
                prop_assert_eq!(got.copy_source.map(RepoPath::as_bytes), copy.as_ref().map(String::as_bytes));
                prop_assert_eq!(dirstate.get(got.path).unwrap(), Some(got.entry));
            }
        }
    }

    #[test]
    fn damaged_bytes_never_panic(
        name in prop::sample::select(vec![("v1", true), ("v2", true), ("v2", false), ("v2-cached", false)]),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let error = with_damage(name.0, name.1, |bytes| {
            for (at, byte) in &damage {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
        });
        if let Some(error) = error {
            prop_assert!(matches!(error.id(), ErrorId::CorruptFile | ErrorId::ChangedUnderneath), "{}", error);
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let dir = tempfile::tempdir().unwrap();
        for start in [&b""[..], b"dirstate-v2\n"] {
            std::fs::write(dir.path().join("dirstate"), [start, &bytes].concat()).unwrap();
            let _ = read_everything(dir.path(), true);
        }
    }
}
