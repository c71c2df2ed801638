//! Full texts of big manifests in `.hg/wcache`, mapped, so that one file is found without unpacking and hashing all of
//! them (format: `docs/formats/manifest-texts.md`). Which manifests are worth it is decided by who reads them.

use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use hyg_base::{Node, RepoPath};
use rustix::io::Errno;

use super::lines::{Line, Lines, read_line};
use crate::Blob;
use crate::shelf::keep_youngest;
use crate::vfs::{DiskVfs, Vfs, may_map};

/// Shorter texts are read from the store as fast.
pub(super) const WORTH_KEEPING: usize = 1 << 20;
/// How many texts are kept.
const MOST: usize = 4;
/// How much one checksum covers.
const BLOCK: usize = 1 << 16;
const MAGIC: &[u8; 8] = b"hygmft1\n";
/// Magic, node, length of the text, size of a block, checksum of the table and of these.
const FOOTER: usize = 8 + 20 + 8 + 4 + 4;

/// Where texts are kept.
#[derive(Clone, Debug)]
pub(super) struct Shelf(DiskVfs);

/// A kept text. What of it has not been compared with its checksum yet is not believed.
#[derive(Debug)]
pub(super) struct Kept {
    text: Blob,
    checksums: Vec<u32>,
    good: Vec<AtomicBool>,
}

/// A written text that has not got its name yet; without one it is removed.
#[derive(Debug)]
pub(super) struct Unnamed {
    temporary: PathBuf,
    path: PathBuf,
}

impl Shelf {
    /// The texts kept in a `wcache` directory.
    pub(super) fn in_wcache(wcache: &Path) -> Shelf {
        Shelf(DiskVfs::new(wcache.join("hyg-manifests")))
    }

    /// The text of a manifest, where it is kept and its length is right.
    pub(super) fn open(&self, node: &Node, len: usize) -> Option<Kept> {
        let file = File::open(self.0.path(&node.to_hex())).ok()?;
        if !may_map(&file) {
            return None;
        }
        let blocks = len.div_ceil(BLOCK);
        let tail = blocks.checked_mul(4)?.checked_add(FOOTER)?;
        let size = usize::try_from(file.metadata().ok()?.len()).ok()?;
        if len == 0 || len.checked_add(tail)? != size {
            return None;
        }
        let mut bytes = vec![0; tail];
        read_exact_at(&file, &mut bytes, len as u64)?;
        let (covered, sum) = bytes.split_last_chunk::<4>()?;
        if *sum != crc32fast::hash(covered).to_le_bytes() {
            return None;
        }
        let (table, _) = covered.split_at(blocks * 4);
        if covered[table.len()..] != footer(node, len) {
            return None;
        }
        let (sums, _) = table.as_chunks::<4>();
        Some(Kept {
            text: Blob::map_part(&file, len).ok()?,
            checksums: sums.iter().map(|sum| u32::from_le_bytes(*sum)).collect(),
            good: (0..blocks).map(|_| AtomicBool::new(false)).collect(),
        })
    }

    /// Writes a text without giving it its name; `None` where it cannot be kept.
    pub(super) fn write(&self, node: &Node, text: &[u8]) -> Option<Unnamed> {
        let mut tail = Vec::with_capacity(text.len().div_ceil(BLOCK) * 4 + FOOTER);
        for block in text.chunks(BLOCK) {
            tail.extend_from_slice(&crc32fast::hash(block).to_le_bytes());
        }
        tail.extend_from_slice(&footer(node, text.len()));
        let sum = crc32fast::hash(&tail);
        tail.extend_from_slice(&sum.to_le_bytes());
        let name = node.to_hex();
        let temporary = self.0.write_aside(&name, &[text, &tail]).ok()?;
        let path = self.0.path(&name);
        Some(Unnamed { temporary, path })
    }
}

impl Unnamed {
    /// Lets others find the text, which is right.
    pub(super) fn name(self, shelf: &Shelf) {
        // When that fails, dropping removes the file.
        if std::fs::rename(&self.temporary, &self.path).is_ok() {
            keep_youngest(shelf.0.base(), MOST);
        }
    }
}

impl Drop for Unnamed {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.temporary);
    }
}

impl Kept {
    /// The line of `path`; the outer `None` says that the text is damaged, or no manifest.
    pub(super) fn find(&self, path: &RepoPath) -> Option<Option<Line<'_>>> {
        let text = &*self.text;
        let damaged = AtomicBool::new(false);
        let read = |offset: usize| {
            let answer = read_line(text, offset);
            let next = answer.as_ref().map_or(text.len(), |(_, next)| *next);
            if answer.is_err() || !self.vouches(offset.saturating_sub(1)..next) {
                damaged.store(true, Ordering::Relaxed);
            }
            answer
        };
        let found = Lines::find_with(text, path.as_bytes(), &read);
        (!damaged.into_inner()).then(|| found.ok())?
    }

    /// The whole text; `None` where it is damaged.
    pub(super) fn whole(&self) -> Option<&Blob> {
        self.vouches(0..self.text.len()).then_some(&self.text)
    }

    fn vouches(&self, range: Range<usize>) -> bool {
        let blocks = range.start / BLOCK..range.end.min(self.text.len()).div_ceil(BLOCK);
        blocks.into_iter().all(|block| {
            if self.good[block].load(Ordering::Relaxed) {
                return true;
            }
            let start = block * BLOCK;
            let bytes = &self.text[start..self.text.len().min(start + BLOCK)];
            let is_good = crc32fast::hash(bytes) == self.checksums[block];
            self.good[block].store(is_good, Ordering::Relaxed);
            is_good
        })
    }
}

/// The footer without its checksum.
fn footer(node: &Node, len: usize) -> [u8; FOOTER - 4] {
    let mut bytes = [0; FOOTER - 4];
    bytes[..8].copy_from_slice(MAGIC);
    bytes[8..28].copy_from_slice(&node.0);
    bytes[28..36].copy_from_slice(&(len as u64).to_le_bytes());
    bytes[36..].copy_from_slice(&(BLOCK as u32).to_le_bytes());
    bytes
}

fn read_exact_at(file: &File, mut bytes: &mut [u8], mut offset: u64) -> Option<()> {
    while !bytes.is_empty() {
        match rustix::io::pread(file, &mut *bytes, offset) {
            Ok(0) => return None,
            Ok(count) => {
                bytes = &mut bytes[count..];
                offset += count as u64;
            }
            Err(Errno::INTR) => {}
            Err(_) => return None,
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::{Manifest, ManifestLog};
    use super::*;
    use crate::revlog::build::{Row, inline_index};
    use crate::revlog::hash::sha1;
    use crate::shelf::ABANDONED;
    use std::time::SystemTime;

    const FILES: usize = 24_000;

    struct World {
        dir: tempfile::TempDir,
        nodes: Vec<Node>,
    }

    fn name(number: usize) -> String {
        format!("directory{:03}/file{number:06}", number / 100)
    }

    /// A store with manifests of 24,000 files, the last of which has a node of its own in each.
    fn world(count: u8) -> World {
        let dir = tempfile::tempdir().unwrap();
        let rows: Vec<Row> = (0..count)
            .map(|version| {
                let mut text = Vec::new();
                for number in 0..FILES {
                    let seed = if number + 1 == FILES { version } else { 200 };
                    let line = format!("{}\0{}\n", name(number), sha1(&[&[seed]]));
                    text.extend_from_slice(line.as_bytes());
                }
                Row::text(&text)
            })
            .collect();
        std::fs::write(dir.path().join("00manifest.i"), inline_index(&rows, 1)).unwrap();
        let nodes = rows.iter().map(|row| row.node).collect();
        World { dir, nodes }
    }

    impl World {
        fn log(&self) -> Arc<ManifestLog> {
            let vfs = Arc::new(DiskVfs::new(self.dir.path()));
            let log = ManifestLog::open(vfs, false, false).unwrap();
            Arc::new(log.keeping_texts_in(&self.dir.path().join("wcache")))
        }

        fn kept(&self) -> Vec<PathBuf> {
            let entries = std::fs::read_dir(self.dir.path().join("wcache/hyg-manifests"));
            let mut found: Vec<PathBuf> = entries
                .into_iter()
                .flatten()
                .map(|entry| entry.unwrap().path())
                .collect();
            found.sort();
            found
        }

        /// Makes the stored texts unreadable; the index stays as it is.
        fn spoil_store(&self) {
            let path = self.dir.path().join("00manifest.i");
            let mut bytes = std::fs::read(&path).unwrap();
            bytes[64..].fill(b'!');
            std::fs::write(&path, bytes).unwrap();
        }
    }

    fn seeds(manifest: &Manifest) -> Vec<Option<Node>> {
        let numbers = [0, 1, FILES / 2, FILES - 2, FILES - 1];
        let paths = numbers.iter().map(|number| name(*number));
        paths
            .chain(["absent".into(), "zzz".into(), "directory100".into()])
            .map(|path| {
                let entry = manifest.get(RepoPath::new(path.as_bytes())).unwrap();
                entry.map(|entry| entry.node)
            })
            .collect()
    }

    #[test]
    fn a_kept_text_answers_instead_of_the_store() {
        let world = world(1);
        let cold = world.log().read(&world.nodes[0]).unwrap();
        assert!(world.kept().is_empty());
        let expected = seeds(&cold);
        assert_eq!(expected[4], Some(sha1(&[&[0]])));
        assert_eq!(
            seeds(&world.log().read_to_keep(&world.nodes[0]).unwrap()),
            expected
        );
        assert_eq!(world.kept().len(), 1);
        world.spoil_store();
        let warm = world.log().read(&world.nodes[0]).unwrap();
        assert_eq!(seeds(&warm), expected);
        assert_eq!(warm.count().unwrap(), FILES);
        assert_eq!(warm.text().unwrap().len(), cold.text().unwrap().len());
        std::fs::remove_file(&world.kept()[0]).unwrap();
        assert!(world.log().read(&world.nodes[0]).is_err());
    }

    #[test]
    fn a_damaged_text_is_not_believed() {
        let world = world(1);
        let cold = world.log().read_to_keep(&world.nodes[0]).unwrap();
        let (expected, text) = (seeds(&cold), cold.text().unwrap().to_vec());
        let path = world.kept().remove(0);
        let good = std::fs::read(&path).unwrap();
        let mut damages: Vec<Vec<u8>> = Vec::new();
        let places = (0..24).map(|part| part * good.len() / 24);
        for place in places.chain([text.len(), good.len() - 40, good.len() - 1]) {
            let mut bytes = good.clone();
            bytes[place] ^= 4;
            damages.push(bytes);
        }
        // The line of the file that is asked for, and the newline before it.
        let last = text.len() - name(FILES - 1).len() - 42;
        for place in [last - 1, last, text.len() - 10] {
            let mut bytes = good.clone();
            bytes[place] = b'\n' ^ (bytes[place] == b'\n') as u8;
            damages.push(bytes);
        }
        for len in [0, 10, good.len() / 2, good.len() - 1] {
            damages.push(good[..len].to_vec());
        }
        damages.push([&good[..], b"x"].concat());
        damages.push(vec![0; good.len()]);
        for damage in damages {
            std::fs::write(&path, damage).unwrap();
            let manifest = world.log().read(&world.nodes[0]).unwrap();
            assert_eq!(seeds(&manifest), expected);
            assert!(**manifest.text().unwrap() == *text);
        }
    }

    #[test]
    fn few_texts_are_kept_and_leftovers_go() {
        let world = world(6);
        world.log().read_to_keep(&world.nodes[0]).unwrap();
        let leftover = world.dir.path().join("wcache/hyg-manifests/.old-1-0~");
        let file = File::create(&leftover).unwrap();
        file.set_modified(SystemTime::now() - 2 * ABANDONED)
            .unwrap();
        let fresh = leftover.with_file_name(".new-1-0~");
        std::fs::write(&fresh, b"").unwrap();
        for node in &world.nodes {
            let manifest = world.log().read_to_keep(node).unwrap();
            assert_eq!(manifest.count().unwrap(), FILES);
        }
        assert!(!leftover.exists());
        assert_eq!(world.kept().len(), MOST + 1);
        assert!(fresh.exists());
        let last = world.kept()[0].with_file_name(world.nodes[5].to_string());
        assert!(last.exists());
    }

    #[test]
    fn nothing_is_said_where_nothing_can_be_kept() {
        let world = world(1);
        std::fs::write(world.dir.path().join("wcache"), b"a file").unwrap();
        let manifest = world.log().read_to_keep(&world.nodes[0]).unwrap();
        assert_eq!(manifest.count().unwrap(), FILES);
    }

    #[test]
    fn what_is_not_the_revision_is_not_kept() {
        let world = world(1);
        let path = world.dir.path().join("00manifest.i");
        let mut bytes = std::fs::read(&path).unwrap();
        let at = bytes.len() - 20;
        bytes[at] ^= 1;
        std::fs::write(&path, bytes).unwrap();
        assert!(world.log().read_to_keep(&world.nodes[0]).is_err());
        assert!(world.kept().is_empty());
    }
}
