//! What the alert under the cursor, or a row of its tabs, gives a hunt to begin with.

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::app::State;
use crate::app::case::Tab;
use crate::app::case::thing_under_cursor;
use crate::app::copying::Subject as Alert;
use crate::app::decisions::targets;
use crate::app::panes::Pane;
use crate::domain::detail::Entity;
use crate::domain::detail::File;
use crate::domain::detail::Process;
use crate::domain::hunt::Subject;
use crate::domain::hunt::question::AROUND;
use crate::domain::text::Text;
use crate::domain::thing::Thing;
use crate::domain::thing::host;

/// The first alert that is meant, as far as it is known, and of that what the row under
/// the cursor is about. None where there is none.
pub fn meant(state: &State) -> Option<Subject> {
    let subject = of_alert(state)?;
    if state.focus_in_sight() != Pane::Detail {
        return Some(subject);
    }
    Some(match state.case.tab() {
        Tab::Evidence | Tab::Tree | Tab::Device => match thing_under_cursor(state) {
            Some(thing) => narrowed(subject, &thing),
            None => subject,
        },
        // Nobody stands on anything there.
        Tab::Overview | Tab::Incident | Tab::Notes | Tab::Raw => subject,
    })
}

/// The same with one thing in the place of the first of its kind. A process without a hash
/// takes that of another file away.
fn narrowed(mut subject: Subject, thing: &Thing) -> Subject {
    match thing {
        Thing::Process(process) => {
            subject.process = original(&process.image.name);
            subject.sha1 = original(&process.image.sha1);
            subject.sha256 = original(&process.image.sha256);
            if !process.account.name.is_empty() {
                subject.user = original(&process.account.name);
            }
        }
        Thing::File(file) => {
            subject.sha1 = original(&file.sha1);
            subject.sha256 = original(&file.sha256);
        }
        Thing::Address(address) => subject.ip = original(address),
        Thing::Url(url) | Thing::Domain(url) => {
            host(url.original()).clone_into(&mut subject.domain);
        }
        Thing::User(account) => {
            let user = if account.name.is_empty() {
                bare(account.principal.original())
            } else {
                original(&account.name)
            };
            subject.user = user;
        }
        Thing::Device(device) => {
            subject.device_id = original(&device.id);
            subject.device = original(&device.name);
        }
    }
    subject
}

fn of_alert(state: &State) -> Option<Subject> {
    let key = *targets::meant(state).first()?;
    let alert = Alert::of(&state.book, key, &state.settings.places)?;
    let entities = || alert.detail.evidence.iter().map(|piece| &piece.entity);
    let process = alert.process().and_then(|piece| process_of(&piece.entity));
    let hash = |of: fn(&File) -> &Text| {
        let images = process.iter().map(|process| &process.image);
        let mut all = entities().filter_map(file_of).chain(images).map(of);
        all.find(|text| !text.is_empty()).map(original)
    };
    let account = entities().find_map(account_of).map(original);
    let user = account.unwrap_or_else(|| {
        let users = [&alert.detail.user, alert.book.text(alert.row.user)];
        let user = users.into_iter().find(|user| !user.is_empty());
        user.map_or_else(String::new, |user| bare(user.original()))
    });
    let address = entities().find_map(address_of).map(original);
    let domain = entities().find_map(host_of);
    let moved = |time: Timestamp, by: SignedDuration| time.saturating_add(by).unwrap_or(time);
    let first = alert.detail.first_event.or(alert.row.created);
    let last = alert.detail.last_event.or(first).max(first);
    Some(Subject {
        alert: alert.row.id.as_str().to_owned(),
        device_id: original(&alert.detail.device_id),
        device: original(alert.book.text(alert.row.device)),
        user,
        process: process.map_or_else(String::new, |process| original(&process.image.name)),
        sha1: hash(|file| &file.sha1).unwrap_or_default(),
        sha256: hash(|file| &file.sha256).unwrap_or_default(),
        ip: address.unwrap_or_default(),
        domain: domain.unwrap_or_default(),
        from: first.map(|first| moved(first, -AROUND)),
        to: last.map(|last| moved(last, AROUND)),
    })
}

fn process_of(entity: &Entity) -> Option<&Process> {
    if let Entity::Process(process) = entity {
        return Some(process);
    }
    None
}

fn file_of(entity: &Entity) -> Option<&File> {
    if let Entity::File(file) = entity {
        return Some(file);
    }
    None
}

fn account_of(entity: &Entity) -> Option<&Text> {
    if let Entity::User(account) = entity {
        return Some(&account.name).filter(|name| !name.is_empty());
    }
    None
}

fn address_of(entity: &Entity) -> Option<&Text> {
    if let Entity::Address(address) = entity {
        return Some(address);
    }
    None
}

fn host_of(entity: &Entity) -> Option<String> {
    if let Entity::Url(url) = entity {
        let host = host(url.original());
        return Some(host.to_owned()).filter(|host| !host.is_empty());
    }
    None
}

fn original(text: &Text) -> String {
    text.original().to_owned()
}

/// An account without its domain.
fn bare(user: &str) -> String {
    let name = user.rsplit('\\').next().unwrap_or(user);
    name.split('@').next().unwrap_or(name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::detail::Account;

    #[test]
    fn a_row_of_the_evidence_takes_the_place_of_the_first_of_its_kind() {
        let alert = Subject {
            process: "first.exe".to_owned(),
            sha1: "s1".to_owned(),
            user: "roy".to_owned(),
            ip: "203.0.113.9".to_owned(),
            ..Subject::default()
        };
        let of = |thing: Thing| narrowed(alert.clone(), &thing);
        let process = Process {
            image: File {
                name: Text::from("second.exe"),
                ..File::default()
            },
            ..Process::default()
        };
        let subject = of(Thing::Process(Box::new(process)));
        let expected = Subject {
            process: "second.exe".to_owned(),
            sha1: String::new(),
            ..alert.clone()
        };
        assert_eq!(subject, expected);
        let subject = of(Thing::Url(Text::from("https://evil.example:8443/a")));
        assert_eq!(subject.domain, "evil.example");
        let subject = of(Thing::Address(Text::from("198.51.100.7")));
        assert_eq!(subject.ip, "198.51.100.7");
        let account = Account {
            principal: Text::from("eve@corp.example"),
            ..Account::default()
        };
        assert_eq!(of(Thing::User(account)).user, "eve");
    }

    #[test]
    fn hosts_and_accounts_are_bare() {
        for (url, expected) in [
            ("https://u:p@evil.example:8443/a?b#c", "evil.example"),
            ("evil.example/a", "evil.example"),
            ("evil.example", "evil.example"),
            ("", ""),
        ] {
            assert_eq!(host(url), expected);
        }
        assert_eq!(bare("CORP\\roy"), "roy");
        assert_eq!(bare("roy@corp.example"), "roy");
    }
}
