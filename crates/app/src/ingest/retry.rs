//! Trying again: refused rows after a fix, and unrated calls once there is a price.

use adapters::cdr_files::{Format, ParsedRow, RawRow, ReadOptions, Row, RowEnd, parse_row};
use domain::{
    account::Source,
    call::{Call, Outcome},
    cdr::{CallRecord, RecordFields},
    ids::{BatchId, CallId, PartnerId, RejectId, SourceId},
    time::Zone,
};
use rustc_hash::FxHashSet;
use store::imports::Reject;

use super::{
    batch::{BatchSource, OTHER_TENANT, prepare},
    booking::rate_again,
    caps::Cause,
    file::ImportMode,
    report::ImportReport,
};
use crate::{
    App,
    directory::{Arrival, Directory, call_id},
    error::{AppError, Result},
};

/// Rejects tried in one batch.
const PAGE: i64 = 1_000;
/// Rejects and unrated calls that one request tries.
const PAGE_OF_REQUEST: i64 = 500;

/// Where trying again goes on: after these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RetryFrom {
    /// The last reject that was tried.
    pub reject_id: Option<RejectId>,
    /// The last unrated call that was tried.
    pub call_id: Option<CallId>,
}

/// What trying again achieved.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RetryReport {
    /// Rejects that were tried.
    pub tried: u64,
    /// Rejects that are settled: their records are calls now.
    pub resolved: u64,
    /// What the new calls are.
    pub calls: ImportReport,
    /// Unrated calls that have a price now.
    pub rated: u64,
    /// Unrated calls that still have none.
    pub unrated: u64,
}

impl App {
    /// Tries all open rejects of the sources of `owner` (`None`: the operator's and everybody's)
    /// and all unrated calls again.
    pub async fn retry_rejects(&self, owner: Option<PartnerId>) -> Result<RetryReport> {
        let mut report = RetryReport::default();
        for source in self.sources(owner).await? {
            let mut after: Option<RejectId> = None;
            loop {
                let mut tx = self.db.begin_read().await?;
                let ids = [source.source_id];
                let page = store::imports::open_rejects(&mut tx, &ids, (after, PAGE)).await?;
                tx.commit().await?;
                let Some(last) = page.last() else { break };
                after = Some(last.reject_id);
                self.retry_page(&source, &page, &mut report).await?;
            }
        }
        for partner_id in self.partner_ids(owner).await? {
            self.rate_unrated(partner_id, &mut report).await?;
        }
        Ok(report)
    }

    /// Tries the next rejects of the partner's own sources and its next unrated calls again, so
    /// many as one transaction should hold. Answers where to go on, where there are more.
    pub async fn retry_some(
        &self,
        partner_id: PartnerId,
        from: RetryFrom,
    ) -> Result<(RetryReport, Option<RetryFrom>)> {
        let mut report = RetryReport::default();
        let sources = self.sources(Some(partner_id)).await?;
        let ids: Vec<SourceId> = sources.iter().map(|source| source.source_id).collect();
        let mut tx = self.db.begin_read().await?;
        let rejects = (from.reject_id, PAGE_OF_REQUEST);
        let rejects = store::imports::open_rejects(&mut tx, &ids, rejects).await?;
        let calls = (from.call_id, PAGE_OF_REQUEST);
        let calls = store::calls::unrated(&mut tx, partner_id, calls).await?;
        tx.commit().await?;
        for source in &sources {
            let own = rejects.iter().filter(|reject| reject.source_id == source.source_id);
            let own: Vec<Reject> = own.cloned().collect();
            if !own.is_empty() {
                self.retry_page(source, &own, &mut report).await?;
            }
        }
        if !calls.is_empty() {
            let directory = self.load_directory().await?;
            self.rate_page(&directory, &calls, &mut report).await?;
        }
        let most = usize::try_from(PAGE_OF_REQUEST).unwrap_or(usize::MAX);
        let is_more = rejects.len() == most || calls.len() == most;
        let next = RetryFrom {
            reject_id: rejects.last().map(|reject| reject.reject_id).or(from.reject_id),
            call_id: calls.last().map(|call| call.call_id).or(from.call_id),
        };
        Ok((report, is_more.then_some(next)))
    }

    async fn retry_page(
        &self,
        source: &Source,
        page: &[Reject],
        report: &mut RetryReport,
    ) -> Result<()> {
        report.tried += page.len() as u64;
        let directory = self.load_directory().await?;
        let mut settled: Vec<RejectId> = Vec::new();
        let is_final = |code: &str| code == "conflict" || code == OTHER_TENANT;
        for reject in page.iter().filter(|reject| !is_final(&reject.code)) {
            let Row::Record(record) = read_again(reject)? else { continue };
            let id = call_id(source.source_id, &record);
            let from = BatchSource {
                source: source.clone(),
                file_name: reject.file_name.clone(),
                format: known_format(reject)?.as_str(),
                zone: reject.zone.clone(),
                tenants: None,
            };
            let row = ParsedRow { raw: raw_row(reject), row: Row::Record(record) };
            let now = self.clock.now();
            let prepared = prepare(&directory, &from, vec![row], now)?;
            if !prepared.has_call(id) {
                continue;
            }
            let done = self.add_batch(&from, prepared, (None, ImportMode::Keep)).await?;
            if done.rejected() == 0 {
                settled.push(reject.reject_id);
            }
            report.calls.add(&done)?;
        }
        report.resolved += settled.len() as u64;
        if settled.is_empty() {
            return Ok(());
        }
        let now = self.clock.now();
        self.db
            .write(async |tx| {
                store::imports::resolve_rejects(tx, source.source_id, &settled, now).await
            })
            .await
            .map_err(AppError::Store)?;
        Ok(())
    }

    async fn rate_unrated(&self, partner_id: PartnerId, report: &mut RetryReport) -> Result<()> {
        let directory = self.load_directory().await?;
        let mut after = None;
        loop {
            let mut tx = self.db.begin_read().await?;
            let page = store::calls::unrated(&mut tx, partner_id, (after, PAGE)).await?;
            tx.commit().await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.call_id);
            self.rate_page(&directory, &page, report).await?;
        }
    }

    async fn rate_page(
        &self,
        directory: &Directory,
        page: &[Call],
        report: &mut RetryReport,
    ) -> Result<()> {
        let ids: Vec<String> = page.iter().map(|call| call.call_id.to_string()).collect();
        let parts: Vec<&str> = ids.iter().map(String::as_str).collect();
        let batch_id = BatchId::derived(self.clock.now(), &parts);
        let mut priced = Vec::new();
        for call in page {
            let arrival = Arrival { source_id: call.source_id, batch_id };
            let record = record_of(call)?;
            let again = directory.rate(&record, None, arrival)?;
            match again {
                Ok(new) if new.outcome == Outcome::Rated => {
                    priced.push(Call { call_id: call.call_id, ..new });
                }
                _ => report.unrated += 1,
            }
        }
        let now = self.clock.now();
        let done = self
            .db
            .write(async |tx| {
                let rated = rate_again(tx, batch_id, &priced, now).await?;
                let rated: FxHashSet<CallId> = rated.into_iter().collect();
                let calls = priced.iter().filter(|call| rated.contains(&call.call_id));
                self.watch_caps(tx, calls, &Cause("batch_id", batch_id.to_string())).await?;
                Ok::<_, AppError>(rated)
            })
            .await?;
        report.rated += done.len() as u64;
        for call in priced.iter().filter(|call| done.contains(&call.call_id)) {
            report.calls.count(call)?;
        }
        Ok(())
    }
}

fn known_format(reject: &Reject) -> Result<Format> {
    reject.format.parse().map_err(|_| {
        AppError::Broken(format!("{} was read as {:?}", reject.reject_id, reject.format))
    })
}

fn read_again(reject: &Reject) -> Result<Row> {
    let zone = match reject.zone.as_str() {
        "" => None,
        name => Some(Zone::parse(name).map_err(|error| AppError::Broken(error.to_string()))?),
    };
    let options = ReadOptions { zone, ..ReadOptions::new(known_format(reject)?) };
    let ordinal = u32::try_from(reject.ordinal).unwrap_or(0);
    Ok(parse_row(&options, &reject.raw, ordinal))
}

fn raw_row(reject: &Reject) -> RawRow {
    RawRow {
        line: reject.line.unsigned_abs(),
        offset: reject.byte_offset.unsigned_abs(),
        length: reject.raw.len() as u64,
        ordinal: u32::try_from(reject.ordinal).unwrap_or(0),
        end: RowEnd::Closed,
        bytes: reject.raw.clone().into_boxed_slice(),
    }
}

/// The record that a kept call came from, with its owner spelled out.
fn record_of(call: &Call) -> Result<CallRecord> {
    let fields = RecordFields {
        leg: call.leg,
        call_group: call.call_group.clone(),
        direction: Some(call.direction),
        account: Some(call.tenant_id.to_string()),
        extension: call.extension.clone(),
        started_at: call.started_at,
        answered_at: call.answered_at,
        talk_seconds: call.talk_seconds,
        hold_seconds: call.hold_seconds,
        disposition: call.disposition,
        hangup_cause: call.hangup_cause.clone(),
        recording_url: call.recording_url.clone(),
        is_call: true,
        ..RecordFields::new(
            call.record_id.clone(),
            call.from.clone(),
            call.to.clone(),
            call.ended_at,
        )
    };
    CallRecord::try_new(fields).map_err(|error| AppError::Broken(error.to_string()))
}
