//! Which addresses a cloud, a region and a service stand for.

use crate::config::choices::Cloud;
use crate::config::choices::Region;
use crate::config::choices::Service;

/// Where to sign in, what to call, and what the token is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoints {
    /// Without the tenant, without a slash at the end.
    pub authority: String,
    /// Without a version, without a slash at the end.
    pub api: String,
    /// The audience, exactly as it is to be asked for: a slash at its end means something.
    pub resource: String,
}

impl Endpoints {
    /// The addresses where nothing is said about them.
    ///
    /// A region is for Defender for Endpoint alone: Graph has one host for each cloud.
    pub fn of(service: Service, cloud: Cloud, region: Option<Region>) -> Self {
        let resource = match service {
            Service::Defender => defender(cloud),
            Service::Graph => graph(cloud),
        };
        let api = match (service, region) {
            (Service::Defender, Some(region)) => {
                format!("https://{region}.api.security.microsoft.com")
            }
            // The audience stays the same whichever commercial host is called.
            (Service::Defender, None) | (Service::Graph, _) => resource.to_owned(),
        };
        Self {
            authority: authority(cloud).to_owned(),
            api,
            resource: resource.to_owned(),
        }
    }
}

/// Where people look at the alerts of a cloud.
pub const fn portal(cloud: Cloud) -> &'static str {
    match cloud {
        Cloud::Commercial | Cloud::Gcc => "https://security.microsoft.com",
        Cloud::GccHigh => "https://security.microsoft.us",
        Cloud::Dod => "https://security.apps.mil",
    }
}

const fn authority(cloud: Cloud) -> &'static str {
    match cloud {
        Cloud::Commercial | Cloud::Gcc => "https://login.microsoftonline.com",
        Cloud::GccHigh | Cloud::Dod => "https://login.microsoftonline.us",
    }
}

const fn defender(cloud: Cloud) -> &'static str {
    match cloud {
        Cloud::Commercial => "https://api.securitycenter.microsoft.com",
        Cloud::Gcc => "https://api-gcc.securitycenter.microsoft.us",
        Cloud::GccHigh | Cloud::Dod => "https://api-gov.securitycenter.microsoft.us",
    }
}

const fn graph(cloud: Cloud) -> &'static str {
    match cloud {
        Cloud::Commercial | Cloud::Gcc => "https://graph.microsoft.com",
        Cloud::GccHigh => "https://graph.microsoft.us",
        Cloud::Dod => "https://dod-graph.microsoft.us",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cloud_has_its_hosts() {
        let com = "https://login.microsoftonline.com";
        let us = "https://login.microsoftonline.us";
        let cases = [
            (
                Cloud::Commercial,
                com,
                defender(Cloud::Commercial),
                "https://graph.microsoft.com",
            ),
            (
                Cloud::Gcc,
                com,
                "https://api-gcc.securitycenter.microsoft.us",
                "https://graph.microsoft.com",
            ),
            (
                Cloud::GccHigh,
                us,
                "https://api-gov.securitycenter.microsoft.us",
                "https://graph.microsoft.us",
            ),
            (
                Cloud::Dod,
                us,
                "https://api-gov.securitycenter.microsoft.us",
                "https://dod-graph.microsoft.us",
            ),
        ];
        for (cloud, authority, defender, graph) in cases {
            for (service, host) in [(Service::Defender, defender), (Service::Graph, graph)] {
                let expected = Endpoints {
                    authority: authority.to_owned(),
                    api: host.to_owned(),
                    resource: host.to_owned(),
                };
                assert_eq!(Endpoints::of(service, cloud, None), expected);
            }
        }
    }

    #[test]
    fn a_region_changes_the_host_and_not_the_audience() {
        let near = Endpoints::of(Service::Defender, Cloud::Commercial, Some(Region::Swa));
        assert_eq!(near.api, "https://swa.api.security.microsoft.com");
        assert_eq!(near.resource, "https://api.securitycenter.microsoft.com");
        let graph = Endpoints::of(Service::Graph, Cloud::Commercial, Some(Region::Swa));
        assert_eq!(graph.api, "https://graph.microsoft.com");
    }
}
