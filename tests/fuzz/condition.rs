//! What a service makes of a condition, read anew from its description: a second
//! opinion on what is asked of it.

use jiff::Timestamp;
use serde_json::Value;

/// Whether the condition holds for an alert.
pub(crate) fn holds(condition: &str, alert: &Value) -> bool {
    let mut reading = Reading {
        rest: condition,
        alert,
    };
    let holds = reading.any();
    assert!(reading.rest.is_empty(), "left over: {}", reading.rest);
    holds
}

struct Reading<'a> {
    rest: &'a str,
    alert: &'a Value,
}

impl<'a> Reading<'a> {
    fn eat(&mut self, start: &str) -> bool {
        let rest = self.rest.strip_prefix(start);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    // Both sides are always read, whatever the first one says.
    fn any(&mut self) -> bool {
        let mut holds = self.all();
        while self.eat(" or ") {
            holds |= self.all();
        }
        holds
    }

    fn all(&mut self) -> bool {
        let mut holds = self.one();
        while self.eat(" and ") {
            holds &= self.one();
        }
        holds
    }

    fn one(&mut self) -> bool {
        if self.eat("not (") {
            return !self.closed();
        }
        if self.eat("(") {
            return self.closed();
        }
        let name = self.word();
        let value = self.alert.get(name).unwrap_or(&Value::Null);
        assert!(self.eat(" "), "no operator: {}", self.rest);
        let operator = self.word();
        assert!(self.eat(" "), "no value: {}", self.rest);
        let wanted = self.literal();
        match operator {
            "eq" => *value == wanted,
            "ne" => *value != wanted,
            _ => {
                let moment = |value: &Value| value.as_str()?.parse::<Timestamp>().ok();
                let (Some(value), Some(wanted)) = (moment(value), moment(&wanted)) else {
                    return false;
                };
                match operator {
                    "ge" => value >= wanted,
                    "gt" => value > wanted,
                    "le" => value <= wanted,
                    "lt" => value < wanted,
                    _ => panic!("unknown operator {operator}"),
                }
            }
        }
    }

    fn closed(&mut self) -> bool {
        let holds = self.any();
        assert!(self.eat(")"), "not closed: {}", self.rest);
        holds
    }

    fn word(&mut self) -> &'a str {
        let end = self.rest.find([' ', ')']).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    fn literal(&mut self) -> Value {
        if !self.eat("'") {
            let word = self.word();
            let number = word.parse::<i64>().ok().map(Value::from);
            return match word {
                "null" => Value::Null,
                moment => number.unwrap_or_else(|| Value::from(moment)),
            };
        }
        let mut text = String::new();
        loop {
            let end = self.rest.find('\'').unwrap();
            let (piece, rest) = self.rest.split_at(end);
            text.push_str(piece);
            self.rest = rest;
            if self.eat("''") {
                text.push('\'');
            } else {
                assert!(self.eat("'"));
                return Value::from(text);
            }
        }
    }
}
