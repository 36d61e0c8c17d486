//! What the operator decides about subscriptions and wallets of its partners.

use app::{
    platform::{FeesEdit, NewRateChange, RefundWay, WalletRefund, WantedRefund},
    resource::{self, Decimal, Instant},
};
use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::{
    ids::PartnerId,
    money::{Currency, Minor},
    partner::PartnerEvent,
    subscription::Billing,
    tier::Tier,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{READ, WRITE, wholesale::Figures};
use crate::api::{
    Api,
    body::Body,
    caller::Caller,
    problem::Problem,
    query::At,
    write::{Outcome, shown},
};

pub(in crate::api) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(fees, set_fees))
        .routes(routes!(rate_changes, post_rate_change))
        .routes(routes!(subscription, edit_subscription))
        .routes(routes!(refund))
}

/// The operator's figures for all subscriptions.
#[derive(Debug, Serialize, ToSchema)]
struct PlatformFees {
    /// What a first activation puts into the wallet.
    #[schema(example = "25.00")]
    initial_credit: Decimal,
    /// What partners with own keys of the payment processor pay a month on top.
    #[schema(example = "0.00")]
    custom_keys_surcharge: Decimal,
    /// What amounts are in.
    #[schema(value_type = String, example = "USD")]
    currency: Currency,
}

/// What changes of them. What is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PlatformFeesInput {
    /// What a first activation puts into the wallet.
    #[schema(example = "25.00")]
    initial_credit: Option<Decimal>,
    /// What partners with own keys of the payment processor pay a month on top.
    #[schema(example = "50.00")]
    custom_keys_surcharge: Option<Decimal>,
}

/// New figures of a tier.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RateChangeInput {
    /// `starter`, `professional` or `business`.
    #[schema(example = "starter")]
    tier: String,
    /// From when on: 30 days from now or later.
    #[schema(value_type = String, format = DateTime, example = "2026-12-01T00:00:00Z")]
    effective_from: Instant,
    /// The monthly fee by then.
    #[schema(value_type = Option<String>, example = "259.00")]
    monthly_fee: Option<Decimal>,
    /// The unit prices by then.
    rates: Option<Figures>,
    /// Why, for partners.
    #[schema(example = "Carriers charge more")]
    reason: String,
}

/// Posted figures.
#[derive(Debug, Serialize, ToSchema)]
struct RateChanges {
    /// Oldest first.
    data: Vec<resource::RateChange>,
}

/// What changes of a partner's subscription. What is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SubscriptionEdit {
    /// `prepaid`: fees by its payment method, usage from its wallet; `on_account`: settled outside
    /// the platform.
    #[schema(example = "on_account")]
    billing: Option<String>,
    /// The monthly fee of an Enterprise partner.
    enterprise_fee: Option<Decimal>,
    /// True suspends the partner; false lifts the operator's own suspension.
    suspended: Option<bool>,
}

/// A refund of a wallet.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WalletRefundInput {
    /// `manual`: by hand, outside the platform; `method` (where this is left out): to the payment
    /// methods that filled it, the newest first.
    #[schema(example = "manual")]
    to: Option<String>,
    /// How much; all that the wallet holds where this is left out.
    #[schema(example = "0.01")]
    amount: Option<Decimal>,
    /// Why; shown to the partner.
    #[schema(example = "The partner leaves")]
    reason: String,
    /// The asker's own name of it: the same one is done once.
    #[schema(example = "leaving-4711")]
    reference: String,
}

/// A refund and what the wallet holds after it.
#[derive(Debug, Serialize, ToSchema)]
struct RefundShown {
    /// One for each charge that it goes back to.
    parts: Vec<resource::WalletRefundPart>,
    /// What the wallet holds now.
    #[schema(example = "0.00")]
    balance: Decimal,
    /// What amounts are in.
    #[schema(value_type = String, example = "USD")]
    currency: Currency,
}

fn money(field: &str, text: Option<Decimal>, currency: Currency) -> Result<Option<Minor>, Problem> {
    let parse = |Decimal(text): Decimal| {
        currency
            .parse_minor(&text)
            .map_err(|error| Problem::pointed(format!("/{field}"), "invalid", error.to_string()))
    };
    text.map(parse).transpose()
}

async fn currency(caller: &Caller) -> Result<Currency, Problem> {
    let found = caller.api.app().operators_currency().await;
    found.map_err(|error| caller.problem(error))
}

async fn partners_currency(caller: &Caller, partner_id: PartnerId) -> Result<Currency, Problem> {
    let partner = caller.api.app().partner(partner_id).await;
    Ok(partner.map_err(|error| caller.problem(error))?.currency)
}

/// Get the platform's fees
#[utoipa::path(get, path = "/v1/operator/fees", tag = "Operator", operation_id = "get_fees",
    security(("key" = ["operator:read"])),
    responses((status = 200, body = PlatformFees, description = "The figures")))]
async fn fees(caller: Caller) -> Result<Json<PlatformFees>, Problem> {
    caller.operator(READ)?;
    let currency = currency(&caller).await?;
    let fees = caller.api.app().platform_fees().await.map_err(|error| caller.problem(error))?;
    Ok(Json(PlatformFees {
        initial_credit: Decimal(currency.decimal(fees.initial_credit)),
        custom_keys_surcharge: Decimal(currency.decimal(fees.surcharge)),
        currency,
    }))
}

/// Set the platform's fees
///
/// From the next charge on.
#[utoipa::path(put, path = "/v1/operator/fees", tag = "Operator", operation_id = "set_fees",
    request_body = PlatformFeesInput, security(("key" = ["operator:write"])),
    responses((status = 200, body = PlatformFees, description = "The figures now")))]
async fn set_fees(
    caller: Caller,
    Body(input): Body<PlatformFeesInput>,
) -> Result<Response, Problem> {
    caller.operator(WRITE)?;
    let currency = currency(&caller).await?;
    let credit = money("initial_credit", input.initial_credit, currency)?;
    let surcharge = money("custom_keys_surcharge", input.custom_keys_surcharge, currency)?;
    caller
        .write(async move |app| {
            let fees = app.set_platform_fees((credit, surcharge)).await?;
            let shown = PlatformFees {
                initial_credit: Decimal(currency.decimal(fees.initial_credit)),
                custom_keys_surcharge: Decimal(currency.decimal(fees.surcharge)),
                currency,
            };
            Outcome::ok(&shown)?.audited("platform.set_fees", "operator", None::<&()>)
        })
        .await
}

/// List rate changes
#[utoipa::path(get, path = "/v1/operator/rate-changes", tag = "Operator",
    operation_id = "list_rate_changes", security(("key" = ["operator:read"])),
    responses((status = 200, body = RateChanges, description = "All of them")))]
async fn rate_changes(caller: Caller) -> Result<Json<RateChanges>, Problem> {
    caller.operator(READ)?;
    let currency = currency(&caller).await?;
    let posted = caller.api.app().rate_changes().await.map_err(|error| caller.problem(error))?;
    let show = |posted| resource::RateChange::of(posted, currency);
    Ok(Json(RateChanges { data: posted.iter().map(show).collect() }))
}

/// Post a rate change
///
/// New standard figures of a tier, in force 30 days from now or later. Every partner of the tier is
/// mailed and sees it in its subscription; usage until then keeps its price. Figures that are left
/// out stay.
#[utoipa::path(post, path = "/v1/operator/rate-changes", tag = "Operator",
    operation_id = "post_rate_change", request_body = RateChangeInput,
    security(("key" = ["operator:write"])),
    responses((status = 201, body = resource::RateChange, description = "What was posted")))]
async fn post_rate_change(
    caller: Caller,
    Body(input): Body<RateChangeInput>,
) -> Result<Response, Problem> {
    caller.operator(WRITE)?;
    let currency = currency(&caller).await?;
    let message = "must be starter, professional or business";
    let wrong = || Problem::pointed("/tier".to_owned(), "invalid", message);
    let Instant(effective_from) = input.effective_from;
    let new = NewRateChange {
        tier: Tier::parse(&input.tier).ok_or_else(wrong)?,
        effective_from,
        monthly_fee: money("monthly_fee", input.monthly_fee, currency)?,
        rates: input.rates.as_ref().map(|rates| rates.rates("rates")).transpose()?,
        reason: input.reason,
    };
    caller
        .write(async move |app| {
            let posted = app.post_rate_change(&new).await?;
            let shown = resource::RateChange::of(&posted, currency);
            let location = "/v1/operator/rate-changes".to_owned();
            let object = format!("{} {}", shown.tier, posted.effective_from);
            let outcome = Outcome::created(location, &shown)?;
            outcome.audited("platform.post_rate_change", object, None::<&()>)
        })
        .await
}

/// Get a partner's subscription
#[utoipa::path(get, path = "/v1/operator/partners/{id}/subscription", tag = "Operator",
    operation_id = "get_partner_subscription",
    params(("id" = String, Path, description = "The partner's id")),
    security(("key" = ["operator:read"])),
    responses((status = 200, body = resource::Subscription, description = "The subscription")))]
async fn subscription(caller: Caller, At(partner_id): At<PartnerId>) -> Result<Response, Problem> {
    caller.operator(READ)?;
    let found = caller.api.app().subscription(partner_id).await;
    let found = resource::Subscription::from(&found.map_err(|error| caller.problem(error))?);
    Ok(shown(&found, found.version))
}

/// Change a partner's subscription
///
/// What was agreed with it, and the operator's own suspension. Tells `subscription.updated`.
#[utoipa::path(put, path = "/v1/operator/partners/{id}/subscription", tag = "Operator",
    operation_id = "edit_partner_subscription",
    params(("id" = String, Path, description = "The partner's id")),
    request_body = SubscriptionEdit, security(("key" = ["operator:write"])),
    responses((status = 200, body = resource::Subscription, description = "The subscription")))]
async fn edit_subscription(
    caller: Caller,
    At(partner_id): At<PartnerId>,
    Body(input): Body<SubscriptionEdit>,
) -> Result<Response, Problem> {
    caller.operator(WRITE)?;
    let currency = partners_currency(&caller, partner_id).await?;
    let message = "must be prepaid or on_account";
    let wrong = || Problem::pointed("/billing".to_owned(), "invalid", message);
    let billing = input.billing.as_deref();
    let edit = FeesEdit {
        billing: billing.map(|text| Billing::parse(text).ok_or_else(wrong)).transpose()?,
        enterprise_fee: money("enterprise_fee", input.enterprise_fee, currency)?,
        suspension: input
            .suspended
            .map(|suspended| if suspended { PartnerEvent::Suspend } else { PartnerEvent::Lift }),
    };
    caller
        .write(async move |app| {
            let before = resource::Subscription::from(&app.subscription(partner_id).await?);
            app.edit_subscription(partner_id, &edit).await?;
            let after = resource::Subscription::from(&app.subscription(partner_id).await?);
            let outcome = Outcome::ok(&after)?.version(after.version);
            outcome.audited("partner.edit_subscription", partner_id, Some(&before))
        })
        .await
}

/// Refund a partner's wallet
///
/// Debits it at once and gives the money back; what does not arrive is in the wallet again. Done
/// once per reference: the same one again shows how it stands.
#[utoipa::path(post, path = "/v1/operator/partners/{id}/wallet-refunds", tag = "Operator",
    operation_id = "refund_partner_wallet",
    params(("id" = String, Path, description = "The partner's id")),
    request_body = WalletRefundInput, security(("key" = ["operator:write"])),
    responses((status = 201, body = RefundShown, description = "The refund")))]
async fn refund(
    caller: Caller,
    At(partner_id): At<PartnerId>,
    Body(input): Body<WalletRefundInput>,
) -> Result<Response, Problem> {
    caller.operator(WRITE)?;
    let currency = partners_currency(&caller, partner_id).await?;
    let way = match input.to.as_deref() {
        None | Some("method") => RefundWay::Method,
        Some("manual") => RefundWay::Manual,
        Some(_) => {
            let message = "must be method or manual";
            return Err(Problem::pointed("/to".to_owned(), "invalid", message));
        }
    };
    let amount = money("amount", input.amount, currency)?;
    let wanted = WantedRefund { way, amount, reason: input.reason, reference: input.reference };
    let refunded: WalletRefund = caller
        .aside(async move |app, asking| app.refund_wallet(asking, partner_id, &wanted).await)
        .await?;
    let show = |part| resource::WalletRefundPart::of(part, currency);
    let shown = RefundShown {
        parts: refunded.parts.iter().map(show).collect(),
        balance: Decimal(refunded.balance.to_string()),
        currency,
    };
    Ok((StatusCode::CREATED, Json(shown)).into_response())
}
