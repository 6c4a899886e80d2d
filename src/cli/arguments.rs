//! What can be typed on the command line.

use std::path::PathBuf;

use clap::Args;
use clap::Parser;
use clap::Subcommand;
use clap::ValueEnum;
use clap_complete::Shell;

use crate::config::Flags;
use crate::domain::token::Capability;

/// The lookout for Microsoft Defender for Endpoint alerts.
///
/// Without a command: the dashboard, signed in with the chosen profile. To look
/// around without an account: `vigie demo`.
#[derive(Debug, Parser)]
#[command(name = "vigie", version, max_term_width = 100)]
pub struct Arguments {
    #[command(flatten)]
    pub settings: SettingFlags,
    #[command(flatten)]
    pub dashboard: DashboardFlags,
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// The dashboard on a simulated tenant: no account, no network, no set-up
    Demo(DemoOptions),
    /// The simulated tenant alone, on 127.0.0.1, until it is stopped
    ///
    /// Prints one line of JSON with everything needed to sign in to it.
    Simulate(SimulateOptions),
    /// Sign in now and keep what the profile allows to keep
    Login,
    /// Forget the session that was kept
    Logout,
    /// Sign in and print the decoded token, never the token itself
    Token(TokenCommand),
    /// List alerts, get one, or decide about some
    Alerts {
        #[command(subcommand)]
        command: AlertsCommand,
    },
    /// A device, and what can be done to it
    Devices {
        #[command(subcommand)]
        command: DevicesCommand,
    },
    /// Run a query in the Kusto query language over what devices reported
    ///
    /// The query is read from standard input where none is given.
    Hunt(HuntOptions),
    /// Print each new or changed alert as one line of JSON, until stopped
    Watch(WatchOptions),
    /// The report of a shift: what came, what was decided, what is open and late
    Handover(HandoverOptions),
    /// What came of your decisions, as it was written down on this machine
    ///
    /// Needs no sign-in and no network.
    Audit {
        #[command(subcommand)]
        command: AuditCommand,
    },
    /// The key map in force
    Keys {
        /// As the page `docs/keys.md`
        #[arg(long)]
        markdown: bool,
    },
    /// Write, find or show the configuration
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Check configuration, network, sign-in, token, service and terminal
    ///
    /// A line for each check with what to do about it. Holds no secret: fit to paste
    /// into a ticket.
    Doctor {
        /// How to print it
        #[arg(short, long, value_enum, default_value = "table")]
        output: OneFormat,
    },
    /// Completions for a shell
    Completions {
        /// Which shell
        shell: Shell,
    },
    /// The manual page, in roff
    Man,
}

/// How to print data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// Columns for people
    Table,
    /// One JSON array
    Json,
    /// One JSON object a line
    Ndjson,
    /// Comma-separated values with a header
    Csv,
}

/// How to print one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OneFormat {
    /// Text for people
    Table,
    /// One JSON object
    Json,
}

/// `vigie alerts`
#[derive(Debug, Subcommand)]
pub enum AlertsCommand {
    /// Alerts, newest first
    List(ListOptions),
    /// One alert with its evidence
    Get {
        /// The alert's id
        id: String,
        /// How to print it
        #[arg(short, long, value_enum, default_value = "table")]
        output: OneFormat,
    },
    /// Take, close, note: change what people decide about alerts
    ///
    /// Each alert is read, written and read back; several go as one batch. What somebody
    /// else decides meanwhile is never written over without `--force`.
    Update(UpdateOptions),
}

/// `vigie alerts update`
#[derive(Debug, Args)]
pub struct UpdateOptions {
    /// The alerts' ids; `-` reads them from standard input, one a line
    #[arg(required = true, value_name = "ID")]
    pub ids: Vec<String>,
    /// `New`, `InProgress` or `Resolved`
    #[arg(long, value_name = "STATUS")]
    pub status: Option<String>,
    /// A user name, `me`, or `nobody`
    #[arg(long, value_name = "NAME")]
    pub assign_to: Option<String>,
    /// `TruePositive`, `InformationalExpectedActivity` or `FalsePositive`
    #[arg(long, value_name = "WORD")]
    pub classification: Option<String>,
    /// What exactly it was, such as `Malware` or `NotMalicious`; goes with a classification
    #[arg(long, value_name = "WORD")]
    pub determination: Option<String>,
    /// A note, which cannot be taken back; `-` reads it from standard input
    #[arg(long, value_name = "TEXT")]
    pub comment: Option<String>,
    /// Write over what somebody else decided meanwhile
    #[arg(long)]
    pub force: bool,
    /// Print what would change, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// How to print what came of it
    #[arg(short, long, value_enum, default_value = "table")]
    pub output: UpdateFormat,
}

/// How to print what came of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum UpdateFormat {
    /// A line for each alert
    Table,
    /// One JSON object with a list of results
    Json,
    /// One JSON object a line
    Ndjson,
}

/// `vigie devices`
#[derive(Debug, Subcommand)]
pub enum DevicesCommand {
    /// A device: risk, health, who was signed in, actions and alerts
    Get {
        /// The device's id, or its whole name
        id: String,
        /// How to print it
        #[arg(short, long, value_enum, default_value = "table")]
        output: OneFormat,
    },
    /// Cut a device off from everything but Defender
    Isolate {
        #[command(flatten)]
        order: OrderOptions,
        /// `selective` leaves Outlook, Teams and Skype
        #[arg(long = "type", value_enum, default_value = "full")]
        kind: IsolationType,
    },
    /// Let an isolated device talk to everything again
    Release(OrderOptions),
    /// Let Defender Antivirus scan a device
    Scan {
        #[command(flatten)]
        order: OrderOptions,
        /// `full` looks at every file, which takes hours
        #[arg(long = "type", value_enum, default_value = "quick")]
        kind: ScanType,
    },
    /// Let only what Microsoft signed run on a device
    Restrict(OrderOptions),
    /// Let everything run on a device again
    Unrestrict(OrderOptions),
    /// Pack logs, processes and settings for an investigation
    Collect(OrderOptions),
    /// Stop a file wherever it runs on a device, and put it in quarantine
    Quarantine {
        #[command(flatten)]
        order: OrderOptions,
        /// SHA-1 of the file, as the evidence of an alert tells it
        #[arg(long, value_name = "HASH")]
        sha1: String,
    },
    /// What was done to a device, newest first
    Actions {
        /// The device's id, or its whole name
        id: String,
        /// How to print them
        #[arg(short, long, value_enum, default_value = "table")]
        output: OneFormat,
    },
    /// Print the link to a package that was collected; it is good for a short time
    Package {
        /// The id of the action that collected it
        action: String,
    },
}

/// One order for a device. It is sent once; where its answer is lost, the actions of the
/// device are asked whether it arrived.
#[derive(Debug, Args)]
pub struct OrderOptions {
    /// The device's id, or its whole name
    pub id: String,
    /// Why, for everyone who looks at the action later
    #[arg(long, value_name = "TEXT")]
    pub comment: String,
    /// Wait until the action has ended, and fail where it failed
    #[arg(long)]
    pub wait: bool,
    /// How to print the action
    #[arg(short, long, value_enum, default_value = "table")]
    pub output: OneFormat,
}

/// How much of its network a device loses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum IsolationType {
    Full,
    Selective,
}

/// How much of a device is scanned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ScanType {
    Quick,
    Full,
}

/// `vigie alerts list`
#[derive(Debug, Args)]
pub struct ListOptions {
    /// Only alerts of which this holds, such as `sev>=med dev:FIN* age<2h`
    ///
    /// The dashboard's filter: words are looked for in title, device, user,
    /// category, severity, status, assignee, incident and id, in any letter case;
    /// fields are named. What the service can answer of it is asked of the service.
    #[arg(long, value_name = "QUERY", default_value = "")]
    pub filter: String,
    /// At most this many
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// Only alerts created within this time, such as `90s`, `15m`, `7d`
    #[arg(long, value_name = "DURATION")]
    pub since: Option<String>,
    /// How to print them
    #[arg(short, long, value_enum, default_value = "table")]
    pub output: ListFormat,
}

/// `vigie hunt`
#[derive(Debug, Args)]
pub struct HuntOptions {
    /// The query, such as `AlertInfo | take 10`
    #[arg(value_name = "KQL")]
    pub query: Option<String>,
    /// How to print what it finds; json is the service's own document
    #[arg(short, long, value_enum, default_value = "table")]
    pub output: ListFormat,
}

/// `vigie handover`
#[derive(Debug, Args)]
pub struct HandoverOptions {
    /// How long the shift was, such as `8h`
    #[arg(long, value_name = "DURATION")]
    pub since: String,
    /// With your own times to the first action and to the resolution
    #[arg(long)]
    pub mine: bool,
    /// How to print it
    #[arg(short, long, value_enum, default_value = "markdown")]
    pub output: ReportFormat,
}

/// How to print a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// Text for people, to be pasted
    Markdown,
    /// One JSON object
    Json,
}

/// `vigie audit`
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// What came of each decision, oldest first
    Show {
        /// Only what ended within this time, such as `8h`, `7d`
        #[arg(long, value_name = "DURATION")]
        since: Option<String>,
        /// Only what was decided about this alert
        #[arg(long, value_name = "ID")]
        alert: Option<String>,
        /// Read a copy instead of the profile's own log
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
        /// How to print it
        #[arg(short, long, value_enum, default_value = "table")]
        output: ListFormat,
    },
    /// Check that no line was changed, left out or added
    Verify {
        /// Check a copy instead of the profile's own log
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
    },
}

/// `vigie watch`
#[derive(Debug, Args)]
pub struct WatchOptions {
    /// Only alerts of which this holds, such as `sev>=med !is:mine`: the dashboard's filter
    #[arg(long, value_name = "QUERY", default_value = "")]
    pub filter: String,
    /// Start in the past, such as `15m`, `7d`; by default only what changes from now on
    #[arg(long, value_name = "DURATION")]
    pub since: Option<String>,
    /// Go on where an earlier run stopped, and keep the place in this file
    #[arg(long, value_name = "FILE")]
    pub cursor: Option<PathBuf>,
}

/// `vigie token`
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct TokenCommand {
    /// How to print it
    #[arg(short, long, value_enum, default_value = "table")]
    pub output: OneFormat,
    #[command(subcommand)]
    pub command: Option<TokenSubcommand>,
}

/// `vigie token decode`
#[derive(Debug, Subcommand)]
pub enum TokenSubcommand {
    /// Decode a token read from standard input, without any network
    Decode {
        /// How to print it
        #[arg(short, long, value_enum, default_value = "table")]
        output: OneFormat,
    },
}

/// `vigie config`
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Write a commented configuration file, and print how to register vigie
    ///
    /// Settings given as flags are switched on in it. On a terminal, what is missing
    /// is asked for. Never writes over a file.
    Init(InitOptions),
    /// Print where the file is
    Path,
    /// Print the settings in force and where each comes from
    Show,
}

/// `vigie config init`
#[derive(Debug, Args)]
pub struct InitOptions {
    /// What is to be permitted: read, triage, respond, hunt [default: `read,triage`]
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = capability)]
    pub capabilities: Vec<Capability>,
}

/// One word of `--capabilities`.
pub fn capability(word: &str) -> Result<Capability, String> {
    Capability::named(word).ok_or_else(|| {
        let names = Capability::ALL.map(Capability::name).join("`, `");
        format!("not one of `{names}`")
    })
}

/// How the dashboard comes up.
#[derive(Debug, Clone, Copy, Args)]
pub struct DashboardFlags {
    /// Start as for the first time: the place left is neither read nor kept
    #[arg(long)]
    pub clean: bool,
    /// Lines instead of a screen, for screen readers and very poor lines
    #[arg(long)]
    pub linear: bool,
}

/// `vigie demo`
#[derive(Debug, Args)]
pub struct DemoOptions {
    /// Lines instead of a screen, for screen readers and very poor lines
    #[arg(long)]
    pub linear: bool,
    #[command(flatten)]
    pub simulator: SimulatorOptions,
}

/// Options of the simulated tenant.
#[derive(Debug, Clone, Args)]
pub struct SimulatorOptions {
    /// How many alerts there are at the start
    #[arg(long, value_name = "N", default_value_t = 500)]
    pub alerts: usize,
    /// The same seed tells the same story
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// A new alert about this often; `0s` for never
    #[arg(long, value_name = "DURATION", default_value = "20s")]
    pub arrivals: String,
    /// Faults now and then
    #[arg(long)]
    pub chaos: bool,
    /// How long an access token lives; short, so that a renewal is seen
    #[arg(long, value_name = "DURATION", default_value = "3m")]
    pub token_life: String,
}

/// `vigie simulate`
#[derive(Debug, Args)]
pub struct SimulateOptions {
    /// Port on 127.0.0.1; 0 for any that is free
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub port: u16,
    /// Register the certificate in this PEM file for the application
    #[arg(long, value_name = "FILE")]
    pub certificate: Option<PathBuf>,
    #[command(flatten)]
    pub simulator: SimulatorOptions,
}

/// Settings. Each can also stand in the environment or in a profile.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Settings")]
pub struct SettingFlags {
    /// Configuration file [env: `VIGIE_CONFIG`]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<String>,
    /// Profile of the configuration file [env: `VIGIE_PROFILE`]
    #[arg(long, global = true, value_name = "NAME")]
    pub profile: Option<String>,
    /// Tenant: its id or a domain [env: `VIGIE_TENANT`]
    #[arg(long, global = true, value_name = "ID")]
    pub tenant: Option<String>,
    /// Client id of the app registration [env: `VIGIE_CLIENT_ID`]
    #[arg(long, global = true, value_name = "ID")]
    pub client_id: Option<String>,
    /// browser, device-code, client-certificate, client-secret, command or password [env: `VIGIE_AUTH`]
    #[arg(long, global = true, value_name = "METHOD")]
    pub auth: Option<String>,
    /// Who signs in [env: `VIGIE_USERNAME`]
    #[arg(long, global = true, value_name = "NAME")]
    pub username: Option<String>,
    /// Which service: defender or graph [env: `VIGIE_SERVICE`]
    #[arg(long, global = true, value_name = "NAME")]
    pub service: Option<String>,
    /// commercial, gcc, gcc-high or dod [env: `VIGIE_CLOUD`]
    #[arg(long, global = true, value_name = "NAME")]
    pub cloud: Option<String>,
    /// us, eu, uk, au, swa, ina or aea [env: `VIGIE_REGION`]
    #[arg(long, global = true, value_name = "NAME")]
    pub region: Option<String>,
    /// Sign-in service, instead of the cloud's [env: `VIGIE_AUTHORITY`]
    #[arg(long, global = true, value_name = "URL")]
    pub authority: Option<String>,
    /// API, instead of the cloud's [env: `VIGIE_API`]
    #[arg(long, global = true, value_name = "URL")]
    pub api: Option<String>,
    /// Audience to ask a token for [env: `VIGIE_RESOURCE`]
    #[arg(long, global = true, value_name = "URL")]
    pub resource: Option<String>,
    /// Port of this machine for the browser's answer [env: `VIGIE_REDIRECT_PORT`] [default: any that is free]
    #[arg(long, global = true, value_name = "N")]
    pub redirect_port: Option<String>,
    /// Certificate and key of the application, in PEM form [env: `VIGIE_CLIENT_CERTIFICATE`]
    #[arg(long, global = true, value_name = "FILE")]
    pub client_certificate: Option<String>,
    /// More certificates to trust, in PEM form [env: `VIGIE_CA_FILE`]
    #[arg(long, global = true, value_name = "FILE")]
    pub ca_file: Option<String>,
    /// Time between two polls [env: `VIGIE_POLL`] [default: `30s`]
    #[arg(long, global = true, value_name = "DURATION")]
    pub poll: Option<String>,
    /// Never write to the service [env: `VIGIE_READ_ONLY`]
    #[arg(long, global = true)]
    pub read_only: bool,
    /// Log file; holds no secrets [env: `VIGIE_LOG_FILE`]
    #[arg(long, global = true, value_name = "FILE")]
    pub log_file: Option<String>,
}

impl SettingFlags {
    /// What the configuration takes from the command line.
    pub fn flags(&self) -> Flags {
        let flags = self.clone();
        Flags {
            config: flags.config,
            profile: flags.profile,
            tenant: flags.tenant,
            client_id: flags.client_id,
            auth: flags.auth,
            username: flags.username,
            service: flags.service,
            cloud: flags.cloud,
            region: flags.region,
            authority: flags.authority,
            api: flags.api,
            resource: flags.resource,
            redirect_port: flags.redirect_port,
            client_certificate: flags.client_certificate,
            ca_file: flags.ca_file,
            poll: flags.poll,
            read_only: flags.read_only,
            log_file: flags.log_file,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_holds_together() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
    }
}
