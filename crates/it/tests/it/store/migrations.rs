//! Databases of older programs, brought up to date.

use domain::ids::PartnerId;
use rstest::rstest;
use sqlx::AssertSqlSafe;
use store::{
    db::{Db, Tx},
    events::Event,
};

use crate::harness::{
    Engine,
    builders::{START, at, id},
    db,
};

async fn execute(db: &Db, sql: String) {
    let mut tx = db.begin().await.unwrap();
    match &mut tx {
        Tx::Sqlite(tx) => {
            sqlx::query(AssertSqlSafe(sql)).execute(&mut **tx).await.map(drop).unwrap();
        }
        Tx::Postgres(tx) => {
            sqlx::query(AssertSqlSafe(sql)).execute(&mut **tx).await.map(drop).unwrap();
        }
    }
    tx.commit().await.unwrap();
}

async fn rows(db: &Db, sql: &'static str) -> Vec<(String, i64)> {
    let mut tx = db.begin_read().await.unwrap();
    match &mut tx {
        Tx::Sqlite(tx) => sqlx::query_as(sql).fetch_all(&mut **tx).await.unwrap(),
        Tx::Postgres(tx) => sqlx::query_as(sql).fetch_all(&mut **tx).await.unwrap(),
    }
}

/// An event as programs of version 1 kept it.
fn old_event(partner_id: PartnerId, event_id: &str) -> String {
    format!(
        "insert into event
           (partner_id, event_id, type, object_id, object_version, payload, at)
         values ('{partner_id}', '{event_id}', 'tenant.updated', '{event_id}', 1, '{{}}', 1)"
    )
}

// WHK-17 events of version 1 are numbered in their order, and new ones go on from there
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn events_without_numbers_get_them_in_their_order(#[case] engine: Engine) {
    let Some(old) = db::as_of(engine, 1).await else { return };
    let (oak, elm): (PartnerId, PartnerId) = (id(1), id(2));
    let told = |number: u32| format!("evt_{number:026}");
    for number in [3, 1, 2, 5, 4] {
        execute(&old.db, old_event(oak, &told(number))).await;
    }
    for number in [7, 6] {
        execute(&old.db, old_event(elm, &told(number))).await;
    }
    execute(
        &old.db,
        "insert into deck (owner_id, deck_id, name, latest_version, created_at)
         values ('operator', 'dck_1', 'Old', 3, 1)"
            .to_owned(),
    )
    .await;
    old.db.close().await;

    let db = Db::open(&old.url).await.unwrap();
    let by_id = "select event_id, seq from event order by event_id";
    let numbered = [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 1), (7, 2)];
    let numbered: Vec<(String, i64)> =
        numbered.into_iter().map(|(number, seq)| (told(number), seq)).collect();
    assert_eq!(rows(&db, by_id).await, numbered);
    let counters = "select partner_id, last_seq from event_counter order by partner_id";
    assert_eq!(rows(&db, counters).await, [(oak.to_string(), 5), (elm.to_string(), 2)]);
    let decks = "select name, version from deck";
    assert_eq!(rows(&db, decks).await, [("Old".to_owned(), 4)]);

    let event = Event {
        kind: "tenant.updated".to_owned(),
        object_id: "tnt_1".to_owned(),
        object_version: 1,
        payload: "{}".to_owned(),
        at: at(START),
    };
    let events = [event];
    for partner_id in [oak, elm, oak] {
        let append = async |tx: &mut Tx| store::events::append(tx, partner_id, &events).await;
        db.write(append).await.unwrap();
    }
    // The same event of the same version is kept once, so it takes no number twice.
    assert_eq!(rows(&db, counters).await, [(oak.to_string(), 6), (elm.to_string(), 3)]);
    // Opened again, nothing is left to do.
    db.close().await;
    let db = Db::open(&old.url).await.unwrap();
    assert_eq!(rows(&db, counters).await, [(oak.to_string(), 6), (elm.to_string(), 3)]);
    db.close().await;
}
