//! `grep`: lines of files in which an expression matches, of the working copy or of revisions.
//! The search is the matcher's and core's; what changes added or removed, templates and colours are left to Python.

use hyg_base::Rev;
use hyg_core::matcher::LineSearch;
use hyg_core::ops::grep::{GrepRequest, Step, grep as search};
use hyg_core::render::{self, PathDisplay};

use super::files::display;
use super::selecting::matcher_of;
use super::status_choice::Relative;
use super::{Answer, Run};
use crate::decline::{Decision, Decline, decline_if};

/// Options that need Python.
const OPTIONS: [&str; 4] = ["all", "diff", "follow", "template"];

/// The lines of all files.
pub(super) fn grep(run: &Run<'_>) -> Decision<Answer> {
    let (invocation, session) = (run.invocation, run.session);
    invocation.leave_to_python(&OPTIONS)?;
    decline_if(run.colours, "colours")?;
    decline_if(invocation.flag("all-files") == Some(false), "changed files")?;
    let Some((pattern, files)) = invocation.args.split_first() else {
        return Err(Decline::new("no pattern"));
    };
    decline_if(warns(pattern), "a pattern that Python warns of")?;
    let wanted = LineSearch::new(pattern, invocation.is_on("ignore-case"))?;
    let names = invocation.values("rev");
    let revs: Vec<Option<Rev>> = match names.is_empty() {
        true => vec![None],
        false => session.revisions(&names)?.into_iter().map(Some).collect(),
    };
    let matcher = matcher_of(invocation, session, files, names.is_empty())?;
    let display = display(session, Relative::Open(false))?;
    let mut out = Vec::new();
    for rev in revs {
        let look = Look::new(run, &display, rev)?;
        let request = GrepRequest {
            rev,
            matcher: &*matcher,
        };
        let work = |path: &hyg_base::RepoPath, data: &[u8]| {
            let lines = wanted.lines(data);
            let shown = (!lines.is_empty()).then(|| look.lines(path, data, &lines));
            Ok(shown)
        };
        search(session.repo()?, &request, work, &mut |step: Step<
            Vec<u8>,
        >| {
            if let Step::Found(shown) = step {
                out.extend_from_slice(&shown);
            }
            Ok(())
        })?;
    }
    let code = i32::from(out.is_empty());
    Ok(Answer {
        output: out,
        code,
        ..Answer::default()
    })
}

/// Sets that some later version of Python may read otherwise.
fn warns(pattern: &[u8]) -> bool {
    let odd: [&[u8]; 5] = [b"[[", b"--", b"&&", b"||", b"~~"];
    pattern.contains(&b'[') && pattern.windows(2).any(|two| odd.contains(&two))
}

/// How lines look.
struct Look<'a> {
    display: &'a PathDisplay,
    separator: u8,
    end: u8,
    /// The revision with the separator before it, or nothing.
    rev: Vec<u8>,
    /// User and date, likewise.
    about: Vec<u8>,
    numbers: bool,
    only_names: bool,
    as_text: bool,
}

impl<'a> Look<'a> {
    fn new(run: &Run<'_>, display: &'a PathDisplay, rev: Option<Rev>) -> Decision<Look<'a>> {
        let (invocation, session) = (run.invocation, run.session);
        let on = |name: &str| invocation.is_on(name);
        let (separator, end) = match on("print0") {
            true => (0, 0),
            false => (b':', b'\n'),
        };
        let mut about = Vec::new();
        if on("user") || on("date") {
            let Some(rev) = rev else {
                return Err(Decline::new("user and date of the working copy"));
            };
            let changeset = session.repo()?.changelog()?.changeset(rev)?;
            if on("user") {
                about.push(separator);
                let user = render::local(changeset.user());
                match session.verbose {
                    true => about.extend_from_slice(&user),
                    false => about.extend(hyg_core::template::short_user(&user)),
                }
            }
            if on("date") {
                about.push(separator);
                match session.quiet {
                    true => about.extend(render::format_date(changeset.date()?, b"%Y-%m-%d")?),
                    false => render::date(changeset.date()?, &mut about),
                }
            }
        }
        Ok(Look {
            display,
            separator,
            end,
            rev: rev.map_or(Vec::new(), |rev| {
                let number = rev.0.to_string();
                [&[separator], number.as_bytes()].concat()
            }),
            about,
            numbers: on("line-number"),
            only_names: on("files-with-matches"),
            as_text: on("text"),
        })
    }

    fn lines(
        &self,
        path: &hyg_base::RepoPath,
        data: &[u8],
        lines: &[hyg_core::matcher::FoundLine],
    ) -> Vec<u8> {
        let mut out = Vec::new();
        let is_binary = data.contains(&0) && !self.as_text;
        let shown = if self.only_names { 1 } else { lines.len() };
        for line in lines.iter().take(shown) {
            self.display.write(path, &mut out);
            out.extend_from_slice(&self.rev);
            if self.numbers {
                out.push(self.separator);
                out.extend_from_slice(line.number.to_string().as_bytes());
            }
            out.extend_from_slice(&self.about);
            if !self.only_names {
                out.push(self.separator);
                match is_binary {
                    true => out.extend_from_slice(b" Binary file matches"),
                    false => out.extend_from_slice(&data[line.place.clone()]),
                }
            }
            out.push(self.end);
        }
        out
    }
}
