//! The API over HTTP: the server in a process of its own, the load from this one.
//!
//! Decided here: lists are walked from their first to their deepest page; simple reads come at a
//! steady rate; the baseline is the same server's answer to a request that does nothing.

mod load;
mod served;

use anyhow::{Context, ensure};
use app::{App, keys::NewKey};
use clap::Args;
use domain::{
    account::Partner,
    api_key::{MAX_RATE, Scope},
    ids::{InvoiceId, TenantId},
    invoice::issued::{Invoice, InvoiceKind, billing_key},
    money::Nanos,
};
use store::invoices::NewInvoice;

use self::{
    load::{Asker, Times},
    served::Served,
};
use super::{Figure, Scratch, Shape, world};

/// Invoices in one transaction.
const CHUNK: usize = 5_000;
/// Keys that the load is spread over: each has its own limit of requests.
const KEYS: usize = 16;
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
        let (partner, _) = world::tenants(app, TENANTS).await?;
        let tenants = invoices(app, &partner, self.invoices).await?;
        let keys = keys(app, &partner).await?;
        let served = Served::start(&folder.0, url, &[])?;
        let asker = Asker::new(served.base.clone(), keys)?;
        let mut walked = walk(&asker, self.pages).await?;
        let paths: Vec<String> =
            tenants.iter().map(|tenant_id| format!("/v1/tenants/{tenant_id}")).collect();
        let load = (self.rate, self.seconds);
        let mut nothing = asker.steadily(&["/healthz".to_owned()], load).await?;
        let mut read = asker.steadily(&paths, load).await?;
        let ratio = nothing.percentile(50) / read.percentile(50).max(f64::MIN_POSITIVE);
        let engine = app.db.engine();
        Ok(vec![
            Figure::new(format!("invoices on {engine}"), self.invoices as f64, ""),
            Figure::new("pages walked", walked.count() as f64, ""),
            Figure::new("a page, p50", walked.percentile(50), "ms"),
            Figure::new("a page, p99", walked.percentile(99), "ms"),
            Figure::new("simple reads", f64::from(self.rate), "a second"),
            Figure::new("a read, p50", read.percentile(50), "ms"),
            Figure::new("a read, p99", read.percentile(99), "ms"),
            Figure::new("baseline: a request for nothing, p50", nothing.percentile(50), "ms"),
            Figure::new("baseline: a request for nothing, p99", nothing.percentile(99), "ms"),
            Figure::new("ratio of the medians", ratio, ""),
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
        let watch = adapters::clock::Stopwatch::start();
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
