//! Any bytes as a dirstate of format 2: every entry is an answer or an error; what the walk gives, a look-up gives too.
#![no_main]

use std::path::PathBuf;
use std::sync::LazyLock;

use hyg_fuzz::parts;
use hyg_worktree::dirstate::Dirstate;
use libfuzzer_sys::fuzz_target;

static DOT_HG: LazyLock<PathBuf> = LazyLock::new(|| {
    let path = std::env::temp_dir().join(format!("hyg-fuzz-v2-{}", std::process::id()));
    std::fs::create_dir_all(&path).unwrap();
    path
});

fuzz_target!(|data: &[u8]| {
    let [docket, nodes] = parts(data);
    std::fs::write(DOT_HG.join("dirstate"), docket).unwrap();
    std::fs::write(DOT_HG.join("dirstate.0a1b2c3d"), nodes).unwrap();
    let Ok(dirstate) = Dirstate::open_in(&DOT_HG, true) else {
        return;
    };
    let mut seen = 0_usize;
    for item in &dirstate {
        let Ok(item) = item else {
            return;
        };
        // Nodes may be shared between directories, so that few bytes hold many paths.
        seen += 1;
        if seen > 10_000 {
            return;
        }
        let _entry = dirstate.get(item.path);
        let _state = (
            item.entry.state(),
            item.entry.v1_size(),
            item.entry.v1_mtime(),
        );
        let _source = dirstate.copy_source(item.path);
        let _directory = dirstate.has_directory(item.path);
    }
});
