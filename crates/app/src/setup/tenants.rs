//! Tenants: created, edited, moved through their states.
//!
//! Decided here: what a new tenant needs (TEN-06), and that an edit acts at once on everything but
//! the profile, which waits for the next cycle (TEN-20). Cancelling takes numbers and extensions
//! away in the same transaction (TEN-12), so that nothing is billed after it.

use domain::{
    account::{AutoPay, Operator, Partner, Tenant},
    ids::{PartnerId, ProfileId, TenantId},
    limits::TenantDefaults,
    paging::{Page, PageRequest},
    phone::HomeArea,
    tenancy::{Chosen, ProfileVersions, TenancyError, Transition},
    tenant::{TenantChange, TenantEvent, TenantLife, TenantRefusal, TenantStatus},
    term::{UnknownProfile, Versions},
    time::{Timestamp, Zone},
};
use serde_json::json;
pub use store::tenants::{TenantFilter, TenantSort};
use store::{db::Tx, error::StoreError};

use super::{
    Happened, directory_changed, fields::Checks, record, the_operator, the_partner, the_tenant,
};
use crate::{
    App, dunning,
    error::{AppError, Result},
    resource,
};

/// How a tenant begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StartingStatus {
    /// Not billed yet.
    Trial,
    /// Billed from now on.
    Active,
}

/// A customer to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTenant {
    /// Shown on invoices.
    pub name: String,
    /// 3 to 12 letters and digits, for good.
    pub sip_prefix: String,
    /// The switch's own code for it.
    pub account_code: Option<String>,
    /// Where its invoices go.
    pub billing_email: String,
    /// Postal address, one line per row.
    pub address: String,
    /// The caller name that its calls show; the partner's default where there is none.
    pub default_cnam: Option<String>,
    /// Its IANA zone; the partner's default where there is none.
    pub zone: Option<String>,
    /// The area code for seven-digit dialling.
    pub home_npa: Option<String>,
    /// Whether its default method is charged when an invoice is issued.
    pub auto_pay: AutoPay,
    /// How it begins.
    pub status: StartingStatus,
    /// Its profile; the partner's default where there is none (PRO-02).
    pub profile_id: Option<ProfileId>,
}

impl NewTenant {
    /// An active tenant on the partner's default profile.
    pub fn named(name: &str, sip_prefix: &str, billing_email: &str) -> Self {
        Self {
            name: name.to_owned(),
            sip_prefix: sip_prefix.to_owned(),
            account_code: None,
            billing_email: billing_email.to_owned(),
            address: String::new(),
            default_cnam: None,
            zone: None,
            home_npa: None,
            auto_pay: AutoPay::Off,
            status: StartingStatus::Active,
            profile_id: None,
        }
    }

    /// The tenant, not billed yet, or all that is wrong with it.
    fn draft(
        &self,
        (operator, partner, defaults): (&Operator, &Partner, &TenantDefaults),
        tenant_id: TenantId,
        now: Timestamp,
    ) -> Result<Tenant> {
        let mut checks = Checks::default();
        checks.name("name", &self.name);
        checks.sip_prefix("sip_prefix", &self.sip_prefix);
        if let Some(code) = &self.account_code {
            checks.switch_name("account_code", code);
        }
        checks.email("billing_email", &self.billing_email);
        checks.text("address", &self.address);
        check_home_npa(&mut checks, operator, self.home_npa.as_deref());
        let default_cnam = self.default_cnam.as_ref().unwrap_or(&defaults.default_cnam);
        checks.cnam("default_cnam", default_cnam);
        let usual = defaults.zone.as_ref().unwrap_or(&partner.zone);
        let zone = self.zone.as_deref().map_or_else(|| Ok(usual.clone()), Zone::parse);
        let Some(zone) = checks.parse("zone", zone) else { return Err(checks.into_error()) };
        checks.finish()?;
        Ok(Tenant {
            partner_id: partner.partner_id,
            tenant_id,
            name: self.name.clone(),
            sip_prefix: self.sip_prefix.clone(),
            account_code: self.account_code.clone(),
            billing_email: self.billing_email.clone(),
            address: self.address.clone(),
            default_cnam: default_cnam.clone(),
            zone,
            currency: partner.currency,
            home_npa: self.home_npa.clone(),
            auto_pay: self.auto_pay,
            life: TenantLife::created(TenantStatus::Trial, now),
            profile_id: self.profile_id.unwrap_or(partner.default_profile),
            pending_profile: None,
            created_at: now,
            anchor_day: None,
            open_start: None,
            open_end: None,
            next_action_at: None,
            flagged_at: None,
            version: 1,
        })
    }
}

/// What changes; what is absent stays. `Some(None)` empties a field.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TenantEdit {
    /// Shown on invoices.
    pub name: Option<String>,
    /// The switch's own code for it.
    pub account_code: Option<Option<String>>,
    /// Where its invoices go.
    pub billing_email: Option<String>,
    /// Postal address.
    pub address: Option<String>,
    /// The caller name that its calls show.
    pub default_cnam: Option<String>,
    /// The area code for seven-digit dialling.
    pub home_npa: Option<Option<String>>,
    /// Whether its default method is charged when an invoice is issued.
    pub auto_pay: Option<AutoPay>,
    /// Another profile, from the next cycle on. Its own takes a pending one back.
    pub profile_id: Option<ProfileId>,
}

impl TenantEdit {
    /// Applies everything but the profile.
    fn apply(&self, operator: &Operator, tenant: &mut Tenant) -> Result<()> {
        let set = |field: &mut String, value: &Option<String>| {
            field.clone_from(value.as_ref().unwrap_or(&field.clone()));
        };
        set(&mut tenant.name, &self.name);
        set(&mut tenant.billing_email, &self.billing_email);
        set(&mut tenant.address, &self.address);
        set(&mut tenant.default_cnam, &self.default_cnam);
        if let Some(code) = &self.account_code {
            tenant.account_code.clone_from(code);
        }
        if let Some(npa) = &self.home_npa {
            tenant.home_npa.clone_from(npa);
        }
        tenant.auto_pay = self.auto_pay.unwrap_or(tenant.auto_pay);
        let mut checks = Checks::default();
        checks.name("name", &tenant.name);
        if let Some(code) = &tenant.account_code {
            checks.switch_name("account_code", code);
        }
        checks.email("billing_email", &tenant.billing_email);
        checks.text("address", &tenant.address);
        checks.cnam("default_cnam", &tenant.default_cnam);
        check_home_npa(&mut checks, operator, tenant.home_npa.as_deref());
        checks.finish()
    }
}

impl App {
    /// The partner's tenant with this id.
    pub async fn tenant(&self, partner_id: PartnerId, tenant_id: TenantId) -> Result<Tenant> {
        let mut tx = self.db.begin_single().await?;
        let tenant = the_tenant(&mut tx, partner_id, tenant_id).await?;
        tx.commit().await?;
        Ok(tenant)
    }

    /// A page of the partner's tenants.
    pub async fn tenants(
        &self,
        partner_id: PartnerId,
        filter: TenantFilter,
        page: (TenantSort, &PageRequest),
    ) -> Result<Page<Tenant>> {
        let mut tx = self.db.begin_single().await?;
        let page = store::tenants::list(&mut tx, partner_id, filter, page).await?;
        tx.commit().await?;
        Ok(page)
    }

    /// Creates a tenant. An active one is billed from now on; nothing is charged yet (TEN-07).
    pub async fn create_tenant(&self, partner_id: PartnerId, new: &NewTenant) -> Result<Tenant> {
        let now = self.clock.now();
        let tenant_id = self.ids.draw(now);
        self.db
            .write(async |tx| {
                let defaults = store::limits::defaults(tx, partner_id).await?;
                let partner = the_partner(tx, partner_id).await?;
                let accounts = (&the_operator(tx).await?, &partner, &defaults);
                let mut tenant = new.draft(accounts, tenant_id, now)?;
                let code = new.account_code.as_deref();
                if store::tenants::is_name_taken(tx, &new.sip_prefix, code).await? {
                    return Err(name_taken());
                }
                let versions = versions_for(tx, partner_id, tenant.profile_id).await?;
                let terms = &versions
                    .until(tenant.profile_id, now)
                    .ok_or_else(|| AppError::not_found("profile", tenant.profile_id))?
                    .terms;
                tenant.expect_trial_end(terms);
                let mut first_term = None;
                if new.status == StartingStatus::Active {
                    let transition = tenant.apply(TenantEvent::Activate, now, &versions);
                    first_term = transition.map_err(refused)?.first_term;
                }
                let one = std::slice::from_ref(&tenant);
                store::tenants::insert_all(tx, partner_id, one).await.map_err(taken)?;
                let owner = (partner_id, tenant_id);
                store::limits::save(tx, owner, (&defaults.limits, 0)).await?;
                if let Some(term) = &first_term {
                    store::periods::open(tx, partner_id, tenant_id, term).await?;
                }
                record(tx, partner_id, &[told("tenant.created", &tenant)], now).await?;
                directory_changed(tx).await?;
                Ok(tenant)
            })
            .await
    }

    /// Edits a tenant, if it still has version `seen`.
    pub async fn edit_tenant(
        &self,
        partner_id: PartnerId,
        (tenant_id, seen): (TenantId, i64),
        edit: &TenantEdit,
    ) -> Result<Tenant> {
        let now = self.clock.now();
        self.db
            .write(async |tx| {
                let operator = the_operator(tx).await?;
                let mut tenant = the_tenant(tx, partner_id, tenant_id).await?;
                if tenant.version != seen {
                    return Err(AppError::Stale("the tenant"));
                }
                if tenant.life.status() == TenantStatus::Cancelled {
                    return Err(AppError::Refused("a cancelled tenant is read only".to_owned()));
                }
                let code_before = tenant.account_code.clone();
                edit.apply(&operator, &mut tenant)?;
                if let Some(code) = &tenant.account_code
                    && tenant.account_code != code_before
                    && store::tenants::is_name_taken(tx, code, None).await?
                {
                    return Err(AppError::invalid("account_code", "is taken"));
                }
                if let Some(profile_id) = edit.profile_id {
                    choose(tx, &mut tenant, profile_id, now).await?;
                }
                save_edited(tx, &mut tenant, now).await?;
                Ok(tenant)
            })
            .await
    }

    /// Chooses the profile of the next cycle (PRO-13). Choosing the one it has takes a pending
    /// choice back.
    pub async fn choose_profile(
        &self,
        partner_id: PartnerId,
        tenant_id: TenantId,
        profile_id: ProfileId,
    ) -> Result<Tenant> {
        let now = self.clock.now();
        self.db
            .write(async |tx| {
                let mut tenant = the_tenant(tx, partner_id, tenant_id).await?;
                if choose(tx, &mut tenant, profile_id, now).await? == Chosen::Anew {
                    save_edited(tx, &mut tenant, now).await?;
                }
                Ok(tenant)
            })
            .await
    }

    /// Takes a pending profile back; nothing happens where there is none (PRO-13).
    pub async fn cancel_pending_profile(
        &self,
        partner_id: PartnerId,
        tenant_id: TenantId,
    ) -> Result<Tenant> {
        let now = self.clock.now();
        self.db
            .write(async |tx| {
                let mut tenant = the_tenant(tx, partner_id, tenant_id).await?;
                if tenant.pending_profile.take().is_some() {
                    save_edited(tx, &mut tenant, now).await?;
                }
                Ok(tenant)
            })
            .await
    }

    /// Activates, suspends, restores or cancels a tenant: whatever `event` is. What its state does
    /// not allow is refused; what changes nothing saves nothing.
    pub async fn change_tenant(
        &self,
        partner_id: PartnerId,
        tenant_id: TenantId,
        event: TenantEvent,
    ) -> Result<Tenant> {
        let now = self.clock.now();
        self.db
            .write(async |tx| {
                // Before the tenant is read: no period of it closes meanwhile.
                store::ledger::lock_book(tx, partner_id).await?;
                match change_in(tx, (partner_id, tenant_id), (event, now)).await? {
                    Some(changed) => Ok(changed),
                    None => the_tenant(tx, partner_id, tenant_id).await,
                }
            })
            .await
    }
}

/// Does `event` to a tenant whose partner's book is held. Answers what became of it; nothing where
/// nothing changed.
pub(crate) async fn change_in(
    tx: &mut Tx,
    (partner_id, tenant_id): (PartnerId, TenantId),
    (event, now): (TenantEvent, Timestamp),
) -> Result<Option<Tenant>> {
    let mut tenant = the_tenant(tx, partner_id, tenant_id).await?;
    let before = tenant.clone();
    let versions = versions_for(tx, partner_id, tenant.profile_id).await?;
    let transition = tenant.apply(event, now, &versions).map_err(refused)?;
    if tenant == before {
        return Ok(None);
    }
    store::tenants::save(tx, partner_id, &tenant).await?;
    tenant.version += 1;
    follow(tx, &tenant, &transition, now).await?;
    dunning::follow_change(tx, (&before, &tenant), (event, now)).await?;
    Ok(Some(tenant))
}

/// What else a transition changes, and who is told.
async fn follow(
    tx: &mut Tx,
    tenant: &Tenant,
    transition: &Transition,
    now: Timestamp,
) -> Result<()> {
    let (partner_id, tenant_id) = (tenant.partner_id, tenant.tenant_id);
    if let Some(term) = &transition.first_term {
        store::periods::open(tx, partner_id, tenant_id, term).await?;
    }
    if transition.changes.contains(&TenantChange::Cancelled) {
        store::numbers::release_all(tx, partner_id, tenant_id, now).await?;
        store::extensions::remove_all(tx, partner_id, tenant_id, now).await?;
    }
    let mut happened = vec![told("tenant.updated", tenant)];
    for change in &transition.changes {
        let kind = match change {
            TenantChange::Suspended => "tenant.suspended",
            TenantChange::Unsuspended => "tenant.unsuspended",
            TenantChange::BillingStarted => "tenant.activated",
            TenantChange::Cancelled => "tenant.deleted",
        };
        happened.push(told(kind, tenant));
    }
    record(tx, partner_id, &happened, now).await?;
    directory_changed(tx).await
}

async fn choose(
    tx: &mut Tx,
    tenant: &mut Tenant,
    profile_id: ProfileId,
    now: Timestamp,
) -> Result<Chosen> {
    let profile = store::profiles::find_locked(tx, tenant.partner_id, profile_id).await?;
    let latest = store::profiles::latest(tx, tenant.partner_id, profile_id).await?;
    let (Some(_), Some(latest)) = (profile, latest) else {
        return Err(AppError::not_found("profile", profile_id));
    };
    let is_trial = latest.terms.trial.is_some();
    if is_trial && tenant.open_start.is_some() {
        return Err(AppError::invalid("profile_id", "is a trial; this tenant is billed already"));
    }
    tenant
        .choose_profile((profile_id, &latest.terms), now)
        .map_err(|error: TenantRefusal| AppError::Refused(error.to_string()))
}

async fn save_edited(tx: &mut Tx, tenant: &mut Tenant, now: Timestamp) -> Result<()> {
    store::tenants::save(tx, tenant.partner_id, tenant).await.map_err(taken)?;
    tenant.version += 1;
    record(tx, tenant.partner_id, &[told("tenant.updated", tenant)], now).await?;
    directory_changed(tx).await
}

/// The versions of a profile and of the one that its trial converts to. Both stay until the
/// transaction ends.
async fn versions_for(
    tx: &mut Tx,
    partner_id: PartnerId,
    profile_id: ProfileId,
) -> Result<ProfileVersions> {
    let profile = store::profiles::find_locked(tx, partner_id, profile_id).await?;
    profile.ok_or_else(|| AppError::not_found("profile", profile_id))?;
    let latest = store::profiles::latest(tx, partner_id, profile_id).await?;
    let trial = latest.and_then(|latest| latest.terms.trial);
    let profiles: Vec<ProfileId> =
        [Some(profile_id), trial.map(|trial| trial.convert_to)].into_iter().flatten().collect();
    let mut versions = ProfileVersions::default();
    for (profile_id, dated) in store::profiles::versions_of(tx, partner_id, &profiles).await? {
        versions.0.entry(profile_id).or_default().push(dated);
    }
    Ok(versions)
}

fn check_home_npa(checks: &mut Checks, operator: &Operator, npa: Option<&str>) {
    let Some(npa) = npa else { return };
    let home = HomeArea::parse(&operator.home_country);
    checks.parse("home_npa", home.and_then(|home| home.with_area_code(npa)));
}

pub(super) fn told<'a>(kind: &'a str, tenant: &Tenant) -> Happened<'a> {
    let payload = json!({ "tenant": resource::Tenant::from(tenant) });
    Happened { kind, object_id: tenant.tenant_id.to_string(), version: tenant.version, payload }
}

fn name_taken() -> AppError {
    AppError::invalid("sip_prefix", "this prefix or account code is taken")
}

/// Two at once may have asked for the same name.
fn taken(error: StoreError) -> AppError {
    if error.is_unique_violation() { name_taken() } else { error.into() }
}

fn refused(error: TenancyError) -> AppError {
    match error {
        TenancyError::Refused(refusal) => AppError::Refused(refusal.to_string()),
        TenancyError::UnknownProfile(UnknownProfile(id)) => AppError::not_found("profile", id),
    }
}
