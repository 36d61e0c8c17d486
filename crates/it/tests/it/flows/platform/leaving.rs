//! What a wallet holds goes back.

use rstest::rstest;
use serde_json::{Value, json};

use super::Paying;
use crate::harness::Engine;

impl Paying {
    async fn refund(&self, body: Value) -> crate::harness::http::Answer {
        let path = format!("/v1/operator/partners/{}/wallet-refunds", self.id());
        self.operate(("POST", &path), body).await
    }

    async fn refunds(&self) -> Vec<String> {
        let sql = "select amount_minor || ' ' || state from operator_refund
                   order by request, part";
        self.api.world.texts(sql).await
    }
}

// WAL-22 to the methods that filled it, the newest first, never more than each charge; once
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_wallet_is_paid_back_to_its_methods(#[case] engine: Engine) {
    let Some(paying) = Paying::active(engine, "2026-05-10T00:00:00Z").await else { return };
    for amount in ["10.00", "30.00"] {
        paying.api.world.advance(&format!("2026-05-10T00:00:{}Z", &amount[..2]));
        paying.post("/v1/wallet/top-ups", json!({"amount": amount})).await;
    }
    paying.debit("25.003", "use").await;
    assert_eq!(paying.wallet().await, "39.997");
    let leaving = json!({"reason": "The partner leaves", "reference": "leaving"});
    let first = paying.refund(leaving.clone()).await.expect(201).json();
    let again = paying.refund(leaving).await.expect(201).json();
    assert_eq!(first, again);
    assert_eq!(paying.refunds().await, ["3000 succeeded", "999 succeeded"]);
    // Less than a cent cannot be paid back, and blocks nothing.
    assert_eq!(paying.wallet().await, "0.007");
    let blockers = paying.api.world.app.deletion_blockers(paying.id()).await.unwrap();
    assert_eq!(blockers, []);
    let mut history = paying.history().await.split_off(5);
    history.sort();
    assert_eq!(history, ["refund -30.00", "refund -9.99"]);
    let refused = paying.refund(json!({"reason": "More", "reference": "more"})).await;
    assert_eq!(refused.problem().0, 422);
    paying.api.world.assert_clean().await;
}

// WAL-22 REF-08 what does not arrive is in the wallet again; what no charge takes goes by hand
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_refund_that_fails_is_in_the_wallet_again(#[case] engine: Engine) {
    let Some(paying) = Paying::active(engine, "2026-05-10T00:00:00Z").await else { return };
    paying.method("refund_fails").await;
    paying.post("/v1/wallet/top-ups", json!({"amount": "40.00"})).await;
    let wanted = json!({"amount": "40.00", "reason": "Leaves", "reference": "one"});
    paying.refund(wanted).await.expect(201);
    assert_eq!(paying.refunds().await, ["4000 succeeded"]);
    assert_eq!(paying.wallet().await, "25.00");
    paying.due("2026-05-11T00:00:01Z").await;
    assert_eq!(paying.refunds().await, ["4000 failed"]);
    assert_eq!(paying.wallet().await, "65.00");
    paying.adjust("15.00", "goodwill").await;
    let too_much = json!({"reason": "Leaves", "reference": "two"});
    assert_eq!(paying.refund(too_much).await.problem().0, 422);
    let by_hand = json!({"to": "manual", "reason": "Bank transfer", "reference": "three"});
    let shown = paying.refund(by_hand).await.expect(201).json();
    assert_eq!(
        (&shown["balance"], &shown["parts"][0]["charge_id"]),
        (&json!("0.00"), &json!(null))
    );
    paying.method("refund_slow").await;
    paying.post("/v1/wallet/top-ups", json!({"amount": "5.00"})).await;
    let slow = json!({"reason": "Leaves", "reference": "zslow"});
    let shown = paying.refund(slow).await.expect(201).json();
    assert_eq!(shown["parts"][0]["status"], "pending");
    paying.due("2026-05-13T00:00:00Z").await;
    assert_eq!(paying.refunds().await.last().unwrap(), "500 succeeded");
    assert_eq!(paying.wallet().await, "0.00");
    paying.api.world.assert_clean().await;
}
