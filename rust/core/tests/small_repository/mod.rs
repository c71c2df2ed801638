//! A small repository that the peer made (`fixtures/make_small.sh`), with a working directory written afresh.
//! Two changesets; the working directory stands on the second one and is clean until a test changes it.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

pub(crate) struct SmallRepository(tempfile::TempDir);

impl SmallRepository {
    /// A clean copy in a directory of its own.
    pub(crate) fn new() -> SmallRepository {
        let made = SmallRepository(tempfile::tempdir().unwrap());
        let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/tests/fixtures/small/hg");
        copy(&fixture, &made.root().join(".hg"));
        for (path, text) in [
            (".hgignore", "syntax: glob\n*.o\n"),
            ("a", "two\n"),
            ("b/new", "old\n"),
            ("b/run", "#!/bin/sh\n"),
            ("extra", "x\n"),
            ("same", "same\n"),
        ] {
            made.write(path, text);
        }
        made.set_mode("b/run", 0o755);
        symlink("a", made.root().join("link")).unwrap();
        made
    }

    /// The same with every kind of change that status knows.
    pub(crate) fn changed() -> SmallRepository {
        let made = SmallRepository::new();
        made.write("same", "sane\n");
        made.write("u", "u");
        made.write("x.o", "x");
        made.set_mode("b/run", 0o644);
        fs::remove_file(made.root().join("extra")).unwrap();
        made
    }

    pub(crate) fn root(&self) -> PathBuf {
        fs::canonicalize(self.0.path()).unwrap()
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let full = self.root().join(path);
        fs::create_dir_all(full.parent().unwrap()).unwrap();
        fs::write(full, text).unwrap();
    }

    fn set_mode(&self, path: &str, mode: u32) {
        let permissions = fs::Permissions::from_mode(mode);
        fs::set_permissions(self.root().join(path), permissions).unwrap();
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
