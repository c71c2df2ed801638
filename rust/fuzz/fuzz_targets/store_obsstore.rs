//! Any bytes as obsolescence markers: markers whose nodes all come from the file, or an error.
#![no_main]

use hyg_store::Blob;
use hyg_store::obsstore::Markers;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(markers) = Markers::parse(Blob::from(data.to_vec())) else {
        assert!(data.len() > 1);
        return;
    };
    assert_eq!(markers.iter().count(), markers.len());
    let mut total = 1;
    for marker in markers.iter() {
        assert!(marker.predecessor.len() == 20 || marker.predecessor.len() == 32);
        assert_eq!(marker.replacements.len() % marker.predecessor.len(), 0);
        assert!(
            marker
                .successors()
                .all(|node| node.len() == marker.predecessor.len())
        );
        total += 19 + marker.predecessor.len() + marker.replacements.len();
    }
    assert!(markers.is_empty() || total <= data.len() + 13 * markers.len());
});
