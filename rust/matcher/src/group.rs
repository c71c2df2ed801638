//! Joins the expressions of many patterns as the peer does, and compiles what look-ups cannot answer.
//! What a pattern means by itself is decided before; which directories to visit is decided elsewhere.
//!
//! The peer joins expressions by `|` in groups of limited length. That is no more than an alternation, except where
//! an expression reaches out of itself (global flags, group numbers and names, parentheses that do not close). Such
//! a group is compiled from its joined text, so that the answer stays the peer's to the byte.

use std::borrow::Cow;
use std::fmt;
use std::sync::OnceLock;

use hyg_base::{Error, ErrorId, Result};
use regex_syntax::hir::Hir;

use crate::automaton::Automaton;
use crate::exotic::{ExoticFn, ExoticRegex};
use crate::fast::{FastSets, Reach};
use crate::pattern::{Follow, Pattern};
use crate::pyregex::{self, NEWLINE_AT_END, Refusal};

/// The longest text that the peer compiles at once.
const MAX_JOINED: usize = 20_000;

/// Compiled patterns.
pub(crate) struct Group {
    follow: Follow,
    fast: FastSets,
    automata: Vec<Automaton>,
    exotic: Vec<ExoticFn>,
    /// Expressions of the patterns that look-ups answer, for paths that hold a newline.
    looked_up: Vec<Vec<u8>>,
    with_newline: OnceLock<Option<Vec<Automaton>>>,
}

impl fmt::Debug for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Group")
            .field("fast", &self.fast)
            .field("automata", &self.automata)
            .field("exotic", &self.exotic.len())
            .finish()
    }
}

/// One pattern and its expression.
struct Piece<'a> {
    pattern: &'a Pattern,
    regex: Vec<u8>,
}

impl Group {
    /// Compiles `patterns` (without sub-includes and sets).
    ///
    /// # Errors
    /// [`ErrorId::InvalidPattern`], and what `exotic` answers.
    pub(crate) fn new(
        patterns: &[Pattern],
        follow: Follow,
        exotic: &dyn ExoticRegex,
    ) -> Result<Group> {
        let mut group = Group {
            follow,
            fast: FastSets::new(follow),
            automata: Vec::new(),
            exotic: Vec::new(),
            looked_up: Vec::new(),
            with_newline: OnceLock::new(),
        };
        let mut pieces = Vec::with_capacity(patterns.len());
        for pattern in patterns {
            match pattern.to_regex(follow) {
                Some(regex) => pieces.push(Piece { pattern, regex }),
                None => {
                    group.fast.take(pattern);
                }
            }
        }
        for joined in joined_pieces(&pieces)? {
            group.add(joined, exotic).map_err(|error| match error {
                Failure::Invalid(problem) => blame(&pieces, exotic, problem),
                Failure::Other(error) => error,
            })?;
        }
        Ok(group)
    }

    /// Adds one group of pieces that the peer would compile together.
    fn add(&mut self, pieces: &[Piece<'_>], exotic: &dyn ExoticRegex) -> Result<(), Failure> {
        let mut fast = FastSets::new(self.follow);
        let Some(parts) = separate(pieces, &mut fast) else {
            return self.add_joined(pieces, exotic);
        };
        let mut trees = Vec::new();
        let mut looked_up = Vec::new();
        let mut backtracking = Vec::new();
        for (piece, part) in pieces.iter().zip(parts) {
            match part {
                Part::LookedUp => looked_up.push(piece.regex.clone()),
                Part::Tree(hir) => trees.push((piece, hir)),
                Part::Exotic => match exotic.compile(&piece.regex) {
                    Ok(function) => backtracking.push(function),
                    Err(error) if error.id() == ErrorId::InvalidPattern => {
                        return self.add_joined(pieces, exotic);
                    }
                    Err(error) => return Err(Failure::Other(describe(error, piece.pattern))),
                },
            }
        }
        self.fast.merge(fast);
        self.looked_up.extend(looked_up);
        self.exotic.extend(backtracking);
        let (pieces, trees): (Vec<_>, Vec<_>) = trees.into_iter().unzip();
        for index in compile_trees(&trees, &mut self.automata) {
            self.add_large(&pieces[index].regex, pieces[index].pattern, exotic)?;
        }
        Ok(())
    }

    /// Adds an expression whose automaton would be too large: a counting engine may still be able to do it.
    fn add_large(
        &mut self,
        regex: &[u8],
        pattern: &Pattern,
        exotic: &dyn ExoticRegex,
    ) -> Result<(), Failure> {
        match exotic.compile(regex) {
            Ok(function) => self.exotic.push(function),
            Err(error) if error.id() == ErrorId::InvalidPattern => {
                return Err(Failure::Other(too_large(pattern)));
            }
            Err(error) => return Err(Failure::Other(describe(error, pattern))),
        }
        Ok(())
    }

    /// Compiles the joined text, whatever its parts mean alone.
    fn add_joined(
        &mut self,
        pieces: &[Piece<'_>],
        exotic: &dyn ExoticRegex,
    ) -> Result<(), Failure> {
        let texts: Vec<&[u8]> = pieces.iter().map(|piece| piece.regex.as_slice()).collect();
        let joined = texts.join(&b'|');
        match pyregex::translate(&joined) {
            Ok(expression) => match Automaton::new(&expression.hir) {
                Ok(automaton) => self.automata.push(automaton),
                Err(_) => self.add_large(&joined, pieces[0].pattern, exotic)?,
            },
            Err(Refusal::Invalid(problem)) => return Err(Failure::Invalid(problem)),
            Err(Refusal::Exotic) => match exotic.compile(&joined) {
                Ok(function) => self.exotic.push(function),
                Err(error) if error.id() == ErrorId::InvalidPattern => {
                    return Err(Failure::Invalid("refused by the regular expression engine"));
                }
                Err(error) => return Err(Failure::Other(describe(error, pieces[0].pattern))),
            },
        }
        Ok(())
    }

    /// Whether any pattern matches `path`.
    ///
    /// # Errors
    /// What an exotic expression answers.
    pub(crate) fn matches(&self, path: &[u8], reach: Reach) -> Result<bool> {
        if path.contains(&b'\n') {
            return self.matches_with_newline(path);
        }
        if self.fast.matches(path, reach) || self.automata.iter().any(|one| one.matches(path)) {
            return Ok(true);
        }
        self.matches_exotic(path)
    }

    fn matches_exotic(&self, path: &[u8]) -> Result<bool> {
        for function in &self.exotic {
            if function(path)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    #[cold]
    fn matches_with_newline(&self, path: &[u8]) -> Result<bool> {
        if self.fast.holds_file(path) {
            return Ok(true);
        }
        let mut text = Cow::Borrowed(path);
        if path.ends_with(b"\n") {
            let text = text.to_mut();
            text.pop();
            text.push(NEWLINE_AT_END);
        }
        let looked_up = self.with_newline.get_or_init(|| {
            let trees = self
                .looked_up
                .iter()
                .map(|regex| pyregex::translate(regex).ok());
            let trees: Vec<Hir> = trees
                .map(|one| one.map(|one| one.hir))
                .collect::<Option<_>>()?;
            let mut automata = Vec::new();
            let large = compile_trees(&trees.iter().collect::<Vec<_>>(), &mut automata);
            if !large.is_empty() {
                return None;
            }
            Some(automata)
        });
        let Some(looked_up) = looked_up else {
            return Err(Error::internal("a simple pattern did not compile"));
        };
        if looked_up
            .iter()
            .chain(&self.automata)
            .any(|one| one.matches(&text))
        {
            return Ok(true);
        }
        self.matches_exotic(path)
    }
}

/// Why a group did not compile.
enum Failure {
    /// The joined expression is not valid.
    Invalid(&'static str),
    Other(Error),
}

/// What one piece becomes.
enum Part {
    /// A look-up answers it.
    LookedUp,
    Tree(Hir),
    Exotic,
}

/// Cuts the pieces into the groups that the peer compiles.
fn joined_pieces<'a, 'b>(pieces: &'a [Piece<'b>]) -> Result<Vec<&'a [Piece<'b>]>> {
    let mut groups = Vec::new();
    let (mut start, mut size) = (0, 0);
    for (index, piece) in pieces.iter().enumerate() {
        let length = piece.regex.len();
        if length > MAX_JOINED {
            let error = piece.pattern.kind.invalid(&piece.pattern.text, "too long");
            return Err(error.with("length", length));
        }
        if size + length > MAX_JOINED {
            groups.push(&pieces[start..index]);
            (start, size) = (index, 0);
        }
        size += length + 1;
    }
    if start < pieces.len() {
        groups.push(&pieces[start..]);
    }
    Ok(groups)
}

/// Takes each piece alone, into look-ups where they answer it; `None` where one could mean something else among the
/// others. What a look-up answers never could.
fn separate(pieces: &[Piece<'_>], fast: &mut FastSets) -> Option<Vec<Part>> {
    let parts = pieces.iter().map(|piece| {
        if fast.take(piece.pattern) {
            return Some(Part::LookedUp);
        }
        match pyregex::translate(&piece.regex) {
            Ok(expression) if expression.reaches_out => None,
            Ok(expression) => Some(Part::Tree(expression.hir)),
            Err(Refusal::Exotic) if !may_reach_out(&piece.regex) => Some(Part::Exotic),
            Err(_) => None,
        }
    });
    parts.collect()
}

/// Whether an exotic expression may refer to groups by number or name, or set flags for all.
fn may_reach_out(regex: &[u8]) -> bool {
    let refers = regex
        .windows(2)
        .any(|pair| pair[0] == b'\\' && pair[1].is_ascii_digit());
    let extends = regex.windows(3).any(|three| {
        three[..2] == *b"(?" && !matches!(three[2], b':' | b'=' | b'!' | b'<' | b'>' | b'#')
    });
    refers || extends
}

/// Compiles alternations of as many trees as fit; the indices of trees that do not even fit alone.
fn compile_trees<T: std::borrow::Borrow<Hir>>(trees: &[T], out: &mut Vec<Automaton>) -> Vec<usize> {
    if trees.is_empty() {
        return Vec::new();
    }
    let all = Hir::alternation(trees.iter().map(|tree| tree.borrow().clone()).collect());
    if let Ok(automaton) = Automaton::new(&all) {
        out.push(automaton);
        return Vec::new();
    }
    if trees.len() == 1 {
        return vec![0];
    }
    let (left, right) = trees.split_at(trees.len() / 2);
    let mut large = compile_trees(left, out);
    large.extend(
        compile_trees(right, out)
            .iter()
            .map(|index| index + left.len()),
    );
    large
}

/// Names the pattern that is invalid alone, in the order of the patterns; the peer names none where all are valid.
fn blame(pieces: &[Piece<'_>], exotic: &dyn ExoticRegex, joined: &'static str) -> Error {
    for piece in pieces {
        let problem = match pyregex::translate(&piece.regex) {
            Ok(_) => continue,
            Err(Refusal::Invalid(problem)) => problem,
            Err(Refusal::Exotic) => match exotic.compile(&piece.regex) {
                Ok(_) => continue,
                Err(error) if error.id() == ErrorId::InvalidPattern => {
                    "refused by the regular expression engine"
                }
                Err(error) => return describe(error, piece.pattern),
            },
        };
        let error = piece.pattern.kind.invalid(&piece.pattern.text, problem);
        return with_source(error, piece.pattern);
    }
    Error::new(ErrorId::InvalidPattern).with("problem", joined)
}

fn too_large(pattern: &Pattern) -> Error {
    with_source(
        pattern.kind.invalid(&pattern.text, "needs too much memory"),
        pattern,
    )
}

fn with_source(error: Error, pattern: &Pattern) -> Error {
    match pattern.source.as_slice() {
        b"" => error,
        source => error.with("within", source),
    }
}

/// The same error about the pattern that the user wrote.
fn describe(error: Error, pattern: &Pattern) -> Error {
    if error.id() != ErrorId::UnsupportedPattern {
        return error;
    }
    let error = Error::new(ErrorId::UnsupportedPattern)
        .with("kind", pattern.kind.as_str())
        .with("pattern", pattern.text.as_slice());
    with_source(error, pattern)
}
