//! What each permission lets an operator do here, and which ones are missing.
//!
//! Hints only: a user's directory role and device groups narrow what a scope
//! grants, and the service has the last word.

use super::capabilities::Capability;
use super::decoded::DecodedToken;
use crate::domain::text::Text;

/// The service a permission belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Api {
    Defender,
    Graph,
}

/// What a token is for in this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Duty {
    /// Alerts, and all else its API can do.
    #[default]
    Alerts,
    /// Devices alone: alerts come with another token.
    Devices,
}

/// A permission in both spellings: for users and for applications.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permission {
    pub api: Api,
    pub delegated: &'static str,
    pub application: &'static str,
    pub lets: &'static str,
    /// Whether something in this program needs it, so that its absence is worth a line.
    pub used: bool,
    /// The delegated name of a permission that includes this one.
    within: Option<&'static str>,
}

impl Permission {
    /// The spelling to ask for.
    pub fn name(&self, app_only: bool) -> &'static str {
        if app_only {
            self.application
        } else {
            self.delegated
        }
    }

    fn is(&self, name: &str) -> bool {
        name.eq_ignore_ascii_case(self.delegated) || name.eq_ignore_ascii_case(self.application)
    }

    /// Whether `larger` includes this one.
    pub(super) fn is_within(&self, larger: &Self) -> bool {
        self.within.is_some_and(|name| larger.is(name))
    }

    pub(super) fn is_held(&self, granted: &[Text]) -> bool {
        let larger = self.within.and_then(permission);
        granted.iter().any(|name| {
            let name = name.original();
            self.is(name) || larger.is_some_and(|larger| larger.is(name))
        })
    }
}

#[rustfmt::skip]
const PERMISSIONS: &[Permission] = &[
    used("Alert.Read", "Alert.Read.All", "read alerts").within("Alert.ReadWrite"),
    used("Alert.ReadWrite", "Alert.ReadWrite.All", "read and triage alerts (take, close, note)"),
    used("Machine.Read", "Machine.Read.All", "read devices and their actions").within("Machine.ReadWrite"),
    used("Machine.Isolate", "Machine.Isolate", "isolate and release devices"),
    used("Machine.Scan", "Machine.Scan", "scan devices for viruses"),
    used("Machine.RestrictExecution", "Machine.RestrictExecution", "restrict the applications of devices, and lift that"),
    used("Machine.CollectForensics", "Machine.CollectForensics", "collect investigation packages"),
    used("Machine.StopAndQuarantine", "Machine.StopAndQuarantine", "stop and quarantine files on devices"),
    used("AdvancedQuery.Read", "AdvancedQuery.Read.All", "hunt"),
    used("File.Read.All", "File.Read.All", "read files of alerts"),
    used("Ip.Read.All", "Ip.Read.All", "read addresses of alerts"),
    used("URL.Read.All", "URL.Read.All", "read domains of alerts"),
    used("User.Read.All", "User.Read.All", "read users"),
    unused("Machine.ReadWrite", "Machine.ReadWrite.All", "read devices (vigie does not change their tags)"),
    unused("Machine.Offboard", "Machine.Offboard", "offboard devices (not used by vigie)"),
    unused("Machine.LiveResponse", "Machine.LiveResponse", "run commands on devices (not used by vigie)"),
    unused("Library.Manage", "Library.Manage", "manage the library of live response (not used by vigie)"),
    unused("Ti.ReadWrite", "Ti.ReadWrite", "manage own indicators (not used by vigie)"),
    unused("Ti.ReadWrite.All", "Ti.ReadWrite.All", "manage all indicators (not used by vigie)"),
    graph("SecurityAlert.Read.All", "read alerts").within("SecurityAlert.ReadWrite.All"),
    graph("SecurityAlert.ReadWrite.All", "read and triage alerts (take, close, note)"),
    graph("SecurityIncident.Read.All", "read incidents").within("SecurityIncident.ReadWrite.All"),
    graph("ThreatHunting.Read.All", "hunt"),
    unused_graph("SecurityIncident.ReadWrite.All", "read incidents (vigie does not change them)"),
];

/// For a permission we know nothing about.
const UNUSED: &str = "not used by vigie";

/// What `name` lets an operator do, if it is a permission we know.
pub fn lets(name: &str) -> Option<&'static str> {
    permission(name).map(|permission| permission.lets)
}

/// As [`lets`], with words for every other permission.
pub fn lets_or_unused(name: &str) -> &'static str {
    lets(name).unwrap_or(UNUSED)
}

/// Whether alerts can be read with these permissions.
pub fn may_read_alerts(granted: &[Text], api: Api) -> bool {
    let reads = match api {
        Api::Defender => "Alert.Read",
        Api::Graph => "SecurityAlert.Read.All",
    };
    permission(reads).is_some_and(|permission| permission.is_held(granted))
}

/// Whether alerts can be changed with these permissions.
pub fn may_triage_alerts(granted: &[Text], api: Api) -> bool {
    let writes = match api {
        Api::Defender => "Alert.ReadWrite",
        Api::Graph => "SecurityAlert.ReadWrite.All",
    };
    permission(writes).is_some_and(|permission| permission.is_held(granted))
}

/// Whether devices can be seen, without which no action on one can be followed.
pub fn may_read_devices(granted: &[Text]) -> bool {
    permission("Machine.Read").is_some_and(|permission| permission.is_held(granted))
}

/// The permissions that something in this program needs for a duty and the token lacks.
/// Print them with [`Permission::name`], in the spelling the token's holder has to ask for.
pub fn absent(token: &DecodedToken, api: Api, duty: Duty) -> Vec<&'static Permission> {
    let granted = token.granted();
    let mut needed = match duty {
        Duty::Alerts => PERMISSIONS.iter().filter(|one| one.used).collect(),
        Duty::Devices => Capability::Respond.permissions(api),
    };
    needed.retain(|permission| permission.api == api && !permission.is_held(&granted));
    needed
}

pub(super) fn permission(name: &str) -> Option<&'static Permission> {
    PERMISSIONS.iter().find(|permission| permission.is(name))
}

const fn used(
    delegated: &'static str,
    application: &'static str,
    lets: &'static str,
) -> Permission {
    Permission {
        api: Api::Defender,
        delegated,
        application,
        lets,
        used: true,
        within: None,
    }
}

const fn unused(
    delegated: &'static str,
    application: &'static str,
    lets: &'static str,
) -> Permission {
    let mut permission = used(delegated, application, lets);
    permission.used = false;
    permission
}

const fn graph(name: &'static str, lets: &'static str) -> Permission {
    let mut permission = used(name, name, lets);
    permission.api = Api::Graph;
    permission
}

const fn unused_graph(name: &'static str, lets: &'static str) -> Permission {
    let mut permission = unused(name, name, lets);
    permission.api = Api::Graph;
    permission
}

impl Permission {
    const fn within(mut self, larger: &'static str) -> Self {
        self.within = Some(larger);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(names: &[&str]) -> Vec<Text> {
        names.iter().map(|name| Text::from(*name)).collect()
    }

    #[test]
    fn no_name_means_two_permissions_and_the_larger_ones_exist() {
        for (index, one) in PERMISSIONS.iter().enumerate() {
            assert!(one.within.is_none_or(|larger| permission(larger).is_some()));
            for other in PERMISSIONS.iter().skip(index + 1) {
                assert!(
                    !other.is(one.delegated) && !other.is(one.application),
                    "{one:?}"
                );
            }
        }
    }

    #[test]
    fn reading_alerts_takes_one_of_four_names() {
        let cases = [
            (&["Alert.Read"][..], true, false),
            (&["Alert.ReadWrite"], true, true),
            (&["Alert.Read.All"], true, false),
            (&["openid", "Alert.ReadWrite.All"], true, true),
            (&["alert.read"], true, false),
            (&["Machine.Isolate", "SecurityAlert.Read.All"], false, false),
            (&["Alert.ReadX", ""], false, false),
            (&[], false, false),
        ];
        for (names, reads, triages) in cases {
            let granted = texts(names);
            assert_eq!(may_read_alerts(&granted, Api::Defender), reads, "{names:?}");
            assert_eq!(
                may_triage_alerts(&granted, Api::Defender),
                triages,
                "{names:?}"
            );
        }
        assert!(may_read_alerts(
            &texts(&["SecurityAlert.ReadWrite.All"]),
            Api::Graph
        ));
        assert!(!may_read_alerts(&texts(&["Alert.ReadWrite"]), Api::Graph));
    }

    #[test]
    fn unknown_permissions_have_words_too() {
        assert_eq!(lets("Score.Read"), None);
        assert_eq!(lets_or_unused("Score.Read"), "not used by vigie");
        assert_eq!(
            lets_or_unused("Machine.Isolate"),
            "isolate and release devices"
        );
    }
}
