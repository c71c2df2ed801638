//! zstd for whole streams, step by step: bundles are compressed so.
//! Chunks of revlogs are short and compressed at once; that is the revlog's own business.

use std::io;

use zstd::stream::raw::{Decoder, Encoder, InBuffer, Operation, OutBuffer};

/// How much room is made for output at a time.
const ROOM: usize = 128 * 1024;

/// Undoes zstd.
pub struct ZstdDecoder(Decoder<'static>);

impl ZstdDecoder {
    /// A decoder at the start of a stream.
    ///
    /// # Errors
    /// Where there is no memory for it.
    pub fn new() -> io::Result<ZstdDecoder> {
        Decoder::new().map(ZstdDecoder)
    }

    /// What comes out for this piece.
    ///
    /// # Errors
    /// Where the stream does not follow its format.
    pub fn decompress(&mut self, data: &[u8]) -> io::Result<Vec<u8>> {
        run(data, |input, output| self.0.run(input, output).map(drop))
    }
}

/// Compresses with zstd.
pub struct ZstdEncoder(Encoder<'static>);

impl ZstdEncoder {
    /// An encoder; `level` as zstd counts them.
    ///
    /// # Errors
    /// For a level that zstd does not know.
    pub fn new(level: i32) -> io::Result<ZstdEncoder> {
        Encoder::new(level).map(ZstdEncoder)
    }

    /// What is ready after this piece.
    ///
    /// # Errors
    /// None that is known.
    pub fn compress(&mut self, data: &[u8]) -> io::Result<Vec<u8>> {
        run(data, |input, output| self.0.run(input, output).map(drop))
    }

    /// The rest, with the end.
    ///
    /// # Errors
    /// None that is known.
    pub fn flush(&mut self) -> io::Result<Vec<u8>> {
        let mut out = Vec::new();
        loop {
            let mut room = vec![0; ROOM];
            let mut output = OutBuffer::around(&mut room[..]);
            let left = self.0.finish(&mut output, true)?;
            out.extend_from_slice(output.as_slice());
            if left == 0 {
                return Ok(out);
            }
        }
    }
}

fn run(
    data: &[u8],
    mut step: impl FnMut(&mut InBuffer<'_>, &mut OutBuffer<'_, [u8]>) -> io::Result<()>,
) -> io::Result<Vec<u8>> {
    let mut input = InBuffer::around(data);
    let mut out = Vec::new();
    let mut room = vec![0; ROOM];
    loop {
        let mut output = OutBuffer::around(&mut room[..]);
        step(&mut input, &mut output)?;
        let written = output.as_slice().len();
        out.extend_from_slice(output.as_slice());
        if input.pos == data.len() && written < ROOM {
            return Ok(out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_comes_out() {
        let text: Vec<u8> = (0..1_000_000u32)
            .flat_map(|n| (n / 7).to_le_bytes())
            .collect();
        let mut encoder = ZstdEncoder::new(3).unwrap();
        let mut packed = Vec::new();
        for piece in text.chunks(100_000) {
            packed.extend(encoder.compress(piece).unwrap());
        }
        packed.extend(encoder.flush().unwrap());
        assert!(packed.len() < text.len() / 2);
        let mut decoder = ZstdDecoder::new().unwrap();
        let mut back = Vec::new();
        for piece in packed.chunks(777) {
            back.extend(decoder.decompress(piece).unwrap());
        }
        assert!(back == text);
        assert!(
            ZstdDecoder::new()
                .unwrap()
                .decompress(b"no such stream")
                .is_err()
        );
    }
}
