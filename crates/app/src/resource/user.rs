//! People who sign in, as programs see them: never their secrets.

use domain::{
    ids::{TenantId, UserId},
    user::{self, TwoFactor},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::Instant;

/// Somebody who signs in, or is invited to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct User {
    /// Its id.
    #[schema(value_type = String, example = "usr_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub id: UserId,
    /// The tenant whose it is; absent for the partner's own people.
    #[schema(value_type = Option<String>)]
    pub tenant_id: Option<TenantId>,
    /// Where its mails go, and the name to sign in with.
    #[schema(example = "grace@example.com")]
    pub email: String,
    /// For people.
    #[schema(example = "Grace Hopper")]
    pub name: String,
    /// What it may do.
    #[schema(example = "partner_user")]
    pub role: &'static str,
    /// `invited` until a password is set.
    #[schema(example = "active", pattern = "^(invited|active)$")]
    pub status: &'static str,
    /// Whether the address is confirmed.
    pub email_verified: bool,
    /// Whether a code is asked for at each sign-in.
    pub two_factor: bool,
    /// When the invitation ends, while it is not accepted.
    pub invited_until: Option<Instant>,
    /// When it last signed in.
    pub last_login_at: Option<Instant>,
    /// When it was created.
    pub created_at: Instant,
    /// Grows with each change; the `ETag` of the user.
    pub version: i64,
}

impl User {
    /// The person as it is.
    pub fn of(user: &user::User) -> Self {
        Self {
            id: user.user_id,
            tenant_id: user.account.tenant(),
            email: user.email.to_string(),
            name: user.name.clone(),
            role: user.role.as_str(),
            status: user.state.as_str(),
            email_verified: user.verified_at.is_some(),
            two_factor: user.two_factor == TwoFactor::On,
            invited_until: user.invited_until.map(Instant),
            last_login_at: user.last_login_at.map(Instant),
            created_at: user.created_at.into(),
            version: user.version,
        }
    }
}
