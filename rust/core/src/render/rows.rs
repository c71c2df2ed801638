//! Rows with named fields in; plain lines, JSON or rendered templates out.
//! A renderer says each thing once (field, plain text, label) and does not ask which form it goes to.

use hyg_base::{Node, Result, Rev};

use super::{Page, Value};
use crate::ops::log::Teller;
use crate::template::{Scope, Template};

/// How rows are shown.
#[derive(Debug)]
pub enum Form {
    /// Lines for people.
    Plain,
    /// A JSON list of objects with sorted keys.
    Json,
    /// What the user wrote.
    Template(Template),
}

impl Form {
    /// A hash as this form shows it.
    pub fn node(&self, node: &Node) -> Vec<u8> {
        match self {
            Form::Plain => node.to_hex()[..12].to_vec(),
            Form::Json | Form::Template(_) => node.to_hex().to_vec(),
        }
    }
}

/// Rows on their way to a page.
pub struct Rows<'a> {
    form: &'a Form,
    page: &'a mut Page,
    fields: Vec<(&'static str, Value)>,
    rev: Option<Rev>,
    teller: Option<&'a Teller<'a>>,
    is_open: bool,
    count: usize,
}

impl<'a> Rows<'a> {
    /// Begins a list.
    pub fn new(form: &'a Form, page: &'a mut Page) -> Rows<'a> {
        if matches!(form, Form::Json) {
            page.put(b"[");
        }
        Rows {
            form,
            page,
            fields: Vec::new(),
            rev: None,
            teller: None,
            is_open: false,
            count: 0,
        }
    }

    /// Tells templates about the changesets of the rows.
    #[must_use]
    pub fn about(mut self, teller: &'a Teller<'a>) -> Rows<'a> {
        self.teller = Some(teller);
        self
    }

    /// Whether plain lines are wanted.
    pub fn is_plain(&self) -> bool {
        matches!(self.form, Form::Plain)
    }

    /// Whether labels show.
    pub fn is_coloured(&self) -> bool {
        self.is_plain() && self.page.is_coloured()
    }

    /// A hash as the form shows it.
    pub fn node(&self, node: &Node) -> Vec<u8> {
        self.form.node(node)
    }

    /// Where the rows go.
    pub fn page(&mut self) -> &mut Page {
        self.page
    }

    /// Begins a row.
    ///
    /// # Errors
    /// Where the one before cannot be shown.
    pub fn start(&mut self) -> Result<()> {
        self.end_row()?;
        self.is_open = true;
        Ok(())
    }

    /// Which changeset the row is about, for templates.
    pub fn changeset(&mut self, rev: Rev) {
        self.rev = Some(rev);
    }

    /// A field, and what plain lines show of it.
    pub fn field(&mut self, name: &'static str, value: impl Into<Value>, text: &[u8], label: &str) {
        match self.form {
            Form::Plain => self.page.write(text, label),
            Form::Json | Form::Template(_) => self.data(name, value),
        }
    }

    /// A field that plain lines do not show.
    pub fn data(&mut self, name: &'static str, value: impl Into<Value>) {
        if !self.is_plain() {
            self.fields.push((name, value.into()));
        }
    }

    /// Text for plain lines only.
    pub fn plain(&mut self, text: &[u8], label: &str) {
        if self.is_plain() {
            self.page.write(text, label);
        }
    }

    /// Ends the list.
    ///
    /// # Errors
    /// Where the last row cannot be shown.
    pub fn finish(mut self) -> Result<()> {
        self.end_row()?;
        if matches!(self.form, Form::Json) {
            self.page.put(b"\n]\n");
        }
        Ok(())
    }

    fn end_row(&mut self) -> Result<()> {
        if !std::mem::take(&mut self.is_open) {
            return Ok(());
        }
        let mut fields = std::mem::take(&mut self.fields);
        if let Form::Template(template) = self.form {
            let scope = Scope {
                teller: self.teller,
                rev: self.rev.take(),
                fields: &fields,
                index: self.count,
                painter: self.page.painter(),
            };
            let mut text = Vec::new();
            template.render(&scope, &mut text)?;
            self.page.put(&text);
        } else if let Form::Json = self.form {
            fields.sort_by_key(|(name, _)| *name);
            let out = self.page.bytes();
            out.extend_from_slice(if self.count == 0 {
                b"\n {\n"
            } else {
                b",\n {\n"
            });
            for (index, (name, value)) in fields.iter().enumerate() {
                out.extend_from_slice(if index == 0 { b"  \"" } else { b",\n  \"" });
                out.extend_from_slice(name.as_bytes());
                out.extend_from_slice(b"\": ");
                value.json(false, out);
            }
            out.extend_from_slice(b"\n }");
        }
        self.count += 1;
        Ok(())
    }
}
