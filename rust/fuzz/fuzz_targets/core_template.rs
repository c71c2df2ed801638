//! A template: compiling ends, with a template or a refusal, however deeply it is nested; rendering over a few fields does
//! not fail in any other way than by a refusal, and gives the same again.
#![no_main]

use hyg_core::render::Value;
use hyg_core::template::{Scope, Template};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(template) = Template::parse(data) else {
        return;
    };
    let fields = [
        ("rev", Value::Int(7)),
        ("node", Value::Text(b"0123abcd".to_vec())),
    ];
    let scope = Scope {
        teller: None,
        rev: None,
        fields: &fields,
        index: 3,
        painter: None,
    };
    let (mut first, mut second) = (Vec::new(), Vec::new());
    let done = template.render(&scope, &mut first).is_ok();
    assert_eq!(template.render(&scope, &mut second).is_ok(), done);
    assert_eq!(first, second);
});
