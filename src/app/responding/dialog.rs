//! What is being asked for on the screen, before it is an order.

use tui_input::Input;

use crate::app::responding::following::OrderNumber;
use crate::app::responding::meant::Meant;
use crate::domain::device::Order;
use crate::keymap::Scope;

/// One of the dialogs about devices.
#[derive(Debug, Clone)]
pub enum Dialog {
    /// What is to be done.
    Menu(Box<Meant>),
    /// Which file of the evidence.
    Files(Box<Files>),
    /// Everything there is to know before it is sent.
    Card(Box<Card>),
    /// What was asked for in this session, and how far it is.
    Orders { chosen: Option<OrderNumber> },
    /// The device the alert is about.
    Device(Box<Shown>),
}

/// A file is being chosen.
#[derive(Debug, Clone)]
pub struct Files {
    pub meant: Meant,
    pub files: Vec<NamedFile>,
    pub chosen: usize,
}

/// A file of the evidence that can be named to the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedFile {
    /// Its path, harmless to draw.
    pub path: String,
    pub sha1: String,
}

/// An order is looked at before it is sent.
#[derive(Debug, Clone)]
pub struct Card {
    pub order: Order,
    pub meant: Meant,
    /// Path of the file it is about; empty where it is about none.
    pub file: String,
    pub comment: Input,
    /// The device's name as it is typed.
    pub typed: Input,
    pub field: Field,
    pub top: usize,
}

/// Which field takes the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    Comment,
    Name,
}

/// A device is being read.
#[derive(Debug, Clone)]
pub struct Shown {
    pub meant: Meant,
    pub top: usize,
}

impl Dialog {
    /// Where its keys are looked up.
    pub const fn scope(&self) -> Scope {
        match self {
            Self::Menu(_) => Scope::RespondMenu,
            Self::Files(_) => Scope::RespondFile,
            Self::Card(_) => Scope::RespondCard,
            Self::Orders { .. } => Scope::Orders,
            Self::Device(_) => Scope::DevicePage,
        }
    }

    /// The field that takes every key, if it has one.
    pub fn input(&mut self) -> Option<&mut Input> {
        match self {
            Self::Card(card) => Some(match card.field {
                Field::Comment => &mut card.comment,
                Field::Name => &mut card.typed,
            }),
            Self::Menu(_) | Self::Files(_) | Self::Orders { .. } | Self::Device(_) => None,
        }
    }
}
