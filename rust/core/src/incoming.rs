//! Revisions that come from elsewhere, on their way into a revlog: their texts are made one after the other, because each is a
//! delta against another; hashes and chunks of many are then made on several threads. Appending them is the writer's.

use std::collections::HashMap;

use hyg_base::{Error, ErrorId, Node, Result};
use hyg_store::Blob;
use hyg_store::revlog::{
    Compression, FLAG_CENSORED, FLAG_ELLIPSIS, FLAG_EXTERNAL, Kind, Packed, Revlog, hash,
};
use hyg_text::patch;

/// So many revisions, and bytes of their texts, are prepared at once.
const MOST: usize = 512;
const MOST_BYTES: usize = 8 << 20;
/// Less than this is not worth a thread.
const WORTH_A_THREAD: usize = 32 << 10;

/// A revision that comes from elsewhere.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// Its node, to be verified.
    pub node: Node,
    /// The nodes of its parents.
    pub parents: [Node; 2],
    /// The changeset that it belongs to.
    pub link: Node,
    /// What the delta applies to.
    pub base: Node,
    /// The delta.
    pub delta: Vec<u8>,
    /// Its flags.
    pub flags: u16,
}

/// What is known of a revision before it is appended.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) text: Blob,
    pub(crate) packed: Packed,
}

/// Prepares the first ones of `revisions`, at least one; nothing is made of one that is known already. Where one is
/// wrong, its error is the last answer.
pub(crate) fn prepare(
    revlog: &Revlog,
    kind: Kind,
    revisions: &[Incoming],
    compression: Compression,
    threads: usize,
) -> Vec<Result<Option<Prepared>>> {
    let mut texts: Vec<Option<Blob>> = Vec::new();
    let mut here: HashMap<Node, usize> = HashMap::new();
    let mut bytes = 0;
    let mut failed = None;
    for (at, new) in revisions.iter().enumerate().take(MOST) {
        if bytes > MOST_BYTES {
            break;
        }
        let text = match revlog.find(&new.node) {
            Ok(None) => text_of(revlog, new, &here, &texts).map(Some),
            Ok(Some(_)) => Ok(None),
            Err(error) => Err(error),
        };
        match text {
            Ok(text) => {
                bytes += text.as_ref().map_or(0, |text| text.len());
                here.entry(new.node).or_insert(at);
                texts.push(text);
            }
            Err(error) => {
                failed = Some(Err(error));
                break;
            }
        }
    }
    let pairs: Vec<(&Incoming, Option<Blob>)> = revisions.iter().zip(texts).collect();
    let threads = if bytes < WORTH_A_THREAD {
        1
    } else {
        threads.max(1)
    };
    let one = |(new, text): (&Incoming, Option<Blob>)| {
        text.map(|text| finish(revlog, kind, new, text, compression))
            .transpose()
    };
    let mut done = in_parts(pairs, threads, &one);
    done.extend(failed);
    done
}

/// Does `work` with all items on so many threads; the answers in order.
pub(crate) fn in_parts<T: Send, U: Send>(
    items: Vec<T>,
    threads: usize,
    work: &(impl Fn(T) -> U + Sync),
) -> Vec<U> {
    if threads < 2 || items.len() < threads {
        return items.into_iter().map(work).collect();
    }
    let size = items.len().div_ceil(threads);
    let mut rest = items.into_iter();
    let mut parts = Vec::with_capacity(threads);
    loop {
        let part: Vec<T> = rest.by_ref().take(size).collect();
        if part.is_empty() {
            break;
        }
        parts.push(move || part.into_iter().map(work).collect::<Vec<U>>());
    }
    hyg_base::patience::together(parts)
        .into_iter()
        .flatten()
        .collect()
}

fn text_of(
    revlog: &Revlog,
    new: &Incoming,
    here: &HashMap<Node, usize>,
    texts: &[Option<Blob>],
) -> Result<Blob> {
    // A parent that is not there is told before a base that is not.
    for parent in &new.parents {
        if !here.contains_key(parent) {
            revlog.rev(parent)?;
        }
    }
    let known = here.get(&new.base).and_then(|at| texts.get(*at)?.clone());
    let old = match known {
        Some(text) => text,
        None => revlog.raw_text(revlog.rev(&new.base)?)?,
    };
    let about = |error: Error| error.with("path", revlog.name()).with("node", new.node);
    let len = patch::patched_len(old.len(), &new.delta).map_err(about)?;
    Ok(Blob::from(
        patch::apply(&old, &[&new.delta], len).map_err(about)?,
    ))
}

fn finish(
    revlog: &Revlog,
    kind: Kind,
    new: &Incoming,
    text: Blob,
    compression: Compression,
) -> Result<Prepared> {
    if new.flags & (FLAG_CENSORED | FLAG_ELLIPSIS | FLAG_EXTERNAL) == 0
        && hash::revision_node(&text, &new.parents)? != new.node
    {
        return Err(Error::new(ErrorId::CorruptRevision)
            .with("problem", "integrity check failed")
            .with("path", revlog.name())
            .with("node", new.node));
    }
    let packed = match kind == Kind::Changelog || new.base.is_null() || new.delta.is_empty() {
        true => Packed::Text(compression.chunk(&text)),
        false => Packed::Delta(compression.chunk(&new.delta)),
    };
    Ok(Prepared { text, packed })
}
