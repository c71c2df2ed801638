//! bzip2 for whole streams on several threads: bundles are compressed so.
//! A stream is a row of blocks that do not need each other (`docs/formats/bzip2.md`). Compressing gives the one stream
//! that the library gives without threads, but blocks are sorted here; undoing them is the library's business.

mod bits;
mod block;
mod coding;
mod decode;
mod encode;
mod refine;
mod rotations;
mod symbols;
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

/// Runs are told apart up to this length.
const LONGEST_RUN: usize = 255;

/// The checksum of a stream with one block more.
fn combined(sum: u32, block: u32) -> u32 {
    sum.rotate_left(1) ^ block
}

/// How many blocks are worked on at the same time.
fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, |count| count.get().min(8))
}
