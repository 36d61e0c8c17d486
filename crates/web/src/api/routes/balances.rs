//! `/v1/payments`, `/v1/wallet` and what tenants owe.

use app::{
    invoices::{PaymentFilter, WalletEntry, WalletFilter},
    resource::{self, Decimal, Instant},
};
use axum::{
    Json,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use domain::{
    api_key::{Category, Scope},
    ids::{InvoiceId, PaymentId, TenantId},
    ledger::TransferKind,
    money::Currency,
    paging::{Key, Order},
    payment::{Payment, PaymentStatus},
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
        .routes(routes!(list_payments))
        .routes(routes!(get_payment))
        .routes(routes!(get_wallet))
        .routes(routes!(list_wallet_transactions))
        .routes(routes!(get_tenant_balance))
}

list_query! {
    PaymentQuery {
        /// Only of this tenant.
        #[param(value_type = Option<String>)]
        tenant_id: Option<TenantId>,
        /// Only of this invoice.
        #[param(value_type = Option<String>)]
        invoice_id: Option<InvoiceId>,
        /// `pending`, `succeeded` or `failed`.
        status: Option<String>,
        /// Only begun from then on.
        #[serde(rename = "created[gte]")]
        created_since: Option<Instant>,
        /// Only begun before then.
        #[serde(rename = "created[lt]")]
        created_until: Option<Instant>,
        /// `created_at`, with a minus sign for the newest first; `-created_at` where nothing is
        /// said.
        sort: Option<String>,
    }
}

/// The order that `text` asks for, of a list that knows one column.
fn order(text: Option<&str>, name: &'static str) -> Result<Order, Problem> {
    match text.map(|text| (text.strip_prefix('-'), text)) {
        None => Ok(Order::Descending),
        Some((Some(column), _)) if column == name => Ok(Order::Descending),
        Some((None, column)) if column == name => Ok(Order::Ascending),
        Some(_) => Err(Problem::parameter("sort", format!("must be {name} or -{name}"))),
    }
}

/// List payments
///
/// Of all tenants that the key reaches, newest first, failed ones included.
#[utoipa::path(get, path = "/v1/payments", tag = "Payments", operation_id = "list_payments",
    params(PaymentQuery), security(("key" = ["billing:read"])),
    responses((status = 200, body = List<resource::Payment>, description = "A page of payments")))]
async fn list_payments(
    caller: Caller,
    Query(query): Query<PaymentQuery>,
) -> Result<Json<List<resource::Payment>>, Problem> {
    let reach = caller.partner(READ)?;
    let sort = Sort { name: "created_at", kind: KeyKind::Int };
    let request = query.paging().request(sort, order(query.sort.as_deref(), sort.name)?)?;
    let wrong = || Problem::parameter("status", "must be pending, succeeded or failed");
    let status = query.status.as_deref();
    let filter = PaymentFilter {
        tenants: reach.tenants,
        tenant_id: query.tenant_id,
        invoice_id: query.invoice_id,
        status: status.map(|text| PaymentStatus::parse(text).ok_or_else(wrong)).transpose()?,
        created_since: query.created_since.map(|Instant(at)| at),
        created_until: query.created_until.map(|Instant(at)| at),
    };
    let page = caller.api.app().payment_page(reach.partner_id, filter, &request).await;
    let page = page.map_err(|error| caller.problem(error))?;
    let place = |(payment, _): &(Payment, Currency)| {
        (Some(Key::Int(payment.created_at.micros())), payment.payment_id.to_string())
    };
    let show = |(payment, currency)| resource::Payment::of(&payment, currency);
    Ok(Json(List::of((page, &request), sort, place, show)))
}

/// Get a payment
#[utoipa::path(get, path = "/v1/payments/{id}", tag = "Payments", operation_id = "get_payment",
    params(("id" = String, Path, description = "The payment's id")),
    security(("key" = ["billing:read"])),
    responses((status = 200, body = resource::Payment, description = "The payment")))]
async fn get_payment(
    caller: Caller,
    At(payment_id): At<PaymentId>,
) -> Result<Json<resource::Payment>, Problem> {
    let reach = caller.partner(READ)?;
    let found = caller.api.app().find_payment(reach.partner_id, payment_id).await;
    let (payment, currency) = found.map_err(|error| caller.problem(error))?;
    reach.tenant(payment.tenant_id)?;
    Ok(Json(resource::Payment::of(&payment, currency)))
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
