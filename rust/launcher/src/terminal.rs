//! Whether the peer would colour or page what a command prints. The launcher colours for ANSI terminals; where another
//! kind of terminal is due, it hands over. Starting the pager is `pager`'s work.

use hyg_core::config::{Config, parse_bool};
use hyg_core::environment::Environment;

use crate::decline::{Decision, Decline, decline_if};
use crate::invocation::Globals;

/// What of a command's output depends on the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sensitivity {
    /// Its output has coloured labels.
    pub(crate) colours: bool,
    /// It asks for a pager.
    pub(crate) pages: bool,
}

/// How a command's output shall look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Looks {
    /// With the colours of ANSI terminals.
    pub(crate) colours: bool,
    /// Through this pager.
    pub(crate) pager: Option<Vec<u8>>,
}

/// Whether colours and a pager are due; declines where other colours than those of ANSI terminals are.
///
/// # Errors
/// The decline; also for a value that is no boolean, which Python reports.
pub(crate) fn check(
    config: &Config,
    env: &Environment,
    globals: &Globals<'_>,
    command: (&str, Sensitivity),
    stdout_is_tty: bool,
) -> Decision<Looks> {
    let (name, sensitivity) = command;
    let terminal = Terminal {
        config,
        dumb: env.var(b"TERM") == Some(b"dumb"),
        formatted: is_formatted(config, stdout_is_tty)?,
    };
    if let Some(wanted) = globals.pager
        && parse_bool(wanted) == Some(true)
    {
        return Err(Decline::new("--pager"));
    }
    let pager_allowed = globals.pager.is_none_or(|wanted| wanted == b"auto");
    let pager = match sensitivity.pages && pager_allowed {
        true => terminal.pager(name)?,
        false => None,
    };
    let colours = sensitivity.colours && terminal.colours(globals.color)?;
    let own_mode = config.get(b"color", b"pagermode").is_some();
    decline_if(own_mode && pager.is_some(), "colours of a pager's own")?;
    Ok(Looks { colours, pager })
}

fn is_formatted(config: &Config, stdout_is_tty: bool) -> Decision<bool> {
    if config.plain().is_active() {
        return Ok(false);
    }
    match config.bool("ui", "formatted")? {
        Some(formatted) => Ok(formatted),
        None => Ok(stdout_is_tty && !config.is_on("ui", "nontty")?),
    }
}

struct Terminal<'a> {
    config: &'a Config,
    dumb: bool,
    formatted: bool,
}

impl Terminal<'_> {
    fn pager(&self, command: &str) -> Decision<Option<Vec<u8>>> {
        if self.config.plain().is_active() || self.dumb || !self.formatted {
            return Ok(None);
        }
        let ignored = self.config.list("pager", "ignore");
        if ignored.iter().any(|name| name == command.as_bytes()) {
            return Ok(None);
        }
        if self.config.bool("ui", "paginate")? == Some(false) {
            return Ok(None);
        }
        let attend = format!("attend-{command}");
        if self.config.bool("pager", &attend)? == Some(false) {
            return Ok(None);
        }
        let program = self.config.get(b"pager", b"pager").unwrap_or(b"less");
        Ok((!program.is_empty() && program != b"cat").then(|| program.to_vec()))
    }

    fn colours(&self, option: Option<&[u8]>) -> Decision<bool> {
        let config = self.config;
        if config.plain().covers(b"color") {
            return Ok(false);
        }
        let set = config.text_or_default("ui", "color").unwrap_or(b"auto");
        let wanted = option.unwrap_or(set);
        decline_if(wanted == b"debug", "colours as labels")?;
        let on = parse_bool(wanted) == Some(true);
        let always = wanted == b"always" || (option.is_some() && on && wanted != b"auto");
        if !always && !on && wanted != b"auto" {
            return Ok(false);
        }
        if !always && (self.dumb || !self.formatted) {
            return Ok(false);
        }
        let mode = config.text_or_default("color", "mode").unwrap_or(b"auto");
        decline_if(mode == b"terminfo", "colours by terminfo")?;
        Ok(matches!(mode, b"auto" | b"ansi"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    const STATUS: (&str, Sensitivity) = (
        "status",
        Sensitivity {
            colours: true,
            pages: true,
        },
    );

    /// The verdict for items (`section.name=value`), variables (`NAME=value`) and options (`--x=value`).
    fn verdict(tty: bool, given: &str) -> String {
        let mut vars = Vec::new();
        let mut items = Vec::new();
        let mut globals = Globals::default();
        for word in given.split_whitespace() {
            let (name, value) = word.split_once('=').unwrap();
            match name.split_once('.') {
                Some(item) => items.push((item, value)),
                None if name == "--color" => globals.color = Some(value.as_bytes()),
                None if name == "--pager" => globals.pager = Some(value.as_bytes()),
                None => vars.push((name.as_bytes().to_vec(), value.as_bytes().to_vec())),
            }
        }
        let env = Environment::new(vars);
        let mut config = Config::new(&env);
        for ((section, name), value) in items {
            let item = (section.as_bytes(), name.as_bytes());
            config.set_override(item, value.as_bytes(), b"--config", Path::new("/"));
        }
        match check(&config, &env, &globals, STATUS, tty) {
            Ok(looks) => {
                let colours = if looks.colours { "colours" } else { "native" };
                let pager = looks.pager.map(|pager| String::from_utf8(pager).unwrap());
                pager.map_or(colours.to_owned(), |pager| format!("{colours} in {pager}"))
            }
            Err(reason) => reason.to_string(),
        }
    }

    #[test]
    fn nothing_is_due_without_a_terminal() {
        assert_eq!(verdict(false, ""), "native");
        assert_eq!(verdict(false, "ui.color=on"), "native");
        assert_eq!(verdict(false, "ui.color=always"), "colours");
        assert_eq!(verdict(false, "--color=on"), "colours");
        assert_eq!(verdict(false, "--color=always color.mode=win32"), "native");
        assert_eq!(verdict(false, "--color=debug"), "colours as labels");
        assert_eq!(verdict(false, "ui.formatted=yes"), "colours in less");
        assert_eq!(verdict(false, "--pager=on"), "--pager");
    }

    #[test]
    fn a_terminal_means_pager_and_colours_unless_turned_off() {
        assert_eq!(verdict(true, ""), "colours in less");
        assert_eq!(
            verdict(true, "pager.pager=more ui.color=off"),
            "native in more"
        );
        assert_eq!(
            verdict(true, "color.pagermode=ansi"),
            "colours of a pager's own"
        );
        assert_eq!(verdict(true, "HGPLAIN=1"), "native");
        assert_eq!(verdict(true, "TERM=dumb"), "native");
        assert_eq!(verdict(true, "ui.nontty=1"), "native");
        for off in [
            "--pager=no",
            "ui.paginate=no",
            "pager.ignore=log,status",
            "pager.pager=cat",
        ] {
            assert_eq!(verdict(true, off), "colours", "{off}");
        }
        assert_eq!(
            verdict(true, "pager.attend-status=no ui.color=never"),
            "native"
        );
        assert_eq!(verdict(true, "--pager=no --color=off"), "native");
        assert_eq!(verdict(true, "--pager=no --color=auto"), "colours");
        assert_eq!(
            verdict(true, "HGPLAINEXCEPT=color ui.color=always"),
            "colours"
        );
        assert_eq!(verdict(true, "HGPLAIN= ui.color=always"), "native");
    }

    #[test]
    fn a_bad_boolean_is_left_to_python() {
        assert!(verdict(true, "ui.paginate=maybe").starts_with("config-value"));
    }
}
