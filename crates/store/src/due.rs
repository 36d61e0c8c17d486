//! Who is due, and the writes that closing a period makes for many tenants at once.
//!
//! Finding what is due reads indexes over everyone on purpose; everything after that is one
//! partner's. Tenants are taken by the instant at which they are due, so that work is done in the
//! order in which it fell due, however long nobody did it.

use domain::{
    account::Tenant,
    ids::{InvoiceId, PartnerId, TenantId},
    term::Term,
    time::{Day, Span, Timestamp},
};

use crate::{
    bulk::{Bulk, Cell},
    calls::parse_id,
    columns::{guarded, id},
    db::{Tx, json_list, on},
    error::StoreError,
    periods,
    tenants::{TenantRow, select_tenant},
};

/// The earliest instant up to `until` at which a tenant is due, and whose partner's.
pub async fn next_tenant(
    tx: &mut Tx,
    until: Timestamp,
) -> Result<Option<(PartnerId, Timestamp)>, StoreError> {
    let row: Option<(String, i64)> = on!(tx, conn => sqlx::query_as(
        "select partner_id, next_action_at from tenant
         where next_action_at is not null and next_action_at <= $1
         order by next_action_at, partner_id, tenant_id
         limit 1",
    ).bind(until.micros()).fetch_optional(conn).await)?;
    row.map(|(partner, at)| Ok((id("tenant.partner_id", &partner)?, Timestamp::from_micros(at))))
        .transpose()
}

/// The partner's tenants that are due at exactly `at`, in the order of their ids.
pub async fn tenants(
    tx: &mut Tx,
    partner_id: PartnerId,
    at: Timestamp,
    limit: i64,
) -> Result<Vec<Tenant>, StoreError> {
    let rows: Vec<TenantRow> = on!(tx, conn => sqlx::query_as(
        select_tenant!(
            "where partner_id = $1 and next_action_at = $2 order by tenant_id limit $3"
        ),
    ).bind(partner_id.to_string()).bind(at.micros()).bind(limit).fetch_all(conn).await)?;
    rows.into_iter().map(TenantRow::read).collect()
}

#[derive(sqlx::FromRow)]
struct TermRow {
    tenant_id: String,
    start_at: i64,
    end_at: i64,
    profile_id: String,
    profile_version: i64,
    fraction_num: i64,
    fraction_den: i64,
    anchor_day: Option<i64>,
}

/// The terms of the open periods of these tenants.
pub async fn open_terms(
    tx: &mut Tx,
    partner_id: PartnerId,
    tenants: &[TenantId],
) -> Result<Vec<(TenantId, Term)>, StoreError> {
    let rows: Vec<TermRow> = on!(tx, conn => sqlx::query_as(
        "select period.tenant_id, start_at, end_at, period.profile_id, profile_version,
           fraction_num, fraction_den, anchor_day
         from tenant
         join period on period.partner_id = tenant.partner_id
           and period.tenant_id = tenant.tenant_id and period.start_at = tenant.open_start
         where tenant.partner_id = $1
           and tenant.tenant_id in (select value from json_each($2))",
    ).bind(partner_id.to_string()).bind(json_list(tenants)).fetch_all(conn).await)?;
    rows.into_iter()
        .map(|row| {
            let tenant_id = parse_id("period.tenant_id", &row.tenant_id)?;
            let fraction = crate::directory::fraction(row.fraction_num, row.fraction_den)?;
            let anchor_day = row
                .anchor_day
                .and_then(Day::from_number)
                .ok_or_else(|| StoreError::corrupt("tenant.anchor_day", "no day"))?;
            let span = Span {
                start: Timestamp::from_micros(row.start_at),
                end: Timestamp::from_micros(row.end_at),
            };
            let profile_id = parse_id("period.profile_id", &row.profile_id)?;
            let profile_version = row.profile_version;
            Ok((tenant_id, Term { span, fraction, profile_id, profile_version, anchor_day }))
        })
        .collect()
}

/// A period in its closed or newly opened state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodState {
    /// Whose.
    pub tenant_id: TenantId,
    /// From when to when, and under which terms.
    pub term: Term,
    /// The invoice that billed it, and when; `None` while it is open.
    pub closed: Option<(Option<InvoiceId>, Timestamp)>,
}

/// Writes periods: new ones are added, known ones take the given state.
pub async fn put_periods(
    tx: &mut Tx,
    partner_id: PartnerId,
    states: &[PeriodState],
) -> Result<(), StoreError> {
    let mut rows = Bulk::new(
        "period",
        &[
            "partner_id",
            "tenant_id",
            "period_id",
            "start_at",
            "end_at",
            "profile_id",
            "profile_version",
            "fraction_num",
            "fraction_den",
            "state",
            "invoice_id",
            "closed_at",
        ],
        "on conflict (partner_id, tenant_id, start_at) do update set
           end_at = excluded.end_at, fraction_num = excluded.fraction_num,
           state = excluded.state, invoice_id = excluded.invoice_id,
           closed_at = excluded.closed_at
         where period.state = 'open'",
    );
    for PeriodState { tenant_id, term, closed } in states {
        let invoice_id = closed.and_then(|(invoice_id, _)| invoice_id);
        rows.push([
            partner_id.to_string().into(),
            tenant_id.to_string().into(),
            periods::id_of(*tenant_id, term.span.start).to_string().into(),
            term.span.start.micros().into(),
            term.span.end.micros().into(),
            term.profile_id.to_string().into(),
            term.profile_version.into(),
            i64::from(term.fraction.part()).into(),
            i64::from(term.fraction.whole()).into(),
            if closed.is_some() { "closed" } else { "open" }.into(),
            invoice_id.map(|id| id.to_string()).into(),
            Cell::Int(closed.map(|(_, at)| at.micros())),
        ]);
    }
    rows.insert(tx).await?;
    Ok(())
}

/// Puts one-time charges on their invoices.
pub async fn put_charges(
    tx: &mut Tx,
    partner_id: PartnerId,
    charges: &[(domain::ids::ChargeId, InvoiceId)],
) -> Result<(), StoreError> {
    for (charge_id, invoice_id) in charges {
        let done = on!(tx, conn => sqlx::query(
            "update charge set invoice_id = $3
             where partner_id = $1 and charge_id = $2 and kind = 'one_time'
               and invoice_id is null",
        )
            .bind(partner_id.to_string())
            .bind(charge_id.to_string())
            .bind(invoice_id.to_string())
            .execute(conn).await.map(|done| done.rows_affected()))?;
        guarded(done, "the charge")?;
    }
    Ok(())
}

/// The earliest partner, by id, whose monthly wholesale debits of `month` (202605) are not booked.
pub async fn partner_without_month(
    tx: &mut Tx,
    month: i64,
) -> Result<Option<(PartnerId, Option<i64>, Timestamp)>, StoreError> {
    let row: Option<(String, Option<i64>, i64)> = on!(tx, conn => sqlx::query_as(
        "select partner_id, debited_month, created_at from partner
         where debited_month is null or debited_month < $1
         order by coalesce(debited_month, 0), partner_id
         limit 1",
    ).bind(month).fetch_optional(conn).await)?;
    row.map(|(partner, month, created)| {
        let partner_id = id("partner.partner_id", &partner)?;
        Ok((partner_id, month, Timestamp::from_micros(created)))
    })
    .transpose()
}

/// Notes that the partner's monthly debits are booked up to `month`; never goes back.
pub async fn mark_month(tx: &mut Tx, partner_id: PartnerId, month: i64) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "update partner set debited_month = $2
         where partner_id = $1 and (debited_month is null or debited_month < $2)",
    ).bind(partner_id.to_string()).bind(month).execute(conn).await.map(drop))?;
    Ok(())
}

/// An item that costs a monthly wholesale fee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthlyDebit {
    /// `ext:<id>` or `did:<number>`: what is debited once per month (ruling 9).
    pub item_key: String,
    /// Whose.
    pub tenant_id: TenantId,
    /// `monthly_extension` or `monthly_did`.
    pub kind: &'static str,
    /// How much.
    pub amount_micros: i64,
}

/// Keeps debits that the month does not have yet, and answers their items.
pub async fn claim_monthly_debits(
    tx: &mut Tx,
    partner_id: PartnerId,
    (month, seq): (i64, i64),
    debits: &[MonthlyDebit],
) -> Result<Vec<String>, StoreError> {
    let mut rows = Bulk::new(
        "monthly_debit",
        &["partner_id", "item_key", "month", "tenant_id", "kind", "amount_micros", "seq"],
        "on conflict (partner_id, item_key, month) do nothing returning item_key",
    );
    for debit in debits {
        rows.push([
            partner_id.to_string().into(),
            debit.item_key.clone().into(),
            month.into(),
            debit.tenant_id.to_string().into(),
            debit.kind.into(),
            debit.amount_micros.into(),
            seq.into(),
        ]);
    }
    rows.insert_returning(tx).await
}

/// Extensions and numbers of the partner, or only these, that are there at some instant of `span`,
/// after `after` in the order of their keys.
pub async fn monthly_items(
    tx: &mut Tx,
    partner_id: PartnerId,
    span: Span,
    (only, after, limit): (Option<&[String]>, &str, i64),
) -> Result<Vec<MonthlyItem>, StoreError> {
    let only = only.map(json_list);
    let rows: Vec<(String, String, String, i64)> = on!(tx, conn => sqlx::query_as(
        "select item_key, class, tenant_id, since from (
           select 'did:' || e164 as item_key, class, tenant_id, assigned_at as since
           from phone_number
           where partner_id = $1 and assigned_at < $3
             and (released_at is null or released_at > $2)
           union all
           select 'ext:' || extension_id as item_key, 'extension' as class, tenant_id,
             created_at as since
           from extension
           where partner_id = $1 and created_at < $3
             and (removed_at is null or removed_at > $2)
         ) item
         where item_key > $4
           and ($6 is null or item_key in (select value from json_each($6)))
         order by item_key, since
         limit $5",
    )
        .bind(partner_id.to_string())
        .bind(span.start.micros())
        .bind(span.end.micros())
        .bind(after)
        .bind(limit)
        .bind(only)
        .fetch_all(conn).await)?;
    rows.into_iter()
        .map(|(item_key, class, tenant, since)| {
            Ok(MonthlyItem {
                item_key,
                class,
                tenant_id: id("extension.tenant_id", &tenant)?,
                since: Timestamp::from_micros(since),
            })
        })
        .collect()
}

/// Something that costs a monthly fee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthlyItem {
    /// `ext:<id>` or `did:<number>`.
    pub item_key: String,
    /// `extension`, `local` or `toll_free`.
    pub class: String,
    /// Whose.
    pub tenant_id: TenantId,
    /// Since when.
    pub since: Timestamp,
}
