//! Git's form of binary files in patches: base 85 lines of a compressed text or delta, and git's own delta format.
//! Compressing belongs to the caller, because the bytes must be those of its zlib (`docs/formats/diff.md`).

/// What is wrong with a patch, in a short fixed phrase; the caller knows its name.
pub type Problem = &'static str;

type Result<T> = std::result::Result<T, Problem>;

const ALPHABET: &[u8; 85] =
    b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";

/// Bytes of compressed data in one line of a patch.
const LINE: usize = 52;

/// Appends the binary patch that replaces a file by a text of `len` bytes that compress to `packed`.
pub fn literal_patch(len: usize, packed: &[u8], out: &mut Vec<u8>) {
    let mut lines = LiteralPatch::begin(len as u64, out);
    // Two bytes more a line, and five for every four.
    out.reserve_exact(packed.len().div_ceil(LINE) * (LINE / 4 * 5 + 2) + 1);
    lines.push(packed, out);
    lines.finish(out);
}

/// The same for compressed data that comes in pieces; what is appended ends where a line ends.
pub struct LiteralPatch {
    /// What does not fill a line yet.
    rest: Vec<u8>,
}

impl LiteralPatch {
    /// Appends the lines before the data, for a text of `len` bytes.
    pub fn begin(len: u64, out: &mut Vec<u8>) -> LiteralPatch {
        out.extend_from_slice(format!("GIT binary patch\nliteral {len}\n").as_bytes());
        LiteralPatch { rest: Vec::new() }
    }

    /// Appends the lines that are full.
    pub fn push(&mut self, mut packed: &[u8], out: &mut Vec<u8>) {
        if !self.rest.is_empty() {
            let (now, later) = packed.split_at(packed.len().min(LINE - self.rest.len()));
            self.rest.extend_from_slice(now);
            packed = later;
            if self.rest.len() < LINE {
                return;
            }
            line(&self.rest, out);
            self.rest.clear();
        }
        let (full, rest) = packed.split_at(packed.len() - packed.len() % LINE);
        full.chunks(LINE).for_each(|chunk| line(chunk, out));
        self.rest.extend_from_slice(rest);
    }

    /// Appends the last line, and the empty one at the end.
    pub fn finish(self, out: &mut Vec<u8>) {
        if !self.rest.is_empty() {
            line(&self.rest, out);
        }
        out.push(b'\n');
    }
}

fn line(chunk: &[u8], out: &mut Vec<u8>) {
    out.push(length_mark(chunk.len()));
    encode85(chunk, out);
    out.push(b'\n');
}

/// The letter that stands for a line of `len` bytes: `A` to `Z`, then `a` to `z`.
fn length_mark(len: usize) -> u8 {
    let len = len as u8;
    if len <= 26 {
        b'A' + len - 1
    } else {
        b'a' + len - 27
    }
}

/// Appends `data` in base 85, filled up with zeros to a multiple of four bytes.
pub fn encode85(data: &[u8], out: &mut Vec<u8>) {
    for chunk in data.chunks(4) {
        let mut word = [0; 4];
        word[..chunk.len()].copy_from_slice(chunk);
        let mut value = u32::from_be_bytes(word) as usize;
        let mut digits = [0; 5];
        for digit in digits.iter_mut().rev() {
            *digit = ALPHABET[value % 85];
            value /= 85;
        }
        out.extend_from_slice(&digits);
    }
}

/// What one line of a binary patch holds: a length letter and that many bytes in base 85.
///
/// # Errors
/// A [`Problem`] where the line is not one.
pub fn decode_line(line: &[u8]) -> Result<Vec<u8>> {
    let (&mark, digits) = line.split_first().ok_or("an empty line")?;
    let len = match mark {
        b'A'..=b'Z' => mark - b'A' + 1,
        b'a'..=b'z' => mark - b'a' + 27,
        _ => return Err("a line without a length"),
    };
    let mut out = Vec::with_capacity(LINE);
    for group in digits.chunks(5) {
        if group.len() != 5 {
            return Err("a line is cut short");
        }
        let mut value = 0u64;
        for byte in group {
            let digit = ALPHABET.iter().position(|letter| letter == byte);
            value = value * 85 + digit.ok_or("a byte that is not base 85")? as u64;
        }
        let word = u32::try_from(value).map_err(|_| "a group that is too large")?;
        out.extend_from_slice(&word.to_be_bytes());
    }
    let len = usize::from(len);
    if len > out.len() || out.len() - len > 3 {
        return Err("a line is not as long as it says");
    }
    out.truncate(len);
    Ok(out)
}

/// Applies a delta of git's kind (`delta` in a binary patch, already unpacked) to `base`.
///
/// # Errors
/// A [`Problem`] where the delta does not follow its format, was made for another
/// base, or its result would be longer than `max_len`.
pub fn apply_git_delta(base: &[u8], delta: &[u8], max_len: usize) -> Result<Vec<u8>> {
    let mut rest = Reader { data: delta };
    if rest.size()? != base.len() as u64 {
        return Err("the delta was made for another text");
    }
    let len = rest.size()?;
    if len > max_len as u64 {
        return Err("the text is longer than it may be");
    }
    let mut out = Vec::new();
    while let Some(command) = rest.byte() {
        let piece = match command {
            0 => return Err("an unknown command in the delta"),
            1..=0x7f => rest.take(usize::from(command))?,
            _ => {
                let offset = rest.number(command & 0x0f)?;
                let size = match rest.number((command >> 4) & 0x07)? {
                    0 => 0x1_0000,
                    size => size,
                };
                let copied = base.get(offset..offset.saturating_add(size));
                copied.ok_or("the delta reaches outside its text")?
            }
        };
        if (out.len() + piece.len()) as u64 > len {
            return Err("the delta makes another length than it says");
        }
        out.extend_from_slice(piece);
    }
    if out.len() as u64 != len {
        return Err("the delta makes another length than it says");
    }
    Ok(out)
}

struct Reader<'a> {
    data: &'a [u8],
}

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (&first, rest) = self.data.split_first()?;
        self.data = rest;
        Some(first)
    }

    fn take(&mut self, len: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self
            .data
            .split_at_checked(len)
            .ok_or("the delta ends too early")?;
        self.data = rest;
        Ok(taken)
    }

    /// Seven bits a byte, the lowest first; the high bit says that more follow.
    fn size(&mut self) -> Result<u64> {
        let mut value = 0;
        for shift in (0..63).step_by(7) {
            let byte = self.byte().ok_or("the delta ends too early")?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err("a size in the delta has no end")
    }

    /// The bytes of a little-endian number that `present` names, bit by bit.
    fn number(&mut self, present: u8) -> Result<usize> {
        let mut value = 0;
        for index in 0..4 {
            if present & (1 << index) != 0 {
                let byte = self.byte().ok_or("the delta ends too early")?;
                value |= usize::from(byte) << (8 * index);
            }
        }
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_delta_copies_and_inserts() {
        // 6 bytes become 5: two from offset 4, "xyz" added
        let delta = [6, 5, 0x91, 4, 2, 3, b'x', b'y', b'z'];
        assert_eq!(apply_git_delta(b"abcdef", &delta, 9).unwrap(), b"efxyz");
        for (base, delta, max) in [
            (&b"abcde"[..], &delta[..], 9),
            (b"abcdef", &delta, 4),
            (b"abcdef", &delta[..8], 9),
            (b"abcdef", &[6, 5, 0], 9),
            (b"abcdef", &[6, 1, 0x91, 6, 1], 9),
            (b"abcdef", &[6, 9, 1, b'x'], 9),
            (b"abcdef", &[0x86], 9),
        ] {
            assert!(apply_git_delta(base, delta, max).is_err());
        }
    }

    #[test]
    fn lines_that_are_not_base_85() {
        for line in [
            &b""[..],
            b"*00000",
            b"A0000",
            b"A0000\"",
            b"A~~~~~",
            b"E00000",
            b"A0000000000",
        ] {
            assert!(decode_line(line).is_err(), "{line:?}");
        }
    }

    proptest! {
        #[test]
        fn lines_survive_the_round_trip(data in proptest::collection::vec(any::<u8>(), 1..200)) {
            let mut text = Vec::new();
            literal_patch(7, &data, &mut text);
            let lines: Vec<&[u8]> = text.split(|&byte| byte == b'\n').collect();
            prop_assert_eq!(lines[1], b"literal 7");
            let back: Vec<u8> =
                lines[2..lines.len() - 2].iter().flat_map(|line| decode_line(line).unwrap()).collect();
            prop_assert_eq!(back, data);
        }

        #[test]
        fn random_deltas_never_panic(base in proptest::collection::vec(any::<u8>(), 0..9),
                                     delta in proptest::collection::vec(any::<u8>(), 0..30)) {
            if let Ok(text) = apply_git_delta(&base, &delta, 1000) {
                prop_assert!(text.len() <= 1000);
            }
        }
    }
}
