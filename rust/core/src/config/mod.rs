//! Configuration: the effective value of every item, where it came from, and its typed readings.
//! Finding the files is `layers`, their grammar is `lines`; nothing here looks at the environment by itself.
//!
//! Names and values are spans into the file buffers, so reading a file copies nothing but its continued values.
//! Format: `docs/formats/hgrc.md`.

mod layers;
mod lines;
mod plain;
mod values;

use std::path::{Path, PathBuf};

use hyg_base::{Error, ErrorId, Result};

pub use layers::RepositoryFile;
pub use plain::Plain;
pub use values::{parse_bool, parse_byte_size, parse_int, parse_list};

use crate::declared::{self, Default};
use crate::environment::Environment;

/// A stretch of one of the buffers.
#[derive(Clone, Copy, Debug)]
struct Span {
    buffer: usize,
    start: usize,
    end: usize,
}

/// One item as some layer set it.
#[derive(Clone, Copy, Debug)]
struct Item {
    name: Span,
    value: Span,
    source: usize,
    line: u32,
}

#[derive(Clone, Debug)]
struct Section {
    name: Span,
    items: Vec<Item>,
}

/// Sections in the order of their first appearance, items in the order of their last setting.
#[derive(Clone, Debug, Default)]
struct Layer {
    sections: Vec<Section>,
}

/// Where items come from: a file, an option, a variable.
#[derive(Clone, Debug)]
struct SourceEntry {
    label: Vec<u8>,
    root: Option<PathBuf>,
}

/// An effective value.
#[derive(Clone, Copy, Debug)]
pub struct Value<'a> {
    /// The text of the value.
    pub bytes: &'a [u8],
    /// File, option (`--config`) or variable (`$EDITOR`) that set it.
    pub source: &'a [u8],
    /// Line of the file (the last one of a continued value); 0 where the source has no lines.
    pub line: u32,
    /// The directory that relative paths of this value start from, where it is not the home directory.
    pub root: Option<&'a Path>,
    order: usize,
}

impl Value<'_> {
    /// `FILE:LINE`, or the source alone.
    pub fn source_label(&self) -> Vec<u8> {
        let mut label = self.source.to_vec();
        if self.line > 0 {
            label.push(b':');
            label.extend_from_slice(self.line.to_string().as_bytes());
        }
        label
    }
}

/// The configuration of one invocation.
#[derive(Clone, Debug, std::default::Default)]
pub struct Config {
    /// Buffer 0 collects text that no file holds as one stretch.
    buffers: Vec<Vec<u8>>,
    sources: Vec<SourceEntry>,
    files: Layer,
    overrides: Layer,
    plain: Plain,
    untrusted: Vec<PathBuf>,
    uid: u32,
}

impl Config {
    /// Nothing set yet.
    pub fn new(env: &Environment) -> Config {
        Config {
            buffers: vec![Vec::new()],
            plain: Plain::from_environment(env),
            uid: env.uid(),
            ..Config::default()
        }
    }

    /// Plain mode.
    pub fn plain(&self) -> &Plain {
        &self.plain
    }

    /// Files that were left out because somebody else owns them.
    pub fn untrusted_files(&self) -> &[PathBuf] {
        &self.untrusted
    }

    /// Sets an item above every file, as `--config section.name=value` does. Relative paths start from `root`.
    pub fn set_override(&mut self, item: (&[u8], &[u8]), value: &[u8], source: &[u8], root: &Path) {
        let source = self.add_source(source.to_vec(), Some(root.to_path_buf()));
        let (section, name) = (self.keep(item.0), self.keep(item.1));
        let value = self.keep(value);
        let item = Item {
            name,
            value,
            source,
            line: 0,
        };
        self.overrides.set(&self.buffers, section, item);
    }

    /// The effective value of an item that somebody set.
    pub fn value(&self, section: &[u8], name: &[u8]) -> Option<Value<'_>> {
        let find = |layer: &Layer| layer.find(&self.buffers, section, name).copied();
        let (item, above) = match find(&self.overrides) {
            Some(item) => (item, self.sources.len()),
            None => (find(&self.files)?, 0),
        };
        Some(self.show(&item, above))
    }

    /// The effective text of an item: what was set under its name or a former name of it, the latest wins.
    pub fn get(&self, section: &[u8], name: &[u8]) -> Option<&[u8]> {
        let mut best = self.value(section, name);
        for (section, name) in declared::former_names(section, name) {
            let candidate = self.value(section.as_bytes(), name.as_bytes());
            let newer = match (&best, &candidate) {
                (Some(known), Some(other)) => other.order > known.order,
                (None, Some(_)) => true,
                (_, None) => false,
            };
            if newer {
                best = candidate;
            }
        }
        best.map(|value| value.bytes)
    }

    /// Whether anybody set the item, under this very name.
    pub fn is_set(&self, section: &[u8], name: &[u8]) -> bool {
        self.value(section, name).is_some()
    }

    /// The items of a section, those set last at the end.
    pub fn items(&self, section: &[u8]) -> impl Iterator<Item = (&[u8], Value<'_>)> {
        let above = self.overrides.section(&self.buffers, section);
        let below = self.files.section(&self.buffers, section);
        let hidden = move |item: &&Item| {
            let name = self.text(item.name);
            above.is_none_or(|section| section.find(&self.buffers, name).is_none())
        };
        let files = below.into_iter().flat_map(|section| &section.items);
        let overrides = above.into_iter().flat_map(|section| &section.items);
        files
            .filter(hidden)
            .map(|item| (self.text(item.name), self.show(item, 0)))
            .chain(
                overrides.map(|item| (self.text(item.name), self.show(item, self.sources.len()))),
            )
    }

    /// Every section that anybody mentioned, sorted.
    pub fn sections(&self) -> Vec<&[u8]> {
        let all = self.files.sections.iter().chain(&self.overrides.sections);
        let mut names: Vec<&[u8]> = all.map(|section| self.text(section.name)).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// A main option and its sub-options (`name:sub`), in the order of [`Config::items`].
    pub fn sub_options<'a>(
        &'a self,
        section: &[u8],
        name: &'a [u8],
    ) -> impl Iterator<Item = (&'a [u8], Value<'a>)> {
        self.items(section).filter_map(move |(key, value)| {
            let sub = key.strip_prefix(name)?.strip_prefix(b":")?;
            Some((sub, value))
        })
    }

    /// A boolean; `None` where neither set nor declared with a boolean default.
    ///
    /// # Errors
    /// [`ErrorId::ConfigValue`] where the text is no boolean.
    pub fn bool(&self, section: &str, name: &str) -> Result<Option<bool>> {
        match self.get(section.as_bytes(), name.as_bytes()) {
            Some(text) => match parse_bool(text) {
                Some(value) => Ok(Some(value)),
                None => Err(invalid(section, name, text, "boolean")),
            },
            None => Ok(match declared::default_of(section, name) {
                Some(Default::Bool(value)) => Some(value),
                _ => None,
            }),
        }
    }

    /// A boolean that is false where it has no value.
    ///
    /// # Errors
    /// [`ErrorId::ConfigValue`] where the text is no boolean.
    pub fn is_on(&self, section: &str, name: &str) -> Result<bool> {
        Ok(self.bool(section, name)?.unwrap_or(false))
    }

    /// An integer.
    ///
    /// # Errors
    /// [`ErrorId::ConfigValue`] where the text is no integer.
    pub fn int(&self, section: &str, name: &str) -> Result<Option<i64>> {
        match self.get(section.as_bytes(), name.as_bytes()) {
            Some(text) => match parse_int(text) {
                Some(value) => Ok(Some(value)),
                None => Err(invalid(section, name, text, "integer")),
            },
            None => Ok(match declared::default_of(section, name) {
                Some(Default::Int(value)) => Some(value),
                _ => None,
            }),
        }
    }

    /// A number of bytes.
    ///
    /// # Errors
    /// [`ErrorId::ConfigValue`] where the text is no quantity of bytes.
    pub fn byte_size(&self, section: &str, name: &str) -> Result<Option<i64>> {
        let declared = match declared::default_of(section, name) {
            Some(Default::Int(value)) => return self.number_of_bytes(section, name, Some(value)),
            Some(Default::Text(text)) => parse_byte_size(text.as_bytes()),
            _ => None,
        };
        self.number_of_bytes(section, name, declared)
    }

    fn number_of_bytes(
        &self,
        section: &str,
        name: &str,
        declared: Option<i64>,
    ) -> Result<Option<i64>> {
        let Some(text) = self.get(section.as_bytes(), name.as_bytes()) else {
            return Ok(declared);
        };
        match parse_byte_size(text) {
            Some(value) => Ok(Some(value)),
            None => Err(invalid(section, name, text, "byte quantity")),
        }
    }

    /// A list of words.
    pub fn list(&self, section: &str, name: &str) -> Vec<Vec<u8>> {
        match self.get(section.as_bytes(), name.as_bytes()) {
            Some(text) => parse_list(text),
            None => match declared::default_of(section, name) {
                Some(Default::List(words)) => {
                    words.iter().map(|word| word.as_bytes().to_vec()).collect()
                }
                Some(Default::Text(text)) => parse_list(text.as_bytes()),
                _ => Vec::new(),
            },
        }
    }

    /// The text of an item or of its declared default.
    pub fn text_or_default(&self, section: &str, name: &str) -> Option<&[u8]> {
        let set = self.get(section.as_bytes(), name.as_bytes());
        set.or_else(|| match declared::default_of(section, name) {
            Some(Default::Text(text)) => Some(text.as_bytes()),
            _ => None,
        })
    }

    fn text(&self, span: Span) -> &[u8] {
        &self.buffers[span.buffer][span.start..span.end]
    }

    fn show(&self, item: &Item, above: usize) -> Value<'_> {
        let source = &self.sources[item.source];
        Value {
            bytes: self.text(item.value),
            source: &source.label,
            line: item.line,
            root: source.root.as_deref(),
            order: item.source + above,
        }
    }

    fn add_source(&mut self, label: Vec<u8>, root: Option<PathBuf>) -> usize {
        self.sources.push(SourceEntry { label, root });
        self.sources.len() - 1
    }

    /// Copies text into buffer 0.
    fn keep(&mut self, text: &[u8]) -> Span {
        let collected = &mut self.buffers[0];
        let start = collected.len();
        collected.extend_from_slice(text);
        Span {
            buffer: 0,
            start,
            end: collected.len(),
        }
    }
}

impl Layer {
    fn section(&self, buffers: &[Vec<u8>], name: &[u8]) -> Option<&Section> {
        let named = |section: &&Section| slice(buffers, section.name) == name;
        self.sections.iter().find(named)
    }

    fn find(&self, buffers: &[Vec<u8>], section: &[u8], name: &[u8]) -> Option<&Item> {
        self.section(buffers, section)?.find(buffers, name)
    }

    fn section_mut(&mut self, buffers: &[Vec<u8>], name: Span) -> &mut Section {
        let text = slice(buffers, name);
        let position = self
            .sections
            .iter()
            .position(|section| slice(buffers, section.name) == text);
        let index = position.unwrap_or_else(|| {
            self.sections.push(Section {
                name,
                items: Vec::new(),
            });
            self.sections.len() - 1
        });
        &mut self.sections[index]
    }

    fn set(&mut self, buffers: &[Vec<u8>], section: Span, item: Item) {
        let items = &mut self.section_mut(buffers, section).items;
        let name = slice(buffers, item.name);
        items.retain(|known| slice(buffers, known.name) != name);
        items.push(item);
    }

    fn unset(&mut self, buffers: &[Vec<u8>], section: Span, name: Span) {
        let name = slice(buffers, name);
        let items = &mut self.section_mut(buffers, section).items;
        items.retain(|known| slice(buffers, known.name) != name);
    }
}

impl Section {
    fn find(&self, buffers: &[Vec<u8>], name: &[u8]) -> Option<&Item> {
        let named = |item: &&Item| slice(buffers, item.name) == name;
        self.items.iter().rev().find(named)
    }
}

fn slice(buffers: &[Vec<u8>], span: Span) -> &[u8] {
    &buffers[span.buffer][span.start..span.end]
}

fn invalid(section: &str, name: &str, value: &[u8], kind: &'static str) -> Error {
    Error::new(ErrorId::ConfigValue)
        .with("section", section)
        .with("name", name)
        .with("value", value)
        .with("type", kind)
}
