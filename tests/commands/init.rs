//! `vigie config init`: the file it writes, the steps it prints, and what it refuses.

use std::fs;

use crate::program::Home;
use crate::program::told_with_input;

#[test]
fn what_is_given_is_switched_on_and_the_steps_are_printed_beside_the_path() {
    let home = Home::new();
    let file = home.config_file();
    let written = home.run(&[
        "config",
        "init",
        "--tenant",
        "contoso.com",
        "--client-id",
        "my-app",
        "--auth",
        "device-code",
        "--cloud",
        "gcc-high",
        "--profile",
        "night",
        "--capabilities",
        "read,respond",
    ]);
    assert_eq!(written.status, Some(0), "{}", written.err);
    assert_eq!(written.out, format!("{}\n", file.display()));
    let steps = &written.err;
    for words in [
        "https://login.microsoftonline.us/contoso.com/adminconsent?client_id=my-app",
        "\"Allow public client flows\"",
        "`Alert.Read`, `Machine.Read`, `Machine.Isolate`",
        "\"Active remediation actions\"",
        "`vigie doctor`",
    ] {
        assert!(steps.contains(words), "{words}: {steps}");
    }
    let text = fs::read_to_string(&file).unwrap();
    for line in [
        "[profiles.night]",
        "tenant = \"contoso.com\"",
        "auth = \"device-code\"",
        "cloud = \"gcc-high\"",
        "#region = \"eu\"",
    ] {
        assert!(text.lines().any(|known| known == line), "{line}: {text}");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = file.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let shown = home.run(&["config", "show"]);
    assert_eq!(shown.status, Some(0), "{}", shown.err);
    assert!(shown.out.contains("profile `night`"), "{}", shown.out);
}

#[test]
fn without_a_terminal_nothing_is_asked_whatever_can_be_read() {
    let home = Home::new();
    let mut command = home.vigie(&["config", "init", "--tenant", "contoso.com"]);
    let written = told_with_input(&mut command, b"other.com\n");
    assert_eq!(written.status, Some(0), "{}", written.err);
    assert!(
        written.err.contains("client_id=CLIENT-ID"),
        "{}",
        written.err
    );
}

#[test]
fn what_cannot_be_used_is_refused_and_nothing_is_left() {
    let home = Home::new();
    for (flags, words) in [
        (&["--tenant", "a/b"][..], "`tenant` from the command line"),
        (&["--auth", "magic"], "`auth` from the command line"),
        (
            &["--cloud", "dod", "--region", "eu"],
            "only `commercial` has regions",
        ),
        (&["--capabilities", "read,fly"], "fly"),
    ] {
        let lines = home.run(&[&["config", "init"], flags].concat()).failure(2);
        assert!(lines[0].contains(words), "{lines:?}");
    }
    assert!(!home.config_file().parent().unwrap().exists());
    home.configure("# mine\n");
    let lines = home.run(&["config", "init", "--tenant", "t"]).failure(2);
    assert!(lines[0].contains("exists already"), "{lines:?}");
    assert_eq!(fs::read_to_string(home.config_file()).unwrap(), "# mine\n");
}
