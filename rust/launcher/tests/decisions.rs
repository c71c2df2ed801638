//! The launcher as a process: what it answers natively, what it hands over and why, and that a hand-over
//! passes on the original arguments.
#![expect(
    clippy::unwrap_used,
    reason = "a test stops where its fixture is wrong"
)]

#[path = "../../core/tests/small_repository/mod.rs"]
mod small_repository;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use small_repository::SmallRepository;

fn launcher(directory: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hg"));
    command
        .args(args)
        .current_dir(directory)
        .env_clear()
        .env("HOME", "/nonexistent")
        .env("HGRCPATH", "");
    command
}

fn required(directory: &Path, line: &str) -> Output {
    let args: Vec<&str> = line.split_whitespace().collect();
    let mut command = launcher(directory, &args);
    command.env("HYG_LAUNCHER", "require").output().unwrap()
}

/// Standard output, or the reason for declining.
fn answer(directory: &Path, line: &str) -> String {
    let output = required(directory, line);
    let reason = String::from_utf8(output.stderr).unwrap();
    match reason.strip_prefix("hg: the launcher declines: ") {
        Some(reason) => format!("declines: {}", reason.trim_end()),
        None => String::from_utf8(output.stdout).unwrap() + &reason,
    }
}

#[test]
fn native_answers() {
    let made = SmallRepository::changed();
    let root = made.root();
    let top = format!("{}\n", root.display());
    for (line, wanted) in [
        ("root", top.as_str()),
        ("root --cwd b", &top),
        ("st", "M b/run\nM same\n! extra\n? u\n"),
        ("st -q", "M b/run\nM same\n! extra\n"),
        ("st -mn", "b/run\nsame\n"),
        ("st --cwd b .", "M run\n"),
        ("st --cwd b", "M b/run\nM same\n! extra\n? u\n"),
        (
            "st --cwd b --config ui.relative-paths=yes",
            "M run\nM ../same\n! ../extra\n? ../u\n",
        ),
        ("status --change 1", "M a\nA b/new\nA extra\nR b/old\n"),
        ("st --rev 0 --rev tip -a", "A b/new\nA extra\n"),
        ("files b", "b/new\nb/run\n"),
        ("files -r 2eb28c458ca0 b", "b/old\nb/run\n"),
        ("cat a b/new", "two\nold\n"),
        ("cat -r 0 a", "one\n"),
        ("config x.y --config x.y=z", "z\n"),
        ("paths --config paths.d=/p", "d = /p\n"),
        (
            "version -q",
            "Mercurial Distributed SCM (version 7.2.4+hydrargyrum-0.1.0)\n",
        ),
    ] {
        assert_eq!(answer(&root, line), wanted, "{line}");
    }
}

#[test]
fn exit_codes() {
    let made = SmallRepository::new();
    let root = made.root();
    for (line, code) in [
        ("st", 0),
        ("files a", 0),
        ("files nosuch", 1),
        ("config no.such", 1),
        ("cat a", 0),
        ("grep", 255),
    ] {
        assert_eq!(required(&root, line).status.code(), Some(code), "{line}");
    }
}

#[test]
fn what_is_left_to_python() {
    let made = SmallRepository::new();
    let root = made.root();
    for (line, wanted) in [
        ("addremove", "the command addremove"),
        ("st nosuch", "a warning"),
        ("cat nosuch", "a file that is not there"),
        ("files -T json", "--template"),
        ("st -T {f(path)}", "unsupported feature=\"this template\""),
        ("st -T compact", "a style, file or plain text as template"),
        (
            "log -T {tag} --config templatealias.tag=x",
            "an alias of templates",
        ),
        (
            "log -T {tags} --config templates.tag=x",
            "templates of lists",
        ),
        ("st --rev 0+1", "not exactly one revision"),
        ("log -r subrepo()", "this revision set"),
        ("log -r d --config revsetalias.d=0", "[revsetalias]"),
        ("st --rev nosuch", "unknown-revision name=\"nosuch\""),
        ("st --config extensions.foo=", "an extension"),
        ("st --config extensions.foo=!", ""),
        (
            "sta --config extensions.rebase=",
            "extensions and an abbreviation",
        ),
        ("st --config extensions.rebase=", ""),
        ("st --config alias.st=log", "an alias"),
        ("sta --config alias.stat=log", "an alias"),
        ("st --config alias.stx=log", ""),
        ("st --config defaults.status=-m", "[defaults]"),
        ("st --config hooks.pre-status.a=x", "a hook"),
        ("st --config hooks.pre-statusx=x", ""),
        ("st --config encode.**=x", "filters"),
        ("st --config ui.verbose=maybe", "config-value"),
        (
            "st --color always --config color.mode=terminfo",
            "colours by terminfo",
        ),
        ("st set:modified()", "unsupported feature=\"filesets\""),
        ("st re:(?=a)", "unsupported-pattern"),
        ("config paths", "a whole section"),
        ("paths nosuch", "no such path"),
        ("-R nosuch st", "-R with a name"),
        ("--cwd / st", "no repository"),
        ("paths --config paths.a=b%%c", "%% in [paths]"),
    ] {
        let got = answer(&root, line);
        let expected = match wanted {
            "" => String::new(),
            reason => format!("declines: {reason}"),
        };
        assert!(got.starts_with(&expected), "{line}: {got}");
        assert_eq!(
            got.starts_with("declines"),
            !wanted.is_empty(),
            "{line}: {got}"
        );
    }
}

#[test]
fn repository_facts_that_decline() {
    let made = SmallRepository::new();
    let root = made.root();
    made.write(".hg/hgrc", "[ui]\ntweakdefaults = yes\n");
    assert_eq!(
        answer(&root, "st"),
        "declines: tweakdefaults in the repository"
    );
    made.write(".hg/hgrc", "not a line\n");
    assert!(answer(&root, "root").starts_with("declines: config-parse"));
    made.write(".hg/hgrc", "");
    made.write(".hg/graftstate", "x");
    assert_eq!(
        answer(&root, "st -v"),
        "declines: an unfinished operation to mention"
    );
    assert_eq!(answer(&root, "st"), "");
    made.write(".hg/store/obsstore", "\u{7}from another time");
    assert!(answer(&root, "st --rev 0 -m").starts_with("declines: "));
    made.write(".hg/requires", "share-safe\nfrom-the-future\n");
    assert!(answer(&root, "root").starts_with("declines: unknown-requirement"));
    assert!(answer(&root, "st").starts_with("declines: unknown-requirement"));
}

/// A stand-in for Python that prints its arguments after the boot code.
fn stand_in(directory: &Path) -> std::path::PathBuf {
    let path = directory.join("python");
    let script = "#!/bin/sh\nshift 4\nprintf '<%s>' \"$@\"\nexit 7\n";
    fs::write(&path, script).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

#[test]
fn a_hand_over_passes_everything_on() {
    let made = SmallRepository::new();
    let python = stand_in(&made.root());
    let args = ["-q", "--cwd", "b", "grep", "-T", "{rev} ", "--", "-x"];
    let output = launcher(&made.root(), &args)
        .env("HG_PYTHON", &python)
        .output()
        .unwrap();
    let passed = String::from_utf8(output.stdout).unwrap();
    let called = env!("CARGO_BIN_EXE_hg");
    let prefix = Path::new(called).parent().unwrap().parent().unwrap();
    let prefix = fs::canonicalize(prefix).unwrap();
    let wanted = format!(
        "<{called}><{}><-q><--cwd><b><grep><-T><{{rev}} ><--><-x>",
        prefix.display()
    );
    assert_eq!(passed, wanted);
    assert_eq!(output.status.code(), Some(7));
}

#[test]
fn modes() {
    let made = SmallRepository::new();
    let python = stand_in(&made.root());
    let run = |mode: &str, name: &str, line: &str| {
        let mut command = launcher(&made.root(), &[line]);
        let output = command
            .env(name, mode)
            .env("HG_PYTHON", &python)
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        (output.status.code(), said)
    };
    assert_eq!(run("never", "HYG_LAUNCHER", "root").0, Some(7));
    assert_eq!(run("pure", "HYG_ENGINE", "root").0, Some(7));
    assert_eq!(run("native", "HYG_ENGINE", "root").0, Some(0));
    assert_eq!(
        run("explain", "HYG_LAUNCHER", "root"),
        (Some(0), "hg: answered natively\n".to_owned())
    );
    assert_eq!(
        run("explain", "HYG_LAUNCHER", "addremove"),
        (
            Some(7),
            "hg: handed to Python: the command addremove\n".to_owned()
        )
    );
}

#[test]
fn without_python_there_is_a_hint() {
    let made = SmallRepository::new();
    let output = launcher(&made.root(), &["grep"]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with("abort: no Python belongs to "), "{said}");
    assert!(said.contains("HG_PYTHON"));
    assert_eq!(output.status.code(), Some(255));
}

#[test]
fn a_full_device_is_reported() {
    let made = SmallRepository::new();
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let output = launcher(&made.root(), &["root"])
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(output.stderr, b"abort: No space left on device\n");
    assert_eq!(output.status.code(), Some(255));
}
