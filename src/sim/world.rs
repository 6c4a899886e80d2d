//! The whole pretend tenant: one request in, one outcome out.
//!
//! Pure: it learns the time as an argument and catches up with whatever was due. It
//! judges who may call, counts calls, applies faults, and passes the work on.

use std::collections::VecDeque;
use std::sync::mpsc::Sender;

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value as Json;

use crate::sim::alerts;
use crate::sim::chaos::Chaos;
use crate::sim::chaos::Mishap;
use crate::sim::graph;
use crate::sim::hunting;
use crate::sim::hunting::Findings;
use crate::sim::json;
use crate::sim::jwt;
use crate::sim::jwt::Holder;
use crate::sim::life::Arrivals;
use crate::sim::life::Life;
use crate::sim::machines;
use crate::sim::machines::Actions;
use crate::sim::machines::full_scan;
use crate::sim::options::Account;
use crate::sim::options::Limits;
use crate::sim::options::Options;
use crate::sim::options::Population;
use crate::sim::population::ANALYSTS;
use crate::sim::population::Directory;
use crate::sim::population::add_elsewhere;
use crate::sim::population::story;
use crate::sim::quota::Quota;
use crate::sim::reply::Reply;
use crate::sim::routes::Route;
use crate::sim::rules::Rules;
use crate::sim::script::Endpoint;
use crate::sim::script::Fault;
use crate::sim::script::Faults;
use crate::sim::script::Hung;
use crate::sim::store::Store;
use crate::sim::ticks::Ticks;
use crate::sim::tokens::Api;
use crate::sim::tokens::Distrust;
use crate::sim::tokens::Flaw;
use crate::sim::tokens::Tokens;

/// A request as it was received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub method: String,
    /// As on the wire, still encoded.
    pub path: String,
    /// As on the wire, without the question mark.
    pub query: String,
    /// Names are in lower case.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Request {
    /// The first value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// What the server has to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Reply(Reply),
    /// Half of it, then the connection is closed.
    Truncated(Reply),
    /// A little later.
    Late(std::time::Duration, Reply),
    Hang,
    Reset,
}

/// One call that was let in.
pub(crate) struct Call {
    pub(crate) now: Timestamp,
    /// The id support would ask for.
    pub(crate) target: String,
    /// Who the comments are signed by.
    pub(crate) actor: String,
}

impl Call {
    pub(crate) fn ticks(&self) -> Ticks {
        Ticks::of(self.now)
    }
}

/// How many requests are remembered, so that a demo may run for weeks.
const REMEMBERED: usize = 20_000;

pub(crate) struct World {
    pub(crate) account: Account,
    pub(crate) tokens: Tokens,
    pub(crate) faults: Faults,
    pub(crate) store: Store,
    pub(crate) directory: Directory,
    pub(crate) rules: Rules,
    pub(crate) actions: Actions,
    /// What the next query finds, whatever it asks.
    pub(crate) findings: Option<Findings>,
    /// Who hears of clients that wait for an answer that never comes.
    pub(crate) hung: Option<Sender<Hung>>,
    life: Option<Life>,
    /// For the alerts a script asks for, so they do not disturb those due anyway.
    by_hand: Arrivals,
    alert_calls: Quota,
    batch_calls: Quota,
    machine_calls: Quota,
    pub(crate) graph_calls: Quota,
    package_calls: Quota,
    /// For both services: the limit is the tenant's.
    pub(crate) hunting_calls: Quota,
    chaos: Option<Chaos>,
    rng: Rng,
    requests: VecDeque<Request>,
}

impl World {
    pub(crate) fn new(options: &Options, origin: &str, now: Timestamp) -> Self {
        let mut rng = Rng::with_seed(options.seed);
        let directory = Directory::new((options.alerts / 12).clamp(40, 3000), &mut rng.fork());
        let (store, incident) = match &options.population {
            Population::Story => {
                let start = Ticks::of(now);
                let (mut records, incident) =
                    story(options.alerts, &directory, start, &mut rng.fork());
                let mut elsewhere = Rng::with_seed(!options.seed);
                add_elsewhere(&mut records, &directory, start, &mut elsewhere);
                (Store::told(records), incident)
            }
            Population::Verbatim(bodies) => (Store::verbatim(bodies.clone()), 1),
        };
        let life = options
            .arrivals
            .filter(|_| matches!(options.population, Population::Story))
            .map(|every| {
                let arrivals = Arrivals::new(incident, rng.fork());
                Life::new(every, now, arrivals, rng.fork())
            });
        let account = Account::at(origin);
        // Of its own: what is done to devices must not change what happens anyway.
        let actions = Actions::new(rng.clone().fork());
        let actions = match options.population {
            Population::Story => actions.with_history(&directory, now),
            Population::Verbatim(_) => actions,
        };
        let token_life =
            SignedDuration::try_from(options.token_life).unwrap_or(SignedDuration::from_hours(1));
        Self {
            tokens: Tokens::new(account.clone(), token_life, rng.fork()),
            account,
            faults: Faults::default(),
            store,
            directory,
            rules: Rules::default(),
            findings: None,
            hung: None,
            life,
            by_hand: Arrivals::new(incident + 1_000_000, rng.fork()),
            alert_calls: Quota::new(options.limits),
            batch_calls: Quota::new(Limits {
                per_minute: 10,
                per_hour: 500,
            }),
            machine_calls: Quota::new(Limits::default()),
            graph_calls: Quota::new(options.graph_limits),
            package_calls: Quota::new(Limits {
                per_minute: 2,
                per_hour: 120,
            }),
            hunting_calls: Quota::new(Limits {
                per_minute: 45,
                per_hour: 1500,
            }),
            chaos: options.chaos.then(|| Chaos::new(rng.fork())),
            actions,
            rng,
            requests: VecDeque::new(),
        }
    }

    /// Lets everything happen that was due by `now`.
    pub(crate) fn advance_to(&mut self, now: Timestamp) {
        if let Some(life) = &mut self.life {
            life.advance_to(now, &mut self.store, &self.directory);
        }
    }

    pub(crate) fn arrive(&mut self, now: Timestamp) -> String {
        self.advance_to(now);
        let record = self.by_hand.next(&self.directory, now);
        let id = record.id.clone();
        self.store.add(record);
        id
    }

    pub(crate) fn change(&mut self, id: &str, patch: Json, now: Timestamp) {
        self.advance_to(now);
        let [by, ..] = ANALYSTS;
        if let (Some(entry), Json::Object(patch)) = (self.store.get_mut(id), patch) {
            entry.replace(patch, by, now);
        }
    }

    pub(crate) fn scan_by_colleague(&mut self, device: &str, now: Timestamp) {
        let [by, ..] = ANALYSTS;
        if let Some((_, device)) = self.directory.device(device) {
            self.actions.make(device, full_scan(), by, Ticks::of(now));
        }
    }

    pub(crate) fn set_population(&mut self, bodies: Vec<String>) {
        self.store = Store::verbatim(bodies);
        self.life = None;
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.iter().cloned().collect()
    }

    /// Answers one request at `now`.
    pub(crate) fn handle(&mut self, request: Request, now: Timestamp) -> Outcome {
        self.advance_to(now);
        let endpoint = Endpoint::of(&request.method, &request.path);
        let mishap = match self.faults.take(endpoint) {
            Some(fault) => Some(Mishap::Fault(fault)),
            None => self.chaos.as_mut().and_then(|chaos| chaos.mishap(endpoint)),
        };
        let outcome = match mishap {
            None => Outcome::Reply(self.answer(&request, None, now)),
            Some(Mishap::Late(delay)) => Outcome::Late(delay, self.answer(&request, None, now)),
            Some(Mishap::Revocation) => {
                self.tokens.revoke_access();
                Outcome::Reply(self.answer(&request, None, now))
            }
            Some(Mishap::Fault(fault)) => self.spoiled(&request, fault, now),
        };
        self.remember(request);
        outcome
    }

    /// A body larger than the service takes; only its head is remembered.
    pub(crate) fn refuse_too_large(&mut self, request: Request, now: Timestamp) -> Outcome {
        if graph::serves(&request.path) {
            let reply = graph::too_large(self, &request, now);
            self.remember(request);
            return Outcome::Reply(reply);
        }
        self.remember(request);
        let target = jwt::guid(&mut self.rng);
        Outcome::Reply(stamped(
            Reply::error(
                413,
                "RequestEntityTooLarge",
                "Request body is too large",
                &target,
            ),
            &target,
            now,
        ))
    }

    fn remember(&mut self, request: Request) {
        if self.requests.len() >= REMEMBERED {
            self.requests.pop_front();
        }
        self.requests.push_back(request);
    }

    fn spoiled(&mut self, request: &Request, fault: Fault, now: Timestamp) -> Outcome {
        let plain = |reply: Reply| Outcome::Reply(stamped(reply, "", now));
        match fault {
            Fault::Status {
                code,
                headers,
                body,
            } => plain(Reply {
                status: code,
                headers,
                body: body.into_bytes(),
            }),
            Fault::Hang => Outcome::Hang,
            Fault::Reset => Outcome::Reset,
            Fault::Redirect(to) => plain(Reply::empty(302).with("location", to)),
            Fault::HugeBody(size) => plain(Reply::huge(size)),
            Fault::GzipBomb(size) => plain(Reply::gzip_bomb(size)),
            Fault::DoneBut(instead) => {
                let _answer = self.answer(request, None, now);
                self.spoiled(request, *instead, now)
            }
            Fault::Truncate => Outcome::Truncated(self.answer(request, None, now)),
            Fault::Garbage => {
                let body = b"\xff\xfe\x00\x9b31m{\"value\": [[[\x1b]0;".to_vec();
                Outcome::Reply(Reply {
                    status: 200,
                    body,
                    ..self.answer(request, None, now)
                })
            }
            Fault::Html => {
                let page = "<!DOCTYPE html><html><head><title>Sign in to the network</title></head><body>Please accept.</body></html>";
                let _answer = self.answer(request, None, now);
                plain(
                    Reply {
                        body: page.into(),
                        ..Reply::empty(200)
                    }
                    .with("content-type", "text/html; charset=utf-8"),
                )
            }
            Fault::Empty => Outcome::Reply(Reply {
                status: 200,
                body: Vec::new(),
                ..self.answer(request, None, now)
            }),
            Fault::Skew(seconds) => {
                let mut reply = self.answer(request, None, now);
                let shown = now
                    .checked_add(SignedDuration::from_secs(seconds))
                    .unwrap_or(now);
                reply.headers.retain(|(name, _)| name != "date");
                Outcome::Reply(reply.with("date", date(shown)))
            }
            Fault::StringNumbers => {
                let mut reply = self.answer(request, None, now);
                if let Ok(value) = serde_json::from_slice::<Json>(&reply.body) {
                    reply.body = json::text(with_string_numbers(value)).into_bytes();
                }
                Outcome::Reply(reply)
            }
            Fault::ForeignNextLink(_)
            | Fault::NextLink
            | Fault::NoNextLink
            | Fault::BadItem(_)
            | Fault::Partial(_) => Outcome::Reply(self.answer(request, Some(&fault), now)),
        }
    }

    fn answer(&mut self, request: &Request, fault: Option<&Fault>, now: Timestamp) -> Reply {
        if Endpoint::of(&request.method, &request.path).is_for_signing_in() {
            let reply = self.tokens.answer(request, now);
            return stamped(reply, "", now);
        }
        if graph::serves(&request.path) {
            return graph::answer(self, request, fault, now);
        }
        let target = jwt::guid(&mut self.rng);
        let reply = match Route::of(&request.method, &request.path) {
            Ok(route) => self.call(&route, request, fault, &target, now),
            Err(reply) => reply,
        };
        stamped(reply, &target, now)
    }

    fn call(
        &mut self,
        route: &Route,
        request: &Request,
        fault: Option<&Fault>,
        target: &str,
        now: Timestamp,
    ) -> Reply {
        let mut required = route.required();
        if let Route::CancelAction(id) = route
            && let Some(action) = self.actions.get(id)
        {
            required = action.kind.required();
        }
        let holder = match self.tokens.judge(request, Api::Defender, required, now) {
            Ok(holder) => holder,
            Err(distrust) => return self.refuse(&distrust, target),
        };
        let bucket = match route {
            Route::Batch => &mut self.batch_calls,
            Route::Hunt => &mut self.hunting_calls,
            Route::List | Route::Alert(_) | Route::Change(_) | Route::Part(..) => {
                &mut self.alert_calls
            }
            Route::Machines
            | Route::Machine(_)
            | Route::MachineAlerts(_)
            | Route::LogonUsers(_)
            | Route::FindByIp(_)
            | Route::Act(..)
            | Route::MachineActions
            | Route::MachineAction(_)
            | Route::CancelAction(_) => &mut self.machine_calls,
            Route::PackageLink(_) => &mut self.package_calls,
        };
        if let Err(exceeded) = bucket.count(now) {
            return exceeded.reply(target);
        }
        let call = Call {
            now,
            target: target.to_owned(),
            actor: self.actor(holder),
        };
        let has_body = matches!(
            route,
            Route::Batch | Route::Change(_) | Route::Act(..) | Route::CancelAction(_) | Route::Hunt
        );
        if has_body && !is_json(request) {
            return Reply::error(
                415,
                "UnsupportedMediaType",
                "The content type must be application/json",
                target,
            );
        }
        match route {
            Route::List => alerts::list(self, &call, request, fault),
            Route::Batch => alerts::batch_update(self, &call, request),
            Route::Alert(id) => {
                self.looked_at(id, now);
                alerts::get(self, &call, id)
            }
            Route::Change(id) => alerts::patch(self, &call, request, id),
            Route::Part(id, part) => alerts::part(self, &call, id, part),
            Route::Hunt => hunting::run(self, &call, request),
            Route::Machines => machines::list(self, &call, request),
            Route::Machine(id) => machines::get(self, &call, id),
            Route::MachineAlerts(id) => machines::alerts(self, &call, request, id),
            Route::LogonUsers(id) => machines::logon_users(self, &call, id),
            Route::FindByIp(arguments) => machines::find_by_ip(self, &call, arguments),
            Route::Act(id, kind) => machines::act(self, &call, request, id, *kind),
            Route::MachineActions => machines::listed_actions(self, &call, request),
            Route::MachineAction(id) => machines::action(self, &call, id),
            Route::CancelAction(id) => machines::cancel(self, &call, request, id),
            Route::PackageLink(id) => machines::package(self, &call, id),
        }
    }

    /// Somebody reads one alert.
    pub(crate) fn looked_at(&mut self, id: &str, now: Timestamp) {
        if let Some(life) = &mut self.life {
            life.looked_at(id, now);
        }
    }

    /// The name under which the holder of a token acts.
    pub(crate) fn actor(&self, holder: Holder) -> String {
        match holder {
            Holder::User => self.account.username.clone(),
            Holder::Application => String::from("vigie (simulated)"),
        }
    }

    /// A new id for support to ask for.
    pub(crate) fn new_id(&mut self) -> String {
        jwt::guid(&mut self.rng)
    }

    fn refuse(&self, distrust: &Distrust, target: &str) -> Reply {
        match distrust {
            Distrust::Unauthorized(flaw) => {
                let message = sentence(*flaw);
                let challenge = format!(
                    "Bearer authorization_uri=\"{}/{}/oauth2/authorize\", error=\"invalid_token\", error_description=\"{message}\"",
                    self.account.authority, self.account.tenant
                );
                Reply::error(401, "Unauthorized", message, target)
                    .with("www-authenticate", challenge)
            }
            Distrust::Challenged(claims) => {
                let challenge = format!(
                    "Bearer realm=\"\", authorization_uri=\"{}/{}/oauth2/authorize\", error=\"insufficient_claims\", claims=\"{claims}\"",
                    self.account.authority, self.account.tenant
                );
                let message = "Continuous access evaluation resulted in challenge";
                Reply::error(401, "Unauthorized", message, target)
                    .with("www-authenticate", challenge)
            }
            Distrust::Forbidden { required, held, .. } => {
                let message = format!(
                    "Missing application roles. API required roles: {}, application roles: {}.",
                    required.join(","),
                    held.join(",")
                );
                Reply::error(403, "Forbidden", &message, target)
            }
            Distrust::WrongAudience => Reply::error(
                403,
                "Forbidden",
                "The application does not have any of the required permissions",
                target,
            ),
        }
    }
}

/// How Defender's API words it.
fn sentence(flaw: Flaw) -> &'static str {
    match flaw {
        Flaw::Missing => "Authorization header is missing",
        Flaw::Malformed => "Authorization header is malformed",
        Flaw::Unknown => "The token is not valid",
        Flaw::Revoked => "The token was revoked",
        Flaw::Expired => "The token has expired",
        Flaw::WrongAudience => "The audience of the token is not valid",
    }
}

/// Whether a body is said to be JSON.
pub(crate) fn is_json(request: &Request) -> bool {
    let content_type = request.header("content-type").unwrap_or_default();
    content_type
        .split(';')
        .next()
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

/// Puts on what every reply carries.
fn stamped(reply: Reply, id: &str, now: Timestamp) -> Reply {
    let reply = if reply
        .headers
        .iter()
        .any(|(name, _)| name.eq_ignore_ascii_case("date"))
    {
        reply
    } else {
        reply.with("date", date(now))
    };
    if id.is_empty() {
        reply
    } else {
        reply
            .with("request-id", id)
            .with("x-content-type-options", "nosniff")
    }
}

/// A moment as headers write it.
pub(crate) fn date(now: Timestamp) -> String {
    now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

fn with_string_numbers(value: Json) -> Json {
    match value {
        Json::Number(number) => Json::String(number.to_string()),
        Json::Array(items) => Json::Array(items.into_iter().map(with_string_numbers).collect()),
        Json::Object(object) => Json::Object(
            object
                .into_iter()
                .map(|(name, value)| (name, with_string_numbers(value)))
                .collect(),
        ),
        other => other,
    }
}
