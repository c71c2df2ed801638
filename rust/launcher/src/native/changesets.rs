//! Commands that show changesets: `log`, `heads`, `parents`.
//! How changesets look is `render`'s; which ones there are is found by core.

use hyg_base::{RepoPath, Rev};
use hyg_core::environment::{join_path, normalize_path, path_bytes};
use hyg_core::graph::Ancestors;
use hyg_core::names::{self, branches, hidden};
use hyg_core::ops::log::{Teller, shown_changeset};
use hyg_core::render::{self, Form, Rows, Verbosity};
use hyg_core::revset::{Query, Tree};
use hyg_core::template::Scope;

use super::{Answer, PIECE, Run, spill};
use crate::decline::{Decision, Decline, decline_if};
use crate::process::Output;
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

/// Shows changesets in this order. What fits into one piece is written only when nothing can fail any more.
fn show(run: &Run<'_>, shape: &Shape, revs: &[Rev], output: &mut Output) -> Decision<Answer> {
    let repo = run.session.repo()?;
    let teller = Teller::new(repo);
    let mut page = run.page()?;
    match &shape.form {
        Form::Plain => {
            let names = teller.names()?;
            page.bytes().reserve((revs.len() * 224).min(PIECE));
            for rev in revs {
                let shown = shown_changeset(repo, names, *rev)?;
                let phase = |rev| teller.phase(rev);
                render::changeset(&shown, shape.verbosity, &phase, &mut page)?;
                spill(run, &mut page, output);
            }
        }
        Form::Template(template) => {
            for (index, rev) in revs.iter().enumerate() {
                let mut text = Vec::new();
                let scope = Scope {
                    teller: Some(&teller),
                    rev: Some(*rev),
                    fields: &[],
                    index,
                    painter: page.painter(),
                };
                // nothing is written yet: a value further on may still be Python's
                template.render(&scope, &mut text)?;
                page.put(&text);
            }
        }
        Form::Json => {
            let mut rows = Rows::new(&shape.form, &mut page);
            for rev in revs {
                render::changeset_row(&teller, *rev, shape.verbosity, &mut rows)?;
                spill(run, rows.page(), output);
            }
            rows.finish()?;
        }
    }
    Ok(Answer::of(page.into_bytes()))
}

/// Options of `log` that need Python.
const LOG_OPTIONS: [&str; 14] = [
    "follow-first",
    "date",
    "copies",
    "line-range",
    "removed",
    "only-branch",
    "bookmark",
    "prune",
    "patch",
    "stat",
    "graph",
    "git",
    "include",
    "exclude",
];

pub(super) fn log(run: &Run<'_>, output: &mut Output) -> Decision<Answer> {
    let (invocation, session) = (run.invocation, run.session);
    invocation.leave_to_python(&LOG_OPTIONS)?;
    let shape = Shape::of(run)?;
    let limit = match invocation.value("limit") {
        None => usize::MAX,
        Some(text) => std::str::from_utf8(text)
            .ok()
            .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
            .and_then(|text| text.parse().ok())
            .filter(|limit| *limit > 0)
            .ok_or_else(|| Decline::new("a limit that is no number"))?,
    };
    let given = invocation.values("rev");
    decline_if(given.iter().any(|text| text.is_empty()), "an empty -r")?;
    let repo = session.repo()?;
    let query = Query::new(repo, session.check_parents()?)?;
    let mut wanted = match given.as_slice() {
        [] if invocation.is_on("follow") => {
            let parent = session.check_parents()?[0];
            Some(parent)
                .filter(|rev| !rev.is_null())
                .into_iter()
                .collect()
        }
        [] => query.all().iter().rev().copied().collect(),
        [one] if names::plain_symbol(one).is_some() => vec![session.revision(one)?],
        several => session.revisions(several)?,
    };
    let filter = filter(run)?;
    if invocation.is_on("follow") {
        decline_if(!invocation.args.is_empty(), "files to follow")?;
        let most = if filter.is_some() { usize::MAX } else { limit };
        wanted = ancestors(session, &wanted, most)?;
    }
    if !invocation.args.is_empty() {
        decline_if(!query.is_plain(), "hidden changesets")?;
        let linked = linked(run)?;
        wanted.retain(|rev| linked.binary_search(rev).is_ok());
    }
    let mut found = match filter {
        None => wanted,
        Some(tree) => filtered(&query, &tree, &wanted, limit)?,
    };
    found.truncate(limit);
    show(run, &shape, &found, output)
}

/// Revisions and their ancestors, newest first.
fn ancestors(session: &Session, revs: &[Rev], most: usize) -> Decision<Vec<Rev>> {
    decline_if(revs.contains(&Rev::NULL), "the null revision")?;
    let changelog = session.repo()?.changelog()?;
    let mut walk = Ancestors::new(changelog, revs.iter().copied(), Rev(0), true)?;
    let mut found = Vec::new();
    while found.len() < most
        && let Some(rev) = walk.advance()?
    {
        found.push(rev);
    }
    Ok(found)
}

/// The changesets that the logs of the named files name, ascending; names of directories have to be looked for.
fn linked(run: &Run<'_>) -> Decision<Vec<Rev>> {
    let repo = run.session.repo()?;
    let root = path_bytes(repo.root());
    let mut found = Vec::new();
    for name in &run.invocation.args {
        let odd = name.is_empty() || name.contains(&b':');
        decline_if(odd, "more than the name of a file")?;
        let full = join_path(path_bytes(run.session.env.cwd()), name);
        let full = normalize_path(&full);
        let inside = full
            .strip_prefix(root)
            .and_then(|path| path.strip_prefix(b"/"));
        let Some(path) = inside.filter(|path| !path.is_empty()) else {
            return Err(Decline::new("a path outside"));
        };
        let filelog = repo.filelog(RepoPath::new(path))?;
        let revlog = filelog.revlog();
        decline_if(revlog.is_empty(), "a file without a log")?;
        for rev in 0..revlog.len() as i32 {
            found.push(revlog.entry(Rev(rev))?.link_rev());
        }
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// What `-u`, `-k`, `-b`, `-m` and `-M` ask of changesets, as an expression.
fn filter(run: &Run<'_>) -> Decision<Option<Tree>> {
    let invocation = run.invocation;
    let mut all: Option<Tree> = None;
    let mut add = |tree: Tree| {
        all = Some(match all.take() {
            None => tree,
            Some(known) => Tree::And(Box::new(known), Box::new(tree)),
        });
    };
    let merge = || Tree::Call("merge".to_owned(), Vec::new());
    if invocation.is_on("no-merges") {
        add(Tree::Not(Box::new(merge())));
    }
    if invocation.is_on("only-merges") {
        add(merge());
    }
    for (option, predicate) in [
        ("user", "user"),
        ("keyword", "keyword"),
        ("branch", "branch"),
    ] {
        let values = invocation.values(option);
        if option == "branch" && !values.is_empty() {
            let known = branches::tips(run.session.repo()?)?;
            let has = |name: &&[u8]| known.contains_key(*name) && name.is_ascii();
            decline_if(!values.iter().all(has), "an unknown branch")?;
        }
        let one = |value: &&[u8]| {
            let text = Tree::Name(value.to_vec());
            Tree::Call(predicate.to_owned(), vec![text])
        };
        let any = values
            .iter()
            .map(one)
            .reduce(|left, right| Tree::Or(Box::new(left), Box::new(right)));
        any.map(&mut add);
    }
    Ok(all)
}

/// The first changesets that fit, looked for in parts that grow.
fn filtered(query: &Query<'_>, tree: &Tree, revs: &[Rev], limit: usize) -> Decision<Vec<Rev>> {
    let mut found = Vec::new();
    let (mut rest, mut size) = (
        revs,
        if limit == usize::MAX {
            revs.len()
        } else {
            1024
        },
    );
    while !rest.is_empty() && found.len() < limit {
        let (part, more) = rest.split_at(size.min(rest.len()));
        found.extend(query.among(tree, part.to_vec())?);
        (rest, size) = (more, size * 4);
    }
    Ok(found)
}

/// The heads of branches, or of the history.
pub(super) fn heads(run: &Run<'_>, output: &mut Output) -> Decision<Answer> {
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
    show(run, &shape, &found, output)
}

/// The parents of the working copy or of a revision.
pub(super) fn parents(run: &Run<'_>, output: &mut Output) -> Decision<Answer> {
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
    show(run, &shape, &found, output)
}
