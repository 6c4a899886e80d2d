//! Which columns the list has, how much each is worth, and what fits into a width.
//!
//! On screen columns always stand in one order; their rank says which of them are
//! there. What fits less well goes: a narrow terminal has the highest ranks only.

/// What a column shows. In the order of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Column {
    Severity,
    Age,
    Lateness,
    Status,
    Owner,
    Duplicates,
    Title,
    Device,
    User,
    Category,
    Incident,
    Detector,
    Group,
    Product,
}

/// Cells a column needs, and those it takes where there is room.
struct Room {
    least: u16,
    best: u16,
}

impl Column {
    /// Highest rank first.
    const RANKED: [Self; 14] = [
        Self::Severity,
        Self::Title,
        Self::Age,
        Self::Lateness,
        Self::Status,
        Self::Owner,
        Self::Duplicates,
        Self::Device,
        Self::User,
        Self::Category,
        Self::Incident,
        Self::Detector,
        Self::Group,
        Self::Product,
    ];

    /// Its heading.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Severity => "S",
            Self::Age => "AGE",
            Self::Lateness => "SLA",
            Self::Status => "ST",
            Self::Owner => "OWN",
            Self::Duplicates => "xN",
            Self::Title => "TITLE",
            Self::Device => "DEVICE",
            Self::User => "USER",
            Self::Category => "CATEGORY",
            Self::Incident => "INC",
            Self::Detector => "DETECTOR",
            Self::Group => "GROUP",
            Self::Product => "PRODUCT",
        }
    }

    /// What it shows, in words.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Severity => "severity",
            Self::Age => "time since it was created; of duplicates the newest",
            Self::Lateness => "time left for the first action (+) or over it (-)",
            Self::Status => "status",
            Self::Owner => "who has it",
            Self::Duplicates => "how many duplicates or alerts of a group it stands for",
            Self::Title => "title",
            Self::Device => "device",
            Self::User => "user",
            Self::Category => "category",
            Self::Incident => "incident",
            Self::Detector => "what detected it",
            Self::Group => "group of the device",
            Self::Product => "Defender product it comes from (Graph)",
        }
    }

    const fn room(self) -> Room {
        let (least, best) = match self {
            Self::Severity => (2, 2),
            Self::Age | Self::Lateness => (4, 4),
            Self::Status | Self::Duplicates => (3, 3),
            Self::Owner => (4, 10),
            // It takes what is left.
            Self::Title => (0, 0),
            Self::Device => (11, 16),
            Self::User => (8, 14),
            Self::Category => (15, 19),
            Self::Incident => (7, 8),
            Self::Detector => (16, 20),
            Self::Group => (10, 16),
            Self::Product => (8, 10),
        };
        Room { least, best }
    }

    /// Without these a row says nothing.
    const fn is_needed(self) -> bool {
        matches!(self, Self::Severity | Self::Title)
    }

    /// Numbers stand below each other by their last digit.
    pub const fn is_right_aligned(self) -> bool {
        matches!(self, Self::Age | Self::Lateness | Self::Duplicates)
    }
}

/// The chosen columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    /// Every column, highest rank first, with whether it is wanted.
    ranked: Vec<(Column, bool)>,
    /// The title yields to other columns.
    pub wide: bool,
}

impl Default for Columns {
    fn default() -> Self {
        Self {
            // One product is all there is, unless others are asked for.
            ranked: Column::RANKED
                .map(|column| (column, column != Column::Product))
                .to_vec(),
            wide: false,
        }
    }
}

/// A title of this width can be read; up to it the title comes first.
const READABLE_TITLE: u16 = 40;

impl Columns {
    /// Those of somebody who asks for the alerts of several products.
    pub fn of_several_products() -> Self {
        let mut columns = Self::default();
        columns
            .ranked
            .retain(|(column, _)| *column != Column::Product);
        let before_user = columns
            .ranked
            .iter()
            .position(|(column, _)| *column == Column::User);
        let place = before_user.unwrap_or(columns.ranked.len());
        columns.ranked.insert(place, (Column::Product, true));
        columns
    }

    /// Every column, highest rank first, with whether it is wanted.
    pub fn ranked(&self) -> &[(Column, bool)] {
        &self.ranked
    }

    /// The names by rank, with a `-` before those that are not wanted.
    pub fn words(&self) -> Vec<String> {
        let word = |(column, wanted): &(Column, bool)| {
            let sign = if *wanted { "" } else { "-" };
            format!("{sign}{}", column.name())
        };
        self.ranked.iter().map(word).collect()
    }

    /// Reads [`Self::words`] again. What is not known is left out, what is missing comes
    /// last.
    pub fn read(words: &[String]) -> Self {
        let mut columns = Self::default();
        let (needed, others): (Vec<_>, Vec<_>) = columns
            .ranked
            .iter()
            .copied()
            .partition(|(column, _)| column.is_needed());
        let mut ranked: Vec<(Column, bool)> = needed;
        for word in words {
            let name = word.strip_prefix('-').unwrap_or(word);
            let known = others.iter().find(|(column, _)| column.name() == name);
            if let Some((column, _)) = known
                && ranked.iter().all(|(other, _)| other != column)
            {
                ranked.push((*column, name == word));
            }
        }
        for other in others {
            if ranked.iter().all(|(column, _)| *column != other.0) {
                ranked.push(other);
            }
        }
        columns.ranked = ranked;
        columns
    }

    /// Wants a column, or no longer. False for one that cannot be missed.
    pub fn toggle(&mut self, rank: usize) -> bool {
        match self.ranked.get_mut(rank) {
            Some((column, wanted)) if !column.is_needed() => {
                *wanted = !*wanted;
                true
            }
            Some(_) | None => false,
        }
    }

    /// Moves a column by one rank. Says its new one.
    pub fn rerank(&mut self, rank: usize, by: isize) -> usize {
        let other = rank.saturating_add_signed(by);
        let needed = |index: usize| {
            let there = self.ranked.get(index);
            there.is_none_or(|(column, _)| column.is_needed())
        };
        if needed(rank) || needed(other) {
            return rank;
        }
        self.ranked.swap(rank, other);
        other
    }

    /// What fits into a list of this width, in the order of the screen, each with its
    /// cells. Between two columns there is one cell more.
    pub fn fitting(&self, width: u16) -> Vec<(Column, u16)> {
        let title = if self.wide {
            (width / 6).clamp(8, 20)
        } else {
            (width * 3 / 8).clamp(8, 30)
        };
        let mut rest = width.saturating_sub(title);
        let mut fitting: Vec<(Column, u16)> = vec![(Column::Title, title)];
        let wanted = self.ranked.iter().filter(|(_, wanted)| *wanted);
        for (column, _) in wanted.filter(|(column, _)| *column != Column::Title) {
            let least = column.room().least;
            // The lower ranks do not slip in where a higher one had to go.
            let Some(left) = rest.checked_sub(least + 1) else {
                break;
            };
            rest = left;
            fitting.push((*column, least));
        }
        let mut widen = |cells: &mut u16, best: u16| {
            let more = best.saturating_sub(*cells).min(rest);
            *cells += more;
            rest -= more;
        };
        for (column, cells) in &mut fitting {
            // An owner is known by the first letters: the last to get more.
            if *column == Column::Title {
                widen(cells, READABLE_TITLE);
            } else if *column != Column::Owner {
                widen(cells, column.room().best);
            }
        }
        let mut owner = fitting
            .iter_mut()
            .filter(|(column, _)| *column == Column::Owner);
        if let Some((column, cells)) = owner.next() {
            widen(cells, column.room().best);
        }
        if let Some((_, title)) = fitting.first_mut() {
            widen(title, u16::MAX);
        }
        fitting.sort_unstable_by_key(|(column, _)| *column);
        fitting
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(columns: &[(Column, u16)]) -> Vec<&'static str> {
        columns.iter().map(|(column, _)| column.name()).collect()
    }

    #[test]
    fn columns_fill_every_width_and_never_more() {
        for wide in [false, true] {
            let columns = Columns {
                wide,
                ..Columns::default()
            };
            for width in 17..300 {
                let fitting = columns.fitting(width);
                let used: u16 = fitting.iter().map(|(_, room)| room + 1).sum();
                assert_eq!(used, width + 1, "{width}: {fitting:?}");
                let title = fitting.iter().find(|(column, _)| *column == Column::Title);
                let least = if width >= 77 && !wide { 28 } else { 8 };
                assert!(
                    title.is_some_and(|(_, room)| *room >= least),
                    "{width}: {fitting:?}"
                );
            }
        }
    }

    #[test]
    fn what_is_worth_less_goes_first() {
        let columns = Columns::default();
        assert_eq!(names(&columns.fitting(17)), ["S", "AGE", "TITLE"]);
        assert_eq!(
            names(&columns.fitting(37)),
            ["S", "AGE", "SLA", "ST", "OWN", "TITLE"]
        );
        assert_eq!(
            names(&columns.fitting(57)),
            ["S", "AGE", "SLA", "ST", "OWN", "xN", "TITLE"]
        );
        assert_eq!(
            names(&columns.fitting(77)),
            [
                "S", "AGE", "SLA", "ST", "OWN", "xN", "TITLE", "DEVICE", "USER"
            ]
        );
        assert_eq!(columns.fitting(177).len(), 13);
    }

    #[test]
    fn the_product_is_seen_where_there_are_several() {
        let columns = Columns::of_several_products();
        assert!(names(&columns.fitting(80)).contains(&"PRODUCT"));
        assert_eq!(columns.fitting(250).len(), 14);
        assert_eq!(Columns::read(&columns.words()), columns);
    }

    #[test]
    fn a_column_is_switched_off_and_moved_but_never_what_is_needed() {
        let mut columns = Columns::default();
        assert!(!columns.toggle(0) && !columns.toggle(1) && !columns.toggle(99));
        assert!(columns.toggle(2));
        assert!(!names(&columns.fitting(77)).contains(&"AGE"));
        assert_eq!(columns.rerank(2, -1), 2);
        assert_eq!(columns.rerank(8, -1), 7);
        assert_eq!(columns.ranked().get(7), Some(&(Column::User, true)));
        assert_eq!(columns.rerank(13, 1), 13);
        assert_eq!(Columns::read(&columns.words()), columns);
    }

    #[test]
    fn words_of_other_versions_do_no_harm() {
        assert_eq!(Columns::read(&[]), Columns::default());
        let words = ["SLA", "COLOUR", "-S", "-SLA", "-AGE"].map(str::to_owned);
        let columns = Columns::read(&words);
        assert_eq!(
            columns.words().join(" "),
            "S TITLE SLA -AGE ST OWN xN DEVICE USER CATEGORY INC DETECTOR GROUP -PRODUCT"
        );
    }
}
