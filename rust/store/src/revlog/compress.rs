//! From a text or delta to the chunk that is stored for it (format: `docs/formats/revlog.md`).
//! Undoing it is `chunk`; whether a delta is worth storing is decided in `delta`.

use std::cell::RefCell;
use std::io::Write;

use zstd::zstd_safe::{CCtx, CParameter};

/// How new chunks are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    None,
    /// By zlib, at this level.
    Zlib(u32),
    /// By zstd, at this level.
    Zstd(i32),
}

/// Shorter data does not become shorter.
const ZLIB_FROM: usize = 44;
const ZSTD_FROM: usize = 50;

thread_local! {
    /// Making a context costs more than most chunks do; with the level it was made for.
    static ZSTD: RefCell<Option<(CCtx<'static>, i32)>> = const { RefCell::new(None) };
}

impl Compression {
    /// The chunk for `data`: compressed where that makes it shorter, else marked as plain.
    pub fn chunk(self, data: &[u8]) -> Vec<u8> {
        let packed = match self {
            Compression::None => None,
            Compression::Zlib(level) if data.len() >= ZLIB_FROM => deflate(data, level),
            Compression::Zstd(level) if data.len() >= ZSTD_FROM => zstd(data, level),
            _ => None,
        };
        // Where it was in vain, the attempt goes before there is another copy.
        if let Some(packed) = packed.filter(|packed| packed.len() < data.len()) {
            return packed;
        }
        match data.first() {
            None | Some(0) => data.to_vec(),
            Some(_) => [b"u", data].concat(),
        }
    }

    /// Whether samples of a text say that compressing it is worth it.
    pub fn shortens(self, samples: &[Vec<u8>]) -> bool {
        samples.iter().any(|sample| {
            let packed = self.chunk(sample).len();
            packed + sample.len() / 64 < sample.len()
        })
    }
}

fn deflate(data: &[u8], level: u32) -> Option<Vec<u8>> {
    let room = Vec::with_capacity(data.len() / 2 + 64);
    let mut encoder = flate2::write::ZlibEncoder::new(room, flate2::Compression::new(level));
    encoder.write_all(data).ok()?;
    encoder.finish().ok()
}

fn zstd(data: &[u8], level: i32) -> Option<Vec<u8>> {
    ZSTD.with_borrow_mut(|slot| {
        if slot.as_ref().is_none_or(|(_, known)| *known != level) {
            let mut context = CCtx::try_create()?;
            context
                .set_parameter(CParameter::CompressionLevel(level))
                .ok()?;
            *slot = Some((context, level));
        }
        let (context, _) = slot.as_mut()?;
        let mut out = Vec::with_capacity(zstd::zstd_safe::compress_bound(data.len()));
        match context.compress2(&mut out, data) {
            Ok(_) => Some(out),
            Err(_) => {
                *slot = None;
                None
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::revlog::chunk::decompress;
    use proptest::prelude::*;

    const ALL: [Compression; 3] = [
        Compression::None,
        Compression::Zlib(6),
        Compression::Zstd(3),
    ];

    #[test]
    fn short_and_odd_data_stay_plain() {
        for compression in ALL {
            assert_eq!(compression.chunk(b""), b"");
            assert_eq!(compression.chunk(b"abc"), b"uabc");
            assert_eq!(compression.chunk(b"\0abc"), b"\0abc");
        }
        let noise: Vec<u8> = (0u32..300)
            .map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8)
            .collect();
        assert_eq!(
            Compression::None.chunk(&noise).len(),
            300 + usize::from(noise[0] != 0)
        );
        let repeated = vec![b'a'; 1000];
        assert_eq!(Compression::Zlib(6).chunk(&repeated)[0], b'x');
        assert_eq!(Compression::Zstd(3).chunk(&repeated)[0], b'(');
    }

    #[test]
    fn samples_tell_noise_from_text() {
        let mut state = 1u32;
        let noise: Vec<u8> = std::iter::repeat_with(|| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state as u8
        })
        .take(4096)
        .collect();
        let text = b"all work and no play ".repeat(200);
        for compression in ALL {
            let packs = compression != Compression::None;
            assert!(!compression.shortens(std::slice::from_ref(&noise)));
            assert_eq!(compression.shortens(&[noise.clone(), text.clone()]), packs);
        }
    }

    proptest! {
        #[test]
        fn chunks_are_read_back(data in proptest::collection::vec(prop_oneof![Just(b'a'), any::<u8>()], 0..400)) {
            for compression in ALL {
                let chunk = compression.chunk(&data);
                prop_assert_eq!(&*decompress(&chunk, data.len() + 1).unwrap(), data.as_slice());
            }
        }
    }
}
