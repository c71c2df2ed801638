//! Changesets as plain lines without colours, at every verbosity but that of debugging.
//! The same lines as `view/changesets/plain.py` makes.

use hyg_base::{Node, Result, Rev};
use hyg_store::changelog::Date;

use crate::ops::log::ShownChangeset;

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

/// Appends the lines of a changeset.
///
/// # Errors
/// Where its date or branch is malformed.
pub fn changeset(
    shown: &ShownChangeset<'_>,
    verbosity: Verbosity,
    out: &mut Vec<u8>,
) -> Result<()> {
    if verbosity == Verbosity::Quiet {
        id(shown.rev, &shown.node, out);
        out.push(b'\n');
        return Ok(());
    }
    let record = &shown.changeset;
    out.extend_from_slice(b"changeset:   ");
    id(shown.rev, &shown.node, out);
    out.push(b'\n');
    let branch = record.branch()?;
    if *branch.name != *b"default" {
        line(b"branch:      ", &branch.name, out);
    }
    for name in shown.bookmarks {
        line(b"bookmark:    ", name, out);
    }
    for name in shown.tags {
        line(b"tag:         ", name, out);
    }
    for (rev, node) in &shown.parents {
        out.extend_from_slice(b"parent:      ");
        id(*rev, node, out);
        out.push(b'\n');
    }
    line(b"user:        ", record.user(), out);
    out.extend_from_slice(b"date:        ");
    date(record.date()?, out);
    out.push(b'\n');
    let verbose = verbosity == Verbosity::Verbose;
    if verbose {
        files(shown, out);
    }
    let description = strip(record.description());
    if verbose && !description.is_empty() {
        out.extend_from_slice(b"description:\n");
        out.extend_from_slice(description);
        out.extend_from_slice(b"\n\n");
    } else if !description.is_empty() {
        let end = description
            .iter()
            .position(|byte| matches!(byte, b'\n' | b'\r'));
        let end = end.unwrap_or(description.len());
        line(b"summary:     ", &description[..end], out);
    }
    out.push(b'\n');
    Ok(())
}

fn line(title: &[u8], value: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(title);
    out.extend_from_slice(value);
    out.push(b'\n');
}

fn id(rev: Rev, node: &Node, out: &mut Vec<u8>) {
    out.extend_from_slice(rev.0.to_string().as_bytes());
    out.push(b':');
    out.extend_from_slice(&node.to_hex()[..SHORT]);
}

fn files(shown: &ShownChangeset<'_>, out: &mut Vec<u8>) {
    let mut files = shown.changeset.files().peekable();
    if files.peek().is_none() {
        return;
    }
    out.extend_from_slice(b"files:      ");
    for path in files {
        out.push(b' ');
        out.extend_from_slice(path.as_bytes());
    }
    out.push(b'\n');
}

/// Text without the white space around it.
fn strip(text: &[u8]) -> &[u8] {
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
