//! What is said of orders above the footer and to whoever hears the screen.

use unicode_width::UnicodeWidthStr;

use crate::app::State;
use crate::app::count;
use crate::app::notices::Kind;
use crate::app::responding::acting::lacks;
use crate::app::responding::dialog::Card;
use crate::app::responding::dialog::Dialog;
use crate::app::responding::dialog::Field;
use crate::app::responding::meant::Meant;
use crate::app::responding::naming;
use crate::domain::device::ActionState;

/// Cells of a name or of several that stand before the field they are typed into.
const LONGEST_WANTED: usize = 30;

/// The devices in few words: a name, or how many.
pub fn devices(meant: &Meant) -> String {
    match meant.devices.as_slice() {
        [one] => one.says(),
        several => count(several.len(), "device"),
    }
}

/// What runs, where nothing else is said: the latest by name, of more the number.
pub fn strip(state: &State) -> Option<(Kind, String)> {
    let following = &state.responding.following;
    let running = following.running().count();
    let latest = following.running().next_back()?;
    let waits = latest
        .action
        .as_ref()
        .is_some_and(|action| action.state == ActionState::Pending);
    let kind = if waits { Kind::Note } else { Kind::Warning };
    let text = format!("{}: {}", latest.says(), latest.state_says());
    Some((
        kind,
        match running {
            1 => text,
            more => format!("{text}; and {} more", more - 1),
        },
    ))
}

/// Why keys of the menu are grey, where some are.
pub fn why_grey(state: &State) -> Option<String> {
    if state.settings.deciding.read_only {
        return Some("this profile is read-only".to_owned());
    }
    let lacking = lacking(state);
    (!lacking.is_empty()).then(|| format!("the token lacks {}", lacking.join(", ")))
}

/// Permissions the token lacks for what the menu offers.
fn lacking(state: &State) -> Vec<&'static str> {
    [
        "Machine.Isolate",
        "Machine.Scan",
        "Machine.RestrictExecution",
        "Machine.CollectForensics",
        "Machine.StopAndQuarantine",
    ]
    .into_iter()
    .filter(|permission| lacks(state, permission))
    .collect()
}

/// What the field of a card is for.
pub fn field(state: &State, card: &Card) -> String {
    match card.field {
        Field::Comment => "comment: ".to_owned(),
        Field::Name => {
            let wanted = naming::wanted(state, card);
            if wanted.width() > LONGEST_WANTED {
                // The page says all of it; what is typed needs the line.
                "type what stands below: ".to_owned()
            } else {
                format!("type {wanted}: ")
            }
        }
    }
}

/// The dialog in one line, for whoever has no page.
pub fn words(state: &State, dialog: &Dialog) -> String {
    match dialog {
        Dialog::Menu(meant) => match why_grey(state) {
            Some(why) => format!("{}; {why}", devices(meant)),
            None => devices(meant),
        },
        Dialog::Files(files) => {
            let chosen = files.files.get(files.chosen);
            chosen.map_or_else(String::new, |file| format!("{} {}", file.path, file.sha1))
        }
        Dialog::Card(card) => {
            let typed = match card.field {
                Field::Comment => card.comment.value(),
                Field::Name => card.typed.value(),
            };
            format!(
                "{} {}, {}{typed}",
                card.order.says(),
                devices(&card.meant),
                field(state, card)
            )
        }
        Dialog::Orders { chosen } => {
            let number = chosen.and_then(|number| state.responding.following.get(number));
            number.map_or_else(
                || "nothing was asked of a device in this session".to_owned(),
                |one| format!("{}: {}", one.says(), one.state_says()),
            )
        }
        Dialog::Device(shown) => devices(&shown.meant),
    }
}
