//! Usage limits of a tenant, and what new tenants begin with.
//!
//! Decided here: what a limit may be (LIM-21), when an alert is due (LIM-07), and that an absent
//! cap means unlimited while zero means nothing (LIM-02). Limits are the partner's: no tenant ever
//! sees them (LIM-16). What follows from reaching one is decided where usage is counted.

use serde::{Deserialize, Serialize};

use crate::{money::Minor, tenant::LimitName, time::Zone};

/// Percent of a cap at which the partner is told, unless it says otherwise (LIM-07).
pub const DEFAULT_ALERT_PERCENT: u8 = 80;

/// What happens when a cap is reached (ruling "on_limit").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnLimit {
    /// The tenant is suspended (LIM-09).
    Suspend,
    /// The partner is told, and the tenant runs on (LIM-11).
    Alert,
}

impl OnLimit {
    /// `suspend` or `alert`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Suspend => "suspend",
            Self::Alert => "alert",
        }
    }
    /// The choice with this name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Suspend, Self::Alert].into_iter().find(|it| it.as_str() == text)
    }
}

/// The caps of one tenant. An absent cap is unlimited; zero allows nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TenantLimits {
    /// Charges of a period, before tax.
    pub monthly_spend: Option<Minor>,
    /// Provisioned extensions.
    pub max_extensions: Option<u32>,
    /// Assigned numbers.
    pub max_phone_numbers: Option<u32>,
    /// Minutes of a period, inbound and outbound.
    pub max_minutes: Option<u32>,
    /// Percent of a cap at which the partner is told, 1 to 100.
    pub alert_percent: u8,
    /// What happens when a cap is reached.
    pub on_limit: OnLimit,
}

impl Default for TenantLimits {
    fn default() -> Self {
        Self {
            monthly_spend: None,
            max_extensions: None,
            max_phone_numbers: None,
            max_minutes: None,
            alert_percent: DEFAULT_ALERT_PERCENT,
            on_limit: OnLimit::Suspend,
        }
    }
}

impl TenantLimits {
    /// The cap on counted things; `None` where it is unlimited or is no count.
    pub const fn count_cap(&self, name: LimitName) -> Option<u32> {
        match name {
            LimitName::MaxExtensions => self.max_extensions,
            LimitName::MaxDids => self.max_phone_numbers,
            LimitName::MonthlySpend | LimitName::MaxMinutes => None,
        }
    }
}

/// What a partner's new tenants begin with, where nothing else is said (TEN-10).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TenantDefaults {
    /// Their zone; `None` for the partner's.
    pub zone: Option<Zone>,
    /// The caller name their calls show; empty for none.
    pub default_cnam: String,
    /// Their limits.
    pub limits: TenantLimits,
    /// Grows with each change; 1 where nothing was ever changed.
    pub version: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    // LIM-02, LIM-21
    #[test]
    fn an_absent_cap_is_unlimited_and_zero_allows_nothing() {
        let none = TenantLimits::default();
        let zero = TenantLimits { max_extensions: Some(0), ..none };
        assert_eq!(none.count_cap(LimitName::MaxExtensions), None);
        assert_eq!(zero.count_cap(LimitName::MaxExtensions), Some(0));
        assert_eq!(zero.count_cap(LimitName::MaxDids), None);
        assert_eq!(none.alert_percent, 80);
    }

    #[test]
    fn names_are_read_back() {
        for choice in [OnLimit::Suspend, OnLimit::Alert] {
            assert_eq!(OnLimit::parse(choice.as_str()), Some(choice));
        }
        assert_eq!(OnLimit::parse("ignore"), None);
    }
}
