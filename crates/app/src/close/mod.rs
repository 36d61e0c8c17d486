//! What falls due: periods that close, fees in advance, trials that end, months that are debited,
//! invoices that become overdue, tenants that do not pay, automatic payments, payments that are
//! looked at again.
//!
//! Decided here: due things happen in the order of their instants, whatever kind they are and
//! however long nobody ran them (CYC-12); each is one transaction that does all of it or nothing,
//! and finds nothing left when it runs again or twice at once. Under a simulated clock time moves
//! to each instant before its work is done, so that a year replays as it would have been lived;
//! under the system clock everything happens now, and an invoice is dated by the day it is really
//! issued (ruling 8).

mod chunk;
mod facts;
mod issue;
mod monthly;
mod past;
mod so_far;

use adapters::clock::ClockError;
use domain::time::{Timestamp, Zone};

use crate::{
    App,
    error::{AppError, Result},
};

pub(crate) use chunk::period_lines;
pub(crate) use facts::{Billing, Books, Decks, alloc_call, is_carried, price_after};
pub(crate) use issue::{begins_auto_pay, issue_tx, issued_as, keep_logo, take_credits};
pub(crate) use monthly::{debit_activated, debit_added};
pub(crate) use past::{PastPeriod, past_period};
pub(crate) use so_far::OpenBill;

/// Tenants in one transaction: they share its reads and its one disk flush.
const CHUNK: i64 = 500;

/// What a run did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DueReport {
    /// Invoices that were issued.
    pub invoices: u64,
    /// Periods that closed, those without an invoice included.
    pub periods: u64,
    /// Trials that turned into paid plans.
    pub trials_converted: u64,
    /// Partners whose month was debited.
    pub months: u64,
    /// Invoices that became overdue.
    pub overdue: u64,
    /// Reminders that were sent to tenants.
    pub reminders: u64,
    /// Tenants that were flagged as overdue.
    pub flagged: u64,
    /// Tenants that were suspended for overdue invoices.
    pub suspended: u64,
    /// Tenants whose suspension for overdue invoices ended with a payment.
    pub restored: u64,
    /// Statements of what partners get.
    pub settlements: u64,
    /// Invoices that were charged by themselves.
    pub charged: u64,
}

impl DueReport {
    /// Adds what another run did.
    pub fn add(&mut self, other: Self) {
        self.invoices += other.invoices;
        self.periods += other.periods;
        self.trials_converted += other.trials_converted;
        self.months += other.months;
        self.overdue += other.overdue;
        self.reminders += other.reminders;
        self.flagged += other.flagged;
        self.suspended += other.suspended;
        self.restored += other.restored;
        self.settlements += other.settlements;
        self.charged += other.charged;
    }
}

/// The next thing to do.
enum Next {
    Tenants(domain::ids::PartnerId, Timestamp),
    Month(domain::ids::PartnerId, monthly::Month),
    Overdue(domain::ids::PartnerId, domain::ids::InvoiceId, Timestamp),
    Dunning(domain::ids::PartnerId, domain::ids::TenantId, Timestamp),
    Settlement(domain::ids::PartnerId, Timestamp),
    Refund(domain::ids::PartnerId, domain::ids::RefundId, Timestamp),
    Dispute(domain::ids::PartnerId, domain::ids::DisputeId, Timestamp),
    Look(domain::ids::PartnerId, domain::ids::PaymentId, Timestamp),
    AutoPay(Timestamp),
    CheckoutEnds(domain::ids::PartnerId, domain::ids::CheckoutId, Timestamp),
    Subscription(domain::ids::PartnerId, Timestamp),
    OperatorCharge(domain::ids::PartnerId, domain::ids::OperatorChargeId, Timestamp),
    OperatorRefund(domain::ids::PartnerId, domain::ids::RefundId, Timestamp),
    Wallet(domain::ids::PartnerId, Timestamp),
}

impl Next {
    /// When it was due, and what of equal instants goes first: debits before invoices.
    fn order(&self) -> (Timestamp, u8) {
        match self {
            // A plan that changes on the first changes before the month's debits.
            Self::Subscription(_, at) => (*at, 0),
            Self::Month(_, month) => (month.start(), 1),
            Self::Look(_, _, at)
            | Self::Refund(_, _, at)
            | Self::Dispute(_, _, at)
            | Self::OperatorCharge(_, _, at)
            | Self::OperatorRefund(_, _, at) => (*at, 2),
            Self::Overdue(_, _, at) => (*at, 3),
            Self::Tenants(_, at) => (*at, 4),
            Self::AutoPay(at) => (*at, 5),
            Self::Dunning(_, _, at) => (*at, 6),
            Self::Settlement(_, at) => (*at, 7),
            Self::CheckoutEnds(_, _, at) => (*at, 8),
            // After what debits it.
            Self::Wallet(_, at) => (*at, 9),
        }
    }
}

impl App {
    /// Does everything that is due up to `until` (now, if not given), oldest first.
    pub async fn run_due(&self, until: Option<Timestamp>) -> Result<DueReport> {
        let until = until.unwrap_or_else(|| self.clock.now());
        let until = if self.clock.is_simulated() { until } else { until.min(self.clock.now()) };
        let mut report = DueReport::default();
        while let Some(next) = self.next_due(until).await? {
            self.move_clock(next.order().0).await?;
            report.add(match next {
                Next::Subscription(partner_id, _) => {
                    self.run_subscription(partner_id).await?;
                    DueReport::default()
                }
                Next::OperatorCharge(partner_id, charge_id, _) => {
                    self.look_at_operator_charge(partner_id, charge_id).await?;
                    DueReport::default()
                }
                Next::OperatorRefund(partner_id, refund_id, _) => {
                    self.look_at_operator_refund(partner_id, refund_id).await?;
                    DueReport::default()
                }
                Next::Wallet(partner_id, _) => {
                    self.look_at_wallet(partner_id).await?;
                    DueReport::default()
                }
                Next::Tenants(partner_id, at) => self.close_chunk(partner_id, at).await?,
                Next::Month(partner_id, month) => self.debit_month(partner_id, month).await?,
                Next::Overdue(partner_id, invoice_id, _) => {
                    let marked = self.mark_overdue(partner_id, invoice_id).await?;
                    DueReport { overdue: u64::from(marked), ..Default::default() }
                }
                Next::Dunning(partner_id, tenant_id, _) => {
                    self.catch_up().await?;
                    self.dun(partner_id, tenant_id).await?
                }
                Next::Settlement(partner_id, at) => {
                    let settlements = self.settle_month(partner_id, at).await?;
                    DueReport { settlements, ..Default::default() }
                }
                Next::Refund(partner_id, refund_id, _) => {
                    self.look_at_refund(partner_id, refund_id).await?;
                    DueReport::default()
                }
                Next::Dispute(partner_id, dispute_id, _) => {
                    self.look_at_dispute(partner_id, dispute_id).await?;
                    DueReport::default()
                }
                Next::Look(partner_id, payment_id, _) => {
                    self.look_at_payment(partner_id, payment_id).await?;
                    DueReport::default()
                }
                Next::AutoPay(at) => {
                    DueReport { charged: self.auto_pay_due(at).await?, ..Default::default() }
                }
                Next::CheckoutEnds(partner_id, checkout_id, _) => {
                    self.checkout_ends(partner_id, checkout_id).await?;
                    DueReport::default()
                }
            });
        }
        self.move_clock(until).await?;
        Ok(report)
    }

    async fn next_due(&self, until: Timestamp) -> Result<Option<Next>> {
        let mut tx = self.db.begin_read().await?;
        let tenants = store::due::next_tenant(&mut tx, until).await?;
        let this_month = monthly::Month::of(Zone::UTC.day_of(until));
        let month = store::due::partner_without_month(&mut tx, this_month.number()).await?;
        let overdue = store::invoices::becoming_overdue(&mut tx, until, 1).await?;
        let dunning = store::dunning::next_due(&mut tx, until).await?;
        let settlement = store::settlements::next(&mut tx, until).await?;
        let refund = store::refunds::next_due(&mut tx, until).await?;
        let dispute = store::disputes::next_due(&mut tx, until).await?;
        let look = store::payments::to_look_at(&mut tx, until, 1).await?.into_iter().next();
        let auto_pay = store::auto_pay::due(&mut tx, until, 1).await?.into_iter().next();
        let checkout = store::checkouts::next_ending(&mut tx, until).await?;
        let subscription = store::subscriptions::next_due(&mut tx, until).await?;
        let operator_charge = store::operator_charges::next_due(&mut tx, until).await?;
        let operator_refund = store::operator_refunds::next_due(&mut tx, until).await?;
        let wallet = store::wallet_watch::next_due(&mut tx, until).await?;
        tx.commit().await?;
        let candidates = [
            subscription.map(|(partner_id, at)| Next::Subscription(partner_id, at)),
            operator_charge.map(|(partner_id, id, at)| Next::OperatorCharge(partner_id, id, at)),
            operator_refund.map(|(partner_id, id, at)| Next::OperatorRefund(partner_id, id, at)),
            wallet.map(|(partner_id, at)| Next::Wallet(partner_id, at)),
            tenants.map(|(partner_id, at)| Next::Tenants(partner_id, at)),
            month.map(|(partner_id, last, since)| {
                let next = match last.and_then(monthly::Month::from_number) {
                    Some(last) => last.next(),
                    None => monthly::Month::of(Zone::UTC.day_of(since)),
                };
                Next::Month(partner_id, next)
            }),
            overdue
                .into_iter()
                .next()
                .map(|(partner, invoice, at)| Next::Overdue(partner, invoice, at)),
            dunning.map(|(partner, tenant, at)| Next::Dunning(partner, tenant, at)),
            settlement.map(|(partner_id, at)| Next::Settlement(partner_id, at)),
            refund.map(|(partner, refund, at)| Next::Refund(partner, refund, at)),
            dispute.map(|(partner, dispute, at)| Next::Dispute(partner, dispute, at)),
            look.map(|(partner, payment, at)| Next::Look(partner, payment, at)),
            auto_pay.and_then(|row| row.due_at).map(Next::AutoPay),
            checkout.map(|(partner, session, at)| Next::CheckoutEnds(partner, session, at)),
        ];
        Ok(candidates.into_iter().flatten().min_by_key(Next::order))
    }

    /// Moves a simulated clock to `at`, and keeps where it stands. Where somebody else runs what
    /// is due at the same time and is further on, so are we: whoever moves the clock past an
    /// instant has seen that nothing is due before it.
    async fn move_clock(&self, at: Timestamp) -> Result<()> {
        if !self.clock.is_simulated() || at <= self.clock.now() {
            return Ok(());
        }
        let stands_at = self
            .db
            .write(async |tx| store::operator::reach_simulated_clock(tx, at).await)
            .await
            .map_err(AppError::from)?;
        self.advance_to(stands_at)
    }

    /// Moves a simulated clock to where others have moved it: what is due at once is due since
    /// then.
    async fn catch_up(&self) -> Result<()> {
        if !self.clock.is_simulated() {
            return Ok(());
        }
        let mut tx = self.db.begin_read().await?;
        let stands_at = store::operator::simulated_clock(&mut tx).await?;
        tx.commit().await?;
        stands_at.map_or(Ok(()), |stands_at| self.advance_to(stands_at))
    }

    fn advance_to(&self, stands_at: Timestamp) -> Result<()> {
        // Another task of this process may have moved the shared clock further meanwhile.
        match self.clock.advance(stands_at) {
            Ok(()) | Err(ClockError::Backwards { .. }) => Ok(()),
            Err(error @ ClockError::NotSimulated) => Err(AppError::Refused(error.to_string())),
        }
    }
}
