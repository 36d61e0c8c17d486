//! A fresh, migrated database for one test, on either engine.
//!
//! Decided here: a SQLite database is a file in its own directory; a PostgreSQL database is a copy
//! of a migrated template in the server that `TRUNKLINE_TEST_POSTGRES_URL` names, else in a
//! cluster of this process. It goes when its `TestDb` goes. A test for an engine that
//! `TRUNKLINE_TEST_ENGINES` leaves out says so and passes; a missing server fails it.

use std::sync::{
    OnceLock,
    atomic::{AtomicU64, Ordering},
};

use it::postgres::{Cluster, URL_VARIABLE};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use store::db::Db;

/// Which engines to test, separated by commas; all where it is not set.
const ENGINES_VARIABLE: &str = "TRUNKLINE_TEST_ENGINES";
/// Copied for each test. Belongs to whoever holds the advisory lock.
const TEMPLATE: &str = "trunkline_template";
/// Any number nobody else takes: one process at a time looks after the template.
const TEMPLATE_LOCK: i64 = 7_460_115;

/// An engine under test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    fn is_wanted(self) -> bool {
        let Ok(wanted) = std::env::var(ENGINES_VARIABLE) else { return true };
        let name = match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        };
        let is_wanted = wanted.split(',').any(|engine| engine.trim() == name);
        if !is_wanted {
            eprintln!("not tested on {name}: {ENGINES_VARIABLE} is {wanted:?}");
        }
        is_wanted
    }
}

/// A database that is this test's alone.
#[derive(Debug)]
pub(crate) struct TestDb {
    pub(crate) db: Db,
    /// Where other processes find it.
    pub(crate) url: String,
    place: Place,
}

#[derive(Debug)]
enum Place {
    Directory(#[expect(dead_code, reason = "removes its files when dropped")] tempfile::TempDir),
    Server { database: String },
}

/// A fresh database, or `None` where the environment leaves `engine` out.
pub(crate) async fn fresh(engine: Engine) -> Option<TestDb> {
    if !engine.is_wanted() {
        return None;
    }
    Some(match engine {
        Engine::Sqlite => {
            let directory = tempfile::Builder::new().prefix("trunkline-it-").tempdir().unwrap();
            let url = format!("sqlite:{}", directory.path().join("trunkline.db").display());
            TestDb { db: Db::open(&url).await.unwrap(), url, place: Place::Directory(directory) }
        }
        Engine::Postgres => {
            let database = copy_of_template().await;
            let url = server().url(&database);
            TestDb { db: Db::open(&url).await.unwrap(), url, place: Place::Server { database } }
        }
    })
}

impl Drop for TestDb {
    fn drop(&mut self) {
        let Place::Server { database } = &self.place else { return };
        let drop_it = format!("drop database {database} with (force)");
        // A destructor cannot wait on the test's own runtime, so another thread brings one.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(async {
                let mut conn = server().connect("postgres").await;
                execute(&mut conn, drop_it).await;
            });
        });
        if dropped.join().is_err() {
            eprintln!("the database {database} stays behind");
        }
    }
}

/// The server that this process tests on.
enum Server {
    Given(String),
    Own(Cluster),
}

fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| match std::env::var(URL_VARIABLE) {
        Ok(url) => Server::Given(url),
        Err(_) => Server::Own(Cluster::start().unwrap_or_else(|error| panic!("{error}"))),
    })
}

impl Server {
    fn url(&self, database: &str) -> String {
        match self {
            Self::Given(url) => on_database(url, database),
            Self::Own(cluster) => cluster.url(database),
        }
    }

    async fn connect(&self, database: &str) -> PgConnection {
        let url = self.url(database);
        PgConnection::connect(&url).await.unwrap_or_else(|error| panic!("{url}: {error}"))
    }
}

/// `url` with another database in its path.
fn on_database(url: &str, database: &str) -> String {
    let (address, parameters) = url.split_once('?').unwrap_or((url, ""));
    let server = address.rsplit_once('/').map_or(address, |(server, _)| server);
    format!("{server}/{database}?{parameters}")
}

async fn execute(conn: &mut PgConnection, sql: String) {
    sqlx::query(AssertSqlSafe(sql.clone()))
        .execute(conn)
        .await
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
}

/// Makes a database like the template and answers its name.
async fn copy_of_template() -> String {
    static CHECKED: OnceLock<()> = OnceLock::new();
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let mut conn = server().connect("postgres").await;
    // Nobody may be connected to a template while it is copied, so one process at a time.
    sqlx::query("select pg_advisory_lock($1)")
        .bind(TEMPLATE_LOCK)
        .execute(&mut conn)
        .await
        .unwrap();
    if CHECKED.get().is_none() {
        prepare_template(&mut conn).await;
        let _ = CHECKED.set(());
    }
    let number = NEXT.fetch_add(1, Ordering::SeqCst);
    let (moment,): (String,) =
        sqlx::query_as("select to_char(clock_timestamp(), 'YYYYMMDDHH24MISSUS')")
            .fetch_one(&mut conn)
            .await
            .unwrap();
    let database = format!("trunkline_{moment}_{}_{number}", std::process::id());
    // Copying files is several times faster than writing them through the log.
    let create = format!("create database {database} template {TEMPLATE} strategy file_copy");
    execute(&mut conn, create).await;
    conn.close().await.unwrap();
    database
}

/// Makes the template, or makes it anew where its schema is not today's.
async fn prepare_template(conn: &mut PgConnection) {
    let found: Option<(String,)> =
        sqlx::query_as("select datname::text from pg_database where datname = $1")
            .bind(TEMPLATE)
            .fetch_optional(&mut *conn)
            .await
            .unwrap();
    let url = server().url(TEMPLATE);
    if found.is_some() {
        if let Ok(db) = Db::open(&url).await {
            db.close().await;
            return;
        }
        execute(conn, format!("drop database {TEMPLATE} with (force)")).await;
    }
    execute(conn, format!("create database {TEMPLATE}")).await;
    Db::open(&url).await.unwrap().close().await;
}
