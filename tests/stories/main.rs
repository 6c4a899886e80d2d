//! Stories of the whole program, step by step: the real state machine, the real
//! client and the real screen against the simulated tenant, on a clock turned by
//! hand. Nothing sleeps; effects are awaited in order.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a story that cannot be set up has failed"
)]

mod arranging;
#[path = "../service/both.rs"]
#[expect(dead_code, reason = "not every story needs every word")]
mod both;
mod case;
mod coming_back;
mod deciding;
mod filtering;
mod graph;
mod handing_out;
mod helping;
mod hostile;
mod hunting;
mod incident_list;
mod linear;
mod looks;
mod macros;
mod many;
mod newcomer;
mod operator;
mod palette;
mod permissions;
#[path = "../service/person.rs"]
#[expect(dead_code, reason = "not every play needs every gesture")]
mod person;
mod picture;
mod pulse;
mod related;
mod rereading;
mod responding;
mod screens;
mod shift;
mod signed_out;
mod signing_in;
mod telling;
mod tree;
mod triage_of_trouble;
mod two_tokens;
mod views;
mod walk;
mod watching;
