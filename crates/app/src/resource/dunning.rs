//! Dunning as programs see it: policies, timelines, tenants that are late, previews of mails.

use domain::{
    dunning::{
        self as rules, DoneStep, OpenInvoice, PaymentState, PolicyChoices, Step, StepKind,
        SuspensionMode,
    },
    ids::{InvoiceId, ProfileId, TenantId},
    invoice::issued,
    money::Currency,
    time::{Day, Timestamp, Zone},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Decimal, Instant};

/// What is done about unpaid invoices, and when. Days count from the due date of the oldest unpaid
/// invoice; 0 is that date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DunningPolicy {
    /// Days at which the tenant is flagged, and the partner is told.
    #[schema(example = 7)]
    pub flag_after_days: u16,
    /// `automatic` suspends; `manual` never does, and lists the tenant for review.
    #[schema(value_type = String, pattern = "^(automatic|manual)$")]
    pub suspension: SuspensionMode,
    /// Days at which the tenant is suspended, where that is automatic.
    #[schema(example = 14)]
    pub suspend_after_days: u16,
    /// Days at which the tenant is reminded, where it is.
    #[schema(example = json!([1, 5, 10]))]
    pub reminder_days: Vec<u16>,
    /// Days after issue at which a failed automatic payment is tried again.
    #[schema(example = json!([3, 7]))]
    pub retry_days: Vec<u16>,
    /// Whether the tenant is reminded by mail.
    pub remind_tenant: bool,
    /// Whether the tenant is mailed when it is suspended; the partner always is.
    pub tell_tenant_of_suspension: bool,
    /// Days that a tenant runs on after somebody ended its suspension by hand.
    #[schema(example = 7)]
    pub grace_days: u16,
}

impl From<&rules::DunningPolicy> for DunningPolicy {
    fn from(policy: &rules::DunningPolicy) -> Self {
        Self {
            flag_after_days: policy.flag_after_days,
            suspension: policy.suspension,
            suspend_after_days: policy.suspend_after_days,
            reminder_days: policy.reminder_days.iter().copied().collect(),
            retry_days: policy.retry_days.iter().copied().collect(),
            remind_tenant: policy.remind_tenant,
            tell_tenant_of_suspension: policy.tell_tenant_of_suspension,
            grace_days: policy.grace_days,
        }
    }
}

/// What a profile chooses instead of the partner's policy. Null takes the partner's value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProfileDunningPolicy {
    /// The profile.
    #[schema(value_type = String, example = "prf_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub billing_profile_id: ProfileId,
    /// Days at which the tenant is flagged.
    pub flag_after_days: Option<u16>,
    /// `automatic` or `manual`.
    #[schema(value_type = Option<String>, pattern = "^(automatic|manual)$")]
    pub suspension: Option<SuspensionMode>,
    /// Days at which the tenant is suspended.
    #[schema(example = 30)]
    pub suspend_after_days: Option<u16>,
    /// Days at which the tenant is reminded.
    pub reminder_days: Option<Vec<u16>>,
    /// Days after issue at which a failed automatic payment is tried again.
    pub retry_days: Option<Vec<u16>>,
    /// Whether the tenant is reminded by mail.
    pub remind_tenant: Option<bool>,
    /// Whether the tenant is mailed when it is suspended.
    pub tell_tenant_of_suspension: Option<bool>,
    /// Days that a tenant runs on after somebody ended its suspension by hand.
    pub grace_days: Option<u16>,
    /// What is in force for tenants on this profile.
    pub effective: DunningPolicy,
}

impl ProfileDunningPolicy {
    /// What was chosen for a profile, and what follows from it.
    pub fn of(
        profile_id: ProfileId,
        (own, policy): (&PolicyChoices, &rules::DunningPolicy),
    ) -> Self {
        let list = |days: &Option<std::collections::BTreeSet<u16>>| {
            days.as_ref().map(|days| days.iter().copied().collect())
        };
        Self {
            billing_profile_id: profile_id,
            flag_after_days: own.flag_after_days,
            suspension: own.suspension,
            suspend_after_days: own.suspend_after_days,
            reminder_days: list(&own.reminder_days),
            retry_days: list(&own.retry_days),
            remind_tenant: own.remind_tenant,
            tell_tenant_of_suspension: own.tell_tenant_of_suspension,
            grace_days: own.grace_days,
            effective: policy.into(),
        }
    }
}

/// A step of dunning, done or to come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DunningStep {
    /// What happens.
    #[schema(value_type = String, pattern = "^(payment_retry|reminder|flag|suspend)$",
        example = "suspend")]
    pub step: &'static str,
    /// `planned`; `done`; or `missed`: nobody was mailed, because its day had passed.
    #[schema(value_type = String, pattern = "^(planned|done|missed)$")]
    pub state: &'static str,
    /// On which date of the invoice's time zone.
    #[schema(value_type = String, format = Date, example = "2026-06-30")]
    pub date: Day,
    /// When: the beginning of that date, or when it was done.
    pub at: Instant,
    /// Because of which invoice.
    #[schema(value_type = String, example = "inv_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub invoice_id: InvoiceId,
    /// Who is told by mail: `partner`, `tenant`. Of a payment that is tried again, when it fails.
    #[schema(value_type = Vec<String>, example = json!(["partner"]))]
    pub told: Vec<&'static str>,
}

impl DunningStep {
    /// A step to come.
    pub fn planned(step: Step) -> Self {
        Self {
            step: step.kind.name(),
            state: "planned",
            date: step.day,
            at: step.at.into(),
            invoice_id: step.invoice_id,
            told: step.told.iter().map(|it| it.as_str()).collect(),
        }
    }

    /// A step that was done, or passed by.
    pub fn done(step: &DoneStep, zone: &Zone) -> Self {
        let is_missed = matches!(step.kind, StepKind::Reminder(_)) && step.told.is_empty();
        Self {
            step: step.kind.name(),
            state: if is_missed { "missed" } else { "done" },
            date: zone.day_of(step.at),
            at: step.at.into(),
            invoice_id: step.invoice_id,
            told: step.told.iter().map(|it| it.as_str()).collect(),
        }
    }
}

/// An invoice that a tenant has not paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct UnpaidInvoice {
    /// Its id.
    #[schema(value_type = String, example = "inv_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub id: InvoiceId,
    /// Its number.
    #[schema(example = "INV-000123")]
    pub number: Option<String>,
    /// The last day to pay it.
    #[schema(value_type = String, format = Date, example = "2026-06-16")]
    pub due_date: Day,
    /// Whole days since then; 0 before.
    #[schema(example = 9)]
    pub days_overdue: i64,
    /// What is left to pay.
    pub amount_due: Decimal,
    /// What its amounts are in.
    #[schema(value_type = String, example = "USD")]
    pub currency: Currency,
    /// Whether a payment of it is pending, which stops everything else.
    pub payment_pending: bool,
}

impl UnpaidInvoice {
    /// The invoice as it is at an instant.
    pub fn of(invoice: &issued::Invoice, (open, now): (&OpenInvoice, Timestamp)) -> Self {
        Self {
            id: invoice.invoice_id,
            number: invoice.number.clone(),
            due_date: open.due_day,
            days_overdue: open.days_overdue(now).max(0),
            amount_due: Decimal(invoice.currency.decimal(invoice.due())),
            currency: invoice.currency,
            payment_pending: open.payment == PaymentState::Pending,
        }
    }
}

/// What a tenant said about when it pays. Steps after it wait as long as it runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PromiseToPay {
    /// The last day to keep it.
    #[schema(value_type = String, format = Date, example = "2026-07-31")]
    pub until: Day,
    /// The day it was made; from here on nothing is counted.
    #[schema(value_type = String, format = Date, example = "2026-07-15")]
    pub made_on: Day,
    /// What was noted.
    #[schema(example = "Called, waits for a transfer")]
    pub note: String,
}

/// What happens to a tenant that does not pay: what was done, what is to come, who is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DunningTimeline {
    /// The tenant.
    #[schema(value_type = String, example = "tnt_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub tenant_id: TenantId,
    /// How it stands.
    #[schema(value_type = String, pattern = "^(trial|active|suspended|cancelled)$")]
    pub status: &'static str,
    /// Since when it is flagged; absent where it is not.
    pub flagged_at: Option<Instant>,
    /// Whole days since the due date of the oldest unpaid invoice; 0 before.
    #[schema(example = 9)]
    pub days_overdue: i64,
    /// What is due on invoices that are overdue.
    pub amount_overdue: Decimal,
    /// Of the amount.
    #[schema(value_type = String, example = "USD")]
    pub currency: Currency,
    /// What is unpaid, the oldest first. Balances that no card is charged for are left out.
    pub unpaid_invoices: Vec<UnpaidInvoice>,
    /// What it promised.
    pub promise: Option<PromiseToPay>,
    /// Until when somebody's hand keeps it in service.
    #[schema(value_type = Option<String>, format = Date)]
    pub grace_until: Option<Day>,
    /// What is in force for it.
    pub policy: DunningPolicy,
    /// What was done about its unpaid invoices, then what is to come.
    pub steps: Vec<DunningStep>,
}

/// A tenant that is late.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OverdueTenant {
    /// The tenant.
    #[schema(value_type = String, example = "tnt_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub tenant_id: TenantId,
    /// Its name.
    #[schema(example = "Acme Dental")]
    pub name: String,
    /// How it stands.
    #[schema(value_type = String, pattern = "^(trial|active|suspended|cancelled)$")]
    pub status: &'static str,
    /// Since when it is flagged; absent where it is not.
    pub flagged_at: Option<Instant>,
    /// Whether it is flagged and its policy suspends nobody: somebody has to decide.
    pub needs_review: bool,
    /// Whole days since the due date of the oldest unpaid invoice.
    #[schema(example = 9)]
    pub days_overdue: i64,
    /// What is due on invoices that are overdue.
    pub amount_overdue: Decimal,
    /// Of the amount.
    #[schema(value_type = String, example = "USD")]
    pub currency: Currency,
    /// What is unpaid, the oldest first.
    pub unpaid_invoices: Vec<UnpaidInvoice>,
    /// What it promised.
    pub promise: Option<PromiseToPay>,
    /// What happens next.
    pub next_step: Option<DunningStep>,
}

/// A mail of dunning as it would be sent now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DunningMail {
    /// `reminder`, `flagged`, `suspended` or `interrupted`.
    #[schema(value_type = String, pattern = "^(reminder|flagged|suspended|interrupted)$")]
    pub letter: &'static str,
    /// Who gets it.
    #[schema(value_type = String, pattern = "^(partner|tenant)$")]
    pub to: &'static str,
    /// Whether the policy in force has it sent.
    pub is_sent: bool,
    /// Who it comes from.
    #[schema(example = "Oak Voice <support@oak.example>")]
    pub sender: String,
    /// Its address.
    #[schema(example = "books@acme.example")]
    pub recipient: String,
    /// Its subject.
    #[schema(example = "Reminder from Oak Voice: $99.00 is not paid")]
    pub subject: String,
    /// Its text.
    #[schema(example = "Hello Acme Dental, …")]
    pub body: String,
}
