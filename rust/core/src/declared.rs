//! How the generated tables are shaped and searched: command names, options of native commands, config defaults.
//! The data itself is in `tables`, generated from Python's declarations; nothing is parsed at start.

use crate::tables;

/// The declared default of a configuration item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Default {
    /// No value.
    None,
    /// A boolean.
    Bool(bool),
    /// A number.
    Int(i64),
    /// A text.
    Text(&'static str),
    /// A list of words.
    List(&'static [&'static str]),
}

/// A configuration item: section, name, default. The table is sorted by section and name.
pub type ItemSpec = (&'static str, &'static str, Default);

/// What an option of a command takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptionKind {
    /// Nothing; `--no-NAME` turns it off.
    Flag,
    /// Nothing, and there is no `--no-NAME`.
    PlainFlag,
    /// One value, the last one counts.
    Value,
    /// Values, all count.
    List,
}

/// One option.
#[derive(Clone, Copy, Debug)]
pub struct OptionSpec {
    /// The letter, 0 where there is none.
    pub short: u8,
    /// The long name.
    pub long: &'static str,
    /// What it takes.
    pub kind: OptionKind,
}

/// A command that the launcher can answer.
#[derive(Clone, Copy, Debug)]
pub struct CommandSpec {
    /// The name under which hooks, `[defaults]` and `pager.attend-*` know it.
    pub name: &'static str,
    /// Its own options, without the global ones.
    pub options: &'static [OptionSpec],
}

/// What a typed command word stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommandWord {
    /// The one command of this name.
    Command(&'static str),
    /// Several.
    Ambiguous,
    /// None.
    Unknown,
}

/// The declared default of an item, where it is declared.
pub fn default_of(section: &str, name: &str) -> Option<Default> {
    let found = tables::ITEMS.binary_search_by(|(known_section, known_name, _)| {
        (*known_section, *known_name).cmp(&(section, name))
    });
    found.ok().map(|index| tables::ITEMS[index].2)
}

/// Other names under which the item is still read.
pub fn former_names(
    section: &[u8],
    name: &[u8],
) -> impl Iterator<Item = (&'static str, &'static str)> {
    tables::FORMER_NAMES
        .iter()
        .filter(move |spec| spec.0.as_bytes() == section && spec.1.as_bytes() == name)
        .map(|spec| (spec.2, spec.3))
}

/// The options of a command that the launcher can answer.
pub fn native_command(name: &str) -> Option<&'static CommandSpec> {
    tables::NATIVE_COMMANDS
        .iter()
        .find(|spec| spec.name == name)
}

/// Whether a word is a complete name or alias of a command.
pub fn is_command_name(word: &[u8]) -> bool {
    let names = tables::COMMAND_NAMES;
    names
        .binary_search_by(|(name, _)| name.as_bytes().cmp(word))
        .is_ok()
}

/// Finds the command that a word names: exactly, or as a prefix of exactly one name.
/// Names beginning with `debug` only count where no other does.
pub fn find_command(word: &[u8]) -> CommandWord {
    let names = tables::COMMAND_NAMES;
    let start = names.partition_point(|(name, _)| name.as_bytes() < word);
    let mut usual = Choice::default();
    let mut debug = Choice::default();
    for (name, command) in &names[start..] {
        if !name.as_bytes().starts_with(word) {
            break;
        }
        if name.len() == word.len() {
            return CommandWord::Command(command);
        }
        let choice = if name.starts_with("debug") || command.starts_with("debug") {
            &mut debug
        } else {
            &mut usual
        };
        choice.add(command);
    }
    match (usual.answer(), debug.answer()) {
        (CommandWord::Unknown, rare) => rare,
        (answer, _) => answer,
    }
}

/// The commands that names with one prefix stand for.
#[derive(Default)]
struct Choice {
    first: Option<&'static str>,
    several: bool,
}

impl Choice {
    fn add(&mut self, command: &'static str) {
        match self.first {
            Some(known) if known != command => self.several = true,
            _ => self.first = Some(command),
        }
    }

    fn answer(&self) -> CommandWord {
        match self.first {
            None => CommandWord::Unknown,
            Some(_) if self.several => CommandWord::Ambiguous,
            Some(command) => CommandWord::Command(command),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted() {
        assert!(tables::ITEMS.is_sorted_by(|a, b| (a.0, a.1) < (b.0, b.1)));
        assert!(tables::COMMAND_NAMES.is_sorted_by(|a, b| a.0 < b.0));
        for command in tables::NATIVE_COMMANDS {
            let known = find_command(command.name.as_bytes());
            assert_eq!(known, CommandWord::Command(command.name));
        }
    }

    #[test]
    fn abbreviations_as_the_peer_reads_them() {
        let cases = [
            ("status", CommandWord::Command("status")),
            ("st", CommandWord::Command("status")),
            ("stat", CommandWord::Command("status")),
            ("s", CommandWord::Ambiguous),
            ("sta", CommandWord::Command("status")),
            ("ro", CommandWord::Ambiguous),
            ("roo", CommandWord::Command("root")),
            ("showc", CommandWord::Command("config")),
            ("debugco", CommandWord::Ambiguous),
            ("debugconfig", CommandWord::Command("config")),
            ("checkout", CommandWord::Command("update")),
            ("nosuch", CommandWord::Unknown),
            ("", CommandWord::Ambiguous),
        ];
        for (word, wanted) in cases {
            assert_eq!(find_command(word.as_bytes()), wanted, "{word}");
        }
    }

    #[test]
    fn defaults_are_found() {
        assert_eq!(
            default_of("ui", "relative-paths"),
            Some(Default::Text("legacy"))
        );
        assert_eq!(default_of("ui", "statuscopies"), Some(Default::Bool(false)));
        assert_eq!(default_of("ui", "nosuch"), None);
    }
}
