//! What an operator talks about. Pure: no input, no output, no clock.

pub mod alert;
pub mod attack;
pub mod decision;
pub mod decoded;
pub mod defang;
pub mod detail;
pub mod device;
pub mod duration;
pub mod failure;
pub mod filter;
pub mod html;
pub mod hunt;
pub mod incident;
pub mod moment;
pub mod nearest;
pub mod packed;
pub mod process_tree;
#[cfg(test)]
mod process_tree_tests;
pub mod product;
pub mod query;
pub mod related;
pub mod service;
pub mod session;
pub mod setting;
pub mod sign_in;
mod spelling;
pub mod text;
pub mod thing;
pub mod token;
pub mod view;
