//! MITRE ATT&CK techniques by name, without asking anyone.
//!
//! The Enterprise matrix as a table in the program. It need not be whole: a technique
//! that is not in it is shown by its id. Detectors go on to name some that were given
//! another number, so these are in it too.

/// A technique a line: its id, a tab, its name. Sorted by id.
const TECHNIQUES: &str = include_str!("attack.tsv");

/// The name of a technique; of a part of one behind the name of the whole.
pub fn name_of(id: &str) -> Option<String> {
    let name = line_of(id)?;
    let whole = id.split_once('.').and_then(|(whole, _)| line_of(whole));
    Some(match whole {
        Some(whole) => format!("{whole}: {name}"),
        None => name.to_owned(),
    })
}

/// `T1059.001 PowerShell`: the shortest that tells one from another. An unknown id stays
/// alone.
pub fn said(id: &str) -> String {
    match line_of(id) {
        Some(name) => format!("{id} {name}"),
        None => id.to_owned(),
    }
}

fn line_of(id: &str) -> Option<&'static str> {
    let mut lines = TECHNIQUES.lines().filter_map(|line| line.split_once('\t'));
    lines.find(|(known, _)| *known == id).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_id(text: &str) -> bool {
        let (whole, part) = text.split_once('.').unwrap_or((text, "001"));
        let are_digits = |text: &str, count: usize| {
            text.len() == count && text.bytes().all(|digit| digit.is_ascii_digit())
        };
        let number = whole.strip_prefix('T');
        number.is_some_and(|number| are_digits(number, 4)) && are_digits(part, 3)
    }

    #[test]
    fn the_table_is_sorted_and_every_part_has_its_whole() {
        let mut before = "";
        for line in TECHNIQUES.lines() {
            let (id, name) = line.split_once('\t').unwrap_or_default();
            assert!(is_id(id), "{line}");
            assert!(before < id, "{id} after {before}");
            assert!(!name.is_empty() && name.trim() == name, "{line}");
            assert!(!name.contains(char::is_control), "{line}");
            if let Some((whole, _)) = id.split_once('.') {
                assert!(line_of(whole).is_some(), "{id} without {whole}");
            }
            before = id;
        }
    }

    #[test]
    fn a_technique_has_a_name_and_an_unknown_one_its_id() {
        assert_eq!(said("T1059.001"), "T1059.001 PowerShell");
        assert_eq!(said("T9999"), "T9999");
        assert_eq!(
            name_of("T1059.001").as_deref(),
            Some("Command and Scripting Interpreter: PowerShell")
        );
        assert_eq!(
            name_of("T1486").as_deref(),
            Some("Data Encrypted for Impact")
        );
        assert_eq!(name_of("T1059.999"), None);
        assert_eq!(name_of(""), None);
    }
}
