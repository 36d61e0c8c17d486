//! Usage as programs see it.

use domain::{money::Currency, time::Day, usage::UsageSum};
use serde::Serialize;
use store::usage_sums::{DaySum, Present};
use utoipa::ToSchema;

use super::{Decimal, Span};

/// Seconds of a minute.
const MINUTE: i64 = 60;

/// What is provisioned and assigned now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Counts {
    /// Extensions, used or not.
    pub extensions: i64,
    /// Phone numbers, both kinds together.
    pub phone_numbers: i64,
    /// Standard numbers.
    pub local_phone_numbers: i64,
    /// Toll-free numbers.
    pub toll_free_phone_numbers: i64,
}

impl From<Present> for Counts {
    fn from(present: Present) -> Self {
        Self {
            extensions: present.extensions,
            phone_numbers: present.local_numbers + present.toll_free_numbers,
            local_phone_numbers: present.local_numbers,
            toll_free_phone_numbers: present.toll_free_numbers,
        }
    }
}

/// Rated calls, summed up. Seconds are billed ones, after increments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Usage {
    /// Calls.
    pub calls: i64,
    /// Talk time.
    pub talk_seconds: i64,
    /// Billed seconds.
    pub billed_seconds: i64,
    /// Billed seconds in minutes, to the hundredth, rounded up.
    #[schema(example = "1234.50")]
    pub minutes: Decimal,
    /// Of these, inbound billed seconds.
    pub inbound_seconds: i64,
    /// Outbound billed seconds.
    pub outbound_seconds: i64,
    /// Billed seconds of local calls.
    pub local_seconds: i64,
    /// Billed seconds of toll-free calls.
    pub toll_free_seconds: i64,
    /// The calls' prices, before included minutes.
    pub amount: Decimal,
    /// Of `amount`.
    #[schema(example = "USD")]
    pub currency: String,
}

impl Usage {
    /// Inbound billed seconds in minutes, rounded up as `minutes` are.
    pub fn inbound_minutes(&self) -> Decimal {
        minutes(self.inbound_seconds)
    }

    /// Outbound billed seconds in minutes, rounded up as `minutes` are.
    pub fn outbound_minutes(&self) -> Decimal {
        minutes(self.outbound_seconds)
    }
}

/// Sums of calls while they are added up.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sums {
    pub(crate) all: UsageSum,
    pub(crate) inbound_seconds: i64,
    pub(crate) toll_free_seconds: i64,
}

impl Sums {
    pub(crate) fn add(&mut self, row: &DaySum) -> crate::error::Result<()> {
        self.all = self.all.plus(row.sum)?;
        if row.direction == domain::cdr::Direction::Inbound {
            self.inbound_seconds += row.sum.billed_seconds;
        }
        if row.class == domain::phone::CallClass::TollFree {
            self.toll_free_seconds += row.sum.billed_seconds;
        }
        Ok(())
    }

    pub(crate) fn shown(self, currency: Currency) -> Usage {
        let seconds = self.all.billed_seconds;
        Usage {
            calls: self.all.calls,
            talk_seconds: self.all.talk_seconds,
            billed_seconds: seconds,
            minutes: minutes(seconds),
            inbound_seconds: self.inbound_seconds,
            outbound_seconds: seconds - self.inbound_seconds,
            local_seconds: seconds - self.toll_free_seconds,
            toll_free_seconds: self.toll_free_seconds,
            amount: Decimal(self.all.retail.to_string()),
            currency: currency.code().to_owned(),
        }
    }
}

/// Seconds as minutes with two places, rounded up so that a begun minute shows.
pub(crate) fn minutes(seconds: i64) -> Decimal {
    let hundredths = (i128::from(seconds) * 100 + i128::from(MINUTE - 1)).div_euclid(60);
    Decimal(format!("{}.{:02}", hundredths / 100, (hundredths % 100).abs()))
}

/// What a tenant used in its current billing period so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TenantUsage {
    /// The open billing period; in a trial, the calendar month.
    pub period: Span,
    /// What it has now.
    #[serde(flatten)]
    pub counts: Counts,
    /// Its calls of this period.
    pub usage: Usage,
    /// What the period's invoice would come to before tax if it were closed now: calls, numbers,
    /// extensions, fees. In a trial, its calls alone.
    pub spend: Decimal,
    /// Of `spend`.
    #[schema(example = "USD")]
    pub currency: String,
}

/// What was used on one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct UsageDay {
    /// The tenant's local day in which the calls ended.
    #[schema(value_type = String, example = "2026-05-16")]
    pub day: Day,
    /// Its calls.
    #[serde(flatten)]
    pub usage: Usage,
}

/// What a tenant used day by day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct UsageDays {
    /// One for each day that was asked for, in order.
    pub data: Vec<UsageDay>,
    /// All of them together.
    pub total: Usage,
}

/// What all tenants used in a calendar month so far; no invoice (INV-29).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct UsageSummary {
    /// The month.
    #[schema(example = "2026-05")]
    pub month: String,
    /// What they have now.
    #[serde(flatten)]
    pub counts: Counts,
    /// Calls.
    pub calls: i64,
    /// Billed seconds in minutes, to the hundredth, rounded up.
    #[schema(example = "1234.50")]
    pub minutes: Decimal,
    /// The calls' prices, before included minutes.
    pub amount: Decimal,
    /// Of `amount`.
    #[schema(example = "USD")]
    pub currency: String,
    /// What the partner pays for these calls.
    pub cost: Decimal,
    /// Of `cost`.
    #[schema(example = "USD")]
    pub cost_currency: String,
}
