//! Changes to the files of a store on behalf of one transaction: noted in its journal first, then made
//! (format: `docs/formats/journal.md`). Playing the journal back is the business of whoever made it.

mod nodemap;

use std::collections::HashSet;
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hyg_base::{Error, RepoPath, Result};

use crate::encode::encode_dirs;
use crate::layout::RepoLayout;
use crate::requirements::FNCACHE;
use crate::revlog::Piece;
use crate::vfs::Vfs;

pub use nodemap::write_nodemap;

/// The files of a store, as a transaction changes them.
pub struct StoreFiles {
    vfs: Arc<dyn Vfs>,
    journal: PathBuf,
    fncache: bool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Files in the journal.
    noted: HashSet<Vec<u8>>,
    /// Files in the list of backups.
    kept: HashSet<Vec<u8>>,
    /// Files that were not there before, for `fncache`.
    created: Vec<Vec<u8>>,
    /// Files that went away.
    removed: HashSet<Vec<u8>>,
}

impl std::fmt::Debug for StoreFiles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "StoreFiles({})", self.journal.display())
    }
}

fn append_line(path: &Path, line: &[u8]) -> Result<()> {
    let file = OpenOptions::new().append(true).create(true).open(path);
    file.and_then(|mut file| file.write_all(line))
        .map_err(|error| Error::io(path, "write", &error))
}

impl StoreFiles {
    /// The files of a repository's store, noted in the journal at this path.
    pub fn new(layout: &RepoLayout, journal: &Path) -> StoreFiles {
        StoreFiles {
            vfs: layout.store_vfs(),
            journal: journal.to_path_buf(),
            fncache: layout.requirements.contains(FNCACHE),
            state: Mutex::default(),
        }
    }

    /// Access to the files.
    pub fn vfs(&self) -> &Arc<dyn Vfs> {
        &self.vfs
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes what is going to be changed, with one write for all files that are appended to.
    ///
    /// # Errors
    /// [`hyg_base::ErrorId::Io`].
    pub fn note<'a>(&self, pieces: impl IntoIterator<Item = &'a Piece>) -> Result<()> {
        let mut lines = Vec::new();
        for piece in pieces {
            match piece {
                Piece::Append(name, size, _) => {
                    let mut state = self.state();
                    if state.noted.insert(name.clone()) {
                        if *size == 0 {
                            state.created.push(name.clone());
                        }
                        lines.extend_from_slice(name);
                        lines.extend_from_slice(format!("\0{size}\n").as_bytes());
                    }
                }
                Piece::Replace(name, _) => self.back_up(name)?,
            }
        }
        match lines.is_empty() {
            true => Ok(()),
            false => append_line(&self.journal, &lines),
        }
    }

    /// Notes that a file which is `size` bytes long is going to be appended to.
    ///
    /// # Errors
    /// [`hyg_base::ErrorId::Io`].
    pub fn note_append(&self, name: &[u8], size: u64) -> Result<()> {
        self.note([&Piece::Append(name.to_vec(), size, Vec::new())])
    }

    /// Makes a change that was noted.
    ///
    /// # Errors
    /// As [`Vfs::append`].
    pub fn perform(&self, piece: &Piece) -> Result<()> {
        match piece {
            Piece::Append(name, size, bytes) => self.vfs.append(name, *size, bytes),
            Piece::Replace(name, bytes) => self.vfs.publish(name, bytes),
        }
    }

    /// Notes changes and makes them, in their order.
    ///
    /// # Errors
    /// As [`Vfs::append`].
    pub fn write(&self, pieces: &[Piece]) -> Result<()> {
        self.note(pieces)?;
        pieces.iter().try_for_each(|piece| self.perform(piece))
    }

    fn backups(&self) -> PathBuf {
        let mut name = self.journal.clone().into_os_string();
        name.push(".backupfiles");
        PathBuf::from(name)
    }

    /// Keeps a copy of a file as it is now, which an abort puts back.
    ///
    /// # Errors
    /// [`hyg_base::ErrorId::Io`].
    pub fn back_up(&self, name: &[u8]) -> Result<()> {
        if !self.state().kept.insert(name.to_vec()) {
            return Ok(());
        }
        let at = memchr::memrchr(b'/', name).map_or(0, |slash| slash + 1);
        let copy = [&name[..at], b"journal.backup.", &name[at..], b".bck"].concat();
        let copy: &[u8] = match self.vfs.keep_as(name, &copy)? {
            true => &copy,
            false => b"",
        };
        append_line(
            &self.backups(),
            &[b"\0", name, b"\0", copy, b"\x000\n"].concat(),
        )
    }

    /// Writes a file that goes away when the transaction ends.
    ///
    /// # Errors
    /// [`hyg_base::ErrorId::Io`].
    pub fn write_temporary(&self, name: &[u8], bytes: &[u8]) -> Result<()> {
        if self.state().kept.insert(name.to_vec()) {
            append_line(&self.backups(), &[b"\0\0", name, b"\x000\n"].concat())?;
        }
        self.vfs.publish(name, bytes)
    }

    /// Replaces a file whole.
    ///
    /// # Errors
    /// [`hyg_base::ErrorId::Io`].
    pub fn replace(&self, name: &[u8], bytes: Vec<u8>) -> Result<()> {
        self.write(&[Piece::Replace(name.to_vec(), bytes)])
    }

    /// Cuts files, for good: an abort cuts them likewise. The journal names all of them before the first is touched, so
    /// that whoever recovers finishes what a process that died began; it is replaced, because half of these lines would
    /// have some files cut and others not.
    ///
    /// # Errors
    /// [`hyg_base::ErrorId::Io`].
    pub fn cut(&self, cuts: &[(Vec<u8>, u64)]) -> Result<()> {
        let read = std::fs::read(&self.journal);
        let mut lines = read.map_err(|error| Error::io(&self.journal, "read", &error))?;
        for (name, size) in cuts {
            lines.extend_from_slice(name);
            lines.extend_from_slice(format!("\0{size}\n").as_bytes());
        }
        let name = self.journal.file_name().unwrap_or_default();
        self.vfs.publish(name.as_bytes(), &lines)?;
        let mut state = self.state();
        for (name, size) in cuts {
            state.noted.remove(name);
            if *size == 0 {
                state.removed.insert(name.clone());
                state.created.retain(|created| created != name);
            }
        }
        drop(state);
        self.write_fncache()?;
        cuts.iter()
            .try_for_each(|(name, size)| self.vfs.cut(name, *size))
    }

    /// Brings `fncache` up to date with the files that came and went.
    ///
    /// # Errors
    /// As [`crate::fncache::load`] where it is made anew; [`hyg_base::ErrorId::Io`].
    pub fn write_fncache(&self) -> Result<()> {
        let (created, removed) = {
            let mut state = self.state();
            let created = std::mem::take(&mut state.created);
            (created, std::mem::take(&mut state.removed))
        };
        if !self.fncache {
            return Ok(());
        }
        let is_listed = |name: &&Vec<u8>| name.starts_with(b"data/") || name.starts_with(b"meta/");
        let mut lines = Vec::new();
        for name in created.iter().filter(is_listed) {
            lines.extend_from_slice(&encode_dirs(name));
            lines.push(b'\n');
        }
        if removed.iter().any(|name| is_listed(&name)) {
            let mut whole = Vec::new();
            for name in crate::fncache::load(&*self.vfs)?
                .iter()
                .map(RepoPath::as_bytes)
            {
                if !removed.contains(name) {
                    whole.extend_from_slice(&encode_dirs(name));
                    whole.push(b'\n');
                }
            }
            whole.extend_from_slice(&lines);
            // Files that went away are gone for good: who takes the rest back does not bring their names back.
            let is_noted = self.state().noted.contains(b"fncache".as_slice());
            return match is_noted {
                true => self.replace(b"fncache", whole),
                false => self.vfs.publish(b"fncache", &whole),
            };
        }
        if lines.is_empty() {
            return Ok(());
        }
        let size = match self.vfs.open(b"fncache")? {
            Some(file) => file.size()?,
            None => 0,
        };
        self.write(&[Piece::Append(b"fncache".to_vec(), size, lines)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(dir: &Path) -> StoreFiles {
        std::fs::create_dir_all(dir.join(".hg/store")).unwrap();
        let requires = "store\nfncache\ndotencode\nrevlogv1\ngeneraldelta\nsparserevlog\n";
        std::fs::write(dir.join(".hg/requires"), requires).unwrap();
        let layout = RepoLayout::open(dir).unwrap();
        StoreFiles::new(&layout, &dir.join(".hg/store/journal"))
    }

    #[test]
    fn changes_are_noted_first_and_once() {
        let dir = tempfile::tempdir().unwrap();
        let files = files(dir.path());
        let store = dir.path().join(".hg/store");
        let piece = |size: u64| Piece::Append(b"data/A.i".to_vec(), size, b"xyz".to_vec());
        files.write(&[piece(0)]).unwrap();
        files.write(&[piece(3)]).unwrap();
        assert_eq!(
            std::fs::read(store.join("journal")).unwrap(),
            b"data/A.i\x000\n"
        );
        assert_eq!(std::fs::read(store.join("data/_a.i")).unwrap(), b"xyzxyz");
        files.replace(b"data/A.i", b"new".to_vec()).unwrap();
        let kept = std::fs::read(store.join("data/journal.backup._a.i.bck")).unwrap();
        assert_eq!(kept, b"xyzxyz");
        let backups = std::fs::read(store.join("journal.backupfiles")).unwrap();
        assert_eq!(backups, b"\0data/A.i\0data/journal.backup.A.i.bck\x000\n");
        files.write_fncache().unwrap();
        assert_eq!(std::fs::read(store.join("fncache")).unwrap(), b"data/A.i\n");
        files.cut(&[(b"data/A.i".to_vec(), 0)]).unwrap();
        assert_eq!(std::fs::read(store.join("fncache")).unwrap(), b"");
        assert!(!store.join("data/_a.i").exists());
    }
}
