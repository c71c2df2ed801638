//! What the process was given, as one value: variables, current directory, user id, the program's own path.
//! Nothing in this crate asks the operating system for these; the launcher and the binding fill them in.

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use hyg_base::{Error, ErrorId, Result};

/// The surroundings of one invocation.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    vars: Vec<(Vec<u8>, Vec<u8>)>,
    cwd: PathBuf,
    uid: u32,
    program: PathBuf,
}

impl Environment {
    /// Surroundings with these variables; the directory is `/`, the user is 0, the program unknown.
    pub fn new(vars: impl IntoIterator<Item = (Vec<u8>, Vec<u8>)>) -> Environment {
        Environment {
            vars: vars.into_iter().collect(),
            cwd: PathBuf::from("/"),
            ..Environment::default()
        }
    }

    /// The same with this current directory (absolute, as the kernel spells it).
    #[must_use]
    pub fn with_cwd(mut self, cwd: PathBuf) -> Environment {
        self.cwd = cwd;
        self
    }

    /// The same with this user id.
    #[must_use]
    pub fn with_uid(mut self, uid: u32) -> Environment {
        self.uid = uid;
        self
    }

    /// The same with this path of the program, as it was called (symbolic links not followed).
    #[must_use]
    pub fn with_program(mut self, program: PathBuf) -> Environment {
        self.program = program;
        self
    }

    /// A variable, where it is set (perhaps to nothing).
    pub fn var(&self, name: &[u8]) -> Option<&[u8]> {
        let found = self.vars.iter().find(|(key, _)| key == name)?;
        Some(&found.1)
    }

    /// The current directory.
    pub fn cwd(&self) -> &Path {
        &self.cwd
    }

    /// The user id that decides which files are the user's own.
    pub fn uid(&self) -> u32 {
        self.uid
    }

    /// The path the program was called by.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// The home directory, without trailing slashes.
    ///
    /// # Errors
    /// [`ErrorId::Unsupported`] where `HOME` is not set: the user database is not read here.
    pub fn home(&self) -> Result<&[u8]> {
        match self.var(b"HOME") {
            Some(home) => Ok(trim_slashes(home)),
            None => Err(Error::new(ErrorId::Unsupported).with("feature", "HOME is not set")),
        }
    }

    /// Replaces a leading `~` by the home directory.
    ///
    /// # Errors
    /// [`ErrorId::Unsupported`] for `~name`, or `~` without `HOME`.
    pub fn expand_user(&self, path: &[u8]) -> Result<Vec<u8>> {
        let Some(rest) = path.strip_prefix(b"~") else {
            return Ok(path.to_vec());
        };
        if !rest.is_empty() && rest[0] != b'/' {
            return Err(Error::new(ErrorId::Unsupported).with("feature", "home of another user"));
        }
        let mut expanded = self.home()?.to_vec();
        expanded.extend_from_slice(rest);
        if expanded.is_empty() {
            expanded.push(b'/');
        }
        Ok(expanded)
    }

    /// Replaces `$NAME` and `${NAME}` by variables; an unset one stays as written.
    pub fn expand_vars(&self, text: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(text.len());
        let mut rest = text;
        while let Some(dollar) = rest.iter().position(|byte| *byte == b'$') {
            out.extend_from_slice(&rest[..dollar]);
            rest = &rest[dollar..];
            let (name, length) = variable_at(rest);
            match self.var(name).filter(|_| length > 1) {
                Some(value) => out.extend_from_slice(value),
                None => out.extend_from_slice(&rest[..length]),
            }
            rest = &rest[length..];
        }
        out.extend_from_slice(rest);
        out
    }

    /// Variables first, then the home directory: how every path in a configuration file is read.
    ///
    /// # Errors
    /// As [`Environment::expand_user`].
    pub fn expand_path(&self, path: &[u8]) -> Result<Vec<u8>> {
        self.expand_user(&self.expand_vars(path))
    }
}

/// Name and whole length of the reference that `text` (which begins with `$`) opens with; length 1 where none.
fn variable_at(text: &[u8]) -> (&[u8], usize) {
    if text.get(1) == Some(&b'{') {
        return match text.iter().position(|byte| *byte == b'}') {
            Some(close) => (&text[2..close], close + 1),
            None => (b"", 1),
        };
    }
    let word = text[1..]
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_')
        .count();
    (&text[1..=word], word + 1)
}

fn trim_slashes(path: &[u8]) -> &[u8] {
    let kept = path.iter().rposition(|byte| *byte != b'/');
    &path[..kept.map_or(0, |last| last + 1)]
}

/// The lexical clean-up that the peer applies to paths: no empty and no `.` parts, `..` taken back where
/// there is something to take back. Two leading slashes stay two, as POSIX wants it.
pub fn normalize_path(path: &[u8]) -> Vec<u8> {
    let slashes = path.iter().take_while(|byte| **byte == b'/').count();
    let lead = match slashes {
        0 => 0,
        2 => 2,
        _ => 1,
    };
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in path.split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." if parts.last().is_some_and(|last| *last != b"..") => {
                parts.pop();
            }
            b".." if lead > 0 => {}
            _ => parts.push(part),
        }
    }
    let mut out = vec![b'/'; lead];
    out.extend_from_slice(&parts.join(&b'/'));
    if out.is_empty() {
        out.push(b'.');
    }
    out
}

/// Joins as POSIX does: an absolute second path wins.
pub fn join_path(directory: &[u8], path: &[u8]) -> Vec<u8> {
    if path.first() == Some(&b'/') || directory.is_empty() {
        return path.to_vec();
    }
    let mut out = directory.to_vec();
    if !out.ends_with(b"/") {
        out.push(b'/');
    }
    out.extend_from_slice(path);
    out
}

/// Everything before the last component, without trailing slashes (`/` for something at the top).
pub fn directory_of(path: &[u8]) -> &[u8] {
    let Some(slash) = path.iter().rposition(|byte| *byte == b'/') else {
        return b"";
    };
    let head = &path[..=slash];
    match trim_slashes(head) {
        b"" => head,
        trimmed => trimmed,
    }
}

/// The bytes of a path.
pub fn path_bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Environment {
        Environment::new([
            (b"HOME".to_vec(), b"/home/me/".to_vec()),
            (b"A_1".to_vec(), b"x$A_1".to_vec()),
        ])
    }

    #[test]
    fn expands_as_the_peer() {
        let env = sample();
        let cases: &[(&[u8], &[u8])] = &[
            (b"~", b"/home/me"),
            (b"~/x", b"/home/me/x"),
            (b"a/~", b"a/~"),
            (b"$A_1/y", b"x$A_1/y"),
            (b"${A_1}z", b"x$A_1z"),
            (b"$NO-$A_1", b"$NO-x$A_1"),
            (b"$", b"$"),
            (b"$$A_1", b"$x$A_1"),
            (b"${A_1", b"${A_1"),
            (b"${}", b"${}"),
        ];
        for (given, wanted) in cases {
            let got = env.expand_path(given).unwrap();
            assert_eq!(got, *wanted, "{}", String::from_utf8_lossy(given));
        }
        let other = env.expand_path(b"~root/x").unwrap_err();
        assert_eq!(other.id(), ErrorId::Unsupported);
    }

    #[test]
    fn cleans_paths() {
        let cases: &[(&[u8], &[u8])] = &[
            (b"/a/../../b//c/.", b"/b/c"),
            (b"../a/..", b".."),
            (b"", b"."),
            (b"//x", b"//x"),
            (b"///x", b"/x"),
            (b"a/./b", b"a/b"),
        ];
        for (given, wanted) in cases {
            assert_eq!(normalize_path(given), *wanted);
        }
        assert_eq!(directory_of(b"/usr/bin/hg"), b"/usr/bin");
        assert_eq!(directory_of(b"/hg"), b"/");
        assert_eq!(directory_of(b"hg"), b"");
        assert_eq!(join_path(b"/a", b"b"), b"/a/b");
        assert_eq!(join_path(b"/a", b"/b"), b"/b");
    }
}
