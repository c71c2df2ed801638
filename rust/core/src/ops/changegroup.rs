//! Changesets and all that belongs to them as the bytes of a changegroup (`docs/formats/changegroup.md`).
//! Which changesets are sent is the caller's choice; bundles around the bytes are Python's.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;
use std::sync::OnceLock;

use hyg_base::{Error, ErrorId, Node, RepoPath, Result, Rev, patience};
use hyg_graph::LazyAncestors;
use hyg_store::Blob;
use hyg_store::changelog::Changelog;
use hyg_store::manifest::ManifestLog;
use hyg_store::requirements::TREEMANIFEST;
use hyg_store::revlog::{FLAG_HAS_META, Revlog};
use hyg_text::delta;

use crate::repo::Repo;

/// Revisions whose content is not what their hash says, which old versions cannot carry.
const CENSORED_OR_EXTERNAL: u16 = 0xA000;
/// Flags that are sent: what is about the content, and not about how it is stored here.
const SENT_FLAGS: u16 = 0xF000;
/// Flags of a revision whose delta against the second parent is known to be the smaller one.
const SMALL_AGAINST_SECOND: u16 = 1 << 9 | 1 << 6;
/// What the fourth version tells of the way a revision is stored, the parts before and after its size: nothing, and that its
/// delta is not compressed.
const NO_SNAPSHOT: [u8; 1] = [0xFE];
const NO_STORED_BASE: [u8; 23] = {
    let mut known = [0xFF; 23];
    known[0] = 0;
    known[1] = 0;
    known
};

/// Revisions that are prepared at once.
const BATCH: usize = 4096;
/// Fewer revisions than this are not worth a thread.
const WORTH_A_THREAD: usize = 64;

/// The layout of deltas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// Each delta is against the one before it.
    One,
    /// Each delta names its base.
    Two,
    /// And has flags; tree manifests can be sent.
    Three,
    /// And tells of its size, and whether a file revision has metadata.
    Four,
}

/// Nodes of a revlog with the changeset that each belongs to.
type Owners = HashMap<Node, Rev>;

/// What is sent next.
enum Stage {
    Changelog,
    Manifests,
    Directories(std::vec::IntoIter<(Vec<u8>, Owners)>),
    Files(std::vec::IntoIter<(Vec<u8>, Owners)>),
    End,
}

/// A changegroup, made piece by piece.
pub struct Outgoing<'a> {
    repo: &'a Repo,
    version: Version,
    revs: Vec<Rev>,
    sent: HashSet<Rev>,
    known: LazyAncestors<&'a Changelog>,
}

/// What was found to be sent besides changesets.
#[derive(Default)]
struct Contents {
    manifests: Owners,
    directories: BTreeMap<Vec<u8>, Owners>,
    files: BTreeMap<Vec<u8>, Owners>,
}

impl<'a> Outgoing<'a> {
    /// Prepares to send `revs` to somebody who has `have` and all their ancestors.
    ///
    /// # Errors
    /// [`ErrorId::Unsupported`] for tree manifests in a version that cannot carry them.
    pub fn new(
        repo: &'a Repo,
        mut revs: Vec<Rev>,
        have: &[Rev],
        version: Version,
    ) -> Result<Outgoing<'a>> {
        let trees = repo.layout().requirements.contains(TREEMANIFEST);
        if trees && version < Version::Three {
            let version = if version == Version::One { "01" } else { "02" };
            let feature = format!("tree manifests in a changegroup of version {version} are");
            return Err(Error::new(ErrorId::Unsupported).with("feature", feature));
        }
        revs.sort_unstable();
        let changelog = repo.changelog()?;
        Ok(Outgoing {
            repo,
            version,
            sent: revs.iter().copied().collect(),
            revs,
            known: LazyAncestors::new(changelog, have.iter().copied(), Rev(0), true)?,
        })
    }

    /// Hands every piece to `give`.
    ///
    /// # Errors
    /// Whatever reading the store answers, and whatever `give` does.
    pub fn write(&mut self, give: &mut dyn FnMut(Vec<u8>) -> Result<()>) -> Result<()> {
        let mut stage = Stage::Changelog;
        let mut contents = Contents::default();
        loop {
            stage = match stage {
                Stage::Changelog => {
                    let changelog = self.repo.changelog()?.revlog();
                    let mut owners = Owners::with_capacity(self.revs.len());
                    for rev in &self.revs {
                        owners.insert(changelog.node(*rev)?, *rev);
                    }
                    self.group(changelog, &owners, false, give)?;
                    self.collect(&mut contents)?;
                    Stage::Manifests
                }
                Stage::Manifests => {
                    let manifests = self.repo.manifests()?;
                    self.group(manifests.revlog(), &contents.manifests, false, give)?;
                    let directories = std::mem::take(&mut contents.directories);
                    Stage::Directories(directories.into_iter().collect::<Vec<_>>().into_iter())
                }
                Stage::Directories(mut left) => match left.next() {
                    Some((path, owners)) => {
                        let name = [&path[..], b"/"].concat();
                        let revlog = self.repo.manifests()?.dir_revlog(&name)?;
                        give(chunk(&[&name])?)?;
                        self.group(&revlog, &owners, false, give)?;
                        Stage::Directories(left)
                    }
                    None => {
                        if self.version >= Version::Three {
                            give(vec![0; 4])?;
                        }
                        let files = std::mem::take(&mut contents.files);
                        Stage::Files(files.into_iter().collect::<Vec<_>>().into_iter())
                    }
                },
                Stage::Files(mut left) => match left.next() {
                    Some((path, owners)) => {
                        let filelog = self.repo.filelog(RepoPath::new(&path))?;
                        give(chunk(&[&path])?)?;
                        self.group(filelog.revlog(), &owners, true, give)?;
                        Stage::Files(left)
                    }
                    None => Stage::End,
                },
                Stage::End => return give(vec![0; 4]),
            };
        }
    }

    fn collect(&mut self, contents: &mut Contents) -> Result<()> {
        if self.repo.layout().requirements.contains(TREEMANIFEST) {
            let revs = self.revs.clone();
            return self.collect_from_manifests(&revs, None, contents);
        }
        let log = self.repo.manifests()?.clone();
        let mut listed: BTreeMap<Vec<u8>, Vec<Rev>> = BTreeMap::new();
        for rev in self.revs.clone() {
            let changeset = self.repo.changelog()?.changeset(rev)?;
            if self.note(
                log.revlog(),
                changeset.manifest(),
                rev,
                &mut contents.manifests,
            )? {
                for path in changeset.files() {
                    match listed.get_mut(path.as_bytes()) {
                        Some(revs) => revs.push(rev),
                        None => drop(listed.insert(path.as_bytes().to_vec(), vec![rev])),
                    }
                }
            }
        }
        // A file revision that is linked to a changeset that lists the file is the one that its manifest names. What
        // is left was removed, or is linked to another changeset.
        let mut left: BTreeMap<Rev, HashSet<Vec<u8>>> = BTreeMap::new();
        for (path, revs) in listed {
            let filelog = self.repo.filelog(RepoPath::new(&path))?;
            let revlog = filelog.revlog();
            let mut owners = Owners::new();
            let mut found = vec![false; revs.len()];
            for at in 0..i32::try_from(revlog.len()).unwrap_or(i32::MAX) {
                let entry = revlog.entry(Rev(at))?;
                if let Ok(place) = revs.binary_search(&entry.link_rev()) {
                    found[place] = true;
                    owners.insert(entry.node(), entry.link_rev());
                }
            }
            for (rev, _) in revs.iter().zip(found).filter(|(_, found)| !found) {
                left.entry(*rev).or_default().insert(path.clone());
            }
            contents.files.insert(path, owners);
        }
        let revs: Vec<Rev> = left.keys().copied().collect();
        self.collect_from_manifests(&revs, Some(&left), contents)
    }

    /// Notes what the manifests of `revs` name: all files that each lists, or those of `only`.
    fn collect_from_manifests(
        &mut self,
        revs: &[Rev],
        only: Option<&BTreeMap<Rev, HashSet<Vec<u8>>>>,
        contents: &mut Contents,
    ) -> Result<()> {
        let log = self.repo.manifests()?.clone();
        let trees = self.repo.layout().requirements.contains(TREEMANIFEST);
        let mut filelogs = HashMap::new();
        for &rev in revs {
            let changeset = self.repo.changelog()?.changeset(rev)?;
            let node = changeset.manifest();
            if !self.note(log.revlog(), node, rev, &mut contents.manifests)? {
                continue;
            }
            let manifest = log.read(&node)?;
            let wanted = only.and_then(|only| only.get(&rev));
            let mut directories = HashSet::new();
            for path in changeset.files() {
                if wanted.is_some_and(|wanted| !wanted.contains(path.as_bytes())) {
                    continue;
                }
                if trees {
                    directories.extend(path.ancestors().map(|dir| dir.as_bytes().to_vec()));
                }
                let Some(entry) = manifest.get(path)? else {
                    continue;
                };
                let filelog = match filelogs.get(path.as_bytes()) {
                    Some(known) => known,
                    None => filelogs
                        .entry(path.as_bytes().to_vec())
                        .or_insert(self.repo.filelog(path)?),
                };
                let owners = contents.files.entry(path.as_bytes().to_vec()).or_default();
                self.note(filelog.revlog(), entry.node, rev, owners)?;
            }
            directories.remove(&[][..]);
            for directory in directories {
                if let Some(node) = manifest.directory_node(&directory)? {
                    self.note_directory(&log, directory, node, rev, contents)?;
                }
            }
        }
        contents.files.retain(|_, owners| !owners.is_empty());
        contents.directories.retain(|_, owners| !owners.is_empty());
        Ok(())
    }

    fn note_directory(
        &mut self,
        log: &ManifestLog,
        directory: Vec<u8>,
        node: Node,
        rev: Rev,
        contents: &mut Contents,
    ) -> Result<()> {
        let revlog = log.dir_revlog(&[&directory[..], b"/"].concat())?;
        let owners = contents.directories.entry(directory).or_default();
        self.note(&revlog, node, rev, owners).map(drop)
    }

    /// Notes a revision that has to be sent; false for one that the receiver has.
    fn note(&mut self, log: &Revlog, node: Node, rev: Rev, owners: &mut Owners) -> Result<bool> {
        if owners.contains_key(&node) {
            return Ok(true);
        }
        if node == Node::NULL {
            return Ok(false);
        }
        let link = log.entry(log.rev(&node)?)?.link_rev();
        if self.sent.contains(&link) {
            owners.insert(node, link);
        } else if self.known.contains(link)? {
            return Ok(false);
        } else {
            owners.insert(node, rev);
        }
        Ok(true)
    }

    fn group(
        &self,
        log: &Revlog,
        owners: &Owners,
        is_file: bool,
        give: &mut dyn FnMut(Vec<u8>) -> Result<()>,
    ) -> Result<()> {
        let changelog = self.repo.changelog()?.revlog();
        let mut sent = Vec::with_capacity(owners.len());
        for (node, owner) in owners {
            sent.push((log.rev(node)?, *owner));
        }
        sent.sort_unstable();
        let group = Group {
            version: self.version,
            changelog,
            log,
            sent: &sent,
            is_file,
            available: OnceLock::new(),
        };
        for start in (0..sent.len()).step_by(BATCH) {
            let range = start..sent.len().min(start + BATCH);
            for made in in_parts(range, super::threads(self.repo), |part| group.part(part))? {
                give(made)?;
            }
        }
        give(vec![0; 4])
    }
}

/// The revisions of one revlog that are sent, with the changeset that each belongs to, ascending.
struct Group<'a> {
    version: Version,
    changelog: &'a Revlog,
    log: &'a Revlog,
    sent: &'a [(Rev, Rev)],
    is_file: bool,
    /// What the receiver has, once somebody has asked.
    available: OnceLock<Vec<bool>>,
}

impl Group<'_> {
    /// The chunks of some of the revisions, one behind the other.
    fn part(&self, range: Range<usize>) -> Result<Vec<u8>> {
        let mut out = Vec::new();
        let mut last: Option<(Rev, Blob)> = None;
        for at in range {
            let (rev, owner) = self.sent[at];
            let log = self.log;
            let parents = log.parents(rev)?;
            let flags = log.entry(rev)?.flags();
            if flags & CENSORED_OR_EXTERNAL != 0 && self.version < Version::Three {
                return Err(Error::new(ErrorId::Unsupported).with(
                    "feature",
                    "revision flags in a changegroup of this version are",
                ));
            }
            let (base, stored) = self.chosen(at, parents, flags)?;
            let delta = match stored {
                Some(delta) => delta,
                None => self.computed(rev, base, &mut last)?,
            };
            let mut parts = vec![log.node(rev)?, log.node(parents[0])?, log.node(parents[1])?];
            if self.version > Version::One {
                parts.push(log.node(base)?);
            }
            parts.push(self.changelog.node(owner)?);
            let parts: Vec<&[u8]> = parts.iter().map(|node| &node.as_bytes()[..]).collect();
            let more = self.more(rev, flags & SENT_FLAGS)?;
            append(&[&parts.concat(), &more, &delta], &mut out)?;
        }
        Ok(out)
    }

    /// What follows the nodes of a revision.
    fn more(&self, rev: Rev, mut flags: u16) -> Result<Vec<u8>> {
        if self.version < Version::Three {
            return Ok(Vec::new());
        }
        if self.version == Version::Three {
            return Ok(flags.to_be_bytes().to_vec());
        }
        let text = self.log.raw_text(rev)?;
        if self.is_file && text.starts_with(b"\x01\n") {
            flags |= FLAG_HAS_META;
        }
        let len = u32::try_from(text.len()).map_err(|_| too_long())?;
        let mut more = flags.to_be_bytes().to_vec();
        more.extend(NO_SNAPSHOT);
        more.extend(len.to_be_bytes());
        more.extend(NO_STORED_BASE);
        Ok(more)
    }

    /// The base of what is sent, and the delta where it is stored as it is sent: a text that is stored whole is sent whole,
    /// and a delta as it is stored where the receiver has its base by then.
    fn chosen(&self, at: usize, parents: [Rev; 2], flags: u16) -> Result<(Rev, Option<Vec<u8>>)> {
        let rev = self.sent[at].0;
        let stored = self.log.stored_delta(rev)?;
        if self.version == Version::One {
            let base = self.previous(at, parents[0]);
            return Ok((
                base,
                stored.filter(|(known, _)| *known == base).map(|(_, d)| d),
            ));
        }
        let Some((base, delta)) = stored else {
            return Ok((Rev::NULL, None));
        };
        let about_content =
            |rev: Rev| Ok::<_, Error>(self.log.entry(rev)?.flags() & CENSORED_OR_EXTERNAL != 0);
        if parents.contains(&base) || self.is_sent(base, at) || self.is_available(base)? {
            let usable = !about_content(base)? && !about_content(rev)?;
            return Ok(match usable {
                true => (base, Some(delta)),
                false => (Rev::NULL, None),
            });
        }
        let by_second = flags & SMALL_AGAINST_SECOND == SMALL_AGAINST_SECOND;
        let base = match parents {
            [_, second] if by_second && !second.is_null() => second,
            [first, _] if !first.is_null() => first,
            [_, second] if !second.is_null() => second,
            [first, _] => self.previous(at, first),
        };
        if base.is_null() || about_content(base)? || about_content(rev)? {
            return Ok((Rev::NULL, None));
        }
        Ok((base, None))
    }

    fn is_sent(&self, rev: Rev, before: usize) -> bool {
        let sent = &self.sent[..before];
        sent.binary_search_by_key(&rev, |(rev, _)| *rev).is_ok()
    }

    /// Whether the receiver has a revision because it has parents of what is sent.
    fn is_available(&self, rev: Rev) -> Result<bool> {
        let known = match self.available.get() {
            Some(known) => known,
            None => {
                let found = self.find_available()?;
                self.available.get_or_init(|| found)
            }
        };
        let place = usize::try_from(rev.0).unwrap_or(usize::MAX);
        Ok(known.get(place).copied().unwrap_or(false))
    }

    fn find_available(&self) -> Result<Vec<bool>> {
        let mut known = vec![false; self.log.len()];
        let mark = |known: &mut Vec<bool>, rev: Rev| {
            if let Some(place) = usize::try_from(rev.0).ok().and_then(|at| known.get_mut(at)) {
                *place = true;
            }
        };
        for (rev, _) in self.sent {
            for parent in self.log.parents(*rev)? {
                if !self.is_sent(parent, self.sent.len()) {
                    mark(&mut known, parent);
                }
            }
        }
        for at in (0..known.len()).rev() {
            if known[at] {
                for parent in self
                    .log
                    .parents(Rev(i32::try_from(at).unwrap_or(i32::MAX)))?
                {
                    mark(&mut known, parent);
                }
            }
        }
        Ok(known)
    }

    fn previous(&self, at: usize, first_parent: Rev) -> Rev {
        at.checked_sub(1)
            .map_or(first_parent, |before| self.sent[before].0)
    }

    /// A delta of our own, or the whole text where the base is the null revision.
    fn computed(&self, rev: Rev, base: Rev, last: &mut Option<(Rev, Blob)>) -> Result<Vec<u8>> {
        let text = self.log.raw_text(rev)?;
        let delta = match last.take() {
            _ if base.is_null() => {
                let len = u32::try_from(text.len()).map_err(|_| too_long())?;
                [delta::trivial_header(len), text.to_vec()].concat()
            }
            Some((known, old)) if known == base => delta::encode(&old, &text)?,
            _ => delta::encode(&self.log.raw_text(base)?, &text)?,
        };
        *last = Some((rev, text));
        Ok(delta)
    }
}

/// Answers parts of `range` on several threads, where there is enough to do; in order.
fn in_parts(
    range: Range<usize>,
    threads: usize,
    work: impl Fn(Range<usize>) -> Result<Vec<u8>> + Sync,
) -> Result<Vec<Vec<u8>>> {
    if threads < 2 || range.len() < WORTH_A_THREAD {
        return Ok(vec![work(range)?]);
    }
    let step = range.len().div_ceil(threads);
    let work = &work;
    let end = range.end;
    let starts = range.step_by(step);
    let made = patience::together(starts.map(|start| move || work(start..end.min(start + step))));
    made.into_iter().collect()
}

fn too_long() -> Error {
    Error::new(ErrorId::Unsupported).with("feature", "a revision of 2 GiB or more is")
}

/// A chunk with its size.
fn chunk(parts: &[&[u8]]) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    append(parts, &mut out)?;
    Ok(out)
}

fn append(parts: &[&[u8]], out: &mut Vec<u8>) -> Result<()> {
    let size = 4 + parts.iter().map(|part| part.len()).sum::<usize>();
    let claimed = i32::try_from(size).map_err(|_| too_long())?;
    out.extend_from_slice(&claimed.to_be_bytes());
    for part in parts {
        out.extend_from_slice(part);
    }
    Ok(())
}
