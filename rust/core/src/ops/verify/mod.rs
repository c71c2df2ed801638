//! Whether the history can be read and fits together: changesets, manifests, files and the dirstate, as findings in the order in
//! which Mercurial tells them. How a finding is worded is Python's matter; single files are checked in `files`.

mod dirstate;
mod files;
mod manifests;
mod revlogs;

use std::collections::{BTreeMap, HashMap, HashSet};

use hyg_base::{Error, Fact, Interrupt, Node, Reporter, Result, Rev, Warning};
use hyg_store::requirements::FNCACHE;
use hyg_store::{fncache, revlog::Revlog};

use crate::repo::Repo;
use revlogs::check_revlog;

/// Something that was found.
#[derive(Debug)]
pub struct Finding {
    /// What it is, by an id that `ops/verify.py` words, with its facts.
    pub what: Warning,
    /// The changeset that it came with.
    pub link: Option<Rev>,
    /// The revlog or file that it is about, where that is to be said.
    pub name: Option<Vec<u8>>,
    /// The error on the way to it.
    pub problem: Option<Error>,
}

impl Finding {
    /// One that is about nothing yet.
    pub(self) fn new(id: &'static str) -> Finding {
        Finding {
            what: Warning::new(id),
            link: None,
            name: None,
            problem: None,
        }
    }

    fn fact(mut self, name: &'static str, fact: impl Into<Fact>) -> Finding {
        self.what = self.what.with(name, fact);
        self
    }

    fn node(self, node: &Node) -> Finding {
        self.fact("node", &short(node)[..])
    }

    fn at(mut self, link: Option<Rev>) -> Finding {
        self.link = link;
        self
    }

    fn about(mut self, name: &[u8]) -> Finding {
        self.name = Some(name.to_vec());
        self
    }

    fn because(mut self, problem: Error) -> Finding {
        self.problem = Some(problem);
        self
    }
}

/// The first digits of a node.
fn short(node: &Node) -> [u8; 12] {
    let mut digits = [0; 12];
    digits.copy_from_slice(&node.to_hex()[..12]);
    digits
}

/// What is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VerifyRequest {
    /// Manifests are put together whole, too.
    pub full: bool,
    /// Copies are looked for in the parents of their changesets.
    pub verbose: bool,
    /// Censored content is an error.
    pub censored_is_wrong: bool,
}

/// How much was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Changesets.
    pub changesets: usize,
    /// Revisions of files.
    pub changes: usize,
    /// Files.
    pub files: usize,
}

/// Who is told; an error of it ends everything.
pub type Receive<'a> = dyn FnMut(Finding) -> Result<()> + 'a;

/// Changesets by what they name.
type Links = HashMap<Node, Vec<Rev>>;
/// The revisions of a file that manifests name, with the changesets they are from (`None`: not to be trusted); the
/// first one of a node counts.
type FileNodes = BTreeMap<Vec<u8>, Vec<(Node, Option<Rev>)>>;
type FileLinks = BTreeMap<Vec<u8>, Vec<Rev>>;

/// Checks everything.
///
/// # Errors
/// Whatever opening changelog and manifests answers; what `receive` answers; interruption.
pub fn verify(
    repo: &Repo,
    request: VerifyRequest,
    reporter: &dyn Reporter,
    interrupt: &dyn Interrupt,
    receive: &mut Receive<'_>,
) -> Result<Verified> {
    let changelog = repo.changelog()?.revlog();
    let mut run = Verification {
        repo,
        request,
        reporter,
        interrupt,
        receive,
        has_changesets: !changelog.is_empty(),
        has_manifests: !repo.manifests()?.revlog().is_empty(),
        names_manifests: false,
        errors: 0,
        file_nodes: FileNodes::new(),
    };
    let (mut manifest_links, file_links) = run.changesets()?;
    run.manifests(&mut manifest_links, b"", &mut HashSet::new())?;
    run.crosscheck(&file_links)?;
    let (files, changes) = run.files(&file_links)?;
    if run.errors == 0 {
        run.dirstate()?;
    }
    Ok(Verified {
        changesets: changelog.len(),
        changes,
        files,
    })
}

struct Verification<'a, 'r> {
    repo: &'a Repo,
    request: VerifyRequest,
    reporter: &'a dyn Reporter,
    interrupt: &'a dyn Interrupt,
    receive: &'a mut Receive<'r>,
    has_changesets: bool,
    has_manifests: bool,
    names_manifests: bool,
    errors: usize,
    file_nodes: FileNodes,
}

/// Findings that are warnings, notes or steps.
const NO_ERRORS: [&str; 7] = [
    "step",
    "expected-link",
    "orphan",
    "orphan-directory",
    "not-listed",
    "copy-source-elsewhere",
    "null-copy-source",
];

impl Verification<'_, '_> {
    fn tell(&mut self, finding: Finding) -> Result<()> {
        self.errors += usize::from(!NO_ERRORS.contains(&finding.what.id));
        (self.receive)(finding)
    }

    fn tell_all(&mut self, findings: impl IntoIterator<Item = Finding>) -> Result<()> {
        findings
            .into_iter()
            .try_for_each(|finding| self.tell(finding))
    }

    fn step(&mut self, name: &'static str) -> Result<()> {
        self.tell(Finding::new("step").fact("step", name.as_bytes()))
    }

    fn position(&self, topic: &'static str, at: usize, of: usize) -> Result<()> {
        if at.is_multiple_of(64) {
            self.reporter.progress(topic, at as u64, of as u64);
            self.interrupt.check()?;
        }
        Ok(())
    }

    /// Names of files that the store's list has below a directory.
    fn listed(&self, below: &[u8]) -> Result<HashSet<Vec<u8>>> {
        let names = fncache::load(&*self.repo.store())?;
        let names = names.iter().map(|name| name.as_bytes());
        Ok(names
            .filter(|name| name.starts_with(below))
            .map(<[u8]>::to_vec)
            .collect())
    }

    fn has_list(&self) -> bool {
        self.repo.layout().requirements.contains(FNCACHE)
    }

    fn revlog(&mut self, revlog: &Revlog, name: &[u8]) -> Result<()> {
        let mut found = Vec::new();
        match revlog.is_empty() && (self.has_changesets || self.has_manifests) {
            true => found.push(Finding::new("empty").fact("file", name).at(Some(Rev(0)))),
            false => check_revlog(self.repo, revlog, name, None, &mut found)?,
        }
        self.tell_all(found)
    }

    fn changesets(&mut self) -> Result<(Links, FileLinks)> {
        self.step("changesets")?;
        let changelog = self.repo.changelog()?;
        let revlog = changelog.revlog();
        let mut manifests = Links::new();
        let mut files = FileLinks::new();
        let mut seen = HashMap::new();
        self.revlog(revlog, b"changelog")?;
        let limits = self.limits()?;
        for at in 0..revlog.len() {
            self.position("checking", at, revlog.len())?;
            let rev = Rev(at as i32);
            let mut found = Vec::new();
            limits.entry(revlog, rev, &mut seen, &[rev], b"changelog", &mut found)?;
            self.tell_all(found)?;
            let changeset = match changelog.changeset(rev) {
                Ok(changeset) => changeset,
                Err(problem) => {
                    self.names_manifests = true;
                    let unread = Finding::new("unread-changeset").node(&revlog.node(rev)?);
                    self.tell(unread.at(Some(rev)).because(problem))?;
                    continue;
                }
            };
            if changeset.manifest() != Node::NULL {
                manifests.entry(changeset.manifest()).or_default().push(rev);
                self.names_manifests = true;
            }
            for path in changeset.files() {
                let path = single_slashes(path.as_bytes());
                files.entry(path).or_default().push(rev);
            }
        }
        Ok((manifests, files))
    }

    fn crosscheck(&mut self, file_links: &FileLinks) -> Result<()> {
        self.step("crosscheck")?;
        let mut found = Vec::new();
        if self.has_manifests {
            for (path, links) in file_links {
                if !self.file_nodes.contains_key(path) {
                    let lacks = Finding::new("not-in-manifest").about(path);
                    found.push(lacks.at(links.first().copied()));
                }
            }
        }
        if self.has_changesets {
            for (path, nodes) in &self.file_nodes {
                if !file_links.contains_key(path) {
                    let link = files::first_link(self.repo, path, nodes).ok();
                    found.push(Finding::new("not-in-changeset").about(path).at(link));
                }
            }
        }
        self.tell_all(found)
    }
}

/// Old conversions left repeated slashes.
fn single_slashes(path: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(path.len());
    for byte in path {
        if *byte != b'/' || out.last() != Some(&b'/') {
            out.push(*byte);
        }
    }
    out
}
