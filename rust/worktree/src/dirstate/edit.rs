//! Changes to a dirstate, collected in memory over what was read and written as a whole: the rules by which files become
//! tracked, untracked, clean and forgotten. The caller holds the working copy lock; bytes on disk belong to `new`.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry as Slot;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use hyg_base::{Error, ErrorId, Node, PathList, RepoPath, RepoPathBuf, Result};

use super::alter::{Alteration, Alterer};
use super::data_file::Addition;
use super::docket::Docket;
use super::new::check_path;
use super::tree::tree_order;
use super::{Dirstate, Format, NewDirstate, NewItem};
use crate::{Entry, Timestamp};

/// Sizes are kept modulo 2 GiB.
const SIZE_MASK: u64 = 0x7fff_ffff;

/// What was seen of a file on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Type and permissions, as `stat` gives them.
    pub mode: u32,
    /// Size in bytes.
    pub size: u64,
    /// Modification time where it can be relied on.
    pub mtime: Option<Timestamp>,
}

impl Seen {
    /// From what the file system says, with the time as it is.
    pub fn of(about: &std::fs::Metadata) -> Seen {
        let nanoseconds = u32::try_from(about.mtime_nsec()).unwrap_or(0);
        Seen {
            mode: about.mode(),
            size: about.size(),
            mtime: Some(Timestamp::new(about.mtime(), nanoseconds)),
        }
    }
}

/// What was done to files of the working copy: these are as the first parent has them, and those are gone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Files in the first parent; without a look at them the next status compares them.
    pub files: Vec<(RepoPathBuf, Option<Seen>)>,
    /// Files that are in no parent any more.
    pub removed: PathList,
}

/// The three facts about a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Tracked in the working copy.
    pub tracked: bool,
    /// Tracked in the first parent.
    pub in_first: bool,
    /// Told about by the second parent.
    pub p2_info: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct State {
    entry: Entry,
    copy: Option<RepoPathBuf>,
}

/// A dirstate that is being changed.
#[derive(Debug)]
pub struct Editor {
    base: Dirstate,
    format: Format,
    parents: [Node; 2],
    /// Nothing of `base` counts any more.
    cleared: bool,
    /// States by path; without any fact there is no entry.
    changes: BTreeMap<RepoPathBuf, State>,
    dirty: bool,
    tracked_set_changed: bool,
    /// The directory whose place among tracked files was checked last.
    checked_directory: Option<RepoPathBuf>,
}

impl Editor {
    /// Changes to `base`, to be written in `format`.
    pub fn new(base: Dirstate, format: Format) -> Editor {
        Editor {
            parents: base.parents(),
            base,
            format,
            cleared: false,
            changes: BTreeMap::new(),
            dirty: false,
            tracked_set_changed: false,
            checked_directory: None,
        }
    }

    /// The parents of the working copy.
    pub fn parents(&self) -> [Node; 2] {
        self.parents
    }

    /// Sets the parents. Where a second one goes away, what it told of files is dropped together with the copy sources
    /// of these files, which are returned as (destination, source).
    ///
    /// # Errors
    /// [`ErrorId::CorruptFile`].
    pub fn set_parents(&mut self, parents: [Node; 2]) -> Result<Vec<(RepoPathBuf, RepoPathBuf)>> {
        let folds = self.parents[1] != Node::NULL && parents[1] == Node::NULL;
        self.assign_parents(parents);
        let mut dropped = Vec::new();
        if !folds {
            return Ok(dropped);
        }
        let mut told = Vec::new();
        self.each(|path, entry, _| {
            if entry.p2_info {
                told.push(path.to_buf());
            }
        })?;
        for path in told {
            let state = self.change(&path)?;
            state.entry.p2_info = false;
            (state.entry.mode, state.entry.size, state.entry.mtime) = (None, None, None);
            if let Some(source) = state.copy.take() {
                dropped.push((path, source));
            }
        }
        Ok(dropped)
    }

    /// Sets the parents and nothing else.
    pub fn assign_parents(&mut self, parents: [Node; 2]) {
        self.dirty = true;
        self.parents = parents;
    }

    /// The facts about a file.
    ///
    /// # Errors
    /// [`ErrorId::CorruptFile`].
    pub fn facts(&self, path: &RepoPath) -> Result<Facts> {
        let entry = self.entry(path)?.unwrap_or_default();
        Ok(Facts {
            tracked: entry.wc_tracked,
            in_first: entry.p1_tracked,
            p2_info: entry.p2_info,
        })
    }

    /// Marks a file as tracked; whether it was not.
    ///
    /// # Errors
    /// [`ErrorId::PathClash`] where a tracked file has the name of a directory of this one, or the other way round;
    /// [`ErrorId::CorruptFile`].
    pub fn track(&mut self, path: &RepoPath) -> Result<bool> {
        let new = !self.entry(path)?.unwrap_or_default().wc_tracked;
        if new {
            self.refuse_clash(path)?;
        }
        let state = self.change(path)?;
        state.entry.wc_tracked = true;
        state.entry.mtime = None;
        self.tracked_set_changed |= new;
        Ok(new)
    }

    /// Marks a file as untracked; whether there was an entry.
    ///
    /// # Errors
    /// [`ErrorId::CorruptFile`].
    pub fn untrack(&mut self, path: &RepoPath) -> Result<bool> {
        let Some(old) = self.entry(path)? else {
            return Ok(false);
        };
        let state = self.change(path)?;
        if !old.p2_info {
            state.copy = None;
        }
        state.entry.wc_tracked = false;
        (state.entry.mode, state.entry.size, state.entry.mtime) = (None, None, None);
        self.tracked_set_changed = true;
        self.checked_directory = None;
        Ok(true)
    }

    /// Sets all facts of a file and forgets its copy source.
    ///
    /// # Errors
    /// [`ErrorId::CorruptFile`].
    pub fn place(&mut self, path: &RepoPath, facts: Facts, seen: Option<Seen>) -> Result<()> {
        let was_tracked = self.entry(path)?.is_some_and(|entry| entry.wc_tracked);
        self.tracked_set_changed |= was_tracked != facts.tracked;
        let mut entry = Entry {
            wc_tracked: facts.tracked,
            p1_tracked: facts.in_first,
            p2_info: facts.p2_info,
            ..Entry::default()
        };
        if let (Some(seen), true, false) = (seen, facts.tracked, facts.p2_info) {
            entry.mode = Some(seen.mode);
            entry.size = Some((seen.size & SIZE_MASK) as u32);
            entry.mtime = seen.mtime;
        }
        self.dirty = true;
        self.checked_directory = None;
        let state = State { entry, copy: None };
        self.changes.insert(path.to_buf(), state);
        Ok(())
    }

    /// Lets the next status look at a file.
    ///
    /// # Errors
    /// [`ErrorId::CorruptFile`].
    pub fn possibly_dirty(&mut self, path: &RepoPath) -> Result<()> {
        if self.entry(path)?.is_some() {
            self.change(path)?.entry.mtime = None;
        }
        Ok(())
    }

    /// Records or forgets where a file was copied from.
    ///
    /// # Errors
    /// [`ErrorId::CorruptFile`].
    pub fn copy(&mut self, path: &RepoPath, source: Option<&RepoPath>) -> Result<()> {
        if self.entry(path)?.is_some() {
            self.change(path)?.copy = source.map(RepoPath::to_buf);
        }
        Ok(())
    }

    /// All copies, (destination, source) in byte order.
    ///
    /// # Errors
    /// [`ErrorId::CorruptFile`].
    pub fn copies(&self) -> Result<Vec<(RepoPathBuf, RepoPathBuf)>> {
        let mut found = Vec::new();
        self.each(|path, _, source| {
            if let Some(source) = source {
                found.push((path.to_buf(), source.to_buf()));
            }
        })?;
        Ok(found)
    }

    /// Takes over what was done to files of the working copy.
    ///
    /// # Errors
    /// [`ErrorId::CorruptFile`].
    pub fn take_over(&mut self, written: &Written) -> Result<()> {
        let clean = Facts {
            tracked: true,
            in_first: true,
            p2_info: false,
        };
        for path in written.removed.iter() {
            self.place(path, Facts::default(), None)?;
        }
        for (path, seen) in &written.files {
            self.place(path, clean, *seen)?;
        }
        Ok(())
    }

    /// Forgets every entry.
    pub fn clear(&mut self) {
        self.cleared = true;
        self.changes.clear();
        self.checked_directory = None;
        self.dirty = true;
        self.tracked_set_changed = true;
    }

    /// Whether there is something to write.
    pub fn is_dirty(&self) -> bool {
        self.dirty
    }

    /// Whether files were added to or taken from the tracked ones.
    pub fn tracked_set_changed(&self) -> bool {
        self.tracked_set_changed
    }

    /// Writes what changed, behind the rest where the format allows it; whether something had changed.
    ///
    /// # Errors
    /// As [`NewDirstate::write`].
    pub fn write(&mut self) -> Result<bool> {
        if !self.dirty {
            return Ok(false);
        }
        let dot_hg = self.base.dot_hg().to_path_buf();
        if !self.append()? {
            self.write_whole(&dot_hg)?;
        }
        self.base = Dirstate::open_in(&dot_hg, self.format == Format::V2)?;
        self.changes.clear();
        (self.cleared, self.dirty, self.tracked_set_changed) = (false, false, false);
        Ok(true)
    }

    /// Adds the changes to the data file of the second format, where that is worth it; whether it was.
    fn append(&self) -> Result<bool> {
        let base = &self.base;
        let is_possible = !self.cleared
            && self.format == Format::V2
            && base.format() == Format::V2
            && !base.docket.uuid.is_empty()
            && self.changes.len() <= base.len() / 2;
        // Somebody who wrote meanwhile may have put something behind what was read.
        let main = base.dot_hg().join("dirstate");
        if !is_possible || std::fs::read(&main).ok().as_deref() != Some(&*base.main) {
            return Ok(false);
        }
        let mut changes: Vec<Alteration<'_>> = Vec::with_capacity(self.changes.len());
        for (path, state) in &self.changes {
            if state.entry.any_tracked() {
                check_path(path)?;
            }
            changes.push(Alteration {
                path: path.as_bytes(),
                entry: state.entry,
                copy: state.copy.as_ref().map(|copy| copy.as_bytes()),
            });
        }
        changes.sort_by(|a, b| tree_order(a.path, b.path));
        let mut docket = Docket {
            parents: self.parents,
            ..base.docket.clone()
        };
        let mut alterer = Alterer {
            view: base.view(),
            base: docket.data_size as usize,
            out: Vec::new(),
            dropped: 0,
            copies_added: 0,
            copies_dropped: 0,
        };
        if !changes.is_empty() {
            let root = alterer.alter(docket.root.children, b"", &changes, 0)?;
            docket.root.children = root.children;
            docket.root.entries = root.entries;
            let copies = docket.root.copies + alterer.copies_added;
            docket.root.copies = copies.saturating_sub(alterer.copies_dropped);
            let dropped = u32::try_from(alterer.dropped).unwrap_or(u32::MAX);
            docket.unreachable = docket.unreachable.saturating_add(dropped);
        }
        let written = Addition::new(base, docket, alterer.out)?.write(base);
        written.map_err(|error| Error::io(&main, "write", &error))?;
        Ok(true)
    }

    fn write_whole(&self, dot_hg: &Path) -> Result<()> {
        let mut items = Vec::with_capacity(self.base.len() + self.changes.len());
        self.each(|path, entry, source| {
            items.push(NewItem {
                path: path.to_buf(),
                entry: *entry,
                copy_source: source.map(RepoPath::to_buf),
            });
        })?;
        let new = NewDirstate {
            parents: self.parents,
            items,
        };
        new.write(dot_hg, self.format)
    }

    fn entry(&self, path: &RepoPath) -> Result<Option<Entry>> {
        match self.changes.get(path) {
            Some(state) => Ok(state.entry.any_tracked().then_some(state.entry)),
            None if self.cleared => Ok(None),
            None => self.base.get(path),
        }
    }

    /// The state of a file, to be changed.
    fn change(&mut self, path: &RepoPath) -> Result<&mut State> {
        self.dirty = true;
        match self.changes.entry(path.to_buf()) {
            Slot::Occupied(known) => {
                let state = known.into_mut();
                if !state.entry.any_tracked() {
                    *state = State::default();
                }
                Ok(state)
            }
            Slot::Vacant(free) => {
                let mut state = State::default();
                if !self.cleared
                    && let Some(entry) = self.base.get(path)?
                {
                    state.entry = entry;
                    state.copy = self.base.copy_source(path)?.map(RepoPath::to_buf);
                }
                Ok(free.insert(state))
            }
        }
    }

    /// Every entry in byte order.
    fn each(&self, mut receive: impl FnMut(&RepoPath, &Entry, Option<&RepoPath>)) -> Result<()> {
        let mut changes = self.changes.iter().peekable();
        let mut emit = |path: &RepoPath, entry: &Entry, copy: Option<&RepoPath>| {
            if entry.any_tracked() {
                receive(path, entry, copy);
            }
        };
        if !self.cleared {
            for item in &self.base {
                let item = item?;
                while let Some((path, state)) =
                    changes.next_if(|(path, _)| path.as_bytes() < item.path.as_bytes())
                {
                    emit(path, &state.entry, state.copy.as_deref());
                }
                match changes.next_if(|(path, _)| path.as_bytes() == item.path.as_bytes()) {
                    Some((path, state)) => emit(path, &state.entry, state.copy.as_deref()),
                    None => emit(item.path, &item.entry, item.copy_source),
                }
            }
        }
        for (path, state) in changes {
            emit(path, &state.entry, state.copy.as_deref());
        }
        Ok(())
    }

    /// Whether a file below `directory` is tracked.
    fn has_tracked_below(&self, directory: &RepoPath) -> Result<bool> {
        let mut start = directory.as_bytes().to_vec();
        start.push(b'/');
        let mut end = directory.as_bytes().to_vec();
        end.push(b'/' + 1);
        let (start, end) = (RepoPathBuf::new(start), RepoPathBuf::new(end));
        let mut hidden = 0;
        for (path, state) in self.changes.range(start..end) {
            if state.entry.wc_tracked {
                return Ok(true);
            }
            let known = !self.cleared && self.base.get(path)?.is_some_and(|entry| entry.wc_tracked);
            hidden += u32::from(known);
        }
        Ok(!self.cleared && self.base.tracked_below(directory)? > hidden)
    }

    /// A tracked file cannot be a directory at the same time.
    fn refuse_clash(&mut self, path: &RepoPath) -> Result<()> {
        if self.has_tracked_below(path)? {
            return Err(Error::new(ErrorId::PathClash).with("directory", path.as_bytes()));
        }
        let (parent, _) = path.split_last();
        if self.checked_directory.as_deref() == Some(parent) {
            return Ok(());
        }
        for directory in path.ancestors() {
            if directory.is_root() || self.has_tracked_below(directory)? {
                break;
            }
            if self
                .entry(directory)?
                .is_some_and(|entry| !entry.is_removed())
            {
                return Err(Error::new(ErrorId::PathClash)
                    .with("file", directory.as_bytes())
                    .with("path", path.as_bytes()));
            }
        }
        self.checked_directory = Some(parent.to_buf());
        Ok(())
    }
}
