//! Subscriptions, the operator's charges and its invoices as partners see them.

use domain::{
    ids::{OperatorChargeId, RefundId, SubscriptionInvoiceId},
    money::{Currency, Nanos, format_decimal},
    operator_charge::{self, ChargeState, FeeLine},
    tier::{Tier, TierPlan, TierRates},
};
use serde::Serialize;
use store::{operator_refunds, subscriptions};
use utoipa::ToSchema;

use super::{Decimal, Instant};
use crate::platform::{PlanPreview, Shown};

/// Wholesale unit prices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WholesaleRates {
    /// Per extension and calendar month.
    #[schema(example = "3.00")]
    pub extension_month: Decimal,
    /// Per local number and calendar month.
    #[schema(example = "1.75")]
    pub local_did_month: Decimal,
    /// Per toll-free number and calendar month.
    #[schema(example = "2.50")]
    pub toll_free_did_month: Decimal,
    /// Per minute of a local call.
    #[schema(example = "0.02")]
    pub local_minute: Decimal,
    /// Per minute of a toll-free call.
    #[schema(example = "0.022")]
    pub toll_free_minute: Decimal,
}

impl From<&TierRates> for WholesaleRates {
    fn from(rates: &TierRates) -> Self {
        let rate = |nanos: Nanos| Decimal(format_decimal(nanos.get(), 9, 2));
        Self {
            extension_month: rate(rates.extension_month),
            local_did_month: rate(rates.local_did_month),
            toll_free_did_month: rate(rates.toll_free_did_month),
            local_minute: rate(rates.local_minute),
            toll_free_minute: rate(rates.toll_free_minute),
        }
    }
}

/// A plan and what it costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Plan {
    /// `starter`, `professional` or `business`; larger ones are agreed with the operator.
    #[schema(value_type = String, example = "starter")]
    pub tier: &'static str,
    /// Per calendar month.
    #[schema(example = "249.00")]
    pub monthly_fee: Decimal,
    /// Extensions of all tenants together; null is unlimited.
    #[schema(example = 300)]
    pub max_extensions: Option<u32>,
    /// Unit prices.
    pub rates: WholesaleRates,
}

impl Plan {
    /// A tier's figures.
    pub fn of((tier, plan): &(Tier, TierPlan), currency: Currency) -> Self {
        Self {
            tier: tier.as_str(),
            monthly_fee: Decimal(currency.decimal(plan.monthly_fee)),
            max_extensions: plan.max_extensions,
            rates: (&plan.rates).into(),
        }
    }
}

/// New figures of a tier that are posted and in force from an instant on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RateChange {
    /// Which tier.
    #[schema(value_type = String, example = "starter")]
    pub tier: &'static str,
    /// From when on.
    pub effective_from: Instant,
    /// The monthly fee by then.
    #[schema(example = "259.00")]
    pub monthly_fee: Decimal,
    /// The unit prices by then.
    pub rates: WholesaleRates,
    /// Why.
    #[schema(example = "Carriers charge more")]
    pub reason: String,
    /// When it was posted.
    pub posted_at: Instant,
}

impl RateChange {
    /// What was posted.
    pub fn of(posted: &subscriptions::PostedPlan, currency: Currency) -> Self {
        Self {
            tier: posted.tier.as_str(),
            effective_from: posted.effective_from.into(),
            monthly_fee: Decimal(currency.decimal(posted.plan.monthly_fee)),
            rates: (&posted.plan.rates).into(),
            reason: posted.reason.clone(),
            posted_at: posted.posted_at.into(),
        }
    }
}

/// A smaller plan that waits for the first of the month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PendingPlan {
    /// Which.
    #[schema(value_type = String, example = "starter")]
    pub tier: &'static str,
    /// When it begins.
    pub effective_at: Instant,
}

/// What a partner uses now and used in this calendar month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SubscriptionUsage {
    /// Extensions of all tenants.
    #[schema(example = 12)]
    pub extensions: i64,
    /// Local numbers of all tenants.
    #[schema(example = 4)]
    pub local_numbers: i64,
    /// Toll-free numbers of all tenants.
    #[schema(example = 1)]
    pub toll_free_numbers: i64,
    /// Minutes of local calls, as they are charged.
    #[schema(example = "1234.5")]
    pub local_minutes: Decimal,
    /// Minutes of toll-free calls, as they are charged.
    #[schema(example = "0")]
    pub toll_free_minutes: Decimal,
}

/// A partner's subscription of the platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Subscription {
    /// Whose: the partner's own, for a tenant never has one.
    #[schema(value_type = String, example = "partner")]
    pub scope: &'static str,
    /// `trial`, `active`, `past_due`, `suspended`, `paused`, `deleting` or `purged`.
    #[schema(value_type = String, example = "active")]
    pub status: &'static str,
    /// Why it is suspended: `trial_ended`, `unpaid`, `operator`.
    pub suspension_reasons: Vec<&'static str>,
    /// Why there is no service now, if there is none: `wallet_empty` or `partner_suspended`.
    pub refusal: Option<&'static str>,
    /// `prepaid`, or `on_account` where it settles with the operator outside the platform.
    #[schema(value_type = String, example = "prepaid")]
    pub billing: &'static str,
    /// The plan's tier.
    #[schema(value_type = String, example = "starter")]
    pub tier: &'static str,
    /// What the plan costs a month.
    #[schema(example = "249.00")]
    pub monthly_fee: Decimal,
    /// What is paid on top for own keys of the payment processor.
    #[schema(example = "0.00")]
    pub surcharge: Decimal,
    /// What amounts are in.
    #[schema(value_type = String, example = "USD")]
    pub currency: Currency,
    /// When the trial ends, while it lasts.
    pub trial_ends_at: Option<Instant>,
    /// When the fee is charged next.
    pub renews_at: Option<Instant>,
    /// When time alone changes its state next: a trial, a pause or a deletion ends, an unpaid
    /// account is suspended.
    pub changes_state_at: Option<Instant>,
    /// When an unpaid fee is charged again.
    pub retries_at: Option<Instant>,
    /// The plan that waits.
    pub pending_change: Option<PendingPlan>,
    /// Extensions that the plan allows; null is unlimited.
    #[schema(example = 300)]
    pub max_extensions: Option<u32>,
    /// What is used.
    pub usage: SubscriptionUsage,
    /// The unit prices in force.
    pub rates: WholesaleRates,
    /// What is posted for this plan and not in force.
    pub rate_changes: Vec<RateChange>,
    /// Grows with each change.
    pub version: i64,
}

impl From<&Shown> for Subscription {
    fn from(shown: &Shown) -> Self {
        let (subscription, currency) = (&shown.subscription, shown.partner.currency);
        let life = &subscription.life;
        let is_trial = life.status() == domain::partner::PartnerStatus::Trial;
        let terms = &shown.terms.terms;
        let rates = TierRates {
            extension_month: terms.extension_month,
            local_did_month: terms.local_did_month,
            toll_free_did_month: terms.toll_free_did_month,
            local_minute: terms.local_minute,
            toll_free_minute: terms.toll_free_minute,
        };
        let pending = subscription.pending.zip(subscription.changes_at());
        let changes = shown.upcoming.iter().map(|posted| RateChange::of(posted, currency));
        Self {
            scope: "partner",
            status: life.status().as_str(),
            suspension_reasons: life.reasons.iter().map(|reason| reason.as_str()).collect(),
            refusal: shown.refusal.map(domain::wallet::ServiceRefusal::as_str),
            billing: subscription.billing.as_str(),
            tier: shown.terms.tier.as_str(),
            monthly_fee: Decimal(currency.decimal(shown.monthly_fee)),
            surcharge: Decimal(currency.decimal(shown.surcharge)),
            currency,
            trial_ends_at: life.next_due().filter(|_| is_trial).map(Instant),
            renews_at: subscription.renews_at().map(Instant),
            changes_state_at: life.next_due().map(Instant),
            retries_at: subscription.retry_at.map(Instant),
            pending_change: pending.map(|(pending, at)| PendingPlan {
                tier: pending.tier.as_str(),
                effective_at: at.into(),
            }),
            max_extensions: shown.max_extensions,
            usage: SubscriptionUsage {
                extensions: shown.present.extensions,
                local_numbers: shown.present.local_numbers,
                toll_free_numbers: shown.present.toll_free_numbers,
                local_minutes: minutes(shown.minutes.local_seconds),
                toll_free_minutes: minutes(shown.minutes.toll_free_seconds),
            },
            rates: (&rates).into(),
            rate_changes: changes.collect(),
            version: subscription.version,
        }
    }
}

/// Seconds that are whole tenths of a minute where increments are of six seconds.
fn minutes(seconds: i64) -> Decimal {
    let micros = domain::money::round_half_away(i128::from(seconds) * 1_000_000, 60);
    Decimal(format_decimal(i64::try_from(micros).unwrap_or(i64::MAX), 6, 0))
}

/// What a change of plan would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlanChangePreview {
    /// The plan.
    #[schema(value_type = String, example = "professional")]
    pub tier: &'static str,
    /// `upgrade` or `downgrade`.
    #[schema(value_type = String, example = "upgrade")]
    pub change: &'static str,
    /// What it costs a month.
    #[schema(example = "549.00")]
    pub monthly_fee: Decimal,
    /// What the rest of this month costs more.
    #[schema(example = "154.84")]
    pub prorated: Decimal,
    /// What is charged on confirmation.
    #[schema(example = "154.84")]
    pub due_now: Decimal,
    /// What amounts are in.
    #[schema(value_type = String, example = "USD")]
    pub currency: Currency,
    /// From when on the plan is in force.
    pub effective_at: Instant,
}

impl PlanChangePreview {
    /// The preview, with money in `currency`.
    pub fn of(preview: &PlanPreview, currency: Currency) -> Self {
        let money = |amount| Decimal(currency.decimal(amount));
        Self {
            tier: preview.tier.as_str(),
            change: preview.change.as_str(),
            monthly_fee: money(preview.monthly_fee),
            prorated: money(preview.prorated),
            due_now: money(preview.due_now),
            currency,
            effective_at: preview.effective_at.into(),
        }
    }
}

/// A line of a subscription's fee.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SubscriptionLine {
    /// For people.
    #[schema(example = "Professional plan, May 2026")]
    pub description: String,
    /// Which part of the month it pays, in days.
    #[schema(example = "22/31")]
    pub fraction: String,
    /// How much.
    #[schema(example = "389.61")]
    pub amount: Decimal,
}

fn lines(lines: &[FeeLine], currency: Currency) -> Vec<SubscriptionLine> {
    let line = |line: &FeeLine| SubscriptionLine {
        description: line.description.clone(),
        fraction: line.fraction.to_string(),
        amount: Decimal(currency.decimal(line.amount)),
    };
    lines.iter().map(line).collect()
}

/// A charge of the operator on a payment method of the partner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OperatorCharge {
    /// Its id.
    #[schema(value_type = String, example = "och_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub id: OperatorChargeId,
    /// `top_up`, `auto_recharge`, `purchase`, `activation`, `upgrade` or `renewal`.
    #[schema(value_type = String, example = "top_up")]
    pub purpose: &'static str,
    /// How much.
    #[schema(example = "100.00")]
    pub amount: Decimal,
    /// What of it goes to the wallet.
    #[schema(example = "100.00")]
    pub wallet_amount: Decimal,
    /// What amounts are in.
    #[schema(value_type = String, example = "USD")]
    pub currency: Currency,
    /// What pays the subscription.
    pub lines: Vec<SubscriptionLine>,
    /// `pending`, `succeeded`, `declined` or `cancelled`.
    #[schema(value_type = String, example = "succeeded")]
    pub status: &'static str,
    /// Why it failed, where it did.
    pub failure: Option<String>,
    /// When it was begun.
    pub created_at: Instant,
    /// When it ended.
    pub settled_at: Option<Instant>,
}

impl From<&operator_charge::OperatorCharge> for OperatorCharge {
    fn from(charge: &operator_charge::OperatorCharge) -> Self {
        let currency = charge.currency;
        let failure = Some(charge.outcome.clone()).filter(|text| !text.is_empty());
        Self {
            id: charge.charge_id,
            purpose: charge.purpose.as_str(),
            amount: Decimal(currency.decimal(charge.amount)),
            wallet_amount: Decimal(currency.decimal(charge.wallet)),
            currency,
            lines: lines(&charge.facts.lines, currency),
            status: match charge.state {
                ChargeState::Open | ChargeState::Unknown | ChargeState::Waiting => "pending",
                state => state.as_str(),
            },
            failure: failure.filter(|_| charge.state.is_final()),
            created_at: charge.created_at.into(),
            settled_at: charge.settled_at.map(Instant),
        }
    }
}

/// An invoice of the operator for a subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SubscriptionInvoice {
    /// Its id.
    #[schema(value_type = String, example = "sin_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub id: SubscriptionInvoiceId,
    /// Its number.
    #[schema(example = "SUB-000001")]
    pub number: String,
    /// `activation`, `upgrade` or `renewal`.
    #[schema(example = "renewal")]
    pub purpose: String,
    /// What it bills and what was paid.
    #[schema(example = "549.00")]
    pub total: Decimal,
    /// What amounts are in.
    #[schema(value_type = String, example = "USD")]
    pub currency: Currency,
    /// The charge that paid it.
    #[schema(value_type = String, example = "och_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub charge_id: OperatorChargeId,
    /// When it was issued.
    pub issued_at: Instant,
}

impl From<&subscriptions::SubscriptionInvoice> for SubscriptionInvoice {
    fn from(invoice: &subscriptions::SubscriptionInvoice) -> Self {
        Self {
            id: invoice.invoice_id,
            number: invoice.number.clone(),
            purpose: invoice.purpose.clone(),
            total: Decimal(invoice.currency.decimal(invoice.total)),
            currency: invoice.currency,
            charge_id: invoice.charge_id,
            issued_at: invoice.issued_at.into(),
        }
    }
}

/// A part of a wallet refund.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WalletRefundPart {
    /// Its id.
    #[schema(value_type = String, example = "ref_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub id: RefundId,
    /// The charge whose method gets it; null where it is given by hand.
    #[schema(value_type = Option<String>)]
    pub charge_id: Option<OperatorChargeId>,
    /// How much.
    #[schema(example = "40.00")]
    pub amount: Decimal,
    /// `pending`, `succeeded` or `failed`.
    #[schema(value_type = String, example = "succeeded")]
    pub status: &'static str,
    /// Why it failed, where it did.
    pub failure: Option<String>,
}

impl WalletRefundPart {
    /// A part, with money in `currency`.
    pub fn of(part: &operator_refunds::OperatorRefund, currency: Currency) -> Self {
        use operator_refunds::RefundState;
        let failed = part.state == RefundState::Failed;
        Self {
            id: part.refund_id,
            charge_id: part.charge_id,
            amount: Decimal(currency.decimal(part.amount)),
            status: match part.state {
                RefundState::Succeeded => "succeeded",
                RefundState::Failed => "failed",
                RefundState::Open | RefundState::Unknown | RefundState::Waiting => "pending",
            },
            failure: failed.then(|| part.outcome.clone()),
        }
    }
}
