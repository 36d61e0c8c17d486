//! What happens in the demo, in the order of its simulated time.
//!
//! Decided here: when tenants start, when files arrive, who pays what. Everything goes through the
//! use cases that anybody uses; the clock moves only by doing what is due.

use std::{collections::BTreeMap, path::PathBuf};

use adapters::cdr_files::ReadOptions;
use anyhow::Context;
use app::{
    App,
    check::CheckReport,
    close::DueReport,
    collect::Collect,
    ingest::{BATCH_ROWS, ImportMode, ImportReport, ImportRequest},
    outbox::OutboxReport,
    setup::{NewCharge, NewCredit, NewUsage},
    test_methods::SavedFor,
};
use domain::{
    account::ChargeKind,
    ids::PartnerId,
    invoice::issued::Invoice,
    money::{Micros, Minor, Nanos},
    payment::{PaymentStatus, card_minimum},
    tenant::TenantEvent,
    time::{Day, Timestamp},
};

use super::{
    place::Place,
    setup::{Made, accounts, tenant},
    traffic::{TrafficFile, files},
    world::{Pays, PlanKey, TenantPlan, tenants},
};

/// When the demo begins, in simulated time.
pub(super) const START: &str = "2026-01-29T15:00:00Z";

/// What the demo did.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// Files imported, by month, with what became of their rows.
    pub(super) imports: Vec<(String, ImportReport)>,
    /// What fell due.
    pub(super) due: DueReport,
    /// Payments and their sums in minor units, by result.
    pub(super) payments: BTreeMap<&'static str, (u64, Minor)>,
    /// PDFs and mails.
    pub(super) outbox: OutboxReport,
    /// The books.
    pub(super) check: CheckReport,
}

/// Tells the whole story. `say` hears what is going on.
pub(super) async fn tell(
    app: &App,
    place: &Place,
    say: &mut dyn FnMut(&str),
) -> anyhow::Result<Told> {
    let plans = tenants()?;
    say("inventing two partners, forty tenants and their calls");
    let traffic = files(&plans)?;
    let mut story = Story { app, place, made: accounts(app).await?, plans, told: Told::default() };
    story.starts().await?;
    let [first, second] = traffic;
    say("importing the call records of the first month");
    story.until("2026-02-12T12:00:00Z").await?;
    story.import(&first).await?;
    story.until("2026-02-20T16:00:00Z").await?;
    story.extras().await?;
    say("closing the first month");
    story.until("2026-03-02T12:00:00Z").await?;
    story.send().await?;
    say("importing the call records of the second month");
    story.import(&second).await?;
    story.until("2026-03-05T15:00:00Z").await?;
    story.collect().await?;
    story.until("2026-03-17T16:00:00Z").await?;
    story.leaves().await?;
    say("closing the second month");
    story.until("2026-04-02T12:00:00Z").await?;
    story.send().await?;
    story.collect().await?;
    // PDFs of what was paid show it.
    story.send().await?;
    say("checking the books");
    story.told.check = app.check(None).await?;
    Ok(story.told)
}

struct Story<'a> {
    app: &'a App,
    place: &'a Place,
    made: Made,
    plans: Vec<TenantPlan>,
    told: Told,
}

impl Story<'_> {
    /// Does what is due until then.
    async fn until(&mut self, instant: &str) -> anyhow::Result<()> {
        let instant = Timestamp::parse(instant).context("the demo's calendar")?;
        let report = self.app.run_due(Some(instant)).await?;
        self.told.due.add(report);
        Ok(())
    }

    /// Each tenant starts on its day.
    async fn starts(&mut self) -> anyhow::Result<()> {
        let mut days: Vec<Day> = self.plans.iter().map(|plan| plan.starts).collect();
        days.sort_unstable();
        days.dedup();
        for day in days {
            self.until(&format!("{day}T15:00:00Z")).await?;
            for plan in self.plans.iter().filter(|plan| plan.starts == day) {
                let done = tenant(self.app, plan, &mut self.made).await;
                done.with_context(|| format!("cannot set up {}", plan.name))?;
            }
        }
        Ok(())
    }

    async fn import(&mut self, files: &[TrafficFile]) -> anyhow::Result<()> {
        for file in files {
            let path: PathBuf = self.place.join("cdrs").join(&file.name);
            std::fs::write(&path, &file.content)
                .with_context(|| format!("cannot write {}", path.display()))?;
            let request = ImportRequest {
                path,
                options: ReadOptions {
                    zone: Some(file.zone.clone()),
                    ..ReadOptions::new(file.format)
                },
                source: file.switch.to_owned(),
                owner: self.made.partners.get(file.partner).copied(),
                mode: ImportMode::Keep,
                batch_rows: BATCH_ROWS,
            };
            let report = self.app.import_file(&request, &mut |_| {}).await;
            let report = report.with_context(|| format!("cannot import {}", file.name))?;
            self.told.imports.push((file.name.clone(), report));
        }
        Ok(())
    }

    /// What partners do beside calls: charges, a credit, another profile.
    async fn extras(&mut self) -> anyhow::Result<()> {
        let app = self.app;
        let charge = |kind, description: &str, quantity: i64, cents: i64| ChargeTexts {
            kind,
            description: description.to_owned(),
            quantity: Micros::new(quantity * 1_000_000),
            unit_price: Nanos::new(cents * 10_000_000),
        };
        let one_time = ChargeKind::OneTime;
        self.charge("stonegate", charge(one_time, "Porting of a number", 2, 2_500)).await?;
        self.charge("evergreen", charge(one_time, "On-site installation", 1, 18_000)).await?;
        self.charge("aspen", charge(ChargeKind::Recurring, "Desk phone rental", 20, 450)).await?;
        self.charge("finch", charge(ChargeKind::Recurring, "Fax line", 1, 1_200)).await?;
        let messages = charge(ChargeKind::Metered, "Text messages", 0, 1);
        let (partner_id, charge_id) = self.charge("brightloop", messages).await?;
        let usage = NewUsage {
            report_id: "february".to_owned(),
            at: None,
            quantity: Micros::new(420 * 1_000_000),
        };
        app.report_usage(partner_id, charge_id, &usage).await?;
        let (partner_id, tenant_id) = self.made.tenant(self.plan("kettle")?)?;
        let credit = NewCredit {
            tenant_id,
            amount: Minor::new(2_000),
            reason: "Outage on February 11".to_owned(),
        };
        app.give_credit(partner_id, &credit).await?;
        let (partner_id, tenant_id) = self.made.tenant(self.plan("northvet")?)?;
        let profile_id = self.made.profile("bluebird", PlanKey::Advance)?;
        app.choose_profile(partner_id, tenant_id, profile_id).await?;
        Ok(())
    }

    async fn charge(
        &self,
        prefix: &str,
        texts: ChargeTexts,
    ) -> anyhow::Result<(PartnerId, domain::ids::ChargeId)> {
        let (partner_id, tenant_id) = self.made.tenant(self.plan(prefix)?)?;
        let new = NewCharge {
            tenant_id,
            kind: texts.kind,
            description: texts.description,
            quantity: texts.quantity,
            unit_price: texts.unit_price,
            taxable: true,
            starts_at: None,
            ends_at: None,
        };
        let charge = self.app.add_charge(partner_id, &new).await;
        let charge = charge.with_context(|| new.description.clone())?;
        Ok((partner_id, charge.charge_id))
    }

    fn plan(&self, prefix: &str) -> anyhow::Result<&TenantPlan> {
        let found = self.plans.iter().find(|plan| plan.prefix == prefix);
        found.with_context(|| format!("the demo has no tenant {prefix}"))
    }

    /// Whoever leaves, leaves now.
    async fn leaves(&mut self) -> anyhow::Result<()> {
        for plan in self.plans.iter().filter(|plan| plan.leaves.is_some()) {
            let (partner_id, tenant_id) = self.made.tenant(plan)?;
            self.app.change_tenant(partner_id, tenant_id, TenantEvent::Cancel).await?;
        }
        Ok(())
    }

    /// Sets PDFs and sends mails.
    async fn send(&mut self) -> anyhow::Result<()> {
        let report = self.app.run_jobs(self.app.clock.now()).await?;
        let outbox = &mut self.told.outbox;
        outbox.done += report.done;
        outbox.sent += report.sent;
        outbox.retried += report.retried;
        outbox.given_up += report.given_up;
        Ok(())
    }

    /// Every tenant with a card is asked for what it owes.
    async fn collect(&mut self) -> anyhow::Result<()> {
        let partners: Vec<PartnerId> = self.made.partners.values().copied().collect();
        for partner_id in partners {
            let mut after = None;
            loop {
                let page = self.app.invoices(partner_id, after).await?;
                let Some(last) = page.last() else { break };
                after = Some(last.invoice_id);
                for invoice in page.iter().filter(|invoice| invoice.status.is_open()) {
                    self.ask(partner_id, invoice).await?;
                }
            }
        }
        Ok(())
    }

    async fn ask(&mut self, partner_id: PartnerId, invoice: &Invoice) -> anyhow::Result<()> {
        let owner = self.made.tenants.iter().find(|(_, id)| **id == invoice.tenant_id);
        let pays = owner.and_then(|(prefix, _)| self.plan(prefix).ok()).map(|plan| plan.pays);
        let due = invoice.due();
        let (method, amount) = match pays {
            _ if due < card_minimum(invoice.currency) => return Ok(()),
            None | Some(Pays::Never) => return Ok(()),
            // One part, once.
            Some(Pays::Partly) if !invoice.paid.is_zero() => return Ok(()),
            Some(Pays::Partly) => ("visa", Some(Minor::new(due.get() / 2))),
            Some(Pays::Visa) => ("visa", None),
            Some(Pays::Declined) => ("declined", None),
            Some(Pays::Insufficient) => ("insufficient_funds", None),
        };
        let owner = (partner_id, invoice.tenant_id);
        let method = self.app.save_test_method(owner, (method, SavedFor::Default)).await?;
        let wanted = Collect { amount, ..Collect::with(invoice.invoice_id, method.method_id) };
        let payment = self.app.collect(partner_id, &wanted).await?.payment;
        let result = match (payment.status, amount) {
            (PaymentStatus::Succeeded, None) => "paid in full",
            (PaymentStatus::Succeeded, Some(_)) => "paid in part",
            (PaymentStatus::Failed, _) => "declined",
            (_, _) => "pending",
        };
        let (count, sum) = self.told.payments.entry(result).or_default();
        *count += 1;
        *sum = sum.plus(payment.amount)?;
        Ok(())
    }
}

/// A charge, without whose.
struct ChargeTexts {
    kind: ChargeKind,
    description: String,
    quantity: Micros,
    unit_price: Nanos,
}
