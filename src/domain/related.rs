//! What the service relates to an alert beside its evidence: files, addresses, domains
//! and the user, each told by a call of its own.

use jiff::Timestamp;

use crate::domain::detail::Account;
use crate::domain::text::Text;

/// What is asked for by one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    Files,
    Addresses,
    Domains,
    User,
}

impl Part {
    /// In the order they are asked for and told.
    pub const ALL: [Self; 4] = [Self::Files, Self::Addresses, Self::Domains, Self::User];

    /// What it is called.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Files => "files",
            Self::Addresses => "addresses",
            Self::Domains => "domains",
            Self::User => "user",
        }
    }

    /// One of them.
    pub const fn one(self) -> &'static str {
        match self {
            Self::Files => "file",
            Self::Addresses => "address",
            Self::Domains => "domain",
            Self::User => "user",
        }
    }

    /// What asking for it takes, by the same name for users and for applications.
    pub const fn permission(self) -> &'static str {
        match self {
            Self::Files => "File.Read.All",
            Self::Addresses => "Ip.Read.All",
            Self::Domains => "URL.Read.All",
            Self::User => "User.Read.All",
        }
    }
}

/// What one call told.
#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    Files(Listed<RelatedFile>),
    Addresses(Listed<Text>),
    Domains(Listed<Text>),
    /// None where the alert is about nobody.
    User(Option<Box<RelatedUser>>),
}

impl Told {
    /// How many there are, those among them that were not kept.
    pub const fn in_all(&self) -> usize {
        match self {
            Self::Files(files) => files.in_all,
            Self::Addresses(names) | Self::Domains(names) => names.in_all,
            Self::User(user) => user.is_some() as usize,
        }
    }

    /// How many are kept.
    pub const fn kept(&self) -> usize {
        match self {
            Self::Files(files) => files.items.len(),
            Self::Addresses(names) | Self::Domains(names) => names.items.len(),
            Self::User(user) => user.is_some() as usize,
        }
    }
}

/// The first of what was listed, each once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listed<T> {
    pub items: Vec<T>,
    /// Those that were left out included.
    pub in_all: usize,
}

impl<T: PartialEq> Listed<T> {
    /// Kept of one list: more than anybody reads.
    pub const MOST: usize = 300;

    /// Adds one unless it is there; where there are too many it is counted alone.
    pub fn add(&mut self, item: T) {
        if self.items.len() >= Self::MOST {
            self.in_all += 1;
        } else if !self.items.contains(&item) {
            self.in_all += 1;
            self.items.push(item);
        }
    }
}

/// A file by its digests: it has no name there. What is not told is empty or none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RelatedFile {
    pub sha1: Text,
    pub sha256: Text,
    pub md5: Text,
    /// Who made it, as the file says.
    pub publisher: Text,
    pub product: Text,
    pub signer: Text,
    /// Who vouches for the signer.
    pub issuer: Text,
    /// None where nothing is told, as for a file without a signature.
    pub is_validly_signed: Option<bool>,
    /// What the service takes it for, in its own word.
    pub determination: Text,
    /// More of that: the name of the malware.
    pub determination_value: Text,
    /// In bytes.
    pub size: Option<u64>,
    pub kind: Text,
    /// A program or library of Windows.
    pub is_executable: Option<bool>,
    /// How often it was seen anywhere.
    pub prevalence: Option<u64>,
    pub first_seen: Option<Timestamp>,
    pub last_seen: Option<Timestamp>,
}

impl RelatedFile {
    /// The digest it is known by: the longest there is.
    pub fn digest(&self) -> &Text {
        let digests = [&self.sha256, &self.sha1];
        let known = digests.into_iter().find(|digest| !digest.is_empty());
        known.unwrap_or(&self.md5)
    }
}

/// Whom an alert is about, as the service knows them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RelatedUser {
    pub account: Account,
    pub first_seen: Option<Timestamp>,
    pub last_seen: Option<Timestamp>,
    /// How they sign in: `Network, RemoteInteractive`.
    pub logons: Text,
    /// How many devices they were seen on.
    pub devices: Option<u64>,
    /// Id of the device they are on most.
    pub usual_device: Text,
    pub is_domain_admin: Option<bool>,
    /// Was never at a device.
    pub is_only_from_network: Option<bool>,
}
