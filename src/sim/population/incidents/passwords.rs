//! One password tried on many accounts.

use crate::sim::population::incidents::EXPLORER;
use crate::sim::population::incidents::POWERSHELL_FOLDER;
use crate::sim::population::incidents::Place;
use crate::sim::population::incidents::SERVICES;
use crate::sim::population::incidents::SYSTEM;
use crate::sim::population::incidents::Step;
use crate::sim::population::template::Item;
use crate::sim::population::template::PLAIN;
use crate::sim::population::template::Process;
use crate::sim::population::template::Template;

pub(super) const PASSWORDS: &[Step] = &[
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
