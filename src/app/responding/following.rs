//! Orders on their way: sent once, looked for where the answer was lost, followed until
//! the action has ended.
//!
//! Knows nothing of the screen: it sees moments pass and answers arrive, and tells what
//! is news.

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::app::notices::Kind;
use crate::app::responding::Ask;
use crate::app::responding::meant::Target;
use crate::domain::device::Acted;
use crate::domain::device::ActionId;
use crate::domain::device::ActionState;
use crate::domain::device::Asked;
use crate::domain::device::DeviceAction;
use crate::domain::device::DeviceId;
use crate::domain::device::Order;
use crate::domain::device::kept::Entry;
use crate::domain::device::kept::OrderEnd;
use crate::domain::device::kept::OrderRecord;
use crate::domain::failure::Failure;
use crate::domain::failure::FailureKind;
use crate::domain::moment::Moment;
use crate::domain::moment::Steady;

/// Names one order of this session; the numbers rise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderNumber(pub u64);

/// Between two readings of an action: at first, and at most.
const SHORTEST: SignedDuration = SignedDuration::from_secs(5);
const LONGEST: SignedDuration = SignedDuration::from_secs(60);
/// For so long a new action may be told not to exist.
const UNTIL_KNOWN: SignedDuration = SignedDuration::from_mins(5);
/// For so long an action is looked for whose answer was lost.
const LOOKS_FOR: SignedDuration = SignedDuration::from_mins(3);
/// For so long an order may wait for its turn or for a token: whoever gave it looks at it
/// no longer.
const LEAVES_WITHIN: SignedDuration = SignedDuration::from_mins(2);
/// Orders that are remembered once they have ended.
const MOST_ENDED: usize = 100;

/// How far an order is.
#[derive(Debug, Clone, PartialEq)]
pub enum Stage {
    /// Not sent yet: its turn comes, or a new token; until then.
    Waiting { until: Steady },
    /// The answer is awaited. It is never sent again.
    Sending,
    /// Nobody knows whether it arrived, or which action runs: the device's actions tell.
    Looking {
        why: Failure,
        pace: Pace,
        /// One like it ran already; that one is looked for.
        ran_already: bool,
    },
    /// The action is there and has not ended.
    Following { pace: Pace },
    /// Nothing happens any more.
    Ended(Ended),
}

/// How an order ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Ended {
    /// With its action.
    Action,
    /// The service refused it, or the action can no longer be read.
    Refused(Failure),
    /// Nobody knows, and no action like it came.
    NotFound(Failure),
}

/// When something is asked for the next time, and how long it has been.
#[derive(Debug, Clone, PartialEq)]
pub struct Pace {
    next: Steady,
    wait: SignedDuration,
    since: Steady,
    is_asking: bool,
}

impl Pace {
    fn from(now: Steady) -> Self {
        Self {
            next: now.plus(SHORTEST),
            wait: SHORTEST,
            since: now,
            is_asking: false,
        }
    }

    fn at_once(now: Steady) -> Self {
        Self {
            next: now,
            ..Self::from(now)
        }
    }

    /// Once more, later than the last time.
    fn slow_down(&mut self, now: Steady) {
        self.is_asking = false;
        self.next = now.plus(self.wait);
        self.wait = (self.wait * 2).min(LONGEST);
    }
}

/// One order, from the key that asked for it to the end of its action.
#[derive(Debug, Clone, PartialEq)]
pub struct OnItsWay {
    pub number: OrderNumber,
    /// Names it on disk and in the audit log.
    pub name: String,
    pub target: Target,
    pub asked: Asked,
    pub by: String,
    pub stage: Stage,
    /// As it was read last.
    pub action: Option<DeviceAction>,
    /// A refused token was renewed for it once.
    was_refused_a_token: bool,
}

impl OnItsWay {
    /// What is done to what, as people say it.
    pub fn says(&self) -> String {
        format!("{} {}", self.asked.order.says(), self.target.says())
    }

    /// How far it is, as people say it.
    pub fn state_says(&self) -> String {
        match (&self.stage, &self.action) {
            (Stage::Waiting { .. }, _) => "not sent yet".to_owned(),
            (Stage::Sending, _) => "being sent".to_owned(),
            (
                Stage::Looking {
                    ran_already: true, ..
                },
                _,
            ) => "one like it runs already, looking for it".to_owned(),
            (Stage::Looking { .. }, _) => "no answer, looking whether it arrived".to_owned(),
            (Stage::Following { .. } | Stage::Ended(Ended::Action), Some(action)) => {
                if self.is_ours(action) {
                    action.state_says()
                } else {
                    let by = action.requestor.shown_briefly();
                    format!("{} of {by} {}", action.says(), action.state_says())
                }
            }
            (Stage::Following { .. } | Stage::Ended(Ended::Action), None) => "begun".to_owned(),
            (Stage::Ended(Ended::Refused(failure)), _) => failure.sentence.clone(),
            (Stage::Ended(Ended::NotFound(failure)), _) => {
                format!(
                    "did not arrive, as far as the device's actions tell ({})",
                    failure.sentence
                )
            }
        }
    }

    /// Whether this is what came of the order, and not one that ran before it. What says
    /// nothing of why it was asked for was not read yet.
    fn is_ours(&self, action: &DeviceAction) -> bool {
        let comment = action.comment.original().trim();
        comment.is_empty() || comment == self.asked.comment.trim()
    }

    /// True where nothing happens any more.
    pub const fn has_ended(&self) -> bool {
        matches!(self.stage, Stage::Ended(_))
    }

    /// True where a package can be asked for.
    pub fn has_package(&self) -> bool {
        self.asked.order == Order::Collect
            && self
                .action
                .as_ref()
                .is_some_and(|action| action.state == ActionState::Succeeded)
    }

    fn to_keep(&self) -> Option<Entry> {
        // What was not sent is not sent by another session either.
        let is_kept = matches!(
            self.stage,
            Stage::Sending | Stage::Looking { .. } | Stage::Following { .. }
        );
        is_kept.then(|| Entry {
            name: self.name.clone(),
            action: self
                .action
                .as_ref()
                .map(|action| action.id.as_str().to_owned()),
            device: self.asked.device.as_str().to_owned(),
            device_name: self.target.name.clone(),
            order: self.asked.order.clone(),
            comment: self.asked.comment.clone(),
            by: self.by.clone(),
            asked: self.asked.at,
        })
    }

    fn record(&self, end: OrderEnd, failure: Option<&Failure>, now: Timestamp) -> OrderRecord {
        let error = self.action.as_ref().and_then(DeviceAction::error_says);
        OrderRecord {
            order: self.name.clone(),
            device: self.asked.device.as_str().to_owned(),
            device_name: self.target.name.clone(),
            by: self.by.clone(),
            asked_for: self.asked.order.says().to_owned(),
            sha1: self.asked.order.sha1().map(str::to_owned),
            comment: self.asked.comment.clone(),
            action: self
                .action
                .as_ref()
                .map(|action| action.id.as_str().to_owned()),
            end,
            why: failure
                .map(|failure| failure.sentence.clone())
                .or_else(|| error.map(|error| format!("error {error}"))),
            request: failure.and_then(|failure| failure.request.clone()),
            decided: self.asked.at,
            ended: now,
        }
    }
}

/// What an answer brought: what to say, what to write down, which device changed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct News {
    pub said: Vec<(Kind, String)>,
    pub records: Vec<OrderRecord>,
    /// Its page is out of date.
    pub device: Option<DeviceId>,
    /// A call failed in a way that concerns all others.
    pub failure: Option<Failure>,
}

impl News {
    pub(super) fn say(&mut self, kind: Kind, text: String) {
        self.said.push((kind, text));
    }
}

/// Every order of this session, oldest first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Following {
    orders: Vec<OnItsWay>,
    next: u64,
    /// What was written down last.
    kept: Vec<Entry>,
}

impl Following {
    /// All of them, oldest first.
    pub fn orders(&self) -> &[OnItsWay] {
        &self.orders
    }

    /// Those that have not ended.
    pub fn running(&self) -> impl DoubleEndedIterator<Item = &OnItsWay> {
        self.orders.iter().filter(|one| !one.has_ended())
    }

    fn get_mut(&mut self, number: OrderNumber) -> Option<&mut OnItsWay> {
        self.orders.iter_mut().find(|one| one.number == number)
    }

    /// One of them.
    pub fn get(&self, number: OrderNumber) -> Option<&OnItsWay> {
        self.orders.iter().find(|one| one.number == number)
    }

    /// A person asked for this. It is sent when its turn comes.
    pub fn ask(&mut self, target: Target, order: Order, comment: String, by: String, now: Moment) {
        let asked = Asked {
            device: target.id.clone(),
            order,
            comment,
            at: now.wall,
        };
        let name = format!("{:x}-o{}", now.wall.as_microsecond(), self.next);
        let until = now.steady.plus(LEAVES_WITHIN);
        self.add(name, target, asked, by, Stage::Waiting { until }, None);
    }

    fn add(
        &mut self,
        name: String,
        target: Target,
        asked: Asked,
        by: String,
        stage: Stage,
        action: Option<DeviceAction>,
    ) {
        let ended = self.orders.iter().filter(|one| one.has_ended()).count();
        if ended > MOST_ENDED
            && let Some(oldest) = self.orders.iter().position(OnItsWay::has_ended)
        {
            self.orders.remove(oldest);
        }
        let number = OrderNumber(self.next);
        self.next += 1;
        self.orders.push(OnItsWay {
            number,
            name,
            target,
            asked,
            by,
            stage,
            action,
            was_refused_a_token: false,
        });
    }

    /// What an earlier session followed is followed on. The answer is how many these are.
    pub fn resume(&mut self, entries: Vec<Entry>, now: Moment) -> usize {
        let mut resumed = 0;
        for entry in entries {
            let is_known = self.orders.iter().any(|one| one.name == entry.name);
            let Some(id) = DeviceId::new(&entry.device).filter(|_| !is_known) else {
                continue;
            };
            let pace = Pace::at_once(now.steady);
            let action = entry.action.as_deref().and_then(ActionId::new);
            let stage = match &action {
                Some(_) => Stage::Following { pace },
                // Killed before the answer came.
                None => Stage::Looking {
                    why: Failure::new(
                        FailureKind::Unreachable,
                        "vigie ended before the answer came",
                    ),
                    pace,
                    ran_already: false,
                },
            };
            let asked = Asked {
                device: id.clone(),
                order: entry.order,
                comment: entry.comment,
                at: entry.asked,
            };
            let target = Target {
                id,
                name: entry.device_name,
            };
            let action = action.map(DeviceAction::known_by);
            self.add(entry.name, target, asked, entry.by, stage, action);
            resumed += 1;
        }
        self.kept = self.to_keep();
        resumed
    }

    fn to_keep(&self) -> Vec<Entry> {
        self.orders.iter().filter_map(OnItsWay::to_keep).collect()
    }

    /// What has to be written down, where it is not what was written last. Called once an
    /// event is applied, so that nothing is sent that is not on disk.
    pub fn keep(&mut self) -> Option<Vec<Entry>> {
        if self.orders.is_empty() {
            return None;
        }
        let entries = self.to_keep();
        (entries != self.kept).then(|| {
            self.kept.clone_from(&entries);
            entries
        })
    }

    /// When the next question should leave: an order at once, but one at a time.
    pub fn due(&self) -> Option<Steady> {
        let is_sending = self.orders.iter().any(|one| one.stage == Stage::Sending);
        let due = |one: &OnItsWay| match &one.stage {
            Stage::Waiting { .. } => (!is_sending).then_some(Steady::START),
            Stage::Looking { pace, .. } | Stage::Following { pace } => {
                (!pace.is_asking).then_some(pace.next)
            }
            Stage::Sending | Stage::Ended(_) => None,
        };
        self.orders.iter().filter_map(due).min()
    }

    /// The next question; `due` told that there is one.
    pub fn start(&mut self, now: Steady) -> Option<Ask> {
        let is_sending = self.orders.iter().any(|one| one.stage == Stage::Sending);
        for one in &mut self.orders {
            let order = one.number;
            match &mut one.stage {
                Stage::Waiting { .. } if !is_sending => {
                    one.stage = Stage::Sending;
                    let asked = one.asked.clone();
                    return Some(Ask::Act { order, asked });
                }
                Stage::Looking {
                    pace, ran_already, ..
                } if !pace.is_asking && pace.next <= now => {
                    pace.is_asking = true;
                    let asked = one.asked.clone();
                    return Some(if *ran_already {
                        let device = asked.device;
                        Ask::FindRunning { order, device }
                    } else {
                        Ask::Find { order, asked }
                    });
                }
                Stage::Following { pace } if !pace.is_asking && pace.next <= now => {
                    let Some(action) = one.action.as_ref().map(|action| action.id.clone()) else {
                        continue;
                    };
                    pace.is_asking = true;
                    return Some(Ask::Follow { order, action });
                }
                Stage::Waiting { .. }
                | Stage::Sending
                | Stage::Looking { .. }
                | Stage::Following { .. }
                | Stage::Ended(_) => {}
            }
        }
        None
    }

    /// When an order has waited long enough.
    pub fn next_deadline(&self) -> Option<Steady> {
        let until = |one: &OnItsWay| match one.stage {
            Stage::Waiting { until } => Some(until),
            Stage::Sending | Stage::Looking { .. } | Stage::Following { .. } | Stage::Ended(_) => {
                None
            }
        };
        self.orders.iter().filter_map(until).min()
    }

    /// Time passed: what could not leave in time is not sent later.
    pub fn on_woke(&mut self, now: Moment) -> News {
        let is_late = |until: Steady| until <= now.steady;
        self.give_up(is_late, "it could not leave within two minutes", now)
    }

    /// How many wait to be sent.
    pub fn unsent(&self) -> usize {
        let unsent = |one: &&OnItsWay| matches!(one.stage, Stage::Waiting { .. });
        self.orders.iter().filter(unsent).count()
    }

    /// Whoever gave them leaves, or thought better of it.
    pub fn give_up_unsent(&mut self, why: &str, now: Moment) -> News {
        self.give_up(|_| true, why, now)
    }

    fn give_up(&mut self, is_over: impl Fn(Steady) -> bool, why: &str, now: Moment) -> News {
        let mut news = News::default();
        for one in &mut self.orders {
            if !matches!(one.stage, Stage::Waiting { until } if is_over(until)) {
                continue;
            }
            let failure = Failure::new(FailureKind::Unauthorized, format!("not sent: {why}"));
            news.say(Kind::Bad, format!("{}: {}", one.says(), failure.sentence));
            let record = one.record(OrderEnd::Refused, Some(&failure), now.wall);
            news.records.push(record);
            one.stage = Stage::Ended(Ended::Refused(failure));
        }
        news
    }

    /// The service answered an order, or did not.
    pub fn on_acted(&mut self, number: OrderNumber, acted: Acted, now: Moment) -> News {
        let mut news = News::default();
        let Some(one) = self.get_mut(number) else {
            return news;
        };
        if one.stage != Stage::Sending {
            return news;
        }
        let says = one.says();
        match acted {
            Acted::Begun(action) => {
                let is_ours = one.is_ours(&action);
                one.action = Some(*action);
                if is_ours {
                    news.records
                        .push(one.record(OrderEnd::Begun, None, now.wall));
                    news.say(Kind::Good, format!("{says}: the service took it"));
                } else {
                    // The service may answer with the one that runs instead of refusing.
                    news.records
                        .push(one.record(OrderEnd::RanAlready, None, now.wall));
                    news.say(
                        Kind::Warning,
                        format!("{says}: one like it runs already, followed"),
                    );
                }
                one.stage = Stage::Following {
                    pace: Pace::from(now.steady),
                };
                one.settle(&mut news, now);
                news.device = Some(one.asked.device.clone());
            }
            Acted::RunsAlready(failure) => {
                news.records
                    .push(one.record(OrderEnd::RanAlready, Some(&failure), now.wall));
                let text = format!("{says}: one like it, or its opposite, runs already");
                news.say(Kind::Warning, text);
                news.device = Some(one.asked.device.clone());
                one.stage = Stage::Looking {
                    why: failure,
                    pace: Pace::at_once(now.steady),
                    ran_already: true,
                };
            }
            Acted::Refused(failure)
                if failure.kind == FailureKind::Unauthorized && !one.was_refused_a_token =>
            {
                // The service did nothing: with a new token it is sent.
                one.was_refused_a_token = true;
                let until = now.steady.plus(LEAVES_WITHIN);
                one.stage = Stage::Waiting { until };
                news.failure = Some(failure);
            }
            Acted::Refused(failure) => {
                news.records
                    .push(one.record(OrderEnd::Refused, Some(&failure), now.wall));
                let remedy = failure.remedy.as_ref();
                let remedy = remedy.map_or_else(String::new, |remedy| format!("; {remedy}"));
                news.say(Kind::Bad, format!("{says}: {}{remedy}", failure.sentence));
                news.failure = Some(failure.clone());
                one.stage = Stage::Ended(Ended::Refused(failure));
            }
            Acted::Unknown(failure) => {
                let text = format!(
                    "{says}: no answer, looking whether it arrived; nothing is sent again ({})",
                    failure.sentence
                );
                news.say(Kind::Warning, text);
                one.stage = Stage::Looking {
                    why: failure,
                    pace: Pace::at_once(now.steady),
                    ran_already: false,
                };
            }
        }
        news
    }

    /// The actions of the device came, where one of them is looked for.
    pub fn on_found(
        &mut self,
        number: OrderNumber,
        result: Result<Vec<DeviceAction>, Failure>,
        now: Moment,
    ) -> News {
        let mut news = News::default();
        let Some(one) = self.get_mut(number) else {
            return news;
        };
        let says = one.says();
        let order = one.asked.order.clone();
        let Stage::Looking {
            why,
            pace,
            ran_already,
        } = &mut one.stage
        else {
            return news;
        };
        pace.slow_down(now.steady);
        let actions = match result {
            Ok(actions) => actions,
            Err(failure) => {
                news.failure = Some(failure);
                return news;
            }
        };
        let found = if *ran_already {
            actions.into_iter().find(|action| action.excludes(&order))
        } else {
            // Only what can be ours was asked for.
            actions.into_iter().next()
        };
        match found {
            Some(action) => {
                let is_ours = !*ran_already;
                one.action = Some(action);
                if is_ours {
                    news.records
                        .push(one.record(OrderEnd::Begun, None, now.wall));
                    news.say(Kind::Good, format!("{says}: it had arrived"));
                }
                one.stage = Stage::Following {
                    pace: Pace::from(now.steady),
                };
                one.settle(&mut news, now);
                news.device = Some(one.asked.device.clone());
            }
            None if pace.since.until(now.steady) >= LOOKS_FOR || *ran_already => {
                let (why, ran_already) = (why.clone(), *ran_already);
                if !ran_already {
                    news.records
                        .push(one.record(OrderEnd::Unknown, Some(&why), now.wall));
                    news.say(
                        Kind::Bad,
                        format!(
                            "{says}: did not arrive, as far as the device's actions tell; look at them before you ask again"
                        ),
                    );
                }
                let ended = if ran_already {
                    Ended::Refused(why)
                } else {
                    Ended::NotFound(why)
                };
                one.stage = Stage::Ended(ended);
            }
            None => {}
        }
        news
    }

    /// How far an action is, or why that could not be read.
    pub fn on_followed(
        &mut self,
        number: OrderNumber,
        result: Result<DeviceAction, Failure>,
        now: Moment,
    ) -> News {
        let mut news = News::default();
        let Some(one) = self.get_mut(number) else {
            return news;
        };
        let says = one.says();
        let Stage::Following { pace } = &mut one.stage else {
            return news;
        };
        pace.slow_down(now.steady);
        match result {
            Ok(action) => {
                let before = one.action.as_ref().map(|action| action.state);
                let is_news = before != Some(action.state);
                if is_news && !action.state.is_over() && action.state != ActionState::Other {
                    // Something moves: what comes next may come soon.
                    *pace = Pace {
                        since: pace.since,
                        ..Pace::from(now.steady)
                    };
                    news.say(Kind::Note, format!("{says}: {}", action.state_says()));
                }
                one.action = Some(action);
                one.settle(&mut news, now);
            }
            Err(failure)
                if failure.kind == FailureKind::NotFound
                    && pace.since.until(now.steady) < UNTIL_KNOWN => {}
            Err(failure)
                if matches!(
                    failure.kind,
                    FailureKind::NotFound | FailureKind::Forbidden | FailureKind::Rejected
                ) =>
            {
                news.say(
                    Kind::Bad,
                    format!("{says}: how far it is cannot be read: {}", failure.sentence),
                );
                one.stage = Stage::Ended(Ended::Refused(failure));
            }
            Err(failure) => news.failure = Some(failure),
        }
        news
    }
}

impl OnItsWay {
    /// Ends with its action, where that has ended.
    fn settle(&mut self, news: &mut News, now: Moment) {
        let Some(state) = self.action.as_ref().map(|action| action.state) else {
            return;
        };
        let (end, kind) = match state {
            ActionState::Succeeded => (OrderEnd::Succeeded, Kind::Good),
            ActionState::Failed => (OrderEnd::Failed, Kind::Bad),
            ActionState::TimedOut => (OrderEnd::TimedOut, Kind::Bad),
            ActionState::Cancelled => (OrderEnd::Cancelled, Kind::Warning),
            ActionState::Pending | ActionState::InProgress | ActionState::Other => return,
        };
        self.stage = Stage::Ended(Ended::Action);
        news.records.push(self.record(end, None, now.wall));
        news.say(kind, format!("{}: {}", self.says(), self.state_says()));
        news.device = Some(self.asked.device.clone());
    }
}
