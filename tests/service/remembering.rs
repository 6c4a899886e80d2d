//! Sessions that outlive the program: whose they are, and when they are forgotten.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::Mutex;

use vigie::domain::query::AlertQuery;
use vigie::domain::session::Kept;
use vigie::domain::session::TokenFacts;
use vigie::domain::sign_in::AttemptId;
use vigie::domain::sign_in::DeviceAnswer;
use vigie::domain::sign_in::Way;
use vigie::service::Client;
use vigie::service::Limits;
use vigie::service::Secret;
use vigie::service::ServiceError;
use vigie::service::authority::Method;
use vigie::service::authority::Registration;
use vigie::service::authority::SecretSource;
use vigie::service::keyring::Keyring;
use vigie::service::keyring::Remembering;

use crate::browser::BROWSER;
use crate::person;
use crate::stage::Stage;
use crate::stage::client_of;
use crate::stage::registration;

/// A keyring that answers at once; clones share what they keep.
#[derive(Clone, Default)]
pub(crate) struct Pretend(Arc<Mutex<BTreeMap<String, Secret>>>);

impl Keyring for Pretend {
    fn name(&self) -> &'static str {
        "Pretend"
    }

    fn load(&self, account: &str) -> Result<Option<Secret>, String> {
        Ok(self.0.lock().unwrap().get(account).cloned())
    }

    fn save(&self, account: &str, secret: &Secret) -> Result<(), String> {
        let mut kept = self.0.lock().unwrap();
        kept.insert(account.to_owned(), secret.clone());
        Ok(())
    }

    fn delete(&self, account: &str) -> Result<(), String> {
        self.0.lock().unwrap().remove(account);
        Ok(())
    }
}

impl Pretend {
    fn count(&self) -> usize {
        self.0.lock().unwrap().len()
    }

    /// One more run of the program with this keyring.
    pub(crate) fn run(&self, client: Client) -> Client {
        client.remembering(Remembering::new(Arc::new(self.clone())))
    }
}

const ATTEMPT: AttemptId = AttemptId(9);

/// Signs in by a device code that is approved at once.
async fn signs_in(stage: &Stage, client: &Client) -> Kept {
    let way = Way::DeviceCode;
    client.prepare_sign_in(ATTEMPT, way).await.unwrap();
    stage.script().approve_device_codes();
    match client.poll_device(ATTEMPT).await.unwrap() {
        DeviceAnswer::Granted(facts) => facts.kept,
        other => panic!("{other:?}"),
    }
}

fn needs_person(result: &Result<TokenFacts, ServiceError>) {
    assert!(
        matches!(result, Err(ServiceError::SignInNeeded { .. })),
        "{result:?}"
    );
}

#[tokio::test]
async fn the_next_run_goes_on_until_the_session_is_ended() {
    let stage = Stage::with_alerts(1).await;
    let keyring = Pretend::default();
    let first = keyring.run(stage.client_by(BROWSER));
    needs_person(&first.renew().await);
    let kept = signs_in(&stage, &first).await;
    assert_eq!(kept, Kept::InKeyring("Pretend"));
    let next = keyring.run(stage.client_by(BROWSER));
    next.renew().await.unwrap();
    next.list_alerts(&AlertQuery::everything(1)).await.unwrap();
    next.sign_out().await.unwrap();
    assert_eq!(keyring.count(), 0);
    needs_person(&keyring.run(stage.client_by(BROWSER)).renew().await);
}

#[tokio::test]
async fn a_refused_session_is_forgotten() {
    let stage = Stage::with_alerts(1).await;
    let keyring = Pretend::default();
    signs_in(&stage, &keyring.run(stage.client_by(BROWSER))).await;
    stage.script().revoke_refresh_tokens();
    needs_person(&keyring.run(stage.client_by(BROWSER)).renew().await);
    assert_eq!(keyring.count(), 0);
}

#[tokio::test]
async fn another_tenant_user_application_or_audience_has_a_session_of_its_own() {
    let stage = Stage::with_alerts(1).await;
    let account = stage.account();
    let keyring = Pretend::default();
    signs_in(&stage, &keyring.run(stage.client_by(BROWSER))).await;
    let own = || registration(&account);
    let other = "00000000-0000-0000-0000-000000000000".to_owned();
    for registration in [
        Registration {
            tenant: other.clone(),
            ..own()
        },
        Registration {
            client_id: other.clone(),
            ..own()
        },
        Registration {
            resource: other.clone(),
            ..own()
        },
        Registration {
            username: Some(other.clone()),
            ..own()
        },
    ] {
        let client = client_of(
            registration,
            BROWSER,
            &account,
            &stage.clock,
            Limits::default(),
        );
        let before = stage.requests().len();
        needs_person(&keyring.run(client).renew().await);
        assert_eq!(stage.requests().len(), before);
    }
    assert_eq!(keyring.count(), 1);
}

#[tokio::test]
async fn an_application_never_goes_on_as_the_person_of_another_profile() {
    let stage = Stage::with_alerts(1).await;
    let keyring = Pretend::default();
    signs_in(&stage, &keyring.run(stage.client_by(BROWSER))).await;
    let secret = Secret::new(stage.account().client_secret);
    let method = Method::ClientSecret(SecretSource::Given(secret));
    let application = keyring.run(stage.client_by(method));
    let facts = application.renew().await.unwrap();
    assert_eq!(stage.grants().last().unwrap(), "client_credentials");
    assert_eq!(facts.kept, Kept::InMemory);
    assert_eq!(
        keyring.count(),
        1,
        "what belongs to the person is left alone"
    );
}

#[tokio::test]
async fn a_session_that_cannot_be_kept_does_not_leave_the_one_before() {
    let stage = Stage::with_alerts(1).await;
    let keyring = Pretend::default();
    let client = keyring.run(stage.client_by(BROWSER));
    signs_in(&stage, &client).await;
    // Somebody else, perhaps, signs in, and may not stay.
    stage.script().omit_refresh_token(true);
    assert_eq!(signs_in(&stage, &client).await, Kept::InMemory);
    needs_person(&client.renew().await);
    assert_eq!(keyring.count(), 0);
}

#[tokio::test]
async fn the_first_way_that_succeeds_is_the_session() {
    let stage = Stage::with_alerts(1).await;
    let client = stage.client_by(BROWSER);
    let (url, port) = person::prepared(&client, AttemptId(1)).await;
    signs_in(&stage, &client).await;
    // Nobody told the client to give the browser up, and the browser comes.
    let browser = async {
        let brought = person::answers(&url, "continue").await;
        tokio::net::TcpStream::connect(("127.0.0.1", port))
            .await
            .is_ok()
            .then_some(brought)
    };
    let (late, _) = tokio::join!(client.await_browser(AttemptId(1)), browser);
    assert!(late.is_err());
    assert!(!stage.grants().contains(&"authorization_code".to_owned()));
}
