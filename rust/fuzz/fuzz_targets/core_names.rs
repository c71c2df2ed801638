//! Any bytes as bookmarks, local tags, caches of tags and branches, and state of a merge, beside a fixed history: every
//! name is resolved or refused, and whatever is listed can be resolved.
#![no_main]

use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use hyg_base::Node;
use hyg_core::names::{bookmarks, branches, hidden, resolve, tags, unresolved_count, warnings};
use hyg_core::repo::{Repo, RepoOptions};
use hyg_fuzz::{history, parts};
use libfuzzer_sys::fuzz_target;

const COUNT: usize = 5;

/// Changesets of which the last two are on a branch of their own, with right hashes.
fn changelog() -> Vec<u8> {
    let text = |number| {
        let extra = if number < 3 { "" } else { " branch:side" };
        format!("{}\nuser\n{number} 0{extra}\n\nmessage", Node::NULL).into_bytes()
    };
    let texts: Vec<Vec<u8>> = (0..COUNT).map(text).collect();
    history(&texts).0
}

static ROOT: LazyLock<PathBuf> = LazyLock::new(|| {
    let root = std::env::temp_dir().join(format!("hyg-fuzz-names-{}", std::process::id()));
    for directory in ["store", "cache", "merge"] {
        fs::create_dir_all(root.join(".hg").join(directory)).unwrap();
    }
    fs::write(root.join(".hg/requires"), "revlogv1\nstore\n").unwrap();
    fs::write(root.join(".hg/store/00changelog.i"), changelog()).unwrap();
    root
});

fuzz_target!(|data: &[u8]| {
    let [marks, local, branch_cache, tag_cache, merge, name] = parts(data);
    let files = [
        ("bookmarks", marks),
        ("localtags", local),
        ("cache/branch2-served", branch_cache),
        ("cache/tags2-visible", tag_cache),
        ("merge/state2", merge),
    ];
    let dot_hg = ROOT.join(".hg");
    for (path, content) in files {
        fs::write(dot_hg.join(path), content).unwrap();
    }
    let options = RepoOptions {
        threads: 1,
        ..RepoOptions::default()
    };
    let repo = Repo::open_with(&ROOT, options).unwrap();
    let _ = (resolve(&repo, name), warnings(&repo, name));
    let _ = (
        hidden::read(&repo),
        unresolved_count(&dot_hg, [Node::NULL; 2]),
    );
    if let Ok(marks) = bookmarks::read(&repo) {
        for (_, node) in marks.iter() {
            assert!(resolve(&repo, &node.to_hex()).is_ok());
        }
    }
    for (name, node) in tags::shown(&repo).unwrap_or_default() {
        assert!(name == b"tip" || resolve(&repo, &node.to_hex()).is_ok());
    }
    for node in branches::tips(&repo).unwrap_or_default().values() {
        assert!(resolve(&repo, &node.to_hex()).is_ok());
    }
});
