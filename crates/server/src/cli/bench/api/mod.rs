//! The API over HTTP: the server in a process of its own, the load from this one.
//!
//! Decided here: lists are walked from their first to their deepest page; simple reads come at a
//! steady rate; the baseline is the same server's answer to a request that does nothing.

mod load;
mod served;

use std::{
    fmt::Write as _,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use adapters::{
    cdr_files::{Format, ReadOptions},
    clock::Stopwatch,
};
use anyhow::{Context, ensure};
use app::{
    App,
    ingest::{BATCH_ROWS, ImportMode, ImportRequest},
    keys::NewKey,
};
use clap::Args;
use domain::{
    account::Partner,
    api_key::{MAX_RATE, Scope},
    ids::{InvoiceId, TenantId},
    invoice::issued::{Invoice, InvoiceKind, billing_key},
    money::Nanos,
    time::Timestamp,
};
use store::invoices::NewInvoice;
use tokio::task::JoinSet;

pub(super) use self::load::Times;
use self::{load::Asker, served::Served};
use super::{Figure, START, Scratch, Shape, generate::Scatter, world};

/// Invoices in one transaction.
const CHUNK: usize = 5_000;
/// Keys that the load is spread over: each has its own limit of requests.
const KEYS: usize = 16;
/// Records of a batch: as many as one may have.
const RECORDS: u32 = 10_000;
/// Who sends batches at the same time.
const SENDERS: usize = 2;
/// Tenants whose invoices they are.
const TENANTS: usize = 1_000;

/// Flags of `bench api`.
#[derive(Debug, Args)]
pub(crate) struct ApiArgs {
    /// Invoices that are there.
    #[arg(long, default_value_t = 1_000_000, value_name = "N")]
    invoices: usize,
    /// Pages of 50 that are walked through.
    #[arg(long, default_value_t = 5_000, value_name = "N")]
    pages: usize,
    /// Batches of 10,000 call records that are sent.
    #[arg(long, default_value_t = 10, value_name = "N")]
    batches: u32,
    /// Simple reads a second.
    #[arg(long, default_value_t = 2_000, value_name = "N")]
    rate: u32,
    /// Seconds of them.
    #[arg(long, default_value_t = 10, value_name = "N")]
    seconds: u32,
    #[command(flatten)]
    pub(super) shape: Shape,
}

impl ApiArgs {
    #[expect(clippy::cast_precision_loss, reason = "figures for people")]
    pub(super) async fn measure(
        &self,
        app: &App,
        (folder, url): (&Scratch, Option<&str>),
    ) -> anyhow::Result<Vec<Figure>> {
        let (partner, numbers) = world::tenants(app, TENANTS).await?;
        let tenants = invoices(app, &partner, self.invoices).await?;
        let keys = keys(app, &partner).await?;
        let imported = import_rate(app, &folder.0, (&numbers, self.batches)).await?;
        let mut tx = app.db.begin().await?;
        store::operator::advance_simulated_clock(&mut tx, app.clock.now()).await?;
        tx.commit().await?;
        let served = Served::start(&folder.0, url)?;
        let asker = Asker::new(served.base.clone(), keys)?;
        let mut walked = walk(&asker, self.pages).await?;
        let sent = send_rate(&asker, (&numbers, self.batches)).await?;
        let paths: Vec<String> =
            tenants.iter().map(|tenant_id| format!("/v1/tenants/{tenant_id}")).collect();
        let load = (self.rate, self.seconds);
        let mut nothing = asker.steadily(&["/healthz".to_owned()], load).await?;
        let mut read = asker.steadily(&paths, load).await?;
        let ratio = nothing.percentile(50) / read.percentile(50).max(f64::MIN_POSITIVE);
        let engine = app.db.engine();
        Ok(vec![
            Figure::new(format!("invoices on {engine}"), self.invoices as f64, ""),
            Figure::new("pages walked", walked.value_count(), ""),
            Figure::new("a page, p50", walked.percentile(50), "ms"),
            Figure::new("a page, p99", walked.percentile(99), "ms"),
            Figure::new("simple reads", f64::from(self.rate), "a second"),
            Figure::new("a read, p50", read.percentile(50), "ms"),
            Figure::new("a read, p99", read.percentile(99), "ms"),
            Figure::new("baseline: a request for nothing, p50", nothing.percentile(50), "ms"),
            Figure::new("baseline: a request for nothing, p99", nothing.percentile(99), "ms"),
            Figure::new("ratio of the medians", ratio, ""),
            Figure::new("call records by the API", sent, "rows/s"),
            Figure::new("baseline: the same by a file", imported, "rows/s"),
            Figure::new("ratio of the rates", sent / imported, ""),
        ])
    }
}

/// Issued invoices of many tenants; answers these.
async fn invoices(app: &App, partner: &Partner, count: usize) -> anyhow::Result<Vec<TenantId>> {
    let partner_id = partner.partner_id;
    let mut tx = app.db.begin_read().await?;
    let limit = i64::try_from(TENANTS)?;
    let tenants = store::tenants::page(&mut tx, partner_id, None, limit).await?;
    tx.commit().await?;
    let first = tenants.first().context("the bench's partner has tenants")?;
    let line = app::drafts::DraftLine {
        description: "Consulting".to_owned(),
        quantity: domain::invoice::line::Quantity::whole(1),
        unit: "hour".to_owned(),
        unit_price: Nanos::parse("99")?,
        taxable: false,
    };
    let text = app::drafts::DraftText { lines: vec![line], notes: String::new() };
    let draft = app.create_draft(partner_id, first.tenant_id, &text).await?;
    let seen = (draft.invoice_id, draft.version);
    let pattern = app.finalise_draft(partner_id, seen).await?;
    for start in (1..count).step_by(CHUNK) {
        let made: Vec<NewInvoice> = (start..count.min(start + CHUNK))
            .map(|index| NewInvoice {
                invoice: copied(app, &pattern, (index, tenants[index % tenants.len()].tenant_id)),
                lines: Vec::new(),
                taxes: Vec::new(),
            })
            .collect();
        let mut tx = app.db.begin().await?;
        store::invoices::insert(&mut tx, &made).await?;
        tx.commit().await?;
    }
    Ok(tenants.iter().map(|tenant| tenant.tenant_id).collect())
}

fn copied(app: &App, pattern: &Invoice, (index, tenant_id): (usize, TenantId)) -> Invoice {
    let seconds = i64::try_from(index).unwrap_or(i64::MAX);
    let created_at = pattern.created_at.plus_seconds(seconds);
    let invoice_id: InvoiceId = app.ids.draw(created_at);
    Invoice {
        invoice_id,
        tenant_id,
        billing_key: billing_key(InvoiceKind::OneTime, created_at, invoice_id),
        number: Some(format!("INV-{:06}", index + 1)),
        created_at,
        ..pattern.clone()
    }
}

async fn keys(app: &App, partner: &Partner) -> anyhow::Result<Vec<String>> {
    let owner = Some(partner.partner_id);
    app.set_partner_rate(partner.partner_id, 1_000_000).await?;
    let mut keys = Vec::with_capacity(KEYS);
    for _ in 0..KEYS {
        let new = NewKey {
            name: "bench".to_owned(),
            scopes: Scope::all_of(owner),
            tenants: None,
            rate_per_minute: MAX_RATE,
            expires_at: None,
        };
        let (_, secret) = app.create_key(owner, None, &new).await?;
        keys.push(secret.reveal().to_owned());
    }
    Ok(keys)
}

/// Walks a list from its first page on, and measures each page.
async fn walk(asker: &Asker, pages: usize) -> anyhow::Result<Times> {
    let mut times = Times::default();
    let mut path = "/v1/invoices?limit=50".to_owned();
    for turn in 0..pages {
        let watch = Stopwatch::start();
        let body = asker.get(&path, turn).await?;
        times.add(watch.elapsed());
        let page: serde_json::Value = serde_json::from_slice(&body)?;
        let rows = page["data"].as_array().map_or(0, Vec::len);
        ensure!(rows > 0, "page {turn} is empty");
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/v1/invoices?limit=50&starting_after={cursor}");
    }
    Ok(times)
}

/// Call records a second of a file with as many rows as all batches have.
async fn import_rate(
    app: &App,
    folder: &Path,
    (numbers, batches): (&[String], u32),
) -> anyhow::Result<f64> {
    let path = folder.join("records.ndjson");
    let mut text = String::new();
    for batch in 0..batches {
        write_records(&mut text, (numbers, "file", batch))?;
    }
    std::fs::write(&path, text)?;
    let request = ImportRequest {
        path,
        options: ReadOptions::new(Format::Ndjson),
        source: "file".to_owned(),
        owner: None,
        mode: ImportMode::Keep,
        batch_rows: BATCH_ROWS,
    };
    world::month_passes(app)?;
    let watch = Stopwatch::start();
    let report = app.import_file(&request, &mut |_| {}).await?;
    let rows = batches * RECORDS;
    ensure!(report.rated == u64::from(rows), "not every call was rated: {report:?}");
    Ok(f64::from(rows) / watch.elapsed().as_secs_f64())
}

/// Call records a second, sent batch by batch, two at a time: while one is written, the next is
/// priced, as the importer of files does.
async fn send_rate(asker: &Asker, (numbers, batches): (&[String], u32)) -> anyhow::Result<f64> {
    let mut bodies = Vec::new();
    for batch in 0..batches {
        let mut text = String::new();
        write_records(&mut text, (numbers, "api", batch))?;
        bodies.push(text.into_bytes());
    }
    let watch = Stopwatch::start();
    let bodies = Arc::new(Mutex::new(bodies));
    let mut senders = JoinSet::new();
    for _ in 0..SENDERS {
        let (asker, bodies) = (asker.clone(), bodies.clone());
        senders.spawn(async move {
            loop {
                let body = bodies.lock().unwrap_or_else(PoisonError::into_inner).pop();
                let Some(body) = body else { return Ok::<_, anyhow::Error>(()) };
                let body = ("application/x-ndjson", body);
                let answer = asker.post("/v1/cdr-batches?source=api", body).await?;
                // Reading ten thousand results costs more than the server's own work on some.
                let accepted = format!("\"accepted\":{RECORDS},");
                let head = String::from_utf8_lossy(&answer[..answer.len().min(1_000)]);
                ensure!(head.contains(&accepted), "not every record was accepted: {head}");
            }
        });
    }
    while let Some(done) = senders.join_next().await {
        done??;
    }
    Ok(f64::from(batches * RECORDS) / watch.elapsed().as_secs_f64())
}

/// Writes one batch of inbound calls, a second after each other.
fn write_records(
    text: &mut String,
    (numbers, name, batch): (&[String], &str, u32),
) -> anyhow::Result<()> {
    let start = Timestamp::parse(START)?;
    let mut scatter = Scatter::new(u64::from(batch));
    for index in 0..RECORDS {
        let number = batch * RECORDS + index;
        let ended = start.plus_seconds(600 + i64::from(number));
        let talk = 1 + scatter.below(300);
        let answered = ended.plus_seconds(-i64::try_from(talk)?);
        let to = &numbers[usize::try_from(scatter.below(numbers.len() as u64))?];
        writeln!(
            text,
            "{{\"record_id\":\"{name}-{number}\",\"direction\":\"inbound\",\
             \"from\":\"+12125550100\",\"to\":\"+{to}\",\"answered_at\":\"{answered}\",\
             \"ended_at\":\"{ended}\",\"talk_seconds\":\"{talk}\"}}"
        )?;
    }
    Ok(())
}
