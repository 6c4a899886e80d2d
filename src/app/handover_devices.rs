//! What the report of a shift tells of devices: what was asked of them, and what became of
//! it. The next shift finds a device cut off, and here by whom and why.

use std::collections::HashSet;
use std::collections::VecDeque;

use jiff::Timestamp;
use serde::Serialize;

use crate::app::handover::LISTED;
use crate::domain::device::kept::OrderEnd;
use crate::domain::device::kept::OrderRecord;

/// Orders of the period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
#[serde(rename_all = "camelCase")]
pub struct Devices {
    pub total: usize,
    /// The last of them, newest first.
    pub listed: Vec<DeviceOrder>,
    pub more: usize,
}

/// One order, as far as it came in the period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeviceOrder {
    pub at: Timestamp,
    pub by: String,
    pub order: String,
    /// The service's id of the device.
    pub device: String,
    pub device_name: String,
    pub comment: String,
    pub end: OrderEnd,
    /// Empty where it went well.
    pub why: String,
}

/// What is taken up of the audit log, line by line.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Orders {
    known: HashSet<String>,
    /// The last line of each of the last orders, oldest first.
    last: VecDeque<OrderRecord>,
}

impl Orders {
    /// Takes up a line of the period: of an order the last one counts.
    pub fn add(&mut self, record: OrderRecord) {
        self.last.retain(|known| known.order != record.order);
        if self.last.len() == LISTED {
            self.last.pop_front();
        }
        self.known.insert(record.order.clone());
        self.last.push_back(record);
    }

    /// What the report tells of them.
    pub fn told(&self) -> Devices {
        let listed = self.last.iter().rev().map(|record| DeviceOrder {
            at: record.ended,
            by: record.by.clone(),
            order: record.asked_for.clone(),
            device: record.device.clone(),
            device_name: record.device_name.clone(),
            comment: record.comment.clone(),
            end: record.end,
            why: record.why.clone().unwrap_or_default(),
        });
        Devices {
            total: self.known.len(),
            listed: listed.collect(),
            more: self.known.len() - self.last.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(order: usize, end: OrderEnd) -> OrderRecord {
        OrderRecord {
            order: order.to_string(),
            device: "0a".to_owned(),
            device_name: "ws".to_owned(),
            by: "me".to_owned(),
            asked_for: "isolate".to_owned(),
            sha1: None,
            comment: "why".to_owned(),
            action: None,
            end,
            why: None,
            request: None,
            decided: Timestamp::UNIX_EPOCH,
            ended: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn an_order_is_told_once_as_far_as_it_came() {
        let mut orders = Orders::default();
        orders.add(record(1, OrderEnd::Begun));
        orders.add(record(2, OrderEnd::Begun));
        orders.add(record(1, OrderEnd::Failed));
        let told = orders.told();
        let ends: Vec<OrderEnd> = told.listed.iter().map(|order| order.end).collect();
        assert_eq!(ends, [OrderEnd::Failed, OrderEnd::Begun]);
        assert_eq!((told.total, told.more), (2, 0));
        for order in 0..100 {
            orders.add(record(order, OrderEnd::Begun));
        }
        let told = orders.told();
        assert_eq!(
            (told.total, told.listed.len(), told.more),
            (100, LISTED, 80)
        );
    }
}
