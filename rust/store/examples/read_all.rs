//! Reads every revision of every revlog of a repository, hashes checked, and says how many there were; with `bench`,
//! times the ways that matter instead: opening, the tip manifest, walking it, looking files up.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use hyg_base::{RepoPath, Result, Rev};
use hyg_store::changelog::Changelog;
use hyg_store::filelog::Filelog;
use hyg_store::fncache;
use hyg_store::layout::RepoLayout;
use hyg_store::manifest::{Manifest, ManifestLog};
use hyg_store::phases::Phases;
use hyg_store::revlog::Revlog;

fn say(text: &str) {
    let _written = writeln!(std::io::stdout(), "{text}");
}

fn read_revlog(revlog: &Revlog) -> Result<(usize, usize)> {
    let mut bytes = 0;
    for rev in 0..=revlog.tip().0 {
        bytes += revlog.revision(Rev(rev))?.len();
        let found = revlog.find(&revlog.node(Rev(rev))?)?;
        assert_eq!(found, Some(Rev(rev)), "{revlog:?}");
    }
    Ok((revlog.len(), bytes))
}

fn read_all(layout: &RepoLayout) -> Result<()> {
    let changelog = Changelog::of(layout)?;
    let manifests = Arc::new(ManifestLog::of(layout)?);
    say(&format!(
        "nodemap {:?} {:?}",
        changelog.revlog().nodemap_state()?,
        manifests.revlog().nodemap_state()?
    ));
    say(&format!("changelog {:?}", read_revlog(changelog.revlog())?));
    say(&format!("manifests {:?}", read_revlog(manifests.revlog())?));
    let mut paths: BTreeSet<Vec<u8>> = BTreeSet::new();
    let mut before: Option<Manifest> = None;
    let (mut files, mut changes) = (0, 0);
    for rev in 0..=changelog.revlog().tip().0 {
        let changeset = changelog.changeset(Rev(rev))?;
        changeset.date()?;
        changeset.branch()?;
        paths.extend(changeset.files().map(|path| path.as_bytes().to_vec()));
        let manifest = manifests.read(&changeset.manifest())?;
        files += manifest.count()?;
        if let Some(before) = &before {
            before.diff(&manifest, &mut |_| {
                changes += 1;
                Ok(())
            })?;
        }
        before = Some(manifest);
    }
    say(&format!("entries {files}, differences {changes}"));
    let (mut revisions, mut bytes, mut copies) = (0, 0, 0);
    for path in &paths {
        let filelog = Filelog::open(layout.store_vfs(), RepoPath::new(path))?;
        let (read, size) = read_revlog(filelog.revlog())?;
        (revisions, bytes) = (revisions + read, bytes + size);
        for rev in 0..=filelog.revlog().tip().0 {
            copies += usize::from(filelog.copy_source(Rev(rev))?.is_some());
            assert_eq!(
                filelog.size(Rev(rev))?,
                filelog.read(Rev(rev))?.len() as u64
            );
        }
    }
    say(&format!(
        "files {}, revisions {revisions}, bytes {bytes}, copies {copies}",
        paths.len()
    ));
    let names = fncache::load(&*layout.store_vfs())?;
    let phases = Phases::load(&*layout.store_vfs(), &changelog)?.all(&changelog)?;
    say(&format!(
        "fncache {}, draft {}",
        names.len(),
        phases.iter().filter(|phase| phase.number() == 1).count()
    ));
    Ok(())
}

fn timed<T>(what: &str, run: impl FnOnce() -> Result<T>) -> Result<T> {
    let start = Instant::now();
    let answer = run()?;
    say(&format!(
        "{:9.3} ms  {what}",
        start.elapsed().as_secs_f64() * 1e3
    ));
    Ok(answer)
}

fn bench(root: &Path) -> Result<()> {
    let layout = timed("open the repository", || RepoLayout::open(root))?;
    let changelog = timed("open the changelog", || Changelog::of(&layout))?;
    let tip = changelog.revlog().tip();
    let node = timed("read the tip changeset", || {
        Ok(changelog.changeset(tip)?.manifest())
    })?;
    let log = timed("open the manifests", || {
        Ok(Arc::new(ManifestLog::of(&layout)?))
    })?;
    let rev = log.revlog().rev(&node)?;
    timed("rebuild the tip manifest, hash not checked", || {
        log.revlog().raw_text(rev)
    })?;
    let manifest = timed("rebuild the tip manifest, hash checked", || log.read(&node))?;
    let count = timed("walk it", || manifest.count())?;
    if let Some(lines) = manifest.lines()? {
        timed("walk its lines", || {
            Ok(lines.filter_map(Result::ok).count())
        })?;
    }
    say(&format!("{count} files, {} bytes", manifest.text()?.len()));
    let mut paths = Vec::new();
    let mut walk = manifest.walk()?;
    while let Some((path, _)) = walk.advance()? {
        if paths.len() < 100_000 {
            paths.push(path.to_buf());
        }
    }
    timed("look 100,000 files up", || {
        paths
            .iter()
            .try_for_each(|path| manifest.get(path).map(|_| ()))
    })?;
    if rev > Rev(0) {
        let other = log.read_rev(Rev(rev.0 - 1))?;
        timed("compare with the manifest before", || {
            let mut differences = 0;
            other.diff(&manifest, &mut |_| {
                differences += 1;
                Ok(())
            })?;
            Ok(differences)
        })?;
    }
    Ok(())
}

fn main() -> Result<()> {
    let arguments: Vec<std::ffi::OsString> = std::env::args_os().skip(1).collect();
    match arguments.as_slice() {
        [mode, root] if mode == "bench" => bench(Path::new(root)),
        [root] => read_all(&RepoLayout::open(Path::new(root))?),
        _ => {
            say("usage: read_all [bench] REPOSITORY");
            Ok(())
        }
    }
}
