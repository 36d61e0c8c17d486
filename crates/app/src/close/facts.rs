//! The facts that invoices are computed from, read for many tenants at once.
//!
//! Decided here: what belongs to which period. Usage comes from the day roll-ups; calls are read
//! only where their order decides (included minutes over several rates) or where a late call
//! reaches a closed period. Nothing is decided about amounts: that is `domain::invoice`'s.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use domain::{
    account::{self, Tenant},
    allocation::{AllocCall, UsageGroup, UsageRow, UsageTerms, allocate_calls, allocate_sums},
    call::{Call, Outcome},
    catalog::RateBook,
    ids::{ChargeId, DeckId, InvoiceId, PartnerId, TenantId},
    invoice::{
        compute::{
            Charge, ChargeKind, ClosedPeriod, ComputedInvoice, InvoiceInput, OpeningPeriod,
            PeakCounts, PriorPeriod, compute,
        },
        line::Quantity,
    },
    money::{Micros, Minor, Nanos, Overflow},
    peak::{Presence, peak},
    phone::CallClass,
    profile::{BaseFeeTiming, ProfileVersion},
    rating,
    tax::{Jurisdiction, TaxRate, TaxTable},
    tenancy::ProfileVersions,
    term::{DatedVersion, Term, Versions},
    time::{Span, Timestamp},
    usage::{RetailCharge, UsageKey, UsageSum},
};
use rustc_hash::FxHashMap;
use store::db::Tx;

use crate::{
    collect::Small,
    directory::DeckCache,
    error::{AppError, Result},
};

/// Calls read in one page where their order decides.
const CALLS_PAGE: i64 = 10_000;

/// Decks with all their compiled versions.
pub(crate) type Decks = FxHashMap<DeckId, domain::charging::DeckVersions>;
/// Compiled decks by id and version.
pub(crate) type Books = FxHashMap<(DeckId, i64), Arc<RateBook>>;

/// What is left to pay of a call that a deck priced, once included minutes cover its first seconds.
pub(crate) fn price_after(books: &Books, call: &Call, covered: i64) -> Result<Nanos, Overflow> {
    let deck = call.retail.basis.deck.ok_or(Overflow)?;
    let book = books.get(&(deck.deck_id, deck.version)).ok_or(Overflow)?;
    let facts = rating::CallFacts {
        digits: &call.far_number,
        answered_at: call.rated_at(),
        talk_seconds: call.billable_seconds(),
    };
    let covered = u32::try_from(covered).map_err(|_| Overflow)?;
    book.quote_after(&facts, covered)?.map(|quote| quote.price).ok_or(Overflow)
}

/// What is needed to bill tenants of one partner.
pub(crate) struct Billing<'a> {
    pub(crate) partner_id: PartnerId,
    pub(crate) versions: ProfileVersions,
    pub(crate) decks: &'a DeckCache,
}

/// What one tenant's invoice is computed from, besides its usage.
pub(super) struct TenantFacts {
    pub(super) counts: PeakCounts,
    pub(super) charges: Vec<Charge>,
    pub(super) taxes: TaxTable,
    pub(super) credits: Vec<account::Credit>,
    /// Balances that are too small to be charged.
    pub(super) small: Vec<Small>,
}

impl TenantFacts {
    pub(super) fn credit_available(&self) -> Result<Minor, Overflow> {
        Minor::sum(self.credits.iter().map(|credit| credit.remaining))
    }
}

impl<'a> Billing<'a> {
    pub(crate) async fn load(
        tx: &mut Tx,
        partner_id: PartnerId,
        decks: &'a DeckCache,
    ) -> Result<Self> {
        let mut versions: BTreeMap<_, Vec<DatedVersion>> = BTreeMap::new();
        for (profile_id, version) in store::directory::profile_versions(tx, partner_id).await? {
            versions.entry(profile_id).or_default().push(version);
        }
        Ok(Self { partner_id, versions: ProfileVersions(versions), decks })
    }

    /// The profile version of a term.
    pub(crate) fn version(&self, term: &Term) -> Result<ProfileVersion> {
        let found = self.versions.version(term.profile_id, term.profile_version);
        let dated = found.ok_or_else(|| {
            AppError::Broken(format!("{} has no version {}", term.profile_id, term.profile_version))
        })?;
        Ok(ProfileVersion {
            profile_id: term.profile_id,
            version: term.profile_version,
            terms: dated.terms.clone(),
        })
    }

    /// Usage groups of a period from its roll-ups, or from its calls where their order decides.
    /// `billed_before` leaves out what later invoices carry.
    pub(crate) async fn usage_groups(
        &self,
        tx: &mut Tx,
        (tenant_id, term): (TenantId, &Term),
        (rows, billed_before): (&[(UsageKey, UsageSum)], Timestamp),
    ) -> Result<Vec<UsageGroup>> {
        let version = self.version(term)?;
        let mut versions = vec![version];
        for (key, _) in rows {
            let (profile_id, number) = (key.basis.profile_id, key.basis.profile_version);
            if !versions.iter().any(|it| (it.profile_id, it.version) == (profile_id, number)) {
                let of = Term { profile_id, profile_version: number, ..*term };
                versions.push(self.version(&of)?);
            }
        }
        let terms = UsageTerms {
            included: versions[0].terms.included_minutes_in_force(),
            versions: &versions,
        };
        let sums: Vec<UsageRow> = usage_rows(rows);
        if let Some(groups) = allocate_sums(&sums, &terms).map_err(broken)? {
            return Ok(groups);
        }
        let calls = self.calls(tx, (tenant_id, term), billed_before).await?;
        let books = self.decks.books(tx, self.partner_id).await?;
        let left_of = |alloc: &AllocCall, covered: i64| -> Result<Nanos, Overflow> {
            let call = calls.iter().find(|call| call.call_id == alloc.id).ok_or(Overflow)?;
            price_after(&books, call, covered)
        };
        let allocated: Vec<AllocCall> = calls.iter().map(alloc_call).collect();
        allocate_calls(&allocated, &terms, &left_of).map_err(broken)
    }

    /// The rated calls that ended in a period.
    pub(crate) async fn calls(
        &self,
        tx: &mut Tx,
        (tenant_id, term): (TenantId, &Term),
        billed_before: Timestamp,
    ) -> Result<Vec<Call>> {
        let mut calls: Vec<Call> = Vec::new();
        let mut last = None;
        loop {
            let owner = (self.partner_id, tenant_id);
            let page = store::calls::of_tenant(tx, owner, term.span, (last, CALLS_PAGE)).await?;
            let Some(end) = page.last() else { return Ok(calls) };
            last = Some((end.ended_at, end.call_id));
            calls.extend(page.into_iter().filter(|it| is_carried(it, term, billed_before)));
        }
    }

    /// Counts, charges, taxes and credits of these tenants over `span`.
    pub(super) async fn facts(
        &self,
        tx: &mut Tx,
        tenants: &[Tenant],
        spans: &BTreeMap<TenantId, Span>,
    ) -> Result<BTreeMap<TenantId, TenantFacts>> {
        let ids: Vec<TenantId> = tenants.iter().map(|tenant| tenant.tenant_id).collect();
        let hull = hull(spans.values());
        let mut facts: BTreeMap<TenantId, TenantFacts> = BTreeMap::new();
        let counts = self.counts(tx, &ids, (spans, hull)).await?;
        for tenant_id in &ids {
            facts.insert(
                *tenant_id,
                TenantFacts {
                    counts: counts.get(tenant_id).copied().unwrap_or_default(),
                    charges: Vec::new(),
                    taxes: TaxTable::default(),
                    credits: Vec::new(),
                    small: Vec::new(),
                },
            );
        }
        for (tenant_id, charge) in self.charges(tx, &ids, (spans, hull)).await? {
            if let Some(own) = facts.get_mut(&tenant_id) {
                own.charges.push(charge);
            }
        }
        for (tenant_id, table) in self.taxes(tx, &ids).await? {
            if let Some(own) = facts.get_mut(&tenant_id) {
                own.taxes = table;
            }
        }
        for credit in store::credits::open_of(tx, self.partner_id, &ids).await? {
            if let Some(own) = facts.get_mut(&credit.tenant_id) {
                own.credits.push(credit);
            }
        }
        Ok(facts)
    }

    pub(super) async fn counts(
        &self,
        tx: &mut Tx,
        ids: &[TenantId],
        (spans, hull): (&BTreeMap<TenantId, Span>, Span),
    ) -> Result<BTreeMap<TenantId, PeakCounts>> {
        let extensions =
            store::extensions::extensions_overlapping(tx, self.partner_id, ids, hull).await?;
        let numbers =
            store::numbers::assignments_overlapping(tx, self.partner_id, ids, hull).await?;
        let mut present: BTreeMap<(TenantId, u8), Vec<Presence>> = BTreeMap::new();
        for extension in extensions {
            let presence = Presence { from: extension.created_at, until: extension.removed_at };
            present.entry((extension.tenant_id, 0)).or_default().push(presence);
        }
        for number in numbers {
            let presence = Presence { from: number.assigned_at, until: number.released_at };
            let kind = if number.class == CallClass::TollFree { 2 } else { 1 };
            present.entry((number.tenant_id, kind)).or_default().push(presence);
        }
        let mut counts: BTreeMap<TenantId, PeakCounts> = BTreeMap::new();
        for ((tenant_id, kind), presences) in present {
            let Some(span) = spans.get(&tenant_id) else { continue };
            let own = counts.entry(tenant_id).or_default();
            let count = peak(presences, *span);
            match kind {
                0 => own.extensions = count,
                1 => own.local_dids = count,
                _ => own.toll_free_dids = count,
            }
        }
        Ok(counts)
    }

    async fn charges(
        &self,
        tx: &mut Tx,
        ids: &[TenantId],
        (spans, hull): (&BTreeMap<TenantId, Span>, Span),
    ) -> Result<Vec<(TenantId, Charge)>> {
        let due = store::charges::due(tx, self.partner_id, ids, hull).await?;
        let metered: BTreeSet<Span> = due
            .iter()
            .filter(|charge| charge.kind == account::ChargeKind::Metered)
            .filter_map(|charge| spans.get(&charge.tenant_id).copied())
            .collect();
        let mut reported: BTreeMap<(ChargeId, Span), Micros> = BTreeMap::new();
        for span in metered {
            for (id, sum) in store::charges::reported(tx, self.partner_id, ids, span).await? {
                reported.insert((id, span), sum);
            }
        }
        let mut charges = Vec::with_capacity(due.len());
        for charge in due {
            let Some(span) = spans.get(&charge.tenant_id) else { continue };
            let runs = charge.starts_at < span.end
                && (charge.kind == account::ChargeKind::OneTime
                    || charge.ends_at.is_none_or(|end| end > span.start));
            let sum = reported.get(&(charge.charge_id, *span)).copied();
            let of = |amount: Micros| quantity(amount);
            let (kind, quantity) = match charge.kind {
                account::ChargeKind::OneTime => (ChargeKind::OneTime, of(charge.quantity)),
                account::ChargeKind::Recurring => (ChargeKind::Recurring, of(charge.quantity)),
                account::ChargeKind::Metered => (ChargeKind::Metered, of(sum.unwrap_or_default())),
            };
            if runs {
                charges.push((
                    charge.tenant_id,
                    Charge {
                        id: Some(charge.charge_id),
                        kind,
                        description: charge.description,
                        quantity,
                        unit: "unit".to_owned(),
                        unit_price: charge.unit_price,
                        taxable: charge.taxable,
                    },
                ));
            }
        }
        Ok(charges)
    }

    pub(crate) async fn taxes(
        &self,
        tx: &mut Tx,
        ids: &[TenantId],
    ) -> Result<BTreeMap<TenantId, TaxTable>> {
        let mut tables: BTreeMap<TenantId, Vec<Jurisdiction>> = BTreeMap::new();
        for (tenant_id, tax) in store::taxes::in_force(tx, self.partner_id, ids).await? {
            let rate = TaxRate::from_millionths(tax.rate_millionths)
                .ok_or_else(|| AppError::Broken(format!("{} has no valid rate", tax.tax_id)))?;
            let jurisdiction =
                Jurisdiction { code: tax.code, name: tax.name, rate, enabled: tax.enabled };
            tables.entry(tenant_id).or_default().push(jurisdiction);
        }
        Ok(tables.into_iter().map(|(id, table)| (id, TaxTable::of(table))).collect())
    }
}

/// Whether the invoice of a period carries the call; `billed_before` leaves out what later ones do.
pub(crate) fn is_carried(call: &Call, term: &Term, billed_before: Timestamp) -> bool {
    call.outcome == Outcome::Rated
        && call.charge == RetailCharge::Billable
        && call.usage_period_start == term.span.start
        && call.bill_period_start < billed_before
}

/// One tenant's period, ready to be computed.
pub(super) struct PeriodBill<'a> {
    pub(super) tenant: &'a Tenant,
    pub(super) closing: Term,
    /// The term before a cancellation cut it.
    pub(super) whole: Term,
    pub(super) opening: Option<Term>,
    pub(super) usage: Vec<UsageGroup>,
    pub(super) prior: Vec<PriorUsage>,
}

/// A closed period that late calls reached.
pub(super) struct PriorUsage {
    pub(super) term: Term,
    pub(super) before: Vec<UsageGroup>,
    pub(super) after: Vec<UsageGroup>,
}

impl PeriodBill<'_> {
    /// The invoice that closes the period.
    pub(super) fn compute(
        &self,
        billing: &Billing<'_>,
        facts: &TenantFacts,
    ) -> Result<ComputedInvoice> {
        let zone = &self.tenant.zone;
        let version = billing.version(&self.closing)?;
        let opening = self.opening.as_ref().map(|term| billing.version(term)).transpose()?;
        let prior: Vec<PriorPeriod<'_>> = self
            .prior
            .iter()
            .map(|prior| PriorPeriod {
                period: prior.term.period(zone),
                before: &prior.before,
                after: &prior.after,
            })
            .collect();
        let in_advance = version.terms.base_fee_timing == BaseFeeTiming::Advance;
        let input = InvoiceInput {
            currency: self.tenant.currency,
            closed: Some(ClosedPeriod {
                version: &version,
                period: self.closing.period(zone),
                counts: facts.counts,
                usage: &self.usage,
                paid_in_advance: in_advance.then_some(self.whole.fraction),
            }),
            opening: self
                .opening
                .as_ref()
                .zip(opening.as_ref())
                .map(|(term, version)| OpeningPeriod { version, period: term.period(zone) }),
            charges: &facts.charges,
            prior: &prior,
            taxes: &facts.taxes,
            credit_available: facts.credit_available()?,
        };
        compute(&input)
            .map_err(|error| AppError::Refused(format!("{}: {error}", self.tenant.tenant_id)))
    }
}

/// The fee of a first period that is billed in advance.
pub(super) fn advance_invoice(
    billing: &Billing<'_>,
    (tenant, term): (&Tenant, &Term),
    facts: &TenantFacts,
) -> Result<ComputedInvoice> {
    let version = billing.version(term)?;
    let input = InvoiceInput {
        currency: tenant.currency,
        closed: None,
        opening: Some(OpeningPeriod { version: &version, period: term.period(&tenant.zone) }),
        charges: &[],
        prior: &[],
        taxes: &facts.taxes,
        credit_available: facts.credit_available()?,
    };
    compute(&input).map_err(|error| AppError::Refused(format!("{}: {error}", tenant.tenant_id)))
}

/// Roll-ups summed by what decides their price.
pub(crate) fn usage_rows(rows: &[(UsageKey, UsageSum)]) -> Vec<UsageRow> {
    rows.iter()
        .map(|(key, sum)| UsageRow {
            basis: key.basis,
            class: key.class,
            direction: key.direction,
            billed_seconds: sum.billed_seconds,
            retail: sum.retail,
        })
        .collect()
}

pub(crate) fn alloc_call(call: &Call) -> AllocCall {
    AllocCall {
        id: call.call_id,
        ended_at: call.ended_at,
        basis: call.retail.basis,
        class: call.class,
        direction: call.direction,
        billed_seconds: call.retail.billed_seconds,
        retail: call.retail.price,
        reverses: call.reverses,
    }
}

fn quantity(amount: Micros) -> Quantity {
    Quantity::parse(&amount.to_string()).unwrap_or(Quantity::whole(0))
}

fn hull<'a>(spans: impl Iterator<Item = &'a Span>) -> Span {
    let mut hull = Span { start: Timestamp::from_micros(i64::MAX), end: Timestamp::default() };
    for span in spans {
        hull = Span { start: hull.start.min(span.start), end: hull.end.max(span.end) };
    }
    hull
}

fn broken(error: domain::allocation::AllocationError) -> AppError {
    AppError::Broken(error.to_string())
}

/// The one-time charges among these lines' charges, to be put on their invoice.
pub(super) fn one_time(charges: &[Charge], invoice_id: InvoiceId) -> Vec<(ChargeId, InvoiceId)> {
    charges
        .iter()
        .filter(|charge| charge.kind == ChargeKind::OneTime)
        .filter_map(|charge| charge.id.map(|id| (id, invoice_id)))
        .collect()
}
