//! `grep`: lines of files in which an expression matches, of the working copy or of revisions.
//! The search is the matcher's and core's; what changes added or removed, and templates, are left to Python.

use hyg_base::Rev;
use hyg_core::matcher::{FoundLine, LineSearch};
use hyg_core::ops::grep::{GrepRequest, Step, grep as search};
use hyg_core::render::{self, Painter, PathDisplay};

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
    let page = run.page()?;
    let mut out = Vec::new();
    for rev in revs {
        let look = Look::new(run, (&display, page.painter()), rev)?;
        let request = GrepRequest {
            rev,
            matcher: &*matcher,
        };
        let work = |path: &hyg_base::RepoPath, data: &[u8]| {
            let lines = wanted.lines(data);
            let shown = (!lines.is_empty()).then(|| look.lines(path, data, (&wanted, &lines)));
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
    painter: Option<&'a Painter>,
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
    fn new(
        run: &Run<'_>,
        (display, painter): (&'a PathDisplay, Option<&'a Painter>),
        rev: Option<Rev>,
    ) -> Decision<Look<'a>> {
        let (invocation, session) = (run.invocation, run.session);
        let on = |name: &str| invocation.is_on(name);
        let (separator, end) = match on("print0") {
            true => (0, 0),
            false => (b':', b'\n'),
        };
        let mut look = Look {
            display,
            painter,
            separator,
            end,
            rev: Vec::new(),
            about: Vec::new(),
            numbers: on("line-number"),
            only_names: on("files-with-matches"),
            as_text: on("text"),
        };
        if let Some(rev) = rev {
            let mut shown = Vec::new();
            look.column(rev.0.to_string().as_bytes(), "grep.rev", &mut shown);
            look.rev = shown;
        }
        if on("user") || on("date") {
            let Some(rev) = rev else {
                return Err(Decline::new("user and date of the working copy"));
            };
            let changeset = session.repo()?.changelog()?.changeset(rev)?;
            let mut about = Vec::new();
            if on("user") {
                let user = render::local(changeset.user());
                match session.verbose {
                    true => look.column(&user, "grep.user", &mut about),
                    false => {
                        let user = hyg_core::template::short_user(&user);
                        look.column(&user, "grep.user", &mut about);
                    }
                }
            }
            if on("date") {
                let mut date = Vec::new();
                match session.quiet {
                    true => date.extend(render::format_date(changeset.date()?, b"%Y-%m-%d")?),
                    false => render::date(changeset.date()?, &mut date),
                }
                look.column(&date, "grep.date", &mut about);
            }
            look.about = about;
        }
        Ok(look)
    }

    /// A text with a label.
    fn put(&self, text: &[u8], label: &str, out: &mut Vec<u8>) {
        match self.painter {
            Some(painter) => painter.paint(text, label.as_bytes(), out),
            None => out.extend_from_slice(text),
        }
    }

    fn separate(&self, out: &mut Vec<u8>) {
        self.put(&[self.separator], "grep.sep", out);
    }

    fn column(&self, text: &[u8], label: &str, out: &mut Vec<u8>) {
        self.separate(out);
        self.put(text, label, out);
    }

    fn lines(
        &self,
        path: &hyg_base::RepoPath,
        data: &[u8],
        (wanted, lines): (&LineSearch, &[FoundLine]),
    ) -> Vec<u8> {
        let mut out = Vec::new();
        let is_binary = data.contains(&0) && !self.as_text;
        let shown = if self.only_names { 1 } else { lines.len() };
        let mut name = Vec::new();
        self.display.write(path, &mut name);
        for line in lines.iter().take(shown) {
            self.put(&name, "grep.filename", &mut out);
            out.extend_from_slice(&self.rev);
            if self.numbers {
                let number = line.number.to_string();
                self.column(number.as_bytes(), "grep.linenumber", &mut out);
            }
            out.extend_from_slice(&self.about);
            if !self.only_names {
                self.separate(&mut out);
                match is_binary {
                    true => out.extend_from_slice(b" Binary file matches"),
                    false => self.line(&data[line.place.clone()], (wanted, line), &mut out),
                }
            }
            out.push(self.end);
        }
        out
    }

    /// A line, in which all that matches is labelled.
    fn line(&self, text: &[u8], (wanted, line): (&LineSearch, &FoundLine), out: &mut Vec<u8>) {
        if self.painter.is_none() {
            out.extend_from_slice(text);
            return;
        }
        let mut at = 0;
        for found in wanted.matches_from(text, line.found.clone()) {
            out.extend_from_slice(&text[at..found.start]);
            self.put(&text[found.clone()], "grep.match", out);
            at = found.end;
        }
        out.extend_from_slice(&text[at..]);
    }
}
