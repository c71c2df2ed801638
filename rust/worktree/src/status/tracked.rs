//! What the walk says about files that the dirstate knows, there or not.
//! Finding them on disk belongs to `visit`.

use hyg_base::{RepoPath, Result};
use rustix::fs::Stat;

use super::listing::{Kind, kind_of};
use super::task::{Cache, How, Task};
use super::verdict::Verdict;
use super::visit::{Here, Visitor};
use crate::dirstate::tree::Node;

impl<'a> Visitor<'a> {
    /// An entry of the dirstate whose file has the type `kind`, or is not there.
    pub(super) fn entry(
        &mut self,
        here: &mut Here<'a>,
        node: &Node<'a>,
        kind: Option<Kind>,
        stat: Option<&Stat>,
    ) -> Result<()> {
        let record = &node.record;
        // A probed node has been matched already.
        if here.task.how != How::Probe && !self.plan.matches(node.path)? {
            return Ok(());
        }
        let path = RepoPath::new(node.path);
        self.report_copy(node)?;
        let findings = &mut self.findings;
        if !record.is_wc_tracked() {
            return findings.removed.push(path);
        }
        if kind != Some(Kind::File) {
            return findings.deleted.push(path);
        }
        if record.is_from_merge() {
            return findings.modified.push(path);
        }
        if record.is_added() {
            return findings.added.push(path);
        }
        let verdict = match stat {
            Some(stat) => self.plan.judge.judge(record, stat),
            None => match self.look(here, node) {
                Ok(stat) if kind_of(&stat) == Kind::File => self.plan.judge.judge(record, &stat),
                Ok(_) => return self.findings.deleted.push(path),
                Err(error) => {
                    self.report_unreadable(here, error);
                    return self.findings.deleted.push(path);
                }
            },
        };
        match verdict {
            Verdict::Modified => self.findings.modified.push(path),
            Verdict::Unsure => self.findings.unsure.push(path),
            Verdict::Clean if self.plan.list_clean => self.findings.clean.push(path),
            Verdict::Clean => Ok(()),
        }
    }

    /// A node without anything on disk.
    pub(super) fn gone(
        &mut self,
        here: &Here<'a>,
        node: &Node<'a>,
        more: &mut Vec<Task<'a>>,
    ) -> Result<()> {
        if !here.visit.includes(node.name) {
            return Ok(());
        }
        let record = &node.record;
        if record.has_entry() && self.plan.matches(node.path)? {
            let path = RepoPath::new(node.path);
            self.report_copy(node)?;
            match record.is_wc_tracked() {
                true => self.findings.deleted.push(path)?,
                false => self.findings.removed.push(path)?,
            }
        }
        if record.children.count > 0 {
            more.push(here.task.below(node, How::Gone, Cache::Never));
        }
        Ok(())
    }

    fn report_copy(&mut self, node: &Node<'a>) -> Result<()> {
        let record = &node.record;
        if self.plan.list_copies && record.is_wc_tracked() && record.has_copy() {
            let source = self.plan.dirstate.view().copy_source(record)?;
            let copy = |source| {
                (
                    RepoPath::new(node.path).to_buf(),
                    RepoPath::new(source).to_buf(),
                )
            };
            self.findings.copies.extend(source.map(copy));
        }
        Ok(())
    }
}
