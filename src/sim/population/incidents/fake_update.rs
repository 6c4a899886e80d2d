//! A browser update that is none.

use crate::sim::population::incidents::ENCODED;
use crate::sim::population::incidents::EXPLORER;
use crate::sim::population::incidents::Place;
use crate::sim::population::incidents::SYSTEM;
use crate::sim::population::incidents::Step;
use crate::sim::population::template::Item;
use crate::sim::population::template::PLAIN;
use crate::sim::population::template::Process;
use crate::sim::population::template::Template;

const WSCRIPT: Process = Process {
    file: "wscript.exe",
    folder: SYSTEM,
    command: "\"C:\\Windows\\System32\\WScript.exe\" \"C:\\Users\\{user}\\Downloads\\Mise à jour Chrome.js\"",
};

pub(super) const FAKE_UPDATE: &[Step] = &[
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
