//! The program itself, in a pseudo-terminal: its first frame, and its rest.

use std::fs;
use std::io::Read;
use std::net::TcpListener;
use std::sync::mpsc;
use std::sync::mpsc::Receiver;
use std::thread;
use std::time::Duration;
use std::time::Instant;

use portable_pty::Child;
use portable_pty::CommandBuilder;
use portable_pty::MasterPty;
use portable_pty::PtySize;
use portable_pty::native_pty_system;

use crate::table::Sample;
use crate::table::Table;
use crate::tenant::Bodies;

const STARTS: usize = 31;
/// Seconds of rest that are looked at, one by one.
const SECONDS: usize = 20;
/// Longer than a notice stays in sight.
const SETTLES: Duration = Duration::from_secs(25);
const SECOND: Duration = Duration::from_secs(1);

pub(crate) fn measure(_bodies: &Bodies, table: &mut Table) {
    first_frame(table);
    rest(table);
}

/// The program, the terminal it runs in, and what it writes, as it comes.
struct Running {
    child: Box<dyn Child + Send + Sync>,
    written: Receiver<Vec<u8>>,
    _terminal: Box<dyn MasterPty + Send>,
}

impl Running {
    fn start(arguments: &[&str]) -> Self {
        let pair = native_pty_system()
            .openpty(PtySize {
                rows: 40,
                cols: 120,
                pixel_width: 0,
                pixel_height: 0,
            })
            .unwrap();
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (sender, written) = mpsc::channel();
        thread::spawn(move || {
            let mut buffer = vec![0; 1 << 16];
            while let Ok(count) = reader.read(&mut buffer) {
                let Some(piece) = buffer.get(..count).filter(|piece| !piece.is_empty()) else {
                    return;
                };
                if sender.send(piece.to_vec()).is_err() {
                    return;
                }
            }
        });
        // A home without a configuration.
        let home = env!("CARGO_TARGET_TMPDIR");
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_vigie"));
        command.env_clear();
        command.cwd(home);
        command.env("HOME", home);
        command.env("TERM", "xterm-256color");
        command.env("VIGIE_PASSWORD", "not asked for");
        command.args(arguments);
        let child = pair.slave.spawn_command(command).unwrap();
        Self {
            child,
            written,
            _terminal: pair.master,
        }
    }

    /// Everything written within `time`, from now on.
    fn bytes_within(&self, time: Duration) -> usize {
        let end = Instant::now() + time;
        let mut bytes = 0;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match self.written.recv_timeout(left) {
                Ok(piece) => bytes += piece.len(),
                Err(_silence) => return bytes,
            }
        }
    }

    /// How often its threads went to sleep so far, where the system tells: one for
    /// each time they had been woken.
    fn sleeps(&self) -> Option<usize> {
        let threads = fs::read_dir(format!("/proc/{}/task", self.child.process_id()?)).ok()?;
        let mut sum = 0;
        for one in threads {
            let status = fs::read_to_string(one.ok()?.path().join("status")).ok()?;
            let line = status
                .lines()
                .find(|line| line.starts_with("voluntary_ctxt_switches"))?;
            sum += line.split_whitespace().nth(1)?.parse::<usize>().ok()?;
        }
        Some(sum)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Against a service that takes calls and never answers.
fn first_frame(table: &mut Table) {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", silent.local_addr().unwrap());
    let arguments = [
        "--authority",
        &address,
        "--api",
        &address,
        "--tenant",
        "contoso.example",
        "--client-id",
        "6b1d4f2e-93a7-4c58-8e0b-d2f5a7c91e34",
        "--username",
        "ada.moreau@contoso.example",
    ];
    let times = (0..STARTS)
        .map(|_| {
            let begun = Instant::now();
            let running = Running::start(&arguments);
            let mut seen = Vec::new();
            while !whole_frame(&seen) {
                let piece = running.written.recv();
                assert!(
                    piece.is_ok(),
                    "ended without a frame: {}",
                    String::from_utf8_lossy(&seen)
                );
                seen.extend(piece.unwrap_or_default());
            }
            begun.elapsed()
        })
        .collect();
    let times: Sample<Duration> = Sample::new(times);
    table.figure(
        "from start to the first whole frame, no answer from the network",
        "< 30 ms",
        &times.in_words(),
        times.median() < Duration::from_millis(30),
    );
}

/// The end of a synchronized update with the name of the program before it.
fn whole_frame(seen: &[u8]) -> bool {
    let holds = |part: &[u8]| seen.windows(part.len()).any(|window| window == part);
    holds(b"vigie") && holds(b"\x1b[?2026l")
}

/// With a tenant in which nothing happens, between two polls.
fn rest(table: &mut Table) {
    let running = Running::start(&[
        "demo",
        "--arrivals",
        "0s",
        "--poll",
        "10m",
        "--token-life",
        "3h",
    ]);
    let drawn = running.bytes_within(SETTLES);
    assert!(drawn > 1_000, "no dashboard was drawn");
    let mut quiet = Vec::new();
    let mut loud = 0;
    let mut before = running.sleeps();
    for _ in 0..SECONDS {
        let bytes = running.bytes_within(SECOND);
        let after = running.sleeps();
        match (bytes, before, after) {
            (0, Some(before), Some(after)) => quiet.push(after - before),
            (0, _, _) => {}
            _ => loud += 1,
        }
        before = after;
    }
    if quiet.is_empty() {
        return table.note("wake-ups of the program at rest", "not told by this system");
    }
    let woken: usize = quiet.iter().sum();
    table.figure(
        "the program at rest between two polls",
        "0 bytes, 0 wake-ups",
        &format!(
            "{woken} wake-ups in {} silent seconds, {loud} seconds with output",
            quiet.len()
        ),
        woken == 0 && loud <= 1,
    );
}
