//! Changesets: their manifest, user, date, extras, files and description, read in place
//! (format: `docs/formats/changelog.md`). Phases, names and what is hidden are kept elsewhere.

use std::borrow::Cow;
use std::sync::Arc;

use hyg_base::{Error, ErrorId, Node, RepoPath, Result, Rev};
use hyg_graph::Graph;

use crate::Blob;
use crate::layout::RepoLayout;
use crate::requirements::PERSISTENT_NODEMAP;
use crate::revlog::{Kind, Options, Revlog, Window};
use crate::vfs::Vfs;

/// The revlog of changesets.
#[derive(Debug)]
pub struct Changelog {
    revlog: Revlog,
}

impl Changelog {
    /// Opens the changelog of a store.
    ///
    /// # Errors
    /// As [`Revlog::open`].
    pub fn open(vfs: Arc<dyn Vfs>, nodemap: bool) -> Result<Changelog> {
        let options = Options {
            kind: Kind::Changelog,
            name: b"00changelog".to_vec(),
            nodemap,
        };
        let revlog = Revlog::open(vfs, b"00changelog", options)?;
        Ok(Changelog { revlog })
    }

    /// Opens the changelog of a repository.
    ///
    /// # Errors
    /// As [`Revlog::open`].
    pub fn of(layout: &RepoLayout) -> Result<Changelog> {
        let nodemap = layout.requirements.contains(PERSISTENT_NODEMAP);
        Changelog::open(layout.store_vfs(), nodemap)
    }

    /// A changelog that is not, or not wholly, in the files.
    pub fn over(revlog: Revlog) -> Changelog {
        Changelog { revlog }
    }

    /// The revlog.
    pub fn revlog(&self) -> &Revlog {
        &self.revlog
    }

    /// A changeset. The null revision has no files, no user, and the null manifest.
    ///
    /// # Errors
    /// As [`Revlog::revision`]; [`ErrorId::CorruptRevision`] (fact `offset` in the text) for a text that is not that
    /// of a changeset.
    pub fn changeset(&self, rev: Rev) -> Result<Changeset> {
        self.parsed(rev, self.revlog.revision(rev)?)
    }

    /// As [`Changelog::changeset`], for who reads many neighbours, in either direction.
    ///
    /// # Errors
    /// As [`Changelog::changeset`].
    pub fn changeset_near(&self, rev: Rev, window: &mut Window) -> Result<Changeset> {
        self.parsed(rev, self.revlog.revision_near(rev, window)?)
    }

    fn parsed(&self, rev: Rev, text: Blob) -> Result<Changeset> {
        Changeset::parse(text).map_err(|error| match self.revlog.entry(rev) {
            Ok(entry) => self.revlog.place(error, &entry),
            Err(_) => error,
        })
    }

    /// The manifest that the beginning of a very long changeset names, without reading and checking all of it: to be
    /// believed only where something else vouches for it. `None` for most changesets.
    pub fn unchecked_manifest(&self, rev: Rev) -> Option<Node> {
        let start = self.revlog.unchecked_start(rev, 41)?;
        let hex = start.strip_suffix(b"\n")?;
        Node::from_hex(hex)
    }
}

impl Graph for Changelog {
    fn parents(&self, rev: Rev) -> Result<[Rev; 2]> {
        self.revlog.parents(rev)
    }
    fn len(&self) -> usize {
        self.revlog.len()
    }
}

/// A changeset: its text, and where the parts of it end.
#[derive(Clone, Debug)]
pub struct Changeset {
    text: Blob,
    manifest: Node,
    /// Ends of the manifest, user, date and files parts.
    ends: [usize; 4],
}

/// When a changeset was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Date {
    /// Seconds since 1970 (fractions, which old tools wrote, are cut off).
    pub seconds: i64,
    /// Seconds that the zone is west of UTC.
    pub offset: i32,
}

fn corrupt(problem: &'static str, offset: usize) -> Error {
    Error::new(ErrorId::CorruptRevision)
        .with("problem", problem)
        .with("offset", offset)
}

impl Changeset {
    /// Splits the text of a changeset.
    ///
    /// # Errors
    /// [`ErrorId::CorruptRevision`] (facts `problem`, `offset`).
    pub fn parse(text: Blob) -> Result<Changeset> {
        if text.is_empty() {
            return Ok(Changeset {
                text,
                manifest: Node::NULL,
                ends: [0; 4],
            });
        }
        let line_end = |from: usize| match memchr::memchr(b'\n', &text[from..]) {
            Some(at) => Ok(from + at),
            None => Err(corrupt("a changeset is cut short", text.len())),
        };
        let manifest_end = line_end(0)?;
        let user_end = line_end(manifest_end + 1)?;
        let date_end = line_end(user_end + 1)?;
        let files_end = match text.get(date_end + 1) {
            Some(b'\n') => date_end,
            _ => match memchr::memmem::find(&text[date_end + 1..], b"\n\n") {
                Some(at) => date_end + 1 + at,
                None => return Err(corrupt("the files of a changeset do not end", date_end + 1)),
            },
        };
        let manifest = Node::from_hex(&text[..manifest_end])
            .ok_or_else(|| corrupt("the manifest of a changeset is not a node", 0))?;
        Ok(Changeset {
            text,
            manifest,
            ends: [manifest_end, user_end, date_end, files_end],
        })
    }

    fn part(&self, index: usize) -> &[u8] {
        let start = self.ends[index - 1] + 1;
        self.text.get(start..self.ends[index]).unwrap_or_default()
    }

    /// The node of its manifest.
    pub fn manifest(&self) -> Node {
        self.manifest
    }

    /// Who made it.
    pub fn user(&self) -> &[u8] {
        self.part(1)
    }

    /// When it was made.
    ///
    /// # Errors
    /// [`ErrorId::CorruptRevision`] where the seconds are not a number.
    pub fn date(&self) -> Result<Date> {
        let mut fields = self.part(2).splitn(3, |b| *b == b' ');
        let number = fields.next().map(std::str::from_utf8).and_then(Result::ok);
        let seconds = match number {
            _ if self.text.is_empty() => Some(0),
            Some(text) => text.parse().ok().or_else(|| whole(text)),
            None => None,
        };
        let Some(seconds) = seconds else {
            return Err(corrupt(
                "the date of a changeset is not a number",
                self.ends[1] + 1,
            ));
        };
        // Old tools wrote all kinds of zones.
        let zone = fields.next().map(std::str::from_utf8).and_then(Result::ok);
        let offset = zone.and_then(|text| text.parse().ok()).unwrap_or(0);
        Ok(Date { seconds, offset })
    }

    /// Extra fields as (name, value), in the order of the text; without the default branch.
    ///
    /// # Errors
    /// [`ErrorId::CorruptRevision`] for a field without a name or with an escape that is none.
    pub fn extras(&self) -> Result<Vec<(Vec<u8>, Vec<u8>)>> {
        let mut found = Vec::new();
        for field in self.raw_extras() {
            let field = unescape(field);
            let pair = field.as_ref().and_then(|field| {
                let colon = memchr::memchr(b':', field)?;
                Some((field[..colon].to_vec(), field[colon + 1..].to_vec()))
            });
            match pair {
                Some(pair) => found.push(pair),
                None => {
                    return Err(corrupt(
                        "an extra field of a changeset is malformed",
                        self.ends[1] + 1,
                    ));
                }
            }
        }
        Ok(found)
    }

    fn raw_extras(&self) -> impl Iterator<Item = &[u8]> {
        let extras = self
            .part(2)
            .splitn(3, |b| *b == b' ')
            .nth(2)
            .unwrap_or_default();
        extras.split(|b| *b == 0).filter(|field| !field.is_empty())
    }

    /// The branch it is on and whether it closes it, without an allocation for each field.
    ///
    /// # Errors
    /// As [`Changeset::extras`].
    pub fn branch(&self) -> Result<Branch<'_>> {
        let mut branch = Branch {
            name: Cow::Borrowed(b"default"),
            closes: false,
        };
        for field in self.raw_extras() {
            let field = match memchr::memchr(b'\\', field) {
                None => Some(Cow::Borrowed(field)),
                Some(_) => unescape(field),
            };
            let Some((field, colon)) =
                field.and_then(|field| Some((field.clone(), memchr::memchr(b':', &field)?)))
            else {
                return Err(corrupt(
                    "an extra field of a changeset is malformed",
                    self.ends[1] + 1,
                ));
            };
            match &field[..colon] {
                b"close" => branch.closes = true,
                b"branch" => {
                    branch.name = match field {
                        Cow::Borrowed(field) => Cow::Borrowed(&field[colon + 1..]),
                        Cow::Owned(field) => Cow::Owned(field[colon + 1..].to_vec()),
                    }
                }
                _ => {}
            }
        }
        Ok(branch)
    }

    /// The files it touched, as listed.
    pub fn files(&self) -> impl Iterator<Item = &RepoPath> {
        let has_files = self.ends[2] < self.ends[3];
        let list = if has_files { self.part(3) } else { &[] };
        let lines = list.split(|b| *b == b'\n').map(RepoPath::new);
        lines.filter(move |_| has_files)
    }

    /// The description.
    pub fn description(&self) -> &[u8] {
        self.text.get(self.ends[3] + 2..).unwrap_or_default()
    }
}

/// What a changeset says, to be written.
#[derive(Clone, Debug)]
pub struct Header {
    /// Who made it.
    pub user: Vec<u8>,
    /// When.
    pub date: Date,
    /// Extra fields by name.
    pub extras: Vec<(Vec<u8>, Vec<u8>)>,
    /// Its description.
    pub description: Vec<u8>,
}

impl Header {
    /// The text of the changeset; `files` are sorted.
    pub fn text<'a>(&self, manifest: &Node, files: impl Iterator<Item = &'a RepoPath>) -> Vec<u8> {
        let mut out = manifest.to_hex().to_vec();
        out.push(b'\n');
        out.extend_from_slice(&self.user);
        let Date { seconds, offset } = self.date;
        out.extend_from_slice(format!("\n{seconds} {offset}").as_bytes());
        let mut extras: Vec<_> = self.extras.iter().collect();
        extras.retain(|(name, value)| name != b"branch" || !matches!(&value[..], b"default" | b""));
        extras.sort();
        for (at, (name, value)) in extras.into_iter().enumerate() {
            out.push(if at == 0 { b' ' } else { 0 });
            escape(name, &mut out);
            out.push(b':');
            escape(value, &mut out);
        }
        for file in files {
            out.push(b'\n');
            out.extend_from_slice(file.as_bytes());
        }
        out.extend_from_slice(b"\n\n");
        out.extend_from_slice(&self.description);
        out
    }
}

/// Writes the escapes of extra fields.
fn escape(field: &[u8], out: &mut Vec<u8>) {
    for byte in field {
        match byte {
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            0 => out.extend_from_slice(b"\\0"),
            byte => out.push(*byte),
        }
    }
}

/// A branch as a changeset names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch<'a> {
    /// Its name.
    pub name: Cow<'a, [u8]>,
    /// Whether the changeset closes it.
    pub closes: bool,
}

/// The whole seconds of a decimal fraction.
fn whole(text: &str) -> Option<i64> {
    let number: f64 = text.trim().parse().ok()?;
    let limit = 9.0e18;
    (number.abs() < limit).then_some(number as i64)
}

/// Undoes the escapes of an extra field: those that are written (`\\ \n \r \0`) and those that Python also reads.
/// `None` for an escape that is cut short.
fn unescape(field: &[u8]) -> Option<Cow<'_, [u8]>> {
    if !field.contains(&b'\\') {
        return Some(Cow::Borrowed(field));
    }
    let mut out = Vec::with_capacity(field.len());
    let mut rest = field.iter().copied().peekable();
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        match rest.next()? {
            b'0' => out.push(0),
            digit @ b'1'..=b'7' => {
                let mut value = u32::from(digit - b'0');
                for _ in 0..2 {
                    if let Some(digit @ b'0'..=b'7') = rest.peek().copied() {
                        value = value * 8 + u32::from(digit - b'0');
                        rest.next();
                    }
                }
                out.push((value & 0xff) as u8);
            }
            b'x' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                out.push((digit()? * 16 + digit()?) as u8);
            }
            b'\n' => {}
            other => match simple_escape(other) {
                Some(byte) => out.push(byte),
                None => out.extend_from_slice(&[b'\\', other]),
            },
        }
    }
    Some(Cow::Owned(out))
}

fn simple_escape(letter: u8) -> Option<u8> {
    Some(match letter {
        b'\\' | b'\'' | b'"' => letter,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'a' => 7,
        b'b' => 8,
        b'f' => 12,
        b'v' => 11,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HEX: &str = "0123456789abcdef0123456789abcdef01234567";

    #[test]
    fn of_a_long_changeset_the_first_line_is_enough() {
        use crate::revlog::build::{Row, split_index};
        use crate::vfs::DiskVfs;

        let mut text = format!("{HEX}\nu\n0 0\n").into_bytes();
        for number in 0..30_000 {
            text.extend_from_slice(format!("directory/file{number}\n").as_bytes());
        }
        text.extend_from_slice(b"\nmessage");
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut encoder, &text).unwrap();
        let chunks = [
            [b"u", &text[..]].concat(),
            encoder.finish().unwrap(),
            zstd::bulk::compress(&text, 3).unwrap(),
        ];
        let mut rows = vec![Row::text(format!("{HEX}\nu\n0 0\n\nshort").as_bytes())];
        for chunk in chunks {
            rows.push(Row {
                chunk,
                ..Row::text(&text)
            });
        }
        let (index, mut data) = split_index(&rows, 1);
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("00changelog.i"), index).unwrap();
        let end = data.len() - 1;
        data[end] ^= 255;
        std::fs::write(dir.path().join("00changelog.d"), &data).unwrap();
        let log = Changelog::open(Arc::new(DiskVfs::new(dir.path())), false).unwrap();
        assert_eq!(log.unchecked_manifest(Rev(0)), None);
        for rev in 1..4 {
            let found = log.unchecked_manifest(Rev(rev)).unwrap();
            assert_eq!(found.to_string(), HEX);
        }
        assert!(log.changeset(Rev(2)).is_ok());
        assert!(log.changeset(Rev(3)).is_err());
        std::fs::write(dir.path().join("00changelog.d"), vec![b'x'; data.len()]).unwrap();
        let log = Changelog::open(Arc::new(DiskVfs::new(dir.path())), false).unwrap();
        assert_eq!(log.unchecked_manifest(Rev(3)), None);
    }

    fn parse(rest: &str) -> Result<Changeset> {
        Changeset::parse(format!("{HEX}\n{rest}").into_bytes().into())
    }

    fn offset(rest: &str) -> String {
        let error = parse(rest).unwrap_err();
        assert_eq!(error.id(), ErrorId::CorruptRevision);
        error.to_string()
    }

    #[test]
    fn all_parts() {
        let c = parse("Ann <a@x>\n1700000000 -3600 branch:feature\0close:1\0note:a\\nb\\\\0\\0z\na.txt\ndir/b\n\nFirst line\n\nMore").unwrap();
        assert_eq!(c.manifest().to_string(), HEX);
        assert_eq!(c.user(), b"Ann <a@x>");
        assert_eq!(
            c.date().unwrap(),
            Date {
                seconds: 1_700_000_000,
                offset: -3600
            }
        );
        let files: Vec<String> = c.files().map(RepoPath::to_string).collect();
        assert_eq!(files, ["a.txt", "dir/b"]);
        assert_eq!(c.description(), b"First line\n\nMore");
        let extras = c.extras().unwrap();
        assert_eq!(extras[2], (b"note".to_vec(), b"a\nb\\0\0z".to_vec()));
        let branch = c.branch().unwrap();
        assert_eq!(
            (&*branch.name, branch.closes),
            (b"feature".as_slice(), true)
        );
    }

    #[test]
    fn what_is_written_is_read_back() {
        let header = Header {
            user: b"Ann <a@x>".to_vec(),
            date: Date {
                seconds: -5,
                offset: 3600,
            },
            extras: vec![
                (b"note".to_vec(), b"a\\b\nc\rd\0e".to_vec()),
                (b"branch".to_vec(), b"default".to_vec()),
                (b"close".to_vec(), b"1".to_vec()),
            ],
            description: b"First\n\nmore".to_vec(),
        };
        let node = Node::from_hex(HEX.as_bytes()).unwrap();
        let files = ["a", "b/c"].map(|path| RepoPath::new(path.as_bytes()));
        let text = header.text(&node, files.into_iter());
        let c = Changeset::parse(text.into()).unwrap();
        assert_eq!((c.manifest(), c.user()), (node, b"Ann <a@x>".as_slice()));
        assert_eq!(c.date().unwrap(), header.date);
        assert_eq!(c.files().collect::<Vec<_>>(), files);
        assert_eq!(c.description(), b"First\n\nmore");
        let extras = c.extras().unwrap();
        assert_eq!(extras, [header.extras[2].clone(), header.extras[0].clone()]);
        let bare = Header {
            extras: Vec::new(),
            ..header
        };
        let text = bare.text(&node, [].into_iter());
        assert!(text.ends_with(b"\n-5 3600\n\nFirst\n\nmore"));
    }

    #[test]
    fn few_parts() {
        let c = parse("u\n1.75 7x\n\n").unwrap();
        assert_eq!(c.files().count(), 0);
        assert_eq!(c.description(), b"");
        assert_eq!(
            c.date().unwrap(),
            Date {
                seconds: 1,
                offset: 0
            }
        );
        assert_eq!(&*c.branch().unwrap().name, b"default");
        assert!(c.extras().unwrap().is_empty());
        let null = Changeset::parse(Blob::default()).unwrap();
        assert_eq!(
            (null.manifest(), null.user(), null.description()),
            (Node::NULL, &b""[..], &b""[..])
        );
        assert_eq!(null.files().count(), 0);
        assert_eq!(
            null.date().unwrap(),
            Date {
                seconds: 0,
                offset: 0
            }
        );
        assert!(!null.branch().unwrap().closes);
    }

    #[test]
    fn what_is_missing_is_named_with_its_place() {
        assert!(offset("user").contains("cut short\" offset=45"));
        assert!(offset("user\n1 0").contains("cut short"));
        assert!(offset("user\n1 0\nfile\n").contains("do not end\" offset=50"));
        let error = Changeset::parse(b"xyz\nu\n0 0\n\nd".to_vec().into()).unwrap_err();
        assert!(error.to_string().contains("not a node\" offset=0"));
        assert_eq!(
            parse("u\nsoon 0\n\nd").unwrap().date().unwrap_err().id(),
            ErrorId::CorruptRevision
        );
        for extra in ["noname", "a\\x1", "b:\\"] {
            let c = parse(&format!("u\n0 0 {extra}\n\nd")).unwrap();
            assert_eq!(
                c.extras().unwrap_err().id(),
                ErrorId::CorruptRevision,
                "{extra}"
            );
        }
    }

    #[test]
    fn escapes_that_python_reads() {
        let field = unescape(b"\\x41\\101\\'\\q\\\n\\t").unwrap();
        assert_eq!(&*field, b"AA'\\q\t");
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in "[0-9a-f\n \0\\\\:x]{0,80}") {
            if let Ok(c) = Changeset::parse(text.into_bytes().into()) {
                let _answers = (c.user(), c.date(), c.extras(), c.branch().map(|b| b.closes), c.files().count(), c.description());
            }
        }
    }
}
