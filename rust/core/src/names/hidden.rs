//! Which changesets are hidden: obsolete, archived or internal ones that nothing visible needs
//! (format: `docs/formats/obsstore.md`). Why one is hidden, for the error that names it, is `fate`.

use std::collections::HashMap;

use hyg_base::{Node, Phase, Result, Rev};
use hyg_graph::{Graph, heads};
use hyg_store::changelog::Changelog;
use hyg_store::obsstore::Markers;
use hyg_store::phases::Phases;

use super::{History, bookmarks, merge_state, tags};

/// What is not shown, and what is obsolete although it may be shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hidden {
    /// Ascending.
    hidden: Vec<Rev>,
    /// Ascending.
    obsolete: Vec<Rev>,
}

impl Hidden {
    /// Whether the changeset is hidden.
    pub fn contains(&self, rev: Rev) -> bool {
        self.hidden.binary_search(&rev).is_ok()
    }

    /// Whether a marker declares the changeset obsolete, and it can still change.
    pub fn is_obsolete(&self, rev: Rev) -> bool {
        self.obsolete.binary_search(&rev).is_ok()
    }

    /// Whether everything is shown.
    pub fn is_empty(&self) -> bool {
        self.hidden.is_empty()
    }

    /// Whether everything is shown and nothing is obsolete.
    pub fn is_plain(&self) -> bool {
        self.hidden.is_empty() && self.obsolete.is_empty()
    }

    /// The obsolete changesets, ascending.
    pub fn obsolete(&self) -> &[Rev] {
        &self.obsolete
    }

    /// The hidden changesets, ascending.
    pub fn revs(&self) -> &[Rev] {
        &self.hidden
    }

    /// The last changeset that is shown; the null revision where there is none.
    pub fn tip(&self, changelog: &Changelog) -> Rev {
        let mut tip = changelog.revlog().tip();
        for hidden in self.hidden.iter().rev() {
            if *hidden != tip {
                break;
            }
            tip = Rev(tip.0 - 1);
        }
        tip
    }

    /// The changesets that are shown and have no child that is, ascending.
    ///
    /// # Errors
    /// Where parents cannot be read.
    pub fn heads(&self, changelog: &Changelog) -> Result<Vec<Rev>> {
        if self.is_empty() {
            return hyg_graph::all_heads(changelog);
        }
        let all = (0..changelog.len()).filter_map(|index| i32::try_from(index).ok().map(Rev));
        heads(changelog, all.filter(|rev| !self.contains(*rev)))
    }
}

/// Finds out what is hidden now.
///
/// # Errors
/// Where markers, phases, the history or what pins changesets cannot be read.
pub fn read(history: &impl History) -> Result<Hidden> {
    find(history, history.shows_hidden())
}

/// The same, as if hidden changesets were not to be shown.
///
/// # Errors
/// As [`read`].
pub fn hideable(history: &impl History) -> Result<Hidden> {
    find(history, false)
}

fn find(history: &impl History, shows_hidden: bool) -> Result<Hidden> {
    let changelog = history.changelog()?;
    let store = history.layout().store_vfs();
    let markers = history.markers()?;
    if markers.is_empty() && !phases_may_hide(history)? {
        return Ok(Hidden::default());
    }
    let phases = Phases::load(&*store, changelog)?;
    if markers.is_empty() && !phases.has_hidden() {
        return Ok(Hidden::default());
    }
    let phases = phases.all(changelog)?;
    let obsolete = obsolete(changelog, &markers, &phases)?;
    if shows_hidden {
        let hidden = Vec::new();
        return Ok(Hidden { hidden, obsolete });
    }
    let mut is_hidden = vec![false; phases.len()];
    for (flag, phase) in is_hidden.iter_mut().zip(&phases) {
        *flag = matches!(phase, Phase::Archived | Phase::Internal);
    }
    for index in obsolete.iter().filter_map(|rev| rev.index()) {
        is_hidden[index] = true;
    }
    if is_hidden.contains(&true) {
        for index in pinned(history)?.into_iter().filter_map(Rev::index) {
            is_hidden[index] = false;
        }
        reveal_ancestors(changelog, &phases, &mut is_hidden)?;
    }
    let hidden = revs_where(&is_hidden);
    Ok(Hidden { hidden, obsolete })
}

/// Whether some root of a phase may be one that hides; what is odd about them is told by reading them properly.
fn phases_may_hide(history: &impl History) -> Result<bool> {
    let store = history.layout().store_vfs();
    let data = store.read(b"phaseroots")?.unwrap_or_default();
    let may_hide = |line: &[u8]| {
        let is_usual = line.len() == 42 && matches!(line[..2], [b'0'..=b'2', b' ']);
        !(is_usual && Node::from_hex(&line[2..]).is_some())
    };
    let ends = data.is_empty() || data.ends_with(b"\n");
    let mut lines = data
        .strip_suffix(b"\n")
        .unwrap_or_default()
        .split(|byte| *byte == b'\n');
    Ok(!ends || (!data.is_empty() && lines.any(may_hide)))
}

fn revs_where(flags: &[bool]) -> Vec<Rev> {
    let flagged = flags.iter().enumerate().filter(|(_, flag)| **flag);
    flagged
        .filter_map(|(index, _)| i32::try_from(index).ok().map(Rev))
        .collect()
}

/// The changesets that can still change and that a marker has as predecessor.
fn obsolete(changelog: &Changelog, markers: &Markers, phases: &[Phase]) -> Result<Vec<Rev>> {
    if markers.is_empty() {
        return Ok(Vec::new());
    }
    let mut mutable: HashMap<Node, usize> = HashMap::new();
    for (index, phase) in phases.iter().enumerate() {
        if *phase != Phase::Public {
            let rev = Rev(i32::try_from(index).unwrap_or(i32::MAX));
            mutable.insert(changelog.revlog().node(rev)?, index);
        }
    }
    let mut is_obsolete = vec![false; phases.len()];
    for marker in markers.iter() {
        let index = Node::from_slice(marker.predecessor).and_then(|node| mutable.get(&node));
        if let Some(index) = index {
            is_obsolete[*index] = true;
        }
    }
    Ok(revs_where(&is_obsolete))
}

/// The changesets that are shown whatever they are: in use, bookmarked, locally tagged, or part of an unfinished merge.
fn pinned(history: &impl History) -> Result<Vec<Rev>> {
    let parents = history.working_parents()?;
    let mut nodes = parents.to_vec();
    nodes.extend(bookmarks::read(history)?.iter().map(|(_, node)| node));
    nodes.extend(tags::local_nodes(history)?);
    nodes.extend(merge_state::unresolved_sides(
        &history.layout().dot_hg,
        parents,
    )?);
    let revlog = history.changelog()?.revlog();
    let mut revs = Vec::with_capacity(nodes.len());
    for node in nodes {
        revs.extend(revlog.find(&node)?);
    }
    Ok(revs)
}

/// Shows what changesets that can change, and are shown, descend from.
fn reveal_ancestors(changelog: &Changelog, phases: &[Phase], is_hidden: &mut [bool]) -> Result<()> {
    // Parents come before their children, so one pass from the end meets every chain from its top.
    for index in (0..phases.len()).rev() {
        if is_hidden[index] || phases[index] == Phase::Public {
            continue;
        }
        let rev = Rev(i32::try_from(index).unwrap_or(i32::MAX));
        for parent in changelog.parents(rev)?.into_iter().filter_map(Rev::index) {
            if let Some(flag) = is_hidden.get_mut(parent) {
                *flag = false;
            }
        }
    }
    Ok(())
}
