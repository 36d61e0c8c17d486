//! Creating and editing tenants.
//!
//! Decided here: what is typed goes to the use cases of the API and comes back with what they say.
//! A SIP prefix that was left empty is suggested and shown before it is taken, for it stays. Who
//! edits what somebody else changed meanwhile is told who and what.

use app::{
    App,
    error::{AppError, FieldError},
    resource,
    setup::{NewTenant, StartingStatus, TenantEdit},
};
use axum::{extract::Path, http::StatusCode, response::Response};
use domain::{
    account::{AutoPay, Tenant},
    ids::{PartnerId, ProfileId},
    paging::PageRequest,
};

use super::{
    changed,
    form::{TenantForm, Typed},
    reached,
};
use crate::{
    api::write::Outcome,
    portal::{
        change::Refusal,
        guest::{Fault, Guest},
        parts::{Choice, Stale},
        shell,
    },
};

/// Profiles that the form offers at most.
const PROFILES: u16 = 200;

pub(super) async fn profiles(guest: &Guest, partner_id: PartnerId) -> Result<Vec<Choice>, Fault> {
    let page = PageRequest::newest(PROFILES);
    let found = guest.portal.app().profiles(partner_id, &page).await?;
    let choice = |it: app::setup::SavedProfile| {
        Choice::new(it.version.profile_id.to_string(), it.version.terms.name)
    };
    Ok(found.rows.into_iter().map(choice).collect())
}

impl Typed {
    fn read(guest: &Guest) -> Self {
        let fields = &guest.fields;
        let text = |name: &str| fields.typed(name, 1_000).trim().to_owned();
        Self {
            name: text("name"),
            sip_prefix: text("sip_prefix"),
            billing_email: text("billing_email"),
            account_code: text("account_code"),
            address: text("address").replace('\r', ""),
            default_cnam: text("default_cnam"),
            zone: text("zone"),
            home_npa: text("home_npa"),
            auto_pay: fields.has("auto_pay").then_some(()),
            status: text("status"),
            profile: text("profile_id"),
        }
    }

    fn of(tenant: &Tenant) -> Self {
        let profile = tenant.pending_profile.map_or(tenant.profile_id, |(profile, _)| profile);
        Self {
            name: tenant.name.clone(),
            sip_prefix: tenant.sip_prefix.clone(),
            billing_email: tenant.billing_email.clone(),
            account_code: tenant.account_code.clone().unwrap_or_default(),
            address: tenant.address.clone(),
            default_cnam: tenant.default_cnam.clone(),
            zone: tenant.zone.name().to_owned(),
            home_npa: tenant.home_npa.clone().unwrap_or_default(),
            auto_pay: (tenant.auto_pay == AutoPay::On).then_some(()),
            status: tenant.life.status().as_str().to_owned(),
            profile: profile.to_string(),
        }
    }

    fn auto_pay(&self) -> AutoPay {
        if self.auto_pay.is_some() { AutoPay::On } else { AutoPay::Off }
    }

    fn profile(&self) -> Result<ProfileId, FieldError> {
        self.profile.parse().map_err(|_| FieldError {
            field: "profile_id".to_owned(),
            message: "is not one of yours".to_owned(),
        })
    }

    fn new_tenant(&self, profile_id: ProfileId) -> NewTenant {
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        NewTenant {
            account_code: given(&self.account_code),
            address: self.address.clone(),
            default_cnam: Some(self.default_cnam.clone()),
            zone: given(&self.zone),
            home_npa: given(&self.home_npa),
            auto_pay: self.auto_pay(),
            status: match self.status.as_str() {
                "active" => StartingStatus::Active,
                _ => StartingStatus::Trial,
            },
            profile_id: Some(profile_id),
            ..NewTenant::named(&self.name, &self.sip_prefix, &self.billing_email)
        }
    }

    fn edit(&self, profile_id: ProfileId) -> TenantEdit {
        let given = |text: &str| Some((!text.is_empty()).then(|| text.to_owned()));
        TenantEdit {
            name: Some(self.name.clone()),
            account_code: given(&self.account_code),
            billing_email: Some(self.billing_email.clone()),
            address: Some(self.address.clone()),
            default_cnam: Some(self.default_cnam.clone()),
            home_npa: given(&self.home_npa),
            auto_pay: Some(self.auto_pay()),
            profile_id: Some(profile_id),
        }
    }

    /// What differs: field, now, typed.
    fn differences(&self, now: &Self) -> Vec<(String, String, String)> {
        let pairs = [
            ("Tenant Name", &now.name, &self.name),
            ("Billing Email", &now.billing_email, &self.billing_email),
            ("Account code", &now.account_code, &self.account_code),
            ("Address", &now.address, &self.address),
            ("Default CNAM", &now.default_cnam, &self.default_cnam),
            ("Home area code", &now.home_npa, &self.home_npa),
        ];
        let differing = pairs.into_iter().filter(|(_, now, typed)| now != typed);
        differing.map(|(name, now, typed)| (name.to_owned(), now.clone(), typed.clone())).collect()
    }
}

/// The form of a new tenant with the partner's defaults (TNT-25).
pub(super) async fn blank(guest: Guest) -> Result<Response, Fault> {
    let partner_id = guest.partner_id()?;
    let (defaults, partner) = guest.portal.app().tenant_defaults(partner_id).await?;
    let zone = defaults.zone.as_ref().unwrap_or(&partner.zone);
    let typed = Typed {
        default_cnam: defaults.default_cnam.clone(),
        zone: zone.name().to_owned(),
        status: "trial".to_owned(),
        profile: partner.default_profile.to_string(),
        ..Typed::default()
    };
    let page = TenantForm {
        edited: None,
        typed,
        profiles: profiles(&guest, partner_id).await?,
        errors: Vec::new(),
        stale: None,
    };
    Ok(shell::show(&guest, &page))
}

/// The form again with what was typed and what is wrong with it.
async fn again(
    guest: &Guest,
    (status, typed): (StatusCode, Typed),
    errors: Vec<FieldError>,
) -> Result<Response, Fault> {
    let profiles = profiles(guest, guest.partner_id()?).await?;
    let page = TenantForm { edited: None, typed, profiles, errors, stale: None };
    Ok(shell::with_status(guest, status, &page))
}

pub(super) async fn create(guest: Guest) -> Result<Response, Fault> {
    let partner_id = guest.partner_id()?;
    let mut typed = Typed::read(&guest);
    let is_asked = guest.fields.get("do") == "suggest";
    if is_asked || typed.sip_prefix.is_empty() {
        let suggested = guest.portal.app().suggest_prefix(&typed.name).await?;
        typed.sip_prefix = suggested.unwrap_or_default();
        if is_asked {
            return again(&guest, (StatusCode::OK, typed), Vec::new()).await;
        }
        let message = "is suggested from the name and stays for good: create it if it is right";
        let error = FieldError { field: "sip_prefix".to_owned(), message: message.to_owned() };
        return again(&guest, (StatusCode::UNPROCESSABLE_ENTITY, typed), vec![error]).await;
    }
    let profile_id = match typed.profile() {
        Ok(profile_id) => profile_id,
        Err(error) => {
            return again(&guest, (StatusCode::UNPROCESSABLE_ENTITY, typed), vec![error]).await;
        }
    };
    let new = typed.new_tenant(profile_id);
    let done = guest
        .write(async move |app: &App| {
            let tenant = app.create_tenant(partner_id, &new).await?;
            let outcome = Outcome::ok(&resource::Tenant::from(&tenant))?;
            let outcome = outcome.audited("tenant.create", tenant.tenant_id, None::<&()>)?;
            Ok(outcome.about(tenant.tenant_id))
        })
        .await?;
    match done {
        Ok(()) => Ok(guest.go("/tenants?done=created")),
        Err(error) => {
            let refusal = Refusal::of(named(error))?;
            again(&guest, (refusal.status, typed), refusal.errors).await
        }
    }
}

/// An unknown profile is what is wrong with a field here.
fn named(error: AppError) -> AppError {
    match error {
        AppError::NotFound { kind: "profile", .. } => {
            AppError::invalid("profile_id", "is not one of yours")
        }
        error => error,
    }
}

pub(super) async fn show(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let (partner_id, tenant) = reached(&guest, &id).await?;
    let page = TenantForm {
        edited: Some((id, tenant.version, tenant.name.clone())),
        typed: Typed::of(&tenant),
        profiles: profiles(&guest, partner_id).await?,
        errors: Vec::new(),
        stale: None,
    };
    Ok(shell::show(&guest, &page))
}

pub(super) async fn save(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let (partner_id, tenant) = reached(&guest, &id).await?;
    let typed = Typed { sip_prefix: tenant.sip_prefix.clone(), ..Typed::read(&guest) };
    let typed = Typed { zone: tenant.zone.name().to_owned(), ..typed };
    let seen: i64 = guest.fields.get("seen").parse().unwrap_or(-1);
    let done = match typed.profile() {
        Err(error) => Err(AppError::Invalid(vec![error])),
        Ok(profile_id) => {
            let (tenant_id, edit) = (tenant.tenant_id, typed.edit(profile_id));
            let about = (tenant_id, "tenant.edit", String::new());
            changed(&guest, about, async move |app, partner_id| {
                app.edit_tenant(partner_id, (tenant_id, seen), &edit).await
            })
            .await?
        }
    };
    let Err(error) = done else { return Ok(guest.go(&format!("/tenants/{id}?done=saved"))) };
    let refusal = Refusal::of(named(error))?;
    let stale = match refusal.is_stale {
        None => None,
        Some(()) => {
            let (who, when) = guest.last_to_change(&id).await?;
            let differences = typed.differences(&Typed::of(&tenant));
            Some(Stale { what: "this tenant".to_owned(), who, when, differences })
        }
    };
    let page = TenantForm {
        // Saved again, it goes over what is there now, which was shown.
        edited: Some((id, tenant.version, tenant.name.clone())),
        typed,
        profiles: profiles(&guest, partner_id).await?,
        errors: refusal.errors,
        stale,
    };
    Ok(shell::with_status(&guest, refusal.status, &page))
}
