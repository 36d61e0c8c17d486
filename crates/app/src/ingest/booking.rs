//! New calls in the books: rows, roll-ups, wallet debits.
//!
//! Decided here: the books of all partners concerned are locked in the order of their ids; from
//! then on none of their periods can close, and the period that bills each call is read. Only then
//! are calls added.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    call::{Call, Outcome, WholesaleCharge},
    ids::{BatchId, CallId, PartnerId, TenantId},
    ledger::{Account, Flow, LedgerTx, Transfer, TransferKind, TxSource},
    legs,
    money::Micros,
    phone::CallClass,
    time::Timestamp,
    usage::{RetailCharge, UsageKey, UsageSum},
};
use rustc_hash::FxHashMap;
use store::db::Tx;

use crate::error::{AppError, Result};

/// The bill period of calls that come too late for any invoice of a cancelled tenant.
pub(crate) const NO_PERIOD: Timestamp = Timestamp::from_micros(i64::MAX);

/// Adds new calls with everything that follows from them, and the reversals of legs they outdo.
/// On return `calls` holds every row that was added.
pub(super) async fn add_calls(
    tx: &mut Tx,
    batch_id: BatchId,
    calls: &mut Vec<Call>,
    now: Timestamp,
) -> Result<()> {
    let Some(source_id) = calls.first().map(|call| call.source_id) else { return Ok(()) };
    let partners: BTreeSet<PartnerId> = calls.iter().map(|call| call.partner_id).collect();
    let mut books = Vec::with_capacity(partners.len());
    for partner_id in &partners {
        books.push(store::ledger::lock_book(tx, *partner_id).await?);
    }
    let open = open_periods(tx, calls).await?;
    let groups = legs::groups(calls);
    let kept = if groups.is_empty() {
        Vec::new()
    } else {
        store::calls::of_groups(tx, source_id, &groups).await?
    };
    let outdone = legs::choose(&kept, calls);
    for call in calls.iter_mut() {
        call.bill_period_start = bill_period(call, &open);
    }
    for call in outdone {
        let reversal = call.reversal(batch_id, Timestamp::default());
        let bill_period_start = bill_period(&reversal, &open);
        calls.push(Call { bill_period_start, ..reversal });
    }
    store::calls::insert(tx, calls).await?;
    for (partner_id, book) in partners.iter().zip(&mut books) {
        let own = || calls.iter().filter(|call| call.partner_id == *partner_id);
        store::usage::add(tx, *partner_id, &roll_up(own())?).await?;
        if let Some(debit) = wallet_debit(batch_id, own(), now)? {
            store::ledger::post(tx, book, &[debit]).await?;
        }
    }
    Ok(())
}

/// Gives unrated calls the prices they have in `priced`, and books what follows. Answers which
/// were still unrated.
pub(super) async fn rate_again(
    tx: &mut Tx,
    batch_id: BatchId,
    priced: &[Call],
    now: Timestamp,
) -> Result<Vec<CallId>> {
    let Some(partner_id) = priced.first().map(|call| call.partner_id) else {
        return Ok(Vec::new());
    };
    let mut book = store::ledger::lock_book(tx, partner_id).await?;
    let open = open_periods(tx, priced).await?;
    let mut rated = Vec::with_capacity(priced.len());
    for call in priced {
        let call = Call { bill_period_start: bill_period(call, &open), ..call.clone() };
        if store::calls::rate_late(tx, &call).await? {
            rated.push(call);
        }
    }
    store::usage::add(tx, partner_id, &roll_up(rated.iter())?).await?;
    if let Some(debit) = wallet_debit(batch_id, rated.iter(), now)? {
        store::ledger::post(tx, &mut book, &[debit]).await?;
    }
    Ok(rated.into_iter().map(|call| call.call_id).collect())
}

/// The start of the open period of each tenant that has one.
async fn open_periods(tx: &mut Tx, calls: &[Call]) -> Result<FxHashMap<TenantId, Timestamp>> {
    let mut tenants: BTreeMap<PartnerId, BTreeSet<TenantId>> = BTreeMap::new();
    for call in calls {
        tenants.entry(call.partner_id).or_default().insert(call.tenant_id);
    }
    let mut open = FxHashMap::default();
    for (partner_id, tenants) in tenants {
        let tenants: Vec<TenantId> = tenants.into_iter().collect();
        open.extend(store::directory::open_starts(tx, partner_id, &tenants).await?);
    }
    Ok(open)
}

/// The period whose invoice carries a call: its own, or the open one where that has closed.
fn bill_period(call: &Call, open: &FxHashMap<TenantId, Timestamp>) -> Timestamp {
    match (call.charge, open.get(&call.tenant_id)) {
        (RetailCharge::Trial, _) => Timestamp::default(),
        (RetailCharge::Billable, Some(open)) => call.usage_period_start.max(*open),
        (RetailCharge::Billable, None) => NO_PERIOD,
    }
}

/// The sums that calls add to their partner's roll-ups.
pub(crate) fn roll_up<'a>(
    calls: impl Iterator<Item = &'a Call>,
) -> Result<BTreeMap<UsageKey, UsageSum>> {
    let mut sums: BTreeMap<UsageKey, UsageSum> = BTreeMap::new();
    for call in calls {
        if let Some(key) = call.usage_key() {
            let sum = sums.entry(key).or_default();
            *sum = sum.plus(call.usage_sum())?;
        }
    }
    Ok(sums)
}

/// One debit per tenant and kind of usage, exactly the sum of its calls (WAL-24).
fn wallet_debit<'a>(
    batch_id: BatchId,
    calls: impl Iterator<Item = &'a Call>,
    now: Timestamp,
) -> Result<Option<LedgerTx>> {
    let mut sums: BTreeMap<(TenantId, CallClass), Micros> = BTreeMap::new();
    let charged = calls.filter(|call| {
        call.outcome == Outcome::Rated && call.wholesale.charge == WholesaleCharge::Charged
    });
    for call in charged {
        let sum = sums.entry((call.tenant_id, call.class)).or_default();
        *sum = sum.plus(call.wholesale.cost)?;
    }
    let mut transfers = Vec::with_capacity(sums.len());
    for ((tenant_id, class), amount) in sums {
        let kind = match class {
            CallClass::Local => TransferKind::UsageLocal,
            CallClass::TollFree => TransferKind::UsageTollFree,
        };
        let sides = (Account::Wallet, Account::OperatorRevenue);
        transfers.extend(Transfer::new(kind, Some(tenant_id), sides, amount)?);
    }
    if transfers.is_empty() {
        return Ok(None);
    }
    let source = TxSource { kind: "batch", id: batch_id.to_string(), purpose: "usage" };
    let parts = ("Call usage".to_owned(), transfers);
    LedgerTx::new(Flow::Wholesale, now, source, parts)
        .map(Some)
        .map_err(|error| AppError::Broken(error.to_string()))
}
