//! What a query means for a row: texts are looked up once, rows only compared.
//!
//! Nothing is allocated for a row. A letter of the filter asks a hundred thousand.

use std::ops::RangeBounds as _;

use jiff::Timestamp;

use crate::app::alert_book::AlertKey;
use crate::app::alert_book::Fresh;
use crate::app::alert_book::Row;
use crate::app::filter::digits::Digits;
use crate::app::filter::matcher::Matcher;
use crate::app::lateness;
use crate::app::lateness::LateAfter;
use crate::app::marks::Marks;
use crate::app::row::words_of_disposition;
use crate::app::symbols::Numeral;
use crate::app::symbols::Symbol;
use crate::app::symbols::SymbolSet;
use crate::app::symbols::Symbols;
use crate::domain::alert::Severity;
use crate::domain::alert::Status;
use crate::domain::filter::Around;
use crate::domain::filter::Query;
use crate::domain::filter::ast::Is;
use crate::domain::filter::ast::Match;
use crate::domain::filter::ast::Node;
use crate::domain::filter::ast::Term;
use crate::domain::filter::field::Field;
use crate::domain::filter::odata::severities;
use crate::domain::filter::when::Range;
use crate::domain::product;

/// What a book knows beside its rows.
#[derive(Clone, Copy)]
pub(in crate::app) struct Beside<'a> {
    pub(in crate::app) symbols: &'a Symbols,
    pub(in crate::app) late_after: &'a LateAfter,
    pub(in crate::app) marks: &'a Marks,
}

/// A filter ready for the rows of one book, until a text or a mark is added to it.
#[derive(Debug)]
pub(in crate::app) struct Compiled {
    test: Test,
}

#[derive(Debug)]
enum Test {
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    Severities(Flags),
    Statuses(Flags),
    Seen(bool),
    /// Of those whose first action was due at this time.
    Late(LateAfter, Timestamp),
    Marked(Marks),
    Time(fn(&Row) -> Option<Timestamp>, Range),
    Text(fn(&Row) -> Symbol, SymbolSet),
    Incident(Numbers),
    Id(Vec<Matcher>),
    Word(Box<Word>),
}

/// A set of the values of a small enum.
#[derive(Debug, Clone, Copy, Default)]
struct Flags(u8);

impl Flags {
    fn of(values: impl Iterator<Item = u8>) -> Self {
        Self(values.fold(0, |flags, value| flags | 1 << value))
    }

    const fn has(self, value: u8) -> bool {
        self.0 >> value & 1 == 1
    }
}

impl Compiled {
    /// Looks every text of the query up.
    pub(super) fn of(query: &Query, around: &Around, beside: Beside<'_>) -> Self {
        Self {
            test: Test::of(query.root(), around, beside),
        }
    }

    /// True when the row passes.
    pub(in crate::app) fn lets_through(&self, key: AlertKey, row: &Row) -> bool {
        self.test.holds(key, row)
    }
}

impl Test {
    fn of(node: &Node, around: &Around, beside: Beside<'_>) -> Self {
        let several = |parts: &[Node]| {
            let mut tests: Vec<Self> = parts
                .iter()
                .map(|part| Self::of(part, around, beside))
                .collect();
            // The cheap ones first spare the others.
            tests.sort_by_key(Self::cost);
            tests
        };
        match node {
            Node::All(parts) => Self::All(several(parts)),
            Node::Any(parts) => Self::Any(several(parts)),
            Node::Not(inner) => Self::Not(Box::new(Self::of(inner, around, beside))),
            Node::Term(term) => Self::of_term(term, around, beside),
        }
    }

    fn of_term(term: &Term, around: &Around, beside: Beside<'_>) -> Self {
        match term {
            Term::Word(found) => Self::Word(Box::new(Word::of(found, beside.symbols))),
            Term::Text { field, any } => Self::of_text(*field, any, beside.symbols),
            Term::Severity { compare, any } => {
                let flags = severities(*compare, any).map(|severity| severity as u8);
                Self::Severities(Flags::of(flags))
            }
            Term::Status(any) => Self::Statuses(Flags::of(any.iter().map(|status| *status as u8))),
            Term::Time {
                field,
                compare,
                when,
            } => {
                let time: fn(&Row) -> Option<Timestamp> = if *field == Field::Updated {
                    |row| row.updated
                } else {
                    |row| row.created
                };
                Self::Time(time, when.range(*compare, around))
            }
            Term::Is(any) => Self::Any(
                any.iter()
                    .map(|is| Self::of_is(*is, around, beside))
                    .collect(),
            ),
        }
    }

    fn of_is(is: Is, around: &Around, beside: Beside<'_>) -> Self {
        let symbols = beside.symbols;
        let owner = |row: &Row| row.assigned_to;
        match is {
            Is::Mine => {
                let me = around.me.to_lowercase();
                let mine = symbols.matching(|lower, _| !me.is_empty() && lower == me);
                Self::Text(owner, mine)
            }
            Is::Unassigned => Self::Text(owner, symbols.matching(|lower, _| lower.is_empty())),
            Is::Open => {
                let all = [
                    Status::New,
                    Status::InProgress,
                    Status::Resolved,
                    Status::Other,
                ];
                let open = all.into_iter().filter(|status| status.is_open());
                Self::Statuses(Flags::of(open.map(|status| status as u8)))
            }
            Is::New => Self::Seen(false),
            Is::Late => Self::Late(*beside.late_after, around.now),
            Is::Marked => Self::Marked(beside.marks.clone()),
        }
    }

    fn of_text(field: Field, any: &[Match], symbols: &Symbols) -> Self {
        let are_words = matches!(
            field,
            Field::Product | Field::Classification | Field::Determination
        );
        let made: fn(&Match) -> Matcher = if are_words {
            Matcher::of_words
        } else {
            Matcher::of
        };
        let matchers: Vec<Matcher> = any.iter().map(made).collect();
        let whole =
            |lower: &str, text: &str| matchers.iter().any(|matcher| matcher.fits(lower, text));
        let word = |lower: &str| whole(lower, lower);
        let texts = || symbols.matching(|lower, text| whole(lower, text.original()));
        match field {
            Field::Title => Self::Text(|row| row.title, texts()),
            Field::User => Self::Text(|row| row.user, texts()),
            Field::Category => Self::Text(|row| row.category, texts()),
            Field::Owner => Self::Text(|row| row.assigned_to, texts()),
            Field::Detector => Self::Text(|row| row.detector, texts()),
            // As the column shows it, or in the service's word.
            Field::Product => {
                let set = symbols.matching(|lower, text| {
                    let short = product::short(text.original());
                    word(lower) || word(&short.to_lowercase())
                });
                Self::Text(|row| row.product, set)
            }
            Field::Classification | Field::Determination => {
                let set = symbols.matching(|lower, _| {
                    let (classification, determination) = words_of_disposition(lower);
                    if field == Field::Classification {
                        word(classification)
                    } else {
                        word(determination)
                    }
                });
                Self::Text(|row| row.disposition, set)
            }
            Field::Group => Self::Text(|row| row.group, texts()),
            // The list shows the host alone: that is the name people know.
            Field::Device => {
                let set = symbols.matching(|lower, text| {
                    let host = |name: &str| name.split('.').next().unwrap_or_default().to_owned();
                    whole(lower, text.original())
                        || lower.contains('.') && whole(&host(lower), &host(text.original()))
                });
                Self::Text(|row| row.device, set)
            }
            Field::Technique => {
                let set = symbols.matching(|lower, text| {
                    let each = lower.split(' ').zip(text.original().split(' '));
                    each.into_iter().any(|(lower, text)| whole(lower, text))
                });
                Self::Text(|row| row.techniques, set)
            }
            Field::Incident => Self::Incident(Numbers {
                plain: any
                    .iter()
                    .filter_map(|one| match one {
                        Match::Exact(text) => text.parse().ok(),
                        Match::Contains(_) | Match::Glob(_) | Match::Regex(_) => None,
                    })
                    .collect(),
                words: texts(),
                patterns: matchers
                    .into_iter()
                    .filter(|matcher| matches!(matcher, Matcher::Glob(_) | Matcher::Regex(_)))
                    .collect(),
            }),
            Field::Id => Self::Id(matchers),
            // The parser gives these another kind of term.
            Field::Severity
            | Field::Status
            | Field::Created
            | Field::Updated
            | Field::Age
            | Field::Is => Self::Any(Vec::new()),
        }
    }

    fn cost(&self) -> u8 {
        match self {
            Self::Severities(_) | Self::Statuses(_) | Self::Seen(_) | Self::Marked(_) => 0,
            Self::Time(..) | Self::Late(..) => 1,
            Self::Text(..) => 2,
            Self::Not(inner) => inner.cost(),
            Self::Incident(_) => 3,
            Self::All(parts) | Self::Any(parts) => {
                let most = parts.iter().map(Self::cost).max();
                most.unwrap_or(0).saturating_add(1)
            }
            Self::Id(_) => 20,
            Self::Word(_) => 30,
        }
    }

    fn holds(&self, key: AlertKey, row: &Row) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.holds(key, row)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(key, row)),
            Self::Not(inner) => !inner.holds(key, row),
            Self::Severities(flags) => flags.has(row.severity as u8),
            Self::Statuses(flags) => flags.has(row.status as u8),
            Self::Seen(seen) => (row.fresh == Fresh::Seen) == *seen,
            Self::Late(late_after, now) => late_after
                .deadline(row)
                .is_some_and(|deadline| lateness::is_past(deadline, *now)),
            Self::Marked(marks) => marks.contains(key),
            Self::Time(time, range) => time(row).is_some_and(|time| range.contains(&time)),
            Self::Text(text, set) => set.contains(text(row)),
            Self::Incident(numbers) => numbers.have(row.incident),
            // Ids are the service's own: digits, `da`, `_`, `-`, in one letter case.
            Self::Id(any) => any.iter().any(|one| one.fits_word(row.id.as_str())),
            Self::Word(word) => word.is_in(row),
        }
    }
}

/// Incidents: numbers compared as such, other texts by their symbols.
#[derive(Debug)]
struct Numbers {
    /// Written as numbers are.
    plain: Vec<u32>,
    words: SymbolSet,
    patterns: Vec<Matcher>,
}

impl Numbers {
    fn have(&self, incident: Numeral) -> bool {
        match incident {
            Numeral::Number(number) => {
                self.plain.contains(&number)
                    || !self.patterns.is_empty()
                        && written(number, |digits| {
                            self.patterns
                                .iter()
                                .any(|pattern| pattern.fits_word(digits))
                        })
            }
            Numeral::Word(symbol) => self.words.contains(symbol),
        }
    }
}

/// A bare word: looked for in the texts of the list, in incident and id.
#[derive(Debug)]
struct Word {
    symbols: SymbolSet,
    severities: Flags,
    statuses: Flags,
    /// When it may be part of a number.
    digits: Option<Digits>,
    matcher: Matcher,
}

impl Word {
    fn of(found: &Match, symbols: &Symbols) -> Self {
        let matcher = Matcher::of(found);
        let statuses = [
            Status::New,
            Status::InProgress,
            Status::Resolved,
            Status::Other,
        ];
        Self {
            symbols: symbols.matching(|lower, text| matcher.fits(lower, text.original())),
            severities: Flags::of(
                Severity::ALL
                    .into_iter()
                    .filter(|severity| matcher.fits_word(severity.word()))
                    .map(|severity| severity as u8),
            ),
            statuses: Flags::of(
                statuses
                    .into_iter()
                    .filter(|status| *status != Status::Other)
                    .filter(|status| {
                        let spelled = status.word();
                        matcher.fits_word(spelled) || matcher.fits_word(&spelled.replace(' ', ""))
                    })
                    .map(|status| status as u8),
            ),
            digits: match found {
                Match::Contains(text) => Digits::of(text),
                Match::Glob(_) | Match::Regex(_) | Match::Exact(_) => None,
            },
            matcher,
        }
    }

    fn is_in(&self, row: &Row) -> bool {
        row.symbols()
            .iter()
            .any(|symbol| self.symbols.contains(*symbol))
            || self.severities.has(row.severity as u8)
            || self.statuses.has(row.status as u8)
            || self.is_in_number(row.incident)
            // A pattern would take as long for all the ids as for everything else.
            || !matches!(self.matcher, Matcher::Regex(_)) && self.matcher.fits_word(row.id.as_str())
    }

    fn is_in_number(&self, incident: Numeral) -> bool {
        match incident {
            Numeral::Number(number) => {
                if let Matcher::Glob(glob) = &self.matcher {
                    return written(number, |digits| glob.fits(digits));
                }
                self.digits
                    .is_some_and(|digits| digits.are_in(number.into()))
            }
            Numeral::Word(symbol) => self.symbols.contains(symbol),
        }
    }
}

/// Writes a number out without allocating.
fn written(number: u32, look: impl FnOnce(&str) -> bool) -> bool {
    let mut digits = [b'0'; 10];
    let mut rest = number;
    let mut used = 0;
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + u8::try_from(rest % 10).unwrap_or(0);
        used += 1;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    let digits = digits.get(digits.len() - used..).unwrap_or_default();
    std::str::from_utf8(digits).is_ok_and(look)
}
