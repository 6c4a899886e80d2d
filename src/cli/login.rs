//! `vigie login` and `vigie logout`: a session begun, and one forgotten.

use crate::app::claims_text;
use crate::app::times;
use crate::cli::arguments::SettingFlags;
use crate::cli::block_on;
use crate::cli::caller;
use crate::cli::caller::Caller;
use crate::cli::error::CliError;
use crate::cli::output;
use crate::cli::sign_in;
use crate::clock;
use crate::config::AuthMethod;
use crate::config::Config;
use crate::domain::session::Kept;
use crate::domain::text::shown;
use crate::service::authority::Method;

/// Signs in, and says as whom, for how long, and where the session is kept.
pub fn login(flags: &SettingFlags) -> Result<(), CliError> {
    let prepared = caller::prepare(flags)?;
    let (method, remember) = (prepared.config.auth.value, prepared.config.remember.value);
    let caller = block_on(Caller::sign_in(prepared))??;
    let token = &caller.token;
    let who = claims_text::user_of(token).map_or_else(
        || "signed in".to_owned(),
        |user| {
            let kind = match &token.decoded {
                Ok(decoded) if decoded.app_only() => "the application ",
                Ok(_) | Err(_) => "",
            };
            format!("signed in as {kind}{}", user.shown_briefly())
        },
    );
    let left = times::left(token.left((caller.now)()));
    output::say(&format!("{who}; the token lives {left}"));
    output::say(&kept(&token.kept, method, remember));
    if method == AuthMethod::Password {
        output::say(
            "a password cannot do MFA, and many tenants refuse it: `--auth browser` works there",
        );
    }
    Ok(())
}

/// Where the session is now, and what that means for the next command.
fn kept(kept: &Kept, method: AuthMethod, remember: bool) -> String {
    match kept {
        _ if !by_person(method) => {
            "there is no session to keep: every command signs in by itself".to_owned()
        }
        Kept::InKeyring(name) => format!("the session is kept in the keyring ({name})"),
        Kept::OnlyInMemory(why) => {
            format!("the session was in memory only and ends with this command: {why}")
        }
        Kept::InMemory if remember => {
            "the session was in memory only and ends with this command: no refresh token came"
                .to_owned()
        }
        Kept::InMemory => {
            "the session was in memory only and ends with this command: `remember = true` in the profile keeps it in the system's keyring"
                .to_owned()
        }
    }
}

/// Whether a session of this method is a person's, with a refresh token.
const fn by_person(method: AuthMethod) -> bool {
    match method {
        AuthMethod::Browser | AuthMethod::DeviceCode | AuthMethod::Password => true,
        AuthMethod::ClientSecret | AuthMethod::ClientCertificate | AuthMethod::Command => false,
    }
}

/// Forgets the session of the profile, wherever it is kept.
pub fn logout(flags: &SettingFlags) -> Result<(), CliError> {
    let config = sign_in::load(flags)?;
    if config.nothing_set() {
        return Err(CliError::nothing_configured());
    }
    if !by_person(config.auth.value) {
        output::say("there is no session to forget: every command signs in by itself");
        return Ok(());
    }
    // Nobody is asked for a password to be forgotten.
    let client = sign_in::client_by(&config, Method::DeviceCode, clock::system())?;
    let Some(keyring) = sign_in::keyring() else {
        output::say("this system has no keyring vigie knows: nothing was kept");
        return Ok(());
    };
    let name = keyring.name();
    let client = client.remembering(keyring);
    match block_on(client.sign_out())? {
        Ok(()) => {
            output::say(&format!(
                "the session of the profile `{}` is forgotten ({name})",
                shown(&config.profile.value)
            ));
            Ok(())
        }
        Err(error) => not_forgotten(&config, &error.to_string()),
    }
}

/// Without a keyring that answers, nothing was kept in it, unless the profile says so.
fn not_forgotten(config: &Config, why: &str) -> Result<(), CliError> {
    if config.remember.value {
        return Err(
            CliError::failed(format!("nothing could be forgotten: {why}"))
                .help("revoke the sessions of the account on its security page if in doubt"),
        );
    }
    output::say("nothing was kept: `remember` is off");
    Ok(())
}
