//! The access token, decoded for display and for hints, never for trust.
//!
//! A token is addressed to the service, and only the service can judge it: we do
//! not verify its signature, and Microsoft may change or encrypt its contents at
//! any time. So nothing here says that a token is good. It says what is written
//! in it, and what in there explains a refusal. Decisions (when to renew, whether
//! to retry) rest on the answers of the authority and of the service.
//!
//! Pure: no clock, no input or output. Neither the token nor its signature is kept.

mod capabilities;
mod checks;
mod claims;
mod decode;
mod decoded;
mod directory;
mod object;
mod permissions;
mod reading;
mod resource;

pub use capabilities::{Capability, lacking, lacking_related, needed};
pub use checks::{Check, Expected, Outcome, checks, foreign};
pub use claims::meaning;
pub use decode::{DecodeError, Part, decode};
pub use decoded::{Claim, ClaimValue, DecodedToken};
pub use directory::{application_name, role_name};
pub use permissions::{
    Api, Duty, Permission, absent, lets, lets_or_unused, may_read_alerts, may_read_devices,
    may_triage_alerts,
};
pub use reading::explain;
pub use resource::api;

#[cfg(test)]
mod tests;
