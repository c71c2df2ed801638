//! From what a user wrote to a matcher that can look at the disk: patterns, `-I` and `-X` below one root.
//! What patterns mean is the matcher crate's; which files matter to an operation is the operation's.

use std::path::Path;

use hyg_base::Result;

pub use hyg_matcher::{AlwaysMatcher, Built, ExoticRegex, Matcher, NoExotic};
use hyg_matcher::{MatchRequest, build};

use crate::disk::DiskSource;
use crate::environment::path_bytes;

/// The files a user means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Patterns; none means everything. Plain ones are paths from the current directory.
    pub patterns: Vec<Vec<u8>>,
    /// `-I`
    pub include: Vec<Vec<u8>>,
    /// `-X`
    pub exclude: Vec<Vec<u8>>,
}

/// Where the files are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum World {
    /// On disk: a named path may not lead out through a symbolic link or into a nested repository.
    WorkingCopy,
    /// In a revision: what lies on disk does not matter.
    Revision,
}

impl Selection {
    /// Whether a list of patterns is to be read from standard input.
    pub fn reads_standard_input(&self) -> bool {
        let all = [&self.patterns, &self.include, &self.exclude];
        let standard_input: [&[u8]; 2] = [b"listfile:-", b"listfile0:-"];
        let mut patterns = all.into_iter().flatten();
        patterns.any(|pattern| standard_input.contains(&pattern.as_slice()))
    }

    /// Builds the matcher.
    ///
    /// # Errors
    /// As [`hyg_matcher::build`].
    pub fn build(
        &self,
        root: &Path,
        cwd: &Path,
        world: World,
        exotic: &dyn ExoticRegex,
    ) -> Result<Built> {
        let source = match world {
            World::WorkingCopy => DiskSource::for_working_copy(root),
            World::Revision => DiskSource::for_revision(root),
        };
        let request = MatchRequest {
            cwd: path_bytes(cwd).to_vec(),
            patterns: self.patterns.clone(),
            include: self.include.clone(),
            exclude: self.exclude.clone(),
            ..MatchRequest::new(path_bytes(root))
        };
        build(&request, &source, exotic)
    }
}
