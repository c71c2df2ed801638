//! The index against the changesets themselves, grown in steps, cut off, damaged, and beside another history.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::changelog::Changeset;
use crate::revlog::build::{Row, inline_index};
use crate::revlog::hash::revision_node;
use crate::vfs::DiskVfs;

/// A changelog of `count` changesets; those from `fork` on differ from the history that has no fork.
fn changelog(count: usize, fork: usize) -> (tempfile::TempDir, Changelog) {
    let directory = tempfile::tempdir().unwrap();
    let mut rows: Vec<Row> = Vec::new();
    for at in 0..count {
        let side = if at < fork { "" } else { "other " };
        let closes = if at % 5 == 4 { "\0close:1" } else { "" };
        let branch = format!(" branch:b{}{closes}", at % 3);
        let files = match at % 4 {
            0 => String::new(),
            1 => format!("\nd/f{}", at % 7),
            _ => format!("\na\nd/f{}", at % 7),
        };
        let text = format!(
            "{}\n{side}user {} <u>\n{} 0{branch}{files}\n\n{side}message {at}",
            "0".repeat(40),
            at % 4,
            at * 100,
        );
        let parent = rows.last().map_or(hyg_base::Node::NULL, |row| row.node);
        rows.push(Row {
            parents: [i32::try_from(at).unwrap() - 1, -1],
            node: revision_node(text.as_bytes(), &[parent, hyg_base::Node::NULL]).unwrap(),
            ..Row::text(text.as_bytes())
        });
    }
    std::fs::write(
        directory.path().join("00changelog.i"),
        inline_index(&rows, 1),
    )
    .unwrap();
    let vfs = Arc::new(DiskVfs::new(directory.path()));
    (directory, Changelog::open(vfs, false).unwrap())
}

fn check(index: &HistoryIndex, changelog: &Changelog) {
    let read = |at: usize| changelog.changeset(Rev(at as i32)).unwrap();
    let listed = |at: usize, path: &str| {
        read(at)
            .files()
            .any(|file| file.as_bytes() == path.as_bytes())
    };
    for at in 0..index.len() {
        let (rev, changeset) = (Rev(at as i32), read(at));
        assert_eq!(index.date(rev), Some(changeset.date().unwrap().seconds));
        assert_eq!(index.user(rev), Some(changeset.user()));
        let branch = changeset.branch().unwrap();
        assert_eq!(index.branch(rev), Some((&*branch.name, branch.closes)));
    }
    for path in ["a", "d/f0", "d/f6", "d", "zz"] {
        let expected: Vec<_> = (0..index.len())
            .filter(|at| listed(*at, path))
            .map(|at| Rev(at as i32))
            .collect();
        assert_eq!(
            index.revs_of(RepoPath::new(path.as_bytes())),
            Some(expected)
        );
    }
    let found = index
        .touching(&|path| Ok(path.as_bytes().starts_with(b"d/")))
        .unwrap()
        .unwrap();
    let some = |changeset: &Changeset| {
        changeset
            .files()
            .any(|file| file.as_bytes().starts_with(b"d/"))
    };
    assert_eq!(
        found,
        (0..index.len())
            .map(|at| some(&read(at)))
            .collect::<Vec<_>>()
    );
    let found = index
        .with_user(&|user| Ok(user.contains(&b'3')))
        .unwrap()
        .unwrap();
    let third = |at: usize| read(at).user().contains(&b'3');
    assert_eq!(found, (0..index.len()).map(third).collect::<Vec<_>>());
    assert_eq!(index.date(Rev(index.len() as i32)), None);
    assert_eq!(index.user(Rev::NULL), None);
}

#[test]
fn an_index_grows_with_its_history() {
    let (_kept, whole) = changelog(3000, 3000);
    let mut data = Vec::new();
    for (count, threads) in [(1, 1), (40, 1), (90, 2), (2500, 3), (2501, 1), (3000, 2)] {
        let (_kept, part) = changelog(count, 3000);
        let mut index = HistoryIndex::parse(&data, part.revlog());
        index.extend(&part, threads).unwrap();
        assert_eq!(index.len(), count);
        check(&index, &part);
        data = index.to_bytes();
    }
    let index = HistoryIndex::parse(&data, whole.revlog());
    assert_eq!(index.len(), 3000);
    check(&index, &whole);
    assert!(index.segments.len() <= 4);
}

#[test]
fn what_a_strip_left_is_used_and_nothing_else() {
    let (_kept, old) = changelog(700, 700);
    let mut index = HistoryIndex::default();
    for count in [600, 700] {
        let (_kept, part) = changelog(count, 700);
        index.extend(&part, 1).unwrap();
    }
    let data = index.to_bytes();
    assert_eq!(HistoryIndex::parse(&data, old.revlog()).len(), 700);
    for (count, fork, left) in [(650, 700, 600), (700, 640, 600), (700, 3, 0), (10, 700, 0)] {
        let (_kept, other) = changelog(count, fork);
        let mut index = HistoryIndex::parse(&data, other.revlog());
        assert_eq!(index.len(), left, "{count} changesets, others from {fork}");
        index.extend(&other, 2).unwrap();
        check(&index, &other);
        assert_eq!(index.len(), count);
    }
}

#[test]
fn a_damaged_index_is_shorter_never_wrong() {
    let (_kept, log) = changelog(60, 60);
    let mut index = HistoryIndex::default();
    for count in [40, 60] {
        let (_kept, part) = changelog(count, 60);
        index.extend(&part, 1).unwrap();
    }
    let data = index.to_bytes();
    assert_eq!(index.segments.len(), 2);
    for at in 0..data.len() {
        let mut damaged = data.clone();
        damaged[at] ^= 1 << (at % 8);
        let index = HistoryIndex::parse(&damaged, log.revlog());
        assert!([0, 40].contains(&index.len()), "byte {at}");
        let cut = HistoryIndex::parse(&data[..at], log.revlog());
        assert!([0, 40].contains(&cut.len()), "cut at {at}");
        if at % 97 == 0 {
            check(&index, &log);
            check(&cut, &log);
        }
    }
}

proptest! {
    #[test]
    fn a_segment_of_any_bytes_is_answered(
        count in 1u32..4,
        numbers in proptest::collection::vec(0u32..9, 7),
        tail in proptest::collection::vec(prop_oneof![Just(0u8), Just(1), any::<u8>()], 0..200),
    ) {
        let mut payload = Vec::new();
        for number in [0, count, 0, 0].into_iter().chain(numbers) {
            payload.extend_from_slice(&u32::to_le_bytes(number));
        }
        payload.extend_from_slice(&tail);
        if let Some(index) = HistoryIndex::from_payload(payload) {
            for rev in 0..4 {
                let _ = (index.date(Rev(rev)), index.user(Rev(rev)), index.branch(Rev(rev)));
            }
            let _ = (index.with_user(&|_| Ok(true)).unwrap(), index.touching(&|_| Ok(true)).unwrap());
            let _ = index.revs_of(RepoPath::new(b"a"));
            let mut joined = Builder::at(0);
            let _ = joined.absorb(&index.segments[0]);
        }
    }
}
