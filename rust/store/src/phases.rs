//! How far changesets have travelled, from the roots that `phaseroots` lists (format: `docs/formats/phaseroots.md`).
//! Moving changesets between phases comes with writing; hiding those of some phases is for repository views.

use hyg_base::{Error, ErrorId, Node, Phase, Result, Rev};
use hyg_graph::{Ancestors, Graph};

use crate::changelog::Changelog;
use crate::vfs::Vfs;

/// The roots of all phases but public.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Phases {
    /// Ascending by revision; one revision may be the root of several phases.
    roots: Vec<(Rev, Phase)>,
    unknown: Vec<(Phase, Node)>,
}

impl Phases {
    /// Reads the roots of a store; without a file everything is public.
    ///
    /// # Errors
    /// [`ErrorId::CorruptFile`] (facts `path`, `offset`) for a line that is not a phase and a node; [`ErrorId::Io`].
    pub fn load(vfs: &dyn Vfs, changelog: &Changelog) -> Result<Phases> {
        let Some(data) = vfs.read(b"phaseroots")? else {
            return Ok(Phases::default());
        };
        let mut phases = Phases::default();
        for (phase, node) in
            parse(&data).map_err(|error| error.with("path", vfs.path(b"phaseroots").as_path()))?
        {
            match changelog.revlog().find(&node)? {
                Some(rev) => phases.roots.push((rev, phase)),
                None => phases.unknown.push((phase, node)),
            }
        }
        phases.roots.sort_unstable();
        Ok(phases)
    }

    /// The roots that are in the history, ascending.
    pub fn roots(&self) -> &[(Rev, Phase)] {
        &self.roots
    }

    /// Roots that are not in the history (any more), which count for nothing.
    pub fn unknown(&self) -> &[(Phase, Node)] {
        &self.unknown
    }

    /// Whether some changeset is not public.
    pub fn has_non_public(&self) -> bool {
        self.roots.iter().any(|(_, phase)| *phase != Phase::Public)
    }

    /// Whether some changeset is in a phase that is never shown.
    pub fn has_hidden(&self) -> bool {
        let is_hidden = |phase| matches!(phase, Phase::Archived | Phase::Internal);
        self.roots.iter().any(|(_, phase)| is_hidden(*phase))
    }

    /// The phase of one changeset: the highest of the roots it descends from.
    ///
    /// # Errors
    /// Where parents cannot be read.
    pub fn phase(&self, graph: &(impl Graph + ?Sized), rev: Rev) -> Result<Phase> {
        let mut highest = Phase::Public;
        let Some((lowest, _)) = self.roots.iter().find(|(_, phase)| *phase != Phase::Public) else {
            return Ok(highest);
        };
        let most = self.roots.iter().map(|(_, phase)| *phase).max();
        if rev.is_null() {
            return Ok(highest);
        }
        let mut walk = Ancestors::new(graph, [rev], *lowest, true)?;
        while let Some(found) = walk.advance()? {
            let at = self.roots.partition_point(|(root, _)| *root < found);
            for (_, phase) in self.roots[at..]
                .iter()
                .take_while(|(root, _)| *root == found)
            {
                highest = highest.max(*phase);
            }
            if Some(highest) == most {
                break;
            }
        }
        Ok(highest)
    }

    /// The phases of all changesets, by revision.
    ///
    /// # Errors
    /// Where parents cannot be read.
    pub fn all(&self, graph: &(impl Graph + ?Sized)) -> Result<Vec<Phase>> {
        let mut phases = vec![Phase::Public; graph.len()];
        let Some(first) = self.roots.iter().find_map(|(root, _)| root.index()) else {
            return Ok(phases);
        };
        let mut roots = self.roots.as_slice();
        for index in first..phases.len() {
            let rev = Rev(i32::try_from(index).unwrap_or(i32::MAX));
            let mut phase = Phase::Public;
            for parent in graph.parents(rev)? {
                if let Some(inherited) = parent.index().and_then(|parent| phases.get(parent)) {
                    phase = phase.max(*inherited);
                }
            }
            while let Some(((root, own), rest)) = roots.split_first()
                && *root <= rev
            {
                if *root == rev {
                    phase = phase.max(*own);
                }
                roots = rest;
            }
            phases[index] = phase;
        }
        Ok(phases)
    }
}

fn parse(data: &[u8]) -> Result<Vec<(Phase, Node)>> {
    let mut roots = Vec::new();
    let mut offset = 0;
    for line in data.split_inclusive(|b| *b == b'\n') {
        let mut words = line
            .split(u8::is_ascii_whitespace)
            .filter(|word| !word.is_empty());
        let (phase, node) = (
            words.next().and_then(phase),
            words.next().and_then(Node::from_hex),
        );
        match (phase, node, words.next()) {
            (Some(phase), Some(node), None) => roots.push((phase, node)),
            _ => {
                return Err(Error::new(ErrorId::CorruptFile)
                    .with("problem", "a line is not a phase and a node")
                    .with("offset", offset));
            }
        }
        offset += line.len();
    }
    Ok(roots)
}

fn phase(word: &[u8]) -> Option<Phase> {
    Phase::from_number(std::str::from_utf8(word).ok()?.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::revlog::build::{Row, split_index};
    use crate::vfs::DiskVfs;
    use hyg_base::Fact;
    use proptest::prelude::*;
    use std::sync::Arc;

    /// 0 - 1 - 2 - 3, and 4 beside them on 0; 5 merges 3 and 4.
    fn store(phaseroots: &str) -> (tempfile::TempDir, Result<(Phases, Changelog)>) {
        let dir = tempfile::tempdir().unwrap();
        let parents = [[-1, -1], [0, -1], [1, -1], [2, -1], [0, -1], [3, 4]];
        let rows: Vec<Row> = parents
            .iter()
            .enumerate()
            .map(|(rev, parents)| Row {
                parents: *parents,
                node: Node([rev as u8 + 1; 20]),
                ..Row::text(b"")
            })
            .collect();
        std::fs::write(dir.path().join("00changelog.i"), split_index(&rows, 1).0).unwrap();
        let text = phaseroots.replace('#', "0202020202020202020202020202020202020202");
        std::fs::write(dir.path().join("phaseroots"), text).unwrap();
        let vfs = Arc::new(DiskVfs::new(dir.path()));
        let changelog = Changelog::open(vfs.clone(), false).unwrap();
        let phases = Phases::load(&*vfs, &changelog).map(|phases| (phases, changelog));
        (dir, phases)
    }

    fn hex(rev: u8) -> String {
        Node([rev + 1; 20]).to_string()
    }

    #[test]
    fn descendants_inherit_the_highest_phase() {
        let (_dir, loaded) = store(&format!(
            "1 {}\n2 {}\n1 {}\n",
            hex(1),
            hex(3),
            "9".repeat(40)
        ));
        let (phases, changelog) = loaded.unwrap();
        let expected = [
            Phase::Public,
            Phase::Draft,
            Phase::Draft,
            Phase::Secret,
            Phase::Public,
            Phase::Secret,
        ];
        assert_eq!(phases.all(&changelog).unwrap(), expected);
        for (rev, phase) in expected.iter().enumerate() {
            assert_eq!(phases.phase(&changelog, Rev(rev as i32)).unwrap(), *phase);
        }
        assert_eq!(phases.unknown().len(), 1);
        assert!(phases.has_non_public() && !phases.has_hidden());
        assert_eq!(phases.phase(&changelog, Rev::NULL).unwrap(), Phase::Public);
    }

    #[test]
    fn nothing_listed_means_public() {
        let (dir, loaded) = store("");
        let (phases, changelog) = loaded.unwrap();
        assert_eq!(phases.all(&changelog).unwrap(), [Phase::Public; 6]);
        assert_eq!(phases.phase(&changelog, Rev(5)).unwrap(), Phase::Public);
        std::fs::remove_file(dir.path().join("phaseroots")).unwrap();
        let vfs = DiskVfs::new(dir.path());
        assert_eq!(Phases::load(&vfs, &changelog).unwrap(), Phases::default());
        let (_dir, loaded) = store("96 #\n");
        assert!(loaded.unwrap().0.has_hidden());
    }

    #[test]
    fn malformed_lines_are_named_with_their_place() {
        for bad in [
            "2 #\n1 abc\n",
            "2 #\nx #\n",
            "2 #\n7 #\n",
            "2 #\n\n",
            "2 #\n1 # x\n",
            "2 #\n1",
        ] {
            let (dir, loaded) = store(bad);
            let error = loaded.err().unwrap();
            assert_eq!(error.id(), ErrorId::CorruptFile, "{bad}");
            assert_eq!(error.fact("offset"), Some(&Fact::Int(43)));
            assert_eq!(
                error.fact("path"),
                Some(&Fact::from(dir.path().join("phaseroots").as_path()))
            );
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered(data in "[0-9a-f# \n]{0,90}") {
            let (_dir, _answer) = store(&data);
        }
    }
}
