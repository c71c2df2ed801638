//! The pager between us and the terminal: how it is started, fed and waited for.
//! Whether one is due is `terminal`'s answer.

use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

use hyg_base::Interrupt;
use hyg_core::environment::Environment;

use crate::decline::{Decision, decline_if};
use crate::native::Answer;
use crate::python::is_program;
use crate::signals::Signals;

/// Set for the pager unless the user has set them.
const VARIABLES: [(&str, &str); 2] = [("LESS", "FRX"), ("LV", "-c")];

/// A command with none of these is executed without a shell.
const SHELL_SIGNS: &[u8] = b"|&;<>()$`\\\"' \t\n*?[#~=%";

/// A pager that starts with the first output.
#[derive(Debug)]
pub(crate) struct Pager {
    command: Command,
}

/// A pager at work.
pub(crate) struct Running {
    process: Child,
    input: Option<ChildStdin>,
    signals: Signals,
}

impl Pager {
    /// The pager that `line` names.
    ///
    /// # Errors
    /// Declines where there is none of that name, which Python reports.
    pub(crate) fn new(line: &[u8], env: &Environment) -> Decision<Pager> {
        let mut command = if line.iter().any(|letter| SHELL_SIGNS.contains(letter)) {
            let mut shell = Command::new("/bin/sh");
            shell.arg("-c").arg(OsStr::from_bytes(line));
            shell
        } else {
            decline_if(!is_there(line, env), "a pager that is not there")?;
            Command::new(OsStr::from_bytes(line))
        };
        for (name, value) in VARIABLES {
            if env.var(name.as_bytes()).is_none() {
                command.env(name, value);
            }
        }
        if env.var(b"HG").is_none_or(<[u8]>::is_empty) {
            command.env("HG", env.program());
        }
        command.stdin(Stdio::piped());
        Ok(Pager { command })
    }

    /// Starts it. From now on signals end the output and not us, who wait for the pager.
    pub(crate) fn start(mut self) -> io::Result<Running> {
        let signals = Signals::catch().map_err(|_| io::Error::from(io::ErrorKind::Other))?;
        let mut process = self.command.spawn()?;
        Ok(Running {
            input: process.stdin.take(),
            process,
            signals,
        })
    }
}

impl Running {
    /// Where output goes; `None` after a signal.
    pub(crate) fn input(&self) -> Option<&ChildStdin> {
        match self.signals.check() {
            Ok(()) => self.input.as_ref(),
            Err(_) => None,
        }
    }

    /// Where last words go that belong on the terminal.
    pub(crate) fn words(&self) -> Option<&ChildStdin> {
        self.input.as_ref()
    }

    /// What is to be said if a signal came.
    pub(crate) fn last_words(&self) -> Option<Answer> {
        let came = self.signals.check().is_err();
        came.then(|| self.signals.last_words(Vec::new()))
    }

    /// Waits until the user has seen enough.
    pub(crate) fn finish(mut self) {
        drop(self.input.take());
        // How it ended says nothing about our own work.
        let _status = self.process.wait();
    }
}

/// Whether a program can be executed: by its path, or found where the system looks for programs.
fn is_there(program: &[u8], env: &Environment) -> bool {
    let name = Path::new(OsStr::from_bytes(program));
    if program.contains(&b'/') {
        return is_program(name);
    }
    let places = env.var(b"PATH").unwrap_or_default();
    places
        .split(|byte| *byte == b':')
        .any(|place| is_program(&Path::new(OsStr::from_bytes(place)).join(name)))
}
