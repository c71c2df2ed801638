//! Why the launcher leaves an invocation to Python.
//! A reason is for `HYG_LAUNCHER=explain` and `require`; users never see it otherwise.

use std::fmt;

/// The decision to hand over, with its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decline(String);

impl Decline {
    /// Hands over because of `reason`.
    pub(crate) fn new(reason: impl Into<String>) -> Decline {
        Decline(reason.into())
    }
}

impl fmt::Display for Decline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<hyg_base::Error> for Decline {
    fn from(error: hyg_base::Error) -> Decline {
        Decline(error.to_string())
    }
}

/// What every step before the first byte returns.
pub(crate) type Decision<T> = Result<T, Decline>;

/// Hands over where `condition` holds.
///
/// # Errors
/// The decline itself.
pub(crate) fn decline_if(condition: bool, reason: &str) -> Decision<()> {
    if condition {
        return Err(Decline::new(reason));
    }
    Ok(())
}
