//! Files as switches write them, from the file to the billed second.

use adapters::cdr_files::{
    Format,
    write::{AsteriskRow, FreeswitchCdr, FreeswitchLeg},
};
use app::{
    ingest::{BATCH_ROWS, ImportReport, ImportRequest},
    setup::NewTenant,
};
use domain::time::Zone;
use rstest::rstest;

use super::ingest::{ACME, OUTSIDE};
use crate::harness::{CallLine, Engine, Part, TestFile, World, builders::at};

/// What an import may need, whatever the file's size.
const PEAK_KIB: u64 = 200 * 1024;

/// The tenant acme with an account code, a number and two extensions, in November.
async fn acme(engine: Engine) -> Option<World> {
    let (world, partner) = World::with_partner(engine).await?;
    let mut new = NewTenant::named("Acme", "acme", "books@acme.example");
    new.account_code = Some("acme-east".to_owned());
    let tenant = world.app.create_tenant(partner.partner_id, &new).await.unwrap();
    world.app.assign_numbers(partner.partner_id, tenant.tenant_id, &[ACME]).await.unwrap();
    let names = ["101".to_owned(), "102".to_owned()];
    world.app.add_extensions(partner.partner_id, tenant.tenant_id, &names).await.unwrap();
    world.advance("2026-11-22T12:00:00Z");
    Some(world)
}

impl World {
    async fn take(&self, request: &ImportRequest) -> ImportReport {
        self.app.import_file(request, &mut |_| {}).await.unwrap()
    }

    /// Calls as `direction from to: talk billed outcome`, by their end.
    async fn told(&self) -> Vec<String> {
        self.texts(
            "select direction || ' ' || from_number || ' ' || to_number || ': ' || talk_seconds
               || ' ' || billed_seconds || ' ' || coalesce(reason, outcome)
             from call order by ended_at, record_id",
        )
        .await
    }
}

fn sample(name: &str) -> TestFile {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../adapters/tests/data");
    TestFile::new(name, &std::fs::read(format!("{folder}/{name}")).unwrap())
}

// MET-02, MET-03, MET-04 what a real Asterisk wrote: ring groups, queues, menus, transfers
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_real_master_csv_is_billed(#[case] engine: Engine) {
    let Some(world) = acme(engine).await else { return };
    let report = world.take(&sample("asterisk_Master.csv").request(Format::AsteriskCsv)).await;
    // Ten rows were answered by a second channel and are longer than a second; nobody here has
    // the account of three rows and the number of one.
    assert_eq!((report.rows, report.rated, report.billed_seconds), (24, 10, 60));
    let free: Vec<(&str, u64)> = report.free.into_iter().collect();
    assert_eq!(free, [("never_billed", 1), ("not_a_call", 6), ("unanswered", 3)]);
    let rejects: Vec<(String, u64)> = report.rejects.into_iter().collect();
    assert_eq!(rejects, [("unknown_account".to_owned(), 3), ("unknown_owner".to_owned(), 1)]);
    let told = world.told().await;
    let first = "inbound 15015559999 +15015550111: 1 6 rated";
    assert!(told.iter().any(|call| call == first), "{told:#?}");
    world.assert_clean().await;
}

// MET-02, MET-04 BOM, CRLF, a quoted name, local times; a menu and a busy line cost nothing
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn noise_around_a_ring_group_is_not_billed(#[case] engine: Engine) {
    let Some(world) = acme(engine).await else { return };
    let file = generated();
    let mut request = file.request(Format::AsteriskCsv);
    request.options.zone = Some(Zone::parse("America/Chicago").unwrap());
    world.take(&request).await;
    let expected = [
        "inbound 12125550199 +15015550111: 0 0 unanswered",
        "inbound 12125550199 +15015550111: 45 0 not_a_call",
        "inbound 12125550199 +15015550111: 61 66 rated",
        "outbound acme_101 +12125550199: 6 6 rated",
        "outbound acme_101 +12125550199: 0 0 unanswered",
    ];
    assert_eq!(world.told().await, expected);
    let last = "select ended_at from call where talk_seconds = 61";
    assert_eq!(world.number(last).await, at("2026-11-20T03:01:21Z").micros());
    world.assert_clean().await;
}

// MET-01, MET-02 the other formats, each as its program writes it
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn every_format_is_billed(#[case] engine: Engine) {
    for (name, format, call) in [
        // 67.54 s of talk, 7 s of it on hold
        (
            "freeswitch_a_leg.json",
            Format::FreeswitchJson,
            "outbound +15015550111 +15015550100: 68 66 rated",
        ),
        // 1.003 s
        ("kamailio_row.ndjson", Format::KamailioJson, "outbound acme_101 +15015550100: 2 6 rated"),
        // 60.2 s, 10 s of it on hold
        ("record.csv", Format::Csv, "inbound +15015550111 +15015550100: 61 54 rated"),
        ("record.ndjson", Format::Ndjson, "inbound +15015550111 +15015550100: 61 54 rated"),
    ] {
        let Some(world) = acme(engine).await else { return };
        world.take(&sample(name).request(format)).await;
        assert_eq!(world.told().await, [call], "{name}");
        world.assert_clean().await;
    }
}

// ruling 16 two legs of FreeSWITCH are one call, in one file or two, in any order
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn both_legs_of_a_call_are_billed_once(#[case] engine: Engine) {
    let names = ["freeswitch_a_leg.json", "freeswitch_b_leg.json"];
    let mut billed = Vec::new();
    for order in [[0, 1], [1, 0]] {
        let Some(world) = acme(engine).await else { return };
        for place in order {
            world.take(&sample(names[place]).request(Format::FreeswitchJson)).await;
        }
        billed.push(world.number("select sum(billed_seconds) from call").await);
        world.assert_clean().await;
    }
    assert_eq!(billed, [72, 72]);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_file_of_nothing_is_no_error(#[case] engine: Engine) {
    let Some(world) = acme(engine).await else { return };
    let formats = [Format::AsteriskCsv, Format::FreeswitchJson, Format::KamailioJson];
    for format in formats.into_iter().chain([Format::Ndjson, Format::Csv]) {
        let report = world.take(&TestFile::new("empty", b"").request(format)).await;
        assert_eq!((report.rows, report.changed_nothing()), (0, true), "{format}");
    }
}

#[test]
fn an_unknown_zone_is_refused_by_name() {
    let error = Zone::parse("America/Chigago").unwrap_err().to_string();
    assert!(error.contains("America/Chigago"), "{error}");
}

// a switch whose clock is wrong: kept, and a call once its time has come
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_call_from_the_future_waits(#[case] engine: Engine) {
    let Some(world) = acme(engine).await else { return };
    let call = CallLine::new("1", (OUTSIDE, ACME), at("2027-01-10T10:00:00Z"), 60);
    let report = world.calls(&[call]).await;
    assert_eq!((report.rated, report.rejects.get("in_the_future")), (0, Some(&1)));
    world.app.run_due(Some(at("2027-01-10T12:00:00Z"))).await.unwrap();
    let retried = world.app.retry_rejects(None).await.unwrap();
    assert_eq!((retried.resolved, retried.calls.rated), (1, 1));
    world.app.run_due(Some(at("2027-02-02T00:00:00Z"))).await.unwrap();
    let billed = "select sum(amount_minor) from invoice_line where kind = 'usage'";
    assert_eq!(world.number(billed).await, 3);
    world.assert_clean().await;
}

/// What a process needs to import a file, in KiB; nothing where the system does not say.
fn peak(world: &World, file: &TestFile, format: Format) -> (u64, Option<u64>) {
    let (path, batch_rows) = (file.path.clone(), BATCH_ROWS);
    let answer = world.start(&Part::Import { path, format, batch_rows }).finish();
    (answer["rows"].as_u64().unwrap(), answer["peak_kib"].as_u64())
}

// rows of many kinds and sizes; the database's own cache has 64 MiB of it
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[tokio::test]
async fn memory_does_not_grow_with_the_file(#[case] engine: Engine) {
    let Some(world) = acme(engine).await else { return };
    let calls = (0..24_000).map(|number| {
        let ended = at("2026-11-03T10:00:00Z").plus_seconds(number * 6);
        CallLine::new(&number.to_string(), (OUTSIDE, ACME), ended, 30)
    });
    let many = TestFile::of_calls(&calls.collect::<Vec<_>>());
    let endless = TestFile::new("one.ndjson", &vec![b'x'; 64 << 20]);
    let mut documents = String::new();
    // As large as FreeSWITCH writes them, fewer than a batch may have rows.
    let padding = "x".repeat(30_000);
    for number in 0..1_200 {
        let start = at("2026-11-03T10:00:00Z").plus_seconds(number * 60);
        FreeswitchCdr {
            uuid: &format!("uuid-{number}"),
            leg: FreeswitchLeg::Calling { bridged_to: None },
            accountcode: "acme-east",
            user: &padding,
            caller_id_number: ACME,
            destination_number: OUTSIDE,
            start,
            answer: None,
            end: start.plus_seconds(5),
            hold_seconds: 0,
            hangup_cause: "USER_BUSY",
        }
        .append_to(&mut documents);
    }
    let documents = TestFile::new("cdr.json", documents.as_bytes());
    for (file, format, rows) in [
        (&many, Format::Ndjson, 24_000),
        (&endless, Format::Ndjson, 1),
        (&documents, Format::FreeswitchJson, 1_200),
    ] {
        let (read, peak) = peak(&world, file, format);
        assert_eq!(read, rows, "{format}");
        assert!(peak.is_none_or(|peak| peak < PEAK_KIB), "{format}: {peak:?} KiB");
    }
}

/// Rows of one evening in Chicago, the times local, as after a trip through another system: with
/// a byte order mark and CRLF.
fn generated() -> TestFile {
    let zone = Zone::parse("America/Chicago").unwrap();
    let start = at("2026-11-20T03:00:00Z");
    let mut file = String::from("\u{feff}");
    let row = AsteriskRow {
        accountcode: "",
        src: "12125550199",
        dst: ACME,
        dcontext: "from-carrier",
        clid: "\"Doe, \"\"Jo\"\"\" <12125550199>",
        channel: "PJSIP/carrier-00000001",
        dstchannel: "PJSIP/acme_101-00000002",
        lastapp: "Dial",
        lastdata: "PJSIP/acme_101,30,tT",
        start,
        answer: None,
        end: start.plus_seconds(20),
        disposition: "NO ANSWER",
        uniqueid: "1795000000.1",
        userfield: "",
        peeraccount: "acme",
        linkedid: "1795000000.1",
        sequence: 1,
    };
    let answered = |row: &AsteriskRow<'static>, ring: i64, talk: i64| -> AsteriskRow<'static> {
        let answer = row.start.plus_seconds(ring);
        let end = answer.plus_seconds(talk);
        AsteriskRow { answer: Some(answer), end, disposition: "ANSWERED", ..row.clone() }
    };
    // A ring group: two phones ring, the second one answers, 61 s.
    row.append_to(&mut file, &zone);
    let second = AsteriskRow { dstchannel: "PJSIP/acme_102-00000003", sequence: 2, ..row.clone() };
    answered(&second, 20, 61).append_to(&mut file, &zone);
    // A menu that answered, spoke and put nobody through: no call, though it lasted.
    let menu = AsteriskRow {
        dstchannel: "",
        lastapp: "Playback",
        lastdata: "welcome",
        uniqueid: "1795000000.2",
        linkedid: "1795000000.2",
        sequence: 3,
        ..row.clone()
    };
    answered(&menu, 0, 45).append_to(&mut file, &zone);
    // A call out of 6 s, and one that was busy.
    let out = AsteriskRow {
        accountcode: "acme",
        src: "acme_101",
        dst: OUTSIDE,
        dcontext: "from-endpoint",
        channel: "PJSIP/acme_101-00000004",
        dstchannel: "PJSIP/carrier-00000005",
        uniqueid: "1795000000.3",
        linkedid: "1795000000.3",
        sequence: 4,
        start: start.plus_seconds(600),
        end: start.plus_seconds(610),
        ..row.clone()
    };
    answered(&out, 4, 6).append_to(&mut file, &zone);
    let busy = AsteriskRow { disposition: "BUSY", sequence: 5, uniqueid: "1795000000.4", ..out };
    let busy = AsteriskRow { linkedid: "1795000000.4", start: start.plus_seconds(900), ..busy };
    AsteriskRow { end: start.plus_seconds(905), ..busy }.append_to(&mut file, &zone);
    TestFile::new("Master.csv", file.replace('\n', "\r\n").as_bytes())
}
