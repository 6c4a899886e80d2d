//! Tokens for Microsoft Graph, and how Graph refuses those that are not.

use super::*;
use crate::sim::jwt::Holder;

pub(super) const GRAPH: &str = "https://graph.microsoft.com";
const ALERTS: &str = "/v1.0/security/alerts_v2?$top=1";

impl Trial {
    /// The same, with a token for Graph.
    pub(super) fn at_graph(mut self) -> Self {
        self.token = self.at_graph_token();
        self
    }

    fn at_graph_token(&mut self) -> String {
        let form = replaced(&self.password_form(), "resource", Some(GRAPH));
        text(&self.sign_in(&form).value(), "/access_token").to_owned()
    }

    fn application(&mut self, resource: &str) -> String {
        let secret = self.world.account.client_secret.clone();
        let form = replaced(&self.password_form(), "resource", Some(resource));
        let form = replaced(&form, "grant_type", Some("client_credentials"));
        let form = replaced(&form, "client_secret", Some(&secret));
        text(&self.sign_in(&form).value(), "/access_token").to_owned()
    }
}

#[test]
fn graph_answers_to_its_name_in_every_cloud_and_to_its_number() {
    for resource in [
        GRAPH,
        "https://graph.microsoft.us",
        "https://dod-graph.microsoft.us",
        "https://graph.microsoft.com/",
        "00000003-0000-0000-c000-000000000000",
    ] {
        let mut trial = Trial::still(3);
        let form = replaced(&trial.password_form(), "resource", Some(resource));
        let reply = trial.sign_in(&form).value();
        trial.token = text(&reply, "/access_token").to_owned();
        let said = claims(&trial.token);
        assert_eq!(text(&said, "/aud"), resource);
        assert_eq!(
            text(&said, "/scp"),
            "SecurityAlert.ReadWrite.All SecurityIncident.Read.All ThreatHunting.Read.All"
        );
        assert_eq!(trial.get(ALERTS).status, 200, "{resource}");
        assert_eq!(trial.get("/api/alerts").status, 401, "{resource}");
    }
}

#[test]
fn an_application_has_the_same_names_as_roles() {
    let mut trial = Trial::still(3);
    trial.token = trial.application(GRAPH);
    let said = claims(&trial.token);
    assert_eq!(text(&said, "/roles/0"), "SecurityAlert.ReadWrite.All");
    assert_eq!(trial.get(ALERTS).status, 200);
}

#[test]
fn one_refresh_token_is_good_for_either_api() {
    let mut trial = Trial::still(3);
    let form = trial.password_form();
    let refresh = text(&trial.sign_in(&form).value(), "/refresh_token").to_owned();
    let form = replaced(&replaced(&form, "username", None), "password", None);
    let form = replaced(&form, "grant_type", Some("refresh_token"));
    let form = replaced(&form, "refresh_token", Some(&refresh));
    let one = trial.sign_in(&replaced(&form, "resource", Some(GRAPH)));
    trial.token = text(&one.value(), "/access_token").to_owned();
    assert_eq!(trial.get(ALERTS).status, 200);
    let path = format!("/{}/oauth2/v2.0/token", trial.world.account.tenant);
    let form = replaced(&form, "resource", None);
    for (scope, target) in [
        (format!("{RESOURCE}/.default"), "/api/alerts?$top=1"),
        (format!("{GRAPH}/SecurityAlert.ReadWrite.All"), ALERTS),
        (String::from("SecurityAlert.ReadWrite.All"), ALERTS),
    ] {
        let two = trial.post_form(&path, &replaced(&form, "scope", Some(&scope)));
        trial.token = text(&two.value(), "/access_token").to_owned();
        assert_eq!(trial.get(target).status, 200, "{scope}");
    }
    let scope = format!("{GRAPH}/SecurityEvents.Read.All");
    let refused = trial.post_form(&path, &replaced(&form, "scope", Some(&scope)));
    assert_eq!(code(&refused), 65_001);
}

#[test]
fn tokens_that_are_no_good_are_refused_in_graphs_own_shape() {
    let mut trial = Trial::still(3);
    let defender = trial.token.clone();
    for (header, message) in [
        ("Bearer", "no dots"),
        ("Bearer nonsense", "no dots"),
        (&*format!("Bearer {defender}"), "Invalid audience."),
    ] {
        let headers = [("authorization", header), ("client-request-id", "mine")];
        let reply = trial.reply("GET", ALERTS, &headers, "");
        let body = reply.value();
        assert_eq!(
            (reply.status, text(&body, "/error/code")),
            (401, "InvalidAuthenticationToken")
        );
        assert!(text(&body, "/error/message").contains(message), "{header}");
        assert_eq!(text(&body, "/error/innerError/date"), "2026-11-22T12:00:00");
        assert_eq!(text(&body, "/error/innerError/client-request-id"), "mine");
        assert_eq!(
            text(&body, "/error/innerError/request-id"),
            self::header(&reply, "request-id")
        );
        assert!(self::header(&reply, "www-authenticate").starts_with("Bearer "));
    }
    let none = trial.reply("GET", ALERTS, &[], "").value();
    assert_eq!(text(&none, "/error/message"), "Access token is empty.");

    let mut trial = trial.at_graph();
    trial.pass(180);
    let expired = trial.get(ALERTS);
    assert_eq!(expired.status, 401);
    assert!(text(&expired.value(), "/error/message").contains("expired"));
    let nowhere = trial.get("/v1.0/me");
    assert_eq!(nowhere.status, 401, "who calls is asked before what");
}

#[test]
fn a_missing_permission_is_named_as_graph_names_it() {
    for (holder, what) in [(Holder::User, "scopes"), (Holder::Application, "roles")] {
        let mut trial = Trial::still(3);
        trial.world.tokens.granted_on_graph = vec![String::from("User.Read")];
        trial.token = match holder {
            Holder::Application => trial.application(GRAPH),
            Holder::User => trial.at_graph_token(),
        };
        let reply = trial.get(ALERTS);
        let body = reply.value();
        assert_eq!(
            (reply.status, text(&body, "/error/code")),
            (403, "Forbidden")
        );
        assert_eq!(
            text(&body, "/error/message"),
            format!(
                "Missing application {what}. API required {what}: \
                 SecurityAlert.Read.All,SecurityAlert.ReadWrite.All, application {what}: User.Read."
            )
        );
        assert_eq!(
            trial.get("/v1.0/security/alerts").status,
            400,
            "what is no call needs no permission"
        );
    }
}

#[test]
fn permissions_are_granted_to_each_api_apart() {
    let mut trial = Trial::still(3);
    trial.world.tokens.granted = vec![String::from("SecurityAlert.Read.All")];
    trial.world.tokens.granted_on_graph = vec![String::from("SecurityAlert.Read.All")];
    let mut trial = trial.signed_in();
    assert_eq!(trial.get("/api/alerts?$top=1").status, 403);
    let mut trial = trial.at_graph();
    assert_eq!(trial.get(ALERTS).status, 200);
    let changed = trial.call("PATCH", "/v1.0/security/alerts_v2/x", r#"{"status":"new"}"#);
    assert_eq!(changed.status, 403, "reading is not writing");
}

#[test]
fn a_challenge_reaches_graph_too() {
    let mut trial = Trial::still(3).at_graph();
    trial
        .world
        .tokens
        .challenge(r#"{"access_token":{"nbf":{"essential":true,"value":"1"}}}"#);
    let reply = trial.get(ALERTS);
    assert_eq!(reply.status, 401);
    let challenge = header(&reply, "www-authenticate");
    assert!(
        challenge.contains("error=\"insufficient_claims\"") && challenge.contains("claims=\""),
        "{challenge}"
    );
}

#[test]
fn where_nobody_has_consented_a_person_gets_no_token_for_graph() {
    let mut trial = Trial::still(3);
    trial.world.tokens.granted_on_graph.clear();
    let form = replaced(&trial.password_form(), "resource", Some(GRAPH));
    assert_eq!(code(&trial.sign_in(&form)), 65_001);
    let form = trial.password_form();
    assert_eq!(trial.sign_in(&form).status, 200, "the other API is open");
    trial.token = trial.application(GRAPH);
    assert_eq!(
        claims(&trial.token).get("roles"),
        Some(&serde_json::json!([]))
    );
    assert_eq!(trial.get(ALERTS).status, 403);
}
