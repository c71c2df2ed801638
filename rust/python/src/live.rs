//! A sorted map that Python may change while others iterate: snapshot below, changes above, a structural generation.
//! An iterator holds the owner, its position and the generation it began with; it holds no lock between steps.

use std::collections::BTreeMap;
use std::sync::Arc;

/// What lies below the changes: an immutable sorted map that finds by key and by position.
pub(crate) trait Snapshot: Send + Sync {
    /// The values.
    type Value: Clone;

    /// How many entries there are.
    fn len(&self) -> usize;
    /// Key and value at a position in byte order.
    fn at(&self, index: usize) -> hyg_base::Result<(&[u8], Self::Value)>;
    /// The value of a key.
    fn find(&self, key: &[u8]) -> hyg_base::Result<Option<Self::Value>>;
}

/// The map.
pub(crate) struct Live<S: Snapshot> {
    below: Option<Arc<S>>,
    /// `None` marks an entry of the snapshot that was deleted.
    above: BTreeMap<Vec<u8>, Option<S::Value>>,
    len: usize,
    generation: u64,
}

/// Where an iterator stands.
#[derive(Clone, Debug)]
pub(crate) struct Cursor {
    next_below: usize,
    /// The key given last: what lies above may have been overwritten since, and must not come twice.
    last: Option<Vec<u8>>,
    generation: u64,
    done: bool,
}

/// What a step of an iterator gave.
pub(crate) enum Step<V> {
    Item(Vec<u8>, V),
    End,
    /// Somebody inserted or deleted meanwhile.
    Changed,
}

impl<S: Snapshot> Live<S> {
    /// A map over a snapshot, without changes.
    pub(crate) fn new(below: Arc<S>) -> Live<S> {
        Live {
            len: below.len(),
            below: Some(below),
            above: BTreeMap::new(),
            generation: 0,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn get(&self, key: &[u8]) -> hyg_base::Result<Option<S::Value>> {
        match (self.above.get(key), &self.below) {
            (Some(changed), _) => Ok(changed.clone()),
            (None, Some(below)) => below.find(key),
            (None, None) => Ok(None),
        }
    }

    /// Sets a value; a new key is a structural change.
    pub(crate) fn set(&mut self, key: &[u8], value: S::Value) -> hyg_base::Result<()> {
        if self.get(key)?.is_none() {
            self.len += 1;
            self.generation += 1;
        }
        self.above.insert(key.to_vec(), Some(value));
        Ok(())
    }

    /// Takes an entry out; `None` where there is none.
    pub(crate) fn remove(&mut self, key: &[u8]) -> hyg_base::Result<Option<S::Value>> {
        let old = self.get(key)?;
        if old.is_some() {
            self.len -= 1;
            self.generation += 1;
            self.above.insert(key.to_vec(), None);
        }
        Ok(old)
    }

    /// Takes everything out.
    pub(crate) fn clear(&mut self) {
        if self.len > 0 {
            self.generation += 1;
        }
        self.below = None;
        self.above.clear();
        self.len = 0;
    }

    /// The snapshot, where nothing has been changed.
    pub(crate) fn unchanged(&self) -> Option<&S> {
        self.below.as_deref().filter(|_| self.above.is_empty())
    }

    /// A cursor before the first entry.
    pub(crate) fn cursor(&self) -> Cursor {
        Cursor {
            next_below: 0,
            last: None,
            generation: self.generation,
            done: false,
        }
    }

    /// The next entry in byte order.
    pub(crate) fn step(&self, cursor: &mut Cursor) -> hyg_base::Result<Step<S::Value>> {
        if cursor.done {
            return Ok(Step::End);
        }
        if cursor.generation != self.generation {
            return Ok(Step::Changed);
        }
        loop {
            let below = match &self.below {
                Some(below) if cursor.next_below < below.len() => {
                    Some(below.at(cursor.next_below)?)
                }
                _ => None,
            };
            let above = match &cursor.last {
                Some(last) => self
                    .above
                    .range::<Vec<u8>, _>((
                        std::ops::Bound::Excluded(last),
                        std::ops::Bound::Unbounded,
                    ))
                    .next(),
                None => self.above.iter().next(),
            };
            let (key, value) = match (below, above) {
                (None, None) => {
                    cursor.done = true;
                    return Ok(Step::End);
                }
                (Some((key, value)), above)
                    if above.is_none_or(|(other, _)| key < other.as_slice()) =>
                {
                    cursor.next_below += 1;
                    cursor.last = Some(key.to_vec());
                    (key.to_vec(), Some(value))
                }
                (below, Some((key, value))) => {
                    if below.is_some_and(|(other, _)| other == key.as_slice()) {
                        cursor.next_below += 1;
                    }
                    cursor.last = Some(key.clone());
                    (key.clone(), value.clone())
                }
                (Some(_), None) => {
                    return Err(hyg_base::Error::internal("a cursor without a place"));
                }
            };
            if let Some(value) = value {
                return Ok(Step::Item(key, value));
            }
        }
    }
}
