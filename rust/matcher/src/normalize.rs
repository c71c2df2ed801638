//! Spelling of paths: normalisation, the way from an absolute path to one inside the root, and what may not be named.
//! What only the disk can tell is asked of the source.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use hyg_base::{Error, ErrorId, RepoPath, Result};

use crate::source::PatternSource;

/// Characters that one file system skips in names, so that they must not hide a `.hg` (in UTF-8).
const SKIPPED: &[&[u8]] = &[
    b"\xe2\x80\x8c",
    b"\xe2\x80\x8d",
    b"\xe2\x80\x8e",
    b"\xe2\x80\x8f",
    b"\xe2\x80\xaa",
    b"\xe2\x80\xab",
    b"\xe2\x80\xac",
    b"\xe2\x80\xad",
    b"\xe2\x80\xae",
    b"\xe2\x81\xaa",
    b"\xe2\x81\xab",
    b"\xe2\x81\xac",
    b"\xe2\x81\xad",
    b"\xe2\x81\xae",
    b"\xe2\x81\xaf",
    b"\xef\xbb\xbf",
];

/// The bytes as a path of the file system.
pub(crate) fn as_path(bytes: &[u8]) -> &Path {
    Path::new(OsStr::from_bytes(bytes))
}

/// Resolves `.`, `..` and doubled slashes by spelling alone; nothing becomes `.`, and exactly two leading slashes
/// stay (as POSIX has it).
pub(crate) fn normalize(path: &[u8]) -> Vec<u8> {
    let slashes = match path {
        [b'/', b'/', b'/', ..] => 1,
        [b'/', b'/', ..] => 2,
        [b'/', ..] => 1,
        _ => 0,
    };
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in path.split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." if parts.last().is_some_and(|last| *last != b"..") => {
                parts.pop();
            }
            b".." if slashes > 0 => {}
            _ => parts.push(part),
        }
    }
    let mut out = vec![b'/'; slashes];
    out.extend(parts.join(&b'/'));
    if out.is_empty() {
        out.push(b'.');
    }
    out
}

/// `path` seen from `base` (an absolute path stands for itself).
pub(crate) fn join(base: &[u8], path: &[u8]) -> Vec<u8> {
    if path.starts_with(b"/") || base.is_empty() {
        return path.to_vec();
    }
    let mut out = base.to_vec();
    if !out.ends_with(b"/") {
        out.push(b'/');
    }
    out.extend_from_slice(path);
    out
}

/// Everything before the last slash (a root of slashes stays as it is).
pub(crate) fn parent(path: &[u8]) -> &[u8] {
    let Some(slash) = path.iter().rposition(|byte| *byte == b'/') else {
        return b"";
    };
    let head = &path[..=slash];
    let end = head
        .iter()
        .rposition(|byte| *byte != b'/')
        .map_or(head.len(), |last| last + 1);
    &head[..end]
}

/// The part of a normalised absolute path below `root`.
fn below<'a>(path: &'a [u8], root: &[u8]) -> Option<&'a [u8]> {
    let rest = path.strip_prefix(root)?;
    let rest = if root.ends_with(b"/") {
        rest
    } else {
        rest.strip_prefix(b"/")?
    };
    (!rest.is_empty()).then_some(rest)
}

/// Where a path that the user names stands in the repository: `name` is relative to `cwd` or absolute.
///
/// # Errors
/// [`ErrorId::PathOutsideRepository`], [`ErrorId::IllegalPath`].
pub(crate) fn canonical(
    root: &[u8],
    cwd: &[u8],
    name: &[u8],
    source: &dyn PatternSource,
) -> Result<Vec<u8>> {
    if let Some(inside) = locate(root, cwd, name, source)? {
        return Ok(inside);
    }
    let mut error = Error::new(ErrorId::PathOutsideRepository)
        .with("path", name)
        .with("root", root);
    let cwd = join(root, cwd);
    if cwd != root && matches!(locate(root, root, name, source), Ok(Some(_))) {
        error = error.with("suggested_cwd", way_between(&cwd, root));
    }
    Err(error)
}

fn locate(
    root: &[u8],
    cwd: &[u8],
    name: &[u8],
    source: &dyn PatternSource,
) -> Result<Option<Vec<u8>>> {
    let absolute = normalize(&join(&join(root, cwd), name));
    if let Some(inside) = below(&absolute, root) {
        audit(inside, source)?;
        return Ok(Some(inside.to_vec()));
    }
    if absolute == root {
        return Ok(Some(Vec::new()));
    }
    let mut above: &[u8] = &absolute;
    loop {
        if source.same_file(as_path(above), as_path(root)) {
            let inside = absolute[above.len()..]
                .iter()
                .position(|byte| *byte != b'/');
            let Some(start) = inside else {
                return Ok(Some(Vec::new()));
            };
            let inside = &absolute[above.len() + start..];
            audit(inside, source)?;
            return Ok(Some(inside.to_vec()));
        }
        let next = parent(above);
        if next == above || next.is_empty() {
            return Ok(None);
        }
        above = next;
    }
}

/// The relative path that leads from directory `from` to directory `to` (both absolute).
fn way_between(from: &[u8], to: &[u8]) -> Vec<u8> {
    let split = |path: &[u8]| -> Vec<Vec<u8>> {
        let parts = path
            .split(|byte| *byte == b'/')
            .filter(|part| !part.is_empty());
        parts.map(<[u8]>::to_vec).collect()
    };
    let (from, to) = (split(from), split(to));
    let common = from
        .iter()
        .zip(&to)
        .take_while(|(left, right)| left == right)
        .count();
    let mut parts = vec![b"..".to_vec(); from.len() - common];
    parts.extend_from_slice(&to[common..]);
    if parts.is_empty() {
        b".".to_vec()
    } else {
        parts.join(&b'/')
    }
}

/// Refuses paths that reach into `.hg`, leave the repository or enter a nested one.
///
/// # Errors
/// [`ErrorId::IllegalPath`].
pub fn audit(path: &[u8], source: &dyn PatternSource) -> Result<()> {
    let illegal = |problem: &'static str| {
        Err(Error::new(ErrorId::IllegalPath)
            .with("problem", problem)
            .with("path", path))
    };
    let parts: Vec<&[u8]> = path.split(|byte| *byte == b'/').collect();
    let clean: Vec<Vec<u8>> = parts.iter().map(|part| without_skipped(part)).collect();
    let is_dot_hg = |part: &Vec<u8>| matches!(part.as_slice(), b".hg" | b".hg.");
    if path.ends_with(b"/") {
        return illegal("path ends in directory separator");
    }
    if clean[0].is_empty()
        || is_dot_hg(&clean[0])
        || parts.contains(&b"..".as_slice())
        || parts.iter().any(|part| is_short_name(part))
    {
        return illegal("path contains illegal component");
    }
    for wanted in [b".hg".as_slice(), b".hg."] {
        if let Some(index) = clean.iter().position(|part| part == wanted) {
            return Err(Error::new(ErrorId::IllegalPath)
                .with("problem", "path is inside nested repo")
                .with("path", path)
                .with("nested", parts[..index].join(&b'/')));
        }
    }
    source.audit(RepoPath::new(path))
}

fn without_skipped(part: &[u8]) -> Vec<u8> {
    let mut out = part.to_ascii_lowercase();
    if out.is_ascii() {
        return out;
    }
    for skipped in SKIPPED {
        while let Some(at) = out
            .windows(skipped.len())
            .position(|window| window == *skipped)
        {
            out.drain(at..at + skipped.len());
        }
    }
    out
}

/// Whether one system could take the component for `.hg` by its short name (`HG~1`, `HG8B6C~1`).
fn is_short_name(part: &[u8]) -> bool {
    let Some(tilde) = part.iter().position(|byte| *byte == b'~') else {
        return false;
    };
    let (first, last) = (part[..tilde].to_ascii_uppercase(), &part[tilde + 1..]);
    let number = !last.is_empty() && last.iter().all(u8::is_ascii_digit);
    number && matches!(first.as_slice(), b"HG" | b"HG8B6C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::NoSource;

    fn normal(path: &str) -> String {
        String::from_utf8(normalize(path.as_bytes())).unwrap()
    }

    #[test]
    fn normalises_as_posix_does() {
        for (path, expected) in [
            ("", "."),
            (".", "."),
            ("a/./b/../c/", "a/c"),
            ("..", ".."),
            ("../../a", "../../a"),
            ("/..", "/"),
            ("//a", "//a"),
            ("///a", "/a"),
            ("a//b", "a/b"),
            ("a/..", "."),
            ("/a/../..", "/"),
            ("a/../..", ".."),
        ] {
            assert_eq!(normal(path), expected, "{path}");
        }
    }

    #[test]
    fn finds_the_place_inside_the_root() {
        let at = |cwd: &str, name: &str| {
            canonical(b"/r/s", cwd.as_bytes(), name.as_bytes(), &NoSource)
                .map(|path| String::from_utf8(path).unwrap())
        };
        assert_eq!(at("/r/s/d", "x").unwrap(), "d/x");
        assert_eq!(at("d", "../x/").unwrap(), "x");
        assert_eq!(at("/r/s/d", "/r/s/y").unwrap(), "y");
        assert_eq!(at("/r", "s/z").unwrap(), "z");
        assert_eq!(at("/r/s/d", "..").unwrap(), "");
        let error = at("/r/s/d", "../../x").unwrap_err();
        assert_eq!(error.id(), ErrorId::PathOutsideRepository);
        assert_eq!(
            error.to_string(),
            r#"path-outside-repository path="../../x" root="/r/s""#
        );
        let error = at("/tmp", "x").unwrap_err();
        assert_eq!(error.fact("suggested_cwd"), Some(&"../r/s".into()));
        assert_eq!(
            at("/r", "x").unwrap_err().fact("suggested_cwd"),
            Some(&"s".into())
        );
    }

    #[test]
    fn refuses_what_reaches_into_a_repository() {
        for name in [
            ".hg",
            ".HG/x",
            ".h\u{200c}g/x",
            "a/.hg/b",
            "a/.hg",
            "HG~1",
            "a/hg8b6c~22/x",
            ".hg.",
        ] {
            let error = canonical(b"/r", b"/r", name.as_bytes(), &NoSource).unwrap_err();
            assert_eq!(error.id(), ErrorId::IllegalPath, "{name}");
        }
        for name in [".hgx", "a/.hgignore", "HG~x", "hg"] {
            assert!(
                canonical(b"/r", b"/r", name.as_bytes(), &NoSource).is_ok(),
                "{name}"
            );
        }
    }
}
