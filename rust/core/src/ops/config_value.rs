//! The value of one configuration item, by the name `section.item` that users type.
//! Listing whole sections is Python's.

use crate::config::Config;

/// The values of all items that are spelled `entry`: usually one, none where it is not set. A dot may belong to
/// the section or to the item, so that two different items can have one spelling.
pub fn values<'a>(config: &'a Config, entry: &[u8]) -> Vec<&'a [u8]> {
    let mut found = Vec::new();
    for section in config.sections() {
        let Some(name) = entry
            .strip_prefix(section)
            .and_then(|rest| rest.strip_prefix(b"."))
        else {
            continue;
        };
        found.extend(config.value(section, name).map(|value| value.bytes));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::Environment;
    use std::path::Path;

    #[test]
    fn every_item_with_the_spelling() {
        let mut config = Config::new(&Environment::new([]));
        for (section, name, value) in [("a", "b.c", "1"), ("a.b", "c", "2"), ("a", "b", "3")] {
            let item = (section.as_bytes(), name.as_bytes());
            config.set_override(item, value.as_bytes(), b"--config", Path::new("/"));
        }
        assert_eq!(values(&config, b"a.b.c"), [b"1", b"2"]);
        assert_eq!(values(&config, b"a.b"), [b"3"]);
        assert!(values(&config, b"a.x").is_empty());
    }
}
