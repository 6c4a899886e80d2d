//! Alerts read by their ids: in as few calls as a URL holds.

use std::collections::HashMap;
use std::collections::HashSet;
use std::sync::OnceLock;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;

use jiff::Timestamp;
use percent_encoding::utf8_percent_encode;

use crate::domain::alert::Alert;
use crate::domain::alert::AlertId;
use crate::domain::failure::Failure;
use crate::domain::failure::FailureKind;
use crate::domain::query::AlertQuery;
use crate::domain::query::OVERLAP;
use crate::service::deciding::Deciding;
use crate::service::deciding::MOST_WAITS;
use crate::service::deciding::PATIENCE;
use crate::service::deciding::gone;
use crate::service::error::ServiceError;
use crate::service::http::VALUE;

/// Characters of a filter once encoded. Gateways cut or refuse URLs of 8,000, some of
/// less.
const LONGEST_FILTER: usize = 4_000;

/// Alerts from which on one list of all that changed is worth asking for.
const WORTH_A_LIST: usize = 5;
/// Pages of such a list beyond those that the alerts themselves would fill.
const MOST_PAGES: usize = 2;

impl Deciding<'_> {
    /// Reads these alerts. The answer is why some could not be.
    pub(super) async fn read(&mut self, ids: &[AlertId]) -> HashMap<AlertId, Failure> {
        let mut unread = HashMap::new();
        let mut rest = ids;
        // One alert has a call of its own, with evidence and all.
        let lists_by_id = self.client.adaptor.lists_by_id();
        while rest.len() > 1 && lists_by_id && self.client.habits.lists_by_id() {
            let (count, condition) = one_of(rest);
            let (asked, after) = rest.split_at_checked(count).unwrap_or((rest, &[]));
            match self.read_list(condition, asked.len()).await {
                Ok(alerts) => {
                    let mut missing: HashSet<&AlertId> = asked.iter().collect();
                    for alert in alerts {
                        if missing.remove(&alert.id) {
                            self.alerts.insert(alert.id.clone(), alert);
                        }
                    }
                    unread.extend(missing.iter().map(|id| ((*id).clone(), gone(id))));
                    rest = after;
                }
                // A filter the page of the service documents, refused all the same.
                Err(failure) if failure.kind == FailureKind::Rejected => {
                    self.client.habits.learn_no_lists_by_id();
                }
                Err(failure) => {
                    unread.extend(rest.iter().map(|id| (id.clone(), failure.clone())));
                    return unread;
                }
            }
        }
        for (id, result) in self.read_singly(rest).await {
            match result {
                Ok(alert) => {
                    self.alerts.insert(id, alert);
                }
                Err(failure) => {
                    unread.insert(id, failure);
                }
            }
        }
        unread
    }

    /// Reads alerts that were written since this began. Where they cannot be listed by
    /// their ids, what changed since then is listed: they are among it, or are asked for
    /// one by one.
    pub(super) async fn read_back(&mut self, ids: &[AlertId]) -> HashMap<AlertId, Failure> {
        if ids.len() < WORTH_A_LIST || self.client.adaptor.lists_by_id() {
            return self.read(ids).await;
        }
        let mut missing: HashSet<&AlertId> = ids.iter().collect();
        let began = self.client.habits.service_time(self.began);
        let since = began.saturating_sub(OVERLAP).unwrap_or(Timestamp::MIN);
        // Others work too: some room for what they changed, and no end of it.
        let mut query = AlertQuery::changes(since, ids.len() * 2).within(self.client.reach());
        for _ in 0..=MOST_PAGES + ids.len() / query.top.max(1) {
            let Ok(page) = self.patiently(|| self.client.list_alerts(&query)).await else {
                break;
            };
            let next = query.after(&page, query.top);
            for alert in page.alerts {
                if missing.remove(&alert.id) {
                    self.alerts.insert(alert.id.clone(), alert);
                }
            }
            match next {
                Some(next) if !missing.is_empty() => query = next,
                Some(_) | None => break,
            }
        }
        let rest: Vec<AlertId> = missing.into_iter().cloned().collect();
        self.read(&rest).await
    }

    async fn read_list(&self, condition: String, count: usize) -> Result<Vec<Alert>, Failure> {
        let mut query = AlertQuery {
            condition: Some(condition),
            ..AlertQuery::everything(count)
        }
        .unordered();
        let mut alerts = Vec::with_capacity(count);
        loop {
            let page = self.patiently(|| self.client.list_alerts(&query)).await?;
            let next = query.after(&page, count);
            let goes_on = page.next_link.is_some() && page.received() > 0;
            alerts.extend(page.alerts);
            match next {
                // As many as were asked for is all of them.
                Some(next) if goes_on && alerts.len() < count => {
                    query = next;
                }
                Some(_) | None => return Ok(alerts),
            }
        }
    }

    /// Each by a call of its own, a few at a time.
    async fn read_singly(&self, ids: &[AlertId]) -> Vec<(AlertId, Result<Alert, Failure>)> {
        let next = AtomicUsize::new(0);
        // What stops one stops all: a dead network is not asked a hundred times.
        let stopped: OnceLock<Failure> = OnceLock::new();
        let reader = || self.read_some(ids, &next, &stopped);
        let (one, two, three, four) = tokio::join!(reader(), reader(), reader(), reader());
        [one, two, three, four].into_iter().flatten().collect()
    }

    /// Reads whichever of `ids` is next until there is none.
    async fn read_some(
        &self,
        ids: &[AlertId],
        next: &AtomicUsize,
        stopped: &OnceLock<Failure>,
    ) -> Vec<(AlertId, Result<Alert, Failure>)> {
        let mut read = Vec::new();
        while let Some(id) = ids.get(next.fetch_add(1, Ordering::Relaxed)) {
            let result = match stopped.get() {
                Some(failure) => Err(failure.clone()),
                None => self.patiently(|| self.client.get_alert(id)).await,
            };
            let result = result.map_err(|failure| match failure.kind {
                FailureKind::NotFound => gone(id),
                FailureKind::Misconfigured | FailureKind::Malformed | FailureKind::Rejected => {
                    failure
                }
                _ => stopped.get_or_init(|| failure).clone(),
            });
            // An answer about another alert is none about this one.
            let result = result.and_then(|alert| {
                if alert.id == *id {
                    Ok(alert)
                } else {
                    Err(gone(id))
                }
            });
            read.push((id.clone(), result));
        }
        read
    }

    /// Waits where the service asks for it and it is not long.
    async fn patiently<T, Answering>(&self, request: impl Fn() -> Answering) -> Result<T, Failure>
    where
        Answering: Future<Output = Result<T, ServiceError>>,
    {
        let mut waits = 0;
        loop {
            self.count_call();
            let failure = match request().await {
                Ok(answer) => return Ok(answer),
                Err(error) => Failure::from(error),
            };
            let short = failure.retry_after.filter(|wait| *wait <= PATIENCE);
            waits += 1;
            match short {
                Some(wait)
                    if failure.kind == FailureKind::Throttled
                        && waits <= MOST_WAITS
                        && self.client.waits(wait).await => {}
                _ => return Err(failure),
            }
        }
    }
}

/// A filter for as many of these as a URL holds, at least one; and how many that is.
fn one_of(ids: &[AlertId]) -> (usize, String) {
    let mut condition = String::new();
    let mut length = 0;
    for (count, id) in ids.iter().enumerate() {
        let term = format!("id eq '{}'", id.as_str().replace('\'', "''"));
        let joint = if count == 0 { "" } else { " or " };
        let added: usize = [joint, &term]
            .iter()
            .map(|text| {
                utf8_percent_encode(text, VALUE)
                    .map(str::len)
                    .sum::<usize>()
            })
            .sum();
        if count > 0 && length + added > LONGEST_FILTER {
            return (count, condition);
        }
        length += added;
        condition.push_str(joint);
        condition.push_str(&term);
    }
    (ids.len(), condition)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_holds_as_many_ids_as_a_url_does() {
        let ids: Vec<AlertId> = (0..250)
            .filter_map(|number| AlertId::new(&format!("da637472900382838869_{number}")))
            .collect();
        let mut rest = ids.as_slice();
        let mut filters = 0;
        while !rest.is_empty() {
            let (count, condition) = one_of(rest);
            assert!(utf8_percent_encode(&condition, VALUE).to_string().len() <= LONGEST_FILTER);
            assert_eq!(condition.matches(" or ").count(), count - 1);
            rest = rest.get(count..).unwrap_or_default();
            filters += 1;
        }
        assert!((3..7).contains(&filters), "{filters}");
    }

    #[test]
    fn an_id_stays_within_its_quotes() {
        let ids: Vec<AlertId> = ["a' or id ne '", "b"]
            .into_iter()
            .filter_map(AlertId::new)
            .collect();
        let expected = "id eq 'a'' or id ne ''' or id eq 'b'".to_owned();
        assert_eq!(one_of(&ids), (2, expected));
        let long: Vec<AlertId> = AlertId::new(&"x".repeat(5_000)).into_iter().collect();
        assert_eq!(one_of(&long).0, 1);
    }
}
