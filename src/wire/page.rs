//! A page of alerts: `{"value": [...], "@odata.nextLink": "..."}`.

use std::borrow::Cow;

use std::hash::DefaultHasher;
use std::hash::Hash;
use std::hash::Hasher;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::domain::alert::AlertPage;
use crate::wire::alert;
use crate::wire::json;
use crate::wire::problem;

/// Reads a page; each item stands or falls alone.
///
/// Bytes that are not UTF-8 become U+FFFD in the one text they spoil.
///
/// # Errors
/// A sentence when the body is no JSON object with a `value` list.
pub fn read(body: &[u8]) -> Result<AlertPage, String> {
    // Nearly always whole, and looking at it that way takes a quarter of the time.
    let text =
        str::from_utf8(body).map_or_else(|_broken| String::from_utf8_lossy(body), Cow::Borrowed);
    let listed: Listed<'_> = serde_json::from_str(&text).map_err(|error| {
        // The error quotes the body, which may be anything.
        let why = problem::harmless(&error.to_string());
        format!("the answer is not a page of alerts ({why})")
    })?;
    let mut page = AlertPage {
        next_link: json::string(listed.next_link).filter(|link| !link.is_empty()),
        ..AlertPage::default()
    };
    page.alerts.reserve(listed.value.len());
    for item in listed.value {
        match alert::read(item.get()) {
            Some(alert) => page.alerts.push(alert),
            None => page.unreadable.push(hash(item.get())),
        }
    }
    Ok(page)
}

/// Only compared within one run, so any hash will do.
fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

#[derive(Deserialize)]
struct Listed<'a> {
    #[serde(borrow)]
    value: Vec<&'a RawValue>,
    #[serde(borrow, rename = "@odata.nextLink", default)]
    next_link: Option<&'a RawValue>,
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that cannot read its input has failed"
    )]

    use super::*;

    #[test]
    fn an_item_that_cannot_be_read_is_counted_and_the_rest_lives() {
        let page = read(
            br#"{"value":[{"id":"a"},42,{"id":""},{"id":"b"}],"@odata.nextLink":"https://x/y"}"#,
        )
        .unwrap();
        assert_eq!(page.alerts.len(), 2);
        assert_eq!(page.unreadable.len(), 2);
        assert_eq!(page.received(), 4);
        assert_eq!(page.next_link.as_deref(), Some("https://x/y"));
    }

    #[test]
    fn a_broken_byte_spoils_one_text_only() {
        let page = read(b"{\"value\":[{\"id\":\"a\",\"title\":\"\xff\"},{\"id\":\"b\"}]}").unwrap();
        assert_eq!(page.alerts.len(), 2);
    }

    #[test]
    fn what_is_no_page_says_so() {
        for body in [
            &b""[..],
            b"null",
            b"[]",
            b"<html>",
            b"{}",
            b"{\"value\":7}",
            b"{\"value\":[{]}",
        ] {
            assert!(read(body).unwrap_err().contains("not a page of alerts"));
        }
        assert_eq!(read(br#"{"value":[]}"#).unwrap().received(), 0);
    }
}
