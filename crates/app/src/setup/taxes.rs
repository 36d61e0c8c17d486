//! Tax jurisdictions, and which of them apply to a tenant.
//!
//! Decided here: rates come as decimal shares and are refused as percentages (TAX-02). Changes are
//! for invoices issued from now on; what is issued keeps its own copy (TAX-03, TAX-04).

use domain::{
    account::TaxJurisdiction,
    ids::{PartnerId, TaxId, TenantId},
    paging::{Page, PageRequest},
    tax::TaxRate,
};
use serde_json::json;

use super::{Happened, fields::Checks, record, tenants::told, the_partner, the_tenant};
use crate::{
    App,
    error::{AppError, Result},
    resource,
};

/// A jurisdiction to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTax {
    /// Unique per partner, such as `US-AR-Pulaski`.
    pub code: String,
    /// Shown on the invoice's tax line.
    pub name: String,
    /// A share such as `0.085`.
    pub rate: String,
    /// Whether new invoices carry it.
    pub enabled: bool,
}

/// What changes; what is absent stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TaxEdit {
    /// Shown on the invoice's tax line.
    pub name: Option<String>,
    /// A share such as `0.085`.
    pub rate: Option<String>,
    /// Whether new invoices carry it.
    pub enabled: Option<bool>,
}

/// Most jurisdictions of one tenant; a real invoice has a handful.
const MAX_CODES: usize = 20;

impl App {
    /// Creates a tax jurisdiction.
    pub async fn create_tax(&self, partner_id: PartnerId, new: &NewTax) -> Result<TaxJurisdiction> {
        let now = self.clock.now();
        let mut checks = Checks::default();
        checks.switch_name("code", &new.code);
        checks.name("name", &new.name);
        let Some(rate) = checks.parse("rate", TaxRate::parse(&new.rate)) else {
            return Err(checks.into_error());
        };
        checks.finish()?;
        let jurisdiction = TaxJurisdiction {
            tax_id: self.ids.draw(now),
            code: new.code.clone(),
            name: new.name.clone(),
            rate_millionths: rate.millionths(),
            enabled: new.enabled,
        };
        self.db
            .write(async |tx| {
                the_partner(tx, partner_id).await?;
                let code = std::slice::from_ref(&new.code);
                if !store::taxes::known_codes(tx, partner_id, code).await?.is_empty() {
                    return Err(AppError::invalid("code", "is taken"));
                }
                store::taxes::insert(tx, partner_id, &jurisdiction).await.map_err(|error| {
                    // Two at once may have asked for the same code.
                    if error.is_unique_violation() {
                        AppError::invalid("code", "is taken")
                    } else {
                        error.into()
                    }
                })?;
                let created = happened("tax_jurisdiction.created", &jurisdiction, 1);
                record(tx, partner_id, &[created], now).await
            })
            .await?;
        Ok(jurisdiction)
    }

    /// Edits a jurisdiction, if it still has version `seen`.
    pub async fn edit_tax(
        &self,
        partner_id: PartnerId,
        (tax_id, seen): (TaxId, i64),
        edit: &TaxEdit,
    ) -> Result<TaxJurisdiction> {
        let now = self.clock.now();
        let mut checks = Checks::default();
        if let Some(name) = &edit.name {
            checks.name("name", name);
        }
        let rate = edit.rate.as_deref().map(TaxRate::parse).transpose();
        let Some(rate) = checks.parse("rate", rate) else { return Err(checks.into_error()) };
        checks.finish()?;
        self.db
            .write(async |tx| {
                let found = store::taxes::find(tx, partner_id, tax_id).await?;
                let (mut tax, _) =
                    found.ok_or_else(|| AppError::not_found("tax jurisdiction", tax_id))?;
                tax.name = edit.name.clone().unwrap_or(tax.name);
                tax.rate_millionths = rate.map_or(tax.rate_millionths, TaxRate::millionths);
                tax.enabled = edit.enabled.unwrap_or(tax.enabled);
                store::taxes::save(tx, partner_id, (&tax, seen)).await?;
                let updated = happened("tax_jurisdiction.updated", &tax, seen + 1);
                record(tx, partner_id, &[updated], now).await?;
                Ok(tax)
            })
            .await
    }

    /// The partner's jurisdiction with this id, and its version.
    pub async fn tax(
        &self,
        partner_id: PartnerId,
        tax_id: TaxId,
    ) -> Result<(TaxJurisdiction, i64)> {
        let mut tx = self.db.begin_single().await?;
        let found = store::taxes::find(&mut tx, partner_id, tax_id).await?;
        tx.commit().await?;
        found.ok_or_else(|| AppError::not_found("tax jurisdiction", tax_id))
    }

    /// A page of the partner's jurisdictions with their versions: all, or those that are switched
    /// on or off.
    pub async fn taxes(
        &self,
        partner_id: PartnerId,
        enabled: Option<bool>,
        page: &PageRequest,
    ) -> Result<Page<(TaxJurisdiction, i64)>> {
        let mut tx = self.db.begin_single().await?;
        let page = store::taxes::list(&mut tx, partner_id, (enabled, page)).await?;
        tx.commit().await?;
        Ok(page)
    }

    /// Deletes a jurisdiction that no tenant lists, if it still has version `seen`. Issued
    /// invoices keep their own copy.
    pub async fn delete_tax(
        &self,
        partner_id: PartnerId,
        (tax_id, seen): (TaxId, i64),
    ) -> Result<()> {
        let now = self.clock.now();
        self.db
            .write(async |tx| {
                let found = store::taxes::find(tx, partner_id, tax_id).await?;
                let (tax, _) =
                    found.ok_or_else(|| AppError::not_found("tax jurisdiction", tax_id))?;
                let tenants = store::taxes::count_listing(tx, partner_id, &tax.code).await?;
                if tenants > 0 {
                    let message = format!("{tenants} tenants list this tax jurisdiction");
                    return Err(AppError::Refused(message));
                }
                store::taxes::delete(tx, partner_id, (tax_id, seen)).await?;
                let deleted = happened("tax_jurisdiction.deleted", &tax, seen);
                record(tx, partner_id, &[deleted], now).await
            })
            .await
    }

    /// The codes of the jurisdictions that a tenant lists.
    pub async fn tenant_taxes(
        &self,
        partner_id: PartnerId,
        tenant_id: TenantId,
    ) -> Result<Vec<String>> {
        let mut tx = self.db.begin_read().await?;
        the_tenant(&mut tx, partner_id, tenant_id).await?;
        let codes = store::tenants::tax_codes_of(&mut tx, partner_id, &[tenant_id]).await?;
        tx.commit().await?;
        Ok(codes.into_iter().map(|(_, code)| code).collect())
    }

    /// Says which jurisdictions apply to a tenant, by their codes: none, one or several (TAX-05).
    pub async fn set_tenant_taxes(
        &self,
        partner_id: PartnerId,
        tenant_id: TenantId,
        codes: &[String],
    ) -> Result<()> {
        let now = self.clock.now();
        if codes.len() > MAX_CODES {
            return Err(AppError::invalid("codes", "must be at most 20"));
        }
        self.db
            .write(async |tx| {
                let mut tenant = the_tenant(tx, partner_id, tenant_id).await?;
                let known = store::taxes::known_codes(tx, partner_id, codes).await?;
                let mut checks = Checks::default();
                for (index, code) in codes.iter().enumerate() {
                    let is_known = known.contains(code);
                    checks.require(&format!("codes.{index}"), is_known, "is no jurisdiction");
                }
                checks.finish()?;
                store::tenants::set_tax_codes(tx, partner_id, tenant_id, codes).await?;
                // The tenant's version guards its codes too.
                store::tenants::save(tx, partner_id, &tenant).await?;
                tenant.version += 1;
                let updated = told("tenant.updated", &tenant);
                record(tx, partner_id, &[updated], now).await
            })
            .await
    }
}

fn happened<'a>(kind: &'a str, tax: &TaxJurisdiction, version: i64) -> Happened<'a> {
    let shown = resource::TaxJurisdiction::of(tax, version);
    let payload = json!({ "tax_jurisdiction": shown });
    Happened { kind, object_id: tax.tax_id.to_string(), version, payload }
}
