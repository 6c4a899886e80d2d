//! What an alert left on its device, and on the other devices of its incident.
//!
//! An incident that spread took its files and its addresses along: whoever hunts for a
//! digest of the first device finds the second.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::collections::HashSet;

use crate::sim::hunting::event::Event;
use crate::sim::hunting::event::Process;
use crate::sim::hunting::event::maker;
use crate::sim::hunting::evidence::Alert;
use crate::sim::hunting::evidence::Item;
use crate::sim::hunting::evidence::host;
use crate::sim::hunting::relatives;
use crate::sim::json::Object;
use crate::sim::kql::Value;
use crate::sim::population::Device;
use crate::sim::population::Directory;
use crate::sim::population::User;
use crate::sim::population::seeds::hash;
use crate::sim::ticks::Ticks;

/// What has been told so far.
#[derive(Default)]
pub(super) struct Traces {
    /// The same process shows in several alerts and ran once.
    told: HashSet<u64>,
    incidents: BTreeMap<i64, Spread>,
}

/// One incident: where it has been, and what it took along.
#[derive(Default)]
struct Spread {
    devices: Vec<String>,
    loot: Vec<Loot>,
}

struct Loot {
    origin: String,
    event: Event,
    at: Ticks,
}

/// Files of these folders are everywhere, whoever attacks whom.
const COMMON: [&str; 4] = ["C:\\Windows", "C:\\Program", "/usr", "/bin"];
/// How often an implant calls home.
const BEACON_SECONDS: i64 = 62;

impl Traces {
    /// What happened on the device of the alert.
    pub(super) fn of(&mut self, alert: &Alert<'_>) -> Vec<Event> {
        let (Some(device), Some(first)) = (alert.device, alert.first) else {
            return Vec::new();
        };
        let spread = self.incidents.entry(alert.incident()).or_default();
        if !spread.devices.contains(&device.id) {
            spread.devices.push(device.id.clone());
        }
        let culprit = alert.culprit();
        let case = Case {
            alert,
            device,
            user: alert.user,
            first,
            culprit,
        };
        let mut events = Vec::new();
        for item in alert.items() {
            let made = case.events(item);
            for event in made {
                if !self.told.insert(event.1) {
                    continue;
                }
                if event.2 == Reach::TakenAlong {
                    spread.loot.push(Loot {
                        origin: device.id.clone(),
                        event: event.0.clone(),
                        at: first,
                    });
                }
                events.push(event.0);
            }
        }
        events
    }

    /// The same files and addresses on the other devices of each incident.
    pub(super) fn elsewhere(&self, directory: &Directory) -> Vec<Event> {
        let by_id: HashMap<&str, &Device> = directory
            .devices
            .iter()
            .map(|device| (device.id.as_str(), device))
            .collect();
        let mut events = Vec::new();
        for spread in self.incidents.values().filter(|all| all.devices.len() > 1) {
            for (number, loot) in spread.loot.iter().enumerate() {
                let others = spread.devices.iter().filter(|id| **id != loot.origin);
                for device in others.filter_map(|id| by_id.get(id.as_str())) {
                    let delay = i64::try_from(number % 40).unwrap_or(0) * 7 + 95;
                    let at = loot.at.plus_seconds(delay);
                    events.push(loot.event.moved_to(device, at));
                }
            }
        }
        events.sort_by_key(|event| event.at);
        events
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    ThisDevice,
    TakenAlong,
}

/// The circumstances of one alert.
struct Case<'a> {
    alert: &'a Alert<'a>,
    device: &'a Device,
    user: Option<&'a User>,
    first: Ticks,
    culprit: Option<Process>,
}

/// An event, what makes it the same as another, and whether it spread.
type Told = (Event, u64, Reach);

impl Case<'_> {
    fn events(&self, item: Item<'_>) -> Vec<Told> {
        match item.kind() {
            "Process" => self.process(item),
            "File" => self.file(item),
            "Ip" => self.address(item),
            "Url" => self.url(item),
            "Registry" => self.registry(item),
            "User" => self.logon(),
            _ => Vec::new(),
        }
    }

    fn same(&self, table: &str, what: &str) -> u64 {
        hash(hash(7, table), &format!("{} {what}", self.device.id))
    }

    fn signed(&self, event: Event) -> Event {
        match self.user {
            Some(user) => event.by_user(user),
            None => event,
        }
    }

    fn caused(&self, event: Event) -> Event {
        let event = match self.user {
            Some(user) => event.started_by(user),
            None => event,
        };
        match &self.culprit {
            Some(process) => event.caused_by(process),
            None => event.started_by_system(),
        }
    }

    /// That a process was started, and by whom.
    fn started(&self, process: &Process, by: &Process, at: Ticks) -> Event {
        Event::new("DeviceProcessEvents", at)
            .on(self.device)
            .text("ActionType", "ProcessCreated")
            .file(
                &process.file,
                &process.folder,
                &process.sha1,
                &process.sha256,
            )
            .text("ProcessVersionInfoCompanyName", maker(&process.folder))
            .long("ProcessId", process.id)
            .text("ProcessCommandLine", std::rc::Rc::clone(&process.command))
            .text("ProcessIntegrityLevel", "Medium")
            .put("ProcessCreationTime", Value::Time(at))
            .caused_by(by)
    }

    /// What was started around a process of the evidence.
    fn relatives(&self, item: Item<'_>) -> impl Iterator<Item = Told> {
        let around = relatives::around(self.alert, item).into_iter();
        around.filter_map(|started| {
            let at = started.process.created?;
            let event = self.started(&started.process, &started.by, at);
            let event = match self.user {
                Some(user) if !started.is_of_system => event.by_user(user).started_by(user),
                Some(_) | None => event.by_system().started_by_system(),
            };
            let what = format!("{} {}", started.process.id, started.process.command);
            let same = self.same("DeviceProcessEvents", &what);
            Some((event, same, Reach::ThisDevice))
        })
    }

    fn process(&self, item: Item<'_>) -> Vec<Told> {
        let process = item.process();
        let at = process.created.unwrap_or(self.first);
        let parent = relatives::starter(self.alert, item);
        let event = self.signed(self.started(&process, &parent, at));
        let event = match self.user {
            Some(user) => event.started_by(user),
            None => event,
        };
        let reach = if is_common(&process.folder) {
            Reach::ThisDevice
        } else {
            Reach::TakenAlong
        };
        let what = format!("{} {}", process.id, process.command);
        let mut told = vec![(event, self.same("DeviceProcessEvents", &what), reach)];
        told.extend(self.relatives(item));
        if process.file.eq_ignore_ascii_case("powershell.exe") {
            let details = Object::new().field("Command", "IEX").end();
            let event = Event::new("DeviceEvents", at.plus_seconds(1))
                .on(self.device)
                .text("ActionType", "PowerShellCommand")
                .text("AdditionalFields", details)
                .caused_by(&process);
            told.push((
                self.signed(event),
                self.same("DeviceEvents", &what),
                Reach::ThisDevice,
            ));
        }
        told
    }

    fn file(&self, item: Item<'_>) -> Vec<Told> {
        let (name, folder) = (item.text("fileName"), item.text("filePath"));
        let (sha1, sha256) = (item.text("sha1"), item.text("sha256"));
        if folder.is_empty() {
            // A stream of the script interface is no file on a disk.
            let event = Event::new("DeviceEvents", self.first)
                .on(self.device)
                .text("ActionType", "AmsiScriptDetection")
                .text("SHA256", sha256)
                .text("FileName", name);
            return vec![(
                self.caused(event),
                self.same("DeviceEvents", name),
                Reach::ThisDevice,
            )];
        }
        let event = Event::new("DeviceFileEvents", self.first.plus_seconds(-4))
            .on(self.device)
            .text("ActionType", "FileCreated")
            .file(name, folder, sha1, sha256);
        let length = i64::try_from(name.len()).unwrap_or(0);
        let event = self.caused(event).long("FileSize", 11_264 + length * 1024);
        let reach = if is_common(folder) {
            Reach::ThisDevice
        } else {
            Reach::TakenAlong
        };
        let what = format!("{folder} {name}");
        vec![(event, self.same("DeviceFileEvents", &what), reach)]
    }

    fn connection(&self, address: &str, url: &str, at: Ticks) -> Event {
        let port = i64::try_from(hash(9, &self.device.id) % 16_000).unwrap_or(0);
        let event = Event::new("DeviceNetworkEvents", at)
            .on(self.device)
            .text("ActionType", "ConnectionSuccess")
            .text("RemoteIP", address)
            .long("RemotePort", 443)
            .text("RemoteUrl", url)
            .text("LocalIP", self.device.internal_address())
            .long("LocalPort", 49_152 + port)
            .text("Protocol", "Tcp")
            .text("LocalIPType", "Private")
            .text("RemoteIPType", "Public");
        self.caused(event)
    }

    fn address(&self, item: Item<'_>) -> Vec<Told> {
        let address = item.text("ipAddress");
        let beat = |beat: i64| {
            let at = self.first.plus_seconds(beat * BEACON_SECONDS);
            let what = format!("{address} {}", at.text());
            let reach = if beat == 0 {
                Reach::TakenAlong
            } else {
                Reach::ThisDevice
            };
            let same = self.same("DeviceNetworkEvents", &what);
            (self.connection(address, "", at), same, reach)
        };
        (0..3).map(beat).collect()
    }

    fn url(&self, item: Item<'_>) -> Vec<Told> {
        let url = item.text("url");
        let number = hash(5, host(url)) % 250 + 1;
        let address = format!("203.0.113.{number}");
        let event = self.connection(&address, host(url), self.first.plus_seconds(-2));
        let same = self.same("DeviceNetworkEvents", url);
        vec![(event, same, Reach::TakenAlong)]
    }

    fn registry(&self, item: Item<'_>) -> Vec<Told> {
        let key = format!(
            "{}\\{}",
            item.text("registryHive"),
            item.text("registryKey")
        );
        let same = self.same("DeviceRegistryEvents", &key);
        let event = Event::new("DeviceRegistryEvents", self.first)
            .on(self.device)
            .text("ActionType", "RegistryValueSet")
            .text("RegistryKey", key)
            .text("RegistryValueName", item.text("registryValueName"))
            .text("RegistryValueData", item.text("registryValue"))
            .text("RegistryValueType", item.text("registryValueType"));
        vec![(self.caused(event), same, Reach::ThisDevice)]
    }

    fn logon(&self) -> Vec<Told> {
        let at = self.first.plus_seconds(-640);
        let event = Event::new("DeviceLogonEvents", at)
            .on(self.device)
            .text("ActionType", "LogonSuccess")
            .text("LogonType", "Interactive")
            .put("IsLocalAdmin", Value::Bool(false));
        let same = self.same("DeviceLogonEvents", &at.text());
        vec![(
            self.signed(event).started_by_system(),
            same,
            Reach::ThisDevice,
        )]
    }
}

fn is_common(folder: &str) -> bool {
    COMMON.iter().any(|common| folder.starts_with(common))
}
