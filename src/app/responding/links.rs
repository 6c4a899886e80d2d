//! Links to packages: asked for by a person, shown while the page of orders is open, and
//! kept nowhere else.
//!
//! Whoever has a link has the package, and it soon ends: it is asked for anew each time.

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::app::Effect;
use crate::app::State;
use crate::app::backoff;
use crate::app::calls::Allowed;
use crate::app::calls::Calls;
use crate::app::calls::Urgency;
use crate::app::hand_out;
use crate::app::notices::Kind;
use crate::app::responding::Ask;
use crate::app::responding::acting::chosen;
use crate::app::responding::following::News;
use crate::app::responding::following::OnItsWay;
use crate::app::responding::following::OrderNumber;
use crate::app::times;
use crate::domain::device::ActionId;
use crate::domain::device::Order;
use crate::domain::device::PackageLink;
use crate::domain::failure::Failure;
use crate::domain::failure::FailureKind;
use crate::domain::moment::Moment;
use crate::domain::moment::Steady;

/// The service's own limit: far below that of all other calls.
const ALLOWED: Allowed = Allowed {
    per_minute: 2,
    per_hour: 120,
};

/// A link as it was told.
#[derive(Debug, Clone, PartialEq)]
pub struct Given {
    pub link: PackageLink,
    pub at: Timestamp,
}

/// The links of the page that is open.
#[derive(Debug, Clone, PartialEq)]
pub struct Links {
    /// Which one a person asked for, until it leaves.
    wanted: Option<(OrderNumber, ActionId)>,
    /// Which one is on its way.
    asking: Option<OrderNumber>,
    given: Vec<(OrderNumber, Given)>,
    calls: Calls,
}

impl Default for Links {
    fn default() -> Self {
        Self {
            wanted: None,
            asking: None,
            given: Vec::new(),
            calls: Calls::within(ALLOWED),
        }
    }
}

impl Links {
    /// The link to the package of an order, where it was asked for.
    pub fn get(&self, number: OrderNumber) -> Option<&Given> {
        let mut given = self.given.iter();
        given
            .find(|(known, _)| *known == number)
            .map(|(_, given)| given)
    }

    /// A person wants the link to a package, or a new one.
    ///
    /// # Errors
    /// How long until the service gives another.
    pub fn want(
        &mut self,
        number: OrderNumber,
        action: ActionId,
        now: Steady,
    ) -> Result<(), SignedDuration> {
        if self.wanted.is_some() || self.asking.is_some() {
            return Ok(());
        }
        let opening = self.calls.opening(now, Urgency::Person);
        if opening > now {
            return Err(now.until(opening));
        }
        self.wanted = Some((number, action));
        Ok(())
    }

    /// True where one should be asked for.
    pub const fn is_due(&self) -> bool {
        self.wanted.is_some()
    }

    /// The next question.
    pub fn start(&mut self, now: Steady) -> Option<Ask> {
        let (order, action) = self.wanted.take()?;
        self.calls.count(now);
        self.asking = Some(order);
        Some(Ask::Package { order, action })
    }

    /// The link came, or not. Whoever closed the page meanwhile is told nothing.
    pub fn on_link(
        &mut self,
        number: OrderNumber,
        device: &str,
        result: Result<PackageLink, Failure>,
        now: Moment,
    ) -> News {
        let mut news = News::default();
        if self.asking != Some(number) {
            return news;
        }
        self.asking = None;
        match result {
            Ok(link) => {
                self.given.retain(|(known, _)| *known != number);
                self.given.push((number, Given { link, at: now.wall }));
                let text = format!("the package of {device} can be fetched: y copies its link");
                news.say(Kind::Good, text);
            }
            Err(failure) => {
                let text = format!("no link to the package of {device}: {}", failure.sentence);
                news.say(Kind::Bad, text);
                if failure.kind == FailureKind::Throttled {
                    // A pause of links is none of the alerts'.
                    let wait = failure.retry_after.unwrap_or(backoff::renewal_wait(1));
                    self.calls.hold(now.steady.plus(wait));
                } else {
                    news.failure = Some(failure);
                }
            }
        }
        news
    }

    /// Links are forgotten once nobody looks at them.
    pub fn forget(&mut self) {
        (self.wanted, self.asking) = (None, None);
        self.given.clear();
    }
}

/// The order the page stands on, with its link.
fn looked_at(state: &State) -> Option<(&OnItsWay, Option<&Given>)> {
    let order = state.responding.following.get(chosen(state)?)?;
    Some((order, state.responding.links.get(order.number)))
}

/// Why no link can be asked for.
pub fn no_package(state: &State) -> Option<&'static str> {
    match looked_at(state) {
        None => Some("nothing was asked of a device in this session"),
        Some((order, _)) if order.asked.order != Order::Collect => {
            Some("only a collected package has a link")
        }
        Some((order, _)) if order.has_package() => None,
        Some((order, _)) if order.has_ended() => Some("no package was collected"),
        Some(_) => Some("the package is there once the action has succeeded"),
    }
}

/// Why no link can be copied or opened.
pub fn no_link(state: &State) -> Option<&'static str> {
    let has_link = looked_at(state).is_some_and(|(_, given)| given.is_some());
    (!has_link).then_some("there is no link yet: enter asks for it")
}

/// Asks for the link, unless the service gives none now.
pub fn ask(state: &mut State, now: Moment) {
    let Some((order, _)) = looked_at(state) else {
        return;
    };
    let action = order.action.as_ref().map(|action| action.id.clone());
    let Some((number, action)) = action.map(|action| (order.number, action)) else {
        return;
    };
    if let Err(wait) = state.responding.links.want(number, action, now.steady) {
        let wait = times::left(wait);
        let said = format!("the service gives few links (two a minute): again in {wait}");
        state.notices.say(Kind::Note, said, now);
    }
}

/// Hands the link to the terminal's clipboard.
pub fn copy(state: &mut State, now: Moment) -> Vec<Effect> {
    let given = looked_at(state).and_then(|(_, given)| given);
    let Some(link) = given.map(|given| given.link.expose().to_owned()) else {
        return Vec::new();
    };
    hand_out::copy_text(state, "link to the package", Ok(link), now)
}

/// Opens the link in the browser of this machine.
pub fn open(state: &mut State, now: Moment) -> Vec<Effect> {
    let given = looked_at(state).and_then(|(_, given)| given);
    let Some(link) = given.map(|given| given.link.expose().to_owned()) else {
        return Vec::new();
    };
    // What is said stays in the log, where the link has no place.
    let said = "opening the link to the package";
    state.notices.say(Kind::Note, said, now);
    vec![Effect::OpenAddress(link)]
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORDER: OrderNumber = OrderNumber(7);

    fn start() -> Moment {
        Moment {
            wall: Timestamp::UNIX_EPOCH,
            steady: Steady::START,
        }
    }

    fn at(seconds: i64) -> Steady {
        Steady::START.plus(SignedDuration::from_secs(seconds))
    }

    fn link(text: &str) -> Result<PackageLink, Failure> {
        PackageLink::new(text).ok_or_else(|| Failure::new(FailureKind::Malformed, "no link"))
    }

    fn want(links: &mut Links, seconds: i64) -> Result<(), SignedDuration> {
        let action = ActionId::new("a").map(|action| links.want(ORDER, action, at(seconds)));
        action.unwrap_or(Ok(()))
    }

    fn told(links: &mut Links, text: &str) -> News {
        links.on_link(ORDER, "ws", link(text), start())
    }

    #[test]
    fn a_link_is_fetched_anew_and_no_more_often_than_the_service_allows() {
        let mut links = Links::default();
        for (seconds, text) in [(0, "https://a.example/1"), (10, "https://a.example/2")] {
            assert_eq!(want(&mut links, seconds), Ok(()));
            assert!(links.is_due() && links.start(at(seconds)).is_some());
            assert_eq!(want(&mut links, seconds), Ok(()), "on its way already");
            assert!(!links.is_due());
            told(&mut links, text);
            let given = links.get(ORDER).map(|given| given.link.expose().to_owned());
            assert_eq!(given.as_deref(), Some(text));
        }
        assert_eq!(want(&mut links, 20), Err(SignedDuration::from_secs(40)));
        assert_eq!(want(&mut links, 60), Ok(()));
    }

    #[test]
    fn a_pause_of_links_pauses_nothing_else() {
        let mut links = Links::default();
        assert_eq!(want(&mut links, 0), Ok(()));
        assert!(links.start(at(0)).is_some());
        let wait = SignedDuration::from_secs(300);
        let mut throttled = Failure::new(FailureKind::Throttled, "too many calls");
        throttled.retry_after = Some(wait);
        let news = links.on_link(ORDER, "ws", Err(throttled), start());
        assert_eq!((news.said.len(), news.failure), (1, None));
        assert_eq!(want(&mut links, 0), Err(wait));
    }

    #[test]
    fn a_link_that_comes_to_nobody_is_not_kept() {
        let mut links = Links::default();
        assert_eq!(want(&mut links, 0), Ok(()));
        assert!(links.start(at(0)).is_some());
        links.forget();
        assert_eq!(told(&mut links, "https://a.example/1"), News::default());
        assert_eq!(links.get(ORDER), None);
    }
}
