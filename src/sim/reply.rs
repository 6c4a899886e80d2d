//! An answer as data: status, headers, bytes; and the service's own error envelope.
//!
//! Does not know sockets, and does not decide what is answered.

use std::io::Write as _;

use crate::sim::json::Object;

/// An answer before it meets a socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn json(status: u16, body: String) -> Self {
        Self {
            status,
            headers: vec![(
                String::from("content-type"),
                String::from("application/json; charset=utf-8"),
            )],
            body: body.into_bytes(),
        }
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// The API's envelope: `{"error": {"code", "message", "target"}}`.
    pub(crate) fn error(status: u16, code: &str, message: &str, target: &str) -> Self {
        let error = Object::new()
            .field("code", code)
            .field("message", message)
            .field("target", target)
            .end();
        Self::json(status, Object::new().raw("error", &error).end())
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// The same, compressed, with the header that says so.
    pub(crate) fn compressed(self) -> Self {
        if self.body.is_empty() {
            return self;
        }
        match squeezed(&self.body, 1) {
            Some(body) => Self { body, ..self }
                .with("content-encoding", "gzip")
                .with("vary", "Accept-Encoding"),
            None => self,
        }
    }

    /// Little on the wire, `decompressed` bytes once unpacked.
    pub(crate) fn gzip_bomb(decompressed: usize) -> Self {
        const CHUNK: usize = 1 << 16;
        let chunk = vec![b' '; CHUNK];
        let body = squeezed(&chunk, decompressed.div_ceil(CHUNK)).unwrap_or_default();
        Self {
            body,
            ..Self::json(200, String::new())
        }
        .with("content-encoding", "gzip")
    }

    /// A body of `size` bytes that is good JSON to its end.
    pub(crate) fn huge(size: usize) -> Self {
        let (start, end) = (r#"{"value":[],"padding":""#, r#""}"#);
        let padding = "x".repeat(size.saturating_sub(start.len() + end.len()));
        Self::json(200, format!("{start}{padding}{end}"))
    }

    #[cfg(test)]
    pub(crate) fn value(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

fn squeezed(chunk: &[u8], times: usize) -> Option<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    for _ in 0..times {
        encoder.write_all(chunk).ok()?;
    }
    encoder.finish().ok()
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn compressed_bodies_unpack_to_what_they_were() {
        let reply = Reply::json(200, "hello ".repeat(100)).compressed();
        let mut text = String::new();
        assert!(
            flate2::read::GzDecoder::new(reply.body.as_slice())
                .read_to_string(&mut text)
                .is_ok()
        );
        assert_eq!(text, "hello ".repeat(100));
    }

    #[test]
    fn a_bomb_is_small_and_a_huge_body_is_not() {
        assert!(Reply::gzip_bomb(10_000_000).body.len() < 200_000);
        assert_eq!(Reply::huge(5000).body.len(), 5000);
    }
}
