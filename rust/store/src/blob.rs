//! The bytes of a file, read or mapped, shared without copying.
//! Deciding which of the two a file gets belongs to the file system access (`vfs`).

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// The bytes of a file: owned or mapped. Cloning shares them.
///
/// A mapped file that another process shortens gives a fault on access, as in any program that maps files; repository
/// files that are mapped only ever grow or are replaced by rename.
#[derive(Clone)]
pub struct Blob(Arc<Inner>);

enum Inner {
    Owned(Vec<u8>),
    Mapped(memmap2::Mmap),
}

impl Blob {
    /// Maps a whole open file.
    ///
    /// # Errors
    /// What the operating system answered.
    pub fn map(file: &std::fs::File) -> std::io::Result<Blob> {
        #[expect(unsafe_code, reason = "mapping a file")]
        // SAFETY: the mapping is private and read-only; repository files that are mapped are append-only or replaced
        // by rename, so the bytes seen here do not change.
        let map = unsafe { memmap2::Mmap::map(file)? };
        Ok(Blob(Arc::new(Inner::Mapped(map))))
    }

    /// Maps the first `len` bytes of an open file, which has as many.
    ///
    /// # Errors
    /// What the operating system answered.
    pub fn map_part(file: &std::fs::File, len: usize) -> std::io::Result<Blob> {
        #[expect(unsafe_code, reason = "mapping a file")]
        // SAFETY: as in `map`.
        let map = unsafe { memmap2::MmapOptions::new().len(len).map(file)? };
        Ok(Blob(Arc::new(Inner::Mapped(map))))
    }

    /// Whether the bytes are mapped rather than read.
    pub fn is_mapped(&self) -> bool {
        matches!(*self.0, Inner::Mapped(_))
    }

    /// Gives up the pages of part `part` of `parts` equal ones, which come back when they are read again. To unmap a large
    /// file takes as long as to read it; several threads that give up a part each share that work.
    pub fn release(&self, part: usize, parts: usize) {
        let Inner::Mapped(map) = &*self.0 else {
            return;
        };
        let piece = (map.len() / parts.max(1)).next_multiple_of(1 << 16);
        let start = part.saturating_mul(piece).min(map.len());
        let len = piece.min(map.len() - start);
        #[expect(unsafe_code, reason = "advice about a mapping")]
        // SAFETY: the mapping is read-only and backed by its file, so pages that are dropped have the same bytes when they
        // are read again.
        let _only_advice =
            unsafe { map.unchecked_advise_range(memmap2::UncheckedAdvice::DontNeed, start, len) };
    }

    /// The bytes as a vector: without a copy where they were read and nobody else holds them.
    pub fn into_vec(self) -> Vec<u8> {
        match Arc::try_unwrap(self.0) {
            Ok(Inner::Owned(bytes)) => bytes,
            Ok(Inner::Mapped(map)) => map.to_vec(),
            Err(shared) => Blob(shared).to_vec(),
        }
    }
}

impl Default for Blob {
    fn default() -> Blob {
        Blob::from(Vec::new())
    }
}

impl From<Vec<u8>> for Blob {
    fn from(bytes: Vec<u8>) -> Blob {
        Blob(Arc::new(Inner::Owned(bytes)))
    }
}

impl Deref for Blob {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        match &*self.0 {
            Inner::Owned(bytes) => bytes,
            Inner::Mapped(map) => map,
        }
    }
}

impl AsRef<[u8]> for Blob {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Blob({} bytes, mapped: {})",
            self.len(),
            self.is_mapped()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Blob;

    #[test]
    fn released_pages_come_back() -> std::io::Result<()> {
        let directory = tempfile::tempdir()?;
        let path = directory.path().join("mapped");
        let bytes: Vec<u8> = (0..300_000u32).map(|at| at.to_le_bytes()[1]).collect();
        std::fs::write(&path, &bytes)?;
        for blob in [
            Blob::map(&std::fs::File::open(&path)?)?,
            Blob::from(bytes.clone()),
        ] {
            for (part, parts) in [(0, 2), (1, 2), (5, 2), (0, 0), (usize::MAX, 1)] {
                blob.release(part, parts);
                assert!(*blob == *bytes);
            }
        }
        Ok(())
    }
}
