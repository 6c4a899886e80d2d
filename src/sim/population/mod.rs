//! The tenant's people, machines and troubles, all made from one seed.
//!
//! Nothing here knows requests or time passing: `life` makes things happen, `store`
//! keeps them. Names end in `.example`, addresses are those reserved for
//! documentation.
//!
//! - `seeds`: the same bytes for the same name, every time;
//! - `directory`: devices, users, analysts;
//! - `template`: what one kind of alert says;
//! - `incidents`, `noise`: the kinds of alerts there are;
//! - `record`, `evidence`: one alert, and its body as JSON;
//! - `timeline`: thirty days of all that;
//! - `elsewhere`: what other products told in that time.

mod directory;
mod elsewhere;
mod evidence;
mod incidents;
mod noise;
mod record;
pub(crate) mod seeds;
mod template;
mod timeline;

pub(crate) use directory::{ANALYSTS, Device, Directory, User};
pub(crate) use elsewhere::add_elsewhere;
pub(crate) use incidents::{Place, STORYLINES, Storyline};
pub(crate) use noise::NOISE;
pub(crate) use record::{Comment, Detail, Record};
pub(crate) use seeds::{guid, hash, pick};
pub(crate) use timeline::{Casting, REPORTING_SECONDS, Verdict, story, verdict};
