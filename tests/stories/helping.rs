//! The help is searched: by a key, by a name, by words, and left step by step.

use vigie::domain::view::View;
use vigie::view::linear::Voice;

use crate::operator::Operator;

fn in_the_help() -> Operator {
    let mut operator = Operator::at(80, 24, Operator::quiet(30));
    operator.starts().rests().press("?");
    operator.sees("/ search  esc close").sees("j k scroll");
    operator
}

#[test]
fn words_narrow_the_keys_as_they_are_typed() {
    let mut operator = in_the_help();
    operator
        .press("/")
        .sees("keys /")
        .sees("enter keep  esc clear");
    operator.sees_no("j k scroll");
    for letter in "mark".chars() {
        operator.press(&letter.to_string());
    }
    operator
        .sees("begin a range; again marks it")
        .sees_no("filter as you type");
    insta::assert_snapshot!(operator.screen());
}

#[test]
fn a_text_field_takes_every_key_but_its_own() {
    let mut operator = in_the_help();
    operator.press("/ q ? j space /").sees("keys /q?j /");
    operator.sees("no key does that by these words");
    operator.press("ctrl-c");
    assert!(operator.quit);
}

#[test]
fn one_character_is_a_key_where_there_is_such_a_key() {
    let mut operator = in_the_help();
    operator
        .press("/ S")
        .sees("sort menu")
        .sees("close the menu");
    operator.sees_no("filter as you type");
    operator.press("backspace U").sees("filter as you type");
}

#[test]
fn what_is_found_is_kept_and_left_step_by_step() {
    let mut operator = in_the_help();
    operator
        .press("/ freeze")
        .sees("hold the list still, and let it go `freeze`");
    operator
        .press("enter")
        .sees("keys, by `freeze`")
        .sees("esc close");
    operator
        .press("esc")
        .sees("filter as you type")
        .sees("─ keys ─");
    operator.press("/ zzz esc").sees("filter as you type");
    operator.press("j esc").sees_no("─ keys ─").sees("SLA ST");
}

#[test]
fn a_paste_goes_into_the_field_only_while_it_is_open() {
    let mut operator = in_the_help();
    let paste = || vigie::app::Event::Pasted("fre\u{1b}[2Jeze\n".to_owned());
    operator.happens(paste()).sees("filter as you type");
    operator
        .press("/")
        .happens(paste())
        .sees("keys /fre [2Jeze");
    operator.sees_no("\u{1b}");
}

#[test]
fn a_view_is_found_by_its_name() {
    let mut operator = in_the_help();
    operator.press("/ unas").sees("third view: unassigned");
    let mut settings = operator.state.settings.clone();
    let view = View {
        name: "\u{202e}desk".to_owned(),
        key: Some(9),
        ..View::everything()
    };
    settings.views.push(view);
    operator.happens(vigie::app::Event::ConfigRead(Ok(Box::new(settings))));
    operator.press("backspace backspace backspace backspace desk");
    operator
        .sees("ninth view: \\u{202e}desk")
        .sees_no("\u{202e}");
}

#[test]
fn in_lines_the_number_is_said_and_what_is_kept_is_read() {
    let mut operator = in_the_help();
    let mut voice = Voice::default();
    voice.tell(&operator.state);
    operator.press("/");
    voice.tell(&operator.state);
    for letter in "freez".chars() {
        operator.press(&letter.to_string());
    }
    voice.tell(&operator.state);
    operator.press("e");
    assert_eq!(voice.tell(&operator.state), ["keys /freeze: 2 lines"]);
    operator.press("enter");
    let said = voice.tell(&operator.state);
    assert_eq!(said.first().unwrap(), "keys /freeze:");
    assert!(
        said.last().unwrap().contains("hold the list still"),
        "{said:?}"
    );
}
