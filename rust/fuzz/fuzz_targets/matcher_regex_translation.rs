//! Any bytes as an expression of Python's and as a path: an answer or an error, and joining it with an expression
//! that never matches changes neither, unless a bracket, a comment or an escape of the first may swallow the other.
#![no_main]

use hyg_base::{ErrorId, RepoPath};
use hyg_matcher::{MatchRequest, NoExotic, NoSource, build};
use libfuzzer_sys::fuzz_target;

/// The answer, or the id of the error.
fn ask(patterns: &[&[u8]], path: &RepoPath) -> Result<bool, ErrorId> {
    let mut request = MatchRequest::new(b"/r".as_slice());
    request.include = patterns
        .iter()
        .map(|text| [b"re:", *text].concat())
        .collect();
    let matcher = build(&request, &NoSource, &NoExotic)
        .map_err(|error| error.id())?
        .matcher;
    matcher.matches(path).map_err(|error| error.id())
}

fuzz_target!(|data: &[u8]| {
    let Some(split) = data.iter().rposition(|byte| *byte == 0xff) else {
        return;
    };
    let (text, path) = (&data[..split], RepoPath::new(&data[split + 1..]));
    let alone = ask(&[text], path);
    match alone {
        Ok(_) | Err(ErrorId::InvalidPattern | ErrorId::UnsupportedPattern) => {}
        Err(id) => panic!("{id:?}"),
    }
    // In front, a leading flag stays leading; behind it would be invalid.
    let joined = ask(&[text, b"\\Z\\A\\Zx"], path);
    let open = text.iter().any(|byte| b"([#\\".contains(byte));
    assert!(alone == joined || open, "{alone:?} {joined:?}");
});
