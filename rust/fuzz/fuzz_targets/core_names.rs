//! Any bytes as bookmarks, local tags, caches of tags and branches, and state of a merge, beside a fixed history: every
//! name is resolved or refused, and whatever is listed can be resolved.
#![no_main]

use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use hyg_base::Node;
use hyg_core::names::{bookmarks, branches, hidden, resolve, tags, unresolved_count, warnings};
use hyg_core::repo::Repo;
use hyg_fuzz::{Row, index, parts};
use hyg_store::revlog::hash::revision_node;
use libfuzzer_sys::fuzz_target;

const COUNT: usize = 5;

/// Changesets of which the last two are on a branch of their own, with right hashes.
fn history() -> Vec<u8> {
    let mut chunks = Vec::new();
    let mut nodes = vec![Node::NULL];
    for number in 0..COUNT {
        let extra = if number < 3 { "" } else { " branch:side" };
        let text = format!("{}\nuser\n{number} 0{extra}\n\nmessage", Node::NULL);
        let parents = [nodes[nodes.len() - 1], Node::NULL];
        nodes.push(revision_node(text.as_bytes(), &parents).unwrap());
        chunks.push([b"u", text.as_bytes()].concat());
    }
    let rows: Vec<Row<'_>> = (0..COUNT)
        .map(|rev| Row {
            parents: [rev as i32 - 1, -1],
            node: 0,
            len: chunks[rev].len() as u32 - 1,
            chunk: &chunks[rev],
        })
        .collect();
    let mut data = index(&rows);
    let mut at = 32;
    for (node, chunk) in nodes[1..].iter().zip(&chunks) {
        data[at..at + 20].copy_from_slice(node.as_bytes());
        at += 64 + chunk.len();
    }
    data
}

static ROOT: LazyLock<PathBuf> = LazyLock::new(|| {
    let root = std::env::temp_dir().join(format!("hyg-fuzz-names-{}", std::process::id()));
    for directory in ["store", "cache", "merge"] {
        fs::create_dir_all(root.join(".hg").join(directory)).unwrap();
    }
    fs::write(root.join(".hg/requires"), "revlogv1\nstore\n").unwrap();
    fs::write(root.join(".hg/store/00changelog.i"), history()).unwrap();
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
    let repo = Repo::open(&ROOT).unwrap();
    let _ = (resolve(&repo, name), warnings(&repo, name));
    let _ = (hidden::read(&repo), unresolved_count(&dot_hg, [Node::NULL; 2]));
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
