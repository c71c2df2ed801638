//! Manifests built by hand, as one list and as trees.

use std::collections::BTreeMap;
use std::sync::Arc;

use hyg_base::{Error, ErrorId, Fact, Node, RepoPath, Rev};
use proptest::prelude::*;

use super::*;
use crate::encode::PathEncoding;
use crate::revlog::build::{Row, inline_index};
use crate::revlog::hash::sha1;
use crate::vfs::{DiskVfs, StoreVfs};

type Files = BTreeMap<String, (u8, &'static str)>;

fn line(name: &str, node: &Node, flag: &str) -> Vec<u8> {
    format!("{name}\0{node}{flag}\n").into_bytes()
}

fn open(dir: &tempfile::TempDir, tree: bool) -> Arc<ManifestLog> {
    let encoding = PathEncoding::Basic;
    let vfs = StoreVfs::new(Arc::new(DiskVfs::new(dir.path())), encoding);
    Arc::new(ManifestLog::open(Arc::new(vfs), tree, false).unwrap())
}

fn with_texts(texts: &[Vec<u8>]) -> (tempfile::TempDir, Arc<ManifestLog>) {
    let dir = tempfile::tempdir().unwrap();
    let rows: Vec<Row> = texts.iter().map(|text| Row::text(text)).collect();
    std::fs::write(dir.path().join("00manifest.i"), inline_index(&rows, 1)).unwrap();
    let log = open(&dir, false);
    (dir, log)
}

fn list_text(files: &Files) -> Vec<u8> {
    files
        .iter()
        .flat_map(|(path, (seed, flag))| line(path, &sha1(&[&[*seed]]), flag))
        .collect()
}

/// Writes each of `versions` as a tree; revisions of all directories lie in their own revlogs.
fn trees(versions: &[Files]) -> (tempfile::TempDir, Arc<ManifestLog>) {
    let dir = tempfile::tempdir().unwrap();
    let mut logs: BTreeMap<String, Vec<Row>> = BTreeMap::from([(String::new(), Vec::new())]);
    for files in versions {
        add_tree(&mut logs, "", files);
    }
    for (name, rows) in logs {
        let path = if name.is_empty() {
            String::new()
        } else {
            format!("meta/{name}")
        };
        std::fs::create_dir_all(dir.path().join(&path)).unwrap();
        std::fs::write(
            dir.path().join(path).join("00manifest.i"),
            inline_index(&rows, 1),
        )
        .unwrap();
    }
    let log = open(&dir, true);
    (dir, log)
}

fn add_tree(logs: &mut BTreeMap<String, Vec<Row>>, dir: &str, files: &Files) -> Node {
    let mut below: BTreeMap<&str, Files> = BTreeMap::new();
    let mut lines: Vec<(String, Node, &str)> = Vec::new();
    for (path, (seed, flag)) in files {
        match path.split_once('/') {
            Some((name, rest)) => {
                below
                    .entry(name)
                    .or_default()
                    .insert(rest.to_owned(), (*seed, flag));
            }
            None => lines.push((path.clone(), sha1(&[&[*seed]]), flag)),
        }
    }
    for (name, files) in below {
        let node = add_tree(logs, &format!("{dir}{name}/"), &files);
        lines.push((name.to_owned(), node, "t"));
    }
    lines.sort();
    let text: Vec<u8> = lines
        .iter()
        .flat_map(|(name, node, flag)| line(name, node, flag))
        .collect();
    let row = Row::text(&text);
    let node = row.node;
    let rows = logs.entry(dir.to_owned()).or_default();
    // The root has one revision for each version, directories one for each text.
    if dir.is_empty() || rows.iter().all(|known| known.node != node) {
        rows.push(row);
    }
    node
}

fn walked(manifest: &Manifest) -> Vec<(String, FileEntry)> {
    let mut walk = manifest.walk().unwrap();
    let mut found = Vec::new();
    while let Some((path, entry)) = walk.advance().unwrap() {
        found.push((path.to_string(), entry));
    }
    found
}

fn expected(files: &Files) -> Vec<(String, FileEntry)> {
    let entry = |(path, (seed, flag)): (&String, &(u8, &str))| {
        let flags = [Flags::NONE, Flags::EXEC, Flags::LINK]
            .into_iter()
            .find(|flags| flags.as_str() == *flag);
        let node = sha1(&[&[*seed]]);
        let flags = flags.unwrap();
        (path.clone(), FileEntry { node, flags })
    };
    files.iter().map(entry).collect()
}

fn differences(a: &Manifest, b: &Manifest) -> Vec<(String, Option<FileEntry>, Option<FileEntry>)> {
    let mut found = Vec::new();
    a.diff(b, &mut |difference: Difference<'_>| {
        found.push((
            difference.path.to_string(),
            difference.left,
            difference.right,
        ));
        Ok(())
    })
    .unwrap();
    found
}

fn naive(a: &Files, b: &Files) -> Vec<(String, Option<FileEntry>, Option<FileEntry>)> {
    let (a, b): (BTreeMap<_, _>, BTreeMap<_, _>) = (
        expected(a).into_iter().collect(),
        expected(b).into_iter().collect(),
    );
    let paths: std::collections::BTreeSet<&String> = a.keys().chain(b.keys()).collect();
    let both = paths
        .into_iter()
        .map(|path| (path.clone(), a.get(path).copied(), b.get(path).copied()));
    both.filter(|(_, left, right)| left != right).collect()
}

fn check(files: &[Files], log: &Arc<ManifestLog>) {
    let manifests: Vec<Manifest> = (0..files.len())
        .map(|rev| log.read_rev(Rev(rev as i32)).unwrap())
        .collect();
    for (files, manifest) in files.iter().zip(&manifests) {
        assert_eq!(walked(manifest), expected(files));
        assert_eq!(manifest.count().unwrap(), files.len());
        for (path, entry) in expected(files) {
            assert_eq!(
                manifest.get(RepoPath::new(path.as_bytes())).unwrap(),
                Some(entry)
            );
            for other in [
                format!("{path}/x"),
                format!("{path}x"),
                path[..path.len() - 1].to_owned(),
            ] {
                if !files.contains_key(&other) {
                    assert_eq!(
                        manifest.get(RepoPath::new(other.as_bytes())).unwrap(),
                        None,
                        "{other}"
                    );
                }
            }
        }
    }
    for (a, left) in files.iter().zip(&manifests) {
        for (b, right) in files.iter().zip(&manifests) {
            assert_eq!(differences(left, right), naive(a, b));
        }
    }
}

fn files() -> impl Strategy<Value = Files> {
    let path = prop_oneof!["[ab](/[ab.-]{1,2}){0,3}", "[a-e.]{1,3}", "dir/[a-z]{1,2}"];
    let entry = (
        any::<u8>(),
        prop_oneof![3 => Just(""), 1 => Just("x"), 1 => Just("l")],
    );
    proptest::collection::btree_map(path, entry, 0..25).prop_map(|mut files: Files| {
        // No file where another path has a directory, and no odd components.
        let all: Vec<String> = files.keys().cloned().collect();
        files.retain(|path, _| {
            !all.iter()
                .any(|other| other.starts_with(&format!("{path}/")))
        });
        files.retain(|path, _| path.split('/').all(|part| part != "." && part != ".."));
        files
    })
}

proptest! {
    #[test]
    fn lists_agree_with_a_map(a in files(), b in files()) {
        let versions = [a, b];
        let (_dir, log) = with_texts(&versions.each_ref().map(list_text));
        check(&versions, &log);
    }

    #[test]
    fn trees_agree_with_a_map(a in files(), b in files()) {
        let versions = [a, b];
        let (_dir, log) = trees(&versions);
        check(&versions, &log);
    }

    #[test]
    fn damaged_lists_never_panic(files in files(), at: prop::sample::Index, value in prop_oneof![Just(b'\n'), Just(0u8), any::<u8>()]) {
        let mut text = list_text(&files);
        if !text.is_empty() {
            let at = at.index(text.len());
            text[at] = value;
        }
        let (_dir, log) = with_texts(&[text, list_text(&files)]);
        let manifest = log.read_rev(Rev(0)).unwrap();
        let mut walk = manifest.walk().unwrap();
        while let Ok(Some(_)) = walk.advance() {}
        for path in files.keys() {
            let _answer = manifest.get(RepoPath::new(path.as_bytes()));
        }
        let _answer = manifest.diff(&log.read_rev(Rev(1)).unwrap(), &mut |_| Ok(()));
    }
}

#[test]
fn long_lists_are_leapt_over() {
    let many = |skip: u32| -> Files {
        (0..2000u32)
            .filter(|n| *n != skip)
            .map(|n| (format!("dir/file{n:05}"), ((n % 250) as u8, "")))
            .collect()
    };
    let mut changed = many(700);
    changed.insert("dir/file01500".to_owned(), (251, "x"));
    let versions = [many(9999), many(3), changed];
    let (_dir, log) = with_texts(&versions.each_ref().map(list_text));
    check(&versions, &log);
    assert!(log.read_rev(Rev(0)).unwrap().lines().unwrap().is_some());
}

#[test]
fn a_directory_and_a_file_that_sorts_between_its_name_and_its_files() {
    let files: Files = [
        ("a.txt", (1, "")),
        ("a/b", (2, "x")),
        ("a-b/c", (3, "")),
        ("a0", (4, "l")),
    ]
    .map(|(path, entry)| (path.to_owned(), entry))
    .into();
    let (_dir, log) = trees(&[files.clone(), Files::new()]);
    check(&[files, Files::new()], &log);
    assert!(log.read_rev(Rev(0)).unwrap().lines().unwrap().is_none());
}

fn refuse(text: &[u8]) -> Error {
    let (_dir, log) = with_texts(&[text.to_vec()]);
    let manifest = log.read_rev(Rev(0)).unwrap();
    let mut walk = manifest.walk().unwrap();
    loop {
        match walk.advance() {
            Ok(Some(_)) => {}
            Ok(None) => panic!("accepted"),
            Err(error) => return error,
        }
    }
}

#[test]
fn malformed_lines_are_named_with_their_place() {
    let node = Node([0xab; 20]);
    let good = line("a", &node, "");
    let cases: [(&str, Vec<u8>); 8] = [
        ("is cut short", b"b".to_vec()),
        ("is cut short", b"b\0abc\n".to_vec()),
        (
            "does not end with a newline",
            format!("b\0{node}").into_bytes(),
        ),
        ("has no path", format!("\0{node}\n").into_bytes()),
        ("are not sorted", line("a", &node, "x")),
        ("is malformed", line("b", &node, "q")),
        ("is malformed", line("b\nc", &node, "")),
        (
            "is not hexadecimal",
            line("b", &node, "")
                .iter()
                .map(|b| if *b == b'a' { b'g' } else { *b })
                .collect(),
        ),
    ];
    for (problem, bad) in cases {
        let error = refuse(&[good.as_slice(), &bad].concat());
        assert_eq!(error.id(), ErrorId::CorruptRevision);
        assert!(error.to_string().contains(problem), "{error}");
        assert_eq!(error.fact("offset"), Some(&Fact::Int(43)), "{error}");
        assert_eq!(error.fact("path"), Some(&Fact::from("00manifest")));
        assert_eq!(error.fact("rev"), Some(&Fact::Int(0)));
    }
}

#[test]
fn trees_with_impossible_or_missing_directories_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let node = Node([0xab; 20]);
    let rows = [
        Row::text(&line("..", &node, "t")),
        Row::text(&line("gone", &node, "t")),
    ];
    std::fs::write(dir.path().join("00manifest.i"), inline_index(&rows, 1)).unwrap();
    let log = open(&dir, true);
    let error = log.read_rev(Rev(0)).unwrap().walk().unwrap_err();
    assert_eq!(error.id(), ErrorId::CorruptRevision);
    let manifest = log.read_rev(Rev(1)).unwrap();
    let error = manifest.walk().unwrap().advance().unwrap_err();
    assert_eq!(error.id(), ErrorId::UnknownNode);
    assert_eq!(
        error.fact("path"),
        Some(&Fact::from("meta/gone/00manifest"))
    );
    assert_eq!(
        manifest.get(RepoPath::new(b"gone/x")).unwrap_err().id(),
        ErrorId::UnknownNode
    );
}

#[test]
fn the_null_manifest_is_empty() {
    let (_dir, log) = with_texts(&[]);
    let manifest = log.read(&Node::NULL).unwrap();
    assert_eq!(manifest.count().unwrap(), 0);
    assert_eq!(manifest.get(RepoPath::new(b"a")).unwrap(), None);
    assert_eq!(
        log.read(&Node([1; 20])).unwrap_err().id(),
        ErrorId::UnknownNode
    );
}
