//! What a query found: read whole or in parts of any size, it is the same.

use std::collections::HashSet;

use fastrand::Rng;
use vigie::domain::hunt::Findings;
use vigie::domain::hunt::SortOrder;
use vigie::domain::process_tree::ProcessTree;
use vigie::wire::hunting;
use vigie::wire::processes;

use crate::hostile::noise;
use crate::hostile::spoilt;
use crate::readers::JSON_WORDS;
use crate::readers::is_harmless;

const BODIES: [&[u8]; 6] = [
    include_bytes!("../samples/hunting-result.json"),
    include_bytes!("../samples/hunting-result-xdr-with-stats.json"),
    include_bytes!("../samples/graph-hunting-result.json"),
    include_bytes!("../samples/graph-hunting-result-mixed-case.json"),
    br#"{"Results":[{"A":"x\"]}","B":[1,{"C":null}],"\ud800":1e999},null,[7],{"A":-0.0}],"Schema":[{"Name":"A","Type":"SByte"}]}"#,
    // Processes that started one another, told twice, and one that began at no time.
    br#"{"Results":[{"ProcessId":8,"ProcessCreationTime":"2026-11-22T12:00:00Z","FileName":"a.exe","ProcessCommandLine":"a -enc aQBlAHgA","InitiatingProcessId":4,"InitiatingProcessCreationTime":"2026-11-22T11:00:00Z","InitiatingProcessFileName":"b.exe","InitiatingProcessParentId":8,"InitiatingProcessParentCreationTime":"2026-11-22T12:00:00Z"},{"ProcessId":4,"ProcessCreationTime":"2026-11-22T11:00:00Z","FileName":"b.exe"},{"ProcessId":12,"FileName":"c.exe","InitiatingProcessId":12,"InitiatingProcessFileName":"C.EXE"},{"ProcessId":16,"ProcessCreationTime":"0001-01-01T00:00:00","InitiatingProcessId":8,"InitiatingProcessFileName":"a.exe"}]}"#,
];

pub(crate) fn body(dice: &mut Rng) -> Vec<u8> {
    if dice.u8(0..12) == 0 {
        noise(dice)
    } else {
        spoilt(dice, &BODIES, &JSON_WORDS)
    }
}

pub(crate) fn read(input: &[u8]) {
    let whole = hunting::read(input);
    // A size that differs with the input, and is the same when it is tried again.
    let size = input.iter().map(|byte| usize::from(*byte)).sum::<usize>() % 61 + 1;
    match (&whole, in_parts(input, size)) {
        (Ok(whole), Ok(parts)) => assert!(*whole == parts, "not the same in parts of {size}"),
        (Err(whole), Err(parts)) => {
            is_harmless(whole);
            is_harmless(&parts);
        }
        (Ok(_), Err(_)) | (Err(_), Ok(_)) => panic!("refused, or in parts of {size} not"),
    }
    let Ok(found) = whole else {
        return;
    };
    grow_a_tree(&found);
    for column in 0..found.columns().len().min(6) {
        for order in [SortOrder::Ascending, SortOrder::Descending] {
            assert_eq!(found.sorted(column, order).len(), found.len());
        }
        let counted: usize = found.frequencies(column).iter().map(|(_, n)| n).sum();
        assert_eq!(counted, found.len());
    }
    for row in 0..found.len().min(20) {
        let line = hunting::row_as_json(&found, row);
        assert!(!line.contains(char::is_control), "{line:?}");
    }
}

/// Whatever the processes are that an answer tells of, with some of them as evidence they
/// are a tree: each once, below what started it.
fn grow_a_tree(found: &Findings) {
    let hunted = processes::of(found);
    for share in [1, 3] {
        let evidence = hunted.get(..hunted.len() / share).unwrap_or_default();
        let tree = ProcessTree::completed(evidence, &hunted);
        let nodes = tree.nodes();
        assert!(tree.added() <= hunted.len());
        let mut seen = HashSet::new();
        for (place, node) in nodes.iter().enumerate() {
            let depth = match node.parent {
                Some(parent) => {
                    assert!(parent < place, "{place} stands before {parent}");
                    nodes.get(parent).map(|above| above.depth + 1)
                }
                None => Some(0),
            };
            assert_eq!(Some(node.depth), depth);
            assert!(node.piece.is_none_or(|piece| seen.insert(piece)));
        }
    }
}

fn in_parts(input: &[u8], size: usize) -> Result<Findings, String> {
    let mut reader = hunting::Reader::default();
    let mut gathered = Findings::default();
    for part in input.chunks(size) {
        reader.feed(part)?;
        if reader.waiting() > 1 {
            gathered.append(reader.take());
        }
    }
    gathered.append(reader.finish()?);
    Ok(gathered)
}
