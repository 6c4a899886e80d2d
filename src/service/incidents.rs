//! One incident, where the service has them.

use crate::domain::incident::Incident;
use crate::service::client::Client;
use crate::service::client::in_a_path;
use crate::service::error::ServiceError;
use crate::wire::incident;

/// An incident with its alerts and all their evidence.
const LARGEST_INCIDENT: usize = 32 * 1024 * 1024;

impl Client {
    /// Reads an incident by its number, with its alerts where the service gives them.
    ///
    /// # Errors
    /// [`ServiceError::Misconfigured`] where the service has no incidents.
    pub async fn incident(&self, id: &str) -> Result<Incident, ServiceError> {
        let Some(path) = self.adaptor.incident(&in_a_path(id)?) else {
            return Err(ServiceError::Misconfigured {
                words: "the Defender API has no incidents, only their numbers".to_owned(),
                remedy: None,
            });
        };
        let url = self.url(&path);
        let whole = self
            .get(&format!("{url}?$expand=alerts"), LARGEST_INCIDENT)
            .await;
        let answer = match whole {
            // Seen for ever in large tenants: the rest is worth having.
            Err(ServiceError::Unreachable { .. } | ServiceError::Rejected { .. }) => {
                self.get(&url, LARGEST_INCIDENT).await?
            }
            told => told?,
        };
        incident::read(&String::from_utf8_lossy(&answer.body))
            .ok_or_else(|| ServiceError::Malformed("the answer is not an incident".to_owned()))
    }
}
