//! The two remote services: sign-in and API. The only place where tokens live.
//!
//! Reading order: [`client`] (what can be asked), `adaptor` (of which of the two services,
//! and how), `second` (another API beside it), [`deciding`] and `habits` (how decisions
//! are written, and what the tenant was found to take), [`devices`], `related` (what an alert is told beside its evidence), [`authority`] (how a token is
//! got), [`renewal`] and [`sign_ins`] (by whom: the program alone, or a person),
//! [`loopback`] (where a browser brings its answer), [`token_store`], [`keyring`],
//! `memory` and [`secret`] (where tokens are kept), [`http`] (one request, bounded in time and size),
//! [`tls`], [`route`] and [`obstacle`] (whom to trust, which way to take, what stood in
//! it), [`error`], [`token_reply`], [`fields`], [`random`].

mod adaptor;
pub mod authority;
pub mod certificate;
pub mod client;
pub mod deciding;
pub mod devices;
pub mod error;
pub mod fields;
mod habits;
pub mod http;
pub mod hunting;
mod incidents;
pub mod keyring;
pub mod loopback;
pub mod memory;
pub mod obstacle;
pub mod random;
mod related;
pub mod renewal;
pub mod route;
mod second;
pub mod secret;
pub mod sign_ins;
pub mod tls;
pub mod token_reply;
pub mod token_store;

pub use adaptor::graph_base;
pub use authority::Authority;
pub use client::Client;
pub use error::ServiceError;
pub use http::Http;
pub use http::Limits;
pub use keyring::Remembering;
pub use secret::Secret;
