//! A table of what changesets say, kept beside the store: users, dates and branches as columns, and for each path the
//! changesets that list it (format: `docs/formats/history-index.md`). Where the file lies, and when it is written, is decided in core.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use hyg_base::{RepoPath, Result, Rev};

use crate::changelog::Changelog;
use crate::revlog::{Revlog, Window};

/// What the file begins with; the last byte is the version.
const MAGIC: &[u8; 8] = b"HYGHIST\x01";
/// Length and sum before each segment.
const FRAME: usize = 12;
/// Size of the numbers that a segment begins with.
const HEAD: usize = 44;
/// The bit of a branch's number which says that the changeset closes it.
const CLOSES: u32 = 1 << 31;

/// What is known of the changesets from the first one on.
#[derive(Clone, Debug, Default)]
pub struct HistoryIndex {
    segments: Vec<Segment>,
}

/// What is known of some consecutive changesets.
#[derive(Clone, Debug)]
struct Segment {
    payload: Vec<u8>,
    start: usize,
    count: usize,
    nodes: u64,
    dates: Range<usize>,
    users: Column,
    branches: Column,
    paths: Strings,
    postings: Strings,
}

/// A number for each changeset, and what the numbers stand for.
#[derive(Clone, Debug)]
struct Column {
    numbers: Range<usize>,
    names: Strings,
}

/// Texts one behind the other, with where each ends.
#[derive(Clone, Debug)]
struct Strings {
    ends: Range<usize>,
    bytes: Range<usize>,
}

/// A sum that notices every change of a single word, and hardly ever misses one of several.
fn sum(words: impl Iterator<Item = u64>) -> u64 {
    words.fold(0x6879_6472_6172_6779, |sum, word| {
        (sum ^ word)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .rotate_left(29)
    })
}

fn sum_of(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    let ends = [u64::from_le_bytes(last), bytes.len() as u64];
    sum(words
        .iter()
        .map(|word| u64::from_le_bytes(*word))
        .chain(ends))
}

/// A sum over nodes in their order.
fn sum_of_nodes(changelog: &Revlog, range: Range<usize>) -> Option<u64> {
    range.end.le(&changelog.len()).then(|| {
        let nodes = changelog.index().nodes_back(range.start, range.end);
        sum(nodes.map(|(_, node)| {
            let first = node
                .first_chunk()
                .map_or(0, |word| u64::from_le_bytes(*word));
            let last = node
                .last_chunk()
                .map_or(0, |word| u64::from_le_bytes(*word));
            first ^ last.rotate_left(32)
        }))
    })
}

fn word(data: &[u8], at: usize) -> Option<u32> {
    let bytes = data.get(at..)?.first_chunk()?;
    Some(u32::from_le_bytes(*bytes))
}

impl Strings {
    /// Takes `count` ends and `len` bytes from `at` on.
    fn take(at: &mut usize, count: usize, len: usize) -> Option<Strings> {
        let ends = *at..at.checked_add(count.checked_mul(4)?)?;
        let bytes = ends.end..ends.end.checked_add(len)?;
        *at = bytes.end;
        Some(Strings { ends, bytes })
    }

    fn len(&self) -> usize {
        self.ends.len() / 4
    }

    fn get<'a>(&self, payload: &'a [u8], index: usize) -> Option<&'a [u8]> {
        let ends = payload.get(self.ends.clone())?;
        let start = match index.checked_sub(1) {
            None => 0,
            Some(before) => word(ends, before * 4)? as usize,
        };
        let end = word(ends, index.checked_mul(4)?)? as usize;
        payload.get(self.bytes.clone())?.get(start..end)
    }
}

impl Segment {
    fn parse(payload: Vec<u8>) -> Option<Segment> {
        let head = |index: usize| word(&payload, index * 4).map(|number| number as usize);
        let (start, count) = (head(0)?, head(1)?);
        let nodes = u64::from_le_bytes(*payload.get(8..)?.first_chunk()?);
        let mut at = HEAD;
        let mut plain = |size: usize| {
            let range = at..at.checked_add(count.checked_mul(size)?)?;
            at = range.end;
            Some(range)
        };
        let (dates, user_column, branch_column) = (plain(8)?, plain(4)?, plain(4)?);
        let users = Column {
            numbers: user_column,
            names: Strings::take(&mut at, head(4)?, head(5)?)?,
        };
        let branches = Column {
            numbers: branch_column,
            names: Strings::take(&mut at, head(6)?, head(7)?)?,
        };
        let paths = Strings::take(&mut at, head(8)?, head(9)?)?;
        let postings = Strings::take(&mut at, head(8)?, head(10)?)?;
        (at == payload.len() && count > 0).then_some(Segment {
            payload,
            start,
            count,
            nodes,
            dates,
            users,
            branches,
            paths,
            postings,
        })
    }

    fn end(&self) -> usize {
        self.start + self.count
    }

    fn number(&self, column: &Column, index: usize) -> Option<u32> {
        word(self.payload.get(column.numbers.clone())?, index * 4)
    }

    fn path(&self, index: usize) -> Option<&[u8]> {
        self.paths.get(&self.payload, index)
    }

    /// The changesets that list a path, ascending, handed to `each`; whether the list could be read.
    fn revs(&self, index: usize, each: &mut dyn FnMut(usize)) -> Option<()> {
        let mut bytes = self.postings.get(&self.payload, index)?.iter();
        let mut rev = self.start;
        let mut is_first = true;
        while !bytes.as_slice().is_empty() {
            let mut step = 0usize;
            for shift in (0..35).step_by(7) {
                let byte = *bytes.next()?;
                step |= usize::from(byte & 0x7f) << shift;
                if byte < 0x80 {
                    break;
                }
            }
            // Only the first step may be none.
            rev = rev.checked_add(step)?;
            if rev >= self.end() || (step == 0 && !is_first) {
                return None;
            }
            is_first = false;
            each(rev);
        }
        Some(())
    }

    fn find(&self, path: &[u8]) -> Option<usize> {
        let (mut low, mut high) = (0, self.paths.len());
        while low < high {
            let middle = low.midpoint(high);
            match self.path(middle)?.cmp(path) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(middle),
            }
        }
        None
    }
}

impl HistoryIndex {
    /// What of `data` is whole and about the changesets that the changelog begins with; the rest is ignored.
    pub fn parse(data: &[u8], changelog: &Revlog) -> HistoryIndex {
        let mut index = HistoryIndex::default();
        let Some(mut rest) = data.strip_prefix(MAGIC) else {
            return index;
        };
        while let Some(segment) = next_segment(&mut rest) {
            let fits = segment.start == index.len()
                && sum_of_nodes(changelog, segment.start..segment.end()) == Some(segment.nodes);
            if !fits {
                break;
            }
            index.segments.push(segment);
        }
        index
    }

    /// One segment as it is, whatever it says: for finding out what a broken one does.
    pub fn from_payload(payload: Vec<u8>) -> Option<HistoryIndex> {
        let segment = Segment::parse(payload).filter(|segment| segment.start == 0)?;
        Some(HistoryIndex {
            segments: vec![segment],
        })
    }

    /// The file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        for segment in &self.segments {
            out.extend_from_slice(&(segment.payload.len() as u32).to_le_bytes());
            out.extend_from_slice(&sum_of(&segment.payload).to_le_bytes());
            out.extend_from_slice(&segment.payload);
        }
        out
    }

    /// How many changesets are known.
    pub fn len(&self) -> usize {
        self.segments.last().map_or(0, Segment::end)
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }

    /// Reads the changesets that are not known yet, on several threads.
    ///
    /// Segments that are not twice as long as what follows are joined with it, so that there are few of them.
    ///
    /// # Errors
    /// Where a changeset cannot be read, or says what cannot be understood.
    pub fn extend(&mut self, changelog: &Changelog, threads: usize) -> Result<()> {
        let (start, end) = (self.len(), changelog.revlog().len());
        if start >= end {
            return Ok(());
        }
        let step = (end - start).div_ceil(threads.max(1)).max(512);
        let in_parts = || -> Vec<Result<Builder>> {
            let starts = (start..end).step_by(step);
            let read = |from| move || Builder::read(changelog, from..end.min(from + step));
            hyg_base::patience::together(starts.map(read))
        };
        let parts = match end - start <= step {
            true => vec![Builder::read(changelog, start..end)],
            false => in_parts(),
        };
        let mut fresh = Vec::with_capacity(parts.len());
        for part in parts {
            fresh.extend(part?.finish(changelog.revlog()));
        }
        let mut before = Vec::new();
        let mut size = end - start;
        while let Some(last) = self.segments.pop_if(|last| last.count < 2 * size) {
            size += last.count;
            before.push(last);
        }
        let mut joined = Builder::at(before.last().map_or(start, |first| first.start));
        let whole = before.iter().rev().chain(&fresh);
        let usable = whole
            .clone()
            .all(|segment| joined.absorb(segment).is_some());
        let made = joined
            .finish(changelog.revlog())
            .filter(|made| usable && made.end() == end);
        self.segments.extend(made);
        Ok(())
    }

    fn segment(&self, rev: Rev) -> Option<(&Segment, usize)> {
        let at = usize::try_from(rev.0).ok()?;
        let place = self.segments.partition_point(|segment| segment.end() <= at);
        let segment = self.segments.get(place)?;
        Some((segment, at - segment.start))
    }

    /// When a changeset was made, in seconds since 1970; none where it is not known.
    pub fn date(&self, rev: Rev) -> Option<i64> {
        let (segment, at) = self.segment(rev)?;
        let dates = segment.payload.get(segment.dates.clone())?;
        Some(i64::from_le_bytes(*dates.get(at * 8..)?.first_chunk()?))
    }

    /// Who made a changeset; none where it is not known.
    pub fn user(&self, rev: Rev) -> Option<&[u8]> {
        let (segment, at) = self.segment(rev)?;
        let number = segment.number(&segment.users, at)?;
        segment.users.names.get(&segment.payload, number as usize)
    }

    /// The branch of a changeset, and whether it closes it; none where it is not known.
    pub fn branch(&self, rev: Rev) -> Option<(&[u8], bool)> {
        let (segment, at) = self.segment(rev)?;
        let number = segment.number(&segment.branches, at)?;
        let names = &segment.branches.names;
        let name = names.get(&segment.payload, (number & !CLOSES) as usize)?;
        Some((name, number & CLOSES != 0))
    }

    /// For each known changeset, whether its user fits; none where a segment is broken. Each user is asked about once
    /// a segment.
    ///
    /// # Errors
    /// Whatever `fits` answers.
    pub fn with_user(&self, fits: &dyn Fn(&[u8]) -> Result<bool>) -> Result<Option<Vec<bool>>> {
        let mut found = vec![false; self.len()];
        for segment in &self.segments {
            let names = &segment.users.names;
            let mut wanted = Vec::with_capacity(names.len());
            for index in 0..names.len() {
                let Some(name) = names.get(&segment.payload, index) else {
                    return Ok(None);
                };
                wanted.push(fits(name)?);
            }
            for at in 0..segment.count {
                let number = segment.number(&segment.users, at);
                let Some(fits) = number.and_then(|number| wanted.get(number as usize)) else {
                    return Ok(None);
                };
                found[segment.start + at] = *fits;
            }
        }
        Ok(Some(found))
    }

    /// For each known changeset, whether it lists a path that fits; none where a segment is broken. Each path is asked
    /// about once a segment.
    ///
    /// # Errors
    /// Whatever `fits` answers.
    pub fn touching(&self, fits: &dyn Fn(&RepoPath) -> Result<bool>) -> Result<Option<Vec<bool>>> {
        let mut found = vec![false; self.len()];
        for segment in &self.segments {
            for index in 0..segment.paths.len() {
                let Some(path) = segment.path(index) else {
                    return Ok(None);
                };
                if fits(RepoPath::new(path))?
                    && segment.revs(index, &mut |rev| found[rev] = true).is_none()
                {
                    return Ok(None);
                }
            }
        }
        Ok(Some(found))
    }

    /// The known changesets that list this path, ascending; none where a segment is broken.
    pub fn revs_of(&self, path: &RepoPath) -> Option<Vec<Rev>> {
        let mut found = Vec::new();
        for segment in &self.segments {
            if let Some(index) = segment.find(path.as_bytes()) {
                segment.revs(index, &mut |rev| found.push(Rev(rev as i32)))?;
            }
        }
        Some(found)
    }
}

fn next_segment(rest: &mut &[u8]) -> Option<Segment> {
    let len = word(rest, 0)? as usize;
    let expected = u64::from_le_bytes(*rest.get(4..)?.first_chunk()?);
    let payload = rest.get(FRAME..FRAME.checked_add(len)?)?;
    *rest = &rest[FRAME + len..];
    if sum_of(payload) != expected {
        return None;
    }
    Segment::parse(payload.to_vec())
}

/// Texts that get numbers in the order in which they come.
#[derive(Default)]
struct Names {
    numbers: HashMap<Vec<u8>, u32>,
    bytes: Vec<u8>,
    ends: Vec<u8>,
}

impl Names {
    fn number(&mut self, name: &[u8]) -> u32 {
        if let Some(known) = self.numbers.get(name) {
            return *known;
        }
        let number = self.numbers.len() as u32;
        self.numbers.insert(name.to_vec(), number);
        self.bytes.extend_from_slice(name);
        self.ends
            .extend_from_slice(&(self.bytes.len() as u32).to_le_bytes());
        number
    }
}

/// The changesets that list a path: the steps between them, and the last one.
struct Posting {
    steps: Vec<u8>,
    last: usize,
}

/// A segment that is being made.
#[derive(Default)]
struct Builder {
    start: usize,
    count: usize,
    dates: Vec<u8>,
    user_column: Vec<u8>,
    branch_column: Vec<u8>,
    users: Names,
    branches: Names,
    paths: BTreeMap<Vec<u8>, Posting>,
}

impl Builder {
    fn at(start: usize) -> Builder {
        Builder {
            start,
            ..Builder::default()
        }
    }

    fn read(changelog: &Changelog, range: Range<usize>) -> Result<Builder> {
        let mut builder = Builder::at(range.start);
        let mut window = Window::default();
        for at in range {
            let rev = Rev(i32::try_from(at).unwrap_or(i32::MAX));
            let changeset = changelog.changeset_near(rev, &mut window)?;
            let branch = changeset.branch()?;
            let user = builder.users.number(changeset.user());
            let closes = if branch.closes { CLOSES } else { 0 };
            let branch = builder.branches.number(&branch.name) | closes;
            builder.row(changeset.date()?.seconds, user, branch);
            for path in changeset.files() {
                builder.list(path.as_bytes(), at);
            }
        }
        Ok(builder)
    }

    fn row(&mut self, date: i64, user: u32, branch: u32) {
        self.dates.extend_from_slice(&date.to_le_bytes());
        self.user_column.extend_from_slice(&user.to_le_bytes());
        self.branch_column.extend_from_slice(&branch.to_le_bytes());
        self.count += 1;
    }

    fn list(&mut self, path: &[u8], rev: usize) {
        let start = self.start;
        let posting = match self.paths.get_mut(path) {
            Some(known) if known.last == rev => return,
            Some(known) => known,
            None => self.paths.entry(path.to_vec()).or_insert(Posting {
                steps: Vec::new(),
                last: start,
            }),
        };
        let mut step = rev - posting.last;
        while step >= 0x80 {
            posting.steps.push(step as u8 | 0x80);
            step >>= 7;
        }
        posting.steps.push(step as u8);
        posting.last = rev;
    }

    /// Adds what another segment knows of the changesets that come next; none where it is broken.
    fn absorb(&mut self, other: &Segment) -> Option<()> {
        if other.start != self.start + self.count {
            return None;
        }
        for at in 0..other.count {
            let dates = other.payload.get(other.dates.clone())?;
            let date = i64::from_le_bytes(*dates.get(at * 8..)?.first_chunk()?);
            let user = other.number(&other.users, at)? as usize;
            let user = self
                .users
                .number(other.users.names.get(&other.payload, user)?);
            let branch = other.number(&other.branches, at)?;
            let name = other
                .branches
                .names
                .get(&other.payload, (branch & !CLOSES) as usize)?;
            let branch = self.branches.number(name) | branch & CLOSES;
            self.row(date, user, branch);
        }
        for index in 0..other.paths.len() {
            let path = other.path(index)?;
            other.revs(index, &mut |rev| self.list(path, rev))?;
        }
        Some(())
    }

    fn finish(self, changelog: &Revlog) -> Option<Segment> {
        let nodes = sum_of_nodes(changelog, self.start..self.start + self.count)?;
        let (mut path_ends, mut path_bytes) = (Vec::new(), Vec::new());
        let (mut posting_ends, mut posting_bytes) = (Vec::new(), Vec::new());
        for (path, posting) in &self.paths {
            path_bytes.extend_from_slice(path);
            path_ends.extend_from_slice(&(path_bytes.len() as u32).to_le_bytes());
            posting_bytes.extend_from_slice(&posting.steps);
            posting_ends.extend_from_slice(&(posting_bytes.len() as u32).to_le_bytes());
        }
        let mut payload = Vec::new();
        let mut number = |value: usize| -> Option<()> {
            payload.extend_from_slice(&u32::try_from(value).ok()?.to_le_bytes());
            Some(())
        };
        number(self.start)?;
        number(self.count)?;
        number(nodes as u32 as usize)?;
        number((nodes >> 32) as usize)?;
        number(self.users.numbers.len())?;
        number(self.users.bytes.len())?;
        number(self.branches.numbers.len())?;
        number(self.branches.bytes.len())?;
        number(self.paths.len())?;
        number(path_bytes.len())?;
        number(posting_bytes.len())?;
        for section in [
            &self.dates,
            &self.user_column,
            &self.branch_column,
            &self.users.ends,
            &self.users.bytes,
            &self.branches.ends,
            &self.branches.bytes,
            &path_ends,
            &path_bytes,
            &posting_ends,
            &posting_bytes,
        ] {
            payload.extend_from_slice(section);
        }
        u32::try_from(payload.len()).ok()?;
        Segment::parse(payload)
    }
}

#[cfg(test)]
mod tests;
