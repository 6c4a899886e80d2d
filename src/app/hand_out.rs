//! What leaves the program by a person's wish: copies, the portal's link, files.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tui_input::Input;

use crate::app::Effect;
use crate::app::State;
use crate::app::alert_book::AlertKey;
use crate::app::case::copies;
use crate::app::copying::NO_PORTAL;
use crate::app::copying::Piece;
use crate::app::copying::Subject;
use crate::app::count;
use crate::app::hunting;
use crate::app::hunting::grid::Grid;
use crate::app::notices::Kind;
use crate::app::overlay::Overlay;
use crate::app::panes::Pane;
use crate::app::thousands;
use crate::domain::hunt::Findings;
use crate::domain::moment::Moment;
use crate::domain::packed::PackedJson;
use crate::domain::text::shown;
use crate::domain::token::Api;
use crate::keymap::HandOut;
use crate::keymap::Scope;

/// What is asked before something leaves.
#[derive(Debug, Clone)]
pub enum Dialog {
    /// Which piece of the alert is copied.
    Copy,
    /// Which piece of the row under the cursor is copied.
    Row,
    /// Which piece of the JSON is copied.
    Node,
    /// The link, to be read or clicked on: no browser can be opened here.
    Link { address: String },
    /// Which alerts are written, and in which form.
    Format { extent: Extent },
    /// Into which file.
    File {
        extent: Extent,
        format: Format,
        input: Input,
    },
}

impl Dialog {
    /// Where its keys are looked up.
    pub const fn scope(&self) -> Scope {
        match self {
            Self::Copy => Scope::CopyMenu,
            Self::Row => Scope::RowMenu,
            Self::Node => Scope::NodeMenu,
            Self::Link { .. } => Scope::PortalLink,
            Self::Format { .. } => Scope::ExportMenu,
            Self::File { .. } => Scope::ExportFile,
        }
    }

    /// The field that takes every key, if it has one.
    pub fn input(&mut self) -> Option<&mut Input> {
        match self {
            Self::File { input, .. } => Some(input),
            Self::Copy | Self::Row | Self::Node | Self::Link { .. } | Self::Format { .. } => None,
        }
    }
}

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// The alerts that are marked, whether the filter shows them or not.
    Marked,
    /// The alerts of the view, as it is filtered.
    View,
    /// What a query found: the marked rows of it, or all, with the columns in sight.
    Found,
}

impl Extent {
    /// Whoever marked some means these.
    pub fn meant(state: &State) -> Self {
        if matches!(
            state.overlay,
            Some(Overlay::Hunting(hunting::Dialog::Drawer))
        ) {
            Self::Found
        } else if Self::Marked.is_empty(state) {
            Self::View
        } else {
            Self::Marked
        }
    }

    const fn other(self) -> Self {
        match self {
            Self::Marked => Self::View,
            Self::View => Self::Marked,
            Self::Found => Self::Found,
        }
    }

    /// `3 marked`, `121 in this view`.
    pub fn words(self, state: &State) -> String {
        match self {
            Self::Marked => format!("{} marked", thousands(state.book.marked())),
            Self::View => format!("{} in this view", thousands(state.book.visible().len())),
            Self::Found => {
                let rows = state.hunting.grid().map_or(0, Grid::written);
                count(rows, "row")
            }
        }
    }

    fn is_empty(self, state: &State) -> bool {
        match self {
            Self::Marked => state.book.marked() == 0,
            Self::View => state.book.visible().is_empty(),
            Self::Found => state.hunting.grid().is_none_or(|grid| grid.written() == 0),
        }
    }
}

/// In which form a view is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Csv,
    Ndjson,
    Markdown,
}

impl Format {
    /// What the name of its files ends in.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Ndjson => "ndjson",
            Self::Markdown => "md",
        }
    }
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// In the order of the list.
    Alerts(Vec<PackedJson>),
    Found(Found),
}

/// Rows and columns of what a query found, in the order they are seen in.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    pub findings: Arc<Findings>,
    pub rows: Vec<usize>,
    pub columns: Vec<usize>,
}

impl Content {
    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Alerts(alerts) => alerts.len(),
            Self::Found(found) => found.rows.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What they are.
    const fn word(&self) -> &'static str {
        match self {
            Self::Alerts(_) => "alert",
            Self::Found(_) => "row",
        }
    }
}

/// Something to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct Export {
    pub extent: Extent,
    pub format: Format,
    /// As typed; `~/` is the operator's own folder.
    pub path: String,
    /// The folder that is made where it is missing; no other is.
    pub own_folder: Option<String>,
    /// Whose names the columns have.
    pub service: Api,
    pub content: Content,
}

/// How an export went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exported {
    Written {
        path: String,
        rows: usize,
        extent: Extent,
    },
    /// Nothing is ever written over; this name is free.
    Taken {
        path: String,
        free: String,
        extent: Extent,
        format: Format,
    },
    Failed {
        path: String,
        why: String,
    },
}

/// Bytes that go through OSC 52: 74,994 once encoded, which is what many terminals keep.
pub const LONGEST_COPY: usize = 56_244;

/// The alert that is meant: the one that is read, else the selected one.
fn subject_key(state: &State) -> Option<AlertKey> {
    let read = state.looking.shown().map(|shown| shown.key);
    match state.focus_in_sight() {
        Pane::Detail => read,
        Pane::List | Pane::Claims => state.cursor.selected(),
    }
}

fn subject(state: &State) -> Option<Subject<'_>> {
    Subject::of(&state.book, subject_key(state)?, &state.settings.places)
}

/// Why an action cannot be done now.
pub fn refusal(state: &State, action: HandOut) -> Option<&'static str> {
    match action {
        HandOut::OpenExport | HandOut::AsCsv | HandOut::AsNdjson | HandOut::AsMarkdown
            if asked_extent(state) == Extent::Found =>
        {
            Extent::Found
                .is_empty(state)
                .then_some("there is no row to write")
        }
        HandOut::SwitchExtent if asked_extent(state) == Extent::Found => {
            Some("only what was found is written here")
        }
        HandOut::OpenExport | HandOut::AsCsv | HandOut::AsNdjson | HandOut::AsMarkdown
            if Extent::Marked.is_empty(state) && Extent::View.is_empty(state) =>
        {
            Some("there is no alert to write")
        }
        HandOut::SwitchExtent if Extent::Marked.is_empty(state) => Some("no alert is marked"),
        HandOut::SwitchExtent if Extent::View.is_empty(state) => Some("this view is empty"),
        HandOut::CopyLink | HandOut::OpenPortal if state.settings.places.portal.is_none() => {
            Some(NO_PORTAL)
        }
        HandOut::OpenCopyMenu
        | HandOut::CopyId
        | HandOut::CopyHash
        | HandOut::CopyCommand
        | HandOut::CopyDevice
        | HandOut::CopyUser
        | HandOut::CopyQuery
        | HandOut::CopyLink
        | HandOut::CopySummary
        | HandOut::CopyCurl
        | HandOut::OpenPortal
            if subject_key(state).is_none() =>
        {
            Some("no alert is selected")
        }
        // Only in the menu: it needs the whole alert to be read.
        HandOut::CopyHash | HandOut::CopyCommand | HandOut::CopyDevice | HandOut::CopyUser
            if matches!(state.overlay, Some(Overlay::HandOut(Dialog::Copy))) =>
        {
            let subject = subject(state)?;
            piece_of(action).and_then(|piece| subject.text(piece).err())
        }
        HandOut::OpenCopyMenu
        | HandOut::CopyId
        | HandOut::CopyHash
        | HandOut::CopyCommand
        | HandOut::CopyDevice
        | HandOut::CopyUser
        | HandOut::CopyQuery
        | HandOut::CopyLink
        | HandOut::CopySummary
        | HandOut::CopyCurl
        | HandOut::OpenPortal
        | HandOut::OpenExport
        | HandOut::SwitchExtent
        | HandOut::AsCsv
        | HandOut::AsNdjson
        | HandOut::AsMarkdown
        | HandOut::WriteExport => None,
    }
}

const fn piece_of(action: HandOut) -> Option<Piece> {
    Some(match action {
        HandOut::CopyId => Piece::Id,
        HandOut::CopyHash => Piece::Hash,
        HandOut::CopyCommand => Piece::Command,
        HandOut::CopyDevice => Piece::Device,
        HandOut::CopyUser => Piece::User,
        HandOut::CopyQuery => Piece::Query,
        HandOut::CopyLink => Piece::Link,
        HandOut::CopySummary => Piece::Summary,
        HandOut::CopyCurl => Piece::Curl,
        HandOut::OpenCopyMenu
        | HandOut::OpenPortal
        | HandOut::OpenExport
        | HandOut::SwitchExtent
        | HandOut::AsCsv
        | HandOut::AsNdjson
        | HandOut::AsMarkdown
        | HandOut::WriteExport => return None,
    })
}

/// Does one of these actions.
pub fn apply(state: &mut State, action: HandOut, now: Moment) -> Vec<Effect> {
    if let Some(piece) = piece_of(action) {
        state.overlay = None;
        return copy(state, piece, now);
    }
    match action {
        HandOut::OpenCopyMenu => {
            let menu = copies::menu(state);
            show(state, menu)
        }
        HandOut::OpenPortal => open_portal(state, now),
        HandOut::OpenExport => {
            let extent = Extent::meant(state);
            show(state, Dialog::Format { extent })
        }
        HandOut::SwitchExtent => {
            if let Some(Overlay::HandOut(Dialog::Format { extent })) = &mut state.overlay {
                *extent = extent.other();
            }
            Vec::new()
        }
        HandOut::AsCsv => ask_file(state, Format::Csv),
        HandOut::AsNdjson => ask_file(state, Format::Ndjson),
        HandOut::AsMarkdown => ask_file(state, Format::Markdown),
        HandOut::WriteExport => write(state, now),
        HandOut::CopyId
        | HandOut::CopyHash
        | HandOut::CopyCommand
        | HandOut::CopyDevice
        | HandOut::CopyUser
        | HandOut::CopyQuery
        | HandOut::CopyLink
        | HandOut::CopySummary
        | HandOut::CopyCurl => Vec::new(),
    }
}

fn show(state: &mut State, dialog: Dialog) -> Vec<Effect> {
    state.overlay = Some(Overlay::HandOut(dialog));
    Vec::new()
}

fn copy(state: &mut State, piece: Piece, now: Moment) -> Vec<Effect> {
    let Some(subject) = subject(state) else {
        return Vec::new();
    };
    let text = subject.text(piece);
    copy_text(state, piece.word(), text, now)
}

/// Copies a text, or says why there is none or why it cannot go.
pub(super) fn copy_text(
    state: &mut State,
    word: &str,
    text: Result<String, &'static str>,
    now: Moment,
) -> Vec<Effect> {
    match text {
        Ok(text) if text.len() > LONGEST_COPY => {
            let said = format!(
                "the {word} is too long for the clipboard: {}, and a terminal takes {} (OSC 52)",
                count(text.len(), "byte"),
                thousands(LONGEST_COPY)
            );
            state.notices.say(Kind::Warning, said, now);
            Vec::new()
        }
        Ok(text) => {
            let said = format!("{word} sent to the terminal's clipboard (OSC 52)");
            state.notices.say(Kind::Note, said, now);
            vec![Effect::CopyText(text)]
        }
        Err(why) => {
            state.notices.say(Kind::Note, why, now);
            Vec::new()
        }
    }
}

fn open_portal(state: &mut State, now: Moment) -> Vec<Effect> {
    let Some(address) = subject(state).and_then(|subject| subject.link()) else {
        return Vec::new();
    };
    if !state.settings.opens_browser {
        return show(state, Dialog::Link { address });
    }
    let said = format!("opening {address}");
    state.notices.say(Kind::Note, said, now);
    vec![Effect::OpenAddress(address)]
}

/// What is asked about, or would be.
fn asked_extent(state: &State) -> Extent {
    match state.overlay {
        Some(Overlay::HandOut(Dialog::Format { extent } | Dialog::File { extent, .. })) => extent,
        // Named in the palette.
        Some(_) | None => Extent::meant(state),
    }
}

/// Closes what lies over the panes: behind what is asked about a hunt is its drawer.
pub fn go_behind(state: &mut State) {
    let is_about_a_hunt = matches!(
        state.overlay,
        Some(Overlay::HandOut(
            Dialog::Format {
                extent: Extent::Found
            } | Dialog::File {
                extent: Extent::Found,
                ..
            }
        ))
    );
    state.overlay = is_about_a_hunt.then_some(Overlay::Hunting(hunting::Dialog::Drawer));
    state.keep_cursor_in_sight();
}

fn ask_file(state: &mut State, format: Format) -> Vec<Effect> {
    let extent = asked_extent(state);
    let folder = state.settings.places.exports.as_ref();
    let name = file_name(state.now.wall, &state.settings.zone, format);
    let path = folder.map_or_else(|| name.clone(), |folder| format!("{folder}/{name}"));
    let input = Input::new(path);
    let dialog = Dialog::File {
        extent,
        format,
        input,
    };
    show(state, dialog)
}

/// By the second: two exports in a row do not get in each other's way.
fn file_name(now: Timestamp, zone: &TimeZone, format: Format) -> String {
    let local = now.to_zoned(zone.clone());
    let ending = format.ending();
    format!("vigie-{}.{ending}", local.strftime("%Y%m%d-%H%M%S"))
}

fn write(state: &mut State, now: Moment) -> Vec<Effect> {
    let Some(Overlay::HandOut(Dialog::File {
        extent,
        format,
        input,
    })) = &state.overlay
    else {
        return Vec::new();
    };
    let (extent, format, path) = (*extent, *format, input.value().trim().to_owned());
    if path.is_empty() {
        let said = "the export needs the name of a file";
        state.notices.say(Kind::Note, said, now);
        return Vec::new();
    }
    go_behind(state);
    write_to(state, extent, format, path, now)
}

/// Writes it to this file, which must not be there yet.
pub fn write_to(
    state: &mut State,
    extent: Extent,
    format: Format,
    path: String,
    now: Moment,
) -> Vec<Effect> {
    let folder = state.settings.places.exports.clone();
    let packed = |key: AlertKey| state.book.packed(key).cloned();
    let content = match extent {
        Extent::Marked => Content::Alerts(state.book.marked_ones().filter_map(packed).collect()),
        Extent::View => {
            let visible = state.book.visible().iter().copied();
            Content::Alerts(visible.filter_map(packed).collect())
        }
        Extent::Found => match state.hunting.grid() {
            Some(grid) => Content::Found(Found {
                findings: Arc::clone(&grid.findings),
                rows: grid.rows_to_write(),
                columns: grid.shown_columns().collect(),
            }),
            None => return Vec::new(),
        },
    };
    let what = match extent {
        Extent::Marked => "marked alert",
        Extent::View | Extent::Found => content.word(),
    };
    let said = format!("writing {}", count(content.len(), what));
    state.notices.say(Kind::Note, said, now);
    vec![Effect::Export(Export {
        service: state.settings.api_kind,
        extent,
        format,
        own_folder: folder.filter(|folder| {
            let rest = path.strip_prefix(folder.as_str());
            rest.is_some_and(|rest| rest.starts_with('/'))
        }),
        path,
        content,
    })]
}

/// An export ended.
pub fn on_exported(state: &mut State, exported: Exported, now: Moment) {
    match exported {
        Exported::Written { path, rows, extent } => {
            let what = match extent {
                Extent::Marked | Extent::View => "alert",
                Extent::Found => "row",
            };
            let said = format!("{} written to {}", count(rows, what), shown(&path));
            state.notices.say_apart(Kind::Good, said, now);
        }
        Exported::Taken {
            path,
            free,
            extent,
            format,
        } => {
            let said = format!(
                "{} is there already and stays as it is; {} is free",
                shown(&path),
                shown(&free)
            );
            state.notices.say_apart(Kind::Warning, said, now);
            // Whoever began something else meanwhile is not torn out of it.
            let is_where_it_began = match &state.overlay {
                None => extent != Extent::Found,
                Some(Overlay::Hunting(hunting::Dialog::Drawer)) => extent == Extent::Found,
                Some(_) => false,
            };
            if is_where_it_began {
                let input = Input::new(free);
                state.overlay = Some(Overlay::HandOut(Dialog::File {
                    extent,
                    format,
                    input,
                }));
            }
        }
        Exported::Failed { path, why } => {
            let said = format!("{} was not written: {}", shown(&path), shown(&why));
            state.notices.say_apart(Kind::Bad, said, now);
        }
    }
}
