//! Phone numbers and extensions as programs see them.

use domain::{
    account,
    ids::{ExtensionId, PhoneNumberId, TenantId},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::Instant;

/// A number, as long as one tenant has it. Assigned anew, it gets an id of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PhoneNumber {
    /// The id of this assignment.
    #[schema(value_type = String, example = "did_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub id: PhoneNumberId,
    /// E.164, with a plus sign.
    #[schema(example = "+15015550111")]
    pub number: String,
    /// Whose it is; of a released one, whose it was.
    #[schema(value_type = String)]
    pub tenant_id: TenantId,
    /// How its calls are metered.
    #[schema(pattern = "^(local|toll_free)$")]
    pub class: &'static str,
    /// `active` while the tenant has it.
    #[schema(pattern = "^(active|released)$")]
    pub status: &'static str,
    /// From when it counts for the tenant.
    pub assigned_at: Instant,
    /// Until when it counted.
    pub released_at: Option<Instant>,
}

impl From<&account::NumberAssignment> for PhoneNumber {
    fn from(number: &account::NumberAssignment) -> Self {
        Self {
            id: number.did_id,
            number: format!("+{}", number.e164),
            tenant_id: number.tenant_id,
            class: number.class.as_str(),
            status: if number.released_at.is_some() { "released" } else { "active" },
            assigned_at: number.assigned_at.into(),
            released_at: number.released_at.map(Instant),
        }
    }
}

/// An extension of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Extension {
    /// Its id.
    #[schema(value_type = String, example = "ext_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub id: ExtensionId,
    /// Whose.
    #[schema(value_type = String)]
    pub tenant_id: TenantId,
    /// As the switch knows it, without the SIP prefix.
    #[schema(example = "101")]
    pub name: String,
    /// `active` until it is deleted.
    #[schema(pattern = "^(active|deleted)$")]
    pub status: &'static str,
    /// From when it counts for the tenant.
    pub created_at: Instant,
    /// Until when it counted.
    pub deleted_at: Option<Instant>,
}

impl From<&account::Extension> for Extension {
    fn from(extension: &account::Extension) -> Self {
        Self {
            id: extension.extension_id,
            tenant_id: extension.tenant_id,
            name: extension.name.clone(),
            status: if extension.removed_at.is_some() { "deleted" } else { "active" },
            created_at: extension.created_at.into(),
            deleted_at: extension.removed_at.map(Instant),
        }
    }
}
