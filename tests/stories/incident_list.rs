//! The incident as a list with the same keys, and back to the list before.

use crate::both::GRAPH;
use crate::both::on_both;
use crate::operator::Operator;

on_both! { the_incident_is_a_list_and_left_again, }

fn the_incident_is_a_list_and_left_again(service: &'static crate::both::Service) {
    let mut operator = Operator::on(service, 120, 40, Operator::quiet(300));
    operator.starts();
    operator.press("/ sev : high space lsass enter");
    operator.sees("/sev:high lsass");
    let title = "Suspicious access to LSASS service";
    let selected = operator.state.cursor.selected();
    operator.press("i").sees("/inc:").sees_no("/sev:high lsass");
    // The same alert is under the cursor, with the others of its incident around it.
    assert_eq!(operator.state.cursor.selected(), selected);
    operator.sees(title).sees("File backups were deleted");
    // They are sorted, marked and opened as any.
    operator.press("space").sees("1 marked").press("esc");
    operator.press("i").sees("/sev:high lsass");
    assert_eq!(operator.state.cursor.selected(), selected);
    // Escape leaves it too, and from the alert one gets there as well.
    operator.press("enter i").sees("/inc:").press("esc esc");
    operator.sees("/sev:high lsass");
    operator.press("esc").sees_no("/sev:high");
}

#[test]
fn whoever_filters_on_is_not_taken_back() {
    let mut operator = Operator::on(&GRAPH, 120, 40, Operator::quiet(300));
    operator.starts();
    operator.press("i").sees("/inc:");
    operator.press("/ ctrl-u sev : low enter").sees("/sev:low");
    operator.press("esc").sees_no("/sev:low").sees_no("/inc:");
}

#[test]
fn an_alert_of_no_incident_says_so() {
    let alert = r#"{"id":"a","title":"Alone","severity":"High","status":"New","incidentId":null,
        "alertCreationTime":"2026-11-22T13:00:00Z","lastUpdateTime":"2026-11-22T13:00:00Z"}"#;
    let mut options = Operator::quiet(0);
    options.population = vigie::sim::Population::Verbatim(vec![alert.to_owned()]);
    let mut operator = Operator::at(80, 24, options);
    operator.starts();
    operator.press("i").sees("the alert belongs to no incident");
}
