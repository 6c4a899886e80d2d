//! Who and what there is in the tenant: devices, users, and the analysts of the SOC.
//!
//! Only names and ids are kept; whatever else a body tells is made from the seed when
//! it is asked for.

use fastrand::Rng;
use serde::Serialize;
use serde_json::{Map, Value as Json};

use crate::sim::json;
use crate::sim::json::Object;
use crate::sim::odata::Value;
use crate::sim::population::seeds::guid;
use crate::sim::population::seeds::hash;
use crate::sim::population::seeds::hex;
use crate::sim::population::seeds::pick;
use crate::sim::ticks::Ticks;

/// The colleagues who work on alerts besides the person signed in.
pub(crate) const ANALYSTS: [&str; 5] = [
    "lin.zhao@contoso.example",
    "marco.bianchi@contoso.example",
    "secop2@contoso.example",
    "aïcha.n'diaye@contoso.example",
    "soc-tier3@fabrikam.example",
];

/// One onboarded device.
#[derive(Debug)]
pub(crate) struct Device {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) group: Option<&'static str>,
    pub(crate) group_id: u32,
    /// What a server is for.
    role: Option<&'static str>,
    platform: &'static Platform,
    pub(crate) seed: u64,
    /// What a script set against the seed.
    pub(crate) overrides: Map<String, Json>,
}

/// One person of the tenant.
#[derive(Debug)]
pub(crate) struct User {
    pub(crate) account: String,
    pub(crate) domain: &'static str,
    pub(crate) upn: String,
    pub(crate) sid: String,
    pub(crate) aad_id: String,
    seed: u64,
}

#[derive(Debug)]
struct Platform {
    name: &'static str,
    version: &'static str,
    build: Option<u32>,
}

/// Everybody and everything.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    pub(crate) devices: Vec<Device>,
    pub(crate) users: Vec<User>,
    /// How many of the first devices are workstations; the rest are servers.
    workstations: usize,
    windows_servers: Vec<usize>,
    linux_servers: Vec<usize>,
}

const WINDOWS_11: Platform = Platform {
    name: "Windows11",
    version: "24H2",
    build: Some(26100),
};
const CLIENTS: [Platform; 3] = [
    WINDOWS_11,
    Platform {
        name: "Windows11",
        version: "23H2",
        build: Some(22631),
    },
    Platform {
        name: "Windows10",
        version: "22H2",
        build: Some(19045),
    },
];
const SERVERS: [Platform; 4] = [
    Platform {
        name: "WindowsServer2022",
        version: "21H2",
        build: Some(20348),
    },
    Platform {
        name: "WindowsServer2019",
        version: "1809",
        build: Some(17763),
    },
    Platform {
        name: "Ubuntu",
        version: "24.4",
        build: None,
    },
    Platform {
        name: "RedHatEnterpriseLinux",
        version: "9.5",
        build: None,
    },
];
const SITES: [&str; 8] = ["par", "lon", "osl", "sgp", "nyc", "tyo", "gva", "yul"];
const ROLES: [&str; 8] = ["dc", "sql", "web", "file", "print", "backup", "jump", "erp"];
const GROUPS: [&str; 6] = [
    "Workstations EMEA",
    "Workstations APAC",
    "Finance",
    "Executives (handle with care)",
    "Lab",
    "UnassignedGroup",
];
const PEOPLE: [&str; 36] = [
    "amelie.laurent",
    "b.okafor",
    "carlos.mendes",
    "d.ivanova",
    "elif.yilmaz",
    "f.nakamura",
    "grace.oneill",
    "h.lindqvist",
    "ines.ferreira",
    "j.kowalski",
    "k.adeyemi",
    "laura.schmidt",
    "m.rossi",
    "nadia.haddad",
    "o.svensson",
    "priya.raman",
    "q.nguyen",
    "rachel.cohen",
    "s.petrov",
    "tomas.novak",
    "u.becker",
    "v.dubois",
    "w.zhang",
    "x.costa",
    "y.tanaka",
    "zoe.martin",
    "a.keita",
    "björn.ås",
    "chloé.petit",
    "d.o'brien",
    "svc-backup",
    "svc-sql",
    "adm-lindqvist",
    "adm-rossi",
    "reception1",
    "kiosk-lobby",
];

impl Directory {
    /// A tenant of about `size` devices.
    pub(crate) fn new(size: usize, rng: &mut Rng) -> Self {
        let servers = size / 6 + ROLES.len();
        let mut devices: Vec<Device> = (0..size)
            .map(|number| Device::workstation(number, rng))
            .collect();
        let workstations = devices.len();
        devices.extend((0..servers).map(|number| Device::server(number, rng)));
        let (windows_servers, linux_servers) = (workstations..devices.len())
            .partition(|index| devices.get(*index).is_some_and(Device::runs_windows));
        let users = PEOPLE.iter().map(|name| User::new(name)).collect();
        Self {
            devices,
            users,
            workstations,
            windows_servers,
            linux_servers,
        }
    }

    /// One more workstation, as a script has it; the story never goes there.
    pub(crate) fn add(&mut self, id: &str, name: &str) {
        let mut device = Device::workstation(0, &mut Rng::with_seed(hash(5, id)));
        id.clone_into(&mut device.id);
        name.clone_into(&mut device.name);
        let steady = [
            ("healthStatus", "Active"),
            ("onboardingStatus", "Onboarded"),
        ];
        for (name, value) in steady {
            device.overrides.insert(name.to_owned(), value.into());
        }
        self.devices.push(device);
    }

    pub(crate) fn device_mut(&mut self, id_or_name: &str) -> Option<&mut Device> {
        let (index, _) = self.device(id_or_name)?;
        self.devices.get_mut(index)
    }

    pub(crate) fn any_workstation(&self, rng: &mut Rng) -> usize {
        rng.usize(..self.workstations.max(1))
    }

    pub(crate) fn any_windows_server(&self, rng: &mut Rng) -> usize {
        rng.choice(&self.windows_servers).copied().unwrap_or(0)
    }

    pub(crate) fn any_linux_server(&self, rng: &mut Rng) -> usize {
        rng.choice(&self.linux_servers).copied().unwrap_or(0)
    }

    /// A device by its id, or by its name as the machine page allows.
    pub(crate) fn device(&self, id_or_name: &str) -> Option<(usize, &Device)> {
        self.devices.iter().enumerate().find(|(_, device)| {
            device.id == id_or_name || device.name.eq_ignore_ascii_case(id_or_name)
        })
    }

    /// The person who usually sits at a device.
    pub(crate) fn owner(&self, device: usize) -> usize {
        let seed = self.devices.get(device).map_or(0, |device| device.seed);
        usize::try_from(hash(seed, "owner")).unwrap_or(0) % self.users.len().max(1)
    }
}

impl Device {
    fn workstation(number: usize, rng: &mut Rng) -> Self {
        let site = pick(&SITES, rng.u64(..)).copied().unwrap_or_default();
        let name = match rng.u8(..20) {
            0 => format!("DESKTOP-{}", hex(rng.u64(..), 7).to_uppercase()),
            1 => String::from("営業部-端末-07.contoso.example"),
            2 => format!(
                "{site}-lt-{number:04}.corp.emea.sub-division.a-rather-long-organisational-unit.fabrikam.example"
            ),
            3..=5 => format!("{}-LT-{number:04}.fabrikam.example", site.to_uppercase()),
            _ => format!("{site}-lt-{number:04}.contoso.example"),
        };
        let group = pick(&GROUPS, rng.u64(..))
            .copied()
            .filter(|_| rng.u8(..12) != 0);
        let platform = pick(&CLIENTS, rng.u64(..)).unwrap_or(&WINDOWS_11);
        Self::new(name, group, None, platform, rng)
    }

    fn server(number: usize, rng: &mut Rng) -> Self {
        let role = ROLES.get(number % ROLES.len()).copied().unwrap_or_default();
        let name = format!("srv-{role}-{:02}.contoso.example", number / ROLES.len() + 1);
        let group = match role {
            "dc" => "Tier 0",
            "erp" => "Finance",
            _ => "Servers",
        };
        // Domain controllers and databases run on Windows here, so that their story holds.
        let platforms = if matches!(role, "web" | "backup") {
            SERVERS.as_slice()
        } else {
            SERVERS.get(..2).unwrap_or_default()
        };
        let platform = pick(platforms, rng.u64(..)).unwrap_or(&WINDOWS_11);
        Self::new(name, Some(group), Some(role), platform, rng)
    }

    fn new(
        name: String,
        group: Option<&'static str>,
        role: Option<&'static str>,
        platform: &'static Platform,
        rng: &mut Rng,
    ) -> Self {
        let seed = rng.u64(..);
        let group_id = group.map_or(0, |group| {
            100 + u32::try_from(hash(0, group) % 400).unwrap_or(0)
        });
        Self {
            id: hex(seed, 40),
            name,
            group,
            group_id,
            role,
            platform,
            seed,
            overrides: Map::new(),
        }
    }

    // Only Windows has the kind of build number the service tells.
    fn runs_windows(&self) -> bool {
        self.platform.build.is_some()
    }

    /// The name without its domain.
    pub(crate) fn short_name(&self) -> &str {
        self.name.split('.').next().unwrap_or_default()
    }

    pub(crate) fn internal_address(&self) -> String {
        format!(
            "10.{}.{}.{}",
            self.seed % 40,
            (self.seed >> 8) % 250,
            (self.seed >> 16) % 250 + 2
        )
    }

    /// The value of a property that a script set.
    fn overridden(&self, name: &str) -> Option<&Json> {
        self.overrides.get(name)
    }

    /// The text of a property, as its body tells it.
    pub(crate) fn told(&self, name: &'static str) -> Option<&str> {
        match self.overridden(name) {
            Some(value) => value.as_str(),
            None => self.enumeration(name),
        }
    }

    /// The platform as the body tells it.
    pub(crate) fn platform(&self) -> &str {
        self.overridden("osPlatform")
            .and_then(Json::as_str)
            .unwrap_or(self.platform.name)
    }

    /// Whether it has not been heard of for days.
    pub(crate) fn is_away(&self) -> bool {
        self.told("healthStatus") == Some("Inactive")
    }

    fn enumeration(&self, name: &'static str) -> Option<&'static str> {
        let seed = hash(self.seed, name);
        match name {
            "exposureLevel" => pick(
                &[
                    Some("None"),
                    Some("Low"),
                    Some("Low"),
                    Some("Medium"),
                    Some("High"),
                    None,
                ],
                seed,
            )
            .copied()
            .flatten(),
            "deviceValue" => match self.group {
                Some("Tier 0") => Some("High"),
                _ => pick(&["Normal", "Normal", "Normal", "Low"], seed).copied(),
            },
            "healthStatus" => pick(
                &[
                    "Active",
                    "Active",
                    "Active",
                    "Active",
                    "Active",
                    "Active",
                    "Active",
                    "Inactive",
                    "ImpairedCommunication",
                    "NoSensorData",
                ],
                seed,
            )
            .copied()
            // Nobody leaves a server off for a week.
            .map(|health| {
                if self.role.is_some() {
                    "Active"
                } else {
                    health
                }
            }),
            "onboardingStatus" if self.role.is_none() && seed.is_multiple_of(24) => {
                Some("CanBeOnboarded")
            }
            "onboardingStatus" => Some("Onboarded"),
            _ => None,
        }
    }

    fn first_seen(&self, now: Ticks) -> Ticks {
        now.plus_seconds(-86_400 * 200)
            .plus_seconds(-i64::try_from(self.seed % 40_000_000).unwrap_or(0))
    }

    pub(crate) fn last_seen(&self, now: Ticks) -> Ticks {
        if let Some(Ok(set)) = self
            .overridden("lastSeen")
            .and_then(Json::as_str)
            .map(str::parse)
        {
            return Ticks::of(set);
        }
        let days = if self.is_away() {
            8 + self.seed % 14
        } else {
            0
        };
        now.plus_seconds(-i64::try_from(self.seed % 86_400 + days * 86_400).unwrap_or(0))
            .plus_ticks(-1_234_567)
    }

    /// Whether it had this internal address within a quarter of an hour of `at`.
    pub(crate) fn had_address(&self, address: &str, at: Ticks, now: Ticks) -> bool {
        const AROUND: i64 = 15 * 60;
        let until = if self.is_away() {
            self.last_seen(now)
        } else {
            now
        };
        self.internal_address() == address
            && at.plus_seconds(AROUND) >= self.first_seen(now)
            && at.plus_seconds(-AROUND) <= until
    }

    /// What a filter on machines sees, when the alerts on it amount to `risk`.
    pub(crate) fn read(&self, name: &str, risk: &'static str, now: Ticks) -> Value<'_> {
        let text = |text: &str| Value::Text(text.to_owned().into());
        match name {
            "id" => text(&self.id),
            "computerDnsName" => text(&self.name),
            "version" => text(self.platform.version),
            "osPlatform" => text(self.platform()),
            "lastIpAddress" => text(&self.internal_address()),
            "aadDeviceId" => text(&guid(hash(self.seed, "aad"))),
            "rbacGroupId" => Value::Number(i64::from(self.group_id)),
            "lastSeen" => Value::Time(self.last_seen(now).timestamp()),
            "riskScore" => text(risk),
            "exposureLevel" => self.told("exposureLevel").map_or(Value::Null, text),
            "deviceValue" => self.told("deviceValue").map_or(Value::Null, text),
            "healthStatus" => self.told("healthStatus").map_or(Value::Null, text),
            "onboardingStatus" => self.told("onboardingStatus").map_or(Value::Null, text),
            _ => Value::Null,
        }
    }

    fn tags(&self) -> Vec<String> {
        let own = match self.seed % 5 {
            0 => vec!["VIP"],
            1 => vec!["ring-2", "patch: tuesday"],
            _ => Vec::new(),
        };
        let role = self.role.map(|role| match role {
            "dc" => String::from("domain controller"),
            role => format!("server: {role}"),
        });
        role.into_iter()
            .chain(own.into_iter().map(str::to_owned))
            .collect()
    }

    /// The properties of the machine's body, still open for more.
    pub(crate) fn body(&self, object: Object, risk: &'static str, now: Ticks) -> String {
        let external = format!("198.51.100.{}", self.seed % 250 + 1);
        let mac = hex(hash(self.seed, "mac"), 12).to_uppercase();
        let address = |address: &str, mac: Option<&str>, kind: &str| {
            Object::new()
                .field("ipAddress", address)
                .field("macAddress", mac)
                .field("type", kind)
                .field("operationalStatus", "Up")
                .end()
        };
        let addresses = [
            address(&self.internal_address(), Some(&mac), "Ethernet"),
            address(
                &format!("2001:db8:68:4:59e4:3916:{}:4f96", hex(self.seed, 4)),
                Some(&mac),
                "Ethernet",
            ),
            address("", None, "Tunnel"),
        ];
        let mut body = Overridable {
            object,
            overrides: &self.overrides,
        };
        body.put("id", &self.id);
        body.put("mergedIntoMachineId", None::<&str>);
        body.put("isPotentialDuplication", false);
        body.put("isExcluded", false);
        body.put("exclusionReason", None::<&str>);
        body.put("computerDnsName", &self.name);
        body.put("firstSeen", self.first_seen(now).text());
        body.put("lastSeen", self.last_seen(now).text());
        body.put("osPlatform", self.platform.name);
        body.put("osVersion", None::<&str>);
        body.put("osProcessor", "x64");
        body.put("version", self.platform.version);
        body.put("lastIpAddress", self.internal_address());
        body.put(
            "lastExternalIpAddress",
            Some(external).filter(|_| self.group != Some("Tier 0")),
        );
        body.put("agentVersion", "10.8735.26100.2033");
        body.put("osBuild", self.platform.build);
        body.put("healthStatus", self.enumeration("healthStatus"));
        body.put("deviceValue", self.enumeration("deviceValue"));
        body.put("rbacGroupId", self.group_id);
        body.put("rbacGroupName", self.group);
        body.put("riskScore", risk);
        body.put("exposureLevel", self.enumeration("exposureLevel"));
        body.put("isAadJoined", self.platform.build.map(|_| true));
        body.put("aadDeviceId", guid(hash(self.seed, "aad")));
        body.put("defenderAvStatus", "NotSupported");
        body.put("onboardingStatus", self.enumeration("onboardingStatus"));
        body.put("osArchitecture", "64-bit");
        body.put("managedBy", "Intune");
        body.put("managedByStatus", None::<&str>);
        body.put("vmMetadata", None::<&str>);
        body.put("machineTags", self.tags());
        body.put_raw("ipAddresses", json::list(&addresses));
        body.object.end()
    }
}

/// A body whose properties a script may have set.
struct Overridable<'a> {
    object: Object,
    overrides: &'a Map<String, Json>,
}

impl Overridable<'_> {
    fn put(&mut self, name: &str, value: impl Serialize) {
        self.put_raw(name, json::text(value));
    }

    /// The same of a value that is JSON text already.
    fn put_raw(&mut self, name: &str, value: String) {
        let text = self.overrides.get(name).map_or(value, json::text);
        let object = std::mem::replace(&mut self.object, Object::new());
        self.object = object.raw(name, &text);
    }
}

impl User {
    fn new(account: &str) -> Self {
        let seed = hash(17, account);
        Self {
            account: account.to_owned(),
            domain: "CONTOSO",
            upn: format!("{account}@contoso.example"),
            sid: format!(
                "S-1-5-21-1004336348-1177238915-682003330-{}",
                1000 + seed % 90_000
            ),
            aad_id: guid(seed),
            seed,
        }
    }

    /// The body of a user as the logon calls tell it.
    pub(crate) fn body(&self, object: Object, machine: &str, now: Ticks) -> String {
        let ago = |seconds: u64| {
            now.plus_seconds(-i64::try_from(seconds).unwrap_or(0))
                .text_in_seconds()
        };
        let logons = pick(
            &[
                "Interactive",
                "Network",
                "Interactive, RemoteInteractive",
                "Network, RemoteInteractive",
            ],
            self.seed,
        );
        object
            .field(
                "id",
                format!("{}\\{}", self.domain.to_lowercase(), self.account),
            )
            .field("accountName", &self.account)
            .field("accountDomain", self.domain.to_lowercase())
            .field("accountSid", &self.sid)
            .field("firstSeen", ago(2_000_000 + self.seed % 9_000_000))
            .field("lastSeen", ago(self.seed % 50_000))
            .field("mostPrevalentMachineId", machine)
            .field("leastPrevalentMachineId", machine)
            .field("logonTypes", logons)
            .field("logOnMachinesCount", self.seed % 9 + 1)
            .field("isDomainAdmin", self.account.starts_with("adm-"))
            .field(
                "isOnlyNetworkUser",
                logons.is_some_and(|logons| *logons == "Network"),
            )
            .end()
    }
}
