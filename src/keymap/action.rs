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
    CompleteFilter,
    EarlierFilter,
    LaterFilter,
    NextFresh,
    PreviousFresh,
    OpenSortMenu,
    List(ListAction),
    Column(ColumnAction),
    /// The view on a key, 1 to 9; 0 is everything.
    GoToView(u8),
    CloseMenu,
    TogglePeek,
    ToggleToken,
    ToggleRaw,
    Case(CaseAction),
    OpenPalette,
    PaletteNext,
    PalettePrevious,
    PaletteComplete,
    PaletteAccept,
    OpenLog,
    CopyHandover,
    OpenHelp,
    CloseOverlay,
    Help(HelpAction),
    SignIn(SignInAction),
    HandOut(HandOut),
    Decide(Decide),
    Respond(Respond),
    Hunt(HuntAction),
    RefreshAlert,
    PollNow,
    /// Bell and notifications off, and on again.
    ToggleTelling,
    ToggleMouse,
    Redraw,
    Suspend,
    Interrupt,
}

/// A wish about the list as a whole: its marks, its order and its shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ListAction {
    Mark,
    MarkRange,
    MarkAlike,
    SortLateness,
    SortSeverity,
    SortNewest,
    SortAge,
    SortTitle,
    SortDevice,
    SortUser,
    SortIncident,
    SortStatus,
    SortOwner,
    SortLeft,
    SortRight,
    CycleGroups,
    Fold,
    Freeze,
    /// The incident as a list; again, the list before.
    Incident,
}

/// A wish about the case: its tabs and the rows on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CaseAction {
    /// These two go round.
    NextTab,
    PreviousTab,
    /// These two go on to the pane beside.
    TabRight,
    TabLeft,
    /// Unfold the row, or go to what it is about.
    Open,
    /// Encoded command lines decoded, or as they were sent.
    Decode,
    /// Command lines whole, or their start.
    Wrap,
    /// The tree completed by hunting; again gives that up.
    Complete,
    SortLeft,
    SortRight,
    Copy(CopyRow),
    /// The copy menu of the whole alert.
    CopyAlert,
}

/// What of the row under the cursor is copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CopyRow {
    Value,
    Hash,
    Command,
    Path,
    Node,
    NodePath,
}

/// A wish about the columns of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ColumnAction {
    Open,
    Wide,
    Toggle,
    Raise,
    Lower,
    Reset,
}

/// A wish about the search of the help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HelpAction {
    Search,
    Keep,
    Clear,
    /// The search first, then the help.
    Close,
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
    SwitchExtent,
    AsCsv,
    AsNdjson,
    AsMarkdown,
    WriteExport,
}

/// What is hunted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HuntFor {
    Process,
    Hash,
    Address,
    Domain,
    User,
    Device,
}

/// A wish about hunting: what to ask, and how to look through what was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HuntAction {
    OpenMenu,
    Ask(HuntFor),
    Edit,
    OpenDrawer,
    Again,
    Leave,
    Earlier,
    Later,
    Down,
    Up,
    First,
    Last,
    PageDown,
    PageUp,
    Left,
    Right,
    Sort,
    Wider,
    Narrower,
    Hide,
    ShowAll,
    Mark,
    Count,
    CopyCell,
    CopyRow,
    CopyQuery,
    Note,
}

/// A wish about a decision: to make one, to take one back, to answer what it met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Decide {
    Take,
    OpenAssign,
    OpenStatus,
    OpenClose,
    Reopen,
    Precedent,
    OpenNote,
    EditNote,
    OpenMacros,
    NextMacro,
    PreviousMacro,
    RunMacro,
    Undo,
    Redo,
    OpenOutbox,
    Close(CloseAs),
    SetNew,
    SetInProgress,
    SetResolved,
    NextOwner,
    PreviousOwner,
    AcceptOwner,
    AcceptNote,
    Confirm,
    ConfirmDown,
    ConfirmUp,
    OutboxDown,
    OutboxUp,
    SendNow,
    TakeBack,
    Merge,
    Overwrite,
    LeaveSending,
    LeaveTakingBack,
    LeaveKeeping,
}

/// A wish about devices: to act on one, to see one, to follow what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Respond {
    OpenMenu,
    OpenDevice,
    OpenOrders,
    IsolateFully,
    IsolateSelectively,
    Release,
    ScanQuickly,
    ScanFully,
    Restrict,
    Unrestrict,
    Collect,
    Quarantine,
    ChooseFile,
    NextFile,
    PreviousFile,
    NextField,
    Send,
    CardDown,
    CardUp,
    OrdersDown,
    OrdersUp,
    AskPackage,
    CopyLink,
    OpenLink,
    DeviceDown,
    DeviceUp,
    ReadAgain,
}

/// As what an alert is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CloseAs {
    Malware,
    Phishing,
    UnwantedSoftware,
    CompromisedAccount,
    MaliciousUserActivity,
    MultistageAttack,
    OtherThreat,
    NotMalicious,
    NotEnoughData,
    OtherFalsePositive,
    SecurityTest,
    LineOfBusinessApplication,
    ConfirmedActivity,
    OtherExpected,
}
