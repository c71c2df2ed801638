//! Streams in and out: byte for byte what the library makes without threads, and hostile ones.

use std::io::{Read, Write};

use bzip2::Compression;
use bzip2::read::BzDecoder;
use bzip2::write::BzEncoder;
use proptest::prelude::*;

use super::{Bzip2Decoder, Bzip2Encoder};

fn plainly(data: &[u8], level: u32) -> Vec<u8> {
    let mut encoder = BzEncoder::new(Vec::new(), Compression::new(level));
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn packed(data: &[u8], level: u32, threads: usize, piece: usize) -> Vec<u8> {
    let mut encoder = Bzip2Encoder::with_threads(level, threads).unwrap();
    let mut out = Vec::new();
    for piece in data.chunks(piece.max(1)) {
        out.extend(encoder.compress(piece).unwrap());
    }
    out.extend(encoder.flush().unwrap());
    out
}

fn unpacked(stream: &[u8], threads: usize, piece: usize) -> std::io::Result<Vec<u8>> {
    let mut decoder = Bzip2Decoder::with_threads(threads);
    let mut out = Vec::new();
    for piece in stream.chunks(piece.max(1)) {
        out.extend(decoder.decompress(piece)?);
    }
    out.extend(decoder.rest()?);
    Ok(out)
}

/// Words and runs, of which some are longer than a run may be.
fn text(len: usize, seed: u32) -> Vec<u8> {
    let mut state = seed;
    let mut out = Vec::with_capacity(len + 1024);
    while out.len() < len {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let byte = (state >> 24) as u8;
        match state >> 8 & 15 {
            0 => out.extend(std::iter::repeat_n(byte, (state >> 12 & 0x3ff) as usize)),
            1 => out.extend(std::iter::repeat_n(byte, (state >> 12 & 7) as usize)),
            2..6 => out.extend_from_slice(b"words that come again "),
            _ => out.push(byte),
        }
    }
    out
}

#[test]
fn the_stream_is_the_one_without_threads() {
    let long = text(1_200_000, 7);
    for (level, len) in [(9, 1_200_000), (1, 700_000), (2, 199_981), (1, 1), (1, 0)] {
        let expected = plainly(&long[..len], level);
        for threads in [1, 3] {
            assert!(
                packed(&long[..len], level, threads, 77_777) == expected,
                "{level} {len}"
            );
        }
        assert!(unpacked(&expected, 2, 5_000).unwrap() == long[..len]);
        assert!(unpacked(&expected, 1, usize::MAX).unwrap() == long[..len]);
    }
    assert!(Bzip2Encoder::new(0).is_err() && Bzip2Encoder::new(10).is_err());
}

#[test]
fn blocks_end_wherever_runs_are() {
    // a run across the end of a block, at every distance from it
    for before in 99_970..99_985 {
        for run in [1, 3, 4, 5, 255, 256, 260, 600] {
            let mut data = text(before, 3);
            data.truncate(before);
            data.extend(std::iter::repeat_n(b'r', run));
            data.extend_from_slice(b"end");
            if before % 5 == 0 {
                data.extend(text(100_100, 9));
            }
            let expected = plainly(&data, 1);
            assert!(packed(&data, 1, 2, 50_000) == expected, "{before} {run}");
        }
    }
}

#[test]
fn runs_alone_are_far_more_than_a_block() {
    let zeros = vec![0; 12_000_000];
    let expected = plainly(&zeros, 1);
    assert!(packed(&zeros, 1, 2, 1 << 20) == expected);
    assert!(unpacked(&expected, 2, 10).unwrap() == zeros);
}

#[test]
fn damaged_streams_are_refused_and_cut_ones_end() {
    let data = text(400_000, 11);
    let good = plainly(&data, 1);
    for place in [
        0,
        3,
        4,
        9,
        12,
        20,
        good.len() / 2,
        good.len() - 6,
        good.len() - 2,
    ] {
        let mut bad = good.clone();
        bad[place] ^= 0x10;
        assert!(unpacked(&bad, 2, 7_000).is_err(), "{place}");
    }
    let cut = unpacked(&good[..good.len() - 3], 2, 7_000).unwrap();
    assert!(cut.len() >= 300_000 && data.starts_with(&cut));
    assert_eq!(unpacked(b"", 2, 1).unwrap(), b"");
    assert!(unpacked(b"no such stream", 2, 1).is_err());
    let mut over = Bzip2Decoder::default();
    let more = [&good[..], b"what follows"].concat();
    assert!(over.decompress(&more).unwrap() == data);
    let error = over.decompress(b"x").unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::UnexpectedEof);
}

#[test]
fn a_mark_inside_a_block_is_no_end() {
    // A block that is cut in two by force: what the decoder does where a mark stands there by chance.
    let data = text(60_000, 5);
    let good = plainly(&data, 1);
    let mut decoder = Bzip2Decoder::with_cut_block(&good, 4 * good.len());
    assert!(decoder.rest().unwrap() == data);
    // the rest may still come
    let mut decoder = Bzip2Decoder::with_cut_block(&good, 4 * good.len());
    decoder.forget_last();
    assert!(decoder.rest().unwrap().is_empty());
}

/// What is hard to sort, or has odd tables.
fn odd_inputs() -> Vec<Vec<u8>> {
    let mut words: Vec<Vec<u8>> = vec![b"a".to_vec(), b"a".to_vec()];
    while words[words.len() - 1].len() < 20_000 {
        words.push([&words[words.len() - 1][..], &words[words.len() - 2]].concat());
    }
    let ladder: Vec<u8> = (0..120_000_u32).map(|at| (at / 300) as u8).collect();
    let falling = ladder.iter().rev().copied().collect();
    let mut weights: Vec<u8> = Vec::new();
    let (mut one, mut other) = (1, 1);
    for byte in 0..22_u8 {
        weights.extend(std::iter::repeat_n(byte, one));
        (one, other) = (other, one + other);
    }
    // as far apart as can be, so that runs of one byte do not swallow the weights
    let spread = (0..weights.len()).map(|at| weights[at * 7919 % weights.len()]);
    let spread: Vec<u8> = spread.collect();
    let noise = text(5_000, 41);
    vec![
        words[words.len() - 1].clone(),
        [&words[words.len() - 1][..], b"b"].concat(),
        ladder,
        falling,
        weights,
        spread,
        (0..=255).collect(),
        (0..=255).rev().collect(),
        noise.repeat(20),
        [&noise.repeat(15)[..], b"and something else"].concat(),
        b"ab".repeat(50_000),
        [&b"ab".repeat(49_000)[..], b"b"].concat(),
        b"abcabcabc".to_vec(),
        b"ba".to_vec(),
        b"aab".to_vec(),
        vec![7; 3],
    ]
}

#[test]
fn what_is_hard_to_sort_gives_the_same_bytes() {
    for (number, data) in odd_inputs().iter().enumerate() {
        for level in [1, 9] {
            assert!(
                packed(data, level, 1, usize::MAX) == plainly(data, level),
                "{number}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn small_inputs_give_the_same_bytes(
        data in prop_oneof![
            proptest::collection::vec(0u8..2, 0..40),
            proptest::collection::vec(0u8..4, 0..700),
            proptest::collection::vec(any::<u8>(), 0..3000),
        ],
        times in 1usize..4,
    ) {
        let data = data.repeat(times);
        prop_assert!(packed(&data, 1, 1, usize::MAX) == plainly(&data, 1));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_bytes_come_back(seed: u32, len in 0usize..350_000, level in 1u32..4, piece in 1usize..90_000) {
        let data = text(len, seed);
        let stream = packed(&data, level, 2, piece.max(100));
        prop_assert!(stream == plainly(&data, level));
        prop_assert!(unpacked(&stream, 2, piece.max(100)).unwrap() == data);
        let mut plain = Vec::new();
        BzDecoder::new(&stream[..]).read_to_end(&mut plain).unwrap();
        prop_assert!(plain == data);
    }

    #[test]
    fn any_stream_is_answered(head: bool, tail in proptest::collection::vec(any::<u8>(), 0..300)) {
        let stream = if head { [b"BZh91AY&SY", tail.as_slice()].concat() } else { tail };
        let _answer = unpacked(&stream, 2, 50);
    }
}
