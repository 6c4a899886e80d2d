//! Small files in the state folder: for their owner alone, replaced whole.
//!
//! What is in one was written by an earlier vigie, or by anyone: it is read as such.

use std::fmt::Write as _;
use std::fs;
use std::fs::File;
use std::fs::OpenOptions;
use std::io;
use std::io::Read as _;
use std::io::Write as _;
use std::path::Path;

use ring::digest;

use crate::domain::text::shown;

/// A name longer than this makes no file on many systems.
const LONGEST_NAME: usize = 200;

/// What a write has to outlast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outlasts {
    /// The end of this program, however sudden.
    Program,
    /// The end of the machine's power too.
    Power,
}

/// A name for a file from one that may hold anything: `..`, slashes, a bell. Different
/// names stay different, also where a file system ignores the letter case.
pub fn file_name(name: &str) -> String {
    let mut written = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_' {
            written.push(char::from(byte));
        } else {
            // Writing to a `String` cannot fail.
            write!(written, "%{byte:02x}").unwrap_or_default();
        }
    }
    if written.len() > LONGEST_NAME {
        let tail = sha256(name.as_bytes());
        written.truncate(LONGEST_NAME - tail.len());
        written.push_str(&tail);
    }
    written
}

/// SHA-256 in 64 lowercase hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, bytes).as_ref())
}

/// Two lowercase digits for each byte.
pub fn hex(bytes: &[u8]) -> String {
    let mut written = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a `String` cannot fail.
        write!(written, "{byte:02x}").unwrap_or_default();
    }
    written
}

/// The text of a file of at most so many bytes.
pub fn read(path: &Path, longest: u64) -> io::Result<String> {
    let mut text = String::new();
    // A pipe would be waited for.
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is no file"));
    }
    let file = File::open(path)?;
    let length = file.take(longest + 1).read_to_string(&mut text)?;
    if u64::try_from(length).unwrap_or(u64::MAX) > longest {
        return Err(io::Error::other("it is too long to be ours"));
    }
    Ok(text)
}

/// Makes a folder with all above it, for its owner alone.
pub fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Options that make a file for its owner alone.
pub fn owners_alone() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Puts a text in the place of a file, in one step: at any moment either is there whole.
pub fn replace(path: &Path, text: &str, outlasts: Outlasts) -> io::Result<()> {
    // Two vigies must not write into one file beside it.
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}", std::process::id()));
    let beside = Path::new(&beside);
    let written = write_new(beside, text, outlasts).and_then(|()| fs::rename(beside, path));
    if written.is_err() {
        fs::remove_file(beside).unwrap_or_default();
    }
    written?;
    match outlasts {
        Outlasts::Power => path.parent().map_or(Ok(()), sync_folder),
        Outlasts::Program => Ok(()),
    }
}

/// Names that came or went in a folder outlast the power.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    // Elsewhere a folder cannot be opened.
    if cfg!(unix) {
        File::open(folder)?.sync_all()
    } else {
        Ok(())
    }
}

fn write_new(path: &Path, text: &str, outlasts: Outlasts) -> io::Result<()> {
    // What an earlier process with this number left behind when it was killed.
    fs::remove_file(path).unwrap_or_default();
    let mut file = owners_alone().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes())?;
    match outlasts {
        Outlasts::Power => file.sync_all(),
        Outlasts::Program => Ok(()),
    }
}

/// A file and what is wrong with it, fit for a screen.
pub fn told(path: &Path, why: &str) -> String {
    let path = path.display().to_string();
    format!("`{}` ({})", shown(&path), shown(why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_nowhere_else_and_stays_apart_from_others() {
        for (name, expected) in [
            ("work", "work"),
            ("Work", "%57ork"),
            ("../../etc/x", "%2e%2e%2f%2e%2e%2fetc%2fx"),
            ("night shift", "night%20shift"),
            ("é", "%c3%a9"),
            ("", ""),
        ] {
            assert_eq!(file_name(name), expected);
        }
        let long = "x".repeat(999);
        assert_eq!(file_name(&long).len(), LONGEST_NAME);
        assert_ne!(file_name(&long), file_name(&format!("{long}y")));
    }

    #[test]
    fn a_hash_is_what_other_tools_say_it_is() {
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256(b"abc"), expected);
    }
}
