//! Renewal with the refresh token a sign-in brought, at the endpoint it is from.

use crate::service::authority::Authority;
use crate::service::authority::Endpoint;
use crate::service::authority::Granted;
use crate::service::authority::Setback;
use crate::service::secret::Secret;

/// A refresh token and where it is good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshToken {
    pub token: Secret,
    pub endpoint: Endpoint,
}

impl Authority {
    /// `grant_type=refresh_token` for the same audience.
    pub(in crate::service) async fn refresh(
        &self,
        held: &RefreshToken,
        claims: Option<&Secret>,
    ) -> Result<Granted, Setback> {
        let scope = self.scope_of_a_person();
        let mut form = vec![
            match held.endpoint {
                Endpoint::V1 => ("resource", self.resource.as_str()),
                Endpoint::V2 => ("scope", scope.as_str()),
            },
            ("client_id", &self.client_id),
            ("grant_type", "refresh_token"),
            ("refresh_token", held.token.expose()),
        ];
        form.extend(claims.map(|claims| ("claims", claims.expose())));
        self.post(held.endpoint, &form).await
    }
}
