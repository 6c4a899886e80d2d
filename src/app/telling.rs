//! Tells a person who looks elsewhere that something came: when, of what, in which words.
//!
//! How the terminal is told is the runtime's business. Silence drops what it silences: at
//! its end nobody is told of what the list shows anyway.

use jiff::SignedDuration;
use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;

use crate::app::Effect;
use crate::app::State;
use crate::app::alert_book::AlertBook;
use crate::app::alert_book::AlertKey;
use crate::app::count;
use crate::app::filter::Filter;
use crate::app::notices::Kind;
use crate::app::thousands;
use crate::domain::alert::Severity;
use crate::domain::filter::Around;
use crate::domain::filter::Query;
use crate::domain::moment::Moment;
use crate::domain::moment::Steady;
use crate::domain::text::shown;

/// What a terminal understands beside the bell, which each of these rings too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    Bell,
    /// The text alone.
    Osc9,
    /// Title and body, encoded.
    Osc99,
    /// Title and body, between semicolons.
    Osc777,
}

/// Which new alerts are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// Open, and of this severity or worse.
    AtLeast(Severity),
    /// Those of which this holds, open or not.
    Passing(Query),
}

impl Rule {
    /// Those of `new` that are told, in the same order.
    ///
    /// All at once: a filter is made ready once for many.
    fn matching(&self, book: &AlertBook, new: &[AlertKey], around: Around) -> Vec<AlertKey> {
        match self {
            Self::AtLeast(least) => {
                let matches = |key: &AlertKey| {
                    book.row(*key)
                        .is_some_and(|row| row.severity >= *least && row.status.is_open())
                };
                new.iter().copied().filter(matches).collect()
            }
            Self::Passing(query) => book.passing(&Filter::new(query.clone(), around), new),
        }
    }
}

/// Hours in which nobody is rung, as a clock on the wall tells them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quiet {
    pub from: Time,
    /// May be earlier than `from`: then midnight lies between them.
    pub to: Time,
}

impl Quiet {
    fn covers(self, at: Timestamp, zone: &TimeZone) -> bool {
        let time = at.to_zoned(zone.clone()).time();
        if self.from <= self.to {
            self.from <= time && time < self.to
        } else {
            self.from <= time || time < self.to
        }
    }
}

/// What was configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// None where nobody wants to be told.
    pub manner: Option<Manner>,
    pub rule: Rule,
    pub quiet: Option<Quiet>,
    /// The counts stand in the title of the window.
    pub window_title: bool,
    /// Program and arguments that get each alert told; empty for none.
    pub hook: Vec<String>,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            manner: None,
            rule: Rule::AtLeast(Severity::High),
            quiet: None,
            window_title: false,
            hook: Vec::new(),
        }
    }
}

/// One notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub manner: Manner,
    /// Both harmless and short.
    pub title: String,
    pub body: String,
}

/// Somebody is told no more often than this; what comes meanwhile is told together.
const AT_MOST_EVERY: SignedDuration = SignedDuration::from_secs(30);
/// Characters of a title or a body.
const LONGEST: usize = 160;

/// What was told, and what still has to be.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Telling {
    /// By the key.
    silenced: bool,
    waiting: usize,
    /// The worst of those waiting.
    worst: Option<AlertKey>,
    told_at: Option<Steady>,
}

impl Telling {
    /// When the waiting ones may be told.
    pub fn next_deadline(&self) -> Option<Steady> {
        let told = self.told_at.filter(|_| self.waiting > 0)?;
        Some(told.plus(AT_MOST_EVERY))
    }

    fn forget(&mut self) {
        self.waiting = 0;
        self.worst = None;
    }
}

/// Why nobody is rung now, though somebody wanted to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Silence {
    Off,
    QuietHours,
}

/// The silence in force, for the head.
pub fn silence(state: &State) -> Option<Silence> {
    let rules = &state.settings.telling;
    rules.manner?;
    if state.telling.silenced {
        return Some(Silence::Off);
    }
    let quiet = rules.quiet?;
    let now = state.now.wall;
    quiet
        .covers(now, &state.settings.zone)
        .then_some(Silence::QuietHours)
}

/// Those of the new alerts that the rule is for.
pub fn matching(state: &State, new: &[AlertKey]) -> Vec<AlertKey> {
    let rule = &state.settings.telling.rule;
    rule.matching(&state.book, new, state.around())
}

/// Alerts came that the rule is for.
pub fn on_new(state: &mut State, matching: &[AlertKey], now: Moment) -> Vec<Effect> {
    if state.settings.telling.manner.is_none() || silence(state).is_some() {
        return Vec::new();
    }
    let severity = |key: AlertKey| state.book.row(key).map(|row| row.severity);
    let candidates = state.telling.worst.into_iter();
    // Of equals the latest, which `max_by_key` prefers.
    let worst = candidates
        .chain(matching.iter().copied())
        .max_by_key(|key| severity(*key));
    state.telling.worst = worst;
    state.telling.waiting += matching.len();
    tell(state, now)
}

/// Time passed: what waited may be told now.
pub fn on_woke(state: &mut State, now: Moment) -> Vec<Effect> {
    // What waits for a manner nobody has any more would wake us for ever.
    if state.settings.telling.manner.is_none() || silence(state).is_some() {
        state.telling.forget();
    }
    tell(state, now)
}

fn tell(state: &mut State, now: Moment) -> Vec<Effect> {
    let told = state.telling.told_at;
    let too_soon = told.is_some_and(|told| told.plus(AT_MOST_EVERY) > now.steady);
    let (Some(manner), Some(worst)) = (state.settings.telling.manner, state.telling.worst) else {
        return Vec::new();
    };
    if too_soon {
        return Vec::new();
    }
    let (title, body) = words(state, worst, state.telling.waiting);
    state.telling.forget();
    state.telling.told_at = Some(now.steady);
    vec![Effect::Notify(Message {
        manner,
        title,
        body,
    })]
}

fn words(state: &State, worst: AlertKey, number: usize) -> (String, String) {
    let Some(row) = state.book.row(worst) else {
        return (String::new(), String::new());
    };
    let severity = row.severity.word();
    let what = if number == 1 {
        format!("{severity} alert")
    } else {
        format!("{}, worst {severity}", count(number, "new alert"))
    };
    let title = format!("vigie {}: {what}", whose(state));
    let mut body = state.book.text(row.title).shown_briefly().into_owned();
    let device = state.book.text(row.device).shown_briefly();
    if !device.is_empty() {
        body = format!("{} on {device}", cut(&body));
    }
    (plain(&title), plain(&body))
}

/// A desktop may read markup, and two of the sequences end at a semicolon.
fn plain(text: &str) -> String {
    let replaced = shown(text).replace([';', '|'], ",");
    let replaced = replaced
        .replace('<', "(")
        .replace('>', ")")
        .replace('&', "+");
    cut(&replaced)
}

fn cut(text: &str) -> String {
    let mut letters = text.chars();
    let mut kept: String = letters.by_ref().take(LONGEST).collect();
    if letters.next().is_some() {
        kept.push_str("..");
    }
    kept
}

/// Among several profiles the name tells more than the tenant.
pub fn whose(state: &State) -> String {
    if state.settings.profiles.len() > 1 {
        shown(&state.settings.profile).into_owned()
    } else {
        short_tenant(&state.settings.tenant)
    }
}

/// A GUID by its ends: it is compared, not read.
fn short_tenant(tenant: &str) -> String {
    let is_guid = tenant.len() == 36 && tenant.split('-').count() == 5;
    match (is_guid, tenant.get(..4), tenant.get(32..)) {
        (true, Some(start), Some(end)) => format!("{start}..{end}"),
        _ => shown(tenant).into_owned(),
    }
}

/// Silences the bell and the notifications, or ends that.
pub fn toggle(state: &mut State, now: Moment) {
    state.telling.silenced = !state.telling.silenced;
    let words = if state.telling.silenced {
        state.telling.forget();
        "bell and notifications are off until the key is pressed again"
    } else {
        "bell and notifications are on"
    };
    state.notices.say(Kind::Note, words, now);
}

/// Why there is nothing to silence.
pub fn refusal(state: &State) -> Option<&'static str> {
    let told = state.settings.telling.manner.is_some();
    (!told).then_some("`notify` is off in the configuration")
}

/// What the window is called: what is open, worst first, as a narrow tab shows its start.
pub fn window_title(state: &State) -> Option<String> {
    if !state.settings.telling.window_title {
        return None;
    }
    let counts = state.book.counts();
    let mut words = Vec::new();
    if state.poller.last_answer().is_some() {
        for (number, letter) in [(counts.high, 'H'), (counts.medium, 'M')] {
            if number > 0 {
                words.push(format!("{}{letter}", thousands(number)));
            }
        }
        words.push(format!("{} open", thousands(counts.open)));
    }
    words.push("vigie".to_owned());
    words.push(whose(state));
    Some(cut(&words.join(" ")))
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that cannot read its input has failed"
    )]

    use super::*;

    fn quiet(from: &str, to: &str) -> Quiet {
        Quiet {
            from: from.parse().unwrap(),
            to: to.parse().unwrap(),
        }
    }

    #[test]
    fn quiet_hours_are_local_and_may_go_over_midnight() {
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        for (from, to, at, covered) in [
            ("22:00", "07:00", "2026-11-22T20:00:00Z", true),
            ("22:00", "07:00", "2026-11-22T19:59:59Z", false),
            ("22:00", "07:00", "2026-11-23T04:59:59Z", true),
            ("22:00", "07:00", "2026-11-23T05:00:00Z", false),
            ("12:00", "13:30", "2026-11-22T10:00:00Z", true),
            ("12:00", "13:30", "2026-11-22T11:30:00Z", false),
            ("12:00", "13:30", "2026-11-22T22:30:00Z", false),
        ] {
            let at = at.parse().unwrap();
            assert_eq!(quiet(from, to).covers(at, &zone), covered, "{at}");
        }
    }

    #[test]
    fn what_is_told_is_short_and_nothing_a_desktop_or_a_terminal_obeys() {
        let hostile = "<img src=x>\u{1b}]9;4;3\u{7}a;b|c&d\u{202e}\n";
        let told = plain(hostile);
        assert_eq!(told, "(img src=x)\\x1b]9,4,3\\x07a,b,c+d\\u{202e}\\n");
        assert_eq!(plain(&"é".repeat(5_000)).chars().count(), LONGEST + 2);
    }
}
