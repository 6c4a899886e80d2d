//! The incidents of the story: attacks that unfold in several alerts.
//!
//! Order and pace are told here; who they happen to is cast in `timeline`.

mod consent;
mod fake_update;
mod invoice;
mod leaver;
mod miner;
mod passwords;
mod web_shell;

use crate::sim::population::incidents::consent::CONSENT;
use crate::sim::population::incidents::fake_update::FAKE_UPDATE;
use crate::sim::population::incidents::invoice::INVOICE;
use crate::sim::population::incidents::leaver::LEAVER;
use crate::sim::population::incidents::miner::MINER;
use crate::sim::population::incidents::passwords::PASSWORDS;
use crate::sim::population::incidents::web_shell::WEB_SHELL;
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
