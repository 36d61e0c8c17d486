//! A month in the life of a partner, told by a program that knows only the API's document, while
//! the server is killed again and again.

mod client;
mod deployment;
mod hook;

use std::{collections::BTreeSet, time::Duration};

use futures::future::join_all;
use it::engines::Engine;
use rstest::rstest;
use serde_json::{Value, json};

use self::{
    client::{Program, body, document, nothing, with},
    deployment::Deployment,
    hook::Hook,
};

const BATCHES: usize = 12;
const RECORDS: usize = 200;
/// Half of them pay by a rate deck, half a flat rate.
const TENANTS: usize = 4;
/// Longest that events are waited for: as long as a dead server's messages stay its own, and more.
const HEARD_WITHIN: Duration = Duration::from_secs(40);

/// What was set up.
struct Setting {
    flat: Value,
    by_deck: Value,
    tenants: Vec<String>,
}

async fn set_up(operator: &Program<'_>) -> Value {
    let new = json!({"name": "Example Telecom", "home_country": "US", "currency": "USD"});
    operator.ask("create_operator", body(&new)).await;
    let new = json!({"slug": "oak", "company_name": "Oak Voice",
                     "billing_email": "billing@oak.example", "status": "active"});
    let partner = operator.ask("create_partner", body(&new)).await;
    let limit = body(&json!({"rate_limit": 1_000_000})).with("id", text(&partner["id"]));
    operator.ask("set_partner_rate_limit", limit).await;
    let key = body(&json!({"name": "story", "rate_limit": 10_000}));
    operator.ask("create_partner_api_key", key.with("id", text(&partner["id"]))).await
}

async fn set_up_tenants(partner: &Program<'_>) -> Setting {
    let deck = json!({"name": "Domestic", "csv": "prefix,name,rate_per_minute\n1,Home,0.02\n"});
    let deck = partner.ask("create_rate_deck", body(&deck)).await;
    let flat = json!({"name": "Flat", "model": "flat_rate", "base_fee": "99.00",
        "included_extensions": 5, "included_dids": 1, "included_minutes": 500,
        "extension_rate": "20.00", "did_rate": "4.00", "toll_free_did_rate": "6.00",
        "minute_rate": "0.025"});
    let flat = partner.ask("create_billing_profile", body(&flat)).await;
    let by_deck = json!({"name": "By destination", "model": "payg", "extension_rate": "10.00",
        "did_rate": "1.00", "toll_free_did_rate": "2.00", "minute_rate": "0.05",
        "rate_deck_id": deck["id"]});
    let by_deck = partner.ask("create_billing_profile", body(&by_deck)).await;
    let mut tenants = Vec::new();
    for place in 0..TENANTS {
        let profile = if place % 2 == 0 { &flat } else { &by_deck };
        let new = json!({"name": format!("Tenant {place}"), "sip_prefix": format!("TEN{place}"),
            "billing_email": "books@tenant.example", "status": "active", "timezone": "UTC",
            "billing_profile_id": profile["id"]});
        let tenant = partner.ask("create_tenant", body(&new)).await;
        let new = json!({"tenant_id": tenant["id"], "number": number(place)});
        partner.ask("create_phone_number", body(&new)).await;
        tenants.push(text(&tenant["id"]).to_owned());
    }
    Setting { flat, by_deck, tenants }
}

fn number(tenant: usize) -> String {
    format!("+1501555010{tenant}")
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

/// Calls of one minute each, by every tenant in turn.
fn records(batch: usize, year: i32) -> Vec<u8> {
    let record = |place: usize| {
        let begun = format!("{year}-05-{:02}T{:02}:{:02}", batch + 1, place / 60, place % 60);
        json!({"record_id": format!("{batch}-{place}"), "from": number(place % TENANTS),
               "to": "+12125550199", "answered_at": format!("{begun}:00Z"),
               "ended_at": format!("{begun}:59Z"), "talk_seconds": "60"})
    };
    (0..RECORDS).map(|place| record(place).to_string() + "\n").collect::<String>().into_bytes()
}

/// Kills the server as soon as `is_time`.
async fn kill_when(deployment: &Deployment, is_time: impl AsyncFn() -> bool) {
    while !is_time().await {}
    deployment.kill();
}

/// Sends all batches, several at once, while the server is killed three times.
async fn push_batches(deployment: &Deployment, partner: &Program<'_>, year: i32) {
    let taken = async || partner.all("list_cdr_batches", nothing()).await.len();
    let killing = async {
        for so_many in [1, BATCHES / 3, BATCHES * 2 / 3] {
            kill_when(deployment, async || taken().await >= so_many).await;
        }
    };
    let pushing = join_all((0..BATCHES).map(|batch| {
        let wanted = with("source", "pbx").sending("application/x-ndjson", records(batch, year));
        partner.ask("create_cdr_batch", wanted)
    }));
    let (answers, ()) = tokio::join!(pushing, killing);
    assert!(partner.lost() > 0, "the server died while batches were on their way");
    for answer in &answers {
        // Nothing was added by a request whose answer is lost: each answer is the first.
        let counts = (&answer["accepted"], &answer["duplicates"], &answer["rejected"]);
        assert_eq!(counts, (&json!(RECORDS), &json!(0), &json!(0)), "{answer}");
    }
}

/// Closes the month, while the server is killed as soon as the clock moves and as soon as the
/// first invoice is there.
async fn close_month(
    deployment: &Deployment,
    (operator, partner): (&Program<'_>, &Program<'_>),
    until: &str,
) {
    let is_there = async || operator.ask("get_clock", nothing()).await["now"] == until;
    let killing = async {
        let moves = async || operator.ask("get_clock", nothing()).await["moving"] == true;
        kill_when(deployment, async || moves().await || is_there().await).await;
        let is_billed = async || !partner.all("list_invoices", nothing()).await.is_empty();
        kill_when(deployment, is_billed).await;
    };
    tokio::join!(operator.advance_to(until), killing);
    assert!(is_there().await);
}

/// Each call was taken once, each tenant was billed once, and each invoice has its file.
async fn check_month(partner: &Program<'_>, setting: &Setting) -> Vec<Value> {
    let calls = partner.all("list_calls", nothing()).await;
    let records: BTreeSet<&str> = calls.iter().map(|call| text(&call["record_id"])).collect();
    assert_eq!((calls.len(), records.len()), (BATCHES * RECORDS, BATCHES * RECORDS));
    let invoices = partner.all("list_invoices", nothing()).await;
    assert_eq!(invoices.len(), TENANTS, "{invoices:?}");
    let numbers: BTreeSet<&str> = invoices.iter().map(|it| text(&it["number"])).collect();
    assert_eq!(numbers.len(), TENANTS);
    for (place, tenant) in setting.tenants.iter().enumerate() {
        let mut own = invoices.iter().filter(|invoice| invoice["tenant_id"] == **tenant);
        // 600 minutes: 500 are included, 100 at 0.025; or all at the deck's 0.02 and a number.
        let subtotal = if place % 2 == 0 { "101.50" } else { "13.00" };
        assert_eq!(own.next().unwrap()["subtotal"], subtotal);
    }
    for invoice in &invoices {
        let pdf = partner.ask_bytes("get_invoice_pdf", with("id", text(&invoice["id"]))).await;
        assert!(pdf.starts_with(b"%PDF"), "{invoice}");
    }
    invoices
}

/// What the others would have paid by the other profile.
async fn simulate(partner: &Program<'_>, setting: &Setting, year: i32) {
    let wanted = json!({"from": format!("{year}-05-01"), "to": format!("{year}-06-01"),
        "proposals": [{"billing_profile_id": setting.flat["id"]},
                      {"billing_profile_id": setting.by_deck["id"]}]});
    let result = partner.ask("simulate", body(&wanted)).await;
    let rows = result["data"].as_array().unwrap();
    assert_eq!(rows.len(), TENANTS, "{result}");
    for row in rows {
        let proposals = row["proposals"].as_array().unwrap();
        let cheapest = &proposals[0]["amounts"]["subtotal"];
        assert_eq!((proposals.len(), cheapest), (2, &json!("13.00")), "{row}");
    }
}

/// Every event since the endpoint was made was heard, and each invoice's among them once.
async fn check_events(partner: &Program<'_>, (hook, unheard): (&Hook, usize), invoices: &[Value]) {
    let events = partner.all("list_events", with("sort", "sequence")).await;
    let sequences: Vec<usize> =
        events.iter().map(|event| event["sequence"].as_u64().unwrap() as usize).collect();
    assert_eq!(sequences, (1..=events.len()).collect::<Vec<_>>(), "without gaps");
    let told: Vec<String> =
        events[unheard..].iter().map(|event| text(&event["id"]).to_owned()).collect();
    let heard = tokio::time::timeout(HEARD_WITHIN, hook.hears(&told)).await;
    let heard = heard.expect("each event is heard");
    for event in &events[unheard..] {
        assert_eq!(&heard[text(&event["id"])], event);
    }
    let mut billed: Vec<&str> = heard
        .values()
        .filter(|event| event["type"] == "invoice.created")
        .map(|event| text(&event["data"]["invoice"]["id"]))
        .collect();
    let mut expected: Vec<&str> = invoices.iter().map(|invoice| text(&invoice["id"])).collect();
    billed.sort_unstable();
    expected.sort_unstable();
    assert_eq!(billed, expected);
}

// API-02 API-11 BEY-04 BEY-05 BEY-09 BEY-15 INV-27 MET-10 WHK-05 WHK-17
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_program_lives_through_a_month_of_crashes(#[case] engine: Engine) {
    let Some(deployment) = Deployment::fresh(engine).await else { return };
    let document = document(&deployment).await;
    let key = deployment.says("keys create --operator --name first --rate 10000");
    let operator = Program::new(&deployment, &document, key.trim());
    // Some May to come.
    let now = operator.ask("get_clock", nothing()).await;
    let year: i32 = text(&now["now"])[..4].parse::<i32>().unwrap() + 1;
    operator.advance_to(&format!("{year}-05-01T00:00:00Z")).await;
    let key = set_up(&operator).await;
    let partner = Program::new(&deployment, &document, text(&key["secret"]));
    let hook = Hook::listen().await;
    let unheard = partner.all("list_events", nothing()).await.len();
    let kinds = partner.ask("list_event_types", nothing()).await;
    let kinds = kinds["data"].as_array().unwrap();
    let kinds: Vec<&Value> = kinds.iter().map(|kind| &kind["type"]).collect();
    let new = json!({"url": hook.url, "event_types": kinds});
    let endpoint = partner.ask("create_webhook_endpoint", body(&new)).await;
    hook.trust(text(&endpoint["secret"]));
    let setting = set_up_tenants(&partner).await;
    operator.advance_to(&format!("{year}-05-20T00:00:00Z")).await;
    push_batches(&deployment, &partner, year).await;
    close_month(&deployment, (&operator, &partner), &format!("{year}-06-02T00:00:00Z")).await;
    let invoices = check_month(&partner, &setting).await;
    simulate(&partner, &setting, year).await;
    check_events(&partner, (&hook, unheard), &invoices).await;
    deployment.kill();
    let verdict = deployment.says("check");
    assert!(verdict.starts_with("books are sound"), "{verdict}");
}
