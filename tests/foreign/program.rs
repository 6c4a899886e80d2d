//! The built program signs in, as a person would use it.

use std::io::BufRead;
use std::io::BufReader;
use std::io::Read;
use std::process::Child;
use std::process::ChildStderr;
use std::process::Command;
use std::process::Stdio;

use crate::browser::Browser;
use crate::browser::Page;
use crate::server::Server;

/// `vigie login` while it runs, and what it said to the person so far.
struct Login {
    child: Child,
    errors: BufReader<ChildStderr>,
    said: String,
}

impl Login {
    fn start(server: &Server, way: &str) -> Self {
        let told = &server.told;
        let nowhere = std::env::temp_dir().join("vigie-foreign-without-settings");
        let mut child = Command::new(env!("CARGO_BIN_EXE_vigie"))
            .args(["login", "--auth", way])
            .args(["--authority", &told.authority, "--tenant", &told.tenant])
            .args(["--client-id", &told.client_id])
            .args(["--resource", &told.resource, "--api", &told.authority])
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", &nowhere)
            .env("XDG_CONFIG_HOME", &nowhere)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let errors = BufReader::new(child.stderr.take().unwrap());
        Self {
            child,
            errors,
            said: String::new(),
        }
    }

    /// The first word it said or says that this is true of, waited for.
    fn word(&mut self, wanted: impl Fn(&str) -> bool) -> String {
        loop {
            let words = self.said.split([' ', '\n', '`']);
            let mut words = words.map(|word| word.trim_end_matches(['.', ',', ':']));
            if let Some(word) = words.find(|word| wanted(word)) {
                return word.to_owned();
            }
            let read = self.errors.read_line(&mut self.said).unwrap();
            assert!(read > 0, "it ended: {}", self.said);
        }
    }

    /// Waits for its end: status, data, and everything said to the person.
    fn end(mut self) -> (Option<i32>, String, String) {
        self.errors.read_to_string(&mut self.said).unwrap();
        let mut data = String::new();
        let mut out = self.child.stdout.take().unwrap();
        out.read_to_string(&mut data).unwrap();
        let status = self.child.wait().unwrap().code();
        (status, data, std::mem::take(&mut self.said))
    }
}

impl Drop for Login {
    fn drop(&mut self) {
        // That it ended already is no matter.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Opens the address that the program says.
async fn opened(server: &Server, login: &mut Login, browser: &mut Browser) -> Page {
    let authorize = server.endpoint("authorize");
    let url = login.word(|word| word.starts_with(&authorize));
    browser.open(&url).await
}

/// `BCDF-GHJK`
fn is_user_code(word: &str) -> bool {
    let Some((first, last)) = word.split_once('-') else {
        return false;
    };
    [first, last]
        .iter()
        .all(|half| half.len() == 4 && half.bytes().all(|byte| byte.is_ascii_uppercase()))
}

/// No part of it may hold what is worth something.
fn nothing_secret(data: &str, said: &str) {
    for secret in ["eyJ", "code_verifier", "refresh_token"] {
        assert!(!data.contains(secret), "{data}");
        assert!(!said.contains(secret), "{said}");
    }
}

#[tokio::test]
async fn signs_in_by_browser() {
    let Some(server) = Server::start() else {
        return;
    };
    let mut login = Login::start(&server, "browser");
    let mut browser = Browser::new();
    let page = opened(&server, &mut login, &mut browser).await;
    let page = browser.sign_in(page).await;
    let done = browser.submit(page.form(), &[]).await;
    assert_eq!(done.status, 200, "{done:?}");
    let (status, data, said) = login.end();
    assert_eq!(status, Some(0), "{data}{said}");
    nothing_secret(&data, &said);
}

#[tokio::test]
async fn signs_in_by_device_code() {
    let Some(server) = Server::start() else {
        return;
    };
    let mut login = Login::start(&server, "device-code");
    let page = login.word(|word| word.starts_with(&server.told.authority));
    let code = login.word(is_user_code);
    let done = Browser::new().type_code(&page, &code).await;
    assert!(done.text.contains("Sign-in Success"), "{done:?}");
    let (status, data, said) = login.end();
    assert_eq!(status, Some(0), "{data}{said}");
    nothing_secret(&data, &said);
}

#[tokio::test]
async fn a_person_who_turns_back_ends_it() {
    let Some(server) = Server::start() else {
        return;
    };
    let mut login = Login::start(&server, "browser");
    let mut browser = Browser::new();
    let page = opened(&server, &mut login, &mut browser).await;
    let form = browser.open(&page.link("[ Cancel ]")).await.form();
    browser.submit(form, &[]).await;
    let (status, data, said) = login.end();
    assert_ne!(status, Some(0), "{data}{said}");
    assert_eq!(data, "");
    assert!(said.contains("error: "), "{said}");
    nothing_secret(&data, &said);
}
