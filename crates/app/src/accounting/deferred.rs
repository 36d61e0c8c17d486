//! Deferred revenue: what of fees billed in advance is earned in a month, and what is left.
//!
//! Decided here: a fee in advance is for the period that opens with its invoice; an unused one that
//! was given back is taken back from the day after the tenant left. A fee counts from the month in
//! which it is billed. Fees in arrears are earned when they are billed and are not here.

use std::collections::HashMap;

use domain::{
    accounting::{Deferral, Earned, csv},
    ids::{PartnerId, ProfileId},
    invoice::line::{LineBasis, LineFacts, LineKind},
    money::Minor,
    profile::BaseFeeTiming,
    time::{Day, Span, Timestamp},
};
use store::{
    db::Tx,
    journal::{self, FeeLine, FeePlace},
};

use super::{BooksMonth, FilePart};
use crate::{
    App,
    error::{AppError, Result},
};

/// Lines in one part of the file.
const PAGE: i64 = 1_000;
/// A fee billed earlier than this before a month is earned by then: two years, twice the longest
/// period.
const LONGEST_SECONDS: i64 = 732 * 86_400;

const HEADER: &str = "month,invoice,invoice_id,line_id,tenant_id,description,service_from,\
                      service_until,amount,earned_before,earned_in_month,deferred_after,currency\
                      \r\n";

/// A schedule that is wanted.
#[derive(Debug, Clone)]
pub struct DeferredReport {
    /// Whose.
    pub partner_id: PartnerId,
    /// Of which month.
    pub month: BooksMonth,
}

/// Where a schedule goes on.
pub type DeferredPlace = FeePlace;

/// When base fees of profile versions are due; each is asked for once.
type Timings = HashMap<(ProfileId, i64), BaseFeeTiming>;

impl App {
    /// What a schedule of this month is made from.
    pub async fn deferred_report(
        &self,
        partner_id: PartnerId,
        month: &str,
    ) -> Result<DeferredReport> {
        let partner = self.partner(partner_id).await?;
        Ok(DeferredReport { partner_id, month: BooksMonth::parse(&partner, month)? })
    }

    /// The next part of a schedule; the first one begins with its header.
    pub async fn deferred_part(
        &self,
        report: &DeferredReport,
        place: Option<DeferredPlace>,
    ) -> Result<FilePart<DeferredPlace>> {
        let (partner_id, month) = (report.partner_id, &report.month);
        let start = month.span.start.plus_seconds(-LONGEST_SECONDS);
        let issued = Span { start, end: month.span.end };
        let mut tx = self.db.begin_read().await?;
        let lines = journal::fees(&mut tx, partner_id, (issued, place), PAGE).await?;
        let mut text = if place.is_none() { HEADER.to_owned() } else { String::new() };
        let mut timings = Timings::new();
        for line in &lines {
            if let Some(fee) = deferral(&mut tx, partner_id, (line, &mut timings)).await? {
                write(&mut text, month, (line, &fee));
            }
        }
        tx.commit().await?;
        let is_last = lines.len() < usize::try_from(PAGE).unwrap_or(usize::MAX);
        let last = lines.last().filter(|_| !is_last);
        Ok((text, last.map(|line| (line.invoice_id, line.line_no))))
    }
}

/// The days that a line is for, if it bills them in advance or gives such days back.
async fn deferral(
    tx: &mut Tx,
    partner_id: PartnerId,
    (line, timings): (&FeeLine, &mut Timings),
) -> Result<Option<Deferral>> {
    let LineBasis::Profile { profile_id, version } = line.facts.basis else { return Ok(None) };
    let Some(period) = line.period else { return Ok(None) };
    // The day on which a period ends in the middle belongs to it (ruling 7).
    let behind = |at: Timestamp| {
        line.zone.day_of(Timestamp::from_micros(at.micros().saturating_sub(1))).plus_days(1)
    };
    let days = |facts: &LineFacts| i64::from(facts.fraction.part());
    if line.facts.kind == LineKind::UnusedAdvance {
        let from = behind(period.end);
        return Ok(spread(line, (from, from.plus_days(days(&line.facts)))));
    }
    if timing(tx, (partner_id, profile_id, version), timings).await? == BaseFeeTiming::Arrears {
        return Ok(None);
    }
    let span = match (line.is_advance, line.next_end) {
        (true, _) => (line.zone.day_of(period.start), behind(period.end)),
        (false, Some(end)) => {
            let unused = line.unused.as_ref().map_or(0, days);
            (behind(period.end), behind(end).plus_days(unused))
        }
        (false, None) => return Ok(None),
    };
    Ok(spread(line, span))
}

fn spread(line: &FeeLine, (from, until): (Day, Day)) -> Option<Deferral> {
    (until > from).then_some(Deferral { from, until, amount: line.amount })
}

/// When a profile version bills its base fee.
async fn timing(
    tx: &mut Tx,
    (partner_id, profile_id, version): (PartnerId, ProfileId, i64),
    timings: &mut Timings,
) -> Result<BaseFeeTiming> {
    if let Some(known) = timings.get(&(profile_id, version)) {
        return Ok(*known);
    }
    let found = store::profiles::version(tx, partner_id, (profile_id, version)).await?;
    let found = found.ok_or_else(|| AppError::not_found("profile", profile_id))?;
    timings.insert((profile_id, version), found.terms.base_fee_timing);
    Ok(found.terms.base_fee_timing)
}

/// Appends the line's row, if it is earned in the month or deferred behind it.
fn write(out: &mut String, month: &BooksMonth, (line, fee): (&FeeLine, &Deferral)) {
    let mut earned = Earned::in_month(fee, (month.first, month.next));
    if line.issue_day >= month.first {
        // What was earned before it was billed is earned with it.
        let during = Minor::new(earned.before.get() + earned.during.get());
        earned = Earned { before: Minor::ZERO, during, ..earned };
    }
    if earned.during.is_zero() && earned.deferred.is_zero() {
        return;
    }
    let money = |amount| line.currency.decimal(amount);
    let last: Day = fee.until.plus_days(-1);
    csv::row(
        out,
        &[
            &format!("{:04}-{:02}", month.first.year(), month.first.month()),
            &line.number,
            &line.invoice_id.to_string(),
            &line.line_id.to_string(),
            &line.tenant_id.to_string(),
            &line.facts.description,
            &fee.from.to_string(),
            &last.to_string(),
            &money(fee.amount),
            &money(earned.before),
            &money(earned.during),
            &money(earned.deferred),
            line.currency.code(),
        ],
    );
}
