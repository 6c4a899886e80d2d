//! How alerts like this one were closed before, in what is loaded.
//!
//! Alike are alerts with the same title and detector. Of those the nearest count: on
//! the same device, else of the same user, else all of them. What was decided before
//! is told, never done by itself.

use std::cmp::Reverse;
use std::collections::HashMap;

use jiff::Timestamp;

use crate::app::alert_book::AlertBook;
use crate::app::alert_book::AlertKey;
use crate::app::alert_book::Row;
use crate::app::row::words_of_disposition;
use crate::app::symbols::Symbol;
use crate::domain::alert::Status;
use crate::domain::decision::Disposition;
use crate::domain::decision::disposition::short_classification;
use crate::domain::text::shown;

/// How near the earlier alerts are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nearness {
    Device,
    User,
    Title,
}

impl Nearness {
    /// For a sentence that begins with how often.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Device => "on this device",
            Self::User => "with this user",
            Self::Title => "elsewhere",
        }
    }
}

/// How alerts like one were closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Precedent {
    pub nearness: Nearness,
    /// How often each, the most frequent first: never empty.
    pub verdicts: Vec<(Verdict, usize)>,
    /// Who has the one that was changed last; empty when nobody does.
    pub last_by: String,
    /// When that was.
    pub last: Option<Timestamp>,
    /// When the earliest of them was created.
    pub since: Option<Timestamp>,
}

/// A verdict in the service's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    pub classification: String,
    pub determination: String,
}

impl Verdict {
    /// The pair, where it is one the service accepts.
    pub fn disposition(&self) -> Option<Disposition> {
        Disposition::of(&self.classification, &self.determination)
    }

    /// Short, harmless to draw.
    pub fn short(&self) -> String {
        if let Some(known) = self.disposition() {
            return known.short();
        }
        let words = [
            short_classification(&self.classification),
            &self.determination,
        ];
        let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
        shown(&words.join("/")).into_owned()
    }
}

impl Precedent {
    /// How often altogether.
    pub fn times(&self) -> usize {
        self.verdicts.iter().map(|(_, times)| times).sum()
    }

    /// The verdict of most of them, where the service accepts it.
    pub fn usual(&self) -> Option<Disposition> {
        self.verdicts.first()?.0.disposition()
    }

    /// `6 FP/not malicious, 1 TP/malware`.
    pub fn says(&self) -> String {
        let each = self.verdicts.iter();
        let each = each.map(|(verdict, times)| format!("{times} {}", verdict.short()));
        each.collect::<Vec<_>>().join(", ")
    }

    /// True where somebody decided otherwise than most.
    pub fn is_disputed(&self) -> bool {
        self.verdicts.len() > 1
    }
}

/// How alerts like this one were closed; none where none was.
pub fn of(book: &AlertBook, key: AlertKey) -> Option<Precedent> {
    let row = book.row(key)?;
    let alike = |other: &Row| {
        other.title == row.title
            && other.detector == row.detector
            && other.status == Status::Resolved
            && other.disposition != Symbol::EMPTY
    };
    let earlier: Vec<&Row> = book
        .keys_from(0)
        .filter(|other| *other != key)
        .filter_map(|other| book.row(other))
        .filter(|other| alike(other))
        .collect();
    let nearer = |near: &dyn Fn(&Row) -> bool| -> Vec<&Row> {
        earlier
            .iter()
            .copied()
            .filter(|other| near(other))
            .collect()
    };
    let on_device = nearer(&|other| row.device != Symbol::EMPTY && other.device == row.device);
    let with_user = nearer(&|other| row.user != Symbol::EMPTY && other.user == row.user);
    let (nearness, nearest) = if !on_device.is_empty() {
        (Nearness::Device, on_device)
    } else if !with_user.is_empty() {
        (Nearness::User, with_user)
    } else {
        (Nearness::Title, earlier)
    };
    let last = nearest.iter().max_by_key(|other| other.updated)?;
    let mut times: HashMap<Symbol, usize> = HashMap::new();
    for other in &nearest {
        *times.entry(other.disposition).or_default() += 1;
    }
    let mut verdicts: Vec<(Verdict, usize)> = Vec::new();
    for (disposition, times) in times {
        let (classification, determination) =
            words_of_disposition(book.text(disposition).original());
        let verdict = Verdict {
            classification: classification.to_owned(),
            determination: determination.to_owned(),
        };
        // Two spellings of one verdict are one.
        let known = verdicts
            .iter_mut()
            .find(|(known, _)| known == &verdict || same(known, &verdict));
        match known {
            Some((_, known)) => *known += times,
            None => verdicts.push((verdict, times)),
        }
    }
    verdicts.sort_by_cached_key(|(verdict, times)| (Reverse(*times), verdict.short()));
    Some(Precedent {
        nearness,
        verdicts,
        last_by: book.text(last.assigned_to).original().to_owned(),
        last: last.updated,
        since: nearest.iter().filter_map(|other| other.created).min(),
    })
}

fn same(one: &Verdict, other: &Verdict) -> bool {
    one.disposition().is_some() && one.disposition() == other.disposition()
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that cannot make its input has failed"
    )]

    use super::*;
    use crate::app::alert_book::Marking;
    use crate::domain::alert::AlertId;
    use crate::wire::alert;

    fn book(closed: &[(&str, &str, &str, &str)]) -> AlertBook {
        let mut book = AlertBook::default();
        let alerts = closed.iter().enumerate();
        let alerts = alerts.map(|(number, (device, user, classification, determination))| {
            let status = if classification.is_empty() {
                "New"
            } else {
                "Resolved"
            };
            let json = format!(
                r#"{{"id":"da{number}","title":"T","detectionSource":"D","status":"{status}",
                "computerDnsName":"{device}","relatedUser":{{"userName":"{user}"}},
                "classification":"{classification}","determination":"{determination}",
                "assignedTo":"kim@contoso.com","lastUpdateTime":"2026-11-2{number}T10:00:00Z"}}"#
            );
            alert::read(&json).unwrap()
        });
        book.absorb(alerts.collect(), Marking::Leave);
        book
    }

    fn precedent(book: &AlertBook) -> Option<Precedent> {
        of(book, book.key_of(&AlertId::new("da0").unwrap()).unwrap())
    }

    const FP: &str = "FalsePositive";
    const TP: &str = "TruePositive";

    #[test]
    fn what_happened_on_the_device_counts_before_all_else() {
        let book = book(&[
            ("a", "u", "", ""),
            ("a", "v", FP, "NotMalicious"),
            ("b", "u", TP, "Malware"),
            ("c", "w", TP, "Malware"),
        ]);
        let precedent = precedent(&book).unwrap();
        assert_eq!(precedent.nearness, Nearness::Device);
        assert_eq!(precedent.says(), "1 FP/not malicious");
    }

    #[test]
    fn who_disagrees_is_told_and_spellings_are_one() {
        let book = book(&[
            ("", "", "", ""),
            ("a", "", FP, "NotMalicious"),
            ("b", "", FP, "Clean"),
            ("c", "", TP, "Malware"),
        ]);
        let precedent = precedent(&book).unwrap();
        assert_eq!(precedent.nearness, Nearness::Title);
        assert_eq!(precedent.says(), "2 FP/not malicious, 1 TP/malware");
        assert!(precedent.is_disputed());
        assert_eq!(precedent.usual(), Some(Disposition::NotMalicious));
        assert_eq!(precedent.times(), 3);
    }

    #[test]
    fn what_is_open_or_another_kind_is_no_precedent() {
        assert_eq!(
            precedent(&book(&[("a", "u", "", ""), ("a", "u", "", "")])),
            None
        );
        let odd = book(&[("a", "", "", ""), ("a", "", "Undecided", "Apt")]);
        let odd = precedent(&odd).unwrap();
        assert_eq!(odd.usual(), None);
        assert_eq!(odd.says(), "1 Undecided/Apt");
    }
}
