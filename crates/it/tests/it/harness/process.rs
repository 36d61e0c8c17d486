//! Other processes that work on a test's database: started, killed, waited for.
//!
//! Decided here: a process is this test binary again, running nothing but [`part`], which does
//! what an environment variable says and does nothing without it. A process is killed by SIGKILL
//! once the database holds so many rows, so that it dies in the midst of its work on a machine of
//! any speed, and never because some time has passed.

use std::{
    io::{Read as _, Write as _},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use adapters::{
    cdr_files::{Format, ReadOptions},
    clock::Clock,
    ids::Ids,
    vault::Vault,
    webhook_client::{Reach, WebhookClient},
};
use app::{
    App,
    ingest::{ImportMode, ImportRequest},
    outside::{Outside, WebhookSender},
};
use domain::time::Timestamp;
use serde_json::{Value, json};
use store::db::Db;

use super::World;
use crate::wire::child::{self, Errand};

/// What the process is to do, as JSON.
const PART_VARIABLE: &str = "TRUNKLINE_TEST_PART";
/// Marks what a process answers among what its test runner prints.
const ANSWER: &str = "answer: ";

/// What a process does.
#[derive(Debug, Clone)]
pub(crate) enum Part {
    /// Imports a file from the operator's source `switch`.
    Import { path: PathBuf, format: Format, batch_rows: usize },
    /// Runs what is due.
    RunDue { until: String },
    /// Sends webhooks anywhere, for ever.
    SendWebhooks,
    /// Talks to the test's own stand-in for the payment processor.
    Errand(Errand),
}

/// A process at work. It does not outlive the test that started it.
#[derive(Debug)]
pub(crate) struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already, and then there is nothing to kill.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl World {
    /// Starts a process on this world's database, with this world's time.
    pub(crate) fn start(&self, part: &Part) -> Process {
        let mut says = match part {
            Part::Import { path, format, batch_rows } => {
                json!({ "file": path, "format": format.as_str(), "batch_rows": batch_rows })
            }
            Part::RunDue { until } => json!({ "until": until }),
            Part::SendWebhooks => json!({ "sends": true }),
            Part::Errand(errand) => errand.words(),
        };
        says["url"] = self.db.url.clone().into();
        says["now"] = self.app.clock.now().to_string().into();
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "harness::process::part", "--nocapture"])
            .env(PART_VARIABLE, says.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn();
        Process(child.unwrap())
    }

    /// Does `part` in processes that are killed, each once `table` has so many rows, and in a
    /// last one that is left alone. Answers how many were killed before they were done.
    pub(crate) async fn killed_on_the_way(
        &self,
        part: &Part,
        (table, thresholds): (&str, &[i64]),
    ) -> usize {
        let mut killed = 0;
        for threshold in thresholds {
            let mut process = self.start(part);
            while self.count(table).await < *threshold && process.is_running() {}
            killed += usize::from(process.kill());
        }
        self.start(part).finish();
        killed
    }
}

impl Process {
    /// Whether it is still at work.
    pub(crate) fn is_running(&mut self) -> bool {
        self.0.try_wait().unwrap().is_none()
    }

    /// Kills the process; whether it was still at work.
    pub(crate) fn kill(&mut self) -> bool {
        let was_running = self.is_running();
        self.0.kill().unwrap();
        self.0.wait().unwrap();
        was_running
    }

    /// Waits until the process has done its part, and answers what it found.
    pub(crate) fn finish(mut self) -> Value {
        let mut said = String::new();
        self.0.stdout.take().unwrap().read_to_string(&mut said).unwrap();
        assert!(self.0.wait().unwrap().success(), "{said}");
        // The test runner's own words may stand before it on the line.
        let (_, answer) = said.split_once(ANSWER).unwrap_or_else(|| panic!("no answer: {said}"));
        serde_json::from_str(answer.lines().next().unwrap()).unwrap()
    }
}

/// What another process does; nothing where no test started it.
#[tokio::test]
async fn part() {
    let Ok(text) = std::env::var(PART_VARIABLE) else { return };
    let says: Value = serde_json::from_str(&text).unwrap();
    let db = Db::open(says["url"].as_str().unwrap()).await.unwrap();
    let mut tx = db.begin_read().await.unwrap();
    let stands_at = store::operator::simulated_clock(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    let started = Timestamp::parse(says["now"].as_str().unwrap()).unwrap();
    let clock = Clock::simulated(stands_at.map_or(started, |now| now.max(started)));
    let app = App::new(db, clock, Ids::Random);
    if says["sends"] == true {
        match app.with_outside(local_sender()).run_webhooks().await {}
    }
    let answer = match says["file"].as_str() {
        None if says["does"].is_string() => child::run(app, &says).await,
        Some(path) => import(&app, path, &says).await,
        None => {
            let until = Timestamp::parse(says["until"].as_str().unwrap()).unwrap();
            let report = app.run_due(Some(until)).await.unwrap();
            json!({ "invoices": report.invoices, "overdue": report.overdue })
        }
    };
    writeln!(std::io::stdout(), "{ANSWER}{answer}").unwrap();
}

/// An outside world that sends webhooks to this machine, with keys that are the same in every
/// process, and with leases that end soon.
pub(crate) fn local_sender() -> Outside {
    let key = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    Outside {
        vault: Vault::parse(key).unwrap(),
        webhooks: WebhookSender {
            client: WebhookClient::new(Reach::Anywhere),
            lease_seconds: 1,
            ..WebhookSender::default()
        },
        ..Outside::default()
    }
}

async fn import(app: &App, path: &str, says: &Value) -> Value {
    let format: Format = says["format"].as_str().unwrap().parse().unwrap();
    let request = ImportRequest {
        path: path.into(),
        options: ReadOptions::new(format),
        source: "switch".to_owned(),
        owner: None,
        mode: ImportMode::Keep,
        batch_rows: usize::try_from(says["batch_rows"].as_u64().unwrap()).unwrap(),
    };
    let report = app.import_file(&request, &mut |_| {}).await.unwrap();
    json!({
        "rows": report.rows,
        "calls": report.calls(),
        "rejects": report.rejected(),
        "duplicates": report.duplicates,
        "peak_kib": peak_kib(),
    })
}

/// The most memory that this process has had, in KiB; nothing where the system does not say.
fn peak_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}
