//! A partner's subscription: what comes next, and what a change of plan is.
//!
//! Decided here: fees renew on the first of the month in UTC (C-02); an unpaid fee is asked for
//! again on days 3 and 7 (C-13); a larger fee is an upgrade and acts at once, a smaller one waits
//! for the first (C-04, F-05, F-06). What keeps an account from being deleted is a closed list
//! (C-14), and all of it is told at once.

use crate::{
    ids::PartnerId,
    money::Minor,
    partner::{PartnerLife, PartnerStage},
    tier::Tier,
    time::{Day, Timestamp, Zone},
};

/// How a partner settles with the operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Billing {
    /// Fees by its payment method, usage from a wallet that must hold something.
    Prepaid,
    /// Outside the platform, as the operator agreed with it.
    OnAccount,
}

impl Billing {
    /// `prepaid` or `on_account`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Prepaid => "prepaid",
            Self::OnAccount => "on_account",
        }
    }
    /// The way with this name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Prepaid, Self::OnAccount].into_iter().find(|way| way.as_str() == text)
    }
}

/// Days after a fee failed first on which it is asked for again (C-13).
pub const RETRY_DAYS: [i64; 2] = [3, 7];

/// A smaller tier that waits for the first of the month (PLT-28).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PendingPlan {
    /// Which.
    pub tier: Tier,
    /// Since when it waits.
    pub since: Timestamp,
}

/// A partner's subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Whose.
    pub partner_id: PartnerId,
    /// How it settles.
    pub billing: Billing,
    /// Where it is in its life.
    pub life: PartnerLife,
    /// The fee of an Enterprise partner, as agreed (PLT-12).
    pub enterprise_fee: Option<Minor>,
    /// The tier that waits.
    pub pending: Option<PendingPlan>,
    /// The last calendar month (202605) whose fee was asked for.
    pub renewed_month: Option<i64>,
    /// When an unpaid fee is asked for again.
    pub retry_at: Option<Timestamp>,
    /// Counts its changes.
    pub version: i64,
}

impl Subscription {
    /// The subscription of a partner that signed up at `at`, or that the operator made active.
    pub fn begun(partner_id: PartnerId, stage: PartnerStage, at: Timestamp) -> Self {
        let is_trial = stage == PartnerStage::Trial;
        Self {
            partner_id,
            billing: if is_trial { Billing::Prepaid } else { Billing::OnAccount },
            life: PartnerLife { stage, ..PartnerLife::signed_up(at) },
            enterprise_fee: None,
            pending: None,
            renewed_month: None,
            retry_at: None,
            version: 1,
        }
    }

    /// When its fee renews next; `None` where nothing renews.
    pub fn renews_at(&self) -> Option<Timestamp> {
        let renews = self.billing == Billing::Prepaid
            && self.life.stage.is_charged()
            && self.life.reasons.is_empty();
        let last = self.renewed_month.filter(|_| renews)?;
        Day::from_number(last * 100 + 1).map(month_after)
    }

    /// When the waiting tier begins.
    pub fn changes_at(&self) -> Option<Timestamp> {
        self.pending.map(|pending| month_after(Zone::UTC.day_of(pending.since)))
    }

    /// When something of it is due next.
    pub fn next_action_at(&self) -> Option<Timestamp> {
        let retry = self.retry_at.filter(|_| self.life.stage == PartnerStage::PastDue);
        let all = [self.life.next_due(), self.renews_at(), self.changes_at(), retry];
        all.into_iter().flatten().min()
    }

    /// When an unpaid fee is asked for again after it failed at `now`.
    pub fn next_retry(&self, now: Timestamp) -> Option<Timestamp> {
        let days = RETRY_DAYS.into_iter();
        let mut retries = days.map(|days| self.life.since.plus_seconds(days * 86_400));
        retries.find(|at| *at > now)
    }
}

/// The first instant of the month after that of `day`.
fn month_after(day: Day) -> Timestamp {
    let first = day.first_of_month();
    Zone::UTC.start_of(first.plus_days(i64::from(first.days_in_month())))
}

/// The number of the calendar month (202605) in which `at` lies, in UTC.
pub fn month_of(at: Timestamp) -> i64 {
    Zone::UTC.day_of(at).number() / 100
}

/// What a change of plan is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlanChange {
    /// Acts now; the difference for the rest of the month is charged.
    Upgrade,
    /// Waits for the first of the month; nothing is charged or refunded.
    Downgrade,
}

impl PlanChange {
    /// A change from one monthly fee to another.
    pub fn between(old: Minor, new: Minor) -> Self {
        if new > old { Self::Upgrade } else { Self::Downgrade }
    }
    /// `upgrade` or `downgrade`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Upgrade => "upgrade",
            Self::Downgrade => "downgrade",
        }
    }
}

/// What keeps an account from being deleted (PLT-34, C-14).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum DeletionBlocker {
    /// Tenants that are not cancelled.
    #[error("{0} tenants are active")]
    ActiveTenants(i64),
    /// Invoices of tenants that are not paid.
    #[error("{0} invoices are outstanding")]
    OutstandingInvoices(i64),
    /// Numbers in the inventory; support returns them.
    #[error("{0} phone numbers are in the inventory; support can return them")]
    PhoneNumbers(i64),
    /// Money in the wallet; the operator gives it back.
    #[error("the wallet holds money; the operator can give it back")]
    WalletBalance,
    /// A wallet below zero, or a fee that failed.
    #[error("something is owed to the operator")]
    Owed,
    /// A charge or a refund that is not finished.
    #[error("{0} charges or refunds are in progress")]
    InProgress(i64),
}

impl DeletionBlocker {
    /// The stable name, such as `active_tenants`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ActiveTenants(_) => "active_tenants",
            Self::OutstandingInvoices(_) => "outstanding_invoices",
            Self::PhoneNumbers(_) => "phone_numbers",
            Self::WalletBalance => "wallet_balance",
            Self::Owed => "owed",
            Self::InProgress(_) => "in_progress",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::partner::PartnerEvent;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).expect("an instant")
    }

    fn active(since: &str) -> Subscription {
        let life = PartnerLife::signed_up(at(since)).apply(PartnerEvent::Paid, at(since));
        Subscription {
            life: life.expect("allowed"),
            renewed_month: Some(month_of(at(since))),
            ..Subscription::begun(PartnerId::from_bits(1), PartnerStage::Trial, at(since))
        }
    }

    // PLT-13 C-02 F-06 the first of the month, whatever the day of activation
    #[test]
    fn fees_renew_on_the_first() {
        let mut subscription = active("2026-05-10T09:00:00Z");
        assert_eq!(subscription.next_action_at(), Some(at("2026-06-01T00:00:00Z")));
        subscription.renewed_month = Some(202_612);
        assert_eq!(subscription.renews_at(), Some(at("2027-01-01T00:00:00Z")));
        let pending = PendingPlan { tier: Tier::Starter, since: at("2026-05-16T00:00:00Z") };
        subscription.pending = Some(pending);
        assert_eq!(subscription.changes_at(), Some(at("2026-06-01T00:00:00Z")));
        subscription.billing = Billing::OnAccount;
        assert_eq!(subscription.renews_at(), None);
    }

    // PLT-03 PLT-32 C-13 trials end, failed fees are retried on days 3 and 7
    #[test]
    fn what_is_due_next_is_known() {
        let trial = Subscription::begun(
            PartnerId::from_bits(1),
            PartnerStage::Trial,
            at("2026-05-01T00:00:00Z"),
        );
        assert_eq!(trial.next_action_at(), Some(at("2026-05-15T00:00:00Z")));
        let failed = at("2026-06-01T00:00:00Z");
        let mut late = active("2026-05-10T09:00:00Z");
        late.renewed_month = Some(202_606);
        late.life = late.life.apply(PartnerEvent::FeeFailed, failed).expect("allowed");
        let retries: Vec<String> = [0, 3, 7]
            .into_iter()
            .filter_map(|days| late.next_retry(failed.plus_seconds(days * 86_400)))
            .map(|at| at.to_string())
            .collect();
        assert_eq!(retries, ["2026-06-04T00:00:00Z", "2026-06-08T00:00:00Z"]);
        late.retry_at = late.next_retry(failed);
        assert_eq!(late.next_action_at(), late.retry_at);
        late.retry_at = None;
        assert_eq!(late.next_action_at(), Some(at("2026-06-15T00:00:00Z")));
    }
}
