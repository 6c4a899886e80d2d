//! What has to be done in the tenant before vigie can sign in, step by step.

use crate::config::AuthMethod;
use crate::config::Cloud;
use crate::config::Config;
use crate::config::Service;
use crate::domain::token::Api;
use crate::domain::token::Capability;
use crate::domain::token::needed;

/// Everything the steps depend on.
#[derive(Debug, Clone)]
pub struct Registration {
    tenant: Option<String>,
    client_id: Option<String>,
    method: AuthMethod,
    cloud: Cloud,
    api: Api,
    /// A second API acts on devices.
    responds: bool,
    /// URL without the tenant.
    authority: String,
    capabilities: Vec<Capability>,
}

impl Registration {
    pub fn of(config: &Config, capabilities: Vec<Capability>) -> Self {
        Self {
            tenant: config.tenant.value.clone(),
            client_id: config.client_id.value.clone(),
            method: config.auth.value,
            cloud: config.cloud.value,
            api: match config.service.value {
                Service::Defender => Api::Defender,
                Service::Graph => Api::Graph,
            },
            responds: config.respond.by.value.is_some(),
            authority: config.authority.value.clone(),
            capabilities,
        }
    }

    /// Signed in as the application itself, without a person.
    const fn is_app_only(&self) -> bool {
        matches!(
            self.method,
            AuthMethod::ClientSecret | AuthMethod::ClientCertificate
        )
    }

    /// Where an administrator consents to what the registration lists.
    fn consent_url(&self) -> String {
        let tenant = self.tenant.as_deref().unwrap_or("TENANT");
        let client_id = self.client_id.as_deref().unwrap_or("CLIENT-ID");
        format!(
            "{}/{tenant}/adminconsent?client_id={client_id}",
            self.authority
        )
    }
}

const DEFENDER_FOUND: &str =
    "\"APIs my organization uses\", type `WindowsDefenderATP` (not listed until typed)";

/// The steps, a line each.
pub fn steps(registration: &Registration) -> Vec<String> {
    if registration.method == AuthMethod::Command {
        return vec![
            "written; nothing has to be registered for `auth = \"command\"`. What is left:".to_owned(),
            "1. write `token_command` in the file: the program that prints the token, and its arguments".to_owned(),
            "2. run `vigie doctor`".to_owned(),
        ];
    }
    let mut steps = vec![app(registration)];
    steps.extend(sign_in(registration));
    steps.push(permissions(registration));
    // The address ends at a redirect URI, and only the browser method registers one.
    let condition = if registration.method == AuthMethod::Browser {
        ""
    } else {
        "where the registration has a redirect URI, "
    };
    steps.push(format!(
        "have an administrator consent: \"Grant admin consent\" on that page, or {condition}{} (that the page it ends at cannot be opened is no matter)",
        registration.consent_url()
    ));
    steps.extend(role(registration));
    steps.push("run `vigie doctor`: it tells what is still missing".to_owned());
    let centre = match registration.cloud {
        Cloud::Commercial | Cloud::Gcc => "https://entra.microsoft.com",
        Cloud::GccHigh | Cloud::Dod => "https://portal.azure.us",
    };
    let mut lines = vec![format!(
        "written; now, once, in the Entra admin centre ({centre}):"
    )];
    lines.extend(
        (1..)
            .zip(steps)
            .map(|(number, step)| format!("{number}. {step}")),
    );
    lines
}

fn app(registration: &Registration) -> String {
    match &registration.client_id {
        Some(id) => format!(
            "App registrations: open the one whose Application (client) ID is `{id}` (a new one would be: any name, such as `vigie`, \"Accounts in this organizational directory only\")"
        ),
        None => "App registrations, New registration: any name, such as `vigie`, \"Accounts in this organizational directory only\"; write its Application (client) ID into the file as `client_id`".to_owned(),
    }
}

/// What the way of signing in needs of the registration.
fn sign_in(registration: &Registration) -> Vec<String> {
    let public = "Authentication: switch \"Allow public client flows\" on".to_owned();
    match registration.method {
        AuthMethod::Browser => vec![
            "Authentication, Add a platform, \"Mobile and desktop applications\": redirect URI `http://localhost`, without a port".to_owned(),
            format!("{public}, for device codes as a second way (leave it off where policy blocks them)"),
        ],
        AuthMethod::DeviceCode => vec![public],
        AuthMethod::Password => vec![format!("{public}; the account must be one that policy lets in without MFA")],
        AuthMethod::ClientSecret => vec![
            "Certificates & secrets, New client secret: its value, not its id, is what `client_secret_command` prints or VIGIE_CLIENT_SECRET holds".to_owned(),
        ],
        AuthMethod::ClientCertificate => vec![
            "Certificates & secrets, Certificates, Upload: the public part alone; the key stays on this machine".to_owned(),
        ],
        AuthMethod::Command => Vec::new(),
    }
}

fn permissions(registration: &Registration) -> String {
    let app_only = registration.is_app_only();
    let names: Vec<String> = needed(&registration.capabilities, registration.api)
        .iter()
        .map(|permission| format!("`{}`", permission.name(app_only)))
        .collect();
    let kind = if app_only {
        "Application permissions"
    } else {
        "Delegated permissions"
    };
    let (api, found) = match registration.api {
        Api::Defender => ("WindowsDefenderATP", DEFENDER_FOUND),
        Api::Graph => ("Microsoft Graph", "\"Microsoft Graph\""),
    };
    let mut wanted: Vec<String> = Vec::new();
    let capabilities = registration.capabilities.iter();
    let related: Vec<String> = capabilities
        .flat_map(|one| one.related_permissions(registration.api))
        .map(|permission| format!("`{}`", permission.name(app_only)))
        .collect();
    if !names.is_empty() {
        let mut names = names.join(", ");
        if !related.is_empty() {
            names = format!(
                "{names}; for what is related to an alert, if you want it, {}",
                related.join(", ")
            );
        }
        wanted.push(format!("{found}, {kind}: {names}"));
    }
    let acts = registration.capabilities.contains(&Capability::Respond);
    if acts && registration.api == Api::Graph && registration.responds {
        let names: Vec<String> = needed(&[Capability::Respond], Api::Defender)
            .iter()
            .map(|permission| format!("`{}`", permission.name(app_only)))
            .collect();
        wanted.push(format!("{DEFENDER_FOUND}, {kind}: {}", names.join(", ")));
    }
    if wanted.is_empty() {
        return format!(
            "API permissions: {api} has none for what was chosen; device actions need `respond = \"defender\"`"
        );
    }
    format!(
        "API permissions, Add a permission, {}",
        wanted.join("; and ")
    )
}

/// What the person needs beside the permissions of the application.
fn role(registration: &Registration) -> Option<String> {
    if registration.is_app_only() {
        return None;
    }
    let mut roles = Vec::new();
    for (older, unified) in registration.capabilities.iter().map(|one| one.role()) {
        let role = format!("\"{older}\" (unified RBAC: {unified})");
        if !roles.contains(&role) {
            roles.push(role);
        }
    }
    Some(format!(
        "Defender portal, Permissions: whoever signs in needs a role with {}, and sees the device groups of that role only",
        roles.join(" and ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registration(method: AuthMethod) -> Registration {
        Registration {
            tenant: Some("contoso.com".to_owned()),
            client_id: Some("app".to_owned()),
            method,
            cloud: Cloud::Commercial,
            api: Api::Defender,
            responds: false,
            authority: "https://login.microsoftonline.com".to_owned(),
            capabilities: vec![Capability::Read, Capability::Triage],
        }
    }

    fn text(registration: &Registration) -> String {
        steps(registration).join("\n")
    }

    #[test]
    fn each_way_of_signing_in_has_its_own_steps() {
        let cases = [
            (
                AuthMethod::Browser,
                "redirect URI `http://localhost`",
                "Delegated permissions: `Machine.Read`, `Alert.ReadWrite`",
            ),
            (
                AuthMethod::DeviceCode,
                "\"Allow public client flows\"",
                "Delegated",
            ),
            (AuthMethod::Password, "without MFA", "Delegated"),
            (
                AuthMethod::ClientSecret,
                "its value, not its id",
                "Application permissions: `Machine.Read.All`, `Alert.ReadWrite.All`",
            ),
            (
                AuthMethod::ClientCertificate,
                "public part alone",
                "Application",
            ),
        ];
        for (method, one, other) in cases {
            let text = text(&registration(method));
            assert!(text.contains(one) && text.contains(other), "{text}");
            assert!(text.contains("WindowsDefenderATP"), "{text}");
            assert!(
                text.contains(
                    "https://login.microsoftonline.com/contoso.com/adminconsent?client_id=app"
                ),
                "{text}"
            );
            let by_a_person = text.contains("whoever signs in needs a role with \"View Data\"");
            assert_eq!(by_a_person, !registration(method).is_app_only(), "{text}");
        }
        let command = text(&registration(AuthMethod::Command));
        assert!(
            command.contains("`token_command`") && !command.contains("consent"),
            "{command}"
        );
    }

    #[test]
    fn what_is_not_known_yet_is_a_word_to_replace() {
        let mut registration = registration(AuthMethod::Browser);
        registration.client_id = None;
        registration.cloud = Cloud::GccHigh;
        let text = text(&registration);
        assert!(
            text.contains("New registration") && text.contains("client_id=CLIENT-ID"),
            "{text}"
        );
        assert!(text.contains("https://portal.azure.us"), "{text}");
    }

    #[test]
    fn graph_has_its_own_permissions_and_no_device_actions() {
        let mut registration = registration(AuthMethod::Browser);
        registration.api = Api::Graph;
        let text_of_both = text(&registration);
        assert!(
            text_of_both.contains(
                "\"Microsoft Graph\", Delegated permissions: `SecurityIncident.Read.All`, `SecurityAlert.ReadWrite.All`"
            ),
            "{text_of_both}"
        );
        registration.capabilities = vec![Capability::Respond];
        assert!(text(&registration).contains("`respond = \"defender\"`"));
        registration.responds = true;
        let of_both = text(&registration);
        assert!(of_both.contains("WindowsDefenderATP"), "{of_both}");
        assert!(of_both.contains("`Machine.Isolate`"), "{of_both}");
    }
}
