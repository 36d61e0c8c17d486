//! Building the demo's world through the use cases that anybody uses.

use std::collections::BTreeMap;

use anyhow::Context;
use app::{
    App,
    setup::{
        NewDeckVersion, NewOperator, NewPartner, NewTax, NewTenant, NewTerms, StartingStatus,
        WalletMove, WalletMoveKind,
    },
};
use domain::{
    account::{AutoPay, Brand, Partner},
    ids::{DeckId, PartnerId, ProfileId, TenantId},
    money::Micros,
    partner::PartnerStatus,
};

use super::{
    logo::logo,
    world::{
        PARTNERS, PartnerPlan, PlanKey, RETAIL_DECK, Refers, TenantPlan, WHOLESALE_DECK, plans,
    },
};

/// What was made, by the names of the plans.
#[derive(Debug, Default)]
pub(super) struct Made {
    /// By slug.
    pub(super) partners: BTreeMap<&'static str, PartnerId>,
    /// By SIP prefix.
    pub(super) tenants: BTreeMap<String, TenantId>,
    profiles: BTreeMap<(&'static str, PlanKey), ProfileId>,
}

impl Made {
    /// The partner of a tenant, and the tenant.
    pub(super) fn tenant(&self, plan: &TenantPlan) -> anyhow::Result<(PartnerId, TenantId)> {
        let partner_id = self.partners.get(plan.partner.as_str());
        let tenant_id = self.tenants.get(&plan.prefix);
        let both = partner_id.copied().zip(tenant_id.copied());
        both.with_context(|| format!("{} is not set up yet", plan.name))
    }

    /// The profile of a partner's plan.
    pub(super) fn profile(&self, partner: &str, key: PlanKey) -> anyhow::Result<ProfileId> {
        let found = self.profiles.iter().find(|((slug, of), _)| *slug == partner && *of == key);
        found.map(|(_, id)| *id).with_context(|| format!("{partner} has no plan {key:?}"))
    }
}

/// The operator, its deck, and both partners with their profiles.
pub(super) async fn accounts(app: &App) -> anyhow::Result<Made> {
    let operator = NewOperator {
        name: "Northern Trunk Company".to_owned(),
        home_country: "US".to_owned(),
        currency: "USD".to_owned(),
    };
    app.create_operator(&operator)
        .await
        .context("the demo needs a database of its own, see --db")?;
    let wholesale = deck(app, None, ("Wholesale A-Z", WHOLESALE_DECK, "UTC")).await?;
    let mut made = Made::default();
    for plan in &PARTNERS {
        partner(app, plan, wholesale, &mut made).await.with_context(|| plan.brand.to_owned())?;
    }
    Ok(made)
}

async fn partner(
    app: &App,
    plan: &PartnerPlan,
    wholesale: DeckId,
    made: &mut Made,
) -> anyhow::Result<()> {
    let billing_email = format!("billing@{}", plan.domain);
    let new = NewPartner {
        brand: Brand {
            name: plan.brand.to_owned(),
            color: plan.color.to_owned(),
            address: plan.address.to_owned(),
            website: format!("https://www.{}", plan.domain),
            support_email: format!("support@{}", plan.domain),
            statement_descriptor: plan.descriptor.to_owned(),
        },
        logo: Some(logo(plan.slug, plan.color)?),
        zone: plan.zone.to_owned(),
        status: PartnerStatus::Active,
        terms: NewTerms { tier: plan.tier, figures: None, deck: Some(wholesale) },
        ..NewPartner::named(plan.slug, plan.company, &billing_email)
    };
    let partner = app.create_partner(&new).await?;
    let partner_id = partner.partner_id;
    made.partners.insert(plan.slug, partner_id);
    let top_up = WalletMove {
        kind: WalletMoveKind::TopUp,
        amount: Micros::new(plan.top_up * 1_000_000),
        reason: "First top-up".to_owned(),
        reference: format!("{}-first", plan.slug),
    };
    app.move_wallet(partner_id, &top_up).await?;
    for (code, name, rate) in plan.taxes {
        let (code, name, rate) = ((*code).to_owned(), (*name).to_owned(), (*rate).to_owned());
        app.create_tax(partner_id, &NewTax { code, name, rate, enabled: true }).await?;
    }
    profiles(app, plan, &partner, made).await
}

async fn profiles(
    app: &App,
    plan: &PartnerPlan,
    partner: &Partner,
    made: &mut Made,
) -> anyhow::Result<()> {
    let partner_id = partner.partner_id;
    for (key, name) in [(PlanKey::Payg, "Pay-As-You-Go"), (PlanKey::Starter, "Flat Rate Starter")] {
        let found = app.profile_named(partner_id, name).await?;
        made.profiles.insert((plan.slug, key), found.profile_id);
    }
    let text = ("International", RETAIL_DECK, plan.zone);
    let refers = Refers {
        deck: deck(app, Some(partner_id), text).await?,
        starter: made.profile(plan.slug, PlanKey::Starter)?,
        trial_days: plan.trial_days,
    };
    for (key, terms) in plans(refers) {
        let saved = app.create_profile(partner_id, &terms).await;
        let saved = saved.with_context(|| terms.name.clone())?;
        made.profiles.insert((plan.slug, key), saved.version.profile_id);
    }
    Ok(())
}

async fn deck(
    app: &App,
    owner: Option<PartnerId>,
    (name, csv, zone): (&str, &str, &str),
) -> anyhow::Result<DeckId> {
    let deck = app.create_deck(owner, name).await?;
    let version = NewDeckVersion {
        csv: csv.as_bytes().to_vec(),
        zone: zone.to_owned(),
        effective_from: app.clock.now(),
    };
    app.add_deck_version(owner, deck.deck_id, &version).await?;
    Ok(deck.deck_id)
}

/// A tenant with its numbers, extensions and taxes, from now on.
pub(super) async fn tenant(app: &App, plan: &TenantPlan, made: &mut Made) -> anyhow::Result<()> {
    let partner_id = made.partners.get(plan.partner.as_str()).copied();
    let partner_id = partner_id.with_context(|| format!("no partner {}", plan.partner))?;
    let is_trial = plan.plan == PlanKey::Trial;
    let new = NewTenant {
        address: format!("100 Main Street\n{}", plan.city),
        zone: Some(plan.zone.name().to_owned()),
        home_npa: Some(plan.area.clone()),
        auto_pay: AutoPay::Off,
        status: if is_trial { StartingStatus::Trial } else { StartingStatus::Active },
        profile_id: Some(made.profile(&plan.partner, plan.plan)?),
        ..NewTenant::named(&plan.name, &plan.prefix, &format!("books@{}.example", plan.prefix))
    };
    let tenant_id = app.create_tenant(partner_id, &new).await?.tenant_id;
    made.tenants.insert(plan.prefix.clone(), tenant_id);
    let numbers = plan.locals.iter().chain(&plan.toll_free);
    let numbers: Vec<String> = numbers.map(|number| format!("+1{number}")).collect();
    let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
    app.assign_numbers(partner_id, tenant_id, &numbers).await?;
    app.add_extensions(partner_id, tenant_id, &plan.extensions).await?;
    if !plan.taxes.is_empty() {
        app.set_tenant_taxes(partner_id, tenant_id, &plan.taxes).await?;
    }
    Ok(())
}
