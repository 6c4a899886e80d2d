//! Sign-ins by a person that are under way, each by its number.
//!
//! Holds what must not be shown: states, verifiers, device codes. Nothing of a sign-in
//! is kept until it has wholly succeeded, and nothing at all once it is given up.

use std::collections::BTreeMap;
use std::mem;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time;
use zeroize::Zeroizing;

use crate::domain::session::Audience;
use crate::domain::session::TokenFacts;
use crate::domain::sign_in::AttemptId;
use crate::domain::sign_in::DeviceAnswer;
use crate::domain::sign_in::Prompt;
use crate::domain::sign_in::Way;
use crate::service::authority::Granted;
use crate::service::authority::Setback;
use crate::service::authority::browser::AnswerMode;
use crate::service::authority::browser::CodeRequest;
use crate::service::authority::device_code;
use crate::service::client::Client;
use crate::service::error::ServiceError;
use crate::service::loopback::Judge;
use crate::service::loopback::Loopback;
use crate::service::renewal::Asked;
use crate::service::secret::Secret;

/// The sign-ins that are open.
#[derive(Debug, Default)]
pub(super) struct SignIns(Mutex<Table>);

#[derive(Debug, Default)]
struct Table {
    open: BTreeMap<AttemptId, Open>,
    /// Given up, and perhaps not closed yet by whoever waits.
    closing: Vec<watch::Sender<bool>>,
}

#[derive(Debug)]
struct Open {
    /// Turns true when the attempt is given up.
    given_up: watch::Sender<bool>,
    /// Where a browser finds us.
    port: Option<u16>,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    Listening(Loopback, CodeRequest),
    Pasting(Arc<CodeRequest>),
    Device(Secret),
    /// Someone waits for its end and holds what belongs to it.
    Taken,
}

/// Longest text that is taken for an address.
const LONGEST_ADDRESS: usize = 64 * 1024;
/// A port is free again at once; without this a stuck waiter would hold up the next.
const CLOSING_MAY_TAKE: Duration = Duration::from_secs(1);

impl Client {
    /// Prepares a sign-in by a person and says what the person needs. Any way can be
    /// asked for, whatever the configured method, and several at the same time.
    pub async fn prepare_sign_in(
        &self,
        attempt: AttemptId,
        way: Way,
    ) -> Result<Prompt, ServiceError> {
        let claims = self.tokens.claims_of_a_person();
        let url = |request: &CodeRequest, mode| {
            self.authority.authorize_url(request, mode, claims.as_ref())
        };
        match way {
            Way::Browser => {
                self.sign_ins.closed().await;
                // Bound before anyone is told the port.
                let listener = Loopback::bind(self.authority.redirect_port()).await?;
                let port = listener.port();
                let request = CodeRequest::new(local(Some(port)))?;
                let url = url(&request, AnswerMode::FormPost);
                let stage = Stage::Listening(listener, request);
                self.sign_ins.open(attempt, Some(port), stage);
                Ok(Prompt::Browser { url, port })
            }
            Way::Paste => {
                let port = self.authority.redirect_port();
                let port = port.or_else(|| self.sign_ins.port());
                let request = CodeRequest::new(local(port))?;
                let url = url(&request, AnswerMode::Query);
                let stage = Stage::Pasting(Arc::new(request));
                self.sign_ins.open(attempt, None, stage);
                Ok(Prompt::Paste { url })
            }
            Way::DeviceCode => {
                let asked = self.asked();
                let begun = self.authority.begin_device(claims.as_ref()).await;
                let start = begun.map_err(|setback| self.told(setback, asked))?;
                self.sign_ins
                    .open(attempt, None, Stage::Device(start.device_code));
                Ok(Prompt::DeviceCode {
                    code: start.user_code,
                    page: start.page,
                    expires: asked.at().steady.plus(start.life),
                    every: start.every,
                })
            }
        }
    }

    /// Waits for the browser to bring the answer to a prepared sign-in, and completes
    /// it. However it ends, the attempt is over and its port closed.
    pub async fn await_browser(&self, attempt: AttemptId) -> Result<TokenFacts, ServiceError> {
        let (listener, request, gone) = self.sign_ins.listening(attempt)?;
        let request = Arc::new(request);
        let judge: Judge = {
            let (authority, request) = (self.authority.clone(), Arc::clone(&request));
            Arc::new(move |form| authority.code(&request, form))
        };
        let waited = unless(gone, async {
            let code = listener.answer(judge).await?;
            self.redeem(attempt, &request, &code).await
        });
        let ended = waited.await;
        self.sign_ins.end(attempt);
        ended
    }

    /// Asks once whether the device code was typed. Trouble on the way leaves the code
    /// as good as it was.
    pub async fn poll_device(&self, attempt: AttemptId) -> Result<DeviceAnswer, ServiceError> {
        let (code, gone) = self.sign_ins.device(attempt)?;
        let asked = self.asked();
        let poll = async { Ok(self.authority.poll_device(&code).await) };
        let ended = match unless(gone, poll).await? {
            Ok(granted) => {
                let adopted = self.adopt(attempt, granted, asked).await;
                adopted.map(|facts| DeviceAnswer::Granted(Box::new(facts)))
            }
            Err(Setback::Failed(error)) => return Err(error),
            Err(Setback::Refused(refusal)) => match refusal.problem.error.as_str() {
                "authorization_pending" => return Ok(DeviceAnswer::Pending),
                "slow_down" => return Ok(DeviceAnswer::SlowDown),
                _ => Err(device_code::ended(&refusal)),
            },
        };
        self.sign_ins.end(attempt);
        ended
    }

    /// Completes a sign-in with the address the person pasted. As long as its code was
    /// not sent, another address can be pasted after an error.
    pub async fn redeem_pasted(
        &self,
        attempt: AttemptId,
        address: &str,
    ) -> Result<TokenFacts, ServiceError> {
        let request = self.sign_ins.pasting(attempt)?;
        // A terminal breaks a long line where it likes; an address holds no blanks.
        let address: Zeroizing<String> = Zeroizing::new(
            address
                .chars()
                .filter(|letter| !letter.is_whitespace() && !letter.is_control())
                .take(LONGEST_ADDRESS)
                .collect(),
        );
        let query = request.pasted(&address).map_err(wrong_paste)?;
        let code = self.authority.code(&request, query).unwrap_or_else(|| {
            Err(ServiceError::SignInRefused {
                words: "what was pasted holds no code".to_owned(),
                remedy: Some(
                    "paste the whole address the browser ends at, with everything after the `?`"
                        .to_owned(),
                ),
            })
        });
        let code = code.map_err(wrong_paste)?;
        let gone = self.sign_ins.take_pasting(attempt)?;
        let ended = unless(gone, self.redeem(attempt, &request, &code)).await;
        self.sign_ins.end(attempt);
        ended
    }

    /// Gives a sign-in up: its port is closed, its secrets are wiped, and whoever waits
    /// for it gets an error.
    pub fn forget_sign_in(&self, attempt: AttemptId) {
        self.sign_ins.give_up(attempt);
    }

    async fn redeem(
        &self,
        attempt: AttemptId,
        request: &CodeRequest,
        code: &Secret,
    ) -> Result<TokenFacts, ServiceError> {
        let asked = self.asked();
        let redeemed = self.authority.redeem(request, code).await;
        let granted = redeemed.map_err(|setback| self.told(setback, asked))?;
        self.adopt(attempt, granted, asked).await
    }

    /// Begins a session with what a person's sign-in brought.
    async fn adopt(
        &self,
        attempt: AttemptId,
        granted: Granted,
        asked: Asked,
    ) -> Result<TokenFacts, ServiceError> {
        // A renewal on its way must not put its tokens over these.
        let _one_at_a_time = self.renewing.lock().await;
        if !self.sign_ins.is_open(attempt) {
            return Err(given_up());
        }
        self.tokens.forget_access(Audience::Respond);
        let facts = self.keep(Audience::Service, granted, None, asked).await?;
        // The first wins: one that ends before it is given up would be somebody else's
        // session under this one's name.
        self.sign_ins.give_up_others(attempt);
        Ok(facts)
    }
}

/// Nothing was spent: the right address may still come.
fn wrong_paste(error: ServiceError) -> ServiceError {
    match error {
        ServiceError::SignInRefused { words, remedy } => ServiceError::WrongPaste { words, remedy },
        other => other,
    }
}

impl SignIns {
    fn open(&self, attempt: AttemptId, port: Option<u16>, stage: Stage) {
        self.give_up(attempt);
        let opened = Open {
            given_up: watch::Sender::new(false),
            port,
            stage,
        };
        self.table().open.insert(attempt, opened);
    }

    fn is_open(&self, attempt: AttemptId) -> bool {
        self.table().open.contains_key(&attempt)
    }

    /// The port a browser is already awaited at.
    fn port(&self) -> Option<u16> {
        self.table().open.values().find_map(|open| open.port)
    }

    fn listening(
        &self,
        attempt: AttemptId,
    ) -> Result<(Loopback, CodeRequest, watch::Receiver<bool>), ServiceError> {
        let mut table = self.table();
        let open = table.open.get_mut(&attempt).ok_or_else(given_up)?;
        match mem::replace(&mut open.stage, Stage::Taken) {
            Stage::Listening(listener, request) => {
                Ok((listener, request, open.given_up.subscribe()))
            }
            other => {
                open.stage = other;
                Err(given_up())
            }
        }
    }

    fn pasting(&self, attempt: AttemptId) -> Result<Arc<CodeRequest>, ServiceError> {
        match self.table().open.get(&attempt).map(|open| &open.stage) {
            Some(Stage::Pasting(request)) => Ok(Arc::clone(request)),
            _ => Err(given_up()),
        }
    }

    /// From now on its code is spent.
    fn take_pasting(&self, attempt: AttemptId) -> Result<watch::Receiver<bool>, ServiceError> {
        let mut table = self.table();
        match table.open.get_mut(&attempt) {
            Some(open) if matches!(open.stage, Stage::Pasting(_)) => {
                open.stage = Stage::Taken;
                Ok(open.given_up.subscribe())
            }
            _ => Err(given_up()),
        }
    }

    fn device(&self, attempt: AttemptId) -> Result<(Secret, watch::Receiver<bool>), ServiceError> {
        match self.table().open.get(&attempt) {
            Some(Open {
                stage: Stage::Device(code),
                given_up,
                ..
            }) => Ok((code.clone(), given_up.subscribe())),
            _ => Err(given_up()),
        }
    }

    fn give_up_others(&self, won: AttemptId) {
        let open: Vec<AttemptId> = self.table().open.keys().copied().collect();
        for other in open.into_iter().filter(|other| *other != won) {
            self.give_up(other);
        }
    }

    fn give_up(&self, attempt: AttemptId) {
        let mut table = self.table();
        if let Some(open) = table.open.remove(&attempt) {
            open.given_up.send_replace(true);
            table.closing.push(open.given_up);
        }
        table.closing.retain(|waiter| !waiter.is_closed());
    }

    /// It came to its own end.
    fn end(&self, attempt: AttemptId) {
        self.table().open.remove(&attempt);
    }

    /// Waits until the ports of those given up are free.
    async fn closed(&self) {
        let closing = mem::take(&mut self.table().closing);
        for waiter in closing {
            // Whoever does not let go of the port will be named by the next error.
            drop(time::timeout(CLOSING_MAY_TAKE, waiter.closed()).await);
        }
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where the browser is sent with its answer.
fn local(port: Option<u16>) -> String {
    match port {
        Some(port) => format!("http://localhost:{port}"),
        None => "http://localhost".to_owned(),
    }
}

/// Does the work unless the attempt is given up meanwhile.
async fn unless<T>(
    mut given_up_signal: watch::Receiver<bool>,
    work: impl Future<Output = Result<T, ServiceError>>,
) -> Result<T, ServiceError> {
    tokio::select! {
        biased;
        _ = given_up_signal.wait_for(|given_up| *given_up) => Err(given_up()),
        done = work => done,
    }
}

fn given_up() -> ServiceError {
    ServiceError::SignInRefused {
        words: "this sign-in is not open any more".to_owned(),
        remedy: Some("start it again".to_owned()),
    }
}
