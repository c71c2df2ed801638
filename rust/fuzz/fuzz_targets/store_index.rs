//! Any bytes as index and data of a revlog: every entry, text and prefix is an answer or an error; parents come before
//! their children; what is found by node or prefix has it.
#![no_main]

use std::sync::Arc;

use hyg_base::{NodePrefix, Rev};
use hyg_fuzz::{MemoryVfs, parts};
use hyg_store::revlog::{Kind, Options, PrefixMatch, Revlog};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let [index, texts] = parts(data);
    let vfs = MemoryVfs::new([("r.i", index), ("r.d", texts)]);
    let options = Options {
        kind: Kind::Filelog,
        name: b"r".to_vec(),
        nodemap: false,
    };
    let Ok(revlog) = Revlog::open(Arc::new(vfs), b"r", options) else {
        return;
    };
    assert!(revlog.entry(Rev(revlog.len() as i32)).is_err());
    for index in 0..revlog.len() {
        let rev = Rev(index as i32);
        if let Ok(parents) = revlog.parents(rev) {
            assert!(parents.iter().all(|parent| *parent < rev));
        }
        let raw = revlog.raw_text(rev);
        assert!(raw.is_ok() || revlog.revision(rev).is_err());
        let Ok(node) = revlog.node(rev) else {
            continue;
        };
        if let Ok(Some(found)) = revlog.find(&node) {
            assert_eq!(revlog.node(found).unwrap(), node);
        }
        if let Some(prefix) = NodePrefix::from_hex(&node.to_hex()[..5])
            && let Ok(PrefixMatch::One(found)) = revlog.find_prefix(&prefix)
        {
            assert!(prefix.matches(&revlog.node(found).unwrap()));
        }
    }
});
