//! Saved views: what to show of the list and how, under a name and on a key.
//!
//! Here is what one is made of and how the shipped, the configured and the saved ones
//! come together. How many alerts each has is the business of the list.

use std::fmt;

use crate::domain::filter::Query;
use crate::domain::filter::error::QueryError;

/// The views with a key are on `1` to this one.
pub const KEYS: u8 = 9;
/// More are not in force. A row of the list has a bit for each.
pub const MOST: usize = 16;
/// Characters of a name: it has to fit the head among others.
pub const LONGEST_NAME: usize = 24;
/// Bytes of a filter that is kept. A person's is shorter; a file can hold anything.
pub const LONGEST_FILTER: usize = 1_000;

/// Name of the view that everything is in.
const EVERYTHING: &str = "all";

/// One criterion of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SortBy {
    /// What waits for its first action, most severe and then most late first; then
    /// what somebody has; then what is closed.
    Lateness,
    Severity,
    Newest,
    Age,
    Title,
    Device,
    User,
    Incident,
    Status,
    Owner,
}

impl SortBy {
    /// In the order of `<` and `>`.
    pub const ALL: [Self; 10] = [
        Self::Lateness,
        Self::Severity,
        Self::Newest,
        Self::Age,
        Self::Title,
        Self::Device,
        Self::User,
        Self::Incident,
        Self::Status,
        Self::Owner,
    ];

    /// More criteria than this nobody can follow.
    pub const DEPTH: usize = 3;

    /// The word in the head.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Lateness => "sla",
            Self::Severity => "sev",
            Self::Newest => "newest",
            Self::Age => "oldest",
            Self::Title => "title",
            Self::Device => "dev",
            Self::User => "user",
            Self::Incident => "inc",
            Self::Status => "status",
            Self::Owner => "owner",
        }
    }

    /// Reads `sev,title`, and the words of earlier versions. The answer otherwise is the
    /// word that is none.
    pub fn read(words: &str) -> Result<Vec<Self>, String> {
        let mut criteria = Vec::new();
        for word in words.split(',').take(Self::DEPTH).map(str::trim) {
            let by = match word {
                "severity" => Self::Severity,
                "age" => Self::Age,
                _ => {
                    let mut all = Self::ALL.into_iter();
                    let found = all.find(|by| by.word() == word);
                    found.ok_or_else(|| word.to_owned())?
                }
            };
            if !criteria.contains(&by) {
                criteria.push(by);
            }
        }
        Ok(criteria)
    }
}

/// What alerts of one group share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum GroupBy {
    #[default]
    Nothing,
    Title,
    Incident,
    Device,
    User,
}

impl GroupBy {
    /// In the order in which they follow each other.
    pub const ALL: [Self; 5] = [
        Self::Nothing,
        Self::Title,
        Self::Incident,
        Self::Device,
        Self::User,
    ];

    /// The word in the head; none for no groups.
    pub const fn word(self) -> Option<&'static str> {
        match self {
            Self::Nothing => None,
            Self::Title => Some("title"),
            Self::Incident => Some("incident"),
            Self::Device => Some("device"),
            Self::User => Some("user"),
        }
    }

    /// Reads a word again.
    pub fn read(word: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|by| by.word() == Some(word))
    }
}

/// What to show of the list and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    pub name: String,
    /// From 1 to [`KEYS`]; none where it is reached by its name alone.
    pub key: Option<u8>,
    /// As it was written; empty for everything.
    pub filter: String,
    pub query: Query,
    /// What decides first, then the others. Never empty.
    pub sort: Vec<SortBy>,
    pub group: GroupBy,
}

/// A view as it is written; what is left empty is as usual.
#[derive(Debug, Clone, Copy, Default)]
pub struct Written<'a> {
    pub name: &'a str,
    pub key: Option<u8>,
    pub filter: &'a str,
    pub sort: &'a str,
    pub group: &'a str,
}

/// Why what is written is no view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ViewError {
    Name(&'static str),
    /// The filter is longer than [`LONGEST_FILTER`].
    Long,
    Filter(QueryError),
    /// The word that is none.
    Sort(String),
    Group(String),
}

impl View {
    /// Everything, by lateness and without groups.
    pub fn everything() -> Self {
        Self {
            name: EVERYTHING.to_owned(),
            key: Some(0),
            filter: String::new(),
            query: Query::default(),
            sort: vec![SortBy::Lateness],
            group: GroupBy::Nothing,
        }
    }

    /// Reads a view.
    pub fn read(written: Written<'_>) -> Result<Self, ViewError> {
        if let Some(reason) = refused_name(written.name) {
            return Err(ViewError::Name(reason));
        }
        if written.filter.len() > LONGEST_FILTER {
            return Err(ViewError::Long);
        }
        let usual = Self::everything();
        Ok(Self {
            name: written.name.to_owned(),
            key: written.key,
            query: Query::parse(written.filter).map_err(ViewError::Filter)?,
            filter: written.filter.to_owned(),
            sort: if written.sort.is_empty() {
                usual.sort
            } else {
                SortBy::read(written.sort).map_err(ViewError::Sort)?
            },
            group: if written.group.is_empty() {
                GroupBy::Nothing
            } else {
                let word = || ViewError::Group(written.group.to_owned());
                GroupBy::read(written.group).ok_or_else(word)?
            },
        })
    }

    /// True when a person would take both names for the same.
    pub fn is_called(&self, name: &str) -> bool {
        self.name.to_lowercase() == name.to_lowercase()
    }

    /// The words of the order.
    pub fn sort_words(&self) -> String {
        let words: Vec<&str> = self.sort.iter().map(|by| by.word()).collect();
        words.join(",")
    }
}

/// Why a text cannot be the name of a view.
pub fn refused_name(name: &str) -> Option<&'static str> {
    if name.is_empty() || name.trim() != name {
        Some("it is empty, or begins or ends with a blank")
    } else if name.contains(char::is_control) {
        Some("it holds a control character")
    } else if name.chars().count() > LONGEST_NAME {
        Some("it is longer than 24 characters")
    } else if name.eq_ignore_ascii_case(EVERYTHING) {
        Some("it stands for everything")
    } else {
        None
    }
}

impl fmt::Display for ViewError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(reason) => formatter.write_str(reason),
            Self::Long => write!(
                formatter,
                "the filter is longer than {LONGEST_FILTER} bytes"
            ),
            Self::Filter(error) => error.fmt(formatter),
            Self::Sort(_) => formatter.write_str("this is nothing to sort by"),
            Self::Group(_) => formatter.write_str("this is nothing to group by"),
        }
    }
}

/// The views that are there before anybody says anything, on the keys from `1` on.
const SHIPPED: &[(&str, &str)] = &[
    ("mine", "is:mine is:open"),
    ("high+med", "sev>=med is:open"),
    ("unassigned", "is:unassigned is:open"),
    ("late", "is:late"),
    ("last-7d", "created<7d"),
];

fn shipped() -> Vec<View> {
    let rows = SHIPPED.iter().zip(1..);
    rows.filter_map(|((name, filter), key)| {
        let written = Written {
            name,
            key: Some(key),
            filter,
            ..Written::default()
        };
        View::read(written).ok()
    })
    .collect()
}

/// The shipped views with those of the configuration, by key and then by name alone.
///
/// A configured view replaces the shipped one of its name, whose key it keeps unless it
/// names another; a shipped view that is on a key somebody else named gives way.
pub fn with_configured(configured: &[View]) -> Vec<View> {
    let mut views = shipped();
    let mut named: Vec<View> = configured.to_vec();
    for view in &mut named {
        if let Some(at) = views.iter().position(|other| other.is_called(&view.name)) {
            view.key = view.key.or(views.remove(at).key);
        }
    }
    views.retain(|view| named.iter().all(|other| other.key != view.key));
    for view in named {
        add(&mut views, view);
    }
    sorted(views)
}

/// The same with those a person saved. One of the same name is replaced by it; a key
/// that somebody else has by now is not taken from them.
pub fn with_saved(mut views: Vec<View>, saved: &[View]) -> Vec<View> {
    for view in saved {
        let mut view = view.clone();
        if let Some(at) = views.iter().position(|other| other.is_called(&view.name)) {
            view.key = views.remove(at).key;
        }
        add(&mut views, view);
    }
    sorted(views)
}

fn add(views: &mut Vec<View>, mut view: View) {
    let is_taken = |key: u8| views.iter().any(|other| other.key == Some(key));
    view.key = view.key.filter(|key| !is_taken(*key));
    views.push(view);
}

/// Gives keys to those without, as long as there are any.
fn sorted(mut views: Vec<View>) -> Vec<View> {
    for at in 0..views.len() {
        let key = free_key(&views);
        if let Some(view) = views.get_mut(at).filter(|view| view.key.is_none()) {
            view.key = key;
        }
    }
    views.sort_by_key(|view| view.key.unwrap_or(u8::MAX));
    views.truncate(MOST);
    views
}

/// The first key without a view.
pub fn free_key(views: &[View]) -> Option<u8> {
    (1..=KEYS).find(|key| views.iter().all(|view| view.key != Some(*key)))
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that cannot read its input has failed"
    )]

    use super::*;

    fn view(name: &str, key: Option<u8>) -> View {
        let written = Written {
            name,
            key,
            filter: "sev:high",
            ..Written::default()
        };
        View::read(written).unwrap()
    }

    fn told(views: &[View]) -> String {
        let each = views.iter().map(|view| {
            let key = view
                .key
                .map_or_else(|| "-".to_owned(), |key| key.to_string());
            format!("{key} {}", view.name)
        });
        each.collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn every_shipped_view_can_be_read() {
        assert_eq!(shipped().len(), SHIPPED.len());
    }

    #[test]
    fn a_configured_view_takes_a_name_or_a_key_or_the_first_that_is_free() {
        let usual = told(&with_configured(&[]));
        assert_eq!(usual, "1 mine, 2 high+med, 3 unassigned, 4 late, 5 last-7d");
        for (configured, expected) in [
            (
                vec![view("dc", None), view("night", Some(9))],
                "1 mine, 2 high+med, 3 unassigned, 4 late, 5 last-7d, 6 dc, 9 night",
            ),
            (
                vec![view("HIGH+MED", None)],
                "1 mine, 2 HIGH+MED, 3 unassigned, 4 late, 5 last-7d",
            ),
            (
                vec![view("dc", None), view("mine", Some(2))],
                "1 dc, 2 mine, 3 unassigned, 4 late, 5 last-7d",
            ),
            (
                vec![view("mine", Some(8)), view("dc", Some(1))],
                "1 dc, 2 high+med, 3 unassigned, 4 late, 5 last-7d, 8 mine",
            ),
        ] {
            assert_eq!(told(&with_configured(&configured)), expected);
        }
    }

    #[test]
    fn a_saved_view_takes_no_key_from_another_name() {
        let base = with_configured(&[view("dc", Some(6))]);
        let saved = [view("shift", Some(6)), view("mine", Some(7))];
        let views = with_saved(base, &saved);
        let expected = "1 mine, 2 high+med, 3 unassigned, 4 late, 5 last-7d, 6 dc, 7 shift";
        assert_eq!(told(&views), expected);
        assert_eq!(views.first().unwrap().filter, "sev:high");
    }

    #[test]
    fn those_without_a_key_come_last_and_there_are_only_so_many() {
        let many: Vec<View> = (0..30).map(|at| view(&format!("v{at}"), None)).collect();
        let views = with_saved(with_configured(&[]), &many);
        assert_eq!(views.len(), MOST);
        let keys: Vec<Option<u8>> = views.iter().map(|view| view.key).collect();
        assert_eq!(keys.get(8..10).unwrap(), [Some(9), None]);
    }

    #[test]
    fn what_is_no_view_says_why() {
        let usual = Written {
            name: "x",
            ..Written::default()
        };
        let why = |written| View::read(written).unwrap_err().to_string();
        let long = "x".repeat(25);
        for name in ["", " x", "x ", "\u{1b}[2J", "All", &long] {
            assert!(
                why(Written { name, ..usual }).starts_with("it "),
                "{name:?}"
            );
        }
        for filter in ["sev>=hgih", "(", "is:\u{1b}"] {
            let why = why(Written { filter, ..usual });
            assert!(why.starts_with("column "), "{why}");
            assert!(!why.contains('\u{1b}'), "{why}");
        }
        let sort = View::read(Written {
            sort: "sev,colour",
            ..usual
        });
        assert_eq!(sort, Err(ViewError::Sort("colour".to_owned())));
        let group = View::read(Written {
            group: "mood",
            ..usual
        });
        assert_eq!(group, Err(ViewError::Group("mood".to_owned())));
        let whole = Written {
            sort: "sev, title",
            group: "device",
            ..usual
        };
        let view = View::read(whole).unwrap();
        assert_eq!(
            (view.sort_words().as_str(), view.group),
            ("sev,title", GroupBy::Device)
        );
    }
}
