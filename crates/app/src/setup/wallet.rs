//! Money into and out of a partner's wallet by the operator's hand.
//!
//! Decided here: every move has the caller's own reference, under which it is booked once; manual
//! adjustments need a reason and may go either way (WAL-21). Adjustments correct what the operator
//! earned; the initial credit is a promotion, given once.

use domain::{
    ids::PartnerId,
    ledger::{Account, Flow, LedgerTx, Transfer, TransferKind, TxSource},
    money::{Currency, Micros},
    time::Timestamp,
};
use serde_json::json;
use store::{db::Tx, wallet::WalletEntry};

use super::{Happened, fields::Checks, record, the_partner};
use crate::{
    App,
    error::{AppError, Result},
    resource,
};

/// What a move is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WalletMoveKind {
    /// Money came in from the partner.
    TopUp,
    /// The operator corrects the balance.
    ManualAdjustment,
    /// The operator's gift at the start (PLT-07).
    InitialCredit,
}

/// A move of a wallet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WalletMove {
    /// What it is.
    pub kind: WalletMoveKind,
    /// How much more the wallet holds afterwards.
    pub amount: Micros,
    /// Why; shown to the partner. A top-up may go without.
    pub reason: String,
    /// The caller's id of it: the same reference is booked once.
    pub reference: String,
}

impl WalletMove {
    fn check(&self) -> Result<()> {
        let mut checks = Checks::default();
        checks.switch_name("reference", &self.reference);
        match self.kind {
            WalletMoveKind::ManualAdjustment => {
                checks.require("amount", !self.amount.is_zero(), "must not be 0");
                checks.reason("reason", &self.reason);
            }
            WalletMoveKind::TopUp | WalletMoveKind::InitialCredit => {
                checks.require("amount", self.amount.get() > 0, "must be more than 0");
                checks.text("reason", &self.reason);
            }
        }
        checks.finish()
    }

    fn booking(&self, partner_id: PartnerId) -> (TransferKind, Account, TxSource) {
        let reference = self.reference.clone();
        match self.kind {
            WalletMoveKind::TopUp => (
                TransferKind::TopUp,
                Account::OperatorCash,
                TxSource { kind: "top_up", id: reference, purpose: "top_up" },
            ),
            WalletMoveKind::ManualAdjustment => (
                TransferKind::ManualAdjustment,
                Account::OperatorRevenue,
                TxSource { kind: "adjustment", id: reference, purpose: "adjustment" },
            ),
            // Its source is the partner itself, so that there is one whatever the reference.
            WalletMoveKind::InitialCredit => (
                TransferKind::InitialCredit,
                Account::Promotion,
                TxSource { kind: "partner", id: partner_id.to_string(), purpose: "initial_credit" },
            ),
        }
    }
}

impl App {
    /// Moves a wallet and answers what it holds afterwards. A move that was booked already changes
    /// nothing.
    pub async fn move_wallet(&self, partner_id: PartnerId, asked: &WalletMove) -> Result<Micros> {
        let now = self.clock.now();
        asked.check()?;
        let (kind, other_side, source) = asked.booking(partner_id);
        let transfer = Transfer::new(kind, None, (other_side, Account::Wallet), asked.amount)?;
        let text = (asked.reason.clone(), transfer.into_iter().collect());
        let booking = LedgerTx::new(Flow::Wholesale, now, source, text)
            .map_err(|error| AppError::Broken(error.to_string()))?;
        self.db
            .write(async |tx| {
                let currency = the_partner(tx, partner_id).await?.currency;
                move_of_wallet(tx, (partner_id, currency), &booking, now).await
            })
            .await
    }
}

/// Books a transaction of one transfer of the wallet once, tells of it, and answers what the wallet
/// holds afterwards.
pub(crate) async fn move_of_wallet(
    tx: &mut Tx,
    (partner_id, currency): (PartnerId, Currency),
    booking: &LedgerTx,
    now: Timestamp,
) -> Result<Micros> {
    let mut book = store::ledger::lock_book(tx, partner_id).await?;
    if store::ledger::is_posted(tx, partner_id, booking.source()).await? {
        return Ok(book.wallet());
    }
    let Some(transfer) = booking.transfers().first() else { return Ok(book.wallet()) };
    let seq = store::ledger::post(tx, &mut book, std::slice::from_ref(booking)).await?;
    let entry = WalletEntry {
        seq,
        line: 0,
        ltx_id: booking.id(partner_id),
        at: now,
        kind: transfer.kind(),
        tenant_id: None,
        amount: transfer.wallet_change(),
        balance_after: book.wallet(),
        source: (booking.source().kind.to_owned(), booking.source().id.clone()),
        description: booking.description().to_owned(),
    };
    let moved = Happened {
        kind: "wallet.changed",
        object_id: partner_id.to_string(),
        version: seq,
        payload: json!({
            "wallet_transaction": resource::WalletTransaction::of(&entry, currency),
        }),
    };
    record(tx, partner_id, &[moved], now).await?;
    Ok(book.wallet())
}
