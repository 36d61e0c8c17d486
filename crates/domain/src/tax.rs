//! Taxes on invoices.
//!
//! Decided here: a jurisdiction adds its rate of all taxable lines, rounded once; several add up
//! and none compounds (TAX-05, TAX-06). The table is the partner's; nothing here judges whether a
//! rate is right (TAX-09). An outside service can stand in for the table by [`TaxProvider`].

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::money::{DecimalError, Minor, Overflow, format_decimal, parse_decimal, round_to_i64};

/// A tax rate in millionths: 85,000 is 8.5 %. At least 0 and less than 1 (TAX-02).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaxRate(u32);

/// The text is not a tax rate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TaxRateError {
    /// Not a decimal with up to six places.
    #[error(transparent)]
    NotDecimal(#[from] DecimalError),
    /// Negative.
    #[error("{0} is negative")]
    Negative(String),
    /// A percentage where a share is wanted.
    #[error("{0} is not below 1: write 8.5 % as 0.085")]
    TooLarge(String),
}

impl TaxRate {
    /// Parses a decimal share such as `0.085`.
    pub fn parse(text: &str) -> Result<Self, TaxRateError> {
        let millionths = match parse_decimal(text, 6) {
            Err(DecimalError::OutOfRange(_)) => i64::MAX,
            other => other?,
        };
        if millionths < 0 {
            return Err(TaxRateError::Negative(text.to_owned()));
        }
        let below_one = u32::try_from(millionths).ok().filter(|rate| *rate < 1_000_000);
        below_one.map(Self).ok_or_else(|| TaxRateError::TooLarge(text.to_owned()))
    }
    /// Millionths.
    pub const fn millionths(self) -> u32 {
        self.0
    }
    /// The rate with this many millionths, below a million.
    pub const fn from_millionths(millionths: u32) -> Option<Self> {
        if millionths < 1_000_000 { Some(Self(millionths)) } else { None }
    }
    /// The tax on `base`, rounded once, half away from zero.
    pub fn of(self, base: Minor) -> Minor {
        let exact = i128::from(base.get()) * i128::from(self.0);
        Minor::new(round_to_i64(exact, 1_000_000).expect("a rate is below one"))
    }
    /// For people: `8.5%`.
    pub fn percent(self) -> String {
        format!("{}%", format_decimal(self.0.into(), 4, 0))
    }
}

impl fmt::Display for TaxRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&format_decimal(self.0.into(), 6, 1))
    }
}

impl Serialize for TaxRate {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TaxRate {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// A row of a partner's tax table (TAX-01).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jurisdiction {
    /// Such as `US-AR-Pulaski`; unique per partner.
    pub code: String,
    /// Shown on the line.
    pub name: String,
    /// The share of the taxable lines.
    pub rate: TaxRate,
    /// Whether new invoices carry it.
    pub enabled: bool,
}

/// One tax of an invoice, stored as issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxLine {
    /// The jurisdiction's code.
    pub code: String,
    /// The jurisdiction's name as issued.
    pub name: String,
    /// The rate as issued.
    pub rate: TaxRate,
    /// What was taxed.
    pub base: Minor,
    /// The tax.
    pub amount: Minor,
}

/// Where tax figures come from (TAX-11).
pub trait TaxProvider {
    /// The taxes on a sum of taxable lines, in the order they are shown.
    fn taxes(&self, base: Minor) -> Result<Vec<TaxLine>, Overflow>;
}

/// The jurisdictions that apply to one tenant.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TaxTable(Vec<Jurisdiction>);

impl TaxTable {
    /// The enabled jurisdictions among `all` that the tenant lists, in the order of its list; a
    /// code that is listed twice counts once, an unknown one does not count.
    pub fn for_tenant(codes: &[String], all: &[Jurisdiction]) -> Self {
        let mut chosen: Vec<Jurisdiction> = Vec::new();
        for code in codes {
            let found = all.iter().find(|jurisdiction| jurisdiction.code == *code);
            if let Some(found) = found.filter(|found| found.enabled)
                && !chosen.iter().any(|known| known.code == *code)
            {
                chosen.push(found.clone());
            }
        }
        Self(chosen)
    }
    /// Exactly these jurisdictions.
    pub const fn of(jurisdictions: Vec<Jurisdiction>) -> Self {
        Self(jurisdictions)
    }
}

impl TaxProvider for TaxTable {
    fn taxes(&self, base: Minor) -> Result<Vec<TaxLine>, Overflow> {
        let line = |jurisdiction: &Jurisdiction| TaxLine {
            code: jurisdiction.code.clone(),
            name: jurisdiction.name.clone(),
            rate: jurisdiction.rate,
            base,
            amount: jurisdiction.rate.of(base),
        };
        Ok(self.0.iter().map(line).collect())
    }
}

/// The tax share of a refund: in the proportion of the invoice's tax to its total (F-17, TAX-12).
pub fn tax_share(refund: Minor, tax: Minor, total: Minor) -> Minor {
    if total.get() <= 0 {
        return Minor::ZERO;
    }
    let exact = i128::from(refund.get()) * i128::from(tax.get());
    round_to_i64(exact, total.get().into()).map_or(tax, Minor::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jurisdiction(code: &str, rate: &str) -> Jurisdiction {
        Jurisdiction {
            code: code.to_owned(),
            name: format!("Tax of {code}"),
            rate: TaxRate::parse(rate).expect("a rate"),
            enabled: true,
        }
    }

    fn amounts(table: &TaxTable, base: i64) -> Vec<i64> {
        let lines = table.taxes(Minor::new(base)).expect("in range");
        lines.iter().map(|line| line.amount.get()).collect()
    }

    // TAX-02
    #[test]
    fn rates_are_shares_below_one() {
        let hint = TaxRate::parse("8.5").expect_err("a percentage").to_string();
        assert_eq!(hint, "8.5 is not below 1: write 8.5 % as 0.085");
        assert_eq!(TaxRate::parse("0.085").expect("a rate").percent(), "8.5%");
        assert_eq!(TaxRate::parse("0").expect("a rate").to_string(), "0.0");
        for bad in ["1", "-0.1", "0.0000001", "", "8,5", "99999999999999999999"] {
            assert!(TaxRate::parse(bad).is_err(), "{bad:?}");
        }
    }

    // TAX-05 TAX-06 TAX-08
    #[test]
    fn taxes_add_up_and_never_compound() {
        let two = TaxTable::of(vec![jurisdiction("a", "0.05"), jurisdiction("b", "0.01")]);
        assert_eq!(amounts(&two, 10_000), [500, 100]);
        assert_eq!(amounts(&TaxTable::of(vec![jurisdiction("a", "0.085")]), 10_186), [866]);
        assert_eq!(amounts(&TaxTable::default(), 10_186), [0_i64; 0]);
    }

    // TAX-03 TAX-04 TAX-05
    #[test]
    fn only_enabled_jurisdictions_of_the_tenant_count() {
        let mut all = vec![jurisdiction("a", "0.05"), jurisdiction("b", "0.01")];
        let codes = ["b", "a", "b", "gone"].map(str::to_owned);
        assert_eq!(amounts(&TaxTable::for_tenant(&codes, &all), 10_000), [100, 500]);
        all[0].enabled = false;
        assert_eq!(amounts(&TaxTable::for_tenant(&codes, &all), 10_000), [100]);
    }

    // TAX-12 F-17
    #[test]
    fn a_refund_carries_its_share_of_tax() {
        let share = |refund| tax_share(Minor::new(refund), Minor::new(866), Minor::new(11_052));
        assert_eq!(share(5_526), Minor::new(433));
        assert_eq!(share(11_052), Minor::new(866));
        assert_eq!(tax_share(Minor::new(5), Minor::ZERO, Minor::ZERO), Minor::ZERO);
    }
}
