//! The last 24 hours below the list: a row of bars for each severity, and beside them
//! the titles that came most often.
//!
//! Every row has a scale of its own, told by its highest count: one alert of high
//! severity must not vanish beside a hundred of low.

use ratatui::layout::Rect;

use crate::app::State;
use crate::app::count;
use crate::app::pulse::Beat;
use crate::app::pulse::Step;
use crate::app::thousands;
use crate::domain::alert::Severity;
use crate::theme::Role;
use crate::view::ink::Ink;
use crate::view::ink::after;
use crate::view::ink::line_of;

/// A letter and a blank before the bars.
const LETTER: u16 = 2;
/// The highest count behind the bars, with a blank before and two after it.
const HIGHEST: u16 = 12;
/// With less room than this a title says nothing.
const TITLE: u16 = 20;
/// From this width on there is room for half hours beside whole titles.
const HALF_HOURS_FROM: u16 = 110;

/// The letter of a row, what its bars look like, and what they count.
type Row = (&'static str, Severity, fn(&Beat) -> u32);

const ROWS: [Row; 3] = [
    ("H", Severity::High, |beat| beat.high),
    ("M", Severity::Medium, |beat| beat.medium),
    ("L", Severity::Low, |beat| beat.low),
];

/// Draws the title line and the rows below it.
pub fn draw(state: &State, ink: &mut Ink<'_>, rule: Rect, area: Rect) {
    let (step, in_words) = if area.width < HALF_HOURS_FROM {
        (Step::Hour, "by the hour")
    } else {
        (Step::HalfHour, "by half hours")
    };
    let beats = state.book.pulse().beats(step);
    let width = u16::try_from(step.count()).unwrap_or(u16::MAX);
    let titles = LETTER + width + HIGHEST;
    ink.rule(rule);
    let all: u32 = beats.iter().map(|beat| beat.all()).sum();
    let all = count(usize::try_from(all).unwrap_or(usize::MAX), "alert");
    ink.write(after(rule, 1), Role::Muted, &format!(" {all} in 24 hours "));
    for (index, row) in (0..area.height).zip(ROWS) {
        draw_row(ink, line_of(area, index), &row, &beats, width);
    }
    let scale = Rect {
        width,
        ..after(line_of(area, 3), LETTER)
    };
    let room = usize::from(width).saturating_sub("-24h".len() + "now".len());
    let scale_in_words = format!("-24h{in_words:^room$}now");
    ink.write(scale, Role::Muted, &scale_in_words);
    if area.width >= titles + TITLE {
        ink.write(after(rule, titles), Role::Muted, " most often ");
        draw_titles(state, ink, after(area, titles));
    }
}

fn draw_row(ink: &mut Ink<'_>, line: Rect, row: &Row, beats: &[Beat], width: u16) {
    let (letter, severity, counted) = row;
    let highest = beats.iter().map(counted).max().unwrap_or(0);
    // Whatever is there at all is seen: an eighth at the least.
    let eighths = |beat: &Beat| (counted(beat).saturating_mul(8)).div_ceil(highest.max(1));
    let eighths: Vec<u32> = beats.iter().map(eighths).collect();
    ink.write(line, Role::Severity(*severity), letter);
    let bars = after(line, LETTER);
    ink.bars(bars, Role::Severity(*severity), &eighths);
    let highest = format!("max {}", thousands(usize::try_from(highest).unwrap_or(0)));
    let place = Rect {
        width: HIGHEST.saturating_sub(3),
        ..after(bars, width + 1)
    };
    ink.write(place, Role::Muted, &highest);
}

fn draw_titles(state: &State, ink: &mut Ink<'_>, area: Rect) {
    let noisiest = state.book.pulse().noisiest();
    if noisiest.is_empty() {
        ink.write(line_of(area, 0), Role::Muted, "no alert came");
    }
    let widest = noisiest.first().map_or(0, |(_, count)| *count).to_string();
    let width = widest.len();
    for (index, (title, count)) in (0..area.height).zip(noisiest) {
        let line = line_of(area, index);
        let used = ink.write(line, Role::Muted, &format!("{count:>width$}x "));
        let title = state.book.text(*title).shown_briefly();
        let title = if title.is_empty() {
            "(no title)"
        } else {
            &title
        };
        ink.write(after(line, used), Role::Text, title);
    }
}
