//! The bytes of a dirstate file, mapped where it is large.
//! Understanding them belongs to `dirstate`.

use std::fs::File;
use std::io::{self, Read};
use std::ops::Deref;
use std::path::Path;

use hyg_store::Blob;

/// Smaller files are read: mapping them costs more than copying them.
const WORTH_MAPPING: u64 = 64 * 1024;

/// Bytes of a file, of which only a first part may count.
#[derive(Debug, Default)]
pub(crate) struct FileBytes {
    blob: Blob,
    len: usize,
}

impl FileBytes {
    /// Reads or maps a file.
    pub(crate) fn open(path: &Path) -> io::Result<FileBytes> {
        let mut file = File::open(path)?;
        let blob = match file.metadata()?.len() >= WORTH_MAPPING {
            true => Blob::map(&file)?,
            false => {
                let mut bytes = Vec::new();
                file.read_to_end(&mut bytes)?;
                Blob::from(bytes)
            }
        };
        let len = blob.len();
        Ok(FileBytes { blob, len })
    }

    /// Lets only the first `len` bytes count; `false` where there are fewer.
    pub(crate) fn truncate(&mut self, len: usize) -> bool {
        let enough = len <= self.blob.len();
        if enough {
            self.len = len;
        }
        enough
    }

    /// Gives up the pages of part `part` of `parts`, as [`Blob::release`].
    pub(crate) fn release(&self, part: usize, parts: usize) {
        self.blob.release(part, parts);
    }
}

impl From<Vec<u8>> for FileBytes {
    fn from(bytes: Vec<u8>) -> FileBytes {
        FileBytes {
            len: bytes.len(),
            blob: Blob::from(bytes),
        }
    }
}

impl Deref for FileBytes {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.blob[..self.len]
    }
}
