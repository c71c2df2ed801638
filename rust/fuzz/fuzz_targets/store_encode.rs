//! Any name through every encoding of store paths: the same again, no characters that file systems refuse, nothing much
//! longer than the limit where names are hashed; directory markers come back.
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
            // Only an extension, which is kept whole and escaped, makes a hashed name longer.
            let base = data.rsplit(|byte| *byte == b'/').next();
            let escaped = 3 * base.map_or(0, <[u8]>::len) + 3;
            assert!(encoded.len() <= 120 + escaped, "{encoded:?}");
            assert!(
                !encoded
                    .iter()
                    .any(|byte| *byte < b' ' || b"\\:*?\"<>|".contains(byte) || *byte > b'~')
            );
            assert!(!encoded.iter().any(u8::is_ascii_uppercase));
        }
    }
});
