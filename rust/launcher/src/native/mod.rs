//! The commands answered natively: from an invocation and a session to bytes and an exit code, all or nothing.
//! Whatever is odd declines. The operations are core's; writing the bytes is `main`'s.

mod changesets;
mod files;
mod naming;
mod plain;
mod selecting;
mod status_choice;
mod summary;

use hyg_core::ops::status::Proposal;
use hyg_core::render::{Form, Page, Painter};

use crate::decline::{Decision, Decline};
use crate::invocation::Invocation;
use crate::process::Output;
use crate::session::Session;
use crate::terminal::Sensitivity;

/// What a command answered.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    /// For standard output, after what has been written already.
    pub(crate) output: Vec<u8>,
    /// The exit code, if the output can be written.
    pub(crate) code: i32,
    /// What to remember afterwards.
    pub(crate) proposal: Option<Proposal>,
}

impl Answer {
    fn code(code: i32) -> Answer {
        Answer {
            code,
            ..Answer::default()
        }
    }

    fn of(output: Vec<u8>) -> Answer {
        Answer {
            output,
            ..Answer::default()
        }
    }
}

/// One run of a command: what was asked, where, and how it shall look.
struct Run<'a> {
    invocation: &'a Invocation<'a>,
    session: &'a Session,
    /// Labels count.
    colours: bool,
}

impl Run<'_> {
    /// An empty page for the output.
    fn page(&self) -> Decision<Page> {
        if !self.colours {
            return Ok(Page::new(None));
        }
        match Painter::new(&self.session.config) {
            Some(painter) => Ok(Page::new(Some(painter))),
            None => Err(Decline::new("an unknown effect")),
        }
    }

    /// How rows shall look, by `-T`.
    fn form(&self) -> Decision<Form> {
        match self.invocation.value("template") {
            None => Ok(Form::Plain),
            Some(b"json") => Ok(Form::Json),
            Some(_) => Err(Decline::new("a template")),
        }
    }
}

/// What of a command depends on the terminal.
pub(crate) fn sensitivity(command: &str) -> Sensitivity {
    let plain = ["cat", "config", "files", "paths", "root", "version"];
    let short = [
        "root",
        "version",
        "branch",
        "identify",
        "bookmarks",
        "parents",
    ];
    Sensitivity {
        colours: !plain.contains(&command),
        pages: !short.contains(&command),
    }
}

/// Runs the command. Long lists are written to `output` at once, after everything that could fail is done; the rest
/// of the output is in the answer.
///
/// # Errors
/// A reason to leave it to Python; nothing has been written then.
pub(crate) fn run(
    invocation: &Invocation<'_>,
    session: &Session,
    colours: bool,
    output: &mut Output,
) -> Decision<Answer> {
    let run = Run {
        invocation,
        session,
        colours,
    };
    match invocation.command.name {
        "bookmarks" => naming::bookmarks(&run),
        "branch" => naming::branch(&run),
        "branches" => naming::branches(&run),
        "cat" => files::cat(&run),
        "config" => plain::config(&run),
        "files" => files::files(&run, output),
        "heads" => changesets::heads(&run),
        "identify" => naming::identify(&run),
        "log" => changesets::log(&run),
        "manifest" => files::manifest(&run),
        "parents" => changesets::parents(&run),
        "paths" => plain::paths(&run),
        "root" => plain::root(&run),
        "status" => files::status(&run),
        "summary" => summary::summary(&run),
        "tags" => naming::tags(&run),
        "version" => plain::version(&run),
        other => Err(Decline::new(format!("the command {other}"))),
    }
}
