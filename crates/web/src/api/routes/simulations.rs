//! `/v1/simulations`: what if (BEY-04).

use app::{
    error::AppError,
    resource,
    simulate::{Proposal, ProposedDeck, ProposedTerms, SimulationRequest, TenantResult},
};
use axum::Json;
use domain::{
    api_key::{Category, Scope},
    ids::{DeckId, ProfileId, TenantId},
    money::Currency,
    paging::Order,
    time::Day,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{deck_input::checked, profile_terms::BillingProfileInput};
use crate::api::{
    Api,
    body::Body,
    caller::Caller,
    paging::{BY_ID, List, Paging},
    problem::Problem,
    query::{Parsed, Query},
};

const READ: Scope = Scope::read(Category::Billing);
/// Most tenants that are named.
const MAX_TENANTS: usize = 200;

pub(in crate::api) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(simulate))
}

/// Which page of tenants.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SimulationQuery {
    /// Tenants of a page, 1 to 200; 50 where nothing is said. A page ends earlier where many calls
    /// had to be read.
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200, example = 50)]
    limit: Option<Parsed<u16>>,
    /// The `next_cursor` of the page before.
    starting_after: Option<String>,
}

/// A deck file to try.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ProposedDeckFile {
    /// The file.
    #[schema(example = "prefix,rate_per_minute\n1,0.02\n")]
    csv: String,
    /// The IANA zone of its windows and dates; UTC where this is left out.
    timezone: Option<String>,
}

/// What to try: a profile or new terms, or each period's own; with their deck or another one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ProposalInput {
    /// A billing profile of yours.
    #[schema(value_type = Option<String>)]
    billing_profile_id: Option<ProfileId>,
    /// A version of it; the latest where this is left out.
    billing_profile_version: Option<i64>,
    /// Terms that nobody has saved, instead of a profile.
    terms: Option<BillingProfileInput>,
    /// A rate deck of yours, instead of that of the terms; as if it had always been in force.
    #[schema(value_type = Option<String>)]
    rate_deck_id: Option<DeckId>,
    /// A version of it; the latest where this is left out.
    rate_deck_version: Option<i64>,
    /// A deck file that nobody has saved, instead of that of the terms.
    rate_deck: Option<ProposedDeckFile>,
}

/// What to simulate.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SimulationInput {
    /// Only these tenants; all that the key reaches where this is left out.
    #[schema(value_type = Option<Vec<String>>, max_items = 200)]
    tenant_ids: Option<Vec<TenantId>>,
    /// Closed periods whose first day, in the tenant's zone, is this or a later one …
    #[schema(value_type = String, format = Date, example = "2026-05-01")]
    from: Day,
    /// … and before this one.
    #[schema(value_type = String, format = Date, example = "2026-06-01")]
    to: Day,
    /// What to try, 1 to 10.
    #[schema(min_items = 1, max_items = 10,
        example = json!([{"rate_deck": {"csv": "prefix,rate_per_minute\n1,0.02\n"}}]))]
    proposals: Vec<ProposalInput>,
}

/// A page of tenants, as billed and under each proposal.
#[derive(Debug, Serialize, ToSchema)]
struct SimulationResult {
    /// The tenants, in the order in which they were created.
    data: Vec<resource::TenantSimulation>,
    /// The tenants of this page together, by currency.
    totals: Vec<resource::SimulationTotals>,
    /// Of `call_cost`: what the operator charges in.
    #[schema(example = "USD")]
    cost_currency: String,
    /// Whether there are more tenants.
    has_more: bool,
    /// Send it as `starting_after`, with the same body, for the tenants after these.
    next_cursor: Option<String>,
}

/// Simulate other terms
///
/// Prices the calls of closed periods again under each proposal and compares with what was
/// billed, touching nothing. Counts, charges, taxes and the moment of the base fee stay as they
/// were. A tenant's proposals are ranked, the cheapest first; the page's totals show what each
/// means for revenue and margin. The profile version that was in force gives exactly what was
/// billed. Periods whose invoice was cancelled are left out.
#[utoipa::path(post, path = "/v1/simulations", tag = "Simulations", operation_id = "simulate",
    params(SimulationQuery), request_body = SimulationInput,
    security(("key" = ["billing:read"])),
    responses((status = 200, body = SimulationResult, description = "A page of tenants")))]
async fn simulate(
    caller: Caller,
    Query(query): Query<SimulationQuery>,
    Body(input): Body<SimulationInput>,
) -> Result<Json<SimulationResult>, Problem> {
    let reach = caller.partner(READ)?;
    let paging =
        Paging { limit: query.limit, starting_after: query.starting_after, ending_before: None };
    let page = paging.request(BY_ID, Order::Ascending)?;
    if let Some(named) = &input.tenant_ids {
        if named.len() > MAX_TENANTS {
            let message = format!("name at most {MAX_TENANTS}");
            return Err(Problem::pointed("/tenant_ids".to_owned(), "invalid", message));
        }
        for tenant_id in named {
            caller.reaches(&reach, *tenant_id).await?;
        }
    }
    let app = caller.api.app();
    let partner = app.partner(reach.partner_id).await.map_err(|error| caller.problem(error))?;
    let mut proposals = Vec::with_capacity(input.proposals.len().min(16));
    for (place, proposal) in input.proposals.into_iter().enumerate() {
        proposals.push(read(&caller, (place, proposal), partner.currency).await?);
    }
    let tenants = input.tenant_ids.or(reach.tenants);
    let request = SimulationRequest { tenants, from: input.from, to: input.to, proposals };
    let result = app.simulate(reach.partner_id, request, &page).await;
    let result = result.map_err(|error| caller.problem(error))?;
    let cost_currency = result.cost_currency;
    let totals = resource::SimulationTotals::of(&result.tenants.rows, cost_currency);
    let totals = totals.map_err(|error| caller.problem(error))?;
    let place = |tenant: &TenantResult| tenant.tenant_id.to_string();
    let List { data, has_more, next_cursor, .. } =
        List::by_id((result.tenants, &page), place, |tenant| tenant);
    let show = |tenant: &TenantResult| resource::TenantSimulation::of(tenant, cost_currency);
    let data: Result<_, _> = data.iter().map(show).collect();
    let data = data.map_err(|error| caller.problem(AppError::from(error)))?;
    let cost_currency = cost_currency.code().to_owned();
    Ok(Json(SimulationResult { data, totals, cost_currency, has_more, next_cursor }))
}

/// The proposal number `place`, or what is wrong with it.
async fn read(
    caller: &Caller,
    (place, input): (usize, ProposalInput),
    currency: Currency,
) -> Result<Proposal, Problem> {
    let wrong = |field: &str, message: &str| {
        Problem::pointed(format!("/proposals/{place}{field}"), "invalid", message)
    };
    let inside = |error: AppError| caller.problem(within(error, &format!("proposals.{place}")));
    let terms = match (input.billing_profile_id, input.terms) {
        (Some(_), Some(_)) => {
            return Err(wrong("/terms", "cannot stand beside billing_profile_id"));
        }
        (Some(profile_id), None) => {
            ProposedTerms::Profile(profile_id, input.billing_profile_version)
        }
        (None, _) if input.billing_profile_version.is_some() => {
            return Err(wrong("/billing_profile_version", "needs billing_profile_id"));
        }
        (None, Some(terms)) => {
            let terms = terms.terms(currency);
            let terms = terms.map_err(|error| inside(within(error, "terms")))?;
            ProposedTerms::New(Box::new(terms))
        }
        (None, None) => ProposedTerms::AsBilled,
    };
    let deck = match (input.rate_deck_id, input.rate_deck) {
        (Some(_), Some(_)) => return Err(wrong("/rate_deck", "cannot stand beside rate_deck_id")),
        (Some(deck_id), None) => ProposedDeck::Stored(deck_id, input.rate_deck_version),
        (None, _) if input.rate_deck_version.is_some() => {
            return Err(wrong("/rate_deck_version", "needs rate_deck_id"));
        }
        (None, Some(file)) => {
            let read = checked(file.csv, file.timezone).await;
            let read = read.map_err(|error| inside(within(error, "rate_deck")))?;
            ProposedDeck::New(Box::new(read))
        }
        (None, None) => ProposedDeck::OfTerms,
    };
    if matches!((&terms, &deck), (ProposedTerms::AsBilled, ProposedDeck::OfTerms)) {
        return Err(wrong("", "proposes nothing: give a profile, terms or a deck"));
    }
    Ok(Proposal { terms, deck })
}

/// The error, with its fields inside `parent`.
fn within(error: AppError, parent: &str) -> AppError {
    match error {
        AppError::Invalid(mut errors) => {
            for error in &mut errors {
                error.field = format!("{parent}.{}", error.field);
            }
            AppError::Invalid(errors)
        }
        other => other,
    }
}
