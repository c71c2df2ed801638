//! Configuration read from real files in every layer, compared with what the peer answers for the same files.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops where its fixture is wrong"
)]

use std::fs;
use std::path::{Path, PathBuf};

use hyg_base::{ErrorId, Fact};
use hyg_core::config::{Config, RepositoryFile, parse_list};
use hyg_core::environment::Environment;

struct Place {
    dir: tempfile::TempDir,
    vars: Vec<(String, String)>,
}

impl Place {
    fn new() -> Place {
        Place {
            dir: tempfile::tempdir().unwrap(),
            vars: Vec::new(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    fn var(&mut self, name: &str, value: impl AsRef<Path>) {
        let value = value.as_ref().to_str().unwrap().to_owned();
        self.vars.push((name.to_owned(), value));
    }

    fn environment(&self) -> Environment {
        let vars = self.vars.clone().into_iter();
        let mut all: Vec<_> = vars
            .map(|(k, v)| (k.into_bytes(), v.into_bytes()))
            .collect();
        let home = self.path("home").to_str().unwrap().to_owned();
        all.push((b"HOME".to_vec(), home.into_bytes()));
        Environment::new(all)
            .with_uid(rustix::process::getuid().as_raw())
            .with_cwd(self.dir.path().to_path_buf())
            .with_program(self.path("prefix/bin/hg"))
    }

    fn load(&self) -> Config {
        Config::load_user(&self.environment()).unwrap()
    }

    fn shown(&self, config: &Config, item: &str) -> String {
        let (section, name) = item.split_once('.').unwrap();
        let Some(value) = config.value(section.as_bytes(), name.as_bytes()) else {
            return "unset".to_owned();
        };
        let label = String::from_utf8(value.source_label()).unwrap();
        let label = label.replace(self.dir.path().to_str().unwrap(), "DIR");
        format!("{label}: {}", String::from_utf8_lossy(value.bytes))
    }
}

#[test]
fn layers_win_in_the_order_of_the_peer() {
    let mut place = Place::new();
    place.write(
        "prefix/etc/mercurial/hgrc",
        "[s]\na=prefix\nb=prefix\n[ui]\neditor=sys\n",
    );
    place.write(
        "prefix/etc/mercurial/hgrc.d/1.rc",
        "[s]\nb=dropped\nc=dropped\n",
    );
    place.write("prefix/etc/mercurial/hgrc.d/2.conf", "[s]\nc=never\n");
    place.write("home/.hgrc", "[s]\nc=user\nd=user\n[pager]\npager=mine\n");
    place.write("home/.config/hg/hgrc", "[s]\nd=xdg\ne=xdg\n");
    place.var("EDITOR", "ed");
    place.var("PAGER", "pg");
    let root = place.path("repo");
    let shared = place.write("src/hgrc", "[s]\ne=shared\nf=shared\n");
    let own = place.write("repo/.hg/hgrc", "[s]\nf=repo\ng=repo\nh=repo\n%unset a\n");
    let last = place.write("repo/.hg/hgrc-not-shared", "[s]\ng=last\n");
    let env = place.environment();
    let mut config = place.load();
    config.set_override((b"s", b"h"), b"cli", b"--config", env.cwd());
    let file = |path: &PathBuf| RepositoryFile {
        path: path.clone(),
        root: root.clone(),
    };
    let files = [file(&shared), file(&own), file(&last)];
    config.load_repository(&env, &files).unwrap();
    let answers = [
        ("s.a", "unset"),
        ("s.b", "DIR/prefix/etc/mercurial/hgrc.d/1.rc:2: dropped"),
        ("s.c", "DIR/home/.hgrc:2: user"),
        ("s.d", "DIR/home/.config/hg/hgrc:2: xdg"),
        ("s.e", "DIR/src/hgrc:2: shared"),
        ("s.f", "DIR/repo/.hg/hgrc:2: repo"),
        ("s.g", "DIR/repo/.hg/hgrc-not-shared:2: last"),
        ("s.h", "--config: cli"),
        ("ui.editor", "$EDITOR: ed"),
        ("pager.pager", "DIR/home/.hgrc:5: mine"),
    ];
    for (item, wanted) in answers {
        assert_eq!(place.shown(&config, item), wanted, "{item}");
    }
    let root_of = |name: &[u8]| {
        config
            .value(b"s", name)
            .unwrap()
            .root
            .map(Path::to_path_buf)
    };
    assert_eq!(root_of(b"f"), Some(root.clone()));
    assert_eq!(root_of(b"d"), None);
    let names: Vec<_> = config.items(b"s").map(|(name, _)| name.to_vec()).collect();
    assert_eq!(names, [b"b", b"c", b"d", b"e", b"f", b"g", b"h"]);
}

#[test]
fn the_variable_list_replaces_all_files() {
    let mut place = Place::new();
    place.write("home/.hgrc", "[s]\na=user\n");
    place.write("rc/b.rc", "[s]\na=b\n");
    place.write("rc/a.rc", "[s]\na=a\nc=1\n");
    place.write("rc/z.txt", "[s]\na=z\n");
    let single = place.write("single", "[s]\nd = one\n  two  \n# no\n  three\n");
    place.var("DIRECTORY", place.path("rc"));
    place.var("EDITOR", "ed");
    let list = format!("$DIRECTORY::{}:/nonexistent", single.display());
    place.var("HGRCPATH", list);
    let config = place.load();
    assert_eq!(place.shown(&config, "s.a"), "DIR/rc/b.rc:2: b");
    assert_eq!(place.shown(&config, "s.d"), "DIR/single:5: one\ntwo\nthree");
    assert_eq!(place.shown(&config, "ui.editor"), "$EDITOR: ed");
    place.vars.retain(|(name, _)| name != "HGRCPATH");
    place.var("HGRCPATH", "");
    assert_eq!(place.shown(&place.load(), "s.a"), "unset");
}

#[test]
fn includes_are_relative_and_missing_ones_are_passed_over() {
    let mut place = Place::new();
    let main = "[s]\na=1\n%include sub/inner.rc\n%include missing\nb=after\n%include ~/$NAME\n";
    let path = place.write("main", main);
    place.write("sub/inner.rc", "[s]\na=2\nb=inner\n%include ../other\n");
    place.write("other", "[t]\nx=y\n");
    place.write("home/own", "[s]\nc=home\n");
    place.var("NAME", "own");
    place.var("HGRCPATH", &path);
    let config = place.load();
    assert_eq!(place.shown(&config, "s.a"), "DIR/sub/inner.rc:2: 2");
    assert_eq!(place.shown(&config, "s.b"), "DIR/main:5: after");
    assert_eq!(place.shown(&config, "s.c"), "DIR/home/own:2: home");
    assert_eq!(place.shown(&config, "t.x"), "DIR/other:2: y");
    place.write("other", "%include other\n");
    let circle = Config::load_user(&place.environment()).unwrap_err();
    assert_eq!(circle.id(), ErrorId::ConfigParse);
    place.write("other", "%include .\n");
    let directory = Config::load_user(&place.environment()).unwrap_err();
    assert_eq!(directory.id(), ErrorId::Io);
}

#[test]
fn a_bad_line_is_named() {
    let mut place = Place::new();
    let path = place.write("bad", "[s]\na=1\n\n  b = 2  \n");
    place.var("HGRCPATH", &path);
    let error = Config::load_user(&place.environment()).unwrap_err();
    assert_eq!(error.id(), ErrorId::ConfigParse);
    assert_eq!(error.fact("line"), Some(&Fact::Int(4)));
    assert_eq!(error.fact("text"), Some(&Fact::from("  b = 2")));
    assert_eq!(error.fact("path"), Some(&Fact::from(path.as_path())));
}

#[test]
fn somebody_elses_file_is_left_out() {
    let place = Place::new();
    let path = place.write("repo/.hg/hgrc", "[s]\na=1\n");
    let files = [RepositoryFile {
        path: path.clone(),
        root: place.path("repo"),
    }];
    let stranger = place.environment().with_uid(12345);
    let mut config = Config::load_user(&stranger).unwrap();
    config.load_repository(&stranger, &files).unwrap();
    assert!(!config.is_set(b"s", b"a"));
    assert_eq!(config.untrusted_files(), [path]);
    let mut trusting = Config::load_user(&stranger).unwrap();
    trusting.set_override((b"trusted", b"users"), b"x, *", b"--config", Path::new("/"));
    trusting.load_repository(&stranger, &files).unwrap();
    assert!(trusting.is_set(b"s", b"a"));
}

#[test]
fn skipping_repository_files() {
    let mut place = Place::new();
    let path = place.write("repo/.hg/hgrc", "[s]\na=1\n");
    place.var("HGRCSKIPREPO", "");
    let env = place.environment();
    let mut config = place.load();
    let root = place.path("repo");
    config
        .load_repository(&env, &[RepositoryFile { path, root }])
        .unwrap();
    assert!(!config.is_set(b"s", b"a"));
}

#[test]
fn plain_mode_strips_files_but_not_options() {
    let mut place = Place::new();
    let text = "[ui]\nverbose=1\nusername=me\n[alias]\nst=x\n[commands]\nstatus.relative=1\n \
                more\n[defaults]\nlog=-v\n[ui]\ntweakdefaults=1\n";
    let path = place.write("rc", text);
    place.var("HGRCPATH", &path);
    place.var("HGPLAIN", "1");
    let mut config = place.load();
    for item in [
        "ui.verbose",
        "alias.st",
        "commands.status.relative",
        "defaults.log",
    ] {
        assert_eq!(place.shown(&config, item), "unset", "{item}");
    }
    assert_eq!(place.shown(&config, "ui.statuscopies"), "unset");
    assert_eq!(place.shown(&config, "ui.username"), "DIR/rc:3: me");
    config.set_override((b"ui", b"verbose"), b"on", b"--config", Path::new("/"));
    assert!(config.is_on("ui", "verbose").unwrap());
}

#[test]
fn tweaked_defaults_beat_repository_files_only() {
    let mut place = Place::new();
    let path = place.write("rc", "[ui]\ntweakdefaults=yes\n[diff]\ngit=no\n");
    place.var("HGRCPATH", &path);
    let repo = place.write("repo/.hg/hgrc", "[ui]\nstatuscopies=no\n");
    let mut config = place.load();
    let root = place.path("repo");
    let file = RepositoryFile { path: repo, root };
    config
        .load_repository(&place.environment(), &[file])
        .unwrap();
    assert_eq!(
        place.shown(&config, "ui.statuscopies"),
        "<tweakdefaults>: yes"
    );
    assert_eq!(place.shown(&config, "diff.git"), "DIR/rc:4: no");
}

#[test]
fn typed_values() {
    let mut place = Place::new();
    let text = "[x]\nyes=ON\nbad=maybe\nint= 4_2 \nsize=1.5 kB\nlist=a, \"b c\"\n[ui]\nuser=old\n";
    let path = place.write("rc", text);
    place.var("HGRCPATH", &path);
    let config = place.load();
    assert_eq!(config.bool("x", "yes").unwrap(), Some(true));
    assert_eq!(config.bool("x", "none").unwrap(), None);
    assert_eq!(config.bool("ui", "paginate").unwrap(), Some(true));
    let bad = config.bool("x", "bad").unwrap_err();
    assert_eq!(bad.id(), ErrorId::ConfigValue);
    assert_eq!(bad.fact("value"), Some(&Fact::from("maybe")));
    assert_eq!(config.int("x", "int").unwrap(), Some(42));
    assert_eq!(
        config.int("x", "yes").unwrap_err().id(),
        ErrorId::ConfigValue
    );
    assert_eq!(config.byte_size("x", "size").unwrap(), Some(1536));
    assert_eq!(config.list("x", "list"), [b"a".to_vec(), b"b c".to_vec()]);
    assert_eq!(config.get(b"ui", b"username"), Some(b"old".as_slice()));
    assert_eq!(
        config.text_or_default("ui", "relative-paths"),
        Some(b"legacy".as_slice())
    );
}

#[test]
fn lists_as_the_peer_reads_them() {
    let bytes = |hex: &str| -> Vec<u8> {
        (0..hex.len() / 2)
            .map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap())
            .collect()
    };
    let table = include_str!("fixtures/lists.txt");
    let mut checked = 0;
    for row in table.lines().filter(|row| !row.starts_with('#')) {
        let mut columns = row.split('\t');
        let given = bytes(columns.next().unwrap());
        let words = columns.next().unwrap();
        let count: usize = columns.next().unwrap().parse().unwrap();
        let mut wanted: Vec<Vec<u8>> = words.split('|').map(bytes).collect();
        wanted.truncate(count);
        assert_eq!(
            parse_list(&given),
            wanted,
            "{:?}",
            String::from_utf8_lossy(&given)
        );
        checked += 1;
    }
    assert!(checked > 100);
}

#[test]
fn sizes_and_numbers_as_the_peer_reads_them() {
    use hyg_core::config::{parse_byte_size, parse_int};
    let sizes: &[(&str, Option<i64>)] = &[
        ("42", Some(42)),
        ("42.5 kb", Some(43520)),
        ("7 MB", Some(7_340_032)),
        ("1g", Some(1 << 30)),
        ("12b", Some(12)),
        ("1.5", None),
        ("", None),
        ("k", None),
        ("-1k", Some(-1024)),
        ("1e3k", Some(1_024_000)),
        (".5k", Some(512)),
        ("inf b", None),
        ("nan b", None),
        ("9999999999999m", None),
    ];
    for (text, wanted) in sizes {
        assert_eq!(parse_byte_size(text.as_bytes()), *wanted, "{text}");
    }
    let numbers = [
        ("+7", Some(7)),
        ("1__0", None),
        ("_1", None),
        ("1_", None),
        ("-", None),
    ];
    for (text, wanted) in numbers {
        assert_eq!(parse_int(text.as_bytes()), wanted, "{text}");
    }
    assert_eq!(parse_int(b"-9223372036854775808"), Some(i64::MIN));
    assert_eq!(parse_int(b"9223372036854775808"), None);
}
