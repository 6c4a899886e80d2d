//! What this tenant was found to take, where Microsoft's pages disagree or say nothing;
//! and how many batches may leave.
//!
//! Lasts as long as the session: a tenant changes its habits rarely, but it does.

use std::collections::HashMap;
use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use jiff::SignedDuration;
use jiff::Timestamp;
use serde_json::Map;
use serde_json::Value;

use crate::domain::decision::Change;
use crate::domain::decision::disposition::spellings;
use crate::domain::decision::triage::Property;
use crate::domain::moment::Steady;
use crate::domain::token::Api;

/// Alerts of one batch. No limit is documented, although an error for exceeding it is.
const USUAL_BATCH: usize = 100;

/// Batches the service allows, and in which time.
const RATES: [(usize, SignedDuration); 2] = [
    (10, SignedDuration::from_mins(1)),
    (500, SignedDuration::from_hours(1)),
];

#[derive(Debug)]
pub(super) struct Habits {
    service: Api,
    known: Mutex<Known>,
}

#[derive(Debug)]
struct Known {
    batch: usize,
    /// Lists may be asked for by id.
    lists_by_id: bool,
    /// The spelling the tenant takes, by the first one of our table.
    words: HashMap<String, String>,
    blanks: HashMap<Property, Blank>,
    /// When the batches of the last hour left, oldest first.
    batches: VecDeque<Steady>,
    /// The service's clock minus ours, as last told.
    clock: Option<SignedDuration>,
}

impl Default for Known {
    fn default() -> Self {
        Self {
            batch: USUAL_BATCH,
            lists_by_id: true,
            words: HashMap::new(),
            blanks: HashMap::new(),
            batches: VecDeque::new(),
            clock: None,
        }
    }
}

/// How a property is taken away, which no page says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Blank {
    Null,
    EmptyText,
    /// The member of Graph's enumerations that says nothing.
    Unknown,
}

impl Blank {
    const fn usual(property: Property, service: Api) -> Self {
        match (property, service) {
            (Property::AssignedTo, Api::Defender) => Self::EmptyText,
            (Property::AssignedTo, Api::Graph) | (_, Api::Defender) => Self::Null,
            (Property::Status | Property::Classification | Property::Determination, Api::Graph) => {
                Self::Unknown
            }
        }
    }

    const fn other(self, property: Property, service: Api) -> Self {
        match (self, property, service) {
            (Self::Null, Property::AssignedTo, _) | (Self::Null, _, Api::Defender) => {
                Self::EmptyText
            }
            (Self::Null, _, Api::Graph) => Self::Unknown,
            (Self::EmptyText | Self::Unknown, _, _) => Self::Null,
        }
    }

    fn value(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::EmptyText => Value::from(""),
            Self::Unknown => Value::from("unknown"),
        }
    }
}

/// The spellings on Graph's own page, where they are others than the usual ones.
const OF_GRAPH: [(&str, &str); 2] = [
    ("CompromisedUser", "CompromisedAccount"),
    ("InsufficientData", "NotEnoughDataToValidate"),
];

impl Default for Habits {
    fn default() -> Self {
        Self::of(Api::Defender)
    }
}

impl Habits {
    /// What is expected of a service before anything was found out.
    pub(super) fn of(service: Api) -> Self {
        let mut known = Known::default();
        if service == Api::Graph {
            let words = OF_GRAPH.map(|(first, word)| (first.to_owned(), word.to_owned()));
            known.words.extend(words);
        }
        Self {
            service,
            known: Mutex::new(known),
        }
    }

    // Nothing panics while it is held, and each field stands for itself.
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Alerts that may go into one batch.
    pub(super) fn batch(&self) -> usize {
        self.known().batch
    }

    /// A batch of `sent` was too large; `told` is what the service says it allows.
    pub(super) fn learn_batch(&self, sent: usize, told: Option<usize>) {
        let allowed = told.filter(|told| (1..sent).contains(told));
        self.known().batch = allowed.unwrap_or(sent / 2).max(1);
    }

    pub(super) fn lists_by_id(&self) -> bool {
        self.known().lists_by_id
    }

    pub(super) fn learn_no_lists_by_id(&self) {
        self.known().lists_by_id = false;
    }

    /// What the service calls a moment that this machine's clock calls `wall`: ours may
    /// be wrong by hours.
    pub(super) fn service_time(&self, wall: Timestamp) -> Timestamp {
        let clock = self.known().clock.unwrap_or_default();
        wall.saturating_add(clock).unwrap_or(wall)
    }

    /// An answer came that says how late it is there; asked at `wall` by our clock.
    pub(super) fn learn_clock(&self, date: Timestamp, wall: Timestamp) {
        self.known().clock = Some(date.duration_since(wall));
    }

    /// Counts one batch that leaves now, or says how long it has to wait.
    pub(super) fn count_batch(&self, now: Steady) -> Result<(), SignedDuration> {
        let mut known = self.known();
        for (allowed, window) in RATES {
            let blocking = known.batches.len().checked_sub(allowed);
            let blocking = blocking.and_then(|index| known.batches.get(index));
            if let Some(free) = blocking.map(|sent| sent.plus(window))
                && free > now
            {
                return Err(now.until(free));
            }
        }
        known.batches.push_back(now);
        if known.batches.len() > 500 {
            known.batches.pop_front();
        }
        Ok(())
    }

    /// How a change is put into words here.
    pub(super) fn wording(&self, change: &Change) -> Wording {
        let known = self.known();
        let word = change.word(Property::Determination);
        let word = word.filter(|word| !word.is_empty()).map(|word| {
            let taken = first_spelling(word).and_then(|first| known.words.get(first));
            taken.map_or(word, String::as_str).to_owned()
        });
        let blank = |property| {
            let usual = Blank::usual(property, self.service);
            (
                property,
                known.blanks.get(&property).copied().unwrap_or(usual),
            )
        };
        Wording {
            service: self.service,
            refused: Vec::new(),
            word,
            blanks: Property::ALL
                .into_iter()
                .filter(|property| change.takes_away(*property))
                .map(blank)
                .collect(),
            turned: Vec::new(),
        }
    }

    /// The service took it in these words.
    pub(super) fn learn(&self, wording: &Wording) {
        let mut known = self.known();
        if let Some(word) = &wording.word
            && !wording.refused.is_empty()
            && let Some(first) = first_spelling(word)
        {
            known.words.insert(first.to_owned(), word.clone());
        }
        for (property, blank) in &wording.blanks {
            if wording.turned.contains(property) {
                known.blanks.insert(*property, *blank);
            }
        }
    }

    /// These were to be taken away, and a service that took the request did not: the
    /// other way is used from now on.
    pub(super) fn turn(&self, properties: &[Property]) {
        let mut known = self.known();
        for property in properties {
            let usual = Blank::usual(*property, self.service);
            let blank = known.blanks.entry(*property).or_insert(usual);
            *blank = blank.other(*property, self.service);
        }
    }
}

fn first_spelling(word: &str) -> Option<&str> {
    spellings(word).first().copied()
}

/// A change in the words of one try.
#[derive(Debug)]
pub(super) struct Wording {
    service: Api,
    /// The determination, where one is set.
    word: Option<String>,
    /// Spellings the service refused.
    refused: Vec<String>,
    blanks: Vec<(Property, Blank)>,
    /// Taken away in the other way than at first.
    turned: Vec<Property>,
}

impl Wording {
    /// The properties to send: only what changes.
    pub(super) fn body(&self, change: &Change) -> Map<String, Value> {
        let mut body = Map::new();
        for property in Property::ALL {
            let Some(word) = change.word(property) else {
                continue;
            };
            let blank = self.blanks.iter().find(|(taken, _)| *taken == property);
            let value = match (blank, property) {
                (Some((_, blank)), _) => blank.value(),
                (None, Property::AssignedTo) => Value::from(word),
                (None, Property::Determination) => {
                    let word = self.word.as_deref().unwrap_or(word);
                    Value::from(self.service.word(word))
                }
                (None, Property::Status | Property::Classification) => {
                    Value::from(self.service.word(word))
                }
            };
            body.insert(property.name().to_owned(), value);
        }
        if let Some(note) = change.note() {
            body.insert("comment".to_owned(), Value::from(note));
        }
        body
    }

    /// Other words after a refusal, unless it speaks of something else or none are left.
    pub(super) fn turn_to_other_words(&mut self, refusal: &str) -> bool {
        let refusal = refusal.to_ascii_lowercase();
        let names = |name: &str| refusal.contains(&name.to_ascii_lowercase());
        let names_any = names("comment") || Property::ALL.iter().any(|one| names(one.name()));
        let may_be = |property: Property| !names_any || names(property.name());
        let blank = self.blanks.iter_mut().find(|(property, _)| {
            may_be(*property) && names_any && !self.turned.contains(property)
        });
        if let Some((property, blank)) = blank {
            *blank = blank.other(*property, self.service);
            self.turned.push(*property);
            return true;
        }
        if may_be(Property::Determination)
            && let Some(word) = self.word.take()
        {
            let all = spellings(&word);
            let next = all
                .iter()
                .find(|other| **other != word && !self.refused.iter().any(|known| known == *other));
            if let Some(next) = next.map(|next| (*next).to_owned()) {
                self.refused.push(word);
                self.word = Some(next);
                return true;
            }
            self.word = Some(word);
        }
        // Nothing is named: all that is taken away at once.
        let turns = !names_any && !self.blanks.is_empty() && self.turned.is_empty();
        if turns {
            for (property, blank) in &mut self.blanks {
                *blank = blank.other(*property, self.service);
                self.turned.push(*property);
            }
        }
        turns
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::decision::Disposition;
    use crate::domain::decision::Triage;

    fn sent(wording: &Wording, change: &Change) -> String {
        Value::from(wording.body(change)).to_string()
    }

    fn reopened_and_cleared() -> Change {
        let mut change = Change::close(Disposition::Malware);
        change = change.and_owner("me").unwrap_or_default();
        change.inverse(&Triage::default()).unwrap_or_default()
    }

    #[test]
    fn every_spelling_is_tried_once_and_the_one_that_was_taken_is_kept() {
        let habits = Habits::default();
        let change = Change::close(Disposition::NotEnoughData);
        let mut wording = habits.wording(&change);
        let mut words = vec![sent(&wording, &change)];
        while wording.turn_to_other_words("'x' is not a valid value for 'determination'") {
            words.push(sent(&wording, &change));
        }
        assert_eq!(words.len(), 3);
        assert!(words.first().is_some_and(|body| body
            == r#"{"classification":"FalsePositive","determination":"InsufficientData","status":"Resolved"}"#));
        habits.learn(&wording);
        assert!(
            sent(&habits.wording(&change), &change).contains("NotEnoughDataToValidate"),
            "{words:?}"
        );
    }

    #[test]
    fn graph_gets_its_own_words_and_spellings() {
        let habits = Habits::of(Api::Graph);
        let change = Change::close(Disposition::NotEnoughData);
        let change = change.and_owner("Me@X").unwrap_or_default();
        let mut wording = habits.wording(&change);
        assert_eq!(
            sent(&wording, &change),
            r#"{"assignedTo":"Me@X","classification":"falsePositive","determination":"notEnoughDataToValidate","status":"resolved"}"#
        );
        assert!(wording.turn_to_other_words(""));
        assert!(sent(&wording, &change).contains("insufficientData"));
        let change = reopened_and_cleared();
        let mut wording = habits.wording(&change);
        assert!(
            sent(&wording, &change).contains(r#""assignedTo":null,"classification":"unknown""#)
        );
        assert!(wording.turn_to_other_words("classification"));
        assert!(sent(&wording, &change).contains(r#""classification":null"#));
    }

    #[test]
    fn a_refusal_of_something_else_is_not_answered_with_other_words() {
        let change = Change::close(Disposition::NotEnoughData);
        let mut wording = Habits::default().wording(&change);
        assert!(!wording.turn_to_other_words("'x' is not a valid value for 'status'"));
        let plain = Change::close(Disposition::Malware);
        let mut wording = Habits::default().wording(&plain);
        assert!(!wording.turn_to_other_words(""));
    }

    #[test]
    fn what_is_taken_away_is_said_in_the_other_way_after_a_refusal() {
        let habits = Habits::default();
        let change = reopened_and_cleared();
        let mut wording = habits.wording(&change);
        assert_eq!(
            sent(&wording, &change),
            r#"{"assignedTo":"","classification":null,"determination":null,"status":""}"#
                .replace(r#""status":"""#, r#""status":null"#)
        );
        assert!(wording.turn_to_other_words("bad value for 'assignedTo'"));
        assert!(!wording.turn_to_other_words("bad value for 'assignedTo'"));
        habits.learn(&wording);
        assert!(sent(&habits.wording(&change), &change).contains(r#""assignedTo":null"#));
        let mut wording = habits.wording(&change);
        assert!(wording.turn_to_other_words("Request body is incorrect"));
        assert!(sent(&wording, &change).contains(r#""classification":"""#));
        assert!(!wording.turn_to_other_words("Request body is incorrect"));
    }

    #[test]
    fn a_size_is_taken_from_the_service_where_it_makes_sense() {
        let habits = Habits::default();
        for (sent, told, learnt) in [
            (100, Some(40), 40),
            (40, Some(0), 20),
            (20, Some(10_000), 10),
            (10, None, 5),
            (2, None, 1),
            (1, None, 1),
        ] {
            habits.learn_batch(sent, told);
            assert_eq!(habits.batch(), learnt);
        }
    }

    #[test]
    fn ten_batches_leave_in_a_minute() {
        let habits = Habits::default();
        let at = |seconds| Steady::after_start(SignedDuration::from_secs(seconds));
        for second in 0..10 {
            assert_eq!(habits.count_batch(at(second)), Ok(()));
        }
        assert_eq!(
            habits.count_batch(at(30)),
            Err(SignedDuration::from_secs(30))
        );
        assert_eq!(habits.count_batch(at(60)), Ok(()));
    }
}
