//! Which Python this launcher belongs to: asked of the environment and of files beside it, never guessed from `PATH`.
//! Starting it is `handover`; the order and its reasons are in `docs/adr/0004-finding-python.md`.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use hyg_core::environment::Environment;

/// The console script that pip and others install beside the launcher; its first lines name the interpreter.
const SCRIPT: &str = "hg-py";
/// How much of the script is read.
const HEAD: usize = 4096;

/// An interpreter, and the prefix below which this program's Python half was installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Python {
    /// The interpreter, symbolic links kept: in a virtual environment they matter.
    pub(crate) interpreter: PathBuf,
    /// `PREFIX/lib/pythonX.Y/site-packages` is tried first.
    pub(crate) prefix: PathBuf,
}

/// Finds the interpreter for the launcher at `launcher` (as called, perhaps a symbolic link).
pub(crate) fn find(launcher: &Path, env: &Environment) -> Option<Python> {
    let resolved = fs::canonicalize(launcher).unwrap_or_else(|_| launcher.to_path_buf());
    let own_prefix = prefix_of(&resolved);
    if let Some(named) = env.var(b"HG_PYTHON").filter(|path| !path.is_empty()) {
        return Some(Python {
            interpreter: PathBuf::from(OsStr::from_bytes(named)),
            prefix: own_prefix,
        });
    }
    let bin = resolved.parent()?;
    from_script(&bin.join(SCRIPT))
        .or_else(|| sibling(bin, &own_prefix))
        .or_else(|| script_on_path(env))
}

/// `PREFIX` of `PREFIX/bin/hg`.
fn prefix_of(program: &Path) -> PathBuf {
    let prefix = program.parent().and_then(Path::parent);
    prefix.unwrap_or(Path::new("/")).to_path_buf()
}

fn from_script(script: &Path) -> Option<Python> {
    let resolved = fs::canonicalize(script).ok()?;
    let head = read_head(&resolved)?;
    let interpreter = interpreter_in(&head, resolved.parent()?)?;
    is_program(&interpreter).then(|| Python {
        interpreter,
        prefix: prefix_of(&resolved),
    })
}

/// A `python3` beside the launcher, where the package lies in the same prefix.
fn sibling(bin: &Path, prefix: &Path) -> Option<Python> {
    let interpreter = bin.join("python3");
    (is_program(&interpreter) && holds_package(prefix)).then(|| Python {
        interpreter,
        prefix: prefix.to_path_buf(),
    })
}

fn holds_package(prefix: &Path) -> bool {
    let Ok(versions) = fs::read_dir(prefix.join("lib")) else {
        return false;
    };
    versions.flatten().any(|version| {
        let name = version.file_name();
        let package = version.path().join("site-packages/hydrargyrum");
        name.as_bytes().starts_with(b"python3") && package.is_dir()
    })
}

/// For a copied launcher: the console script by its own name. Unlike `python3` the name is ours, and the script
/// says which interpreter it was installed with.
fn script_on_path(env: &Environment) -> Option<Python> {
    let path = env.var(b"PATH")?;
    let directories = path.split(|byte| *byte == b':');
    directories
        .filter(|directory| directory.starts_with(b"/"))
        .find_map(|directory| from_script(&Path::new(OsStr::from_bytes(directory)).join(SCRIPT)))
}

/// Whether a file can be executed.
pub(crate) fn is_program(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|about| about.is_file() && about.permissions().mode() & 0o111 != 0)
}

fn read_head(path: &Path) -> Option<Vec<u8>> {
    use std::io::Read;

    let mut head = Vec::with_capacity(HEAD);
    let file = fs::File::open(path).ok()?;
    file.take(HEAD as u64).read_to_end(&mut head).ok()?;
    Some(head)
}

/// The absolute interpreter that a console script names: in its first line, or in the second one where the first
/// starts a shell (the form for paths that are too long for the kernel, or relative to the script).
fn interpreter_in(head: &[u8], directory: &Path) -> Option<PathBuf> {
    let mut lines = head.split(|byte| *byte == b'\n');
    let first = lines.next()?.strip_prefix(b"#!")?.trim_ascii();
    let named = if first == b"/bin/sh" {
        exec_argument(lines.next()?, directory)?
    } else {
        let end = first.iter().position(u8::is_ascii_whitespace);
        first[..end.unwrap_or(first.len())].to_vec()
    };
    let path = Path::new(OsStr::from_bytes(&named));
    let is_env = path.file_name() == Some(OsStr::new("env"));
    (path.is_absolute() && !is_env).then(|| path.to_path_buf())
}

/// The program in `'''exec' PROGRAM "$0" "$@"`: bare, quoted, or relative to the script's real directory.
fn exec_argument(line: &[u8], directory: &Path) -> Option<Vec<u8>> {
    let rest = line.strip_prefix(b"'''exec' ")?.trim_ascii_start();
    let program = match find(rest, b" \"$0\"") {
        Some(end) => &rest[..end],
        None => return None,
    };
    const HERE: &[u8] = b"\"$(dirname -- \"$(realpath -- \"$0\")\")\"/";
    if rest.starts_with(HERE) {
        let program = &rest[HERE.len()..];
        let name = unquoted(&program[..find(program, b" \"$0\"")?]);
        return Some(
            directory
                .join(OsStr::from_bytes(name))
                .into_os_string()
                .as_bytes()
                .to_vec(),
        );
    }
    return Some(unquoted(program).to_vec());

    fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
        text.windows(wanted.len())
            .position(|window| window == wanted)
    }
}

fn unquoted(text: &[u8]) -> &[u8] {
    for quote in [b'"', b'\''] {
        if let [first, inner @ .., last] = text
            && *first == quote
            && *last == quote
        {
            return inner;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(head: &str) -> Option<String> {
        let path = interpreter_in(head.as_bytes(), Path::new("/venv/bin"))?;
        Some(path.to_string_lossy().into_owned())
    }

    #[test]
    fn every_form_of_a_console_script() {
        let yes = |head: &str, wanted: &str| assert_eq!(named(head).as_deref(), Some(wanted));
        yes("#!/v/bin/python3\nimport sys", "/v/bin/python3");
        yes("#! /v/bin/python -sP\n", "/v/bin/python");
        yes(
            "#!/bin/sh\n'''exec' /v/python \"$0\" \"$@\"\n' '''\n",
            "/v/python",
        );
        yes(
            "#!/bin/sh\n'''exec' \"/a b/python\" \"$0\" \"$@\"\n",
            "/a b/python",
        );
        yes(
            "#!/bin/sh\n'''exec' '/a b/python' \"$0\" \"$@\"\n",
            "/a b/python",
        );
        yes(
            "#!/bin/sh\n'''exec' \"$(dirname -- \"$(realpath -- \"$0\")\")\"/'python' \"$0\" \"$@\"\n",
            "/venv/bin/python",
        );
        for head in [
            "",
            "#!/usr/bin/env python3\n",
            "#!python\n",
            "#!/bin/sh\nexec x\n",
            "\x7fELF",
        ] {
            assert_eq!(named(head), None, "{head}");
        }
    }

    struct Install(tempfile::TempDir);

    impl Install {
        fn new() -> Install {
            Install(tempfile::tempdir().unwrap())
        }

        fn path(&self, name: &str) -> PathBuf {
            fs::canonicalize(self.0.path()).unwrap().join(name)
        }

        fn program(&self, name: &str, text: &str) -> PathBuf {
            let path = self.path(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
            path
        }
    }

    fn environment(vars: &[(&str, &Path)]) -> Environment {
        let owned = vars.iter().map(|(key, value)| {
            (
                key.as_bytes().to_vec(),
                value.as_os_str().as_bytes().to_vec(),
            )
        });
        Environment::new(owned)
    }

    #[test]
    fn beside_the_resolved_launcher() {
        let install = Install::new();
        let python = install.program("other/python", "");
        let launcher = install.program("venv/bin/hg", "");
        assert_eq!(find(&launcher, &environment(&[])), None);
        install.program("venv/bin/hg-py", &format!("#!{}\n", python.display()));
        let wanted = Python {
            interpreter: python,
            prefix: install.path("venv"),
        };
        assert_eq!(find(&launcher, &environment(&[])), Some(wanted.clone()));
        let link = install.path("link");
        std::os::unix::fs::symlink(&launcher, &link).unwrap();
        assert_eq!(find(&link, &environment(&[])), Some(wanted.clone()));
        let copy = install.program("elsewhere/bin/hg", "");
        assert_eq!(find(&copy, &environment(&[])), None);
        let bin = install.path("venv/bin");
        assert_eq!(find(&copy, &environment(&[("PATH", &bin)])), Some(wanted));
        let named = environment(&[("HG_PYTHON", Path::new("/my/python")), ("PATH", &bin)]);
        let found = find(&launcher, &named).unwrap();
        assert_eq!(found.interpreter, Path::new("/my/python"));
    }

    #[test]
    fn a_neighbouring_python_needs_the_package() {
        let install = Install::new();
        let launcher = install.program("p/bin/hg", "");
        let python = install.program("p/bin/python3", "");
        assert_eq!(find(&launcher, &environment(&[])), None);
        install.program("p/lib/python3.12/site-packages/hydrargyrum/__init__.py", "");
        let found = find(&launcher, &environment(&[])).unwrap();
        assert_eq!(
            (found.interpreter, found.prefix),
            (python, install.path("p"))
        );
    }

    #[test]
    fn a_script_that_names_a_missing_interpreter_is_passed_over() {
        let install = Install::new();
        let launcher = install.program("p/bin/hg", "");
        install.program("p/bin/hg-py", "#!/nonexistent/python\n");
        assert_eq!(find(&launcher, &environment(&[])), None);
    }
}
