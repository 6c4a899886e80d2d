//! A macro in an invoice that ends in ransomware.

use crate::sim::population::incidents::ENCODED;
use crate::sim::population::incidents::EXPLORER;
use crate::sim::population::incidents::Place;
use crate::sim::population::incidents::SERVICES;
use crate::sim::population::incidents::SYSTEM;
use crate::sim::population::incidents::Step;
use crate::sim::population::incidents::WORD;
use crate::sim::population::template::Item;
use crate::sim::population::template::PLAIN;
use crate::sim::population::template::Process;
use crate::sim::population::template::Template;

const PSEXEC: Process = Process {
    file: "PSEXESVC.exe",
    folder: "C:\\Windows",
    command: "C:\\Windows\\PSEXESVC.exe",
};

pub(super) const INVOICE: &[Step] = &[
    Step {
        place: Place::First,
        after: 0,
        template: Template {
            title: "Suspicious process executed by a Microsoft Office application",
            severity: "Medium",
            category: "InitialAccess",
            techniques: &["T1566.001", "T1204.002"],
            description: "A Microsoft Office application started a script interpreter after a document with macros was opened. Macros are a common way to run a first payload on a device.\n\nThe document was downloaded a few minutes earlier from an address seen nowhere else in your organization.",
            action: Some(
                "1. Ask the user whether the document was expected.\n2. Isolate the device if the command line contacts an unknown address.\n3. Search mailboxes for the same attachment and purge it.",
            ),
            chain: &[EXPLORER, WORD, ENCODED],
            items: &[
                Item::File {
                    name: "Facture_{hex}.docm",
                    folder: "C:\\Users\\{user}\\Downloads",
                    status: "Detected",
                },
                Item::Url("https://{domain}/factures/{hex}?client=contoso&lang=fr"),
            ],
            ..PLAIN
        },
    },
    Step {
        place: Place::First,
        after: 1,
        template: Template {
            title: "Suspicious PowerShell command line",
            severity: "High",
            category: "Execution",
            techniques: &["T1059.001", "T1027", "T1105"],
            description: "A suspicious PowerShell activity was observed on the machine. This behavior may indicate that PowerShell was used during installation, exploration, or in some cases in lateral movement activities which are used by attackers to invoke modules, download external payloads, or get more information about the system.\n\nThe command was encoded to hide what it does.",
            action: Some(
                "Decode the command line, examine the addresses it contacts, and look for files written in the minutes after it ran.",
            ),
            chain: &[EXPLORER, WORD, ENCODED],
            items: &[Item::Address, Item::Stream("amsistream")],
            ..PLAIN
        },
    },
    Step {
        place: Place::First,
        after: 6,
        template: Template {
            title: "Suspicious scheduled task",
            severity: "Medium",
            category: "Persistence",
            techniques: &["T1053.005"],
            description: "A scheduled task was created to start a program from a folder that users can write to, each time someone signs in. Attackers do this to survive a restart.",
            action: Some(
                "Examine the task and the file it starts; remove both if they are not part of a known installation.",
            ),
            chain: &[
                EXPLORER,
                WORD,
                ENCODED,
                Process {
                    file: "schtasks.exe",
                    folder: SYSTEM,
                    command: "schtasks.exe /create /f /sc ONLOGON /rl HIGHEST /tn \"\\Microsoft\\Windows\\Defrag\\ScheduledDefragX\" /tr \"rundll32.exe C:\\ProgramData\\{hex}.dll,Start\"",
                },
            ],
            items: &[
                Item::File {
                    name: "{hex}.dll",
                    folder: "C:\\ProgramData",
                    status: "Detected",
                },
                Item::Registry {
                    hive: "HKEY_LOCAL_MACHINE",
                    key: "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Schedule\\TaskCache\\Tree\\Microsoft\\Windows\\Defrag\\ScheduledDefragX",
                    name: "Id",
                    value: "{8F2C1B7E-41D0-4C7B-9E0A-5D6F3A2B1C09}",
                    kind: "String",
                },
            ],
            ..PLAIN
        },
    },
    Step {
        place: Place::First,
        after: 4,
        template: Template {
            title: "Possible command-and-control beaconing",
            severity: "Medium",
            category: "CommandAndControl",
            techniques: &["T1071.001", "T1573"],
            description: "A process contacted the same address at nearly regular intervals, about every 62 seconds, with requests of the same size. People do not browse like that; implants do.",
            chain: &[
                EXPLORER,
                WORD,
                ENCODED,
                Process {
                    file: "rundll32.exe",
                    folder: SYSTEM,
                    command: "rundll32.exe C:\\ProgramData\\{hex}.dll,Start",
                },
            ],
            items: &[Item::Address, Item::Url("{domain}")],
            ..PLAIN
        },
    },
    Step {
        place: Place::First,
        after: 18,
        template: Template {
            title: "Suspicious access to LSASS service",
            severity: "High",
            category: "CredentialAccess",
            techniques: &["T1003.001"],
            threat: None,
            description: "A process opened the Local Security Authority Subsystem Service with rights that allow reading its memory, then wrote a large file. The memory of this service holds the credentials of everyone signed in to the device.\n\nTreat the credentials of recent users of this device as known to the attacker.",
            action: Some(
                "1. Isolate the device.\n2. Reset the passwords of the accounts listed in evidence.\n3. Look for sign-ins of these accounts elsewhere since the first event.",
            ),
            chain: &[
                EXPLORER,
                WORD,
                ENCODED,
                Process {
                    file: "rundll32.exe",
                    folder: SYSTEM,
                    command: "rundll32.exe C:\\Windows\\System32\\comsvcs.dll, MiniDump 712 C:\\Users\\{user}\\AppData\\Local\\Temp\\{hex}.dmp full",
                },
            ],
            items: &[Item::File {
                name: "{hex}.dmp",
                folder: "C:\\Users\\{user}\\AppData\\Local\\Temp",
                status: "Detected",
            }],
            ..PLAIN
        },
    },
    Step {
        place: Place::Server,
        after: 11,
        template: Template {
            title: "Suspicious remote activity with PsExec",
            rooted: 38,
            severity: "High",
            category: "LateralMovement",
            techniques: &["T1021.002", "T1569.002", "T1570"],
            description: "A service was installed over the network and started at once, in the manner of PsExec. The account that did it had never signed in to this server before.",
            action: Some(
                "Verify with the owner of the account. If nobody claims the action, isolate both the source and this server.",
            ),
            chain: &[
                SERVICES,
                PSEXEC,
                Process {
                    file: "cmd.exe",
                    folder: SYSTEM,
                    command: "cmd.exe /c \"net group \"Domain Admins\" /domain > \\\\{target}\\c$\\temp\\{hex}.txt\"",
                },
            ],
            items: &[Item::File {
                name: "PSEXESVC.exe",
                folder: "C:\\Windows",
                status: "Detected",
            }],
            ..PLAIN
        },
    },
    Step {
        place: Place::Server,
        after: 7,
        template: Template {
            title: "File backups were deleted",
            rooted: 38,
            severity: "High",
            category: "Ransomware",
            techniques: &["T1490"],
            description: "Shadow copies were deleted and recovery was switched off within a few seconds. Ransomware does this just before it encrypts files.",
            action: Some("Isolate the device now. Do not restart it."),
            chain: &[
                SERVICES,
                PSEXEC,
                Process {
                    file: "cmd.exe",
                    folder: SYSTEM,
                    command: "cmd.exe /c vssadmin delete shadows /all /quiet & bcdedit /set {default} recoveryenabled no",
                },
                Process {
                    file: "vssadmin.exe",
                    folder: SYSTEM,
                    command: "vssadmin  delete shadows /all /quiet",
                },
            ],
            ..PLAIN
        },
    },
    Step {
        place: Place::Second,
        after: 2,
        template: Template {
            title: "Ransomware behavior detected in the file system",
            rooted: 47,
            severity: "High",
            category: "Ransomware",
            source: "WindowsDefenderAv",
            techniques: &["T1486"],
            threat: Some(("Nordlys", "Ransom:Win64/Nordlys.A!sim")),
            description: "Many files were read, rewritten with content that looks random, and renamed within one minute; a note asking for money was written into each folder.\n\nThe process was stopped. Files it had already changed stay changed.",
            action: Some(
                "1. Isolate the device.\n2. Find out which shares it had open.\n3. Keep one encrypted file and the note for the investigation.",
            ),
            chain: &[
                SERVICES,
                Process {
                    file: "{hex}.exe",
                    folder: "C:\\ProgramData",
                    command: "C:\\ProgramData\\{hex}.exe -path \\\\{target}\\finance$ -nolan -fast 12",
                },
            ],
            items: &[
                Item::File {
                    name: "HOW_TO_GET_YOUR_FILES_BACK.txt",
                    folder: "C:\\Users\\{user}\\Documents",
                    status: "Detected",
                },
                Item::File {
                    name: "budget 2027 (final) (2).xlsx.nordlys",
                    folder: "\\\\{target}\\finance$\\plans",
                    status: "Prevented",
                },
            ],
            ..PLAIN
        },
    },
];
