//! What an importer holds in memory: who owns what, and which terms price a call when.
//!
//! Decided here: how the stored parts become one immutable snapshot, and how a record becomes a
//! call with it. Decks are compiled once per version and shared between snapshots, so that a
//! change of a number does not compile half a million prefixes again.

use std::sync::{Arc, Mutex, PoisonError};

use domain::{
    account::WholesaleTerms,
    call::{Call, Outcome, RetailPrice, WholesaleCharge, WholesalePrice},
    catalog::{RateBook, parse_deck_csv},
    cdr::{CallRecord, Direction},
    charging::{
        CallFacts, Charged, DeckVersion, DeckVersions, RetailSide, WholesaleSide, charge,
        destination_of, free_reason,
    },
    ids::{BatchId, CallId, DeckId, PartnerId, ProfileId, SourceId, TenantId},
    ownership::{OwnerError, Ownership, Parties, TenantParty},
    phone::{CallClass, Destination, Dialled, E164, HomeArea},
    rating::Increments,
    term::{DatedVersion, Term, Versions},
    time::{Timestamp, Zone},
    usage::{PriceBasis, RetailCharge},
};
use rustc_hash::FxHashMap;
use store::{db::Tx, directory as rows};

use crate::error::{AppError, Result};

/// How far beyond now the terms of open tenants are laid out, in seconds: calls do not end later.
const LOOKAHEAD_SECONDS: i64 = 40 * 86_400;
/// The longest code that decks name and no number has.
const SHORT_CODE_DIGITS: usize = 4;
/// Most periods that are laid out for one tenant: a century of months.
const MAX_TERMS: usize = 1_200;

/// Compiled decks, kept between snapshots.
#[derive(Debug, Default)]
pub struct DeckCache(Mutex<FxHashMap<(DeckId, i64), Arc<RateBook>>>);

/// One consistent picture of owners and prices.
#[derive(Debug)]
pub struct Directory {
    version: i64,
    horizon: Timestamp,
    home: HomeArea,
    parties: Parties,
    /// In the order of `parties.tenants()`.
    tenants: Vec<TenantTerms>,
    partners: Vec<PartnerTerms>,
    wholesale_decks: FxHashMap<DeckId, DeckVersions>,
}

#[derive(Debug)]
struct TenantTerms {
    partner: usize,
    zone: Zone,
    profile_id: ProfileId,
    terms: Box<[Term]>,
}

#[derive(Debug)]
struct PartnerTerms {
    partner_id: PartnerId,
    increments: Increments,
    wholesale: Vec<WholesaleTerms>,
    charge: WholesaleCharge,
    versions: Catalog,
    decks: FxHashMap<DeckId, DeckVersions>,
}

#[derive(Debug, Default)]
struct Catalog(FxHashMap<ProfileId, Vec<DatedVersion>>);

impl Versions for Catalog {
    fn of(&self, profile_id: ProfileId) -> &[DatedVersion] {
        self.0.get(&profile_id).map_or(&[], Vec::as_slice)
    }
}

/// How long a picture is used again, in seconds: its horizon moves with the clock.
const KNOWN_SECONDS: i64 = 3_600;

/// The last picture that was loaded, for those who need one often.
#[derive(Debug, Default)]
pub struct KnownDirectory(Mutex<Option<(Timestamp, Arc<Directory>)>>);

impl KnownDirectory {
    /// The picture of this version, where it is not too old.
    pub(crate) fn get(&self, version: i64, now: Timestamp) -> Option<Arc<Directory>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, directory) = known.as_ref()?;
        let is_fresh = *since <= now && now < since.plus_seconds(KNOWN_SECONDS);
        (is_fresh && directory.version == version).then(|| directory.clone())
    }

    pub(crate) fn put(&self, now: Timestamp, directory: Arc<Directory>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, directory));
    }
}

/// A call on its way in: everything but the period that bills it, which the transaction knows.
#[derive(Debug, Clone, Copy)]
pub struct Arrival {
    /// Where the record comes from.
    pub source_id: SourceId,
    /// The batch that brings it.
    pub batch_id: BatchId,
}

impl Directory {
    /// Reads everything. Terms are laid out beyond `now`.
    pub async fn load(tx: &mut Tx, now: Timestamp, decks: &DeckCache) -> Result<Self> {
        let operator = rows::operator(tx).await?;
        let operator = operator.ok_or_else(|| AppError::not_found("operator", "the operator"))?;
        let home = HomeArea::parse(&operator.home_country)
            .map_err(|error| AppError::Broken(error.to_string()))?;
        let mut directory = Self {
            version: operator.directory_version,
            horizon: now.plus_seconds(LOOKAHEAD_SECONDS),
            home,
            parties: Parties::default(),
            tenants: Vec::new(),
            partners: Vec::new(),
            wholesale_decks: decks.compile(rows::decks(tx, None).await?)?,
        };
        for partner in rows::partners(tx).await? {
            directory.add_partner(tx, partner, decks).await?;
        }
        Ok(directory)
    }

    /// How far terms are laid out. A call that ends later has no period, and no switch can know of
    /// it yet: its clock or its zone is wrong.
    pub fn horizon(&self) -> Timestamp {
        self.horizon
    }

    /// The operator's directory version that this is a picture of.
    pub fn version(&self) -> i64 {
        self.version
    }

    async fn add_partner(
        &mut self,
        tx: &mut Tx,
        facts: rows::PartnerFacts,
        cache: &DeckCache,
    ) -> Result<()> {
        let partner_id = facts.partner_id;
        let mut versions = Catalog::default();
        for (profile_id, version) in rows::profile_versions(tx, partner_id).await? {
            versions.0.entry(profile_id).or_default().push(version);
        }
        let mut terms: FxHashMap<TenantId, Vec<Term>> = FxHashMap::default();
        for (tenant_id, term) in rows::terms(tx, partner_id, None).await? {
            terms.entry(tenant_id).or_default().push(term);
        }
        let partner = self.partners.len();
        let mut places: FxHashMap<TenantId, usize> = FxHashMap::default();
        for tenant in rows::tenants(tx, partner_id).await? {
            let own = terms.remove(&tenant.tenant_id).unwrap_or_default();
            let own = laid_out(own, &tenant, &versions, self.horizon)?;
            places.insert(tenant.tenant_id, self.add_tenant((partner_id, partner), tenant, own)?);
        }
        for number in rows::numbers(tx, partner_id).await? {
            let e164 = E164::parse(&number.e164)
                .map_err(|error| AppError::Broken(format!("{}: {error}", number.did_id)))?;
            let held = (number.assigned_at, number.released_at);
            self.parties.add_number(places[&number.tenant_id], e164, held);
        }
        for extension in rows::extensions(tx, partner_id).await? {
            let held = (extension.created_at, extension.removed_at);
            self.parties.add_extension(places[&extension.tenant_id], &extension.name, held);
        }
        self.partners.push(PartnerTerms {
            partner_id,
            increments: increments(facts.increments)?,
            wholesale: rows::wholesale_terms(tx, partner_id).await?,
            charge: facts.charge,
            versions,
            decks: cache.compile(rows::decks(tx, Some(partner_id)).await?)?,
        });
        Ok(())
    }

    fn add_tenant(
        &mut self,
        (partner_id, partner): (PartnerId, usize),
        facts: rows::TenantFacts,
        terms: Box<[Term]>,
    ) -> Result<usize> {
        let home = match &facts.home_npa {
            Some(npa) => self.home.with_area_code(npa),
            None => Ok(self.home),
        };
        let home = home.map_err(|error| AppError::Broken(error.to_string()))?;
        self.tenants.push(TenantTerms {
            partner,
            zone: facts.zone,
            profile_id: facts.profile_id,
            terms,
        });
        Ok(self.parties.add_tenant(TenantParty {
            partner_id,
            tenant_id: facts.tenant_id,
            sip_prefix: facts.sip_prefix,
            account_code: facts.account_code,
            home,
            cancelled_at: facts.cancelled_at,
        }))
    }

    /// The call that `record` is. `owner` limits it to one partner's tenants.
    pub fn rate(
        &self,
        record: &CallRecord,
        owner: Option<PartnerId>,
        arrival: Arrival,
    ) -> Result<Result<Call, OwnerError>> {
        let owned = match self.parties.owner_of(record, &self.home) {
            Ok(owned) => owned,
            Err(error) => return Ok(Err(error)),
        };
        let party = &self.parties.tenants()[owned.tenant];
        if owner.is_some_and(|owner| owner != party.partner_id) {
            let (from, to) = (record.fields().from.clone(), record.fields().to.clone());
            return Ok(Err(OwnerError::Unknown { from, to }));
        }
        self.price(record, &owned, arrival).map(Ok)
    }

    fn price(&self, record: &CallRecord, owned: &Ownership, arrival: Arrival) -> Result<Call> {
        let fields = record.fields();
        let tenant = &self.tenants[owned.tenant];
        let partner = &self.partners[tenant.partner];
        let class = CallClass::of(owned.own_number, &owned.dialled);
        let to = Destination::of(&owned.dialled, &self.home);
        let term = tenant.term_at(record.rated_at());
        let (profile_id, dated) = match term {
            Some(term) => {
                (term.profile_id, partner.versions.version(term.profile_id, term.profile_version))
            }
            None => {
                (tenant.profile_id, partner.versions.until(tenant.profile_id, record.rated_at()))
            }
        };
        let dated =
            dated.ok_or_else(|| AppError::Broken(format!("{profile_id} has no version")))?;
        let charged = match free_reason(record, owned, to) {
            Some(reason) => {
                let basis = PriceBasis { profile_id, profile_version: dated.version, deck: None };
                Charged::nothing(Outcome::Free(reason), basis)
            }
            None => {
                let facts = CallFacts {
                    direction: owned.direction,
                    class,
                    destination: destination_of(owned.direction, to),
                    digits: owned.far.rating_digits(),
                    answered_at: record.rated_at(),
                    billable_seconds: record.billable_seconds(),
                };
                self.charge(&facts, partner, (profile_id, dated))?
            }
        };
        let usage = tenant.term_at(fields.ended_at);
        let usage_period_start = usage.map_or(Timestamp::default(), |term| term.span.start);
        let ended_at = fields.ended_at;
        Ok(Call {
            partner_id: partner.partner_id,
            tenant_id: self.parties.tenants()[owned.tenant].tenant_id,
            call_id: call_id(arrival.source_id, record),
            batch_id: arrival.batch_id,
            source_id: arrival.source_id,
            record_id: fields.record_id.clone(),
            leg: fields.leg,
            call_group: fields.call_group.clone(),
            reverses: None,
            direction: owned.direction,
            class,
            from: fields.from.clone(),
            to: fields.to.clone(),
            far_number: far_number(owned, fields),
            extension: owned.extension.clone(),
            started_at: fields.started_at,
            answered_at: fields.answered_at,
            ended_at,
            day: tenant.zone.day_of(ended_at),
            talk_seconds: fields.talk_seconds,
            hold_seconds: fields.hold_seconds,
            disposition: fields.disposition,
            hangup_cause: fields.hangup_cause.clone(),
            recording_url: fields.recording_url.clone(),
            outcome: charged.outcome,
            charge: if usage.is_some() { RetailCharge::Billable } else { RetailCharge::Trial },
            retail: charged.retail,
            wholesale: charged.wholesale,
            usage_period_start,
            bill_period_start: usage_period_start,
        })
    }

    fn charge(
        &self,
        facts: &CallFacts<'_>,
        partner: &PartnerTerms,
        (profile_id, dated): (ProfileId, &DatedVersion),
    ) -> Result<Charged> {
        let retail = RetailSide {
            profile_id,
            profile_version: dated.version,
            terms: &dated.terms,
            increments: partner.increments,
            deck: dated.terms.deck.and_then(|id| Some((id, partner.decks.get(&id)?))),
        };
        let terms = partner.wholesale_at(facts.answered_at);
        let wholesale = terms.map(|terms| WholesaleSide {
            terms,
            increments: Increments::default(),
            deck: terms.deck.and_then(|id| Some((id, self.wholesale_decks.get(&id)?))),
            charge: partner.charge,
        });
        Ok(charge(facts, &retail, wholesale.as_ref())?)
    }

    /// What priced a stored call, for its explanation.
    pub(crate) fn pricing_of(&self, call: &Call) -> Option<Pricing<'_>> {
        let partner = self.partners.iter().find(|it| it.partner_id == call.partner_id)?;
        let basis = call.retail.basis;
        let terms = partner.versions.version(basis.profile_id, basis.profile_version)?;
        let deck =
            basis.deck.and_then(|deck| partner.decks.get(&deck.deck_id)?.version(deck.version));
        let wholesale = partner
            .wholesale
            .iter()
            .find(|terms| terms.effective_from == call.wholesale.terms_from);
        let wholesale_deck = call
            .wholesale
            .deck
            .and_then(|(id, version)| self.wholesale_decks.get(&id)?.version(version));
        Some(Pricing { terms, increments: partner.increments, deck, wholesale, wholesale_deck })
    }

    /// The home area of the operator.
    pub(crate) fn home(&self) -> &HomeArea {
        &self.home
    }

    /// A rated call's prices by the terms it names; `None` where they are not known.
    pub(crate) fn price_again(&self, call: &Call) -> Result<Option<(RetailPrice, WholesalePrice)>> {
        let Some(partner) = self.partners.iter().find(|it| it.partner_id == call.partner_id) else {
            return Ok(None);
        };
        let basis = call.retail.basis;
        let dated = partner.versions.version(basis.profile_id, basis.profile_version);
        let terms = partner.wholesale_from(call.wholesale.terms_from);
        let Some((dated, _)) = dated.zip(terms) else { return Ok(None) };
        let facts = call_facts(call, &self.home);
        let charged = self.charge(&facts, partner, (basis.profile_id, dated))?;
        let charge = call.wholesale.charge;
        let rated = charged.outcome == Outcome::Rated;
        Ok(rated.then_some((charged.retail, WholesalePrice { charge, ..charged.wholesale })))
    }
}

/// The terms by which a stored call was priced.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pricing<'a> {
    pub(crate) terms: &'a DatedVersion,
    pub(crate) increments: Increments,
    pub(crate) deck: Option<&'a DeckVersion>,
    pub(crate) wholesale: Option<&'a WholesaleTerms>,
    pub(crate) wholesale_deck: Option<&'a DeckVersion>,
}

impl TenantTerms {
    fn term_at(&self, instant: Timestamp) -> Option<&Term> {
        let after = self.terms.partition_point(|term| term.span.start <= instant);
        let term = &self.terms[after.checked_sub(1)?];
        term.span.contains(instant).then_some(term)
    }
}

/// The facts of a kept call that its prices depend on.
pub(crate) fn call_facts<'a>(call: &'a Call, home: &HomeArea) -> CallFacts<'a> {
    let far = &call.far_number;
    let is_priced = far.bytes().all(|byte| byte.is_ascii_digit());
    // Short codes are kept as decks name them (1411); everything longer is an E.164 number.
    let text = if far.len() > SHORT_CODE_DIGITS { format!("+{far}") } else { far.clone() };
    let dialled = Destination::of(&Dialled::parse(&text, home), home);
    CallFacts {
        direction: call.direction,
        class: call.class,
        destination: destination_of(call.direction, dialled),
        digits: is_priced.then_some(far.as_str()).filter(|digits| !digits.is_empty()),
        answered_at: call.rated_at(),
        billable_seconds: call.billable_seconds(),
    }
}

impl PartnerTerms {
    fn wholesale_from(&self, effective_from: Timestamp) -> Option<&WholesaleTerms> {
        self.wholesale.iter().find(|terms| terms.effective_from == effective_from)
    }

    fn wholesale_at(&self, instant: Timestamp) -> Option<&WholesaleTerms> {
        self.wholesale.iter().rev().find(|terms| terms.effective_from <= instant)
    }
}

impl DeckCache {
    /// All compiled versions of a partner's decks.
    pub(crate) async fn books(
        &self,
        tx: &mut Tx,
        partner_id: PartnerId,
    ) -> Result<FxHashMap<(DeckId, i64), Arc<RateBook>>> {
        let mut books = FxHashMap::default();
        for text in rows::decks(tx, Some(partner_id)).await? {
            books.insert((text.deck_id, text.version), self.book(&text)?);
        }
        Ok(books)
    }

    pub(crate) fn compile(&self, texts: Vec<rows::DeckText>) -> Result<crate::close::Decks> {
        let mut decks: FxHashMap<DeckId, Vec<DeckVersion>> = FxHashMap::default();
        for text in texts {
            let book = self.book(&text)?;
            decks.entry(text.deck_id).or_default().push(DeckVersion {
                effective_from: text.effective_from,
                version: text.version,
                book,
            });
        }
        Ok(decks.into_iter().map(|(id, versions)| (id, DeckVersions::new(versions))).collect())
    }

    fn book(&self, text: &rows::DeckText) -> Result<Arc<RateBook>> {
        let key = (text.deck_id, text.version);
        let mut books = self.0.lock().expect("no holder panics");
        if let Some(book) = books.get(&key) {
            return Ok(Arc::clone(book));
        }
        let parsed = parse_deck_csv(text.csv.as_bytes(), &text.zone);
        let broken = |why: String| {
            AppError::Broken(format!("{} version {}: {why}", text.deck_id, text.version))
        };
        if let Some(error) = parsed.errors.first() {
            return Err(broken(error.to_string()));
        }
        let book = RateBook::compile(&parsed.rows, &text.zone);
        let book = Arc::new(book.map_err(|error| broken(error.to_string()))?);
        books.insert(key, Arc::clone(&book));
        Ok(book)
    }
}

fn increments((minimum, increment): (i64, i64)) -> Result<Increments> {
    let seconds = |value: i64| u32::try_from(value).unwrap_or(0);
    Increments::try_new(seconds(minimum), seconds(increment))
        .map_err(|error| AppError::Broken(error.to_string()))
}

/// A tenant's terms, and those that follow its open period until calls cannot end any later.
fn laid_out(
    mut terms: Vec<Term>,
    tenant: &rows::TenantFacts,
    versions: &Catalog,
    horizon: Timestamp,
) -> Result<Box<[Term]>> {
    while let Some(last) = terms.last()
        && tenant.cancelled_at.is_none()
        && last.span.end <= horizon
        && terms.len() < MAX_TERMS
    {
        let next = last
            .following(tenant.pending_profile, &tenant.zone, versions)
            .map_err(|error| AppError::Broken(error.to_string()))?;
        terms.push(next);
    }
    Ok(terms.into_boxed_slice())
}

/// The id that belongs to a record: the same delivery always gives the same id.
pub fn call_id(source_id: SourceId, record: &CallRecord) -> CallId {
    let fields = record.fields();
    let source = source_id.to_string();
    CallId::derived(fields.ended_at, &[&source, &fields.record_id, fields.leg.as_str()])
}

fn far_number(owned: &Ownership, fields: &domain::cdr::RecordFields) -> String {
    let text = match owned.direction {
        Direction::Inbound => &fields.from,
        Direction::Outbound | Direction::Internal => &fields.to,
    };
    owned.far.rating_digits().map_or_else(|| text.clone(), str::to_owned)
}
