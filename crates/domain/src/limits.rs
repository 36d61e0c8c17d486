//! Usage limits of a tenant, and what new tenants begin with.
//!
//! Decided here: what a limit may be (LIM-21), when an alert is due (LIM-07), and that an absent
//! cap means unlimited while zero means nothing (LIM-02). Limits are the partner's: no tenant ever
//! sees them (LIM-16). What follows from reaching one is decided where usage is counted.

use serde::{Deserialize, Serialize};

use crate::{
    money::{Currency, Minor},
    tenant::LimitName,
    time::Zone,
};

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

/// How far a cap is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CapState {
    /// The partner need not know.
    Below,
    /// The threshold is reached.
    Alert,
    /// The cap is.
    Reached,
}

impl TenantLimits {
    /// How far a cap is used up by `used` of the same unit. Both thresholds are reached by what
    /// equals them (LIM-03, LIM-06, LIM-07); a cap of zero always is.
    pub fn state_of(&self, cap: i64, used: i64) -> CapState {
        let percent = i128::from(self.alert_percent);
        if used >= cap {
            CapState::Reached
        } else if i128::from(used) * 100 >= i128::from(cap) * percent {
            CapState::Alert
        } else {
            CapState::Below
        }
    }

    /// What a partner does well to begin with (LIM-15), with money in `currency`.
    pub fn recommended(currency: Currency) -> Self {
        Self {
            monthly_spend: currency.parse_minor("500").ok(),
            max_extensions: Some(50),
            max_phone_numbers: Some(10),
            max_minutes: Some(5_000),
            alert_percent: DEFAULT_ALERT_PERCENT,
            on_limit: OnLimit::Suspend,
        }
    }

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
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// More usage, a lower cap or a lower threshold never make a cap less used up.
        #[test]
        fn a_cap_is_only_ever_more_used_up(
            (cap, used) in (0..i64::MAX / 2, 0..i64::MAX / 2),
            (more, less) in (0..1_000_i64, 0..1_000_i64),
            percent in 1..=100_u8,
        ) {
            let limits = TenantLimits { alert_percent: percent, ..TenantLimits::default() };
            let state = limits.state_of(cap, used);
            prop_assert!(limits.state_of(cap, used + more) >= state);
            prop_assert!(limits.state_of((cap - less).max(0), used) >= state);
            let eager = TenantLimits { alert_percent: 1, ..limits };
            prop_assert!(eager.state_of(cap, used) >= state);
        }
    }

    // LIM-03 LIM-06 LIM-07 LIM-21
    #[test]
    fn thresholds_are_reached_by_what_equals_them() {
        let check = |(cap, used), expected| {
            assert_eq!(TenantLimits::default().state_of(cap, used), expected, "{used} of {cap}");
        };
        check((10_000, 7_999), CapState::Below);
        check((10_000, 8_000), CapState::Alert);
        check((10_000, 9_999), CapState::Alert);
        check((10_000, 10_000), CapState::Reached);
        check((10_000, -1), CapState::Below);
        check((1, 0), CapState::Below);
        check((0, 0), CapState::Reached);
        check((i64::MAX, i64::MAX - 1), CapState::Alert);
    }

    // LIM-15
    #[test]
    fn recommended_limits_are_complete_in_every_currency() {
        for (code, spend) in [("USD", 50_000), ("JPY", 500)] {
            let limits = TenantLimits::recommended(Currency::parse(code).unwrap());
            assert_eq!(limits.monthly_spend, Some(Minor::new(spend)));
            let counts = (limits.max_extensions, limits.max_phone_numbers, limits.max_minutes);
            assert_eq!(counts, (Some(50), Some(10), Some(5_000)));
            assert_eq!((limits.alert_percent, limits.on_limit), (80, OnLimit::Suspend));
        }
    }

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
