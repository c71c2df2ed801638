//! Text algorithms on bytes: line matching, deltas, unified diffs, three-way merges, line attribution. No I/O, and no
//! knowledge of revlogs or repositories: texts come in as bytes and results leave as bytes or plain values.

pub mod annotate;
pub mod binary;
pub mod compare;
pub mod conflict;
pub mod delta;
pub mod diff;
mod interned;
pub mod label;
pub mod lines;
pub mod merge3;
pub mod patch;
pub mod unified;
pub mod whitespace;
pub mod xdiff;
