//! Bare writes that measurements compare ours with: equal tables, the same indexes, no questions.
//!
//! Only `trunkline bench` uses these tables, on a database that it made for itself.

use domain::{call::Call, ids::PartnerId, money::Micros};
use sqlx::AssertSqlSafe;

use crate::{
    calls,
    db::{Tx, on},
    error::StoreError,
};

/// Makes `call_copy`, a table like `call` with the same indexes.
pub async fn make_call_copy(tx: &mut Tx) -> Result<(), StoreError> {
    copy_table(tx, "call", "call_copy").await
}

/// Inserts calls into `call_copy`.
pub async fn insert_calls(tx: &mut Tx, calls: &[Call]) -> Result<(), StoreError> {
    calls::rows("call_copy", calls).insert(tx).await.map(drop)
}

/// Makes `invoice_copy` and `invoice_line_copy`, with the indexes of their patterns.
pub async fn make_invoice_copies(tx: &mut Tx) -> Result<(), StoreError> {
    copy_table(tx, "invoice", "invoice_copy").await?;
    copy_table(tx, "invoice_line", "invoice_line_copy").await
}

/// Copies a partner's invoices and lines inside the database.
pub async fn copy_invoices(tx: &mut Tx, partner_id: PartnerId) -> Result<(), StoreError> {
    let id = partner_id.to_string();
    on!(tx, conn => sqlx::query(
        "insert into invoice_copy select * from invoice where partner_id = $1",
    ).bind(&id).execute(conn).await.map(drop))?;
    on!(tx, conn => sqlx::query(
        "insert into invoice_line_copy select * from invoice_line where partner_id = $1",
    ).bind(&id).execute(conn).await.map(drop))?;
    Ok(())
}

/// Takes `amount` from a wallet by the least that does it: no book, no chain, no history.
pub async fn debit(tx: &mut Tx, partner_id: PartnerId, amount: Micros) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "update account_balance set net_debit_micros = net_debit_micros + $2
         where partner_id = $1 and account = 'wallet'",
    ).bind(partner_id.to_string()).bind(amount.get()).execute(conn).await.map(drop))?;
    Ok(())
}

/// Makes an empty table `copy` with the columns, keys and indexes of `table`.
async fn copy_table(tx: &mut Tx, table: &str, copy: &str) -> Result<(), StoreError> {
    let statements = match tx {
        Tx::Postgres(_) => vec![format!("create table {copy} (like {table} including all)")],
        Tx::Sqlite(conn) => {
            let rows: Vec<(String,)> = sqlx::query_as(
                "select sql from sqlite_master where tbl_name = $1 and sql is not null
                 order by type desc",
            )
            .bind(table)
            .fetch_all(&mut **conn)
            .await?;
            rows.into_iter()
                .map(|(sql,)| {
                    sql.replace(&format!("create table {table} "), &format!("create table {copy} "))
                        .replace(
                            &format!("CREATE TABLE {table} "),
                            &format!("create table {copy} "),
                        )
                        .replace(&format!(" on {table} "), &format!(" on {copy} "))
                        .replace(&format!("index {table}_"), &format!("index {copy}_"))
                        .replace(&format!("INDEX {table}_"), &format!("index {copy}_"))
                })
                .collect()
        }
    };
    for statement in statements {
        on!(tx, conn => sqlx::query(AssertSqlSafe(statement.clone())).execute(conn).await
            .map(drop))?;
    }
    Ok(())
}
