//! A permission that is missing, of each action on a device and of each kind of hunt, in
//! tokens of people and of applications: named, and nothing is sent.

use std::time::Duration;

use jiff::SignedDuration;
use vigie::app::Effect;
use vigie::domain::hunt::OwnHunt;
use vigie::sim::Options;
use vigie::theme::Role;
use vigie::theme::Theme;

use crate::both::DEFENDER;
use crate::both::GRAPH;
use crate::both::Service;
use crate::operator::Operator;
use crate::responding::EVERYTHING;
use crate::responding::orders;
use crate::responding::three_alerts;
use crate::responding::with_devices;

/// Who signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holder {
    Person,
    Application,
}

const HOLDERS: [Holder; 2] = [Holder::Person, Holder::Application];

impl Holder {
    fn sits_down(self, service: &'static Service) -> Operator {
        let options = Options {
            token_life: Duration::from_secs(600),
            ..three_alerts()
        };
        match self {
            Self::Person => Operator::on(service, 80, 24, options),
            Self::Application => Operator::as_application(service, 80, 24, options),
        }
    }
}

/// Keys of the respond menu, what they are called there, and the permission of each.
const ACTIONS: [(&str, &str, &str); 9] = [
    ("i", "isolate", "Machine.Isolate"),
    ("I", "selectively", "Machine.Isolate"),
    ("r", "release", "Machine.Isolate"),
    ("s", "scan", "Machine.Scan"),
    ("S", "full scan", "Machine.Scan"),
    ("x", "restrict", "Machine.RestrictExecution"),
    ("X", "lift", "Machine.RestrictExecution"),
    ("p", "package", "Machine.CollectForensics"),
    ("f", "file", "Machine.StopAndQuarantine"),
];

/// Whether a key of the menu is drawn as one that does nothing.
fn is_grey(operator: &Operator, key: &str, says: &str) -> bool {
    let screen = operator.screen();
    let named = format!("{key} {says}");
    let mut lines = screen.lines().enumerate();
    let (row, column) = lines
        .find_map(|(row, line)| Some((row, line.find(&named)?)))
        .unwrap();
    let cell = (u16::try_from(column).unwrap(), u16::try_from(row).unwrap());
    let muted = Theme::style(&operator.theme, Role::Muted);
    operator.buffer()[cell].style().add_modifier == muted.add_modifier
}

#[test]
fn each_action_names_the_one_permission_it_lacks() {
    let mut permissions: Vec<&str> = ACTIONS
        .iter()
        .map(|(_, _, permission)| *permission)
        .collect();
    permissions.dedup();
    for holder in HOLDERS {
        for missing in &permissions {
            let mut operator = holder.sits_down(&DEFENDER);
            let granted = EVERYTHING.iter().filter(|name| name != &missing);
            with_devices(&mut operator, &granted.copied().collect::<Vec<&str>>());
            operator
                .press("!")
                .sees(&format!("the token lacks {missing}"));
            operator.press("esc");
            for (key, says, permission) in ACTIONS {
                operator.press("!");
                let is_refused = permission == *missing;
                assert_eq!(
                    is_grey(&operator, key, says),
                    is_refused,
                    "{holder:?} {key}"
                );
                operator.press(key);
                let told = format!("the token lacks {permission}: t shows what it has");
                assert_eq!(operator.state.overlay.is_none(), is_refused);
                if is_refused {
                    operator.sees(&told);
                }
                operator.press("esc");
            }
            assert_eq!(
                orders(&operator),
                [] as [serde_json::Value; 0],
                "{holder:?}"
            );
        }
    }
}

#[test]
fn without_reading_an_action_can_be_sent_and_that_is_said() {
    for (holder, name) in [
        (Holder::Person, "Machine.Read"),
        (Holder::Application, "Machine.Read.All"),
    ] {
        let cannot = format!("the token lacks {name}: what becomes of it cannot be followed");
        let mut operator = holder.sits_down(&DEFENDER);
        with_devices(&mut operator, &["Alert.ReadWrite", "Machine.Scan"]);
        operator.press("! s").sees(&cannot);
        operator.press("enter");
        assert_eq!(orders(&operator).len(), 1, "{holder:?}");

        let mut operator = holder.sits_down(&DEFENDER);
        with_devices(&mut operator, &EVERYTHING);
        operator.press("! s").sees_no("the token lacks");
    }
}

/// Every key of the hunt menu that sends a query, or lets one be written.
const HUNTS: [&str; 8] = ["p", "f", "a", "n", "u", "d", "e", "w"];

fn hunted(operator: &Operator) -> usize {
    let effects = operator.effects.iter();
    effects
        .filter(|effect| matches!(effect, Effect::Hunt { .. } | Effect::EditNote { .. }))
        .count()
}

#[test]
fn each_hunt_names_the_permission_it_lacks() {
    for (service, holder, name) in [
        (&DEFENDER, Holder::Person, "AdvancedQuery.Read"),
        (&DEFENDER, Holder::Application, "AdvancedQuery.Read.All"),
        (&GRAPH, Holder::Person, "ThreatHunting.Read.All"),
        (&GRAPH, Holder::Application, "ThreatHunting.Read.All"),
    ] {
        let told = format!("the token lacks {name}: t shows what it has");
        let alone = |operator: &Operator, more: &[&str]| {
            let script = operator.script();
            script.grant(&[&["Alert.ReadWrite"], more].concat());
            script.grant_on_graph(&[&["SecurityAlert.ReadWrite.All"], more].concat());
        };
        let mut operator = holder.sits_down(service);
        alone(&operator, &[]);
        operator.starts().rests();
        operator.press("H").sees(&told);
        operator
            .press(": h u n t space A l e r t I n f o enter")
            .sees(&told);
        assert_eq!(hunted(&operator), 0, "{told}");

        // The permission goes while the menu is open.
        for key in HUNTS {
            let mut operator = holder.sits_down(service);
            alone(&operator, &["AdvancedQuery.Read", "ThreatHunting.Read.All"]);
            operator.starts().rests();
            operator.state.settings.hunts = vec![OwnHunt {
                name: "mine".to_owned(),
                key: Some('w'),
                query: "AlertInfo | count".to_owned(),
            }];
            operator.press("H").sees("/h left");
            alone(&operator, &[]);
            operator.advance(SignedDuration::from_mins(10));
            operator.press(key).sees(&told);
            assert_eq!(hunted(&operator), 0, "{key}: {told}");
        }
    }
}

#[test]
fn a_hunt_is_noted_by_whoever_may_write() {
    for (holder, name) in [
        (Holder::Person, "Alert.ReadWrite"),
        (Holder::Application, "Alert.ReadWrite.All"),
    ] {
        let mut operator = holder.sits_down(&DEFENDER);
        operator
            .script()
            .grant(&["Alert.Read", "AdvancedQuery.Read"]);
        operator.starts().rests();
        operator
            .press(": h u n t space A l e r t I n f o enter")
            .sees("hunt 1 of 1");
        operator
            .press("c")
            .sees(&format!("the token lacks {name}: t shows"));
        operator.sees("hunt 1 of 1");
    }
}
