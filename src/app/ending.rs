//! The announced end of the service in use, said at the start once it is near.

use crate::app::State;
use crate::app::notices::Kind;
use crate::domain::moment::Moment;
use crate::domain::service::Service;

/// The program runs.
pub(super) fn on_started(state: &mut State, now: Moment) {
    let service = Service::of(state.settings.api_kind);
    let Some(end) = service.end.filter(|end| end.is_near(now.wall)) else {
        return;
    };
    let text = format!(
        "{}; `service = \"{}\"` goes on",
        service.told(now.wall),
        end.successor
    );
    state.notices.say(Kind::Warning, text, now);
}
