//! `vigie alerts list` and `vigie alerts get`.

use std::borrow::Cow;

use jiff::SignedDuration;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::app::alert_book::AlertBook;
use crate::app::alert_book::AlertKey;
use crate::app::alert_book::Marking;
use crate::app::case::Decoding;
use crate::app::case::sheet::Extent;
use crate::app::detail_text;
use crate::app::filter::Filter;
use crate::app::looking::Looking;
use crate::app::times;
use crate::cli::arguments::AlertsCommand;
use crate::cli::arguments::ListFormat;
use crate::cli::arguments::ListOptions;
use crate::cli::arguments::OneFormat;
use crate::cli::arguments::SettingFlags;
use crate::cli::block_on;
use crate::cli::caller;
use crate::cli::caller::Caller;
use crate::cli::error::CliError;
use crate::cli::output;
use crate::cli::sign_in;
use crate::cli::unless_ended;
use crate::cli::update;
use crate::domain::alert::AlertId;
use crate::domain::duration::parse_duration;
use crate::domain::failure::FailureKind;
use crate::domain::filter::Query;
use crate::domain::filter::ast::Is;
use crate::domain::filter::odata;
use crate::domain::query::AlertQuery;
use crate::domain::query::Ordering;
use crate::domain::text::Text;
use crate::domain::text::shown;
use crate::domain::token::Api;
use crate::wire::json;
use crate::wire::table;

/// Alerts a page where the whole list is wanted.
const PAGE: usize = 2_000;

/// Runs the command.
pub fn run(flags: &SettingFlags, command: &AlertsCommand) -> Result<(), CliError> {
    match command {
        AlertsCommand::List(options) => list(flags, options),
        AlertsCommand::Get { id, output } => get(flags, id, *output),
        AlertsCommand::Update(options) => update::run(flags, options),
    }
}

/// How far back a `--since` goes. Checked before anything is asked of the network.
pub fn since(written: Option<&str>) -> Result<Option<SignedDuration>, CliError> {
    let parsed = written.map(parse_duration).transpose();
    parsed.map_err(|error| CliError::usage(format!("`--since`: {error}")))
}

/// What no command can answer.
const ON_SCREEN: [(Is, &str); 2] = [
    (Is::New, "only the dashboard knows what is new to you"),
    (Is::Marked, "only the dashboard has marks"),
];

/// Reads a `--filter`. Checked before anything is asked of the network.
pub fn filter(written: &str) -> Result<Query, CliError> {
    Query::parse_without(written, &ON_SCREEN).map_err(|error| {
        let told = CliError::usage(format!("`--filter`: {error}"));
        match ON_SCREEN.iter().find(|(_, why)| error.message == *why) {
            Some((is, _)) => told.help(format!("leave out `is:{}`", is.word())),
            None => told,
        }
    })
}

fn list(flags: &SettingFlags, options: &ListOptions) -> Result<(), CliError> {
    let back = since(options.since.as_deref())?;
    let wanted = filter(&options.filter)?;
    let prepared = caller::prepare(flags)?;
    let service = prepared.client.service();
    let limit = options.limit.unwrap_or(usize::MAX);
    let mut book = AlertBook::default();
    book.judge_by(sign_in::late_after(&prepared.config));
    let book = block_on(unless_ended(async {
        let caller = Caller::sign_in(prepared).await?;
        let created_since = back.map(|back| caller.before_now(back));
        let query = AlertQuery {
            created_since,
            ..AlertQuery::everything(PAGE)
        };
        read_list(book, &caller, wanted, query, limit).await
    }))??;
    let keys: Vec<AlertKey> = book.visible().iter().take(limit).copied().collect();
    match options.output {
        ListFormat::Table => in_columns(&book, &keys),
        ListFormat::Json => json_array(&book, &keys),
        ListFormat::Ndjson => keys
            .iter()
            .try_for_each(|key| output::line(&json::one_harmless_line(&original(&book, *key)))),
        ListFormat::Csv => comma_separated(&book, &keys, service),
    }
}

/// Page after page of what `query` asks for, until enough match or the list ends.
pub async fn read_list(
    mut book: AlertBook,
    caller: &Caller,
    wanted: Query,
    query: AlertQuery,
    limit: usize,
) -> Result<AlertBook, CliError> {
    let around = caller.around();
    let condition = odata::filter(&wanted, &around);
    let reach = caller.client.reach();
    let page = PAGE.min(reach.largest_page);
    let top = if odata::is_whole(&wanted, &around) {
        limit.clamp(1, page)
    } else {
        page
    };
    book.filter_by(Filter::new(wanted, around));
    let mut query = AlertQuery {
        condition,
        top,
        ..query.within(reach)
    };
    if limit == 0 {
        return Ok(book);
    }
    loop {
        let asked = query.clone();
        let page = match caller
            .call(async |client| client.list_alerts(&asked).await)
            .await
        {
            Ok(page) => page,
            // Whatever a filter asks is asked again of what comes.
            Err(failure)
                if failure.kind == FailureKind::Rejected && query != query.unconditional() =>
            {
                output::say(
                    "the service refused the filter: everything is read and looked at here",
                );
                query = query.unconditional();
                continue;
            }
            // `$orderby` is undocumented: without it the list comes as it comes.
            Err(failure) if failure.kind == FailureKind::Rejected && query != query.unordered() => {
                query = query.unordered();
                continue;
            }
            Err(failure) => return Err(failure.into()),
        };
        caller::tell_what_is_missing(&page);
        let next = query.after(&page, top);
        book.absorb(page.alerts, Marking::Leave);
        if let Some(next) = &next
            && next.passed_over != query.passed_over
        {
            output::say(
                "more alerts changed in one moment than the service gives: some are left out",
            );
        }
        match next {
            // Without an order the newest may be on the last page.
            Some(next) if book.visible().len() < limit || query.order == Ordering::AsItComes => {
                query = next;
            }
            Some(_) | None => return Ok(book),
        }
    }
}

fn original(book: &AlertBook, key: AlertKey) -> String {
    book.original(key).unwrap_or_default()
}

fn json_array(book: &AlertBook, keys: &[AlertKey]) -> Result<(), CliError> {
    if keys.is_empty() {
        return output::line("[]");
    }
    let mut before = "[\n";
    for key in keys {
        let one = original(book, *key);
        output::data(&format!("{before}{}", json::one_harmless_line(&one)))?;
        before = ",\n";
    }
    output::line("\n]")
}

fn in_columns(book: &AlertBook, keys: &[AlertKey]) -> Result<(), CliError> {
    let zone = TimeZone::system();
    let now = Timestamp::now();
    let rows: Vec<Vec<String>> = keys
        .iter()
        .filter_map(|key| book.row(*key))
        .map(|row| {
            let text = |symbol| book.text(symbol).shown().into_owned();
            let word = |word: &str, own| {
                let own = text(own);
                if own.is_empty() { word.to_owned() } else { own }
            };
            vec![
                row.created
                    .map_or_else(String::new, |time| times::clock(time, now, &zone)),
                word(row.severity.word(), row.severity_word),
                word(row.status.word(), row.status_word),
                text(row.assigned_to),
                text(row.title),
                text(row.device),
                text(row.user),
                shown(row.id.as_str()).into_owned(),
            ]
        })
        .collect();
    output::table(
        &[
            "CREATED",
            "SEVERITY",
            "STATUS",
            "ASSIGNED TO",
            "TITLE",
            "DEVICE",
            "USER",
            "ID",
        ],
        &rows,
    )
}

/// Columns under the service's own names, values as it sent them but for formulas.
fn comma_separated(book: &AlertBook, keys: &[AlertKey], service: Api) -> Result<(), CliError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let failed = |error: &dyn std::fmt::Display| {
        CliError::failed(format!("the rows cannot be written ({error})"))
    };
    writer
        .write_record(table::columns(service))
        .map_err(|error| failed(&error))?;
    // CSV has no escapes: on a terminal its texts would be obeyed, in a file they are data.
    let as_read = |text: &Text| {
        if output::is_terminal() {
            text.shown().into_owned()
        } else {
            text.original().to_owned()
        }
    };
    for key in keys {
        let record = table::record(&original(book, *key), service).map(|text| as_read(&text));
        writer
            .write_record(record)
            .map_err(|error| failed(&error))?;
    }
    let bytes = writer.into_inner().map_err(|error| failed(&error))?;
    output::data(&String::from_utf8_lossy(&bytes))
}

fn get(flags: &SettingFlags, id: &str, format: OneFormat) -> Result<(), CliError> {
    let Some(id) = AlertId::new(id) else {
        return Err(CliError::usage("an alert's id cannot be empty"));
    };
    let prepared = caller::prepare(flags)?;
    let (alert, moment) = block_on(unless_ended(async {
        let caller = Caller::sign_in(prepared).await?;
        let alert = caller
            .call(async |client| client.get_alert(&id).await)
            .await;
        let alert = alert.map_err(|mut failure| {
            if failure.kind == FailureKind::NotFound {
                failure.sentence = format!(
                    "there is no alert `{}`, or your role does not see it",
                    shown(id.as_str())
                );
                failure.remedy = Some("`vigie alerts list` prints the ids".to_owned());
            }
            CliError::from(failure)
        })?;
        Ok::<_, CliError>((alert, (caller.now)()))
    }))??;
    if format == OneFormat::Json {
        let original = alert.body.unpack();
        let line: Cow<'_, str> = json::one_harmless_line(&original);
        return output::line(&line);
    }
    let mut book = AlertBook::default();
    let key = book.absorb_single(&id, alert);
    let mut looking = Looking::default();
    looking.follow(key, &book, moment.steady);
    let Some(shown) = looking.shown() else {
        return Ok(());
    };
    let context = detail_text::Context {
        me: "",
        precedent_key: "",
        pending: None,
        book: &book,
        now: moment.wall,
        zone: &TimeZone::system(),
        is_reading: false,
        decoding: Decoding::Hidden,
        commands: Extent::Brief,
    };
    output::page(&detail_text::page(shown, &context, output::width()))
}
