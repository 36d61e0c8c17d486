//! Subscriptions that are cancelled, accounts that are deleted.

use app::{error::AppError, setup::NewTenant};
use rstest::rstest;
use serde_json::json;

use super::Paying;
use crate::harness::Engine;

// PLT-35 cancelled: free for 90 days and back at any time in them, gone after that
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_cancelled_subscription_is_kept_for_ninety_days(#[case] engine: Engine) {
    let Some(paying) = Paying::active(engine, "2026-05-10T00:00:00Z").await else { return };
    let world = &paying.api.world;
    let tenant = world.tenant(&paying.api.partner, "acme").await;
    world.app.assign_numbers(paying.id(), tenant.tenant_id, &["+15015550001"]).await.unwrap();
    let cancelled = paying.post("/v1/subscription/cancel", json!(null)).await;
    assert_eq!(
        (&cancelled["status"], &cancelled["refusal"]),
        (&json!("paused"), &json!("partner_suspended"))
    );
    let (charges, wallet) = (paying.charges().await, paying.wallet().await);
    paying.due("2026-08-07T00:00:00Z").await;
    assert_eq!((paying.charges().await, paying.wallet().await), (charges, wallet));
    paying.post("/v1/subscription/activate", json!(null)).await;
    assert_eq!(paying.status().await, "active");
    // 249 x 25/31, without a second initial credit.
    assert_eq!(paying.charges().await.last().unwrap(), "activation 20081 succeeded");
    paying.post("/v1/subscription/cancel", json!(null)).await;
    paying.due("2026-11-05T00:00:00Z").await;
    let shown = world.texts("select stage from subscription").await;
    assert_eq!(shown, ["purged"]);
    assert_eq!(world.number("select count(*) from api_key where revoked_at is null").await, 1);
    world.assert_clean().await;
}

// PLT-34 C-14 each condition alone refuses and is named; with all met it is gone a day later
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_account_is_deleted_once_nothing_is_left(#[case] engine: Engine) {
    let Some(paying) = Paying::active(engine, "2026-05-01T00:00:00Z").await else { return };
    let (world, owner) = (&paying.api.world, paying.id());
    let app = &world.app;
    let names = async || -> Vec<&'static str> {
        let found = app.deletion_blockers(owner).await.unwrap();
        found.iter().map(|blocker| blocker.as_str()).collect()
    };
    assert_eq!(names().await, ["wallet_balance"]);
    paying.debit("25.00", "empty").await;
    assert!(names().await.is_empty());
    paying.debit("1.00", "below").await;
    assert_eq!(names().await, ["owed"]);
    paying.adjust("1.00", "level").await;
    let new = NewTenant::named("acme", "acme", "books@acme.example");
    let tenant = app.create_tenant(owner, &new).await.unwrap();
    assert_eq!(names().await, ["active_tenants"]);
    let id = tenant.tenant_id;
    world
        .execute(&format!("update tenant set status = 'cancelled' where tenant_id = '{id}'"))
        .await;
    assert!(names().await.is_empty());
    let sql = format!(
        "insert into phone_number (partner_id, did_id, tenant_id, e164, class, assigned_at)
         values ('{owner}', 'did_1', '{id}', '15015550001', 'local', 0)"
    );
    world.execute(&sql).await;
    assert_eq!(names().await, ["phone_numbers"]);
    world.execute("update phone_number set released_at = 1").await;
    let sql = format!(
        "insert into invoice (partner_id, invoice_id, tenant_id, kind, billing_key, status,
           currency, zone, subtotal_minor, tax_minor, total_minor, credit_minor, paid_minor,
           refunded_minor, issued_as, created_at, version)
         values ('{owner}', 'inv_1', '{id}', 'one_time', 'inv_1', 'overdue', 'USD', 'UTC', 1, 0, 1,
           0, 0, 0, '', 0, 1)"
    );
    world.execute(&sql).await;
    assert_eq!(names().await, ["outstanding_invoices"]);
    let refused = app.delete_account(owner, "DELETE").await;
    assert!(matches!(refused, Err(AppError::Refused(why)) if why.contains("1 invoices")));
    world.execute("delete from invoice").await;
    world.execute("delete from phone_number").await;
    paying.method("bank").await;
    paying.post("/v1/wallet/top-ups", json!({"amount": "10.00"})).await;
    assert_eq!(names().await, ["in_progress"]);
    world
        .execute(
            "update operator_charge set state = 'cancelled', look_at = null
                   where state = 'waiting'",
        )
        .await;
    let refused = app.delete_account(owner, "delete").await;
    assert!(matches!(refused, Err(AppError::Invalid(_))));
    app.delete_account(owner, "DELETE").await.unwrap();
    assert_eq!(paying.status().await, "deleting");
    paying.due("2026-05-01T23:59:59Z").await;
    assert_eq!(paying.status().await, "deleting");
    paying.due("2026-05-02T00:01:00Z").await;
    assert_eq!(world.texts("select stage from subscription").await, ["purged"]);
    let gone = app.delete_account(owner, "DELETE").await;
    assert!(matches!(gone, Err(AppError::Refused(_))));
}
