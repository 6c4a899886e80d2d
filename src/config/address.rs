//! The rules of addresses: `https`, or `http` to this very machine, and nothing else.

use std::net::IpAddr;

use crate::domain::text::repeated;
use reqwest::Url;

/// Why an address is refused. Never repeats one with `@`: it may hold a password.
pub(super) type Refusal = String;

/// Checks an address a token or password will be sent to, and writes it one way:
/// host in lower case, no slash at the end.
pub(super) fn checked(text: &str) -> Result<String, Refusal> {
    if text.contains('@') {
        return Err("an address holds no user name and no `@`".to_owned());
    }
    // The parser would quietly drop or mend these, and the operator never know.
    let odd = |letter: char| letter.is_whitespace() || letter.is_control() || letter == '\\';
    if text.contains(odd) {
        return Err("an address holds no space, control character or backslash".to_owned());
    }
    let shown = repeated(text);
    if !text.contains("://") {
        return Err(format!(
            "`{shown}` is not a whole address: begin with `https://`"
        ));
    }
    let address: Url = text
        .parse()
        .map_err(|error| format!("`{shown}` is not an address: {error}"))?;
    match address.scheme() {
        "https" => {}
        "http" if has_loopback_host(&address) => {}
        "http" => {
            return Err(format!(
                "`{shown}` is not encrypted: use `https://` (`http://` is for a loopback address only)"
            ));
        }
        _ => return Err(format!("`{shown}` does not begin with `https://`")),
    }
    if address.query().is_some() || address.fragment().is_some() {
        return Err(format!(
            "`{shown}` goes on after the path: leave out `?`, `#` and what follows"
        ));
    }
    Ok(address.as_str().trim_end_matches('/').to_owned())
}

/// Whether an address leads to this very machine: 127.0.0.0/8, `::1` or `localhost`.
pub fn is_loopback(address: &str) -> bool {
    address
        .parse()
        .is_ok_and(|address| has_loopback_host(&address))
}

fn has_loopback_host(address: &Url) -> bool {
    let Some(host) = address.host_str() else {
        return false;
    };
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

/// Whether the last part of an address's path is `word`, in whatever case.
pub(super) fn ends_in(address: &str, word: &str) -> bool {
    let bare = address.split_once("://").map_or(address, |(_, bare)| bare);
    let last = bare.rsplit_once('/').map(|(_, last)| last);
    last.is_some_and(|last| last.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_addresses_are_written_one_way() {
        let cases = [
            ("https://Login.Example.COM", "https://login.example.com"),
            ("HTTPS://login.example.com/", "https://login.example.com"),
            (
                "https://x.example:443/Pre/fix//",
                "https://x.example/Pre/fix",
            ),
            ("https://x.example:8443", "https://x.example:8443"),
            ("http://127.0.0.1:8080/api/", "http://127.0.0.1:8080/api"),
            ("http://127.9.9.9", "http://127.9.9.9"),
            ("http://[::1]:80/", "http://[::1]"),
            ("http://LOCALHOST:1", "http://localhost:1"),
            ("https://127.0.0.1", "https://127.0.0.1"),
        ];
        for (text, expected) in cases {
            assert_eq!(checked(text), Ok(expected.to_owned()), "{text}");
        }
    }

    #[test]
    fn bad_addresses_are_refused_with_the_reason() {
        let cases = [
            ("", "is not a whole address"),
            ("login.example.com", "is not a whole address"),
            ("https:login.example.com", "is not a whole address"),
            ("https://", "is not an address"),
            ("https://x.example:99999", "is not an address"),
            ("ftp://x.example", "does not begin with `https://`"),
            ("http://x.example", "is not encrypted"),
            ("http://127.0.0.1.example.com", "is not encrypted"),
            ("http://localhost.example.com", "is not encrypted"),
            ("http://[::ffff:127.0.0.1]", "is not encrypted"),
            ("http://[::2]", "is not encrypted"),
            ("http://10.0.0.1", "is not encrypted"),
            ("http://0.0.0.0", "is not encrypted"),
            ("https://x.example?a=b", "goes on after the path"),
            ("https://x.example/?", "goes on after the path"),
            ("https://x.example/#", "goes on after the path"),
            ("https://ops:secret@x.example", "no user name"),
            ("https://@x.example", "no user name"),
            (" https://x.example", "no space"),
            ("https://x.exa\tmple", "no space"),
            ("https:\\\\x.example", "no space"),
        ];
        for (text, reason) in cases {
            let refusal = checked(text).err().unwrap_or_default();
            assert!(refusal.contains(reason), "{text}: {refusal}");
            assert!(!refusal.contains("secret"), "{refusal}");
        }
    }

    #[test]
    fn loopback_is_this_machine_only() {
        assert!(is_loopback("http://127.0.0.1:4000/api"));
        assert!(is_loopback("https://localhost"));
        assert!(is_loopback("http://[::1]"));
        assert!(!is_loopback("https://127.example.com"));
        assert!(!is_loopback("nonsense"));
    }
}
