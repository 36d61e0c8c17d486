//! Rate decks in a partner's portal: checked, looked at, put in force.

use domain::{paging::PageRequest, user::Role};
use rstest::rstest;

use crate::harness::{Engine, People, http::Answer};

const CSV: &str = "prefix,name,rate_per_minute\n44,United Kingdom,0.0125\n4420,London,0.01\n";

/// The path in an answer that leads elsewhere.
#[track_caller]
fn led(answer: Answer) -> String {
    answer.expect(303).header("location").to_owned()
}

// BEY-02
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_file_is_looked_at_before_it_is_in_force(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let (app, owner) = (&people.world.app, Some(people.partner.partner_id));
    let mut browser = people.signed_in(Role::PartnerAdmin).await;
    let page = PageRequest::newest(50);
    let parts = [("name", "<b>World</b>"), ("timezone", "UTC"), ("effective_from", "")];
    let sent = browser.post_file("/settings/decks", &parts, ("file", "world.csv", CSV)).await;
    let waiting = led(sent);
    assert!(waiting.starts_with("/settings/deck-uploads/upl_"), "{waiting}");
    assert!(app.decks(owner, &page).await.unwrap().rows.is_empty(), "nothing is there yet");
    let shown = browser.get(&waiting).await.expect(200).text();
    assert!(shown.contains("&lt;b&gt;World&lt;/b&gt;") && shown.contains("United Kingdom"));
    assert!(shown.contains("New rows (2)") || shown.contains("New rows"), "{shown}");

    let deck_path = led(browser.post(&waiting, &[]).await);
    let deck_path = deck_path.trim_end_matches("?done=deck-active").to_owned();
    browser.get(&waiting).await.expect(404);
    // Sent twice it is in force once.
    browser.post(&waiting, &[]).await.expect(404);
    let decks = app.decks(owner, &page).await.unwrap().rows;
    assert_eq!((decks.len(), decks[0].latest_version), (1, 1));
    let deck = browser.get(&deck_path).await.expect(200).text();
    assert!(deck.contains("in force") && deck.contains("London") && deck.contains("0.0125"));

    // The next file: one price changes, one row goes, one comes.
    let next = "prefix,name,rate_per_minute\n44,United Kingdom,0.02\n33,France,0.03\n";
    let fields = [("timezone", "UTC"), ("csv", next)];
    let waiting = led(browser.post(&deck_path, &fields).await);
    let diff = browser.get(&waiting).await.expect(200).text();
    for title in ["Rows with other prices", "Rows that go", "New rows", "of version 1"] {
        assert!(diff.contains(title), "{title} in {diff}");
    }
    assert!(diff.contains("0.02") && diff.contains("France") && diff.contains("London"));
    browser.post(&format!("{waiting}/discard"), &[]).await.expect(303);
    browser.get(&waiting).await.expect(404);
    assert_eq!(app.decks(owner, &page).await.unwrap().rows[0].latest_version, 1);

    // Another one is scheduled, and both versions can be read.
    let later = [("timezone", "UTC"), ("csv", next), ("effective_from", "2035-01-01")];
    let waiting = led(browser.post(&deck_path, &later).await);
    browser.post(&waiting, &[]).await.expect(303);
    let deck = browser.get(&deck_path).await.expect(200).text();
    assert!(deck.contains("scheduled") && deck.contains("in force") && deck.contains("France"));
    let first = browser.get(&format!("{deck_path}?version=1")).await.expect(200).text();
    assert!(first.contains("London") && !first.contains("France"));
    let file = browser.get(&format!("{deck_path}/file?version=1")).await.expect(200);
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    assert!(file.text().contains("4420"));
    browser.get(&format!("{deck_path}/file?version=9")).await.expect(404);
    let audit = people.audit(Some(&people.partner)).await;
    let added = audit.iter().filter(|(_, _, action)| action == "rate_deck.add_version").count();
    assert_eq!(added, 2);
}

// BEY-02
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn wrong_files_are_told_line_by_line(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let (app, owner) = (&people.world.app, Some(people.partner.partner_id));
    let mut browser = people.signed_in(Role::PartnerAdmin).await;
    let csv = "prefix,name,rate_per_minute\n44,<script>x</script>,cheap\nabc,Nowhere,0.01\n";
    let fields = [("name", "World"), ("timezone", "UTC"), ("csv", csv)];
    let answer = browser.post("/settings/decks", &fields).await.expect(422).text();
    assert!(answer.contains("The file was not taken") && answer.contains("rate_per_minute"));
    assert!(!answer.contains("<script>") && answer.contains("value=\"World\""), "{answer}");
    for (fields, said) in [
        (vec![("name", ""), ("timezone", "UTC"), ("csv", CSV)], "must have 1 to 120"),
        (vec![("name", "A"), ("timezone", "Mars/Phobos"), ("csv", CSV)], "Mars/Phobos"),
        (vec![("name", "A"), ("timezone", "UTC")], "must be chosen"),
        (vec![("name", "A"), ("timezone", "UTC"), ("csv", "prefix\n")], "csv"),
        (
            vec![("name", "A"), ("timezone", "UTC"), ("csv", CSV), ("effective_from", "soon")],
            "soon",
        ),
    ] {
        let answer = browser.post("/settings/decks", &fields).await.expect(422).text();
        assert!(answer.contains(said), "{said} in {answer}");
    }
    let binary =
        browser.post_file("/settings/decks", &fields[..2], ("file", "a.csv", "a\0b")).await;
    binary.expect(422);
    let page = PageRequest::newest(50);
    assert!(app.decks(owner, &page).await.unwrap().rows.is_empty());
}

// LAY-03 USR-02
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn decks_are_renamed_and_deleted_by_their_own_partner_alone(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let app = &people.world.app;
    let own = app.create_deck(Some(people.partner.partner_id), "Own").await.unwrap().deck_id;
    let other = app.create_deck(Some(people.other.partner_id), "Other").await.unwrap().deck_id;
    let mut browser = people.signed_in(Role::PartnerAdmin).await;
    let path = format!("/settings/decks/{own}");
    let renamed = browser.post(&format!("{path}/name"), &[("seen", "1"), ("name", "New")]).await;
    renamed.expect(303);
    let stale = browser.post(&format!("{path}/name"), &[("seen", "1"), ("name", "Newer")]).await;
    let stale = stale.expect(409).text();
    assert!(stale.contains("Partner Admin One") && stale.contains("value=\"Newer\""), "{stale}");
    let foreign = format!("/settings/decks/{other}");
    browser.get(&foreign).await.expect(404);
    browser.post(&foreign, &[("csv", CSV), ("timezone", "UTC")]).await.expect(404);
    browser.post(&format!("{foreign}/delete"), &[("seen", "1")]).await.expect(404);
    browser.get(&format!("{path}/delete")).await.expect(200);
    browser.post(&format!("{path}/delete"), &[("seen", "1")]).await.expect(409);
    browser.post(&format!("{path}/delete"), &[("seen", "2")]).await.expect(303);
    browser.get(&path).await.expect(404);
    let mut user = people.signed_in(Role::PartnerUser).await;
    assert!(!user.get("/settings/decks").await.expect(200).text().contains("New Rate Deck"));
    user.get("/settings/decks/new").await.expect(403);
    user.post("/settings/decks", &[("name", "A"), ("csv", CSV)]).await.expect(403);
}
