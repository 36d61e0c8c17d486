//! The timeline of one tenant: dated steps, and which of them are due.
//!
//! Decided here: on which local day each step lies and in which order (retry, reminder, flag,
//! suspension on one day), what a promise and a grace do to those dates, and when a suspension for
//! overdue invoices ends. A promise stops the count of days from the day it is made to the day that
//! is promised: every step after it moves by as many days. It concerns what was issued by then.

use crate::{
    account::AutoPay,
    dunning::DunningPolicy,
    ids::InvoiceId,
    invoice::issued::Invoice,
    payment::card_minimum,
    tenant::{Stage, SuspensionReason, TenantLife},
    time::{Day, Timestamp, Zone},
};

/// Days from today on which a payment can be promised.
pub const MAX_PROMISE_DAYS: i64 = 90;

/// Whether a payment of an invoice is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentState {
    /// None is.
    Idle,
    /// One is, such as a bank debit that settles days later.
    Pending,
}

/// An unpaid invoice, as far as dunning is concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenInvoice {
    /// Its id.
    pub invoice_id: InvoiceId,
    /// The local day of its issue.
    pub issue_day: Day,
    /// The last local day to pay it.
    pub due_day: Day,
    /// Of its days.
    pub zone: Zone,
    /// Whether it is being paid.
    pub payment: PaymentState,
}

impl OpenInvoice {
    /// The invoice, if it is one that can be dunned: issued, not paid, and worth a card's charge.
    pub fn of(invoice: &Invoice, payment: PaymentState) -> Option<Self> {
        let is_dunned = invoice.status.is_open() && invoice.due() >= card_minimum(invoice.currency);
        Some(Self {
            invoice_id: invoice.invoice_id,
            issue_day: invoice.issue_day?,
            due_day: invoice.due_day.filter(|_| is_dunned)?,
            zone: invoice.zone.clone(),
            payment,
        })
    }

    /// Whole local days from the due day to `now` (F-16); negative before it.
    pub fn days_overdue(&self, now: Timestamp) -> i64 {
        self.zone.day_of(now).days_since(self.due_day)
    }
}

/// A day until which the tenant said it would pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promise {
    /// The local day on which it said so; the count of days stands from here on.
    pub since: Day,
    /// The last day to keep it.
    pub until: Day,
}

/// The day cannot be promised.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{until} is not one of the {MAX_PROMISE_DAYS} days after {today}")]
pub struct PromiseError {
    /// The day that was asked for.
    pub until: Day,
    /// Today.
    pub today: Day,
}

impl Promise {
    /// A promise made `today`. One that is running goes on: the count has stood since it was made.
    pub fn made(today: Day, until: Day, earlier: Option<Self>) -> Result<Self, PromiseError> {
        if !(1..=MAX_PROMISE_DAYS).contains(&until.days_since(today)) {
            return Err(PromiseError { until, today });
        }
        let running = earlier.filter(|earlier| earlier.until >= today);
        Ok(Self { since: running.map_or(today, |earlier| earlier.since), until })
    }

    /// Where a step of `day` lies while this promise stands.
    fn moves(self, day: Day) -> Day {
        day.plus_days(self.until.days_since(self.since)).max(self.until.plus_days(1))
    }
}

/// What happens. The order is that of steps on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StepKind {
    /// A failed automatic payment is tried again, so many days after issue.
    Retry(u16),
    /// The tenant is reminded, so many days after the due day.
    Reminder(u16),
    /// The tenant is flagged.
    Flag,
    /// The tenant is suspended.
    Suspend,
}

impl StepKind {
    /// Its name without its day.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Retry(_) => "payment_retry",
            Self::Reminder(_) => "reminder",
            Self::Flag => "flag",
            Self::Suspend => "suspend",
        }
    }
    /// Its stored text, such as `reminder:5`.
    pub fn text(self) -> String {
        match self {
            Self::Retry(day) | Self::Reminder(day) => format!("{}:{day}", self.name()),
            Self::Flag | Self::Suspend => self.name().to_owned(),
        }
    }
    /// The step with this stored text.
    pub fn parse(text: &str) -> Option<Self> {
        match text.split_once(':') {
            None => [Self::Flag, Self::Suspend].into_iter().find(|kind| kind.name() == text),
            Some((name, day)) => {
                let day = day.parse().ok()?;
                let kinds = [Self::Retry(day), Self::Reminder(day)];
                kinds.into_iter().find(|kind| kind.name() == name)
            }
        }
    }
}

/// Who is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Recipient {
    /// The partner, at its billing address.
    Partner,
    /// The tenant, at its billing address.
    Tenant,
}

impl Recipient {
    /// `partner` or `tenant`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Partner => "partner",
            Self::Tenant => "tenant",
        }
    }
    /// The recipient with this name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Partner, Self::Tenant].into_iter().find(|it| it.as_str() == text)
    }
}

/// A step to come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What happens.
    pub kind: StepKind,
    /// Because of which invoice.
    pub invoice_id: InvoiceId,
    /// On which local day.
    pub day: Day,
    /// The first instant of that day.
    pub at: Timestamp,
    /// Who is told, in order.
    pub told: Vec<Recipient>,
}

/// A step that was done, or left out because its time had passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DoneStep {
    /// What happened.
    pub kind: StepKind,
    /// Because of which invoice.
    pub invoice_id: InvoiceId,
    /// When.
    pub at: Timestamp,
    /// Who was told; nobody where it was left out.
    pub told: Vec<Recipient>,
}

/// All that decides about one tenant.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// The policy of its profile.
    pub policy: &'a DunningPolicy,
    /// What it owes, in any order.
    pub invoices: &'a [OpenInvoice],
    /// What it promised.
    pub promise: Option<Promise>,
    /// The local day on which somebody last ended a suspension for overdue invoices.
    pub reactivated_on: Option<Day>,
    /// Whether invoices are charged by themselves.
    pub auto_pay: AutoPay,
    /// Its status, and why.
    pub life: &'a TenantLife,
    /// What was done about these invoices.
    pub done: &'a [DoneStep],
}

/// What is to be done now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Steps to take, in order.
    pub act: Vec<Step>,
    /// Reminders whose time has passed: noted, and not sent.
    pub missed: Vec<Step>,
    /// Whether a suspension for overdue invoices ends.
    pub restores: bool,
    /// Whether the tenant is flagged after this.
    pub flagged: bool,
    /// Whether what the promise was about is settled.
    pub promise_is_over: bool,
    /// When something may be due next.
    pub next: Option<Timestamp>,
}

impl<'a> Case<'a> {
    /// Whether anything may happen to this tenant (DUN-17).
    pub fn is_dunned(&self) -> bool {
        self.life.stage == Stage::Active && self.life.cancelled_at.is_none()
    }

    /// The oldest unpaid invoice, being paid or not.
    pub fn oldest(&self) -> Option<&'a OpenInvoice> {
        self.invoices.iter().min_by_key(|it| (it.due_day, it.invoice_id))
    }

    /// The invoice that decides: the oldest unpaid one that is not being paid (DUN-04, PAY-18).
    pub fn deciding(&self) -> Option<&'a OpenInvoice> {
        let idle = self.invoices.iter().filter(|it| it.payment == PaymentState::Idle);
        idle.min_by_key(|it| (it.due_day, it.invoice_id))
    }

    /// The steps that are still to come, in their order; those of a past day are due.
    pub fn steps(&self) -> Vec<Step> {
        let Some(invoice) = self.deciding().filter(|_| self.is_dunned()) else {
            return Vec::new();
        };
        let policy = self.policy;
        let after_due = |days: u16| invoice.due_day.plus_days(days.into());
        let mut steps = Vec::new();
        if policy.remind_tenant {
            steps.extend(policy.reminder_days.iter().map(|days| {
                (StepKind::Reminder(*days), after_due(*days), vec![Recipient::Tenant])
            }));
        }
        let flag = after_due(policy.flags_after());
        steps.push((StepKind::Flag, flag, vec![Recipient::Partner]));
        if let Some(days) = policy.suspends_after() {
            let mut told = vec![Recipient::Partner];
            if policy.tell_tenant_of_suspension {
                told.push(Recipient::Tenant);
            }
            steps.push((StepKind::Suspend, after_due(days), told));
        }
        let is_suspended = self.life.reasons.contains(&SuspensionReason::Overdue);
        let mut steps: Vec<Step> = steps
            .into_iter()
            .filter(|(kind, ..)| match kind {
                StepKind::Suspend => !is_suspended,
                kind => !self.was_done(invoice, *kind),
            })
            .map(|(kind, day, told)| self.dated(invoice, (kind, day), told))
            .collect();
        steps.sort_by_key(|step| (step.day, step.kind));
        steps
    }

    /// When failed automatic payments of its invoices are tried again after `now` (PAY-08). They
    /// are done with payments; a promise moves them like everything else.
    pub fn retries(&self, now: Timestamp) -> Vec<Step> {
        if self.auto_pay == AutoPay::Off || !self.is_dunned() {
            return Vec::new();
        }
        let idle = self.invoices.iter().filter(|it| it.payment == PaymentState::Idle);
        let mut steps: Vec<Step> = idle.flat_map(|invoice| self.retries_of(invoice, now)).collect();
        steps.sort_by_key(|step| (step.at, step.kind, step.invoice_id));
        steps
    }

    /// When a failed automatic payment of this invoice is tried again after `now`, in no order.
    pub fn retries_of(&self, invoice: &OpenInvoice, now: Timestamp) -> Vec<Step> {
        let dated = self.policy.retry_days.iter().map(|days| {
            let day = invoice.issue_day.plus_days((*days).into());
            let told = vec![Recipient::Partner, Recipient::Tenant];
            self.dated(invoice, (StepKind::Retry(*days), day), told)
        });
        dated.filter(|step| step.at > now).collect()
    }

    /// Everything to come, for people: [`steps`](Self::steps) and [`retries`](Self::retries).
    pub fn timeline(&self, now: Timestamp) -> Vec<Step> {
        let mut steps = self.steps();
        steps.extend(self.retries(now));
        steps.sort_by_key(|step| (step.at, step.kind, step.invoice_id));
        steps
    }

    fn was_done(&self, invoice: &OpenInvoice, kind: StepKind) -> bool {
        self.done.iter().any(|done| done.kind == kind && done.invoice_id == invoice.invoice_id)
    }

    fn dated(
        &self,
        invoice: &OpenInvoice,
        (kind, day): (StepKind, Day),
        told: Vec<Recipient>,
    ) -> Step {
        let promise = self.promise.filter(|promise| invoice.issue_day <= promise.since);
        let mut day = promise.map_or(day, |promise| promise.moves(day));
        if let (StepKind::Suspend, Some(since)) = (kind, self.reactivated_on) {
            day = day.max(since.plus_days(self.policy.grace_days.into()));
        }
        Step { kind, invoice_id: invoice.invoice_id, day, at: invoice.zone.start_of(day), told }
    }

    /// Whether something of it is overdue, so that a suspension for that goes on (DUN-06, DUN-08).
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        let from = self.policy.suspends_after().map_or(1, |days| i64::from(days.min(1)));
        self.invoices.iter().any(|invoice| invoice.days_overdue(now) >= from)
    }

    /// What is to be done at `now`, where somebody last looked at `looked_at`. Of reminders that
    /// became due since then only the last is sent, and none that was due before.
    pub fn plan(&self, now: Timestamp, looked_at: Option<Timestamp>) -> Plan {
        let (mut ripe, later): (Vec<Step>, Vec<Step>) =
            self.steps().into_iter().partition(|step| step.at <= now);
        let is_reminder = |step: &Step| matches!(step.kind, StepKind::Reminder(_));
        let last = ripe.iter().rev().find(|step| is_reminder(step));
        let last = last.filter(|step| looked_at.is_none_or(|looked_at| step.at > looked_at));
        let last = last.map(|step| step.kind);
        let missed: Vec<Step> =
            ripe.extract_if(.., |step| is_reminder(step) && Some(step.kind) != last).collect();
        let was_flagged = self.oldest().is_some_and(|it| self.was_done(it, StepKind::Flag));
        let is_suspended = self.life.reasons.contains(&SuspensionReason::Overdue);
        Plan {
            restores: is_suspended && !self.is_overdue(now),
            flagged: was_flagged || ripe.iter().any(|step| step.kind == StepKind::Flag),
            promise_is_over: self.promise.is_some_and(|promise| {
                !self.invoices.iter().any(|invoice| invoice.issue_day <= promise.since)
            }),
            next: self.next(now, &later),
            act: ripe,
            missed,
        }
    }

    /// The next step, or the next day where a payment that is pending holds steps back.
    fn next(&self, now: Timestamp, later: &[Step]) -> Option<Timestamp> {
        let pending = self.invoices.iter().find(|invoice| {
            invoice.payment == PaymentState::Pending && invoice.days_overdue(now) >= 0
        });
        let tomorrow = pending.filter(|_| self.is_dunned()).map(|invoice| {
            let today = invoice.zone.day_of(now);
            invoice.zone.start_of(today.plus_days(1))
        });
        later.iter().map(|step| step.at).chain(tomorrow).min()
    }
}
