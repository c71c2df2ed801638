//! Which revision brought each line of a text: attribution carried from parents to child along matching lines. Which
//! revisions there are, and what their texts are, is asked of the caller (`docs/formats/diff.md`).

mod together;

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::ops::Deref;

use hyg_base::Result;

use crate::compare::{Comparison, Kind, Stretch};
use crate::lines::Lines;
use together::Together;

/// Where a line comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin<R> {
    /// The revision that brought it.
    pub revision: R,
    /// Its number there, from 1.
    pub line: u32,
    /// It was given to that revision because the one that changed it was to be skipped.
    pub skipped: bool,
}

/// A text with the origin of each of its lines.
#[derive(Clone, Debug)]
pub struct Annotated<R> {
    text: Vec<u8>,
    origins: Vec<Origin<R>>,
}

impl<R: Copy + Eq> Annotated<R> {
    /// A text whose lines all come from `revision`.
    ///
    /// # Errors
    /// Only for a text that [`Lines::split`] refuses.
    pub fn fresh(text: Vec<u8>, revision: R) -> Result<Annotated<R>> {
        let count = Lines::split(&text)?.len() as u32;
        let origin = |line| Origin {
            revision,
            line,
            skipped: false,
        };
        Ok(Annotated {
            text,
            origins: (1..=count).map(origin).collect(),
        })
    }

    /// The child of `parents`: lines that match a parent keep that parent's origin, the last parent wins.
    ///
    /// With `skip`, lines that match nothing are given to lines of the parents too, one by one inside each change
    /// and then to its last line, so that the child itself brings none.
    ///
    /// # Errors
    /// Only for texts that [`Lines::split`] refuses.
    pub fn child(
        text: Vec<u8>,
        revision: R,
        parents: &[&Annotated<R>],
        skip: bool,
        comparison: Comparison,
    ) -> Result<Annotated<R>> {
        let child = Annotated::fresh(text, revision)?;
        let lines = Lines::split(&child.text)?;
        let mut compared = Vec::with_capacity(parents.len());
        for &parent in parents {
            let stretches = comparison.stretches(&Lines::split(&parent.text)?, &lines)?;
            compared.push((parent, stretches));
        }
        Ok(child.inherit(revision, &compared, skip))
    }

    /// Takes over the origins of the parents' lines where they are equal.
    fn inherit(
        mut self,
        revision: R,
        compared: &[(&Annotated<R>, Vec<Stretch>)],
        skip: bool,
    ) -> Annotated<R> {
        let origins = &mut self.origins;
        for (parent, stretches) in compared {
            for Stretch { block, kind } in stretches {
                if *kind == Kind::Equal {
                    origins[block.b1..block.b2]
                        .copy_from_slice(&parent.origins[block.a1..block.a2]);
                }
            }
        }
        if skip {
            let compared = compared.iter();
            let sources: Vec<_> = compared
                .map(|(parent, stretches)| (parent.origins.as_slice(), stretches.clone()))
                .collect();
            give_away(origins, revision, &sources);
        }
        self
    }

    /// The text.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// The origin of each line.
    pub fn origins(&self) -> &[Origin<R>] {
        &self.origins
    }
}

/// Gives the lines that are still `revision`'s to its parents: first where a change has as many old lines, then by
/// repeating its last old line. Inside each round the last parent comes first.
fn give_away<R: Copy + Eq>(
    origins: &mut [Origin<R>],
    revision: R,
    sources: &[(&[Origin<R>], Vec<Stretch>)],
) {
    for repeating in [false, true] {
        for (parent, stretches) in sources.iter().rev() {
            for Stretch { block, .. } in stretches {
                if (block.a2 - block.a1 < block.b2 - block.b1) != repeating {
                    continue;
                }
                let own = origins[block.b1..block.b2].iter_mut().enumerate();
                for (offset, origin) in own.filter(|(_, origin)| origin.revision == revision) {
                    // Lines inserted before the first one go to the last line of all.
                    let last = block.a2.checked_sub(1);
                    let at = last.map_or(parent.len().wrapping_sub(1), |last| {
                        last.min(block.a1 + offset)
                    });
                    if let Some(&given) = parent.get(at) {
                        *origin = Origin {
                            skipped: true,
                            ..given
                        };
                    }
                }
            }
        }
    }
}

/// The history that attribution walks.
pub trait History {
    /// Names a revision of a file.
    type Revision: Copy + Eq + Hash;
    /// Holds the content of a revision.
    type Text: Deref<Target = [u8]>;

    /// The parents whose lines a revision may have kept, in order.
    ///
    /// # Errors
    /// Whatever reading them gives.
    fn parents(&mut self, revision: Self::Revision) -> Result<Vec<Self::Revision>>;

    /// The content of a revision; asked once for each.
    ///
    /// # Errors
    /// Whatever reading it gives.
    fn text(&mut self, revision: Self::Revision) -> Result<Self::Text>;

    /// Whether a revision shall be blamed for nothing.
    fn skips(&mut self, revision: Self::Revision) -> bool;

    /// The origins of a revision's lines where they are known already, one for each.
    ///
    /// # Errors
    /// Whatever reading gives.
    fn known(&mut self, revision: Self::Revision) -> Result<Option<Vec<Origin<Self::Revision>>>> {
        let _ = revision;
        Ok(None)
    }
}

/// The origin of each line of `tip`, its lines compared on up to so many threads.
///
/// Ancestors are annotated before their descendants, and forgotten when their last child is done.
///
/// # Errors
/// Whatever `history` gives, and texts that [`Lines::split`] refuses.
pub fn annotate<H: History>(
    history: &mut H,
    tip: H::Revision,
    comparison: Comparison,
    threads: usize,
) -> Result<Annotated<H::Revision>>
where
    H::Revision: Send + Sync,
{
    let explored = explore(history, tip)?;
    let order = ancestors_first(&explored.parents, tip);
    if !comparison.xdiff && !comparison.ignored.changes_lines() {
        return Together::new(explored).walk(history, &order, threads);
    }
    let mut walk = Walk {
        parents: explored.parents,
        needed: explored.needed,
        known: explored.known,
        done: HashMap::new(),
    };
    walk.one_by_one(history, &order, comparison)?;
    match walk.done.remove(&tip) {
        Some(annotated) => Ok(annotated),
        None => Err(hyg_base::Error::internal(
            "the annotated revision was forgotten",
        )),
    }
}

/// All revisions, each after its parents.
fn ancestors_first<R: Copy + Eq + Hash>(parents: &HashMap<R, Vec<R>>, tip: R) -> Vec<R> {
    let mut order = Vec::with_capacity(parents.len());
    let mut done: HashSet<R> = HashSet::with_capacity(parents.len());
    let mut visit = vec![tip];
    while let Some(&revision) = visit.last() {
        let before = visit.len();
        if !done.contains(&revision) {
            let wanted = parents[&revision].iter();
            visit.extend(wanted.filter(|&parent| !done.contains(parent)));
        }
        if visit.len() > before {
            continue;
        }
        visit.pop();
        if done.insert(revision) {
            order.push(revision);
        }
    }
    order
}

/// What is known on the way from the first revision to the last.
struct Walk<R> {
    parents: HashMap<R, Vec<R>>,
    /// How many children of a revision are not done.
    needed: HashMap<R, usize>,
    /// Origins that need no walk.
    known: HashMap<R, Vec<Origin<R>>>,
    done: HashMap<R, Annotated<R>>,
}

impl<R: Copy + Eq + Hash> Walk<R> {
    fn one_by_one<H: History<Revision = R>>(
        &mut self,
        history: &mut H,
        order: &[R],
        comparison: Comparison,
    ) -> Result<()> {
        for &revision in order {
            let text = history.text(revision)?.to_vec();
            let skip = history.skips(revision);
            let wanted = self.parents[&revision].iter();
            let sources: Vec<_> = wanted.filter_map(|one| self.done.get(one)).collect();
            let annotated = match self.known.remove(&revision) {
                Some(origins) => Annotated { text, origins },
                None => Annotated::child(text, revision, &sources, skip, comparison)?,
            };
            self.finish(revision, annotated);
        }
        Ok(())
    }

    fn finish(&mut self, revision: R, annotated: Annotated<R>) {
        for parent in &self.parents[&revision] {
            if let Some(count) = self.needed.get_mut(parent) {
                *count -= 1;
                if *count == 0 {
                    self.done.remove(parent);
                }
            }
        }
        self.done.insert(revision, annotated);
    }
}

/// What a walk has to go through.
struct Explored<R> {
    /// The parents of all ancestors; none of what is known already.
    parents: HashMap<R, Vec<R>>,
    /// How many children each has.
    needed: HashMap<R, usize>,
    known: HashMap<R, Vec<Origin<R>>>,
}

fn explore<H: History>(history: &mut H, tip: H::Revision) -> Result<Explored<H::Revision>> {
    let mut parents = HashMap::new();
    let mut needed = HashMap::from([(tip, 1)]);
    let mut known = HashMap::new();
    let mut visit = vec![tip];
    while let Some(revision) = visit.pop() {
        if parents.contains_key(&revision) {
            continue;
        }
        let found = match history.known(revision)? {
            Some(origins) => {
                known.insert(revision, origins);
                Vec::new()
            }
            None => history.parents(revision)?,
        };
        for &parent in &found {
            *needed.entry(parent).or_insert(0) += 1;
            visit.push(parent);
        }
        parents.insert(revision, found);
    }
    Ok(Explored {
        parents,
        needed,
        known,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    struct Chain(Vec<(Vec<usize>, &'static [u8])>, Option<usize>);

    /// A history that knows where the lines of one revision are from.
    struct Remembering(Chain, usize, Vec<Origin<usize>>);

    impl History for Remembering {
        type Revision = usize;
        type Text = Vec<u8>;

        fn parents(&mut self, revision: usize) -> Result<Vec<usize>> {
            assert!(revision > self.1, "nobody asks for what lies behind");
            self.0.parents(revision)
        }

        fn text(&mut self, revision: usize) -> Result<Vec<u8>> {
            self.0.text(revision)
        }

        fn skips(&mut self, revision: usize) -> bool {
            self.0.skips(revision)
        }

        fn known(&mut self, revision: usize) -> Result<Option<Vec<Origin<usize>>>> {
            Ok((revision == self.1).then(|| self.2.clone()))
        }
    }

    impl History for Chain {
        type Revision = usize;
        type Text = Vec<u8>;

        fn parents(&mut self, revision: usize) -> Result<Vec<usize>> {
            Ok(self.0[revision].0.clone())
        }

        fn text(&mut self, revision: usize) -> Result<Vec<u8>> {
            Ok(self.0[revision].1.to_vec())
        }

        fn skips(&mut self, revision: usize) -> bool {
            self.1 == Some(revision)
        }
    }

    fn lines(mut chain: Chain, tip: usize) -> Vec<(usize, u32, bool)> {
        annotate(&mut chain, tip, Comparison::default(), 2)
            .unwrap()
            .origins()
            .iter()
            .map(|origin| (origin.revision, origin.line, origin.skipped))
            .collect()
    }

    #[test]
    fn merges_prefer_the_second_parent() {
        let graph = vec![
            (vec![], &b"a\nb\n"[..]),
            (vec![0], b"a\nx\nb\n"),
            (vec![0], b"a\nx\nb\n"),
            (vec![1, 2], b"a\nx\nb\nm\n"),
        ];
        assert_eq!(
            lines(Chain(graph, None), 3),
            [(0, 1, false), (2, 2, false), (0, 2, false), (3, 4, false)]
        );
    }

    #[test]
    fn what_is_known_ends_the_walk() {
        let graph = vec![
            (vec![], &b"a\nb\n"[..]),
            (vec![0], b"a\nx\nb\n"),
            (vec![1], b"a\nx\ny\nb\n"),
        ];
        let whole = annotate(&mut Chain(graph.clone(), None), 2, Comparison::default(), 2);
        let part = annotate(&mut Chain(graph.clone(), None), 1, Comparison::default(), 2);
        for tip in [1, 2] {
            let known = part.as_ref().unwrap().origins().to_vec();
            let mut history = Remembering(Chain(graph.clone(), None), 1, known);
            let found = annotate(&mut history, tip, Comparison::default(), 2).unwrap();
            let expected = if tip == 1 { &part } else { &whole };
            assert_eq!(found.origins(), expected.as_ref().unwrap().origins());
        }
    }

    #[test]
    fn a_skipped_revision_brings_nothing() {
        let graph = vec![(vec![], &b"a\nb\n"[..]), (vec![0], b"new\na\nB\nB2\n")];
        assert_eq!(
            lines(Chain(graph, Some(1)), 1),
            [(0, 2, true), (0, 1, false), (0, 2, true), (0, 2, true)]
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]
        #[test]
        fn what_is_taken_over_from_parents_changes_nothing(
            first in proptest::collection::vec(0u8..40, 0..50),
            edits in proptest::collection::vec(
                (0usize..50, 0usize..6, proptest::collection::vec(0u8..45, 0..5), 0usize..3, 0u8..4), 0..12,
            ),
        ) {
            let text = |lines: &[u8], cut: bool| -> Vec<u8> {
                let mut text: Vec<u8> = lines.iter().flat_map(|line| match line {
                    // lines of which one begins with the other
                    ..3 => [&b"x"[..*line as usize % 2], b"\n"].concat(),
                    line => format!("{}\n", "line ".repeat(*line as usize / 6) + &line.to_string()).into_bytes(),
                }).collect();
                if cut {
                    text.pop();
                }
                text
            };
            let mut all = vec![first];
            let mut graph: Vec<(Vec<usize>, Vec<u8>)> = vec![(vec![], text(&all[0], false))];
            for (at, removed, added, back, kind) in edits {
                let parent = all.len() - 1 - back.min(all.len() - 1);
                let mut lines = all[parent].clone();
                let start = at.min(lines.len());
                lines.splice(start..(start + removed).min(lines.len()), added);
                let other = all.len() - 1;
                let parents = if kind == 1 && other != parent { vec![parent, other] } else { vec![parent] };
                graph.push((parents, text(&lines, kind == 2)));
                all.push(lines);
            }
            let comparison = Comparison::default();
            let mut expected: Vec<Annotated<usize>> = Vec::new();
            for (revision, (parents, text)) in graph.iter().enumerate() {
                let parents: Vec<_> = parents.iter().map(|at| &expected[*at]).collect();
                let one = Annotated::child(text.clone(), revision, &parents, false, comparison);
                expected.push(one.unwrap());
            }
            let graph: Vec<(Vec<usize>, &'static [u8])> =
                graph.into_iter().map(|(parents, text)| (parents, &*text.leak())).collect();
            for tip in [graph.len() - 1, graph.len() / 2] {
                let found = annotate(&mut Chain(graph.clone(), None), tip, comparison, 1).unwrap();
                prop_assert_eq!(found.origins(), expected[tip].origins());
            }
        }
    }

    #[test]
    fn a_long_chain_needs_no_deep_stack() {
        let mut graph = vec![(vec![], &b"a\n"[..])];
        graph.extend((0..20_000).map(|parent| (vec![parent], &b"a\n"[..])));
        assert_eq!(lines(Chain(graph, None), 20_000), [(0, 1, false)]);
    }
}
