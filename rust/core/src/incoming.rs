//! Revisions that come from elsewhere, on their way into a revlog: their texts are made one after the other, because each is a
//! delta against another; hashes and chunks of many are then made on several threads. Appending them is the writer's.

use std::collections::HashMap;

use hyg_base::{Error, ErrorId, Node, Result};
use hyg_store::Blob;
use hyg_store::revlog::{
    Compression, FLAG_CENSORED, FLAG_ELLIPSIS, FLAG_EXTERNAL, Kind, Packed, Revlog, hash,
};
use hyg_text::patch;

use crate::ops::changegroup::Version;

/// So many revisions, and bytes of their texts, are prepared at once.
const MOST: usize = 512;
const MOST_BYTES: usize = 8 << 20;
/// Flags that tell how the sender stores a revision; who stores it here finds that out anew.
const ABOUT_STORING: u16 = 0x0FC0;
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

/// Revisions as a changegroup has them, read from whole chunks.
#[derive(Debug)]
pub struct Sent {
    version: Version,
    previous: Option<Node>,
}

impl Sent {
    /// At the beginning of a group; `None` for the fourth version, whose deltas may be compressed.
    pub fn new(version: Version) -> Option<Sent> {
        (version < Version::Four).then_some(Sent {
            version,
            previous: None,
        })
    }

    /// The revisions in the chunks, each with its length before it, that follow what was read before.
    ///
    /// # Errors
    /// An internal one where a chunk is not whole; who divides the stream looks at that.
    pub fn read(&mut self, mut chunks: &[u8]) -> Result<Vec<Incoming>> {
        let mut found = Vec::new();
        while !chunks.is_empty() {
            let (chunk, rest) = first_chunk(chunks)
                .ok_or_else(|| Error::internal("a part of a changegroup is cut within a chunk"))?;
            let new = self
                .revision(chunk)
                .ok_or_else(|| Error::internal("a revision is shorter than what tells of it"))?;
            self.previous = Some(new.node);
            found.push(new);
            chunks = rest;
        }
        Ok(found)
    }

    fn revision(&self, chunk: &[u8]) -> Option<Incoming> {
        let (nodes, rest) = chunk.split_first_chunk::<60>()?;
        let node = |at: usize| nodes[at..at + 20].try_into().map(Node).ok();
        let (own, parents) = (node(0)?, [node(20)?, node(40)?]);
        let (base, rest) = match self.version {
            Version::One => (self.previous.unwrap_or(parents[0]), rest),
            _ => {
                let (base, rest) = rest.split_first_chunk::<20>()?;
                (Node(*base), rest)
            }
        };
        let (link, rest) = rest.split_first_chunk::<20>()?;
        let (flags, delta) = match self.version {
            Version::One | Version::Two => (0, rest),
            _ => {
                let (flags, rest) = rest.split_first_chunk::<2>()?;
                (u16::from_be_bytes(*flags) & !ABOUT_STORING, rest)
            }
        };
        Some(Incoming {
            node: own,
            parents,
            link: Node(*link),
            base,
            delta: delta.to_vec(),
            flags,
        })
    }
}

/// The first chunk without its length, and what follows.
fn first_chunk(chunks: &[u8]) -> Option<(&[u8], &[u8])> {
    let (size, rest) = chunks.split_first_chunk::<4>()?;
    let size = usize::try_from(i32::from_be_bytes(*size)).ok()?;
    rest.split_at_checked(size.checked_sub(4)?)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(parts: &[&[u8]]) -> Vec<u8> {
        let body = parts.concat();
        let size = i32::try_from(body.len() + 4).unwrap();
        [&size.to_be_bytes()[..], &body].concat()
    }

    fn nodes(seeds: &[u8]) -> Vec<u8> {
        seeds.iter().flat_map(|seed| [*seed; 20]).collect()
    }

    #[test]
    fn versions_tell_base_and_flags_in_their_ways() {
        let first = chunk(&[&nodes(&[1, 2, 3, 4]), b"one"]);
        let second = chunk(&[&nodes(&[5, 1, 0, 6]), b""]);
        let mut sent = Sent::new(Version::One).unwrap();
        let found = sent.read(&first).unwrap();
        assert_eq!(found[0].base, Node([2; 20]));
        assert_eq!(
            (found[0].link, &found[0].delta[..]),
            (Node([4; 20]), &b"one"[..])
        );
        let found = sent.read(&[second.clone(), second].concat()).unwrap();
        let bases: Vec<Node> = found.iter().map(|new| new.base).collect();
        assert_eq!(bases, [Node([1; 20]), Node([5; 20])]);

        let second = chunk(&[&nodes(&[1, 2, 3, 4, 5]), b"two"]);
        let found = Sent::new(Version::Two).unwrap().read(&second).unwrap();
        assert_eq!(
            (found[0].base, found[0].link, found[0].flags),
            (Node([4; 20]), Node([5; 20]), 0)
        );

        let third = chunk(&[&nodes(&[1, 2, 3, 4, 5]), b"\xa8\x41", b"three"]);
        let found = Sent::new(Version::Three).unwrap().read(&third).unwrap();
        assert_eq!(
            (found[0].flags, &found[0].delta[..]),
            (0xa001, &b"three"[..])
        );
        assert!(Sent::new(Version::Four).is_none());
    }

    #[test]
    fn what_is_cut_short_is_refused() {
        let whole = chunk(&[&nodes(&[1, 2, 3, 4, 5]), b"\0\0", b"delta"]);
        for len in 1..whole.len() {
            assert!(
                Sent::new(Version::Three)
                    .unwrap()
                    .read(&whole[..len])
                    .is_err()
            );
        }
        for (version, header) in [
            (Version::One, 80),
            (Version::Two, 100),
            (Version::Three, 102),
        ] {
            let short = chunk(&[&vec![0; header - 1]]);
            assert!(Sent::new(version).unwrap().read(&short).is_err());
            let bare = chunk(&[&vec![0; header]]);
            assert_eq!(Sent::new(version).unwrap().read(&bare).unwrap().len(), 1);
        }
        for size in [-1, 0, 3] {
            let lie = i32::to_be_bytes(size);
            assert!(Sent::new(Version::One).unwrap().read(&lie).is_err());
        }
    }
}
