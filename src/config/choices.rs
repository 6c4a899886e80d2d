//! The settings whose value is one word of a few.

use crate::domain::text::repeated;
use std::fmt;

/// A setting whose values have names.
pub(super) trait Choice: Copy + Sized + 'static {
    /// Every value with its name.
    const NAMES: &'static [(&'static str, Self)];

    /// The value called `name`, or why there is none.
    fn named(name: &str) -> Result<Self, String> {
        Self::NAMES
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| *value)
            .ok_or_else(|| {
                let names: Vec<&str> = Self::NAMES.iter().map(|(name, _)| *name).collect();
                format!(
                    "`{}` is not one of `{}`",
                    repeated(name),
                    names.join("`, `")
                )
            })
    }
}

/// How to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthMethod {
    Password,
    DeviceCode,
    Browser,
    ClientSecret,
    ClientCertificate,
    /// A command prints the token.
    Command,
}

/// Which API the alerts come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// The Defender for Endpoint API.
    Defender,
    /// The Microsoft Graph security API.
    Graph,
}

/// Which API acts on devices where Microsoft Graph brings the alerts: it cannot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Respond {
    /// The Defender for Endpoint API.
    Defender,
}

/// Which of Microsoft's clouds the tenant lives in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cloud {
    Commercial,
    Gcc,
    GccHigh,
    Dod,
}

/// Which of the commercial cloud's nearer hosts to call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Region {
    Us,
    Eu,
    Uk,
    Au,
    Swa,
    Ina,
    Aea,
}

/// How a terminal is to be told of new alerts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notify {
    /// As the terminal takes it.
    Auto,
    Bell,
    Osc9,
    Osc99,
    Osc777,
    Off,
}

/// The least severity that is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeastSeverity {
    High,
    Medium,
    Low,
    Informational,
}

impl AuthMethod {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::DeviceCode => "device-code",
            Self::Browser => "browser",
            Self::ClientSecret => "client-secret",
            Self::ClientCertificate => "client-certificate",
            Self::Command => "command",
        }
    }
}

impl Service {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Defender => "defender",
            Self::Graph => "graph",
        }
    }
}

impl Respond {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Defender => "defender",
        }
    }
}

impl Cloud {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Commercial => "commercial",
            Self::Gcc => "gcc",
            Self::GccHigh => "gcc-high",
            Self::Dod => "dod",
        }
    }
}

impl Region {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Us => "us",
            Self::Eu => "eu",
            Self::Uk => "uk",
            Self::Au => "au",
            Self::Swa => "swa",
            Self::Ina => "ina",
            Self::Aea => "aea",
        }
    }
}

impl Notify {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Bell => "bell",
            Self::Osc9 => "osc9",
            Self::Osc99 => "osc99",
            Self::Osc777 => "osc777",
            Self::Off => "off",
        }
    }
}

impl LeastSeverity {
    pub const fn name(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
            Self::Informational => "informational",
        }
    }
}

/// One row of [`Choice::NAMES`] for each value given, each with its own name.
macro_rules! choice {
    ($choice:ident: $($value:ident),+) => {
        impl Choice for $choice {
            const NAMES: &'static [(&'static str, Self)] =
                &[$((Self::$value.name(), Self::$value)),+];
        }

        impl fmt::Display for $choice {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

choice!(AuthMethod: Password, DeviceCode, Browser, ClientSecret, ClientCertificate, Command);
choice!(Service: Defender, Graph);
choice!(Respond: Defender);
choice!(Cloud: Commercial, Gcc, GccHigh, Dod);
choice!(Region: Us, Eu, Uk, Au, Swa, Ina, Aea);
choice!(Notify: Auto, Bell, Osc9, Osc99, Osc777, Off);
choice!(LeastSeverity: High, Medium, Low, Informational);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_back() {
        fn check<T: Choice + PartialEq + fmt::Debug + fmt::Display>(count: usize) {
            assert_eq!(T::NAMES.len(), count);
            for (name, value) in T::NAMES {
                assert_eq!(T::named(name), Ok(*value));
                assert_eq!(value.to_string(), *name);
            }
        }
        check::<AuthMethod>(6);
        check::<Service>(2);
        check::<Respond>(1);
        check::<Cloud>(4);
        check::<Region>(7);
        check::<Notify>(6);
        check::<LeastSeverity>(4);
    }

    #[test]
    fn a_wrong_name_is_answered_with_the_right_ones() {
        assert_eq!(
            Service::named("Defender"),
            Err("`Defender` is not one of `defender`, `graph`".to_owned())
        );
    }
}
