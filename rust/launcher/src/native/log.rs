//! `log`: which changesets are shown, by revisions, files and what they have to be like.
//! How they look is `showing`'s; expressions and the graph are core's.

use std::ops::RangeInclusive;

use hyg_base::{RepoPath, Rev};
use hyg_core::daterange;
use hyg_core::environment::{join_path, normalize_path, path_bytes};
use hyg_core::graph::Ancestors;
use hyg_core::matching::{AlwaysMatcher, Matcher};
use hyg_core::names::{self, bookmarks, branches};
use hyg_core::ops::history;
use hyg_core::revset::{Query, Tree};

use super::selecting::matcher;
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

/// What changesets have to be like.
#[derive(Default)]
struct Filter {
    tree: Option<Tree>,
    dates: Option<RangeInclusive<i64>>,
}

impl Filter {
    fn is_empty(&self) -> bool {
        self.tree.is_none() && self.dates.is_none()
    }

    fn also(&mut self, tree: Tree) {
        self.tree = Some(match self.tree.take() {
            None => tree,
            Some(known) => Tree::And(Box::new(known), Box::new(tree)),
        });
    }
}

pub(super) fn log(run: &Run<'_>, output: &mut Output) -> Decision<Answer> {
    let (invocation, session) = (run.invocation, run.session);
    invocation.leave_to_python(&LOG_OPTIONS)?;
    let shape = Shape::of(run)?;
    let limit = limit(run)?;
    let given = invocation.values("rev");
    decline_if(given.iter().any(|text| text.is_empty()), "an empty -r")?;
    let repo = session.repo()?;
    let query = Query::new(repo, session.check_parents()?)?;
    let files = Files::of(run)?;
    let filter = filter(run)?;
    let follow = invocation.is_on("follow");
    let all_of_them = filter.is_empty() && matches!(files, Files::All);
    let most = if all_of_them { limit } else { usize::MAX };
    let mut wanted = match given.as_slice() {
        [] if follow => {
            let parent = session.check_parents()?[0];
            let parent = Some(parent).filter(|rev| !rev.is_null());
            parent.into_iter().collect()
        }
        [] => query.newest().take(most).collect(),
        [one] if names::plain_symbol(one).is_some() => vec![session.revision(one)?],
        several => session.revisions(several)?,
    };
    let graph = invocation.is_on("graph");
    if follow {
        decline_if(!matches!(files, Files::All), "files to follow")?;
        wanted = ancestors(session, &wanted, most)?;
    } else if graph {
        // what is sorted for a graph already keeps its order
        let sorted = given
            .iter()
            .any(|text| text.windows(4).any(|part| part == b"topo"));
        decline_if(sorted, "sort(..., topo)")?;
        wanted.sort_unstable_by(|a, b| b.cmp(a));
        wanted.dedup();
    }
    let shape = shape.with_graph(run)?.with_changes(run, || match files {
        Files::All => Ok(Box::new(AlwaysMatcher)),
        _ => matcher(invocation, session, false),
    })?;
    let topological = graph && session.config.is_on("experimental", "log.topo")?;
    decline_if(topological, "experimental.log.topo")?;
    let bare = ["patch", "stat", "graph"].map(|option| !invocation.is_on(option));
    let null = wanted.contains(&Rev::NULL);
    decline_if(null && bare.contains(&false), "the null revision")?;
    match files {
        Files::All => {}
        Files::Linked(linked) => {
            decline_if(!query.is_plain(), "hidden changesets")?;
            wanted.retain(|rev| linked.binary_search(rev).is_ok());
        }
        Files::Matching(matcher) => {
            decline_if(null, "the null revision")?;
            wanted = in_parts(&wanted, limit_of(limit, &filter), |part| {
                Ok(history::touching(repo, &part, &*matcher)?)
            })?;
        }
    }
    let mut found = match filter.is_empty() {
        true => wanted,
        false => in_parts(&wanted, limit, |part| filtered(&query, &filter, part))?,
    };
    found.truncate(limit);
    show(run, &shape, &found, output)
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

/// How many changesets are needed before those that do not fit are left out.
fn limit_of(limit: usize, filter: &Filter) -> usize {
    match filter.is_empty() {
        true => limit,
        false => usize::MAX,
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

/// What `-u`, `-k`, `-b`, `-B`, `-P`, `-d`, `-m` and `-M` ask of changesets.
fn filter(run: &Run<'_>) -> Decision<Filter> {
    let (invocation, session) = (run.invocation, run.session);
    let mut filter = Filter::default();
    let call = |name: &str, argument: Vec<Tree>| Tree::Call(name.to_owned(), argument);
    if invocation.is_on("no-merges") {
        filter.also(Tree::Not(Box::new(call("merge", Vec::new()))));
    }
    if invocation.is_on("only-merges") {
        filter.also(call("merge", Vec::new()));
    }
    if let Some(text) = invocation.value("date") {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let now = now.map_or(0, |now| now.as_secs() as i64);
        filter.dates = Some(daterange::parse(text, now, &session.env)?);
    }
    for rev in invocation.values("prune") {
        decline_if(names::plain_symbol(rev).is_none(), "more than a name")?;
        let rev = session.revision(rev)?;
        decline_if(rev.is_null(), "the null revision")?;
        filter.also(Tree::Not(Box::new(call("ancestors", vec![named(rev)]))));
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
        let one = |value: &&[u8]| call(predicate, vec![Tree::Name(value.to_vec())]);
        if let Some(tree) = any_of(values.iter().map(one)) {
            filter.also(tree);
        }
    }
    let mut marked = Vec::new();
    for name in invocation.values("bookmark") {
        marked.push(only_on_bookmark(session, name)?);
    }
    if let Some(tree) = any_of(marked.into_iter()) {
        filter.also(tree);
    }
    Ok(filter)
}

fn any_of(trees: impl Iterator<Item = Tree>) -> Option<Tree> {
    trees.reduce(|left, right| Tree::Or(Box::new(left), Box::new(right)))
}

/// A changeset by its number.
fn named(rev: Rev) -> Tree {
    Tree::Name(rev.0.to_string().into_bytes())
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
        let others = Tree::Minus(all, here());
        Box::new(Tree::Call("ancestors".to_owned(), vec![others]))
    };
    let own = Box::new(Tree::Call("ancestors".to_owned(), vec![*here()]));
    let own = Box::new(Tree::Minus(own, without("head")));
    Ok(Tree::Minus(own, without("bookmark")))
}

/// Looks at changesets in parts that grow, until `limit` of them are found.
fn in_parts(
    revs: &[Rev],
    limit: usize,
    mut fitting: impl FnMut(Vec<Rev>) -> Decision<Vec<Rev>>,
) -> Decision<Vec<Rev>> {
    let mut found = Vec::new();
    let (mut rest, mut size) = (revs, 1024);
    if limit == usize::MAX {
        size = revs.len();
    }
    while !rest.is_empty() && found.len() < limit {
        let (part, more) = rest.split_at(size.min(rest.len()));
        found.extend(fitting(part.to_vec())?);
        (rest, size) = (more, size * 4);
    }
    Ok(found)
}

/// Those that are as the filter says.
fn filtered(query: &Query<'_>, filter: &Filter, mut revs: Vec<Rev>) -> Decision<Vec<Rev>> {
    if let Some(range) = &filter.dates {
        decline_if(revs.contains(&Rev::NULL), "the null revision")?;
        let dates = history::dates(query.repo(), &revs)?;
        let mut fits = dates.iter().map(|date| range.contains(date));
        revs.retain(|_| fits.next() == Some(true));
    }
    match &filter.tree {
        None => Ok(revs),
        Some(tree) => Ok(query.among(tree, revs)?),
    }
}
