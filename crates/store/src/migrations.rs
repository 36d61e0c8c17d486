//! The schema's versions: one folder, one text, two engines.
//!
//! Decided here: a comment `/*sqlite: … */` or `/*postgres: … */` is code for the engine it names
//! and stays a comment for the other. Everything else in a migration is the same text for both.
//! A migration that has been released is never edited: its checksum is in every database.

use std::borrow::Cow;

use sqlx::{
    AssertSqlSafe, SqlSafeStr,
    migrate::{Migration, MigrationType, Migrator},
};

/// Version, name and text of every migration, oldest first.
const TEXTS: &[(i64, &str, &str)] = &[
    (1, "foundation", include_str!("../migrations/0001_foundation.sql")),
    (2, "webhooks", include_str!("../migrations/0002_webhooks.sql")),
    (3, "api", include_str!("../migrations/0003_api.sql")),
    (4, "catalog", include_str!("../migrations/0004_catalog.sql")),
    (5, "invoices", include_str!("../migrations/0005_invoices.sql")),
    (6, "calls", include_str!("../migrations/0006_calls.sql")),
    (7, "api_rest", include_str!("../migrations/0007_api_rest.sql")),
    (8, "processors", include_str!("../migrations/0008_processors.sql")),
    (9, "modes", include_str!("../migrations/0009_modes.sql")),
    (10, "payments", include_str!("../migrations/0010_payments.sql")),
    (11, "refunds", include_str!("../migrations/0011_refunds.sql")),
    (12, "dunning", include_str!("../migrations/0012_dunning.sql")),
    (13, "processor_events", include_str!("../migrations/0013_processor_events.sql")),
    (14, "platform_billing", include_str!("../migrations/0014_platform_billing.sql")),
    (15, "users", include_str!("../migrations/0015_users.sql")),
    (17, "console", include_str!("../migrations/0017_console.sql")),
    (18, "deck_uploads", include_str!("../migrations/0018_deck_uploads.sql")),
];

/// The migrations as `engine` ("sqlite" or "postgres") reads them.
pub(crate) fn migrator(engine: &str) -> Migrator {
    let mut migrations = Vec::with_capacity(TEXTS.len());
    for &(version, name, text) in TEXTS {
        migrations.push(Migration::new(
            version,
            Cow::Borrowed(name),
            MigrationType::Simple,
            AssertSqlSafe(for_engine(text, engine)).into_sql_str(),
            false,
        ));
    }
    Migrator::with_migrations(migrations)
}

/// Opens the comments that are code for `engine`.
fn for_engine(text: &str, engine: &str) -> String {
    let opening = format!("/*{engine}:");
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, code)) = rest.split_once(&opening) {
        let (code, after) = code.split_once("*/").expect("a migration closes its comments");
        out.push_str(before);
        out.push_str(code);
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_engine_reads_its_own_comments() {
        let text = "a /*sqlite: b */ c /*postgres: d */ e";
        assert_eq!(for_engine(text, "sqlite"), "a  b  c /*postgres: d */ e");
        assert_eq!(for_engine(text, "postgres"), "a /*sqlite: b */ c  d  e");
    }
}
