//! The state of the working copy in a few lines.
//! What is counted is `ops::summary`'s.

use super::Page;
use super::changesets::{first_line, id, local, strip};
use crate::ops::log::NamesByNode;
use crate::ops::summary::{Counted, Parent, Summary};

/// The lines; `active` is the active bookmark, `forced_phase` the phase that the parents force on the next commit.
pub fn summary(
    found: &Summary,
    names: &NamesByNode,
    active: Option<&[u8]>,
    forced_phase: Option<&str>,
    quiet: bool,
    page: &mut Page,
) {
    for one in &found.parents {
        parent(one, found.is_empty, names, quiet, page);
    }
    if !quiet || found.branch != b"default" {
        let line = [b"branch: ", found.branch.as_slice(), b"\n"].concat();
        page.write(&line, "log.branch");
    }
    bookmarks(found, names, active, page);
    commit(found, forced_phase, quiet, page);
    update(found, quiet, page);
    let phases: Vec<String> = [(found.draft, "draft"), (found.secret, "secret")]
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| format!("{count} {name}"))
        .collect();
    if !phases.is_empty() && !quiet {
        page.put(format!("phases: {}\n", phases.join(", ")).as_bytes());
    }
}

fn parent(parent: &Parent, is_empty: bool, names: &NamesByNode, quiet: bool, page: &mut Page) {
    let head = [b"parent: ", id(parent.rev, &parent.node).as_slice(), b" "].concat();
    let label = format!("log.changeset changeset.{}", parent.phase.name());
    page.write(&head, &label);
    page.write(&names.tags(&parent.node).join(&b' '), "log.tag");
    if parent.rev.is_null() {
        page.put(match is_empty {
            true => b" (empty repository)",
            false => b" (no revision checked out)",
        });
    }
    page.put(b"\n");
    let description = local(parent.changeset.description());
    if !description.is_empty() && !quiet {
        let line = [b" ", strip(first_line(&description)), b"\n"].concat();
        page.write(&line, "log.summary");
    }
}

fn bookmarks(found: &Summary, names: &NamesByNode, active: Option<&[u8]>, page: &mut Page) {
    let parents = found.parents.iter();
    let mut marks: Vec<&[u8]> = parents
        .flat_map(|parent| names.bookmarks(&parent.node))
        .map(Vec::as_slice)
        .collect();
    if marks.is_empty() {
        return;
    }
    page.write(b"bookmarks:", "log.bookmark");
    if let Some(active) = active {
        let here = marks.iter().position(|name| *name == active);
        let text = match here {
            Some(_) => [b" *", active].concat(),
            None => [b" [", active, b"]"].concat(),
        };
        page.write(&text, "bookmarks.active bookmarks.current");
        here.map(|at| marks.remove(at));
    }
    for name in marks {
        page.write(&[b" ", name].concat(), "log.bookmark");
    }
    page.write(b"\n", "log.bookmark");
}

fn commit(found: &Summary, forced_phase: Option<&str>, quiet: bool, page: &mut Page) {
    let mut text = Vec::new();
    for (kind, name, label) in Counted::ALL {
        let count = found.files[kind as usize];
        if count > 0 {
            text.extend_from_slice(if text.is_empty() { b"" } else { b", " });
            let words = format!("{count} {name}").into_bytes();
            text.extend_from_slice(&page.label(words, label.as_bytes()));
        }
    }
    let mut say = |words: &[u8]| text.extend_from_slice(words);
    let mut is_clean = false;
    if found.grafting {
        say(b" (graft in progress)");
    }
    let first = &found.parents[0];
    let other_branch = match first.changeset.branch() {
        Ok(branch) => *branch.name != *found.branch,
        Err(_) => false,
    };
    if found.updating {
        say(b" (interrupted update)");
    } else if found.parents.len() > 1 {
        say(b" (merge)");
    } else if other_branch {
        say(b" (new branch)");
    } else if found.closed_head {
        say(b" (head closed)");
    } else if found.is_clean() {
        say(b" (clean)");
        is_clean = true;
    } else if !found.branch_heads.contains(&first.rev) {
        say(b" (new branch head)");
    }
    if let Some(phase) = forced_phase {
        say(format!(" ({phase})").as_bytes());
    }
    if !(is_clean && quiet) {
        page.put(&[b"commit: ", strip(&text), b"\n"].concat());
    }
}

fn update(found: &Summary, quiet: bool, page: &mut Page) {
    let heads = found.branch_heads.len();
    let new = found.new;
    let words = match (new, found.branch_heads.contains(&found.parents[0].rev)) {
        (0, _) if quiet => return,
        (0, _) => "update: (current)\n".to_owned(),
        (_, false) => format!("update: {new} new changesets (update)\n"),
        _ => format!("update: {new} new changesets, {heads} branch heads (merge)\n"),
    };
    page.put(words.as_bytes());
}
