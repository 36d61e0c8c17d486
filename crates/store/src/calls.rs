//! Kept calls: keys that make each record count once, and the rows themselves.

use domain::{
    call::{Call, Outcome, RetailPrice, WholesaleCharge, WholesalePrice},
    cdr::{Direction, Disposition, Leg},
    ids::{CallId, PartnerId, SourceId, TenantId},
    money::{Micros, Nanos},
    phone::CallClass,
    time::{Day, Span, Timestamp},
    usage::{DeckRef, PriceBasis, RetailCharge},
};

use crate::{
    bulk::{Bulk, Cell},
    db::{Tx, json_list, on},
    error::StoreError,
};

/// The key of one record, and what it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordKey {
    /// The source's id of the record.
    pub record_id: String,
    /// Which side wrote it.
    pub leg: Leg,
    /// Equal for equal content.
    pub content_hash: u128,
    /// The call it becomes.
    pub call_id: CallId,
}

/// Claims the keys that nobody has claimed, and answers the calls of those.
pub async fn claim_keys(
    tx: &mut Tx,
    source_id: SourceId,
    keys: &[RecordKey],
) -> Result<Vec<CallId>, StoreError> {
    let mut rows = Bulk::new(
        "cdr_key",
        &["source_id", "record_id", "leg", "content_hash", "call_id"],
        "on conflict (source_id, record_id, leg) do nothing returning call_id",
    );
    let source = source_id.to_string();
    for key in keys {
        rows.push([
            source.clone().into(),
            key.record_id.clone().into(),
            key.leg.as_str().into(),
            key.content_hash.to_be_bytes().to_vec().into(),
            key.call_id.to_string().into(),
        ]);
    }
    let claimed = rows.insert_returning(tx).await?;
    claimed.iter().map(|id| parse_id("cdr_key.call_id", id)).collect()
}

/// The stored content hashes of these records, by record id and leg.
pub async fn content_hashes(
    tx: &mut Tx,
    source_id: SourceId,
    record_ids: &[&str],
) -> Result<Vec<(String, String, Vec<u8>)>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select record_id, leg, content_hash from cdr_key
         where source_id = $1 and record_id in (select value from json_each($2))",
    ).bind(source_id.to_string()).bind(json_list(record_ids)).fetch_all(conn).await)?)
}

/// The columns of `call`, in the order of [`cells`].
const COLUMNS: [&str; 41] = [
    "partner_id",
    "tenant_id",
    "call_id",
    "batch_id",
    "source_id",
    "record_id",
    "leg",
    "call_group",
    "reverses_call_id",
    "direction",
    "class",
    "from_number",
    "to_number",
    "far_number",
    "extension",
    "started_at",
    "answered_at",
    "ended_at",
    "day",
    "talk_seconds",
    "hold_seconds",
    "disposition",
    "hangup_cause",
    "recording_url",
    "outcome",
    "reason",
    "charge",
    "profile_id",
    "profile_version",
    "deck_id",
    "deck_version",
    "billed_seconds",
    "retail_nanos",
    "wholesale_from",
    "wholesale_deck_id",
    "wholesale_deck_version",
    "wholesale_seconds",
    "wholesale_micros",
    "wholesale_charge",
    "usage_period_start",
    "bill_period_start",
];

fn cells(call: &Call) -> [Cell; 41] {
    let (outcome, reason) = call.outcome.codes();
    let retail_deck = call.retail.basis.deck;
    let micros = |instant: Option<Timestamp>| Cell::Int(instant.map(Timestamp::micros));
    [
        call.partner_id.to_string().into(),
        call.tenant_id.to_string().into(),
        call.call_id.to_string().into(),
        call.batch_id.to_string().into(),
        call.source_id.to_string().into(),
        call.record_id.clone().into(),
        call.leg.as_str().into(),
        call.call_group.clone().into(),
        call.reverses.map(|id| id.to_string()).into(),
        call.direction.as_str().into(),
        call.class.as_str().into(),
        call.from.clone().into(),
        call.to.clone().into(),
        call.far_number.clone().into(),
        call.extension.clone().into(),
        micros(call.started_at),
        micros(call.answered_at),
        call.ended_at.micros().into(),
        call.day.number().into(),
        call.talk_seconds.into(),
        call.hold_seconds.into(),
        call.disposition.as_str().into(),
        call.hangup_cause.clone().into(),
        call.recording_url.clone().into(),
        outcome.into(),
        reason.map(str::to_owned).into(),
        call.charge.as_str().into(),
        call.retail.basis.profile_id.to_string().into(),
        call.retail.basis.profile_version.into(),
        retail_deck.map(|deck| deck.deck_id.to_string()).into(),
        retail_deck.map(|deck| deck.version).into(),
        call.retail.billed_seconds.into(),
        call.retail.price.get().into(),
        call.wholesale.terms_from.micros().into(),
        call.wholesale.deck.map(|(id, _)| id.to_string()).into(),
        call.wholesale.deck.map(|(_, version)| version).into(),
        call.wholesale.billed_seconds.into(),
        call.wholesale.cost.get().into(),
        call.wholesale.charge.as_str().into(),
        call.usage_period_start.micros().into(),
        call.bill_period_start.micros().into(),
    ]
}

/// Inserts calls.
pub async fn insert(tx: &mut Tx, calls: &[Call]) -> Result<(), StoreError> {
    rows("call", calls).insert(tx).await.map(drop)
}

/// Calls as rows of `table`, which has the columns of `call`.
pub(crate) fn rows(table: &'static str, calls: &[Call]) -> Bulk {
    let mut rows = Bulk::new(table, &COLUMNS, "");
    for call in calls {
        rows.push(cells(call));
    }
    rows
}

/// Gives an unrated call its price. Only an unrated one: a rated call is never edited.
pub async fn rate_late(tx: &mut Tx, call: &Call) -> Result<bool, StoreError> {
    let deck = call.retail.basis.deck;
    let done = on!(tx, conn => sqlx::query(
        "update call
         set outcome = 'rated', reason = null, batch_id = $3, profile_id = $4,
           profile_version = $5, deck_id = $6, deck_version = $7, billed_seconds = $8,
           retail_nanos = $9, wholesale_from = $10, wholesale_deck_id = $11,
           wholesale_deck_version = $12, wholesale_seconds = $13, wholesale_micros = $14,
           wholesale_charge = $15, bill_period_start = $16
         where partner_id = $1 and call_id = $2 and outcome = 'unrated'",
    )
        .bind(call.partner_id.to_string())
        .bind(call.call_id.to_string())
        .bind(call.batch_id.to_string())
        .bind(call.retail.basis.profile_id.to_string())
        .bind(call.retail.basis.profile_version)
        .bind(deck.map(|deck| deck.deck_id.to_string()))
        .bind(deck.map(|deck| deck.version))
        .bind(call.retail.billed_seconds)
        .bind(call.retail.price.get())
        .bind(call.wholesale.terms_from.micros())
        .bind(call.wholesale.deck.map(|(id, _)| id.to_string()))
        .bind(call.wholesale.deck.map(|(_, version)| version))
        .bind(call.wholesale.billed_seconds)
        .bind(call.wholesale.cost.get())
        .bind(call.wholesale.charge.as_str())
        .bind(call.bill_period_start.micros())
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// The text of `select` for whole calls, with what follows `from call`.
macro_rules! select_calls {
    ($rest:literal) => {
        concat!(
            "select partner_id, tenant_id, call_id, batch_id, source_id, record_id, leg,
               call_group, reverses_call_id, direction, class, from_number, to_number,
               far_number, extension, started_at, answered_at, ended_at, day, talk_seconds,
               hold_seconds, disposition, hangup_cause, recording_url, outcome, reason, charge,
               profile_id, profile_version, deck_id, deck_version, billed_seconds, retail_nanos,
               wholesale_from, wholesale_deck_id, wholesale_deck_version, wholesale_seconds,
               wholesale_micros, wholesale_charge, usage_period_start, bill_period_start
             from call ",
            $rest
        )
    };
}

pub(crate) use select_calls;

/// One call of a partner.
pub async fn find(
    tx: &mut Tx,
    partner_id: PartnerId,
    call_id: CallId,
) -> Result<Option<Call>, StoreError> {
    let row: Option<CallRow> = on!(tx, conn => sqlx::query_as(
        select_calls!("where partner_id = $1 and call_id = $2"),
    ).bind(partner_id.to_string()).bind(call_id.to_string()).fetch_optional(conn).await)?;
    row.map(Call::try_from).transpose()
}

/// All calls of these groups from one source, whoever's they are: legs of one call.
pub async fn of_groups(
    tx: &mut Tx,
    source_id: SourceId,
    groups: &[&str],
) -> Result<Vec<Call>, StoreError> {
    let rows: Vec<CallRow> = on!(tx, conn => sqlx::query_as(
        select_calls!(
            "where call_group in (select value from json_each($2)) and source_id = $1"
        ),
    ).bind(source_id.to_string()).bind(json_list(groups)).fetch_all(conn).await)?;
    rows.into_iter().map(Call::try_from).collect()
}

/// A tenant's calls that ended within `span`, in order of (end, id), after `after`.
pub async fn of_tenant(
    tx: &mut Tx,
    (partner_id, tenant_id): (PartnerId, TenantId),
    span: Span,
    (after, limit): (Option<(Timestamp, CallId)>, i64),
) -> Result<Vec<Call>, StoreError> {
    let (after_at, after_id) = after
        .map_or((span.start.micros(), String::new()), |(at, id)| (at.micros(), id.to_string()));
    let rows: Vec<CallRow> = on!(tx, conn => sqlx::query_as(
        select_calls!(
            "where partner_id = $1 and tenant_id = $2 and ended_at >= $3 and ended_at < $4
               and (ended_at, call_id) > ($5, $6)
             order by ended_at, call_id
             limit $7"
        ),
    )
        .bind(partner_id.to_string())
        .bind(tenant_id.to_string())
        .bind(span.start.micros())
        .bind(span.end.micros())
        .bind(after_at)
        .bind(after_id)
        .bind(limit)
        .fetch_all(conn).await)?;
    rows.into_iter().map(Call::try_from).collect()
}

/// A partner's unrated calls after `after`, in order of id.
pub async fn unrated(
    tx: &mut Tx,
    partner_id: PartnerId,
    (after, limit): (Option<CallId>, i64),
) -> Result<Vec<Call>, StoreError> {
    let after = after.map_or(String::new(), |id| id.to_string());
    let rows: Vec<CallRow> = on!(tx, conn => sqlx::query_as(
        select_calls!(
            "where partner_id = $1 and call_id > $2 and outcome = 'unrated'
               and reverses_call_id is null
               and not exists (
                 select 1 from call other
                 where other.call_group = call.call_group and other.source_id = call.source_id
                   and other.reverses_call_id = call.call_id)
             order by call_id
             limit $3"
        ),
    ).bind(partner_id.to_string()).bind(after).bind(limit).fetch_all(conn).await)?;
    rows.into_iter().map(Call::try_from).collect()
}

/// A partner's calls after `after`, in order of id: for those who read all of them.
pub async fn page(
    tx: &mut Tx,
    partner_id: PartnerId,
    (after, limit): (Option<CallId>, i64),
) -> Result<Vec<Call>, StoreError> {
    let after = after.map_or(String::new(), |id| id.to_string());
    let rows: Vec<CallRow> = on!(tx, conn => sqlx::query_as(
        select_calls!("where partner_id = $1 and call_id > $2 order by call_id limit $3"),
    ).bind(partner_id.to_string()).bind(after).bind(limit).fetch_all(conn).await)?;
    rows.into_iter().map(Call::try_from).collect()
}

#[derive(sqlx::FromRow)]
pub(crate) struct CallRow {
    partner_id: String,
    tenant_id: String,
    call_id: String,
    batch_id: String,
    source_id: String,
    record_id: String,
    leg: String,
    call_group: Option<String>,
    reverses_call_id: Option<String>,
    direction: String,
    class: String,
    from_number: String,
    to_number: String,
    far_number: String,
    extension: Option<String>,
    started_at: Option<i64>,
    answered_at: Option<i64>,
    ended_at: i64,
    day: i64,
    talk_seconds: i64,
    hold_seconds: i64,
    disposition: String,
    hangup_cause: Option<String>,
    recording_url: Option<String>,
    outcome: String,
    reason: Option<String>,
    charge: String,
    profile_id: String,
    profile_version: i64,
    deck_id: Option<String>,
    deck_version: Option<i64>,
    billed_seconds: i64,
    retail_nanos: i64,
    wholesale_from: i64,
    wholesale_deck_id: Option<String>,
    wholesale_deck_version: Option<i64>,
    wholesale_seconds: i64,
    wholesale_micros: i64,
    wholesale_charge: String,
    usage_period_start: i64,
    bill_period_start: i64,
}

pub(crate) fn parse_id<T: std::str::FromStr>(
    column: &'static str,
    text: &str,
) -> Result<T, StoreError> {
    text.parse().map_err(|_| StoreError::corrupt(column, text))
}

fn known<T>(column: &'static str, text: &str, value: Option<T>) -> Result<T, StoreError> {
    value.ok_or_else(|| StoreError::corrupt(column, text))
}

impl TryFrom<CallRow> for Call {
    type Error = StoreError;

    fn try_from(row: CallRow) -> Result<Self, StoreError> {
        let leg = match row.leg.as_str() {
            "a" => Leg::A,
            "b" => Leg::B,
            other => return Err(StoreError::corrupt("call.leg", other)),
        };
        Ok(Self {
            partner_id: parse_id("call.partner_id", &row.partner_id)?,
            tenant_id: parse_id("call.tenant_id", &row.tenant_id)?,
            call_id: parse_id("call.call_id", &row.call_id)?,
            batch_id: parse_id("call.batch_id", &row.batch_id)?,
            source_id: parse_id("call.source_id", &row.source_id)?,
            leg,
            reverses: row
                .reverses_call_id
                .as_deref()
                .map(|id| parse_id("call.reverses_call_id", id))
                .transpose()?,
            direction: known("call.direction", &row.direction, Direction::parse(&row.direction))?,
            class: known("call.class", &row.class, CallClass::parse(&row.class))?,
            day: known("call.day", "a day", Day::from_number(row.day))?,
            disposition: known(
                "call.disposition",
                &row.disposition,
                Disposition::parse(&row.disposition),
            )?,
            outcome: known(
                "call.outcome",
                &row.outcome,
                Outcome::parse(&row.outcome, row.reason.as_deref()),
            )?,
            charge: known("call.charge", &row.charge, RetailCharge::parse(&row.charge))?,
            retail: retail(&row)?,
            wholesale: wholesale(&row)?,
            record_id: row.record_id,
            call_group: row.call_group,
            from: row.from_number,
            to: row.to_number,
            far_number: row.far_number,
            extension: row.extension,
            started_at: row.started_at.map(Timestamp::from_micros),
            answered_at: row.answered_at.map(Timestamp::from_micros),
            ended_at: Timestamp::from_micros(row.ended_at),
            talk_seconds: row.talk_seconds,
            hold_seconds: row.hold_seconds,
            hangup_cause: row.hangup_cause,
            recording_url: row.recording_url,
            usage_period_start: Timestamp::from_micros(row.usage_period_start),
            bill_period_start: Timestamp::from_micros(row.bill_period_start),
        })
    }
}

fn retail(row: &CallRow) -> Result<RetailPrice, StoreError> {
    let deck = match (&row.deck_id, row.deck_version) {
        (Some(id), Some(version)) => {
            Some(DeckRef { deck_id: parse_id("call.deck_id", id)?, version })
        }
        _ => None,
    };
    Ok(RetailPrice {
        basis: PriceBasis {
            profile_id: parse_id("call.profile_id", &row.profile_id)?,
            profile_version: row.profile_version,
            deck,
        },
        billed_seconds: row.billed_seconds,
        price: Nanos::new(row.retail_nanos),
    })
}

fn wholesale(row: &CallRow) -> Result<WholesalePrice, StoreError> {
    let deck = match (&row.wholesale_deck_id, row.wholesale_deck_version) {
        (Some(id), Some(version)) => Some((parse_id("call.wholesale_deck_id", id)?, version)),
        _ => None,
    };
    let charge = &row.wholesale_charge;
    Ok(WholesalePrice {
        terms_from: Timestamp::from_micros(row.wholesale_from),
        deck,
        billed_seconds: row.wholesale_seconds,
        cost: Micros::new(row.wholesale_micros),
        charge: known("call.wholesale_charge", charge, WholesaleCharge::parse(charge))?,
    })
}
