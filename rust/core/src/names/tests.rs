//! Names in a repository that the peer wrote, answered as the peer answers them, with its caches and without.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use hyg_base::{ErrorId, Fact, Node, Result, Rev};
use hyg_store::changelog::Changelog;
use hyg_store::layout::RepoLayout;
use hyg_store::manifest::ManifestLog;

use super::*;

struct Fixture {
    dir: tempfile::TempDir,
    layout: RepoLayout,
    changelog: Changelog,
    manifests: Arc<ManifestLog>,
    parent: Node,
}

impl History for Fixture {
    fn layout(&self) -> &RepoLayout {
        &self.layout
    }
    fn changelog(&self) -> Result<&Changelog> {
        Ok(&self.changelog)
    }
    fn manifests(&self) -> Result<&Arc<ManifestLog>> {
        Ok(&self.manifests)
    }
    fn working_parent(&self) -> Result<Node> {
        Ok(self.parent)
    }
}

/// The repository `names` of the store's fixtures, whose working directory is at revision 6.
fn unpack() -> Fixture {
    let pack =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../store/tests/fixtures/repos/names.pack");
    let mut data = Vec::new();
    let packed = fs::read(pack).unwrap();
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
    let layout = RepoLayout::open(dir.path()).unwrap();
    let changelog = Changelog::of(&layout).unwrap();
    let manifests = Arc::new(ManifestLog::of(&layout).unwrap());
    let parent = changelog.revlog().node(Rev(6)).unwrap();
    Fixture {
        dir,
        layout,
        changelog,
        manifests,
        parent,
    }
}

fn check(fixture: &Fixture) {
    let expected = fs::read_to_string(fixture.dir.path().join(".hg/expected")).unwrap();
    let tips = branches::tips(fixture).unwrap();
    let mut checked = 0;
    for line in expected.lines() {
        let (name, expected) = line.split_once('\t').unwrap();
        if let Some(branch) = name.strip_prefix("branch:") {
            let node = tips.get(branch.as_bytes()).copied().unwrap();
            assert_eq!(
                fixture.changelog.revlog().rev(&node).unwrap().to_string(),
                expected,
                "{line}"
            );
            assert_eq!(
                branches::tip(fixture, branch.as_bytes()).unwrap(),
                Some(node),
                "{line}"
            );
            checked += 1;
            continue;
        }
        let found = match resolve(fixture, name.as_bytes()) {
            Ok(Rev::WDIR) => "wdir".to_owned(),
            Ok(rev) => rev.to_string(),
            Err(error) if error.id() == ErrorId::UnknownRevision => "RepoLookupError".to_owned(),
            Err(error) if error.id() == ErrorId::AmbiguousPrefix => {
                "AmbiguousPrefixLookupError".to_owned()
            }
            Err(error) => error.to_string(),
        };
        assert_eq!(found, expected, "{name}");
        checked += 1;
    }
    assert!(checked > 70, "{checked}");
    assert_eq!(tips.len(), 4);
    assert_eq!(branches::tip(fixture, b"nothing").unwrap(), None);
}

#[test]
fn with_the_caches_of_the_peer() {
    check(&unpack());
}

#[test]
fn without_caches() {
    let fixture = unpack();
    fs::remove_dir_all(fixture.layout.cache()).unwrap();
    check(&fixture);
}

#[test]
fn caches_of_another_tip_or_full_of_noise_change_nothing() {
    let fixture = unpack();
    let cache = fixture.layout.cache();
    for entry in fs::read_dir(&cache).unwrap() {
        let path = entry.unwrap().path();
        let mut data = fs::read(&path).unwrap();
        // The first byte is part of a node or number that validates the cache, or of a name.
        data[0] ^= 1;
        fs::write(&path, data).unwrap();
    }
    fs::remove_file(cache.join("rbc-names-v2")).unwrap();
    check(&fixture);
    for entry in fs::read_dir(&cache).unwrap() {
        fs::write(entry.unwrap().path(), [0xee; 50]).unwrap();
    }
    check(&fixture);
}

#[test]
fn errors_say_what_was_asked_for() {
    let fixture = unpack();
    let error = resolve(&fixture, b"nothing").unwrap_err();
    assert_eq!(error.fact("name"), Some(&Fact::from("nothing")));
    let error = resolve(&fixture, b"xf").unwrap_err();
    assert_eq!(
        (error.id(), error.fact("name")),
        (ErrorId::AmbiguousPrefix, Some(&Fact::from("f")))
    );
    assert_eq!(error.fact("path"), Some(&Fact::from("00changelog")));
}

#[test]
fn where_changesets_may_be_hidden_nothing_is_named() {
    let fixture = unpack();
    let markers = fixture.layout.store.join("obsstore");
    fs::write(&markers, "").unwrap();
    assert!(resolve(&fixture, b"tip").is_ok());
    fs::write(&markers, "\x01").unwrap();
    assert_eq!(
        resolve(&fixture, b"tip").unwrap_err().id(),
        ErrorId::Unsupported
    );
    assert_eq!(resolve(&fixture, b"null").unwrap(), Rev::NULL);
}

#[test]
fn bookmarks_are_listed_and_oddities_kept_apart() {
    let fixture = unpack();
    let found = bookmarks::read(&fixture).unwrap();
    let names: Vec<&[u8]> = found.iter().map(|(name, _)| name).collect();
    assert_eq!(names, [b"@".as_slice(), b"book", b"stable"]);
    assert_eq!(found.malformed, [b"not a bookmark".to_vec()]);
    assert_eq!(bookmarks::active(&fixture, &found).unwrap(), None);
    fs::write(fixture.layout.dot_hg.join("bookmarks.current"), "book\n").unwrap();
    assert_eq!(
        bookmarks::active(&fixture, &found).unwrap(),
        Some(b"book".to_vec())
    );
}

#[test]
fn an_empty_repository_has_the_null_revision_only() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join(".hg/store")).unwrap();
    fs::write(dir.path().join(".hg/requires"), "store\nrevlogv1\n").unwrap();
    let layout = RepoLayout::open(dir.path()).unwrap();
    let fixture = Fixture {
        changelog: Changelog::of(&layout).unwrap(),
        manifests: Arc::new(ManifestLog::of(&layout).unwrap()),
        parent: Node::NULL,
        layout,
        dir,
    };
    for name in [".", "tip", "null", "0", "000"] {
        assert_eq!(
            resolve(&fixture, name.as_bytes()).unwrap(),
            Rev::NULL,
            "{name}"
        );
    }
    for name in ["1", "-1", "default", "a"] {
        assert_eq!(
            resolve(&fixture, name.as_bytes()).unwrap_err().id(),
            ErrorId::UnknownRevision,
            "{name}"
        );
    }
}

#[test]
fn plain_symbols_are_told_from_expressions() {
    for symbol in [".", "tip", "-1", "12", "a.b_c@d$", "caf\u{e9}", "v1.0"] {
        assert!(plain_symbol(symbol.as_bytes()).is_some(), "{symbol}");
    }
    for expression in [
        "", "a..b", "..", "1:2", "a-b", "-a", "-", "a b", "not", "f(x)", "a^", "a~1", "'q'", "a/b",
        "#x", "%",
    ] {
        assert!(
            plain_symbol(expression.as_bytes()).is_none(),
            "{expression}"
        );
    }
}
