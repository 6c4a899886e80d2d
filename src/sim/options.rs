//! What a simulator is asked to be, and the account it hands out.
//!
//! Reads no arguments and no files: `vigie simulate` and the tests fill these in.

use std::time::Duration;

use crate::sim::clock::Clock;
use crate::sim::json::Object;

/// How to start a [`Simulator`](crate::sim::Simulator).
#[derive(Clone, Debug)]
pub struct Options {
    /// How many alerts there are at the start.
    pub alerts: usize,
    /// The same seed tells the same story.
    pub seed: u64,
    /// About how often something new arrives; `None` for a world where nothing
    /// happens by itself.
    pub arrivals: Option<Duration>,
    /// Faults now and then, as on a bad day.
    pub chaos: bool,
    /// Life of an access token.
    pub token_life: Duration,
    /// Port on 127.0.0.1; 0 for any that is free.
    pub port: u16,
    pub clock: Clock,
    pub population: Population,
    /// For calls about alerts at Defender's API.
    pub limits: Limits,
    /// For calls about alerts at Graph, which tells of no limit by the hour.
    pub graph_limits: Limits,
    /// What the application may prove itself with: PEM texts, one certificate each.
    pub certificates: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            alerts: 500,
            seed: 1,
            arrivals: Some(Duration::from_secs(20)),
            chaos: false,
            token_life: Duration::from_secs(180),
            port: 0,
            clock: Clock::System,
            population: Population::Story,
            limits: Limits::default(),
            graph_limits: Limits {
                per_minute: 150,
                per_hour: u32::MAX,
            },
            certificates: Vec::new(),
        }
    }
}

/// Where the alerts come from.
#[derive(Clone, Debug)]
pub enum Population {
    /// Incidents and noise, made from the seed.
    Story,
    /// JSON bodies of alerts, served byte for byte in the order given, in whichever
    /// API's shape they are. Nothing happens by itself in such a world.
    Verbatim(Vec<String>),
}

/// How many calls are allowed; both hold side by side.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub per_minute: u32,
    pub per_hour: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            per_minute: 100,
            per_hour: 1500,
        }
    }
}

/// Everything needed to sign in to the simulated tenant. The password is no secret.
#[derive(Clone, Debug)]
pub struct Account {
    pub authority: String,
    /// Where Defender's API is, without `/api`.
    pub api: String,
    /// Where Microsoft Graph is, without its version.
    pub graph: String,
    pub tenant: String,
    pub client_id: String,
    pub username: String,
    pub password: String,
    /// For the client credentials grant only.
    pub client_secret: String,
}

impl Account {
    /// The account of the simulator that listens at `origin`.
    pub(crate) fn at(origin: &str) -> Self {
        Self {
            authority: origin.to_owned(),
            api: origin.to_owned(),
            graph: origin.to_owned(),
            tenant: String::from("0f9a3c51-7d28-4be6-9c14-5a60b7e2d813"),
            client_id: String::from("6b1d4f2e-93a7-4c58-8e0b-d2f5a7c91e34"),
            username: String::from("ada.moreau@contoso.example"),
            // Every character here breaks some way of gluing a form together.
            password: String::from("p&ss=w%2Bord+ n°1 é#?"),
            client_secret: String::from("s3cr~t+/=&value%20"),
        }
    }

    /// One line for another process to read.
    pub fn to_json_line(&self) -> String {
        Object::new()
            .field("authority", &self.authority)
            .field("api", &self.api)
            .field("graph", &self.graph)
            .field("tenant", &self.tenant)
            .field("client_id", &self.client_id)
            .field("username", &self.username)
            .field("password", &self.password)
            .field("client_secret", &self.client_secret)
            .end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_account_is_one_line_of_json() {
        let line = Account::at("http://127.0.0.1:1").to_json_line();
        assert!(!line.contains('\n'));
        let value: serde_json::Value = serde_json::from_str(&line).unwrap_or_default();
        let graph = value.get("graph").and_then(|text| text.as_str());
        assert_eq!(graph, Some("http://127.0.0.1:1"));
        assert_eq!(
            value.get("password").and_then(|text| text.as_str()),
            Some("p&ss=w%2Bord+ n°1 é#?")
        );
        assert_eq!(
            value.get("client_secret").and_then(|text| text.as_str()),
            Some("s3cr~t+/=&value%20")
        );
    }
}
