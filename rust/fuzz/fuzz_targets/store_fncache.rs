//! Any bytes as fncache: sorted names without repeats, or an error.
#![no_main]

use hyg_fuzz::MemoryVfs;
use hyg_store::fncache;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let vfs = MemoryVfs::new([("fncache", data)]);
    if let Ok(names) = fncache::load(&vfs) {
        assert!((1..names.len()).all(|index| names.at(index - 1) < names.at(index)));
        assert!(names.len() <= data.iter().filter(|byte| **byte == b'\n').count());
    } else {
        assert!(!data.is_empty());
    }
});
