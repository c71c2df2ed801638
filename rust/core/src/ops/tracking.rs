//! Looks at files that are to be tracked: most are plain, and nothing has to be said about them one by one.
//! What is said about the others, and tracking, is not done here.

use hyg_base::{PathList, RepoPath, Result};

use super::parallel;
use crate::repo::Repo;

/// Files that are looked at by one thread at a time.
const BATCH: usize = 512;
/// Names that one widespread system reserves, whatever follows a dot.
const RESERVED: [&[u8]; 4] = [b"con", b"prn", b"aux", b"nul"];
/// The same with a digit behind.
const PORTS: [&[u8]; 2] = [b"com", b"lpt"];

/// Divides paths into those of plain files, and those that need a word: a name that other systems cannot store, neither a
/// regular file nor a link, larger than `limit`, or gone.
///
/// # Errors
/// None but those of lists of paths.
pub fn plain_files(repo: &Repo, paths: &PathList, limit: Option<u64>) -> Result<[PathList; 2]> {
    let all: Vec<&RepoPath> = paths.iter().collect();
    let batches: Vec<&[&RepoPath]> = all.chunks(BATCH).collect();
    let looks = parallel::each(repo, &batches, |batch| {
        let is_plain =
            |path: &&RepoPath| is_portable(path.as_bytes()) && is_small(repo, path, limit);
        Ok(batch.iter().map(is_plain).collect::<Vec<bool>>())
    })?;
    let mut divided = [PathList::new(), PathList::new()];
    for (path, is_plain) in all.iter().zip(looks.into_iter().flatten()) {
        divided[usize::from(!is_plain)].push(path)?;
    }
    Ok(divided)
}

fn is_small(repo: &Repo, path: &RepoPath, limit: Option<u64>) -> bool {
    match std::fs::symlink_metadata(repo.root().join(path.as_path())) {
        Ok(about) if about.is_symlink() => true,
        Ok(about) => about.is_file() && limit.is_none_or(|limit| about.len() <= limit),
        Err(_) => false,
    }
}

/// Whether every system can store a name; in doubt it cannot.
fn is_portable(path: &[u8]) -> bool {
    let is_plain = |byte: u8| byte > 31 && !b"\\:*?\"<>|".contains(&byte);
    path.iter().all(|byte| is_plain(*byte))
        && path.split(|byte| *byte == b'/').all(|part| {
            let base = part.split(|byte| *byte == b'.').next().unwrap_or(part);
            !matches!(part.last(), None | Some(b'.' | b' ')) && !is_reserved(base)
        })
}

fn is_reserved(base: &[u8]) -> bool {
    let is = |name: &[u8], of: &[u8]| name.eq_ignore_ascii_case(of);
    match base.len() {
        3 => RESERVED.iter().any(|name| is(name, base)),
        4 => PORTS.iter().any(|name| is(name, &base[..3])),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_portable;

    #[test]
    fn names_that_need_a_word() {
        for name in [
            &b"a/con"[..],
            b"AUX.txt",
            b"Com1/x",
            b"a:b",
            b"end.",
            b"a /b",
            b"a\\b",
            b"tab\t",
            b"",
        ] {
            assert!(!is_portable(name), "{}", String::from_utf8_lossy(name));
        }
        for name in [
            &b"console/.hidden"[..],
            b"a b/c.d",
            b"\xff\xc3\xa4",
            b"communication",
        ] {
            assert!(is_portable(name), "{}", String::from_utf8_lossy(name));
        }
    }
}
