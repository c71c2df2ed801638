//! Patches on a page: as they are, in pieces with labels, or as a histogram of the lines that each file gained and lost.
//! Making patches is `ops::diff`'s.

use hyg_base::Result;
use hyg_text::label::Labeller;

use super::Page;

/// Appends a patch, cut into labelled pieces where labels show.
///
/// # Errors
/// Where it cannot be cut.
pub fn patch(patch: &[u8], labeller: &mut Labeller, page: &mut Page) -> Result<()> {
    if !page.is_coloured() {
        page.put(patch);
        return Ok(());
    }
    for (piece, label) in labeller.label(patch)? {
        match label {
            "" => page.put(&piece),
            label => page.write(&piece, label),
        }
    }
    Ok(())
}

/// What a patch does to one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileStat {
    /// Its name, or both names.
    pub name: Vec<u8>,
    /// Lines added.
    pub added: usize,
    /// Lines removed.
    pub removed: usize,
    /// It is binary.
    pub binary: bool,
}

impl FileStat {
    /// The counts, read off a patch; nothing where it names no file.
    pub fn of(patch: &[u8]) -> Option<FileStat> {
        let mut found: Option<FileStat> = None;
        let mut in_header = true;
        for line in patch.split(|byte| *byte == b'\n') {
            if line.starts_with(b"diff") && (in_header || !matches!(line[0], b'+' | b'-')) {
                let name = name_in(line);
                found = Some(FileStat {
                    name,
                    ..FileStat::default()
                });
                continue;
            }
            let Some(stat) = found.as_mut() else {
                continue;
            };
            if !in_header && line.starts_with(b"+") {
                stat.added += 1;
            } else if !in_header && line.starts_with(b"-") {
                stat.removed += 1;
            } else if line.starts_with(b"@@") {
                in_header = false;
            } else if line.starts_with(b"GIT binary patch") || line.starts_with(b"Binary file") {
                stat.binary = true;
            } else if let Some(name) = line.strip_prefix(b"rename from ") {
                stat.name = name.to_vec();
            } else if let Some(name) = line.strip_prefix(b"rename to ") {
                stat.name.extend_from_slice(b" => ");
                stat.name.extend_from_slice(name);
            }
        }
        found
    }
}

/// The file that a `diff` line is about.
fn name_in(line: &[u8]) -> Vec<u8> {
    if let Some(names) = line.strip_prefix(b"diff --git a/") {
        let at = memchr::memmem::rfind(names, b" b/");
        return names[at.map_or(0, |at| at + 3)..].to_vec();
    }
    let words: Vec<&[u8]> = line.split(|byte| *byte == b' ').collect();
    let mut at = 1;
    while at + 1 < words.len() && words[at] == b"-r" {
        at += 2;
    }
    words.get(at..).unwrap_or_default().join(&b' ')
}

/// Appends the histogram; names are ASCII, `width` is that of the screen.
pub fn histogram(stats: &[FileStat], width: usize, page: &mut Page) {
    let longest = stats.iter().map(|stat| stat.name.len()).max().unwrap_or(0);
    let most = stats.iter().map(|stat| stat.added + stat.removed).max();
    let most = most.unwrap_or(0);
    let mut digits = most.to_string().len();
    if stats.iter().any(|stat| stat.binary) {
        digits = digits.max(3);
    }
    let room = width.saturating_sub(digits + longest + 6).max(10);
    let scaled = |number: usize| match most <= room {
        true => number,
        false => (number * room / most).max(usize::from(number > 0)),
    };
    for stat in stats {
        let count = match stat.binary {
            true => "Bin".to_owned(),
            false => (stat.added + stat.removed).to_string(),
        };
        page.put(b" ");
        page.put(&stat.name);
        page.put(&vec![b' '; longest - stat.name.len()]);
        page.put(format!(" |  {count:>digits$} ").as_bytes());
        for (number, sign, label) in [
            (stat.added, b'+', "diffstat.inserted"),
            (stat.removed, b'-', "diffstat.deleted"),
        ] {
            let bar = vec![sign; scaled(number)];
            if !bar.is_empty() {
                page.write(&bar, label);
            }
        }
        page.put(b"\n");
    }
    if !stats.is_empty() {
        let added: usize = stats.iter().map(|stat| stat.added).sum();
        let removed: usize = stats.iter().map(|stat| stat.removed).sum();
        let files = stats.len();
        let line =
            format!(" {files} files changed, {added} insertions(+), {removed} deletions(-)\n");
        page.put(line.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_read_off_patches() {
        let git = b"diff --git a/x b/y z\nrename from x\nrename to y z\n--- a/x\n+++ b/y z\n@@ -1,1 +1,2 @@\n-a\n+--\n+b\n";
        let stat = FileStat::of(git).unwrap();
        assert_eq!((stat.added, stat.removed, stat.binary), (2, 1, false));
        assert_eq!(stat.name, b"x => y z");
        let plain = b"diff -r 123 -r 456 a b\nBinary file a b has changed\n";
        let stat = FileStat::of(plain).unwrap();
        assert_eq!(
            (stat.name.as_slice(), stat.binary),
            (b"a b".as_slice(), true)
        );
        let mut page = Page::new(None);
        histogram(&[FileStat::of(git).unwrap()], 80, &mut page);
        let wanted = " x => y z |  3 ++-\n 1 files changed, 2 insertions(+), 1 deletions(-)\n";
        assert_eq!(page.into_bytes(), wanted.as_bytes());
    }
}
