//! Reads the tables of the peer's answers (`tests/fixtures/text/make_tables.py` writes them) and compares ours.

use std::collections::HashMap;

use hyg_text::annotate::{self, History};
use hyg_text::binary;
use hyg_text::compare::{Comparison, Kind, Stretch};
use hyg_text::conflict::{self, Labels, Style};
use hyg_text::delta;
use hyg_text::diff::{self, Block};
use hyg_text::label::Labeller;
use hyg_text::lines::Lines;
use hyg_text::merge3::{Merge, Region};
use hyg_text::patch;
use hyg_text::unified::{self, FileDiff, Side};
use hyg_text::whitespace::Ignored;
use hyg_text::xdiff;

/// One line of a table.
struct Record {
    op: String,
    values: HashMap<String, String>,
}

fn unquote(text: &str) -> Vec<u8> {
    let mut bytes = text.bytes();
    let mut out = Vec::new();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let digits = [bytes.next().unwrap(), bytes.next().unwrap()];
        out.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
    }
    out
}

fn quote(data: &[u8]) -> String {
    let mut out = String::new();
    for &byte in data {
        match byte {
            33..127 if byte != b'%' && byte != b'=' => out.push(byte as char),
            _ => out.push_str(&format!("%{byte:02x}")),
        }
    }
    out
}

/// An input: as it stands, or a recipe of numbered lines.
fn input(text: &str) -> Vec<u8> {
    let Some(recipe) = text.strip_prefix('@') else {
        return unquote(text);
    };
    let mut out = Vec::new();
    for part in recipe.split('+') {
        let numbers: Vec<u64> = part
            .split(':')
            .map(|number| number.parse().unwrap())
            .collect();
        let [start, count, step, modulus] = numbers[..] else {
            panic!("a recipe has four numbers")
        };
        for index in 0..count {
            out.extend_from_slice(format!("{}\n", (start + index * step) % modulus).as_bytes());
        }
    }
    out
}

/// An answer in the form of the table: long ones as checksum and length.
fn answer(data: &[u8], expected: &str) -> String {
    if !expected.starts_with('#') {
        return quote(data);
    }
    format!("#{:08x},{}", crc32(data), data.len())
}

/// The checksum of zlib and gzip.
fn crc32(data: &[u8]) -> u32 {
    let table: Vec<u32> = (0..256u32)
        .map(|byte| (0..8).fold(byte, |crc, _| (crc >> 1) ^ (0xedb8_8320 * (crc & 1))))
        .collect();
    let step = |crc: u32, byte: &u8| table[((crc ^ u32::from(*byte)) & 0xff) as usize] ^ (crc >> 8);
    !data.iter().fold(!0, step)
}

impl Record {
    fn bytes(&self, key: &str) -> Vec<u8> {
        input(&self.values[key])
    }

    fn check(&self, key: &str, ours: &[u8]) {
        let expected = &self.values[key];
        if answer(ours, expected) != *expected {
            let inputs = ["base", "a", "b", "graph"].map(|name| self.values.get(name));
            panic!(
                "{} {key}: expected {expected}, got {}\n{inputs:?}",
                self.op,
                quote(ours)
            );
        }
    }

    fn keys<'s>(&'s self, prefix: &'s str) -> impl Iterator<Item = (&'s str, &'s str)> {
        self.values
            .keys()
            .filter_map(move |key| Some((key.as_str(), key.strip_prefix(prefix)?)))
    }
}

fn options(letters: &str) -> unified::Options {
    let digits: String = letters.chars().filter(char::is_ascii_digit).collect();
    let has = |letter| letters.contains(letter);
    unified::Options {
        comparison: Comparison {
            ignored: Ignored {
                all: has('w'),
                amount: has('b'),
                at_end: has('Z'),
                blank_lines: has('B'),
            },
            xdiff: has('x'),
        },
        context: digits.parse().unwrap_or(3),
        show_function: has('p'),
        git: has('g'),
        no_dates: has('d'),
        no_prefix: has('n'),
    }
}

fn file_diff(a: Option<&[u8]>, b: Option<&[u8]>, letters: &str, binary: bool) -> FileDiff {
    let old = Side {
        text: a,
        name: b"dir/old name",
        date: b"Thu Jan 01 00:00:00 1970 +0000",
    };
    let new = Side {
        text: b,
        name: b"dir/new",
        date: b"Sat Jul 26 10:40:00 1997 -0100",
    };
    unified::file_diff(old, new, binary, &options(letters)).unwrap()
}

fn show(blocks: &[Block]) -> Vec<u8> {
    let shown: Vec<String> = blocks
        .iter()
        .map(|block| format!("{},{},{},{}", block.a1, block.a2, block.b1, block.b2))
        .collect();
    shown.join(" ").into_bytes()
}

fn show_typed(stretches: &[Stretch]) -> Vec<u8> {
    let shown: Vec<String> = stretches
        .iter()
        .map(|Stretch { block, kind }| {
            let Block { a1, a2, b1, b2 } = block;
            format!("{a1},{a2},{b1},{b2},{}", kind.mark())
        })
        .collect();
    shown.join(" ").into_bytes()
}

fn show_tokens(chunk: &[u8], words: bool) -> Vec<u8> {
    let tokens = Labeller::new(words).label(chunk).unwrap();
    let shown: Vec<Vec<u8>> = tokens
        .into_iter()
        .map(|(text, label)| [&text[..], b"\x1f", label.as_bytes()].concat())
        .collect();
    shown.join(&0x1e)
}

fn check_pair(record: &Record) {
    let (one, two) = (record.bytes("a"), record.bytes("b"));
    let (a, b) = (Lines::split(&one).unwrap(), Lines::split(&two).unwrap());
    record.check("blocks", &show(&diff::blocks(&a, &b)));
    if record.values.contains_key("xdiff") {
        record.check("xdiff", &show(&xdiff::blocks(&a, &b)));
    }
    for (key, made) in [
        ("delta", delta::encode(&one, &two).unwrap()),
        ("stored", delta::encode_stored(&one, &two).unwrap()),
    ] {
        record.check(key, &made);
        assert_eq!(patch::apply(&one, &[&made], two.len()).unwrap(), two);
    }
    for (key, letters) in record.keys("typed.") {
        let stretches = options(letters).comparison.stretches(&a, &b).unwrap();
        assert!(stretches.iter().any(|stretch| stretch.kind == Kind::Equal));
        record.check(key, &show_typed(&stretches));
    }
    for (key, letters) in record.keys("unified.") {
        let text = file_diff(Some(&one), Some(&two), letters, false).to_bytes();
        record.check(key, &text);
        if letters == "U3" {
            record.check("labels", &show_tokens(&text, false));
            record.check("words", &show_tokens(&text, true));
        }
    }
}

fn check_absent(record: &Record) {
    let (a, b) = (record.bytes("a"), record.bytes("b"));
    let made = if record.values["side"] == "a" {
        file_diff(None, Some(&b), "U3", false)
    } else {
        file_diff(Some(&a), None, "U3g", false)
    };
    record.check("unified", &made.to_bytes());
}

fn check_merge(record: &Record) {
    let texts = ["base", "a", "b"].map(|key| record.bytes(key));
    let [base, a, b] = [0, 1, 2].map(|index: usize| Lines::split(&texts[index]).unwrap());
    let styles = [
        ("merge", Style::Minimized),
        ("merge3", Style::WithBase),
        ("mergediff", Style::AsDiff),
        ("union", Style::Union),
        ("union-other-first", Style::UnionOtherFirst),
        ("local", Style::Local),
        ("other", Style::Other),
    ];
    let labels = Labels {
        local: b"local: one side",
        other: b"other: x",
        base: b"base",
    };
    for (relaxed, suffix) in [(false, ""), (true, ".relaxed")] {
        let merge = Merge::new(&base, &a, &b, relaxed);
        record.check(&format!("regions{suffix}"), &show_regions(&merge.regions()));
        for (name, style) in styles {
            let made = conflict::render(&merge, style, labels).unwrap();
            let key = format!("{name}{suffix}");
            let expected = &record.values[&key];
            let mark = if made.conflicts > 0 { "!" } else { "." };
            let ours = format!("{mark}{}", answer(&made.text, &expected[1..]));
            assert_eq!(ours, *expected, "{key} {texts:?}");
        }
    }
}

fn show_regions(regions: &[Region]) -> Vec<u8> {
    let shown: Vec<String> = regions
        .iter()
        .map(|region| match region {
            Region::Unchanged(lines) => format!("unchanged,{},{}", lines.start, lines.end),
            Region::A(lines) => format!("a,{},{}", lines.start, lines.end),
            Region::B(lines) => format!("b,{},{}", lines.start, lines.end),
            Region::Same(lines) => format!("same,{},{}", lines.start, lines.end),
            Region::Conflict { base, a, b } => format!(
                "conflict,{},{},{},{},{},{}",
                base.start, base.end, a.start, a.end, b.start, b.end
            ),
        })
        .collect();
    shown.join(" ").into_bytes()
}

struct Graph {
    revisions: Vec<(Vec<usize>, Vec<u8>)>,
    skipped: Vec<usize>,
}

impl History for Graph {
    type Revision = usize;
    type Text = Vec<u8>;

    fn parents(&mut self, revision: usize) -> hyg_base::Result<Vec<usize>> {
        Ok(self.revisions[revision].0.clone())
    }

    fn text(&mut self, revision: usize) -> hyg_base::Result<Vec<u8>> {
        Ok(self.revisions[revision].1.clone())
    }

    fn skips(&mut self, revision: usize) -> bool {
        self.skipped.contains(&revision)
    }
}

fn numbers(text: &str) -> Vec<usize> {
    let parts = text.split(',').filter(|part| !part.is_empty());
    parts.map(|part| part.parse().unwrap()).collect()
}

fn check_annotate(record: &Record) {
    let revisions: Vec<_> = record.values["graph"]
        .split(';')
        .map(|revision| {
            let (parents, text) = revision.split_once(':').unwrap();
            (numbers(parents), unquote(text))
        })
        .collect();
    let tip = revisions.len() - 1;
    let mut graph = Graph {
        revisions,
        skipped: numbers(&record.values["skip"]),
    };
    let comparison = options(&record.values["options"]).comparison;
    let made = annotate::annotate(&mut graph, tip, comparison, 2).unwrap();
    let shown: Vec<String> = made
        .origins()
        .iter()
        .map(|origin| {
            format!(
                "{},{},{}",
                origin.revision,
                origin.line,
                u8::from(origin.skipped)
            )
        })
        .collect();
    record.check("lines", shown.join(" ").as_bytes());
}

fn check_whitespace(record: &Record) {
    for (key, _) in record.keys("").filter(|(key, _)| *key != "a") {
        let ignored = options(key).comparison.ignored;
        record.check(key, &ignored.clean_stretch(&record.bytes("a")));
    }
}

fn check_literal(record: &Record) {
    let mut made = Vec::new();
    binary::literal_patch(record.bytes("b").len(), &record.bytes("packed"), &mut made);
    record.check("text", &made);
}

/// Compares every record of a table; how many there were.
pub(crate) fn check(table: &str) -> usize {
    let mut count = 0;
    for line in table.lines() {
        let mut fields = line.split('\t');
        let op = fields.next().unwrap().to_owned();
        let values = fields
            .map(|field| field.split_once('=').unwrap())
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect();
        let record = Record { op, values };
        match record.op.as_str() {
            "pair" => check_pair(&record),
            "absent" => check_absent(&record),
            "binary" => {
                let (a, b) = (record.bytes("a"), record.bytes("b"));
                record.check(
                    "unified",
                    &file_diff(Some(&a), Some(&b), "U3", true).to_bytes(),
                );
            }
            "merge" => check_merge(&record),
            "annotate" => check_annotate(&record),
            "whitespace" => check_whitespace(&record),
            "literal" => check_literal(&record),
            other => panic!("unknown operation {other}"),
        }
        count += 1;
    }
    count
}
