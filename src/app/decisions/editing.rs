//! A note written in an editor: for which alerts, and what comes of its text.

use crate::app::Effect;
use crate::app::State;
use crate::app::decisions::deciding;
use crate::app::decisions::targets;
use crate::app::notices::Kind;
use crate::domain::decision::Change;
use crate::domain::moment::Moment;
use crate::domain::text::shown;

/// Why no note came of an editor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unedited {
    /// Lowercase phrase.
    pub why: String,
    /// What was written before it failed.
    pub text: Option<String>,
}

/// Asks for an editor with the note that was begun, if one was.
pub(super) fn open(state: &mut State) -> Vec<Effect> {
    let keys = targets::meant(state);
    let alerts = deciding::draft_ids(state, &keys);
    let text = state.decisions.draft_for(&alerts).to_owned();
    state.decisions.editing = Some(keys);
    vec![Effect::EditNote { text }]
}

/// The editor ended. What it wrote is decided about the alerts that were meant then.
pub fn on_edited(
    state: &mut State,
    result: Result<Option<String>, Unedited>,
    now: Moment,
) -> Vec<Effect> {
    let Some(keys) = state.decisions.editing.take() else {
        return Vec::new();
    };
    let (text, trouble) = match result {
        Ok(None) => {
            let text = "the note was left as it was: nothing is decided";
            state.notices.say(Kind::Note, text, now);
            return Vec::new();
        }
        Ok(Some(text)) => (readable(&text), None),
        Err(Unedited { why, text }) => {
            (text.as_deref().map(readable).unwrap_or_default(), Some(why))
        }
    };
    if !text.is_empty() {
        let alerts = deciding::draft_ids(state, &keys);
        state.decisions.write_draft(&alerts, &text);
    }
    if let Some(why) = trouble {
        let kept = if text.is_empty() {
            ""
        } else {
            "; the text is kept for the next note"
        };
        let text = format!("no note: {}{kept}", shown(&why));
        state.notices.say(Kind::Warning, text, now);
        return Vec::new();
    }
    if text.is_empty() {
        state
            .notices
            .say(Kind::Note, "the note is empty: nothing is decided", now);
        return Vec::new();
    }
    match Change::default().and_note(&text) {
        Ok(change) => deciding::decide_about(state, &keys, change, now),
        Err(illegal) => {
            let text = format!(
                "{}: {}; the text is kept for the next note",
                illegal.what, illegal.remedy
            );
            state.notices.say(Kind::Warning, text, now);
            Vec::new()
        }
    }
}

/// Lines of text without what an editor or a terminal left between them.
fn readable(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let letters = text
        .chars()
        .filter(|letter| !letter.is_control() || matches!(letter, '\n' | '\t'));
    letters.collect::<String>().trim().to_owned()
}
