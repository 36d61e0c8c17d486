//! What goes wrong around a charge: the processor is down, two tabs pay, cards and keys go away.

use std::time::Duration;

use adapters::processor::ProcessorError;
use app::{
    collect::{Collect, PaidElsewhere},
    error::AppError,
    methods::Removal,
    setup::{PartnerEdit, TenantEdit},
};
use domain::{
    account::AutoPay,
    dunning::PolicyEdit,
    invoice::{issued::Invoice, status::InvoiceStatus},
    money::Minor,
    payment::{Payer, PaymentStatus},
    processor::{KeysState, MethodStatus, ProcessorMode},
    refund::Destination,
};
use rstest::rstest;
use stripe_fake::{Authentication, Fault, PLATFORM};

use super::stage::{Customer, Party, Stage};
use crate::harness::{Engine, builders::at};

const PATIENCE: Duration = Duration::from_secs(20);
const CHARGE: &str = "PostPaymentIntents";

impl Stage {
    /// Has a tenant's invoices charged by themselves, or not any more.
    async fn auto_pay(&self, customer: &Customer, auto_pay: AutoPay) {
        let tenant = &customer.tenant;
        let seen = self.app().tenant(tenant.partner_id, tenant.tenant_id).await.unwrap().version;
        let edit = TenantEdit { auto_pay: Some(auto_pay), ..TenantEdit::default() };
        let owner = (tenant.tenant_id, seen);
        self.app().edit_tenant(tenant.partner_id, owner, &edit).await.unwrap();
    }

    /// The stand-in's charges, whatever became of them.
    fn charges(&self) -> usize {
        self.fake.calls_of(CHARGE).len()
    }

    async fn method_status(&self, customer: &Customer) -> MethodStatus {
        let mut tx = self.world.begin().await;
        let (owner, id) = (customer.tenant.partner_id, customer.method_id);
        store::payment_methods::find(&mut tx, owner, id).await.unwrap().unwrap().status
    }

    async fn keys_state(&self, party: &Party) -> KeysState {
        let mut tx = self.world.begin().await;
        store::processors::keys(&mut tx, party.id()).await.unwrap().unwrap().state
    }
}

async fn one(stage: &Stage, mode: ProcessorMode, named: &str) -> (Party, Customer, Invoice) {
    let party = stage.party("oak-voice", mode).await;
    let payer = stage.payer(&party, ("ACME", named)).await;
    let invoice = stage.invoice(&payer.tenant, 9_900).await;
    (party, payer, invoice)
}

// PAY-06 PAY-08 PAY-12: an hour without the processor in the midst of a billing run: what it could
// not be asked for is asked for later, nothing is lost and nothing twice (failure mode 18)
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_outage_in_a_billing_run_is_bridged(
    #[case] engine: Engine,
    #[values("busy", "broken", "deaf")] how: &str,
) {
    let Some(stage) = Stage::open(engine, PATIENCE).await else { return };
    let party = stage.party("oak-voice", ProcessorMode::Connect).await;
    let mut invoices = Vec::new();
    for number in 0..9 {
        let named = if number == 4 { "pm_usBankAccount_success" } else { "pm_card_visa" };
        let payer = stage.payer(&party, (&format!("TEN{number}"), named)).await;
        stage.auto_pay(&payer, AutoPay::On).await;
        invoices.push(stage.invoice(&payer.tenant, 1_000 + number).await);
    }
    let fault = match how {
        "busy" => Fault::Busy,
        "broken" => Fault::BrokenBefore(None),
        // Everything is carried out, and nobody hears of it.
        _ => Fault::LostAnswer,
    };
    stage.fake.outage_after(3, fault);
    stage.later(1_800).await;
    stage.later(1_800).await;
    let paid = stage.world.number("select count(*) from invoice where status = 'paid'").await;
    assert!((2..9).contains(&paid), "{paid}");
    stage.fake.calm();
    stage.later(8 * 3_600).await;
    for intent in stage.fake.objects(&party.account, "payment_intent") {
        if intent["status"] == "processing" {
            stage.fake.settle(intent["id"].as_str().unwrap());
        }
    }
    stage.settle().await;
    for invoice in &invoices {
        assert_eq!(stage.now(invoice).await.status, InvoiceStatus::Paid);
    }
    stage.later(10 * 86_400).await;
    assert_eq!(stage.fake.totals(&party.account).charges, invoices.len());
    let failed = "select subject from mail where subject like '%failed%'";
    assert_eq!(stage.world.texts(failed).await, [""; 0], "an outage is no decline");
    stage.assert_books(&[party]).await;
}

// PAY-13 two tabs, and two processes, pay the same invoice: one charge (failure modes 1, 19)
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn two_tabs_pay_once(#[case] engine: Engine) {
    let Some(mut stage) = Stage::open(engine, PATIENCE).await else { return };
    let (party, payer, invoice) = one(&stage, ProcessorMode::Connect, "pm_card_visa").await;
    let other = stage.app().clone();
    stage.restart();
    let wanted = Collect::with(invoice.invoice_id, payer.method_id);
    let tabs = (0..8).map(async |number| {
        let app = if number % 2 == 0 { stage.app() } else { &other };
        app.collect(party.id(), &wanted).await
    });
    let answers = futures::future::join_all(tabs).await;
    let paid = answers.iter().filter(|it| it.is_ok()).count();
    assert_eq!(paid, 1, "{answers:?}");
    // The same form sent by two tabs is one payment, and both hear of it.
    let next = stage.invoice(&payer.tenant, 5_000).await;
    let form = Collect {
        request: Some("form".to_owned()),
        ..Collect::with(next.invoice_id, payer.method_id)
    };
    let both = [stage.app(), &other].map(|app| app.collect(party.id(), &form));
    let both = futures::future::join_all(both).await;
    let ids: Vec<_> = both.into_iter().map(|it| it.unwrap().payment.payment_id).collect();
    assert_eq!(ids[0], ids[1]);
    stage.later(120).await;
    stage.settle().await;
    assert_eq!(stage.fake.totals(&party.account).charges, 2);
    stage.assert_books(&[party]).await;
}

// PMT-07 PAY-18: the card, or its customer, is gone before the processor tells of the charge; and
// what is gone is neither default nor charged by itself (failure mode 20)
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_method_that_goes_takes_no_payment_with_it(
    #[case] engine: Engine,
    #[values("here", "at_stripe", "mandate")] how: &str,
) {
    let Some(stage) = Stage::open(engine, PATIENCE).await else { return };
    let (party, payer, invoice) =
        one(&stage, ProcessorMode::Connect, "pm_usBankAccount_success").await;
    stage.auto_pay(&payer, AutoPay::On).await;
    let paying = stage.pay(&invoice, (payer.method_id, Payer::Present)).await.unwrap().payment;
    assert_eq!(paying.status, PaymentStatus::Processing);
    let owner = (party.id(), payer.tenant.tenant_id);
    let customer = stage.fake.object(&payer.reference)["customer"].clone();
    match how {
        "here" => {
            let method = stage.app().payment_method(owner.0, payer.method_id).await.unwrap();
            let seen = (method.method_id, method.version);
            stage.app().remove_method(owner.0, seen, Removal::Confirmed).await.unwrap();
        }
        "at_stripe" => stage.fake.delete_customer(customer.as_str().unwrap()),
        _ => stage.fake.end_mandate(&payer.reference),
    }
    stage.settle().await;
    stage.later(60).await;
    stage.settle().await;
    assert_eq!(stage.method_status(&payer).await, MethodStatus::Removed);
    let attached = stage.fake.object(&payer.reference)["customer"].clone();
    assert!(attached.is_null(), "it is gone at the processor too");
    let tenant = stage.app().tenant(owner.0, owner.1).await.unwrap();
    assert_eq!(tenant.auto_pay, AutoPay::Off);
    stage.fake.settle(paying.reference.as_deref().unwrap());
    stage.settle().await;
    assert_eq!(stage.now(&invoice).await.status, InvoiceStatus::Paid);
    // Another method can be saved, and pays.
    let (method_id, reference) = stage.method((owner.0, Some(owner.1)), "pm_card_visa").await;
    let anew = stage.fake.object(&reference)["customer"].clone();
    assert_eq!(anew == customer, how != "at_stripe", "a deleted customer is not used again");
    let next = stage.invoice(&payer.tenant, 5_000).await;
    let refused = stage.pay(&next, (payer.method_id, Payer::Present)).await.unwrap_err();
    assert!(matches!(refused, AppError::Refused(_)), "{refused}");
    stage.pay(&next, (method_id, Payer::Present)).await.unwrap();
    stage.settle().await;
    assert_eq!(stage.now(&next).await.status, InvoiceStatus::Paid);
    stage.assert_books(&[party]).await;
}

// PAY-01 PAY-03: nothing, less than nothing, more than is due, more than eight digits: refused
// here, and the processor hears of none (failure modes 26, 27)
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn odd_amounts_reach_nobody(#[case] engine: Engine) {
    let Some(stage) = Stage::open(engine, PATIENCE).await else { return };
    let (party, payer, invoice) = one(&stage, ProcessorMode::Platform, "pm_card_visa").await;
    let huge = stage.invoice(&payer.tenant, 250_000_000).await;
    let asked = stage.charges();
    for (invoice, amount) in [
        (&invoice, Some(0)),
        (&invoice, Some(-1)),
        (&invoice, Some(49)),
        (&invoice, Some(9_901)),
        (&invoice, Some(i64::MAX)),
        (&invoice, Some(i64::MIN)),
        (&huge, None),
        (&huge, Some(100_000_000)),
    ] {
        let amount = amount.map(Minor::new);
        let wanted = Collect { amount, ..Collect::with(invoice.invoice_id, payer.method_id) };
        let refused = stage.app().collect(party.id(), &wanted).await;
        assert!(matches!(refused, Err(AppError::Invalid(_))), "{amount:?}: {refused:?}");
    }
    stage.method((party.id(), None), "pm_card_visa").await;
    for cents in [0, -1, 49, 100_000_000, i64::MAX] {
        let asking = stage.asking(party.id());
        let refused = stage.app().top_up(&asking, party.id(), Minor::new(cents)).await;
        assert!(matches!(refused, Err(AppError::Invalid(_))), "{cents}: {refused:?}");
    }
    for amount in [Some(0), Some(-1), Some(1)] {
        let refused = stage.refund(&invoice, (amount, Destination::Card)).await;
        assert!(refused.is_err(), "nothing was paid: {amount:?}");
    }
    assert_eq!(stage.charges(), asked);
    // The most that is charged at once, and what is left of it below the least.
    let most = Collect {
        amount: Some(Minor::new(99_999_999)),
        ..Collect::with(huge.invoice_id, payer.method_id)
    };
    stage.app().collect(party.id(), &most).await.unwrap();
    let rest = PaidElsewhere {
        invoice_id: invoice.invoice_id,
        amount: Some(Minor::new(9_860)),
        note: String::new(),
    };
    stage.app().mark_paid(party.id(), &rest).await.unwrap();
    let small = stage.pay(&invoice, (payer.method_id, Payer::Present)).await.unwrap_err();
    assert!(matches!(small, AppError::Refused(_)), "{small}");
    assert_eq!(stage.charges(), asked + 1);
    stage.settle().await;
    stage.assert_books(&[party]).await;
}

// STR-12 STR-13 STR-26: a key that is refused while it is used is broken, whoever found that out,
// and nothing goes elsewhere; keys stay while something on their account is not finished
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_refused_key_is_broken_wherever_it_is_used(
    #[case] engine: Engine,
    #[values("charge", "event", "refund")] by: &str,
) {
    let Some(stage) = Stage::open(engine, PATIENCE).await else { return };
    let (party, payer, invoice) = one(&stage, ProcessorMode::CustomKeys, "pm_card_visa").await;
    let keys = Stage::keys_of("oak-voice");
    if by != "charge" {
        stage.pay(&invoice, (payer.method_id, Payer::Present)).await.unwrap();
    }
    stage.fake.revoke(keys.secret.reveal());
    match by {
        "charge" => {
            let paying = stage.pay(&invoice, (payer.method_id, Payer::Present)).await.unwrap();
            assert!(paying.payment.was_never_begun(), "{:?}", paying.payment);
        }
        "event" => stage.settle().await,
        _ => drop(stage.refund(&invoice, (None, Destination::Card)).await),
    }
    assert_eq!(stage.keys_state(&party).await, KeysState::Broken, "{by}");
    let told = "select subject from mail where subject like '%no longer accepts your key%'";
    assert_eq!(stage.world.texts(told).await.len(), 1);
    let next = stage.invoice(&payer.tenant, 5_000).await;
    let asked = stage.charges();
    let refused = stage.pay(&next, (payer.method_id, Payer::Present)).await.unwrap_err();
    assert!(matches!(refused, AppError::Refused(_)), "{refused}");
    assert_eq!(stage.charges(), asked, "nothing is charged elsewhere");
    assert_eq!(stage.fake.totals(PLATFORM).charges, 0);
    let unauthorised = ProcessorError::Unauthorised { request_id: None };
    assert!(!unauthorised.to_string().contains(keys.secret.reveal()));
}

// STR-13 STR-22: the way to what is not finished is not thrown away
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn keys_stay_while_something_is_under_way(#[case] engine: Engine) {
    let Some(stage) = Stage::open(engine, PATIENCE).await else { return };
    let mode = ProcessorMode::CustomKeys;
    let (party, payer, invoice) = one(&stage, mode, "pm_usBankAccount_success").await;
    let paying = stage.pay(&invoice, (payer.method_id, Payer::Present)).await.unwrap().payment;
    let refused = stage.app().remove_keys(party.id()).await.unwrap_err();
    assert!(matches!(refused, AppError::Refused(_)), "{refused}");
    stage.fake.settle(paying.reference.as_deref().unwrap());
    stage.settle().await;
    assert_eq!(stage.now(&invoice).await.status, InvoiceStatus::Paid);
    let books = [party.clone()];
    stage.assert_books(&books).await;
    stage.app().remove_keys(party.id()).await.unwrap();
    assert_eq!(stage.app().processing(party.id()).await.unwrap().1, ProcessorMode::Platform);
    assert_eq!(stage.fake.calls_of("DeleteWebhookEndpointsWebhookEndpoint").len(), 1);
}

// PAY-01 PAY-13: a payer who goes away instead of authenticating keeps nobody from paying for long
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_payer_who_goes_away_blocks_nothing(#[case] engine: Engine) {
    let Some(stage) = Stage::open(engine, PATIENCE).await else { return };
    let named = "pm_card_authenticationRequired";
    let (party, payer, invoice) = one(&stage, ProcessorMode::Connect, named).await;
    let left = stage.pay(&invoice, (payer.method_id, Payer::Present)).await.unwrap().payment;
    stage.settle().await;
    stage.later(1_800).await;
    let again = stage.pay(&invoice, (payer.method_id, Payer::Present)).await.unwrap_err();
    assert!(matches!(again, AppError::PaymentInProgress), "{again}");
    stage.later(7_200).await;
    stage.settle().await;
    let (left, _) = stage.app().find_payment(party.id(), left.payment_id).await.unwrap();
    assert_eq!(left.status, PaymentStatus::Cancelled);
    let paying = stage.pay(&invoice, (payer.method_id, Payer::Present)).await.unwrap().payment;
    stage.fake.authenticate(paying.reference.as_deref().unwrap(), Authentication::Passed);
    stage.settle().await;
    assert_eq!(stage.now(&invoice).await.status, InvoiceStatus::Paid);
    stage.assert_books(&[party]).await;
}

// PAY-08 tries are on the days of the policy that is in force; REF-17: nothing is charged by
// itself for an invoice of which a payment is disputed
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn tries_follow_the_policy_and_stop_for_a_dispute(#[case] engine: Engine) {
    let Some(stage) = Stage::open(engine, PATIENCE).await else { return };
    let party = stage.party("oak-voice", ProcessorMode::Connect).await;
    let payer = stage.payer(&party, ("ACME", "pm_card_chargeCustomerFail")).await;
    stage.auto_pay(&payer, AutoPay::On).await;
    let days = PolicyEdit {
        retry_days: Some(Some([2, 4, 9].into_iter().collect())),
        ..PolicyEdit::default()
    };
    let seen = stage.app().dunning_policy(party.id(), None).await.unwrap().version;
    stage.app().edit_dunning_policy((party.id(), None), seen, &days).await.unwrap();
    let invoice = stage.invoice(&payer.tenant, 9_900).await;
    stage.app().run_due(Some(at("2026-05-04T12:00:00Z"))).await.unwrap();
    assert_eq!(stage.attempts(invoice.invoice_id).await, ["declined"; 2]);
    // A part is paid with a card whose owner disputes it.
    let owner = (party.id(), Some(payer.tenant.tenant_id));
    let (disputed, _) = stage.method(owner, "pm_card_createDispute").await;
    let amount = Some(Minor::new(4_000));
    let wanted = Collect { amount, ..Collect::with(invoice.invoice_id, disputed) };
    stage.app().collect(party.id(), &wanted).await.unwrap();
    stage.settle().await;
    stage.app().run_due(Some(at("2026-05-06T12:00:00Z"))).await.unwrap();
    assert_eq!(stage.attempts(invoice.invoice_id).await.len(), 3, "day 4 is passed over");
    let dispute = stage.fake.objects(&party.account, "dispute").remove(0);
    stage.fake.close_dispute(dispute["id"].as_str().unwrap(), "won");
    stage.settle().await;
    stage.app().run_due(Some(at("2026-05-20T00:00:00Z"))).await.unwrap();
    let tries = stage.attempts(invoice.invoice_id).await;
    assert_eq!(tries, ["declined", "declined", "succeeded", "declined"], "day 9 and no more");
    stage.assert_books(&[party]).await;
}

// STR-14 STR-17 (facts 4.5): what is sent for a statement, by mode and kind, and what the receipt
// says of it is what the statement shows
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn statements_show_what_receipts_say(
    #[case] engine: Engine,
    #[values("platform", "connect", "custom_keys")] mode: &str,
) {
    let Some(stage) = Stage::open(engine, PATIENCE).await else { return };
    let mode = ProcessorMode::parse(mode).unwrap();
    let party = stage.party("oak-voice", mode).await;
    let text = "OAK VOICE SERVICES INC";
    let edit =
        PartnerEdit { statement_descriptor: Some(text.to_owned()), ..PartnerEdit::default() };
    let seen = stage.app().partner(party.id()).await.unwrap().version;
    stage.app().edit_partner((party.id(), seen), &edit).await.unwrap();
    stage.later(1).await;
    stage.settle().await;
    for (prefix, named) in [("CARD", "pm_card_visa"), ("BANK", "pm_usBankAccount_success")] {
        let payer = stage.payer(&party, (prefix, named)).await;
        let invoice = stage.invoice(&payer.tenant, 9_900).await;
        let paying = stage.pay(&invoice, (payer.method_id, Payer::Present)).await.unwrap().payment;
        let intent = paying.reference.unwrap();
        if named.starts_with("pm_us") {
            stage.fake.settle(&intent);
        }
        stage.settle().await;
        let sent = stage.fake.object(&intent);
        let charge = stage.fake.object(sent["latest_charge"].as_str().unwrap());
        let shown = charge["calculated_statement_descriptor"].as_str().unwrap().to_owned();
        let expected = match (mode, prefix) {
            (ProcessorMode::Platform, "CARD") => "TRUNKLINE* OAK VOICE S",
            (ProcessorMode::CustomKeys, "CARD") => "OWN ACCOUNT",
            _ => text,
        };
        assert_eq!(shown, expected, "{mode:?} {prefix}");
        let body = format!(
            "select body from mail where subject like 'Receipt for invoice {} %'",
            invoice.number.as_deref().unwrap()
        );
        let body = stage.world.texts(&body).await.remove(0);
        let says = body.contains("appears as");
        // What a partner's own account shows is not known here.
        let is_known = (mode, prefix) != (ProcessorMode::CustomKeys, "CARD");
        assert_eq!(says, is_known, "{body}");
        assert!(!says || body.contains(&format!("appears as {shown}.")), "{shown}: {body}");
    }
    stage.assert_books(&[party]).await;
}
