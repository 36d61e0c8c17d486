//! A fresh, migrated database for one test, on either engine.
//!
//! Decided here: a SQLite database is a file in its own directory; a PostgreSQL database is a copy
//! of a migrated template in the server that this process tests on. It goes when its `TestDb` goes.

use std::sync::OnceLock;

pub(crate) use it::engines::Engine;
use it::engines::{Database, connect, execute, url_of};
use sqlx::{Connection, PgConnection};
use store::db::Db;

/// Copied for each test. Belongs to whoever holds the advisory lock.
const TEMPLATE: &str = "trunkline_template";
/// Any number nobody else takes: one process at a time looks after the template.
const TEMPLATE_LOCK: i64 = 7_460_115;

/// A database that is this test's alone.
#[derive(Debug)]
pub(crate) struct TestDb {
    pub(crate) db: Db,
    /// Where other processes find it.
    pub(crate) url: String,
    #[expect(dead_code, reason = "removes the database when dropped")]
    place: Place,
}

#[derive(Debug)]
#[expect(dead_code, reason = "removes the database when dropped")]
enum Place {
    Directory(tempfile::TempDir),
    Server(Database),
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
            let url = database.url();
            TestDb { db: Db::open(&url).await.unwrap(), url, place: Place::Server(database) }
        }
    })
}

/// A database whose schema is that of `version`, or `None` where the environment leaves `engine`
/// out. Its `url` opens it as it is today.
pub(crate) async fn as_of(engine: Engine, version: i64) -> Option<TestDb> {
    if !engine.is_wanted() {
        return None;
    }
    let (url, place) = match engine {
        Engine::Sqlite => {
            let directory = tempfile::Builder::new().prefix("trunkline-it-").tempdir().unwrap();
            let url = format!("sqlite:{}", directory.path().join("trunkline.db").display());
            (url, Place::Directory(directory))
        }
        Engine::Postgres => {
            let database = Database::empty().await;
            (database.url(), Place::Server(database))
        }
    };
    Some(TestDb { db: Db::open_as_of(&url, version).await.unwrap(), url, place })
}

/// Makes a database like the template.
async fn copy_of_template() -> Database {
    static CHECKED: OnceLock<()> = OnceLock::new();
    let mut conn = connect("postgres").await;
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
    // Copying files is several times faster than writing them through the log.
    let options = format!("template {TEMPLATE} strategy file_copy");
    let database = Database::create(&mut conn, &options).await;
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
    let url = url_of(TEMPLATE);
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
