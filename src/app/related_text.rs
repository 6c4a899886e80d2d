//! What the service relates to an alert, in words: a file, a user.

use jiff::Timestamp;

use crate::app::count;
use crate::app::lines::Tone;
use crate::app::thousands;
use crate::domain::related::RelatedFile;
use crate::domain::related::RelatedUser;
use crate::domain::text::Text;

/// What most tells a good file from a bad one.
pub fn file_in_brief(file: &RelatedFile) -> (Tone, String) {
    if let Some(judged) = judged(file) {
        return judged;
    }
    if file.is_validly_signed == Some(false) {
        return (Tone::Warning, "certificate invalid".to_owned());
    }
    if file.signer.is_empty() {
        return (Tone::Text, "not signed".to_owned());
    }
    (Tone::Muted, file.signer.shown_briefly().into_owned())
}

/// What one has to know of a user before anything else.
pub fn user_in_brief(user: &RelatedUser) -> (Tone, String) {
    match user.is_domain_admin {
        Some(true) => (Tone::Warning, "domain admin".to_owned()),
        Some(false) | None => (Tone::Muted, user.logons.shown_briefly().into_owned()),
    }
}

/// What the service takes it for, in its word, unless it does not know.
fn judged(file: &RelatedFile) -> Option<(Tone, String)> {
    let word = file.determination.shown_briefly().to_lowercase();
    let tone = match word.as_str() {
        "" | "unknown" | "none" => return None,
        "malware" => Tone::Bad,
        "clean" => Tone::Good,
        _ => Tone::Warning,
    };
    Some((tone, word))
}

/// How often something was seen in the world.
pub fn seen_times(times: u64) -> String {
    let times = usize::try_from(times).unwrap_or(usize::MAX);
    format!("seen {}x", thousands(times))
}

/// A named fact, of which an empty one says nothing.
pub type Fact = (&'static str, Tone, String);

/// Everything that is told of a file; `local` writes a time.
pub fn file_facts(file: &RelatedFile, local: impl Fn(Timestamp) -> String) -> Vec<Fact> {
    let text = |text: &Text| text.shown().into_owned();
    let mut facts = vec![
        ("sha256", Tone::Text, text(&file.sha256)),
        ("sha1", Tone::Text, text(&file.sha1)),
        ("md5", Tone::Text, text(&file.md5)),
        ("product", Tone::Text, text(&file.product)),
        ("made by", Tone::Text, text(&file.publisher)),
        signature(file),
    ];
    if let Some((tone, word)) = judged(file) {
        let value = Some(text(&file.determination_value)).filter(|value| !value.is_empty());
        facts.push(("judged", tone, joined([Some(word), value, None])));
    }
    let size = file.size.map(|size| {
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        count(size, "byte")
    });
    let program = (file.is_executable == Some(true)).then(|| "PE file".to_owned());
    let kind = Some(text(&file.kind)).filter(|kind| !kind.is_empty());
    facts.push(("size", Tone::Text, joined([size, kind, program])));
    let global = joined([
        file.prevalence.map(seen_times),
        file.first_seen.map(|at| format!("first {}", local(at))),
        file.last_seen.map(|at| format!("last {}", local(at))),
    ]);
    facts.push(("world", Tone::Text, global));
    facts
}

fn signature(file: &RelatedFile) -> Fact {
    let signer = file.signer.shown();
    let issuer = file.issuer.shown();
    let by_whom = match (signer.is_empty(), issuer.is_empty()) {
        (true, _) => "none".to_owned(),
        (false, true) => signer.into_owned(),
        (false, false) => format!("{signer}, by {issuer}"),
    };
    match file.is_validly_signed {
        Some(true) => (
            "signer",
            Tone::Text,
            format!("{by_whom}, certificate valid"),
        ),
        Some(false) => (
            "signer",
            Tone::Warning,
            format!("{by_whom}, certificate not valid"),
        ),
        None => ("signer", Tone::Text, by_whom),
    }
}

/// The same of a user; `device` is that of the alert.
pub fn user_facts(
    user: &RelatedUser,
    device: &Text,
    local: impl Fn(Timestamp) -> String,
) -> Vec<Fact> {
    let rights = match user.is_domain_admin {
        Some(true) => (Tone::Warning, "domain admin"),
        Some(false) => (Tone::Text, "no domain admin"),
        None => (Tone::Text, ""),
    };
    let logons = Some(user.logons.shown().into_owned()).filter(|logons| !logons.is_empty());
    let from_afar = (user.is_only_from_network == Some(true)).then_some("from the network only");
    let devices = user.devices.map(|devices| {
        let devices = usize::try_from(devices).unwrap_or(usize::MAX);
        count(devices, "device")
    });
    let usual = Some(&user.usual_device).filter(|id| !id.is_empty());
    let usual = usual.map(|id| {
        let here = if id == device { " (of this alert)" } else { "" };
        format!("mostly {}{here}", id.shown())
    });
    vec![
        ("sid", Tone::Text, user.account.sid.shown().into_owned()),
        ("rights", rights.0, rights.1.to_owned()),
        (
            "logons",
            Tone::Text,
            joined([logons, from_afar.map(str::to_owned), None]),
        ),
        ("on", Tone::Text, joined([devices, usual, None])),
        (
            "seen",
            Tone::Text,
            joined([
                user.first_seen.map(|at| format!("first {}", local(at))),
                user.last_seen.map(|at| format!("last {}", local(at))),
                None,
            ]),
        ),
    ]
}

fn joined(words: [Option<String>; 3]) -> String {
    let words: Vec<String> = words.into_iter().flatten().collect();
    words.join(", ")
}
