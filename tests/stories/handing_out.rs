//! What leaves the program: copies, the portal's link, files.

use std::fs;

use jiff::SignedDuration;
use vigie::app::Effect;
use vigie::app::Event;
use vigie::app::copying::Places;
use vigie::app::hand_out::Exported;
use vigie::app::hand_out::Extent;
use vigie::app::hand_out::Format;
use vigie::app::hand_out::LONGEST_COPY;

use crate::operator::Operator;

/// Someone with a portal and a folder, before a list.
fn started(width: u16, height: u16) -> Operator {
    let mut operator = Operator::at(width, height, Operator::quiet(120));
    operator.state.settings.places = Places {
        portal: Some("https://security.microsoft.com".to_owned()),
        alerts: "https://api.securitycenter.microsoft.com".to_owned(),
        exports: Some("~/.local/state/vigie/exports".to_owned()),
    };
    operator.starts().rests();
    operator.advance(SignedDuration::from_mins(1));
    operator
}

fn copied(operator: &mut Operator) -> Vec<String> {
    let effects = std::mem::take(&mut operator.effects).into_iter();
    let texts = effects.filter_map(|effect| match effect {
        Effect::CopyText(text) => Some(text),
        _ => None,
    });
    texts.collect()
}

#[test]
fn every_dialog_at_three_sizes() {
    for (width, height) in [(80, 24), (120, 40), (200, 60)] {
        for (name, keys) in [
            ("copy_menu", "y"),
            ("portal_link", "o"),
            ("export_menu", "E"),
            ("export_file", "E c"),
            ("bell_off", "B"),
        ] {
            let mut operator = started(width, height);
            operator.state.settings.telling.manner = Some(vigie::app::telling::Manner::Bell);
            operator.press(keys);
            insta::assert_snapshot!(format!("{width}x{height}_{name}"), operator.screen());
        }
    }
}

#[test]
fn the_smallest_screens_have_the_menus_too() {
    for (keys, seen) in [
        ("y", "i id"),
        ("E", "c CSV"),
        ("E c", "vigie-2026"),
        ("o", "y copy"),
    ] {
        let mut operator = started(40, 6);
        operator.press(keys).sees(seen).press("esc").sees_no(seen);
    }
}

#[test]
fn each_key_of_the_menu_copies_one_thing_and_closes_it() {
    let mut operator = started(120, 40);
    let id = operator.selected_id();
    for (key, part) in [
        ("i", id.as_str()),
        ("d", "."),
        ("k", "union withsource=Source"),
        ("l", "https://security.microsoft.com/alerts/"),
        ("m", "### "),
        ("r", "Bearer $TOKEN"),
    ] {
        operator.press("y").press(key);
        let copied = copied(&mut operator);
        assert_eq!(copied.len(), 1, "{key}");
        assert!(copied.concat().contains(part), "{key}: {copied:?}");
        assert!(operator.state.overlay.is_none());
        operator.sees("sent to the terminal's clipboard");
    }
    operator.press("Y");
    assert_eq!(
        copied(&mut operator),
        [format!("https://security.microsoft.com/alerts/{id}")]
    );
    operator.press("enter y i");
    assert_eq!(copied(&mut operator), [id], "and from within the alert");
}

#[test]
fn what_an_alert_does_not_have_is_said_and_not_copied() {
    let mut operator = Operator::at(80, 24, Operator::quiet(1));
    operator
        .script()
        .set_population(vec![r#"{"id":"a"}"#.to_owned()]);
    operator.starts().rests().press("y h");
    operator.sees("no hash is known of this alert");
    operator.press("Y").sees("a demo has no portal");
    assert_eq!(copied(&mut operator), Vec::<String>::new());
}

#[test]
fn a_text_too_long_for_a_terminal_is_not_cut() {
    let body = |command: String| {
        format!(
            r#"{{"id":"a","evidence":[{{"entityType":"Process","processCommandLine":"{command}"}}]}}"#
        )
    };
    let mut operator = one_alert(body("x".repeat(LONGEST_COPY)));
    operator.press("y c");
    assert_eq!(copied(&mut operator).len(), 1);
    let mut operator = one_alert(body("x".repeat(LONGEST_COPY + 1)));
    operator.press("y c").sees("too long for the clipboard");
    assert_eq!(copied(&mut operator), Vec::<String>::new());
}

fn one_alert(body: String) -> Operator {
    let mut operator = Operator::at(160, 40, Operator::quiet(1));
    operator.script().set_population(vec![body]);
    operator.starts().rests();
    operator
}

#[test]
fn the_portal_opens_where_a_browser_is_and_is_shown_elsewhere() {
    let mut operator = started(80, 24);
    let id = operator.selected_id();
    let link = format!("https://security.microsoft.com/alerts/{id}");
    operator.press("o").sees(&link);
    let mut buffer = operator.buffer();
    let extras = vigie::view::draw(&operator.state, &operator.theme, &mut buffer);
    assert_eq!(extras.link.map(|shown| shown.address), Some(link.clone()));
    operator.press("y");
    assert_eq!(copied(&mut operator).concat(), link);
    operator.state.settings.opens_browser = true;
    operator.press("o");
    assert!(operator.effects.contains(&Effect::OpenAddress(link)));
}

#[test]
fn a_view_is_written_as_it_stands_and_a_taken_name_is_told() {
    let mut operator = started(160, 40);
    let folder = std::env::temp_dir().join(format!("vigie-story-{}", std::process::id()));
    operator.state.settings.places.exports = Some(folder.display().to_string());
    operator.press("/ lsass enter E");
    let rows = operator.state.book.visible().len();
    operator.sees(&format!("write {rows} alerts as"));
    operator.press("c enter");
    let path = folder.join("vigie-20261122-140300.csv");
    operator.sees(&format!("{rows} alerts written to {}", path.display()));
    let written = fs::read_to_string(&path).unwrap();
    let mut records = csv::Reader::from_reader(written.as_bytes());
    let ids: Vec<String> = records
        .records()
        .map(|record| record.unwrap().get(0).unwrap().to_owned())
        .collect();
    let book = &operator.state.book;
    let visible: Vec<String> = book
        .visible()
        .iter()
        .map(|key| book.row(*key).unwrap().id.as_str().to_owned())
        .collect();
    assert_eq!(ids, visible);
    // The same second, the same name: the free one is offered.
    operator.press("E c enter").sees("is free");
    operator.press("enter").sees("140300-2.csv");
    assert!(folder.join("vigie-20261122-140300-2.csv").exists());
    assert_eq!(fs::read_to_string(&path).unwrap(), written);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn the_marked_ones_are_written_where_there_are_marks() {
    let mut operator = started(80, 24);
    let folder = std::env::temp_dir().join(format!("vigie-marked-{}", std::process::id()));
    operator.state.settings.places.exports = Some(folder.display().to_string());
    operator.press("space space space E");
    let (marked, all) = (
        operator.state.book.marked(),
        operator.state.book.visible().len(),
    );
    assert!(0 < marked && marked < all);
    operator
        .sees(&format!(
            "write {marked} marked (v {all} in this view) as c CSV"
        ))
        .press("v")
        .sees(&format!(
            "write {all} in this view (v {marked} marked) as c CSV"
        ))
        .press("v n enter")
        .sees(&format!("{marked} alerts written"));
    // A name that is taken is asked for again, of the same alerts.
    operator.press("E n enter").sees("-2.ndjson").press("enter");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 2);
    // The filter hides them: they are written all the same.
    operator.advance(SignedDuration::from_secs(1));
    operator.press("/ n o t h i n g space h e r e enter E");
    operator
        .sees(&format!("write {marked} marked as c CSV"))
        .press("v")
        .sees("this view is empty")
        .press("E n enter")
        .sees(&format!("{marked} alerts written"));
    for file in fs::read_dir(&folder).unwrap() {
        let written = fs::read_to_string(file.unwrap().path()).unwrap();
        assert_eq!(written.lines().count(), marked);
    }
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn an_export_that_ends_late_tears_nobody_out_of_anything() {
    let mut operator = started(120, 40);
    operator.press("/ abc");
    operator.happens(Event::Exported(Exported::Taken {
        path: "x\u{1b}.csv".to_owned(),
        free: "x-2.csv".to_owned(),
        extent: Extent::View,
        format: Format::Csv,
    }));
    operator.sees("x\\x1b.csv is there already").sees("/abc");
    operator.happens(Event::Exported(Exported::Failed {
        path: "x.csv".to_owned(),
        why: "no space left".to_owned(),
    }));
    operator.sees("x.csv was not written: no space left");
}

#[test]
fn a_pasted_name_goes_into_the_field_and_esc_leaves_it() {
    let mut operator = started(120, 40);
    operator.press("E n ctrl-u");
    operator.happens(Event::Pasted("/tmp/\u{1b}a.ndjson".to_owned()));
    operator.sees("a.ndjson").press("esc").sees_no("a.ndjson");
    assert!(
        !operator
            .effects
            .iter()
            .any(|effect| matches!(effect, Effect::Export(_)))
    );
}
