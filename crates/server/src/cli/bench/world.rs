//! Many tenants of one partner, made fast.

use anyhow::Context;
use app::{
    App,
    setup::{NewOperator, NewPartner, NewTenant, StartingStatus},
};
use domain::{
    account::{NumberAssignment, Partner, Tenant},
    partner::PartnerStatus,
    phone::CallClass,
    tenancy::ProfileVersions,
    tenant::TenantEvent,
    time::Timestamp,
};
use store::due::PeriodState;

/// Seconds between two tenants' joining: 100,000 of them came within a year. What belongs to
/// tenants lies in the order of their age.
const BETWEEN_TENANTS: i64 = 300;
/// How long before the bench's month the first of them came, in seconds.
const MOST_BEFORE: i64 = 10 * 366 * 86_400;
/// Tenants in one transaction.
const CHUNK: usize = 1_000;

/// A partner with `count` active tenants on the automatic flat plan, one number each.
pub(super) async fn tenants(app: &App, count: usize) -> anyhow::Result<(Partner, Vec<String>)> {
    let operator = NewOperator {
        name: "Bench".to_owned(),
        home_country: "US".to_owned(),
        currency: "USD".to_owned(),
    };
    app.create_operator(&operator).await?;
    let mut partner = NewPartner::named("bench", "Bench Voice", "billing@bench.example");
    partner.status = PartnerStatus::Active;
    let partner = app.create_partner(&partner).await?;
    // One tenant by the use case is the pattern of all others.
    let mut pattern = NewTenant::named("Tenant", "t00", "books@tenant.example");
    pattern.status = StartingStatus::Trial;
    let pattern = app.create_tenant(partner.partner_id, &pattern).await?;
    let mut tx = app.db.begin_read().await?;
    let mut versions = ProfileVersions::default();
    for (id, version) in store::directory::profile_versions(&mut tx, partner.partner_id).await? {
        versions.0.entry(id).or_default().push(version);
    }
    tx.commit().await?;
    let numbers: Vec<String> = (0..count).map(number).collect();
    for (chunk, numbers) in numbers.chunks(CHUNK).enumerate() {
        let mut made = Made::default();
        for (index, number) in numbers.iter().enumerate() {
            made.add(app, (&pattern, &versions), (chunk * CHUNK + index, number))?;
        }
        made.keep(app, &partner).await?;
    }
    let mut tx = app.db.begin().await?;
    store::operator::bump_directory_version(&mut tx).await?;
    tx.commit().await?;
    Ok((partner, numbers))
}

/// The last instant of the month in which all calls end: none may end in the future.
const MONTH_END: &str = "2026-03-31T23:59:59Z";

/// Moves the clock to the end of the month.
pub(super) fn month_passes(app: &App) -> anyhow::Result<()> {
    let end = Timestamp::parse(MONTH_END).context("the end of the bench's month")?;
    Ok(app.clock.advance(end)?)
}

#[derive(Default)]
struct Made {
    tenants: Vec<Tenant>,
    periods: Vec<PeriodState>,
    numbers: Vec<NumberAssignment>,
}

impl Made {
    fn add(
        &mut self,
        app: &App,
        (pattern, versions): (&Tenant, &ProfileVersions),
        (index, number): (usize, &str),
    ) -> anyhow::Result<()> {
        let now = app.clock.now();
        let joined = now.plus_seconds(BETWEEN_TENANTS * i64::try_from(index)? - MOST_BEFORE);
        let tenant_id = app.ids.draw(joined);
        let name = format!("Tenant {index}");
        let sip_prefix = format!("b{index}x");
        let mut tenant = Tenant { tenant_id, name, sip_prefix, ..pattern.clone() };
        let transition = tenant.apply(TenantEvent::Activate, now, versions)?;
        let term = transition.first_term.context("an activated tenant has a first term")?;
        self.periods.push(PeriodState { tenant_id, term, closed: None });
        self.numbers.push(NumberAssignment {
            did_id: app.ids.draw(now),
            tenant_id,
            e164: number.to_owned(),
            class: CallClass::Local,
            assigned_at: now,
            released_at: None,
        });
        self.tenants.push(tenant);
        Ok(())
    }

    async fn keep(self, app: &App, partner: &Partner) -> anyhow::Result<()> {
        let mut tx = app.db.begin().await?;
        let partner_id = partner.partner_id;
        store::tenants::insert_all(&mut tx, partner_id, &self.tenants).await?;
        store::due::put_periods(&mut tx, partner_id, &self.periods).await?;
        store::numbers::insert_all(&mut tx, partner_id, &self.numbers).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// The number of tenant `index`: one of ten million in the area codes from 201 on.
fn number(index: usize) -> String {
    let area = 201 + index / 7_000_000;
    format!("1{area}{}", 2_000_000 + index % 7_000_000)
}
