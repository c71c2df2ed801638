//! The manifests of the root and of directories: what they name, and whether they are named.
//! Only what each delta brings is read; whole texts are put together where that is asked for.

use std::collections::{BTreeMap, HashMap, HashSet};

use hyg_base::{Error, ErrorId, Node, Result, Rev};
use hyg_store::manifest::Lines;
use hyg_store::revlog::Revlog;

use super::revlogs::files_of;
use super::{Finding, Links, Verification, single_slashes};

/// One line of a manifest.
struct Named<'a> {
    path: &'a [u8],
    node: Node,
    is_dir: bool,
}

fn split_line(line: &[u8]) -> Result<Named<'_>, &'static str> {
    let Some(end) = memchr::memchr(0, line) else {
        return Err("a manifest line is cut short");
    };
    let (path, rest) = (&line[..end], &line[end + 1..]);
    let Some((hex, flags)) = rest.split_at_checked(40) else {
        return Err("a manifest line is cut short");
    };
    if path.is_empty() {
        return Err("a manifest line has no path");
    }
    if !matches!(flags, b"" | b"x" | b"l" | b"t") {
        return Err("a manifest line is malformed");
    }
    let node = Node::from_hex(hex).ok_or("a node of a manifest is not hexadecimal")?;
    Ok(Named {
        path,
        node,
        is_dir: flags == b"t",
    })
}

fn check_lines(revlog: &Revlog, rev: Rev) -> Result<()> {
    let text = revlog.revision(rev)?;
    let mut lines = Lines::new(&text);
    loop {
        match lines
            .advance()
            .and_then(|line| line.map(|line| line.entry()).transpose())
        {
            Ok(Some(_)) => {}
            Ok(None) => return Ok(()),
            Err(error) => return Err(revlog.place(error, &revlog.entry(rev)?)),
        }
    }
}

impl Verification<'_, '_> {
    /// The manifests of a directory (path with a slash at the end); those of directories below come along.
    pub(super) fn manifests(
        &mut self,
        links: &mut Links,
        directory: &[u8],
        store_files: &mut HashSet<Vec<u8>>,
    ) -> Result<()> {
        if directory.is_empty() {
            self.step("manifests")?;
        }
        let label = if directory.is_empty() {
            b"manifest"
        } else {
            directory
        };
        let revlog = self.repo.manifests()?.dir_revlog(directory)?;
        for name in files_of(&revlog) {
            store_files.remove(&name);
        }
        if self.names_manifests {
            self.revlog(&revlog, label)?;
        }
        let mut below: BTreeMap<(usize, Vec<u8>), Links> = BTreeMap::new();
        let mut order: HashMap<Vec<u8>, usize> = HashMap::new();
        let mut seen = HashMap::new();
        let limits = self.limits()?;
        for at in 0..revlog.len() {
            self.position("checking", at, revlog.len())?;
            let rev = Rev(at as i32);
            let node = revlog.node(rev)?;
            let mut found = Vec::new();
            let named = links.get(&node).map_or(&[][..], Vec::as_slice);
            let link = limits.entry(&revlog, rev, &mut seen, named, label, &mut found)?;
            self.tell_all(found)?;
            if links.remove(&node).is_none() {
                let lack = match directory {
                    b"" => "manifest-without-changeset",
                    _ => "manifest-without-parent",
                };
                self.tell(Finding::new(lack).node(&node).about(label).at(link))?;
            }
            match revlog.new_bytes(rev) {
                Ok(text) => {
                    let read = self.names(&text, directory, link, |path, node| {
                        let number = order.len();
                        let number = *order.entry(path.clone()).or_insert(number);
                        let links = below.entry((number, path)).or_default();
                        links
                            .entry(node)
                            .or_default()
                            .push(link.unwrap_or(Rev::NULL));
                    })?;
                    if let Err(problem) = read {
                        let entry = revlog.entry(rev)?;
                        self.unread(
                            "unread-delta",
                            label,
                            link,
                            revlog.corrupt(problem, &entry),
                            &node,
                        )?;
                    }
                }
                Err(problem) => self.unread("unread-delta", label, link, problem, &node)?,
            }
            if self.request.full
                && let Err(problem) = check_lines(&revlog, rev)
            {
                self.unread("unread-manifest", label, link, problem, &node)?;
            }
        }
        if self.has_manifests {
            self.left(links, directory, label)?;
        }
        if !below.is_empty() {
            self.directories(below, directory, store_files)?;
        }
        Ok(())
    }

    /// Takes note of what a manifest newly names; directories go to `receive`.
    fn names(
        &mut self,
        text: &[u8],
        directory: &[u8],
        link: Option<Rev>,
        mut receive: impl FnMut(Vec<u8>, Node),
    ) -> Result<Result<(), &'static str>> {
        let text = text.strip_suffix(b"\n").unwrap_or(text);
        if text.is_empty() {
            return Ok(Ok(()));
        }
        for line in text.split(|byte| *byte == b'\n') {
            let named = match split_line(line) {
                Ok(named) => named,
                Err(problem) => return Ok(Err(problem)),
            };
            if named.path == b"/dev/null" {
                continue; // of very old programs
            }
            let mut whole = directory.to_vec();
            whole.extend_from_slice(&single_slashes(named.path));
            if named.is_dir {
                whole.push(b'/');
                receive(whole, named.node);
            } else {
                let nodes = self.file_nodes.entry(whole).or_default();
                nodes.push((named.node, link));
            }
        }
        Ok(Ok(()))
    }

    fn unread(
        &mut self,
        id: &'static str,
        label: &[u8],
        link: Option<Rev>,
        problem: Error,
        node: &Node,
    ) -> Result<()> {
        if problem.id() == ErrorId::Interrupted {
            return Err(problem);
        }
        self.tell(
            Finding::new(id)
                .node(node)
                .about(label)
                .at(link)
                .because(problem),
        )
    }

    /// Manifests that somebody names and nobody has.
    fn left(&mut self, links: &Links, directory: &[u8], label: &[u8]) -> Result<()> {
        let mut left: Vec<(Rev, Node)> = Vec::new();
        for (node, revs) in links {
            left.extend(revs.iter().map(|rev| (*rev, *node)));
        }
        left.sort_unstable();
        let id = match directory {
            b"" => "unknown-manifest",
            _ => "unknown-directory-manifest",
        };
        let unknown =
            |(link, node): (Rev, Node)| Finding::new(id).node(&node).about(label).at(Some(link));
        self.tell_all(left.into_iter().map(unknown))
    }

    fn directories(
        &mut self,
        below: BTreeMap<(usize, Vec<u8>), Links>,
        directory: &[u8],
        store_files: &mut HashSet<Vec<u8>>,
    ) -> Result<()> {
        if directory.is_empty() {
            self.step("directories")?;
            store_files.extend(self.listed(b"meta/")?);
        }
        for ((_, name), mut links) in below {
            self.manifests(&mut links, &name, store_files)?;
        }
        if directory.is_empty() {
            let mut orphans: Vec<Vec<u8>> = store_files.drain().collect();
            orphans.sort();
            let orphan = |name: Vec<u8>| Finding::new("orphan").fact("file", name);
            self.tell_all(orphans.into_iter().map(orphan))?;
        }
        Ok(())
    }
}
