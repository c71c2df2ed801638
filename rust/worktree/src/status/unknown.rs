//! What the walk says about files and directories that the dirstate does not know: unknown, ignored, or not meant.
//! Finding them on disk belongs to `visit`.

use hyg_base::{RepoPath, Result};

use super::listing::Kind;
use super::task::{Cache, DirPath, How, Task};
use super::visit::{Here, Visitor};
use crate::dirstate::record::Children;

impl<'a> Visitor<'a> {
    /// A child that the dirstate does not know.
    pub(super) fn unknown(
        &mut self,
        here: &mut Here<'a>,
        name: &[u8],
        kind: Kind,
        more: &mut Vec<Task<'a>>,
    ) -> Result<()> {
        if !here.visit.includes(name) {
            return Ok(());
        }
        match kind {
            Kind::File => self.unknown_file(here, name),
            Kind::Directory => self.unknown_directory(here, name, more),
            Kind::Other(_) => Ok(()),
        }
    }

    pub(super) fn unknown_file(&mut self, here: &mut Here<'a>, name: &[u8]) -> Result<()> {
        self.join(here, name);
        if !self.plan.reaches(&self.path) || !self.plan.matches(&self.path)? {
            // Another run may mean it, so this directory cannot be called complete.
            here.complete = false;
            return Ok(());
        }
        let inherited = self.is_ignored(here)?;
        let path = RepoPath::new(&self.path);
        if inherited || self.plan.ignore.ignores_file(path)? {
            if self.plan.list_ignored {
                self.findings.ignored.push(path)?;
            }
            return Ok(());
        }
        here.complete = false;
        if self.plan.list_unknown {
            self.findings.unknown.push(path)?;
        }
        Ok(())
    }

    fn unknown_directory(
        &mut self,
        here: &mut Here<'a>,
        name: &[u8],
        more: &mut Vec<Task<'a>>,
    ) -> Result<()> {
        let inherited = self.is_ignored(here)?;
        self.join(here, name);
        let ignored = inherited || self.plan.ignore.ignores_dir(RepoPath::new(&self.path))?;
        if ignored && !self.plan.list_ignored {
            return Ok(());
        }
        here.complete &= ignored;
        if !self.plan.is_subrepository(&self.path) {
            more.push(Task {
                path: DirPath::Found(self.path.as_slice().into()),
                nodes: Children::default(),
                how: How::List,
                covered: here.task.covered,
                ignored: Some(ignored),
                cache: Cache::Never,
            });
        }
        Ok(())
    }

    fn join(&mut self, here: &Here<'a>, name: &[u8]) {
        self.path.clear();
        self.path.extend_from_slice(here.task.path.as_bytes());
        if !self.path.is_empty() {
            self.path.push(b'/');
        }
        self.path.extend_from_slice(name);
    }

    /// Whether the directory being visited is ignored. Asked only when something unknown lies in it.
    pub(super) fn is_ignored(&mut self, here: &mut Here<'a>) -> Result<bool> {
        if let Some(ignored) = here.task.ignored {
            return Ok(ignored);
        }
        let path = RepoPath::new(here.task.path.as_bytes());
        let ignored = {
            let ignore = self.plan.ignore;
            self.ignored
                .contains(|above| ignore.ignores_dir(above), path)?
        };
        here.task.ignored = Some(ignored);
        Ok(ignored)
    }
}
