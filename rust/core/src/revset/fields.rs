//! Comparing changesets field by field, for `matching`.
//! Comparing what they change, and their subrepositories, is Python's.

use std::sync::Arc;

use hyg_base::{Result, Rev};
use hyg_graph::Graph;
use hyg_store::changelog::Changeset;
use hyg_store::revlog::Window;

use super::conditions::{Condition, branch_of, reader_for};
use super::evaluate::Query;
use super::refused;

/// What is compared, the cheapest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    Phase,
    Parents,
    User,
    Date,
    Branch,
    Summary,
    Files,
    Description,
}

/// The values of all fields of a changeset.
type Row = Vec<Vec<u8>>;

/// What is to be equal, and the values of those that are compared with.
#[derive(Debug)]
pub(super) struct Likeness {
    fields: Vec<Field>,
    rows: Vec<Row>,
}

/// The condition to be like one of `revs` in fields that are named.
pub(super) fn like(query: &Query<'_>, revs: &[Rev], names: &[u8]) -> Result<Condition> {
    let mut fields = Vec::new();
    for name in names.split(u8::is_ascii_whitespace) {
        match name {
            b"" => {}
            b"metadata" => fields.extend([Field::User, Field::Description, Field::Date]),
            b"user" | b"author" => fields.push(Field::User),
            b"phase" => fields.push(Field::Phase),
            b"parents" => fields.push(Field::Parents),
            b"date" => fields.push(Field::Date),
            b"branch" => fields.push(Field::Branch),
            b"summary" => fields.push(Field::Summary),
            b"files" => fields.push(Field::Files),
            b"description" => fields.push(Field::Description),
            _ => return refused(),
        }
    }
    fields.sort_unstable();
    fields.dedup();
    let rows = rows(query, &fields, revs)?;
    Ok(Condition::Alike(Arc::new(Likeness { fields, rows })))
}

/// Those of `revs` that are alike.
pub(super) fn alike(query: &Query<'_>, wanted: &Likeness, revs: Vec<Rev>) -> Result<Vec<Rev>> {
    let rows = rows(query, &wanted.fields, &revs)?;
    let together = revs.into_iter().zip(rows);
    let fitting = together.filter(|(_, row)| wanted.rows.contains(row));
    Ok(fitting.map(|(rev, _)| rev).collect())
}

fn rows(query: &Query<'_>, fields: &[Field], revs: &[Rev]) -> Result<Vec<Row>> {
    let mut window = Window::default();
    let reader = reader_for(query, revs)?;
    let phases = query.phases()?;
    let mut found = Vec::with_capacity(revs.len());
    for rev in revs {
        let record = match rev.is_null() {
            true => None,
            false => Some(query.changelog.changeset_near(*rev, &mut window)?),
        };
        let mut row = Row::with_capacity(fields.len());
        for field in fields {
            row.push(match (field, &record) {
                (Field::Phase, _) => {
                    let known = phases.zip(rev.index()).and_then(|(all, at)| all.get(at));
                    vec![known.map_or(0, |phase| *phase as u8)]
                }
                (Field::Branch, _) => branch_of(&reader, *rev)?,
                (Field::Parents, Some(_)) => {
                    let parents = query.changelog.parents(*rev)?;
                    parents.map(|parent| parent.0.to_be_bytes()).concat()
                }
                (Field::Parents, None) => [Rev::NULL.0.to_be_bytes(); 2].concat(),
                (field, Some(record)) => text_of(*field, record)?,
                (Field::Date, None) => vec![0; 12],
                (_, None) => Vec::new(),
            });
        }
        found.push(row);
    }
    Ok(found)
}

/// The value of a field that the changeset itself has.
fn text_of(field: Field, record: &Changeset) -> Result<Vec<u8>> {
    Ok(match field {
        Field::User => record.user().to_vec(),
        Field::Description => record.description().to_vec(),
        Field::Summary => {
            let text = record.description();
            let end = text.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let first = &text[..end.unwrap_or(text.len())];
            // a first line that is empty is another than none
            let mark: &[u8] = if text.is_empty() { b"" } else { b"+" };
            [mark, first].concat()
        }
        Field::Date => {
            let date = record.date()?;
            [&date.seconds.to_be_bytes()[..], &date.offset.to_be_bytes()].concat()
        }
        _ => {
            let mut files = Vec::new();
            for path in record.files() {
                files.extend_from_slice(path.as_bytes());
                files.push(0);
            }
            files
        }
    })
}
