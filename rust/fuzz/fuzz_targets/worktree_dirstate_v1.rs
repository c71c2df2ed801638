//! Any bytes as a dirstate of format 1: every entry is an answer or an error; what the walk gives, a look-up gives too.
#![no_main]

use std::path::PathBuf;
use std::sync::LazyLock;

use hyg_worktree::dirstate::Dirstate;
use libfuzzer_sys::fuzz_target;

static DOT_HG: LazyLock<PathBuf> = LazyLock::new(|| {
    let path = std::env::temp_dir().join(format!("hyg-fuzz-v1-{}", std::process::id()));
    std::fs::create_dir_all(&path).unwrap();
    path
});

fuzz_target!(|data: &[u8]| {
    std::fs::write(DOT_HG.join("dirstate"), data).unwrap();
    let Ok(dirstate) = Dirstate::open_in(&DOT_HG, false) else {
        return;
    };
    let mut count = 0;
    for item in &dirstate {
        let Ok(item) = item else {
            return;
        };
        count += 1;
        assert_eq!(dirstate.get(item.path).unwrap(), Some(item.entry));
        let _state = (
            item.entry.state(),
            item.entry.v1_size(),
            item.entry.v1_mtime(),
        );
        let _source = dirstate.copy_source(item.path).unwrap();
        assert!(!dirstate.has_directory(item.path).unwrap() || count > 0);
    }
    assert_eq!(dirstate.len(), count);
});
