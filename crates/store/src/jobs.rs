//! Work for later, written in the transaction that needs it.
//!
//! Decided here: a job is enqueued once per key. Who takes a job holds it until its lease ends:
//! taking moves `run_at` there, so that a job whose worker died is simply due again. The number of
//! attempts is the token of the holder: whoever fails after its lease is refused as stale. Whoever
//! succeeds is believed even then, because handlers may run twice and done is done. Workers serve
//! all partners, so taking has no owner.

use domain::{
    ids::{JobId, PartnerId, Place},
    paging::{Page, PageRequest},
    time::Timestamp,
};
use sqlx::AssertSqlSafe;

use crate::{
    bulk::Bulk,
    columns::{guarded, id},
    db::{Tx, on},
    error::StoreError,
    listing::List,
};

/// Work to be enqueued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// Which handler does it.
    pub kind: &'static str,
    /// What it is for; enqueueing the same key again changes nothing.
    pub key: String,
    /// JSON for the handler.
    pub payload: String,
    /// Not before.
    pub run_at: Timestamp,
}

impl NewJob {
    /// The id of the job with this key, enqueued at `now`.
    fn id(&self, now: Timestamp) -> JobId {
        match Place::of_text(&self.key) {
            Some(place) => JobId::derived_in(place, now, &[&self.key]),
            None => JobId::derived(now, &[&self.key]),
        }
    }
}

/// A job that this worker holds until its lease ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its id.
    pub job_id: JobId,
    /// For whom.
    pub partner_id: PartnerId,
    /// Which handler does it.
    pub kind: String,
    /// What it is for.
    pub key: String,
    /// JSON for the handler.
    pub payload: String,
    /// How often it was taken, this time included.
    pub attempts: i64,
    /// Until when this worker holds it.
    pub leased_until: Timestamp,
}

/// Enqueues many jobs; those whose key is known stay as they are.
pub async fn enqueue_all(
    tx: &mut Tx,
    partner_id: PartnerId,
    jobs: &[NewJob],
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut rows = Bulk::new(
        "job",
        &[
            "job_id",
            "partner_id",
            "kind",
            "job_key",
            "payload",
            "state",
            "run_at",
            "attempts",
            "created_at",
        ],
        "on conflict (job_key) do nothing",
    );
    for job in jobs {
        rows.push([
            job.id(now).to_string().into(),
            partner_id.to_string().into(),
            job.kind.into(),
            job.key.clone().into(),
            job.payload.clone().into(),
            "ready".into(),
            job.run_at.micros().into(),
            0_i64.into(),
            now.micros().into(),
        ]);
    }
    rows.insert(tx).await.map(drop)
}

/// Enqueues a job and answers whether it is new. Its id is derived from its key.
pub async fn enqueue(
    tx: &mut Tx,
    partner_id: PartnerId,
    job: &NewJob,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let added = on!(tx, conn => sqlx::query(
        "insert into job
           (job_id, partner_id, kind, job_key, payload, state, run_at, attempts, created_at)
         values ($1, $2, $3, $4, $5, 'ready', $6, 0, $7)
         on conflict (job_key) do nothing",
    )
    .bind(job.id(now).to_string())
    .bind(partner_id.to_string())
    .bind(job.kind)
    .bind(&job.key)
    .bind(&job.payload)
    .bind(job.run_at.micros())
    .bind(now.micros())
    .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(added > 0)
}

#[derive(sqlx::FromRow)]
struct JobRow {
    job_id: String,
    partner_id: String,
    kind: String,
    job_key: String,
    payload: String,
    attempts: i64,
    run_at: i64,
}

impl JobRow {
    fn read(self) -> Result<Job, StoreError> {
        Ok(Job {
            job_id: id("job.job_id", &self.job_id)?,
            partner_id: id("job.partner_id", &self.partner_id)?,
            kind: self.kind,
            key: self.job_key,
            payload: self.payload,
            attempts: self.attempts,
            leased_until: Timestamp::from_micros(self.run_at),
        })
    }
}

/// Takes up to `limit` jobs that are due at `now` and holds them for `lease_seconds`, the longest
/// due first. Commit before working on them.
pub async fn claim(
    tx: &mut Tx,
    now: Timestamp,
    lease_seconds: i64,
    limit: i64,
) -> Result<Vec<Job>, StoreError> {
    // Materialized: PostgreSQL might otherwise run the inner select more than once and lock more
    // rows than the limit.
    let sql = tx.skipping_locked(
        "with due as materialized (
           select job_id from job
           where state = 'ready' and run_at <= $1
           order by run_at, job_id
           limit $3
           /* skip locked */
         )
         update job set run_at = $2, leased_until = $2, attempts = attempts + 1
         where job_id in (select job_id from due)
         returning job_id, partner_id, kind, job_key, payload, attempts, run_at",
    );
    let rows: Vec<JobRow> = on!(tx, conn => sqlx::query_as(AssertSqlSafe(sql))
        .bind(now.micros())
        .bind(now.plus_seconds(lease_seconds).micros())
        .bind(limit)
        .fetch_all(conn).await)?;
    let mut jobs = rows.into_iter().map(JobRow::read).collect::<Result<Vec<Job>, _>>()?;
    jobs.sort_by_key(|job| job.job_id);
    Ok(jobs)
}

/// The job is done, whoever holds it by now; `Stale` where that was known.
pub async fn finish(tx: &mut Tx, job: &Job) -> Result<(), StoreError> {
    let saved = on!(tx, conn => sqlx::query(
        "update job set state = 'done', leased_until = null, last_error = null
         where job_id = $1 and state = 'ready'",
    )
    .bind(job.job_id.to_string())
    .execute(conn).await.map(|done| done.rows_affected()))?;
    guarded(saved, "the job")
}

/// The job failed and is due again at `run_at`.
pub async fn retry(
    tx: &mut Tx,
    job: &Job,
    run_at: Timestamp,
    error: &str,
) -> Result<(), StoreError> {
    let saved = on!(tx, conn => sqlx::query(
        "update job set run_at = $3, leased_until = null, last_error = $4
         where job_id = $1 and attempts = $2 and state = 'ready'",
    )
    .bind(job.job_id.to_string())
    .bind(job.attempts)
    .bind(run_at.micros())
    .bind(error)
    .execute(conn).await.map(|done| done.rows_affected()))?;
    guarded(saved, "the job")
}

/// The job failed for good. It stays as a record.
pub async fn give_up(tx: &mut Tx, job: &Job, error: &str) -> Result<(), StoreError> {
    let saved = on!(tx, conn => sqlx::query(
        "update job set state = 'failed', leased_until = null, last_error = $3
         where job_id = $1 and attempts = $2 and state = 'ready'",
    )
    .bind(job.job_id.to_string())
    .bind(job.attempts)
    .bind(error)
    .execute(conn).await.map(|done| done.rows_affected()))?;
    guarded(saved, "the job")
}

/// When the next job is due, and how many are waiting.
pub async fn waiting(tx: &mut Tx) -> Result<(Option<Timestamp>, i64), StoreError> {
    let (next, count): (Option<i64>, i64) = on!(tx, conn => sqlx::query_as(
        "select min(run_at), count(*) from job where state = 'ready'",
    ).fetch_one(conn).await)?;
    Ok((next.map(Timestamp::from_micros), count))
}

/// A job as those who run the platform see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobState {
    /// Its id.
    pub job_id: JobId,
    /// For whom.
    pub partner_id: PartnerId,
    /// Which handler does it.
    pub kind: String,
    /// What it is for.
    pub key: String,
    /// `ready`, `done` or `failed`.
    pub state: String,
    /// When it is due.
    pub run_at: Timestamp,
    /// How often it was tried.
    pub attempts: i64,
    /// Why it failed the last time.
    pub last_error: Option<String>,
    /// When it was asked for.
    pub created_at: Timestamp,
}

/// Which jobs are wanted; what is absent does not matter.
#[derive(Debug, Clone, Default)]
pub struct JobFilter {
    /// For this partner.
    pub partner_id: Option<PartnerId>,
    /// In this state.
    pub state: Option<String>,
    /// Of this kind.
    pub kind: Option<String>,
}

#[derive(sqlx::FromRow)]
struct ListedRow {
    job_id: String,
    partner_id: String,
    kind: String,
    job_key: String,
    state: String,
    run_at: i64,
    attempts: i64,
    last_error: Option<String>,
    created_at: i64,
}

/// A page of all jobs, in the order of their ids.
pub async fn list(
    tx: &mut Tx,
    filter: JobFilter,
    page: &PageRequest,
) -> Result<Page<JobState>, StoreError> {
    let list = List::of(
        "select job_id, partner_id, kind, job_key, state, run_at, attempts, last_error, created_at
         from job",
    )
    .only_if("partner_id = $?", filter.partner_id.map(|it| it.to_string()))
    .only_if("state = $?", filter.state)
    .only_if("kind = $?", filter.kind);
    list.page(tx, ("job_id", "job_id"), page).await?.try_map(|row: ListedRow| {
        Ok(JobState {
            job_id: id("job.job_id", &row.job_id)?,
            partner_id: id("job.partner_id", &row.partner_id)?,
            kind: row.kind,
            key: row.job_key,
            state: row.state,
            run_at: Timestamp::from_micros(row.run_at),
            attempts: row.attempts,
            last_error: row.last_error,
            created_at: Timestamp::from_micros(row.created_at),
        })
    })
}
