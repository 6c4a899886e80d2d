//! The views in the head: key, name, how many alerts. The chosen one is in brackets.
//!
//! Where room is scarce names become shorter, then numbers stand alone, then views are
//! left out from the right. The chosen one stays.

use unicode_width::UnicodeWidthStr;

use crate::app::State;
use crate::app::lines::head_within;
use crate::app::thousands;
use crate::app::views;
use crate::app::views::Standing;
use crate::app::views::Tab;
use crate::theme::Role;

/// Cells that a name may have, step by step, while one can still tell what it is.
const NAMES: [usize; 6] = [usize::MAX, 10, 8, 6, 5, 4];
/// The same where the numbers of the other views are cut short, too.
const NAMES_OF_SHORT: [usize; 3] = [6, 5, 4];
/// And where room is scarce: a few letters, then the numbers alone.
const SHORTEST: [usize; 3] = [4, 3, 0];
/// The same for the chosen one, when it is alone.
const ALONE: [usize; 3] = [usize::MAX, 8, 0];

/// The views as pieces of a line, with a blank behind each: in the first of these rooms,
/// counted in cells, that leaves them their names, else somehow within `least`.
pub(super) fn within(state: &State, rooms: &[usize], least: usize) -> Vec<(Role, String)> {
    let is_known = state.poller.last_answer().is_some();
    let with_numbers = |number: fn(&Tab) -> String| -> Vec<(Tab, String)> {
        let tabs = views::tabs(state).into_iter();
        let tabs = tabs.map(|tab| {
            let number = if is_known {
                number(&tab)
            } else {
                "?".to_owned()
            };
            (tab, number)
        });
        tabs.collect()
    };
    let tabs = with_numbers(|tab| thousands(tab.count));
    let short = with_numbers(|tab| {
        if is_chosen(tab) {
            thousands(tab.count)
        } else {
            shortened(tab.count)
        }
    });
    let legible = rooms.iter().find_map(|room| legible(&tabs, &short, *room));
    legible
        .or_else(|| numbers(&short, least))
        .unwrap_or_else(|| alone(&short, rooms.last().copied().unwrap_or(least)))
}

/// All views, each with a name.
fn legible(
    tabs: &[(Tab, String)],
    short: &[(Tab, String)],
    room: usize,
) -> Option<Vec<(Role, String)>> {
    let whole = line(tabs, usize::MAX);
    let names = NAMES.iter().map(|name| line(without_all(tabs), *name));
    let short = NAMES_OF_SHORT
        .iter()
        .map(|name| line(without_all(short), *name));
    std::iter::once(whole)
        .chain(names)
        .chain(short)
        .find(|line| width(line) <= room)
}

/// `999`, `1.2k`, `34k`, `5.6M`: never more than there are.
fn shortened(number: usize) -> String {
    let (unit, sign) = match number {
        ..1_000 => return number.to_string(),
        1_000..1_000_000 => (1_000, 'k'),
        1_000_000.. => (1_000_000, 'M'),
    };
    let (whole, tenth) = (number / unit, number % unit * 10 / unit);
    if whole < 10 && tenth > 0 {
        format!("{whole}.{tenth}{sign}")
    } else {
        format!("{whole}{sign}")
    }
}

/// As many views as there is room for, the chosen one with its name among them.
fn numbers(tabs: &[(Tab, String)], room: usize) -> Option<Vec<(Role, String)>> {
    let mut left: Vec<&(Tab, String)> = without_all(tabs).iter().collect();
    let mut candidates: Vec<_> = SHORTEST.map(|name| line(left.iter().copied(), name)).into();
    while let Some(last) = left.iter().rposition(|(tab, _)| !is_chosen(tab)) {
        left.remove(last);
        candidates.push(line(left.iter().copied(), 0));
    }
    let mut candidates = candidates.into_iter();
    candidates.find(|line| width(line) <= room)
}

/// The chosen one somehow.
fn alone(tabs: &[(Tab, String)], room: usize) -> Vec<(Role, String)> {
    let mut candidates = ALONE.map(|name| {
        let chosen = tabs.iter().filter(|(tab, _)| is_chosen(tab));
        let pieces = chosen.map(|(tab, number)| piece(tab, number, name));
        pieces.collect::<Vec<_>>()
    });
    let fits = candidates.iter().position(|line| width(line) <= room);
    candidates
        .get_mut(fits.unwrap_or(ALONE.len() - 1))
        .map(std::mem::take)
        .unwrap_or_default()
}

/// How many alerts there are in all is least missed.
fn without_all(tabs: &[(Tab, String)]) -> &[(Tab, String)] {
    match tabs.split_last() {
        Some(((last, _), others)) if !is_chosen(last) => others,
        Some(_) | None => tabs,
    }
}

fn width(line: &[(Role, String)]) -> usize {
    line.iter().map(|(_, text)| text.width() + 1).sum()
}

/// Names of others are cut to so many cells, the chosen one's is whole.
fn line<'a>(tabs: impl IntoIterator<Item = &'a (Tab, String)>, name: usize) -> Vec<(Role, String)> {
    let pieces = tabs.into_iter().map(|(tab, number)| {
        let name = if is_chosen(tab) { usize::MAX } else { name };
        piece(tab, number, name)
    });
    pieces.collect()
}

fn is_chosen(tab: &Tab) -> bool {
    tab.standing != Standing::Elsewhere
}

fn piece(tab: &Tab, number: &str, name: usize) -> (Role, String) {
    let name = head_within(&tab.name, name);
    let star = if tab.standing == Standing::Changed {
        "*"
    } else {
        ""
    };
    let name = format!("{name}{star}");
    let mut words = vec![tab.key.as_str(), &name, number];
    words.retain(|word| !word.is_empty());
    if is_chosen(tab) {
        return (Role::Strong, format!("[{}]", words.join(" ")));
    }
    let role = if tab.count == 0 {
        Role::Muted
    } else {
        Role::Text
    };
    // Two numbers beside each other would be read as one.
    let between = if name.is_empty() { ":" } else { " " };
    (role, words.join(between))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_cut_short_has_three_digits_and_is_never_more() {
        for (number, expected) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1k"),
            (1_099, "1k"),
            (1_999, "1.9k"),
            (99_999, "99k"),
            (999_999, "999k"),
            (1_250_000, "1.2M"),
        ] {
            assert_eq!(shortened(number), expected);
        }
    }
}
