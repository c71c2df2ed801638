//! Any bytes as the text of a manifest: where all lines are read and have nodes, they are sorted, and each path is found
//! by search too, with the same line. A search finds nothing but what was asked for.
#![no_main]

use hyg_store::manifest::Lines;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut found = Vec::new();
    let mut whole = true;
    for line in Lines::new(data) {
        match line {
            // Nodes are looked at only when they are asked for.
            Ok(line) => {
                whole &= line.entry().is_ok();
                found.push(line);
            }
            Err(_) => whole = false,
        }
    }
    assert!(found.windows(2).all(|two| two[0].path() < two[1].path()));
    for line in &found {
        match Lines::find(data, line.path().as_bytes()) {
            Ok(Some(searched)) => {
                assert_eq!(searched.path(), line.path());
                assert!(!whole || searched.entry().unwrap() == line.entry().unwrap());
            }
            odd => assert!(!whole, "{odd:?}"),
        }
    }
});
