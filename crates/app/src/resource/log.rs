//! The audit log and the request log as programs see them.

use domain::ids::{ApiKeyId, AuditEntryId, TenantId};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::Instant;
use crate::logs;

/// One change: who did what to what.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AuditEntry {
    /// Its id.
    #[schema(value_type = String, example = "adt_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub id: AuditEntryId,
    /// When.
    pub at: Instant,
    /// The tenant it is about.
    #[schema(value_type = Option<String>)]
    pub tenant_id: Option<TenantId>,
    /// `api_key` or `command`.
    #[schema(example = "api_key")]
    pub actor_kind: String,
    /// The actor's id.
    pub actor_id: String,
    /// The actor's name at that time.
    pub actor_name: String,
    /// What was done.
    #[schema(example = "tenant.suspend")]
    pub action: String,
    /// To what.
    pub object_id: String,
    /// The object as it was; absent where it is new.
    #[schema(value_type = Option<Object>)]
    pub before: Option<Value>,
    /// The object as it is; absent where it is gone.
    #[schema(value_type = Option<Object>)]
    pub after: Option<Value>,
    /// The request that did it: its `X-Request-Id`.
    pub request_id: String,
    /// From which address.
    pub ip: String,
}

impl From<logs::AuditEntry> for AuditEntry {
    fn from(entry: logs::AuditEntry) -> Self {
        let json = |text: Option<String>| text.and_then(|text| serde_json::from_str(&text).ok());
        Self {
            id: entry.entry_id,
            at: entry.at.into(),
            tenant_id: entry.tenant_id,
            actor_kind: entry.actor_kind,
            actor_id: entry.actor_id,
            actor_name: entry.actor_name,
            action: entry.action,
            object_id: entry.object_id,
            before: json(entry.before),
            after: json(entry.after),
            request_id: entry.request_id,
            ip: entry.ip,
        }
    }
}

/// One request to the API, in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ApiRequest {
    /// Its id: the `X-Request-Id` of its answer.
    #[schema(example = "req_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub id: String,
    /// The key that asked.
    #[schema(value_type = String)]
    pub key_id: ApiKeyId,
    /// When it came.
    pub at: Instant,
    /// HTTP method.
    #[schema(example = "POST")]
    pub method: String,
    /// Path and query.
    #[schema(example = "/v1/tenants")]
    pub path: String,
    /// HTTP status of the answer.
    #[schema(example = 201)]
    pub status: u16,
    /// How long the answer took, in microseconds.
    pub duration_micros: i64,
    /// From which address.
    pub ip: String,
    /// What was sent, without secrets and cut short.
    pub request_body: String,
    /// The problem's code; empty where all went well.
    pub code: String,
}

impl From<logs::ApiRequest> for ApiRequest {
    fn from(request: logs::ApiRequest) -> Self {
        Self {
            id: request.request_id,
            key_id: request.key_id,
            at: request.at.into(),
            method: request.method,
            path: request.path,
            status: request.status,
            duration_micros: request.duration_micros,
            ip: request.ip,
            request_body: request.request_body,
            code: request.code,
        }
    }
}
