//! Pages over HTTP: what they show, to whom, and with which headers.

use app::people::{NewUser, SignInOutcome, Visit};
use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use domain::{
    sign_in::Bound,
    user::{Account, Role},
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

/// The cookie of an operator's viewer who signed in.
async fn signed_in(billed: &Billed) -> String {
    let app = &billed.world.app;
    let (email, name) = ("viewer@people.example".to_owned(), "Viewer".to_owned());
    let new = NewUser { email, name, role: Role::OperatorViewer };
    app.create_user(Account::Operator, &new, "Correct-horse-1").await.unwrap();
    let visit = Visit {
        bound: Bound { host: "127.0.0.1".to_owned(), partner_id: None },
        ip: String::new(),
        agent: String::new(),
        request_id: String::new(),
    };
    let outcome = app.sign_in(&visit, (&new.email, "Correct-horse-1")).await.unwrap();
    let SignInOutcome::In(entered) = outcome else { panic!("{outcome:?}") };
    format!("session={}", entered.cookie.reveal())
}

async fn get(billed: &Billed, path: &str, (host, cookie): (&str, &str)) -> Answer {
    let request = Request::get(path).header(header::HOST, host).header(header::COOKIE, cookie);
    let request = request.body(Body::empty()).unwrap();
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
    let cookie = signed_in(&billed).await;
    for path in ["/invoices".to_owned(), format!("/invoices?partner={partner}")] {
        let page = get(&billed, &path, (HOST, &cookie)).await;
        assert_eq!(page.status, StatusCode::OK);
        for part in ["oak-voice", "Acme Dental", "INV-000001", "$99.00", "Sent"] {
            assert!(page.text().contains(part), "{part} in {}", page.text());
        }
        assert!(!page.text().contains("<script") && !page.text().contains("style="));
    }
    let path = format!("/invoices/{partner}/{}/pdf", billed.invoice.invoice_id);
    assert_eq!(get(&billed, &path, (HOST, "")).await.status, StatusCode::SEE_OTHER);
    let file = get(&billed, &path, (HOST, &cookie)).await;
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
    let cookie = signed_in(&billed).await;
    let other = format!("/invoices/ptr_00000000000000000000000000/{invoice}/pdf");
    for (path, status) in [
        ("/healthz", StatusCode::OK),
        ("/readyz", StatusCode::OK),
        ("/assets/app.css", StatusCode::OK),
        ("/", StatusCode::OK),
        ("/nowhere", StatusCode::NOT_FOUND),
        ("/invoices?partner=ptr_1", StatusCode::NOT_FOUND),
        ("/invoices?partner=ptr_00000000000000000000000000", StatusCode::NOT_FOUND),
        ("/invoices/x/y/pdf", StatusCode::NOT_FOUND),
        (other.as_str(), StatusCode::NOT_FOUND),
    ] {
        let answer = get(&billed, path, (HOST, &cookie)).await;
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
    let page = get(&billed, "/", ("invoices.evil.example", "")).await;
    assert_eq!(page.status, StatusCode::MISDIRECTED_REQUEST);
    assert!(!page.text().contains("Acme"));
    let health = get(&billed, "/healthz", ("10.0.0.7:8080", "")).await;
    assert_eq!(health.status, StatusCode::OK);
}
