//! Values of rows and templates, and their form as JSON.
//! Where they come from is the operations' business; how templates print them, that of `template`.

/// A value with a name in a row or a template.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing.
    Null,
    /// A truth.
    Bool(bool),
    /// A number.
    Int(i64),
    /// Text, in whatever encoding it is stored.
    Text(Vec<u8>),
    /// Seconds since 1970, and seconds that the zone is west of UTC.
    Date(i64, i32),
    /// Values one after the other.
    List(Vec<Value>),
    /// Values with what templates call one of them, and what stands between them.
    Named {
        /// The values.
        items: Vec<Value>,
        /// The name of one.
        name: &'static str,
        /// What stands between.
        separator: &'static str,
    },
    /// Values by name.
    Dict(Vec<(Vec<u8>, Value)>),
}

impl From<&[u8]> for Value {
    fn from(text: &[u8]) -> Value {
        Value::Text(text.to_vec())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.as_bytes().to_vec())
    }
}

impl From<Vec<u8>> for Value {
    fn from(text: Vec<u8>) -> Value {
        Value::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Value {
        Value::Int(number)
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Value {
        Value::Bool(truth)
    }
}

impl Value {
    /// A list of texts.
    pub fn named<T: AsRef<[u8]>>(
        name: &'static str,
        separator: &'static str,
        texts: impl IntoIterator<Item = T>,
    ) -> Value {
        let texts = texts.into_iter();
        Value::Named {
            items: texts.map(|text| Value::from(text.as_ref())).collect(),
            name,
            separator,
        }
    }

    /// Appends the value as one line of JSON; with `ascii_only` everything outside ASCII is escaped, and so are the
    /// angle brackets.
    pub fn json(&self, ascii_only: bool, out: &mut Vec<u8>) {
        match self {
            Value::Null => out.extend_from_slice(b"null"),
            Value::Bool(true) => out.extend_from_slice(b"true"),
            Value::Bool(false) => out.extend_from_slice(b"false"),
            Value::Int(number) => out.extend_from_slice(number.to_string().as_bytes()),
            Value::Text(text) => json_string(text, ascii_only, out),
            Value::Date(seconds, offset) => {
                out.extend_from_slice(format!("[{seconds}, {offset}]").as_bytes());
            }
            Value::List(items) | Value::Named { items, .. } => {
                out.push(b'[');
                for (index, item) in items.iter().enumerate() {
                    out.extend_from_slice(if index == 0 { b"" } else { b", " });
                    item.json(ascii_only, out);
                }
                out.push(b']');
            }
            Value::Dict(entries) => {
                let mut entries: Vec<_> = entries.iter().collect();
                entries.sort_by(|a, b| a.0.cmp(&b.0));
                out.push(b'{');
                for (index, (name, item)) in entries.into_iter().enumerate() {
                    out.extend_from_slice(if index == 0 { b"" } else { b", " });
                    json_string(name, ascii_only, out);
                    out.extend_from_slice(b": ");
                    item.json(ascii_only, out);
                }
                out.push(b'}');
            }
        }
    }
}

fn json_string(text: &[u8], ascii_only: bool, out: &mut Vec<u8>) {
    out.push(b'"');
    json_text(text, ascii_only, out);
    out.push(b'"');
}

/// Appends the inside of a JSON string. A byte that is no UTF-8 becomes the lone surrogate U+DC00 + byte.
pub fn json_text(text: &[u8], ascii_only: bool, out: &mut Vec<u8>) {
    for chunk in text.utf8_chunks() {
        for character in chunk.valid().chars() {
            json_character(character, ascii_only, out);
        }
        for byte in chunk.invalid() {
            match ascii_only {
                true => out.extend_from_slice(format!("\\udc{byte:02x}").as_bytes()),
                false => out.extend_from_slice(&[0xed, 0xb0 | (byte >> 6), 0x80 | (byte & 0x3f)]),
            }
        }
    }
}

fn json_character(character: char, ascii_only: bool, out: &mut Vec<u8>) {
    let short = match character {
        '\u{8}' => "\\b",
        '\t' => "\\t",
        '\n' => "\\n",
        '\u{c}' => "\\f",
        '\r' => "\\r",
        '"' => "\\\"",
        '\\' => "\\\\",
        _ => "",
    };
    let code = u32::from(character);
    if !short.is_empty() {
        out.extend_from_slice(short.as_bytes());
    } else if code < 0x20 || code == 0x7f || (ascii_only && matches!(character, '<' | '>')) {
        out.extend_from_slice(format!("\\u{code:04x}").as_bytes());
    } else if ascii_only && code >= 0x80 {
        for unit in character.encode_utf16(&mut [0; 2]) {
            out.extend_from_slice(format!("\\u{unit:04x}").as_bytes());
        }
    } else {
        out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(value: &Value, ascii_only: bool) -> Vec<u8> {
        let mut out = Vec::new();
        value.json(ascii_only, &mut out);
        out
    }

    #[test]
    fn strings_are_escaped_as_the_peer_does() {
        let text = Value::from("a\"\\\n\x01\x7f<ä\u{1f600}");
        assert_eq!(
            json(&text, false),
            "\"a\\\"\\\\\\n\\u0001\\u007f<ä\u{1f600}\"".as_bytes()
        );
        assert_eq!(
            json(&text, true),
            br#""a\"\\\n\u0001\u007f\u003c\u00e4\ud83d\ude00""#
        );
        let bad = Value::from(b"\xff\x80".as_slice());
        assert_eq!(json(&bad, false), b"\"\xed\xb3\xbf\xed\xb2\x80\"");
        assert_eq!(json(&bad, true), br#""\udcff\udc80""#);
    }

    #[test]
    fn everything_else_is_plain() {
        let dict = Value::Dict(vec![
            (b"b".to_vec(), Value::Bool(true)),
            (b"a".to_vec(), Value::Date(1, -2)),
        ]);
        let list = Value::List(vec![Value::Null, Value::Int(-1), dict]);
        assert_eq!(
            json(&list, true),
            br#"[null, -1, {"a": [1, -2], "b": true}]"#
        );
    }
}
