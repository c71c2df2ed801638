//! Changesets as plain lines or as rows of fields, at every verbosity but that of debugging.
//! The same as `view/changesets/plain.py` and `formatted.py` make.

use std::borrow::Cow;

use hyg_base::{Node, Phase, Result, Rev};
use hyg_graph::Graph;

use super::dates::date;
use super::{Page, Rows, Value};
use crate::ops::log::{ShownChangeset, Teller};

/// How much is shown of a changeset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verbosity {
    /// Number and node.
    Quiet,
    /// With the first line of the description.
    Normal,
    /// With files and the whole description.
    Verbose,
}

/// The hexadecimal digits of a short node.
const SHORT: usize = 12;

/// Appends the lines of a changeset; phases are asked of `phase` where labels show.
///
/// # Errors
/// Where its date or branch is malformed, or a phase cannot be read.
pub fn changeset(
    shown: &ShownChangeset<'_>,
    verbosity: Verbosity,
    phase: &dyn Fn(Rev) -> Result<Phase>,
    page: &mut Page,
) -> Result<()> {
    let labels = |first: &str, rev: Rev, page: &Page| match page.is_coloured() {
        true => phase(rev).map(|phase| format!("{first} changeset.{}", phase.name())),
        false => Ok(String::new()),
    };
    let own = id(shown.rev, &shown.node);
    if verbosity == Verbosity::Quiet {
        page.write(&[&own, b"\n".as_slice()].concat(), "log.node");
        return Ok(());
    }
    let record = &shown.changeset;
    let label = labels("log.changeset", shown.rev, page)?;
    line(b"changeset:   ", &own, &label, page);
    let branch = record.branch()?;
    if *branch.name != *b"default" {
        line(b"branch:      ", &local(&branch.name), "log.branch", page);
    }
    for name in shown.bookmarks {
        line(b"bookmark:    ", name, "log.bookmark", page);
    }
    for name in shown.tags {
        line(b"tag:         ", name, "log.tag", page);
    }
    for (rev, node) in &shown.parents {
        let label = labels("log.parent", *rev, page)?;
        line(b"parent:      ", &id(*rev, node), &label, page);
    }
    line(b"user:        ", &local(record.user()), "log.user", page);
    let mut when = Vec::with_capacity(30);
    date(record.date()?, &mut when);
    line(b"date:        ", &when, "log.date", page);
    let verbose = verbosity == Verbosity::Verbose;
    if verbose {
        files(shown, page);
    }
    let description = local(record.description());
    let description = strip(&description);
    if verbose && !description.is_empty() {
        page.write(b"description:\n", "ui.note log.description");
        page.write(description, "ui.note log.description");
        page.put(b"\n\n");
    } else if !description.is_empty() {
        line(
            b"summary:     ",
            first_line(description),
            "log.summary",
            page,
        );
    }
    page.put(b"\n");
    Ok(())
}

/// Adds a changeset as a row of fields.
///
/// # Errors
/// Where something about it cannot be read.
pub fn changeset_row(
    teller: &Teller<'_>,
    rev: Rev,
    verbosity: Verbosity,
    rows: &mut Rows<'_>,
) -> Result<()> {
    let changelog = teller.repo().changelog()?;
    let node = changelog.revlog().node(rev)?;
    rows.start()?;
    rows.data("rev", i64::from(rev.0));
    rows.data("node", rows.node(&node));
    if verbosity == Verbosity::Quiet {
        return Ok(());
    }
    let record = changelog.changeset(rev)?;
    let when = record.date()?;
    rows.data("branch", local(&record.branch()?.name).as_ref());
    rows.data("phase", teller.phase(rev)?.name());
    rows.data("user", local(record.user()).as_ref());
    rows.data("date", Value::Date(when.seconds, when.offset));
    rows.data("desc", local(record.description()).as_ref());
    let names = teller.names()?;
    rows.data(
        "bookmarks",
        Value::named("bookmark", " ", names.bookmarks(&node)),
    );
    rows.data("tags", Value::named("tag", " ", names.tags(&node)));
    let [first, second] = match rev.is_null() {
        true => [Rev::NULL; 2],
        false => changelog.parents(rev)?,
    };
    let mut parents = Vec::with_capacity(2);
    for parent in [first, second] {
        if !parent.is_null() || parents.is_empty() && second.is_null() {
            parents.push(rows.node(&changelog.revlog().node(parent)?));
        }
    }
    rows.data("parents", Value::named("node", " ", &parents));
    if verbosity == Verbosity::Verbose {
        let files = record.files().map(|path| path.as_bytes());
        rows.data("files", Value::named("file", " ", files));
    }
    Ok(())
}

fn line(title: &[u8], value: &[u8], label: &str, page: &mut Page) {
    if page.is_coloured() {
        page.write(&[title, value, b"\n"].concat(), label);
        return;
    }
    for part in [title, value, b"\n"] {
        page.put(part);
    }
}

/// Number and short node.
pub(super) fn id(rev: Rev, node: &Node) -> Vec<u8> {
    let mut out = rev.0.to_string().into_bytes();
    out.push(b':');
    out.extend_from_slice(&node.to_hex()[..SHORT]);
    out
}

/// Text of a changeset as UTF-8: what is none was written by old programs and is taken for Latin-1.
pub fn local(text: &[u8]) -> Cow<'_, [u8]> {
    match std::str::from_utf8(text) {
        Ok(_) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(
            text.iter()
                .map(|byte| char::from(*byte))
                .collect::<String>()
                .into(),
        ),
    }
}

/// Up to the first line break.
pub(super) fn first_line(text: &[u8]) -> &[u8] {
    let end = text.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
    &text[..end.unwrap_or(text.len())]
}

fn files(shown: &ShownChangeset<'_>, page: &mut Page) {
    let mut listed = b"files:      ".to_vec();
    let empty = listed.len();
    for path in shown.changeset.files() {
        listed.push(b' ');
        listed.extend_from_slice(path.as_bytes());
    }
    if listed.len() > empty {
        listed.push(b'\n');
        page.write(&listed, "ui.note log.files");
    }
}

/// Text without the white space around it.
pub fn strip(text: &[u8]) -> &[u8] {
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c);
    let start = text
        .iter()
        .position(|byte| !blank(byte))
        .unwrap_or(text.len());
    let end = text
        .iter()
        .rposition(|byte| !blank(byte))
        .map_or(start, |at| at + 1);
    &text[start..end]
}

#[cfg(test)]
mod tests {
    use super::{local, strip};

    #[test]
    fn old_texts_are_latin_1() {
        assert_eq!(&*local("ä".as_bytes()), "ä".as_bytes());
        assert_eq!(&*local(b"\xe4 \xff"), "ä ÿ".as_bytes());
    }

    #[test]
    fn white_space_around_text_is_cut_off() {
        assert_eq!(strip(b"\n \x0btext of\tit\r\n"), b"text of\tit");
        assert_eq!(strip(b" \n"), b"");
        assert_eq!(strip(b"\xc2\xa0x"), b"\xc2\xa0x");
    }
}
