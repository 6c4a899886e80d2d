//! Device codes: a person types a short code at any browser, while the program asks
//! whether they did.
//!
//! Holds the program to the interval it was told, which grows when it is impatient.

use std::collections::HashMap;

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value as Json;

use crate::sim::entra::Ids;
use crate::sim::entra::Refusal;
use crate::sim::html;
use crate::sim::json::Object;
use crate::sim::jwt;
use crate::sim::jwt::Proof;
use crate::sim::reply::Reply;
use crate::sim::tokens::Grant;
use crate::sim::tokens::REMEMBERED;
use crate::sim::tokens::Tokens;
use crate::sim::tokens::Version;
use crate::sim::tokens::codes::already_redeemed;
use crate::sim::tokens::endpoint::Form;
use crate::sim::tokens::scope::Asked;
use crate::sim::world::Request;

pub(super) const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:device_code";
const LIFE_SECONDS: i64 = 900;
const INTERVAL_SECONDS: i64 = 5;
/// What a timer may be early by.
const GRACE: SignedDuration = SignedDuration::from_millis(100);
/// Without the letters and digits that are taken for one another.
const LETTERS: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Decision {
    Pending,
    Approved,
    Declined,
    Redeemed,
}

struct Device {
    user_code: String,
    asked: Asked,
    claims: Option<Json>,
    decision: Decision,
    since: Timestamp,
    interval: SignedDuration,
    answered: Option<Timestamp>,
}

/// The device codes given out, and whether there will be more.
#[derive(Default)]
pub(super) struct Devices {
    known: HashMap<String, Device>,
    blocked: Option<u32>,
}

impl Tokens {
    /// Every code that waits is approved.
    pub(crate) fn approve_device_codes(&mut self) {
        self.devices.decide(Decision::Approved);
    }

    /// Every code that waits is declined.
    pub(crate) fn decline_device_codes(&mut self) {
        self.devices.decide(Decision::Declined);
    }

    pub(crate) fn block_device_codes(&mut self, number: Option<u32>) {
        self.devices.blocked = number;
    }

    /// A request for a device code.
    pub(super) fn device_code(
        &mut self,
        request: &Request,
        tenant: &str,
        now: Timestamp,
    ) -> Result<Reply, Refusal> {
        let form = Form::posted(request)?;
        self.own_tenant(tenant)?;
        self.known_client(&form, tenant)?;
        form.is_public()?;
        let asked = self.asked(&form, Version::Two)?;
        if let Some(number) = self.devices.blocked {
            let message = "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.";
            return Err(Refusal {
                suberror: Some(String::from("message_only")),
                ..Refusal::new("invalid_grant", number, message)
            });
        }
        let claims = form.claims()?;
        let (device_code, user_code) = self.devices.give(asked, claims, &mut self.rng, now);
        let page = format!("{}/devicelogin", self.account.authority);
        let message = format!(
            "To sign in, use a web browser to open the page {page} and enter the code {user_code} to authenticate."
        );
        let body = Object::new()
            .field("user_code", user_code)
            .field("device_code", device_code)
            .field("verification_uri", page)
            .field("expires_in", LIFE_SECONDS)
            .field("interval", INTERVAL_SECONDS)
            .field("message", message)
            .end();
        Ok(Reply::json(200, body))
    }

    /// The program asks whether the person has decided.
    pub(super) fn polled(&mut self, form: &Form, now: Timestamp) -> Result<Reply, Refusal> {
        form.is_public()?;
        let device_code = form.required("device_code")?;
        let Some(device) = self.devices.known.get_mut(device_code) else {
            let message = "Invalid verification code.";
            return Err(Refusal::new("bad_verification_code", 70_018, message));
        };
        if device.decision == Decision::Redeemed {
            return Err(already_redeemed());
        }
        if device.is_expired(now) {
            let message = "The provided value for the input parameter 'device_code' is not valid. This device code has expired.";
            return Err(Refusal::new("expired_token", 70_020, message));
        }
        let is_hasty = device
            .answered
            .is_some_and(|before| now.duration_since(before) + GRACE < device.interval);
        device.answered = Some(now);
        if is_hasty {
            device.interval += SignedDuration::from_secs(INTERVAL_SECONDS);
            let message = "The client is polling too frequently. Please slow down.";
            return Err(Refusal::new("slow_down", 70_016, message));
        }
        match device.decision {
            Decision::Pending => {
                let message =
                    "OAuth 2.0 device flow error. Authorization is pending. Continue polling.";
                return Err(Refusal::new("authorization_pending", 70_016, message));
            }
            Decision::Declined => {
                let message = "User declined to consent to access the app.";
                return Err(Refusal::new("authorization_declined", 65_004, message));
            }
            Decision::Redeemed | Decision::Approved => {}
        }
        device.decision = Decision::Redeemed;
        let asked = device.asked.clone();
        let grant = Grant {
            proof: Proof::Person,
            met: self.challenges.met_by(device.claims.as_ref()),
        };
        self.signed_in(&asked, grant, None, Version::Two, now)
    }

    /// The page for people: the code first, then the question.
    pub(super) fn device_login(&mut self, request: &Request, ids: &Ids) -> Result<Reply, Refusal> {
        if request.method == "GET" {
            return Ok(code_page());
        }
        let form = Form::posted(request)?;
        let typed = form.required("otc")?.trim().to_uppercase();
        let devices = &mut self.devices.known;
        let Some(device) = devices
            .values_mut()
            .find(|device| device.user_code == typed)
        else {
            let message =
                "Invalid verification code: that code didn't work. Check the code and try again.";
            return Err(Refusal::new("invalid_request", 70_018, message));
        };
        if device.is_expired(ids.now) {
            let message = "Verification code expired.";
            return Err(Refusal::new("invalid_request", 70_019, message));
        }
        if device.decision != Decision::Pending {
            let message = "The provided code was used already.";
            return Err(Refusal::new("invalid_request", 90_120, message));
        }
        if !form.names("answer") {
            return Ok(question_page(&typed, &self.account.username));
        }
        let approves = form.answer()?;
        let (decision, words) = if approves {
            (Decision::Approved, "signed in on your device")
        } else {
            (Decision::Declined, "declined")
        };
        device.decision = decision;
        let words = format!(
            "<h1>vigie (simulated)</h1>\n<p>You have {words}. You may now close this window.</p>"
        );
        Ok(html::page(200, &words))
    }
}

impl Devices {
    fn decide(&mut self, decision: Decision) {
        for device in self.known.values_mut() {
            if device.decision == Decision::Pending {
                device.decision = decision;
            }
        }
    }

    fn give(
        &mut self,
        asked: Asked,
        claims: Option<Json>,
        rng: &mut Rng,
        now: Timestamp,
    ) -> (String, String) {
        if self.known.len() > REMEMBERED {
            self.known.retain(|_, device| !device.is_expired(now));
        }
        let user_code: String = (0..9)
            .filter_map(|_| rng.choice(LETTERS))
            .map(|letter| char::from(*letter))
            .collect();
        let device_code = jwt::random(rng, 180);
        let device = Device {
            user_code: user_code.clone(),
            asked,
            claims,
            decision: Decision::Pending,
            since: now,
            interval: SignedDuration::from_secs(INTERVAL_SECONDS),
            answered: None,
        };
        self.known.insert(device_code.clone(), device);
        (device_code, user_code)
    }
}

impl Device {
    fn is_expired(&self, now: Timestamp) -> bool {
        now.duration_since(self.since) >= SignedDuration::from_secs(LIFE_SECONDS)
    }
}

fn code_page() -> Reply {
    html::page(
        200,
        "<h1>Enter code</h1>\n<p>Enter the code displayed on your app or device.</p>\n\
         <form method=\"post\" action=\"/devicelogin\">\n\
         <input type=\"text\" name=\"otc\" autocomplete=\"off\" autofocus aria-label=\"Code\">\n\
         <button type=\"submit\">Next</button>\n</form>",
    )
}

fn question_page(code: &str, username: &str) -> Reply {
    let buttons = [
        ("continue", format!("Continue as {}", jwt::PERSON)),
        ("decline", String::from("Decline")),
    ];
    let content = format!(
        "<h1>Are you trying to sign in to vigie (simulated)?</h1>\n\
         <p>Only continue if you asked for this code yourself. You would be signed in as {}.</p>\n{}",
        html::escaped(username),
        html::question("/devicelogin", ("otc", code), &buttons)
    );
    html::page(200, &content)
}
