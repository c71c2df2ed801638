//! Changes to the dirstate that need history: what a parent has decides which copies stay and which files are tracked.
//! How entries change is `hyg-worktree`'s business.

use std::collections::HashSet;
use std::path::Path;

use hyg_base::{Error, Node, RepoPath, RepoPathBuf, Result, Rev};
use hyg_store::requirements::DIRSTATE_V2;
use hyg_worktree::dirstate::{Editor, Facts, Format};

use crate::repo::Repo;

/// The dirstate of a working directory, to be changed.
///
/// # Errors
/// As [`Repo::dirstate`].
pub fn edit(repo: &Repo) -> Result<Editor> {
    let v2 = repo.layout().requirements.contains(DIRSTATE_V2);
    let format = if v2 { Format::V2 } else { Format::V1 };
    Ok(Editor::new(repo.dirstate()?, format))
}

/// Sets the parents. Of the copies in files that a second parent told about, those into files that are new to the first
/// parent stay; with one parent only, copies between files that it has neither of go.
///
/// # Errors
/// Whatever reading the dirstate or the manifest answers.
pub fn set_parents(repo: &Repo, editor: &mut Editor, parents: [Node; 2]) -> Result<()> {
    let dropped = editor.set_parents(parents)?;
    let copies = match parents[1] == Node::NULL {
        true => editor.copies()?,
        false => Vec::new(),
    };
    if dropped.is_empty() && copies.is_empty() {
        return Ok(());
    }
    let manifest = repo.manifest_to_keep(repo.rev_of(&parents[0])?)?;
    let has = |path: &RepoPath| Ok::<_, hyg_base::Error>(manifest.get(path)?.is_some());
    for (path, source) in &dropped {
        if !has(path)? && has(source)? {
            editor.copy(path, Some(source))?;
        }
    }
    for (path, source) in &copies {
        if !has(path)? && !has(source)? {
            editor.copy(path, None)?;
        }
    }
    Ok(())
}

/// Sets all files, or `only` these, to what a revision has; the next status looks at them.
///
/// # Errors
/// Whatever reading the manifest answers.
pub fn rebuild(
    repo: &Repo,
    editor: &mut Editor,
    rev: Rev,
    only: Option<&[RepoPathBuf]>,
) -> Result<()> {
    let node = match rev {
        Rev::NULL => Node::NULL,
        _ => repo.changelog()?.revlog().node(rev)?,
    };
    let there = Facts {
        tracked: true,
        in_first: true,
        p2_info: false,
    };
    let manifest = repo.manifest_to_keep(rev)?;
    let Some(only) = only else {
        editor.clear();
        editor.set_parents([node, Node::NULL])?;
        let mut walk = manifest.walk()?;
        while let Some((path, _)) = walk.advance()? {
            editor.place(path, there, None)?;
        }
        return Ok(());
    };
    editor.assign_parents([node, Node::NULL]);
    let mut done = HashSet::new();
    for path in only.iter().filter(|path| done.insert(*path)) {
        let facts = match manifest.get(path)? {
            Some(_) => there,
            None => Facts::default(),
        };
        editor.place(path, facts, None)?;
    }
    Ok(())
}

/// Tells other programs that the set of tracked files changed: the file holds another key than before.
///
/// # Errors
/// [`hyg_base::ErrorId::Io`].
pub fn write_tracked_hint(path: &Path) -> Result<()> {
    let failed = |error: std::io::Error| Error::io(path, "write", &error);
    let mut key = [0_u8; 16];
    let mut random = std::fs::File::open("/dev/urandom").map_err(failed)?;
    std::io::Read::read_exact(&mut random, &mut key).map_err(failed)?;
    let mut text = b"1\n".to_vec();
    text.extend(
        key.iter()
            .flat_map(|byte| format!("{byte:02x}").into_bytes()),
    );
    text.push(b'\n');
    hyg_worktree::dirstate::replace_file(path, &text).map_err(failed)
}
