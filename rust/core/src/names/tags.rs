//! Tags: what the `.hgtags` of all heads and the local tags say, merged (format: `docs/formats/tags.md`).
//! Setting tags and writing their caches belongs to Python.

use std::collections::BTreeMap;

use hyg_base::{Node, RepoPath, Result, Rev};
use hyg_store::filelog::Filelog;

use super::hidden::{self, Hidden};
use super::{History, is_for_tip, read_cache, read_file};

/// Size of a record of the cache of `.hgtags` nodes: the beginning of the changeset's node, and the file node.
const RECORD: usize = 24;

/// A tag in one file, or merged: its node, and the nodes it had before.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Tag {
    node: Node,
    before: Vec<Node>,
}

/// The tags of a repository.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags {
    merged: BTreeMap<Vec<u8>, Tag>,
    tip: Option<Node>,
}

impl Tags {
    /// The node of a tag, which may be unknown to the history; `None` for a tag that was removed.
    pub fn node(&self, name: &[u8]) -> Option<Node> {
        if name == b"tip" {
            return self.tip;
        }
        let node = self.merged.get(name)?.node;
        (!node.is_null()).then_some(node)
    }

    /// Names and nodes, sorted by name, without `tip`; removed tags are left out, those of unknown nodes are not.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], Node)> {
        let all = self
            .merged
            .iter()
            .map(|(name, tag)| (name.as_slice(), tag.node));
        all.filter(|(_, node)| !node.is_null())
    }

    /// Adds what a newer file says. Its statement wins unless the older one supersedes it: has its node in its past,
    /// and is itself not in the past of the newer one or has the longer past.
    fn merge(&mut self, newer: BTreeMap<Vec<u8>, Tag>) {
        for (name, mut tag) in newer {
            if let Some(known) = self.merged.remove(&name) {
                let is_past = known.node != tag.node && known.before.contains(&tag.node);
                let knows = tag.before.contains(&known.node);
                if is_past && (!knows || known.before.len() > tag.before.len()) {
                    tag.node = known.node;
                }
                for node in known.before {
                    if !tag.before.contains(&node) {
                        tag.before.push(node);
                    }
                }
            }
            self.merged.insert(name, tag);
        }
    }
}

/// Reads all tags.
///
/// # Errors
/// Where the history or the `.hgtags` of a head cannot be read.
pub fn read(history: &impl History) -> Result<Tags> {
    read_in(history, &hidden::read(history)?)
}

/// The same, where it is known what is hidden.
///
/// # Errors
/// As [`read`].
pub fn read_in(history: &impl History, hidden: &Hidden) -> Result<Tags> {
    let changelog = history.changelog()?;
    let mut tags = match cached(history, hidden)? {
        Some(tags) => tags,
        None => global(history, hidden)?,
    };
    tags.merge(local(history)?);
    tags.tip = Some(changelog.revlog().node(hidden.tip(changelog))?);
    Ok(tags)
}

/// The tags of changesets that are there and shown: names and nodes, sorted by name, without `tip`.
///
/// # Errors
/// As [`read`].
pub fn shown(history: &impl History) -> Result<Vec<(Vec<u8>, Node)>> {
    let hidden = hidden::read(history)?;
    let revlog = history.changelog()?.revlog();
    let mut found = Vec::new();
    for (name, node) in read_in(history, &hidden)?.iter() {
        if revlog.find(&node)?.is_some_and(|rev| !hidden.contains(rev)) {
            found.push((name.to_vec(), node));
        }
    }
    Ok(found)
}

/// A tag as it is listed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ListedTag {
    /// The changeset it names.
    pub rev: Rev,
    /// Its name.
    pub name: Vec<u8>,
    /// The changeset's node.
    pub node: Node,
    /// Whether only this repository knows it.
    pub local: bool,
}

/// All tags with `tip`, the newest first.
///
/// # Errors
/// As [`read`].
pub fn listed(history: &impl History) -> Result<Vec<ListedTag>> {
    let hidden = hidden::read(history)?;
    let changelog = history.changelog()?;
    let local = local(history)?;
    let tip = hidden.tip(changelog);
    let mut found = vec![ListedTag {
        rev: tip,
        name: b"tip".to_vec(),
        node: changelog.revlog().node(tip)?,
        local: false,
    }];
    for (name, node) in read_in(history, &hidden)?.iter() {
        let rev = changelog.revlog().find(&node)?;
        if let Some(rev) = rev.filter(|rev| name != b"tip" && !hidden.contains(*rev)) {
            found.push(ListedTag {
                rev,
                name: name.to_vec(),
                node,
                local: local.get(name).is_some_and(|tag| tag.node == node),
            });
        }
    }
    found.sort_unstable_by(|a, b| b.cmp(a));
    Ok(found)
}

/// The nodes of the local tags, as far as the history has them.
///
/// # Errors
/// As [`read`].
pub(super) fn local_nodes(history: &impl History) -> Result<Vec<Node>> {
    Ok(local(history)?.into_values().map(|tag| tag.node).collect())
}

/// The local tags of known nodes.
fn local(history: &impl History) -> Result<BTreeMap<Vec<u8>, Tag>> {
    let revlog = history.changelog()?.revlog();
    let mut known = BTreeMap::new();
    for (name, tag) in parse(&read_file(&history.layout().dot_hg.join("localtags"))?) {
        if revlog.find(&tag.node)?.is_some() {
            known.insert(name, tag);
        }
    }
    Ok(known)
}

/// The tags of one file: the last line of a name holds its node, the lines before its past.
fn parse(data: &[u8]) -> BTreeMap<Vec<u8>, Tag> {
    let mut tags: BTreeMap<Vec<u8>, Tag> = BTreeMap::new();
    for line in data.split(|b| matches!(b, b'\n' | b'\r')) {
        let Some(space) = line.iter().position(|b| *b == b' ') else {
            continue;
        };
        let Some(node) = Node::from_hex(&line[..space]) else {
            continue;
        };
        let name = line[space + 1..].trim_ascii();
        match tags.get_mut(name) {
            Some(tag) => tag.before.push(std::mem::replace(&mut tag.node, node)),
            None => {
                let before = Vec::new();
                tags.insert(name.to_vec(), Tag { node, before });
            }
        }
    }
    tags
}

/// The merged tags of the heads, where they were kept for exactly this tip and nothing was hidden.
fn cached(history: &impl History, hidden: &Hidden) -> Result<Option<Tags>> {
    if !hidden.is_empty() {
        return Ok(None);
    }
    let data = read_cache(history, "tags2-visible");
    let Some(end) = data.iter().position(|b| *b == b'\n') else {
        return Ok(None);
    };
    let mut fields = data[..end]
        .split(u8::is_ascii_whitespace)
        .filter(|field| !field.is_empty());
    let is_valid = is_for_tip(history.changelog()?, fields.next(), fields.next())?;
    if !is_valid || fields.next().is_some() {
        return Ok(None);
    }
    Ok(Some(Tags {
        merged: parse(&data[end + 1..]),
        tip: None,
    }))
}

/// The merged tags of all heads that are shown, oldest head first.
fn global(history: &impl History, hidden: &Hidden) -> Result<Tags> {
    let mut tags = Tags::default();
    let filelog = Filelog::open(history.layout().store_vfs(), RepoPath::new(b".hgtags"))?;
    if filelog.revlog().is_empty() {
        return Ok(tags);
    }
    let records = read_cache(history, "hgtagsfnodes1");
    let mut seen: Vec<Node> = Vec::new();
    for head in hidden.heads(history.changelog()?)? {
        let node = match cached_file_node(history, &filelog, &records, head)? {
            Some(node) => node,
            None => file_node(history, head)?,
        };
        if !node.is_null() && !seen.contains(&node) {
            tags.merge(parse(&filelog.read_node(&node)?));
            seen.push(node);
        }
    }
    Ok(tags)
}

/// What the cache says about the `.hgtags` of a changeset: its node, the null node where there is none.
fn cached_file_node(
    history: &impl History,
    filelog: &Filelog,
    records: &[u8],
    rev: Rev,
) -> Result<Option<Node>> {
    let start = rev.index().unwrap_or(0).saturating_mul(RECORD);
    let record = records.get(start..start.saturating_add(RECORD));
    let Some((prefix, node)) = record.and_then(<[u8]>::split_first_chunk::<4>) else {
        return Ok(None);
    };
    let changeset = history.changelog()?.revlog().node(rev)?;
    let node = Node::from_slice(node).unwrap_or(Node::WDIR);
    if changeset.as_bytes()[..4] != prefix[..] || node == Node::WDIR {
        return Ok(None);
    }
    Ok(filelog.revlog().find(&node)?.map(|_| node))
}

fn file_node(history: &impl History, rev: Rev) -> Result<Node> {
    let manifest = history.changelog()?.changeset(rev)?.manifest();
    let entry = history
        .manifests()?
        .read(&manifest)?
        .get(RepoPath::new(b".hgtags"))?;
    Ok(entry.map_or(Node::NULL, |entry| entry.node))
}
