//! Any bytes as the text of a manifest: where all lines are read and in order, each path is found by search too, with
//! the same line; a search finds nothing but what was asked for.
#![no_main]

use hyg_store::manifest::Lines;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut lines = Lines::new(data);
    let mut found = Vec::new();
    loop {
        match lines.advance() {
            Ok(Some(line)) => found.push(line),
            Ok(None) => break,
            Err(_) => return,
        }
    }
    let sorted = found.windows(2).all(|two| two[0].path() < two[1].path());
    for line in &found {
        let path = line.path().as_bytes();
        let entry = line.entry();
        let searched = match Lines::find(data, path) {
            Ok(Some(searched)) => searched,
            odd => {
                assert!(!sorted, "{odd:?}");
                continue;
            }
        };
        assert_eq!(searched.path(), line.path());
        if !sorted {
            continue;
        }
        assert_eq!(searched.node_hex(), line.node_hex());
        assert_eq!(entry.is_ok(), searched.entry().is_ok());
    }
});
