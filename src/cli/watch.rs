//! `vigie watch`: each new or changed alert as one line of JSON, until stopped.

use std::collections::HashMap;
use std::fs;
use std::io::ErrorKind;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;

use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;

use crate::app::count;
use crate::app::poller::Poller;
use crate::app::times;
use crate::cli::alerts::since;
use crate::cli::arguments::SettingFlags;
use crate::cli::arguments::WatchOptions;
use crate::cli::block_on;
use crate::cli::caller;
use crate::cli::caller::Caller;
use crate::cli::error::CliError;
use crate::cli::output;
use crate::domain::alert::Alert;
use crate::domain::failure::FailureKind;
use crate::domain::query::OVERLAP;
use crate::runtime::signals::Signal;
use crate::runtime::signals::Signals;
use crate::wire::json::one_harmless_line;

/// Where a watch stands: the cursor, and what was printed of the time before it
/// that is asked for again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Place {
    cursor: Timestamp,
    /// Alerts already printed, with their time of change.
    printed: HashMap<String, Timestamp>,
}

/// Runs the command.
pub fn run(flags: &SettingFlags, options: &WatchOptions) -> Result<(), CliError> {
    let (config, client, now) = caller::prepare(flags)?;
    let asked = since(options.since.as_deref(), now().wall)?;
    let kept = match &options.cursor {
        Some(path) => read_place(path)?,
        None => None,
    };
    block_on(async {
        let caller = Caller::sign_in(client, now).await?;
        // Our clock may be wrong: from now on means from the service's now on.
        let skew = caller.token.skew.unwrap_or_default();
        let service_now = (caller.now)()
            .wall
            .saturating_add(skew)
            .unwrap_or((caller.now)().wall);
        // What is there when a watch begins is not news; what shows up later is, even
        // where its time of change lies a little before the start.
        let known_before = (kept.is_none() && asked.is_none()).then_some(service_now);
        let overlapped = |cursor: Timestamp| cursor.saturating_sub(OVERLAP).unwrap_or(cursor);
        // A run before this one says what it printed of the overlap before its place,
        // which is asked for again: rows become visible late.
        let (place, begin, from) = if let Some(place) = kept {
            let begin = overlapped(place.cursor);
            (place, begin, None)
        } else {
            let cursor = asked.unwrap_or_else(|| overlapped(service_now));
            let printed = HashMap::new();
            (Place { cursor, printed }, cursor, Some(cursor))
        };
        let mut signals = Signals::new()
            .map_err(|error| CliError::failed(format!("signals cannot be received ({error})")))?;
        let watch = Watch {
            from,
            known_before,
            poller: Poller::following(config.poll.value, fastrand::Rng::new(), begin),
            place,
            file: options.cursor.clone(),
        };
        let ended = async {
            while signals.next().await != Signal::End {}
            Ok(())
        };
        tokio::select! {
            result = watch.follow(&caller) => result,
            ended = ended => ended,
        }
    })?
}

struct Watch {
    poller: Poller,
    place: Place,
    file: Option<PathBuf>,
    /// What changed before is not printed.
    from: Option<Timestamp>,
    /// While the first list of a watch from now on is read: when it began.
    known_before: Option<Timestamp>,
}

impl Watch {
    async fn follow(mut self, caller: &Caller) -> Result<(), CliError> {
        loop {
            let present = (caller.now)().steady;
            if let Some(due) = self.poller.due() {
                caller.wait(present.until(due)).await;
            }
            let (_, query) = self.poller.start();
            match caller
                .call(async |client| client.list_alerts(&query).await)
                .await
            {
                Ok(page) => {
                    let moment = (caller.now)();
                    self.poller.on_page(&page, moment);
                    if page.unreadable > 0 {
                        output::say(&format!(
                            "{} could not be read as alerts and are left out",
                            count(page.unreadable, "item")
                        ));
                    }
                    self.print(page.alerts)?;
                    // A list that goes on is due at once.
                    if self.poller.due() > Some(moment.steady) {
                        self.known_before = None;
                    }
                    self.keep()?;
                }
                // A watch outlasts bad weather; what will not pass ends it.
                Err(failure) if failure.is_passing() => {
                    self.poller.on_failed(&failure, (caller.now)());
                    let wait = self
                        .poller
                        .due()
                        .map(|due| (caller.now)().steady.until(due));
                    let wait = times::left(wait.unwrap_or_default());
                    output::say(&format!("{}; goes on in {wait}", failure.sentence));
                }
                Err(failure) if failure.kind == FailureKind::Rejected => {
                    let before = self.poller.clone();
                    self.poller.on_failed(&failure, (caller.now)());
                    if before.due() == self.poller.due() || self.poller.failures() > 0 {
                        return Err(failure.into());
                    }
                }
                Err(failure) => return Err(failure.into()),
            }
        }
    }

    /// Prints what was not printed yet, oldest change first.
    fn print(&mut self, mut alerts: Vec<Alert>) -> Result<(), CliError> {
        alerts.sort_by_key(|alert| alert.updated);
        for alert in alerts {
            let updated = alert.updated.unwrap_or(Timestamp::MIN);
            if self.from.is_some_and(|from| updated < from) {
                continue;
            }
            let before = self.place.printed.get(alert.id.as_str());
            if before.is_some_and(|before| *before >= updated) {
                continue;
            }
            if self.known_before.is_none_or(|start| updated >= start) {
                output::line(&one_harmless_line(&alert.body.unpack()))?;
            }
            self.place
                .printed
                .insert(alert.id.as_str().to_owned(), updated);
        }
        Ok(())
    }

    /// Remembers the place: after printing, so that nothing is lost if we end in between.
    fn keep(&mut self) -> Result<(), CliError> {
        let Some(cursor) = self.poller.cursor() else {
            return Ok(());
        };
        // A resumed watch begins in the overlap: its place never goes back.
        let cursor = self.place.cursor.max(cursor);
        self.place.cursor = cursor;
        let overlap = cursor.saturating_sub(OVERLAP).unwrap_or(cursor);
        self.place.printed.retain(|_, updated| *updated >= overlap);
        match &self.file {
            Some(path) => write_place(path, &self.place),
            None => Ok(()),
        }
    }
}

fn read_place(path: &Path) -> Result<Option<Place>, CliError> {
    let unusable = |why: String| {
        CliError::usage(format!("the cursor file `{}` {why}", path.display()))
            .help("name another file, or delete it to start anew with `--since`")
    };
    match fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|error| unusable(format!("holds no place to go on from ({error})"))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unusable(format!("cannot be read ({error})"))),
    }
}

/// Written beside and renamed: the file is whole at any moment.
fn write_place(path: &Path, place: &Place) -> Result<(), CliError> {
    let failed = |error: &dyn std::fmt::Display| {
        CliError::failed(format!(
            "the cursor file `{}` cannot be written ({error})",
            path.display()
        ))
    };
    let json = serde_json::to_vec(place).map_err(|error| failed(&error))?;
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    let mut file = fs::File::create(&beside).map_err(|error| failed(&error))?;
    file.write_all(&json)
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&beside, path))
        .map_err(|error| failed(&error))
}
