//! Replacing this process by Python with the original arguments. It returns only where that failed.
//! Which Python it is, is `python`'s answer; what Python does with the arguments is its own affair.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::process::Command;

use hyg_core::environment::Environment;

use crate::python;

/// What the interpreter runs: it finds the package without `site`, whose start costs more than ours.
const BOOT: &str = include_str!("boot.py");

/// Hands everything to Python. On success this never returns; the answer says why it could not be done.
pub(crate) fn to_python(args: &[Vec<u8>], env: &Environment) -> String {
    let launcher = env.program();
    let Some(found) = python::find(launcher, env) else {
        return format!(
            "abort: no Python belongs to {}\n\
             (set HG_PYTHON to the interpreter that hydrargyrum is installed in, \
             or put its hg-py beside hg or on PATH)\n",
            launcher.display()
        );
    };
    let error = Command::new(&found.interpreter)
        .args(["-S", "-P", "-c", BOOT])
        .arg(launcher)
        .arg(&found.prefix)
        .args(args.iter().map(|arg| OsStr::from_bytes(arg)))
        .exec();
    format!(
        "abort: cannot run {}: {}\n",
        found.interpreter.display(),
        error
    )
}
