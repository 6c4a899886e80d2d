//! Devices, what can be done to them, and what is known of what was done.
//!
//! Reading order: [`facts`] (a device as the service tells of it), [`order`] (what a
//! person wants done), [`action`] (what the service makes of that), [`warning`] (what
//! speaks against it), [`kept`] (what is written down).

pub mod action;
pub mod facts;
pub mod kept;
pub mod order;
pub mod warning;

pub use action::ActionId;
pub use action::ActionKind;
pub use action::ActionState;
pub use action::DeviceAction;
pub use action::PackageLink;
pub use action::Standing;
pub use facts::Device;
pub use facts::DeviceId;
pub use facts::Logon;
pub use facts::Reading;
pub use order::Acted;
pub use order::Asked;
pub use order::Order;
pub use warning::Warning;
pub use warning::others_depend_on;
pub use warning::warnings;
