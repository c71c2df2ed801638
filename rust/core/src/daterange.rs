//! Ranges of dates in the notations that scripts and people use most: days, months, years, with a time, from and up to,
//! so many days back. Everything else that a date may look like is refused, and left to Python.

use std::ops::RangeInclusive;

use hyg_base::{Error, ErrorId, Result};

use crate::environment::Environment;
use crate::zone;

const DAY: i64 = 86400;

fn refused<T>() -> Result<T> {
    Err(Error::new(ErrorId::Unsupported).with("feature", "this date"))
}

/// The moments that a range names, in seconds since 1970; `now` is the current one.
///
/// # Errors
/// [`ErrorId::Unsupported`] for what is not understood here, mistakes included.
pub fn parse(text: &[u8], now: i64, env: &Environment) -> Result<RangeInclusive<i64>> {
    let Some(text) = std::str::from_utf8(text)
        .ok()
        .filter(|text| text.is_ascii())
    else {
        return refused();
    };
    let text = text.trim_matches(' ');
    match text.as_bytes().first() {
        Some(b'<') => Ok(i64::MIN..=end(&text[1..], env)?),
        Some(b'>') => Ok(start(&text[1..], env)?..=i64::MAX),
        Some(b'-') => match text[1..].parse::<u16>() {
            Ok(days) if text[1..].bytes().all(|byte| byte.is_ascii_digit()) => {
                Ok(now - i64::from(days) * DAY..=i64::MAX)
            }
            _ => refused(),
        },
        _ => match text.split_once(" to ") {
            Some((first, last)) => Ok(start(first, env)?..=end(last, env)?),
            None => Ok(start(text, env)?..=end(text, env)?),
        },
    }
}

fn start(text: &str, env: &Environment) -> Result<i64> {
    Ok(span(text, env)?.0)
}

fn end(text: &str, env: &Environment) -> Result<i64> {
    Ok(span(text, env)?.1)
}

/// Digits of exactly these numbers with the characters between them that `form` has; `0` stands for a digit.
fn digits(text: &str, form: &str) -> Option<Vec<i64>> {
    if text.len() != form.len() {
        return None;
    }
    let fits = text
        .bytes()
        .zip(form.bytes())
        .all(|(byte, wanted)| match wanted {
            b'0' => byte.is_ascii_digit(),
            wanted => byte == wanted,
        });
    let numbers = text.split(|letter: char| !letter.is_ascii_digit());
    fits.then(|| numbers.filter_map(|number| number.parse().ok()).collect())
}

/// The first and the last second of what a date leaves open.
fn span(text: &str, env: &Environment) -> Result<(i64, i64)> {
    let text = text.trim_matches(' ');
    let forms = [
        "0000",
        "0000-00",
        "0000-00-00",
        "0000-00-00 00:00",
        "0000-00-00 00:00:00",
        "0000-00-00T00:00",
        "0000-00-00T00:00:00",
    ];
    let Some(found) = forms.iter().find_map(|form| digits(text, form)) else {
        return refused();
    };
    let given = |at: usize| found.get(at).copied();
    let (year, month) = (found[0], given(1));
    let last_month = month.unwrap_or(12);
    if !(1902..2038).contains(&year) || !(1..=12).contains(&last_month) {
        return refused();
    }
    let length = days_of(year, last_month);
    let fields = [
        (given(2), 1, length),
        (given(3), 0, 23),
        (given(4), 0, 59),
        (given(5), 0, 59),
    ];
    let in_range = |(value, least, most): &(Option<i64>, i64, i64)| {
        value.is_none_or(|value| (*least..=*most).contains(&value))
    };
    if !fields.iter().all(in_range) {
        return refused();
    }
    let first = fields.map(|(value, least, _)| value.unwrap_or(least));
    let last = fields.map(|(value, _, most)| value.unwrap_or(most));
    Ok((
        moment((year, month.unwrap_or(1)), first, env)?,
        moment((year, last_month), last, env)?,
    ))
}

fn days_of(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// When the clocks of the local zone show this: day, hour, minute and second of a month.
fn moment((year, month): (i64, i64), fields: [i64; 4], env: &Environment) -> Result<i64> {
    let before = year - 1;
    let days_before = 365 * before + before / 4 - before / 100 + before / 400 - 719_162;
    let in_year: i64 = (1..month).map(|month| days_of(year, month)).sum();
    let [day, hour, minute, second] = fields;
    let days = days_before + in_year + day - 1;
    let shown = days * DAY + hour * 3600 + minute * 60 + second;
    // Where clocks are changed close by, Python decides.
    let offset = zone::local_offset(env, shown)?;
    for moment in [shown - 2 * DAY, shown + 2 * DAY] {
        if zone::local_offset(env, moment)? != offset {
            return refused();
        }
    }
    Ok(shown + i64::from(offset))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(text: &str) -> Option<(i64, i64)> {
        let env = Environment::new([(b"TZ".to_vec(), b"UTC".to_vec())]);
        let found = parse(text.as_bytes(), 1_000_000_000, &env).ok()?;
        Some((*found.start(), *found.end()))
    }

    #[test]
    fn what_is_left_open_is_all_of_it() {
        for (text, first, last) in [
            ("2001-09-09", 999_993_600, 1_000_079_999),
            ("2001-09-09 01:46", 999_999_960, 1_000_000_019),
            ("2001-09-09T01:46:40", 1_000_000_000, 1_000_000_000),
            ("2001-09", 999_302_400, 1_001_894_399),
            ("2004-02", 1_075_593_600, 1_078_099_199),
            ("1970", 0, 31_535_999),
            ("<1971-01-01", i64::MIN, 31_622_399),
            (">1970-01-03", 172_800, i64::MAX),
            ("1970-01-01 to 2001-09-12", 0, 1_000_339_199),
            ("-5", 1_000_000_000 - 5 * DAY, i64::MAX),
        ] {
            assert_eq!(range(text), Some((first, last)), "{text}");
        }
    }

    #[test]
    fn everything_else_is_python_s() {
        for text in [
            "",
            "<",
            "-",
            "--5",
            "-x",
            "9 9",
            "1970-1-1",
            "2001-13",
            "2001-02-29",
            "2001-09-09 24:00",
            "today",
            "12/24",
            "1970-01-01 UTC",
            "3000",
        ] {
            assert_eq!(range(text), None, "{text}");
        }
    }
}
