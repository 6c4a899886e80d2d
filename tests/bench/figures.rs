//! The figures of `docs/performance.md`: `cargo bench` prints them as one table.
//!
//! Nothing here fails when a figure is missed: time depends on the machine, so a
//! person reads the table. A word behind `cargo bench --` keeps only the parts that
//! hold it: `cargo bench -- bytes`.
//!
//! Not called `main.rs`, which Cargo would also take for a test.

#![expect(
    clippy::unwrap_used,
    reason = "a measurement that meets the unexpected has to stop"
)]
#![expect(clippy::print_stdout, reason = "the table is for whoever ran this")]

mod bytes;
mod case;
mod decisions;
mod desk;
mod hunting;
mod idle;
mod memory;
mod million;
mod polls;
mod program;
mod speed;
mod table;
mod tenant;

use table::Table;
use tenant::Bodies;

fn main() {
    if std::env::var_os(memory::CHILD).is_some() {
        return memory::report();
    }
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .collect();
    let wanted =
        |part: &str| words.is_empty() || words.iter().any(|word| part.contains(word.as_str()));
    let bodies = Bodies::make();
    let mut table = Table::default();
    for (part, measure) in [
        ("program", program::measure as fn(&Bodies, &mut Table)),
        ("speed", speed::measure),
        ("polls", polls::measure),
        ("decisions", decisions::measure),
        ("case", case::measure),
        ("million", million::measure),
        ("hunting", hunting::measure),
        ("memory", memory::measure),
        ("bytes", bytes::measure),
        ("idle", idle::measure),
    ] {
        if wanted(part) {
            measure(&bodies, &mut table);
        }
    }
    println!("{table}");
}
