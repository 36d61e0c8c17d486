//! Which profile terms are refused, and which deserve a word.
//!
//! Decided here: every wrong field is reported at once, each with its name and the reason (PRO-03,
//! PRO-04, PRO-19). Prices that lose money or look swapped are allowed and warned about (PRO-20).

use std::fmt;

use super::{BillingCycle, Included, MinuteRates, PricingModel, ProfileTerms};
use crate::{cycle::Every, money::Nanos, tier::TierRates};

/// One refused field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermsError {
    /// The field's name in the API.
    pub field: &'static str,
    /// What is wrong with its value.
    pub message: String,
}

/// All refused fields of a profile, never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermsErrors(pub Vec<TermsError>);

impl fmt::Display for TermsErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{}: {}", error.field, error.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for TermsErrors {}

/// Longest name in characters: it must fit on an invoice line.
const MAX_NAME: usize = 80;
/// Longest payment terms; a year is beyond any contract.
const MAX_TERMS_DAYS: u16 = 365;
/// Longest trial; ten years of free calls are a mistake.
const MAX_TRIAL_DAYS: u16 = 3_650;
/// Nanos in the smallest step of a profile's rate: six decimal places (PRO-19).
const RATE_STEP: i64 = 1_000;

/// All wrong fields of `terms`, or nothing to say.
pub fn validate(terms: &ProfileTerms) -> Result<(), TermsErrors> {
    let mut errors = Vec::new();
    let mut refuse = |field, message: String| errors.push(TermsError { field, message });
    let name = terms.name.trim();
    if name.is_empty() || name.chars().count() > MAX_NAME || name.chars().any(char::is_control) {
        refuse("name", format!("must have 1 to {MAX_NAME} printable characters"));
    }
    if terms.base_fee.is_negative() {
        refuse("base_fee", "must not be negative".to_owned());
    }
    for (field, rate) in rates(terms) {
        if rate.is_negative() {
            refuse(field, format!("{rate} is negative"));
        } else if rate.get() % RATE_STEP != 0 {
            refuse(field, format!("{rate} has more than 6 decimal places"));
        }
    }
    let by_days = matches!(terms.every, Every::Day | Every::Week);
    if terms.cycle == BillingCycle::CalendarMonth && by_days {
        let every = terms.every.as_str();
        refuse("every", format!("a calendar cycle is months long, not a {every}"));
    }
    if terms.terms_days.is_some_and(|days| days > MAX_TERMS_DAYS) {
        refuse("terms_days", format!("must not be above {MAX_TERMS_DAYS}"));
    }
    if terms.trial.is_some_and(|trial| !(1..=MAX_TRIAL_DAYS).contains(&trial.days)) {
        refuse("trial", format!("must last 1 to {MAX_TRIAL_DAYS} days"));
    }
    if errors.is_empty() { Ok(()) } else { Err(TermsErrors(errors)) }
}

fn rates(terms: &ProfileTerms) -> Vec<(&'static str, Nanos)> {
    let mut rates = vec![
        ("extension_rate", terms.extension_rate),
        ("did_rate", terms.did_rate),
        ("toll_free_did_rate", terms.toll_free_did_rate),
    ];
    match terms.minute_rates {
        MinuteRates::Single(rate) => rates.push(("minute_rate", rate)),
        MinuteRates::ByClass { local, toll_free } => {
            rates.extend([("local_minute_rate", local), ("toll_free_minute_rate", toll_free)]);
        }
    }
    rates
}

/// Something that is allowed and worth a second look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProfileWarning {
    /// A toll-free number is sold for less than a standard one.
    TollFreeBelowStandard {
        /// The toll-free rate.
        toll_free: Nanos,
        /// The standard rate.
        standard: Nanos,
    },
    /// A rate is below what the partner pays for the same unit.
    BelowCost {
        /// The field.
        field: &'static str,
        /// The retail rate.
        rate: Nanos,
        /// The wholesale rate.
        cost: Nanos,
    },
    /// Pay-as-you-go prices every unit, so included quantities do nothing.
    IncludedUnused,
}

impl fmt::Display for ProfileWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TollFreeBelowStandard { toll_free, standard } => write!(
                f,
                "toll-free numbers at {toll_free} are cheaper than standard numbers at {standard}"
            ),
            Self::BelowCost { field, rate, cost } => {
                write!(f, "{field} of {rate} is below your cost of {cost}")
            }
            Self::IncludedUnused => {
                f.write_str("pay-as-you-go charges every unit: included quantities have no effect")
            }
        }
    }
}

/// What is worth a second look in valid terms, against the partner's own rates where known.
pub fn warnings(terms: &ProfileTerms, wholesale: Option<&TierRates>) -> Vec<ProfileWarning> {
    let mut warnings = Vec::new();
    let (toll_free, standard) = (terms.toll_free_did_rate, terms.did_rate);
    if toll_free < standard {
        warnings.push(ProfileWarning::TollFreeBelowStandard { toll_free, standard });
    }
    for (field, rate, cost) in wholesale.map_or_else(Vec::new, |costs| costed(terms, costs)) {
        if rate < cost {
            warnings.push(ProfileWarning::BelowCost { field, rate, cost });
        }
    }
    let included = [terms.included_extensions, terms.included_dids, terms.included_minutes];
    if terms.model == PricingModel::Payg && included.iter().any(|one| *one != Included::NONE) {
        warnings.push(ProfileWarning::IncludedUnused);
    }
    warnings
}

/// Retail rates beside what the partner pays; one rate for both classes must cover the dearer.
fn costed(terms: &ProfileTerms, costs: &TierRates) -> Vec<(&'static str, Nanos, Nanos)> {
    let mut rows = vec![
        ("extension_rate", terms.extension_rate, costs.extension_month),
        ("did_rate", terms.did_rate, costs.local_did_month),
        ("toll_free_did_rate", terms.toll_free_did_rate, costs.toll_free_did_month),
    ];
    match terms.minute_rates {
        MinuteRates::Single(rate) => {
            let dearer = costs.local_minute.max(costs.toll_free_minute);
            rows.push(("minute_rate", rate, dearer));
        }
        MinuteRates::ByClass { local, toll_free } => rows.extend([
            ("local_minute_rate", local, costs.local_minute),
            ("toll_free_minute_rate", toll_free, costs.toll_free_minute),
        ]),
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        money::{Currency, Minor},
        profile::automatic_profiles,
        tier::Tier,
    };

    fn payg() -> ProfileTerms {
        automatic_profiles(Currency::USD)[0].clone()
    }

    fn fields(terms: &ProfileTerms) -> Vec<&'static str> {
        match validate(terms) {
            Ok(()) => Vec::new(),
            Err(TermsErrors(errors)) => errors.iter().map(|error| error.field).collect(),
        }
    }

    // PRO-03 PRO-04 PRO-19
    #[test]
    fn every_wrong_field_is_named_at_once() {
        let mut terms = payg();
        terms.name = " \t".to_owned();
        terms.base_fee = Minor::new(-1);
        terms.extension_rate = Nanos::new(-1_000_000_000);
        terms.did_rate = Nanos::new(100);
        terms.every = Every::Week;
        terms.terms_days = Some(1_000);
        let expected = ["name", "base_fee", "extension_rate", "did_rate", "every", "terms_days"];
        assert_eq!(fields(&terms), expected);
        let shown = validate(&terms).expect_err("refused").to_string();
        assert!(shown.contains("extension_rate: -1.00 is negative; did_rate: 0.0000001 has"));
    }

    // PRO-19
    #[test]
    fn six_places_are_kept_and_a_seventh_is_refused() {
        let mut terms = payg();
        let rate = |text| Nanos::parse(text).expect("a rate");
        terms.minute_rates = MinuteRates::Single(rate("0.018001"));
        assert_eq!(fields(&terms), [""; 0]);
        terms.minute_rates = MinuteRates::Single(rate("0.0000001"));
        assert_eq!(fields(&terms), ["minute_rate"]);
        let (local, toll_free) = (rate("-1"), rate("0.03"));
        terms.minute_rates = MinuteRates::ByClass { local, toll_free };
        assert_eq!(fields(&terms), ["local_minute_rate"]);
    }

    // PRO-20
    #[test]
    fn prices_below_cost_and_swapped_numbers_only_warn() {
        let starter = Tier::Starter.plan().expect("a standard tier").rates;
        let mut terms = payg();
        assert_eq!(warnings(&terms, Some(&starter)), []);
        terms.toll_free_did_rate = Nanos::parse("2").expect("a rate");
        terms.minute_rates = MinuteRates::Single(Nanos::parse("0.021").expect("a rate"));
        terms.included_minutes = Included::UpTo(5);
        let shown: Vec<String> =
            warnings(&terms, Some(&starter)).iter().map(ToString::to_string).collect();
        let expected = [
            "toll-free numbers at 2.00 are cheaper than standard numbers at 3.00",
            "toll_free_did_rate of 2.00 is below your cost of 2.50",
            "minute_rate of 0.021 is below your cost of 0.022",
            "pay-as-you-go charges every unit: included quantities have no effect",
        ];
        assert_eq!(shown, expected);
        assert_eq!(validate(&terms), Ok(()));
        assert_eq!(warnings(&terms, None).len(), 2);
    }
}
