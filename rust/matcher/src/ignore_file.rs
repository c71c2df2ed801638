//! The lines of a pattern file: comments, `syntax:` lines and prefixes, giving patterns as `kind:text`.
//! Opening included files and compiling the patterns belong to the callers.

use hyg_base::Warning;

/// Words of `syntax:` lines and prefixes, each with what is put before the text, in the order they are tried.
/// The words for files lack their colon, as they do at the peer: any line that starts with one of them is taken
/// for it, and is then read as whatever kind the whole line names.
const SYNTAXES: [(&[u8], &[u8]); 6] = [
    (b"re", b"relre:"),
    (b"regexp", b"relre:"),
    (b"glob", b"relglob:"),
    (b"rootglob", b"rootglob:"),
    (b"include", b"include"),
    (b"subinclude", b"subinclude"),
];

/// The patterns of a file, each as `kind:text`; `path` is how warnings name the file.
pub(crate) fn parse(contents: &[u8], path: &[u8], mut warn: impl FnMut(Warning)) -> Vec<Vec<u8>> {
    let mut syntax: &[u8] = b"relre:";
    let mut patterns = Vec::new();
    for line in contents.split(|byte| *byte == b'\n') {
        let line = without_comment(line);
        let line = trim_end(&line);
        if line.is_empty() {
            continue;
        }
        if let Some(word) = line.strip_prefix(b"syntax:") {
            let word = trim_start(word);
            match SYNTAXES.iter().find(|(name, _)| *name == word) {
                Some((_, prefix)) => syntax = prefix,
                None => warn(
                    Warning::new("invalid-ignore-syntax")
                        .with("path", path)
                        .with("syntax", word),
                ),
            }
            continue;
        }
        let (prefix, text) = split_prefix(line).unwrap_or((syntax, line));
        patterns.push([prefix, text].concat());
    }
    patterns
}

fn split_prefix(line: &[u8]) -> Option<(&'static [u8], &[u8])> {
    SYNTAXES.iter().find_map(|(word, prefix)| {
        let text = match line.strip_prefix(*prefix) {
            Some(text) => text,
            None => line.strip_prefix(*word)?.strip_prefix(b":")?,
        };
        Some((*prefix, text))
    })
}

/// Cuts at the first `#` that an even number of backslashes precedes, and takes the backslash from the others.
fn without_comment(line: &[u8]) -> std::borrow::Cow<'_, [u8]> {
    if !line.contains(&b'#') {
        return line.into();
    }
    let mut end = line.len();
    let mut backslashes = 0;
    for (index, byte) in line.iter().enumerate() {
        match byte {
            b'#' if backslashes % 2 == 0 => {
                end = index;
                break;
            }
            b'\\' => backslashes += 1,
            _ => backslashes = 0,
        }
    }
    let mut out = Vec::with_capacity(end);
    for byte in &line[..end] {
        if *byte == b'#' && out.last() == Some(&b'\\') {
            out.pop();
        }
        out.push(*byte);
    }
    out.into()
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

fn trim_end(line: &[u8]) -> &[u8] {
    let end = line
        .iter()
        .rposition(|byte| !is_blank(*byte))
        .map_or(0, |last| last + 1);
    &line[..end]
}

fn trim_start(line: &[u8]) -> &[u8] {
    let start = line
        .iter()
        .position(|byte| !is_blank(*byte))
        .unwrap_or(line.len());
    &line[start..]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(contents: &str) -> Vec<String> {
        let patterns = parse(contents.as_bytes(), b"f", |warning| panic!("{warning:?}"));
        patterns
            .into_iter()
            .map(|line| String::from_utf8(line).unwrap())
            .collect()
    }

    #[test]
    fn syntax_lines_and_prefixes() {
        assert_eq!(
            lines("\\.o$\nsyntax: glob\n*.c\nre:x\nregexp:y\nrelre:z\n"),
            [
                "relre:\\.o$",
                "relglob:*.c",
                "relre:x",
                "relre:y",
                "relre:z"
            ]
        );
        assert_eq!(
            lines("syntax:rootglob \na\nglob:b\nrelglob:c\nrootglob:d\npath:e"),
            [
                "rootglob:a",
                "relglob:b",
                "relglob:c",
                "rootglob:d",
                "rootglob:path:e"
            ]
        );
    }

    #[test]
    fn included_files_and_what_looks_like_them() {
        assert_eq!(
            lines("include:a\nsubinclude:b\nincludes\nsyntax: glob\nsubincluded"),
            ["include:a", "subinclude:b", "includes", "subincluded"]
        );
    }

    #[test]
    fn comments_escapes_and_blanks() {
        assert_eq!(
            lines("# all\n  \nab # c\na\\#b#c\na\\\\#b\n  x\t\r\n#\n\\##"),
            [
                "relre:ab",
                "relre:a#b",
                "relre:a\\\\",
                "relre:  x",
                "relre:#"
            ]
        );
    }

    #[test]
    fn an_unknown_syntax_is_named_and_skipped() {
        let mut warnings = Vec::new();
        let patterns = parse(b"syntax: nope\na", b"f", |warning| warnings.push(warning));
        assert_eq!(patterns, [b"relre:a"]);
        assert_eq!(
            warnings,
            [Warning::new("invalid-ignore-syntax")
                .with("path", "f")
                .with("syntax", "nope")]
        );
    }
}
