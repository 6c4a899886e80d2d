//! The files in which the places of profiles are kept.
//!
//! One small file each, for its owner alone, replaced whole. What is in it was
//! written by an earlier vigie, or by anyone: it is read as such.

use std::fmt::Write as _;
use std::fs;
use std::fs::OpenOptions;
use std::io;
use std::io::Read as _;
use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;

use crate::app::place::Place;
use crate::domain::text::shown;

/// A place takes some hundred bytes; with every line of the histories and every mark as
/// long as it may be, and each letter written as an escape, not twice this.
const LONGEST: u64 = 1024 * 1024;
/// A name longer than this makes no file on many systems.
const LONGEST_NAME: usize = 200;

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
        let text = match read(&path) {
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
        make_folder(&self.folder)?;
        // Two vigies must not write into one draft.
        let draft = path.with_extension(format!("json.{}", std::process::id()));
        let written = write_new(&draft, text).and_then(|()| fs::rename(&draft, path));
        if written.is_err() {
            fs::remove_file(&draft).unwrap_or_default();
        }
        written
    }

    fn path(&self, profile: &str) -> PathBuf {
        self.folder.join(format!("{}.json", file_name(profile)))
    }
}

/// A name for a file from one that may hold anything: `..`, slashes, a bell.
fn file_name(profile: &str) -> String {
    let mut name = String::with_capacity(profile.len());
    for byte in profile.bytes() {
        if byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_' {
            name.push(char::from(byte));
        } else {
            // Writing to a `String` cannot fail.
            write!(name, "%{byte:02x}").unwrap_or_default();
        }
    }
    name.truncate(LONGEST_NAME);
    name
}

fn read(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    // A pipe would be waited for.
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is no file"));
    }
    let file = fs::File::open(path)?;
    let length = file.take(LONGEST + 1).read_to_string(&mut text)?;
    if u64::try_from(length).unwrap_or(u64::MAX) > LONGEST {
        return Err(io::Error::other("it is too long to be ours"));
    }
    Ok(text)
}

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    // What an earlier process with this number left behind when it was killed.
    fs::remove_file(path).unwrap_or_default();
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}

fn told(path: &Path, why: &str) -> String {
    let path = path.display().to_string();
    format!("`{}` ({})", shown(&path), shown(why))
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that cannot write its file has failed"
    )]

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

    #[test]
    fn a_name_leads_nowhere_else() {
        for (profile, name) in [
            ("work", "work"),
            ("../../etc/x", "%2e%2e%2f%2e%2e%2fetc%2fx"),
            ("night shift", "night%20shift"),
            ("é", "%c3%a9"),
            ("", ""),
        ] {
            assert_eq!(file_name(profile), name);
        }
        assert_eq!(file_name(&"x".repeat(999)).len(), LONGEST_NAME);
    }
}
