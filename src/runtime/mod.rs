//! The side that touches the world: what the program does to its terminal.

pub mod lean;
