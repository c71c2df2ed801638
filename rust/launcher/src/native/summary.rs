//! `summary`: the state of the working copy.
//! What is counted is core's; markers and subrepositories are told by Python.

use hyg_base::Phase;
use hyg_core::names::bookmarks;
use hyg_core::ops::log::Teller;
use hyg_core::ops::summary::summary as find;
use hyg_core::render;

use super::selecting::everything;
use super::showing::has_markers;
use super::{Answer, Run};
use crate::decline::{Decision, Decline, decline_if};
use crate::session::Session;

/// The lines.
pub(super) fn summary(run: &Run<'_>) -> Decision<Answer> {
    let (invocation, session) = (run.invocation, run.session);
    invocation.leave_to_python(&["remote"])?;
    decline_if(!invocation.args.is_empty(), "arguments")?;
    session.check_names(b"tip")?;
    let repo = session.repo()?;
    decline_if(has_markers(repo), "obsolescence markers")?;
    let new_phase = new_commit_phase(session)?;
    let parents = session.check_parents()?;
    let found = find(
        repo,
        parents,
        &*everything(session)?,
        &session.ignore_files()?,
    )?;
    decline_if(found.has_warnings, "a warning")?;
    let marks = bookmarks::read(repo)?;
    let active = bookmarks::active(repo, &marks)?;
    let highest = found.parents.iter().map(|parent| parent.phase).max();
    let forced = highest.filter(|phase| *phase > new_phase);
    let teller = Teller::new(repo);
    let mut page = run.page()?;
    render::summary(
        &found,
        teller.names()?,
        active.as_deref(),
        forced.map(Phase::name),
        session.quiet,
        &mut page,
    );
    Ok(Answer {
        output: page.into_bytes(),
        code: 0,
        proposal: found.proposal,
        ..Answer::default()
    })
}

/// The phase that configuration gives to new commits.
fn new_commit_phase(session: &Session) -> Decision<Phase> {
    let phase = match session.config.get(b"phases", b"new-commit") {
        None | Some(b"" | b"draft" | b"1") => Phase::Draft,
        Some(b"public" | b"0") => Phase::Public,
        Some(b"secret" | b"2") => Phase::Secret,
        Some(_) => return Err(Decline::new("an unusual phase")),
    };
    Ok(phase)
}
