//! A simulated tenant, a client that is to sign in to it, and one clock for both.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use vigie::domain::alert::AlertPage;
use vigie::domain::moment::Moment;
use vigie::domain::moment::Steady;
use vigie::domain::query::AlertQuery;
use vigie::service::Authority;
use vigie::service::Client;
use vigie::service::Http;
use vigie::service::Limits;
use vigie::service::Secret;
use vigie::service::ServiceError;
use vigie::service::authority::Method;
use vigie::service::authority::PasswordSignIn;
use vigie::service::authority::Registration;
use vigie::service::authority::SecretSource;
use vigie::service::client::Now;
use vigie::sim::Account;
use vigie::sim::Clock;
use vigie::sim::Fault;
use vigie::sim::ManualClock;
use vigie::sim::Options;
use vigie::sim::Population;
use vigie::sim::Request;
use vigie::sim::Script;
use vigie::sim::Simulator;

use crate::both::DEFENDER;
use crate::both::Service;

pub(crate) use crate::person::decoded;

pub(crate) const RESOURCE: &str = DEFENDER.resource;
pub(crate) const TOKEN_LIFE: Duration = Duration::from_secs(3600);

pub(crate) struct Stage {
    /// Where the client's alerts come from.
    pub(crate) service: &'static Service,
    pub(crate) simulator: Simulator,
    pub(crate) client: Client,
    pub(crate) clock: ManualClock,
    /// The same clock, as the client reads it.
    pub(crate) now: Now,
}

impl Stage {
    /// A still tenant of `alerts` alerts; nobody has signed in yet.
    pub(crate) async fn with_alerts(alerts: usize) -> Self {
        Self::with(still(alerts)).await
    }

    /// The same tenant in other ways.
    pub(crate) async fn with(options: Options) -> Self {
        Self::on(&DEFENDER, options).await
    }

    /// A tenant and a client for one of its services; nobody has signed in yet. Clock,
    /// life of tokens and stillness are always the stage's.
    pub(crate) async fn on(service: &'static Service, options: Options) -> Self {
        let clock = ManualClock::new("2026-11-22T14:00:00Z".parse().unwrap());
        let simulator = Simulator::start(Options {
            clock: Clock::Manual(clock.clone()),
            token_life: TOKEN_LIFE,
            arrivals: None,
            ..options
        })
        .await
        .unwrap();
        let client = client_on(service, simulator.account(), &clock, Limits::default());
        Self {
            service,
            simulator,
            client,
            now: both_clocks(&clock),
            clock,
        }
    }

    /// The same, and signed in.
    pub(crate) async fn signed_in() -> Self {
        Self::signed_in_to(&DEFENDER).await
    }

    /// A still tenant of 30 alerts, and a client that is signed in to one of its services.
    pub(crate) async fn signed_in_to(service: &'static Service) -> Self {
        Self::signed_in_with(service, still(30)).await
    }

    /// The same for any tenant.
    pub(crate) async fn signed_in_with(service: &'static Service, options: Options) -> Self {
        let stage = Self::on(service, options).await;
        stage.client.renew().await.unwrap();
        stage
    }

    pub(crate) fn script(&self) -> Script {
        self.simulator.script()
    }

    pub(crate) fn account(&self) -> Account {
        self.simulator.account().clone()
    }

    /// A client of this tenant that signs in by another method.
    pub(crate) fn client_by(&self, method: Method) -> Client {
        let limits = Limits::default();
        client_by(method, &self.account(), RESOURCE, &self.clock, limits)
    }

    /// How the account signs in.
    pub(crate) fn password(&self) -> Method {
        password(&self.account())
    }

    /// The same on a machine whose clock is wrong by so much.
    pub(crate) fn client_off_by(&self, method: Method, wrong: SignedDuration) -> Client {
        let account = self.account();
        let http = Http::new(Limits::default(), None);
        let registration = Registration {
            resource: self.service.resource.to_owned(),
            ..registration(&account)
        };
        let authority = Authority::new(http.clone(), registration, method);
        let right = Arc::clone(&self.now);
        let now: Now = Arc::new(move || {
            let Moment { wall, steady } = right();
            Moment {
                wall: wall + wrong,
                steady,
            }
        });
        let api = self.service.base(&account);
        self.service
            .asked_by(Client::new(http, authority, api, now).unwrap())
    }

    /// Another client of this tenant and service.
    pub(crate) fn client_within(&self, limits: Limits) -> Client {
        client_on(self.service, &self.account(), &self.clock, limits)
    }

    /// Every alert there is, as far as the service's lists reach.
    pub(crate) fn everything(&self, top: usize) -> AlertQuery {
        AlertQuery::everything(top).within(self.client.reach())
    }

    /// Everything received so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.simulator.requests()
    }

    /// The forms posted to the token endpoint so far, decoded.
    pub(crate) fn forms(&self) -> Vec<Vec<(String, String)>> {
        let posts = self.requests().into_iter();
        posts
            .filter(|request| request.method == "POST" && request.path.ends_with("/token"))
            .map(|request| decoded(&request.body))
            .collect()
    }

    /// The `grant_type` of each form.
    pub(crate) fn grants(&self) -> Vec<String> {
        let forms = self.forms();
        forms.iter().map(|form| field(form, "grant_type")).collect()
    }

    /// Spoils the next answer to the list of alerts, and asks for it.
    pub(crate) async fn list_spoiled(&self, fault: Fault) -> Result<AlertPage, ServiceError> {
        self.script().next(self.service.list, fault);
        self.client.list_alerts(&self.everything(10)).await
    }
}

/// A tenant of so many alerts; nothing happens by itself in it.
pub(crate) fn still(alerts: usize) -> Options {
    Options {
        alerts,
        ..Options::default()
    }
}

/// A tenant of these very bodies.
pub(crate) fn verbatim(bodies: Vec<String>) -> Options {
    Options {
        population: Population::Verbatim(bodies),
        ..Options::default()
    }
}

/// A client that signs in as the account says.
pub(crate) fn client(account: &Account, clock: &ManualClock, limits: Limits) -> Client {
    client_on(&DEFENDER, account, clock, limits)
}

/// The same for one of the two services.
pub(crate) fn client_on(
    service: &Service,
    account: &Account,
    clock: &ManualClock,
    limits: Limits,
) -> Client {
    service.asked_by(client_for(account, service.resource, clock, limits))
}

/// The same for another audience.
pub(crate) fn client_for(
    account: &Account,
    resource: &str,
    clock: &ManualClock,
    limits: Limits,
) -> Client {
    client_by(password(account), account, resource, clock, limits)
}

fn password(account: &Account) -> Method {
    Method::Password(PasswordSignIn {
        username: account.username.clone(),
        source: SecretSource::Given(Secret::new(account.password.clone())),
    })
}

/// The same by any way of signing in.
pub(crate) fn client_by(
    method: Method,
    account: &Account,
    resource: &str,
    clock: &ManualClock,
    limits: Limits,
) -> Client {
    let registration = Registration {
        resource: resource.to_owned(),
        ..registration(account)
    };
    client_of(registration, method, account, clock, limits)
}

/// What the account is known by.
pub(crate) fn registration(account: &Account) -> Registration {
    Registration {
        authority: account.authority.clone(),
        tenant: account.tenant.clone(),
        client_id: account.client_id.clone(),
        resource: RESOURCE.to_owned(),
        ..Registration::default()
    }
}

/// The same for any registration.
pub(crate) fn client_of(
    registration: Registration,
    method: Method,
    account: &Account,
    clock: &ManualClock,
    limits: Limits,
) -> Client {
    let http = Http::new(limits, None);
    let authority = Authority::new(http.clone(), registration, method);
    let client = Client::new(http, authority, &account.api, both_clocks(clock)).unwrap();
    // Who waits turns the clock: no test does.
    let clock = clock.clone();
    client.waiting_by(Arc::new(move |wait| {
        clock.advance(wait.unsigned_abs());
        Box::pin(std::future::ready(()))
    }))
}

fn both_clocks(clock: &ManualClock) -> Now {
    let start = clock.now();
    let clock = clock.clone();
    Arc::new(move || {
        let wall = clock.now();
        let elapsed = wall.duration_since(start);
        Moment {
            wall,
            steady: Steady::after_start(elapsed),
        }
    })
}

/// One field of a form.
pub(crate) fn field(form: &[(String, String)], name: &str) -> String {
    let mut values = form.iter().filter(|(known, _)| known == name);
    let (_, value) = values.next().unwrap();
    assert!(values.next().is_none(), "`{name}` is there twice");
    value.clone()
}

/// An answer with this status, these headers and this body.
pub(crate) fn answer(code: u16, headers: &[(&str, &str)], body: &str) -> Fault {
    Fault::Status {
        code,
        headers: headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        body: body.to_owned(),
    }
}
