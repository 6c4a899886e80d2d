//! Who started whom: the processes of an alert as a tree.
//!
//! Evidence tells each process with what started it, which is often no evidence itself
//! and known by name and number alone. Numbers are used again, times are missing, the
//! same process is told twice, and a hostile alert goes round in circles: whatever comes
//! in, every process stands in the tree once.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::domain::detail::Entity;
use crate::domain::detail::Evidence;
use crate::domain::detail::Parent;
use crate::domain::detail::Process;
use crate::domain::text::Text;

/// The processes in the order in which a tree is read: each before what it started,
/// siblings by time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProcessTree {
    nodes: Vec<Node>,
}

/// One process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Which piece of evidence it is; none for a process that is only known because it
    /// started another one.
    pub piece: Option<usize>,
    pub name: Text,
    pub path: Text,
    pub pid: Option<u64>,
    pub created: Option<Timestamp>,
    /// How many stand above it.
    pub depth: usize,
    /// Its parent's place in the tree.
    pub parent: Option<usize>,
    /// Nothing else that its parent started follows.
    pub is_last: bool,
}

impl ProcessTree {
    /// Of all the evidence of an alert.
    pub fn of(evidence: &[Evidence]) -> Self {
        let mut found = Found::default();
        for (piece, evidence) in evidence.iter().enumerate() {
            if let Entity::Process(process) = &evidence.entity {
                found.add(piece, process);
            }
        }
        let pieces = found.processes.len();
        for child in 0..pieces {
            found.find_parent(child, evidence);
        }
        found.open_circles();
        Self {
            nodes: found.in_order(),
        }
    }

    /// In the order of reading.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// For each place above a node, outermost first: whether a branch goes on there.
    /// At most `most` of the places nearest to it.
    pub fn branches(&self, place: usize, most: usize) -> Vec<bool> {
        let parent_of = |place: &usize| self.nodes.get(*place)?.parent;
        let above = std::iter::successors(parent_of(&place), parent_of);
        // What has nothing above it has no branch to its left.
        let inner = above.filter(|place| parent_of(place).is_some()).take(most);
        let mut branches: Vec<bool> = inner
            .map(|place| self.nodes.get(place).is_some_and(|node| !node.is_last))
            .collect();
        branches.reverse();
        branches
    }
}

/// What tells two processes apart: a number is used again, at another time.
type Identity = (Option<u64>, Option<Timestamp>);

/// A process while the tree is put together.
struct Member {
    piece: Option<usize>,
    name: Text,
    path: Text,
    identity: Identity,
    parent: Option<usize>,
}

#[derive(Default)]
struct Found {
    processes: Vec<Member>,
    by_identity: HashMap<Identity, usize>,
    /// Pieces of evidence with one number.
    by_pid: HashMap<u64, Vec<usize>>,
    /// Processes that are no evidence, by what little is known of them.
    by_name: HashMap<(Identity, String), usize>,
}

impl Found {
    fn add(&mut self, piece: usize, process: &Process) {
        let identity = (process.pid, process.created);
        let place = self.processes.len();
        if process.pid.is_some() {
            // The same process again, as another alert of the incident tells it.
            if self.by_identity.contains_key(&identity) {
                return;
            }
            self.by_identity.insert(identity, place);
        }
        if let Some(pid) = process.pid {
            self.by_pid.entry(pid).or_default().push(place);
        }
        self.processes.push(Member {
            piece: Some(piece),
            name: process.image.name.clone(),
            path: process.image.path.clone(),
            identity,
            parent: None,
        });
    }

    fn find_parent(&mut self, child: usize, evidence: &[Evidence]) {
        let Some(member) = self.processes.get(child) else {
            return;
        };
        let piece = member.piece.and_then(|piece| evidence.get(piece));
        let Some(Entity::Process(process)) = piece.map(|piece| &piece.entity) else {
            return;
        };
        let parent = &process.parent;
        let known = self
            .known(parent, process.created, child)
            .or_else(|| self.by_name(parent));
        if let Some(member) = self.processes.get_mut(child) {
            member.parent = known;
        }
    }

    /// The parent among the evidence: the same number and time; where one of the times is
    /// missing, the same number with no other name, the latest that was there before.
    fn known(&self, parent: &Parent, started: Option<Timestamp>, child: usize) -> Option<usize> {
        let pid = parent.pid?;
        let exact = self.by_identity.get(&(Some(pid), parent.created));
        if let Some(exact) = exact.filter(|_| parent.created.is_some()) {
            return Some(*exact);
        }
        let named_alike = |member: &Member| {
            let (one, other) = (member.name.original(), parent.image.name.original());
            one.is_empty() || other.is_empty() || one.eq_ignore_ascii_case(other)
        };
        let candidates = self.by_pid.get(&pid)?.iter().filter_map(|place| {
            let member = self.processes.get(*place)?;
            let (_, created) = member.identity;
            let untold = created.is_none() || parent.created.is_none();
            let before = match (created, started) {
                (Some(created), Some(started)) => created <= started,
                (None, _) | (_, None) => true,
            };
            (*place != child && untold && before && named_alike(member))
                .then_some((created, *place))
        });
        candidates.max().map(|(_, place)| place)
    }

    /// A parent that is no evidence itself: one for all that tell the same of it.
    fn by_name(&mut self, parent: &Parent) -> Option<usize> {
        if parent.pid.is_none() && parent.image.name.is_empty() {
            return None;
        }
        let identity = (parent.pid, parent.created);
        let name = parent.image.name.original().to_lowercase();
        let place = self.processes.len();
        let place = *self.by_name.entry((identity, name)).or_insert(place);
        if place == self.processes.len() {
            self.processes.push(Member {
                piece: None,
                name: parent.image.name.clone(),
                path: parent.image.path.clone(),
                identity,
                parent: None,
            });
        }
        Some(place)
    }

    /// Takes the parent away from one process of each circle: what goes round begins
    /// somewhere.
    fn open_circles(&mut self) {
        let mut walk_of: Vec<Option<usize>> = vec![None; self.processes.len()];
        for walk in 0..self.processes.len() {
            let mut here = Some(walk);
            while let Some(place) = here {
                match walk_of.get(place).copied().flatten() {
                    None => {
                        if let Some(walked) = walk_of.get_mut(place) {
                            *walked = Some(walk);
                        }
                        here = self.processes.get(place).and_then(|member| member.parent);
                    }
                    Some(earlier) => {
                        if earlier == walk {
                            self.open_circle(place);
                        }
                        here = None;
                    }
                }
            }
        }
    }

    /// The earliest process of a circle has no parent in it.
    fn open_circle(&mut self, somewhere: usize) {
        let next = |place: &usize| {
            let parent = self.processes.get(*place)?.parent?;
            (parent != somewhere).then_some(parent)
        };
        let circle = std::iter::successors(Some(somewhere), next);
        let first = circle.min_by_key(|place| (self.began(*place), *place));
        if let Some(member) = first.and_then(|first| self.processes.get_mut(first)) {
            member.parent = None;
        }
    }

    /// Unknown times come after known ones.
    fn began(&self, place: usize) -> (bool, Option<Timestamp>) {
        let created = self
            .processes
            .get(place)
            .and_then(|member| member.identity.1);
        (created.is_none(), created)
    }

    fn in_order(mut self) -> Vec<Node> {
        let mut children: Vec<Vec<usize>> = vec![Vec::new(); self.processes.len()];
        let mut roots = Vec::new();
        for (place, member) in self.processes.iter().enumerate() {
            match member.parent.and_then(|parent| children.get_mut(parent)) {
                Some(siblings) => siblings.push(place),
                None => roots.push(place),
            }
        }
        // What is known by name alone stands where the first of its children would.
        let mut places: Vec<(bool, Option<Timestamp>)> = (0..self.processes.len())
            .map(|place| self.began(place))
            .collect();
        for (place, own) in children.iter().enumerate() {
            let first = own.iter().map(|child| self.began(*child)).min();
            if let (Some(known), Some(first)) = (places.get_mut(place), first) {
                *known = (*known).min(if known.0 { first } else { *known });
            }
        }
        let by_time = |place: &usize| (places.get(*place).copied(), *place);
        for siblings in &mut children {
            siblings.sort_by_key(by_time);
        }
        roots.sort_by_key(by_time);
        let mut nodes: Vec<Node> = Vec::with_capacity(self.processes.len());
        // A stack and no recursion: a chain may be as long as an alert.
        let mut waiting: Vec<(usize, usize, Option<usize>, bool)> = Vec::new();
        push_siblings(&mut waiting, &roots, 0, None);
        while let Some((place, depth, parent, is_last)) = waiting.pop() {
            let Some(member) = self.processes.get_mut(place) else {
                continue;
            };
            let (pid, created) = member.identity;
            let here = nodes.len();
            nodes.push(Node {
                piece: member.piece,
                name: std::mem::take(&mut member.name),
                path: std::mem::take(&mut member.path),
                pid,
                created,
                depth,
                parent,
                is_last,
            });
            let own = children.get(place).map_or(&[][..], Vec::as_slice);
            push_siblings(&mut waiting, own, depth + 1, Some(here));
        }
        nodes
    }
}

/// The first sibling on top.
fn push_siblings(
    waiting: &mut Vec<(usize, usize, Option<usize>, bool)>,
    siblings: &[usize],
    depth: usize,
    parent: Option<usize>,
) {
    let last = siblings.len().saturating_sub(1);
    let siblings = siblings.iter().enumerate().rev();
    waiting.extend(siblings.map(|(index, place)| (*place, depth, parent, index == last)));
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::domain::detail::File;

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
}
