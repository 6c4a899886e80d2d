//! What an operator talks about. Pure: no input, no output, no clock.

pub mod text;
pub mod token;
