//! A device in words: how it is, what was done to it, who was there, what else is on it.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::app::lines::Line;
use crate::app::lines::Page;
use crate::app::lines::Tone;
use crate::app::times;
use crate::domain::alert::Severity;
use crate::domain::device::ActionState;
use crate::domain::device::Device;
use crate::domain::device::DeviceAction;
use crate::domain::device::Logon;
use crate::domain::device::Reading;
use crate::domain::device::Standing;
use crate::domain::failure::Failure;
use crate::domain::text::Text;

/// What is needed to put a device in words.
pub struct Context<'a> {
    pub now: Timestamp,
    pub zone: &'a TimeZone,
    /// When the reading came.
    pub read: Timestamp,
    /// Alerts on the device beside the one that is looked at.
    pub others: &'a [Other],
    /// How many of them there are.
    pub others_in_all: usize,
}

/// One other alert on the device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Other {
    pub severity: Severity,
    /// Harmless to draw.
    pub title: String,
    pub status: String,
    pub created: Option<Timestamp>,
}

/// Actions and people that are named.
const NAMED: usize = 50;

/// The device, wrapped to `width` cells.
pub fn page(reading: &Reading, context: &Context<'_>, width: usize) -> Page {
    let mut page = Page::new(width);
    match &reading.device {
        Ok(device) => {
            of_the_device(&mut page, device, context);
            standing(&mut page, reading);
        }
        Err(failure) => trouble(&mut page, "the device could not be read", failure),
    }
    page.add(
        Line::of(Tone::Label, "READ   ").and(
            Tone::Muted,
            format!(
                "{}, {}",
                times::clock_with_seconds(context.read, context.now, context.zone),
                times::ago(context.read, context.now)
            ),
        ),
        7,
    );
    actions(&mut page, &reading.actions, context);
    logons(&mut page, &reading.logons, context);
    others(&mut page, context);
    if let Ok(device) = &reading.device {
        reference(&mut page, device, context);
    }
    page
}

fn of_the_device(page: &mut Page, device: &Device, context: &Context<'_>) {
    let name = shown(&device.name);
    let name = if name.is_empty() {
        "(no name)".to_owned()
    } else {
        name
    };
    page.add(Line::of(Tone::Strong, name), 2);
    let mut line = Line::of(Tone::Label, "RISK   ").and(
        match device.risk.original() {
            "High" => Tone::Bad,
            "Medium" => Tone::Warning,
            _ => Tone::Text,
        },
        or_unknown(&device.risk),
    );
    for (label, text) in [
        ("exposure", &device.exposure),
        ("value", &device.worth),
        ("health", &device.health),
    ] {
        line = line
            .and(Tone::Label, format!("  {label}\u{a0}"))
            .and(Tone::Text, or_unknown(text));
    }
    page.add(line, 7);
    let system = [&device.platform, &device.version].map(shown).join(" ");
    let mut line = Line::of(Tone::Label, "SYSTEM ").and(Tone::Text, system.trim());
    if !device
        .onboarding
        .original()
        .eq_ignore_ascii_case("onboarded")
    {
        let word = or_unknown(&device.onboarding);
        line = line.and(Tone::Warning, format!("  onboarding\u{a0}{word}"));
    }
    page.add(line, 7);
    if let Some(seen) = device.last_seen {
        let at = times::clock(seen, context.now, context.zone);
        let line = Line::of(Tone::Label, "SEEN   ")
            .and(Tone::Text, times::ago(seen, context.now))
            .and(Tone::Muted, format!("  {at}, its last full report"));
        page.add(line, 7);
    }
    if !device.group.is_empty() {
        let line = Line::of(Tone::Label, "GROUP  ").and(Tone::Text, shown(&device.group));
        page.add(line, 7);
    }
    if !device.tags.is_empty() {
        let tags: Vec<String> = device.tags.iter().map(shown).collect();
        page.add(
            Line::of(Tone::Label, "TAGS   ").and(Tone::Text, tags.join(", ")),
            7,
        );
    }
    let addresses: Vec<String> = device.addresses.iter().map(shown).collect();
    if !addresses.is_empty() || !device.external_address.is_empty() {
        let mut line = Line::of(Tone::Label, "NET    ").and(Tone::Text, addresses.join("  "));
        if !device.external_address.is_empty() {
            line = line.and(
                Tone::Muted,
                format!("  external\u{a0}{}", shown(&device.external_address)),
            );
        }
        page.add(line, 7);
    }
}

/// What its actions leave in force. The service tells it nowhere else.
fn standing(page: &mut Page, reading: &Reading) {
    let Ok(actions) = &reading.actions else {
        return;
    };
    let standing = Standing::of(actions);
    let words = [
        (standing.is_isolated, "isolated"),
        (standing.is_restricted, "code execution restricted"),
    ];
    let words: Vec<&str> = words
        .iter()
        .filter(|(is, _)| *is)
        .map(|(_, word)| *word)
        .collect();
    let line = Line::of(Tone::Label, "STATE  ");
    let line = if words.is_empty() {
        line.and(Tone::Text, "neither isolated nor restricted")
    } else {
        line.and(Tone::Warning, words.join(", "))
    };
    page.add(line.and(Tone::Muted, ", by its actions"), 7);
}

fn actions(page: &mut Page, actions: &Result<Vec<DeviceAction>, Failure>, context: &Context<'_>) {
    let actions = match actions {
        Ok(actions) => actions,
        Err(failure) => {
            page.heading("ACTIONS");
            trouble(page, "could not be read", failure);
            return;
        }
    };
    page.heading(format!("ACTIONS {}", actions.len()));
    for action in actions.iter().take(NAMED) {
        page.add(action_line(action, context.now, context.zone), 4);
    }
    if actions.len() > NAMED {
        more(page, actions.len() - NAMED);
    }
}

/// When, what, how far, by whom, and why.
pub fn action_line(action: &DeviceAction, now: Timestamp, zone: &TimeZone) -> Line {
    let at = action.created.map_or_else(String::new, |at| {
        format!("{} ", times::clock(at, now, zone))
    });
    let mut line = Line::of(Tone::Muted, format!("  {at}"))
        .and(Tone::Text, format!("{}  ", action.says()))
        .and(tone_of(action.state), action.state_says());
    if !action.requestor.is_empty() {
        line = line.and(
            Tone::Muted,
            format!("  by\u{a0}{}", shown(&action.requestor)),
        );
    }
    if !action.comment.is_empty() {
        line = line.and(Tone::Muted, format!("  {}", action.comment.shown_briefly()));
    }
    line
}

/// How an action that is so far looks.
pub const fn tone_of(state: ActionState) -> Tone {
    match state {
        ActionState::Pending | ActionState::InProgress | ActionState::Other => Tone::Warning,
        ActionState::Succeeded => Tone::Good,
        ActionState::Failed | ActionState::TimedOut => Tone::Bad,
        ActionState::Cancelled => Tone::Muted,
    }
}

fn logons(page: &mut Page, logons: &Result<Vec<Logon>, Failure>, context: &Context<'_>) {
    let logons = match logons {
        Ok(logons) => logons,
        Err(failure) => {
            page.heading("LOGGED ON");
            trouble(page, "could not be read", failure);
            return;
        }
    };
    page.heading(format!("LOGGED ON {}", logons.len()));
    for logon in logons.iter().take(NAMED) {
        let mut line = Line::of(Tone::Text, format!("  {}", shown(&logon.account)));
        if logon.is_domain_admin {
            line = line.and(Tone::Warning, "  domain\u{a0}admin");
        }
        if !logon.kinds.is_empty() {
            line = line.and(Tone::Muted, format!("  {}", shown(&logon.kinds)));
        }
        if let Some(seen) = logon.last_seen {
            line = line.and(Tone::Muted, format!("  {}", times::ago(seen, context.now)));
        }
        page.add(line, 4);
    }
    if logons.len() > NAMED {
        more(page, logons.len() - NAMED);
    }
}

fn others(page: &mut Page, context: &Context<'_>) {
    if context.others_in_all == 0 {
        return;
    }
    page.heading(format!("OTHER ALERTS {}", context.others_in_all));
    for other in context.others {
        let age = other
            .created
            .map_or_else(String::new, |at| times::age(at, context.now));
        let mark = crate::app::detail_text::severity_mark(other.severity);
        let line = Line::of(Tone::Text, "  ")
            .and(Tone::Severity(other.severity), mark)
            .and(Tone::Muted, format!(" {age:>4} "))
            .and(Tone::Text, format!("{}  ", other.title))
            .and(Tone::Muted, other.status.clone());
        page.add(line, 4);
    }
    let more_of_them = context.others_in_all.saturating_sub(context.others.len());
    if more_of_them > 0 {
        more(page, more_of_them);
    }
}

fn reference(page: &mut Page, device: &Device, context: &Context<'_>) {
    page.heading("REFERENCE");
    let first = device
        .first_seen
        .map(|at| times::clock(at, context.now, context.zone));
    let rows = [
        (
            "device",
            crate::domain::text::shown(device.id.as_str()).into_owned(),
        ),
        ("group id", shown(&device.group_id)),
        ("agent", shown(&device.agent)),
        ("first seen", first.unwrap_or_default()),
    ];
    for (name, text) in rows.into_iter().filter(|(_, text)| !text.is_empty()) {
        page.add(
            Line::of(Tone::Label, format!("  {name:<10} ")).and(Tone::Text, text),
            13,
        );
    }
}

fn trouble(page: &mut Page, what: &str, failure: &Failure) {
    page.add(
        Line::of(Tone::Bad, format!("{what}: {}", failure.sentence)),
        2,
    );
    if let Some(remedy) = &failure.remedy {
        page.add(Line::of(Tone::Text, remedy.clone()), 2);
    }
}

fn more(page: &mut Page, number: usize) {
    page.add(Line::of(Tone::Muted, format!("  and {number} more")), 2);
}

fn shown(text: &Text) -> String {
    text.shown_briefly().into_owned()
}

fn or_unknown(text: &Text) -> String {
    match shown(text) {
        text if text.is_empty() => "unknown".to_owned(),
        text => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::device::ActionKind;
    use crate::domain::device::action::tests::action;
    use crate::domain::device::warning::tests::device;
    use crate::domain::failure::FailureKind;

    fn written(reading: &Reading) -> String {
        let now = Timestamp::from_second(90 * 86_400).unwrap_or_default();
        let context = Context {
            now,
            zone: &TimeZone::UTC,
            read: now,
            others: &[],
            others_in_all: 0,
        };
        let page = page(reading, &context, 80);
        let lines: Vec<String> = page.lines.iter().map(Line::plain).collect();
        lines.join("\n")
    }

    #[test]
    fn each_part_stands_or_falls_alone() {
        let lost = || Err(Failure::new(FailureKind::Forbidden, "refused (403)"));
        let Some(found) = device("fin-ws-001\u{1b}[2J") else {
            return;
        };
        let isolated = action(ActionKind::Isolate, ActionState::Succeeded, 1);
        let whole = written(&Reading {
            device: Ok(found),
            logons: Err(Failure::new(FailureKind::Forbidden, "refused (403)")),
            actions: Ok(vec![isolated]),
        });
        assert!(whole.contains("fin-ws-001\\x1b[2J"), "{whole}");
        assert!(whole.contains("STATE  isolated, by its actions"), "{whole}");
        assert!(
            whole.contains("LOGGED ON\ncould not be read: refused"),
            "{whole}"
        );
        let nothing = written(&Reading {
            device: Err(Failure::new(FailureKind::NotFound, "not found (404)")),
            logons: lost().map(|()| Vec::new()),
            actions: lost().map(|()| Vec::new()),
        });
        assert!(
            nothing.starts_with("the device could not be read: not found"),
            "{nothing}"
        );
        assert!(!nothing.contains("STATE"), "{nothing}");
    }
}
