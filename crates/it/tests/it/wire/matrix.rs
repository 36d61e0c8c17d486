//! Three modes, and everything that can become of a charge in each.

use std::time::Duration;

use domain::{
    fee::FeeRate,
    invoice::{issued::Invoice, status::InvoiceStatus},
    ledger::Account,
    money::Minor,
    payment::{Payer, Payment, PaymentStatus},
    processor::ProcessorMode,
    refund::{Destination, RefundState},
};
use rstest::rstest;
use stripe_fake::Authentication;

use super::stage::{Party, Stage, of_ours};
use crate::harness::Engine;

const PATIENCE: Duration = Duration::from_secs(20);
const TOTAL: i64 = 11_052;
/// 3.99 % of it, half up.
const FEE: i64 = 441;

/// What happens to an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Case {
    CardOk,
    Decline,
    Authentication,
    BankOk,
    BankFailsLate,
    DisputeWon,
    DisputeLost,
    RefundFull,
    RefundParts,
    RefundPending,
    RefundFails,
    RefundAtStripe,
}

use Case::*;

impl Case {
    const ALL: [Self; 12] = [
        CardOk,
        Decline,
        Authentication,
        BankOk,
        BankFailsLate,
        DisputeWon,
        DisputeLost,
        RefundFull,
        RefundParts,
        RefundPending,
        RefundFails,
        RefundAtStripe,
    ];

    fn method(self) -> &'static str {
        match self {
            Decline => "pm_card_chargeCustomerFail",
            Authentication => "pm_card_authenticationRequired",
            BankOk => "pm_usBankAccount_success",
            BankFailsLate => "pm_usBankAccount_accountClosed",
            DisputeWon | DisputeLost => "pm_card_createDispute",
            RefundPending => "pm_card_pendingRefund",
            RefundFails => "pm_card_refundFail",
            _ => "pm_card_visa",
        }
    }

    /// How the payment stands right after it was asked for.
    fn at_first(self) -> (PaymentStatus, &'static str) {
        match self {
            Decline => (PaymentStatus::Failed, "declined"),
            Authentication => (PaymentStatus::RequiresAction, "waiting"),
            BankOk | BankFailsLate => (PaymentStatus::Processing, "waiting"),
            _ => (PaymentStatus::Succeeded, "succeeded"),
        }
    }

    fn is_paid(self) -> bool {
        !matches!(self, Decline | BankFailsLate)
    }

    /// What goes back in the end.
    fn refunded(self) -> i64 {
        match self {
            RefundFull | RefundPending => TOTAL,
            RefundParts => 5_053,
            RefundAtStripe => 1_000,
            _ => 0,
        }
    }

    /// What of it is a refund that the platform asked for, so that it gives its fee back where it
    /// does so; of one that fails later nothing is taken again.
    fn asked_back(self) -> Vec<i64> {
        match self {
            RefundFull | RefundPending | RefundFails => vec![TOTAL],
            RefundParts => vec![3_000, 2_053],
            RefundAtStripe => vec![1_000],
            _ => Vec::new(),
        }
    }
}

/// One invoice on its way.
struct Run<'a> {
    stage: &'a Stage,
    party: &'a Party,
    case: Case,
    invoice: Invoice,
    payment: Payment,
}

impl Run<'_> {
    fn intent(&self) -> &str {
        self.payment.reference.as_deref().unwrap()
    }

    async fn refund(&self, amount: Option<i64>) -> String {
        let to = (amount, Destination::Card);
        let refund = self.stage.refund(&self.invoice, to).await.unwrap().refunds.remove(0);
        let expected = if self.case == RefundPending {
            RefundState::Submitted
        } else {
            RefundState::Succeeded
        };
        assert_eq!(refund.state, expected, "{:?}", self.case);
        refund.reference.unwrap()
    }

    fn dispute(&self) -> String {
        let all = self.stage.fake.objects(&self.party.account, "dispute");
        let own = all.iter().find(|it| it["payment_intent"] == self.intent()).unwrap();
        own["id"].as_str().unwrap().to_owned()
    }

    async fn refunded(&self) -> i64 {
        self.stage.now(&self.invoice).await.refunded.get()
    }

    /// What happens after the payment was asked for.
    async fn goes_on(&self) {
        let (stage, fake) = (self.stage, &self.stage.fake);
        match self.case {
            CardOk | Decline => {}
            Authentication => fake.authenticate(self.intent(), Authentication::Passed),
            BankOk | BankFailsLate => {
                stage.settle().await;
                assert_eq!(stage.receipts(&self.invoice).await, 0, "not before the money");
                fake.settle(self.intent());
            }
            DisputeWon | DisputeLost => {
                stage.settle().await;
                assert!(stage.refund(&self.invoice, (None, Destination::Card)).await.is_err());
                let end = if self.case == DisputeWon { "won" } else { "lost" };
                fake.close_dispute(&self.dispute(), end);
            }
            RefundFull => drop(self.refund(None).await),
            RefundParts => {
                self.refund(Some(3_000)).await;
                stage.settle().await;
                assert_eq!(self.refunded().await, 3_000);
                self.refund(Some(2_053)).await;
            }
            RefundPending => {
                let refund = self.refund(None).await;
                stage.settle().await;
                assert_eq!(self.refunded().await, 0, "not before it arrived");
                fake.end_refund(&refund, true);
            }
            RefundFails => {
                let refund = self.refund(None).await;
                stage.settle().await;
                assert_eq!(self.refunded().await, TOTAL);
                fake.end_refund(&refund, false);
            }
            RefundAtStripe => drop(fake.refund_by_hand(self.intent(), Some(1_000))),
        }
        stage.settle().await;
    }

    /// How it all stands in the end.
    async fn assert_end(&self) {
        let (stage, case, party) = (self.stage, self.case, self.party);
        let what = format!("{case:?} {:?}", party.mode);
        let invoice = stage.now(&self.invoice).await;
        let (status, paid) = match case.is_paid() {
            true => (InvoiceStatus::Paid, TOTAL),
            false => (InvoiceStatus::Sent, 0),
        };
        assert_eq!((invoice.status, invoice.paid.get()), (status, paid), "{what}");
        assert_eq!(invoice.refunded.get(), case.refunded(), "{what}");
        let state = if case.is_paid() { "succeeded" } else { "declined" };
        assert_eq!(stage.attempts(invoice.invoice_id).await, [state], "{what}");
        let receipts = usize::from(case.is_paid());
        assert_eq!(stage.receipts(&invoice).await, receipts, "{what}");
        let (payment, _) =
            stage.app().find_payment(party.id(), self.payment.payment_id).await.unwrap();
        let is_paid = payment.status == PaymentStatus::Succeeded;
        assert_eq!((is_paid, payment.refunded.get()), (case.is_paid(), case.refunded()), "{what}");
        let dispute = match case {
            DisputeWon => Some("won"),
            DisputeLost => Some("lost"),
            _ => None,
        };
        let sql = format!("select state from dispute where invoice_id = '{}'", invoice.invoice_id);
        assert_eq!(stage.world.texts(&sql).await, dispute.as_slice(), "{what}");
        let receivable = Account::Receivable(invoice.tenant_id);
        assert_eq!(stage.balance(party.id(), receivable).await, TOTAL - paid, "{what}");
        self.assert_fee(&payment);
    }

    /// STR-07 STR-08 STR-10: the fee goes along on a connected account, and nowhere else.
    fn assert_fee(&self, payment: &Payment) {
        let told = self.stage.fake.object(self.intent())["application_fee_amount"].as_i64();
        let (kept, sent) = match self.party.mode {
            ProcessorMode::Platform => (FEE, None),
            ProcessorMode::Connect => (FEE, Some(FEE)),
            ProcessorMode::CustomKeys => (0, None),
        };
        assert_eq!((payment.fee.get(), told), (kept, sent), "{:?}", self.party.mode);
    }
}

async fn through(stage: &Stage, party: &Party) {
    for (number, case) in Case::ALL.into_iter().enumerate() {
        let payer = stage.payer(party, (&format!("TEN{number}"), case.method())).await;
        let invoice = stage.invoice(&payer.tenant, TOTAL).await;
        let asked = stage.pay(&invoice, (payer.method_id, Payer::Present)).await.unwrap();
        let payment = asked.payment;
        let (status, attempt) = case.at_first();
        assert_eq!(payment.status, status, "{case:?}");
        assert_eq!(stage.attempts(invoice.invoice_id).await, [attempt], "{case:?}");
        assert_eq!(asked.action.is_some(), case == Authentication);
        let run = Run { stage, party, case, invoice, payment };
        run.goes_on().await;
        run.assert_end().await;
    }
}

/// The parts of the fee that Stripe gives back for the refunds of a case, rounded one by one.
fn fee_back(case: Case) -> i64 {
    // A refund on Stripe's own pages is one that its owner asked for; the platform's part of it is
    // rounded down, so that all parts are never more than the whole.
    let is_by_hand = case == RefundAtStripe;
    let part = |amount: i64| match (amount == TOTAL, is_by_hand) {
        (true, _) => FEE,
        (false, true) => FEE * amount / TOTAL,
        (false, false) => (2 * FEE * amount + TOTAL) / (2 * TOTAL),
    };
    case.asked_back().into_iter().map(part).sum()
}

// STR-01 STR-02 STR-03 STR-07 STR-08 STR-10 STR-20 PAY-05 PAY-12 PAY-18 REF-01 REF-09 REF-11
// REF-14 REF-15 REF-17: whatever becomes of a charge in whatever mode, invoice, attempts, books,
// fee, mails and statement say what the processor says (failure modes 11, 12, 13, 14, 15)
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn books_say_what_stripe_says(
    #[case] engine: Engine,
    #[values("platform", "connect", "connect_returns", "custom_keys")] mode: &str,
) {
    let Some(stage) = Stage::open(engine, PATIENCE).await else { return };
    let own = ProcessorMode::parse(mode.split("_returns").next().unwrap()).unwrap();
    let party = stage.party("oak-voice", own).await;
    let returns = mode.ends_with("returns");
    if returns {
        stage.returns_fees(&party).await;
    }
    through(&stage, &party).await;
    let parties = [party.clone()];
    stage.assert_books(&parties).await;
    let paid = Case::ALL.iter().filter(|case| case.is_paid()).count() as i64;
    let told = stage.told(&party.account);
    let refunded: i64 = Case::ALL.iter().map(|case| case.refunded()).sum();
    assert_eq!((told.charged, told.refunded, told.lost), (paid * TOTAL, refunded, TOTAL));
    let fees = if own == ProcessorMode::Connect { paid * FEE } else { 0 };
    let back: i64 = Case::ALL.into_iter().map(fee_back).sum();
    let back = if returns { back } else { 0 };
    assert_eq!((told.fees, told.fees_returned), (fees, back));
    assert_settled(&stage, &party).await;
    // Each of our charges is ours, and is on this account.
    let intents = stage.fake.objects(&party.account, "payment_intent");
    assert!(intents.iter().all(|it| of_ours(it).starts_with("pay_")));
}

/// The statement of the month: of charges on the operator's account only.
async fn assert_settled(stage: &Stage, party: &Party) {
    stage.later(32 * 86_400).await;
    let sql = format!(
        "select charges_minor || ' ' || refunds_minor || ' ' || disputes_minor || ' ' ||
           fees_minor || ' ' || net_minor from settlement where partner_id = '{}'",
        party.id()
    );
    let statements = stage.world.texts(&sql).await;
    if party.mode != ProcessorMode::Platform {
        assert!(statements.is_empty(), "{statements:?}");
        return;
    }
    let told = stage.told(&party.account);
    let charges = stage.fake.objects(&party.account, "charge");
    let paid = charges.iter().filter(|it| it["status"] == "succeeded");
    let fee = |cents: i64| FeeRate::STANDARD.of(Minor::new(cents)).get();
    let fees: i64 = paid.map(|it| fee(it["amount"].as_i64().unwrap())).sum();
    let net = told.charged - told.refunded - told.lost - fees;
    let expected = format!("{} {} {} {fees} {net}", told.charged, told.refunded, told.lost);
    assert_eq!(statements, [expected]);
}
