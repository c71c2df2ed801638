//! Any bytes as a configuration file: an answer or an error that names it; what is listed can be read.
#![no_main]

use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::sync::LazyLock;

use hyg_core::config::Config;
use hyg_core::environment::Environment;
use libfuzzer_sys::fuzz_target;

static FILE: LazyLock<PathBuf> =
    LazyLock::new(|| std::env::temp_dir().join(format!("hyg-fuzz-rc-{}", std::process::id())));

fuzz_target!(|data: &[u8]| {
    // Files that others include are found relative to the first one, which is alone in its directory's name space.
    if data.windows(8).any(|eight| eight == b"%include") {
        return;
    }
    std::fs::write(&*FILE, data).unwrap();
    let variable = (b"HGRCPATH".to_vec(), FILE.as_os_str().as_bytes().to_vec());
    let uid = owner();
    let env = Environment::new([variable])
        .with_uid(uid)
        .with_cwd(PathBuf::from("/"));
    let config = match Config::load_user(&env) {
        Ok(config) => config,
        Err(error) => {
            assert!(
                error.fact("path").is_some() || error.fact("name").is_some(),
                "{error}"
            );
            return;
        }
    };
    for section in config.sections() {
        for (name, value) in config.items(section) {
            assert_eq!(config.value(section, name).unwrap().bytes, value.bytes);
            let (Ok(section), Ok(name)) = (std::str::from_utf8(section), std::str::from_utf8(name))
            else {
                continue;
            };
            let _typed = (config.bool(section, name), config.int(section, name));
            let _more = (config.byte_size(section, name), config.list(section, name));
        }
    }
});

/// The owner of the file, whom configuration is trusted from.
fn owner() -> u32 {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(&*FILE).map_or(0, |about| about.uid())
}
