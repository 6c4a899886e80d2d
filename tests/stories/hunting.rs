//! Hunting: from a hash to a second device, and whatever else an answer may be.

use vigie::app::Effect;
use vigie::app::Event;
use vigie::app::decisions::editing::Unedited;
use vigie::domain::hunt::OwnHunt;
use vigie::sim::Endpoint;
use vigie::sim::Fault;
use vigie::sim::Findings;

use crate::both::GRAPH;
use crate::operator::Operator;

/// At the alert a macro in an invoice set off, with its evidence read.
fn at_the_invoice(width: u16, height: u16) -> Operator {
    let mut operator = Operator::at(width, height, Operator::quiet(300));
    operator.starts();
    operator
        .press("/ o f f i c e space a p p enter enter")
        .rests();
    operator
}

/// What an editor came back with.
fn wrote(operator: &mut Operator, query: &str) {
    operator.happens(Event::NoteEdited(Ok(Some(query.to_owned()))));
}

/// The latest query.
fn asked(operator: &Operator) -> String {
    let mut effects = operator.effects.iter().rev();
    let query = effects.find_map(|effect| match effect {
        Effect::Hunt { query, .. } => Some(query.clone()),
        _ => None,
    });
    query.unwrap_or_default()
}

fn hunts(operator: &Operator) -> usize {
    let hunts = operator.effects.iter();
    hunts
        .filter(|effect| matches!(effect, Effect::Hunt { .. }))
        .count()
}

#[test]
fn a_hash_leads_to_a_second_device() {
    for (width, height) in [(80, 24), (120, 40), (200, 60)] {
        let mut operator = at_the_invoice(width, height);
        operator.press("H").sees("45/min 1,500/h left");
        insta::assert_snapshot!(format!("{width}x{height}_hunt_menu"), operator.screen());
        operator
            .press("f")
            .sees("the file on every device")
            .sees("rows");
        insta::assert_snapshot!(format!("{width}x{height}_hunt_hash"), operator.screen());
        // The device's column, counted: more than one has met the file.
        operator.press("l f").sees("values in DeviceName");
        insta::assert_snapshot!(format!("{width}x{height}_hunt_devices"), operator.screen());
        operator
            .press("esc esc")
            .sees_no("the file on every device");
        assert_eq!(hunts(&operator), 1);
    }
}

#[test]
fn a_note_about_a_hunt_names_the_devices_it_found() {
    let mut operator = at_the_invoice(80, 24);
    operator.press("H f c").sees("note for 1 alert");
    operator
        .press("enter")
        .advance(jiff::SignedDuration::from_secs(6));
    let requests = operator.simulator.requests();
    let note = requests
        .iter()
        .find_map(|request| Some(request.body.split_once("Hunted for ")?.1))
        .unwrap();
    let (begins, query) = note.split_once(") by `").unwrap();
    let (found, names) = begins.split_once(" devices (").unwrap();
    assert!(found.starts_with("the file on every device: "), "{found}");
    let number = names.split(", ").count().to_string();
    assert!(found.ends_with(&format!(" on {number}")), "{note}");
    assert!(query.starts_with("union withsource=Source "), "{note}");
    // A result without devices names none, and their number is bounded.
    operator.press("esc H e");
    wrote(&mut operator, "AlertInfo | count");
    operator
        .press("c")
        .sees("1 row found by `AlertInfo | count`")
        .press("esc");
    operator.press("H e");
    wrote(&mut operator, "DeviceInfo | distinct DeviceName | take 9");
    operator
        .press("c")
        .press("home")
        .sees("9 rows found on 9 devices (");
    operator.press("end").sees(", ..) by `DeviceInfo");
}

#[test]
fn graph_answers_the_same_question() {
    let mut operator = Operator::on(&GRAPH, 80, 24, Operator::quiet(300));
    operator.starts();
    operator
        .press("/ o f f i c e space a p p enter enter")
        .rests();
    operator.press("H").sees("/h left  Graph").press("f");
    operator.sees("the file on every device").sees(" rows ");
    assert_eq!(operator.asked("runHuntingQuery"), 1);
    let mut operator = Operator::on(&GRAPH, 80, 24, Operator::quiet(30));
    operator
        .script()
        .grant_on_graph(&["SecurityAlert.Read.All"]);
    operator.starts();
    operator
        .press("H")
        .sees("the token lacks ThreatHunting.Read.All");
}

#[test]
fn a_result_is_looked_through() {
    let mut operator = at_the_invoice(120, 40);
    operator
        .press("H d")
        .sees("everything on this device around the alert");
    operator.press("l s s").sees("vSource");
    operator.press("space space").sees("2 marked");
    operator
        .press("Y")
        .sees("2 rows sent to the terminal's clipboard");
    let copied = operator
        .effects
        .iter()
        .rev()
        .find_map(|effect| match effect {
            Effect::CopyText(text) => Some(text.clone()),
            _ => None,
        });
    let copied = copied.unwrap_or_default();
    assert_eq!(copied.lines().count(), 2);
    assert!(copied.starts_with("{\"Timestamp\":\"2026-11-"), "{copied}");
    operator
        .press("-")
        .sees("1 column hidden")
        .press("=")
        .sees_no("hidden");
    operator
        .press("K")
        .sees("query sent to the terminal's clipboard");
    operator
        .press("c")
        .sees("note for 1 alert")
        .sees("sort by Timestamp asc`");
    operator.press("esc H r").sees("2 marked");
}

#[test]
fn what_was_found_is_written_to_a_file() {
    let folder = std::env::temp_dir().join(format!("vigie-hunt-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("x.csv").display().to_string();
    let mut operator = at_the_invoice(80, 24);
    operator
        .press("H f l space space - E")
        .sees("write 2 rows as");
    // Closed, it leaves the result where it was.
    operator.press("esc").sees("hunt 1 of 1").press("E c");
    operator.press("ctrl-u");
    operator.happens(Event::Pasted(path.clone()));
    operator.press("enter").sees("2 rows written to");
    operator.sees("hunt 1 of 1");
    let written = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(written.starts_with("Timestamp,Source,"), "{written}");
    assert_eq!(written.lines().count(), 3);
}

#[test]
fn a_mistake_in_a_query_is_pointed_at_and_mended() {
    let mut operator = at_the_invoice(80, 24);
    operator.press("H e");
    assert!(matches!(
        operator.effects.last(),
        Some(Effect::EditNote { text }) if text.contains("AlertInfo")
    ));
    wrote(
        &mut operator,
        "AlertInfo\n| where Sevrity == 'High'\n| count",
    );
    operator.sees("refused: 'where' operator");
    insta::assert_snapshot!("80x24_hunt_refused", operator.screen());
    operator.press("e");
    assert!(matches!(
        operator.effects.last(),
        Some(Effect::EditNote { text }) if text.contains("Sevrity")
    ));
    wrote(
        &mut operator,
        "AlertInfo\n| where Severity == 'High'\n| count",
    );
    operator.sees("Count").sees("hunt 2 of 2");
    operator.press("[").sees("refused").press("]").sees("Count");
    operator.press("e");
    let gone = Unedited {
        why: "`vi` cannot be run".to_owned(),
        text: None,
    };
    operator.happens(Event::NoteEdited(Err(gone)));
    operator.sees("no query: `vi` cannot be run");
    assert_eq!(hunts(&operator), 2);
}

#[test]
fn what_the_cursor_stands_on_is_hunted_for() {
    let mut operator = at_the_invoice(120, 40);
    let processes = |operator: &mut Operator| {
        operator.press("H p");
        let query = asked(operator);
        operator.press("esc");
        query
    };
    let fired = processes(&mut operator);
    assert!(fired.contains("FileName =~ 'powershell.exe'"), "{fired}");
    // The other one is a row of the evidence.
    operator.press("]");
    let mut stood_on = Vec::new();
    for _ in 0..4 {
        stood_on.push(processes(&mut operator));
        operator.press("j");
    }
    let other = "FileName =~ 'WINWORD.EXE'";
    assert!(
        stood_on.iter().any(|query| query.contains(other)),
        "{stood_on:?}"
    );
}

#[test]
fn queries_of_ones_own_are_in_the_menu_and_in_the_palette() {
    let own = |name: &str, key, query: &str| OwnHunt {
        name: name.to_owned(),
        key,
        query: query.to_owned(),
    };
    let mut operator = at_the_invoice(80, 24);
    operator.state.settings.hunts = vec![
        own(
            "devices of the user",
            Some('w'),
            "DeviceLogonEvents | where AccountName =~ {user} | distinct DeviceName",
        ),
        own("quiet", None, "AlertInfo | where AlertId == {alert}"),
    ];
    operator.press("H").sees("w devices of the user");
    insta::assert_snapshot!("80x24_hunt_menu_own", operator.screen());
    operator.press("z").sees("w devices of the user");
    operator
        .press("w")
        .sees("hunt 1 of 1: devices of the user")
        .sees("DeviceName");
    assert!(asked(&operator).contains("=~ 'elif.yilmaz' |"));
    operator.press("esc : h u n t space q u i e t enter");
    operator.sees("hunt 2 of 2: quiet").sees(" 1 row ");
    operator.press("esc :");
    for letter in "hunt AlertInfo | count".chars() {
        let word = if letter == ' ' {
            "space".to_owned()
        } else {
            letter.to_string()
        };
        operator.press(&word);
    }
    operator.press("enter").sees("your own query").sees("Count");
    assert_eq!(asked(&operator), "AlertInfo | count");
}

#[test]
fn a_missing_permission_is_named_and_nothing_is_sent() {
    let mut operator = Operator::at(80, 24, Operator::quiet(30));
    operator
        .script()
        .grant(&["Alert.ReadWrite", "Machine.Read"]);
    operator.starts();
    operator
        .press("H")
        .sees("the token lacks AdvancedQuery.Read");
    assert_eq!(hunts(&operator), 0);
}

#[test]
fn what_an_alert_does_not_name_is_said() {
    let mut operator = Operator::at(80, 24, Operator::quiet(30));
    operator.starts();
    // Nothing is read of its evidence yet.
    operator.press("H n").sees("this alert names no domain");
    operator.state.settings.hunts = vec![OwnHunt {
        name: "pages".to_owned(),
        key: Some('w'),
        query: "DeviceNetworkEvents | where RemoteUrl has {domain}".to_owned(),
    }];
    operator.press("R").sees_no("this alert names no domain");
    operator.press("H w").sees("this alert names no domain");
    assert_eq!(hunts(&operator), 0);
}

#[test]
fn a_result_of_two_hundred_columns_is_gone_through() {
    let mut operator = at_the_invoice(80, 24);
    operator.script().next_hunt_finds(Findings {
        rows: 1000,
        columns: 230,
        cell: 24,
    });
    operator
        .press("H u")
        .sees("1,000 rows, 30 columns left out");
    for _ in 0..199 {
        operator.press("l");
    }
    operator.press("G").sees("r999c199").sees("Column199");
    operator.press("l").sees("Column199");
    insta::assert_snapshot!("80x24_hunt_wide", operator.screen());
}

#[test]
fn a_result_as_long_as_they_get_is_gone_through_and_said_to_be() {
    let mut operator = at_the_invoice(80, 24);
    operator.script().next_hunt_finds(Findings {
        rows: 100_000,
        columns: 3,
        cell: 16,
    });
    operator.press("H u");
    operator.sees("100,000 rows, the most the service gives");
    operator.press("G").sees("r99999c0");
    operator
        .press("s s")
        .sees("vColumn0")
        .press("g")
        .sees("r9999c0");
    operator.press("f").sees("100,000 values in Column0");
    operator.press("esc space").sees("1 marked");
}

#[test]
fn a_query_of_a_megabyte_is_run_and_one_of_more_is_not() {
    let mut operator = at_the_invoice(80, 24);
    let longest = 1_023 * 1_024;
    let query = |size: usize| {
        let start = "AlertInfo | count //";
        format!("{start}{}", "x".repeat(size - start.len()))
    };
    operator.press("H e");
    wrote(&mut operator, &query(longest));
    operator.sees("Count").sees("hunt 1 of 1");
    operator
        .press("K")
        .sees("the query is too long for the clipboard");
    operator
        .press("c")
        .sees("note for 1 alert: xxx")
        .press("esc");
    operator.press("H e");
    wrote(&mut operator, &query(longest + 1));
    operator.sees("the query is longer than the 1023 KiB that the service takes");
    assert_eq!(hunts(&operator), 1);
    // Refused, the place is pointed at however far along its line it is.
    let wrong = format!("AlertInfo | where Sevrity == '{}'", "x".repeat(500_000));
    operator.press("H e");
    wrote(&mut operator, &wrong);
    operator.sees("refused: 'where' operator").sees("column 19");
    operator.sees(&format!("{}^", " ".repeat(18)));
}

#[test]
fn a_cell_of_a_megabyte_is_drawn_cut() {
    let mut operator = at_the_invoice(80, 24);
    operator.script().next_hunt_finds(Findings {
        rows: 3,
        columns: 2,
        cell: 1 << 20,
    });
    operator.press("H u").sees("3 rows").sees("r2c0 xxx");
    operator.press("f").sees("3 values in Column0").press("esc");
    operator
        .press("y")
        .sees("the cell is too long for the clipboard");
    operator
        .press("+ + + + + + + + + + + + + + + + + + + + + + + +")
        .sees("r0c0 xxx");
}

#[test]
fn trouble_is_told_in_the_drawer_and_nothing_is_repeated() {
    let mut operator = at_the_invoice(80, 24);
    let body = r#"{"error":{"code":"429","message":"You can send requests again in 8 seconds."}}"#;
    let throttled = Fault::Status {
        code: 429,
        headers: Vec::new(),
        body: body.to_owned(),
    };
    operator.script().next(Endpoint::Hunting, throttled);
    operator.press("H u").sees("not run: too many calls (429)");
    operator.sees("takes queries again in");
    operator
        .press("r")
        .sees("the service takes queries again in");
    assert_eq!(hunts(&operator), 1);
    // From the menu too it is said where it can be read.
    operator
        .press("esc H d")
        .sees("the service takes queries again in");
    operator.press("H r").sees("hunt 1 of 1");
    operator.advance(jiff::SignedDuration::from_secs(9));
    operator.press("r").sees("hunt 2 of 2");
    assert_eq!(hunts(&operator), 2);
}

#[test]
fn rows_are_looked_through_while_more_come() {
    use std::sync::Arc;
    use vigie::app;
    use vigie::wire::hunting;
    let mut operator = at_the_invoice(120, 40);
    let now = operator.now();
    for key in ["H", "u"] {
        let key = key.parse().unwrap();
        app::update(&mut operator.state, Event::KeyPressed(key), now);
    }
    let hunt = operator.state.hunting.shown().unwrap().id;
    let rows = |first: usize, last: usize| {
        let rows: Vec<String> = (first..last)
            .map(|row| format!(r#"{{"Name":"row {row}","Count":{}}}"#, row % 7))
            .collect();
        let body = format!(
            r#"{{"Schema":[{{"Name":"Name","Type":"String"}},{{"Name":"Count","Type":"Int64"}}],"Results":[{}]}}"#,
            rows.join(",")
        );
        Arc::new(hunting::read(body.as_bytes()).unwrap())
    };
    operator.happens(Event::HuntRead(hunt, rows(0, 100)));
    operator.sees("100 rows so far, more come").sees("row 0");
    // Sorted, marked and gone through at once; what comes finds its place.
    operator.press("j j space l s").sees("^Count");
    operator.happens(Event::HuntRead(hunt, rows(100, 300)));
    operator.sees("300 rows so far, more come, 1 marked");
    insta::assert_snapshot!("120x40_hunt_more_come", operator.screen());
    operator
        .press("c home")
        .sees("at least 300 rows found")
        .press("esc");
    operator.press("H u").sees("a query is still running");
    operator.press("H r");
    operator
        .press("esc")
        .sees("300 rows, the rest was given up");
    operator.happens(Event::HuntRead(hunt, rows(300, 400)));
    operator.happens(Event::Hunted(hunt, Ok(rows(400, 500))));
    operator.sees("300 rows, the rest was given up");
    operator.press("esc").sees_no("hunt 1 of 1");
}

#[test]
fn what_came_before_the_answer_broke_off_is_kept() {
    let mut operator = at_the_invoice(120, 40);
    operator.script().next_hunt_finds(Findings {
        rows: 5_000,
        columns: 6,
        cell: 20,
    });
    operator.script().next(Endpoint::Hunting, Fault::Truncate);
    operator.press("H u").sees("rows, the rest did not come");
    operator.sees("r0c0").press("G");
    insta::assert_snapshot!("120x40_hunt_broke_off", operator.screen());
    assert_eq!(hunts(&operator), 1);
    // And whole the next time.
    operator.script().next_hunt_finds(Findings {
        rows: 5_000,
        columns: 6,
        cell: 20,
    });
    operator.press("r").sees("5,000 rows").sees_no("so far");
}

#[test]
fn an_answer_to_a_query_that_was_given_up_changes_nothing() {
    use vigie::app;
    let mut operator = at_the_invoice(80, 24);
    let now = operator.now();
    for key in ["H", "u"] {
        let key = key.parse().unwrap();
        app::update(&mut operator.state, Event::KeyPressed(key), now);
    }
    operator.resizes(80, 24).sees("no answer yet");
    operator.press("esc").sees("given up before it answered");
    assert!(matches!(
        operator.effects.last(),
        Some(Effect::CancelHunt(_))
    ));
    operator.press("esc").sees_no("given up before it answered");
}
