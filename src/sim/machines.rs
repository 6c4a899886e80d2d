//! The calls about machines: list, read, and who and what was seen on one.
//!
//! Actions on machines are not imitated.

use crate::sim::alerts::METADATA;
use crate::sim::json;
use crate::sim::json::Object;
use crate::sim::population::Detail;
use crate::sim::population::Device;
use crate::sim::query::LONGEST_PAGE;
use crate::sim::query::MACHINE;
use crate::sim::query::Query;
use crate::sim::reply::Reply;
use crate::sim::store::Entry;
use crate::sim::world::Call;
use crate::sim::world::Request;
use crate::sim::world::World;

pub(crate) fn list(world: &World, call: &Call, request: &Request) -> Reply {
    let query = match Query::parse(&request.query, &MACHINE) {
        Ok(query) => query,
        Err(message) => return Reply::error(400, "ODataError", &message, &call.target),
    };
    let now = call.ticks();
    let filter = query.filter.as_ref();
    let mut found: Vec<&Device> = world.directory.devices.iter().collect();
    found.retain(|device| {
        filter.is_none_or(|filter| filter.accepts(&|name| device.read(name, now)))
    });
    query.sort(&mut found, |device, name| device.read(name, now));
    let page = found
        .iter()
        .skip(query.skip)
        .take(query.top.unwrap_or(LONGEST_PAGE));
    let items: Vec<String> = page.map(|device| device.body(Object::new(), now)).collect();
    let mut body = Object::new().field("@odata.context", format!("{METADATA}#Machines"));
    if query.count {
        body = body.field("@odata.count", found.len());
    }
    Reply::json(200, body.raw("value", &json::list(&items)).end())
}

/// One machine's body.
pub(crate) fn reply(device: &Device, call: &Call) -> Reply {
    let start = Object::new().field("@odata.context", format!("{METADATA}#Machines/$entity"));
    Reply::json(200, device.body(start, call.ticks()))
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
    world
        .directory
        .device(id)
        .map_or_else(|| not_found(call, id), |(_, device)| reply(device, call))
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
    let Some((index, _)) = world.directory.device(id) else {
        return not_found(call, id);
    };
    let on_device = |entry: &&Entry| matches!(entry, Entry::Told(record) if record.device == index && !record.template.cloud);
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
