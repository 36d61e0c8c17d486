//! `/v1/recurring-charges` and `/v1/metered-charges`: add-on lines of tenants.
//!
//! Decided here: nothing but what they are made of. See [`charges`](super::charges) for what all
//! charges have in common.

use app::{
    error::AppError,
    resource::{self, Decimal, Instant},
    setup::{ChargeFilter, NewUsage},
};
use axum::{Json, http::StatusCode, response::Response};
use domain::{
    account::ChargeKind,
    api_key::{Category, Scope},
    ids::{ChargeId, TenantId},
    money::Micros,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::charges::{Changes, Wanted, amount, created, edited, ended, found, listed, shown};
use crate::api::{
    Api,
    body::Body,
    caller::Caller,
    paging::{List, list_query},
    problem::Problem,
    query::{At, Query},
    write::Outcome,
};

const WRITE: Scope = Scope::write(Category::Billing);

pub(in crate::api) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_recurring, create_recurring))
        .routes(routes!(get_recurring, edit_recurring, end_recurring))
        .routes(routes!(list_metered, create_metered))
        .routes(routes!(get_metered, end_metered))
        .routes(routes!(report_usage))
}

list_query! {
    RepeatedQuery {
        /// Only those of this tenant.
        #[param(value_type = Option<String>)]
        tenant_id: Option<TenantId>,
    }
}

/// A recurring charge to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RecurringChargeInput {
    /// Whose.
    #[schema(value_type = String, example = "tnt_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    tenant_id: TenantId,
    /// Shown on the invoice line.
    #[schema(min_length = 1, max_length = 120, example = "Support plan")]
    description: String,
    /// How many units, with up to 6 decimals; 1 where this is left out.
    #[schema(value_type = Option<String>, example = "1")]
    quantity: Option<Decimal>,
    /// Price of one unit and period in the tenant's currency; negative for a discount.
    #[schema(example = "19.00")]
    unit_price: Decimal,
    /// Whether tax is due on it; it is where this is left out.
    taxable: Option<bool>,
    /// From when; now where this is left out.
    starts_at: Option<Instant>,
    /// Until when (exclusive); for good where this is left out.
    ends_at: Option<Instant>,
}

/// What changes of a recurring charge. What is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RecurringChargeChanges {
    /// Shown on the invoice line.
    #[schema(min_length = 1, max_length = 120, example = "Support plan, large")]
    description: Option<String>,
    /// How many units, with up to 6 decimals.
    #[schema(value_type = Option<String>, example = "2")]
    quantity: Option<Decimal>,
    /// Price of one unit and period in the tenant's currency; negative for a discount.
    #[schema(value_type = Option<String>, example = "29.00")]
    unit_price: Option<Decimal>,
    /// Whether tax is due on it.
    taxable: Option<bool>,
    /// From when.
    starts_at: Option<Instant>,
    /// Until when (exclusive); null for good.
    #[serde(default, deserialize_with = "crate::api::body::given")]
    #[schema(value_type = Option<String>, format = DateTime)]
    ends_at: Option<Option<Instant>>,
}

/// A metered charge to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MeteredChargeInput {
    /// Whose.
    #[schema(value_type = String, example = "tnt_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    tenant_id: TenantId,
    /// Shown on the invoice line.
    #[schema(min_length = 1, max_length = 120, example = "Fax pages")]
    description: String,
    /// Price of one reported unit in the tenant's currency, with up to 9 decimals.
    #[schema(example = "0.05")]
    unit_price: Decimal,
    /// Whether tax is due on it; it is where this is left out.
    taxable: Option<bool>,
    /// From when; now where this is left out.
    starts_at: Option<Instant>,
    /// Until when (exclusive); for good where this is left out.
    ends_at: Option<Instant>,
}

/// Units of a metered charge that were used.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UsageInput {
    /// Your own id of the report: the same report counts once. 1 to 40 letters, digits, dots,
    /// dashes and underscores.
    #[schema(example = "fax-2026-05-09")]
    report_id: String,
    /// How many, with up to 6 decimals; negative to take back.
    #[schema(example = "12")]
    quantity: Decimal,
    /// When; in the tenant's open period, not in the future. Now where this is left out.
    at: Option<Instant>,
}

/// A report of units that were used.
#[derive(Debug, Serialize, ToSchema)]
struct ReportedUsage {
    /// Of which charge.
    #[schema(value_type = String, example = "chg_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    metered_charge_id: ChargeId,
    /// The report's id.
    #[schema(example = "fax-2026-05-09")]
    report_id: String,
    /// How many.
    #[schema(example = "12")]
    quantity: Decimal,
    /// Whether this is the first time that it was reported.
    is_new: bool,
}

fn repeated(kind: ChargeKind, query: &RepeatedQuery) -> ChargeFilter {
    let tenant_id = query.tenant_id;
    ChargeFilter { kind, tenants: None, tenant_id, on_invoice: None, has_end: None }
}

/// List recurring charges
///
/// Newest first.
#[utoipa::path(get, path = "/v1/recurring-charges", tag = "Charges",
    operation_id = "list_recurring_charges",
    params(RepeatedQuery), security(("key" = ["billing:read"])),
    responses((status = 200, body = List<resource::Charge>, description = "A page of charges")))]
async fn list_recurring(
    caller: Caller,
    Query(query): Query<RepeatedQuery>,
) -> Result<Json<List<resource::Charge>>, Problem> {
    listed(caller, repeated(ChargeKind::Recurring, &query), query.paging()).await
}

/// Create a recurring charge
///
/// A line on every invoice while it runs, prorated with the period. Tells `charge.created`.
#[utoipa::path(post, path = "/v1/recurring-charges", tag = "Charges",
    operation_id = "create_recurring_charge",
    request_body = RecurringChargeInput, security(("key" = ["billing:write"])),
    responses((status = 201, body = resource::Charge, description = "The charge")))]
async fn create_recurring(
    caller: Caller,
    Body(input): Body<RecurringChargeInput>,
) -> Result<Response, Problem> {
    let wanted = Wanted {
        kind: ChargeKind::Recurring,
        tenant_id: input.tenant_id,
        description: input.description,
        quantity: input.quantity,
        unit_price: input.unit_price,
        taxable: input.taxable,
        starts_at: input.starts_at,
        ends_at: input.ends_at,
    };
    created(caller, wanted).await
}

/// Get a recurring charge
#[utoipa::path(get, path = "/v1/recurring-charges/{id}", tag = "Charges",
    operation_id = "get_recurring_charge",
    params(("id" = String, Path, description = "The charge's id")),
    security(("key" = ["billing:read"])),
    responses((status = 200, body = resource::Charge, description = "The charge")))]
async fn get_recurring(caller: Caller, At(id): At<ChargeId>) -> Result<Response, Problem> {
    shown(caller, (id, ChargeKind::Recurring)).await
}

/// Edit a recurring charge
///
/// Until the first period that it runs in has closed; afterwards end it and create another one.
/// Tells `charge.updated`.
#[utoipa::path(patch, path = "/v1/recurring-charges/{id}", tag = "Charges",
    operation_id = "edit_recurring_charge",
    params(("id" = String, Path, description = "The charge's id")),
    request_body = RecurringChargeChanges, security(("key" = ["billing:write"])),
    responses((status = 200, body = resource::Charge, description = "The charge as it is now")))]
async fn edit_recurring(
    caller: Caller,
    At(id): At<ChargeId>,
    Body(input): Body<RecurringChargeChanges>,
) -> Result<Response, Problem> {
    let changes = Changes {
        description: input.description,
        quantity: input.quantity,
        unit_price: input.unit_price,
        taxable: input.taxable,
        starts_at: input.starts_at,
        ends_at: input.ends_at,
    };
    edited(caller, (id, ChargeKind::Recurring), changes).await
}

/// End a recurring charge
///
/// Now; one that has not begun never does. Tells `charge.ended`.
#[utoipa::path(delete, path = "/v1/recurring-charges/{id}", tag = "Charges",
    operation_id = "end_recurring_charge",
    params(("id" = String, Path, description = "The charge's id")),
    security(("key" = ["billing:write"])),
    responses((status = 200, body = resource::Charge, description = "The charge, ended")))]
async fn end_recurring(caller: Caller, At(id): At<ChargeId>) -> Result<Response, Problem> {
    ended(caller, (id, ChargeKind::Recurring)).await
}

/// List metered charges
///
/// Newest first.
#[utoipa::path(get, path = "/v1/metered-charges", tag = "Charges",
    operation_id = "list_metered_charges",
    params(RepeatedQuery), security(("key" = ["billing:read"])),
    responses((status = 200, body = List<resource::Charge>, description = "A page of charges")))]
async fn list_metered(
    caller: Caller,
    Query(query): Query<RepeatedQuery>,
) -> Result<Json<List<resource::Charge>>, Problem> {
    listed(caller, repeated(ChargeKind::Metered, &query), query.paging()).await
}

/// Create a metered charge
///
/// A line on every invoice over the units that are reported for its period. Tells
/// `charge.created`.
#[utoipa::path(post, path = "/v1/metered-charges", tag = "Charges",
    operation_id = "create_metered_charge",
    request_body = MeteredChargeInput, security(("key" = ["billing:write"])),
    responses((status = 201, body = resource::Charge, description = "The charge")))]
async fn create_metered(
    caller: Caller,
    Body(input): Body<MeteredChargeInput>,
) -> Result<Response, Problem> {
    let wanted = Wanted {
        kind: ChargeKind::Metered,
        tenant_id: input.tenant_id,
        description: input.description,
        quantity: None,
        unit_price: input.unit_price,
        taxable: input.taxable,
        starts_at: input.starts_at,
        ends_at: input.ends_at,
    };
    created(caller, wanted).await
}

/// Get a metered charge
#[utoipa::path(get, path = "/v1/metered-charges/{id}", tag = "Charges",
    operation_id = "get_metered_charge",
    params(("id" = String, Path, description = "The charge's id")),
    security(("key" = ["billing:read"])),
    responses((status = 200, body = resource::Charge, description = "The charge")))]
async fn get_metered(caller: Caller, At(id): At<ChargeId>) -> Result<Response, Problem> {
    shown(caller, (id, ChargeKind::Metered)).await
}

/// End a metered charge
///
/// Now; what was reported before is still billed. Tells `charge.ended`.
#[utoipa::path(delete, path = "/v1/metered-charges/{id}", tag = "Charges",
    operation_id = "end_metered_charge",
    params(("id" = String, Path, description = "The charge's id")),
    security(("key" = ["billing:write"])),
    responses((status = 200, body = resource::Charge, description = "The charge, ended")))]
async fn end_metered(caller: Caller, At(id): At<ChargeId>) -> Result<Response, Problem> {
    ended(caller, (id, ChargeKind::Metered)).await
}

/// Report usage of a metered charge
///
/// The same report again changes nothing and is answered with 200; another one under the same id
/// is refused.
#[utoipa::path(post, path = "/v1/metered-charges/{id}/usage", tag = "Charges",
    operation_id = "report_metered_usage",
    params(("id" = String, Path, description = "The charge's id")),
    request_body = UsageInput, security(("key" = ["billing:write"])),
    responses(
        (status = 201, body = ReportedUsage, description = "The report counts"),
        (status = 200, body = ReportedUsage, description = "It was known")))]
async fn report_usage(
    caller: Caller,
    At(charge_id): At<ChargeId>,
    Body(input): Body<UsageInput>,
) -> Result<Response, Problem> {
    let partner_id = caller.partner(WRITE)?.partner_id;
    let kept = found(&caller, WRITE, (charge_id, ChargeKind::Metered)).await?;
    let tenant_id = kept.charge.tenant_id;
    let mut errors = Vec::new();
    let quantity = amount("quantity", &input.quantity, Micros::parse, &mut errors);
    let Some(quantity) = quantity else { return Err(caller.problem(AppError::Invalid(errors))) };
    let (report_id, at) = (input.report_id, input.at.map(|Instant(at)| at));
    let new = NewUsage { report_id: report_id.clone(), at, quantity };
    caller
        .write(async move |app| {
            let is_new = app.report_usage(partner_id, charge_id, &new).await?;
            let reported = ReportedUsage {
                metered_charge_id: charge_id,
                report_id: report_id.clone(),
                quantity: Decimal(quantity.to_string()),
                is_new,
            };
            let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
            let outcome = Outcome::with(status, &reported)?;
            Ok(outcome.audited("charge.report_usage", charge_id, None::<&()>)?.about(tenant_id))
        })
        .await
}
