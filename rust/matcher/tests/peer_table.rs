//! Every answer of the peer's matcher that is recorded in the table, against ours.
//! How the table was made is told in `make_table.py` beside it.
#![expect(
    clippy::unwrap_used,
    reason = "a table that cannot be read fails the test"
)]
use std::collections::HashMap;

use hyg_base::{Error, ErrorId, Fact, RepoPath, Result, Warning};
use hyg_matcher::{
    ExoticFn, ExoticRegex, MatchRequest, MemorySource, PatternKind, VisitChildren, build, ignore,
};

const TABLE: &[u8] = include_bytes!("../../../tests/fixtures/matching/table.tsv");
const ROOT: &[u8] = b"/r";

fn unquote(item: &[u8]) -> Vec<u8> {
    if item == b"%-" {
        return Vec::new();
    }
    let mut out = Vec::new();
    let mut rest = item;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        if *byte == b'%' {
            let digits = std::str::from_utf8(&rest[..2]).unwrap();
            out.push(u8::from_str_radix(digits, 16).unwrap());
            rest = &rest[2..];
        } else {
            out.push(*byte);
        }
    }
    out
}

/// `@R` stands for the root.
fn rooted(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = bytes;
    while let Some(byte) = rest.first() {
        if let Some(after) = rest.strip_prefix(b"@R") {
            out.extend(ROOT);
            rest = after;
        } else {
            out.push(*byte);
            rest = &rest[1..];
        }
    }
    out
}

fn items(field: &[u8]) -> Vec<Vec<u8>> {
    let items = field
        .split(|byte| *byte == b' ')
        .filter(|item| !item.is_empty());
    items.map(|item| rooted(&unquote(item))).collect()
}

fn bits(field: &[u8], count: usize) -> Vec<bool> {
    let digits: Vec<u32> = field
        .iter()
        .rev()
        .map(|digit| char::from(*digit).to_digit(16).unwrap())
        .collect();
    let bit = |index: usize| {
        digits
            .get(index / 4)
            .is_some_and(|digit| digit >> (index % 4) & 1 == 1)
    };
    (0..count).map(bit).collect()
}

/// Python's answers about expressions that need backtracking.
struct Recorded {
    answers: HashMap<Vec<u8>, Option<HashMap<Vec<u8>, bool>>>,
}

impl ExoticRegex for Recorded {
    fn compile(&self, pattern: &[u8]) -> Result<ExoticFn> {
        let text = String::from_utf8_lossy(pattern).into_owned();
        let answer = self
            .answers
            .get(pattern)
            .unwrap_or_else(|| panic!("not recorded: {text}"));
        match answer.clone() {
            Some(answer) => Ok(Box::new(move |path| Ok(answer[path]))),
            None => Err(Error::new(ErrorId::InvalidPattern).with("pattern", pattern)),
        }
    }
}

struct Table {
    rows: Vec<Vec<Vec<u8>>>,
    paths: Vec<Vec<u8>>,
    dirs: Vec<Vec<u8>>,
    source: MemorySource,
    exotic: Recorded,
}

fn table() -> Table {
    let mut table = Table {
        rows: Vec::new(),
        paths: Vec::new(),
        dirs: Vec::new(),
        source: MemorySource::default(),
        exotic: Recorded {
            answers: HashMap::new(),
        },
    };
    let mut files = Vec::new();
    for line in TABLE
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
    {
        let row: Vec<Vec<u8>> = line
            .split(|byte| *byte == b'\t')
            .map(<[u8]>::to_vec)
            .collect();
        match row[0].as_slice() {
            b"path" => table.paths.push(unquote(&row[1])),
            b"dir" => table.dirs.push(unquote(&row[1])),
            b"file" => {
                let name = format!("/r/{}", String::from_utf8(unquote(&row[1])).unwrap());
                files.push((name, unquote(&row[2])));
            }
            b"exotic" => {
                let answer = (row[2] != b"!").then(|| {
                    let said = bits(&row[2], table.paths.len());
                    table.paths.iter().cloned().zip(said).collect()
                });
                table.exotic.answers.insert(unquote(&row[1]), answer);
            }
            _ => table.rows.push(row),
        }
    }
    table.source = MemorySource::new(files);
    table
}

fn request(row: &[Vec<u8>]) -> MatchRequest {
    MatchRequest {
        cwd: unquote(&row[2]),
        patterns: items(&row[3]),
        include: items(&row[4]),
        exclude: items(&row[5]),
        default_kind: PatternKind::from_name(&unquote(&row[1])).unwrap(),
        ..MatchRequest::new(ROOT)
    }
}

fn show(row: &[Vec<u8>]) -> String {
    String::from_utf8_lossy(&row.join(&b' '))
        .chars()
        .take(200)
        .collect()
}

fn visit(answer: &VisitChildren) -> Vec<u8> {
    match answer {
        VisitChildren::None => b"N".to_vec(),
        VisitChildren::All => b"A".to_vec(),
        VisitChildren::Recursive => b"R".to_vec(),
        VisitChildren::Set(names) => {
            let names: Vec<&[u8]> = names.iter().map(Vec::as_slice).collect();
            [b"{".as_slice(), &names.join(&b','), b"}"].concat()
        }
    }
}

fn fact(error: &Error, name: &str) -> Option<String> {
    match error.fact(name)? {
        Fact::Bytes(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        Fact::Int(number) => Some(number.to_string()),
    }
}

/// The sentence that `errors.py` makes of the facts.
fn sentence(error: &Error) -> String {
    let known = |name| fact(error, name).unwrap_or_else(|| panic!("{name} is missing: {error}"));
    let text = match error.id() {
        ErrorId::InvalidPattern if error.fact("length").is_some() => {
            format!("matcher pattern is too long ({} bytes)", known("length"))
        }
        ErrorId::InvalidPattern if error.fact("kind").is_none() => "invalid pattern".to_owned(),
        ErrorId::InvalidPattern => {
            assert!(!known("problem").is_empty());
            format!("invalid pattern ({}): {}", known("kind"), known("pattern"))
        }
        ErrorId::PathOutsideRepository => {
            let hint = fact(error, "suggested_cwd")
                .map(|cwd| format!("\nconsider using '--cwd {cwd}'"))
                .unwrap_or_default();
            format!("{} not under root '{}'{hint}", known("path"), known("root"))
        }
        ErrorId::IllegalPath => match fact(error, "nested") {
            Some(nested) => format!("path '{}' is inside nested repo '{nested}'", known("path")),
            None => format!("{}: {}", known("problem"), known("path")),
        },
        ErrorId::UnreadablePatternFile => format!("unable to read file list ({})", known("path")),
        id => panic!("{id:?}"),
    };
    match fact(error, "within") {
        Some(file) => format!("{file}: {text}"),
        None => text,
    }
}

#[test]
fn command_line_patterns_answer_as_the_peer_does() {
    let table = table();
    let (mut cases, mut wrong) = (0, Vec::new());
    for row in table.rows.iter().filter(|row| row[0] == b"case") {
        cases += 1;
        let matcher = match build(&request(row), &table.source, &table.exotic) {
            Ok(built) => built.matcher,
            Err(error) => {
                wrong.push(format!("{}\n  {error}", show(row)));
                continue;
            }
        };
        let expected = bits(&row[6], table.paths.len());
        // the root is no file, and the peer's kinds disagree about it
        let files = table
            .paths
            .iter()
            .zip(expected)
            .filter(|(path, _)| !path.is_empty());
        for (path, expected) in files {
            if matcher.matches(RepoPath::new(path)).unwrap() != expected {
                let path = String::from_utf8_lossy(path);
                wrong.push(format!("{}\n  {path:?} should be {expected}", show(row)));
            }
        }
        let visits = row[7].split(|byte| *byte == b';').map(unquote);
        for (dir, expected) in table.dirs.iter().zip(visits) {
            let found = visit(&matcher.visit_children(RepoPath::new(dir)));
            if found != expected {
                let [dir, found, expected] =
                    [dir, &found, &expected].map(|b| String::from_utf8_lossy(b));
                wrong.push(format!(
                    "{}\n  visit {dir}: {found} should be {expected}",
                    show(row)
                ));
            }
        }
        let explicit: Vec<_> = matcher
            .explicit_paths()
            .iter()
            .map(|path| path.as_bytes().to_vec())
            .collect();
        if explicit != items(&row[8]) {
            wrong.push(format!("{}\n  explicit {explicit:?}", show(row)));
        }
    }
    assert!(cases > 1000);
    assert!(
        wrong.is_empty(),
        "{} of {cases}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn wrong_patterns_are_refused_with_the_peers_sentence() {
    let table = table();
    let mut cases = 0;
    for row in table.rows.iter().filter(|row| row[0] == b"error") {
        cases += 1;
        let error = match build(&request(row), &table.source, &table.exotic) {
            Err(error) => error,
            Ok(_) => panic!("accepted: {}", show(row)),
        };
        let expected = rooted(&unquote(&row[6]));
        assert_eq!(
            sentence(&error),
            String::from_utf8_lossy(&expected),
            "{}",
            show(row)
        );
    }
    assert!(cases > 100);
}

fn warning_text(warning: &Warning) -> String {
    let known = |name| match warning.facts.iter().find(|(key, _)| *key == name) {
        Some((_, Fact::Bytes(bytes))) => String::from_utf8_lossy(bytes).into_owned(),
        Some((_, Fact::Int(number))) => number.to_string(),
        None => panic!("{name} is missing"),
    };
    match warning.id {
        "invalid-ignore-syntax" => {
            format!(
                "{}: ignoring invalid syntax '{}'",
                known("path"),
                known("syntax")
            )
        }
        "unreadable-pattern-file" => {
            assert_eq!(known("errno"), "2");
            format!(
                "skipping unreadable pattern file '{}': No such file or directory",
                known("path")
            )
        }
        id => panic!("{id}"),
    }
}

#[test]
fn ignore_files_answer_as_the_peer_does() {
    let table = table();
    let mut cases = 0;
    for row in &table.rows {
        if row[0] != b"ignore" && row[0] != b"ignoreerror" {
            continue;
        }
        cases += 1;
        let loaded = ignore::load(ROOT, &items(&row[1]), &table.source, &table.exotic);
        if row[0] == b"ignoreerror" {
            let expected = rooted(&unquote(&row[2]));
            assert_eq!(
                sentence(&loaded.unwrap_err()),
                String::from_utf8_lossy(&expected)
            );
            continue;
        }
        let loaded = loaded.unwrap();
        let alone = bits(&row[2], table.paths.len());
        let alone: HashMap<&[u8], bool> =
            table.paths.iter().map(Vec::as_slice).zip(alone).collect();
        for path in &table.paths {
            let repo_path = RepoPath::new(path);
            let above = |found: &RepoPath| loaded.matcher.ignores_or_above(found).unwrap();
            let context = format!("{} {:?}", show(row), String::from_utf8_lossy(path));
            // A file alone matches only if the file or a directory above it is ignored, and where nothing above is,
            // the quick question gives the same answer.
            let clean = repo_path.ancestors().all(|dir| !above(dir));
            if clean {
                let found = loaded.matcher.ignores_file(repo_path).unwrap();
                assert_eq!(found, alone[path.as_slice()], "{context}");
                assert_eq!(above(repo_path), found, "{context}");
            } else {
                assert!(above(repo_path), "{context}");
            }
        }
        let warnings: Vec<String> = loaded.warnings.iter().map(warning_text).collect();
        let expected = items(&row[3]);
        let expected: Vec<_> = expected
            .iter()
            .map(|line| String::from_utf8_lossy(line))
            .collect();
        assert_eq!(warnings, expected, "{}", show(row));
    }
    assert!(cases > 20);
}
