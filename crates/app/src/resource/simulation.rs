//! Simulations as programs see them: tenants, as billed and under each proposal.

use std::collections::BTreeMap;

use domain::{
    ids::TenantId,
    money::{Currency, Micros, Minor, Overflow},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::Decimal;
use crate::simulate::{self, Simulated, TenantResult};

/// Sums of invoices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Amounts {
    /// Before tax: what the partner earns.
    #[schema(example = "145.81")]
    pub subtotal: Decimal,
    /// Tax.
    #[schema(example = "12.39")]
    pub tax: Decimal,
    /// What tenants pay.
    #[schema(example = "158.20")]
    pub total: Decimal,
}

/// What a proposal would have meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SimulatedProposal {
    /// Its place in the request, from 0.
    pub proposal: usize,
    /// What would have been billed.
    pub amounts: Amounts,
    /// How much more would have been billed before tax; negative is less. It is the effect on
    /// revenue and on margin: what calls cost the partner stays.
    #[schema(example = "-13.44")]
    pub difference: Decimal,
    /// How much more would have been paid, tax included; negative is less.
    #[schema(example = "-14.58")]
    pub total_difference: Decimal,
    /// What is left of the subtotal after `call_cost`; null where they are in two currencies.
    pub margin: Option<Decimal>,
    /// Calls for which the proposal has no rate. They count nothing.
    pub unrated_calls: i64,
}

/// A tenant's closed periods, as billed and under each proposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TenantSimulation {
    /// Whose.
    #[schema(value_type = String, example = "tnt_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub tenant_id: TenantId,
    /// Its name.
    #[schema(example = "Acme Dental")]
    pub tenant_name: String,
    /// Of its amounts.
    #[schema(example = "USD")]
    pub currency: String,
    /// How many closed periods were found.
    pub periods: u32,
    /// What was billed.
    pub actual: Amounts,
    /// What the partner paid for the billed calls, in `cost_currency`.
    #[schema(example = "3.210000")]
    pub call_cost: Decimal,
    /// What is left of the billed subtotal after `call_cost`.
    pub actual_margin: Option<Decimal>,
    /// Each proposal, the cheapest for the tenant first; of equal ones the earlier.
    pub proposals: Vec<SimulatedProposal>,
}

/// The tenants of a page that are billed in one currency, together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SimulationTotals {
    /// Of the amounts.
    #[schema(example = "USD")]
    pub currency: String,
    /// How many tenants.
    pub tenants: usize,
    /// What was billed.
    pub actual: Amounts,
    /// What the partner paid for the billed calls, in `cost_currency`.
    pub call_cost: Decimal,
    /// What is left of the billed subtotal after `call_cost`.
    pub actual_margin: Option<Decimal>,
    /// Each proposal, the one that earns the partner most first.
    pub proposals: Vec<SimulatedProposal>,
}

/// How results are written: in which currency, beside costs of which one.
#[derive(Debug, Clone, Copy)]
struct Ink {
    currency: Currency,
    cost_currency: Currency,
}

impl Ink {
    fn decimal(self, amount: Minor) -> Decimal {
        Decimal(self.currency.decimal(amount))
    }

    fn amounts(self, amounts: simulate::Amounts) -> Amounts {
        Amounts {
            subtotal: self.decimal(amounts.subtotal),
            tax: self.decimal(amounts.tax),
            total: self.decimal(amounts.total),
        }
    }

    fn margin(self, subtotal: Minor, cost: Micros) -> Result<Option<Decimal>, Overflow> {
        if self.currency != self.cost_currency {
            return Ok(None);
        }
        let margin = self.currency.to_micros(subtotal)?.minus(cost)?;
        Ok(Some(Decimal(margin.to_string())))
    }

    fn proposal(
        self,
        (proposal, simulated): (usize, &Simulated),
        (actual, cost): (simulate::Amounts, Micros),
    ) -> Result<SimulatedProposal, Overflow> {
        let amounts = simulated.amounts;
        Ok(SimulatedProposal {
            proposal,
            amounts: self.amounts(amounts),
            difference: self.decimal(amounts.subtotal.minus(actual.subtotal)?),
            total_difference: self.decimal(amounts.total.minus(actual.total)?),
            margin: self.margin(amounts.subtotal, cost)?,
            unrated_calls: simulated.unrated_calls,
        })
    }
}

impl TenantSimulation {
    /// A tenant's result, beside costs in `cost_currency`.
    pub fn of(result: &TenantResult, cost_currency: Currency) -> Result<Self, Overflow> {
        let ink = Ink { currency: result.currency, cost_currency };
        let beside = (result.actual, result.call_cost);
        let mut ranked: Vec<(usize, &Simulated)> = result.simulated.iter().enumerate().collect();
        ranked.sort_by_key(|(_, simulated)| simulated.amounts.total);
        let proposals: Result<_, Overflow> =
            ranked.into_iter().map(|ranked| ink.proposal(ranked, beside)).collect();
        Ok(Self {
            tenant_id: result.tenant_id,
            tenant_name: result.name.clone(),
            currency: result.currency.code().to_owned(),
            periods: result.periods,
            actual: ink.amounts(result.actual),
            call_cost: Decimal(result.call_cost.to_string()),
            actual_margin: ink.margin(result.actual.subtotal, result.call_cost)?,
            proposals: proposals?,
        })
    }
}

/// Sums of one currency.
struct Sum {
    currency: Currency,
    tenants: usize,
    actual: simulate::Amounts,
    cost: Micros,
    simulated: Vec<Simulated>,
}

impl SimulationTotals {
    /// The sums of these tenants, by currency.
    pub fn of(
        results: &[TenantResult],
        cost_currency: Currency,
    ) -> crate::error::Result<Vec<Self>> {
        let mut sums: BTreeMap<&'static str, Sum> = BTreeMap::new();
        for result in results {
            let sum = sums.entry(result.currency.code()).or_insert_with(|| Sum {
                currency: result.currency,
                tenants: 0,
                actual: simulate::Amounts::default(),
                cost: Micros::ZERO,
                simulated: vec![Simulated::default(); result.simulated.len()],
            });
            sum.tenants += 1;
            sum.actual = sum.actual.plus(result.actual)?;
            sum.cost = sum.cost.plus(result.call_cost)?;
            for (sum, own) in sum.simulated.iter_mut().zip(&result.simulated) {
                sum.amounts = sum.amounts.plus(own.amounts)?;
                sum.unrated_calls += own.unrated_calls;
            }
        }
        let mut totals = Vec::with_capacity(sums.len());
        for sum in sums.into_values() {
            let ink = Ink { currency: sum.currency, cost_currency };
            let mut ranked: Vec<(usize, &Simulated)> = sum.simulated.iter().enumerate().collect();
            ranked.sort_by_key(|(_, simulated)| std::cmp::Reverse(simulated.amounts.subtotal));
            let beside = (sum.actual, sum.cost);
            let proposals: Result<_, Overflow> =
                ranked.into_iter().map(|ranked| ink.proposal(ranked, beside)).collect();
            totals.push(Self {
                currency: sum.currency.code().to_owned(),
                tenants: sum.tenants,
                actual: ink.amounts(sum.actual),
                call_cost: Decimal(sum.cost.to_string()),
                actual_margin: ink.margin(sum.actual.subtotal, sum.cost)?,
                proposals: proposals?,
            });
        }
        Ok(totals)
    }
}
