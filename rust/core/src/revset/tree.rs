//! Expressions for revisions as trees, aliases and pseudo operators resolved; how expensive they are.
//! Parsing what users write is `syntax`'s, evaluating is `evaluate`'s.

use hyg_base::Result;

use super::sets::Set;
use super::{predicates, refused};

/// An expression.
#[derive(Clone, Debug)]
pub enum Tree {
    /// A name, quoted or not.
    Name(Vec<u8>),
    /// A set that a program gives.
    Given(Set),
    /// Made in a span of time (in seconds since 1970): what `date` means.
    Dates(i64, i64),
    /// One after the other.
    Or(Vec<Tree>),
    /// Both.
    And(Box<Tree>, Box<Tree>),
    /// The first without the second.
    Difference(Box<Tree>, Box<Tree>),
    /// Everything else.
    Not(Box<Tree>),
    /// `a:b`, either side may be missing.
    Range(Option<Box<Tree>>, Option<Box<Tree>>),
    /// `a::b`
    Ways(Box<Tree>, Box<Tree>),
    /// `a^n`, or `a^`, which never means the null revision.
    Parent(Box<Tree>, Option<u8>),
    /// `a~n`
    Ancestor(Box<Tree>, u32),
    /// `a#generations[m:n]`
    Generations(Box<Tree>, i64, i64),
    /// `name(arguments)`
    Call(String, Vec<Tree>),
    /// `name=argument`, among arguments.
    Keyed(String, Box<Tree>),
}

impl Tree {
    /// A call of a predicate.
    pub fn call(name: &str, arguments: Vec<Tree>) -> Tree {
        Tree::Call(name.to_owned(), arguments)
    }

    /// Whether nothing in it is refused at sight, so that it is worth to begin.
    pub fn is_known(&self) -> bool {
        match self {
            Tree::Name(name) => {
                let is_working_copy =
                    name == b"2147483647" || name.iter().all(|byte| *byte == b'f');
                !is_working_copy
            }
            Tree::Given(_) | Tree::Dates(..) => true,
            Tree::Or(parts) => parts.iter().all(Tree::is_known),
            Tree::Range(first, last) => {
                let mut sides = [first, last].into_iter().flatten();
                sides.all(|side| side.is_known())
            }
            Tree::And(one, other) | Tree::Difference(one, other) | Tree::Ways(one, other) => {
                one.is_known() && other.is_known()
            }
            Tree::Not(inside)
            | Tree::Parent(inside, _)
            | Tree::Ancestor(inside, _)
            | Tree::Generations(inside, ..)
            | Tree::Keyed(_, inside) => inside.is_known(),
            Tree::Call(name, arguments) => {
                predicates::KNOWN.contains(&name.as_str()) && arguments.iter().all(Tree::is_known)
            }
        }
    }

    /// The text of a name.
    pub(super) fn text(&self) -> Result<&[u8]> {
        match self {
            Tree::Name(text) => Ok(text),
            _ => refused(),
        }
    }

    /// A whole number that is not negative.
    pub(super) fn number(&self) -> Result<u32> {
        let text = self.text()?;
        let digits = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
        let text = std::str::from_utf8(text).ok().filter(|_| digits);
        match text.and_then(|text| text.parse().ok()) {
            Some(number) => Ok(number),
            None => refused(),
        }
    }

    /// What the ancestors are of, where it is a plain call of that predicate.
    pub(super) fn ancestors_of(&self) -> Option<&Tree> {
        match self {
            Tree::Call(name, arguments) if name == "ancestors" => match arguments.as_slice() {
                [Tree::Keyed(..)] => None,
                [of] => Some(of),
                _ => None,
            },
            _ => None,
        }
    }

    /// How expensive it is, compared to a walk through the graph.
    pub(super) fn weight(&self) -> f64 {
        match self {
            Tree::Name(_) | Tree::Given(_) => 0.5,
            Tree::Dates(..) => 10.5,
            Tree::And(left, right) => left.weight().min(right.weight()),
            Tree::Difference(inside, _)
            | Tree::Not(inside)
            | Tree::Parent(inside, _)
            | Tree::Ancestor(inside, _)
            | Tree::Generations(inside, ..)
            | Tree::Keyed(_, inside) => inside.weight(),
            Tree::Or(parts) => parts.iter().map(Tree::weight).fold(0.0, f64::max),
            Tree::Range(None, None) => 1.0,
            Tree::Range(first, last) => {
                let sides = [first, last].into_iter().flatten();
                sides.map(|side| side.weight()).sum()
            }
            Tree::Ways(roots, heads) => roots.weight() + heads.weight(),
            Tree::Call(name, arguments) => {
                let inside: f64 = arguments.iter().map(Tree::weight).sum();
                inside + predicate_weight(name)
            }
        }
    }
}

fn predicate_weight(name: &str) -> f64 {
    match name {
        "first" | "limit" | "reverse" | "_intlist" => 0.0,
        "ancestor" => 0.5,
        "author" | "user" | "desc" | "keyword" | "grep" | "branch" | "closed" | "file" | "sort" => {
            10.0
        }
        "destination" => 10.0,
        "adds" | "modifies" | "removes" => 30.0,
        "contains" => 100.0,
        _ => 1.0,
    }
}

/// Arguments by the names of parameters, by place or by key.
///
/// # Errors
/// Refused where they do not fit; Python says why.
pub(super) fn arguments<'t, const N: usize>(
    given: &'t [Tree],
    names: [&str; N],
) -> Result<[Option<&'t Tree>; N]> {
    let mut found = [None; N];
    let mut by_place = true;
    for (place, argument) in given.iter().enumerate() {
        let (place, value) = match argument {
            Tree::Keyed(key, value) => {
                by_place = false;
                let place = names.iter().position(|name| name == key);
                (place, &**value)
            }
            value if by_place => (Some(place), value),
            _ => return refused(),
        };
        match place.and_then(|place| found.get_mut(place)) {
            Some(slot) if slot.is_none() => *slot = Some(value),
            _ => return refused(),
        }
    }
    Ok(found)
}
