//! Disputes: a payer takes a payment back through its bank.
//!
//! Decided here: what is kept of a dispute and how it moves. Open, then won or lost, and that is
//! final. Only on the platform's own account does the platform answer it (REF-16); on a partner's
//! account the partner does, at the processor, and it is only noted here (REF-15).

use crate::{
    ids::{DisputeId, InvoiceId, PaymentId, TenantId},
    money::Minor,
    processor::AccountContext,
    time::Timestamp,
};

/// How a dispute stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DisputeState {
    /// Evidence is wanted or under review.
    Open,
    /// The money stayed, or came back.
    Won,
    /// The money is gone.
    Lost,
}

impl DisputeState {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Open, Self::Won, Self::Lost];

    /// `open`, `won` or `lost`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Won => "won",
            Self::Lost => "lost",
        }
    }
    /// The state with this name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
    /// Whether nobody knows yet how it ends.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Open)
    }
}

/// A dispute of a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispute {
    /// Its id.
    pub dispute_id: DisputeId,
    /// Who disputes.
    pub tenant_id: TenantId,
    /// What was paid.
    pub invoice_id: InvoiceId,
    /// The payment.
    pub payment_id: PaymentId,
    /// On whose account it is.
    pub context: AccountContext,
    /// The processor's id of it.
    pub reference: String,
    /// How much is disputed.
    pub amount: Minor,
    /// The payer's reason, such as `fraudulent`.
    pub reason: String,
    /// How it stands.
    pub state: DisputeState,
    /// What the processor says while it is open, such as `needs_response`.
    pub detail: String,
    /// Until when evidence is taken.
    pub evidence_due: Option<Timestamp>,
    /// What the operator wrote down against it.
    pub evidence: String,
    /// When all evidence was given.
    pub submitted_at: Option<Timestamp>,
    /// When it was first seen.
    pub opened_at: Timestamp,
    /// When it was won or lost.
    pub closed_at: Option<Timestamp>,
    /// When the processor is asked again.
    pub look_at: Option<Timestamp>,
    /// Grows with each change.
    pub version: i64,
}

impl Dispute {
    /// Whether the operator answers it: it is on the operator's own account (REF-16).
    pub fn is_answered_here(&self) -> bool {
        self.context == AccountContext::Platform
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_stable() {
        for state in DisputeState::ALL {
            assert_eq!(DisputeState::parse(state.as_str()), Some(state));
        }
        assert_eq!(DisputeState::parse("prevented"), None);
    }
}
