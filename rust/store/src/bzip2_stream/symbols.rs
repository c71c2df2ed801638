//! What is made of the column before the sorted rotations: how long ago each byte was seen, and runs of the last one.
//! How symbols are written is not known here (`docs/formats/bzip2.md`).

use super::rotations::BEFORE;

/// Symbols that there can be: two for the digits of runs, 255 distances, the end.
pub(super) const MOST: usize = 258;
/// So many numbers hold bytes that were seen a little earlier than the last eight.
const NEAR: usize = 3;
const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHEST: u64 = 0x8080_8080_8080_8080;

/// A block as symbols; the room is kept from one to the next.
pub(super) struct Symbols {
    /// Ends with the end.
    pub(super) values: Vec<u16>,
    /// How often each comes.
    pub(super) counts: [u32; MOST],
    /// How many there are: one more than bytes that are in use, and the end.
    pub(super) alphabet: usize,
}

impl Default for Symbols {
    fn default() -> Symbols {
        Symbols {
            values: Vec::new(),
            counts: [0; MOST],
            alphabet: 0,
        }
    }
}

impl Symbols {
    /// Takes the bytes above the positions of the sorted rotations.
    pub(super) fn set(&mut self, sorted: &[u32], used: &[bool; 256]) {
        let mut seen = Seen::new(used);
        self.values.clear();
        self.values.resize(sorted.len() + 1, 0);
        self.counts = [0; MOST];
        self.alphabet = used.iter().filter(|used| **used).count() + 2;
        let mut filled = 0;
        let mut last = seen.last();
        let mut run = 0_usize;
        for entry in sorted {
            let byte = (entry >> BEFORE) as u8;
            if byte == last {
                run += 1;
                continue;
            }
            if run > 0 {
                filled = self.push_run(filled, run);
                run = 0;
            }
            last = byte;
            let distance = seen.take(byte);
            self.values[filled] = distance as u16 + 1;
            self.counts[distance + 1] += 1;
            filled += 1;
        }
        filled = self.push_run(filled, run);
        let end = self.alphabet - 1;
        self.values[filled] = end as u16;
        self.counts[end] = 1;
        self.values.truncate(filled + 1);
    }

    /// A number in digits 1 and 2, the lowest first.
    fn push_run(&mut self, mut filled: usize, mut run: usize) -> usize {
        while run > 0 {
            let digit = 1 + (run + 1) % 2;
            self.values[filled] = digit as u16 - 1;
            self.counts[digit - 1] += 1;
            filled += 1;
            run = (run - digit) / 2;
        }
        filled
    }
}

/// The bytes in use, those seen last first.
struct Seen {
    /// The first eight, the very first one lowest.
    first: u64,
    /// Those after them, eight in a number.
    near: [u64; NEAR],
    far: [u8; 248 - 8 * NEAR],
}

impl Seen {
    fn new(used: &[bool; 256]) -> Seen {
        let mut all = [0; 256];
        let bytes = (0..=255).filter(|byte: &u8| used[usize::from(*byte)]);
        // what stands behind the bytes in use is never reached
        for (place, byte) in all.iter_mut().zip(bytes) {
            *place = byte;
        }
        let (eights, far) = all.split_at(8 * NEAR + 8);
        let mut eights = eights
            .as_chunks()
            .0
            .iter()
            .map(|eight| u64::from_le_bytes(*eight));
        let mut seen = Seen {
            first: eights.next().unwrap_or_default(),
            near: [0; NEAR],
            far: [0; 248 - 8 * NEAR],
        };
        for (place, eight) in seen.near.iter_mut().zip(eights) {
            *place = eight;
        }
        seen.far.copy_from_slice(far);
        seen
    }

    fn last(&self) -> u8 {
        self.first as u8
    }

    /// Moves a byte to the front; where it was.
    #[inline(always)]
    fn take(&mut self, byte: u8) -> usize {
        let before = self.first;
        match push(&mut self.first, u64::from(byte), u64::from(byte) * ONES) {
            Some(at) => at,
            None => self.take_further(byte, before >> 56),
        }
    }

    #[inline(never)]
    fn take_further(&mut self, byte: u8, mut pushed: u64) -> usize {
        for (number, eight) in self.near.iter_mut().enumerate() {
            let before = *eight;
            if let Some(at) = push(eight, pushed, u64::from(byte) * ONES) {
                return 8 * number + 8 + at;
            }
            pushed = before >> 56;
        }
        let at = memchr::memchr(byte, &self.far).unwrap_or_default();
        self.far.copy_within(..at, 1);
        self.far[0] = pushed as u8;
        8 * NEAR + 8 + at
    }
}

/// Puts a byte in front of eight others, up to the place of the one that goes; where that was, if it was among them.
#[inline(always)]
fn push(eight: &mut u64, byte: u64, going: u64) -> Option<usize> {
    let differing = *eight ^ going;
    let zeros = differing.wrapping_sub(ONES) & !differing & HIGHEST;
    let moved = *eight << 8 | byte;
    if zeros == 0 {
        *eight = moved;
        return None;
    }
    // up to the byte itself, whose highest bit is the lowest one that is set
    let replaced = zeros ^ zeros.wrapping_sub(1);
    *eight = *eight & !replaced | moved & replaced;
    Some((zeros.trailing_zeros() / 8) as usize)
}
