//! Compares this crate with tables of the peer's answers that are too large to keep: `check_tables FILE...`, with
//! files that `tests/fixtures/text/make_tables.py --many N` wrote.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a tool for developers, not the product"
)]

#[path = "../tests/table/mod.rs"]
mod table;

fn main() {
    for path in std::env::args().skip(1) {
        let text = std::fs::read_to_string(&path).unwrap();
        println!("{path}: {} records agree", table::check(&text));
    }
}
