//! What the service relates to the alert, below its evidence: put together with the pieces
//! that are there, and told in words.
//!
//! What is known of a hash or an account that is evidence belongs to that piece; only what
//! the evidence has not gets a row. When it is asked for is [`crate::app::related`].

use std::collections::BTreeMap;
use std::collections::HashMap;

use jiff::Timestamp;

use crate::app::State;
use crate::app::case::evidence;
use crate::app::case::evidence::Columns;
use crate::app::case::sheet::MARGIN;
use crate::app::case::sheet::Sheet;
use crate::app::case::sheet::fact;
use crate::app::count;
use crate::app::lines::Line;
use crate::app::lines::Page;
use crate::app::lines::Tone;
use crate::app::looking::Shown;
use crate::app::related;
use crate::app::related::Known;
use crate::app::thousands;
use crate::app::times;
use crate::domain::detail::Account;
use crate::domain::detail::AlertDetail;
use crate::domain::detail::Entity;
use crate::domain::detail::Evidence;
use crate::domain::detail::EvidenceKind;
use crate::domain::detail::File;
use crate::domain::failure::FailureKind;
use crate::domain::related::Part;
use crate::domain::related::RelatedFile;
use crate::domain::related::RelatedUser;
use crate::domain::related::Told;
use crate::domain::text::Text;
use crate::domain::thing::host;
use crate::keymap::Action;

/// Rows of the evidence are counted from zero, those of what is related from here on: a
/// row stays the same one when more evidence comes.
const FIRST_ROW: usize = 1 << 24;
/// More than are kept of one part.
const ROWS_OF_A_PART: usize = 1 << 10;

/// What was told, put together with the evidence.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Merged {
    /// Which answers it was made of; zero for none.
    revision: u64,
    /// What is told of a piece of evidence, by its number.
    of_pieces: BTreeMap<usize, Place>,
    /// What the evidence has not.
    pub own: Vec<Own>,
    /// How many of a part are evidence.
    above: BTreeMap<Part, usize>,
}

/// Where something stands in the answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    part: Part,
    index: usize,
}

/// Something that is no evidence, as if it were: to be copied from and hunted for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Own {
    /// What its row is about.
    pub what: usize,
    place: Place,
    pub piece: Evidence,
}

/// The pieces of evidence by what they are known by.
#[derive(Default)]
struct Pieces {
    digests: HashMap<String, Vec<usize>>,
    addresses: HashMap<String, Vec<usize>>,
    hosts: HashMap<String, Vec<usize>>,
    accounts: Vec<(usize, Account)>,
}

impl Pieces {
    fn of(evidence: &[Evidence]) -> Self {
        let mut pieces = Self::default();
        for (number, piece) in evidence.iter().enumerate() {
            match &piece.entity {
                Entity::File(file) => pieces.add_file(number, file),
                Entity::Process(process) => pieces.add_file(number, &process.image),
                Entity::Address(address) => {
                    let numbers = pieces.addresses.entry(key_of(address));
                    numbers.or_default().push(number);
                }
                Entity::Url(url) => {
                    let host = host(url.original()).to_lowercase();
                    pieces.hosts.entry(host).or_default().push(number);
                }
                Entity::User(account) => pieces.accounts.push((number, account.clone())),
                Entity::Device(_) | Entity::Other => {}
            }
        }
        pieces
    }

    fn add_file(&mut self, number: usize, file: &File) {
        for digest in [&file.sha256, &file.sha1] {
            if !digest.is_empty() {
                self.digests.entry(key_of(digest)).or_default().push(number);
            }
        }
    }

    fn with_file(&self, file: &RelatedFile) -> Vec<usize> {
        let digests = [&file.sha256, &file.sha1].into_iter();
        let digests = digests.map(key_of);
        let mut found: Vec<usize> = digests
            .filter_map(|digest| self.digests.get(&digest))
            .flatten()
            .copied()
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    fn with_account(&self, account: &Account) -> Vec<usize> {
        let accounts = self.accounts.iter();
        let same = accounts.filter(|(_, known)| is_same(known, account));
        same.map(|(number, _)| *number).collect()
    }
}

fn key_of(name: &Text) -> String {
    name.original().to_lowercase()
}

/// The SID decides where both are known: names are given again.
fn is_same(one: &Account, other: &Account) -> bool {
    let same = |one: &Text, other: &Text| {
        one.original().eq_ignore_ascii_case(other.original()) && !one.is_empty()
    };
    if !one.sid.is_empty() && !other.sid.is_empty() {
        return same(&one.sid, &other.sid);
    }
    let one_domain_is_unknown = one.domain.is_empty() || other.domain.is_empty();
    same(&one.name, &other.name) && (one_domain_is_unknown || same(&one.domain, &other.domain))
}

impl Merged {
    /// Puts together what is known.
    fn of(evidence: &[Evidence], known: &Known) -> Self {
        let pieces = Pieces::of(evidence);
        let mut merged = Self {
            revision: known.revision(),
            ..Self::default()
        };
        for part in Part::ALL {
            match known.told(part) {
                Some(Told::Files(files)) => {
                    for (index, file) in files.items.iter().enumerate() {
                        let found = pieces.with_file(file);
                        merged.add(Place { part, index }, &found, || piece_of_file(file));
                    }
                }
                Some(Told::Addresses(addresses)) => {
                    for (index, address) in addresses.items.iter().enumerate() {
                        let found = pieces.addresses.get(&key_of(address));
                        let found = found.map_or(&[][..], Vec::as_slice);
                        let piece = || {
                            piece_of_name(
                                EvidenceKind::Ip,
                                address,
                                Entity::Address(address.clone()),
                            )
                        };
                        merged.add(Place { part, index }, found, piece);
                    }
                }
                Some(Told::Domains(domains)) => {
                    for (index, domain) in domains.items.iter().enumerate() {
                        let found = pieces.hosts.get(&key_of(domain));
                        let found = found.map_or(&[][..], Vec::as_slice);
                        let piece = || {
                            piece_of_name(EvidenceKind::Url, domain, Entity::Url(domain.clone()))
                        };
                        merged.add(Place { part, index }, found, piece);
                    }
                }
                Some(Told::User(Some(user))) => {
                    let found = pieces.with_account(&user.account);
                    merged.add(Place { part, index: 0 }, &found, || piece_of_user(user));
                }
                Some(Told::User(None)) | None => {}
            }
        }
        merged
    }

    fn add(&mut self, place: Place, found: &[usize], piece: impl FnOnce() -> Evidence) {
        if found.is_empty() {
            let what = FIRST_ROW + place.part as usize * ROWS_OF_A_PART + place.index;
            let piece = piece();
            self.own.push(Own { what, place, piece });
            return;
        }
        *self.above.entry(place.part).or_default() += 1;
        for number in found {
            self.of_pieces.entry(*number).or_insert(place);
        }
    }
}

fn piece_of_file(file: &RelatedFile) -> Evidence {
    let mut facts = vec![
        ("sha256", file.sha256.clone()),
        ("sha1", file.sha1.clone()),
        ("md5", file.md5.clone()),
    ];
    facts.retain(|(_, digest)| !digest.is_empty());
    Evidence {
        kind: EvidenceKind::File,
        headline: file.digest().clone(),
        facts,
        entity: Entity::File(Box::new(File {
            sha1: file.sha1.clone(),
            sha256: file.sha256.clone(),
            publisher: file.publisher.clone(),
            signer: file.signer.clone(),
            ..File::default()
        })),
        ..Evidence::default()
    }
}

fn piece_of_name(kind: EvidenceKind, name: &Text, entity: Entity) -> Evidence {
    Evidence {
        kind,
        headline: name.clone(),
        entity,
        ..Evidence::default()
    }
}

fn piece_of_user(user: &RelatedUser) -> Evidence {
    let mut facts = vec![("sid", user.account.sid.clone())];
    facts.retain(|(_, sid)| !sid.is_empty());
    Evidence {
        kind: EvidenceKind::User,
        headline: user.account.said().or(user.account.sid.clone()),
        facts,
        entity: Entity::User(user.account.clone()),
        ..Evidence::default()
    }
}

/// Puts an answer together with the evidence once either is new, so that no frame has to.
pub(in crate::app) fn keep_up(state: &mut State) {
    let Some(shown) = state.looking.shown() else {
        return;
    };
    let row = state.book.row(shown.key);
    let Some(known) = row.and_then(|row| state.related.get(&row.id)) else {
        return;
    };
    if shown.prepared.related.revision != known.revision() {
        let merged = Merged::of(&shown.detail.evidence, known);
        state.looking.merged(merged);
    }
}

/// What is known of the alert shown.
fn known<'a>(state: &'a State, shown: &Shown) -> Option<&'a Known> {
    state.related.get(&state.book.row(shown.key)?.id)
}

/// Adds what is told of a piece of evidence to its facts, by the piece's number.
pub(super) fn add_facts(page: &mut Page, state: &State, shown: &Shown, number: usize) {
    let place = shown.prepared.related.of_pieces.get(&number);
    let piece = shown.detail.evidence.get(number);
    if let (Some(place), Some(piece), Some(known)) = (place, piece, known(state, shown)) {
        facts(page, state, shown, known, *place, piece);
    }
}

/// What speaks against a piece of evidence, by its number.
pub(super) fn alarm(state: &State, shown: &Shown, number: usize) -> Option<(Tone, String)> {
    let place = shown.prepared.related.of_pieces.get(&number)?;
    let brief = match item(known(state, shown)?, *place)? {
        Item::File(file) => file_in_brief(file),
        Item::User(user) => user_in_brief(user),
    };
    Some(brief).filter(|(tone, _)| matches!(tone, Tone::Bad | Tone::Warning))
}

/// Adds what is related, and says what is not known of it.
pub(super) fn add(sheet: &mut Sheet, state: &State, shown: &Shown) {
    sheet.page.gap();
    if let Some(why) = related::refusal(state) {
        sheet.page.add(Line::of(Tone::Muted, why), 0);
        return;
    }
    let known = known(state, shown);
    heading(&mut sheet.page, state, shown, known);
    troubles(&mut sheet.page, state, known);
    let Some(known) = known else {
        return;
    };
    for own in &shown.prepared.related.own {
        let unfolded = state.case.is_unfolded(own.what);
        let line = row(state, known, own).line(unfolded, sheet.page.width());
        if !sheet.begin(own.what, line, MARGIN) {
            return;
        }
        if unfolded {
            evidence::own_facts(&mut sheet.page, &own.piece);
            facts(&mut sheet.page, state, shown, known, own.place, &own.piece);
        }
    }
}

/// How much there is of each part, and how old that is.
fn heading(page: &mut Page, state: &State, shown: &Shown, known: Option<&Known>) {
    let mut line = Line::of(Tone::Heading, "RELATED  ");
    let told = known.map(|known| amounts(shown, known)).unwrap_or_default();
    let ages = known.into_iter().flat_map(|known| {
        let answers = Part::ALL.into_iter().filter_map(|part| known.get(part));
        answers.filter_map(|answered| Some(answered.told.as_ref()?.0))
    });
    // The oldest: no part of the line is older than it says.
    let age = ages.min();
    let id = state.book.row(shown.key).map(|row| &row.id);
    let is_reading = |part: &Part| id.is_some_and(|id| state.related.is_reading(id, *part));
    let asked: Vec<&str> = Part::ALL
        .into_iter()
        .filter(is_reading)
        .map(Part::word)
        .collect();
    if !told.is_empty() {
        line = line.and(Tone::Text, told.join(", "));
    }
    if let Some(age) = age {
        let age = times::ago(age, state.minute()).replace(' ', "\u{a0}");
        line = line.and(Tone::Muted, format!("  told\u{a0}{age}"));
    }
    if !asked.is_empty() {
        let gap = if told.is_empty() { "" } else { "  " };
        line = line.and(Tone::Muted, format!("{gap}asking for {}", asked.join(", ")));
    }
    let is_asked_for = Part::ALL
        .into_iter()
        .any(|part| !related::lacks(state, part));
    if known.is_none() && asked.is_empty() {
        let words = if is_asked_for {
            "asked for once this tab has the keys"
        } else {
            "nothing can be asked for"
        };
        line = line.and(Tone::Muted, words);
    }
    page.add(line, 9);
}

/// `4 files (3 above)`, for each part that was told.
fn amounts(shown: &Shown, known: &Known) -> Vec<String> {
    let amount = |part: Part| {
        let told = known.told(part)?;
        let kept = told.kept();
        let above = shown.prepared.related.above.get(&part);
        let above = match above.copied().unwrap_or(0) {
            0 => String::new(),
            all if all == told.in_all() => " (above)".to_owned(),
            some => format!(" ({} above)", thousands(some)),
        };
        let amount = match (told.in_all(), part) {
            (0, Part::Addresses) => "no address".to_owned(),
            (0, part) => format!("no {}", part.one()),
            (1, part) => format!("1 {}", part.one()),
            (many, part) => format!("{} {}", thousands(many), part.word()),
        };
        let left_out = if told.in_all() > kept {
            format!(", the first {kept} kept")
        } else {
            String::new()
        };
        Some(format!("{amount}{left_out}{above}").replace(' ', "\u{a0}"))
    };
    Part::ALL.into_iter().filter_map(amount).collect()
}

/// Why a part is not told: a line each, and one for all that the token lacks.
fn troubles(page: &mut Page, state: &State, known: Option<&Known>) {
    let lacking = Part::ALL.into_iter();
    let lacking = lacking.filter(|part| related::lacks(state, *part));
    let lacking: Vec<String> = lacking
        .map(|part| format!("{}\u{a0}({})", part.permission(), part.word()))
        .collect();
    if !lacking.is_empty() {
        let words = format!("the token lacks {}", lacking.join(", "));
        page.add(Line::of(Tone::Muted, words), 2);
    }
    for part in Part::ALL {
        let answered = known.and_then(|known| known.get(part));
        let Some(failure) = answered.and_then(|answered| answered.failure.as_ref()) else {
            continue;
        };
        if related::lacks(state, part) {
            continue;
        }
        if failure.kind == FailureKind::Forbidden {
            let why = failure.remedy.as_ref().unwrap_or(&failure.sentence);
            let words = format!("{}: refused; {why}", part.word());
            page.add(Line::of(Tone::Muted, words), 2);
            continue;
        }
        let key = state.key_name(Action::RefreshAlert);
        let again = if key.is_empty() {
            String::new()
        } else {
            format!("; {key} asks again")
        };
        let words = format!("{}: not told: {}{again}", part.word(), failure.sentence);
        page.add(Line::of(Tone::Bad, words), 2);
    }
}

/// The columns of a row of its own.
fn row<'a>(state: &State, known: &'a Known, own: &'a Own) -> Columns<'a> {
    let columns = Columns {
        kind: own.place.part.one(),
        headline: evidence::headline(&own.piece),
        status: (Tone::Muted, String::new()),
        last: String::new(),
    };
    match item(known, own.place) {
        Some(Item::File(file)) => Columns {
            status: file_in_brief(file),
            last: file.prevalence.map_or_else(String::new, seen_times),
            ..columns
        },
        Some(Item::User(user)) => Columns {
            status: user_in_brief(user),
            last: user.last_seen.map_or_else(String::new, |at| {
                times::clock(at, state.minute(), &state.settings.zone)
            }),
            ..columns
        },
        None => columns,
    }
}

/// What most tells a good file from a bad one.
fn file_in_brief(file: &RelatedFile) -> (Tone, String) {
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

fn user_in_brief(user: &RelatedUser) -> (Tone, String) {
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

fn seen_times(times: u64) -> String {
    let times = usize::try_from(times).unwrap_or(usize::MAX);
    format!("seen {}x", thousands(times))
}

/// What more is known than a name.
enum Item<'a> {
    File(&'a RelatedFile),
    User(&'a RelatedUser),
}

fn item(known: &Known, place: Place) -> Option<Item<'_>> {
    match known.told(place.part)? {
        Told::Files(files) => files.items.get(place.index).map(Item::File),
        Told::User(user) => user.as_deref().map(Item::User),
        Told::Addresses(_) | Told::Domains(_) => None,
    }
}

/// Adds what is told of something that is a piece of evidence, or is shown as one.
fn facts(
    page: &mut Page,
    state: &State,
    shown: &Shown,
    known: &Known,
    place: Place,
    piece: &Evidence,
) {
    let local = |at| times::clock_with_seconds(at, state.minute(), &state.settings.zone);
    let facts = match item(known, place) {
        Some(Item::File(file)) => file_facts(file, local),
        Some(Item::User(user)) => user_facts(user, &shown.detail, local),
        None => Vec::new(),
    };
    for (name, tone, text) in facts {
        let is_there = piece.facts.iter().any(|(known, _)| *known == name);
        if !text.is_empty() && !is_there {
            fact(page, evidence::INDENT, name, tone, &text);
        }
    }
    let answered = known.get(place.part);
    if let Some((at, _)) = answered.and_then(|answered| answered.told.as_ref()) {
        let age = times::ago(*at, state.minute());
        fact(page, evidence::INDENT, "told", Tone::Muted, &age);
    }
}

type Fact = (&'static str, Tone, String);

fn file_facts(file: &RelatedFile, local: impl Fn(Timestamp) -> String) -> Vec<Fact> {
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

fn user_facts(
    user: &RelatedUser,
    detail: &AlertDetail,
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
        let here = if id == &detail.device_id {
            " (of this alert)"
        } else {
            ""
        };
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::related::tests::known;
    use crate::domain::detail::Process;
    use crate::domain::related::Listed;

    fn file(sha1: &str, sha256: &str) -> RelatedFile {
        RelatedFile {
            sha1: Text::from(sha1),
            sha256: Text::from(sha256),
            ..RelatedFile::default()
        }
    }

    fn account(domain: &str, name: &str, sid: &str) -> Account {
        Account {
            name: Text::from(name),
            domain: Text::from(domain),
            sid: Text::from(sid),
            ..Account::default()
        }
    }

    fn about(entity: Entity) -> Evidence {
        Evidence {
            entity,
            ..Evidence::default()
        }
    }

    fn listed<T>(items: Vec<T>) -> Listed<T> {
        let in_all = items.len();
        Listed { items, in_all }
    }

    #[test]
    fn what_is_evidence_belongs_to_its_pieces_and_the_rest_has_rows() {
        let image = File {
            sha256: Text::from("AA"),
            ..File::default()
        };
        let process = Process {
            image,
            ..Process::default()
        };
        let found = File {
            sha1: Text::from("a1"),
            ..File::default()
        };
        let evidence = [
            about(Entity::Process(Box::new(process))),
            about(Entity::File(Box::new(found))),
            about(Entity::Address(Text::from("2001:DB8::1"))),
            about(Entity::Url(Text::from("https://u@Evil.example:8443/a"))),
            about(Entity::Other),
        ];
        let known = known([
            Told::Files(listed(vec![
                file("A1", "aa"),
                file("a1", "cc"),
                file("b", "bb"),
            ])),
            Told::Addresses(listed(vec![Text::from("2001:db8::1"), Text::from("::1")])),
            Told::Domains(listed(vec![
                Text::from("evil.example"),
                Text::from("b.example"),
            ])),
            Told::User(None),
        ]);
        let merged = Merged::of(&evidence, &known);
        let places: Vec<(usize, Part, usize)> = merged
            .of_pieces
            .iter()
            .map(|(number, place)| (*number, place.part, place.index))
            .collect();
        // The first file that is told of a piece is kept with it.
        let expected = [
            (0, Part::Files, 0),
            (1, Part::Files, 0),
            (2, Part::Addresses, 0),
            (3, Part::Domains, 0),
        ];
        assert_eq!(places, expected);
        let names: Vec<&str> = merged
            .own
            .iter()
            .map(|own| own.piece.headline.original())
            .collect();
        assert_eq!(names, ["bb", "::1", "b.example"]);
        assert_eq!(merged.above.get(&Part::Files), Some(&2));
        let mut rows: Vec<usize> = merged.own.iter().map(|own| own.what).collect();
        rows.dedup();
        assert!(
            rows.len() == 3 && rows.is_sorted() && rows.iter().all(|row| *row > evidence.len())
        );
    }

    #[test]
    fn an_account_is_the_same_by_its_sid_and_else_by_its_name() {
        let roy = account("CORP", "roy", "S-1");
        for (other, same) in [
            (account("corp", "Roy", "s-1"), true),
            (account("corp", "renamed", "S-1"), true),
            (account("CORP", "roy", "S-2"), false),
            (account("corp", "ROY", ""), true),
            (account("", "roy", ""), true),
            (account("other", "roy", ""), false),
            (account("CORP", "", ""), false),
        ] {
            assert_eq!(is_same(&roy, &other), same, "{other:?}");
        }
    }
}
