//! The dunning policy of a partner and of its profiles.
//!
//! Decided here: a profile's choices lie over the partner's and those over the platform's (PRO-17);
//! a change acts at once on every tenant that owes something, by having it looked at. What was
//! done stays done.

use std::collections::BTreeMap;

use domain::{
    dunning::{Case, DunningPolicy, OpenInvoice, PaymentState, PolicyChoices, PolicyEdit},
    ids::{PartnerId, ProfileId},
    invoice::issued::Invoice,
    time::Timestamp,
};
use store::db::Tx;

use crate::{
    App,
    error::{AppError, FieldError, Result},
};

/// All that a partner chose.
#[derive(Debug, Clone, Default)]
pub(crate) struct Policies(BTreeMap<Option<ProfileId>, (PolicyChoices, i64)>);

impl Policies {
    /// What the partner chose.
    pub(crate) async fn load(tx: &mut Tx, partner_id: PartnerId) -> Result<Self> {
        Ok(Self(store::dunning::choices(tx, partner_id).await?))
    }

    /// The policy of tenants on this profile.
    pub(crate) fn of(&self, profile_id: ProfileId) -> DunningPolicy {
        self.in_force(Some(profile_id))
    }

    fn in_force(&self, profile_id: Option<ProfileId>) -> DunningPolicy {
        let policy = self
            .own(None)
            .map_or_else(DunningPolicy::default, |own| DunningPolicy::default().with(own));
        match profile_id.and_then(|_| self.own(profile_id)) {
            Some(own) => policy.with(own),
            None => policy,
        }
    }

    fn own(&self, profile_id: Option<ProfileId>) -> Option<&PolicyChoices> {
        self.0.get(&profile_id).map(|(choices, _)| choices)
    }
}

/// A policy with what was chosen for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChosenPolicy {
    /// What was chosen here.
    pub own: PolicyChoices,
    /// What is in force.
    pub policy: DunningPolicy,
    /// Grows with each change; 1 where nothing was chosen.
    pub version: i64,
}

impl App {
    /// The partner's policy, or that of its tenants on a profile.
    pub async fn dunning_policy(
        &self,
        partner_id: PartnerId,
        profile_id: Option<ProfileId>,
    ) -> Result<ChosenPolicy> {
        let mut tx = self.db.begin_read().await?;
        let chosen = chosen(&mut tx, partner_id, profile_id).await?;
        tx.commit().await?;
        Ok(chosen)
    }

    /// Edits the partner's policy or that of a profile, if it still has version `seen`.
    pub async fn edit_dunning_policy(
        &self,
        (partner_id, profile_id): (PartnerId, Option<ProfileId>),
        seen: i64,
        edit: &PolicyEdit,
    ) -> Result<ChosenPolicy> {
        self.db
            .write(async |tx: &mut Tx| {
                let before = chosen(tx, partner_id, profile_id).await?;
                if before.version != seen {
                    return Err(AppError::Stale("the dunning policy"));
                }
                let own = before.own.edited(edit);
                let owner = (partner_id, profile_id);
                store::dunning::save_choices(tx, owner, (&own, seen)).await?;
                let after = chosen(tx, partner_id, profile_id).await?;
                check(&after.policy)?;
                store::dunning::watch_all(tx, partner_id).await?;
                Ok(after)
            })
            .await
    }
}

/// When a failed automatic payment of an invoice is tried next, by the policy that its tenant is
/// under now; `None` after the last day (PAY-08). A failure that is known late takes the next day
/// that is left. It is what the timeline shows.
pub(crate) async fn next_retry(
    tx: &mut Tx,
    invoice: &Invoice,
    now: Timestamp,
) -> Result<Option<Timestamp>> {
    let (partner_id, tenant_id) = (invoice.partner_id, invoice.tenant_id);
    let Some(tenant) = store::tenants::find(tx, partner_id, tenant_id).await? else {
        return Ok(None);
    };
    let Some(open) = OpenInvoice::of(invoice, PaymentState::Idle) else { return Ok(None) };
    let policy = Policies::load(tx, partner_id).await?.of(tenant.profile_id);
    let standing = store::dunning::of_tenants(tx, partner_id, &[tenant_id]).await?.pop();
    let case = Case {
        policy: &policy,
        invoices: &[],
        promise: standing.and_then(|it| it.promise).map(|(promise, _)| promise),
        reactivated_on: None,
        auto_pay: tenant.auto_pay,
        life: &tenant.life,
        done: &[],
    };
    Ok(case.retries_of(&open, now).into_iter().map(|step| step.at).min())
}

async fn chosen(
    tx: &mut Tx,
    partner_id: PartnerId,
    profile_id: Option<ProfileId>,
) -> Result<ChosenPolicy> {
    if let Some(profile_id) = profile_id {
        let found = store::profiles::find(tx, partner_id, profile_id).await?;
        found.ok_or_else(|| AppError::not_found("billing profile", profile_id))?;
    }
    let policies = Policies::load(tx, partner_id).await?;
    let kept = policies.0.get(&profile_id).cloned();
    let (own, version) = kept.unwrap_or((PolicyChoices::default(), 1));
    Ok(ChosenPolicy { own, policy: policies.in_force(profile_id), version })
}

fn check(policy: &DunningPolicy) -> Result<()> {
    let faults = policy
        .faults()
        .into_iter()
        .map(|fault| FieldError { field: fault.field.to_owned(), message: fault.message });
    let faults: Vec<FieldError> = faults.collect();
    if faults.is_empty() { Ok(()) } else { Err(AppError::Invalid(faults)) }
}
