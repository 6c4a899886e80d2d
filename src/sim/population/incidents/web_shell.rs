//! A web shell, and from there to the directory.

use crate::sim::population::incidents::Place;
use crate::sim::population::incidents::SERVICES;
use crate::sim::population::incidents::SYSTEM;
use crate::sim::population::incidents::Step;
use crate::sim::population::template::Item;
use crate::sim::population::template::PLAIN;
use crate::sim::population::template::Process;
use crate::sim::population::template::Template;

const W3WP: Process = Process {
    file: "w3wp.exe",
    folder: "C:\\Windows\\System32\\inetsrv",
    command: "c:\\windows\\system32\\inetsrv\\w3wp.exe -ap \"PartnerPortal\" -v \"v4.0\" -a \\\\.\\pipe\\iisipm{hex}",
};

pub(super) const WEB_SHELL: &[Step] = &[
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
