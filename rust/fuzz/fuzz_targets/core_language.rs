//! Any bytes as a revision set and as a template: parsed or refused without a panic or endless depth; what can be rendered
//! without a repository is the same each time.
#![no_main]

use hyg_core::names::plain_symbol;
use hyg_core::revset;
use hyg_core::template::{Scope, Template};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = (plain_symbol(data), revset::parse(data, &|_| false));
    let Ok(template) = Template::parse(data) else {
        return;
    };
    let scope = Scope {
        teller: None,
        rev: None,
        fields: &[],
        index: 1,
        painter: None,
    };
    let (mut one, mut two) = (Vec::new(), b"before".to_vec());
    let first = template.render(&scope, &mut one).is_ok();
    assert_eq!(template.render(&scope, &mut two).is_ok(), first);
    if first {
        assert_eq!(two, [b"before", one.as_slice()].concat());
    }
});
