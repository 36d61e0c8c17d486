//! Terms: which profile version a tenant has in which period.
//!
//! Decided here: what follows the open period. A new version or another profile is in force from
//! the first boundary after it was made or chosen (PRO-13, PRO-15), decided by instants alone, so
//! that a call rated before the period was opened gets the same terms as one rated after. A change
//! of cycle starts a new grid at that boundary (PRO-14).

use crate::{
    cycle::{Every, Schedule},
    ids::ProfileId,
    period::{Period, PeriodPlan},
    profile::{BillingCycle, ProfileTerms},
    proration::Fraction,
    time::{Day, Span, Timestamp, Zone},
};

/// One period of a tenant with the profile version in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// From its first instant to the first one after it.
    pub span: Span,
    /// Days covered, of the days of the full period.
    pub fraction: Fraction,
    /// The profile.
    pub profile_id: ProfileId,
    /// Its version.
    pub profile_version: i64,
    /// The anchor of the grid that the period lies on.
    pub anchor_day: Day,
}

/// A profile version and when it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatedVersion {
    /// 1, 2, 3 …
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// What it says.
    pub terms: ProfileTerms,
}

/// Where versions are found.
pub trait Versions {
    /// All versions of a profile, oldest first.
    fn of(&self, profile_id: ProfileId) -> &[DatedVersion];

    /// The version with this number.
    fn version(&self, profile_id: ProfileId, version: i64) -> Option<&DatedVersion> {
        self.of(profile_id).iter().find(|dated| dated.version == version)
    }
    /// The newest version made before `instant`, or the first one.
    fn before(&self, profile_id: ProfileId, instant: Timestamp) -> Option<&DatedVersion> {
        let versions = self.of(profile_id);
        versions.iter().rev().find(|dated| dated.created_at < instant).or(versions.first())
    }
    /// The newest version made up to `instant`, or the first one.
    fn until(&self, profile_id: ProfileId, instant: Timestamp) -> Option<&DatedVersion> {
        let versions = self.of(profile_id);
        versions.iter().rev().find(|dated| dated.created_at <= instant).or(versions.first())
    }
}

/// No version of the profile is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("profile {0} has no version")]
pub struct UnknownProfile(pub ProfileId);

impl Term {
    /// The first term of a tenant that is activated at `at`.
    pub fn first(
        at: Timestamp,
        profile_id: ProfileId,
        zone: &Zone,
        versions: &impl Versions,
    ) -> Result<Self, UnknownProfile> {
        let dated = versions.until(profile_id, at).ok_or(UnknownProfile(profile_id))?;
        Ok(Self::starting(at, profile_id, dated, zone))
    }

    /// The term after this one. `pending` is another profile and when it was chosen.
    pub fn following(
        &self,
        pending: Option<(ProfileId, Timestamp)>,
        zone: &Zone,
        versions: &impl Versions,
    ) -> Result<Self, UnknownProfile> {
        let start = self.span.end;
        let profile_id = match pending {
            Some((profile_id, chosen_at)) if chosen_at < start => profile_id,
            _ => self.profile_id,
        };
        let dated = versions.before(profile_id, start).ok_or(UnknownProfile(profile_id))?;
        let old = versions
            .version(self.profile_id, self.profile_version)
            .ok_or(UnknownProfile(self.profile_id))?;
        if cycle_of(&old.terms) != cycle_of(&dated.terms) {
            return Ok(Self::starting(start, profile_id, dated, zone));
        }
        let schedule = Schedule::once_per(dated.terms.every, self.anchor_day, zone.clone());
        let index = schedule.index_at(start);
        // All of its days: a cancellation must know of how many it takes some.
        let days = schedule.days(index);
        Ok(Self {
            span: Span { start, end: schedule.boundary(index + 1) },
            fraction: Fraction::try_new(days, days).unwrap_or(Fraction::WHOLE),
            profile_id,
            profile_version: dated.version,
            anchor_day: self.anchor_day,
        })
    }

    /// The period in local days of `zone`, as invoices show and prorate it.
    pub fn period(&self, zone: &Zone) -> Period {
        let last = Timestamp::from_micros(self.span.end.micros() - 1);
        Period {
            index: 0,
            span: self.span,
            first_day: zone.day_of(self.span.start),
            end_day: zone.day_of(last).plus_days(1),
            fraction: self.fraction,
        }
    }

    /// The term as a cancellation at `at` ends it; that day counts (CYC-14). An instant outside
    /// ends it at its own start or end.
    pub fn cut_short(&self, at: Timestamp, zone: &Zone) -> Self {
        if at >= self.span.end {
            return *self;
        }
        let end = at.max(self.span.start);
        let days = zone.day_of(end).plus_days(1).days_since(zone.day_of(self.span.start));
        let whole = i64::from(self.fraction.whole());
        let days = days.clamp(0, i64::from(self.fraction.part()));
        let fraction = Fraction::try_new(days, whole).unwrap_or(self.fraction);
        Self { span: Span { start: self.span.start, end }, fraction, ..*self }
    }

    fn starting(at: Timestamp, profile_id: ProfileId, dated: &DatedVersion, zone: &Zone) -> Self {
        let (cycle, every) = cycle_of(&dated.terms);
        let plan = PeriodPlan::starting(at, cycle, every, zone.clone());
        let first = plan.first();
        Self {
            span: first.span,
            fraction: first.fraction,
            profile_id,
            profile_version: dated.version,
            anchor_day: plan.schedule().anchor(),
        }
    }
}

fn cycle_of(terms: &ProfileTerms) -> (BillingCycle, Every) {
    (terms.cycle, terms.every)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ids::ProfileId,
        money::{Minor, Nanos},
        profile::{BaseFeeTiming, Included, MinuteRates, PricingModel, UsageScope},
    };

    struct Catalog(Vec<(ProfileId, Vec<DatedVersion>)>);

    impl Versions for Catalog {
        fn of(&self, profile_id: ProfileId) -> &[DatedVersion] {
            self.0.iter().find(|(id, _)| *id == profile_id).map_or(&[], |(_, versions)| versions)
        }
    }

    fn terms(model: PricingModel, cycle: BillingCycle) -> ProfileTerms {
        ProfileTerms {
            name: "Plan".to_owned(),
            model,
            cycle,
            every: Every::Month,
            base_fee: Minor::ZERO,
            base_fee_timing: BaseFeeTiming::Arrears,
            included_extensions: Included::NONE,
            included_dids: Included::NONE,
            included_minutes: Included::NONE,
            extension_rate: Nanos::ZERO,
            did_rate: Nanos::ZERO,
            toll_free_did_rate: Nanos::ZERO,
            minute_rates: MinuteRates::Single(Nanos::ZERO),
            deck: None,
            usage_scope: UsageScope::BothDirections,
            terms_days: None,
            invoice_zero_totals: false,
            trial: None,
        }
    }

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).expect("an instant")
    }

    const PAYG: ProfileId = ProfileId::from_bits(1);
    const FLAT: ProfileId = ProfileId::from_bits(2);

    fn catalog() -> Catalog {
        let made = at("2026-01-01T00:00:00Z");
        let dated = |model, cycle| {
            vec![DatedVersion { version: 1, created_at: made, terms: terms(model, cycle) }]
        };
        Catalog(vec![
            (PAYG, dated(PricingModel::Payg, BillingCycle::CalendarMonth)),
            (FLAT, dated(PricingModel::FlatRate, BillingCycle::Anniversary)),
        ])
    }

    // PRO-14 from PAYG to Flat: May stays PAYG, Flat runs from the 1st, which is the anchor
    #[test]
    fn payg_to_flat_switches_on_the_first() {
        let first = Term::first(at("2026-04-20T10:00:00Z"), PAYG, &Zone::UTC, &catalog());
        let april = first.expect("a term");
        let may = april.following(None, &Zone::UTC, &catalog()).expect("a term");
        assert_eq!(may.span.start, at("2026-05-01T00:00:00Z"));
        let wish = Some((FLAT, at("2026-05-10T00:00:00Z")));
        let june = may.following(wish, &Zone::UTC, &catalog()).expect("a term");
        assert_eq!((june.profile_id, june.anchor_day.day()), (FLAT, 1));
        assert_eq!(june.span.end, at("2026-07-01T00:00:00Z"));
    }

    // PRO-14 from Flat (anchor 10) to PAYG: switches on 10 June, 21 of 30 days until 1 July
    #[test]
    fn flat_to_payg_bridges_to_the_end_of_the_month() {
        let first = Term::first(at("2026-05-10T00:00:00Z"), FLAT, &Zone::UTC, &catalog());
        let may = first.expect("a term");
        let wish = Some((PAYG, at("2026-05-15T00:00:00Z")));
        let bridge = may.following(wish, &Zone::UTC, &catalog()).expect("a term");
        assert_eq!(bridge.span.start, at("2026-06-10T00:00:00Z"));
        assert_eq!(bridge.span.end, at("2026-07-01T00:00:00Z"));
        assert_eq!((bridge.fraction.part(), bridge.fraction.whole()), (21, 30));
        let july = bridge.following(None, &Zone::UTC, &catalog()).expect("a term");
        assert_eq!((july.profile_id, july.fraction.is_whole()), (PAYG, true));
    }

    // CYC-14, F-07 cancelled on the 15th of a month of 30 days: half of it is billed
    #[test]
    fn a_cancellation_keeps_the_days_so_far() {
        let first = Term::first(at("2026-05-01T00:00:00Z"), PAYG, &Zone::UTC, &catalog());
        let may = first.expect("a term");
        let june = may.following(None, &Zone::UTC, &catalog()).expect("a term");
        let cut = june.cut_short(at("2026-06-15T12:00:00Z"), &Zone::UTC);
        assert_eq!((cut.fraction.part(), cut.fraction.whole()), (15, 30));
        assert_eq!(cut.span.end, at("2026-06-15T12:00:00Z"));
        assert_eq!(june.cut_short(june.span.end, &Zone::UTC), june);
    }

    // PRO-13, PRO-15 what is chosen or made inside a cycle waits for the next one
    #[test]
    fn changes_wait_for_the_next_cycle() {
        let mut catalog = catalog();
        let first = Term::first(at("2026-05-10T00:00:00Z"), FLAT, &Zone::UTC, &catalog);
        let may = first.expect("a term");
        let edited = DatedVersion {
            version: 2,
            created_at: at("2026-05-20T00:00:00Z"),
            terms: terms(PricingModel::FlatRate, BillingCycle::Anniversary),
        };
        catalog.0[1].1.push(edited);
        assert_eq!(may.profile_version, 1);
        let june = may.following(None, &Zone::UTC, &catalog).expect("a term");
        assert_eq!(june.profile_version, 2);
        let at_the_boundary = Some((PAYG, june.span.start));
        let june = may.following(at_the_boundary, &Zone::UTC, &catalog).expect("a term");
        assert_eq!(june.profile_id, FLAT);
    }
}
