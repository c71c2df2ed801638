//! Any bytes as a compressed chunk that claims a size: the text has that size, or there is an error.
#![no_main]

use std::sync::Arc;

use hyg_base::Rev;
use hyg_fuzz::{MemoryVfs, Row, index};
use hyg_store::revlog::{Kind, Options, Revlog};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((len, chunk)) = data.split_first_chunk::<4>() else {
        return;
    };
    let len = u32::from_be_bytes(*len) & 0x7fff_ffff;
    let row = Row {
        parents: [-1, -1],
        node: 1,
        len,
        chunk,
    };
    let index = index(&[row]);
    let options = Options {
        kind: Kind::Filelog,
        name: b"r".to_vec(),
        nodemap: false,
    };
    let vfs = Arc::new(MemoryVfs::new([("r.i", index.as_slice())]));
    let revlog = Revlog::open(vfs, b"r", options).unwrap();
    assert_eq!(revlog.len(), 1);
    if let Ok(text) = revlog.raw_text(Rev(0)) {
        assert_eq!(text.len(), len as usize);
    }
});
