//! Our answers equal those that real Mercurial gave, record by record.
#![expect(
    clippy::unwrap_used,
    reason = "a table that cannot be read fails the test"
)]

mod table;

#[test]
fn pairs_of_texts() {
    let table = include_str!("../../../tests/fixtures/text/pairs.txt");
    assert!(table::check(table) > 100);
}

#[test]
fn merges() {
    let table = include_str!("../../../tests/fixtures/text/merges.txt");
    assert!(table::check(table) > 60);
}

#[test]
fn histories() {
    let table = include_str!("../../../tests/fixtures/text/histories.txt");
    assert!(table::check(table) > 40);
}
