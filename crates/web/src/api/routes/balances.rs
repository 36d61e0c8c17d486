//! `/v1/wallet` and what tenants owe.

use app::{
    invoices::{WalletEntry, WalletFilter},
    resource::{self, Decimal, Instant},
};
use axum::{
    Json,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use domain::{
    api_key::{Category, Scope},
    ids::TenantId,
    ledger::TransferKind,
    paging::{Key, Order},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::api::{
    Api,
    caller::Caller,
    paging::{KeyKind, List, Sort, list_query},
    problem::Problem,
    query::{At, Parsed, Query},
};

const READ: Scope = Scope::read(Category::Billing);

pub(in crate::api) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(get_wallet))
        .routes(routes!(list_wallet_transactions))
        .routes(routes!(get_tenant_balance))
}

/// The order that `text` asks for, of a list that knows one column.
pub(super) fn order(text: Option<&str>, name: &'static str) -> Result<Order, Problem> {
    match text.map(|text| (text.strip_prefix('-'), text)) {
        None => Ok(Order::Descending),
        Some((Some(column), _)) if column == name => Ok(Order::Descending),
        Some((None, column)) if column == name => Ok(Order::Ascending),
        Some(_) => Err(Problem::parameter("sort", format!("must be {name} or -{name}"))),
    }
}

/// Get the wallet
///
/// What the partner has paid ahead to the operator and what is left of it.
#[utoipa::path(get, path = "/v1/wallet", tag = "Wallet", operation_id = "get_wallet",
    security(("key" = ["billing:read"])),
    responses((status = 200, body = resource::Wallet, description = "The wallet")))]
async fn get_wallet(caller: Caller) -> Result<Json<resource::Wallet>, Problem> {
    let partner_id = caller.partner(READ)?.whole_partner()?;
    let wallet = caller.api.app().wallet(partner_id).await;
    let wallet = wallet.map_err(|error| caller.problem(error))?;
    let balance = Decimal(wallet.balance.to_string());
    let pending = Decimal(wallet.currency.decimal(wallet.pending));
    let (currency, available) = (wallet.currency, balance.clone());
    Ok(Json(resource::Wallet { currency, available, balance, pending }))
}

list_query! {
    WalletQuery {
        /// Only of this kind, such as `top_up`, `usage_local` or `monthly_did`.
        kind: Option<String>,
        /// Only concerning this tenant.
        #[param(value_type = Option<String>)]
        tenant_id: Option<TenantId>,
        /// Only with a larger `seq`: what came since the last pull.
        #[param(value_type = Option<i64>, minimum = 0)]
        since: Option<Parsed<i64>>,
        /// Only booked from then on.
        #[serde(rename = "created[gte]")]
        created_since: Option<Instant>,
        /// Only booked before then.
        #[serde(rename = "created[lt]")]
        created_until: Option<Instant>,
        /// `seq`, with a minus sign for the newest first; `-seq` where nothing is said.
        sort: Option<String>,
    }
}

/// List wallet transactions
///
/// All credits and debits, newest first. To pull them into other books, sort by `seq` and send the
/// last `seq` as `since` the next time: nothing is missed and nothing comes twice. With
/// `Accept: text/csv` everything that the filters let through, oldest first, as one file.
#[utoipa::path(get, path = "/v1/wallet/transactions", tag = "Wallet",
    operation_id = "list_wallet_transactions",
    params(WalletQuery), security(("key" = ["billing:read"])),
    responses((status = 200, description = "A page of them, or the file",
        content((List<resource::WalletTransaction> = "application/json"),
            (String = "text/csv")))))]
async fn list_wallet_transactions(
    caller: Caller,
    Query(query): Query<WalletQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let partner_id = caller.partner(READ)?.whole_partner()?;
    let sort = Sort { name: "seq", kind: KeyKind::Int };
    let request = query.paging().request(sort, order(query.sort.as_deref(), sort.name)?)?;
    let wrong = || Problem::parameter("kind", "is no kind of wallet transaction");
    let kind = query.kind.as_deref();
    if query.since.as_ref().is_some_and(|Parsed(seq)| *seq < 0) {
        return Err(Problem::parameter("since", "must not be negative"));
    }
    let filter = WalletFilter {
        kind: kind.map(|text| TransferKind::parse(text).ok_or_else(wrong)).transpose()?,
        tenant_id: query.tenant_id,
        after_seq: query.since.map(|Parsed(seq)| seq),
        since: query.created_since.map(|Instant(at)| at),
        until: query.created_until.map(|Instant(at)| at),
    };
    let app = caller.api.app();
    let accepted = headers.get(header::ACCEPT).and_then(|it| it.to_str().ok()).unwrap_or_default();
    if accepted.split(',').any(|kind| kind.trim().starts_with("text/csv")) {
        return Ok(super::wallet::csv(app.clone(), partner_id, filter));
    }
    let page = app.wallet_entries(partner_id, filter, &request).await;
    let page = page.map_err(|error| caller.problem(error))?;
    let wallet = app.wallet(partner_id).await.map_err(|error| caller.problem(error))?;
    let place = |entry: &WalletEntry| (Some(Key::Int(entry.seq)), entry.line_text());
    let show = |entry: WalletEntry| resource::WalletTransaction::of(&entry, wallet.currency);
    Ok(Json(List::of((page, &request), sort, place, show)).into_response())
}

/// Get a tenant's balance
///
/// What is left to pay of its invoices, what of that is overdue, and the credit it has.
#[utoipa::path(get, path = "/v1/tenants/{id}/balance", tag = "Tenants",
    operation_id = "get_tenant_balance",
    params(("id" = String, Path, description = "The tenant's id")),
    security(("key" = ["tenants:read"])),
    responses((status = 200, body = resource::TenantBalance, description = "The balance")))]
async fn get_tenant_balance(
    caller: Caller,
    At(tenant_id): At<TenantId>,
) -> Result<Json<resource::TenantBalance>, Problem> {
    let reach = caller.partner(Scope::read(Category::Tenants))?;
    let balance = caller.api.app().tenant_balance(reach.partner_id, tenant_id).await;
    let balance = balance.map_err(|error| caller.problem(error))?;
    reach.tenant(tenant_id)?;
    Ok(Json(balance))
}
