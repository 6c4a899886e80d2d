//! Turns names into numbers, hashes and ids that are always the same.
//!
//! Nothing here is cryptography: the digests only look like digests.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fastrand::Rng;

/// A number for a name (FNV-1a), different for each `salt`.
pub(crate) fn hash(salt: u64, name: &str) -> u64 {
    let start = 0xcbf2_9ce4_8422_2325 ^ salt.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    name.bytes().fold(start, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// So many hexadecimal digits.
pub(crate) fn hex(seed: u64, digits: usize) -> String {
    let mut rng = Rng::with_seed(seed);
    (0..digits).map(|_| rng.digit(16)).collect()
}

/// A GUID-shaped name.
pub(crate) fn guid(seed: u64) -> String {
    let mut rng = Rng::with_seed(seed);
    let mut digits = |count: usize| -> String { (0..count).map(|_| rng.digit(16)).collect() };
    format!(
        "{}-{}-4{}-a{}-{}",
        digits(8),
        digits(4),
        digits(3),
        digits(3),
        digits(12)
    )
}

/// What `powershell -enc` takes: base64 of UTF-16, low byte first.
pub(crate) fn encoded_command(command: &str) -> String {
    let bytes: Vec<u8> = command.encode_utf16().flat_map(u16::to_le_bytes).collect();
    STANDARD.encode(bytes)
}

/// One of `all`, chosen by `seed`.
pub(crate) fn pick<Item>(all: &[Item], seed: u64) -> Option<&Item> {
    let index = usize::try_from(seed % u64::try_from(all.len().max(1)).unwrap_or(1)).unwrap_or(0);
    all.get(index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_always_give_the_same() {
        assert_eq!(hex(hash(1, "a.exe"), 40), hex(hash(1, "a.exe"), 40));
        assert_ne!(hex(hash(1, "a.exe"), 40), hex(hash(2, "a.exe"), 40));
        assert_eq!(guid(3).len(), 36);
    }

    #[test]
    fn encoded_commands_are_what_powershell_takes() {
        assert_eq!(encoded_command("dir"), "ZABpAHIA");
    }
}
