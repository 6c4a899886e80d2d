//! The way to both hosts: proxy, name, connection, and the clock at the other end.

use std::net::IpAddr;
use std::time::Duration;
use std::time::Instant;

use jiff::SignedDuration;
use jiff::Timestamp;
use reqwest::Url;
use tokio::net::lookup_host;
use tokio::time::timeout;

use crate::cli::doctor::report::Check;
use crate::cli::doctor::report::State;
use crate::config::Config;
use crate::config::is_loopback;
use crate::domain::duration::show_duration;
use crate::domain::failure::Failure;
use crate::service::Http;
use crate::service::Limits;
use crate::service::ServiceError;
use crate::service::http::Answer;
use crate::service::route;
use crate::service::route::Proxy;

/// A doctor is asked by somebody who waits.
const LIMITS: Limits = Limits {
    connect: Duration::from_secs(10),
    silence: Duration::from_secs(10),
    total: Duration::from_secs(20),
};
const LOOKUP: Duration = Duration::from_secs(5);

/// What services forgive.
const SKEW: SignedDuration = SignedDuration::from_mins(5);

/// Names of the three checks of a host.
struct Names {
    proxy: &'static str,
    dns: &'static str,
    host: &'static str,
}

const AUTHORITY: Names = Names {
    proxy: "sign-in-proxy",
    dns: "sign-in-dns",
    host: "sign-in-host",
};
const API: Names = Names {
    proxy: "api-proxy",
    dns: "api-dns",
    host: "api-host",
};

/// What was found out about the network.
pub struct Network {
    pub checks: Vec<Check>,
    pub authority_reached: bool,
    pub api_reached: bool,
}

/// Why nothing was asked.
pub fn skipped(why: &str) -> Network {
    let names = [AUTHORITY.proxy, API.proxy, AUTHORITY.dns, API.dns]
        .into_iter()
        .chain([AUTHORITY.host, API.host, CLOCK]);
    Network {
        checks: names.map(|name| Check::skip(name, why)).collect(),
        authority_reached: false,
        api_reached: false,
    }
}

/// Asks both hosts at the same time; nothing of ours is sent.
pub async fn look(config: &Config) -> Network {
    let http = Http::new(LIMITS, config.ca_file.value.clone());
    let (authority, api) = tokio::join!(
        host(&http, &AUTHORITY, &config.authority.value),
        host(&http, &API, &config.api.value)
    );
    let authority_reached = !authority.check.has_failed() && !authority.dns.has_failed();
    let clock = match authority.clock {
        Some((date, now)) => clock(date.duration_since(now)),
        None if authority_reached => Check::skip(CLOCK, "the sign-in service told no time"),
        None => Check::skip(CLOCK, "the sign-in service was not reached"),
    };
    Network {
        authority_reached,
        api_reached: !api.check.has_failed() && !api.dns.has_failed(),
        checks: vec![
            authority.proxy,
            api.proxy,
            authority.dns,
            api.dns,
            authority.check,
            api.check,
            clock,
        ],
    }
}

struct Host {
    proxy: Check,
    dns: Check,
    check: Check,
    /// The host's clock and ours.
    clock: Option<(Timestamp, Timestamp)>,
}

async fn host(http: &Http, names: &Names, address: &str) -> Host {
    let proxy = route::proxy(address);
    let url = Url::parse(address).ok();
    let name = url.as_ref().and_then(Url::host_str).unwrap_or_default();
    let port = url.as_ref().and_then(Url::port_or_known_default);
    let dns = match &proxy {
        Some(_) => Check::skip(names.dns, "the proxy looks names up"),
        None => resolved(names.dns, name, port.unwrap_or(443)).await,
    };
    let (check, clock) = if dns.has_failed() {
        (Check::skip(names.host, "its name is not known"), None)
    } else {
        let started = Instant::now();
        let answer = http.reach(&format!("{address}/")).await;
        let now = Timestamp::now();
        let clock = answer.as_ref().ok().and_then(Answer::date);
        let status = answer.map(|answer| answer.status.as_u16());
        let check = reached(names.host, address, name, status, started.elapsed());
        (check, clock.map(|date| (date, now)))
    };
    Host {
        proxy: way(names.proxy, address, name, proxy.as_ref()),
        dns,
        check,
        clock,
    }
}

fn way(check: &'static str, address: &str, host: &str, proxy: Option<&Proxy>) -> Check {
    match proxy {
        Some(proxy) => {
            let with = if proxy.has_credentials {
                ", with a name and a password (not shown)"
            } else {
                ""
            };
            Check::ok(check, format!("{host} through `{}`{with}", proxy.host))
        }
        None if is_loopback(address) => {
            Check::ok(check, format!("{host} directly: it is this machine"))
        }
        None => Check::ok(check, format!("{host} directly")),
    }
}

async fn resolved(check: &'static str, host: &str, port: u16) -> Check {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    if bare.parse::<IpAddr>().is_ok() {
        return Check::ok(check, format!("{host} is an address"));
    }
    let found = timeout(LOOKUP, lookup_host((bare, port))).await;
    let found = match found {
        Ok(Ok(found)) => Ok(found.map(|address| address.ip()).collect()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_elapsed) => Err(format!("no answer within {} s", LOOKUP.as_secs())),
    };
    named(check, host, found)
}

fn named(check: &'static str, host: &str, found: Result<Vec<IpAddr>, String>) -> Check {
    let wrong = |why: &str| {
        Check::new(check, State::Fail(5), format!("{host} is not found ({why})")).help(
            "check the address (`vigie config show`) and the name server; where only a proxy knows the world, set `HTTPS_PROXY`",
        )
    };
    match found {
        Ok(found) if found.is_empty() => wrong("no address"),
        Ok(found) => {
            let shown: Vec<String> = found.iter().take(2).map(ToString::to_string).collect();
            let more = match found.len() {
                0..=2 => String::new(),
                count => format!(" and {} more", count - 2),
            };
            Check::ok(check, format!("{host} is {}{more}", shown.join(", ")))
        }
        Err(why) => wrong(&why),
    }
}

fn reached(
    check: &'static str,
    address: &str,
    host: &str,
    status: Result<u16, ServiceError>,
    took: Duration,
) -> Check {
    let tls = if address.starts_with("https:") {
        "over TLS"
    } else {
        "without TLS"
    };
    let after = format!("{tls} after {} ms", took.as_millis());
    match status {
        Ok(status @ 500..) => {
            Check::warn(check, format!("{host} answers {after}, but with {status}"))
                .help("the host is in trouble: try again later")
        }
        Ok(_) => Check::ok(check, format!("{host} answers {after}")),
        Err(error) => Check::failed(check, Failure::from(error)),
    }
}

const CLOCK: &str = "clock";

/// `skew` is the service's clock minus ours.
fn clock(skew: SignedDuration) -> Check {
    let off = show_duration(skew.abs());
    if skew.abs() <= SKEW {
        return Check::ok(CLOCK, format!("within {off} of the sign-in service's"));
    }
    let side = if skew.is_negative() {
        "ahead of"
    } else {
        "behind"
    };
    let message = format!("the clock of this machine is {off} {side} the sign-in service's");
    Check::new(CLOCK, State::Fail(3), message)
        .help("set the clock, best by NTP: sign-in and tokens fail beyond five minutes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_wrong_beyond_five_minutes() {
        for (seconds, state, words) in [
            (0, State::Ok, "within 0s"),
            (-299, State::Ok, "within 4m59s"),
            (301, State::Fail(3), "is 5m1s behind"),
            (-3_700, State::Fail(3), "is 1h1m40s ahead of"),
        ] {
            let check = clock(SignedDuration::from_secs(seconds));
            assert_eq!(check.state, state, "{seconds}");
            assert!(check.message.contains(words), "{}", check.message);
            assert_eq!(check.remedy.is_some(), check.has_failed());
        }
    }

    #[test]
    fn names_and_answers_are_judged() {
        let address = |text: &str| text.parse().ok();
        let three = ["10.0.0.1", "10.0.0.2", "::1"]
            .into_iter()
            .filter_map(address);
        let check = named("api-dns", "api.example", Ok(three.collect()));
        assert_eq!(
            check.message,
            "api.example is 10.0.0.1, 10.0.0.2 and 1 more"
        );
        for found in [Ok(Vec::new()), Err("no such name".to_owned())] {
            let check = named("api-dns", "api.example", found);
            assert_eq!(check.state, State::Fail(5));
        }
        let after = Duration::from_millis(12);
        let answered = |status| {
            reached(
                "api-host",
                "https://api.example",
                "api.example",
                Ok(status),
                after,
            )
        };
        assert_eq!(
            answered(401).message,
            "api.example answers over TLS after 12 ms"
        );
        assert_eq!(answered(302).state, State::Ok);
        assert_eq!(answered(503).state, State::Warn);
    }

    #[test]
    fn a_proxy_is_shown_without_its_password() {
        let proxy = Proxy {
            host: "proxy.example:8080".to_owned(),
            has_credentials: true,
        };
        let check = way(
            "api-proxy",
            "https://api.example",
            "api.example",
            Some(&proxy),
        );
        assert_eq!(
            check.message,
            "api.example through `proxy.example:8080`, with a name and a password (not shown)"
        );
    }
}
