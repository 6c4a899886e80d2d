//! Being told while one looks elsewhere: which alerts, how often, and when not.

use jiff::SignedDuration;
use vigie::app::Effect;
use vigie::app::Event;
use vigie::app::telling::Manner;
use vigie::app::telling::Message;
use vigie::app::telling::Quiet;
use vigie::app::telling::Rule;
use vigie::app::telling::Rules;
use vigie::domain::filter::Query;
use vigie::domain::moment::Moment;
use vigie::view;

use crate::operator::Operator;

fn seconds(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}

/// An alert as told at this moment.
fn alert(id: &str, severity: &str, status: &str, title: &str, now: Moment) -> String {
    let at = now.wall;
    format!(
        r#"{{"id":"{id}","severity":"{severity}","status":"{status}","title":"{title}",
           "computerDnsName":"DC01","alertCreationTime":"{at}","lastUpdateTime":"{at}"}}"#
    )
}

struct Shift {
    operator: Operator,
    bodies: Vec<String>,
}

impl Shift {
    fn begins(rules: Rules) -> Self {
        let mut operator = Operator::at(120, 40, Operator::quiet(1));
        operator.state.settings.telling = rules;
        let bodies = vec![alert("old", "High", "New", "Old tool", operator.now())];
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
        let now = self.operator.now();
        for (id, severity, title) in alerts {
            self.bodies
                .insert(0, alert(id, severity, "New", title, now));
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

#[test]
fn what_is_there_at_the_start_is_no_news_and_what_is_less_than_high_neither() {
    let mut shift = Shift::begins(rules());
    assert_eq!(shift.told(), []);
    assert_eq!(shift.comes(&[("m", "Medium", "Odd task")]).told(), []);
    assert_eq!(
        shift.comes(&[("h", "High", "Credential theft")]).told(),
        one("vigie T: high alert", "Credential theft on DC01")
    );
}

#[test]
fn forty_alerts_are_one_notification_and_the_next_waits_its_time() {
    let mut shift = Shift::begins(rules());
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

#[test]
fn a_resolved_alert_rings_nobody() {
    let mut shift = Shift::begins(rules());
    let body = alert("r", "High", "Resolved", "Tool", shift.operator.now());
    shift.bodies.insert(0, body);
    assert_eq!(shift.comes(&[]).told(), []);
    shift.operator.sees("1 new");
}

#[test]
fn one_key_silences_and_the_head_says_so() {
    let mut shift = Shift::begins(rules());
    shift.operator.press("B").sees("bell off");
    assert_eq!(shift.comes(&[("a", "High", "First")]).told(), []);
    shift.operator.press("B").sees_no("bell off");
    shift.operator.advance(SignedDuration::from_mins(2));
    assert_eq!(shift.told(), [], "what was silenced is not told later");
    assert_eq!(shift.comes(&[("b", "High", "Second")]).told().len(), 1);
}

#[test]
fn nobody_is_rung_in_quiet_hours() {
    let quiet = Quiet {
        from: "22:00".parse().unwrap(),
        to: "14:10".parse().unwrap(),
    };
    let mut shift = Shift::begins(Rules {
        quiet: Some(quiet),
        ..rules()
    });
    shift.operator.sees("quiet hours");
    assert_eq!(shift.comes(&[("a", "High", "First")]).told(), []);
    shift.operator.advance(SignedDuration::from_mins(9));
    shift.operator.sees_no("quiet hours");
    assert_eq!(shift.told(), []);
    assert_eq!(shift.comes(&[("b", "High", "Second")]).told().len(), 1);
}

#[test]
fn where_it_is_off_the_key_says_why_it_does_nothing() {
    let mut shift = Shift::begins(Rules::default());
    shift.operator.press("B");
    shift
        .operator
        .sees("`notify` is off in the configuration")
        .sees_no("bell off");
    assert_eq!(shift.comes(&[("a", "High", "First")]).told(), []);
}

#[test]
fn the_hook_gets_each_alert_one_after_the_other_and_even_in_silence() {
    let mut shift = Shift::begins(Rules {
        hook: vec!["hook".to_owned()],
        ..rules()
    });
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

#[test]
fn a_slow_hook_does_not_gather_alerts_without_end() {
    let mut shift = Shift::begins(Rules {
        hook: vec!["hook".to_owned()],
        ..Rules::default()
    });
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

#[test]
fn the_window_is_called_after_what_is_open_only_where_that_is_wanted() {
    let title = |shift: &Shift| {
        let mut buffer = shift.operator.buffer();
        view::draw(&shift.operator.state, &shift.operator.theme, &mut buffer).title
    };
    let mut shift = Shift::begins(Rules {
        window_title: true,
        ..rules()
    });
    let tenant = vigie::app::telling::whose(&shift.operator.state);
    let called = |counts: &str| Some(format!("{counts} vigie {tenant}"));
    assert_eq!(title(&shift), called("1H 1 open"));
    shift.comes(&[("m", "Medium", "Odd task")]);
    assert_eq!(title(&shift), called("1H 1M 2 open"));
    shift.operator.state.settings.telling.window_title = false;
    shift.operator.happens(Event::Woke);
    assert_eq!(title(&shift), None);
}

#[test]
fn a_filter_says_which_alerts_are_told() {
    let query = Query::parse("(sev>=med !odd) or dev:HR* is:unassigned").unwrap();
    let mut shift = Shift::begins(Rules {
        rule: Rule::Passing(query),
        ..rules()
    });
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
