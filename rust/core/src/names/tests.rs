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
    _dir: tempfile::TempDir,
    layout: RepoLayout,
    changelog: Changelog,
    manifests: Arc<ManifestLog>,
    parent: Node,
    shows_hidden: bool,
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
    fn working_parents(&self) -> Result<[Node; 2]> {
        Ok([self.parent, Node::NULL])
    }
    fn shows_hidden(&self) -> bool {
        self.shows_hidden
    }
}

/// The repository `names` of the store's fixtures, whose working directory is at revision 6.
fn unpack() -> Fixture {
    unpack_at("names", Rev(6))
}

/// A repository of the store's fixtures, with its working directory at `parent`.
fn unpack_at(name: &str, parent: Rev) -> Fixture {
    let repos = Path::new(env!("CARGO_MANIFEST_DIR")).join("../store/tests/fixtures/repos");
    let pack = repos.join(name).with_extension("pack");
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
    let parent = changelog.revlog().node(parent).unwrap();
    Fixture {
        _dir: dir,
        layout,
        changelog,
        manifests,
        parent,
        shows_hidden: false,
    }
}

/// What the peer's answer would be called.
fn answer(found: Result<Rev>) -> String {
    let error = match found {
        Ok(Rev::WDIR) => return "wdir".to_owned(),
        Ok(rev) => return rev.to_string(),
        Err(error) => error,
    };
    let fact = |name| match error.fact(name) {
        Some(Fact::Bytes(bytes)) => String::from_utf8_lossy(bytes).into_owned(),
        Some(Fact::Int(number)) => number.to_string(),
        None => String::new(),
    };
    let ending = match fact("fate").as_str() {
        "pruned" => " is pruned".to_owned(),
        "diverged" => " has diverged".to_owned(),
        "superseded" => format!(" was rewritten as: {}", fact("successors")),
        "split" => format!(" was split as: {}", fact("successors")),
        _ => String::new(),
    };
    match error.id() {
        ErrorId::UnknownRevision => "RepoLookupError".to_owned(),
        ErrorId::AmbiguousPrefix => "AmbiguousPrefixLookupError".to_owned(),
        ErrorId::FilteredRevision => format!("hidden revision '{}'{ending}", fact("name")),
        _ => error.to_string(),
    }
}

/// Compares with the peer's answers, and says how many there are.
fn check_answers(fixture: &Fixture, file: &str) -> usize {
    let expected = fs::read_to_string(fixture.layout.dot_hg.join(file)).unwrap();
    let tips = branches::tips(fixture).unwrap();
    let mut heads = Vec::new();
    let mut branches = Vec::new();
    for line in expected.lines() {
        let (name, expected) = line.split_once('\t').unwrap();
        if let Some(branch) = name.strip_prefix("branch:") {
            let node = tips.get(branch.as_bytes()).copied().unwrap();
            let rev = fixture.changelog.revlog().rev(&node).unwrap();
            assert_eq!(rev.to_string(), expected, "{line}");
            let tip = branches::tip(fixture, branch.as_bytes()).unwrap();
            assert_eq!(tip, Some(node), "{line}");
            branches.push(branch);
        } else if name == "head" {
            heads.push(Rev(expected.parse().unwrap()));
        } else {
            assert_eq!(
                answer(resolve(fixture, name.as_bytes())),
                expected,
                "{name}"
            );
        }
    }
    if !branches.is_empty() {
        assert_eq!(tips.len(), branches.len());
    }
    if !heads.is_empty() {
        let hidden = hidden::read(fixture).unwrap();
        assert_eq!(hidden.heads(&fixture.changelog).unwrap(), heads);
    }
    assert_eq!(branches::tip(fixture, b"nothing").unwrap(), None);
    expected.lines().count()
}

fn check(fixture: &Fixture) {
    assert!(check_answers(fixture, "expected") > 70);
}

#[test]
fn what_is_hidden_is_named_as_the_peer_does() {
    let mut fixture = unpack_at("hidden", Rev(17));
    assert!(check_answers(&fixture, "expected") > 100);
    fs::remove_dir_all(fixture.layout.cache()).unwrap();
    check_answers(&fixture, "expected");
    fixture.shows_hidden = true;
    assert!(check_answers(&fixture, "expected-hidden") > 100);
}

#[test]
fn tags_of_hidden_and_unknown_changesets_are_not_listed() {
    let mut fixture = unpack_at("hidden", Rev(17));
    let names = |fixture: &Fixture| -> Vec<String> {
        let shown = tags::shown(fixture).unwrap().into_iter();
        shown
            .map(|(name, _)| String::from_utf8_lossy(&name).into_owned())
            .collect()
    };
    assert_eq!(names(&fixture), ["fine", "mine"]);
    fixture.shows_hidden = true;
    assert_eq!(names(&fixture), ["doomed", "fine", "mine"]);
}

#[test]
fn what_pins_a_changeset_is_looked_up_each_time() {
    let mut fixture = unpack_at("hidden", Rev(17));
    let is_hidden = |fixture: &Fixture, rev: i32| hidden::read(fixture).unwrap().contains(Rev(rev));
    for pinned in [17, 20, 24] {
        assert!(!is_hidden(&fixture, pinned));
    }
    fixture.parent = Node::NULL;
    fs::remove_file(fixture.layout.dot_hg.join("bookmarks")).unwrap();
    fs::remove_file(fixture.layout.dot_hg.join("localtags")).unwrap();
    for pinned in [17, 20, 24] {
        assert!(is_hidden(&fixture, pinned));
    }
    let hex = |rev| fixture.changelog.revlog().node(Rev(rev)).unwrap().to_hex();
    let mut merge = Vec::new();
    let file = b"f\0u\0\0\0\0\0\0".to_vec();
    for (kind, content) in [
        (b'L', hex(7).to_vec()),
        (b'O', hex(8).to_vec()),
        (b'F', file),
    ] {
        merge.push(kind);
        merge.extend((content.len() as u32).to_be_bytes());
        merge.extend(content);
    }
    fs::create_dir(fixture.layout.dot_hg.join("merge")).unwrap();
    fs::write(fixture.layout.dot_hg.join("merge/state2"), merge).unwrap();
    assert!(!is_hidden(&fixture, 7) && !is_hidden(&fixture, 8) && is_hidden(&fixture, 4));
}

#[test]
fn what_is_odd_is_told_where_it_is_read() {
    let ids = |fixture: &Fixture, symbol: &str| -> Vec<&str> {
        let found = warnings(fixture, symbol.as_bytes()).unwrap();
        found.iter().map(|warning| warning.id).collect()
    };
    let fixture = unpack();
    assert_eq!(ids(&fixture, "book"), ["malformed-bookmark"]);
    for symbol in ["tip", "0", "-1", ".", "null"] {
        assert!(ids(&fixture, symbol).is_empty(), "{symbol}");
    }
    let found = warnings(&fixture, b"book").unwrap();
    let facts = [
        ("path", Fact::from(".hg/bookmarks")),
        ("line", Fact::from("'not a bookmark'")),
    ];
    assert_eq!(found[0].facts, facts);
    let fixture = unpack_at("hidden", Rev(17));
    fs::write(fixture.layout.bookmarks(), "odd").unwrap();
    assert_eq!(
        ids(&fixture, "tip"),
        ["markers-not-enabled", "malformed-bookmark"]
    );
    assert_eq!(
        ids(&fixture, "fine"),
        ["malformed-bookmark", "markers-not-enabled"]
    );
    assert!(ids(&fixture, ".").is_empty());
}

#[test]
fn a_split_into_many_lists_two() {
    let fixture = unpack_at("hidden", Rev(17));
    let node = |rev| fixture.changelog.revlog().node(Rev(rev)).unwrap();
    let mut data = vec![0, 4, 0, 0, 0, 0, 0];
    for rev in [4, 6, 9, 10, 1] {
        data.extend(node(rev).as_bytes());
    }
    fs::write(fixture.layout.store.join("obsstore"), data).unwrap();
    let error = resolve(&fixture, b"4").unwrap_err();
    let both =
        [node(6), node(9)].map(|node| String::from_utf8_lossy(&node.to_hex()[..12]).into_owned());
    assert_eq!(error.fact("successors"), Some(&Fact::from(both.join(", "))));
    assert_eq!(error.fact("more"), Some(&Fact::Int(2)));
}

#[test]
fn markers_that_cannot_be_read_are_an_error() {
    let fixture = unpack();
    let markers = fixture.layout.store.join("obsstore");
    for (data, expected) in [
        (b"".as_slice(), None),
        (b"\x63", None),
        (b"\x01xx", Some(ErrorId::CorruptFile)),
        (b"\x63xx", Some(ErrorId::UnknownMarkerVersion)),
    ] {
        fs::write(&markers, data).unwrap();
        let found = resolve(&fixture, b"tip").err();
        assert_eq!(found.as_ref().map(hyg_base::Error::id), expected);
        if let Some(error) = found {
            assert_eq!(error.fact("path"), Some(&Fact::from(markers.as_path())));
        }
        assert_eq!(resolve(&fixture, b"null").unwrap(), Rev::NULL);
        assert_eq!(resolve(&fixture, b".").unwrap(), Rev(6));
    }
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
fn bookmarks_are_read_once_until_their_file_changes() {
    let fixture = unpack();
    let repo = crate::repo::Repo::open(&fixture.layout.working_dir).unwrap();
    let path = fixture.layout.bookmarks();
    let text = fs::read_to_string(&path).unwrap();
    let age = |seconds| {
        let file = fs::File::options().write(true).open(&path).unwrap();
        let time = std::time::SystemTime::now() - std::time::Duration::from_secs(seconds);
        file.set_modified(time).unwrap();
    };
    age(100);
    let first = bookmarks::read(&repo).unwrap();
    assert!(Arc::ptr_eq(&first, &bookmarks::read(&repo).unwrap()));
    assert_eq!(*first, bookmarks::load(&fixture).unwrap());
    // The same length; the time tells that it changed.
    fs::write(&path, text.replace(" book\n", " cook\n")).unwrap();
    let second = bookmarks::read(&repo).unwrap();
    assert!(second.node(b"cook").is_some() && second.node(b"book").is_none());
    // One that was written just now may change again without looking otherwise.
    fs::write(&path, text.replace(" book\n", " look\n")).unwrap();
    assert!(bookmarks::read(&repo).unwrap().node(b"look").is_some());
    fs::remove_file(&path).unwrap();
    assert_eq!(bookmarks::read(&repo).unwrap().iter().count(), 0);
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
        shows_hidden: false,
        layout,
        _dir: dir,
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
