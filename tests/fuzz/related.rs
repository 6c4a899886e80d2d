//! What is related to an alert: whatever a service says of it is read, once and no more
//! than is kept.

use fastrand::Rng;
use vigie::domain::html;
use vigie::domain::related::Part;
use vigie::domain::related::Told;
use vigie::domain::text::Text;
use vigie::wire::related;

use crate::hostile::noise;
use crate::hostile::spoilt;
use crate::readers::JSON_WORDS;

const BODIES: [&[u8]; 5] = [
    include_bytes!("../samples/alert-related-files.json"),
    include_bytes!("../samples/alert-related-ips.json"),
    include_bytes!("../samples/alert-related-domains.json"),
    include_bytes!("../samples/alert-related-user.json"),
    br#"{"value":[{"sha1":"a","signer":"&amp;#x1b;&#27;&eacute;&#xd800;&","size":"12"},{"id":"b","host":"c"}]}"#,
];

pub(crate) fn body(dice: &mut Rng) -> Vec<u8> {
    if dice.u8(0..12) == 0 {
        noise(dice)
    } else {
        spoilt(dice, &BODIES, &JSON_WORDS)
    }
}

pub(crate) fn read(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let unescaped = html::unescaped(&text);
    assert!(
        unescaped.len() <= text.len(),
        "a reference is longer than its character"
    );
    for told in Part::ALL
        .map(|part| related::read(part, &text))
        .iter()
        .flatten()
    {
        assert!(told.kept() <= told.in_all());
        match told {
            Told::Files(files) => {
                for file in &files.items {
                    assert!(!file.digest().is_empty());
                    is_inert(&file.signer);
                }
            }
            Told::Addresses(names) | Told::Domains(names) => names.items.iter().for_each(is_inert),
            Told::User(user) => is_inert(
                &user
                    .as_ref()
                    .map_or_else(Text::default, |user| user.account.said()),
            ),
        }
    }
}

fn is_inert(text: &Text) {
    assert!(!text.shown().contains(char::is_control), "{text:?}");
}
