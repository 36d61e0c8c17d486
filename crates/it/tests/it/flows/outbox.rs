//! After an invoice is issued: its PDF is there, its mail went out, and twice is once.

use adapters::{
    data_dir::DataDir,
    mail::{MailMessage, MailSink, SmtpConfig, SmtpSecurity},
};
use app::{collect::Collect, documents::file_name, outbox::OutboxReport, outside::Outside};
use domain::invoice::issued::Invoice;
use rstest::rstest;

use super::collect::Billed;
use crate::harness::{Engine, builders::at};

const ISSUED: OutboxReport = OutboxReport { done: 2, sent: 1, retried: 0, given_up: 0 };

async fn run(billed: &Billed, until: &str) -> OutboxReport {
    billed.world.app.run_jobs(at(until)).await.unwrap()
}

fn pdf(billed: &Billed) -> Option<Vec<u8>> {
    let name = file_name(&billed.invoice).unwrap();
    billed.world.app.outside.files.read(&name).unwrap()
}

// INV-16, INV-17, INV-28 one mail from the brand, with the PDF, and no other name in it
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_issued_invoice_is_rendered_and_mailed_once(#[case] engine: Engine) {
    let Some(billed) = Billed::fresh(engine).await else { return };
    assert_eq!(run(&billed, "2026-06-02T00:00:00Z").await, ISSUED);
    let file = pdf(&billed).unwrap();
    assert!(file.starts_with(b"%PDF"));
    let mails = billed.world.app.outside.mail.kept();
    let [mail] = &mails[..] else { panic!("{mails:?}") };
    let MailMessage { from, to, subject, body, attachment, .. } = mail;
    assert_eq!(from, "oak-voice <billing@oak-voice.example>");
    assert_eq!(to, "books@acme.example");
    assert_eq!(subject, "Invoice INV-000001 from oak-voice");
    for part in ["Acme Dental", "INV-000001", "May 1 – May 31, 2026", "$99.00", "June 16, 2026"] {
        assert!(body.contains(part), "{part} in {body}");
    }
    assert!(!format!("{mail:?}").to_lowercase().contains("trunkline"), "{mail:?}");
    assert_eq!(attachment.as_ref().unwrap(), &("INV-000001.pdf".to_owned(), file));
    assert_eq!(run(&billed, "2026-07-02T00:00:00Z").await, OutboxReport::default());
}

// INV-15 what was issued is shown as it was issued, whatever the brand is today
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_new_brand_changes_no_issued_invoice(#[case] engine: Engine) {
    let Some(billed) = Billed::fresh(engine).await else { return };
    let (owner, id) = (billed.partner.partner_id, billed.invoice.invoice_id);
    let app = &billed.world.app;
    let before = app.invoice_pdf(owner, id).await.unwrap();
    let mut tx = billed.world.begin().await;
    let mut partner = store::partners::find(&mut tx, owner).await.unwrap().unwrap();
    partner.brand.name = "Another Name".to_owned();
    partner.brand.address = "Elsewhere".to_owned();
    partner.brand.color = "#ff0000".to_owned();
    partner.logo = Some(vec![1, 2, 3]);
    store::partners::save(&mut tx, &partner).await.unwrap();
    tx.commit().await.unwrap();
    billed.world.execute("update tenant set name = 'New', address = 'New'").await;
    billed.world.execute("update profile_version set terms = replace(terms, 'Flat', 'New')").await;
    assert_eq!(app.invoice_pdf(owner, id).await.unwrap(), before);
}

// A killed worker's jobs are done again: the same bytes, the same mail.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn doing_everything_twice_changes_nothing(#[case] engine: Engine) {
    let Some(mut billed) = Billed::fresh(engine).await else { return };
    let folder = tempfile::tempdir().unwrap();
    let (data, mails) = (folder.path().join("data"), folder.path().join("mails"));
    billed.world.app.outside = Outside {
        files: DataDir::Folder(data),
        mail: MailSink::Folder(mails.clone()),
        ..Outside::default()
    };
    assert_eq!(run(&billed, "2026-06-02T00:00:00Z").await, ISSUED);
    let read = || {
        let files = std::fs::read_dir(&mails).unwrap().map(|file| file.unwrap().path());
        let mut files: Vec<_> = files.map(|path| (std::fs::read(&path).unwrap(), path)).collect();
        files.sort();
        (pdf(&billed).unwrap(), files)
    };
    let before = read();
    for sql in ["update job set state = 'ready'", "update mail set state = 'queued'"] {
        billed.world.execute(sql).await;
    }
    assert_eq!(run(&billed, "2026-06-02T00:00:00Z").await, ISSUED);
    assert!(read() == before, "a second run changed a file");
    assert_eq!(before.1.len(), 1);
}

// What a worker holds is nobody else's until its lease ends; then it is due again.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn jobs_of_a_dead_worker_are_due_again(#[case] engine: Engine) {
    let Some(billed) = Billed::fresh(engine).await else { return };
    let mut tx = billed.world.begin().await;
    let held = store::jobs::claim(&mut tx, at("2026-06-02T00:00:00Z"), 300, 99).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(held.len(), 2);
    let app = &billed.world.app;
    let early = app.work_jobs(at("2026-06-02T00:04:59Z")).await.unwrap();
    assert_eq!(early, OutboxReport::default());
    assert_eq!(app.work_jobs(at("2026-06-02T00:05:00Z")).await.unwrap(), ISSUED);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_mail_server_that_is_away_is_tried_later(#[case] engine: Engine) {
    let Some(mut billed) = Billed::fresh(engine).await else { return };
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    billed.world.app.outside.mail = MailSink::Smtp(Box::new(SmtpConfig {
        host: "127.0.0.1".to_owned(),
        port,
        security: SmtpSecurity::None,
        credentials: None,
        hello_name: "billing.example".to_owned(),
        timeout_seconds: 2,
    }));
    let report = run(&billed, "2026-06-02T00:00:00Z").await;
    assert_eq!((report.done, report.sent, report.retried), (2, 0, 1));
    billed.world.app.outside.mail = MailSink::default();
    assert_eq!(run(&billed, "2026-06-02T00:00:59Z").await.sent, 0);
    assert_eq!(run(&billed, "2026-06-02T00:01:00Z").await.sent, 1);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_can_never_be_sent_is_given_up(#[case] engine: Engine) {
    let Some(billed) = Billed::fresh(engine).await else { return };
    let sql = "update invoice set issued_as =
                 replace(issued_as, 'books@acme.example', 'nobody')";
    billed.world.execute(sql).await;
    billed.world.execute("update job set payload = '{}' where kind = 'invoice.pdf'").await;
    let report = run(&billed, "2026-06-02T00:00:00Z").await;
    assert_eq!(report, OutboxReport { given_up: 2, ..OutboxReport::default() });
    assert_eq!(billed.world.app.outside.mail.kept(), []);
}

// INV-09 the kept file follows what was paid
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_payment_renews_the_file(#[case] engine: Engine) {
    let Some(billed) = Billed::fresh(engine).await else { return };
    run(&billed, "2026-06-02T00:00:00Z").await;
    let before = pdf(&billed).unwrap();
    let Invoice { partner_id, invoice_id, .. } = billed.invoice;
    let all = Collect::with(invoice_id, billed.method("visa").await);
    billed.world.app.collect(partner_id, &all).await.unwrap();
    let report = run(&billed, "2026-06-02T00:00:00Z").await;
    assert_eq!(report, OutboxReport { done: 1, sent: 1, ..OutboxReport::default() });
    assert_ne!(pdf(&billed).unwrap(), before);
    let mails = billed.world.app.outside.mail.kept();
    let subjects: Vec<&str> = mails.iter().map(|mail| mail.subject.as_str()).collect();
    assert_eq!(subjects.len(), 2, "the invoice and the receipt: {subjects:?}");
    assert!(subjects[1].starts_with("Receipt"), "{subjects:?}");
}
