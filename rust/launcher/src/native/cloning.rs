//! `clone` of a repository on the same machine, whole and without options; anything more is left to Python.
//! The copy is core's; what is said about it is the same as Python says.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

use hyg_base::{Interrupt, NoReporter};
use hyg_core::ops::cloning::clone_linked;

use super::{Answer, Run};
use crate::decline::{Decision, Decline, decline_if};
use crate::session::Session;
use crate::signals::Signals;

pub(super) fn clone(run: &Run<'_>) -> Decision<Answer> {
    let (invocation, session) = (run.invocation, run.session);
    decline_if(invocation.has_options(), "options")?;
    decline_if(session.repo.is_some(), "a repository around")?;
    decline_if(session.verbose, "--verbose")?;
    let (location, named) = match invocation.args.as_slice() {
        [location] => (*location, None),
        [location, named] => (*location, Some(*named)),
        _ => return Err(Decline::new("not a source and a destination")),
    };
    let known = session
        .config
        .items(b"paths")
        .any(|(name, _)| name == location || named == Some(name));
    decline_if(known, "a name of [paths]")?;
    let pooled = session.config.get(b"share", b"pool").is_some();
    decline_if(pooled, "share.pool")?;
    let source = session.elsewhere(&plain_path(session, location)?, invocation)?;
    let has_hooks = |session: &Session| session.config.items(b"hooks").next().is_some();
    decline_if(has_hooks(&source), "hooks")?;
    let shown = match named {
        Some(named) => named,
        None => last_name(location)?,
    };
    let path = plain_path(session, shown)?;
    let (parent, name) = (path.parent(), path.file_name());
    let parent = parent.and_then(|parent| parent.canonicalize().ok());
    let Some((parent, name)) = parent.zip(name) else {
        return Err(Decline::new(
            "a destination in a directory that is not there",
        ));
    };
    let destination = parent.join(name);
    let is_there = destination.symlink_metadata().is_ok();
    decline_if(is_there, "a destination that is there")?;
    let publishing = source.config.is_on("phases", "publish")?;
    let signals = Signals::catch()?;
    let cloned = clone_linked(
        source.repo()?,
        &destination,
        publishing,
        &signals,
        &NoReporter,
    );
    let mut output = Vec::new();
    if named.is_none() && !session.quiet {
        output.extend_from_slice(&[b"destination directory: ", shown, b"\n"].concat());
    }
    // Whatever else it was that ended it: Python, which goes on with the rest, would not hear of a signal that came before.
    if !matches!(cloned, Ok(Some(_))) && signals.check().is_err() {
        return Ok(signals.last_words(output));
    }
    let Some(cloned) = cloned? else {
        return Err(Decline::new("a copy that is more than links"));
    };
    if session.quiet {
        return Ok(Answer::of(Vec::new()));
    }
    output.extend_from_slice(&[b"updating to branch ", cloned.branch.as_slice(), b"\n"].concat());
    let counts = format!(
        "{} files updated, 0 files merged, 0 files removed, 0 files unresolved\n",
        cloned.files
    );
    output.extend_from_slice(counts.as_bytes());
    Ok(Answer::of(output))
}

/// A path that means the same however it is looked at: no URL, nothing to expand, no way back.
fn plain_path(session: &Session, text: &[u8]) -> Decision<PathBuf> {
    let ordinary = |byte: &u8| byte.is_ascii_alphanumeric() || b"/._-+".contains(byte);
    let path = Path::new(OsStr::from_bytes(text));
    let straight = path.components().all(|part| {
        matches!(
            part,
            Component::Normal(_) | Component::RootDir | Component::CurDir
        )
    });
    let is_plain = !text.is_empty() && text.iter().all(ordinary) && straight;
    decline_if(!is_plain, "something other than a plain path")?;
    Ok(session.env.cwd().join(path))
}

fn last_name(location: &[u8]) -> Decision<&[u8]> {
    let path = Path::new(OsStr::from_bytes(location));
    let name = path.file_name().map(OsStrExt::as_bytes);
    name.ok_or_else(|| Decline::new("a source without a name"))
}
