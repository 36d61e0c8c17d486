//! Pages of long lists: what is asked for and what comes back.
//!
//! Decided here: how long a page is, and that its place is told by a neighbour, never by a count.

/// Most rows of a page (API-11).
pub const MAX_LIMIT: u16 = 200;
/// Rows of a page where nothing is said (API-11).
pub const DEFAULT_LIMIT: u16 = 50;

/// The value of a sort column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// Of a number or an instant.
    Int(i64),
    /// Of a text.
    Text(String),
}

impl From<i64> for Key {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<String> for Key {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

/// Which way a list runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Smallest, oldest first.
    Ascending,
    /// Largest, newest first.
    Descending,
}

/// On which side of its neighbour a page lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// It follows it.
    After,
    /// It comes before it.
    Before,
}

/// The row next to a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neighbour {
    /// Where the page lies.
    pub side: Side,
    /// Its sort value; absent where the list is in the order of ids.
    pub key: Option<Key>,
    /// Its id.
    pub id: String,
}

/// Which page is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// Which way the list runs.
    pub order: Order,
    /// Rows at most, 1 to [`MAX_LIMIT`].
    pub limit: u16,
    /// Where it begins; at the list's own beginning where there is none.
    pub from: Option<Neighbour>,
}

impl PageRequest {
    /// The first page, newest first.
    pub fn newest(limit: u16) -> Self {
        Self { order: Order::Descending, limit, from: None }
    }
}

/// A page, in the list's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// Its rows.
    pub rows: Vec<T>,
    /// Whether there are rows beyond it, in the direction that was read.
    pub has_more: bool,
}

impl<T> Page<T> {
    /// The same page with other rows.
    pub fn try_map<U, E>(self, read: impl FnMut(T) -> Result<U, E>) -> Result<Page<U>, E> {
        let rows = self.rows.into_iter().map(read).collect::<Result<_, _>>()?;
        Ok(Page { rows, has_more: self.has_more })
    }

    /// The same page with other rows.
    pub fn map<U>(self, read: impl FnMut(T) -> U) -> Page<U> {
        Page { rows: self.rows.into_iter().map(read).collect(), has_more: self.has_more }
    }
}
