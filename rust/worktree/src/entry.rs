//! One entry of the dirstate: what is known about a tracked file, and how that spells in the terms of the first format.
//! Where entries lie on disk belongs to `dirstate`.

use crate::Timestamp;

/// `size` of the first format for a file taken from the second parent.
pub(crate) const SIZE_FROM_P2: i32 = -2;
/// `size` of the first format for a file that must be compared, merged or added.
pub(crate) const SIZE_UNKNOWN: i32 = -1;
/// `mtime` of the first format for a time that says nothing.
pub(crate) const MTIME_UNKNOWN: i32 = -1;

/// Type bits of a symbolic link and of a regular file, and the owner's execute bit.
pub(crate) const MODE_SYMLINK: u32 = 0o120_000;
pub(crate) const MODE_REGULAR: u32 = 0o100_000;
pub(crate) const MODE_TYPE: u32 = 0o170_000;
pub(crate) const MODE_EXEC: u32 = 0o100;

/// What the dirstate knows about a file that is tracked in the working copy or in one of its parents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Entry {
    /// Tracked in the working copy.
    pub wc_tracked: bool,
    /// Tracked in the first parent.
    pub p1_tracked: bool,
    /// Took part in a merge (merged, or the second parent's version is ahead).
    pub p2_info: bool,
    /// Expected mode; the first format keeps all bits, the second only type and execute permission.
    pub mode: Option<u32>,
    /// Expected size, the low 31 bits.
    pub size: Option<u32>,
    /// Modification time at which the file was clean.
    pub mtime: Option<Timestamp>,
    /// Execute permission where the file system cannot tell.
    pub fallback_exec: Option<bool>,
    /// Whether it is a symbolic link where the file system cannot tell.
    pub fallback_symlink: Option<bool>,
}

impl Entry {
    /// Whether any of the three tracking facts holds (else there is no entry at all).
    pub fn any_tracked(&self) -> bool {
        self.wc_tracked || self.p1_tracked || self.p2_info
    }

    /// Tracked by the working copy only.
    pub fn is_added(&self) -> bool {
        self.wc_tracked && !self.p1_tracked && !self.p2_info
    }

    /// Tracked by a parent but no longer by the working copy.
    pub fn is_removed(&self) -> bool {
        !self.wc_tracked && (self.p1_tracked || self.p2_info)
    }

    /// Tracked by the working copy and changed by a merge.
    pub fn is_from_merge(&self) -> bool {
        self.wc_tracked && self.p2_info
    }

    /// The letter of the first format: `n`ormal, `m`erged, `a`dded, `r`emoved; `?` for no entry.
    pub fn state(&self) -> u8 {
        if !self.any_tracked() {
            b'?'
        } else if self.is_removed() {
            b'r'
        } else if self.p1_tracked && self.p2_info {
            b'm'
        } else if self.is_added() {
            b'a'
        } else {
            b'n'
        }
    }

    /// `mode` in the terms of the first format (0: not known).
    pub fn v1_mode(&self) -> i32 {
        self.mode.map_or(0, |mode| mode as i32)
    }

    /// `size` in the terms of the first format.
    pub fn v1_size(&self) -> i32 {
        if self.is_removed() && self.p1_tracked && self.p2_info {
            SIZE_UNKNOWN
        } else if self.p2_info {
            SIZE_FROM_P2
        } else if self.is_removed() {
            0
        } else if self.is_added() {
            SIZE_UNKNOWN
        } else {
            self.size.map_or(SIZE_UNKNOWN, |size| size as i32)
        }
    }

    /// `mtime` in the terms of the first format.
    pub fn v1_mtime(&self) -> i32 {
        match self.mtime {
            _ if self.is_removed() => 0,
            Some(time) if self.p1_tracked && !self.p2_info && !time.second_ambiguous => {
                time.seconds as i32
            }
            _ => MTIME_UNKNOWN,
        }
    }

    /// Reads the numbers of the first format; `None` for an unknown letter.
    pub fn from_v1(state: u8, mode: i32, size: i32, mtime: i32) -> Option<Entry> {
        let tracked = |wc_tracked, p1_tracked, p2_info| Entry {
            wc_tracked,
            p1_tracked,
            p2_info,
            ..Entry::default()
        };
        Some(match (state, size) {
            (b'm', _) => tracked(true, true, true),
            (b'a', _) => tracked(true, false, false),
            (b'r', SIZE_UNKNOWN) => tracked(false, true, true),
            (b'r', SIZE_FROM_P2) => tracked(false, false, true),
            (b'r', _) => tracked(false, true, false),
            (b'n', SIZE_FROM_P2) => tracked(true, false, true),
            (b'n', SIZE_UNKNOWN) => tracked(true, true, false),
            (b'n', _) => Entry {
                mode: Some(mode as u32),
                size: u32::try_from(size).ok(),
                // Negative times never equal a time seen on disk.
                mtime: u32::try_from(mtime)
                    .ok()
                    .map(|seconds| Timestamp::new(seconds.into(), 0)),
                ..tracked(true, true, false)
            },
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_format_survives_a_round_trip() {
        let cases = [
            (b'n', 0o100_644, 12, 34),
            (b'n', 0o100_755, 0, -1),
            (b'n', 0, -1, -1),
            (b'n', 0, -2, -1),
            (b'm', 0, -2, -1),
            (b'a', 0, -1, -1),
            (b'r', 0, 0, 0),
            (b'r', 0, -1, 0),
            (b'r', 0, -2, 0),
        ];
        for (state, mode, size, mtime) in cases {
            let entry = Entry::from_v1(state, mode, size, mtime).unwrap();
            assert_eq!(
                (
                    entry.state(),
                    entry.v1_mode(),
                    entry.v1_size(),
                    entry.v1_mtime()
                ),
                (state, mode, size, mtime),
                "{entry:?}"
            );
        }
        assert_eq!(Entry::from_v1(b'x', 0, 0, 0), None);
    }

    #[test]
    fn an_ambiguous_second_is_no_time_in_the_first_format() {
        let mut entry = Entry::from_v1(b'n', 0o100_644, 1, 77).unwrap();
        assert_eq!(entry.v1_mtime(), 77);
        if let Some(time) = &mut entry.mtime {
            time.second_ambiguous = true;
        }
        assert_eq!(entry.v1_mtime(), MTIME_UNKNOWN);
    }
}
