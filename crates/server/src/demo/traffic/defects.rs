//! What is wrong with the demo's files, as with all real ones.
//!
//! Decided here: which rows come twice, which with other content, which belong to nobody, which
//! cannot be read, and which calls come a month late. A handful of each, at fixed places.

use adapters::cdr_files::Format;
use domain::time::{Timestamp, Zone};

use super::{
    super::world::{PlanKey, SwitchPlan},
    Record,
    calls::{Ended, PlannedCall},
};

/// One call in so many comes a month late.
const LATE: usize = 900;
/// One row in so many comes twice.
const TWICE: usize = 1_500;
/// The first bad row; others follow at equal distances.
const FIRST_BAD: usize = 400;

/// Whether a call of the first month only comes with the second.
pub(super) fn is_late(place: usize, call: &PlannedCall<'_>) -> bool {
    place % LATE == 450 && call.ended != Ended::Failed && call.tenant.plan != PlanKey::Trial
}

/// The file of these records, with all that is wrong with it. `month` is 0 or 1.
pub(super) fn with_defects(
    records: &[Record],
    (switch, zone): (&SwitchPlan, &Zone),
    month: usize,
) -> Vec<u8> {
    let mut file = Vec::new();
    let bad = match switch.format {
        Format::FreeswitchJson => bad_documents(records),
        _ => bad_rows(records, zone, month),
    };
    let distance = records.len() / (bad.len() + 2);
    let mut bad = bad.into_iter();
    for (place, record) in records.iter().enumerate() {
        file.extend_from_slice(record.text.as_bytes());
        if place % TWICE == 77 {
            file.extend_from_slice(record.text.as_bytes());
        }
        if place > FIRST_BAD && place % distance == 0 {
            file.extend(bad.next().unwrap_or_default());
        }
    }
    file.extend(bad.flatten());
    file
}

/// The first record of an answered call with a second channel.
fn sample<'a>(records: &'a [Record], word: &str) -> &'a str {
    let found = records.iter().find(|record| record.text.contains(word));
    found.map_or("", |record| &record.text)
}

/// Rows that an importer must refuse, keep and show.
fn bad_rows(records: &[Record], zone: &Zone, month: usize) -> Vec<Vec<u8>> {
    let sample = sample(records, ",\"ANSWERED\",");
    let end = records.last().map_or(Timestamp::default(), |record| record.ended_at);
    let day = zone.local(end).strftime("%Y-%m").to_string();
    let row = |src: &str, dst: &str, (start, finish): (&str, &str), id: &str| {
        format!(
            "\"\",\"{src}\",\"{dst}\",\"from-carrier\",\"<{src}>\",\
             \"PJSIP/carrier-0000f001\",\"PJSIP/desk-0000f002\",\"Dial\",\"PJSIP/desk,25\",\
             \"{day}-{start}\",\"{day}-{start}\",\"{day}-{finish}\",61,60,\"ANSWERED\",\
             \"DOCUMENTATION\",\"{id}\",\"\",\"\",\"{id}\",{}\n",
            900_000 + month
        )
    };
    let usual = ("12 10:00:00", "12 10:01:01");
    // A number that was never assigned, and an account that nobody has.
    let unknown = row("2025550160", "2125550149", usual, "1770000000.1");
    let stranger = row("2025550161", "9175550148", usual, "1770000000.2");
    let account = stranger.replacen("\"\",", "\"acme\",", 1).replace("0000.2", "0000.3");
    let no_such_day = row("2025550162", "2125550100", ("32 10:00:00", "32 10:01:01"), "1.4");
    let backwards = row("2025550163", "2125550100", ("12 11:00:00", "12 10:00:00"), "1.5");
    let negative = row("2025550164", "2125550100", usual, "1.6").replace(",61,60,", ",61,-60,");
    let latin1 = row("2025550165", "212555\u{1}", usual, "1.7").into_bytes();
    let latin1 = latin1.into_iter().map(|byte| if byte == 1 { 0xe9 } else { byte }).collect();
    // The disk was full in the middle of a row; then it was not.
    let cut: String = sample.split(',').take(9).collect::<Vec<_>>().join(",") + "\n";
    let notice = "[Feb 14 03:12:08] NOTICE[811] cdr.c: CDR logging restarted\n".to_owned();
    // The same record with another end: which one is true?
    let conflict = sample.replacen(",\"ANSWERED\",", ",\"NO ANSWER\",", 1);
    let mut bad: Vec<Vec<u8>> =
        [unknown, stranger, account, no_such_day, backwards, negative, cut, notice, conflict]
            .map(String::into_bytes)
            .into();
    bad.push(latin1);
    bad
}

/// Documents that an importer must refuse, keep and show.
fn bad_documents(records: &[Record]) -> Vec<Vec<u8>> {
    let sample = sample(records, "NORMAL_CLEARING");
    let cut = sample.find("\"callflow\"").map_or("", |place| &sample[..place]);
    let conflict = sample.replace("NORMAL_CLEARING", "ALLOTTED_TIMEOUT");
    let no_id = sample.replacen("\"uuid\"", "\"uuid_\"", 1);
    let no_end = sample.replace("\"end_epoch\"", "\"end_epoch_\"");
    let no_end = no_end.replace("\"end_uepoch\"", "\"end_uepoch_\"");
    let no_end = no_end.replacen("\"uuid\":\"", "\"uuid\":\"f", 1);
    let negative = sample.replace("\"billmsec\":\"", "\"billmsec\":\"-");
    let negative = negative.replacen("\"uuid\":\"", "\"uuid\":\"e", 1);
    let nobody = sample.replace("\"accountcode\":\"", "\"accountcode\":\"x");
    let nobody = nobody.replacen("\"uuid\":\"", "\"uuid\":\"d", 1);
    let answer = "<html><h1>502 Bad Gateway</h1></html>\n".to_owned();
    [format!("{cut}\n"), answer, conflict, no_id, no_end, negative, nobody]
        .map(String::into_bytes)
        .into()
}
