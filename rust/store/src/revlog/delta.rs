//! Chooses how a new revision is stored: whole, or as a delta, and against which base (rules: `docs/formats/revlog.md`).
//! Computing a delta is `hyg_text`'s work, appending what was chosen that of `append`.

use std::collections::{BTreeMap, HashMap, HashSet};

use hyg_base::{Result, Rev};
use hyg_text::delta::{encode_stored, replace_header};

use super::{
    Compression, FLAG_CENSORED, FLAG_ELLIPSIS, FLAG_EXTERNAL, FLAG_SNAPSHOT, Kind, Packed, Revlog,
};

/// The chunks of a chain together are at most so many times as long as the text.
const CHAIN_TO_TEXT: u64 = 2;
/// The stretch of the file that a chain lies in, where it has to be read in one piece.
const SPAN_TO_TEXT: u64 = 4;
/// A base that is so many times smaller than the text gives no delta worth having.
const BASE_TO_TEXT: u64 = 500;
/// So many bases are tried before asking whether more of the same kind are worth it.
const GROUP: usize = 20;
/// How many times compression makes manifests shorter, at most.
const MANIFEST_GAIN: u64 = 3;

/// What new revisions may look like.
#[derive(Clone, Copy, Debug)]
pub struct DeltaPolicy {
    /// How chunks are compressed.
    pub compression: Compression,
    /// New revlogs may use any revision as a base.
    pub general_delta: bool,
    /// Chains may be spread over the file, and contain snapshots.
    pub sparse: bool,
    /// Entries say what their delta is.
    pub delta_info: bool,
    /// The longest chain, 0 for any.
    pub max_chain: usize,
}

/// How a revision is to be stored.
#[derive(Debug)]
pub(super) struct Stored {
    pub(super) chunk: Vec<u8>,
    /// The base; the revision itself where the text is stored whole.
    pub(super) base: Rev,
    /// The number of snapshots below, where it is one.
    pub(super) snapshot: Option<usize>,
}

/// How long the chains of revisions are: links after the first, and bytes.
pub(super) type Chains = HashMap<Rev, (usize, u64)>;

/// The search for one revision.
pub(super) struct Search<'a> {
    pub(super) revlog: &'a Revlog,
    pub(super) policy: &'a DeltaPolicy,
    pub(super) chains: &'a mut Chains,
    pub(super) text: &'a [u8],
    pub(super) parents: [Rev; 2],
    /// A delta that is there already.
    pub(super) known: Option<(Rev, &'a [u8])>,
    pub(super) known_first: bool,
    pub(super) packed: &'a Packed,
    pub(super) tested: HashSet<Rev>,
}

impl Search<'_> {
    /// What to store.
    pub(super) fn choose(mut self) -> Result<Stored> {
        let next = Rev(self.revlog.tip().0 + 1);
        let has_deltas = self.revlog.options.kind != Kind::Changelog;
        if self.text.is_empty() || next == Rev(0) || !has_deltas {
            return Ok(self.whole(next));
        }
        let found = if !self.revlog.index().header().has_general_delta() {
            self.try_group(&[Rev(next.0 - 1)], false, None)?
        } else {
            self.search(Rev(next.0 - 1))?
        };
        Ok(match found {
            Some(found) => found,
            None => self.whole(next),
        })
    }

    fn whole(&self, next: Rev) -> Stored {
        Stored {
            chunk: match self.packed {
                Packed::Text(chunk) => chunk.clone(),
                _ => self.policy.compression.chunk(self.text),
            },
            base: next,
            snapshot: Some(0),
        }
    }

    fn sparse(&self) -> bool {
        self.policy.sparse && self.revlog.index().header().has_general_delta()
    }

    fn search(&mut self, previous: Rev) -> Result<Option<Stored>> {
        if let Some((base, _)) = self.known
            && self.known_first
            && self.is_worth_trying(base)?
        {
            let as_snapshot = !self.is_parent(base)? && self.is_snapshot(base)?;
            if let Some(found) = self.try_group(&[base], as_snapshot, None)? {
                return Ok(Some(found));
            }
        }
        let parents: Vec<Rev> = self
            .parents
            .into_iter()
            .filter(|rev| !rev.is_null())
            .collect();
        let parents = self.candidates(&parents)?;
        if let Some(found) = self.try_group(&parents, false, None)? {
            return Ok(Some(found));
        }
        match self.sparse() {
            true => self.search_snapshots(previous),
            false => {
                let previous = self.candidates(&[previous])?;
                self.try_group(&previous, false, None)
            }
        }
    }

    /// Looks among the snapshots that the parents are built on: those on top first, then what is below them, then
    /// from the best one downwards and upwards.
    fn search_snapshots(&mut self, previous: Rev) -> Result<Option<Stored>> {
        let mut levels: BTreeMap<usize, Vec<Rev>> = BTreeMap::new();
        let mut seen = HashSet::new();
        for parent in self.parents.into_iter().filter(|rev| !rev.is_null()) {
            let chain = self.chain(parent)?;
            self.add_levels(&mut levels, &chain, Rev::NULL, usize::MAX)?;
            seen.extend(chain);
        }
        let Some(floor) = levels.get(&0).and_then(|roots| roots.iter().min()) else {
            return Ok(None);
        };
        let floor = Rev(floor.0 + 1);
        let other = (floor.0..=previous.0)
            .rev()
            .map(Rev)
            .find(|rev| !seen.contains(rev));
        if let Some(other) = other {
            let most = levels.keys().next_back().copied().unwrap_or(0);
            let chain = self.chain(other)?;
            self.add_levels(&mut levels, &chain, floor, most)?;
        }
        let children = self.snapshots_from(floor)?;
        let above = |rev: Rev| children.get(&rev).cloned().unwrap_or_default();
        let mut groups: Vec<Vec<Rev>> = Vec::new();
        let mut below: Option<Rev> = None;
        for snapshots in levels.values().rev() {
            let mut siblings: Vec<Rev> = snapshots.iter().flat_map(|rev| above(*rev)).collect();
            siblings.retain(|rev| below.is_none_or(|below| below < *rev));
            groups.push(siblings);
            groups.push(snapshots.clone());
            below = snapshots.iter().min().copied();
        }
        groups.push(above(Rev::NULL));
        for mut group in groups {
            group.sort_unstable();
            group.dedup();
            let group = self.candidates(&group)?;
            if let Some(found) = self.try_group(&group, true, None)? {
                return self.refine(found, &children).map(Some);
            }
        }
        Ok(None)
    }

    /// A good base was found: the one below it may be better, or one above it.
    fn refine(&mut self, found: Stored, children: &HashMap<Rev, Vec<Rev>>) -> Result<Stored> {
        let mut best = found;
        for upwards in [false, true] {
            loop {
                let base = best.base;
                let group = match upwards {
                    false => match self.delta_parent(base)? {
                        Rev::NULL => break,
                        below => vec![below],
                    },
                    true => children.get(&base).cloned().unwrap_or_default(),
                };
                let group = self.candidates(&group)?;
                let before = best.chunk.len();
                match self.try_group(&group, true, Some(before))? {
                    Some(better) => best = better,
                    None => break,
                }
            }
        }
        Ok(best)
    }

    fn add_levels(
        &self,
        levels: &mut BTreeMap<usize, Vec<Rev>>,
        chain: &[Rev],
        floor: Rev,
        most: usize,
    ) -> Result<()> {
        for (level, rev) in chain.iter().enumerate() {
            if *rev < floor {
                continue;
            }
            if level > most || !self.is_snapshot(*rev)? {
                break;
            }
            let level = levels.entry(level).or_default();
            if !level.contains(rev) {
                level.push(*rev);
            }
        }
        Ok(())
    }

    /// Snapshots from `floor` on, by their bases.
    fn snapshots_from(&self, floor: Rev) -> Result<HashMap<Rev, Vec<Rev>>> {
        let mut children: HashMap<Rev, Vec<Rev>> = HashMap::new();
        for rev in (floor.0..=self.revlog.tip().0).map(Rev) {
            if self.is_snapshot(rev)? {
                children
                    .entry(self.delta_parent(rev)?)
                    .or_default()
                    .push(rev);
            }
        }
        Ok(children)
    }

    /// Of `revs`, those worth trying that were not tried yet; instead of a revision without a chunk, its base.
    fn candidates(&mut self, revs: &[Rev]) -> Result<Vec<Rev>> {
        let mut found = Vec::new();
        for rev in revs {
            let mut rev = *rev;
            while !rev.is_null()
                && !self.tested.contains(&rev)
                && self.revlog.entry(rev)?.compressed_len() == 0
            {
                self.tested.insert(rev);
                rev = self.delta_parent(rev)?;
            }
            if self.is_worth_trying(rev)? && !found.contains(&rev) {
                found.push(rev);
            }
            self.tested.insert(rev);
        }
        Ok(found)
    }

    fn is_worth_trying(&mut self, base: Rev) -> Result<bool> {
        if base.is_null() || self.tested.contains(&base) {
            return Ok(false);
        }
        let entry = self.revlog.entry(base)?;
        if entry.flags() & (FLAG_CENSORED | FLAG_ELLIPSIS | FLAG_EXTERNAL) != 0 {
            return Ok(false);
        }
        let text = self.text.len() as u64;
        let (links, bytes) = self.chain_info(base)?;
        if bytes > text * CHAIN_TO_TEXT
            || (self.policy.max_chain > 0 && links >= self.policy.max_chain)
        {
            return Ok(false);
        }
        if !self.sparse() {
            return Ok(true);
        }
        let base_text = u64::try_from(entry.uncompressed_len()).unwrap_or(text);
        if base_text < text / BASE_TO_TEXT {
            return Ok(false);
        }
        if self.revlog.options.kind == Kind::Manifest
            && !self.parents.contains(&base)
            && self.is_snapshot(base)?
        {
            let least = text.saturating_sub(base_text) / MANIFEST_GAIN;
            let depth = self.chain(base)?.len() - 1;
            let stored = u64::try_from(entry.compressed_len()).unwrap_or(0);
            return Ok(text.checked_shr(depth as u32).unwrap_or(0) >= least && stored >= least);
        }
        Ok(true)
    }

    /// The best good delta against one of `bases`, shorter than `best`.
    fn try_group(
        &mut self,
        bases: &[Rev],
        as_snapshot: bool,
        best: Option<usize>,
    ) -> Result<Option<Stored>> {
        let mut best = best;
        let mut found = None;
        for group in bases.chunks(GROUP) {
            let before = best;
            for base in group {
                self.tested.insert(*base);
                let Some(candidate) = self.delta(*base, as_snapshot)? else {
                    continue;
                };
                if best.is_none_or(|len| candidate.chunk.len() < len)
                    && self.is_good(&candidate, *base)?
                {
                    best = Some(candidate.chunk.len());
                    found = Some(candidate);
                }
            }
            if best == before {
                break;
            }
        }
        Ok(found)
    }

    fn delta(&mut self, base: Rev, as_snapshot: bool) -> Result<Option<Stored>> {
        let snapshot = if !self.sparse() || !as_snapshot || self.parents.contains(&base) {
            None
        } else if self.is_snapshot(base)? {
            Some(self.chain(base)?.len())
        } else {
            return Ok(None);
        };
        let made;
        let delta = match self.known {
            Some((known, delta)) if known == base => delta,
            _ => {
                let entry = self.revlog.entry(base)?;
                let text = self.revlog.raw_text(base)?;
                made = match entry.flags() & FLAG_CENSORED {
                    0 => encode_stored(&text, self.text)?,
                    _ => {
                        let len = |len: usize| u32::try_from(len).unwrap_or(u32::MAX);
                        let head = replace_header(len(text.len()), len(self.text.len()));
                        [&head[..], self.text].concat()
                    }
                };
                &made
            }
        };
        if let Some(depth) = snapshot
            && self.revlog.options.kind == Kind::Manifest
        {
            let least = delta.len() as u64 / MANIFEST_GAIN;
            let stored = u64::try_from(self.revlog.entry(base)?.compressed_len()).unwrap_or(0);
            if (self.text.len() as u64)
                .checked_shr(depth as u32)
                .unwrap_or(0)
                < least
                || stored < least
            {
                return Ok(None);
            }
        }
        Ok(Some(Stored {
            chunk: match (self.packed, self.known) {
                (Packed::Delta(chunk), Some((known, _))) if known == base => chunk.clone(),
                _ => self.policy.compression.chunk(delta),
            },
            base: match self.revlog.index().header().has_general_delta() {
                true => base,
                false => self.chain(base)?.first().copied().unwrap_or(base),
            },
            snapshot,
        }))
    }

    fn is_good(&mut self, found: &Stored, base: Rev) -> Result<bool> {
        let (text, len) = (self.text.len() as u64, found.chunk.len() as u64);
        let (links, bytes) = self.chain_info(base)?;
        if len > text || bytes + len > text * CHAIN_TO_TEXT {
            return Ok(false);
        }
        if self.policy.max_chain > 0 && links + 1 > self.policy.max_chain {
            return Ok(false);
        }
        if !self.sparse() {
            let first = self.chain(base)?.first().copied().unwrap_or(base);
            let tip = self.revlog.entry(self.revlog.tip())?;
            let end = tip.data_offset() + u64::try_from(tip.compressed_len()).unwrap_or(0);
            return Ok(end + len - self.revlog.entry(first)?.data_offset() <= text * SPAN_TO_TEXT);
        }
        Ok(match found.snapshot {
            None | Some(0) => true,
            Some(depth) => {
                let stored = u64::try_from(self.revlog.entry(base)?.compressed_len()).unwrap_or(0);
                text.checked_shr(depth as u32).unwrap_or(0) >= len && stored >= len
            }
        })
    }

    /// What the delta of a revision applies to; the null revision for a whole text.
    fn delta_parent(&self, rev: Rev) -> Result<Rev> {
        let base = self.revlog.entry(rev)?.base();
        Ok(if base == rev {
            Rev::NULL
        } else if self.revlog.index().header().has_general_delta() {
            base
        } else {
            Rev(rev.0 - 1)
        })
    }

    /// The revisions that a text is made of, the first one whole; those without a chunk are left out.
    fn chain(&self, rev: Rev) -> Result<Vec<Rev>> {
        let mut chain = Vec::new();
        let mut at = rev;
        loop {
            let below = self.delta_parent(at)?;
            if below.is_null() {
                chain.push(at);
                break;
            }
            if self.revlog.entry(at)?.compressed_len() != 0 {
                chain.push(at);
            }
            at = below;
        }
        chain.reverse();
        Ok(chain)
    }

    fn chain_info(&mut self, rev: Rev) -> Result<(usize, u64)> {
        let mut links = Vec::new();
        let mut at = rev;
        let (mut count, mut bytes) = loop {
            if let Some(known) = self.chains.get(&at) {
                break *known;
            }
            let stored = u64::try_from(self.revlog.entry(at)?.compressed_len()).unwrap_or(0);
            let below = self.delta_parent(at)?;
            if below.is_null() {
                self.chains.insert(at, (0, stored));
                break (0, stored);
            }
            links.push((at, stored));
            at = below;
        };
        for (rev, stored) in links.into_iter().rev() {
            count += 1;
            bytes += stored;
            self.chains.insert(rev, (count, bytes));
        }
        Ok((count, bytes))
    }

    /// The revision with the same text that has a chunk.
    fn skip_empty(&self, rev: Rev) -> Result<Rev> {
        let mut at = rev;
        while !at.is_null() && self.revlog.entry(at)?.compressed_len() == 0 {
            match self.delta_parent(at)? {
                Rev::NULL => break,
                below => at = below,
            }
        }
        Ok(at)
    }

    fn is_parent(&self, rev: Rev) -> Result<bool> {
        for parent in self.parents {
            if parent == rev || self.skip_empty(parent)? == rev {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a revision is whole, or a delta from another snapshot that is not one of its parents.
    fn is_snapshot(&self, rev: Rev) -> Result<bool> {
        let header = self.revlog.index().header();
        let mut at = rev;
        loop {
            let below = match self.delta_parent(at)? {
                Rev::NULL => return Ok(true),
                below => below,
            };
            if !self.sparse() {
                return Ok(false);
            }
            let entry = self.revlog.entry(at)?;
            if header.has_delta_info() {
                return Ok(entry.flags() & FLAG_SNAPSHOT != 0);
            }
            for parent in entry.parents() {
                if self.skip_empty(parent)? == below {
                    return Ok(false);
                }
            }
            at = below;
        }
    }
}
