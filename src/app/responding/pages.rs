//! How devices and orders read: the card, the files, the orders of this session, the
//! page of a device.

use crate::app::State;
use crate::app::device_text;
use crate::app::device_text::Other;
use crate::app::lines::Line;
use crate::app::lines::Page;
use crate::app::lines::Tone;
use crate::app::responding::acting;
use crate::app::responding::dialog::Card;
use crate::app::responding::dialog::Dialog;
use crate::app::responding::dialog::Field;
use crate::app::responding::dialog::Files;
use crate::app::responding::following::Ended;
use crate::app::responding::following::OnItsWay;
use crate::app::responding::following::OrderNumber;
use crate::app::responding::following::Stage;
use crate::app::responding::meant::Meant;
use crate::app::responding::meant::OF_AN_ID;
use crate::app::responding::meant::Target;
use crate::app::responding::naming;
use crate::app::responding::words;
use crate::app::times;
use crate::domain::device::DeviceId;
use crate::domain::device::Standing;
use crate::domain::device::warnings;
use crate::domain::text::shown;

/// The page of the dialog that has one, with its first line in sight.
pub fn page(state: &State, dialog: &Dialog, width: usize) -> Option<(Page, usize)> {
    match dialog {
        Dialog::Menu(_) => None,
        Dialog::Files(files) => {
            let page = files_page(files, width);
            // The chosen one is never out of sight.
            let height = usize::from(state.panes().body.height.saturating_sub(1)).max(1);
            Some((page, (files.chosen + 1).saturating_sub(height)))
        }
        Dialog::Card(card) => Some((card_page(state, card, width), card.top)),
        Dialog::Orders { chosen } => Some(orders_page(state, *chosen, width)),
        Dialog::Device(shown) => Some((devices_page(state, &shown.meant, width), shown.top)),
    }
}

/// What the page is called.
pub fn title(dialog: &Dialog) -> String {
    match dialog {
        Dialog::Menu(_) => String::new(),
        Dialog::Files(_) => "which file is stopped and quarantined".to_owned(),
        Dialog::Card(card) => {
            format!("{}: {}", card.order.says(), words::devices(&card.meant))
        }
        Dialog::Orders { .. } => "orders for devices in this session".to_owned(),
        Dialog::Device(shown) => format!("device: {}", words::devices(&shown.meant)),
    }
}

fn card_page(state: &State, card: &Card, width: usize) -> Page {
    let mut page = Page::new(width);
    let how = if card.order.wants_name() {
        format!(
            "type `{}`, then enter sends it; esc sends nothing",
            naming::wanted(state, card)
        )
    } else {
        "enter sends it; esc sends nothing".to_owned()
    };
    page.add(Line::of(Tone::Strong, how), 0);
    if card.order.wants_name() && !naming::named(state, card).is_empty() {
        let why = "of several, those that others depend on are named, and those not known yet";
        page.add(Line::of(Tone::Text, why), 0);
    }
    page.add(Line::of(Tone::Text, card.order.means()), 0);
    if let Some(name) = acting::lacks_reading(state) {
        let text = format!("the token lacks {name}: what becomes of it cannot be followed");
        page.add(Line::of(Tone::Warning, text), 0);
    }
    page.gap();
    for target in &card.meant.devices {
        of_one_device(&mut page, state, card, target);
    }
    if !card.file.is_empty() {
        let line = Line::of(Tone::Label, "FILE    ").and(Tone::Text, card.file.clone());
        page.add(line, 8);
    }
    field(
        &mut page,
        "COMMENT ",
        card.comment.value(),
        card.field == Field::Comment,
    );
    if card.order.wants_name() {
        field(
            &mut page,
            "NAME    ",
            card.typed.value(),
            card.field == Field::Name,
        );
    }
    page
}

fn field(page: &mut Page, label: &str, text: &str, is_open: bool) {
    let (mark, tone) = if is_open {
        ("> ", Tone::Strong)
    } else {
        ("  ", Tone::Text)
    };
    let line = Line::of(Tone::Label, format!("{mark}{label}")).and(tone, shown(text));
    page.add(line, 10);
}

/// How a device is, and what speaks against the order.
fn of_one_device(page: &mut Page, state: &State, card: &Card, target: &Target) {
    let id = shown(target.id.as_str()).into_owned();
    let mut line = Line::of(Tone::Label, "DEVICE  ").and(Tone::Strong, target.says());
    if target.is_hard_to_type() && card.order.wants_name() {
        let start: String = id.chars().take(OF_AN_ID).collect();
        line = line.and(Tone::Muted, format!("  (`{start}` of its id will do)"));
    }
    let Some(known) = state.responding.readings.get(&target.id) else {
        page.add(line, 8);
        let text = "being read: what speaks against it is not known yet";
        page.add(Line::of(Tone::Muted, format!("        {text}")), 8);
        return;
    };
    let device = match &known.reading.device {
        Ok(device) => device,
        Err(failure) => {
            page.add(line, 8);
            let text = format!("        could not be read: {}", failure.sentence);
            page.add(Line::of(Tone::Bad, text), 8);
            return;
        }
    };
    for (label, text) in [
        ("risk", &device.risk),
        ("group", &device.group),
        ("", &device.platform),
    ] {
        if !text.is_empty() {
            let label = if label.is_empty() {
                "  ".to_owned()
            } else {
                format!("  {label}\u{a0}")
            };
            line = line
                .and(Tone::Label, label)
                .and(Tone::Text, text.shown_briefly());
        }
    }
    let now = state.minute();
    line = line.and(
        Tone::Muted,
        format!("  read\u{a0}{}", times::ago(known.at.wall, now)),
    );
    page.add(line, 8);
    let actions = known.reading.actions.as_deref().unwrap_or_default();
    if known.reading.actions.is_err() {
        let text = "        its actions could not be read: whether it is isolated is not known";
        page.add(Line::of(Tone::Warning, text), 8);
    }
    let warnings = warnings(device, actions, &card.order, now);
    for warning in &warnings {
        let tone = if warning.is_grave() {
            Tone::Bad
        } else {
            Tone::Warning
        };
        let text = shown(&warning.says(|at| times::ago(at, now))).into_owned();
        page.add(Line::of(tone, format!("      ! {text}")), 8);
    }
    if warnings.is_empty() {
        let text = if Standing::of(actions).is_isolated {
            "        isolated"
        } else {
            "        nothing speaks against it"
        };
        page.add(Line::of(Tone::Muted, text), 8);
    }
}

fn files_page(files: &Files, width: usize) -> Page {
    let mut page = Page::new(width);
    for (index, file) in files.files.iter().enumerate() {
        let (mark, tone) = if index == files.chosen {
            ("> ", Tone::Strong)
        } else {
            ("  ", Tone::Text)
        };
        // The hash in full: it is what is sent.
        let line = Line::of(tone, mark)
            .and(Tone::Muted, format!("{}  ", file.sha1))
            .and(tone, file.path.clone());
        page.add(line, 4);
    }
    page
}

/// The latest first, with the one that is chosen in sight.
fn orders_page(state: &State, chosen: Option<OrderNumber>, width: usize) -> (Page, usize) {
    let mut page = Page::new(width);
    let mut top = 0;
    let height = usize::from(state.panes().body.height.saturating_sub(1)).max(1);
    let orders = state.responding.following.orders();
    if orders.is_empty() {
        let text = "nothing was asked of a device in this session";
        page.add(Line::of(Tone::Muted, text), 0);
    }
    for one in orders.iter().rev() {
        let is_chosen = Some(one.number) == chosen;
        of_one_order(&mut page, state, one, is_chosen);
        if is_chosen {
            top = page.lines.len().saturating_sub(height);
        }
    }
    (page, top)
}

fn of_one_order(page: &mut Page, state: &State, one: &OnItsWay, is_chosen: bool) {
    let at = times::clock_with_seconds(one.asked.at, state.now.wall, &state.settings.zone);
    let mark = if is_chosen { "> " } else { "  " };
    let tone = match (&one.stage, &one.action) {
        (Stage::Ended(Ended::Refused(_) | Ended::NotFound(_)), _) => Tone::Bad,
        (Stage::Following { .. } | Stage::Ended(Ended::Action), Some(action)) => {
            device_text::tone_of(action.state)
        }
        (
            Stage::Waiting { .. }
            | Stage::Sending
            | Stage::Looking { .. }
            | Stage::Following { .. }
            | Stage::Ended(Ended::Action),
            _,
        ) => Tone::Warning,
    };
    let line = Line::of(Tone::Muted, format!("{mark}{at} "))
        .and(Tone::Strong, format!("{}  ", one.says()))
        .and(tone, one.state_says());
    page.add(line, 4);
    if !is_chosen {
        return;
    }
    let mut facts = vec![("comment", shown(&one.asked.comment).into_owned())];
    if let Some(action) = &one.action {
        facts.push(("action", shown(action.id.as_str()).into_owned()));
    }
    facts.push(("device", shown(one.asked.device.as_str()).into_owned()));
    for (name, text) in facts {
        let line = Line::of(Tone::Label, format!("    {name:<8} ")).and(Tone::Text, text);
        page.add(line, 13);
    }
    match state.responding.links.get(one.number) {
        Some(given) => {
            let at = times::clock(given.at, state.now.wall, &state.settings.zone);
            let opens = if state.settings.opens_browser {
                ", o opens it"
            } else {
                ""
            };
            for text in [
                format!("    whoever has this link has the package; y copies it{opens}"),
                format!("    told at {at}; it soon ends, and enter asks for a new one"),
            ] {
                page.add(Line::of(Tone::Warning, text), 4);
            }
            let address = shown(given.link.expose());
            page.add(Line::of(Tone::Text, format!("    {address}")), 4);
        }
        None if one.has_package() => {
            let text = "    enter asks for the link to the package";
            page.add(Line::of(Tone::Text, text), 4);
        }
        None => {}
    }
}

fn devices_page(state: &State, meant: &Meant, width: usize) -> Page {
    let mut page = Page::new(width);
    for (index, target) in meant.devices.iter().enumerate() {
        if index > 0 {
            page.gap();
        }
        page.lines
            .extend(device_page(state, &target.id, width).lines);
    }
    page
}

/// One device as it was read last, with the alerts on it.
fn device_page(state: &State, id: &DeviceId, width: usize) -> Page {
    match state.responding.readings.get(id) {
        Some(known) => read_page(state, id, (&known.alerts, known.alerts_in_all), width),
        None => read_page(state, id, (&[], 0), width),
    }
}

/// One device as it was read last, wrapped to `width` cells, for whoever tells of its
/// alerts elsewhere. Asks for nothing: whoever shows it says so to
/// [`crate::app::responding::readings::Readings::look_at`].
pub fn service_page(state: &State, id: &DeviceId, width: usize) -> Page {
    read_page(state, id, (&[], 0), width)
}

fn read_page(
    state: &State,
    id: &DeviceId,
    (others, others_in_all): (&[Other], usize),
    width: usize,
) -> Page {
    let readings = &state.responding.readings;
    let mut page = Page::new(width);
    if readings.is_reading(id) {
        page.add(Line::of(Tone::Muted, "the device is being read"), 0);
    }
    let Some(known) = readings.get(id) else {
        if page.lines.is_empty() {
            page.add(
                Line::of(Tone::Muted, "not read yet: going into this tab reads it"),
                0,
            );
        }
        return page;
    };
    let context = device_text::Context {
        now: state.minute(),
        zone: &state.settings.zone,
        read: known.at.wall,
        others,
        others_in_all,
    };
    let text = device_text::page(&known.reading, &context, width);
    page.lines.extend(text.lines);
    page
}
