//! `vigie`: a terminal dashboard for Microsoft Defender for Endpoint alerts.

pub mod domain;
pub mod sim;
