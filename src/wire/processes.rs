//! Processes as a hunt tells of them: each row of one that was started tells of three.
//!
//! The process itself, what started it, and of what started that a name and a number. The
//! same process is told many times, by itself and by each of its children: it becomes one,
//! with whatever any of them knows.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::domain::detail::Account;
use crate::domain::detail::Evidence;
use crate::domain::detail::File;
use crate::domain::detail::Parent;
use crate::domain::detail::Process;
use crate::domain::hunt::Findings;
use crate::domain::hunt::tree;
use crate::domain::text::Text;
use crate::domain::text::start_of;
use crate::wire::evidence;
use crate::wire::json;

/// What tells two processes apart: the number and the time; without a time the name too.
type Identity = (u64, Option<Timestamp>, String);

/// The columns that tell of one process, by their names; what a table has not is empty.
struct Columns {
    pid: &'static str,
    created: &'static str,
    name: &'static str,
    path: &'static str,
    sha1: &'static str,
    sha256: &'static str,
    maker: &'static str,
    command: &'static str,
    account: &'static str,
    domain: &'static str,
}

const STARTED: Columns = Columns {
    pid: "ProcessId",
    created: "ProcessCreationTime",
    name: "FileName",
    path: "FolderPath",
    sha1: "SHA1",
    sha256: "SHA256",
    maker: "ProcessVersionInfoCompanyName",
    command: "ProcessCommandLine",
    account: "AccountName",
    domain: "AccountDomain",
};
const STARTER: Columns = Columns {
    pid: "InitiatingProcessId",
    created: "InitiatingProcessCreationTime",
    name: "InitiatingProcessFileName",
    path: "InitiatingProcessFolderPath",
    sha1: "InitiatingProcessSHA1",
    sha256: "InitiatingProcessSHA256",
    maker: "InitiatingProcessVersionInfoCompanyName",
    command: "InitiatingProcessCommandLine",
    account: "InitiatingProcessAccountName",
    domain: "InitiatingProcessAccountDomain",
};
/// Of what started the starter little is told.
const STARTER_OF_STARTER: Columns = Columns {
    pid: "InitiatingProcessParentId",
    created: "InitiatingProcessParentCreationTime",
    name: "InitiatingProcessParentFileName",
    path: "",
    sha1: "",
    sha256: "",
    maker: "",
    command: "",
    account: "",
    domain: "",
};

/// Bytes of a text that are kept: more than any system takes for a command line, and than
/// a path has.
const LONGEST_COMMAND: usize = 32 * 1024;
const LONGEST: usize = 4 * 1024;
/// Bytes of all command lines together.
const MOST_COMMANDS: usize = 4 * 1024 * 1024;

/// The processes that rows of `DeviceProcessEvents` tell of, in the order in which they
/// are told first. What has no number is left out, and so are rows that were not asked for.
pub fn of(findings: &Findings) -> Vec<Evidence> {
    let [own, above, top] =
        [STARTED, STARTER, STARTER_OF_STARTER].map(|columns| columns.places(findings));
    let mut told = Told::default();
    for row in 0..findings.len().min(tree::MOST_ROWS) {
        let of = |places: &Places| places.process(findings, row);
        let (mut process, mut parent, grandparent) = (of(&own), of(&above), of(&top));
        parent.parent = as_parent(&grandparent);
        process.parent = as_parent(&parent);
        // Itself first: nobody knows more of it.
        told.add(process);
        told.add(parent);
        told.add(grandparent);
    }
    let mut room = MOST_COMMANDS;
    let processes = told.processes.into_iter().map(|mut process| {
        // Drawn with each frame, which is not to depend on what somebody sends.
        process.command_line = Text::from(start_of(process.command_line.original(), room));
        room -= process.command_line.original().len();
        process
    });
    processes.map(evidence::of_process).collect()
}

fn as_parent(process: &Process) -> Parent {
    Parent {
        pid: process.pid,
        created: process.created,
        image: process.image.clone(),
    }
}

/// Where the columns stand in one table.
struct Places {
    pid: Option<usize>,
    created: Option<usize>,
    name: Option<usize>,
    path: Option<usize>,
    sha1: Option<usize>,
    sha256: Option<usize>,
    maker: Option<usize>,
    command: Option<usize>,
    account: Option<usize>,
    domain: Option<usize>,
}

impl Columns {
    fn places(&self, findings: &Findings) -> Places {
        let of = |name: &str| {
            let mut columns = findings.columns().iter();
            columns.position(|column| column.name.original().eq_ignore_ascii_case(name))
        };
        Places {
            pid: of(self.pid),
            created: of(self.created),
            name: of(self.name),
            path: of(self.path),
            sha1: of(self.sha1),
            sha256: of(self.sha256),
            maker: of(self.maker),
            command: of(self.command),
            account: of(self.account),
            domain: of(self.domain),
        }
    }
}

impl Places {
    /// The process, without its parent.
    fn process(&self, findings: &Findings, row: usize) -> Process {
        let cell = |place: Option<usize>| place.map_or("", |place| findings.cell(row, place));
        let text = |place: Option<usize>| Text::from(start_of(cell(place), LONGEST));
        let image = File {
            name: text(self.name),
            path: text(self.path),
            sha1: text(self.sha1),
            sha256: text(self.sha256),
            publisher: text(self.maker),
            ..File::default()
        };
        Process {
            pid: number_of(cell(self.pid), &image),
            created: json::parse_timestamp(cell(self.created)),
            image,
            command_line: Text::from(start_of(cell(self.command), LONGEST_COMMAND)),
            account: Account {
                name: text(self.account),
                domain: text(self.domain),
                ..Account::default()
            },
            parent: Parent::default(),
        }
    }
}

/// A number, unless it is the zero that stands for none.
fn number_of(cell: &str, image: &File) -> Option<u64> {
    let number = cell.parse().ok()?;
    (number > 0 || !image.name.is_empty()).then_some(number)
}

/// Everything told so far, each process once.
#[derive(Default)]
struct Told {
    processes: Vec<Process>,
    known: HashMap<Identity, usize>,
}

impl Told {
    fn add(&mut self, process: Process) {
        let Some(pid) = process.pid else {
            return;
        };
        let name = match process.created {
            Some(_) => String::new(),
            None => process.image.name.original().to_lowercase(),
        };
        let place = self.processes.len();
        let place = *self
            .known
            .entry((pid, process.created, name))
            .or_insert(place);
        match self.processes.get_mut(place) {
            Some(known) => fill(known, process),
            None => self.processes.push(process),
        }
    }
}

/// Tells what was not told.
fn fill(known: &mut Process, other: Process) {
    let pairs = [
        (&mut known.image.name, other.image.name),
        (&mut known.image.path, other.image.path),
        (&mut known.image.sha1, other.image.sha1),
        (&mut known.image.sha256, other.image.sha256),
        (&mut known.image.publisher, other.image.publisher),
        (&mut known.command_line, other.command_line),
    ];
    for (text, other) in pairs {
        if text.is_empty() {
            *text = other;
        }
    }
    if known.account.name.is_empty() {
        known.account = other.account;
    }
    if known.parent.pid.is_none() {
        known.parent = other.parent;
    }
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that cannot read its input has failed"
    )]

    use super::*;
    use crate::domain::detail::Entity;
    use crate::wire::hunting;

    fn told(body: &str) -> Vec<Process> {
        let findings = hunting::read(body.as_bytes()).unwrap();
        let pieces = of(&findings).into_iter();
        let processes = pieces.filter_map(|piece| match piece.entity {
            Entity::Process(process) => Some(*process),
            _ => None,
        });
        processes.collect()
    }

    #[test]
    fn a_row_tells_of_three_and_each_is_told_once() {
        let first = r#"{"ProcessId":5120,"ProcessCreationTime":"2026-11-22T12:57:00.1234567Z","FileName":"cmd.exe","FolderPath":"C:\\x\\cmd.exe","SHA256":"aa","ProcessCommandLine":"cmd /c whoami","AccountName":"roy","AccountDomain":"corp","InitiatingProcessId":4411,"InitiatingProcessCreationTime":"2026-11-22T12:41:00Z","InitiatingProcessFileName":"winword.exe","InitiatingProcessCommandLine":"winword /n","InitiatingProcessParentId":2210,"InitiatingProcessParentFileName":"explorer.exe","InitiatingProcessParentCreationTime":"2026-11-22T08:00:00Z"}"#;
        let second = r#"{"ProcessId":"4411","ProcessCreationTime":"2026-11-22T12:41:00Z","FileName":"WINWORD.EXE","SHA256":"bb","InitiatingProcessId":2210,"InitiatingProcessCreationTime":"2026-11-22T08:00:00Z","InitiatingProcessFileName":"explorer.exe","InitiatingProcessParentId":0,"InitiatingProcessParentFileName":"","InitiatingProcessParentCreationTime":"0001-01-01T00:00:00"}"#;
        for (schema, results) in [("Schema", "Results"), ("schema", "results")] {
            let body = format!(r#"{{"{schema}":[],"{results}":[{first},{second}]}}"#);
            let processes = told(&body);
            let words: Vec<String> = processes
                .iter()
                .map(|process| {
                    format!(
                        "{:?} {} {:?} of {:?}",
                        process.pid,
                        process.image.name.original(),
                        process.command_line.original(),
                        process.parent.pid,
                    )
                })
                .collect();
            assert_eq!(
                words,
                [
                    "Some(5120) cmd.exe \"cmd /c whoami\" of Some(4411)",
                    "Some(4411) winword.exe \"winword /n\" of Some(2210)",
                    "Some(2210) explorer.exe \"\" of None",
                ]
            );
            let known = processes.get(1).unwrap();
            assert_eq!(known.image.sha256.original(), "bb", "filled by its own row");
            let created = processes.first().unwrap().created.unwrap();
            assert_eq!(created.to_string(), "2026-11-22T12:57:00.1234567Z");
        }
    }

    #[test]
    fn whatever_is_sent_what_is_kept_is_bounded() {
        let (name, command) = ("é".repeat(3_000), "é".repeat(17_000));
        let row = |number: usize| {
            format!(
                r#"{{"ProcessId":{number},"FileName":"{name}","ProcessCommandLine":"{command}"}}"#
            )
        };
        let rows: Vec<String> = (1..=tree::MOST_ROWS + 5).map(row).collect();
        let processes = told(&format!(r#"{{"Results":[{}]}}"#, rows.join(",")));
        assert_eq!(processes.len(), tree::MOST_ROWS);
        let commands = processes
            .iter()
            .map(|one| one.command_line.original().len());
        assert_eq!(commands.clone().max(), Some(LONGEST_COMMAND));
        assert_eq!(commands.sum::<usize>(), MOST_COMMANDS);
        let names = processes.iter().map(|one| one.image.name.original().len());
        assert_eq!(names.max(), Some(LONGEST));
    }

    #[test]
    fn what_is_null_hostile_or_missing_spoils_nothing() {
        let body = r#"{"Results":[
            {"ProcessId":null,"FileName":"no-number.exe"},
            {"ProcessId":-4,"FileName":"negative.exe"},
            {"ProcessId":8,"ProcessCreationTime":null,"FileName":"\u001b[2Ja.exe"},
            {"ProcessId":8,"ProcessCreationTime":"0001-01-01T00:00:00","FileName":"\u001b[2JA.EXE","ProcessCommandLine":"later"},
            {"ProcessId":8,"ProcessCreationTime":"soon","FileName":"b.exe"},
            {"ProcessId":0,"FileName":"System Idle Process"},
            {"Other":7}
        ]}"#;
        let processes = told(body);
        let words: Vec<(u64, &str, &str)> = processes
            .iter()
            .map(|process| {
                assert_eq!(process.created, None);
                let name = process.image.name.original();
                (process.pid.unwrap(), name, process.command_line.original())
            })
            .collect();
        assert_eq!(
            words,
            [
                (8, "\u{1b}[2Ja.exe", "later"),
                (8, "b.exe", ""),
                (0, "System Idle Process", "")
            ]
        );
        assert!(of(&Findings::default()).is_empty());
    }
}
