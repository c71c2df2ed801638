//! What a tracked file's look on disk says about it, before any content is read.
//! Finding the file, and comparing contents where the look is not enough, belong elsewhere.

use rustix::fs::{FileType, Stat};

use crate::dirstate::record::{HAS_FALLBACK_EXEC, HAS_FALLBACK_SYMLINK, MODE_EXEC_PERM, Record};
use crate::{Timestamp, clock};

/// The answer for a file that is tracked and there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Modified,
    Clean,
    /// The content has to be compared.
    Unsure,
}

/// What judging needs to know about the file system.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Judge {
    pub(crate) check_exec: bool,
    pub(crate) check_symlink: bool,
    /// The file system's time before the walk; `None` where it could not be had.
    pub(crate) boundary: Option<Timestamp>,
}

const EXEC: u32 = 0o100;

impl Judge {
    /// Judges a file that is in the first parent and took no part in a merge.
    pub(crate) fn judge(&self, record: &Record, stat: &Stat) -> Verdict {
        let untold = (!self.check_symlink && record.has(HAS_FALLBACK_SYMLINK))
            || (!self.check_exec && record.has(HAS_FALLBACK_EXEC));
        if untold {
            return Verdict::Unsure;
        }
        let size = record.expected_size();
        let real_size = stat.st_size as u64;
        let differs = size.is_some_and(|size| {
            u64::from(size) != real_size & 0x7fff_ffff || self.exec_differs(record, stat)
        });
        if differs || record.has_copy() {
            let link = FileType::from_raw_mode(stat.st_mode) == FileType::Symlink;
            // Encrypted file systems give links other sizes than their targets have.
            return match link && size.map(u64::from) != Some(real_size) {
                true => Verdict::Unsure,
                false => Verdict::Modified,
            };
        }
        match self.is_same_time(record, clock::mtime(stat)) {
            true => Verdict::Clean,
            false => Verdict::Unsure,
        }
    }

    fn exec_differs(&self, record: &Record, stat: &Stat) -> bool {
        self.check_exec && record.has(MODE_EXEC_PERM) != (stat.st_mode & EXEC != 0)
    }

    fn is_same_time(&self, record: &Record, seen: Timestamp) -> bool {
        let reliable = match self.boundary {
            Some(boundary) => seen.reliable(boundary),
            None => Some(seen),
        };
        match (record.clean_mtime(), reliable) {
            (Some(recorded), Some(seen)) => recorded.likely_equal(seen),
            _ => false,
        }
    }
}
