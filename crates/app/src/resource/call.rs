//! Calls, batches of call records and refused records as programs see them.

use domain::{
    call,
    ids::{BatchId, CallId, RejectId, SourceId, TenantId},
    money::Currency,
    time::Timestamp,
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{Decimal, Instant};
use crate::ingest::{ListedBatch, ListedReject};

/// What the two sides of a call are priced in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Currencies {
    /// What tenants pay.
    pub retail: Currency,
    /// What the partner pays.
    pub wholesale: Currency,
}

/// A call of a tenant, priced on both sides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Call)]
pub struct CallView {
    /// Its id.
    #[schema(value_type = String, example = "call_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub id: CallId,
    /// Whose call it is.
    #[schema(value_type = String)]
    pub tenant_id: TenantId,
    /// The switch that wrote it down.
    #[schema(value_type = String)]
    pub source_id: SourceId,
    /// The switch's own id of it.
    #[schema(example = "1772366400.118")]
    pub record_id: String,
    /// Which side wrote it: `a` or `b`.
    #[schema(example = "a")]
    pub leg: &'static str,
    /// What holds the legs of one call together.
    pub call_group: Option<String>,
    /// The batch that brought it.
    #[schema(value_type = String)]
    pub batch_id: BatchId,
    /// The call that this row takes back: its amounts are negative.
    #[schema(value_type = Option<String>)]
    pub reverses_call_id: Option<CallId>,
    /// Which way it ran.
    #[schema(pattern = "^(inbound|outbound|internal)$")]
    pub direction: &'static str,
    /// As it is metered.
    #[schema(pattern = "^(local|toll_free)$")]
    pub class: &'static str,
    /// As the switch wrote it.
    #[schema(example = "+15015550111")]
    pub from: String,
    /// As the switch wrote it.
    #[schema(example = "+12125550199")]
    pub to: String,
    /// The tenant's extension.
    pub extension: Option<String>,
    /// When it began to ring.
    pub started_at: Option<Instant>,
    /// When it was answered.
    pub answered_at: Option<Instant>,
    /// When it ended: this is what assigns it to a day and a period.
    pub ended_at: Instant,
    /// Talk time.
    pub talk_seconds: i64,
    /// Hold by the tenant's side; not billed.
    pub hold_seconds: i64,
    /// Seconds that the tenant is billed, after increments.
    pub billed_seconds: i64,
    /// How it ended.
    #[schema(example = "answered")]
    pub disposition: &'static str,
    /// The switch's own word for it.
    pub hangup_cause: Option<String>,
    /// Where a recording is.
    pub recording_url: Option<String>,
    /// Whether it was priced.
    #[schema(pattern = "^(rated|free|unrated)$")]
    pub outcome: &'static str,
    /// Why it is free or unrated.
    pub reason: Option<&'static str>,
    /// `billable`, or `trial`: metered and never invoiced.
    #[schema(pattern = "^(billable|trial)$")]
    pub charge: &'static str,
    /// What the tenant pays, before included minutes.
    pub price: Decimal,
    /// Of `price`.
    #[schema(example = "USD")]
    pub currency: String,
    /// What the partner pays.
    pub cost: Decimal,
    /// Of `cost`.
    #[schema(example = "USD")]
    pub cost_currency: String,
    /// Start of the period in which it ended; absent in a trial.
    pub usage_period_start: Option<Instant>,
    /// Start of the period whose invoice carries it; absent where none does.
    pub bill_period_start: Option<Instant>,
}

impl CallView {
    /// The call as it is kept.
    pub fn of(call: &call::Call, currencies: Currencies) -> Self {
        let (outcome, reason) = call.outcome.codes();
        let start =
            |at: Timestamp| (at != Timestamp::default() && at.is_plausible()).then(|| at.into());
        Self {
            id: call.call_id,
            tenant_id: call.tenant_id,
            source_id: call.source_id,
            record_id: call.record_id.clone(),
            leg: call.leg.as_str(),
            call_group: call.call_group.clone(),
            batch_id: call.batch_id,
            reverses_call_id: call.reverses,
            direction: call.direction.as_str(),
            class: call.class.as_str(),
            from: call.from.clone(),
            to: call.to.clone(),
            extension: call.extension.clone(),
            started_at: call.started_at.map(Instant),
            answered_at: call.answered_at.map(Instant),
            ended_at: call.ended_at.into(),
            talk_seconds: call.talk_seconds,
            hold_seconds: call.hold_seconds,
            billed_seconds: call.retail.billed_seconds,
            disposition: call.disposition.as_str(),
            hangup_cause: call.hangup_cause.clone(),
            recording_url: call.recording_url.clone(),
            outcome,
            reason,
            charge: call.charge.as_str(),
            price: Decimal(call.retail.price.to_string()),
            currency: currencies.retail.code().to_owned(),
            cost: Decimal(call.wholesale.cost.to_string()),
            cost_currency: currencies.wholesale.code().to_owned(),
            usage_period_start: start(call.usage_period_start),
            bill_period_start: start(call.bill_period_start),
        }
    }
}

/// A call with how it was priced.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CallDetail {
    /// The call.
    #[serde(flatten)]
    pub call: CallView,
    /// How it was priced; absent where it was not.
    pub rating: Option<CallRating>,
}

/// How a call was priced, on both sides.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CallRating {
    /// The tenant's side: profile and its version, the deck's row with steps and windows where one
    /// priced it, the minute rate and increments otherwise.
    #[schema(value_type = Object)]
    pub retail: Value,
    /// The partner's side.
    #[schema(value_type = Object)]
    pub wholesale: Value,
}

impl CallDetail {
    /// The call and its two explanations.
    pub fn of(call: &call::Call, currencies: Currencies, rating: Option<(Value, Value)>) -> Self {
        let rating = rating.map(|(retail, wholesale)| CallRating { retail, wholesale });
        Self { call: CallView::of(call, currencies), rating }
    }
}

/// A batch of call records that was taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CdrBatch {
    /// Its id: the same records of the same source have the same one.
    #[schema(value_type = String, example = "bat_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub id: BatchId,
    /// The name of its source.
    #[schema(example = "pbx-1")]
    pub source: String,
    /// Its source.
    #[schema(value_type = String)]
    pub source_id: SourceId,
    /// The file it came in; `api` where it came by the API.
    pub file_name: String,
    /// Records in it.
    pub records: i64,
    /// Rows of calls that it added.
    pub calls: i64,
    /// Records that it refused and that had not been refused before.
    pub rejects: i64,
    /// When it was committed.
    pub created_at: Instant,
}

impl From<&ListedBatch> for CdrBatch {
    fn from(listed: &ListedBatch) -> Self {
        let batch = &listed.batch;
        Self {
            id: batch.batch_id,
            source: listed.source.clone(),
            source_id: batch.source_id,
            file_name: batch.file_name.clone(),
            records: batch.records,
            calls: batch.calls,
            rejects: batch.rejects,
            created_at: batch.created_at.into(),
        }
    }
}

/// What became of a batch, record by record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CdrBatchResult {
    /// The batch: the same records of the same source have the same id.
    #[schema(value_type = String, example = "bat_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub id: BatchId,
    /// The name of its source.
    #[schema(example = "pbx-1")]
    pub source: String,
    /// Its source.
    #[schema(value_type = String)]
    pub source_id: SourceId,
    /// Records that were sent.
    pub records: u64,
    /// Records that became calls now.
    pub accepted: u64,
    /// Records that were known already.
    pub duplicates: u64,
    /// Records whose key is known with other content.
    pub conflicts: u64,
    /// Records that were refused and kept.
    pub rejected: u64,
    /// One for each record, in the order they were sent. Empty in the audit log.
    pub results: Vec<RecordResult>,
}

impl CdrBatchResult {
    /// The same without its records.
    pub fn summary(&self) -> Self {
        Self { results: Vec::new(), source: self.source.clone(), ..*self }
    }
}

/// What became of one record.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct RecordResult {
    /// Its place in the batch, from 0.
    pub index: u32,
    /// Its id, where it could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record_id: Option<String>,
    /// Its leg, where it could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leg: Option<&'static str>,
    /// What became of it.
    #[schema(pattern = "^(accepted|duplicate|conflict|rejected)$")]
    pub result: &'static str,
    /// The call it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub call_id: Option<CallId>,
    /// Whether an accepted record was priced: `rated`, `free` or `unrated`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<&'static str>,
    /// The stable code of why it is free, unrated or refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Why it was refused, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Where a refused record is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub reject_id: Option<RejectId>,
}

/// A record that was refused, and kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Reject)]
pub struct RejectView {
    /// Its id.
    #[schema(value_type = String, example = "rej_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub id: RejectId,
    /// The name of its source.
    #[schema(example = "pbx-1")]
    pub source: String,
    /// Its source.
    #[schema(value_type = String)]
    pub source_id: SourceId,
    /// The file it came in; `api` where it came by the API.
    pub file_name: String,
    /// Its line, or its place in a batch, from 1.
    pub line: i64,
    /// Its first byte there, from 0.
    pub byte_offset: i64,
    /// What it was read as.
    #[schema(example = "ndjson")]
    pub format: String,
    /// The stable code of why it was refused.
    #[schema(example = "unknown_owner")]
    pub code: String,
    /// Why it was refused, in words.
    pub reason: String,
    /// `open`, `resolved` once it is a call, `dismissed` where somebody gave it up.
    #[schema(pattern = "^(open|resolved|dismissed)$")]
    pub state: String,
    /// When it was refused.
    pub created_at: Instant,
    /// When it became a call, turned out to be one, or was dismissed.
    pub resolved_at: Option<Instant>,
    /// Why it was dismissed.
    #[schema(value_type = Option<String>)]
    pub dismissed_because: Option<String>,
}

impl From<&ListedReject> for RejectView {
    fn from(listed: &ListedReject) -> Self {
        let reject = &listed.reject;
        Self {
            id: reject.reject_id,
            source: listed.source.clone(),
            source_id: reject.source_id,
            file_name: reject.file_name.clone(),
            line: reject.line,
            byte_offset: reject.byte_offset,
            format: reject.format.clone(),
            code: reject.code.clone(),
            reason: reject.reason.clone(),
            state: listed.state.clone(),
            created_at: reject.created_at.into(),
            resolved_at: listed.resolved_at.map(Instant),
            dismissed_because: listed.dismissed_because.clone(),
        }
    }
}

/// A refused record with its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RejectDetail {
    /// The record.
    #[serde(flatten)]
    pub reject: RejectView,
    /// Its bytes, where they are UTF-8.
    pub raw: Option<String>,
    /// Its bytes in base 64, where they are not.
    pub raw_base64: Option<String>,
}
