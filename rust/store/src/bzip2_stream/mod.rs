//! bzip2 for whole streams on several threads: bundles are compressed so.
//! A stream is a row of blocks that do not need each other; where they begin and end is found out here, what is in
//! them is the library's business. The result is the one stream that compressing without threads gives.

mod bits;
mod decode;
mod encode;
#[cfg(test)]
mod tests;

pub use decode::Bzip2Decoder;
pub use encode::Bzip2Encoder;

/// What a block begins with.
const BLOCK: u64 = 0x3141_5926_5359;
/// What stands behind the last block.
const END: u64 = 0x1772_4538_5090;
/// Bits of either.
const MARK: usize = 48;
/// Bits of a checksum.
const SUM: usize = 32;

/// The checksum of a stream with one block more.
fn combined(sum: u32, block: u32) -> u32 {
    sum.rotate_left(1) ^ block
}

/// How many blocks are worked on at the same time.
fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, |count| count.get().min(8))
}
