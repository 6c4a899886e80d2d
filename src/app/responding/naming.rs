//! What has to be typed before a device is cut off: its name, so that nobody does it to
//! another one.
//!
//! Of several devices their number is enough, but for those that others depend on: a
//! domain controller that was marked along with two laptops is named like one alone. So is
//! a device of which nothing is known yet.

use crate::app::State;
use crate::app::responding::dialog::Card;
use crate::app::responding::meant::Target;
use crate::domain::device::others_depend_on;

/// The words, where the order wants any.
pub fn wanted(state: &State, card: &Card) -> String {
    match card.meant.devices.as_slice() {
        [one] => one.says(),
        several => {
            let mut words = number(several);
            for target in named(state, card) {
                words.push(' ');
                words.push_str(&target.says());
            }
            words
        }
    }
}

/// Devices whose names are typed beside the number of several.
pub fn named<'c>(state: &State, card: &'c Card) -> Vec<&'c Target> {
    let is_harmless = |target: &Target| {
        let known = state.responding.readings.get(&target.id);
        let device = known.and_then(|known| known.reading.device.as_ref().ok());
        device.is_some_and(|device| !others_depend_on(device))
    };
    match card.meant.devices.as_slice() {
        [_] => Vec::new(),
        several => {
            let several = several.iter();
            several.filter(|target| !is_harmless(target)).collect()
        }
    }
}

/// True once the right words stand there, or where none are wanted.
pub fn is_typed(state: &State, card: &Card) -> bool {
    if !card.order.wants_name() {
        return true;
    }
    let typed = card.typed.value();
    let several = match card.meant.devices.as_slice() {
        [one] => return one.is_named(typed),
        several => several,
    };
    let words: Vec<&str> = typed.split_whitespace().collect();
    let number = number(several);
    let (count, names) = words.split_at(words.len().min(2));
    // A name too many is no harm; one that is none of theirs is a mistake.
    count.join(" ").eq_ignore_ascii_case(&number)
        && names.iter().all(|name| is_one(several.iter(), name))
        && named(state, card)
            .into_iter()
            .all(|target| names.iter().any(|name| target.is_named(name)))
}

fn is_one<'t>(mut targets: impl Iterator<Item = &'t Target>, name: &str) -> bool {
    targets.any(|target| target.is_named(name))
}

fn number(several: &[Target]) -> String {
    format!("{} devices", several.len())
}
