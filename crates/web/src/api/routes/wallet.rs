//! `/v1/wallet`: filling it, by hand and by itself, and its history as a file.

use app::{
    App,
    error::Result as AppResult,
    invoices::{WalletEntry, WalletFilter},
    platform::{Charged, RechargeEdit},
    resource::{self, Decimal},
};
use axum::{
    Json,
    body::Body as Bytes,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    api_key::{Category, Scope},
    ids::{OperatorChargeId, PartnerId},
    money::{Currency, Micros, Minor},
    operator_charge::{ChargeState, OperatorCharge},
    paging::{Key, MAX_LIMIT, Neighbour, Order, PageRequest, Side},
    wallet::{AutoRecharge, RechargeState},
};
use futures::{Stream, stream};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::api::{
    Api,
    body::Body,
    caller::Caller,
    paging::{List, list_query},
    problem::Problem,
    query::{At, Query},
    write::{Outcome, REPLAYED, shown},
};

const READ: Scope = Scope::read(Category::Billing);
const WRITE: Scope = Scope::write(Category::Billing);

pub(in crate::api) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_top_ups, create_top_up))
        .routes(routes!(get_top_up))
        .routes(routes!(get_auto_recharge, set_auto_recharge))
}

/// Money to be put into the wallet.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TopUpInput {
    /// How much, 0.50 or more.
    #[schema(example = "100.00")]
    amount: Decimal,
}

list_query! {
    TopUpQuery {
        /// `pending`, `succeeded`, `declined` or `cancelled`.
        status: Option<String>,
    }
}

/// When and how the wallet fills itself.
#[derive(Debug, Serialize, ToSchema)]
struct AutoRechargeShown {
    /// Whether it does. A declined recharge switches it off.
    enabled: bool,
    /// It is recharged when the balance, with what is on its way, falls below this. 50 suits small
    /// operations, 500 or more larger ones.
    #[schema(example = "50.00")]
    threshold: Option<Decimal>,
    /// With how much: four to six weeks of typical use suit most.
    #[schema(example = "200.00")]
    amount: Option<Decimal>,
    /// What amounts are in.
    #[schema(value_type = String, example = "USD")]
    currency: Currency,
    /// The last attempt: the next is an hour later or after that.
    last_attempt_at: Option<resource::Instant>,
    /// Grows with each change; the `ETag`.
    version: i64,
}

/// What changes of auto-recharge. What is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AutoRechargeInput {
    /// Whether the wallet fills itself; needs a default payment method that can be charged.
    #[schema(example = false)]
    enabled: Option<bool>,
    /// Below which balance, more than 0.
    #[schema(example = "50.00")]
    threshold: Option<Decimal>,
    /// With how much, 0.50 or more.
    #[schema(example = "200.00")]
    amount: Option<Decimal>,
}

/// The answer to a request that charged: what came of it, or why it did not.
pub(super) fn charged(
    caller: &Caller,
    (charge, is_repeated): (&OperatorCharge, bool),
) -> Result<Response, Problem> {
    use app::error::AppError;
    let status = match charge.state {
        ChargeState::Succeeded => StatusCode::CREATED,
        ChargeState::Declined => {
            return Err(caller.problem(AppError::PaymentDeclined(charge.outcome.clone())));
        }
        ChargeState::Cancelled => {
            return Err(caller.problem(AppError::ProcessorUnavailable(charge.outcome.clone())));
        }
        ChargeState::Open | ChargeState::Unknown | ChargeState::Waiting => StatusCode::ACCEPTED,
    };
    let shown = resource::OperatorCharge::from(charge);
    let mut response = (status, Json(shown)).into_response();
    if is_repeated {
        response.headers_mut().insert(REPLAYED, axum::http::HeaderValue::from_static("true"));
    }
    Ok(response)
}

async fn currency_of(caller: &Caller, partner_id: PartnerId) -> Result<Currency, Problem> {
    let partner = caller.api.app().partner(partner_id).await;
    Ok(partner.map_err(|error| caller.problem(error))?.currency)
}

fn amount(name: &str, Decimal(text): &Decimal, currency: Currency) -> Result<Minor, Problem> {
    let wrong = |error: domain::money::DecimalError| {
        Problem::pointed(format!("/{name}"), "invalid", error.to_string())
    };
    currency.parse_minor(text).map_err(wrong)
}

/// Top up the wallet
///
/// Charges the default payment method at once. 201: the money is in the wallet. 202: it is on its
/// way, as it is for days from a bank account; send the same request with the same
/// `Idempotency-Key` again, or get the top-up, to learn what came of it. 402 `payment_declined`:
/// nothing was charged. Tells `wallet.changed`.
#[utoipa::path(post, path = "/v1/wallet/top-ups", tag = "Wallet", operation_id = "create_top_up",
    request_body = TopUpInput, security(("key" = ["billing:write"])),
    responses(
        (status = 201, body = resource::OperatorCharge, description = "The money came"),
        (status = 202, body = resource::OperatorCharge, description = "It is on its way")))]
async fn create_top_up(caller: Caller, Body(input): Body<TopUpInput>) -> Result<Response, Problem> {
    let partner_id = caller.partner(WRITE)?.whole_partner()?;
    let currency = currency_of(&caller, partner_id).await?;
    let amount = amount("amount", &input.amount, currency)?;
    let done = caller.aside(async move |app, asking| app.top_up(asking, partner_id, amount).await);
    let Charged { charge, is_repeated } = done.await?;
    match charge {
        Some(charge) => charged(&caller, (&charge, is_repeated)),
        None => Err(Problem::not_found("there is no such top-up")),
    }
}

/// List top-ups
///
/// All charges that filled or fill the wallet, newest first, automatic ones included.
#[utoipa::path(get, path = "/v1/wallet/top-ups", tag = "Wallet", operation_id = "list_top_ups",
    params(TopUpQuery), security(("key" = ["billing:read"])),
    responses((status = 200, body = List<resource::OperatorCharge>, description = "A page")))]
async fn list_top_ups(
    caller: Caller,
    Query(query): Query<TopUpQuery>,
) -> Result<Json<List<resource::OperatorCharge>>, Problem> {
    let partner_id = caller.partner(READ)?.whole_partner()?;
    let request = query.paging().newest_first()?;
    let states = ["pending", "succeeded", "declined", "cancelled"];
    let wrong = || Problem::parameter("status", "must be pending, succeeded, declined, cancelled");
    let state = query.status.as_deref();
    let state = state
        .map(|text| states.into_iter().find(|state| *state == text).ok_or_else(wrong))
        .transpose()?;
    let page = caller.api.app().top_ups(partner_id, (state, &request)).await;
    let page = page.map_err(|error| caller.problem(error))?;
    let place = |charge: &OperatorCharge| charge.charge_id.to_string();
    Ok(Json(List::by_id((page, &request), place, |charge| (&charge).into())))
}

/// Get a top-up
#[utoipa::path(get, path = "/v1/wallet/top-ups/{id}", tag = "Wallet", operation_id = "get_top_up",
    params(("id" = String, Path, description = "The charge's id")),
    security(("key" = ["billing:read"])),
    responses((status = 200, body = resource::OperatorCharge, description = "The charge")))]
async fn get_top_up(
    caller: Caller,
    At(charge_id): At<OperatorChargeId>,
) -> Result<Json<resource::OperatorCharge>, Problem> {
    let reach = caller.partner(READ)?;
    let found = caller.api.app().operator_charge(reach.partner_id, charge_id).await;
    let charge = found.map_err(|error| caller.problem(error))?;
    reach.whole_partner()?;
    Ok(Json((&charge).into()))
}

async fn recharge(app: &App, partner_id: PartnerId) -> AppResult<AutoRechargeShown> {
    let kept = app.auto_recharge(partner_id).await?;
    let currency = app.partner(partner_id).await?.currency;
    let AutoRecharge { state, threshold, amount } = kept.watch.recharge;
    Ok(AutoRechargeShown {
        enabled: state == RechargeState::On,
        threshold: threshold.map(|it| Decimal(it.to_string())),
        amount: amount.map(|it| Decimal(currency.decimal(it))),
        currency,
        last_attempt_at: kept.watch.attempted_at.map(Into::into),
        version: kept.version,
    })
}

/// Get auto-recharge
#[utoipa::path(get, path = "/v1/wallet/auto-recharge", tag = "Wallet",
    operation_id = "get_auto_recharge", security(("key" = ["billing:read"])),
    responses((status = 200, body = AutoRechargeShown, description = "The settings")))]
async fn get_auto_recharge(caller: Caller) -> Result<Response, Problem> {
    let partner_id = caller.partner(READ)?.whole_partner()?;
    let found = recharge(caller.api.app(), partner_id).await;
    let found = found.map_err(|error| caller.problem(error))?;
    Ok(shown(&found, found.version))
}

/// Set auto-recharge
///
/// What is left out stays. Switching it on needs a default payment method that can be charged.
#[utoipa::path(patch, path = "/v1/wallet/auto-recharge", tag = "Wallet",
    operation_id = "set_auto_recharge", request_body = AutoRechargeInput,
    security(("key" = ["billing:write"])),
    responses((status = 200, body = AutoRechargeShown, description = "The settings now")))]
async fn set_auto_recharge(
    caller: Caller,
    Body(input): Body<AutoRechargeInput>,
) -> Result<Response, Problem> {
    let partner_id = caller.partner(WRITE)?.whole_partner()?;
    let currency = currency_of(&caller, partner_id).await?;
    let threshold = input.threshold.as_ref().map(|Decimal(text)| {
        Micros::parse(text).map_err(|error| {
            Problem::pointed("/threshold".to_owned(), "invalid", error.to_string())
        })
    });
    let edit = RechargeEdit {
        state: input.enabled.map(|on| if on { RechargeState::On } else { RechargeState::Off }),
        threshold: threshold.transpose()?,
        amount: input.amount.as_ref().map(|it| amount("amount", it, currency)).transpose()?,
    };
    let asker = caller.clone();
    caller
        .write(async move |app| {
            let before = recharge(app, partner_id).await?;
            let seen = asker.seen(before.version);
            app.set_auto_recharge(partner_id, &edit, seen).await?;
            let after = recharge(app, partner_id).await?;
            let outcome = Outcome::ok(&after)?.version(after.version);
            outcome.audited("wallet.set_auto_recharge", partner_id, Some(&before))
        })
        .await
}

/// Everything that a filter lets through as CSV, read page by page while it is sent.
pub(crate) fn csv(app: App, partner_id: PartnerId, filter: WalletFilter) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"wallet.csv\""),
    ];
    (headers, Bytes::from_stream(pages(app, partner_id, filter))).into_response()
}

/// Where a file that is being sent goes on.
enum Place {
    Header,
    After(Option<(i64, String)>),
    End,
}

fn pages(
    app: App,
    partner_id: PartnerId,
    filter: WalletFilter,
) -> impl Stream<Item = Result<String, std::io::Error>> {
    stream::try_unfold((Place::Header, app, filter), move |(place, app, filter)| async move {
        let last = match place {
            Place::End => return Ok(None),
            Place::Header => {
                let first = (Place::After(None), app, filter);
                return Ok(Some((CSV_HEADER.to_owned(), first)));
            }
            Place::After(last) => last,
        };
        let from = last.map(|(seq, line)| Neighbour {
            side: Side::After,
            key: Some(Key::Int(seq)),
            id: line,
        });
        let request = PageRequest { order: Order::Ascending, limit: MAX_LIMIT, from };
        let page = app.wallet_entries(partner_id, filter.clone(), &request).await;
        // What was sent cannot be taken back: the transfer breaks off.
        let page = page.map_err(std::io::Error::other)?;
        let text: String = page.rows.iter().map(row).collect();
        let next = match page.rows.last().filter(|_| page.has_more) {
            Some(last) => Place::After(Some((last.seq, last.line_text()))),
            None => Place::End,
        };
        Ok(Some((text, (next, app, filter))))
    })
}

const CSV_HEADER: &str = "created_at,kind,amount,balance_after,tenant_id,description,\
                          reference_kind,reference_id,transaction_id,seq,line\n";

fn row(entry: &WalletEntry) -> String {
    let tenant = entry.tenant_id.map_or(String::new(), |it| it.to_string());
    let (kind, id) = &entry.source;
    format!(
        "{},{},{},{},{tenant},{},{},{},{},{},{}\n",
        entry.at,
        entry.kind.as_str(),
        entry.amount,
        entry.balance_after,
        quoted(&entry.description),
        quoted(kind),
        quoted(id),
        entry.ltx_id,
        entry.seq,
        entry.line,
    )
}

/// A cell of RFC 4180. One that a spreadsheet would take for a formula is made a text.
fn quoted(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_texts_and_no_formulas() {
        assert_eq!(quoted("a \"b\", c"), "\"a \"\"b\"\", c\"");
        assert_eq!(quoted("=1+1"), "\"'=1+1\"");
    }
}
