//! The commands answered natively: from an invocation and a session to bytes and an exit code, all or nothing.
//! Whatever is odd declines. The operations are core's; writing the bytes is `main`'s.

use std::path::Path;

use hyg_base::{NoInterrupt, Rev};
use hyg_core::matching::{Matcher, NoExotic, Selection, World};
use hyg_core::names::{self, hidden};
use hyg_core::ops::cat::{CatRequest, cat};
use hyg_core::ops::files::{FilesRequest, with_files};
use hyg_core::ops::log::{NamesByNode, shown_changeset};
use hyg_core::ops::status::{Proposal, StatusRequest, status};
use hyg_core::ops::{config_value, paths};
use hyg_core::render::{self, FilesView, PathDisplay, StatusView, Verbosity};
use hyg_core::repo::Repo;

use crate::decline::{Decision, Decline, decline_if};
use crate::invocation::Invocation;
use crate::process::Output;
use crate::session::Session;
use crate::status_choice::{Relative, StatusChoice};
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

/// What of a command depends on the terminal.
pub(crate) fn sensitivity(command: &str) -> Sensitivity {
    Sensitivity {
        colours: matches!(command, "log" | "status"),
        pages: !matches!(command, "root" | "version"),
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
    output: &mut Output,
) -> Decision<Answer> {
    invocation.leave_to_python(&["template"])?;
    match invocation.command.name {
        "cat" => run_cat(invocation, session),
        "config" => run_config(invocation, session),
        "files" => run_files(invocation, session, output),
        "log" => run_log(invocation, session),
        "paths" => run_paths(invocation, session),
        "root" => run_root(invocation, session),
        "status" => run_status(invocation, session),
        "version" => run_version(invocation, session),
        other => Err(Decline::new(format!("the command {other}"))),
    }
}

fn run_version(invocation: &Invocation<'_>, session: &Session) -> Decision<Answer> {
    decline_if(!invocation.args.is_empty(), "arguments")?;
    decline_if(session.verbose, "--verbose")?;
    decline_if(invocation.globals.repository.is_some(), "-R is ignored")?;
    Ok(Answer::of(render::version(session.quiet)))
}

fn run_root(invocation: &Invocation<'_>, session: &Session) -> Decision<Answer> {
    decline_if(!invocation.args.is_empty(), "arguments")?;
    let repo = session.repo()?;
    let root = match invocation.is_on("share-source") {
        true => repo.share_source_root(),
        false => repo.root().to_path_buf(),
    };
    Ok(Answer::of(render::root(&root)))
}

fn run_paths(invocation: &Invocation<'_>, session: &Session) -> Decision<Answer> {
    let name = match invocation.args.as_slice() {
        [] => None,
        [name] => Some(*name),
        _ => return Err(Decline::new("too many arguments")),
    };
    let name = name.filter(|name| !name.is_empty());
    let entries = paths::list(&session.config, &session.env, name)?;
    decline_if(name.is_some() && entries.is_empty(), "no such path")?;
    let output = render::paths(&entries, name.is_some(), session.quiet);
    Ok(Answer::of(output))
}

fn run_config(invocation: &Invocation<'_>, session: &Session) -> Decision<Answer> {
    invocation.leave_to_python(&[
        "untrusted",
        "exp-all-known",
        "edit",
        "local",
        "source",
        "shared",
        "non-shared",
        "global",
    ])?;
    let [entry] = invocation.args.as_slice() else {
        return Err(Decline::new("not exactly one item"));
    };
    let dot = entry.iter().position(|byte| *byte == b'.');
    let section = dot.map(|dot| &entry[..dot]);
    let section = section.ok_or_else(|| Decline::new("a whole section"))?;
    // Items that running the command itself sets, or that come with the Python half.
    let set_by_running: [&[u8]; 4] = [b"bundle", b"merge-tools", b"profiling", b"devel"];
    decline_if(set_by_running.contains(&section), "a section of Python's")?;
    let globals = &invocation.globals;
    let touches_ui =
        globals.loudness.is_some() || globals.noninteractive || globals.color.is_some();
    decline_if(section == b"ui" && touches_ui, "[ui] as options change it")?;
    let values = config_value::values(&session.config, entry);
    Ok(Answer {
        output: render::config_values(&values),
        code: i32::from(values.is_empty()),
        proposal: None,
    })
}

fn run_files(
    invocation: &Invocation<'_>,
    session: &Session,
    output: &mut Output,
) -> Decision<Answer> {
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

fn run_cat(invocation: &Invocation<'_>, session: &Session) -> Decision<Answer> {
    invocation.leave_to_python(&["output", "decode"])?;
    decline_if(invocation.args.is_empty(), "no file")?;
    let repo = session.repo()?;
    let rev = match invocation.value("rev") {
        Some(name) => session.revision(name)?,
        None => session.check_parents()?,
    };
    let matcher = matcher(invocation, session, false)?;
    let request = CatRequest {
        rev,
        matcher: &*matcher,
    };
    let report = cat(repo, &request)?;
    decline_if(!report.absent.is_empty(), "a file that is not there")?;
    let size = report.files.iter().map(|(_, content)| content.len()).sum();
    let mut output = Vec::with_capacity(size);
    for (_, content) in &report.files {
        output.extend_from_slice(content);
    }
    Ok(Answer {
        output,
        code: i32::from(report.files.is_empty()),
        proposal: None,
    })
}

/// How many changesets are shown natively: their lines are held in memory, because a problem with the last one still
/// has to be left to Python.
const MOST_CHANGESETS: usize = 20_000;

/// Options of `log` that need Python.
const LOG_OPTIONS: [&str; 18] = [
    "follow",
    "follow-first",
    "date",
    "copies",
    "keyword",
    "line-range",
    "removed",
    "only-merges",
    "user",
    "only-branch",
    "branch",
    "bookmark",
    "prune",
    "patch",
    "no-merges",
    "stat",
    "graph",
    "style",
];

fn run_log(invocation: &Invocation<'_>, session: &Session) -> Decision<Answer> {
    invocation.leave_to_python(&LOG_OPTIONS)?;
    invocation.leave_to_python(&["git", "include", "exclude"])?;
    decline_if(!invocation.args.is_empty(), "files")?;
    for (section, name) in [("command-templates", "log"), ("ui", "style")] {
        let chosen = session.config.text_or_default(section, name);
        decline_if(chosen.is_some_and(|text| !text.is_empty()), "a template")?;
    }
    let repo = session.repo()?;
    let markers = std::fs::metadata(repo.layout().store.join("obsstore"));
    decline_if(
        markers.is_ok_and(|about| about.len() > 1),
        "obsolescence markers",
    )?;
    let limit = match invocation.value("limit") {
        None => usize::MAX,
        Some(text) => std::str::from_utf8(text)
            .ok()
            .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
            .and_then(|text| text.parse().ok())
            .filter(|limit| *limit > 0)
            .ok_or_else(|| Decline::new("a limit that is no number"))?,
    };
    let revs: Vec<Rev> = match invocation.values("rev")[..] {
        [] => newest(repo, limit)?,
        [name] => vec![session.revision(name)?],
        _ => return Err(Decline::new("several revisions")),
    };
    let verbosity = match (session.quiet, session.verbose) {
        (true, _) => Verbosity::Quiet,
        (_, true) => Verbosity::Verbose,
        _ => Verbosity::Normal,
    };
    let names = NamesByNode::read(repo)?;
    let mut lines = Vec::with_capacity(revs.len() * 224);
    for rev in revs {
        let shown = shown_changeset(repo, &names, rev)?;
        render::changeset(&shown, verbosity, &mut lines)?;
    }
    Ok(Answer::of(lines))
}

/// The last visible changesets, newest first.
fn newest(repo: &Repo, limit: usize) -> Decision<Vec<Rev>> {
    let count = repo.changelog()?.revlog().len();
    decline_if(limit.min(count) > MOST_CHANGESETS, "a long history")?;
    let hidden = hidden::read(repo)?;
    let all = (0..count as i32).rev().map(Rev);
    Ok(all
        .filter(|rev| !hidden.contains(*rev))
        .take(limit)
        .collect())
}

fn run_status(invocation: &Invocation<'_>, session: &Session) -> Decision<Answer> {
    let choice = StatusChoice::read(invocation, session)?;
    let repo = session.repo()?;
    let encoding = session.config.items(b"encode").next().is_some();
    decline_if(encoding, "[encode]")?;
    let in_working_copy = choice.looks_at_working_copy();
    let matcher = matcher(invocation, session, in_working_copy)?;
    let ignore_files = session.ignore_files()?;
    let outcome = status(
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
    Ok(Answer {
        output: render::status(&outcome.report, &view),
        code: 0,
        proposal: outcome.proposal,
    })
}

fn line_end(invocation: &Invocation<'_>) -> u8 {
    if invocation.is_on("print0") { 0 } else { b'\n' }
}

fn display(session: &Session, relative: Relative) -> Decision<PathDisplay> {
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

/// The files that arguments, `-I` and `-X` mean.
fn matcher(
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

impl Session {
    /// The revision that a simple name means: no revset, no alias, nothing hidden.
    pub(crate) fn revision(&self, name: &[u8]) -> Decision<Rev> {
        let symbol = names::plain_symbol(name);
        let symbol = symbol.ok_or_else(|| Decline::new("more than a simple revision"))?;
        decline_if(!symbol.is_ascii(), "a name in some encoding")?;
        let aliased = self.config.items(b"revsetalias").next().is_some();
        decline_if(aliased, "[revsetalias]")?;
        self.check_parents()?;
        decline_if(
            !names::warnings(self.repo()?, symbol)?.is_empty(),
            "a warning about names",
        )?;
        let rev = names::resolve(self.repo()?, symbol)?;
        decline_if(rev == Rev::WDIR, "the working directory as a revision")?;
        Ok(rev)
    }

    /// The working directory's first parent.
    fn check_parents(&self) -> Decision<Rev> {
        let repo = self.repo()?;
        let ([first, _], warnings) = repo.parents_of(&repo.dirstate()?)?;
        decline_if(!warnings.is_empty(), "an unknown parent")?;
        Ok(first)
    }

    /// Ignore files that the configuration names: `ui.ignore` and `ui.ignore.*`.
    fn ignore_files(&self) -> Decision<Vec<Vec<u8>>> {
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
