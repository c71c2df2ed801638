//! A list of normalised patterns as one thing that matches: the joined expressions and the sub-includes.
//! Which directories to visit, and what a caller asks first, is up to the matchers built on it.

use std::fmt;

use hyg_base::{Error, Result};

use crate::exotic::ExoticRegex;
use crate::expand::Expander;
use crate::fast::Reach;
use crate::group::Group;
use crate::kind::PatternKind;
use crate::normalize::{canonical, join, normalize, parent};
use crate::pattern::{Follow, Pattern};
use crate::source::PatternSource;

/// Sub-includes of sub-includes deeper than this match nothing.
const MAX_DEPTH: usize = 20;

/// Compiled patterns.
#[derive(Debug)]
pub(crate) struct Compiled {
    below: Vec<SubInclude>,
    group: Group,
}

/// The patterns of a file that apply below its directory.
struct SubInclude {
    /// The directory with a slash behind it; empty for the root.
    prefix: Vec<u8>,
    /// What is wrong with the file is told when the first path below is asked for, as the peer does.
    compiled: Result<Compiled>,
}

impl fmt::Debug for SubInclude {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "SubInclude({:?}, {:?})",
            String::from_utf8_lossy(&self.prefix),
            self.compiled
        )
    }
}

/// What compiling needs besides the patterns.
#[derive(Clone, Copy)]
pub(crate) struct World<'a> {
    pub(crate) root: &'a [u8],
    pub(crate) source: &'a dyn PatternSource,
    pub(crate) exotic: &'a dyn ExoticRegex,
}

impl Compiled {
    pub(crate) fn new(patterns: &[Pattern], follow: Follow, world: World<'_>) -> Result<Compiled> {
        Compiled::at_depth(patterns, follow, world, 0)
    }

    fn at_depth(
        patterns: &[Pattern],
        follow: Follow,
        world: World<'_>,
        depth: usize,
    ) -> Result<Compiled> {
        let mut below: Vec<SubInclude> = Vec::new();
        let mut others = Vec::with_capacity(patterns.len());
        for pattern in patterns {
            if pattern.kind != PatternKind::SubInclude {
                others.push(pattern.clone());
                continue;
            }
            let file = file_of(pattern);
            let root = join(world.root, parent(&file));
            let mut prefix = canonical(world.root, world.root, &root, world.source)?;
            if !prefix.is_empty() {
                prefix.push(b'/');
            }
            // The peer keeps one matcher for each directory: of several files there, it uses the first.
            if depth < MAX_DEPTH && below.iter().all(|other| other.prefix != prefix) {
                let compiled = read_below(&join(world.root, &file), &root, world, depth + 1);
                below.push(SubInclude { prefix, compiled });
            }
        }
        let group = Group::new(&others, follow, world.exotic)?;
        Ok(Compiled { below, group })
    }

    /// Whether any pattern matches `path`.
    pub(crate) fn matches(&self, path: &[u8], reach: Reach) -> Result<bool> {
        for sub in &self.below {
            if let Some(rest) = path.strip_prefix(sub.prefix.as_slice()) {
                match &sub.compiled {
                    Ok(compiled) if compiled.matches(rest, reach)? => return Ok(true),
                    Ok(_) => {}
                    Err(error) => return Err(Error::clone(error)),
                }
            }
        }
        self.group.matches(path, reach)
    }
}

/// The file that a sub-include names, seen from the directory of the file that names it.
fn file_of(pattern: &Pattern) -> Vec<u8> {
    join(parent(&normalize(&pattern.source)), &pattern.text)
}

fn read_below(file: &[u8], root: &[u8], world: World<'_>, depth: usize) -> Result<Compiled> {
    let mut expander = Expander::new(root, root, world.source, PatternKind::Glob);
    let patterns = expander.include(file)?;
    Compiled::at_depth(
        &patterns,
        Follow::EndOrBelow,
        World { root, ..world },
        depth,
    )
}
