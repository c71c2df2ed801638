//! Any bytes as the stored text of a file revision: size, content and source of a copy fit together. And as a file's
//! content: what is stored for it gives it back.
#![no_main]

use std::sync::Arc;

use hyg_base::{Node, RepoPath, Rev};
use hyg_fuzz::{MemoryVfs, Row, index};
use hyg_store::filelog::{CopySource, Filelog, stored_text};
use hyg_store::revlog::hash::revision_node;
use libfuzzer_sys::fuzz_target;

/// A filelog whose only revision has this text.
fn filelog(text: &[u8]) -> Filelog {
    let chunk = [b"u", text].concat();
    let row = Row {
        parents: [-1, -1],
        node: 0,
        len: text.len() as u32,
        chunk: &chunk,
    };
    let mut data = index(&[row]);
    let node = revision_node(text, &[Node::NULL, Node::NULL]).unwrap();
    data[32..52].copy_from_slice(node.as_bytes());
    let vfs = MemoryVfs::new([("data/f.i", data.as_slice())]);
    Filelog::open(Arc::new(vfs), RepoPath::new(b"f")).unwrap()
}

fuzz_target!(|data: &[u8]| {
    let log = filelog(data);
    match log.read(Rev(0)) {
        Ok(content) => {
            assert!(data.ends_with(&content));
            assert_eq!(log.size(Rev(0)).unwrap(), content.len() as u64);
            assert!(log.is_same(Rev(0), &content).unwrap());
            let copied = log.copy_source(Rev(0));
            assert!(log.has_meta(Rev(0)).unwrap() || copied.unwrap().is_none());
        }
        Err(_) => assert!(log.has_meta(Rev(0)).unwrap()),
    }
    let source = CopySource {
        path: RepoPath::new(b"a/b").to_owned(),
        node: Node([7; 20]),
    };
    for from in [None, Some(source)] {
        let stored = filelog(&stored_text(data, from.as_ref()));
        assert_eq!(*stored.read(Rev(0)).unwrap(), *data);
        assert_eq!(stored.copy_source(Rev(0)).unwrap(), from);
    }
});
