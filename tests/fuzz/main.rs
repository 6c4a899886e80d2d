//! Hostile input for everything that reads text from outside.
//!
//! A part of `cargo test`, where each reader gets the same few inputs every time.
//! `VIGIE_FUZZ_SECONDS=60 cargo test --release --test fuzz` goes on for a minute, from
//! another seed each time; `VIGIE_FUZZ_SEED` repeats one. A word behind `--` keeps the
//! readers whose name holds it. An input that fails is made shorter and printed; one
//! that ends the process is left in `target/tmp/fuzz-` and the name of the reader.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a reader that cannot be set up has failed"
)]
#![expect(clippy::print_stdout, reason = "what failed is for whoever ran this")]

mod command;
mod condition;
mod device;
mod hostile;
mod hunting;
mod readers;
mod related;
mod shrink;

use std::fs;
use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;
use std::path::Path;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;
use std::time::Instant;

use fastrand::Rng;
use readers::Reader;

/// Inputs for each reader in an ordinary run of the tests.
const ROUNDS: u64 = 400;
/// The seed of such a run.
const SEED: u64 = 20;
/// What the program reads, it reads on threads with this stack.
const STACK: usize = 2 << 20;
/// However hostile the input: far less than a small machine has.
const MOST_MEMORY: usize = 512 << 20;

/// Where the last panic was and what it said.
static LAST: Mutex<String> = Mutex::new(String::new());

/// How long to go on.
#[derive(Clone, Copy)]
enum Until {
    Rounds(u64),
    Passed(Duration),
}

fn main() -> ExitCode {
    // Whoever lists tests finds no more than this one file.
    if std::env::args().any(|word| word == "--list") {
        return ExitCode::SUCCESS;
    }
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .collect();
    let number = |name: &str| {
        let text = std::env::var(name).ok()?;
        Some(
            text.parse::<u64>()
                .unwrap_or_else(|_| panic!("{name} is a whole number")),
        )
    };
    let readers: Vec<Reader> = readers::ALL
        .into_iter()
        .filter(|reader| words.is_empty() || words.iter().any(|word| reader.name.contains(word)))
        .collect();
    let seconds = number("VIGIE_FUZZ_SECONDS");
    let seed = number("VIGIE_FUZZ_SEED").unwrap_or(if seconds.is_some() {
        fastrand::u64(..)
    } else {
        SEED
    });
    let until = seconds.map_or(Until::Rounds(ROUNDS), |seconds| {
        Until::Passed(Duration::from_secs(seconds) / u32::try_from(readers.len().max(1)).unwrap())
    });
    std::panic::set_hook(Box::new(|told| {
        *LAST.lock().unwrap() = told.to_string();
    }));
    let work = thread::Builder::new()
        .stack_size(STACK)
        .spawn(move || readers.iter().all(|reader| survives(reader, seed, until)));
    if work.unwrap().join().unwrap_or(false) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Gives one reader its inputs. False after the first that fails.
fn survives(reader: &Reader, seed: u64, until: Until) -> bool {
    let last = last_input(reader);
    let is_long = matches!(until, Until::Passed(_));
    if is_long {
        println!(
            "fuzz {}: seed {seed}, last input in {}",
            reader.name,
            last.display()
        );
    }
    let mut check = (reader.make)();
    let start = Instant::now();
    let mut round = 0;
    let goes_on = |round| match until {
        Until::Rounds(rounds) => round < rounds,
        Until::Passed(time) => start.elapsed() < time,
    };
    while goes_on(round) {
        // Each round has dice of its own, so that a seed and a round are enough.
        let mut dice = Rng::with_seed(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ round);
        let input = (reader.input)(&mut dice);
        // Nobody can catch an overflow of the stack: then the file tells.
        fs::write(&last, &input).unwrap();
        let mut fails = |input: &[u8]| catch_unwind(AssertUnwindSafe(|| check(input))).is_err();
        if fails(&input) {
            let short = shrink::shortest(input, &mut fails);
            fails(&short);
            fs::write(&last, &short).unwrap();
            println!(
                "FAILED {} in round {round} of seed {seed}, with {} bytes, also in {}:\n{}\n{}",
                reader.name,
                short.len(),
                last.display(),
                short.escape_ascii(),
                LAST.lock().unwrap()
            );
            return false;
        }
        round += 1;
    }
    if let Some(most) = most_memory().filter(|most| *most > MOST_MEMORY) {
        println!("FAILED: {} MiB of memory were in use", most >> 20);
        return false;
    }
    if is_long {
        println!("fuzz {}: {round} inputs", reader.name);
    }
    true
}

fn last_input(reader: &Reader) -> PathBuf {
    let name = format!("fuzz-{}", reader.name);
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// The most this process had in memory so far, where the system tells.
fn most_memory() -> Option<usize> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    let kibibytes: usize = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes << 10)
}
