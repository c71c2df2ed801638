//! The `hg` launcher: answers the hottest commands natively and hands everything else to Python.
//! The only Rust crate that may print, exit or read the environment; what commands do is core's work.

mod decline;
mod handover;
mod invocation;
mod mode;
mod native;
mod options;
mod pager;
mod process;
mod python;
mod session;
mod signals;
mod terminal;

use std::process::ExitCode;

use hyg_core::environment::Environment;

use decline::{Decision, Decline};
use invocation::Invocation;
use mode::Mode;
use native::Answer;
use pager::Pager;
use process::Output;
use session::Session;

fn main() -> ExitCode {
    let (args, env) = process::surroundings();
    let mode = Mode::from_environment(&env);
    let mut output = Output::default();
    match answer(&args, &env, mode, &mut output) {
        Ok(answer) => {
            mode.explain(&Ok(()));
            process::deliver(output, &answer)
        }
        // Only a panic can come here: half an answer must not be followed by another one.
        Err(reason) if output.began() => output.give_up(&format!("abort: {reason}\n")),
        Err(reason) => {
            if mode == Mode::Require {
                return process::fail(&format!("hg: the launcher declines: {reason}\n"));
            }
            mode.explain(&Err(reason));
            process::fail(&handover::to_python(&args, &env))
        }
    }
}

/// Everything up to the first byte and the first lock. A panic in here is a reason to decline like any other.
fn answer(
    args: &[Vec<u8>],
    env: &Environment,
    mode: Mode,
    output: &mut Output,
) -> Decision<Answer> {
    if let Some(reason) = mode.forbids(env) {
        return Err(Decline::new(reason));
    }
    process::catch_panics(|| {
        let invocation = Invocation::read(args)?;
        let session = Session::open(&invocation, env)?;
        let looks = terminal::check(
            &session.config,
            &session.env,
            &invocation.globals,
            (
                invocation.command.name,
                native::sensitivity(invocation.command.name),
            ),
            process::stdout_is_tty(),
        )?;
        if let Some(line) = &looks.pager {
            output.page_through(Pager::new(line, &session.env)?);
        }
        native::run(&invocation, &session, &looks, output)
    })
}
