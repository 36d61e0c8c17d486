//! Looking again at what is not finished, and hearing what the processor tells.
//!
//! Decided here: an unknown outcome is asked for with the same key while the processor knows keys;
//! later the charge is looked up by our id, and only what the processor surely has not is given up
//! (facts 4.2). No other key is used before. What it tells by itself is believed only of its own
//! account: a partner with its own keys could write any id into its charges.

use adapters::processor::{Charge, PaymentGateway};
use domain::{
    ids::{PartnerId, PaymentId},
    payment::{Attempt, Payment, PaymentStatus},
    processor::AccountContext,
    time::Timestamp,
};
use store::{attempts, db::Tx, payments};

use super::Asking;
use crate::{
    App,
    error::{AppError, Result},
};

/// A payment whose process may have died is looked at after this.
pub(super) const FIRST_LOOK_SECONDS: i64 = 60;
/// Processors know keys for at least a day; an hour is left for clocks that differ.
const KEY_SECONDS: i64 = 23 * 3_600;
/// The longest wait between two looks at what nobody knows.
const LONGEST_WAIT_SECONDS: i64 = 3_600;
/// A payer who has not authenticated a payment by then has gone away.
const ABANDONED_SECONDS: i64 = 3_600;
/// Attempts asked again in one page.
const PAGE: i64 = 100;

/// What came of asking again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reconciled {
    /// Attempts whose outcome is known now.
    pub settled: u64,
    /// Attempts that nobody knows about yet, or that wait.
    pub open: u64,
}

/// Whether the processor may have forgotten the attempt's key.
pub(super) fn is_key_old(attempt: &Attempt, now: Timestamp) -> bool {
    now >= attempt.created_at.plus_seconds(KEY_SECONDS)
}

/// When an attempt of `since` that nobody knows about is asked for again: the waits double.
pub(super) fn later(since: Timestamp, now: Timestamp) -> Timestamp {
    let age = (now.micros() - since.micros()) / 1_000_000;
    now.plus_seconds(age.clamp(FIRST_LOOK_SECONDS, LONGEST_WAIT_SECONDS))
}

impl App {
    /// The processor told of a charge on this account: what it is now, however it got to be so.
    /// Any number of times and in any order; what is not a payment's is left alone.
    pub async fn charge_told(&self, context: &AccountContext, charge: &Charge) -> Result<()> {
        let Some((partner_id, payment_id)) = self.charged(context, charge).await? else {
            return Ok(());
        };
        let mut tx = self.db.begin_single().await?;
        let attempts = attempts::of_payment(&mut tx, partner_id, payment_id).await?;
        tx.commit().await?;
        let Some(attempt) = attempts.last() else { return Ok(()) };
        let answer = Ok(charge.clone());
        self.settle(partner_id, attempt, (&answer, Asking::Again)).await?;
        self.dispute_seen(context, charge).await.map(drop)
    }

    /// Which payment a charge is.
    async fn charged(
        &self,
        context: &AccountContext,
        charge: &Charge,
    ) -> Result<Option<(PartnerId, PaymentId)>> {
        let mut tx = self.db.begin_read().await?;
        let named = charge.ours.as_ref().and_then(|ours| {
            let partner_id: PartnerId = ours.partner_id.parse().ok()?;
            Some((partner_id, ours.object_id.parse::<PaymentId>().ok()?))
        });
        let mut found = None;
        if let Some((partner_id, payment_id)) = named {
            let payment = payments::find(&mut tx, partner_id, payment_id).await?;
            let own = payment.filter(|payment| payment.context.as_ref() == Some(context));
            found = own.map(|_| (partner_id, payment_id));
        }
        if found.is_none() {
            found = payments::of_reference(&mut tx, context, &charge.reference).await?;
        }
        tx.commit().await?;
        Ok(found)
    }

    /// Looks at a payment whose time has come. What cannot be asked now is looked at later.
    pub(crate) async fn look_at_payment(
        &self,
        partner_id: PartnerId,
        payment_id: PaymentId,
    ) -> Result<()> {
        match self.look(partner_id, payment_id).await {
            Err(error @ AppError::Store(_)) => return Err(error),
            Err(error) => tracing::error!(%error, payment = %payment_id, "it is looked at later"),
            Ok(()) => {}
        }
        let now = self.clock.now();
        self.db
            .write(async |tx: &mut Tx| {
                let payment = payments::find(tx, partner_id, payment_id).await?;
                let Some(payment) = payment else { return Ok(()) };
                if payment.look_at.is_some_and(|at| at <= now) {
                    let later = Some(now.plus_seconds(LONGEST_WAIT_SECONDS));
                    let look_at = later.filter(|_| !payment.status.is_final());
                    payments::look_later(tx, partner_id, (payment_id, look_at)).await?;
                }
                Ok(())
            })
            .await
    }

    async fn look(&self, partner_id: PartnerId, payment_id: PaymentId) -> Result<()> {
        let mut tx = self.db.begin_read().await?;
        let payment = payments::find(&mut tx, partner_id, payment_id).await?;
        let attempts = attempts::of_payment(&mut tx, partner_id, payment_id).await?;
        tx.commit().await?;
        let payment = payment.ok_or_else(|| AppError::not_found("payment", payment_id))?;
        if let Some(open) = attempts.iter().find(|attempt| attempt.state.is_open()) {
            self.ask(partner_id, open, Asking::Again).await?;
            return self.give_up_abandoned(partner_id, payment_id).await;
        }
        let Payment { context: Some(context), reference: Some(reference), .. } = &payment else {
            return Ok(());
        };
        let at = self.at(partner_id, context).await?;
        let charge = self.outside.processor.charge_state(&at, reference, self.clock.now()).await;
        let charge = charge.map_err(|error| AppError::Outside(error.to_string()))?;
        self.charge_told(context, &charge).await
    }

    /// Gives up a payment whose payer went away instead of authenticating it: it would keep every
    /// other payment of its invoice from beginning, and the processor never ends it by itself.
    async fn give_up_abandoned(&self, partner_id: PartnerId, payment_id: PaymentId) -> Result<()> {
        let (payment, _) = self.find_payment(partner_id, payment_id).await?;
        let until = payment.created_at.plus_seconds(ABANDONED_SECONDS);
        if payment.status != PaymentStatus::RequiresAction || self.clock.now() < until {
            return Ok(());
        }
        self.cancel_payment(partner_id, payment_id).await.map(drop)
    }

    /// Asks the processor again about every attempt that is not finished. The keys are the same as
    /// before, so that nothing is charged twice.
    pub async fn reconcile(&self) -> Result<Reconciled> {
        let until = self.clock.now();
        let mut sum = Reconciled::default();
        for partner_id in self.partner_ids(None).await? {
            let mut last = None;
            loop {
                let mut tx = self.db.begin_read().await?;
                let page = attempts::unfinished(&mut tx, partner_id, (until, last), PAGE).await?;
                tx.commit().await?;
                let Some(end) = page.last() else { break };
                last = Some(end.attempt_id);
                for attempt in &page {
                    self.ask(partner_id, attempt, Asking::Again).await?;
                    let (payment, _) = self.find_payment(partner_id, attempt.payment_id).await?;
                    match payment.status.is_final() {
                        true => sum.settled += 1,
                        false => sum.open += 1,
                    }
                }
            }
        }
        Ok(sum)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        // PAY-12 an unknown outcome is asked for often at first, and at least hourly
        #[test]
        fn looks_come_later_and_later(age in 0..1_000_000_i64) {
            let since = Timestamp::from_seconds(1_000_000);
            let now = since.plus_seconds(age);
            let next = later(since, now);
            prop_assert!(next >= now.plus_seconds(60) && next <= now.plus_seconds(3_600));
        }
    }
}
