//! Which files and revisions arguments mean, with the doubts that decline.
//! Patterns and names are core's.

use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::Arc;

use hyg_base::{Error, ErrorId, Rev};
use hyg_core::daterange;
use hyg_core::matching::{Matcher, NoExotic, Selection, World};
use hyg_core::names;
use hyg_core::ops::history::TextTest;
use hyg_core::repo::Repo;
use hyg_core::revset::{self, Facts, Order, Outside, Query, Set};

use crate::decline::{Decision, Decline, decline_if};
use crate::invocation::Invocation;
use crate::session::Session;

/// The files that arguments, `-I` and `-X` mean.
pub(super) fn matcher(
    invocation: &Invocation<'_>,
    session: &Session,
    in_working_copy: bool,
) -> Decision<Box<dyn Matcher>> {
    matcher_of(invocation, session, &invocation.args, in_working_copy)
}

/// The same for the arguments that are files.
pub(super) fn matcher_of(
    invocation: &Invocation<'_>,
    session: &Session,
    files: &[&[u8]],
    in_working_copy: bool,
) -> Decision<Box<dyn Matcher>> {
    let owned = |list: &[&[u8]]| -> Vec<Vec<u8>> { list.iter().map(|one| one.to_vec()).collect() };
    let selection = Selection {
        patterns: owned(files),
        include: owned(&invocation.values("include")),
        exclude: owned(&invocation.values("exclude")),
    };
    decline_if(selection.reads_standard_input(), "a list on standard input")?;
    let world = match in_working_copy {
        true => World::WorkingCopy,
        false => World::Revision,
    };
    let root = session.repo()?.root();
    let built = selection.build(root, session.env.cwd(), world, &NoExotic)?;
    decline_if(!built.warnings.is_empty(), "a warning about patterns")?;
    Ok(built.matcher)
}

/// A matcher of every file.
pub(super) fn everything(session: &Session) -> Decision<Box<dyn Matcher>> {
    let root = session.repo()?.root();
    let built = Selection::default().build(root, root, World::WorkingCopy, &NoExotic)?;
    Ok(built.matcher)
}

/// Answers what the evaluation of revision sets asks, without Python.
pub(crate) struct Asked<'s>(pub(crate) &'s Session);

fn refused<T>() -> hyg_base::Result<T> {
    Err(Error::new(ErrorId::Unsupported).with("feature", "this part of a revision set"))
}

impl Outside for Asked<'_> {
    fn search(&self, _: &[u8], _: bool) -> hyg_base::Result<Box<TextTest<'static>>> {
        refused()
    }

    fn matcher(&self, repo: &Repo, pattern: &[u8]) -> hyg_base::Result<Arc<dyn Matcher>> {
        let is_glob = !pattern.is_empty() && !pattern.contains(&b':');
        if !is_glob {
            return refused();
        }
        let selection = Selection {
            patterns: vec![[b"glob:", pattern].concat()],
            ..Selection::default()
        };
        let cwd = self.0.env.cwd();
        let built = selection.build(repo.root(), cwd, World::Revision, &NoExotic)?;
        match built.warnings.is_empty() {
            true => Ok(built.matcher.into()),
            false => refused(),
        }
    }

    fn path(&self, repo: &Repo, path: &[u8]) -> hyg_base::Result<Vec<u8>> {
        revset::path_inside(repo, self.0.env.cwd(), path)
    }

    fn dates(&self, text: &[u8]) -> hyg_base::Result<RangeInclusive<i64>> {
        self.0.dates(text)
    }
}

impl Session {
    /// The one revision that an expression means: nothing hidden, not the working directory, no alias of the user.
    pub(crate) fn revision(&self, name: &[u8]) -> Decision<Rev> {
        let Some(symbol) = names::plain_symbol(name) else {
            return match self.revisions(&[name])?[..] {
                [one] => Ok(one),
                _ => Err(Decline::new("not exactly one revision")),
            };
        };
        self.check_expression(symbol)?;
        self.check_names(symbol)?;
        // who names a changeset is told of a working copy that stands on none
        self.check_parents()?;
        let rev = names::resolve(self.repo()?, symbol)?;
        decline_if(rev == Rev::WDIR, "the working directory as a revision")?;
        Ok(rev)
    }

    /// One side of a comparison; a range would name both at once.
    pub(crate) fn side(&self, name: &[u8]) -> Decision<Rev> {
        let range = name.contains(&b':') || name.windows(2).any(|two| two == b"..");
        decline_if(range, "a range of revisions")?;
        self.revision(name)
    }

    /// The revisions that expressions mean, one after the other, each once.
    pub(crate) fn revisions(&self, expressions: &[&[u8]]) -> Decision<Vec<Rev>> {
        let asked = Asked(self);
        let query = self.query(&asked)?;
        Ok(self.selected(&query, expressions)?.revs(&query)?)
    }

    /// The same, evaluated as far as somebody reads.
    pub(crate) fn selected(&self, query: &Query<'_>, expressions: &[&[u8]]) -> Decision<Set> {
        let repo = self.repo()?;
        let mut found: Option<Set> = None;
        // whatever is named, bookmarks and markers are looked at
        self.check_names(b"x")?;
        let is_name = |name: &[u8]| match names::resolve(repo, name) {
            Ok(_) => true,
            Err(error) => error.id() != ErrorId::UnknownRevision,
        };
        for text in expressions {
            self.check_expression(text)?;
            let tree = revset::parse(text, &is_name)?;
            decline_if(!tree.is_known(), "this revision set")?;
            let more = query.revisions(&tree, Order::Define)?;
            found = Some(match found {
                None => more,
                Some(known) => known.plus(more),
            });
        }
        let found = found.unwrap_or_else(Set::empty);
        let several = expressions.len() > 1;
        let virtual_one = several && found.contains(query, Rev::NULL)?;
        decline_if(virtual_one, "the null revision among others")?;
        Ok(found)
    }

    /// An evaluation of revision sets.
    pub(crate) fn query<'s>(&'s self, asked: &'s Asked<'s>) -> Decision<Query<'s>> {
        let repo = self.repo()?;
        let facts = Arc::new(Facts::of(repo, Some(self.check_parents()?))?);
        Ok(Query::new(repo, facts, asked)?)
    }

    /// The moments that a range of dates names.
    pub(crate) fn dates(&self, text: &[u8]) -> hyg_base::Result<RangeInclusive<i64>> {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let now = now.map_or(0, |now| now.as_secs() as i64);
        daterange::parse(text, now, &self.env)
    }

    fn check_expression(&self, text: &[u8]) -> Decision<()> {
        decline_if(!text.is_ascii(), "a name in some encoding")?;
        let aliased = self.config.items(b"revsetalias").next().is_some();
        decline_if(aliased, "[revsetalias]")?;
        // the one predicate that heeds it is called `ancestor`
        let asks = text.windows(8).any(|part| part == b"ancestor");
        let prefers = self.config.get(b"merge", b"preferancestor").is_some();
        decline_if(asks && prefers, "merge.preferancestor")
    }

    /// The working directory's parents.
    pub(crate) fn check_parents(&self) -> Decision<[Rev; 2]> {
        let repo = self.repo()?;
        let (parents, warnings) = repo.parents_of(&repo.dirstate()?)?;
        decline_if(!warnings.is_empty(), "an unknown parent")?;
        Ok(parents)
    }

    /// Declines where the user would be told that something is odd about the names that looking up `symbol` reads.
    pub(crate) fn check_names(&self, symbol: &[u8]) -> Decision<()> {
        for warning in names::warnings(self.repo()?, symbol)? {
            let is_usual = warning.id == "markers-not-enabled" && self.creates_markers();
            decline_if(!is_usual, "a warning about names")?;
        }
        Ok(())
    }

    /// Whether configuration enables obsolescence markers, plainly.
    fn creates_markers(&self) -> bool {
        match self.config.bool("experimental", "evolution.createmarkers") {
            Ok(Some(own)) => own,
            Ok(None) => {
                let wanted = self.config.list("experimental", "evolution");
                let on = match wanted.as_slice() {
                    [one] => hyg_core::config::parse_bool(one) == Some(true),
                    _ => false,
                };
                let named = |name: &Vec<u8>| name == b"all" || name == b"createmarkers";
                on || wanted.iter().any(named)
            }
            Err(_) => false,
        }
    }

    /// Ignore files that the configuration names: `ui.ignore` and `ui.ignore.*`.
    pub(crate) fn ignore_files(&self) -> Decision<Vec<Vec<u8>>> {
        let mut files = Vec::new();
        for (name, value) in self.config.items(b"ui") {
            if name == b"ignore" || name.starts_with(b"ignore.") {
                files.push(self.env.expand_path(value.bytes)?);
            }
        }
        Ok(files)
    }

    /// Whether an unfinished operation would be mentioned by a verbose status.
    pub(crate) fn has_unfinished_operation(&self) -> Decision<bool> {
        let repo = self.repo()?;
        let is_there = |name: &str| Path::exists(&repo.layout().dot_hg.join(name));
        let [_, second] = repo.dirstate()?.parents();
        Ok(second != hyg_base::Node::NULL || STATE_FILES.iter().any(|name| is_there(name)))
    }
}

/// Files that exist while something is unfinished.
const STATE_FILES: [&str; 10] = [
    "merge/state",
    "merge/state2",
    "graftstate",
    "updatestate",
    "bisect.state",
    "rebasestate",
    "histedit-state",
    "shelvedstate",
    "transplant/journal",
    "evolvestate",
];
