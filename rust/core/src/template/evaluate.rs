//! Trees to values and text: names, templates in templates, `%`, filters and functions.
//! What the names mean is `keywords`'.

use std::cell::OnceCell;

use hyg_base::{Result, Rev};
use hyg_store::changelog::Changeset;

use super::syntax::{Tree, refused};
use super::{Scope, filters, functions, keywords};
use crate::render::Value;

/// An item of a list.
#[derive(Clone, Debug)]
pub(super) struct Item {
    /// What filters and serialisers see.
    pub(super) value: Value,
    /// What it looks like.
    pub(super) shown: Vec<u8>,
    /// The names that `%` gives it.
    pub(super) names: Vec<(&'static str, Value)>,
    /// The changeset that it stands for.
    pub(super) rev: Option<Rev>,
}

/// What an expression gives.
#[derive(Clone, Debug)]
pub(super) enum Got {
    /// One value.
    One(Value),
    /// A list, and what it looks like as a whole.
    Many(Vec<Item>, Vec<u8>),
}

impl Got {
    /// A list of texts that `%` knows by these names.
    pub(super) fn texts(texts: &[&[u8]], separator: &[u8], names: &[&'static str]) -> Got {
        let item = |text: &&[u8]| Item {
            value: Value::from(*text),
            shown: text.to_vec(),
            names: names
                .iter()
                .map(|name| (*name, Value::from(*text)))
                .collect(),
            rev: None,
        };
        Got::Many(texts.iter().map(item).collect(), texts.join(separator))
    }

    /// As text.
    pub(super) fn text(self) -> Vec<u8> {
        match self {
            Got::Many(_, shown) => shown,
            Got::One(value) => text_of_value(&value),
        }
    }

    /// Whether `if` takes it as true.
    pub(super) fn truth(&self) -> bool {
        match self {
            Got::Many(items, _) => !items.is_empty(),
            Got::One(Value::Null) => false,
            Got::One(Value::Bool(truth)) => *truth,
            Got::One(Value::Text(text)) => !text.is_empty(),
            Got::One(_) => true,
        }
    }

    /// The value that serialisers see.
    pub(super) fn plain(self) -> Value {
        match self {
            Got::One(value) => value,
            Got::Many(items, _) => Value::List(items.into_iter().map(|item| item.value).collect()),
        }
    }
}

/// A value as text.
pub(super) fn text_of_value(value: &Value) -> Vec<u8> {
    match value {
        Value::Null => Vec::new(),
        Value::Bool(true) => b"True".to_vec(),
        Value::Bool(false) => b"False".to_vec(),
        Value::Int(number) => number.to_string().into_bytes(),
        Value::Text(text) => text.clone(),
        Value::Date(seconds, offset) => format!("{seconds}.0{offset}").into_bytes(),
        Value::List(items) | Value::Named { items, .. } => {
            items.iter().flat_map(text_of_value).collect()
        }
        Value::Dict(_) => Vec::new(),
    }
}

/// The names that are known at one place: those of the scope, and what `%` put over them.
pub(super) struct Names<'a> {
    pub(super) scope: &'a Scope<'a>,
    /// The changeset here.
    pub(super) rev: Option<Rev>,
    record: OnceCell<Changeset>,
    over: Option<(&'a Names<'a>, &'a Item, usize)>,
}

impl<'a> Names<'a> {
    pub(super) fn new(scope: &'a Scope<'a>) -> Names<'a> {
        Names {
            scope,
            rev: scope.rev,
            record: OnceCell::new(),
            over: None,
        }
    }

    fn under(&'a self, item: &'a Item, index: usize) -> Names<'a> {
        Names {
            scope: self.scope,
            rev: item.rev.or(self.rev),
            record: OnceCell::new(),
            over: Some((self, item, index)),
        }
    }

    /// The record of the changeset.
    pub(super) fn record(&self) -> Result<&Changeset> {
        if let Some((outer, item, _)) = self.over
            && item.rev.is_none()
        {
            return outer.record();
        }
        if let Some(known) = self.record.get() {
            return Ok(known);
        }
        let (Some(teller), Some(rev)) = (self.scope.teller, self.rev) else {
            return refused();
        };
        let read = teller.repo().changelog()?.changeset(rev)?;
        Ok(self.record.get_or_init(|| read))
    }

    /// The value of a name that is given here, where it is.
    fn given(&self, name: &str, other_changeset: bool) -> Option<Got> {
        let mut other_changeset = other_changeset;
        if let Some((outer, item, index)) = self.over {
            if let Some((_, value)) = item.names.iter().find(|(known, _)| *known == name) {
                return Some(Got::One(value.clone()));
            }
            if name == "index" {
                return Some(Got::One(Value::Int(index as i64)));
            }
            other_changeset |= item.rev.is_some();
            return outer.given(name, other_changeset);
        }
        if name == "index" {
            return Some(Got::One(Value::Int(self.scope.index as i64)));
        }
        let fields = self.scope.fields.iter();
        let (_, value) = fields.rev().find(|(known, _)| *known == name)?;
        if other_changeset && keywords::is_keyword(name) {
            return None;
        }
        Some(match value {
            Value::Named {
                items,
                name,
                separator,
            } => {
                let texts: Vec<Vec<u8>> = items.iter().map(text_of_value).collect();
                let texts: Vec<&[u8]> = texts.iter().map(Vec::as_slice).collect();
                Got::texts(&texts, separator.as_bytes(), &[name])
            }
            // dates of rows look otherwise than those of changesets
            Value::Date(..) | Value::List(_) | Value::Dict(_) => return None,
            value => Got::One(value.clone()),
        })
    }

    /// The value of a name.
    pub(super) fn symbol(&self, name: &str) -> Result<Got> {
        if let Some(given) = self.given(name, false) {
            return Ok(given);
        }
        keywords::keyword(name, self)
    }
}

/// Refuses names of filters and functions that are not known here.
pub(super) fn check(tree: &Tree) -> Result<()> {
    match tree {
        Tree::Text(_) | Tree::Integer(_) | Tree::Symbol(_) => Ok(()),
        Tree::Template(parts) => parts.iter().try_for_each(check),
        Tree::Group(inside) | Tree::Named(_, inside) | Tree::Member(inside, _) => check(inside),
        Tree::Map(left, right) => check(left).and_then(|()| check(right)),
        Tree::Filter(inside, name) => match filters::is_filter(name) {
            true => check(inside),
            false => refused(),
        },
        Tree::Call(name, arguments) => {
            let known =
                functions::is_function(name) || (filters::is_filter(name) && arguments.len() == 1);
            match known {
                true => arguments.iter().try_for_each(check),
                false => refused(),
            }
        }
    }
}

/// Evaluates a tree.
pub(super) fn value_of(tree: &Tree, names: &Names<'_>) -> Result<Got> {
    match tree {
        Tree::Text(text) => Ok(Got::One(Value::Text(text.clone()))),
        Tree::Integer(number) => Ok(Got::One(Value::Int(*number))),
        Tree::Symbol(name) => names.symbol(name),
        Tree::Group(inside) => value_of(inside, names),
        Tree::Filter(inside, name) => filters::apply(name, value_of(inside, names)?),
        Tree::Call(name, arguments) if functions::is_function(name) => {
            functions::call(name, arguments, names)
        }
        Tree::Call(name, arguments) => match arguments.as_slice() {
            [only] => filters::apply(name, value_of(only, names)?),
            _ => refused(),
        },
        Tree::Template(_) => Ok(Got::One(Value::Text(text(tree, names)?))),
        Tree::Map(list, template) => {
            let mut items = Vec::new();
            let mut whole = Vec::new();
            for (index, item) in mappable(list, names)?.iter().enumerate() {
                let shown = text(template, &names.under(item, index))?;
                whole.extend_from_slice(&shown);
                items.push(Item {
                    value: Value::Text(shown.clone()),
                    shown,
                    names: Vec::new(),
                    rev: None,
                });
            }
            Ok(Got::Many(items, whole))
        }
        Tree::Member(..) | Tree::Named(..) => refused(),
    }
}

/// The items of a list that `%` can map; lists of plain texts are not such.
fn mappable(list: &Tree, names: &Names<'_>) -> Result<Vec<Item>> {
    match value_of(list, names)? {
        Got::Many(items, _) if !matches!(list, Tree::Map(..)) => Ok(items),
        _ => refused(),
    }
}

/// Appends a tree's value as text.
pub(super) fn text_of(tree: &Tree, names: &Names<'_>, out: &mut Vec<u8>) -> Result<()> {
    match tree {
        Tree::Text(text) => out.extend_from_slice(text),
        Tree::Template(parts) => {
            for part in parts {
                // a number directly in template text is a name
                if let Tree::Integer(_) = part {
                    return refused();
                }
                text_of(part, names, out)?;
            }
        }
        Tree::Map(list, template) => {
            for (index, item) in mappable(list, names)?.iter().enumerate() {
                text_of(template, &names.under(item, index), out)?;
            }
        }
        other => out.extend_from_slice(&value_of(other, names)?.text()),
    }
    Ok(())
}

/// A tree's value as text.
pub(super) fn text(tree: &Tree, names: &Names<'_>) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    text_of(tree, names, &mut out)?;
    Ok(out)
}
