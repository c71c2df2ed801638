//! Visiting one directory of the working copy: merging what the dirstate knows with what is on disk.
//! Sharing directories among threads, and what is done with the answers, belong elsewhere.

use std::os::fd::{AsFd, OwnedFd};

use hyg_base::{RepoPath, Result};
use hyg_matcher::VisitChildren;
use rustix::fs::{Mode, OFlags, Stat};
use rustix::io::Errno;

use super::crew::Hand;
use super::findings::Findings;
use super::ignored::IgnoredDirectories;
use super::listing::{Kind, Listing, Read, kind_of, look};
use super::plan::Plan;
use super::task::{Cache, How, Task};
use crate::clock;
use crate::dirstate::tree::Node;

/// Opening a directory pays from about this many path components saved.
const COMPONENTS_WORTH_OPENING: usize = 32;

/// One thread's tools and answers.
#[derive(Debug)]
pub(crate) struct Visitor<'a> {
    pub(super) plan: &'a Plan<'a>,
    pub(crate) findings: Findings,
    /// Whether this visitor, on the caller's thread, asks for interruption.
    asks: bool,
    visited: u32,
    spare: Vec<Node<'a>>,
    listing: Listing,
    pub(super) ignored: IgnoredDirectories,
    /// A path being built.
    pub(super) path: Vec<u8>,
}

/// The directory being visited.
pub(super) struct Here<'a> {
    pub(super) task: Task<'a>,
    pub(super) visit: VisitChildren,
    directory: Option<OwnedFd>,
    /// Every child is known to the dirstate or ignored.
    pub(super) complete: bool,
    /// A failure to look at a child has been reported.
    pub(super) reported: bool,
}

impl<'a> Hand<Task<'a>> for Visitor<'a> {
    fn work(&mut self, task: Task<'a>, more: &mut Vec<Task<'a>>) -> Result<()> {
        self.visited = self.visited.wrapping_add(1);
        if self.asks && self.visited.is_multiple_of(64) {
            self.plan.interrupt.check()?;
        }
        let visit = match task.covered {
            true => VisitChildren::Recursive,
            false => {
                let path = RepoPath::new(task.path.as_bytes());
                self.plan.matcher.visit_children(path)
            }
        };
        if visit == VisitChildren::None {
            return Ok(());
        }
        let covered = visit == VisitChildren::Recursive;
        let here = Here {
            task: Task { covered, ..task },
            visit,
            directory: None,
            complete: true,
            reported: false,
        };
        let mut nodes = std::mem::take(&mut self.spare);
        let view = self.plan.dirstate.view();
        view.read_children(here.task.nodes, here.task.path.as_bytes(), &mut nodes)?;
        let done = self.visit(here, &nodes, more);
        self.spare = nodes;
        done
    }
}

impl<'a> Visitor<'a> {
    pub(crate) fn new(plan: &'a Plan<'a>, asks: bool) -> Visitor<'a> {
        Visitor {
            plan,
            findings: Findings::default(),
            asks,
            visited: 0,
            spare: Vec::new(),
            listing: Listing::new(),
            ignored: IgnoredDirectories::default(),
            path: Vec::new(),
        }
    }

    fn visit(
        &mut self,
        mut here: Here<'a>,
        nodes: &[Node<'a>],
        more: &mut Vec<Task<'a>>,
    ) -> Result<()> {
        match (here.task.how, &here.visit) {
            (How::Gone, _) => nodes
                .iter()
                .try_for_each(|node| self.gone(&here, node, more)),
            (How::List, VisitChildren::Set(_)) => self.visit_named(here, nodes, more),
            (How::List, _) => {
                // The listing moves out while it is read, so that its names can be borrowed.
                let mut listing = std::mem::replace(&mut self.listing, Listing::new());
                let done = self.visit_listed(here, nodes, &mut listing, more);
                self.listing = listing;
                done
            }
            (How::Probe | How::Vouched, _) => {
                here.directory = self.open_if_worth_it(&here, nodes);
                for node in nodes {
                    if here.visit.includes(node.name) {
                        self.visit_known(&mut here, node, more)?;
                    }
                }
                Ok(())
            }
        }
    }

    /// Opens the directory for looking at its files, where that is cheaper than naming each from the root.
    fn open_if_worth_it(&self, here: &Here<'a>, nodes: &[Node<'a>]) -> Option<OwnedFd> {
        let path = here.task.path.as_bytes();
        if path.is_empty() {
            return None;
        }
        let depth = path.iter().filter(|byte| **byte == b'/').count() + 1;
        let looks = match here.task.how {
            How::Vouched => nodes.len(),
            _ => nodes
                .iter()
                .filter(|node| node.record.is_wc_tracked())
                .count(),
        };
        if looks * depth < COMPONENTS_WORTH_OPENING {
            return None;
        }
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        rustix::fs::openat(self.plan.root, path, flags, Mode::empty()).ok()
    }

    /// Looks at a node of the directory being visited.
    pub(super) fn look(&self, here: &Here<'a>, node: &Node<'a>) -> Result<Stat, Errno> {
        match &here.directory {
            Some(directory) => look(directory.as_fd(), node.name),
            None => look(self.plan.root, node.path),
        }
    }

    /// A child that the dirstate knows, in a directory that is not listed.
    fn visit_known(
        &mut self,
        here: &mut Here<'a>,
        node: &Node<'a>,
        more: &mut Vec<Task<'a>>,
    ) -> Result<()> {
        let record = &node.record;
        if here.task.how == How::Probe {
            if record.has_entry() && self.plan.matches(node.path)? {
                let stat = match record.is_wc_tracked() {
                    true => self.look(here, node).ok(),
                    false => None,
                };
                let kind = stat.as_ref().map(kind_of);
                self.entry(here, node, kind, stat.as_ref())?;
            }
            if record.children.count > 0 {
                more.push(here.task.below(node, How::Probe, Cache::Never));
            }
            return Ok(());
        }
        if record.has_entry() && record.children.count == 0 && !self.plan.matches(node.path)? {
            return Ok(());
        }
        match self.look(here, node) {
            Ok(stat) => self.both(here, node, kind_of(&stat), Some(&stat), more),
            Err(error) => self.missing(here, node, error, more),
        }
    }

    /// A child that could not be looked at.
    fn missing(
        &mut self,
        here: &mut Here<'a>,
        node: &Node<'a>,
        error: Errno,
        more: &mut Vec<Task<'a>>,
    ) -> Result<()> {
        self.report_unreadable(here, error);
        self.gone(here, node, more)
    }

    /// Tells once that a directory does not let its files be looked at.
    pub(super) fn report_unreadable(&mut self, here: &mut Here<'a>, error: Errno) {
        if !matches!(error, Errno::NOENT | Errno::NOTDIR) && !here.reported {
            here.reported = true;
            here.complete = false;
            self.findings.unreadable(here.task.path.as_bytes(), error);
        }
    }

    /// The directory `path` holds exactly the names that the matcher wants looked at.
    fn visit_named(
        &mut self,
        mut here: Here<'a>,
        nodes: &[Node<'a>],
        more: &mut Vec<Task<'a>>,
    ) -> Result<()> {
        let VisitChildren::Set(names) = here.visit.clone() else {
            return Ok(());
        };
        let root = self.plan.root;
        let path = here.task.path.as_bytes();
        let prefix = match path.is_empty() {
            true => Vec::new(),
            false => [path, b"/"].concat(),
        };
        let nested = !prefix.is_empty()
            && !self.plan.exact
            && look(root, &[&prefix, b".hg".as_slice()].concat())
                .is_ok_and(|stat| kind_of(&stat) == Kind::Directory);
        for name in names.iter() {
            if prefix.is_empty() && name == b".hg" {
                continue;
            }
            let node = nodes.binary_search_by(|node| node.name.cmp(name));
            let node = node.ok().map(|index| &nodes[index]);
            let child = [&prefix, name.as_slice()].concat();
            let looked = match nested {
                true => Err(Errno::NOENT),
                false => look(root, &child),
            };
            match (looked, node) {
                (Ok(stat), Some(node)) => {
                    self.both(&mut here, node, kind_of(&stat), Some(&stat), more)?
                }
                (Ok(stat), None) => self.unknown(&mut here, name, kind_of(&stat), more)?,
                (Err(error), Some(node)) => self.missing(&mut here, node, error, more)?,
                (Err(_), None) => {}
            }
        }
        Ok(())
    }

    fn visit_listed(
        &mut self,
        mut here: Here<'a>,
        nodes: &[Node<'a>],
        listing: &mut Listing,
        more: &mut Vec<Task<'a>>,
    ) -> Result<()> {
        let directory = match listing.read(self.plan.root, here.task.path.as_bytes()) {
            Ok(Read::Listed(directory)) => directory,
            Ok(Read::NestedRepository) => {
                return nodes
                    .iter()
                    .try_for_each(|node| self.gone(&here, node, more));
            }
            Err(error) => return self.unlistable(here, error, more),
        };
        here.directory = Some(directory);
        let mut index = 0;
        for node in nodes {
            while let Some(found) = listing.get(index) {
                let name = listing.name(found);
                if name >= node.name {
                    break;
                }
                self.unknown(&mut here, name, found.kind, more)?;
                index += 1;
            }
            match listing.get(index) {
                Some(found) if listing.name(found) == node.name => {
                    index += 1;
                    self.both(&mut here, node, found.kind, None, more)?;
                }
                _ => self.gone(&here, node, more)?,
            }
        }
        while let Some(found) = listing.get(index) {
            self.unknown(&mut here, listing.name(found), found.kind, more)?;
            index += 1;
        }
        if here.complete && here.task.cache != Cache::Never {
            self.propose(&here);
        }
        Ok(())
    }

    /// A directory that cannot be listed: its files may still be there to be looked at.
    fn unlistable(
        &mut self,
        mut here: Here<'a>,
        error: Errno,
        more: &mut Vec<Task<'a>>,
    ) -> Result<()> {
        if self.plan.list_ignored || !self.is_ignored(&mut here)? {
            self.findings.unreadable(here.task.path.as_bytes(), error);
        }
        let gone = matches!(error, Errno::NOENT | Errno::NOTDIR | Errno::LOOP);
        if here.task.nodes.count > 0 {
            more.push(Task {
                how: if gone { How::Gone } else { How::Probe },
                cache: Cache::Never,
                ..here.task
            });
        }
        Ok(())
    }

    /// Proposes to record that this directory was complete, where its time is old enough to tell.
    fn propose(&mut self, here: &Here<'a>) {
        let (Some(boundary), Some(directory)) = (self.plan.judge.boundary, &here.directory) else {
            return;
        };
        let Ok(stat) = rustix::fs::fstat(directory) else {
            return;
        };
        let Some(time) = clock::mtime(&stat).reliable(boundary) else {
            return;
        };
        let recorded = match here.task.cache {
            Cache::Since(recorded) => recorded.likely_equal(time) && !self.plan.forget_times,
            _ => false,
        };
        if !recorded {
            self.findings.complete(here.task.path.as_bytes(), time);
        }
    }

    /// A child that is on disk and in the dirstate.
    fn both(
        &mut self,
        here: &mut Here<'a>,
        node: &Node<'a>,
        kind: Kind,
        stat: Option<&Stat>,
        more: &mut Vec<Task<'a>>,
    ) -> Result<()> {
        if !here.visit.includes(node.name) {
            return Ok(());
        }
        if node.record.has_entry() {
            self.entry(here, node, Some(kind), stat)?;
        } else if kind == Kind::File {
            self.unknown_file(here, node.name)?;
        }
        if let Kind::Other(name) = kind
            && self.plan.matcher.is_explicit(RepoPath::new(node.path))
        {
            self.findings.unsupported(node.path, name);
        }
        if kind == Kind::Directory {
            if self.plan.is_subrepository(node.path) {
                return Ok(());
            }
            let (how, cache) = self.how_to_visit(here, node, stat);
            more.push(here.task.below(node, how, cache));
        } else if node.record.children.count > 0 {
            more.push(here.task.below(node, How::Gone, Cache::Never));
        }
        Ok(())
    }

    /// Whether the recorded time of a child directory spares listing it.
    fn how_to_visit(&self, here: &Here<'a>, node: &Node<'a>, stat: Option<&Stat>) -> (How, Cache) {
        let Some(recorded) = node.record.directory_mtime() else {
            let cacheable = self.plan.propose_times && !node.record.has_entry();
            return (
                How::List,
                if cacheable {
                    Cache::Empty
                } else {
                    Cache::Never
                },
            );
        };
        let cache = match self.plan.propose_times {
            true => Cache::Since(recorded),
            false => Cache::Never,
        };
        if !self.plan.trust_times {
            return (How::List, cache);
        }
        let seen = match stat {
            Some(stat) => Some(clock::mtime(stat)),
            None => self.look(here, node).ok().map(|stat| clock::mtime(&stat)),
        };
        match seen {
            Some(seen) if recorded.likely_equal(seen) => (How::Vouched, cache),
            _ => (How::List, cache),
        }
    }
}
