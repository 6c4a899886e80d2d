//! An incident: what the service put alerts together as.

use jiff::Timestamp;

use crate::domain::alert::Alert;
use crate::domain::text::Text;

/// Everything told of an incident. Absent texts are empty.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Incident {
    pub id: Text,
    pub name: Text,
    pub status: Text,
    pub severity: Text,
    pub assigned_to: Text,
    pub classification: Text,
    pub determination: Text,
    pub created: Option<Timestamp>,
    pub updated: Option<Timestamp>,
    /// Words people and the service put on it.
    pub tags: Vec<Text>,
    /// Its alerts, of every product; none where the service would not tell them.
    pub alerts: Option<Vec<Alert>>,
}
