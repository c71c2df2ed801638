//! Where the dirstate contradicts the manifests of the working copy's parents.
//! The dirstate itself is read by `hyg-worktree`.

use hyg_base::{Node, Result, Rev};

use super::{Finding, Verification, short};

impl Verification<'_, '_> {
    /// Checks it; asked only where everything else is sound.
    pub(super) fn dirstate(&mut self) -> Result<()> {
        self.step("dirstate")?;
        let dirstate = self.repo.dirstate()?;
        let nodes = dirstate.parents();
        let changelog = self.repo.changelog()?.revlog();
        let manifest = |node| -> Result<_> {
            let rev = changelog.find(node)?.unwrap_or(Rev::NULL);
            self.repo.manifest_of(rev)
        };
        let [first, second] = [manifest(&nodes[0])?, manifest(&nodes[1])?];
        let known = changelog.find(&nodes[0])?;
        let parent = short(known.map_or(&Node::NULL, |_| &nodes[0]));
        let mut found = Vec::new();
        let about = |id, path: &[u8]| Finding::new(id).fact("path", path);
        for item in &dirstate {
            let item = item?;
            let entry = item.entry;
            let path = item.path.as_bytes();
            let in_first = first.get(item.path)?.is_some();
            if entry.p1_tracked && !in_first {
                let merged = entry.wc_tracked && entry.p2_info;
                if merged && second.get(item.path)?.is_none() {
                    found.push(about("dirstate-modified", path));
                } else {
                    found.push(about("dirstate-tracked", path).fact("parent", &parent[..]));
                }
            }
            if entry.wc_tracked && !entry.p1_tracked && !entry.p2_info && in_first {
                found.push(about("dirstate-added", path));
            }
        }
        let mut files = first.walk()?;
        while let Some((path, _)) = files.advance()? {
            if !dirstate.get(path)?.is_some_and(|entry| entry.p1_tracked) {
                let lacks = about("dirstate-lacks", path.as_bytes());
                found.push(lacks.fact("parent", &parent[..]));
            }
        }
        self.tell_all(found)
    }
}
