//! Compressing: the input is cut where the library would end a block, pieces are compressed by several threads, and
//! the blocks are joined bit by bit. What is in a block is not known here.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use super::bits::Bits;
use super::block::{Packed, Packer, find_run};
use super::{END, LONGEST_RUN, MARK, SUM, combined, threads};

/// What stands before the first block.
const HEADER: usize = 32;
/// So near to the end of a block bytes are looked at one by one.
const NEAR_END: usize = 16;

/// Compresses with bzip2.
pub struct Bzip2Encoder {
    level: u32,
    threads: usize,
    /// Input that belongs to blocks that are not complete.
    input: Vec<u8>,
    cutter: Cutter,
    running: VecDeque<JoinHandle<io::Result<Packed>>>,
    /// What nobody compresses with at the moment.
    idle: Arc<Mutex<Vec<Packer>>>,
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
        self.skip(input);
        while self.filled < self.full {
            let byte = *input.get(self.seen)?;
            if self.run > 0 && byte == self.byte && self.run < LONGEST_RUN {
                self.run += 1;
            } else {
                self.filled += match self.run {
                    long @ 4.. if long > 0 => 5,
                    short => short,
                };
                let is_known = self.run == 0;
                (self.byte, self.run) = (byte, 1);
                self.seen += 1;
                if !is_known {
                    self.skip(input);
                }
                continue;
            }
            self.seen += 1;
        }
        Some(self.seen - self.run)
    }

    /// Passes over what has no long runs: each byte counts as one, however many are equal.
    fn skip(&mut self, input: &[u8]) {
        let start = self.seen - self.run;
        let room = self.full.saturating_sub(self.filled + NEAR_END);
        let part = &input[start..input.len().min(start + room)];
        if self.run > 3 || part.len() < NEAR_END {
            return;
        }
        // what the last three bytes begin is not seen
        let skipped = find_run(part).unwrap_or(part.len() - 3);
        self.filled += skipped;
        (self.seen, self.run) = (start + skipped, 0);
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
            idle: Arc::default(),
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
        let (level, idle) = (self.level, Arc::clone(&self.idle));
        let work = move || {
            let waiting = idle.lock().ok().and_then(|mut idle| idle.pop());
            let mut packer = waiting.unwrap_or_default();
            let packed = packer.pack(&block, level);
            if let Ok(mut idle) = idle.lock() {
                idle.push(packer);
            }
            packed
        };
        let thread = std::thread::Builder::new().name("bzip2".to_owned());
        self.running.push_back(thread.spawn(work)?);
        Ok(())
    }

    fn join(&mut self) -> io::Result<()> {
        let Some(first) = self.running.pop_front() else {
            return Ok(());
        };
        let packed = match first.join() {
            Ok(packed) => packed?,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        self.out.append(&packed.bytes, packed.start, packed.bits);
        self.sum = combined(self.sum, packed.sum);
        Ok(())
    }
}
