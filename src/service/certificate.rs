//! The names in a certificate, for a message that says whose it was.
//!
//! A walk over a few DER elements and nothing more: what is read here is shown and
//! decides nothing, and a certificate that is built oddly simply has no name.

use crate::wire::problem::harmless;

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const INTEGER: u8 = 0x02;
const OBJECT_ID: u8 = 0x06;
const VERSION: u8 = 0xa0;

/// The kinds of name worth showing, the best first: common name, organisation, unit.
const KINDS: [[u8; 3]; 3] = [[0x55, 0x04, 0x03], [0x55, 0x04, 0x0a], [0x55, 0x04, 0x0b]];

/// Who has to be trusted for a chain of certificates to be good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Issuer {
    /// An authority by its name.
    Authority(String),
    /// Nobody but the certificate itself.
    Itself(String),
    /// It cannot be told.
    Unknown,
}

/// The issuer at the end of what was presented: of the certificate itself, or of the
/// last of the authorities that were sent along.
pub(super) fn issuer<'a>(
    certificate: &'a [u8],
    others: impl IntoIterator<Item = &'a [u8]>,
) -> Issuer {
    let Some(first) = names(certificate) else {
        return Issuer::Unknown;
    };
    if first.issuer == first.subject {
        return shown(first.issuer).map_or(Issuer::Unknown, Issuer::Itself);
    }
    let mut others: Vec<Names<'_>> = others.into_iter().filter_map(names).collect();
    let mut last = first.issuer;
    // Each is used once, so that a circle ends too.
    while let Some(place) = others
        .iter()
        .position(|other| other.subject == last && other.issuer != last)
    {
        last = others.swap_remove(place).issuer;
    }
    shown(last).map_or(Issuer::Unknown, Issuer::Authority)
}

struct Names<'a> {
    issuer: &'a [u8],
    subject: &'a [u8],
}

fn names(certificate: &[u8]) -> Option<Names<'_>> {
    let (outer, _) = expect(SEQUENCE, certificate)?;
    let (mut rest, _) = expect(SEQUENCE, outer)?;
    if let Some((_, after)) = expect(VERSION, rest) {
        rest = after;
    }
    let (_serial, rest) = expect(INTEGER, rest)?;
    let (_algorithm, rest) = expect(SEQUENCE, rest)?;
    let (issuer, rest) = expect(SEQUENCE, rest)?;
    let (_validity, rest) = expect(SEQUENCE, rest)?;
    let (subject, _) = expect(SEQUENCE, rest)?;
    Some(Names { issuer, subject })
}

/// The most telling part of a name.
fn shown(name: &[u8]) -> Option<String> {
    let parts: Vec<(&[u8], String)> = elements(name)
        .filter(|(tag, _)| *tag == SET)
        .flat_map(|(_, set)| elements(set))
        .filter_map(|(_, part)| {
            let (kind, rest) = expect(OBJECT_ID, part)?;
            let (tag, value, _) = element(rest)?;
            Some((kind, text(tag, value)?))
        })
        .collect();
    let of_kind = |kind: &[u8; 3]| parts.iter().find(|(known, _)| *known == kind);
    let (_, best) = KINDS.iter().find_map(of_kind)?;
    Some(harmless(best)).filter(|best| !best.is_empty())
}

fn text(tag: u8, value: &[u8]) -> Option<String> {
    match tag {
        // UTF-8, printable, IA5.
        0x0c | 0x13 | 0x16 => Some(String::from_utf8_lossy(value).into_owned()),
        // T61, which everybody writes as Latin 1.
        0x14 => Some(value.iter().copied().map(char::from).collect()),
        // UCS-2.
        0x1e => {
            let units = value.chunks_exact(2).map(|unit| match unit {
                [high, low] => u16::from_be_bytes([*high, *low]),
                _ => 0,
            });
            Some(
                char::decode_utf16(units)
                    .map(|letter| letter.unwrap_or('\u{fffd}'))
                    .collect(),
            )
        }
        _ => None,
    }
}

fn elements(mut rest: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    std::iter::from_fn(move || {
        let (tag, content, after) = element(rest)?;
        rest = after;
        Some((tag, content))
    })
}

/// The content of the first element, if it is of this kind, and what follows it.
fn expect(tag: u8, der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (found, content, after) = element(der)?;
    (found == tag).then_some((content, after))
}

/// Tag and content of the first element, and what follows it.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
        // Four bytes of length are more than any certificate has.
        if digits.is_empty() || digits.len() > 4 {
            return None;
        }
        let length = digits
            .iter()
            .fold(0, |length, digit| (length << 8) | usize::from(*digit));
        (length, rest)
    };
    let (content, after) = rest.split_at_checked(length)?;
    Some((tag, content, after))
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that cannot make its certificate has failed"
    )]

    use rcgen::BasicConstraints;
    use rcgen::CertificateParams;
    use rcgen::CertifiedIssuer;
    use rcgen::DnType;
    use rcgen::DnValue;
    use rcgen::IsCa;
    use rcgen::KeyPair;

    use super::*;

    fn named(kind: DnType, name: DnValue) -> CertificateParams {
        let mut params = CertificateParams::new(vec!["login.example".to_owned()]).unwrap();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::CountryName, "FR");
        params.distinguished_name.push(kind, name);
        params
    }

    fn authority(kind: DnType, name: DnValue) -> CertifiedIssuer<'static, KeyPair> {
        let mut params = named(kind, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
    }

    fn common(name: &str) -> (DnType, DnValue) {
        (DnType::CommonName, DnValue::Utf8String(name.to_owned()))
    }

    #[test]
    fn the_last_authority_that_was_sent_along_is_named() {
        let (kind, name) = common("Contoso Root");
        let root = authority(kind, name);
        let (kind, name) = common("Contoso Inspection CA");
        let mut params = named(kind, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let middle =
            CertifiedIssuer::signed_by(params, KeyPair::generate().unwrap(), &root).unwrap();
        let (kind, name) = common("login.example");
        let leaf = named(kind, name)
            .signed_by(&KeyPair::generate().unwrap(), &middle)
            .unwrap();
        let inspection = Issuer::Authority("Contoso Inspection CA".to_owned());
        let contoso = Issuer::Authority("Contoso Root".to_owned());
        assert_eq!(issuer(leaf.der(), []), inspection);
        assert_eq!(issuer(leaf.der(), [&**middle.der()]), contoso);
        let all = [&**root.der(), &**middle.der()];
        assert_eq!(issuer(leaf.der(), all), contoso);
        let itself = Issuer::Itself("Contoso Root".to_owned());
        assert_eq!(issuer(root.der(), []), itself);
    }

    #[test]
    fn names_of_every_kind_are_read_and_made_harmless() {
        let cases = [
            (
                DnType::OrganizationName,
                DnValue::Utf8String("Contoso AG".to_owned()),
                "Contoso AG",
            ),
            (
                DnType::CommonName,
                DnValue::BmpString("Прокси".try_into().unwrap()),
                "Прокси",
            ),
            (
                DnType::CommonName,
                DnValue::Utf8String("a\u{1b}[2Jb\u{202e}".to_owned()),
                "a\\x1b[2Jb\\u{202e}",
            ),
        ];
        for (kind, name, expected) in cases {
            let certificate = authority(kind, name);
            assert_eq!(
                issuer(certificate.der(), []),
                Issuer::Itself(expected.to_owned())
            );
        }
    }

    #[test]
    fn what_is_no_certificate_has_no_name() {
        let (kind, name) = common("Contoso Root");
        let root = authority(kind, name);
        let der = root.der().to_vec();
        for end in 0..der.len() {
            let cut = der.get(..end).unwrap();
            assert_eq!(issuer(cut, [cut]), Issuer::Unknown, "{end}");
        }
        assert_eq!(
            issuer(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff], []),
            Issuer::Unknown
        );
        assert_eq!(issuer(&[0x30, 0x80, 0x00], []), Issuer::Unknown);
    }
}
