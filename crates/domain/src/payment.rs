//! Payments of invoices: how much may be asked for, and what a payment and its attempts are.
//!
//! Decided here: the amount of a payment (PAY-01, PAY-03), the least a card is charged (ruling 10),
//! what a payment may become of what it is, so that news in any order end the same, and how an
//! attempt is named at the processor, so that asking again never charges again. When an automatic
//! payment is tried again is decided in [`crate::dunning`] (PAY-08). What a payment does to its
//! invoice is decided in [`crate::invoice::status`].

use serde::{Deserialize, Serialize};

use crate::{
    dispute::DisputeState,
    ids::{AttemptId, CheckoutId, InvoiceId, MethodId, PaymentId, TenantId},
    money::{Currency, Minor},
    processor::{AccountContext, MethodKind},
    time::Timestamp,
};

/// What is written down as the method of a payment that no processor made (INV-12).
pub const MANUAL: &str = "manual";

/// The code of a payment of which the processor never heard.
pub const NEVER_BEGUN: &str = "processor_unavailable";

/// Where a payment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PaymentStatus {
    /// Nobody knows yet.
    Pending,
    /// The payer has to authenticate it.
    RequiresAction,
    /// The money is on its way, for days where it comes from a bank account (PAY-18).
    Processing,
    /// The money did not come.
    Failed,
    /// Nobody wants it any more, or the processor never heard of it.
    Cancelled,
    /// The money came.
    Succeeded,
}

impl PaymentStatus {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Pending,
        Self::RequiresAction,
        Self::Processing,
        Self::Failed,
        Self::Cancelled,
        Self::Succeeded,
    ];

    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::RequiresAction => "requires_action",
            Self::Processing => "processing",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Succeeded => "succeeded",
        }
    }
    /// The status with this name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
    /// Whether nothing more is expected.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Failed | Self::Cancelled | Self::Succeeded)
    }
    /// Whether news may turn it into `next`: only forward, whatever order the news come in. Money
    /// that came counts also where it was given up before; once it counts, nothing else does.
    pub fn may_become(self, next: Self) -> bool {
        match (self, next) {
            (Self::Succeeded, _) => false,
            (_, Self::Succeeded) => true,
            (Self::Failed | Self::Cancelled, _) => false,
            (before, next) => before < next,
        }
    }
}

/// Who began a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PaymentOrigin {
    /// Somebody with an account or a key.
    Request,
    /// The tenant's standing order (PAY-06).
    AutoPay,
    /// Somebody with the link to the invoice's page (BEY-11).
    HostedPage,
    /// A person who notes that it was paid elsewhere (INV-12).
    Manual,
}

impl PaymentOrigin {
    const ALL: [Self; 4] = [Self::Request, Self::AutoPay, Self::HostedPage, Self::Manual];

    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::AutoPay => "auto_pay",
            Self::HostedPage => "hosted_page",
            Self::Manual => "manual",
        }
    }
    /// The origin with this name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|origin| origin.as_str() == text)
    }
}

/// Why a payment did not come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// For programs, such as `insufficient_funds`.
    pub code: String,
    /// For people.
    pub message: String,
}

impl Failure {
    /// A failure with this code and text.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into() }
    }
    /// Whether the payer has to be there: neither a decline of the card nor a success.
    pub fn wants_customer(&self) -> bool {
        self.code == "authentication_required"
    }
}

/// A payment of an invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// Its id.
    pub payment_id: PaymentId,
    /// Who pays.
    pub tenant_id: TenantId,
    /// What is paid.
    pub invoice_id: InvoiceId,
    /// What people call its method, such as `Visa •••• 4242`, or [`MANUAL`].
    pub method: String,
    /// The saved method; none where no processor made it.
    pub method_id: Option<MethodId>,
    /// On whose account it is; none where no processor made it.
    pub context: Option<AccountContext>,
    /// The processor's id of it, once it has told.
    pub reference: Option<String>,
    /// How much.
    pub amount: Minor,
    /// The platform's share of it, by the mode (STR-08).
    pub fee: Minor,
    /// What of it went back by refunds that succeeded; kept by those alone.
    pub refunded: Minor,
    /// How its last dispute stands, if there ever was one; kept by disputes alone.
    pub dispute: Option<DisputeState>,
    /// Where it stands.
    pub status: PaymentStatus,
    /// Who began it.
    pub origin: PaymentOrigin,
    /// The checkout session that it completes.
    pub checkout_id: Option<CheckoutId>,
    /// Where whoever pays wants the receipt, beside the tenant (PAY-05).
    pub receipt_to: Option<String>,
    /// What a person noted.
    pub note: String,
    /// Why it failed or was given up.
    pub failure: Option<Failure>,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it succeeded, failed or was given up.
    pub settled_at: Option<Timestamp>,
    /// When the processor is asked about it again, if nobody tells before.
    pub look_at: Option<Timestamp>,
}

impl Payment {
    /// Whether the processor never heard of it, so that it may be begun once more.
    pub fn was_never_begun(&self) -> bool {
        self.status == PaymentStatus::Cancelled
            && self.failure.as_ref().is_some_and(|failure| failure.code == NEVER_BEGUN)
    }
}

/// Where an attempt at the processor stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AttemptState {
    /// Written down; perhaps asked, perhaps not.
    Open,
    /// Asked, and the processor did not say.
    Unknown,
    /// The processor has it and waits for the payer or a bank.
    Waiting,
    /// The processor charged.
    Succeeded,
    /// The processor refused.
    Declined,
    /// Given up without blame: it never began, or nobody wants it any more.
    Cancelled,
}

impl AttemptState {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Open,
        Self::Unknown,
        Self::Waiting,
        Self::Succeeded,
        Self::Declined,
        Self::Cancelled,
    ];

    /// The stable name. The database lets only one attempt per invoice be `open`, `unknown` or
    /// `waiting`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Unknown => "unknown",
            Self::Waiting => "waiting",
            Self::Succeeded => "succeeded",
            Self::Declined => "declined",
            Self::Cancelled => "cancelled",
        }
    }
    /// The state with this name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
    /// Whether the processor may still charge.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::Unknown | Self::Waiting)
    }
}

/// Whether the payer waits for the answer and can authenticate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Payer {
    /// It does.
    Present,
    /// Nobody is there.
    Absent,
}

/// What the processor is asked for beside the amount, as it was written down before the first
/// time: asking again under the same key must ask the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChargeTerms {
    /// The processor's customer.
    pub customer: String,
    /// The processor's id of the method.
    pub method: String,
    /// What that method is: the name of a [`MethodKind`].
    pub kind: String,
    /// Who is there.
    pub payer: Payer,
    /// For people.
    pub description: String,
    /// What the payer's statement shows.
    pub descriptor: Option<String>,
    /// The platform's share, in minor units, where the charge itself carries it.
    pub fee_minor: Option<i64>,
}

impl ChargeTerms {
    /// What the method is; a card where the name is not known any more.
    pub fn method_kind(&self) -> MethodKind {
        MethodKind::parse(&self.kind).unwrap_or(MethodKind::Card)
    }
}

/// One attempt to make a payment at a processor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Its id.
    pub attempt_id: AttemptId,
    /// The payment it is for.
    pub payment_id: PaymentId,
    /// The invoice that payment is for.
    pub invoice_id: InvoiceId,
    /// 1 for the first of its payment.
    pub number: i64,
    /// How it is named at the processor.
    pub idempotency_key: String,
    /// How much is asked for.
    pub amount: Minor,
    /// What else is asked.
    pub terms: ChargeTerms,
    /// Where it stands.
    pub state: AttemptState,
    /// What the processor said.
    pub outcome: String,
    /// When it was written down.
    pub created_at: Timestamp,
    /// When the processor's answer was final.
    pub finished_at: Option<Timestamp>,
}

impl Payment {
    /// How it stands for people: what came and went back is refunded, wholly or in part (REF-08).
    pub fn shown_status(&self) -> &'static str {
        match self.status {
            PaymentStatus::Succeeded if self.refunded >= self.amount => "refunded",
            PaymentStatus::Succeeded if !self.refunded.is_zero() => "partially_refunded",
            status => status.as_str(),
        }
    }
}

impl Attempt {
    /// Attempt number `number` of a payment. Its id and key follow from the payment alone.
    pub fn open(payment: &Payment, (number, terms): (i64, ChargeTerms), now: Timestamp) -> Self {
        let (id, nth) = (payment.payment_id.to_string(), number.to_string());
        Self {
            attempt_id: AttemptId::derived(now, &[&id, &nth]),
            payment_id: payment.payment_id,
            invoice_id: payment.invoice_id,
            number,
            idempotency_key: format!("collect:{id}:{nth}"),
            amount: payment.amount,
            terms,
            state: AttemptState::Open,
            outcome: String::new(),
            created_at: now,
            finished_at: None,
        }
    }
}

/// Why an amount is not charged to a card.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// Nothing is due.
    #[error("nothing is due")]
    NothingDue,
    /// The whole balance is below what a card is charged; it moves to the next invoice.
    #[error("the balance of {due} is below the least a card is charged, {minimum}")]
    BalanceTooSmall {
        /// What is due.
        due: String,
        /// The least.
        minimum: String,
    },
    /// Less than a card is charged, or not even positive.
    #[error("{amount} is below the least a card is charged, {minimum}")]
    TooSmall {
        /// What was asked.
        amount: String,
        /// The least.
        minimum: String,
    },
    /// More than is due.
    #[error("{amount} is more than the {due} due")]
    TooLarge {
        /// What was asked.
        amount: String,
        /// What is due.
        due: String,
    },
    /// More than a processor takes at once.
    #[error("{amount} is more than can be charged at once, {most}")]
    AboveMost {
        /// What was asked, or is due.
        amount: String,
        /// The most.
        most: String,
    },
}

/// The most that is charged at once: eight digits, as processors take.
pub const MAX_CHARGE: Minor = Minor::new(99_999_999);

/// The least a card is charged: half a unit of the currency, 50 where it has no smaller unit.
pub fn card_minimum(currency: Currency) -> Minor {
    Minor::new(match currency.digits() {
        0 => 50,
        digits => 5 * 10_i64.pow(digits - 1),
    })
}

/// What a card is charged of an invoice on which `due` is due: the `wanted` amount, or all of it
/// (PAY-01, PAY-03).
pub fn card_amount(
    wanted: Option<Minor>,
    due: Minor,
    currency: Currency,
) -> Result<Minor, AmountError> {
    let minimum = card_minimum(currency);
    let shown = |amount| currency.display(amount);
    if due <= Minor::ZERO {
        return Err(AmountError::NothingDue);
    }
    if due < minimum {
        let (due, minimum) = (shown(due), shown(minimum));
        return Err(AmountError::BalanceTooSmall { due, minimum });
    }
    let amount = wanted.unwrap_or(due);
    if amount < minimum {
        let (amount, minimum) = (shown(amount), shown(minimum));
        return Err(AmountError::TooSmall { amount, minimum });
    }
    if amount > due {
        return Err(AmountError::TooLarge { amount: shown(amount), due: shown(due) });
    }
    if amount > MAX_CHARGE {
        let (amount, most) = (shown(amount), shown(MAX_CHARGE));
        return Err(AmountError::AboveMost { amount, most });
    }
    Ok(amount)
}

#[cfg(test)]
mod tests;
