//! The files that the working copy tracks, and nothing else about them: the shortest way through a dirstate.
//! Entries are read through `cursor`.

use hyg_base::{RepoPath, Result};

use super::Dirstate;
use super::cursor::below_comes_first;
use super::record::RECORD_LEN;
use super::tree::Node;

/// An open directory.
#[derive(Default)]
struct Open<'a> {
    nodes: Vec<Node<'a>>,
    next: usize,
    /// Nodes whose own turn is over and whose children wait.
    waiting: Vec<usize>,
}

impl Dirstate {
    /// Every tracked file, in byte order of the paths.
    ///
    /// # Errors
    /// [`hyg_base::ErrorId::CorruptFile`].
    pub fn tracked(&self) -> Result<Vec<&RepoPath>> {
        let view = self.view();
        // A claimed number of entries is believed as far as there are bytes for their nodes.
        let most = view.nodes.len() / RECORD_LEN;
        let mut found = Vec::with_capacity(self.len().min(most));
        let mut spare: Vec<Open<'_>> = Vec::new();
        let mut stack = vec![Open::default()];
        view.read_children(self.root_children(), b"", &mut stack[0].nodes)?;
        while let Some(open) = stack.last_mut() {
            let upcoming = open.nodes.get(open.next);
            if let Some(index) = open.waiting.last() {
                let directory = open.nodes[*index];
                if upcoming.is_none_or(|node| below_comes_first(directory.name, node.name)) {
                    open.waiting.pop();
                    let mut below = spare.pop().unwrap_or_default();
                    below.next = 0;
                    view.read_children(
                        directory.record.children,
                        directory.path,
                        &mut below.nodes,
                    )?;
                    stack.push(below);
                    continue;
                }
            }
            let Some(node) = upcoming else {
                spare.extend(stack.pop());
                continue;
            };
            if node.record.is_wc_tracked() {
                found.push(RepoPath::new(node.path));
            }
            if node.record.children.count > 0 {
                open.waiting.push(open.next);
            }
            open.next += 1;
        }
        Ok(found)
    }
}
