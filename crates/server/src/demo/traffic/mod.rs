//! Two months of call records of the demo's switches, as files.
//!
//! Decided here: which calls there are, in which file each record stands, and what is wrong with
//! some. Deterministic: the same files on every machine. The records are written by
//! `adapters::cdr_files::write` and then read by the same code as anybody's.

mod asterisk;
mod calls;
mod defects;
mod freeswitch;
mod people;

use adapters::cdr_files::Format;
use anyhow::Context;
use domain::time::{Day, Timestamp, Zone};

use super::world::{PARTNERS, SwitchPlan, TenantPlan};
use asterisk::AsteriskSwitch;
use calls::{PlannedCall, calls_of};
use freeswitch::FreeswitchSwitch;

/// A month of traffic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Month {
    /// Its name in file names.
    pub(crate) name: &'static str,
    /// Its first day.
    pub(crate) first: (i16, i8, i8),
    /// The first day after it.
    pub(crate) end: (i16, i8, i8),
}

/// The months of the demo.
pub(crate) const MONTHS: [Month; 2] = [
    // A few tenants start in the last days of January.
    Month { name: "2026-02", first: (2026, 1, 30), end: (2026, 3, 1) },
    Month { name: "2026-03", first: (2026, 3, 1), end: (2026, 4, 1) },
];

/// A file of one switch and month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TrafficFile {
    /// Slug of the partner that owns the switch.
    pub(crate) partner: &'static str,
    /// The switch: the source of the records.
    pub(crate) switch: &'static str,
    /// How it is read.
    pub(crate) format: Format,
    /// The zone of its clock.
    pub(crate) zone: Zone,
    /// Its name.
    pub(crate) name: String,
    /// Its bytes.
    pub(crate) content: Vec<u8>,
}

/// A record as it stands in a file, with its line end.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Record {
    ended_at: Timestamp,
    text: String,
}

/// All files, by month.
pub(crate) fn files(tenants: &[TenantPlan]) -> anyhow::Result<[Vec<TrafficFile>; 2]> {
    let mut months = [Vec::new(), Vec::new()];
    for partner in &PARTNERS {
        for switch in partner.switches {
            let zone = Zone::parse(switch.zone).context("the demo's switches")?;
            let [first, second] = records(tenants, switch, &zone)?;
            for (month, content) in [first, second].into_iter().enumerate() {
                months[month].push(TrafficFile {
                    partner: partner.slug,
                    switch: switch.name,
                    format: switch.format,
                    zone: zone.clone(),
                    name: file_name(switch, MONTHS[month].name),
                    content,
                });
            }
        }
    }
    Ok(months)
}

fn file_name(switch: &SwitchPlan, month: &str) -> String {
    match switch.format {
        Format::FreeswitchJson => format!("{}-{month}.json", switch.name),
        _ => format!("{}-{month}-Master.csv", switch.name),
    }
}

/// The two files of a switch.
fn records(
    tenants: &[TenantPlan],
    switch: &SwitchPlan,
    zone: &Zone,
) -> anyhow::Result<[Vec<u8>; 2]> {
    let own: Vec<&TenantPlan> =
        tenants.iter().filter(|tenant| tenant.switch == switch.name).collect();
    let mut calls: Vec<PlannedCall<'_>> = Vec::new();
    for tenant in own {
        for month in &MONTHS {
            calls.extend(calls_of(tenant, day(month.first)?, day(month.end)?));
        }
    }
    // As a switch meets them; the tenant decides between equal starts.
    calls.sort_by(|a, b| (a.start, &a.tenant.prefix).cmp(&(b.start, &b.tenant.prefix)));
    let boundary = zone.start_of(day(MONTHS[1].first)?);
    let mut writer = Writer::new(switch, zone);
    let mut sorted = [Vec::new(), Vec::new()];
    let mut late = Vec::new();
    for (place, call) in calls.iter().enumerate() {
        let records = writer.write(call);
        let is_first = records.iter().all(|record| record.ended_at < boundary);
        if is_first && defects::is_late(place, call) {
            late.extend(records);
        } else {
            sorted[usize::from(!is_first)].extend(records);
        }
    }
    for month in &mut sorted {
        month.sort_by_key(|record| record.ended_at);
    }
    let [first, mut second] = sorted;
    // What a second node held back came with the next month's file.
    second.extend(late);
    let first = defects::with_defects(&first, (switch, zone), 0);
    let second = defects::with_defects(&second, (switch, zone), 1);
    Ok([first, second])
}

fn day((year, month, day): (i16, i8, i8)) -> anyhow::Result<Day> {
    Day::new(year, month, day).context("the demo's calendar")
}

/// What writes a switch's records.
enum Writer<'a> {
    Asterisk(AsteriskSwitch<'a>),
    Freeswitch(FreeswitchSwitch),
}

impl<'a> Writer<'a> {
    fn new(switch: &SwitchPlan, zone: &'a Zone) -> Self {
        match switch.format {
            Format::FreeswitchJson => Self::Freeswitch(FreeswitchSwitch::new(switch.name)),
            _ => Self::Asterisk(AsteriskSwitch::new(zone)),
        }
    }

    fn write(&mut self, call: &PlannedCall<'_>) -> Vec<Record> {
        match self {
            Self::Asterisk(switch) => switch.records(call),
            Self::Freeswitch(switch) => switch.records(call),
        }
    }
}

#[cfg(test)]
mod tests;
