//! What a token says about itself, and the questions the program asks of it.

use std::borrow::Cow;

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::domain::text::Text;

/// A token's contents. Everything in it was chosen by whoever wrote the token.
#[derive(Debug, Clone, PartialEq)]
pub struct DecodedToken {
    pub header: Vec<Claim>,
    /// In the order of the token.
    pub claims: Vec<Claim>,
    /// Oddities met while decoding, as phrases for an operator, harmless to show.
    pub notes: Vec<String>,
    /// True if there is a signature at all. Nobody here has verified it.
    pub signed: bool,
    /// Of the token itself, in bytes.
    pub length: usize,
}

/// One member of the header or of the payload.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    pub name: Text,
    /// The JSON source of the value, as it stood in the token.
    pub raw: Text,
    pub value: ClaimValue,
}

/// The value of a claim, as far as it needs to be taken apart.
#[derive(Debug, Clone, PartialEq)]
pub enum ClaimValue {
    Text(Text),
    /// Read from [`Claim::raw`] by whoever needs it: it may not fit any type of ours.
    Number,
    Truth(bool),
    Nothing,
    /// Strings without their quotes, anything else as its source.
    List(Vec<Text>),
    /// Never looked into.
    Object,
}

impl Claim {
    /// The value for a screen: strings without their quotes, the rest as written.
    pub fn shown(&self) -> Cow<'_, str> {
        match &self.value {
            ClaimValue::Text(text) => text.shown(),
            ClaimValue::Number
            | ClaimValue::Truth(_)
            | ClaimValue::Nothing
            | ClaimValue::List(_)
            | ClaimValue::Object => self.raw.shown(),
        }
    }

    /// The text of a string or of a number, which some issuers write for each other.
    pub(super) fn scalar(&self) -> Option<&str> {
        match &self.value {
            ClaimValue::Text(text) => Some(text.original()),
            ClaimValue::Number => Some(self.raw.original()),
            ClaimValue::Truth(_)
            | ClaimValue::Nothing
            | ClaimValue::List(_)
            | ClaimValue::Object => None,
        }
    }

    /// One text or many: `aud`, `roles` and others come either way.
    pub(super) fn texts(&self) -> &[Text] {
        match &self.value {
            ClaimValue::Text(text) => std::slice::from_ref(text),
            ClaimValue::List(items) => items,
            ClaimValue::Number
            | ClaimValue::Truth(_)
            | ClaimValue::Nothing
            | ClaimValue::Object => &[],
        }
    }

    /// The moment this claim means, if it is a count of seconds within 1970 to 9999.
    pub fn time(&self) -> Option<Timestamp> {
        let source = self.scalar()?.trim();
        let since_1970 = match source.parse() {
            Ok(seconds) => SignedDuration::from_secs(seconds),
            Err(_) => SignedDuration::try_from_secs_f64(source.parse().ok()?).ok()?,
        };
        if since_1970.is_negative() {
            return None;
        }
        Timestamp::from_duration(since_1970).ok()
    }
}

impl DecodedToken {
    /// The claim of that name in the payload.
    pub fn claim(&self, name: &str) -> Option<&Claim> {
        named(&self.claims, name)
    }

    /// The parameter of that name in the header.
    pub fn parameter(&self, name: &str) -> Option<&Claim> {
        named(&self.header, name)
    }

    /// Delegated permissions: what the application may do in the user's name.
    pub fn scopes(&self) -> Vec<Text> {
        self.texts("scp")
            .iter()
            .flat_map(|text| text.original().split_whitespace())
            .map(Text::from)
            .collect()
    }

    /// Application permissions, or in a user's token the user's roles in the application.
    pub fn roles(&self) -> Vec<Text> {
        let roles = self.texts("roles").iter();
        roles.filter(|role| !role.is_empty()).cloned().collect()
    }

    /// Scopes, then roles, each once.
    pub fn granted(&self) -> Vec<Text> {
        let mut granted = Vec::new();
        let mut known = std::collections::HashSet::new();
        for permission in self.scopes().into_iter().chain(self.roles()) {
            if known.insert(permission.clone()) {
                granted.push(permission);
            }
        }
        granted
    }

    /// The moment a claim such as `exp` names.
    pub fn time(&self, name: &str) -> Option<Timestamp> {
        self.claim(name)?.time()
    }

    /// Whom the token is for, usually one.
    pub fn audiences(&self) -> Vec<Text> {
        self.texts("aud").to_vec()
    }

    pub fn tenant(&self) -> Option<Text> {
        self.text("tid")
    }

    /// The request an ID token answers.
    pub fn nonce(&self) -> Option<Text> {
        self.text("nonce")
    }

    /// The user's name as best known, for display only: all of these can change hands.
    pub fn user(&self) -> Option<Text> {
        ["upn", "preferred_username", "unique_name", "email", "name"]
            .iter()
            .find_map(|name| self.text(name))
    }

    /// The application that asked for the token: its name, or else its id.
    pub fn application(&self) -> Option<Text> {
        ["app_displayname", "appid", "azp"]
            .iter()
            .find_map(|name| self.text(name))
    }

    /// True if an application holds this token for itself, without a user.
    pub fn app_only(&self) -> bool {
        match self.text("idtyp") {
            Some(kind) => kind.original().eq_ignore_ascii_case("app"),
            // Not every service asks for `idtyp`.
            None => self.claim("scp").is_none() && !self.roles().is_empty(),
        }
    }

    pub(super) fn texts(&self, name: &str) -> &[Text] {
        self.claim(name).map_or(&[], Claim::texts)
    }

    pub(super) fn text(&self, name: &str) -> Option<Text> {
        match &self.claim(name)?.value {
            ClaimValue::Text(text) if !text.original().trim().is_empty() => Some(text.clone()),
            ClaimValue::Text(_)
            | ClaimValue::Number
            | ClaimValue::Truth(_)
            | ClaimValue::Nothing
            | ClaimValue::List(_)
            | ClaimValue::Object => None,
        }
    }
}

fn named<'a>(claims: &'a [Claim], name: &str) -> Option<&'a Claim> {
    claims.iter().find(|claim| claim.name.original() == name)
}
