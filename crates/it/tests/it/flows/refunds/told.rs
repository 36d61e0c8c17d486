//! What the processor tells: refunds of its dashboard, and fees that went back.

use adapters::processor::{Refund as Told, RefundStatus};
use app::refunds::FeePolicy;
use domain::{
    invoice::status::InvoiceStatus,
    ledger::Account,
    processor::AccountContext,
    refund::{Destination, Origin, RefundState},
};
use rstest::rstest;

use super::*;

/// A refund of the payment that nobody here asked for.
async fn dashboard(billed: &Billed, reference: &str, amount: i64) -> (AccountContext, Told) {
    let payment = billed.payments().await.remove(0);
    let told = Told {
        reference: reference.to_owned(),
        charge: payment.reference.unwrap(),
        amount: Minor::new(amount),
        status: RefundStatus::Succeeded,
        ours: None,
        created_at: billed.app().clock.now(),
    };
    (payment.context.unwrap(), told)
}

// REF-14 STR-18 partial, then full, told in any order and any number of times
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn refunds_of_the_dashboard_are_taken_over_once(#[case] engine: Engine) {
    let Some(billed) = Billed::paid(engine, "visa").await else { return };
    let app = billed.app();
    let (context, part) = dashboard(&billed, "re_1", 3_000).await;
    let (_, rest) = dashboard(&billed, "re_2", 8_052).await;
    let told = [&part, &rest, &part, &part, &rest];
    let all = told.into_iter().map(|told| app.refund_told(&context, told));
    for outcome in futures::future::join_all(all).await {
        assert!(outcome.unwrap());
    }
    assert_eq!(billed.now().await, (InvoiceStatus::Paid, 11_052));
    assert_eq!((billed.left().await, billed.balance(Account::Clearing).await), ((0, 0), 0));
    assert_eq!(billed.count("refund.created").await, 2);
    billed.assert_books().await;
    // An older state never comes back, a failure does.
    let older = Told { status: RefundStatus::Pending, ..part.clone() };
    app.refund_told(&context, &older).await.unwrap();
    assert_eq!(billed.now().await.1, 11_052);
    let failed = Told { status: RefundStatus::Failed("lost".to_owned()), ..part.clone() };
    for told in [&failed, &part, &failed] {
        app.refund_told(&context, told).await.unwrap();
    }
    assert_eq!(billed.now().await, (InvoiceStatus::Paid, 8_052));
    let stranger = Told { charge: "pi_unknown".to_owned(), ..part };
    let stranger = Told { reference: "re_3".to_owned(), ..stranger };
    assert!(!app.refund_told(&context, &stranger).await.unwrap());
    billed.assert_books().await;
}

// REF-14 more than was left: the books say what happened, the invoice counts what it can
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_the_dashboard_gives_too_much_is_booked(#[case] engine: Engine) {
    let Some(billed) = Billed::paid(engine, "visa").await else { return };
    billed.refund(Destination::Credit, Some(10_000)).await.unwrap();
    let (context, told) = dashboard(&billed, "re_1", 11_052).await;
    assert!(billed.app().refund_told(&context, &told).await.unwrap());
    assert_eq!(billed.now().await, (InvoiceStatus::Paid, 11_052));
    assert_eq!(billed.balance(Account::Clearing).await, 0);
    let page = domain::paging::PageRequest {
        limit: 10,
        order: domain::paging::Order::Descending,
        from: None,
    };
    let refunds = billed
        .app()
        .refund_page(billed.partner.partner_id, Default::default(), &page)
        .await
        .unwrap();
    let (refund, _) = &refunds.rows.iter().find(|(it, _)| it.origin == Origin::Processor).unwrap();
    assert_eq!((refund.amount.get(), refund.applied.get()), (11_052, 1_052));
    billed.assert_books().await;
}

// REF-09 C-39 STR-22 the fee is kept by default and goes back with the option, as told
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_fee_follows_the_partners_policy(#[case] engine: Engine) {
    let Some(billed) = Billed::connected(engine).await else { return };
    let (app, owner) = (billed.app(), billed.partner.partner_id);
    // 3.99 % of 110.52
    assert_eq!(billed.balance(Account::ApplicationFees).await, 4_410_000);
    let kept = billed.refund(Destination::Card, Some(1_000)).await.unwrap();
    assert_eq!(kept.refunds[0].context, billed.payments().await[0].context);
    assert_eq!(billed.balance(Account::ApplicationFees).await, 4_410_000);
    app.set_fee_policy(owner, FeePolicy::Returned).await.unwrap();
    billed.refund(Destination::Card, Some(5_000)).await.unwrap();
    // 5,000 of 11,052 of 441
    assert_eq!(billed.balance(Account::ApplicationFees).await, 2_410_000);
    let (context, told) = dashboard(&billed, "re_1", 5_052).await;
    for _ in 0..2 {
        app.refund_told(&context, &told).await.unwrap();
    }
    let left = billed.balance(Account::ApplicationFees).await;
    assert!((400_000..=410_000).contains(&left), "{left}");
    assert_eq!(billed.find(kept.refunds[0].refund_id).await.state, RefundState::Succeeded);
    billed.assert_books().await;
}
