//! From a chunk as stored to the text or delta in it (format: `docs/formats/revlog.md`).
//! Which chunks make up a revision is decided in `chain`.

use std::borrow::Cow;
use std::cell::RefCell;

use flate2::{Decompress, FlushDecompress, Status};
use zstd::zstd_safe::{self, DCtx, InBuffer, OutBuffer};

/// How much output is allocated before any of it has been produced.
const FIRST_ALLOCATION: usize = 1 << 20;

/// What is wrong with a chunk; becomes the fact `problem`.
pub(crate) type Problem = &'static str;

/// Undoes the compression of a chunk. `limit` bounds the result.
pub(crate) fn decompress(chunk: &[u8], limit: usize) -> Result<Cow<'_, [u8]>, Problem> {
    let plain = |bytes| match chunk.len() > limit.saturating_add(1) {
        true => Err("a chunk is longer than it may be"),
        false => Ok(Cow::Borrowed(bytes)),
    };
    match chunk.first() {
        None | Some(0) => plain(chunk),
        Some(b'u') => plain(&chunk[1..]),
        Some(b'x') => inflate(chunk, limit).map(Cow::Owned),
        Some(b'(') => unzstd(chunk, limit).map(Cow::Owned),
        Some(_) => Err("unknown compression type"),
    }
}

/// What the first `len` bytes of a chunk's content are, from the beginning of the chunk; `None` where that is too
/// little, or wrong.
pub(crate) fn decompress_start(start: &[u8], len: usize) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(len);
    match start.first()? {
        0 => out.extend_from_slice(start.get(..len)?),
        b'u' => out.extend_from_slice(start.get(1..=len)?),
        b'x' => {
            let mut inflater = Decompress::new(true);
            inflater
                .decompress_vec(start, &mut out, FlushDecompress::None)
                .ok()?;
        }
        b'(' => {
            let mut context = DCtx::try_create()?;
            let mut input = InBuffer::around(start);
            let mut buffer = OutBuffer::around(&mut out);
            context.decompress_stream(&mut buffer, &mut input).ok()?;
        }
        _ => return None,
    }
    (out.len() == len).then_some(out)
}

/// Grows `out` for the next piece; `None` where `limit` leaves nothing to grow into.
fn grow(out: &mut Vec<u8>, limit: usize) -> Option<()> {
    // One byte more than allowed shows that a chunk is too long.
    let most = limit.saturating_add(1);
    if out.len() >= most {
        return None;
    }
    if out.len() == out.capacity() {
        let more = out.capacity().max(4096).min(most - out.len());
        out.reserve_exact(more);
    }
    Some(())
}

fn inflate(chunk: &[u8], limit: usize) -> Result<Vec<u8>, Problem> {
    let first = chunk.len().saturating_mul(4).min(FIRST_ALLOCATION);
    let mut out = Vec::with_capacity(first.min(limit.saturating_add(1)));
    let mut inflater = Decompress::new(true);
    loop {
        let rest = &chunk[usize::try_from(inflater.total_in()).unwrap_or(chunk.len())..];
        grow(&mut out, limit).ok_or("a chunk is longer than it may be")?;
        let before = (inflater.total_in(), out.len());
        match inflater.decompress_vec(rest, &mut out, FlushDecompress::None) {
            Ok(Status::StreamEnd) if out.len() <= limit => return Ok(out),
            Ok(Status::StreamEnd) => return Err("a chunk is longer than it may be"),
            Ok(_) if before == (inflater.total_in(), out.len()) && out.len() < out.capacity() => {
                return Err("a zlib chunk is cut short");
            }
            Ok(_) => {}
            Err(_) => return Err("a zlib chunk cannot be decompressed"),
        }
    }
}

thread_local! {
    /// Making a context costs more than most chunks do.
    static ZSTD: RefCell<Option<DCtx<'static>>> = const { RefCell::new(None) };
}

fn unzstd(chunk: &[u8], limit: usize) -> Result<Vec<u8>, Problem> {
    let claimed = zstd_safe::get_frame_content_size(chunk);
    let claimed = claimed.map_err(|_| "a zstd chunk cannot be decompressed")?;
    let claimed = claimed.map(|size| usize::try_from(size).unwrap_or(usize::MAX));
    if claimed.is_some_and(|size| size > limit) {
        return Err("a chunk is longer than it may be");
    }
    ZSTD.with_borrow_mut(|slot| {
        if slot.is_none() {
            *slot = DCtx::try_create();
        }
        let context = slot.as_mut().ok_or("no memory for a zstd context")?;
        // A claim is believed as far as real data usually goes.
        let believable = chunk.len().saturating_mul(64).max(FIRST_ALLOCATION);
        match claimed {
            Some(size) if size <= believable => unzstd_whole(context, chunk, size),
            _ => unzstd_stream(context, chunk, limit),
        }
    })
}

fn unzstd_whole(context: &mut DCtx<'_>, chunk: &[u8], size: usize) -> Result<Vec<u8>, Problem> {
    let mut out = Vec::with_capacity(size);
    if matches!(context.decompress(&mut out, chunk), Ok(written) if written == size) {
        return Ok(out);
    }
    // What follows a frame counts for nothing, as after a stream of zlib.
    let frame = zstd_safe::find_frame_compressed_size(chunk).unwrap_or(chunk.len());
    if frame < chunk.len() {
        return unzstd_whole(context, &chunk[..frame], size);
    }
    Err("a zstd chunk cannot be decompressed")
}

fn unzstd_stream(context: &mut DCtx<'_>, chunk: &[u8], limit: usize) -> Result<Vec<u8>, Problem> {
    let fail = |_| "a zstd chunk cannot be decompressed";
    context.init().map_err(fail)?;
    let mut input = InBuffer::around(chunk);
    let mut out = Vec::new();
    loop {
        grow(&mut out, limit).ok_or("a chunk is longer than it may be")?;
        let (before, consumed) = (out.len(), input.pos());
        let mut buffer = OutBuffer::around_pos(&mut out, before);
        let hint = context
            .decompress_stream(&mut buffer, &mut input)
            .map_err(fail)?;
        if hint == 0 {
            return match out.len() <= limit {
                true => Ok(out),
                false => Err("a chunk is longer than it may be"),
            };
        }
        if out.len() == before && input.pos() == consumed {
            return Err("a zstd chunk is cut short");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Write;

    fn zlib(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd_with_size(text: &[u8]) -> Vec<u8> {
        zstd::bulk::compress(text, 3).unwrap()
    }

    fn zstd_without_size(text: &[u8]) -> Vec<u8> {
        let mut encoder = zstd::stream::Encoder::new(Vec::new(), 3).unwrap();
        encoder.include_contentsize(false).unwrap();
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn plain_chunks_are_borrowed() {
        assert_eq!(&*decompress(b"", 0).unwrap(), b"");
        assert_eq!(&*decompress(b"\0abc", 4).unwrap(), b"\0abc");
        assert!(matches!(decompress(b"uabc", 3), Ok(Cow::Borrowed(b"abc"))));
        assert!(decompress(b"uabcd", 3).is_err());
        assert_eq!(decompress(b"?abc", 9), Err("unknown compression type"));
    }

    #[test]
    fn a_bomb_stops_at_the_limit() {
        let zeros = vec![0; 8 << 20];
        for chunk in [
            zlib(&zeros),
            zstd_with_size(&zeros),
            zstd_without_size(&zeros),
        ] {
            assert!(chunk.len() < 100_000);
            assert_eq!(
                decompress(&chunk, 10_000),
                Err("a chunk is longer than it may be")
            );
            assert_eq!(
                decompress(&chunk, zeros.len() - 1),
                Err("a chunk is longer than it may be")
            );
            assert_eq!(decompress(&chunk, zeros.len()).unwrap().len(), zeros.len());
        }
    }

    #[test]
    fn what_follows_counts_for_nothing() {
        let text = b"some text".repeat(20);
        for chunk in [zlib(&text), zstd_with_size(&text), zstd_without_size(&text)] {
            let longer = [&chunk[..], b"more", &chunk].concat();
            assert_eq!(&*decompress(&longer, text.len()).unwrap(), text);
        }
    }

    #[test]
    fn truncated_and_damaged_chunks_are_errors() {
        let text: Vec<u8> = (0u32..9000).flat_map(|n| (n * n).to_le_bytes()).collect();
        for chunk in [zlib(&text), zstd_with_size(&text), zstd_without_size(&text)] {
            for cut in [1, 2, 5, chunk.len() / 2, chunk.len() - 1] {
                assert!(
                    decompress(&chunk[..cut], text.len()).is_err(),
                    "cut at {cut}"
                );
            }
        }
        assert!(decompress(b"xnot zlib at all", 100).is_err());
        assert!(decompress(b"(not zstd at all", 100).is_err());
    }

    #[test]
    fn a_context_is_good_again_after_an_error() {
        let good = zstd_with_size(b"hello hello hello hello");
        let mut bad = good.clone();
        let last = bad.len() - 1;
        bad[last] ^= 0xff;
        bad.truncate(last);
        for _ in 0..3 {
            assert!(decompress(&bad, 100).is_err());
            assert_eq!(
                &*decompress(&good, 100).unwrap(),
                b"hello hello hello hello"
            );
        }
    }

    proptest! {
        #[test]
        fn round_trips(text in proptest::collection::vec(any::<u8>(), 0..3000)) {
            for chunk in [zlib(&text), zstd_with_size(&text), zstd_without_size(&text)] {
                prop_assert_eq!(&*decompress(&chunk, text.len()).unwrap(), text.as_slice());
                if !text.is_empty() {
                    prop_assert!(decompress(&chunk, text.len() - 1).is_err());
                }
            }
        }

        #[test]
        fn any_bytes_are_answered(kind in prop_oneof![Just(b'x'), Just(b'('), Just(b'u'), any::<u8>()],
                                  tail in proptest::collection::vec(any::<u8>(), 0..80)) {
            let chunk = [vec![kind], tail].concat();
            if let Ok(text) = decompress(&chunk, 500) {
                prop_assert!(text.len() <= 501);
            }
        }
    }
}
