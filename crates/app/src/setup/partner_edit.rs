//! Partners, edited.
//!
//! Decided here: an edit acts on what is issued from now on; issued invoices keep what they show
//! (INV-15). The zone, the currency and the slug stay: periods, books and addresses hang on them.

use domain::{
    account::{Brand, Partner},
    ids::{PartnerId, ProfileId},
};
use serde_json::json;

use super::{
    Happened,
    fields::Checks,
    partners::{MAX_TERMS_DAYS, check_brand},
    record, the_partner,
};
use crate::{
    App,
    error::{AppError, Result},
    processors::descriptor_changed,
    resource,
};

/// What changes of a partner; what is absent stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PartnerEdit {
    /// Legal name.
    pub company_name: Option<String>,
    /// Name on pages, mails and PDFs; empty for the company name.
    pub brand_name: Option<String>,
    /// `#rrggbb`.
    pub brand_color: Option<String>,
    /// PNG or JPEG; none for no logo.
    pub logo: Option<Option<Vec<u8>>>,
    /// Postal address.
    pub address: Option<String>,
    /// Shown on invoices.
    pub website: Option<String>,
    /// Where tenants ask.
    pub support_email: Option<String>,
    /// What stands on a card statement.
    pub statement_descriptor: Option<String>,
    /// Where the operator's mails about money go.
    pub billing_email: Option<String>,
    /// For dates and money.
    pub locale: Option<String>,
    /// Days from issue to due.
    pub terms_days: Option<u16>,
    /// Whether it is mailed when a tenant nears or reaches a cap.
    pub usage_alerts: Option<bool>,
    /// The profile of tenants that are created without a choice.
    pub default_profile: Option<ProfileId>,
}

impl PartnerEdit {
    fn apply(&self, partner: &mut Partner) -> Result<()> {
        let set = |field: &mut String, value: &Option<String>| {
            if let Some(value) = value {
                field.clone_from(value);
            }
        };
        set(&mut partner.company_name, &self.company_name);
        set(&mut partner.billing_email, &self.billing_email);
        set(&mut partner.locale, &self.locale);
        let brand: &mut Brand = &mut partner.brand;
        set(&mut brand.name, &self.brand_name);
        set(&mut brand.color, &self.brand_color);
        set(&mut brand.address, &self.address);
        set(&mut brand.website, &self.website);
        set(&mut brand.support_email, &self.support_email);
        set(&mut brand.statement_descriptor, &self.statement_descriptor);
        partner.terms_days = self.terms_days.unwrap_or(partner.terms_days);
        partner.usage_alerts = self.usage_alerts.unwrap_or(partner.usage_alerts);
        partner.default_profile = self.default_profile.unwrap_or(partner.default_profile);
        if let Some(logo) = &self.logo {
            partner.logo.clone_from(logo);
        }
        let mut checks = Checks::default();
        if let Some(Some(logo)) = &self.logo {
            checks.logo("logo", logo);
        }
        checks.name("company_name", &partner.company_name);
        check_brand(&mut checks, &partner.brand);
        checks.email("billing_email", &partner.billing_email);
        checks.locale("locale", &partner.locale);
        let in_range = partner.terms_days <= MAX_TERMS_DAYS;
        checks.require("terms_days", in_range, "must be at most 365");
        checks.finish()
    }
}

impl App {
    /// Edits a partner, if it still has version `seen`.
    pub async fn edit_partner(
        &self,
        (partner_id, seen): (PartnerId, i64),
        edit: &PartnerEdit,
    ) -> Result<Partner> {
        let now = self.clock.now();
        self.db
            .write(async |tx| {
                let mut partner = the_partner(tx, partner_id).await?;
                if partner.version != seen {
                    return Err(AppError::Stale("the partner"));
                }
                let descriptor = partner.brand.statement_descriptor.clone();
                edit.apply(&mut partner)?;
                if let Some(profile_id) = edit.default_profile {
                    let found = store::profiles::find(tx, partner_id, profile_id).await?;
                    found.ok_or_else(|| AppError::not_found("billing profile", profile_id))?;
                }
                store::partners::save(tx, &partner).await?;
                partner.version += 1;
                if partner.brand.statement_descriptor != descriptor {
                    descriptor_changed(tx, (partner_id, partner.version), now).await?;
                }
                let updated = Happened {
                    kind: "partner.updated",
                    object_id: partner_id.to_string(),
                    version: partner.version,
                    payload: json!({ "partner": resource::Partner::from(&partner) }),
                };
                record(tx, partner_id, &[updated], now).await?;
                Ok(partner)
            })
            .await
    }
}
