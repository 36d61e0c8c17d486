//! The sender: killed, beside others, and with receivers that hang.

use std::time::Duration;

use domain::ids::PartnerId;
use rstest::rstest;
use store::{db::Tx, events::Event};

use super::Hooked;
use crate::harness::{
    Api, Engine, Part, World,
    builders::{START, at},
    receiver::{Receiver, Says},
};

/// Records so many events in one transaction.
async fn happen(world: &World, partner_id: PartnerId, (kind, count): (&str, i64)) {
    let events: Vec<Event> = (1..=count)
        .map(|version| Event {
            kind: kind.to_owned(),
            object_id: "tnt_1".to_owned(),
            object_version: version,
            payload: "{}".to_owned(),
            at: at(START),
        })
        .collect();
    let append = async |tx: &mut Tx| store::events::append(tx, partner_id, &events).await;
    world.app.db.write(append).await.unwrap();
}

// WHK-17 killed before it sends and while it sends, every event arrives
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_killed_sender_loses_nothing(#[case] engine: Engine) {
    let Some(hooked) = Hooked::fresh(engine).await else { return };
    let receiver = Receiver::start(Says::Nothing).await;
    let made = hooked.endpoint(&receiver, &["tenant.updated"]).await;
    happen(&hooked.world, hooked.partner.partner_id, ("tenant.updated", 20)).await;
    let mut process = hooked.world.start(&Part::SendWebhooks);
    // Some are on their way, others are not even taken.
    receiver.wait_for(8).await;
    assert!(process.kill());
    receiver.says(Says::Status(200));
    let sender = hooked.world.start(&Part::SendWebhooks);
    receiver.wait_for(28).await;
    let delivered = "select count(*) from webhook_delivery where status = 'delivered'";
    while hooked.world.number(delivered).await < 20 {}
    drop(sender);
    let mut ids: Vec<String> =
        receiver.received().iter().map(|it| it.header("webhook-id").to_owned()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 20);
    assert!(receiver.received().iter().all(|message| {
        message.header("x-trunkline-signature") == made.secret.plain(&message.body)
    }));
}

// WHK-20, BEY-09 an endpoint that hangs with a long backlog delays nobody
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_endpoint_that_hangs_delays_no_other(#[case] engine: Engine) {
    let Some(hooked) = Hooked::fresh(engine).await else { return };
    let (app, partner_id) = (&hooked.world.app, hooked.partner.partner_id);
    let hanging = Receiver::start(Says::Nothing).await;
    let prompt = Receiver::start(Says::Status(200)).await;
    // More than are ever on their way at once.
    hooked.endpoint(&hanging, &["tenant.updated"]).await;
    happen(&hooked.world, partner_id, ("tenant.updated", 1_500)).await;
    hooked.endpoint(&prompt, &["invoice.paid"]).await;
    let others = async {
        hanging.wait_for(8).await;
        happen(&hooked.world, partner_id, ("invoice.paid", 100)).await;
        // Attempts that hang end after ten seconds, so this is over before any of them.
        tokio::time::timeout(Duration::from_secs(5), prompt.wait_for(100)).await.unwrap();
    };
    tokio::select! {
        never = app.run_webhooks() => match never {},
        () = others => {}
    }
    assert_eq!(hanging.received().len(), 8, "an endpoint has eight places");
}

// WHK-17 while leases hold, nobody sends what another sender has taken
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn two_senders_share_what_is_due(#[case] engine: Engine) {
    let Some(mut hooked) = Hooked::fresh(engine).await else { return };
    hooked.world.app.outside.webhooks.lease_seconds = 60;
    let receiver = Receiver::start(Says::Status(200)).await;
    hooked.endpoint(&receiver, &["tenant.updated"]).await;
    happen(&hooked.world, hooked.partner.partner_id, ("tenant.updated", 200)).await;
    let (one, two) = tokio::join!(hooked.deliver(), hooked.deliver());
    assert_eq!((one.0 + two.0, one.1 + two.1), (200, 0));
    assert_eq!(receiver.received().len(), 200);
}

// WHK-21 deliveries cost nothing and count against no limit
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn two_thousand_deliveries_are_free(#[case] engine: Engine) {
    let Some(hooked) = Hooked::fresh(engine).await else { return };
    let receiver = Receiver::start(Says::Status(200)).await;
    hooked.endpoint(&receiver, &["tenant.updated"]).await;
    happen(&hooked.world, hooked.partner.partner_id, ("tenant.updated", 2_000)).await;
    let partner_id = hooked.partner.partner_id;
    let api = Api::over(hooked.world, hooked.partner).await;
    // One request a minute: what a delivery would take is missed at once.
    let key = api.key_of(Some(partner_id), &[], None).await;
    api.world.execute("update partner set rate_per_minute = 2").await;
    let ask = || api.call("GET", "/v1/partner").key(&key).send();
    let left = ask().await.expect(200).header("ratelimit").to_owned();
    assert!(left.contains("\"partner\";r=1;"), "{left}");
    let money = ["ledger_tx", "ledger_transfer", "charge", "invoice"];
    let mut before = Vec::new();
    for table in money {
        before.push(api.world.count(table).await);
    }
    let app = &api.world.app;
    let mut delivered = 0;
    while delivered < 2_000 {
        let report = app.deliver_webhooks(app.clock.now()).await.unwrap();
        assert!(report.delivered > 0 && report.failed == 0, "{report:?}");
        delivered += report.delivered;
    }
    assert_eq!(receiver.received().len(), 2_000);
    for (table, before) in money.into_iter().zip(before) {
        assert_eq!(api.world.count(table).await, before, "{table}");
    }
    let left = ask().await.expect(200).header("ratelimit").to_owned();
    assert!(left.contains("\"partner\";r=0;"), "{left}");
}

// WHK-20 a commit wakes the sender of its process
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[tokio::test]
async fn a_commit_wakes_the_sender(#[case] engine: Engine) {
    let Some(hooked) = Hooked::fresh(engine).await else { return };
    let commits = hooked.world.app.db.commits();
    // Whatever was committed so far.
    let _ = tokio::time::timeout(Duration::ZERO, commits.notified()).await;
    happen(&hooked.world, hooked.partner.partner_id, ("tenant.updated", 1)).await;
    commits.notified().await;
}
