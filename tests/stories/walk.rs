//! `docs/walk.md`: one incident of the demo, from the bell to the handover, with pictures
//! of the real screens. The page is made by walking; it stays true or this fails.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use jiff::SignedDuration;
use vigie::app::Effect;
use vigie::app::Event;
use vigie::app::handover::Own;

use crate::operator::Operator;

/// The page as it is walked.
struct Walk {
    operator: Operator,
    page: String,
}

impl Walk {
    fn says(&mut self, words: &str) -> &mut Self {
        writeln!(self.page, "{words}\n").unwrap();
        self
    }

    fn press(&mut self, keys: &str) -> &mut Self {
        self.operator.press(keys).rests();
        self
    }

    fn lets_pass(&mut self, seconds: i64) -> &mut Self {
        self.operator.advance(SignedDuration::from_secs(seconds));
        self
    }

    /// What was copied last.
    fn copied(&self) -> String {
        let mut effects = self.operator.effects.iter().rev();
        let text = effects.find_map(|effect| match effect {
            Effect::CopyText(text) => Some(text.clone()),
            _ => None,
        });
        text.unwrap()
    }

    /// The screen as it is now; it has to show this.
    fn shows(&mut self, text: &str) -> &mut Self {
        self.operator.sees(text);
        let screen = self.operator.screen();
        writeln!(self.page, "```text\n{}\n```\n", screen.trim_end()).unwrap();
        self
    }
}

/// What the audit log would hold after these.
fn written_down(effects: &[Effect]) -> Own {
    let mut own = Own::default();
    for effect in effects {
        match effect {
            Effect::Audit(records) => records.iter().cloned().for_each(|one| own.add(one)),
            Effect::AuditOrders(records) => {
                let orders = &mut own.orders;
                records.iter().cloned().for_each(|one| orders.add(one));
            }
            _ => {}
        }
    }
    own
}

fn how_far_it_went(walk: &mut Walk) {
    walk.says("## How far it went").says(
        "The incident began with a document. The first line of its tab is the alert about that,\n\
         and `enter` goes there (`esc` took the filter away, which leaves it out). `H` hunts from\n\
         an alert, or from what the cursor stands on in its tabs, with a letter for each question\n\
         and the names filled in: `f` looks for the file, by its hash, on every device.",
    );
    walk.press("esc esc enter ] ] ] ] enter");
    walk.press("H f").shows("3 rows");
    walk.press("l f").operator.sees("3 values in DeviceName");
    walk.says(
        "Two more devices have the document (`f` on a column counts its values). `c` begins a note\n\
         with the query and the devices, and `enter` adds it. Five seconds later it stands with\n\
         the alert:",
    );
    walk.press("esc c enter").lets_pass(7);
    walk.press("]").shows("Hunted for");
    walk.press("[ j enter [ [ [ [");
}

fn the_handover(walk: &mut Walk) {
    walk.press("esc").says("## The handover").says(
        "`:handover` is the report of the shift: what came, what was decided and by whom, what was\n\
         done to devices, what is open and late ([handover](handover.md)). `y` copies it for a\n\
         ticket; `vigie handover --since 8h` prints it.",
    );
    walk.press(": h a n d o v e r enter");
    let since = walk.operator.now().wall - SignedDuration::from_hours(8);
    let result = Ok(written_down(&walk.operator.effects));
    walk.operator.happens(Event::AuditRead { since, result });
    walk.operator.sees("WHAT WAS DONE TO DEVICES");
    let report = walk.press("y").copied();
    // The table of what is open is as long as the queue.
    let (begins, open) = report.split_once("\n\n| severity").unwrap();
    assert!(open.contains("| high |"), "{report}");
    writeln!(walk.page, "```markdown\n{begins}\n```\n").unwrap();
    walk.says("and goes on with a table of what is open, late first.");
}

#[test]
fn the_walk_through_an_incident_is_what_happens() {
    let mut operator = Operator::at(100, 30, Operator::quiet(60));
    operator.starts().rests();
    let mut walk = Walk {
        operator,
        page: String::new(),
    };
    walk.says("# One incident, from the bell to the handover")
        .says(
            "What follows happened in the demo (`vigie demo`), in a terminal of 100x30. A test\n\
             walks through it again with each change of the program: the screens are the real ones.",
        )
        .says("## The bell")
        .says(
            "The queue is sorted by lateness: what waits longest beyond its time stands first. A\n\
             new high alert rings the terminal, and the line above the keys says what came.",
        );
    walk.operator.script().arrive();
    walk.lets_pass(40).shows("new");
    walk.says("## What fired, and why").says(
        "`/` filters as you type; `enter` keeps it and a second one opens the alert. Process,\n\
         parent and command line are there at once, with what an encoded one hides below it\n\
         (`D>`), and so is what was decided about alerts like it.",
    );
    walk.press("/ p o w e r s h e l l enter")
        .press("enter")
        .shows("D>");
    walk.says(
        "`]` goes on to the evidence, each piece with its status; `y` copies what the line is\n\
         about.",
    )
    .press("]")
    .shows("KIND");
    walk.says("The processes as a tree, by parent, with times and users:")
        .press("]")
        .shows("powershell.exe");
    walk.says("The device, and the other alerts of the incident:")
        .press("]")
        .shows("Device")
        .press("]")
        .shows("Incident");
    walk.says("## Taking it").says(
        "`a` assigns it to you and sets it in progress. The write waits five seconds in sight;\n\
         `z` takes it back.",
    );
    walk.press("[ [ [ [").press("a").shows("z");
    walk.lets_pass(7);
    walk.says("## Stopping it").says(
        "`!` is what can be done to the device. Each key whose permission the token lacks is\n\
         grey. `i` isolates: the card says what speaks against it, and wants the device's name\n\
         typed, since it cuts off whoever works there.",
    );
    walk.press("! i").shows("DEVICE");
    let screen = walk.operator.screen();
    let (_, after) = screen.split_once("type `").unwrap();
    let (device, _) = after.split_once('`').unwrap();
    walk.press(device).press("enter");
    walk.says("It is sent once and followed; the strip says how far it is.")
        .shows("isolate");
    walk.lets_pass(30);
    how_far_it_went(&mut walk);
    walk.says("## Deciding").says(
        "`x` closes with a disposition, two letters for the usual ones; a note may go with it.",
    );
    walk.press("x").shows("malware");
    walk.press("m").lets_pass(8);
    walk.says("The log, `L`, has all of it, with the service's own numbers of requests:")
        .press("L")
        .shows("isolate");
    the_handover(&mut walk);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/walk.md");
    let page = walk.page.trim_end().to_owned() + "\n";
    if std::env::var_os("VIGIE_WRITE_DOCS").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == page,
        "docs/walk.md shows other screens: write it anew and read it"
    );
}
