//! Attribution of many revisions one after the other: what a text has in common with its parent's at both ends is taken
//! over from there, lines are compared as numbers, on several threads where that takes longer. What is asked of the
//! history, and what becomes of the answer, is decided elsewhere.

use std::collections::HashMap;
use std::hash::Hash;
use std::ops::Range;

use hyg_base::{Error, ErrorId, Result};

use super::{Annotated, Explored, History, Origin, give_away};
use crate::compare::{Kind, alternate};
use crate::diff::{Block, Dense, Ends, blocks_between, blocks_of_numbers};
use crate::interned::Interner;

/// So many revisions are read before their lines are compared; few enough for their texts to stay in the caches of a core.
const BATCH: usize = 32;

/// Lines of a parent and of its child.
type Places = (Range<usize>, Range<usize>);

/// A text whose lines are numbers.
struct Numbered<T> {
    text: T,
    /// Where each line ends.
    ends: Vec<u32>,
    numbers: Vec<u32>,
}

/// What is known on the way from the first revision to the last.
pub(super) struct Together<R, T> {
    parents: HashMap<R, Vec<R>>,
    /// How many children of a revision are not done.
    needed: HashMap<R, usize>,
    /// Origins that need no walk.
    known: HashMap<R, Vec<Origin<R>>>,
    texts: HashMap<R, Numbered<T>>,
    origins: HashMap<R, Vec<Origin<R>>>,
    interner: Interner,
    tally: Tally<R>,
    dense: Dense,
}

/// How often each number occurs in the text of one revision.
struct Tally<R> {
    of: Option<R>,
    counts: Vec<u32>,
}

impl<R: Copy + Eq> Tally<R> {
    /// Counts the lines of `child`, of which those outside of `changed` are the parent's outside of `before`.
    fn follow(
        &mut self,
        (parent, child): (R, R),
        (before, changed): (&[u32], &[u32]),
        whole: &[u32],
        most: usize,
    ) {
        self.counts.resize(most, 0);
        if self.of == Some(parent) {
            for number in before {
                self.counts[*number as usize] -= 1;
            }
            for number in changed {
                self.counts[*number as usize] += 1;
            }
        } else {
            self.counts.fill(0);
            for number in whole {
                self.counts[*number as usize] += 1;
            }
        }
        self.of = Some(child);
    }
}

impl<R: Copy + Eq + Hash + Send + Sync, T: std::ops::Deref<Target = [u8]>> Together<R, T> {
    pub(super) fn new(explored: Explored<R>) -> Together<R, T> {
        let Explored {
            parents,
            needed,
            known,
        } = explored;
        Together {
            parents,
            needed,
            known,
            texts: HashMap::new(),
            origins: HashMap::new(),
            interner: Interner::default(),
            tally: Tally {
                of: None,
                counts: Vec::new(),
            },
            dense: Dense::default(),
        }
    }

    /// Goes through the revisions in this order; the answer is about the last one.
    pub(super) fn walk<H: History<Revision = R, Text = T>>(
        mut self,
        history: &mut H,
        order: &[R],
        threads: usize,
    ) -> Result<Annotated<R>> {
        for batch in order.chunks(BATCH) {
            self.batch(history, batch, threads)?;
        }
        let tip = order.last();
        let found = tip.and_then(|tip| Some((self.texts.remove(tip)?, self.origins.remove(tip)?)));
        let (Numbered { text, .. }, origins) =
            found.ok_or_else(|| Error::internal("the annotated revision was forgotten"))?;
        Ok(Annotated {
            text: text.to_vec(),
            origins,
        })
    }

    fn batch<H: History<Revision = R, Text = T>>(
        &mut self,
        history: &mut H,
        batch: &[R],
        threads: usize,
    ) -> Result<()> {
        let mut compared: HashMap<(R, R), Vec<Block>> = HashMap::with_capacity(batch.len());
        let mut left = Vec::new();
        for &revision in batch {
            let text = history.text(revision)?;
            let parents = &self.parents[&revision];
            let first = parents
                .first()
                .filter(|parent| self.texts.contains_key(parent));
            let Some(&parent) = first else {
                let numbered = Numbered::new(text, &mut self.interner)?;
                self.texts.insert(revision, numbered);
                left.extend(parents.iter().map(|parent| (*parent, revision)));
                continue;
            };
            let before = &self.texts[&parent];
            let (numbered, ends, places) = Numbered::after(before, text, &mut self.interner)?;
            let (a, b) = (&before.numbers[places.0], &numbered.numbers[places.1]);
            let most = self.interner.len();
            self.tally
                .follow((parent, revision), (a, b), &numbered.numbers, most);
            let count = |number: u32| self.tally.counts[number as usize];
            let (a, b) = (&before.numbers, &numbered.numbers);
            match blocks_between(a, b, ends, &count, &mut self.dense) {
                Some(blocks) => drop(compared.insert((parent, revision), blocks)),
                None => left.push((parent, revision)),
            }
            left.extend(parents[1..].iter().map(|parent| (*parent, revision)));
            self.texts.insert(revision, numbered);
        }
        let blocks = compare(&self.texts, &left, threads);
        compared.extend(left.into_iter().zip(blocks));
        for &revision in batch {
            let skips = history.skips(revision);
            let origins = match self.known.remove(&revision) {
                Some(origins) => origins,
                None => self.attribute(revision, skips, &compared),
            };
            self.finish(revision, origins);
        }
        Ok(())
    }

    /// The origins of a revision's lines: its parents' where they match, the last parent wins.
    fn attribute(
        &self,
        revision: R,
        skips: bool,
        compared: &HashMap<(R, R), Vec<Block>>,
    ) -> Vec<Origin<R>> {
        let count = self.texts[&revision].numbers.len();
        let own = |line: usize| Origin {
            revision,
            line: line as u32 + 1,
            skipped: false,
        };
        let parents = self.parents[&revision].iter();
        let sources: Vec<(&[Origin<R>], &[Block])> = parents
            .filter_map(|parent| {
                let blocks = compared.get(&(*parent, revision)).map(Vec::as_slice);
                Some((
                    self.origins.get(parent)?.as_slice(),
                    blocks.unwrap_or_default(),
                ))
            })
            .collect();
        let mut origins = Vec::with_capacity(count);
        if let Some((parent, blocks)) = sources.first() {
            for block in *blocks {
                origins.extend((origins.len()..block.b1).map(own));
                origins.extend_from_slice(&parent[block.a1..block.a2]);
            }
        }
        origins.extend((origins.len()..count).map(own));
        for (parent, blocks) in sources.iter().skip(1) {
            for block in *blocks {
                origins[block.b1..block.b2].copy_from_slice(&parent[block.a1..block.a2]);
            }
        }
        if skips {
            // Blank lines are like others.
            let stretches: Vec<_> = sources
                .iter()
                .map(|(parent, blocks)| (*parent, alternate(blocks, |_| Kind::Changed)))
                .collect();
            give_away(&mut origins, revision, &stretches);
        }
        origins
    }

    fn finish(&mut self, revision: R, origins: Vec<Origin<R>>) {
        for parent in &self.parents[&revision] {
            if let Some(count) = self.needed.get_mut(parent) {
                *count -= 1;
                if *count == 0 {
                    self.origins.remove(parent);
                    self.texts.remove(parent);
                }
            }
        }
        self.origins.insert(revision, origins);
    }
}

impl<T: std::ops::Deref<Target = [u8]>> Numbered<T> {
    fn new(text: T, interner: &mut Interner) -> Result<Numbered<T>> {
        check_len(&text)?;
        let (mut ends, mut numbers) = (Vec::new(), Vec::new());
        add_lines(&text, 0..text.len(), interner, &mut ends, &mut numbers);
        Ok(Numbered {
            text,
            ends,
            numbers,
        })
    }

    /// A text that has much in common with another one, with the lines that both begin and end with, and the lines
    /// of either in which everything lies that is not the same.
    fn after(
        before: &Numbered<T>,
        text: T,
        interner: &mut Interner,
    ) -> Result<(Numbered<T>, Ends, Places)> {
        check_len(&text)?;
        let (old, count) = (&*before.text, before.ends.len());
        let first = before.lines_within(common_prefix(old, &text), text.len());
        let start = first.checked_sub(1).map_or(0, |last| before.ends[last]) as usize;
        let last = before.lines_from(common_suffix(old, &text), &text);
        // where both ends overlap, lines are taken over from the first one
        let line_start = |line: usize| line.checked_sub(1).map_or(0, |at| before.ends[at]) as usize;
        let mut rest = (count - last).max(first);
        while rest < count && line_start(rest) + text.len() < start + old.len() {
            rest += 1;
        }
        let until = match rest < count {
            true => line_start(rest) + text.len() - old.len(),
            false => text.len(),
        };
        let mut ends = Vec::with_capacity(count + 64);
        let mut numbers = Vec::with_capacity(count + 64);
        ends.extend_from_slice(&before.ends[..first]);
        numbers.extend_from_slice(&before.numbers[..first]);
        add_lines(&text, start..until, interner, &mut ends, &mut numbers);
        let changed = first..numbers.len();
        let moved = (text.len() as u32).wrapping_sub(old.len() as u32);
        ends.extend(
            before.ends[rest..]
                .iter()
                .map(|end| end.wrapping_add(moved)),
        );
        numbers.extend_from_slice(&before.numbers[rest..]);
        let made = Numbered {
            text,
            ends,
            numbers,
        };
        Ok((made, Ends { first, last }, (first..rest, changed)))
    }

    /// How many lines at the beginning are the same in a text of length `len` that has so many bytes in common.
    fn lines_within(&self, common: usize, len: usize) -> usize {
        let whole = self.ends.partition_point(|end| *end as usize <= common);
        // a last line without a newline goes on in a longer text
        let is_cut = whole == self.ends.len()
            && self.text.last().is_some_and(|byte| *byte != b'\n')
            && len > self.text.len();
        whole - usize::from(is_cut)
    }

    /// How many lines at the end are the same in `other`, whose last `common` bytes are.
    fn lines_from(&self, common: usize, other: &[u8]) -> usize {
        let start = self.text.len() - common;
        // lines that begin behind the first common byte
        let inside = match start {
            0 => 0,
            start => self.ends.partition_point(|end| (*end as usize) < start) + 1,
        };
        let begins = |text: &[u8], at: usize| at == 0 || text[at - 1] == b'\n';
        let is_start = match inside.checked_sub(1) {
            None => true,
            Some(before) => self
                .ends
                .get(before)
                .is_some_and(|end| *end as usize == start),
        };
        if is_start && !begins(other, other.len() - common) {
            return self.ends.len() - (inside + 1).min(self.ends.len());
        }
        self.ends.len() - inside.min(self.ends.len())
    }
}

fn check_len(text: &[u8]) -> Result<()> {
    match u32::try_from(text.len()) {
        Ok(_) => Ok(()),
        Err(_) => Err(Error::new(ErrorId::Unsupported).with("feature", "a text of 4 GiB or more")),
    }
}

/// Appends the lines in a part of `text` that begins with a line.
fn add_lines(
    text: &[u8],
    part: Range<usize>,
    interner: &mut Interner,
    ends: &mut Vec<u32>,
    numbers: &mut Vec<u32>,
) {
    let mut start = part.start;
    while start < part.end {
        let newline = memchr::memchr(b'\n', &text[start..part.end]);
        let end = newline.map_or(part.end, |at| start + at + 1);
        numbers.push(interner.number(&text[start..end]));
        ends.push(end as u32);
        start = end;
    }
}

/// How many bytes are the same at the beginning.
fn common_prefix(a: &[u8], b: &[u8]) -> usize {
    const STEP: usize = 64;
    let steps = a.chunks_exact(STEP).zip(b.chunks_exact(STEP));
    let same = STEP * steps.take_while(|(a, b)| a == b).count();
    let rest = a[same..].iter().zip(&b[same..]);
    same + rest.take_while(|(a, b)| a == b).count()
}

/// How many bytes are the same at the end.
fn common_suffix(a: &[u8], b: &[u8]) -> usize {
    const STEP: usize = 64;
    let steps = a.rchunks_exact(STEP).zip(b.rchunks_exact(STEP));
    let same = STEP * steps.take_while(|(a, b)| a == b).count();
    let rest = a[..a.len() - same].iter().rev();
    let rest = rest.zip(b[..b.len() - same].iter().rev());
    same + rest.take_while(|(a, b)| a == b).count()
}

/// The matching blocks of each pair.
fn compare<R, T>(
    texts: &HashMap<R, Numbered<T>>,
    pairs: &[(R, R)],
    threads: usize,
) -> Vec<Vec<Block>>
where
    R: Copy + Eq + Hash + Send + Sync,
{
    let numbers: Vec<(&[u32], &[u32])> = pairs
        .iter()
        .map(|(parent, child)| (&*texts[parent].numbers, &*texts[child].numbers))
        .collect();
    let part = |pairs: &[(&[u32], &[u32])]| -> Vec<Vec<Block>> {
        let mut dense = Dense::default();
        let one = |(a, b): &(&[u32], &[u32])| blocks_of_numbers(a, b, &mut dense);
        pairs.iter().map(one).collect()
    };
    if threads < 2 || numbers.len() < 2 * threads {
        return part(&numbers);
    }
    let part = &part;
    std::thread::scope(|scope| {
        let running: Vec<_> = numbers
            .chunks(numbers.len().div_ceil(threads))
            .map(|pairs| scope.spawn(move || part(pairs)))
            .collect();
        let joined = running.into_iter().flat_map(|thread| match thread.join() {
            Ok(found) => found,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        joined.collect()
    })
}
