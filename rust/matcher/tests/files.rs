//! Pattern files as a source gives them: the hash of ignore files, files that include themselves, hostile contents,
//! and what is asked of the disk only where spelling does not tell.

use std::io;
use std::path::Path;

use hyg_base::{ErrorId, Fact, RepoPath, Warning};
use hyg_matcher::{
    MatchRequest, MemorySource, NoExotic, PatternKind, PatternSource, build, ignore,
};

fn hex(hash: [u8; 20]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The hashes were read from the dirstate that rhg wrote for these files.
#[test]
fn the_hash_of_ignore_files_is_the_peers() {
    let source = MemorySource::new([
        (
            "/r/.hgignore",
            "syntax: glob\n*.o\ninclude:other/inc\nsubinclude:sub/.hgignore\n",
        ),
        ("/r/other/inc", "syntax: rootglob\nfoo\n"),
        (
            "/r/sub/.hgignore",
            "\\.tmp$\nsubinclude:deep/ign\ninclude:inc2\n",
        ),
        ("/r/sub/deep/ign", "x\n"),
        ("/r/sub/inc2", "y\n"),
        ("/tmp/ig-user", "zz\n"),
    ]);
    let hash = |files: &[&str]| {
        let files: Vec<Vec<u8>> = files.iter().map(|file| file.as_bytes().to_vec()).collect();
        hex(ignore::load(b"/r", &files, &source, &NoExotic)
            .unwrap()
            .hash)
    };
    assert_eq!(hash(&[]), "feaf4ea6f8996681bc73652604fab37fbaad588e");
    // "/tmp/ig-user" sorts before "/tmp/ig/..." where rhg ran, but behind "/r/..." here
    let there = MemorySource::new([
        (
            "/tmp/ig/.hgignore",
            "syntax: glob\n*.o\ninclude:other/inc\nsubinclude:sub/.hgignore\n",
        ),
        ("/tmp/ig/other/inc", "syntax: rootglob\nfoo\n"),
        (
            "/tmp/ig/sub/.hgignore",
            "\\.tmp$\nsubinclude:deep/ign\ninclude:inc2\n",
        ),
        ("/tmp/ig/sub/deep/ign", "x\n"),
        ("/tmp/ig/sub/inc2", "y\n"),
        ("/tmp/ig-user", "zz\n"),
    ]);
    let files = [
        b"/tmp/ig-user".to_vec(),
        b"other/inc".to_vec(),
        b"nope".to_vec(),
    ];
    let loaded = ignore::load(b"/tmp/ig", &files, &there, &NoExotic).unwrap();
    assert_eq!(hex(loaded.hash), "3913368bfb6889eb6a1d8344775314eeaa6c1282");
    let swapped = [files[1].clone(), files[0].clone()];
    let loaded = ignore::load(b"/tmp/ig", &swapped, &there, &NoExotic).unwrap();
    assert_eq!(hex(loaded.hash), "3913368bfb6889eb6a1d8344775314eeaa6c1282");
    let none = ignore::load(b"/nowhere", &[], &there, &NoExotic).unwrap();
    assert_eq!(hex(none.hash), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
    assert!(none.matcher.is_never() && none.warnings.is_empty());
}

#[test]
fn a_file_that_includes_itself_is_skipped_with_a_warning() {
    let source = MemorySource::new([
        ("/r/.hgignore", "include:a\nsubinclude:sub/s\n^x$\n"),
        ("/r/a", "include:b\n^y$\n"),
        ("/r/b", "include:a\ninclude:.hgignore\n^z$\n"),
        ("/r/sub/s", "subinclude:s\ninclude:s\n^w$\n"),
    ]);
    let loaded = ignore::load(b"/r", &[], &source, &NoExotic).unwrap();
    let skipped = |path: &str| {
        Warning::new("unreadable-pattern-file")
            .with("path", path)
            .with("errno", 40)
    };
    // the outermost file is named by its whole path, and so is no other file that is open
    assert_eq!(loaded.warnings, [skipped("a"), skipped(".hgignore")]);
    for path in ["x", "y", "z", "sub/w"] {
        assert!(
            loaded
                .matcher
                .ignores_file(RepoPath::new(path.as_bytes()))
                .unwrap(),
            "{path}"
        );
    }
    assert!(!loaded.matcher.ignores_file(RepoPath::new(b"w")).unwrap());
}

#[test]
fn including_the_same_file_again_and_again_ends() {
    let files = (0..30).map(|n| {
        let next = n + 1;
        (
            format!("/r/f{n}"),
            format!("include:f{next}\ninclude:f{next}\n"),
        )
    });
    let files = files.chain([("/r/.hgignore".to_owned(), "include:f0\n^a$\n".to_owned())]);
    let loaded = ignore::load(b"/r", &[], &MemorySource::new(files), &NoExotic).unwrap();
    assert!(loaded.matcher.ignores_file(RepoPath::new(b"a")).unwrap());
    assert!(loaded.warnings.len() > 1000);
}

#[test]
fn what_is_wrong_below_is_told_when_it_matters() {
    let source = MemorySource::new([("/r/.hgignore", "subinclude:sub/s\n"), ("/r/sub/s", "[\n")]);
    let loaded = ignore::load(b"/r", &[], &source, &NoExotic).unwrap();
    assert!(!loaded.matcher.ignores_file(RepoPath::new(b"a")).unwrap());
    let error = loaded
        .matcher
        .ignores_file(RepoPath::new(b"sub/a"))
        .unwrap_err();
    assert_eq!(error.id(), ErrorId::InvalidPattern);
    assert_eq!(error.fact("within"), Some(&Fact::from("/r/sub/s")));
}

#[test]
fn an_unreadable_file_is_skipped_with_a_warning() {
    struct Denied;
    impl PatternSource for Denied {
        fn read(&self, _path: &Path) -> io::Result<Vec<u8>> {
            Err(io::Error::from_raw_os_error(13))
        }
        fn same_file(&self, _left: &Path, _right: &Path) -> bool {
            false
        }
    }
    let loaded = ignore::load(b"/r", &[], &Denied, &NoExotic).unwrap();
    let path = "/r/.hgignore";
    assert_eq!(
        loaded.warnings,
        [Warning::new("unreadable-pattern-file")
            .with("path", path)
            .with("errno", 13)]
    );
    assert!(loaded.matcher.is_never());
}

#[test]
fn hostile_expressions_are_refused_or_fast() {
    for (text, refused) in [
        ("((((a{999}){999}){999}){999})", true),
        ("(a*)*(a*)*(a*)*(a*)*b", false),
        ("(x+x+)+y", false),
    ] {
        let mut request = MatchRequest::new(b"/r".as_slice());
        request.patterns = vec![format!("re:{text}").into_bytes()];
        match build(&request, &MemorySource::default(), &NoExotic) {
            Ok(built) => {
                assert!(!refused);
                let path = vec![b'a'; 4000];
                assert!(!built.matcher.matches(RepoPath::new(&path)).unwrap());
            }
            Err(error) => {
                assert!(refused);
                // Another engine may count where an automaton would grow.
                assert_eq!(error.id(), ErrorId::UnsupportedPattern);
                assert!(error.fact("pattern").is_some());
            }
        }
    }
}

#[test]
fn without_the_other_engine_exotic_patterns_are_named() {
    for text in ["re:(?!a)b", "relre:(a)\\1", "re:(?m)^a"] {
        let mut request = MatchRequest::new(b"/r".as_slice());
        request.patterns = vec![b"re:ok".to_vec(), text.as_bytes().to_vec()];
        let error = build(&request, &MemorySource::default(), &NoExotic).unwrap_err();
        assert_eq!(error.id(), ErrorId::UnsupportedPattern, "{text}");
        assert!(error.fact("kind").is_some() && error.fact("pattern").is_some());
    }
    let mut request = MatchRequest::new(b"/r".as_slice());
    request.patterns = vec![b"set:added()".to_vec()];
    let error = build(&request, &MemorySource::default(), &NoExotic).unwrap_err();
    assert_eq!(error.to_string(), "unsupported feature=\"filesets\"");
}

/// `/link` leads to `/r`, as a symbolic link would.
struct Linked;

impl PatternSource for Linked {
    fn read(&self, _path: &Path) -> io::Result<Vec<u8>> {
        Err(io::Error::from_raw_os_error(2))
    }
    fn same_file(&self, left: &Path, right: &Path) -> bool {
        left == Path::new("/link") && right == Path::new("/r")
    }
    fn audit(&self, path: &RepoPath) -> hyg_base::Result<()> {
        match path.as_bytes() {
            b"l/x" => Err(hyg_base::Error::new(ErrorId::IllegalPath).with("path", "l/x")),
            _ => Ok(()),
        }
    }
}

#[test]
fn the_disk_is_asked_about_links() {
    let mut request = MatchRequest::new(b"/r".as_slice());
    request.cwd = b"/link/sub".to_vec();
    request.patterns = vec![b"a".to_vec(), b"..".to_vec(), b"glob:*.c".to_vec()];
    request.default_kind = PatternKind::RelPath;
    let built = build(&request, &Linked, &NoExotic).unwrap();
    let explicit: Vec<_> = built
        .matcher
        .explicit_paths()
        .iter()
        .map(|p| p.to_string())
        .collect();
    assert_eq!(explicit, ["sub", "", "sub/a"]);
    request.patterns = vec![b"../l/x".to_vec()];
    assert_eq!(
        build(&request, &Linked, &NoExotic).unwrap_err().id(),
        ErrorId::IllegalPath
    );
}

#[test]
fn thousands_of_names_need_no_expression() {
    let mut contents = String::from("syntax: glob\n");
    for number in 0..5000 {
        contents.push_str(&format!(
            "name{number}\n*.ext{number}\npre{number}*\nd{number}/e\n"
        ));
    }
    let source = MemorySource::new([("/r/.hgignore", contents)]);
    let loaded = ignore::load(b"/r", &[], &source, &NoExotic).unwrap();
    assert!(format!("{:?}", loaded.matcher).contains("automata: []"));
    let ignored = |path: &str| {
        loaded
            .matcher
            .ignores_file(RepoPath::new(path.as_bytes()))
            .unwrap()
    };
    for path in [
        "name7",
        "x/name4999",
        "x.ext12",
        "x/y.ext0",
        "pre3x",
        "a/d77/e",
        "d0/e",
    ] {
        assert!(ignored(path), "{path}");
    }
    for path in ["name5000", "xname7", "x.ext", "apre3", "d77/f", "xd0/e"] {
        assert!(!ignored(path), "{path}");
    }
    // paths with a newline are looked up by the peer's expressions
    assert!(ignored("a/name7\n") && ignored("x.ext12\n"));
    assert!(!ignored("a\nb/name7") && !ignored("name7\nx"));
}
