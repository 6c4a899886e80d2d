//! Keeps a long secret in a store of short entries.
//!
//! The first entry says how many there are. Each begins with the same mark, so that a
//! save that was interrupted is found out and never gives half a secret.

use zeroize::Zeroizing;

use crate::service::secret::Secret;

/// Short entries by name. What fails is told as by [`Keyring`](super::Keyring).
pub(super) trait Entries {
    fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, String>;
    fn write(&self, name: &str, value: &[u8]) -> Result<(), String>;
    /// That there is none is no failure.
    fn remove(&self, name: &str) -> Result<(), String>;
}

/// Bytes of an entry, head and all. Windows takes 2,560.
pub(super) const LARGEST: usize = 2_560;
/// Room for the head: mark, count and two blanks.
const ROOM: usize = LARGEST - 32;
/// More than any token needs; bounds what a spoilt entry makes us read.
const MOST: usize = 16;

pub(super) fn load(entries: &impl Entries, account: &str) -> Result<Option<Secret>, String> {
    let mut text = Zeroizing::new(String::new());
    let mut first = None;
    let mut number = 0;
    loop {
        let Some(entry) = entries.read(&name(account, number))? else {
            return Ok(None);
        };
        let Some((head, piece)) = opened(&entry) else {
            return Ok(None);
        };
        let (_, count) = *first.get_or_insert(head);
        if first != Some(head) || count > MOST {
            return Ok(None);
        }
        text.push_str(piece);
        number += 1;
        if number >= count {
            return Ok(Some(Secret::new(text.to_string())));
        }
    }
}

pub(super) fn save(entries: &impl Entries, account: &str, secret: &Secret) -> Result<(), String> {
    let secret = secret.expose();
    let mut pieces = Vec::new();
    let mut rest = secret;
    while !rest.is_empty() || pieces.is_empty() {
        let mut end = rest.len().min(ROOM);
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        let (piece, after) = rest.split_at(end);
        pieces.push(piece);
        rest = after;
    }
    if pieces.len() > MOST {
        return Err(format!("cannot keep {} bytes", secret.len()));
    }
    let mark = fastrand::u32(..);
    for (number, piece) in pieces.iter().enumerate() {
        let entry = Zeroizing::new(format!("{mark:08x} {} {piece}", pieces.len()));
        entries.write(&name(account, number), entry.as_bytes())?;
    }
    remove_from(entries, account, pieces.len())
}

pub(super) fn delete(entries: &impl Entries, account: &str) -> Result<(), String> {
    remove_from(entries, account, 0)
}

/// Removes what an earlier, longer secret left.
fn remove_from(entries: &impl Entries, account: &str, first: usize) -> Result<(), String> {
    (first..MOST).try_for_each(|number| entries.remove(&name(account, number)))
}

fn name(account: &str, number: usize) -> String {
    match number {
        0 => account.to_owned(),
        _ => format!("{account} ({})", number + 1),
    }
}

/// Mark, count and piece of an entry that is one of ours.
fn opened(entry: &[u8]) -> Option<((u32, usize), &str)> {
    let mut parts = str::from_utf8(entry).ok()?.splitn(3, ' ');
    let mark = u32::from_str_radix(parts.next()?, 16).ok()?;
    let count = parts.next()?.parse().ok()?;
    Some(((mark, count), parts.next()?))
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that meets the unexpected has to stop"
    )]

    use std::cell::RefCell;
    use std::collections::BTreeMap;

    use super::*;

    /// Refuses what Windows would.
    #[derive(Default)]
    struct Short(RefCell<BTreeMap<String, Vec<u8>>>);

    impl Entries for Short {
        fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, String> {
            Ok(self.0.borrow().get(name).cloned().map(Zeroizing::new))
        }

        fn write(&self, name: &str, value: &[u8]) -> Result<(), String> {
            assert!(value.len() <= LARGEST, "{}", value.len());
            self.0.borrow_mut().insert(name.to_owned(), value.to_vec());
            Ok(())
        }

        fn remove(&self, name: &str) -> Result<(), String> {
            self.0.borrow_mut().remove(name);
            Ok(())
        }
    }

    fn secret(length: usize) -> Secret {
        Secret::new("é".repeat(length / 2) + &"x".repeat(length % 2))
    }

    #[test]
    fn a_secret_of_any_length_comes_back_whole_and_goes_without_a_trace() {
        let entries = Short::default();
        for (length, count) in [
            (40_000, 16),
            (0, 1),
            (1, 1),
            (1_700, 1),
            (ROOM, 1),
            (ROOM + 1, 2),
        ] {
            save(&entries, "a", &secret(length)).unwrap();
            assert_eq!(entries.0.borrow().len(), count, "{length}");
            let loaded = load(&entries, "a").unwrap();
            assert!(loaded == Some(secret(length)), "{length}");
            assert_eq!(load(&entries, "b"), Ok(None));
        }
        delete(&entries, "a").unwrap();
        assert!(entries.0.borrow().is_empty());
        let error = save(&entries, "a", &secret(50_000)).unwrap_err();
        assert_eq!(error, "cannot keep 50000 bytes");
        assert!(entries.0.borrow().is_empty());
    }

    #[test]
    fn half_a_secret_is_none() {
        let entries = Short::default();
        save(&entries, "a", &secret(5_000)).unwrap();
        let older = entries.0.borrow().get("a (2)").cloned().unwrap();
        save(&entries, "a", &secret(5_000)).unwrap();
        for spoilt in [older, b"other".to_vec(), vec![0xff], Vec::new()] {
            entries.0.borrow_mut().insert("a (2)".to_owned(), spoilt);
            assert_eq!(load(&entries, "a"), Ok(None));
        }
        entries.0.borrow_mut().remove("a (2)");
        assert_eq!(load(&entries, "a"), Ok(None));
    }
}
