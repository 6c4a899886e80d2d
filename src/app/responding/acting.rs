//! What the keys about devices do, and why they cannot.

use std::collections::HashSet;

use tui_input::Input;

use crate::app::Effect;
use crate::app::State;
use crate::app::backoff;
use crate::app::case::Tab;
use crate::app::count;
use crate::app::decisions::targets;
use crate::app::granted;
use crate::app::notices::Kind;
use crate::app::overlay::Overlay;
use crate::app::panes::Pane;
use crate::app::responding::Answer;
use crate::app::responding::Ask;
use crate::app::responding::dialog::Card;
use crate::app::responding::dialog::Dialog;
use crate::app::responding::dialog::Field;
use crate::app::responding::dialog::Files;
use crate::app::responding::dialog::NamedFile;
use crate::app::responding::dialog::Shown;
use crate::app::responding::following::News;
use crate::app::responding::following::OrderNumber;
use crate::app::responding::leaving;
use crate::app::responding::links;
use crate::app::responding::meant;
use crate::app::responding::meant::Meant;
use crate::app::responding::naming;
use crate::app::tokens;
use crate::domain::decision::change::LONGEST_NOTE;
use crate::domain::detail::Entity;
use crate::domain::detail::Evidence;
use crate::domain::detail::EvidenceKind;
use crate::domain::detail::File;
use crate::domain::device::Acted;
use crate::domain::device::DeviceId;
use crate::domain::device::Order;
use crate::domain::device::kept::Entry;
use crate::domain::failure::Failure;
use crate::domain::failure::FailureKind;
use crate::domain::moment::Moment;
use crate::domain::text::Text;
use crate::domain::token::Capability;
use crate::domain::token::DecodedToken;
use crate::domain::token::may_read_devices;
use crate::keymap::Respond;

/// Why it cannot be done now.
pub fn refusal(state: &State, action: Respond) -> Option<&'static str> {
    match action {
        Respond::OpenMenu => nothing_to_act_on(state),
        Respond::OpenDevice => granted::no_devices(state).or_else(|| nothing_to_act_on(state)),
        Respond::IsolateFully | Respond::IsolateSelectively | Respond::Release => {
            forbidden(state, &Order::Release)
        }
        Respond::ScanQuickly | Respond::ScanFully => forbidden(state, &Order::ScanFully),
        Respond::Restrict | Respond::Unrestrict => forbidden(state, &Order::Restrict),
        Respond::Collect => forbidden(state, &Order::Collect),
        Respond::Quarantine => {
            let order = Order::Quarantine(String::new());
            forbidden(state, &order).or_else(|| {
                files(state)
                    .is_empty()
                    .then_some("the evidence you see names no file with a SHA-1")
            })
        }
        // In a dialog that was open when the permission went.
        Respond::Send => match &state.overlay {
            Some(Overlay::Responding(Dialog::Card(card))) => forbidden(state, &card.order),
            Some(_) | None => None,
        },
        Respond::AskPackage => links::no_package(state),
        Respond::CopyLink => links::no_link(state),
        Respond::OpenLink => links::no_link(state).or_else(|| {
            (!state.settings.opens_browser).then_some("no browser opens here: y copies the link")
        }),
        Respond::OpenOrders
        | Respond::ChooseFile
        | Respond::NextFile
        | Respond::PreviousFile
        | Respond::NextField
        | Respond::CardDown
        | Respond::CardUp
        | Respond::OrdersDown
        | Respond::OrdersUp
        | Respond::DeviceDown
        | Respond::DeviceUp
        | Respond::ReadAgain => None,
    }
}

fn nothing_to_act_on(state: &State) -> Option<&'static str> {
    targets::is_nothing(state).then_some("no alert is selected")
}

/// The token that devices are asked with, where it can be read.
fn token(state: &State) -> Option<&DecodedToken> {
    state.devices_session()?.token()?.decoded.as_ref().ok()
}

/// Whether the token lacks a permission, as far as it can be read.
pub fn lacks(state: &State, permission: &str) -> bool {
    token(state).is_some_and(|token| {
        let granted = token.granted();
        let mut names = granted.iter();
        !names.any(|name| name.original().eq_ignore_ascii_case(permission))
    })
}

/// The permission to see devices where the token lacks it, in the spelling of its holder.
pub fn lacks_reading(state: &State) -> Option<&'static str> {
    let token = token(state)?;
    (!may_read_devices(&token.granted())).then_some(if token.app_only() {
        "Machine.Read.All"
    } else {
        "Machine.Read"
    })
}

/// Why this order cannot be given.
pub fn forbidden(state: &State, order: &Order) -> Option<&'static str> {
    if state.settings.deciding.read_only {
        return Some("this profile is read-only");
    }
    if let Some(why) = granted::no_devices(state) {
        return Some(why);
    }
    // What cannot leave now would leave when nobody thinks of it any more.
    if !state
        .devices_session()
        .is_some_and(|session| session.is_usable(state.now))
    {
        return Some("there is no token to ask devices with: t shows why");
    }
    lacks(state, order.permission()).then_some(match order {
        Order::IsolateFully | Order::IsolateSelectively | Order::Release => {
            "the token lacks Machine.Isolate: t shows what it has"
        }
        Order::ScanQuickly | Order::ScanFully => {
            "the token lacks Machine.Scan: t shows what it has"
        }
        Order::Restrict | Order::Unrestrict => {
            "the token lacks Machine.RestrictExecution: t shows what it has"
        }
        Order::Collect => "the token lacks Machine.CollectForensics: t shows what it has",
        Order::Quarantine(_) => "the token lacks Machine.StopAndQuarantine: t shows what it has",
    })
}

/// Does it.
pub fn apply(state: &mut State, action: Respond, now: Moment) -> Vec<Effect> {
    match action {
        Respond::OpenMenu => open_menu(state, now),
        Respond::OpenDevice => open_device(state, now),
        Respond::IsolateFully => open_card(state, Order::IsolateFully),
        Respond::IsolateSelectively => open_card(state, Order::IsolateSelectively),
        Respond::Release => open_card(state, Order::Release),
        Respond::ScanQuickly => open_card(state, Order::ScanQuickly),
        Respond::ScanFully => open_card(state, Order::ScanFully),
        Respond::Restrict => open_card(state, Order::Restrict),
        Respond::Unrestrict => open_card(state, Order::Unrestrict),
        Respond::Collect => open_card(state, Order::Collect),
        Respond::Quarantine => open_files(state),
        Respond::ChooseFile => choose_file(state),
        Respond::NextFile => walk_files(state, 1),
        Respond::PreviousFile => walk_files(state, -1),
        Respond::NextField => next_field(state),
        Respond::Send => send(state, now),
        Respond::CardDown | Respond::DeviceDown => scroll(state, 3),
        Respond::CardUp | Respond::DeviceUp => scroll(state, -3),
        Respond::OpenOrders => {
            let latest = state.responding.following.orders().last();
            let chosen = latest.map(|one| one.number);
            open(state, Dialog::Orders { chosen });
        }
        Respond::OrdersDown => walk_orders(state, 1),
        Respond::OrdersUp => walk_orders(state, -1),
        Respond::ReadAgain => {
            if let Some(Overlay::Responding(Dialog::Device(shown))) = &state.overlay {
                for target in &shown.meant.devices {
                    state.responding.readings.want(&target.id);
                }
            }
        }
        Respond::AskPackage => links::ask(state, now),
        Respond::CopyLink => return links::copy(state, now),
        Respond::OpenLink => return links::open(state, now),
    }
    Vec::new()
}

fn open(state: &mut State, dialog: Dialog) {
    state.overlay = Some(Overlay::Responding(dialog));
}

/// The devices that are meant, unless there is none or there are too many.
fn devices(state: &mut State, now: Moment) -> Option<Meant> {
    let meant = meant::meant(state);
    let most = state.settings.respond_most;
    let why = match meant.devices.len() {
        0 => format!(
            "{} no device",
            if meant.alerts_in_all == 1 {
                "the alert names"
            } else {
                "the alerts name"
            }
        ),
        several if several > most => format!(
            "more than {}: `respond_most` in the profile allows that many at a time",
            count(most, "device")
        ),
        _ => {
            for target in &meant.devices {
                state.responding.readings.look_at(&target.id, now.steady);
            }
            return Some(meant);
        }
    };
    state.notices.say(Kind::Note, why, now);
    None
}

fn open_menu(state: &mut State, now: Moment) {
    if let Some(why) = granted::no_devices(state) {
        state.notices.say(Kind::Note, why, now);
    } else if let Some(meant) = devices(state, now) {
        open(state, Dialog::Menu(Box::new(meant)));
    }
}

fn open_device(state: &mut State, now: Moment) {
    let meant = match &state.overlay {
        Some(Overlay::Responding(Dialog::Menu(meant))) => Some(meant.as_ref().clone()),
        Some(_) | None => devices(state, now),
    };
    if let Some(meant) = meant {
        open(state, Dialog::Device(Box::new(Shown { meant, top: 0 })));
    }
}

/// From the menu, with the devices that were meant when it was opened.
fn open_card(state: &mut State, order: Order) {
    let Some(Overlay::Responding(Dialog::Menu(meant))) = &state.overlay else {
        return;
    };
    let meant = meant.as_ref().clone();
    show_card(state, order, meant, String::new());
}

fn show_card(state: &mut State, order: Order, meant: Meant, file: String) {
    let field = if order.wants_name() {
        Field::Name
    } else {
        Field::Comment
    };
    let card = Card {
        comment: Input::new(comment(&meant, &state.user())),
        typed: Input::default(),
        order,
        meant,
        file,
        field,
        top: 0,
    };
    open(state, Dialog::Card(Box::new(card)));
}

/// What everyone sees who looks at the action later: from which alert, and who.
fn comment(meant: &Meant, me: &str) -> String {
    let first = meant.alerts.first().map_or("", String::as_str);
    let others = match meant.alerts_in_all.saturating_sub(1) {
        0 => String::new(),
        others => format!(" and {}", count(others, "other alert")),
    };
    let by = if me.is_empty() {
        String::new()
    } else {
        format!(", by {me}")
    };
    let comment = format!("alert {first}{others}{by}");
    let one_line = |letter: char| if letter.is_control() { ' ' } else { letter };
    comment.chars().map(one_line).take(LONGEST_NOTE).collect()
}

/// The files of the alert that is seen which can be named to the service, each once.
fn files(state: &State) -> Vec<NamedFile> {
    let Some(shown) = state.looking.shown() else {
        return Vec::new();
    };
    let mut known = HashSet::new();
    let mut files = Vec::new();
    // A file that was found is rather meant than the program that ran it.
    let evidence = &shown.detail.evidence;
    let is_file = |piece: &&Evidence| piece.kind == EvidenceKind::File;
    let found = evidence.iter().filter(is_file);
    let others = evidence.iter().filter(|piece| !is_file(piece));
    for piece in found.chain(others) {
        let file: &File = match &piece.entity {
            Entity::File(file) => file,
            Entity::Process(process) => &process.image,
            Entity::User(_)
            | Entity::Device(_)
            | Entity::Address(_)
            | Entity::Url(_)
            | Entity::Other => continue,
        };
        let Some(Order::Quarantine(sha1)) = Order::quarantine(file.sha1.original()) else {
            continue;
        };
        if known.insert(sha1.clone()) && files.len() < MOST_FILES {
            let path = if file.path.is_empty() {
                &file.name
            } else {
                &file.path
            };
            files.push(NamedFile {
                path: Text::shown_briefly(path).into_owned(),
                sha1,
            });
        }
    }
    files
}

/// Files that are offered.
const MOST_FILES: usize = 200;

fn open_files(state: &mut State) {
    let Some(Overlay::Responding(Dialog::Menu(meant))) = &state.overlay else {
        return;
    };
    let files = Files {
        meant: meant.as_ref().clone(),
        files: files(state),
        chosen: 0,
    };
    open(state, Dialog::Files(Box::new(files)));
    // Where there is one, there is no choice.
    if let Some(Overlay::Responding(Dialog::Files(files))) = &state.overlay
        && files.files.len() == 1
    {
        choose_file(state);
    }
}

fn choose_file(state: &mut State) {
    let Some(Overlay::Responding(Dialog::Files(files))) = &state.overlay else {
        return;
    };
    let Some(file) = files.files.get(files.chosen).cloned() else {
        return;
    };
    let meant = files.meant.clone();
    show_card(state, Order::Quarantine(file.sha1), meant, file.path);
}

fn walk_files(state: &mut State, step: isize) {
    if let Some(Overlay::Responding(Dialog::Files(files))) = &mut state.overlay {
        let last = files.files.len().saturating_sub(1);
        files.chosen = files.chosen.saturating_add_signed(step).min(last);
    }
}

fn next_field(state: &mut State) {
    if let Some(Overlay::Responding(Dialog::Card(card))) = &mut state.overlay
        && card.order.wants_name()
    {
        card.field = match card.field {
            Field::Comment => Field::Name,
            Field::Name => Field::Comment,
        };
    }
}

fn scroll(state: &mut State, rows: isize) {
    let height = usize::from(state.panes().body.height.saturating_sub(1));
    let Some((page, _)) = state.overlay_page(usize::from(state.panes().body.width)) else {
        return;
    };
    let most = page.lines.len().saturating_sub(height);
    let top = match &mut state.overlay {
        Some(Overlay::Responding(Dialog::Card(card))) => &mut card.top,
        Some(Overlay::Responding(Dialog::Device(shown))) => &mut shown.top,
        Some(_) | None => return,
    };
    *top = top.saturating_add_signed(rows).min(most);
}

/// Gives the order, once everything stands there that it needs.
fn send(state: &mut State, now: Moment) {
    let Some(Overlay::Responding(Dialog::Card(card))) = &state.overlay else {
        return;
    };
    let comment = card.comment.value().trim().to_owned();
    let missing = if comment.is_empty() {
        Some("write why: the service wants a comment".to_owned())
    } else if !naming::is_typed(state, card) {
        Some(format!("type `{}` to send it", naming::wanted(state, card)))
    } else {
        None
    };
    if let Some(missing) = missing {
        state.notices.say(Kind::Note, missing, now);
        if let Some(Overlay::Responding(Dialog::Card(card))) = &mut state.overlay {
            card.field = if comment.is_empty() {
                Field::Comment
            } else {
                Field::Name
            };
        }
        return;
    }
    let (order, targets) = (card.order.clone(), card.meant.devices.clone());
    state.overlay = None;
    let by = state.user();
    for target in targets {
        let following = &mut state.responding.following;
        following.ask(target, order.clone(), comment.clone(), by.clone(), now);
    }
}

/// The order the page of orders stands on.
pub(super) fn chosen(state: &State) -> Option<OrderNumber> {
    match &state.overlay {
        Some(Overlay::Responding(Dialog::Orders { chosen })) => *chosen,
        Some(_) | None => None,
    }
}

fn walk_orders(state: &mut State, step: isize) {
    // The latest stands first.
    let orders = state.responding.following.orders();
    let numbers: Vec<OrderNumber> = orders.iter().rev().map(|one| one.number).collect();
    if let Some(Overlay::Responding(Dialog::Orders { chosen })) = &mut state.overlay {
        let here = numbers.iter().position(|one| Some(*one) == *chosen);
        let next = here.map_or(0, |here| here.saturating_add_signed(step));
        let next = numbers.get(next.min(numbers.len().saturating_sub(1)));
        *chosen = next.copied();
    }
}

/// Something came back from the service.
pub fn on_answer(state: &mut State, answer: Answer, now: Moment) -> Vec<Effect> {
    if is_good(&answer) {
        granted::on_accepted(state, Capability::Respond);
    }
    let news = match answer {
        Answer::Read { device, reading } => {
            let failure = reading.device.as_ref().err().cloned();
            let readings = &mut state.responding.readings;
            readings.on_read(&device, *reading, &state.book, now);
            News {
                failure,
                ..News::default()
            }
        }
        Answer::Acted { order, acted } => state.responding.following.on_acted(order, acted, now),
        Answer::Found { order, result } => state.responding.following.on_found(order, result, now),
        Answer::Followed { order, result } => {
            let result = result.map(|action| *action);
            state.responding.following.on_followed(order, result, now)
        }
        Answer::Package { order, result } => {
            let known = state.responding.following.get(order);
            let device = known.map_or_else(String::new, |one| one.target.says());
            let links = &mut state.responding.links;
            links.on_link(order, &device, result, now)
        }
    };
    let mut effects = Vec::new();
    for (kind, text) in news.said {
        state.notices.say_apart(kind, text, now);
    }
    if let Some(device) = &news.device {
        state.responding.readings.want(device);
    }
    if !news.records.is_empty() {
        effects.push(Effect::AuditOrders(news.records));
    }
    if let Some(failure) = &news.failure {
        effects.extend(on_failed(state, failure, now));
    }
    effects
}

/// The service took the token it was asked with.
const fn is_good(answer: &Answer) -> bool {
    match answer {
        Answer::Read { reading, .. } => reading.device.is_ok(),
        Answer::Acted { acted, .. } => matches!(acted, Acted::Begun(_) | Acted::RunsAlready(_)),
        Answer::Found { result, .. } => result.is_ok(),
        Answer::Followed { result, .. } => result.is_ok(),
        Answer::Package { result, .. } => result.is_ok(),
    }
}

/// What a failed call means for the others: about itself enough was said.
fn on_failed(state: &mut State, failure: &Failure, now: Moment) -> Vec<Effect> {
    match failure.kind {
        FailureKind::Unauthorized => {
            let sent_with = state.responded_with;
            let audience = granted::audience(state, Capability::Respond);
            tokens::on_call_failed(state, audience, failure, "devices", sent_with, now)
        }
        // A pause of the second API is none of the alerts'.
        FailureKind::Throttled if state.settings.respond.is_none() => {
            let wait = failure.retry_after.unwrap_or(backoff::renewal_wait(1));
            state
                .calls
                .hold(now.steady.plus(wait.min(tokens::LONGEST_PAUSE)));
            Vec::new()
        }
        FailureKind::Throttled
        | FailureKind::Forbidden
        | FailureKind::NotFound
        | FailureKind::Rejected
        | FailureKind::Unreachable
        | FailureKind::Obstructed
        | FailureKind::Malformed
        | FailureKind::ForeignLink
        | FailureKind::SignInRefused
        | FailureKind::SignInNeeded
        | FailureKind::Misconfigured => Vec::new(),
    }
}

/// What an earlier session followed was found.
pub fn on_found(state: &mut State, entries: Vec<Entry>, now: Moment) {
    let resumed = state.responding.following.resume(entries, now);
    if resumed > 0 {
        let text = format!(
            "{} of an earlier session followed on",
            count(resumed, "action")
        );
        state.notices.say_apart(Kind::Note, text, now);
    }
}

/// Time passed: what could not leave in time is not sent later.
pub fn on_woke(state: &mut State, now: Moment) -> Vec<Effect> {
    let news = state.responding.following.on_woke(now);
    for (kind, text) in news.said {
        state.notices.say_apart(kind, text, now);
    }
    let records = Some(news.records).filter(|records| !records.is_empty());
    records.map(Effect::AuditOrders).into_iter().collect()
}

/// Whoever closed the page of orders does not want its links any more; and whoever goes
/// into the tab of the device wants to see it.
pub fn keep_up(state: &mut State, now: Moment) {
    read_for_tab(state, now);
    leaving::keep_up(state);
    let is_open = matches!(
        state.overlay,
        Some(Overlay::Responding(Dialog::Orders { .. }))
    );
    if !is_open {
        state.responding.links.forget();
    }
}

/// Only where a person went: who passes from alert to alert reads no device of each.
fn read_for_tab(state: &mut State, now: Moment) {
    let is_in_tab = state.case.tab() == Tab::Device && state.focus_in_sight() == Pane::Detail;
    if !is_in_tab || granted::no_devices(state).is_some() {
        return;
    }
    let shown = state.looking.shown();
    let id = shown.and_then(|shown| DeviceId::new(shown.detail.device_id.original()));
    if let Some(id) = id {
        state.responding.readings.look_at(&id, now.steady);
    }
}

/// The next question about devices, where one is due. What a person did goes first.
pub fn start(state: &mut State, now: Moment) -> Option<Ask> {
    if let Some(ask) = state.responding.links.start(now.steady) {
        return Some(ask);
    }
    let following = &mut state.responding.following;
    if following.due().is_some_and(|due| due <= now.steady)
        && let Some(ask) = following.start(now.steady)
    {
        return Some(ask);
    }
    let readings = &mut state.responding.readings;
    let device = readings.is_due().then(|| readings.start()).flatten()?;
    Some(Ask::Read { device })
}
