//! Pages over HTTP: what they show, to whom, and with which headers.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use rstest::rstest;
use tower::ServiceExt;

use super::collect::Billed;
use crate::harness::Engine;

struct Answer {
    status: StatusCode,
    headers: axum::http::HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

async fn get(billed: &Billed, path: &str, host: &str) -> Answer {
    let request = Request::get(path).header(header::HOST, host).body(Body::empty()).unwrap();
    let response = web::router(billed.world.app.clone()).oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, 10_000_000).await.unwrap().to_vec();
    Answer { status: parts.status, headers: parts.headers, body }
}

const HOST: &str = "127.0.0.1:8080";

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_index_leads_to_the_pdf(#[case] engine: Engine) {
    let Some(billed) = Billed::fresh(engine).await else { return };
    let partner = billed.partner.partner_id;
    for path in ["/".to_owned(), format!("/?partner={partner}")] {
        let page = get(&billed, &path, HOST).await;
        assert_eq!(page.status, StatusCode::OK);
        for part in ["oak-voice", "Acme Dental", "INV-000001", "$99.00", "Sent"] {
            assert!(page.text().contains(part), "{part} in {}", page.text());
        }
        assert!(!page.text().contains("<script") && !page.text().contains("style="));
    }
    let path = format!("/invoices/{partner}/{}/pdf", billed.invoice.invoice_id);
    let file = get(&billed, &path, HOST).await;
    assert_eq!(file.header("content-type"), "application/pdf");
    assert_eq!(file.header("content-disposition"), "inline; filename=\"INV-000001.pdf\"");
    assert!(file.body.starts_with(b"%PDF"));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn every_answer_has_its_headers_and_wrong_addresses_are_told(#[case] engine: Engine) {
    let Some(billed) = Billed::fresh(engine).await else { return };
    let invoice = billed.invoice.invoice_id;
    let other = format!("/invoices/ptr_00000000000000000000000000/{invoice}/pdf");
    for (path, status) in [
        ("/healthz", StatusCode::OK),
        ("/readyz", StatusCode::OK),
        ("/assets/app.css", StatusCode::OK),
        ("/", StatusCode::OK),
        ("/nowhere", StatusCode::NOT_FOUND),
        ("/?partner=ptr_1", StatusCode::NOT_FOUND),
        ("/?partner=ptr_00000000000000000000000000", StatusCode::NOT_FOUND),
        ("/invoices/x/y/pdf", StatusCode::NOT_FOUND),
        (other.as_str(), StatusCode::NOT_FOUND),
    ] {
        let answer = get(&billed, path, HOST).await;
        assert_eq!(answer.status, status, "{path}");
        assert!(answer.header("content-security-policy").starts_with("default-src 'none'"));
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("x-frame-options"), "DENY");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert_ne!(answer.header("cache-control"), "");
    }
}

// A web site that points its own name at this machine reads nothing.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn pages_answer_to_this_machines_names_only(#[case] engine: Engine) {
    let Some(billed) = Billed::fresh(engine).await else { return };
    let page = get(&billed, "/", "invoices.evil.example").await;
    assert_eq!(page.status, StatusCode::MISDIRECTED_REQUEST);
    assert!(!page.text().contains("Acme"));
    let health = get(&billed, "/healthz", "10.0.0.7:8080").await;
    assert_eq!(health.status, StatusCode::OK);
}
