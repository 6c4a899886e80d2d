//! The lean backend: what a terminal shows of it, and what it costs.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that meets the unexpected has to stop"
)]

mod cost;
mod likeness;
mod regions;
mod stage;
