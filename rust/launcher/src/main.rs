//! hg launcher
fn main() {}
