//! The processes of alerts and of hunts as a tree: who is whose child, and who is who.

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::domain::detail::Entity;
use crate::domain::detail::Evidence;
use crate::domain::detail::File;
use crate::domain::detail::Parent;
use crate::domain::detail::Process;
use crate::domain::process_tree::ProcessTree;
use crate::domain::text::Text;

#[expect(
    clippy::unnecessary_wraps,
    reason = "evidence tells times that may be missing"
)]
fn at(second: i64) -> Option<Timestamp> {
    let start = Timestamp::UNIX_EPOCH;
    Some(start + SignedDuration::from_secs(second))
}

fn image(name: &str) -> File {
    File {
        name: Text::from(name),
        ..File::default()
    }
}

type Told = (Option<u64>, Option<Timestamp>);

fn process(name: &str, own: Told, parent_name: &str, parent: Told) -> Evidence {
    Evidence {
        entity: Entity::Process(Box::new(Process {
            pid: own.0,
            created: own.1,
            image: image(name),
            parent: Parent {
                pid: parent.0,
                created: parent.1,
                image: image(parent_name),
            },
            ..Process::default()
        })),
        ..Evidence::default()
    }
}

fn drawn(evidence: &[Evidence]) -> Vec<String> {
    let tree = ProcessTree::of(evidence);
    let nodes = tree.nodes().iter();
    nodes
        .map(|node| {
            let name = node.name.original();
            format!("{}{name}", ".".repeat(node.depth))
        })
        .collect()
}

#[test]
fn parents_that_are_no_evidence_stand_in_the_tree() {
    let evidence = [
        process("powershell", (Some(8), at(30)), "word", (Some(4), at(20))),
        process("cmd", (Some(12), at(25)), "WORD", (Some(4), at(20))),
        process("word", (Some(4), at(20)), "explorer", (Some(2), None)),
        process("other", (Some(16), at(10)), "", (None, None)),
    ];
    assert_eq!(
        drawn(&evidence),
        ["other", "explorer", ".word", "..cmd", "..powershell"]
    );
    let tree = ProcessTree::of(&evidence);
    let pieces: Vec<Option<usize>> = tree.nodes().iter().map(|node| node.piece).collect();
    assert_eq!(pieces, [Some(3), None, Some(2), Some(1), Some(0)]);
    assert_eq!(tree.branches(4, 9), [false]);
}

#[test]
fn a_number_that_is_used_again_is_another_process() {
    let evidence = [
        process("old", (Some(4), at(1)), "", (None, None)),
        process("new", (Some(4), at(50)), "", (None, None)),
        process("of-old", (Some(8), at(60)), "old", (Some(4), at(1))),
        process("of-new", (Some(9), at(61)), "new", (Some(4), at(50))),
        process("of-none", (Some(10), at(62)), "gone", (Some(4), at(7))),
        process("untimed", (Some(11), at(63)), "old", (Some(4), None)),
    ];
    assert_eq!(
        drawn(&evidence),
        [
            "old", ".of-old", ".untimed", "gone", ".of-none", "new", ".of-new"
        ]
    );
}

#[test]
fn times_may_be_missing_on_either_side() {
    let evidence = [
        process("child", (Some(8), None), "parent", (Some(4), at(3))),
        process("parent", (Some(4), None), "", (None, None)),
        process("by-name", (None, None), "services.exe", (None, None)),
        process("again", (None, None), "Services.EXE", (None, None)),
    ];
    assert_eq!(
        drawn(&evidence),
        ["parent", ".child", "services.exe", ".by-name", ".again"]
    );
}

#[test]
fn the_same_process_told_twice_is_one() {
    let evidence = [
        process("a", (Some(4), at(1)), "", (None, None)),
        process("a", (Some(4), at(1)), "", (None, None)),
    ];
    assert_eq!(drawn(&evidence), ["a"]);
}

#[test]
fn circles_are_opened_at_their_earliest() {
    let evidence = [
        process("c", (Some(3), at(3)), "b", (Some(2), at(2))),
        process("a", (Some(1), at(1)), "c", (Some(3), at(3))),
        process("b", (Some(2), at(2)), "a", (Some(1), at(1))),
        process("self", (Some(7), at(9)), "self", (Some(7), at(9))),
        process("leaf", (Some(8), at(10)), "c", (Some(3), at(3))),
    ];
    assert_eq!(drawn(&evidence), ["a", ".b", "..c", "...leaf", "self"]);
}

#[test]
fn a_chain_as_long_as_an_alert_is_no_harm() {
    let evidence: Vec<Evidence> = (0..20_000_u32)
        .map(|number| {
            let own = (Some(u64::from(number) + 1), at(i64::from(number) + 1));
            let parent = (Some(u64::from(number)), at(i64::from(number)));
            process("p", own, "p", parent)
        })
        .collect();
    let tree = ProcessTree::of(&evidence);
    assert_eq!(tree.nodes().len(), 20_001);
    assert_eq!(tree.nodes().last().map(|node| node.depth), Some(20_000));
    assert_eq!(tree.branches(20_000, 5).len(), 5);
}

/// The tree with a sign before what hunting alone told of, and how much was left out.
fn completed(evidence: &[Evidence], hunted: &[Evidence]) -> (Vec<String>, usize) {
    let tree = ProcessTree::completed(evidence, hunted);
    let lines = tree.nodes().iter().map(|node| {
        let sign = match (node.piece, node.hunted) {
            (None, Some(_)) => "+",
            (Some(_), Some(_)) => "*",
            (_, None) => "",
        };
        let name = node.name.original();
        format!("{}{sign}{name}", ".".repeat(node.depth))
    });
    (lines.collect(), tree.unrelated())
}

#[test]
fn hunting_adds_what_is_above_and_below_and_leaves_out_the_rest() {
    let evidence = [
        process("powershell", (Some(8), at(30)), "word", (Some(4), at(20))),
        process("word", (Some(4), at(20)), "explorer", (Some(2), at(9))),
    ];
    let hunted = [
        process("powershell", (Some(8), at(30)), "word", (Some(4), at(20))),
        process(
            "whoami",
            (Some(12), at(31)),
            "powershell",
            (Some(8), at(30)),
        ),
        process("conhost", (Some(14), at(32)), "whoami", (Some(12), at(31))),
        process("splwow", (Some(16), at(25)), "word", (Some(4), at(20))),
        process("teams", (Some(20), at(26)), "explorer", (Some(2), at(9))),
        process("edge", (Some(22), at(27)), "teams", (Some(20), at(26))),
        process("explorer", (Some(2), at(9)), "userinit", (Some(1), at(8))),
        process("userinit", (Some(1), at(8)), "winlogon", (Some(99), at(7))),
        process("winlogon", (Some(99), at(7)), "", (None, None)),
        process("svchost", (Some(50), at(3)), "services", (Some(49), at(2))),
    ];
    assert_eq!(
        completed(&evidence, &hunted),
        (
            [
                "+winlogon",
                ".+userinit",
                "..+explorer",
                "...word",
                "....+splwow",
                "....*powershell",
                ".....+whoami",
                "......+conhost",
            ]
            .map(str::to_owned)
            .to_vec(),
            // `services` is known by what it started and no row.
            3 + 1
        )
    );
    let tree = ProcessTree::completed(&evidence, &hunted);
    assert_eq!(tree.added(), 6);
    assert_eq!(
        ProcessTree::completed(&evidence, &[]),
        ProcessTree::of(&evidence)
    );
    assert_eq!(completed(&[], &hunted), (Vec::new(), 10 + 2));
}

#[test]
fn a_number_that_hunting_knows_to_be_used_again_is_another_process() {
    let evidence = [process("a", (Some(4), at(10)), "", (None, None))];
    let hunted = [
        process("a", (Some(4), at(90)), "later", (Some(2), at(80))),
        process("child", (Some(8), at(91)), "a", (Some(4), at(90))),
        process("mine", (Some(9), at(11)), "a", (Some(4), at(10))),
    ];
    let (tree, unrelated) = completed(&evidence, &hunted);
    assert_eq!(tree, ["a", ".+mine"]);
    assert_eq!(unrelated, 3);
}

#[test]
fn a_time_that_is_missing_on_one_side_is_no_other_process() {
    // Of the evidence: one that began at a time hunting knows, one of which there are two.
    let evidence = [
        process("a", (Some(4), None), "", (None, None)),
        process("b", (Some(5), None), "", (None, None)),
        process("c", (Some(6), at(3)), "", (None, None)),
    ];
    let hunted = [
        process("A", (Some(4), at(10)), "up", (Some(2), at(1))),
        process("below", (Some(8), at(11)), "A", (Some(4), at(10))),
        process("b", (Some(5), at(20)), "", (None, None)),
        process("b", (Some(5), at(30)), "", (None, None)),
        process("c", (Some(6), None), "up", (Some(2), at(1))),
        process("d", (Some(6), None), "", (None, None)),
        process("", (None, None), "c", (Some(6), at(3))),
    ];
    let (tree, unrelated) = completed(&evidence, &hunted);
    assert_eq!(tree, ["up", ".*c", ".*a", "..+below", "b"]);
    assert_eq!(unrelated, 3);
}

#[test]
fn what_hunting_tells_of_a_parent_completes_what_evidence_leaves_open() {
    let evidence = [
        process("open", (Some(4), at(10)), "", (None, None)),
        process("untimed", (Some(5), at(11)), "p", (Some(2), None)),
        process("told", (Some(6), at(12)), "q", (Some(3), at(1))),
    ];
    let hunted = [
        process("open", (Some(4), at(10)), "p", (Some(2), at(5))),
        process("untimed", (Some(5), at(11)), "p", (Some(2), at(5))),
        // The evidence tells otherwise.
        process("told", (Some(6), at(12)), "p", (Some(2), at(5))),
        process("p", (Some(2), at(5)), "", (None, None)),
    ];
    let (tree, _) = completed(&evidence, &hunted);
    assert_eq!(tree, ["q", ".*told", "+p", ".*open", ".*untimed"]);
}

#[test]
fn circles_that_hunting_tells_of_are_opened_too() {
    let evidence = [process("a", (Some(1), at(5)), "", (None, None))];
    let hunted = [
        process("a", (Some(1), at(5)), "c", (Some(3), at(3))),
        process("b", (Some(2), at(6)), "a", (Some(1), at(5))),
        process("c", (Some(3), at(3)), "b", (Some(2), at(6))),
        process("self", (Some(9), at(1)), "self", (Some(9), at(1))),
    ];
    assert_eq!(
        completed(&evidence, &hunted),
        (
            vec!["+c".to_owned(), ".*a".to_owned(), "..+b".to_owned()],
            1
        )
    );
}

#[test]
fn a_hunt_of_many_processes_is_no_harm() {
    let evidence = [process("p", (Some(1), at(1)), "", (None, None))];
    // A chain below the evidence, and as many that are all of one number.
    let chain = (1..10_000_u32).map(|number| {
        let own = (Some(u64::from(number) + 1), at(i64::from(number) + 1));
        process(
            "p",
            own,
            "p",
            (Some(u64::from(number)), at(i64::from(number))),
        )
    });
    let crowd = (1..10_000_u32).map(|number| {
        let own = (Some(7_777_777), at(-i64::from(number)));
        process("x", own, "x", (Some(7_777_777), at(-i64::from(number) - 1)))
    });
    let hunted: Vec<Evidence> = chain.chain(crowd).collect();
    let tree = ProcessTree::completed(&evidence, &hunted);
    assert_eq!(tree.nodes().len(), 10_000);
    // The last of the crowd names one more that began it.
    assert_eq!(tree.unrelated(), 10_000);
}
