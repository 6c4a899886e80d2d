//! A person at a browser without script: reads the page, presses a button.

use super::*;

/// The one form of a page: where it goes, and its hidden values.
pub(super) fn form(reply: &Reply) -> (String, Vec<(String, String)>) {
    let page = String::from_utf8_lossy(&reply.body).into_owned();
    let action = between(&page, "action=\"", "\"");
    let fields = page
        .split("<input type=\"hidden\" ")
        .skip(1)
        .map(|rest| {
            (
                between(rest, "name=\"", "\""),
                between(rest, "value=\"", "\""),
            )
        })
        .collect();
    (action, fields)
}

fn between(text: &str, start: &str, end: &str) -> String {
    let rest = text.split_once(start).map_or("", |(_, rest)| rest);
    let found = rest.split_once(end).map_or("", |(found, _)| found);
    found
        .replace("&#13;", "\r")
        .replace("&#10;", "\n")
        .replace("&#39;", "'")
        .replace("&quot;", "\"")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

/// The value of a parameter, or nothing.
pub(super) fn value<'a>(fields: &'a [(String, String)], name: &str) -> &'a str {
    let found = fields.iter().find(|(known, _)| known == name);
    found.map_or("", |(_, value)| value.as_str())
}

/// What an answer brings to the program, whichever way it goes: the address, and the
/// parameters.
pub(super) fn brought(reply: &Reply) -> (String, Vec<(String, String)>) {
    if reply.status != 302 {
        return form(reply);
    }
    let (address, query) = header(reply, "location")
        .split_once('?')
        .unwrap_or_default();
    let fields = crate::sim::form::pairs(query).unwrap_or_default();
    (address.to_owned(), fields)
}

impl Trial {
    /// Presses a button of the page.
    pub(super) fn press(&mut self, page: &Reply, button: &str) -> Reply {
        let (action, mut fields) = form(page);
        fields.push((String::from("answer"), button.to_owned()));
        self.post_form(&action, &fields)
    }
}
