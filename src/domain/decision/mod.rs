//! What a person decides about alerts: the words the service takes, one change, what
//! came of it.
//!
//! Reading order: [`disposition`] (which classification goes with which determination,
//! in which spellings), [`triage`] (what is decided about an alert, as last told),
//! [`change`] (what is to be written), [`reading`] (what is left to do, as the alert
//! reads now), [`outcome`] (what came of it), [`kept`] (what is written down about it),
//! [`template`] and [`macros`] (decisions and notes that were given a name).

pub mod change;
pub mod disposition;
pub mod kept;
pub mod macros;
pub mod outcome;
pub mod reading;
pub mod template;
pub mod triage;

pub use crate::domain::decision::change::Change;
pub use crate::domain::decision::change::Illegal;
pub use crate::domain::decision::disposition::Disposition;
pub use crate::domain::decision::outcome::Decided;
pub use crate::domain::decision::outcome::Guard;
pub use crate::domain::decision::outcome::Outcome;
pub use crate::domain::decision::outcome::Target;
pub use crate::domain::decision::outcome::Write;
pub use crate::domain::decision::reading::Reading;
pub use crate::domain::decision::reading::Task;
pub use crate::domain::decision::triage::Triage;
