//! Any bytes as the segments of a history index whose sums and lengths are right: what is believed is about changesets
//! that there are, is answered, is written as it was read, and joining it with what follows ends.
#![no_main]

use std::sync::{Arc, LazyLock};

use hyg_base::{Node, RepoPath, Rev};
use hyg_fuzz::{MemoryVfs, history, parts};
use hyg_store::changelog::Changelog;
use hyg_store::history::HistoryIndex;
use libfuzzer_sys::fuzz_target;

const COUNT: usize = 8;

fn changelog(count: usize) -> Changelog {
    let text = |number| {
        let extra = if number < 3 { "" } else { " branch:side" };
        format!(
            "{}\nuser{}\n{number} 0{extra}\na\nb{number}\n\nm",
            Node::NULL,
            number % 3
        )
        .into_bytes()
    };
    let texts: Vec<Vec<u8>> = (0..count).map(text).collect();
    let vfs = MemoryVfs::new([("00changelog.i", history(&texts).0.as_slice())]);
    Changelog::open(Arc::new(vfs), false).unwrap()
}

/// The sum over nodes that an honest index of so many changesets has.
static SUMS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    (1..=COUNT)
        .map(|count| {
            let mut index = HistoryIndex::default();
            index.extend(&changelog(count), 1).unwrap();
            index.to_bytes()[8 + 12 + 8..][..8].to_vec()
        })
        .collect()
});

/// As docs/formats/history-index.md says.
fn sum_of(bytes: &[u8]) -> u64 {
    let mut words: Vec<u64> = bytes
        .chunks(8)
        .map(|chunk| {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            u64::from_le_bytes(word)
        })
        .collect();
    if bytes.len().is_multiple_of(8) {
        words.push(0);
    }
    words.push(bytes.len() as u64);
    words.into_iter().fold(0x6879_6472_6172_6779, |sum, word| {
        (sum ^ word)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .rotate_left(29)
    })
}

fn framed(segments: &[&[u8]]) -> Vec<u8> {
    let mut out = b"HYGHIST\x01".to_vec();
    for segment in segments {
        let mut segment = segment.to_vec();
        let count = segment.get(4).map_or(0, |count| usize::from(*count));
        if let (Some(sum), Some(place)) = (SUMS.get(count.wrapping_sub(1)), segment.get_mut(8..16))
        {
            place.copy_from_slice(sum);
        }
        out.extend((segment.len() as u32).to_le_bytes());
        out.extend(sum_of(&segment).to_le_bytes());
        out.extend(segment);
    }
    out
}

fuzz_target!(|data: &[u8]| {
    let [first, second] = parts(data);
    let file = framed(&[first, second]);
    let log = changelog(COUNT);
    let mut index = HistoryIndex::parse(&file, log.revlog());
    assert!(index.len() <= COUNT);
    assert!(file.starts_with(&index.to_bytes()));
    let ask = |index: &HistoryIndex| {
        for rev in (-1..=COUNT as i32).map(Rev) {
            let _ = (index.date(rev), index.user(rev), index.branch(rev));
        }
        let all = index.touching(&|_| Ok(true)).unwrap();
        assert!(all.is_none_or(|all| all.len() == index.len()));
        let users = index.with_user(&|user| Ok(user.len() > 4)).unwrap();
        assert!(users.is_none_or(|users| users.len() == index.len()));
        for path in [&b"a"[..], b"b3", b"", b"zz"] {
            let revs = index.revs_of(RepoPath::new(path)).unwrap_or_default();
            assert!(revs.windows(2).all(|two| two[0] < two[1]));
            assert!(revs.iter().all(|rev| (0..COUNT as i32).contains(&rev.0)));
        }
    };
    ask(&index);
    let known = index.len();
    if index.extend(&log, 1).is_ok() {
        assert!(index.len() == COUNT || index.len() <= known);
        ask(&index);
        let again = HistoryIndex::parse(&index.to_bytes(), log.revlog());
        assert_eq!(again.len(), index.len());
    }
});
