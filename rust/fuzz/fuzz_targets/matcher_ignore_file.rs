//! Any bytes as ignore files that may include each other: an answer or an error, the same one again, and no hang.
#![no_main]

use hyg_base::RepoPath;
use hyg_matcher::{MemorySource, NoExotic, ignore};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut parts = data.split(|byte| *byte == 0xff);
    let names = ["/r/.hgignore", "/r/a", "/r/sub/b"];
    let files = names
        .iter()
        .zip(&mut parts)
        .map(|(name, contents)| (*name, contents));
    let source = MemorySource::new(files);
    let path = RepoPath::new(parts.next().unwrap_or(b"sub/x.o"));
    let load = || ignore::load(b"/r", &[b"a".to_vec()], &source, &NoExotic);
    match (load(), load()) {
        (Ok(first), Ok(second)) => {
            assert_eq!(first.hash, second.hash);
            assert_eq!(first.warnings, second.warnings);
            let answer = |loaded: &ignore::Loaded| {
                let found = loaded.matcher.ignores_or_above(path);
                found.map_err(|error| error.to_string())
            };
            assert_eq!(answer(&first), answer(&second));
        }
        (Err(first), Err(second)) => assert_eq!(first.to_string(), second.to_string()),
        _ => panic!("two answers for the same files"),
    }
});
