//! Charges, reported usage, credits and ledger amounts as rows.

use domain::{
    account::{Charge, ChargeKind, Credit},
    ids::{CreditId, InvoiceId},
    ledger::{Account, Flow, LedgerTx, Transfer, TransferKind, TxSource},
    money::{Micros, Minor, Nanos},
    time::Timestamp,
};
use rstest::rstest;
use store::{
    charges, charges::UsageReport, credits, credits::CreditUse, error::StoreError, ledger,
};

use crate::harness::{
    Engine, World,
    builders::{START, at, id, span},
};

fn day(day: u32) -> Timestamp {
    at(&format!("2026-05-{day:02}T00:00:00Z"))
}

fn charge(number: u128, tenant: u128, kind: ChargeKind, from: u32) -> Charge {
    Charge {
        charge_id: id(number),
        tenant_id: id(tenant),
        kind,
        description: "Porting".to_owned(),
        quantity: Micros::new(2_000_000),
        unit_price: Nanos::new(i64::MIN),
        taxable: true,
        starts_at: day(from),
        ends_at: None,
    }
}

// PRO-22 a one-time charge is on one invoice, once
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_one_time_charge_is_due_until_an_invoice_has_it(#[case] engine: Engine) {
    let Some(world) = World::fresh(engine).await else { return };
    let mut tx = world.begin().await;
    let may = span("2026-05-01T00:00:00Z", "2026-05-31T00:00:00Z");
    let (once, other) =
        (charge(1, 1, ChargeKind::OneTime, 2), charge(2, 2, ChargeKind::OneTime, 2));
    let later = charge(3, 1, ChargeKind::OneTime, 31);
    for charge in [&once, &other, &later] {
        charges::insert(&mut tx, id(1), charge, at(START)).await.unwrap();
    }
    let tenants = [id(1), id(2)];
    let due = charges::due(&mut tx, id(1), &tenants, may).await.unwrap();
    assert_eq!(due, [once.clone(), other.clone()]);
    assert_eq!(charges::due(&mut tx, id(2), &tenants, may).await.unwrap(), []);
    assert_eq!(charges::find(&mut tx, id(1), id(1)).await.unwrap(), Some(once.clone()));
    assert_eq!(charges::find(&mut tx, id(2), id(1)).await.unwrap(), None);

    charges::put_on_invoice(&mut tx, id(1), &[id(1)], id(7)).await.unwrap();
    assert_eq!(charges::due(&mut tx, id(1), &tenants, may).await.unwrap(), [other]);
    let both = charges::put_on_invoice(&mut tx, id(1), &[id(1), id(2)], id(8)).await;
    assert!(matches!(both.unwrap_err(), StoreError::Stale("the charge")));
    let billed = charges::end(&mut tx, id(1), id(1), day(9)).await.unwrap_err();
    assert!(matches!(billed, StoreError::Stale("the charge")), "{billed}");
    let page = charges::page(&mut tx, id(1), (id(1), None), 9).await.unwrap();
    assert_eq!(page, [once, later]);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_recurring_charge_is_due_while_it_runs(#[case] engine: Engine) {
    let Some(world) = World::fresh(engine).await else { return };
    let mut tx = world.begin().await;
    let mut running = charge(1, 1, ChargeKind::Recurring, 10);
    charges::insert(&mut tx, id(1), &running, at(START)).await.unwrap();
    charges::end(&mut tx, id(1), id(1), day(20)).await.unwrap();
    running.ends_at = Some(day(20));
    for (from, until, is_due) in [(1, 10, false), (1, 11, true), (19, 25, true), (20, 25, false)] {
        let span = domain::time::Span { start: day(from), end: day(until) };
        let due = charges::due(&mut tx, id(1), &[id(1)], span).await.unwrap();
        assert_eq!(due.len(), usize::from(is_due), "from {from} to {until}");
    }
    // A withdrawn one-time charge is never due.
    let once = charge(2, 1, ChargeKind::OneTime, 10);
    charges::insert(&mut tx, id(1), &once, at(START)).await.unwrap();
    charges::end(&mut tx, id(1), id(2), day(11)).await.unwrap();
    let may = span("2026-05-01T00:00:00Z", "2026-05-31T00:00:00Z");
    assert_eq!(charges::due(&mut tx, id(1), &[id(1)], may).await.unwrap(), [running]);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_same_usage_report_counts_once(#[case] engine: Engine) {
    let Some(world) = World::fresh(engine).await else { return };
    let mut tx = world.begin().await;
    let report = |report_id: &str, on: u32, quantity: i64| UsageReport {
        charge_id: id(1),
        report_id: report_id.to_owned(),
        at: day(on),
        quantity: Micros::new(quantity),
    };
    for (report, is_new) in [
        (report("a", 2, 5), true),
        (report("a", 3, 9), false),
        (report("b", 4, i64::MAX - 5), true),
        (report("c", 31, 1), true),
    ] {
        let kept = charges::report_usage(&mut tx, id(1), id(1), &report).await.unwrap();
        assert_eq!(kept, is_new, "{report:?}");
    }
    let may = span("2026-05-01T00:00:00Z", "2026-05-31T00:00:00Z");
    let sums = charges::reported(&mut tx, id(1), &[id(1)], may).await.unwrap();
    assert_eq!(sums, [(id(1), Micros::new(i64::MAX))]);
    assert_eq!(charges::reported(&mut tx, id(2), &[id(1)], may).await.unwrap(), []);
    let first = charges::find_report(&mut tx, id(1), id(1), "a").await.unwrap();
    assert_eq!(first, Some((day(2), Micros::new(5))));
    assert_eq!(charges::find_report(&mut tx, id(2), id(1), "a").await.unwrap(), None);
}

// INV-30 a credit is used up, oldest first, and never more than there is
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_credit_never_gives_more_than_it_has(#[case] engine: Engine) {
    let Some(world) = World::fresh(engine).await else { return };
    let mut tx = world.begin().await;
    let credit = |number: u128, tenant: u128| Credit {
        credit_id: CreditId::from_bits(number),
        tenant_id: id(tenant),
        amount: Minor::new(1_000),
        remaining: Minor::new(1_000),
        reason: "outage".to_owned(),
        created_at: at(START),
    };
    for credit in [credit(2, 1), credit(1, 1), credit(3, 2)] {
        credits::insert(&mut tx, id(1), &credit).await.unwrap();
    }
    let take = |invoice: u128, amount: i64| CreditUse {
        credit_id: CreditId::from_bits(1),
        invoice_id: InvoiceId::from_bits(invoice),
        amount: Minor::new(amount),
    };
    credits::take(&mut tx, id(1), &take(1, 700)).await.unwrap();
    let too_much = credits::take(&mut tx, id(1), &take(2, 301)).await.unwrap_err();
    assert!(matches!(too_much, StoreError::Stale("the credit")), "{too_much}");
    let foreign = credits::take(&mut tx, id(2), &take(2, 1)).await.unwrap_err();
    assert!(matches!(foreign, StoreError::Stale("the credit")), "{foreign}");
    let left = Credit { remaining: Minor::new(300), ..credit(1, 1) };
    assert_eq!(credits::find(&mut tx, id(1), id(1)).await.unwrap(), Some(left.clone()));
    assert_eq!(credits::find(&mut tx, id(2), id(1)).await.unwrap(), None);
    let open = credits::open_of(&mut tx, id(1), &[id(1)]).await.unwrap();
    assert_eq!(open, [left, credit(2, 1)]);
    credits::take(&mut tx, id(1), &take(2, 300)).await.unwrap();
    let open = credits::open_of(&mut tx, id(1), &[id(1), id(2)]).await.unwrap();
    assert_eq!(open, [credit(2, 1), credit(3, 2)]);
    assert_eq!(credits::taken_by(&mut tx, id(1), id(2)).await.unwrap(), [take(2, 300)]);
    assert_eq!(credits::taken_by(&mut tx, id(2), id(2)).await.unwrap(), []);
    assert_eq!(credits::page(&mut tx, id(1), (id(1), Some(id(1))), 9).await.unwrap().len(), 1);
    assert_eq!(credits::open_of(&mut tx, id(2), &[id(1)]).await.unwrap(), []);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_largest_amount_is_kept_exactly(#[case] engine: Engine) {
    let Some(world) = World::fresh(engine).await else { return };
    let mut tx = world.begin().await;
    let largest = Micros::new(i64::MAX);
    let sides = (Account::OperatorCash, Account::Wallet);
    let transfer = Transfer::new(TransferKind::TopUp, None, sides, largest).unwrap().unwrap();
    let source = TxSource { kind: "top_up", id: "1".to_owned(), purpose: "top_up" };
    let posted =
        LedgerTx::new(Flow::Wholesale, at(START), source, (String::new(), vec![transfer])).unwrap();
    assert!(ledger::post_once(&mut tx, id(1), &posted).await.unwrap());
    assert!(!ledger::post_once(&mut tx, id(1), &posted).await.unwrap());
    assert_eq!(ledger::lock_book(&mut tx, id(1)).await.unwrap().wallet(), largest);
    let cash = ledger::balance(&mut tx, id(1), Account::OperatorCash).await.unwrap();
    assert_eq!(cash, largest);
    let page = ledger::page(&mut tx, id(1), 0, 9).await.unwrap();
    assert_eq!(page[0].transfers[0].amount_micros, i64::MAX);
    assert_eq!(ledger::page(&mut tx, id(2), 0, 9).await.unwrap(), []);
}
