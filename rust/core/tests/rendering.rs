//! Reports rendered to the bytes that the peer prints for the same facts.

use std::path::Path;

use hyg_base::{PathList, RepoPath};
use hyg_core::ops::paths::PathEntry;
use hyg_core::ops::status::{StatusKind, StatusReport};
use hyg_core::render::{self, FilesView, PathDisplay, StatusView};

fn list(paths: &[&str]) -> PathList {
    let paths = paths.iter().map(|path| RepoPath::new(path.as_bytes()));
    paths.collect()
}

fn sample() -> StatusReport {
    let mut report = StatusReport::default();
    for (kind, paths) in [
        (StatusKind::Clean, ["same"].as_slice()),
        (StatusKind::Modified, &["z", "a/m"]),
        (StatusKind::Added, &["a/new"]),
        (StatusKind::Ignored, &["i.o"]),
        (StatusKind::Unknown, &["u"]),
        (StatusKind::Deleted, &["gone"]),
        (StatusKind::Removed, &["a/r"]),
    ] {
        *report.paths_mut(kind) = list(paths);
    }
    report.sort();
    let owned = |path: &str| RepoPath::new(path.as_bytes()).to_buf();
    report.set_copies(vec![
        (owned("z"), owned("y")),
        (owned("a/new"), owned("a/r")),
    ]);
    report
}

fn shown(view: &StatusView<'_>) -> String {
    String::from_utf8_lossy(&render::status(&sample(), view)).into_owned()
}

#[test]
fn status_kinds_come_in_the_order_of_the_peer() {
    let mut view = StatusView {
        kinds: StatusKind::ALL.into_iter().collect(),
        letters: true,
        copies: false,
        end: b'\n',
        display: &PathDisplay::FromRoot,
    };
    let all = "M a/m\nM z\nA a/new\nR a/r\n! gone\n? u\nI i.o\nC same\n";
    assert_eq!(shown(&view), all);
    view.copies = true;
    view.kinds = [StatusKind::Removed, StatusKind::Added]
        .into_iter()
        .collect();
    assert_eq!(shown(&view), "A a/new\n  a/r\nR a/r\n");
    let inside = PathDisplay::new(Path::new("/r"), Path::new("/r/a"), true);
    view.display = &inside;
    view.letters = false;
    view.end = 0;
    assert_eq!(shown(&view), "new\0  r\0r\0");
}

#[test]
fn files_paths_and_values() {
    let view = FilesView {
        end: b'\n',
        display: &PathDisplay::FromOutside(b"../r/".to_vec()),
    };
    assert_eq!(
        render::files(&list(&["a", "b/c"]), &view),
        b"../r/a\n../r/b/c\n"
    );
    let entries = [PathEntry {
        name: b"default".to_vec(),
        location: b"/x".to_vec(),
        options: vec![("pushrev", b".".to_vec())],
    }];
    assert_eq!(
        render::paths(&entries, false, false),
        b"default = /x\ndefault:pushrev = .\n"
    );
    assert_eq!(render::paths(&entries, true, false), b"/x\n");
    assert_eq!(render::paths(&entries, false, true), b"default\n");
    assert_eq!(render::paths(&entries, true, true), b"");
    assert_eq!(render::config_values(&[b"a\nb", b""]), b"a\\nb\n\n");
    assert_eq!(render::root(Path::new("/r")), b"/r\n");
}

#[test]
fn version_begins_with_the_line_that_tools_parse() {
    let full = String::from_utf8(render::version(false)).unwrap_or_default();
    let quiet = String::from_utf8(render::version(true)).unwrap_or_default();
    assert!(quiet.starts_with("Mercurial Distributed SCM (version 7.2.4+"));
    assert_eq!(quiet.lines().count(), 1);
    assert!(full.starts_with(&quiet) && full.len() > quiet.len());
}
