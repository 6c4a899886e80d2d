//! A hunting query for an alert: what else happened on the device around it.

use std::fmt::Write as _;

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::app::alert_book::Row;
use crate::domain::detail::AlertDetail;
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

/// A text as KQL writes it. Whoever chose it cannot end it.
fn literal(text: &str) -> String {
    let mut written = String::from("'");
    for letter in text.chars() {
        match letter {
            '\'' | '\\' => {
                written.push('\\');
                written.push(letter);
            }
            letter if crate::domain::text::is_hostile(letter) => {
                let mut units = [0_u16; 2];
                for unit in letter.encode_utf16(&mut units) {
                    // Writing to a `String` cannot fail.
                    write!(written, "\\u{unit:04x}").unwrap_or_default();
                }
            }
            letter => written.push(letter),
        }
    }
    written.push('\'');
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_name_stays_within_its_quotes() {
        for (text, written) in [
            ("DC01", "'DC01'"),
            ("' | take 1 //", r"'\' | take 1 //'"),
            ("\\' or 1==1", r"'\\\' or 1==1'"),
            ("a\nb\u{2028}", r"'a\u000ab\u2028'"),
        ] {
            assert_eq!(literal(text), written);
        }
    }
}
