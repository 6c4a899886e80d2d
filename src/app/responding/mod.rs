//! Acting on devices: what is looked at before, sent once, and followed to its end.
//!
//! Reading order: [`meant`] (which devices), [`readings`] (what is known of them),
//! [`dialog`] (what is being asked for on the screen), [`naming`] (what is typed before a
//! device is cut off), [`acting`] (what the keys do),
//! [`following`] (orders on their way, and what the answers mean), [`links`] (to packages),
//! [`leaving`]; and how it reads: [`pages`], [`words`].

pub mod acting;
pub mod dialog;
pub mod following;
pub mod leaving;
pub mod links;
pub mod meant;
pub mod naming;
pub mod pages;
pub mod readings;
#[cfg(test)]
mod tests;
pub mod words;

use crate::app::responding::following::Following;
use crate::app::responding::following::OrderNumber;
use crate::app::responding::links::Links;
use crate::app::responding::readings::Readings;
use crate::domain::device::Acted;
use crate::domain::device::ActionId;
use crate::domain::device::Asked;
use crate::domain::device::DeviceAction;
use crate::domain::device::DeviceId;
use crate::domain::device::PackageLink;
use crate::domain::device::Reading;
use crate::domain::failure::Failure;

/// Devices that may be acted on with one order, unless the configuration says otherwise.
pub const MOST_DEVICES: usize = 5;

/// A question to the service about devices.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    /// A device with its people and its actions.
    Read { device: DeviceId },
    /// An order. It is never asked twice.
    Act { order: OrderNumber, asked: Asked },
    /// The action of an order whose answer was lost.
    Find { order: OrderNumber, asked: Asked },
    /// Every action of a device, where one runs that excludes an order.
    FindRunning {
        order: OrderNumber,
        device: DeviceId,
    },
    /// How far an action is.
    Follow {
        order: OrderNumber,
        action: ActionId,
    },
    /// Where its package lies.
    Package {
        order: OrderNumber,
        action: ActionId,
    },
}

/// What came back.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    Read {
        device: DeviceId,
        reading: Box<Reading>,
    },
    Acted {
        order: OrderNumber,
        acted: Acted,
    },
    Found {
        order: OrderNumber,
        result: Result<Vec<DeviceAction>, Failure>,
    },
    Followed {
        order: OrderNumber,
        result: Result<Box<DeviceAction>, Failure>,
    },
    Package {
        order: OrderNumber,
        result: Result<PackageLink, Failure>,
    },
}

/// Everything about devices that lasts longer than a dialog.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Responding {
    pub readings: Readings,
    pub following: Following,
    pub links: Links,
    /// How many unsent orders whoever wants to leave was told of.
    pub told_unsent: usize,
}
