//! Walks over sets of revisions in their order, in batches, as far as somebody reads.
//! What the sets are is `sets`'.

use std::collections::VecDeque;
use std::sync::Arc;

use hyg_base::{Result, Rev};
use hyg_graph::Descent;

use super::conditions::Condition;
use super::evaluate::Query;
use super::sets::{Direction, Kind, List, Members, Set};

/// How many revisions are looked at together at first, because often only the first one is wanted.
const FIRST_WINDOW: usize = 16;
/// And at most.
const LAST_WINDOW: usize = 1 << 16;

impl Set {
    /// A walk over the revisions in order.
    ///
    /// # Errors
    /// As [`Set::reversed`].
    pub fn walk(&self, query: &Query<'_>) -> Result<Walk> {
        let steps = match &self.kind {
            Kind::Span { low, high, .. } => Steps::Span {
                low: *low,
                high: *high,
                down: self.direction() == Direction::Down,
            },
            Kind::List(list, backwards) => Steps::List {
                places: 0..list.revs.len(),
                list: list.clone(),
                backwards: *backwards,
            },
            Kind::Below(below) => {
                let mut walk = Descent::new(below.heads.iter().copied(), Rev(0));
                if self.direction() != Direction::Up {
                    return Ok(Walk(Steps::Below(walk)));
                }
                let mut revs = Vec::new();
                while let Some(rev) = walk.advance(query.changelog)? {
                    revs.push(rev);
                }
                revs.reverse();
                return Set::list(revs, Direction::Up).walk(query);
            }
            Kind::Kept(kept) => Steps::Kept {
                base: Box::new(kept.0.walk(query)?),
                kept: kept.clone(),
                window: FIRST_WINDOW,
            },
            Kind::Joined(parts) if self.direction() == Direction::Unknown => Steps::Chained {
                left: Some(Box::new(parts.0.walk(query)?)),
                right: Box::new(parts.1.walk(query)?),
                seen: Members::default(),
            },
            Kind::Joined(parts) => {
                let down = self.direction() == Direction::Down;
                Steps::Merged {
                    left: Box::new(Ahead::of(parts.0.sorted(query, down)?.walk(query)?)),
                    right: Box::new(Ahead::of(parts.1.sorted(query, down)?.walk(query)?)),
                    down,
                }
            }
        };
        Ok(Walk(steps))
    }
}

/// A walk over a set in its order.
pub struct Walk(Steps);

enum Steps {
    Span {
        low: i32,
        high: i32,
        down: bool,
    },
    List {
        list: Arc<List>,
        places: std::ops::Range<usize>,
        backwards: bool,
    },
    Below(Descent),
    Kept {
        base: Box<Walk>,
        kept: Arc<(Set, Condition)>,
        window: usize,
    },
    Chained {
        left: Option<Box<Walk>>,
        right: Box<Walk>,
        seen: Members,
    },
    Merged {
        left: Box<Ahead>,
        right: Box<Ahead>,
        down: bool,
    },
}

/// A walk with what it has given and nobody has taken.
struct Ahead {
    walk: Walk,
    given: VecDeque<Rev>,
    size: usize,
}

impl Ahead {
    fn of(walk: Walk) -> Ahead {
        let (given, size) = (VecDeque::new(), FIRST_WINDOW);
        Ahead { walk, given, size }
    }

    fn peek(&mut self, query: &Query<'_>) -> Result<Option<Rev>> {
        if self.given.is_empty() {
            self.given = self.walk.batch(query, self.size)?.into();
            self.size = (self.size * 2).min(LAST_WINDOW);
        }
        Ok(self.given.front().copied())
    }
}

impl Walk {
    /// Everything is going to be read: conditions may look at all candidates at once.
    pub(super) fn hurry(&mut self) {
        match &mut self.0 {
            Steps::Kept { base, window, .. } => {
                *window = usize::MAX;
                base.hurry();
            }
            Steps::Chained { left, right, .. } => {
                left.iter_mut().for_each(|walk| walk.hurry());
                right.hurry();
            }
            Steps::Merged { left, right, .. } => {
                for side in [left, right] {
                    side.size = LAST_WINDOW;
                    side.walk.hurry();
                }
            }
            Steps::Span { .. } | Steps::List { .. } | Steps::Below(_) => {}
        }
    }

    /// The next revisions: about `most` of them, nothing only at the end.
    ///
    /// # Errors
    /// Where the history, or what a condition asks for, cannot be read.
    pub fn batch(&mut self, query: &Query<'_>, most: usize) -> Result<Vec<Rev>> {
        match &mut self.0 {
            Steps::Span { low, high, down } => {
                let mut found = Vec::new();
                while *low < *high && found.len() < most {
                    let rev = match down {
                        true => {
                            *high -= 1;
                            Rev(*high)
                        }
                        false => {
                            *low += 1;
                            Rev(*low - 1)
                        }
                    };
                    if query.shows(rev) {
                        found.push(rev);
                    }
                }
                Ok(found)
            }
            Steps::List {
                list,
                places,
                backwards,
            } => {
                let taken = places.start..places.start + most.min(places.len());
                places.start = taken.end;
                let len = list.revs.len();
                Ok(match backwards {
                    false => list.revs[taken].to_vec(),
                    true => taken.map(|at| list.revs[len - 1 - at]).collect(),
                })
            }
            Steps::Below(walk) => {
                let mut found = Vec::new();
                while found.len() < most
                    && let Some(rev) = walk.advance(query.changelog)?
                {
                    found.push(rev);
                }
                Ok(found)
            }
            Steps::Kept { base, kept, window } => loop {
                let candidates = base.batch(query, *window)?;
                if candidates.is_empty() {
                    return Ok(candidates);
                }
                let found = kept.1.select(query, candidates)?;
                *window = (*window).saturating_mul(4).min(LAST_WINDOW.max(*window));
                if !found.is_empty() {
                    return Ok(found);
                }
            },
            Steps::Chained { left, right, seen } => {
                if let Some(walk) = left {
                    let found = walk.batch(query, most)?;
                    if !found.is_empty() {
                        seen.extend(&found);
                        return Ok(found);
                    }
                    *left = None;
                }
                loop {
                    let mut found = right.batch(query, most)?;
                    let is_end = found.is_empty();
                    found.retain(|rev| !seen.has(*rev));
                    if is_end || !found.is_empty() {
                        return Ok(found);
                    }
                }
            }
            Steps::Merged { left, right, down } => merged(query, left, right, *down, most),
        }
    }
}

fn merged(
    query: &Query<'_>,
    left: &mut Ahead,
    right: &mut Ahead,
    down: bool,
    most: usize,
) -> Result<Vec<Rev>> {
    let mut found = Vec::new();
    while found.len() < most {
        let next = match (left.peek(query)?, right.peek(query)?) {
            (None, None) => break,
            (Some(one), None) | (None, Some(one)) => one,
            (Some(one), Some(other)) if down => one.max(other),
            (Some(one), Some(other)) => one.min(other),
        };
        for side in [&mut *left, &mut *right] {
            if side.given.front() == Some(&next) {
                side.given.pop_front();
            }
        }
        found.push(next);
    }
    Ok(found)
}
