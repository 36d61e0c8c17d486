//! Money that goes back: refunds, credit notes, disputes, and the books after them.

mod books;
mod disputes;
mod failing;
mod giving;
mod told;

use app::{
    App,
    collect::Collect,
    drafts::{DraftLine, DraftText},
    error::AppError,
    refunds::{Refunded, WantedRefund},
    requests::{Actor, ActorKind, Asking},
    setup::{NewCredit, NewTax},
    test_methods::SavedFor,
};
use domain::{
    account::{Partner, Tenant},
    ids::RefundId,
    invoice::{issued::Invoice, line::Quantity, status::InvoiceStatus},
    ledger::Account,
    money::{Minor, Nanos},
    payment::Payment,
    refund::{Destination, Refund},
};
use store::payments;

use crate::harness::{Engine, World, builders::at};

/// A partner with one tenant, and that tenant's invoice of 110.52 with 8.66 tax.
pub(super) struct Billed {
    pub(super) world: World,
    pub(super) partner: Partner,
    pub(super) tenant: Tenant,
    pub(super) invoice: Invoice,
}

/// Somebody who asks for something once.
fn asking(partner: &Partner) -> Asking {
    Asking {
        owner: Some(partner.partner_id),
        actor: Actor { kind: ActorKind::System, id: "test".into(), name: "a test".into() },
        request_id: String::new(),
        ip: String::new(),
        repeat: None,
    }
}

impl Billed {
    /// Nothing is paid yet; the tenant has `credit` beforehand.
    async fn unpaid(engine: Engine, credit: i64) -> Option<Self> {
        let (world, partner) = World::with_partner(engine).await?;
        let tenant = world.tenant(&partner, "ACME").await;
        Some(Self::of(world, (partner, tenant), credit).await)
    }

    async fn of(world: World, (partner, tenant): (Partner, Tenant), credit: i64) -> Self {
        let (app, owner, id) = (&world.app, partner.partner_id, tenant.tenant_id);
        let tax = NewTax {
            code: "US-AR".to_owned(),
            name: "Arkansas".to_owned(),
            rate: "0.085".to_owned(),
            enabled: true,
        };
        app.create_tax(owner, &tax).await.unwrap();
        app.set_tenant_taxes(owner, id, &["US-AR".to_owned()]).await.unwrap();
        if credit > 0 {
            let (amount, reason) = (Minor::new(credit), "Prepaid".to_owned());
            let credit = NewCredit { tenant_id: id, amount, reason };
            app.give_credit(owner, &credit).await.unwrap();
        }
        let line = DraftLine {
            description: "Installation".to_owned(),
            quantity: Quantity::ONE,
            unit: String::new(),
            unit_price: Nanos::parse("101.86").unwrap(),
            taxable: true,
        };
        let text = DraftText { lines: vec![line], notes: String::new() };
        let draft = app.create_draft(owner, id, &text).await.unwrap();
        let draft = (draft.invoice_id, draft.version);
        let invoice = app.finalise_draft(owner, draft).await.unwrap();
        assert_eq!((invoice.total, invoice.tax), (Minor::new(11_052), Minor::new(866)));
        Self { world, partner, tenant, invoice }
    }

    /// All of it is paid by the test method of this name.
    async fn paid(engine: Engine, method: &str) -> Option<Self> {
        let billed = Self::unpaid(engine, 0).await?;
        billed.pay(method, None).await;
        Some(billed)
    }

    /// The same, but on the partner's own connected account.
    async fn connected(engine: Engine) -> Option<Self> {
        let (world, partner) = World::with_partner(engine).await?;
        let (id, account) = (partner.partner_id, "acct_oak");
        for sql in [
            format!("insert into processor values ('{id}', 'connect', 'connect:{account}', 1)"),
            format!(
                "insert into connected_account values ('{id}', '{account}', 'active', 1, 1, 1,
                   '[]', null, null, 1, 1, 1, 1)"
            ),
        ] {
            world.execute(&sql).await;
        }
        let tenant = world.tenant(&partner, "ACME").await;
        let billed = Self::of(world, (partner, tenant), 0).await;
        billed.pay("visa", None).await;
        Some(billed)
    }

    fn app(&self) -> &App {
        &self.world.app
    }

    async fn pay(&self, method: &str, amount: Option<i64>) -> Payment {
        let owner = (self.partner.partner_id, self.tenant.tenant_id);
        let saved = self.app().save_test_method(owner, (method, SavedFor::Naming)).await.unwrap();
        let wanted = Collect {
            amount: amount.map(Minor::new),
            ..Collect::with(self.invoice.invoice_id, saved.method_id)
        };
        self.app().collect(owner.0, &wanted).await.unwrap().payment
    }

    async fn refund(&self, to: Destination, amount: Option<i64>) -> Result<Refunded, AppError> {
        let wanted = WantedRefund {
            invoice_id: self.invoice.invoice_id,
            amount: amount.map(Minor::new),
            destination: to,
            reason: "A test".to_owned(),
        };
        self.app().refund(&asking(&self.partner), self.partner.partner_id, &wanted).await
    }

    async fn retry(&self, refund_id: RefundId) -> Result<Refunded, AppError> {
        let asking = asking(&self.partner);
        self.app().retry_refund(&asking, self.partner.partner_id, refund_id).await
    }

    async fn find(&self, refund_id: RefundId) -> Refund {
        self.app().find_refund(self.partner.partner_id, refund_id).await.unwrap().0
    }

    async fn invoice(&self) -> Invoice {
        let id = self.invoice.invoice_id;
        self.app().find_invoice(self.partner.partner_id, id).await.unwrap()
    }

    async fn payments(&self) -> Vec<Payment> {
        let mut tx = self.world.begin().await;
        let of = (self.invoice.invoice_id, None);
        payments::of_invoice(&mut tx, self.partner.partner_id, of, 100).await.unwrap()
    }

    /// Status and refunded amount of the invoice.
    async fn now(&self) -> (InvoiceStatus, i64) {
        let invoice = self.invoice().await;
        assert_eq!(invoice.total, invoice.paid.plus(invoice.credited).unwrap());
        (invoice.status, invoice.refunded.get())
    }

    /// What is left for a card, and for the balance alone.
    async fn left(&self) -> (i64, i64) {
        let id = self.invoice.invoice_id;
        let left = self.app().refundable(self.partner.partner_id, id).await.unwrap();
        (left.by_card().get(), left.by_balance().get())
    }

    async fn balance(&self, account: Account) -> i64 {
        let mut tx = self.world.begin().await;
        let balance = store::ledger::balance(&mut tx, self.partner.partner_id, account).await;
        balance.unwrap().get()
    }

    /// What the tenant has on its balance.
    async fn credit(&self) -> i64 {
        let owner = (self.partner.partner_id, self.tenant.tenant_id);
        let mut tx = self.world.begin().await;
        let open = store::credits::open_of(&mut tx, owner.0, &[owner.1]).await.unwrap();
        open.iter().map(|credit| credit.remaining.get()).sum()
    }

    async fn count(&self, kind: &str) -> usize {
        let kinds = self.world.event_kinds(&self.partner).await;
        kinds.iter().filter(|found| *found == kind).count()
    }

    async fn run_due(&self, until: &str) {
        self.app().run_due(Some(at(until))).await.unwrap();
    }

    /// The books balance, and `check` agrees with everything it can compute again.
    async fn assert_books(&self) {
        let mut tx = self.world.begin().await;
        let balances = store::audit::balances(&mut tx, self.partner.partner_id).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(balances.iter().map(|(_, net)| net).sum::<i64>(), 0, "{balances:?}");
        self.world.assert_clean().await;
    }
}
