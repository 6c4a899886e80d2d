//! What answers to decisions mean for the state, and how they are told.

use std::collections::HashMap;

use fastrand::Rng;

use crate::app::Effect;
use crate::app::State;
use crate::app::actions;
use crate::app::alert_book::Marking;
use crate::app::count;
use crate::app::decisions::deciding;
use crate::app::decisions::pending::DecisionId;
use crate::app::decisions::pending::Meaning;
use crate::app::decisions::sorting::Answered;
use crate::app::decisions::undoing;
use crate::app::notices::Kind;
use crate::app::tokens;
use crate::app::with_remedy;
use crate::domain::alert::AlertId;
use crate::domain::decision::Triage;
use crate::domain::decision::kept::Outbox;
use crate::domain::decision::outcome::Decided;
use crate::domain::failure::Failure;
use crate::domain::failure::FailureKind;
use crate::domain::moment::Moment;
use crate::domain::session::Audience;
use crate::domain::text::shown;
use crate::domain::token::Capability;
use crate::wire::triage;

/// The answer to a decision came.
pub(in crate::app) fn on_decided(
    state: &mut State,
    id: DecisionId,
    decided: Decided,
    now: Moment,
) -> Vec<Effect> {
    for _ in 0..decided.calls {
        state.calls.count(now.steady);
    }
    let after: HashMap<AlertId, Triage> = decided
        .alerts
        .iter()
        .filter_map(|alert| Some((alert.id.clone(), triage::of(&alert.body.unpack())?)))
        .collect();
    let mut jitter = Rng::with_seed(state.settings.seed ^ id.0);
    let answered = state
        .decisions
        .queue
        .on_decided(id, &decided, &after, now, &mut jitter);
    let absorbed = state.book.absorb(decided.alerts, Marking::Leave);
    if !absorbed.changed.is_empty() {
        actions::reconcile(state);
        state.looking.on_absorbed(&state.book, now.steady);
    }
    let Some(answered) = answered else {
        return Vec::new();
    };
    tell(state, answered, now)
}

fn tell(state: &mut State, answered: Answered, now: Moment) -> Vec<Effect> {
    let mut effects = Vec::new();
    let what = answered.says;
    if answered.done > 0 {
        let undo = match answered.settled.as_ref().map(|settled| &settled.meaning) {
            Some(Meaning::Decision | Meaning::Redo)
                if answered.change.inverse(&Triage::default()).is_some() =>
            {
                "; z undoes it"
            }
            Some(_) | None => "",
        };
        let text = format!("done: {what}, {}{undo}", count(answered.done, "alert"));
        state.notices.say_apart(Kind::Good, text, now);
    }
    if answered.already_so > 0 {
        let text = format!("{what}: {} so already", are(answered.already_so));
        state.notices.say_apart(Kind::Note, text, now);
    }
    if let Some(settled) = answered.settled {
        state.decisions.history.add(settled);
    }
    if let Some((alerts, failure)) = &answered.waiting
        && (answered.is_first_failure || wants_more(failure))
    {
        effects.extend(tokens::on_call_failed(
            state,
            Audience::Service,
            failure,
            &format!("{what}, {}: not sent", count(*alerts, "alert")),
            state.decided_with,
            now,
        ));
    }
    if answered.not_taken > 0 {
        let text = format!(
            "the service said yes and kept {} as before: O shows it",
            count(answered.not_taken, "alert")
        );
        state.notices.say_apart(Kind::Bad, text, now);
    }
    if answered.conflicts > 0 {
        let text = format!(
            "somebody else decided about {} meanwhile, nothing was sent: O",
            count(answered.conflicts, "alert")
        );
        state.notices.say_apart(Kind::Warning, text, now);
    }
    if let Some(lost) = &answered.lost {
        state.decisions.history.give_back(lost);
    }
    if let Some((_, failure)) = answered.refused.first() {
        let below = answered.refused.iter();
        let below = below.map(|(id, failure)| format!("{}: {failure}", shown(id.as_str())));
        let text = format!(
            "{what}: refused for {}: {}",
            count(answered.refused.len(), "alert"),
            why(state, failure)
        );
        let below = below.take(100).collect();
        state.notices.say_with(Kind::Bad, text, below, now);
        if let Some(note) = undoing::typed_note(&answered.change) {
            let ids = answered.refused.iter().map(|(id, _)| id);
            state.decisions.keep_draft_of(ids, note);
        }
    }
    if !answered.records.is_empty() {
        effects.push(Effect::Audit(answered.records));
    }
    effects
}

/// Whether more has to happen than to try again: a new token, a pause.
const fn wants_more(failure: &Failure) -> bool {
    matches!(
        failure.kind,
        FailureKind::Unauthorized | FailureKind::Throttled
    )
}

/// A missing permission is one thing, a missing role another.
fn why(state: &State, failure: &Failure) -> String {
    if failure.kind != FailureKind::Forbidden {
        return with_remedy(failure);
    }
    match deciding::forbidden(state) {
        Some(why) => format!("{}; {why}", failure.sentence),
        None => format!(
            "{}; the token has {}, so your Defender role ({}) or your device groups lack it",
            failure.sentence,
            Capability::Triage
                .permissions(state.settings.api_kind)
                .first()
                .map_or("the permission", |permission| permission.name(false)),
            Capability::Triage.role().0
        ),
    }
}

/// Decisions of an earlier session were found.
pub(in crate::app) fn on_found(state: &mut State, outbox: Outbox, now: Moment) {
    let found = state.decisions.queue.adopt(outbox.entries);
    if let Some(draft) = outbox.draft {
        state.decisions.drafts.push(draft);
        let text = "a note you were writing is kept: c goes on with it";
        state.notices.say_apart(Kind::Note, text, now);
    }
    if found > 0 {
        let text = format!(
            "{} of an earlier session did not arrive: O shows them, nothing is sent by itself",
            count(found, "decision")
        );
        state.notices.say_apart(Kind::Warning, text, now);
    }
}

/// `1 alert was`, `3 alerts were`.
fn are(alerts: usize) -> String {
    let was = if alerts == 1 { "was" } else { "were" };
    format!("{} {was}", count(alerts, "alert"))
}

/// Somebody is signed in: what another person decided here waits for a word about it.
pub(in crate::app) fn on_signed_in(state: &mut State, now: Moment) {
    let me = state.user();
    if me.is_empty() {
        return;
    }
    let offered = state.decisions.queue.offer_others(&me);
    if offered > 0 {
        let text = format!(
            "{} of whoever was signed in before: O shows them, nothing is sent by itself",
            count(offered, "decision")
        );
        state.notices.say_apart(Kind::Warning, text, now);
    }
}

/// What was decided cannot be written down here.
pub(in crate::app) fn on_not_kept(state: &mut State, words: &str, now: Moment) {
    state.decisions.on_not_kept();
    state.notices.say(Kind::Bad, shown(words), now);
}
