//! Applies chains of binary deltas in one pass: the chain is composed into one list of pieces, and the text is
//! written once. Making deltas, and storing them, belongs elsewhere (format: `docs/formats/revlog.md`).

use hyg_base::{Error, ErrorId, Result};

/// A stretch of a text: taken from the text the delta applies to, or literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece<'a> {
    Copy { start: usize, len: usize },
    Literal(&'a [u8]),
}

impl Piece<'_> {
    fn len(&self) -> usize {
        match self {
            Piece::Copy { len, .. } => *len,
            Piece::Literal(bytes) => bytes.len(),
        }
    }

    /// The part of the piece from `from` on, `len` bytes long; both were checked by the caller.
    fn part(self, from: usize, len: usize) -> Self {
        match self {
            Piece::Copy { start, .. } => Piece::Copy {
                start: start + from,
                len,
            },
            Piece::Literal(bytes) => Piece::Literal(&bytes[from..from + len]),
        }
    }
}

/// A delta as the complete list of pieces of its result.
struct Pieces<'a> {
    list: Vec<Piece<'a>>,
}

/// Applies `deltas` one after the other to `base`.
///
/// A delta is a sequence of hunks: three big-endian 32-bit numbers (start, end, length) and `length` bytes that
/// replace `start..end` of the text before; hunks come in ascending order and do not overlap.
///
/// # Errors
/// [`ErrorId::CorruptRevision`] (fact `problem`, and `delta`, the position in the chain) where a delta does not
/// follow the format or reaches outside its text, or where the result would be longer than `max_len`.
pub fn apply(base: &[u8], deltas: &[&[u8]], max_len: usize) -> Result<Vec<u8>> {
    let mut len = base.len();
    let mut decoded = Vec::with_capacity(deltas.len());
    for (position, delta) in deltas.iter().enumerate() {
        if delta.is_empty() {
            continue;
        }
        let pieces = decode(delta, &mut len).map_err(|problem| corrupt(problem, position))?;
        decoded.push(pieces);
    }
    if len > max_len {
        return Err(corrupt("the text is longer than it may be", deltas.len()));
    }
    match fold(decoded) {
        None => Ok(base.to_vec()),
        Some(pieces) => assemble(base, &pieces, len),
    }
}

/// How long the text is after `delta` was applied to a text of `base_len` bytes.
///
/// # Errors
/// [`ErrorId::CorruptRevision`] where the delta does not follow the format.
pub fn patched_len(base_len: usize, delta: &[u8]) -> Result<usize> {
    let mut len = base_len;
    decode(delta, &mut len).map_err(|problem| corrupt(problem, 0))?;
    Ok(len)
}

/// What a delta brings, one hunk after the other, whatever text it applies to.
///
/// # Errors
/// [`ErrorId::CorruptRevision`] where it does not follow the format.
pub fn literals(delta: &[u8]) -> Result<Vec<u8>> {
    let mut len = i32::MAX as usize;
    let pieces = decode(delta, &mut len).map_err(|problem| corrupt(problem, 0))?;
    let mut out = Vec::with_capacity(delta.len());
    for piece in pieces.list {
        if let Piece::Literal(bytes) = piece {
            out.extend_from_slice(bytes);
        }
    }
    Ok(out)
}

/// The one delta that does what `deltas` do one after the other to a text of `base_len` bytes.
///
/// # Errors
/// [`ErrorId::CorruptRevision`] as for [`apply`], and where the result would not fit the format's 32-bit numbers.
pub fn compose_chain(base_len: usize, deltas: &[&[u8]]) -> Result<Vec<u8>> {
    let mut len = base_len;
    let mut decoded = Vec::with_capacity(deltas.len());
    for (position, delta) in deltas.iter().enumerate() {
        if delta.is_empty() {
            continue;
        }
        decoded.push(decode(delta, &mut len).map_err(|problem| corrupt(problem, position))?);
    }
    match fold(decoded) {
        None => Ok(Vec::new()),
        Some(pieces) => encode(&pieces, base_len)
            .ok_or_else(|| corrupt("a composed delta is too large", deltas.len())),
    }
}

/// Pieces as hunks: whatever lies between two copies replaces what the copies leave out.
fn encode(pieces: &Pieces<'_>, base_len: usize) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut done = 0;
    let mut literal = Vec::new();
    let end = Piece::Copy {
        start: base_len,
        len: 0,
    };
    for piece in pieces.list.iter().chain([&end]) {
        match *piece {
            Piece::Literal(bytes) => literal.extend_from_slice(bytes),
            Piece::Copy { start, len } => {
                if start > done || !literal.is_empty() {
                    for number in [done, start, literal.len()] {
                        out.extend_from_slice(&u32::try_from(number).ok()?.to_be_bytes());
                    }
                    out.append(&mut literal);
                }
                done = start + len;
            }
        }
    }
    Some(out)
}

fn corrupt(problem: &'static str, position: usize) -> Error {
    Error::new(ErrorId::CorruptRevision)
        .with("problem", problem)
        .with("delta", position)
}

/// One hunk of a delta.
struct Hunk<'a> {
    start: usize,
    end: usize,
    data: &'a [u8],
}

fn split_hunk(delta: &[u8]) -> Result<(Hunk<'_>, &[u8]), &'static str> {
    let Some((header, rest)) = delta.split_at_checked(12) else {
        return Err("a delta ends inside a hunk header");
    };
    let number = |at: usize| {
        u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]) as usize
    };
    let (start, end, len) = (number(0), number(4), number(8));
    match rest.split_at_checked(len) {
        Some((data, rest)) => Ok((Hunk { start, end, data }, rest)),
        None => Err("a delta ends inside a hunk"),
    }
}

/// Reads one delta against a text of `*len` bytes; `*len` becomes the length of the result.
fn decode<'a>(mut delta: &'a [u8], len: &mut usize) -> Result<Pieces<'a>, &'static str> {
    let mut list = Vec::new();
    let mut done = 0;
    let mut out = 0;
    let mut push = |piece: Piece<'a>| {
        if piece.len() > 0 {
            out += piece.len();
            list.push(piece);
        }
    };
    while !delta.is_empty() {
        let (hunk, rest) = split_hunk(delta)?;
        if hunk.start < done || hunk.end < hunk.start || hunk.end > *len {
            return Err("a delta reaches outside its text");
        }
        push(Piece::Copy {
            start: done,
            len: hunk.start - done,
        });
        push(Piece::Literal(hunk.data));
        done = hunk.end;
        delta = rest;
    }
    push(Piece::Copy {
        start: done,
        len: *len - done,
    });
    *len = out;
    Ok(Pieces { list })
}

/// Composes the chain pairwise, so that each piece takes part in a logarithmic number of passes.
fn fold(mut chain: Vec<Pieces<'_>>) -> Option<Pieces<'_>> {
    while chain.len() > 1 {
        let mut next = Vec::with_capacity(chain.len().div_ceil(2));
        let mut pairs = chain.into_iter();
        while let Some(first) = pairs.next() {
            next.push(match pairs.next() {
                Some(second) => compose(&first, &second),
                None => first,
            });
        }
        chain = next;
    }
    chain.pop()
}

/// The single delta that does what `first` and then `second` do.
fn compose<'a>(first: &Pieces<'a>, second: &Pieces<'a>) -> Pieces<'a> {
    let mut list = Vec::with_capacity(first.list.len() + second.list.len());
    // The copies of `second` ascend, so one cursor over `first` is enough.
    let mut index = 0;
    let mut offset = 0;
    for piece in &second.list {
        let Piece::Copy { start, len } = *piece else {
            list.push(*piece);
            continue;
        };
        let (mut at, mut left) = (start, len);
        while left > 0 {
            let Some(source) = first.list.get(index) else {
                break;
            };
            if offset + source.len() <= at {
                offset += source.len();
                index += 1;
                continue;
            }
            let from = at - offset;
            let take = left.min(source.len() - from);
            list.push(source.part(from, take));
            at += take;
            left -= take;
        }
    }
    Pieces { list }
}

fn assemble(base: &[u8], pieces: &Pieces<'_>, len: usize) -> Result<Vec<u8>> {
    let mut out = Vec::with_capacity(len);
    for piece in &pieces.list {
        match *piece {
            Piece::Literal(bytes) => out.extend_from_slice(bytes),
            Piece::Copy { start, len } => match base.get(start..start + len) {
                Some(bytes) => out.extend_from_slice(bytes),
                None => return Err(Error::internal("a composed delta reaches outside its base")),
            },
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hunk(start: u32, end: u32, data: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        for number in [start, end, u32::try_from(data.len()).unwrap()] {
            out.extend_from_slice(&number.to_be_bytes());
        }
        out.extend_from_slice(data);
        out
    }

    fn problem(base: &[u8], delta: &[u8], max_len: usize) -> String {
        let error = apply(base, &[delta], max_len).unwrap_err();
        assert_eq!(error.id(), ErrorId::CorruptRevision);
        error.to_string()
    }

    #[test]
    fn replaces_inserts_and_deletes() {
        let delta = [hunk(0, 1, b"A"), hunk(2, 2, b"--"), hunk(3, 5, b"")].concat();
        assert_eq!(apply(b"abcdef", &[&delta], 100).unwrap(), b"Ab--cf");
        assert_eq!(patched_len(6, &delta).unwrap(), 6);
        assert_eq!(apply(b"abc", &[], 100).unwrap(), b"abc");
        assert_eq!(apply(b"abc", &[b"", b""], 100).unwrap(), b"abc");
    }

    #[test]
    fn later_deltas_see_the_result_of_earlier_ones() {
        let first = hunk(1, 2, b"XYZ");
        let second = hunk(2, 3, b"");
        let third = hunk(0, 4, b"whole");
        assert_eq!(apply(b"abc", &[&first, &second], 9).unwrap(), b"aXZc");
        assert_eq!(
            apply(b"abc", &[&first, &second, &third], 9).unwrap(),
            b"whole"
        );
    }

    #[test]
    fn hostile_deltas_are_refused() {
        assert!(problem(b"abc", &hunk(0, 4, b""), 9).contains("outside"));
        assert!(problem(b"abc", &hunk(2, 1, b""), 9).contains("outside"));
        let overlap = [hunk(0, 2, b""), hunk(1, 3, b"")].concat();
        assert!(problem(b"abc", &overlap, 9).contains("outside"));
        assert!(problem(b"abc", b"\0\0\0", 9).contains("header"));
        let mut short = hunk(0, 0, b"abcd");
        short[11] = 0xff;
        assert!(problem(b"abc", &short, 9).contains("inside a hunk"));
        let huge = [&[0xff; 12][..], b"x"].concat();
        assert!(problem(b"abc", &huge, 9).contains("inside a hunk"));
        assert!(problem(b"abc", &hunk(0, 0, b"abcdefg"), 9).contains("longer"));
    }

    /// Edits as (start, deleted, inserted) against a text whose length is only known when they are applied.
    fn edits() -> impl Strategy<Value = Vec<Vec<(u8, u8, Vec<u8>)>>> {
        let edit = (
            0u8..12,
            0u8..6,
            proptest::collection::vec(any::<u8>(), 0..6),
        );
        proptest::collection::vec(proptest::collection::vec(edit, 0..5), 0..12)
    }

    proptest! {
        #[test]
        fn a_chain_equals_its_steps(base in proptest::collection::vec(any::<u8>(), 0..60), chain in edits()) {
            let mut text = base.clone();
            let mut deltas = Vec::new();
            for step in chain {
                let mut delta = Vec::new();
                let mut next = Vec::new();
                let mut at = 0;
                for (gap, deleted, inserted) in step {
                    let start = (at + usize::from(gap)).min(text.len());
                    let end = (start + usize::from(deleted)).min(text.len());
                    next.extend_from_slice(&text[at..start]);
                    next.extend_from_slice(&inserted);
                    delta.extend(hunk(start as u32, end as u32, &inserted));
                    at = end;
                }
                next.extend_from_slice(&text[at..]);
                text = next;
                deltas.push(delta);
            }
            let chain: Vec<&[u8]> = deltas.iter().map(Vec::as_slice).collect();
            prop_assert_eq!(apply(&base, &chain, text.len()).unwrap(), text.clone());
            if !text.is_empty() {
                prop_assert!(apply(&base, &chain, text.len() - 1).is_err());
            }
        }

        #[test]
        fn random_bytes_never_panic(base in proptest::collection::vec(any::<u8>(), 0..40),
                                    deltas in proptest::collection::vec(proptest::collection::vec(0u8..3, 0..40), 0..4)) {
            let chain: Vec<&[u8]> = deltas.iter().map(Vec::as_slice).collect();
            if let Ok(text) = apply(&base, &chain, 1000) {
                prop_assert!(text.len() <= 1000);
            }
        }
    }
}
