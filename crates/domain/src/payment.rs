//! Payments of invoices: how much may be asked for, and what a payment and its attempts are.
//!
//! Decided here: the amount of a payment (PAY-01, PAY-03), the least a card is charged (ruling
//! 10), and how an attempt is named at the gateway, so that asking again never charges again.
//! What a payment does to its invoice is decided in [`crate::invoice::status`].

use crate::{
    ids::{AttemptId, InvoiceId, PaymentId, TenantId},
    money::{Currency, Minor},
    time::Timestamp,
};

/// What is written down as the method of a payment that no gateway made (INV-12).
pub const MANUAL: &str = "manual";

/// Where a payment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PaymentStatus {
    /// Nobody knows yet.
    Pending,
    /// The money came.
    Succeeded,
    /// It did not.
    Failed,
}

impl PaymentStatus {
    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
        }
    }
    /// The status with this name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Pending, Self::Succeeded, Self::Failed]
            .into_iter()
            .find(|status| status.as_str() == text)
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
    /// How: a gateway's method, or [`MANUAL`].
    pub method: String,
    /// How much.
    pub amount: Minor,
    /// Where it stands.
    pub status: PaymentStatus,
    /// What a person noted, or why it failed.
    pub note: String,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it succeeded or failed.
    pub settled_at: Option<Timestamp>,
}

/// Where an attempt at the gateway stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AttemptState {
    /// Written down; perhaps asked, perhaps not.
    Open,
    /// Asked, and the gateway did not say.
    Unknown,
    /// The gateway charged.
    Succeeded,
    /// The gateway refused.
    Declined,
}

impl AttemptState {
    /// The stable name. The database lets only one attempt per invoice be `open` or `unknown`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Unknown => "unknown",
            Self::Succeeded => "succeeded",
            Self::Declined => "declined",
        }
    }
    /// The state with this name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Open, Self::Unknown, Self::Succeeded, Self::Declined]
            .into_iter()
            .find(|state| state.as_str() == text)
    }
    /// Whether the gateway may still charge.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::Unknown)
    }
}

/// One attempt to make a payment at a gateway.
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
    /// How it is named at the gateway.
    pub idempotency_key: String,
    /// How much is asked for.
    pub amount: Minor,
    /// Where it stands.
    pub state: AttemptState,
    /// What the gateway said.
    pub outcome: String,
    /// When it was written down.
    pub created_at: Timestamp,
    /// When the gateway's answer was final.
    pub finished_at: Option<Timestamp>,
}

impl Attempt {
    /// Attempt number `number` of a payment. Its id and key follow from the payment alone.
    pub fn open(payment: &Payment, number: i64, now: Timestamp) -> Self {
        let (id, nth) = (payment.payment_id.to_string(), number.to_string());
        Self {
            attempt_id: AttemptId::derived(now, &[&id, &nth]),
            payment_id: payment.payment_id,
            invoice_id: payment.invoice_id,
            number,
            idempotency_key: format!("collect:{id}:{nth}"),
            amount: payment.amount,
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
}

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
    Ok(amount)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn usd(wanted: Option<i64>, due: i64) -> Result<i64, String> {
        let amount = card_amount(wanted.map(Minor::new), Minor::new(due), Currency::USD);
        amount.map(Minor::get).map_err(|error| error.to_string())
    }

    // PAY-01 PAY-03
    #[test]
    fn a_card_is_charged_at_least_the_minimum_and_at_most_what_is_due() {
        assert_eq!(usd(None, 11_052), Ok(11_052));
        assert_eq!(usd(Some(4_000), 11_052), Ok(4_000));
        assert_eq!(usd(Some(50), 11_052), Ok(50));
        let refused = |wanted, due, why: &str| assert_eq!(usd(wanted, due), Err(why.to_owned()));
        refused(Some(0), 11_052, "$0.00 is below the least a card is charged, $0.50");
        refused(Some(-1), 11_052, "-$0.01 is below the least a card is charged, $0.50");
        refused(Some(49), 11_052, "$0.49 is below the least a card is charged, $0.50");
        refused(Some(20_000), 11_052, "$200.00 is more than the $110.52 due");
        refused(None, 0, "nothing is due");
        // A balance below the minimum is never charged by card (ruling 10).
        let small = "the balance of $0.30 is below the least a card is charged, $0.50";
        refused(None, 30, small);
        refused(Some(30), 30, small);
    }

    // BEY-18
    #[test]
    fn the_minimum_is_half_a_unit() {
        let minimum = |code| card_minimum(Currency::parse(code).expect("a currency")).get();
        assert_eq!((minimum("USD"), minimum("JPY"), minimum("KWD")), (50, 50, 500));
    }

    proptest! {
        // PAY-03
        #[test]
        fn no_amount_exceeds_what_is_due(wanted in any::<Option<i64>>(), due in any::<i64>()) {
            if let Ok(amount) = usd(wanted, due) {
                prop_assert!((50..=due).contains(&amount));
                prop_assert_eq!(amount, wanted.unwrap_or(due));
            }
        }
    }

    #[test]
    fn names_are_stable() {
        for name in ["pending", "succeeded", "failed"] {
            assert_eq!(PaymentStatus::parse(name).map(PaymentStatus::as_str), Some(name));
        }
        for name in ["open", "unknown", "succeeded", "declined"] {
            assert_eq!(AttemptState::parse(name).map(AttemptState::as_str), Some(name));
        }
    }
}
