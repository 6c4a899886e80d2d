//! What speaks against an order, as far as the device and its actions tell.
//!
//! Warnings stop nobody: the person decides, and the service has the last word.

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::domain::device::action::DeviceAction;
use crate::domain::device::action::Standing;
use crate::domain::device::facts::Device;
use crate::domain::device::order::Order;

/// One thing to know before an order is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    DomainController,
    Server,
    /// Nothing was heard of it since then.
    Away {
        since: Option<Timestamp>,
    },
    /// Its health as the service calls it.
    Unhealthy(String),
    /// What the service says instead.
    NotOnboarded(String),
    /// What is to be done is in force already, or what is to be lifted is not.
    Pointless(&'static str),
    /// One that excludes it runs.
    Running {
        what: String,
        by: String,
    },
    /// Its platform does not do that.
    Unsupported {
        platform: String,
    },
}

/// A healthy device reports about once a day.
const SILENT_AFTER: SignedDuration = SignedDuration::from_hours(48);

impl Warning {
    /// In a sentence; `ago` writes how long ago a moment is.
    pub fn says(&self, ago: impl Fn(Timestamp) -> String) -> String {
        match self {
            Self::DomainController => {
                "this is a domain controller: people may not be able to sign in without it"
                    .to_owned()
            }
            Self::Server => "this is a server: others depend on it".to_owned(),
            Self::Away { since: Some(since) } => format!(
                "last heard of {}: the action waits until it is back",
                ago(*since)
            ),
            Self::Away { since: None } => {
                "not heard of for long: the action waits until it is back".to_owned()
            }
            Self::Unhealthy(health) => {
                format!("its health is `{health}`: the action may not get through")
            }
            Self::NotOnboarded(word) => {
                format!("it is not onboarded (`{word}`): the service will refuse")
            }
            Self::Pointless(why) => (*why).to_owned(),
            Self::Running { what, by } => format!("{what} runs already, asked for by {by}"),
            Self::Unsupported { platform } => {
                format!("{platform} does not do that: the service will refuse")
            }
        }
    }

    /// True where the order cannot do what it is meant to.
    pub const fn is_grave(&self) -> bool {
        match self {
            Self::DomainController
            | Self::NotOnboarded(_)
            | Self::Pointless(_)
            | Self::Running { .. }
            | Self::Unsupported { .. } => true,
            Self::Server | Self::Away { .. } | Self::Unhealthy(_) => false,
        }
    }
}

/// Everything to know before `order` is sent to a device with these actions, the gravest
/// first.
pub fn warnings(
    device: &Device,
    actions: &[DeviceAction],
    order: &Order,
    now: Timestamp,
) -> Vec<Warning> {
    let mut warnings = Vec::new();
    if order.wants_name() || matches!(order, Order::Restrict) {
        warnings.extend(role(device));
    }
    let word = device.onboarding.as_word();
    if !word.is_empty() && !word.eq_ignore_ascii_case("onboarded") {
        warnings.push(Warning::NotOnboarded(word));
    }
    if !supports(device, order) {
        let platform = device.platform.as_word();
        warnings.push(Warning::Unsupported { platform });
    }
    let running = actions.iter().find(|action| action.excludes(order));
    match running {
        Some(action) => warnings.push(Warning::Running {
            what: action.says(),
            by: match action.requestor.as_word() {
                by if by.is_empty() => "somebody".to_owned(),
                by => by,
            },
        }),
        None => warnings.extend(pointless(Standing::of(actions), order).map(Warning::Pointless)),
    }
    warnings.extend(silence(device, now));
    warnings.sort_by_key(|warning| !warning.is_grave());
    warnings
}

/// Whether it is a server or a domain controller, as far as it tells.
pub fn others_depend_on(device: &Device) -> bool {
    role(device).is_some()
}

/// What it is for, by its name, its platform, its tags or its group.
fn role(device: &Device) -> Option<Warning> {
    let name = device.short_name().to_ascii_lowercase();
    let told: Vec<String> = device
        .tags
        .iter()
        .chain([&device.group])
        .map(|text| text.original().to_lowercase())
        .collect();
    // `DC01`, `srv-dc-01`: the letters stand alone, apart from digits.
    let mut parts = name.split(|letter: char| !letter.is_ascii_alphanumeric());
    let is_dc =
        parts.any(|part| part.trim_end_matches(|digit: char| digit.is_ascii_digit()) == "dc");
    let says_dc = told
        .iter()
        .any(|text| text.contains("domain controller") || text.contains("tier 0") || text == "dc");
    if is_dc || says_dc {
        return Some(Warning::DomainController);
    }
    let platform = device.platform.original().to_ascii_lowercase();
    let is_server = platform.contains("server")
        || name.starts_with("srv")
        || told.iter().any(|text| text.contains("server"));
    is_server.then_some(Warning::Server)
}

/// As far as the pages tell: what they do not name is left to the service.
fn supports(device: &Device, order: &Order) -> bool {
    let platform = device.platform.original().to_ascii_lowercase();
    if platform.is_empty() || platform.starts_with("windows") {
        return true;
    }
    match order {
        Order::IsolateFully | Order::Release | Order::Collect => true,
        Order::IsolateSelectively
        | Order::ScanQuickly
        | Order::ScanFully
        | Order::Restrict
        | Order::Unrestrict
        | Order::Quarantine(_) => false,
    }
}

const fn pointless(standing: Standing, order: &Order) -> Option<&'static str> {
    match order {
        Order::IsolateFully | Order::IsolateSelectively if standing.is_isolated => {
            Some("it is isolated already, by its actions")
        }
        Order::Release if !standing.is_isolated => Some("it is not isolated, by its actions"),
        Order::Restrict if standing.is_restricted => {
            Some("it is restricted already, by its actions")
        }
        Order::Unrestrict if !standing.is_restricted => {
            Some("it is not restricted, by its actions")
        }
        Order::IsolateFully
        | Order::IsolateSelectively
        | Order::Release
        | Order::ScanQuickly
        | Order::ScanFully
        | Order::Restrict
        | Order::Unrestrict
        | Order::Collect
        | Order::Quarantine(_) => None,
    }
}

fn silence(device: &Device, now: Timestamp) -> Option<Warning> {
    let health = device.health.as_word();
    let is_silent = device
        .last_seen
        .is_some_and(|seen| now.duration_since(seen) >= SILENT_AFTER);
    if is_silent || health.eq_ignore_ascii_case("inactive") {
        let since = device.last_seen;
        return Some(Warning::Away { since });
    }
    let is_well = health.is_empty()
        || ["active", "unknown"]
            .iter()
            .any(|well| health.eq_ignore_ascii_case(well));
    (!is_well).then_some(Warning::Unhealthy(health))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::domain::device::action::ActionKind;
    use crate::domain::device::action::ActionState;
    use crate::domain::device::action::tests::action;
    use crate::domain::device::facts::DeviceId;
    use crate::domain::text::Text;

    fn now() -> Timestamp {
        Timestamp::from_second(90 * 86_400).unwrap_or_default()
    }

    pub(crate) fn device(name: &str) -> Option<Device> {
        Some(Device {
            id: DeviceId::new("0a")?,
            name: Text::from(name),
            platform: Text::from("Windows11"),
            version: Text::default(),
            health: Text::from("Active"),
            onboarding: Text::from("Onboarded"),
            risk: Text::default(),
            exposure: Text::default(),
            worth: Text::default(),
            group: Text::default(),
            group_id: Text::default(),
            tags: Vec::new(),
            addresses: Vec::new(),
            external_address: Text::default(),
            agent: Text::default(),
            first_seen: None,
            last_seen: Some(now()),
            json: Text::default(),
        })
    }

    fn told(change: impl Fn(&mut Device), order: &Order) -> Vec<Warning> {
        let mut device = device("fin-ws-001").into_iter();
        let mut device = device.next();
        device.iter_mut().for_each(change);
        device.map_or_else(Vec::new, |device| warnings(&device, &[], order, now()))
    }

    #[test]
    fn what_the_service_calls_things_stays_short() {
        let long = || Text::from("\u{0}\u{202e}x".repeat(4_000));
        let mut odd = device("fin-ws-021");
        if let Some(device) = &mut odd {
            device.platform = long();
            device.health = long();
            device.onboarding = long();
        }
        let mut scan = action(ActionKind::Scan, ActionState::Pending, 0);
        (scan.scope, scan.requestor) = (long(), long());
        let told = odd.map(|device| warnings(&device, &[scan], &Order::ScanFully, now()));
        let told = told.unwrap_or_default();
        assert!(told.len() >= 4, "{told:?}");
        for warning in told {
            let says = warning.says(|at| at.to_string());
            assert!(says.len() < 1_000, "{} bytes: {says}", says.len());
            assert!(!says.contains(char::is_control), "{says:?}");
        }
    }

    #[test]
    fn a_healthy_workstation_gives_no_warning() {
        assert_eq!(told(|_| {}, &Order::IsolateFully), []);
        // What is absent speaks against nothing.
        let bare = |device: &mut Device| {
            device.platform = Text::default();
            device.health = Text::default();
            device.onboarding = Text::default();
            device.last_seen = None;
        };
        assert_eq!(told(bare, &Order::IsolateSelectively), []);
    }

    #[test]
    fn domain_controllers_and_servers_are_known_by_name_platform_tag_or_group() {
        let named = |name: &'static str| move |device: &mut Device| device.name = Text::from(name);
        for name in ["DC01", "srv-dc-02.contoso.example", "par-dc"] {
            assert_eq!(
                told(named(name), &Order::IsolateFully),
                [Warning::DomainController],
                "{name}"
            );
        }
        for name in ["dcolin-laptop", "adc1", "fin-ws-dcx"] {
            assert_eq!(told(named(name), &Order::IsolateFully), [], "{name}");
        }
        let tagged = |device: &mut Device| device.tags = vec![Text::from("Domain Controller")];
        assert_eq!(
            told(tagged, &Order::IsolateFully),
            [Warning::DomainController]
        );
        let platform = |device: &mut Device| device.platform = Text::from("WindowsServer2022");
        assert_eq!(told(platform, &Order::Restrict), [Warning::Server]);
        assert_eq!(
            told(platform, &Order::ScanQuickly),
            [],
            "a scan harms nobody"
        );
    }

    #[test]
    fn what_the_service_would_refuse_is_told_before() {
        let linux = |device: &mut Device| device.platform = Text::from("Ubuntu");
        let unsupported = [Warning::Unsupported {
            platform: "Ubuntu".to_owned(),
        }];
        assert_eq!(told(linux, &Order::ScanFully), unsupported);
        assert_eq!(told(linux, &Order::IsolateFully), []);
        let left = |device: &mut Device| device.onboarding = Text::from("CanBeOnboarded");
        assert_eq!(
            told(left, &Order::Collect),
            [Warning::NotOnboarded("CanBeOnboarded".to_owned())]
        );
        let lower = |device: &mut Device| device.onboarding = Text::from("onboarded");
        assert_eq!(told(lower, &Order::Collect), []);
    }

    #[test]
    fn silence_is_told_with_its_beginning() {
        let since = now().checked_sub(SignedDuration::from_hours(72)).ok();
        let silent = |device: &mut Device| device.last_seen = since;
        assert_eq!(told(silent, &Order::Collect), [Warning::Away { since }]);
        let impaired = |device: &mut Device| device.health = Text::from("NoSensorData");
        assert_eq!(
            told(impaired, &Order::Collect),
            [Warning::Unhealthy("NoSensorData".to_owned())]
        );
    }

    #[test]
    fn what_runs_and_what_is_in_force_is_told() {
        let Some(device) = device("fin-ws-001") else {
            return;
        };
        let of = |actions: &[DeviceAction], order| warnings(&device, actions, order, now());
        let isolated = action(ActionKind::Isolate, ActionState::Succeeded, 1);
        let pointless = |why| vec![Warning::Pointless(why)];
        assert_eq!(
            of(std::slice::from_ref(&isolated), &Order::IsolateFully),
            pointless("it is isolated already, by its actions")
        );
        assert_eq!(of(std::slice::from_ref(&isolated), &Order::Release), []);
        assert_eq!(
            of(&[], &Order::Release),
            pointless("it is not isolated, by its actions")
        );
        let releasing = action(ActionKind::Release, ActionState::Pending, 2);
        let runs = vec![Warning::Running {
            what: "release".to_owned(),
            by: "lin.zhao@contoso.example".to_owned(),
        }];
        assert_eq!(
            of(&[releasing.clone(), isolated], &Order::IsolateFully),
            runs
        );
        assert_eq!(of(&[releasing], &Order::ScanQuickly), []);
    }
}
