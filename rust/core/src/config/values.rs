//! What the text of a configuration value means: booleans, numbers, sizes and lists.
//! Which value an item has is decided elsewhere.

use super::lines::is_space;

/// `1 yes true on always` and `0 no false off never`, in any case; `None` for anything else.
pub fn parse_bool(text: &[u8]) -> Option<bool> {
    let any = |words: &[&str]| {
        words
            .iter()
            .any(|word| text.eq_ignore_ascii_case(word.as_bytes()))
    };
    if any(&["1", "yes", "true", "on", "always"]) {
        Some(true)
    } else if any(&["0", "no", "false", "off", "never"]) {
        Some(false)
    } else {
        None
    }
}

/// A decimal number as Python reads it: white space around, a sign, single underscores between digits.
pub fn parse_int(text: &[u8]) -> Option<i64> {
    let text = trim(text);
    let (sign, digits) = match text.first()? {
        b'-' => (-1, &text[1..]),
        b'+' => (1, &text[1..]),
        _ => (1, text),
    };
    let mut value: i64 = 0;
    let mut after_digit = false;
    for byte in digits {
        match byte {
            b'0'..=b'9' => {
                let digit = i64::from(byte - b'0') * sign;
                value = value.checked_mul(10)?.checked_add(digit)?;
                after_digit = true;
            }
            b'_' if after_digit => after_digit = false,
            _ => return None,
        }
    }
    after_digit.then_some(value)
}

/// A number of bytes: an integer, or a decimal fraction with the unit `b`, `k`, `kb`, `m`, `mb`, `g` or `gb`.
pub fn parse_byte_size(text: &[u8]) -> Option<i64> {
    const UNITS: [(&[u8], f64); 7] = [
        (b"m", 1_048_576.0),
        (b"k", 1024.0),
        (b"g", 1_073_741_824.0),
        (b"kb", 1024.0),
        (b"mb", 1_048_576.0),
        (b"gb", 1_073_741_824.0),
        (b"b", 1.0),
    ];
    let text = trim(text).to_ascii_lowercase();
    let Some((unit, factor)) = UNITS.iter().find(|(unit, _)| text.ends_with(unit)) else {
        return parse_int(&text);
    };
    let number = std::str::from_utf8(trim(&text[..text.len() - unit.len()])).ok()?;
    let bytes = (number.parse::<f64>().ok()? * factor).trunc();
    // The comparison also refuses NaN; 2^63 itself is the first value that does not fit.
    (bytes.abs() < 9_223_372_036_854_775_808.0).then_some(bytes as i64)
}

/// A list of words between commas or white space; words may be quoted.
pub fn parse_list(text: &[u8]) -> Vec<Vec<u8>> {
    let lead = text
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b',' | b'\n'))
        .count();
    parse_trimmed_list(&text[lead..])
}

fn parse_trimmed_list(text: &[u8]) -> Vec<Vec<u8>> {
    let tail = text
        .iter()
        .rev()
        .take_while(|byte| matches!(byte, b' ' | b','))
        .count();
    let text = &text[..text.len() - tail];
    if text.is_empty() {
        return Vec::new();
    }
    let mut reader = ListReader {
        text,
        at: 0,
        words: vec![Vec::new()],
    };
    while reader.at < text.len() {
        reader.step();
    }
    reader.words
}

/// Reads one list; the last word is the one being built.
struct ListReader<'a> {
    text: &'a [u8],
    at: usize,
    words: Vec<Vec<u8>>,
}

impl ListReader<'_> {
    fn skip(&mut self, separator: impl Fn(u8) -> bool) -> bool {
        let before = self.at;
        while self.text.get(self.at).copied().is_some_and(&separator) {
            self.at += 1;
        }
        self.at > before
    }

    fn word(&mut self) -> &mut Vec<u8> {
        if self.words.is_empty() {
            self.words.push(Vec::new());
        }
        let last = self.words.len() - 1;
        &mut self.words[last]
    }

    /// Outside quotes: separators begin a new word, a quote at its start opens a quotation, `\"` is a quote.
    fn step(&mut self) {
        let separated = self.skip(|byte| is_space(byte) || byte == b',');
        let Some(byte) = self.text.get(self.at).copied() else {
            return;
        };
        if separated {
            self.words.push(Vec::new());
        }
        self.at += 1;
        let word = self.word();
        match byte {
            b'"' if word.is_empty() => self.quotation(),
            b'"' if word.last() == Some(&b'\\') => {
                word.pop();
                word.push(b'"');
            }
            _ => word.push(byte),
        }
    }

    /// After an opening quote.
    fn quotation(&mut self) {
        if self.text.get(self.at) == Some(&b'"') {
            self.at += 1;
            self.words.push(Vec::new());
            self.skip(|byte| is_space(byte) || byte == b',');
            return;
        }
        while let Some(byte) = self.text.get(self.at).copied() {
            self.at += 1;
            match byte {
                b'"' => return self.after_quotation(),
                b'\\' if self.text.get(self.at) == Some(&b'"') => {
                    self.at += 1;
                    self.word().push(b'"');
                }
                _ => self.word().push(byte),
            }
        }
        self.unterminated();
    }

    /// After a closing quote: the next word begins, but for a lone quote at the very end.
    fn after_quotation(&mut self) {
        self.skip(|byte| byte == b' ' || byte == b',');
        match &self.text[self.at..] {
            [] => {}
            [b'"'] => {
                self.at += 1;
                self.word().push(b'"');
            }
            _ => self.words.push(Vec::new()),
        }
    }

    /// No closing quote: what was read counts as an ordinary list whose first word begins with the quote.
    fn unterminated(&mut self) {
        let read = self.words.pop().unwrap_or_default();
        let mut again = parse_trimmed_list(&read);
        match again.first_mut() {
            Some(first) => first.insert(0, b'"'),
            None => again.push(b"\"".to_vec()),
        }
        self.words.append(&mut again);
    }
}

fn trim(text: &[u8]) -> &[u8] {
    let lead = text.iter().take_while(|byte| is_space(**byte)).count();
    let text = &text[lead..];
    let tail = text
        .iter()
        .rev()
        .take_while(|byte| is_space(**byte))
        .count();
    &text[..text.len() - tail]
}
