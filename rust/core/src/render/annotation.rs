//! Lines of a file behind columns about their origins.
//! Columns are as wide as their widest text; texts outside ASCII have a width that only Python knows.

use std::collections::HashMap;

use hyg_base::{Error, ErrorId, Result, Rev};

use super::changesets::local;
use super::dates::{date, format_date};
use crate::ops::annotate::Annotation;
use crate::repo::Repo;
use crate::template::short_user;

/// What is shown of an origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Column {
    /// A short name of who made the changeset.
    User,
    /// All of it.
    WholeUser,
    /// The changeset's number.
    Number,
    /// Its node.
    Node,
    /// When it was made.
    Date,
    /// The day.
    ShortDate,
    /// The name that the file had.
    File,
    /// The number of the line.
    Line,
}

/// Texts of columns by changeset.
pub type Known = HashMap<(Rev, Column), Vec<u8>>;

/// Appends the lines of one file.
///
/// # Errors
/// [`ErrorId::Unsupported`] for wide texts and uncommitted lines; whatever reading changesets answers.
pub fn annotation(
    repo: &Repo,
    found: &Annotation,
    columns: &[Column],
    known: &mut Known,
    out: &mut Vec<u8>,
) -> Result<()> {
    let Some(last) = found.lines.last() else {
        return Ok(());
    };
    for rev in &found.revs {
        for column in columns {
            if !matches!(column, Column::File | Column::Line)
                && !known.contains_key(&(*rev, *column))
            {
                known.insert((*rev, *column), of_changeset(repo, *rev, *column)?);
            }
        }
    }
    let (names, which) = &found.paths;
    let numbers: Vec<Vec<u8>> = match columns.contains(&Column::Line) {
        true => found
            .numbers
            .iter()
            .map(|one| one.to_string().into_bytes())
            .collect(),
        false => Vec::new(),
    };
    let text = |column: Column, at: usize| -> &[u8] {
        match column {
            Column::File => names[which[at]].as_bytes(),
            Column::Line => &numbers[at],
            column => known
                .get(&(found.revs[at], column))
                .map_or(&[], Vec::as_slice),
        }
    };
    let mut widths = Vec::with_capacity(columns.len());
    for column in columns {
        let mut width = 0;
        for at in 0..found.lines.len() {
            let text = text(*column, at);
            if !text.is_ascii() {
                return Err(Error::new(ErrorId::Unsupported).with("feature", "a wide text"));
            }
            width = width.max(text.len());
        }
        widths.push(width);
    }
    for (at, line) in found.lines.iter().enumerate() {
        for (index, (column, width)) in columns.iter().zip(&widths).enumerate() {
            if index > 0 {
                out.push(if *column == Column::Line { b':' } else { b' ' });
            }
            let text = text(*column, at);
            out.resize(out.len() + width - text.len(), b' ');
            out.extend_from_slice(text);
        }
        out.extend_from_slice(if found.skipped[at] { b"* " } else { b": " });
        out.extend_from_slice(line);
    }
    if !last.ends_with(b"\n") {
        out.push(b'\n');
    }
    Ok(())
}

fn of_changeset(repo: &Repo, rev: Rev, column: Column) -> Result<Vec<u8>> {
    if rev == Rev::WDIR {
        return Err(Error::new(ErrorId::Unsupported).with("feature", "uncommitted lines"));
    }
    let changelog = repo.changelog()?;
    let record = || changelog.changeset(rev);
    Ok(match column {
        Column::User => short_user(&local(record()?.user())),
        Column::WholeUser => local(record()?.user()).into_owned(),
        Column::Number => rev.0.to_string().into_bytes(),
        Column::Node => changelog.revlog().node(rev)?.to_hex()[..12].to_vec(),
        Column::Date => {
            let mut out = Vec::with_capacity(30);
            date(record()?.date()?, &mut out);
            out
        }
        Column::ShortDate => format_date(record()?.date()?, b"%Y-%m-%d")?,
        Column::File | Column::Line => Vec::new(),
    })
}
