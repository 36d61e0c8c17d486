//! The ledger's rows: locking a partner's book, posting, balances, reading the chain back.
//!
//! Whoever posts has locked the book first ([`lock_book`]), books of several partners in the order
//! of their ids. Rows are only ever inserted; balances are kept in the same transaction.

use std::collections::BTreeMap;

use domain::{
    ids::PartnerId,
    ledger::{
        Account, CHAIN_START, ChainHash, LedgerTx, TransferKind, TransferText, TxSource, TxText,
        chain_hash,
    },
    money::{Micros, Overflow},
    time::Timestamp,
};
use sqlx::AssertSqlSafe;

use crate::{
    bulk::{Bulk, Cell},
    db::{Tx, on},
    error::StoreError,
    wallet_watch,
};

/// The locked end of a partner's chain.
#[derive(Debug)]
pub struct Book {
    partner_id: PartnerId,
    next_seq: i64,
    last_hash: ChainHash,
    wallet: Micros,
}

impl Book {
    /// The place of the next transaction.
    pub fn next_seq(&self) -> i64 {
        self.next_seq
    }
    /// What the wallet holds.
    pub fn wallet(&self) -> Micros {
        self.wallet
    }
}

/// Locks the partner's book until the transaction ends. Other posters of the partner wait.
pub async fn lock_book(tx: &mut Tx, partner_id: PartnerId) -> Result<Book, StoreError> {
    let id = partner_id.to_string();
    on!(tx, conn => sqlx::query(
        "insert into book (partner_id, next_seq, last_hash) values ($1, 1, $2)
         on conflict (partner_id) do nothing",
    ).bind(&id).bind(CHAIN_START.to_vec()).execute(conn).await.map(drop))?;
    let sql = tx.locking("select next_seq, last_hash from book where partner_id = $1");
    let (next_seq, last_hash): (i64, Vec<u8>) =
        on!(tx, conn => sqlx::query_as(AssertSqlSafe(sql)).bind(&id).fetch_one(conn).await)?;
    let last_hash = ChainHash::try_from(last_hash.as_slice())
        .map_err(|_| StoreError::corrupt("book.last_hash", format!("{last_hash:?}")))?;
    let wallet = balance(tx, partner_id, Account::Wallet).await?;
    let wallet = Micros::new(wallet.get().checked_neg().ok_or_else(overflow)?);
    Ok(Book { partner_id, next_seq, last_hash, wallet })
}

/// Whether the partner has a transaction of this source.
pub async fn is_posted(
    tx: &mut Tx,
    partner_id: PartnerId,
    source: &TxSource,
) -> Result<bool, StoreError> {
    let found: Option<(i64,)> = on!(tx, conn => sqlx::query_as(
        "select seq from ledger_tx
         where partner_id = $1 and source_type = $2 and source_id = $3 and purpose = $4",
    ).bind(partner_id.to_string()).bind(source.kind).bind(&source.id).bind(source.purpose)
        .fetch_optional(conn).await)?;
    Ok(found.is_some())
}

/// Locks the book and posts `ledger_tx`, unless its source was posted before. Answers whether it
/// was posted now.
pub async fn post_once(
    tx: &mut Tx,
    partner_id: PartnerId,
    ledger_tx: &LedgerTx,
) -> Result<bool, StoreError> {
    let mut book = lock_book(tx, partner_id).await?;
    if is_posted(tx, partner_id, ledger_tx.source()).await? {
        return Ok(false);
    }
    post(tx, &mut book, std::slice::from_ref(ledger_tx)).await?;
    Ok(true)
}

/// Appends transactions to a locked book and answers the place of the first. A source that was
/// posted before is refused by the unique index.
pub async fn post(tx: &mut Tx, book: &mut Book, txs: &[LedgerTx]) -> Result<i64, StoreError> {
    let first = book.next_seq;
    let before = book.wallet;
    let mut rows = Rows::new();
    for ledger_tx in txs {
        rows.append(book, ledger_tx)?;
    }
    let partner = book.partner_id.to_string();
    rows.txs.insert(tx).await?;
    rows.transfers.insert(tx).await?;
    let mut balances = Bulk::new(
        "account_balance",
        &["partner_id", "account", "net_debit_micros"],
        "on conflict (partner_id, account) do update set
         net_debit_micros = account_balance.net_debit_micros + excluded.net_debit_micros",
    );
    for (account, change) in rows.changes {
        balances.push([partner.clone().into(), account.to_string().into(), change.into()]);
    }
    balances.insert(tx).await?;
    on!(tx, conn => sqlx::query(
        "update book set next_seq = $2, last_hash = $3 where partner_id = $1",
    ).bind(&partner).bind(book.next_seq).bind(book.last_hash.to_vec()).execute(conn).await
        .map(drop))?;
    if let Some(last) = txs.last().filter(|_| book.wallet != before) {
        wallet_watch::moved(tx, book.partner_id, (book.wallet, last.at())).await?;
    }
    Ok(first)
}

struct Rows {
    txs: Bulk,
    transfers: Bulk,
    changes: BTreeMap<Account, i64>,
}

impl Rows {
    fn new() -> Self {
        Self {
            txs: Bulk::new(
                "ledger_tx",
                &[
                    "partner_id",
                    "seq",
                    "ltx_id",
                    "at",
                    "flow",
                    "source_type",
                    "source_id",
                    "purpose",
                    "description",
                    "hash",
                ],
                "",
            ),
            transfers: Bulk::new(
                "ledger_transfer",
                &[
                    "partner_id",
                    "seq",
                    "line",
                    "kind",
                    "tenant_id",
                    "debit_account",
                    "credit_account",
                    "amount_micros",
                    "wallet_after_micros",
                ],
                "",
            ),
            changes: BTreeMap::new(),
        }
    }

    /// Adds one transaction's rows and moves the book past it.
    fn append(&mut self, book: &mut Book, ledger_tx: &LedgerTx) -> Result<(), StoreError> {
        let partner = book.partner_id.to_string();
        let seq = book.next_seq;
        let texts: Vec<[String; 3]> = ledger_tx
            .transfers()
            .iter()
            .map(|transfer| {
                let tenant = transfer.tenant_id().map_or(String::new(), |id| id.to_string());
                [tenant, transfer.debit().to_string(), transfer.credit().to_string()]
            })
            .collect();
        let source = ledger_tx.source();
        let text = TxText {
            partner_id: &partner,
            seq,
            at: ledger_tx.at(),
            flow: ledger_tx.flow().as_str(),
            source: [source.kind, &source.id, source.purpose],
            description: ledger_tx.description(),
        };
        let transfers =
            ledger_tx.transfers().iter().zip(&texts).map(|(transfer, texts)| TransferText {
                kind: transfer.kind().as_str(),
                tenant_id: &texts[0],
                debit: &texts[1],
                credit: &texts[2],
                amount_micros: transfer.amount().get(),
            });
        book.last_hash = chain_hash(&book.last_hash, &text, transfers);
        book.next_seq += 1;
        self.txs.push([
            partner.clone().into(),
            seq.into(),
            ledger_tx.id(book.partner_id).to_string().into(),
            ledger_tx.at().micros().into(),
            ledger_tx.flow().as_str().into(),
            source.kind.into(),
            source.id.clone().into(),
            source.purpose.into(),
            ledger_tx.description().into(),
            book.last_hash.to_vec().into(),
        ]);
        for (index, (transfer, texts)) in ledger_tx.transfers().iter().zip(texts).enumerate() {
            let change = transfer.wallet_change();
            book.wallet = book.wallet.plus(change).map_err(|Overflow| overflow())?;
            // A fee stands in the wallet's history without moving it (WAL-18).
            let is_shown =
                !change.is_zero() || transfer.kind() == TransferKind::SubscriptionInvoice;
            let after = is_shown.then_some(book.wallet.get());
            self.change(transfer.debit(), transfer.amount().get())?;
            self.change(transfer.credit(), -transfer.amount().get())?;
            let [tenant, debit, credit] = texts;
            self.transfers.push([
                partner.clone().into(),
                seq.into(),
                (index as i64).into(),
                transfer.kind().as_str().into(),
                Cell::Text((!tenant.is_empty()).then_some(tenant)),
                debit.into(),
                credit.into(),
                transfer.amount().get().into(),
                after.into(),
            ]);
        }
        Ok(())
    }

    fn change(&mut self, account: Account, amount: i64) -> Result<(), StoreError> {
        let sum = self.changes.entry(account).or_default();
        *sum = sum.checked_add(amount).ok_or_else(overflow)?;
        Ok(())
    }
}

fn overflow() -> StoreError {
    StoreError::corrupt("account_balance", "more than the range of an amount")
}

/// Debits minus credits of one account.
pub async fn balance(
    tx: &mut Tx,
    partner_id: PartnerId,
    account: Account,
) -> Result<Micros, StoreError> {
    let found: Option<(i64,)> = on!(tx, conn => sqlx::query_as(
        "select net_debit_micros from account_balance where partner_id = $1 and account = $2",
    ).bind(partner_id.to_string()).bind(account.to_string()).fetch_optional(conn).await)?;
    Ok(Micros::new(found.map_or(0, |(amount,)| amount)))
}

/// A stored transaction with its transfers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredTx {
    /// Its place in the chain.
    pub seq: i64,
    /// Its id.
    pub ltx_id: String,
    /// When it was booked.
    pub at: Timestamp,
    /// Its flow's name.
    pub flow: String,
    /// Source kind, id and purpose.
    pub source: [String; 3],
    /// For people.
    pub description: String,
    /// Its stored hash.
    pub hash: Vec<u8>,
    /// Its transfers, in order.
    pub transfers: Vec<StoredTransfer>,
}

/// A stored transfer.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct StoredTransfer {
    /// The place of its transaction.
    pub seq: i64,
    /// Its place in the transaction.
    pub line: i64,
    /// Its kind's code.
    pub kind: String,
    /// Whom it concerns.
    pub tenant_id: Option<String>,
    /// The debit account.
    pub debit_account: String,
    /// The credit account.
    pub credit_account: String,
    /// How much.
    pub amount_micros: i64,
    /// What the wallet held after it.
    pub wallet_after_micros: Option<i64>,
}

type TxRow = (i64, String, i64, String, String, String, String, String, Vec<u8>);

/// Up to `limit` transactions after place `after`, in order, with their transfers.
pub async fn page(
    tx: &mut Tx,
    partner_id: PartnerId,
    after: i64,
    limit: i64,
) -> Result<Vec<StoredTx>, StoreError> {
    let partner = partner_id.to_string();
    let rows: Vec<TxRow> = on!(tx, conn => sqlx::query_as(
        "select seq, ltx_id, at, flow, source_type, source_id, purpose, description, hash
         from ledger_tx
         where partner_id = $1 and seq > $2
         order by seq
         limit $3",
    ).bind(&partner).bind(after).bind(limit).fetch_all(conn).await)?;
    let Some(last) = rows.last().map(|row| row.0) else { return Ok(Vec::new()) };
    let transfers: Vec<StoredTransfer> = on!(tx, conn => sqlx::query_as(
        "select seq, line, kind, tenant_id, debit_account, credit_account, amount_micros,
           wallet_after_micros
         from ledger_transfer
         where partner_id = $1 and seq > $2 and seq <= $3
         order by seq, line",
    ).bind(&partner).bind(after).bind(last).fetch_all(conn).await)?;
    let mut transfers = transfers.into_iter().peekable();
    let mut txs = Vec::with_capacity(rows.len());
    for (seq, ltx_id, at, flow, kind, id, purpose, description, hash) in rows {
        let mut own = Vec::new();
        while let Some(transfer) = transfers.next_if(|transfer| transfer.seq == seq) {
            own.push(transfer);
        }
        txs.push(StoredTx {
            seq,
            ltx_id,
            at: Timestamp::from_micros(at),
            flow,
            source: [kind, id, purpose],
            description,
            hash,
            transfers: own,
        });
    }
    Ok(txs)
}

impl StoredTx {
    /// The hash these stored values give after `previous`.
    pub fn rehash(&self, partner_id: PartnerId, previous: &ChainHash) -> ChainHash {
        let partner = partner_id.to_string();
        let text = TxText {
            partner_id: &partner,
            seq: self.seq,
            at: self.at,
            flow: &self.flow,
            source: [&self.source[0], &self.source[1], &self.source[2]],
            description: &self.description,
        };
        let transfers = self.transfers.iter().map(|transfer| TransferText {
            kind: &transfer.kind,
            tenant_id: transfer.tenant_id.as_deref().unwrap_or(""),
            debit: &transfer.debit_account,
            credit: &transfer.credit_account,
            amount_micros: transfer.amount_micros,
        });
        chain_hash(previous, &text, transfers)
    }
}
