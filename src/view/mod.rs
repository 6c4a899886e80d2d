//! Draws the state. Reads it, changes nothing.
//!
//! Reading order: [`draw`], then one file for each part of the screen: [`head`] with
//! `tabs`, [`alert_list`], [`pulse`], [`case`] (the alert and its tabs), [`pages`] (token, help and log
//! are pages of text), [`footer`] with [`deciding`] and `responding`; [`ink`] puts text into cells; [`linear`] tells the
//! same in lines.

pub mod alert_list;
pub mod case;
pub mod deciding;
pub mod footer;
pub mod head;
pub mod hunting;
pub mod ink;
pub mod linear;
pub mod pages;
pub mod pulse;
mod responding;
mod tabs;

use ratatui::buffer::Buffer;
use ratatui::layout::Position;
use ratatui::layout::Rect;

use crate::app::State;
use crate::app::hand_out::Dialog;
use crate::app::overlay::Overlay;
use crate::app::panes;
use crate::app::sign_in_text;
use crate::app::telling;
use crate::theme::Role;
use crate::theme::Theme;
use crate::view::ink::Ink;
use crate::view::ink::LinkPiece;

/// What a frame has beside its cells.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Extras {
    /// Where the text cursor stands, if one is shown.
    pub cursor: Option<Position>,
    pub link: Option<Link>,
    /// What the window is called, where it is to be called anything.
    pub title: Option<String>,
}

/// An address on screen that a terminal can open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub address: String,
    /// What of it is in sight, in reading order.
    pub pieces: Vec<LinkPiece>,
}

/// Draws one frame.
pub fn draw(state: &State, theme: &Theme, buffer: &mut Buffer) -> Extras {
    let panes = state.panes();
    if panes.head.is_empty() {
        too_small(state, theme, buffer);
        return Extras {
            title: telling::window_title(state),
            ..Extras::default()
        };
    }
    let mut ink = Ink::new(buffer, theme);
    let mut cursor = head::draw(state, &mut ink, panes.head);
    if let Some((page, top)) = state.overlay_page(usize::from(panes.body.width)) {
        pages::draw_overlay(state, &mut ink, panes.body, &page, top);
    } else {
        if let Some(area) = panes.list {
            alert_list::draw(state, &mut ink, area);
        }
        if let Some((rule, area)) = panes.pulse {
            pulse::draw(state, &mut ink, rule, area);
        }
        pages::draw_panes(state, &mut ink, &panes);
        if !hunting::draw_drawer(state, &mut ink, &panes) {
            cursor = cursor.or(pages::draw_sign_in(state, &mut ink, &panes));
        }
    }
    if let Some(area) = panes.notice {
        footer::draw_notice(state, &mut ink, area);
    }
    if let Some(area) = panes.footer {
        footer::draw_keys(state, &mut ink, area);
    }
    let pieces = ink.into_links();
    let address = match &state.overlay {
        // The sign-in has no link in sight when this one is.
        Some(Overlay::HandOut(Dialog::Link { address })) => Some(address.as_str()),
        Some(_) | None => state.sign_in.as_ref().and_then(sign_in_text::address),
    };
    let linked = address.filter(|_| !pieces.is_empty()).map(|address| Link {
        address: address.to_owned(),
        pieces,
    });
    Extras {
        cursor,
        link: linked,
        title: telling::window_title(state),
    }
}

fn too_small(state: &State, theme: &Theme, buffer: &mut Buffer) {
    let area = Rect::new(0, 0, state.size.width, 1).intersection(*buffer.area());
    let smallest = panes::SMALLEST;
    let note = format!("needs {}x{}", smallest.width, smallest.height);
    Ink::new(buffer, theme).write(area, Role::Text, &note);
}
