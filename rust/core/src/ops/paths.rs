//! `[paths]`: names for other repositories, with their sub-options.
//! Simple locations and URLs only: whatever needs a URL taken apart and put together again is left to Python.

use hyg_base::{Error, ErrorId, Result};

use crate::config::{Config, Value};
use crate::environment::{Environment, join_path, normalize_path, path_bytes};

/// A name with what it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathEntry {
    /// The name.
    pub name: Vec<u8>,
    /// An absolute path or a URL.
    pub location: Vec<u8>,
    /// Known sub-options with a value, sorted by name.
    pub options: Vec<(&'static str, Vec<u8>)>,
}

/// Every name, or the one asked for; sorted.
///
/// # Errors
/// [`ErrorId::Unsupported`] where a location or sub-option needs more than this module does.
pub fn list(config: &Config, env: &Environment, name: Option<&[u8]>) -> Result<Vec<PathEntry>> {
    let mut entries = Vec::new();
    for (key, value) in config.items(b"paths") {
        if key.contains(&b':') || value.bytes.is_empty() {
            continue;
        }
        let entry = PathEntry {
            name: key.to_vec(),
            location: location(&value, env)?,
            options: options(config, key)?,
        };
        if name.is_none_or(|name| name == key) {
            entries.push(entry);
        }
    }
    entries.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(entries)
}

fn location(value: &Value<'_>, env: &Environment) -> Result<Vec<u8>> {
    let written = env.expand_user(&env.expand_vars(value.bytes))?;
    if is_plain_url(&written) {
        return Ok(written);
    }
    if has_scheme(&written) || written.contains(&b'#') || written.starts_with(b"\\\\") {
        return Err(unsupported());
    }
    if written.starts_with(b"/") {
        return Ok(written);
    }
    let root = match value.root {
        Some(root) => path_bytes(root),
        None => env.home()?,
    };
    Ok(normalize_path(&join_path(root, &written)))
}

fn options(config: &Config, name: &[u8]) -> Result<Vec<(&'static str, Vec<u8>)>> {
    const KNOWN: [&str; 5] = [
        "bookmarks.mode",
        "multi-urls",
        "pulled-delta-reuse-policy",
        "pushrev",
        "pushurl",
    ];
    let mut found = Vec::new();
    for option in KNOWN {
        let set = |name: &[u8]| {
            let key = [name, b":", option.as_bytes()].concat();
            config.value(b"paths", &key).map(|value| value.bytes)
        };
        let Some(value) = set(name).or_else(|| set(b"*")) else {
            continue;
        };
        let shown = match (option, value) {
            ("pushrev", _) => true,
            ("pushurl", url) if is_plain_url(url) => true,
            ("bookmarks.mode", b"mirror" | b"ignore") => true,
            ("pulled-delta-reuse-policy", b"try-base" | b"no-reuse" | b"forced") => true,
            ("bookmarks.mode" | "pulled-delta-reuse-policy", b"default") => false,
            _ => return Err(unsupported()),
        };
        if shown {
            found.push((option, value.to_vec()));
        }
    }
    Ok(found)
}

/// `http`, `https` or `ssh`, a host, and nothing that would be escaped, hidden or moved when it is shown.
fn is_plain_url(text: &[u8]) -> bool {
    let schemes: [&[u8]; 3] = [b"http://", b"https://", b"ssh://"];
    let Some(rest) = schemes.iter().find_map(|scheme| text.strip_prefix(*scheme)) else {
        return false;
    };
    let Some(slash) = rest.iter().position(|byte| *byte == b'/') else {
        return false;
    };
    let (host, path) = rest.split_at(slash);
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-~".contains(byte);
    let host = match host.iter().position(|byte| *byte == b'@') {
        Some(at) if at > 0 && host[..at].iter().all(plain) => &host[at + 1..],
        Some(_) => return false,
        None => host,
    };
    let name_length = host.iter().take_while(|byte| plain(byte)).count();
    let port = &host[name_length..];
    let port_is_plain = port.is_empty()
        || port.len() > 1 && port[0] == b':' && port[1..].iter().all(u8::is_ascii_digit);
    name_length > 0 && port_is_plain && path.iter().all(|byte| plain(byte) || *byte == b'/')
}

fn has_scheme(text: &[u8]) -> bool {
    let word = text
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || b"+.-".contains(byte))
        .count();
    word > 0 && text.get(word) == Some(&b':')
}

fn unsupported() -> Error {
    Error::new(ErrorId::Unsupported).with("feature", "this kind of location")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn entries(items: &[(&str, &str)]) -> Result<Vec<String>> {
        let env = Environment::new([(b"HOME".to_vec(), b"/home/me".to_vec())]);
        let mut config = Config::new(&env);
        for (name, value) in items {
            let item = (b"paths".as_slice(), name.as_bytes());
            config.set_override(item, value.as_bytes(), b"--config", Path::new("/w"));
        }
        let shown = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let mut lines = Vec::new();
        for entry in list(&config, &env, None)? {
            let mut line = format!("{} {}", shown(&entry.name), shown(&entry.location));
            for (name, value) in &entry.options {
                line += &format!(" {name}={}", shown(value));
            }
            lines.push(line);
        }
        Ok(lines)
    }

    #[test]
    fn locations_and_options() {
        let items = [
            ("z", "../x/./y"),
            ("default", "ssh://hg@host:22//abs/p"),
            ("empty", ""),
            ("home", "~/r"),
            ("default:pushrev", "."),
            ("*:pushurl", "https://h/p"),
            ("z:pushurl", "https://z/"),
            ("z:bookmarks.mode", "default"),
            ("z:unknown", "x"),
        ];
        assert_eq!(
            entries(&items).unwrap(),
            [
                "default ssh://hg@host:22//abs/p pushrev=. pushurl=https://h/p",
                "home /home/me/r pushurl=https://h/p",
                "z /x/y pushurl=https://z/",
            ]
        );
    }

    #[test]
    fn what_python_has_to_take_apart() {
        for location in [
            "https://user:secret@h/p",
            "https://h",
            "https://h/%20",
            "file:///x",
            "host:path",
            "path://default",
            "/x#branch",
            "http://h:x/",
            "http://@h/",
        ] {
            assert!(entries(&[("a", location)]).is_err(), "{location}");
        }
        for (option, value) in [
            ("pushurl", "/local"),
            ("multi-urls", "yes"),
            ("bookmarks.mode", "x"),
        ] {
            let key = format!("a:{option}");
            assert!(entries(&[("a", "/x"), (&key, value)]).is_err(), "{option}");
        }
    }
}
