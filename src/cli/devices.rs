//! `vigie devices`: a device and its actions, and actions asked for from a script.

use jiff::SignedDuration;
use jiff::tz::TimeZone;

use crate::app::claims_text;
use crate::app::device_text;
use crate::app::device_text::Other;
use crate::app::times;
use crate::cli::arguments::DevicesCommand;
use crate::cli::arguments::IsolationType;
use crate::cli::arguments::OneFormat;
use crate::cli::arguments::OrderOptions;
use crate::cli::arguments::ScanType;
use crate::cli::arguments::SettingFlags;
use crate::cli::block_on;
use crate::cli::caller;
use crate::cli::caller::Caller;
use crate::cli::caller::Prepared;
use crate::cli::error::CliError;
use crate::cli::output;
use crate::cli::sign_in::variable;
use crate::cli::unless_ended;
use crate::config;
use crate::domain::device::Acted;
use crate::domain::device::ActionId;
use crate::domain::device::ActionState;
use crate::domain::device::Asked;
use crate::domain::device::Device;
use crate::domain::device::DeviceAction;
use crate::domain::device::DeviceId;
use crate::domain::device::Order;
use crate::domain::device::Reading;
use crate::domain::device::kept::OrderEnd;
use crate::domain::device::kept::OrderRecord;
use crate::domain::device::warnings;
use crate::domain::failure::Failure;
use crate::domain::failure::FailureKind;
use crate::domain::session::Audience;
use crate::domain::session::TokenFacts;
use crate::domain::text::Text;
use crate::domain::text::shown;
use crate::domain::token::Api;
use crate::ledger::Audit;
use crate::wire::json;

/// Other alerts of a device that are named.
const OTHERS: usize = 20;

/// Before an action is looked for whose answer was lost, and again.
const LOOKS: [SignedDuration; 6] = [
    SignedDuration::ZERO,
    SignedDuration::from_secs(3),
    SignedDuration::from_secs(10),
    SignedDuration::from_secs(20),
    SignedDuration::from_secs(40),
    SignedDuration::from_secs(60),
];

/// Before an action is read the first time, and at most.
const FIRST_LOOK: SignedDuration = SignedDuration::from_secs(2);
const SHORTEST: SignedDuration = SignedDuration::from_secs(5);
const LONGEST: SignedDuration = SignedDuration::from_secs(60);
/// For so long a new action may be told not to exist.
const UNTIL_KNOWN: SignedDuration = SignedDuration::from_mins(5);

/// Runs the command.
pub fn run(flags: &SettingFlags, command: &DevicesCommand) -> Result<(), CliError> {
    let (order, options) = match command {
        DevicesCommand::Get { id, output } => return get(flags, id, *output),
        DevicesCommand::Actions { id, output } => return actions(flags, id, *output),
        DevicesCommand::Package { action } => return package(flags, action),
        DevicesCommand::Isolate { order, kind } => match kind {
            IsolationType::Full => (Order::IsolateFully, order),
            IsolationType::Selective => (Order::IsolateSelectively, order),
        },
        DevicesCommand::Release(order) => (Order::Release, order),
        DevicesCommand::Scan { order, kind } => match kind {
            ScanType::Quick => (Order::ScanQuickly, order),
            ScanType::Full => (Order::ScanFully, order),
        },
        DevicesCommand::Restrict(order) => (Order::Restrict, order),
        DevicesCommand::Unrestrict(order) => (Order::Unrestrict, order),
        DevicesCommand::Collect(order) => (Order::Collect, order),
        DevicesCommand::Quarantine { order, sha1 } => (quarantine(sha1)?, order),
    };
    act(flags, &order, options)
}

fn get(flags: &SettingFlags, id: &str, format: OneFormat) -> Result<(), CliError> {
    let id = device_id(id)?;
    let prepared = caller::prepare(flags)?;
    let (reading, alerts, now) = block_on(unless_ended(async {
        let (caller, _) = sign_in(prepared).await?;
        let device = device(&caller, id.as_str()).await?;
        if format == OneFormat::Json {
            let nothing = Reading {
                device: Ok(device),
                logons: Ok(Vec::new()),
                actions: Ok(Vec::new()),
            };
            return Ok((nothing, None, caller.service_now()));
        }
        let id = device.id.clone();
        let logons = caller.call(async |client| client.logons(&id).await).await;
        let actions = caller
            .call(async |client| client.device_actions(&id).await)
            .await;
        let alerts = caller
            .call(async |client| client.device_alerts(&id).await)
            .await;
        let reading = Reading {
            device: Ok(device),
            logons,
            actions,
        };
        Ok::<_, CliError>((reading, Some(alerts), caller.service_now()))
    }))??;
    if let (OneFormat::Json, Ok(device)) = (format, &reading.device) {
        return output::line(&json::one_harmless_line(device.json.original()));
    }
    let mut others: Vec<Other> = Vec::new();
    match alerts {
        Some(Ok(page)) => {
            let of_the_device = page.alerts.iter().map(|alert| Other {
                severity: alert.severity,
                title: alert.title.shown_briefly().into_owned(),
                status: alert.status.word().to_owned(),
                created: alert.created,
            });
            others = of_the_device.collect();
            others.sort_by_key(|other| std::cmp::Reverse(other.created));
        }
        Some(Err(failure)) => output::say(&format!(
            "the alerts of the device could not be read: {}",
            failure.sentence
        )),
        None => {}
    }
    let others_in_all = others.len();
    others.truncate(OTHERS);
    let context = device_text::Context {
        now,
        zone: &TimeZone::system(),
        read: now,
        others: &others,
        others_in_all,
    };
    output::page(&device_text::page(&reading, &context, output::width()))
}

fn actions(flags: &SettingFlags, id: &str, format: OneFormat) -> Result<(), CliError> {
    let id = device_id(id)?;
    let prepared = caller::prepare(flags)?;
    let (actions, now) = block_on(unless_ended(async {
        let (caller, _) = sign_in(prepared).await?;
        // A name does for reading a device, and not for its actions.
        let id = device(&caller, id.as_str()).await?.id;
        let actions = caller
            .call(async |client| client.device_actions(&id).await)
            .await?;
        Ok::<_, CliError>((actions, caller.service_now()))
    }))??;
    if format == OneFormat::Json {
        return json_array(&actions);
    }
    let zone = TimeZone::system();
    let text = |text: &Text| text.shown().into_owned();
    let rows: Vec<Vec<String>> = actions
        .iter()
        .map(|action| {
            vec![
                action
                    .created
                    .map_or_else(String::new, |at| times::clock(at, now, &zone)),
                action.says(),
                action.state_says(),
                text(&action.requestor),
                text(&action.comment),
                shown(action.id.as_str()).into_owned(),
            ]
        })
        .collect();
    output::table(
        &["CREATED", "ACTION", "STATE", "BY", "COMMENT", "ID"],
        &rows,
    )
}

fn json_array(actions: &[DeviceAction]) -> Result<(), CliError> {
    if actions.is_empty() {
        return output::line("[]");
    }
    let mut before = "[\n";
    for action in actions {
        let one = json::one_harmless_line(action.json.original());
        output::data(&format!("{before}{one}"))?;
        before = ",\n";
    }
    output::line("\n]")
}

fn package(flags: &SettingFlags, action: &str) -> Result<(), CliError> {
    let id =
        ActionId::new(action).ok_or_else(|| CliError::usage("an action's id cannot be empty"))?;
    let prepared = caller::prepare(flags)?;
    let link = block_on(unless_ended(async {
        let (caller, _) = sign_in(prepared).await?;
        let link = caller
            .call(async |client| client.package_link(&id).await)
            .await;
        link.map_err(|failure| {
            let is_missing = failure.kind == FailureKind::NotFound;
            let error = CliError::from(failure);
            if is_missing {
                error.help("the package is there once its action succeeded: `vigie devices actions ID` shows how far it is")
            } else {
                error
            }
        })
    }))??;
    output::line(&shown(link.expose()))
}

fn act(flags: &SettingFlags, order: &Order, options: &OrderOptions) -> Result<(), CliError> {
    let id = device_id(&options.id)?;
    if options.comment.trim().is_empty() {
        return Err(CliError::usage("`--comment` says nothing")
            .help("the service wants to know why: give the alert and your reason"));
    }
    let prepared = caller::prepare(flags)?;
    if prepared.config.read_only.value {
        return Err(CliError::usage("nothing is done: `read_only` is set").help(
            "take `--read-only`, `VIGIE_READ_ONLY` or `read_only` away; `vigie config show` tells where it is",
        ));
    }
    let profile = prepared.config.profile.value.clone();
    let (action, link) = block_on(unless_ended(async {
        let (caller, token) = sign_in(prepared).await?;
        may(&token, order)?;
        let device = looked_at(&caller, &id, order).await?;
        let acting = Acting {
            profile: &profile,
            name: format!("{:x}-o", (caller.now)().wall.as_microsecond()),
            device: &device,
            asked: Asked {
                device: device.id.clone(),
                order: order.clone(),
                comment: options.comment.trim().to_owned(),
                at: (caller.now)().wall,
            },
            caller: &caller,
        };
        let action = acting.begin().await?;
        if !options.wait {
            return Ok::<_, CliError>((action, None));
        }
        let action = acting.follow(action).await?;
        let has_package = *order == Order::Collect && action.state == ActionState::Succeeded;
        let link = if has_package && options.output == OneFormat::Table {
            let link = caller
                .call(async |client| client.package_link(&action.id).await)
                .await;
            Some(link.map_err(CliError::from)?)
        } else {
            None
        };
        Ok((action, link))
    }))??;
    match options.output {
        OneFormat::Json => output::line(&json::one_harmless_line(action.json.original()))?,
        OneFormat::Table => {
            let id = shown(action.id.as_str()).into_owned();
            output::line(&format!(
                "{}: {}, action {id}",
                action.says(),
                action.state_says()
            ))?;
        }
    }
    if let Some(link) = link {
        output::line(&format!("link: {}", shown(link.expose())))?;
    }
    match action.state {
        ActionState::Failed | ActionState::TimedOut | ActionState::Cancelled => Err(
            CliError::failed(format!("the action {}", action.state_says())),
        ),
        ActionState::Pending
        | ActionState::InProgress
        | ActionState::Succeeded
        | ActionState::Other => Ok(()),
    }
}

/// Signs in, and to the API that devices are asked of where that is another one; its
/// token.
async fn sign_in(prepared: Prepared) -> Result<(Caller, TokenFacts), CliError> {
    let client = &prepared.client;
    if client.audience_of_devices() == Audience::Service && client.service() == Api::Graph {
        return Err(
            CliError::usage("Microsoft Graph knows no actions on devices").help(
                "set `respond = \"defender\"` in the profile: devices are asked of Defender then",
            ),
        );
    }
    let caller = Caller::sign_in(prepared).await?;
    let token = match caller.client.audience_of_devices() {
        Audience::Service => caller.token.clone(),
        Audience::Respond => caller.client.renew_second().await?,
    };
    Ok((caller, token))
}

/// Refused before anything is sent where the token says so itself.
fn may(token: &TokenFacts, order: &Order) -> Result<(), CliError> {
    let Ok(token) = &token.decoded else {
        return Ok(());
    };
    let permission = order.permission();
    let granted = token.granted();
    let mut held = granted.iter();
    if held.any(|name| name.original().eq_ignore_ascii_case(permission)) {
        return Ok(());
    }
    let what = format!("nothing was sent: the token lacks `{permission}`");
    Err(CliError::with_status(4, what)
        .help("have it granted to the application, then sign in again; `vigie token` shows what the token holds"))
}

/// The device, with what speaks against the order said beside the data.
async fn looked_at(caller: &Caller, id: &DeviceId, order: &Order) -> Result<Device, CliError> {
    let device = device(caller, id.as_str()).await?;
    let actions = caller
        .call(async |client| client.device_actions(&device.id).await)
        .await
        .unwrap_or_default();
    let now = caller.service_now();
    for warning in warnings(&device, &actions, order, now) {
        output::say(&format!(
            "warning: {}",
            warning.says(|at| times::ago(at, now))
        ));
    }
    Ok(device)
}

async fn device(caller: &Caller, id: &str) -> Result<Device, CliError> {
    let device = caller
        .call(async |client| client.get_device(id).await)
        .await;
    device.map_err(|mut failure| {
        if failure.kind == FailureKind::NotFound {
            failure.sentence = format!(
                "there is no device `{}`, or your role does not see it",
                shown(id)
            );
            failure.remedy = Some("give its id or its whole name, as alerts tell it".to_owned());
        }
        CliError::from(failure)
    })
}

fn quarantine(sha1: &str) -> Result<Order, CliError> {
    Order::quarantine(sha1.trim()).ok_or_else(|| {
        CliError::usage(format!("`{}` is not a SHA-1", shown(sha1)))
            .help("40 hexadecimal digits: `vigie alerts get ID -o json` has them as `sha1`")
    })
}

/// What would leave its place in a path is no id, whoever wrote it.
fn device_id(given: &str) -> Result<DeviceId, CliError> {
    let breaks = |letter: char| {
        letter.is_control() || letter.is_whitespace() || matches!(letter, '/' | '\\' | '?' | '#')
    };
    let id = DeviceId::new(given).filter(|_| !given.contains(breaks));
    id.ok_or_else(|| {
        CliError::usage(format!("`{}` is not the id of a device", shown(given)))
            .help("alerts name it as `machineId`: `vigie alerts get ID -o json`")
    })
}

/// One order on its way.
struct Acting<'a> {
    caller: &'a Caller,
    profile: &'a str,
    /// Names it in the audit log.
    name: String,
    device: &'a Device,
    asked: Asked,
}

impl Acting<'_> {
    /// Sends it once, and finds out whether it arrived.
    async fn begin(&self) -> Result<DeviceAction, CliError> {
        let acted = self.send().await;
        match acted {
            Acted::Begun(action) => {
                self.write_down(OrderEnd::Begun, Some(&action), None);
                Ok(*action)
            }
            Acted::RunsAlready(failure) => {
                self.write_down(OrderEnd::RanAlready, None, Some(&failure));
                let id = shown(self.device.id.as_str()).into_owned();
                Err(CliError::from(failure).help(format!("`vigie devices actions {id}` shows it")))
            }
            Acted::Refused(failure) => {
                self.write_down(OrderEnd::Refused, None, Some(&failure));
                Err(failure.into())
            }
            Acted::Unknown(failure) => self.look_for_it(failure).await,
        }
    }

    /// A token that was refused did nothing: with a new one it is sent again.
    async fn send(&self) -> Acted {
        let acted = self.caller.client.act(&self.asked).await;
        match &acted {
            Acted::Refused(failure) if failure.kind == FailureKind::Unauthorized => {
                if self.caller.client.renew_for_devices().await.is_err() {
                    return acted;
                }
                self.caller.client.act(&self.asked).await
            }
            Acted::Refused(_) | Acted::Begun(_) | Acted::RunsAlready(_) | Acted::Unknown(_) => {
                acted
            }
        }
    }

    /// The answer was lost: the actions of the device tell.
    async fn look_for_it(&self, failure: Failure) -> Result<DeviceAction, CliError> {
        output::say(&format!(
            "{}; looking whether it arrived, nothing is sent again",
            failure.sentence
        ));
        for wait in LOOKS {
            self.caller.wait(wait).await;
            let found = self
                .caller
                .call(async |client| client.find_action(&self.asked).await)
                .await;
            if let Ok(Some(action)) = found {
                self.write_down(OrderEnd::Begun, Some(&action), None);
                return Ok(action);
            }
        }
        self.write_down(OrderEnd::Unknown, None, Some(&failure));
        let id = shown(self.device.id.as_str()).into_owned();
        let what = format!(
            "nobody knows whether it arrived ({}); the device has no such action yet",
            failure.sentence
        );
        Err(CliError::with_status(5, what).help(format!(
            "look again with `vigie devices actions {id}` before you ask for it once more"
        )))
    }

    /// Follows an action to its end.
    async fn follow(&self, mut action: DeviceAction) -> Result<DeviceAction, CliError> {
        let begun = (self.caller.now)().steady;
        let mut wait = FIRST_LOOK;
        if !action.state.is_over() {
            // Of a device that is away this is all there is to say for days.
            output::say(&format!("{}: {}", action.says(), action.state_says()));
        }
        loop {
            if action.state.is_over() {
                self.write_down(end_of(action.state), Some(&action), None);
                return Ok(action);
            }
            self.caller.wait(wait).await;
            wait = if wait < SHORTEST {
                SHORTEST
            } else {
                (wait * 2).min(LONGEST)
            };
            let read = self
                .caller
                .call(async |client| client.get_action(&action.id).await)
                .await;
            match read {
                Ok(now) => {
                    if now.state != action.state && !now.state.is_over() {
                        output::say(&format!("{}: {}", now.says(), now.state_says()));
                    }
                    action = now;
                }
                // Not known everywhere yet.
                Err(failure)
                    if failure.kind == FailureKind::NotFound
                        && begun.until((self.caller.now)().steady) < UNTIL_KNOWN => {}
                // It lived as long as it did; the action goes on.
                Err(failure)
                    if failure.kind == FailureKind::Unauthorized
                        && self.caller.client.renew_for_devices().await.is_ok() => {}
                Err(failure) => return Err(failure.into()),
            }
        }
    }

    /// Adds what came of it to the audit log. What cannot be written down is told, and
    /// changes nothing about what was done.
    fn write_down(&self, end: OrderEnd, action: Option<&DeviceAction>, failure: Option<&Failure>) {
        let Some(folder) = config::state_folder(&variable) else {
            return;
        };
        let by = claims_text::user_of(&self.caller.token);
        let why = match (failure, action) {
            (Some(failure), _) => Some(failure.sentence.clone()),
            (None, Some(action)) => action.error_says().map(|error| format!("error {error}")),
            (None, None) => None,
        };
        let record = OrderRecord {
            order: self.name.clone(),
            device: self.device.id.as_str().to_owned(),
            device_name: self.device.name.original().to_owned(),
            by: by.map_or_else(String::new, |by| by.original().to_owned()),
            asked_for: self.asked.order.says().to_owned(),
            sha1: self.asked.order.sha1().map(str::to_owned),
            comment: self.asked.comment.clone(),
            action: action.map(|action| action.id.as_str().to_owned()),
            end,
            why,
            request: failure.and_then(|failure| failure.request.clone()),
            decided: self.asked.at,
            ended: self.caller.service_now(),
        };
        if let Err(why) = Audit::new(&folder, self.profile).append_orders(&[record]) {
            output::say(&format!("the audit log could not be written: {why}"));
        }
    }
}

/// How the audit log calls the end of an action.
const fn end_of(state: ActionState) -> OrderEnd {
    match state {
        ActionState::Succeeded => OrderEnd::Succeeded,
        ActionState::Failed => OrderEnd::Failed,
        ActionState::TimedOut => OrderEnd::TimedOut,
        ActionState::Cancelled => OrderEnd::Cancelled,
        ActionState::Pending | ActionState::InProgress | ActionState::Other => OrderEnd::Begun,
    }
}
