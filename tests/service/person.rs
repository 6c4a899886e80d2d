//! A person at a browser: opens the address, reads the page, presses a button, and is
//! sent back to the program. Also whoever else can reach the program's port.

use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use vigie::domain::sign_in::AttemptId;
use vigie::domain::sign_in::Prompt;
use vigie::domain::sign_in::Way;
use vigie::service::Client;

pub(crate) type Fields = Vec<(String, String)>;

/// Where the browser is sent after the page was answered, and what it brings.
#[derive(Clone)]
pub(crate) struct Brought {
    pub(crate) address: String,
    pub(crate) fields: Fields,
}

/// Prepares a sign-in with a browser: the address to open and the port that waits.
pub(crate) async fn prepared(client: &Client, attempt: AttemptId) -> (String, u16) {
    match client.prepare_sign_in(attempt, Way::Browser).await.unwrap() {
        Prompt::Browser { url, port } => (url, port),
        other => panic!("{other:?}"),
    }
}

/// Opens the address and presses a button: `continue` or `decline`.
pub(crate) async fn answers(url: &str, button: &str) -> Brought {
    let _already_there = rustls::crypto::ring::default_provider().install_default();
    let browser = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let page = browser.get(url).send().await.unwrap().text().await.unwrap();
    let Brought {
        address,
        mut fields,
    } = form(&page);
    fields.push(("answer".to_owned(), button.to_owned()));
    let action = reqwest::Url::parse(url).unwrap().join(&address).unwrap();
    let sent = browser.post(action).form(&fields).send().await.unwrap();
    let Some(location) = sent.headers().get("location").cloned() else {
        return form(&sent.text().await.unwrap());
    };
    let (address, query) = location.to_str().unwrap().split_once('?').unwrap();
    Brought {
        address: address.to_owned(),
        fields: decoded(query),
    }
}

/// The fields of a form, in their order.
pub(crate) fn decoded(form: &str) -> Fields {
    let mut url = reqwest::Url::parse("http://x/").unwrap();
    url.set_query(Some(form));
    url.query_pairs().into_owned().collect()
}

/// The one form of a page.
fn form(page: &str) -> Brought {
    let inputs = page.split("<input type=\"hidden\" ").skip(1);
    let field = |input| (between(input, "name=\""), between(input, "value=\""));
    Brought {
        address: between(page, "action=\""),
        fields: inputs.map(field).collect(),
    }
}

fn between(text: &str, start: &str) -> String {
    let (_, rest) = text.split_once(start).unwrap();
    let (found, _) = rest.split_once('"').unwrap();
    found
        .replace("&#13;", "\r")
        .replace("&#10;", "\n")
        .replace("&#39;", "'")
        .replace("&quot;", "\"")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

impl Brought {
    /// The same with one field replaced, added or, without a value, left out.
    pub(crate) fn with(mut self, name: &str, value: Option<&str>) -> Self {
        self.fields.retain(|(known, _)| known != name);
        let added = value.map(|value| (name.to_owned(), value.to_owned()));
        self.fields.extend(added);
        self
    }

    /// As a form.
    pub(crate) fn body(&self) -> String {
        let mut url = reqwest::Url::parse("http://x/").unwrap();
        url.query_pairs_mut().extend_pairs(&self.fields);
        url.query().unwrap_or_default().to_owned()
    }

    /// As an address to copy.
    pub(crate) fn pasted(&self) -> String {
        format!("{}?{}", self.address, self.body())
    }

    /// Posts it to the port, as the browser does.
    pub(crate) async fn posts(&self, port: u16) -> String {
        exchange(port, &post(port, &self.body())).await
    }
}

/// The request a browser makes of a form.
pub(crate) fn post(port: u16, body: &str) -> String {
    let length = body.len();
    format!(
        "POST / HTTP/1.1\r\nhost: localhost:{port}\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {length}\r\norigin: null\r\n\r\n{body}"
    )
}

/// Sends these bytes and reads the answer to its end.
pub(crate) async fn exchange(port: u16, request: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    // Who sends too much is hung up on before all is sent.
    let sent = stream.write_all(request.as_bytes()).await;
    let mut answer = Vec::new();
    let read = stream.read_to_end(&mut answer).await;
    assert!(sent.is_ok() && read.is_ok() || !answer.is_empty());
    String::from_utf8(answer).unwrap()
}
