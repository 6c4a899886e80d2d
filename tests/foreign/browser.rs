//! A browser as far as sign-in pages need one: cookies, redirects and forms.

use std::collections::BTreeMap;

use reqwest::Client;
use reqwest::Method;
use reqwest::RequestBuilder;
use reqwest::Url;
use reqwest::header;
use reqwest::redirect::Policy;

/// No server has that many redirects in a row.
const MOST_HOPS: usize = 10;
/// Where an answer is sent that is to be pasted: nobody listens, the browser stays there.
const NOBODY: u16 = 80;

/// A client of plain HTTP that follows nothing by itself.
pub(crate) fn plain_client() -> Client {
    // Fails only when one is installed already, which is as good.
    let _already_there = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .no_proxy()
        .redirect(Policy::none())
        .build()
        .unwrap()
}

pub(crate) struct Browser {
    client: Client,
    /// By name and path: the server sets one name for several paths.
    cookies: BTreeMap<(String, String), String>,
}

/// What is shown in the end.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) url: Url,
    pub(crate) status: u16,
    pub(crate) text: String,
}

/// A form as the page fills it in.
#[derive(Debug)]
pub(crate) struct Form {
    pub(crate) action: Url,
    pub(crate) fields: BTreeMap<String, String>,
}

impl Browser {
    pub(crate) fn new() -> Self {
        Self {
            client: plain_client(),
            cookies: BTreeMap::new(),
        }
    }

    pub(crate) async fn open(&mut self, url: &str) -> Page {
        self.go(Method::GET, Url::parse(url).unwrap(), None).await
    }

    /// Submits a form after filling in more of its fields.
    pub(crate) async fn submit(&mut self, mut form: Form, filled: &[(&str, &str)]) -> Page {
        for (name, value) in filled {
            form.fields.insert((*name).to_owned(), (*value).to_owned());
        }
        self.go(Method::POST, form.action, Some(form.fields)).await
    }

    /// Signs in and consents, and stops before the last form, which goes to the program.
    pub(crate) async fn sign_in(&mut self, page: Page) -> Page {
        let page = self
            .submit(page.form(), &[("login", "analyst"), ("password", "any")])
            .await;
        assert!(page.text.contains("Authorize"), "no consent: {page:?}");
        self.submit(page.form(), &[]).await
    }

    /// Types a device code, confirms it and signs in; the page at the end.
    pub(crate) async fn type_code(&mut self, page: &str, code: &str) -> Page {
        let page = self.open(page).await;
        let page = self.submit(page.form(), &[("user_code", code)]).await;
        let page = self.submit(page.form(), &[]).await;
        self.sign_in(page).await
    }

    async fn go(
        &mut self,
        mut method: Method,
        mut url: Url,
        mut fields: Option<BTreeMap<String, String>>,
    ) -> Page {
        for _ in 0..MOST_HOPS {
            let mut request = self.request(method, &url);
            if let Some(fields) = fields.take() {
                request = request.form(&fields);
            }
            let answer = request.send().await.unwrap();
            for cookie in answer.headers().get_all(header::SET_COOKIE) {
                self.keep(cookie.to_str().unwrap());
            }
            let location = answer.headers().get(header::LOCATION);
            let goes_on = location.is_some();
            if let Some(location) = location {
                url = url.join(location.to_str().unwrap()).unwrap();
            }
            if !goes_on || url.port_or_known_default() == Some(NOBODY) {
                return Page {
                    url,
                    status: answer.status().as_u16(),
                    text: answer.text().await.unwrap(),
                };
            }
            method = Method::GET;
        }
        panic!("sent round in a circle, last to {url}");
    }

    fn request(&self, method: Method, url: &Url) -> RequestBuilder {
        let cookies = self.cookies.iter();
        let sent: Vec<String> = cookies
            .filter(|((_, path), _)| url.path().starts_with(path.as_str()))
            .map(|((name, _), value)| format!("{name}={value}"))
            .collect();
        self.client
            .request(method, url.clone())
            .header(header::COOKIE, sent.join("; "))
    }

    fn keep(&mut self, cookie: &str) {
        let mut parts = cookie.split("; ");
        let (name, value) = parts.next().unwrap().split_once('=').unwrap();
        let path = parts
            .find_map(|part| part.strip_prefix("path="))
            .unwrap_or("/");
        let place = (name.to_owned(), path.to_owned());
        if value.is_empty() {
            self.cookies.remove(&place);
        } else {
            self.cookies.insert(place, value.to_owned());
        }
    }
}

impl Page {
    /// The one form of the page.
    pub(crate) fn form(&self) -> Form {
        let start = self
            .text
            .find("<form")
            .unwrap_or_else(|| panic!("no form: {self:?}"));
        let form = self.text.get(start..).unwrap();
        let action = attribute(form, "action").unwrap();
        let inputs = form.split("<input").skip(1);
        Form {
            action: self.url.join(&action).unwrap(),
            fields: inputs
                .filter_map(|input| {
                    let value = attribute(input, "value").unwrap_or_default();
                    Some((attribute(input, "name")?, value))
                })
                .collect(),
        }
    }

    /// Where the link of these words leads.
    pub(crate) fn link(&self, words: &str) -> String {
        let (before, _) = self.text.split_once(words).unwrap();
        let link = before.rsplit("<a").next().unwrap();
        attribute(link, "href").unwrap()
    }
}

/// An attribute of the tag that the text begins with.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let (tag, _) = tag.split_once('>')?;
    let (_, after) = tag.split_once(&format!(" {name}=\""))?;
    let (value, _) = after.split_once('"')?;
    let plain = [
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&lt;", "<"),
        ("&gt;", ">"),
    ];
    let value = plain.iter().fold(value.to_owned(), |value, (from, to)| {
        value.replace(from, to)
    });
    Some(value.replace("&amp;", "&"))
}
