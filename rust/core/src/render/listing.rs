//! The line-by-line outputs: status, files, paths, config values, root, version.
//! Templates and JSON are Python's; these are the plain forms.

use std::path::Path;

use hyg_base::{PathList, RepoPath, Result};

use super::{Page, PathDisplay, Rows};
use crate::environment::path_bytes;
use crate::ops::files::FoundPaths;
use crate::ops::paths::PathEntry;
use crate::ops::status::{StatusKind, StatusKinds, StatusReport};
use crate::tables::{VERSION_STRING, VERSION_TEXT};

/// A pipe's worth of output.
const CHUNK: usize = 1 << 16;

/// How a status report is shown.
#[derive(Clone, Debug)]
pub struct StatusView<'a> {
    /// Which kinds are shown.
    pub kinds: StatusKinds,
    /// Whether each line begins with the letter of its kind.
    pub letters: bool,
    /// Whether sources of copies follow their files.
    pub copies: bool,
    /// What ends a line: a newline or NUL.
    pub end: u8,
    /// How paths look.
    pub display: &'a PathDisplay,
}

/// Labels of the lines of each kind, in the order of [`StatusKind::ALL`].
const STATUS_LABELS: [&str; 7] = [
    "status.modified",
    "status.added",
    "status.removed",
    "status.deleted",
    "status.unknown",
    "status.ignored",
    "status.clean",
];

/// Status lines, kind by kind in the order `M A R ! ? I C`.
pub fn status(report: &StatusReport, view: &StatusView<'_>) -> Vec<u8> {
    let mut page = Page::new(None);
    status_page(report, view, &mut page);
    page.into_bytes()
}

/// The same on a page.
pub fn status_page(report: &StatusReport, view: &StatusView<'_>, page: &mut Page) {
    let shown = StatusKind::ALL
        .iter()
        .filter(|kind| view.kinds.contains(**kind));
    if page.is_coloured() {
        let mut text = Vec::new();
        for kind in shown {
            let label = STATUS_LABELS[*kind as usize];
            for path in report.paths(*kind).iter() {
                if view.letters {
                    page.write(&[kind.letter(), b' '], label);
                }
                text.clear();
                view.display.write(path, &mut text);
                text.push(view.end);
                page.write(&text, label);
                if let Some(source) = report.copy_source(path).filter(|_| view.copies) {
                    text.clear();
                    text.extend_from_slice(b"  ");
                    view.display.write(source, &mut text);
                    text.push(view.end);
                    page.write(&text, "status.copied");
                }
            }
        }
        return;
    }
    let bytes: usize = shown
        .clone()
        .map(|kind| report.paths(*kind))
        .map(|paths| paths.data().len() + 3 * paths.len())
        .sum();
    let out = page.bytes();
    out.reserve(bytes);
    for kind in shown {
        for path in report.paths(*kind).iter() {
            if view.letters {
                out.extend_from_slice(&[kind.letter(), b' ']);
            }
            view.display.write(path, out);
            out.push(view.end);
            if let Some(source) = report.copy_source(path).filter(|_| view.copies) {
                out.extend_from_slice(b"  ");
                view.display.write(source, out);
                out.push(view.end);
            }
        }
    }
}

/// The same as rows of fields; paths are from the root.
///
/// # Errors
/// Where a row cannot be shown.
pub fn status_rows(
    report: &StatusReport,
    view: &StatusView<'_>,
    rows: &mut Rows<'_>,
) -> Result<()> {
    let shown = StatusKind::ALL
        .iter()
        .filter(|kind| view.kinds.contains(**kind));
    for kind in shown {
        for path in report.paths(*kind).iter() {
            rows.start()?;
            rows.data("itemtype", "file");
            rows.data("path", path.as_bytes());
            rows.data("status", [kind.letter()].as_slice());
            if let Some(source) = report.copy_source(path).filter(|_| view.copies) {
                rows.data("source", source.as_bytes());
            }
        }
    }
    Ok(())
}

/// How a list of files is shown.
#[derive(Clone, Debug)]
pub struct FilesView<'a> {
    /// What ends a line: a newline or NUL.
    pub end: u8,
    /// How paths look.
    pub display: &'a PathDisplay,
}

/// One line per file.
pub fn files(paths: &PathList, view: &FilesView<'_>) -> Vec<u8> {
    let mut out = Vec::with_capacity(paths.data().len() + paths.len());
    for path in paths.iter() {
        view.display.write(path, &mut out);
        out.push(view.end);
    }
    out
}

/// Some of these lines: those of the next `paths`, about `size` bytes, into `out`; how many files that were.
pub fn files_piece<'a>(
    paths: impl Iterator<Item = &'a RepoPath>,
    view: &FilesView<'_>,
    size: usize,
    out: &mut Vec<u8>,
) -> usize {
    let mut count = 0;
    for path in paths {
        view.display.write(path, out);
        out.push(view.end);
        count += 1;
        if out.len() >= size {
            break;
        }
    }
    count
}

/// The same in pieces of about [`CHUNK`] bytes, each given to `write`, which says whether to go on.
pub fn files_in_chunks(
    paths: &FoundPaths<'_>,
    view: &FilesView<'_>,
    write: &mut dyn FnMut(&[u8]) -> bool,
) {
    if let (FoundPaths::Tracked(tracked, threads), PathDisplay::FromRoot) = (paths, view.display) {
        return tracked.write_lines(*threads, view.end, write);
    }
    let mut chunk = Vec::with_capacity(CHUNK + CHUNK / 4);
    let done = paths.visit(|path| {
        view.display.write(path, &mut chunk);
        chunk.push(view.end);
        if chunk.len() >= CHUNK {
            let goes_on = write(&chunk);
            chunk.clear();
            return if goes_on { Ok(()) } else { Err(()) };
        }
        Ok(())
    });
    if done.is_ok() && !chunk.is_empty() {
        write(&chunk);
    }
}

/// `NAME = LOCATION` and its sub-options; with `one`, only the location; with `quiet`, only the name.
pub fn paths(entries: &[PathEntry], one: bool, quiet: bool) -> Vec<u8> {
    let mut out = Vec::new();
    for entry in entries {
        if !one {
            out.extend_from_slice(&entry.name);
            out.extend_from_slice(if quiet { b"\n" } else { b" = " });
        }
        if !quiet {
            out.extend_from_slice(&entry.location);
            out.push(b'\n');
        }
        if one || quiet {
            continue;
        }
        for (name, value) in &entry.options {
            let parts: [&[u8]; 5] = [&entry.name, b":", name.as_bytes(), b" = ", value];
            parts.iter().for_each(|part| out.extend_from_slice(part));
            out.push(b'\n');
        }
    }
    out
}

/// Values of configuration items, line breaks in them shown as `\n`.
pub fn config_values(values: &[&[u8]]) -> Vec<u8> {
    let mut out = Vec::new();
    for value in values {
        for byte in *value {
            match byte {
                b'\n' => out.extend_from_slice(b"\\n"),
                byte => out.push(*byte),
            }
        }
        out.push(b'\n');
    }
    out
}

/// The root of a repository.
pub fn root(path: &Path) -> Vec<u8> {
    [path_bytes(path), b"\n"].concat()
}

/// The version; `quiet` leaves out all but the first line.
pub fn version(quiet: bool) -> Vec<u8> {
    let mut out = format!("Mercurial Distributed SCM (version {VERSION_STRING})\n");
    if !quiet {
        out.push_str(VERSION_TEXT);
    }
    out.into_bytes()
}
