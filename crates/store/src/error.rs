//! What can go wrong in the store.

use crate::db::Repeatable;

/// A failure of a store function.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused or could not be reached.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("schema: {0}")]
    Schema(#[from] sqlx::migrate::MigrateError),
    /// The database URL names no engine we speak.
    #[error("the database URL must begin with sqlite: or postgres://")]
    UnknownUrl,
    /// A stored value is not what its column holds.
    #[error("{column} holds {value:?}, which is not a value of its kind")]
    Corrupt {
        /// The column.
        column: &'static str,
        /// What it holds.
        value: String,
    },
    /// A part of a unit of work failed, or is still running, and another one began.
    #[error("the unit of work was given up or is in use")]
    UnitLost,
    /// Somebody else changed the row since it was read.
    #[error("{0} was changed by somebody else in the meantime")]
    Stale(&'static str),
}

impl StoreError {
    /// A stored value that does not parse.
    pub(crate) fn corrupt(column: &'static str, value: impl ToString) -> Self {
        Self::Corrupt { column, value: value.to_string() }
    }

    /// Whether a unique index refused the row.
    pub fn is_unique_violation(&self) -> bool {
        matches!(self, Self::Database(sqlx::Error::Database(error)) if error.is_unique_violation())
    }
}

impl Repeatable for StoreError {
    fn is_repeatable(&self) -> bool {
        let Self::Database(sqlx::Error::Database(error)) = self else { return false };
        // 40001 serialization failure, 40P01 deadlock; 5, 261, 517 are SQLITE_BUSY and its kin.
        matches!(error.code().as_deref(), Some("40001" | "40P01" | "5" | "261" | "517"))
    }
}
