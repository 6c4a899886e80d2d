//! What can happen.

use std::sync::Arc;

use jiff::Timestamp;
use ratatui::layout::Size;

use crate::app::Settings;
use crate::app::decisions::editing::Unedited;
use crate::app::decisions::pending::DecisionId;
use crate::app::hand_out;
use crate::app::handover::Own;
use crate::app::hunting::HuntId;
use crate::app::mouse::Mouse;
use crate::app::poller::PollId;
use crate::app::reread::Trouble;
use crate::app::responding;
use crate::app::sign_in::Answer;
use crate::domain::alert::Alert;
use crate::domain::alert::AlertId;
use crate::domain::alert::AlertPage;
use crate::domain::decision::kept::Outbox;
use crate::domain::decision::outcome::Decided;
use crate::domain::device::kept::Entry;
use crate::domain::failure::Failure;
use crate::domain::hunt::Findings;
use crate::domain::hunt::Unhunted;
use crate::domain::incident::Incident;
use crate::domain::related::Part;
use crate::domain::related::Told;
use crate::domain::session::Audience;
use crate::domain::session::TokenFacts;
use crate::keymap::Key;

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The program runs: sign in.
    Started,
    KeyPressed(Key),
    /// Text came in one piece, not as keys.
    Pasted(String),
    Moused(Mouse),
    Resized(Size),
    /// The moment told by [`crate::app::next_wakeup`] came, or an earlier one.
    Woke,
    /// The terminal is ours again after a suspension.
    Resumed,
    TokenRenewed(Audience, Result<TokenFacts, Failure>),
    /// The configuration file changed and was read.
    ConfigRead(Result<Box<Settings>, Trouble>),
    /// What was kept of the last time could not be read; why.
    PlaceLost(String),
    /// Where the person is could not be kept; why.
    PlaceNotKept(String),
    /// Another profile could not be shown; why.
    ProfileFailed(Failure),
    /// No browser could be opened on this machine; why.
    BrowserFailed(String),
    /// The sign-in by a person went on.
    SignInAnswered(Answer),
    AlertsPolled {
        poll: PollId,
        result: Result<AlertPage, Failure>,
    },
    /// What the service says of an incident.
    IncidentRead {
        id: String,
        result: Result<Box<Incident>, Failure>,
    },
    AlertRead {
        id: AlertId,
        result: Result<Alert, Failure>,
    },
    /// What the service relates to an alert, one kind of it.
    RelatedRead {
        id: AlertId,
        part: Part,
        result: Result<Told, Failure>,
    },
    /// A decision was written, or not: alert by alert.
    DecisionAnswered {
        decision: DecisionId,
        decided: Decided,
    },
    /// The editor ended: the note where it was changed, or why nothing came of it.
    NoteEdited(Result<Option<String>, Unedited>),
    /// Rows that a hunting query found; more come.
    HuntRead(HuntId, Arc<Findings>),
    /// A hunting query ended, with the last rows it found.
    Hunted(HuntId, Result<Arc<Findings>, Unhunted>),
    /// The service answered a question about devices.
    Responded(responding::Answer),
    /// Actions on devices that an earlier session followed.
    FollowedFound(Vec<Entry>),
    /// Decisions of an earlier session that did not arrive.
    OutboxFound(Outbox),
    /// The audit log was read, or not; why.
    AuditRead {
        since: Timestamp,
        result: Result<Own, String>,
    },
    /// The program is about to end, by another profile's key.
    QuitWanted,
    /// What is kept on disk about decisions could not be read or written: in a sentence.
    LedgerTroubled(String),
    /// The hook command ended, or could not be run; why it failed.
    HookFinished(Result<(), String>),
    /// A view was written into a file, or not.
    Exported(hand_out::Exported),
}
