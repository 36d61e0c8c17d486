//! Which engines are tested, and the PostgreSQL server that this process tests on.
//!
//! Decided here: a test for an engine that `TRUNKLINE_TEST_ENGINES` leaves out says so and passes.
//! The server is the one that `TRUNKLINE_TEST_POSTGRES_URL` names, else a cluster of this process;
//! where there is neither, the test fails.

use std::sync::{
    OnceLock,
    atomic::{AtomicU64, Ordering},
};

use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::postgres::{Cluster, URL_VARIABLE};

/// Which engines to test, separated by commas; all where it is not set.
const ENGINES_VARIABLE: &str = "TRUNKLINE_TEST_ENGINES";

/// An engine under test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// A file.
    Sqlite,
    /// A server.
    Postgres,
}

impl Engine {
    /// Whether the environment asks for it.
    pub fn is_wanted(self) -> bool {
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

/// The URL of `database` in the server.
pub fn url_of(database: &str) -> String {
    match server() {
        Server::Given(url) => on_database(url, database),
        Server::Own(cluster) => cluster.url(database),
    }
}

/// `url` with another database in its path.
fn on_database(url: &str, database: &str) -> String {
    let (address, parameters) = url.split_once('?').unwrap_or((url, ""));
    let server = address.rsplit_once('/').map_or(address, |(server, _)| server);
    format!("{server}/{database}?{parameters}")
}

/// A connection to `database` in the server.
pub async fn connect(database: &str) -> PgConnection {
    let url = url_of(database);
    PgConnection::connect(&url).await.unwrap_or_else(|error| panic!("{url}: {error}"))
}

/// Runs a statement that holds nothing from outside.
pub async fn execute(conn: &mut PgConnection, sql: String) {
    sqlx::query(AssertSqlSafe(sql.clone()))
        .execute(conn)
        .await
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
}

/// A database of the server, dropped with this value.
#[derive(Debug)]
pub struct Database(String);

impl Database {
    /// A new one, empty or as `options` say, made over `conn`.
    pub async fn create(conn: &mut PgConnection, options: &str) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let number = NEXT.fetch_add(1, Ordering::SeqCst);
        let moment = "select to_char(clock_timestamp(), 'YYYYMMDDHH24MISSUS')";
        let moment: Result<(String,), _> = sqlx::query_as(moment).fetch_one(&mut *conn).await;
        let (moment,) = moment.unwrap_or_else(|error| panic!("{error}"));
        let name = format!("trunkline_{moment}_{}_{number}", std::process::id());
        execute(conn, format!("create database {name} {options}")).await;
        Self(name)
    }

    /// A new and empty one.
    pub async fn empty() -> Self {
        Self::create(&mut connect("postgres").await, "").await
    }

    /// Where other processes find it.
    pub fn url(&self) -> String {
        url_of(&self.0)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let drop_it = format!("drop database {} with (force)", self.0);
        // A destructor cannot wait on the test's own runtime, so another thread brings one.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime starts").block_on(async {
                execute(&mut connect("postgres").await, drop_it).await;
            });
        });
        if dropped.join().is_err() {
            eprintln!("the database {} stays behind", self.0);
        }
    }
}
