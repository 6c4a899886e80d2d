//! The keyring: whether a session could be kept for the next run.

use crate::cli::doctor::report::Check;
use crate::cli::sign_in;

const NAME: &str = "keyring";

/// Nothing is kept there under this name; asking for it shows whether the keyring answers.
const NOTHING: &str = "vigie doctor";

/// Asks the keyring for something that is not there.
pub async fn look(remember: bool) -> Check {
    let Some(keyring) = sign_in::keyring() else {
        return Check::skip(NAME, "this system has no keyring vigie knows");
    };
    let name = keyring.name();
    match (keyring.load(NOTHING).await, remember) {
        (Ok(_), true) => Check::ok(NAME, format!("{name} answers; sessions are kept in it")),
        (Ok(_), false) => Check::ok(
            NAME,
            format!("{name} answers; sessions end with the program, since `remember` is off"),
        ),
        (Err(error), true) => Check::warn(
            NAME,
            format!("{error}: sessions are kept in memory only, in spite of `remember`"),
        )
        .help("nothing is lost but a sign-in for each start; `remember = false` ends this warning"),
        (Err(_), false) => Check::skip(
            NAME,
            "none answers here, and `remember` is off: sessions end with the program",
        ),
    }
}
