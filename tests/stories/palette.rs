//! The palette: what is typed is found, what is chosen is done, and why it cannot be.

use jiff::SignedDuration;
use vigie::app::Effect;
use vigie::app::Event;
use vigie::app::hand_out::Format;
use vigie::app::palette;
use vigie::app::panes::Pane;

use crate::operator::Operator;

fn someone() -> Operator {
    let mut operator = Operator::at(120, 40, Operator::quiet(120));
    operator.starts().rests();
    operator
}

/// Types a text into the open palette, blanks and all.
fn types(operator: &mut Operator, text: &str) {
    for letter in text.chars() {
        let key = if letter == ' ' {
            "space".to_owned()
        } else {
            letter.to_string()
        };
        operator.happens(Event::KeyPressed(key.parse().unwrap()));
    }
}

/// Opens the palette, types and presses enter.
fn says<'a>(operator: &'a mut Operator, text: &str) -> &'a mut Operator {
    operator.press(":");
    types(operator, text);
    operator.press("enter")
}

#[test]
fn an_action_is_found_by_a_few_letters_and_done() {
    let mut operator = Operator::at(80, 24, Operator::quiet(30));
    operator.starts().rests();
    operator.press(":").sees("─ palette").sees("read the alert");
    operator.press("s r t m").sees("> sort-menu");
    operator.press("enter").sees("sort by").press("esc");
    // Keys are letters while something is typed.
    operator.press(": q").sees(":q").press("esc");
    assert!(!operator.quit);
}

#[test]
fn the_chosen_entry_moves_and_stays_in_sight() {
    let mut operator = Operator::at(60, 16, Operator::quiet(5));
    operator.starts().rests().press(":");
    for _ in 0..18 {
        operator.press("down");
    }
    operator.sees("> ");
    for _ in 0..250 {
        operator.press("down");
    }
    operator.sees("> man ");
    for _ in 0..250 {
        operator.press("up");
    }
    operator.sees("> take");
}

#[test]
fn what_cannot_be_done_says_why() {
    let mut operator = Operator::at(100, 24, Operator::quiet(0));
    operator.starts().rests();
    operator.press(": o p e n").sees("(no alert is selected)");
    operator.press("enter").sees("no alert is selected");
    operator
        .press(": z z z")
        .sees("nothing here is called that");
    operator.press("enter").sees("nothing here is called that");
    operator.press("esc");
    says(&mut operator, "doctor").sees("runs on the command line: `vigie doctor`");
    says(&mut operator, "vigie watch --since 1h")
        .sees("runs on the command line: `vigie watch --since 1h`");
}

#[test]
fn actions_of_another_pane_and_of_menus_are_there_with_their_keys() {
    let mut operator = someone();
    operator.press("tab");
    assert_eq!(operator.state.focus, Pane::Detail);
    operator.press(":");
    types(&mut operator, "sort-owner");
    operator.sees("S o").press("enter").sees("sort owner");
    // Nobody is asked to sign in here, and that is said.
    operator.press(":");
    types(&mut operator, "sign-in-code");
    operator.sees("(nobody is asked to sign in)").press("esc");
}

#[test]
fn a_command_takes_the_words_of_the_filter_and_of_the_head() {
    let mut operator = someone();
    says(&mut operator, "filter sev>=med is:open").sees("/sev>=med");
    assert_eq!(operator.state.filter_text, "sev>=med is:open");
    assert_eq!(
        operator.state.filter_history.back(1),
        Some("sev>=med is:open")
    );
    says(&mut operator, "sort sev,sla").sees("sort sev,sla");
    says(&mut operator, "group device").sees("group device");
    says(&mut operator, "group nothing").sees_no("group device");
    says(
        &mut operator,
        "alerts list --filter 'title:\"suspicious\" sev:med'",
    );
    assert_eq!(operator.state.filter_text, "title:\"suspicious\" sev:med");
    says(&mut operator, "vigie alerts list --filter=sev:high");
    assert_eq!(operator.state.filter_text, "sev:high");
    operator.press(":");
    types(&mut operator, "filter ");
    operator.sees("show everything").press("enter");
    assert_eq!(operator.state.filter_text, "");
    operator.press(":");
    types(&mut operator, "keys");
    operator.press("enter").sees("─ keys");
}

#[test]
fn a_mistake_is_told_at_its_column_and_the_text_stays() {
    let mut operator = someone();
    operator.press(":");
    types(&mut operator, "filter sev>=hihg");
    operator.sees("column 13:").press("enter");
    operator.sees(":filter sev>=hihg").sees("column 13:");
    assert_eq!(operator.state.filter_text, "");
    for _ in 0..4 {
        operator.press("backspace");
    }
    types(&mut operator, "high");
    operator.press("enter").sees("/sev>=high");
    for (text, why) in [
        ("sort colour", "`colour` is not one of `sla`"),
        ("group by", "`by` is not one of `title`"),
        ("copy all", "`all` is not one of `id`"),
        ("export xml", "`xml` is not one of `csv`"),
        ("export csv 'a b", "a quote is open: close it"),
        ("export csv a b", "put quotes around a name with blanks"),
        (
            "alerts list --limit 3",
            "runs on the command line: `vigie alerts list --limit 3`",
        ),
        ("alerts list --filter 'sev>=x'", "in the filter, column"),
        (
            "alerts get nobody",
            "`vigie alerts get nobody` asks the service",
        ),
        ("profile other", "the configuration has no profiles"),
        ("set poll 0s", "would poll without a pause"),
        ("set poll", "time between two polls"),
        ("set colour red", "there is no setting `colour`"),
        ("set theme dark", "set it in the configuration file"),
    ] {
        says(&mut operator, text).sees(why).press("esc");
    }
}

#[test]
fn an_alert_is_gone_to_by_its_id() {
    let mut operator = someone();
    operator.press("j j j j j").rests();
    let id = operator.selected_id();
    operator.press("g");
    assert_ne!(operator.selected_id(), id);
    says(&mut operator, &format!("alerts get {id}"));
    assert_eq!(operator.selected_id(), id);
    assert_eq!(operator.state.focus, Pane::Detail);
    operator.press("q / z z z enter");
    says(&mut operator, &format!("alerts get {id}")).sees("the filter hides it");
}

#[test]
fn what_leaves_by_a_command_is_what_the_keys_let_leave() {
    let mut operator = someone();
    let id = operator.selected_id();
    says(&mut operator, "copy id").sees("id sent to the terminal's clipboard");
    assert!(operator.effects.contains(&Effect::CopyText(id)));
    operator.press(":");
    types(&mut operator, "export csv");
    operator.press("enter").sees("file vigie-").press("esc");
    let missing = "'/nowhere at all/x.csv'";
    says(&mut operator, &format!("export csv {missing}"));
    let exports = operator.effects.iter().filter_map(|effect| match effect {
        Effect::Export(export) => Some((export.format, export.path.as_str())),
        _ => None,
    });
    let exports: Vec<_> = exports.collect();
    assert_eq!(exports, [(Format::Csv, "/nowhere at all/x.csv")]);
    operator.sees("was not written");
}

#[test]
fn a_setting_is_changed_for_the_session() {
    let mut operator = someone();
    operator.press(":");
    types(&mut operator, "set poll");
    operator.sees("30s now, time between two polls");
    operator.press("esc");
    says(&mut operator, "set poll 5m").sees("`poll` is 5m for this session");
    operator.advance(SignedDuration::from_mins(1));
    let polls = operator.asked("GET /api/alerts?");
    operator.advance(SignedDuration::from_mins(4));
    assert_eq!(operator.asked("GET /api/alerts?"), polls);
    operator.advance(SignedDuration::from_mins(3));
    assert_eq!(operator.asked("GET /api/alerts?"), polls + 1);
    let late = |operator: &Operator| {
        let now = operator.state.now.wall;
        operator.state.book.late(now).late
    };
    let before = late(&operator);
    says(&mut operator, "set late_low 1m").sees("`late_low` is 1m");
    assert!(late(&operator) > before);
    says(&mut operator, "set peek off");
    assert!(!operator.state.peek);
    says(&mut operator, "set wide on");
    assert!(operator.state.columns.wide);
    says(&mut operator, "set quiet 22:00-07:00").sees("`quiet` is 22:00-07:00");
    says(&mut operator, "set notify osc9").sees("`notify` is osc9");
    assert!(operator.state.settings.telling.manner.is_some());
    // Another reading of the file does not take the session's wish away.
    let read = vigie::app::Settings {
        poll_every: SignedDuration::from_secs(10),
        ..operator.state.settings.clone()
    };
    operator.happens(Event::ConfigRead(Ok(Box::new(read))));
    assert_eq!(
        operator.state.settings.poll_every,
        SignedDuration::from_mins(5)
    );
}

#[test]
fn the_mouse_goes_by_the_command_whatever_the_key_did() {
    let mut operator = someone();
    says(&mut operator, "set mouse on").sees("`mouse` is on");
    operator
        .press("M")
        .sees("the mouse is the terminal's again");
    says(&mut operator, "set mouse on").sees("`mouse` is on");
}

#[test]
fn settings_of_the_start_are_named_with_the_reason() {
    let mut operator = someone();
    operator.state.settings.fixed = vec![("tenant", 1)];
    says(&mut operator, "set tenant")
        .sees("set it in the configuration file and restart")
        .press("esc");
    says(&mut operator, "set tenant x").sees("and restart");
}

#[test]
fn tab_goes_on_from_what_is_chosen() {
    let mut operator = someone();
    operator.press(":");
    types(&mut operator, "sort W");
    operator.press("backspace tab");
    operator.sees(":sort sla").press("esc");
    operator.press(":");
    types(&mut operator, "set ");
    operator.sees("late_high           30m, time a high alert may wait");
    types(&mut operator, "mou");
    operator.press("tab").sees(":set mouse").press("tab");
    operator.sees(":set mouse on").press("esc");
    operator.press(":");
    types(&mut operator, "filter is:una");
    operator.press("tab").sees(":filter is:unassigned");
    operator.press("enter").sees("/is:unassigned").press("esc");
    // An entry that is no command yet is taken into the field by enter.
    operator.press(":");
    types(&mut operator, "exportform");
    operator.sees("> export FORMAT [FILE]");
    operator.press("enter").sees(":export").press("down enter");
    operator.sees("file vigie-").press("esc");
}

#[test]
fn what_was_done_comes_back_with_up_in_an_empty_field() {
    let mut operator = someone();
    says(&mut operator, "sort sev");
    says(&mut operator, "srtm").press("esc");
    operator.press(": up").sees(":sort-menu");
    operator.press("up").sees(":sort sev");
    operator.press("up").sees(":sort sev");
    operator.press("down").sees(":sort-menu").press("down");
    operator
        .sees("> take")
        .press("up up enter")
        .sees("sort sev");
    // Among entries the keys choose, as ever.
    operator.press(": s down down up");
    operator.sees(":s").press("esc");
}

#[test]
fn a_text_of_any_kind_does_no_harm() {
    let mut operator = someone();
    let quotes = "alerts list --filter ".to_owned() + &"'\"".repeat(140);
    for text in [
        "filter \u{1b}[2J\u{202e}x",
        "sort \u{1b}]52;c;AAAA\u{7}",
        "set poll \u{9b}31m",
        "vigie vigie filter x",
        "doctor \u{1b}[31m",
        "alerts get \u{202e}",
        &quotes,
        &"sort ".repeat(60),
        &"(".repeat(300),
    ] {
        operator.press(":").happens(Event::Pasted(text.to_owned()));
        operator.press("tab down up enter");
        let screen = operator.screen();
        assert!(
            !screen.contains(['\u{1b}', '\u{202e}', '\u{9b}', '\u{7}']),
            "{screen}"
        );
        operator.press("esc esc esc");
    }
    assert!(palette::entries(&operator.state, &"x".repeat(100_000)).is_empty());
}
