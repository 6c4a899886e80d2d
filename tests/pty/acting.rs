//! Hunts and actions on devices by the built binary: what is given up leaves the wire, and
//! what was sent is followed on by the next start.

use rustix::process::Signal;
use vigie::sim::Endpoint;
use vigie::sim::Fault;
use vigie::sim::Hung;

use super::HANGS;
use super::staying::Home;
use super::staying::ends;

/// Orders the tenant received.
fn orders(home: &Home) -> usize {
    let requests = home.simulator.requests().into_iter();
    requests
        .filter(|request| request.method == "POST" && request.path.starts_with("/api/machines/"))
        .count()
}

#[test]
fn a_hunt_that_is_given_up_is_taken_off_the_wire() {
    let home = Home::new("hunting");
    let script = home.simulator.script();
    let hung = script.who_hangs();
    let path = || "/api/advancedqueries/run".to_owned();
    script.next(Endpoint::Hunting, Fault::Hang);
    let mut session = home.starts(&[]);
    session
        .types(":hunt AlertInfo | count\r")
        .sees("no answer yet");
    assert_eq!(hung.recv_timeout(HANGS), Ok(Hung::Waits(path())));
    // While it runs there is no other.
    session.types("r").sees("a query is still running");
    session.types("\u{1b}").sees("given up before it answered");
    assert_eq!(hung.recv_timeout(HANGS), Ok(Hung::Left(path())));
    session.types("r").sees("hunt 2 of 2").sees("Count");
    ends(session);
}

#[test]
fn an_action_is_followed_on_after_the_program_was_killed() {
    let home = Home::new("acting");
    let mut session = home.starts(&[]);
    session.types("!s").sees("nothing speaks against it");
    session.types("\r").sees("the service took it");
    session.signal(Signal::KILL);
    assert!(!session.ends().success());

    let mut session = home.starts(&[]);
    session.types("L").sees("─ log ─");
    session.sees("1 action of an earlier session followed on");
    session.types("\u{1b}").until("the log gone", |screen| {
        !screen.contents().contains("─ log ─")
    });
    session
        .types("!o")
        .sees("─ orders for devices")
        .sees("quick scan ");
    ends(session);
    assert_eq!(orders(&home), 1);
}
