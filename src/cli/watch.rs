//! `vigie watch`: each new or changed alert as one line of JSON, until stopped.

use std::collections::HashMap;
use std::fs;
use std::io::ErrorKind;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;

use jiff::SignedDuration;
use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;

use crate::app::alert_book::AlertBook;
use crate::app::alert_book::Marking;
use crate::app::filter::Filter;
use crate::app::lateness::LateAfter;
use crate::app::poller::Outlook;
use crate::app::poller::Poller;
use crate::app::times;
use crate::cli::alerts::filter;
use crate::cli::alerts::since;
use crate::cli::arguments::SettingFlags;
use crate::cli::arguments::WatchOptions;
use crate::cli::block_on;
use crate::cli::caller;
use crate::cli::caller::Caller;
use crate::cli::error::CliError;
use crate::cli::output;
use crate::cli::sign_in;
use crate::domain::alert::Alert;
use crate::domain::alert::AlertPage;
use crate::domain::failure::FailureKind;
use crate::domain::filter::Around;
use crate::domain::filter::Query;
use crate::domain::moment::Moment;
use crate::domain::query::OVERLAP;
use crate::runtime::signals::Signal;
use crate::runtime::signals::Signals;
use crate::wire::json::one_harmless_line;

/// Where a watch stands: the cursor, and what is known of the time before it that is
/// asked for again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Place {
    cursor: Timestamp,
    /// What changed before is no news: the first run was not asked for it.
    from: Timestamp,
    /// Alerts already printed or no news, with their time of change.
    printed: HashMap<String, Timestamp>,
}

/// Runs the command.
pub fn run(flags: &SettingFlags, options: &WatchOptions) -> Result<(), CliError> {
    let back = since(options.since.as_deref())?;
    let query = filter(&options.filter)?;
    let prepared = caller::prepare(flags)?;
    let poll_every = prepared.config.poll.value;
    let wanted = Wanted {
        query,
        late_after: sign_in::late_after(&prepared.config),
    };
    let kept = match &options.cursor {
        Some(path) => read_place(path)?,
        None => None,
    };
    block_on(async {
        let caller = Caller::sign_in(prepared).await?;
        let service_now = caller.service_now();
        let asked = back.map(|back| caller.before_now(back));
        let mut watch = Watch::begin(kept, asked, service_now, poll_every, options, wanted);
        watch.poller = watch.poller.within(caller.client.reach());
        let mut signals = Signals::new()
            .map_err(|error| CliError::failed(format!("signals cannot be received ({error})")))?;
        let ended = async {
            while signals.next().await == Signal::Continue {}
            Ok(())
        };
        tokio::select! {
            result = watch.follow(caller) => result,
            ended = ended => ended,
        }
    })?
}

/// What is printed.
struct Wanted {
    query: Query,
    late_after: LateAfter,
}

struct Watch {
    poller: Poller,
    place: Place,
    file: Option<PathBuf>,
    /// Only alerts of which this holds are printed.
    wanted: Wanted,
    /// While the first list of a watch from now on is read: when it began.
    known_before: Option<Timestamp>,
}

impl Watch {
    fn begin(
        kept: Option<Place>,
        asked: Option<Timestamp>,
        service_now: Timestamp,
        poll_every: SignedDuration,
        options: &WatchOptions,
        wanted: Wanted,
    ) -> Self {
        let overlapped = |cursor: Timestamp| cursor.saturating_sub(OVERLAP).unwrap_or(cursor);
        let from_now_on = kept.is_none() && asked.is_none();
        let (place, since) = match (kept, asked) {
            // A run before this one says what it printed of the overlap before its
            // place, which is asked for again: rows become visible late.
            (Some(place), _) => {
                let since = overlapped(place.cursor);
                (place, since)
            }
            (None, Some(asked)) => (Place::new(asked, asked), asked),
            // What is there when a watch begins is not news; what shows up later is,
            // even where its time of change lies a little before the start.
            (None, None) => {
                let since = overlapped(service_now);
                (Place::new(service_now, since), since)
            }
        };
        Self {
            known_before: from_now_on.then_some(service_now),
            poller: Poller::following(poll_every, fastrand::Rng::new(), place.cursor, since),
            place,
            file: options.cursor.clone(),
            wanted,
        }
    }

    async fn follow(mut self, mut caller: Caller) -> Result<(), CliError> {
        loop {
            let present = (caller.now)().steady;
            if let Some(due) = self.poller.due() {
                caller.wait(present.until(due)).await;
            }
            caller.renew_if_due().await;
            let (_, query) = self.poller.start();
            let answer = caller
                .call(async |client| client.list_alerts(&query).await)
                .await;
            match answer {
                Ok(page) => self.take(page, (caller.now)(), caller.around())?,
                // A watch outlasts bad weather; what will not pass ends it.
                Err(failure) => {
                    let moment = (caller.now)();
                    if self.poller.on_failed(&failure, moment) == Outlook::Bleak
                        || failure.kind == FailureKind::Unauthorized
                    {
                        return Err(failure.into());
                    }
                    let wait = self.poller.due().map(|due| moment.steady.until(due));
                    let wait = times::left(wait.unwrap_or_default());
                    output::say(&format!("{}; goes on in {wait}", failure.sentence));
                }
            }
        }
    }

    fn take(&mut self, page: AlertPage, moment: Moment, around: Around) -> Result<(), CliError> {
        if self.poller.failures() > 0 {
            output::say("the service answers again");
        }
        self.poller.on_page(&page, moment);
        caller::tell_what_is_missing(&page);
        let printed = self.print(page.alerts, around);
        // A list that goes on is due at once.
        if self.poller.due() > Some(moment.steady) {
            self.known_before = None;
        }
        // Kept even where printing broke off: what was printed was printed.
        self.keep()?;
        printed
    }

    /// Prints what was not printed yet, within a page the oldest change first.
    fn print(&mut self, mut alerts: Vec<Alert>, around: Around) -> Result<(), CliError> {
        alerts.sort_by_key(|alert| alert.updated);
        let filter = Filter::new(self.wanted.query.clone(), around);
        for alert in alerts {
            let updated = alert.updated.unwrap_or(Timestamp::MIN);
            if updated < self.place.from {
                continue;
            }
            let before = self.place.printed.get(alert.id.as_str());
            if before.is_some_and(|before| *before >= updated) {
                continue;
            }
            if self.known_before.is_none_or(|start| updated >= start)
                && passes(&filter, self.wanted.late_after, &alert)
            {
                output::line(&one_harmless_line(&alert.body.unpack()))?;
            }
            let id = alert.id.as_str().to_owned();
            self.place.printed.insert(id, updated);
        }
        Ok(())
    }

    /// Remembers the place: after printing, so that nothing is lost if we end in between.
    fn keep(&mut self) -> Result<(), CliError> {
        if let Some(cursor) = self.poller.cursor() {
            self.place.cursor = cursor;
            let overlap = cursor.saturating_sub(OVERLAP).unwrap_or(cursor);
            self.place.printed.retain(|_, updated| *updated >= overlap);
        }
        match &self.file {
            Some(path) => write_place(path, &self.place),
            None => Ok(()),
        }
    }
}

/// Asked of one alert alone.
fn passes(filter: &Filter, late_after: LateAfter, alert: &Alert) -> bool {
    if filter.is_empty() {
        return true;
    }
    let mut book = AlertBook::default();
    book.judge_by(late_after);
    book.filter_by(filter.clone());
    book.absorb(vec![alert.clone()], Marking::Leave);
    !book.visible().is_empty()
}

impl Place {
    fn new(cursor: Timestamp, from: Timestamp) -> Self {
        Self {
            cursor,
            from,
            printed: HashMap::new(),
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
