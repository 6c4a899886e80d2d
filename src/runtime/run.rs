//! The loop: waits for whatever comes first, applies it, draws once.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::SignedDuration;
use jiff::Timestamp;
use ratatui::layout::Size;
use tokio::sync::mpsc;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;
use tokio::task::AbortHandle;
use tokio::task::JoinSet;
use tracing::warn;

use crate::app;
use crate::app::Effect;
use crate::app::Event;
use crate::app::Settings;
use crate::app::State;
use crate::app::handover::Own;
use crate::app::hunting::HuntId;
use crate::app::place::Place;
use crate::app::reread::Trouble;
use crate::app::telling::Message;
use crate::domain::decision::kept::Outbox;
use crate::domain::decision::kept::Record;
use crate::domain::device::kept::Entry;
use crate::domain::device::kept::OrderRecord;
use crate::domain::failure::Failure;
use crate::runtime::browser;
use crate::runtime::editor::Editor;
use crate::runtime::front::Front;
use crate::runtime::input;
use crate::runtime::input::Keys;
use crate::runtime::input::Reader;
use crate::runtime::input::Resting;
use crate::runtime::ledgers;
use crate::runtime::ledgers::Ledger;
use crate::runtime::perform;
use crate::runtime::perform::perform;
use crate::runtime::places::Places;
use crate::runtime::signals::Signal;
use crate::runtime::signals::Signals;
use crate::runtime::sleeper::Sleeper;
use crate::runtime::terminal::TerminalError;
use crate::runtime::watched::Watched;
use crate::service::Client;
use crate::service::client::Now;
use crate::theme::Theme;

/// Events applied before a frame is drawn, at most: a flood must not hide the screen.
const EVENTS_A_FRAME: usize = 256;

/// One profile at work: what is known of it, and who asks for it.
pub struct Desk {
    pub state: State,
    pub client: Arc<Client>,
    /// None where nothing is kept on disk.
    ledger: Option<Ledger>,
}

/// Makes what a profile needs when it is gone to for the first time.
pub type OpenProfile = dyn Fn(&str) -> Result<(Settings, Client), Failure>;

/// Reads the configuration anew for a profile.
pub type Reread = dyn Fn(&str) -> Result<(Settings, Theme), Trouble>;

/// What the loop asks of whoever started it.
pub struct Hands {
    pub open_profile: Box<OpenProfile>,
    pub reread: Box<Reread>,
    /// The configuration file.
    pub config: Watched,
    /// None where nothing is kept for the next time.
    pub places: Option<Places>,
    /// Where decisions are written down; none in a demo, whose tenant ends with it.
    pub ledgers: Option<PathBuf>,
    /// Where notes of several lines are written.
    pub editor: Editor,
    pub now: Now,
}

/// While an editor has the terminal.
struct Away {
    /// Nobody reads the keys until then.
    _resting: Resting,
    task: AbortHandle,
    /// Comes to its end with the editor and all that was made for it.
    over: oneshot::Receiver<()>,
    /// What was to be told meanwhile: the editor's screen is not ours to write on.
    message: Option<Message>,
}

/// Everything the loop needs.
struct Running {
    /// In the order they were opened. All go on; one is shown.
    desks: Vec<Desk>,
    shown: usize,
    hands: Hands,
    screen: Front,
    reader: Reader,
    /// Set while an editor has the terminal.
    away: Option<Away>,
    /// Each with the place of the desk that asked.
    tasks: JoinSet<(usize, Option<Event>)>,
    /// Queries on their way, each with what keeps it going.
    hunts: Vec<(usize, HuntId, oneshot::Sender<()>)>,
    /// What queries tell while they run, each with the place of the desk that asked.
    told: UnboundedReceiver<(usize, Event)>,
    tell: UnboundedSender<(usize, Event)>,
}

/// Whether the program goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flow {
    GoOn,
    End,
}

/// Runs the dashboard until the operator quits or the terminal goes away.
///
/// The first frame is drawn before anything is asked of the network.
pub async fn run(
    settings: Settings,
    client: Client,
    hands: Hands,
    mut screen: Front,
) -> Result<(), TerminalError> {
    let desk = seat(settings, client, &hands, screen.size());
    screen.draw(&desk.state)?;
    let sleeper = Sleeper::new().map_err(TerminalError::Setup)?;
    let mut signals = Signals::new().map_err(TerminalError::Setup)?;
    let (mut keys, reader) = input::listen().map_err(TerminalError::Setup)?;
    let (tell, told) = mpsc::unbounded_channel();
    let mut running = Running {
        desks: vec![desk],
        shown: 0,
        hands,
        screen,
        reader,
        away: None,
        tasks: JoinSet::new(),
        hunts: Vec::new(),
        told,
        tell,
    };
    let end = running.work(&sleeper, &mut signals, &mut keys).await;
    if let Some(away) = running.away.take() {
        // No editor is left behind with the terminal, nor its file.
        away.task.abort();
        away.over.await.unwrap_or_default();
    }
    // However it ended: also when the terminal is gone.
    running.keep_places();
    end
}

/// A desk as it was left the last time, or a fresh one.
fn seat(settings: Settings, client: Client, hands: &Hands, size: Size) -> Desk {
    let now = (hands.now)();
    let mut state = State::new(settings, size, now);
    let kept = hands
        .places
        .as_ref()
        .map(|places| places.load(&state.settings.profile));
    match kept {
        Some(Ok(Some(place))) => place.restore(&mut state),
        Some(Err(why)) => {
            // Asks for nothing: nothing has started yet.
            app::update(&mut state, Event::PlaceLost(why), now);
        }
        Some(Ok(None)) | None => {}
    }
    let folder = hands.ledgers.as_ref();
    let (ledger, events) = folder
        .map(|folder| Ledger::open(folder, &state))
        .map_or((None, Vec::new()), |(ledger, events)| {
            (Some(ledger), events)
        });
    for event in events {
        // What was found is in this session's file already, and asks for nothing else.
        app::update(&mut state, event, now);
    }
    let client = Arc::new(client);
    Desk {
        state,
        client,
        ledger,
    }
}

impl Running {
    async fn work(
        &mut self,
        sleeper: &Sleeper,
        signals: &mut Signals,
        keys: &mut Keys,
    ) -> Result<(), TerminalError> {
        self.apply(0, Event::Started)?;
        loop {
            self.reread_changed()?;
            self.draw()?;
            let wait = self.wait();
            let flow = tokio::select! {
                key = keys.recv() => self.on_key(key)?,
                Some(done) = self.tasks.join_next(), if !self.tasks.is_empty() => {
                    self.on_done(done)?
                }
                Some((desk, event)) = self.told.recv() => self.apply(desk, event)?,
                signal = signals.next() => self.on_signal(signal)?,
                () = sleeper.wait(wait) => self.apply_to_all(&Event::Woke)?,
            };
            if flow == Flow::End || self.drain(keys)? == Flow::End {
                return Ok(());
            }
        }
    }

    fn draw(&mut self) -> Result<(), TerminalError> {
        if self.away.is_some() {
            return Ok(());
        }
        match self.desks.get(self.shown) {
            Some(desk) => self.screen.draw(&desk.state),
            None => Ok(()),
        }
    }

    /// Time until any of the desks wants to be woken.
    fn wait(&self) -> Option<SignedDuration> {
        let wakeups = self
            .desks
            .iter()
            .filter_map(|desk| app::next_wakeup(&desk.state));
        let present = (self.hands.now)().steady;
        wakeups
            .min()
            .map(|at| present.until(at).max(SignedDuration::ZERO))
    }

    /// Applies an event and starts what it asks for.
    fn apply(&mut self, desk: usize, event: Event) -> Result<Flow, TerminalError> {
        let Some(at) = self.desks.get_mut(desk) else {
            return Ok(Flow::GoOn);
        };
        let client = Arc::clone(&at.client);
        for effect in app::update(&mut at.state, event, (self.hands.now)()) {
            match effect {
                Effect::Quit => return self.quit(desk),
                Effect::Redraw => self.screen.forget(),
                Effect::Suspend => self.suspend()?,
                Effect::CopyText(text) => self.screen.copy(&text)?,
                // Of what is not in sight too: that is what it is for.
                Effect::Notify(message) => match &mut self.away {
                    Some(away) => away.message = Some(message),
                    None => self.screen.notify(&message)?,
                },
                Effect::EditNote { text } => self.edit(desk, text),
                // A browser that opens for what is not in sight would be a riddle.
                Effect::OpenAddress(_) if desk != self.shown => {}
                Effect::OpenAddress(address) => self.open(desk, address),
                Effect::SavePlace(place) => self.keep_place(desk, &place)?,
                Effect::KeepOutbox(outbox) => self.keep_outbox(desk, &outbox)?,
                Effect::Audit(records) => self.audit(desk, &records)?,
                Effect::KeepFollowed(entries) => self.keep_followed(desk, &entries)?,
                Effect::AuditOrders(records) => self.audit_orders(desk, &records)?,
                Effect::ReadAudit { since } => self.read_audit(desk, since),
                Effect::GoToProfile(name) => self.go_to(&name)?,
                Effect::Hunt { hunt, query } => self.hunt(desk, hunt, query),
                // Without its sender the query is dropped, and its connection with it.
                Effect::CancelHunt(hunt) => {
                    self.hunts.retain(|(of, id, _)| (*of, *id) != (desk, hunt));
                }
                Effect::RenewToken(_)
                | Effect::SignIn(_)
                | Effect::PollAlerts { .. }
                | Effect::RunHook { .. }
                | Effect::Export(_)
                | Effect::Decide { .. }
                | Effect::Respond(_)
                | Effect::ReadIncident { .. }
                | Effect::ReadRelated { .. }
                | Effect::ReadAlert { .. } => {
                    let client = Arc::clone(&client);
                    self.tasks
                        .spawn(async move { (desk, perform(&client, effect).await) });
                }
            }
        }
        Ok(Flow::GoOn)
    }

    /// Runs a query for as long as somebody waits for it.
    fn hunt(&mut self, desk: usize, hunt: HuntId, query: String) {
        let Some(at) = self.desks.get(desk) else {
            return;
        };
        let client = Arc::clone(&at.client);
        let (wanted, given_up) = oneshot::channel::<()>();
        self.hunts.retain(|(_, _, wanted)| !wanted.is_closed());
        self.hunts.push((desk, hunt, wanted));
        let tell = self.tell.clone();
        self.tasks.spawn(async move {
            // Nobody is left to be told at the end of the program.
            let mut told = |event| tell.send((desk, event)).unwrap_or_default();
            tokio::select! {
                () = perform::hunt(&client, hunt, &query, &mut told) => {}
                _ = given_up => {}
            }
            (desk, None)
        });
    }

    fn apply_to_all(&mut self, event: &Event) -> Result<Flow, TerminalError> {
        for desk in 0..self.desks.len() {
            if self.apply(desk, event.clone())? == Flow::End {
                return Ok(Flow::End);
            }
        }
        Ok(Flow::GoOn)
    }

    /// Reads the configuration if its file changed. Nothing waits for that.
    fn reread_changed(&mut self) -> Result<(), TerminalError> {
        if !self.hands.config.changed() {
            return Ok(());
        }
        for desk in 0..self.desks.len() {
            let Some(at) = self.desks.get(desk) else {
                continue;
            };
            let read = (self.hands.reread)(&at.state.settings.profile);
            let read = read.map(|(settings, theme)| {
                if desk == self.shown {
                    self.screen.dress(theme);
                }
                Box::new(settings)
            });
            self.apply(desk, Event::ConfigRead(read))?;
        }
        Ok(())
    }

    fn keep_place(&mut self, desk: usize, place: &Place) -> Result<(), TerminalError> {
        let (Some(places), Some(at)) = (&self.hands.places, self.desks.get(desk)) else {
            return Ok(());
        };
        if let Err(why) = places.save(&at.state.settings.profile, place) {
            self.apply(desk, Event::PlaceNotKept(why))?;
        }
        Ok(())
    }

    fn keep_outbox(&mut self, desk: usize, outbox: &Outbox) -> Result<(), TerminalError> {
        let ledger = self.desks.get_mut(desk).and_then(|at| at.ledger.as_mut());
        if let Some(event) = ledger.and_then(|ledger| ledger.keep(outbox)) {
            self.apply(desk, event)?;
        }
        Ok(())
    }

    fn audit(&mut self, desk: usize, records: &[Record]) -> Result<(), TerminalError> {
        let ledger = self.desks.get(desk).and_then(|at| at.ledger.as_ref());
        if let Some(event) = ledger.and_then(|ledger| ledger.audit(records)) {
            self.apply(desk, event)?;
        }
        Ok(())
    }

    fn keep_followed(&mut self, desk: usize, entries: &[Entry]) -> Result<(), TerminalError> {
        let ledger = self.desks.get_mut(desk).and_then(|at| at.ledger.as_mut());
        if let Some(event) = ledger.and_then(|ledger| ledger.keep_followed(entries)) {
            self.apply(desk, event)?;
        }
        Ok(())
    }

    fn audit_orders(&mut self, desk: usize, records: &[OrderRecord]) -> Result<(), TerminalError> {
        let ledger = self.desks.get(desk).and_then(|at| at.ledger.as_ref());
        if let Some(event) = ledger.and_then(|ledger| ledger.audit_orders(records)) {
            self.apply(desk, event)?;
        }
        Ok(())
    }

    /// On a thread of its own: a log may be long.
    fn read_audit(&mut self, desk: usize, since: Timestamp) {
        let ledger = self.desks.get(desk).and_then(|at| at.ledger.as_ref());
        let log = ledger.map(Ledger::log);
        self.tasks.spawn_blocking(move || {
            let result = log.map_or_else(|| Ok(Own::default()), |log| ledgers::read(&log, since));
            (desk, Some(Event::AuditRead { since, result }))
        });
    }

    /// Ends, unless another profile has something on its way: its person is asked first.
    fn quit(&mut self, by: usize) -> Result<Flow, TerminalError> {
        if let Some(leaving) = self.desks.get_mut(by) {
            leaving.state.decisions.may_leave = true;
        }
        let mut others = self.desks.iter();
        let busy = others.position(|desk| {
            let decisions = &desk.state.decisions;
            let unsent = desk.state.responding.following.unsent();
            !decisions.may_leave && decisions.queue.moving() + unsent > 0
        });
        let Some(busy) = busy else {
            return Ok(Flow::End);
        };
        self.shown = busy;
        self.apply(busy, Event::QuitWanted)
    }

    /// At the end. What cannot be kept is logged: nobody is there to read it.
    fn keep_places(&self) {
        let Some(places) = &self.hands.places else {
            return;
        };
        for desk in &self.desks {
            let place = Place::of(&desk.state);
            if let Err(why) = places.save(&desk.state.settings.profile, &place) {
                warn!(why, "the place is not kept");
            }
        }
    }

    /// Shows another profile as it was left, or for the first time.
    fn go_to(&mut self, name: &str) -> Result<(), TerminalError> {
        let mut desks = self.desks.iter();
        if let Some(known) = desks.position(|desk| desk.state.settings.profile == name) {
            self.shown = known;
            return Ok(());
        }
        match (self.hands.open_profile)(name) {
            Ok((settings, client)) => {
                let desk = seat(settings, client, &self.hands, self.screen.size());
                self.desks.push(desk);
                self.shown = self.desks.len() - 1;
                self.apply(self.shown, Event::Started)?;
            }
            Err(failure) => {
                self.apply(self.shown, Event::ProfileFailed(failure))?;
            }
        }
        Ok(())
    }

    /// On a thread of its own: the opener may run as long as the browser does.
    fn open(&mut self, desk: usize, address: String) {
        self.tasks.spawn_blocking(move || {
            let failed = browser::open(&address).err();
            (desk, failed.map(Event::BrowserFailed))
        });
    }

    /// Gives the terminal to an editor. All else goes on, unseen.
    #[cfg(unix)]
    fn edit(&mut self, desk: usize, text: String) {
        let (resting, rested) = self.reader.rest();
        self.screen.give_back();
        let (ends, over) = oneshot::channel();
        let editor = self.hands.editor.clone();
        let task = self.tasks.spawn(async move {
            // A reader that has ended takes no keys either.
            rested.await.unwrap_or_default();
            let edited = editor.edit(&text).await;
            drop::<oneshot::Sender<()>>(ends);
            (desk, Some(Event::NoteEdited(edited)))
        });
        self.away = Some(Away {
            _resting: resting,
            task,
            over,
            message: None,
        });
    }

    #[cfg(not(unix))]
    fn edit(&mut self, desk: usize, _text: String) {
        let why = "an editor can only be run on Unix: `c` takes a note in one line".to_owned();
        let unedited = app::decisions::editing::Unedited { why, text: None };
        let event = Event::NoteEdited(Err(unedited));
        self.tasks.spawn(async move { (desk, Some(event)) });
    }

    /// The editor ended: the terminal is ours again, before anybody reads its keys.
    fn come_back(&mut self) -> Result<(), TerminalError> {
        let Some(away) = self.away.take() else {
            return Ok(());
        };
        self.resume()?;
        if let Some(message) = &away.message {
            self.screen.notify(message)?;
        }
        Ok(())
    }

    /// Everything that waits already is applied before the next frame.
    fn drain(&mut self, keys: &mut Keys) -> Result<Flow, TerminalError> {
        for _ in 0..EVENTS_A_FRAME {
            let flow = if let Ok(key) = keys.try_recv() {
                self.on_key(Some(key))?
            } else if let Some(done) = self.tasks.try_join_next() {
                self.on_done(done)?
            } else if let Ok((desk, event)) = self.told.try_recv() {
                self.apply(desk, event)?
            } else {
                break;
            };
            if flow == Flow::End {
                return Ok(Flow::End);
            }
        }
        Ok(Flow::GoOn)
    }

    fn on_key(
        &mut self,
        key: Option<std::io::Result<crossterm::event::Event>>,
    ) -> Result<Flow, TerminalError> {
        match key {
            // Read before the reader rested: typed for the editor, or the size told anew.
            Some(Ok(_)) if self.away.is_some() => Ok(Flow::GoOn),
            Some(Ok(event)) => match input::translate(event) {
                Some(Event::Resized(size)) => {
                    let size = self.screen.resize(size);
                    self.apply_to_all(&Event::Resized(size))
                }
                Some(event) => self.apply(self.shown, event),
                None => Ok(Flow::GoOn),
            },
            Some(Err(error)) => Err(TerminalError::Gone(error)),
            None => Ok(Flow::End),
        }
    }

    fn on_done(
        &mut self,
        done: Result<(usize, Option<Event>), tokio::task::JoinError>,
    ) -> Result<Flow, TerminalError> {
        match done {
            Ok((desk, Some(event))) => {
                if matches!(event, Event::NoteEdited(_)) {
                    self.come_back()?;
                }
                self.apply(desk, event)
            }
            Ok((_, None)) => Ok(Flow::GoOn),
            // A lost answer would leave its subject waiting for ever.
            Err(lost) => std::panic::resume_unwind(lost.into_panic()),
        }
    }

    fn on_signal(&mut self, signal: Signal) -> Result<Flow, TerminalError> {
        match signal {
            // Typed at the editor, or stopped with it: that is between the two of them.
            Signal::Interrupt | Signal::Continue if self.away.is_some() => Ok(Flow::GoOn),
            Signal::End | Signal::Interrupt => Ok(Flow::End),
            Signal::Continue => self.resume(),
        }
    }

    #[cfg(unix)]
    fn suspend(&mut self) -> Result<(), TerminalError> {
        self.screen.give_back();
        crate::runtime::signals::suspend();
        self.resume()?;
        Ok(())
    }

    #[cfg(not(unix))]
    fn suspend(&mut self) -> Result<(), TerminalError> {
        Ok(())
    }

    fn resume(&mut self) -> Result<Flow, TerminalError> {
        self.screen.retake()?;
        let size = self.screen.size();
        self.apply_to_all(&Event::Resized(size))?;
        self.apply(self.shown, Event::Resumed)
    }
}
