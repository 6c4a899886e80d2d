//! The calls about machines: list, read, and who and what was seen on one.
//!
//! Then what is done to them:
//! - `actions`: every action, and how far it has come;
//! - `acting`: the calls that ask for one, follow it and cancel it;
//! - `orders`: what the body of such a call must say.

mod acting;
mod actions;
mod orders;

use std::collections::HashMap;

use jiff::Timestamp;

use crate::sim::alerts::METADATA;
use crate::sim::form;
use crate::sim::json;
use crate::sim::json::Object;
use crate::sim::odata::Value;
use crate::sim::population::Detail;
use crate::sim::population::Device;
use crate::sim::query::LONGEST_PAGE;
use crate::sim::query::MACHINE;
use crate::sim::query::Query;
use crate::sim::reply::Reply;
use crate::sim::store::Entry;
use crate::sim::ticks::Ticks;
use crate::sim::world::Call;
use crate::sim::world::Request;
use crate::sim::world::World;

pub(crate) use acting::{act, action, cancel, listed_actions, package};
pub use actions::Fate;
pub(crate) use actions::{Actions, Kind, full_scan};

const RISKS: [&str; 5] = ["None", "Informational", "Low", "Medium", "High"];

/// What the open alerts on each machine amount to; machines without any are left out.
fn risks(world: &World) -> HashMap<usize, usize> {
    let by_id: HashMap<&str, usize> = world
        .directory
        .devices
        .iter()
        .enumerate()
        .map(|(index, device)| (device.id.as_str(), index))
        .collect();
    let mut risks = HashMap::new();
    for entry in world.store.newest_of_defender() {
        let (Some(index), Value::Text(severity), Value::Text(status)) = (
            entry.machine(&by_id),
            entry.read("severity"),
            entry.read("status"),
        ) else {
            continue;
        };
        let rank = RISKS.iter().position(|risk| *risk == severity.as_ref());
        if status != "Resolved" {
            let known: &mut usize = risks.entry(index).or_default();
            *known = (*known).max(rank.unwrap_or(0));
        }
    }
    risks
}

fn risk(risks: &HashMap<usize, usize>, machine: usize) -> &'static str {
    let rank = risks.get(&machine).copied().unwrap_or(0);
    RISKS.get(rank).copied().unwrap_or("None")
}

pub(crate) fn list(world: &World, call: &Call, request: &Request) -> Reply {
    let query = match Query::parse(&request.query, &MACHINE) {
        Ok(query) => query,
        Err(message) => return Reply::error(400, "ODataError", &message, &call.target),
    };
    let now = call.ticks();
    let risks = risks(world);
    let filter = query.filter.as_ref();
    let devices = world.directory.devices.iter().enumerate();
    let mut found: Vec<(&Device, &'static str)> = devices
        .map(|(index, device)| (device, risk(&risks, index)))
        .collect();
    found.retain(|(device, risk)| {
        filter.is_none_or(|filter| filter.accepts(&|name| device.read(name, risk, now)))
    });
    // As documented, and unlike the list of alerts.
    if found.is_empty() {
        return Reply::error(
            404,
            "ResourceNotFound",
            "No machines were found",
            &call.target,
        );
    }
    query.sort(&mut found, |(device, risk), name| {
        device.read(name, risk, now)
    });
    let page = found
        .iter()
        .skip(query.skip)
        .take(query.top.unwrap_or(LONGEST_PAGE));
    let items: Vec<String> = page
        .map(|(device, risk)| device.body(Object::new(), risk, now))
        .collect();
    let mut body = Object::new().field("@odata.context", format!("{METADATA}#Machines"));
    if query.count {
        body = body.field("@odata.count", found.len());
    }
    Reply::json(200, body.raw("value", &json::list(&items)).end())
}

/// The machines that had an address a quarter of an hour before or after a moment;
/// `arguments` is `ip='…',timestamp=…`.
pub(crate) fn find_by_ip(world: &World, call: &Call, arguments: &str) -> Reply {
    let asked = arguments
        .split_once(',')
        .and_then(|(address, time)| {
            let address = address.trim().strip_prefix("ip='")?.strip_suffix('\'')?;
            let time: Timestamp = time.trim().strip_prefix("timestamp=")?.parse().ok()?;
            Some((address, Ticks::of(time)))
        })
        .filter(|(address, _)| address.parse::<std::net::IpAddr>().is_ok());
    let Some((address, at)) = asked else {
        let message = "The parameters 'ip' and 'timestamp' are not valid";
        return Reply::error(400, "InvalidInput", message, &call.target);
    };
    let now = call.ticks();
    if now.seconds_since(at) > 30 * 86_400 {
        let message = "The timestamp must be in the past 30 days";
        return Reply::error(400, "InvalidInput", message, &call.target);
    }
    let risks = risks(world);
    let devices = world.directory.devices.iter().enumerate();
    let items: Vec<String> = devices
        .filter(|(_, device)| device.had_address(address, at, now))
        .map(|(index, device)| device.body(Object::new(), risk(&risks, index), now))
        .collect();
    if items.is_empty() {
        return Reply::error(
            404,
            "ResourceNotFound",
            "No machines were found",
            &call.target,
        );
    }
    let body = Object::new()
        .field("@odata.context", format!("{METADATA}#Machines"))
        .raw("value", &json::list(&items));
    Reply::json(200, body.end())
}

/// The arguments of `findbyip(…)`, where a segment of a path is that.
pub(crate) fn find_by_ip_arguments(segment: &str) -> Option<String> {
    let arguments = segment.strip_prefix("findbyip(")?.strip_suffix(')')?;
    form::segment(arguments)
}

/// One machine's body.
pub(crate) fn reply(world: &World, index: usize, device: &Device, call: &Call) -> Reply {
    let start = Object::new().field("@odata.context", format!("{METADATA}#Machines/$entity"));
    let risk = risk(&risks(world), index);
    Reply::json(200, device.body(start, risk, call.ticks()))
}

fn not_found(call: &Call, id: &str) -> Reply {
    Reply::error(
        404,
        "ResourceNotFound",
        &format!("Machine {id} was not found"),
        &call.target,
    )
}

pub(crate) fn get(world: &World, call: &Call, id: &str) -> Reply {
    world.directory.device(id).map_or_else(
        || not_found(call, id),
        |(index, device)| reply(world, index, device, call),
    )
}

/// The alerts of one machine. Any query option is refused, as found by those who tried.
pub(crate) fn alerts(world: &World, call: &Call, request: &Request, id: &str) -> Reply {
    if !request.query.is_empty() {
        return Reply::error(
            400,
            "BadRequest",
            "Query options are not allowed on this resource",
            &call.target,
        );
    }
    let Some((index, device)) = world.directory.device(id) else {
        return not_found(call, id);
    };
    let this = HashMap::from([(device.id.as_str(), index)]);
    let on_device = |entry: &&Entry| entry.machine(&this) == Some(index);
    let found = world
        .store
        .newest_of_defender()
        .filter(on_device)
        .take(LONGEST_PAGE);
    let items: Vec<String> = found
        .map(|entry| entry.body(&world.directory, &world.account.tenant, Detail::Plain, None))
        .collect();
    let body = Object::new()
        .field("@odata.context", format!("{METADATA}#Alerts"))
        .raw("value", &json::list(&items));
    Reply::json(200, body.end())
}

/// Who has been signed in: the owner, and one other.
pub(crate) fn logon_users(world: &World, call: &Call, id: &str) -> Reply {
    let Some((index, device)) = world.directory.device(id) else {
        return not_found(call, id);
    };
    let owner = world.directory.owner(index);
    let other = (owner * 7 + 3) % world.directory.users.len().max(1);
    let mut people = vec![owner, other];
    people.dedup();
    let users = people
        .iter()
        .filter_map(|index| world.directory.users.get(*index));
    let items: Vec<String> = users
        .map(|user| user.body(Object::new(), &device.id, call.ticks()))
        .collect();
    let body = Object::new()
        .field("@odata.context", format!("{METADATA}#Users"))
        .raw("value", &json::list(&items));
    Reply::json(200, body.end())
}
