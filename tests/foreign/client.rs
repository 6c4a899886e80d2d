//! vigie's client against the foreign server, without the program around it.

use std::sync::Arc;

use vigie::clock;
use vigie::domain::session::TokenFacts;
use vigie::domain::sign_in::AttemptId;
use vigie::domain::sign_in::DeviceAnswer;
use vigie::domain::sign_in::Prompt;
use vigie::domain::sign_in::Way;
use vigie::service::Authority;
use vigie::service::Client;
use vigie::service::Http;
use vigie::service::Limits;
use vigie::service::ServiceError;
use vigie::service::authority::Method;
use vigie::service::authority::Registration;

use crate::browser::Browser;
use crate::browser::Page;
use crate::server::Server;

const ATTEMPT: AttemptId = AttemptId(7);

fn client(server: &Server) -> Arc<Client> {
    let told = &server.told;
    let http = Http::new(Limits::default(), None);
    let registration = Registration {
        authority: told.authority.clone(),
        tenant: told.tenant.clone(),
        client_id: told.client_id.clone(),
        resource: told.resource.clone(),
        ..Registration::default()
    };
    let authority = Authority::new(http.clone(), registration, Method::DeviceCode);
    Arc::new(Client::new(http, authority, &told.authority, clock::system()).unwrap())
}

/// A sign-in by browser: what the person made of it, and what the client.
async fn by_browser(
    client: &Arc<Client>,
    person: impl AsyncFnOnce(&mut Browser, Page) -> Page,
) -> (Page, Result<TokenFacts, ServiceError>) {
    let prompt = client.prepare_sign_in(ATTEMPT, Way::Browser).await.unwrap();
    let Prompt::Browser { url, .. } = prompt else {
        panic!("{prompt:?}");
    };
    let waiting = {
        let client = Arc::clone(client);
        tokio::spawn(async move { client.await_browser(ATTEMPT).await })
    };
    let mut browser = Browser::new();
    let page = browser.open(&url).await;
    let page = person(&mut browser, page).await;
    let page = browser.submit(page.form(), &[]).await;
    (page, waiting.await.unwrap())
}

/// What the token says of its user, and that it can be renewed.
async fn is_a_session(client: &Client, facts: TokenFacts, server: &Server) {
    let user = |facts: &TokenFacts| {
        let token = facts.decoded.as_ref().unwrap();
        token.user().unwrap().original().to_owned()
    };
    assert_eq!(user(&facts), "analyst");
    let renewed = client.renew().await.unwrap();
    assert_eq!(user(&renewed), "analyst");
    assert_ne!(renewed.decoded, facts.decoded, "the same token again");
    assert!(renewed.refreshable, "{}", server.told.authority);
}

#[tokio::test]
async fn a_code_comes_by_the_browser() {
    let Some(server) = Server::start() else {
        return;
    };
    let client = client(&server);
    let (page, facts) = by_browser(&client, Browser::sign_in).await;
    assert_eq!(page.status, 200, "{page:?}");
    is_a_session(&client, facts.unwrap(), &server).await;
}

#[tokio::test]
async fn a_code_comes_by_hand() {
    let Some(server) = Server::start() else {
        return;
    };
    let client = client(&server);
    let prompt = client.prepare_sign_in(ATTEMPT, Way::Paste).await.unwrap();
    let Prompt::Paste { url } = prompt else {
        panic!("{prompt:?}");
    };
    let mut browser = Browser::new();
    let page = browser.open(&url).await;
    let page = browser.sign_in(page).await;
    let facts = client.redeem_pasted(ATTEMPT, page.url.as_str()).await;
    is_a_session(&client, facts.unwrap(), &server).await;
}

#[tokio::test]
async fn a_device_code_brings_a_session() {
    let Some(server) = Server::start() else {
        return;
    };
    let client = client(&server);
    let prompt = client.prepare_sign_in(ATTEMPT, Way::DeviceCode).await;
    let Prompt::DeviceCode { code, page, .. } = prompt.unwrap() else {
        panic!("no code");
    };
    let answer = client.poll_device(ATTEMPT).await.unwrap();
    assert_eq!(answer, DeviceAnswer::Pending);
    let mut browser = Browser::new();
    let done = browser.type_code(page.original(), code.original()).await;
    assert_eq!(done.status, 200, "{done:?}");
    let DeviceAnswer::Granted(facts) = client.poll_device(ATTEMPT).await.unwrap() else {
        panic!("still waiting");
    };
    is_a_session(&client, *facts, &server).await;
}

#[tokio::test]
async fn whoever_turns_back_ends_the_sign_in() {
    let Some(server) = Server::start() else {
        return;
    };
    let client = client(&server);
    let turns_back =
        async |browser: &mut Browser, page: Page| browser.open(&page.link("[ Cancel ]")).await;
    let (_, facts) = by_browser(&client, turns_back).await;
    let error = facts.unwrap_err();
    assert!(
        matches!(error, ServiceError::SignInRefused { .. }),
        "{error:?}"
    );
    assert!(error.to_string().contains("aborted"), "{error}");
}
