//! The two remote services: sign-in and API. The only place where tokens live.
//!
//! Reading order: [`client`] (what can be asked), [`authority`] (how a token is
//! got), [`token_store`] and [`secret`] (where it is kept), [`http`] (one request,
//! bounded in time and size), [`error`], [`token_reply`].

pub mod authority;
pub mod client;
pub mod error;
pub mod http;
pub mod secret;
pub mod token_reply;
pub mod token_store;

pub use authority::Authority;
pub use client::Client;
pub use error::ServiceError;
pub use http::Http;
pub use http::Limits;
pub use secret::Secret;
