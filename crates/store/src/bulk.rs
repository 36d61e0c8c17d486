//! Many rows in few statements: the only path whose SQL differs by engine.
//!
//! Decided here: on SQLite rows go in as multi-row `insert … values` of a few fixed sizes; on
//! PostgreSQL as one array per column (`unnest`). Column types are read off the cells. Table and
//! column names are constants of this crate, never input. No statement's text depends on how many
//! rows there happen to be: it would be compiled, and kept in the connection's cache, for each
//! number anew.

use sqlx::{AssertSqlSafe, Row};

use crate::{db::Tx, error::StoreError};

/// Rows in one statement on SQLite, the most that are left first: beyond 128 a row gets no
/// cheaper, while the compiled statement takes memory per row. Below its limit of 32,766
/// parameters for tables of up to 255 columns.
const SQLITE_ROWS: [usize; 3] = [128, 16, 1];
/// Rows in one statement on PostgreSQL: beyond this a statement gets no faster, only larger.
const POSTGRES_ROWS: usize = 2_000;

/// One value of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// A whole number, or null.
    Int(Option<i64>),
    /// A text, or null.
    Text(Option<String>),
    /// Bytes, or null.
    Bytes(Option<Vec<u8>>),
}

impl From<i64> for Cell {
    fn from(value: i64) -> Self {
        Self::Int(Some(value))
    }
}
impl From<Option<i64>> for Cell {
    fn from(value: Option<i64>) -> Self {
        Self::Int(value)
    }
}
impl From<String> for Cell {
    fn from(value: String) -> Self {
        Self::Text(Some(value))
    }
}
impl From<&str> for Cell {
    fn from(value: &str) -> Self {
        Self::Text(Some(value.to_owned()))
    }
}
impl From<Option<String>> for Cell {
    fn from(value: Option<String>) -> Self {
        Self::Text(value)
    }
}
impl From<Vec<u8>> for Cell {
    fn from(value: Vec<u8>) -> Self {
        Self::Bytes(Some(value))
    }
}

/// Rows for one table.
#[derive(Debug)]
pub struct Bulk {
    table: &'static str,
    columns: &'static [&'static str],
    /// What follows the values: a conflict clause, a returning clause, or nothing.
    tail: &'static str,
    cells: Vec<Cell>,
}

impl Bulk {
    /// No rows yet. `tail` may hold an `on conflict` clause.
    pub fn new(table: &'static str, columns: &'static [&'static str], tail: &'static str) -> Self {
        Self { table, columns, tail, cells: Vec::new() }
    }

    /// Adds a row; its cells stand in the order of the columns.
    pub fn push<const N: usize>(&mut self, row: [Cell; N]) {
        assert_eq!(N, self.columns.len(), "a row has one cell per column of {}", self.table);
        self.cells.extend(row);
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.cells.len() / self.columns.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// Inserts all rows and answers how many the database took.
    pub async fn insert(self, tx: &mut Tx) -> Result<u64, StoreError> {
        let mut taken = 0;
        self.each_chunk(tx, |count, _| taken += count).await?;
        Ok(taken)
    }

    /// Inserts all rows and answers the first column of each row that `tail` returns.
    pub async fn insert_returning(self, tx: &mut Tx) -> Result<Vec<String>, StoreError> {
        let mut returned = Vec::with_capacity(self.len());
        self.each_chunk(tx, |_, rows| returned.extend(rows)).await?;
        Ok(returned)
    }

    async fn each_chunk(
        self,
        tx: &mut Tx,
        mut done: impl FnMut(u64, Vec<String>),
    ) -> Result<(), StoreError> {
        let width = self.columns.len();
        let returning = self.tail.contains("returning");
        let mut cells = self.cells.into_iter();
        loop {
            let rows = match tx {
                Tx::Sqlite(_) => sqlite_rows(cells.len() / width),
                Tx::Postgres(_) => POSTGRES_ROWS,
            };
            let chunk: Vec<Cell> = cells.by_ref().take(rows * width).collect();
            if chunk.is_empty() {
                return Ok(());
            }
            let head = (self.table, self.columns, self.tail);
            match tx {
                Tx::Sqlite(tx) => {
                    let sql = values_text(head, chunk.len() / width);
                    let mut query = sqlx::query(AssertSqlSafe(sql));
                    for cell in chunk {
                        query = match cell {
                            Cell::Int(value) => query.bind(value),
                            Cell::Text(value) => query.bind(value),
                            Cell::Bytes(value) => query.bind(value),
                        };
                    }
                    if returning {
                        let rows = query.fetch_all(&mut **tx).await?;
                        done(rows.len() as u64, first_texts(&rows)?);
                    } else {
                        done(query.execute(&mut **tx).await?.rows_affected(), Vec::new());
                    }
                }
                Tx::Postgres(tx) => {
                    let columns = transpose(chunk, width);
                    let sql = unnest_text(head, &columns);
                    let mut query = sqlx::query(AssertSqlSafe(sql));
                    for column in columns {
                        query = match column {
                            Column::Int(values) => query.bind(values),
                            Column::Text(values) => query.bind(values),
                            Column::Bytes(values) => query.bind(values),
                        };
                    }
                    if returning {
                        let rows = query.fetch_all(&mut **tx).await?;
                        done(rows.len() as u64, first_texts(&rows)?);
                    } else {
                        done(query.execute(&mut **tx).await?.rows_affected(), Vec::new());
                    }
                }
            }
        }
    }
}

/// How many of `left` rows the next statement on SQLite takes.
fn sqlite_rows(left: usize) -> usize {
    SQLITE_ROWS.into_iter().find(|rows| *rows <= left).unwrap_or(1)
}

fn first_texts<R: Row>(rows: &[R]) -> Result<Vec<String>, StoreError>
where
    usize: sqlx::ColumnIndex<R>,
    String: for<'r> sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
{
    rows.iter().map(|row| Ok(row.try_get::<String, _>(0)?)).collect()
}

type Head = (&'static str, &'static [&'static str], &'static str);

fn values_text((table, columns, tail): Head, rows: usize) -> String {
    let marks = format!("({})", vec!["?"; columns.len()].join(","));
    let values = vec![marks; rows].join(",");
    format!("insert into {table} ({}) values {values} {tail}", columns.join(","))
}

fn unnest_text((table, columns, tail): Head, cells: &[Column]) -> String {
    let arrays: Vec<String> = cells
        .iter()
        .enumerate()
        .map(|(index, column)| format!("${}::{}[]", index + 1, column.type_name()))
        .collect();
    format!(
        "insert into {table} ({}) select * from unnest({}) {tail}",
        columns.join(","),
        arrays.join(",")
    )
}

/// One column of a chunk, as PostgreSQL wants it.
enum Column {
    Int(Vec<Option<i64>>),
    Text(Vec<Option<String>>),
    Bytes(Vec<Option<Vec<u8>>>),
}

impl Column {
    const fn type_name(&self) -> &'static str {
        match self {
            Self::Int(_) => "bigint",
            Self::Text(_) => "text",
            Self::Bytes(_) => "bytea",
        }
    }
}

/// Cells row by row become columns; a column's type is its first cell's.
fn transpose(cells: Vec<Cell>, width: usize) -> Vec<Column> {
    let rows = cells.len() / width;
    let mut columns: Vec<Column> = Vec::with_capacity(width);
    for (index, cell) in cells.into_iter().enumerate() {
        if index < width {
            columns.push(match cell {
                Cell::Int(_) => Column::Int(Vec::with_capacity(rows)),
                Cell::Text(_) => Column::Text(Vec::with_capacity(rows)),
                Cell::Bytes(_) => Column::Bytes(Vec::with_capacity(rows)),
            });
        }
        match (&mut columns[index % width], cell) {
            (Column::Int(values), Cell::Int(value)) => values.push(value),
            (Column::Text(values), Cell::Text(value)) => values.push(value),
            (Column::Bytes(values), Cell::Bytes(value)) => values.push(value),
            _ => unreachable!("a column holds one kind of cell"),
        }
    }
    columns
}
