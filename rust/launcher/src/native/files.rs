//! Lists of files and their contents: `status`, `files`, `manifest`, `cat`.
//! Which files are meant is read from the arguments by `selecting`.

use hyg_base::NoInterrupt;
use hyg_core::matching::NoExotic;
use hyg_core::ops::cat::{CatRequest, cat as read_files};
use hyg_core::ops::files::{FilesRequest, with_files};
use hyg_core::ops::log::Teller;
use hyg_core::ops::status::{StatusRequest, status as find_status};
use hyg_core::render::{self, FilesView, Form, PathDisplay, Rows, StatusView};

use super::selecting::matcher;
use super::status_choice::{Relative, StatusChoice};
use super::{Answer, Run};
use crate::decline::{Decision, Decline, decline_if};
use crate::invocation::Invocation;
use crate::process::Output;
use crate::session::Session;

pub(super) fn files(run: &Run<'_>, output: &mut Output) -> Decision<Answer> {
    let (invocation, session) = (run.invocation, run.session);
    invocation.leave_to_python(&["template"])?;
    invocation.leave_to_python(&["subrepos"])?;
    decline_if(session.verbose, "--verbose")?;
    let repo = session.repo()?;
    let rev = match invocation.value("rev") {
        Some(name) => Some(session.revision(name)?),
        None => None,
    };
    let matcher = matcher(invocation, session, rev.is_none())?;
    let request = FilesRequest {
        rev,
        matcher: &*matcher,
    };
    let display = display(session, Relative::Open(true))?;
    let view = FilesView {
        end: line_end(invocation),
        display: &display,
    };
    with_files(repo, &request, |found| {
        decline_if(!found.absent.is_empty(), "a file that is not there")?;
        let mut write = |chunk: &[u8]| output.write(chunk);
        render::files_in_chunks(&found.paths, &view, &mut write);
        Ok(Answer::code(i32::from(found.paths.is_empty())))
    })?
}

pub(super) fn cat(run: &Run<'_>) -> Decision<Answer> {
    let (invocation, session) = (run.invocation, run.session);
    invocation.leave_to_python(&["template"])?;
    invocation.leave_to_python(&["output", "decode"])?;
    decline_if(invocation.args.is_empty(), "no file")?;
    let repo = session.repo()?;
    let rev = match invocation.value("rev") {
        Some(name) => session.revision(name)?,
        None => session.check_parents()?[0],
    };
    let matcher = matcher(invocation, session, false)?;
    let request = CatRequest {
        rev,
        matcher: &*matcher,
    };
    let report = read_files(repo, &request)?;
    decline_if(!report.absent.is_empty(), "a file that is not there")?;
    let size = report.files.iter().map(|(_, content)| content.len()).sum();
    let mut output = Vec::with_capacity(size);
    for (_, content) in &report.files {
        output.extend_from_slice(content);
    }
    Ok(Answer {
        output,
        code: i32::from(report.files.is_empty()),
        ..Answer::default()
    })
}

pub(super) fn status(run: &Run<'_>) -> Decision<Answer> {
    let (invocation, session) = (run.invocation, run.session);
    let choice = StatusChoice::read(invocation, session)?;
    let repo = session.repo()?;
    let in_working_copy = choice.looks_at_working_copy();
    let matcher = matcher(invocation, session, in_working_copy)?;
    let ignore_files = session.ignore_files()?;
    let outcome = find_status(
        repo,
        &StatusRequest {
            compared: choice.compared,
            kinds: choice.kinds,
            copies: choice.copies,
            matcher: &*matcher,
            ignore_files: &ignore_files,
            exotic: &NoExotic,
            interrupt: &NoInterrupt,
        },
    )?;
    decline_if(!outcome.warnings.is_empty(), "a warning")?;
    let display = display(session, choice.relative)?;
    let view = StatusView {
        kinds: choice.kinds,
        letters: choice.letters,
        copies: choice.copies,
        end: line_end(invocation),
        display: &display,
    };
    let (form, mut page) = (run.form()?, run.page()?);
    match form {
        Form::Plain => render::status_page(&outcome.report, &view, &mut page),
        form => {
            let mut rows = Rows::new(&form, &mut page);
            render::status_rows(&outcome.report, &view, &mut rows)?;
            rows.finish()?;
        }
    }
    Ok(Answer {
        output: page.into_bytes(),
        code: 0,
        proposal: outcome.proposal,
        ..Answer::default()
    })
}

fn line_end(invocation: &Invocation<'_>) -> u8 {
    if invocation.is_on("print0") { 0 } else { b'\n' }
}

/// How paths are shown, where `ui.relative-paths` does not settle it as the command wants.
pub(super) fn display(session: &Session, relative: Relative) -> Decision<PathDisplay> {
    let relative = match relative {
        Relative::Settled(relative) => relative,
        Relative::Open(usual) => match session.config.text_or_default("ui", "relative-paths") {
            None | Some(b"legacy") => usual,
            Some(_) => session.config.is_on("ui", "relative-paths")?,
        },
    };
    let root = session.repo()?.root();
    Ok(PathDisplay::new(root, session.env.cwd(), relative))
}

/// The files of a revision as its manifest lists them.
pub(super) fn manifest(run: &Run<'_>) -> Decision<Answer> {
    let (invocation, session) = (run.invocation, run.session);
    invocation.leave_to_python(&["all"])?;
    let revs = invocation.values("rev");
    let rev = match (invocation.value("rev"), invocation.args.as_slice()) {
        (Some(name), []) => session.revision(name)?,
        (None, []) if revs.is_empty() => session.check_parents()?[0],
        (None, [name]) if !name.is_empty() => session.revision(name)?,
        _ => return Err(Decline::new("several revisions")),
    };
    let manifest = session.repo()?.manifest_of(rev)?;
    let (form, mut page) = (run.form()?, run.page()?);
    let teller = Teller::new(session.repo()?);
    let mut rows = Rows::new(&form, &mut page).about(&teller);
    render::manifest(&manifest, rev, session.verbose, &mut rows)?;
    rows.finish()?;
    Ok(Answer::of(page.into_bytes()))
}
