//! The `hg` launcher: answers the hottest commands natively and hands everything else to Python.
//! The only Rust crate that may print, exit or read the environment; what commands do is core's work.

mod decline;
mod invocation;
mod mode;
mod options;
mod terminal;

fn main() {}
