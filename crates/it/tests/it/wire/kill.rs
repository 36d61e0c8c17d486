//! Killed between any two steps of a charge, a refund, a top-up, a recharge.
//!
//! Decided here: a process is killed while it waits for an answer of the processor, once before the
//! request was carried out and once after it, at each of its requests. Whatever lies between two
//! requests is a transaction, and is there or not. Afterwards the program goes on by itself, with
//! the events first or without them for a while.

use std::{cell::Cell, time::Duration};

use app::platform::RechargeEdit;
use domain::{
    money::{Micros, Minor},
    payment::Payer,
    processor::ProcessorMode,
    wallet::RechargeState,
};
use rstest::rstest;
use serde_json::{Value, json};
use stripe_fake::Fault;

use super::{
    child,
    stage::{Party, Stage},
};
use crate::harness::{Engine, Part};

const PATIENCE: Duration = Duration::from_secs(30);
/// A process that has not asked by then never will.
const LONGEST: Duration = Duration::from_secs(120);
/// 24.99, and 3.99 % of it is not a whole cent.
const TOTAL: i64 = 2_499;

/// What a process is killed at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Work {
    Charge,
    Refund,
    TopUp,
    Recharge,
}

struct Killing {
    stage: Stage,
    party: Party,
    number: Cell<u32>,
}

impl Killing {
    async fn open(engine: Engine) -> Option<Self> {
        let stage = Stage::open(engine, PATIENCE).await?;
        let party = stage.party("oak-voice", ProcessorMode::Connect).await;
        stage.returns_fees(&party).await;
        stage.method((party.id(), None), "pm_card_visa").await;
        Some(Self { stage, party, number: Cell::new(0) })
    }

    /// Something of this kind to be done, as a process is told it.
    async fn errand(&self, work: Work) -> Value {
        let number = self.number.get() + 1;
        self.number.set(number);
        let (stage, party) = (&self.stage, &self.party);
        let partner = party.id().to_string();
        let request = format!("req_{number}");
        match work {
            Work::TopUp => json!({"does": "top_up", "partner": partner, "request": request}),
            Work::Recharge => {
                self.recharges(RechargeState::On).await;
                // The next one is an hour later.
                let clock = &stage.app().clock;
                clock.advance(clock.now().plus_seconds(3_700)).unwrap();
                json!({"does": "due", "partner": partner, "until": clock.now().to_string()})
            }
            Work::Charge | Work::Refund => {
                let prefix = format!("KILL{number}");
                let payer = stage.payer(party, (&prefix, "pm_card_visa")).await;
                let invoice = stage.invoice(&payer.tenant, TOTAL).await;
                let mut says = json!({
                    "does": "pay", "partner": partner, "method": payer.method_id.to_string(),
                    "invoice": invoice.invoice_id.to_string(), "request": request,
                });
                if work == Work::Refund {
                    stage.pay(&invoice, (payer.method_id, Payer::Absent)).await.unwrap();
                    says["does"] = "refund".into();
                    says["amount"] = 1_000.into();
                }
                stage.settle().await;
                says
            }
        }
    }

    /// How many requests this work is, done by a process that nobody kills.
    async fn requests(&self, work: Work) -> usize {
        let says = self.stage.addresses.errand(self.errand(work).await).words();
        let before = self.stage.fake.calls().len();
        child::run(self.stage.app().clone(), &says).await;
        self.stage.fake.calls().len() - before
    }

    /// A process is killed at its request after so many others.
    async fn kill(&self, work: Work, (others, fault): (usize, Fault)) {
        let errand = self.stage.addresses.errand(self.errand(work).await);
        let fake = &self.stage.fake;
        let stalls = fake.stalls();
        fake.fail_after(others, fault);
        let mut process = self.stage.world.start(&Part::Errand(errand));
        let stalled = tokio::time::timeout(LONGEST, fake.stalled(stalls + 1)).await;
        assert!(stalled.is_ok(), "{work:?} never made its request {others}");
        assert!(process.kill(), "it waited for its answer");
        assert_eq!(fake.calm(), 0);
    }

    /// Whether the wallet, which is always too low, fills itself.
    async fn recharges(&self, state: RechargeState) {
        let edit = RechargeEdit {
            state: Some(state),
            threshold: Some(Micros::new(1_000_000_000_000)),
            amount: Some(Minor::new(1_000)),
        };
        let app = self.stage.app();
        let seen = app.auto_recharge(self.party.id()).await.unwrap().version;
        app.set_auto_recharge(self.party.id(), &edit, seen).await.unwrap();
    }

    /// The program goes on.
    async fn goes_on(&self, events_first: bool) {
        // What is recharged within the hours that follow is not what is looked at here.
        self.recharges(RechargeState::Off).await;
        if events_first {
            self.stage.settle().await;
        }
        self.stage.later(130).await;
        self.stage.settle().await;
        self.stage.later(7_200).await;
    }

    async fn sum(&self, sql: &str) -> i64 {
        self.stage.world.number(sql).await
    }

    /// So much of it was done, in all.
    async fn assert_done(&self, work: Work, times: i64) {
        let (what, sql) = match work {
            Work::Charge => (
                times * TOTAL,
                "select coalesce(sum(paid_minor), 0) from invoice where status = 'paid'",
            ),
            Work::Refund => (times * 1_000, "select coalesce(sum(refunded_minor), 0) from invoice"),
            Work::TopUp => (
                times,
                "select count(*) from operator_charge
                 where purpose = 'top_up' and state = 'succeeded'",
            ),
            Work::Recharge => (
                times,
                "select count(*) from operator_charge
                 where purpose = 'auto_recharge' and state = 'succeeded'",
            ),
        };
        assert_eq!(self.sum(sql).await, what, "{work:?} {times}");
        let open = "select count(*) from payment_attempt
                    where state in ('open', 'unknown', 'waiting')";
        assert_eq!(self.sum(open).await, 0, "{work:?} {times}");
    }
}

// PAY-12 PAY-13 REF-11 WAL-12 WAL-24: one charge, one credit, one receipt, one refund, and books
// that agree, wherever it died (failure modes 1, 4, 5, 14)
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_process_is_gone_on_with(
    #[case] engine: Engine,
    #[values("charge", "refund", "top_up", "recharge")] work: &str,
) {
    let Some(killing) = Killing::open(engine).await else { return };
    let work = match work {
        "charge" => Work::Charge,
        "refund" => Work::Refund,
        "top_up" => Work::TopUp,
        _ => Work::Recharge,
    };
    let requests = killing.requests(work).await;
    assert!(requests > 0, "{work:?} asks nobody");
    let mut times = 1;
    killing.goes_on(true).await;
    for others in 0..requests {
        for (fault, events_first) in [(Fault::Stall, false), (Fault::StallAfter, true)] {
            // Every other time the events come late.
            let events_first = events_first == (others % 2 == 0);
            killing.kill(work, (others, fault)).await;
            killing.goes_on(events_first).await;
            times += 1;
            killing.assert_done(work, times).await;
        }
    }
    killing.stage.assert_books(std::slice::from_ref(&killing.party)).await;
}

// WAL-24 PAY-12 killed after the money came, and then nobody can be asked: it is not given up
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_may_have_been_asked_is_not_given_up(#[case] engine: Engine) {
    let Some(killing) = Killing::open(engine).await else { return };
    killing.kill(Work::TopUp, (0, Fault::StallAfter)).await;
    let fake = &killing.stage.fake;
    fake.outage_after(0, Fault::Busy);
    killing.stage.later(90).await;
    killing.stage.later(600).await;
    let states = "select state from operator_charge";
    assert_eq!(killing.stage.world.texts(states).await, ["open"]);
    fake.calm();
    killing.goes_on(false).await;
    killing.assert_done(Work::TopUp, 1).await;
    // The same of an invoice's payment.
    killing.kill(Work::Charge, (0, Fault::StallAfter)).await;
    killing.stage.fake.outage_after(0, Fault::Busy);
    killing.stage.later(90).await;
    killing.stage.fake.calm();
    killing.goes_on(false).await;
    killing.assert_done(Work::Charge, 1).await;
    killing.stage.assert_books(std::slice::from_ref(&killing.party)).await;
    // A key is forgotten after a day: what was refunded then is looked up, and not refunded again.
    killing.kill(Work::Refund, (0, Fault::StallAfter)).await;
    killing.stage.fake.outage_after(0, Fault::BrokenBefore(Some(false)));
    killing.stage.later(30 * 3_600).await;
    killing.stage.fake.calm();
    killing.goes_on(false).await;
    killing.stage.later(86_400).await;
    killing.assert_done(Work::Refund, 1).await;
    killing.stage.assert_books(std::slice::from_ref(&killing.party)).await;
}
