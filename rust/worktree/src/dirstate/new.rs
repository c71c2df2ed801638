//! Writing a whole dirstate from its entries, in either format, over whatever was there.
//! The caller holds the working copy lock; recording single facts about clean files belongs to `store_fixes`.

use std::io;
use std::path::Path;

use hyg_base::{Error, Node, RepoPath, RepoPathBuf, Result};

use super::build::TreeBuilder;
use super::data_file::new_data_file;
use super::docket::{Docket, MARKER};
use super::record::Record;
use super::tree::{is_path, tree_order};
use super::{Format, publish, v1};
use crate::Entry;

/// An entry to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewItem {
    /// Path of the file.
    pub path: RepoPathBuf,
    /// What is known about it.
    pub entry: Entry,
    /// What it was copied from.
    pub copy_source: Option<RepoPathBuf>,
}

/// A dirstate to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDirstate {
    /// Parents of the working copy.
    pub parents: [Node; 2],
    /// Entries in any order, each path once.
    pub items: Vec<NewItem>,
}

impl NewDirstate {
    /// Replaces the dirstate in `dot_hg`.
    ///
    /// # Errors
    /// [`hyg_base::ErrorId::Io`]; [`hyg_base::ErrorId::IllegalPath`] for a path that cannot be in a repository or comes
    /// twice; [`hyg_base::ErrorId::Unsupported`] past the limits of the format. What was there is intact then.
    pub fn write(mut self, dot_hg: &Path, format: Format) -> Result<()> {
        self.items
            .sort_by(|a, b| tree_order(a.path.as_bytes(), b.path.as_bytes()));
        self.check()?;
        let main = dot_hg.join("dirstate");
        let failed = |error: io::Error| Error::io(&main, "write", &error);
        match format {
            Format::V1 => publish::replace(&main, &self.v1_bytes()).map_err(failed),
            Format::V2 => {
                let (data, mut docket) = self.v2_bytes()?;
                let old = std::fs::read(&main).unwrap_or_default();
                docket.uuid = new_data_file(dot_hg, &data, None).map_err(failed)?;
                publish::replace(&main, &docket.to_bytes()).map_err(failed)?;
                if old.starts_with(MARKER)
                    && let Ok(old) = Docket::parse(&old, &main)
                    && !old.uuid.is_empty()
                    && old.uuid != docket.uuid
                {
                    // A file that stays behind does no harm.
                    let _ = std::fs::remove_file(dot_hg.join(old.data_file()));
                }
                Ok(())
            }
        }
    }

    fn check(&self) -> Result<()> {
        for item in &self.items {
            check_path(&item.path)?;
        }
        match self
            .items
            .windows(2)
            .find(|pair| pair[0].path == pair[1].path)
        {
            Some(pair) => Err(illegal(&pair[0].path, "named twice")),
            None => Ok(()),
        }
    }

    fn v1_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for parent in &self.parents {
            out.extend_from_slice(parent.as_bytes());
        }
        for item in self.items.iter().filter(|item| item.entry.any_tracked()) {
            let copy = item.copy_source.as_ref().map(|source| source.as_bytes());
            v1::append_entry(&mut out, item.path.as_bytes(), &item.entry, copy);
        }
        out
    }

    fn v2_bytes(&self) -> Result<(Vec<u8>, Docket)> {
        let mut builder = TreeBuilder::with_capacity(self.items.len() * 96);
        for item in self.items.iter().filter(|item| item.entry.any_tracked()) {
            let mut record = Record {
                path_start: builder.append_path(item.path.as_bytes())?,
                ..Record::default()
            };
            if let Some(source) = &item.copy_source {
                record.copy_len = super::build::to_u16(source.as_bytes().len())?;
                record.copy_start = builder.append_path(source.as_bytes())?;
            }
            record.set_entry(&item.entry);
            builder.push(item.path.as_bytes(), record)?;
        }
        let (data, root) = builder.finish()?;
        let docket = Docket {
            parents: self.parents,
            root,
            data_size: super::build::to_u32(data.len())?,
            ..Docket::empty()
        };
        Ok((data, docket))
    }
}

fn illegal(path: &RepoPath, problem: &'static str) -> Error {
    Error::new(hyg_base::ErrorId::IllegalPath)
        .with("path", path.as_bytes())
        .with("problem", problem)
}

/// Whether a dirstate can have an entry of this name.
pub(super) fn check_path(path: &RepoPath) -> Result<()> {
    let bytes = path.as_bytes();
    if !is_path(bytes) || bytes.contains(&0) {
        return Err(illegal(path, "not a path of a repository"));
    }
    super::build::to_u16(bytes.len()).map(drop)
}
