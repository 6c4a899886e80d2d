//! Writes JSON objects with their keys in the order given.
//!
//! `serde_json` would sort them, and a body whose keys are sorted is one no client
//! will ever meet. Reading JSON is left to `serde_json`.

use serde::Serialize;

/// A JSON object being written.
pub(crate) struct Object(String);

impl Object {
    pub(crate) fn new() -> Self {
        Self(String::from("{"))
    }

    /// Adds a property; a value that cannot be JSON becomes null.
    pub(crate) fn field(self, name: &str, value: impl Serialize) -> Self {
        let text = text(&value);
        self.raw(name, &text)
    }

    /// Adds a property whose value is JSON text already.
    pub(crate) fn raw(mut self, name: &str, value: &str) -> Self {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        self.0.push_str(&text(name));
        self.0.push(':');
        self.0.push_str(value);
        self
    }

    pub(crate) fn end(mut self) -> String {
        self.0.push('}');
        self.0
    }
}

/// A list whose items are JSON text already.
pub(crate) fn list<Item: AsRef<str>>(items: &[Item]) -> String {
    let mut text = String::from("[");
    for (position, item) in items.iter().enumerate() {
        if position > 0 {
            text.push(',');
        }
        text.push_str(item.as_ref());
    }
    text.push(']');
    text
}

/// Any value as JSON text.
pub(crate) fn text(value: impl Serialize) -> String {
    serde_json::to_string(&value).unwrap_or_else(|_| String::from("null"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_keep_their_order_and_text_is_escaped() {
        let body = Object::new()
            .field("z", "a\"\u{1b}")
            .raw("a", &list(&["1", "2"]))
            .end();
        assert_eq!(body, r#"{"z":"a\"\u001b","a":[1,2]}"#);
        assert_eq!(Object::new().end(), "{}");
    }
}
