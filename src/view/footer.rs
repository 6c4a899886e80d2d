//! The last lines: what just happened, and the keys that work here and now.

use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use crate::app::State;
use crate::app::actions;
use crate::app::count;
use crate::app::decisions::composing::Composing;
use crate::app::decisions::words::standing_words;
use crate::app::filtering::Typing;
use crate::app::hand_out::Dialog;
use crate::app::hand_out::Extent;
use crate::app::help_text;
use crate::app::hunting;
use crate::app::lines::Line;
use crate::app::lines::Tone;
use crate::app::overlay::Overlay;
use crate::app::responding::dialog::Dialog as Responding;
use crate::app::times;
use crate::domain::text::shown;
use crate::keymap::Action;
use crate::keymap::HandOut;
use crate::keymap::Scope;
use crate::theme::Role;
use crate::view::deciding;
use crate::view::hunting::draw_own;
use crate::view::ink::Ink;
use crate::view::ink::after;
use crate::view::ink::role_of;
use crate::view::responding;

/// The sort menu while it is open, completions of the filter, the latest notice, or what is left of a scarce budget.
pub fn draw_notice(state: &State, ink: &mut Ink<'_>, area: Rect) {
    if let Some(Overlay::SortMenu) = state.overlay {
        let used = ink.write(area, Role::Title, "sort by ");
        let areas = [Some(after(area, used)), state.panes().footer];
        draw_bindings_over(
            state,
            ink,
            &mut areas.into_iter().flatten(),
            &[Scope::SortMenu],
        );
        return;
    }
    if let Some(Overlay::Deciding(composing)) = &state.overlay
        && deciding::draw_dialog(state, ink, area, composing)
    {
        return;
    }
    if let Some(Overlay::Responding(Responding::Menu(_))) = &state.overlay {
        responding::draw_menu(state, ink, area);
        return;
    }
    if let Some(Overlay::Hunting(hunting::Dialog::Menu(subject))) = &state.overlay {
        let mut areas = [Some(area), state.panes().footer].into_iter().flatten();
        let rest = draw_bindings_over(state, ink, &mut areas, &[Scope::HuntMenu]);
        draw_own(state, ink, std::iter::once(rest).chain(areas), subject);
        return;
    }
    if let Some(Overlay::HandOut(dialog)) = &state.overlay
        && draw_dialog(state, ink, area, dialog)
    {
        return;
    }
    if let Some(Overlay::Filter(typing)) = &state.overlay
        && (typing.is_refused || !typing.offers.is_empty())
    {
        draw_typing(typing, ink, area);
        return;
    }
    if deciding::draw_held(state, ink, area) {
        return;
    }
    if let Some(notice) = state.notices.in_sight() {
        let at = times::clock(notice.at, state.now.wall, &state.settings.zone);
        let used = ink.write(area, Role::Muted, &format!("{at} "));
        let times = if notice.times > 1 {
            format!(" x{}", notice.times)
        } else {
            String::new()
        };
        let role = role_of(help_text::tone(notice.kind));
        let text = format!("{}{times}", notice.text);
        let mut rest = after(area, used);
        if text.width() > usize::from(rest.width)
            && let Some(key) = state.settings.keymap.key_of(Action::OpenLog)
        {
            rest = ink.write_right(rest, Role::Title, &format!("{key} all of it"));
        }
        ink.write(rest, role, &text);
        return;
    }
    // What waits for a person goes first, then what runs on devices.
    let mut area = area;
    if let Some((kind, text)) = standing_words(state) {
        let used = ink.write(area, role_of(help_text::tone(kind)), &text);
        area = after(area, used + 2);
    }
    let rest = responding::draw_strip(state, ink, area);
    if rest != area || standing_words(state).is_some() {
        return;
    }
    let (minute, hour) = state.calls.left(state.now.steady);
    let allowed = state.calls.allowed();
    if minute < allowed.per_minute / 2 || hour < allowed.per_hour / 3 {
        let text = format!("calls left: {minute} this minute, {hour} this hour");
        ink.write(area, Role::Warning, &text);
    }
}

/// A menu, or the link alone on its line, so that it is whole where it is marked by hand.
/// False where the dialog has nothing for this line.
fn draw_dialog(state: &State, ink: &mut Ink<'_>, area: Rect, dialog: &Dialog) -> bool {
    match dialog {
        Dialog::Copy | Dialog::Row | Dialog::Node => {
            let used = ink.write(area, Role::Title, "copy ");
            draw_bindings(state, ink, after(area, used), &[dialog.scope()]);
        }
        Dialog::Link { address } => ink.write_line(area, &Line::of(Tone::Link, address)),
        Dialog::Format { extent } => {
            let used = ink.write(area, Role::Title, &extent_words(state, *extent));
            draw_bindings(state, ink, after(area, used), &[dialog.scope()]);
        }
        Dialog::File { .. } => return false,
    }
    true
}

/// What would be written, and the key to the other where there are marks.
fn extent_words(state: &State, extent: Extent) -> String {
    let switch = Action::HandOut(HandOut::SwitchExtent);
    let key = state.settings.keymap.key_of(switch);
    let (words, other) = match extent {
        Extent::Marked => (extent.words(state), Extent::View),
        Extent::View if state.book.marked() > 0 => (extent.words(state), Extent::Marked),
        Extent::Found => return format!("write {} as ", extent.words(state)),
        Extent::View => {
            let alerts = count(state.book.visible().len(), "alert");
            return format!("write {alerts} as ");
        }
    };
    match key.filter(|_| actions::refusal(state, switch).is_none()) {
        Some(key) => format!("write {words} ({key} {}) as ", other.words(state)),
        None => format!("write {words} as "),
    }
}

/// What could be typed next, or what keeps the filter from being kept.
fn draw_typing(typing: &Typing, ink: &mut Ink<'_>, area: Rect) {
    if let Some(error) = typing.error.as_ref().filter(|_| typing.is_refused) {
        ink.write(area, Role::Bad, &error.to_string());
        return;
    }
    let mut rest = area;
    if typing.begins_a_term() {
        let used = ink.write(rest, Role::Muted, "a word, high, 2h, or");
        rest = after(rest, used + 2);
    }
    for (index, offer) in typing.offers.iter().enumerate() {
        let label = shown(&offer.label);
        if index > 0 && label.width() > usize::from(rest.width) {
            return;
        }
        let role = if index == 0 { Role::Title } else { Role::Muted };
        let used = ink.write(rest, role, &label);
        rest = after(rest, used + 2);
    }
}

/// The keys of the innermost scope, then the general ones; help and quit always.
pub fn draw_keys(state: &State, ink: &mut Ink<'_>, area: Rect) {
    let scopes = state.scopes();
    if state.overlay.is_some() {
        // The menus stand one line higher, where there is one.
        let is_menu = matches!(
            state.overlay,
            Some(
                Overlay::SortMenu
                    | Overlay::HandOut(
                        Dialog::Copy | Dialog::Row | Dialog::Node | Dialog::Format { .. }
                    )
                    | Overlay::Responding(Responding::Menu(_))
                    | Overlay::Hunting(hunting::Dialog::Menu(_))
                    | Overlay::Deciding(Composing::Close | Composing::Status | Composing::Leaving)
            )
        );
        if is_menu && state.panes().notice.is_some() {
            return;
        }
        let reads = [Scope::Help, Scope::Handover, Scope::Log];
        let reads = reads.iter().any(|scope| scopes.contains(scope));
        let rest = if reads {
            draw_scroll_keys(state, ink, area)
        } else {
            area
        };
        draw_bindings(state, ink, rest, scopes.get(..1).unwrap_or_default());
        return;
    }
    let keymap = &state.settings.keymap;
    let leave = if actions::quits(state) {
        "quit"
    } else {
        "back"
    };
    let always: Vec<String> = [(Action::OpenHelp, "keys"), (Action::Quit, leave)]
        .into_iter()
        .filter_map(|(action, short)| keymap.key_of(action).map(|key| format!("{key} {short}")))
        .collect();
    let rest = ink.write_right(area, Role::Muted, &always.join("  "));
    draw_bindings(state, ink, rest, &scopes);
}

/// A page that is read says how to see the rest of it.
fn draw_scroll_keys(state: &State, ink: &mut Ink<'_>, area: Rect) -> Rect {
    let keys: Vec<String> = [Action::SelectNext, Action::SelectPrevious]
        .into_iter()
        .filter_map(|action| state.settings.keymap.key_of(action))
        .map(|key| key.to_string())
        .collect();
    ink.write_right(area, Role::Muted, &format!("{} scroll", keys.join(" ")))
}

/// As many as fit, whole ones only.
fn draw_bindings(state: &State, ink: &mut Ink<'_>, area: Rect, scopes: &[Scope]) {
    draw_bindings_over(state, ink, &mut std::iter::once(area), scopes);
}

/// The same over several lines. The answer is what is left of the last one.
pub(super) fn draw_bindings_over(
    state: &State,
    ink: &mut Ink<'_>,
    areas: &mut dyn Iterator<Item = Rect>,
    scopes: &[Scope],
) -> Rect {
    let mut rest = areas.next().unwrap_or_default();
    for scope in scopes {
        for (binding, keys) in state.settings.keymap.rows() {
            let shown_anyway = matches!(binding.action, Action::OpenHelp | Action::Quit);
            if binding.scope != *scope || binding.short.is_empty() || shown_anyway {
                continue;
            }
            let Some(key) = keys.first().map(ToString::to_string) else {
                continue;
            };
            let width = key.width() + 1 + binding.short.width();
            if width > usize::from(rest.width) {
                rest = areas.next().unwrap_or_default();
            }
            if width > usize::from(rest.width) {
                return Rect::default();
            }
            let refused = actions::refusal(state, binding.action).is_some();
            let (strong, text) = if refused {
                (Role::Muted, Role::Muted)
            } else {
                (Role::Title, Role::Text)
            };
            let used = ink.write(rest, strong, &key);
            rest = after(rest, used + 1);
            let used = ink.write(rest, text, binding.short);
            rest = after(rest, used + 2);
        }
    }
    rest
}
