//! Rows imported a second, durably, against a bare bulk insert of the same rows into an equal
//! table with the same indexes.

use std::{fmt::Write as _, io::Write as _, path::Path};

use adapters::{
    cdr_files::{Format, ReadOptions},
    clock::Stopwatch,
};
use anyhow::{Context, ensure};
use app::{
    App,
    ingest::{BATCH_ROWS, ImportMode, ImportRequest},
};
use clap::Args;
use domain::time::{Timestamp, Zone};
use store::db::Db;

use super::{Figure, START, Scratch, Shape, generate::Scatter, memory, world};

/// Flags of `bench ingest`.
#[derive(Debug, Args)]
pub(crate) struct IngestArgs {
    /// Call records in the file.
    #[arg(long, default_value_t = 300_000, value_name = "N")]
    calls: u64,
    /// Tenants they belong to.
    #[arg(long, default_value_t = 200, value_name = "N")]
    tenants: usize,
    #[command(flatten)]
    pub(super) shape: Shape,
}

impl IngestArgs {
    #[expect(clippy::cast_precision_loss, reason = "figures for people")]
    pub(super) async fn measure(&self, app: &App) -> anyhow::Result<Vec<Figure>> {
        let folder = Scratch::new()?;
        let (partner, numbers) = world::tenants(app, self.tenants).await?;
        let (seconds, bytes) = import(app, &folder.0, (&numbers, self.calls)).await?;
        let peak = memory::peak_mib();
        let ours = self.calls as f64 / seconds;
        let raw = self.calls as f64 / raw_insert(&app.db, partner.partner_id).await?;
        let watch = Stopwatch::start();
        let clean = app.check(None).await?.is_clean();
        ensure!(clean, "the books do not agree after the import");
        Ok(vec![
            Figure::new(format!("imported on {}", app.db.engine()), ours, "rows/s"),
            Figure::new("the same in bytes", bytes as f64 / seconds / 1e6, "MB/s"),
            Figure::new("baseline: bulk insert of the same rows", raw, "rows/s"),
            Figure::new("ratio", ours / raw, ""),
            Figure::new("peak memory of the import", peak, "MiB"),
            Figure::new("books checked afterwards", watch.elapsed().as_secs_f64(), "s"),
        ])
    }
}

/// Writes calls to a file in `folder` and imports it. Answers how many seconds that took, and how
/// many bytes the file has.
pub(super) async fn import(
    app: &App,
    folder: &Path,
    (numbers, calls): (&[String], u64),
) -> anyhow::Result<(f64, u64)> {
    let path = folder.join("Master.csv");
    write_calls(&path, numbers, calls)?;
    let bytes = std::fs::metadata(&path)?.len();
    let request = ImportRequest {
        path,
        options: ReadOptions::new(Format::AsteriskCsv),
        source: "bench".to_owned(),
        owner: None,
        mode: ImportMode::Keep,
        batch_rows: BATCH_ROWS,
    };
    world::month_passes(app)?;
    let watch = Stopwatch::start();
    let report = app.import_file(&request, &mut |_| {}).await?;
    ensure!(report.rated == calls, "not every call was rated: {report:?}");
    Ok((watch.elapsed().as_secs_f64(), bytes))
}

/// Seconds for inserting the calls that were imported once more, as bare rows.
async fn raw_insert(db: &Db, partner_id: domain::ids::PartnerId) -> anyhow::Result<f64> {
    let limit = i64::try_from(BATCH_ROWS)?;
    let mut tx = db.begin().await?;
    store::baseline::make_call_copy(&mut tx).await?;
    tx.commit().await?;
    let mut last = None;
    let mut seconds = 0.0;
    loop {
        let mut tx = db.begin_read().await?;
        let page = store::calls::page(&mut tx, partner_id, (last, limit)).await?;
        tx.commit().await?;
        let Some(end) = page.last() else { return Ok(seconds) };
        last = Some(end.call_id);
        let watch = Stopwatch::start();
        let mut tx = db.begin().await?;
        store::baseline::insert_calls(&mut tx, &page).await?;
        tx.commit().await?;
        seconds += watch.elapsed().as_secs_f64();
    }
}

/// Writes inbound calls as Asterisk does, in the order in which they end.
fn write_calls(path: &Path, numbers: &[String], calls: u64) -> anyhow::Result<()> {
    let start = Timestamp::parse(START).context("the start of the bench's world")?;
    let mut scatter = Scatter::new(3);
    let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
    let step = 30 * 86_400_000_000 / i64::try_from(calls.max(1))?;
    let mut line = String::new();
    for index in 0..i64::try_from(calls)? {
        let talk = i64::try_from(1 + scatter.below(300))?;
        let ended = Timestamp::from_micros(start.micros() + 600_000_000 + index * step);
        let stamp = |at: Timestamp| Zone::UTC.local(at).strftime("%Y-%m-%d %H:%M:%S").to_string();
        let answered = ended.plus_seconds(-talk);
        let to = &numbers[usize::try_from(scatter.below(numbers.len() as u64))?];
        let from = 2_125_550_100 + scatter.below(100);
        line.clear();
        writeln!(
            line,
            "\"\",\"+1{from}\",\"+{to}\",\"from-carrier\",\"\"\"\"\" <+1{from}>\",\
             \"PJSIP/carrier-{index:08x}\",\"PJSIP/phone-{index:08x}\",\"Dial\",\
             \"PJSIP/phone/sip:phone@127.0.0.1\",\"{}\",\"{}\",\"{}\",{},{talk},\"ANSWERED\",\
             \"DOCUMENTATION\",\"{}.{index}\",\"\",\"\",\"{}.{index}\",{index}",
            stamp(answered.plus_seconds(-8)),
            stamp(answered),
            stamp(ended),
            talk + 8,
            ended.micros() / 1_000_000,
            ended.micros() / 1_000_000,
        )?;
        file.write_all(line.as_bytes())?;
    }
    file.flush()?;
    Ok(())
}
