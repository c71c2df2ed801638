//! Directories among the caches that keep the youngest of what is written into them, by names of forty digits.
//! What is kept, and how, belongs to who writes it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use hyg_base::Node;

/// What an interrupted writer left is removed after this time.
pub(crate) const ABANDONED: Duration = Duration::from_secs(3600);

/// Removes all but the youngest `most` files, and what others did not finish.
pub fn keep_youngest(directory: &Path, most: usize) {
    let Ok(entries) = fs::read_dir(directory) else {
        return;
    };
    let mut found: Vec<(SystemTime, PathBuf)> = Vec::new();
    for entry in entries.flatten() {
        let Ok(written) = entry.metadata().and_then(|about| about.modified()) else {
            continue;
        };
        if Node::from_hex(entry.file_name().as_encoded_bytes()).is_some() {
            found.push((written, entry.path()));
        } else if written.elapsed().is_ok_and(|age| age > ABANDONED) {
            let _ = fs::remove_file(entry.path());
        }
    }
    found.sort();
    for (_, path) in found.iter().rev().skip(most) {
        let _ = fs::remove_file(path);
    }
}
