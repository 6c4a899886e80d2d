//! Sign-in against an OAuth server that is not ours: `oidc-provider`, run by Node.
//!
//! The simulated tenant is as strict as we know how, and shares our mistakes all the
//! same. This one is certified and was written by others. Where Node or its packages
//! are missing the tests say so and test nothing, unless `VIGIE_FOREIGN` is
//! `required`: see the README of this folder.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets the unexpected has to stop"
)]

mod bench;
mod browser;
mod client;
mod program;
mod server;
