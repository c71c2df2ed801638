//! `HGPLAIN` and `HGPLAINEXCEPT`: when output must not depend on the user's taste, and which items that removes.
//! Reading those items is not this module's business.

use crate::environment::Environment;

/// Whether plain mode is on, and for what it makes exceptions.
#[derive(Clone, Debug, Default)]
pub struct Plain {
    active: bool,
    exceptions: Vec<Vec<u8>>,
    strict_flags: bool,
}

/// Items of `[ui]` that plain mode removes from configuration files.
const UI_ITEMS: [&[u8]; 10] = [
    b"debug",
    b"fallbackencoding",
    b"quiet",
    b"slash",
    b"logtemplate",
    b"message-output",
    b"statuscopies",
    b"style",
    b"traceback",
    b"verbose",
];

impl Plain {
    /// Reads the two variables.
    pub fn from_environment(env: &Environment) -> Plain {
        let plain = env.var(b"HGPLAIN");
        let except = env.var(b"HGPLAINEXCEPT");
        Plain {
            active: plain.is_some() || except.is_some(),
            exceptions: except
                .unwrap_or_default()
                .trim_ascii()
                .split(|byte| *byte == b',')
                .map(<[u8]>::to_vec)
                .collect(),
            strict_flags: plain
                .unwrap_or_default()
                .split(|byte| *byte == b',')
                .any(|word| word == b"+strictflags"),
        }
    }

    /// Whether plain mode is on at all.
    pub fn is_active(&self) -> bool {
        self.active
    }

    /// Whether plain mode is on for one feature (`alias`, `color`, `i18n`, `tweakdefaults` ...).
    pub fn covers(&self, feature: &[u8]) -> bool {
        if feature == b"strictflags" && !self.strict_flags {
            return false;
        }
        self.active && !self.exceptions.iter().any(|known| known == feature)
    }

    /// Whether plain mode removes this item of a configuration file (not of the command line).
    pub(super) fn strips(&self, section: &[u8], name: &[u8]) -> bool {
        if !self.active {
            return false;
        }
        match section {
            b"ui" => UI_ITEMS.contains(&name),
            b"defaults" | b"commands" | b"command-templates" => true,
            b"alias" | b"revsetalias" | b"templatealias" => self.covers(section),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(vars: &[(&str, &str)]) -> Plain {
        let owned = vars
            .iter()
            .map(|(key, value)| (key.as_bytes().to_vec(), value.as_bytes().to_vec()));
        Plain::from_environment(&Environment::new(owned))
    }

    #[test]
    fn follows_the_variables() {
        assert!(!plain(&[]).is_active());
        let on = plain(&[("HGPLAIN", "")]);
        assert!(on.is_active() && on.covers(b"alias") && !on.covers(b"strictflags"));
        assert!(on.strips(b"ui", b"verbose") && on.strips(b"alias", b"x"));
        assert!(on.strips(b"commands", b"status.relative") && !on.strips(b"ui", b"username"));
        let partly = plain(&[("HGPLAINEXCEPT", "alias,color\n")]);
        assert!(partly.is_active() && !partly.covers(b"alias") && !partly.covers(b"color"));
        assert!(partly.covers(b"i18n") && !partly.strips(b"alias", b"x"));
        assert!(plain(&[("HGPLAIN", "1,+strictflags")]).covers(b"strictflags"));
    }
}
