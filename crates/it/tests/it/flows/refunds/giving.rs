//! Refunds that succeed: where they go, and what they leave.

use app::refunds::{HistoryFilter, NewCreditNote, NoteFilter};
use domain::{
    invoice::status::InvoiceStatus,
    ledger::Account,
    money::Minor,
    paging::{Order, PageRequest},
    refund::{Destination, RefundState},
};
use rstest::rstest;

use super::*;
use crate::harness::builders::{refused_fields, span};

fn first_page() -> PageRequest {
    PageRequest { limit: 100, order: Order::Descending, from: None }
}

// REF-01 REF-02 REF-03 REF-08 TAX-12 C-39 F-17 several partials, not a cent more than was paid
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn partial_refunds_go_to_the_card_up_to_what_was_paid(#[case] engine: Engine) {
    let Some(billed) = Billed::paid(engine, "visa").await else { return };
    for amount in [0, -1, 11_053] {
        let refused = billed.refund(Destination::Card, Some(amount)).await;
        assert_eq!(refused_fields(refused), ["amount"], "{amount}");
    }
    let half = billed.refund(Destination::Card, Some(5_526)).await.unwrap();
    let refund = &half.refunds[0];
    assert_eq!((refund.state, refund.tax), (RefundState::Succeeded, Minor::new(433)));
    assert!(refund.reference.is_some() && refund.credit_id.is_none());
    assert_eq!(billed.now().await, (InvoiceStatus::Paid, 5_526));
    assert_eq!(billed.left().await, (5_526, 0));
    let refused = billed.refund(Destination::Card, Some(5_527)).await;
    assert_eq!(refused_fields(refused), ["amount"]);
    billed.assert_books().await;
    let rest = billed.refund(Destination::Card, None).await.unwrap();
    assert_eq!(rest.refunds[0].tax, Minor::new(433));
    assert_eq!(billed.now().await, (InvoiceStatus::Paid, 11_052));
    let again = billed.refund(Destination::Card, None).await.unwrap_err();
    assert!(matches!(again, AppError::Refused(_)), "{again}");
    // Nothing is left of the money, the revenue or the tax.
    for account in [Account::Clearing, Account::TaxPayable] {
        assert_eq!(billed.balance(account).await, 0, "{account}");
    }
    assert_eq!(billed.balance(Account::Refunds).await, 101_860_000);
    for (kind, times) in [
        ("refund.created", 2),
        ("refund.updated", 2),
        ("payment.refunded", 2),
        ("refund.failed", 0),
    ] {
        assert_eq!(billed.count(kind).await, times, "{kind}");
    }
    billed.assert_books().await;
}

// REF-04 REF-07 REF-13 REF-10 to the balance: no processor, the next invoice uses it
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_refund_to_the_balance_lowers_the_next_invoice(#[case] engine: Engine) {
    let Some(billed) = Billed::paid(engine, "visa").await else { return };
    let wallet = billed.balance(Account::Wallet).await;
    let done = billed.refund(Destination::Credit, Some(3_000)).await.unwrap();
    let refund = &done.refunds[0];
    assert_eq!((refund.state, &refund.reference), (RefundState::Succeeded, &None));
    assert!(refund.credit_id.is_some());
    assert_eq!((billed.credit().await, billed.left().await), (3_000, (8_052, 0)));
    // Money stayed where it is; only the tenant is owed more.
    assert_eq!(billed.balance(Account::Clearing).await, 110_520_000);
    let owed = Account::TenantBalance(billed.tenant.tenant_id);
    assert_eq!(billed.balance(owed).await, -30_000_000);
    assert_eq!(billed.balance(Account::Wallet).await, wallet);
    let history = billed
        .app()
        .payment_history(billed.partner.partner_id, HistoryFilter::default(), &first_page())
        .await
        .unwrap();
    let rows: Vec<(&str, i64, &str)> =
        history.rows.iter().map(|row| (&*row.kind, row.amount.get(), &*row.status)).collect();
    assert!(rows.contains(&("refund", -3_000, "refunded")), "{rows:?}");
    assert!(rows.contains(&("payment", 11_052, "partially_refunded")), "{rows:?}");
    billed.run_due("2026-06-02T00:00:00Z").await;
    let owner = (billed.partner.partner_id, billed.tenant.tenant_id);
    let mut tx = billed.world.begin().await;
    let invoices = store::invoices::of_tenant(&mut tx, owner, (None, 10)).await.unwrap();
    tx.commit().await.unwrap();
    let used: i64 = invoices.iter().map(|invoice| invoice.credited.get()).sum();
    assert_eq!(used + billed.credit().await, 3_000);
    billed.assert_books().await;
}

// REF-05 REF-06 C-38 what the balance had paid goes back there, the rest to the card
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_full_refund_splits_into_card_and_balance(#[case] engine: Engine) {
    let Some(billed) = Billed::unpaid(engine, 3_000).await else { return };
    assert_eq!(billed.invoice.credited, Minor::new(3_000));
    billed.pay("visa", None).await;
    assert_eq!(billed.left().await, (8_052, 3_000));
    let done = billed.refund(Destination::Card, None).await.unwrap();
    let parts: Vec<(Destination, i64)> =
        done.refunds.iter().map(|it| (it.destination, it.amount.get())).collect();
    assert_eq!(parts, [(Destination::Card, 8_052), (Destination::Credit, 3_000)]);
    assert_eq!(billed.now().await, (InvoiceStatus::Paid, 11_052));
    assert_eq!((billed.credit().await, billed.left().await), (3_000, (0, 0)));
    assert_eq!(billed.balance(Account::Clearing).await, 0);
    assert_eq!(billed.balance(Account::TaxPayable).await, 0);
    for to in Destination::ALL {
        assert!(billed.refund(to, Some(1)).await.is_err(), "{to:?}");
    }
    billed.assert_books().await;
}

// REF-12 a manual payment goes back by hand or to the balance, never to a card
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_manual_payment_is_refunded_by_hand_or_as_credit(#[case] engine: Engine) {
    let Some(billed) = Billed::unpaid(engine, 0).await else { return };
    let paid = app::collect::PaidElsewhere {
        invoice_id: billed.invoice.invoice_id,
        amount: None,
        note: "cheque 7".to_owned(),
    };
    billed.app().mark_paid(billed.partner.partner_id, &paid).await.unwrap();
    let refused = billed.refund(Destination::Card, Some(1_000)).await.unwrap_err();
    assert!(matches!(refused, AppError::Refused(_)), "{refused}");
    billed.refund(Destination::Manual, Some(1_000)).await.unwrap();
    billed.refund(Destination::Credit, Some(500)).await.unwrap();
    assert_eq!(billed.now().await, (InvoiceStatus::Paid, 1_500));
    assert_eq!(billed.credit().await, 500);
    assert_eq!(billed.balance(Account::OfflineReceipts).await, 100_520_000);
    billed.assert_books().await;
}

// REF-05 REF-03 C-38 many requests at once never give more than was paid
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn refunds_at_once_never_exceed_the_payment(#[case] engine: Engine) {
    let Some(billed) = Billed::paid(engine, "visa").await else { return };
    let to = |number: u32| {
        if number.is_multiple_of(2) { Destination::Card } else { Destination::Credit }
    };
    let all = (0..12).map(|number| billed.refund(to(number), Some(2_000)));
    let outcomes = futures::future::join_all(all).await;
    let given = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    assert_eq!(given, 5, "{outcomes:?}");
    assert_eq!(billed.now().await, (InvoiceStatus::Paid, 10_000));
    let whole = billed.payments().await[0].amount.get();
    let clearing = billed.balance(Account::Clearing).await;
    assert_eq!(whole * 10_000 - clearing + billed.credit().await * 10_000, 100_000_000);
    billed.assert_books().await;
}

// BEY-13 REF-05 notes have numbers of their own, one for each refund and each credit
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn credit_notes_are_numbered_without_gaps(#[case] engine: Engine) {
    let Some(billed) = Billed::paid(engine, "visa").await else { return };
    let (app, owner) = (billed.app(), billed.partner.partner_id);
    billed.refund(Destination::Card, Some(1_000)).await.unwrap();
    assert!(billed.refund(Destination::Card, Some(99_999)).await.is_err());
    billed.refund(Destination::Credit, Some(2_000)).await.unwrap();
    let credit = |amount| NewCreditNote {
        invoice_id: billed.invoice.invoice_id,
        amount: Minor::new(amount),
        reason: "Outage".to_owned(),
    };
    let note = app.give_credit_note(owner, &credit(8_052)).await.unwrap();
    assert_eq!((&*note.number, billed.credit().await), ("CN-000003", 10_052));
    // What was credited is not given back again, and the other way round.
    assert_eq!(billed.left().await, (0, 0));
    assert_eq!(refused_fields(app.give_credit_note(owner, &credit(1)).await), ["amount"]);
    let notes = app.credit_notes(owner, NoteFilter::default(), &first_page()).await.unwrap().rows;
    let mut numbers: Vec<&str> = notes.iter().map(|note| &*note.number).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, ["CN-000001", "CN-000002", "CN-000003"]);
    let tax: i64 = notes.iter().map(|note| note.tax.get()).sum();
    assert_eq!(tax, 866);
    assert_eq!(billed.balance(Account::TaxPayable).await, 0);
    let paper = app.credit_note_pdf(owner, note.credit_note_id).await.unwrap();
    assert!(paper.bytes.starts_with(b"%PDF-") && paper.name == "CN-000003.pdf");
    assert_eq!(app.credit_note_pdf(owner, note.credit_note_id).await.unwrap(), paper);
    // A credit that is owed is not taken back; a gift is.
    let owed = note.credit_id.unwrap();
    assert!(matches!(app.void_credit(owner, owed).await, Err(AppError::Refused(_))));
    let (amount, reason) = (Minor::new(700), "Goodwill".to_owned());
    let gift = NewCredit { tenant_id: billed.tenant.tenant_id, amount, reason };
    let gift = app.give_credit(owner, &gift).await.unwrap();
    app.void_credit(owner, gift.credit_id).await.unwrap();
    assert!(matches!(app.void_credit(owner, gift.credit_id).await, Err(AppError::Refused(_))));
    assert_eq!(billed.credit().await, 10_052);
    billed.assert_books().await;
}

// REF-10 REP-05 F-10 a refund counts on its own day, against what the platform owes the partner
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn refunds_are_negative_on_the_day_of_the_refund(#[case] engine: Engine) {
    let Some(billed) = Billed::paid(engine, "visa").await else { return };
    billed.run_due("2026-06-10T00:00:00Z").await;
    billed.refund(Destination::Card, Some(3_000)).await.unwrap();
    billed.refund(Destination::Credit, Some(1_000)).await.unwrap();
    let owner = billed.partner.partner_id;
    let may = span("2026-05-01T00:00:00Z", "2026-06-01T00:00:00Z");
    let june = span("2026-06-01T00:00:00Z", "2026-07-01T00:00:00Z");
    let both = span("2026-05-01T00:00:00Z", "2026-07-01T00:00:00Z");
    for (span, revenue) in [(may, 11_052), (june, -3_000), (both, 8_052)] {
        let found = billed.app().collections(owner, span).await.unwrap();
        assert_eq!(found.revenue, Minor::new(revenue), "{span:?}");
    }
    let mut tx = billed.world.begin().await;
    let back = store::refunds::settled_on_platform(&mut tx, owner, june).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(back, (Minor::new(3_000), Minor::ZERO));
}
