//! A page of output: bytes, with the effects that labels have where the user wants colours.
//! Which effects there are is declared in Python and generated into `tables`; whether colours are due is the caller's.

use std::collections::HashMap;

use crate::config::{Config, parse_list};
use crate::tables::{EFFECTS, STYLES};

/// What labels look like on an ANSI terminal.
#[derive(Clone, Debug)]
pub struct Painter {
    /// Codes of effects by label, each already separated from the one before.
    codes: HashMap<Vec<u8>, Vec<u8>>,
}

/// What ends all effects.
const STOP: &[u8] = b"\x1b[0m";

fn effect(name: &[u8]) -> Option<&'static str> {
    let found = EFFECTS.iter().find(|(known, _)| known.as_bytes() == name);
    found.map(|(_, code)| *code)
}

/// The codes of known effects, each after a semicolon; `None` where one is unknown.
fn codes_of<'a>(words: impl Iterator<Item = &'a [u8]>) -> Option<Vec<u8>> {
    let mut codes = Vec::new();
    for word in words {
        codes.push(b';');
        codes.extend_from_slice(effect(word)?.as_bytes());
    }
    Some(codes)
}

impl Painter {
    /// The usual styles with those of section `color`; `None` where that has an unknown effect, which is warned of.
    pub fn new(config: &Config) -> Option<Painter> {
        let mut codes = HashMap::with_capacity(STYLES.len());
        for (label, style) in STYLES {
            let words = style.split(' ').filter(|word| !word.is_empty());
            let style = codes_of(words.map(str::as_bytes))?;
            codes.insert(label.as_bytes().to_vec(), style);
        }
        for (label, value) in config.items(b"color") {
            let is_label = label.contains(&b'.')
                && !label.starts_with(b"color.")
                && !label.starts_with(b"terminfo.");
            let words = parse_list(value.bytes);
            if is_label && !words.is_empty() {
                let style = codes_of(words.iter().map(Vec::as_slice))?;
                codes.insert(label.to_vec(), style);
            }
        }
        Some(Painter { codes })
    }

    /// Appends a text, line by line between the effects of its labels.
    pub fn paint(&self, text: &[u8], labels: &[u8], out: &mut Vec<u8>) {
        let mut start = b"\x1b[0".to_vec();
        for word in labels.split(u8::is_ascii_whitespace) {
            match self.codes.get(word) {
                Some(codes) if !codes.is_empty() => start.extend_from_slice(codes),
                _ => {
                    let code = effect(word).map(str::as_bytes);
                    start.extend(code.into_iter().flat_map(|code| [b";", code].concat()));
                }
            }
        }
        if start.len() == 3 {
            out.extend_from_slice(text);
            return;
        }
        start.push(b'm');
        for (index, line) in text.split(|byte| *byte == b'\n').enumerate() {
            if index > 0 {
                out.push(b'\n');
            }
            // after a part that has effects of its own, ours begin again
            let mut rest = line;
            while !rest.is_empty() {
                let end = memchr::memmem::find(rest, STOP);
                let part = &rest[..end.unwrap_or(rest.len())];
                if !part.is_empty() {
                    out.extend_from_slice(&start);
                    out.extend_from_slice(part);
                    out.extend_from_slice(STOP);
                }
                rest = end.map_or(&[][..], |end| &rest[end + STOP.len()..]);
            }
        }
    }
}

/// Collected output.
#[derive(Debug, Default)]
pub struct Page {
    out: Vec<u8>,
    painter: Option<Painter>,
}

impl Page {
    /// An empty page; labels count only with a painter.
    pub fn new(painter: Option<Painter>) -> Page {
        let out = Vec::new();
        Page { out, painter }
    }

    /// Whether labels show.
    pub fn is_coloured(&self) -> bool {
        self.painter.is_some()
    }

    /// What labels look like, where they show.
    pub fn painter(&self) -> Option<&Painter> {
        self.painter.as_ref()
    }

    /// Appends bytes as they are.
    pub fn put(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    /// Appends a text with labels (words between spaces).
    pub fn write(&mut self, text: &[u8], labels: &str) {
        match &self.painter {
            Some(painter) => painter.paint(text, labels.as_bytes(), &mut self.out),
            None => self.out.extend_from_slice(text),
        }
    }

    /// A text with the effects of its labels, for use inside another one.
    pub fn label(&self, text: Vec<u8>, labels: &[u8]) -> Vec<u8> {
        let Some(painter) = &self.painter else {
            return text;
        };
        let mut out = Vec::with_capacity(text.len() + 16);
        painter.paint(&text, labels, &mut out);
        out
    }

    /// The buffer itself, for what has no labels.
    pub fn bytes(&mut self) -> &mut Vec<u8> {
        &mut self.out
    }

    /// What has been written.
    pub fn into_bytes(self) -> Vec<u8> {
        self.out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::Environment;
    use std::path::Path;

    fn painter(items: &[(&str, &str)]) -> Option<Painter> {
        let mut config = Config::new(&Environment::new([]));
        for (name, value) in items {
            let item = (b"color".as_slice(), name.as_bytes());
            config.set_override(item, value.as_bytes(), b"--config", Path::new("/"));
        }
        Painter::new(&config)
    }

    fn painted(items: &[(&str, &str)], text: &str, labels: &str) -> String {
        let mut page = Page::new(painter(items));
        page.write(text.as_bytes(), labels);
        String::from_utf8(page.into_bytes()).unwrap()
    }

    #[test]
    fn labels_become_codes_line_by_line() {
        let cases = [
            ("a\n", "status.modified", "\x1b[0;34;1ma\x1b[0m\n"),
            (
                "a\n\nb",
                "log.changeset x",
                "\x1b[0;33ma\x1b[0m\n\n\x1b[0;33mb\x1b[0m",
            ),
            ("a", "nothing", "a"),
            ("a", "red", "\x1b[0;31ma\x1b[0m"),
            ("a", "changeset.draft", "a"),
            ("a\x1b[0mb", "bold", "\x1b[0;1ma\x1b[0m\x1b[0;1mb\x1b[0m"),
        ];
        for (text, labels, wanted) in cases {
            assert_eq!(painted(&[], text, labels), wanted, "{text:?} {labels}");
        }
        let own = [("log.user", "bold red"), ("mode", "ansi")];
        assert_eq!(painted(&own, "a", "log.user"), "\x1b[0;1;31ma\x1b[0m");
        assert!(painter(&[("log.user", "loud")]).is_none());
    }

    #[test]
    fn without_a_painter_nothing_is_added() {
        let mut page = Page::default();
        page.write(b"a\n", "red");
        assert_eq!(page.label(b"x".to_vec(), b"red"), b"x");
        assert_eq!(page.into_bytes(), b"a\n");
    }
}
