//! Texts with `*` for any run of characters and `?` for one.

/// A glob in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Glob(Box<[u8]>);

impl Glob {
    /// For texts in lower case.
    pub(super) fn new(glob: &str) -> Self {
        Self(glob.to_lowercase().into_bytes().into_boxed_slice())
    }

    /// True when it fits a text from end to end.
    pub(super) fn fits(&self, text: &str) -> bool {
        let (glob, text) = (&*self.0, text.as_bytes());
        let (mut at, mut of) = (0, 0);
        // Where to go back to: behind the last star, with one more byte given to it.
        let mut back: Option<(usize, usize)> = None;
        loop {
            match (glob.get(of), text.get(at)) {
                (Some(b'*'), _) => {
                    of += 1;
                    back = Some((of, at));
                    continue;
                }
                (None, None) => return true,
                (Some(b'?'), Some(_)) => {
                    at += 1;
                    // The other bytes of the same character.
                    while text.get(at).is_some_and(|byte| byte & 0xc0 == 0x80) {
                        at += 1;
                    }
                    of += 1;
                    continue;
                }
                (Some(wanted), Some(there)) if wanted == there => {
                    at += 1;
                    of += 1;
                    continue;
                }
                _ => {}
            }
            let Some((star, given)) = back else {
                return false;
            };
            let mut given = given + 1;
            // A star takes whole characters, or `?` would see half of one.
            while text.get(given).is_some_and(|byte| byte & 0xc0 == 0x80) {
                given += 1;
            }
            if given > text.len() {
                return false;
            }
            (of, at) = (star, given);
            back = Some((star, given));
        }
    }
}

/// The runs of a glob that stand for themselves, in lower case.
pub(super) fn runs(glob: &str) -> impl Iterator<Item = String> {
    glob.split(['*', '?']).map(str::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glob_fits_from_end_to_end() {
        let cases = [
            ("FIN*", "fin-ws-021", true),
            ("FIN*", "a-fin", false),
            ("*021", "fin-ws-021", true),
            ("*ws*", "fin-ws-021", true),
            ("f?n*", "fin-ws", true),
            ("f?n*", "fn-ws", false),
            ("?", "é", true),
            ("??", "é", false),
            ("*?", "漢", true),
            ("*?é", "aé", true),
            ("*?é", "é", false),
            ("*", "", true),
            ("?", "", false),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c-b", false),
            ("**a**", "a", true),
            ("É*", "été", true),
            ("É*", "éa", true),
        ];
        for (glob, text, expected) in cases {
            assert_eq!(Glob::new(glob).fits(text), expected, "{glob} {text}");
        }
    }
}
