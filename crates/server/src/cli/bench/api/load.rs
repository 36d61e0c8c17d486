//! Requests from this process to the served one, and how long their answers took.
//!
//! Decided here: steady load is open: a request is due at its instant whether the one before was
//! answered or not, and its time counts from that instant, so that a server that falls behind
//! cannot hide it.

use std::{sync::Arc, time::Duration};

use adapters::clock::Stopwatch;
use anyhow::{Context, ensure};
use tokio::{sync::Semaphore, task::JoinSet, time::MissedTickBehavior};

/// Requests under way at most: beyond that the server has lost.
const MOST_UNDER_WAY: usize = 2_000;
/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Times of many answers, in microseconds.
#[derive(Debug, Default)]
pub(in crate::cli::bench) struct Times(Vec<u64>);

impl Times {
    /// Adds one.
    pub(in crate::cli::bench) fn add(&mut self, time: Duration) {
        self.0.push(u64::try_from(time.as_micros()).unwrap_or(u64::MAX));
    }

    /// How many there are, as a figure.
    #[expect(clippy::cast_precision_loss, reason = "figures for people")]
    pub(in crate::cli::bench) fn value_count(&self) -> f64 {
        self.0.len() as f64
    }

    /// The time in milliseconds that `percent` of the answers did not take longer than.
    #[expect(clippy::cast_precision_loss, reason = "figures for people")]
    pub(in crate::cli::bench) fn percentile(&mut self, percent: usize) -> f64 {
        self.0.sort_unstable();
        let rank = (self.0.len() * percent).div_ceil(100).max(1) - 1;
        self.0.get(rank).map_or(0.0, |micros| *micros as f64 / 1_000.0)
    }
}

/// Who asks.
#[derive(Debug, Clone)]
pub(super) struct Asker {
    client: reqwest::Client,
    /// `http://127.0.0.1:PORT`.
    pub(super) base: String,
    keys: Arc<[String]>,
}

impl Asker {
    /// Somebody with these keys, used in turn.
    pub(super) fn new(base: String, keys: Vec<String>) -> anyhow::Result<Self> {
        let client = reqwest::Client::builder().timeout(PATIENCE).no_proxy();
        let client = client.pool_max_idle_per_host(MOST_UNDER_WAY).build();
        Ok(Self { client: client.context("an HTTP client")?, base, keys: keys.into() })
    }

    /// Gets `path` and reads the answer whole.
    pub(super) async fn get(&self, path: &str, turn: usize) -> anyhow::Result<Vec<u8>> {
        let request = self.client.get(format!("{}{path}", self.base));
        self.send(request, turn).await
    }

    /// Posts `body` to `path` and reads the answer whole.
    pub(super) async fn post(
        &self,
        path: &str,
        (kind, body): (&str, Vec<u8>),
    ) -> anyhow::Result<Vec<u8>> {
        let request = self.client.post(format!("{}{path}", self.base));
        self.send(request.header("content-type", kind).body(body), 0).await
    }

    async fn send(&self, request: reqwest::RequestBuilder, turn: usize) -> anyhow::Result<Vec<u8>> {
        let request = request.bearer_auth(&self.keys[turn % self.keys.len()]);
        let response = request.send().await?;
        let status = response.status();
        let body = response.bytes().await?.to_vec();
        ensure!(status.is_success(), "{status}: {}", String::from_utf8_lossy(&body));
        Ok(body)
    }

    /// Gets `paths` in turn, `rate` times a second for `seconds`.
    pub(super) async fn steadily(
        &self,
        paths: &[String],
        (rate, seconds): (u32, u32),
    ) -> anyhow::Result<Times> {
        let mut ticks = tokio::time::interval(Duration::from_secs(1) / 100);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let under_way = Arc::new(Semaphore::new(MOST_UNDER_WAY));
        let mut answers = JoinSet::new();
        let watch = Stopwatch::start();
        let count = rate * seconds;
        let mut sent: u32 = 0;
        while sent < count {
            ticks.tick().await;
            let due = u64::from(rate) * u64::try_from(watch.elapsed().as_micros())? / 1_000_000;
            while u64::from(sent) < due.min(u64::from(count)) {
                let at = Duration::from_secs(1) * sent / rate;
                let turn = usize::try_from(sent)?;
                let (asker, path) = (self.clone(), paths[turn % paths.len()].clone());
                let permit = under_way.clone().acquire_owned().await?;
                answers.spawn(async move {
                    let answer = asker.get(&path, turn).await;
                    drop(permit);
                    answer.map(|_| watch.elapsed().saturating_sub(at))
                });
                sent += 1;
            }
        }
        let mut times = Times::default();
        while let Some(time) = answers.join_next().await {
            times.add(time??);
        }
        Ok(times)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_one_of_the_times() {
        let mut times = Times::default();
        for milliseconds in (1..=200).rev() {
            times.add(Duration::from_millis(milliseconds));
        }
        assert!((times.percentile(99) - 198.0).abs() < 1e-9);
        assert!((times.percentile(50) - 100.0).abs() < 1e-9);
        assert!((Times::default().percentile(99)).abs() < 1e-9);
    }
}
