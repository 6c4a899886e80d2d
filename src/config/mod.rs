//! What the operator set, where each value came from, and the file it stands in.
//!
//! Order: flag, environment, profile in the file, default. The environment is
//! passed in as a function, and no secret is kept here: only where one is found.
//!
//! Reading order: [`settings`], [`mod@file`], [`profile`], [`sources`], [`resolve`]; the
//! rules of single values are in [`choices`], [`address`], [`words`],
//! [`respond`], [`looks`], [`telling`], [`views`], [`macros`], [`hunts`]; [`mod@pointer`] finds mistakes in the text;
//! [`template`] is the commented file, and [`writing`] puts it in its place.

pub mod address;
pub mod choices;
pub mod endpoints;
pub mod error;
pub mod file;
pub mod hunts;
pub mod location;
pub mod looks;
pub mod macros;
pub mod pointer;
pub mod profile;
pub mod resolve;
pub mod respond;
pub mod rows;
pub mod settings;
pub mod sources;
pub mod telling;
pub mod template;
pub mod views;
pub mod words;
pub mod writing;

#[cfg(test)]
mod tests;

pub use address::is_loopback;
pub use choices::AuthMethod;
pub use choices::Cloud;
pub use choices::LeastSeverity;
pub use choices::Notify;
pub use choices::Region;
pub use choices::Respond;
pub use choices::Service;
pub use endpoints::Endpoints;
pub use endpoints::portal;
pub use error::Complaint;
pub use error::ConfigError;
pub use location::path;
pub use location::state_folder;
pub use looks::Looks;
pub use pointer::pointer;
pub use resolve::Config;
pub use resolve::SecretSource;
pub use respond::RespondConfig;
pub use respond::SecondApi;
pub use rows::Row;
pub use settings::Environment;
pub use settings::Flags;
pub use settings::Origin;
pub use settings::Sourced;
pub use telling::TellingConfig;
pub use telling::Told;
pub use template::TEMPLATE;
pub use writing::init;
pub use writing::refusal;
pub use writing::vacant;
