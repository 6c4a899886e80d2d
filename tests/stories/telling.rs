//! Being told while one looks elsewhere: which alerts, how often, and when not.

use jiff::SignedDuration;
use serde_json::json;
use vigie::app::Effect;
use vigie::app::Event;
use vigie::app::telling::Manner;
use vigie::app::telling::Message;
use vigie::app::telling::Quiet;
use vigie::app::telling::Rule;
use vigie::app::telling::Rules;
use vigie::domain::filter::Query;
use vigie::view;

use crate::both::Service;
use crate::both::on_both;
use crate::operator::Operator;

on_both! {
    what_is_there_at_the_start_is_no_news_and_what_is_less_than_high_neither,
    forty_alerts_are_one_notification_and_the_next_waits_its_time,
    a_resolved_alert_rings_nobody,
    one_key_silences_and_the_head_says_so,
    nobody_is_rung_in_quiet_hours,
    where_it_is_off_the_key_says_why_it_does_nothing,
    the_hook_gets_each_alert_one_after_the_other_and_even_in_silence,
    a_slow_hook_does_not_gather_alerts_without_end,
    the_window_is_called_after_what_is_open_only_where_that_is_wanted,
    a_filter_says_which_alerts_are_told,
}

fn seconds(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}

/// An alert as told at this moment.
fn alert(operator: &Operator, id: &str, severity: &str, status: &str, title: &str) -> String {
    let at = operator.now().wall.to_string();
    operator.service.body(json!({
        "id": id, "severity": severity, "status": status, "title": title,
        "computerDnsName": "DC01", "alertCreationTime": at, "lastUpdateTime": at,
    }))
}

struct Shift {
    operator: Operator,
    bodies: Vec<String>,
}

impl Shift {
    fn begins(service: &'static Service, rules: Rules) -> Self {
        let mut operator = Operator::on(service, 120, 40, Operator::quiet(1));
        operator.state.settings.telling = rules;
        let bodies = vec![alert(&operator, "old", "High", "New", "Old tool")];
        operator.script().set_population(bodies.clone());
        operator.starts().rests();
        Self { operator, bodies }
    }

    /// Alerts come, and the poll that brings them.
    fn comes(&mut self, alerts: &[(&str, &str, &str)]) -> &mut Self {
        self.come_unpolled(alerts);
        self.operator.press("R");
        self
    }

    fn come_unpolled(&mut self, alerts: &[(&str, &str, &str)]) {
        for (id, severity, title) in alerts {
            let body = alert(&self.operator, id, severity, "New", title);
            self.bodies.insert(0, body);
        }
        self.operator.script().set_population(self.bodies.clone());
    }

    /// What was told since this was asked last.
    fn told(&mut self) -> Vec<(String, String)> {
        let effects = std::mem::take(&mut self.operator.effects);
        let messages = effects.into_iter().filter_map(|effect| match effect {
            Effect::Notify(Message { title, body, .. }) => Some((title, body)),
            _ => None,
        });
        let tenant = vigie::app::telling::whose(&self.operator.state);
        messages
            .map(|(title, body)| (title.replace(&tenant, "T"), body))
            .collect()
    }
}

fn rules() -> Rules {
    Rules {
        manner: Some(Manner::Osc777),
        ..Rules::default()
    }
}

fn one(title: &str, body: &str) -> Vec<(String, String)> {
    vec![(title.to_owned(), body.to_owned())]
}

fn what_is_there_at_the_start_is_no_news_and_what_is_less_than_high_neither(
    service: &'static Service,
) {
    let mut shift = Shift::begins(service, rules());
    assert_eq!(shift.told(), []);
    assert_eq!(shift.comes(&[("m", "Medium", "Odd task")]).told(), []);
    assert_eq!(
        shift.comes(&[("h", "High", "Credential theft")]).told(),
        one("vigie T: high alert", "Credential theft on DC01")
    );
}

fn forty_alerts_are_one_notification_and_the_next_waits_its_time(service: &'static Service) {
    let mut shift = Shift::begins(service, rules());
    let many: Vec<String> = (0..40).map(|number| format!("h{number}")).collect();
    let many: Vec<_> = many
        .iter()
        .map(|id| (id.as_str(), "High", "Tool"))
        .collect();
    assert_eq!(
        shift.comes(&many).told(),
        one("vigie T: 40 new alerts, worst high", "Tool on DC01")
    );
    shift.operator.advance(seconds(5));
    assert_eq!(shift.comes(&[("a", "High", "First")]).told(), []);
    shift.operator.advance(seconds(5));
    assert_eq!(shift.comes(&[("b", "High", "Second")]).told(), []);
    shift.operator.advance(seconds(19));
    assert_eq!(shift.told(), []);
    shift.operator.advance(seconds(1));
    assert_eq!(
        shift.told(),
        one("vigie T: 2 new alerts, worst high", "Second on DC01")
    );
    shift.operator.advance(SignedDuration::from_mins(5));
    assert_eq!(shift.told(), []);
}

fn a_resolved_alert_rings_nobody(service: &'static Service) {
    let mut shift = Shift::begins(service, rules());
    let body = alert(&shift.operator, "r", "High", "Resolved", "Tool");
    shift.bodies.insert(0, body);
    assert_eq!(shift.comes(&[]).told(), []);
    shift.operator.sees("1 new");
}

fn one_key_silences_and_the_head_says_so(service: &'static Service) {
    let mut shift = Shift::begins(service, rules());
    shift.operator.press("B").sees("bell off");
    assert_eq!(shift.comes(&[("a", "High", "First")]).told(), []);
    shift.operator.press("B").sees_no("bell off");
    shift.operator.advance(SignedDuration::from_mins(2));
    assert_eq!(shift.told(), [], "what was silenced is not told later");
    assert_eq!(shift.comes(&[("b", "High", "Second")]).told().len(), 1);
}

fn nobody_is_rung_in_quiet_hours(service: &'static Service) {
    let quiet = Quiet {
        from: "22:00".parse().unwrap(),
        to: "14:10".parse().unwrap(),
    };
    let mut shift = Shift::begins(
        service,
        Rules {
            quiet: Some(quiet),
            ..rules()
        },
    );
    shift.operator.sees("quiet hours");
    assert_eq!(shift.comes(&[("a", "High", "First")]).told(), []);
    shift.operator.advance(SignedDuration::from_mins(9));
    shift.operator.sees_no("quiet hours");
    assert_eq!(shift.told(), []);
    assert_eq!(shift.comes(&[("b", "High", "Second")]).told().len(), 1);
}

fn where_it_is_off_the_key_says_why_it_does_nothing(service: &'static Service) {
    let mut shift = Shift::begins(service, Rules::default());
    shift.operator.press("B");
    shift
        .operator
        .sees("`notify` is off in the configuration")
        .sees_no("bell off");
    assert_eq!(shift.comes(&[("a", "High", "First")]).told(), []);
}

fn the_hook_gets_each_alert_one_after_the_other_and_even_in_silence(service: &'static Service) {
    let mut shift = Shift::begins(
        service,
        Rules {
            hook: vec!["hook".to_owned()],
            ..rules()
        },
    );
    shift.operator.press("B");
    // The operator performs effects in order, and this one ends at once: there is no such
    // program. Each of the two is tried all the same.
    shift.comes(&[("a", "High", "First"), ("b", "High", "Second")]);
    let handed: Vec<String> = shift
        .operator
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::RunHook { json, .. } => Some(json.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(handed.len(), 2);
    assert!(handed.iter().all(|json| !json.contains('\n')));
    assert!(handed.concat().contains(r#""title":"First""#));
    shift.operator.sees("the hook command `hook` cannot be run");
}

fn a_slow_hook_does_not_gather_alerts_without_end(service: &'static Service) {
    let mut shift = Shift::begins(
        service,
        Rules {
            hook: vec!["hook".to_owned()],
            ..Rules::default()
        },
    );
    let many: Vec<String> = (0..150).map(|number| format!("h{number}")).collect();
    let many: Vec<_> = many
        .iter()
        .map(|id| (id.as_str(), "High", "Tool"))
        .collect();
    shift.comes(&many);
    let handed = shift.operator.effects.iter();
    let handed = handed.filter(|effect| matches!(effect, Effect::RunHook { .. }));
    assert_eq!(handed.count(), 100);
    shift.operator.press("L");
    shift
        .operator
        .sees("the hook command is too slow: it was not told of 50 alerts");
}

fn the_window_is_called_after_what_is_open_only_where_that_is_wanted(service: &'static Service) {
    let title = |shift: &Shift| {
        let mut buffer = shift.operator.buffer();
        view::draw(&shift.operator.state, &shift.operator.theme, &mut buffer).title
    };
    let mut shift = Shift::begins(
        service,
        Rules {
            window_title: true,
            ..rules()
        },
    );
    let tenant = vigie::app::telling::whose(&shift.operator.state);
    let called = |counts: &str| Some(format!("{counts} vigie {tenant}"));
    assert_eq!(title(&shift), called("1H 1 open"));
    shift.comes(&[("m", "Medium", "Odd task")]);
    assert_eq!(title(&shift), called("1H 1M 2 open"));
    shift.operator.state.settings.telling.window_title = false;
    shift.operator.happens(Event::Woke);
    assert_eq!(title(&shift), None);
}

fn a_filter_says_which_alerts_are_told(service: &'static Service) {
    let query = Query::parse("(sev>=med !odd) or dev:HR* is:unassigned").unwrap();
    let mut shift = Shift::begins(
        service,
        Rules {
            rule: Rule::Passing(query),
            ..rules()
        },
    );
    assert_eq!(shift.comes(&[("l", "Low", "Noise")]).told(), []);
    assert_eq!(
        shift
            .comes(&[
                ("o", "High", "Odd task"),
                ("m", "Medium", "Tool"),
                ("n", "Low", "Noise")
            ])
            .told(),
        one("vigie T: medium alert", "Tool on DC01")
    );
    // Text that no alert had before is looked up too.
    shift.operator.advance(seconds(60));
    assert_eq!(
        shift.comes(&[("x", "High", "Never seen before")]).told(),
        one("vigie T: high alert", "Never seen before on DC01")
    );
}
