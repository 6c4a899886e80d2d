//! The pairs of classification and determination the service accepts, in every spelling.
//!
//! Microsoft's own pages disagree about spelling: all are understood, and the first is
//! written. A word in none of the tables is shown and written back as it came.

/// A classification with one of its determinations: how an alert is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Disposition {
    Malware,
    Phishing,
    UnwantedSoftware,
    CompromisedAccount,
    MaliciousUserActivity,
    MultistageAttack,
    OtherThreat,
    NotMalicious,
    NotEnoughData,
    OtherFalsePositive,
    SecurityTest,
    LineOfBusinessApplication,
    ConfirmedActivity,
    OtherExpected,
}

/// What an alert was, in the word the service writes.
pub const CLASSIFICATIONS: [&str; 3] = [TRUE_POSITIVE, EXPECTED, FALSE_POSITIVE];

const TRUE_POSITIVE: &str = "TruePositive";
const FALSE_POSITIVE: &str = "FalsePositive";
const EXPECTED: &str = "InformationalExpectedActivity";

impl Disposition {
    /// In the order of the menu.
    pub const ALL: [Self; 14] = [
        Self::Malware,
        Self::Phishing,
        Self::UnwantedSoftware,
        Self::CompromisedAccount,
        Self::MaliciousUserActivity,
        Self::MultistageAttack,
        Self::OtherThreat,
        Self::NotMalicious,
        Self::NotEnoughData,
        Self::OtherFalsePositive,
        Self::SecurityTest,
        Self::LineOfBusinessApplication,
        Self::ConfirmedActivity,
        Self::OtherExpected,
    ];

    /// The service's word for the classification.
    pub const fn classification(self) -> &'static str {
        match self {
            Self::Malware
            | Self::Phishing
            | Self::UnwantedSoftware
            | Self::CompromisedAccount
            | Self::MaliciousUserActivity
            | Self::MultistageAttack
            | Self::OtherThreat => TRUE_POSITIVE,
            Self::NotMalicious | Self::NotEnoughData | Self::OtherFalsePositive => FALSE_POSITIVE,
            Self::SecurityTest
            | Self::LineOfBusinessApplication
            | Self::ConfirmedActivity
            | Self::OtherExpected => EXPECTED,
        }
    }

    /// The service's words for the determination: the one that is written first.
    pub const fn spellings(self) -> &'static [&'static str] {
        match self {
            Self::Malware => &["Malware"],
            Self::Phishing => &["Phishing"],
            Self::UnwantedSoftware => &["UnwantedSoftware"],
            Self::CompromisedAccount => &["CompromisedUser", "CompromisedAccount"],
            Self::MaliciousUserActivity => &["MaliciousUserActivity"],
            Self::MultistageAttack => &["MultiStagedAttack"],
            Self::OtherThreat | Self::OtherFalsePositive | Self::OtherExpected => &["Other"],
            Self::NotMalicious => &["NotMalicious", "Clean"],
            Self::NotEnoughData => &[
                "InsufficientData",
                "NoEnoughDataToValidate",
                "NotEnoughDataToValidate",
            ],
            Self::SecurityTest => &["SecurityTesting"],
            Self::LineOfBusinessApplication => &["LineOfBusinessApplication"],
            Self::ConfirmedActivity => &["ConfirmedActivity", "ConfirmedUserActivity"],
        }
    }

    /// The service's word for the determination.
    pub fn determination(self) -> &'static str {
        self.spellings().first().copied().unwrap_or_default()
    }

    /// The words people use for the determination.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Malware => "malware",
            Self::Phishing => "phishing",
            Self::UnwantedSoftware => "unwanted software",
            Self::CompromisedAccount => "compromised account",
            Self::MaliciousUserActivity => "malicious user activity",
            Self::MultistageAttack => "multi-stage attack",
            Self::OtherThreat | Self::OtherFalsePositive | Self::OtherExpected => "other",
            Self::NotMalicious => "not malicious",
            Self::NotEnoughData => "not enough data",
            Self::SecurityTest => "security test",
            Self::LineOfBusinessApplication => "line-of-business application",
            Self::ConfirmedActivity => "confirmed activity",
        }
    }

    /// Its name in the configuration: that of the key action that closes so.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Malware => "malware",
            Self::Phishing => "phishing",
            Self::UnwantedSoftware => "unwanted-software",
            Self::CompromisedAccount => "compromised-account",
            Self::MaliciousUserActivity => "malicious-user",
            Self::MultistageAttack => "multi-stage",
            Self::OtherThreat => "other-threat",
            Self::NotMalicious => "not-malicious",
            Self::NotEnoughData => "not-enough-data",
            Self::OtherFalsePositive => "other-false-positive",
            Self::SecurityTest => "security-test",
            Self::LineOfBusinessApplication => "line-of-business",
            Self::ConfirmedActivity => "confirmed-activity",
            Self::OtherExpected => "other-expected",
        }
    }

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|pair| pair.name() == name)
    }

    /// The pair with these words of the service, in any letter case and any spelling.
    pub fn of(classification: &str, determination: &str) -> Option<Self> {
        let classification = canonical_classification(classification)?;
        Self::ALL.into_iter().find(|pair| {
            pair.classification() == classification
                && pair
                    .spellings()
                    .iter()
                    .any(|word| word.eq_ignore_ascii_case(determination))
        })
    }

    /// Short for the list and for notices: `FP/not malicious`.
    pub fn short(self) -> String {
        format!(
            "{}/{}",
            short_classification(self.classification()),
            self.words()
        )
    }
}

/// `TP`, `FP`, `IE`; any other word as it is.
pub fn short_classification(word: &str) -> &str {
    match canonical_classification(word) {
        Some(TRUE_POSITIVE) => "TP",
        Some(FALSE_POSITIVE) => "FP",
        Some(EXPECTED) => "IE",
        Some(_) | None => word,
    }
}

/// The word that is written for a classification in any spelling.
pub fn canonical_classification(word: &str) -> Option<&'static str> {
    // Two pages print the text of the portal in place of the value.
    if word.eq_ignore_ascii_case("Informational, expected activity") {
        return Some(EXPECTED);
    }
    CLASSIFICATIONS
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(word))
}

/// Every determination that goes with a classification, in the word that is written.
pub fn determinations_of(classification: &str) -> Vec<&'static str> {
    let classification = canonical_classification(classification);
    let fitting = |pair: &Disposition| Some(pair.classification()) == classification;
    Disposition::ALL
        .into_iter()
        .filter(fitting)
        .map(Disposition::determination)
        .collect()
}

/// Every spelling of a determination's word: the one that is written first, or the word
/// alone where it is in no table.
pub fn spellings(determination: &str) -> Vec<&str> {
    let known = Disposition::ALL.into_iter().find(|pair| {
        pair.spellings()
            .iter()
            .any(|word| word.eq_ignore_ascii_case(determination))
    });
    known.map_or_else(|| vec![determination], |pair| pair.spellings().to_vec())
}

/// Whether two words of the service mean the same classification.
pub fn same_classification(one: &str, other: &str) -> bool {
    let plain = |word| canonical_classification(word).unwrap_or(unset(word));
    plain(one).eq_ignore_ascii_case(plain(other))
}

/// Whether two words of the service mean the same determination.
pub fn same_determination(one: &str, other: &str) -> bool {
    let plain = |word| spellings(unset(word)).first().copied().unwrap_or_default();
    plain(one).eq_ignore_ascii_case(plain(other))
}

/// Older bodies say in words that nothing was decided.
pub fn unset(word: &str) -> &str {
    let says_nothing = ["Unknown", "NotAvailable"]
        .iter()
        .any(|nothing| nothing.eq_ignore_ascii_case(word));
    if says_nothing { "" } else { word }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_is_read_back_from_each_of_its_spellings() {
        for pair in Disposition::ALL {
            for word in pair.spellings() {
                assert_eq!(Disposition::of(pair.classification(), word), Some(pair));
                let shouted = word.to_ascii_uppercase();
                assert_eq!(
                    Disposition::of(&pair.classification().to_ascii_lowercase(), &shouted),
                    Some(pair)
                );
            }
        }
    }

    #[test]
    fn a_pair_of_two_tables_is_none() {
        assert_eq!(Disposition::of("FalsePositive", "Malware"), None);
        assert_eq!(Disposition::of("TruePositive", "Clean"), None);
        assert_eq!(Disposition::of("", "Malware"), None);
    }

    #[test]
    fn spellings_of_one_thing_are_the_same() {
        assert!(same_determination("Clean", "NotMalicious"));
        assert!(same_determination("", "NotAvailable"));
        assert!(!same_determination("Clean", "Other"));
        assert!(same_determination("Apt", "APT"));
        assert!(same_classification(
            "Informational, expected activity",
            "InformationalExpectedActivity"
        ));
        assert!(same_classification("Unknown", ""));
        assert!(!same_classification("FalsePositive", ""));
    }

    #[test]
    fn a_word_in_no_table_stays_as_it_is() {
        assert_eq!(spellings("SecurityPersonnel"), ["SecurityPersonnel"]);
        assert_eq!(short_classification("Undecided"), "Undecided");
    }
}
