//! One file: read, priced and added batch by batch, from where an earlier run ended.
//!
//! Reading and pricing happen in a thread of their own, so that they overlap with the database's
//! work. Two batches are in memory, one in the making or waiting and one being added, whatever the
//! file's size.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::Arc,
};

use adapters::{
    cdr_files::{ParsedRow, ReadOptions, RowEnd, RowReader},
    files::{PrefixHash, head_hash},
};
use domain::{account::Source, ids::PartnerId, time::Timestamp};
use store::imports::FileMark;
use tokio::{runtime::Handle, sync::mpsc};

use super::{
    batch::{BATCH_BYTES, BATCH_ROWS, BatchSource, Committed, Prepared, commit, prepare},
    report::{FileOutcome, ImportReport},
};
use crate::{
    App,
    directory::Directory,
    error::{AppError, Result},
};

/// Batches that are in the making or wait while one is added.
const WAITING_BATCHES: usize = 1;

/// A file to import.
#[derive(Debug, Clone)]
pub struct ImportRequest {
    /// Where it is.
    pub path: PathBuf,
    /// How it is read.
    pub options: ReadOptions,
    /// The name of its source.
    pub source: String,
    /// The partner that owns the source; `None` for the operator.
    pub owner: Option<PartnerId>,
    /// Whether to keep what it brings.
    pub mode: ImportMode,
    /// Rows in one transaction: [`BATCH_ROWS`] where there is no reason for fewer.
    pub batch_rows: usize,
}

/// Whether an import keeps what it reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ImportMode {
    /// Calls are added.
    #[default]
    Keep,
    /// Everything is done and undone: the report says what would happen.
    DryRun,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Bytes dealt with.
    pub bytes: u64,
    /// Bytes in the file.
    pub total: u64,
    /// Rows dealt with.
    pub rows: u64,
}

/// What the reading thread sends.
struct Chunk {
    prepared: Prepared,
    mark: FileMark,
    progress: Progress,
}

impl App {
    /// Imports a file, telling `progress` after each batch.
    pub async fn import_file(
        &self,
        request: &ImportRequest,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<ImportReport> {
        let now = self.clock.now();
        let source = self.source(&request.source, request.owner).await?;
        let from = BatchSource {
            source,
            file_name: request.path.display().to_string(),
            format: request.options.format.as_str(),
            zone: request
                .options
                .zone
                .as_ref()
                .map_or(String::new(), |zone| zone.name().to_owned()),
            tenants: None,
        };
        let start = self.starting_point(request, &from.source).await?;
        if let Start::Finished { records } = start.at {
            let outcome = FileOutcome::AlreadyImported { records };
            return Ok(ImportReport { outcome, ..Default::default() });
        }
        let mut report = ImportReport { outcome: start.outcome(), ..Default::default() };
        let directory = Arc::new(self.load_directory().await?);
        let (sender, mut receiver) = mpsc::channel(WAITING_BATCHES);
        let reader =
            Reading { request: request.clone(), from: from.clone(), start, directory, now };
        let reading = tokio::task::spawn_blocking(move || reader.run(&sender));
        while let Some(chunk) = receiver.recv().await {
            let Chunk { prepared, mark, progress: at } = chunk;
            report.add(&self.add_batch(&from, prepared, (Some(&mark), request.mode)).await?)?;
            progress(at);
        }
        reading.await.map_err(|error| AppError::Broken(error.to_string()))??;
        Ok(report)
    }

    /// Adds a batch, pricing it again where owners or prices have changed meanwhile.
    pub(super) async fn add_batch(
        &self,
        from: &BatchSource,
        mut prepared: Prepared,
        (mark, mode): (Option<&FileMark>, ImportMode),
    ) -> Result<ImportReport> {
        loop {
            let now = self.clock.now();
            let done = match mode {
                ImportMode::Keep => {
                    let batch = (from, &prepared);
                    self.db.write(async |tx| self.commit_watched(tx, batch, mark).await).await?
                }
                ImportMode::DryRun => {
                    let mut tx = self.db.begin().await?;
                    let done = commit(&mut tx, from, &prepared, (None, now)).await?;
                    tx.rollback().await?;
                    done
                }
            };
            match done {
                Committed::Done(added) => return Ok(added.report),
                Committed::Outdated => {
                    let directory = self.load_directory().await?;
                    prepared = prepare(&directory, from, prepared.into_rows(), now)?;
                }
            }
        }
    }

    /// The current picture of owners and prices.
    pub(crate) async fn load_directory(&self) -> Result<Directory> {
        let now = self.clock.now();
        let mut tx = self.db.begin_read().await?;
        let directory = Directory::load(&mut tx, now, &self.decks).await?;
        tx.commit().await?;
        Ok(directory)
    }

    /// The current picture of owners and prices, without loading it where it is known.
    pub(crate) async fn known_directory(&self) -> Result<Arc<Directory>> {
        let now = self.clock.now();
        let mut tx = self.db.begin_read().await?;
        let version = store::operator::directory_version(&mut tx).await?;
        if let Some(directory) = self.directory.get(version, now) {
            tx.commit().await?;
            return Ok(directory);
        }
        let directory = Arc::new(Directory::load(&mut tx, now, &self.decks).await?);
        tx.commit().await?;
        if !self.db.is_joined() {
            self.directory.put(now, directory.clone());
        }
        Ok(directory)
    }

    async fn starting_point(&self, request: &ImportRequest, source: &Source) -> Result<StartPoint> {
        let outside =
            |error: io::Error| AppError::Outside(format!("{}: {error}", request.path.display()));
        let size = std::fs::metadata(&request.path).map_err(outside)?.len();
        let head = head_hash(&request.path, &manner(&request.options)).map_err(outside)?;
        let mut tx = self.db.begin_read().await?;
        let mark = store::imports::find_mark(&mut tx, source.source_id, &head).await?;
        tx.commit().await?;
        let at = match mark {
            Some(mark) if is_prefix_of(&mark, &request.path, size).map_err(outside)? => {
                let records = mark.records.unsigned_abs();
                if mark.byte_offset.unsigned_abs() == size && size > 0 {
                    Start::Finished { records }
                } else {
                    Start::After { records }
                }
            }
            _ => Start::After { records: 0 },
        };
        Ok(StartPoint { at, head, size })
    }
}

/// How a file is read, as far as it changes what its rows mean.
fn manner(options: &ReadOptions) -> String {
    let zone = options.zone.as_ref().map_or("", |zone| zone.name());
    format!("{} {zone} {:?}", options.format, options.columns)
}

fn is_prefix_of(mark: &FileMark, path: &Path, size: u64) -> io::Result<bool> {
    let place = mark.byte_offset.unsigned_abs();
    Ok(place <= size && PrefixHash::open(path)?.up_to(place)? == mark.prefix_hash)
}

enum Start {
    After { records: u64 },
    Finished { records: u64 },
}

struct StartPoint {
    at: Start,
    head: Vec<u8>,
    size: u64,
}

impl StartPoint {
    fn passed(&self) -> u64 {
        match self.at {
            Start::After { records } | Start::Finished { records } => records,
        }
    }
    fn outcome(&self) -> FileOutcome {
        match self.passed() {
            0 => FileOutcome::Read,
            passed => FileOutcome::Resumed { passed },
        }
    }
}

/// Waits until a batch may be begun; `None` where the importer has failed, which says so itself.
fn free_place(sender: &mpsc::Sender<Chunk>) -> Option<mpsc::Permit<'_, Chunk>> {
    Handle::current().block_on(sender.reserve()).ok()
}

/// The reading thread.
struct Reading {
    request: ImportRequest,
    from: BatchSource,
    start: StartPoint,
    directory: Arc<Directory>,
    now: Timestamp,
}

impl Reading {
    fn run(self, sender: &mpsc::Sender<Chunk>) -> Result<()> {
        let path = &self.request.path;
        let outside = |error: io::Error| AppError::Outside(format!("{}: {error}", path.display()));
        let file = File::open(path).map_err(outside)?;
        let mut hash = PrefixHash::open(path).map_err(outside)?;
        // A file that is being written may grow while it is read; what was there at the start is
        // read now, the rest next time.
        let mut rows = RowReader::new(file.take(self.start.size), &self.request.options);
        let passed = self.start.passed();
        for _ in 0..passed {
            if rows.next().transpose().map_err(outside)?.is_none() {
                return Ok(());
            }
        }
        let mut records = passed;
        let mut done = (passed, 0);
        loop {
            let Some(place) = free_place(sender) else { return Ok(()) };
            let most = self.request.batch_rows.clamp(1, BATCH_ROWS);
            let mut batch = Vec::with_capacity(most);
            let mut bytes = 0;
            while batch.len() < most && bytes < BATCH_BYTES {
                let Some(row) = rows.next().transpose().map_err(outside)? else { break };
                let row = self.kept(&rows, row);
                bytes += row.raw.bytes.len();
                batch.push(row);
            }
            let Some(last) = batch.last() else { return Ok(()) };
            records += batch.len() as u64;
            // A last row without a line end may still be in the writing: it is read again.
            let open = last.raw.end == RowEnd::EndOfFile;
            let end = if open { last.raw.offset } else { last.raw.offset + last.raw.length };
            done = (records - u64::from(open), end.max(done.1));
            let mark = FileMark {
                head_hash: self.start.head.clone(),
                file_name: self.from.file_name.clone(),
                byte_offset: i64::try_from(done.1).unwrap_or(i64::MAX),
                prefix_hash: hash.up_to(done.1).map_err(outside)?,
                records: i64::try_from(done.0).unwrap_or(i64::MAX),
            };
            let progress =
                Progress { bytes: rows.position(), total: self.start.size, rows: records };
            let prepared = prepare(&self.directory, &self.from, batch, self.now)?;
            place.send(Chunk { prepared, mark, progress });
        }
    }

    /// A row with the bytes that are needed to read it alone: in CSV, its header.
    fn kept<R: Read>(&self, rows: &RowReader<R>, mut row: ParsedRow) -> ParsedRow {
        if self.request.options.format == adapters::cdr_files::Format::Csv {
            row.raw.bytes = rows.kept_bytes(&row.raw).into_boxed_slice();
        }
        row
    }
}
