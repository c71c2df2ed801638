//! Changesets and all that belongs to them as the bytes of a changegroup (`docs/formats/changegroup.md`).
//! Which changesets are sent is the caller's choice; bundles around the bytes are Python's.

use std::collections::{BTreeMap, HashMap, HashSet};

use hyg_base::{Error, ErrorId, Node, RepoPath, Result, Rev};
use hyg_graph::LazyAncestors;
use hyg_store::changelog::Changelog;
use hyg_store::manifest::ManifestLog;
use hyg_store::requirements::TREEMANIFEST;
use hyg_store::revlog::Revlog;
use hyg_text::delta;

use crate::repo::Repo;

/// Revisions whose content is not what their hash says, which old versions cannot carry.
const CENSORED_OR_EXTERNAL: u16 = 0xA000;

/// The layout of deltas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// Each delta is against the one before it.
    One,
    /// Each delta names its base.
    Two,
    /// And has flags; tree manifests can be sent.
    Three,
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
                    self.group(changelog, &owners, give)?;
                    self.collect(&mut contents)?;
                    Stage::Manifests
                }
                Stage::Manifests => {
                    let manifests = self.repo.manifests()?;
                    self.group(manifests.revlog(), &contents.manifests, give)?;
                    let directories = std::mem::take(&mut contents.directories);
                    Stage::Directories(directories.into_iter().collect::<Vec<_>>().into_iter())
                }
                Stage::Directories(mut left) => match left.next() {
                    Some((path, owners)) => {
                        let name = [&path[..], b"/"].concat();
                        let revlog = self.repo.manifests()?.dir_revlog(&name)?;
                        give(chunk(&[&name])?)?;
                        self.group(&revlog, &owners, give)?;
                        Stage::Directories(left)
                    }
                    None => {
                        if self.version == Version::Three {
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
                        self.group(filelog.revlog(), &owners, give)?;
                        Stage::Files(left)
                    }
                    None => Stage::End,
                },
                Stage::End => return give(vec![0; 4]),
            };
        }
    }

    fn collect(&mut self, contents: &mut Contents) -> Result<()> {
        let log = self.repo.manifests()?.clone();
        let trees = self.repo.layout().requirements.contains(TREEMANIFEST);
        let mut filelogs = HashMap::new();
        for rev in self.revs.clone() {
            let changeset = self.repo.changelog()?.changeset(rev)?;
            let node = changeset.manifest();
            if !self.note(log.revlog(), node, rev, &mut contents.manifests)? {
                continue;
            }
            let manifest = log.read(&node)?;
            let mut directories = HashSet::new();
            for path in changeset.files() {
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
        give: &mut dyn FnMut(Vec<u8>) -> Result<()>,
    ) -> Result<()> {
        let changelog = self.repo.changelog()?.revlog();
        let mut revs = Vec::with_capacity(owners.len());
        for (node, owner) in owners {
            revs.push((log.rev(node)?, *node, *owner));
        }
        revs.sort_unstable_by_key(|(rev, ..)| *rev);
        let mut previous: Option<(Node, hyg_store::Blob)> = None;
        for (rev, node, owner) in revs {
            let [first, second] = log.parents(rev)?;
            let parents = [log.node(first)?, log.node(second)?];
            let text = log.raw_text(rev)?;
            let base = match &previous {
                Some((node, _)) if self.version == Version::One => *node,
                _ => parents[0],
            };
            let delta = match &previous {
                _ if base == Node::NULL => {
                    let len = u32::try_from(text.len()).map_err(|_| too_long())?;
                    [delta::trivial_header(len), text.to_vec()].concat()
                }
                Some((node, old)) if *node == base => delta::encode(old, &text)?,
                _ => delta::encode(&log.raw_text(log.rev(&base)?)?, &text)?,
            };
            let flags = log.entry(rev)?.flags();
            if flags & CENSORED_OR_EXTERNAL != 0 && self.version < Version::Three {
                return Err(Error::new(ErrorId::Unsupported).with(
                    "feature",
                    "revision flags in a changegroup of this version are",
                ));
            }
            let link = changelog.node(owner)?;
            let flags = flags.to_be_bytes();
            let mut parts: Vec<&[u8]> = vec![node.as_bytes()];
            parts.extend(parents.iter().map(|parent| &parent.as_bytes()[..]));
            if self.version > Version::One {
                parts.push(base.as_bytes());
            }
            parts.push(link.as_bytes());
            if self.version == Version::Three {
                parts.push(&flags);
            }
            parts.push(&delta);
            give(chunk(&parts)?)?;
            previous = Some((node, text));
        }
        give(vec![0; 4])
    }
}

fn too_long() -> Error {
    Error::new(ErrorId::Unsupported).with("feature", "a revision of 2 GiB or more is")
}

/// A chunk with its size.
fn chunk(parts: &[&[u8]]) -> Result<Vec<u8>> {
    let size = 4 + parts.iter().map(|part| part.len()).sum::<usize>();
    let claimed = i32::try_from(size).map_err(|_| too_long())?;
    let mut out = Vec::with_capacity(size);
    out.extend_from_slice(&claimed.to_be_bytes());
    for part in parts {
        out.extend_from_slice(part);
    }
    Ok(out)
}
