//! What the arguments ask for: the command, its options, and the options that every command takes.
//! Pure: no configuration, no files. Whatever the peer would refuse or treat specially is declined here.

use hyg_core::declared::{CommandSpec, CommandWord, find_command, is_command_name, native_command};
use hyg_core::tables::GLOBAL_OPTIONS;

use crate::decline::{Decision, Decline, decline_if};
use crate::options::{Given, Parsed, parse, parse_early};

/// Global options that only Python serves.
const LEFT_TO_PYTHON: [&str; 10] = [
    "config-file",
    "debug",
    "debugger",
    "encoding",
    "encodingmode",
    "traceback",
    "time",
    "profile",
    "help",
    "hidden",
];

/// Options that must be seen by the early pass too: abbreviated or attached to others they are refused.
const EARLY: [&str; 3] = ["repository", "cwd", "config"];

/// How much to say, as far as the arguments decide it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Loudness {
    /// `--quiet`
    pub(crate) quiet: bool,
    /// `--verbose`
    pub(crate) verbose: bool,
}

/// The options that every command takes, as far as the launcher serves them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Globals<'a> {
    /// `-R`
    pub(crate) repository: Option<&'a [u8]>,
    /// `--cwd`
    pub(crate) cwd: Option<&'a [u8]>,
    /// Every `--config`.
    pub(crate) config: Vec<&'a [u8]>,
    /// `-q`, `-v`, where either was given.
    pub(crate) loudness: Option<Loudness>,
    /// `-y`
    pub(crate) noninteractive: bool,
    /// `--color`
    pub(crate) color: Option<&'a [u8]>,
    /// `--pager`
    pub(crate) pager: Option<&'a [u8]>,
}

/// A command line that the launcher may be able to serve.
#[derive(Clone, Debug)]
pub(crate) struct Invocation<'a> {
    /// The command.
    pub(crate) command: &'static CommandSpec,
    /// The word that named it; `None` for `hg --version`.
    pub(crate) word: Option<&'a [u8]>,
    /// Global options.
    pub(crate) globals: Globals<'a>,
    /// The command's own options, in the order given.
    options: Parsed<'a>,
    /// Everything else.
    pub(crate) args: Vec<&'a [u8]>,
}

impl<'a> Invocation<'a> {
    /// Reads the arguments after the program's name.
    ///
    /// # Errors
    /// A reason to leave them to Python.
    pub(crate) fn read(args: &'a [Vec<u8>]) -> Decision<Invocation<'a>> {
        let (mut options, rest) = parse(args, &[GLOBAL_OPTIONS], false)?;
        let Some(word) = rest.first().copied() else {
            return without_command(options, args);
        };
        let command = native(word)?;
        let after = &args[args.len() - rest.len() + 1..];
        let (more, args_left) = parse(after, &[command.options, GLOBAL_OPTIONS], true)?;
        let (global, own): (Parsed<'a>, Parsed<'a>) =
            more.into_iter().partition(|(name, _)| is_global(name));
        options.extend(global);
        decline_if(given(&options, "version"), "--version after a command")?;
        Ok(Invocation {
            command,
            word: Some(word),
            globals: globals(&options, args)?,
            options: own,
            args: args_left,
        })
    }

    /// Whether a flag of the command is on; `None` where it was not given.
    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        let found = self
            .options
            .iter()
            .rev()
            .find(|(known, _)| *known == name)?;
        match found.1 {
            Given::Flag(on) => Some(on),
            Given::Value(_) => None,
        }
    }

    /// Whether a flag of the command is on.
    pub(crate) fn is_on(&self, name: &str) -> bool {
        self.flag(name).unwrap_or(false)
    }

    /// The last value of an option of the command; an empty one counts as none.
    pub(crate) fn value(&self, name: &str) -> Option<&'a [u8]> {
        last_value(&self.options, name)
    }

    /// Every value of an option of the command.
    pub(crate) fn values(&self, name: &str) -> Vec<&'a [u8]> {
        all_values(&self.options, name)
    }

    /// Whether any option of the command was given.
    pub(crate) fn has_options(&self) -> bool {
        !self.options.is_empty()
    }

    /// Declines where any of these options was given.
    ///
    /// # Errors
    /// The decline.
    pub(crate) fn leave_to_python(&self, names: &[&str]) -> Decision<()> {
        match names.iter().find(|name| given(&self.options, name)) {
            Some(name) => Err(Decline::new(format!("--{name}"))),
            None => Ok(()),
        }
    }

    /// Whether the command was named in full, by its name or an alias.
    pub(crate) fn is_exact(&self) -> bool {
        self.word.is_none_or(is_command_name)
    }
}

fn without_command<'a>(options: Parsed<'a>, args: &'a [Vec<u8>]) -> Decision<Invocation<'a>> {
    decline_if(!given(&options, "version"), "no command")?;
    let command = native_command("version").ok_or_else(|| Decline::new("no version command"))?;
    Ok(Invocation {
        command,
        word: None,
        globals: globals(&options, args)?,
        options: Vec::new(),
        args: Vec::new(),
    })
}

fn native(word: &[u8]) -> Decision<&'static CommandSpec> {
    let CommandWord::Command(name) = find_command(word) else {
        return Err(Decline::new("no such command, or several"));
    };
    native_command(name).ok_or_else(|| Decline::new(format!("the command {name}")))
}

fn is_global(name: &str) -> bool {
    GLOBAL_OPTIONS.iter().any(|spec| spec.long == name)
}

fn globals<'a>(options: &Parsed<'a>, args: &'a [Vec<u8>]) -> Decision<Globals<'a>> {
    if let Some(name) = LEFT_TO_PYTHON.iter().find(|name| given(options, name)) {
        return Err(Decline::new(format!("--{name}")));
    }
    let early = parse_early(args, GLOBAL_OPTIONS);
    let hidden = LEFT_TO_PYTHON.iter().find(|name| given(&early, name));
    decline_if(hidden.is_some(), "an option seen by the early pass only")?;
    for name in EARLY {
        let (seen, meant) = (all_values(&early, name), all_values(options, name));
        let agree = if name == "config" {
            seen == meant
        } else {
            seen.last().unwrap_or(&b"".as_slice()) == meant.last().unwrap_or(&b"".as_slice())
        };
        decline_if(!agree, "an option that may not be abbreviated")?;
    }
    for name in ["quiet", "verbose"] {
        decline_if(
            on(options, name) != on(&early, name),
            "an abbreviated --quiet or --verbose",
        )?;
    }
    let loudness = Loudness {
        quiet: on(options, "quiet"),
        verbose: on(options, "verbose"),
    };
    Ok(Globals {
        repository: last_value(options, "repository"),
        cwd: last_value(options, "cwd"),
        config: all_values(options, "config"),
        loudness: (loudness.quiet || loudness.verbose).then_some(loudness),
        noninteractive: on(options, "noninteractive"),
        color: last_value(options, "color"),
        pager: options_value(options, "pager"),
    })
}

fn given(options: &Parsed<'_>, name: &str) -> bool {
    options.iter().any(|(known, _)| *known == name)
}

fn on(options: &Parsed<'_>, name: &str) -> bool {
    let last = options.iter().rev().find(|(known, _)| *known == name);
    matches!(last, Some((_, Given::Flag(true))))
}

fn all_values<'a>(options: &Parsed<'a>, name: &str) -> Vec<&'a [u8]> {
    let values = options.iter().filter(|(known, _)| *known == name);
    values
        .filter_map(|(_, given)| match given {
            Given::Value(value) => Some(*value),
            Given::Flag(_) => None,
        })
        .collect()
}

fn options_value<'a>(options: &Parsed<'a>, name: &str) -> Option<&'a [u8]> {
    all_values(options, name).last().copied()
}

fn last_value<'a>(options: &Parsed<'a>, name: &str) -> Option<&'a [u8]> {
    options_value(options, name).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<Vec<u8>> {
        let words = text.split(' ').filter(|word| !word.is_empty());
        words.map(|word| word.as_bytes().to_vec()).collect()
    }

    fn reason(text: &str) -> String {
        match Invocation::read(&words(text)) {
            Ok(invocation) => format!("serves {}", invocation.command.name),
            Err(reason) => reason.to_string(),
        }
    }

    #[test]
    fn reads_globals_on_both_sides_of_the_command() {
        let args = words("-R a --config x.y=1 -q stat b -Rc --config z.y=2 --no-status -- -m");
        let invocation = Invocation::read(&args).unwrap();
        assert_eq!(invocation.command.name, "status");
        assert!(!invocation.is_exact());
        assert_eq!(invocation.globals.repository, Some(b"c".as_slice()));
        assert_eq!(invocation.globals.config, [b"x.y=1", b"z.y=2"]);
        let loud = invocation.globals.loudness.unwrap();
        assert!(loud.quiet && !loud.verbose);
        assert!(invocation.is_on("no-status") && !invocation.is_on("modified"));
        assert_eq!(invocation.args, [b"b".as_slice(), b"-m"]);
    }

    #[test]
    fn declines_what_python_serves_or_refuses() {
        for (text, wanted) in [
            ("st", "serves status"),
            ("--version", "serves version"),
            ("-q --version", "serves version"),
            ("root", "serves root"),
            ("showconfig a.b", "serves config"),
            ("", "no command"),
            ("-q", "no command"),
            ("addremove", "the command addremove"),
            ("s", "no such command, or several"),
            ("nosuch", "no such command, or several"),
            ("st --version", "--version after a command"),
            ("st --help", "--help"),
            ("st -h", "--help"),
            ("--debug st", "--debug"),
            ("st --hidden", "--hidden"),
            ("st --conf a.b=c", "an ambiguous option"),
            ("st -qR x", "an option that may not be abbreviated"),
            ("st --quie", "an abbreviated --quiet or --verbose"),
            ("st --cw x", "an option that may not be abbreviated"),
            ("st -I --config", "serves status"),
            ("st -I --config x", "an option that may not be abbreviated"),
            ("st -I --debug x", "an option seen by the early pass only"),
            ("st --nosuch", "an unknown option"),
        ] {
            assert_eq!(reason(text), wanted, "{text}");
        }
    }

    #[test]
    fn last_values_count_and_empty_ones_are_none() {
        let args = words("cat -r 1 --rev= -I a -I b f");
        let invocation = Invocation::read(&args).unwrap();
        assert_eq!(invocation.value("rev"), None);
        assert_eq!(invocation.values("include"), [b"a", b"b"]);
        assert_eq!(invocation.flag("decode"), None);
    }
}
