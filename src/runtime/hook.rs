//! Runs the operator's program for one alert: no shell, no secrets, no waiting for ever.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::process::Child;
use tokio::process::Command;
use tokio::time;

/// A program that takes longer is ended.
const MAY_TAKE: Duration = Duration::from_secs(30);

/// Runs `command` with `json` as the one line of its standard input.
///
/// # Errors
/// What went wrong, to stand behind "the hook command".
pub async fn run(command: &[String], json: &str) -> Result<(), String> {
    run_for(command, json, MAY_TAKE).await
}

async fn run_for(command: &[String], json: &str, may_take: Duration) -> Result<(), String> {
    let Some((program, arguments)) = command.split_first() else {
        return Err("is empty".to_owned());
    };
    let mut command = command_of(program, arguments);
    let mut child = command
        .spawn()
        .map_err(|error| format!("`{program}` cannot be run ({error})"))?;
    let ended = time::timeout(may_take, fed(&mut child, json)).await;
    match ended {
        Ok(Ok(status)) if status.success() => Ok(()),
        Ok(Ok(status)) => Err(format!("`{program}` failed ({status})")),
        Ok(Err(error)) => Err(format!("`{program}` was lost ({error})")),
        Err(_elapsed) => {
            end(&child);
            let seconds = may_take.as_secs();
            Err(format!("`{program}` was ended after {seconds} s"))
        }
    }
}

fn command_of(program: &str, arguments: &[String]) -> Command {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env_remove("VIGIE_PASSWORD")
        .env_remove("VIGIE_CLIENT_SECRET")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    // What is typed at the dashboard is not meant for it, ctrl-c least of all.
    #[cfg(unix)]
    command.process_group(0);
    command
}

async fn fed(child: &mut Child, json: &str) -> std::io::Result<std::process::ExitStatus> {
    if let Some(mut input) = child.stdin.take() {
        // A program that does not read is not wrong: its exit status says whether it is.
        let written = input.write_all(format!("{json}\n").as_bytes()).await;
        written.unwrap_or_default();
    }
    child.wait().await
}

/// With all it started; what is left of it ends when `child` is dropped.
#[cfg(unix)]
fn end(child: &Child) {
    let id = child.id().and_then(|id| i32::try_from(id).ok());
    if let Some(group) = id.and_then(rustix::process::Pid::from_raw) {
        let killed = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        // One that ended meanwhile needs no end.
        killed.unwrap_or_default();
    }
}

#[cfg(not(unix))]
fn end(_child: &Child) {}

#[cfg(all(test, unix))]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that cannot read its input has failed"
    )]

    use super::*;

    async fn ran(script: &str, json: &str, may_take: Duration) -> Result<(), String> {
        let command = ["sh", "-c", script].map(str::to_owned);
        run_for(&command, json, may_take).await
    }

    #[tokio::test]
    async fn the_alert_is_read_and_the_status_counts() {
        let path = std::env::temp_dir().join(format!("vigie-hook-{}", std::process::id()));
        let script = format!("cat > '{}'", path.display());
        let json = r#"{"id":"$(reboot)"}"#;
        assert_eq!(ran(&script, json, MAY_TAKE).await, Ok(()));
        let read = std::fs::read_to_string(&path).unwrap();
        std::fs::remove_file(path).unwrap();
        assert_eq!(read, format!("{json}\n"));
        let failed = ran("exit 3", json, MAY_TAKE).await.unwrap_err();
        assert_eq!(failed, "`sh` failed (exit status: 3)");
    }

    #[tokio::test]
    async fn one_that_reads_nothing_and_one_that_never_ends_are_both_borne() {
        let long = "x".repeat(1_000_000);
        assert_eq!(ran("exit 0", &long, MAY_TAKE).await, Ok(()));
        let soon = Duration::from_millis(50);
        let ended = ran("sleep 1000; true", "{}", soon).await.unwrap_err();
        assert_eq!(ended, "`sh` was ended after 0 s");
        let gone = run(&["/nonexistent/hook".to_owned()], "{}").await;
        assert!(gone.unwrap_err().contains("cannot be run"));
    }

    #[test]
    fn no_secret_of_ours_is_in_its_environment() {
        let command = command_of("hook", &[]);
        for secret in ["VIGIE_PASSWORD", "VIGIE_CLIENT_SECRET"] {
            let mut variables = command.as_std().get_envs();
            assert!(variables.any(|(name, value)| name == secret && value.is_none()));
        }
    }
}
