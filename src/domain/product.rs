//! The Defender products alerts come from, in Graph's words and in people's.

use std::fmt;

/// A product, by Graph's word for it and by the names people have.
struct Product {
    word: &'static str,
    /// In the configuration.
    name: &'static str,
    /// In a column.
    short: &'static str,
}

/// Every `serviceSource` of Microsoft's page on `alerts_v2`.
#[rustfmt::skip]
const PRODUCTS: [Product; 10] = [
    product("microsoftDefenderForEndpoint", "endpoint", "Endpoint"),
    product("microsoftDefenderForIdentity", "identity", "Identity"),
    product("microsoftDefenderForCloudApps", "cloud-apps", "Cloud Apps"),
    product("microsoftDefenderForOffice365", "office-365", "Office 365"),
    product("microsoft365Defender", "xdr", "XDR"),
    product("azureAdIdentityProtection", "entra-id", "Entra ID"),
    product("microsoftAppGovernance", "app-governance", "App gov."),
    product("dataLossPrevention", "dlp", "DLP"),
    product("microsoftDefenderForCloud", "cloud", "Cloud"),
    product("microsoftSentinel", "sentinel", "Sentinel"),
];

const fn product(word: &'static str, name: &'static str, short: &'static str) -> Product {
    Product { word, name, short }
}

/// Graph's words for all of them.
pub fn words() -> impl Iterator<Item = &'static str> {
    PRODUCTS.iter().map(|product| product.word)
}

/// Short for a column; a word that is none of ours as it is.
pub fn short(word: &str) -> &str {
    let known = PRODUCTS.iter().find(|product| product.word == word);
    known.map_or(word, |product| product.short)
}

/// The products alerts are asked of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sources {
    /// Whatever there is.
    All,
    /// Graph's words.
    These(Vec<&'static str>),
}

impl Default for Sources {
    /// The one product both services have.
    fn default() -> Self {
        Self::These(vec!["microsoftDefenderForEndpoint"])
    }
}

impl Sources {
    /// Reads the names of a setting, in the words of people or of Graph.
    ///
    /// # Errors
    /// A sentence that names what is not known.
    pub fn named(names: &[String]) -> Result<Self, String> {
        let mut words = Vec::new();
        for name in names {
            let known = PRODUCTS
                .iter()
                .find(|known| known.name == name || known.word == name);
            match known {
                Some(known) if !words.contains(&known.word) => words.push(known.word),
                Some(_) => {}
                None if name == ALL => return Ok(Self::All),
                None => {
                    let all: Vec<&str> = PRODUCTS.iter().map(|known| known.name).collect();
                    return Err(format!("is none of `all`, {}", list(&all)));
                }
            }
        }
        if words.is_empty() {
            return Err("names no product".to_owned());
        }
        Ok(Self::These(words))
    }

    /// Graph's words for them; none stands for all.
    pub fn products(&self) -> impl Iterator<Item = &'static str> {
        let words = match self {
            Self::All => &[],
            Self::These(words) => words.as_slice(),
        };
        words.iter().copied()
    }

    /// Whether alerts of more than one may come.
    pub fn is_several(&self) -> bool {
        match self {
            Self::All => true,
            Self::These(words) => words.len() > 1,
        }
    }
}

const ALL: &str = "all";

fn list(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}

/// As in the configuration.
impl fmt::Display for Sources {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut names = match self {
            Self::All => vec![ALL],
            Self::These(words) => PRODUCTS
                .iter()
                .filter(|known| words.contains(&known.word))
                .map(|known| known.name)
                .collect(),
        };
        names.dedup();
        formatter.write_str(&names.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(names: &[&str]) -> Result<Sources, String> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        Sources::named(&names)
    }

    #[test]
    fn products_are_named_by_people_and_by_graph() {
        let two = named(&["office-365", "microsoftDefenderForEndpoint", "endpoint"]);
        let two = two.unwrap_or_default();
        assert_eq!(two.to_string(), "endpoint, office-365");
        assert!(two.is_several());
        let all = named(&["endpoint", "all"]).unwrap_or_default();
        assert_eq!(all, Sources::All);
        assert_eq!(all.products().count(), 0);
        assert!(!Sources::default().is_several());
        assert!(named(&["defender"]).is_err_and(|why| why.contains("`endpoint`")));
        assert!(named(&[]).is_err());
    }

    #[test]
    fn a_product_of_the_future_is_shown_as_it_comes() {
        assert_eq!(short("microsoftDefenderForOffice365"), "Office 365");
        assert_eq!(
            short("microsoftDefenderForToasters"),
            "microsoftDefenderForToasters"
        );
    }
}
