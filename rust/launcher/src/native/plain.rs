//! What is answered from configuration and the place of the repository alone.
//! The values are core's.

use hyg_core::ops::{config_value, paths as listed_paths};
use hyg_core::render;

use super::{Answer, Run};
use crate::decline::{Decision, Decline, decline_if};

pub(super) fn version(run: &Run<'_>) -> Decision<Answer> {
    let (invocation, session) = (run.invocation, run.session);
    invocation.leave_to_python(&["template"])?;
    decline_if(!invocation.args.is_empty(), "arguments")?;
    decline_if(session.verbose, "--verbose")?;
    decline_if(invocation.globals.repository.is_some(), "-R is ignored")?;
    Ok(Answer::of(render::version(session.quiet)))
}

pub(super) fn root(run: &Run<'_>) -> Decision<Answer> {
    let (invocation, session) = (run.invocation, run.session);
    invocation.leave_to_python(&["template"])?;
    decline_if(!invocation.args.is_empty(), "arguments")?;
    let repo = session.repo()?;
    let root = match invocation.is_on("share-source") {
        true => repo.share_source_root(),
        false => repo.root().to_path_buf(),
    };
    Ok(Answer::of(render::root(&root)))
}

pub(super) fn paths(run: &Run<'_>) -> Decision<Answer> {
    let (invocation, session) = (run.invocation, run.session);
    invocation.leave_to_python(&["template"])?;
    let name = match invocation.args.as_slice() {
        [] => None,
        [name] => Some(*name),
        _ => return Err(Decline::new("too many arguments")),
    };
    let name = name.filter(|name| !name.is_empty());
    let entries = listed_paths::list(&session.config, &session.env, name)?;
    decline_if(name.is_some() && entries.is_empty(), "no such path")?;
    let output = render::paths(&entries, name.is_some(), session.quiet);
    Ok(Answer::of(output))
}

pub(super) fn config(run: &Run<'_>) -> Decision<Answer> {
    let (invocation, session) = (run.invocation, run.session);
    invocation.leave_to_python(&["template"])?;
    invocation.leave_to_python(&[
        "untrusted",
        "exp-all-known",
        "edit",
        "local",
        "source",
        "shared",
        "non-shared",
        "global",
    ])?;
    let [entry] = invocation.args.as_slice() else {
        return Err(Decline::new("not exactly one item"));
    };
    let dot = entry.iter().position(|byte| *byte == b'.');
    let section = dot.map(|dot| &entry[..dot]);
    let section = section.ok_or_else(|| Decline::new("a whole section"))?;
    // Items that running the command itself sets, or that come with the Python half.
    let set_by_running: [&[u8]; 4] = [b"bundle", b"merge-tools", b"profiling", b"devel"];
    decline_if(set_by_running.contains(&section), "a section of Python's")?;
    let globals = &invocation.globals;
    let touches_ui =
        globals.loudness.is_some() || globals.noninteractive || globals.color.is_some();
    decline_if(section == b"ui" && touches_ui, "[ui] as options change it")?;
    let values = config_value::values(&session.config, entry);
    Ok(Answer {
        output: render::config_values(&values),
        code: i32::from(values.is_empty()),
        ..Answer::default()
    })
}
