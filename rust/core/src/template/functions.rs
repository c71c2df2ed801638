//! Functions: conditions, joining, padding, labels, dates.
//! The same as `view/templates/functions.py`, as far as the common ones go.

use hyg_base::Result;
use hyg_store::changelog::Date;

use super::evaluate::{Got, Names, text, value_of};
use super::syntax::{Tree, refused};
use crate::render::{Value, format_date, strip};

/// The functions that are known here.
const KNOWN: [&str; 12] = [
    "if",
    "ifeq",
    "ifcontains",
    "join",
    "separate",
    "pad",
    "label",
    "date",
    "startswith",
    "strip",
    "indent",
    "formatnode",
];

/// Whether a function is known here.
pub(super) fn is_function(name: &str) -> bool {
    KNOWN.contains(&name)
}

/// What a function gives.
pub(super) fn call(name: &str, arguments: &[Tree], names: &Names<'_>) -> Result<Got> {
    if name == "pad" {
        return pad(arguments, names);
    }
    if arguments.iter().any(|one| matches!(one, Tree::Named(..))) {
        return refused();
    }
    let value = match (name, arguments) {
        ("if", [condition, branches @ ..]) if (1..=2).contains(&branches.len()) => {
            return branch(truth(condition, names)?, branches, names);
        }
        ("ifeq", [left, right, branches @ ..]) if (1..=2).contains(&branches.len()) => {
            let same = text(left, names)? == text(right, names)?;
            return branch(same, branches, names);
        }
        ("ifcontains", [item, container, branches @ ..]) if (1..=2).contains(&branches.len()) => {
            let item = text(item, names)?;
            let found = match value_of(container, names)? {
                Got::Many(items, _) => {
                    if items.iter().any(|one| !matches!(one.value, Value::Text(_))) {
                        return refused();
                    }
                    items.iter().any(|one| one.shown == item)
                }
                Got::One(Value::Text(all)) => {
                    item.is_empty() || memchr::memmem::find(&all, &item).is_some()
                }
                Got::One(_) => return refused(),
            };
            return branch(found, branches, names);
        }
        ("join", [list, rest @ ..]) if rest.len() < 2 => {
            let separator = match rest {
                [separator] => text(separator, names)?,
                _ => b" ".to_vec(),
            };
            match value_of(list, names)? {
                Got::Many(items, _) => {
                    let shown: Vec<&[u8]> = items.iter().map(|one| one.shown.as_slice()).collect();
                    shown.join(separator.as_slice())
                }
                Got::One(_) => return refused(),
            }
        }
        ("separate", [separator, items @ ..]) => {
            let separator = text(separator, names)?;
            let mut shown = Vec::new();
            for item in items {
                shown.push(text(item, names)?);
            }
            shown.retain(|text| !text.is_empty());
            shown.join(separator.as_slice())
        }
        ("date", [date, rest @ ..]) if rest.len() < 2 => {
            let Got::One(Value::Date(seconds, offset)) = value_of(date, names)? else {
                return refused();
            };
            let notation = match rest {
                [notation] => text(notation, names)?,
                _ => b"%a %b %d %H:%M:%S %Y %1%2".to_vec(),
            };
            format_date(Date { seconds, offset }, &notation)?
        }
        _ => text_call(name, arguments, names)?,
    };
    Ok(Got::One(Value::Text(value)))
}

/// What a function of texts gives.
fn text_call(name: &str, arguments: &[Tree], names: &Names<'_>) -> Result<Vec<u8>> {
    Ok(match (name, arguments) {
        ("label", [label, inside]) => {
            let inside = text(inside, names)?;
            match names.scope.painter {
                None => inside,
                Some(painter) => {
                    let label = match label {
                        Tree::Symbol(_) => return refused(),
                        label => text(label, names)?,
                    };
                    let mut out = Vec::new();
                    painter.paint(&inside, &label, &mut out);
                    out
                }
            }
        }
        ("startswith", [beginning, whole]) => {
            let (beginning, whole) = (text(beginning, names)?, text(whole, names)?);
            if whole.starts_with(&beginning) {
                whole
            } else {
                Vec::new()
            }
        }
        ("strip", [inside]) => strip(&text(inside, names)?).to_vec(),
        ("strip", [inside, set]) => {
            let (inside, set) = (text(inside, names)?, text(set, names)?);
            let keeps = |byte: &u8| !set.contains(byte);
            match (
                inside.iter().position(keeps),
                inside.iter().rposition(keeps),
            ) {
                (Some(start), Some(end)) => inside[start..=end].to_vec(),
                _ => Vec::new(),
            }
        }
        ("indent", [inside, prefix]) => indent(&text(inside, names)?, &text(prefix, names)?)?,
        ("formatnode", [node]) => {
            let mut node = text(node, names)?;
            node.truncate(12);
            node
        }
        _ => return refused(),
    })
}

/// Whether a condition holds; unknown names that mean a truth are Python's.
fn truth(tree: &Tree, names: &Names<'_>) -> Result<bool> {
    Ok(value_of(tree, names)?.truth())
}

fn branch(condition: bool, branches: &[Tree], names: &Names<'_>) -> Result<Got> {
    match branches.get(usize::from(!condition)) {
        Some(taken) => value_of(taken, names),
        None => Ok(Got::One(Value::Null)),
    }
}

fn pad(arguments: &[Tree], names: &Names<'_>) -> Result<Got> {
    const PARAMETERS: [&str; 5] = ["text", "width", "fillchar", "left", "truncate"];
    let mut given: [Option<&Tree>; 5] = [None; 5];
    for (index, argument) in arguments.iter().enumerate() {
        let (at, tree) = match argument {
            Tree::Named(name, tree) => (PARAMETERS.iter().position(|known| known == name), &**tree),
            tree => (Some(index), tree),
        };
        match at.and_then(|at| given.get_mut(at)) {
            Some(place @ None) => *place = Some(tree),
            _ => return refused(),
        }
    }
    let flag = |tree: Option<&Tree>| match tree {
        None => Ok(false),
        Some(Tree::Symbol(name)) => match name.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" | "always" => Ok(true),
            "false" | "no" | "off" | "never" => Ok(false),
            _ => refused(),
        },
        Some(_) => refused(),
    };
    let [
        Some(shown),
        Some(Tree::Integer(width)),
        fill,
        left,
        truncate,
    ] = given
    else {
        return refused();
    };
    let (left, truncate) = (flag(left)?, flag(truncate)?);
    let fill = match fill {
        Some(fill) => text(fill, names)?,
        None => b" ".to_vec(),
    };
    let shown = text(shown, names)?;
    let simple = shown.is_ascii() && !shown.contains(&0x1b) && fill.len() == 1 && fill != b"\x1b";
    let Some(width) = usize::try_from(*width).ok().filter(|_| simple) else {
        return refused();
    };
    let cut = shown.len().saturating_sub(width);
    let padded = match (cut > 0 && truncate, left) {
        (true, true) => shown[cut..].to_vec(),
        (true, false) => shown[..width].to_vec(),
        (false, left) => {
            let padding = fill.repeat(width.saturating_sub(shown.len()));
            if left {
                [padding, shown].concat()
            } else {
                [shown, padding].concat()
            }
        }
    };
    Ok(Got::One(Value::Text(padded)))
}

/// Every line that is not blank after a prefix.
fn indent(text: &[u8], prefix: &[u8]) -> Result<Vec<u8>> {
    if text.contains(&b'\r') {
        return refused();
    }
    let mut out = Vec::with_capacity(text.len() + 16);
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        if !line.trim_ascii().is_empty() {
            out.extend_from_slice(prefix);
        }
        out.extend_from_slice(line);
    }
    Ok(out)
}
