//! The built program, run as a shell would run it, against a simulated tenant in
//! this process.
//!
//! Waits only for what the program itself does: a line on a pipe, a request that
//! arrives, its end.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that meets the unexpected has to stop"
)]

mod alerts;
mod audit;
#[path = "../service/both.rs"]
#[expect(dead_code, reason = "not every command needs every word")]
mod both;
mod devices;
mod doctor;
mod failing;
mod graph_samples;
mod handover;
mod hostile;
mod hunting;
mod init;
mod inspecting_tokens;
#[path = "../service/person.rs"]
#[expect(
    dead_code,
    clippy::panic,
    reason = "not every test needs every gesture"
)]
mod person;
mod program;
mod secrets;
mod settings;
mod setup;
mod simulating;
mod updating;
#[cfg(unix)]
mod watching;
