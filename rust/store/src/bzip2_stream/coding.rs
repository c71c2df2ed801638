//! Which codes a block is written with: up to six tables, of which each 50 symbols take the cheapest.
//! The choices are those of the library that bzip2 comes from, so that the bytes are (`docs/formats/bzip2.md`).

use super::symbols::{MOST, Symbols};

/// So many symbols are written with the same table.
pub(super) const GROUP: usize = 50;
/// No code is longer.
const LONGEST: u8 = 17;
/// What a symbol is said to cost before tables are known.
const DEAR: u8 = 15;
/// How often tables are made better.
const ROUNDS: usize = 4;
/// How many tables there may be.
const TABLES: usize = 6;
/// Bits of the sum of the lengths of a group, of which six stand in a number.
const SUM: u32 = 10;

/// The length of each symbol's code.
pub(super) type Lengths = [u8; MOST];

type Counts = [u32; MOST];

/// No table was chosen.
const NONE: u8 = u8::MAX;

/// Tables, and which of them is taken when.
pub(super) struct Coding {
    pub(super) tables: Vec<Lengths>,
    pub(super) choices: Vec<u8>,
    /// How often each table writes each symbol.
    counts: [Counts; TABLES],
    weights: Tree,
}

impl Default for Coding {
    fn default() -> Coding {
        Coding {
            tables: Vec::new(),
            choices: Vec::new(),
            counts: [[0; MOST]; TABLES],
            weights: Tree::default(),
        }
    }
}

impl Coding {
    /// Chooses tables for symbols.
    pub(super) fn set(&mut self, symbols: &Symbols) {
        let count = match symbols.values.len() {
            ..200 => 2,
            200..600 => 3,
            600..1200 => 4,
            1200..2400 => 5,
            _ => TABLES,
        };
        self.begin(symbols, count);
        self.counts = [[0; MOST]; TABLES];
        self.choices.clear();
        self.choices
            .resize(symbols.values.len().div_ceil(GROUP), NONE);
        for _ in 0..ROUNDS {
            self.choose(symbols);
            for (lengths, counts) in self.tables.iter_mut().zip(&self.counts) {
                self.weights.lengths(&counts[..symbols.alphabet], lengths);
            }
        }
    }

    /// Shares the symbols out so that tables have about the same to do: the last one the first symbols.
    fn begin(&mut self, symbols: &Symbols, count: usize) {
        self.tables.clear();
        self.tables.resize(count, [DEAR; MOST]);
        let mut left = symbols.values.len() as u32;
        let mut start = 0;
        for table in (0..count).rev() {
            let share = left / (table as u32 + 1);
            let (mut end, mut sum) = (start, 0);
            while sum < share && end < symbols.alphabet {
                sum += symbols.counts[end];
                end += 1;
            }
            // every other one inside gives its last symbol away again
            let is_inner = table + 1 != count && table != 0;
            if end > start + 1 && is_inner && (count - table - 1) % 2 == 1 {
                end -= 1;
                sum -= symbols.counts[end];
            }
            self.tables[table][start..end].fill(0);
            start = end;
            left -= sum;
        }
    }

    /// Gives each group the first of the cheapest tables.
    fn choose(&mut self, symbols: &Symbols) {
        let mut costs = [0_u64; MOST];
        for (at, lengths) in self.tables.iter().enumerate() {
            for (cost, length) in costs.iter_mut().zip(lengths) {
                *cost |= u64::from(*length) << (SUM * at as u32);
            }
        }
        let groups = symbols.values.chunks(GROUP);
        for (group, choice) in groups.zip(&mut self.choices) {
            let sums: u64 = group.iter().map(|value| costs[usize::from(*value)]).sum();
            let cost = |table: &usize| sums >> (SUM * *table as u32) & ((1 << SUM) - 1);
            let best = (0..self.tables.len()).min_by_key(cost).unwrap_or_default() as u8;
            let before = std::mem::replace(choice, best);
            if before == best {
                continue;
            }
            if let Some(counts) = self.counts.get_mut(usize::from(before)) {
                group
                    .iter()
                    .for_each(|value| counts[usize::from(*value)] -= 1);
            }
            let counts = &mut self.counts[usize::from(best)];
            group
                .iter()
                .for_each(|value| counts[usize::from(*value)] += 1);
        }
    }
}

/// The codes for lengths: shorter ones first, then in the order of the symbols.
pub(super) fn codes(lengths: &[u8]) -> [u32; MOST] {
    let mut codes = [0; MOST];
    let mut next = 0;
    for length in 1..=LONGEST {
        for (code, _) in codes
            .iter_mut()
            .zip(lengths)
            .filter(|(_, own)| **own == length)
        {
            *code = next;
            next += 1;
        }
        next <<= 1;
    }
    codes
}

/// Leaves and what joins them, numbered from 1; each with how often it comes above its height.
struct Tree {
    weights: [u32; 2 * MOST],
    parents: [u16; 2 * MOST],
    /// A heap of what has no parent, the lightest at 1.
    heap: [u16; MOST + 2],
    waiting: usize,
}

/// Where in a weight the height ends.
const HEIGHT: u32 = 8;

impl Default for Tree {
    fn default() -> Tree {
        Tree {
            weights: [0; 2 * MOST],
            parents: [0; 2 * MOST],
            heap: [0; MOST + 2],
            waiting: 0,
        }
    }
}

impl Tree {
    /// The lengths of codes for symbols that come so often.
    ///
    /// Which of equal weights is taken first decides about lengths; it is what sifting in a heap makes of it.
    fn lengths(&mut self, counts: &[u32], lengths: &mut Lengths) {
        for (weight, count) in self.weights[1..].iter_mut().zip(counts) {
            *weight = (*count).max(1) << HEIGHT;
        }
        loop {
            let root = self.join(counts.len());
            let mut heights = [0_u8; 2 * MOST];
            for node in (1..root).rev() {
                heights[node] = heights[usize::from(self.parents[node])] + 1;
            }
            let own = &heights[1..=counts.len()];
            if own.iter().all(|height| *height <= LONGEST) {
                lengths[..counts.len()].copy_from_slice(own);
                return;
            }
            // flatter, until no code is too long
            for weight in &mut self.weights[1..=counts.len()] {
                *weight = (1 + (*weight >> HEIGHT) / 2) << HEIGHT;
            }
        }
    }

    /// Joins the lightest two until one is left, and says which.
    fn join(&mut self, leaves: usize) -> usize {
        self.waiting = 0;
        for leaf in 1..=leaves {
            self.wait(leaf);
        }
        let mut root = leaves;
        while self.waiting > 1 {
            let (one, other) = (self.lightest(), self.lightest());
            root += 1;
            self.parents[one] = root as u16;
            self.parents[other] = root as u16;
            let height = |node: usize| self.weights[node] & 0xff;
            let sum = (self.weights[one] >> HEIGHT) + (self.weights[other] >> HEIGHT);
            self.weights[root] = sum << HEIGHT | (1 + height(one).max(height(other)));
            self.wait(root);
        }
        root
    }

    fn wait(&mut self, node: usize) {
        self.waiting += 1;
        let mut at = self.waiting;
        while at > 1 && self.weights[node] < self.weights[usize::from(self.heap[at / 2])] {
            self.heap[at] = self.heap[at / 2];
            at /= 2;
        }
        self.heap[at] = node as u16;
    }

    fn lightest(&mut self) -> usize {
        let first = self.heap[1];
        let moved = self.heap[self.waiting];
        self.waiting -= 1;
        let weight = |node: u16| self.weights[usize::from(node)];
        let mut at = 1;
        loop {
            let mut below = 2 * at;
            if below > self.waiting {
                break;
            }
            if below < self.waiting && weight(self.heap[below + 1]) < weight(self.heap[below]) {
                below += 1;
            }
            if weight(moved) < weight(self.heap[below]) {
                break;
            }
            self.heap[at] = self.heap[below];
            at = below;
        }
        self.heap[at] = moved;
        usize::from(first)
    }
}
