//! Pages of long lists: filters, an order, and a place to go on from.
//!
//! Decided here: a page is found by the key of its neighbour, never by counting rows, so that deep
//! pages cost what first ones do and rows that come meanwhile shift nothing. Every order ends with
//! the id, so it is total. SQL texts are constants of this crate; what people ask for is only ever
//! bound.

use domain::paging::{Key, MAX_LIMIT, Neighbour, Order, Page, PageRequest, Side};
use sqlx::{AssertSqlSafe, FromRow, postgres::PgRow, sqlite::SqliteRow};

use crate::{
    bulk::Cell,
    db::{Tx, json_list},
    error::StoreError,
};

/// A row that can be read from either engine.
pub trait Readable:
    for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin
{
}

impl<T> Readable for T where
    T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin
{
}

/// A list with its filters. Conditions mark each value with `$?`.
#[derive(Debug)]
pub(crate) struct List {
    sql: String,
    cells: Vec<Cell>,
    has_where: bool,
}

impl List {
    /// All rows of `select`, a text up to its `from` clause.
    pub(crate) fn of(select: &'static str) -> Self {
        Self { sql: select.to_owned(), cells: Vec::new(), has_where: false }
    }

    /// Only rows for which `condition` holds.
    pub(crate) fn only<const N: usize>(
        mut self,
        condition: &'static str,
        values: [Cell; N],
    ) -> Self {
        self.require(condition, Vec::from(values));
        self
    }

    /// The same, where how many values there are decides the text.
    pub(crate) fn meeting(mut self, condition: &str, values: Vec<Cell>) -> Self {
        self.require(condition, values);
        self
    }

    /// Only rows for which `condition` holds, where there is a value to compare with.
    pub(crate) fn only_if(self, condition: &'static str, value: Option<impl Into<Cell>>) -> Self {
        match value {
            Some(value) => self.only(condition, [value.into()]),
            None => self,
        }
    }

    /// Only rows whose `condition` (`column in (select value from json_each($?))`) names one of
    /// `values`, where there are any to name.
    pub(crate) fn one_of<T: std::fmt::Display>(
        self,
        condition: &'static str,
        values: Option<impl IntoIterator<Item = T>>,
    ) -> Self {
        self.only_if(condition, values.map(json_list))
    }

    fn require(&mut self, condition: &str, values: Vec<Cell>) {
        self.sql.push_str(if self.has_where { " and (" } else { " where (" });
        self.has_where = true;
        let mut parts = condition.split("$?");
        self.sql.push_str(parts.next().unwrap_or_default());
        let mut marks = 0;
        for part in parts {
            marks += 1;
            self.sql.push_str(&format!("${}", self.cells.len() + marks));
            self.sql.push_str(part);
        }
        assert_eq!(marks, values.len(), "one value for each mark of {condition:?}");
        self.sql.push(')');
        self.cells.extend(values);
    }

    /// The page in the order of `key`, a column that is never null, and then of `id`; of `id`
    /// alone where they are the same column.
    pub(crate) async fn page<T: Readable>(
        self,
        tx: &mut Tx,
        by: (&'static str, &'static str),
        page: &PageRequest,
    ) -> Result<Page<T>, StoreError> {
        let mut rows: Vec<T> = self.ordered(by, page).rows(tx).await?;
        let limit = usize::from(page.limit.clamp(1, MAX_LIMIT));
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        if matches!(&page.from, Some(it) if it.side == Side::Before) {
            rows.reverse();
        }
        Ok(Page { rows, has_more })
    }

    /// How the engine would find the page: the steps, in its own words.
    pub(crate) async fn plan(
        self,
        tx: &mut Tx,
        by: (&'static str, &'static str),
        page: &PageRequest,
    ) -> Result<Vec<String>, StoreError> {
        let mut list = self.ordered(by, page);
        if matches!(tx, Tx::Postgres(_)) {
            list.sql.insert_str(0, "explain ");
            let steps: Vec<(String,)> = list.rows(tx).await?;
            return Ok(steps.into_iter().map(|(step,)| step).collect());
        }
        list.sql.insert_str(0, "explain query plan ");
        let steps: Vec<(i64, i64, i64, String)> = list.rows(tx).await?;
        Ok(steps.into_iter().map(|(.., step)| step).collect())
    }

    /// The same list, asked for one page and one row more.
    fn ordered(mut self, (key, id): (&'static str, &'static str), page: &PageRequest) -> Self {
        let backwards = matches!(&page.from, Some(it) if it.side == Side::Before);
        let descending = (page.order == Order::Descending) != backwards;
        let (sign, way) = if descending { ("<", "desc") } else { (">", "asc") };
        let by_id_alone = key == id;
        match &page.from {
            None => {}
            Some(Neighbour { key: Some(value), id: last, .. }) if !by_id_alone => {
                let value = match value {
                    Key::Int(value) => Cell::from(*value),
                    Key::Text(value) => Cell::from(value.as_str()),
                };
                let condition = format!("({key}, {id}) {sign} ($?, $?)");
                self.require(&condition, vec![value, last.as_str().into()]);
            }
            Some(Neighbour { id: last, .. }) => {
                self.require(&format!("{id} {sign} $?"), vec![last.as_str().into()]);
            }
        }
        let order =
            if by_id_alone { format!("{id} {way}") } else { format!("{key} {way}, {id} {way}") };
        let limit = page.limit.clamp(1, MAX_LIMIT);
        self.sql.push_str(&format!(" order by {order} limit {}", u32::from(limit) + 1));
        self
    }

    async fn rows<T: Readable>(self, tx: &mut Tx) -> Result<Vec<T>, StoreError> {
        let text = AssertSqlSafe(self.sql);
        macro_rules! bound {
            ($tx:expr) => {{
                let mut query = sqlx::query_as(text);
                for cell in self.cells {
                    query = match cell {
                        Cell::Int(value) => query.bind(value),
                        Cell::Text(value) => query.bind(value),
                        Cell::Bytes(value) => query.bind(value),
                    };
                }
                query.fetch_all(&mut **$tx).await?
            }};
        }
        Ok(match tx {
            Tx::Sqlite(tx) => bound!(tx),
            Tx::Postgres(tx) => bound!(tx),
        })
    }
}

/// `text` as a pattern of `like … escape '\'` that finds it anywhere, whatever it holds.
pub(crate) fn anywhere(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for c in text.to_lowercase().chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// The bounds of all texts that begin with `text` in lower case, for a column that is compared by
/// its bytes: from the first, and before the second.
pub(crate) fn beginning(text: &str) -> (String, String) {
    let first = text.to_lowercase();
    let end = format!("{first}\u{10ffff}");
    (first, end)
}
