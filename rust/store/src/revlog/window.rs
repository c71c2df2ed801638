//! Reading many texts that lie close to each other with few reads: a window of the data that moves along with them.
//! Only texts that are stored whole gain by it; everything else is read in the usual way.

use hyg_base::{Result, Rev};

use super::Revlog;
use super::chain::{Span, slice};
use super::chunk::decompress;
use crate::Blob;

/// So much is read at once.
const SIZE: u64 = 128 * 1024;

/// A part of a revlog's data that was read.
#[derive(Debug, Default)]
pub struct Window {
    start: u64,
    bytes: Vec<u8>,
}

impl Revlog {
    /// As [`Revlog::revision`], for who reads many neighbours, in either direction.
    ///
    /// # Errors
    /// As [`Revlog::revision`].
    pub fn revision_near(&self, rev: Rev, window: &mut Window) -> Result<Blob> {
        match self.whole_text(rev, window) {
            Some(text) => Ok(text),
            None => self.revision(rev),
        }
    }

    /// A text that is stored whole, checked; none where the usual way has to be gone, or something is wrong.
    fn whole_text(&self, rev: Rev, window: &mut Window) -> Option<Blob> {
        let entry = self.entry(rev).ok()?;
        let is_whole = entry.base() == rev && self.is_on_disk(&entry) && self.is_plain(&entry);
        if !is_whole {
            return None;
        }
        let span = self.span(&entry).ok()?;
        if span.len > SIZE / 2 {
            return None;
        }
        if slice(&window.bytes, window.start, span).is_none() {
            self.move_window(span, window)?;
        }
        let stored = slice(&window.bytes, window.start, span)?;
        let wanted = usize::try_from(entry.uncompressed_len()).ok()?;
        let text = decompress(stored, wanted).ok()?.into_owned();
        (text.len() == wanted && self.check_hash(&entry, &text).is_ok()).then(|| text.into())
    }

    /// Reads what begins, or where one goes backwards ends, with `span`.
    fn move_window(&self, span: Span, window: &mut Window) -> Option<()> {
        let is_first = window.bytes.is_empty();
        let (start, len) = match span.start < window.start {
            _ if is_first => (span.start, span.len.max(1)),
            true => (span.end().saturating_sub(SIZE), SIZE),
            false => (span.start, SIZE),
        };
        let bytes = self.data_file().ok()?.read_at(start, len as usize).ok()?;
        *window = Window { start, bytes };
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::revlog::build::{Row, inline_index, split_index};
    use crate::revlog::{Kind, Options};
    use crate::vfs::DiskVfs;
    use std::sync::Arc;

    #[test]
    fn neighbours_are_read_alike_in_any_order() {
        let texts: Vec<Vec<u8>> = (0..40u8)
            .map(|at| vec![b'a' + at % 26; 1 + 9000 * usize::from(at % 11 == 3)])
            .collect();
        let mut rows: Vec<Row> = texts.iter().map(|text| Row::text(text)).collect();
        rows.push(Row::delta(0, (0, 1), b"new", b"new"));
        rows.push(Row {
            text_len: 3,
            ..Row::text(b"four")
        });
        let damaged = rows.len() as i32 - 1;
        let (index, data) = split_index(&rows, 0x0002_0001);
        for files in [
            vec![("log.i", index), ("log.d", data)],
            vec![("log.i", inline_index(&rows, 0x0002_0001))],
        ] {
            let dir = tempfile::tempdir().unwrap();
            for (name, data) in files {
                std::fs::write(dir.path().join(name), data).unwrap();
            }
            let options = Options {
                kind: Kind::Changelog,
                name: b"log".to_vec(),
                nodemap: false,
            };
            let log = Revlog::open(Arc::new(DiskVfs::new(dir.path())), b"log", options).unwrap();
            let mut window = Window::default();
            let orders: [Vec<i32>; 3] = [
                (0..damaged).collect(),
                (0..damaged).rev().collect(),
                vec![20, 3, 40, 0, 39, 3],
            ];
            for rev in orders.into_iter().flatten().map(Rev) {
                let near = log.revision_near(rev, &mut window).unwrap();
                assert_eq!(&*near, &*log.revision(rev).unwrap(), "{rev}");
            }
            let error = log.revision_near(Rev(damaged), &mut window).unwrap_err();
            assert_eq!(
                error.to_string(),
                log.revision(Rev(damaged)).unwrap_err().to_string()
            );
        }
    }
}
