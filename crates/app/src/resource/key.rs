//! API keys as programs see them: never their text.

use domain::{
    api_key::{self, ApiKeyStatus},
    ids::{ApiKeyId, TenantId},
    time::Timestamp,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::Instant;

/// A key of the API, without its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ApiKey {
    /// Its id.
    #[schema(value_type = String, example = "key_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub id: ApiKeyId,
    /// For people.
    #[schema(example = "Accounting")]
    pub name: String,
    /// Its kind and last four characters.
    #[schema(example = "sk_live_...abc1")]
    pub masked: String,
    /// What it may do.
    #[schema(example = json!(["billing:read"]))]
    pub scopes: Vec<String>,
    /// The only tenants it reaches; absent where it reaches all.
    #[schema(value_type = Option<Vec<String>>)]
    pub tenant_ids: Option<Vec<TenantId>>,
    /// Requests a minute.
    #[schema(example = 100)]
    pub rate_limit: u32,
    /// How it stands.
    #[schema(value_type = String, pattern = "^(active|revoked|expired)$")]
    pub status: ApiKeyStatus,
    /// Whether it works but nobody used it for 90 days.
    pub orphaned: bool,
    /// When it was made.
    pub created_at: Instant,
    /// From when on it no longer works.
    pub expires_at: Option<Instant>,
    /// When it was taken back.
    pub revoked_at: Option<Instant>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Instant>,
    /// Grows with each change; the `ETag` of the key.
    pub version: i64,
}

impl ApiKey {
    /// The key as it stands at `now`.
    pub fn of(key: &api_key::ApiKey, now: Timestamp) -> Self {
        Self {
            id: key.key_id,
            name: key.name.clone(),
            masked: key.masked.clone(),
            scopes: key.grant.scopes.iter().map(ToString::to_string).collect(),
            tenant_ids: key.grant.tenants.as_ref().map(|it| it.iter().copied().collect()),
            rate_limit: key.rate_per_minute,
            status: key.status(now),
            orphaned: key.is_orphaned(now),
            created_at: key.created_at.into(),
            expires_at: key.expires_at.map(Instant),
            revoked_at: key.revoked_at.map(Instant),
            last_used_at: key.last_used_at.map(Instant),
            version: key.version,
        }
    }
}
