//! What the operator charges partners: terms, wallets, invoices taken back.

use app::{
    resource::{self, Decimal, Instant},
    setup::{NewTerms, WalletMove, WalletMoveKind},
};
use axum::{Json, response::Response};
use domain::{
    ids::{DeckId, PartnerId},
    money::{Micros, Nanos, format_decimal, parse_decimal},
    tier::{Tier, TierRates},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{READ, WRITE};
use crate::api::{Api, body::Body, caller::Caller, problem::Problem, query::At, write::Outcome};

pub(in crate::api) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(terms, set_terms)).routes(routes!(adjust))
}

/// Terms from an instant on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TermsInput {
    /// The first instant at which they apply; now where this is left out.
    #[schema(value_type = Option<String>, format = DateTime, example = "2027-01-01T00:00:00Z")]
    effective_from: Option<Instant>,
    /// `starter`, `professional`, `business`, or `enterprise` with figures of its own.
    #[schema(example = "professional")]
    tier: String,
    /// The figures of an enterprise partner; the other tiers have their own.
    figures: Option<Figures>,
    /// A deck of the operator that prices calls before the minute rates do.
    #[schema(value_type = Option<String>)]
    rate_deck_id: Option<DeckId>,
}

/// Unit prices.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Figures {
    /// Per extension and calendar month.
    extension_month: Decimal,
    /// Per local number and calendar month.
    local_did_month: Decimal,
    /// Per toll-free number and calendar month.
    toll_free_did_month: Decimal,
    /// Per minute of a local call.
    local_minute: Decimal,
    /// Per minute of a toll-free call.
    toll_free_minute: Decimal,
}

/// All terms of a partner.
#[derive(Debug, Serialize, ToSchema)]
struct TermsList {
    /// Oldest first; the last one whose instant has come applies.
    data: Vec<resource::WholesaleTerms>,
}

/// A correction of a wallet.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Adjustment {
    /// How much more the wallet holds afterwards; negative to take away.
    #[schema(example = "-3.00")]
    amount: Decimal,
    /// `manual_adjustment` (where this is left out), `top_up` or `initial_credit`.
    #[serde(rename = "type")]
    kind: Option<String>,
    /// Why; shown to the partner.
    #[schema(example = "Goodwill for the outage of 3 May")]
    reason: String,
    /// The asker's own name of it: the same one is booked once.
    #[schema(example = "ticket-4711")]
    reference: String,
}

/// What a wallet holds.
#[derive(Debug, Serialize, ToSchema)]
struct WalletBalance {
    /// The partner.
    #[schema(value_type = String)]
    partner_id: PartnerId,
    /// What it holds.
    balance: Decimal,
    /// ISO 4217.
    #[schema(example = "USD")]
    currency: String,
}

impl TermsInput {
    fn terms(&self) -> Result<NewTerms, Problem> {
        let wrong = || {
            let message = "must be starter, professional, business or enterprise";
            Problem::pointed("/tier".to_owned(), "invalid", message)
        };
        let tier = Tier::parse(&self.tier).ok_or_else(wrong)?;
        let figures = self.figures.as_ref().map(|figures| figures.rates("figures")).transpose()?;
        Ok(NewTerms { tier, figures, deck: self.rate_deck_id })
    }
}

impl Figures {
    pub(super) fn rates(&self, field: &str) -> Result<TierRates, Problem> {
        let rate = |name: &str, Decimal(text): &Decimal| {
            let wrong = |error: domain::money::DecimalError| {
                Problem::pointed(format!("/{field}/{name}"), "invalid", error.to_string())
            };
            Nanos::parse(text).map_err(wrong)
        };
        Ok(TierRates {
            extension_month: rate("extension_month", &self.extension_month)?,
            local_did_month: rate("local_did_month", &self.local_did_month)?,
            toll_free_did_month: rate("toll_free_did_month", &self.toll_free_did_month)?,
            local_minute: rate("local_minute", &self.local_minute)?,
            toll_free_minute: rate("toll_free_minute", &self.toll_free_minute)?,
        })
    }
}

/// List a partner's wholesale terms
#[utoipa::path(get, path = "/v1/operator/partners/{id}/terms", tag = "Operator",
    operation_id = "list_partner_terms",
    params(("id" = String, Path, description = "The partner's id")),
    security(("key" = ["operator:read"])),
    responses((status = 200, body = TermsList, description = "All its terms")))]
async fn terms(caller: Caller, At(partner_id): At<PartnerId>) -> Result<Json<TermsList>, Problem> {
    caller.operator(READ)?;
    let app = caller.api.app();
    app.partner(partner_id).await.map_err(|error| caller.problem(error))?;
    let terms = app.wholesale_terms(partner_id).await.map_err(|error| caller.problem(error))?;
    Ok(Json(TermsList { data: terms.iter().map(Into::into).collect() }))
}

/// Set a partner's wholesale terms
///
/// From an instant on: never before now, never before the latest ones.
#[utoipa::path(post, path = "/v1/operator/partners/{id}/terms", tag = "Operator",
    operation_id = "set_partner_terms",
    params(("id" = String, Path, description = "The partner's id")),
    request_body = TermsInput, security(("key" = ["operator:write"])),
    responses((status = 201, body = resource::WholesaleTerms, description = "The new terms")))]
async fn set_terms(
    caller: Caller,
    At(partner_id): At<PartnerId>,
    Body(input): Body<TermsInput>,
) -> Result<Response, Problem> {
    caller.operator(WRITE)?;
    let new = input.terms()?;
    caller
        .write(async move |app| {
            let from = input.effective_from.map_or(app.clock.now(), |Instant(at)| at);
            let terms = app.set_wholesale_terms(partner_id, &new, from).await?;
            let location = format!("/v1/operator/partners/{partner_id}/terms");
            let outcome = Outcome::created(location, &resource::WholesaleTerms::from(&terms))?;
            outcome.audited("partner.set_terms", partner_id, None::<&()>)
        })
        .await
}

/// Adjust a partner's wallet
///
/// Booked once per reference.
#[utoipa::path(post, path = "/v1/operator/partners/{id}/adjustments", tag = "Operator",
    operation_id = "adjust_partner_wallet",
    params(("id" = String, Path, description = "The partner's id")),
    request_body = Adjustment, security(("key" = ["operator:write"])),
    responses((status = 201, body = WalletBalance, description = "What the wallet holds now")))]
async fn adjust(
    caller: Caller,
    At(partner_id): At<PartnerId>,
    Body(input): Body<Adjustment>,
) -> Result<Response, Problem> {
    caller.operator(WRITE)?;
    let kind = match input.kind.as_deref() {
        None | Some("manual_adjustment") => WalletMoveKind::ManualAdjustment,
        Some("top_up") => WalletMoveKind::TopUp,
        Some("initial_credit") => WalletMoveKind::InitialCredit,
        Some(_) => {
            let message = "must be manual_adjustment, top_up or initial_credit";
            return Err(Problem::pointed("/type".to_owned(), "invalid", message));
        }
    };
    let Decimal(amount) = &input.amount;
    let amount = parse_decimal(amount, 6)
        .map_err(|error| Problem::pointed("/amount".to_owned(), "invalid", error.to_string()))?;
    let asked = WalletMove {
        kind,
        amount: Micros::new(amount),
        reason: input.reason,
        reference: input.reference,
    };
    caller
        .write(async move |app| {
            let partner = app.partner(partner_id).await?;
            let balance = app.move_wallet(partner_id, &asked).await?;
            let wallet = WalletBalance {
                partner_id,
                balance: Decimal(format_decimal(balance.get(), 6, 2)),
                currency: partner.currency.code().to_owned(),
            };
            let location = format!("/v1/operator/partners/{partner_id}");
            let outcome = Outcome::created(location, &wallet)?;
            outcome.audited("wallet.adjust", partner_id, None::<&()>)
        })
        .await
}
