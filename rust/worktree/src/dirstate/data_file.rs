//! The data file of the second format on disk: what is added is appended while most of the file counts, else the tree moves
//! to a new file. What is added belongs to `rewrite` and `alter`, locks to their callers.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use hyg_base::Result;

use super::build::to_u32;
use super::docket::Docket;
use super::rewrite::compact;
use super::tree::TreeView;
use super::{Dirstate, publish};

/// The bytes to add to a data file, or to start a new one with, and the docket for them.
#[derive(Debug)]
pub(super) struct Addition {
    docket: Docket,
    data: Vec<u8>,
    append: bool,
}

impl Addition {
    /// `added` lies behind what `dirstate` has; `docket` says all but where that ends.
    pub(super) fn new(dirstate: &Dirstate, mut docket: Docket, added: Vec<u8>) -> Result<Addition> {
        let old = dirstate.docket.data_size;
        // The same threshold as the peer's: half of the old file.
        let append = docket.unreachable < old / 2 + old % 2;
        if let (true, Ok(size)) = (append, u32::try_from(old as usize + added.len())) {
            docket.data_size = size;
            return Ok(Addition {
                docket,
                data: added,
                append,
            });
        }
        Ok(Addition {
            data: compacted(dirstate, &mut docket, &added)?,
            docket,
            append: false,
        })
    }

    /// Writes it; `dirstate` is what lies on disk.
    pub(super) fn write(mut self, dirstate: &Dirstate) -> io::Result<()> {
        let main = dirstate.dot_hg.join("dirstate");
        let old = dirstate.dot_hg.join(dirstate.docket.data_file());
        if self.append {
            let file = OpenOptions::new().write(true).open(&old)?;
            if file.metadata()?.len() < u64::from(dirstate.docket.data_size) {
                return Err(io::Error::from(io::ErrorKind::InvalidData));
            }
            // Bytes past the used size are leftovers of a writer that did not finish.
            file.write_all_at(&self.data, dirstate.docket.data_size.into())?;
            return publish::replace(&main, &self.docket.to_bytes());
        }
        let mode = std::fs::metadata(&old)?.permissions().mode() & 0o666;
        self.docket.uuid = new_data_file(&dirstate.dot_hg, &self.data, Some(mode))?;
        let published = publish::replace(&main, &self.docket.to_bytes());
        let (keep, drop) = match published {
            Ok(()) => (&self.docket, &dirstate.docket),
            Err(_) => (&dirstate.docket, &self.docket),
        };
        if keep.uuid != drop.uuid {
            let _ = std::fs::remove_file(dirstate.dot_hg.join(drop.data_file()));
        }
        published
    }
}

/// The tree of `docket`, whose newest nodes are in `added`, as a data file of its own.
fn compacted(dirstate: &Dirstate, docket: &mut Docket, added: &[u8]) -> Result<Vec<u8>> {
    let mut whole = Vec::with_capacity(dirstate.nodes.len() + added.len());
    whole.extend_from_slice(&dirstate.nodes);
    whole.extend_from_slice(added);
    let view = TreeView {
        paths: &whole,
        nodes: &whole,
        file: &dirstate.file,
    };
    let mut data = Vec::with_capacity(dirstate.nodes.len());
    docket.root.children = compact(view, docket.root.children, b"", &mut data, 0)?;
    docket.unreachable = 0;
    docket.data_size = to_u32(data.len())?;
    Ok(data)
}

/// Writes a data file under a name that is free and answers its identifier.
pub(super) fn new_data_file(dot_hg: &Path, data: &[u8], mode: Option<u32>) -> io::Result<Vec<u8>> {
    let mut random = [0u8; 4];
    for _ in 0..16 {
        io::Read::read_exact(&mut File::open("/dev/urandom")?, &mut random)?;
        let uuid = format!("{:08x}", u32::from_be_bytes(random));
        let path = dot_hg.join(format!("dirstate.{uuid}"));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(0o666);
        let mut file = match options.open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
            Err(error) => return Err(error),
        };
        let written = file.write_all(data).and_then(|()| match mode {
            Some(mode) => file.set_permissions(std::fs::Permissions::from_mode(mode)),
            None => Ok(()),
        });
        if let Err(error) = written {
            let _ = std::fs::remove_file(&path);
            return Err(error);
        }
        return Ok(uuid.into_bytes());
    }
    Err(io::Error::from(io::ErrorKind::AlreadyExists))
}
