//! Any bytes as the chunks of a diff: what is cut into labelled pieces is, put together again, what came in; where the words of
//! changed lines are compared, with removed lines before added ones. There, as in every diff, lines end.
#![no_main]

use hyg_fuzz::parts;
use hyg_text::label::Labeller;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let chunks: [&[u8]; 3] = parts(data);
    for words in [false, true] {
        let mut labeller = Labeller::new(words);
        for chunk in chunks {
            let mut expected = chunk.to_vec();
            if words && !chunk.ends_with(b"\n") {
                expected.push(b'\n');
            }
            let pieces = labeller.label(&expected).unwrap();
            let mut whole: Vec<u8> = pieces.into_iter().flat_map(|(text, _)| text).collect();
            if words {
                whole.sort_unstable();
                expected.sort_unstable();
            }
            assert_eq!(whole, expected);
        }
    }
});
