//! What the service made of an order: a machine action, and how far it is.

use std::fmt;
use std::sync::Arc;

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::domain::device::facts::DeviceId;
use crate::domain::device::order::Order;
use crate::domain::text::Text;

/// The service's id of an action: opaque, never empty.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ActionId(Arc<str>);

impl ActionId {
    /// `None` for what has no place in a path.
    pub fn new(id: &str) -> Option<Self> {
        let is_id = !id.trim().is_empty() && !matches!(id, "." | "..");
        is_id.then(|| Self(Arc::from(id)))
    }

    /// The id as the service wrote it; hostile until shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ActionId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, formatter)
    }
}

/// What is done. A word this version does not know is `Other`; the word is kept beside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ActionKind {
    Isolate,
    Release,
    Scan,
    Restrict,
    Unrestrict,
    Collect,
    Quarantine,
    Other,
}

impl ActionKind {
    const WORDS: [(&'static str, Self); 7] = [
        ("Isolate", Self::Isolate),
        ("Unisolate", Self::Release),
        ("RunAntiVirusScan", Self::Scan),
        ("RestrictCodeExecution", Self::Restrict),
        ("UnrestrictCodeExecution", Self::Unrestrict),
        ("CollectInvestigationPackage", Self::Collect),
        ("StopAndQuarantineFile", Self::Quarantine),
    ];

    /// Reads the service's word in any letter case.
    pub fn of(word: &str) -> Self {
        Self::WORDS
            .into_iter()
            .find(|(known, _)| word.eq_ignore_ascii_case(known))
            .map_or(Self::Other, |(_, kind)| kind)
    }

    /// What people call it; empty for what is not known.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Isolate => "isolation",
            Self::Release => "release",
            Self::Scan => "scan",
            Self::Restrict => "restriction",
            Self::Unrestrict => "lifting the restriction",
            Self::Collect => "package",
            Self::Quarantine => "quarantine",
            Self::Other => "",
        }
    }
}

/// How far an action is. A word this version does not know is `Other`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ActionState {
    Pending,
    InProgress,
    Succeeded,
    Failed,
    TimedOut,
    Cancelled,
    Other,
}

impl ActionState {
    /// Reads the service's word in any letter case; an older page has one `l`.
    pub fn of(word: &str) -> Self {
        [
            ("Pending", Self::Pending),
            ("InProgress", Self::InProgress),
            ("Succeeded", Self::Succeeded),
            ("Failed", Self::Failed),
            ("TimeOut", Self::TimedOut),
            ("Cancelled", Self::Cancelled),
            ("Canceled", Self::Cancelled),
        ]
        .into_iter()
        .find(|(known, _)| word.eq_ignore_ascii_case(known))
        .map_or(Self::Other, |(_, state)| state)
    }

    /// The word people use.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pending => "waits for the device",
            Self::InProgress => "in progress",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::TimedOut => "timed out",
            Self::Cancelled => "cancelled",
            Self::Other => "unknown",
        }
    }

    /// Nothing happens to it any more.
    pub const fn is_over(self) -> bool {
        matches!(
            self,
            Self::Succeeded | Self::Failed | Self::TimedOut | Self::Cancelled
        )
    }
}

/// One action as the service tells of it. Absent texts are empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceAction {
    pub id: ActionId,
    pub kind: ActionKind,
    /// The service's own word for the kind.
    pub kind_word: Text,
    pub state: ActionState,
    /// The service's own word for the state.
    pub state_word: Text,
    pub scope: Text,
    pub requestor: Text,
    pub comment: Text,
    /// None where it is left out: nothing but id, type and status is sure to be there.
    pub device: Option<DeviceId>,
    pub device_name: Text,
    /// SHA-1 of the file it is about.
    pub file: Text,
    pub created: Option<Timestamp>,
    pub updated: Option<Timestamp>,
    /// The device's own number of what went wrong; 0 where nothing did.
    pub error: i64,
    /// As it came.
    pub json: Text,
}

impl DeviceAction {
    /// What it does, as people say it: `full scan`.
    pub fn says(&self) -> String {
        let scope = self.scope.as_word().to_lowercase();
        let word = match self.kind.word() {
            "" => self.kind_word.as_word(),
            word => word.to_owned(),
        };
        if scope.is_empty() {
            word
        } else {
            format!("{scope} {word}")
        }
    }

    /// How far it is, as people say it.
    pub fn state_says(&self) -> String {
        let word = match self.state {
            ActionState::Other => self.state_word.as_word(),
            ActionState::Pending
            | ActionState::InProgress
            | ActionState::Succeeded
            | ActionState::Failed
            | ActionState::TimedOut
            | ActionState::Cancelled => self.state.word().to_owned(),
        };
        match self.error_says() {
            Some(error) => format!("{word}, error {error}"),
            None => word,
        }
    }

    /// What went wrong, as Windows writes such numbers.
    pub fn error_says(&self) -> Option<String> {
        let low = u32::try_from(self.error & 0xffff_ffff).unwrap_or_default();
        (self.error != 0 && self.state != ActionState::Succeeded).then(|| format!("0x{low:08X}"))
    }

    /// One of which nothing is known yet but its id.
    pub fn known_by(id: ActionId) -> Self {
        Self {
            id,
            kind: ActionKind::Other,
            kind_word: Text::default(),
            state: ActionState::Other,
            state_word: Text::from("not read yet"),
            scope: Text::default(),
            requestor: Text::default(),
            comment: Text::default(),
            device: None,
            device_name: Text::default(),
            file: Text::default(),
            created: None,
            updated: None,
            error: 0,
            json: Text::default(),
        }
    }

    /// Whether it has to end before this order can be taken: an action and its opposite
    /// exclude each other.
    pub fn excludes(&self, order: &Order) -> bool {
        let pair = |kind| match kind {
            ActionKind::Release => ActionKind::Isolate,
            ActionKind::Unrestrict => ActionKind::Restrict,
            ActionKind::Isolate
            | ActionKind::Scan
            | ActionKind::Restrict
            | ActionKind::Collect
            | ActionKind::Quarantine
            | ActionKind::Other => kind,
        };
        let is_known = self.kind != ActionKind::Other;
        is_known && !self.state.is_over() && pair(self.kind) == pair(order.kind())
    }

    /// Whether this is what came of an order: the same kind, the same words, and made
    /// no earlier than it was sent. `sent` is by the service's clock.
    pub fn answers(&self, order: &Order, comment: &str, sent: Timestamp) -> bool {
        /// By so much a clock may be wrong that nobody corrected.
        const SKEW: SignedDuration = SignedDuration::from_mins(5);
        let since = sent.saturating_sub(SKEW).unwrap_or(Timestamp::MIN);
        self.kind == order.kind()
            && self.comment.original().trim() == comment.trim()
            && self.created.is_some_and(|created| created >= since)
    }
}

/// What the actions of a device leave in force. The service tells it nowhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    pub is_isolated: bool,
    pub is_restricted: bool,
}

impl Standing {
    /// Reads it off the actions, in whatever order they are.
    pub fn of(actions: &[DeviceAction]) -> Self {
        Self {
            is_isolated: is_in_force(actions, ActionKind::Isolate, ActionKind::Release),
            is_restricted: is_in_force(actions, ActionKind::Restrict, ActionKind::Unrestrict),
        }
    }
}

/// Whether the last of the two that succeeded was `on`.
fn is_in_force(actions: &[DeviceAction], on: ActionKind, off: ActionKind) -> bool {
    actions
        .iter()
        .filter(|action| action.state == ActionState::Succeeded)
        .filter(|action| action.kind == on || action.kind == off)
        .max_by_key(|action| (action.updated.or(action.created), action.created))
        .is_some_and(|action| action.kind == on)
}

/// Where a package can be fetched. Whoever has the link has the package: it is shown to
/// the person who asked, and written down nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct PackageLink(String);

impl PackageLink {
    /// Only what a browser opens, without quotation marks around it.
    pub fn new(link: &str) -> Option<Self> {
        let link = link.trim().trim_matches('"').trim();
        let is_link = link.starts_with("https://") && !link.contains(char::is_whitespace);
        is_link.then(|| Self(link.to_owned()))
    }

    /// The link, for the screen and the clipboard; hostile until shown.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PackageLink {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[redacted]")
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn action(kind: ActionKind, state: ActionState, minute: i64) -> DeviceAction {
        let at = Timestamp::from_second(minute * 60).ok();
        DeviceAction {
            id: ActionId(Arc::from(format!("a-{minute}"))),
            kind,
            kind_word: Text::default(),
            state,
            state_word: Text::default(),
            scope: Text::default(),
            requestor: Text::from("lin.zhao@contoso.example"),
            comment: Text::default(),
            device: None,
            device_name: Text::default(),
            file: Text::default(),
            created: at,
            updated: at,
            error: 0,
            json: Text::default(),
        }
    }

    #[test]
    fn unknown_words_are_kept_and_shown() {
        assert_eq!(ActionKind::of("OFFBOARD"), ActionKind::Other);
        assert_eq!(ActionState::of("canceled"), ActionState::Cancelled);
        let mut odd = action(ActionKind::Other, ActionState::Other, 0);
        odd.kind_word = Text::from("Offboard");
        odd.state_word = Text::from("Sleeping");
        assert_eq!(
            (odd.says(), odd.state_says()),
            ("Offboard".to_owned(), "Sleeping".to_owned())
        );
        assert!(!odd.state.is_over(), "what is not known is followed on");
    }

    #[test]
    fn errors_are_written_as_windows_writes_them() {
        let mut failed = action(ActionKind::Scan, ActionState::Failed, 0);
        failed.error = -2_145_844_840;
        assert_eq!(failed.state_says(), "failed, error 0x80190198");
        failed.error = 0;
        assert_eq!(failed.state_says(), "failed");
    }

    #[test]
    fn what_succeeded_last_is_in_force() {
        let isolate = |minute| action(ActionKind::Isolate, ActionState::Succeeded, minute);
        let release = |minute| action(ActionKind::Release, ActionState::Succeeded, minute);
        let failed = action(ActionKind::Release, ActionState::Failed, 9);
        let is_isolated = |actions: &[DeviceAction]| Standing::of(actions).is_isolated;
        assert!(!is_isolated(&[]));
        assert!(is_isolated(&[isolate(1)]));
        assert!(!is_isolated(&[release(2), isolate(1)]));
        assert!(is_isolated(&[isolate(3), release(2), isolate(1)]));
        assert!(is_isolated(&[failed, isolate(1)]));
    }

    #[test]
    fn an_order_is_known_again_by_its_words_and_its_time() {
        let mut made = action(ActionKind::Isolate, ActionState::Pending, 60);
        made.comment = Text::from("alert da1 by me ");
        let sent = |minute: i64| Timestamp::from_second(minute * 60).unwrap_or_default();
        let answers = |order: &Order, comment, minute| made.answers(order, comment, sent(minute));
        assert!(answers(&Order::IsolateFully, "alert da1 by me", 60));
        assert!(
            answers(&Order::IsolateFully, "alert da1 by me", 64),
            "clocks differ"
        );
        assert!(
            !answers(&Order::IsolateFully, "alert da1 by me", 70),
            "an earlier one"
        );
        assert!(!answers(&Order::IsolateFully, "alert da2 by me", 60));
        assert!(!answers(&Order::Release, "alert da1 by me", 60));
    }

    #[test]
    fn a_link_loses_its_quotation_marks_and_is_never_printed() {
        let link = PackageLink::new("\"https://x.example/p.zip?token=t\"");
        assert_eq!(
            link.as_ref().map(PackageLink::expose),
            Some("https://x.example/p.zip?token=t")
        );
        assert_eq!(format!("{link:?}"), "Some([redacted])");
        for wrong in [
            "",
            "\"\"",
            "http://x.example/",
            "javascript:alert(1)",
            "https://x y",
        ] {
            assert_eq!(PackageLink::new(wrong), None, "{wrong}");
        }
    }
}
