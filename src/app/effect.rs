//! What an event asks for: data, which the runtime performs.

use jiff::Timestamp;

use crate::app::decisions::pending::DecisionId;
use crate::app::hand_out;
use crate::app::hunting::HuntId;
use crate::app::place::Place;
use crate::app::poller::PollId;
use crate::app::responding::Ask;
use crate::app::sign_in::Ask as SignInAsk;
use crate::app::telling;
use crate::domain::alert::AlertId;
use crate::domain::decision::kept::Outbox;
use crate::domain::decision::kept::Record;
use crate::domain::decision::outcome::Write;
use crate::domain::device::kept::Entry;
use crate::domain::device::kept::OrderRecord;
use crate::domain::query::AlertQuery;
use crate::domain::related::Part;
use crate::domain::session::Audience;

/// Something that must be done.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Sign in, or renew the token of that API.
    RenewToken(Audience),
    /// Go on with the sign-in by a person.
    SignIn(SignInAsk),
    /// Hand a text to the terminal's clipboard.
    CopyText(String),
    /// Show another profile; this one goes on behind it.
    GoToProfile(String),
    /// Show an address in the browser of this machine.
    OpenAddress(String),
    PollAlerts {
        poll: PollId,
        query: AlertQuery,
    },
    /// Keep where the person is, for the next time.
    SavePlace(Place),
    /// Write down what was decided and has not arrived.
    KeepOutbox(Box<Outbox>),
    /// Add to the audit log.
    Audit(Vec<Record>),
    /// Read what the audit log tells of decisions that ended since then.
    ReadAudit {
        since: Timestamp,
    },
    /// Give the terminal to the person's editor, with this text in it.
    EditNote {
        text: String,
    },
    /// Write a decision to the service.
    Decide {
        decision: DecisionId,
        write: Write,
    },
    /// Run a hunting query.
    Hunt {
        hunt: HuntId,
        query: String,
    },
    /// Give a hunting query up.
    CancelHunt(HuntId),
    /// Ask the service about a device, or for an action on one.
    Respond(Ask),
    /// Write down the actions on devices that are followed.
    KeepFollowed(Vec<Entry>),
    /// Add what came of orders for devices to the audit log.
    AuditOrders(Vec<OrderRecord>),
    ReadIncident {
        id: String,
    },
    /// Read one alert whole.
    ReadAlert {
        id: AlertId,
    },
    /// Ask for one kind of what is related to an alert.
    ReadRelated {
        id: AlertId,
        part: Part,
    },
    /// Ring the bell and show a notification.
    Notify(telling::Message),
    /// Write alerts into a file.
    Export(hand_out::Export),
    /// Run the operator's program with an alert on its standard input.
    RunHook {
        command: Vec<String>,
        json: String,
    },
    /// Forget what is on the screen and draw it anew.
    Redraw,
    /// Give the terminal back until the shell resumes us.
    Suspend,
    Quit,
}
