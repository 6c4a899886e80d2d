//! A device as the service tells of it, and who was signed in there.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::device::action::DeviceAction;
use crate::domain::failure::Failure;
use crate::domain::text::Text;

/// The service's id of a device: opaque, never empty.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeviceId(Arc<str>);

impl DeviceId {
    /// `None` for an empty id, which would leave a hole in a path, and for what would
    /// lead out of its place in one.
    pub fn new(id: &str) -> Option<Self> {
        let is_id = !id.trim().is_empty() && !matches!(id, "." | "..");
        is_id.then(|| Self(Arc::from(id)))
    }

    /// The id as the service wrote it; hostile until shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for DeviceId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, formatter)
    }
}

/// A device. Absent texts are empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    pub id: DeviceId,
    pub name: Text,
    pub platform: Text,
    pub version: Text,
    pub health: Text,
    pub onboarding: Text,
    pub risk: Text,
    pub exposure: Text,
    /// How much the tenant cares for it.
    pub worth: Text,
    pub group: Text,
    pub group_id: Text,
    pub tags: Vec<Text>,
    /// Addresses of its own network; the last known first.
    pub addresses: Vec<Text>,
    pub external_address: Text,
    pub agent: Text,
    pub first_seen: Option<Timestamp>,
    /// Of its last full report, which comes about once a day.
    pub last_seen: Option<Timestamp>,
    /// As it came.
    pub json: Text,
}

impl Device {
    /// The name people say, without the domain; the id where it has none.
    pub fn short_name(&self) -> &str {
        short_name(self.name.original(), &self.id)
    }
}

/// The first label of a device's name; the id where it has none.
pub fn short_name<'a>(name: &'a str, id: &'a DeviceId) -> &'a str {
    let label = name.split('.').next().unwrap_or_default().trim();
    if label.is_empty() { id.as_str() } else { label }
}

/// Somebody who was signed in on a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logon {
    /// `domain\name`.
    pub account: Text,
    /// Kinds of logons, as the service lists them.
    pub kinds: Text,
    pub last_seen: Option<Timestamp>,
    pub is_domain_admin: bool,
}

/// What one look at a device brought; each part stands or falls alone.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    pub device: Result<Device, Failure>,
    pub logons: Result<Vec<Logon>, Failure>,
    /// Newest first.
    pub actions: Result<Vec<DeviceAction>, Failure>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_leave_its_place_in_a_path_is_no_id() {
        for id in ["", " ", ".", ".."] {
            assert_eq!(DeviceId::new(id), None, "{id:?}");
        }
        assert!(DeviceId::new("0a1b").is_some());
    }

    #[test]
    fn a_device_is_called_by_its_first_label_or_by_its_id() {
        let id = DeviceId(Arc::from("0a1b"));
        for (name, short) in [
            ("srv-dc-01.contoso.example", "srv-dc-01"),
            ("DESKTOP-1", "DESKTOP-1"),
            ("", "0a1b"),
            (".local", "0a1b"),
        ] {
            assert_eq!(short_name(name, &id), short);
        }
    }
}
