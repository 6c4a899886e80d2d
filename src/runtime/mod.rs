//! Performs what the state machine decides, and tells it what happened.
//!
//! Reading order: [`run`] (the loop), [`perform`] (effects that ask a service),
//! [`input`] (keys), [`front`] (screen or lines), [`terminal`] (taking it and giving it
//! back), [`linear`], [`lean`] (few bytes on the line), [`escapes`] (what is said beside
//! text) and [`emulator`] (to whom), [`browser`], [`hook`], [`editor`], [`export`], [`sleeper`] (one
//! timer that wakes with the machine), [`signals`], [`watched`] (a file that may change),
//! [`places`] (what is kept for the next time), `ledgers` (what is kept of decisions).

pub mod browser;
pub mod editor;
pub mod emulator;
pub mod escapes;
pub mod export;
pub mod front;
pub mod hook;
pub mod input;
pub mod lean;
mod ledgers;
pub mod linear;
pub mod perform;
pub mod places;
pub mod run;
pub mod signals;
pub mod sleeper;
pub mod terminal;
pub mod watched;
