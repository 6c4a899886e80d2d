//! What the Defender API relates to an alert, a call for each kind.

use serde_json::Value;

use crate::domain::detail::Account;
use crate::domain::html;
use crate::domain::related::Listed;
use crate::domain::related::Part;
use crate::domain::related::RelatedFile;
use crate::domain::related::RelatedUser;
use crate::domain::related::Told;
use crate::domain::text::Text;
use crate::wire::json;
use crate::wire::json::text_of;
use crate::wire::json::time_of;

/// Reads the answer to the call for `part`, or `None` for what is no such answer.
pub fn read(part: Part, body: &str) -> Option<Told> {
    let value = json::value(body);
    match part {
        Part::Files => listed(&value, file).map(Told::Files),
        Part::Addresses => listed(&value, |item| name(item, "id")).map(Told::Addresses),
        Part::Domains => listed(&value, |item| name(item, "host")).map(Told::Domains),
        Part::User => user(&value).map(|user| Told::User(Some(Box::new(user)))),
    }
}

/// What can be read of a list; what cannot is left out.
fn listed<T: PartialEq>(value: &Value, read: impl Fn(&Value) -> Option<T>) -> Option<Listed<T>> {
    let items = value.get("value")?.as_array()?;
    let mut listed = Listed {
        items: Vec::new(),
        in_all: 0,
    };
    for item in items.iter().filter_map(read) {
        listed.add(item);
    }
    Some(listed)
}

/// A name within an object, or by itself.
fn name(item: &Value, key: &str) -> Option<Text> {
    let name = match item {
        Value::String(name) => Text::from(name.as_str()),
        item => text_of(item, key),
    };
    (!name.is_empty()).then_some(name)
}

fn file(item: &Value) -> Option<RelatedFile> {
    let words = |name| words_of(item, name);
    let file = RelatedFile {
        sha1: text_of(item, "sha1"),
        sha256: text_of(item, "sha256"),
        md5: text_of(item, "md5"),
        publisher: words("filePublisher"),
        product: words("fileProductName"),
        signer: words("signer"),
        issuer: words("issuer"),
        is_validly_signed: flag_of(item, "isValidCertificate"),
        determination: words("determinationType"),
        determination_value: words("determinationValue"),
        size: number_of(item, "size"),
        kind: words("fileType"),
        is_executable: flag_of(item, "isPeFile"),
        prevalence: number_of(item, "globalPrevalence"),
        first_seen: time_of(item, "globalFirstObserved"),
        last_seen: time_of(item, "globalLastObserved"),
    };
    (!file.digest().is_empty()).then_some(file)
}

fn user(item: &Value) -> Option<RelatedUser> {
    let mut account = Account {
        name: text_of(item, "accountName"),
        domain: text_of(item, "accountDomain"),
        sid: text_of(item, "accountSid"),
        ..Account::default()
    };
    if account.name.is_empty() {
        let id = text_of(item, "id");
        match id.original().split_once('\\') {
            Some((domain, name)) => {
                account.name = Text::from(name);
                account.domain = account.domain.or(Text::from(domain));
            }
            None => account.name = id,
        }
    }
    (!account.name.is_empty() || !account.sid.is_empty()).then(|| RelatedUser {
        account,
        first_seen: time_of(item, "firstSeen"),
        last_seen: time_of(item, "lastSeen"),
        logons: words_of(item, "logonTypes"),
        devices: number_of(item, "logOnMachinesCount"),
        usual_device: text_of(item, "mostPrevalentMachineId"),
        is_domain_admin: flag_of(item, "isDomainAdmin"),
        is_only_from_network: flag_of(item, "isOnlyNetworkUser"),
    })
}

/// A text as it was meant: published bodies have the references of web pages in them.
fn words_of(item: &Value, name: &str) -> Text {
    let text = text_of(item, name);
    Text::from(html::unescaped(text.original()).into_owned())
}

/// A number, also where it came as text.
fn number_of(item: &Value, name: &str) -> Option<u64> {
    let value = item.get(name)?;
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

/// A yes or no, also where it came as text.
fn flag_of(item: &Value, name: &str) -> Option<bool> {
    match item.get(name)? {
        Value::Bool(flag) => Some(*flag),
        Value::String(word) if word.eq_ignore_ascii_case("true") => Some(true),
        Value::String(word) if word.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that cannot read its input has failed"
    )]

    use super::*;

    fn files(body: &str) -> Listed<RelatedFile> {
        let files = read(Part::Files, body).and_then(|told| match told {
            Told::Files(files) => Some(files),
            Told::Addresses(_) | Told::Domains(_) | Told::User(_) => None,
        });
        files.unwrap()
    }

    fn someone(body: &str) -> RelatedUser {
        let user = read(Part::User, body).and_then(|told| match told {
            Told::User(user) => user,
            Told::Files(_) | Told::Addresses(_) | Told::Domains(_) => None,
        });
        *user.unwrap()
    }

    fn names(part: Part, body: &str) -> Vec<String> {
        let listed = read(part, body).and_then(|told| match told {
            Told::Addresses(listed) | Told::Domains(listed) => Some(listed),
            Told::Files(_) | Told::User(_) => None,
        });
        let listed = listed.unwrap();
        let names = listed.items.iter();
        names.map(|name| name.original().to_owned()).collect()
    }

    #[test]
    fn documented_files_are_read_whole() {
        let files = files(include_str!("../../tests/samples/alert-related-files.json"));
        assert_eq!(files.in_all, 1);
        let file = files.items.first().unwrap();
        assert_eq!(
            file.product.original(),
            "Microsoft\u{a9} Windows\u{a9} Operating System"
        );
        assert_eq!(file.digest(), &file.sha256);
        assert_eq!((file.prevalence, file.size), (Some(29), Some(113_984)));
        assert_eq!(
            (file.is_validly_signed, file.is_executable),
            (Some(true), Some(true))
        );
        assert_eq!(
            file.first_seen.unwrap().to_string(),
            "2019-03-23T23:54:06.0135204Z"
        );
        assert!(file.kind.is_empty() && file.determination_value.is_empty());
    }

    #[test]
    fn documented_addresses_domains_and_user_are_read() {
        let ips = include_str!("../../tests/samples/alert-related-ips.json");
        assert_eq!(
            names(Part::Addresses, ips),
            ["104.80.104.128", "23.203.232.228"]
        );
        let domains = include_str!("../../tests/samples/alert-related-domains.json");
        assert_eq!(
            names(Part::Domains, domains),
            ["www.example.com", "www.example2.com"]
        );
        let user = someone(include_str!("../../tests/samples/alert-related-user.json"));
        assert_eq!(user.account.said().original(), "contoso\\user1");
        assert_eq!(user.logons.original(), "Network");
        assert_eq!(
            (
                user.devices,
                user.is_domain_admin,
                user.is_only_from_network
            ),
            (Some(1), Some(false), Some(false))
        );
        assert!(user.first_seen < user.last_seen);
    }

    #[test]
    fn everything_but_what_it_is_known_by_may_be_absent_or_of_another_type() {
        let odd = files(
            r#"{"value":[{"sha1":"a"},{"sha1":"a"},{},null,7,{"sha256":"b","size":"12","globalPrevalence":-1,
                "isValidCertificate":"False","isPeFile":1,"globalFirstObserved":7,"signer":{"a":1}},{"md5":"c"}]}"#,
        );
        let digests: Vec<&str> = odd
            .items
            .iter()
            .map(|one| one.digest().original())
            .collect();
        assert_eq!(digests, ["a", "b", "c"]);
        let second = odd.items.get(1).unwrap();
        assert_eq!((second.size, second.prevalence), (Some(12), None));
        assert_eq!(
            (second.is_validly_signed, second.is_executable),
            (Some(false), None)
        );
        assert_eq!(second.signer.original(), r#"{"a":1}"#);
        let body = r#"{"value":["h",{"host":""},{"host":"h"},{"id":"i"},{"host":7}]}"#;
        assert_eq!(names(Part::Domains, body), ["h", "7"]);
        let bare = someone(r#"{"id":"corp\\eve","accountName":null}"#);
        assert_eq!(bare.account.said().original(), "corp\\eve");
        assert_eq!(
            someone(r#"{"accountSid":"S-1"}"#).account.sid.original(),
            "S-1"
        );
    }

    #[test]
    fn another_shape_is_no_answer() {
        for body in ["", "null", "[]", "{}", "<html>", r#"{"value":null}"#, "7"] {
            for part in Part::ALL {
                assert_eq!(read(part, body), None, "{part:?} {body}");
            }
        }
        assert_eq!(names(Part::Addresses, r#"{"value":[]}"#), [""; 0]);
    }

    #[test]
    fn too_many_are_counted_and_not_kept() {
        let items: Vec<String> = (0..1_000)
            .map(|one| format!("{{\"id\":\"a{one}\"}}"))
            .collect();
        let body = format!("{{\"value\":[{}]}}", items.join(","));
        let told = read(Part::Addresses, &body).unwrap();
        assert_eq!((told.kept(), told.in_all()), (Listed::<Text>::MOST, 1_000));
    }
}
