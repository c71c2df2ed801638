//! `annotate`: which changeset brought each line of files.
//! The origins are core's; templates and lines that are not committed are left to Python.

use std::collections::{HashMap, HashSet};

use hyg_core::ops::annotate::{AnnotateRequest, annotate as origins};
use hyg_core::ops::files::{FilesRequest, with_files};
use hyg_core::render::{self, Column};

use super::diff::Choice;
use super::files::display;
use super::selecting::matcher;
use super::status_choice::Relative;
use super::{Answer, Run};
use crate::decline::{Decision, Decline, decline_if};

/// Options that need Python.
const OPTIONS: [&str; 3] = ["line-range", "skip", "template"];

/// The lines of all files behind what was chosen to be shown of their origins.
pub(super) fn annotate(run: &Run<'_>) -> Decision<Answer> {
    let (invocation, session) = (run.invocation, run.session);
    invocation.leave_to_python(&OPTIONS)?;
    decline_if(invocation.args.is_empty(), "no file")?;
    let columns = columns(run)?;
    let repo = session.repo()?;
    let rev = match invocation.value("rev") {
        Some(name) => session.revision(name)?,
        None => session.check_parents()?[0],
    };
    let matcher = matcher(invocation, session, false)?;
    let request = FilesRequest {
        rev: Some(rev),
        matcher: &*matcher,
    };
    let paths = with_files(repo, &request, |found| {
        decline_if(!found.absent.is_empty(), "a file that is not there")?;
        let mut paths = Vec::new();
        let walked: Result<(), ()> = found.paths.visit(|path| {
            paths.push(path.to_buf());
            Ok(())
        });
        walked.map_err(|()| Decline::new("an interrupted walk"))?;
        Ok::<_, Decline>(paths)
    })??;
    let comparison = Choice::new(run, "annotate").comparison()?;
    let display = display(session, Relative::Open(true))?;
    let mut out = Vec::new();
    let mut known = HashMap::new();
    for path in paths {
        let found = origins(
            repo,
            &AnnotateRequest {
                path: path.clone(),
                rev: Some(rev),
                follow: !invocation.is_on("no-follow"),
                comparison,
                skip: HashSet::new(),
            },
        )?;
        let is_binary = found.lines.iter().any(|line| line.contains(&0));
        if is_binary && !invocation.is_on("text") {
            display.write(&path, &mut out);
            out.extend_from_slice(b": binary file\n");
            continue;
        }
        render::annotation(repo, &found, &columns, &mut known, &mut out)?;
    }
    Ok(Answer::of(out))
}

fn columns(run: &Run<'_>) -> Decision<Vec<Column>> {
    let (invocation, session) = (run.invocation, run.session);
    let mut wanted = Vec::new();
    let on = |name: &str| invocation.is_on(name);
    let file = on("file") || on("follow");
    let chosen = on("user") || on("changeset") || on("date") || file;
    let number = on("number") || !chosen;
    decline_if(
        on("line-number") && !number && !on("changeset"),
        "-l without -n or -c",
    )?;
    if on("user") {
        wanted.push(match session.verbose {
            true => Column::WholeUser,
            false => Column::User,
        });
    }
    if number {
        wanted.push(Column::Number);
    }
    if on("changeset") {
        wanted.push(Column::Node);
    }
    if on("date") {
        wanted.push(match session.quiet {
            true => Column::ShortDate,
            false => Column::Date,
        });
    }
    if file {
        wanted.push(Column::File);
    }
    if on("line-number") {
        wanted.push(Column::Line);
    }
    Ok(wanted)
}
