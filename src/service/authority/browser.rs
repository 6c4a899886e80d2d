//! Sign-in by a person in a browser: authorization code with PKCE at the v2 endpoint.
//!
//! Makes the address to open, judges what comes back, and redeems the code. How the
//! answer travels, by a port of this machine or pasted, is not its business.

use percent_encoding::utf8_percent_encode;
use reqwest::Url;

use crate::domain::token;
use crate::service::authority::Authority;
use crate::service::authority::Endpoint;
use crate::service::authority::Granted;
use crate::service::authority::Refusal;
use crate::service::authority::Setback;
use crate::service::authority::is_guid;
use crate::service::error::ServiceError;
use crate::service::fields::Fields;
use crate::service::http::VALUE;
use crate::service::random;
use crate::service::secret::Secret;
use crate::wire::problem;

/// What one request for a code is recognised and redeemed by.
#[derive(Debug)]
pub(in crate::service) struct CodeRequest {
    pub(in crate::service) redirect_uri: String,
    /// Binds the answer to this request.
    state: Secret,
    /// Binds the ID token to it.
    nonce: Secret,
    /// Binds the redemption to it.
    verifier: Secret,
}

/// How the answer is to come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::service) enum AnswerMode {
    /// Posted: a code in an address leaks through history and logs.
    FormPost,
    /// In the address, where a person can copy it.
    Query,
}

impl CodeRequest {
    pub(in crate::service) fn new(redirect_uri: String) -> Result<Self, ServiceError> {
        Ok(Self {
            redirect_uri,
            state: random::unguessable()?,
            nonce: random::unguessable()?,
            verifier: random::unguessable()?,
        })
    }

    /// The query string out of what a person pasted: an address, or its query alone.
    pub(in crate::service) fn pasted<'a>(&self, pasted: &'a str) -> Result<&'a str, ServiceError> {
        let (address, query) = match pasted.split_once('?') {
            Some(parts) => parts,
            // An address in every way but the part we need.
            None if pasted.contains("://") => (pasted, ""),
            None => ("", pasted),
        };
        let place = |url: &str| {
            let url = Url::parse(url).ok()?;
            let plain = url.username().is_empty() && url.password().is_none();
            (plain && url.path() == "/").then(|| url.origin())
        };
        if !address.is_empty()
            && (place(address).is_none() || place(address) != place(&self.redirect_uri))
        {
            return Err(refused(&format!(
                "the address does not belong to this sign-in: it begins with `{}`",
                self.redirect_uri
            )));
        }
        Ok(query.split('#').next().unwrap_or_default())
    }
}

impl Authority {
    /// The address a person opens.
    pub(in crate::service) fn authorize_url(
        &self,
        request: &CodeRequest,
        mode: AnswerMode,
        claims: Option<&Secret>,
    ) -> String {
        let scope = self.scope_of_a_person();
        let challenge = random::sha256(request.verifier.expose().as_bytes());
        let mut pairs = vec![
            ("client_id", self.client_id.as_str()),
            ("response_type", "code"),
            ("redirect_uri", &request.redirect_uri),
            (
                "response_mode",
                match mode {
                    AnswerMode::FormPost => "form_post",
                    AnswerMode::Query => "query",
                },
            ),
            ("scope", &scope),
            ("state", request.state.expose()),
            ("nonce", request.nonce.expose()),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        pairs.push(match &self.username {
            Some(username) => ("login_hint", username),
            // Whoever is signed in to the browser need not be whoever sits here.
            None => ("prompt", "select_account"),
        });
        if let Some(claims) = claims {
            pairs.push(("claims", claims.expose()));
        }
        let pairs = pairs
            .iter()
            .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, VALUE)));
        let query: Vec<String> = pairs.collect();
        format!(
            "{}/oauth2/v2.0/authorize?{}",
            self.tenant_url,
            query.join("&")
        )
    }

    /// The code in what came back, or why there is none; `None` when it is no answer.
    pub(in crate::service) fn code(
        &self,
        request: &CodeRequest,
        fields: &str,
    ) -> Option<Result<Secret, ServiceError>> {
        let fields = Fields::read(fields);
        let state = fields.one("state")?;
        let (code, error) = (fields.one("code"), fields.one("error"));
        if code.is_none() && error.is_none() {
            return None;
        }
        if !random::same(state.expose(), request.state.expose()) {
            return Some(Err(refused(
                "the answer does not belong to this sign-in (its state differs)",
            )));
        }
        if let Some(issuer) = fields.one("iss")
            && !self.is_ours(issuer.expose())
        {
            return Some(Err(refused(&format!(
                "the answer comes from `{}`, which is not the sign-in service that was asked",
                problem::harmless(issuer.expose())
            ))));
        }
        if let Some(error) = error {
            let description = fields.one("error_description").map_or("", Secret::expose);
            let problem = problem::sign_in_problem(error.expose(), description);
            return Some(Err(Refusal::of(problem).refused()));
        }
        code.map(|code| Ok(code.clone()))
    }

    /// Exchanges the code for tokens and checks that they are those of this request.
    pub(in crate::service) async fn redeem(
        &self,
        request: &CodeRequest,
        code: &Secret,
    ) -> Result<Granted, Setback> {
        let scope = self.scope_of_a_person();
        let form = [
            ("client_id", self.client_id.as_str()),
            ("grant_type", "authorization_code"),
            ("code", code.expose()),
            ("redirect_uri", &request.redirect_uri),
            ("scope", &scope),
            ("code_verifier", request.verifier.expose()),
        ];
        let granted = self.post(Endpoint::V2, &form).await?;
        let id_token = granted.reply.id_token.as_ref();
        let nonce = id_token
            .and_then(|token| token::decode(token.expose()).ok())
            .and_then(|token| token.nonce());
        if nonce.is_some_and(|nonce| random::same(nonce.original(), request.nonce.expose())) {
            return Ok(granted);
        }
        Err(Setback::Failed(refused(
            "the tokens that came do not belong to this sign-in (their nonce differs)",
        )))
    }

    /// True for an issuer at our sign-in service and of our tenant.
    fn is_ours(&self, issuer: &str) -> bool {
        let (Ok(issuer), Ok(own)) = (Url::parse(issuer), Url::parse(&self.tenant_url)) else {
            return false;
        };
        let tenant = |url: &Url| {
            let first = url.path_segments()?.next()?.to_ascii_lowercase();
            is_guid(&first).then_some(first)
        };
        let tenants_agree = match (tenant(&issuer), tenant(&own)) {
            (Some(theirs), Some(ours)) => theirs == ours,
            // A tenant known by its domain has an issuer with its id.
            _ => true,
        };
        issuer.origin() == own.origin() && tenants_agree
    }
}

fn refused(words: &str) -> ServiceError {
    ServiceError::SignInRefused {
        words: words.to_owned(),
        remedy: Some("start the sign-in again; if you did not open that page yourself, tell your security team".to_owned()),
    }
}
