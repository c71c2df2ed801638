//! Any bytes as a line of a binary patch and as git's kind of delta: an answer or a refusal, never longer than allowed. As a
//! content: each line of its patch gives back its part.
#![no_main]

use hyg_fuzz::parts;
use hyg_text::binary;
use libfuzzer_sys::fuzz_target;

const MOST: usize = 1 << 20;

fuzz_target!(|data: &[u8]| {
    let [line, base, delta] = parts(data);
    if let Ok(found) = binary::decode_line(line) {
        assert!((1..=52).contains(&found.len()));
    }
    if let Ok(text) = binary::apply_git_delta(base, delta, MOST) {
        assert!(text.len() <= MOST);
    }
    let mut patch = Vec::new();
    binary::literal_patch(7, data, &mut patch);
    let lines: Vec<&[u8]> = patch.split(|byte| *byte == b'\n').collect();
    assert_eq!(lines[..2], [&b"GIT binary patch"[..], b"literal 7"]);
    let body = &lines[2..lines.len() - 2];
    let found: Vec<Vec<u8>> = body
        .iter()
        .map(|line| binary::decode_line(line).unwrap())
        .collect();
    assert_eq!(found.concat(), data);
});
