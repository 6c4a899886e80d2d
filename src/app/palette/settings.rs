//! Settings that can be changed while the program runs, by `set NAME VALUE`, for the
//! session; and the others, with where they are set.
//!
//! Values are read by the words of the configuration.

use jiff::SignedDuration;

use crate::app::Settings;
use crate::app::State;
use crate::app::lateness::LateAfter;
use crate::app::mouse::Whose;
use crate::app::notices::Kind;
use crate::app::palette::Does;
use crate::app::palette::Entry;
use crate::app::palette::commands::Meaning;
use crate::app::palette::commands::Offer;
use crate::app::reread;
use crate::app::telling::Manner;
use crate::app::telling::Quiet;
use crate::app::telling::Rule;
use crate::domain::alert::Severity;
use crate::domain::duration::show_duration;
use crate::domain::moment::Moment;
use crate::domain::setting;
use crate::domain::setting::QuietHours;
use crate::domain::text::shown;

/// Another value of a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Poll(SignedDuration),
    /// The time an alert of this severity may wait for its first action.
    Wait(Severity, SignedDuration),
    Hold(SignedDuration),
    Notify(Option<Manner>),
    LeastTold(Severity),
    Quiet(Option<Quiet>),
    WindowTitle(bool),
    Mouse(bool),
    Peek(bool),
    Wide(bool),
}

impl Change {
    /// Makes it in settings. What is no setting of the configuration is left alone.
    pub fn apply_to(self, settings: &mut Settings) {
        match self {
            Self::Poll(every) => settings.poll_every = every,
            Self::Wait(severity, wait) => {
                if let Some(field) = wait_of(&mut settings.late_after, severity) {
                    *field = wait;
                }
            }
            Self::Hold(delay) => settings.deciding.hold_for = delay,
            Self::Notify(manner) => settings.telling.manner = manner,
            Self::LeastTold(severity) => settings.telling.rule = Rule::AtLeast(severity),
            Self::Quiet(quiet) => settings.telling.quiet = quiet,
            Self::WindowTitle(shown) => settings.telling.window_title = shown,
            Self::Mouse(ours) => settings.mouse = ours,
            Self::Peek(_) | Self::Wide(_) => {}
        }
    }
}

const fn wait_of(late_after: &mut LateAfter, severity: Severity) -> Option<&mut SignedDuration> {
    match severity {
        Severity::High => Some(&mut late_after.high),
        Severity::Medium => Some(&mut late_after.medium),
        Severity::Low => Some(&mut late_after.low),
        Severity::Informational => Some(&mut late_after.informational),
        Severity::Unspecified | Severity::Other => None,
    }
}

/// One setting.
pub struct Setting {
    /// Its key in the configuration, where it has one.
    pub name: &'static str,
    /// What `VALUE` may be.
    pub takes: &'static str,
    pub says: &'static str,
    /// Values that are words, for completion.
    pub words: &'static [&'static str],
    value: fn(&State) -> String,
    read: fn(&str) -> Result<Change, String>,
}

impl Setting {
    /// Its value, and what it is.
    fn told(&self, state: &State) -> String {
        format!("{}, {}", (self.value)(state), self.says)
    }
}

const SWITCH: &[&str] = &["on", "off"];

/// Ways to be told, as the configuration calls them.
const MANNERS: [(&str, Option<Manner>); 5] = [
    ("bell", Some(Manner::Bell)),
    ("osc9", Some(Manner::Osc9)),
    ("osc99", Some(Manner::Osc99)),
    ("osc777", Some(Manner::Osc777)),
    ("off", None),
];

const SEVERITIES: [(&str, Severity); 4] = [
    ("high", Severity::High),
    ("medium", Severity::Medium),
    ("low", Severity::Low),
    ("informational", Severity::Informational),
];

/// What `set` changes. Adding one is a row here and a [`Change`].
pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "poll",
        takes: "DURATION",
        says: "time between two polls",
        words: &[],
        value: |state| show_duration(state.settings.poll_every),
        read: |text| setting::poll_delay(text).map(Change::Poll),
    },
    Setting {
        name: "late_high",
        takes: "DURATION",
        says: "time a high alert may wait for its first action",
        words: &[],
        value: |state| show_duration(state.settings.late_after.high),
        read: |text| wait(Severity::High, text),
    },
    Setting {
        name: "late_medium",
        takes: "DURATION",
        says: "the same for medium",
        words: &[],
        value: |state| show_duration(state.settings.late_after.medium),
        read: |text| wait(Severity::Medium, text),
    },
    Setting {
        name: "late_low",
        takes: "DURATION",
        says: "the same for low",
        words: &[],
        value: |state| show_duration(state.settings.late_after.low),
        read: |text| wait(Severity::Low, text),
    },
    Setting {
        name: "late_informational",
        takes: "DURATION",
        says: "the same for informational",
        words: &[],
        value: |state| show_duration(state.settings.late_after.informational),
        read: |text| wait(Severity::Informational, text),
    },
    Setting {
        name: "hold",
        takes: "DURATION",
        says: "how long a decision is held before it is sent",
        words: &["0s", "5s", "15s"],
        value: |state| show_duration(state.settings.deciding.hold_for),
        read: |text| setting::hold(text).map(Change::Hold),
    },
    Setting {
        name: "notify",
        takes: "bell, osc9, osc99, osc777 or off",
        says: "how the terminal is told of new alerts",
        words: &["bell", "osc9", "osc99", "osc777", "off"],
        value: |state| name_of(&MANNERS, state.settings.telling.manner),
        read: |text| named(&MANNERS, text).map(Change::Notify),
    },
    Setting {
        name: "notify_severity",
        takes: "high, medium, low or informational",
        says: "the least severity that is told",
        words: &["high", "medium", "low", "informational"],
        value: |state| match &state.settings.telling.rule {
            Rule::AtLeast(severity) => name_of(&SEVERITIES, *severity),
            Rule::Passing(_) => "by notify_filter".to_owned(),
        },
        read: |text| named(&SEVERITIES, text).map(Change::LeastTold),
    },
    Setting {
        name: "quiet",
        takes: "HH:MM-HH:MM or off",
        says: "hours in which nobody is told",
        words: &["off"],
        value: |state| {
            let quiet = state.settings.telling.quiet;
            quiet.map_or_else(|| "off".to_owned(), hours)
        },
        read: quiet,
    },
    Setting {
        name: "window_title",
        takes: "on or off",
        says: "the counts stand in the title of the window",
        words: SWITCH,
        value: |state| on_or_off(state.settings.telling.window_title),
        read: |text| setting::switch(text).map(Change::WindowTitle),
    },
    Setting {
        name: "mouse",
        takes: "on or off",
        says: "wheel and clicks are for vigie",
        words: SWITCH,
        value: |state| on_or_off(state.mouse == Whose::Ours),
        read: |text| setting::switch(text).map(Change::Mouse),
    },
    Setting {
        name: "peek",
        takes: "on or off",
        says: "the alert under the list",
        words: SWITCH,
        value: |state| on_or_off(state.peek),
        read: |text| setting::switch(text).map(Change::Peek),
    },
    Setting {
        name: "wide",
        takes: "on or off",
        says: "the whole width and more columns",
        words: SWITCH,
        value: |state| on_or_off(state.columns.wide),
        read: |text| setting::switch(text).map(Change::Wide),
    },
];

/// What the configuration file changes while the program runs, and `set` does not.
const IN_THE_FILE: [(&str, &str); 5] = [
    ("theme", "how the screen looks"),
    ("box", "what lines are drawn with"),
    ("roles", "looks of single roles"),
    ("keys", "keys of single actions"),
    ("hook_command", "the program that gets each alert told"),
];

fn wait(severity: Severity, text: &str) -> Result<Change, String> {
    setting::wait(text).map(|wait| Change::Wait(severity, wait))
}

fn quiet(text: &str) -> Result<Change, String> {
    if text == "off" {
        return Ok(Change::Quiet(None));
    }
    let QuietHours { from, to } = setting::quiet_hours(text)?;
    Ok(Change::Quiet(Some(Quiet { from, to })))
}

fn hours(quiet: Quiet) -> String {
    setting::show_hours(&QuietHours {
        from: quiet.from,
        to: quiet.to,
    })
}

fn on_or_off(on: bool) -> String {
    if on { "on" } else { "off" }.to_owned()
}

fn name_of<T: Copy + PartialEq>(names: &[(&str, T)], value: T) -> String {
    let mut names = names.iter();
    let found = names.find(|(_, known)| *known == value);
    found.map_or_else(String::new, |(name, _)| (*name).to_owned())
}

fn named<T: Copy>(names: &[(&str, T)], text: &str) -> Result<T, String> {
    let found = names.iter().find(|(name, _)| *name == text);
    found.map(|(_, value)| *value).ok_or_else(|| {
        let names: Vec<&str> = names.iter().map(|(name, _)| *name).collect();
        format!("`{}` is not one of `{}`", shown(text), names.join("`, `"))
    })
}

/// The settings with their values, then those that are set elsewhere.
pub(super) fn entries(state: &State) -> Vec<Entry> {
    let mut entries: Vec<Entry> = SETTINGS
        .iter()
        .map(|setting| Entry {
            name: format!("set {}", setting.name),
            text: format!("set {} ", setting.name),
            says: setting.told(state),
            keys: String::new(),
            refusal: None,
            does: Does::Type,
        })
        .collect();
    let in_the_file = IN_THE_FILE.iter().map(|(name, says)| {
        (
            *name,
            (*says).to_owned(),
            "set it in the configuration file",
        )
    });
    let fixed = state.settings.fixed.iter().map(|(name, _)| {
        let why = "set it in the configuration file and restart";
        (*name, String::new(), why)
    });
    entries.extend(in_the_file.chain(fixed).map(|(name, says, why)| Entry {
        name: format!("set {name}"),
        text: format!("set {name}"),
        says,
        keys: String::new(),
        refusal: Some(why.to_owned()),
        does: Does::Type,
    }));
    entries
}

/// What `set` does with these words, or why nothing.
pub(super) fn read(state: &State, words: &str) -> Meaning {
    let (name, value) = words.split_once(' ').unwrap_or((words, ""));
    let value = value.trim();
    let Some(setting) = SETTINGS.iter().find(|setting| setting.name == name) else {
        let mut elsewhere = entries(state).into_iter().skip(SETTINGS.len());
        let known = elsewhere.find(|entry| entry.text.strip_prefix("set ") == Some(name));
        return Err(match known.and_then(|entry| entry.refusal) {
            Some(why) => why,
            None if name.is_empty() => "say which setting, and its value".to_owned(),
            None => format!("there is no setting `{}`", shown(name)),
        });
    };
    if value.is_empty() {
        return Err(format!(
            "{} now, {}; say another: {}",
            (setting.value)(state),
            setting.says,
            setting.takes
        ));
    }
    let change = (setting.read)(value)?;
    let says = format!("{}; for this session", setting.says);
    Ok((Does::Set(setting.name, change), says))
}

/// Ways to go on with `set`.
pub(super) fn offers(state: &State, words: &str) -> Vec<Offer> {
    match words.split_once(' ') {
        None => SETTINGS
            .iter()
            .filter(|setting| setting.name.starts_with(words))
            .map(|setting| Offer {
                text: format!("{} ", setting.name),
                says: setting.told(state),
            })
            .collect(),
        Some((name, value)) => SETTINGS
            .iter()
            .filter(|setting| setting.name == name)
            .flat_map(|setting| setting.words)
            .filter(|word| word.starts_with(value.trim_start()))
            .map(|word| Offer {
                text: format!("{name} {word}"),
                says: String::new(),
            })
            .collect(),
    }
}

/// Changes a setting until the program ends.
pub(super) fn set(state: &mut State, name: &'static str, change: Change, now: Moment) {
    match change {
        Change::Peek(shown) => {
            state.peek = shown;
            state.keep_cursor_in_sight();
        }
        Change::Wide(wide) => {
            state.columns.wide = wide;
            state.keep_cursor_in_sight();
        }
        Change::Poll(_)
        | Change::Wait(..)
        | Change::Hold(_)
        | Change::Notify(_)
        | Change::LeastTold(_)
        | Change::Quiet(_)
        | Change::WindowTitle(_)
        | Change::Mouse(_) => {
            let old = state.settings.clone();
            change.apply_to(&mut state.settings);
            reread::follow(state, &old, now);
            // A key may have changed it since.
            if let Change::Mouse(ours) = change {
                state.mouse = Whose::of(ours);
            }
            state.changes.retain(|(earlier, _)| *earlier != name);
            state.changes.push((name, change));
        }
    }
    let mut settings = SETTINGS.iter();
    let setting = settings.find(|setting| setting.name == name);
    let value = setting.map_or_else(String::new, |setting| (setting.value)(state));
    let said = format!("`{name}` is {value} for this session");
    state.notices.say(Kind::Good, said, now);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_that_is_offered_is_read() {
        for setting in SETTINGS {
            for word in setting.words {
                assert!((setting.read)(word).is_ok(), "{} {word}", setting.name);
            }
            assert!((setting.read)("\u{1b}nonsense").is_err());
        }
    }
}
