//! The page of an invoice that whoever has its link sees and pays on.

use app::{checkout::NewCheckout, outside::PaymentSettings};
use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use domain::{checkout::CheckoutStatus, invoice::status::InvoiceStatus, payment::PaymentStatus};
use rstest::rstest;
use tower::ServiceExt;

use super::collect::Billed;
use crate::harness::{Engine, builders::at};

struct Page {
    status: StatusCode,
    location: String,
    headers: axum::http::HeaderMap,
    text: String,
}

/// An invoice behind one server: what it began goes on while it lives.
struct Paged {
    billed: Billed,
    server: axum::Router,
}

impl std::ops::Deref for Paged {
    type Target = Billed;

    fn deref(&self) -> &Billed {
        &self.billed
    }
}

async fn with_pages(engine: Engine) -> Option<Paged> {
    let mut billed = Billed::fresh(engine).await?;
    let base_url = "https://pay.example".to_owned();
    billed.world.app.outside.payments = PaymentSettings { base_url, ..PaymentSettings::default() };
    let server = web::router(billed.world.app.clone());
    Some(Paged { billed, server })
}

async fn link(billed: &Billed) -> String {
    let Billed { partner, invoice, .. } = billed;
    let link = billed.app().invoice_link(partner.partner_id, invoice.invoice_id).await.unwrap();
    link.url.strip_prefix("https://pay.example").unwrap().to_owned()
}

async fn ask(billed: &Paged, request: Request<Body>) -> Page {
    let response = billed.server.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, 10_000_000).await.unwrap();
    let location = parts.headers.get(header::LOCATION);
    Page {
        status: parts.status,
        location: location.map_or(String::new(), |it| it.to_str().unwrap().to_owned()),
        headers: parts.headers,
        text: String::from_utf8_lossy(&body).into_owned(),
    }
}

async fn look(billed: &Paged, path: &str) -> Page {
    // Customers come by any name.
    let request = Request::get(path).header(header::HOST, "pay.example");
    ask(billed, request.body(Body::empty()).unwrap()).await
}

async fn send(billed: &Paged, path: &str, form: &str) -> Page {
    let request = Request::post(path).header(header::HOST, "pay.example");
    let kind = "application/x-www-form-urlencoded";
    ask(billed, request.header(header::CONTENT_TYPE, kind).body(form.to_owned().into()).unwrap())
        .await
}

/// What a page's hidden field says.
fn hidden(page: &Page, name: &str) -> String {
    let (_, rest) = page.text.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
    rest.split('"').next().unwrap().to_owned()
}

// BEY-11 open the link logged out, pay, the receipt arrives, the invoice is Paid
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn whoever_has_the_link_sees_and_pays(#[case] engine: Engine) {
    let Some(billed) = with_pages(engine).await else { return };
    let path = link(&billed).await;
    let page = look(&billed, &path).await;
    assert_eq!(page.status, StatusCode::OK);
    for part in ["Invoice INV-000001", "oak-voice", "$99.00", "Acme Dental", "Pay now"] {
        assert!(page.text.contains(part), "{part} in {}", page.text);
    }
    // TPO-08 nothing of the platform; nothing that needs a script or leaks the address.
    for part in ["Trunkline", "Example Telecom", "<script", "style=", "application_fee", "acct_"] {
        assert!(!page.text.contains(part), "{part}");
    }
    let header = |name: &str| page.headers.get(name).unwrap().to_str().unwrap();
    assert_eq!((header("cache-control"), header("referrer-policy")), ("no-store", "no-referrer"));
    assert!(header("content-security-policy").contains("default-src 'none'"));
    let file = look(&billed, &format!("{path}/pdf")).await;
    assert!(file.text.starts_with("%PDF"));
    let form =
        format!("amount=99.00&method=visa&email=pat%40acme.example&form={}", hidden(&page, "form"));
    // PAY-12 a double click is one payment.
    for _ in 0..2 {
        let paid = send(&billed, &format!("{path}/pay"), &form).await;
        assert_eq!(
            (paid.status, paid.location),
            (StatusCode::SEE_OTHER, format!("{path}?notice=succeeded"),)
        );
    }
    assert_eq!(billed.now().await, (InvoiceStatus::Paid, 9_900, 0));
    assert_eq!(billed.payments().await.len(), 1);
    let after = look(&billed, &format!("{path}?notice=succeeded")).await;
    assert!(after.text.contains("has arrived") && !after.text.contains("Pay now"));
    billed.app().run_jobs(billed.app().clock.now()).await.unwrap();
    let mails = billed.app().outside.mail.kept();
    let receipts: Vec<_> = mails.iter().filter(|it| it.subject.starts_with("Receipt")).collect();
    assert_eq!(receipts.len(), 2);
    // The mail that brought the invoice carries the link.
    let brought = mails.iter().find(|it| it.subject.starts_with("Invoice INV-000001")).unwrap();
    assert!(brought.body.contains(&format!("https://pay.example{path}")), "{}", brought.body);
    billed.assert_books().await;
}

// BEY-11 PAY-03 PAY-13 what is refused says why and charges nothing; two tabs are one charge
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_is_refused_says_why(#[case] engine: Engine) {
    let Some(billed) = with_pages(engine).await else { return };
    let path = link(&billed).await;
    let (one, other) = (look(&billed, &path).await, look(&billed, &path).await);
    let pay = format!("{path}/pay");
    let form = |page: &Page, amount: &str, method: &str| {
        format!("amount={amount}&method={method}&form={}", hidden(page, "form"))
    };
    for amount in ["0", "-1", "200", "x", "", "1e9", "99999999999999999999"] {
        let refused = send(&billed, &pay, &form(&one, amount, "visa")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{amount}");
    }
    for wrong in
        [form(&one, "99", "gold"), "amount=99&method=visa&form=x".to_owned(), String::new()]
    {
        let refused = send(&billed, &pay, &wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
    assert_eq!(billed.payments().await, []);
    let declined = send(&billed, &pay, &form(&one, "99.00", "declined")).await;
    assert!(declined.location.ends_with("notice=failed"), "{}", declined.location);
    let fresh = look(&billed, &path).await;
    let first = send(&billed, &pay, &form(&fresh, "99.00", "visa")).await;
    assert!(first.location.ends_with("notice=succeeded"));
    let second = send(&billed, &pay, &form(&other, "99.00", "visa")).await;
    assert_eq!(second.status, StatusCode::CONFLICT);
    let came = billed.payments().await;
    let came = came.iter().filter(|payment| payment.status == PaymentStatus::Succeeded);
    assert_eq!(came.count(), 1);
    billed.assert_books().await;
}

// BEY-11 in the sandbox the payer is the bank, without a script
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_payment_is_confirmed_on_the_page(#[case] engine: Engine) {
    let Some(billed) = with_pages(engine).await else { return };
    let path = link(&billed).await;
    let page = look(&billed, &path).await;
    let form = format!("amount=99.00&method=authenticate&form={}", hidden(&page, "form"));
    send(&billed, &format!("{path}/pay"), &form).await;
    let waits = look(&billed, &path).await;
    assert!(waits.text.contains("Confirm your payment"));
    let form = format!("payment={}&authentication=passed", hidden(&waits, "payment"));
    let confirmed = send(&billed, &format!("{path}/confirm"), &form).await;
    assert!(confirmed.location.ends_with("notice=succeeded"), "{}", confirmed.location);
    assert_eq!(billed.now().await.0, InvoiceStatus::Paid);
}

// BEY-11 INV-24 a revoked link opens nothing, nor does one that was guessed
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn links_are_revoked_and_replaced(#[case] engine: Engine) {
    let Some(billed) = with_pages(engine).await else { return };
    let (owner, invoice_id) = (billed.partner.partner_id, billed.invoice.invoice_id);
    let first = link(&billed).await;
    assert_eq!(link(&billed).await, first);
    billed.app().replace_invoice_link(owner, invoice_id).await.unwrap();
    let second = link(&billed).await;
    assert_ne!(first, second);
    assert_eq!(look(&billed, &first).await.status, StatusCode::NOT_FOUND);
    assert_eq!(look(&billed, &second).await.status, StatusCode::OK);
    assert!(billed.app().revoke_invoice_link(owner, invoice_id).await.unwrap());
    for path in [&second, "/i/x", "/i/%27%20or%201=1", &format!("/i/{}", "0".repeat(64))] {
        for end in ["", "/pdf"] {
            let page = look(&billed, &format!("{path}{end}")).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}{end}");
        }
        let page = send(&billed, &format!("{path}/pay"), "amount=99&method=visa").await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
    }
    // Mails carry none any more.
    billed.app().run_jobs(billed.app().clock.now()).await.unwrap();
    let mails = billed.app().outside.mail.kept();
    assert!(mails.iter().all(|mail| !mail.body.contains("https://pay.example")));
}

// BEY-11 whoever tries tokens is slowed down
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn links_are_not_guessed(#[case] engine: Engine) {
    let Some(billed) = with_pages(engine).await else { return };
    // Allowances come back with time, so a slow machine has to ask more often.
    let mut refused = None;
    for number in 0..2_000 {
        let status = look(&billed, &format!("/i/{number}")).await.status;
        if status == StatusCode::TOO_MANY_REQUESTS {
            refused = Some(number);
            break;
        }
        assert_eq!(status, StatusCode::NOT_FOUND);
    }
    assert!(refused.is_some_and(|number| number >= 100), "{refused:?}");
}

// PAY-11 a session's payment completes it once; whatever else happens it expires
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_checkout_session_is_completed_by_its_payment(#[case] engine: Engine) {
    let Some(billed) = with_pages(engine).await else { return };
    let (owner, app) = (billed.partner.partner_id, billed.app());
    let new = NewCheckout {
        invoice_id: billed.invoice.invoice_id,
        amount: Some(domain::money::Minor::new(4_000)),
        success_url: Some("https://app.example/thanks".to_owned()),
    };
    let left = app.create_checkout(owner, &new).await.unwrap().checkout.checkout_id;
    let session = app.create_checkout(owner, &new).await.unwrap();
    let url = session.url.unwrap();
    let path = url.strip_prefix("https://pay.example").unwrap();
    let page = look(&billed, path).await;
    assert!(page.text.contains("value=\"40.00\""), "{}", page.text);
    let form = format!("amount=40.00&method=visa&form={}", hidden(&page, "form"));
    let (to, query) = path.split_once('?').unwrap();
    let paid = send(&billed, &format!("{to}/pay?{query}"), &form).await;
    assert_eq!(paid.status, StatusCode::SEE_OTHER);
    let checkout_id = session.checkout.checkout_id;
    let complete = app.find_checkout(owner, checkout_id).await.unwrap();
    assert_eq!((complete.checkout.status, complete.url), (CheckoutStatus::Complete, None));
    assert_eq!(complete.checkout.payment_id, Some(billed.payments().await[0].payment_id));
    assert_eq!(billed.count("checkout.session.completed").await, 1);
    assert!(look(&billed, path).await.text.contains("https://app.example/thanks"));
    app.run_due(Some(at("2026-06-03T12:00:00Z"))).await.unwrap();
    let expired = app.find_checkout(owner, left).await.unwrap();
    assert_eq!((expired.checkout.status, expired.url), (CheckoutStatus::Expired, None));
    assert_eq!(billed.now().await, (InvoiceStatus::PartiallyPaid, 4_000, 5_900));
    billed.assert_books().await;
}
