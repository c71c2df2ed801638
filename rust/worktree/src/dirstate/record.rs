//! The 44-byte node of the second format and its flags (`docs/formats/dirstate-v2.md`, "Nodes").
//! Finding nodes in a file, and trusting them, belongs to `tree`.

use crate::entry::{MODE_EXEC, MODE_REGULAR, MODE_SYMLINK, MODE_TYPE};
use crate::{Entry, Timestamp};

/// Bytes of a node.
pub(crate) const RECORD_LEN: usize = 44;

pub(crate) const WDIR_TRACKED: u16 = 1 << 0;
pub(crate) const P1_TRACKED: u16 = 1 << 1;
pub(crate) const P2_INFO: u16 = 1 << 2;
pub(crate) const MODE_EXEC_PERM: u16 = 1 << 3;
pub(crate) const MODE_IS_SYMLINK: u16 = 1 << 4;
pub(crate) const HAS_FALLBACK_EXEC: u16 = 1 << 5;
pub(crate) const FALLBACK_EXEC: u16 = 1 << 6;
pub(crate) const HAS_FALLBACK_SYMLINK: u16 = 1 << 7;
pub(crate) const FALLBACK_SYMLINK: u16 = 1 << 8;
pub(crate) const EXPECTED_STATE_IS_MODIFIED: u16 = 1 << 9;
pub(crate) const HAS_MODE_AND_SIZE: u16 = 1 << 10;
pub(crate) const HAS_MTIME: u16 = 1 << 11;
pub(crate) const MTIME_SECOND_AMBIGUOUS: u16 = 1 << 12;
pub(crate) const DIRECTORY: u16 = 1 << 13;
pub(crate) const ALL_UNKNOWN_RECORDED: u16 = 1 << 14;
pub(crate) const ALL_IGNORED_RECORDED: u16 = 1 << 15;

const ANY_TRACKED: u16 = WDIR_TRACKED | P1_TRACKED | P2_INFO;
const CACHED_DIRECTORY: u16 = DIRECTORY | HAS_MTIME | ALL_UNKNOWN_RECORDED;

/// Where the child nodes of a node lie: an array of `count` records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Children {
    pub(crate) start: u32,
    pub(crate) count: u32,
}

/// A node as it lies on disk, in this machine's byte order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) path_start: u32,
    pub(crate) path_len: u16,
    pub(crate) name_start: u16,
    pub(crate) copy_start: u32,
    pub(crate) copy_len: u16,
    pub(crate) children: Children,
    pub(crate) with_entry: u32,
    pub(crate) tracked: u32,
    pub(crate) flags: u16,
    pub(crate) size: u32,
    pub(crate) seconds: u32,
    pub(crate) nanoseconds: u32,
}

#[inline]
fn u16_at(bytes: &[u8; RECORD_LEN], at: usize) -> u16 {
    u16::from_be_bytes([bytes[at], bytes[at + 1]])
}

#[inline]
fn u32_at(bytes: &[u8; RECORD_LEN], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

impl Record {
    #[inline]
    pub(crate) fn read(bytes: &[u8; RECORD_LEN]) -> Record {
        Record {
            path_start: u32_at(bytes, 0),
            path_len: u16_at(bytes, 4),
            name_start: u16_at(bytes, 6),
            copy_start: u32_at(bytes, 8),
            copy_len: u16_at(bytes, 12),
            children: Children {
                start: u32_at(bytes, 14),
                count: u32_at(bytes, 18),
            },
            with_entry: u32_at(bytes, 22),
            tracked: u32_at(bytes, 26),
            flags: u16_at(bytes, 30),
            size: u32_at(bytes, 32),
            seconds: u32_at(bytes, 36),
            nanoseconds: u32_at(bytes, 40),
        }
    }

    pub(crate) fn append_to(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.path_start.to_be_bytes());
        out.extend_from_slice(&self.path_len.to_be_bytes());
        out.extend_from_slice(&self.name_start.to_be_bytes());
        out.extend_from_slice(&self.copy_start.to_be_bytes());
        out.extend_from_slice(&self.copy_len.to_be_bytes());
        out.extend_from_slice(&self.children.start.to_be_bytes());
        out.extend_from_slice(&self.children.count.to_be_bytes());
        out.extend_from_slice(&self.with_entry.to_be_bytes());
        out.extend_from_slice(&self.tracked.to_be_bytes());
        out.extend_from_slice(&self.flags.to_be_bytes());
        out.extend_from_slice(&self.size.to_be_bytes());
        out.extend_from_slice(&self.seconds.to_be_bytes());
        out.extend_from_slice(&self.nanoseconds.to_be_bytes());
    }

    pub(crate) fn has(&self, flags: u16) -> bool {
        self.flags & flags == flags
    }

    /// Whether the node is an entry (and not only a directory on the way to one).
    pub(crate) fn has_entry(&self) -> bool {
        self.flags & ANY_TRACKED != 0
    }

    pub(crate) fn is_wc_tracked(&self) -> bool {
        self.has(WDIR_TRACKED)
    }

    pub(crate) fn is_from_merge(&self) -> bool {
        self.has(WDIR_TRACKED | P2_INFO)
    }

    pub(crate) fn is_added(&self) -> bool {
        self.flags & ANY_TRACKED == WDIR_TRACKED
    }

    pub(crate) fn has_copy(&self) -> bool {
        self.copy_start != 0
    }

    /// Expected size where the flags say there is one and it counts.
    pub(crate) fn expected_size(&self) -> Option<u32> {
        let counts = self.has(HAS_MODE_AND_SIZE) && !self.has(EXPECTED_STATE_IS_MODIFIED);
        (counts && self.size <= i32::MAX as u32).then_some(self.size)
    }

    fn time(&self) -> Timestamp {
        Timestamp {
            seconds: self.seconds,
            nanoseconds: self.nanoseconds,
            second_ambiguous: self.has(MTIME_SECOND_AMBIGUOUS),
        }
    }

    /// Modification time at which the file was clean.
    pub(crate) fn clean_mtime(&self) -> Option<Timestamp> {
        let counts =
            self.has(HAS_MTIME) && self.flags & (DIRECTORY | EXPECTED_STATE_IS_MODIFIED) == 0;
        counts.then(|| self.time())
    }

    /// Modification time of a directory whose children are all known.
    pub(crate) fn directory_mtime(&self) -> Option<Timestamp> {
        (self.has(CACHED_DIRECTORY) && !self.has_entry()).then(|| self.time())
    }

    pub(crate) fn set_directory_mtime(&mut self, time: Option<Timestamp>) {
        let cache =
            HAS_MTIME | MTIME_SECOND_AMBIGUOUS | ALL_UNKNOWN_RECORDED | ALL_IGNORED_RECORDED;
        self.flags &= !cache;
        self.seconds = 0;
        self.nanoseconds = 0;
        if let Some(time) = time {
            self.flags |= CACHED_DIRECTORY;
            self.set_time(time);
        }
    }

    fn set_time(&mut self, time: Timestamp) {
        self.flags |= HAS_MTIME;
        if time.second_ambiguous {
            self.flags |= MTIME_SECOND_AMBIGUOUS;
        }
        self.seconds = time.seconds;
        self.nanoseconds = time.nanoseconds;
    }

    /// The entry, where the node is one.
    pub(crate) fn entry(&self) -> Option<Entry> {
        if !self.has_entry() {
            return None;
        }
        let fallback = |has, value| self.has(has).then(|| self.has(value));
        let size = self.expected_size();
        Some(Entry {
            wc_tracked: self.is_wc_tracked(),
            p1_tracked: self.has(P1_TRACKED),
            p2_info: self.has(P2_INFO),
            mode: size.map(|_| self.synthetic_mode()),
            size,
            mtime: self.clean_mtime(),
            fallback_exec: fallback(HAS_FALLBACK_EXEC, FALLBACK_EXEC),
            fallback_symlink: fallback(HAS_FALLBACK_SYMLINK, FALLBACK_SYMLINK),
        })
    }

    fn synthetic_mode(&self) -> u32 {
        let kind = if self.has(MODE_IS_SYMLINK) {
            MODE_SYMLINK
        } else {
            MODE_REGULAR
        };
        kind | if self.has(MODE_EXEC_PERM) {
            0o755
        } else {
            0o644
        }
    }

    /// Replaces the entry, leaving path, copy source and children alone.
    pub(crate) fn set_entry(&mut self, entry: &Entry) {
        let mut flags = 0;
        let mut set = |flag, on| {
            if on {
                flags |= flag;
            }
        };
        set(WDIR_TRACKED, entry.wc_tracked);
        set(P1_TRACKED, entry.p1_tracked);
        set(P2_INFO, entry.p2_info);
        set(HAS_FALLBACK_EXEC, entry.fallback_exec.is_some());
        set(FALLBACK_EXEC, entry.fallback_exec == Some(true));
        set(HAS_FALLBACK_SYMLINK, entry.fallback_symlink.is_some());
        set(FALLBACK_SYMLINK, entry.fallback_symlink == Some(true));
        if let (Some(mode), Some(_)) = (entry.mode, entry.size) {
            set(HAS_MODE_AND_SIZE, true);
            set(MODE_EXEC_PERM, mode & MODE_EXEC != 0);
            set(MODE_IS_SYMLINK, mode & MODE_TYPE == MODE_SYMLINK);
        }
        self.flags = flags;
        self.size = entry.mode.and(entry.size).unwrap_or(0);
        self.seconds = 0;
        self.nanoseconds = 0;
        if let Some(time) = entry.mtime {
            self.set_time(time);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_lie_where_the_format_says() {
        let mut bytes = [0u8; RECORD_LEN];
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = index as u8;
        }
        let record = Record::read(&bytes);
        assert_eq!(record.path_start, 0x0001_0203);
        assert_eq!(record.name_start, 0x0607);
        assert_eq!(record.children.start, 0x0e0f_1011);
        assert_eq!(record.flags, 0x1e1f);
        assert_eq!(record.nanoseconds, 0x2829_2a2b);
        let mut out = Vec::new();
        record.append_to(&mut out);
        assert_eq!(out, bytes);
    }

    #[test]
    fn entries_survive_and_directories_are_none() {
        let entry = Entry {
            wc_tracked: true,
            p1_tracked: true,
            mode: Some(0o100_755),
            size: Some(7),
            mtime: Some(Timestamp::new(5, 6)),
            fallback_exec: Some(false),
            ..Entry::default()
        };
        let mut record = Record::default();
        record.set_entry(&entry);
        assert_eq!(record.entry(), Some(entry));
        assert_eq!(record.directory_mtime(), None);
        record.flags |= EXPECTED_STATE_IS_MODIFIED;
        let doubtful = record.entry().unwrap();
        assert_eq!((doubtful.size, doubtful.mtime), (None, None));
        let mut directory = Record::default();
        directory.set_directory_mtime(Some(Timestamp::new(5, 6)));
        assert_eq!(directory.entry(), None);
        assert_eq!(directory.directory_mtime(), Some(Timestamp::new(5, 6)));
        directory.set_directory_mtime(None);
        assert_eq!((directory.flags, directory.seconds), (DIRECTORY, 0));
    }
}
