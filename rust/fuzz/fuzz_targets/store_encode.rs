//! Any name through every encoding of store paths: the same again, no names that file systems refuse, nothing longer
//! than the limit where names are hashed; directory markers come back.
#![no_main]

use hyg_store::encode::{PathEncoding, decode_dirs, encode_dirs};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    assert_eq!(*decode_dirs(&encode_dirs(data)), *data);
    let encodings = [
        PathEncoding::Basic,
        PathEncoding::Escaped,
        PathEncoding::Plain,
        PathEncoding::Hashed { dot: false },
        PathEncoding::Hashed { dot: true },
    ];
    for encoding in encodings {
        let encoded = encoding.encode(data);
        assert_eq!(encoded, encoding.encode(data));
        if matches!(encoding, PathEncoding::Hashed { .. }) {
            assert!(encoded.len() <= 120, "{encoded:?}");
            assert!(!encoded.iter().any(|byte| *byte < b' ' || b"\\:*?\"<>|".contains(byte) || *byte >= 126));
            assert!(!encoded.iter().any(u8::is_ascii_uppercase));
        }
    }
});
