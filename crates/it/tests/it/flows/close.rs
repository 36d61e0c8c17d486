//! Periods close: what is due happens once, in order, and the invoices say why.

use app::{close::DueReport, setup::NewTenant};
use domain::{
    account::{ChargeKind, Partner, Tenant},
    ids::TenantId,
    invoice::{
        issued::{Invoice, InvoiceKind},
        status::InvoiceStatus,
    },
    money::{Micros, Minor, Nanos},
};
use rstest::rstest;

use super::ingest::{ACME, ACME_FREE, OUTSIDE, wallet};
use crate::harness::{
    CallLine, Engine, World,
    builders::{START, at},
};

impl World {
    async fn run_due(&self, until: &str) -> DueReport {
        self.app.run_due(Some(at(until))).await.unwrap()
    }

    async fn invoices(&self, partner: &Partner, tenant_id: TenantId) -> Vec<Invoice> {
        let mut tx = self.begin().await;
        let owner = (partner.partner_id, tenant_id);
        store::invoices::of_tenant(&mut tx, owner, (None, 100)).await.unwrap()
    }

    /// The lines of an invoice as `description = cents`.
    async fn lines(&self, invoice: &Invoice) -> Vec<String> {
        let mut tx = self.begin().await;
        let id = invoice.invoice_id;
        let lines = store::invoices::lines(&mut tx, invoice.partner_id, id).await.unwrap();
        lines
            .iter()
            .map(|line| format!("{} = {}", line.facts.kind.as_str(), line.amount.get()))
            .collect()
    }

    async fn on_profile(&self, partner: &Partner, prefix: &str, profile: &str) -> Tenant {
        let mut new = NewTenant::named(prefix, prefix, &format!("books@{prefix}.example"));
        new.profile_id = Some(self.profile(partner, profile).await);
        self.app.create_tenant(partner.partner_id, &new).await.unwrap()
    }
}

fn days(invoice: &Invoice) -> (String, String) {
    (invoice.issue_day.unwrap().to_string(), invoice.due_day.unwrap().to_string())
}

// CYC-02, CYC-12, INV-18, INV-21, MET-09, MET-11 usage of May is on the invoice of 1 June
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_payg_month_is_invoiced_on_the_first(#[case] engine: Engine) {
    let Some((world, partner)) = World::with_partner(engine).await else { return };
    let tenant = world.on_profile(&partner, "acme", "Pay-As-You-Go").await;
    let numbers = [ACME, ACME_FREE];
    world.app.assign_numbers(partner.partner_id, tenant.tenant_id, &numbers).await.unwrap();
    let names = ["101".to_owned(), "102".to_owned()];
    world.app.add_extensions(partner.partner_id, tenant.tenant_id, &names).await.unwrap();
    world
        .calls(&[
            CallLine::new("1", (OUTSIDE, ACME), at("2026-05-03T10:00:00Z"), 600),
            CallLine::new("2", (ACME, OUTSIDE), at("2026-05-31T23:59:59Z"), 600),
            // CYC-04 ends at local midnight: it belongs to June
            CallLine::new("3", (ACME, OUTSIDE), at("2026-06-01T00:00:00Z"), 600),
        ])
        .await;
    let report = world.run_due("2026-06-05T00:00:00Z").await;
    assert_eq!((report.invoices, report.periods), (1, 1));
    let invoices = world.invoices(&partner, tenant.tenant_id).await;
    let [invoice] = &invoices[..] else { panic!("{invoices:?}") };
    let lines = ["extensions = 3000", "dids = 300", "toll_free_dids = 500", "usage = 60"];
    assert_eq!(world.lines(invoice).await, lines);
    assert_eq!((invoice.total, invoice.number.as_deref()), (Minor::new(3_860), Some("INV-000001")));
    assert_eq!(days(invoice), ("2026-06-01".to_owned(), "2026-06-16".to_owned()));
    // again, and with nobody having run it for months
    assert_eq!(world.run_due("2026-06-05T00:00:00Z").await.invoices, 0);
    let report = world.run_due("2026-09-02T00:00:00Z").await;
    assert_eq!(report.invoices, 3);
    let invoices = world.invoices(&partner, tenant.tenant_id).await;
    let numbers: Vec<&str> =
        invoices.iter().map(|invoice| invoice.number.as_deref().unwrap()).collect();
    assert_eq!(numbers, ["INV-000001", "INV-000002", "INV-000003", "INV-000004"]);
    let usage = world.lines(&invoices[1]).await;
    assert_eq!(usage.last().map(String::as_str), Some("usage = 30"));
    for pair in invoices.windows(2) {
        assert_eq!(pair[0].period.unwrap().end, pair[1].period.unwrap().start);
    }
    world.assert_clean().await;
}

// CYC-01, CYC-03, CYC-05, CYC-08 anniversaries keep their day and look back
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_flat_plan_is_invoiced_on_its_day(#[case] engine: Engine) {
    let Some((world, partner)) = World::with_partner(engine).await else { return };
    world.advance("2026-05-31T09:00:00Z");
    let tenant = world.on_profile(&partner, "acme", "Flat Rate Starter").await;
    world.run_due("2026-09-15T00:00:00Z").await;
    let invoices = world.invoices(&partner, tenant.tenant_id).await;
    let issued: Vec<String> = invoices.iter().map(|invoice| days(invoice).0).collect();
    assert_eq!(issued, ["2026-06-30", "2026-07-31", "2026-08-31"]);
    assert!(invoices.iter().all(|invoice| invoice.total == Minor::new(9_900)));
    world.assert_clean().await;
}

// MET-11, ruling 5 a late call changes only what comes next, and once
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_late_call_is_billed_on_the_next_invoice(#[case] engine: Engine) {
    let Some((world, partner)) = World::with_partner(engine).await else { return };
    let tenant = world.on_profile(&partner, "acme", "Pay-As-You-Go").await;
    let numbers = [ACME];
    world.app.assign_numbers(partner.partner_id, tenant.tenant_id, &numbers).await.unwrap();
    let call = |id: &str, end: &str| CallLine::new(id, (OUTSIDE, ACME), at(end), 600);
    world.calls(&[call("1", "2026-05-03T10:00:00Z")]).await;
    world.run_due("2026-06-02T00:00:00Z").await;
    let first = world.invoices(&partner, tenant.tenant_id).await.remove(0);
    world.calls(&[call("2", "2026-05-20T10:00:00Z"), call("3", "2026-06-01T10:00:00Z")]).await;
    world.run_due("2026-07-02T00:00:00Z").await;
    let invoices = world.invoices(&partner, tenant.tenant_id).await;
    assert_eq!((invoices[0].total, &invoices[0].issued_as), (first.total, &first.issued_as));
    assert_eq!(world.lines(&invoices[0]).await, ["dids = 300", "usage = 30"]);
    let lines = ["dids = 300", "usage = 30", "prior_period_usage = 30"];
    assert_eq!(world.lines(&invoices[1]).await, lines);
    world.run_due("2026-08-02T00:00:00Z").await;
    let invoices = world.invoices(&partner, tenant.tenant_id).await;
    assert_eq!(world.lines(&invoices[2]).await, ["dids = 300"]);
    world.assert_clean().await;
}

// INV-30, INV-31, PRO-22, TAX-05 charges, taxes and credit meet on one invoice
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn charges_taxes_and_credit_are_applied(#[case] engine: Engine) {
    let Some((world, partner)) = World::with_partner(engine).await else { return };
    let tenant = world.on_profile(&partner, "acme", "Flat Rate Starter").await;
    let charge = app::setup::NewCharge {
        tenant_id: tenant.tenant_id,
        kind: ChargeKind::OneTime,
        description: "Porting".to_owned(),
        quantity: Micros::new(2_000_000),
        unit_price: Nanos::parse("25").unwrap(),
        taxable: true,
        starts_at: None,
        ends_at: None,
    };
    world.app.add_charge(partner.partner_id, &charge).await.unwrap();
    for (code, rate) in [("US-AR", "0.065"), ("US-AR-Pulaski", "0.01")] {
        let new = app::setup::NewTax {
            code: code.to_owned(),
            name: code.to_owned(),
            rate: rate.to_owned(),
            enabled: true,
        };
        world.app.create_tax(partner.partner_id, &new).await.unwrap();
    }
    let codes = ["US-AR".to_owned(), "US-AR-Pulaski".to_owned()];
    world.app.set_tenant_taxes(partner.partner_id, tenant.tenant_id, &codes).await.unwrap();
    let credit = app::setup::NewCredit {
        tenant_id: tenant.tenant_id,
        amount: Minor::new(20_000),
        reason: "Outage".to_owned(),
    };
    world.app.give_credit(partner.partner_id, &credit).await.unwrap();
    world.run_due("2026-07-02T00:00:00Z").await;
    let invoices = world.invoices(&partner, tenant.tenant_id).await;
    assert_eq!(world.lines(&invoices[0]).await, ["base_fee = 9900", "one_time = 5000"]);
    // 149.00 x 0.065 = 9.685 -> 9.69, x 0.01 = 1.49
    assert_eq!((invoices[0].tax, invoices[0].total), (Minor::new(1_118), Minor::new(16_018)));
    assert_eq!((invoices[0].status, invoices[0].due()), (InvoiceStatus::Paid, Minor::ZERO));
    // the rest of the credit goes to the next one, the charge does not come again
    assert_eq!(world.lines(&invoices[1]).await, ["base_fee = 9900"]);
    assert_eq!(invoices[1].credited, Minor::new(20_000 - 16_018));
    assert_eq!(invoices[1].status, InvoiceStatus::Sent);
    world.assert_clean().await;
}

// CYC-06 the fee in advance at activation, usage with the period it belongs to
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_fee_in_advance_is_billed_at_activation(#[case] engine: Engine) {
    let Some((world, partner)) = World::with_partner(engine).await else { return };
    let mut terms = domain::profile::automatic_profiles(partner.currency)[1].clone();
    terms.name = "Flat in advance".to_owned();
    terms.base_fee_timing = domain::profile::BaseFeeTiming::Advance;
    let saved = world.app.create_profile(partner.partner_id, &terms).await.unwrap();
    let mut new = NewTenant::named("acme", "acme", "books@acme.example");
    new.profile_id = Some(saved.version.profile_id);
    let tenant = world.app.create_tenant(partner.partner_id, &new).await.unwrap();
    world.run_due("2026-05-01T00:00:00Z").await;
    let invoices = world.invoices(&partner, tenant.tenant_id).await;
    assert_eq!(invoices.len(), 1);
    assert_eq!(invoices[0].kind, InvoiceKind::Advance);
    assert_eq!(world.lines(&invoices[0]).await, ["base_fee = 9900"]);
    world.run_due("2026-06-02T00:00:00Z").await;
    let invoices = world.invoices(&partner, tenant.tenant_id).await;
    assert_eq!(world.lines(&invoices[1]).await, ["base_fee = 9900"]);
    assert_eq!(invoices.len(), 2);
    world.assert_clean().await;
}

// CYC-14, F-07 the final invoice covers the days so far; nothing comes after it
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_cancelled_tenant_gets_one_final_invoice(#[case] engine: Engine) {
    let Some((world, partner)) = World::with_partner(engine).await else { return };
    let tenant = world.on_profile(&partner, "acme", "Flat Rate Starter").await;
    world.run_due("2026-06-01T00:00:00Z").await;
    world.advance("2026-06-15T12:00:00Z");
    let cancel = domain::tenant::TenantEvent::Cancel;
    world.app.change_tenant(partner.partner_id, tenant.tenant_id, cancel).await.unwrap();
    world.run_due("2026-10-01T00:00:00Z").await;
    let invoices = world.invoices(&partner, tenant.tenant_id).await;
    assert_eq!(invoices.len(), 2);
    assert_eq!((invoices[1].kind, days(&invoices[1]).0), (InvoiceKind::Final, "2026-06-15".into()));
    // 99 x 15/30
    assert_eq!(world.lines(&invoices[1]).await, ["base_fee = 4950"]);
    world.assert_clean().await;
}

// MET-19, PLT-14, PLT-15 in full on the first, the rest of the month for what is added in it
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn extensions_and_numbers_are_debited_monthly(#[case] engine: Engine) {
    let Some((world, partner)) = World::with_partner(engine).await else { return };
    let tenant = world.tenant(&partner, "acme").await;
    world.advance("2026-05-16T12:00:00Z");
    let start = wallet(&world, &partner).await;
    let names = ["101".to_owned()];
    world.app.add_extensions(partner.partner_id, tenant.tenant_id, &names).await.unwrap();
    let spent = |now: Micros| start.minus(now).unwrap();
    assert_eq!(spent(wallet(&world, &partner).await), Micros::new(1_550_000));
    world.app.assign_numbers(partner.partner_id, tenant.tenant_id, &[ACME]).await.unwrap();
    assert_eq!(spent(wallet(&world, &partner).await), Micros::new(1_550_000 + 1_750_000));
    world.run_due("2026-06-01T00:00:00Z").await;
    world.run_due("2026-06-02T00:00:00Z").await;
    let june = 3_000_000 + 1_750_000;
    assert_eq!(spent(wallet(&world, &partner).await), Micros::new(3_300_000 + june));
    world.assert_clean().await;
}

// INV-22 at the due day's last second it is sent, then overdue
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_unpaid_invoice_is_overdue_the_day_after(#[case] engine: Engine) {
    let Some((world, partner)) = World::with_partner(engine).await else { return };
    let tenant = world.on_profile(&partner, "acme", "Flat Rate Starter").await;
    world.run_due("2026-06-16T23:59:00Z").await;
    let status = async || world.invoices(&partner, tenant.tenant_id).await[0].status;
    assert_eq!(status().await, InvoiceStatus::Sent);
    assert_eq!(world.run_due("2026-06-17T00:00:00Z").await.overdue, 1);
    assert_eq!(status().await, InvoiceStatus::Overdue);
    world.assert_clean().await;
}

// PRO-11 a trial profile converts by itself, and billing starts that day
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_trial_profile_converts_by_itself(#[case] engine: Engine) {
    let Some((world, partner)) = World::with_partner(engine).await else { return };
    let paid = world.profile(&partner, "Flat Rate Starter").await;
    let mut terms = domain::profile::automatic_profiles(partner.currency)[1].clone();
    terms.name = "Trial".to_owned();
    terms.base_fee = Minor::ZERO;
    terms.trial = Some(domain::profile::TrialTerms { days: 30, convert_to: paid });
    let saved = world.app.create_profile(partner.partner_id, &terms).await.unwrap();
    let mut new = NewTenant::named("acme", "acme", "books@acme.example");
    new.profile_id = Some(saved.version.profile_id);
    new.status = app::setup::StartingStatus::Trial;
    let tenant = world.app.create_tenant(partner.partner_id, &new).await.unwrap();
    let report = world.run_due("2026-07-02T00:00:00Z").await;
    assert_eq!((report.trials_converted, report.invoices), (1, 1));
    let invoices = world.invoices(&partner, tenant.tenant_id).await;
    assert_eq!(invoices[0].period.unwrap().start, at("2026-05-31T00:00:00Z"));
    world.assert_clean().await;
}

// BEY-06 one flipped amount is named
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_flipped_amount_is_found_and_named(#[case] engine: Engine) {
    let Some((world, partner)) = World::with_partner(engine).await else { return };
    let tenant = world.on_profile(&partner, "acme", "Pay-As-You-Go").await;
    world.app.assign_numbers(partner.partner_id, tenant.tenant_id, &[ACME]).await.unwrap();
    let call = CallLine::new("1", (OUTSIDE, ACME), at("2026-05-03T10:00:00Z"), 600);
    world.calls(&[call]).await;
    world.run_due("2026-06-02T00:00:00Z").await;
    world.assert_clean().await;
    for (flip, kinds) in [
        ("update call set retail_nanos = retail_nanos + 1", vec!["call_retail_price", "roll_up"]),
        ("update call set retail_nanos = retail_nanos - 1", vec![]),
        ("update usage_day set billed_seconds = billed_seconds + 6", vec!["roll_up"]),
        ("update usage_day set billed_seconds = billed_seconds - 6", vec![]),
        (
            "update ledger_transfer set amount_micros = amount_micros + 1
             where debit_account = 'wallet' and kind = 'usage_local'",
            vec!["ledger_hash", "balance", "usage_debit"],
        ),
        (
            "update ledger_transfer set amount_micros = amount_micros - 1
             where debit_account = 'wallet' and kind = 'usage_local'",
            vec![],
        ),
        ("update invoice set total_minor = total_minor + 1", vec!["invoice_total", "receivable"]),
        ("update invoice set total_minor = total_minor - 1", vec![]),
        ("update invoice_line set amount_minor = amount_minor + 1", vec!["line_amount"]),
        ("update invoice_line set amount_minor = amount_minor - 1", vec![]),
        ("update account_balance set net_debit_micros = net_debit_micros + 1", vec!["balance"]),
    ] {
        world.execute(flip).await;
        let report = world.app.check(None).await.unwrap();
        let found: Vec<&str> = report.findings.iter().map(|finding| finding.kind).collect();
        assert!(kinds.iter().all(|kind| found.contains(kind)), "{flip}: {found:?}");
        assert_eq!(found.is_empty(), kinds.is_empty(), "{flip}: {found:?}");
    }
}

// PRO-08, WAL-01 one retail rate, but wholesale cost stays split by class for each tenant
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn metering_stays_split_under_one_rate(#[case] engine: Engine) {
    let Some((world, partner)) = World::with_partner(engine).await else { return };
    let tenant = world.on_profile(&partner, "acme", "Pay-As-You-Go").await;
    let numbers = [ACME, ACME_FREE];
    world.app.assign_numbers(partner.partner_id, tenant.tenant_id, &numbers).await.unwrap();
    world
        .calls(&[
            CallLine::new("1", (OUTSIDE, ACME), at("2026-05-03T10:00:00Z"), 600),
            CallLine::new("2", (OUTSIDE, ACME_FREE), at("2026-05-03T11:00:00Z"), 600),
        ])
        .await;
    let mut tx = world.begin().await;
    let ids = [tenant.tenant_id];
    let usage = store::usage::of_tenants(&mut tx, partner.partner_id, &ids, at(START));
    let mut usage: Vec<(&str, i64, i64)> = usage
        .await
        .unwrap()
        .iter()
        .map(|(key, sum)| (key.class.as_str(), sum.wholesale_seconds, sum.wholesale.get()))
        .collect();
    usage.sort_unstable();
    assert_eq!(usage, [("local", 600, 200_000), ("toll_free", 600, 220_000)]);
    drop(tx);
    world.run_due("2026-06-01T00:00:00Z").await;
    let invoices = world.invoices(&partner, tenant.tenant_id).await;
    // PRO-07 twenty minutes on one line
    let lines = world.lines(&invoices[0]).await;
    assert_eq!(lines.last().map(String::as_str), Some("usage = 60"));
}

// CYC-10 what the tenant's record says of its period is what the next invoice covers
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_open_period_is_the_next_invoices(#[case] engine: Engine) {
    let Some((world, partner)) = World::with_partner(engine).await else { return };
    let tenant = world.on_profile(&partner, "acme", "Flat Rate Starter").await;
    world.run_due("2026-07-02T00:00:00Z").await;
    let mut tx = world.begin().await;
    let owner = partner.partner_id;
    let open = store::tenants::find(&mut tx, owner, tenant.tenant_id).await.unwrap().unwrap();
    drop(tx);
    world.run_due("2026-08-02T00:00:00Z").await;
    let last = world.invoices(&partner, tenant.tenant_id).await.pop().unwrap();
    let period = last.period.unwrap();
    assert_eq!((open.open_start, open.open_end), (Some(period.start), Some(period.end)));
    assert_eq!((open.next_action_at, last.issued_at), (Some(period.end), Some(period.end)));
}

// INV-27, INV-33 issuing tells of number, tenant, period, totals and status, by own ids only
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn issuing_an_invoice_is_told_once(#[case] engine: Engine) {
    let Some((world, partner)) = World::with_partner(engine).await else { return };
    let other = world.partner("elm-voice").await;
    let tenant = world.on_profile(&partner, "acme", "Flat Rate Starter").await;
    world.run_due("2026-06-01T00:00:00Z").await;
    let mut tx = world.begin().await;
    let page = store::events::page(&mut tx, partner.partner_id, None, 1_000).await.unwrap();
    let told: Vec<serde_json::Value> = page
        .iter()
        .filter(|(_, event)| event.kind == "invoice.created")
        .map(|(_, event)| serde_json::from_str(&event.payload).unwrap())
        .collect();
    let [payload] = &told[..] else { panic!("{told:?}") };
    let invoice = &payload["invoice"];
    assert_eq!(invoice["number"], "INV-000001");
    assert_eq!(invoice["tenant_id"], tenant.tenant_id.to_string());
    assert_eq!(invoice["period"]["start"], "2026-05-01T00:00:00Z");
    assert_eq!(invoice["period"]["end"], "2026-06-01T00:00:00Z");
    assert_eq!((&invoice["total"], &invoice["currency"]), (&"99.00".into(), &"USD".into()));
    assert_eq!((&invoice["status"], &invoice["due_date"]), (&"sent".into(), &"2026-06-16".into()));
    let foreign = store::events::page(&mut tx, other.partner_id, None, 1_000).await.unwrap();
    assert!(foreign.iter().all(|(_, event)| !event.kind.starts_with("invoice.")));
}

// PRO-21, WAL-02 what tenants pay and what their partner pays know nothing of each other
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn another_profile_changes_no_wallet_debit(#[case] engine: Engine) {
    let mut spent = Vec::new();
    for profile in ["Pay-As-You-Go", "Flat Rate Starter"] {
        let Some((world, partner)) = World::with_partner(engine).await else { return };
        let tenant = world.on_profile(&partner, "acme", profile).await;
        world.app.assign_numbers(partner.partner_id, tenant.tenant_id, &[ACME]).await.unwrap();
        let before = wallet(&world, &partner).await;
        let call = CallLine::new("1", (OUTSIDE, ACME), at("2026-05-03T10:00:00Z"), 600);
        world.calls(&[call]).await;
        spent.push(before.minus(wallet(&world, &partner).await).unwrap());
    }
    assert_eq!(spent, [Micros::new(200_000), Micros::new(200_000)]);
}
