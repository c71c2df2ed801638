//! Filters: functions of one value.
//! The same as `view/templates/filters.py`, as far as the common ones go.

use hyg_base::Result;
use hyg_store::changelog::Date;

use super::evaluate::Got;
use super::syntax::refused;
use crate::render::{Value, format_date};

/// The filters that are known here.
const KNOWN: [&str; 29] = [
    "short",
    "firstline",
    "shortdate",
    "isodate",
    "isodatesec",
    "rfc822date",
    "rfc3339date",
    "hgdate",
    "age",
    "person",
    "email",
    "user",
    "emailuser",
    "domain",
    "json",
    "stringify",
    "escape",
    "xmlescape",
    "lower",
    "upper",
    "count",
    "nonempty",
    "basename",
    "dirname",
    "stripdir",
    "tabindent",
    "addbreaks",
    "urlescape",
    "splitlines",
];

/// Whether a filter is known here.
pub(super) fn is_filter(name: &str) -> bool {
    KNOWN.contains(&name)
}

/// The filtered value.
pub(super) fn apply(name: &str, got: Got) -> Result<Got> {
    let value = match name {
        "json" => {
            let mut out = Vec::new();
            got.plain().json(true, &mut out);
            Value::Text(out)
        }
        "count" => match got {
            Got::Many(items, _) => Value::Int(items.len() as i64),
            Got::One(Value::Text(text)) => Value::Int(text.len() as i64),
            Got::One(_) => return refused(),
        },
        "shortdate" | "isodate" | "isodatesec" | "rfc822date" | "rfc3339date" | "hgdate"
        | "age" => {
            let Got::One(Value::Date(seconds, offset)) = got else {
                return refused();
            };
            Value::Text(date(name, Date { seconds, offset })?)
        }
        "splitlines" => {
            let text = got.text();
            return Ok(Got::texts(&lines(&text), b" ", &["line"]));
        }
        _ => Value::Text(text(name, got.text())?),
    };
    Ok(Got::One(value))
}

fn date(name: &str, date: Date) -> Result<Vec<u8>> {
    let notation: &[u8] = match name {
        "shortdate" => b"%Y-%m-%d",
        "isodate" => b"%Y-%m-%d %H:%M %1%2",
        "isodatesec" => b"%Y-%m-%d %H:%M:%S %1%2",
        "rfc822date" => b"%a, %d %b %Y %H:%M:%S %1%2",
        "rfc3339date" => b"%Y-%m-%dT%H:%M:%S%1:%2",
        "age" => return age(date),
        _ => return Ok(format!("{} {}", date.seconds, date.offset).into_bytes()),
    };
    format_date(date, notation)
}

/// How long ago (or how far away) a moment is, in the largest unit of which there are two.
fn age(date: Date) -> Result<Vec<u8>> {
    const UNITS: [(&str, i64); 7] = [
        ("year", 3600 * 24 * 365),
        ("month", 3600 * 24 * 30),
        ("week", 3600 * 24 * 7),
        ("day", 3600 * 24),
        ("hour", 3600),
        ("minute", 60),
        ("second", 1),
    ];
    let Ok(now) = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH) else {
        return refused();
    };
    let now = now.as_secs() as i64;
    let ahead = date.seconds > now;
    let distance = now.abs_diff(date.seconds).max(1) as i64;
    if ahead && distance > UNITS[0].1 * 30 {
        return Ok(b"in the distant future".to_vec());
    }
    if !ahead && distance > UNITS[0].1 * 2 {
        return format_date(date, b"%Y-%m-%d");
    }
    let unit = UNITS.iter().find(|(_, length)| distance / length >= 2);
    let (unit, length) = unit.unwrap_or(&UNITS[6]);
    let number = distance / length;
    let plural = if number == 1 { "" } else { "s" };
    let when = if ahead { "from now" } else { "ago" };
    Ok(format!("{number} {unit}{plural} {when}").into_bytes())
}

fn find(text: &[u8], byte: u8) -> Option<usize> {
    memchr::memchr(byte, text)
}

fn replaced(text: &[u8], pairs: &[(u8, &[u8])]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 16);
    for byte in text {
        match pairs.iter().find(|(known, _)| known == byte) {
            Some((_, new)) => out.extend_from_slice(new),
            None => out.push(*byte),
        }
    }
    out
}

/// Lines without their ends.
fn lines(text: &[u8]) -> Vec<&[u8]> {
    let mut found = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
        let end = end.unwrap_or(rest.len());
        found.push(&rest[..end]);
        let skip = if rest[end..].starts_with(b"\r\n") {
            2
        } else {
            1
        };
        rest = rest.get(end + skip..).unwrap_or_default();
    }
    found
}

fn emailuser(author: &[u8]) -> &[u8] {
    let before = &author[..find(author, b'@').unwrap_or(author.len())];
    find(before, b'<').map_or(before, |at| &before[at + 1..])
}

/// A short name: the first word of the address's user.
pub fn short_user(author: &[u8]) -> Vec<u8> {
    let user = emailuser(author);
    let word = &user[..find(user, b' ').unwrap_or(user.len())];
    word[..find(word, b'.').unwrap_or(word.len())].to_vec()
}

fn text(name: &str, text: Vec<u8>) -> Result<Vec<u8>> {
    let markup: [(u8, &[u8]); 4] = [
        (b'&', b"&amp;"),
        (b'<', b"&lt;"),
        (b'>', b"&gt;"),
        (b'"', b"&quot;"),
    ];
    Ok(match name {
        "stringify" => text,
        "short" => text[..text.len().min(12)].to_vec(),
        "firstline" => {
            let first = &text[..find(&text, b'\n').unwrap_or(text.len())];
            lines(first)
                .first()
                .map_or(Vec::new(), |line| line.to_vec())
        }
        "person" => person(&text),
        "email" => {
            let start = find(&text, b'<').map_or(0, |at| at + 1);
            let end = find(&text, b'>').unwrap_or(text.len());
            text.get(start..end).unwrap_or_default().to_vec()
        }
        "domain" => {
            let after = find(&text, b'@').map_or(&[][..], |at| &text[at + 1..]);
            after[..find(after, b'>').unwrap_or(after.len())].to_vec()
        }
        "emailuser" => emailuser(&text).to_vec(),
        "user" => short_user(&text),
        "escape" => {
            let mut pairs = markup.to_vec();
            pairs.push((0, b""));
            replaced(&text, &pairs)
        }
        "xmlescape" => {
            if text
                .iter()
                .any(|byte| *byte < 32 && !matches!(byte, 9 | 10 | 13))
            {
                return refused();
            }
            let mut pairs = markup.to_vec();
            pairs.push((b'\'', b"&#39;"));
            replaced(&text, &pairs)
        }
        "lower" | "upper" if !text.is_ascii() => return refused(),
        "lower" => text.to_ascii_lowercase(),
        "upper" => text.to_ascii_uppercase(),
        "nonempty" if text.is_empty() => b"(none)".to_vec(),
        "nonempty" => text,
        "basename" => text[memchr::memrchr(b'/', &text).map_or(0, |at| at + 1)..].to_vec(),
        "dirname" | "stripdir" => {
            let slash = memchr::memrchr(b'/', &text);
            match slash {
                // several slashes and the root are seldom enough
                Some(0) => return refused(),
                Some(at) if text[at - 1] == b'/' => return refused(),
                Some(at) => text[..at].to_vec(),
                None if name == "stripdir" => text,
                None => Vec::new(),
            }
        }
        "addbreaks" => replaced(&text, &[(b'\n', b"<br/>\n")]),
        "urlescape" => {
            let is_safe = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.-~/".contains(byte);
            let mut out = Vec::with_capacity(text.len());
            for byte in &text {
                match is_safe(byte) {
                    true => out.push(*byte),
                    false => out.extend_from_slice(format!("%{byte:02X}").as_bytes()),
                }
            }
            out
        }
        "tabindent" => tabindent(&text)?,
        _ => return refused(),
    })
}

fn tabindent(text: &[u8]) -> Result<Vec<u8>> {
    if text.contains(&b'\r') {
        return refused();
    }
    let mut out = Vec::with_capacity(text.len() + 16);
    for (index, line) in text.split_inclusive(|byte| *byte == b'\n').enumerate() {
        if index > 0 && !line.trim_ascii().is_empty() {
            out.push(b'\t');
        }
        out.extend_from_slice(line);
    }
    Ok(out)
}

fn person(author: &[u8]) -> Vec<u8> {
    let Some(at) = find(author, b'@') else {
        return author.to_vec();
    };
    let Some(bracket) = find(author, b'<') else {
        return replaced(&author[..at], &[(b'.', b" ")]);
    };
    let edge = |byte: &u8| matches!(byte, b' ' | b'"');
    let name = &author[..bracket];
    let start = name
        .iter()
        .position(|byte| !edge(byte))
        .unwrap_or(name.len());
    let end = name
        .iter()
        .rposition(|byte| !edge(byte))
        .map_or(start, |at| at + 1);
    let name = &name[start..end];
    let mut out = Vec::with_capacity(name.len());
    for (index, byte) in name.iter().enumerate() {
        if !(*byte == b'\\' && name.get(index + 1) == Some(&b'"')) {
            out.push(*byte);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(name: &str, value: Value) -> String {
        String::from_utf8(apply(name, Got::One(value)).unwrap().text()).unwrap()
    }

    #[test]
    fn people_and_addresses() {
        let jane = "\"Jane \\\"J\\\" Doe\" <jane.doe@example.org>";
        for (name, value, wanted) in [
            ("person", jane, "Jane \"J\" Doe"),
            ("person", "jane.doe@x", "jane doe"),
            ("person", "jane", "jane"),
            ("email", jane, "jane.doe@example.org"),
            ("email", "x@y", "x@y"),
            ("user", jane, "jane"),
            ("emailuser", jane, "jane.doe"),
            ("domain", jane, "example.org"),
            ("firstline", "a\r\nb", "a"),
            ("firstline", "", ""),
            ("short", "0123456789abcdef", "0123456789ab"),
            ("dirname", "a/b/c", "a/b"),
            ("stripdir", "a", "a"),
            ("basename", "a/b", "b"),
            ("escape", "<a&\"'\0>", "&lt;a&amp;&quot;'&gt;"),
            ("urlescape", "a b/~ä", "a%20b/~%C3%A4"),
            ("nonempty", "", "(none)"),
        ] {
            assert_eq!(shown(name, Value::from(value)), wanted, "{name} {value}");
        }
    }

    #[test]
    fn dates() {
        let date = || Value::Date(1_078_012_800, 19_800);
        assert_eq!(shown("isodate", date()), "2004-02-28 18:30 -0530");
        assert_eq!(
            shown("rfc822date", date()),
            "Sat, 28 Feb 2004 18:30:00 -0530"
        );
        assert_eq!(shown("rfc3339date", date()), "2004-02-28T18:30:00-05:30");
        assert_eq!(shown("hgdate", date()), "1078012800 19800");
        assert_eq!(shown("age", date()), "2004-02-28");
    }
}
