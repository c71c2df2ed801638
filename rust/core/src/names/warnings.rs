//! What the user is told while a name is looked up: malformed bookmarks, markers that nobody asked for.
//! The sentences, and whether configuration silences one, are the caller's.

use hyg_base::{Result, Warning};
use hyg_store::requirements;

use super::{History, bookmarks, hidden};

/// The warnings that looking up `symbol` gives, in order, whether or not it is found.
///
/// - `malformed-bookmark` (facts `path` from the working directory, `line` quoted): where bookmarks are read, for a
///   plain name or because they may keep changesets from being hidden.
/// - `markers-not-enabled` (fact `count`): where the markers are read. It is for users who have not enabled them
///   (`experimental.evolution`).
///
/// # Errors
/// As [`super::resolve`], but for the name itself.
pub fn warnings(history: &impl History, symbol: &[u8]) -> Result<Vec<Warning>> {
    if matches!(symbol, b"null" | b".") {
        return Ok(Vec::new());
    }
    let is_number = std::str::from_utf8(symbol)
        .ok()
        .and_then(|text| {
            text.parse::<i64>()
                .ok()
                .filter(|number| number.to_string() == text)
        })
        .is_some();
    let asks_bookmarks_first = symbol != b"tip" && !is_number && symbol.len() != 40;
    let markers = history.markers()?.len();
    let markers = match markers {
        0 => None,
        count => Some(Warning::new("markers-not-enabled").with("count", count)),
    };
    if asks_bookmarks_first {
        let mut found = malformed(history)?;
        found.extend(markers);
        return Ok(found);
    }
    let mut found: Vec<Warning> = markers.into_iter().collect();
    if !hidden::read(history)?.is_plain() || symbol.len() == 40 {
        found.extend(malformed(history)?);
    }
    Ok(found)
}

fn malformed(history: &impl History) -> Result<Vec<Warning>> {
    let in_store = history
        .layout()
        .requirements
        .contains(requirements::BOOKMARKS_IN_STORE);
    let path = match in_store {
        true => ".hg/store/bookmarks",
        false => ".hg/bookmarks",
    };
    let warning = |line: &Vec<u8>| {
        Warning::new("malformed-bookmark")
            .with("path", path)
            .with("line", quoted(line))
    };
    Ok(bookmarks::read(history)?
        .malformed
        .iter()
        .map(warning)
        .collect())
}

/// A line between quotes, with everything but printable ASCII escaped.
fn quoted(line: &[u8]) -> String {
    let quote = match line.contains(&b'\'') && !line.contains(&b'"') {
        true => '"',
        false => '\'',
    };
    let mut out = String::from(quote);
    for byte in line {
        match byte {
            b'\\' => out.push_str("\\\\"),
            b'\t' => out.push_str("\\t"),
            b'\r' => out.push_str("\\r"),
            b'\n' => out.push_str("\\n"),
            byte if char::from(*byte) == quote => out.extend(['\\', quote]),
            b' '..=b'~' => out.push(char::from(*byte)),
            byte => out.push_str(&format!("\\x{byte:02x}")),
        }
    }
    out.push(quote);
    out
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn lines_are_quoted_as_python_does() {
        for (line, expected) in [
            (b"xx".as_slice(), "'xx'"),
            (b"it's", "\"it's\""),
            (b"it's \"so\"", "'it\\'s \"so\"'"),
            (b"a\\b\t\x7f\xff", "'a\\\\b\\t\\x7f\\xff'"),
        ] {
            assert_eq!(quoted(line), expected);
        }
    }
}
