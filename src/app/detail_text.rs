//! The alert in words, in the order an analyst reads: what, where, who, why.
//!
//! The first lines alone make the peek of a small screen.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::app::alert_book::AlertBook;
use crate::app::alert_book::Row;
use crate::app::case::Decoding;
use crate::app::case::sheet;
use crate::app::case::sheet::Extent;
use crate::app::decisions::targets::owner;
use crate::app::lines::Line;
use crate::app::lines::Page;
use crate::app::lines::Tone;
use crate::app::looking::Shown;
use crate::app::precedent::Precedent;
use crate::app::times;
use crate::domain::alert::Severity;
use crate::domain::attack;
use crate::domain::detail::AlertDetail;
use crate::domain::detail::Comment;
use crate::domain::detail::Evidence;
use crate::domain::detail::EvidenceKind;
use crate::domain::text::Text;

/// Severity as a letter and a shape: never by colour alone.
pub const fn severity_mark(severity: Severity) -> &'static str {
    match severity {
        Severity::High => "#H",
        Severity::Medium => "=M",
        Severity::Low => "-L",
        Severity::Informational => ".I",
        Severity::Unspecified => " U",
        Severity::Other => " ?",
    }
}

/// What is needed to put an alert in words.
pub struct Context<'a> {
    pub book: &'a AlertBook,
    pub now: Timestamp,
    pub zone: &'a TimeZone,
    /// The evidence is being fetched.
    pub is_reading: bool,
    /// The signed-in user.
    pub me: &'a str,
    /// What is decided about it and has not arrived.
    pub pending: Option<&'a str>,
    /// The key that closes the alert as others like it were.
    pub precedent_key: &'a str,
    pub decoding: Decoding,
    /// Of the command lines.
    pub commands: Extent,
}

/// The alert, wrapped to `width` cells.
pub fn page(shown: &Shown, context: &Context<'_>, width: usize) -> Page {
    let mut page = Page::new(width);
    let Some(row) = context.book.row(shown.key) else {
        return page;
    };
    let detail = &shown.detail;
    page.add(headline(row, context), 3);
    page.add(circumstances(row, detail, context), 2);
    fired(&mut page, shown, context);
    page.add(place(row, detail, context), 7);
    page.add(person(row, detail, context), 7);
    page.add(triage(row, detail, context), 7);
    if let Some(pending) = context.pending {
        let line = Line::of(Tone::Label, "ON ITS WAY ").and(Tone::Warning, pending);
        page.add(line, 7);
    }
    if let Some(precedent) = &shown.precedent {
        page.add(seen_before(precedent, context), 7);
    }
    techniques(&mut page, detail);
    prose(&mut page, "DESCRIPTION", &detail.description);
    prose(&mut page, "RECOMMENDED ACTION", &detail.recommended_action);
    comments(&mut page, &detail.comments, context);
    evidence(&mut page, shown, context);
    reference(&mut page, row, detail, context);
    page
}

/// How alerts like it were closed, and the key that closes this one so.
fn seen_before(precedent: &Precedent, context: &Context<'_>) -> Line {
    let times = precedent.times();
    let tone = if precedent.is_disputed() {
        Tone::Warning
    } else {
        Tone::Text
    };
    let by = owner(&precedent.last_by, context.me);
    let last = precedent.last.map_or_else(String::new, |last| {
        format!(" (last {}, {by})", times::ago(last, context.now))
    });
    let line = Line::of(Tone::Label, "SEEN BEFORE ")
        .and(
            Tone::Text,
            format!("{times}x {}: ", precedent.nearness.words()),
        )
        .and(tone, precedent.says())
        .and(Tone::Muted, last);
    if precedent.usual().is_some() {
        line.and(Tone::Label, format!("  {}", context.precedent_key))
    } else {
        line
    }
}

fn shown(text: &Text) -> String {
    text.shown().into_owned()
}

fn headline(row: &Row, context: &Context<'_>) -> Line {
    let title = context.book.text(row.title);
    let line = Line::of(Tone::Severity(row.severity), severity_mark(row.severity))
        .and(Tone::Text, " ")
        .and(Tone::Strong, or(shown(title), "(no title)"));
    if row.severity == Severity::Other {
        let word = or(shown(context.book.text(row.severity_word)), "none");
        return line.and(Tone::Muted, format!("  severity {word}"));
    }
    line
}

fn or(text: String, otherwise: &str) -> String {
    if text.is_empty() {
        otherwise.to_owned()
    } else {
        text
    }
}

/// When, by which detector, which technique. A name and its value stay on one line.
fn circumstances(row: &Row, detail: &AlertDetail, context: &Context<'_>) -> Line {
    let mut line = Line::default();
    if let Some(created) = row.created {
        line = line
            .and(Tone::Label, "created ")
            .and(Tone::Text, times::clock(created, context.now, context.zone))
            .and(
                Tone::Muted,
                format!(" ({})  ", times::ago(created, context.now)),
            );
    }
    if let Some(first) = detail.first_event {
        line = line
            .and(Tone::Label, "first event ")
            .and(
                Tone::Text,
                times::clock_with_seconds(first, context.now, context.zone),
            )
            .and(Tone::Text, "  ");
    }
    let mut words: Vec<String> = vec![source(&detail.detection_source)];
    words.extend(detail.techniques.iter().map(shown));
    words.push(shown(context.book.text(row.category)));
    if !row.incident.is_empty() {
        words.push(format!("incident\u{a0}{}", context.book.incident(row)));
    }
    words.retain(|word| !word.is_empty());
    line.and(Tone::Text, words.join("  "))
}

/// The service's names for its detectors, as people call them.
fn source(text: &Text) -> String {
    match text.original() {
        "WindowsDefenderAtp" | "microsoftDefenderForEndpoint" => "EDR".to_owned(),
        "WindowsDefenderAv" | "antivirus" => "Antivirus".to_owned(),
        "WindowsDefenderSmartScreen" | "smartScreen" => "SmartScreen".to_owned(),
        "CustomDetection" | "customDetection" => "Custom detection".to_owned(),
        "CustomerTI" | "customTi" => "Custom indicator".to_owned(),
        "MTP" | "microsoft365Defender" => "Defender XDR".to_owned(),
        "ThreatExperts" | "microsoftThreatExperts" => "Threat experts".to_owned(),
        "OfficeATP" | "microsoftDefenderForOffice365" => "Office 365".to_owned(),
        "AutomatedInvestigation" | "automatedInvestigation" => "Automated investigation".to_owned(),
        _ => shown(text),
    }
}

/// What fired: the first process with its parent and command line, else the first file.
fn fired(page: &mut Page, shown_alert: &Shown, context: &Context<'_>) {
    let detail = &shown_alert.detail;
    let first = detail
        .evidence
        .iter()
        .enumerate()
        .filter(|(_, piece)| piece.kind == EvidenceKind::Process)
        .max_by_key(|(_, piece)| {
            fact(piece, "command").map_or(0, |command| command.original().len())
        })
        .or_else(|| {
            detail
                .evidence
                .iter()
                .enumerate()
                .find(|(_, piece)| piece.kind == EvidenceKind::File)
        });
    let Some((at, piece)) = first else {
        return;
    };
    let mut line = Line::default();
    if let Some(parent) = fact(piece, "parent") {
        line = line.and(Tone::Text, format!("{} > ", parent.shown()));
    }
    line = line.and(Tone::Strong, shown(&piece.headline));
    if let Some(status) = fact(piece, "status") {
        line = line.and(Tone::Muted, format!("  {}", status.shown()));
    }
    page.add(line, 2);
    let Some(command) = fact(piece, "command") else {
        return;
    };
    // What it says decoded is worth more than all of the letters.
    let revealed = shown_alert.prepared.revealed.get(&at);
    match revealed.filter(|_| context.decoding == Decoding::Shown) {
        Some(revealed) => {
            let width = page.width().saturating_sub(2).max(10);
            let lines = sheet::command(
                command,
                Some(revealed),
                context.decoding,
                context.commands,
                width,
            );
            for line in lines.lines {
                let mut spans = Line::of(Tone::Text, "  ").spans;
                spans.extend(line.spans);
                page.add(Line { spans }, 5);
            }
        }
        None => page.add_text(Tone::Command, &command.shown(), 2),
    }
}

fn fact<'a>(piece: &'a Evidence, name: &str) -> Option<&'a Text> {
    piece
        .facts
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, text)| text)
}

fn place(row: &Row, detail: &AlertDetail, context: &Context<'_>) -> Line {
    let device = context.book.text(row.device);
    let mut line = Line::of(Tone::Label, "DEVICE ").and(Tone::Text, or(shown(device), "none"));
    if !detail.device_group.is_empty() {
        line = line.and(
            Tone::Muted,
            format!("  group {}", detail.device_group.shown()),
        );
    }
    line
}

fn person(row: &Row, detail: &AlertDetail, context: &Context<'_>) -> Line {
    let user = or(shown(&detail.user), &context.book.text(row.user).shown());
    let mut line = Line::of(Tone::Label, "USER   ").and(Tone::Text, or(user, "none"));
    if !detail.logged_on_users.is_empty() {
        let names: Vec<String> = detail.logged_on_users.iter().map(shown).collect();
        line = line.and(Tone::Muted, format!("  logged on {}", names.join(", ")));
    }
    line
}

/// What was decided so far.
fn triage(row: &Row, detail: &AlertDetail, context: &Context<'_>) -> Line {
    let status = or(shown(context.book.text(row.status_word)), row.status.word());
    let assignee = context.book.text(row.assigned_to);
    let mut line = Line::of(Tone::Label, "STATE  ")
        .and(Tone::Text, status)
        .and(
            Tone::Text,
            if assignee.is_empty() {
                ", nobody has it".to_owned()
            } else {
                format!(", {}", assignee.shown())
            },
        );
    let disposition: Vec<String> = [&detail.classification, &detail.determination]
        .into_iter()
        .filter(|text| !text.is_empty())
        .map(shown)
        .collect();
    if !disposition.is_empty() {
        line = line.and(Tone::Text, format!("  {}", disposition.join("/")));
    }
    if !detail.investigation_state.is_empty() {
        line = line.and(
            Tone::Muted,
            format!(
                "  investigation\u{a0}{}",
                detail.investigation_state.shown()
            ),
        );
    }
    if let Some(resolved) = detail.resolved {
        line = line.and(
            Tone::Muted,
            format!("  resolved {}", times::ago(resolved, context.now)),
        );
    }
    line
}

/// The techniques by name, where one has any; their ids stand further up.
fn techniques(page: &mut Page, detail: &AlertDetail) {
    let named = detail.techniques.iter().map(|id| attack::said(&id.shown()));
    let named: Vec<String> = named.collect();
    if named.iter().any(|named| named.contains(' ')) {
        let line = Line::of(Tone::Label, "ATT&CK ").and(Tone::Text, named.join(", "));
        page.add(line, 7);
    }
}

fn prose(page: &mut Page, heading: &str, text: &Text) {
    if text.is_empty() {
        return;
    }
    page.heading(heading);
    for paragraph in text.shown_lines() {
        if paragraph.trim().is_empty() {
            page.gap();
        } else {
            page.add(Line::of(Tone::Text, paragraph), 0);
        }
    }
}

fn comments(page: &mut Page, comments: &[Comment], context: &Context<'_>) {
    if comments.is_empty() {
        return;
    }
    page.heading(format!("NOTES {}", comments.len()));
    for comment in comments {
        let mut line = Line::default();
        if let Some(at) = comment.at {
            line = line.and(
                Tone::Muted,
                format!("{} ", times::clock(at, context.now, context.zone)),
            );
        }
        page.add(
            line.and(Tone::Label, or(shown(&comment.author), "somebody")),
            2,
        );
        for paragraph in comment.text.shown_lines() {
            page.add_text(Tone::Text, &paragraph, 2);
        }
    }
}

fn evidence(page: &mut Page, shown_alert: &Shown, context: &Context<'_>) {
    let pieces = &shown_alert.detail.evidence;
    if let Some(trouble) = &shown_alert.trouble {
        page.heading("EVIDENCE");
        page.add_text(
            Tone::Bad,
            &format!("could not be read: {}", trouble.sentence),
            2,
        );
    }
    if pieces.is_empty() {
        if shown_alert.trouble.is_none() {
            page.heading("EVIDENCE");
            let words = if context.is_reading {
                "being read"
            } else {
                "none"
            };
            page.add_text(Tone::Muted, words, 2);
        }
        return;
    }
    let mut kind = None;
    for piece in pieces {
        if page.is_full() {
            break;
        }
        if kind != Some(piece.kind) {
            kind = Some(piece.kind);
            let count = pieces
                .iter()
                .filter(|other| other.kind == piece.kind)
                .count();
            page.heading(format!("EVIDENCE: {} {count}", kind_word(piece.kind)));
        }
        page.add_text(Tone::Strong, &or(shown(&piece.headline), "(unnamed)"), 2);
        if let Some(started) = piece.started {
            let at = times::clock_with_seconds(started, context.now, context.zone);
            page.add(named("started", Tone::Text, &at), 13);
        }
        for (name, text) in &piece.facts {
            let tone = if *name == "command" {
                Tone::Command
            } else {
                Tone::Text
            };
            page.add(named(name, tone, &text.shown()), 13);
        }
        for (name, text) in &piece.other_facts {
            page.add(named(&name.shown(), Tone::Text, &text.shown()), 13);
        }
    }
}

fn named(name: &str, tone: Tone, text: &str) -> Line {
    Line::of(Tone::Label, format!("    {name:<8} ")).and(tone, text)
}

const fn kind_word(kind: EvidenceKind) -> &'static str {
    match kind {
        EvidenceKind::Process => "PROCESSES",
        EvidenceKind::File => "FILES",
        EvidenceKind::User => "USERS",
        EvidenceKind::Device => "DEVICES",
        EvidenceKind::Ip => "ADDRESSES",
        EvidenceKind::Url => "URLS",
        EvidenceKind::Registry => "REGISTRY",
        EvidenceKind::Other => "OTHER",
    }
}

/// What one needs to find the alert elsewhere.
fn reference(page: &mut Page, row: &Row, detail: &AlertDetail, context: &Context<'_>) {
    let local = |time| times::clock_with_seconds(time, context.now, context.zone);
    page.heading("REFERENCE");
    let rows = [
        ("alert", Text::from(row.id.as_str()).shown().into_owned()),
        ("device", shown(&detail.device_id)),
        ("detector", shown(&detail.detector_id)),
        ("threat", shown(&detail.threat)),
        ("family", shown(&detail.threat_family)),
        (
            "last event",
            detail.last_event.map(local).unwrap_or_default(),
        ),
        ("changed", row.updated.map(local).unwrap_or_default()),
    ];
    for (name, text) in rows.into_iter().filter(|(_, text)| !text.is_empty()) {
        page.add(
            Line::of(Tone::Label, format!("  {name:<10} ")).and(Tone::Text, text),
            13,
        );
    }
}
