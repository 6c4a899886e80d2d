//! What is kept on disk about decisions, and about orders for devices.
//!
//! Reading order: [`careful`] (how files are written and read), [`outbox`] (decisions
//! that have not arrived, so that no end of the program loses one), [`followed`] (actions on
//! devices whose end is not known), [`audit`] (what came
//! of each, for whoever asks later), [`chain`] (how its lines hold together),
//! [`verify`]. Knows nothing of the service and never reads a clock.

pub mod audit;
pub mod careful;
pub mod chain;
pub mod followed;
pub mod outbox;
pub mod verify;

pub use audit::Audit;
pub use followed::FollowedFile;
pub use outbox::Mine;
pub use outbox::Outboxes;
