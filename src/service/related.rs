//! What the service relates to an alert: files, addresses, domains, the user.

use reqwest::Method;
use reqwest::StatusCode;

use crate::domain::alert::AlertId;
use crate::domain::failure::Failure;
use crate::domain::related::Listed;
use crate::domain::related::Part;
use crate::domain::related::Told;
use crate::domain::session::Audience;
use crate::domain::token::Capability;
use crate::service::client::Client;
use crate::service::client::in_a_path;
use crate::service::error::ServiceError;
use crate::service::http::Answer;
use crate::wire::problem;
use crate::wire::related;

/// Ten thousand files.
const LARGEST_PART: usize = 8 * 1024 * 1024;

impl Client {
    /// Asks for one kind of what is related to an alert.
    ///
    /// # Errors
    /// Every failure of a call; a refused one names the permission. Where the service has
    /// no such calls nothing is sent.
    pub async fn related(&self, id: &AlertId, part: Part) -> Result<Told, Failure> {
        let answer = self.ask_related(id, part).await?;
        match self.failure(Audience::Service, &answer) {
            None => related::read(part, &String::from_utf8_lossy(&answer.body)).ok_or_else(|| {
                let words = match part {
                    Part::Files => "the answer is no list of files",
                    Part::Addresses => "the answer is no list of addresses",
                    Part::Domains => "the answer is no list of domains",
                    Part::User => "the answer is no user",
                };
                Failure::from(ServiceError::Malformed(words.to_owned()))
            }),
            Some(_) if is_none(&answer) => Ok(nothing(part)),
            Some(error) => {
                let mut failure = Failure::from(error);
                failure.request = answer.request_id();
                if answer.status == StatusCode::FORBIDDEN {
                    let (role, _) = Capability::Read.role();
                    let permission = part.permission();
                    failure.remedy = Some(format!(
                        "it takes `{permission}` and, in Defender, `{role}`"
                    ));
                }
                Err(failure)
            }
        }
    }

    async fn ask_related(&self, id: &AlertId, part: Part) -> Result<Answer, ServiceError> {
        let Some(path) = self.adaptor.related(&in_a_path(id.as_str())?, part) else {
            return Err(ServiceError::Misconfigured {
                words: "Microsoft Graph tells nothing of an alert beside its evidence".to_owned(),
                remedy: None,
            });
        };
        let url = self.url(&path);
        self.exchange(Audience::Service, Method::GET, &url, None, LARGEST_PART)
            .await
    }
}

/// The service says in its own words that there is none. A gateway's 404 is about the call,
/// and has no code.
fn is_none(answer: &Answer) -> bool {
    answer.status == StatusCode::NOT_FOUND && !problem::read(&answer.body).code.is_empty()
}

fn nothing(part: Part) -> Told {
    match part {
        Part::Files => Told::Files(Listed::default()),
        Part::Addresses => Told::Addresses(Listed::default()),
        Part::Domains => Told::Domains(Listed::default()),
        Part::User => Told::User(None),
    }
}
