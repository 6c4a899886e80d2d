//! What each claim and header parameter means, in a few words.
//!
//! From Microsoft's claims references and the RFCs. What Microsoft keeps to
//! itself is called internal instead of guessed at.

/// What a claim or a header parameter means, if we know it.
pub fn meaning(name: &str) -> Option<&'static str> {
    let known = MEANINGS.iter().find(|(known, _)| *known == name);
    match known {
        Some((_, meaning)) => Some(meaning),
        None if name.starts_with("xms_") => Some("internal to Entra, not documented"),
        None => None,
    }
}

#[rustfmt::skip]
const MEANINGS: &[(&str, &str)] = &[
    // The header.
    ("alg", "algorithm of the signature"),
    ("typ", "kind of token"),
    ("kid", "id of the key that signed the token"),
    ("x5t", "thumbprint of the signing certificate, in version 1.0 tokens"),
    ("x5c", "certificate chain of the signing key"),
    ("jku", "address of the issuer's keys, never to be followed"),
    ("cty", "kind of content, for a token within a token"),
    ("enc", "algorithm of the encryption"),
    ("crit", "header parameters that a reader must understand"),
    ("nonce", "in a header: mark of tokens only their service can verify; in an id token: ties it to its sign-in"),
    // Whom it is from, whom it is for, and when.
    ("aud", "the API this token is for, which refuses any other"),
    ("iss", "who issued the token, with the tenant's id"),
    ("tid", "id of the tenant the user or application signed in to"),
    ("iat", "when the token was issued"),
    ("nbf", "not to be accepted before this moment"),
    ("exp", "not to be accepted from this moment on"),
    ("ver", "version of the token format, chosen by the API"),
    ("uti", "id of this token, the unique token identifier of sign-in logs"),
    ("jti", "id of this token"),
    // What it lets one do.
    ("scp", "delegated permissions: what the application may do in the user's name"),
    ("roles", "application permissions, or the user's roles in the application"),
    ("wids", "the user's directory roles in the tenant"),
    ("groups", "ids of the groups the user is a member of"),
    ("hasgroups", "the user is in groups, too many to be listed here"),
    ("_claim_names", "claims too large for the token, kept elsewhere"),
    ("_claim_sources", "where those claims are kept, never to be followed"),
    ("idtyp", "whether an application or a user holds the token"),
    // The application.
    ("appid", "id of the application that asked for the token"),
    ("azp", "id of the application that asked for the token"),
    ("app_displayname", "name of the application that asked for the token"),
    ("appidacr", "how the application proved who it is"),
    ("azpacr", "how the application proved who it is"),
    // The user.
    ("oid", "id of the user or service principal in the tenant, the key for audits"),
    ("sub", "id of the user or application, as this API sees it"),
    ("upn", "user principal name, for display: it can change"),
    ("unique_name", "name of the user, for display: it can change"),
    ("preferred_username", "name the user signs in with, for display: it can change"),
    ("name", "full name of the user, for display: it can change"),
    ("given_name", "first name of the user"),
    ("family_name", "last name of the user"),
    ("nickname", "another name of the user"),
    ("email", "email address of the user, not verified"),
    ("verified_primary_email", "the user's verified primary addresses"),
    ("verified_secondary_email", "the user's verified secondary addresses"),
    ("xms_edov", "whether the owner of the email's domain was verified"),
    ("acct", "whether the user is a member of the tenant or a guest"),
    ("onprem_sid", "security identifier of the user in the on-premises directory"),
    ("puid", "internal: older id of the user in Microsoft's directory"),
    ("altsecid", "internal: id of the user at another identity provider"),
    ("login_hint", "opaque hint that makes the next sign-in of this user shorter"),
    // How the sign-in went.
    ("acr", "whether the sign-in met the requirements of ISO/IEC 29115"),
    ("acrs", "authentication contexts satisfied, for operations that ask for more proof"),
    ("amr", "how the user proved who they are"),
    ("auth_time", "when the user last proved who they are"),
    ("ipaddr", "IP address the user signed in from"),
    ("fwd", "original IP address of a client inside a virtual network"),
    ("vnet", "virtual network the client called from"),
    ("in_corp", "the client signed in from the trusted corporate network"),
    ("idp", "identity provider of the user, other than the issuer for guests"),
    ("sid", "id of the sign-in session"),
    ("signin_state", "internal: state of the sign-in, such as a known device or network"),
    ("deviceid", "id of the device that was signed in from"),
    ("platf", "internal: code of the device's platform"),
    ("ztdid", "id of the device in Windows Autopilot"),
    ("pwd_exp", "when the user's password expires, present when that is soon"),
    ("pwd_url", "page where the user can change the password"),
    ("controls", "internal: device controls met at sign-in"),
    ("controls_auds", "internal: services the device controls are for"),
    // The tenant and its languages.
    ("tenant_region_scope", "region of the tenant"),
    ("tenant_ctry", "country or region of the tenant"),
    ("ctry", "country or region of the user"),
    ("xms_pl", "preferred language of the user"),
    ("xms_tpl", "preferred language of the tenant"),
    ("xms_pdl", "preferred data location of the user"),
    ("xms_tcdt", "internal: when the tenant was created"),
    // Hints and internals.
    ("xms_cc", "what the application can handle, such as claims challenges"),
    ("aio", "internal: lets Entra recognise a reused token"),
    ("rh", "internal: lets Entra revalidate the token"),
    ("xms_idrel", "internal: how the identity relates to the tenant"),
    ("xms_ftd", "internal to Entra, not documented"),
    ("xms_act_fct", "internal: facts about the acting application"),
    ("xms_sub_fct", "internal: facts about the subject"),
    ("xms_st", "internal: the subject as other services see it"),
    // Of id tokens, which end up in the same clipboard.
    ("c_hash", "in an id token: hash that ties it to its authorisation code"),
    ("at_hash", "in an id token: hash that ties it to its access token"),
    ("s_hash", "in an id token: hash that ties it to the state of its request"),
    // Proof of possession.
    ("cnf", "key the holder must prove to have, for tokens bound to a key"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn meanings_are_phrases_and_names_stand_once() {
        let mut names: Vec<_> = MEANINGS.iter().map(|(name, _)| *name).collect();
        for (name, meaning) in MEANINGS {
            assert!(!meaning.ends_with('.'), "{name}");
            assert!(meaning.len() < 110, "{name}");
            let ours = meaning.starts_with(|first: char| first.is_lowercase());
            assert!(ours || meaning.starts_with("IP "), "{name}");
        }
        assert!(names.len() >= 45);
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), MEANINGS.len());
    }

    #[test]
    fn what_nobody_knows_is_not_explained() {
        assert_eq!(meaning("colour"), None);
        assert_eq!(meaning("AUD"), None, "names of claims are case-sensitive");
        assert_eq!(
            meaning("xms_anything"),
            Some("internal to Entra, not documented")
        );
    }
}
