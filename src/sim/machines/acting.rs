//! The calls that do something to a machine, follow what was asked for, and cancel it.
//!
//! Whether the device is isolated no body of a machine tells: it follows from the
//! actions, and from what a next one is answered.

use crate::sim::alerts::METADATA;
use crate::sim::json;
use crate::sim::json::Object;
use crate::sim::machines::actions::Action;
use crate::sim::machines::actions::Kind;
use crate::sim::machines::actions::opened;
use crate::sim::machines::not_found;
use crate::sim::machines::orders;
use crate::sim::machines::orders::Wrong;
use crate::sim::population::Device;
use crate::sim::query::LONGEST_PAGE;
use crate::sim::query::MACHINE_ACTION;
use crate::sim::query::Query;
use crate::sim::reply::Reply;
use crate::sim::world::Call;
use crate::sim::world::Request;
use crate::sim::world::World;

/// Asks for an action on a machine.
pub(crate) fn act(
    world: &mut World,
    call: &Call,
    request: &Request,
    id: &str,
    kind: Kind,
) -> Reply {
    let refused = |Wrong(code, message)| Reply::error(400, code, &message, &call.target);
    let wanted = match orders::wanted(kind, request) {
        Ok(wanted) => wanted,
        Err(wrong) => return refused(wrong),
    };
    // A name will do for reading, and not here.
    let found = world.directory.device(id);
    let Some((_, device)) = found.filter(|(_, device)| device.id == id) else {
        return not_found(call, id);
    };
    let now = call.ticks();
    if let Err(wrong) = supports(device, kind, wanted.scope.as_deref()) {
        return refused(wrong);
    }
    let actions = &mut world.actions;
    if let Some(running) = actions.running(id, kind, now) {
        if actions.shares_running {
            return Reply::json(201, running.body(opened(), now));
        }
        return refused(Wrong(
            "ActiveRequestAlreadyExists",
            String::from("Action is already in progress"),
        ));
    }
    let is = |on, off| actions.is_in_force(id, on, off, now);
    let pointless = match kind {
        Kind::Isolate if is(Kind::Isolate, Kind::Unisolate) => Some("already isolated"),
        Kind::Unisolate if !is(Kind::Isolate, Kind::Unisolate) => Some("not isolated"),
        Kind::Restrict if is(Kind::Restrict, Kind::Unrestrict) => Some("already restricted"),
        Kind::Unrestrict if !is(Kind::Restrict, Kind::Unrestrict) => Some("not restricted"),
        Kind::Isolate
        | Kind::Unisolate
        | Kind::Scan
        | Kind::Restrict
        | Kind::Unrestrict
        | Kind::Collect
        | Kind::Quarantine => None,
    };
    if let Some(why) = pointless {
        return refused(Wrong("BadRequest", format!("The machine is {why}")));
    }
    Reply::json(201, actions.make(device, wanted, &call.actor, now))
}

/// Whether this device can do that.
fn supports(device: &Device, kind: Kind, scope: Option<&str>) -> Result<(), Wrong> {
    let is_onboarded = device
        .told("onboardingStatus")
        .is_some_and(|status| status.eq_ignore_ascii_case("onboarded"));
    if !is_onboarded {
        return Err(Wrong(
            "BadRequest",
            String::from("The machine is not onboarded"),
        ));
    }
    let platform = device.platform();
    let windows_only = match kind {
        Kind::Isolate => scope != Some("Full"),
        Kind::Scan | Kind::Restrict | Kind::Unrestrict | Kind::Quarantine => true,
        Kind::Unisolate | Kind::Collect => false,
    };
    if windows_only && !platform.starts_with("Windows") {
        return Err(Wrong(
            "OsPlatformNotSupported",
            format!("This action is not supported on {platform}"),
        ));
    }
    Ok(())
}

/// The actions of all machines, newest first.
pub(crate) fn listed_actions(world: &World, call: &Call, request: &Request) -> Reply {
    let query = match Query::parse(&request.query, &MACHINE_ACTION) {
        Ok(query) => query,
        Err(message) => return Reply::error(400, "ODataError", &message, &call.target),
    };
    let now = call.ticks();
    let filter = query.filter.as_ref();
    let mut found: Vec<&Action> = world
        .actions
        .newest_first()
        .filter(|action| world.actions.shows(action, now))
        .filter(|action| filter.is_none_or(|filter| filter.accepts(&|name| action.read(name, now))))
        .collect();
    query.sort(&mut found, |action, name| action.read(name, now));
    let page = found
        .iter()
        .skip(query.skip)
        .take(query.top.unwrap_or(LONGEST_PAGE));
    let items: Vec<String> = page.map(|action| action.body(Object::new(), now)).collect();
    let mut body = Object::new().field("@odata.context", format!("{METADATA}#MachineActions"));
    if query.count {
        body = body.field("@odata.count", found.len());
    }
    Reply::json(200, body.raw("value", &json::list(&items)).end())
}

fn no_action(call: &Call, id: &str) -> Reply {
    Reply::error(
        404,
        "ResourceNotFound",
        &format!("Machine action {id} was not found"),
        &call.target,
    )
}

/// The action of this id, unless it is too new to be known everywhere.
fn known<'a>(world: &'a World, call: &Call, id: &str) -> Option<&'a Action> {
    world
        .actions
        .get(id)
        .filter(|action| world.actions.shows(action, call.ticks()))
}

pub(crate) fn action(world: &World, call: &Call, id: &str) -> Reply {
    known(world, call, id).map_or_else(
        || no_action(call, id),
        |action| Reply::json(200, action.body(opened(), call.ticks())),
    )
}

pub(crate) fn cancel(world: &mut World, call: &Call, request: &Request, id: &str) -> Reply {
    let comment = match orders::cancellation(request) {
        Ok(comment) => comment,
        Err(Wrong(code, message)) => return Reply::error(400, code, &message, &call.target),
    };
    let now = call.ticks();
    if known(world, call, id).is_none() {
        return no_action(call, id);
    }
    let Some(action) = world.actions.get_mut(id) else {
        return no_action(call, id);
    };
    if !action.is_running(now) {
        let message = "The action is in a final state and cannot be cancelled";
        return Reply::error(400, "BadRequest", message, &call.target);
    }
    action.cancel(&call.actor, comment, now);
    Reply::json(200, action.body(opened(), now))
}

/// Where the package of a device lies. The link is wrapped in quotation marks, as seen.
pub(crate) fn package(world: &World, call: &Call, id: &str) -> Reply {
    let now = call.ticks();
    let collected = known(world, call, id)
        .filter(|action| action.kind == Kind::Collect && action.status(now) == "Succeeded");
    let Some(action) = collected else {
        return no_action(call, id);
    };
    let link = format!(
        "\"https://userrequests-eu.securitycenter.windows.com.example:443/safedownload/WDATP_Investigation_Package.zip?token={}\"",
        action.id.replace('-', "")
    );
    let body = Object::new()
        .field("@odata.context", format!("{METADATA}#Edm.String"))
        .field("value", link);
    Reply::json(200, body.end())
}
