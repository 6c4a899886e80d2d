//! What the service relates to the alert, put together with its evidence.
//!
//! What is known of a hash or an account that is evidence belongs to that piece; only what
//! the evidence has not stands for itself.

use std::collections::BTreeMap;
use std::collections::HashMap;

use crate::app::related::Known;
use crate::domain::detail::Account;
use crate::domain::detail::Entity;
use crate::domain::detail::Evidence;
use crate::domain::detail::EvidenceKind;
use crate::domain::detail::File;
use crate::domain::related::Part;
use crate::domain::related::RelatedFile;
use crate::domain::related::RelatedUser;
use crate::domain::related::Told;
use crate::domain::text::Text;
use crate::domain::thing::host;

/// Rows of the evidence are counted from zero, those of what is related from here on: a
/// row stays the same one when more evidence comes.
const FIRST_ROW: usize = 1 << 24;
/// More than are kept of one part.
const ROWS_OF_A_PART: usize = 1 << 10;

/// What was told, put together with the evidence.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Merged {
    /// Which answers it was made of; zero for none.
    pub(super) revision: u64,
    /// What is told of a piece of evidence, by its number.
    pub(super) of_pieces: BTreeMap<usize, Place>,
    /// What the evidence has not.
    pub own: Vec<Own>,
    /// How many of a part are evidence.
    pub(super) above: BTreeMap<Part, usize>,
}

/// Where something stands in the answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub part: Part,
    pub index: usize,
}

/// Something that is no evidence, as if it were: to be copied from and hunted for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Own {
    /// What its row is about.
    pub what: usize,
    pub place: Place,
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
    pub(super) fn of(evidence: &[Evidence], known: &Known) -> Self {
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
