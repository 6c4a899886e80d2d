//! What a request met that never got an answer, in words without the URL.

use std::time::Duration;

use crate::service::error::ServiceError;
use crate::service::http::named;
use crate::service::route;
use crate::service::route::Proxy;
use crate::service::tls;
use crate::wire::problem::harmless;

/// What a transport error means.
pub(super) fn met(error: &reqwest::Error, connect_within: Duration) -> ServiceError {
    let url = error.url();
    let host = url.and_then(named);
    let host = host.unwrap_or_else(|| "the service".to_owned());
    if let Some(distrust) = tls::distrust(error) {
        return ServiceError::Obstructed {
            remedy: distrust.remedy(),
            why: distrust.why(),
            // With a port where it is not the usual one; but a proxy may be meant.
            host: if host.starts_with(&distrust.host) {
                host
            } else {
                distrust.host.clone()
            },
        };
    }
    if error.is_connect() && tls::is_no_tls(error) {
        return ServiceError::Obstructed {
            host,
            why: "answers, but not with TLS".to_owned(),
            remedy: "check the address and its port (`vigie config show`)".to_owned(),
        };
    }
    let proxy = url.and_then(|url| route::proxy(url.as_str()));
    let late = format!(
        "could not be connected to within {} s",
        connect_within.as_secs()
    );
    match proxy {
        Some(proxy) if error.is_timeout() && error.is_connect() => ServiceError::Obstructed {
            why: format!("{late} through the proxy `{}`", proxy.host),
            remedy: ask_directly(&host),
            host,
        },
        Some(proxy) if error.is_connect() => behind(&proxy, &host, &deepest(error)),
        Some(_) | None => ServiceError::Unreachable {
            host,
            why: if error.is_timeout() && error.is_connect() {
                late
            } else if error.is_timeout() {
                "did not answer in time".to_owned()
            } else if error.is_connect() {
                format!("cannot be reached ({})", deepest(error))
            } else {
                format!("broke off ({})", deepest(error))
            },
            retry_after: None,
        },
    }
}

/// What a proxy did instead of connecting us. `words` are the innermost cause: the
/// client below us has no type for it that could be asked.
fn behind(proxy: &Proxy, host: &str, words: &str) -> ServiceError {
    let name = &proxy.host;
    let says = |why: &str, remedy: String| ServiceError::Obstructed {
        host: format!("the proxy `{name}`"),
        why: why.to_owned(),
        remedy,
    };
    match words.strip_prefix("tunnel error: ") {
        Some("proxy authorization required") if proxy.has_credentials => says(
            "refuses the name or the password it was given (407)",
            format!("check them in `HTTPS_PROXY`, or ask for an exception for `{host}`"),
        ),
        Some("proxy authorization required") => says(
            "wants a password (407)",
            format!(
                "set `HTTPS_PROXY=http://user:password@{name}`, or ask for an exception for `{host}`"
            ),
        ),
        Some("unsuccessful") => says(
            &format!("refuses to connect to `{host}`"),
            format!(
                "ask for `{host}` to be let through, or name it in `NO_PROXY` if it can be reached without the proxy"
            ),
        ),
        Some(words) => says(&format!("broke off ({words})"), ask_directly(host)),
        None => says(&format!("cannot be reached ({words})"), ask_directly(host)),
    }
}

fn ask_directly(host: &str) -> String {
    format!(
        "check `HTTPS_PROXY`, or name `{host}` in `NO_PROXY` if it can be reached without a proxy"
    )
}

/// The innermost cause: the outer ones only say that there was an error.
pub(super) fn deepest(error: &reqwest::Error) -> String {
    let last = tls::causes(error).last();
    harmless(&last.map_or_else(String::new, ToString::to_string))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_proxy_does_is_said_of_the_proxy() {
        let cases = [
            (
                false,
                "tunnel error: proxy authorization required",
                "the proxy `p.example:8080` wants a password (407)",
            ),
            (
                true,
                "tunnel error: proxy authorization required",
                "the proxy `p.example:8080` refuses the name or the password it was given (407)",
            ),
            (
                false,
                "tunnel error: unsuccessful",
                "the proxy `p.example:8080` refuses to connect to `login.example`",
            ),
            (
                false,
                "tunnel error: unexpected end of file",
                "the proxy `p.example:8080` broke off (unexpected end of file)",
            ),
            (
                false,
                "Connection refused (os error 111)",
                "the proxy `p.example:8080` cannot be reached (Connection refused (os error 111))",
            ),
        ];
        for (has_credentials, words, expected) in cases {
            let proxy = Proxy {
                host: "p.example:8080".to_owned(),
                has_credentials,
            };
            let error = behind(&proxy, "login.example", words);
            assert_eq!(error.to_string(), expected);
        }
    }
}
