//! A hunting query for an alert: what else happened on the device around it.

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::app::alert_book::Row;
use crate::domain::detail::AlertDetail;
use crate::domain::hunt::kql::literal;
use crate::domain::text::Text;

/// Time looked at before the first event and after the last.
const AROUND: SignedDuration = SignedDuration::from_hours(1);

/// The query. `device` is the name of the device, empty where there is none.
pub fn query(row: &Row, detail: &AlertDetail, device: &Text) -> String {
    let id = literal(row.id.as_str());
    let of_device = if !detail.device_id.is_empty() {
        format!("DeviceId == {}", literal(detail.device_id.original()))
    } else if !device.is_empty() {
        let name = literal(device.original());
        // Alerts often have the bare name where the tables have the whole one.
        let start = literal(&format!("{}.", device.original()));
        format!("DeviceName =~ {name} or DeviceName startswith {start}")
    } else {
        return format!("AlertEvidence\n| where AlertId == {id}\n| sort by Timestamp asc");
    };
    let first = detail.first_event.or(row.created);
    let last = detail.last_event.or(first).max(first);
    let when = match first.zip(last) {
        Some((first, last)) => format!(
            "Timestamp between (datetime({}) .. datetime({}))",
            moved(first, -AROUND),
            moved(last, AROUND)
        ),
        None => "Timestamp > ago(7d)".to_owned(),
    };
    format!(
        "let alert = {id};\n\
         union withsource=Source DeviceProcessEvents, DeviceFileEvents, DeviceNetworkEvents, DeviceRegistryEvents, DeviceLogonEvents, DeviceEvents,\n\
         \x20   (AlertEvidence | where AlertId == alert)\n\
         | where {when}\n\
         | where {of_device}\n\
         | sort by Timestamp asc"
    )
}

fn moved(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.saturating_add(by).unwrap_or(time)
}
