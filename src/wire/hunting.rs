//! The answer of a hunting query, of either service and in either letter case.
//!
//! Read in one pass, as it comes in: each cell goes from the answer to its place, and nothing
//! of the answer is kept.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::DeserializeSeed;
use serde::de::Error;
use serde::de::IgnoredAny;
use serde::de::MapAccess;
use serde::de::SeqAccess;
use serde::de::Visitor;
use serde_json::value::RawValue;

use crate::domain::hunt::ColumnKind;
use crate::domain::hunt::Findings;
use crate::domain::hunt::Value;
use crate::wire::cutter::Cutter;
use crate::wire::cutter::Piece;
use crate::wire::json;
use crate::wire::problem;

/// Reads a whole answer. What a row has that the schema lacks becomes a column of its own;
/// what is no object is no row, and spoils none.
///
/// # Errors
/// A sentence when the body is no JSON object with rows or a schema.
pub fn read(body: &[u8]) -> Result<Findings, String> {
    let mut reader = Reader::default();
    reader.feed(body)?;
    reader.finish()
}

/// Reads an answer as it comes in, of which no more is kept than the rows nobody took yet.
#[derive(Debug, Default)]
pub struct Reader {
    cutter: Cutter,
    reading: Reading,
}

impl Reader {
    /// Reads on.
    ///
    /// # Errors
    /// A sentence when this is no answer to a query, as far as it is known.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<(), String> {
        let reading = &mut self.reading;
        let mut take = |piece: Piece<'_>| reading.take(piece);
        self.cutter
            .feed(bytes, &mut take)
            .map_err(|why| no_answer(&why))
    }

    /// Rows that were read and not taken.
    pub fn waiting(&self) -> usize {
        self.reading.findings.len()
    }

    /// Takes the rows that were read since the last time, with every column known.
    pub fn take(&mut self) -> Findings {
        self.reading.findings.take_rows()
    }

    /// The rows nobody took, at the end of the answer.
    ///
    /// # Errors
    /// A sentence when the answer broke off or held neither rows nor a schema.
    pub fn finish(self) -> Result<Findings, String> {
        self.cutter.finish().map_err(|why| no_answer(&why))?;
        if !self.reading.is_answer {
            return Err("the answer is not what a query found".to_owned());
        }
        let mut findings = self.reading.findings;
        findings.finish();
        Ok(findings)
    }
}

fn no_answer(why: &str) -> String {
    format!("the answer is not what a query found ({why})")
}

/// A row as one object on one line, under the service's names and with its values. What
/// the row has not is left out.
pub fn row_as_json(findings: &Findings, row: usize) -> String {
    row_of(findings, row, 0..findings.columns().len())
}

/// The same with some of the columns.
pub fn row_of(findings: &Findings, row: usize, columns: impl Iterator<Item = usize>) -> String {
    let mut line = String::from("{");
    for place in columns {
        let Some(column) = findings.columns().get(place) else {
            continue;
        };
        let value = match findings.value(row, place) {
            Value::Absent => continue,
            Value::Text(text) => Cow::Owned(serde_json::Value::from(text).to_string()),
            Value::Json(json) => Cow::Borrowed(json),
        };
        if line.len() > 1 {
            line.push(',');
        }
        line.push_str(&serde_json::Value::from(column.name.original()).to_string());
        line.push(':');
        line.push_str(&value);
    }
    line.push('}');
    json::one_harmless_line(&line).into_owned()
}

#[derive(Debug, Default)]
struct Reading {
    findings: Findings,
    /// A schema or rows were there.
    is_answer: bool,
}

impl Reading {
    fn take(&mut self, piece: Piece<'_>) -> Result<(), String> {
        let (Piece::Row(bytes) | Piece::Member(bytes)) = piece;
        let text = str::from_utf8(bytes)
            .map_or_else(|_broken| String::from_utf8_lossy(bytes), Cow::Borrowed);
        let read = match piece {
            Piece::Row(_) => Self::row,
            Piece::Member(_) => Self::member,
        };
        read(self, &text).or_else(|error| {
            // Half a surrogate pair in the name of a column spoils the name and nothing else.
            read(self, &json::with_whole_surrogates(&text)).map_err(|_same| {
                // The error quotes the body, which may be anything.
                problem::harmless(&error.to_string())
            })
        })
    }

    fn row(&mut self, text: &str) -> serde_json::Result<()> {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        Row(&mut self.findings).deserialize(&mut deserializer)?;
        deserializer.end()
    }

    fn member(&mut self, text: &str) -> serde_json::Result<()> {
        let object = format!("{{{text}}}");
        let mut deserializer = serde_json::Deserializer::from_str(&object);
        Answer(self).deserialize(&mut deserializer)?;
        deserializer.end()
    }
}

struct Answer<'r>(&'r mut Reading);
struct Schema<'r>(&'r mut Reading);

/// One row, which goes to its findings whole or not at all.
struct Row<'r>(&'r mut Findings);

/// A value on its way from the answer to its place.
#[derive(Clone)]
enum Held<'de> {
    Nothing,
    Text(Cow<'de, str>),
    Json(&'de str),
}

impl<'de> Held<'de> {
    fn of(raw: &'de RawValue) -> Self {
        match json::bare(Some(raw)) {
            Some(text) if raw.get().starts_with('"') => Self::Text(text),
            Some(_) | None => Self::Json(raw.get()),
        }
    }

    fn value(&self) -> Value<'_> {
        match self {
            Self::Nothing => Value::Absent,
            Self::Text(text) => Value::Text(text),
            Self::Json(json) => Value::Json(json),
        }
    }
}

/// The name of a column, borrowed where nothing in it is escaped: there are millions.
struct Name<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Named;

        impl<'de> Visitor<'de> for Named {
            type Value = Name<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a name")
            }

            fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(name)))
            }

            fn visit_str<E>(self, name: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(name.to_owned())))
            }
        }

        deserializer.deserialize_str(Named)
    }
}

impl<'de> DeserializeSeed<'de> for Answer<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Answer<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object with `Schema` and `Results`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(Name(name)) = map.next_key()? {
            if name.eq_ignore_ascii_case("schema") {
                self.0.is_answer = true;
                map.next_value_seed(Schema(self.0))?;
            } else if name.eq_ignore_ascii_case("results") {
                self.0.is_answer = true;
                // Empty, since its rows were cut out before.
                map.next_value::<Option<Vec<IgnoredAny>>>()?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Schema<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Schema<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of columns")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut columns: A) -> Result<(), A::Error> {
        while let Some(column) = columns.next_element::<serde_json::Value>()? {
            let text = |wanted: &str| {
                let mut members = column.as_object().into_iter().flatten();
                let (_, value) = members.find(|(name, _)| name.eq_ignore_ascii_case(wanted))?;
                value.as_str()
            };
            if let Some(name) = text("name") {
                let kind = text("type").map_or(ColumnKind::Text, ColumnKind::named);
                // One too many is counted by whoever keeps them.
                self.0.findings.column(name, Some(kind));
            }
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Row<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Row<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a row")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut row: A) -> Result<(), A::Error> {
        let mut cells = vec![Held::Nothing; self.0.columns().len()];
        // Nearly always each name stands where it stood in the schema.
        let mut expected = 0;
        while let Some(Name(name)) = row.next_key()? {
            let value = row.next_value::<&'de RawValue>()?;
            let at_hand = self.0.columns().get(expected);
            let place = match at_hand {
                Some(column) if column.name.original() == name => Some(expected),
                Some(_) | None => self.0.column(&name, None),
            };
            let Some(place) = place else {
                continue;
            };
            expected = place + 1;
            if cells.len() <= place {
                cells.resize(place + 1, Held::Nothing);
            }
            if let Some(cell) = cells.get_mut(place) {
                *cell = Held::of(value);
            }
        }
        self.0.push(cells.iter().map(Held::value));
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        self.visit_unit()
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.0.leave_out_row();
        Ok(())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        self.visit_unit()
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        self.visit_unit()
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        self.visit_unit()
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        self.visit_unit()
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        self.visit_unit()
    }
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that cannot read its input has failed"
    )]

    use super::*;
    use crate::domain::hunt::findings::MOST_COLUMNS;

    fn table(body: &str) -> (Vec<String>, Vec<Vec<String>>) {
        let findings = read(body.as_bytes()).unwrap();
        let names = findings.columns().iter();
        let names: Vec<String> = names.map(|one| one.name.original().to_owned()).collect();
        let rows = (0..findings.len())
            .map(|row| {
                let cells = 0..names.len();
                cells.map(|at| findings.cell(row, at).to_owned()).collect()
            })
            .collect();
        (names, rows)
    }

    #[test]
    fn both_services_are_read_in_either_letter_case() {
        for body in [
            r#"{"Schema":[{"Name":"T","Type":"DateTime"},{"Name":"N","Type":"Int64"}],"Results":[{"T":"x","N":7},{"N":null,"T":""}]}"#,
            r#"{"@odata.context":"c","schema":[{"name":"T","type":"DateTime"},{"name":"N","type":"Int64"}],"results":[{"T":"x","N":7},{"N":null,"T":""}]}"#,
            r#"{"Stats":{"a":[1]},"schema":[{"Name":"T","Type":"DateTime"},{"Name":"N","Type":"Int64"}],"Results":[{"T":"x","N":7},{"N":null,"T":""}]}"#,
        ] {
            let (names, rows) = table(body);
            assert_eq!(names, ["T", "N"]);
            assert_eq!(rows, [["x", "7"], ["", ""]], "{body}");
            let kinds: Vec<ColumnKind> = read(body.as_bytes())
                .unwrap()
                .columns()
                .iter()
                .map(|column| column.kind)
                .collect();
            assert_eq!(kinds, [ColumnKind::Time, ColumnKind::Number]);
        }
    }

    #[test]
    fn a_row_with_more_than_the_schema_loses_nothing() {
        let body = r#"{"Schema":[{"Name":"A","Type":"String"}],"Results":[{"A":"1"},{"B":{"x":[1]},"A":"2"},{"C":true}]}"#;
        let (names, rows) = table(body);
        assert_eq!(names, ["A", "B", "C"]);
        assert_eq!(
            rows,
            [["1", "", ""], ["2", r#"{"x":[1]}"#, ""], ["", "", "true"]]
        );
        let (names, rows) =
            table(r#"{"Results":[{"A":"a\ud800\n"}],"Schema":[{"Name":"A","Type":"Int64"}]}"#);
        assert_eq!(
            (names, rows),
            (vec!["A".to_owned()], vec![vec!["a\u{fffd}\n".to_owned()]])
        );
    }

    #[test]
    fn values_keep_their_kind_and_odd_rows_spoil_none() {
        let body = r#"{"Schema":[{"Name":"A","Type":"String"},7],"Results":[
            {"A":"x\"","Deep":{"n":[1e999]},"Yes":true,"No":null},
            null, 7, "s", [1,[2]], true, -1.5,
            {"A":1.10},
            {}
        ]}"#;
        let findings = read(body.as_bytes()).unwrap();
        assert_eq!(findings.len(), 3);
        assert_eq!(findings.left_out(), (6, 0));
        let line = |row| row_as_json(&findings, row);
        let first = r#"{"A":"x\"","Deep":{"n":[1e999]},"Yes":true,"No":null}"#;
        assert_eq!([line(0), line(1), line(2)], [first, r#"{"A":1.10}"#, "{}"]);
        let of = |columns: [usize; 2]| row_of(&findings, 0, columns.into_iter());
        assert_eq!(of([2, 0]), r#"{"Yes":true,"A":"x\""}"#);
        let findings = read(br#"{"Results":[{"\ud800":"x"}]}"#).unwrap();
        assert_eq!(row_as_json(&findings, 0), "{\"\u{fffd}\":\"x\"}");
    }

    #[test]
    fn what_is_no_answer_says_so() {
        for body in [
            "",
            "null",
            "[]",
            "{}",
            "<html>",
            r#"{"Results":7}"#,
            r#"{"Results":[{]}"#,
            r#"{"Results":[]} x"#,
        ] {
            let told = read(body.as_bytes()).unwrap_err();
            assert!(told.contains("not what a query found"), "{body}: {told}");
        }
        assert!(
            read(br#"{"Schema":null,"Results":null}"#)
                .unwrap()
                .is_empty()
        );
        assert!(read(b"{\"Results\":[{\"A\":\"\xff\"}]}").is_ok());
    }

    #[test]
    fn rows_can_be_taken_while_the_answer_comes_in() {
        let body = r#"{"Schema":[{"Name":"A","Type":"Int64"}],"Results":[{"A":1},{"A":2,"B":"x"},{"A":3}],"Stats":{}}"#;
        let whole = read(body.as_bytes()).unwrap();
        for size in 1..body.len() {
            let mut reader = Reader::default();
            let mut gathered = Findings::default();
            for part in body.as_bytes().chunks(size) {
                reader.feed(part).unwrap();
                if reader.waiting() > 0 {
                    gathered.append(reader.take());
                }
            }
            gathered.append(reader.finish().unwrap());
            assert_eq!(gathered, whole, "{size}");
        }
        let mut reader = Reader::default();
        let start = body.split_inclusive("\"x\"},").next().unwrap();
        reader.feed(start.as_bytes()).unwrap();
        assert_eq!(reader.take().len(), 2, "before the answer is whole");
        let told = reader.finish().unwrap_err();
        assert!(told.contains("it breaks off"), "{told}");
    }

    #[test]
    fn too_many_columns_are_left_out_and_counted() {
        let cells: Vec<String> = (0..MOST_COLUMNS + 5)
            .map(|number| format!(r#""C{number}":{number}"#))
            .collect();
        let body = format!(r#"{{"Results":[{{{}}}]}}"#, cells.join(","));
        let findings = read(body.as_bytes()).unwrap();
        assert_eq!(findings.columns().len(), MOST_COLUMNS);
        assert_eq!(findings.left_out(), (0, 5));
        assert_eq!(findings.cell(0, 199), "199");
    }
}
