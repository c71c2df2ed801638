//! The narrow door to a backtracking regular expression engine, for what an automaton cannot express.
//! Deciding which expressions need it belongs to the translation of regular expressions.

use hyg_base::{Error, ErrorId, Result};

/// A compiled exotic expression: whether it matches at the start of the given path.
pub type ExoticFn = Box<dyn Fn(&[u8]) -> Result<bool> + Send + Sync>;

/// Compiles expressions of Python's `re` (on bytes) that hold look-around, back-references and the like.
pub trait ExoticRegex: Send + Sync {
    /// Compiles `pattern`; the answer must be that of `re.compile(pattern).match(path)`.
    ///
    /// # Errors
    /// [`ErrorId::InvalidPattern`] where `re` refuses the pattern, [`ErrorId::UnsupportedPattern`] where there is
    /// no such engine.
    fn compile(&self, pattern: &[u8]) -> Result<ExoticFn>;
}

/// No such engine: every pattern is answered with [`ErrorId::UnsupportedPattern`].
#[derive(Clone, Copy, Debug, Default)]
pub struct NoExotic;

impl ExoticRegex for NoExotic {
    fn compile(&self, pattern: &[u8]) -> Result<ExoticFn> {
        Err(Error::new(ErrorId::UnsupportedPattern).with("pattern", pattern))
    }
}
