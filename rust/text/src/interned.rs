//! Lines as numbers that stay the same over many texts: two lines have the same number exactly when they are equal.
//! Matching the numbers of two texts is `diff`.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

/// All lines that were seen.
#[derive(Default)]
pub(crate) struct Interner {
    table: HashTable<u32>,
    hasher: DefaultHashBuilder,
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Interner {
    /// How many different lines there are; numbers are below that.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The number of a line.
    pub(crate) fn number(&mut self, text: &[u8]) -> u32 {
        let Interner {
            table,
            hasher,
            bytes,
            ends,
        } = self;
        let entry = table.entry(
            hasher.hash_one(text),
            |&number| line(bytes, ends, number) == text,
            |&number| hasher.hash_one(line(bytes, ends, number)),
        );
        let fresh = ends.len() as u32;
        let number = *entry.or_insert(fresh).get();
        if number == fresh {
            bytes.extend_from_slice(text);
            ends.push(bytes.len());
        }
        number
    }
}

fn line<'a>(bytes: &'a [u8], ends: &[usize], number: u32) -> &'a [u8] {
    let at = number as usize;
    let start = at.checked_sub(1).map_or(0, |before| ends[before]);
    &bytes[start..ends[at]]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lines::Lines;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_are_equal_where_lines_are(
            texts in proptest::collection::vec(
                proptest::collection::vec(proptest::sample::select(b"ab\n\n".to_vec()), 0..40), 2..5,
            ),
        ) {
            let mut interner = Interner::default();
            let mut all: Vec<(Vec<u8>, u32)> = Vec::new();
            for text in &texts {
                let lines = Lines::split(text).unwrap();
                let each = (0..lines.len()).map(|at| lines.get(at));
                all.extend(each.map(|line| (line.to_vec(), interner.number(line))));
            }
            prop_assert!(all.iter().all(|(_, number)| (*number as usize) < interner.len()));
            for (line, number) in &all {
                for (other, another) in &all {
                    prop_assert_eq!(line == other, number == another);
                }
            }
        }
    }
}
