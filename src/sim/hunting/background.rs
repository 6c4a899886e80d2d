//! What happens on a device where nothing is wrong, the same each time it is asked for.
//!
//! Each device has its events of each day; a day's are made from its number, so that the
//! same row stands where it stood as time goes on.

use std::ops::ControlFlow;
use std::rc::Rc;

use crate::sim::hunting::event::Event;
use crate::sim::hunting::event::Process;
use crate::sim::hunting::event::maker;
use crate::sim::json;
use crate::sim::json::Object;
use crate::sim::kql::Value;
use crate::sim::population::Device;
use crate::sim::population::Directory;
use crate::sim::population::User;
use crate::sim::population::seeds::hash;
use crate::sim::population::seeds::hex;
use crate::sim::population::seeds::pick;
use crate::sim::ticks::Ticks;

/// A program people use all day.
struct Program {
    file: &'static str,
    folder: &'static str,
    command: &'static str,
    parent: &'static str,
    talks_to: &'static str,
}

const PROGRAMS: [Program; 8] = [
    Program {
        file: "msedge.exe",
        folder: "C:\\Program Files (x86)\\Microsoft\\Edge\\Application",
        command: "\"msedge.exe\" --type=renderer",
        parent: "explorer.exe",
        talks_to: "edge.microsoft.com",
    },
    Program {
        file: "OUTLOOK.EXE",
        folder: "C:\\Program Files\\Microsoft Office\\root\\Office16",
        command: "\"OUTLOOK.EXE\"",
        parent: "explorer.exe",
        talks_to: "outlook.office365.com",
    },
    Program {
        file: "ms-teams.exe",
        folder: "C:\\Program Files\\WindowsApps\\MSTeams",
        command: "\"ms-teams.exe\" ms-teams:system-initiated",
        parent: "svchost.exe",
        talks_to: "teams.microsoft.com",
    },
    Program {
        file: "svchost.exe",
        folder: "C:\\Windows\\System32",
        command: "svchost.exe -k netsvcs -p -s Schedule",
        parent: "services.exe",
        talks_to: "settings-win.data.microsoft.com",
    },
    Program {
        file: "conhost.exe",
        folder: "C:\\Windows\\System32",
        command: "conhost.exe 0xffffffff -ForceV1",
        parent: "cmd.exe",
        talks_to: "",
    },
    Program {
        file: "EXCEL.EXE",
        folder: "C:\\Program Files\\Microsoft Office\\root\\Office16",
        command: "\"EXCEL.EXE\" \"C:\\Users\\Public\\Documents\\plan.xlsx\"",
        parent: "explorer.exe",
        talks_to: "officeclient.microsoft.com",
    },
    Program {
        file: "powershell.exe",
        folder: "C:\\Windows\\System32\\WindowsPowerShell\\v1.0",
        command: "powershell.exe -NoProfile -File C:\\ProgramData\\Inventory\\collect.ps1",
        parent: "svchost.exe",
        talks_to: "",
    },
    Program {
        file: "MsMpEng.exe",
        folder: "C:\\ProgramData\\Microsoft\\Windows Defender\\Platform",
        command: "\"MsMpEng.exe\"",
        parent: "services.exe",
        talks_to: "wdcp.microsoft.com",
    },
];

const DAY_TICKS: i64 = 864_000_000_000;

/// Everyday events of one table between two moments, of the device with this id or of all.
pub(super) fn events(
    directory: &Directory,
    table: &'static str,
    only: Option<&str>,
    (start, end): (Ticks, Ticks),
    keep: &mut dyn FnMut(Event) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let a_day = match table {
        "DeviceProcessEvents" => 6,
        "DeviceNetworkEvents" => 4,
        "DeviceFileEvents" | "DeviceLogonEvents" => 2,
        _ => 1,
    };
    let devices = directory.devices.iter().enumerate();
    for (index, device) in devices.filter(|(_, device)| only.is_none_or(|id| device.id == id)) {
        let owner = directory.users.get(directory.owner(index));
        let mut day = start.floored(DAY_TICKS);
        while day <= end {
            for slot in 0..a_day {
                let seed = hash(slot, &format!("{table} {} {}", device.id, day.text()));
                let within = i64::try_from(seed % 864_000_000_000).unwrap_or(0);
                let at = day.plus_ticks(within);
                let ordinary = Ordinary {
                    device,
                    owner,
                    seed,
                    at,
                };
                keep(ordinary.event(table))?;
            }
            day = day.plus_ticks(DAY_TICKS);
        }
    }
    ControlFlow::Continue(())
}

struct Ordinary<'a> {
    device: &'a Device,
    owner: Option<&'a User>,
    seed: u64,
    at: Ticks,
}

impl Ordinary<'_> {
    fn event(&self, table: &'static str) -> Event {
        let event = Event::new(table, self.at).on(self.device);
        let Some(program) = pick(&PROGRAMS, self.seed / 7) else {
            return event;
        };
        let process = self.process(program);
        match table {
            "DeviceProcessEvents" => {
                let parent = self.parent(program);
                let event = event
                    .text("ActionType", "ProcessCreated")
                    .file(
                        &process.file,
                        &process.folder,
                        &process.sha1,
                        &process.sha256,
                    )
                    .text("ProcessVersionInfoCompanyName", maker(&process.folder))
                    .long("ProcessId", process.id)
                    .text("ProcessCommandLine", Rc::clone(&process.command))
                    .text("ProcessIntegrityLevel", "Medium")
                    .put("ProcessCreationTime", Value::Time(self.at));
                self.signed(event).caused_by(&parent)
            }
            "DeviceNetworkEvents" => {
                let name = Some(program.talks_to).filter(|name| !name.is_empty());
                let name = name.unwrap_or("ctldl.windowsupdate.com");
                let event = event
                    .text("ActionType", "ConnectionSuccess")
                    .text("RemoteIP", format!("198.51.100.{}", hash(3, name) % 250 + 1))
                    .long("RemotePort", 443)
                    .text("RemoteUrl", name)
                    .text("LocalIP", self.device.internal_address())
                    .long("LocalPort", self.number(16_000) + 49_152)
                    .text("Protocol", "Tcp")
                    .text("LocalIPType", "Private")
                    .text("RemoteIPType", "Public");
                self.caused(event).caused_by(&process)
            }
            "DeviceFileEvents" => {
                let name = format!("~{}.tmp", hex(self.seed, 6));
                let event = event
                    .text("ActionType", "FileCreated")
                    .file(
                        &name,
                        "C:\\Users\\Public\\Documents",
                        &hex(self.seed, 40),
                        &hex(self.seed ^ 1, 64),
                    )
                    .long("FileSize", self.number(90_000) + 512);
                self.caused(event).caused_by(&process)
            }
            "DeviceLogonEvents" => {
                let has_failed = self.seed.is_multiple_of(11);
                let event = event
                    .text(
                        "ActionType",
                        if has_failed {
                            "LogonFailed"
                        } else {
                            "LogonSuccess"
                        },
                    )
                    .text(
                        "FailureReason",
                        if has_failed {
                            "InvalidUserNameOrPassword"
                        } else {
                            ""
                        },
                    )
                    .text(
                        "LogonType",
                        pick(&["Interactive", "Network", "RemoteInteractive"], self.seed)
                            .copied()
                            .unwrap_or_default(),
                    )
                    .text("RemoteIP", self.device.internal_address())
                    .put("IsLocalAdmin", Value::Bool(false));
                self.signed(event).started_by_system()
            }
            "DeviceRegistryEvents" => self.caused(
                event
                    .text("ActionType", "RegistryValueSet")
                    .text(
                        "RegistryKey",
                        "HKEY_CURRENT_USER\\Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\RecentDocs",
                    )
                    .text("RegistryValueName", "MRUListEx")
                    .text("RegistryValueType", "Binary"),
            )
            .caused_by(&process),
            _ => self.caused(event.text("ActionType", "ScreenshotTaken"))
                .caused_by(&process),
        }
    }

    fn number(&self, below: u64) -> i64 {
        i64::try_from(self.seed / 3 % below).unwrap_or(0)
    }

    fn signed(&self, event: Event) -> Event {
        match self.owner {
            Some(owner) => event.by_user(owner).started_by(owner),
            None => event,
        }
    }

    fn caused(&self, event: Event) -> Event {
        match self.owner {
            Some(owner) => event.started_by(owner),
            None => event,
        }
    }

    fn process(&self, program: &Program) -> Process {
        Process {
            id: (self.number(6000) + 200) * 4,
            file: Rc::from(program.file),
            folder: Rc::from(program.folder),
            command: Rc::from(program.command),
            created: Some(self.at.plus_seconds(-self.number(900))),
            sha1: Rc::from(digest(program.file, 40)),
            sha256: Rc::from(digest(program.file, 64)),
            parent: Some((
                (self.number(900) + 100) * 4,
                Rc::from(program.parent),
                Some(self.at.plus_seconds(-7200)),
            )),
        }
    }

    fn parent(&self, program: &Program) -> Process {
        Process {
            id: (self.number(900) + 100) * 4,
            file: Rc::from(program.parent),
            folder: Rc::from("C:\\Windows\\System32"),
            command: Rc::from(program.parent),
            created: Some(self.at.plus_seconds(-7200)),
            sha1: Rc::from(digest(program.parent, 40)),
            sha256: Rc::from(digest(program.parent, 64)),
            parent: None,
        }
    }
}

/// The digest the file has in the evidence of alerts too.
pub(super) fn digest(file: &str, digits: usize) -> String {
    let salt = 1 ^ u64::try_from(digits).unwrap_or(0);
    hex(hash(salt, &file.to_lowercase()), digits)
}

/// `DeviceInfo`: what each device last said of itself, or the one with this id.
pub(super) fn devices(
    directory: &Directory,
    only: Option<&str>,
    now: Ticks,
    keep: &mut dyn FnMut(Event) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let devices = directory.devices.iter().enumerate();
    for (index, device) in devices.filter(|(_, device)| only.is_none_or(|id| device.id == id)) {
        let body: serde_json::Value =
            serde_json::from_str(&device.body(Object::new(), "None", now)).unwrap_or_default();
        let text = |name: &str| {
            let value = body.get(name).and_then(serde_json::Value::as_str);
            value.unwrap_or_default().to_owned()
        };
        let seen = text("lastSeen").parse().map_or(now, Ticks::of);
        let users: Vec<String> = directory
            .users
            .get(directory.owner(index))
            .map(|user| {
                Object::new()
                    .field("UserName", &user.account)
                    .field("DomainName", user.domain)
                    .field("Sid", &user.sid)
                    .end()
            })
            .into_iter()
            .collect();
        let build = body.get("osBuild").and_then(serde_json::Value::as_i64);
        let event = Event::new("DeviceInfo", seen)
            .on(device)
            .text("ClientVersion", text("agentVersion"))
            .text("PublicIP", text("lastExternalIpAddress"))
            .text("OSArchitecture", text("osArchitecture"))
            .text("OSPlatform", text("osPlatform"))
            .put("OSBuild", build.map_or(Value::Null, Value::Long))
            .text("OSVersion", text("version"))
            .put("IsAzureADJoined", Value::Bool(build.is_some()))
            .text("AadDeviceId", text("aadDeviceId"))
            .text("LoggedOnUsers", json::list(&users))
            .text("MachineGroup", text("rbacGroupName"))
            .text("OnboardingStatus", text("onboardingStatus"))
            .text("SensorHealthState", text("healthStatus"))
            .text("ExposureLevel", text("exposureLevel"))
            .text("AssetValue", text("deviceValue"));
        keep(event)?;
    }
    ControlFlow::Continue(())
}
