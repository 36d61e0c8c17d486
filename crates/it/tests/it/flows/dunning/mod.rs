//! Tenants that do not pay: flagged, reminded, suspended, restored, each on its day and once.

mod again;
mod choices;

use adapters::mail::MailMessage;
use app::{
    collect::{Collect, PaidElsewhere},
    drafts::{DraftLine, DraftText},
    setup::NewTenant,
    test_methods::SavedFor,
};
use domain::{
    account::{Partner, Tenant},
    dunning::PolicyEdit,
    ids::{InvoiceId, MethodId, TenantId},
    invoice::{issued::Invoice, line::Quantity, status::InvoiceStatus},
    money::{Minor, Nanos},
    payment::PaymentStatus,
    tenant::{SuspensionReason, TenantEvent, TenantStatus},
};
use rstest::rstest;

use crate::harness::{Engine, World, builders::at};

/// A tenant in Chicago that owes 99.00 from 1 June, due on the 16th.
pub(crate) struct Late {
    pub(crate) world: World,
    pub(crate) partner: Partner,
    pub(crate) tenant_id: TenantId,
    pub(crate) invoice_id: InvoiceId,
}

impl Late {
    pub(crate) async fn fresh(engine: Engine) -> Option<Self> {
        let (world, partner) = World::with_partner(engine).await?;
        world.advance("2026-05-01T12:00:00Z");
        let mut new = NewTenant::named("Acme Dental", "acme", "books@acme.example");
        new.zone = Some("America/Chicago".to_owned());
        new.profile_id = Some(world.profile(&partner, "Flat Rate Starter").await);
        let tenant = world.app.create_tenant(partner.partner_id, &new).await.unwrap();
        world.app.run_due(Some(at("2026-06-01T18:00:00Z"))).await.unwrap();
        let tenant_id = tenant.tenant_id;
        let mut late = Self { world, partner, tenant_id, invoice_id: InvoiceId::from_bits(0) };
        late.invoice_id = late.invoices().await[0].invoice_id;
        Some(late)
    }

    /// The tenant's saved test method of this name.
    pub(crate) async fn method(&self, name: &str) -> MethodId {
        let owner = (self.partner.partner_id, self.tenant_id);
        let saved = self.world.app.save_test_method(owner, (name, SavedFor::Naming)).await;
        saved.unwrap().method_id
    }

    /// Does what is due until then.
    async fn until(&self, instant: &str) {
        self.world.app.run_due(Some(at(instant))).await.unwrap();
        self.world.assert_clean().await;
    }

    async fn tenant(&self) -> Tenant {
        self.world.app.tenant(self.partner.partner_id, self.tenant_id).await.unwrap()
    }

    async fn invoices(&self) -> Vec<Invoice> {
        let mut tx = self.world.begin().await;
        let owner = (self.partner.partner_id, self.tenant_id);
        store::invoices::of_tenant(&mut tx, owner, (None, 100)).await.unwrap()
    }

    /// `active`, `active flagged`, `suspended flagged (overdue)`.
    async fn state(&self) -> String {
        let tenant = self.tenant().await;
        let mut text = tenant.life.status().as_str().to_owned();
        if tenant.flagged_at.is_some() {
            text += " flagged";
        }
        for reason in &tenant.life.reasons {
            text += &format!(" ({reason})");
        }
        text
    }

    async fn change(&self, event: TenantEvent) {
        let id = self.partner.partner_id;
        self.world.app.change_tenant(id, self.tenant_id, event).await.unwrap();
    }

    async fn choose(&self, edit: PolicyEdit) {
        let owner = (self.partner.partner_id, None);
        let seen = self.world.app.dunning_policy(owner.0, None).await.unwrap().version;
        self.world.app.edit_dunning_policy(owner, seen, &edit).await.unwrap();
    }

    async fn pay(&self, amount: Option<i64>) {
        let paid = PaidElsewhere {
            invoice_id: self.invoice_id,
            amount: amount.map(Minor::new),
            note: "by transfer".to_owned(),
        };
        self.world.app.mark_paid(self.partner.partner_id, &paid).await.unwrap();
    }

    /// Does what is due now, as the running program does every few seconds.
    async fn next_run(&self) {
        self.world.app.run_due(None).await.unwrap();
        self.world.assert_clean().await;
    }

    /// Mails of dunning: to whom, and about what.
    async fn mails(&self) -> Vec<MailMessage> {
        let app = &self.world.app;
        app.run_jobs(app.clock.now()).await.unwrap();
        let mut kept = app.outside.mail.kept();
        kept.retain(|mail| !mail.subject.starts_with("Invoice "));
        kept
    }

    async fn subjects(&self) -> Vec<(String, String)> {
        let mails = self.mails().await;
        mails.into_iter().map(|mail| (mail.to, mail.subject)).collect()
    }

    async fn count(&self, kind: &str) -> usize {
        let kinds = self.world.event_kinds(&self.partner).await;
        kinds.iter().filter(|found| *found == kind).count()
    }
}

// DUN-01 DUN-11 DUN-12 DUN-13 DUN-16 INV-22 C-41
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn seven_days_flag_and_fourteen_suspend_neither_a_day_before(#[case] engine: Engine) {
    let Some(late) = Late::fresh(engine).await else { return };
    late.until("2026-06-23T04:59:59Z").await;
    assert_eq!((late.state().await, late.subjects().await), ("active".to_owned(), vec![]));
    late.until("2026-06-23T05:00:00Z").await;
    assert_eq!(late.state().await, "active flagged");
    assert!(late.invoices().await[0].flag().is_some());
    late.until("2026-06-30T04:59:59Z").await;
    assert_eq!(late.state().await, "active flagged");
    late.until("2026-06-30T05:00:00Z").await;
    assert_eq!(late.state().await, "suspended flagged (overdue)");
    late.until("2026-07-20T00:00:00Z").await;
    let billing = "oak-voice <billing@oak-voice.example>".to_owned();
    let told = [
        (billing.clone(), "Acme Dental is overdue with $99.00".to_owned()),
        (billing, "Acme Dental was suspended for overdue invoices".to_owned()),
    ];
    assert_eq!(late.subjects().await, told);
    let body = &late.mails().await[0].body;
    for part in ["7 days overdue", "INV-000001", "June 16, 2026", "$99.00", "on June 30, 2026"] {
        assert!(body.contains(part), "{part} in {body}");
    }
    assert!(!format!("{:?}", late.mails().await).to_lowercase().contains("trunkline"));
    assert_eq!((late.count("tenant.suspended").await, late.count("tenant.updated").await), (1, 2));
    let log = "select action || actor_name || coalesce(\"after\", '') from audit_entry
        where actor_kind = 'system' order by at, entry_id";
    let log = late.world.texts(log).await;
    assert!(log[0].starts_with("tenant.flagdunning"), "{log:?}");
    assert!(log[1].starts_with("tenant.suspenddunning") && log[1].contains("overdue"), "{log:?}");
}

// DUN-06 DUN-08 DUN-13 DUN-16 PAY-16
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn half_restores_nothing_and_all_restores_everything(#[case] engine: Engine) {
    let Some(late) = Late::fresh(engine).await else { return };
    late.until("2026-06-30T12:00:00Z").await;
    late.pay(Some(4_950)).await;
    late.next_run().await;
    assert_eq!(late.state().await, "suspended flagged (overdue)");
    let rest = Collect::with(late.invoice_id, late.method("visa").await);
    late.world.app.collect(late.partner.partner_id, &rest).await.unwrap();
    assert_eq!(late.invoices().await[0].flag(), None);
    late.next_run().await;
    assert_eq!(late.state().await, "active");
    assert_eq!(late.count("tenant.unsuspended").await, 1);
    late.until("2026-07-20T00:00:00Z").await;
    let subjects = late.subjects().await;
    assert_eq!((late.state().await, subjects.len()), ("active".to_owned(), 3));
    assert!(subjects[2].1.starts_with("Receipt"), "nothing else after the payment: {subjects:?}");
}

// DUN-07 DUN-11
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_payment_lifts_no_other_reason(#[case] engine: Engine) {
    let Some(late) = Late::fresh(engine).await else { return };
    late.until("2026-06-30T12:00:00Z").await;
    late.change(TenantEvent::Suspend(SuspensionReason::Manual)).await;
    late.pay(None).await;
    late.next_run().await;
    assert_eq!(late.state().await, "suspended (manual)");
    assert_eq!(late.count("tenant.unsuspended").await, 0);
    late.change(TenantEvent::Restore).await;
    assert_eq!(late.state().await, "active");
}

// DUN-09 DUN-10 C-42
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn somebody_who_restores_a_tenant_gives_it_seven_days(#[case] engine: Engine) {
    let Some(late) = Late::fresh(engine).await else { return };
    late.until("2026-07-06T12:00:00Z").await;
    assert_eq!(late.state().await, "suspended flagged (overdue)");
    late.change(TenantEvent::Activate).await;
    late.next_run().await;
    assert_eq!(late.state().await, "active flagged");
    late.until("2026-07-13T04:59:00Z").await;
    assert_eq!(late.state().await, "active flagged");
    late.until("2026-07-13T05:00:00Z").await;
    assert_eq!(late.state().await, "suspended flagged (overdue)");
    assert_eq!(late.count("tenant.suspended").await, 2);
    assert_eq!(late.subjects().await.len(), 3);
}

// DUN-12 INV-28
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_tenant_is_mailed_only_where_that_is_chosen(#[case] engine: Engine) {
    let Some(late) = Late::fresh(engine).await else { return };
    late.choose(PolicyEdit {
        remind_tenant: Some(Some(true)),
        reminder_days: Some(Some([1, 10].into())),
        tell_tenant_of_suspension: Some(Some(true)),
        ..PolicyEdit::default()
    })
    .await;
    late.until("2026-06-30T12:00:00Z").await;
    let mails = late.mails().await;
    let to_tenant: Vec<&MailMessage> =
        mails.iter().filter(|mail| mail.to == "books@acme.example").collect();
    let subjects: Vec<&str> = to_tenant.iter().map(|mail| mail.subject.as_str()).collect();
    let reminder = "Reminder from oak-voice: $99.00 is not paid";
    assert_eq!(subjects, [reminder, reminder, "Your service from oak-voice is interrupted"]);
    assert_eq!(mails.len(), 5);
    for mail in to_tenant {
        assert_eq!(mail.from, "oak-voice <billing@oak-voice.example>");
        assert!(mail.body.contains("INV-000001") && mail.body.contains("$99.00"), "{}", mail.body);
        let text = format!("{mail:?}").to_lowercase();
        assert!(!text.contains("trunkline") && !text.contains("tnt_"), "{text}");
    }
}

// DUN-15 C-44
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_suspended_tenant_is_billed_on(#[case] engine: Engine) {
    let Some(late) = Late::fresh(engine).await else { return };
    late.until("2026-08-02T12:00:00Z").await;
    assert_eq!(late.state().await, "suspended flagged (overdue)");
    let invoices = late.invoices().await;
    let totals: Vec<i64> = invoices.iter().map(|invoice| invoice.total.get()).collect();
    assert_eq!(totals, [9_900, 9_900, 9_900]);
    // What is overdue later carries the flag, too; paying only the oldest restores nothing.
    assert!(invoices[1].flag().is_some() && invoices[2].flag().is_none());
    late.pay(None).await;
    late.next_run().await;
    assert_eq!(late.tenant().await.life.status(), TenantStatus::Suspended);
}

// DUN-17 ruling 22
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn trials_and_cancelled_tenants_are_not_touched(#[case] engine: Engine) {
    let Some(late) = Late::fresh(engine).await else { return };
    late.change(TenantEvent::Cancel).await;
    let (id, app) = (late.partner.partner_id, &late.world.app);
    let mut new = NewTenant::named("On trial", "trial", "books@trial.example");
    new.status = app::setup::StartingStatus::Trial;
    let trial = app.create_tenant(id, &new).await.unwrap();
    let line = DraftLine {
        description: "Installation".to_owned(),
        quantity: Quantity::ONE,
        unit: "unit".to_owned(),
        unit_price: Nanos::parse("50").unwrap(),
        taxable: true,
    };
    let text = DraftText { lines: vec![line], notes: String::new() };
    let draft = app.create_draft(id, trial.tenant_id, &text).await.unwrap();
    app.finalise_draft(id, (draft.invoice_id, draft.version)).await.unwrap();
    late.until("2026-09-01T00:00:00Z").await;
    assert_eq!((late.state().await, late.subjects().await), ("cancelled".to_owned(), vec![]));
    let trial = app.tenant(id, trial.tenant_id).await.unwrap();
    assert_eq!((trial.life.status(), trial.flagged_at), (TenantStatus::Trial, None));
    // Taken over as a customer that pays, it owes what it owes.
    app.change_tenant(id, trial.tenant_id, TenantEvent::Activate).await.unwrap();
    late.next_run().await;
    let active = app.tenant(id, trial.tenant_id).await.unwrap();
    assert_eq!(active.life.status(), TenantStatus::Suspended);
}

// PAY-18 a bank's days hold the suspension back; its refusal is followed at once
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_pending_payment_holds_the_suspension_back_until_it_fails(#[case] engine: Engine) {
    let Some(late) = Late::fresh(engine).await else { return };
    late.until("2026-06-29T12:00:00Z").await;
    let id = late.partner.partner_id;
    let wanted = Collect::with(late.invoice_id, late.method("bank_closed").await);
    let paid = late.world.app.collect(id, &wanted).await.unwrap();
    assert_eq!(paid.payment.status, PaymentStatus::Processing);
    late.until("2026-07-03T11:59:59Z").await;
    assert_eq!(late.state().await, "active flagged");
    late.until("2026-07-03T12:00:00Z").await;
    late.next_run().await;
    assert_eq!(late.state().await, "suspended flagged (overdue)");
}

// PAY-03 ruling 10
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_balance_no_card_is_charged_for_is_never_dunned(#[case] engine: Engine) {
    let Some(late) = Late::fresh(engine).await else { return };
    late.until("2026-06-30T12:00:00Z").await;
    late.pay(Some(9_851)).await;
    late.next_run().await;
    assert_eq!(late.invoices().await[0].status, InvoiceStatus::Overdue);
    assert_eq!(late.state().await, "active");
    late.until("2026-07-15T12:00:00Z").await;
    assert_eq!(late.state().await, "active");
}
