//! The real client against the simulated tenant over loopback, with scripted faults.
//!
//! Time is a clock turned by hand, the same for both sides. Nothing sleeps.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets the unexpected has to stop"
)]

mod bad_answers;
mod both;
mod browser;
mod certificates;
mod claims_challenges;
mod deciding;
mod device_code;
mod devices;
mod filters;
mod graph_deciding;
mod graph_lists;
mod graph_losses;
mod hunting;
mod listener;
mod paging;
mod pasting;
mod person;
mod refusals;
mod related;
mod remembering;
mod renewing;
mod secrets;
mod signing_in;
mod stage;
mod strangers;
mod tls;
mod two_tokens;
