//! The files in which the places of profiles are kept.
//!
//! One small file each, for its owner alone, replaced whole. What is in it was
//! written by an earlier vigie, or by anyone: it is read as such.

use std::io;
use std::path::Path;
use std::path::PathBuf;

use crate::app::place::Place;
use crate::ledger::careful;
use crate::ledger::careful::Outlasts;
use crate::ledger::careful::told;

/// A place takes some hundred bytes; with every line of the histories and every mark as
/// long as it may be, and each letter written as an escape, not twice this.
const LONGEST: u64 = 1024 * 1024;

/// A folder with a file for each profile.
#[derive(Debug, Clone)]
pub struct Places {
    folder: PathBuf,
}

impl Places {
    /// Places in this folder, which is made when something is kept.
    pub const fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// The place of a profile, if one was kept; otherwise why it cannot be used.
    pub fn load(&self, profile: &str) -> Result<Option<Place>, String> {
        let path = self.path(profile);
        let text = match careful::read(&path, LONGEST) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(told(&path, &error.to_string())),
        };
        let place = Place::read(&text).map_err(|why| told(&path, &why))?;
        Ok(Some(place))
    }

    /// Keeps the place of a profile.
    pub fn save(&self, profile: &str, place: &Place) -> Result<(), String> {
        let path = self.path(profile);
        let saved = self.write(&path, &place.to_json());
        saved.map_err(|error| told(&path, &error.to_string()))
    }

    fn write(&self, path: &Path, text: &str) -> io::Result<()> {
        careful::make_folder(&self.folder)?;
        careful::replace(path, text, Outlasts::Program)
    }

    fn path(&self, profile: &str) -> PathBuf {
        self.folder
            .join(format!("{}.json", careful::file_name(profile)))
    }
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that cannot write its file has failed"
    )]

    use std::fs;

    use super::*;

    fn folder(name: &str) -> PathBuf {
        let name = format!("vigie-places-{name}-{}", std::process::id());
        std::env::temp_dir().join(name).join("vigie")
    }

    #[test]
    fn a_place_is_kept_for_its_owner_alone_and_read_back() {
        let folder = folder("kept");
        let places = Places::new(folder.clone());
        assert_eq!(places.load("work"), Ok(None));
        let place = Place {
            filter: "x".to_owned(),
            ..Place::default()
        };
        places.save("work", &Place::default()).unwrap();
        places.save("work", &place).unwrap();
        assert_eq!(places.load("work"), Ok(Some(place)));
        assert_eq!(places.load("home"), Ok(None));
        let names: Vec<_> = fs::read_dir(&folder).unwrap().collect();
        assert_eq!(names.len(), 1, "no draft is left behind");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(&places.path("work")), 0o600);
            assert_eq!(mode(&folder), 0o700);
        }
        fs::remove_dir_all(folder.parent().unwrap()).unwrap();
    }

    #[test]
    fn a_hostile_or_half_written_file_is_refused() {
        let folder = folder("hostile");
        fs::create_dir_all(&folder).unwrap();
        let places = Places::new(folder.clone());
        let long = format!("{{}}{}", " ".repeat(1_100_000));
        for bytes in [&b"{\"filter\":"[..], b"\xff\xfe{}", long.as_bytes(), b""] {
            fs::write(places.path("work"), bytes).unwrap();
            let why = places.load("work").unwrap_err();
            assert!(why.contains("work.json"), "{why}");
        }
        fs::remove_file(places.path("work")).unwrap();
        fs::create_dir(places.path("work")).unwrap();
        assert!(places.load("work").is_err());
        assert!(places.save("work", &Place::default()).is_err());
        fs::remove_dir_all(folder.parent().unwrap()).unwrap();
    }
}
