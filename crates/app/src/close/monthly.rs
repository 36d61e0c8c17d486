//! The wholesale fees of a calendar month: extensions and numbers (MET-19, PLT-14, PLT-15).
//!
//! Decided here: on the first of the month (UTC) everything provisioned or assigned is debited in
//! full, and what was added inside the month is debited for the days left of it, a number always
//! in full (C-11). An item is debited once per month whoever asks how often (ruling 9); removing
//! it refunds nothing. In a partner's trial nothing is debited (PLT-04).

use std::collections::BTreeMap;

use domain::{
    account::WholesaleTerms,
    ids::{PartnerId, TenantId},
    ledger::{Account, Flow, LedgerTx, Transfer, TransferKind, TxSource},
    money::{Currency, Micros},
    proration::Fraction,
    tier::recurring_cost,
    time::{Day, Span, Timestamp, Zone},
};
use store::{
    db::Tx,
    due::{MonthlyDebit, MonthlyItem},
};

use super::DueReport;
use crate::{
    App,
    error::{AppError, Result},
};

/// Items in one page of a month's debits.
const PAGE: i64 = 5_000;

/// A calendar month in UTC (CYC-15).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Month(Day);

impl Month {
    /// The month of a day.
    pub(crate) fn of(day: Day) -> Self {
        Self(day.first_of_month())
    }
    /// `202605`.
    pub(crate) fn number(self) -> i64 {
        self.0.number() / 100
    }
    /// The month with this number.
    pub(crate) fn from_number(number: i64) -> Option<Self> {
        Day::from_number(number * 100 + 1).map(Self)
    }
    /// The month after it.
    pub(crate) fn next(self) -> Self {
        Self(self.0.plus_days(i64::from(self.0.days_in_month())))
    }
    /// Its first instant.
    pub(crate) fn start(self) -> Timestamp {
        Zone::UTC.start_of(self.0)
    }
    fn span(self) -> Span {
        Span { start: self.start(), end: self.next().start() }
    }
}

impl App {
    /// Debits the partner's `month`.
    pub(super) async fn debit_month(
        &self,
        partner_id: PartnerId,
        month: Month,
    ) -> Result<DueReport> {
        let now = self.clock.now();
        self.db
            .write(async |tx| {
                debit_missing(tx, partner_id, (month, None), now).await?;
                store::due::mark_month(tx, partner_id, month.number()).await?;
                Ok::<_, AppError>(())
            })
            .await?;
        Ok(DueReport { months: 1, ..Default::default() })
    }
}

/// Debits things that were just added, for the rest of their month.
pub(crate) async fn debit_added(
    tx: &mut Tx,
    partner_id: PartnerId,
    items: &[String],
    now: Timestamp,
) -> Result<()> {
    let month = Month::of(Zone::UTC.day_of(now));
    debit_missing(tx, partner_id, (month, Some(items)), now).await
}

/// Debits everything that a partner has when it is activated, for the rest of the month: numbers
/// too, for their months before were waived (ruling 9).
pub(crate) async fn debit_activated(
    tx: &mut Tx,
    partner_id: PartnerId,
    now: Timestamp,
) -> Result<()> {
    let month = Month::of(Zone::UTC.day_of(now));
    let rest = Fraction::rest_of_month(Zone::UTC.day_of(now));
    debit_part(tx, partner_id, (month, None, Some((rest, now))), now).await
}

/// A part of the month that everything is debited for, and the instant whose prices count.
type Part = Option<(Fraction, Timestamp)>;

/// Debits what the partner has and this month did not debit yet, or only some `items` of it.
async fn debit_missing(
    tx: &mut Tx,
    partner_id: PartnerId,
    (month, items): (Month, Option<&[String]>),
    now: Timestamp,
) -> Result<()> {
    debit_part(tx, partner_id, (month, items, None), now).await
}

async fn debit_part(
    tx: &mut Tx,
    partner_id: PartnerId,
    (month, items, part): (Month, Option<&[String]>, Part),
    now: Timestamp,
) -> Result<()> {
    let partner = store::partners::find(tx, partner_id).await?;
    let partner = partner.ok_or_else(|| AppError::not_found("partner", partner_id))?;
    let mut book = store::ledger::lock_book(tx, partner_id).await?;
    let subscription = store::subscriptions::find(tx, partner_id).await?;
    if !subscription.is_some_and(|it| it.life.stage.is_charged()) {
        return Ok(());
    }
    // What is there at the start of the month, or comes later in it.
    let start = part.map_or(month.start(), |(_, from)| from);
    let span = Span { start, end: month.span().end.min(now.plus_seconds(1)) };
    let mut after = String::new();
    loop {
        let only = (items, after.as_str(), PAGE);
        let page = store::due::monthly_items(tx, partner_id, span, only).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after.clone_from(&last.item_key);
        let priced = price(tx, partner_id, (month, partner.currency, part), &page).await?;
        let place = (month.number(), book.next_seq());
        let claimed = store::due::claim_monthly_debits(tx, partner_id, place, &priced).await?;
        let new = priced.iter().filter(|debit| claimed.contains(&debit.item_key));
        if let Some(debit) = ledger_tx(partner_id, (month, &book), new, now)? {
            store::ledger::post(tx, &mut book, &[debit]).await?;
        }
    }
}

async fn price(
    tx: &mut Tx,
    partner_id: PartnerId,
    (month, currency, part): (Month, Currency, Part),
    items: &[MonthlyItem],
) -> Result<Vec<MonthlyDebit>> {
    let terms = store::directory::wholesale_terms(tx, partner_id).await?;
    let mut debits: BTreeMap<String, MonthlyDebit> = BTreeMap::new();
    for item in items {
        let from = part.map_or(item.since.max(month.start()), |(_, from)| from);
        let Some(terms) = terms.iter().rev().find(|terms| terms.effective_from <= from) else {
            continue;
        };
        let amount = fee(terms, item, (month, currency, part))?;
        debits.entry(item.item_key.clone()).or_insert_with(|| MonthlyDebit {
            item_key: item.item_key.clone(),
            tenant_id: item.tenant_id,
            kind: if item.class == "extension" { "monthly_extension" } else { "monthly_did" },
            amount_micros: amount.get(),
        });
    }
    Ok(debits.into_values().filter(|debit| debit.amount_micros > 0).collect())
}

fn fee(
    terms: &WholesaleTerms,
    item: &MonthlyItem,
    (month, currency, part): (Month, Currency, Part),
) -> Result<Micros> {
    let (unit, whole) = match item.class.as_str() {
        "extension" if item.since > month.start() => {
            (terms.extension_month, Fraction::rest_of_month(Zone::UTC.day_of(item.since)))
        }
        "extension" => (terms.extension_month, Fraction::WHOLE),
        "toll_free" => (terms.toll_free_did_month, Fraction::WHOLE),
        _ => (terms.local_did_month, Fraction::WHOLE),
    };
    let fraction = part.map_or(whole, |(rest, _)| rest);
    Ok(recurring_cost(unit, 1, fraction, currency)?)
}

fn ledger_tx<'a>(
    partner_id: PartnerId,
    (month, book): (Month, &store::ledger::Book),
    debits: impl Iterator<Item = &'a MonthlyDebit>,
    now: Timestamp,
) -> Result<Option<LedgerTx>> {
    let mut sums: BTreeMap<(TenantId, TransferKind), Micros> = BTreeMap::new();
    for debit in debits {
        let kind = TransferKind::parse(debit.kind)
            .ok_or_else(|| AppError::Broken(format!("no transfer kind {}", debit.kind)))?;
        let sum = sums.entry((debit.tenant_id, kind)).or_default();
        *sum = sum.plus(Micros::new(debit.amount_micros))?;
    }
    let mut transfers = Vec::with_capacity(sums.len());
    for ((tenant_id, kind), amount) in sums {
        let sides = (Account::Wallet, Account::OperatorRevenue);
        transfers.extend(Transfer::new(kind, Some(tenant_id), sides, amount)?);
    }
    if transfers.is_empty() {
        return Ok(None);
    }
    let id = format!("{}/{}/{}", partner_id, month.number(), book.next_seq());
    let source = TxSource { kind: "month", id, purpose: "fees" };
    let description = format!("Monthly fees {}", month.0.display_month());
    LedgerTx::new(Flow::Wholesale, now, source, (description, transfers))
        .map(Some)
        .map_err(|error| AppError::Broken(error.to_string()))
}
