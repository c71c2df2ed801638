//! Makes binary deltas between two texts, and answers simple questions about them. Applying a chain is
//! [`crate::patch`]; where deltas are stored, and against which base, belongs elsewhere
//! (format: `docs/formats/binary-delta.md`).

use hyg_base::{Error, ErrorId, Result};

use crate::diff::{Block, blocks};
use crate::lines::Lines;
pub use crate::patch::{compose_chain as compose, patched_len};

/// Size of a hunk's header: start, end and length, each a big-endian 32-bit number.
pub const HEADER_LEN: usize = 12;

/// The delta that makes `b` of `a`, as the peer computes it for anything but storage: whole lines, common leading
/// lines left out before lines are matched.
///
/// # Errors
/// [`ErrorId::Unsupported`] for texts of 4 GiB or more.
pub fn encode(a: &[u8], b: &[u8]) -> Result<Vec<u8>> {
    encode_middle(a, b, common_leading_lines(a, b), 0)
}

/// The delta that makes `b` of `a`, as the peer computes it for revlogs: common trailing lines are left out too.
///
/// # Errors
/// [`ErrorId::Unsupported`] for texts of 4 GiB or more.
pub fn encode_stored(a: &[u8], b: &[u8]) -> Result<Vec<u8>> {
    let prefix = common_leading_lines(a, b);
    let suffix = common_trailing_lines(&a[prefix..], &b[prefix..]);
    encode_middle(a, b, prefix, suffix)
}

/// The header of the one hunk that inserts `len` bytes into an empty text; nothing for nothing.
pub fn trivial_header(len: u32) -> Vec<u8> {
    if len == 0 {
        return Vec::new();
    }
    replace_header(0, len).to_vec()
}

/// The header of the one hunk that replaces a text of `old_len` bytes by `new_len` others.
pub fn replace_header(old_len: u32, new_len: u32) -> [u8; HEADER_LEN] {
    header(0, old_len, new_len)
}

/// The new text, where `delta` replaces the whole base of `base_len` bytes: then the base need not be known.
pub fn whole_text(delta: &[u8], base_len: usize) -> Option<&[u8]> {
    let (head, text) = delta.split_at_checked(HEADER_LEN)?;
    let expected = replace_header(
        u32::try_from(base_len).ok()?,
        u32::try_from(text.len()).ok()?,
    );
    (head == expected).then_some(text)
}

/// The bytes that `delta` brings along, one hunk after the other.
///
/// # Errors
/// [`ErrorId::CorruptRevision`] where the delta does not follow its format.
pub fn literals(delta: &[u8]) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    let mut rest = delta;
    while !rest.is_empty() {
        let cut = rest.split_at_checked(HEADER_LEN).and_then(|(head, tail)| {
            let len = u32::from_be_bytes([head[8], head[9], head[10], head[11]]);
            tail.split_at_checked(len as usize)
        });
        let Some((data, tail)) = cut else {
            return Err(Error::new(ErrorId::CorruptRevision)
                .with("problem", "a delta ends inside a hunk")
                .with("delta", 0usize));
        };
        out.extend_from_slice(data);
        rest = tail;
    }
    Ok(out)
}

fn header(start: u32, end: u32, len: u32) -> [u8; HEADER_LEN] {
    let mut out = [0; HEADER_LEN];
    out[..4].copy_from_slice(&start.to_be_bytes());
    out[4..8].copy_from_slice(&end.to_be_bytes());
    out[8..].copy_from_slice(&len.to_be_bytes());
    out
}

/// How many bytes the two texts have in common at their start.
pub(crate) fn common_prefix(a: &[u8], b: &[u8]) -> usize {
    const STEP: usize = 4096;
    let most = a.len().min(b.len());
    let mut at = 0;
    while at < most {
        let end = most.min(at + STEP);
        if a[at..end] != b[at..end] {
            let pairs = a[at..end].iter().zip(&b[at..end]);
            return at + pairs.take_while(|(left, right)| left == right).count();
        }
        at = end;
    }
    most
}

/// How many bytes the two texts have in common at their end.
pub(crate) fn common_suffix(a: &[u8], b: &[u8]) -> usize {
    const STEP: usize = 4096;
    let most = a.len().min(b.len());
    let mut done = 0;
    while done < most {
        let step = STEP.min(most - done);
        let left = &a[a.len() - done - step..a.len() - done];
        let right = &b[b.len() - done - step..b.len() - done];
        if left != right {
            let pairs = left.iter().rev().zip(right.iter().rev());
            return done + pairs.take_while(|(left, right)| left == right).count();
        }
        done += step;
    }
    most
}

/// The length of the whole lines that both texts start with.
fn common_leading_lines(a: &[u8], b: &[u8]) -> usize {
    let common = common_prefix(a, b);
    memchr::memrchr(b'\n', &a[..common]).map_or(0, |at| at + 1)
}

/// The length of what follows the first newline of the common end: whole lines, or a last part without a newline.
fn common_trailing_lines(a: &[u8], b: &[u8]) -> usize {
    let common = &a[a.len() - common_suffix(a, b)..];
    memchr::memchr(b'\n', common).map_or(0, |at| common.len() - at - 1)
}

/// The delta of what lies between a common prefix and a common suffix of so many bytes.
fn encode_middle(a: &[u8], b: &[u8], prefix: usize, suffix: usize) -> Result<Vec<u8>> {
    let old = Lines::split(&a[prefix..a.len() - suffix])?;
    let new = Lines::split(&b[prefix..b.len() - suffix])?;
    if u32::try_from(a.len().max(b.len())).is_err() {
        return Err(Error::new(ErrorId::Unsupported).with("feature", "a text of 4 GiB or more"));
    }
    let mut out = Vec::new();
    let mut done = Block::default();
    for block in blocks(&old, &new) {
        if block.a1 != done.a2 || block.b1 != done.b2 {
            let data = new.slice(done.b2..block.b1);
            let at = |line| (prefix + old.offset(line)) as u32;
            out.extend_from_slice(&header(at(done.a2), at(block.a1), data.len() as u32));
            out.extend_from_slice(data);
        }
        done = block;
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::patch::apply;
    use proptest::prelude::*;

    #[test]
    fn one_line_changed() {
        let delta = encode(b"a\nb\nc\n", b"a\nxx\nc\n").unwrap();
        assert_eq!(delta, [&header(2, 4, 3)[..], b"xx\n"].concat());
        assert!(encode(b"a\nb", b"a\nb").unwrap().is_empty());
        assert_eq!(
            encode(b"", b"ab").unwrap(),
            [&header(0, 0, 2)[..], b"ab"].concat()
        );
        assert_eq!(encode(b"ab", b"").unwrap(), header(0, 2, 0));
    }

    #[test]
    fn simple_questions() {
        assert!(trivial_header(0).is_empty());
        assert_eq!(trivial_header(7), header(0, 0, 7));
        let whole = [&replace_header(5, 3)[..], b"new"].concat();
        assert_eq!(whole_text(&whole, 5), Some(&b"new"[..]));
        assert_eq!(whole_text(&whole, 6), None);
        assert_eq!(whole_text(b"", 0), None);
        let two = [&header(0, 0, 1)[..], b"x", &header(3, 4, 2), b"yz"].concat();
        assert_eq!(literals(&two).unwrap(), b"xyz");
        assert_eq!(patched_len(4, &two).unwrap(), 6);
        assert!(literals(&two[..two.len() - 1]).is_err());
        assert!(literals(b"abc").is_err());
    }

    fn text() -> impl Strategy<Value = Vec<u8>> {
        proptest::collection::vec(proptest::sample::select(b"aab\n\n\n".to_vec()), 0..90)
    }

    proptest! {
        #[test]
        fn patching_the_first_gives_the_second(a in text(), b in text()) {
            for delta in [encode(&a, &b).unwrap(), encode_stored(&a, &b).unwrap()] {
                prop_assert_eq!(apply(&a, &[&delta], b.len()).unwrap(), b.clone());
                prop_assert_eq!(patched_len(a.len(), &delta).unwrap(), b.len());
            }
        }

        #[test]
        fn a_composed_chain_does_what_its_parts_do(texts in proptest::collection::vec(text(), 1..6)) {
            let deltas: Vec<Vec<u8>> =
                texts.windows(2).map(|pair| encode(&pair[0], &pair[1]).unwrap()).collect();
            let chain: Vec<&[u8]> = deltas.iter().map(Vec::as_slice).collect();
            let one = compose(texts[0].len(), &chain).unwrap();
            let last = texts.last().unwrap();
            prop_assert_eq!(&apply(&texts[0], &[&one], last.len()).unwrap(), last);
        }

        #[test]
        fn common_ends_are_whole(a in text(), b in text()) {
            prop_assert_eq!(common_prefix(&a, &b), a.iter().zip(&b).take_while(|(x, y)| x == y).count());
            prop_assert_eq!(
                common_suffix(&a, &b),
                a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count()
            );
        }
    }
}
