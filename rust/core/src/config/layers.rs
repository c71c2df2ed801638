//! Which configuration files there are, in which order, and whether their owner is trusted.
//! What a line says is `lines`; how values are looked up is the parent module.

use std::fs::File;
use std::io::Read;
use std::ops::Range;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use hyg_base::{Error, ErrorId, Result};

use super::lines::{Line, Lines};
use super::{Config, Item, Span};
use crate::environment::{Environment, directory_of, join_path, normalize_path, path_bytes};

/// How deep files may include each other.
const INCLUDE_DEPTH: usize = 40;

/// Variables that set items between the system's files and the user's.
const VARIABLES: [(&[u8], &[u8], &[u8]); 3] = [
    (b"EDITOR", b"ui", b"editor"),
    (b"VISUAL", b"ui", b"editor"),
    (b"PAGER", b"pager", b"pager"),
];

/// What `ui.tweakdefaults` turns on.
const TWEAKS: [(&[u8], &[u8], &[u8]); 11] = [
    (b"ui", b"rollback", b"False"),
    (b"ui", b"statuscopies", b"yes"),
    (b"ui", b"interface", b"curses"),
    (b"ui", b"relative-paths", b"yes"),
    (b"commands", b"grep.all-files", b"True"),
    (b"commands", b"update.check", b"noconflict"),
    (b"commands", b"status.verbose", b"True"),
    (b"commands", b"resolve.explicit-re-merge", b"True"),
    (b"diff", b"git", b"1"),
    (b"diff", b"showfunc", b"1"),
    (b"diff", b"word-diff", b"1"),
];

/// One file of a repository's configuration, and the directory that its relative paths start from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepositoryFile {
    /// The file.
    pub path: PathBuf,
    /// Where relative paths in it start.
    pub root: PathBuf,
}

impl Config {
    /// Reads what applies to every repository: the system's files, variables, the user's files, or `HGRCPATH`.
    ///
    /// # Errors
    /// [`ErrorId::ConfigParse`] for a file that does not follow the grammar, [`ErrorId::Unsupported`] without `HOME`.
    pub fn load_user(env: &Environment) -> Result<Config> {
        let mut config = Config::new(env);
        if let Some(list) = env.var(b"HGRCPATH") {
            config.set_variables(env);
            let entries = list.split(|byte| *byte == b':');
            for entry in entries.filter(|entry| !entry.is_empty()) {
                for path in rc_files_at(&env.expand_path(entry)?) {
                    config.read_trusted(&path, env)?;
                }
            }
        } else {
            for path in system_files(env) {
                config.read_trusted(&path, env)?;
            }
            config.set_variables(env);
            for path in user_files(env)? {
                config.read_trusted(&path, env)?;
            }
        }
        config.apply_tweaks()?;
        Ok(config)
    }

    /// Reads a repository's files, unless `HGRCSKIPREPO` is set. Files of other owners are left out and listed.
    ///
    /// # Errors
    /// [`ErrorId::ConfigParse`] for a file that does not follow the grammar.
    pub fn load_repository(&mut self, env: &Environment, files: &[RepositoryFile]) -> Result<()> {
        if env.var(b"HGRCSKIPREPO").is_some() {
            return Ok(());
        }
        for file in files {
            self.read_file(path_bytes(&file.path), Some(&file.root), false, env)?;
        }
        Ok(())
    }

    /// Applies `ui.tweakdefaults` where it is on: its items count as given on the command line,
    /// but only those that nobody has set yet.
    ///
    /// # Errors
    /// [`ErrorId::ConfigValue`] where the item is no boolean.
    pub fn apply_tweaks(&mut self) -> Result<()> {
        if !self.is_on("ui", "tweakdefaults")? || self.plain.covers(b"tweakdefaults") {
            return Ok(());
        }
        for (section, name, value) in TWEAKS {
            if !self.is_set(section, name) {
                let root = Path::new("/");
                self.set_override((section, name), value, b"<tweakdefaults>", root);
            }
        }
        Ok(())
    }

    fn set_variables(&mut self, env: &Environment) {
        for (variable, section, name) in VARIABLES {
            let Some(value) = env.var(variable) else {
                continue;
            };
            let label = [b"$", variable].concat();
            let source = self.add_source(label, None);
            let section = self.keep(section);
            let item = Item {
                name: self.keep(name),
                value: self.keep(value),
                source,
                line: 0,
            };
            self.files.set(&self.buffers, section, item);
        }
    }

    fn read_trusted(&mut self, path: &[u8], env: &Environment) -> Result<()> {
        self.read_file(path, None, true, env)
    }

    /// Reads one file of a layer. A file that cannot be read counts as absent.
    fn read_file(
        &mut self,
        path: &[u8],
        root: Option<&Path>,
        trusted: bool,
        env: &Environment,
    ) -> Result<()> {
        let Some((text, owner)) = read_with_owner(path) else {
            return Ok(());
        };
        if !trusted && owner != self.uid && !self.trusts_everybody() {
            self.untrusted.push(PathBuf::from(as_path(path)));
            return Ok(());
        }
        let place = Place {
            path,
            root,
            depth: 0,
        };
        self.apply(text, &place, env)
    }

    fn trusts_everybody(&self) -> bool {
        ["users", "groups"]
            .iter()
            .any(|name| self.list("trusted", name).iter().any(|who| who == b"*"))
    }

    fn apply(&mut self, text: Vec<u8>, place: &Place<'_>, env: &Environment) -> Result<()> {
        let buffer = self.buffers.len();
        let lines: Vec<(u32, Line)> = Lines::new(&text).collect();
        self.buffers.push(text);
        let mut reading = Reading {
            place,
            env,
            buffer,
            source: self.add_place(place),
            section: self.keep(b""),
            item: None,
        };
        for (line, said) in lines {
            self.apply_line(&mut reading, line, said)?;
        }
        Ok(())
    }

    fn apply_line(&mut self, reading: &mut Reading<'_>, line: u32, said: Line) -> Result<()> {
        let buffer = reading.buffer;
        let place = reading.place;
        let span = |range: Range<usize>| Span {
            buffer,
            start: range.start,
            end: range.end,
        };
        match said {
            Line::Section(name) => reading.section = span(name),
            Line::Item(name, value) => {
                let (name, value) = (span(name), span(value));
                let source = reading.source;
                let kept = !self
                    .plain
                    .strips(self.text(reading.section), self.text(name));
                reading.item = kept.then_some(Item {
                    name,
                    value,
                    source,
                    line,
                });
                if let Some(item) = reading.item {
                    self.files.set(&self.buffers, reading.section, item);
                }
            }
            Line::Continuation(more) => {
                if let Some(mut item) = reading.item {
                    item.value = self.with_line(item.value, span(more));
                    item.line = line;
                    reading.item = Some(item);
                    self.files.set(&self.buffers, reading.section, item);
                }
            }
            Line::Unset(name) => self.files.unset(&self.buffers, reading.section, span(name)),
            Line::Include(path) => {
                let path = self.text(span(path)).to_vec();
                self.include(&path, place, line, reading.env)?;
                reading.source = self.add_place(place);
            }
            Line::Bad(text) => return Err(bad_line(place.path, line, self.text(span(text)))),
        }
        Ok(())
    }

    fn add_place(&mut self, place: &Place<'_>) -> usize {
        self.add_source(place.path.to_vec(), place.root.map(Path::to_path_buf))
    }

    /// The value with one more line; values that already lie at the end of buffer 0 grow in place.
    fn with_line(&mut self, value: Span, more: Span) -> Span {
        let more = self.text(more).to_vec();
        let at_end = value.buffer == 0 && value.end == self.buffers[0].len();
        let value = if at_end {
            value
        } else {
            let copy = self.text(value).to_vec();
            self.keep(&copy)
        };
        self.buffers[0].push(b'\n');
        let end = self.keep(&more).end;
        Span { end, ..value }
    }

    /// `%include`: relative to the including file; a file that does not exist is passed over.
    fn include(
        &mut self,
        written: &[u8],
        place: &Place<'_>,
        line: u32,
        env: &Environment,
    ) -> Result<()> {
        let expanded = env.expand_path(written)?;
        let path = normalize_path(&join_path(directory_of(place.path), &expanded));
        if place.depth >= INCLUDE_DEPTH {
            let problem = [b"cannot include ", path.as_slice()].concat();
            return Err(bad_line(place.path, line, &problem));
        }
        let text = match std::fs::read(as_path(&path)) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(error) => {
                return Err(Error::io(as_path(&path), "include", &error)
                    .with("file", place.path)
                    .with("line", i64::from(line)));
            }
        };
        let inner = Place {
            path: &path,
            root: place.root,
            depth: place.depth + 1,
        };
        self.apply(text, &inner, env)
    }
}

/// Where the text being read comes from.
struct Place<'a> {
    path: &'a [u8],
    root: Option<&'a Path>,
    depth: usize,
}

/// How far the reading of one file has come.
struct Reading<'a> {
    place: &'a Place<'a>,
    env: &'a Environment,
    buffer: usize,
    source: usize,
    section: Span,
    item: Option<Item>,
}

/// The text and the owner of a file; `None` where it cannot be read.
fn read_with_owner(path: &[u8]) -> Option<(Vec<u8>, u32)> {
    let mut file = File::open(as_path(path)).ok()?;
    let about = file.metadata().ok()?;
    let mut text = Vec::with_capacity(usize::try_from(about.len()).unwrap_or(0).min(1 << 20));
    file.read_to_end(&mut text).ok()?;
    Some((text, about.uid()))
}

/// A file, or the `*.rc` files of a directory in byte order.
fn rc_files_at(path: &[u8]) -> Vec<Vec<u8>> {
    match names_ending_in_rc(path) {
        Some(names) => names.iter().map(|name| join_path(path, name)).collect(),
        None => vec![path.to_vec()],
    }
}

fn names_ending_in_rc(directory: &[u8]) -> Option<Vec<Vec<u8>>> {
    let entries = std::fs::read_dir(as_path(directory)).ok()?;
    let mut names: Vec<Vec<u8>> = entries
        .filter_map(|entry| Some(entry.ok()?.file_name().as_bytes().to_vec()))
        .filter(|name| name.ends_with(b".rc"))
        .collect();
    names.sort_unstable();
    Some(names)
}

/// `hgrc` and `hgrc.d/*.rc` below the installation's prefix and below `/etc`.
fn system_files(env: &Environment) -> Vec<Vec<u8>> {
    let prefix = directory_of(directory_of(path_bytes(env.program())));
    let mut files = Vec::new();
    if prefix != b"/" && !env.program().as_os_str().is_empty() {
        add_system_files(&join_path(prefix, b"etc/mercurial"), &mut files);
    }
    add_system_files(b"/etc/mercurial", &mut files);
    files
}

fn add_system_files(directory: &[u8], files: &mut Vec<Vec<u8>>) {
    files.push(normalize_path(&join_path(directory, b"hgrc")));
    let dropped = join_path(directory, b"hgrc.d");
    for name in names_ending_in_rc(&dropped).unwrap_or_default() {
        files.push(normalize_path(&join_path(&dropped, &name)));
    }
}

fn user_files(env: &Environment) -> Result<[Vec<u8>; 2]> {
    let config_home = match env.var(b"XDG_CONFIG_HOME") {
        Some(path) if path.starts_with(b"/") => path.to_vec(),
        _ => env.expand_user(b"~/.config")?,
    };
    Ok([
        normalize_path(&env.expand_user(b"~/.hgrc")?),
        normalize_path(&join_path(&config_home, b"hg/hgrc")),
    ])
}

fn bad_line(path: &[u8], line: u32, text: &[u8]) -> Error {
    Error::new(ErrorId::ConfigParse)
        .with("path", path)
        .with("line", i64::from(line))
        .with("text", text)
}

fn as_path(bytes: &[u8]) -> &Path {
    Path::new(std::ffi::OsStr::from_bytes(bytes))
}
