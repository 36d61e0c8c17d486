//! A tenant's billing pages: what it owes, how it pays, what it sees of it.

use domain::{
    account::AutoPay,
    ids::MethodId,
    invoice::status::InvoiceStatus,
    payment::PaymentStatus,
    tenant::{LimitName, SuspensionReason, TenantEvent, TenantStatus},
    user::Role,
};
use rstest::rstest;

use crate::harness::{Browser, CallLine, Engine, People, browser::email_of, builders::at};

const NUMBER: &str = "+15015550111";
const OUTSIDE: &str = "+12125550199";

/// What a page's first hidden field of this name says.
pub(super) fn hidden(page: &str, name: &str) -> String {
    let (_, rest) = page
        .split_once(&format!("name=\"{name}\" value=\""))
        .unwrap_or_else(|| panic!("no {name} in {page}"));
    rest.split('"').next().unwrap().to_owned()
}

/// Whether a page says all of this.
#[track_caller]
pub(super) fn says(page: &str, texts: &[&str]) {
    for text in texts {
        assert!(page.contains(text), "{text} is not in {page}");
    }
}

/// People whose tenant has a number and calls of three minutes in May.
async fn with_calls(engine: Engine) -> Option<People> {
    let people = People::fresh(engine).await?;
    let (partner_id, tenant_id) = (people.partner.partner_id, people.tenant.tenant_id);
    let app = &people.world.app;
    app.assign_numbers(partner_id, tenant_id, &[NUMBER]).await.unwrap();
    let ended = at("2026-05-03T10:00:00Z");
    let calls = [
        CallLine::new("1", (OUTSIDE, NUMBER), ended, 60),
        CallLine::new("2", (NUMBER, OUTSIDE), ended.plus_seconds(3_600), 120),
    ];
    people.world.calls(&calls).await;
    Some(people)
}

/// The same in June, with the invoice of May and its id.
async fn billed(engine: Engine) -> Option<(People, String)> {
    let people = with_calls(engine).await?;
    people.world.app.advance_clock(at("2026-06-02T00:00:00Z")).await.unwrap();
    let invoice = invoice(&people).await;
    Some((people, invoice.invoice_id.to_string()))
}

async fn invoice(people: &People) -> domain::invoice::issued::Invoice {
    let owner = (people.partner.partner_id, people.tenant.tenant_id);
    let filter = app::invoices::InvoiceFilter { tenant_id: Some(owner.1), ..Default::default() };
    let page = domain::paging::PageRequest::newest(10);
    let sort = app::invoices::InvoiceSort::Issued;
    let found = people.world.app.invoice_page(owner.0, filter, (sort, &page)).await.unwrap();
    found.rows.into_iter().next().unwrap()
}

async fn payments(people: &People) -> Vec<domain::payment::Payment> {
    let page = domain::paging::PageRequest::newest(10);
    let filter = app::invoices::PaymentFilter {
        tenant_id: Some(people.tenant.tenant_id),
        ..Default::default()
    };
    let app = &people.world.app;
    let found = app.payment_page(people.partner.partner_id, filter, &page).await.unwrap();
    found.rows.into_iter().map(|(payment, _)| payment).collect()
}

async fn methods(people: &People) -> Vec<domain::processor::SavedMethod> {
    let page = domain::paging::PageRequest::newest(50);
    let owner = Some(people.tenant.tenant_id);
    let filter = app::methods::MethodFilter { owner, status: None };
    let app = &people.world.app;
    app.payment_methods(people.partner.partner_id, filter, &page).await.unwrap().rows
}

async fn page(browser: &mut Browser<'_>, path: &str) -> String {
    browser.get(path).await.expect(200).text()
}

// TPO-02 TPO-03 TPO-05 five sections; the estimate is the invoice to come
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_billing_page_says_what_the_period_will_cost(#[case] engine: Engine) {
    let Some(people) = with_calls(engine).await else { return };
    let mut admin = people.signed_in(Role::TenantAdmin).await;
    let billing = page(&mut admin, "/my/billing").await;
    says(
        &billing,
        &[
            "Subscription summary",
            "Usage this period",
            "Payment methods",
            ">Invoices<",
            "Payment history",
            "Pay-As-You-Go",
            "Pay as you go",
            "Active",
            "May 1 – May 31, 2026",
            "June 1, 2026",
            "3.00",
        ],
    );
    // TPO-03 pay as you go has no fee.
    assert!(!billing.contains("Monthly fee"));
    let (_, rest) = billing.split_once("Estimated total, before tax").unwrap();
    let (_, rest) = rest.split_once("<strong>").unwrap();
    let estimate = rest.split('<').next().unwrap().to_owned();
    people.world.app.advance_clock(at("2026-06-02T00:00:00Z")).await.unwrap();
    let issued = invoice(&people).await;
    assert_eq!(estimate, issued.currency.display(issued.subtotal));
}

// PAY-01 PAY-02 PAY-12 TPO-06 TPO-07 a part, twice the same form, then the rest
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_invoice_is_paid_in_parts_and_never_twice(#[case] engine: Engine) {
    let Some((people, id)) = billed(engine).await else { return };
    let mut admin = people.signed_in(Role::TenantAdmin).await;
    let list = page(&mut admin, "/my/invoices").await;
    says(&list, &["INV-000001", "June 1, 2026", "Sent", "Pay Now", "PDF"]);
    let path = format!("/my/invoices/{id}");
    let open = page(&mut admin, &path).await;
    says(&open, &["Subtotal", "Total", "Balance due", "Show calls", "Pay this invoice"]);
    let method = methods(&people).await[0].method_id.to_string();
    let form = hidden(&open, "form");
    let pay = format!("{path}/pay");
    let part = [("form", form.as_str()), ("amount", "1.00"), ("method", method.as_str())];
    let answer = admin.post(&pay, &part).await.expect(303);
    assert_eq!(answer.header("location"), format!("{path}?done=paid"));
    admin.post(&pay, &part).await.expect(303);
    assert_eq!(payments(&people).await.len(), 1, "one form is one payment");
    let invoice_now = invoice(&people).await;
    assert_eq!(invoice_now.status, InvoiceStatus::PartiallyPaid);
    let open = page(&mut admin, &path).await;
    says(&open, &["Partially Paid", "Payments of this invoice", "Succeeded"]);
    // PAY-03: refused with what was typed.
    for wrong in ["0", "-1", "100000", "1.005", "<script>", "💸"] {
        let form = hidden(&open, "form");
        let fields = [("form", form.as_str()), ("amount", wrong), ("method", method.as_str())];
        let answer = admin.post(&pay, &fields).await.expect(422).text();
        let kept = wrong.replace('<', "&lt;").replace('>', "&gt;");
        says(&answer, &[&format!("value=\"{kept}\""), "aria-invalid=\"true\""]);
    }
    let form = hidden(&open, "form");
    let rest = [("form", form.as_str()), ("amount", ""), ("method", method.as_str())];
    admin.post(&pay, &rest).await.expect(303);
    assert_eq!(invoice(&people).await.status, InvoiceStatus::Paid);
    assert!(!page(&mut admin, &path).await.contains("Pay this invoice"));
    people.world.assert_clean().await;
}

// PAY-05 PAY-10 the receipt goes to whoever pays and to the tenant; the history has each payment
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_payment_has_a_receipt_and_stands_in_the_history(#[case] engine: Engine) {
    let Some((people, id)) = billed(engine).await else { return };
    let mut admin = people.signed_in(Role::TenantAdmin).await;
    let method = people.world.saved_method(&people.tenant, "declined").await.to_string();
    let path = format!("/my/invoices/{id}");
    let form = hidden(&page(&mut admin, &path).await, "form");
    let fields = [("form", form.as_str()), ("amount", ""), ("method", method.as_str())];
    let answer = admin.post(&format!("{path}/pay"), &fields).await.expect(303);
    // PAY-09 PAY-13: the reason is told, and another method can be tried.
    let failed = page(&mut admin, answer.header("location")).await;
    says(&failed, &["The payment did not come through", "Pay this invoice"]);
    let good = methods(&people).await.into_iter().find(|it| it.is_default).unwrap();
    let (form, good) = (hidden(&failed, "form"), good.method_id.to_string());
    let fields = [("form", form.as_str()), ("amount", ""), ("method", good.as_str())];
    admin.post(&format!("{path}/pay"), &fields).await.expect(303);
    let history = page(&mut admin, "/my/payments").await;
    says(&history, &["Succeeded", "Failed", "INV-000001"]);
    let paid = payments(&people).await;
    let paid = paid.iter().find(|it| it.status == PaymentStatus::Succeeded).unwrap();
    let receipt = page(&mut admin, &format!("/my/payments/{}", paid.payment_id)).await;
    says(&receipt, &["Receipt", "INV-000001", "Succeeded", "oak-voice"]);
    // PAY-15: neither fees nor ids of the processor.
    let reference = paid.reference.clone().unwrap();
    assert!(!receipt.contains(&reference) && !receipt.to_lowercase().contains("fee"));
    let mails = people.mails_to(&email_of(Role::TenantAdmin)).await;
    assert!(mails.iter().any(|mail| mail.body.contains("INV-000001")), "{mails:?}");
}

// A payment that the bank wants confirmed goes on from the invoice's page.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_payment_is_confirmed_where_the_bank_asks_for_it(#[case] engine: Engine) {
    let Some((people, id)) = billed(engine).await else { return };
    let mut admin = people.signed_in(Role::TenantAdmin).await;
    let method = people.world.saved_method(&people.tenant, "authenticate").await.to_string();
    let path = format!("/my/invoices/{id}");
    let form = hidden(&page(&mut admin, &path).await, "form");
    let fields = [("form", form.as_str()), ("amount", ""), ("method", method.as_str())];
    let answer = admin.post(&format!("{path}/pay"), &fields).await.expect(303);
    let waits = page(&mut admin, answer.header("location")).await;
    says(&waits, &["Your bank wants you to confirm this payment"]);
    let payment = payments(&people).await[0].payment_id;
    let confirm = format!("/my/payments/{payment}/confirm");
    admin.post(&confirm, &[("answer", "passed")]).await.expect(303);
    assert_eq!(invoice(&people).await.status, InvoiceStatus::Paid);
}

// PMT-04 PMT-08 PMT-09 PMT-12 TPO-09 PAY-06
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn methods_are_added_once_made_default_and_deleted(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let foreign = people.world.saved_method(&people.other_tenant, "mastercard").await;
    let mut admin = people.signed_in(Role::TenantAdmin).await;
    let billing = page(&mut admin, "/my/billing").await;
    says(&billing, &["Visa •••• 4242", "Default", "Auto-pay"]);
    let once = hidden(&billing, "once");
    let add = [("once", once.as_str()), ("test_method", "mastercard")];
    admin.post("/my/methods", &add).await.expect(303);
    admin.post("/my/methods", &add).await.expect(303);
    assert_eq!(methods(&people).await.len(), 2, "one form adds one method");
    // PMT-11 tells of it
    let kinds = people.world.event_kinds(&people.partner).await;
    assert!(kinds.iter().any(|kind| kind == "payment_method.attached"), "{kinds:?}");
    let once = hidden(&page(&mut admin, "/my/billing").await, "once");
    for wrong in ["", "nothing", "<script>alert(1)</script>", &"x".repeat(10_000)] {
        let fields = [("once", once.as_str()), ("test_method", wrong)];
        let status = admin.post("/my/methods", &fields).await.status.as_u16();
        assert!(matches!(status, 409 | 422), "{wrong:.20}: {status}");
    }
    let declined = [("once", once.as_str()), ("test_method", "declined_at_once")];
    admin.post("/my/methods", &declined).await.expect(422);
    let all = methods(&people).await;
    let (old, new): (Vec<_>, Vec<_>) = all.into_iter().partition(|it| it.is_default);
    let path = |id: MethodId, what: &str| format!("/my/methods/{id}/{what}");
    // PMT-07 the default stays while another could be it
    let version = old[0].version.to_string();
    let seen = [("seen", version.as_str())];
    let refused = admin.post(&path(old[0].method_id, "remove"), &seen).await.expect(409).text();
    says(&refused, &["make another method the default first"]);
    let version = new[0].version.to_string();
    let seen = [("seen", version.as_str())];
    admin.post(&path(new[0].method_id, "default"), &seen).await.expect(303);
    admin.post(&path(new[0].method_id, "default"), &[("seen", "0")]).await.expect(409);
    for method in methods(&people).await.into_iter().filter(|it| !it.is_default) {
        page(&mut admin, &path(method.method_id, "remove")).await;
        let version = method.version.to_string();
        let seen = [("seen", version.as_str())];
        admin.post(&path(method.method_id, "remove"), &seen).await.expect(303);
    }
    let auto =
        |on: &'static str, seen: i64| [("auto_pay", on.to_owned()), ("seen", seen.to_string())];
    let (partner_id, tenant_id) = (people.partner.partner_id, people.tenant.tenant_id);
    let tenant = people.world.app.tenant(partner_id, tenant_id).await.unwrap();
    let fields = auto("on", tenant.version);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, it)| (*name, it.as_str())).collect();
    admin.post("/my/auto-pay", &fields).await.expect(303);
    // Sent twice it finds that somebody was there before, and changes nothing.
    admin.post("/my/auto-pay", &fields).await.expect(409);
    let tenant = people.world.app.tenant(partner_id, tenant_id).await.unwrap();
    assert_eq!(tenant.auto_pay, AutoPay::On);
    // PMT-09 the last one goes after a warning, and auto-pay with it
    let last = methods(&people).await.remove(0);
    let warning = page(&mut admin, &path(last.method_id, "remove")).await;
    says(&warning, &["auto-pay is switched off"]);
    let version = last.version.to_string();
    admin.post(&path(last.method_id, "remove"), &[("seen", &version)]).await.expect(303);
    let tenant = people.world.app.tenant(partner_id, tenant_id).await.unwrap();
    assert_eq!(tenant.auto_pay, AutoPay::Off);
    // PMT-12 another tenant's is not there
    admin.get(&path(foreign, "remove")).await.expect(404);
    for what in ["remove", "default"] {
        admin.post(&path(foreign, what), &[("seen", "1")]).await.expect(404);
    }
}

// TPO-10 TNT-19 TNT-20 PAY-16 LIM-16 C-43
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_suspended_tenant_sees_why_nothing_of_it_and_can_pay(#[case] engine: Engine) {
    let Some((people, id)) = billed(engine).await else { return };
    let (partner_id, tenant_id) = (people.partner.partner_id, people.tenant.tenant_id);
    let app = &people.world.app;
    let reasons = [SuspensionReason::Overdue, SuspensionReason::Limit(LimitName::MonthlySpend)];
    for reason in reasons {
        let event = TenantEvent::Suspend(reason);
        app.change_tenant(partner_id, tenant_id, event).await.unwrap();
    }
    let mut admin = people.signed_in(Role::TenantAdmin).await;
    let start = page(&mut admin, "/").await;
    says(
        &start,
        &["Service suspended", "Your service is suspended", "INV-000001", "Pay Now", "billing@oak"],
    );
    let lower = start.to_lowercase();
    for word in ["limit", " cap", "overdue for", "monthly_spend", "call history"] {
        assert!(!lower.contains(word), "{word} in {start}");
    }
    for closed in ["/my/calls", "/my/calls.csv", "/users"] {
        let answer = admin.get(closed).await.expect(303);
        assert_eq!(answer.header("location"), "/", "{closed}");
    }
    admin.post("/users", &[("email", "a@b.example")]).await.expect(303);
    for open in ["/my/billing", "/my/invoices", "/my/payments", "/profile"] {
        page(&mut admin, open).await;
    }
    let path = format!("/my/invoices/{id}");
    let form = hidden(&page(&mut admin, &path).await, "form");
    let method = methods(&people).await[0].method_id.to_string();
    let fields = [("form", form.as_str()), ("amount", ""), ("method", method.as_str())];
    admin.post(&format!("{path}/pay"), &fields).await.expect(303);
    assert_eq!(invoice(&people).await.status, InvoiceStatus::Paid);
    // Somebody who sees no bills is told whom to ask, and no more.
    let mut user = people.signed_in(Role::TenantUser).await;
    let start = page(&mut user, "/").await;
    says(&start, &["Your service is suspended", "billing@oak"]);
    assert!(!start.contains("INV-"));
    user.get("/my/billing").await.expect(403);
    // Whoever acts for it from above goes on.
    let mut partner = people.signed_in(Role::PartnerAdmin).await;
    partner.post("/act", &[("account", &tenant_id.to_string())]).await.expect(303);
    page(&mut partner, "/my/calls").await;
    let tenant = app.tenant(partner_id, tenant_id).await.unwrap();
    assert_eq!(tenant.life.status(), TenantStatus::Suspended, "the cap still holds it");
}

// DSH-12 LIM-16 TPO-01 TPO-08
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_dashboard_shows_usage_and_no_limits(#[case] engine: Engine) {
    let Some(people) = with_calls(engine).await else { return };
    let (partner_id, tenant_id) = (people.partner.partner_id, people.tenant.tenant_id);
    let edit = app::setup::LimitsEdit {
        monthly_spend: Some(Some("7777.00".to_owned())),
        ..Default::default()
    };
    let limits = people.world.app.tenant_limits(partner_id, tenant_id).await.unwrap();
    let seen = (tenant_id, limits.version);
    people.world.app.edit_limits(partner_id, seen, &edit).await.unwrap();
    let mut admin = people.signed_in(Role::TenantAdmin).await;
    let start = page(&mut admin, "/").await;
    says(&start, &["Extensions", "Phone numbers", "Minutes used", "3.00", "So far, before tax"]);
    let mut user = people.signed_in(Role::TenantUser).await;
    let of_user = page(&mut user, "/").await;
    says(&of_user, &["Minutes used", "3.00"]);
    assert!(!of_user.contains("So far") && !of_user.contains("Billing"));
    for path in ["/", "/my/billing", "/my/calls"] {
        let text = page(&mut admin, path).await;
        for never in ["7,777", "Trunkline", "wholesale", "Example Telecom"] {
            assert!(!text.contains(never), "{never} on {path}");
        }
    }
}

// LAY-02 TEN-16 drafts and what is another tenant's are not there
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn bills_of_others_are_not_there(#[case] engine: Engine) {
    let Some((people, id)) = billed(engine).await else { return };
    let neighbour = people.world.tenant(&people.partner, "NEXT").await;
    let account = domain::user::Account::Tenant(people.partner.partner_id, neighbour.tenant_id);
    people.add(account, Role::TenantAdmin, "next@people.example").await;
    let mut own = people.signed_in(Role::TenantAdmin).await;
    let path = format!("/my/invoices/{id}");
    let open = page(&mut own, &path).await;
    let line = open.split_once("/lines/").unwrap().1.split('"').next().unwrap().to_owned();
    let pdf = own.get(&format!("{path}/pdf")).await.expect(200);
    assert_eq!(pdf.header("content-type"), "application/pdf");
    let calls = page(&mut own, &format!("{path}/lines/{line}")).await;
    says(&calls, &["Billed time", "3:00", OUTSIDE]);
    let call = calls.split_once("/my/calls/").unwrap().1.split('"').next().unwrap().to_owned();
    page(&mut own, &format!("/my/calls/{call}")).await;
    let mut other = people.browser(&own.host);
    other.ip = "203.0.113.99".to_owned();
    other.sign_in("next@people.example", crate::harness::browser::PASSWORD).await.expect(303);
    for path in [
        path.clone(),
        format!("{path}/pdf"),
        format!("{path}/lines/{line}"),
        format!("/my/calls/{call}"),
        "/my/invoices/inv_00000000000000000000000001".to_owned(),
        "/my/invoices/<script>".to_owned().replace('<', "%3C").replace('>', "%3E"),
    ] {
        other.get(&path).await.expect(404);
    }
    other.post(&format!("{path}/pay"), &[("form", "x")]).await.expect(404);
    assert!(!page(&mut other, "/my/invoices").await.contains("INV-"));
}
