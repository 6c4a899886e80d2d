//! What is kept on disk about decisions.
//!
//! Reading order: [`careful`] (how files are written and read), [`outbox`] (decisions
//! that have not arrived, so that no end of the program loses one). Knows nothing of the
//! service and never reads a clock.

pub mod careful;
pub mod outbox;

pub use outbox::Mine;
pub use outbox::Outboxes;
