//! Where a request to the authority goes, and how its form is read: as strictly as
//! Entra does.
//!
//! A lenient endpoint would hide a client that glues its form together. What the
//! parameters mean is for the flows to say.

use crate::sim::entra::Refusal;
use crate::sim::form;
use crate::sim::tokens::Tokens;
use crate::sim::tokens::Version;
use crate::sim::world::Request;

/// The parameters of a request, in their order; no name comes twice.
pub(super) struct Form(Vec<(String, String)>);

/// What stands at a path of the authority.
pub(super) enum Door {
    Token(Version),
    Authorize,
    /// Where the authorize page sends its form.
    Continue,
    DeviceCode,
    /// Where a person types a device code; no tenant stands before it.
    DeviceLogin,
}

impl Door {
    /// The tenant of a path, and what stands there.
    pub(super) fn of(path: &str) -> Option<(String, Self)> {
        if path == "/devicelogin" {
            return Some((String::new(), Self::DeviceLogin));
        }
        let (tenant, rest) = path.strip_prefix('/')?.split_once('/')?;
        let door = match rest {
            "oauth2/token" => Self::Token(Version::One),
            "oauth2/v2.0/token" => Self::Token(Version::Two),
            "oauth2/v2.0/authorize" => Self::Authorize,
            "oauth2/v2.0/authorize/continue" => Self::Continue,
            "oauth2/v2.0/devicecode" => Self::DeviceCode,
            _ => return None,
        };
        Some((form::segment(tenant)?, door))
    }

    /// Whether a browser comes here, and not the program.
    pub(super) fn is_for_people(&self) -> bool {
        match self {
            Self::Authorize | Self::Continue | Self::DeviceLogin => true,
            Self::Token(_) | Self::DeviceCode => false,
        }
    }
}

impl Form {
    /// The form a request posts.
    pub(super) fn posted(request: &Request) -> Result<Self, Refusal> {
        if request.method != "POST" {
            return Err(Refusal::wrong_method(&request.method, "POST"));
        }
        let content_type = request.header("content-type").unwrap_or_default();
        let is_form = content_type
            .split(';')
            .next()
            .is_some_and(|kind| kind.trim() == "application/x-www-form-urlencoded");
        if is_form {
            Self::read(&request.body)
        } else {
            Err(Refusal::malformed())
        }
    }

    /// The parameters in a query or a body.
    pub(super) fn read(text: &str) -> Result<Self, Refusal> {
        let pairs = form::pairs(text).ok_or_else(Refusal::malformed)?;
        for (position, (name, _)) in pairs.iter().enumerate() {
            if pairs
                .iter()
                .skip(position + 1)
                .any(|(other, _)| other == name)
            {
                let message = format!("The parameter '{name}' is duplicated.");
                return Err(Refusal::new("invalid_request", 90_100, message));
            }
        }
        Ok(Self(pairs))
    }

    /// A parameter that has to be there.
    pub(super) fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.optional(name).ok_or_else(|| Refusal::missing(name))
    }

    /// An empty value is as good as none.
    pub(super) fn optional(&self, name: &str) -> Option<&str> {
        let found = self
            .0
            .iter()
            .find(|(known, value)| known == name && !value.is_empty());
        found.map(|(_, value)| value.as_str())
    }

    pub(super) fn names(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }

    /// The demo's registration is a public client for people: a secret is a mistake.
    pub(super) fn is_public(&self) -> Result<(), Refusal> {
        if self.names("client_secret") || self.names("client_assertion") {
            let message = "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.";
            return Err(Refusal::new("invalid_client", 700_025, message));
        }
        Ok(())
    }
}

impl Tokens {
    /// The tenant must be ours, by name or by id.
    pub(super) fn known_tenant(&self, tenant: &str) -> Result<(), Refusal> {
        match tenant {
            "common" | "consumers" => Err(Refusal::new(
                "invalid_request",
                9_001_023,
                "The grant type is not supported over the /common or /consumers endpoints. \
                 Please use the /organizations or tenant-specific endpoint.",
            )),
            "organizations" | "contoso.example" => Ok(()),
            _ if tenant.eq_ignore_ascii_case(&self.account.tenant) => Ok(()),
            _ => Err(Refusal::new(
                "invalid_request",
                90_002,
                format!(
                    "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud."
                ),
            )),
        }
    }

    pub(super) fn known_client(&self, form: &Form, tenant: &str) -> Result<(), Refusal> {
        let client = form.required("client_id")?;
        if client == self.account.client_id {
            return Ok(());
        }
        let message = format!(
            "Application with identifier '{client}' was not found in the directory '{tenant}'."
        );
        Err(Refusal::new("unauthorized_client", 700_016, message))
    }
}
