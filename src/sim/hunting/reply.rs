//! What a query found, as each of the two services writes it.

use jiff::{Span, Timestamp};

use crate::sim::hunting::stats;
use crate::sim::json;
use crate::sim::json::Object;
use crate::sim::kql::Found;
use crate::sim::ticks::Ticks;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Service {
    Defender,
    Graph,
}

const CONTEXT: &str =
    "https://graph.microsoft.com/v1.0/$metadata#microsoft.graph.security.huntingQueryResults";

/// The whole answer as JSON text: capitals on one service, lower case on the other.
pub(super) fn body(found: &Found, service: Service) -> String {
    let (name, kind) = match service {
        Service::Defender => ("Name", "Type"),
        Service::Graph => ("name", "type"),
    };
    let schema: Vec<String> = found
        .columns
        .iter()
        .map(|column| {
            Object::new()
                .field(name, &*column.name)
                .field(kind, column.kind.on_the_wire())
                .end()
        })
        .collect();
    // The names as JSON once, not for each of a hundred thousand rows.
    let names: Vec<String> = found
        .columns
        .iter()
        .map(|column| json::text(&*column.name))
        .collect();
    let mut rows = String::from("[");
    for (position, row) in found.rows.iter().enumerate() {
        rows.push_str(if position == 0 { "{" } else { ",{" });
        for (position, (name, cell)) in names.iter().zip(row).enumerate() {
            if position > 0 {
                rows.push(',');
            }
            rows.push_str(name);
            rows.push(':');
            rows.push_str(&cell.json());
        }
        rows.push('}');
    }
    rows.push(']');
    match service {
        Service::Defender => Object::new()
            .raw("Stats", &stats(found.rows.len(), rows.len()))
            .raw("Schema", &json::list(&schema))
            .raw("Results", &rows)
            .end(),
        Service::Graph => Object::new()
            .field("@odata.context", CONTEXT)
            .raw("schema", &json::list(&schema))
            .raw("results", &rows)
            .end(),
    }
}

/// The stretch of time that Graph's `Timespan` tells: a length up to now, or two times.
pub(super) fn window(text: &str, now: Ticks) -> Option<(Ticks, Ticks)> {
    let time = |text: &str| text.parse::<Timestamp>().ok().map(Ticks::of);
    if let Some((start, end)) = text.split_once('/') {
        return Some((time(start)?, time(end)?));
    }
    let length: Span = text.parse().ok()?;
    let end = now.timestamp().to_zoned(jiff::tz::TimeZone::UTC);
    let start = end.checked_sub(length).ok()?;
    Some((Ticks::of(start.timestamp()), now))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timespan_is_a_length_or_two_times() {
        let now = Ticks::of("2026-11-22T12:00:00Z".parse().unwrap_or_default());
        let told = |text| window(text, now).map(|(start, end)| (start.text(), end.text()));
        let day = Some((
            String::from("2026-11-21T12:00:00Z"),
            String::from("2026-11-22T12:00:00Z"),
        ));
        assert_eq!(told("P1D"), day);
        assert_eq!(told("PT24H"), day);
        assert_eq!(told("2026-11-21T12:00:00Z/2026-11-22T12:00:00Z"), day);
        assert_eq!(told("yesterday"), None);
    }
}
