//! A revision set: parsing ends, with a tree or a refusal, however deeply it is nested; the same text gives the same tree
//! again, and spaces around it change nothing.
#![no_main]

use hyg_core::revset;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let known = |name: &[u8]| name.len() % 2 == 0;
    let found = revset::parse(data, &known).ok().map(|tree| format!("{tree:?}"));
    let again = revset::parse(data, &known).ok().map(|tree| format!("{tree:?}"));
    assert_eq!(found, again);
    if let Some(found) = found {
        let wide = [b"  ", data, b" "].concat();
        let wide = revset::parse(&wide, &known).map(|tree| format!("{tree:?}"));
        assert_eq!(wide.ok(), Some(found));
    }
});
