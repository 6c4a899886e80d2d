//! JSON as the services write it, turned into what an operator talks about.
//!
//! Pure, and apart from `service` because the state opens packed alerts too. All
//! reading is lenient: null, absent and oddly typed fields never lose an alert.
//!
//! Reading order: [`alert`] (one item for the list), [`page`] (a page of them),
//! [`detail`] (all of one), `evidence` and `graph` (what each service tells where),
//! [`device`] and [`action`] (devices and what is done to them), [`triage`] (what was decided
//! about an alert), [`incident`], [`related`] (what the service has beside the evidence),
//! `cutter` and [`hunting`] (what a query found, as it comes in), [`processes`] (what it tells
//! of processes), [`problem`] (error bodies), [`batch`] (several answers in one),
//! [`challenge`] (claims asked for with a refusal), [`json`], [`outline`] (to be read by people).

pub mod action;
pub mod alert;
pub mod batch;
pub mod challenge;
mod cutter;
pub mod detail;
pub mod device;
mod evidence;
mod graph;
pub mod hunting;
pub mod incident;
pub mod json;
pub mod outline;
pub mod page;
pub mod problem;
pub mod processes;
pub mod related;
pub mod table;
pub mod triage;
