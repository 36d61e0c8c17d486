//! Billing profiles: how a partner charges a tenant.
//!
//! Decided here: what a profile version says and which values are refused. A version never
//! changes; editing makes the next one, which is in force for each tenant from its next cycle
//! (PRO-13, PRO-15). Which version is in force when is `cycle`'s and `app`'s business.

mod automatic;
mod check;
mod edit;
mod example;
#[cfg(test)]
mod golden_tests;

pub use automatic::automatic_profiles;
pub use check::{ProfileWarning, TermsError, TermsErrors, validate, warnings};
pub use edit::ProfileEdit;
pub use example::{ExampleError, Imagined, example};

use serde::{Deserialize, Serialize};

use crate::{
    cycle::Every,
    ids::{DeckId, ProfileId},
    money::{Minor, Nanos},
};

/// Pay for every unit, or a fixed fee with included quantities (PRO-03).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PricingModel {
    /// Every unit is charged.
    Payg,
    /// A base fee with included quantities; the rates price what exceeds them.
    FlatRate,
}

/// Where period boundaries lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BillingCycle {
    /// On the day of the month the tenant was activated (CYC-01).
    Anniversary,
    /// On the first of the month (CYC-02).
    CalendarMonth,
}

/// When the base fee is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BaseFeeTiming {
    /// With the invoice of the finished period (CYC-05).
    #[default]
    Arrears,
    /// At the period's start (CYC-06).
    Advance,
}

/// Which calls a profile charges (C-26).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UsageScope {
    /// Inbound and outbound.
    #[default]
    BothDirections,
    /// Outbound only.
    OutboundOnly,
}

/// A quantity that the base fee covers; `Unlimited` never gives overage (PRO-06).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Included {
    /// This many per period.
    UpTo(u32),
    /// As many as there are.
    Unlimited,
}

impl Included {
    /// Nothing included.
    pub const NONE: Self = Self::UpTo(0);

    /// What of `used` is not included.
    pub fn excess(self, used: i64) -> i64 {
        match self {
            Self::UpTo(included) => (used - i64::from(included)).max(0),
            Self::Unlimited => 0,
        }
    }
}

/// A price per minute for all calls, or one for each class (BEY-02).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MinuteRates {
    /// One rate for local and toll-free alike (PRO-07).
    Single(Nanos),
    /// One rate per class.
    ByClass {
        /// For local calls.
        local: Nanos,
        /// For toll-free calls.
        toll_free: Nanos,
    },
}

/// A trial that turns into another profile by itself (PRO-11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TrialTerms {
    /// Days from the tenant's creation to the conversion.
    pub days: u16,
    /// The profile it converts to.
    pub convert_to: ProfileId,
}

/// What one version of a profile says. Money is in the partner's currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileTerms {
    /// Shown to partners and on the invoice.
    pub name: String,
    /// How units are charged.
    pub model: PricingModel,
    /// Where boundaries lie.
    pub cycle: BillingCycle,
    /// The length of a cycle, in months of `cycle`: normally one month.
    pub every: Every,
    /// Fee per period.
    pub base_fee: Minor,
    /// When the fee is due.
    pub base_fee_timing: BaseFeeTiming,
    /// Extensions the fee covers.
    pub included_extensions: Included,
    /// Numbers the fee covers, standard ones first (F-04).
    pub included_dids: Included,
    /// Minutes the fee covers.
    pub included_minutes: Included,
    /// Per extension and period.
    pub extension_rate: Nanos,
    /// Per standard number and period.
    pub did_rate: Nanos,
    /// Per toll-free number and period.
    pub toll_free_did_rate: Nanos,
    /// Per minute of usage.
    pub minute_rates: MinuteRates,
    /// A deck that prices calls before the minute rates do.
    pub deck: Option<DeckId>,
    /// Which calls are charged.
    pub usage_scope: UsageScope,
    /// Days from issue to due; `None` takes the partner's value (PRO-18).
    pub terms_days: Option<u16>,
    /// Whether a period that comes to nothing still gets an invoice (CYC-13).
    pub invoice_zero_totals: bool,
    /// Present on a trial profile.
    pub trial: Option<TrialTerms>,
}

impl ProfileTerms {
    /// Extensions the fee covers; pay-as-you-go prices every unit (PRO-05, F-03).
    pub const fn included_extensions_in_force(&self) -> Included {
        self.in_force(self.included_extensions)
    }
    /// Numbers the fee covers; none in pay-as-you-go.
    pub const fn included_dids_in_force(&self) -> Included {
        self.in_force(self.included_dids)
    }
    /// Minutes the fee covers; none in pay-as-you-go.
    pub const fn included_minutes_in_force(&self) -> Included {
        self.in_force(self.included_minutes)
    }
    const fn in_force(&self, included: Included) -> Included {
        match self.model {
            PricingModel::Payg => Included::NONE,
            PricingModel::FlatRate => included,
        }
    }
}

/// One immutable version of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileVersion {
    /// Whose version.
    pub profile_id: ProfileId,
    /// 1, 2, 3 …
    pub version: i64,
    /// What it says.
    pub terms: ProfileTerms,
}
