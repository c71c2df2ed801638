//! Any bytes with a right sum as a kept annotation, in which some letters stand for nodes that there are: the answer has the
//! lines of the file, and nothing that is kept makes it fail.
#![no_main]

use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use hyg_base::{Node, RepoPath, Rev};
use hyg_core::ops::annotate::{AnnotateRequest, annotate};
use hyg_core::repo::{Repo, RepoOptions};
use hyg_fuzz::history;
use hyg_store::revlog::hash::sha1;
use hyg_text::compare::Comparison;
use libfuzzer_sys::fuzz_target;

const COUNT: usize = 3;
const LINES: &str = "one\ntwo\nthree\n";

struct World {
    root: PathBuf,
    /// Of the file.
    nodes: Vec<Node>,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let root = std::env::temp_dir().join(format!("hyg-fuzz-annotation-{}", std::process::id()));
    let dot_hg = root.join(".hg");
    fs::create_dir_all(dot_hg.join("store/data")).unwrap();
    fs::create_dir_all(dot_hg.join("cache/hydrargyrum-annotate")).unwrap();
    fs::write(dot_hg.join("requires"), "revlogv1\nstore\n").unwrap();
    let texts = |text: &dyn Fn(usize) -> String| -> Vec<Vec<u8>> {
        (0..COUNT).map(|number| text(number).into_bytes()).collect()
    };
    let (file, nodes) = history(&texts(&|number| format!("{LINES}{number}\n")));
    let (manifest, manifests) = history(&texts(&|number| format!("f\0{}\n", nodes[number])));
    let (changelog, _) = history(&texts(&|number| {
        format!("{}\nuser\n{number} 0\nf\n\nmessage", manifests[number])
    }));
    let files = [
        ("data/f.i", file),
        ("00manifest.i", manifest),
        ("00changelog.i", changelog),
    ];
    for (name, data) in files {
        fs::write(dot_hg.join("store").join(name), data).unwrap();
    }
    World { root, nodes }
});

fuzz_target!(|data: &[u8]| {
    let world = &*WORLD;
    let tip = world.nodes[COUNT - 1];
    let mut kept = [&b"HYGANNO\x01\x01"[..], tip.as_bytes()].concat();
    for byte in data {
        match usize::from(*byte)
            .checked_sub(0xf0)
            .and_then(|at| world.nodes.get(at))
        {
            Some(node) => kept.extend_from_slice(node.as_bytes()),
            None => kept.push(*byte),
        }
    }
    let sum = sha1(&[&kept]);
    kept.extend_from_slice(sum.as_bytes());
    let name = sha1(&[&[1], b"f"]).to_string();
    let cache = world.root.join(".hg/cache/hydrargyrum-annotate");
    fs::write(cache.join(name), kept).unwrap();
    let options = RepoOptions {
        threads: 1,
        ..RepoOptions::default()
    };
    let repo = Repo::open_with(&world.root, options).unwrap();
    let request = AnnotateRequest {
        path: RepoPath::new(b"f").to_buf(),
        rev: Some(Rev(COUNT as i32 - 1)),
        follow: true,
        comparison: Comparison::default(),
        skip: Default::default(),
    };
    let found = annotate(&repo, &request).unwrap();
    let expected = format!("{LINES}{}\n", COUNT - 1);
    assert_eq!(found.lines.concat(), expected.as_bytes());
    for (rev, path) in found.revs.iter().zip(&found.paths.1) {
        assert!((0..COUNT as i32).contains(&rev.0));
        assert!(*path < found.paths.0.len());
    }
});
