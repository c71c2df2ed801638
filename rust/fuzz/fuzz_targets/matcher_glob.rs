//! One glob and one path: the command line's and the ignore file's reading must agree with each other, look-ups with
//! expressions, and a walk must reach every match.
#![no_main]

use hyg_base::{RepoPath, RepoPathBuf};
use hyg_matcher::{
    MatchRequest, Matcher, MemorySource, NoExotic, NoSource, VisitChildren, build, ignore,
};
use libfuzzer_sys::fuzz_target;

fn matcher(pattern: Vec<u8>, included: bool) -> Option<Box<dyn Matcher>> {
    let mut request = MatchRequest::new(b"/r".as_slice());
    match included {
        true => request.include.push(pattern),
        false => request.patterns.push(pattern),
    }
    build(&request, &NoSource, &NoExotic)
        .ok()
        .map(|built| built.matcher)
}

fn reachable(matcher: &dyn Matcher, path: &RepoPath) -> bool {
    let mut dir = RepoPathBuf::default();
    for name in path.components() {
        match matcher.visit_children(&dir) {
            VisitChildren::Recursive => return true,
            visit if !visit.includes(name) => return false,
            _ => dir = dir.join(name),
        }
    }
    true
}

fuzz_target!(|data: &[u8]| {
    let Some(split) = data.iter().position(|byte| *byte == 0xff) else {
        return;
    };
    let (glob, path) = (&data[..split], &data[split + 1..]);
    let plain = path
        .split(|byte| *byte == b'/')
        .all(|name| !matches!(name, b"" | b"." | b".."));
    if !plain || path.contains(&0) {
        return;
    }
    let path = RepoPath::new(path);
    for kind in ["glob:", "rootglob:", "relglob:"] {
        let pattern = [kind.as_bytes(), glob].concat();
        let (Some(files), Some(trees)) = (
            matcher(pattern.clone(), false),
            matcher(pattern.clone(), true),
        ) else {
            continue;
        };
        let file = files.matches(path).unwrap();
        let tree = trees.matches(path).unwrap();
        // what matches a file on the command line matches it as an include pattern, unless it is only named
        assert!(!file || tree || files.is_explicit(path));
        assert!(!file || reachable(&*files, path));
        assert!(!tree || reachable(&*trees, path));
        let line = [b"syntax: glob\n", pattern.as_slice()].concat();
        if kind != "relglob:"
            || line[13..]
                .iter()
                .any(|byte| b"\n#\r \t\x0b\x0c".contains(byte))
        {
            continue;
        }
        let source = MemorySource::new([("/r/.hgignore", line)]);
        let ignored = ignore::load(b"/r", &[], &source, &NoExotic)
            .unwrap()
            .matcher;
        let above = path
            .ancestors()
            .any(|dir| ignored.ignores_or_above(dir).unwrap());
        assert_eq!(ignored.ignores_or_above(path).unwrap(), above || tree);
        if !above {
            assert_eq!(ignored.ignores_file(path).unwrap(), tree);
        }
    }
});
