//! Names and what they stand for: `identify`, `branch`, `branches`, `tags`, `bookmarks`.
//! The names are core's, and so is how they look.

use hyg_base::{NoInterrupt, Rev};
use hyg_core::matching::NoExotic;
use hyg_core::names::{bookmarks as marks, branches as heads, hidden, tags as named};
use hyg_core::ops::log::Teller;
use hyg_core::ops::status::{Compared, StatusKind, StatusRequest, status};
use hyg_core::render::{self, IdentityView, Rows};

use super::selecting::everything;
use super::{Answer, Run};
use crate::decline::{Decision, decline_if};

/// Names whose columns only Python can count.
fn check_width<'a>(mut names: impl Iterator<Item = &'a [u8]>) -> Decision<()> {
    decline_if(names.any(|name| !name.is_ascii()), "a wide name")
}

/// The branch of the next commit.
pub(super) fn branch(run: &Run<'_>) -> Decision<Answer> {
    let (invocation, session) = (run.invocation, run.session);
    invocation.leave_to_python(&["force", "clean", "rev"])?;
    decline_if(!invocation.args.is_empty(), "a new branch")?;
    let mut name = render::local(&session.repo()?.working_branch()?).into_owned();
    name.push(b'\n');
    Ok(Answer::of(name))
}

/// All branches.
pub(super) fn branches(run: &Run<'_>) -> Decision<Answer> {
    let (invocation, session) = (run.invocation, run.session);
    decline_if(!invocation.args.is_empty(), "arguments")?;
    let repo = session.repo()?;
    let hidden = hidden::read(repo)?;
    decline_if(!hidden.is_plain(), "obsolescence markers")?;
    let mut found = heads::listed(repo, &hidden)?;
    let revs = invocation.values("rev");
    if !revs.is_empty() {
        let reader = heads::BranchReader::new(repo)?;
        let mut wanted = Vec::new();
        for name in revs {
            wanted.push(reader.branch(session.revision(name)?)?.0);
        }
        found.retain(|branch| wanted.contains(&branch.name));
    }
    let (active, closed) = (invocation.is_on("active"), invocation.is_on("closed"));
    found.retain(|branch| branch.active || (!active && (branch.open || closed)));
    let form = run.form()?;
    if let (render::Form::Plain, false) = (&form, session.quiet) {
        check_width(found.iter().map(|branch| branch.name.as_slice()))?;
    }
    let teller = Teller::new(repo);
    let about = |rev: Rev| Ok((repo.changelog()?.revlog().node(rev)?, teller.phase(rev)?));
    let mut page = run.page()?;
    let mut rows = Rows::new(&form, &mut page).about(&teller);
    let current = repo.working_branch()?;
    render::branches(&found, &current, session.quiet, &about, &mut rows)?;
    rows.finish()?;
    Ok(Answer::of(page.into_bytes()))
}

/// All tags.
pub(super) fn tags(run: &Run<'_>) -> Decision<Answer> {
    let session = run.session;
    decline_if(!run.invocation.args.is_empty(), "arguments")?;
    session.check_names(b"tip")?;
    let found = named::listed(session.repo()?)?;
    let form = run.form()?;
    if let (render::Form::Plain, false) = (&form, session.quiet) {
        check_width(found.iter().map(|tag| tag.name.as_slice()))?;
    }
    let mut page = run.page()?;
    let mut rows = Rows::new(&form, &mut page);
    render::tags(&found, session.quiet, session.verbose, &mut rows)?;
    rows.finish()?;
    Ok(Answer::of(page.into_bytes()))
}

/// The bookmarks, or those named after `-l`.
pub(super) fn bookmarks(run: &Run<'_>) -> Decision<Answer> {
    let (invocation, session) = (run.invocation, run.session);
    invocation.leave_to_python(&["force", "rev", "delete", "rename", "inactive"])?;
    let listing = invocation.args.is_empty() || invocation.is_on("list");
    decline_if(!listing, "a new bookmark")?;
    session.check_names(b"tip")?;
    let repo = session.repo()?;
    let found = marks::read(repo)?;
    decline_if(!found.malformed.is_empty(), "a malformed bookmark")?;
    let known = |name: &&[u8]| found.node(name).is_some();
    decline_if(!invocation.args.iter().all(known), "an unknown bookmark")?;
    let form = run.form()?;
    let is_plain = matches!(form, render::Form::Plain);
    if is_plain && !session.quiet {
        check_width(found.iter().map(|(name, _)| name))?;
        if found.iter().next().is_none() {
            return Ok(Answer::of(b"no bookmarks set\n".to_vec()));
        }
    }
    let active = marks::active(repo, &found)?;
    let named = &invocation.args;
    let wanted = |name: &[u8]| named.is_empty() || named.contains(&name);
    let rev_of = |node: &hyg_base::Node| repo.rev_of(node);
    let mut page = run.page()?;
    let mut rows = Rows::new(&form, &mut page);
    let (active, quiet) = (active.as_deref(), session.quiet);
    render::bookmarks(&found, active, &wanted, quiet, &rev_of, &mut rows)?;
    rows.finish()?;
    Ok(Answer::of(page.into_bytes()))
}

/// Which revision this is.
pub(super) fn identify(run: &Run<'_>) -> Decision<Answer> {
    let (invocation, session) = (run.invocation, run.session);
    decline_if(!invocation.args.is_empty(), "a source")?;
    session.check_names(b"tip")?;
    let repo = session.repo()?;
    let form = run.form()?;
    let mut view = IdentityView {
        numbers: invocation.is_on("num"),
        hashes: invocation.is_on("id"),
        branch: invocation.is_on("branch"),
        tags: invocation.is_on("tags"),
        bookmarks: invocation.is_on("bookmarks"),
        quiet: session.quiet,
        ..IdentityView::default()
    };
    let names_only = matches!(form, render::Form::Plain)
        && (view.branch || view.tags || view.bookmarks)
        && !(view.numbers || view.hashes);
    let mut proposal = None;
    let revs = match invocation.value("rev") {
        Some(name) => {
            let rev = session.revision(name)?;
            view.branch_name = match rev.is_null() {
                true => b"default".to_vec(),
                false => heads::BranchReader::new(repo)?.branch(rev)?.0,
            };
            vec![rev]
        }
        None => {
            let parents = session.check_parents()?;
            view.branch_name = repo.working_branch()?;
            view.dirty = Some(false);
            if !names_only {
                let outcome = status(
                    repo,
                    &StatusRequest {
                        compared: Compared::WorkingCopy,
                        kinds: StatusKind::ALL[..4].iter().copied().collect(),
                        copies: false,
                        matcher: &*everything(session)?,
                        ignore_files: &[],
                        exotic: &NoExotic,
                        interrupt: &NoInterrupt,
                    },
                )?;
                decline_if(!outcome.warnings.is_empty(), "a warning")?;
                let changed = |kind: &StatusKind| !outcome.report.paths(*kind).is_empty();
                view.dirty = Some(StatusKind::ALL[..4].iter().any(changed));
                proposal = outcome.proposal;
            }
            let count = if parents[1].is_null() { 1 } else { 2 };
            parents[..count].to_vec()
        }
    };
    let revlog = repo.changelog()?.revlog();
    for rev in revs {
        view.revs.push((rev, revlog.node(rev)?));
    }
    let hashes_only = matches!(form, render::Form::Plain)
        && (session.quiet || view.hashes || view.numbers || view.branch)
        && !(view.tags || view.bookmarks);
    let teller = Teller::new(repo);
    if !hashes_only {
        let names = teller.names()?;
        for (_, node) in &view.revs {
            view.names[0].extend_from_slice(names.tags(node));
            view.names[1].extend_from_slice(names.bookmarks(node));
        }
    }
    let mut page = run.page()?;
    let mut rows = Rows::new(&form, &mut page).about(&teller);
    render::identity(&view, &mut rows)?;
    rows.finish()?;
    Ok(Answer {
        output: page.into_bytes(),
        code: 0,
        proposal,
        ..Answer::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decline::Decline;

    #[test]
    fn wide_names_are_python_s() {
        assert!(check_width([b"a".as_slice()].into_iter()).is_ok());
        let wide = check_width(["ä".as_bytes()].into_iter());
        assert_eq!(wide, Err(Decline::new("a wide name")));
    }
}
