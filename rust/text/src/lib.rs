//! Binary deltas between texts. No I/O, and no knowledge of revlogs: a delta comes in as bytes and leaves as bytes.

pub mod patch;
