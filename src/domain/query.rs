//! Which alerts to ask for, and how a list goes on after a page.
//!
//! Says what is wanted; how it is written in a URL is the service's business.

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::domain::alert::AlertPage;
use crate::domain::token::Api;

/// The service's largest page.
pub const MAX_PAGE: usize = 10_000;

/// How far before the cursor a poll asks again.
///
/// Several alerts share one tick and rows become visible late (the reference of
/// the service advises minutes); what comes twice is dropped by id and time.
pub const OVERLAP: SignedDuration = SignedDuration::from_mins(2);

/// What the services count time in.
const TICK: SignedDuration = SignedDuration::from_nanos(100);

/// What `$orderby` the service is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ordering {
    /// Newest alert first: the first page is the one to look at.
    NewestFirst,
    /// Last change first. Whatever changes during paging moves to the front, so
    /// later pages repeat alerts but never skip one.
    LastChangedFirst,
    /// `$orderby` is undocumented; a service that refuses it is asked without.
    AsItComes,
}

/// How far the lists of a service reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// Alerts of one page; larger ones are cut by the service without a word.
    pub largest_page: usize,
    /// How far down a list a page may begin.
    pub deepest_skip: Option<usize>,
}

impl Reach {
    /// Those of a service.
    pub const fn of(service: Api) -> Self {
        match service {
            Api::Defender => Self::DEFENDER,
            Api::Graph => Self::GRAPH,
        }
    }

    /// Microsoft's page on listing alerts: pages of 10,000, and no depth named.
    pub const DEFENDER: Self = Self {
        largest_page: MAX_PAGE,
        deepest_skip: None,
    };
    /// Microsoft's page on listing `alerts_v2`: pages of 1,000, and 400 beyond a `$skip`
    /// of 500, even in a link of the service's own.
    pub const GRAPH: Self = Self {
        largest_page: 1_000,
        deepest_skip: Some(500),
    };
}

/// One request for a page of alerts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertQuery {
    /// Only alerts changed at or after this time.
    pub changed_since: Option<Timestamp>,
    /// Only alerts created at or after this time.
    pub created_since: Option<Timestamp>,
    /// Only alerts that come at or after this time in the order asked for: where a list
    /// that cannot be skipped through goes on.
    pub until: Option<Timestamp>,
    /// More alerts share this moment than the service gives; the list went on before it.
    pub passed_over: Option<Timestamp>,
    /// Only alerts of which this holds, in the service's own language.
    pub condition: Option<String>,
    pub order: Ordering,
    /// `$top`: 1 to [`MAX_PAGE`].
    pub top: usize,
    /// So many alerts down the list.
    pub skip: usize,
    pub reach: Reach,
    /// Where the service said to go on; stands for all of the above, and is
    /// followed only within the service's own origin.
    pub link: Option<String>,
}

impl AlertQuery {
    /// Every alert there is, newest first, from the top.
    pub fn everything(top: usize) -> Self {
        Self {
            changed_since: None,
            created_since: None,
            until: None,
            passed_over: None,
            condition: None,
            order: Ordering::NewestFirst,
            top,
            skip: 0,
            reach: Reach::DEFENDER,
            link: None,
        }
    }

    /// What changed at or after `since`.
    pub fn changes(since: Timestamp, top: usize) -> Self {
        Self {
            changed_since: Some(since),
            created_since: None,
            until: None,
            passed_over: None,
            condition: None,
            order: Ordering::LastChangedFirst,
            top,
            skip: 0,
            reach: Reach::DEFENDER,
            link: None,
        }
    }

    /// The same question to a service whose lists reach so far.
    #[must_use]
    pub fn within(self, reach: Reach) -> Self {
        Self {
            top: self.top.min(reach.largest_page),
            reach,
            ..self
        }
    }

    /// The same question, answered in the order of changes.
    #[must_use]
    pub fn last_changed_first(self) -> Self {
        Self {
            order: Ordering::LastChangedFirst,
            ..self
        }
    }

    /// The request for what follows `page`, or `None` when the list ended.
    ///
    /// A full page without a link may have more behind it: a service leaves the link
    /// out when it was given `$top`. `next_top` is the size of that next page.
    pub fn after(&self, page: &AlertPage, next_top: usize) -> Option<Self> {
        let goes_on = page.next_link.is_some() || page.received() >= self.top;
        if !goes_on {
            return None;
        }
        let next = Self {
            top: next_top.min(self.reach.largest_page),
            ..self.clone()
        };
        match self.reach.deepest_skip {
            None => Some(Self {
                skip: self.skip + page.received(),
                link: page.next_link.clone(),
                ..next
            }),
            Some(deepest) => self.on_from_its_end(page, deepest, next),
        }
    }

    /// Where skipping ends soon, the list begins anew at the moment its last alert has.
    /// What comes twice is dropped by id.
    fn on_from_its_end(&self, page: &AlertPage, deepest: usize, next: Self) -> Option<Self> {
        let last = page.last_in(self.order);
        if let Some(last) = last
            && self.until.is_none_or(|until| last < until)
        {
            return Some(Self {
                until: Some(last),
                skip: 0,
                link: None,
                ..next
            });
        }
        let skip = (self.skip + page.received()).min(deepest);
        match last {
            Some(_) if skip > self.skip => Some(Self {
                skip,
                link: None,
                ..next
            }),
            // Stepped over once, and the service still tells of it: it does not listen.
            Some(last) if self.passed_over == Some(last) => None,
            // A whole page of one moment, and nothing deeper may be asked for.
            Some(last) => Some(Self {
                until: last.checked_sub(TICK).ok(),
                passed_over: Some(last),
                skip: 0,
                link: None,
                ..next
            }),
            // Nothing to go by but what the service says.
            None => (page.next_link.is_some() || skip > self.skip).then(|| Self {
                skip,
                link: page.next_link.clone(),
                ..next
            }),
        }
    }

    /// The same question without a condition: whoever asks looks at more himself.
    #[must_use]
    pub fn unconditional(&self) -> Self {
        Self {
            condition: None,
            ..self.clone()
        }
    }

    /// The same question without asking for an order.
    #[must_use]
    pub fn unordered(&self) -> Self {
        Self {
            order: Ordering::AsItComes,
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that cannot make its input has failed"
    )]

    use super::*;
    use crate::domain::alert::Alert;
    use crate::domain::alert::AlertId;
    use crate::domain::alert::Severity;
    use crate::domain::alert::Status;
    use crate::domain::packed::PackedJson;
    use crate::domain::text::Text;

    /// Alerts of one page by the second they changed.
    fn page(seconds: impl Iterator<Item = i64>) -> AlertPage {
        let alert = |(number, second): (usize, i64)| Alert {
            id: AlertId::new(&format!("a{number}")).unwrap(),
            title: Text::default(),
            severity: Severity::Low,
            severity_word: Text::default(),
            status: Status::New,
            status_word: Text::default(),
            category: Text::default(),
            device: Text::default(),
            user: Text::default(),
            assigned_to: Text::default(),
            incident: Text::default(),
            detector: Text::default(),
            product: Text::default(),
            techniques: Text::default(),
            classification: Text::default(),
            determination: Text::default(),
            group: Text::default(),
            created: None,
            updated: Timestamp::from_second(second).ok(),
            has_evidence: false,
            body: PackedJson::pack("{}"),
        };
        AlertPage {
            alerts: seconds.enumerate().map(alert).collect(),
            ..AlertPage::default()
        }
    }

    fn of(received: usize) -> AlertPage {
        page(std::iter::repeat_n(0, received))
    }

    fn linked(received: usize, link: &str) -> AlertPage {
        AlertPage {
            next_link: Some(link.to_owned()),
            ..of(received)
        }
    }

    fn second(time: Option<Timestamp>) -> Option<i64> {
        time.map(Timestamp::as_second)
    }

    #[test]
    fn a_short_page_without_a_link_ends_the_list() {
        let query = AlertQuery::everything(100);
        assert_eq!(query.after(&of(99), 100), None);
        assert_eq!(query.after(&of(0), 100), None);
        assert_eq!(query.within(Reach::GRAPH).after(&of(99), 100), None);
    }

    #[test]
    fn a_full_page_without_a_link_goes_on_by_skipping() {
        let second = AlertQuery::everything(100).after(&of(100), 2_000);
        assert_eq!(
            second.as_ref().map(|query| (query.skip, query.top)),
            Some((100, 2_000))
        );
        let third = second.and_then(|query| query.after(&of(2_000), 2_000));
        assert_eq!(third.map(|query| query.skip), Some(2_100));
    }

    #[test]
    fn a_link_is_followed_even_after_a_short_page_and_the_count_goes_on() {
        let link = "https://x/api/alerts?$skip=3";
        let next = AlertQuery::everything(100).after(&linked(3, link), 100);
        assert_eq!(
            next.as_ref().and_then(|query| query.link.as_deref()),
            Some(link)
        );
        let after_link = next.and_then(|query| query.after(&of(100), 100));
        assert_eq!(
            after_link.map(|query| (query.skip, query.link)),
            Some((103, None))
        );
    }

    fn by_time() -> AlertQuery {
        AlertQuery::everything(4)
            .within(Reach::GRAPH)
            .last_changed_first()
    }

    #[test]
    fn where_skipping_ends_soon_a_list_goes_on_at_the_moment_of_its_last_alert() {
        assert_eq!(
            AlertQuery::everything(2_000).within(Reach::GRAPH).top,
            1_000
        );
        let mut first = page([9, 8, 8, 7].into_iter());
        first.next_link = Some("https://x/?$skip=4".to_owned());
        let next = by_time().after(&first, 5_000).unwrap();
        assert_eq!(
            (second(next.until), next.skip, next.top),
            (Some(7), 0, 1_000)
        );
        assert_eq!(next.link, None);
        let next = AlertQuery { top: 4, ..next };
        let next = next.after(&page([7, 7, 6, 5].into_iter()), 4).unwrap();
        assert_eq!((second(next.until), next.skip), (Some(5), 0));
    }

    #[test]
    fn alerts_of_one_moment_are_skipped_through_as_far_as_that_goes() {
        let many = AlertQuery {
            until: Timestamp::from_second(7).ok(),
            ..by_time()
        };
        let next = many.after(&page([7; 4].into_iter()), 4).unwrap();
        assert_eq!((second(next.until), next.skip), (Some(7), 4));
        let deep = AlertQuery { skip: 498, ..many };
        let last = deep.after(&page([7; 4].into_iter()), 4).unwrap();
        assert_eq!((second(last.until), last.skip), (Some(7), 500));
        let beyond = last.after(&page([7; 4].into_iter()), 4).unwrap();
        assert!(beyond.until.unwrap() < Timestamp::from_second(7).unwrap());
        assert_eq!((beyond.skip, second(beyond.passed_over)), (0, Some(7)));
        let deaf = AlertQuery {
            skip: 500,
            ..beyond
        };
        assert_eq!(deaf.after(&page([7; 4].into_iter()), 4), None);
    }

    #[test]
    fn a_page_in_no_order_says_nothing_about_where_the_list_goes_on() {
        let link = "https://x/?$skiptoken=5";
        let mut mixed = page([9, 7, 8, 6].into_iter());
        mixed.next_link = Some(link.to_owned());
        for query in [by_time(), by_time().unordered()] {
            let next = query.after(&mixed, 4).unwrap();
            assert_eq!((next.until, next.skip), (None, 4));
            assert_eq!(next.link.as_deref(), Some(link));
        }
    }
}
