//! Sorting the rotations of a block, in time that hardly depends on what is in it.
//! Only some rotations are sorted by their bytes, the others follow from these; what is made of the order is not known
//! here.

use super::refine::Ranking;

/// The position in an entry of the sorted rotations; the byte before it stands above.
pub(super) const POSITION: u32 = 0xff_ffff;
/// How far up the byte before a rotation stands in an entry.
pub(super) const BEFORE: u32 = 24;

/// What sorting needs room for, kept from one block to the next.
#[derive(Default)]
pub(super) struct Room {
    /// The block, with its last two bytes before it.
    text: Vec<u8>,
    /// Where the rotations begin that are sorted by their bytes, in the order of the text.
    crests: Vec<u32>,
    /// How many rotations begin with two bytes, the second one first, of those below the one after them.
    pairs: Vec<u32>,
    sorted: Vec<u32>,
    ranking: Ranking,
}

/// Where the rotations that begin with a byte stand among all.
#[derive(Clone, Copy, Default)]
struct Section {
    start: usize,
    /// Rotations above the one after them come first.
    rising: usize,
    end: usize,
}

/// How many pairs of bytes there are.
const PAIRS: usize = 256 * 256;

/// The kinds of rotations, from the end of the text to its beginning.
struct Walk {
    /// The byte after the one that comes, and whether its rotation rises.
    next: usize,
    rises: bool,
    /// How many crests were found.
    found: usize,
}

impl Walk {
    /// Without a branch, as kinds change too often to be foreseen.
    #[inline(always)]
    fn step(&mut self, at: usize, byte: u8, counts: &mut [u32], crests: &mut [u32]) {
        let byte = usize::from(byte);
        let rises = byte < self.next || (byte == self.next) & self.rises;
        crests[self.found] = at as u32;
        self.found += usize::from(rises & !self.rises);
        counts[Walk::place(rises, self.next, byte)] += 1;
        (self.next, self.rises) = (byte, rises);
    }

    /// Where rotations that begin with two bytes are counted: falling ones by the first one only, behind the others.
    #[inline(always)]
    fn place(rises: bool, next: usize, byte: usize) -> usize {
        if rises {
            next << 8 | byte
        } else {
            PAIRS + byte
        }
    }
}

impl Room {
    /// The rotations of `block` in order, each with its position and the byte before it; `None` where some are equal.
    ///
    /// A rotation is below or above the one that begins a byte later. Above: a falling one; below: a rising one. The
    /// rising ones before a falling one (crests) are sorted, at most half of all. From the end of the order, each
    /// rising rotation tells where the rising one before it belongs; from its start, each rotation tells where the
    /// falling one before it belongs. (Itoh and Tanaka 1999, as far as Mori 2008 went with it.)
    pub(super) fn sort(&mut self, block: &[u8]) -> Option<&[u32]> {
        let falling = self.classify(block)?;
        if !self.ranking.sort(block, &self.crests) {
            return None;
        }
        let (sections, mut ends) = self.lay_out(&falling);
        self.place_crests(block.len(), &ends);
        self.induce_rising(&sections, &mut ends);
        self.induce_falling(&sections);
        self.pairs = ends;
        Some(&self.sorted)
    }

    /// Finds the crests, and counts the rotations by what they begin with: the falling ones by one byte.
    fn classify(&mut self, block: &[u8]) -> Option<[u32; 256]> {
        let len = block.len();
        // where bytes differ, the kind of the rotation is known from these two
        let last = block.iter().rposition(|byte| *byte != block[0])?;
        self.text.clear();
        self.text.extend_from_slice(&block[len - 2..]);
        self.text.extend_from_slice(block);
        self.pairs.clear();
        self.pairs.resize(PAIRS + 256, 0);
        self.crests.clear();
        self.crests.resize(len / 2 + 2, 0);
        let last_rises = block[last] < block[0];
        let mut walk = Walk {
            next: usize::from(block[last]),
            rises: last_rises,
            found: 0,
        };
        self.pairs[Walk::place(last_rises, usize::from(block[0]), walk.next)] += 1;
        for at in (0..last).rev() {
            walk.step(at, block[at], &mut self.pairs, &mut self.crests);
        }
        for at in (last + 1..len).rev() {
            walk.step(at, block[at], &mut self.pairs, &mut self.crests);
        }
        self.crests.truncate(walk.found);
        self.crests.reverse();
        if last_rises && !walk.rises {
            self.crests.push(last as u32);
        }
        let mut falling = [0; 256];
        falling.copy_from_slice(&self.pairs[PAIRS..]);
        Some(falling)
    }

    /// Where each kind of rotations stands; of pairs of bytes, the end of those that begin with it.
    fn lay_out(&mut self, falling: &[u32; 256]) -> ([Section; 256], Vec<u32>) {
        let mut sections = [Section::default(); 256];
        let mut ends = std::mem::take(&mut self.pairs);
        let mut at = 0;
        for (byte, section) in sections.iter_mut().enumerate() {
            section.start = at as usize;
            at += falling[byte];
            section.rising = at as usize;
            for next in byte..256 {
                at += ends[next << 8 | byte];
                ends[next << 8 | byte] = at;
            }
            section.end = at as usize;
        }
        (sections, ends)
    }

    /// Puts the crests in front of all that begin with the same two bytes.
    fn place_crests(&mut self, len: usize, ends: &[u32]) {
        self.sorted.clear();
        self.sorted.resize(len, 0);
        for (first, second, crests) in self.ranking.buckets() {
            // where the pair before ends; a crest has the lower byte first, so that there is one
            let to = ends[(second - 1) << 8 | first] as usize;
            for (place, &crest) in self.sorted[to..].iter_mut().zip(crests) {
                let at = self.crests[crest as usize];
                *place = at | u32::from(self.text[at as usize + 1]) << BEFORE;
            }
        }
    }

    fn induce_rising(&mut self, sections: &[Section; 256], ends: &mut [u32]) {
        let (text, sorted) = (&self.text[..], &mut self.sorted[..]);
        let wrapped = (text.len() - 3) as u32;
        for (byte, section) in sections.iter().enumerate().rev() {
            let ends = &mut ends[byte << 8..][..256];
            for from in (section.rising..section.end).rev() {
                let entry = sorted[from];
                let before = (entry >> BEFORE) as usize;
                if before <= byte {
                    let at = entry & POSITION;
                    ends[before] -= 1;
                    let further = u32::from(text[at as usize]);
                    let to = if at == 0 { wrapped } else { at - 1 };
                    sorted[ends[before] as usize] = to | further << BEFORE;
                }
            }
        }
    }

    fn induce_falling(&mut self, sections: &[Section; 256]) {
        let (text, sorted) = (&self.text[..], &mut self.sorted[..]);
        let wrapped = (text.len() - 3) as u32;
        let mut starts = sections.map(|section| section.start as u32);
        for (byte, section) in sections.iter().enumerate() {
            for from in section.start..section.end {
                let entry = sorted[from];
                let before = (entry >> BEFORE) as usize;
                // an equal byte before a falling rotation makes a falling one
                if before > byte || (before == byte && from < section.rising) {
                    let at = entry & POSITION;
                    let further = u32::from(text[at as usize]);
                    let to = if at == 0 { wrapped } else { at - 1 };
                    sorted[starts[before] as usize] = to | further << BEFORE;
                    starts[before] += 1;
                }
            }
        }
    }
}
