//! Contents of the working copy's files, opened so that only a file or the target of a link is ever read, whatever has taken
//! the place of what was there a moment ago: nothing is followed, and nothing that is no file is waited for.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::OFlags;
use rustix::io::Errno;

use crate::repo::RepoOptions;

/// So many times a name is looked at again that is now a link and now none.
const LOOKS: usize = 8;
/// Parts of a long file that tell whether it can be compressed: how many, and how long.
const SAMPLES: u64 = 16;
const SAMPLE: usize = 64 * 1024;

/// What there is under a name.
pub(crate) enum Opened {
    /// A file, and how it looked when it was opened.
    File(File, Metadata),
    /// A link's target, and how the link looks.
    Link(Vec<u8>, Metadata),
}

/// Opens a file, or reads a link.
pub(crate) fn open(full: &Path) -> io::Result<Opened> {
    // Without the second flag a pipe would be waited for.
    let flags = OFlags::NOFOLLOW.union(OFlags::NONBLOCK);
    let mut options = OpenOptions::new();
    options.read(true).custom_flags(flags.bits() as i32);
    for _ in 0..LOOKS {
        match options.open(full) {
            Ok(file) => {
                let about = file.metadata()?;
                return match about.is_file() {
                    true => Ok(Opened::File(file, about)),
                    false if about.is_dir() => Err(Errno::ISDIR.into()),
                    false => Err(Errno::INVAL.into()),
                };
            }
            Err(error) if error.raw_os_error() == Some(Errno::LOOP.raw_os_error()) => {}
            Err(error) if error.raw_os_error() == Some(Errno::NXIO.raw_os_error()) => {
                return Err(Errno::INVAL.into());
            }
            Err(error) => return Err(error),
        }
        let about = fs::symlink_metadata(full)?;
        match fs::read_link(full) {
            Ok(target) => return Ok(Opened::Link(target.as_os_str().as_bytes().to_vec(), about)),
            // no link any more
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => {}
            Err(error) => return Err(error),
        }
    }
    Err(Errno::LOOP.into())
}

/// All of a file, or a link's target.
pub(crate) fn read(full: &Path) -> io::Result<Vec<u8>> {
    match open(full)? {
        Opened::Link(target, _) => Ok(target),
        Opened::File(file, about) => read_all(&file, &about),
    }
}

/// All of an open file, which may have become longer or shorter.
pub(crate) fn read_all(file: &File, about: &Metadata) -> io::Result<Vec<u8>> {
    hyg_store::vfs::read_all(file, about.len())
}

/// Whether a file is better not read as a whole, as the options of a repository say.
pub(crate) fn is_long(about: &Metadata, options: &RepoOptions) -> bool {
    about.is_file() && about.len() >= options.long_from
}

/// The next bytes of a file, for a buffer; a signal is no reason to stop.
pub(crate) fn read_some(file: &File, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match (&*file).read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            answer => return answer,
        }
    }
}

/// Parts of a long file from all over it.
pub(crate) fn samples(file: &File, about: &Metadata) -> io::Result<Vec<Vec<u8>>> {
    let step = about.len() / SAMPLES;
    (0..SAMPLES)
        .map(|number| {
            let mut sample = vec![0; SAMPLE];
            let count = file.read_at(&mut sample, number * step)?;
            sample.truncate(count);
            Ok(sample)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_and_links_are_read() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        fs::write(at("file"), b"content").unwrap();
        std::os::unix::fs::symlink("file", at("link")).unwrap();
        rustix::fs::mknodat(
            rustix::fs::CWD,
            at("pipe"),
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RUSR,
            0,
        )
        .unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(at("socket")).unwrap();
        assert_eq!(read(&at("file")).unwrap(), b"content");
        assert_eq!(read(&at("link")).unwrap(), b"file");
        let errno = |name: &str| read(&at(name)).unwrap_err().raw_os_error().unwrap();
        assert_eq!(errno("pipe"), Errno::INVAL.raw_os_error());
        assert_eq!(errno("socket"), Errno::INVAL.raw_os_error());
        assert_eq!(errno("."), Errno::ISDIR.raw_os_error());
        assert_eq!(errno("gone"), Errno::NOENT.raw_os_error());
    }
}
