//! Which alerts a person marked, to do something with all of them later.

use crate::app::alert_book::AlertKey;

/// One flag for each alert, and how many are set.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Marks {
    flags: Vec<bool>,
    count: usize,
}

impl Marks {
    pub(super) fn contains(&self, key: AlertKey) -> bool {
        self.flags.get(key.index()).copied().unwrap_or(false)
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// The marked ones, by number.
    pub(super) fn keys(&self) -> impl Iterator<Item = AlertKey> {
        let set = (0..).zip(&self.flags).filter(|(_, flag)| **flag);
        set.map(|(number, _)| AlertKey::at(number))
    }

    pub(super) fn add(&mut self, keys: impl IntoIterator<Item = AlertKey>) {
        for key in keys {
            if key.index() >= self.flags.len() {
                self.flags.resize(key.index() + 1, false);
            }
            if let Some(flag) = self.flags.get_mut(key.index()) {
                self.count += usize::from(!*flag);
                *flag = true;
            }
        }
    }

    pub(super) fn remove(&mut self, keys: impl IntoIterator<Item = AlertKey>) {
        for key in keys {
            if let Some(flag) = self.flags.get_mut(key.index()) {
                self.count -= usize::from(*flag);
                *flag = false;
            }
        }
    }

    /// Marks all of them, or takes the marks away where every one has it.
    pub(super) fn toggle(&mut self, keys: &[AlertKey]) {
        if keys.iter().all(|key| self.contains(*key)) {
            self.remove(keys.iter().copied());
        } else {
            self.add(keys.iter().copied());
        }
    }

    pub(super) fn clear(&mut self) {
        self.flags.clear();
        self.count = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_counted_once_and_taken_back_together() {
        let keys: Vec<AlertKey> = (0..4).map(AlertKey::at).collect();
        let mut marks = Marks::default();
        marks.add(keys.iter().copied().take(2));
        marks.toggle(&keys);
        assert_eq!(marks.count(), 4);
        marks.toggle(&keys);
        assert_eq!((marks.count(), marks.contains(AlertKey::at(0))), (0, false));
        marks.add(keys);
        marks.clear();
        assert_eq!(marks, Marks::default());
    }
}
