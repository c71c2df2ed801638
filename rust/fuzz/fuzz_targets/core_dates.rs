//! Any bytes as a range of dates: moments or a refusal. As the file of a time zone: an offset or none at any moment.
#![no_main]

use hyg_core::environment::Environment;
use hyg_core::{daterange, zone};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let env = Environment::new([(b"TZ".to_vec(), b"UTC".to_vec())]);
    let _ = daterange::parse(data, 1_700_000_000, &env);
    for seconds in [i64::MIN, -1, 0, 1, 1000, 1_700_000_000, i64::MAX] {
        let _ = zone::offset_in(data, seconds);
    }
});
