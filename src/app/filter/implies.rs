//! Whether what one query lets through, another lets through too: then typing on
//! looks only at what is still there. A no is always safe.

use crate::app::filter::glob::runs;
use crate::domain::filter::ast::Match;
use crate::domain::filter::ast::Node;
use crate::domain::filter::ast::Term;
use crate::domain::filter::odata::severities;

/// Comparisons after which the answer is no: looking at all alerts costs less.
const PATIENCE: usize = 2_000;

/// True when every alert that passes `new` passes `old`.
pub(super) fn implies(new: &Node, old: &Node) -> bool {
    Comparison { patience: PATIENCE }.of(new, old)
}

struct Comparison {
    patience: usize,
}

impl Comparison {
    fn of(&mut self, new: &Node, old: &Node) -> bool {
        let Some(patience) = self.patience.checked_sub(1) else {
            return false;
        };
        self.patience = patience;
        match (new, old) {
            (_, Node::All(olds)) => olds.iter().all(|old| self.of(new, old)),
            (Node::Any(news), _) => news.iter().all(|new| self.of(new, old)),
            (Node::All(news), Node::Any(olds)) => {
                news.iter().any(|new| self.of(new, old)) || olds.iter().any(|old| self.of(new, old))
            }
            (Node::All(news), _) => news.iter().any(|new| self.of(new, old)),
            (_, Node::Any(olds)) => olds.iter().any(|old| self.of(new, old)),
            (Node::Not(new), Node::Not(old)) => self.of(old, new),
            (Node::Term(new), Node::Term(old)) => term(new, old),
            (Node::Not(_), Node::Term(_)) | (Node::Term(_), Node::Not(_)) => false,
        }
    }
}

fn term(new: &Term, old: &Term) -> bool {
    match (new, old) {
        (Term::Word(new), Term::Word(old)) => matching(new, old),
        (
            Term::Text { field, any: new },
            Term::Text {
                field: of,
                any: old,
            },
        ) => {
            let is_in = |new: &Match| old.iter().any(|old| matching(new, old));
            field == of && new.iter().all(is_in)
        }
        (
            Term::Severity { compare, any },
            Term::Severity {
                compare: old_compare,
                any: old_any,
            },
        ) => {
            let olds: Vec<_> = severities(*old_compare, old_any).collect();
            severities(*compare, any).all(|new| olds.contains(&new))
        }
        (Term::Status(new), Term::Status(old)) => new.iter().all(|new| old.contains(new)),
        (Term::Is(new), Term::Is(old)) => new.iter().all(|new| old.contains(new)),
        (new, old) => new == old,
    }
}

fn matching(new: &Match, old: &Match) -> bool {
    match (new, old) {
        (Match::Contains(new), Match::Contains(old)) => {
            new == old || !old.is_empty() && new.to_lowercase().contains(&old.to_lowercase())
        }
        (Match::Glob(new), Match::Contains(old)) if !old.is_empty() => {
            let old = old.to_lowercase();
            runs(new).any(|run| run.contains(&old))
        }
        (new, old) => new == old,
    }
}
