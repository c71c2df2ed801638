//! Changesets as plain lines or as rows of fields, at every verbosity but that of debugging.
//! The same as `view/changesets/plain.py` and `formatted.py` make.

use hyg_base::{Node, Phase, Result, Rev};
use hyg_graph::Graph;
use hyg_store::changelog::Date;

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
        line(b"branch:      ", &branch.name, "log.branch", page);
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
    line(b"user:        ", record.user(), "log.user", page);
    let mut when = Vec::with_capacity(30);
    date(record.date()?, &mut when);
    line(b"date:        ", &when, "log.date", page);
    let verbose = verbosity == Verbosity::Verbose;
    if verbose {
        files(shown, page);
    }
    let description = strip(record.description());
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
    rows.data("branch", record.branch()?.name.as_ref());
    rows.data("phase", teller.phase(rev)?.name());
    rows.data("user", record.user());
    rows.data("date", Value::Date(when.seconds, when.offset));
    rows.data("desc", record.description());
    let names = teller.names()?;
    rows.data("bookmarks", Value::texts(names.bookmarks(&node)));
    rows.data("tags", Value::texts(names.tags(&node)));
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
    rows.data("parents", Value::texts(&parents));
    if verbosity == Verbosity::Verbose {
        let files = record.files().map(|path| path.as_bytes());
        rows.data("files", Value::texts(files));
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
pub(super) fn strip(text: &[u8]) -> &[u8] {
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

/// `Thu Jan 01 00:00:00 1970 +0000`: the local time of a zone; what does not fit into 32 bits is the nearest that does.
fn date(date: Date, out: &mut Vec<u8>) {
    use std::io::Write;
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let offset = i64::from(date.offset);
    let local = date
        .seconds
        .saturating_sub(offset)
        .clamp(i64::from(i32::MIN), i64::from(i32::MAX));
    let (days, second) = (local.div_euclid(86_400), local.rem_euclid(86_400));
    let (year, month, day) = civil(days);
    let zone = offset.abs() / 60;
    // writing to memory cannot fail
    let _ = write!(
        out,
        "{} {} {day:02} {:02}:{:02}:{:02} {year} {}{:02}{:02}",
        DAYS[days.rem_euclid(7) as usize],
        MONTHS[month - 1],
        second / 3600,
        second / 60 % 60,
        second % 60,
        if offset > 0 { '-' } else { '+' },
        zone / 60,
        zone % 60,
    );
}

/// Year, month (from 1) and day of a number of days since 1970: months are counted from March, so that the day that
/// leap years add is the last of a year.
fn civil(days: i64) -> (i64, usize, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month as usize, day)
}

#[cfg(test)]
mod tests {
    use super::{date, strip};
    use hyg_store::changelog::Date;

    fn shown(seconds: i64, offset: i32) -> String {
        let mut out = Vec::new();
        date(Date { seconds, offset }, &mut out);
        String::from_utf8(out).expect("dates are ASCII")
    }

    #[test]
    fn dates_are_those_of_their_zone() {
        assert_eq!(shown(0, 0), "Thu Jan 01 00:00:00 1970 +0000");
        assert_eq!(shown(951_782_400, -7200), "Tue Feb 29 02:00:00 2000 +0200");
        assert_eq!(shown(-1, 3600), "Wed Dec 31 22:59:59 1969 -0100");
        assert_eq!(
            shown(1_078_012_800, 19_800),
            "Sat Feb 28 18:30:00 2004 -0530"
        );
        assert_eq!(shown(i64::MAX, 0), "Tue Jan 19 03:14:07 2038 +0000");
        assert_eq!(shown(i64::MIN, 0), "Fri Dec 13 20:45:52 1901 +0000");
    }

    #[test]
    fn white_space_around_text_is_cut_off() {
        assert_eq!(strip(b"\n \x0btext of\tit\r\n"), b"text of\tit");
        assert_eq!(strip(b" \n"), b"");
        assert_eq!(strip(b"\xc2\xa0x"), b"\xc2\xa0x");
    }
}
