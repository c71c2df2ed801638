//! Whole revlogs built by hand: honest ones in every layout, and hostile ones.

use std::path::Path;
use std::sync::Arc;

use hyg_base::{Error, ErrorId, Fact, Node, NodePrefix, Rev};
use proptest::prelude::*;

use super::build::{Row, inline_index, split_index};
use super::*;
use crate::nodemap;
use crate::vfs::DiskVfs;

const GENERAL: u32 = 0x0002_0001;
const LINEAR: u32 = 0x0000_0001;

fn open_in(dir: &Path, kind: Kind) -> Result<Revlog> {
    let options = Options {
        kind,
        name: b"log".to_vec(),
        nodemap: true,
    };
    Revlog::open(Arc::new(DiskVfs::new(dir)), b"log", options)
}

fn split(rows: &[Row], header: u32) -> (tempfile::TempDir, Revlog) {
    let dir = tempfile::tempdir().unwrap();
    let (index, data) = split_index(rows, header);
    std::fs::write(dir.path().join("log.i"), index).unwrap();
    std::fs::write(dir.path().join("log.d"), data).unwrap();
    let log = open_in(dir.path(), Kind::Manifest).unwrap();
    (dir, log)
}

fn inline(rows: &[Row], header: u32) -> (tempfile::TempDir, Revlog) {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("log.i"), inline_index(rows, header)).unwrap();
    let log = open_in(dir.path(), Kind::Manifest).unwrap();
    (dir, log)
}

fn text(log: &Revlog, rev: i32) -> String {
    String::from_utf8(log.revision(Rev(rev)).unwrap().to_vec()).unwrap()
}

/// A text, a delta on it, another text, a snapshot against the null revision, a delta on the first text.
fn history() -> Vec<Row> {
    vec![
        Row::text(b"hello world"),
        Row::delta(0, (0, 5), b"HELLO", b"HELLO world"),
        Row::text(b"something else"),
        Row::delta(-1, (0, 0), b"from nothing", b"from nothing"),
        Row::delta(1, (11, 11), b"!", b"HELLO world!"),
    ]
}

fn problem(error: &Error) -> String {
    match error.fact("problem") {
        Some(Fact::Bytes(text)) => String::from_utf8_lossy(text).into_owned(),
        other => panic!("{other:?} in {error}"),
    }
}

#[test]
fn texts_come_out_of_every_layout() {
    let expected = [
        "hello world",
        "HELLO world",
        "something else",
        "from nothing",
        "HELLO world!",
    ];
    for (_dir, log) in [split(&history(), GENERAL), inline(&history(), GENERAL)] {
        // In both directions, so that kept texts are used and passed by.
        for rev in (0..5).chain((0..5).rev()) {
            assert_eq!(text(&log, rev), expected[rev as usize]);
        }
        assert_eq!(log.tip(), Rev(4));
        assert!(log.revision(Rev::NULL).unwrap().is_empty());
        assert_eq!(
            log.revision(Rev(5)).unwrap_err().id(),
            ErrorId::UnknownRevision
        );
        assert_eq!(
            log.revision(Rev(-2)).unwrap_err().id(),
            ErrorId::UnknownRevision
        );
    }
}

#[test]
fn without_general_delta_a_chain_is_all_revisions_since_its_base() {
    let mut rows = vec![
        Row::text(b"one"),
        Row::delta(0, (3, 3), b" two", b"one two"),
        Row::delta(0, (0, 0), b"zero ", b"zero one two"),
    ];
    // An empty chunk: the same text again.
    let mut same = Row::text(b"zero one two");
    same.chunk = Vec::new();
    same.base = Some(0);
    same.parents = [2, -1];
    same.node = hash::revision_node(b"zero one two", &[rows[2].node, Node::NULL]).unwrap();
    rows.push(same);
    for (_dir, log) in [split(&rows, LINEAR), inline(&rows, LINEAR)] {
        let texts: Vec<String> = (0..4).map(|rev| text(&log, rev)).collect();
        assert_eq!(texts, ["one", "one two", "zero one two", "zero one two"]);
    }
}

#[test]
fn an_absent_or_empty_revlog_is_empty() {
    let dir = tempfile::tempdir().unwrap();
    assert!(open_in(dir.path(), Kind::Filelog).unwrap().is_empty());
    std::fs::write(dir.path().join("log.i"), "").unwrap();
    let log = open_in(dir.path(), Kind::Filelog).unwrap();
    assert_eq!((log.len(), log.tip()), (0, Rev::NULL));
    assert_eq!(log.find(&Node([1; 20])).unwrap(), None);
}

#[test]
fn parents_are_put_in_order_except_for_filelogs() {
    let mut rows = history();
    rows[1].parents = [-1, 0];
    let (dir, log) = split(&rows, GENERAL);
    assert_eq!(log.parents(Rev(1)).unwrap(), [Rev(0), Rev::NULL]);
    let filelog = open_in(dir.path(), Kind::Filelog).unwrap();
    assert_eq!(filelog.parents(Rev(1)).unwrap(), [Rev::NULL, Rev(0)]);
    assert_eq!(log.parents(Rev::NULL).unwrap(), [Rev::NULL; 2]);
}

#[test]
fn parents_and_bases_out_of_range_name_the_entry() {
    for bad in [1, 2, 99, i32::MAX, -2, i32::MIN] {
        let mut rows = history();
        rows[1].parents = [0, bad];
        let (_dir, log) = split(&rows, GENERAL);
        let error = log.revision(Rev(1)).unwrap_err();
        assert_eq!(error.id(), ErrorId::CorruptIndex, "{error}");
        assert_eq!(error.fact("offset"), Some(&Fact::Int(64)));
        assert_eq!(error.fact("path"), Some(&Fact::from("log")));
    }
    // A base at or above the revision would be a circle.
    for (base, header) in [
        (2, GENERAL),
        (4, GENERAL),
        (99, GENERAL),
        (-2, GENERAL),
        (3, LINEAR),
        (i32::MIN, LINEAR),
    ] {
        let mut rows = history();
        rows[1].base = Some(base);
        let (_dir, log) = split(&rows, header);
        let error = log.revision(Rev(1)).unwrap_err();
        assert_eq!(error.id(), ErrorId::CorruptIndex, "{error}");
        assert!(problem(&error).contains("base"));
    }
}

#[test]
fn a_circle_of_bases_is_an_error_not_a_hang() {
    let mut rows = history();
    rows[1].base = Some(4);
    rows[4].base = Some(1);
    let (_dir, log) = inline(&rows, GENERAL);
    for rev in [1, 4] {
        assert_eq!(
            log.revision(Rev(rev)).unwrap_err().id(),
            ErrorId::CorruptIndex
        );
    }
    assert_eq!(text(&log, 0), "hello world");
}

#[test]
fn data_that_is_cut_short_or_gone() {
    let (dir, log) = split(&history(), GENERAL);
    let data = dir.path().join("log.d");
    let bytes = std::fs::read(&data).unwrap();
    std::fs::write(&data, &bytes[..bytes.len() - 1]).unwrap();
    let error = log.revision(Rev(4)).unwrap_err();
    assert_eq!(error.id(), ErrorId::CorruptRevision);
    assert_eq!(problem(&error), "partial read of revlog");
    assert_eq!(error.fact("expected"), Some(&Fact::Int(13)));
    assert_eq!(error.fact("got"), Some(&Fact::Int(12)));
    assert_eq!(error.fact("rev"), Some(&Fact::Int(4)));
    assert_eq!(text(&log, 2), "something else");
    std::fs::remove_file(&data).unwrap();
    let log = open_in(dir.path(), Kind::Manifest).unwrap();
    let error = log.revision(Rev(0)).unwrap_err();
    assert_eq!((error.id(), error.errno()), (ErrorId::Io, Some(2)));
}

#[test]
fn chunks_that_claim_sizes_they_have_not() {
    let (_dir, log) = {
        let (dir, _) = split(&history(), GENERAL);
        let index = dir.path().join("log.i");
        let mut bytes = std::fs::read(&index).unwrap();
        bytes[64 + 8..64 + 12].copy_from_slice(&i32::MAX.to_be_bytes());
        bytes[128 + 8..128 + 12].copy_from_slice(&(-5i32).to_be_bytes());
        bytes[192..198].copy_from_slice(&[0xff; 6]);
        std::fs::write(&index, bytes).unwrap();
        let log = open_in(dir.path(), Kind::Manifest).unwrap();
        (dir, log)
    };
    assert_eq!(
        problem(&log.revision(Rev(1)).unwrap_err()),
        "partial read of revlog"
    );
    let error = log.revision(Rev(2)).unwrap_err();
    assert_eq!(
        (error.id(), error.fact("offset")),
        (ErrorId::CorruptIndex, Some(&Fact::Int(128)))
    );
    assert_eq!(
        problem(&log.revision(Rev(3)).unwrap_err()),
        "partial read of revlog"
    );
    // A delta against revision 1 needs what cannot be read, too.
    assert!(log.revision(Rev(4)).is_err());
}

#[test]
fn texts_of_another_length_or_hash_are_refused() {
    let mut rows = history();
    rows[0].text_len = 12;
    rows[2].text_len = 3;
    rows[3].node = Node([3; 20]);
    let (_dir, log) = split(&rows, GENERAL);
    assert!(problem(&log.revision(Rev(0)).unwrap_err()).contains("another length"));
    assert!(problem(&log.revision(Rev(2)).unwrap_err()).contains("longer than it may be"));
    let error = log.revision(Rev(3)).unwrap_err();
    assert_eq!(problem(&error), "integrity check failed");
    assert_eq!(error.fact("node"), Some(&Fact::from(Node([3; 20]))));
    // Not even from what was kept after the first failure.
    assert!(log.revision(Rev(3)).is_err());
    assert_eq!(log.raw_text(Rev(3)).unwrap().to_vec(), b"from nothing");
    // A length that is not known is not compared.
    let mut rows = history();
    rows[0].text_len = -1;
    let (_dir, log) = split(&rows, GENERAL);
    assert_eq!(text(&log, 4), "HELLO world!");
}

#[test]
fn deltas_that_reach_outside_their_text() {
    let mut rows = history();
    rows[1] = Row::delta(0, (5, 99), b"x", b"hellox");
    let (_dir, log) = split(&rows, GENERAL);
    let error = log.revision(Rev(1)).unwrap_err();
    assert_eq!(error.id(), ErrorId::CorruptRevision);
    assert_eq!(error.fact("rev"), Some(&Fact::Int(1)));
    assert!(problem(&error).contains("outside"));
}

#[test]
fn flags_decide_what_can_be_read() {
    let with = |flags| {
        let mut rows = history();
        rows[0].flags = flags;
        let (dir, log) = split(&rows, GENERAL);
        let read = log.revision(Rev(0)).map(|text| text.to_vec());
        drop(dir);
        read
    };
    for neutral in [
        1 << 12,
        FLAG_HAS_META,
        1 << 10,
        1 << 9,
        1 << 8,
        1 << 7,
        1 << 6,
        FLAG_CENSORED,
    ] {
        assert_eq!(with(neutral).unwrap(), b"hello world", "{neutral:x}");
    }
    for (flags, named) in [
        (FLAG_EXTERNAL, 0x2000),
        (FLAG_ELLIPSIS | FLAG_EXTERNAL, 0x4000),
    ] {
        let error = with(flags).unwrap_err();
        assert_eq!(error.id(), ErrorId::ExternalRevision);
        assert_eq!(error.fact("flags"), Some(&Fact::Int(named)));
    }
    let error = with(0b10_0001).unwrap_err();
    assert_eq!(error.id(), ErrorId::CorruptRevision);
    assert_eq!(problem(&error), "incompatible revision flag");
    assert_eq!(error.fact("flags"), Some(&Fact::Int(0b10_0001)));
}

#[test]
fn a_truncated_index_is_refused_at_opening() {
    let (dir, _) = split(&history(), GENERAL);
    let index = dir.path().join("log.i");
    let bytes = std::fs::read(&index).unwrap();
    std::fs::write(&index, &bytes[..bytes.len() - 10]).unwrap();
    let error = open_in(dir.path(), Kind::Manifest).unwrap_err();
    assert_eq!(error.id(), ErrorId::CorruptIndex);
    assert_eq!(error.fact("path"), Some(&Fact::from("log")));
    assert_eq!(error.fact("offset"), Some(&Fact::Int(256)));
}

/// Many revisions with made-up nodes, and a map for the first `mapped` of them.
fn many(count: u8, mapped: Option<usize>) -> (tempfile::TempDir, Revlog, Vec<Node>) {
    let nodes: Vec<Node> = (0..count).map(|n| hash::sha1(&[&[n]])).collect();
    let rows: Vec<Row> = nodes
        .iter()
        .map(|node| Row {
            node: *node,
            ..Row::text(b"")
        })
        .collect();
    let (dir, _) = split(&rows, GENERAL);
    if let Some(mapped) = mapped {
        let tree = nodemap::build::tree(&nodes[..mapped]);
        let docket =
            nodemap::build::docket(mapped as u64 - 1, nodes[mapped - 1], tree.len() as u64);
        std::fs::write(dir.path().join("log.n"), docket).unwrap();
        std::fs::write(dir.path().join("log-ab12.nd"), tree).unwrap();
    }
    let log = open_in(dir.path(), Kind::Manifest).unwrap();
    (dir, log, nodes)
}

#[test]
fn nodes_and_prefixes_are_found_with_and_without_a_map() {
    for mapped in [None, Some(200), Some(150), Some(1)] {
        let (_dir, log, nodes) = many(200, mapped);
        let state = match mapped {
            None => NodeMapState::Absent,
            Some(mapped) => NodeMapState::UsedUpTo(Rev(mapped as i32 - 1)),
        };
        assert_eq!(log.nodemap_state().unwrap(), state);
        for (rev, node) in nodes.iter().enumerate() {
            assert_eq!(log.find(node).unwrap(), Some(Rev(rev as i32)));
            for len in [1, 2, 3, 5, 40] {
                let prefix = NodePrefix::from_hex(&node.to_hex()[..len]).unwrap();
                let matching = nodes.iter().filter(|node| prefix.matches(node)).count();
                let expected = if matching == 1 {
                    PrefixMatch::One(Rev(rev as i32))
                } else {
                    PrefixMatch::Many
                };
                assert_eq!(log.find_prefix(&prefix).unwrap(), expected);
            }
        }
        assert_eq!(log.find(&Node([7; 20])).unwrap(), None);
        assert_eq!(log.find(&Node::NULL).unwrap(), Some(Rev::NULL));
        let nothing = NodePrefix::from_hex(&[b'7'; 40]).unwrap();
        assert_eq!(log.find_prefix(&nothing).unwrap(), PrefixMatch::None);
        let null = NodePrefix::from_hex(b"00000").unwrap();
        assert_eq!(log.find_prefix(&null).unwrap(), PrefixMatch::One(Rev::NULL));
        assert_eq!(
            log.rev(&Node([7; 20])).unwrap_err().id(),
            ErrorId::UnknownNode
        );
    }
}

#[test]
fn a_map_that_cannot_be_used_changes_no_answer() {
    let (dir, log, nodes) = many(60, Some(60));
    let tree = std::fs::read(dir.path().join("log-ab12.nd")).unwrap();
    drop(log);
    // Pointers to nowhere, to the block itself, and to revisions that do not exist.
    for value in [
        1_000_000i32,
        i32::MAX,
        tree.len() as i32 / 64 - 1,
        -500,
        i32::MIN,
    ] {
        let broken: Vec<u8> = tree.chunks(4).flat_map(|_| value.to_be_bytes()).collect();
        std::fs::write(dir.path().join("log-ab12.nd"), broken).unwrap();
        let log = open_in(dir.path(), Kind::Manifest).unwrap();
        assert!(matches!(
            log.nodemap_state().unwrap(),
            NodeMapState::UsedUpTo(_)
        ));
        assert_eq!(log.find(&nodes[3]).unwrap(), Some(Rev(3)));
        assert!(matches!(
            log.nodemap_state().unwrap(),
            NodeMapState::Unusable(_)
        ));
        let prefix = NodePrefix::from_hex(&nodes[3].to_hex()[..12]).unwrap();
        assert_eq!(log.find_prefix(&prefix).unwrap(), PrefixMatch::One(Rev(3)));
    }
    std::fs::write(dir.path().join("log.n"), "nonsense").unwrap();
    let log = open_in(dir.path(), Kind::Manifest).unwrap();
    assert_eq!(
        log.nodemap_state().unwrap(),
        NodeMapState::Unusable("the docket is cut short")
    );
    assert_eq!(log.find(&nodes[59]).unwrap(), Some(Rev(59)));
}

#[test]
fn chunks_far_apart_are_read_apart() {
    let big = vec![b'x'; 200_000];
    let rows = [
        Row::text(b"small"),
        Row::text(&big),
        Row::delta(0, (5, 5), b"er", b"smaller"),
        Row::text(&big),
        Row::delta(2, (0, 5), b"tall", b"taller"),
    ];
    let (_dir, log) = split(&rows, GENERAL);
    assert_eq!(text(&log, 4), "taller");
    assert_eq!(log.revision(Rev(3)).unwrap().len(), 200_000);
}

proptest! {
    #[test]
    fn damaged_bytes_never_panic(at in 0usize..500, value: u8, inlined: bool) {
        let dir = tempfile::tempdir().unwrap();
        let (mut index, mut data) = split_index(&history(), GENERAL);
        if inlined {
            index = inline_index(&history(), GENERAL);
            data.clear();
        }
        let total = index.len() + data.len();
        let target = at % total;
        match target < index.len() {
            true => index[target] = value,
            false => data[target - index.len()] = value,
        }
        std::fs::write(dir.path().join("log.i"), index).unwrap();
        std::fs::write(dir.path().join("log.d"), data).unwrap();
        if let Ok(log) = open_in(dir.path(), Kind::Filelog) {
            for rev in 0..log.len() as i32 {
                if let Ok(text) = log.revision(Rev(rev)) {
                    prop_assert!(text.len() < 100);
                }
                let _answers = (log.parents(Rev(rev)), log.node(Rev(rev)));
            }
        }
    }
}
