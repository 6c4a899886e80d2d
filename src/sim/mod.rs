//! The pretend service: a simulated tenant on loopback, for the demo and for the tests.
//!
//! It imports nothing from the rest of the crate: two sides that share a struct
//! also share its mistakes, and no test would notice. Where Microsoft's pages and
//! the bodies seen in public disagree, it does what was seen. Everything is pure
//! and takes the time as an argument, except [`Clock`] and the `server` module.
//!
//! It does not imitate live response.
//!
//! Modules in reading order:
//! - `options`: what a simulator is asked to be;
//! - `simulator`: starting, looking at and ending one;
//! - `server`: sockets, and nothing that decides;
//! - `world`, `routes`: one request in, one outcome out;
//! - `tokens`, `jwt`, `entra`, `html`: who may come in, and with what;
//! - `alerts`, `machines`: the calls of Defender's API;
//! - `graph`: the calls of Microsoft Graph's security API;
//! - `hunting`, `kql`: what devices reported, and the language that asks for it;
//! - `query`, `odata`, `form`: how a request is read;
//! - `quota`, `script`, `chaos`: how an answer goes wrong;
//! - `store`, `verbatim`, `population`, `life`: what there is to see, and what happens to it;
//! - `reply`, `json`, `ticks`, `clock`: small parts.

mod alerts;
mod chaos;
mod clock;
mod entra;
mod form;
mod graph;
mod html;
mod hunting;
mod json;
mod jwt;
mod kql;
mod life;
mod machines;
mod odata;
mod options;
mod population;
mod query;
mod quota;
mod reply;
mod routes;
mod rules;
mod script;
mod server;
mod simulator;
mod store;
mod ticks;
mod tokens;
mod verbatim;
mod world;

#[cfg(test)]
mod tests;

pub use clock::{Clock, ManualClock};
pub use hunting::Findings;
pub use machines::Fate;
pub use options::{Account, Limits, Options, Population};
pub use rules::TakenAway;
pub use script::{Endpoint, Fault, Hung, Script};
pub use simulator::Simulator;
pub use world::Request;
