//! An application that proves itself with a certificate.

use ring::digest;
use ring::rand::SystemRandom;
use ring::signature;
use ring::signature::RsaKeyPair;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::json;

use super::*;

const CLIENT: &str = include_str!("../../../tests/samples/certificate/client.pem");
const OTHER: &str = include_str!("../../../tests/samples/certificate/other.pem");

type Form = Vec<(String, String)>;

/// What an assertion is made of, for one thing to be wrong at a time.
struct Assertion {
    header: Value,
    claims: Value,
    key: &'static str,
    padding: &'static dyn signature::RsaEncoding,
}

impl Assertion {
    fn text(&self) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&self.header), part(&self.claims));
        let key = PrivatePkcs8KeyDer::from_pem_slice(self.key.as_bytes()).ok();
        let key = key.and_then(|key| RsaKeyPair::from_pkcs8(key.secret_pkcs8_der()).ok());
        let mut signature = vec![0; key.as_ref().map_or(0, |key| key.public().modulus_len())];
        let signing = key.map(|key| {
            key.sign(
                self.padding,
                &SystemRandom::new(),
                signed.as_bytes(),
                &mut signature,
            )
        });
        assert_eq!(signing, Some(Ok(())));
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn header(mut self, name: &str, value: Value) -> Self {
        if let Some(object) = self.header.as_object_mut() {
            object.insert(name.to_owned(), value);
        }
        self
    }

    fn claim(mut self, name: &str, value: Value) -> Self {
        if let Some(object) = self.claims.as_object_mut() {
            object.insert(name.to_owned(), value);
        }
        self
    }
}

fn thumbprint(pem: &str) -> String {
    let certificate = CertificateDer::from_pem_slice(pem.as_bytes()).ok();
    let hash = certificate.map(|der| digest::digest(&digest::SHA256, &der));
    hash.map_or_else(String::new, |hash| URL_SAFE_NO_PAD.encode(hash))
}

impl Trial {
    fn registered() -> Self {
        let mut trial = Self::still(1);
        let told = trial.world.tokens.register_certificate(CLIENT);
        assert_eq!(told, Some(thumbprint(CLIENT)));
        trial
    }

    fn endpoint(&self, version: &str) -> String {
        let account = &self.world.account;
        format!("{}/{}/oauth2/{version}", account.authority, account.tenant)
    }

    fn assertion(&self, jti: &str) -> Assertion {
        let now = self.now.as_second();
        let client = self.world.account.client_id.as_str();
        Assertion {
            header: json!({"alg": "PS256", "typ": "JWT", "x5t#S256": thumbprint(CLIENT)}),
            claims: json!({
                "aud": self.endpoint("v2.0/token"), "iss": client, "sub": client,
                "jti": jti, "nbf": now, "exp": now + 600,
            }),
            key: CLIENT,
            padding: &signature::RSA_PSS_SHA256,
        }
    }

    fn assertion_form(&self, assertion: &str) -> Form {
        [
            ("grant_type", "client_credentials"),
            ("client_id", self.world.account.client_id.as_str()),
            ("scope", "https://api.securitycenter.microsoft.com/.default"),
            (
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ),
            ("client_assertion", assertion),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    }

    fn prove(&mut self, assertion: &Assertion) -> Reply {
        let form = self.assertion_form(&assertion.text());
        self.post_v2(&form)
    }
}

#[test]
fn a_registered_certificate_opens_the_api_at_both_endpoints() {
    let mut trial = Trial::registered();
    let reply = trial.prove(&trial.assertion("j-1"));
    assert_eq!(reply.status, 200, "{}", reply.value());
    let token = text(&reply.value(), "/access_token").to_owned();
    let claims = claims(&token);
    assert_eq!(text(&claims, "/appidacr"), "2");
    assert_eq!(text(&claims, "/roles/0"), "Alert.ReadWrite.All");
    trial.token = token;
    assert_eq!(trial.get("/api/alerts?$top=1").status, 200);

    let v1 = trial
        .assertion("j-2")
        .claim("aud", json!(trial.endpoint("token")));
    let form = replaced(&trial.assertion_form(&v1.text()), "scope", None);
    let form = replaced(&form, "resource", Some(RESOURCE));
    assert_eq!(trial.sign_in(&form).status, 200);
}

#[test]
fn what_an_assertion_says_is_checked() {
    let mut trial = Trial::registered();
    let now = trial.now.as_second();
    let good = |trial: &Trial| trial.assertion("j-1");
    let padded = format!("{}=", thumbprint(CLIENT));
    let cases = [
        (good(&trial).header("alg", json!("RS256")), 700_027),
        (good(&trial).header("alg", json!("none")), 700_027),
        (good(&trial).header("typ", json!("at+jwt")), 50_027),
        (good(&trial).header("typ", Value::Null), 50_027),
        (good(&trial).header("x5t#S256", Value::Null), 700_027),
        (good(&trial).header("x5t#S256", json!(padded)), 700_027),
        (
            good(&trial).header("x5t#S256", json!(thumbprint(OTHER))),
            700_027,
        ),
        (
            Assertion {
                key: OTHER,
                ..good(&trial)
            },
            700_027,
        ),
        (
            Assertion {
                padding: &signature::RSA_PKCS1_SHA256,
                ..good(&trial)
            },
            700_027,
        ),
        (
            good(&trial).claim("aud", json!(trial.endpoint("token"))),
            700_023,
        ),
        (
            good(&trial).claim("aud", json!(trial.world.account.authority)),
            700_023,
        ),
        (good(&trial).claim("iss", json!("x")), 700_021),
        (good(&trial).claim("sub", Value::Null), 700_021),
        (good(&trial).claim("jti", Value::Null), 50_027),
        (good(&trial).claim("nbf", Value::Null), 700_024),
        (good(&trial).claim("exp", json!("soon")), 700_024),
        (good(&trial).claim("exp", json!(now + 601)), 700_024),
        (good(&trial).claim("exp", json!(now)), 700_024),
        (good(&trial).claim("nbf", json!(now + 301)), 700_024),
        (
            good(&trial)
                .claim("nbf", json!(now - 900))
                .claim("exp", json!(now - 300)),
            700_024,
        ),
    ];
    for (assertion, expected) in cases {
        let reply = trial.prove(&assertion);
        let body = reply.value();
        assert_eq!(
            (reply.status, text(&body, "/error"), code(&reply)),
            (401, "invalid_client", expected),
            "{} {}",
            assertion.header,
            assertion.claims
        );
    }
    // Five minutes between the clocks are forgiven, and dates may have a fraction.
    let early = trial
        .assertion("j-2")
        .claim("nbf", json!(now + 300))
        .claim("exp", json!(now + 900));
    assert_eq!(trial.prove(&early).status, 200);
    let late = trial.assertion("j-3").claim("nbf", json!(now - 890)).claim(
        "exp",
        json!(f64::from(u32::try_from(now).unwrap_or_default()) - 299.5),
    );
    assert_eq!(trial.prove(&late).status, 200);
}

#[test]
fn an_assertion_is_good_once_and_only_as_it_was_signed() {
    let mut trial = Trial::registered();
    let good = trial.assertion("j-1").text();
    let other = trial.assertion("j-2").text();
    let swapped = match (good.rsplit_once('.'), other.rsplit_once('.')) {
        (Some((signed, _)), Some((_, signature))) => format!("{signed}.{signature}"),
        _ => String::new(),
    };
    for (text, expected) in [
        (swapped.as_str(), 700_027),
        ("nonsense", 50_027),
        ("a.b", 50_027),
        ("!.!.!", 50_027),
    ] {
        let form = trial.assertion_form(text);
        assert_eq!(code(&trial.post_v2(&form)), expected, "{text}");
    }
    let form = trial.assertion_form(&good);
    assert_eq!(trial.post_v2(&form).status, 200);
    let reply = trial.post_v2(&form);
    assert_eq!((reply.status, code(&reply)), (401, 50_027));
}

#[test]
fn the_form_around_an_assertion_is_checked() {
    let mut trial = Trial::registered();
    let form = trial.assertion_form(&trial.assertion("j-1").text());
    let secret = trial.world.account.client_secret.clone();
    for (name, given, error, number) in [
        ("client_assertion_type", None, "invalid_request", 900_144),
        (
            "client_assertion_type",
            Some("urn:ietf:params:oauth:client-assertion-type:saml2-bearer"),
            "invalid_request",
            90_023,
        ),
        (
            "client_secret",
            Some(secret.as_str()),
            "invalid_request",
            90_023,
        ),
        ("client_assertion", None, "invalid_client", 7_000_218),
        ("client_assertion", Some(""), "invalid_request", 900_144),
    ] {
        let reply = trial.post_v2(&replaced(&form, name, given));
        assert_eq!(
            (text(&reply.value(), "/error"), code(&reply)),
            (error, number),
            "{name} {given:?}"
        );
    }
}

#[test]
fn certificates_come_as_pem() {
    let mut trial = Trial::still(1);
    assert_eq!(code(&trial.prove(&trial.assertion("j-1"))), 700_027);
    for text in [
        "",
        "x",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ] {
        assert_eq!(trial.world.tokens.register_certificate(text), None);
    }
    assert!(trial.world.tokens.register_certificate(CLIENT).is_some());
    assert_eq!(trial.prove(&trial.assertion("j-1")).status, 200);
}
