//! Commands that show changesets: `log`, `heads`, `parents`.
//! How changesets look is `render`'s; which ones there are is found by core.

use hyg_base::Rev;
use hyg_core::names::{branches, hidden};
use hyg_core::ops::log::{Teller, shown_changeset};
use hyg_core::render::{self, Form, Rows, Verbosity};
use hyg_core::repo::Repo;

use super::{Answer, Run};
use crate::decline::{Decision, Decline, decline_if};
use crate::session::Session;

/// How changesets are shown.
struct Shape {
    form: Form,
    verbosity: Verbosity,
}

impl Shape {
    /// By `-T`, `-q`, `-v` and the configuration.
    fn of(run: &Run<'_>) -> Decision<Shape> {
        let (invocation, session) = (run.invocation, run.session);
        invocation.leave_to_python(&["style"])?;
        let form = run.form()?;
        session.check_names(b"tip")?;
        if let Form::Plain = form {
            for (section, name) in [("command-templates", "log"), ("ui", "style")] {
                let chosen = session.config.text_or_default(section, name);
                decline_if(chosen.is_some_and(|text| !text.is_empty()), "a template")?;
            }
            decline_if(has_markers(session)?, "obsolescence markers")?;
        }
        let verbosity = match (session.quiet, session.verbose) {
            (true, _) => Verbosity::Quiet,
            (_, true) => Verbosity::Verbose,
            _ => Verbosity::Normal,
        };
        Ok(Shape { form, verbosity })
    }
}

/// Whether there are obsolescence markers, by which changesets may be hidden, obsolete or unstable.
pub(super) fn has_markers(session: &Session) -> Decision<bool> {
    let store = &session.repo()?.layout().store;
    let markers = std::fs::metadata(store.join("obsstore"));
    Ok(markers.is_ok_and(|about| about.len() > 1))
}

/// Shows changesets in this order.
fn show(run: &Run<'_>, shape: &Shape, revs: &[Rev]) -> Decision<Answer> {
    let repo = run.session.repo()?;
    let teller = Teller::new(repo);
    let mut page = run.page()?;
    if let Form::Plain = shape.form {
        let names = teller.names()?;
        page.bytes().reserve(revs.len() * 224);
        for rev in revs {
            let shown = shown_changeset(repo, names, *rev)?;
            let phase = |rev| teller.phase(rev);
            render::changeset(&shown, shape.verbosity, &phase, &mut page)?;
        }
        return Ok(Answer::of(page.into_bytes()));
    }
    let mut rows = Rows::new(&shape.form, &mut page);
    for rev in revs {
        render::changeset_row(&teller, *rev, shape.verbosity, &mut rows)?;
    }
    rows.finish()?;
    Ok(Answer::of(page.into_bytes()))
}

/// How many changesets are shown natively: their lines are held in memory, because a problem with the last one still
/// has to be left to Python.
const MOST_CHANGESETS: usize = 20_000;

/// Options of `log` that need Python.
const LOG_OPTIONS: [&str; 17] = [
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
];

pub(super) fn log(run: &Run<'_>) -> Decision<Answer> {
    let (invocation, session) = (run.invocation, run.session);
    invocation.leave_to_python(&LOG_OPTIONS)?;
    invocation.leave_to_python(&["git", "include", "exclude"])?;
    decline_if(!invocation.args.is_empty(), "files")?;
    let shape = Shape::of(run)?;
    let repo = session.repo()?;
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
    show(run, &shape, &revs)
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

/// The heads of branches, or of the history.
pub(super) fn heads(run: &Run<'_>) -> Decision<Answer> {
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
    show(run, &shape, &found)
}

/// The parents of the working copy or of a revision.
pub(super) fn parents(run: &Run<'_>) -> Decision<Answer> {
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
    show(run, &shape, &found)
}
