//! An application that was given consent by someone who was tricked.

use crate::sim::population::incidents::Place;
use crate::sim::population::incidents::Step;
use crate::sim::population::template::Item;
use crate::sim::population::template::PLAIN;
use crate::sim::population::template::Template;

pub(super) const CONSENT: &[Step] = &[
    Step {
        place: Place::First,
        after: 0,
        template: Template {
            title: "Email messages containing malicious URL removed after delivery",
            severity: "Informational",
            category: "InitialAccess",
            source: "OfficeATP",
            techniques: &["T1566.002"],
            description: "Messages with a link that was found malicious after delivery were removed from mailboxes. {user} opened the link before that.",
            items: &[
                Item::Mailbox,
                Item::Url("https://{domain}/consent?app=Shared%20Calendar%20Sync&state={hex}"),
            ],
            cloud: true,
            ..PLAIN
        },
    },
    Step {
        place: Place::First,
        after: 14,
        template: Template {
            title: "Suspicious OAuth application consent",
            severity: "High",
            category: "Persistence",
            source: "MTP",
            techniques: &["T1528", "T1098.003"],
            description: "{user} granted an unverified application named \"Shared Calendar Sync\" the right to read and send mail on their behalf. The application was registered two days ago in another tenant.\n\nThe grant outlives a change of password.",
            action: Some(
                "Revoke the grant and the sessions of the user, and disable the application.",
            ),
            items: &[
                Item::Mailbox,
                Item::Url("https://{domain}/callback"),
                Item::Address,
            ],
            cloud: true,
            ..PLAIN
        },
    },
    Step {
        place: Place::First,
        after: 31,
        template: Template {
            title: "Suspicious inbox manipulation rule",
            severity: "Medium",
            category: "DefenseEvasion",
            source: "MCAS",
            techniques: &["T1564.008"],
            description: "A rule named \".\" was created: messages that contain \"invoice\", \"virement\" or \"請求書\" are moved to RSS Feeds and marked as read.",
            items: &[Item::Mailbox, Item::Address],
            cloud: true,
            ..PLAIN
        },
    },
];
