//! `POST /v1/operator/clock`: moved once per idempotency key, whatever happens on the way.

use rstest::rstest;
use serde_json::json;

use crate::harness::{Api, Engine, http::Answer};

const JULY: &str = "2026-07-01T00:00:00Z";

/// A partner with an active tenant, and the operator's key.
async fn lived_in(engine: Engine) -> Option<(Api, String)> {
    let api = Api::fresh(engine).await?;
    let key = api.key_of(None, &[], None).await;
    let profile = api.world.profile(&api.partner, "Flat Rate Starter").await;
    let new = json!({"name": "Acme", "sip_prefix": "ACME", "billing_email": "a@b.example",
                     "status": "active", "billing_profile_id": profile});
    api.post("/v1/tenants", new).await.expect(201);
    Some((api, key))
}

async fn advance(api: &Api, key: &str, (once, to): (&str, &str)) -> Answer {
    let call = api.call("POST", "/v1/operator/clock").key(key).once(once);
    call.json(json!({ "now": to })).send().await
}

async fn moves(api: &Api) -> i64 {
    api.world.number("select count(*) from audit_entry where action = 'clock.advance'").await
}

// API-12 BEY-05
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_clock_is_moved_once_per_key(#[case] engine: Engine) {
    let Some((api, key)) = lived_in(engine).await else { return };
    let first = advance(&api, &key, ("k", JULY)).await.expect(200);
    assert_eq!(first.json(), json!({"now": JULY, "simulated": true, "moving": false}));
    let invoices = api.world.count("invoice").await;
    assert!(invoices > 0);
    // Another request moves it on; the first one's answer stays what it was.
    advance(&api, &key, ("l", "2026-07-02T00:00:00Z")).await.expect(200);
    let again = advance(&api, &key, ("k", JULY)).await.expect(200);
    assert_eq!((&again.body, again.header("idempotent-replayed")), (&first.body, "true"));
    let other = advance(&api, &key, ("k", "2026-08-01T00:00:00Z")).await;
    assert_eq!(other.problem(), (422, "idempotency_key_reused".to_owned()));
    assert_eq!((api.world.count("invoice").await, moves(&api).await), (invoices, 2));
    // What was refused leaves nothing, so the key is free for another try.
    let back = advance(&api, &key, ("m", JULY)).await;
    assert_eq!(back.problem(), (422, "validation_failed".to_owned()));
    advance(&api, &key, ("m", "2026-07-03T00:00:00Z")).await.expect(200);
}

// API-12 at the same time
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twins_move_the_clock_once(#[case] engine: Engine) {
    let Some((api, key)) = lived_in(engine).await else { return };
    let twins = (0..6).map(|_| advance(&api, &key, ("k", JULY)));
    let answers = futures::future::join_all(twins).await;
    let moved: Vec<_> = answers.iter().filter(|answer| answer.status.as_u16() == 200).collect();
    assert!(!moved.is_empty(), "{answers:?}");
    assert!(moved.iter().all(|answer| answer.body == moved[0].body));
    for answer in answers.iter().filter(|answer| answer.status.as_u16() != 200) {
        assert_eq!(answer.problem(), (409, "idempotency_in_progress".to_owned()));
    }
    assert_eq!(moves(&api).await, 1);
}

// API-12 BEY-05 a move that broke off goes on where it stands
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_move_that_broke_off_goes_on(#[case] engine: Engine) {
    let Some((api, key)) = lived_in(engine).await else { return };
    api.world.execute("alter table invoice_line rename to lost").await;
    let broken = advance(&api, &key, ("k", JULY)).await;
    assert_eq!(broken.problem(), (500, "internal_error".to_owned()));
    api.world.execute("alter table lost rename to invoice_line").await;
    let kept = "select count(*) from kept_answer where status = 0";
    assert_eq!(api.world.number(kept).await, 1);
    let other = advance(&api, &key, ("k", "2026-08-01T00:00:00Z")).await;
    assert_eq!(other.problem(), (422, "idempotency_key_reused".to_owned()));
    let done = advance(&api, &key, ("k", JULY)).await.expect(200);
    assert_eq!((done.json()["now"].as_str(), moves(&api).await), (Some(JULY), 1));
    assert_eq!(done.header("idempotent-replayed"), "");
    assert_eq!(api.world.number(kept).await, 0);
    let invoices = api.world.count("invoice").await;
    // It ended before its answer was kept, and somebody else moved the clock further since.
    advance(&api, &key, ("l", "2026-07-02T00:00:00Z")).await.expect(200);
    api.world.execute("update kept_answer set status = 0 where idempotency_key = 'k'").await;
    let late = advance(&api, &key, ("k", JULY)).await.expect(200);
    assert_eq!(late.json()["now"], "2026-07-02T00:00:00Z");
    let again = advance(&api, &key, ("k", JULY)).await.expect(200);
    assert_eq!((&again.body, again.header("idempotent-replayed")), (&late.body, "true"));
    assert_eq!(api.world.count("invoice").await, invoices);
    api.world.assert_clean().await;
}
