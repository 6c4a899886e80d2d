//! The second API of a profile: it acts on devices where Microsoft Graph brings the alerts.
//!
//! It has a token of its own, from the same sign-in. Each token goes to its own API and
//! to no other.

use reqwest::Method;
use reqwest::Url;

use crate::domain::session::Audience;
use crate::service::authority::Authority;
use crate::service::client::Client;
use crate::service::client::LARGEST_ALERT;
use crate::service::client::origin;
use crate::service::error::ServiceError;

/// Where the second API is, and how its tokens are asked for.
pub(super) struct Second {
    /// The same sign-in service, in the same name, for the other audience.
    authority: Authority,
    /// URL without a slash at its end.
    api: String,
    origin: Url,
}

impl Client {
    /// The same client with a second API.
    ///
    /// # Errors
    /// When `api` is not a URL.
    pub fn responding(mut self, api: &str, resource: &str) -> Result<Self, ServiceError> {
        self.second = Some(Second {
            authority: self.authority.for_audience(resource),
            api: api.trim_end_matches('/').to_owned(),
            origin: origin(api)?,
        });
        Ok(self)
    }

    /// Which API devices are asked of and acted on by.
    pub fn audience_of_devices(&self) -> Audience {
        match self.second {
            Some(_) => Audience::Respond,
            None => Audience::Service,
        }
    }

    /// Asks for one device, to learn whether they can be asked for at all.
    ///
    /// # Errors
    /// What the API that devices are asked of says.
    pub async fn try_devices(&self) -> Result<(), ServiceError> {
        let audience = self.audience_of_devices();
        let url = format!("{}/api/machines?$top=1", self.api_of(audience)?);
        let answer = self
            .exchange(audience, Method::GET, &url, None, LARGEST_ALERT)
            .await?;
        match self.failure(audience, &answer) {
            // A tenant without devices has none to find.
            None | Some(ServiceError::NotFound(_)) => Ok(()),
            Some(error) => Err(error),
        }
    }

    /// URL of an API without a slash at its end.
    pub fn api_of(&self, audience: Audience) -> Result<&str, ServiceError> {
        Ok(match audience {
            Audience::Service => self.api(),
            Audience::Respond => &self.second()?.api,
        })
    }

    pub(super) fn origin_of(&self, audience: Audience) -> Result<&Url, ServiceError> {
        Ok(match audience {
            Audience::Service => self.origin(),
            Audience::Respond => &self.second()?.origin,
        })
    }

    pub(super) fn authority_of(&self, audience: Audience) -> Result<&Authority, ServiceError> {
        Ok(match audience {
            Audience::Service => &self.authority,
            Audience::Respond => &self.second()?.authority,
        })
    }

    fn second(&self) -> Result<&Second, ServiceError> {
        self.second
            .as_ref()
            .ok_or_else(|| ServiceError::Misconfigured {
                words: "the profile has no API that acts on devices".to_owned(),
                remedy: Some("set `respond = \"defender\"`".to_owned()),
            })
    }
}
