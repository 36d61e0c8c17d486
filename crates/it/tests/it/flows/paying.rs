//! Paying through a processor: what waits, what fails late, what is tried again, what is too small.

use adapters::processor::{ChargeStatus, Decline, ProcessorError};
use app::{
    App,
    collect::{Asking, Authenticated, Begun, Collect, Collected, Reconciled},
    error::AppError,
};
use domain::{
    ids::PaymentId,
    invoice::status::InvoiceStatus,
    ledger::Account,
    money::Minor,
    payment::{Payment, PaymentOrigin, PaymentStatus},
    processor::AccountContext,
};
use rstest::rstest;
use store::payments;

use super::collect::{Billed, charge};
use crate::harness::{Engine, builders::at};

const LATER: &str = "2026-06-06T00:00:00Z";

async fn run_due(billed: &Billed, until: &str) {
    billed.app().run_due(Some(at(until))).await.unwrap();
}

/// Keys and recipients of mails that are not the invoice's own, by key.
async fn mails(billed: &Billed) -> Vec<(String, String)> {
    billed.app().run_jobs(billed.app().clock.now()).await.unwrap();
    let kept = billed.app().outside.mail.kept().into_iter();
    let others = kept.filter(|mail| !mail.subject.starts_with("Invoice "));
    others.map(|mail| (mail.subject, mail.to)).collect()
}

fn subjects(mails: &[(String, String)], part: &str) -> usize {
    mails.iter().filter(|(subject, _)| subject.contains(part)).count()
}

async fn payment(billed: &Billed, payment_id: PaymentId) -> Payment {
    billed.app().find_payment(billed.partner.partner_id, payment_id).await.unwrap().0
}

// PAY-18 ACH money is pending for days; the receipt comes when it came, once (PAY-05)
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_bank_takes_days(#[case] engine: Engine) {
    let Some(billed) = Billed::fresh(engine).await else { return };
    let paid = billed.pay("bank", None).await.unwrap();
    assert_eq!(paid.status, PaymentStatus::Processing);
    assert_eq!(billed.now().await, (InvoiceStatus::Sent, 0, 9_900));
    assert_eq!(subjects(&mails(&billed).await, "Receipt"), 0);
    // No second charge of any kind meanwhile (PAY-13).
    let second = billed.pay("visa", None).await.unwrap_err();
    assert!(matches!(second, AppError::PaymentInProgress), "{second}");
    run_due(&billed, "2026-06-05T23:00:00Z").await;
    assert_eq!(payment(&billed, paid.payment_id).await.status, PaymentStatus::Processing);
    run_due(&billed, LATER).await;
    assert_eq!(billed.now().await, (InvoiceStatus::Paid, 9_900, 0));
    assert_eq!(subjects(&mails(&billed).await, "Receipt"), 1);
    run_due(&billed, "2026-06-10T00:00:00Z").await;
    assert_eq!(billed.count("payment.succeeded").await, 1);
    assert_eq!(subjects(&mails(&billed).await, "Receipt"), 1);
    billed.assert_books().await;
}

// PAY-18 PAY-07 ACH that fails late fails the payment; the invoice is owed as before
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_bank_fails_late(#[case] engine: Engine) {
    let Some(billed) = Billed::fresh(engine).await else { return };
    let paid = billed.pay("bank_closed", None).await.unwrap();
    assert_eq!(paid.status, PaymentStatus::Processing);
    run_due(&billed, LATER).await;
    let failed = payment(&billed, paid.payment_id).await;
    assert_eq!(failed.failure.unwrap().code, "account_closed");
    assert_eq!(billed.now().await, (InvoiceStatus::Sent, 0, 9_900));
    assert_eq!(billed.count("payment.failed").await, 1);
    assert_eq!(subjects(&mails(&billed).await, "failed"), 2);
    billed.pay("visa", None).await.unwrap();
    assert_eq!(billed.now().await.0, InvoiceStatus::Paid);
    billed.assert_books().await;
}

// PAY-01 on session the payer authenticates, and the secret is in no log
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_payer_authenticates(#[case] engine: Engine) {
    let Some(billed) = Billed::fresh(engine).await else { return };
    let (owner, app) = (billed.partner.partner_id, billed.app());
    let wanted = billed.wanted("authenticate", None).await;
    let Collected { payment, action, .. } = app.collect(owner, &wanted).await.unwrap();
    assert_eq!(payment.status, PaymentStatus::RequiresAction);
    let action = action.unwrap();
    assert!(!format!("{action:?}").contains(&action.client_secret));
    assert!(matches!(billed.pay("visa", None).await, Err(AppError::PaymentInProgress)));
    // Asked again, the secret is there again: it is not kept.
    let again = app.confirm_payment(owner, payment.payment_id, None).await.unwrap();
    assert_eq!(again.action.unwrap().client_secret, action.client_secret);
    let done = Some(Authenticated::Passed);
    let confirmed = app.confirm_payment(owner, payment.payment_id, done).await.unwrap();
    assert_eq!(confirmed.payment.status, PaymentStatus::Succeeded);
    let twice = app.confirm_payment(owner, payment.payment_id, done).await.unwrap_err();
    assert!(matches!(twice, AppError::Refused(_)), "{twice}");
    assert_eq!(billed.now().await, (InvoiceStatus::Paid, 9_900, 0));
    billed.assert_books().await;
}

// PAY-09 PAY-13 refused, given up or left alone, the next payment can begin
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_waits_for_its_payer_ends(#[case] engine: Engine) {
    let Some(billed) = Billed::fresh(engine).await else { return };
    let (owner, app) = (billed.partner.partner_id, billed.app());
    let refused = billed.pay("authenticate", None).await.unwrap().payment_id;
    let done = Some(Authenticated::Failed);
    let failed = app.confirm_payment(owner, refused, done).await.unwrap();
    assert_eq!(failed.payment.status, PaymentStatus::Failed);
    let given_up = billed.pay("authenticate", None).await.unwrap().payment_id;
    for _ in 0..2 {
        let cancelled = app.cancel_payment(owner, given_up).await.unwrap();
        assert_eq!(cancelled.payment.status, PaymentStatus::Cancelled);
    }
    let left = billed.pay("authenticate", None).await.unwrap().payment_id;
    run_due(&billed, "2026-06-02T02:00:00Z").await;
    assert_eq!(payment(&billed, left).await.status, PaymentStatus::Cancelled);
    let paid = billed.pay("visa", None).await.unwrap();
    let over = app.cancel_payment(owner, paid.payment_id).await.unwrap_err();
    assert!(matches!(over, AppError::Refused(_)), "{over}");
    billed.assert_books().await;
}

// PAY-12 nobody knows for a day: the same key, then a look-up, and only then another payment
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_unknown_outcome_is_asked_for_until_it_is_known(#[case] engine: Engine) {
    let Some(billed) = Billed::fresh(engine).await else { return };
    let asked = billed.pay("no_answer", None).await.unwrap();
    assert_eq!(asked.status, PaymentStatus::Pending);
    run_due(&billed, "2026-06-02T22:00:00Z").await;
    assert_eq!(billed.app().reconcile().await.unwrap(), Reconciled { settled: 0, open: 1 });
    assert!(matches!(billed.pay("visa", None).await, Err(AppError::PaymentInProgress)));
    run_due(&billed, "2026-06-03T02:00:00Z").await;
    let given_up = payment(&billed, asked.payment_id).await;
    assert_eq!(
        (given_up.status, given_up.failure.unwrap().code),
        (PaymentStatus::Failed, "no_answer".to_owned(),)
    );
    billed.pay("visa", None).await.unwrap();
    // Money that came after all counts, and is owed to the tenant.
    let mut late = charge("late", ChargeStatus::Succeeded);
    late.ours = Some(adapters::processor::Ours {
        partner_id: billed.partner.partner_id.to_string(),
        object_id: asked.payment_id.to_string(),
    });
    for _ in 0..2 {
        billed.app().charge_told(&AccountContext::Platform, &late).await.unwrap();
    }
    assert_eq!(billed.balance(Account::Clearing).await, 198_000_000);
    let tenant = Account::TenantBalance(billed.invoice.tenant_id);
    assert_eq!(billed.balance(tenant).await, -99_000_000);
    billed.assert_books().await;
}

// PAY-12 PAY-14 the processor tells in any order, of its own account only
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_is_told_counts_once(#[case] engine: Engine) {
    let Some(billed) = Billed::fresh(engine).await else { return };
    let (owner, app) = (billed.partner.partner_id, billed.app());
    let wanted = billed.wanted("visa", None).await;
    let Begun::New(attempt) = app.begin_payment(owner, &wanted).await.unwrap() else {
        panic!("a new request")
    };
    let told = |status| {
        let ours = adapters::processor::Ours {
            partner_id: owner.to_string(),
            object_id: attempt.payment_id.to_string(),
        };
        let mut charge = charge("pi_1", status);
        charge.ours = Some(ours);
        charge
    };
    // Somebody with keys of its own writes our id into a charge of another account.
    let foreign: AccountContext = "custom_keys:acct_1".parse().unwrap();
    app.charge_told(&foreign, &told(ChargeStatus::Succeeded)).await.unwrap();
    assert_eq!(billed.now().await, (InvoiceStatus::Sent, 0, 9_900));
    for status in [
        ChargeStatus::Processing,
        ChargeStatus::Succeeded,
        ChargeStatus::Processing,
        ChargeStatus::Succeeded,
        ChargeStatus::Failed(Decline::default()),
        ChargeStatus::Cancelled,
    ] {
        app.charge_told(&AccountContext::Platform, &told(status)).await.unwrap();
    }
    // A charge that is nobody's, and one of the operator's, are left alone.
    let mut other = told(ChargeStatus::Succeeded);
    other.reference = "pi_2".to_owned();
    other.ours.as_mut().unwrap().object_id = "och_01k9zq4v8m6s3t2r1p0n9m8k7j".to_owned();
    app.charge_told(&AccountContext::Platform, &other).await.unwrap();
    assert_eq!(billed.now().await, (InvoiceStatus::Paid, 9_900, 0));
    assert_eq!(billed.count("payment.succeeded").await, 1);
    assert_eq!(billed.count("payment.failed").await, 0);
    assert_eq!(billed.count("invoice.paid").await, 1);
    billed.assert_books().await;
}

// PAY-12 a processor that was never reached costs nothing: the same request begins once more
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_never_began_is_begun_again(#[case] engine: Engine) {
    let Some(billed) = Billed::fresh(engine).await else { return };
    let (owner, app) = (billed.partner.partner_id, billed.app());
    let mut wanted = billed.wanted("visa", None).await;
    wanted.request = Some("click".to_owned());
    let Begun::New(first) = app.begin_payment(owner, &wanted).await.unwrap() else {
        panic!("a new request")
    };
    let down = Err(ProcessorError::NotBegun("connection refused".to_owned()));
    app.settle(owner, &first, (&down, Asking::First)).await.unwrap();
    let closed = payment(&billed, first.payment_id).await;
    assert!(closed.was_never_begun());
    assert_eq!(billed.count("payment.failed").await, 0);
    let Begun::New(second) = app.begin_payment(owner, &wanted).await.unwrap() else {
        panic!("begun again")
    };
    assert_eq!((second.payment_id, second.number), (first.payment_id, 2));
    assert_ne!(second.idempotency_key, first.idempotency_key);
    // Asked again by somebody else, nobody knows whether it began: it is not given up.
    app.settle(owner, &second, (&down, Asking::Again)).await.unwrap();
    assert_eq!(payment(&billed, first.payment_id).await.status, PaymentStatus::Pending);
    assert_eq!(app.reconcile().await.unwrap(), Reconciled { settled: 1, open: 0 });
    assert_eq!(billed.now().await, (InvoiceStatus::Paid, 9_900, 0));
    billed.assert_books().await;
}

/// The tries of an invoice that is charged by itself: the day of each, and what came of it.
async fn tries(billed: &Billed) -> Vec<(String, PaymentStatus)> {
    let payments = billed.payments().await;
    let auto = payments.iter().filter(|it| it.origin == PaymentOrigin::AutoPay);
    let mut tries: Vec<_> =
        auto.map(|it| (it.created_at.to_string()[..10].to_owned(), it.status)).collect();
    tries.sort();
    tries
}

// PAY-06 INV-27 with auto-pay on, the whole amount is charged when the invoice is issued
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn auto_pay_charges_at_issue_and_once(#[case] engine: Engine) {
    let Some(billed) = Billed::with_auto_pay(engine, Some("visa")).await else { return };
    assert_eq!(billed.now().await, (InvoiceStatus::Paid, 9_900, 0));
    let paid = billed.payments().await;
    assert_eq!(paid[0].created_at, billed.invoice.issued_at.unwrap());
    run_due(&billed, "2026-06-20T00:00:00Z").await;
    assert_eq!(tries(&billed).await, [("2026-06-01".to_owned(), PaymentStatus::Succeeded)]);
    assert_eq!(subjects(&mails(&billed).await, "Receipt"), 1);
    billed.assert_books().await;
}

// PAY-07 PAY-08 INV-27 declined on days 0, 3 and 7 and no more, each told once
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_declined_auto_pay_is_tried_again_on_days_3_and_7(#[case] engine: Engine) {
    let Some(billed) = Billed::with_auto_pay(engine, Some("declined")).await else { return };
    assert_eq!(billed.now().await, (InvoiceStatus::Sent, 0, 9_900));
    assert_eq!(
        (billed.count("payment.failed").await, billed.count("invoice.failed").await),
        (1, 1)
    );
    let told = mails(&billed).await;
    let readers: Vec<&str> = told.iter().map(|(_, to)| to.as_str()).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(readers.iter().any(|to| to.contains("books@acme.example")), "{readers:?}");
    assert!(readers.iter().any(|to| to.contains("billing@oak-voice.example")), "{readers:?}");
    run_due(&billed, "2026-06-30T00:00:00Z").await;
    let days = ["2026-06-01", "2026-06-04", "2026-06-08"];
    let failed = days.map(|day| (day.to_owned(), PaymentStatus::Failed));
    assert_eq!(tries(&billed).await, failed);
    assert_eq!(
        (billed.count("payment.failed").await, billed.count("invoice.failed").await),
        (3, 3)
    );
    assert_eq!(subjects(&mails(&billed).await, "failed"), 6);
    billed.assert_books().await;
}

// PAY-08 PAY-09 it stops when it is switched off, and when a new card pays
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn auto_pay_stops(#[case] engine: Engine) {
    let Some(off) = Billed::with_auto_pay(engine, Some("declined")).await else { return };
    off.world.execute("update tenant set auto_pay = 0").await;
    run_due(&off, "2026-06-30T00:00:00Z").await;
    assert_eq!(tries(&off).await.len(), 1);
    let Some(paid) = Billed::with_auto_pay(engine, Some("declined")).await else { return };
    paid.pay("visa", None).await.unwrap();
    run_due(&paid, "2026-06-30T00:00:00Z").await;
    assert_eq!((tries(&paid).await.len(), paid.now().await.0), (1, InvoiceStatus::Paid));
    paid.assert_books().await;
}

// PAY-08 a card that was refused for good is never tried again; another one is
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_lost_card_is_never_tried_again(#[case] engine: Engine) {
    let Some(billed) = Billed::with_auto_pay(engine, Some("lost_card")).await else { return };
    run_due(&billed, "2026-06-05T00:00:00Z").await;
    assert_eq!(tries(&billed).await.len(), 1);
    billed.world.execute("update payment_method set is_default = 0").await;
    billed.method("visa").await;
    run_due(&billed, "2026-06-30T00:00:00Z").await;
    let paid = ("2026-06-08".to_owned(), PaymentStatus::Succeeded);
    assert_eq!(tries(&billed).await.last(), Some(&paid));
    billed.assert_books().await;
}

// PAY-07 off session the payer cannot be asked: it is told, and never tried off session again
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_payer_that_must_be_there_is_told(#[case] engine: Engine) {
    let Some(billed) = Billed::with_auto_pay(engine, Some("authenticate")).await else { return };
    run_due(&billed, "2026-06-30T00:00:00Z").await;
    assert_eq!(tries(&billed).await, [("2026-06-01".to_owned(), PaymentStatus::Failed)]);
    let failure = billed.payments().await[0].failure.clone().unwrap();
    assert!(failure.wants_customer());
    assert_eq!(subjects(&mails(&billed).await, "failed"), 2);
}

// PAY-07 without a method to charge, both are told, once for each day
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn auto_pay_without_a_method_is_told(#[case] engine: Engine) {
    let Some(billed) = Billed::with_auto_pay(engine, None).await else { return };
    assert_eq!((billed.count("invoice.failed").await, mails(&billed).await.len()), (1, 2));
    billed.method("visa").await;
    run_due(&billed, "2026-06-30T00:00:00Z").await;
    assert_eq!(tries(&billed).await, [("2026-06-04".to_owned(), PaymentStatus::Succeeded)]);
    billed.assert_books().await;
}

// PAY-03 what is too small is not charged; it moves to the next invoice, untaxed, and books agree
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_small_balance_moves_to_the_next_invoice(#[case] engine: Engine) {
    let Some(billed) = Billed::fresh(engine).await else { return };
    billed.pay("visa", Some(9_870)).await.unwrap();
    run_due(&billed, "2026-06-30T00:00:00Z").await;
    assert_eq!(billed.now().await, (InvoiceStatus::PartiallyPaid, 9_870, 30));
    assert_eq!(billed.count("invoice.overdue").await, 0);
    run_due(&billed, "2026-07-02T00:00:00Z").await;
    let first = billed.invoice.invoice_id;
    let first = billed.app().find_invoice(billed.partner.partner_id, first).await.unwrap();
    assert_eq!((first.status, first.due()), (InvoiceStatus::Paid, Minor::ZERO));
    assert_eq!((first.paid, first.credited), (Minor::new(9_870), Minor::new(30)));
    let next = newest(billed.app(), &billed).await;
    assert_eq!(next.invoice.total, Minor::new(9_930));
    let moved = next.lines.iter().find(|line| line.facts.description.contains("INV-000001"));
    assert_eq!(moved.unwrap().amount, Minor::new(30));
    assert_eq!(billed.count("invoice.paid").await, 1);
    billed.assert_books().await;
}

async fn newest(app: &App, billed: &Billed) -> app::invoices::FullInvoice {
    let page = app.invoices(billed.partner.partner_id, None).await.unwrap();
    let newest = page.iter().max_by_key(|invoice| invoice.number.clone()).unwrap();
    app.full_invoice(billed.partner.partner_id, newest.invoice_id).await.unwrap()
}

// PAY-05 PAY-15 two readers get the receipt; what the platform keeps is known to the partner
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_receipt_goes_to_both(#[case] engine: Engine) {
    let Some(billed) = Billed::fresh(engine).await else { return };
    let owner = billed.partner.partner_id;
    let receipt_to = Some("pat@acme.example".to_owned());
    let wanted = Collect { receipt_to, ..billed.wanted("visa", None).await };
    let payment = billed.app().collect(owner, &wanted).await.unwrap().payment;
    let receipts = mails(&billed).await;
    assert_eq!(subjects(&receipts, "Receipt for invoice INV-000001"), 2, "{receipts:?}");
    assert!(receipts.iter().any(|(_, to)| to.contains("pat@acme.example")));
    assert_eq!(payment.fee, Minor::new(395));
    let mut tx = billed.world.begin().await;
    let stored = payments::find(&mut tx, owner, payment.payment_id).await.unwrap().unwrap();
    assert_eq!(stored.context, Some(AccountContext::Platform));
    assert!(stored.reference.unwrap().starts_with("sbx_pi."));
}

// PAY-16 a suspended tenant can pay
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_suspended_tenant_can_pay(#[case] engine: Engine) {
    let Some(billed) = Billed::fresh(engine).await else { return };
    let (owner, tenant_id) = (billed.partner.partner_id, billed.invoice.tenant_id);
    let suspend = domain::tenant::TenantEvent::Suspend(domain::tenant::SuspensionReason::Overdue);
    billed.app().change_tenant(owner, tenant_id, suspend).await.unwrap();
    billed.pay("visa", None).await.unwrap();
    assert_eq!(billed.now().await.0, InvoiceStatus::Paid);
}
