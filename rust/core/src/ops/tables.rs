//! Changesets, and what they did to files, as columns: for consumers that want many rows and no objects.
//! How columns leave the process is the binding's business; which changesets are meant is the caller's.

use hyg_base::{PathList, Phase, RepoPath, Result, Rev};
use hyg_store::manifest::Manifest;
use hyg_store::phases::Phases;

use crate::graph;
use crate::repo::Repo;

/// Private characters of Unicode that stand for the bytes 0x80 to 0xff where a text is not UTF-8: this plus the byte.
const ESCAPE_BASE: u32 = 0x10_F700;

/// Texts and numbers of changesets, one row each.
#[derive(Debug, Default)]
pub struct ChangesetColumns {
    /// Revision numbers.
    pub revs: Vec<i32>,
    /// Hexadecimal nodes.
    pub nodes: PathList,
    /// First and second parents, -1 where there is none.
    pub parents: [Vec<i32>; 2],
    /// Who made them.
    pub users: PathList,
    /// Seconds since 1970.
    pub dates: Vec<i64>,
    /// Seconds west of UTC.
    pub offsets: Vec<i32>,
    /// Named branches.
    pub branches: PathList,
    /// Names of phases.
    pub phases: PathList,
    /// How many files they list.
    pub files: Vec<i32>,
    /// Messages.
    pub descriptions: PathList,
}

/// What changesets did to files, one row for each file.
#[derive(Debug, Default)]
pub struct ChangeColumns {
    /// Revision numbers.
    pub revs: Vec<i32>,
    /// Paths.
    pub paths: PathList,
    /// "A", "M" or "R".
    pub statuses: PathList,
}

/// A text as UTF-8: what is none, and what looks like such a stand-in, byte for byte as private characters.
pub fn table_text(bytes: &[u8]) -> Vec<u8> {
    let plain = |text: &str| {
        !text
            .chars()
            .any(|one| (0x80..=0xff).contains(&(u32::from(one).wrapping_sub(ESCAPE_BASE))))
    };
    if std::str::from_utf8(bytes).is_ok_and(|text| text.is_ascii() || plain(text)) {
        return bytes.to_vec();
    }
    let mut found = String::with_capacity(bytes.len() + 16);
    let escape = |found: &mut String, bytes: &[u8]| {
        found.extend(
            bytes
                .iter()
                .filter_map(|byte| char::from_u32(ESCAPE_BASE + u32::from(*byte))),
        );
    };
    for chunk in bytes.utf8_chunks() {
        for one in chunk.valid().chars() {
            let text = one.to_string();
            if plain(&text) {
                found.push(one);
            } else {
                escape(&mut found, text.as_bytes());
            }
        }
        escape(&mut found, chunk.invalid());
    }
    found.into_bytes()
}

fn push(list: &mut PathList, bytes: &[u8]) -> Result<()> {
    list.push(RepoPath::new(&table_text(bytes)))
}

/// Changesets as columns, in the order of `revs`.
///
/// # Errors
/// Where changesets cannot be read.
pub fn changesets(repo: &Repo, revs: &[Rev]) -> Result<ChangesetColumns> {
    let changelog = repo.changelog()?;
    let loaded = Phases::load(&*repo.store(), changelog)?;
    let phases = if loaded.has_non_public() {
        Some(loaded.all(changelog)?)
    } else {
        None
    };
    let mut columns = ChangesetColumns::default();
    for rev in revs.iter().copied().filter(|rev| !rev.is_null()) {
        let changeset = changelog.changeset(rev)?;
        let parents = changelog.revlog().parents(rev)?;
        let date = changeset.date()?;
        let phase = phases.as_ref().and_then(|all| {
            usize::try_from(rev.0)
                .ok()
                .and_then(|place| all.get(place).copied())
        });
        columns.revs.push(rev.0);
        let node = changelog.revlog().node(rev)?.to_string();
        columns.nodes.push(RepoPath::new(node.as_bytes()))?;
        columns.parents[0].push(parents[0].0);
        columns.parents[1].push(parents[1].0);
        push(&mut columns.users, changeset.user())?;
        columns.dates.push(date.seconds);
        columns.offsets.push(date.offset);
        push(&mut columns.branches, &changeset.branch()?.name)?;
        let phase = phase.unwrap_or(Phase::Public).name();
        columns.phases.push(RepoPath::new(phase.as_bytes()))?;
        columns
            .files
            .push(i32::try_from(changeset.files().count()).unwrap_or(i32::MAX));
        push(&mut columns.descriptions, changeset.description())?;
    }
    Ok(columns)
}

/// What changesets did to the files that they list, in the order of `revs`: of each, the paths in their order.
///
/// # Errors
/// Where changesets or manifests cannot be read.
pub fn changes(repo: &Repo, revs: &[Rev]) -> Result<ChangeColumns> {
    let changelog = repo.changelog()?;
    let mut columns = ChangeColumns::default();
    let mut manifests = Recent(Vec::new());
    for rev in revs.iter().copied().filter(|rev| !rev.is_null()) {
        let changeset = changelog.changeset(rev)?;
        if changeset.files().next().is_none() {
            continue;
        }
        let parents: Vec<Rev> = changelog
            .revlog()
            .parents(rev)?
            .into_iter()
            .filter(|parent| !parent.is_null())
            .collect();
        let mut merged: Option<Vec<Rev>> = None;
        for path in changeset.files() {
            let status = if manifests.of(repo, rev)?.get(path)?.is_some() {
                let mut known = false;
                for parent in &parents {
                    known = known || manifests.of(repo, *parent)?.get(path)?.is_some();
                }
                if known { "M" } else { "A" }
            } else {
                if let [one, two] = parents[..] {
                    let bases = match &merged {
                        Some(bases) => bases,
                        None => {
                            merged.insert(graph::common_ancestor_heads(changelog, &[one, two])?)
                        }
                    };
                    if manifests.inherited(repo, path, [one, two], bases)? {
                        // a parent had removed it already: it is listed, and nothing happened to it here
                        columns.push(rev, path, "M")?;
                        continue;
                    }
                }
                "R"
            };
            columns.push(rev, path, status)?;
        }
    }
    Ok(columns)
}

impl ChangeColumns {
    fn push(&mut self, rev: Rev, path: &RepoPath, status: &str) -> Result<()> {
        self.revs.push(rev.0);
        self.statuses.push(RepoPath::new(status.as_bytes()))?;
        self.paths.push(path)
    }
}

/// The manifests that were looked at last: those of a changeset and of its parents, mostly.
struct Recent(Vec<(Rev, Manifest)>);

impl Recent {
    const MOST: usize = 6;

    fn of(&mut self, repo: &Repo, rev: Rev) -> Result<&Manifest> {
        if let Some(place) = self.0.iter().position(|(known, _)| *known == rev) {
            let found = self.0.remove(place);
            self.0.push(found);
        } else {
            if self.0.len() == Self::MOST {
                self.0.remove(0);
            }
            self.0.push((rev, repo.manifest_of(rev)?));
        }
        let last = self.0.len() - 1;
        Ok(&self.0[last].1)
    }

    /// Whether a file that a merge lacks was gone in one parent, and untouched since the common ancestors in the other.
    fn inherited(
        &mut self,
        repo: &Repo,
        path: &RepoPath,
        parents: [Rev; 2],
        bases: &[Rev],
    ) -> Result<bool> {
        let mut sides = [None, None];
        for (side, parent) in sides.iter_mut().zip(parents) {
            *side = self.of(repo, parent)?.get(path)?.map(|entry| entry.node);
        }
        let kept = match sides {
            [Some(node), None] | [None, Some(node)] => node,
            [None, None] => return Ok(true),
            [Some(_), Some(_)] => return Ok(false),
        };
        for base in bases {
            if self.of(repo, *base)?.get(path)?.map(|entry| entry.node) != Some(kept) {
                return Ok(false);
            }
        }
        Ok(!bases.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_utf8_and_can_be_turned_back() {
        assert_eq!(table_text("naïve".as_bytes()), "naïve".as_bytes());
        assert_eq!(table_text(b"na\xefve"), "na\u{10F7EF}ve".as_bytes());
        let mimic = "\u{10F7EF}".as_bytes();
        let escaped: String = mimic
            .iter()
            .map(|byte| char::from_u32(ESCAPE_BASE + u32::from(*byte)).unwrap())
            .collect();
        assert_eq!(table_text(mimic), escaped.as_bytes());
    }
}
