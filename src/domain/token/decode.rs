//! From a pasted token to its claims.
//!
//! Forgiving about how a token was copied, strict about what it is. Notes tell
//! every liberty taken. Errors carry positions and kinds, never the content: a
//! token that fails to decode may still be a living secret.

use std::fmt;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::GeneralPurpose;
use base64::engine::GeneralPurposeConfig;

use super::decoded::DecodedToken;
use super::object;
use crate::domain::text;

/// Larger than any header a service accepts, small enough to be read at once.
/// It also holds each decoded part below 48 KiB.
const TOKEN_LIMIT: usize = 64 * 1024;

// Trailing bits carry nothing; a sloppy encoder leaves them set and we only tell.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

/// Why a text could not be read as a token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    #[error("there is no token: the text is empty")]
    Empty,
    #[error("too large: {length} bytes, where a token has at most {TOKEN_LIMIT}")]
    TooLarge { length: usize },
    #[error(
        "opaque token of {length} bytes: it has no parts to decode, only the service can read it"
    )]
    Opaque { length: usize },
    #[error("encrypted token (five parts): only the service can read it")]
    Encrypted,
    #[error("not a signed token: it has {parts} parts where three are needed")]
    NotThreeParts { parts: usize },
    #[error("{} at character {position} of the token does not belong there: copy it again in one piece", named(*.found))]
    BadCharacter { position: usize, found: char },
    #[error("the {part} is cut: a character is missing or in excess, copy the token again")]
    Cut { part: Part },
    #[error("the {part} is empty")]
    EmptyPart { part: Part },
    #[error("the {part} is not UTF-8 from byte {position} on")]
    NotUtf8 { part: Part, position: usize },
    #[error("the {part} is not JSON (line {line}, column {column})")]
    NotJson {
        part: Part,
        line: usize,
        column: usize,
    },
    #[error("the {part} is {kind}, where a JSON object is needed")]
    NotObject { part: Part, kind: &'static str },
    #[error(
        "the {part} is nested too deep: more than {} levels",
        object::DEPTH_LIMIT
    )]
    TooDeep { part: Part },
}

/// The parts of a token, as messages name them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Header,
    Payload,
    Signature,
}

impl fmt::Display for Part {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Header => "header",
            Self::Payload => "payload",
            Self::Signature => "signature",
        })
    }
}

/// Reads a token in compact form, as copied from a header, a file or a log.
///
/// Blanks, quotes and a `Bearer` prefix around it are dropped. The signature is
/// looked at for its characters only, and never decoded.
pub fn decode(token: &str) -> Result<DecodedToken, DecodeError> {
    let token = trimmed(token);
    if token.is_empty() {
        return Err(DecodeError::Empty);
    }
    let length = token.len();
    if length > TOKEN_LIMIT {
        return Err(DecodeError::TooLarge { length });
    }
    let mut pieces = token.split('.');
    let (Some(header), Some(payload), Some(signature), None) =
        (pieces.next(), pieces.next(), pieces.next(), pieces.next())
    else {
        return Err(not_three_parts(token));
    };

    let mut notes = Vec::new();
    let payload_start = header.len() + 1;
    let signature_start = payload_start + payload.len() + 1;
    // All characters first: a line break in the signature is a better explanation
    // of a half-pasted token than whatever its payload then looks like.
    let header = spelled(header, 0, Part::Header, &mut notes)?;
    let payload = spelled(payload, payload_start, Part::Payload, &mut notes)?;
    let signature = spelled(signature, signature_start, Part::Signature, &mut notes)?;
    if signature.len() % 4 == 1 {
        notes.push("signature: it is cut, a character is missing or in excess".to_owned());
    }

    let signed = !signature.is_empty();
    let header = bytes(&header, Part::Header, &mut notes)?;
    let payload = bytes(&payload, Part::Payload, &mut notes)?;
    Ok(DecodedToken {
        header: object::read(&header, Part::Header, &mut notes)?,
        claims: object::read(&payload, Part::Payload, &mut notes)?,
        notes,
        signed,
        length,
    })
}

fn not_three_parts(token: &str) -> DecodeError {
    // Two tokens on two lines have five parts, and are not an encrypted one.
    let mut characters = token.chars().zip(1..);
    if let Some((found, position)) = characters.find(|(found, _)| found.is_whitespace()) {
        return DecodeError::BadCharacter { position, found };
    }
    match token.split('.').count() {
        1 => DecodeError::Opaque {
            length: token.len(),
        },
        5 => DecodeError::Encrypted,
        parts => DecodeError::NotThreeParts { parts },
    }
}

/// Drops what copying leaves around a token.
fn trimmed(token: &str) -> &str {
    let surrounds = |character: char| {
        character.is_whitespace()
            || matches!(
                character,
                '"' | '\'' | '`' | ',' | ';' | '\u{feff}' | '\u{200b}'
            )
    };
    let mut rest = token.trim_matches(surrounds);
    for prefix in ["authorization:", "bearer"] {
        if let Some((start, after)) = rest.split_at_checked(prefix.len())
            && start.eq_ignore_ascii_case(prefix)
            && (after.is_empty() || prefix.ends_with(':') || after.starts_with(surrounds))
        {
            rest = after.trim_start_matches(surrounds);
        }
    }
    rest
}

/// The part in the alphabet of base64url and without padding, or where it goes astray.
fn spelled(
    part: &str,
    start: usize,
    which: Part,
    notes: &mut Vec<String>,
) -> Result<String, DecodeError> {
    let body = part.trim_end_matches('=');
    let stranger = body.char_indices().find(|(_, character)| {
        !(character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '+' | '/'))
    });
    if let Some((index, found)) = stranger {
        // All before it is ASCII, so bytes are characters here.
        return Err(DecodeError::BadCharacter {
            position: start + index + 1,
            found,
        });
    }
    if body.len() < part.len() {
        notes.push(format!(
            "{which}: it is padded with `=`, which tokens are not"
        ));
    }
    if body.contains(['+', '/']) {
        notes.push(format!(
            "{which}: it uses `+` and `/`, the alphabet of plain base64"
        ));
    }
    Ok(body.replace('+', "-").replace('/', "_"))
}

fn bytes(body: &str, part: Part, notes: &mut Vec<String>) -> Result<Vec<u8>, DecodeError> {
    if body.is_empty() {
        return Err(DecodeError::EmptyPart { part });
    }
    let Ok(bytes) = LENIENT.decode(body) else {
        // The alphabet is checked and the rest is forgiven: only the length is left.
        return Err(DecodeError::Cut { part });
    };
    if LENIENT.encode(&bytes) != body {
        notes.push(format!(
            "{part}: its last character has bits that mean nothing"
        ));
    }
    Ok(bytes)
}

fn named(found: char) -> String {
    match found {
        ' ' => "a blank".to_owned(),
        '\n' | '\r' => "a line break".to_owned(),
        '\t' => "a tab".to_owned(),
        _ => format!("`{}`", text::shown(found.encode_utf8(&mut [0; 4]))),
    }
}
