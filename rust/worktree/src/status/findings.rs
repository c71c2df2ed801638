//! What one thread of a walk found. Bringing the findings of all threads together is the last step of a walk.
//! How anything was found belongs to `visit`.

use hyg_base::{PathList, RepoPath, RepoPathBuf, Warning};
use rustix::io::Errno;

use crate::Timestamp;

/// Paths by what they are, in the order they were met.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    pub(crate) modified: PathList,
    pub(crate) added: PathList,
    pub(crate) removed: PathList,
    pub(crate) deleted: PathList,
    pub(crate) unknown: PathList,
    pub(crate) ignored: PathList,
    pub(crate) clean: PathList,
    pub(crate) unsure: PathList,
    pub(crate) copies: Vec<(RepoPathBuf, RepoPathBuf)>,
    pub(crate) directories: PathList,
    pub(crate) directory_times: Vec<Timestamp>,
    pub(crate) bad: Vec<Bad>,
}

/// Something that could not be looked at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Bad {
    pub(crate) path: Vec<u8>,
    pub(crate) reason: Reason,
}

/// Why it could not be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reason {
    Errno(i32),
    Kind(&'static str),
}

impl Bad {
    pub(crate) fn into_warning(self) -> Warning {
        match self.reason {
            Reason::Errno(errno) => Warning::new("bad-file")
                .with("path", self.path)
                .with("errno", errno),
            Reason::Kind(kind) => {
                let warning = Warning::new("unsupported-file-type").with("path", self.path);
                warning.with("type", kind)
            }
        }
    }
}

impl Findings {
    pub(crate) fn unreadable(&mut self, path: &[u8], error: Errno) {
        self.bad.push(Bad {
            path: path.to_vec(),
            reason: Reason::Errno(error.raw_os_error()),
        });
    }

    pub(crate) fn unsupported(&mut self, path: &[u8], kind: &'static str) {
        self.bad.push(Bad {
            path: path.to_vec(),
            reason: Reason::Kind(kind),
        });
    }

    pub(crate) fn complete(&mut self, path: &[u8], time: Timestamp) {
        // A list that is full only means that this directory is listed again next time.
        if self.directories.push(RepoPath::new(path)).is_ok() {
            self.directory_times.push(time);
        }
    }

    /// Adds what another thread found.
    pub(crate) fn absorb(&mut self, other: Findings) -> hyg_base::Result<()> {
        let lists = [
            (&mut self.modified, other.modified),
            (&mut self.added, other.added),
            (&mut self.removed, other.removed),
            (&mut self.deleted, other.deleted),
            (&mut self.unknown, other.unknown),
            (&mut self.ignored, other.ignored),
            (&mut self.clean, other.clean),
            (&mut self.unsure, other.unsure),
            (&mut self.directories, other.directories),
        ];
        for (mine, theirs) in lists {
            match mine.is_empty() {
                true => *mine = theirs,
                false => mine.append(&theirs)?,
            }
        }
        self.copies.extend(other.copies);
        self.directory_times.extend(other.directory_times);
        self.bad.extend(other.bad);
        Ok(())
    }

    /// Brings everything but the directories into byte order.
    pub(crate) fn sort(&mut self) {
        let lists = [
            &mut self.modified,
            &mut self.added,
            &mut self.removed,
            &mut self.deleted,
            &mut self.unknown,
            &mut self.ignored,
            &mut self.clean,
            &mut self.unsure,
        ];
        for list in lists {
            list.sort();
        }
        self.copies.sort();
        self.bad.sort();
        self.bad.dedup();
    }
}
