//! A revision set: parsing ends, with a tree or a refusal, however deeply it is nested; the same text gives the same tree
//! again, and spaces around it change nothing where no name has signs in it.
#![no_main]

use hyg_core::revset;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let known = |name: &[u8]| name.len() % 2 == 0;
    let found = revset::parse(data, &known)
        .ok()
        .map(|tree| format!("{tree:?}"));
    let again = revset::parse(data, &known)
        .ok()
        .map(|tree| format!("{tree:?}"));
    assert_eq!(found, again);
    let none = |_: &[u8]| false;
    let wide = [b"  ", data, b" "].concat();
    let narrow = revset::parse(data, &none)
        .ok()
        .map(|tree| format!("{tree:?}"));
    let wide = revset::parse(&wide, &none)
        .ok()
        .map(|tree| format!("{tree:?}"));
    assert_eq!(narrow, wide);
});
