//! Call records for tests: lines of our own NDJSON, written to files and imported.

use std::{fmt::Write as _, io::Write as _, path::PathBuf};

use adapters::cdr_files::{Format, ReadOptions};
use app::{
    error::Result,
    ingest::{BATCH_ROWS, ImportMode, ImportReport, ImportRequest},
};
use domain::time::Timestamp;

use super::World;

/// One answered call in NDJSON.
#[derive(Debug, Clone)]
pub(crate) struct CallLine {
    pub(crate) id: String,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) ended_at: Timestamp,
    pub(crate) talk_seconds: u32,
    pub(crate) group: Option<String>,
    pub(crate) account: Option<String>,
}

impl CallLine {
    pub(crate) fn new(id: &str, (from, to): (&str, &str), ended_at: Timestamp, talk: u32) -> Self {
        Self {
            id: id.to_owned(),
            from: from.to_owned(),
            to: to.to_owned(),
            ended_at,
            talk_seconds: talk,
            group: None,
            account: None,
        }
    }

    pub(crate) fn in_group(mut self, group: &str) -> Self {
        self.group = Some(group.to_owned());
        self
    }

    pub(crate) fn json(&self) -> String {
        let answered = self.ended_at.plus_seconds(-i64::from(self.talk_seconds));
        let mut value = serde_json::json!({
            "record_id": self.id,
            "from": self.from,
            "to": self.to,
            "ended_at": self.ended_at.to_string(),
            "talk_seconds": self.talk_seconds,
        });
        if self.talk_seconds > 0 {
            value["answered_at"] = answered.to_string().into();
        }
        if let Some(group) = &self.group {
            value["call_group"] = group.clone().into();
        }
        if let Some(account) = &self.account {
            value["account"] = account.clone().into();
        }
        value.to_string()
    }
}

/// A file in a folder of its own that goes when it is dropped.
pub(crate) struct TestFile {
    pub(crate) path: PathBuf,
    _folder: tempfile::TempDir,
}

impl TestFile {
    pub(crate) fn new(name: &str, content: &[u8]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        Self { path, _folder: folder }
    }

    pub(crate) fn of_calls(calls: &[CallLine]) -> Self {
        let mut text = String::new();
        for call in calls {
            writeln!(text, "{}", call.json()).unwrap();
        }
        Self::new("calls.ndjson", text.as_bytes())
    }

    pub(crate) fn append(&self, content: &[u8]) {
        let mut file = std::fs::OpenOptions::new().append(true).open(&self.path).unwrap();
        file.write_all(content).unwrap();
    }

    /// An import of this file from the operator's switch `switch`.
    pub(crate) fn request(&self, format: Format) -> ImportRequest {
        ImportRequest {
            path: self.path.clone(),
            options: ReadOptions::new(format),
            source: "switch".to_owned(),
            owner: None,
            mode: ImportMode::Keep,
            batch_rows: BATCH_ROWS,
        }
    }
}

impl World {
    /// Imports a file of NDJSON.
    pub(crate) async fn import(&self, file: &TestFile) -> Result<ImportReport> {
        self.app.import_file(&file.request(Format::Ndjson), &mut |_| {}).await
    }

    /// Imports calls.
    pub(crate) async fn calls(&self, calls: &[CallLine]) -> ImportReport {
        self.import(&TestFile::of_calls(calls)).await.unwrap()
    }

    /// Asserts that the books prove themselves.
    pub(crate) async fn assert_clean(&self) {
        let report = self.app.check(None).await.unwrap();
        assert!(report.is_clean(), "{:#?}", report.findings);
    }
}
