//! The wallet's history: the ledger's transfers that touched it, with what it held after each.
//!
//! Decided here: the order is that of the chain, place and line, which has no gaps: whoever reads
//! on from the last place misses nothing and sees nothing twice (WAL-16, REP-17).

use domain::{
    ids::{LedgerTxId, PartnerId, TenantId},
    ledger::{Account, TransferKind},
    money::Micros,
    paging::{Page, PageRequest},
    time::Timestamp,
};

use crate::{
    columns::{id, named, optional_id},
    db::Tx,
    error::StoreError,
    listing::List,
};

/// One credit or debit of a wallet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WalletEntry {
    /// The place of its transaction in the partner's chain.
    pub seq: i64,
    /// Its place in the transaction.
    pub line: i64,
    /// Its transaction.
    pub ltx_id: LedgerTxId,
    /// When it was booked.
    pub at: Timestamp,
    /// What it is for.
    pub kind: TransferKind,
    /// Whom it concerns.
    pub tenant_id: Option<TenantId>,
    /// How much more the wallet holds after it; negative for debits.
    pub amount: Micros,
    /// What the wallet holds after it.
    pub balance_after: Micros,
    /// The kind and the id of what it was booked for.
    pub source: (String, String),
    /// For people.
    pub description: String,
}

impl WalletEntry {
    /// The second part of its place, as text that sorts as numbers do.
    pub fn line_text(&self) -> String {
        format!("{:06}", self.line)
    }
}

/// Which entries are listed: those that meet all of what is given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WalletFilter {
    /// Only of this kind.
    pub kind: Option<TransferKind>,
    /// Only concerning this tenant.
    pub tenant_id: Option<TenantId>,
    /// Only behind this place of the chain.
    pub after_seq: Option<i64>,
    /// Only booked from then on.
    pub since: Option<Timestamp>,
    /// Only booked before then.
    pub until: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct EntryRow {
    seq: i64,
    line: i64,
    ltx_id: String,
    at: i64,
    kind: String,
    tenant_id: Option<String>,
    credit_account: String,
    amount_micros: i64,
    wallet_after_micros: i64,
    source_type: String,
    source_id: String,
    description: String,
}

impl EntryRow {
    fn read(self) -> Result<WalletEntry, StoreError> {
        let is_shown_only = self.kind == TransferKind::SubscriptionInvoice.as_str();
        let amount = Micros::new(if is_shown_only { 0 } else { self.amount_micros });
        let is_credit = self.credit_account == Account::Wallet.to_string();
        let negative = || StoreError::corrupt("ledger_transfer.amount_micros", amount.get());
        Ok(WalletEntry {
            seq: self.seq,
            line: self.line,
            ltx_id: id("ledger_tx.ltx_id", &self.ltx_id)?,
            at: Timestamp::from_micros(self.at),
            kind: named("ledger_transfer.kind", &self.kind, TransferKind::parse)?,
            tenant_id: optional_id("ledger_transfer.tenant_id", self.tenant_id.as_deref())?,
            amount: if is_credit { amount } else { amount.negated().map_err(|_| negative())? },
            balance_after: Micros::new(self.wallet_after_micros),
            source: (self.source_type, self.source_id),
            description: self.description,
        })
    }
}

/// A page of the wallet's entries in the order of the chain.
pub async fn list(
    tx: &mut Tx,
    partner_id: PartnerId,
    filter: WalletFilter,
    page: &PageRequest,
) -> Result<Page<WalletEntry>, StoreError> {
    List::of(
        "select x.seq, x.line, t.ltx_id, t.at, x.kind, x.tenant_id, x.credit_account,
           x.amount_micros, x.wallet_after_micros, t.source_type, t.source_id, t.description
         from ledger_transfer x
         join ledger_tx t on t.partner_id = x.partner_id and t.seq = x.seq",
    )
    .only(
        "x.wallet_after_micros is not null and x.partner_id = $?",
        [partner_id.to_string().into()],
    )
    .only_if("x.kind = $?", filter.kind.map(TransferKind::as_str))
    .only_if("x.tenant_id = $?", filter.tenant_id.map(|it| it.to_string()))
    .only_if("x.seq > $?", filter.after_seq)
    .only_if("t.at >= $?", filter.since.map(Timestamp::micros))
    .only_if("t.at < $?", filter.until.map(Timestamp::micros))
    .page::<EntryRow>(tx, ("x.seq", "substr(cast(1000000 + x.line as text), 2)"), page)
    .await?
    .try_map(EntryRow::read)
}
