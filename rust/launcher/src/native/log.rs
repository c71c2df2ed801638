//! `log`: which changesets are shown, by revisions, files and what they have to be like.
//! How they look is `showing`'s; expressions and the graph are core's.

use hyg_base::{RepoPath, Rev};
use hyg_core::environment::{join_path, normalize_path, path_bytes};
use hyg_core::matching::{AlwaysMatcher, Matcher};
use hyg_core::names::{self, bookmarks, branches};
use hyg_core::revset::{Set, Tree};

use super::selecting::{Asked, matcher};
use super::showing::{Shape, show};
use super::{Answer, Run};
use crate::decline::{Decision, Decline, decline_if};
use crate::process::Output;
use crate::session::Session;

/// Options of `log` that need Python.
const LOG_OPTIONS: [&str; 6] = [
    "follow-first",
    "copies",
    "line-range",
    "removed",
    "only-branch",
    "style",
];

pub(super) fn log(run: &Run<'_>, output: &mut Output) -> Decision<Answer> {
    let (invocation, session) = (run.invocation, run.session);
    invocation.leave_to_python(&LOG_OPTIONS)?;
    let shape = Shape::of(run)?;
    let limit = limit(run)?;
    let given = invocation.values("rev");
    decline_if(given.iter().any(|text| text.is_empty()), "an empty -r")?;
    let asked = Asked(session);
    let query = session.query(&asked)?;
    let files = Files::of(run)?;
    let filter = filter(run)?;
    let follow = invocation.is_on("follow");
    let mut wanted = match given.as_slice() {
        [] if follow => {
            let parent = session.check_parents()?[0];
            let parent = Some(parent).filter(|rev| !rev.is_null());
            parent.map_or_else(Set::empty, Set::one)
        }
        [] => query.all().reversed(&query)?,
        [one] if names::plain_symbol(one).is_some() => Set::one(session.revision(one)?),
        several => session.selected(&query, several)?,
    };
    let null = wanted.contains(&query, Rev::NULL)?;
    let graph = invocation.is_on("graph");
    if follow {
        decline_if(!matches!(files, Files::All), "files to follow")?;
        decline_if(null, "the null revision")?;
        wanted = Set::below(wanted.revs(&query)?);
    } else if graph {
        // what is sorted for a graph already keeps its order
        let sorted = given
            .iter()
            .any(|text| text.windows(4).any(|part| part == b"topo"));
        decline_if(sorted, "sort(..., topo)")?;
        wanted = wanted.sorted(&query, true)?;
    }
    let shape = shape.with_graph(run)?.with_changes(run, || match files {
        Files::All => Ok(Box::new(AlwaysMatcher)),
        _ => matcher(invocation, session, false),
    })?;
    let topological = graph && session.config.is_on("experimental", "log.topo")?;
    decline_if(topological, "experimental.log.topo")?;
    let bare = ["patch", "stat", "graph"].map(|option| !invocation.is_on(option));
    decline_if(null && bare.contains(&false), "the null revision")?;
    match files {
        Files::All => {}
        Files::Linked(linked) => {
            decline_if(!query.is_plain(), "hidden changesets")?;
            wanted = wanted.and(&query, Set::ascending(linked))?;
        }
        Files::Matching(matcher) => {
            decline_if(null, "the null revision")?;
            wanted = wanted.touching(matcher.into());
        }
    }
    if let Some(tree) = filter {
        decline_if(null, "the null revision")?;
        wanted = query.among(&tree, &wanted)?;
    }
    let found = match limit {
        usize::MAX => wanted,
        limit => wanted.between(&query, 0, limit)?,
    };
    show(run, &shape, &found.revs(&query)?, output)
}

/// The number that `-l` gives.
pub(super) fn limit(run: &Run<'_>) -> Decision<usize> {
    match run.invocation.value("limit") {
        None => Ok(usize::MAX),
        Some(text) => std::str::from_utf8(text)
            .ok()
            .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
            .and_then(|text| text.parse().ok())
            .filter(|limit| *limit > 0)
            .ok_or_else(|| Decline::new("a limit that is no number")),
    }
}

/// Which changesets have to do with the files that were named.
enum Files {
    /// None were.
    All,
    /// Those that the logs of the files name, ascending.
    Linked(Vec<Rev>),
    /// Those that list a file which fits.
    Matching(Box<dyn Matcher>),
}

impl Files {
    fn of(run: &Run<'_>) -> Decision<Files> {
        let (invocation, session) = (run.invocation, run.session);
        let odd = |option| !invocation.values(option).is_empty();
        let mut patterns = odd("include") || odd("exclude");
        if invocation.args.is_empty() && !patterns {
            return Ok(Files::All);
        }
        for name in &invocation.args {
            let kind = name.iter().position(|byte| *byte == b':');
            let kind = kind.map(|end| &name[..end]);
            let served: [&[u8]; 6] = [
                b"glob",
                b"re",
                b"relglob",
                b"relre",
                b"rootfilesin",
                b"rootglob",
            ];
            match kind {
                None => decline_if(name.is_empty(), "an empty name")?,
                Some(kind) => {
                    let known = served.contains(&kind);
                    decline_if(!known, "an unusual kind of pattern")?;
                    patterns = true;
                }
            }
        }
        if !patterns && let Some(linked) = linked(run)? {
            return Ok(Files::Linked(linked));
        }
        Ok(Files::Matching(matcher(invocation, session, false)?))
    }
}

/// The changesets that the logs of the named files name, ascending; none where a name is not that of a file with a log.
fn linked(run: &Run<'_>) -> Decision<Option<Vec<Rev>>> {
    let repo = run.session.repo()?;
    let root = path_bytes(repo.root());
    let mut found = Vec::new();
    for name in &run.invocation.args {
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
        if revlog.is_empty() {
            return Ok(None);
        }
        for rev in 0..revlog.len() as i32 {
            found.push(revlog.entry(Rev(rev))?.link_rev());
        }
    }
    found.sort_unstable();
    found.dedup();
    Ok(Some(found))
}

/// What `-u`, `-k`, `-b`, `-B`, `-P`, `-d`, `-m` and `-M` ask of changesets; the cheapest first.
fn filter(run: &Run<'_>) -> Decision<Option<Tree>> {
    let (invocation, session) = (run.invocation, run.session);
    let mut wanted: Vec<Tree> = Vec::new();
    if invocation.is_on("no-merges") {
        wanted.push(Tree::Not(Box::new(Tree::call("merge", Vec::new()))));
    }
    if invocation.is_on("only-merges") {
        wanted.push(Tree::call("merge", Vec::new()));
    }
    if let Some(text) = invocation.value("date") {
        let span = session.dates(text)?;
        wanted.push(Tree::Dates(*span.start(), *span.end()));
    }
    for rev in invocation.values("prune") {
        decline_if(names::plain_symbol(rev).is_none(), "more than a name")?;
        let rev = session.revision(rev)?;
        decline_if(rev.is_null(), "the null revision")?;
        wanted.push(Tree::Not(Box::new(Tree::call(
            "ancestors",
            vec![named(rev)],
        ))));
    }
    for (option, predicate) in [
        ("user", "user"),
        ("keyword", "keyword"),
        ("branch", "branch"),
    ] {
        let values = invocation.values(option);
        if option == "branch" && !values.is_empty() {
            let known = branches::tips(session.repo()?)?;
            let has = |name: &&[u8]| known.contains_key(*name) && name.is_ascii();
            decline_if(!values.iter().all(has), "an unknown branch")?;
        }
        // a keyword is no pattern
        let literal: &[u8] = match option {
            "keyword" => b"",
            _ => b"literal:",
        };
        let one = |value: &&[u8]| {
            let text = Tree::Name([literal, value].concat());
            Tree::call(predicate, vec![text])
        };
        wanted.extend(any_of(values.iter().map(one)));
    }
    let mut marked = Vec::new();
    for name in invocation.values("bookmark") {
        marked.push(only_on_bookmark(session, name)?);
    }
    wanted.extend(any_of(marked.into_iter()));
    let both = |left, right| Tree::And(Box::new(left), Box::new(right));
    Ok(wanted.into_iter().reduce(both))
}

fn any_of(trees: impl Iterator<Item = Tree>) -> Option<Tree> {
    let mut trees: Vec<Tree> = trees.collect();
    match trees.len() {
        0 | 1 => trees.pop(),
        _ => Some(Tree::Or(trees)),
    }
}

/// A changeset by its number.
fn named(rev: Rev) -> Tree {
    Tree::Given(Set::one(rev))
}

/// Ancestors of a bookmark that belong to no other head or bookmark.
fn only_on_bookmark(session: &Session, name: &[u8]) -> Decision<Tree> {
    session.check_names(name)?;
    let repo = session.repo()?;
    let known = bookmarks::read(repo)?;
    let odd = !name.is_ascii() || name.contains(&b':') || name == b".";
    let node = known.node(name).filter(|_| !odd);
    let node = node.ok_or_else(|| Decline::new("an unknown bookmark"))?;
    let rev = repo.rev_of(&node)?;
    let here = || Box::new(named(rev));
    let without = |all: &str| {
        let all = Box::new(Tree::Call(all.to_owned(), Vec::new()));
        let others = Tree::Difference(all, here());
        Box::new(Tree::Call("ancestors".to_owned(), vec![others]))
    };
    let own = Box::new(Tree::Call("ancestors".to_owned(), vec![*here()]));
    let own = Box::new(Tree::Difference(own, without("head")));
    Ok(Tree::Difference(own, without("bookmark")))
}
