//! A tenant's call history.

use domain::user::Role;
use rstest::rstest;

use super::tenant_billing::says;
use crate::harness::{CallLine, Engine, People, builders::at};

const NUMBER: &str = "+15015550111";

async fn with_calls(engine: Engine, count: u32) -> Option<People> {
    let people = People::fresh(engine).await?;
    let (partner_id, tenant_id) = (people.partner.partner_id, people.tenant.tenant_id);
    people.world.app.assign_numbers(partner_id, tenant_id, &[NUMBER]).await.unwrap();
    let call = |index: u32| {
        let (outside, ended) = (
            format!("+1212555{index:04}"),
            at("2026-05-03T10:00:00Z").plus_seconds(60 * i64::from(index)),
        );
        let (from, to) = (NUMBER, outside.as_str());
        let ends = if index.is_multiple_of(2) { (from, to) } else { (to, from) };
        CallLine::new(&index.to_string(), ends, ended, 61)
    };
    people.world.calls(&(0..count).map(call).collect::<Vec<_>>()).await;
    Some(people)
}

// DSH-16 the history is searched, filtered and paged in the address
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn calls_are_found_by_number_direction_and_day(#[case] engine: Engine) {
    let Some(people) = with_calls(engine, 60).await else { return };
    let mut admin = people.signed_in(Role::TenantAdmin).await;
    let first = admin.get("/my/calls").await.expect(200).text();
    says(&first, &["Outbound", "Inbound", "Answered", "1:01", "1:06", "+12125550059", "Next →"]);
    assert_eq!(first.matches("<th scope=\"row\"").count(), 50);
    let next = first.split_once("rel=\"next\" href=\"").unwrap().1.split('"').next().unwrap();
    let second = admin.get(&next.replace("&amp;", "&")).await.expect(200).text();
    assert_eq!(second.matches("<th scope=\"row\"").count(), 10);
    for (query, count) in [
        ("number=5550007", 1),
        ("number=%2B1+(212)+555-0007", 1),
        ("number=%25", 50),
        ("direction=inbound", 30),
        ("direction=inbound&number=0008", 0),
        ("class=toll_free", 0),
        ("from=2026-05-04", 0),
        ("to=2026-05-03&direction=outbound", 30),
        ("from=nonsense", 50),
        ("result=free", 0),
    ] {
        let found = admin.get(&format!("/my/calls?{query}")).await.expect(200).text();
        assert_eq!(found.matches("<th scope=\"row\"").count(), count, "{query}");
    }
    let hostile = admin.get("/my/calls?number=%22%3E%3Cscript%3E").await.expect(200).text();
    assert!(!hostile.contains("<script"), "{hostile}");
}

// BEY-03 TNT-06 a call says how its price came about; users without bills see no prices
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_call_explains_its_price(#[case] engine: Engine) {
    let Some(people) = with_calls(engine, 2).await else { return };
    let mut admin = people.signed_in(Role::TenantAdmin).await;
    let list = admin.get("/my/calls").await.expect(200).text();
    let id = list.split_once("/my/calls/").unwrap().1.split('"').next().unwrap().to_owned();
    let call = admin.get(&format!("/my/calls/{id}")).await.expect(200).text();
    says(
        &call,
        &["How its price came about", "Rate per minute", "Billed in steps of", "6 s", "1:06"],
    );
    for never in ["wholesale", "cost", "agrees"] {
        assert!(!call.to_lowercase().contains(never), "{never} in {call}");
    }
    let csv = admin.get("/my/calls.csv?direction=outbound").await.expect(200);
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    let lines: Vec<String> = csv.text().lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), 2);
    says(&lines[0], &["date,direction,from,to", "price,currency"]);
    says(&lines[1], &["2026-05-03T09:58:59+00:00,outbound,+15015550111,+12125550000", "USD"]);
    let mut user = people.signed_in(Role::TenantUser).await;
    let list = user.get("/my/calls").await.expect(200).text();
    assert!(!list.contains('$') && !list.contains(">Price<"), "{list}");
    let call = user.get(&format!("/my/calls/{id}")).await.expect(200).text();
    assert!(!call.contains("How its price came about"));
    let csv = user.get("/my/calls.csv").await.expect(200).text();
    assert!(!csv.contains("price"));
}
