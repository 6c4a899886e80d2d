//! Inputs that nobody means well with: samples spoilt, rules of a grammar bent, noise.

use fastrand::Rng;

/// Longer inputs only make everything slower.
const LONGEST: usize = 40_000;

/// Letters that change how a line reads, that combine, or that are wide.
const LETTERS: [&str; 22] = [
    "\u{202e}",
    "\u{202a}",
    "\u{2066}",
    "\u{2069}",
    "\u{200f}",
    "\u{200b}",
    "\u{200d}",
    "\u{feff}",
    "\u{301}",
    "\u{489}",
    "\u{fe0f}",
    "\u{1b}",
    "\u{7f}",
    "\u{85}",
    "\u{2028}",
    "\0",
    "İ",
    "ß",
    "漢",
    "👩‍👩‍👧",
    "\u{e000}",
    "\u{10ffff}",
];

/// Numbers at which something ends.
const NUMBERS: [&str; 14] = [
    "0",
    "-1",
    "-0",
    "00",
    "255",
    "65536",
    "2147483648",
    "4294967295",
    "4294967296",
    "9223372036854775807",
    "18446744073709551616",
    "1e999",
    "0.1",
    "99999999999999999999999999",
];

/// One of several.
pub(crate) fn one_of<T: Copy>(dice: &mut Rng, of: &[T]) -> T {
    *dice.choice(of).unwrap()
}

/// Bytes without any meaning.
pub(crate) fn noise(dice: &mut Rng) -> Vec<u8> {
    (0..dice.usize(0..64)).map(|_| dice.u8(..)).collect()
}

/// A sample spoilt in a few places. `words` are of the language it is written in.
pub(crate) fn spoilt(dice: &mut Rng, samples: &[&[u8]], words: &[&str]) -> Vec<u8> {
    let mut input = one_of(dice, samples).to_vec();
    for _ in 0..dice.usize(0..6) {
        spoil(dice, &mut input, samples, words);
    }
    input.truncate(LONGEST);
    input
}

fn spoil(dice: &mut Rng, input: &mut Vec<u8>, samples: &[&[u8]], words: &[&str]) {
    let at = dice.usize(0..=input.len());
    let (start, end) = piece(dice, input.len());
    match dice.u8(0..13) {
        0 => {
            if let Some(byte) = input.get_mut(at) {
                *byte ^= 1 << dice.u8(0..8);
            }
        }
        1 => input.insert(at, dice.u8(..)),
        2 => drop(input.drain(start..end)),
        3 => input.truncate(at),
        4 => put(input, at, one_of(dice, words).as_bytes()),
        5 => put(input, at, one_of(dice, &LETTERS).as_bytes()),
        6 => put(input, at, one_of(dice, &NUMBERS).as_bytes()),
        7 => {
            let times = one_of(dice, &[2, 20, 600, 5_000]);
            let much = one_of(dice, words).repeat(times);
            put(input, at, much.as_bytes());
        }
        8 => {
            let times = one_of(dice, &[2, 40, 3_000]);
            put(input, at, one_of(dice, &LETTERS).repeat(times).as_bytes());
        }
        9 => {
            let copy = input.get(start..end).unwrap_or_default().to_vec();
            put(input, at, &copy);
        }
        10 => {
            let other = one_of(dice, samples);
            let (start, end) = piece(dice, other.len());
            put(input, at, other.get(start..end).unwrap_or_default());
        }
        11 => nest(dice, input, start, end),
        _ => renumber(dice, input, at),
    }
}

fn piece(dice: &mut Rng, length: usize) -> (usize, usize) {
    let start = dice.usize(0..=length);
    let end = if dice.bool() {
        length.min(start + dice.usize(0..16))
    } else {
        dice.usize(start..=length)
    };
    (start, end)
}

fn put(input: &mut Vec<u8>, at: usize, piece: &[u8]) {
    input.splice(at..at, piece.iter().copied());
}

/// Puts a piece into brackets within brackets.
fn nest(dice: &mut Rng, input: &mut Vec<u8>, start: usize, end: usize) {
    let (open, close) = one_of(
        dice,
        &[
            ("(", ")"),
            ("[", "]"),
            ("{\"a\":", "}"),
            ("!(", ")"),
            ("!", ""),
            ("\"", "\""),
            ("a.", ""),
        ],
    );
    let deep = one_of(dice, &[1, 3, 31, 33, 130, 4_000]);
    put(input, end, close.repeat(deep).as_bytes());
    put(input, start, open.repeat(deep).as_bytes());
}

/// Writes another number where one stands.
fn renumber(dice: &mut Rng, input: &mut Vec<u8>, from: usize) {
    let rest = input.get(from..).unwrap_or_default();
    if let Some(start) = rest.iter().position(u8::is_ascii_digit) {
        let digits = rest.iter().skip(start);
        let length = digits.take_while(|byte| byte.is_ascii_digit()).count();
        let start = from + start;
        let number = one_of(dice, &NUMBERS).bytes();
        input.splice(start..start + length, number);
    }
}
