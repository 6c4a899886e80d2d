//! The sign-in screen as a page of text: what the person needs, most urgent first.

use jiff::SignedDuration;

use crate::app::lines::Line;
use crate::app::lines::Page;
use crate::app::lines::Tone;
use crate::app::sign_in::Progress;
use crate::app::sign_in::SignIn;
use crate::domain::failure::Failure;
use crate::domain::moment::Moment;
use crate::domain::sign_in::Prompt;
use crate::domain::sign_in::Way;
use crate::domain::text::shown;

/// How a browser elsewhere can reach this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tunnel {
    /// `user@host`, and `-p PORT` where the port is not the usual one.
    pub target: String,
}

impl Tunnel {
    /// The command for the machine with the browser.
    pub fn command(&self, port: u16) -> String {
        format!("ssh -N -L {port}:localhost:{port} {}", self.target)
    }
}

/// What the page is made from.
pub struct Context<'a> {
    pub sign_in: &'a SignIn,
    /// What the person signs in to, where that is not said elsewhere.
    pub target: Option<Target<'a>>,
    pub now: Moment,
    /// Set where the person sits at another machine.
    pub tunnel: Option<&'a Tunnel>,
    /// Names of the keys, where there are keys.
    pub keys: Option<Keys>,
}

/// What a person gives access to, to be compared with what the browser shows.
pub struct Target<'a> {
    pub tenant: &'a str,
    pub application: &'a str,
    pub audiences: &'a [String],
}

/// The keys that begin a way.
pub struct Keys {
    pub browser: String,
    pub code: String,
    pub paste: String,
}

impl Keys {
    /// Those of `vigie login`.
    pub fn of_the_command_line() -> Self {
        Self {
            browser: "b".to_owned(),
            code: "d".to_owned(),
            paste: "p".to_owned(),
        }
    }
}

/// What there is to say of one way alone.
pub fn part(context: &Context<'_>, way: Way, width: usize) -> Page {
    let mut page = Page::new(width);
    match way {
        Way::Browser => browser(&mut page, context),
        Way::Paste => paste(&mut page, context),
        Way::DeviceCode => device(&mut page, context),
    }
    page
}

/// The page for one width.
pub fn page(context: &Context<'_>, width: usize) -> Page {
    let mut page = Page::new(width);
    let sign_in = context.sign_in;
    if let Some(why) = sign_in.why() {
        told(&mut page, why);
        page.gap();
    }
    device(&mut page, context);
    page.gap();
    if matches!(sign_in.progress(Way::Paste), Progress::Unused) {
        browser(&mut page, context);
    } else {
        paste(&mut page, context);
    }
    if let (Some(keys), true) = (&context.keys, sign_in.is_stuck()) {
        page.gap();
        let text = format!(
            "{} signs in with a browser, {} asks for a device code",
            keys.browser, keys.code
        );
        page.add_text(Tone::Text, &text, 0);
    }
    if let Some(target) = &context.target {
        let text = format!(
            "signs in to tenant {} as application {}, for {}",
            shown(target.tenant),
            shown(target.application),
            shown(&target.audiences.join(" "))
        );
        page.gap();
        page.add_text(Tone::Muted, &text, 0);
    }
    page
}

/// A failure with its remedy, each on lines of its own.
fn told(page: &mut Page, failure: &Failure) {
    page.add_text(Tone::Bad, &failure.sentence, 0);
    if let Some(remedy) = &failure.remedy {
        page.add_text(Tone::Text, remedy, 0);
    }
}

fn device(page: &mut Page, context: &Context<'_>) {
    match context.sign_in.progress(Way::DeviceCode) {
        Progress::Unused => {}
        Progress::Preparing(_) => page.add_text(Tone::Muted, "asking for a device code", 0),
        Progress::Failed(failure) => {
            told(page, failure);
            if let Some(keys) = &context.keys {
                let text = format!("{} asks for a new code", keys.code);
                page.add_text(Tone::Text, &text, 0);
            }
        }
        Progress::Open(open) => {
            if let Prompt::DeviceCode {
                code,
                page: at,
                expires,
                ..
            } = &open.prompt
            {
                let left = context.now.steady.until(*expires);
                // Rounded up to the minute, as everything that ticks.
                let left = left.saturating_add(SignedDuration::from_secs(59));
                let line = Line::of(Tone::Text, "type ")
                    .and(Tone::Strong, code.shown_briefly())
                    .and(Tone::Text, " at ")
                    .and(Tone::Strong, at.shown_briefly());
                page.add(line, 0);
                let minutes = left.as_secs() / 60;
                let text = format!(
                    "good for {minutes}m; this code is for you alone: give it to nobody who asks for it"
                );
                page.add_text(Tone::Muted, &text, 0);
                if let Some(keys) = &context.keys {
                    let text = format!(
                        "blocked by policy in the browser? {} signs in another way",
                        keys.browser
                    );
                    page.add_text(Tone::Muted, &text, 0);
                }
            }
        }
    }
}

fn browser(page: &mut Page, context: &Context<'_>) {
    match context.sign_in.progress(Way::Browser) {
        Progress::Unused => {}
        Progress::Preparing(_) => page.add_text(Tone::Muted, "preparing the sign-in", 0),
        Progress::Failed(failure) => told(page, failure),
        Progress::Open(open) => {
            if let Prompt::Browser { url, port } = &open.prompt {
                if let Some(tunnel) = context.tunnel {
                    let text = format!(
                        "on the machine with your browser, so that it reaches port {port} here:"
                    );
                    page.add_text(Tone::Text, &text, 0);
                    page.add_text(Tone::Command, &tunnel.command(*port), 2);
                    page.add_text(Tone::Text, "then open this address there:", 0);
                } else {
                    page.add_text(Tone::Text, "open this address in a browser here:", 0);
                }
                link(page, url);
            }
        }
    }
}

fn paste(page: &mut Page, context: &Context<'_>) {
    match context.sign_in.progress(Way::Paste) {
        Progress::Unused => {}
        Progress::Preparing(_) => page.add_text(Tone::Muted, "preparing the sign-in", 0),
        Progress::Failed(failure) => told(page, failure),
        Progress::Open(open) => {
            if let Some(failure) = &open.refused {
                told(page, failure);
            }
            page.add_text(
                Tone::Warning,
                "paste an address only here, and only for this sign-in, which you began: whoever asks you to paste or send one anywhere else is taking over your account",
                0,
            );
            let then = match &context.keys {
                Some(keys) => format!(
                    "open the address below in any browser; it ends at a page on localhost that cannot be shown: paste the address of that page ({} opens a field for it)",
                    keys.paste
                ),
                None => "open the address below in any browser; it ends at a page on localhost that cannot be shown: paste the address of that page".to_owned(),
            };
            page.add_text(Tone::Text, &then, 0);
            if let Prompt::Paste { url } = &open.prompt {
                link(page, url);
            }
        }
    }
}

/// Without indent and from edge to edge: what is selected by hand must have no gaps.
fn link(page: &mut Page, url: &str) {
    page.add(Line::of(Tone::Link, url), 0);
}

/// The address that is shown: of the paste once it is open, else of the browser.
pub fn address(sign_in: &SignIn) -> Option<&str> {
    [Way::Paste, Way::Browser]
        .into_iter()
        .find_map(|way| address_of(sign_in, way))
}

/// The address one way is begun at.
pub fn address_of(sign_in: &SignIn, way: Way) -> Option<&str> {
    match sign_in.progress(way).prompt()? {
        Prompt::Browser { url, .. } | Prompt::Paste { url } => Some(url),
        Prompt::DeviceCode { .. } => None,
    }
}
