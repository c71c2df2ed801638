//! The process itself: its arguments and variables, its streams, its exit codes.
//! The only module that touches them; decisions are made elsewhere.
#![expect(
    clippy::disallowed_methods,
    reason = "the one place that may ask the environment"
)]

use std::io::{IsTerminal, Write};
use std::os::unix::ffi::OsStringExt;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::path::PathBuf;
use std::process::ExitCode;

use hyg_core::environment::Environment;

use crate::decline::{Decision, Decline};
use crate::native::Answer;
use crate::pager::{Pager, Running};

/// Columns of what is no terminal.
pub(crate) const DEFAULT_WIDTH: usize = 80;

/// The exit code of anything that went wrong.
const FAILED: u8 = 255;

/// The arguments after the program's name, and everything else the process was given.
pub(crate) fn surroundings() -> (Vec<Vec<u8>>, Environment) {
    let mut args = std::env::args_os().map(OsStringExt::into_vec);
    let called = args.next().unwrap_or_default();
    let vars = std::env::vars_os().map(|(name, value)| (name.into_vec(), value.into_vec()));
    let env = Environment::new(vars)
        .with_cwd(std::env::current_dir().unwrap_or_default())
        .with_uid(rustix::process::getuid().as_raw())
        .with_program(program(called));
    (args.collect(), env)
}

/// The path that was executed: what the kernel was told, else what the program was called.
fn program(called: Vec<u8>) -> PathBuf {
    let path = executed_path().unwrap_or(called);
    PathBuf::from(std::ffi::OsString::from_vec(path))
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn executed_path() -> Option<Vec<u8>> {
    let path = rustix::param::linux_execfn().to_bytes();
    (!path.is_empty()).then(|| path.to_vec())
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn executed_path() -> Option<Vec<u8>> {
    let path = std::env::current_exe().ok()?;
    Some(path.into_os_string().into_vec())
}

/// Whether standard output is a terminal.
pub(crate) fn stdout_is_tty() -> bool {
    std::io::stdout().is_terminal()
}

/// Columns of the terminal; where a pager takes standard output and errors, that is where input comes from.
pub(crate) fn terminal_width(paged: bool) -> usize {
    let (input, output, errors) = (
        rustix::stdio::stdin(),
        rustix::stdio::stdout(),
        rustix::stdio::stderr(),
    );
    let streams = if paged {
        vec![input]
    } else {
        vec![errors, output, input]
    };
    streams
        .into_iter()
        .filter_map(|stream| rustix::termios::tcgetwinsize(stream).ok())
        .find(|size| size.ws_col > 0 && size.ws_row > 0)
        .map_or(DEFAULT_WIDTH, |size| size.ws_col.into())
}

/// Runs what may not panic; if it does after all, that is a reason to hand over.
pub(crate) fn catch_panics<T>(run: impl FnOnce() -> Decision<T>) -> Decision<T> {
    let usual = take_hook();
    set_hook(Box::new(|_| {}));
    let answer = catch_unwind(AssertUnwindSafe(run));
    set_hook(usual);
    answer.unwrap_or_else(|_| Err(Decline::new("a panic")))
}

/// Standard output, or a pager before it, with the memory of whether anything was written and of what went wrong.
#[derive(Default)]
pub(crate) struct Output {
    began: bool,
    error: Option<std::io::Error>,
    preface: Vec<u8>,
    due: Option<Pager>,
    pager: Option<Running>,
}

impl Output {
    /// Whether the first byte may be out.
    pub(crate) fn began(&self) -> bool {
        self.began
    }

    /// From the first byte on, output goes through a pager.
    pub(crate) fn page_through(&mut self, pager: Pager) {
        self.due = Some(pager);
    }

    /// What comes before the first byte of output, and never through a pager.
    pub(crate) fn begin_with(&mut self, preface: Vec<u8>) {
        self.preface = preface;
    }

    /// There is nothing that is worth a pager.
    pub(crate) fn page_nothing(&mut self) {
        self.due = None;
    }

    /// Begins, if that has not happened.
    fn begin(&mut self) {
        self.began = true;
        let preface = std::mem::take(&mut self.preface);
        self.write_on(&preface);
        if let Some(pager) = self.due.take() {
            match pager.start() {
                Ok(running) => self.pager = Some(running),
                Err(error) => self.error = Some(error),
            }
        }
    }

    fn write_some(&self, bytes: &[u8]) -> rustix::io::Result<usize> {
        match &self.pager {
            None => rustix::io::write(rustix::stdio::stdout(), bytes),
            Some(pager) => match pager.input() {
                Some(input) => rustix::io::write(input, bytes),
                None => Err(rustix::io::Errno::PIPE),
            },
        }
    }

    /// Writes all bytes; after an error nothing is written any more. Says whether all is well.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> bool {
        if !bytes.is_empty() && self.error.is_none() {
            self.begin();
            self.write_on(bytes);
        }
        self.error.is_none()
    }

    fn write_on(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while !rest.is_empty() && self.error.is_none() {
            match self.write_some(rest) {
                Ok(0) => self.error = Some(std::io::ErrorKind::WriteZero.into()),
                Ok(written) => rest = &rest[written..],
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => self.error = Some(error.into()),
            }
        }
    }

    /// Says something on standard error, which a pager shows too where it is a terminal.
    fn say(&self, text: &str) {
        let pager = self.pager.as_ref().and_then(Running::words);
        match pager.filter(|_| std::io::stderr().is_terminal()) {
            // Nobody is left to tell if this fails.
            Some(mut input) => drop(input.write_all(text.as_bytes())),
            None => say(text),
        }
    }

    /// The exit code, where `usual` is that of success; an error is reported, but a closed pipe only in the code.
    fn exit_code(&mut self, usual: i32) -> ExitCode {
        match self.error.take() {
            None => ExitCode::from(u8::try_from(usual).unwrap_or(FAILED)),
            Some(error) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::from(FAILED),
            Some(error) => {
                self.say(&format!("abort: {}\n", words_of(&error)));
                ExitCode::from(FAILED)
            }
        }
    }

    /// Ends in the middle of an answer, and says why.
    pub(crate) fn give_up(mut self, text: &str) -> ExitCode {
        self.say(text);
        if let Some(pager) = self.pager.take() {
            pager.finish();
        }
        ExitCode::from(FAILED)
    }
}

/// Writes what is left of an answer, and afterwards what is worth remembering.
pub(crate) fn deliver(mut output: Output, answer: &Answer) -> ExitCode {
    output.begin();
    output.write(&answer.output);
    let stopped = output.pager.as_ref().and_then(Running::last_words);
    let (words, usual) = match &stopped {
        Some(stopped) => (stopped.words, stopped.code),
        None => (answer.words, answer.code),
    };
    if !words.is_empty() {
        output.say(words);
    }
    let code = output.exit_code(usual);
    if let Some(proposal) = &answer.proposal {
        // Whether it could be written makes no difference to anybody.
        let _outcome = proposal.write();
    }
    if let Some(pager) = output.pager.take() {
        pager.finish();
    }
    code
}

/// What the operating system calls an error, without Rust's number after it.
fn words_of(error: &std::io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" (os error") {
        Some((words, _)) => words.to_owned(),
        None => text,
    }
}

/// Says something on standard error.
pub(crate) fn say(text: &str) {
    // Nobody is left to tell if this fails.
    let _written = std::io::stderr().write_all(text.as_bytes());
}

/// Says what is wrong; the exit code for it.
pub(crate) fn fail(text: &str) -> ExitCode {
    say(text);
    ExitCode::from(FAILED)
}
