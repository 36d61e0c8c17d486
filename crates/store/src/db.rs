//! The two engines behind one type: opening, transactions, and what they do differently.
//!
//! Decided here: SQLite has one writer connection (queueing here is cheaper than SQLITE_BUSY) and
//! every write transaction starts with `begin immediate`; PostgreSQL runs at READ COMMITTED and
//! rows that protect money are locked in key order. Nothing outside this module and `bulk` knows
//! which engine is open.

use std::{
    ops::{Deref, DerefMut},
    path::Path,
    str::FromStr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use sqlx::{
    Connection, Database, PgPool, Postgres, Sqlite, SqlitePool, Transaction,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::sync::Notify;

use crate::{error::StoreError, migrations::migrator};

/// Connections to one PostgreSQL per process: enough for workers and pages, few enough that ten
/// processes stay below the server's default of 100.
const POSTGRES_CONNECTIONS: u32 = 8;
/// How long an idle connection is taken to work.
const TRUSTED_FOR: Duration = Duration::from_secs(5);
/// Readers of one SQLite file. They never block the writer.
const SQLITE_READERS: u32 = 4;
/// What the SQLite writer holds of the file, in KiB with a minus. Twice as much made nothing
/// faster.
const WRITER_CACHE: &str = "-32768";
/// Pages (4 KiB) after which SQLite's log is carried into the file: a page that many transactions
/// change is then written there once.
const LOG_PAGES: &str = "8192";
/// Rows that SQLite's thread reads ahead of whoever asked: each hand-over wakes two threads.
const ROW_BUFFER: usize = 1_000;
/// How long a writer waits for another process that holds the SQLite write lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(60);
/// How often a transaction is tried that the database asks to repeat (40001, 40P01).
const MAX_TRIES: u32 = 10;

/// An open database.
#[derive(Clone, Debug)]
pub struct Db {
    pools: Pools,
    commits: Arc<Notify>,
}

/// The connections to whichever engine is open.
#[derive(Clone, Debug)]
enum Pools {
    /// One file, one writer, several readers.
    Sqlite {
        /// The single writing connection.
        writer: SqlitePool,
        /// Read-only snapshots beside it.
        readers: SqlitePool,
    },
    /// A server, shared by any number of processes.
    Postgres(PgPool),
    /// One open transaction that everything joins: what is committed here waits for
    /// [`Db::unit`]'s commit, what fails takes all of it back.
    Joined(Arc<Joined>),
}

/// The one transaction of a unit of work, while nobody uses it.
#[derive(Debug)]
struct Joined {
    engine: &'static str,
    free: Mutex<Option<Tx>>,
}

impl Joined {
    fn take(&self) -> Option<Tx> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn put(&self, tx: Tx) {
        *self.free.lock().unwrap_or_else(PoisonError::into_inner) = Some(tx);
    }
}

/// A unit of work. Everything a store function does happens inside one.
#[derive(Debug)]
pub enum Tx {
    /// On the SQLite file.
    Sqlite(Held<Sqlite>),
    /// On the PostgreSQL server.
    Postgres(Held<Postgres>),
}

/// An engine's transaction, and the larger unit that it is part of.
#[derive(Debug)]
pub struct Held<D: Database> {
    tx: Begun<D>,
    unit: Option<Arc<Joined>>,
}

/// What statements run in.
#[derive(Debug)]
enum Begun<D: Database> {
    /// A transaction.
    Transaction(Transaction<'static, D>),
    /// A connection, on which each statement sees its own snapshot.
    Connection(PoolConnection<D>),
}

impl<D: Database> Begun<D> {
    async fn commit(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Transaction(tx) => tx.commit().await,
            Self::Connection(_) => Ok(()),
        }
    }

    async fn rollback(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Transaction(tx) => tx.rollback().await,
            Self::Connection(_) => Ok(()),
        }
    }
}

impl<D: Database> From<PoolConnection<D>> for Held<D> {
    fn from(connection: PoolConnection<D>) -> Self {
        Self { tx: Begun::Connection(connection), unit: None }
    }
}

impl<D: Database> From<Transaction<'static, D>> for Held<D> {
    fn from(tx: Transaction<'static, D>) -> Self {
        Self { tx: Begun::Transaction(tx), unit: None }
    }
}

impl<D: Database> Deref for Held<D> {
    type Target = D::Connection;

    fn deref(&self) -> &D::Connection {
        match &self.tx {
            Begun::Transaction(tx) => tx,
            Begun::Connection(connection) => connection,
        }
    }
}

impl<D: Database> DerefMut for Held<D> {
    fn deref_mut(&mut self) -> &mut D::Connection {
        match &mut self.tx {
            Begun::Transaction(tx) => tx,
            Begun::Connection(connection) => connection,
        }
    }
}

/// Runs one body against whichever engine is open; it is compiled once for each.
macro_rules! on {
    ($tx:expr, $conn:ident => $body:expr) => {
        match $tx {
            $crate::db::Tx::Sqlite(tx) => {
                let $conn = &mut **tx;
                $body
            }
            $crate::db::Tx::Postgres(tx) => {
                let $conn = &mut **tx;
                $body
            }
        }
    };
}
pub(crate) use on;

impl Db {
    /// Opens `url` (`sqlite:PATH` or `postgres://…`) and brings its schema up to date.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let db = Self::connect(url).await?;
        db.migrate().await?;
        Ok(db)
    }

    /// Opens the SQLite file at `path`, creating it where it is missing.
    pub async fn open_file(path: &Path) -> Result<Self, StoreError> {
        let db = Self::connect_sqlite(SqliteConnectOptions::new().filename(path)).await?;
        db.migrate().await?;
        Ok(db)
    }

    /// Opens `url` with the schema as it was in `version`, for whoever proves that a database of
    /// that time can be brought up to date.
    pub async fn open_as_of(url: &str, version: i64) -> Result<Self, StoreError> {
        let db = Self::connect(url).await?;
        db.migrate_to(Some(version)).await?;
        Ok(db)
    }

    async fn connect(url: &str) -> Result<Self, StoreError> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let options = PgConnectOptions::from_str(url)?.application_name("trunkline");
            let pool = PgPoolOptions::new().max_connections(POSTGRES_CONNECTIONS);
            // A connection that was just in use needs no question whether it still works.
            let pool = pool.test_before_acquire(false).before_acquire(|connection, meta| {
                Box::pin(async move {
                    Ok(meta.idle_for < TRUSTED_FOR || connection.ping().await.is_ok())
                })
            });
            return Ok(Self::over(Pools::Postgres(pool.connect_with(options).await?)));
        }
        if !url.starts_with("sqlite:") {
            return Err(StoreError::UnknownUrl);
        }
        Self::connect_sqlite(SqliteConnectOptions::from_str(url)?).await
    }

    async fn connect_sqlite(options: SqliteConnectOptions) -> Result<Self, StoreError> {
        let options = options
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY_TIMEOUT)
            .pragma("cache_size", WRITER_CACHE)
            .pragma("wal_autocheckpoint", LOG_PAGES)
            .row_buffer_size(ROW_BUFFER)
            .pragma("temp_store", "memory");
        let writer = SqlitePoolOptions::new().max_connections(1).test_before_acquire(false);
        let writer = writer.connect_with(options.clone()).await?;
        let readers = SqlitePoolOptions::new();
        let readers = readers.max_connections(SQLITE_READERS).test_before_acquire(false);
        let readers = readers.connect_lazy_with(options.pragma("cache_size", "-8192"));
        Ok(Self::over(Pools::Sqlite { writer, readers }))
    }

    fn over(pools: Pools) -> Self {
        Self { pools, commits: Arc::default() }
    }

    async fn migrate(&self) -> Result<(), StoreError> {
        self.migrate_to(None).await
    }

    async fn migrate_to(&self, version: Option<i64>) -> Result<(), StoreError> {
        match &self.pools {
            // The file lock that `begin immediate` takes keeps a second process out; sqlx would
            // begin a deferred transaction and fail at once instead of waiting.
            Pools::Sqlite { writer, .. } => {
                let mut tx = writer.begin_with("begin immediate").await?;
                migrator("sqlite").run_direct(version, &mut *tx, false).await?;
                tx.commit().await?;
            }
            Pools::Postgres(pool) => {
                let mut conn = pool.acquire().await?;
                migrator("postgres").run_direct(version, &mut *conn, false).await?;
            }
            Pools::Joined(_) => {}
        }
        Ok(())
    }

    /// Starts a transaction that may write.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        Ok(match &self.pools {
            Pools::Sqlite { writer, .. } => {
                Tx::Sqlite(writer.begin_with("begin immediate").await?.into())
            }
            Pools::Postgres(pool) => Tx::Postgres(pool.begin().await?.into()),
            Pools::Joined(unit) => unit.take().ok_or(StoreError::UnitLost)?.part_of(unit),
        })
    }

    /// Starts a transaction that only reads, on one snapshot of the whole database.
    pub async fn begin_read(&self) -> Result<Tx, StoreError> {
        Ok(match &self.pools {
            Pools::Sqlite { readers, .. } => Tx::Sqlite(readers.begin().await?.into()),
            Pools::Postgres(pool) => {
                let begin = "begin isolation level repeatable read read only";
                Tx::Postgres(pool.begin_with(begin).await?.into())
            }
            // What the unit has written so far is seen.
            Pools::Joined(_) => self.begin().await?,
        })
    }

    /// For one statement that reads: without the round trips that begin and end a transaction. A
    /// second statement may see what was committed after the first.
    pub async fn begin_single(&self) -> Result<Tx, StoreError> {
        Ok(match &self.pools {
            Pools::Sqlite { readers, .. } => Tx::Sqlite(readers.acquire().await?.into()),
            Pools::Postgres(pool) => Tx::Postgres(pool.acquire().await?.into()),
            Pools::Joined(_) => self.begin().await?,
        })
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let mut tx = self.begin_read().await?;
        on!(&mut tx, conn => sqlx::query("select 1").execute(conn).await.map(drop))?;
        tx.commit().await
    }

    /// Does `work` in a transaction and commits; does it again where the database asks for it.
    pub async fn write<T, E>(&self, work: impl AsyncFn(&mut Tx) -> Result<T, E>) -> Result<T, E>
    where
        E: From<StoreError> + Repeatable,
    {
        let outcome = self.write_unheard(work).await;
        if outcome.is_ok() && !self.is_joined() {
            self.commits.notify_one();
        }
        outcome
    }

    /// The same without telling those who wait for [`commits`](Self::commits): for themselves.
    pub async fn write_unheard<T, E>(
        &self,
        work: impl AsyncFn(&mut Tx) -> Result<T, E>,
    ) -> Result<T, E>
    where
        E: From<StoreError> + Repeatable,
    {
        let mut tries = 1;
        loop {
            let mut tx = self.begin().await?;
            let outcome = match work(&mut tx).await {
                Ok(value) => tx.commit().await.map(|()| value).map_err(E::from),
                Err(error) => Err(error),
            };
            match outcome {
                Err(error) if self.may_repeat(&error, tries) => tries += 1,
                outcome => return outcome,
            }
        }
    }

    /// Does `work` as one transaction, however many its parts begin and commit on the database
    /// they are given; does all of it again where the database asks for it.
    ///
    /// Parts run one after the other, never side by side, and must not go on after one failed:
    /// the transaction is gone then, and whatever begins next gets [`StoreError::UnitLost`].
    pub async fn unit<T, E>(&self, work: impl AsyncFn(&Self) -> Result<T, E>) -> Result<T, E>
    where
        E: From<StoreError> + Repeatable,
    {
        let mut tries = 1;
        loop {
            let free = Mutex::new(Some(self.begin().await?));
            let unit = Arc::new(Joined { engine: self.engine(), free });
            let pools = Pools::Joined(unit.clone());
            let outcome = match work(&Self { pools, commits: self.commits.clone() }).await {
                Ok(value) => match unit.take() {
                    Some(tx) => tx.commit().await.map(|()| value).map_err(E::from),
                    None => Err(StoreError::UnitLost.into()),
                },
                Err(error) => Err(error),
            };
            match outcome {
                Err(error) if self.may_repeat(&error, tries) => tries += 1,
                outcome => {
                    if outcome.is_ok() {
                        self.commits.notify_one();
                    }
                    return outcome;
                }
            }
        }
    }

    /// Whether this is a part of a [`unit`](Self::unit).
    pub fn is_joined(&self) -> bool {
        matches!(self.pools, Pools::Joined(_))
    }

    /// Told after each commit of [`write`](Self::write) and [`unit`](Self::unit) in this process,
    /// so that whoever sends what was committed need not wait for its next look. One waiter is
    /// woken.
    pub fn commits(&self) -> Arc<Notify> {
        Arc::clone(&self.commits)
    }

    /// A part of a unit is never repeated alone.
    fn may_repeat(&self, error: &impl Repeatable, tries: u32) -> bool {
        !self.is_joined() && error.is_repeatable() && tries < MAX_TRIES
    }

    /// Which engine is open, for messages and measurements.
    pub fn engine(&self) -> &'static str {
        match &self.pools {
            Pools::Sqlite { .. } => "sqlite",
            Pools::Postgres(_) => "postgres",
            Pools::Joined(unit) => unit.engine,
        }
    }

    /// Waits until every connection is closed.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
            Pools::Joined(_) => {}
        }
    }
}

/// An error that may mean "try the whole transaction again".
pub trait Repeatable {
    /// Whether repeating the transaction is right.
    fn is_repeatable(&self) -> bool;
}

impl Tx {
    /// `select` so that its rows stay locked until the transaction ends. SQLite needs no clause:
    /// its one writer holds the whole file.
    pub(crate) fn locking(&self, select: &'static str) -> String {
        match self {
            Self::Sqlite(_) => select.to_owned(),
            Self::Postgres(_) => format!("{select} for update"),
        }
    }

    /// `statement` with its `/* skip locked */` in force: rows that another transaction holds are
    /// left out. SQLite needs no clause, as in [`locking`](Self::locking).
    pub(crate) fn skipping_locked(&self, statement: &str) -> String {
        let clause = match self {
            Self::Sqlite(_) => "",
            Self::Postgres(_) => "for update skip locked",
        };
        statement.replace("/* skip locked */", clause)
    }

    /// The same as a part of `unit`.
    fn part_of(mut self, unit: &Arc<Joined>) -> Self {
        match &mut self {
            Self::Sqlite(held) => held.unit = Some(unit.clone()),
            Self::Postgres(held) => held.unit = Some(unit.clone()),
        }
        self
    }

    /// Makes everything done in this transaction durable, or leaves that to its unit.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(Held { tx, unit: Some(unit) }) => {
                unit.put(Self::Sqlite(Held { tx, unit: None }))
            }
            Self::Postgres(Held { tx, unit: Some(unit) }) => {
                unit.put(Self::Postgres(Held { tx, unit: None }))
            }
            Self::Sqlite(held) => held.tx.commit().await?,
            Self::Postgres(held) => held.tx.commit().await?,
        }
        Ok(())
    }

    /// Undoes everything done in this transaction.
    pub async fn rollback(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(held) => held.tx.rollback().await?,
            Self::Postgres(held) => held.tx.rollback().await?,
        }
        Ok(())
    }
}

/// What stands for the operator where a row's owner may be a partner.
pub(crate) const OPERATOR: &str = "operator";

/// The text of an owner: a partner, or the operator (`None`).
pub(crate) fn owner_text(owner: Option<domain::ids::PartnerId>) -> String {
    owner.map_or_else(|| OPERATOR.to_owned(), |partner_id| partner_id.to_string())
}

/// A list of texts as the one parameter of `in (select value from json_each($n))`.
pub(crate) fn json_list<T: std::fmt::Display>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    serde_json::to_string(&items).expect("texts are JSON")
}
