//! The authorize endpoint: a page for a person at a browser, whose answer is carried
//! back to the program that sent them.
//!
//! The program is only answered where its registration says it lives; any other
//! address gets the person a page. What a code is good for is `codes`' part.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value as Json;

use crate::sim::entra::Ids;
use crate::sim::entra::Refusal;
use crate::sim::html;
use crate::sim::jwt;
use crate::sim::reply::Reply;
use crate::sim::tokens::REMEMBERED;
use crate::sim::tokens::Tokens;
use crate::sim::tokens::endpoint::Form;
use crate::sim::tokens::scope::Asked;
use crate::sim::world::Request;

/// The address every native application may use, beside its own machine.
const NATIVE_CLIENT: &str = "https://login.microsoftonline.com/common/oauth2/nativeclient";
/// A page left open longer than this is forgotten once there are many.
const PATIENCE: SignedDuration = SignedDuration::from_hours(1);

/// A sign-in that a page was shown for.
#[derive(Clone)]
pub(super) struct Attempt {
    pub(super) redirect_uri: String,
    pub(super) asked: Asked,
    pub(super) nonce: Option<String>,
    /// BASE64URL(SHA256(verifier)).
    pub(super) challenge: String,
    pub(super) claims: Option<Json>,
    back: Back,
    since: Timestamp,
}

/// The pages that wait for their person, by the one-time id in their form.
#[derive(Default)]
pub(super) struct Attempts(HashMap<String, Attempt>);

/// The way back to the program.
#[derive(Clone)]
struct Back {
    address: String,
    mode: Mode,
    state: Option<String>,
}

#[derive(Clone, Copy)]
enum Mode {
    FormPost,
    Query,
}

impl Tokens {
    /// Shows the page, or says what is wrong: to the program if it may be told.
    pub(super) fn authorize(
        &mut self,
        request: &Request,
        tenant: &str,
        ids: &Ids,
    ) -> Result<Reply, Refusal> {
        if request.method != "GET" {
            return Err(Refusal::wrong_method(&request.method, "GET"));
        }
        self.own_tenant(tenant)?;
        let query = Form::read(&request.query)?;
        self.known_client(&query, tenant)?;
        let redirect_uri = query.required("redirect_uri")?;
        let back = self.way_back(&query, redirect_uri)?;
        let attempt = match self.attempt(&query, redirect_uri, back.clone(), ids.now) {
            Ok(attempt) => attempt,
            Err(refusal) => return Ok(back.refused(&refusal, &self.account.authority, ids)),
        };
        let flow = jwt::random(&mut self.rng, 24);
        let page = self.page(&request.path, &flow, query.optional("login_hint"));
        self.attempts.open(flow, attempt, ids.now);
        Ok(page)
    }

    /// The person has answered the page.
    pub(super) fn continued(
        &mut self,
        request: &Request,
        tenant: &str,
        ids: &Ids,
    ) -> Result<Reply, Refusal> {
        let form = Form::posted(request)?;
        self.own_tenant(tenant)?;
        let flow = form.required("flow")?;
        let consents = form.answer()?;
        let Some(attempt) = self.attempts.0.remove(flow) else {
            let message = "Invalid Request: this sign-in was answered already, or is too old.";
            return Err(Refusal::new("invalid_request", 165_000, message));
        };
        let back = attempt.back.clone();
        if !consents {
            let message = "User declined to consent to access the app.";
            let refusal = Refusal::new("access_denied", 65_004, message);
            return Ok(back.refused(&refusal, &self.account.authority, ids));
        }
        let code = self.codes.give(attempt, &mut self.rng, ids.now);
        let session = jwt::guid(&mut self.rng);
        Ok(back.answer(&[("code", &code)], &[("session_state", &session)]))
    }

    /// The registration is for one tenant, which has to be named.
    pub(super) fn own_tenant(&self, tenant: &str) -> Result<(), Refusal> {
        if tenant != "common" {
            return self.known_tenant(tenant);
        }
        let message = format!(
            "Application '{}'(vigie) is not configured as a multi-tenant application. Usage of the /common endpoint \
             is not supported for such apps. Use a tenant-specific endpoint or configure the application to be multi-tenant.",
            self.account.client_id
        );
        Err(Refusal::new("invalid_request", 50_194, message))
    }

    fn way_back(&self, query: &Form, redirect_uri: &str) -> Result<Back, Refusal> {
        let Some(address) = landing(redirect_uri) else {
            let message = format!(
                "The redirect URI '{redirect_uri}' specified in the request does not match the redirect URIs \
                 configured for the application '{}'. Make sure the redirect URI sent in the request matches one \
                 added to your application in the Azure portal.",
                self.account.client_id
            );
            return Err(Refusal::new("invalid_request", 50_011, message));
        };
        let mode = match query.optional("response_mode") {
            Some("form_post") => Mode::FormPost,
            _ => Mode::Query,
        };
        Ok(Back {
            address,
            mode,
            state: query.optional("state").map(str::to_owned),
        })
    }

    fn attempt(
        &self,
        query: &Form,
        redirect_uri: &str,
        back: Back,
        now: Timestamp,
    ) -> Result<Attempt, Refusal> {
        match query.required("response_type")? {
            "code" => {}
            other => {
                let message =
                    format!("response_type '{other}' is not enabled for the application.");
                return Err(Refusal::new("unsupported_response_type", 700_051, message));
            }
        }
        match query.optional("response_mode") {
            None | Some("form_post" | "query") => {}
            Some(other) => {
                let message = format!(
                    "'{other}' is not a supported value of 'response_mode' when requesting a code."
                );
                return Err(Refusal::new("invalid_request", 70_007, message));
            }
        }
        let asked = match self.asked_by_scope(query.required("scope")?) {
            // A person could be asked here, but only an administrator may say yes.
            Err(Refusal {
                code: 65_001,
                message,
                ..
            }) => return Err(Refusal::new("consent_required", 65_001, message)),
            other => other?,
        };
        let challenge = challenge(query)?;
        match query.optional("prompt") {
            None | Some("login" | "select_account" | "consent") => {}
            Some("none") => {
                let message = "Session information is not sufficient for single-sign-on.";
                return Err(Refusal::new("login_required", 50_058, message));
            }
            Some(other) => {
                let message = format!("'{other}' is not a supported value of 'prompt'.");
                return Err(Refusal::new("invalid_request", 90_023, message));
            }
        }
        Ok(Attempt {
            redirect_uri: redirect_uri.to_owned(),
            asked,
            nonce: query.optional("nonce").map(str::to_owned),
            challenge,
            claims: query.claims()?,
            back,
            since: now,
        })
    }

    fn page(&self, path: &str, flow: &str, hint: Option<&str>) -> Reply {
        let buttons = [
            ("continue", format!("Continue as {}", jwt::PERSON)),
            ("decline", String::from("Decline")),
        ];
        let hint = hint.map_or_else(String::new, |hint| {
            format!("<p>Asked for: {}</p>\n", html::escaped(hint))
        });
        let content = format!(
            "<h1>Sign in</h1>\n<p>vigie (simulated) would like to work with your alerts, as {}.</p>\n{hint}{}",
            html::escaped(&self.account.username),
            html::question(&format!("{path}/continue"), ("flow", flow), &buttons)
        );
        html::page(200, &content)
    }
}

impl Attempts {
    fn open(&mut self, flow: String, attempt: Attempt, now: Timestamp) {
        if self.0.len() > REMEMBERED {
            self.0
                .retain(|_, attempt| now.duration_since(attempt.since) < PATIENCE);
        }
        self.0.insert(flow, attempt);
    }
}

impl Form {
    /// Which of the two buttons was pressed.
    pub(super) fn answer(&self) -> Result<bool, Refusal> {
        match self.required("answer")? {
            "continue" => Ok(true),
            "decline" => Ok(false),
            _ => Err(Refusal::malformed()),
        }
    }
}

impl Back {
    fn refused(&self, refusal: &Refusal, origin: &str, ids: &Ids) -> Reply {
        let mut told = vec![("error", refusal.error)];
        if refusal.error == "access_denied" {
            told.push(("error_subcode", "cancel"));
        }
        let (description, uri) = (refusal.description(ids), refusal.uri(origin));
        told.push(("error_description", &description));
        told.push(("error_uri", &uri));
        self.answer(&told, &[])
    }

    /// The state stands between these, when there is one.
    fn answer(&self, before: &[(&str, &str)], after: &[(&str, &str)]) -> Reply {
        let state = self.state.as_deref().map(|state| ("state", state));
        let fields = before
            .iter()
            .copied()
            .chain(state)
            .chain(after.iter().copied());
        match self.mode {
            Mode::Query => {
                let query: Vec<String> = fields
                    .map(|(name, value)| format!("{name}={}", encoded(value)))
                    .collect();
                let location = format!("{}?{}", self.address, query.join("&"));
                Reply::empty(302).with("location", location)
            }
            Mode::FormPost => {
                let fields: String = fields
                    .map(|(name, value)| html::field(name, value))
                    .collect();
                let content = format!(
                    "<form method=\"post\" name=\"hiddenform\" action=\"{}\">\n{fields}<noscript>\
                     <p>Script is disabled. Click Submit to continue.</p>\
                     <input type=\"submit\" value=\"Submit\"></noscript>\n</form>\n\
                     <script>document.forms[0].submit();</script>",
                    html::escaped(&self.address)
                );
                html::page(200, &content)
            }
        }
    }
}

/// Where a registered redirect address leads; an empty path comes back as `/`.
fn landing(redirect_uri: &str) -> Option<String> {
    if redirect_uri == NATIVE_CLIENT {
        return Some(redirect_uri.to_owned());
    }
    let authority = redirect_uri.strip_suffix('/').unwrap_or(redirect_uri);
    let is_ours = match authority.strip_prefix("http://localhost")? {
        "" => true,
        rest => rest.strip_prefix(':').is_some_and(is_port),
    };
    is_ours.then(|| format!("{authority}/"))
}

fn is_port(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u16>().is_ok_and(|port| port > 0)
}

/// Public clients prove by a hash that the one who redeems is the one who asked.
fn challenge(query: &Form) -> Result<String, Refusal> {
    let challenge = query.required("code_challenge")?;
    if query.required("code_challenge_method")? != "S256" {
        let message = "The code_challenge_method is not supported: S256 is required.";
        return Err(Refusal::new("invalid_request", 501_481, message));
    }
    let is_hash = challenge.len() == 43
        && challenge
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    if is_hash {
        Ok(challenge.to_owned())
    } else {
        let message = "Invalid size of Code_Challenge parameter.";
        Err(Refusal::new("invalid_request", 501_491, message))
    }
}

/// As in a form: blanks are written as plus signs.
fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC)
        .to_string()
        .replace("%20", "+")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_registered_addresses_are_answered() {
        for (address, expected) in [
            ("http://localhost", Some("http://localhost/")),
            ("http://localhost/", Some("http://localhost/")),
            ("http://localhost:8400", Some("http://localhost:8400/")),
            ("http://localhost:1/", Some("http://localhost:1/")),
            (NATIVE_CLIENT, Some(NATIVE_CLIENT)),
            ("https://localhost", None),
            ("http://127.0.0.1:8400", None),
            ("http://[::1]:8400", None),
            ("http://LOCALHOST:8400", None),
            ("http://localhost:", None),
            ("http://localhost:0", None),
            ("http://localhost:+80", None),
            ("http://localhost:65536", None),
            ("http://localhost:8400//", None),
            ("http://localhost:8400/callback", None),
            ("http://localhost:8400?x", None),
            ("http://localhost:8400#x", None),
            ("http://localhost.evil.example", None),
            ("http://localhost@evil.example", None),
            ("http://localhost:1@evil.example", None),
            (
                "https://login.microsoftonline.com/common/oauth2/nativeclient/",
                None,
            ),
        ] {
            assert_eq!(landing(address).as_deref(), expected, "{address}");
        }
    }
}
