//! Which alerts to ask for, and how a list goes on after a page.
//!
//! Says what is wanted; how it is written in a URL is the service's business.

use jiff::SignedDuration;
use jiff::Timestamp;

/// The service's largest page.
pub const MAX_PAGE: usize = 10_000;

/// How far before the cursor a poll asks again.
///
/// Several alerts share one tick and rows become visible late (the reference of
/// the service advises minutes); what comes twice is dropped by id and time.
pub const OVERLAP: SignedDuration = SignedDuration::from_mins(2);

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

/// One request for a page of alerts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertQuery {
    /// Only alerts changed at or after this time.
    pub changed_since: Option<Timestamp>,
    /// Only alerts created at or after this time.
    pub created_since: Option<Timestamp>,
    /// Only alerts of which this holds, in the service's own language.
    pub condition: Option<String>,
    pub order: Ordering,
    /// `$top`: 1 to [`MAX_PAGE`].
    pub top: usize,
    /// So many alerts down the list.
    pub skip: usize,
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
            condition: None,
            order: Ordering::NewestFirst,
            top,
            skip: 0,
            link: None,
        }
    }

    /// What changed at or after `since`.
    pub fn changes(since: Timestamp, top: usize) -> Self {
        Self {
            changed_since: Some(since),
            created_since: None,
            condition: None,
            order: Ordering::LastChangedFirst,
            top,
            skip: 0,
            link: None,
        }
    }

    /// The request for what follows a page of `received` items, or `None` when the list ended.
    ///
    /// A full page without a link may have more behind it: the service leaves the
    /// link out when it was given `$top`. `next_top` is the size of that next page.
    pub fn after(&self, received: usize, next_link: Option<&str>, next_top: usize) -> Option<Self> {
        let goes_on = next_link.is_some() || received >= self.top;
        goes_on.then(|| Self {
            skip: self.skip + received,
            link: next_link.map(str::to_owned),
            top: next_top,
            ..self.clone()
        })
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
    use super::*;

    #[test]
    fn a_short_page_without_a_link_ends_the_list() {
        let query = AlertQuery::everything(100);
        assert_eq!(query.after(99, None, 100), None);
        assert_eq!(query.after(0, None, 100), None);
    }

    #[test]
    fn a_full_page_without_a_link_goes_on_by_skipping() {
        let second = AlertQuery::everything(100).after(100, None, 2_000);
        assert_eq!(
            second.as_ref().map(|query| (query.skip, query.top)),
            Some((100, 2_000))
        );
        let third = second.and_then(|query| query.after(2_000, None, 2_000));
        assert_eq!(third.map(|query| query.skip), Some(2_100));
    }

    #[test]
    fn a_link_is_followed_even_after_a_short_page_and_the_count_goes_on() {
        let link = "https://x/api/alerts?$skip=3";
        let next = AlertQuery::everything(100).after(3, Some(link), 100);
        assert_eq!(
            next.as_ref().and_then(|query| query.link.as_deref()),
            Some(link)
        );
        let after_link = next.and_then(|query| query.after(100, None, 100));
        assert_eq!(
            after_link.map(|query| (query.skip, query.link)),
            Some((103, None))
        );
    }
}
