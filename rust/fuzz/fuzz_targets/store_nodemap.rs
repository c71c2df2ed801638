//! Any bytes as docket and tree of a persistent node map over a fixed history: whatever the map says, what is found has
//! the node or prefix that was asked for.
#![no_main]

use std::sync::Arc;

use hyg_base::{Node, NodePrefix, Rev};
use hyg_fuzz::{MemoryVfs, Row, index, parts};
use hyg_store::revlog::{Kind, Options, PrefixMatch, Revlog};
use libfuzzer_sys::fuzz_target;

/// First four bytes of the nodes.
const NODES: [u32; 5] = [
    0x1234_5678,
    0x1234_9999,
    0xabcd_ef01,
    0x1fff_ffff,
    0x0123_4567,
];

fuzz_target!(|data: &[u8]| {
    let [docket, tree] = parts(data);
    let rows = NODES.map(|node| Row {
        parents: [-1, -1],
        node,
        len: 0,
        chunk: b"",
    });
    let index = index(&rows);
    let files = [
        ("r.i", index.as_slice()),
        ("r.n", docket),
        ("r-0a1b.nd", tree),
    ];
    let options = Options {
        kind: Kind::Changelog,
        name: b"r".to_vec(),
        nodemap: true,
    };
    let revlog = Revlog::open(Arc::new(MemoryVfs::new(files)), b"r", options).unwrap();
    let _state = revlog.nodemap_state();
    for rev in 0..NODES.len() {
        let node = revlog.node(Rev(rev as i32)).unwrap();
        if let Ok(Some(found)) = revlog.find(&node) {
            assert_eq!(revlog.node(found).unwrap(), node);
        }
        for len in [1, 2, 4, 5, 8, 40] {
            let prefix = NodePrefix::from_hex(&node.to_hex()[..len]).unwrap();
            if let Ok(PrefixMatch::One(found)) = revlog.find_prefix(&prefix) {
                assert!(prefix.matches(&revlog.node(found).unwrap()));
            }
        }
    }
    if let Ok(found) = revlog.find(&Node([0x77; 20])) {
        assert!(found.is_none());
    }
});
