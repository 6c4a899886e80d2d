//! What happened, in one line each: the latest above the footer, all in the log.

use std::collections::VecDeque;

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::domain::moment::Moment;
use crate::domain::moment::Steady;

/// How a notice is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Note,
    Good,
    Warning,
    Bad,
}

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// When it happened first.
    pub at: Timestamp,
    /// When it happened last.
    pub last: Timestamp,
    pub kind: Kind,
    /// Harmless to draw.
    pub text: String,
    /// How often in a row it happened.
    pub times: u32,
    /// Which of all that was ever said it was, the last time.
    number: u64,
    /// Lines that belong below it in the log, as they are.
    pub below: Vec<String>,
}

/// The log keeps this many.
const KEPT: usize = 500;
/// How long the latest stays above the footer.
const IN_SIGHT: SignedDuration = SignedDuration::from_secs(20);

/// All notices, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Notices {
    all: VecDeque<Notice>,
    in_sight_until: Option<Steady>,
    /// How often anything was said.
    said: u64,
}

impl Notices {
    /// Says what may come again and again: the same in a row only counts.
    pub fn say(&mut self, kind: Kind, text: impl Into<String>, now: Moment) {
        let text = text.into();
        self.in_sight_until = Some(now.steady.plus(IN_SIGHT));
        if let Some(last) = self.all.back_mut()
            && last.text == text
        {
            last.times = last.times.saturating_add(1);
            self.said += 1;
            last.number = self.said;
            last.last = now.wall;
            return;
        }
        self.add(kind, text, Vec::new(), now);
    }

    /// Says what happened once, even where it reads like the one before.
    pub fn say_apart(&mut self, kind: Kind, text: impl Into<String>, now: Moment) {
        self.in_sight_until = Some(now.steady.plus(IN_SIGHT));
        self.add(kind, text.into(), Vec::new(), now);
    }

    /// Says it with lines that the log shows below.
    pub fn say_with(
        &mut self,
        kind: Kind,
        text: impl Into<String>,
        below: Vec<String>,
        now: Moment,
    ) {
        self.in_sight_until = Some(now.steady.plus(IN_SIGHT));
        self.add(kind, text.into(), below, now);
    }

    fn add(&mut self, kind: Kind, text: String, below: Vec<String>, now: Moment) {
        if self.all.len() == KEPT {
            self.all.pop_front();
        }
        self.said += 1;
        self.all.push_back(Notice {
            at: now.wall,
            last: now.wall,
            kind,
            text,
            times: 1,
            number: self.said,
            below,
        });
    }

    /// Time passed: the latest may go out of sight.
    pub fn on_woke(&mut self, now: Steady) {
        if self.in_sight_until.is_some_and(|until| until <= now) {
            self.in_sight_until = None;
        }
    }

    /// Takes the latest out of sight. True when there was one.
    pub fn dismiss(&mut self) -> bool {
        self.in_sight_until.take().is_some()
    }

    /// The one above the footer.
    pub fn in_sight(&self) -> Option<&Notice> {
        self.in_sight_until.and(self.all.back())
    }

    /// When the one above the footer goes.
    pub fn next_deadline(&self) -> Option<Steady> {
        self.in_sight_until
    }

    /// How often anything was said, for [`Notices::since`].
    pub fn said(&self) -> u64 {
        self.said
    }

    /// What was said after so many, newest first; what came again stands once.
    pub fn since(&self, said: u64) -> Vec<&Notice> {
        let new = self.newest_first();
        new.take_while(|notice| notice.number > said).collect()
    }

    /// For the log, newest first.
    pub fn newest_first(&self) -> impl Iterator<Item = &Notice> {
        self.all.iter().rev()
    }

    /// How many the log holds.
    pub fn count(&self) -> usize {
        self.all.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(seconds: i64) -> Moment {
        let start = Moment {
            wall: Timestamp::UNIX_EPOCH,
            steady: Steady::START,
        };
        start.plus(SignedDuration::from_secs(seconds))
    }

    #[test]
    fn the_same_again_counts_and_the_log_is_bounded() {
        let mut notices = Notices::default();
        for second in 0..3 {
            notices.say(Kind::Bad, "no answer", moment(second));
        }
        assert_eq!(notices.in_sight().map(|notice| notice.times), Some(3));
        for second in 0..2_000 {
            notices.say(Kind::Note, format!("n{second}"), moment(second));
        }
        assert_eq!(notices.count(), KEPT);
    }

    #[test]
    fn a_notice_leaves_the_screen_and_stays_in_the_log() {
        let mut notices = Notices::default();
        notices.say(Kind::Note, "hello", moment(0));
        notices.on_woke(moment(19).steady);
        assert!(notices.in_sight().is_some());
        notices.on_woke(moment(20).steady);
        assert!(notices.in_sight().is_none());
        assert_eq!(notices.count(), 1);
    }
}
