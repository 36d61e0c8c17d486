//! `/v1/partner`: the asker's own partner.

use app::{resource, setup::PartnerEdit};
use axum::response::Response;
use domain::{
    api_key::{Category, Scope},
    ids::ProfileId,
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::api::{
    Api,
    body::Body,
    caller::Caller,
    problem::Problem,
    write::{Outcome, shown},
};

const READ: Scope = Scope::read(Category::Provisioning);
const WRITE: Scope = Scope::write(Category::Provisioning);

pub(in crate::api) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(get, edit))
}

/// What changes of the partner. What is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PartnerChanges {
    /// Legal name.
    company_name: Option<String>,
    /// Name on pages, mails and PDFs; empty for the company name.
    #[schema(example = "Oak Voice")]
    brand_name: Option<String>,
    /// `#rrggbb`.
    #[schema(example = "#1f6feb")]
    brand_color: Option<String>,
    /// Postal address, one line per row.
    address: Option<String>,
    /// Shown on invoices.
    website: Option<String>,
    /// Where tenants ask; may be empty.
    #[schema(example = "help@oak.example")]
    support_email: Option<String>,
    /// What stands on a card statement: empty, or 5 to 22 characters.
    #[schema(example = "OAK VOICE")]
    statement_descriptor: Option<String>,
    /// Where the operator's mails about money go.
    #[schema(example = "billing@oak.example")]
    billing_email: Option<String>,
    /// A language tag, for dates and money.
    #[schema(example = "en-US")]
    locale: Option<String>,
    /// Days from issue to due, at most 365.
    #[schema(example = 15, maximum = 365)]
    payment_terms_days: Option<u16>,
    /// Whether the billing address is mailed when a tenant nears or reaches a usage cap.
    usage_alerts: Option<bool>,
    /// The billing profile of tenants that are created without a choice.
    #[schema(value_type = Option<String>)]
    default_billing_profile_id: Option<ProfileId>,
}

/// Get the partner
///
/// The one whose key asks.
#[utoipa::path(get, path = "/v1/partner", tag = "Partner", operation_id = "get_own_partner",
    security(("key" = ["provisioning:read"])),
    responses((status = 200, body = resource::Partner, description = "The partner")))]
async fn get(caller: Caller) -> Result<Response, Problem> {
    let partner_id = caller.partner(READ)?.partner_id;
    let partner = caller.api.app().partner(partner_id).await;
    let partner = partner.map_err(|error| caller.problem(error))?;
    Ok(shown(&resource::Partner::from(&partner), partner.version))
}

/// Edit the partner
///
/// Acts on what is issued from now on. Tells `partner.updated`.
#[utoipa::path(patch, path = "/v1/partner", tag = "Partner", operation_id = "edit_own_partner",
    request_body = PartnerChanges, security(("key" = ["provisioning:write"])),
    responses((status = 200, body = resource::Partner, description = "The partner as it is now")))]
async fn edit(caller: Caller, Body(input): Body<PartnerChanges>) -> Result<Response, Problem> {
    let partner_id = caller.partner(WRITE)?.whole_partner()?;
    let edit = PartnerEdit {
        company_name: input.company_name,
        brand_name: input.brand_name,
        brand_color: input.brand_color,
        logo: None,
        address: input.address,
        website: input.website,
        support_email: input.support_email,
        statement_descriptor: input.statement_descriptor,
        billing_email: input.billing_email,
        locale: input.locale,
        terms_days: input.payment_terms_days,
        usage_alerts: input.usage_alerts,
        default_profile: input.default_billing_profile_id,
    };
    let asker = caller.clone();
    caller
        .write(async move |app| {
            let before = app.partner(partner_id).await?;
            let seen = (partner_id, asker.seen(before.version));
            let partner = app.edit_partner(seen, &edit).await?;
            let before = resource::Partner::from(&before);
            let outcome = Outcome::ok(&resource::Partner::from(&partner))?;
            outcome.version(partner.version).audited("partner.edit", partner_id, Some(&before))
        })
        .await
}
