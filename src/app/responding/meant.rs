//! Which devices an order is for.

use std::collections::HashSet;

use crate::app::State;
use crate::app::decisions::targets;
use crate::domain::device::DeviceId;
use crate::domain::device::facts::short_name;
use crate::domain::text::shown;
use crate::wire::detail;

/// One device, as an alert names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub id: DeviceId,
    /// As it came; empty where the alert has none.
    pub name: String,
}

impl Target {
    /// The name people say; hostile until shown.
    pub fn short_name(&self) -> &str {
        short_name(&self.name, &self.id)
    }

    /// The same, fit for a screen.
    pub fn says(&self) -> String {
        shown(self.short_name()).chars().take(LONGEST).collect()
    }

    /// Whether somebody typed this device's name: the short one, the whole one, or the
    /// start of its id where the name cannot be typed.
    pub fn is_named(&self, typed: &str) -> bool {
        let typed = typed.trim();
        let starts_id = typed.chars().count() >= OF_AN_ID
            && self
                .id
                .as_str()
                .get(..typed.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(typed));
        let same = |name: &str| !name.is_empty() && typed.to_lowercase() == name.to_lowercase();
        starts_id || same(self.short_name()) || same(self.name.trim())
    }

    /// True where the name has letters that a keyboard may not have.
    pub fn is_hard_to_type(&self) -> bool {
        !self
            .short_name()
            .chars()
            .all(|letter| letter.is_ascii_graphic())
    }
}

/// Characters of a name that are shown; the service allows 63.
const LONGEST: usize = 64;
/// Characters of an id that stand for it.
pub const OF_AN_ID: usize = 8;

/// The devices an order is for, with the alerts it is asked for from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Meant {
    /// Each once, at most one more than is allowed.
    pub devices: Vec<Target>,
    /// Ids of the alerts, as they came: the first of them.
    pub alerts: Vec<String>,
    /// How many alerts there are.
    pub alerts_in_all: usize,
}

/// Alerts that are opened to learn the id of their device.
const OPENED: usize = 200;
/// Alerts whose ids are kept for the comment.
const NAMED: usize = 20;

/// The devices of what is selected, marked or read. Looks no further than the first that
/// are too many: however many alerts are marked, a key answers at once.
pub fn meant(state: &State) -> Meant {
    let keys = targets::meant(state);
    let most = state.settings.respond_most.saturating_add(1);
    let mut meant = Meant {
        alerts_in_all: keys.len(),
        ..Meant::default()
    };
    let mut names = HashSet::new();
    let mut opened = 0;
    for key in keys {
        let Some(row) = state.book.row(key) else {
            continue;
        };
        if meant.alerts.len() < NAMED {
            meant.alerts.push(row.id.as_str().to_owned());
        }
        // Unpacking an alert takes time, and one name is rarely two devices.
        if meant.devices.len() >= most || opened >= OPENED || !names.insert(row.device) {
            continue;
        }
        opened += 1;
        let body = state.book.original(key).unwrap_or_default();
        let Some(id) = DeviceId::new(detail::read(&body).device_id.original()) else {
            continue;
        };
        if meant.devices.iter().all(|known| known.id != id) {
            let name = state.book.text(row.device).original().to_owned();
            meant.devices.push(Target { id, name });
        }
    }
    meant
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(name: &str) -> Option<Target> {
        Some(Target {
            id: DeviceId::new("0A1b2c3d4e5f")?,
            name: name.to_owned(),
        })
    }

    #[test]
    fn a_device_is_named_by_its_name_or_by_the_start_of_its_id() {
        let Some(target) = target("FIN-WS-001.contoso.example") else {
            return;
        };
        for typed in [
            "fin-ws-001",
            " FIN-WS-001.contoso.example ",
            "0a1b2c3d",
            "0A1b2c3d4e5f",
        ] {
            assert!(target.is_named(typed), "{typed}");
        }
        for typed in [
            "",
            "fin-ws-00",
            "fin-ws-0011",
            "0a1b2c3",
            "1b2c3d4e",
            "contoso.example",
        ] {
            assert!(!target.is_named(typed), "{typed}");
        }
    }

    #[test]
    fn what_cannot_be_typed_is_known_as_such() {
        let hard = |name| target(name).is_some_and(|target| target.is_hard_to_type());
        assert!(hard("営業部-端末-07.contoso.example") && hard("a\u{1b}[2J"));
        assert!(!hard("FIN-WS-001") && !hard(""));
    }
}
