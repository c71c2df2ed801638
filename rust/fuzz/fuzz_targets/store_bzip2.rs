//! Any bytes as a stream of bzip2, in pieces of any length: what the library undoes is undone to the same, and what ends well
//! here ends well there. And as a content: what is compressed is the library's own stream, and comes back.
#![no_main]

use std::io::{Read, Write};

use hyg_store::bzip2_stream::{Bzip2Decoder, Bzip2Encoder};
use libfuzzer_sys::fuzz_target;

fn library(stream: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut decoder = bzip2::read::BzDecoder::new(stream);
    decoder.read_to_end(&mut out).ok()?;
    Some(out)
}

/// The content, and whether the stream came to its end.
fn ours(stream: &[u8], step: usize) -> Option<(Vec<u8>, bool)> {
    let mut decoder = Bzip2Decoder::default();
    let mut out = Vec::new();
    for piece in stream.chunks(step) {
        match decoder.decompress(piece) {
            Ok(found) => out.extend(found),
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                return Some((out, true));
            }
            Err(_) => return None,
        }
    }
    out.extend(decoder.rest().ok()?);
    let is_over = decoder
        .decompress(b"")
        .is_err_and(|error| error.kind() == std::io::ErrorKind::UnexpectedEof);
    Some((out, is_over))
}

fuzz_target!(|data: &[u8]| {
    let Some((first, data)) = data.split_first() else {
        return;
    };
    let step = usize::from(first >> 3) * 9 + 1;
    if first & 7 != 7 {
        let theirs = library(data);
        for step in [step, usize::MAX] {
            match ours(data, step) {
                Some((content, true)) => assert_eq!(theirs.as_ref(), Some(&content)),
                answer => assert!(theirs.is_none() || data.is_empty(), "{answer:?}"),
            }
        }
        return;
    }
    // So long that it has two blocks, now and then: that takes a while.
    let content = data.repeat(if data.len() > 950 && *first == 7 {
        110
    } else {
        1
    });
    let level = u32::from(first >> 3) % 9 + 1;
    let mut encoder = Bzip2Encoder::new(level).unwrap();
    let mut stream = Vec::new();
    for piece in content.chunks(step * 500) {
        stream.extend(encoder.compress(piece).unwrap());
    }
    stream.extend(encoder.flush().unwrap());
    let mut theirs = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::new(level));
    theirs.write_all(&content).unwrap();
    assert!(theirs.finish().unwrap() == stream);
    assert!(ours(&stream, step * 100) == Some((content, true)));
});
