//! The loop: waits for whatever comes first, applies it, draws once.

use std::sync::Arc;

use jiff::SignedDuration;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::app;
use crate::app::Effect;
use crate::app::Event;
use crate::app::State;
use crate::domain::moment::Moment;
use crate::runtime::input;
use crate::runtime::perform::perform;
use crate::runtime::signals::Signal;
use crate::runtime::signals::Signals;
use crate::runtime::sleeper::Sleeper;
use crate::runtime::terminal::Screen;
use crate::runtime::terminal::TerminalError;
use crate::service::Client;

/// Events applied before a frame is drawn, at most: a flood must not hide the screen.
const EVENTS_A_FRAME: usize = 256;

type Keys = mpsc::Receiver<std::io::Result<crossterm::event::Event>>;

/// Everything the loop needs beside the state.
struct Running {
    client: Arc<Client>,
    now: Arc<dyn Fn() -> Moment + Send + Sync>,
    screen: Screen,
    tasks: JoinSet<Option<Event>>,
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
    mut state: State,
    client: Arc<Client>,
    now: Arc<dyn Fn() -> Moment + Send + Sync>,
    mut screen: Screen,
) -> Result<(), TerminalError> {
    screen.draw(&state)?;
    let sleeper = Sleeper::new().map_err(TerminalError::Setup)?;
    let mut signals = Signals::new().map_err(TerminalError::Setup)?;
    let mut keys = input::listen().map_err(TerminalError::Setup)?;
    let mut running = Running {
        client,
        now,
        screen,
        tasks: JoinSet::new(),
    };
    running.apply(&mut state, Event::Started)?;
    loop {
        running.screen.draw(&state)?;
        let present = (running.now)().steady;
        let wait = app::next_wakeup(&state).map(|at| present.until(at));
        let flow = tokio::select! {
            key = keys.recv() => running.on_key(&mut state, key)?,
            Some(done) = running.tasks.join_next(), if !running.tasks.is_empty() => {
                running.on_done(&mut state, done)?
            }
            signal = signals.next() => running.on_signal(&mut state, signal)?,
            () = sleeper.wait(wait.map(|wait| wait.max(SignedDuration::ZERO))) => {
                running.apply(&mut state, Event::Woke)?
            }
        };
        if flow == Flow::End || running.drain(&mut state, &mut keys)? == Flow::End {
            return Ok(());
        }
    }
}

impl Running {
    /// Applies an event and starts what it asks for.
    fn apply(&mut self, state: &mut State, event: Event) -> Result<Flow, TerminalError> {
        for effect in app::update(state, event, (self.now)()) {
            match effect {
                Effect::Quit => return Ok(Flow::End),
                Effect::Redraw => self.screen.forget(),
                Effect::Suspend => self.suspend(state)?,
                Effect::RenewToken | Effect::PollAlerts { .. } | Effect::ReadAlert { .. } => {
                    let client = Arc::clone(&self.client);
                    self.tasks
                        .spawn(async move { perform(&client, effect).await });
                }
            }
        }
        Ok(Flow::GoOn)
    }

    /// Everything that waits already is applied before the next frame.
    fn drain(&mut self, state: &mut State, keys: &mut Keys) -> Result<Flow, TerminalError> {
        for _ in 0..EVENTS_A_FRAME {
            let flow = if let Ok(key) = keys.try_recv() {
                self.on_key(state, Some(key))?
            } else if let Some(done) = self.tasks.try_join_next() {
                self.on_done(state, done)?
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
        state: &mut State,
        key: Option<std::io::Result<crossterm::event::Event>>,
    ) -> Result<Flow, TerminalError> {
        match key {
            Some(Ok(event)) => match input::translate(event) {
                Some(Event::Resized(size)) => {
                    self.screen.resize(size);
                    self.apply(state, Event::Resized(size))
                }
                Some(event) => self.apply(state, event),
                None => Ok(Flow::GoOn),
            },
            Some(Err(error)) => Err(TerminalError::Gone(error)),
            None => Ok(Flow::End),
        }
    }

    fn on_done(
        &mut self,
        state: &mut State,
        done: Result<Option<Event>, tokio::task::JoinError>,
    ) -> Result<Flow, TerminalError> {
        match done {
            Ok(Some(event)) => self.apply(state, event),
            Ok(None) => Ok(Flow::GoOn),
            // A lost answer would leave its subject waiting for ever.
            Err(lost) => std::panic::resume_unwind(lost.into_panic()),
        }
    }

    fn on_signal(&mut self, state: &mut State, signal: Signal) -> Result<Flow, TerminalError> {
        match signal {
            Signal::End => Ok(Flow::End),
            Signal::Continue => self.resume(state),
        }
    }

    #[cfg(unix)]
    fn suspend(&mut self, state: &mut State) -> Result<(), TerminalError> {
        self.screen.give_back();
        crate::runtime::signals::suspend();
        self.resume(state)?;
        Ok(())
    }

    #[cfg(not(unix))]
    fn suspend(&mut self, _state: &mut State) -> Result<(), TerminalError> {
        Ok(())
    }

    fn resume(&mut self, state: &mut State) -> Result<Flow, TerminalError> {
        self.screen.retake()?;
        let size = self.screen.size();
        self.apply(state, Event::Resized(size))?;
        self.apply(state, Event::Resumed)
    }
}
