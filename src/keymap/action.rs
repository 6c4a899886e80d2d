//! What the operator can want. Comes only out of the keymap.

/// One wish of the person at the keyboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    SelectNext,
    SelectPrevious,
    SelectFirst,
    SelectLast,
    HalfPageDown,
    HalfPageUp,
    FocusLeft,
    FocusRight,
    FocusNext,
    FocusPrevious,
    Open,
    Back,
    Quit,
    ZoomIn,
    ZoomOut,
    OpenFilter,
    AcceptFilter,
    CancelFilter,
    NextFresh,
    PreviousFresh,
    OpenSortMenu,
    SortNewest,
    SortSeverity,
    SortAge,
    SortLeft,
    SortRight,
    CloseMenu,
    TogglePeek,
    ToggleToken,
    ToggleRaw,
    OpenPalette,
    PaletteNext,
    PalettePrevious,
    PaletteAccept,
    OpenLog,
    OpenHelp,
    CloseOverlay,
    SignIn(SignInAction),
    HandOut(HandOut),
    RefreshAlert,
    PollNow,
    /// Bell and notifications off, and on again.
    ToggleTelling,
    Redraw,
    Suspend,
    Interrupt,
}

/// A wish about the sign-in, while somebody is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignInAction {
    ByBrowser,
    ByCode,
    ByPaste,
    CopyAddress,
    CopyTunnel,
    OpenAddress,
    Hide,
    AcceptPaste,
    CancelPaste,
}

/// A wish to let something leave the program: a copy, the portal's link, a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HandOut {
    OpenCopyMenu,
    CopyId,
    CopyHash,
    CopyCommand,
    CopyDevice,
    CopyUser,
    CopyQuery,
    CopyLink,
    CopySummary,
    CopyCurl,
    OpenPortal,
    OpenExport,
    AsCsv,
    AsNdjson,
    AsMarkdown,
    WriteExport,
}
