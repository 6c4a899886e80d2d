//! By which way an address is asked for: directly, or through a proxy.
//!
//! By the very rules of the HTTP client below us, so that what is said is what is done.

use std::net::IpAddr;

use hyper::Uri;
use hyper_util::client::proxy::matcher::Matcher;

use crate::wire::problem::harmless;

/// A proxy, without its credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy {
    /// Host and port.
    pub host: String,
    /// Whether a name and a password are sent to it.
    pub has_credentials: bool,
}

/// The proxy for a URL, as the environment and the system say. Never one for loopback.
pub fn proxy(url: &str) -> Option<Proxy> {
    if is_loopback(url) {
        return None;
    }
    chosen(&Matcher::from_system(), url)
}

fn chosen(rules: &Matcher, url: &str) -> Option<Proxy> {
    let uri: Uri = url.parse().ok()?;
    let proxy = rules.intercept(&uri)?;
    let host = proxy.uri().host()?;
    let port = proxy
        .uri()
        .port_u16()
        .unwrap_or(if proxy.uri().scheme_str() == Some("https") {
            443
        } else {
            80
        });
    Some(Proxy {
        host: harmless(&format!("{host}:{port}")),
        has_credentials: proxy.basic_auth().is_some() || proxy.raw_auth().is_some(),
    })
}

/// Whether a URL leads to this very machine.
pub(super) fn is_loopback(url: &str) -> bool {
    let Ok(url) = reqwest::Url::parse(url) else {
        return false;
    };
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || address
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_asked_without_a_proxy() {
        for home in [
            "http://127.0.0.1:8080/x",
            "http://localhost",
            "http://[::1]:1/",
            "https://127.9.9.9",
        ] {
            assert!(is_loopback(home), "{home}");
        }
        for away in [
            "https://api.example",
            "http://127.0.0.1.example/",
            "http://10.0.0.1",
            "nonsense",
        ] {
            assert!(!is_loopback(away), "{away}");
        }
    }

    #[test]
    fn a_proxy_is_named_without_its_credentials() {
        let rules = |proxy: &str| {
            Matcher::builder()
                .all(proxy.to_owned())
                .no("near.example".to_owned())
                .build()
        };
        let cases = [
            ("http://proxy.example:8080", "proxy.example:8080", false),
            ("http://ops:hunter2@proxy.example", "proxy.example:80", true),
            ("https://proxy.example", "proxy.example:443", false),
            ("proxy.example:3128", "proxy.example:3128", false),
        ];
        for (written, host, has_credentials) in cases {
            let found = chosen(&rules(written), "https://login.example/t");
            let expected = Proxy {
                host: host.to_owned(),
                has_credentials,
            };
            assert_eq!(found, Some(expected), "{written}");
            assert_eq!(chosen(&rules(written), "https://near.example"), None);
        }
    }
}
