//! The keyring of Linux desktops: the Secret Service, spoken to over D-Bus.
//!
//! `GNOME` Keyring, `KWallet` and `KeePassXC` answer to it. Written against
//! <https://specifications.freedesktop.org/secret-service/>. Nobody is asked for a
//! password: a keyring that is locked is left locked, for a prompt would appear on a
//! screen that may be far away. Secrets cross the session's bus as they are: only this
//! user's programs can read it, and those may ask the keyring itself.

use std::collections::HashMap;

use serde::Serialize;
use serde::de::DeserializeOwned;
use zbus::Connection;
use zbus::Error;
use zbus::fdo;
use zbus::wire::DynamicType;
use zbus::wire::OwnedObjectPath;
use zbus::wire::OwnedVariant;
use zbus::wire::Type;
use zbus::wire::Variant;
use zeroize::Zeroizing;

use crate::service::keyring::Keyring;
use crate::service::secret::Secret;

const BUS_NAME: &str = "org.freedesktop.secrets";
const SERVICE: &str = "/org/freedesktop/secrets";
/// How D-Bus writes "no object".
const NOTHING: &str = "/";

const LOCKED: &str = "is locked: unlock it on the desktop it belongs to, then start vigie again";

pub(super) struct SecretService;

/// Session, parameters (none, as nothing is encrypted), secret, content type.
type OwnedSecret = (OwnedObjectPath, Vec<u8>, Vec<u8>, String);

impl Keyring for SecretService {
    fn name(&self) -> &'static str {
        "Secret Service"
    }

    fn load(&self, account: &str) -> Result<Option<Secret>, String> {
        converse(async |talk| {
            let Some(item) = talk.items(account).await?.into_iter().next() else {
                return Ok(None);
            };
            talk.secret(&item).await.map(Some)
        })
    }

    fn save(&self, account: &str, secret: &Secret) -> Result<(), String> {
        converse(async |talk| talk.create(account, secret).await)
    }

    fn delete(&self, account: &str) -> Result<(), String> {
        converse(async |talk| {
            for item in talk.items(account).await? {
                let prompt: OwnedObjectPath = talk.call(&item, "Item", "Delete", &()).await?;
                unprompted(&prompt)?;
            }
            Ok(())
        })
    }
}

/// A connection to the bus, and a session of the keyring in it.
struct Talk {
    bus: Connection,
    session: OwnedObjectPath,
}

/// Runs to its end on the calling thread, whose own runtime it is.
fn converse<T>(talk: impl AsyncFnOnce(&Talk) -> Result<T, String>) -> Result<T, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("cannot be asked: {error}"))?;
    runtime.block_on(async { talk(&Talk::begin().await?).await })
}

impl Talk {
    async fn begin() -> Result<Self, String> {
        let bus = Connection::session().await.map_err(without_bus)?;
        let asked = ("plain", Variant::from(""));
        let (_output, session): (OwnedVariant, OwnedObjectPath) =
            call(&bus, SERVICE, "Service", "OpenSession", &asked).await?;
        Ok(Self { bus, session })
    }

    /// The items kept for this account, unlocked.
    async fn items(&self, account: &str) -> Result<Vec<OwnedObjectPath>, String> {
        let (mut items, locked): (Vec<OwnedObjectPath>, Vec<OwnedObjectPath>) = self
            .call(SERVICE, "Service", "SearchItems", &(attributes(account),))
            .await?;
        if !locked.is_empty() {
            items.extend(self.unlocked(locked).await?);
        }
        Ok(items)
    }

    /// The same objects, if they open without a person's help.
    async fn unlocked(
        &self,
        objects: Vec<OwnedObjectPath>,
    ) -> Result<Vec<OwnedObjectPath>, String> {
        let (objects, prompt): (Vec<OwnedObjectPath>, OwnedObjectPath) =
            self.call(SERVICE, "Service", "Unlock", &(objects,)).await?;
        unprompted(&prompt)?;
        Ok(objects)
    }

    async fn secret(&self, item: &str) -> Result<Secret, String> {
        let body = (&self.session,);
        let (_session, _parameters, value, _type): OwnedSecret =
            self.call(item, "Item", "GetSecret", &body).await?;
        let value = Zeroizing::new(value);
        let text = str::from_utf8(&value)
            .map_err(|_may_quote_the_secret| "keeps something that is not text".to_owned())?;
        Ok(Secret::new(text.to_owned()))
    }

    /// Replaces an item of the same attributes.
    async fn create(&self, account: &str, secret: &Secret) -> Result<(), String> {
        let collection: OwnedObjectPath = self
            .call(SERVICE, "Service", "ReadAlias", &("default",))
            .await?;
        if collection.as_str() == NOTHING {
            return Err("has no default collection: create one in its own program".to_owned());
        }
        self.unlocked(vec![collection.clone()]).await?;
        let properties = HashMap::from([
            (
                "org.freedesktop.Secret.Item.Label",
                Variant::from("vigie: stay signed in"),
            ),
            (
                "org.freedesktop.Secret.Item.Attributes",
                Variant::from(attributes(account)),
            ),
        ]);
        let value = secret.expose().as_bytes();
        let secret = (&self.session, [0_u8; 0].as_slice(), value, "text/plain");
        let (_item, prompt): (OwnedObjectPath, OwnedObjectPath) = self
            .call(
                &collection,
                "Collection",
                "CreateItem",
                &(properties, secret, true),
            )
            .await?;
        unprompted(&prompt)
    }

    async fn call<B, T>(
        &self,
        object: &str,
        interface: &str,
        method: &str,
        body: &B,
    ) -> Result<T, String>
    where
        B: Serialize + DynamicType,
        T: DeserializeOwned + Type,
    {
        call(&self.bus, object, interface, method, body).await
    }
}

async fn call<B, T>(
    bus: &Connection,
    object: &str,
    interface: &str,
    method: &str,
    body: &B,
) -> Result<T, String>
where
    B: Serialize + DynamicType,
    T: DeserializeOwned + Type,
{
    let interface = format!("org.freedesktop.Secret.{interface}");
    let reply = bus
        .call_method(Some(BUS_NAME), object, Some(interface), method, body)
        .await
        .map_err(refused)?;
    reply.body().deserialize().map_err(|_may_quote_the_secret| {
        format!("answered `{method}` with something that cannot be read")
    })
}

/// What an item of ours is found by.
fn attributes(account: &str) -> HashMap<&str, &str> {
    HashMap::from([("application", "vigie"), ("account", account)])
}

/// Refuses to wait for a person.
fn unprompted(prompt: &str) -> Result<(), String> {
    if prompt == NOTHING {
        Ok(())
    } else {
        Err(LOCKED.to_owned())
    }
}

fn without_bus(error: Error) -> String {
    let why = match error {
        Error::Connection(error, _) | Error::InputOutput(error) => error.to_string(),
        other => other.to_string(),
    };
    format!("cannot be reached: there is no D-Bus session here ({why})")
}

/// Only error replies come here, and those quote no secret.
fn refused(error: Error) -> String {
    match error {
        Error::FDO(error) => match *error {
            fdo::Error::ServiceUnknown(_) | fdo::Error::NameHasNoOwner(_) => {
                format!("is not there: no program of this session answers as `{BUS_NAME}`")
            }
            error => format!("failed: {error}"),
        },
        Error::MethodError(name, _, _)
            if name.as_str() == "org.freedesktop.Secret.Error.IsLocked" =>
        {
            LOCKED.to_owned()
        }
        Error::MethodError(name, why, _) => {
            format!("refused: {} ({})", why.unwrap_or_default(), name.as_str())
        }
        error => format!("broke off: {error}"),
    }
}
