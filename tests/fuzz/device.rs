//! Devices and actions: whatever a service says of them is read, judged and drawn.

use fastrand::Rng;
use jiff::tz::TimeZone;
use vigie::app::device_text;
use vigie::domain::device::ActionKind;
use vigie::domain::device::Order;
use vigie::domain::device::Reading;
use vigie::domain::device::Standing;
use vigie::domain::device::kept::Followed;
use vigie::domain::device::warnings;
use vigie::domain::failure::Failure;
use vigie::domain::failure::FailureKind;
use vigie::wire::action;
use vigie::wire::device;

use crate::hostile::noise;
use crate::hostile::spoilt;
use crate::readers::JSON_WORDS;
use crate::readers::is_harmless;
use crate::readers::now;

const BODIES: [&[u8]; 6] = [
    include_bytes!("../samples/machine-single.json"),
    include_bytes!("../samples/machine-logonusers.json"),
    include_bytes!("../samples/machineaction-single.json"),
    include_bytes!("../samples/machineactions-list.json"),
    include_bytes!("../samples/machineaction-package-uri.json"),
    br#"{"version":1,"entries":[{"name":"o-1","action":"a","device":"0a","deviceName":"x","order":{"quarantine":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},"comment":"c","by":"b","asked":"2026-11-22T14:00:00Z"}]}"#,
];

pub(crate) fn body(dice: &mut Rng) -> Vec<u8> {
    if dice.u8(0..12) == 0 {
        noise(dice)
    } else {
        spoilt(dice, &BODIES, &JSON_WORDS)
    }
}

pub(crate) fn read(input: &[u8]) {
    const WIDTH: usize = 80;
    let text = String::from_utf8_lossy(input);
    let mut actions = action::read_list(&text).unwrap_or_default();
    actions.extend(action::read(&text));
    let logons = device::read_logons(&text);
    let found = device::read(&text);
    if let Some(link) = action::read_package_link(&text) {
        assert!(link.expose().starts_with("https://"));
    }
    for one in &actions {
        is_harmless(&one.state_says());
        assert!(!one.excludes(&Order::Release) || one.kind != ActionKind::Other);
    }
    Standing::of(&actions);
    if let Some(found) = &found {
        for order in [Order::IsolateFully, Order::ScanFully, Order::Unrestrict] {
            for warning in warnings(found, &actions, &order, now()) {
                is_harmless(&warning.says(|at| at.to_string()));
            }
        }
    }
    let missing = || Failure::new(FailureKind::Malformed, "the answer is not a device");
    let reading = Reading {
        device: found.ok_or_else(missing),
        logons: Ok(logons),
        actions: Ok(actions),
    };
    let context = device_text::Context {
        now: now(),
        zone: &TimeZone::UTC,
        read: now(),
        others: &[],
        others_in_all: 0,
    };
    for line in device_text::page(&reading, &context, WIDTH).lines {
        assert!(line.width() <= WIDTH, "{line:?}");
        assert!(!line.plain().contains(char::is_control), "{line:?}");
    }
    if let Ok(followed) = Followed::read(&text) {
        let again = Followed::read(&followed.to_json());
        assert_eq!(again.map(|one| one.entries), Ok(followed.entries));
    }
}
