//! What stands around the processes of an alert: what started the first of them, and what
//! the system and whoever sits there start with them. No evidence tells of these; the
//! device has reported them all the same.

use std::rc::Rc;

use crate::sim::hunting::background::digest;
use crate::sim::hunting::event::Process;
use crate::sim::hunting::evidence::Alert;
use crate::sim::hunting::evidence::Item;
use crate::sim::population::seeds::hash;
use crate::sim::population::seeds::pick;
use crate::sim::ticks::Ticks;

const SYSTEM: &str = "C:\\Windows\\System32";
/// Programs that the system starts before anybody signs in, each with what starts it.
const BEFORE: [(&str, &str); 7] = [
    ("userinit.exe", "winlogon.exe"),
    ("services.exe", "wininit.exe"),
    ("wininit.exe", "smss.exe"),
    ("winlogon.exe", "smss.exe"),
    ("smss.exe", "System"),
    ("systemd", "kthreadd"),
    ("kernel_task", "launchd"),
];
/// Commands typed into a shell that was started by somebody who looks around.
const LOOKING_AROUND: [(&str, &str); 5] = [
    ("whoami.exe", "whoami.exe /all"),
    ("ipconfig.exe", "ipconfig.exe /all"),
    ("systeminfo.exe", "systeminfo.exe"),
    ("net.exe", "net.exe localgroup administrators"),
    ("tasklist.exe", "tasklist.exe /svc"),
];
/// What a manager of services starts besides.
const BESIDES: [(&str, &str); 3] = [
    ("svchost.exe", "svchost.exe -k netsvcs -p -s BITS"),
    ("svchost.exe", "svchost.exe -k LocalService -p -s WebClient"),
    ("SearchIndexer.exe", "SearchIndexer.exe /Embedding"),
];

/// A process, and what started it.
pub(super) struct Started {
    pub(super) process: Process,
    pub(super) by: Process,
    /// Nobody who signs in started it.
    pub(super) is_of_system: bool,
}

/// What started the process of this piece of evidence: as another piece tells it, else as
/// the device would.
pub(super) fn starter(alert: &Alert<'_>, item: Item<'_>) -> Process {
    let (id, created) = (
        item.number("parentProcessId"),
        item.time("parentProcessCreationTime"),
    );
    let mut others = alert.items().filter(|other| other.kind() == "Process");
    let told = others.find(|other| {
        other.number("processId") == id && other.time("processCreationTime") == created
    });
    if let Some(told) = told {
        return told.process();
    }
    let file = item.text("parentProcessFileName");
    Process {
        id,
        file: Rc::from(file),
        folder: Rc::from(item.text("parentProcessFilePath")),
        command: Rc::from(file),
        created,
        sha1: Rc::from(digest(file, 40)),
        sha256: Rc::from(digest(file, 64)),
        parent: before(file).map(|before| {
            let created = created.map(|created| created.plus_seconds(-3));
            (number(&[id], before), Rc::from(before), created)
        }),
    }
}

/// What else was started around this process.
pub(super) fn around(alert: &Alert<'_>, item: Item<'_>) -> Vec<Started> {
    let process = item.process();
    let by = starter(alert, item);
    let mut started = Vec::new();
    if let (Some((id, file, created)), true) = (&by.parent, before(&by.file).is_some()) {
        // The first of the tree was started too, and with it what the system starts.
        let above = named(*id, file, file, *created);
        if let Some(created) = by.created {
            started.extend(besides(&by, created));
        }
        started.push(Started {
            process: by,
            by: above,
            is_of_system: true,
        });
    }
    let Some(created) = process.created else {
        return started;
    };
    let below = |file: &str, command: &str, after: i64| Started {
        process: Process {
            parent: Some((process.id, Rc::clone(&process.file), process.created)),
            ..named(
                number(&[process.id, after], command),
                file,
                command,
                Some(created.plus_ticks(after)),
            )
        },
        by: process.clone(),
        is_of_system: false,
    };
    let is = |names: &[&str]| {
        names
            .iter()
            .any(|name| process.file.eq_ignore_ascii_case(name))
    };
    if is(&["cmd.exe", "powershell.exe", "certutil.exe", "vssadmin.exe"]) {
        // Each window of text has a program that draws it.
        started.push(below(
            "conhost.exe",
            "conhost.exe 0xffffffff -ForceV1",
            310_000,
        ));
    }
    let seed = hash(u64::try_from(process.id).unwrap_or(0), &process.command);
    if is(&["cmd.exe", "powershell.exe"])
        && seed.is_multiple_of(2)
        && let Some((file, command)) = pick(&LOOKING_AROUND, seed / 2)
    {
        started.push(below(file, command, 94_000_000));
    }
    started
}

/// What the manager of services started shortly after itself.
fn besides(manager: &Process, created: Ticks) -> Option<Started> {
    if &*manager.file != "services.exe" {
        return None;
    }
    let (file, command) = pick(&BESIDES, u64::try_from(manager.id).unwrap_or(0) / 4)?;
    let id = number(&[manager.id, 1], command);
    Some(Started {
        process: named(id, file, command, Some(created.plus_seconds(5))),
        by: manager.clone(),
        is_of_system: true,
    })
}

fn named(id: i64, file: &str, command: &str, created: Option<Ticks>) -> Process {
    let is_of_windows = file.contains('.');
    Process {
        id,
        file: Rc::from(file),
        folder: Rc::from(if is_of_windows { SYSTEM } else { "" }),
        command: Rc::from(command),
        created,
        sha1: Rc::from(digest(file, 40)),
        sha256: Rc::from(digest(file, 64)),
        parent: before(file).map(|before| {
            let created = created.map(|created| created.plus_seconds(-2));
            (number(&[id], before), Rc::from(before), created)
        }),
    }
}

/// What starts a program that the system starts.
fn before(file: &str) -> Option<&'static str> {
    let mut known = BEFORE.iter();
    known
        .find(|(name, _)| *name == file)
        .map(|(_, before)| *before)
}

/// The number of a process, made from what it belongs to: the same each time. Windows
/// counts them in fours.
fn number(of: &[i64], command: &str) -> i64 {
    let seed = of
        .iter()
        .fold(11, |seed, number| hash(seed, &number.to_string()));
    i64::try_from((hash(seed, command) % 6000 + 200) * 4).unwrap_or(4)
}
