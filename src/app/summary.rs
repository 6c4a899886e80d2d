//! An alert as Markdown, for a ticket or a chat: all from outside stands between
//! backticks, and indicators are defanged.

use std::fmt::Write as _;

use crate::app::copying::Subject;
use crate::app::copying::fact;
use crate::domain::defang::defanged;
use crate::domain::defang::defanged_indicator;
use crate::domain::detail::Evidence;
use crate::domain::detail::EvidenceKind;
use crate::domain::text::Text;
use crate::domain::text::shown;

/// Pieces of evidence named one by one.
const PIECES: usize = 40;

/// The summary, some lines long.
pub fn markdown(subject: &Subject<'_>) -> String {
    let Subject {
        book, row, detail, ..
    } = subject;
    let mut summary = format!(
        "### {}: {}\n\n",
        row.severity.word(),
        code(book.text(row.title))
    );
    let mut line = |name: &str, value: String| {
        if !value.is_empty() {
            // Writing to a `String` cannot fail.
            writeln!(summary, "- {name}: {value}").unwrap_or_default();
        }
    };
    line("alert", verbatim(&shown(row.id.as_str())));
    line("incident", verbatim(&book.incident(row)));
    let portal = subject.link().map(|address| format!("<{address}>"));
    line("portal", portal.unwrap_or_default());
    line(
        "created",
        row.created.map_or_else(String::new, |at| at.to_string()),
    );
    let first = detail.first_event;
    line(
        "first event",
        first.map_or_else(String::new, |at| at.to_string()),
    );
    line("status", row.status.word().to_owned());
    line("assigned to", code(book.text(row.assigned_to)));
    let decision = [&detail.classification, &detail.determination].map(code);
    line("decision", joined(&decision));
    line("device", code(book.text(row.device)));
    let user = if detail.user.is_empty() {
        book.text(row.user)
    } else {
        &detail.user
    };
    line("user", code(user));
    line("category", code(book.text(row.category)));
    let techniques: Vec<String> = detail.techniques.iter().map(code).collect();
    line("techniques", joined(&techniques));
    let pieces = detail.evidence.iter().filter(|piece| {
        // What a person is named by stands above already.
        !matches!(
            piece.kind,
            EvidenceKind::User | EvidenceKind::Device | EvidenceKind::Other
        )
    });
    let pieces: Vec<String> = pieces.map(evidence).collect();
    if !pieces.is_empty() {
        summary.push_str("\nEvidence:\n\n");
    }
    for piece in pieces.iter().take(PIECES) {
        writeln!(summary, "- {piece}").unwrap_or_default();
    }
    let more = pieces.len().saturating_sub(PIECES);
    if more > 0 {
        writeln!(summary, "- and {more} more").unwrap_or_default();
    }
    summary
}

fn evidence(piece: &Evidence) -> String {
    let named = |name: &str| {
        let text = fact(piece, name)?;
        Some(format!("{name} {}", code(text)))
    };
    let (kind, facts): (&str, &[&str]) = match piece.kind {
        EvidenceKind::Process => ("process", &["command", "parent", "sha256"]),
        EvidenceKind::File => ("file", &["path", "sha256", "sha1"]),
        EvidenceKind::Ip => ("address", &[]),
        EvidenceKind::Url => ("url", &[]),
        EvidenceKind::Registry => ("registry", &["value", "data"]),
        EvidenceKind::User | EvidenceKind::Device | EvidenceKind::Other => ("other", &[]),
    };
    let headline = match piece.kind {
        EvidenceKind::Ip | EvidenceKind::Url => {
            verbatim(&defanged_indicator(&piece.headline.shown()))
        }
        EvidenceKind::Process
        | EvidenceKind::File
        | EvidenceKind::Registry
        | EvidenceKind::User
        | EvidenceKind::Device
        | EvidenceKind::Other => code(&piece.headline),
    };
    let mut words = vec![format!("{kind} {headline}")];
    words.extend(facts.iter().filter_map(|name| named(name)));
    words.join(", ")
}

fn joined(words: &[String]) -> String {
    let words: Vec<&str> = words
        .iter()
        .map(String::as_str)
        .filter(|word| !word.is_empty())
        .collect();
    words.join(", ")
}

/// Between backticks nothing is markup but a backtick.
fn code(text: &Text) -> String {
    verbatim(&defanged(&text.shown()))
}

fn verbatim(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    format!("`{}`", text.replace('`', "'"))
}
