//! The tokens of RFC 7515, of RFC 7519 and of Microsoft's documentation.

use jiff::SignedDuration;
use jiff::Timestamp;

use super::super::*;
use super::shown;

const RFC_PAYLOAD: &str = "\
    eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cn\
    VlfQ";

const HS256_SIGNATURE: &str = "\
    dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

const RS256_SIGNATURE: &str = "\
    cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2F\
    p5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQB\
    MHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeY\
    I2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";

const ES256_SIGNATURE: &str = "\
    DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

/// Microsoft cut its signatures short, and left a tenant in `iss` that is no GUID.
const MICROSOFT_V1: &str = "\
    eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiIsIng1dCI6Imk2bEdrM0ZaenhSY1ViMkMzbkVRN3N5SEpsWSIsImtpZC\
    I6Imk2bEdrM0ZaenhSY1ViMkMzbkVRN3N5SEpsWSJ9.eyJhdWQiOiJlZjFkYTlkNC1mZjc3LTRjM2UtYTAwNS04NDB\
    jM2Y4MzA3NDUiLCJpc3MiOiJodHRwczovL3N0cy53aW5kb3dzLm5ldC9mYTE1ZDY5Mi1lOWM3LTQ0NjAtYTc0My0yO\
    WYyOTUyMjIyOS8iLCJpYXQiOjE1MzcyMzMxMDYsIm5iZiI6MTUzNzIzMzEwNiwiZXhwIjoxNTM3MjM3MDA2LCJhY3I\
    iOiIxIiwiYWlvIjoiQVhRQWkvOElBQUFBRm0rRS9RVEcrZ0ZuVnhMaldkdzhLKzYxQUdyU091TU1GNmViYU1qN1hPM\
    0libUQzZkdtck95RCtOdlp5R24yVmFUL2tES1h3NE1JaHJnR1ZxNkJuOHdMWG9UMUxrSVorRnpRVmtKUFBMUU9WNEt\
    jWHFTbENWUERTL0RpQ0RnRTIyMlRJbU12V05hRU1hVU9Uc0lHdlRRPT0iLCJhbXIiOlsid2lhIl0sImFwcGlkIjoiN\
    zVkYmU3N2YtMTBhMy00ZTU5LTg1ZmQtOGMxMjc1NDRmMTdjIiwiYXBwaWRhY3IiOiIwIiwiZW1haWwiOiJBYmVMaUB\
    taWNyb3NvZnQuY29tIiwiZmFtaWx5X25hbWUiOiJMaW5jb2xuIiwiZ2l2ZW5fbmFtZSI6IkFiZSAoTVNGVCkiLCJpZ\
    HAiOiJodHRwczovL3N0cy53aW5kb3dzLm5ldC83MmY5ODhiZi04NmYxLTQxYWYtOTFhYi0yZDdjZDAxMjIyNDcvIiw\
    iaXBhZGRyIjoiMjIyLjIyMi4yMjIuMjIiLCJuYW1lIjoiYWJlbGkiLCJvaWQiOiIwMjIyM2I2Yi1hYTFkLTQyZDQtO\
    WVjMC0xYjJiYjkxOTQ0MzgiLCJyaCI6IkkiLCJzY3AiOiJ1c2VyX2ltcGVyc29uYXRpb24iLCJzdWIiOiJsM19yb0l\
    TUVUyMjJiVUxTOXlpMmswWHBxcE9pTXo1SDNaQUNvMUdlWEEiLCJ0aWQiOiJmYTE1ZDY5Mi1lOWM3LTQ0NjAtYTc0M\
    y0yOWYyOTU2ZmQ0MjkiLCJ1bmlxdWVfbmFtZSI6ImFiZWxpQG1pY3Jvc29mdC5jb20iLCJ1dGkiOiJGVnNHeFlYSTM\
    wLVR1aWt1dVVvRkFBIiwidmVyIjoiMS4wIn0.D3H6pMUtQnoJAGq6AHd";

const MICROSOFT_V2: &str = "\
    eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiIsImtpZCI6Imk2bEdrM0ZaenhSY1ViMkMzbkVRN3N5SEpsWSJ9.eyJhd\
    WQiOiI2ZTc0MTcyYi1iZTU2LTQ4NDMtOWZmNC1lNjZhMzliYjEyZTMiLCJpc3MiOiJodHRwczovL2xvZ2luLm1pY3J\
    vc29mdG9ubGluZS5jb20vNzJmOTg4YmYtODZmMS00MWFmLTkxYWItMmQ3Y2QwMTFkYjQ3L3YyLjAiLCJpYXQiOjE1M\
    zcyMzEwNDgsIm5iZiI6MTUzNzIzMTA0OCwiZXhwIjoxNTM3MjM0OTQ4LCJhaW8iOiJBWFFBaS84SUFBQUF0QWFaTG8\
    zQ2hNaWY2S09udHRSQjdlQnE0L0RjY1F6amNKR3hQWXkvQzNqRGFOR3hYZDZ3TklJVkdSZ2hOUm53SjFsT2NBbk5aY\
    2p2a295ckZ4Q3R0djMzMTQwUmlvT0ZKNGJDQ0dWdW9DYWcxdU9UVDIyMjIyZ0h3TFBZUS91Zjc5UVgrMEtJaWpkcm1\
    wNjlSY3R6bVE9PSIsImF6cCI6IjZlNzQxNzJiLWJlNTYtNDg0My05ZmY0LWU2NmEzOWJiMTJlMyIsImF6cGFjciI6I\
    jAiLCJuYW1lIjoiQWJlIExpbmNvbG4iLCJvaWQiOiI2OTAyMjJiZS1mZjFhLTRkNTYtYWJkMS03ZTRmN2QzOGU0NzQ\
    iLCJwcmVmZXJyZWRfdXNlcm5hbWUiOiJhYmVsaUBtaWNyb3NvZnQuY29tIiwicmgiOiJJIiwic2NwIjoiYWNjZXNzX\
    2FzX3VzZXIiLCJzdWIiOiJIS1pwZmFIeVdhZGVPb3VZbGl0anJJLUtmZlRtMjIyWDVyclYzeERxZktRIiwidGlkIjo\
    iNzJmOTg4YmYtODZmMS00MWFmLTkxYWItMmQ3Y2QwMTFkYjQ3IiwidXRpIjoiZnFpQnFYTFBqMGVRYTgyUy1JWUZBQ\
    SIsInZlciI6IjIuMCJ9.pj4N-w_3Us9DrBLfpCt";

#[test]
fn the_signed_tokens_of_the_rfcs() {
    let cases = [
        (
            "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9",
            HS256_SIGNATURE,
            "HS256",
        ),
        ("eyJhbGciOiJSUzI1NiJ9", RS256_SIGNATURE, "RS256"),
        ("eyJhbGciOiJFUzI1NiJ9", ES256_SIGNATURE, "ES256"),
    ];
    for (header, signature, algorithm) in cases {
        let text = format!("{header}.{RFC_PAYLOAD}.{signature}");
        let token = decode(&text).unwrap();
        assert_eq!(token.parameter("alg").unwrap().shown(), algorithm);
        assert_eq!(
            shown(&token.claims),
            [
                ("iss".into(), "joe".into()),
                ("exp".into(), "1300819380".into()),
                ("http://example.com/is_root".into(), "true".into()),
            ]
        );
        assert_eq!(token.notes, [""; 0]);
        assert!(token.signed);
        assert_eq!(token.length, text.len());
        let kept = format!("{token:?}");
        assert!(!kept.contains(signature) && !kept.contains(RFC_PAYLOAD));
    }
}

#[test]
fn the_unsecured_tokens() {
    for header in ["eyJhbGciOiJub25lIn0", "eyJ0eXAiOiJKV1QiLCJhbGciOiJub25lIn0"] {
        let token = decode(&format!("{header}.{RFC_PAYLOAD}.")).unwrap();
        assert!(!token.signed);
        let all = checks(&token, &Expected::default(), Timestamp::UNIX_EPOCH, None);
        let signature = all.last().unwrap();
        assert_eq!(signature.name, "signature");
        assert!(!signature.ok());
    }
}

#[test]
fn microsofts_version_1_token() {
    let token = decode(MICROSOFT_V1).unwrap();
    assert_eq!(token.notes, [""; 0]);
    let header: Vec<_> = token
        .header
        .iter()
        .map(|claim| claim.name.original())
        .collect();
    assert_eq!(header, ["typ", "alg", "x5t", "kid"]);
    assert_eq!(token.claims.len(), 24);
    assert_eq!(token.user(), Some("abeli@microsoft.com".into()));
    assert_eq!(
        token.tenant(),
        Some("fa15d692-e9c7-4460-a743-29f2956fd429".into())
    );
    assert_eq!(token.scopes(), ["user_impersonation".into()]);
    assert!(token.roles().is_empty());
    assert!(!token.app_only());
    assert_eq!(
        token.time("exp"),
        Timestamp::from_second(1_537_237_006).ok()
    );
    for claim in token.header.iter().chain(&token.claims) {
        assert!(meaning(claim.name.original()).is_some(), "{:?}", claim.name);
    }

    let now = token.time("iat").unwrap();
    let issuer = checks(
        &token,
        &Expected::default(),
        now,
        Some(SignedDuration::ZERO),
    )
    .into_iter()
    .find(|check| check.name == "issuer")
    .unwrap();
    assert_eq!(issuer.outcome, Outcome::Warn);
    assert!(
        issuer
            .message
            .contains("fa15d692-e9c7-4460-a743-29f29522229")
    );
}

#[test]
fn microsofts_version_2_token() {
    let token = decode(MICROSOFT_V2).unwrap();
    assert_eq!(token.notes, [""; 0]);
    assert!(token.parameter("x5t").is_none());
    assert_eq!(token.user(), Some("abeli@microsoft.com".into()));
    assert_eq!(token.scopes(), ["access_as_user".into()]);
    assert_eq!(
        token.application(),
        Some("6e74172b-be56-4843-9ff4-e66a39bb12e3".into())
    );
    assert_eq!(
        token.audiences(),
        ["6e74172b-be56-4843-9ff4-e66a39bb12e3".into()]
    );
    let life = token
        .time("iat")
        .unwrap()
        .duration_until(token.time("exp").unwrap());
    assert_eq!(life, SignedDuration::from_secs(3900));
    for claim in token.header.iter().chain(&token.claims) {
        assert!(meaning(claim.name.original()).is_some(), "{:?}", claim.name);
    }
    let issuer = checks(&token, &Expected::default(), Timestamp::UNIX_EPOCH, None)
        .into_iter()
        .find(|check| check.name == "issuer")
        .unwrap();
    assert_eq!(issuer.outcome, Outcome::Pass);
}

#[test]
fn a_padded_claims_challenge_is_a_payload_like_any_other() {
    let challenge =
        "eyJhY2Nlc3NfdG9rZW4iOnsibmJmIjp7ImVzc2VudGlhbCI6dHJ1ZSwgInZhbHVlIjoiMTYwNDEwNjY1MSJ9fX0=";
    let token = decode(&format!("eyJhbGciOiJSUzI1NiJ9.{challenge}.AAAA")).unwrap();
    assert_eq!(
        shown(&token.claims),
        [(
            "access_token".into(),
            r#"{"nbf":{"essential":true, "value":"1604106651"}}"#.into()
        )]
    );
    assert_eq!(
        token.notes,
        ["payload: it is padded with `=`, which tokens are not"]
    );
}
