//! What if: past periods of tenants under other terms, touching nothing (BEY-04).
//!
//! Decided here: which periods are looked at, what is compared with what, and where a run ends. A
//! proposal that is the period's own profile version takes the way on which its invoice was
//! issued; every other one prices the period's calls again, each as if it had come in under the
//! proposal. The comparison is with what was issued. Calls are read in pages, sums are kept, and a
//! page of tenants ends early where many calls were read.

mod tally;

use domain::{
    account::Tenant,
    charging::{DeckVersion, DeckVersions},
    ids::{DeckId, PartnerId, ProfileId, TenantId},
    invoice::compute::{ComputedInvoice, InvoiceError, Outcome},
    money::{Currency, Micros, Minor},
    paging::{Page, PageRequest},
    phone::HomeArea,
    profile::{ProfileTerms, ProfileVersion},
    rating::Increments,
    simulate::{invoice_from, proposed_from},
    time::{Day, Timestamp},
};
use store::{audit::KeptPeriod, db::Tx};

use self::tally::Tally;
use crate::{
    App,
    close::{Billing, Decks, PastPeriod, is_carried, past_period},
    error::{AppError, Result},
    setup::{CheckedDeck, TenantFilter, TenantSort},
};

/// Most proposals of a run.
pub const MAX_PROPOSALS: usize = 10;
/// Most periods of a tenant in one run: ten years of months.
const MAX_PERIODS: usize = 120;
/// Calls after which a page of tenants ends: about two seconds of work.
const CALLS_OF_A_PAGE: u64 = 300_000;
/// Calls read at once.
const CALLS_PAGE: i64 = 2_000;

/// Which terms are tried.
#[derive(Debug)]
pub enum ProposedTerms {
    /// Each period's own.
    AsBilled,
    /// A profile's, by its latest version or a certain one.
    Profile(ProfileId, Option<i64>),
    /// Terms that nobody has saved.
    New(Box<ProfileTerms>),
}

/// Which deck is tried with them.
#[derive(Debug)]
pub enum ProposedDeck {
    /// That of the terms, as it was in force.
    OfTerms,
    /// A stored deck, by its latest version or a certain one, as if always in force.
    Stored(DeckId, Option<i64>),
    /// A file that nobody has saved, as if always in force.
    New(Box<CheckedDeck>),
}

/// What is tried.
#[derive(Debug)]
pub struct Proposal {
    /// The terms.
    pub terms: ProposedTerms,
    /// The deck.
    pub deck: ProposedDeck,
}

/// What to simulate.
#[derive(Debug)]
pub struct SimulationRequest {
    /// Only these tenants.
    pub tenants: Option<Vec<TenantId>>,
    /// Closed periods whose first day, in the tenant's zone, is this or a later one …
    pub from: Day,
    /// … and before this one.
    pub to: Day,
    /// What is tried.
    pub proposals: Vec<Proposal>,
}

/// Sums of invoices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Amounts {
    /// Before tax.
    pub subtotal: Minor,
    /// Tax.
    pub tax: Minor,
    /// Both.
    pub total: Minor,
}

/// A tenant's periods under one proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Simulated {
    /// What they would have been billed.
    pub amounts: Amounts,
    /// Calls for which the proposal has no rate; they count nothing.
    pub unrated_calls: i64,
}

/// A tenant's periods, as billed and under each proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantResult {
    /// Whose.
    pub tenant_id: TenantId,
    /// Its name.
    pub name: String,
    /// Of the amounts.
    pub currency: Currency,
    /// How many periods.
    pub periods: u32,
    /// What was billed.
    pub actual: Amounts,
    /// What the partner paid for the billed calls, in the operator's currency.
    pub call_cost: Micros,
    /// In the order of the request's proposals.
    pub simulated: Vec<Simulated>,
}

/// A page of tenants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimulationPage {
    /// The tenants, in the order of their ids.
    pub tenants: Page<TenantResult>,
    /// Of the costs.
    pub cost_currency: Currency,
}

impl Amounts {
    fn of(computed: &ComputedInvoice) -> Self {
        if computed.outcome != Outcome::Issue {
            return Self::default();
        }
        Self { subtotal: computed.subtotal, tax: computed.tax, total: computed.total }
    }

    /// The sum of both.
    pub fn plus(self, other: Self) -> Result<Self> {
        Ok(Self {
            subtotal: self.subtotal.plus(other.subtotal)?,
            tax: self.tax.plus(other.tax)?,
            total: self.total.plus(other.total)?,
        })
    }
}

/// A proposal, ready to price calls.
struct Trial {
    terms: Option<ProfileVersion>,
    deck: Option<(DeckId, DeckVersions)>,
}

impl Trial {
    /// The version that it puts in place of the period's own; `None` where it is that one.
    fn version(&self, period: &PastPeriod) -> Option<ProfileVersion> {
        let mut version = self.terms.clone().unwrap_or_else(|| period.version.clone());
        match &self.deck {
            Some((deck_id, _)) => version.terms.deck = Some(*deck_id),
            None if version == period.version => return None,
            None => {}
        }
        Some(version)
    }
}

/// What all tenants of a run share.
struct Bench<'a> {
    billing: Billing<'a>,
    home: HomeArea,
    increments: Increments,
    decks: Decks,
    trials: Vec<Trial>,
    calls_read: u64,
}

impl App {
    /// A page of tenants, each with its closed periods as billed and under each proposal. Reads
    /// one snapshot; the page is shorter than asked for where many calls were read.
    pub async fn simulate(
        &self,
        partner_id: PartnerId,
        request: SimulationRequest,
        page: &PageRequest,
    ) -> Result<SimulationPage> {
        check(&request)?;
        let mut tx = self.db.begin_read().await?;
        let operator = store::operator::find(&mut tx).await?;
        let operator = operator.ok_or_else(|| AppError::not_found("operator", "the operator"))?;
        let SimulationRequest { tenants, from, to, proposals } = request;
        for tenant_id in tenants.iter().flatten() {
            let found = store::tenants::find(&mut tx, partner_id, *tenant_id).await?;
            found.ok_or_else(|| AppError::not_found("tenant", tenant_id))?;
        }
        let mut bench =
            self.bench(&mut tx, partner_id, (&operator.home_country, proposals)).await?;
        let filter = TenantFilter { tenants, ..TenantFilter::default() };
        let order = (TenantSort::Created, page);
        let tenants = store::tenants::list(&mut tx, partner_id, filter, order).await?;
        let mut rows = Vec::with_capacity(tenants.rows.len());
        let mut has_more = tenants.has_more;
        let count = tenants.rows.len();
        for tenant in tenants.rows {
            rows.push(bench.tenant(&mut tx, &tenant, (from, to)).await?);
            if bench.calls_read >= CALLS_OF_A_PAGE && rows.len() < count {
                has_more = true;
                break;
            }
        }
        tx.commit().await?;
        let tenants = Page { rows, has_more };
        Ok(SimulationPage { tenants, cost_currency: operator.currency })
    }

    async fn bench(
        &self,
        tx: &mut Tx,
        partner_id: PartnerId,
        (home_country, proposals): (&str, Vec<Proposal>),
    ) -> Result<Bench<'_>> {
        let partner = store::partners::find(tx, partner_id).await?;
        let partner = partner.ok_or_else(|| AppError::not_found("partner", partner_id))?;
        let increments = partner.increments;
        let increments =
            Increments::try_new(increments.minimum_seconds, increments.increment_seconds)
                .map_err(|error| AppError::Broken(error.to_string()))?;
        let home =
            HomeArea::parse(home_country).map_err(|error| AppError::Broken(error.to_string()))?;
        let billing = Billing::load(tx, partner_id, &self.decks).await?;
        let decks = store::directory::decks(tx, Some(partner_id)).await?;
        let decks = self.decks.compile(decks)?;
        let trials = proposals
            .into_iter()
            .enumerate()
            .map(|(place, proposal)| trial((place, proposal), &billing, &decks))
            .collect::<Result<_>>()?;
        Ok(Bench { billing, home, increments, decks, trials, calls_read: 0 })
    }
}

fn check(request: &SimulationRequest) -> Result<()> {
    if request.proposals.is_empty() || request.proposals.len() > MAX_PROPOSALS {
        return Err(AppError::invalid("proposals", format!("give 1 to {MAX_PROPOSALS}")));
    }
    if request.to <= request.from {
        return Err(AppError::invalid("to", "must be after from"));
    }
    Ok(())
}

/// The proposal number `place`, with everything it names.
fn trial(
    (place, proposal): (usize, Proposal),
    billing: &Billing<'_>,
    decks: &Decks,
) -> Result<Trial> {
    let wrong = |field: &str, message: &str| {
        AppError::invalid(format!("proposals.{place}.{field}"), message)
    };
    let terms = match proposal.terms {
        ProposedTerms::AsBilled => None,
        ProposedTerms::Profile(profile_id, number) => {
            let versions = billing.versions.0.get(&profile_id);
            let versions =
                versions.ok_or_else(|| wrong("billing_profile_id", "is no profile of yours"))?;
            let dated = match number {
                None => versions.last(),
                Some(number) => versions.iter().find(|dated| dated.version == number),
            };
            let dated = dated
                .ok_or_else(|| wrong("billing_profile_version", "the profile has none such"))?;
            let (version, terms) = (dated.version, dated.terms.clone());
            Some(ProfileVersion { profile_id, version, terms })
        }
        ProposedTerms::New(terms) => {
            if terms.deck.is_some_and(|deck| !decks.contains_key(&deck)) {
                return Err(wrong("terms.rate_deck_id", "is no deck of yours"));
            }
            let profile_id = ProfileId::from_bits(0);
            Some(ProfileVersion { profile_id, version: 0, terms: *terms })
        }
    };
    let always = |version, book| {
        let effective_from = Timestamp::from_micros(i64::MIN);
        DeckVersions::new(vec![DeckVersion { effective_from, version, book }])
    };
    let deck = match proposal.deck {
        ProposedDeck::OfTerms => None,
        ProposedDeck::Stored(deck_id, number) => {
            let versions =
                decks.get(&deck_id).ok_or_else(|| wrong("rate_deck_id", "is no deck of yours"))?;
            let version = match number {
                None => versions.latest(),
                Some(number) => versions.version(number),
            };
            let version =
                version.ok_or_else(|| wrong("rate_deck_version", "the deck has none such"))?;
            Some((deck_id, always(version.version, version.book.clone())))
        }
        ProposedDeck::New(checked) => {
            Some((DeckId::from_bits(0), always(0, std::sync::Arc::new(checked.book))))
        }
    };
    Ok(Trial { terms, deck })
}

impl Bench<'_> {
    async fn tenant(
        &mut self,
        tx: &mut Tx,
        tenant: &Tenant,
        (from, to): (Day, Day),
    ) -> Result<TenantResult> {
        let partner_id = self.billing.partner_id;
        let kept = store::audit::periods(tx, partner_id, tenant.tenant_id).await?;
        let mut result = TenantResult {
            tenant_id: tenant.tenant_id,
            name: tenant.name.clone(),
            currency: tenant.currency,
            periods: 0,
            actual: Amounts::default(),
            call_cost: Micros::ZERO,
            simulated: vec![Simulated::default(); self.trials.len()],
        };
        let is_wanted = |kept: &KeptPeriod| {
            let first = tenant.zone.day_of(kept.term.span.start);
            kept.state == "closed" && from <= first && first < to
        };
        if kept.iter().filter(|kept| is_wanted(kept)).count() > MAX_PERIODS {
            let message = format!("holds more than {MAX_PERIODS} periods of {}", tenant.tenant_id);
            return Err(AppError::invalid("to", message));
        }
        for (place, period) in kept.iter().enumerate().filter(|(_, kept)| is_wanted(kept)) {
            let next = kept.get(place + 1);
            let past = past_period(tx, &self.billing, tenant, (period, next)).await?;
            if let Some(past) = past {
                self.period(tx, &past, &mut result).await?;
            }
        }
        Ok(result)
    }

    /// Adds a period, as billed and under each proposal.
    async fn period(
        &mut self,
        tx: &mut Tx,
        past: &PastPeriod,
        result: &mut TenantResult,
    ) -> Result<()> {
        result.periods += 1;
        result.call_cost = result.call_cost.plus(past.wholesale)?;
        if let Some(issued) = &past.issued {
            let (subtotal, tax, total) = (issued.subtotal, issued.tax, issued.total);
            result.actual = result.actual.plus(Amounts { subtotal, tax, total })?;
        }
        let versions: Vec<Option<ProfileVersion>> =
            self.trials.iter().map(|trial| trial.version(past)).collect();
        let mut tallies: Vec<Option<Tally<'_>>> = Vec::with_capacity(versions.len());
        for (trial, version) in self.trials.iter().zip(&versions) {
            tallies.push(version.as_ref().map(|version| {
                let deck = match &trial.deck {
                    Some((deck_id, versions)) => Some((*deck_id, versions)),
                    None => version.terms.deck.and_then(|id| Some((id, self.decks.get(&id)?))),
                };
                Tally::new(version, (self.increments, deck))
            }));
        }
        if tallies.iter().any(Option::is_some) {
            self.calls_read += read_calls(tx, (past, &self.home), &mut tallies).await?;
        }
        for (tally, sum) in tallies.into_iter().zip(&mut result.simulated) {
            let computed = match tally {
                None => past.with_facts(|facts| invoice_from(facts, &past.version, &past.usage)),
                Some(tally) => {
                    sum.unrated_calls += tally.unrated;
                    let usage = tally.groups()?;
                    let terms = (&past.version, tally.version);
                    past.with_facts(|facts| proposed_from(facts, terms, &usage))
                }
            };
            let computed = computed.map_err(|error| refused(past, &error))?;
            sum.amounts = sum.amounts.plus(Amounts::of(&computed))?;
        }
        Ok(())
    }
}

fn refused(past: &PastPeriod, error: &InvoiceError) -> AppError {
    AppError::Refused(format!("{}: {error}", past.tenant.tenant_id))
}

/// Gives every tally the calls that the period's invoice carries; answers how many rows were read.
async fn read_calls(
    tx: &mut Tx,
    (past, home): (&PastPeriod, &HomeArea),
    tallies: &mut [Option<Tally<'_>>],
) -> Result<u64> {
    let owner = (past.tenant.partner_id, past.tenant.tenant_id);
    let billed_before = past.billed_before();
    let (mut read, mut last) = (0, None);
    loop {
        let page = store::calls::of_tenant(tx, owner, past.term.span, (last, CALLS_PAGE)).await?;
        let Some(end) = page.last() else { return Ok(read) };
        last = Some((end.ended_at, end.call_id));
        read += page.len() as u64;
        for call in page.iter().filter(|call| is_carried(call, &past.term, billed_before)) {
            for tally in tallies.iter_mut().flatten() {
                tally.take(call, home)?;
            }
        }
    }
}
