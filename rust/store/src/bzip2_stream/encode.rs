//! Compressing: the input is cut where the compressor would end a block, each piece is compressed as a stream of its
//! own, and the blocks of these are joined bit by bit.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::thread::JoinHandle;

use bzip2::Compression;
use bzip2::write::BzEncoder;

use super::bits::{Bits, bits_at};
use super::{BLOCK, END, MARK, SUM, combined, threads};

/// Runs are told apart up to this length.
const LONGEST_RUN: usize = 255;
/// What stands before the first block.
const HEADER: usize = 32;

/// A block: the stream that has nothing else, how many of its bits are the block, and its checksum.
type Packed = (Vec<u8>, usize, u32);

/// Compresses with bzip2.
pub struct Bzip2Encoder {
    level: u32,
    threads: usize,
    /// Input that belongs to blocks that are not complete.
    input: Vec<u8>,
    cutter: Cutter,
    running: VecDeque<JoinHandle<io::Result<Packed>>>,
    out: Bits,
    sum: u32,
}

/// Follows what the compressor makes of its input before it sorts it: runs of equal bytes become shorter, and a block
/// is full when so many bytes are left.
#[derive(Debug)]
struct Cutter {
    full: usize,
    /// Bytes of the block without the run that is not over.
    filled: usize,
    /// How much of the input was looked at.
    seen: usize,
    byte: u8,
    run: usize,
}

impl Cutter {
    /// Where the block that the input begins with ends, as soon as it is full.
    fn end(&mut self, input: &[u8]) -> Option<usize> {
        while self.filled < self.full {
            let byte = *input.get(self.seen)?;
            if self.run > 0 && byte == self.byte && self.run < LONGEST_RUN {
                self.run += 1;
            } else {
                self.filled += match self.run {
                    long @ 4.. if long > 0 => 5,
                    short => short,
                };
                (self.byte, self.run) = (byte, 1);
            }
            self.seen += 1;
        }
        Some(self.seen - self.run)
    }

    /// The next block begins with the run that the last one did not take.
    fn next(&mut self) {
        self.filled = 0;
        self.seen = self.run;
    }
}

impl Bzip2Encoder {
    /// An encoder; `level` from 1 to 9.
    ///
    /// # Errors
    /// For another level.
    pub fn new(level: u32) -> io::Result<Bzip2Encoder> {
        Bzip2Encoder::with_threads(level, threads())
    }

    pub(super) fn with_threads(level: u32, threads: usize) -> io::Result<Bzip2Encoder> {
        if !(1..=9).contains(&level) {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let mut out = Bits::default();
        out.append(&[b'B', b'Z', b'h', b'0' + level as u8], 0, HEADER);
        Ok(Bzip2Encoder {
            level,
            threads,
            input: Vec::new(),
            cutter: Cutter {
                full: 100_000 * level as usize - 19,
                filled: 0,
                seen: 0,
                byte: 0,
                run: 0,
            },
            running: VecDeque::new(),
            out,
            sum: 0,
        })
    }

    /// What is ready after this piece.
    ///
    /// # Errors
    /// None that is known.
    pub fn compress(&mut self, data: &[u8]) -> io::Result<Vec<u8>> {
        self.input.extend_from_slice(data);
        while let Some(end) = self.cutter.end(&self.input) {
            self.cutter.next();
            let rest = self.input.split_off(end);
            let block = std::mem::replace(&mut self.input, rest);
            self.start(block)?;
            while self.running.len() > self.threads {
                self.join()?;
            }
        }
        Ok(self.out.take_whole())
    }

    /// The rest, with the end.
    ///
    /// # Errors
    /// None that is known.
    pub fn flush(&mut self) -> io::Result<Vec<u8>> {
        let block = std::mem::take(&mut self.input);
        if !block.is_empty() {
            self.start(block)?;
        }
        while !self.running.is_empty() {
            self.join()?;
        }
        self.out.push(END, MARK);
        self.out.push(u64::from(self.sum), SUM);
        let left = (8 - self.out.len() % 8) % 8;
        self.out.push(0, left);
        Ok(self.out.take_whole())
    }

    fn start(&mut self, block: Vec<u8>) -> io::Result<()> {
        let level = self.level;
        let work = move || pack(&block, level);
        let thread = std::thread::Builder::new().name("bzip2".to_owned());
        self.running.push_back(thread.spawn(work)?);
        Ok(())
    }

    fn join(&mut self) -> io::Result<()> {
        let Some(first) = self.running.pop_front() else {
            return Ok(());
        };
        let (stream, bits, sum) = match first.join() {
            Ok(packed) => packed?,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        self.out.append(&stream, HEADER, bits);
        self.sum = combined(self.sum, sum);
        Ok(())
    }
}

/// Compresses what makes one block.
fn pack(block: &[u8], level: u32) -> io::Result<Packed> {
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
    Ok((stream, end - HEADER, sum as u32))
}
