//! A kept text of a manifest with changes anywhere in it: without the sums made right, what it answers is what the honest one
//! says, or it is not believed; with right sums, whatever it says is an answer. The store has nothing to fall back on.
#![no_main]

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use hyg_base::{Node, RepoPath};
use hyg_fuzz::{Row, index};
use hyg_store::layout::RepoLayout;
use hyg_store::manifest::ManifestLog;
use libfuzzer_sys::fuzz_target;

const FILES: usize = 17_000;
const BLOCK: usize = 1 << 16;

struct World {
    root: PathBuf,
    layout: RepoLayout,
    /// The kept text as it should be, and how much of it is the text.
    honest: Vec<u8>,
    len: usize,
    kept: PathBuf,
}

const NODE: u32 = 0x0102_0304;

fn node() -> Node {
    let mut bytes = [0; 20];
    bytes[..4].copy_from_slice(&NODE.to_be_bytes());
    Node(bytes)
}

fn line(number: usize) -> (String, Node) {
    let name = format!("directory{:03}/file{number:06}", number / 100);
    (name, Node([number as u8; 20]))
}

/// The text with the sums that belong to it.
fn with_sums(text: &[u8]) -> Vec<u8> {
    let mut tail = Vec::new();
    for block in text.chunks(BLOCK) {
        tail.extend(crc32fast::hash(block).to_le_bytes());
    }
    tail.extend(b"hygmft1\n");
    tail.extend(node().0);
    tail.extend((text.len() as u64).to_le_bytes());
    tail.extend((BLOCK as u32).to_le_bytes());
    let sum = crc32fast::hash(&tail);
    [text, &tail, &sum.to_le_bytes()].concat()
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let root = std::env::temp_dir().join(format!("hyg-fuzz-kept-{}", std::process::id()));
    let dot_hg = root.join(".hg");
    let shelf = dot_hg.join("wcache/hyg-manifests");
    fs::create_dir_all(&shelf).unwrap();
    fs::create_dir_all(dot_hg.join("store")).unwrap();
    fs::write(dot_hg.join("requires"), "revlogv1\nstore\n").unwrap();
    let mut text = Vec::new();
    for (name, node) in (0..FILES).map(line) {
        text.extend(format!("{name}\0{node}\n").into_bytes());
    }
    assert!(text.len() >= 1 << 20);
    let row = Row {
        parents: [-1, -1],
        node: NODE,
        len: text.len() as u32,
        chunk: b"!",
    };
    fs::write(dot_hg.join("store/00manifest.i"), index(&[row])).unwrap();
    let honest = with_sums(&text);
    let kept = shelf.join(node().to_string());
    fs::write(&kept, &honest).unwrap();
    World {
        layout: RepoLayout::open(&root).unwrap(),
        root,
        honest,
        len: text.len(),
        kept,
    }
});

/// Changes: where, how many bytes, the bytes.
fn changed(honest: &[u8], mut rest: &[u8]) -> Vec<u8> {
    let mut out = honest.to_vec();
    while let Some(([a, b, c, count], bytes)) = rest.split_first_chunk::<4>() {
        let at = u32::from_be_bytes([0, *a, *b, *c]) as usize % out.len();
        let count = usize::from(*count % 32)
            .min(bytes.len())
            .min(out.len() - at);
        out[at..at + count].copy_from_slice(&bytes[..count]);
        rest = &bytes[count..];
    }
    out
}

fuzz_target!(|data: &[u8]| {
    let world = &*WORLD;
    let Some((mode, changes)) = data.split_first() else {
        return;
    };
    let made = changed(&world.honest, changes);
    let is_right = mode & 1 == 1;
    let made = match is_right {
        true => with_sums(&made[..world.len]),
        false => made,
    };
    File::options()
        .write(true)
        .open(&world.kept)
        .unwrap()
        .write_all_at(&made, 0)
        .unwrap();
    let log = Arc::new(ManifestLog::of(&world.layout).unwrap());
    let Ok(manifest) = log.read(&node()) else {
        assert!(!is_right, "{}", world.root.display());
        return;
    };
    let seed = usize::from(*mode) * 67 % FILES;
    for number in [0, seed, FILES / 2, FILES - 1] {
        let (name, expected) = line(number);
        match manifest.get(RepoPath::new(name.as_bytes())) {
            Ok(found) if !is_right => assert_eq!(found.map(|entry| entry.node), Some(expected)),
            _ => {}
        }
    }
    let odd = [&changes[..changes.len().min(30)], b"directory09"];
    for name in odd {
        if let Ok(Some(_)) = manifest.get(RepoPath::new(name)) {
            let is_there = (0..FILES).any(|number| line(number).0.as_bytes() == name);
            assert!(is_right || is_there);
        }
    }
    if mode & 6 == 6
        && let Ok(count) = manifest.count()
    {
        assert!(is_right || count == FILES);
    }
});
