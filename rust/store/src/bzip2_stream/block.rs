//! One block written: runs shortened, rotations sorted, symbols, tables, bits. The bytes are those of the library,
//! which is asked itself only where rotations of the block are equal; where blocks end is not decided here.

use std::io::{self, Write};

use bzip2::Compression;
use bzip2::write::BzEncoder;

use super::bits::bits_at;
use super::coding::{Coding, GROUP, Lengths, codes};
use super::rotations::{POSITION, Room};
use super::symbols::Symbols;
use super::{BLOCK, END, LONGEST_RUN, MARK, SUM};

/// What stands before the first block.
const HEADER: usize = 32;
/// Bits of the row in which the block itself stands.
const ORIGIN: usize = 24;

/// A block: bytes, at which of their bits it begins, how many it has, and its checksum.
pub(super) struct Packed {
    pub(super) bytes: Vec<u8>,
    pub(super) start: usize,
    pub(super) bits: usize,
    pub(super) sum: u32,
}

/// Compresses blocks one after another, in the same room.
#[derive(Default)]
pub(super) struct Packer {
    short: Vec<u8>,
    room: Room,
    symbols: Symbols,
    coding: Coding,
}

impl Packer {
    /// Compresses what makes one block of a stream of this level.
    pub(super) fn pack(&mut self, block: &[u8], level: u32) -> io::Result<Packed> {
        shorten_runs(block, &mut self.short);
        let Some(sorted) = self.room.sort(&self.short) else {
            return by_library(block, level);
        };
        let mut used = [false; 256];
        for byte in &self.short {
            used[usize::from(*byte)] = true;
        }
        self.symbols.set(sorted, &used);
        self.coding.set(&self.symbols);
        let origin = sorted.iter().position(|entry| entry & POSITION == 0);
        let sum = checksum(block);
        let mut out = Writer::default();
        out.bytes.reserve(block.len() / 3 + 1024);
        out.push(BLOCK >> 24, MARK - 24);
        out.push(BLOCK & 0xff_ffff, 24);
        out.push(u64::from(sum), SUM);
        // in the order of the text, not shuffled
        out.push(0, 1);
        out.push(origin.unwrap_or_default() as u64, ORIGIN);
        push_used(&mut out, &used);
        self.push_tables(&mut out);
        self.push_symbols(&mut out);
        let (bytes, bits) = out.finish();
        Ok(Packed {
            bytes,
            start: 0,
            bits,
            sum,
        })
    }

    /// Which table is taken when, and the lengths of the codes of each.
    fn push_tables(&self, out: &mut Writer) {
        let Coding {
            tables, choices, ..
        } = &self.coding;
        out.push(tables.len() as u64, 3);
        out.push(choices.len() as u64, 15);
        let mut latest: Vec<u8> = (0..tables.len() as u8).collect();
        for choice in choices {
            let seen = latest.iter().position(|table| table == choice);
            let distance = seen.unwrap_or_default();
            latest[..=distance].rotate_right(1);
            // as many ones
            out.push((1 << (distance + 1)) - 2, distance + 1);
        }
        for lengths in tables {
            let lengths = &lengths[..self.symbols.alphabet];
            let mut last = lengths[0];
            out.push(u64::from(last), 5);
            for &length in lengths {
                for _ in length..last {
                    out.push(0b11, 2);
                }
                for _ in last..length {
                    out.push(0b10, 2);
                }
                out.push(0, 1);
                last = length;
            }
        }
    }

    fn push_symbols(&self, out: &mut Writer) {
        let alphabet = self.symbols.alphabet;
        let with_codes = |lengths: &Lengths| {
            let codes = codes(&lengths[..alphabet]);
            std::array::from_fn::<_, { super::symbols::MOST }, _>(|at| {
                u64::from(codes[at]) << 8 | u64::from(lengths[at])
            })
        };
        let tables: Vec<_> = self.coding.tables.iter().map(with_codes).collect();
        let groups = self.symbols.values.chunks(GROUP);
        for (group, choice) in groups.zip(&self.coding.choices) {
            let table = &tables[usize::from(*choice)];
            for value in group {
                let code = table[usize::from(*value)];
                out.push(code >> 8, (code & 0xff) as usize);
            }
        }
    }
}

/// The bytes in use: which sixteenths have any, and which these are.
fn push_used(out: &mut Writer, used: &[bool; 256]) {
    let bits = |flags: &mut dyn Iterator<Item = bool>| {
        flags.fold(0, |bits, flag| bits << 1 | u64::from(flag))
    };
    let any = |part: &[bool]| part.contains(&true);
    out.push(bits(&mut used.chunks(16).map(any)), 16);
    for part in used.chunks(16).filter(|part| any(part)) {
        out.push(bits(&mut part.iter().copied()), 16);
    }
}

/// Runs of four and more become four and a byte that tells how many more.
fn shorten_runs(block: &[u8], out: &mut Vec<u8>) {
    out.clear();
    let mut rest = block;
    while let Some(at) = find_run(rest) {
        let byte = rest[at];
        let run = rest[at..].iter().take(LONGEST_RUN);
        let run = run.take_while(|other| **other == byte).count();
        out.extend_from_slice(&rest[..at + 4]);
        out.push((run - 4) as u8);
        rest = &rest[at + run..];
    }
    out.extend_from_slice(rest);
}

/// Where four equal bytes stand first.
pub(super) fn find_run(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    while let Some([first, second, third, last]) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        // no run begins in front of two bytes that differ, nor at the first of them
        at += match () {
            () if third != last => 3,
            () if second != last => 2,
            () if first != last => 1,
            () => return Some(at),
        };
    }
    None
}

/// The checksum of a block, whose highest bit comes first.
fn checksum(block: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    let mut turned = [0; 4096];
    for part in block.chunks(turned.len()) {
        for (to, from) in turned.iter_mut().zip(part) {
            *to = from.reverse_bits();
        }
        hasher.update(&turned[..part.len()]);
    }
    hasher.finalize().reverse_bits()
}

/// Puts bits together, the first one highest.
#[derive(Default)]
struct Writer {
    bytes: Vec<u8>,
    /// Bits that make no whole word yet are highest.
    word: u64,
    filled: usize,
}

impl Writer {
    /// Appends the lowest `count` bits, at most 32; there are no others.
    #[inline]
    fn push(&mut self, bits: u64, count: usize) {
        self.word |= bits << (64 - self.filled - count);
        self.filled += count;
        if self.filled >= 32 {
            let whole = (self.word >> 32) as u32;
            self.bytes.extend_from_slice(&whole.to_be_bytes());
            self.word <<= 32;
            self.filled -= 32;
        }
    }

    /// The bytes, and how many bits they are.
    fn finish(mut self) -> (Vec<u8>, usize) {
        let bits = 8 * self.bytes.len() + self.filled;
        self.bytes
            .extend_from_slice(&self.word.to_be_bytes()[..self.filled.div_ceil(8)]);
        (self.bytes, bits)
    }
}

/// Compresses a block as a stream of its own.
fn by_library(block: &[u8], level: u32) -> io::Result<Packed> {
    let room = Vec::with_capacity(block.len() / 3 + 1024);
    let mut encoder = BzEncoder::new(room, Compression::new(level));
    encoder.write_all(block)?;
    let stream = encoder.finish()?;
    let odd = || io::Error::new(io::ErrorKind::InvalidData, "a block that is not one");
    let sum = bits_at(&stream, HEADER + MARK, SUM).ok_or_else(odd)?;
    let total = 8 * stream.len();
    let ends = |padding: &usize| {
        let end = total.checked_sub(padding + SUM + MARK)?;
        let is_end = bits_at(&stream, end, MARK) == Some(END)
            && bits_at(&stream, end + MARK, SUM) == Some(sum);
        (is_end && bits_at(&stream, HEADER, MARK) == Some(BLOCK)).then_some(end)
    };
    let end = (0..8).find_map(|padding| ends(&padding)).ok_or_else(odd)?;
    Ok(Packed {
        bytes: stream,
        start: HEADER,
        bits: end - HEADER,
        sum: sum as u32,
    })
}
