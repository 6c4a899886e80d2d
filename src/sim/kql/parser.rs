//! Words to a plan: statements, sources and operators. Expressions are in `expression`.

use crate::sim::kql::lexer;
use crate::sim::kql::lexer::Token;
use crate::sim::kql::lexer::UNRECOGNIZED;
use crate::sim::kql::lexer::Word;
use crate::sim::kql::lexer::Words;
use crate::sim::kql::problem::Problem;
use crate::sim::kql::syntax::Key;
use crate::sim::kql::syntax::Named;
use crate::sim::kql::syntax::Operator;
use crate::sim::kql::syntax::Order;
use crate::sim::kql::syntax::Pipeline;
use crate::sim::kql::syntax::Query;
use crate::sim::kql::syntax::Source;

/// How deep expressions and pipelines may be nested: beyond it lies only the stack.
const DEEPEST: usize = 60;

pub(super) struct Parser {
    words: Words,
    /// Where the query ends, for whatever is missing there.
    end: usize,
    depth: usize,
}

pub(super) fn parse(query: &str) -> Result<Query, Problem> {
    let mut parser = Parser {
        words: lexer::tokens(query)?.into_iter().peekable(),
        end: query.chars().count(),
        depth: 0,
    };
    if parser.words.peek().is_none() {
        return Err(Problem::syntax(0, "No tabular expression statement found"));
    }
    let mut lets = Vec::new();
    while parser.takes_name("let") {
        let name = parser.name()?;
        parser.sign("=")?;
        let expression = parser.expression()?;
        parser.sign(";")?;
        lets.push(Named {
            name: Some(name),
            expression,
        });
    }
    let body = parser.pipeline()?;
    parser.takes_sign(";");
    match parser.words.next() {
        None => Ok(Query { lets, body }),
        Some(extra) => Err(Problem::syntax(extra.at, UNRECOGNIZED)),
    }
}

impl Parser {
    pub(super) fn at(&mut self) -> usize {
        self.words.peek().map_or(self.end, |token| token.at)
    }

    pub(super) fn wrong(&mut self) -> Problem {
        match self.words.peek() {
            Some(token) => Problem::syntax(token.at, UNRECOGNIZED),
            None => Problem::syntax(self.end, "The incomplete fragment is unexpected"),
        }
    }

    pub(super) fn deeper<Result_>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<Result_, Problem>,
    ) -> Result<Result_, Problem> {
        if self.depth >= DEEPEST {
            return Err(Problem::syntax(self.at(), "The query is nested too deeply"));
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }

    pub(super) fn takes_sign(&mut self, sign: &str) -> bool {
        self.words
            .next_if(|token| matches!(token.word, Word::Sign(found) if found == sign))
            .is_some()
    }

    pub(super) fn sign(&mut self, sign: &str) -> Result<(), Problem> {
        if self.takes_sign(sign) {
            Ok(())
        } else {
            Err(self.wrong())
        }
    }

    pub(super) fn takes_name(&mut self, name: &str) -> bool {
        self.words
            .next_if(|token| matches!(&token.word, Word::Name(found) if found == name))
            .is_some()
    }

    pub(super) fn next(&mut self) -> Option<Token> {
        self.words.next()
    }

    pub(super) fn peek(&mut self) -> Option<&Word> {
        self.words.peek().map(|token| &token.word)
    }

    pub(super) fn name(&mut self) -> Result<String, Problem> {
        match self.words.peek().map(|token| &token.word) {
            Some(Word::Name(name) | Word::Quoted(name)) => {
                let name = name.clone();
                self.words.next();
                Ok(name)
            }
            _ => Err(self.wrong()),
        }
    }

    fn pipeline(&mut self) -> Result<Pipeline, Problem> {
        self.deeper(|parser| {
            let source = parser.source()?;
            let mut operators = Vec::new();
            while parser.takes_sign("|") {
                operators.push(parser.operator()?);
            }
            Ok(Pipeline { source, operators })
        })
    }

    fn source(&mut self) -> Result<Source, Problem> {
        let at = self.at();
        if !self.takes_name("union") {
            let name = self.name()?;
            return Ok(Source::Table { name, at });
        }
        let with_source = if self.takes_name("withsource") {
            self.sign("=")?;
            Some(self.name()?)
        } else {
            None
        };
        let mut parts = Vec::new();
        loop {
            if self.takes_sign("(") {
                parts.push(self.pipeline()?);
                self.sign(")")?;
            } else {
                let at = self.at();
                let name = self.name()?;
                let source = Source::Table { name, at };
                parts.push(Pipeline {
                    source,
                    operators: Vec::new(),
                });
            }
            if !self.takes_sign(",") {
                return Ok(Source::Union { with_source, parts });
            }
        }
    }

    fn operator(&mut self) -> Result<Operator, Problem> {
        let at = self.at();
        let name = match self.peek() {
            Some(Word::Name(name)) => name.clone(),
            Some(_) => return Err(Problem::syntax(at, "Query operator expected")),
            None => return Err(self.wrong()),
        };
        self.words.next();
        Ok(match name.as_str() {
            "where" | "filter" => Operator::Where(self.expression()?),
            "project" => Operator::Project(self.list(Self::named)?),
            "project-away" => Operator::ProjectAway(self.list(|parser| {
                let at = parser.at();
                Ok((parser.name()?, at))
            })?),
            "extend" => Operator::Extend(self.list(Self::named)?),
            "sort" | "order" => {
                self.keyword("by")?;
                Operator::Sort(self.list(Self::key)?)
            }
            "top" => {
                let count = self.count()?;
                self.keyword("by")?;
                Operator::Top(count, self.key()?)
            }
            "take" | "limit" => Operator::Take(self.count()?),
            "distinct" if self.takes_sign("*") => Operator::Distinct(Vec::new()),
            "distinct" => Operator::Distinct(self.list(Self::named)?),
            "count" => Operator::Count,
            "summarize" => {
                let what = if matches!(self.peek(), Some(Word::Name(name)) if name == "by") {
                    Vec::new()
                } else {
                    self.list(Self::named)?
                };
                let by = if self.takes_name("by") {
                    self.list(Self::named)?
                } else {
                    Vec::new()
                };
                if what.is_empty() && by.is_empty() {
                    return Err(self.wrong());
                }
                Operator::Summarize { what, by }
            }
            _ => return Err(Problem::syntax(at, UNRECOGNIZED)),
        })
    }

    fn keyword(&mut self, word: &str) -> Result<(), Problem> {
        if self.takes_name(word) {
            Ok(())
        } else {
            Err(self.wrong())
        }
    }

    fn count(&mut self) -> Result<usize, Problem> {
        match self.peek() {
            Some(Word::Long(number)) => {
                let count = usize::try_from(*number).unwrap_or(usize::MAX);
                self.words.next();
                Ok(count)
            }
            _ => Err(self.wrong()),
        }
    }

    pub(super) fn list<Item>(
        &mut self,
        mut item: impl FnMut(&mut Self) -> Result<Item, Problem>,
    ) -> Result<Vec<Item>, Problem> {
        let mut items = vec![item(self)?];
        while self.takes_sign(",") {
            items.push(item(self)?);
        }
        Ok(items)
    }

    /// `name = expression`, or an expression alone.
    fn named(&mut self) -> Result<Named, Problem> {
        let mut ahead = self.words.clone();
        let name = match (
            ahead.next().map(|token| token.word),
            ahead.next().map(|token| token.word),
        ) {
            (Some(Word::Name(name) | Word::Quoted(name)), Some(Word::Sign("="))) => {
                self.words.next();
                self.words.next();
                Some(name)
            }
            _ => None,
        };
        let expression = self.expression()?;
        Ok(Named { name, expression })
    }

    fn key(&mut self) -> Result<Key, Problem> {
        let expression = self.expression()?;
        let order = if self.takes_name("asc") {
            Order::Ascending
        } else {
            self.takes_name("desc");
            Order::Descending
        };
        if self.takes_name("nulls") && !self.takes_name("first") && !self.takes_name("last") {
            return Err(self.wrong());
        }
        Ok(Key { expression, order })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_query_is_refused_where_it_goes_wrong() {
        for (query, place) in [
            ("", "1:0"),
            ("// nothing", "1:0"),
            ("T |", "1:3"),
            ("T | join U on X", "1:4"),
            ("T | 'where'", "1:4"),
            ("T take 5", "1:2"),
            ("T | where", "1:9"),
            ("T | where a == ", "1:15"),
            ("T | take x", "1:9"),
            ("T | top 5 a", "1:10"),
            ("T\n| where (a == 1", "2:15"),
            ("let x = 1 T", "1:10"),
            ("T | summarize", "1:13"),
            ("union (T | take 1", "1:17"),
            ("T | sort a", "1:9"),
            ("T; U", "1:3"),
        ] {
            let told = parse(query).err().map(|problem| problem.full(query));
            let told = told.unwrap_or_default();
            assert!(
                told.contains(&format!("[line:position={place}]")),
                "{query}: {told}"
            );
        }
    }

    #[test]
    fn nesting_has_an_end() {
        let query = format!("T | where {}a{}", "(".repeat(9000), ")".repeat(9000));
        assert!(parse(&query).is_err());
        let query = format!("{}T{}", "union (".repeat(9000), ")".repeat(9000));
        assert!(parse(&query).is_err());
        let query = format!("T | where {}a", "- ".repeat(9000));
        assert!(parse(&query).is_err());
    }
}
