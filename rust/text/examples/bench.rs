//! Times of the text algorithms on generated texts: `cargo run --release -p hyg-text --example bench`.
//! Figures beside the peer's are in the scenario benchmarks.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a tool for developers, not the product"
)]

use std::time::{Duration, Instant};

use hyg_text::compare::Comparison;
use hyg_text::conflict::{self, Labels, Style};
use hyg_text::lines::Lines;
use hyg_text::merge3::Merge;
use hyg_text::unified::{self, Options};
use hyg_text::{delta, diff, xdiff};

/// The best of five runs.
fn time(name: &str, mut work: impl FnMut() -> usize) {
    let mut best = Duration::MAX;
    let mut result = 0;
    for _ in 0..5 {
        let start = Instant::now();
        result = work();
        best = best.min(start.elapsed());
    }
    println!("{name:<44} {:>9.2} ms   ({result})", millis(best));
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// A small generator, so that texts are the same everywhere.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// Lines as programs have them: a quarter is frequent, the others are mostly unique.
fn program(numbers: &mut Numbers, bytes: usize) -> Vec<Vec<u8>> {
    let frequent: [&[u8]; 4] = [b"\n", b"    }\n", b"        return None\n", b"    else:\n"];
    let mut lines = Vec::new();
    let mut size = 0;
    while size < bytes {
        let line = if numbers.below(4) == 0 {
            frequent[numbers.below(4) as usize].to_vec()
        } else {
            let (name, value) = (numbers.below(1 << 20), numbers.below(1 << 20));
            format!("        self.field_{name:x} = compute({value:x}, other)\n").into_bytes()
        };
        size += line.len();
        lines.push(line);
    }
    lines
}

fn edited(numbers: &mut Numbers, lines: &[Vec<u8>], changes: usize) -> Vec<u8> {
    let mut lines = lines.to_vec();
    for change in 0..changes {
        let at = numbers.below(lines.len() as u64) as usize;
        match numbers.below(3) {
            0 => lines[at] = format!("changed {change}\n").into_bytes(),
            1 => lines.insert(at, format!("inserted {change}\n").into_bytes()),
            _ => drop(lines.remove(at)),
        }
    }
    lines.concat()
}

fn measure(name: &str, a: &[u8], b: &[u8]) {
    let (one, two) = (Lines::split(a).unwrap(), Lines::split(b).unwrap());
    println!(
        "{name}: {} and {} bytes, {} and {} lines",
        a.len(),
        b.len(),
        one.len(),
        two.len()
    );
    time("  stored delta", || {
        delta::encode_stored(a, b).unwrap().len()
    });
    time("  delta", || delta::encode(a, b).unwrap().len());
    time("  blocks", || diff::blocks(&one, &two).len());
    time("  xdiff blocks", || xdiff::blocks(&one, &two).len());
    time("  unified, lines split anew", || {
        let (one, two) = (Lines::split(a).unwrap(), Lines::split(b).unwrap());
        unified::hunks(&one, &two, &Options::default())
            .unwrap()
            .len()
    });
}

fn main() {
    let mut numbers = Numbers(7);
    let lines = program(&mut numbers, 10_000_000);
    let base = lines.concat();
    let few = edited(&mut numbers, &lines, 20);
    let many = edited(&mut numbers, &lines, 20_000);
    measure("few changes", &base, &few);
    measure("20,000 changes", &base, &many);

    let (base_lines, few_lines) = (Lines::split(&base).unwrap(), Lines::split(&few).unwrap());
    let many_lines = Lines::split(&many).unwrap();
    time("three-way merge", || {
        let merge = Merge::new(&base_lines, &few_lines, &many_lines, false);
        conflict::render(&merge, Style::Minimized, Labels::default())
            .unwrap()
            .conflicts
    });
    time("stretches", || {
        Comparison::default()
            .stretches(&base_lines, &few_lines)
            .unwrap()
            .len()
    });

    let numbered = |count: u64, step: u64, modulus: u64| -> Vec<u8> {
        (0..count)
            .flat_map(|index| format!("{}\n", index * step % modulus).into_bytes())
            .collect()
    };
    measure(
        "nothing in common",
        &numbered(200_000, 1, 1 << 40),
        &numbered(200_000, 3, 1 << 40)[1..],
    );
    measure(
        "shuffled, 30 of each",
        &numbered(300_000, 7, 10_007),
        &numbered(300_000, 11, 10_007),
    );
    measure(
        "short cycle",
        &numbered(30_000, 1, 1000),
        &numbered(30_500, 1, 1000)[2000..],
    );
    measure(
        "one line, 900 times",
        &b"x\n".repeat(900),
        &b"x\n".repeat(900),
    );
    measure(
        "100,000 equal lines",
        &b"x\n".repeat(100_000),
        &b"x\n".repeat(99_000),
    );
}
