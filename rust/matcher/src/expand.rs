//! From patterns as they are written to normalised ones: kinds split off, paths moved to the root, files read in.
//! Sub-includes stay as they are, because they become matchers of their own.

use std::path::{Path, PathBuf};

use hyg_base::{Error, ErrorId, Fact, Result, Warning};

use crate::ignore_file;
use crate::kind::PatternKind;
use crate::normalize::{as_path, canonical, join, normalize};
use crate::pattern::Pattern;
use crate::source::PatternSource;

/// How many pattern files may be read for one matcher, and how deep they may include each other.
const MAX_READS: usize = 4096;
const MAX_DEPTH: usize = 40;
/// "Too many levels of symbolic links": what a file that includes itself is answered with.
const ELOOP: i32 = 40;

/// The state while patterns are expanded.
pub(crate) struct Expander<'a> {
    pub(crate) root: &'a [u8],
    pub(crate) cwd: &'a [u8],
    pub(crate) source: &'a dyn PatternSource,
    /// Kind of a pattern that names none, here and in the files that are read.
    pub(crate) default: PatternKind,
    /// Where warnings go; the peer drops them where it has nobody to tell.
    pub(crate) warnings: Option<&'a mut Vec<Warning>>,
    open: Vec<PathBuf>,
    reads: usize,
}

impl<'a> Expander<'a> {
    pub(crate) fn new(
        root: &'a [u8],
        cwd: &'a [u8],
        source: &'a dyn PatternSource,
        default: PatternKind,
    ) -> Expander<'a> {
        Expander {
            root,
            cwd,
            source,
            default,
            warnings: None,
            open: Vec::new(),
            reads: 0,
        }
    }

    pub(crate) fn patterns(&mut self, written: &[Vec<u8>]) -> Result<Vec<Pattern>> {
        let mut patterns = Vec::with_capacity(written.len());
        for pattern in written {
            let (kind, text) = PatternKind::split(pattern, self.default);
            self.pattern(kind, text, &mut patterns)?;
        }
        Ok(patterns)
    }

    fn pattern(&mut self, kind: PatternKind, text: &[u8], out: &mut Vec<Pattern>) -> Result<()> {
        kind.check_served()?;
        let text = match kind {
            PatternKind::RelPath | PatternKind::Glob => {
                canonical(self.root, self.cwd, text, self.source)?
            }
            PatternKind::RelGlob
            | PatternKind::Path
            | PatternKind::FilePath
            | PatternKind::RootFilesIn
            | PatternKind::RootGlob => normalize(text),
            PatternKind::ListFile | PatternKind::ListFile0 => {
                out.extend(self.list_file(text, kind == PatternKind::ListFile0)?);
                return Ok(());
            }
            PatternKind::Include => {
                out.extend(self.include(text)?);
                return Ok(());
            }
            PatternKind::Re | PatternKind::RelRe | PatternKind::Set | PatternKind::SubInclude => {
                text.to_vec()
            }
        };
        out.push(Pattern {
            kind,
            text,
            source: Vec::new(),
        });
        Ok(())
    }

    fn list_file(&mut self, name: &[u8], by_nul: bool) -> Result<Vec<Pattern>> {
        let path = join(&join(self.root, self.cwd), name);
        let listed = match self.read(as_path(&path)) {
            Ok(contents) if by_nul => split_lines(&contents, |byte| byte == b'\0'),
            Ok(contents) => split_lines(&contents, |byte| matches!(byte, b'\n' | b'\r')),
            Err(errno) => {
                let error = Error::new(ErrorId::UnreadablePatternFile);
                return Err(error.with("path", name).with("errno", errno));
            }
        };
        self.open.push(as_path(&path).to_owned());
        let patterns = self.patterns(&listed);
        self.open.pop();
        let mut patterns = patterns?;
        for pattern in &mut patterns {
            pattern.source = name.to_vec();
        }
        Ok(patterns)
    }

    /// The patterns of the pattern file `name` (relative to the root or absolute).
    pub(crate) fn include(&mut self, name: &[u8]) -> Result<Vec<Pattern>> {
        let path = join(self.root, name);
        let contents = match self.read(as_path(&path)) {
            Ok(contents) => contents,
            Err(errno) => {
                self.warn(
                    Warning::new("unreadable-pattern-file")
                        .with("path", name)
                        .with("errno", errno),
                );
                return Ok(Vec::new());
            }
        };
        let written = ignore_file::parse(&contents, &path, |warning| self.warn(warning));
        self.open.push(as_path(&path).to_owned());
        let patterns = self.patterns(&written);
        self.open.pop();
        let mut patterns = patterns.map_err(|error| within(&error, name))?;
        for pattern in &mut patterns {
            if pattern.source.is_empty() {
                pattern.source = name.to_vec();
            }
        }
        Ok(patterns)
    }

    fn warn(&mut self, warning: Warning) {
        if let Some(warnings) = &mut self.warnings {
            warnings.push(warning);
        }
    }

    fn read(&mut self, path: &Path) -> Result<Vec<u8>, i32> {
        self.reads += 1;
        let too_much = self.reads > MAX_READS || self.open.len() > MAX_DEPTH;
        if too_much || self.open.iter().any(|open| open == path) {
            return Err(ELOOP);
        }
        self.source
            .read(path)
            .map_err(|error| error.raw_os_error().unwrap_or(5))
    }
}

/// The non-empty parts of a text.
fn split_lines(contents: &[u8], ends: impl Fn(u8) -> bool) -> Vec<Vec<u8>> {
    let lines = contents
        .split(|byte| ends(*byte))
        .filter(|line| !line.is_empty());
    lines.map(<[u8]>::to_vec).collect()
}

/// The same error, said of the file `name`; what was within another file keeps that name behind this one.
fn within(error: &Error, name: &[u8]) -> Error {
    let mut chain = name.to_vec();
    if let Some(Fact::Bytes(inner)) = error.fact("within") {
        chain.extend(b": ");
        chain.extend(inner);
    }
    let mut outer = Error::new(error.id());
    for (key, fact) in error.facts() {
        if !matches!(*key, "within" | "suggested_cwd") {
            outer = match fact {
                Fact::Bytes(bytes) => outer.with(key, bytes.as_slice()),
                Fact::Int(number) => outer.with(key, *number),
            };
        }
    }
    outer.with("within", chain)
}
