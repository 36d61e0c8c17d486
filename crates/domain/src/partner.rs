//! What states a partner can be in.
//!
//! Decided here: the names only (PLT, state machines). Moving between them belongs to the
//! subscription, which is not part of the foundation.

use serde::{Deserialize, Serialize};

/// The state of a partner's account with the operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartnerStatus {
    /// Everything works and nothing is debited (PLT-03, PLT-04).
    Trial,
    /// Paying.
    Active,
    /// The platform fee failed; service goes on for a while (PLT-32).
    PastDue,
    /// No calls for any of its tenants.
    Suspended,
    /// Cancelled by itself; data is kept for 90 days (PLT-35).
    Paused,
    /// On its way out (PLT-34).
    Deleting,
    /// Gone.
    Purged,
}

impl PartnerStatus {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Trial,
        Self::Active,
        Self::PastDue,
        Self::Suspended,
        Self::Paused,
        Self::Deleting,
        Self::Purged,
    ];

    /// `trial`, `active`, `past_due` …
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Trial => "trial",
            Self::Active => "active",
            Self::PastDue => "past_due",
            Self::Suspended => "suspended",
            Self::Paused => "paused",
            Self::Deleting => "deleting",
            Self::Purged => "purged",
        }
    }
    /// The status with this name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for status in PartnerStatus::ALL {
            assert_eq!(PartnerStatus::parse(status.as_str()), Some(status));
        }
        assert_eq!(PartnerStatus::parse("ACTIVE"), None);
    }
}
