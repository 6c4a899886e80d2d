//! Which key means what, where.
//!
//! One table drives dispatch, the footer, the help, `vigie keys`, `docs/keys.md`
//! and the names the configuration accepts. Pure.
//!
//! Reading order: [`action`], [`key`], [`table`], [`lookup`].

pub mod action;
pub mod key;
pub mod lookup;
pub mod table;

pub use action::Action;
pub use action::CaseAction;
pub use action::CloseAs;
pub use action::ColumnAction;
pub use action::CopyRow;
pub use action::Decide;
pub use action::HandOut;
pub use action::HelpAction;
pub use action::HuntAction;
pub use action::HuntFor;
pub use action::ListAction;
pub use action::Respond;
pub use action::SignInAction;
pub use key::Key;
pub use lookup::Keymap;
pub use lookup::KeymapError;
pub use table::BINDINGS;
pub use table::Binding;
pub use table::Scope;
