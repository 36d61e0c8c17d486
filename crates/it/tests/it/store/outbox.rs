//! Events, jobs and mails as rows.

use domain::ids::PartnerId;
use rstest::rstest;
use store::{error::StoreError, events, events::Event, jobs, jobs::NewJob, mails, mails::MailText};

use crate::harness::{
    Engine, World,
    builders::{START, at, id},
};

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_same_event_is_recorded_once(#[case] engine: Engine) {
    let Some(world) = World::fresh(engine).await else { return };
    let mut tx = world.begin().await;
    let event = |version: i64, payload: &str| Event {
        kind: "tenant.updated".to_owned(),
        object_id: "tnt_1".to_owned(),
        object_version: version,
        payload: payload.to_owned(),
        at: at(START),
    };
    let owner: PartnerId = id(1);
    assert_eq!(events::append(&mut tx, owner, &[event(1, "{}")]).await.unwrap(), 1);
    let more = [event(1, "{\"other\":1}"), event(2, "{}")];
    assert_eq!(events::append(&mut tx, owner, &more).await.unwrap(), 1);
    assert_eq!(events::append(&mut tx, owner, &[]).await.unwrap(), 0);
    let page = events::page(&mut tx, owner, None, 9).await.unwrap();
    let mut found: Vec<Event> = page.iter().map(|(_, event)| event.clone()).collect();
    found.sort_by_key(|event| event.object_version);
    assert_eq!(found, [event(1, "{}"), event(2, "{}")]);
    assert_eq!(page[0].0, page[0].1.id(owner));
    assert_eq!(events::page(&mut tx, owner, Some(page[0].0), 9).await.unwrap().len(), 1);
    assert_eq!(events::page(&mut tx, id(2), None, 9).await.unwrap(), []);
}

fn job(key: &str, run_at: &str) -> NewJob {
    NewJob { kind: "send", key: key.to_owned(), payload: "{}".to_owned(), run_at: at(run_at) }
}

const T0: &str = "2026-05-01T00:00:00Z";
const T1: &str = "2026-05-01T00:01:00Z";
const T2: &str = "2026-05-01T00:02:00Z";

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_job_is_held_until_its_lease_ends(#[case] engine: Engine) {
    let Some(world) = World::fresh(engine).await else { return };
    let mut tx = world.begin().await;
    assert!(jobs::enqueue(&mut tx, id(1), &job("a", T0), at(T0)).await.unwrap());
    assert!(!jobs::enqueue(&mut tx, id(1), &job("a", T1), at(T1)).await.unwrap());
    assert!(jobs::enqueue(&mut tx, id(1), &job("b", T2), at(T0)).await.unwrap());
    assert_eq!(jobs::waiting(&mut tx).await.unwrap(), (Some(at(T0)), 2));

    let first = jobs::claim(&mut tx, at(T0), 60, 9).await.unwrap();
    assert_eq!(first.len(), 1);
    assert_eq!((first[0].key.as_str(), first[0].attempts), ("a", 1));
    assert_eq!(first[0].leased_until, at(T1));
    assert_eq!(jobs::claim(&mut tx, at(T0), 60, 9).await.unwrap(), []);
    // The worker is late: its job is due again, and its failure no longer counts. Its success does.
    let second = jobs::claim(&mut tx, at(T1), 60, 9).await.unwrap();
    assert_eq!((second.len(), second[0].attempts), (1, 2));
    let late = jobs::retry(&mut tx, &first[0], at(T2), "no answer").await.unwrap_err();
    assert!(matches!(late, StoreError::Stale("the job")), "{late}");
    jobs::finish(&mut tx, &first[0]).await.unwrap();
    let known = jobs::finish(&mut tx, &second[0]).await.unwrap_err();
    assert!(matches!(known, StoreError::Stale("the job")), "{known}");
    assert_eq!(jobs::waiting(&mut tx).await.unwrap(), (Some(at(T2)), 1));
    // Done is done: the same key is not enqueued again.
    assert!(!jobs::enqueue(&mut tx, id(1), &job("a", T2), at(T2)).await.unwrap());
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_failed_job_is_tried_later_or_never(#[case] engine: Engine) {
    let Some(world) = World::fresh(engine).await else { return };
    let mut tx = world.begin().await;
    jobs::enqueue(&mut tx, id(1), &job("a", T0), at(T0)).await.unwrap();
    let held = jobs::claim(&mut tx, at(T0), 600, 9).await.unwrap();
    jobs::retry(&mut tx, &held[0], at(T1), "no answer").await.unwrap();
    assert_eq!(jobs::claim(&mut tx, at(T0), 600, 9).await.unwrap(), []);
    let held = jobs::claim(&mut tx, at(T1), 600, 9).await.unwrap();
    assert_eq!(held[0].attempts, 2);
    jobs::give_up(&mut tx, &held[0], "refused").await.unwrap();
    let again = jobs::retry(&mut tx, &held[0], at(T2), "no answer").await.unwrap_err();
    assert!(matches!(again, StoreError::Stale("the job")), "{again}");
    assert_eq!(jobs::waiting(&mut tx).await.unwrap(), (None, 0));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_longest_due_jobs_are_taken_first_and_no_more_than_asked(#[case] engine: Engine) {
    let Some(world) = World::fresh(engine).await else { return };
    let mut tx = world.begin().await;
    for (key, run_at) in [("c", T2), ("a", T0), ("b", T1), ("d", T2)] {
        jobs::enqueue(&mut tx, id(1), &job(key, run_at), at(T0)).await.unwrap();
    }
    let mut taken = Vec::new();
    for limit in [2, 1, 9] {
        let jobs = jobs::claim(&mut tx, at(T2), 60, limit).await.unwrap();
        let mut keys: Vec<String> = jobs.into_iter().map(|job| job.key).collect();
        keys.sort();
        taken.push(keys);
    }
    assert_eq!(taken[0], ["a", "b"]);
    assert_eq!((taken[1].len(), taken[2].len()), (1, 1));
}

/// SQLite has one writer, so there two workers never even meet.
#[rstest]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn two_workers_never_hold_the_same_job(#[case] engine: Engine) {
    let Some(world) = World::fresh(engine).await else { return };
    let mut tx = world.begin().await;
    for key in ["a", "b"] {
        jobs::enqueue(&mut tx, id(1), &job(key, T0), at(T0)).await.unwrap();
    }
    tx.commit().await.unwrap();
    // Both transactions are open at once; the second must not wait for the first.
    let (mut one, mut two) = (world.begin().await, world.begin().await);
    let first = jobs::claim(&mut one, at(T0), 60, 1).await.unwrap();
    let second = jobs::claim(&mut two, at(T0), 60, 9).await.unwrap();
    assert_eq!((first.len(), second.len()), (1, 1));
    assert_ne!(first[0].job_id, second[0].job_id);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_mail_is_written_once_and_sent_by_its_holder(#[case] engine: Engine) {
    let Some(world) = World::fresh(engine).await else { return };
    let mut tx = world.begin().await;
    let text = MailText {
        sender: "Oak Voice <billing@oak.example>".to_owned(),
        recipient: "books@tenant.example".to_owned(),
        subject: "Invoice".to_owned(),
        body: "Dear customer".to_owned(),
        attachment: Some(("invoice.pdf".to_owned(), "pdf/1.pdf".to_owned())),
    };
    assert!(mails::enqueue(&mut tx, id(1), ("invoice:1", &text), at(START)).await.unwrap());
    assert!(!mails::enqueue(&mut tx, id(1), ("invoice:1", &text), at(T1)).await.unwrap());
    let plain = MailText { attachment: None, ..text.clone() };
    assert!(mails::enqueue(&mut tx, id(1), ("invoice:2", &plain), at(T1)).await.unwrap());

    let held = mails::claim(&mut tx, at(START), 60, 9).await.unwrap();
    assert_eq!((held.len(), &held[0].text), (1, &text));
    mails::retry(&mut tx, &held[0], at(T1), "greylisted").await.unwrap();
    let held = mails::claim(&mut tx, at(T1), 60, 9).await.unwrap();
    assert_eq!(held.iter().map(|mail| mail.attempts).collect::<Vec<_>>(), [2, 1]);
    mails::mark_sent(&mut tx, &held[0], at(T1)).await.unwrap();
    mails::give_up(&mut tx, &held[1], "no such mailbox").await.unwrap();
    let twice = mails::mark_sent(&mut tx, &held[0], at(T2)).await.unwrap_err();
    assert!(matches!(twice, StoreError::Stale("the mail")), "{twice}");
    assert_eq!(mails::claim(&mut tx, at("2027-01-01T00:00:00Z"), 60, 9).await.unwrap(), []);
}
