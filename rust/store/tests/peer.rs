//! Repositories that the peer wrote in many formats, read as a whole and compared with what the peer says about them.
#![expect(
    clippy::unwrap_used,
    reason = "tests: a failure is what they are to report"
)]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hyg_base::{RepoPath, Rev};
use hyg_store::changelog::Changelog;
use hyg_store::filelog::Filelog;
use hyg_store::layout::RepoLayout;
use hyg_store::manifest::{Difference, ManifestLog};
use hyg_store::phases::Phases;
use hyg_store::revlog::{NodeMapState, Revlog};
use hyg_store::{encode, fncache};

/// Unpacks a repository; what the peer says about it lies in the file `expected` beside its store.
fn unpack(name: &str) -> (tempfile::TempDir, PathBuf) {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/repos");
    let packed = fs::read(fixtures.join(format!("{name}.pack"))).unwrap();
    let mut data = Vec::new();
    flate2::read::ZlibDecoder::new(packed.as_slice())
        .read_to_end(&mut data)
        .unwrap();
    let dir = tempfile::tempdir().unwrap();
    let mut rest = data.as_slice();
    while let Some(end) = rest.iter().position(|b| *b == b'\n') {
        let header = std::str::from_utf8(&rest[..end]).unwrap();
        let (len, path) = header.split_once(' ').unwrap();
        let (bytes, after) = rest[end + 1..].split_at(len.parse().unwrap());
        let path = dir.path().join(".hg").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        rest = after;
    }
    let root = dir.path().to_path_buf();
    (dir, root)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Writes what the peer was asked for, from what we read.
fn describe(layout: &RepoLayout) -> String {
    let changelog = Changelog::of(layout).unwrap();
    let manifests = Arc::new(ManifestLog::of(layout).unwrap());
    let vfs = layout.store_vfs();
    let phases = Phases::load(&*vfs, &changelog).unwrap();
    let mut filelogs: BTreeMap<String, Filelog> = BTreeMap::new();
    let mut out = String::new();
    let mut files_out = String::new();
    for rev in (0..=changelog.revlog().tip().0).map(Rev) {
        let changeset = changelog.changeset(rev).unwrap();
        let [p1, p2] = changelog.revlog().parents(rev).unwrap();
        let date = changeset.date().unwrap();
        let files: Vec<String> = changeset.files().map(RepoPath::to_string).collect();
        let description = text(changeset.description());
        let fields = [
            format!("C\t{rev}"),
            changelog.revlog().node(rev).unwrap().to_string(),
            p1.to_string(),
            p2.to_string(),
            phases.phase(&changelog, rev).unwrap().name().to_owned(),
            format!("{} {}", date.seconds, date.offset),
            text(&changeset.branch().unwrap().name),
            text(changeset.user()),
            description.lines().next().unwrap_or_default().to_owned(),
            files.join(" "),
        ];
        writeln!(out, "{}", fields.join("\t")).unwrap();
        let manifest = manifests.read(&changeset.manifest()).unwrap();
        let (mut contents, mut copies) = (String::new(), String::new());
        let mut walk = manifest.walk().unwrap();
        while let Some((path, entry)) = walk.advance().unwrap() {
            let name = path.to_string();
            writeln!(files_out, "M\t{rev}\t{name}\t{}", entry.flags.as_str()).unwrap();
            let filelog = filelogs
                .entry(name.clone())
                .or_insert_with(|| Filelog::open(vfs.clone(), path).unwrap());
            let file_rev = filelog.revlog().rev(&entry.node).unwrap();
            let content = filelog.read(file_rev).unwrap();
            assert_eq!(filelog.size(file_rev).unwrap(), content.len() as u64);
            if content.len() < 200 {
                let hex: String = content.iter().map(|b| format!("{b:02x}")).collect();
                writeln!(contents, "F\t{rev}\t{name}\t{hex}").unwrap();
            }
            if let Some(source) = filelog.copy_source(file_rev).unwrap()
                && files.contains(&name)
            {
                writeln!(copies, "R\t{rev}\t{name}\t{}", &*source.path).unwrap();
            }
        }
        files_out += &contents;
        files_out += &copies;
    }
    out + &files_out
}

/// Reads every revision of a revlog, hashes checked, and finds each again by its node.
fn read_revlog(revlog: &Revlog) {
    for rev in (0..=revlog.tip().0).map(Rev) {
        revlog.revision(rev).unwrap();
        assert_eq!(revlog.find(&revlog.node(rev).unwrap()).unwrap(), Some(rev));
    }
}

fn check(name: &str) -> (tempfile::TempDir, RepoLayout) {
    let (dir, root) = unpack(name);
    let layout = RepoLayout::open(&root).unwrap();
    let expected = fs::read_to_string(root.join(".hg/expected")).unwrap();
    let found = describe(&layout);
    for (found, expected) in found.lines().zip(expected.lines()) {
        assert_eq!(found, expected, "{name}");
    }
    assert_eq!(found.lines().count(), expected.lines().count(), "{name}");
    assert!(expected.lines().count() > 100);
    // Everything that the list of files names is there under its encoded name.
    for path in fncache::load(&*layout.store_vfs()).unwrap().iter() {
        let encoded = layout.encoding().encode(path.as_bytes()).into_owned();
        assert!(layout.store.join(text(&encoded)).exists(), "{name}: {path}");
        assert_eq!(
            &*encode::decode_dirs(&encode::encode_dirs(path.as_bytes())),
            path.as_bytes()
        );
        if let Some(radix) = path.as_bytes().strip_suffix(b".i") {
            let file = RepoPath::new(radix.strip_prefix(b"data/").unwrap_or(radix));
            read_revlog(Filelog::open(layout.store_vfs(), file).unwrap().revlog());
        }
    }
    read_revlog(Changelog::of(&layout).unwrap().revlog());
    (dir, layout)
}

#[test]
fn default_format() {
    let (_dir, layout) = check("default");
    assert!(layout.share_safe);
}

#[test]
fn other_compressions_and_delta_rules() {
    check("zlib");
    let (_dir, layout) = check("linear");
    let log = Filelog::open(layout.store_vfs(), RepoPath::new(b"dir/sub/numbers")).unwrap();
    assert!(!log.revlog().index().header().has_general_delta());
}

#[test]
fn older_store_layouts() {
    for name in ["old", "escaped", "nodots"] {
        check(name);
    }
}

#[test]
fn flags_that_describe_deltas() {
    let (_dir, layout) = check("flags");
    let log = Filelog::open(layout.store_vfs(), RepoPath::new(b"dir/moved")).unwrap();
    assert!(log.revlog().index().header().has_filelog_meta());
}

#[test]
fn trees_and_what_differs_between_them() {
    let (_dir, layout) = check("tree");
    let log = Arc::new(ManifestLog::of(&layout).unwrap());
    let (first, last) = (
        log.read_rev(Rev(0)).unwrap(),
        log.read_rev(log.revlog().tip()).unwrap(),
    );
    let mut found = Vec::new();
    let mut report = |difference: Difference<'_>| {
        found.push(difference.path.to_string());
        Ok(())
    };
    first.diff(&last, &mut report).unwrap();
    let expected = [
        "a",
        "dir/b",
        "dir/file1",
        "dir/file2",
        "dir/file4",
        "dir/file5",
        "dir/file6",
        "dir/moved",
        "dir/sub/numbers",
        "link",
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_node_map_of_the_peer_is_used() {
    let (_dir, layout) = check("nodemap");
    let changelog = Changelog::of(&layout).unwrap();
    let state = changelog.revlog().nodemap_state().unwrap();
    assert_eq!(state, NodeMapState::UsedUpTo(changelog.revlog().tip()));
}
