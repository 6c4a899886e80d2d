//! What somebody wants to do here, and what has to be granted for it.
//!
//! One table for whoever asks for permissions and for whoever checks them.

use super::permissions::Api;
use super::permissions::Permission;
use super::permissions::permission;
use crate::domain::text::Text;

/// Something an operator may want to do with vigie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Capability {
    /// See alerts and devices.
    Read,
    /// Take, close and note alerts.
    Triage,
    /// Act on devices.
    Respond,
    /// Run queries.
    Hunt,
}

impl Capability {
    pub const ALL: [Self; 4] = [Self::Read, Self::Triage, Self::Respond, Self::Hunt];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Triage => "triage",
            Self::Respond => "respond",
            Self::Hunt => "hunt",
        }
    }

    /// What it lets an operator do.
    pub const fn lets(self) -> &'static str {
        match self {
            Self::Read => "see alerts and devices",
            Self::Triage => "take, close and note alerts",
            Self::Respond => "isolate, scan and restrict devices, collect packages, stop files",
            Self::Hunt => "run hunting queries",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }

    /// What has to be granted for it. Nothing where the API cannot do it at all.
    pub fn permissions(self, api: Api) -> Vec<&'static Permission> {
        let names: &[&str] = match (api, self) {
            (Api::Defender, Self::Read) => &["Alert.Read", "Machine.Read"],
            (Api::Defender, Self::Triage) => &["Alert.ReadWrite"],
            (Api::Defender, Self::Respond) => &[
                // An action does not include seeing what became of it.
                "Machine.Read",
                "Machine.Isolate",
                "Machine.Scan",
                "Machine.RestrictExecution",
                "Machine.CollectForensics",
                "Machine.StopAndQuarantine",
            ],
            (Api::Defender, Self::Hunt) => &["AdvancedQuery.Read"],
            (Api::Graph, Self::Read) => &["SecurityAlert.Read.All", "SecurityIncident.Read.All"],
            (Api::Graph, Self::Triage) => &["SecurityAlert.ReadWrite.All"],
            (Api::Graph, Self::Respond) => &[],
            (Api::Graph, Self::Hunt) => &["ThreatHunting.Read.All"],
        };
        names.iter().filter_map(|name| permission(name)).collect()
    }

    /// What it does more with where it is granted, and does without where it is not: what
    /// is related to an alert beside its evidence.
    pub fn related_permissions(self, api: Api) -> Vec<&'static Permission> {
        let names: &[&str] = match (api, self) {
            (Api::Defender, Self::Read) => &[
                "File.Read.All",
                "Ip.Read.All",
                "URL.Read.All",
                "User.Read.All",
            ],
            (Api::Defender, Self::Triage | Self::Respond | Self::Hunt) | (Api::Graph, _) => &[],
        };
        names.iter().filter_map(|name| permission(name)).collect()
    }

    /// The role in Defender a person needs beside the permissions of the application:
    /// its older name, and where it stands in unified RBAC.
    pub const fn role(self) -> (&'static str, &'static str) {
        match self {
            Self::Read | Self::Hunt => (
                "View Data",
                "Security operations / Security data / Security data basics (read)",
            ),
            Self::Triage => (
                "Alerts investigation",
                "Security operations / Security data / Alerts (manage)",
            ),
            Self::Respond => (
                "Active remediation actions",
                "Security operations / Security data / Response (manage)",
            ),
        }
    }
}

/// Everything to be granted for these capabilities: each once, and none that another
/// one includes.
pub fn needed(wanted: &[Capability], api: Api) -> Vec<&'static Permission> {
    let mut all: Vec<&'static Permission> = Vec::new();
    for permission in wanted.iter().flat_map(|one| one.permissions(api)) {
        if !all.contains(&permission) {
            all.push(permission);
        }
    }
    let every = all.clone();
    all.retain(|one| !every.iter().any(|other| one.is_within(other)));
    all
}

/// What of a capability is not granted.
pub fn lacking(capability: Capability, granted: &[Text], api: Api) -> Vec<&'static Permission> {
    not_held(capability.permissions(api), granted)
}

/// What of a capability is not granted that it does without.
pub fn lacking_related(
    capability: Capability,
    granted: &[Text],
    api: Api,
) -> Vec<&'static Permission> {
    not_held(capability.related_permissions(api), granted)
}

fn not_held(
    mut permissions: Vec<&'static Permission>,
    granted: &[Text],
) -> Vec<&'static Permission> {
    permissions.retain(|permission| !permission.is_held(granted));
    permissions
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::related::Part;

    fn names(permissions: &[&Permission]) -> Vec<&'static str> {
        permissions.iter().map(|one| one.name(false)).collect()
    }

    #[test]
    fn every_capability_is_named_and_its_permissions_exist() {
        for capability in Capability::ALL {
            assert_eq!(Capability::named(capability.name()), Some(capability));
            for api in [Api::Defender, Api::Graph] {
                let related = capability.related_permissions(api);
                for permission in capability.permissions(api).into_iter().chain(related) {
                    assert_eq!(permission.api, api);
                    assert!(permission.used, "{permission:?}");
                }
            }
        }
        assert_eq!(Capability::Respond.permissions(Api::Defender).len(), 6);
        let related = Capability::Read.related_permissions(Api::Defender);
        assert_eq!(names(&related), Part::ALL.map(Part::permission));
        assert_eq!(Capability::named("write"), None);
    }

    #[test]
    fn only_what_is_needed_is_asked_for() {
        use Capability::Hunt;
        use Capability::Read;
        use Capability::Triage;
        let read = needed(&[Read], Api::Defender);
        assert_eq!(names(&read), ["Alert.Read", "Machine.Read"]);
        let usual = needed(&[Read, Triage], Api::Defender);
        assert_eq!(names(&usual), ["Machine.Read", "Alert.ReadWrite"]);
        let all = needed(&Capability::ALL, Api::Defender);
        assert_eq!(all.len(), 8);
        let graph = needed(&[Read, Triage, Hunt], Api::Graph);
        let expected = [
            "SecurityIncident.Read.All",
            "SecurityAlert.ReadWrite.All",
            "ThreatHunting.Read.All",
        ];
        assert_eq!(names(&graph), expected);
    }

    #[test]
    fn what_is_lacking_is_named_for_users_and_applications() {
        let granted: Vec<Text> = ["Alert.ReadWrite.All", "Machine.Isolate"]
            .map(Text::from)
            .into();
        let lacks = |capability| lacking(capability, &granted, Api::Defender);
        let read = lacks(Capability::Read);
        let of_applications: Vec<_> = read.iter().map(|one| one.name(true)).collect();
        assert_eq!(of_applications, ["Machine.Read.All"]);
        assert!(lacks(Capability::Triage).is_empty());
        assert_eq!(lacks(Capability::Respond).len(), 5);
    }
}
