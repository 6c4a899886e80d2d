//! Pasted badly, written oddly, or meant to harm.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::super::*;
use super::decoded;
use super::refused;
use super::shown;
use super::token;
use super::written;

const PLAIN: &str = r#"{"aud":"x","exp":1537237006}"#;

#[test]
fn what_surrounds_a_pasted_token_is_dropped() {
    let bare = token(PLAIN);
    let expected = decode(&bare).unwrap();
    for pasted in [
        format!("  {bare}\r\n"),
        format!("Bearer {bare}"),
        format!("bearer\t{bare}\n"),
        format!("\"{bare}\","),
        format!("'Authorization: Bearer {bare}'"),
        format!("\u{feff}`{bare}`"),
        format!("\"Bearer {bare}\""),
    ] {
        assert_eq!(decode(&pasted).unwrap(), expected, "{pasted:?}");
    }
}

#[test]
fn spellings_are_forgiven_with_a_note() {
    // `{"a":"???>>>"}` needs both odd letters and, at its end, padding or loose bits.
    let cases = [
        ("eyJhIjoiPz8_Pj4-In0", 0),
        ("eyJhIjoiPz8_Pj4-In0=", 1),
        ("eyJhIjoiPz8/Pj4+In0", 1),
        ("eyJhIjoiPz8_Pj4-In1", 1),
        ("eyJhIjoiPz8/Pj4+In1=", 3),
    ];
    for (payload, notes) in cases {
        let token = decode(&format!("eyJhbGciOiJSUzI1NiJ9.{payload}.AAAA")).unwrap();
        assert_eq!(shown(&token.claims), [("a".into(), "???>>>".into())]);
        assert_eq!(token.notes.len(), notes, "{:?}", token.notes);
    }
}

#[test]
fn what_is_no_token_is_said_to_be_what_it_is() {
    let cases = [
        (String::new(), "there is no token: the text is empty"),
        (
            " \"\" \n".to_owned(),
            "there is no token: the text is empty",
        ),
        ("Bearer ".to_owned(), "there is no token: the text is empty"),
        (
            "s3cret".to_owned(),
            "opaque token of 6 bytes: it has no parts to decode, only the service can read it",
        ),
        (
            "a.b".to_owned(),
            "not a signed token: it has 2 parts where three are needed",
        ),
        (
            "a.b.c.d".to_owned(),
            "not a signed token: it has 4 parts where three are needed",
        ),
        (
            "a.b.c.d.e".to_owned(),
            "encrypted token (five parts): only the service can read it",
        ),
        ("..".to_owned(), "the header is empty"),
        ("e30..".to_owned(), "the payload is empty"),
        ("e30.====.".to_owned(), "the payload is empty"),
        (
            "e30.e30ab.".to_owned(),
            "the payload is cut: a character is missing or in excess, copy the token again",
        ),
        (
            "e30.e3 0.".to_owned(),
            "a blank at character 7 of the token does not belong there: copy it again in one piece",
        ),
        (
            "e30.e30.a\nb".to_owned(),
            "a line break at character 10 of the token does not belong there: copy it again in one piece",
        ),
        (
            "e30.e3\u{1b}.".to_owned(),
            "`\\x1b` at character 7 of the token does not belong there: copy it again in one piece",
        ),
        (
            "e30.e3é.".to_owned(),
            "`é` at character 7 of the token does not belong there: copy it again in one piece",
        ),
        (
            "e=30.e30.".to_owned(),
            "`=` at character 2 of the token does not belong there: copy it again in one piece",
        ),
        (
            "e30.e30.AA\ne30.e30.AA".to_owned(),
            "a line break at character 11 of the token does not belong there: copy it again in one piece",
        ),
    ];
    for (text, expected) in cases {
        let error = decode(&text).unwrap_err().to_string();
        assert_eq!(error, expected, "{text:?}");
    }
}

#[test]
fn payloads_that_are_no_objects_are_refused_without_an_echo() {
    let cases: [(&[u8], &str); 16] = [
        (
            b"[]",
            "the payload is an array, where a JSON object is needed",
        ),
        (
            b"\"s3cret\"",
            "the payload is a string, where a JSON object is needed",
        ),
        (
            b"-1e400",
            "the payload is a number, where a JSON object is needed",
        ),
        (
            b"null",
            "the payload is null, where a JSON object is needed",
        ),
        (
            b"true",
            "the payload is true or false, where a JSON object is needed",
        ),
        (b" ", "the payload is not JSON (line 1, column 1)"),
        (b"s3cret", "the payload is not JSON (line 1, column 1)"),
        (
            b"{\"s3cret\"}",
            "the payload is not JSON (line 1, column 10)",
        ),
        (b"{\"a\":01}", "the payload is not JSON (line 1, column 7)"),
        (b"{\"a\":1}{}", "the payload is not JSON (line 1, column 8)"),
        (b"{\"a\":1,}", "the payload is not JSON (line 1, column 8)"),
        (
            b"{\"a\":\"\n\"}",
            "the payload is not JSON (line 1, column 6)",
        ),
        (
            b"{\"\\ud800\":1}",
            "the payload is not JSON (line 1, column 9)",
        ),
        (
            b"\xef\xbb\xbf{}",
            "the payload is not JSON (line 1, column 1)",
        ),
        (
            b"{\"a\":\"\xff\"}",
            "the payload is not UTF-8 from byte 7 on",
        ),
        (b"\xed\xa0\x80", "the payload is not UTF-8 from byte 1 on"),
    ];
    for (payload, expected) in cases {
        let error = refused(payload).to_string();
        assert_eq!(error, expected);
        assert!(!error.contains("s3cret"));
    }
    let error = decode(&written(b"[]", b"{}")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the header is an array, where a JSON object is needed"
    );
}

#[test]
fn of_repeated_names_the_last_is_kept_and_told() {
    let token = decoded(r#"{"scp":"Alert.ReadWrite","aud":"x","s\u0063p":"openid"}"#);
    assert_eq!(
        shown(&token.claims),
        [("aud".into(), "x".into()), ("scp".into(), "openid".into())]
    );
    assert_eq!(
        token.notes,
        ["payload: `scp` stands there more than once, the last one is shown"]
    );

    let token = decode(&written(br#"{"alg":"RS256","alg":"none"}"#, b"{}")).unwrap();
    assert_eq!(token.parameter("alg").unwrap().shown(), "none");
    assert_eq!(
        token.notes,
        ["header: `alg` stands there more than once, the last one is shown"]
    );

    let many: Vec<_> = (0..1000)
        .map(|n| format!("\"\u{202e}{}\":1", n / 2))
        .collect();
    let token = decoded(&format!("{{{}}}", many.join(",")));
    assert_eq!(token.claims.len(), 500);
    assert_eq!(token.notes.len(), 9);
    assert!(token.notes.iter().all(|note| !note.contains('\u{202e}')));
}

#[test]
fn numbers_keep_their_source() {
    for number in [
        "9007199254740993",
        "18446744073709551617",
        "1e400",
        "-0.0",
        "1.50",
        "1E+2",
    ] {
        let token = decoded(&format!(r#"{{"n": {number} }}"#));
        assert_eq!(token.claim("n").unwrap().raw.original(), number);
    }
}

#[test]
fn dates_come_in_many_spellings() {
    let cases = [
        ("0", Some(0)),
        ("1537237006", Some(1_537_237_006)),
        ("1537237006.75", Some(1_537_237_006)),
        ("1.537237006e9", Some(1_537_237_006)),
        (r#""1537237006""#, Some(1_537_237_006)),
        (r#"" 1537237006 ""#, Some(1_537_237_006)),
        ("-1", None),
        ("-0.5", None),
        ("1e400", None),
        ("99999999999999999999", None),
        ("253402300800", None),
        (r#""nan""#, None),
        (r#""-inf""#, None),
        (r#""tomorrow""#, None),
        (r#""""#, None),
        ("[1537237006]", None),
        ("null", None),
        ("{}", None),
    ];
    for (value, expected) in cases {
        let token = decoded(&format!(r#"{{"exp":{value}}}"#));
        assert_eq!(
            token.time("exp").map(Timestamp::as_second),
            expected,
            "{value}"
        );
    }
}

#[test]
fn permissions_and_audiences_come_as_one_or_as_many() {
    let token =
        decoded(r#"{"aud":["a","b"],"scp":" Alert.Read   openid ","roles":"Alert.Read.All"}"#);
    assert_eq!(token.audiences(), ["a".into(), "b".into()]);
    assert_eq!(token.scopes(), ["Alert.Read".into(), "openid".into()]);
    assert_eq!(token.roles(), ["Alert.Read.All".into()]);
    assert!(!token.app_only());

    let token = decoded(r#"{"scp":["a b","b"],"roles":["c","",7,"a"],"idtyp":"App"}"#);
    assert_eq!(
        token.granted(),
        ["a".into(), "b".into(), "c".into(), "7".into()]
    );
    assert!(token.app_only());

    let token = decoded(r#"{"scp":"","roles":null,"aud":7,"upn":" ","name":"N","tid":false}"#);
    assert!(token.granted().is_empty() && token.audiences().is_empty());
    assert_eq!(token.user(), Some("N".into()));
    assert_eq!(token.tenant(), None);
    assert!(decoded(r#"{"roles":["x"]}"#).app_only());
    assert!(!decoded(r#"{"roles":["x"],"idtyp":"user"}"#).app_only());
}

#[test]
fn nested_values_and_json_in_strings_are_not_evaluated() {
    let source = r#"{"src1":{"endpoint":"https://x"}}"#;
    let token = decoded(&format!(
        r#"{{"_claim_sources":{source},"j":"{{\"a\":1}}","half":"\ud800"}}"#
    ));
    assert_eq!(
        shown(&token.claims),
        [
            ("_claim_sources".into(), source.into()),
            ("j".into(), r#"{"a":1}"#.into()),
            ("half".into(), r#""\ud800""#.into()),
        ]
    );
    // A name the JSON library uses for itself is a name like any other.
    let odd =
        r#"{"$serde_json::private::RawValue":"[[[","a":{"$serde_json::private::RawValue":"]"}}"#;
    assert_eq!(decoded(odd).claims.len(), 2);
}

#[test]
fn claims_cannot_move_a_cursor() {
    let token = decoded(r#"{"\u001b[2Jn":"\u001b]52;c;AAAA\u0007\u202e"}"#);
    assert_eq!(
        shown(&token.claims),
        [("\\x1b[2Jn".into(), "\\x1b]52;c;AAAA\\x07\\u{202e}".into())]
    );
}

#[test]
fn depth_is_bounded_and_brackets_in_strings_are_no_depth() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let nested = |levels| {
            let (open, close) = (open.repeat(levels), close.repeat(levels));
            format!("{{\"a\":{open}0{close}}}")
        };
        assert_eq!(decoded(&nested(31)).claims.len(), 1);
        for levels in [32, 5_000] {
            let error = refused(nested(levels).as_bytes());
            assert_eq!(
                error,
                DecodeError::TooDeep {
                    part: Part::Payload
                }
            );
        }
    }
    let quoted = format!(r#"{{"a":"\"{}\\"}}"#, "[".repeat(1000));
    assert_eq!(decoded(&quoted).claims.len(), 1);
}

#[test]
fn size_is_bounded() {
    let limit = 64 * 1024;
    let around = token("").len();
    let filled = |length: usize| token("").replace("..", &format!(".{}.", "A".repeat(length)));
    let error = decode(&filled(limit - around)).unwrap_err();
    assert!(matches!(error, DecodeError::NotJson { .. }), "{error}");
    let error = decode(&filled(limit - around + 1)).unwrap_err();
    assert_eq!(error, DecodeError::TooLarge { length: limit + 1 });
    let megabytes = 4 * 1024 * 1024;
    for piece in [
        "a", ".", "=", "[", "\"", " ", "é", "a.b", "Bearer ", "\u{feff}",
    ] {
        assert!(decode(&piece.repeat(megabytes / piece.len())).is_err());
    }
}

#[test]
fn no_mutation_makes_it_panic_or_echo() {
    let seeds = [
        token(PLAIN),
        token(
            r#"{"aud":["a"],"scp":"Alert.Read","exp":1e9,"wids":["x"],"amr":["pwd"],"n":{"a":[1]}}"#,
        ),
        "eyJhbGciOiJub25lIn0.e30.".to_owned(),
    ];
    let pieces: [&[u8]; 10] = [
        b".",
        b"=",
        b"+",
        b" ",
        b"\n",
        b"\"",
        b"e30",
        b"\xff",
        b"\xc3\xa9",
        b"Bearer ",
    ];
    let payload_pieces: [&[u8]; 10] = [
        b"{",
        b"}",
        b"[",
        b"\"",
        b"\\u",
        b"\\ud800",
        b"1e999",
        b"-",
        b"\"exp\":",
        b"\xff",
    ];
    let mut random = fastrand::Rng::with_seed(7);
    let mut mutate = |bytes: &mut Vec<u8>, pieces: &[&[u8]]| {
        for _ in 0..random.usize(1..4) {
            let at = random.usize(0..=bytes.len());
            match random.u8(0..4) {
                0 => drop(bytes.splice(at..at, random.choice(pieces).unwrap().iter().copied())),
                1 => bytes.truncate(at),
                2 if at < bytes.len() => drop(bytes.remove(at)),
                _ => {
                    if let Some(byte) = bytes.get_mut(at) {
                        *byte = random.u8(..);
                    }
                }
            }
        }
    };
    let inner = br#"{"exp":1537237006,"scp":"Alert.Read","aud":["x"],"amr":["pwd"],"pwd_exp":"3","n":{"a":[1,{}]}}"#;
    let (mut read, mut not_read) = (0, 0);
    for round in 0..8_000 {
        let text = if round % 2 == 0 {
            let mut bytes = seeds
                .get(round / 2 % seeds.len())
                .unwrap()
                .clone()
                .into_bytes();
            mutate(&mut bytes, &pieces);
            String::from_utf8_lossy(&bytes).into_owned()
        } else {
            let mut payload = inner.to_vec();
            mutate(&mut payload, &payload_pieces);
            written(br#"{"alg":"RS256"}"#, &payload)
        };
        match decode(&text) {
            Ok(token) => {
                read += 1;
                for claim in token.header.iter().chain(&token.claims) {
                    drop(explain(claim, Timestamp::MAX, &TimeZone::UTC));
                }
                for now in [Timestamp::MIN, Timestamp::UNIX_EPOCH, Timestamp::MAX] {
                    assert_eq!(checks(&token, &Expected::default(), now, None).len(), 9);
                }
            }
            Err(error) => {
                not_read += 1;
                let sentence = error.to_string();
                assert!(
                    sentence.len() < 130 && !sentence.contains("eyJ"),
                    "{sentence}"
                );
            }
        }
    }
    assert!(read > 500 && not_read > 500, "{read} {not_read}");
}
