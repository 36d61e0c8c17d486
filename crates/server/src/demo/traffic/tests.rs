//! The traffic is the same every time, reads back, and looks like that of real businesses.

use std::{collections::BTreeMap, sync::OnceLock};

use adapters::cdr_files::{ReadOptions, Row, RowReader};
use domain::cdr::{CallRecord, Disposition};

use super::*;
use crate::demo::world::tenants;

struct Read {
    records: Vec<CallRecord>,
    bad: BTreeMap<&'static str, u32>,
}

fn read(file: &TrafficFile) -> Read {
    let options = ReadOptions { zone: Some(file.zone.clone()), ..ReadOptions::new(file.format) };
    let (mut records, mut bad) = (Vec::new(), BTreeMap::new());
    for row in RowReader::new(file.content.as_slice(), &options) {
        match row.expect("memory does not fail").row {
            Row::Record(record) => records.push(*record),
            Row::Bad { code, .. } => *bad.entry(code).or_default() += 1,
        }
    }
    Read { records, bad }
}

/// Made once: there are a hundred thousand rows in them.
fn made() -> &'static [Vec<TrafficFile>; 2] {
    static MADE: OnceLock<[Vec<TrafficFile>; 2]> = OnceLock::new();
    MADE.get_or_init(|| files(&tenants().expect("a world")).expect("traffic"))
}

fn all_files() -> impl Iterator<Item = &'static TrafficFile> {
    made().iter().flatten()
}

#[test]
fn the_same_files_come_out_every_time() {
    let all = tenants().expect("a world");
    for place in [1, 2] {
        let again = &made()[0][place];
        let own: Vec<TenantPlan> =
            all.iter().filter(|tenant| tenant.switch == again.switch).take(3).cloned().collect();
        let first = files(&own).expect("traffic");
        assert_eq!(first, files(&own).expect("traffic"));
        assert_ne!(first[0], first[1]);
    }
}

#[test]
fn files_read_back_with_only_the_defects_they_were_given() {
    assert_eq!(all_files().count(), 6);
    let mut rows = 0;
    for file in all_files() {
        let Read { records, bad } = read(file);
        rows += records.len();
        let refused: u32 = bad.values().sum();
        assert!((4..=8).contains(&refused), "{}: {bad:?}", file.name);
        assert!(bad.len() >= 3, "{}: {bad:?}", file.name);
    }
    assert!((60_000..100_000).contains(&rows), "{rows} rows");
}

#[test]
fn people_call_in_business_hours_and_mostly_talk_shortly() {
    let file = all_files().next().expect("six files");
    let records = read(file).records;
    let answered: Vec<&CallRecord> =
        records.iter().filter(|record| record.billable_seconds() > 0).collect();
    let share = |count: usize| count * 100 / answered.len();
    let in_hours = |record: &&&CallRecord| {
        let hour = file.zone.local(record.rated_at()).hour();
        (8..19).contains(&hour)
    };
    assert!(share(answered.iter().filter(in_hours).count()) > 90);
    let within = |range: std::ops::RangeInclusive<u32>| {
        share(answered.iter().filter(|it| range.contains(&it.billable_seconds())).count())
    };
    assert!(within(1..=180) > 50 && within(1_201..=10_000) >= 2);
    for wanted in [Disposition::NoAnswer, Disposition::Busy, Disposition::Failed] {
        assert!(records.iter().any(|record| record.fields().disposition == wanted));
    }
}

#[test]
fn some_calls_of_the_first_month_come_with_the_second() {
    for file in &made()[1] {
        let boundary = file.zone.start_of(Day::new(2026, 3, 1).expect("a day"));
        let records = read(file).records;
        let late = records.iter().filter(|record| record.fields().ended_at < boundary).count();
        assert!((2..80).contains(&late), "{}: {late}", file.name);
    }
    for file in &made()[0] {
        let boundary = file.zone.start_of(Day::new(2026, 3, 1).expect("a day"));
        assert!(read(file).records.iter().all(|record| record.fields().ended_at < boundary));
    }
}
