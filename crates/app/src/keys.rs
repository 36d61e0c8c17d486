//! Keys of the API: made, narrowed, taken back, and recognised.
//!
//! Decided here: a key's text is in the answer that makes it and nowhere else (KEY-04); whoever
//! makes or edits a key can give no more than it has; a revoked or expired key stays so.

use std::collections::BTreeSet;

use adapters::secrets::{self, ShownOnce};
pub use adapters::{clock::Stopwatch, limits::Allowance};
use domain::{
    api_key::{self, ApiKey, ApiKeyStatus, Grant, Scope, masked},
    ids::{ApiKeyId, PartnerId, TenantId},
    paging::{Page, PageRequest},
    time::Timestamp,
};
use store::{api_keys, db::Tx};

use crate::{
    App,
    error::{AppError, FieldError, Result},
};

/// Longest name of a key in characters.
const MAX_NAME: usize = 100;
/// Most tenants that a key may be restricted to.
const MAX_TENANTS: usize = 1_000;

/// A key to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKey {
    /// For people.
    pub name: String,
    /// What it may do.
    pub scopes: BTreeSet<Scope>,
    /// The only tenants it reaches; all where there are none.
    pub tenants: Option<BTreeSet<TenantId>>,
    /// Requests a minute.
    pub rate_per_minute: u32,
    /// From when on it no longer works.
    pub expires_at: Option<Timestamp>,
}

/// What changes of a key (KEY-07); what is absent stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeyEdit {
    /// What it may do.
    pub scopes: Option<BTreeSet<Scope>>,
    /// The only tenants it reaches; `Some(None)` for all.
    pub tenants: Option<Option<BTreeSet<TenantId>>>,
}

/// A key that works, and how often its owner's keys may ask altogether.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recognised {
    /// The key.
    pub key: ApiKey,
    /// Requests a minute of all keys of its partner; `None` for the operator's.
    pub partner_rate: Option<u32>,
}

impl App {
    /// Makes a key. `maker` is what the asker may do itself; `None` at the command line.
    pub async fn create_key(
        &self,
        owner: Option<PartnerId>,
        maker: Option<&Grant>,
        new: &NewKey,
    ) -> Result<(ApiKey, ShownOnce)> {
        let now = self.clock.now();
        let grant = Grant { scopes: new.scopes.clone(), tenants: new.tenants.clone() };
        new.check(now)?;
        check_grant(owner, maker, &grant)?;
        let secret = ShownOnce::draw(self.outside.processor.key_prefix());
        let key = ApiKey {
            key_id: self.ids.draw(now),
            owner,
            name: new.name.trim().to_owned(),
            masked: masked(secret.reveal()),
            grant,
            rate_per_minute: new.rate_per_minute,
            created_at: now,
            expires_at: new.expires_at,
            revoked_at: None,
            last_used_at: None,
            version: 1,
        };
        let hash = secret.hash();
        self.db
            .write(async |tx| {
                check_tenants(tx, owner, &key.grant).await?;
                api_keys::insert(tx, owner, &key, &hash).await?;
                Ok::<_, AppError>(())
            })
            .await?;
        Ok((key, secret))
    }

    /// Gives a key other scopes or tenants, if it still has version `seen`.
    pub async fn edit_key(
        &self,
        (owner, maker): (Option<PartnerId>, Option<&Grant>),
        (key_id, seen): (ApiKeyId, i64),
        edit: &KeyEdit,
    ) -> Result<ApiKey> {
        let now = self.clock.now();
        self.db
            .write(async |tx| {
                let mut key = the_key(tx, owner, key_id).await?;
                if key.version != seen {
                    return Err(AppError::Stale("the key"));
                }
                refuse_ended(&key, now)?;
                check_grant(owner, maker, &key.grant)?;
                if let Some(scopes) = &edit.scopes {
                    key.grant.scopes.clone_from(scopes);
                }
                if let Some(tenants) = &edit.tenants {
                    key.grant.tenants.clone_from(tenants);
                }
                check_grant(owner, maker, &key.grant)?;
                check_tenants(tx, owner, &key.grant).await?;
                api_keys::save(tx, owner, &key).await?;
                key.version += 1;
                Ok(key)
            })
            .await
    }

    /// Takes a key back for good (KEY-08). Doing it again changes nothing.
    pub async fn revoke_key(
        &self,
        (owner, maker): (Option<PartnerId>, Option<&Grant>),
        key_id: ApiKeyId,
    ) -> Result<ApiKey> {
        let now = self.clock.now();
        self.db
            .write(async |tx| {
                let mut key = the_key(tx, owner, key_id).await?;
                if key.revoked_at.is_some() {
                    return Ok(key);
                }
                check_grant(owner, maker, &key.grant)?;
                key.revoked_at = Some(now);
                api_keys::save(tx, owner, &key).await?;
                key.version += 1;
                Ok(key)
            })
            .await
    }

    /// The owner's key with this id.
    pub async fn key(&self, owner: Option<PartnerId>, key_id: ApiKeyId) -> Result<ApiKey> {
        let mut tx = self.db.begin_read().await?;
        let key = the_key(&mut tx, owner, key_id).await?;
        tx.commit().await?;
        Ok(key)
    }

    /// Who owns the key with this id; for the command line, which serves all owners.
    pub async fn key_owner(&self, key_id: ApiKeyId) -> Result<Option<PartnerId>> {
        let mut tx = self.db.begin_read().await?;
        let owner = api_keys::owner_of(&mut tx, key_id).await?;
        tx.commit().await?;
        owner.ok_or_else(|| AppError::not_found("key", key_id))
    }

    /// A page of the owner's keys.
    pub async fn keys(&self, owner: Option<PartnerId>, page: &PageRequest) -> Result<Page<ApiKey>> {
        let mut tx = self.db.begin_read().await?;
        let page = api_keys::list(&mut tx, owner, page).await?;
        tx.commit().await?;
        Ok(page)
    }

    /// The key with this text, whether it works or not; `None` where nobody has it.
    pub async fn recognise_key(&self, text: &str) -> Result<Option<Recognised>> {
        let mut tx = self.db.begin_read().await?;
        let found = api_keys::find_by_hash(&mut tx, &secrets::hash(text)).await?;
        tx.commit().await?;
        let Some((key, rate)) = found else { return Ok(None) };
        let partner_rate = rate.map(|rate| u32::try_from(rate).unwrap_or(u32::MAX));
        Ok(Some(Recognised { key, partner_rate }))
    }

    /// Remembers that keys of one owner were used.
    pub async fn note_used(&self, owner: Option<PartnerId>, keys: &[ApiKeyId]) -> Result<()> {
        let mut tx = self.db.begin().await?;
        api_keys::touch(&mut tx, owner, keys, self.clock.now()).await?;
        Ok(tx.commit().await?)
    }
}

impl NewKey {
    fn check(&self, now: Timestamp) -> Result<()> {
        let mut errors = Vec::new();
        let mut refuse = |field: &str, message: String| {
            errors.push(FieldError { field: field.to_owned(), message });
        };
        let name = self.name.trim();
        if name.is_empty() || name.chars().count() > MAX_NAME || name.chars().any(char::is_control)
        {
            refuse("name", format!("must have 1 to {MAX_NAME} printable characters"));
        }
        if self.scopes.is_empty() {
            refuse("scopes", "must name at least one".to_owned());
        }
        if !(1..=api_key::MAX_RATE).contains(&self.rate_per_minute) {
            refuse("rate_limit", format!("must be 1 to {}", api_key::MAX_RATE));
        }
        if self.expires_at.is_some_and(|end| end <= now) {
            refuse("expires_at", "must be in the future".to_owned());
        }
        if errors.is_empty() { Ok(()) } else { Err(AppError::Invalid(errors)) }
    }
}

/// What an owner's key may hold at all, and what this maker may give.
fn check_grant(owner: Option<PartnerId>, maker: Option<&Grant>, grant: &Grant) -> Result<()> {
    let possible = Scope::all_of(owner);
    if let Some(scope) = grant.scopes.iter().find(|scope| !possible.contains(scope)) {
        return Err(AppError::invalid("scopes", format!("{scope} is not for this key")));
    }
    if grant.scopes.is_empty() {
        return Err(AppError::invalid("scopes", "must name at least one"));
    }
    match maker {
        Some(maker) if !maker.covers(grant) => Err(AppError::Forbidden(
            "a key can only handle keys that reach no further than itself".to_owned(),
        )),
        _ => Ok(()),
    }
}

async fn check_tenants(tx: &mut Tx, owner: Option<PartnerId>, grant: &Grant) -> Result<()> {
    let Some(tenants) = &grant.tenants else { return Ok(()) };
    let Some(partner_id) = owner else {
        return Err(AppError::invalid("tenant_ids", "are not for the operator's keys"));
    };
    if tenants.is_empty() || tenants.len() > MAX_TENANTS {
        let message = format!("must name 1 to {MAX_TENANTS}; leave it out for all");
        return Err(AppError::invalid("tenant_ids", message));
    }
    for (index, tenant_id) in tenants.iter().enumerate() {
        if store::tenants::find(tx, partner_id, *tenant_id).await?.is_none() {
            let field = format!("tenant_ids.{index}");
            return Err(AppError::invalid(field, format!("there is no tenant {tenant_id}")));
        }
    }
    Ok(())
}

fn refuse_ended(key: &ApiKey, now: Timestamp) -> Result<()> {
    match key.status(now) {
        ApiKeyStatus::Active => Ok(()),
        ApiKeyStatus::Revoked => Err(AppError::Refused("the key is revoked".to_owned())),
        ApiKeyStatus::Expired => Err(AppError::Refused("the key has expired".to_owned())),
    }
}

async fn the_key(tx: &mut Tx, owner: Option<PartnerId>, key_id: ApiKeyId) -> Result<ApiKey> {
    let found = api_keys::find(tx, owner, key_id).await?;
    found.ok_or_else(|| AppError::not_found("key", key_id))
}
