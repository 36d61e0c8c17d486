//! How the engines find pages of long lists.

use domain::{
    invoice::{issued::InvoiceKind, status::InvoiceStatus},
    paging::{Order, PageRequest},
    time::Day,
};
use rstest::rstest;
use store::{
    db::Tx,
    invoices::{InvoiceFilter, InvoiceSort, list_plan},
};

use crate::harness::{Engine, World, builders::at};

const INVOICES: u32 = 20_000;

/// A partner with many invoices: few of a rare kind, few of each tenant.
async fn many(engine: Engine) -> Option<(World, domain::account::Partner)> {
    let (world, partner) = World::with_partner(engine).await?;
    let tenant = world.tenant(&partner, "ACME").await.tenant_id;
    world
        .execute(&format!(
            "insert into invoice
               (partner_id, invoice_id, tenant_id, kind, billing_key, number, status, currency,
                zone, issued_at, due_day, subtotal_minor, tax_minor, total_minor, credit_minor,
                paid_minor, refunded_minor, issued_as, created_at, version)
             with recursive n(i) as (select cast(1 as bigint) union all select i + 1 from n where i < {INVOICES})
             select '{}', 'inv_' || i,
               case when i % 400 = 0 then '{tenant}' else 'tnt_' || (i % 400) end,
               case when i % 5000 = 0 then 'final' else 'period' end, '' || i,
               'INV-' || (100000 + i), 'paid', 'USD', 'UTC', i * 1000000, (2000 + i / 40) * 10000 + 101,
               1, 0, 1, 0, 1, 0, '{{}}', i * 1000000, 1
             from n",
            partner.partner_id
        ))
        .await;
    if matches!(world.begin().await, Tx::Postgres(_)) {
        // The server does this by itself; SQLite is asked as it is.
        world.execute("analyze").await;
    }
    Some((world, partner))
}

fn text(text: &str) -> InvoiceFilter {
    InvoiceFilter { text: Some(text.to_owned()), ..InvoiceFilter::default() }
}

// INV-04 INV-25 no filter of the list reads all invoices, nor sorts them
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn each_filter_of_invoices_has_an_index(#[case] engine: Engine) {
    let Some((world, partner)) = many(engine).await else { return };
    let all = InvoiceFilter::default;
    let (some, more) =
        (Day::from_number(20_030_101).unwrap(), Day::from_number(24_900_101).unwrap());
    let (since, until) = (at("1970-01-01T00:05:00Z"), at("1970-01-01T00:10:00Z"));
    let by = |sort: InvoiceSort, order: Order| (sort, order);
    let newest = by(InvoiceSort::Created, Order::Descending);
    let by_issue = by(InvoiceSort::Issued, Order::Descending);
    let by_due = by(InvoiceSort::Due, Order::Ascending);
    let cases = [
        ("all", all(), newest, "invoice_newest"),
        (
            "paid",
            InvoiceFilter { status: Some(InvoiceStatus::Overdue), ..all() },
            newest,
            "invoice_of_status",
        ),
        (
            "a rare kind",
            InvoiceFilter { kind: Some(InvoiceKind::Final), ..all() },
            newest,
            "invoice_of_kind",
        ),
        (
            "issued since",
            InvoiceFilter { issued_since: Some(since), ..all() },
            by_issue,
            "invoice_by_issue",
        ),
        (
            "issued until",
            InvoiceFilter { issued_until: Some(until), ..all() },
            by_issue,
            "invoice_by_issue",
        ),
        (
            "issued between",
            InvoiceFilter { issued_since: Some(since), issued_until: Some(until), ..all() },
            by_issue,
            "invoice_by_issue",
        ),
        ("due since", InvoiceFilter { due_since: Some(more), ..all() }, by_due, "invoice_by_due"),
        ("due until", InvoiceFilter { due_until: Some(some), ..all() }, by_due, "invoice_by_due"),
        ("a number", text("inv-100777"), newest, "invoice_by_number"),
        ("a tenant", text("acme"), newest, "tenant_id"),
        ("nothing", text("zzz"), newest, "invoice_by_number"),
        ("most numbers", text("INV-1"), newest, "invoice_by_number"),
    ];
    for (name, filter, (sort, order), index) in cases {
        let looks_up = filter.text.is_some();
        let request = PageRequest { limit: 50, order, from: None };
        let mut tx = world.begin().await;
        let plan = list_plan(&mut tx, partner.partner_id, filter, (sort, &request)).await;
        let plan = plan.unwrap().join("\n");
        assert!(plan.contains(index), "{name}: {plan}");
        let reads_all =
            ["Seq Scan on invoice", "SCAN invoice"].iter().any(|step| plan.contains(step));
        // A thousand of so few are joined by reading all, of many more they are looked up.
        assert!(!reads_all || name == "most numbers", "{name}: {plan}");
        let sorts = plan.contains("Sort Key") || plan.contains("TEMP B-TREE FOR ORDER BY");
        assert!(looks_up || !sorts, "{name}: {plan}");
    }
}
