//! Any bytes as requires: the gate answers, and refuses whatever it does not know.
#![no_main]

use std::path::Path;

use hyg_store::requirements::{Requirements, gate};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut requirements = Requirements::parse(data);
    assert!(requirements.iter().all(|name| requirements.contains(name)));
    let _answer = gate(&requirements, Path::new("requires"));
    requirements.extend(Requirements::parse(b"never-heard-of\n"));
    assert!(gate(&requirements, Path::new("requires")).is_err());
});
