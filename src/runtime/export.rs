//! Writes a view into a file: whole or not at all, for its owner alone, never over another.

use std::fs;
use std::fs::File;
use std::fs::OpenOptions;
use std::io;
use std::io::BufWriter;
use std::io::ErrorKind;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;

use crate::app::hand_out::Content;
use crate::app::hand_out::Export;
use crate::app::hand_out::Exported;
use crate::app::hand_out::Format;
use crate::app::hand_out::Found;
use crate::domain::packed::PackedJson;
use crate::domain::text::Text;
use crate::wire::hunting;
use crate::wire::json::one_harmless_line;
use crate::wire::table;

/// Names tried where one is taken.
const NAMES: u32 = 1_000;

/// Writes the view. Takes its time: not for a thread that has other things to do.
pub fn write(export: &Export) -> Exported {
    let home = std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE"));
    write_at_home(export, home.map(PathBuf::from).as_deref())
}

fn write_at_home(export: &Export, home: Option<&Path>) -> Exported {
    let path = whole(&export.path, home);
    let made = export
        .own_folder
        .as_ref()
        .map_or(Ok(()), |folder| make_folder(&whole(folder, home)));
    match made.and_then(|()| write_new(&path, export)) {
        Ok(()) => Exported::Written {
            path: path.display().to_string(),
            rows: export.content.len(),
            extent: export.extent,
        },
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Exported::Taken {
            free: free_beside(&export.path, home),
            path: export.path.clone(),
            extent: export.extent,
            format: export.format,
        },
        Err(error) => Exported::Failed {
            path: path.display().to_string(),
            why: error.to_string(),
        },
    }
}

fn whole(path: &str, home: Option<&Path>) -> PathBuf {
    let path = match (path.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(path),
    };
    // A path that cannot be made whole is told by whoever tries to write there.
    std::path::absolute(&path).unwrap_or(path)
}

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(folder)
}

/// Under another name first: nobody finds half a file.
fn write_new(path: &Path, export: &Export) -> io::Result<()> {
    if path.symlink_metadata().is_ok() {
        return Err(ErrorKind::AlreadyExists.into());
    }
    let name = path.file_name().ok_or(ErrorKind::IsADirectory)?;
    let mut hidden = std::ffi::OsString::from(".");
    hidden.push(name);
    hidden.push(format!(".{:08x}", fastrand::u32(..)));
    let hidden = path.with_file_name(hidden);
    let written = fill(&hidden, export).and_then(|()| rename_new(&hidden, path));
    // Renamed or not, it has served its time.
    fs::remove_file(&hidden).unwrap_or_default();
    written
}

/// A second name fails where the name is taken, which a rename would not.
fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    match fs::hard_link(from, to) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            // A file system without second names.
            let mut source = File::open(from)?;
            let copied = create(to).and_then(|mut target| {
                io::copy(&mut source, &mut target)?;
                target.sync_all()
            });
            if copied
                .as_ref()
                .is_err_and(|error| error.kind() != ErrorKind::AlreadyExists)
            {
                fs::remove_file(to).unwrap_or_default();
            }
            copied
        }
        linked => linked,
    }
}

fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}

fn fill(path: &Path, export: &Export) -> io::Result<()> {
    let mut file = BufWriter::new(create(path)?);
    match &export.content {
        Content::Alerts(alerts) => fill_with_alerts(&mut file, export, alerts)?,
        Content::Found(found) => fill_with_found(&mut file, export.format, found)?,
    }
    file.flush()?;
    file.get_ref().sync_all()
}

fn fill_with_alerts(
    file: &mut BufWriter<File>,
    export: &Export,
    alerts: &[PackedJson],
) -> io::Result<()> {
    let alerts = alerts.iter().map(PackedJson::unpack);
    match export.format {
        Format::Csv => {
            let mut rows = csv::Writer::from_writer(file);
            rows.write_record(table::columns(export.service))?;
            for alert in alerts {
                let record = table::record(&alert, export.service);
                rows.write_record(record.iter().map(Text::original))?;
            }
            rows.flush()?;
        }
        Format::Ndjson => {
            for alert in alerts {
                writeln!(file, "{}", one_harmless_line(&alert))?;
            }
        }
        Format::Markdown => {
            file.write_all(table::markdown_heading().as_bytes())?;
            for alert in alerts {
                file.write_all(table::markdown_row(&alert, export.service).as_bytes())?;
            }
        }
    }
    Ok(())
}

/// Under the service's own names, with its values.
fn fill_with_found(file: &mut BufWriter<File>, format: Format, found: &Found) -> io::Result<()> {
    let findings = &found.findings;
    let columns = || found.columns.iter().copied();
    let names = || {
        let named = columns().filter_map(|column| findings.columns().get(column));
        named.map(|column| column.name.original())
    };
    let cells = |row: usize| columns().map(move |column| findings.cell(row, column));
    match format {
        Format::Csv => {
            let mut rows = csv::Writer::from_writer(file);
            let guarded = |text: &str| table::guarded(text.to_owned());
            rows.write_record(names().map(guarded))?;
            for row in &found.rows {
                rows.write_record(cells(*row).map(guarded))?;
            }
            rows.flush()
        }
        Format::Ndjson => {
            let mut rows = found.rows.iter();
            rows.try_for_each(|row| {
                writeln!(file, "{}", hunting::row_of(findings, *row, columns()))
            })
        }
        Format::Markdown => {
            write!(file, "{}", table::markdown_line(names()))?;
            write!(file, "{}", table::markdown_rule(found.columns.len()))?;
            let mut rows = found.rows.iter();
            rows.try_for_each(|row| write!(file, "{}", table::markdown_line(cells(*row))))
        }
    }
}

/// A free name like the one that is taken, written as that was.
fn free_beside(path: &str, home: Option<&Path>) -> String {
    let dot = path
        .rfind('.')
        .filter(|dot| !path.get(*dot..).unwrap_or_default().contains('/'));
    let (stem, ending) = path
        .split_at_checked(dot.unwrap_or(path.len()))
        .unwrap_or((path, ""));
    let mut names = (2..NAMES).map(|number| format!("{stem}-{number}{ending}"));
    let free = names.find(|name| whole(name, home).symlink_metadata().is_err());
    free.unwrap_or_else(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that cannot write its file has failed"
    )]

    use std::sync::Arc;

    use super::*;
    use crate::app::hand_out::Extent;
    use crate::domain::token::Api;

    const ALERT: &str = r#"{"id":"a","title":"=cmd|x","severity":"High", "n":1.10}"#;

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let name = format!("vigie-export-{name}-{}", std::process::id());
            let folder = Self(std::env::temp_dir().join(name));
            fs::create_dir_all(&folder.0).unwrap();
            folder
        }

        fn names(&self) -> Vec<String> {
            let entries = fs::read_dir(&self.0).unwrap();
            let name = |entry: io::Result<fs::DirEntry>| entry.unwrap().file_name();
            let mut names: Vec<String> = entries
                .map(|entry| name(entry).to_string_lossy().into_owned())
                .collect();
            names.sort();
            names
        }

        fn export(&self, path: &str, format: Format) -> Exported {
            let export = Export {
                service: Api::Defender,
                extent: Extent::View,
                format,
                path: path.to_owned(),
                own_folder: path.starts_with("~/own/").then(|| "~/own".to_owned()),
                content: Content::Alerts(vec![PackedJson::pack(ALERT); 2]),
            };
            write_at_home(&export, Some(&self.0))
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            fs::remove_dir_all(&self.0).unwrap();
        }
    }

    #[test]
    fn each_form_is_written_whole() {
        let folder = Folder::new("forms");
        for (format, expected) in [
            (
                Format::Csv,
                "id,alertCreationTime,lastUpdateTime,severity,status,assignedTo,classification,determination,title,category,computerDnsName,incidentId\na,,,High,,,,,'=cmd|x,,,\na,,,High,,,,,'=cmd|x,,,\n",
            ),
            (
                Format::Ndjson,
                "{\"id\":\"a\",\"title\":\"=cmd|x\",\"severity\":\"High\",\"n\":1.10}\n{\"id\":\"a\",\"title\":\"=cmd|x\",\"severity\":\"High\",\"n\":1.10}\n",
            ),
            (
                Format::Markdown,
                "| created | severity | status | assigned to | title | device | category | id |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n|  | High |  |  | =cmd\\|x |  |  | a |\n|  | High |  |  | =cmd\\|x |  |  | a |\n",
            ),
        ] {
            let name = format!("x.{}", format.ending());
            let written = folder.export(&format!("~/{name}"), format);
            let path = folder.0.join(&name);
            assert_eq!(
                written,
                Exported::Written {
                    path: path.display().to_string(),
                    rows: 2,
                    extent: Extent::View,
                }
            );
            assert_eq!(fs::read_to_string(&path).unwrap(), expected);
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                let mode = fs::metadata(&path).unwrap().permissions().mode();
                assert_eq!(mode & 0o777, 0o600);
            }
        }
        assert_eq!(folder.names(), ["x.csv", "x.md", "x.ndjson"]);
    }

    #[test]
    fn what_a_query_found_is_written_as_it_is_seen() {
        let folder = Folder::new("found");
        let body = br#"{"Results":[{"A":"x","B":1,"C":"no"},{"A":"=y|\n","B":null,"C":"no"}]}"#;
        let findings = Arc::new(hunting::read(body).unwrap());
        for (format, expected) in [
            (Format::Csv, "B,A\n,'=y|\n1,x\n"),
            (
                Format::Ndjson,
                "{\"B\":null,\"A\":\"=y|\\n\"}\n{\"B\":1,\"A\":\"x\"}\n",
            ),
            (
                Format::Markdown,
                "| B | A |\n| --- | --- |\n|  | =y\\|\\\\n |\n| 1 | x |\n",
            ),
        ] {
            let name = format!("x.{}", format.ending());
            let export = Export {
                service: Api::Defender,
                extent: Extent::Found,
                format,
                path: format!("~/{name}"),
                own_folder: None,
                content: Content::Found(Found {
                    findings: Arc::clone(&findings),
                    rows: vec![1, 0],
                    columns: vec![1, 0],
                }),
            };
            let written = write_at_home(&export, Some(&folder.0));
            assert!(
                matches!(written, Exported::Written { rows: 2, .. }),
                "{written:?}"
            );
            let text = fs::read_to_string(folder.0.join(&name)).unwrap();
            let expected = expected.replace("'=y|\n1", "\"'=y|\n\"\n1");
            assert_eq!(text, expected);
        }
    }

    #[test]
    fn nothing_is_written_over_and_a_free_name_is_told() {
        let folder = Folder::new("taken");
        for name in ["x.csv", "x-2.csv"] {
            fs::write(folder.0.join(name), "mine").unwrap();
        }
        assert_eq!(
            folder.export("~/x.csv", Format::Csv),
            Exported::Taken {
                path: "~/x.csv".to_owned(),
                free: "~/x-3.csv".to_owned(),
                extent: Extent::View,
                format: Format::Csv,
            }
        );
        assert_eq!(folder.names(), ["x-2.csv", "x.csv"]);
        assert_eq!(fs::read_to_string(folder.0.join("x.csv")).unwrap(), "mine");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leads_nowhere_is_a_name_that_is_taken() {
        let folder = Folder::new("link");
        std::os::unix::fs::symlink("/nonexistent", folder.0.join("x.csv")).unwrap();
        let told = folder.export("~/x.csv", Format::Csv);
        assert!(matches!(told, Exported::Taken { .. }), "{told:?}");
    }

    #[test]
    fn only_our_own_folder_is_made() {
        let folder = Folder::new("folders");
        let told = folder.export("~/other/x.csv", Format::Csv);
        assert!(matches!(told, Exported::Failed { .. }), "{told:?}");
        let told = folder.export("~/own/x.csv", Format::Csv);
        assert!(matches!(told, Exported::Written { .. }), "{told:?}");
        assert_eq!(folder.names(), ["own"]);
        let told = folder.export("~/own", Format::Csv);
        assert!(matches!(told, Exported::Taken { .. }), "{told:?}");
    }
}
