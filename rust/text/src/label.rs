//! Cuts a diff into pieces with labels, for colours: headers, hunks, changed lines, tabs, white space at line ends, and
//! on demand the words that changed inside lines. Which colour a label has belongs elsewhere (`docs/formats/diff.md`).

use hyg_base::Result;

use crate::compare::{Comparison, Kind};
use crate::lines::Lines;

/// A piece of a diff and its label; an empty label means plain text.
pub type Token = (Vec<u8>, &'static str);

/// What header lines start with, and their labels; the first that fits counts.
const HEADERS: [(&[u8], &str); 10] = [
    (b"diff", "diff.diffline"),
    (b"copy", "diff.extended"),
    (b"rename", "diff.extended"),
    (b"old", "diff.extended"),
    (b"new", "diff.extended"),
    (b"deleted", "diff.extended"),
    (b"index", "diff.extended"),
    (b"similarity", "diff.extended"),
    (b"---", "diff.file_a"),
    (b"+++", "diff.file_b"),
];

/// What else has a label; changed lines aside.
const HUNK: [(&[u8], &str); 1] = [(b"@", "diff.hunk")];

/// The state between chunks of one diff: whether the lines are those of a header.
#[derive(Debug, Default)]
pub struct Labeller {
    in_header: bool,
    /// Compare the words of removed lines with those of added ones.
    words: bool,
}

impl Labeller {
    /// A labeller for one diff; `words` marks changed words inside changed lines.
    pub fn new(words: bool) -> Labeller {
        Labeller {
            in_header: false,
            words,
        }
    }

    /// The pieces of one chunk: a header or a hunk, with any number of lines.
    ///
    /// # Errors
    /// Only for texts that [`Lines::split`] refuses.
    pub fn label(&mut self, chunk: &[u8]) -> Result<Vec<Token>> {
        let mut out = Vec::new();
        // Changed lines are held back until the change ends, because words need both sides.
        let mut change: Vec<&[u8]> = Vec::new();
        let mut rest = chunk;
        loop {
            let cut = memchr::memchr(b'\n', rest);
            let line = &rest[..cut.unwrap_or(rest.len())];
            self.note(line);
            if !self.in_header && matches!(line.first(), Some(b'+' | b'-')) {
                change.push(&rest[..cut.map_or(rest.len(), |at| at + 1)]);
            } else {
                self.flush(&mut change, &mut out)?;
                self.plain_line(line, &mut out);
                if cut.is_some() {
                    out.push((b"\n".to_vec(), ""));
                }
            }
            match cut {
                Some(at) => rest = &rest[at + 1..],
                None => break,
            }
        }
        self.flush(&mut change, &mut out)?;
        Ok(out)
    }

    fn note(&mut self, line: &[u8]) {
        match line.first() {
            Some(b'@') if self.in_header => self.in_header = false,
            None | Some(b' ' | b'+' | b'-' | b'@' | b'\\') => {}
            Some(_) => self.in_header = true,
        }
    }

    fn plain_line(&self, line: &[u8], out: &mut Vec<Token>) {
        let (text, white) = split_white(line);
        let known: &[(&[u8], &str)] = if self.in_header { &HEADERS } else { &HUNK };
        let Some((_, label)) = known.iter().find(|(start, _)| text.starts_with(start)) else {
            out.push((line.to_vec(), ""));
            return;
        };
        out.push((text.to_vec(), label));
        if !white.is_empty() {
            out.push((white.to_vec(), "diff.trailingwhitespace"));
        }
    }

    fn flush(&self, change: &mut Vec<&[u8]>, out: &mut Vec<Token>) -> Result<()> {
        if self.words {
            label_words(change, out)?;
        } else {
            label_lines(change, out);
        }
        change.clear();
        Ok(())
    }
}

fn is_white(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// A line without the white space at its end, and that white space.
fn split_white(line: &[u8]) -> (&[u8], &[u8]) {
    let kept = line.iter().rposition(|byte| !is_white(byte));
    line.split_at(kept.map_or(0, |at| at + 1))
}

/// A text as runs of tabs and runs of anything else.
fn tab_runs(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.chunk_by(|one, next| (*one == b'\t') == (*next == b'\t'))
}

fn push_runs(text: &[u8], label: &'static str, out: &mut Vec<Token>) {
    for run in tab_runs(text) {
        let label = if run[0] == b'\t' { "diff.tab" } else { label };
        out.push((run.to_vec(), label));
    }
}

/// Changed lines, each with one label.
fn label_lines(change: &[&[u8]], out: &mut Vec<Token>) {
    for line in change {
        let ends = line.iter().rposition(|byte| !matches!(byte, b'\r' | b'\n'));
        let (content, end) = line.split_at(ends.map_or(0, |at| at + 1));
        let (text, white) = split_white(content);
        let label = if line.starts_with(b"-") {
            "diff.deleted"
        } else {
            "diff.inserted"
        };
        push_runs(text, label, out);
        if !white.is_empty() {
            out.push((white.to_vec(), "diff.trailingwhitespace"));
        }
        if !end.is_empty() {
            out.push((end.to_vec(), ""));
        }
    }
}

/// Changed lines with their changed words: first all removed lines, then all added ones.
fn label_words(change: &[&[u8]], out: &mut Vec<Token>) -> Result<()> {
    let side = |sign: u8| -> Vec<u8> {
        let lines = change.iter().filter(|line| line[0] == sign);
        lines.flat_map(|line| line[1..].iter().copied()).collect()
    };
    let (old, new) = (side(b'-'), side(b'+'));
    if old.is_empty() || new.is_empty() {
        label_lines(change, out);
        return Ok(());
    }
    let (old_words, new_words) = (words(&old), words(&new));
    let (old_lines, new_lines) = (as_lines(&old_words), as_lines(&new_words));
    let stretches =
        Comparison::default().stretches(&Lines::split(&old_lines)?, &Lines::split(&new_lines)?)?;
    let mut pieces = [Vec::new(), Vec::new()];
    for stretch in stretches {
        let changed = stretch.kind == Kind::Changed;
        let block = stretch.block;
        pieces[0].push((changed, old_words[block.a1..block.a2].concat()));
        pieces[1].push((changed, new_words[block.b1..block.b2].concat()));
    }
    let labels = [
        (
            &b"-"[..],
            "diff.deleted",
            "diff.deleted.changed",
            "diff.deleted.unchanged",
        ),
        (
            b"+",
            "diff.inserted",
            "diff.inserted.changed",
            "diff.inserted.unchanged",
        ),
    ];
    for (pieces, (sign, label, changed_label, same_label)) in pieces.iter().zip(labels) {
        let mut at_start = true;
        for (changed, piece) in pieces {
            for part in piece.split_inclusive(|&byte| byte == b'\n') {
                if at_start {
                    out.push((sign.to_vec(), label));
                }
                let label = if *changed { changed_label } else { same_label };
                at_start = push_part(part, label, out);
            }
        }
    }
    Ok(())
}

/// A part of a line; true when it ends the line.
fn push_part(part: &[u8], label: &'static str, out: &mut Vec<Token>) -> bool {
    let Some(line) = part.strip_suffix(b"\n") else {
        push_runs(part, label, out);
        return false;
    };
    let content = line.strip_suffix(b"\r").unwrap_or(line);
    let (text, white) = split_white(content);
    push_runs(text, label, out);
    if !white.is_empty() {
        out.push((white.to_vec(), "diff.trailingwhitespace"));
    }
    out.push((part[content.len()..].to_vec(), ""));
    true
}

/// Runs of tabs, of spaces and of word bytes (ASCII letters, digits, `_`, anything above ASCII); other bytes alone.
fn words(text: &[u8]) -> Vec<&[u8]> {
    let kind = |byte: u8| match byte {
        b'\t' => 1,
        b' ' => 2,
        b'_' | 0x80.. => 3,
        _ if byte.is_ascii_alphanumeric() => 3,
        _ => 0,
    };
    text.chunk_by(|&one, &next| kind(one) != 0 && kind(one) == kind(next))
        .collect()
}

/// One word a line, so that words can be matched as lines are.
fn as_lines(words: &[&[u8]]) -> Vec<u8> {
    let mut out = Vec::new();
    for word in words {
        out.extend_from_slice(word);
        if *word != b"\n" {
            out.push(b'\n');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(words: bool, chunk: &[u8]) -> Vec<(String, &'static str)> {
        let tokens = Labeller::new(words).label(chunk).unwrap();
        let joined: Vec<u8> = tokens.iter().flat_map(|(text, _)| text.clone()).collect();
        assert_eq!(joined.len(), chunk.len());
        tokens
            .into_iter()
            .map(|(text, label)| (String::from_utf8(text).unwrap(), label))
            .filter(|(_, label)| !label.is_empty())
            .collect()
    }

    #[test]
    fn lines_tabs_and_white_space() {
        assert_eq!(
            shown(false, b"diff a b\n--- a\n@@ -1 +1 @@ \n-x\ty \n c\n"),
            [
                ("diff a b".to_owned(), "diff.diffline"),
                ("--- a".to_owned(), "diff.file_a"),
                ("@@ -1 +1 @@".to_owned(), "diff.hunk"),
                (" ".to_owned(), "diff.trailingwhitespace"),
                ("-x".to_owned(), "diff.deleted"),
                ("\t".to_owned(), "diff.tab"),
                ("y".to_owned(), "diff.deleted"),
                (" ".to_owned(), "diff.trailingwhitespace"),
            ]
        );
    }

    #[test]
    fn words_inside_lines() {
        assert_eq!(
            shown(true, b"-one two\n+one 2\n"),
            [
                ("-".to_owned(), "diff.deleted"),
                ("one ".to_owned(), "diff.deleted.unchanged"),
                ("two".to_owned(), "diff.deleted.changed"),
                ("+".to_owned(), "diff.inserted"),
                ("one ".to_owned(), "diff.inserted.unchanged"),
                ("2".to_owned(), "diff.inserted.changed"),
            ]
        );
    }
}
