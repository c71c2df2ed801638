//! `incoming` and `outgoing` against a repository on this machine.
//! What the two have in common is core's; other machines, bundle files and bookmarks are Python's.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use hyg_base::Rev;
use hyg_core::environment::{join_path, normalize_path, path_bytes};
use hyg_core::matching::AlwaysMatcher;
use hyg_core::names::{self, hidden};
use hyg_core::ops::comparing::{self, Shared};
use hyg_core::ops::paths;
use hyg_core::repo::Repo;

use super::log::limit;
use super::showing::{Shape, has_markers, show_of};
use super::{Answer, Run};
use crate::decline::{Decision, Decline, decline_if};
use crate::process::Output;

/// Options that need Python.
const OPTIONS: [&str; 9] = [
    "force",
    "rev",
    "branch",
    "bookmarks",
    "bundle",
    "remote-hidden",
    "graph",
    "insecure",
    "subrepos",
];

/// Another repository, and how it is called.
struct Other {
    repo: Repo,
    shown: Vec<u8>,
}

/// What the other repository has.
pub(super) fn incoming(run: &Run<'_>, output: &mut Output) -> Decision<Answer> {
    let name = match run.invocation.args.as_slice() {
        [] => b"default",
        [name] => *name,
        _ => return Err(Decline::new("too many arguments")),
    };
    let other = other(run, &[name])?;
    let repo = run.session.repo()?;
    let shared = shared(run, &other)?;
    let found = comparing::incoming(repo, &other.repo, &shared)?;
    answer(run, (&other.repo, &other, found, 0), output)
}

/// What the other repository lacks.
pub(super) fn outgoing(run: &Run<'_>, output: &mut Output) -> Decision<Answer> {
    let other = match run.invocation.args.as_slice() {
        [] => other(run, &[b"default-push", b"default"])?,
        [name] => other(run, &[name])?,
        _ => return Err(Decline::new("several destinations")),
    };
    let repo = run.session.repo()?;
    let shared = shared(run, &other)?;
    let (found, kept) = comparing::outgoing(repo, &shared)?;
    answer(run, (repo, &other, found, kept), output)
}

/// The repository that the first of these names stands for which is known, or that lies there.
fn other(run: &Run<'_>, names: &[&[u8]]) -> Decision<Other> {
    let (invocation, session) = (run.invocation, run.session);
    invocation.leave_to_python(&OPTIONS)?;
    decline_if(session.verbose, "--verbose")?;
    let known = paths::list(&session.config, &session.env, None)?;
    let entry = names
        .iter()
        .find_map(|name| known.iter().find(|entry| entry.name == *name));
    let shown = match (entry, names) {
        (Some(entry), _) => {
            decline_if(!entry.options.is_empty(), "options of a location")?;
            entry.location.clone()
        }
        (None, [name]) if *name != b"default" => name.to_vec(),
        _ => return Err(Decline::new("no default location")),
    };
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/._-+, ".contains(byte);
    decline_if(!shown.iter().all(plain), "more than a path")?;
    let full = normalize_path(&join_path(path_bytes(session.env.cwd()), &shown));
    let root = PathBuf::from(OsStr::from_bytes(&full));
    decline_if(!root.join(".hg").is_dir(), "no repository there")?;
    let repo = Repo::open(&root)?;
    decline_if(!names::warnings(&repo, b"x")?.is_empty(), "a warning")?;
    Ok(Other { repo, shown })
}

fn shared(run: &Run<'_>, other: &Other) -> Decision<Shared> {
    let repo = run.session.repo()?;
    for repo in [repo, &other.repo] {
        decline_if(has_markers(repo), "obsolescence markers")?;
        decline_if(!hidden::read(repo)?.is_plain(), "hidden changesets")?;
    }
    let shared = comparing::compare(repo, &other.repo)?;
    decline_if(shared.is_unrelated, "an unrelated repository")?;
    Ok(shared)
}

/// Shows changesets of a repository; `kept` of those that were asked about stay where they are.
fn answer(
    run: &Run<'_>,
    (repo, other, mut found, kept): (&Repo, &Other, Vec<Rev>, usize),
    output: &mut Output,
) -> Decision<Answer> {
    let session = run.session;
    let mut status = Vec::new();
    if !session.quiet {
        status.extend([b"comparing with ".as_slice(), &other.shown, b"\n"].concat());
        if !session.repo()?.changelog()?.revlog().is_empty() {
            status.extend_from_slice(b"searching for changes\n");
        }
    }
    if found.is_empty() {
        if !session.quiet {
            status.extend_from_slice(b"no changes found");
            if kept > 0 {
                status.extend(format!(" (ignored {kept} secret changesets)").into_bytes());
            }
            status.push(b'\n');
        }
        output.page_nothing();
        output.begin_with(status);
        return Ok(Answer::code(1));
    }
    let shape = Shape::of(run)?.with_changes(run, || Ok(Box::new(AlwaysMatcher)))?;
    if run.invocation.is_on("newest-first") {
        found.reverse();
    }
    if run.invocation.is_on("no-merges") {
        let revlog = repo.changelog()?.revlog();
        let mut kept = Vec::with_capacity(found.len());
        for rev in found {
            if revlog.parents(rev)?[1].is_null() {
                kept.push(rev);
            }
        }
        found = kept;
    }
    found.truncate(limit(run)?);
    let page = run.page()?;
    output.begin_with(status);
    show_of(run, &shape, (repo, &found, page), output)
}
