//! The report of a shift on the screen: asked for by name, read, copied.
//!
//! What it says is in [`handover`](crate::app::handover); the audit log is read by others.

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::app::Effect;
use crate::app::State;
use crate::app::hand_out::LONGEST_COPY;
use crate::app::handover::Handover;
use crate::app::handover::Material;
use crate::app::handover::Mine;
use crate::app::handover::Own;
use crate::app::handover_text;
use crate::app::lines::Page;
use crate::app::lines::Tone;
use crate::app::notices::Kind;
use crate::app::overlay::Overlay;
use crate::domain::decision::kept::Outbox;
use crate::domain::moment::Moment;
use crate::domain::text::shown;

/// The shift that is meant where no other is said.
pub const SHIFT: SignedDuration = SignedDuration::from_hours(8);

/// Asks for what was written down in the period.
pub(super) fn ask(state: &State, back: SignedDuration) -> Vec<Effect> {
    let since = state.now.wall.checked_sub(back);
    let since = since.unwrap_or(Timestamp::UNIX_EPOCH);
    vec![Effect::ReadAudit { since }]
}

/// What was written down came: the report is made of it and of the alerts at hand.
pub(super) fn on_read(
    state: &mut State,
    since: Timestamp,
    result: Result<Own, String>,
    now: Moment,
) {
    let own = match result {
        Ok(own) => own,
        Err(why) => {
            let text = format!("the audit log cannot be read: {}", shown(&why));
            state.notices.say(Kind::Bad, text, now);
            return;
        }
    };
    // Whoever began something else meanwhile is not torn out of it.
    if state.overlay.is_some() {
        return;
    }
    let held = Outbox {
        entries: state.decisions.queue.to_keep(),
        ..Outbox::default()
    };
    let report = Handover::of(&Material {
        profile: &state.settings.profile,
        since,
        until: now.wall,
        me: &state.user(),
        changed: &state.book,
        open: &state.book,
        own: &own,
        held: &[held],
        mine: Mine::Untold,
    });
    let text = handover_text::markdown(&report, &state.settings.zone);
    state.overlay = Some(Overlay::Handover { text, top: 0 });
}

/// The report as lines.
pub(super) fn page(text: &str, width: usize) -> Page {
    let mut page = Page::new(width);
    for line in text.lines() {
        let line = shown(line);
        if let Some(heading) = line.strip_prefix("## ") {
            page.heading(heading.to_uppercase());
        } else if line.is_empty() {
            page.gap();
        } else {
            page.add_text(Tone::Text, &line, 2);
        }
    }
    page
}

/// Hands the report to the terminal's clipboard.
pub(super) fn copy(state: &mut State, now: Moment) -> Vec<Effect> {
    let Some(Overlay::Handover { text, .. }) = &state.overlay else {
        return Vec::new();
    };
    if text.len() > LONGEST_COPY {
        let said = "the report is too long for the clipboard: `vigie handover` prints it";
        state.notices.say(Kind::Warning, said, now);
        return Vec::new();
    }
    let effect = Effect::CopyText(text.clone());
    let said = "report sent to the terminal's clipboard (OSC 52)";
    state.notices.say(Kind::Note, said, now);
    vec![effect]
}
