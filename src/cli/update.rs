//! `vigie alerts update`: one decision about some alerts, by the same engine as the
//! dashboard's.
//!
//! What is read first is what the decision is about: whatever somebody else decides
//! between that reading and the write is a conflict, and nothing is written over it.

use std::collections::HashMap;
use std::collections::HashSet;
use std::io::Read;

use serde_json::Value;
use serde_json::json;

use crate::app::claims_text;
use crate::app::count;
use crate::cli::arguments::SettingFlags;
use crate::cli::arguments::UpdateFormat;
use crate::cli::arguments::UpdateOptions;
use crate::cli::block_on;
use crate::cli::caller;
use crate::cli::caller::Caller;
use crate::cli::ended;
use crate::cli::error::CliError;
use crate::cli::output;
use crate::cli::signals;
use crate::cli::until_ended;
use crate::cli::updating;
use crate::cli::updating::Updating;
use crate::cli::updating::failure_of;
use crate::domain::alert::AlertId;
use crate::domain::decision::Change;
use crate::domain::decision::Guard;
use crate::domain::decision::Illegal;
use crate::domain::decision::Outcome;
use crate::domain::decision::Target;
use crate::domain::decision::Triage;
use crate::domain::decision::change::Words;
use crate::domain::decision::triage::Property;
use crate::domain::failure::Failure;
use crate::domain::failure::FailureKind;
use crate::domain::session::TokenFacts;
use crate::domain::text::shown;
use crate::domain::token::Api;
use crate::domain::token::Capability;
use crate::domain::token::may_triage_alerts;
use crate::wire::json::one_harmless_line;

/// No list of ids and no note is larger; what is, is not read whole.
const LARGEST_INPUT: u64 = 4 * 1024 * 1024;

/// Stands for the signed-in user, and for nobody.
const ME: &str = "me";
const NOBODY: &str = "nobody";

/// What came of it for one alert.
struct Told {
    id: AlertId,
    /// None where the alert could not be read.
    before: Option<Triage>,
    /// As read last, or as it would be.
    after: Option<Triage>,
    end: Fate,
}

enum Fate {
    Came(Outcome),
    /// Nothing was sent: this was only asked for to look at.
    Would,
}

/// Runs the command.
pub fn run(flags: &SettingFlags, options: &UpdateOptions) -> Result<(), CliError> {
    let (ids, note) = given(options)?;
    let change = change_of(options, note.as_deref())?;
    let prepared = caller::prepare(flags)?;
    if prepared.config.read_only.value {
        let what = "nothing is written: `read_only` is set";
        return Err(CliError::usage(what).help(
            "take `--read-only`, `VIGIE_READ_ONLY` or `read_only` away; `vigie config show` tells where it is",
        ));
    }
    let profile = prepared.config.profile.value.clone();
    let service = prepared.client.service();
    let (told, end_of_it) = block_on(async {
        let mut signals = signals()?;
        let begun = async {
            let caller = Caller::sign_in(prepared).await?;
            may_write(&caller.token, caller.client.service())?;
            let change = match options.assign_to.as_deref() {
                Some(ME) => change.and_owner(&me(&caller.token)?).map_err(illegal)?,
                Some(_) | None => change,
            };
            let read = updating::read(&caller, &ids).await;
            Ok::<_, CliError>((caller, change, read))
        };
        let begun = until_ended(&mut signals, Box::pin(begun)).await;
        let (caller, change, read) = begun.unwrap_or_else(|| Err(ended()))?;
        let service = caller.client.service();
        let (mut told, targets) = looked_at(options, &change, service, read);
        if options.dry_run {
            return Ok((told, Ok(())));
        }
        let mut updating = Updating {
            caller: &caller,
            profile: &profile,
            change: &change,
            guard: if options.force {
                Guard::Overwrite
            } else {
                Guard::Checked
            },
            decided: caller.service_now(),
            outcomes: HashMap::new(),
            after: HashMap::new(),
        };
        let end_of_it = Box::pin(updating.write(targets, &mut signals)).await;
        for one in &mut told {
            if let Some(outcome) = updating.outcomes.remove(&one.id) {
                one.after = updating.after.remove(&one.id);
                one.end = Fate::Came(outcome);
            }
        }
        Ok::<_, CliError>((told, end_of_it))
    })??;
    print(options.output, &told, service)?;
    end_of_it?;
    end(&told)
}

/// The ids, and the note; either may come from standard input.
fn given(options: &UpdateOptions) -> Result<(Vec<AlertId>, Option<String>), CliError> {
    let ids_from_input = options.ids.iter().any(|id| id == "-");
    let note_from_input = options.comment.as_deref() == Some("-");
    if ids_from_input && note_from_input {
        return Err(CliError::usage(
            "standard input cannot hold both the ids and the comment",
        ));
    }
    let input = if ids_from_input || note_from_input {
        input()?
    } else {
        String::new()
    };
    let mut ids = Vec::new();
    let mut known = HashSet::new();
    for given in &options.ids {
        let lines: Vec<&str> = match given.as_str() {
            "-" => input.lines().map(str::trim).collect(),
            id => vec![id],
        };
        for line in lines {
            if line.is_empty() && given == "-" {
                continue;
            }
            let id = id_of(line)?;
            if known.insert(id.clone()) {
                ids.push(id);
            }
        }
    }
    if ids.is_empty() {
        return Err(CliError::usage("standard input names no alert")
            .help("give one id a line, such as `vigie alerts list -o ndjson | jq -r .id` prints"));
    }
    let note = if note_from_input {
        Some(input)
    } else {
        options.comment.clone()
    };
    Ok((ids, note))
}

fn input() -> Result<String, CliError> {
    let mut text = String::new();
    let read = std::io::stdin()
        .take(LARGEST_INPUT + 1)
        .read_to_string(&mut text)
        .map_err(|error| CliError::usage(format!("standard input cannot be read ({error})")))?;
    if u64::try_from(read).unwrap_or(u64::MAX) > LARGEST_INPUT {
        return Err(CliError::usage("standard input is larger than 4 MiB"));
    }
    Ok(text)
}

/// What would leave its place in a path is no id, whoever wrote it.
fn id_of(given: &str) -> Result<AlertId, CliError> {
    let breaks = |letter: char| {
        letter.is_control() || letter.is_whitespace() || matches!(letter, '/' | '\\' | '?' | '#')
    };
    let id = AlertId::new(given).ok_or_else(|| CliError::usage("an alert's id cannot be empty"))?;
    if matches!(given, "." | "..") || given.contains(breaks) {
        let what = format!("`{}` is not the id of an alert", shown(given));
        return Err(CliError::usage(what).help("`vigie alerts list` prints the ids"));
    }
    Ok(id)
}

fn change_of(options: &UpdateOptions, note: Option<&str>) -> Result<Change, CliError> {
    let owner = options.assign_to.as_deref();
    if owner.is_some_and(|owner| owner.trim().is_empty()) {
        return Err(CliError::usage("`--assign-to` names nobody")
            .help("give a user name, `me`, or `nobody` to take the alert away from its owner"));
    }
    Change::of_words(&Words {
        status: options.status.as_deref(),
        assigned_to: owner.map(|owner| if owner == NOBODY { "" } else { owner }),
        classification: options.classification.as_deref(),
        determination: options.determination.as_deref(),
        comment: note,
    })
    .map_err(illegal)
}

fn illegal(illegal: Illegal) -> CliError {
    CliError::usage(illegal.what).help(illegal.remedy)
}

fn me(token: &TokenFacts) -> Result<String, CliError> {
    let me = claims_text::user_of(token);
    me.map(|me| me.original().to_owned()).ok_or_else(|| {
        CliError::usage("the token names no user, so nobody is `me`")
            .help("give a user name to `--assign-to`")
    })
}

/// Refused before anything is sent where the token says so itself. One that cannot be
/// read is for the service to judge.
fn may_write(token: &TokenFacts, service: Api) -> Result<(), CliError> {
    let Ok(token) = &token.decoded else {
        return Ok(());
    };
    if may_triage_alerts(&token.granted(), service) {
        return Ok(());
    }
    let needed = Capability::Triage.permissions(service);
    let name = needed
        .first()
        .map_or("", |permission| permission.name(token.app_only()));
    let what = format!("nothing was sent: the token lacks `{name}`");
    Err(CliError::with_status(4, what)
        .help("have it granted to the application, then sign in again; `vigie token` shows what the token holds"))
}

/// What is known before anything is written, and what is to be.
fn looked_at(
    options: &UpdateOptions,
    change: &Change,
    service: Api,
    read: Vec<(AlertId, Result<Triage, Failure>)>,
) -> (Vec<Told>, Vec<Target>) {
    let mut told: Vec<Told> = Vec::with_capacity(read.len());
    let mut targets = Vec::new();
    for (id, read) in read {
        let (before, end) = match read {
            Ok(seen) if options.dry_run => {
                let is_so = change.note().is_none() && change.is_seen_in(&seen);
                let end = if is_so {
                    Fate::Came(Outcome::AlreadySo)
                } else {
                    Fate::Would
                };
                (Some(seen), end)
            }
            Ok(seen) => {
                targets.push(Target {
                    id: id.clone(),
                    seen: seen.clone(),
                });
                (Some(seen), Fate::Would)
            }
            Err(failure) if failure.kind == FailureKind::NotFound => (
                None,
                Fate::Came(Outcome::Failed(
                    failure.with_remedy("`vigie alerts list` prints the ids"),
                )),
            ),
            Err(failure) => (None, Fate::Came(Outcome::NotSent(failure))),
        };
        let after = before.as_ref().map(|before| {
            let after = change.applied_to(before);
            after.spelled_by(service)
        });
        told.push(Told {
            id,
            before,
            after,
            end,
        });
    }
    (told, targets)
}

impl Told {
    const fn word(&self) -> &'static str {
        match &self.end {
            Fate::Would => "would-write",
            Fate::Came(Outcome::Written { .. }) => "written",
            Fate::Came(Outcome::AlreadySo) => "already-so",
            Fate::Came(Outcome::Conflict(_)) => "conflict",
            Fate::Came(Outcome::NotTaken(_)) => "not-taken",
            Fate::Came(Outcome::Failed(_)) => "failed",
            Fate::Came(Outcome::NotSent(_)) => "not-sent",
        }
    }

    const fn is_well(&self) -> bool {
        match &self.end {
            Fate::Would => true,
            Fate::Came(outcome) => outcome.is_done(),
        }
    }

    /// What did not work out, with what to do about it.
    fn trouble(&self) -> Option<(String, Option<String>)> {
        let seen = self.before.as_ref();
        let theirs = |now: &Triage| seen.map_or_else(String::new, |seen| steps(seen, now));
        match &self.end {
            Fate::Would | Fate::Came(Outcome::Written { .. } | Outcome::AlreadySo) => None,
            Fate::Came(Outcome::Conflict(now)) => Some((
                format!("somebody else decided meanwhile ({})", theirs(now)),
                Some("look at it again; `--force` writes over it".to_owned()),
            )),
            Fate::Came(Outcome::NotTaken(now)) => {
                let now = seen.map_or_else(String::new, |seen| steps(seen, now));
                Some((
                    format!("the service answered well, and yet it reads otherwise ({now})"),
                    Some("look at it again: given once more, only what is missing by then is written".to_owned()),
                ))
            }
            Fate::Came(Outcome::Failed(failure) | Outcome::NotSent(failure)) => {
                let request = failure.request.as_ref();
                let request = request.map_or_else(String::new, |id| format!(" (request `{id}`)"));
                Some((
                    format!("{}{request}", failure.sentence),
                    failure.remedy.clone(),
                ))
            }
        }
    }

    fn to_json(&self, service: Api) -> Value {
        let triage = |triage: &Option<Triage>| match triage {
            Some(triage) => properties(triage, service),
            None => Value::Null,
        };
        let request = match &self.end {
            Fate::Came(Outcome::Written { request }) => request.clone(),
            Fate::Came(outcome) => failure_of(outcome).and_then(|failure| failure.request.clone()),
            Fate::Would => None,
        };
        json!({
            "id": self.id.as_str(),
            "outcome": self.word(),
            "before": triage(&self.before),
            "after": triage(&self.after),
            "error": self.trouble().map(|(what, _)| what),
            "request": request,
        })
    }
}

/// Under the service's own names; null where nothing is set.
fn properties(triage: &Triage, service: Api) -> Value {
    let set = |property| Some(triage.word(property)).filter(|word| !word.is_empty());
    let properties =
        Property::ALL.map(|property| (property.name().to_owned(), json!(set(property))));
    let mut object: serde_json::Map<String, Value> = properties.into_iter().collect();
    let updated = triage.updated.map(|time| time.to_string());
    let time = match service {
        Api::Defender => "lastUpdateTime",
        Api::Graph => "lastUpdateDateTime",
    };
    object.insert(time.to_owned(), json!(updated));
    Value::Object(object)
}

/// From what to what: `status New -> Resolved, a note`.
fn steps(before: &Triage, after: &Triage) -> String {
    let word = |word: &str| shown(if word.is_empty() { "none" } else { word }).into_owned();
    let differs =
        |property: &Property| !property.same(before.word(*property), after.word(*property));
    let mut steps: Vec<String> = Property::ALL
        .into_iter()
        .filter(differs)
        .map(|property| {
            format!(
                "{} {} -> {}",
                property.name(),
                word(before.word(property)),
                word(after.word(property))
            )
        })
        .collect();
    if after.comments > before.comments {
        steps.push("a note".to_owned());
    }
    if steps.is_empty() {
        return "nothing".to_owned();
    }
    steps.join(", ")
}

fn print(format: UpdateFormat, told: &[Told], service: Api) -> Result<(), CliError> {
    let line = |value: Value| output::line(&one_harmless_line(&value.to_string()));
    match format {
        UpdateFormat::Json => {
            let results: Vec<Value> = told.iter().map(|one| one.to_json(service)).collect();
            line(json!({ "results": results }))
        }
        UpdateFormat::Ndjson => told.iter().try_for_each(|one| line(one.to_json(service))),
        UpdateFormat::Table => {
            let row = |one: &Told| {
                let change = match (one.trouble(), &one.before, &one.after) {
                    (Some((why, _)), _, _) => why,
                    (None, Some(before), Some(after)) => steps(before, after),
                    (None, _, _) => String::new(),
                };
                vec![
                    shown(one.id.as_str()).into_owned(),
                    one.word().to_owned(),
                    change,
                ]
            };
            let rows: Vec<Vec<String>> = told.iter().map(row).collect();
            output::table(&["ID", "RESULT", "CHANGE"], &rows)
        }
    }
}

/// Names each alert that is not as wanted, and finds the exit status.
fn end(told: &[Told]) -> Result<(), CliError> {
    let bad: Vec<&Told> = told.iter().filter(|one| !one.is_well()).collect();
    let status = status(told, &bad);
    let mut helps: Vec<String> = Vec::new();
    let mut lines: Vec<String> = Vec::new();
    for one in &bad {
        let Some((what, help)) = one.trouble() else {
            continue;
        };
        lines.push(format!("`{}`: {what}", shown(one.id.as_str())));
        helps.extend(help.filter(|help| !helps.contains(help)));
    }
    let Some(last) = lines.pop() else {
        return Ok(());
    };
    let error = if lines.is_empty() {
        CliError::with_status(status, last)
    } else {
        for line in lines.iter().chain([&last]) {
            output::say(&format!("error: {line}"));
        }
        let what = format!(
            "{} of {} not as wanted",
            bad.len(),
            count(told.len(), "alert")
        );
        CliError::with_status(status, what)
    };
    Err(helps.into_iter().fold(error, CliError::help))
}

/// 1 for a part; where nothing worked and all for one reason, that of the reason.
fn status(told: &[Told], bad: &[&Told]) -> u8 {
    let mut statuses = bad.iter().map(|one| match &one.end {
        Fate::Came(outcome) => {
            failure_of(outcome).map_or(1, |failure| CliError::from(failure.clone()).status)
        }
        Fate::Would => 1,
    });
    match statuses.next() {
        Some(first) if bad.len() == told.len() && statuses.all(|status| status == first) => first,
        Some(_) | None => 1,
    }
}
