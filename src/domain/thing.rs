//! What can be hunted for: one thing out of an alert, with all that is known of it.

use crate::domain::detail::Account;
use crate::domain::detail::Device;
use crate::domain::detail::Entity;
use crate::domain::detail::File;
use crate::domain::detail::Process;
use crate::domain::text::Text;

/// One thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Thing {
    Process(Box<Process>),
    /// One with a hash, or nothing could be looked for.
    File(Box<File>),
    Address(Text),
    Url(Text),
    Domain(Text),
    User(Account),
    Device(Device),
}

impl Thing {
    /// What a piece of evidence is about; none where it names nothing to look for.
    pub fn of(entity: &Entity) -> Option<Self> {
        match entity {
            Entity::Process(process) => Some(Self::Process(process.clone())),
            Entity::File(file) if file.sha256.is_empty() && file.sha1.is_empty() => None,
            Entity::File(file) => Some(Self::File(file.clone())),
            Entity::User(account) if account.said().is_empty() && account.sid.is_empty() => None,
            Entity::User(account) => Some(Self::User(account.clone())),
            Entity::Device(device) if device.id.is_empty() && device.name.is_empty() => None,
            Entity::Device(device) => Some(Self::Device(device.clone())),
            Entity::Address(address) => {
                (!address.is_empty()).then(|| Self::Address(address.clone()))
            }
            Entity::Url(url) if url.is_empty() => None,
            Entity::Url(url) if url.original().contains('/') => Some(Self::Url(url.clone())),
            // A host alone is a name and no address of a page.
            Entity::Url(host) => Some(Self::Domain(host.clone())),
            Entity::Other => None,
        }
    }

    /// Its kind in a word.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Process(_) => "process",
            Self::File(_) => "file",
            Self::Address(_) => "address",
            Self::Url(_) => "url",
            Self::Domain(_) => "domain",
            Self::User(_) => "user",
            Self::Device(_) => "device",
        }
    }
}

/// The host of an address on the web.
pub fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    host.split(':').next().unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_nothing_is_no_thing() {
        for entity in [
            Entity::Other,
            Entity::File(Box::default()),
            Entity::User(Account::default()),
            Entity::Device(Device::default()),
            Entity::Address(Text::default()),
            Entity::Url(Text::default()),
        ] {
            assert_eq!(Thing::of(&entity), None, "{entity:?}");
        }
        let word = |url: &str| Thing::of(&Entity::Url(Text::from(url))).map(|thing| thing.word());
        assert_eq!(word("evil.example"), Some("domain"));
        assert_eq!(word("evil.example/a"), Some("url"));
    }
}
