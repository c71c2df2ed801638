//! Option grammars: getopt as the peer uses it, and the stricter early pass over the same arguments.
//! What the options mean belongs to `invocation`.

use hyg_core::declared::{OptionKind, OptionSpec};

use crate::decline::{Decision, Decline};

/// One option as it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Given<'a> {
    /// A flag; false for `--no-NAME`.
    Flag(bool),
    /// An option with its value.
    Value(&'a [u8]),
}

/// The options of one pass, in the order given, by long name.
pub(crate) type Parsed<'a> = Vec<(&'static str, Given<'a>)>;

/// Splits arguments into options and the rest. With `anywhere`, options may follow other arguments.
///
/// # Errors
/// Whatever the peer would complain about.
pub(crate) fn parse<'a>(
    args: &'a [Vec<u8>],
    tables: &[&'static [OptionSpec]],
    anywhere: bool,
) -> Decision<(Parsed<'a>, Vec<&'a [u8]>)> {
    let mut pass = Pass {
        tables,
        args,
        at: 0,
        options: Vec::new(),
        rest: Vec::new(),
    };
    while let Some(arg) = pass.next() {
        if arg == b"--" {
            pass.take_rest();
        } else if arg.starts_with(b"--") {
            pass.long(&arg[2..])?;
        } else if arg.len() > 1 && arg.starts_with(b"-") {
            pass.short(&arg[1..])?;
        } else {
            pass.rest.push(arg);
            if !anywhere {
                pass.take_rest();
            }
        }
    }
    Ok((pass.options, pass.rest))
}

struct Pass<'a, 't> {
    tables: &'t [&'static [OptionSpec]],
    args: &'a [Vec<u8>],
    at: usize,
    options: Parsed<'a>,
    rest: Vec<&'a [u8]>,
}

impl<'a> Pass<'a, '_> {
    fn next(&mut self) -> Option<&'a [u8]> {
        let arg = self.args.get(self.at)?;
        self.at += 1;
        Some(arg)
    }

    fn take_rest(&mut self) {
        while let Some(arg) = self.next() {
            self.rest.push(arg);
        }
    }

    fn specs(&self) -> impl Iterator<Item = &'static OptionSpec> {
        self.tables.iter().flat_map(|table| table.iter())
    }

    fn value_of(&mut self, attached: Option<&'a [u8]>) -> Decision<Given<'a>> {
        match attached.or_else(|| self.next()) {
            Some(value) => Ok(Given::Value(value)),
            None => Err(Decline::new("an option lacks its value")),
        }
    }

    fn long(&mut self, text: &'a [u8]) -> Decision<()> {
        let equals = text.iter().position(|byte| *byte == b'=');
        let word = &text[..equals.unwrap_or(text.len())];
        let attached = equals.map(|at| &text[at + 1..]);
        let (spec, on) = self.find_long(word)?;
        let takes_value = takes_value(spec);
        if attached.is_some() && !takes_value {
            return Err(Decline::new("a flag was given a value"));
        }
        let given = if takes_value {
            self.value_of(attached)?
        } else {
            Given::Flag(on)
        };
        self.options.push((spec.long, given));
        Ok(())
    }

    /// The option that a long word names exactly or as the prefix of exactly one name, `no-` names included.
    fn find_long(&self, word: &[u8]) -> Decision<(&'static OptionSpec, bool)> {
        let mut found = None;
        let mut several = false;
        for spec in self.specs() {
            let positive = spec.long.as_bytes();
            let no_name = (spec.kind == OptionKind::Flag).then(|| opposite(spec.long));
            let negative = no_name.as_deref().filter(|name| !self.is_declared(name));
            for (name, on) in [(Some(positive), true), (negative, false)] {
                let Some(name) = name.filter(|name| name.starts_with(word)) else {
                    continue;
                };
                if name.len() == word.len() {
                    return Ok((spec, on));
                }
                several |= found.is_some();
                found = Some((spec, on));
            }
        }
        match found {
            Some(one) if !several => Ok(one),
            Some(_) => Err(Decline::new("an ambiguous option")),
            None => Err(Decline::new("an unknown option")),
        }
    }

    fn is_declared(&self, name: &[u8]) -> bool {
        self.specs().any(|spec| spec.long.as_bytes() == name)
    }

    fn short(&mut self, letters: &'a [u8]) -> Decision<()> {
        for (index, letter) in letters.iter().enumerate() {
            let found = self.specs().find(|spec| spec.short == *letter);
            let Some(spec) = found.filter(|_| *letter != 0) else {
                return Err(Decline::new("an unknown option letter"));
            };
            if takes_value(spec) {
                let attached = &letters[index + 1..];
                let given = self.value_of((!attached.is_empty()).then_some(attached))?;
                self.options.push((spec.long, given));
                return Ok(());
            }
            self.options.push((spec.long, Given::Flag(true)));
        }
        Ok(())
    }
}

fn takes_value(spec: &OptionSpec) -> bool {
    matches!(spec.kind, OptionKind::Value | OptionKind::List)
}

/// `no-` put before a name, or taken away.
fn opposite(name: &str) -> Vec<u8> {
    match name.strip_prefix("no-") {
        Some(rest) => rest.as_bytes().to_vec(),
        None => [b"no-", name.as_bytes()].concat(),
    }
}

/// The early pass: finds complete option names anywhere, ignores everything it does not know, stops at `--`.
/// It decides where configuration and repository are looked for before the command is known.
pub(crate) fn parse_early<'a>(args: &'a [Vec<u8>], table: &'static [OptionSpec]) -> Parsed<'a> {
    let mut options = Vec::new();
    let mut at = 0;
    while let Some(arg) = args.get(at) {
        if arg == b"--" {
            break;
        }
        at += 1;
        let Some((spec, on, attached)) = early_option(arg, table) else {
            continue;
        };
        let given = match (takes_value(spec), attached) {
            (false, None) => Given::Flag(on),
            (false, Some(_)) => continue,
            (true, Some(value)) => Given::Value(value),
            (true, None) => match args.get(at) {
                Some(value) => {
                    at += 1;
                    Given::Value(value)
                }
                None => break,
            },
        };
        options.push((spec.long, given));
    }
    options
}

type EarlyOption<'a> = (&'static OptionSpec, bool, Option<&'a [u8]>);

fn early_option<'a>(arg: &'a [u8], table: &'static [OptionSpec]) -> Option<EarlyOption<'a>> {
    if let Some(text) = arg.strip_prefix(b"--") {
        let equals = text.iter().position(|byte| *byte == b'=');
        let word = &text[..equals.unwrap_or(text.len())];
        let attached = equals.map(|at| &text[at + 1..]);
        let named = |spec: &OptionSpec| {
            spec.long.as_bytes() == word || spec.long == "repository" && word == b"repo"
        };
        let negated =
            |spec: &OptionSpec| spec.kind == OptionKind::Flag && opposite(spec.long) == word;
        if let Some(spec) = table.iter().find(|spec| named(spec)) {
            return Some((spec, true, attached));
        }
        let spec = table.iter().find(|spec| negated(spec))?;
        return Some((spec, false, attached));
    }
    let (letter, attached) = arg.strip_prefix(b"-")?.split_first()?;
    let spec = table.iter().find(|spec| spec.short == *letter)?;
    let attached = (!attached.is_empty()).then_some(attached);
    Some((spec, true, attached)).filter(|_| *letter != 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyg_core::declared::native_command;
    use hyg_core::tables::GLOBAL_OPTIONS;

    fn words(text: &str) -> Vec<Vec<u8>> {
        text.split(' ')
            .map(|word| word.as_bytes().to_vec())
            .collect()
    }

    fn shown(parsed: &Parsed<'_>) -> Vec<String> {
        let show = |(name, given): &(&str, Given<'_>)| match given {
            Given::Flag(true) => (*name).to_owned(),
            Given::Flag(false) => format!("no {name}"),
            Given::Value(value) => format!("{name}={}", String::from_utf8_lossy(value)),
        };
        parsed.iter().map(show).collect()
    }

    fn status(text: &str) -> Result<(Vec<String>, String), String> {
        let options = native_command("status").map(|spec| spec.options);
        let args = words(text);
        let tables = [options.unwrap_or_default(), GLOBAL_OPTIONS];
        let (parsed, rest) = parse(&args, &tables, true).map_err(|reason| reason.to_string())?;
        let rest: Vec<_> = rest
            .iter()
            .map(|arg| String::from_utf8_lossy(arg))
            .collect();
        Ok((shown(&parsed), rest.join(" ")))
    }

    #[test]
    fn options_anywhere_abbreviated_and_negated() {
        let (options, rest) = status("a -mn --rev 1 --inc=x b --no-quiet -Rr -I y -- -c").unwrap();
        assert_eq!(
            options,
            [
                "modified",
                "no-status",
                "rev=1",
                "include=x",
                "no quiet",
                "repository=r",
                "include=y"
            ]
        );
        assert_eq!(rest, "a b -c");
        assert_eq!(status("--status").unwrap().0, ["no no-status"]);
        assert_eq!(status("-").unwrap().1, "-");
        assert_eq!(status("--ch x").unwrap().0, ["change=x"]);
        assert_eq!(status("--rev=").unwrap().0, ["rev="]);
    }

    #[test]
    fn what_the_peer_complains_about() {
        for text in [
            "--re 1",
            "-Z",
            "--modified=1",
            "--rev",
            "-I",
            "--nosuch",
            "--c",
        ] {
            assert!(status(text).is_err(), "{text}");
        }
        assert_eq!(status("--no-v").unwrap().0, ["no verbose"]);
        assert!(status("--no-no").is_err());
    }

    #[test]
    fn early_options() {
        let early = |text: &str| shown(&parse_early(&words(text), GLOBAL_OPTIONS));
        assert_eq!(
            early("st --cwd x --repo=y -Rz --config a=b"),
            ["cwd=x", "repository=y", "repository=z", "config=a=b"]
        );
        assert_eq!(
            early("--cw x -q --no-debug -- --cwd y"),
            ["quiet", "no debug"]
        );
        assert_eq!(early("-qv --quiet=1 --cwd -- z"), ["cwd=--"]);
        assert!(early("-R").is_empty());
        assert!(early("--no-help --no-noninteractive -").is_empty());
    }
}
