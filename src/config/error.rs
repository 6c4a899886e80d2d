//! What can be wrong with a configuration, and what to do about it.

use std::io;
use std::path::Path;
use std::path::PathBuf;

use thiserror::Error;

use crate::config::choices::Cloud;
use crate::config::choices::Region;
use crate::config::looks;
use crate::config::settings::Origin;
use crate::domain::text::repeated;
use crate::domain::text::repeated_within;
use crate::keymap::KeymapError;
use crate::theme::look;

/// Characters of a reason that quotes the file.
const LONGEST_REASON: usize = 300;
/// The same of a complaint, which may name what is known.
const LONGEST_COMPLAINT: usize = 600;
/// Profiles that a message names.
const LISTED: usize = 12;

/// A configuration that cannot be used. Every one of them is wrong usage.
#[derive(Debug, Error)]
pub enum ConfigError {
    #[error("could not read `{}`: {source}", .path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("could not read `{}`: line {line}, column {column}: {message}", .path.display())]
    Syntax {
        path: PathBuf,
        line: usize,
        column: usize,
        message: String,
    },
    #[error("`{}` line {line}: {}", .path.display(), repeated_within(&.complaint.to_string(), LONGEST_COMPLAINT))]
    Entry {
        path: PathBuf,
        line: usize,
        column: usize,
        complaint: Complaint,
    },
    #[error("`{}` line {line}: could not read the included `{}`: {source}", .path.display(), repeated(&.included.display().to_string()))]
    Included {
        path: PathBuf,
        line: usize,
        column: usize,
        /// The file that is included.
        included: PathBuf,
        source: io::Error,
    },
    // The names in it are those of the file, as they were written.
    #[error("the `[keys]` table of `{}`: {}", .path.display(), repeated_within(&.source.to_string(), LONGEST_REASON))]
    Keys { path: PathBuf, source: KeymapError },
    #[error("there is no profile `{}` (asked for by the {origin}): {}", repeated(.name), listed(.known))]
    UnknownProfile {
        name: String,
        origin: Origin,
        known: Vec<String>,
    },
    #[error("no profile was chosen and none is called `default`: {}", listed(.known))]
    NoProfileChosen { known: Vec<String> },
    #[error(
        "`{setting}` from the {origin}: {}",
        repeated_within(reason, LONGEST_REASON)
    )]
    Value {
        /// Its key in the file.
        setting: &'static str,
        origin: Origin,
        reason: String,
    },
    #[error("region `{region}` does not exist in cloud `{cloud}`: only `commercial` has regions")]
    RegionOutsideCommercial { region: Region, cloud: Cloud },
    #[error("found no folder for the configuration: `HOME` is not set")]
    NoFolder,
    #[error("did not write `{}`: it exists already", .path.display())]
    Exists { path: PathBuf },
    #[error("could not write `{}`: {source}", .path.display())]
    Unwritable { path: PathBuf, source: io::Error },
}

/// One key of the file that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Complaint {
    #[error("unknown key `{key}` {place}")]
    UnknownKey {
        key: String,
        place: Place,
        nearest: Option<&'static str>,
    },
    /// A known key, in the other kind of table.
    #[error("the key `{key}` does not stand {place}")]
    Misplaced { key: &'static str, place: Place },
    #[error("`{key}` is a secret, and secrets are never in the file: use `{instead}`")]
    Secret { key: String, instead: &'static str },
    /// One word of a few, or the name of a role.
    #[error("`{key}`: `{word}` is not one of `{}`", known.join("`, `"))]
    NoChoice {
        key: &'static str,
        /// Harmless to print.
        word: String,
        known: Vec<&'static str>,
        nearest: Option<&'static str>,
    },
    #[error("there is no role `{role}`")]
    UnknownRole {
        /// Harmless to print.
        role: String,
        nearest: Option<&'static str>,
    },
    #[error("the look of `{role}`: {reason}")]
    Look {
        role: &'static str,
        reason: String,
        nearest: Option<&'static str>,
    },
    #[error("view `{name}`: {reason}")]
    View {
        /// Both are harmless to print.
        name: String,
        reason: String,
    },
    #[error("macro `{name}`: {reason}")]
    Macro {
        /// Both are harmless to print.
        name: String,
        reason: String,
    },
    #[error("hunt `{name}`: {reason}")]
    Hunt {
        /// Both are harmless to print.
        name: String,
        reason: String,
    },
    #[error("close note `{name}`: {reason}")]
    CloseNote {
        /// Both are harmless to print.
        name: String,
        reason: String,
    },
    #[error("`{key}` is {found}: it has to be {expected}")]
    Shape {
        key: String,
        found: &'static str,
        expected: &'static str,
    },
    #[error(
        "`{key}` is one text: it has to be a list of texts, since no shell cuts the command up"
    )]
    Shell { key: &'static str },
}

/// The kind of table a key stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    Top,
    Profile(String),
    /// One `[[view]]`.
    View,
    /// One `[[macro]]`.
    Macro,
    /// One `[[hunt]]`.
    Hunt,
    /// The top of a file that another one includes.
    Included,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Top => f.write_str("at the top of the file"),
            Self::Profile(name) => write!(f, "in profile `{}`", repeated(name)),
            Self::View => f.write_str("in a `[[view]]` table"),
            Self::Macro => f.write_str("in a `[[macro]]` table"),
            Self::Hunt => f.write_str("in a `[[hunt]]` table"),
            Self::Included => f.write_str("in an included file"),
        }
    }
}

impl ConfigError {
    /// The file that a place in the text is about, where there is one.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::Syntax { path, .. }
            | Self::Entry { path, .. }
            | Self::Included { path, .. }
            | Self::Keys { path, .. } => Some(path),
            Self::Unreadable { .. }
            | Self::UnknownProfile { .. }
            | Self::NoProfileChosen { .. }
            | Self::Value { .. }
            | Self::RegionOutsideCommercial { .. }
            | Self::NoFolder
            | Self::Exists { .. }
            | Self::Unwritable { .. } => None,
        }
    }

    /// What to do about it, for the `help:` line.
    pub fn remedy(&self) -> Option<String> {
        let remedy = match self {
            Self::Unreadable { source, .. } if source.kind() == io::ErrorKind::NotFound => {
                "`vigie config init` writes a commented file, at the path given with `--config`"
            }
            Self::Entry { complaint, .. } => return complaint.remedy(),
            Self::Included { .. } => "put the file there, or take it out of `include`",
            Self::UnknownProfile { .. } => {
                "name one that exists, or add a `[profiles.NAME]` table to the file"
            }
            Self::NoProfileChosen { .. } => {
                "choose one with `--profile`, `VIGIE_PROFILE` or a `profile` line at the top of the file"
            }
            Self::RegionOutsideCommercial { .. } => {
                "leave the region out, or choose cloud `commercial`"
            }
            Self::NoFolder => "name the file with `--config` or `VIGIE_CONFIG`",
            Self::Exists { .. } => "edit it, or move it away first",
            Self::Unreadable { .. }
            | Self::Syntax { .. }
            | Self::Keys { .. }
            // The reason says what to write instead.
            | Self::Value { .. }
            | Self::Unwritable { .. } => return None,
        };
        Some(remedy.to_owned())
    }
}

impl Complaint {
    fn remedy(&self) -> Option<String> {
        Some(match self {
            Self::UnknownKey { nearest, .. }
            | Self::NoChoice { nearest, .. }
            | Self::UnknownRole {
                nearest: nearest @ Some(_),
                ..
            }
            | Self::Look {
                nearest: nearest @ Some(_),
                ..
            } => format!("did you mean `{}`?", (*nearest)?),
            Self::UnknownRole { nearest: None, .. } => {
                format!("roles are `{}`", looks::roles().join("`, `"))
            }
            Self::Look { nearest: None, .. } => format!(
                "a look is made of `{}` and `#rrggbb`",
                look::words().collect::<Vec<_>>().join("`, `")
            ),
            Self::Misplaced {
                key,
                place: Place::Top,
            } => format!("move `{key}` into a `[profiles.NAME]` table"),
            Self::Misplaced {
                key,
                place: Place::Profile(_) | Place::View | Place::Macro | Place::Hunt,
            } => format!("move `{key}` to the top of the file, before the first `[...]` line"),
            Self::Misplaced {
                key,
                place: Place::Included,
            } => format!(
                "move `{key}` to the file that includes this one: here are `[[view]]`, `[[macro]]` and `[[hunt]]` tables alone"
            ),
            Self::Secret { instead, .. } => format!(
                "write the command that prints it, such as `{instead} = [\"pass\", \"show\", \"defender\"]`"
            ),
            Self::Shell { key } => {
                format!("write `{key} = [\"pass\", \"show\", \"defender\"]`")
            }
            Self::Shape { .. }
            | Self::View { .. }
            | Self::Macro { .. }
            | Self::Hunt { .. }
            | Self::CloseNote { .. } => return None,
        })
    }
}

fn listed(known: &[String]) -> String {
    if known.is_empty() {
        return "the file has no profiles".to_owned();
    }
    let names: Vec<String> = known
        .iter()
        .take(LISTED)
        .map(|name| format!("`{}`", repeated(name)))
        .collect();
    let more = if known.len() > LISTED { ", ..." } else { "" };
    format!("there are {}{more}", names.join(", "))
}
