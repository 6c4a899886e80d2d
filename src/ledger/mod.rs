//! What is kept on disk about decisions.
//!
//! Reading order: [`careful`] (how files are written and read), [`outbox`] (decisions
//! that have not arrived, so that no end of the program loses one), [`audit`] (what came
//! of each, for whoever asks later), [`chain`] (how its lines hold together),
//! [`verify`]. Knows nothing of the service and never reads a clock.

pub mod audit;
pub mod careful;
pub mod chain;
pub mod outbox;
pub mod verify;

pub use audit::Audit;
pub use outbox::Mine;
pub use outbox::Outboxes;
