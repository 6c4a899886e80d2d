//! `vigie`: a terminal dashboard for Microsoft Defender for Endpoint alerts.
//!
//! A state machine with a terminal on one side and a service on the other: what
//! happens is an [`app::Event`], [`app::update`] applies it to one [`app::State`]
//! and answers with [`app::Effect`]s, the runtime performs them. Read [`app`] next.

pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod domain;
pub mod keymap;
pub mod ledger;
pub mod runtime;
pub mod service;
pub mod sim;
pub mod theme;
pub mod view;
pub mod wire;
