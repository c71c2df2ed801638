//! The order of some rotations of a block by comparison: first by their bytes, then by each other's ranks.
//! Which rotations these are is decided by whoever asks, as is how the other ones follow.

/// The number of a crest in a key; what is compared stands above.
const NUMBER: u64 = 0xff_ffff;
/// How far up in a key stands what is compared.
const ABOVE: u32 = 24;
/// How many bytes a key compares.
const STEP: usize = 5;
/// How many bytes are compared before ranks are.
const BYTES: usize = 2 + STEP;
/// How many bytes of two rotations are compared that are equal so far, while no third one is.
const FURTHER: usize = 512;
/// A rotation may be read so far beyond the end of the block without starting again.
const BEYOND: usize = 8;

/// A block that goes on with its beginning.
#[derive(Default)]
struct Circle {
    bytes: Vec<u8>,
    len: usize,
}

impl Circle {
    fn set(&mut self, block: &[u8]) {
        self.len = block.len();
        self.bytes.clear();
        self.bytes.extend_from_slice(block);
        self.bytes.extend(block.iter().cycle().take(BEYOND));
    }

    /// Eight bytes as a number.
    fn eight(&self, at: usize) -> u64 {
        let at = if at < self.len { at } else { at % self.len };
        let bytes = self.bytes[at..].first_chunk();
        bytes.map_or(0, |bytes| u64::from_be_bytes(*bytes))
    }

    fn key(&self, at: usize, number: u64) -> u64 {
        self.eight(at) >> ABOVE << ABOVE | number
    }
}

/// Puts rotations in order, with room that is kept from one block to the next.
#[derive(Default)]
pub(super) struct Ranking {
    circle: Circle,
    buckets: Vec<u32>,
    keys: Vec<u64>,
    order: Vec<u32>,
    ranks: Vec<u32>,
    /// Of rotations of equal rank: how far they are known to be equal, counted in crests. By rank.
    agreed: Vec<u32>,
    /// Ranges of rotations that have not been told apart.
    open: Vec<(usize, usize)>,
    /// The same, with the number of bytes that are equal.
    stack: Vec<(usize, usize, usize)>,
}

impl Ranking {
    /// The numbers of the crests in the order of their rotations, by the two bytes that these begin with.
    pub(super) fn buckets(&self) -> impl Iterator<Item = (usize, usize, &[u32])> {
        let mut start = 0;
        let numbered = self.buckets.iter().enumerate();
        let bounds =
            numbered.map(move |(pair, &end)| (pair, std::mem::replace(&mut start, end), end));
        let filled = bounds.filter(|(_, start, end)| start < end);
        filled.map(|(pair, start, end)| {
            (
                pair >> 8,
                pair & 0xff,
                &self.order[start as usize..end as usize],
            )
        })
    }

    /// Puts the rotations of `block` that begin at `crests` in order; false where some are equal.
    ///
    /// Crests are in the order of the text. Rotations that are equal for longer than up to the next crest of both
    /// have that at the same distance, so that the ranks of these can be compared instead of bytes.
    pub(super) fn sort(&mut self, block: &[u8], crests: &[u32]) -> bool {
        self.circle.set(block);
        self.open.clear();
        self.distribute(crests);
        let mut start = 0;
        for bucket in 0..self.buckets.len() {
            let end = self.buckets[bucket] as usize;
            if end - start > 1 {
                self.keys[start..end].sort_unstable();
                self.split(start, end, 2 + STEP, crests);
            }
            start = end;
        }
        self.rank();
        self.by_ranks()
    }

    /// Sorts the crests by their first two bytes; afterwards a bucket is where its end is.
    fn distribute(&mut self, crests: &[u32]) {
        self.buckets.clear();
        self.buckets.resize(256 * 256, 0);
        self.keys.clear();
        self.keys.resize(crests.len(), 0);
        let first_two = |circle: &Circle, crest: u32| (circle.eight(crest as usize) >> 48) as usize;
        for &crest in crests {
            self.buckets[first_two(&self.circle, crest)] += 1;
        }
        let mut sum = 0;
        for bucket in &mut self.buckets {
            sum += std::mem::replace(bucket, sum);
        }
        for (number, &crest) in (0..).zip(crests) {
            let bucket = &mut self.buckets[first_two(&self.circle, crest)];
            self.keys[*bucket as usize] = self.circle.key(crest as usize + 2, number);
            *bucket += 1;
        }
    }

    /// Looks for equal keys between two places, and sorts further what has them.
    fn split(&mut self, start: usize, end: usize, depth: usize, crests: &[u32]) {
        self.push_equal(start, end, depth);
        while let Some((start, end, depth)) = self.stack.pop() {
            if end - start == 2 && self.tell_two_apart(start, depth, crests) {
                continue;
            }
            if depth >= BYTES && self.covers_next(start, end, depth, crests) {
                self.open.push((start, end));
                continue;
            }
            for key in &mut self.keys[start..end] {
                let number = *key & NUMBER;
                let at = crests[number as usize] as usize + depth;
                *key = self.circle.key(at, number);
            }
            self.keys[start..end].sort_unstable();
            self.push_equal(start, end, depth + STEP);
        }
    }

    fn push_equal(&mut self, start: usize, end: usize, depth: usize) {
        let keys = &self.keys[start..end];
        let mut at = 0;
        for same in keys.chunk_by(|one, other| (one ^ other) >> ABOVE == 0) {
            if same.len() > 1 {
                let from = start + at;
                self.stack.push((from, from + same.len(), depth));
            }
            at += same.len();
        }
    }

    fn tell_two_apart(&mut self, start: usize, depth: usize, crests: &[u32]) -> bool {
        let at = |key: u64| crests[(key & NUMBER) as usize] as usize;
        let (one, other) = (at(self.keys[start]), at(self.keys[start + 1]));
        for depth in (depth..depth + FURTHER).step_by(8) {
            let (left, right) = (
                self.circle.eight(one + depth),
                self.circle.eight(other + depth),
            );
            if left != right {
                if left > right {
                    self.keys.swap(start, start + 1);
                }
                return true;
            }
        }
        false
    }

    /// Whether so many bytes reach beyond the next crest.
    fn covers_next(&self, start: usize, end: usize, depth: usize, crests: &[u32]) -> bool {
        self.keys[start..end].iter().all(|key| {
            let number = (key & NUMBER) as usize;
            let next = match number + 1 {
                next if next < crests.len() => crests[next],
                _ => crests[0],
            };
            let (here, next) = (crests[number] as usize, next as usize);
            let distance = if next > here {
                next - here
            } else {
                next + self.circle.len - here
            };
            distance + 2 <= depth
        })
    }

    /// Gives each crest the place where those that are equal to it begin.
    fn rank(&mut self) {
        self.order.clear();
        self.order
            .extend(self.keys.iter().map(|key| (key & NUMBER) as u32));
        self.ranks.resize(self.order.len(), 0);
        for (place, crest) in (0..).zip(&self.order) {
            self.ranks[*crest as usize] = place;
        }
        self.agreed.clear();
        self.agreed.resize(self.order.len(), 0);
        for &(start, end) in &self.open {
            for crest in &self.order[start..end] {
                self.ranks[*crest as usize] = start as u32;
            }
            self.agreed[start] = 1;
        }
    }

    /// Tells apart what is left by the ranks of what follows (as Larsson and Sadakane 1999); false where it is equal.
    fn by_ranks(&mut self) -> bool {
        let count = self.order.len();
        let mut open = std::mem::take(&mut self.open);
        let mut left = Vec::new();
        while !open.is_empty() {
            for &(start, end) in &open {
                let agreed = self.agreed[start];
                if agreed as usize >= count {
                    return false;
                }
                for place in start..end {
                    let crest = self.order[place];
                    let other = (crest + agreed) as usize;
                    let other = if other < count { other } else { other - count };
                    self.keys[place] = u64::from(self.ranks[other]) << ABOVE | u64::from(crest);
                }
                self.keys[start..end].sort_unstable();
                let (mut from, told) = (start, left.len());
                while from < end {
                    let rank = self.keys[from] >> ABOVE;
                    let same = self.keys[from..end].iter();
                    let to = from + same.take_while(|key| **key >> ABOVE == rank).count();
                    for place in from..to {
                        self.order[place] = (self.keys[place] & NUMBER) as u32;
                        self.ranks[self.order[place] as usize] = from as u32;
                    }
                    if to - from > 1 {
                        let more = self.agreed[rank as usize];
                        left.push((from, to, agreed.saturating_add(more)));
                    }
                    from = to;
                }
                // only now: what is followed by a part of this range was counted with what all of it had
                for &(from, _, agreed) in &left[told..] {
                    self.agreed[from] = agreed;
                }
            }
            open.clear();
            open.extend(left.drain(..).map(|(start, end, _)| (start, end)));
        }
        self.open = open;
        true
    }
}
