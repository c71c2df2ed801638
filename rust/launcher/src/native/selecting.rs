//! Which files and revisions arguments mean, with the doubts that decline.
//! Patterns and names are core's.

use std::path::Path;

use hyg_base::Rev;
use hyg_core::matching::{Matcher, NoExotic, Selection, World};
use hyg_core::names;

use crate::decline::{Decision, Decline, decline_if};
use crate::invocation::Invocation;
use crate::session::Session;

/// The files that arguments, `-I` and `-X` mean.
pub(super) fn matcher(
    invocation: &Invocation<'_>,
    session: &Session,
    in_working_copy: bool,
) -> Decision<Box<dyn Matcher>> {
    let owned = |list: &[&[u8]]| -> Vec<Vec<u8>> { list.iter().map(|one| one.to_vec()).collect() };
    let selection = Selection {
        patterns: owned(&invocation.args),
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

impl Session {
    /// The revision that a simple name means: no revset, no alias, nothing hidden.
    pub(crate) fn revision(&self, name: &[u8]) -> Decision<Rev> {
        let symbol = names::plain_symbol(name);
        let symbol = symbol.ok_or_else(|| Decline::new("more than a simple revision"))?;
        decline_if(!symbol.is_ascii(), "a name in some encoding")?;
        let aliased = self.config.items(b"revsetalias").next().is_some();
        decline_if(aliased, "[revsetalias]")?;
        self.check_parents()?;
        self.check_names(symbol)?;
        let rev = names::resolve(self.repo()?, symbol)?;
        decline_if(rev == Rev::WDIR, "the working directory as a revision")?;
        Ok(rev)
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
