//! Journals balance, and fees in advance are earned to the cent.

use proptest::prelude::*;

use super::*;
use crate::{ids::TenantId, ledger::Account};

fn day(text: &str) -> Day {
    Day::parse(text).expect("a day")
}

fn entry(amount: i64) -> JournalEntry<'static> {
    JournalEntry {
        day: day("2026-05-31"),
        transaction: "ltx_1",
        place: (7, 0),
        source: ("invoice", "inv_1"),
        kind: "charge",
        description: "Invoice INV-000001",
        tenant: "tnt_1",
        accounts: ("receivable:tnt_1", "partner_revenue"),
        amount: Micros::new(amount),
        currency: Currency::USD,
    }
}

fn check(format: JournalFormat, amount: i64, expected: &str) {
    let mut out = String::new();
    entry(amount).write(format, &mut out).expect("known accounts");
    assert_eq!(out, expected, "{format:?}");
}

// BEY-13
#[test]
fn a_transfer_is_a_debit_and_a_credit() {
    check(
        JournalFormat::Plain,
        110_520_000,
        "2026-05-31,ltx_1,7.0,invoice,inv_1,charge,Invoice INV-000001,tnt_1,1100,Accounts \
         receivable,110.52,,USD\r\n\
         2026-05-31,ltx_1,7.0,invoice,inv_1,charge,Invoice INV-000001,tnt_1,4000,Service \
         revenue,,110.52,USD\r\n",
    );
    check(
        JournalFormat::QuickBooks,
        110_520_000,
        "7,05/31/2026,Accounts receivable,110.52,,Invoice INV-000001,tnt_1,USD\r\n\
         7,05/31/2026,Service revenue,,110.52,Invoice INV-000001,tnt_1,USD\r\n",
    );
    check(
        JournalFormat::Xero,
        1_400,
        "7 Invoice INV-000001,05/31/2026,Invoice INV-000001,1100,Tax Exempt,0.0014,Tenant,tnt_1\r\n\
         7 Invoice INV-000001,05/31/2026,Invoice INV-000001,4000,Tax Exempt,-0.0014,Tenant,tnt_1\
         \r\n",
    );
    let unknown = JournalEntry { accounts: ("gold", "wallet"), ..entry(1) };
    let refused = unknown.write(JournalFormat::Plain, &mut String::new());
    assert_eq!(refused, Err(UnknownAccount("gold".to_owned())));
    for format in JournalFormat::ALL {
        assert_eq!(JournalFormat::parse(format.as_str()), Some(format));
        assert!(format.header().ends_with("\r\n") && !format.header().contains("  "));
    }
}

// BEY-13
#[test]
fn every_account_is_in_the_chart_once() {
    let tenant = TenantId::from_bits(1);
    let all = [
        Account::Wallet,
        Account::OperatorCash,
        Account::OperatorRevenue,
        Account::Promotion,
        Account::Receivable(tenant),
        Account::TenantBalance(tenant),
        Account::PartnerRevenue,
        Account::TaxPayable,
        Account::Clearing,
        Account::OfflineReceipts,
        Account::ApplicationFees,
        Account::Refunds,
        Account::WriteOffs,
    ];
    let codes: std::collections::BTreeSet<&str> =
        all.iter().map(|it| chart(&it.to_string()).expect("in the chart").code).collect();
    assert_eq!(codes.len(), CHART.len());
}

// BEY-13
#[test]
fn a_years_fee_is_earned_by_the_day() {
    let (from, until) = (day("2026-01-15"), day("2027-01-15"));
    let fee = Deferral { from, until, amount: Minor::new(120_000) };
    assert_eq!(fee.earned_before(day("2026-01-15")), Minor::ZERO);
    // 17 of 365 days: 5,589.04
    assert_eq!(fee.earned_before(day("2026-02-01")), Minor::new(5_589));
    assert_eq!(fee.earned_before(day("2030-01-01")), Minor::new(120_000));
    let may = Earned::in_month(&fee, (day("2026-05-01"), day("2026-06-01")));
    assert_eq!(may.before.get() + may.during.get() + may.deferred.get(), 120_000);
    assert_eq!(may.during, Minor::new(10_192));
}

proptest! {
    // BEY-13 months add up to the fee, and none takes more than it
    #[test]
    fn months_add_up(amount in -500_000i64..500_000, start in 0i64..365, days in 1i64..400) {
        let from = day("2026-01-01").plus_days(start);
        let fee = Deferral { from, until: from.plus_days(days), amount: Minor::new(amount) };
        let mut first = day("2026-01-01");
        let mut sum = 0;
        while first < day("2028-03-01") {
            let next = first.plus_days(first.days_in_month().into());
            let month = Earned::in_month(&fee, (first, next));
            prop_assert_eq!(month.before.get(), sum);
            sum += month.during.get();
            prop_assert!(month.during.get().abs() <= amount.abs());
            first = next;
        }
        prop_assert_eq!(sum, amount);
    }
}
