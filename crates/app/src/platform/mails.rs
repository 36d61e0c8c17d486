//! What the operator writes to a partner, at its billing address and nowhere else (PLT-39).
//!
//! Decided here: plain text in the operator's name, one mail per key. Until the operator has an
//! address of its own, its mails come from the partner's support address, like the others that a
//! partner gets. A partner without an address that works is not told.

use adapters::mail::{MailError, mailbox};
use domain::{
    account::Partner,
    money::Micros,
    operator_charge::OperatorCharge,
    partner::{PartnerStatus, PartnerSuspension},
    subscription::Subscription,
    tier::Tier,
    time::{Timestamp, Zone},
    wallet::{AutoRecharge, LowLevel, RechargeState},
};
use store::{db::Tx, mails::MailText, subscriptions::PostedPlan};

use super::show::tier_name;
use crate::{error::Result, setup::the_operator};

/// A mail to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Letter {
    /// What names it: the same one is written once.
    pub(crate) key: String,
    pub(crate) subject: String,
    pub(crate) body: String,
}

/// The mail, if the partner's addresses are ones.
pub(super) fn text(
    partner: &Partner,
    operator: &str,
    letter: &Letter,
) -> Result<MailText, MailError> {
    let support = &partner.brand.support_email;
    let sender = if support.is_empty() { &partner.billing_email } else { support };
    Ok(MailText {
        sender: mailbox(operator, sender)?,
        recipient: mailbox(&partner.company_name, &partner.billing_email)?,
        subject: letter.subject.clone(),
        body: format!("Hello {},\n\n{}\n\n{operator}\n", partner.company_name, letter.body),
        attachment: None,
    })
}

/// Puts a letter into the outbox.
pub(super) async fn put(
    tx: &mut Tx,
    partner: &Partner,
    letter: &Letter,
    now: Timestamp,
) -> Result<()> {
    let operator = the_operator(tx).await?;
    match text(partner, &operator.name, letter) {
        Ok(text) => {
            let about = (&*letter.key, &text);
            store::mails::enqueue(tx, partner.partner_id, about, now).await?;
        }
        Err(error) => tracing::warn!(partner = %partner.partner_id, %error, "not mailed"),
    }
    Ok(())
}

fn day(at: Timestamp) -> String {
    Zone::UTC.day_of(at).display_long()
}

impl Letter {
    /// An automatic recharge was declined (WAL-13).
    pub(super) fn recharge_failed(charge: &OperatorCharge, _: Timestamp) -> Self {
        let amount = charge.currency.display(charge.amount);
        Self {
            key: format!("recharge_failed:{}", charge.charge_id),
            subject: "Your wallet could not be recharged".to_owned(),
            body: format!(
                "The automatic recharge of {amount} was declined ({}). Auto-recharge is off until \
                 you switch it on again. Service goes on until your wallet is empty; please check \
                 your payment method and top up.",
                charge.outcome
            ),
        }
    }

    /// Auto-recharge went off because there is nothing to charge (WAL-15).
    pub(super) fn recharge_without_method(now: Timestamp) -> Self {
        Self {
            key: format!("recharge_off:{now}"),
            subject: "Auto-recharge is off".to_owned(),
            body: "There is no payment method left that can be charged by default, so \
                   auto-recharge was switched off. Add a payment method and switch it on again."
                .to_owned(),
        }
    }

    /// The wallet reached a level (WAL-07).
    pub(super) fn low_balance(
        partner: &Partner,
        (level, crossing): (LowLevel, i64),
        (recharge, balance): (&AutoRecharge, Micros),
    ) -> Self {
        let money = |micros| partner.currency.display(partner.currency.round_micros(micros));
        let [low, half, _] = recharge.levels();
        let (subject, what) = match level {
            LowLevel::Low => ("Your wallet runs low", format!("is down to {}", money(low))),
            LowLevel::Half => ("Your wallet runs very low", format!("is down to {}", money(half))),
            LowLevel::Empty => ("Your wallet is empty", "holds nothing any more".to_owned()),
        };
        let follows = match (level, recharge.state) {
            (LowLevel::Empty, _) => {
                "New calls, purchases and extensions are refused until you top up."
            }
            (_, RechargeState::On) => "It recharges by itself.",
            (_, RechargeState::Off) => "Top up, or switch auto-recharge on, before it is empty.",
        };
        Self {
            key: format!("low_balance:{}:{crossing}", partner.partner_id),
            subject: subject.to_owned(),
            body: format!("Your wallet {what} (the balance is {}). {follows}", money(balance)),
        }
    }

    /// A fee did not come (PLT-32).
    pub(super) fn fee_failed(
        (partner, charge): (&Partner, Option<&OperatorCharge>),
        subscription: &Subscription,
        now: Timestamp,
    ) -> Self {
        let why = match charge {
            Some(charge) => format!(
                "The charge of {} was declined ({}).",
                charge.currency.display(charge.amount),
                charge.outcome
            ),
            None => "There is no payment method that can be charged.".to_owned(),
        };
        let then = match subscription.retry_at {
            Some(at) => format!("It is tried again on {}.", day(at)),
            None => "It is not tried again by itself.".to_owned(),
        };
        let end = subscription.life.next_due().map_or(String::new(), |at| {
            format!(" Service goes on; it is suspended on {} if the fee is unpaid then.", day(at))
        });
        Self {
            key: format!("fee_failed:{}:{now}", partner.partner_id),
            subject: "Your platform fee was not paid".to_owned(),
            body: format!("{why} {then}{end}"),
        }
    }

    /// Time changed where the partner is; `None` where nobody has to be told.
    pub(super) fn time_passed(
        partner: &Partner,
        subscription: &Subscription,
        now: Timestamp,
    ) -> Option<Self> {
        let life = &subscription.life;
        let (subject, body) = match life.status() {
            PartnerStatus::Suspended if life.reasons.contains(&PartnerSuspension::TrialEnded) => (
                "Your trial has ended",
                "Your account is suspended: no calls go in or out. Add a payment method and \
                 activate your account at any time to restore service.",
            ),
            PartnerStatus::Suspended => (
                "Your account is suspended",
                "Your platform fee is unpaid for 14 days, so no calls go in or out. Pay it to \
                 restore service.",
            ),
            PartnerStatus::Purged => (
                "Your account is gone",
                "The time for which it was kept is over; it can no longer be used.",
            ),
            _ => return None,
        };
        let status = life.status().as_str();
        Some(Self {
            key: format!("partner:{}:{status}:{now}", partner.partner_id),
            subject: subject.to_owned(),
            body: body.to_owned(),
        })
    }

    /// A smaller plan could not begin (PLT-31).
    pub(super) fn plan_dropped(
        (partner, why): (&Partner, &str),
        tier: Tier,
        now: Timestamp,
    ) -> Self {
        Self {
            key: format!("plan_dropped:{}:{now}", partner.partner_id),
            subject: "Your change of plan was dropped".to_owned(),
            body: format!(
                "You had chosen the {} plan from today on, but {why}. Your plan stays as it is.",
                tier_name(tier)
            ),
        }
    }

    /// New figures of the partner's tier (PLT-22).
    pub(super) fn rate_change(partner: &Partner, posted: &PostedPlan) -> Self {
        let name = tier_name(posted.tier);
        let rates = &posted.plan.rates;
        let currency = partner.currency;
        let rate = |nanos| currency.display_rate(nanos);
        Self {
            key: format!(
                "rate_change:{}:{}:{}",
                posted.tier.as_str(),
                posted.effective_from,
                partner.partner_id
            ),
            subject: format!("New rates of the {name} plan from {}", day(posted.effective_from)),
            body: format!(
                "From {} on the {name} plan costs:\n\n  fee per month: {}\n  extension per month: \
                 {}\n  local number per month: {}\n  toll-free number per month: {}\n  local \
                 minute: {}\n  toll-free minute: {}\n\n{}\n\nUntil then you can choose another \
                 plan or cancel.",
                day(posted.effective_from),
                currency.display(posted.plan.monthly_fee),
                rate(rates.extension_month),
                rate(rates.local_did_month),
                rate(rates.toll_free_did_month),
                rate(rates.local_minute),
                rate(rates.toll_free_minute),
                posted.reason,
            ),
        }
    }
}
