//! Names for the GUIDs an operator meets in a token.
//!
//! Only those Microsoft publishes and that mean the same in every tenant.

/// A built-in directory role. `admin` marks those that can take over a tenant or
/// blind its defenders, and that a monitoring session should not carry.
struct Role {
    id: &'static str,
    name: &'static str,
    admin: bool,
}

const ROLES: &[Role] = &[
    admin(
        "62e90394-69f5-4237-9190-012177145e10",
        "Global Administrator",
    ),
    admin(
        "e8611ab8-c189-46e8-94e1-60213ab1f814",
        "Privileged Role Administrator",
    ),
    admin(
        "7be44c8a-adaf-4e2a-84d6-ab2649e08a13",
        "Privileged Authentication Administrator",
    ),
    admin(
        "194ae4cb-b126-40b2-bd5b-6091b380977d",
        "Security Administrator",
    ),
    admin(
        "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
        "Application Administrator",
    ),
    admin(
        "158c047a-c907-4556-b7ef-446551a6b5f7",
        "Cloud Application Administrator",
    ),
    admin(
        "c4e39bd9-1100-46d3-8c65-fb160da0071f",
        "Authentication Administrator",
    ),
    admin(
        "0526716b-113d-4c15-b2c8-68e3c22b9f80",
        "Authentication Policy Administrator",
    ),
    admin(
        "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9",
        "Conditional Access Administrator",
    ),
    admin(
        "8329153b-31d0-4727-b945-745eb3bc5f31",
        "Domain Name Administrator",
    ),
    admin(
        "8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2",
        "Hybrid Identity Administrator",
    ),
    admin(
        "3a2c62db-5318-420d-8d74-23affee5d9d5",
        "Intune Administrator",
    ),
    admin("fe930be7-5e62-47db-91af-98c3a49a38b1", "User Administrator"),
    admin(
        "966707d0-3269-4727-9be2-8c3a10f19b9d",
        "Password Administrator",
    ),
    admin(
        "729827e3-9c14-49f7-bb1b-9608f156bbb8",
        "Helpdesk Administrator",
    ),
    admin(
        "29232cdf-9323-42fd-ade2-1d097af3e4de",
        "Exchange Administrator",
    ),
    admin(
        "f28a1f50-f6e7-4571-818b-6a12f2af6b6c",
        "SharePoint Administrator",
    ),
    admin(
        "fdd7a751-b60b-444a-984c-02652fe8fa1c",
        "Groups Administrator",
    ),
    admin(
        "7698a772-787b-4ac8-901f-60d6b08affd2",
        "Cloud Device Administrator",
    ),
    admin(
        "45d8d3c5-c802-45c6-b32a-1d70b5e1e86e",
        "Identity Governance Administrator",
    ),
    admin(
        "892c5842-a9a6-463a-8041-72aa08ca3cf6",
        "Cloud App Security Administrator",
    ),
    admin(
        "17315797-102d-40b4-93e0-432062caca18",
        "Compliance Administrator",
    ),
    admin("9360feb5-f418-4baa-8175-e2a00bac4301", "Directory Writers"),
    plain("5f2222b1-57c3-48ba-8ad5-d4759f1fde6f", "Security Operator"),
    plain("5d6b6bb7-de71-4623-b4af-96380a352509", "Security Reader"),
    plain("f2ef992c-3afb-46b9-b7cf-a126ee74c451", "Global Reader"),
    plain("4a5d8f65-41da-4de4-8968-e035b65339cf", "Reports Reader"),
    plain("88d8e3e3-8f55-4a1e-953a-9b9898b8876b", "Directory Readers"),
    plain(
        "790c1fb9-7f7d-4f88-86a1-ef1f95c05c1b",
        "Message Center Reader",
    ),
    plain(
        "f023fd81-a637-4b56-95fd-791ac0226033",
        "Service Support Administrator",
    ),
    plain(
        "cf1c38e5-3621-4004-a7cb-879624dced7c",
        "Application Developer",
    ),
    plain("95e79109-95c0-4d8e-aee3-d01accf2d47b", "Guest Inviter"),
    // Not in Microsoft's table of roles, but in the tokens of ordinary users.
    plain("b79fbf4d-3ef9-4689-8143-76b194e85509", "ordinary user"),
];

const APPLICATIONS: &[(&str, &str)] = &[
    (DEFENDER_APP, "WindowsDefenderATP (Defender for Endpoint)"),
    (GRAPH_APP, "Microsoft Graph"),
    (
        "00000002-0000-0000-c000-000000000000",
        "Azure AD Graph (retired)",
    ),
    (
        "8ee8fdad-f234-4243-8f3b-15c294843740",
        "Microsoft Threat Protection (Defender XDR)",
    ),
    (
        "797f4846-ba00-4fd7-ba43-dac1f8f63013",
        "Azure Service Management",
    ),
    (
        "04b07795-8ddb-461a-bbee-02f9e1bf7b46",
        "Microsoft Azure CLI",
    ),
    (
        "1950a258-227b-4e31-a9cf-717495945fc2",
        "Microsoft Azure PowerShell",
    ),
    (
        "14d82eec-204b-4c2f-b7e8-296a70dab67e",
        "Microsoft Graph Command Line Tools",
    ),
];

/// The application behind the Defender for Endpoint API.
pub(super) const DEFENDER_APP: &str = "fc780465-2017-40d4-a0c5-307022471b92";

/// The application behind Microsoft Graph.
pub(super) const GRAPH_APP: &str = "00000003-0000-0000-c000-000000000000";

/// The name of a built-in directory role, from its template id.
pub fn role_name(id: &str) -> Option<&'static str> {
    role(id).map(|role| role.name)
}

/// True for a directory role too strong for watching alerts.
pub(super) fn is_admin_role(id: &str) -> bool {
    role(id).is_some_and(|role| role.admin)
}

/// The name of one of Microsoft's own applications, from its id.
pub fn application_name(id: &str) -> Option<&'static str> {
    let found = APPLICATIONS
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(id));
    found.map(|(_, name)| *name)
}

/// True for the usual spelling of a GUID, in either case.
pub(super) fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

fn role(id: &str) -> Option<&'static Role> {
    ROLES.iter().find(|role| role.id.eq_ignore_ascii_case(id))
}

const fn admin(id: &'static str, name: &'static str) -> Role {
    Role {
        id,
        name,
        admin: true,
    }
}

const fn plain(id: &'static str, name: &'static str) -> Role {
    Role {
        id,
        name,
        admin: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_is_a_guid_and_stands_once() {
        let mut ids: Vec<_> = ROLES.iter().map(|role| role.id).collect();
        ids.extend(APPLICATIONS.iter().map(|(id, _)| *id));
        assert!(ids.iter().all(|id| is_guid(id)));
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count);
    }

    #[test]
    fn ids_are_found_in_either_case() {
        assert_eq!(
            role_name("62E90394-69F5-4237-9190-012177145E10"),
            Some("Global Administrator")
        );
        assert_eq!(
            application_name("00000003-0000-0000-C000-000000000000"),
            Some("Microsoft Graph")
        );
        assert_eq!(role_name("nobody"), None);
    }

    #[test]
    fn almost_guids_are_not_guids() {
        for text in [
            "",
            "fa15d692-e9c7-4460-a743-29f29522229",
            "72f988bf+86f1-41af-91ab-2d7cd011db47",
        ] {
            assert!(!is_guid(text), "{text}");
        }
    }
}
