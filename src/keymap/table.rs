//! The table of keys. Adding a key is one row here, one [`Action`], one arm.

use crate::keymap::action::Action;
use crate::keymap::action::ColumnAction;
use crate::keymap::action::HandOut;
use crate::keymap::action::ListAction;
use crate::keymap::action::SignInAction;

/// Where a key is looked up. The innermost scope that knows the key wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    Global,
    List,
    Detail,
    Claims,
    SignIn,
    Paste,
    Palette,
    Filter,
    SortMenu,
    CopyMenu,
    PortalLink,
    ExportMenu,
    ExportFile,
    Columns,
    Help,
    Log,
}

impl Scope {
    /// What the help calls it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Global => "everywhere",
            Self::List => "list of alerts",
            Self::Detail => "alert",
            Self::Claims => "token",
            Self::SignIn => "sign-in",
            Self::Paste => "pasted address",
            Self::Palette => "palette",
            Self::Filter => "filter",
            Self::SortMenu => "sort menu",
            Self::CopyMenu => "copy menu",
            Self::PortalLink => "portal link",
            Self::ExportMenu => "export menu",
            Self::ExportFile => "file to export to",
            Self::Columns => "columns",
            Self::Help => "help",
            Self::Log => "log",
        }
    }

    /// In the order of the help and of `docs/keys.md`.
    pub const ALL: [Self; 16] = [
        Self::List,
        Self::Detail,
        Self::Claims,
        Self::Global,
        Self::SignIn,
        Self::Paste,
        Self::Palette,
        Self::Filter,
        Self::SortMenu,
        Self::Columns,
        Self::CopyMenu,
        Self::PortalLink,
        Self::ExportMenu,
        Self::ExportFile,
        Self::Help,
        Self::Log,
    ];
}

/// One row: what a key does where, and how that is said.
#[derive(Debug)]
pub struct Binding {
    pub scope: Scope,
    pub action: Action,
    /// Name in the configuration's `[keys]` table.
    pub name: &'static str,
    pub keys: &'static [&'static str],
    /// For the help: lowercase phrase.
    pub says: &'static str,
    /// For the footer; empty keeps it out.
    pub short: &'static str,
}

const fn row(
    scope: Scope,
    action: Action,
    name: &'static str,
    keys: &'static [&'static str],
    says: &'static str,
    short: &'static str,
) -> Binding {
    Binding {
        scope,
        action,
        name,
        keys,
        says,
        short,
    }
}

/// Every key there is. Rows with a short text make the footer, in this order.
#[rustfmt::skip]
pub const BINDINGS: &[Binding] = &[
    row(Scope::List, Action::Open, "open", &["enter"], "read the alert; open or fold a group", "read"),
    row(Scope::List, Action::OpenFilter, "filter", &["/"], "filter as you type", "filter"),
    row(Scope::List, Action::NextFresh, "next-fresh", &["n"], "next new or changed alert", "unseen"),
    row(Scope::List, Action::PreviousFresh, "previous-fresh", &["N"], "previous new or changed alert", ""),
    row(Scope::List, Action::OpenSortMenu, "sort-menu", &["S"], "sort menu", "sort"),
    row(Scope::List, Action::List(ListAction::SortLeft), "sort-left", &["<"], "sort by the criterion before", ""),
    row(Scope::List, Action::List(ListAction::SortRight), "sort-right", &[">"], "sort by the criterion after", ""),
    row(Scope::List, Action::List(ListAction::Mark), "mark", &["space"], "mark and go on; on a heading the group", "mark"),
    row(Scope::List, Action::List(ListAction::MarkRange), "mark-range", &["v"], "begin a range; again marks it", ""),
    row(Scope::List, Action::List(ListAction::MarkAlike), "mark-alike", &["*"], "mark all with this title, or take the marks away", ""),
    row(Scope::List, Action::List(ListAction::CycleGroups), "group", &["b"], "group by title, incident, device, user, nothing", "group"),
    row(Scope::List, Action::List(ListAction::Fold), "fold", &["-"], "fold or unfold a group or duplicates", ""),
    row(Scope::List, Action::List(ListAction::Freeze), "freeze", &["f"], "hold the list still, and let it go", ""),
    row(Scope::List, Action::Column(ColumnAction::Open), "columns", &["C"], "choose the columns", ""),
    row(Scope::List, Action::Column(ColumnAction::Wide), "wide", &["W"], "the whole width and more columns, and back", ""),
    row(Scope::List, Action::ToggleRaw, "raw-peek", &["d"], "the alert as JSON, and back", ""),
    row(Scope::List, Action::HandOut(HandOut::OpenCopyMenu), "copy-menu", &["y"], "copy menu", "copy"),
    row(Scope::List, Action::HandOut(HandOut::CopyLink), "copy-link", &["Y"], "copy the portal's link to the alert", ""),
    row(Scope::List, Action::HandOut(HandOut::OpenPortal), "portal", &["o"], "the alert in the portal: opens it, or shows the link", "portal"),
    row(Scope::List, Action::HandOut(HandOut::OpenExport), "export", &["E"], "write the marked alerts, or this view, to a file: CSV, NDJSON or Markdown", ""),
    row(Scope::Detail, Action::ToggleRaw, "raw", &["d"], "the alert as JSON, and back", "raw"),
    row(Scope::Detail, Action::HandOut(HandOut::OpenCopyMenu), "alert-copy-menu", &["y"], "copy menu", "copy"),
    row(Scope::Detail, Action::HandOut(HandOut::CopyLink), "alert-copy-link", &["Y"], "copy the portal's link to the alert", ""),
    row(Scope::Detail, Action::HandOut(HandOut::OpenPortal), "alert-portal", &["o"], "the alert in the portal: opens it, or shows the link", "portal"),
    row(Scope::Global, Action::ToggleToken, "token", &["t"], "go to the token, and back", "token"),
    row(Scope::Global, Action::RefreshAlert, "refresh", &["r"], "poll now and read this alert again", "poll"),
    row(Scope::Global, Action::PollNow, "poll-now", &["R"], "poll now; ends a back-off, tries sign-in again", ""),
    row(Scope::Global, Action::SelectNext, "down", &["j", "down"], "next alert, or scroll down", ""),
    row(Scope::Global, Action::SelectPrevious, "up", &["k", "up"], "previous alert, or scroll up", ""),
    row(Scope::Global, Action::SelectFirst, "first", &["g", "home"], "first alert, or top", ""),
    row(Scope::Global, Action::SelectLast, "last", &["G", "end"], "last alert, or bottom", ""),
    row(Scope::Global, Action::HalfPageDown, "half-page-down", &["ctrl-d", "pgdn"], "half a page down", ""),
    row(Scope::Global, Action::HalfPageUp, "half-page-up", &["ctrl-u", "pgup"], "half a page up", ""),
    row(Scope::Global, Action::FocusLeft, "focus-left", &["h", "left"], "pane to the left", ""),
    row(Scope::Global, Action::FocusRight, "focus-right", &["l", "right"], "pane to the right", ""),
    row(Scope::Global, Action::FocusNext, "focus-next", &["tab"], "next pane", "pane"),
    row(Scope::Global, Action::FocusPrevious, "focus-previous", &["shift-tab"], "previous pane", ""),
    row(Scope::Global, Action::ZoomIn, "zoom-in", &["+"], "larger pane: normal, half, full", "zoom"),
    row(Scope::Global, Action::ZoomOut, "zoom-out", &["_"], "smaller pane", ""),
    row(Scope::Global, Action::TogglePeek, "peek", &["p"], "show or hide the peek under the list", ""),
    row(Scope::Global, Action::OpenPalette, "palette", &[":", "ctrl-p"], "everything that can be done, set or gone to, by name", ""),
    row(Scope::Global, Action::ToggleTelling, "bell", &["B"], "bell and notifications off, and on again", ""),
    row(Scope::Global, Action::OpenLog, "log", &["L"], "log of what happened", "log"),
    row(Scope::Global, Action::OpenHelp, "help", &["?"], "keys", "keys"),
    row(Scope::Global, Action::Back, "back", &["esc"], "back, then clear marks, then clear the filter", ""),
    row(Scope::Global, Action::Quit, "quit", &["q"], "back, then quit", "quit"),
    row(Scope::Global, Action::ToggleMouse, "mouse", &["M"], "wheel and clicks for vigie, or for the terminal", ""),
    row(Scope::Global, Action::Redraw, "redraw", &["ctrl-l"], "draw the screen anew", ""),
    row(Scope::Global, Action::Suspend, "suspend", &["ctrl-z"], "suspend; `fg` comes back", ""),
    row(Scope::Global, Action::Interrupt, "interrupt", &["ctrl-c"], "quit at once", ""),
    row(Scope::SignIn, Action::SignIn(SignInAction::ByBrowser), "sign-in-browser", &["b"], "sign in with a browser", "browser"),
    row(Scope::SignIn, Action::SignIn(SignInAction::ByCode), "sign-in-code", &["d"], "ask for a device code", "code"),
    row(Scope::SignIn, Action::SignIn(SignInAction::ByPaste), "sign-in-paste", &["p"], "paste the address the browser ends at", "paste"),
    row(Scope::SignIn, Action::SignIn(SignInAction::CopyAddress), "sign-in-copy", &["y"], "copy the address through the terminal", "copy"),
    row(Scope::SignIn, Action::SignIn(SignInAction::CopyTunnel), "sign-in-copy-tunnel", &["Y"], "copy the ssh command through the terminal", "copy ssh"),
    row(Scope::SignIn, Action::SignIn(SignInAction::Hide), "sign-in-hide", &["esc"], "hide the sign-in; R shows it again", "hide"),
    row(Scope::SignIn, Action::SignIn(SignInAction::OpenAddress), "sign-in-open", &["o"], "open the address in the browser of this machine", "open"),
    row(Scope::Paste, Action::SignIn(SignInAction::AcceptPaste), "paste-accept", &["enter"], "use the pasted address", "use"),
    row(Scope::Paste, Action::SignIn(SignInAction::CancelPaste), "paste-cancel", &["esc"], "close the field", "close"),
    row(Scope::Palette, Action::PaletteAccept, "palette-accept", &["enter"], "do what is chosen", "do"),
    row(Scope::Palette, Action::PaletteNext, "palette-down", &["down"], "choose the next", "next"),
    row(Scope::Palette, Action::PaletteComplete, "palette-complete", &["tab"], "take over what is chosen, to go on from there", "complete"),
    row(Scope::Palette, Action::PalettePrevious, "palette-up", &["up"], "choose the one before; in an empty field what was done earlier", "earlier"),
    row(Scope::Palette, Action::CloseOverlay, "palette-close", &["esc"], "close the palette", "close"),
    row(Scope::Filter, Action::AcceptFilter, "filter-accept", &["enter"], "keep the filter", "keep"),
    row(Scope::Filter, Action::CompleteFilter, "filter-complete", &["tab"], "take the first completion", "complete"),
    row(Scope::Filter, Action::EarlierFilter, "filter-earlier", &["up"], "a filter kept earlier", "earlier"),
    row(Scope::Filter, Action::LaterFilter, "filter-later", &["down"], "a filter kept later, then what was typed", ""),
    row(Scope::Filter, Action::CancelFilter, "filter-cancel", &["esc"], "back to the filter before", "undo"),
    row(Scope::SortMenu, Action::List(ListAction::SortLateness), "sort-lateness", &["l"], "what waits for a first action, most severe and most late first", "sla"),
    row(Scope::SortMenu, Action::List(ListAction::SortSeverity), "sort-severity", &["s"], "most severe first", "severity"),
    row(Scope::SortMenu, Action::List(ListAction::SortNewest), "sort-newest", &["n"], "newest first", "newest"),
    row(Scope::SortMenu, Action::List(ListAction::SortAge), "sort-age", &["a"], "oldest first", "oldest"),
    row(Scope::SortMenu, Action::List(ListAction::SortTitle), "sort-title", &["t"], "by title", "title"),
    row(Scope::SortMenu, Action::List(ListAction::SortDevice), "sort-device", &["d"], "by device", "device"),
    row(Scope::SortMenu, Action::List(ListAction::SortUser), "sort-user", &["u"], "by user", "user"),
    row(Scope::SortMenu, Action::List(ListAction::SortIncident), "sort-incident", &["i"], "by incident, newest first", "incident"),
    row(Scope::SortMenu, Action::List(ListAction::SortStatus), "sort-status", &["p"], "by status: new, in progress, resolved", "status"),
    row(Scope::SortMenu, Action::List(ListAction::SortOwner), "sort-owner", &["o"], "by owner, nobody first", "owner"),
    row(Scope::SortMenu, Action::CloseMenu, "menu-close", &["esc", "q", "S"], "close the menu", "close"),
    row(Scope::Columns, Action::Column(ColumnAction::Toggle), "column-toggle", &["space", "enter"], "show the column, or leave it out", "show or not"),
    row(Scope::Columns, Action::Column(ColumnAction::Raise), "column-raise", &["K", "<"], "stays longer where room is scarce", "keep longer"),
    row(Scope::Columns, Action::Column(ColumnAction::Lower), "column-lower", &["J", ">"], "goes sooner where room is scarce", "drop sooner"),
    row(Scope::Columns, Action::Column(ColumnAction::Reset), "columns-reset", &["0"], "all columns as they were at first", "as at first"),
    row(Scope::Columns, Action::CloseOverlay, "columns-close", &["esc", "q", "C"], "close the columns", "close"),
    row(Scope::CopyMenu, Action::HandOut(HandOut::CopyId), "copy-id", &["i"], "id of the alert", "id"),
    row(Scope::CopyMenu, Action::HandOut(HandOut::CopyHash), "copy-hash", &["h"], "SHA-256 of the main file, else SHA-1", "hash"),
    row(Scope::CopyMenu, Action::HandOut(HandOut::CopyCommand), "copy-command", &["c"], "command line", "cmd"),
    row(Scope::CopyMenu, Action::HandOut(HandOut::CopyDevice), "copy-device", &["d"], "name of the device", "device"),
    row(Scope::CopyMenu, Action::HandOut(HandOut::CopyUser), "copy-user", &["u"], "user", "user"),
    row(Scope::CopyMenu, Action::HandOut(HandOut::CopyQuery), "copy-query", &["k"], "hunting query around the alert", "KQL"),
    row(Scope::CopyMenu, Action::HandOut(HandOut::CopyLink), "copy-portal-link", &["l"], "the portal's link", "link"),
    row(Scope::CopyMenu, Action::HandOut(HandOut::CopySummary), "copy-summary", &["m"], "summary in Markdown, indicators defanged", "Markdown"),
    row(Scope::CopyMenu, Action::HandOut(HandOut::CopyCurl), "copy-curl", &["r"], "curl command with `$TOKEN` in the place of the token", "curl"),
    row(Scope::CopyMenu, Action::CloseMenu, "copy-close", &["esc", "q", "y"], "close the menu", "close"),
    row(Scope::PortalLink, Action::HandOut(HandOut::CopyLink), "portal-copy", &["y"], "copy the link through the terminal", "copy"),
    row(Scope::PortalLink, Action::CloseMenu, "portal-close", &["esc", "q", "o", "enter"], "close the link", "close"),
    row(Scope::ExportMenu, Action::HandOut(HandOut::AsCsv), "export-csv", &["c"], "CSV, guarded against formulas", "CSV"),
    row(Scope::ExportMenu, Action::HandOut(HandOut::AsNdjson), "export-ndjson", &["n"], "NDJSON, as the service sent it", "NDJSON"),
    row(Scope::ExportMenu, Action::HandOut(HandOut::AsMarkdown), "export-markdown", &["m"], "a Markdown table, indicators defanged", "Markdown"),
    row(Scope::ExportMenu, Action::HandOut(HandOut::SwitchExtent), "export-switch", &["v"], "the marked alerts, or the whole view", ""),
    row(Scope::ExportMenu, Action::CloseMenu, "export-close", &["esc", "q", "E"], "close the menu", "close"),
    row(Scope::ExportFile, Action::HandOut(HandOut::WriteExport), "export-write", &["enter"], "write the file; never over another one", "write"),
    row(Scope::ExportFile, Action::CloseOverlay, "export-cancel", &["esc"], "close the field", "close"),
    row(Scope::Help, Action::CloseOverlay, "help-close", &["esc", "q", "?", "enter"], "close the help", "close"),
    row(Scope::Log, Action::CloseOverlay, "log-close", &["esc", "q", "L", "enter"], "close the log", "close"),
];
