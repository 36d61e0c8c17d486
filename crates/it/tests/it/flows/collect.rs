//! Collecting: one charge whatever happens, and books that agree after it.

use adapters::processor::{Charge, ChargeStatus, Decline, ProcessorError};
use app::{
    App,
    collect::{Asking, Begun, Collect, PaidElsewhere, Reconciled},
    error::AppError,
    setup::NewTenant,
    test_methods::SavedFor,
};
use domain::{
    account::{AutoPay, Partner},
    ids::{MethodId, TenantId},
    invoice::{issued::Invoice, status::InvoiceStatus},
    ledger::Account,
    money::{Currency, Minor},
    payment::{AttemptState, Payment, PaymentStatus},
};
use rstest::rstest;
use store::{attempts, payments};

use crate::harness::{
    Engine, World,
    builders::{at, refused_fields},
};

/// A partner with one tenant, and that tenant's invoice of 99.00.
pub(super) struct Billed {
    pub(super) world: World,
    pub(super) partner: Partner,
    pub(super) invoice: Invoice,
}

impl Billed {
    pub(super) async fn fresh(engine: Engine) -> Option<Self> {
        Self::without_auto_pay(engine).await
    }

    /// With automatic payment on, by this test method if any, and charged at issue.
    pub(super) async fn with_auto_pay(engine: Engine, method: Option<&str>) -> Option<Self> {
        let (world, partner) = World::with_partner(engine).await?;
        let mut new = NewTenant::named("Acme Dental", "acme", "books@acme.example");
        new.profile_id = Some(world.profile(&partner, "Flat Rate Starter").await);
        new.auto_pay = AutoPay::On;
        let tenant = world.app.create_tenant(partner.partner_id, &new).await.unwrap();
        if let Some(method) = method {
            let owner = (partner.partner_id, tenant.tenant_id);
            world.app.save_test_method(owner, (method, SavedFor::Default)).await.unwrap();
        }
        world.app.run_due(Some(at("2026-06-01T00:00:00Z"))).await.unwrap();
        let invoice = of_tenant(&world, &partner, tenant.tenant_id).await;
        Some(Self { world, partner, invoice })
    }

    async fn without_auto_pay(engine: Engine) -> Option<Self> {
        let (world, partner) = World::with_partner(engine).await?;
        let mut new = NewTenant::named("Acme Dental", "acme", "books@acme.example");
        new.profile_id = Some(world.profile(&partner, "Flat Rate Starter").await);
        let tenant = world.app.create_tenant(partner.partner_id, &new).await.unwrap();
        world.app.run_due(Some(at("2026-06-02T00:00:00Z"))).await.unwrap();
        let invoice = of_tenant(&world, &partner, tenant.tenant_id).await;
        assert_eq!((invoice.total, invoice.status), (Minor::new(9_900), InvoiceStatus::Sent));
        Some(Self { world, partner, invoice })
    }

    pub(super) fn app(&self) -> &App {
        &self.world.app
    }

    /// The tenant's saved test method of this name; the first is its default.
    pub(super) async fn method(&self, name: &str) -> MethodId {
        let owner = (self.partner.partner_id, self.invoice.tenant_id);
        let saved = self.app().save_test_method(owner, (name, SavedFor::Default)).await;
        saved.unwrap().method_id
    }

    pub(super) async fn wanted(&self, method: &str, amount: Option<i64>) -> Collect {
        let amount = amount.map(Minor::new);
        Collect { amount, ..Collect::with(self.invoice.invoice_id, self.method(method).await) }
    }

    fn elsewhere(&self, amount: Option<i64>, note: &str) -> PaidElsewhere {
        let (invoice_id, note) = (self.invoice.invoice_id, note.to_owned());
        PaidElsewhere { invoice_id, amount: amount.map(Minor::new), note }
    }

    pub(super) async fn pay(&self, method: &str, amount: Option<i64>) -> Result<Payment, AppError> {
        let wanted = self.wanted(method, amount).await;
        let collected = self.app().collect(self.partner.partner_id, &wanted).await;
        collected.map(|collected| collected.payment)
    }

    /// Status, paid and due as they are now.
    pub(super) async fn now(&self) -> (InvoiceStatus, i64, i64) {
        let invoice = of_tenant(&self.world, &self.partner, self.invoice.tenant_id).await;
        (invoice.status, invoice.paid.get(), invoice.due().get())
    }

    pub(super) async fn payments(&self) -> Vec<Payment> {
        let mut tx = self.world.begin().await;
        let of = (self.invoice.invoice_id, None);
        payments::of_invoice(&mut tx, self.partner.partner_id, of, 100).await.unwrap()
    }

    pub(super) async fn balance(&self, account: Account) -> i64 {
        let mut tx = self.world.begin().await;
        let balance = store::ledger::balance(&mut tx, self.partner.partner_id, account).await;
        balance.unwrap().get()
    }

    pub(super) async fn count(&self, kind: &str) -> usize {
        let kinds = self.world.event_kinds(&self.partner).await;
        kinds.iter().filter(|found| *found == kind).count()
    }

    /// The books balance, and `check` agrees with everything it can compute again.
    pub(super) async fn assert_books(&self) {
        let mut tx = self.world.begin().await;
        let balances = store::audit::balances(&mut tx, self.partner.partner_id).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(balances.iter().map(|(_, net)| net).sum::<i64>(), 0, "{balances:?}");
        self.world.assert_clean().await;
    }
}

/// A charge of 99.00 that stands so.
pub(super) fn charge(reference: &str, status: ChargeStatus) -> Charge {
    Charge {
        reference: reference.to_owned(),
        status,
        amount: Minor::new(9_900),
        currency: Currency::USD,
        fee: None,
        refunded: Minor::ZERO,
        dispute: None,
        descriptor: None,
        ours: None,
        created_at: at("2026-06-02T00:00:00Z"),
    }
}

pub(super) async fn of_tenant(world: &World, partner: &Partner, tenant_id: TenantId) -> Invoice {
    let mut tx = world.begin().await;
    let owner = (partner.partner_id, tenant_id);
    store::invoices::of_tenant(&mut tx, owner, (None, 1)).await.unwrap().remove(0)
}

// PAY-01, PAY-02 the amount defaults to what is due; all of it makes the invoice Paid
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_full_payment_settles_the_invoice(#[case] engine: Engine) {
    let Some(billed) = Billed::fresh(engine).await else { return };
    let payment = billed.pay("visa", None).await.unwrap();
    assert_eq!((payment.amount, payment.status), (Minor::new(9_900), PaymentStatus::Succeeded));
    assert_eq!(billed.now().await, (InvoiceStatus::Paid, 9_900, 0));
    assert_eq!(billed.balance(Account::Clearing).await, 99_000_000);
    assert_eq!(billed.balance(Account::Receivable(billed.invoice.tenant_id)).await, 0);
    assert_eq!(billed.count("payment.succeeded").await, 1);
    assert_eq!(billed.count("invoice.paid").await, 1);
    let again = billed.pay("visa", None).await.unwrap_err();
    assert!(matches!(again, AppError::Refused(_)), "{again}");
    billed.assert_books().await;
}

// PAY-02 less makes it Partially Paid, the rest Paid
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn two_parts_settle_the_invoice(#[case] engine: Engine) {
    let Some(billed) = Billed::fresh(engine).await else { return };
    billed.pay("visa", Some(4_000)).await.unwrap();
    assert_eq!(billed.now().await, (InvoiceStatus::PartiallyPaid, 4_000, 5_900));
    assert_eq!(billed.count("invoice.paid").await, 0);
    billed.assert_books().await;
    billed.pay("visa", None).await.unwrap();
    assert_eq!(billed.now().await, (InvoiceStatus::Paid, 9_900, 0));
    let mut tx = billed.world.begin().await;
    let (partner, invoice) = (billed.partner.partner_id, billed.invoice.invoice_id);
    assert_eq!(payments::paid_on(&mut tx, partner, invoice).await.unwrap(), Minor::new(9_900));
    tx.commit().await.unwrap();
    billed.assert_books().await;
}

// PAY-03 amounts that are refused charge nothing
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn wrong_amounts_are_refused(#[case] engine: Engine) {
    let Some(billed) = Billed::fresh(engine).await else { return };
    for amount in [0, -1, 49, 9_901] {
        let refused = billed.pay("visa", Some(amount)).await;
        assert_eq!(refused_fields(refused), ["amount"], "{amount}");
    }
    assert_eq!(billed.payments().await, []);
    // Ruling 10: what is below the card minimum is never charged, and never becomes overdue.
    billed.pay("visa", Some(9_870)).await.unwrap();
    let rest = billed.pay("visa", None).await.unwrap_err();
    assert!(rest.to_string().contains("$0.30"), "{rest}");
    let due = billed.app().run_due(Some(at("2026-06-29T00:00:00Z"))).await.unwrap();
    assert_eq!((due.overdue, billed.now().await.0), (0, InvoiceStatus::PartiallyPaid));
    billed.assert_books().await;
}

// PAY-07 a decline fails the payment and leaves the invoice
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_declined_card_changes_nothing(#[case] engine: Engine) {
    let Some(billed) = Billed::fresh(engine).await else { return };
    for method in ["declined", "insufficient_funds"] {
        let payment = billed.pay(method, None).await.unwrap();
        assert_eq!(payment.status, PaymentStatus::Failed);
        assert!(payment.failure.is_some());
    }
    assert_eq!(billed.now().await, (InvoiceStatus::Sent, 0, 9_900));
    assert_eq!(billed.balance(Account::Clearing).await, 0);
    assert_eq!(billed.count("payment.failed").await, 2);
    // Whoever asks for a payment is answered; nothing failed by itself.
    assert_eq!(billed.count("invoice.failed").await, 0);
    billed.pay("visa", None).await.unwrap();
    assert_eq!(billed.now().await.0, InvoiceStatus::Paid);
    billed.assert_books().await;
}

// PAY-12 a double click is one payment, also for a part of the balance
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_same_request_twice_charges_once(#[case] engine: Engine) {
    let Some(billed) = Billed::fresh(engine).await else { return };
    let owner = billed.partner.partner_id;
    let mut wanted = billed.wanted("visa", Some(4_000)).await;
    wanted.request = Some("click-1".to_owned());
    let app = billed.app();
    let (first, second) = tokio::join!(app.collect(owner, &wanted), app.collect(owner, &wanted));
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!(first.payment.payment_id, second.payment.payment_id);
    let third = app.collect(owner, &wanted).await.unwrap();
    assert_eq!(third.payment.status, PaymentStatus::Succeeded);
    assert_eq!(billed.now().await, (InvoiceStatus::PartiallyPaid, 4_000, 5_900));
    assert_eq!(billed.payments().await.len(), 1);
    assert_eq!(billed.balance(Account::Clearing).await, 40_000_000);
    let other = Collect { amount: Some(Minor::new(4_100)), ..wanted };
    assert_eq!(refused_fields(app.collect(owner, &other).await), ["request"]);
    billed.assert_books().await;
}

// PAY-13 ten full payments at once are one charge
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn parallel_payments_never_exceed_the_balance(#[case] engine: Engine) {
    let Some(billed) = Billed::fresh(engine).await else { return };
    let wanted = billed.wanted("visa", None).await;
    let pay = || billed.app().collect(billed.partner.partner_id, &wanted);
    // All begun before any is done: each has a connection of its own where the engine has many.
    let outcomes: [_; 10] =
        tokio::join!(pay(), pay(), pay(), pay(), pay(), pay(), pay(), pay(), pay(), pay()).into();
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    for error in outcomes.into_iter().filter_map(Result::err) {
        assert!(matches!(error, AppError::PaymentInProgress | AppError::Refused(_)), "{error}");
    }
    assert_eq!(billed.now().await, (InvoiceStatus::Paid, 9_900, 0));
    assert_eq!(billed.payments().await.len(), 1);
    assert_eq!(billed.balance(Account::Clearing).await, 99_000_000);
    billed.assert_books().await;
}

// PAY-13 a process that dies between writing and asking blocks others until it is reconciled
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_attempt_left_by_a_crash_is_asked_again(#[case] engine: Engine) {
    let Some(billed) = Billed::fresh(engine).await else { return };
    let (owner, app) = (billed.partner.partner_id, billed.app());
    let wanted = billed.wanted("visa", None).await;
    let Begun::New(attempt) = app.begin_payment(owner, &wanted).await.unwrap() else {
        panic!("a new request")
    };
    for blocked in [
        billed.pay("visa", None).await.unwrap_err(),
        app.mark_paid(owner, &billed.elsewhere(None, "cheque")).await.unwrap_err(),
        app.cancel_invoice(owner, (wanted.invoice_id, 1), "asked for").await.unwrap_err(),
    ] {
        assert!(matches!(blocked, AppError::PaymentInProgress), "{blocked}");
    }
    assert_eq!(app.reconcile().await.unwrap(), Reconciled { settled: 1, open: 0 });
    assert_eq!(billed.now().await, (InvoiceStatus::Paid, 9_900, 0));
    // The answer may arrive again, late or twice: it counts once.
    let late = Ok(charge("late", ChargeStatus::Succeeded));
    app.settle(owner, &attempt, (&late, Asking::Again)).await.unwrap();
    let declined = Err(ProcessorError::Declined(Decline::default()));
    app.settle(owner, &attempt, (&declined, Asking::Again)).await.unwrap();
    assert_eq!(app.reconcile().await.unwrap(), Reconciled::default());
    assert_eq!(billed.balance(Account::Clearing).await, 99_000_000);
    assert_eq!(
        (billed.count("payment.succeeded").await, billed.count("payment.failed").await),
        (1, 0)
    );
    billed.assert_books().await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_lost_answer_is_found_by_asking_again(#[case] engine: Engine) {
    let Some(billed) = Billed::fresh(engine).await else { return };
    let payment = billed.pay("lost_answer", None).await.unwrap();
    assert_eq!(payment.status, PaymentStatus::Pending);
    let mut tx = billed.world.begin().await;
    let owner = billed.partner.partner_id;
    let attempts = attempts::of_payment(&mut tx, owner, payment.payment_id).await.unwrap();
    assert_eq!(attempts.iter().map(|it| it.state).collect::<Vec<_>>(), [AttemptState::Unknown]);
    tx.commit().await.unwrap();
    assert_eq!(billed.now().await, (InvoiceStatus::Sent, 0, 9_900));
    assert_eq!(billed.app().reconcile().await.unwrap(), Reconciled { settled: 1, open: 0 });
    assert_eq!(billed.now().await, (InvoiceStatus::Paid, 9_900, 0));
    billed.assert_books().await;
}

// INV-12 paid elsewhere: a payment of kind manual with its note, and no gateway
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_payment_made_elsewhere_is_noted(#[case] engine: Engine) {
    let Some(billed) = Billed::fresh(engine).await else { return };
    billed.pay("visa", Some(4_000)).await.unwrap();
    let owner = billed.partner.partner_id;
    let paid = billed.elsewhere(None, " cheque 17 ");
    let collected = billed.app().mark_paid(owner, &paid).await.unwrap();
    let payment = &collected.payment;
    assert_eq!((payment.method.as_str(), payment.note.as_str()), ("manual", "cheque 17"));
    assert_eq!(payment.amount, Minor::new(5_900));
    assert_eq!(billed.now().await, (InvoiceStatus::Paid, 9_900, 0));
    let mut tx = billed.world.begin().await;
    assert_eq!(attempts::of_payment(&mut tx, owner, payment.payment_id).await.unwrap(), []);
    tx.commit().await.unwrap();
    assert_eq!(billed.balance(Account::Clearing).await, 40_000_000);
    assert_eq!(billed.balance(Account::OfflineReceipts).await, 59_000_000);
    let again = billed.app().mark_paid(owner, &paid).await.unwrap_err();
    assert!(matches!(again, AppError::Refused(_)), "{again}");
    billed.assert_books().await;
}

// INV-22 a partly paid one past due shows Overdue and keeps its paid amount
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_overdue_invoice_can_still_be_paid(#[case] engine: Engine) {
    let Some(billed) = Billed::fresh(engine).await else { return };
    let (owner, id) = (billed.partner.partner_id, billed.invoice.invoice_id);
    billed.pay("visa", Some(4_000)).await.unwrap();
    billed.world.advance("2026-06-15T23:59:59Z");
    assert!(!billed.app().mark_overdue(owner, id).await.unwrap());
    billed.world.advance("2026-06-20T00:00:00Z");
    assert!(billed.app().mark_overdue(owner, id).await.unwrap());
    assert!(!billed.app().mark_overdue(owner, id).await.unwrap());
    assert_eq!(billed.now().await, (InvoiceStatus::Overdue, 4_000, 5_900));
    assert_eq!(billed.count("invoice.overdue").await, 1);
    billed.pay("visa", Some(1_000)).await.unwrap();
    assert_eq!(billed.now().await, (InvoiceStatus::Overdue, 5_000, 4_900));
    billed.pay("visa", None).await.unwrap();
    assert_eq!(billed.now().await, (InvoiceStatus::Paid, 9_900, 0));
    billed.assert_books().await;
}
