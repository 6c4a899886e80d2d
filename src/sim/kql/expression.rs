//! Words to expressions, the loosest first: or, and, comparison, sum, product, sign.

use std::rc::Rc;

use serde_json::Value as Json;

use crate::sim::kql::lexer::Word;
use crate::sim::kql::parser::Parser;
use crate::sim::kql::problem::Problem;
use crate::sim::kql::syntax::Comparison;
use crate::sim::kql::syntax::Expression;
use crate::sim::kql::syntax::Membership;
use crate::sim::kql::syntax::Sense;
use crate::sim::kql::syntax::What;
use crate::sim::kql::value::Value;

impl Parser {
    pub(super) fn expression(&mut self) -> Result<Expression, Problem> {
        self.deeper(|parser| {
            let mut left = parser.all()?;
            while parser.takes_name("or") {
                let at = left.at;
                let what = What::Any(Box::new(left), Box::new(parser.all()?));
                left = Expression { what, at };
            }
            Ok(left)
        })
    }

    fn all(&mut self) -> Result<Expression, Problem> {
        let mut left = self.comparison()?;
        while self.takes_name("and") {
            let at = left.at;
            let what = What::All(Box::new(left), Box::new(self.comparison()?));
            left = Expression { what, at };
        }
        Ok(left)
    }

    fn comparison(&mut self) -> Result<Expression, Problem> {
        let left = self.sum()?;
        let at = left.at;
        let word = match self.peek() {
            Some(Word::Name(name)) => name.clone(),
            Some(Word::Sign(sign)) => (*sign).to_owned(),
            _ => return Ok(left),
        };
        let left = Box::new(left);
        let what = if let Some((membership, sense)) = membership(&word) {
            self.next();
            self.sign("(")?;
            let list = self.list(Self::expression)?;
            self.sign(")")?;
            What::OneOf(membership, sense, left, list)
        } else if let "between" | "!between" = word.as_str() {
            self.next();
            let sense = sense(&word);
            self.sign("(")?;
            let low = self.sum()?;
            self.sign("..")?;
            let high = self.sum()?;
            self.sign(")")?;
            What::Between(sense, left, Box::new(low), Box::new(high))
        } else if let Some(comparison) = comparison(&word) {
            self.next();
            What::Compare(comparison, left, Box::new(self.sum()?))
        } else {
            return Ok(*left);
        };
        Ok(Expression { what, at })
    }

    fn sum(&mut self) -> Result<Expression, Problem> {
        let mut left = self.product()?;
        loop {
            let sign = match self.peek() {
                Some(Word::Sign(sign @ ("+" | "-"))) => *sign,
                _ => return Ok(left),
            };
            self.next();
            let at = left.at;
            let what = What::Arithmetic(sign, Box::new(left), Box::new(self.product()?));
            left = Expression { what, at };
        }
    }

    fn product(&mut self) -> Result<Expression, Problem> {
        let mut left = self.signed()?;
        loop {
            let sign = match self.peek() {
                Some(Word::Sign(sign @ ("*" | "/" | "%"))) => *sign,
                _ => return Ok(left),
            };
            self.next();
            let at = left.at;
            let what = What::Arithmetic(sign, Box::new(left), Box::new(self.signed()?));
            left = Expression { what, at };
        }
    }

    fn signed(&mut self) -> Result<Expression, Problem> {
        let at = self.at();
        if self.takes_sign("-") {
            let of = self.deeper(Self::signed)?;
            let what = What::Negative(Box::new(of));
            return Ok(Expression { what, at });
        }
        self.primary()
    }

    fn primary(&mut self) -> Result<Expression, Problem> {
        let at = self.at();
        if self.takes_sign("(") {
            let within = self.expression()?;
            self.sign(")")?;
            return Ok(within);
        }
        let literal = match self.peek() {
            Some(Word::Text(text)) => Some(Value::text(text.as_str())),
            Some(Word::Long(number)) => Some(Value::Long(*number)),
            Some(Word::Real(number)) => Some(Value::Real(*number)),
            Some(Word::Span(ticks)) => Some(Value::Span(*ticks)),
            Some(Word::Time(time)) => Some(Value::Time(*time)),
            Some(Word::Name(name)) if name == "true" => Some(Value::Bool(true)),
            Some(Word::Name(name)) if name == "false" => Some(Value::Bool(false)),
            _ => None,
        };
        if let Some(value) = literal {
            self.next();
            let what = What::Literal(value);
            return Ok(Expression { what, at });
        }
        let name = self.name()?;
        if !self.takes_sign("(") {
            let what = What::Name(name);
            return Ok(Expression { what, at });
        }
        if name == "dynamic" {
            let what = What::Literal(self.dynamic()?);
            self.sign(")")?;
            return Ok(Expression { what, at });
        }
        let arguments = if self.takes_sign(")") {
            Vec::new()
        } else {
            let arguments = self.list(Self::expression)?;
            self.sign(")")?;
            arguments
        };
        let what = What::Call(name, arguments);
        Ok(Expression { what, at })
    }

    /// A list of texts and numbers.
    fn dynamic(&mut self) -> Result<Value, Problem> {
        self.sign("[")?;
        let items = self.list(|parser| {
            let item = match parser.peek() {
                Some(Word::Text(text)) => Json::from(text.as_str()),
                Some(Word::Long(number)) => Json::from(*number),
                _ => return Err(parser.wrong()),
            };
            parser.next();
            Ok(item)
        })?;
        self.sign("]")?;
        Ok(Value::Dynamic(Rc::new(Json::from(items))))
    }
}

fn sense(word: &str) -> Sense {
    if word.starts_with('!') {
        Sense::Fails
    } else {
        Sense::Holds
    }
}

fn membership(word: &str) -> Option<(Membership, Sense)> {
    let membership = match word.trim_start_matches('!') {
        "in" => Membership::In,
        "in~" => Membership::InAnyCase,
        "has_any" => Membership::HasAny,
        _ => return None,
    };
    Some((membership, sense(word)))
}

fn comparison(word: &str) -> Option<Comparison> {
    let sense = sense(word);
    Some(match word {
        "==" => Comparison::Equal,
        "!=" => Comparison::NotEqual,
        "=~" => Comparison::EqualAnyCase,
        "!~" => Comparison::NotEqualAnyCase,
        "<" => Comparison::Less,
        "<=" => Comparison::LessOrEqual,
        ">" => Comparison::Greater,
        ">=" => Comparison::GreaterOrEqual,
        "has" | "!has" => Comparison::Has(sense),
        "contains" | "!contains" => Comparison::Contains(sense),
        "startswith" | "!startswith" => Comparison::StartsWith(sense),
        "endswith" | "!endswith" => Comparison::EndsWith(sense),
        _ => return None,
    })
}
