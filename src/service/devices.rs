//! Devices: reading them, asking for actions, following what was asked for.
//!
//! An action is asked for once and never again by itself: nobody can take back a second
//! isolation that was a repeated first one. Where the answer was lost, the actions of
//! the device tell whether it arrived. All calls of a session go to one host: another
//! may not know a new action for minutes.

use percent_encoding::utf8_percent_encode;
use reqwest::Method;
use reqwest::StatusCode;
use serde_json::Value;
use serde_json::json;

use crate::domain::alert::AlertPage;
use crate::domain::device::Acted;
use crate::domain::device::ActionId;
use crate::domain::device::Asked;
use crate::domain::device::Device;
use crate::domain::device::DeviceAction;
use crate::domain::device::DeviceId;
use crate::domain::device::Logon;
use crate::domain::device::Order;
use crate::domain::device::PackageLink;
use crate::domain::device::Reading;
use crate::domain::failure::Failure;
use crate::domain::failure::FailureKind;
use crate::domain::session::Audience;
use crate::domain::session::TokenFacts;
use crate::domain::text::shown;
use crate::domain::token;
use crate::domain::token::Api;
use crate::domain::token::Capability;
use crate::service::client::Client;
use crate::service::error::ServiceError;
use crate::service::http::Answer;
use crate::service::http::VALUE;
use crate::wire::action;
use crate::wire::device;
use crate::wire::page;
use crate::wire::problem;

/// A device with a hundred addresses takes some kilobytes.
const LARGEST_DEVICE: usize = 1024 * 1024;
/// Ten thousand actions of one device.
const LARGEST_LIST: usize = 16 * 1024 * 1024;

impl Client {
    /// A new token for the API that devices are asked of.
    ///
    /// # Errors
    /// As [`Client::renew`] or [`Client::renew_second`].
    pub async fn renew_for_devices(&self) -> Result<TokenFacts, ServiceError> {
        match self.audience_of_devices() {
            Audience::Service => self.renew().await,
            Audience::Respond => self.renew_second().await,
        }
    }

    /// One device, by its id or by its whole name.
    pub async fn get_device(&self, id: &str) -> Result<Device, ServiceError> {
        let Some(id) = DeviceId::new(id) else {
            return Err(ServiceError::Misconfigured {
                words: format!("`{}` is not the id of a device", shown(id)),
                remedy: None,
            });
        };
        let path = format!("machines/{}", segment(id.as_str()));
        let answer = self.device_call(Method::GET, &path, None).await?;
        device::read(&text(&answer)).ok_or_else(|| malformed("the answer is not a device"))
    }

    /// Who was signed in on a device.
    pub async fn logons(&self, id: &DeviceId) -> Result<Vec<Logon>, ServiceError> {
        let path = format!("machines/{}/logonusers", segment(id.as_str()));
        let answer = self.list_of_device(&path).await?;
        Ok(answer.map_or_else(Vec::new, |answer| device::read_logons(&text(&answer))))
    }

    /// The alerts of a device, without any option: each is refused there.
    pub async fn device_alerts(&self, id: &DeviceId) -> Result<AlertPage, ServiceError> {
        let path = format!("machines/{}/alerts", segment(id.as_str()));
        match self.list_of_device(&path).await? {
            Some(answer) => page::read(&answer.body).map_err(ServiceError::Malformed),
            None => Ok(AlertPage::default()),
        }
    }

    /// Every action on a device, newest first.
    pub async fn device_actions(&self, id: &DeviceId) -> Result<Vec<DeviceAction>, ServiceError> {
        let filter = format!("machineId eq '{}'", id.as_str().replace('\'', "''"));
        let path = format!("machineactions?$filter={}", segment(&filter));
        match self.list_of_device(&path).await? {
            Some(answer) => action::read_list(&text(&answer))
                .ok_or_else(|| malformed("the answer is not a list of actions")),
            None => Ok(Vec::new()),
        }
    }

    /// One action. In its first minutes it may be told not to exist.
    pub async fn get_action(&self, id: &ActionId) -> Result<DeviceAction, ServiceError> {
        let path = format!("machineactions/{}", segment(id.as_str()));
        let answer = self.device_call(Method::GET, &path, None).await?;
        action::read(&text(&answer)).ok_or_else(|| malformed("the answer is not an action"))
    }

    /// Where the package of an action that succeeded lies.
    pub async fn package_link(&self, id: &ActionId) -> Result<PackageLink, ServiceError> {
        let path = format!("machineactions/{}/GetPackageUri", segment(id.as_str()));
        let answer = self.device_call(Method::GET, &path, None).await?;
        // Not quoted: whoever has the link has the package.
        action::read_package_link(&text(&answer))
            .ok_or_else(|| malformed("the answer is not a link to a package"))
    }

    /// A device with who was signed in there and what was done to it.
    pub async fn read_device(&self, id: &DeviceId) -> Reading {
        let (device, logons, actions) = tokio::join!(
            self.get_device(id.as_str()),
            self.logons(id),
            self.device_actions(id),
        );
        Reading {
            device: device.map_err(unread),
            logons: logons.map_err(Failure::from),
            actions: actions.map_err(Failure::from),
        }
    }

    /// Asks for an action, once.
    pub async fn act(&self, asked: &Asked) -> Acted {
        let (verb, body) = request(asked);
        let path = format!("machines/{}/{verb}", segment(asked.device.as_str()));
        let sent = self.exchanged(Method::POST, &path, Some(body.to_string()), LARGEST_DEVICE);
        let answer = match sent.await {
            Ok(answer) => answer,
            Err(error) => return unanswered(error),
        };
        let Some(error) = self.failure(self.audience_of_devices(), &answer) else {
            if let Some(action) = action::read(&text(&answer)) {
                return Acted::Begun(Box::new(action));
            }
            let mut failure = Failure::from(malformed("the answer is not an action"));
            failure.request = answer.request_id();
            return Acted::Unknown(failure);
        };
        self.refused(&answer, error, &asked.order)
    }

    /// What came of an order whose answer was lost, if it arrived.
    pub async fn find_action(&self, asked: &Asked) -> Result<Option<DeviceAction>, ServiceError> {
        let sent = self.habits.service_time(asked.at);
        let actions = self.device_actions(&asked.device).await?.into_iter();
        let mut found = actions.filter(|action| action.answers(&asked.order, &asked.comment, sent));
        Ok(found.next())
    }

    fn refused(&self, answer: &Answer, error: ServiceError, order: &Order) -> Acted {
        let mut failure = Failure::from(error);
        failure.request = answer.request_id();
        if answer.status.is_server_error() {
            return Acted::Unknown(failure);
        }
        if answer.status == StatusCode::FORBIDDEN {
            failure.remedy = Some(self.remedy_of_a_forbidden_order(order));
        }
        let code = problem::read(&answer.body).code;
        if code == "ActiveRequestAlreadyExists" {
            "an action of this kind, or its opposite, runs on the device already"
                .clone_into(&mut failure.sentence);
            return Acted::RunsAlready(failure);
        }
        if let Some(words) = plain_words(&code) {
            words.clone_into(&mut failure.sentence);
        }
        Acted::Refused(failure)
    }

    /// A list about a device. None where it is empty: the service says so with 404.
    async fn list_of_device(&self, path: &str) -> Result<Option<Answer>, ServiceError> {
        match self.device_call(Method::GET, path, None).await {
            Ok(answer) => Ok(Some(answer)),
            Err(ServiceError::NotFound(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// One call about devices.
    async fn device_call(
        &self,
        method: Method,
        path: &str,
        json: Option<String>,
    ) -> Result<Answer, ServiceError> {
        let largest = if path.contains("/alerts") || path.contains('?') {
            LARGEST_LIST
        } else {
            LARGEST_DEVICE
        };
        let answer = self.exchanged(method, path, json, largest).await?;
        match self.failure(self.audience_of_devices(), &answer) {
            Some(error) => Err(error),
            None => Ok(answer),
        }
    }

    async fn exchanged(
        &self,
        method: Method,
        path: &str,
        json: Option<String>,
        largest: usize,
    ) -> Result<Answer, ServiceError> {
        let audience = self.audience_of_devices();
        if audience == Audience::Service && self.service() == Api::Graph {
            return Err(ServiceError::Misconfigured {
                words: "Microsoft Graph knows no actions on devices".to_owned(),
                remedy: Some(
                    "set `respond = \"defender\"` in the profile: devices are asked of Defender then"
                        .to_owned(),
                ),
            });
        }
        let url = format!("{}/api/{path}", self.api_of(audience)?);
        self.exchange(audience, method, &url, json, largest).await
    }

    /// Tells a permission that is missing from a role or a device group that is.
    fn remedy_of_a_forbidden_order(&self, order: &Order) -> String {
        let permission = order.permission();
        let audience = self.audience_of_devices();
        let bearer = self.tokens.bearer(audience, (self.now)().steady);
        let decoded = bearer.ok().map(|bearer| token::decode(bearer.expose()));
        let (role, unified) = Capability::Respond.role();
        let of_the_person = format!(
            "your role in Defender lacks `{role}` (`{unified}`), or the device group is none of yours"
        );
        match decoded {
            Some(Ok(token)) => {
                let granted = token.granted();
                let mut held = granted.iter();
                if !held.any(|name| name.original().eq_ignore_ascii_case(permission)) {
                    format!(
                        "the token lacks `{permission}`: have it granted to the application, then sign in again"
                    )
                } else if token.app_only() {
                    "the token holds the permission: ask whoever runs Defender which devices the application may act on".to_owned()
                } else {
                    format!("the token holds the permission: {of_the_person}")
                }
            }
            Some(Err(_)) | None => {
                format!("the token may lack `{permission}`; if it does not, {of_the_person}")
            }
        }
    }
}

/// The last part of the path and the body, whose names are in `PascalCase`.
fn request(asked: &Asked) -> (&'static str, Value) {
    let comment = asked.comment.trim();
    match &asked.order {
        Order::IsolateFully => (
            "isolate",
            json!({"Comment": comment, "IsolationType": "Full"}),
        ),
        Order::IsolateSelectively => (
            "isolate",
            json!({"Comment": comment, "IsolationType": "Selective"}),
        ),
        Order::Release => ("unisolate", json!({"Comment": comment})),
        Order::ScanQuickly => (
            "runAntiVirusScan",
            json!({"Comment": comment, "ScanType": "Quick"}),
        ),
        Order::ScanFully => (
            "runAntiVirusScan",
            json!({"Comment": comment, "ScanType": "Full"}),
        ),
        Order::Restrict => ("restrictCodeExecution", json!({"Comment": comment})),
        Order::Unrestrict => ("unrestrictCodeExecution", json!({"Comment": comment})),
        Order::Collect => ("collectInvestigationPackage", json!({"Comment": comment})),
        Order::Quarantine(sha1) => (
            "StopAndQuarantineFile",
            json!({"Comment": comment, "Sha1": sha1}),
        ),
    }
}

const UNKNOWN: &str = "there is no such device, or your role does not see it";

/// A device that the service does not know is said to be that.
fn unread(error: ServiceError) -> Failure {
    let mut failure = Failure::from(error);
    if failure.kind == FailureKind::NotFound {
        UNKNOWN.clone_into(&mut failure.sentence);
    }
    failure
}

/// What the service's codes mean to a person.
fn plain_words(code: &str) -> Option<&'static str> {
    Some(match code {
        "OsPlatformNotSupported" => "the platform of the device does not do that",
        "ClientVersionNotSupported" => "Defender on the device is too old for that",
        "DisabledFeature" => "that is switched off for the tenant",
        "DisallowedOperation" => "the tenant does not allow that on this device",
        "ResourceNotFound" => UNKNOWN,
        "InvalidHashValue" => "the service does not take this SHA-1",
        _ => return None,
    })
}

/// Whether it arrived depends on how it ended.
fn unanswered(error: ServiceError) -> Acted {
    let failure = Failure::from(error);
    match failure.kind {
        // Known before anything left, or stopped before it came there.
        FailureKind::Unauthorized
        | FailureKind::Forbidden
        | FailureKind::NotFound
        | FailureKind::Throttled
        | FailureKind::Rejected
        | FailureKind::Obstructed
        | FailureKind::ForeignLink
        | FailureKind::SignInRefused
        | FailureKind::SignInNeeded
        | FailureKind::Misconfigured => Acted::Refused(failure),
        FailureKind::Unreachable | FailureKind::Malformed => Acted::Unknown(failure),
    }
}

fn segment(text: &str) -> String {
    utf8_percent_encode(text, VALUE).to_string()
}

fn text(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.body).into_owned()
}

fn malformed(words: &str) -> ServiceError {
    ServiceError::Malformed(words.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_written_as_the_pages_have_them() {
        let body = |order: Order| {
            let device = DeviceId::new("0a").into_iter();
            let asked = device.map(|device| Asked {
                device,
                order: order.clone(),
                comment: " Isolate machine due to alert 1234 ".to_owned(),
                at: jiff::Timestamp::UNIX_EPOCH,
            });
            asked.map(|asked| request(&asked).1).collect::<Vec<Value>>()
        };
        let sample = json!({
            "Comment": "Isolate machine due to alert 1234",
            "IsolationType": "Full",
        });
        assert_eq!(body(Order::IsolateFully), [sample]);
        let sha1 = "87662bc3d60e4200ceaf7aae249d1c343f4b83c9";
        let sample = json!({"Comment": "Isolate machine due to alert 1234", "Sha1": sha1});
        assert_eq!(body(Order::Quarantine(sha1.to_owned())), [sample]);
    }
}
