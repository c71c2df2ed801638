//! Any bytes as a text and deltas: the whole chain at once is the same as one delta after the other, also in what is
//! refused, and no result is longer than allowed.
#![no_main]

use hyg_fuzz::parts;
use hyg_text::patch;
use libfuzzer_sys::fuzz_target;

const MOST: usize = 1 << 20;

fuzz_target!(|data: &[u8]| {
    let [base, first, second, third] = parts(data);
    let deltas = [first, second, third];
    let together = patch::apply(base, &deltas, MOST);
    let mut text: hyg_base::Result<Vec<u8>> = Ok(base.to_vec());
    for delta in deltas {
        text = text.and_then(|text| {
            let next = patch::apply(&text, &[delta], MOST)?;
            assert_eq!(patch::patched_len(text.len(), delta).unwrap(), next.len());
            Ok(next)
        });
    }
    match (together, text) {
        (Ok(together), Ok(text)) => assert!(together == text && text.len() <= MOST),
        (Err(_), Err(_)) => {}
        (together, text) => panic!("{together:?} {text:?}"),
    }
});
