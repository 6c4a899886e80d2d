//! What is missing from the list though the service answered: said once, not with every
//! poll.

use jiff::Timestamp;

use crate::app::State;
use crate::app::notices::Kind;
use crate::domain::alert::AlertPage;
use crate::domain::moment::Moment;
use crate::domain::text::Text;

/// What was said last.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Gaps {
    warnings: Vec<Text>,
    passed_over: Option<Timestamp>,
}

/// A page came: says what the service says it left out, and what we had to.
pub(super) fn tell(state: &mut State, page: &AlertPage, now: Moment) {
    if state.gaps.warnings != page.warnings {
        state.gaps.warnings.clone_from(&page.warnings);
        for warning in &page.warnings {
            let words = warning.shown();
            let text = format!("the service left something out of its answer: {words}");
            state.notices.say(Kind::Warning, text, now);
        }
    }
    let passed_over = state.poller.passed_over();
    if passed_over != state.gaps.passed_over {
        state.gaps.passed_over = passed_over;
        if passed_over.is_some() {
            let text =
                "more alerts changed in one moment than the service gives: some are left out";
            state.notices.say(Kind::Bad, text, now);
        }
    }
}
