//! The demo's world as data: two partners, forty tenants, their plans and prices.
//!
//! Decided here: who exists and what they have. All numbers are from ranges set aside for
//! fiction (555-0100 to 555-0199 of any area code), all mail goes to example domains. A tenant's
//! numbers follow from its line in `tenants.csv` and those before it.

mod partners;
mod plans;

use std::collections::BTreeMap;

use anyhow::Context;
use domain::time::{Day, Zone};
use serde::Deserialize;

pub(crate) use self::{
    partners::{PARTNERS, PartnerPlan, SwitchPlan},
    plans::{PlanKey, Refers, plans},
};

/// Retail prices of the decks that both partners sell.
pub(crate) const RETAIL_DECK: &str = include_str!("retail.csv");
/// The operator's prices of the same destinations.
pub(crate) const WHOLESALE_DECK: &str = include_str!("wholesale.csv");
const TENANTS: &str = include_str!("tenants.csv");

/// What a tenant's card does when it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Pays {
    /// Pays what is asked.
    Visa,
    /// Pays a part by transfer.
    Partly,
    /// The bank declines.
    Declined,
    /// The account holds too little.
    Insufficient,
    /// Has no card and does not pay.
    Never,
}

/// A tenant to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TenantPlan {
    /// Slug of its partner.
    pub(crate) partner: String,
    /// The switch that carries its calls.
    pub(crate) switch: String,
    /// Its name.
    pub(crate) name: String,
    /// Its SIP prefix.
    pub(crate) prefix: String,
    /// Second line of its address.
    pub(crate) city: String,
    /// Where its day begins.
    pub(crate) zone: Zone,
    /// Its area code.
    pub(crate) area: String,
    /// Its extensions, from 101 on.
    pub(crate) extensions: Vec<String>,
    /// Its local numbers, ten digits each.
    pub(crate) locals: Vec<String>,
    /// Its toll-free numbers, ten digits each.
    pub(crate) toll_free: Vec<String>,
    /// Its billing profile.
    pub(crate) plan: PlanKey,
    /// The day it is activated.
    pub(crate) starts: Day,
    /// The day it is cancelled.
    pub(crate) leaves: Option<Day>,
    /// Codes of the taxes it pays.
    pub(crate) taxes: Vec<String>,
    /// What its card does.
    pub(crate) pays: Pays,
}

/// A line of `tenants.csv`.
#[derive(Debug, Deserialize)]
struct TenantLine {
    partner: String,
    switch: String,
    name: String,
    prefix: String,
    city: String,
    zone: Zone,
    area: String,
    extensions: u32,
    locals: u32,
    toll_free: u32,
    profile: PlanKey,
    starts: Day,
    leaves: Option<Day>,
    taxes: String,
    pays: Pays,
}

/// The area codes of toll-free numbers.
pub(crate) const TOLL_FREE_AREAS: [&str; 7] = ["800", "888", "877", "866", "855", "844", "833"];
/// The first number that belongs to strangers; below are tenants'.
pub(crate) const FIRST_STRANGER: u32 = 50;

/// The number `number` of the fictional range of `area`, ten digits.
pub(crate) fn fictional(area: &str, number: u32) -> String {
    format!("{area}55501{number:02}")
}

/// All tenants, in the order of the file.
pub(crate) fn tenants() -> anyhow::Result<Vec<TenantPlan>> {
    let mut reader = csv::Reader::from_reader(TENANTS.as_bytes());
    let lines: Result<Vec<TenantLine>, csv::Error> = reader.deserialize().collect();
    let lines = lines.context("the demo's tenants.csv")?;
    let mut taken: BTreeMap<String, u32> = BTreeMap::new();
    let mut toll_free_taken = 0;
    Ok(lines
        .into_iter()
        .map(|line| {
            let next = taken.entry(line.area.clone()).or_default();
            let locals = (*next..*next + line.locals).map(|number| fictional(&line.area, number));
            let locals = locals.collect();
            *next += line.locals;
            let toll_free = (toll_free_taken..toll_free_taken + line.toll_free).map(toll_free);
            let toll_free = toll_free.collect();
            toll_free_taken += line.toll_free;
            planned(line, (locals, toll_free))
        })
        .collect())
}

fn planned(line: TenantLine, (locals, toll_free): (Vec<String>, Vec<String>)) -> TenantPlan {
    let codes = line.taxes.split('+').filter(|code| !code.is_empty());
    TenantPlan {
        taxes: codes.map(str::to_owned).collect(),
        extensions: (101..101 + line.extensions).map(|name| name.to_string()).collect(),
        locals,
        toll_free,
        partner: line.partner,
        switch: line.switch,
        name: line.name,
        prefix: line.prefix,
        city: line.city,
        zone: line.zone,
        area: line.area,
        plan: line.profile,
        starts: line.starts,
        leaves: line.leaves,
        pays: line.pays,
    }
}

/// The toll-free number `number` of all that tenants have.
fn toll_free(number: u32) -> String {
    let areas = u32::try_from(TOLL_FREE_AREAS.len()).expect("seven");
    fictional(TOLL_FREE_AREAS[(number % areas) as usize], number / areas)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_world_is_as_the_demo_says() {
        let tenants = tenants().expect("a readable file");
        assert_eq!(tenants.len(), 40);
        let plans: BTreeSet<PlanKey> = tenants.iter().map(|tenant| tenant.plan).collect();
        assert_eq!(plans.len(), PlanKey::ALL.len(), "every kind of profile has a tenant");
        let days: BTreeSet<i8> = tenants.iter().map(|tenant| tenant.starts.day()).collect();
        assert!([29, 30, 31].iter().all(|day| days.contains(day)));
        for tenant in &tenants {
            let partner = PARTNERS.iter().find(|partner| partner.slug == tenant.partner);
            let partner = partner.unwrap_or_else(|| panic!("no partner of {}", tenant.name));
            assert!(partner.switches.iter().any(|switch| switch.name == tenant.switch));
            for code in &tenant.taxes {
                assert!(partner.taxes.iter().any(|(known, ..)| known == code), "{code}");
            }
        }
    }

    #[test]
    fn no_number_belongs_to_two() {
        let tenants = tenants().expect("a readable file");
        let numbers: Vec<&String> = tenants
            .iter()
            .flat_map(|tenant| tenant.locals.iter().chain(&tenant.toll_free))
            .collect();
        let distinct: BTreeSet<&&String> = numbers.iter().collect();
        assert_eq!(distinct.len(), numbers.len());
        for number in numbers {
            assert_eq!((number.len(), &number[3..8]), (10, "55501"), "{number}");
            let last: u32 = number[8..].parse().expect("digits");
            assert!(last < FIRST_STRANGER);
        }
    }
}
