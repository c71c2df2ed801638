//! `HYG_LAUNCHER` and `HYG_ENGINE`: whether the launcher may answer, must answer, or has to say why not.
//! Deciding about a particular command belongs elsewhere.

use hyg_core::environment::Environment;

use crate::decline::Decision;
use crate::process;

/// What the user wants of the launcher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Answer what it can (the default, also for words it does not know).
    Auto,
    /// Always hand over.
    Never,
    /// Answer or fail.
    Require,
    /// Say on standard error what was decided and why, then go on.
    Explain,
}

impl Mode {
    /// Reads the variables. A pure engine cannot be the native one, so it means handing over.
    pub(crate) fn from_environment(env: &Environment) -> Mode {
        match env.var(b"HYG_LAUNCHER") {
            Some(b"never") => Mode::Never,
            Some(b"require") => Mode::Require,
            Some(b"explain") => Mode::Explain,
            _ if env.var(b"HYG_ENGINE") == Some(b"pure") => Mode::Never,
            _ => Mode::Auto,
        }
    }

    /// Why nothing may be answered natively, where that is so.
    pub(crate) fn forbids(self, env: &Environment) -> Option<&'static str> {
        if self == Mode::Never {
            return Some("HYG_LAUNCHER=never or the pure engine");
        }
        (env.var(b"HYG_ENGINE") == Some(b"pure")).then_some("HYG_ENGINE=pure")
    }

    /// Says on standard error what was decided, where that is wanted.
    pub(crate) fn explain(self, decision: &Decision<()>) {
        if self != Mode::Explain {
            return;
        }
        match decision {
            Ok(()) => process::say("hg: answered natively\n"),
            Err(reason) => process::say(&format!("hg: handed to Python: {reason}\n")),
        }
    }
}
