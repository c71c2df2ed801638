//! Commands that show a few changesets: `heads`, `parents`.
//! How changesets look is `showing`'s; which ones there are is found by core.

use hyg_base::Rev;
use hyg_core::names::{branches, hidden};

use super::showing::{Shape, show};
use super::{Answer, Run};
use crate::decline::{Decision, decline_if};
use crate::process::Output;

/// The heads of branches, or of the history.
pub(super) fn heads(run: &Run<'_>, output: &mut Output) -> Decision<Answer> {
    let (invocation, session) = (run.invocation, run.session);
    let shape = Shape::of(run)?;
    let repo = session.repo()?;
    let changelog = repo.changelog()?;
    let hidden = hidden::read(repo)?;
    decline_if(!hidden.is_plain(), "obsolescence markers")?;
    let childless = hidden.heads(changelog)?;
    decline_if(changelog.revlog().is_empty(), "no history")?;
    let mut found = match invocation.is_on("topo") {
        true => childless.clone(),
        false => {
            let closed = invocation.is_on("closed");
            let branches = branches::all_heads_in(repo, &hidden)?.into_values();
            let heads = branches.flatten().filter(|(_, closes)| closed || !closes);
            heads.map(|(rev, _)| rev).collect()
        }
    };
    if let Some(name) = invocation.value("rev") {
        let start = session.revision(name)?;
        let below = hyg_core::graph::descendants(changelog, &[start], false)?;
        found.retain(|rev| below.binary_search(rev).is_ok());
    }
    if !invocation.args.is_empty() {
        let reader = branches::BranchReader::new(repo)?;
        let mut wanted = Vec::new();
        for name in &invocation.args {
            wanted.push(reader.branch(session.revision(name)?)?.0);
        }
        let mut kept = Vec::new();
        for rev in found {
            if wanted.contains(&reader.branch(rev)?.0) {
                kept.push(rev);
            }
        }
        for branch in &wanted {
            let has = |rev: &Rev| reader.branch(*rev).is_ok_and(|(name, _)| name == *branch);
            decline_if(!kept.iter().any(has), "a branch without heads")?;
        }
        if invocation.is_on("active") {
            kept.retain(|rev| childless.binary_search(rev).is_ok());
        }
        found = kept;
    }
    if found.is_empty() {
        return Ok(Answer::code(1));
    }
    found.sort_unstable_by(|a, b| b.cmp(a));
    show(run, &shape, &found, output)
}

/// The parents of the working copy or of a revision.
pub(super) fn parents(run: &Run<'_>, output: &mut Output) -> Decision<Answer> {
    let (invocation, session) = (run.invocation, run.session);
    decline_if(!invocation.args.is_empty(), "a file")?;
    let shape = Shape::of(run)?;
    let parents = match invocation.value("rev") {
        None => session.check_parents()?,
        Some(name) => match session.revision(name)? {
            Rev::NULL => [Rev::NULL; 2],
            rev => session.repo()?.changelog()?.revlog().parents(rev)?,
        },
    };
    let found: Vec<Rev> = parents.into_iter().filter(|rev| !rev.is_null()).collect();
    show(run, &shape, &found, output)
}
