//! Templates that native code renders: the common part of the language, compiled once, byte for byte as Python renders it.
//! Everything else is refused when it is parsed or rendered, before anything is written; then Python does it.

mod evaluate;
mod filters;
mod functions;
mod keywords;
mod syntax;

use hyg_base::{Result, Rev};

use crate::ops::log::Teller;
use crate::render::{Painter, Value};
use evaluate::Names;
pub use filters::short_user;
use syntax::Tree;

/// A compiled template.
#[derive(Clone, Debug)]
pub struct Template {
    tree: Tree,
}

/// What a template is rendered over.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    /// Knows about changesets.
    pub teller: Option<&'a Teller<'a>>,
    /// The changeset.
    pub rev: Option<Rev>,
    /// The fields of a row.
    pub fields: &'a [(&'static str, Value)],
    /// How many rows there were before.
    pub index: usize,
    /// What labels look like, where they count.
    pub painter: Option<&'a Painter>,
}

impl Template {
    /// Compiles template text.
    ///
    /// # Errors
    /// [`hyg_base::ErrorId::Unsupported`] for everything that Python has to look at.
    pub fn parse(text: &[u8]) -> Result<Template> {
        let tree = syntax::parse(text)?;
        evaluate::check(&tree)?;
        Ok(Template { tree })
    }

    /// Appends the template with its names filled in.
    ///
    /// # Errors
    /// [`hyg_base::ErrorId::Unsupported`] for values that only Python shows; whatever reading changesets answers.
    pub fn render(&self, scope: &Scope<'_>, out: &mut Vec<u8>) -> Result<()> {
        evaluate::text_of(&self.tree, &Names::new(scope), out)
    }
}
