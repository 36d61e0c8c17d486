//! Webhooks from the commit of an event to the first attempt, while one receiver hangs.
//!
//! Decided here: events come at a steady rate, each to one of the endpoints in turn, and carry the
//! instant of their commit; receivers are in this process and note when a message is there. The
//! sender is the one that `serve` runs. The baseline is the same number of bare posts to the same
//! receivers, one after the other on each of as many connections as a sender has.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use adapters::{
    clock::Stopwatch,
    webhook_client::{Reach, WebhookClient},
};
use anyhow::{Context, ensure};
use app::{
    App,
    outside::{Outside, WebhookSender},
    setup::{NewOperator, NewPartner},
    webhooks::NewEndpoint,
};
use axum::{
    Router,
    extract::{Path, State},
    routing::post,
};
use clap::Args;
use domain::{ids::PartnerId, partner::PartnerStatus};
use store::events::Event;
use tokio::task::JoinSet;

use super::{Figure, Shape, api::Times};

/// The event that endpoints are told.
const EVENT: &str = "tenant.updated";
/// The endpoint whose receiver never answers.
const HANGING: usize = 0;
/// How long the last messages may take to arrive.
const PATIENCE: Duration = Duration::from_secs(30);

/// Flags of `bench webhooks`.
#[derive(Debug, Args)]
pub(crate) struct WebhooksArgs {
    /// Endpoints; one of them hangs.
    #[arg(long, default_value_t = 20, value_name = "N",
        value_parser = clap::value_parser!(u32).range(2..=100))]
    endpoints: u32,
    /// Events a second.
    #[arg(long, default_value_t = 500, value_name = "N",
        value_parser = clap::value_parser!(u32).range(1..=10_000))]
    rate: u32,
    /// Seconds of them.
    #[arg(long, default_value_t = 20, value_name = "N",
        value_parser = clap::value_parser!(u32).range(1..=600))]
    seconds: u32,
    #[command(flatten)]
    pub(super) shape: Shape,
}

/// Where messages arrive.
#[derive(Clone)]
struct Receivers {
    watch: Stopwatch,
    arrived: Arc<Mutex<Vec<Duration>>>,
}

impl WebhooksArgs {
    pub(super) async fn measure(&self, app: &App) -> anyhow::Result<Vec<Figure>> {
        let sender = WebhookSender {
            client: WebhookClient::new(Reach::Anywhere),
            ..WebhookSender::default()
        };
        let app = app.clone().with_outside(Outside { webhooks: sender, ..Outside::default() });
        let receivers =
            Receivers { watch: Stopwatch::start(), arrived: Arc::new(Mutex::new(Vec::new())) };
        let base = receivers.clone().listen().await?;
        let partners = partners(&app, (&base, self.endpoints)).await?;
        let sent = tokio::select! {
            never = app.run_webhooks() => match never {},
            sent = self.generate(&app, (&receivers, &partners)) => sent?,
        };
        let mut times = receivers.times();
        let (p50, p99) = (times.percentile(50), times.percentile(99));
        let bare = bare(&base, (self.endpoints, self.rate * self.seconds)).await?;
        let rate = f64::from(sent.committed) / sent.seconds;
        Ok(vec![
            Figure::new(format!("events committed on {}", app.db.engine()), rate, "a second"),
            Figure::new("endpoints, one of them hanging", f64::from(self.endpoints), ""),
            Figure::new("messages that arrived", times.value_count(), ""),
            Figure::new("commit to first attempt, p50", p50, "ms"),
            Figure::new("commit to first attempt, p99", p99, "ms"),
            Figure::new("baseline: bare posts", bare, "a second"),
            Figure::new("ratio of the rates", rate / bare, ""),
        ])
    }

    /// Commits events at the rate that was asked for, and waits until all have arrived but those
    /// of the one that hangs.
    async fn generate(
        &self,
        app: &App,
        (receivers, partners): (&Receivers, &[PartnerId]),
    ) -> anyhow::Result<Sent> {
        let count = self.rate * self.seconds;
        let began = Stopwatch::start();
        let mut ticks = tokio::time::interval(Duration::from_millis(10));
        let mut committed = 0;
        let mut expected = 0;
        while committed < count {
            ticks.tick().await;
            let due = u64::from(self.rate) * u64::try_from(began.elapsed().as_micros())?;
            let due = u32::try_from(due / 1_000_000)?.min(count);
            let numbers: Vec<u32> = (committed..due).collect();
            if numbers.is_empty() {
                continue;
            }
            app.db
                .write(async |tx| {
                    for number in &numbers {
                        let index = usize::try_from(*number).unwrap_or(0) % partners.len();
                        let event = event(app, (*number, receivers.watch.elapsed()));
                        store::events::append(tx, partners[index], &[event]).await?;
                    }
                    Ok::<_, app::error::AppError>(())
                })
                .await?;
            let is_heard =
                |number: &&u32| usize::try_from(**number).unwrap_or(0) % partners.len() != HANGING;
            expected += numbers.iter().filter(is_heard).count();
            committed = due;
        }
        let seconds = began.elapsed().as_secs_f64();
        let waited = Stopwatch::start();
        while receivers.count() < expected {
            ensure!(waited.elapsed() < PATIENCE, "only {} arrived", receivers.count());
            ticks.tick().await;
        }
        Ok(Sent { committed, seconds })
    }
}

/// What was sent.
struct Sent {
    committed: u32,
    seconds: f64,
}

fn event(app: &App, (number, committed_at): (u32, Duration)) -> Event {
    Event {
        kind: EVENT.to_owned(),
        object_id: format!("object-{number}"),
        object_version: 1,
        payload: format!("{{\"committed_at\":{}}}", committed_at.as_micros()),
        at: app.clock.now(),
    }
}

/// As many partners as endpoints, one each.
async fn partners(app: &App, (base, count): (&str, u32)) -> anyhow::Result<Vec<PartnerId>> {
    let operator = NewOperator {
        name: "Bench".to_owned(),
        home_country: "US".to_owned(),
        currency: "USD".to_owned(),
    };
    app.create_operator(&operator).await?;
    let mut partners = Vec::new();
    for index in 0..count {
        let slug = format!("bench-{index}");
        let mut partner = NewPartner::named(&slug, "Bench Voice", "billing@bench.example");
        partner.status = PartnerStatus::Active;
        let partner_id = app.create_partner(&partner).await?.partner_id;
        let endpoint = NewEndpoint {
            url: format!("{base}/{index}"),
            description: String::new(),
            event_types: vec![EVENT.to_owned()],
        };
        app.create_webhook_endpoint(partner_id, &endpoint).await?;
        partners.push(partner_id);
    }
    Ok(partners)
}

impl Receivers {
    /// Listens on this machine, and answers where.
    async fn listen(self) -> anyhow::Result<String> {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
        let base = format!("http://{}", listener.local_addr()?);
        let router = Router::new().route("/{index}", post(receive)).with_state(self);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(base)
    }

    fn count(&self) -> usize {
        self.arrived.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    fn times(&self) -> Times {
        let mut times = Times::default();
        for time in self.arrived.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            times.add(*time);
        }
        times
    }
}

async fn receive(
    State(receivers): State<Receivers>,
    Path(index): Path<usize>,
    body: axum::body::Bytes,
) {
    let now = receivers.watch.elapsed();
    if index == HANGING {
        return std::future::pending().await;
    }
    let message: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
    let Some(committed_at) = message["data"]["committed_at"].as_u64() else { return };
    let time = now.saturating_sub(Duration::from_micros(committed_at));
    receivers.arrived.lock().unwrap_or_else(PoisonError::into_inner).push(time);
}

/// Bare posts a second to the receivers that answer.
async fn bare(base: &str, (endpoints, count): (u32, u32)) -> anyhow::Result<f64> {
    let client = reqwest::Client::builder().no_proxy().build().context("an HTTP client")?;
    let watch = Stopwatch::start();
    let mut posts = JoinSet::new();
    for index in 1..endpoints {
        let (client, url) = (client.clone(), format!("{base}/{index}"));
        posts.spawn(async move {
            for _ in 0..count / endpoints {
                client.post(&url).body("{}").send().await?;
            }
            Ok::<_, reqwest::Error>(())
        });
    }
    while let Some(done) = posts.join_next().await {
        done??;
    }
    Ok(f64::from(count / endpoints * (endpoints - 1)) / watch.elapsed().as_secs_f64())
}
