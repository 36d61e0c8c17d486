//! The operator gives what a wallet holds back (WAL-22).
//!
//! Decided here: the wallet is debited in the transaction that writes the refunds down, so that the
//! money cannot be spent meanwhile; the processor is asked after that, charge by charge, the newest
//! first, never for more than a charge brought. A refund that fails, then or later, puts its part
//! back. What no charge can take is given by hand and only noted.

use adapters::processor::{
    Answer, At, FeeOnRefund, IdempotencyKey, NewRefund, Ours, PaymentGateway, ProcessorError,
    Refund, RefundStatus,
};
use domain::{
    account::Partner,
    ids::{PartnerId, RefundId},
    ledger::{Account, Flow, LedgerTx, Transfer, TransferKind, TxSource},
    money::{Micros, Minor},
    time::Timestamp,
};
use store::{
    db::Tx,
    operator_charges,
    operator_refunds::{self, OperatorRefund, RefundState},
};

use crate::{
    App,
    error::{AppError, Result},
    requests::{self, Asking, Change, Done},
    setup::{move_of_wallet, the_partner},
};

/// Charges that one refund is spread over at most.
const MAX_PARTS: i64 = 200;
/// Seconds until an unfinished refund is looked at.
const FIRST_LOOK_SECONDS: i64 = 60;
/// Keys are safe to use again for a day at the least; looking first costs little.
const LOOK_FIRST_SECONDS: i64 = 3_600;
/// The longest wait between two looks.
const LONGEST_LOOK_SECONDS: i64 = 3_600;
/// Bytes of a request's name.
const MAX_NAME: usize = 64;

/// Where the money goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundWay {
    /// To the methods that filled the wallet.
    Method,
    /// By hand, outside the platform.
    Manual,
}

/// A refund to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedRefund {
    /// Where to.
    pub way: RefundWay,
    /// How much; all that the wallet holds where it is left out.
    pub amount: Option<Minor>,
    /// Why.
    pub reason: String,
    /// The operator's own name of it: the same name is done once.
    pub reference: String,
}

/// A refund with its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WalletRefund {
    /// Its parts.
    pub parts: Vec<OperatorRefund>,
    /// What the wallet holds now.
    pub balance: Micros,
}

impl App {
    /// Gives back what a wallet holds, or a part of it, once for its reference.
    pub async fn refund_wallet(
        &self,
        asking: &Asking,
        partner_id: PartnerId,
        wanted: &WantedRefund,
    ) -> Result<WalletRefund> {
        self.perform(asking, async |app| {
            app.begin_wallet_refund(partner_id, wanted).await?;
            Ok(written_down(partner_id, wanted))
        })
        .await?;
        let mut tx = self.db.begin_read().await?;
        let parts = operator_refunds::of_request(&mut tx, partner_id, &wanted.reference).await?;
        tx.commit().await?;
        for part in parts.iter().filter(|part| part.state != RefundState::Failed) {
            if part.look_at.is_some() {
                self.look_at_operator_refund(partner_id, part.refund_id).await?;
            }
        }
        self.wallet_refund(partner_id, &wanted.reference).await
    }

    /// A refund of this name as it stands.
    pub async fn wallet_refund(
        &self,
        partner_id: PartnerId,
        reference: &str,
    ) -> Result<WalletRefund> {
        let mut tx = self.db.begin_read().await?;
        let parts = operator_refunds::of_request(&mut tx, partner_id, reference).await?;
        let net_debit = store::ledger::balance(&mut tx, partner_id, Account::Wallet).await?;
        tx.commit().await?;
        Ok(WalletRefund { parts, balance: net_debit.negated()? })
    }

    /// Debits the wallet and writes the parts down; asks nobody.
    pub async fn begin_wallet_refund(
        &self,
        partner_id: PartnerId,
        wanted: &WantedRefund,
    ) -> Result<()> {
        let now = self.clock.now();
        check(wanted)?;
        self.db
            .write(async |tx: &mut Tx| {
                let book = store::ledger::lock_book(tx, partner_id).await?;
                let known = operator_refunds::of_request(tx, partner_id, &wanted.reference).await?;
                if !known.is_empty() {
                    return Ok(());
                }
                let partner = the_partner(tx, partner_id).await?;
                let amount = amount(&partner, book.wallet(), wanted)?;
                let parts = parts(tx, partner_id, (wanted, amount), now).await?;
                for part in &parts {
                    operator_refunds::insert(tx, partner_id, part).await?;
                    debit(tx, &partner, (part, DEBIT), now).await?;
                }
                Ok(())
            })
            .await
    }

    /// Asks about a part whose time has come.
    pub(crate) async fn look_at_operator_refund(
        &self,
        partner_id: PartnerId,
        refund_id: RefundId,
    ) -> Result<()> {
        let now = self.clock.now();
        let mut tx = self.db.begin_read().await?;
        let part = operator_refunds::find(&mut tx, partner_id, refund_id).await?;
        let part = part.ok_or_else(|| AppError::not_found("refund", refund_id))?;
        let charge = match part.charge_id {
            Some(charge_id) => operator_charges::find(&mut tx, partner_id, charge_id).await?,
            None => None,
        };
        tx.commit().await?;
        let charge = charge.and_then(|charge| charge.reference);
        let Some(charge) = charge.filter(|_| part.look_at.is_some()) else { return Ok(()) };
        let answer = match (&part.reference, part.state) {
            (Some(reference), _) => {
                self.outside.processor.refund_state(&At::PLATFORM, reference, now).await
            }
            _ => self.refund_now(partner_id, (&part, now), charge).await,
        };
        let news = self.refund_news(part, answer, now);
        self.settle_refund(partner_id, news).await
    }

    async fn refund_now(
        &self,
        partner_id: PartnerId,
        (part, now): (&OperatorRefund, Timestamp),
        charge: String,
    ) -> Answer<Refund> {
        let new = NewRefund {
            charge,
            amount: part.amount,
            fee: FeeOnRefund::Kept,
            ours: Ours {
                partner_id: partner_id.to_string(),
                object_id: part.refund_id.to_string(),
            },
            asked_at: part.created_at,
        };
        let is_old = now > part.created_at.plus_seconds(LOOK_FIRST_SECONDS);
        if is_old || part.state == RefundState::Unknown {
            // The processor may have forgotten the key: what was done is looked up first.
            let all = self.outside.processor.refunds_of(&At::PLATFORM, &new.charge, now).await?;
            if let Some(own) = all.into_iter().find(|it| it.ours.as_ref() == Some(&new.ours)) {
                return Ok(own);
            }
        }
        let key = IdempotencyKey::new(format!("operator:{}", part.refund_id));
        self.outside.processor.refund(&At::PLATFORM, &key, &new).await
    }

    fn refund_news(
        &self,
        part: OperatorRefund,
        answer: Answer<Refund>,
        now: Timestamp,
    ) -> OperatorRefund {
        let again = Some(next_look(part.looks, now));
        match answer {
            Ok(told) => {
                let look = self.outside.processor.look_at_refund(&told, now);
                let reference = Some(told.reference.clone());
                let (state, outcome, look_at) = match told.status {
                    RefundStatus::Pending => (RefundState::Waiting, String::new(), look.or(again)),
                    // What succeeded may still come back (Stripe facts 4.4).
                    RefundStatus::Succeeded => (RefundState::Succeeded, String::new(), look),
                    RefundStatus::Failed(why) => (RefundState::Failed, why, None),
                };
                OperatorRefund { state, outcome, look_at, reference, ..part }
            }
            Err(error @ (ProcessorError::Declined(_) | ProcessorError::Refused { .. }))
                if part.reference.is_none() =>
            {
                let (state, outcome) = (RefundState::Failed, error.to_string());
                OperatorRefund { state, outcome, look_at: None, ..part }
            }
            Err(error @ (ProcessorError::NotBegun(_) | ProcessorError::Unauthorised { .. })) => {
                OperatorRefund { outcome: error.to_string(), look_at: again, ..part }
            }
            Err(error) => {
                let state = match part.state {
                    RefundState::Open => RefundState::Unknown,
                    state => state,
                };
                OperatorRefund { state, outcome: error.to_string(), look_at: again, ..part }
            }
        }
    }

    async fn settle_refund(&self, partner_id: PartnerId, news: OperatorRefund) -> Result<()> {
        let now = self.clock.now();
        self.db
            .write(async |tx: &mut Tx| {
                store::ledger::lock_book(tx, partner_id).await?;
                let is_news = operator_refunds::note(tx, partner_id, &news, now).await?;
                if is_news && news.state == RefundState::Failed {
                    let partner = the_partner(tx, partner_id).await?;
                    debit(tx, &partner, (&news, REVERSAL), now).await?;
                }
                Ok(())
            })
            .await
    }

    /// An event told of a refund, which was fetched since. Answers whether it is one of a wallet;
    /// the others are tenants'.
    pub async fn operator_refund_told(&self, told: &Refund) -> Result<bool> {
        let Some(ours) = &told.ours else { return Ok(false) };
        let ids = (ours.partner_id.parse().ok(), ours.object_id.parse().ok());
        let (Some(partner_id), Some(refund_id)) = ids else { return Ok(false) };
        let mut tx = self.db.begin_single().await?;
        let part = operator_refunds::find(&mut tx, partner_id, refund_id).await?;
        tx.commit().await?;
        let Some(part) = part else { return Ok(false) };
        let news = self.refund_news(part, Ok(told.clone()), self.clock.now());
        self.settle_refund(partner_id, news).await?;
        Ok(true)
    }
}

fn written_down(partner_id: PartnerId, wanted: &WantedRefund) -> Done {
    let after = serde_json::json!({ "reference": wanted.reference, "reason": wanted.reason });
    let change = Change {
        action: "wallet.refund",
        tenant_id: None,
        object_id: partner_id.to_string(),
        before: None,
        after: Some(after),
    };
    let answer = requests::Answer { status: 201, headers: Vec::new(), body: Vec::new() };
    Done { answer, change: Some(change), secret: None }
}

fn check(wanted: &WantedRefund) -> Result<()> {
    let (reference, reason) = (wanted.reference.trim(), wanted.reason.trim());
    if reference.is_empty() || reference.len() > MAX_NAME {
        return Err(AppError::invalid("reference", "must have 1 to 64 characters"));
    }
    if reason.is_empty() || reason.chars().count() > 1_000 {
        return Err(AppError::invalid("reason", "must have 1 to 1,000 characters"));
    }
    Ok(())
}

/// How much is given back: whole minor units that the wallet holds.
fn amount(partner: &Partner, balance: Micros, wanted: &WantedRefund) -> Result<Minor> {
    let whole = Minor::new(balance.get().max(0) / partner.currency.micros_per_minor());
    let amount = wanted.amount.unwrap_or(whole);
    if amount <= Minor::ZERO || amount > whole {
        let most = partner.currency.display(whole);
        let message = format!("must be more than 0 and at most the {most} in the wallet");
        return Err(AppError::invalid("amount", message));
    }
    Ok(amount)
}

/// The refund's parts: newest charges first, none for more than is left of it.
async fn parts(
    tx: &mut Tx,
    partner_id: PartnerId,
    (wanted, amount): (&WantedRefund, Minor),
    now: Timestamp,
) -> Result<Vec<OperatorRefund>> {
    let new = |part: usize, charge_id, amount| {
        let by_hand = wanted.way == RefundWay::Manual;
        let number = part.to_string();
        let parts = [&*partner_id.to_string(), &wanted.reference, &number];
        OperatorRefund {
            refund_id: RefundId::derived(now, &parts),
            request: (wanted.reference.clone(), i64::try_from(part).unwrap_or(i64::MAX)),
            charge_id,
            amount,
            reason: wanted.reason.trim().to_owned(),
            state: if by_hand { RefundState::Succeeded } else { RefundState::Open },
            reference: None,
            outcome: String::new(),
            look_at: (!by_hand).then(|| now.plus_seconds(FIRST_LOOK_SECONDS)),
            looks: 0,
            created_at: now,
        }
    };
    if wanted.way == RefundWay::Manual {
        return Ok(vec![new(0, None, amount)]);
    }
    let charges = operator_charges::refundable(tx, partner_id, MAX_PARTS).await?;
    let mut left = amount;
    let mut parts = Vec::new();
    for charge in charges {
        let share = left.min(charge.left);
        if share.is_zero() {
            break;
        }
        parts.push(new(parts.len(), Some(charge.charge_id), share));
        left = left.minus(share)?;
    }
    if !left.is_zero() {
        let can = amount.minus(left)?;
        let message = format!(
            "at most {} minor units can go back to a method; give the rest by hand",
            can.get()
        );
        return Err(AppError::invalid("amount", message));
    }
    Ok(parts)
}

/// The booking of a part, and the one that takes it back.
pub(crate) const DEBIT: &str = "refund";
/// See [`DEBIT`].
pub(crate) const REVERSAL: &str = "refund_reversal";

async fn debit(
    tx: &mut Tx,
    partner: &Partner,
    (part, purpose): (&OperatorRefund, &'static str),
    now: Timestamp,
) -> Result<()> {
    let sides = match purpose {
        REVERSAL => (Account::OperatorCash, Account::Wallet),
        _ => (Account::Wallet, Account::OperatorCash),
    };
    let amount = partner.currency.to_micros(part.amount)?;
    let transfer = Transfer::new(TransferKind::Refund, None, sides, amount)?;
    let source = TxSource { kind: "wallet_refund", id: part.refund_id.to_string(), purpose };
    let text = match purpose {
        REVERSAL => "Refund that did not arrive".to_owned(),
        _ => part.reason.clone(),
    };
    let booking =
        LedgerTx::new(Flow::Wholesale, now, source, (text, transfer.into_iter().collect()));
    let booking = booking.map_err(|error| AppError::Broken(error.to_string()))?;
    move_of_wallet(tx, (partner.partner_id, partner.currency), &booking, now).await?;
    Ok(())
}

fn next_look(looks: i64, now: Timestamp) -> Timestamp {
    let doublings = u32::try_from(looks.clamp(0, 10)).unwrap_or_default();
    let wait = FIRST_LOOK_SECONDS.saturating_mul(1_i64 << doublings).min(LONGEST_LOOK_SECONDS);
    now.plus_seconds(wait)
}
