//! Changesets that were made from others, as grafts, transplants and rebases record it: `origin` and `destination`.
//! Making them is Python's business.

use std::collections::{HashMap, HashSet};

use hyg_base::{ErrorId, Result, Rev};
use hyg_store::revlog::Window;

use super::evaluate::Query;
use super::sets::Set;
use crate::names;

/// The fields that name a source, the strongest first.
const LABELS: [&[u8]; 3] = [b"source", b"transplant_source", b"rebase_source"];

/// Where changesets were made from, each looked up once.
struct Sources<'q, 'r> {
    query: &'q Query<'r>,
    window: Window,
    known: HashMap<Rev, Option<Rev>>,
}

impl<'q, 'r> Sources<'q, 'r> {
    fn new(query: &'q Query<'r>) -> Self {
        let (window, known) = (Window::default(), HashMap::new());
        Sources {
            query,
            window,
            known,
        }
    }

    fn of(&mut self, rev: Rev) -> Result<Option<Rev>> {
        if let Some(known) = self.known.get(&rev) {
            return Ok(*known);
        }
        let found = self.read(rev)?;
        self.known.insert(rev, found);
        Ok(found)
    }

    fn read(&mut self, rev: Rev) -> Result<Option<Rev>> {
        if rev.index().is_none() || rev == Rev::WDIR {
            return Ok(None);
        }
        let changeset = self.query.changelog.changeset_near(rev, &mut self.window)?;
        let extras = changeset.extras()?;
        for label in LABELS {
            // of several fields of one name, the last one counts
            let Some((_, name)) = extras.iter().rev().find(|(known, _)| known == label) else {
                continue;
            };
            match names::resolve(self.query.repo, name) {
                Ok(source) => return Ok(Some(source)),
                Err(error)
                    if matches!(
                        error.id(),
                        ErrorId::UnknownRevision | ErrorId::FilteredRevision
                    ) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }
}

/// Those of `revs` that were made, over however many steps, from one of a set.
pub(super) fn made_from(query: &Query<'_>, set: &Set, revs: Vec<Rev>) -> Result<Vec<Rev>> {
    let mut sources = Sources::new(query);
    let mut found = Vec::new();
    for start in revs {
        let (mut rev, mut seen) = (start, HashSet::new());
        while seen.insert(rev)
            && let Some(source) = sources.of(rev)?
        {
            if set.contains(query, source)? {
                found.push(start);
                break;
            }
            rev = source;
        }
    }
    Ok(found)
}

/// What some changesets were made from in the first place.
pub(super) fn origins(query: &Query<'_>, made: &[Rev]) -> Result<Vec<Rev>> {
    let mut sources = Sources::new(query);
    let mut found = Vec::new();
    for start in made {
        let mut seen = HashSet::from([*start]);
        let mut source = sources.of(*start)?;
        while let Some(rev) = source
            && seen.insert(rev)
        {
            source = sources.of(rev)?;
            if source.is_none() {
                found.push(rev);
            }
        }
    }
    Ok(found)
}
