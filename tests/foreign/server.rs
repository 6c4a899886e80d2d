//! The foreign server as a child of this process.

use std::io;
use std::io::BufRead;
use std::io::BufReader;
use std::io::Write;
use std::path::Path;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;

use serde::Deserialize;

/// What it prints about itself.
#[derive(Debug, Deserialize)]
pub(crate) struct Told {
    pub(crate) authority: String,
    pub(crate) tenant: String,
    pub(crate) client_id: String,
    pub(crate) resource: String,
}

/// Ends with its standard input, that is with this value or this process.
pub(crate) struct Server {
    pub(crate) told: Told,
    child: Child,
}

impl Server {
    /// `None`, said aloud, where there is no Node or nobody installed the packages.
    pub(crate) fn start() -> Option<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/foreign");
        if !folder.join("node_modules/oidc-provider").exists() {
            return skipped("its packages are not installed: npm ci --prefix tests/foreign");
        }
        let child = Command::new("node")
            .arg("server.mjs")
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // Warnings meant for whoever would run it in earnest.
            .stderr(Stdio::null())
            .spawn();
        let mut child = match child {
            Ok(child) => child,
            Err(error) => return skipped(&format!("no Node ({error})")),
        };
        let mut line = String::new();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        lines.read_line(&mut line).unwrap();
        match serde_json::from_str(&line) {
            Ok(told) => Some(Self { told, child }),
            Err(_) => skipped("it does not start: node tests/foreign/server.mjs says why"),
        }
    }

    /// An address of it, by the name of the endpoint.
    pub(crate) fn endpoint(&self, name: &str) -> String {
        let Told {
            authority, tenant, ..
        } = &self.told;
        format!("{authority}/{tenant}/oauth2/v2.0/{name}")
    }

    /// The scope that vigie asks for.
    pub(crate) fn scope(&self) -> String {
        format!("{}/.default offline_access openid", self.told.resource)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        // That it ended already is no matter.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Past the capture of the test harness, so that nobody takes it for a test passed.
fn skipped(why: &str) -> Option<Server> {
    assert!(
        std::env::var_os("VIGIE_FOREIGN").is_none_or(|wish| wish != "required"),
        "the foreign server is required and missing: {why}"
    );
    let mut outside = io::stderr().lock();
    writeln!(outside, "skipped, no foreign server: {why}").unwrap();
    None
}
