//! Cuts the answer of a hunting query into pieces as it comes in: each row of its rows, and
//! each of its other members.
//!
//! Only as much JSON is understood here as it takes to find where a piece ends; whoever gets
//! a piece reads it, and finds out whether it is JSON at all.

use std::borrow::Cow;

use memchr::memchr2;

/// A stretch of the answer that can be read alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// One element of the list called `Results`.
    Row(&'a [u8]),
    /// The name of a member and its value. Of `Results` the list is empty here.
    Member(&'a [u8]),
}

/// What has come in and is no whole piece yet.
#[derive(Debug, Default)]
pub(super) struct Cutter {
    piece: Vec<u8>,
    stage: Stage,
    string: Quoted,
    /// Objects and lists that are open.
    depth: usize,
    /// A comma came before: one more piece has to follow.
    owes: bool,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Before,
    Members,
    /// Within the list of rows, whose name this is, with its colon.
    Rows(Vec<u8>),
    After,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum Quoted {
    #[default]
    No,
    Yes,
    /// Behind a backslash.
    Escaped,
}

/// The members of the answer.
const MEMBERS: usize = 1;
/// The rows in their list.
const ROWS: usize = 2;

impl Cutter {
    /// Takes the next bytes, and gives each piece that is whole by then to `take`.
    ///
    /// # Errors
    /// What is wrong, when no answer goes on like this, and whatever `take` finds wrong.
    pub(super) fn feed(
        &mut self,
        mut bytes: &[u8],
        take: &mut dyn FnMut(Piece<'_>) -> Result<(), String>,
    ) -> Result<(), String> {
        while let Some(first) = bytes.first() {
            let length = match self.string {
                Quoted::Yes => memchr2(b'"', b'\\', bytes),
                Quoted::No => bytes.iter().position(|byte| b"\"{}[],".contains(byte)),
                Quoted::Escaped => {
                    self.piece.push(*first);
                    self.string = Quoted::Yes;
                    bytes = bytes.get(1..).unwrap_or_default();
                    continue;
                }
            };
            let (run, rest) = bytes
                .split_at_checked(length.unwrap_or(bytes.len()))
                .unwrap_or((bytes, &[]));
            if matches!(self.stage, Stage::Before | Stage::After) && !is_blank(run) {
                return Err("no object alone".to_owned());
            }
            self.piece.extend_from_slice(run);
            let Some((mark, rest)) = rest.split_first() else {
                return Ok(());
            };
            bytes = rest;
            self.meet(*mark, take)?;
        }
        Ok(())
    }

    /// Says whether the answer came whole.
    ///
    /// # Errors
    /// When it broke off.
    pub(super) fn finish(self) -> Result<(), String> {
        match self.stage {
            Stage::After => Ok(()),
            Stage::Before => Err("empty".to_owned()),
            Stage::Members | Stage::Rows(_) => Err("it breaks off".to_owned()),
        }
    }

    /// A byte that may begin or end something.
    fn meet(
        &mut self,
        mark: u8,
        take: &mut dyn FnMut(Piece<'_>) -> Result<(), String>,
    ) -> Result<(), String> {
        match (&mut self.stage, mark, self.depth) {
            (Stage::Before, b'{', _) => {
                self.stage = Stage::Members;
                self.depth = MEMBERS;
                self.piece.clear();
            }
            (Stage::Before | Stage::After, _, _) => return Err("no object alone".to_owned()),
            (Stage::Members | Stage::Rows(_), b'"', _) => {
                self.string = match self.string {
                    Quoted::No => Quoted::Yes,
                    Quoted::Yes | Quoted::Escaped => Quoted::No,
                };
                self.piece.push(mark);
            }
            (Stage::Members | Stage::Rows(_), b'\\', _) => {
                self.string = Quoted::Escaped;
                self.piece.push(mark);
            }
            (Stage::Members, b'[', MEMBERS) if names_rows(&self.piece) => {
                self.stage = Stage::Rows(std::mem::take(&mut self.piece));
                self.depth = ROWS;
                self.owes = false;
            }
            (Stage::Members, b',', MEMBERS) | (Stage::Rows(_), b',', ROWS) => {
                self.owes = true;
                self.cut(take)?;
            }
            (Stage::Members, b'}', MEMBERS) => {
                self.cut_last(take)?;
                self.stage = Stage::After;
            }
            (Stage::Rows(name), b']', ROWS) => {
                let name = std::mem::take(name);
                self.cut_last(take)?;
                self.stage = Stage::Members;
                self.depth = MEMBERS;
                self.piece = name;
                self.piece.extend_from_slice(b"[]");
            }
            (Stage::Members, _, MEMBERS) | (Stage::Rows(_), _, ROWS)
                if matches!(mark, b'}' | b']') =>
            {
                return Err("what opened is closed as something else".to_owned());
            }
            (Stage::Members | Stage::Rows(_), _, depth) => {
                self.depth = match mark {
                    b'{' | b'[' => depth + 1,
                    b'}' | b']' => depth.saturating_sub(1),
                    _ => depth,
                };
                self.piece.push(mark);
            }
        }
        Ok(())
    }

    /// Gives the piece that ended.
    fn cut(&mut self, take: &mut dyn FnMut(Piece<'_>) -> Result<(), String>) -> Result<(), String> {
        if is_blank(&self.piece) {
            return Err("a comma too many".to_owned());
        }
        let taken = match self.stage {
            Stage::Rows(_) => take(Piece::Row(&self.piece)),
            Stage::Before | Stage::Members | Stage::After => take(Piece::Member(&self.piece)),
        };
        self.piece.clear();
        taken
    }

    /// The same before an end, where there may be nothing at all.
    fn cut_last(
        &mut self,
        take: &mut dyn FnMut(Piece<'_>) -> Result<(), String>,
    ) -> Result<(), String> {
        let owed = std::mem::take(&mut self.owes);
        if is_blank(&self.piece) && !owed {
            self.piece.clear();
            return Ok(());
        }
        self.cut(take)
    }
}

fn is_blank(bytes: &[u8]) -> bool {
    bytes.iter().all(u8::is_ascii_whitespace)
}

/// Whether the value that follows are the rows.
fn names_rows(piece: &[u8]) -> bool {
    let Some(name) = piece.trim_ascii().strip_suffix(b":") else {
        return false;
    };
    serde_json::from_slice::<Cow<'_, str>>(name)
        .is_ok_and(|name| name.eq_ignore_ascii_case("results"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pieces of an answer that comes in parts of `size` bytes.
    fn pieces(answer: &str, size: usize) -> Result<Vec<String>, String> {
        let mut cutter = Cutter::default();
        let mut found = Vec::new();
        for part in answer.as_bytes().chunks(size) {
            cutter.feed(part, &mut |piece| {
                found.push(match piece {
                    Piece::Row(row) => format!("row {}", String::from_utf8_lossy(row)),
                    Piece::Member(member) => String::from_utf8_lossy(member).into_owned(),
                });
                Ok(())
            })?;
        }
        cutter.finish().map(|()| found)
    }

    #[test]
    fn pieces_are_the_same_however_the_answer_is_cut_up() {
        let answer =
            r#" {"a":{"Results":[1,2]},"RESULTS" : [{"x":"],\"}\\"}, [1,[2]],7 ],"b":[]} "#;
        let wanted = [
            r#""a":{"Results":[1,2]}"#,
            r#"row {"x":"],\"}\\"}"#,
            "row  [1,[2]]",
            "row 7 ",
            r#""RESULTS" : []"#,
            r#""b":[]"#,
        ];
        for size in 1..answer.len() {
            assert_eq!(pieces(answer, size).unwrap_or_default(), wanted, "{size}");
        }
        for empty in ["{}", " { } ", r#"{"Results":[]}"#, "{\"Results\":[\n]}"] {
            let rows = pieces(empty, 3).unwrap_or_default();
            assert!(
                rows.iter().all(|piece| !piece.starts_with("row")),
                "{empty}"
            );
        }
    }

    #[test]
    fn what_cannot_go_on_is_refused() {
        for answer in [
            "",
            "x",
            "[]",
            "\"{}\"",
            "{} {}",
            "{} x",
            "{",
            r#"{"a":1,}"#,
            r#"{,"a":1}"#,
            r#"{"a":1,,"b":2}"#,
            r#"{"a":1]"#,
            r#"{"Results":[1,]}"#,
            r#"{"Results":[,1]}"#,
            r#"{"Results":[1}}"#,
            r#"{"Results":[{}"#,
            r#"{"Results":["#,
            r#"{"Results":["]}"#,
        ] {
            assert!(pieces(answer, 2).is_err(), "{answer}");
        }
    }
}
