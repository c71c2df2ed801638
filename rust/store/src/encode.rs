//! From the name of a store file (`data/Foo.txt.i`) to the name it has on disk (`data/_foo.txt.i`)
//! (format: `docs/formats/store-encoding.md`). Which encoding a repository uses is `layout`'s answer.

use std::borrow::Cow;

use crate::revlog::hash::sha1;

/// How names of store files become names on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathEncoding {
    /// Directories that look like revlog files are marked; nothing else. Repositories without `store`.
    Basic,
    /// Capitals and reserved bytes are escaped as well. Repositories with `store` alone.
    Escaped,
    /// Names that Windows reserves are escaped, long ones hashed: `fncache`; with `dot`, a leading dot or space is
    /// escaped too: `dotencode`.
    Hashed {
        /// Whether a leading dot or space is escaped.
        dot: bool,
    },
    /// Directories below `data/` get a `_` at the end; nothing else.
    Plain,
}

/// The longest encoded name that is not hashed.
const MAX_LEN: usize = 120;
/// How much of each directory name a hashed name keeps.
const DIR_PREFIX: usize = 8;
/// How long the kept directories may be together.
const MAX_DIRS: usize = 8 * (DIR_PREFIX + 1) - 4;

impl PathEncoding {
    /// The name on disk.
    pub fn encode<'a>(self, name: &'a [u8]) -> Cow<'a, [u8]> {
        match self {
            PathEncoding::Basic => encode_dirs(name),
            PathEncoding::Plain => plain(name),
            PathEncoding::Escaped => escape(&encode_dirs(name), Capitals::Marked).into(),
            PathEncoding::Hashed { dot } => {
                let name = encode_dirs(name);
                if name.len() <= MAX_LEN {
                    let escaped = mask_parts(&escape(&name, Capitals::Marked), dot);
                    if escaped.len() <= MAX_LEN {
                        return escaped.into();
                    }
                }
                hashed(&name, dot).into()
            }
        }
    }
}

/// Adds `.hg` to directories that end in `.hg`, `.i` or `.d`, so that they do not collide with revlog files.
pub fn encode_dirs(name: &[u8]) -> Cow<'_, [u8]> {
    let marked = |at: usize| {
        let head = &name[..at];
        head.ends_with(b".hg") || head.ends_with(b".i") || head.ends_with(b".d")
    };
    let slashes = || (0..name.len()).filter(|at| name[*at] == b'/');
    if !slashes().any(marked) {
        return Cow::Borrowed(name);
    }
    let mut out = Vec::with_capacity(name.len() + 12);
    let mut done = 0;
    for at in slashes().filter(|at| marked(*at)) {
        out.extend_from_slice(&name[done..at]);
        out.extend_from_slice(b".hg");
        done = at;
    }
    out.extend_from_slice(&name[done..]);
    Cow::Owned(out)
}

/// Undoes [`encode_dirs`].
pub fn decode_dirs(name: &[u8]) -> Cow<'_, [u8]> {
    let marked = |at: usize| {
        let head = &name[..at];
        [b".hg.hg".as_slice(), b".i.hg", b".d.hg"]
            .iter()
            .any(|end| head.ends_with(end))
    };
    let slashes = || (0..name.len()).filter(|at| name[*at] == b'/');
    if !slashes().any(marked) {
        return Cow::Borrowed(name);
    }
    let mut out = Vec::with_capacity(name.len());
    let mut done = 0;
    for at in slashes().filter(|at| marked(*at)) {
        out.extend_from_slice(&name[done..at - b".hg".len()]);
        done = at;
    }
    out.extend_from_slice(&name[done..]);
    Cow::Owned(out)
}

fn plain(name: &[u8]) -> Cow<'_, [u8]> {
    let Some(below) = name.strip_prefix(b"data/") else {
        return Cow::Borrowed(name);
    };
    let mut out = b"data/".to_vec();
    for (index, part) in below.split(|b| *b == b'/').enumerate() {
        if index > 0 {
            out.extend_from_slice(b"_/");
        }
        out.extend_from_slice(part);
    }
    Cow::Owned(out)
}

/// What becomes of `A` to `Z`, and of the `_` that would mark them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Capitals {
    /// `A` is `_a` and `_` is `__`.
    Marked,
    /// `A` is `a` and `_` stays.
    Lowered,
}

fn escape(name: &[u8], capitals: Capitals) -> Vec<u8> {
    let mut out = Vec::with_capacity(name.len() + name.len() / 4);
    for &byte in name {
        match byte {
            0..=31 | 126..=255 => push_hex(&mut out, byte),
            b'\\' | b':' | b'*' | b'?' | b'"' | b'<' | b'>' | b'|' => push_hex(&mut out, byte),
            b'A'..=b'Z' | b'_' => {
                if capitals == Capitals::Marked {
                    out.push(b'_');
                }
                out.push(byte.to_ascii_lowercase());
            }
            _ => out.push(byte),
        }
    }
    out
}

fn push_hex(out: &mut Vec<u8>, byte: u8) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    out.push(b'~');
    out.push(DIGITS[usize::from(byte >> 4)]);
    out.push(DIGITS[usize::from(byte & 15)]);
}

/// Escapes what Windows would not accept as a whole name: reserved words, a dot or space at the end.
fn mask_parts(name: &[u8], dot: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(name.len() + 8);
    for (index, part) in name.split(|b| *b == b'/').enumerate() {
        if index > 0 {
            out.push(b'/');
        }
        mask_part(&mut out, part, dot);
    }
    out
}

fn mask_part(out: &mut Vec<u8>, part: &[u8], dot: bool) {
    let (Some(first), Some(last)) = (part.first().copied(), part.last().copied()) else {
        return;
    };
    let mut middle = part;
    let is_odd = |byte: u8| byte == b'.' || byte == b' ';
    if dot && is_odd(first) {
        push_hex(out, first);
        middle = &part[1..];
    } else if is_reserved(part) {
        out.extend_from_slice(&part[..2]);
        push_hex(out, part[2]);
        middle = &part[3..];
    }
    // A part of one dot is already escaped as a whole; its last byte is then a hexadecimal digit.
    if is_odd(last) && !middle.is_empty() {
        out.extend_from_slice(&middle[..middle.len() - 1]);
        push_hex(out, last);
    } else {
        out.extend_from_slice(middle);
    }
}

/// Whether the part before the first dot is one of the device names of Windows.
fn is_reserved(part: &[u8]) -> bool {
    let stem = part.split(|b| *b == b'.').next().unwrap_or(part);
    match stem {
        b"aux" | b"con" | b"prn" | b"nul" => true,
        [b'c', b'o', b'm', digit] | [b'l', b'p', b't', digit] => (b'1'..=b'9').contains(digit),
        _ => false,
    }
}

/// The irreversible form: the beginnings of the directories, as much of the name as fits, and the hash of all.
fn hashed(name: &[u8], dot: bool) -> Vec<u8> {
    let digest = sha1(&[name]).to_hex();
    let below = name.get(b"data/".len()..).unwrap_or_default();
    let lowered = mask_parts(&escape(below, Capitals::Lowered), dot);
    let (dirs, base) = match lowered.iter().rposition(|b| *b == b'/') {
        Some(slash) => (&lowered[..slash], &lowered[slash + 1..]),
        None => (&lowered[..0], lowered.as_slice()),
    };
    let mut out = b"dh/".to_vec();
    let start = out.len();
    for part in dirs.split(|b| *b == b'/') {
        let mut short = part[..part.len().min(DIR_PREFIX)].to_vec();
        if let Some(last @ (b'.' | b' ')) = short.last_mut() {
            *last = b'_';
        }
        let used = out.len() - start;
        // `used` counts the slash that separates this directory from those before it.
        if used > 0 && used + short.len() > MAX_DIRS {
            break;
        }
        if !dirs.is_empty() {
            out.extend_from_slice(&short);
            out.push(b'/');
        }
    }
    let extension = &base[base.len() - extension_len(base)..];
    let room = MAX_LEN.saturating_sub(out.len() + digest.len() + extension.len());
    out.extend_from_slice(&base[..base.len().min(room)]);
    out.extend_from_slice(&digest);
    out.extend_from_slice(extension);
    out
}

/// Length of the last dot and what follows it; 0 where only dots come before it.
fn extension_len(base: &[u8]) -> usize {
    match base.iter().rposition(|b| *b == b'.') {
        Some(dot) if base[..dot].iter().any(|b| *b != b'.') => base.len() - dot,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Read;

    /// Written by the peer; `tests/fixtures/make_encoded_names.py` says how, and what the columns are.
    const TABLE: &[u8] = include_bytes!("../tests/fixtures/encoded-names.z");

    fn unhex(text: &str) -> Vec<u8> {
        let digits = text.as_bytes().chunks(2);
        digits
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect()
    }

    #[test]
    fn agrees_with_the_peer_on_odd_names() {
        let mut table = String::new();
        flate2::read::ZlibDecoder::new(TABLE)
            .read_to_string(&mut table)
            .unwrap();
        let encodings = [
            PathEncoding::Basic,
            PathEncoding::Escaped,
            PathEncoding::Hashed { dot: false },
            PathEncoding::Hashed { dot: true },
            PathEncoding::Plain,
        ];
        for line in table.lines() {
            let fields: Vec<Vec<u8>> = line.split(' ').map(unhex).collect();
            let name = &fields[0];
            let mut expected = name;
            for (encoding, field) in encodings.iter().zip(&fields[1..]) {
                expected = if field.is_empty() { expected } else { field };
                let found = encoding.encode(name);
                assert_eq!(
                    String::from_utf8_lossy(&found),
                    String::from_utf8_lossy(expected),
                    "{encoding:?} of {:?}",
                    String::from_utf8_lossy(name)
                );
            }
        }
        assert!(table.lines().count() > 2000);
    }

    #[test]
    fn directories_that_look_like_revlogs_are_marked_and_unmarked() {
        let encoded = encode_dirs(b"data/a.i/b.d/c.hg/e.i.hg/f.i");
        assert_eq!(&*encoded, b"data/a.i.hg/b.d.hg/c.hg.hg/e.i.hg.hg/f.i");
        assert_eq!(&*decode_dirs(&encoded), b"data/a.i/b.d/c.hg/e.i.hg/f.i");
    }

    proptest! {
        #[test]
        fn hashed_names_are_short_and_never_panic(name in "[a-zA-Z0-9._ /~-]{0,300}") {
            let name = format!("data/{name}.i");
            for dot in [false, true] {
                let encoded = PathEncoding::Hashed { dot }.encode(name.as_bytes()).into_owned();
                prop_assert!(encoded.len() <= 68 + 3 + 1 + 40 + 300);
                prop_assert!(encoded.iter().all(|b| b.is_ascii() && !b.is_ascii_uppercase()));
            }
            let encoded = encode_dirs(name.as_bytes());
            prop_assert_eq!(&*decode_dirs(&encoded), name.as_bytes());
        }
    }
}
