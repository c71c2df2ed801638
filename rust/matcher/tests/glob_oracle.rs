//! Random globs and paths, against a matcher that tries every possibility and knows no regular expressions.

use hyg_base::RepoPath;
use hyg_matcher::{MatchRequest, MemorySource, NoExotic, NoSource, VisitChildren, build, ignore};
use proptest::prelude::*;

/// All lengths of `path` that `glob` (without braces, sets and escapes) can match from its start.
fn ends(glob: &[u8], path: &[u8], at: usize, found: &mut Vec<usize>) {
    let Some((byte, rest)) = glob.split_first() else {
        found.push(at);
        return;
    };
    match byte {
        b'*' if rest.starts_with(b"*/") => {
            ends(&rest[2..], path, at, found);
            for (index, byte) in path.iter().enumerate().skip(at) {
                if *byte == b'/' {
                    ends(&rest[2..], path, index + 1, found);
                }
            }
        }
        b'*' if rest.starts_with(b"*") => {
            (at..=path.len()).for_each(|end| ends(&rest[1..], path, end, found));
        }
        b'*' => {
            for end in at..=path.len() {
                ends(rest, path, end, found);
                if path.get(end) == Some(&b'/') {
                    break;
                }
            }
        }
        b'?' if at < path.len() => ends(rest, path, at + 1, found),
        _ if path.get(at) == Some(byte) => ends(rest, path, at + 1, found),
        _ => {}
    }
}

/// Whether `glob` matches the whole of `path`, or (`below`) a directory above it.
fn oracle(glob: &[u8], path: &[u8], below: bool) -> bool {
    let mut found = Vec::new();
    ends(glob, path, 0, &mut found);
    found
        .into_iter()
        .any(|end| end == path.len() || (below && path[end] == b'/'))
}

fn unrooted(glob: &[u8], path: &[u8]) -> bool {
    let starts = path
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'/')
        .map(|(at, _)| at + 1);
    let from = |start: usize| oracle(glob, &path[start..], true);
    // A leading `*` is read as one that crosses directories.
    let crossing = glob
        .strip_prefix(b"*")
        .filter(|rest| !rest.starts_with(b"*"));
    std::iter::once(0).chain(starts).any(from)
        || crossing
            .is_some_and(|rest| (0..=path.len()).any(|start| oracle(rest, &path[start..], true)))
}

fn glob() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec!["a", "b", ".", "*", "**", "**/", "?", "ab"]);
    let part = prop::collection::vec(piece, 1..4).prop_map(|pieces| pieces.concat());
    prop::collection::vec(part, 1..4)
        .prop_map(|parts| parts.join("/"))
        .prop_filter("already normal", |glob| {
            !glob.contains("//")
                && !glob.ends_with('/')
                && !glob.contains("***")
                && glob.split('/').all(|part| part != "." && part != "..")
        })
}

fn path() -> impl Strategy<Value = String> {
    prop::collection::vec("[ab.]{1,3}", 1..5).prop_map(|parts| parts.join("/"))
}

/// A walk that trusts `visit_children` finds every match.
fn reachable(matcher: &dyn hyg_matcher::Matcher, path: &RepoPath) -> bool {
    let mut dir = RepoPath::new(b"").to_buf();
    for name in path.components() {
        match matcher.visit_children(&dir) {
            VisitChildren::Recursive => return true,
            visit if !visit.includes(name) => return false,
            _ => dir = dir.join(name),
        }
    }
    true
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn globs_of_the_command_line(glob in glob(), paths in prop::collection::vec(path(), 1..20)) {
        let mut request = MatchRequest::new(b"/r".as_slice());
        request.patterns = vec![format!("rootglob:{glob}").into_bytes()];
        let matcher = build(&request, &NoSource, &NoExotic).unwrap().matcher;
        request.include = vec![request.patterns.pop().unwrap()];
        let included = build(&request, &NoSource, &NoExotic).unwrap().matcher;
        for path in paths {
            let path = RepoPath::new(path.as_bytes());
            let named = matcher.is_explicit(path);
            let expected = named || oracle(glob.as_bytes(), path.as_bytes(), false);
            prop_assert_eq!(matcher.matches(path).unwrap(), expected, "{} {}", glob, path);
            prop_assert!(!expected || reachable(&*matcher, path), "{} {}", glob, path);
            let expected = oracle(glob.as_bytes(), path.as_bytes(), true);
            prop_assert_eq!(included.matches(path).unwrap(), expected, "-I {} {}", glob, path);
            prop_assert!(!expected || reachable(&*included, path), "-I {} {}", glob, path);
        }
    }

    #[test]
    fn globs_of_ignore_files(
        globs in prop::collection::vec(glob(), 1..6),
        paths in prop::collection::vec(path(), 1..20),
    ) {
        let contents = format!("syntax: glob\n{}\n", globs.join("\n"));
        let source = MemorySource::new([("/r/.hgignore", contents)]);
        let matcher = ignore::load(b"/r", &[], &source, &NoExotic).unwrap().matcher;
        for path in paths {
            let path = RepoPath::new(path.as_bytes());
            let hit = |at: &RepoPath| globs.iter().any(|glob| unrooted(glob.as_bytes(), at.as_bytes()));
            let above = path.ancestors().filter(|dir| !dir.is_root()).any(hit);
            let expected = above || hit(path);
            let root = matcher.ignores_file(RepoPath::new(b"")).unwrap();
            prop_assert_eq!(matcher.ignores_or_above(path).unwrap(), expected || root, "{:?} {}", &globs, path);
            if !above {
                prop_assert_eq!(matcher.ignores_file(path).unwrap(), expected, "{:?} {}", &globs, path);
            }
        }
    }
}
