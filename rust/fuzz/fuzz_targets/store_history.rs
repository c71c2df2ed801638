//! Any bytes as a segment of the history index, and as the whole file: questions are answered, never out of bounds.
#![no_main]

use std::sync::Arc;

use hyg_base::{RepoPath, Rev};
use hyg_fuzz::MemoryVfs;
use hyg_store::changelog::Changelog;
use hyg_store::history::HistoryIndex;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let empty = Changelog::open(Arc::new(MemoryVfs::new([])), false).unwrap();
    assert!(HistoryIndex::parse(data, empty.revlog()).is_empty());
    let Some(index) = HistoryIndex::from_payload(data.to_vec()) else {
        return;
    };
    assert!(index.len() <= data.len());
    let rows = i32::try_from(index.len()).unwrap().min(50);
    for rev in (-1..=rows).map(Rev) {
        let _ = (index.date(rev), index.user(rev), index.branch(rev));
    }
    let all = index.touching(&|_| Ok(true)).unwrap();
    assert!(all.is_none_or(|all| all.len() == index.len()));
    let _ = index.with_user(&|_| Ok(true)).unwrap();
    if let Some(revs) = index.revs_of(RepoPath::new(b"a")) {
        assert!(revs.is_sorted());
    }
});
