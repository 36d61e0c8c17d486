//! Refunds that are slow, fail, or are never answered; and processes that die in between.

use domain::{
    invoice::status::InvoiceStatus,
    ledger::Account,
    refund::{Destination, RefundState},
};
use rstest::rstest;

use super::*;

// REF-11 a pending refund holds its money and is counted when it succeeded
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_slow_refund_is_pending_until_it_succeeds(#[case] engine: Engine) {
    let Some(billed) = Billed::paid(engine, "refund_slow").await else { return };
    let done = billed.refund(Destination::Card, Some(4_000)).await.unwrap();
    let refund = &done.refunds[0];
    assert_eq!((refund.state, refund.state.shown()), (RefundState::Submitted, "pending"));
    assert_eq!(billed.now().await, (InvoiceStatus::Paid, 0));
    assert_eq!(billed.left().await, (7_052, 0));
    assert_eq!(billed.balance(Account::Clearing).await, 110_520_000);
    billed.assert_books().await;
    billed.run_due("2026-05-03T00:00:00Z").await;
    let refund = billed.find(refund.refund_id).await;
    assert_eq!((refund.state, refund.look_at), (RefundState::Succeeded, None));
    assert_eq!(billed.now().await, (InvoiceStatus::Paid, 4_000));
    assert_eq!(billed.count("payment.refunded").await, 1);
    billed.assert_books().await;
}

// REF-11 BEY-13 a refund that comes back is failed, gives its money free, and is retried once
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_failed_refund_gives_its_amount_free_and_is_retried(#[case] engine: Engine) {
    let Some(billed) = Billed::paid(engine, "refund_fails").await else { return };
    let done = billed.refund(Destination::Card, Some(4_000)).await.unwrap();
    let first = done.refunds[0].refund_id;
    let early = billed.retry(first).await.unwrap_err();
    assert!(matches!(early, AppError::Refused(_)), "{early}");
    billed.run_due("2026-05-03T00:00:00Z").await;
    let failed = billed.find(first).await;
    assert_eq!(failed.state, RefundState::Failed);
    assert!(!failed.failure.is_empty());
    assert_eq!(billed.now().await, (InvoiceStatus::Paid, 0));
    assert_eq!(billed.left().await, (11_052, 0));
    assert_eq!(billed.balance(Account::Clearing).await, 110_520_000);
    assert_eq!(billed.balance(Account::Refunds).await, 0);
    assert_eq!(billed.count("credit_note.cancelled").await, 1);
    billed.assert_books().await;
    let second = billed.retry(first).await.unwrap().refunds.remove(0);
    assert_eq!((second.retry_of, second.amount.get()), (Some(first), 4_000));
    assert!(matches!(billed.retry(first).await, Err(AppError::Refused(_))), "once");
    billed.assert_books().await;
    billed.run_due("2026-05-06T00:00:00Z").await;
    assert_eq!(billed.find(second.refund_id).await.state, RefundState::Failed);
    // Its way is closed: the balance takes it.
    billed.refund(Destination::Credit, Some(11_052)).await.unwrap();
    assert_eq!(billed.now().await, (InvoiceStatus::Paid, 11_052));
    assert!(matches!(billed.retry(second.refund_id).await, Err(AppError::Refused(_))));
    assert_eq!(billed.count("refund.failed").await, 2);
    billed.assert_books().await;
}

// REF-05 REF-11 a process that dies between writing and asking: somebody asks later, once
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_was_written_and_not_asked_is_asked_later(#[case] engine: Engine) {
    let Some(billed) = Billed::paid(engine, "visa").await else { return };
    let wanted = WantedRefund {
        invoice_id: billed.invoice.invoice_id,
        amount: Some(Minor::new(4_000)),
        destination: Destination::Card,
        reason: String::new(),
    };
    let owner = billed.partner.partner_id;
    let written = billed.app().begin_refund(owner, &wanted).await.unwrap();
    let id = written[0].refund_id;
    assert_eq!(billed.find(id).await.state, RefundState::Requested);
    assert_eq!(billed.left().await, (7_052, 0));
    billed.assert_books().await;
    billed.run_due("2026-05-01T01:00:00Z").await;
    let settled = billed.find(id).await;
    assert_eq!(settled.state, RefundState::Succeeded);
    for _ in 0..3 {
        billed.app().look_at_refund(owner, id).await.unwrap();
    }
    assert_eq!(billed.find(id).await, settled);
    assert_eq!(billed.balance(Account::Clearing).await, 70_520_000);
    billed.assert_books().await;
}
