//! Everything known before a command runs: configuration from all layers, the repository, how much to say.
//! Also the checks that hold for every command; what one command needs beyond them is in `native`.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use hyg_core::config::Config;
use hyg_core::environment::Environment;
use hyg_core::repo::{Repo, find_root};

use crate::decline::{Decision, Decline, decline_if};
use crate::invocation::{Globals, Invocation};

/// Shipped extensions that change nothing about the commands the launcher serves. They add commands of their own,
/// so that abbreviations mean something else.
const HARMLESS: [&str; 24] = [
    "absorb",
    "bookmarks",
    "children",
    "churn",
    "closehead",
    "convert",
    "fetch",
    "fix",
    "githelp",
    "graphlog",
    "hbisect",
    "histedit",
    "interhg",
    "parentrevspec",
    "patchbomb",
    "progress",
    "purge",
    "rebase",
    "record",
    "shelve",
    "show",
    "split",
    "strip",
    "uncommit",
];

/// Booleans of `[ui]` whose mere presence Python looks at: a value that is no boolean must be reported by it.
const READ_ALWAYS: [&str; 6] = [
    "report_untrusted",
    "timestamp-output",
    "traceback",
    "logblockedtimes",
    "formatdebug",
    "formatjson",
];

/// What a command can rely on.
pub(crate) struct Session {
    /// The environment, its directory changed by `--cwd`.
    pub(crate) env: Environment,
    /// Configuration of all layers.
    pub(crate) config: Config,
    /// The repository around the directory or named by `-R`.
    pub(crate) repo: Option<Repo>,
    /// Say less.
    pub(crate) quiet: bool,
    /// Say more.
    pub(crate) verbose: bool,
    /// The user's character set is that of changesets.
    pub(crate) utf8: bool,
}

impl Session {
    /// Reads configuration and opens the repository.
    ///
    /// # Errors
    /// A reason to leave the invocation to Python.
    pub(crate) fn open(invocation: &Invocation<'_>, env: &Environment) -> Decision<Session> {
        check_environment(env)?;
        let globals = &invocation.globals;
        let mut config = Config::load_user(env)?;
        for option in &globals.config {
            apply_option(&mut config, option, env.cwd())?;
        }
        let tweaked = config.is_on("ui", "tweakdefaults")?;
        let env = match globals.cwd {
            Some(path) => env.clone().with_cwd(real_directory(env.cwd(), path)?),
            None => env.clone(),
        };
        let repo = match locate(globals, &config, &env)? {
            Some(root) => Some(Repo::open(&root)?),
            None => None,
        };
        if let Some(repo) = &repo {
            config.load_repository(&env, &repo.config_files())?;
        }
        let tweaked_late = !tweaked && config.is_on("ui", "tweakdefaults")?;
        decline_if(tweaked_late, "tweakdefaults in the repository")?;
        let (quiet, verbose) = loudness(globals, &config)?;
        let utf8 = is_utf8(&env);
        let session = Session {
            env,
            config,
            repo,
            quiet,
            verbose,
            utf8,
        };
        session.check(invocation)?;
        Ok(session)
    }

    /// The repository that a command needs.
    ///
    /// # Errors
    /// A decline where there is none.
    pub(crate) fn repo(&self) -> Decision<&Repo> {
        let missing = || Decline::new("no repository");
        self.repo.as_ref().ok_or_else(missing)
    }

    /// The same for another repository: with its configuration and whatever that forbids.
    ///
    /// # Errors
    /// A decline where there is no repository, or one of another kind.
    pub(crate) fn elsewhere(&self, root: &Path, invocation: &Invocation<'_>) -> Decision<Session> {
        let root = real_directory(root, b".")?;
        decline_if(!root.join(".hg").is_dir(), "no repository there")?;
        let repo = Repo::open(&root)?;
        let mut config = self.config.clone();
        config.load_repository(&self.env, &repo.config_files())?;
        let tweaked =
            config.is_on("ui", "tweakdefaults")? != self.config.is_on("ui", "tweakdefaults")?;
        decline_if(tweaked, "tweakdefaults in the repository")?;
        let other = Session {
            env: self.env.clone(),
            config,
            repo: Some(repo),
            ..*self
        };
        other.check(invocation)?;
        Ok(other)
    }

    fn check(&self, invocation: &Invocation<'_>) -> Decision<()> {
        let config = &self.config;
        decline_if(!config.untrusted_files().is_empty(), "an untrusted file")?;
        for name in READ_ALWAYS {
            let on = config.is_on("ui", name)?;
            decline_if(
                on && name.starts_with("format"),
                "a format in the configuration",
            )?;
        }
        let messages = config.text_or_default("ui", "message-output");
        decline_if(messages != Some(b"stdio"), "ui.message-output")?;
        let fallback = config.text_or_default("ui", "fallbackencoding");
        decline_if(fallback.is_some(), "ui.fallbackencoding")?;
        decline_if(config.is_on("ui", "strict")?, "ui.strict")?;
        decline_if(config.is_on("profiling", "enabled")?, "profiling")?;
        decline_if(config.items(b"devel").next().is_some(), "[devel]")?;
        let changes = config
            .items(b"format")
            .any(|(name, _)| name.ends_with(b".automatic-upgrade-of-mismatching-repositories"));
        decline_if(changes, "a format that may change")?;
        decline_if(config.is_on("ui", "logblockedtimes")?, "ui.logblockedtimes")?;
        decline_if(
            config.is_on("ui", "timestamp-output")?,
            "ui.timestamp-output",
        )?;
        for (name, value) in config.items(b"paths") {
            let old = !name.contains(&b':') && value.bytes.windows(2).any(|two| two == b"%%");
            decline_if(old, "%% in [paths]")?;
        }
        let extended = self.check_extensions()?;
        decline_if(
            extended && !invocation.is_exact(),
            "extensions and an abbreviation",
        )?;
        self.check_command(invocation)
    }

    /// Declines for any enabled extension that is not known to be harmless; says whether there is one that is.
    fn check_extensions(&self) -> Decision<bool> {
        let mut any = false;
        for section in [&b"encode"[..], b"decode"] {
            decline_if(self.config.items(section).next().is_some(), "filters")?;
        }
        for (name, value) in self.config.items(b"extensions") {
            if name.contains(&b':') || value.bytes.starts_with(b"!") {
                continue;
            }
            let short = name.strip_prefix(b"hgext.").unwrap_or(name);
            let harmless = HARMLESS.iter().any(|known| known.as_bytes() == short);
            let plain = harmless && value.bytes.is_empty();
            decline_if(!plain, "an extension")?;
            any = true;
        }
        Ok(any)
    }

    /// Aliases, defaults and hooks that concern this command.
    fn check_command(&self, invocation: &Invocation<'_>) -> Decision<()> {
        let Some(word) = invocation.word else {
            return Ok(());
        };
        let name = invocation.command.name.as_bytes();
        for (alias, _) in self.config.items(b"alias") {
            let concerned = if hyg_core::declared::is_command_name(word) {
                alias == word
            } else {
                alias.starts_with(word)
            };
            decline_if(concerned && !alias.contains(&b':'), "an alias")?;
        }
        let defaults = self.config.get(b"defaults", name);
        decline_if(defaults.is_some_and(|text| !text.is_empty()), "[defaults]")?;
        for (hook, value) in self.config.items(b"hooks") {
            let after = ["pre-", "post-", "fail-"]
                .iter()
                .find_map(|kind| hook.strip_prefix(kind.as_bytes()))
                .and_then(|rest| rest.strip_prefix(name));
            let concerned = after.is_some_and(|rest| rest.is_empty() || rest.starts_with(b"."));
            decline_if(concerned && !value.bytes.is_empty(), "a hook")?;
        }
        Ok(())
    }
}

/// Variables that change the meaning of arguments or of text.
fn check_environment(env: &Environment) -> Decision<()> {
    decline_if(env.var(b"POSIXLY_CORRECT").is_some(), "POSIXLY_CORRECT")?;
    let plain = env.var(b"HGPLAIN").unwrap_or_default();
    let strict = plain
        .split(|byte| *byte == b',')
        .any(|word| word == b"+strictflags");
    decline_if(strict, "strict flags")?;
    for hooked in [b"CHGINTERNALMARK".as_slice(), b"HGDEMANDIMPORT"] {
        decline_if(env.var(hooked).is_some(), "a variable of another launcher")?;
    }
    decline_if(
        env.var(b"HG_PENDING").is_some(),
        "a hook that sees a running transaction",
    )?;
    let usual = env.var(b"HGENCODING").is_none_or(|name| {
        let name = name.to_ascii_lowercase();
        let known: [&[u8]; 6] = [
            b"utf-8",
            b"utf8",
            b"ascii",
            b"us-ascii",
            b"latin-1",
            b"latin1",
        ];
        known.contains(&name.as_slice())
    });
    decline_if(!usual, "HGENCODING")?;
    let mode = env.var(b"HGENCODINGMODE").unwrap_or(b"strict");
    decline_if(!matches!(mode, b"strict" | b""), "HGENCODINGMODE")
}

/// Whether the user reads and writes in the character set of changesets.
fn is_utf8(env: &Environment) -> bool {
    let named = env.var(b"HGENCODING").filter(|name| !name.is_empty());
    if let Some(name) = named {
        let name = name.to_ascii_lowercase();
        return name == b"utf-8" || name == b"utf8";
    }
    let settings: [&[u8]; 3] = [b"LC_ALL", b"LC_CTYPE", b"LANG"];
    let mut set = settings.iter().filter_map(|name| env.var(name));
    let wanted = set.find(|value| !value.is_empty()).unwrap_or(b"C");
    let mut plain = wanted.to_ascii_lowercase();
    plain.retain(|byte| *byte != b'-');
    wanted == b"C" || wanted == b"POSIX" || plain.ends_with(b"utf8")
}

/// `--config section.name=value`
fn apply_option(config: &mut Config, option: &[u8], cwd: &Path) -> Decision<()> {
    let malformed = || Decline::new("a malformed --config");
    let equals = option.iter().position(|byte| *byte == b'=');
    let equals = equals.ok_or_else(malformed)?;
    let item = option[..equals].trim_ascii();
    let dot = item.iter().position(|byte| *byte == b'.');
    let dot = dot.ok_or_else(malformed)?;
    let (section, name) = (&item[..dot], &item[dot + 1..]);
    if section.is_empty() || name.is_empty() {
        return Err(malformed());
    }
    let value = option[equals + 1..].trim_ascii();
    config.set_override((section, name), value, b"--config", cwd);
    config.apply_tweaks()?;
    Ok(())
}

/// The root of the repository to use: from `-R`, or the nearest one around the directory.
fn locate(globals: &Globals<'_>, config: &Config, env: &Environment) -> Decision<Option<PathBuf>> {
    let here = find_root(env.cwd());
    let Some(named) = globals.repository else {
        return Ok(here.map(Path::to_path_buf));
    };
    // A name of [paths] may come from the repository around the directory, whose files nobody has read yet.
    let ordinary = named
        .iter()
        .all(|byte| byte.is_ascii_alphanumeric() || b"/._-+, ".contains(byte) || *byte >= 0x80);
    decline_if(!ordinary, "-R with something other than a path")?;
    let is_path = named.contains(&b'/') || named == b"." || named == b"..";
    let known = config.items(b"paths").any(|(name, _)| name == named);
    decline_if(known || (!is_path && here.is_some()), "-R with a name")?;
    let root = real_directory(env.cwd(), named)?;
    decline_if(!root.join(".hg").is_dir(), "-R without a repository")?;
    Ok(Some(root))
}

fn real_directory(cwd: &Path, path: &[u8]) -> Decision<PathBuf> {
    let joined = cwd.join(OsStr::from_bytes(path));
    let resolved = joined.canonicalize().ok().filter(|path| path.is_dir());
    resolved.ok_or_else(|| Decline::new("a directory that is not there"))
}

/// Quiet and verbose, as options and configuration make them: both together are neither.
fn loudness(globals: &Globals<'_>, config: &Config) -> Decision<(bool, bool)> {
    if let Some(given) = globals.loudness {
        let both = given.quiet && given.verbose;
        decline_if(config.is_on("ui", "debug")?, "ui.debug")?;
        return Ok((given.quiet && !both, given.verbose && !both));
    }
    decline_if(config.is_on("ui", "debug")?, "ui.debug")?;
    let (quiet, verbose) = (config.is_on("ui", "quiet")?, config.is_on("ui", "verbose")?);
    let both = quiet && verbose;
    Ok((quiet && !both, verbose && !both))
}
