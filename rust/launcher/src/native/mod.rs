//! The commands answered natively: from an invocation and a session to bytes and an exit code, all or nothing.
//! Whatever is odd declines. The operations are core's; writing the bytes is `main`'s.

mod annotate;
mod changesets;
mod cloning;
mod comparing;
mod diff;
mod files;
mod grep;
mod log;
mod naming;
mod plain;
mod selecting;
mod showing;
mod status_choice;
mod summary;

use hyg_core::ops::status::Proposal;
use hyg_core::render::{Form, Page, Painter};
use hyg_core::template::Template;

use crate::decline::{Decision, Decline, decline_if};
use crate::invocation::Invocation;
use crate::process::Output;
use crate::session::Session;
use crate::terminal::{Looks, Sensitivity};

/// What a command answered.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    /// For standard output, after what has been written already.
    pub(crate) output: Vec<u8>,
    /// For standard error, after the output.
    pub(crate) words: &'static str,
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
    /// A pager shows the output.
    paged: bool,
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
            Some(text) if text.contains(&b'{') => self.template(text),
            Some(_) => Err(Decline::new("a style, file or plain text as template")),
        }
    }

    /// Templates that mean the same whatever the user has configured.
    fn template(&self, text: &[u8]) -> Decision<Form> {
        let config = &self.session.config;
        for (name, _) in config.items(b"templatealias") {
            let end = name.iter().position(|byte| *byte == b'(');
            let word = name[..end.unwrap_or(name.len())].trim_ascii();
            let used = text.windows(word.len().max(1)).any(|part| part == word);
            decline_if(used, "an alias of templates")?;
        }
        // templates of these names shape lists
        let shapes = |name: &[u8]| {
            let items: [&[u8]; 7] = [
                b"tag",
                b"bookmark",
                b"branch",
                b"file",
                b"parent",
                b"line",
                b"node",
            ];
            let around: [&[u8]; 4] = [b"start_", b"end_", b"last_", b"no_"];
            items.contains(&name) || around.iter().any(|prefix| name.starts_with(prefix))
        };
        let shaped = config.items(b"templates").any(|(name, _)| shapes(name));
        decline_if(shaped, "templates of lists")?;
        Ok(Form::Template(Template::parse(text)?))
    }
}

/// Long output is written in pieces of this size, the first of them only after it is complete.
const PIECE: usize = 8 << 20;

/// Writes a page that has become a piece.
fn spill(run: &Run<'_>, page: &mut Page, output: &mut Output) {
    if run.session.utf8 && page.bytes().len() >= PIECE {
        output.write(page.bytes());
        page.bytes().clear();
    }
}

/// What of a command depends on the terminal.
pub(crate) fn sensitivity(command: &str) -> Sensitivity {
    let plain = [
        "cat", "clone", "config", "files", "paths", "root", "version",
    ];
    let short = [
        "root",
        "version",
        "clone",
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
    looks: &Looks,
    output: &mut Output,
) -> Decision<Answer> {
    let run = Run {
        invocation,
        session,
        colours: looks.colours,
        paged: looks.pager.is_some(),
    };
    let answer = answer(&run, output)?;
    let raw = [
        "cat", "config", "diff", "files", "manifest", "paths", "root", "status",
    ];
    let raw = raw.contains(&invocation.command.name);
    let names = ["bookmarks", "branches", "identify", "summary", "tags"];
    let names = names.contains(&invocation.command.name);
    let readable = match session.utf8 {
        true => !names || std::str::from_utf8(&answer.output).is_ok(),
        false => raw || answer.output.is_ascii(),
    };
    decline_if(!readable, "texts in another character set")?;
    Ok(answer)
}

fn answer(run: &Run<'_>, output: &mut Output) -> Decision<Answer> {
    match run.invocation.command.name {
        "annotate" => annotate::annotate(run),
        "bookmarks" => naming::bookmarks(run),
        "branch" => naming::branch(run),
        "branches" => naming::branches(run),
        "cat" => files::cat(run),
        "clone" => cloning::clone(run),
        "config" => plain::config(run),
        "diff" => diff::diff(run, output),
        "files" => files::files(run, output),
        "grep" => grep::grep(run),
        "heads" => changesets::heads(run, output),
        "incoming" => comparing::incoming(run, output),
        "identify" => naming::identify(run),
        "log" => log::log(run, output),
        "manifest" => files::manifest(run),
        "outgoing" => comparing::outgoing(run, output),
        "parents" => changesets::parents(run, output),
        "paths" => plain::paths(run),
        "root" => plain::root(run),
        "status" => files::status(run),
        "summary" => summary::summary(run),
        "tags" => naming::tags(run),
        "version" => plain::version(run),
        other => Err(Decline::new(format!("the command {other}"))),
    }
}
