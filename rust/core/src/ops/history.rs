//! Questions about many changesets at once: searching their texts, and which of them touch certain files.
//! Which changesets are asked about is decided by query languages; the graph is the graph crate's.

use std::cell::RefCell;

use hyg_base::{Result, Rev, patience};
use hyg_matcher::Matcher;
use hyg_store::changelog::Changeset;
use hyg_store::revlog::Window;

use crate::repo::Repo;

/// Fewer changesets than this are not worth a thread.
const WORTH_A_THREAD: usize = 512;
/// Fewer changesets than this are read faster than an index of all.
const WORTH_AN_INDEX: usize = 1024;

/// Which texts of a changeset are searched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fields {
    /// Who made it.
    pub user: bool,
    /// Its message.
    pub description: bool,
    /// The names of its files, each by itself.
    pub files: bool,
}

/// Tests one text.
pub type TextTest<'a> = dyn Fn(&[u8]) -> Result<bool> + Send + Sync + 'a;

/// Lower case: of UTF-8 as text, of anything else letter by letter of ASCII.
pub fn fold(text: &[u8]) -> Vec<u8> {
    match std::str::from_utf8(text) {
        Ok(text) if !text.is_ascii() => text.to_lowercase().into_bytes(),
        _ => text.to_ascii_lowercase(),
    }
}

/// A test whether a text contains `wanted`; with `ignore_case` letters in both cases are the same.
pub fn contains(wanted: &[u8], ignore_case: bool) -> Box<TextTest<'static>> {
    let wanted = if ignore_case {
        fold(wanted)
    } else {
        wanted.to_vec()
    };
    Box::new(move |text| {
        let folded = ignore_case.then(|| fold(text));
        let text = folded.as_deref().unwrap_or(text);
        Ok(memchr::memmem::find(text, &wanted).is_some())
    })
}

/// Those of `revs` with a text that fits, in their order.
///
/// # Errors
/// Where changesets cannot be read, or the test fails.
pub fn search(repo: &Repo, revs: &[Rev], fields: Fields, fits: &TextTest<'_>) -> Result<Vec<Rev>> {
    // Users and paths are few: they are asked about once each, and messages only where neither fits.
    let mut known = Known::default();
    if worth_an_index(revs)
        && let Some(index) = repo.history()
    {
        if fields.user {
            known.take(index.with_user(fits)?);
        }
        if fields.files {
            known.take(index.touching(&|path| fits(path.as_bytes()))?);
        }
    }
    if !fields.description && known.is_whole {
        return with_index(repo, revs, &known, &|changeset| {
            matches(changeset, fields, fits)
        });
    }
    let left = Fields {
        user: fields.user && !known.is_whole,
        files: fields.files && !known.is_whole,
        ..fields
    };
    filter(repo, revs, &|rev, read| match known.fits(rev) {
        Some(true) => Ok(true),
        Some(false) => matches(&read()?, left, fits),
        None => matches(&read()?, fields, fits),
    })
}

fn matches(changeset: &Changeset, fields: Fields, fits: &TextTest<'_>) -> Result<bool> {
    Ok((fields.user && fits(changeset.user())?)
        || (fields.description && fits(changeset.description())?)
        || (fields.files && any(changeset, fits)?))
}

/// Those of `revs` that list a matching file, in their order.
///
/// # Errors
/// Where changesets cannot be read, or the matcher fails.
pub fn touching(repo: &Repo, revs: &[Rev], matcher: &dyn Matcher) -> Result<Vec<Rev>> {
    let mut known = Known::default();
    if worth_an_index(revs)
        && let Some(index) = repo.history()
    {
        known.take(index.touching(&|path| Ok(matcher.is_always() || matcher.matches(path)?))?);
    }
    with_index(repo, revs, &known, &|changeset| {
        let mut files = changeset.files();
        if matcher.is_always() {
            return Ok(files.next().is_some());
        }
        for path in files {
            if matcher.matches(path)? {
                return Ok(true);
            }
        }
        Ok(false)
    })
}

/// When changesets were made, in seconds since 1970.
///
/// # Errors
/// Where changesets cannot be read.
pub fn dates(repo: &Repo, revs: &[Rev]) -> Result<Vec<i64>> {
    let changelog = repo.changelog()?;
    let index = if worth_an_index(revs) {
        repo.history()
    } else {
        None
    };
    let mut window = Window::default();
    revs.iter()
        .map(|rev| match index.and_then(|index| index.date(*rev)) {
            Some(known) => Ok(known),
            None => Ok(changelog.changeset_near(*rev, &mut window)?.date()?.seconds),
        })
        .collect()
}

/// Whether so many changesets are asked about that reading the index is less work.
pub fn worth_an_index(revs: &[Rev]) -> bool {
    revs.len() >= WORTH_AN_INDEX
}

/// What the index says of the changesets that it knows.
#[derive(Default)]
struct Known {
    fits: Vec<bool>,
    is_whole: bool,
    is_broken: bool,
}

impl Known {
    /// Adds an answer; a broken one makes all of them useless.
    fn take(&mut self, answer: Option<Vec<bool>>) {
        match answer {
            Some(answer) if !self.is_broken => {
                self.fits.resize(answer.len(), false);
                for (known, more) in self.fits.iter_mut().zip(answer) {
                    *known |= more;
                }
                self.is_whole = true;
            }
            _ => {
                *self = Known {
                    is_broken: true,
                    ..Known::default()
                }
            }
        }
    }

    fn fits(&self, rev: Rev) -> Option<bool> {
        self.fits.get(rev.index()?).copied()
    }
}

/// Keeps those that fit as far as is known, and reads the rest.
fn with_index(
    repo: &Repo,
    revs: &[Rev],
    known: &Known,
    fits: &(dyn Fn(&Changeset) -> Result<bool> + Sync),
) -> Result<Vec<Rev>> {
    if !known.is_whole {
        return filter(repo, revs, &|_, read| fits(&read()?));
    }
    let changelog = repo.changelog()?;
    let (mut kept, mut window) = (Vec::new(), Window::default());
    for &rev in revs {
        if match known.fits(rev) {
            Some(known) => known,
            None => fits(&changelog.changeset_near(rev, &mut window)?)?,
        } {
            kept.push(rev);
        }
    }
    Ok(kept)
}

fn any(changeset: &Changeset, mut fits: impl FnMut(&[u8]) -> Result<bool>) -> Result<bool> {
    for path in changeset.files() {
        if fits(path.as_bytes())? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Reads a changeset when its text is needed.
type ReadChangeset<'a> = dyn Fn() -> Result<Changeset> + 'a;

/// Reads changesets, on several threads where there are many, and keeps those that fit.
fn filter(
    repo: &Repo,
    revs: &[Rev],
    fits: &(dyn Fn(Rev, &ReadChangeset<'_>) -> Result<bool> + Sync),
) -> Result<Vec<Rev>> {
    let changelog = repo.changelog()?;
    let part = &|revs: &[Rev]| -> Result<Vec<Rev>> {
        let (mut kept, window) = (Vec::new(), RefCell::default());
        for rev in revs {
            let read = || changelog.changeset_near(*rev, &mut window.borrow_mut());
            if fits(*rev, &read)? {
                kept.push(*rev);
            }
        }
        Ok(kept)
    };
    let threads = super::threads(repo);
    if threads < 2 || revs.len() < WORTH_A_THREAD {
        return part(revs);
    }
    let chunks = revs.chunks(revs.len().div_ceil(threads));
    let mut kept = Vec::new();
    for found in patience::together(chunks.map(|chunk| move || part(chunk))) {
        kept.extend(found?);
    }
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found() {
        let found = |wanted: &str, ignore_case, text: &str| {
            contains(wanted.as_bytes(), ignore_case)(text.as_bytes()).unwrap()
        };
        assert!(found("", false, ""));
        assert!(found("b", false, "abc"));
        assert!(!found("B", false, "abc"));
        assert!(found("B", true, "abc"));
        assert!(found("Ä", true, "xäx"));
        assert!(!found("abcd", true, "abc"));
        assert_eq!(fold(b"\xffA"), b"\xffa");
    }
}
