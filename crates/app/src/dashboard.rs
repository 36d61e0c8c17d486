//! A partner's first page: what it has, what its tenants talked, what it still has to set up.
//!
//! Decided here: when a step of the setup is done (CHK-03, CS-05, CS-06). Steps follow from what is
//! there and are never ticked by hand (CHK-02). Numbers cannot be bought yet, so that step stays
//! open. Minutes come from the day roll-ups, never from calls.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    account::Tenant,
    ids::{PartnerId, TenantId},
    invoice::status::InvoiceStatus,
    money::{Currency, Minor},
    paging::{Key, Neighbour, Order, PageRequest, Side},
    profile::automatic_profiles,
    time::Timestamp,
};
pub use store::dashboard::Tally;

use crate::{
    App,
    error::{AppError, Result},
    resource::{Decimal, usage::minutes},
    setup::{TenantFilter, TenantSort, USUAL_COLOR},
};

/// What a partner's first page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dashboard {
    /// What there is now.
    pub tally: Tally,
    /// Billed minutes of all its tenants since the first of the month, in its zone.
    pub minutes: Decimal,
}

/// A partner's invoices in figures (INV-05).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceFigures {
    /// How many there are.
    pub all: i64,
    /// How many are paid.
    pub paid: i64,
    /// How many wait for money: sent, partially paid, overdue.
    pub unpaid: i64,
    /// How many of them are overdue.
    pub overdue: i64,
    /// What is left to pay.
    pub outstanding: Minor,
    /// Of `outstanding`.
    pub currency: Currency,
}

/// A step of a partner's setup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SetupStep {
    /// Create a tenant.
    Customer,
    /// Upload a logo, or choose a name and a colour.
    Branding,
    /// Connect or give the account at the processor that tenants pay into.
    Billing,
    /// Buy a phone number.
    Number,
    /// Create a billing profile, or edit one that came by itself.
    Pricing,
    /// Invite somebody.
    Team,
}

impl SetupStep {
    /// All of them, in their order (CHK-01).
    pub const ALL: [Self; 6] =
        [Self::Customer, Self::Branding, Self::Billing, Self::Number, Self::Pricing, Self::Team];
}

/// How far a partner's setup has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setup {
    /// Which steps are done.
    pub done: BTreeSet<SetupStep>,
}

impl Setup {
    /// Whether nothing is left.
    pub fn is_complete(&self) -> bool {
        self.done.len() == SetupStep::ALL.len()
    }
}

impl App {
    /// What a partner's first page shows.
    pub async fn dashboard(&self, partner_id: PartnerId) -> Result<Dashboard> {
        let now = self.clock.now();
        let mut tx = self.db.begin_read().await?;
        let partner = store::partners::find(&mut tx, partner_id).await?;
        let partner = partner.ok_or_else(|| AppError::not_found("partner", partner_id))?;
        let tally = store::dashboard::tally(&mut tx, partner_id).await?;
        let today = partner.zone.day_of(now);
        let first = today.first_of_month();
        let last = first.plus_days(i64::from(first.days_in_month()) - 1);
        let days = (None, first, last);
        let sum = store::usage_sums::of_partner(&mut tx, partner_id, days).await?;
        tx.commit().await?;
        Ok(Dashboard { tally, minutes: minutes(sum.billed_seconds) })
    }

    /// How far a partner's setup has come.
    pub async fn setup_of(&self, partner_id: PartnerId) -> Result<Setup> {
        let mut tx = self.db.begin_read().await?;
        let partner = store::partners::find(&mut tx, partner_id).await?;
        let partner = partner.ok_or_else(|| AppError::not_found("partner", partner_id))?;
        let automatic = automatic_profiles(partner.currency).into_iter().count();
        let automatic = i64::try_from(automatic).unwrap_or(i64::MAX);
        let facts = store::dashboard::setup_facts(&mut tx, partner_id, automatic).await?;
        let connected = store::processors::connected(&mut tx, partner_id).await?;
        let keys = store::processors::keys(&mut tx, partner_id).await?;
        tx.commit().await?;
        let is_ready = connected.is_some_and(|it| it.ready_at.is_some()) || keys.is_some();
        let brand = &partner.brand;
        let is_named =
            !brand.name.trim().is_empty() && !brand.color.eq_ignore_ascii_case(USUAL_COLOR);
        let steps = [
            (SetupStep::Customer, facts.has_tenant),
            (SetupStep::Branding, facts.has_logo || is_named),
            (SetupStep::Billing, is_ready),
            (SetupStep::Pricing, facts.has_profile),
            (SetupStep::Team, facts.has_colleague),
        ];
        let done = steps.into_iter().filter(|(_, is_done)| *is_done);
        Ok(Setup { done: done.map(|(step, _)| step).collect() })
    }

    /// How many people each of these tenants has (TNT-12).
    pub async fn people_of(
        &self,
        partner_id: PartnerId,
        tenants: &[TenantId],
    ) -> Result<BTreeMap<TenantId, i64>> {
        let mut tx = self.db.begin_read().await?;
        let people = store::dashboard::people_of(&mut tx, partner_id, tenants).await?;
        tx.commit().await?;
        Ok(people.into_iter().collect())
    }

    /// A partner's invoices in figures: those issued in a span, where one is given.
    pub async fn invoice_figures(
        &self,
        partner_id: PartnerId,
        span: (Option<Timestamp>, Option<Timestamp>),
    ) -> Result<InvoiceFigures> {
        let mut tx = self.db.begin_read().await?;
        let partner = store::partners::find(&mut tx, partner_id).await?;
        let partner = partner.ok_or_else(|| AppError::not_found("partner", partner_id))?;
        let counts = store::invoice_sums::counts(&mut tx, partner_id, span).await?;
        let outstanding = store::invoice_sums::outstanding(&mut tx, partner_id, span).await?;
        tx.commit().await?;
        let count = |is: &dyn Fn(InvoiceStatus) -> bool| {
            counts.iter().filter(|(status, _)| is(*status)).map(|(_, count)| count).sum()
        };
        Ok(InvoiceFigures {
            all: count(&|_| true),
            paid: count(&|status| status == InvoiceStatus::Paid),
            unpaid: count(&InvoiceStatus::is_open),
            overdue: count(&|status| status == InvoiceStatus::Overdue),
            outstanding,
            currency: partner.currency,
        })
    }

    /// The partner's tenant with exactly this SIP prefix.
    pub async fn tenant_with_prefix(
        &self,
        partner_id: PartnerId,
        sip_prefix: &str,
    ) -> Result<Option<Tenant>> {
        // The first that follows the prefix with no id at all is the one that has it.
        let key = Some(Key::Text(sip_prefix.to_owned()));
        let from = Neighbour { side: Side::After, key, id: String::new() };
        let page = PageRequest { order: Order::Ascending, limit: 1, from: Some(from) };
        let filter = TenantFilter::default();
        let found = self.tenants(partner_id, filter, (TenantSort::SipPrefix, &page)).await?;
        Ok(found.rows.into_iter().find(|tenant| tenant.sip_prefix == sip_prefix))
    }

    /// The names of these tenants.
    pub async fn names_of(
        &self,
        partner_id: PartnerId,
        tenants: Vec<TenantId>,
    ) -> Result<BTreeMap<TenantId, String>> {
        let limit = u16::try_from(tenants.len().clamp(1, 200)).unwrap_or(200);
        let filter = TenantFilter { tenants: Some(tenants), ..TenantFilter::default() };
        let page = PageRequest::newest(limit);
        let found = self.tenants(partner_id, filter, (TenantSort::Created, &page)).await?;
        Ok(found.rows.into_iter().map(|tenant| (tenant.tenant_id, tenant.name)).collect())
    }
}
