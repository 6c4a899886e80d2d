//! What may lie over or beside the panes: asked first for keys, drawn last.

use tui_input::Input;

use crate::app::decisions::composing::Composing;
use crate::app::filtering::Typing;
use crate::app::hand_out::Dialog;
use crate::app::help_search::Search;
use crate::app::hunting;
use crate::app::responding;

/// One at a time.
#[derive(Debug, Clone)]
pub enum Overlay {
    /// The filter is being typed, in the second line of the head.
    Filter(Box<Typing>),
    /// The address a browser ended at is being pasted.
    Paste { input: Input },
    /// What can be done here, by name; the input in the second line of the head.
    Palette {
        input: Input,
        /// Which of the entries.
        chosen: usize,
        /// Which of the earlier lines is in the field, counted back from the latest.
        back: usize,
    },
    /// Something is about to leave: a copy, the link, a file.
    HandOut(Dialog),
    /// Something is being decided.
    Deciding(Composing),
    /// A device is being acted on, or looked at.
    Responding(responding::dialog::Dialog),
    /// What to hunt for is being chosen, or what was found looked through.
    Hunting(hunting::Dialog),
    /// The order is being chosen, in the line above the footer.
    SortMenu,
    /// The columns by rank, over the panes; which one the picker stands on.
    Columns { chosen: usize },
    /// Keys, over the panes; first line in sight, and what is looked for.
    Help { top: usize, search: Search },
    /// The report of the shift in Markdown, over the panes; first line in sight.
    Handover { text: String, top: usize },
    /// What happened, over the panes; first line in sight.
    Log { top: usize },
}
