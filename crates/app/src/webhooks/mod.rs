//! Webhooks: endpoints that partners keep, and what is sent to them.
//!
//! Decided here: the order of steps of the endpoints' use cases. A secret is drawn outside, shown
//! once, and stored sealed to its row. An address is looked up before the transaction begins. What
//! is done to an endpoint emits no event (WHK-23). What is sent, and when, is [`courier`]'s part;
//! what was sent, and sending it again, is in [`deliveries`].

pub mod courier;
pub mod deliveries;
mod disabled_mail;
mod outcomes;

use adapters::entropy::secret_bytes;
use domain::{
    ids::{EndpointId, EventId, PartnerId},
    paging::{Page, PageRequest},
    time::Timestamp,
    webhook::{
        catalogue,
        endpoint::{EndpointChange, EndpointHealth, EndpointStatus},
        signature::{SecretsInForce, SigningSecret},
    },
};
use store::{
    db::Tx,
    webhooks::endpoints::{self, Endpoint, SealedSecrets},
};

pub use store::events::{EventFilter, Recorded};

pub use self::deliveries::{Delivery, DeliveryDetail, DeliveryFilter, Replay, Replayed};
use crate::{
    App,
    error::{AppError, FieldError, Result},
    outside::Outside,
};

/// Endpoints of one partner: each event is looked at for each of them.
pub const MAX_ENDPOINTS: i64 = 100;
/// Longest description, in characters.
const MAX_DESCRIPTION: usize = 500;
/// Longest time that a rotated secret stays in force (ruling 24).
pub const MAX_OVERLAP_SECONDS: u32 = 86_400;

/// An endpoint as its partner sees it; its secret is never part of it (WHK-02).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookEndpoint {
    /// Whose.
    pub partner_id: PartnerId,
    /// Its id.
    pub endpoint_id: EndpointId,
    /// Where events are sent.
    pub url: String,
    /// For people.
    pub description: String,
    /// Names of the events it is sent, sorted.
    pub event_types: Vec<String>,
    /// Whether it is sent anything.
    pub status: EndpointStatus,
    /// Failed attempts in a row.
    pub consecutive_failures: u32,
    /// Until when messages are signed with the secret before the last rotation, too.
    pub previous_secret_until: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Its version.
    pub version: i64,
}

impl From<Endpoint> for WebhookEndpoint {
    fn from(endpoint: Endpoint) -> Self {
        Self {
            partner_id: endpoint.partner_id,
            endpoint_id: endpoint.endpoint_id,
            url: endpoint.url,
            description: endpoint.description,
            event_types: endpoint.event_types,
            status: endpoint.health.status,
            consecutive_failures: endpoint.health.consecutive_failures,
            previous_secret_until: endpoint.secrets.previous.map(|(_, until)| until),
            created_at: endpoint.created_at,
            version: endpoint.version,
        }
    }
}

/// An endpoint with a secret that is shown this once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSecret {
    /// The endpoint.
    pub endpoint: WebhookEndpoint,
    /// Its new secret.
    pub secret: SigningSecret,
}

/// An endpoint to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEndpoint {
    /// Where events are sent; https.
    pub url: String,
    /// For people; may be empty.
    pub description: String,
    /// Names of events; at least one.
    pub event_types: Vec<String>,
}

/// What changes of an endpoint; what is `None` stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EndpointEdit {
    /// Where events are sent from now on.
    pub url: Option<String>,
    /// For people.
    pub description: Option<String>,
    /// Names of events; at least one.
    pub event_types: Option<Vec<String>>,
}

impl App {
    /// Adds an endpoint and answers its secret, which nobody can ask for again.
    pub async fn create_webhook_endpoint(
        &self,
        partner_id: PartnerId,
        new: &NewEndpoint,
    ) -> Result<NewSecret> {
        let edit = EndpointEdit {
            url: Some(new.url.clone()),
            description: Some(new.description.clone()),
            event_types: Some(new.event_types.clone()),
        };
        let checked = self.checked(edit).await?;
        let now = self.clock.now();
        let secret = SigningSecret::from_bytes(secret_bytes());
        let endpoint_id = self.ids.draw(now);
        let endpoint = Endpoint {
            partner_id,
            endpoint_id,
            url: checked.url.unwrap_or_default(),
            description: checked.description.unwrap_or_default(),
            event_types: checked.event_types.unwrap_or_default(),
            health: EndpointHealth::NEW,
            secrets: SealedSecrets {
                current: seal(&self.outside, (partner_id, endpoint_id), &secret),
                previous: None,
            },
            created_at: now,
            version: 1,
        };
        self.db
            .write(async |tx: &mut Tx| {
                let partner = store::partners::find(tx, partner_id).await?;
                partner.ok_or_else(|| AppError::not_found("partner", partner_id))?;
                if endpoints::count(tx, partner_id).await? >= MAX_ENDPOINTS {
                    let most = format!("a partner has at most {MAX_ENDPOINTS} webhook endpoints");
                    return Err(AppError::Refused(most));
                }
                Ok(endpoints::insert(tx, &endpoint).await?)
            })
            .await?;
        Ok(NewSecret { endpoint: endpoint.into(), secret })
    }

    /// Refuses an address that leads inside by now. For those who make an endpoint as a part of a
    /// larger transaction, before they begin it; with each connection it is checked again.
    pub async fn check_webhook_url(&self, url: &str) -> Result<()> {
        let checked = self.outside.webhooks.client.check(url).await;
        checked.map_err(|refusal| AppError::invalid("url", refusal.to_string()))
    }

    /// A page of the partner's endpoints.
    pub async fn list_webhook_endpoints(
        &self,
        partner_id: PartnerId,
        page: &PageRequest,
    ) -> Result<Page<WebhookEndpoint>> {
        let mut tx = self.db.begin_read().await?;
        let found = endpoints::list(&mut tx, partner_id, page).await?;
        tx.commit().await?;
        Ok(found.map(Into::into))
    }

    /// A page of the partner's events.
    pub async fn events(
        &self,
        partner_id: PartnerId,
        filter: EventFilter,
        page: &PageRequest,
    ) -> Result<Page<Recorded>> {
        let mut tx = self.db.begin_single().await?;
        let found = store::events::list(&mut tx, partner_id, filter, page).await?;
        tx.commit().await?;
        Ok(found)
    }

    /// The partner's event with this id.
    pub async fn event(&self, partner_id: PartnerId, event_id: EventId) -> Result<Recorded> {
        let mut tx = self.db.begin_single().await?;
        let found = store::events::find(&mut tx, partner_id, event_id).await?;
        tx.commit().await?;
        found.ok_or_else(|| AppError::not_found("event", event_id))
    }

    /// Changes an endpoint. Where `seen` is given and it has another version, nothing changes.
    pub async fn edit_webhook_endpoint(
        &self,
        partner_id: PartnerId,
        (endpoint_id, seen): (EndpointId, Option<i64>),
        edit: EndpointEdit,
    ) -> Result<WebhookEndpoint> {
        let checked = self.checked(edit).await?;
        self.change_endpoint((partner_id, endpoint_id, seen), async |endpoint| {
            let edit = checked.clone();
            endpoint.url = edit.url.unwrap_or(std::mem::take(&mut endpoint.url));
            endpoint.description =
                edit.description.unwrap_or(std::mem::take(&mut endpoint.description));
            endpoint.event_types =
                edit.event_types.unwrap_or(std::mem::take(&mut endpoint.event_types));
            Ok(())
        })
        .await
    }

    /// Switches an endpoint on, off, or deletes it. Doing it twice changes nothing. What waited
    /// while it was off is sent once it is on again; what happened meanwhile is not.
    pub async fn change_webhook_endpoint(
        &self,
        partner_id: PartnerId,
        endpoint_id: EndpointId,
        change: EndpointChange,
    ) -> Result<WebhookEndpoint> {
        let changed = self
            .change_endpoint((partner_id, endpoint_id, None), async |endpoint| {
                let health = endpoint.health.changed(change);
                endpoint.health = health.map_err(|error| AppError::Refused(error.to_string()))?;
                Ok(())
            })
            .await?;
        if change == EndpointChange::Delete {
            self.bury(partner_id, endpoint_id).await?;
        }
        Ok(changed)
    }

    /// Gives an endpoint a new secret, which is answered this once. The old one stays in force for
    /// `overlap_seconds`: none is the documented way (WHK-14), a day is the longest (ruling 24).
    pub async fn rotate_webhook_secret(
        &self,
        partner_id: PartnerId,
        endpoint_id: EndpointId,
        overlap_seconds: u32,
    ) -> Result<NewSecret> {
        if overlap_seconds > MAX_OVERLAP_SECONDS {
            return Err(AppError::invalid("overlap_seconds", "must be at most 86400"));
        }
        let now = self.clock.now();
        let secret = SigningSecret::from_bytes(secret_bytes());
        let sealed = seal(&self.outside, (partner_id, endpoint_id), &secret);
        let endpoint = self
            .change_endpoint((partner_id, endpoint_id, None), async |endpoint| {
                let until = now.plus_seconds(i64::from(overlap_seconds));
                let old = std::mem::replace(&mut endpoint.secrets.current, sealed.clone());
                endpoint.secrets.previous = (overlap_seconds > 0).then_some((old, until));
                Ok(())
            })
            .await?;
        Ok(NewSecret { endpoint, secret })
    }

    /// The partner's endpoint with this id, unless it is deleted.
    pub async fn webhook_endpoint(
        &self,
        partner_id: PartnerId,
        endpoint_id: EndpointId,
    ) -> Result<WebhookEndpoint> {
        let mut tx = self.db.begin_read().await?;
        let found = endpoints::find(&mut tx, partner_id, endpoint_id).await?;
        tx.commit().await?;
        let there = found.filter(|endpoint| endpoint.health.status != EndpointStatus::Deleted);
        there.map(Into::into).ok_or_else(|| no_endpoint(endpoint_id))
    }

    /// Up to `limit` of the partner's endpoints after `last`, in the order of their ids.
    pub async fn webhook_endpoints(
        &self,
        partner_id: PartnerId,
        last: Option<EndpointId>,
        limit: i64,
    ) -> Result<Vec<WebhookEndpoint>> {
        let mut tx = self.db.begin_read().await?;
        let limit = limit.clamp(1, MAX_ENDPOINTS);
        let found = endpoints::page(&mut tx, partner_id, last, limit).await?;
        tx.commit().await?;
        Ok(found.into_iter().map(Into::into).collect())
    }

    /// Loads an endpoint locked, lets `change` change it, and saves it where that made a
    /// difference.
    async fn change_endpoint(
        &self,
        (partner_id, endpoint_id, seen): (PartnerId, EndpointId, Option<i64>),
        change: impl AsyncFn(&mut Endpoint) -> Result<()>,
    ) -> Result<WebhookEndpoint> {
        self.db
            .write(async |tx: &mut Tx| {
                let found = endpoints::find_locked(tx, partner_id, endpoint_id).await?;
                let before = found.ok_or_else(|| no_endpoint(endpoint_id))?;
                if before.health.status == EndpointStatus::Deleted {
                    return Err(no_endpoint(endpoint_id));
                }
                if seen.is_some_and(|seen| seen != before.version) {
                    return Err(AppError::Stale("the webhook endpoint"));
                }
                let mut endpoint = before.clone();
                change(&mut endpoint).await?;
                if endpoint != before {
                    endpoints::save(tx, &endpoint).await?;
                    endpoint.version += 1;
                }
                Ok(endpoint.into())
            })
            .await
    }

    /// The edit with its event types sorted, or everything that is wrong with it.
    async fn checked(&self, mut edit: EndpointEdit) -> Result<EndpointEdit> {
        let mut errors = Vec::new();
        let mut refuse = |field: &str, message: String| {
            errors.push(FieldError { field: field.to_owned(), message });
        };
        if let Some(url) = &edit.url {
            let client = &self.outside.webhooks.client;
            // Nobody is asked in the middle of a transaction: see `check_webhook_url`.
            let checked = match self.db.is_joined() {
                true => client.check_form(url),
                false => client.check(url).await,
            };
            if let Err(refusal) = checked {
                refuse("url", refusal.to_string());
            }
        }
        if let Some(text) = &edit.description
            && (text.chars().count() > MAX_DESCRIPTION || text.chars().any(char::is_control))
        {
            refuse("description", "must have at most 500 printable characters".to_owned());
        }
        if let Some(types) = &mut edit.event_types {
            for unknown in types.iter().filter(|name| catalogue::subscribable(name).is_none()) {
                refuse("event_types", format!("{unknown:?} is not an event"));
            }
            if types.is_empty() {
                refuse("event_types", "must name at least one event".to_owned());
            }
            types.sort();
            types.dedup();
        }
        if errors.is_empty() { Ok(edit) } else { Err(AppError::Invalid(errors)) }
    }
}

fn no_endpoint(endpoint_id: EndpointId) -> AppError {
    AppError::not_found("webhook endpoint", endpoint_id)
}

/// What a secret is sealed to.
fn owner(partner_id: PartnerId, endpoint_id: EndpointId) -> String {
    format!("webhook_endpoint/{partner_id}/{endpoint_id}")
}

fn seal(
    outside: &Outside,
    (partner_id, endpoint_id): (PartnerId, EndpointId),
    secret: &SigningSecret,
) -> Vec<u8> {
    outside.vault.seal(&owner(partner_id, endpoint_id), secret.bytes())
}

/// The secrets of an endpoint that are in force at `now`.
fn secrets_in_force(
    outside: &Outside,
    endpoint: &Endpoint,
    now: Timestamp,
) -> Result<SecretsInForce> {
    let owner = owner(endpoint.partner_id, endpoint.endpoint_id);
    let open = |sealed: &[u8]| -> Result<SigningSecret> {
        let opened = outside.vault.open(&owner, sealed);
        let opened = opened.map_err(|error| AppError::Outside(error.to_string()))?;
        let bytes = opened.try_into();
        bytes
            .map(SigningSecret::from_bytes)
            .map_err(|_| AppError::Broken(format!("{owner}: a secret has another length")))
    };
    let secrets = &endpoint.secrets;
    let previous = secrets.previous.as_ref().filter(|(_, until)| *until > now);
    Ok(SecretsInForce {
        current: open(&secrets.current)?,
        previous: previous.map(|(sealed, _)| open(sealed)).transpose()?,
    })
}
