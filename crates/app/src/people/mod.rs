//! People who sign in: from their invitation to their removal.
//!
//! Decided here: who may come in where (`sign_in`), what links and codes do (`links`,
//! `two_factor`), what one changes about oneself (`own`) and about others (`team`). Whoever
//! signs in at a partner's portal is of that partner or of its tenants; at the platform's own are
//! the operator's people and partners'. What is done to a person is written down under whoever does
//! it; secrets never are.

mod letters;
mod links;
mod own;
mod sign_in;
mod team;
mod two_factor;

use domain::{
    account::{Partner, Tenant},
    ids::{PartnerId, TenantId, UserId},
    money::Currency,
    partner::{PartnerStatus, TRIAL_DAYS},
    sign_in::{Bound, Session},
    tenant::TenantStatus,
    time::{Timestamp, Zone},
    user::{Account, User, UserState},
};
use store::{db::Tx, user_secrets::Secrets, users};

pub use self::{
    links::{Followed, LinkRefusal},
    own::ProfileEdit,
    sign_in::{CodeOutcome, Entered, SignInOutcome},
    team::{NewUser, UserFilter},
    two_factor::Enrolment,
};
use crate::{
    App,
    error::{AppError, Result},
    requests::{Actor, ActorKind, Answer, Asking, Change, Done},
};

/// Microseconds of a day of 24 hours, as trials count them.
const MICROS_PER_DAY: i64 = 86_400_000_000;

/// Where somebody is, before anybody knows who.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// At which host, and in whose portal.
    pub bound: Bound,
    /// From which address.
    pub ip: String,
    /// What the browser calls itself.
    pub agent: String,
    /// The request's id.
    pub request_id: String,
}

impl Visit {
    /// A request of `user`, who is at its own account.
    fn asking(&self, user: &User) -> Asking {
        Asking {
            owner: user.account.partner(),
            actor: Actor {
                kind: ActorKind::User,
                id: user.user_id.to_string(),
                name: user.name.clone(),
            },
            request_id: self.request_id.clone(),
            ip: self.ip.clone(),
            repeat: None,
        }
    }
}

/// Somebody who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visitor {
    /// Who.
    pub user: User,
    /// The session, which knows as what and where.
    pub session: Session,
    /// The account that is looked at.
    pub account: OpenAccount,
}

/// What every page of an account needs to know about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenAccount {
    /// What it is called.
    pub name: String,
    /// The zone of its dates.
    pub zone: Zone,
    /// What its money is in.
    pub currency: Currency,
    /// The status of a tenant.
    pub tenant_status: Option<TenantStatus>,
    /// The status of a partner; absent for its tenants, whom it does not concern.
    pub partner_status: Option<PartnerStatus>,
    /// When a partner's trial ends, while it lasts.
    pub trial_ends_at: Option<Timestamp>,
}

impl OpenAccount {
    /// Days of a trial that are left, today included; none where there is no trial (DSH-03).
    pub fn trial_days_left(&self, now: Timestamp) -> Option<i64> {
        let left = self.trial_ends_at?.micros().saturating_sub(now.micros());
        Some(left.max(0).saturating_add(MICROS_PER_DAY - 1) / MICROS_PER_DAY)
    }

    fn of_partner(partner: &Partner) -> Self {
        let is_trial = partner.status == PartnerStatus::Trial;
        let ends_at = partner.status_since.plus_seconds(TRIAL_DAYS * 86_400);
        Self {
            name: brand_name(partner).to_owned(),
            zone: partner.zone.clone(),
            currency: partner.currency,
            tenant_status: None,
            partner_status: Some(partner.status),
            trial_ends_at: is_trial.then_some(ends_at),
        }
    }

    fn of_tenant(tenant: Tenant) -> Self {
        Self {
            zone: tenant.zone,
            currency: tenant.currency,
            tenant_status: Some(tenant.life.status()),
            name: tenant.name,
            partner_status: None,
            trial_ends_at: None,
        }
    }
}

impl Visitor {
    /// The zone in which dates are shown: the person's own, else the account's.
    pub fn zone(&self) -> &Zone {
        self.user.zone.as_ref().unwrap_or(&self.account.zone)
    }

    /// A request of this person, wherever it acts (LAY-08, TNT-23).
    pub fn asking(&self, visit: &Visit) -> Asking {
        let standing = self.session.standing;
        let is_operators = standing.own() == Account::Operator;
        let kind = if is_operators && standing.is_acting() {
            ActorKind::Operator
        } else {
            ActorKind::User
        };
        let asking = visit.asking(&self.user);
        Asking {
            owner: standing.account().partner(),
            actor: Actor { kind, ..asking.actor },
            ..asking
        }
    }
}

/// A change to a person, for the audit log.
pub(crate) fn change(user: &User, action: &'static str) -> Change {
    Change {
        action,
        tenant_id: user.account.tenant(),
        object_id: user.user_id.to_string(),
        before: None,
        after: None,
    }
}

/// Whether people of `account` come in at this place at all.
fn may_enter(account: Account, bound: &Bound) -> bool {
    match bound.partner_id {
        None => account.tenant().is_none(),
        Some(partner_id) => account.partner() == Some(partner_id),
    }
}

/// An account as its people find it; nothing where it is gone or about to be.
async fn open_account(tx: &mut Tx, account: Account) -> Result<Option<OpenAccount>> {
    let Some(partner_id) = account.partner() else {
        let operator = store::operator::find(tx).await?;
        return Ok(Some(OpenAccount {
            currency: operator.as_ref().map_or(Currency::USD, |it| it.currency),
            name: operator.map_or(String::new(), |it| it.name),
            zone: Zone::UTC,
            tenant_status: None,
            partner_status: None,
            trial_ends_at: None,
        }));
    };
    let partner = store::partners::find(tx, partner_id).await?;
    let is_gone =
        |it: &Partner| matches!(it.status, PartnerStatus::Deleting | PartnerStatus::Purged);
    let Some(partner) = partner.filter(|it| !is_gone(it)) else { return Ok(None) };
    let Some(tenant_id) = account.tenant() else {
        return Ok(Some(OpenAccount::of_partner(&partner)));
    };
    let tenant = store::tenants::find(tx, partner_id, tenant_id).await?;
    Ok(tenant.map(OpenAccount::of_tenant))
}

/// What a partner is called by its tenants (BRD-05).
pub fn brand_name(partner: &Partner) -> &str {
    let name = partner.brand.name.trim();
    if name.is_empty() { &partner.company_name } else { name }
}

async fn the_user(tx: &mut Tx, owner: Option<PartnerId>, user_id: UserId) -> Result<User> {
    let user = users::find(tx, owner, user_id).await?;
    let user = user.filter(|user| user.state != UserState::Removed);
    user.ok_or_else(|| AppError::not_found("user", user_id))
}

async fn secrets_of(tx: &mut Tx, user: &User) -> Result<Secrets> {
    Ok(store::user_secrets::of(tx, user.account.partner(), user.user_id).await?)
}

impl App {
    /// The partner whose portal is at this name; nothing where there is none, or not any more.
    pub async fn portal_partner(&self, slug: &str) -> Result<Option<Partner>> {
        let mut tx = self.db.begin_single().await?;
        let partner = store::partners::find_by_slug(&mut tx, slug).await?;
        tx.commit().await?;
        Ok(partner.filter(|it| it.status != PartnerStatus::Purged))
    }

    /// Does `work` as one transaction with its audit entry: `action`, on the object whose id it
    /// answers, about this tenant where there is one.
    pub async fn noted(
        &self,
        asking: &Asking,
        (action, tenant_id): (&'static str, Option<TenantId>),
        work: impl AsyncFn(&Self) -> Result<String>,
    ) -> Result<()> {
        let performed = self.perform(asking, async |app| {
            let object_id = work(app).await?;
            let change = Change { action, tenant_id, object_id, before: None, after: None };
            let answer = Answer { status: 204, headers: Vec::new(), body: Vec::new() };
            Ok(Done { answer, change: Some(change), secret: None })
        });
        performed.await.map(drop)
    }

    /// Whether the password is the one of this hash; the same time where there is none.
    async fn is_password(&self, hash: Option<String>, password: &str) -> Result<bool> {
        let matches = self.passwords.matches(hash, password).await;
        matches.map_err(|error| AppError::Outside(error.to_string()))
    }

    async fn hashed(&self, password: &str) -> Result<String> {
        let hash = self.passwords.hash(password).await;
        hash.map_err(|error| AppError::Outside(error.to_string()))
    }
}

/// Refuses a password that is too weak, under the name of its field.
fn check_new_password(field: &str, password: &str) -> Result<()> {
    let checked = domain::sign_in::check_password(password);
    checked.map_err(|error| AppError::invalid(field, error.to_string()))
}
