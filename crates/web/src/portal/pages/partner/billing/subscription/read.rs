//! What the Subscription tab shows, read and put into words.

use app::{
    App,
    error::AppError,
    platform::{Activation, Shown, tier_name},
};
use domain::{
    ids::PartnerId,
    money::Currency,
    partner::PartnerStatus,
    subscription::Billing,
    tier::{Tier, TierPlan, TierRates},
    time::Zone,
    user::Ability,
    wallet::ServiceRefusal,
};

use super::{Choice, Offer, Posted, Subscription};
use crate::portal::guest::{Fault, Guest};

fn rates(rates: &TierRates, currency: Currency) -> [String; 5] {
    [
        rates.extension_month,
        rates.local_did_month,
        rates.toll_free_did_month,
        rates.local_minute,
        rates.toll_free_minute,
    ]
    .map(|rate| currency.display_rate(rate))
}

/// Why there is no service, for people.
const fn refusal(refusal: ServiceRefusal) -> &'static str {
    match refusal {
        ServiceRefusal::WalletEmpty => {
            "The wallet is empty: new calls and purchases of your tenants are refused until you \
             top it up."
        }
        ServiceRefusal::NoService(_) => {
            "Your account has no service now: calls of your tenants do not go through."
        }
    }
}

fn facts(shown: &Shown, zone: &Zone) -> Vec<(&'static str, String)> {
    let subscription = &shown.subscription;
    let currency = shown.partner.currency;
    let life = &subscription.life;
    let mut facts = Vec::new();
    if !shown.surcharge.is_zero() {
        facts.push(("Own processor keys", currency.display(shown.surcharge)));
    }
    if subscription.billing == Billing::OnAccount {
        facts.push(("Payment", "On account, outside this platform".to_owned()));
    }
    if let Some(at) = life.next_due() {
        let name = match life.status() {
            PartnerStatus::Trial => "Trial ends",
            PartnerStatus::PastDue => "Suspended unless paid by",
            _ => "Kept until",
        };
        facts.push((name, zone.display_minute(at)));
    }
    if let Some(at) = subscription.renews_at() {
        facts.push(("Renews", zone.display_minute(at)));
    }
    if let Some(at) = subscription.retry_at {
        facts.push(("Charged again", zone.display_minute(at)));
    }
    facts
}

fn usage(shown: &Shown) -> Vec<(&'static str, String)> {
    let extensions = match shown.max_extensions {
        Some(most) => format!("{} of {most}", shown.present.extensions),
        None => shown.present.extensions.to_string(),
    };
    let resource = app::resource::Subscription::from(shown).usage;
    let minutes = |text: &str| domain::money::grouped(text);
    vec![
        ("Extensions", extensions),
        ("Local numbers", resource.local_numbers.to_string()),
        ("Toll-free numbers", resource.toll_free_numbers.to_string()),
        ("Local minutes this month", minutes(&resource.local_minutes.0)),
        ("Toll-free minutes this month", minutes(&resource.toll_free_minutes.0)),
    ]
}

fn choice((tier, plan): &(Tier, TierPlan), current: Tier, currency: Currency) -> Choice {
    let most = |most: u32| format!("{} extensions", domain::money::grouped(&most.to_string()));
    Choice {
        tier: tier.as_str(),
        name: tier_name(*tier),
        fee: currency.display(plan.monthly_fee),
        extensions: plan.max_extensions.map_or("any number of extensions".to_owned(), most),
        rates: rates(&plan.rates, currency),
        is_current: (*tier == current).then_some(()),
    }
}

fn offer(activation: &Activation, shown: &Shown) -> Offer {
    let currency = shown.partner.currency;
    let mut lines: Vec<(String, String)> = activation
        .lines
        .iter()
        .map(|line| (line.description.clone(), currency.display(line.amount)))
        .collect();
    if !activation.credit.is_zero() {
        let credit = currency.display(activation.credit);
        lines.push(("Initial wallet credit".to_owned(), credit));
    }
    let is_past_due = shown.subscription.life.status() == PartnerStatus::PastDue;
    Offer {
        lines,
        total: currency.display(activation.total),
        is_payment: is_past_due.then_some(()),
    }
}

/// What activating costs; nothing where there is nothing to activate.
async fn activation(app: &App, partner_id: PartnerId) -> Result<Option<Activation>, AppError> {
    match app.activation(partner_id).await {
        Ok(activation) => Ok(Some(activation)),
        Err(AppError::Refused(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether there is a method that can be charged.
async fn has_method(app: &App, partner_id: PartnerId) -> Result<Option<()>, AppError> {
    match app.method_for_charge(partner_id, None, None).await {
        Ok(_) => Ok(Some(())),
        Err(AppError::Conflict(..) | AppError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The tab as things stand.
pub(in crate::portal::pages::partner::billing) async fn page(
    guest: &Guest,
) -> Result<Subscription, Fault> {
    let (app, partner_id) = (guest.portal.app(), guest.partner_id()?);
    let shown = app.subscription(partner_id).await?;
    let wallet = app.wallet(partner_id).await?;
    let zone = guest.zone()?;
    let currency = shown.partner.currency;
    let status = shown.subscription.life.status();
    let offer = activation(app, partner_id).await?.map(|it| offer(&it, &shown));
    let tier = shown.terms.tier;
    let choices = app.choices().await?;
    let pending = shown.subscription.pending.zip(shown.subscription.changes_at());
    let terms = &shown.terms.terms;
    let in_force = TierRates {
        extension_month: terms.extension_month,
        local_did_month: terms.local_did_month,
        toll_free_did_month: terms.toll_free_did_month,
        local_minute: terms.local_minute,
        toll_free_minute: terms.toll_free_minute,
    };
    let posted = shown.upcoming.iter().map(|it| Posted {
        from: zone.display_minute(it.effective_from),
        fee: currency.display(it.plan.monthly_fee),
        rates: rates(&it.plan.rates, currency),
        reason: it.reason.clone(),
    });
    let method = has_method(app, partner_id).await?;
    let can_choose = matches!(status, PartnerStatus::Trial | PartnerStatus::Active);
    let can_cancel = can_choose || status == PartnerStatus::PastDue;
    Ok(Subscription {
        wallet: wallet.currency.display(wallet.currency.round_micros(wallet.balance)),
        pending: (!wallet.pending.is_zero()).then(|| wallet.currency.display(wallet.pending)),
        refusal: shown.refusal.map(refusal),
        plan: tier_name(tier),
        status: status.as_str().to_owned(),
        facts: facts(&shown, zone),
        usage: usage(&shown),
        fee: currency.display(shown.monthly_fee),
        rates: rates(&in_force, currency),
        posted: posted.collect(),
        waiting: pending.map(|(pending, at)| {
            let from = zone.display_minute(at);
            format!("The {} plan begins on {from}.", tier_name(pending.tier))
        }),
        choices: choices.iter().map(|it| choice(it, tier, currency)).collect(),
        sales: app.platform.support_email.clone(),
        offer,
        may_change: guest.may(Ability::Change).then_some(()),
        can_choose: can_choose.then_some(()),
        can_cancel: can_cancel.then_some(()),
        has_method: method,
        once: guest.once(),
        sign: wallet.currency.code(),
        amount: String::new(),
        errors: Vec::new(),
        notice: None,
    })
}
