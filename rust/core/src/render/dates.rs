//! Dates as text, in their own time zone.
//! The same as `dates.py` makes of them; unusual notations are left to it.

use hyg_base::{Error, ErrorId, Result};
use hyg_store::changelog::Date;

const DAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A moment in its zone.
struct Civil {
    year: i64,
    /// From 1.
    month: usize,
    day: i64,
    /// Of the year, from 1.
    of_year: i64,
    /// From Sunday.
    weekday: usize,
    second: i64,
    /// `+` or `-`, hours, minutes.
    zone: (char, i64, i64),
}

impl Civil {
    /// What does not fit into 32 bits is the nearest that does.
    fn of(date: Date) -> Civil {
        let offset = i64::from(date.offset);
        let local = date
            .seconds
            .saturating_sub(offset)
            .clamp(i64::from(i32::MIN), i64::from(i32::MAX));
        let (days, second) = (local.div_euclid(86_400), local.rem_euclid(86_400));
        let (year, month, day) = civil(days);
        let minutes = offset.abs() / 60;
        Civil {
            year,
            month,
            day,
            of_year: days - days_before(year) + 1,
            weekday: (days + 4).rem_euclid(7) as usize,
            second,
            zone: (
                if offset > 0 { '-' } else { '+' },
                minutes / 60,
                minutes % 60,
            ),
        }
    }
}

/// Days from 1970 to the first day of a year.
fn days_before(year: i64) -> i64 {
    let y = year - 1;
    365 * (year - 1970) + (y.div_euclid(4) - 492) - (y.div_euclid(100) - 19)
        + (y.div_euclid(400) - 4)
}

/// Appends a date as `Thu Jan 01 00:00:00 1970 +0000`.
pub fn date(date: Date, out: &mut Vec<u8>) {
    use std::io::Write;
    let at = Civil::of(date);
    let (sign, hours, minutes) = at.zone;
    // writing to memory cannot fail
    let _ = write!(
        out,
        "{} {} {:02} {:02}:{:02}:{:02} {} {sign}{hours:02}{minutes:02}",
        &DAYS[at.weekday][..3],
        &MONTHS[at.month - 1][..3],
        at.day,
        at.second / 3600,
        at.second / 60 % 60,
        at.second % 60,
        at.year,
    );
}

/// A date in the notation of `strftime`; `%1` stands for sign and hours of the zone, `%2` for its minutes, `%z` for both.
///
/// # Errors
/// [`ErrorId::Unsupported`] for directives that only Python knows.
pub fn format_date(date: Date, notation: &[u8]) -> Result<Vec<u8>> {
    let at = Civil::of(date);
    let (sign, hours, minutes) = at.zone;
    let (hour, minute, second) = (at.second / 3600, at.second / 60 % 60, at.second % 60);
    let mut out = Vec::with_capacity(notation.len() + 16);
    let mut bytes = notation.iter();
    while let Some(byte) = bytes.next() {
        if *byte != b'%' {
            out.push(*byte);
            continue;
        }
        let twelve = (hour + 11) % 12 + 1;
        let text = match bytes.next() {
            Some(b'Y') => at.year.to_string(),
            Some(b'y') => format!("{:02}", at.year.rem_euclid(100)),
            Some(b'm') => format!("{:02}", at.month),
            Some(b'd') => format!("{:02}", at.day),
            Some(b'e') => format!("{:2}", at.day),
            Some(b'j') => format!("{:03}", at.of_year),
            Some(b'H') => format!("{hour:02}"),
            Some(b'I') => format!("{twelve:02}"),
            Some(b'M') => format!("{minute:02}"),
            Some(b'S') => format!("{second:02}"),
            Some(b'p') => (if hour < 12 { "AM" } else { "PM" }).to_owned(),
            Some(b'a') => DAYS[at.weekday][..3].to_owned(),
            Some(b'A') => DAYS[at.weekday].to_owned(),
            Some(b'b' | b'h') => MONTHS[at.month - 1][..3].to_owned(),
            Some(b'B') => MONTHS[at.month - 1].to_owned(),
            Some(b'T') => format!("{hour:02}:{minute:02}:{second:02}"),
            Some(b'R') => format!("{hour:02}:{minute:02}"),
            Some(b'F') => format!("{}-{:02}-{:02}", at.year, at.month, at.day),
            Some(b'1') => format!("{sign}{hours:02}"),
            Some(b'2') => format!("{minutes:02}"),
            Some(b'z') => format!("{sign}{hours:02}{minutes:02}"),
            Some(b'%') => "%".to_owned(),
            _ => return Err(Error::new(ErrorId::Unsupported).with("feature", "this date format")),
        };
        out.extend_from_slice(text.as_bytes());
    }
    Ok(out)
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
    use super::{date, format_date};
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
    fn notations() {
        let formatted = |seconds, notation: &str| {
            let offset = 0;
            let text = format_date(Date { seconds, offset }, notation.as_bytes()).unwrap();
            String::from_utf8(text).unwrap()
        };
        assert_eq!(
            formatted(0, "%A %B %e %I%p %j %y%%"),
            "Thursday January  1 12AM 001 70%"
        );
        assert_eq!(
            formatted(1_709_208_000, "%F %T %j"),
            "2024-02-29 12:00:00 060"
        );
        assert_eq!(formatted(1_735_646_400, "%F %j"), "2024-12-31 366");
        assert_eq!(formatted(-86_400, "%F %j %a"), "1969-12-31 365 Wed");
        assert!(
            format_date(
                Date {
                    seconds: 0,
                    offset: 0
                },
                b"%Q"
            )
            .is_err()
        );
    }
}
