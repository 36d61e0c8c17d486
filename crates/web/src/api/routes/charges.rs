//! `/v1/one-time-charges`, and what all charges have in common.
//!
//! Decided here: charges of three kinds are one object under three addresses. A charge of one kind
//! is not found under the address of another.

use app::{
    error::{AppError, FieldError},
    resource::{self, Decimal, Instant},
    setup::{ChargeEdit, ChargeFilter, KeptCharge, NewCharge},
};
use axum::{Json, response::Response};
use domain::{
    account::ChargeKind,
    api_key::{Category, Scope},
    ids::{ChargeId, TenantId},
    money::{Micros, Nanos},
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::api::{
    Api,
    body::Body,
    caller::Caller,
    paging::{List, Paging, list_query},
    problem::Problem,
    query::{At, Query},
    write::{Outcome, shown as with_version},
};

const READ: Scope = Scope::read(Category::Billing);
const WRITE: Scope = Scope::write(Category::Billing);

pub(in crate::api) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list_one_time, create_one_time)).routes(routes!(
        get_one_time,
        edit_one_time,
        withdraw_one_time
    ))
}

list_query! {
    OneTimeQuery {
        /// Only those of this tenant.
        #[param(value_type = Option<String>)]
        tenant_id: Option<TenantId>,
        /// `pending`, `invoiced` or `withdrawn`.
        status: Option<String>,
    }
}

/// A one-time charge to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OneTimeChargeInput {
    /// Whose.
    #[schema(value_type = String, example = "tnt_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    tenant_id: TenantId,
    /// Shown on the invoice line.
    #[schema(min_length = 1, max_length = 120, example = "Porting")]
    description: String,
    /// How many units, with up to 6 decimals; 1 where this is left out.
    #[schema(value_type = Option<String>, example = "2")]
    quantity: Option<Decimal>,
    /// Price of one unit in the tenant's currency, with up to 9 decimals; negative for a discount.
    #[schema(example = "25.00")]
    unit_price: Decimal,
    /// Whether tax is due on it; it is where this is left out.
    taxable: Option<bool>,
    /// It falls on the first invoice over a period that ends later; now where this is left out.
    starts_at: Option<Instant>,
}

/// What changes of a one-time charge. What is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OneTimeChargeChanges {
    /// Shown on the invoice line.
    #[schema(min_length = 1, max_length = 120, example = "Porting of two numbers")]
    description: Option<String>,
    /// How many units, with up to 6 decimals.
    #[schema(value_type = Option<String>, example = "2")]
    quantity: Option<Decimal>,
    /// Price of one unit in the tenant's currency, with up to 9 decimals; negative for a discount.
    #[schema(value_type = Option<String>, example = "20.00")]
    unit_price: Option<Decimal>,
    /// Whether tax is due on it.
    taxable: Option<bool>,
    /// It falls on the first invoice over a period that ends later.
    starts_at: Option<Instant>,
}

/// What changes of a charge, whatever its kind.
pub(super) struct Changes {
    pub(super) description: Option<String>,
    pub(super) quantity: Option<Decimal>,
    pub(super) unit_price: Option<Decimal>,
    pub(super) taxable: Option<bool>,
    pub(super) starts_at: Option<Instant>,
    pub(super) ends_at: Option<Option<Instant>>,
}

impl Changes {
    fn edit(&self) -> Result<ChargeEdit, AppError> {
        let mut errors = Vec::new();
        let quantity = self.quantity.as_ref();
        let quantity = quantity.map(|it| amount("quantity", it, Micros::parse, &mut errors));
        let price = self.unit_price.as_ref();
        let unit_price = price.map(|it| amount("unit_price", it, Nanos::parse, &mut errors));
        if !errors.is_empty() {
            return Err(AppError::Invalid(errors));
        }
        Ok(ChargeEdit {
            description: self.description.as_ref().map(|it| it.trim().to_owned()),
            quantity: quantity.flatten(),
            unit_price: unit_price.flatten(),
            taxable: self.taxable,
            starts_at: self.starts_at.map(|Instant(at)| at),
            ends_at: self.ends_at.map(|end| end.map(|Instant(at)| at)),
        })
    }
}

/// What a charge is made of, whatever its kind.
pub(super) struct Wanted {
    pub(super) kind: ChargeKind,
    pub(super) tenant_id: TenantId,
    pub(super) description: String,
    pub(super) quantity: Option<Decimal>,
    pub(super) unit_price: Decimal,
    pub(super) taxable: Option<bool>,
    pub(super) starts_at: Option<Instant>,
    pub(super) ends_at: Option<Instant>,
}

impl Wanted {
    fn new_charge(&self) -> Result<NewCharge, AppError> {
        let mut errors = Vec::new();
        let is_metered = self.kind == ChargeKind::Metered;
        let quantity = match &self.quantity {
            Some(quantity) => amount("quantity", quantity, Micros::parse, &mut errors),
            None if is_metered => Some(Micros::ZERO),
            None => Some(Micros::new(1_000_000)),
        };
        let unit_price = amount("unit_price", &self.unit_price, Nanos::parse, &mut errors);
        let (Some(quantity), Some(unit_price)) = (quantity, unit_price) else {
            return Err(AppError::Invalid(errors));
        };
        Ok(NewCharge {
            tenant_id: self.tenant_id,
            kind: self.kind,
            description: self.description.trim().to_owned(),
            quantity,
            unit_price,
            taxable: self.taxable.unwrap_or(true),
            starts_at: self.starts_at.map(|Instant(at)| at),
            ends_at: self.ends_at.map(|Instant(at)| at),
        })
    }
}

/// A field's amount, or one more wrong field.
pub(super) fn amount<T, E: std::fmt::Display>(
    field: &str,
    Decimal(text): &Decimal,
    parse: impl Fn(&str) -> Result<T, E>,
    errors: &mut Vec<FieldError>,
) -> Option<T> {
    let refuse = |error: E| FieldError { field: field.to_owned(), message: error.to_string() };
    parse(text).map_err(|error| errors.push(refuse(error))).ok()
}

/// Where charges of a kind are found.
const fn address(kind: ChargeKind) -> &'static str {
    match kind {
        ChargeKind::OneTime => "/v1/one-time-charges",
        ChargeKind::Recurring => "/v1/recurring-charges",
        ChargeKind::Metered => "/v1/metered-charges",
    }
}

/// A page of charges that the key reaches.
pub(super) async fn listed(
    caller: Caller,
    filter: ChargeFilter,
    paging: Paging,
) -> Result<Json<List<resource::Charge>>, Problem> {
    let reach = caller.partner(READ)?;
    if let Some(tenant_id) = filter.tenant_id {
        caller.reaches(&reach, tenant_id).await?;
    }
    let request = paging.newest_first()?;
    let filter = ChargeFilter { tenants: reach.tenants, ..filter };
    let page = caller.api.app().charges(reach.partner_id, filter, &request).await;
    let page = page.map_err(|error| caller.problem(error))?;
    let now = caller.now();
    let place = |kept: &KeptCharge| kept.charge.charge_id.to_string();
    Ok(Json(List::by_id((page, &request), place, |kept| resource::Charge::of(&kept, now))))
}

/// Adds a charge to a tenant that the key reaches.
pub(super) async fn created(caller: Caller, wanted: Wanted) -> Result<Response, Problem> {
    let reach = caller.partner(WRITE)?;
    let (partner_id, kind, tenant_id) = (reach.partner_id, wanted.kind, wanted.tenant_id);
    caller.reaches(&reach, tenant_id).await?;
    let new = wanted.new_charge().map_err(|error| caller.problem(error))?;
    let now = caller.now();
    caller
        .write(async move |app| {
            let charge_id = app.add_charge(partner_id, &new).await?.charge_id;
            let kept = app.charge(partner_id, (charge_id, kind)).await?;
            let location = format!("{}/{charge_id}", address(kind));
            let outcome = Outcome::created(location, &resource::Charge::of(&kept, now))?;
            Ok(outcome.audited("charge.create", charge_id, None::<&()>)?.about(tenant_id))
        })
        .await
}

/// A charge of this kind that the key reaches.
pub(super) async fn found(
    caller: &Caller,
    scope: Scope,
    wanted: (ChargeId, ChargeKind),
) -> Result<KeptCharge, Problem> {
    let reach = caller.partner(scope)?;
    let kept = caller.api.app().charge(reach.partner_id, wanted).await;
    let kept = kept.map_err(|error| caller.problem(error))?;
    reach.tenant(kept.charge.tenant_id)?;
    Ok(kept)
}

/// One charge.
pub(super) async fn shown(
    caller: Caller,
    wanted: (ChargeId, ChargeKind),
) -> Result<Response, Problem> {
    let kept = found(&caller, READ, wanted).await?;
    Ok(with_version(&resource::Charge::of(&kept, caller.now()), kept.version))
}

/// Edits a charge that no invoice carries.
pub(super) async fn edited(
    caller: Caller,
    wanted: (ChargeId, ChargeKind),
    changes: Changes,
) -> Result<Response, Problem> {
    let partner_id = caller.partner(WRITE)?.partner_id;
    let tenant_id = found(&caller, WRITE, wanted).await?.charge.tenant_id;
    let edit = changes.edit().map_err(|error| caller.problem(error))?;
    let now = caller.now();
    let asker = caller.clone();
    caller
        .write(async move |app| {
            let before = app.charge(partner_id, wanted).await?;
            let target = (wanted.0, wanted.1, asker.seen(before.version));
            let after = app.edit_charge(partner_id, target, &edit).await?;
            let outcome = Outcome::ok(&resource::Charge::of(&after, now))?.version(after.version);
            let before = resource::Charge::of(&before, now);
            Ok(outcome.audited("charge.edit", wanted.0, Some(&before))?.about(tenant_id))
        })
        .await
}

/// Ends or withdraws a charge.
pub(super) async fn ended(
    caller: Caller,
    wanted: (ChargeId, ChargeKind),
) -> Result<Response, Problem> {
    let partner_id = caller.partner(WRITE)?.partner_id;
    let tenant_id = found(&caller, WRITE, wanted).await?.charge.tenant_id;
    let now = caller.now();
    caller
        .write(async move |app| {
            let before = resource::Charge::of(&app.charge(partner_id, wanted).await?, now);
            app.end_charge(partner_id, wanted.0).await?;
            let kept = app.charge(partner_id, wanted).await?;
            let outcome = Outcome::ok(&resource::Charge::of(&kept, now))?;
            Ok(outcome.audited("charge.end", wanted.0, Some(&before))?.about(tenant_id))
        })
        .await
}

/// List one-time charges
///
/// Newest first.
#[utoipa::path(get, path = "/v1/one-time-charges", tag = "Charges",
    operation_id = "list_one_time_charges",
    params(OneTimeQuery), security(("key" = ["billing:read"])),
    responses((status = 200, body = List<resource::Charge>, description = "A page of charges")))]
async fn list_one_time(
    caller: Caller,
    Query(query): Query<OneTimeQuery>,
) -> Result<Json<List<resource::Charge>>, Problem> {
    let (on_invoice, has_end) = match query.status.as_deref() {
        None => (None, None),
        Some("pending") => (Some(false), Some(false)),
        Some("invoiced") => (Some(true), None),
        Some("withdrawn") => (Some(false), Some(true)),
        Some(_) => {
            let message = "must be pending, invoiced or withdrawn";
            return Err(Problem::parameter("status", message));
        }
    };
    let (kind, tenant_id) = (ChargeKind::OneTime, query.tenant_id);
    let filter = ChargeFilter { kind, tenants: None, tenant_id, on_invoice, has_end };
    listed(caller, filter, query.paging()).await
}

/// Create a one-time charge
///
/// Falls on the tenant's next invoice, once. Tells `charge.created`.
#[utoipa::path(post, path = "/v1/one-time-charges", tag = "Charges",
    operation_id = "create_one_time_charge",
    request_body = OneTimeChargeInput, security(("key" = ["billing:write"])),
    responses((status = 201, body = resource::Charge, description = "The charge")))]
async fn create_one_time(
    caller: Caller,
    Body(input): Body<OneTimeChargeInput>,
) -> Result<Response, Problem> {
    let wanted = Wanted {
        kind: ChargeKind::OneTime,
        tenant_id: input.tenant_id,
        description: input.description,
        quantity: input.quantity,
        unit_price: input.unit_price,
        taxable: input.taxable,
        starts_at: input.starts_at,
        ends_at: None,
    };
    created(caller, wanted).await
}

/// Get a one-time charge
#[utoipa::path(get, path = "/v1/one-time-charges/{id}", tag = "Charges",
    operation_id = "get_one_time_charge",
    params(("id" = String, Path, description = "The charge's id")),
    security(("key" = ["billing:read"])),
    responses((status = 200, body = resource::Charge, description = "The charge")))]
async fn get_one_time(caller: Caller, At(id): At<ChargeId>) -> Result<Response, Problem> {
    shown(caller, (id, ChargeKind::OneTime)).await
}

/// Edit a one-time charge
///
/// While no invoice carries it and it is not withdrawn. Tells `charge.updated`.
#[utoipa::path(patch, path = "/v1/one-time-charges/{id}", tag = "Charges",
    operation_id = "edit_one_time_charge",
    params(("id" = String, Path, description = "The charge's id")),
    request_body = OneTimeChargeChanges, security(("key" = ["billing:write"])),
    responses((status = 200, body = resource::Charge, description = "The charge as it is now")))]
async fn edit_one_time(
    caller: Caller,
    At(id): At<ChargeId>,
    Body(input): Body<OneTimeChargeChanges>,
) -> Result<Response, Problem> {
    let changes = Changes {
        description: input.description,
        quantity: input.quantity,
        unit_price: input.unit_price,
        taxable: input.taxable,
        starts_at: input.starts_at,
        ends_at: None,
    };
    edited(caller, (id, ChargeKind::OneTime), changes).await
}

/// Withdraw a one-time charge
///
/// While no invoice carries it. Tells `charge.ended`.
#[utoipa::path(delete, path = "/v1/one-time-charges/{id}", tag = "Charges",
    operation_id = "withdraw_one_time_charge",
    params(("id" = String, Path, description = "The charge's id")),
    security(("key" = ["billing:write"])),
    responses((status = 200, body = resource::Charge, description = "The charge, withdrawn")))]
async fn withdraw_one_time(caller: Caller, At(id): At<ChargeId>) -> Result<Response, Problem> {
    ended(caller, (id, ChargeKind::OneTime)).await
}
