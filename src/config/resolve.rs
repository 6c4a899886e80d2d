//! The settings in force: flag, environment, profile, default, in this order.

use std::collections::BTreeMap;
use std::fmt;
use std::hash::DefaultHasher;
use std::hash::Hash as _;
use std::hash::Hasher as _;
use std::io::ErrorKind;
use std::path::PathBuf;

use jiff::SignedDuration;

use crate::config::address;
use crate::config::choices::AuthMethod;
use crate::config::choices::Cloud;
use crate::config::choices::Region;
use crate::config::choices::Service;
use crate::config::endpoints::Endpoints;
use crate::config::error::ConfigError;
use crate::config::file::File;
use crate::config::hunts;
use crate::config::location;
use crate::config::looks::Looks;
use crate::config::macros;
use crate::config::profile;
use crate::config::respond::RespondConfig;
use crate::config::settings;
use crate::config::settings::Environment;
use crate::config::settings::Flags;
use crate::config::settings::Sourced;
use crate::config::sources::Sources as SettingSources;
use crate::config::telling::TellingConfig;
use crate::config::views::Configured;
use crate::config::words;
use crate::domain::decision::macros::CloseNotes;
use crate::domain::decision::macros::Macro;
use crate::domain::hunt::OwnHunt;
use crate::domain::product::Sources;
use crate::domain::setting;
use crate::domain::text::repeated;
use crate::domain::view;
use crate::domain::view::View;
use crate::keymap::Keymap;

const POLL: SignedDuration = SignedDuration::from_secs(30);
const MOST_DEVICES: usize = 5;
const HOLD: SignedDuration = SignedDuration::from_secs(5);
const LATE_HIGH: SignedDuration = SignedDuration::from_mins(30);
const LATE_MEDIUM: SignedDuration = SignedDuration::from_hours(1);
const LATE_LOW: SignedDuration = SignedDuration::from_hours(4);

/// Where a secret is found when it is needed. Never the secret itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretSource {
    /// The variable with this name is set.
    Variable(&'static str),
    /// A program and its arguments; the first line it prints is the secret.
    Command(Vec<String>),
    /// Nothing was said: the operator is asked.
    Ask,
}

/// Every setting in force.
#[derive(Debug)]
pub struct Config {
    /// Where the file is or would be; empty where no folder could be found for it.
    pub path: PathBuf,
    pub file_found: bool,
    pub profile: Sourced<String>,
    /// The names of all profiles in the file.
    pub profiles: Vec<String>,
    pub tenant: Sourced<Option<String>>,
    pub client_id: Sourced<Option<String>>,
    pub auth: Sourced<AuthMethod>,
    pub username: Sourced<Option<String>>,
    pub password: Sourced<SecretSource>,
    pub client_secret: Sourced<SecretSource>,
    /// The program that prints a finished token, for `auth = "command"`.
    pub token_command: Sourced<Option<Vec<String>>>,
    pub service: Sourced<Service>,
    pub cloud: Sourced<Cloud>,
    pub region: Sourced<Option<Region>>,
    pub authority: Sourced<String>,
    pub api: Sourced<String>,
    pub resource: Sourced<String>,
    /// The API beside Graph that acts on devices.
    pub respond: RespondConfig,
    /// Products whose alerts are asked for, where the service has those of several.
    pub sources: Sourced<Sources>,
    /// Permissions to ask for by name; empty for everything consented.
    pub scopes: Sourced<Vec<String>>,
    /// Port for the browser's answer; none for any that is free.
    pub redirect_port: Sourced<Option<u16>>,
    /// PEM file with the certificate of the application and its key.
    pub client_certificate: Sourced<Option<PathBuf>>,
    /// Whether the session outlives the program, in the system's keyring.
    pub remember: Sourced<bool>,
    pub ca_file: Sourced<Option<PathBuf>>,
    pub poll: Sourced<SignedDuration>,
    /// Time from the creation of a high alert to the first action.
    pub late_high: Sourced<SignedDuration>,
    pub late_medium: Sourced<SignedDuration>,
    pub late_low: Sourced<SignedDuration>,
    pub late_informational: Sourced<SignedDuration>,
    pub hold: Sourced<SignedDuration>,
    /// Devices one order may be for.
    pub respond_most: Sourced<usize>,
    pub read_only: Sourced<bool>,
    pub telling: TellingConfig,
    pub log_file: Sourced<Option<PathBuf>>,
    pub looks: Looks,
    /// Those of the file and of files it includes; what was said first is first.
    pub views: Vec<Configured>,
    /// The same of macros.
    pub macros: Vec<macros::Configured>,
    pub close_notes: CloseNotes,
    /// The same of queries.
    pub hunts: Vec<hunts::Configured>,
    /// The `[keys]` table as written.
    pub keys: BTreeMap<String, Vec<String>>,
    pub keymap: Keymap,
}

impl Config {
    /// Reads the file, if there is one, and settles every setting.
    pub fn load(flags: &Flags, environment: &Environment<'_>) -> Result<Self, ConfigError> {
        let named = location::named(flags, environment);
        // Without a folder there is no file, and the rest may still be complete.
        let path = location::path(flags, environment).unwrap_or_default();
        let file = match File::read(&path) {
            Ok(mut file) => {
                file.include(&path, environment)?;
                Some(file)
            }
            Err(ConfigError::Unreadable { source, .. })
                if named.is_none() && is_absence(source.kind()) =>
            {
                None
            }
            Err(error) => return Err(error),
        };
        Self::settle(flags, environment, path, file)
    }

    /// The same once the file is read.
    pub(super) fn settle(
        flags: &Flags,
        environment: &Environment<'_>,
        path: PathBuf,
        file: Option<File>,
    ) -> Result<Self, ConfigError> {
        let file_found = file.is_some();
        let file = file.unwrap_or_default();
        let chosen = profile::chosen(flags, environment, &file)?;
        let keymap = Keymap::new(&file.keys).map_err(|source| ConfigError::Keys {
            path: path.clone(),
            source,
        })?;
        let sources = SettingSources::new(flags, environment, &path, &file, &chosen.value);

        let service = sources.choice(|flags| &flags.service, settings::SERVICE)?;
        let service = service.unwrap_or(Sourced::default(Service::Defender));
        let cloud = sources.choice(|flags| &flags.cloud, settings::CLOUD)?;
        let cloud = cloud.unwrap_or(Sourced::default(Cloud::Commercial));
        let region: Option<Sourced<Region>> =
            sources.choice(|flags| &flags.region, settings::REGION)?;
        let region = Sourced::optional(region);
        if let (Some(region), Cloud::Gcc | Cloud::GccHigh | Cloud::Dod) =
            (region.value, cloud.value)
        {
            let cloud = cloud.value;
            return Err(ConfigError::RegionOutsideCommercial { region, cloud });
        }
        let usual = Endpoints::of(service.value, cloud.value, region.value);
        let or = |given: Option<Sourced<String>>, usual: String| {
            given.unwrap_or_else(|| Sourced::default(usual))
        };
        let authority = sources.read(|f| &f.authority, settings::AUTHORITY, address::checked)?;
        let api = sources.read(|f| &f.api, settings::API, address::checked)?;
        let resource = sources.read(|f| &f.resource, settings::RESOURCE, words::audience)?;

        let respond = RespondConfig::of(&sources, service.value, cloud.value, region.value)?;
        let tenant = sources.optional(|flags| &flags.tenant, settings::TENANT, words::tenant)?;
        let authority = or(authority, usual.authority);
        refuse_tenant_in(&authority, tenant.value.as_deref())?;

        let password = sources.secret(settings::PASSWORD);
        let auth = sources.choice(|flags| &flags.auth, settings::AUTH)?;
        let auth = auth.unwrap_or_else(|| {
            // Whoever hands us a password has no use for a browser.
            Sourced::default(if password.is_given() {
                AuthMethod::Password
            } else {
                AuthMethod::Browser
            })
        });
        let token_command = sources.command(settings::TOKEN);
        if auth.value == AuthMethod::Command {
            respond.check_command(&token_command)?;
        }
        let of_sources = of_products(&sources, service.value)?;
        let poll = sources.read(|flags| &flags.poll, settings::POLL, setting::poll_delay)?;
        let wait = |setting, usual| {
            // No flag: it belongs to a team, not to one start of the program.
            let given = sources.read(|_| &None, setting, setting::wait)?;
            Ok(given.unwrap_or(Sourced::default(usual)))
        };
        Ok(Self {
            file_found,
            tenant,
            client_id: sources.optional(|f| &f.client_id, settings::CLIENT_ID, words::client_id)?,
            auth,
            username: sources.optional(|f| &f.username, settings::USERNAME, words::line)?,
            password,
            client_secret: sources.secret(settings::CLIENT_SECRET),
            token_command,
            service,
            cloud,
            region,
            authority,
            api: or(api, usual.api),
            resource: or(resource, usual.resource),
            respond,
            sources: of_sources,
            scopes: sources.list(settings::SCOPES, words::permission)?,
            redirect_port: sources.optional(
                |f| &f.redirect_port,
                settings::REDIRECT_PORT,
                words::port,
            )?,
            client_certificate: sources.path(|f| &f.client_certificate, settings::CERTIFICATE)?,
            remember: sources.switch(false, settings::REMEMBER)?,
            ca_file: sources.path(|flags| &flags.ca_file, settings::CA_FILE)?,
            poll: poll.unwrap_or(Sourced::default(POLL)),
            late_high: wait(settings::LATE_HIGH, LATE_HIGH)?,
            late_medium: wait(settings::LATE_MEDIUM, LATE_MEDIUM)?,
            late_low: wait(settings::LATE_LOW, LATE_LOW)?,
            late_informational: wait(settings::LATE_INFORMATIONAL, LATE_LOW)?,
            hold: sources
                .read(|_| &None, settings::HOLD, setting::hold)?
                .unwrap_or(Sourced::default(HOLD)),
            respond_most: most_devices(&sources)?,
            read_only: sources.switch(flags.read_only, settings::READ_ONLY)?,
            telling: TellingConfig::of(&sources)?,
            log_file: sources.path(|flags| &flags.log_file, settings::LOG_FILE)?,
            looks: Looks::settle(environment, &file.looks)?,
            profiles: file.profiles.keys().cloned().collect(),
            profile: chosen,
            views: file.views,
            macros: file.macros,
            close_notes: file.close_notes,
            hunts: file.hunts,
            keys: file.keys,
            keymap,
            path,
        })
    }

    /// The shipped views and the configured ones, with their keys.
    pub fn views_in_force(&self) -> Vec<View> {
        let configured = self.views.iter().map(|known| known.view.clone());
        view::with_configured(&configured.collect::<Vec<_>>())
    }

    /// The macros in their order.
    pub fn macros_in_force(&self) -> Vec<Macro> {
        self.macros.iter().map(|known| known.made.clone()).collect()
    }

    /// The queries of one's own in their order.
    pub fn hunts_in_force(&self) -> Vec<OwnHunt> {
        self.hunts.iter().map(|known| known.own.clone()).collect()
    }

    /// The addresses in force.
    pub fn endpoints(&self) -> Endpoints {
        Endpoints {
            authority: self.authority.value.clone(),
            api: self.api.value.clone(),
            resource: self.resource.value.clone(),
        }
    }

    /// Nobody said whom to sign in as, or where: somebody who has just begun.
    pub fn nothing_set(&self) -> bool {
        let given = [
            self.tenant.is_given(),
            self.client_id.is_given(),
            self.username.is_given(),
            self.authority.is_given(),
            self.api.is_given(),
            // A program that hands over a token needs none of the above.
            self.token_command.is_given(),
        ];
        !given.contains(&true)
    }

    /// What takes a restart to change: each name with a sum of its value, since a
    /// command may hold what must not be kept.
    pub fn fixed(&self) -> Vec<(&'static str, u64)> {
        fn sum<T: fmt::Debug>(value: &T) -> u64 {
            let mut hasher = DefaultHasher::new();
            format!("{value:?}").hash(&mut hasher);
            hasher.finish()
        }
        vec![
            (settings::TENANT.key, sum(&self.tenant.value)),
            (settings::CLIENT_ID.key, sum(&self.client_id.value)),
            (settings::AUTH.key, sum(&self.auth.value)),
            (settings::USERNAME.key, sum(&self.username.value)),
            (settings::PASSWORD.key, sum(&self.password.value)),
            (settings::CLIENT_SECRET.key, sum(&self.client_secret.value)),
            (settings::TOKEN.key, sum(&self.token_command.value)),
            (settings::SERVICE.key, sum(&self.service.value)),
            (settings::CLOUD.key, sum(&self.cloud.value)),
            (settings::REGION.key, sum(&self.region.value)),
            (settings::AUTHORITY.key, sum(&self.authority.value)),
            (settings::API.key, sum(&self.api.value)),
            (settings::RESOURCE.key, sum(&self.resource.value)),
            (settings::RESPOND.key, sum(&self.respond.by.value)),
            (settings::RESPOND_API.key, sum(&self.respond.api.value)),
            (
                settings::RESPOND_RESOURCE.key,
                sum(&self.respond.resource.value),
            ),
            (settings::SOURCES.key, sum(&self.sources.value)),
            (settings::SCOPES.key, sum(&self.scopes.value)),
            (settings::REDIRECT_PORT.key, sum(&self.redirect_port.value)),
            (
                settings::CERTIFICATE.key,
                sum(&self.client_certificate.value),
            ),
            (settings::REMEMBER.key, sum(&self.remember.value)),
            (settings::CA_FILE.key, sum(&self.ca_file.value)),
            (settings::LOG_FILE.key, sum(&self.log_file.value)),
        ]
    }

    /// The keys of the settings that signing in needs and nobody gave.
    pub fn sign_in_missing(&self) -> Vec<&'static str> {
        let by_name = self.auth.value == AuthMethod::Password;
        // A command hands over a finished token.
        let by_app = self.auth.value != AuthMethod::Command;
        let needed = [
            (settings::TENANT, by_app && self.tenant.value.is_none()),
            (
                settings::CLIENT_ID,
                by_app && self.client_id.value.is_none(),
            ),
            (settings::USERNAME, by_name && self.username.value.is_none()),
            (
                settings::CERTIFICATE,
                self.auth.value == AuthMethod::ClientCertificate
                    && self.client_certificate.value.is_none(),
            ),
            (
                settings::TOKEN,
                !by_app && self.token_command.value.is_none(),
            ),
        ];
        let missing = needed.into_iter().filter(|(_, missing)| *missing);
        missing.map(|(setting, _)| setting.key).collect()
    }
}

/// Devices one order may be for. No flag: it belongs to a team.
fn most_devices(sources: &SettingSources<'_>) -> Result<Sourced<usize>, ConfigError> {
    let given = sources.read(|_| &None, settings::RESPOND_MOST, words::devices)?;
    Ok(given.unwrap_or(Sourced::default(MOST_DEVICES)))
}

/// The products alerts are asked of.
fn of_products(
    sources: &SettingSources<'_>,
    service: Service,
) -> Result<Sourced<Sources>, ConfigError> {
    let named = sources.list(settings::SOURCES, |word| Ok(word.to_owned()))?;
    if !named.is_given() {
        return Ok(Sourced::default(Sources::default()));
    }
    let read = match service {
        Service::Graph => Sources::named(&named.value),
        Service::Defender => Err(
            "is for `service = \"graph\"` alone: the Defender API has the alerts of Defender for Endpoint"
                .to_owned(),
        ),
    };
    match read {
        Ok(read) => Ok(Sourced::new(read, named.origin)),
        Err(reason) => Err(ConfigError::Value {
            setting: settings::SOURCES.key,
            reason,
            origin: named.origin,
        }),
    }
}

/// The tenant is added to the sign-in address, so it is not to stand there already.
fn refuse_tenant_in(authority: &Sourced<String>, tenant: Option<&str>) -> Result<(), ConfigError> {
    if tenant.is_some_and(|tenant| address::ends_in(&authority.value, tenant)) {
        let shown = repeated(&authority.value);
        return Err(ConfigError::Value {
            setting: settings::AUTHORITY.key,
            reason: format!("`{shown}` ends in the tenant: leave that out, it is added"),
            origin: authority.origin.clone(),
        });
    }
    Ok(())
}

/// What a file that was never written looks like. An account without a home may have
/// something else in its place.
fn is_absence(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::NotFound | ErrorKind::NotADirectory)
}
