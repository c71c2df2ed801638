//! Undoing: blocks are found by what they begin with, which may stand inside one by chance, and are undone one by one.
//! What follows the end of a stream is not looked at.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::sync::Arc;
use std::thread::JoinHandle;

use bzip2::Decompress;
use bzip2::read::BzDecoder;

use super::bits::{Bits, bits_at};
use super::{BLOCK, END, MARK, SUM, combined, threads};

/// Bits of what a stream begins with.
const HEADER: usize = 32;

/// No block has more bytes than this.
const LONGEST: usize = 4 << 20;

/// Undoes bzip2.
pub struct Bzip2Decoder {
    threads: usize,
    /// Input from the byte on in which the block begins that is not complete.
    input: Vec<u8>,
    /// The size of blocks, as the header says.
    level: Option<u8>,
    /// The bit at which the block begins.
    start: usize,
    /// The bit up to which marks have been looked for.
    seen: usize,
    blocks: VecDeque<Block>,
    sum: u32,
    /// The sum that the stream ends with, once that has been read.
    ended: Option<u32>,
    failed: bool,
}

struct Block {
    bits: Arc<Bits>,
    sum: u32,
    state: State,
}

enum State {
    Running(JoinHandle<io::Result<Vec<u8>>>),
    /// What looked like a block was none: the next one may be the rest of it.
    Cut,
}

fn wrong() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "Invalid data stream")
}

impl Default for Bzip2Decoder {
    fn default() -> Bzip2Decoder {
        Bzip2Decoder::with_threads(threads())
    }
}

impl Bzip2Decoder {
    pub(super) fn with_threads(threads: usize) -> Bzip2Decoder {
        Bzip2Decoder {
            threads,
            input: Vec::new(),
            level: None,
            start: HEADER,
            seen: HEADER,
            blocks: VecDeque::new(),
            sum: 0,
            ended: None,
            failed: false,
        }
    }

    /// What is ready after this piece; everything after the last one.
    ///
    /// # Errors
    /// Where the stream does not follow its format, or is over.
    pub fn decompress(&mut self, data: &[u8]) -> io::Result<Vec<u8>> {
        if self.failed {
            return Err(wrong());
        }
        if self.ended.is_some() {
            let problem = "End of stream already reached";
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, problem));
        }
        let done = self.step(data);
        self.failed = done.is_err();
        done
    }

    /// What is left of a stream that ends too early.
    ///
    /// # Errors
    /// As [`Bzip2Decoder::decompress`].
    pub fn rest(&mut self) -> io::Result<Vec<u8>> {
        let mut out = Vec::new();
        while !self.blocks.is_empty() && self.take(&mut out)? {}
        if self.ended.is_none() && self.level.is_some() {
            self.tail(&mut out)?;
        }
        Ok(out)
    }

    /// What the beginning of a block gives, whose end was not found: it is missing, or the mark there is damaged.
    fn tail(&self, out: &mut Vec<u8>) -> io::Result<()> {
        let mut tail = Bits::default();
        tail.append(&[b'B', b'Z', b'h', self.level.unwrap_or(b'9')], 0, HEADER);
        if let Some(cut) = self.blocks.front() {
            tail.append(cut.bits.bytes(), 0, cut.bits.len());
        }
        let left = (8 * self.input.len()).saturating_sub(self.start);
        tail.append(&self.input, self.start, left);
        let mut decompress = Decompress::new(false);
        let mut room = Vec::with_capacity(1 << 20);
        loop {
            room.clear();
            let at = usize::try_from(decompress.total_in()).unwrap_or(usize::MAX);
            let rest = tail.bytes().get(at..).unwrap_or_default();
            match decompress.decompress_vec(rest, &mut room) {
                Ok(_) if room.is_empty() => return Ok(()),
                Ok(_) => out.extend_from_slice(&room),
                Err(_) => return Err(wrong()),
            }
        }
    }

    fn step(&mut self, data: &[u8]) -> io::Result<Vec<u8>> {
        self.input.extend_from_slice(data);
        let mut out = Vec::new();
        if self.level.is_none() && !self.read_header()? {
            return Ok(out);
        }
        while self.ended.is_none() && self.cut()? {
            while self.blocks.len() > self.threads && self.take(&mut out)? {}
        }
        if let Some(wanted) = self.ended {
            out.extend(self.rest()?);
            if !self.blocks.is_empty() || self.sum != wanted {
                return Err(wrong());
            }
        }
        Ok(out)
    }

    /// Whether the header is there.
    fn read_header(&mut self) -> io::Result<bool> {
        let head = &self.input[..self.input.len().min(4)];
        let known = &head[..head.len().min(3)];
        if known != &b"BZh"[..known.len()] {
            return Err(wrong());
        }
        match head.get(3) {
            None => Ok(false),
            Some(level @ b'1'..=b'9') => {
                self.level = Some(*level);
                Ok(true)
            }
            Some(_) => Err(wrong()),
        }
    }

    /// Starts to undo the block that the input begins with, where its end is there; whether something was found.
    fn cut(&mut self) -> io::Result<bool> {
        if let Some(mark) = bits_at(&self.input, self.start, MARK)
            && mark != BLOCK
            && mark != END
        {
            return Err(wrong());
        }
        let Some((at, mark)) = find_mark(&self.input, self.seen) else {
            self.seen = self
                .seen
                .max((8 * self.input.len()).saturating_sub(MARK - 1));
            return Ok(false);
        };
        let sum = bits_at(&self.input, at + MARK, SUM);
        let Some(sum) = sum.map(|sum| sum as u32) else {
            self.seen = at;
            return Ok(false);
        };
        if at > self.start {
            let mut bits = Bits::default();
            bits.append(&self.input, self.start, at - self.start);
            let own = bits_at(&self.input, self.start + MARK, SUM).unwrap_or_default();
            self.begin(bits, own as u32)?;
        }
        if mark == END {
            self.ended = Some(sum);
            self.input = Vec::new();
            return Ok(true);
        }
        self.input.drain(..at / 8);
        self.start = at % 8;
        self.seen = at % 8 + MARK;
        Ok(true)
    }

    fn begin(&mut self, bits: Bits, sum: u32) -> io::Result<()> {
        let bits = Arc::new(bits);
        let (copy, level) = (Arc::clone(&bits), self.level.unwrap_or(b'9'));
        let thread = std::thread::Builder::new().name("bzip2".to_owned());
        let work = thread.spawn(move || unpack(&copy, sum, level))?;
        self.blocks.push_back(Block {
            bits,
            sum,
            state: State::Running(work),
        });
        Ok(())
    }

    /// Takes the content of the first block; false where it needs what has not been read yet.
    fn take(&mut self, out: &mut Vec<u8>) -> io::Result<bool> {
        let Some(block) = self.blocks.pop_front() else {
            return Ok(false);
        };
        let answer = match block.state {
            State::Running(work) => match work.join() {
                Ok(answer) => answer,
                Err(panic) => std::panic::resume_unwind(panic),
            },
            State::Cut => Err(wrong()),
        };
        match answer {
            Ok(content) => {
                self.sum = combined(self.sum, block.sum);
                match out.is_empty() {
                    true => *out = content,
                    false => out.extend_from_slice(&content),
                }
                Ok(true)
            }
            Err(error) => self.join_with_next(block.bits, block.sum, error),
        }
    }

    fn join_with_next(&mut self, bits: Arc<Bits>, sum: u32, error: io::Error) -> io::Result<bool> {
        let Some(next) = self.blocks.pop_front() else {
            if self.ended.is_some() {
                return Err(error);
            }
            self.blocks.push_front(Block {
                bits,
                sum,
                state: State::Cut,
            });
            return Ok(false);
        };
        if bits.len() > 8 * LONGEST {
            return Err(error);
        }
        let mut joined = (*bits).clone();
        joined.append(next.bits.bytes(), 0, next.bits.len());
        let (joined, level) = (Arc::new(joined), self.level.unwrap_or(b'9'));
        let copy = Arc::clone(&joined);
        let thread = std::thread::Builder::new().name("bzip2".to_owned());
        let work = thread.spawn(move || unpack(&copy, sum, level))?;
        self.blocks.push_front(Block {
            bits: joined,
            sum,
            state: State::Running(work),
        });
        Ok(true)
    }
}

/// Undoes one block, as a stream that has nothing else.
fn unpack(bits: &Bits, sum: u32, level: u8) -> io::Result<Vec<u8>> {
    let mut stream = Bits::default();
    stream.append(&[b'B', b'Z', b'h', level], 0, HEADER);
    stream.append(bits.bytes(), 0, bits.len());
    stream.push(END, MARK);
    stream.push(u64::from(sum), SUM);
    let mut out = Vec::with_capacity(100_000 * usize::from(level - b'0'));
    let mut decoder = BzDecoder::new(stream.bytes());
    decoder.read_to_end(&mut out).map_err(|_| wrong())?;
    Ok(out)
}

/// The first mark from bit `start` on, and which it is.
fn find_mark(bytes: &[u8], start: usize) -> Option<(usize, u64)> {
    let end = 8 * bytes.len();
    let pairs = bytes.get(start / 8 + 1..)?.windows(2);
    for (at, pair) in (start / 8..).zip(pairs) {
        let value = usize::from(u16::from_be_bytes([pair[0], pair[1]]));
        if MAYBE[value / 64] >> (value % 64) & 1 == 0 {
            continue;
        }
        for bit in (8 * at).max(start)..(8 * at + 8).min((end + 1).saturating_sub(MARK)) {
            if let Some(mark @ (BLOCK | END)) = bits_at(bytes, bit, MARK) {
                return Some((bit, mark));
            }
        }
    }
    None
}

/// The two bytes after the one in which a mark begins, all that they can be, as a set of bits.
const MAYBE: [u64; 1024] = {
    let mut set = [0; 1024];
    let marks = [BLOCK, END];
    let mut number = 0;
    while number < 16 {
        let two = (marks[number / 8] << 16 >> (number % 8) >> 40) as usize & 0xffff;
        set[two / 64] |= 1 << (two % 64);
        number += 1;
    }
    set
};

#[cfg(test)]
impl Bzip2Decoder {
    /// Takes a stream of one block in as if that were two.
    pub(super) fn with_cut_block(stream: &[u8], bit: usize) -> Bzip2Decoder {
        let mut decoder = Bzip2Decoder::with_threads(2);
        decoder.level = Some(stream[3]);
        let sum = bits_at(stream, HEADER + MARK, SUM).unwrap() as u32;
        let (end, _) = find_mark(stream, HEADER + MARK).unwrap();
        for (from, to, sum) in [(HEADER, bit, sum), (bit, end, 0)] {
            let mut bits = Bits::default();
            bits.append(stream, from, to - from);
            decoder.begin(bits, sum).unwrap();
        }
        decoder
    }
    /// As before what was cut off came.
    pub(super) fn forget_last(&mut self) {
        self.blocks.pop_back();
    }
}
