//! Any bytes as phaseroots over a fixed history: one changeset's phase is the same asked alone and with all others, and
//! never lower than its parents'.
#![no_main]

use std::sync::Arc;

use hyg_base::Rev;
use hyg_fuzz::{MemoryVfs, Row, index};
use hyg_store::changelog::Changelog;
use hyg_store::phases::Phases;
use libfuzzer_sys::fuzz_target;

const PARENTS: [[i32; 2]; 6] = [[-1, -1], [0, -1], [1, -1], [2, -1], [0, -1], [3, 4]];

fuzz_target!(|data: &[u8]| {
    let rows: Vec<Row<'_>> = PARENTS
        .iter()
        .enumerate()
        .map(|(rev, parents)| Row {
            parents: *parents,
            node: 0x1111_1111 * (rev as u32 + 1),
            len: 0,
            chunk: b"",
        })
        .collect();
    let index = index(&rows);
    let vfs = Arc::new(MemoryVfs::new([
        ("00changelog.i", index.as_slice()),
        ("phaseroots", data),
    ]));
    let changelog = Changelog::open(vfs.clone(), false).unwrap();
    let Ok(phases) = Phases::load(&*vfs, &changelog) else {
        return;
    };
    let all = phases.all(&changelog).unwrap();
    for (rev, parents) in PARENTS.iter().enumerate() {
        assert_eq!(phases.phase(&changelog, Rev(rev as i32)).unwrap(), all[rev]);
        for parent in parents
            .iter()
            .filter_map(|parent| usize::try_from(*parent).ok())
        {
            assert!(all[parent] <= all[rev]);
        }
    }
});
