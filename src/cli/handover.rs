//! `vigie handover`: the report of a shift.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::app::alert_book::AlertBook;
use crate::app::handover::Handover;
use crate::app::handover::Material;
use crate::app::handover::Mine;
use crate::app::handover::Own;
use crate::app::handover_text;
use crate::app::lateness::LateAfter;
use crate::cli::alerts;
use crate::cli::arguments::HandoverOptions;
use crate::cli::arguments::ReportFormat;
use crate::cli::arguments::SettingFlags;
use crate::cli::block_on;
use crate::cli::caller;
use crate::cli::caller::Caller;
use crate::cli::error::CliError;
use crate::cli::output;
use crate::cli::sign_in;
use crate::cli::unless_ended;
use crate::config;
use crate::domain::decision::kept::Outbox;
use crate::domain::filter::Query;
use crate::domain::query::AlertQuery;
use crate::ledger::Audit;
use crate::ledger::Outboxes;
use crate::wire::json;

/// Alerts a page.
const PAGE: usize = 2_000;

/// What was read of the service.
struct Told {
    changed: AlertBook,
    open: AlertBook,
    since: Timestamp,
    until: Timestamp,
    me: String,
}

/// Runs the command.
pub fn run(flags: &SettingFlags, options: &HandoverOptions) -> Result<(), CliError> {
    let back = alerts::since(Some(&options.since))?.unwrap_or_default();
    let prepared = caller::prepare(flags)?;
    let profile = prepared.config.profile.value.clone();
    let late_after = sign_in::late_after(&prepared.config);
    let told = block_on(unless_ended(async {
        let caller = Caller::sign_in(prepared).await?;
        let around = caller.around();
        let since = caller.before_now(back);
        let query = AlertQuery::changes(since, PAGE);
        let changed = alerts::read_list(
            AlertBook::default(),
            &caller,
            Query::default(),
            query,
            usize::MAX,
        )
        .await?;
        Ok::<_, CliError>(Told {
            changed,
            open: open(&caller, late_after).await?,
            since,
            until: around.now,
            me: around.me,
        })
    }))??;
    let (own, held) = kept(&profile, told.since)?;
    let report = Handover::of(&Material {
        profile: &profile,
        since: told.since,
        until: told.until,
        me: &told.me,
        changed: &told.changed,
        open: &told.open,
        own: &own,
        held: &held,
        mine: if options.mine {
            Mine::Told
        } else {
            Mine::Untold
        },
    });
    match options.output {
        ReportFormat::Markdown => {
            output::data(&handover_text::markdown(&report, &TimeZone::system()))
        }
        ReportFormat::Json => {
            let report = serde_json::to_string(&report).map_err(|error| {
                CliError::failed(format!("the report cannot be written ({error})"))
            })?;
            output::line(&json::one_harmless_line(&report))
        }
    }
}

/// All that is open, whenever it came: an old alert nobody touched is handed over too.
async fn open(caller: &Caller, late_after: LateAfter) -> Result<AlertBook, CliError> {
    let wanted = alerts::filter("is:open")?;
    let query = AlertQuery::everything(PAGE);
    let mut open =
        alerts::read_list(AlertBook::default(), caller, wanted, query, usize::MAX).await?;
    open.judge_by(late_after);
    Ok(open)
}

/// What is kept on this machine: the audit log of the period, and what has not arrived.
fn kept(profile: &str, since: Timestamp) -> Result<(Own, Vec<Outbox>), CliError> {
    let mut own = Own::default();
    let Some(folder) = config::state_folder(&sign_in::variable) else {
        return Ok((own, Vec::new()));
    };
    let unreadable = |why: String| CliError::failed(format!("the audit log cannot be read: {why}"));
    let audit = Audit::new(&folder, profile);
    for line in audit.lines().map_err(unreadable)?.into_iter().flatten() {
        let line = line.map_err(|error| unreadable(error.to_string()))?;
        if let Some(record) = line.record().filter(|record| record.ended >= since) {
            own.add(record);
        } else if let Some(order) = line.order().filter(|order| order.ended >= since) {
            own.orders.add(order);
        }
    }
    let (held, troubles) = Outboxes::read(&folder, profile);
    for trouble in troubles {
        output::say(&format!(
            "decisions that have not arrived cannot be read: {trouble}"
        ));
    }
    Ok((own, held))
}
