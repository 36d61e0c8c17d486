//! The books for accountants (BEY-13), and findings of `check` about what went back.

use domain::{accounting::JournalFormat, ledger::Flow, refund::Destination};
use rstest::rstest;

use super::*;

async fn journal(billed: &Billed, month: &str, wanted: (Flow, JournalFormat)) -> String {
    let owner = billed.partner.partner_id;
    let request = billed.app().journal_request(owner, month, wanted).await.unwrap();
    let (mut text, mut next) = (String::new(), Some(None));
    while let Some(place) = next {
        let (part, after) = billed.app().journal_part(&request, place).await.unwrap();
        text += &part;
        next = after.map(Some);
    }
    text
}

/// The sums of two columns of a journal, in cents.
fn sums(text: &str, (debit, credit): (usize, usize)) -> (i64, i64) {
    let cents = |cell: &str| {
        if cell.is_empty() { 0 } else { domain::money::parse_decimal(cell, 6).unwrap() }
    };
    text.lines().skip(1).fold((0, 0), |sum, line| {
        let cells: Vec<&str> = line.trim_end().split(',').collect();
        (sum.0 + cents(cells[debit]), sum.1 + cents(cells[credit]))
    })
}

// BEY-13 debits equal credits; a closed month gives the same bytes whatever happens later
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn journals_balance_and_never_change(#[case] engine: Engine) {
    let Some(billed) = Billed::paid(engine, "visa").await else { return };
    billed.refund(Destination::Card, Some(5_526)).await.unwrap();
    billed.refund(Destination::Credit, Some(1_000)).await.unwrap();
    billed.run_due("2026-06-03T00:00:00Z").await;
    let plain = (Flow::Retail, JournalFormat::Plain);
    let may = journal(&billed, "2026-05", plain).await;
    let (debits, credits) = sums(&may, (10, 11));
    assert_eq!(debits, credits);
    assert!(debits > 0 && may.contains(",4900,Refunds and credits,50.93,,USD\r\n"), "{may}");
    let quickbooks = journal(&billed, "2026-05", (Flow::Retail, JournalFormat::QuickBooks)).await;
    assert_eq!(sums(&quickbooks, (3, 4)), (debits, credits));
    let xero = journal(&billed, "2026-05", (Flow::Retail, JournalFormat::Xero)).await;
    assert_eq!(sums(&xero, (5, 5)).0, 0);
    assert_eq!(may.lines().count(), xero.lines().count());
    let wholesale = journal(&billed, "2026-06", (Flow::Wholesale, JournalFormat::Plain)).await;
    let (debits, credits) = sums(&wholesale, (10, 11));
    assert_eq!(debits, credits);
    billed.refund(Destination::Card, None).await.unwrap();
    billed.run_due("2026-07-03T00:00:00Z").await;
    assert_eq!(journal(&billed, "2026-05", plain).await, may);
    let june = journal(&billed, "2026-06", plain).await;
    assert!(june.contains(",refund,") && !may.contains("2026-06"), "{june}");
    for month in ["2026-13", "2026-5", "may", "1800-01"] {
        let owner = billed.partner.partner_id;
        let refused = billed.app().journal_request(owner, month, plain).await;
        assert!(matches!(refused, Err(AppError::Invalid(_))), "{month}");
    }
}

// BEY-13 a fee in advance is earned by the day, and months add up to it
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn fees_in_advance_are_deferred(#[case] engine: Engine) {
    use domain::{cycle::Every, profile::*};
    let Some((world, partner)) = World::with_partner(engine).await else { return };
    let [_, flat] = automatic_profiles(partner.currency);
    let terms = ProfileTerms {
        name: "Quarterly in advance".to_owned(),
        cycle: BillingCycle::Anniversary,
        every: Every::Quarter,
        base_fee: Minor::new(9_200),
        base_fee_timing: BaseFeeTiming::Advance,
        ..flat
    };
    let owner = partner.partner_id;
    let profile = world.app.create_profile(owner, &terms).await.unwrap();
    let mut new = app::setup::NewTenant::named("Acme", "acme", "books@acme.example");
    new.profile_id = Some(profile.version.profile_id);
    world.app.create_tenant(owner, &new).await.unwrap();
    world.app.run_due(Some(at("2026-09-01T00:00:00Z"))).await.unwrap();
    let earned = async |month: &str| {
        let report = world.app.deferred_report(owner, month).await.unwrap();
        let (text, rest) = world.app.deferred_part(&report, None).await.unwrap();
        assert!(rest.is_none());
        let rows: Vec<Vec<String>> =
            text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect();
        let cells = |row: &Vec<String>| {
            let end = row.len();
            row[end - 4..end - 1].join(" ")
        };
        (rows.iter().map(cells).collect::<Vec<_>>(), text)
    };
    // 1 May to 31 July: 92 days at 1.00.
    let (may, text) = earned("2026-05").await;
    assert_eq!(may, ["0.00 31.00 61.00"]);
    assert_eq!(earned("2026-06").await.0, ["31.00 30.00 31.00"]);
    assert_eq!(earned("2026-07").await.0, ["61.00 31.00 0.00"]);
    // 1 August to 31 October: 92 days again.
    assert_eq!(earned("2026-08").await.0, ["0.00 31.00 61.00"]);
    world.app.run_due(Some(at("2026-12-01T00:00:00Z"))).await.unwrap();
    assert_eq!(earned("2026-05").await.1, text);
}

// BEY-06 REF-08 BEY-13 what was tampered with is found
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn check_finds_what_was_tampered_with(#[case] engine: Engine) {
    let Some(billed) = Billed::paid(engine, "visa").await else { return };
    billed.refund(Destination::Card, Some(1_000)).await.unwrap();
    for (tamper, undo, kind) in [
        (
            "update invoice set refunded_minor = 900",
            "update invoice set refunded_minor = 1000",
            "invoice_refunded",
        ),
        (
            "update payment set refunded_minor = 1",
            "update payment set refunded_minor = 1000",
            "payment_refunded",
        ),
        (
            "update credit_note set amount_minor = 999",
            "update credit_note set amount_minor = 1000",
            "credit_notes",
        ),
        (
            "update credit_note_number set next_number = 5",
            "update credit_note_number set next_number = 2",
            "credit_note_numbers",
        ),
        (
            "update ledger_tx set purpose = 'other' where source_type = 'refund'",
            "update ledger_tx set purpose = 'settle' where source_type = 'refund'",
            "refund_bookings",
        ),
    ] {
        billed.world.execute(tamper).await;
        let report = billed.app().check(None).await.unwrap();
        let found: Vec<&str> = report.findings.iter().map(|finding| finding.kind).collect();
        assert!(found.contains(&kind), "{tamper}: {found:?}");
        billed.world.execute(undo).await;
        billed.world.assert_clean().await;
    }
}
