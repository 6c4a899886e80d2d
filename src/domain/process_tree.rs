//! Who started whom: the processes of an alert as a tree.
//!
//! Evidence tells each process with what started it, which is often no evidence itself
//! and known by name and number alone. Hunting tells more of them, and of much else on
//! the device: what an alert has nothing to do with is counted and left out. Numbers are
//! used again, times are missing, the same process is told twice, and a hostile alert goes
//! round in circles: whatever comes in, every process stands in the tree once.

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
    unrelated: usize,
}

/// One process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Which piece of evidence it is; none for a process that only hunting found, or that
    /// is only known because it started another one.
    pub piece: Option<usize>,
    /// Which of the processes it is that hunting found, if it is one.
    pub hunted: Option<usize>,
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
        Self::completed(evidence, &[])
    }

    /// Of the evidence, with what hunting found of its processes: what started them, and
    /// what they started.
    pub fn completed(evidence: &[Evidence], hunted: &[Evidence]) -> Self {
        let mut found = Found::default();
        for (piece, process) in processes(evidence) {
            found.add(piece, process);
        }
        found.add_hunted(hunted);
        let told = found.processes.len();
        for child in 0..told {
            found.find_parent(child, evidence, hunted);
        }
        found.open_circles();
        found.relate();
        let unrelated = found.processes.iter();
        Self {
            unrelated: unrelated.filter(|member| !member.is_related).count(),
            nodes: found.in_order(),
        }
    }

    /// In the order of reading.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// How many of them hunting alone found.
    pub fn added(&self) -> usize {
        let added = |node: &&Node| node.piece.is_none() && node.hunted.is_some();
        self.nodes.iter().filter(added).count()
    }

    /// Processes that hunting found and that have nothing to do with the evidence.
    pub const fn unrelated(&self) -> usize {
        self.unrelated
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
    hunted: Option<usize>,
    name: Text,
    path: Text,
    identity: Identity,
    parent: Option<usize>,
    /// It is evidence, started some, or was started by some: however far away.
    is_related: bool,
}

impl Member {
    fn of(process: &Process) -> Self {
        Self {
            piece: None,
            hunted: None,
            name: process.image.name.clone(),
            path: process.image.path.clone(),
            identity: (process.pid, process.created),
            parent: None,
            is_related: false,
        }
    }

    /// The same name, as far as both have one.
    fn is_called_like(&self, name: &Text) -> bool {
        let (one, other) = (self.name.original(), name.original());
        one.is_empty() || other.is_empty() || one.eq_ignore_ascii_case(other)
    }
}

/// The processes of some pieces, each with the number of its piece.
fn processes(pieces: &[Evidence]) -> impl Iterator<Item = (usize, &Process)> {
    let pieces = pieces.iter().enumerate();
    pieces.filter_map(|(number, piece)| match &piece.entity {
        Entity::Process(process) => Some((number, &**process)),
        Entity::File(_)
        | Entity::User(_)
        | Entity::Device(_)
        | Entity::Address(_)
        | Entity::Url(_)
        | Entity::Other => None,
    })
}

fn process_at(pieces: &[Evidence], number: Option<usize>) -> Option<&Process> {
    match &pieces.get(number?)?.entity {
        Entity::Process(process) => Some(process),
        Entity::File(_)
        | Entity::User(_)
        | Entity::Device(_)
        | Entity::Address(_)
        | Entity::Url(_)
        | Entity::Other => None,
    }
}

#[derive(Default)]
struct Found {
    processes: Vec<Member>,
    by_identity: HashMap<Identity, usize>,
    /// Processes with one number.
    by_pid: HashMap<u64, Vec<usize>>,
    /// Processes that are only told as parents, by what little is known of them.
    by_name: HashMap<(Identity, String), usize>,
}

impl Found {
    fn add(&mut self, piece: usize, process: &Process) {
        let identity = (process.pid, process.created);
        // The same process again, as another alert of the incident tells it.
        if process.pid.is_some() && self.by_identity.contains_key(&identity) {
            return;
        }
        self.push(Member {
            piece: Some(piece),
            ..Member::of(process)
        });
    }

    fn push(&mut self, member: Member) {
        let place = self.processes.len();
        if let Some(pid) = member.identity.0 {
            self.by_identity.insert(member.identity, place);
            self.by_pid.entry(pid).or_default().push(place);
        }
        self.processes.push(member);
    }

    /// What hunting found: of a process that is known already it tells more.
    fn add_hunted(&mut self, hunted: &[Evidence]) {
        // Evidence without a time, and what it may be: one of them, or nobody knows which.
        let mut perhaps: HashMap<usize, Vec<usize>> = HashMap::new();
        let (timed, untimed): (Vec<_>, Vec<_>) =
            processes(hunted).partition(|(_, process)| process.created.is_some());
        for (number, process) in timed {
            let known = self.by_identity.get(&(process.pid, process.created));
            let member = known.and_then(|place| self.processes.get_mut(*place));
            if let Some(member) = member {
                member.hunted.get_or_insert(number);
                continue;
            }
            let untold = self.by_identity.get(&(process.pid, None)).copied();
            let untold = untold.filter(|place| {
                let member = self.processes.get(*place);
                member.is_some_and(|member| member.is_called_like(&process.image.name))
            });
            match untold {
                Some(place) => perhaps.entry(place).or_default().push(number),
                None => self.push_hunted(number, process),
            }
        }
        let mut perhaps: Vec<(usize, Vec<usize>)> = perhaps.into_iter().collect();
        perhaps.sort_unstable();
        for (place, numbers) in perhaps {
            if let [number] = *numbers {
                self.is_one(place, number, hunted);
                continue;
            }
            for number in numbers {
                if let Some(process) = process_at(hunted, Some(number)) {
                    self.push_hunted(number, process);
                }
            }
        }
        for (number, process) in untimed {
            let places = process.pid.and_then(|pid| self.by_pid.get(&pid));
            // Among several of one number nobody knows which it is.
            match places.map(Vec::as_slice) {
                Some([place]) if self.is_named_at(*place, &process.image.name) => {
                    if let Some(member) = self.processes.get_mut(*place) {
                        member.hunted.get_or_insert(number);
                    }
                }
                Some(_) | None => self.push_hunted(number, process),
            }
        }
    }

    fn is_named_at(&self, place: usize, name: &Text) -> bool {
        let member = self.processes.get(place);
        member.is_some_and(|member| member.is_called_like(name))
    }

    /// A process that no evidence tells of.
    fn push_hunted(&mut self, number: usize, process: &Process) {
        // Without a number it is nobody's parent and nobody's child.
        if process.pid.is_some() {
            self.push(Member {
                hunted: Some(number),
                ..Member::of(process)
            });
        }
    }

    /// Evidence that does not tell when it began is this process, which does.
    fn is_one(&mut self, place: usize, number: usize, hunted: &[Evidence]) {
        let process = process_at(hunted, Some(number));
        if let (Some(member), Some(process)) = (self.processes.get_mut(place), process) {
            member.hunted = Some(number);
            member.identity = (process.pid, process.created);
            self.by_identity.insert(member.identity, place);
        }
    }

    fn find_parent(&mut self, child: usize, evidence: &[Evidence], hunted: &[Evidence]) {
        let Some(member) = self.processes.get(child) else {
            return;
        };
        let created = member.identity.1;
        let told = process_at(evidence, member.piece).map(|process| &process.parent);
        let found = process_at(hunted, member.hunted).map(|process| &process.parent);
        let Some(parent) = better(told, found) else {
            return;
        };
        let known = self
            .known(parent, created, child)
            .or_else(|| self.by_name(parent));
        if let Some(member) = self.processes.get_mut(child) {
            member.parent = known;
        }
    }

    /// The parent among those told: the same number and time; where one of the times is
    /// missing, the same number with no other name, the latest that was there before.
    fn known(&self, parent: &Parent, started: Option<Timestamp>, child: usize) -> Option<usize> {
        let pid = parent.pid?;
        let exact = self.by_identity.get(&(Some(pid), parent.created));
        if let Some(exact) = exact.filter(|_| parent.created.is_some()) {
            return Some(*exact);
        }
        let candidates = self.by_pid.get(&pid)?.iter().filter_map(|place| {
            let member = self.processes.get(*place)?;
            let (_, created) = member.identity;
            let untold = created.is_none() || parent.created.is_none();
            let before = match (created, started) {
                (Some(created), Some(started)) => created <= started,
                (None, _) | (_, None) => true,
            };
            let is_called_so = member.is_called_like(&parent.image.name);
            (*place != child && untold && before && is_called_so).then_some((created, *place))
        });
        candidates.max().map(|(_, place)| place)
    }

    /// A parent that nothing else tells of: one for all that tell the same of it.
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
                hunted: None,
                name: parent.image.name.clone(),
                path: parent.image.path.clone(),
                identity,
                parent: None,
                is_related: false,
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

    /// Keeps what the evidence was started by and what it started, however far away.
    fn relate(&mut self) {
        // Each walk ends where an earlier one came by: every process is passed twice.
        let mut below: Vec<Option<bool>> = self
            .processes
            .iter()
            .map(|member| member.piece.is_some().then_some(true))
            .collect();
        for start in 0..self.processes.len() {
            let parent_of = |place: &usize| self.processes.get(*place)?.parent;
            let unknown = |place: &usize| below.get(*place).copied().flatten().is_none();
            let walked: Vec<usize> = std::iter::successors(Some(start), parent_of)
                .take_while(unknown)
                .collect();
            let end = walked.last().and_then(parent_of).or(Some(start));
            let is_below = end.and_then(|end| below.get(end).copied().flatten());
            for place in walked {
                if let Some(known) = below.get_mut(place) {
                    *known = Some(is_below.unwrap_or(false));
                }
            }
        }
        for place in 0..self.processes.len() {
            let is_below = below.get(place).copied().flatten().unwrap_or(false);
            let Some(member) = self.processes.get_mut(place) else {
                continue;
            };
            member.is_related |= is_below;
            let mut above = member.parent.filter(|_| member.piece.is_some());
            while let Some(member) = above.and_then(|above| self.processes.get_mut(above)) {
                let was_related = std::mem::replace(&mut member.is_related, true);
                // Whatever stands above was kept by whoever came by first, or will be.
                if was_related || member.piece.is_some() {
                    break;
                }
                above = member.parent;
            }
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
        let all = self.processes.iter().enumerate();
        for (place, member) in all.filter(|(_, member)| member.is_related) {
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
                hunted: member.hunted,
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

/// What tells more of a parent. Evidence goes first, unless hunting tells of the same
/// process and knows when it began.
fn better<'a>(told: Option<&'a Parent>, found: Option<&'a Parent>) -> Option<&'a Parent> {
    let is_told = |parent: &&Parent| parent.pid.is_some() || !parent.image.name.is_empty();
    let (told, found) = (told.filter(is_told), found.filter(is_told));
    match (told, found) {
        (Some(told), Some(found))
            if told.created.is_none() && (told.pid.is_none() || told.pid == found.pid) =>
        {
            Some(found)
        }
        (Some(told), _) => Some(told),
        (None, found) => found,
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
