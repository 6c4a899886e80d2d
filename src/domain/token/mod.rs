//! The access token, decoded for display.
