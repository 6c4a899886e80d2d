//! The pages a person sees in a browser while signing in.
//!
//! They work without script, and everything put into them from outside is escaped.

use crate::sim::entra::Ids;
use crate::sim::entra::Refusal;
use crate::sim::reply::Reply;

/// A page; `content` is HTML already.
pub(crate) fn page(status: u16, content: &str) -> Reply {
    let body = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <title>Sign in to your account (simulated)</title>\
         <style>body{{font-family:sans-serif;max-width:32em;margin:4em auto;padding:0 1em}}\
         button,input{{font-size:1em;padding:.5em 1em;margin-right:.5em}}</style></head>\n\
         <body>\n{content}\n</body>\n</html>\n"
    );
    Reply {
        status,
        headers: vec![
            (
                String::from("content-type"),
                String::from("text/html; charset=utf-8"),
            ),
            (
                String::from("referrer-policy"),
                String::from("strict-origin-when-cross-origin"),
            ),
            (String::from("x-frame-options"), String::from("DENY")),
        ],
        body: body.into_bytes(),
    }
}

/// What a person sees when nothing can be told to the program that sent them.
pub(crate) fn refusal(refusal: &Refusal, ids: &Ids) -> Reply {
    let content = format!(
        "<h1>Sign in</h1>\n<p>Sorry, but we’re having trouble signing you in.</p>\n\
         <p>AADSTS{}: {}</p>\n<p>Request Id: {}<br>Correlation Id: {}<br>Timestamp: {}</p>",
        refusal.code,
        escaped(&refusal.message),
        escaped(&ids.trace),
        escaped(&ids.correlation),
        ids.timestamp()
    );
    page(refusal.status, &content)
}

/// A form of hidden values and these buttons, each a value of `answer` and its words.
pub(crate) fn question(action: &str, hidden: (&str, &str), buttons: &[(&str, String)]) -> String {
    let mut form = format!(
        "<form method=\"post\" action=\"{}\">\n{}",
        escaped(action),
        field(hidden.0, hidden.1)
    );
    for (answer, words) in buttons {
        form.push_str("<button type=\"submit\" name=\"answer\" value=\"");
        form.push_str(&escaped(answer));
        form.push_str("\">");
        form.push_str(&escaped(words));
        form.push_str("</button>\n");
    }
    form.push_str("</form>");
    form
}

/// A hidden value of a form.
pub(crate) fn field(name: &str, value: &str) -> String {
    format!(
        "<input type=\"hidden\" name=\"{}\" value=\"{}\">\n",
        escaped(name),
        escaped(value)
    )
}

/// Text as HTML, in content and in quoted values.
pub(crate) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // A browser would make one line break of the two.
            '\r' => safe.push_str("&#13;"),
            '\n' => safe.push_str("&#10;"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_outside_becomes_markup() {
        assert_eq!(
            field("state", "\"><script>'&\r\n"),
            "<input type=\"hidden\" name=\"state\" value=\"&quot;&gt;&lt;script&gt;&#39;&amp;&#13;&#10;\">\n"
        );
    }
}
