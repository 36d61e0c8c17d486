//! Disputes: told once, answered by the operator on its own account, booked when lost.

use std::collections::BTreeMap;

use adapters::processor::{Dispute as Told, DisputeStatus};
use app::disputes::NewEvidence;
use domain::{
    dispute::{Dispute, DisputeState},
    invoice::status::InvoiceStatus,
    ledger::Account,
    processor::AccountContext,
    refund::Destination,
};
use rstest::rstest;

use super::*;

async fn all(billed: &Billed) -> Vec<Dispute> {
    let mut tx = billed.world.begin().await;
    let (owner, invoice) = (billed.partner.partner_id, billed.invoice.invoice_id);
    store::disputes::of_invoice(&mut tx, owner, invoice).await.unwrap()
}

async fn mails(billed: &Billed) -> Vec<String> {
    billed.app().run_jobs(billed.app().clock.now()).await.unwrap();
    let kept = billed.app().outside.mail.kept();
    let about = kept.into_iter().filter(|mail| mail.subject.contains("disputed"));
    about.map(|mail| mail.to.to_string()).collect()
}

fn operator() -> Asking {
    let actor = Actor { kind: ActorKind::System, id: "test".into(), name: "the operator".into() };
    Asking { owner: None, actor, request_id: String::new(), ip: String::new(), repeat: None }
}

// REF-16 C-40 F-10 seen when the charge is looked at; one mail; lost after the evidence's time
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_dispute_without_evidence_is_lost(#[case] engine: Engine) {
    let Some(billed) = Billed::paid(engine, "disputed").await else { return };
    billed.run_due("2026-05-03T00:00:00Z").await;
    let open = all(&billed).await;
    assert_eq!((open.len(), open[0].state), (1, DisputeState::Open));
    assert_eq!(mails(&billed).await.len(), 1);
    let why = billed.refund(Destination::Card, Some(100)).await.unwrap_err();
    assert!(why.to_string().contains("disputed"), "{why}");
    billed.assert_books().await;
    billed.run_due("2026-05-20T00:00:00Z").await;
    assert_eq!(all(&billed).await[0].state, DisputeState::Lost);
    assert_eq!(mails(&billed).await.len(), 1, "one mail for one dispute");
    assert_eq!(billed.balance(Account::Clearing).await, 0);
    assert_eq!(billed.balance(Account::WriteOffs).await, 110_520_000);
    assert_eq!(billed.now().await, (InvoiceStatus::Paid, 0));
    assert_eq!(billed.left().await, (0, 0));
    let (owner, invoice) = (billed.partner.partner_id, billed.invoice.invoice_id);
    let state = billed.app().dispute_of_invoice(owner, invoice).await.unwrap();
    assert_eq!(state, Some(DisputeState::Lost));
    for (kind, times) in [("dispute.created", 1), ("dispute.closed", 1)] {
        assert_eq!(billed.count(kind).await, times, "{kind}");
    }
    billed.assert_books().await;
}

// REF-16 the operator records evidence, and the outcome follows
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn evidence_wins_a_dispute(#[case] engine: Engine) {
    let Some(billed) = Billed::paid(engine, "disputed").await else { return };
    billed.run_due("2026-05-03T00:00:00Z").await;
    let id = all(&billed).await[0].dispute_id;
    let give = async |text: &str, is_final| {
        let given = NewEvidence { text: text.to_owned(), is_final };
        billed.app().give_evidence(&operator(), id, &given).await
    };
    assert!(give("  ", false).await.is_err());
    give("a first note", false).await.unwrap();
    assert_eq!(all(&billed).await[0].state, DisputeState::Open);
    give("winning_evidence", true).await.unwrap();
    let won = all(&billed).await.remove(0);
    assert_eq!((won.state, &*won.evidence), (DisputeState::Won, "winning_evidence"));
    assert!(won.submitted_at.is_some());
    assert!(matches!(give("more", false).await, Err(AppError::Refused(_))));
    billed.run_due("2026-05-20T00:00:00Z").await;
    assert_eq!(all(&billed).await[0].state, DisputeState::Won, "what is closed stays so");
    assert_eq!(billed.balance(Account::WriteOffs).await, 0);
    billed.refund(Destination::Card, None).await.unwrap();
    billed.assert_books().await;
}

// REF-15 C-40 on the partner's own account it is only noted
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn disputes_on_a_partners_account_are_only_noted(#[case] engine: Engine) {
    let Some(billed) = Billed::connected(engine).await else { return };
    let payment = billed.payments().await.remove(0);
    let context = payment.context.clone().unwrap();
    assert!(matches!(context, AccountContext::Connected(_)));
    let told = |status| Told {
        reference: "dp_1".to_owned(),
        charge: payment.reference.clone().unwrap(),
        amount: payment.amount,
        status,
        reason: "fraudulent".to_owned(),
        evidence_due: None,
    };
    let open = told(DisputeStatus::Open("needs_response".to_owned()));
    let twins = (0..5).map(|_| billed.app().dispute_told(&context, &open));
    for outcome in futures::future::join_all(twins).await {
        assert!(outcome.unwrap());
    }
    let noted = all(&billed).await;
    assert_eq!((noted.len(), noted[0].is_answered_here()), (1, false));
    assert_eq!(mails(&billed).await, Vec::<String>::new());
    let owner = billed.partner.partner_id;
    let of = [payment.payment_id];
    let states = billed.app().disputes_of(owner, &of).await.unwrap();
    assert_eq!(states, BTreeMap::from([(payment.payment_id, DisputeState::Open)]));
    let given = NewEvidence { text: "ours".to_owned(), is_final: true };
    let refused = billed.app().give_evidence(&operator(), noted[0].dispute_id, &given).await;
    assert!(matches!(refused, Err(AppError::Refused(_))));
    for status in [DisputeStatus::Lost, DisputeStatus::Won, DisputeStatus::Lost] {
        billed.app().dispute_told(&context, &told(status)).await.unwrap();
    }
    assert_eq!(all(&billed).await[0].state, DisputeState::Lost);
    let stranger = Told { charge: "pi_other".to_owned(), ..told(DisputeStatus::Lost) };
    let stranger = Told { reference: "dp_2".to_owned(), ..stranger };
    assert!(!billed.app().dispute_told(&context, &stranger).await.unwrap());
    billed.assert_books().await;
}
