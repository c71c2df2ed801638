//! How repository paths are shown: as they are, or relative to the directory the user is in.
//! Which of the two applies is decided by whoever makes the view.

use std::path::Path;

use hyg_base::RepoPath;

use crate::environment::path_bytes;

/// A way to show repository paths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathDisplay {
    /// From the root of the repository.
    FromRoot,
    /// From this directory inside the repository (its components).
    FromInside(Vec<Vec<u8>>),
    /// From a directory outside: everything gets this prefix.
    FromOutside(Vec<u8>),
}

impl PathDisplay {
    /// Paths as seen from `cwd`, or from the root where they are not to be relative.
    pub fn new(root: &Path, cwd: &Path, relative: bool) -> PathDisplay {
        if !relative || root == cwd {
            return PathDisplay::FromRoot;
        }
        match cwd.strip_prefix(root) {
            Ok(inside) => {
                let parts = path_bytes(inside).split(|byte| *byte == b'/');
                PathDisplay::FromInside(parts.map(<[u8]>::to_vec).collect())
            }
            Err(_) => PathDisplay::FromOutside(prefix_from(path_bytes(cwd), path_bytes(root))),
        }
    }

    /// Appends a path.
    pub fn write(&self, path: &RepoPath, out: &mut Vec<u8>) {
        match self {
            PathDisplay::FromRoot => out.extend_from_slice(path.as_bytes()),
            PathDisplay::FromOutside(prefix) => {
                out.extend_from_slice(prefix);
                out.extend_from_slice(path.as_bytes());
            }
            PathDisplay::FromInside(here) => write_relative(here, path.as_bytes(), out),
        }
    }
}

/// Up from the directory whose components are `here`, then down to `path`.
fn write_relative(here: &[Vec<u8>], path: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    let mut rest = Some(path);
    let mut shared = 0;
    while let (Some(part), Some(left)) = (here.get(shared), rest) {
        let length = left
            .iter()
            .position(|byte| *byte == b'/')
            .unwrap_or(left.len());
        if left[..length] != **part {
            break;
        }
        rest = left.get(length + 1..);
        shared += 1;
    }
    for _ in shared..here.len() {
        out.extend_from_slice(b"../");
    }
    match rest {
        Some(rest) => out.extend_from_slice(rest),
        None if out.len() > start => out.truncate(out.len() - 1),
        None => out.push(b'.'),
    }
}

/// What leads from the directory `from` to everything below `to`; neither lies such that `from` is below `to`.
fn prefix_from(from: &[u8], to: &[u8]) -> Vec<u8> {
    let split = |path: &[u8]| -> Vec<Vec<u8>> {
        path.split(|byte| *byte == b'/')
            .map(<[u8]>::to_vec)
            .collect()
    };
    let (from, to) = (split(from), split(to));
    let pairs = from.iter().zip(&to);
    let shared = pairs.take_while(|(left, right)| left == right).count();
    let mut prefix = Vec::new();
    for _ in shared..from.len() {
        prefix.extend_from_slice(b"../");
    }
    for part in &to[shared..] {
        prefix.extend_from_slice(part);
        prefix.push(b'/');
    }
    prefix
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(cwd: &str, path: &str) -> String {
        let display = PathDisplay::new(Path::new("/w/r"), Path::new(cwd), true);
        let mut out = b"x".to_vec();
        display.write(RepoPath::new(path.as_bytes()), &mut out);
        String::from_utf8(out[1..].to_vec()).unwrap()
    }

    #[test]
    fn relative_as_the_peer_shows_it() {
        for (cwd, path, wanted) in [
            ("/w/r", "a/b", "a/b"),
            ("/w/r/a", "a/b", "b"),
            ("/w/r/a", "ab", "../ab"),
            ("/w/r/a/c", "a/b/d", "../b/d"),
            ("/w/r/a/c", "x", "../../x"),
            ("/w/r/a/b", "a/b", "."),
            ("/w/r/a/b/c", "a/b", ".."),
            ("/w/r/a/b/c/d", "a/b", "../.."),
            ("/w", "a", "r/a"),
            ("/w/o/p", "a/b", "../../r/a/b"),
            ("/w/rr", "a", "../r/a"),
            ("/", "a", "../w/r/a"),
        ] {
            assert_eq!(shown(cwd, path), wanted, "{cwd} {path}");
        }
        let plain = PathDisplay::new(Path::new("/w/r"), Path::new("/w/r/a"), false);
        assert_eq!(plain, PathDisplay::FromRoot);
    }
}
