//! The pretend service.
