//! Modification times as the dirstate keeps them: 31 bits of seconds, nanoseconds where known, and how far they can be
//! trusted (`docs/formats/dirstate-v2.md`, "Times"). Asking the file system for them belongs to `clock` and the walk.

/// Seconds are kept modulo this mask.
const SECONDS_MASK: i64 = 0x7fff_ffff;

/// Times further ahead of the clock than this are taken as a wrong clock, not as a race.
const FAR_FUTURE_SECONDS: u32 = 24 * 3600;

/// A modification time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timestamp {
    /// Seconds since the epoch, the low 31 bits.
    pub seconds: u32,
    /// Nanoseconds within the second; 0 where they are not known.
    pub nanoseconds: u32,
    /// Without its nanoseconds this time may be shared by a later change: it counts only together with them.
    pub second_ambiguous: bool,
}

impl Timestamp {
    /// A time as `stat` reports it.
    pub fn new(seconds: i64, nanoseconds: u32) -> Timestamp {
        Timestamp {
            seconds: (seconds & SECONDS_MASK) as u32,
            nanoseconds,
            second_ambiguous: false,
        }
    }

    /// Whether this recorded time and a time just seen are, as far as both are known, the same.
    pub fn likely_equal(self, seen: Timestamp) -> bool {
        if self.seconds != seen.seconds {
            false
        } else if self.nanoseconds == 0 || seen.nanoseconds == 0 {
            !self.second_ambiguous
        } else {
            self.nanoseconds == seen.nanoseconds
        }
    }

    /// This time as it may be recorded, given that the file system's clock stood at `boundary` before the file was
    /// looked at; `None` where a change after the look could carry the very same time.
    pub fn reliable(self, boundary: Timestamp) -> Option<Timestamp> {
        if self.seconds == boundary.seconds {
            let before = self.nanoseconds != 0 && self.nanoseconds < boundary.nanoseconds;
            before.then_some(Timestamp {
                second_ambiguous: true,
                ..self
            })
        } else if self.seconds < boundary.seconds
            || self.seconds >= boundary.seconds.saturating_add(FAR_FUTURE_SECONDS)
        {
            Some(self)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64, nanoseconds: u32) -> Timestamp {
        Timestamp::new(seconds, nanoseconds)
    }

    #[test]
    fn seconds_are_truncated_to_31_bits() {
        assert_eq!(at(0x1_8000_0005, 1).seconds, 5);
        assert_eq!(at(-1, 0).seconds, 0x7fff_ffff);
    }

    #[test]
    fn unknown_nanoseconds_count_only_with_an_unambiguous_second() {
        assert!(at(5, 7).likely_equal(at(5, 7)));
        assert!(!at(5, 7).likely_equal(at(5, 8)));
        assert!(!at(5, 7).likely_equal(at(6, 7)));
        assert!(at(5, 0).likely_equal(at(5, 8)));
        assert!(at(5, 8).likely_equal(at(5, 0)));
        let ambiguous = Timestamp {
            second_ambiguous: true,
            ..at(5, 8)
        };
        assert!(ambiguous.likely_equal(at(5, 8)));
        assert!(!ambiguous.likely_equal(at(5, 0)));
    }

    #[test]
    fn only_the_past_and_the_far_future_are_reliable() {
        let now = at(100, 50);
        assert_eq!(at(99, 99).reliable(now), Some(at(99, 99)));
        assert!(at(100, 49).reliable(now).unwrap().second_ambiguous);
        assert_eq!(at(100, 50).reliable(now), None);
        assert_eq!(at(100, 0).reliable(now), None);
        assert_eq!(at(100, 49).reliable(at(100, 0)), None);
        assert_eq!(at(101, 0).reliable(now), None);
        assert_eq!(at(100 + 86_399, 0).reliable(now), None);
        assert_eq!(at(100 + 86_400, 1).reliable(now), Some(at(86_500, 1)));
    }
}
