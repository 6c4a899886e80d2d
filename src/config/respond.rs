//! The second API of a profile whose alerts come from Microsoft Graph: the one that acts
//! on devices, which Graph cannot.

use crate::config::address;
use crate::config::choices::Cloud;
use crate::config::choices::Region;
use crate::config::choices::Respond;
use crate::config::choices::Service;
use crate::config::endpoints::Endpoints;
use crate::config::error::ConfigError;
use crate::config::settings;
use crate::config::settings::Setting;
use crate::config::settings::Sourced;
use crate::config::sources::Sources;
use crate::config::words;

/// What a `token_command` says where the audience is to stand.
pub const PLACEHOLDER: &str = "{resource}";

/// The second API as it was set.
#[derive(Debug)]
pub struct RespondConfig {
    /// None where one API is all there is.
    pub by: Sourced<Option<Respond>>,
    /// None of these two without the first.
    pub api: Sourced<Option<String>>,
    pub resource: Sourced<Option<String>>,
}

/// Where the second API is, and what its token is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondApi {
    /// Without a version, without a slash at the end.
    pub api: String,
    /// The audience, exactly as it is to be asked for.
    pub resource: String,
}

impl RespondConfig {
    pub(super) fn of(
        sources: &Sources<'_>,
        service: Service,
        cloud: Cloud,
        region: Option<Region>,
    ) -> Result<Self, ConfigError> {
        let by = Sourced::optional(sources.choice(|_| &None, settings::RESPOND)?);
        let api = sources.read(|_| &None, settings::RESPOND_API, address::checked)?;
        let resource = sources.read(|_| &None, settings::RESPOND_RESOURCE, words::audience)?;
        match (by.value, service) {
            (Some(Respond::Defender), Service::Graph) => {
                let usual = Endpoints::of(Service::Defender, cloud, region);
                Ok(Self {
                    by,
                    api: or(api, usual.api),
                    resource: or(resource, usual.resource),
                })
            }
            (Some(_), Service::Defender) => {
                let reason = "is for `service = \"graph\"` alone: the Defender API acts on \
                              devices with the token that reads the alerts";
                Err(refused(settings::RESPOND, by, reason))
            }
            (None, Service::Graph | Service::Defender) => {
                let reason = "stands without `respond = \"defender\"`, which it belongs to";
                let none = Sourced::optional(None);
                match (api, resource) {
                    (Some(api), _) => Err(refused(settings::RESPOND_API, api, reason)),
                    (None, Some(resource)) => {
                        Err(refused(settings::RESPOND_RESOURCE, resource, reason))
                    }
                    (None, None) => Ok(Self {
                        by,
                        api: none.clone(),
                        resource: none,
                    }),
                }
            }
        }
    }

    /// The Defender API at an address, whatever was set.
    pub fn at(api: &str, cloud: Cloud, region: Option<Region>) -> Self {
        let usual = Endpoints::of(Service::Defender, cloud, region);
        Self {
            by: Sourced::default(Some(Respond::Defender)),
            api: Sourced::default(Some(api.to_owned())),
            resource: Sourced::default(Some(usual.resource)),
        }
    }

    /// The second API, where there is one.
    pub fn second(&self) -> Option<SecondApi> {
        let (api, resource) = (self.api.value.clone()?, self.resource.value.clone()?);
        Some(SecondApi { api, resource })
    }

    /// A program that prints one token has to be told which one is wanted.
    pub(super) fn check_command(
        &self,
        command: &Sourced<Option<Vec<String>>>,
    ) -> Result<(), ConfigError> {
        let Some(arguments) = &command.value else {
            return Ok(());
        };
        let is_told = arguments
            .iter()
            .any(|argument| argument.contains(PLACEHOLDER));
        if self.by.value.is_none() || is_told {
            return Ok(());
        }
        let reason = "prints one token, and `respond` takes a second one for another API: write \
                      `{resource}` where the audience stands, and it is run for each";
        Err(refused(settings::TOKEN, command.clone(), reason))
    }
}

fn or(given: Option<Sourced<String>>, usual: String) -> Sourced<Option<String>> {
    match given {
        Some(given) => Sourced::optional(Some(given)),
        None => Sourced::default(Some(usual)),
    }
}

fn refused<T>(setting: Setting, given: Sourced<T>, reason: &str) -> ConfigError {
    ConfigError::Value {
        setting: setting.key,
        origin: given.origin,
        reason: reason.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::config::file::File;
    use crate::config::resolve::Config;
    use crate::config::settings::Flags;

    fn second(profile: &str) -> Result<Option<SecondApi>, String> {
        let path = PathBuf::from("c.toml");
        let file = File::parse(&format!("[profiles.a]\n{profile}"), &path)
            .map_err(|error| error.to_string())?;
        let config = Config::settle(&Flags::default(), &|_: &str| None, path, Some(file));
        Ok(config.map_err(|error| error.to_string())?.respond.second())
    }

    const DEFENDER: &str = "https://api.securitycenter.microsoft.com";

    #[test]
    fn the_second_api_is_that_of_the_cloud_and_region_until_it_is_said() {
        let at = |api: &str, resource: &str| {
            Ok(Some(SecondApi {
                api: api.to_owned(),
                resource: resource.to_owned(),
            }))
        };
        let graph = "service = 'graph'\nrespond = 'defender'\n";
        assert_eq!(second(graph), at(DEFENDER, DEFENDER));
        let gov = "https://api-gov.securitycenter.microsoft.us";
        assert_eq!(second(&format!("{graph}cloud = 'dod'")), at(gov, gov));
        assert_eq!(
            second(&format!("{graph}region = 'eu'")),
            at("https://eu.api.security.microsoft.com", DEFENDER)
        );
        let said = "respond_api = 'http://127.0.0.1:1/'\nrespond_resource = 'api://x/'";
        assert_eq!(
            second(&format!("{graph}{said}")),
            at("http://127.0.0.1:1", "api://x/")
        );
        assert_eq!(second("service = 'graph'"), Ok(None));
        assert_eq!(second(""), Ok(None));
    }

    #[test]
    fn what_stands_alone_or_is_not_encrypted_is_refused() {
        for (profile, said) in [
            (
                "respond = 'defender'",
                "`respond` from the profile `a`: is for `service = \"graph\"` alone",
            ),
            (
                "service = 'graph'\nrespond = 'graph'",
                "`graph` is not one of `defender`",
            ),
            (
                "service = 'graph'\nrespond_api = 'https://x.example'",
                "`respond_api` from the profile `a`: stands without `respond = \"defender\"`",
            ),
            (
                "respond_resource = 'api://x'",
                "`respond_resource` from the profile `a`: stands without",
            ),
            (
                "service = 'graph'\nrespond = 'defender'\nrespond_api = 'http://x.example'",
                "is not encrypted",
            ),
        ] {
            let error = second(profile).err().unwrap_or_default();
            assert!(error.contains(said), "{profile}: {error}");
        }
    }

    #[test]
    fn a_program_is_run_for_each_token_only_where_it_can_be_told_which() {
        let by = |command: &str, respond: &str| {
            second(&format!(
                "service = 'graph'\nauth = 'command'\ntoken_command = {command}\n{respond}"
            ))
        };
        let respond = "respond = 'defender'";
        assert_eq!(by("['az', 'token']", ""), Ok(None));
        let refused = by("['az', 'token']", respond).err().unwrap_or_default();
        assert!(refused.contains("write `{resource}`"), "{refused}");
        assert!(by("['az', '--resource={resource}']", respond).is_ok());
        // By another method it is not run at all.
        let unused = "service = 'graph'\nauth = 'browser'\ntoken_command = ['az']\n";
        assert!(second(&format!("{unused}{respond}")).is_ok());
    }
}
