//! Checkout sessions: a page on which one invoice can be paid, for a time (PAY-11).
//!
//! Decided here: what a session is and when it ends. It is complete when a payment that was begun
//! from it succeeds, and then only; whatever else happens it expires.

use crate::{
    ids::{CheckoutId, InvoiceId, PaymentId, TenantId},
    money::Minor,
    time::Timestamp,
};

/// How long a session is open.
pub const OPEN_SECONDS: i64 = 86_400;

/// Where a session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CheckoutStatus {
    /// It can be paid.
    Open,
    /// It was paid.
    Complete,
    /// It cannot be paid any more.
    Expired,
}

impl CheckoutStatus {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Open, Self::Complete, Self::Expired];

    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Complete => "complete",
            Self::Expired => "expired",
        }
    }
    /// The status with this name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// A checkout session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkout {
    /// Its id.
    pub checkout_id: CheckoutId,
    /// Whose invoice it is.
    pub tenant_id: TenantId,
    /// What is paid.
    pub invoice_id: InvoiceId,
    /// How much; all that is due then where nothing was said.
    pub amount: Option<Minor>,
    /// Where it stands.
    pub status: CheckoutStatus,
    /// The payment that completed it.
    pub payment_id: Option<PaymentId>,
    /// Where the payer goes afterwards.
    pub success_url: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends if it is not paid.
    pub expires_at: Timestamp,
    /// When it was paid.
    pub completed_at: Option<Timestamp>,
    /// Grows with each change.
    pub version: i64,
}

impl Checkout {
    /// Whether it can be paid at `now`.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.status == CheckoutStatus::Open && now < self.expires_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // PAY-11
    #[test]
    fn names_are_stable() {
        let names = CheckoutStatus::ALL.map(CheckoutStatus::as_str);
        assert_eq!(names, ["open", "complete", "expired"]);
        for name in names {
            assert_eq!(CheckoutStatus::parse(name).map(CheckoutStatus::as_str), Some(name));
        }
    }
}
