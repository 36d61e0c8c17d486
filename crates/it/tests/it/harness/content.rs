//! Everything a database holds, to be compared with another one.
//!
//! Decided here: every column of every row of every table counts, times and hashes included, but
//! for the numbers of events, which follow from who was first to commit. Ids
//! follow from what they name and the clock is simulated, so whatever happened on the way, the
//! same things done give the same content.

use std::collections::BTreeMap;

use sqlx::AssertSqlSafe;
use store::db::Tx;

use super::World;

/// Events are numbered in the order of their commits, and two processes commit in any order.
const EVENT: &str = "partner_id, event_id, type, object_id, object_version, payload, at";

/// What migrations keep about themselves, with times of the machine.
const NOT_OURS: &str = "_sqlx_migrations";

/// The rows of each table, in their own order.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Content(BTreeMap<String, Vec<String>>);

impl Content {
    /// The rest, without these tables.
    pub(crate) fn without(mut self, tables: &[&str]) -> Self {
        for table in tables {
            assert!(self.0.remove(*table).is_some(), "there is no table {table}");
        }
        self
    }

    /// Asserts that both are the same, and shows the first rows that are not.
    pub(crate) fn assert_same(&self, other: &Self) {
        let tables: Vec<&String> = self.0.keys().collect();
        assert_eq!(tables, other.0.keys().collect::<Vec<_>>());
        for (table, rows) in &self.0 {
            let others = &other.0[table];
            let only = |a: &[String], b: &[String]| -> Vec<String> {
                a.iter().filter(|row| b.binary_search(row).is_err()).take(3).cloned().collect()
            };
            assert_eq!(
                (only(rows, others), only(others, rows), rows.len()),
                (Vec::new(), Vec::new(), others.len()),
                "{table}"
            );
        }
    }
}

impl World {
    /// The one number that `select` answers.
    pub(crate) async fn number(&self, select: &str) -> i64 {
        let mut tx = self.app.db.begin_read().await.unwrap();
        let text = texts(&mut tx, format!("select cast(({select}) as text)")).await.remove(0);
        text.parse().unwrap()
    }

    /// The texts that `select` answers.
    pub(crate) async fn texts(&self, select: &str) -> Vec<String> {
        let mut tx = self.app.db.begin_read().await.unwrap();
        texts(&mut tx, select.to_owned()).await
    }

    /// Rows in a table.
    pub(crate) async fn count(&self, table: &str) -> i64 {
        self.number(&format!("select count(*) from {table}")).await
    }

    /// Everything in this world's database.
    pub(crate) async fn content(&self) -> Content {
        let mut tx = self.app.db.begin_read().await.unwrap();
        let names = match &tx {
            Tx::Sqlite(_) => "select name from sqlite_master where type = 'table'",
            Tx::Postgres(_) => {
                "select table_name::text from information_schema.tables
                 where table_schema = 'public'"
            }
        };
        let tables = texts(&mut tx, names.to_owned()).await;
        let mut content = BTreeMap::new();
        for table in tables.into_iter().filter(|table| table != NOT_OURS) {
            let sql = match &tx {
                _ if table == "event" => format!(
                    "select cast(({}) as text) from event",
                    match &tx {
                        Tx::Sqlite(_) => EVENT.replace(", ", " || ' ' || "),
                        Tx::Postgres(_) => EVENT.to_owned(),
                    }
                ),
                Tx::Sqlite(_) => {
                    let columns = format!(
                        "select 'quote(\"' || name || '\")' from pragma_table_info('{table}')"
                    );
                    let columns = texts(&mut tx, columns).await;
                    format!("select {} from {table}", columns.join(" || ', ' || "))
                }
                Tx::Postgres(_) => format!("select {table}::text from {table}"),
            };
            let mut rows = texts(&mut tx, sql).await;
            rows.sort_unstable();
            content.insert(table, rows);
        }
        Content(content)
    }
}

async fn texts(tx: &mut Tx, sql: String) -> Vec<String> {
    let sql = AssertSqlSafe(sql);
    let rows: Vec<(String,)> = match tx {
        Tx::Sqlite(tx) => sqlx::query_as(sql).fetch_all(&mut **tx).await.unwrap(),
        Tx::Postgres(tx) => sqlx::query_as(sql).fetch_all(&mut **tx).await.unwrap(),
    };
    rows.into_iter().map(|(text,)| text).collect()
}
