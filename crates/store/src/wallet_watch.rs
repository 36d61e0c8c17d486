//! What is looked at when a wallet moves.
//!
//! Decided here: whoever posts asks for a look only where the balance is beyond what the last look
//! named, in one statement that finds its row by its key. Whoever looks holds the partner's book,
//! so that no debit slips between its reading and its answer. A recharge is claimed by one update
//! that checks the switch and the hour (WAL-12).

use domain::{
    ids::PartnerId,
    money::{Micros, Minor},
    time::Timestamp,
    wallet::{AutoRecharge, Looked, RECHARGE_SECONDS, RechargeState, Watch},
};

use crate::{
    columns::{flag, guarded, id, number, optional_instant},
    db::{Tx, on},
    error::StoreError,
};

#[derive(sqlx::FromRow)]
struct WatchRow {
    enabled: i64,
    threshold_micros: Option<i64>,
    amount_minor: Option<i64>,
    attempted_at: Option<i64>,
    told: i64,
    crossings: i64,
    version: i64,
}

/// What is known of a wallet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptWatch {
    /// What decides.
    pub watch: Watch,
    /// How often its owner was told of a level; names the next mail.
    pub crossings: i64,
    /// Counts the changes of its settings.
    pub version: i64,
}

/// Begins to watch a new partner's wallet: it is empty, and nobody has to be told so.
pub(crate) async fn insert(tx: &mut Tx, partner_id: PartnerId) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "insert into wallet_watch
           (partner_id, enabled, told, crossings, look_below_micros, look_from_micros, version)
         values ($1, 0, 3, 0, $2, 1, 1)",
    ).bind(partner_id.to_string()).bind(-i64::MAX).execute(conn).await.map(drop))?;
    Ok(())
}

/// What is known of a partner's wallet.
pub async fn find(tx: &mut Tx, partner_id: PartnerId) -> Result<Option<KeptWatch>, StoreError> {
    let row: Option<WatchRow> = on!(tx, conn => sqlx::query_as(
        "select enabled, threshold_micros, amount_minor, attempted_at, told, crossings, version
         from wallet_watch where partner_id = $1",
    ).bind(partner_id.to_string()).fetch_optional(conn).await)?;
    row.map(|row| {
        let is_on = flag("wallet_watch.enabled", row.enabled)?;
        let recharge = AutoRecharge {
            state: if is_on { RechargeState::On } else { RechargeState::Off },
            threshold: row.threshold_micros.map(Micros::new),
            amount: row.amount_minor.map(Minor::new),
        };
        let watch = Watch {
            recharge,
            attempted_at: optional_instant(row.attempted_at),
            told: number("wallet_watch.told", row.told)?,
        };
        Ok(KeptWatch { watch, crossings: row.crossings, version: row.version })
    })
    .transpose()
}

/// Saves when and how a wallet fills itself, and has it looked at.
pub async fn save(
    tx: &mut Tx,
    partner_id: PartnerId,
    (recharge, seen): (&AutoRecharge, i64),
    now: Timestamp,
) -> Result<(), StoreError> {
    let saved = on!(tx, conn => sqlx::query(
        "update wallet_watch
         set enabled = $3, threshold_micros = $4, amount_minor = $5, look_at = $6,
           version = version + 1
         where partner_id = $1 and version = $2",
    )
    .bind(partner_id.to_string())
    .bind(seen)
    .bind(i64::from(recharge.state == RechargeState::On))
    .bind(recharge.threshold.map(Micros::get))
    .bind(recharge.amount.map(Minor::get))
    .bind(now.micros())
    .execute(conn).await.map(|done| done.rows_affected()))?;
    guarded(saved, "the auto-recharge")
}

/// Switches recharging off, and answers whether it was on.
pub async fn switch_off(
    tx: &mut Tx,
    partner_id: PartnerId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let done = on!(tx, conn => sqlx::query(
        "update wallet_watch set enabled = 0, look_at = $2, version = version + 1
         where partner_id = $1 and enabled = 1",
    )
    .bind(partner_id.to_string())
    .bind(now.micros())
    .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(done > 0)
}

/// Has the wallet looked at, if its balance is beyond what the last look named.
pub(crate) async fn moved(
    tx: &mut Tx,
    partner_id: PartnerId,
    (balance, at): (Micros, Timestamp),
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "update wallet_watch set look_at = $2
         where partner_id = $1 and (look_at is null or look_at > $2)
           and ($3 < look_below_micros or $3 >= look_from_micros)",
    )
    .bind(partner_id.to_string())
    .bind(at.micros())
    .bind(balance.get())
    .execute(conn).await.map(drop))?;
    Ok(())
}

/// Has the wallet looked at.
pub async fn ask_look(tx: &mut Tx, partner_id: PartnerId, at: Timestamp) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "update wallet_watch set look_at = $2
         where partner_id = $1 and (look_at is null or look_at > $2)",
    ).bind(partner_id.to_string()).bind(at.micros()).execute(conn).await.map(drop))?;
    Ok(())
}

/// Writes down what a look said.
pub async fn note_look(
    tx: &mut Tx,
    partner_id: PartnerId,
    looked: &Looked,
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "update wallet_watch
         set told = $2, crossings = crossings + $3, look_below_micros = $4, look_from_micros = $5,
           look_at = $6
         where partner_id = $1",
    )
    .bind(partner_id.to_string())
    .bind(i64::from(looked.told))
    .bind(i64::from(looked.tell.is_some()))
    .bind(looked.look_below.get())
    .bind(looked.look_from.map(Micros::get))
    .bind(looked.look_at.map(Timestamp::micros))
    .execute(conn).await.map(drop))?;
    Ok(())
}

/// Claims the hour for one recharge, and answers whether it was free and recharging is on.
pub async fn claim_recharge(
    tx: &mut Tx,
    partner_id: PartnerId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let claimed = on!(tx, conn => sqlx::query(
        "update wallet_watch set attempted_at = $2
         where partner_id = $1 and enabled = 1
           and (attempted_at is null or attempted_at <= $3)",
    )
    .bind(partner_id.to_string())
    .bind(now.micros())
    .bind(now.plus_seconds(-RECHARGE_SECONDS).micros())
    .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(claimed > 0)
}

/// The earliest instant up to `until` at which a wallet is looked at, and whose.
pub async fn next_due(
    tx: &mut Tx,
    until: Timestamp,
) -> Result<Option<(PartnerId, Timestamp)>, StoreError> {
    let row: Option<(String, i64)> = on!(tx, conn => sqlx::query_as(
        "select partner_id, look_at from wallet_watch
         where look_at is not null and look_at <= $1
         order by look_at, partner_id
         limit 1",
    ).bind(until.micros()).fetch_optional(conn).await)?;
    row.map(|(partner, at)| {
        Ok((id("wallet_watch.partner_id", &partner)?, Timestamp::from_micros(at)))
    })
    .transpose()
}
