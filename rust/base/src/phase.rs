//! Phases of changesets, with the numbers that the phaseroots file uses.

/// How far a changeset has travelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Published: immutable.
    Public,
    /// Not published yet.
    Draft,
    /// Never exchanged.
    Secret,
    /// Kept but hidden as a whole (for example a finished shelve).
    Archived,
    /// Internal bookkeeping, never shown.
    Internal,
}

impl Phase {
    /// Reads the number that phaseroots stores.
    pub fn from_number(number: u32) -> Option<Phase> {
        Some(match number {
            0 => Phase::Public,
            1 => Phase::Draft,
            2 => Phase::Secret,
            32 => Phase::Archived,
            96 => Phase::Internal,
            _ => return None,
        })
    }

    /// The number that phaseroots stores.
    pub fn number(self) -> u32 {
        match self {
            Phase::Public => 0,
            Phase::Draft => 1,
            Phase::Secret => 2,
            Phase::Archived => 32,
            Phase::Internal => 96,
        }
    }

    /// The name that users see.
    pub fn name(self) -> &'static str {
        match self {
            Phase::Public => "public",
            Phase::Draft => "draft",
            Phase::Secret => "secret",
            Phase::Archived => "archived",
            Phase::Internal => "internal",
        }
    }
}
