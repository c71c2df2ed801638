//! Two texts: both kinds of delta lead from one to the other, and lines as numbers match as the lines do.
#![no_main]

use hyg_fuzz::parts;
use hyg_text::diff::{Dense, blocks, blocks_of_numbers};
use hyg_text::lines::Lines;
use hyg_text::{delta, patch};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let [old, new] = parts(data);
    for made in [
        delta::encode(old, new).unwrap(),
        delta::encode_stored(old, new).unwrap(),
    ] {
        assert_eq!(patch::patched_len(old.len(), &made).unwrap(), new.len());
        assert_eq!(patch::apply(old, &[&made], new.len()).unwrap(), new);
    }
    let (a, b) = (Lines::split(old).unwrap(), Lines::split(new).unwrap());
    let mut all: Vec<&[u8]> = a.range(0..a.len()).chain(b.range(0..b.len())).collect();
    all.sort_unstable();
    all.dedup();
    let numbers = |lines: &Lines<'_>| -> Vec<u32> {
        let number = |line| all.binary_search(&line).unwrap() as u32;
        lines.range(0..lines.len()).map(number).collect()
    };
    let mut dense = Dense::default();
    assert_eq!(
        blocks_of_numbers(&numbers(&a), &numbers(&b), &mut dense),
        blocks(&a, &b)
    );
});
