//! Links and redirects to other places: refused, and nothing ever travels there.

use vigie::domain::alert::AlertId;
use vigie::domain::failure::Failure;
use vigie::domain::failure::FailureKind;
use vigie::service::ServiceError;
use vigie::sim::Endpoint;
use vigie::sim::Fault;

use crate::both::Service;
use crate::both::on_both;
use crate::stage::Stage;
use crate::stage::answer;

on_both! {
    async
    a_foreign_next_link_is_dropped_and_named,
    a_foreign_link_is_not_followed_even_when_asked_for,
    the_bearer_never_follows_a_redirect,
    the_place_of_a_redirect_cannot_write_to_the_terminal,
}

async fn a_foreign_next_link_is_dropped_and_named(service: &'static Service) {
    let stage = Stage::signed_in_to(service).await;
    let elsewhere = Stage::with_alerts(1).await;
    let link = format!("{}{}?$skip=10", elsewhere.account().api, service.alerts);
    let page = stage.list_spoiled(Fault::ForeignNextLink(link)).await;
    let page = page.unwrap();
    assert_eq!(page.alerts.len(), 10, "the page itself is good");
    assert_eq!(page.next_link, None);
    assert_eq!(page.refused_link.as_deref(), Some("127.0.0.1"));
    assert!(elsewhere.requests().is_empty());
}

async fn a_foreign_link_is_not_followed_even_when_asked_for(service: &'static Service) {
    let stage = Stage::signed_in_to(service).await;
    let elsewhere = Stage::with_alerts(1).await;
    let before = stage.requests().len();
    let mut query = stage.everything(10);
    query.link = Some(format!("{}{}", elsewhere.account().api, service.alerts));
    let error = stage.client.list_alerts(&query).await.unwrap_err();
    assert!(matches!(error, ServiceError::Redirected(_)), "{error:?}");
    assert_eq!(Failure::from(error).kind, FailureKind::ForeignLink);
    assert!(elsewhere.requests().is_empty());
    assert_eq!(stage.requests().len(), before);
}

async fn the_bearer_never_follows_a_redirect(service: &'static Service) {
    let stage = Stage::signed_in_to(service).await;
    let elsewhere = Stage::with_alerts(1).await;
    let there = format!("{}{}", elsewhere.account().api, service.alerts);
    let id = AlertId::new("a").unwrap();
    for status in [301, 302, 303, 307, 308] {
        let redirect = || answer(status, &[("location", &there)], "");
        let error = stage.list_spoiled(redirect()).await.unwrap_err();
        assert!(
            matches!(&error, ServiceError::Redirected(host) if host == "127.0.0.1"),
            "{status}: {error:?}"
        );
        stage.script().next(service.alert, redirect());
        let error = stage.client.get_alert(&id).await.unwrap_err();
        assert!(matches!(error, ServiceError::Redirected(_)), "{error:?}");
    }
    assert!(elsewhere.requests().is_empty());
}

#[tokio::test]
async fn the_password_never_follows_a_redirect() {
    let stage = Stage::with_alerts(1).await;
    let elsewhere = Stage::with_alerts(1).await;
    let account = elsewhere.account();
    let there = format!("{}/{}/oauth2/token", account.authority, account.tenant);
    for status in [302, 307, 308] {
        let redirect = answer(status, &[("location", &there)], "");
        stage.script().next(Endpoint::Token, redirect);
        let error = stage.client.renew().await.unwrap_err();
        assert!(matches!(error, ServiceError::Redirected(_)), "{error:?}");
    }
    assert!(elsewhere.requests().is_empty());
}

async fn the_place_of_a_redirect_cannot_write_to_the_terminal(service: &'static Service) {
    let stage = Stage::signed_in_to(service).await;
    for (there, words) in [
        ("https://evil.example/x", "evil.example"),
        ("https://evil.example/\u{9b}2J", "somewhere else"),
        ("/api/alerts", "somewhere else"),
        ("nonsense", "somewhere else"),
    ] {
        let error = stage.list_spoiled(Fault::Redirect(there.to_owned())).await;
        let said = error.unwrap_err().to_string();
        assert!(said.contains(words), "{said}");
        assert!(!said.contains(char::is_control), "{said:?}");
    }
}
