//! One row of a table, told by its names until the table's columns are known.

use std::rc::Rc;

use crate::sim::hunting::schema::Schema;
use crate::sim::kql::Kind;
use crate::sim::kql::Row;
use crate::sim::kql::Value;
use crate::sim::population::Device;
use crate::sim::population::User;
use crate::sim::ticks::Ticks;

/// Something that happened.
#[derive(Clone)]
pub(super) struct Event {
    pub(super) table: &'static str,
    pub(super) at: Ticks,
    /// The id of the device that reported it; empty for an alert of none.
    pub(super) device: Rc<str>,
    filled: Vec<(&'static str, Value)>,
}

/// A process as the events it causes tell of it.
#[derive(Clone, Debug)]
pub(super) struct Process {
    pub(super) id: i64,
    pub(super) file: Rc<str>,
    pub(super) folder: Rc<str>,
    pub(super) command: Rc<str>,
    pub(super) created: Option<Ticks>,
    pub(super) sha1: Rc<str>,
    pub(super) sha256: Rc<str>,
    pub(super) parent: Option<(i64, Rc<str>, Option<Ticks>)>,
}

impl Event {
    pub(super) fn new(table: &'static str, at: Ticks) -> Self {
        let filled = vec![("Timestamp", Value::Time(at))];
        Self {
            table,
            at,
            device: Rc::from(""),
            filled,
        }
    }

    pub(super) fn put(mut self, name: &'static str, value: Value) -> Self {
        self.filled.push((name, value));
        self
    }

    pub(super) fn text(self, name: &'static str, text: impl Into<Rc<str>>) -> Self {
        self.put(name, Value::text(text))
    }

    pub(super) fn long(self, name: &'static str, number: i64) -> Self {
        self.put(name, Value::Long(number))
    }

    pub(super) fn on(self, device: &Device) -> Self {
        let id: Rc<str> = Rc::from(device.id.as_str());
        let on = Self {
            device: Rc::clone(&id),
            ..self
        };
        on.text("DeviceId", id)
            .text("DeviceName", device.name.as_str())
    }

    pub(super) fn by_user(self, user: &User) -> Self {
        self.text("AccountDomain", user.domain.to_lowercase())
            .text("AccountName", user.account.as_str())
            .text("AccountSid", user.sid.as_str())
            .text("AccountUpn", user.upn.as_str())
            .text("AccountObjectId", user.aad_id.as_str())
    }

    pub(super) fn by_system(self) -> Self {
        self.text("AccountDomain", "nt authority")
            .text("AccountName", "system")
            .text("AccountSid", "S-1-5-18")
    }

    pub(super) fn started_by(self, user: &User) -> Self {
        self.text("InitiatingProcessAccountDomain", user.domain.to_lowercase())
            .text("InitiatingProcessAccountName", user.account.as_str())
            .text("InitiatingProcessAccountSid", user.sid.as_str())
            .text("InitiatingProcessAccountUpn", user.upn.as_str())
            .text("InitiatingProcessAccountObjectId", user.aad_id.as_str())
    }

    pub(super) fn started_by_system(self) -> Self {
        self.text("InitiatingProcessAccountDomain", "nt authority")
            .text("InitiatingProcessAccountName", "system")
            .text("InitiatingProcessAccountSid", "S-1-5-18")
            .text("InitiatingProcessIntegrityLevel", "System")
    }

    pub(super) fn file(self, name: &str, folder: &str, sha1: &str, sha256: &str) -> Self {
        self.text("FileName", name)
            .text("FolderPath", joined(folder, name))
            .text("SHA1", sha1)
            .text("SHA256", sha256)
    }

    pub(super) fn caused_by(self, process: &Process) -> Self {
        let event = self
            .text("InitiatingProcessFileName", Rc::clone(&process.file))
            .text(
                "InitiatingProcessFolderPath",
                joined(&process.folder, &process.file).to_lowercase(),
            )
            .text("InitiatingProcessCommandLine", Rc::clone(&process.command))
            .text(
                "InitiatingProcessVersionInfoCompanyName",
                maker(&process.folder),
            )
            .text("InitiatingProcessSHA1", Rc::clone(&process.sha1))
            .text("InitiatingProcessSHA256", Rc::clone(&process.sha256))
            .long("InitiatingProcessId", process.id)
            .put("InitiatingProcessCreationTime", time(process.created));
        match &process.parent {
            Some((id, file, created)) => event
                .long("InitiatingProcessParentId", *id)
                .text("InitiatingProcessParentFileName", Rc::clone(file))
                .put("InitiatingProcessParentCreationTime", time(*created)),
            None => event,
        }
    }

    /// The same on another device, later.
    pub(super) fn moved_to(&self, device: &Device, at: Ticks) -> Self {
        let moved = Self { at, ..self.clone() };
        let moved = moved.put("Timestamp", Value::Time(at)).on(device);
        if moved.table == "DeviceNetworkEvents" {
            return moved.text("LocalIP", device.internal_address());
        }
        moved
    }

    /// The row; what was not told is empty, or null.
    pub(super) fn row(self, schema: &Schema, report: i64) -> Row {
        let columns = schema.columns();
        columns
            .map(|(name, kind)| {
                let told = self.filled.iter().rev().find(|(told, _)| told == name);
                match (told, kind) {
                    (Some((_, value)), _) => value.clone(),
                    (None, _) if *name == "ReportId" => Value::Long(report),
                    (None, Kind::Text) => Value::text(""),
                    (None, _) => Value::Null,
                }
            })
            .collect()
    }
}

fn time(time: Option<Ticks>) -> Value {
    time.map_or(Value::Null, Value::Time)
}

/// Who says in the file to have made it.
pub(super) fn maker(folder: &str) -> &'static str {
    if folder.starts_with("C:\\Windows") {
        "Microsoft Corporation"
    } else {
        ""
    }
}

/// The path of a file, with the separator its folder has.
pub(super) fn joined(folder: &str, file: &str) -> String {
    if folder.is_empty() {
        return file.to_owned();
    }
    let separator = if folder.contains('/') && !folder.contains('\\') {
        '/'
    } else {
        '\\'
    };
    format!("{}{separator}{file}", folder.trim_end_matches(separator))
}
