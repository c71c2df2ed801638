//! Named branches: the head that the name of a branch stands for (format: `docs/formats/branch-cache.md`).
//! Closing branches and listing their heads for display is not here.

use std::collections::{BTreeMap, HashMap};

use hyg_base::{Node, Result, Rev};
use hyg_graph::Graph;
use hyg_store::changelog::Changelog;
use hyg_store::history::HistoryIndex;

use super::hidden::{self, Hidden};
use super::{History, is_for_tip, read_cache};

/// Heads by branch, each with whether it closes the branch.
pub type BranchHeads = BTreeMap<Vec<u8>, Vec<(Rev, bool)>>;

/// Size of a record of the cache of branches: the beginning of the changeset's node, the number of the branch's name.
const RECORD: usize = 8;
/// The bit of that number which says that the changeset closes the branch.
const CLOSES: u32 = 1 << 31;
/// Caches of heads; a narrower view that leaves nothing out is as good.
const CACHES: [&str; 3] = ["branch2-visible", "branch2-served", "branch2"];

/// The node of the tip-most open head of a branch, or of its tip-most head where all are closed.
/// A head of a branch has no descendant on it.
///
/// # Errors
/// Where changesets cannot be read.
pub fn tip(history: &impl History, name: &[u8]) -> Result<Option<Node>> {
    tip_in(history, &hidden::read(history)?, name)
}

/// The same, where it is known what is hidden. Hidden and obsolete changesets count for nothing.
///
/// # Errors
/// As [`tip`].
pub fn tip_in(history: &impl History, hidden: &Hidden, name: &[u8]) -> Result<Option<Node>> {
    if let Some(tips) = cached_tips(history, hidden)? {
        return Ok(tips.get(name).copied());
    }
    let changelog = history.changelog()?;
    let reader = BranchReader::for_many(history)?;
    // Revisions that a changeset on the branch descends from.
    let mut shadowed = vec![false; changelog.len()];
    let mut closed = None;
    for index in (0..changelog.len()).rev() {
        let rev = Rev(i32::try_from(index).unwrap_or(i32::MAX));
        if !shadowed[index] {
            if hidden.contains(rev) || hidden.is_obsolete(rev) {
                continue;
            }
            let (is_on_branch, closes) = reader.is_on(rev, name)?;
            if !is_on_branch {
                continue;
            }
            if !closes {
                return changelog.revlog().node(rev).map(Some);
            }
            closed = closed.or(Some(rev));
        }
        for parent in changelog.parents(rev)? {
            if let Some(flag) = parent.index().and_then(|parent| shadowed.get_mut(parent)) {
                *flag = true;
            }
        }
    }
    closed.map(|rev| changelog.revlog().node(rev)).transpose()
}

/// The same for all branches.
///
/// # Errors
/// As [`tip`].
pub fn tips(history: &impl History) -> Result<BTreeMap<Vec<u8>, Node>> {
    let hidden = hidden::read(history)?;
    if let Some(tips) = cached_tips(history, &hidden)? {
        return Ok(tips);
    }
    let changelog = history.changelog()?;
    let mut found = BTreeMap::new();
    for (name, heads) in heads_in(history, &hidden)? {
        let open = heads.iter().rev().find(|(_, closes)| !closes);
        if let Some((rev, _)) = open.or(heads.last()) {
            found.insert(name, changelog.revlog().node(*rev)?);
        }
    }
    Ok(found)
}

/// The best head of each branch, from a cache.
fn cached_tips(history: &impl History, hidden: &Hidden) -> Result<Option<BTreeMap<Vec<u8>, Node>>> {
    let Some(heads) = cached_heads(history, hidden)? else {
        return Ok(None);
    };
    let revlog = history.changelog()?.revlog();
    let mut tips = BTreeMap::new();
    for (name, heads) in heads {
        if let Some((rev, _)) = heads.iter().max_by_key(|(rev, closes)| (!closes, *rev)) {
            tips.insert(name, revlog.node(*rev)?);
        }
    }
    Ok(Some(tips))
}

/// The heads that a cache lists, where it was written for exactly this tip, is whole, and nothing is hidden or obsolete.
fn cached_heads(history: &impl History, hidden: &Hidden) -> Result<Option<BranchHeads>> {
    if !hidden.is_plain() {
        return Ok(None);
    }
    let changelog = history.changelog()?;
    for cache in CACHES {
        let data = read_cache(history, cache);
        let Some(end) = data.iter().position(|b| *b == b'\n') else {
            continue;
        };
        let mut fields = data[..end].splitn(3, |b| *b == b' ');
        let (node, rev) = (fields.next(), fields.next());
        if is_for_tip(changelog, rev, node)? && fields.next().is_none() {
            return parse_heads(changelog, &data[end + 1..]);
        }
    }
    Ok(None)
}

/// The heads of each branch, ascending, in lines of node, state and name; `None` where a line is odd.
fn parse_heads(changelog: &Changelog, data: &[u8]) -> Result<Option<BranchHeads>> {
    let mut found = BranchHeads::new();
    for line in data.split(|b| *b == b'\n').filter(|line| !line.is_empty()) {
        let mut fields = line.splitn(3, |b| *b == b' ');
        let node = fields.next().and_then(Node::from_hex);
        let (state, name) = (fields.next(), fields.next());
        let (Some(node), Some(state @ (b"o" | b"c")), Some(name)) = (node, state, name) else {
            return Ok(None);
        };
        let Some(rev) = changelog.revlog().find(&node)? else {
            return Ok(None);
        };
        let known = found.entry(name.trim_ascii().to_vec()).or_default();
        known.push((rev, state == b"c"));
    }
    found.values_mut().for_each(|heads| heads.sort_unstable());
    Ok(Some(found))
}

/// The heads of all branches, ascending, with whether each closes it. Hidden and obsolete changesets count for nothing.
///
/// # Errors
/// As [`tip`].
pub fn all_heads(history: &impl History) -> Result<BranchHeads> {
    all_heads_in(history, &hidden::read(history)?)
}

/// The same, where it is known what is hidden.
///
/// # Errors
/// As [`tip`].
pub fn all_heads_in(history: &impl History, hidden: &Hidden) -> Result<BranchHeads> {
    match cached_heads(history, hidden)? {
        Some(known) => Ok(known),
        None => heads_in(history, hidden),
    }
}

/// A branch as it is listed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ListedBranch {
    /// Whether one of its open heads has no child at all.
    pub active: bool,
    /// The last head that is open, else the last.
    pub rev: Rev,
    /// Its name.
    pub name: Vec<u8>,
    /// Whether some head is open.
    pub open: bool,
}

/// All branches: active ones first, then by their tips, the newest first.
///
/// # Errors
/// As [`tip`].
pub fn listed(history: &impl History, hidden: &Hidden) -> Result<Vec<ListedBranch>> {
    let childless = hidden.heads(history.changelog()?)?;
    let mut found = Vec::new();
    for (name, heads) in all_heads_in(history, hidden)? {
        let open = || heads.iter().filter(|(_, closes)| !closes);
        let Some((rev, _)) = open().next_back().or(heads.last()) else {
            continue;
        };
        found.push(ListedBranch {
            active: open().any(|(rev, _)| childless.binary_search(rev).is_ok()),
            rev: *rev,
            open: open().next().is_some(),
            name,
        });
    }
    found.sort_unstable_by(|a, b| b.cmp(a));
    Ok(found)
}

fn heads_in(history: &impl History, hidden: &Hidden) -> Result<BranchHeads> {
    let changelog = history.changelog()?;
    let reader = BranchReader::for_many(history)?;
    let mut numbers: HashMap<Vec<u8>, usize> = HashMap::new();
    let mut found = BranchHeads::new();
    // For each pending revision the branches, by number, on which it has a descendant.
    let mut above: HashMap<Rev, Vec<u64>> = HashMap::new();
    for index in (0..changelog.len()).rev() {
        let rev = Rev(i32::try_from(index).unwrap_or(i32::MAX));
        let mut branches = above.remove(&rev).unwrap_or_default();
        if !hidden.contains(rev) && !hidden.is_obsolete(rev) {
            let (name, closes) = reader.branch(rev)?;
            let next = numbers.len();
            let number = *numbers.entry(name.clone()).or_insert(next);
            branches.resize(branches.len().max(number / 64 + 1), 0);
            if branches[number / 64] & (1 << (number % 64)) == 0 {
                found.entry(name).or_default().push((rev, closes));
            }
            branches[number / 64] |= 1 << (number % 64);
        }
        for parent in changelog
            .parents(rev)?
            .into_iter()
            .filter(|parent| !parent.is_null())
        {
            let known = above.entry(parent).or_default();
            known.resize(known.len().max(branches.len()), 0);
            known
                .iter_mut()
                .zip(&branches)
                .for_each(|(known, more)| *known |= more);
        }
    }
    found.values_mut().for_each(|heads| heads.reverse());
    Ok(found)
}

/// Says which branch a changeset is on: from the cache of branches where it knows, else from the changeset.
pub struct BranchReader<'a> {
    changelog: &'a Changelog,
    names: Vec<Vec<u8>>,
    records: Vec<u8>,
    index: Option<&'a HistoryIndex>,
}

impl<'a> BranchReader<'a> {
    /// Opens the cache, which may be missing or old.
    ///
    /// # Errors
    /// Where the changelog cannot be opened.
    pub fn new(history: &'a impl History) -> Result<BranchReader<'a>> {
        let names = read_cache(history, "rbc-names-v2");
        Ok(BranchReader {
            changelog: history.changelog()?,
            // Without a file there is not even one empty name.
            names: match names.as_slice() {
                [] => Vec::new(),
                names => names.split(|b| *b == 0).map(<[u8]>::to_vec).collect(),
            },
            records: read_cache(history, "rbc-revs-v2"),
            index: None,
        })
    }

    /// The same for who asks about very many changesets: where the cache knows too few, the history index is looked at.
    ///
    /// # Errors
    /// As [`BranchReader::new`].
    pub fn for_many(history: &'a impl History) -> Result<BranchReader<'a>> {
        let mut reader = BranchReader::new(history)?;
        if reader.records.len() / RECORD < reader.changelog.len() {
            reader.index = history.history_index();
        }
        Ok(reader)
    }

    fn cached(&self, rev: Rev) -> Result<Option<(&[u8], bool)>> {
        let indexed = || self.index.and_then(|index| index.branch(rev));
        let start = rev.index().unwrap_or(0).saturating_mul(RECORD);
        let record = self.records.get(start..start.saturating_add(RECORD));
        let Some((prefix, number)) = record.and_then(<[u8]>::split_first_chunk::<4>) else {
            return Ok(indexed());
        };
        let number = number
            .first_chunk()
            .map_or(0, |bytes| u32::from_be_bytes(*bytes));
        let node = self.changelog.revlog().node(rev)?;
        if *prefix == [0; 4] || node.as_bytes()[..4] != prefix[..] {
            return Ok(indexed());
        }
        let name = self.names.get((number & !CLOSES) as usize);
        Ok(name.map(|name| (name.as_slice(), number & CLOSES != 0)))
    }

    fn is_on(&self, rev: Rev, name: &[u8]) -> Result<(bool, bool)> {
        if let Some((known, closes)) = self.cached(rev)? {
            return Ok((known == name, closes));
        }
        let changeset = self.changelog.changeset(rev)?;
        let branch = changeset.branch()?;
        Ok((&*branch.name == name, branch.closes))
    }

    /// The branch of a changeset, and whether it closes it.
    ///
    /// # Errors
    /// Where the changeset cannot be read.
    pub fn branch(&self, rev: Rev) -> Result<(Vec<u8>, bool)> {
        if let Some((known, closes)) = self.cached(rev)? {
            return Ok((known.to_vec(), closes));
        }
        let changeset = self.changelog.changeset(rev)?;
        let branch = changeset.branch()?;
        Ok((branch.name.into_owned(), branch.closes))
    }
}
