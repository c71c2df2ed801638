//! Prints the status of a working copy without any program around it: for measuring and for looking by hand.
//! Contents are not compared; files that need it are marked `~`.
#![expect(clippy::print_stdout, reason = "an example that prints its answer")]

use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use hyg_base::{NoInterrupt, PathList};
use hyg_matcher::{AlwaysMatcher, NoExotic, PatternSource, ignore};
use hyg_store::layout::RepoLayout;
use hyg_worktree::Dirstate;
use hyg_worktree::dirstate::write_fixes;
use hyg_worktree::status::{StatusOptions, Walk, status};

struct Disk;

impl PatternSource for Disk {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        std::fs::read(path)
    }
    fn same_file(&self, left: &Path, right: &Path) -> bool {
        left == right
    }
}

/// `status ROOT [LETTERS] [trust] [write]`: `trust` takes unsure files as clean, `write` writes what was learnt.
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let root = PathBuf::from(arguments.next().ok_or("which root?")?).canonicalize()?;
    let letters = arguments.next().unwrap_or_else(|| "mardu".into());
    let rest: Vec<String> = arguments.collect();
    let dirstate = Dirstate::open(&RepoLayout::open(&root)?)?;
    let options = StatusOptions {
        unknown: letters.contains('u'),
        ignored: letters.contains('i'),
        clean: letters.contains('c'),
        copies: letters.contains('C'),
        ..StatusOptions::default()
    };
    let loaded = match options.unknown || options.ignored {
        true => ignore::load(root.as_os_str().as_bytes(), &[], &Disk, &NoExotic)?,
        false => ignore::Loaded {
            matcher: ignore::IgnoreMatcher::never(),
            warnings: Vec::new(),
            hash: [0; 20],
        },
    };
    let mut report = status(&Walk {
        dirstate: &dirstate,
        root: &root,
        matcher: &AlwaysMatcher,
        ignore: &loaded.matcher,
        ignore_hash: loaded.hash,
        options: &options,
        interrupt: &NoInterrupt,
    })?;
    let mut out = Vec::new();
    let mut print = |letter: char, list: &PathList| {
        for path in list
            .iter()
            .filter(|_| letter == '~' || letters.contains(letter_of(letter)))
        {
            out.extend_from_slice(format!("{letter} ").as_bytes());
            out.extend_from_slice(path.as_bytes());
            out.push(b'\n');
        }
    };
    print('M', &report.modified);
    print('~', &report.unsure);
    print('A', &report.added);
    print('R', &report.removed);
    print('!', &report.deleted);
    print('?', &report.unknown);
    print('I', &report.ignored);
    print('C', &report.clean);
    io::stdout().write_all(&out)?;
    for (to, from) in &report.copies {
        println!("copy {from:?} -> {to:?}");
    }
    for warning in &report.bad {
        println!("{warning:?}");
    }
    if rest.iter().any(|word| word == "trust") {
        let unsure = report.unsure.clone();
        for path in unsure.iter() {
            if let Ok(about) = root.join(path.as_path()).symlink_metadata() {
                let seen = hyg_worktree::dirstate::Seen::of(&about);
                report.fixes.confirm_clean(path, &seen, report.boundary);
            }
        }
    }
    if rest.iter().any(|word| word == "write") {
        let fixes = &report.fixes;
        let counts = (fixes.clean.len(), fixes.directories.len());
        println!("{counts:?} {:?}", write_fixes(&dirstate, fixes));
    }
    Ok(())
}

fn letter_of(letter: char) -> char {
    match letter {
        '!' => 'd',
        '?' => 'u',
        other => other.to_ascii_lowercase(),
    }
}
