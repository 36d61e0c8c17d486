//! The Subscription tab: the wallet's balance, the plan, what is used, the rates, other plans.

use app::{
    App,
    error::{AppError, FieldError},
    platform::{Activation, Shown, tier_name},
};
use axum::{extract::RawQuery, response::Response};
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
use maud::{Markup, html};

use super::{METHODS, SUBSCRIPTION, charged::outcome, tab_bar};
use crate::portal::{
    change::{ONCE_FIELD, Refusal},
    guest::{Fault, Guest},
    parts::{
        Column, Field, alert, badge, card, definitions, hidden, money, other_errors, page_head,
        stat, stats, table_of, tone_of,
    },
    shell::{self, Frame, Page, told},
};

/// A plan that can be chosen.
#[derive(Debug, Clone)]
struct Choice {
    tier: &'static str,
    name: &'static str,
    fee: String,
    extensions: String,
    rates: [String; 5],
    is_current: Option<()>,
}

/// Figures that are posted and not in force.
#[derive(Debug, Clone)]
struct Posted {
    from: String,
    fee: String,
    rates: [String; 5],
    reason: String,
}

/// What activating costs.
#[derive(Debug, Clone)]
struct Offer {
    lines: Vec<(String, String)>,
    total: String,
    is_payment: Option<()>,
}

/// The tab.
#[derive(Debug, Clone)]
pub(in crate::portal) struct Subscription {
    wallet: String,
    pending: Option<String>,
    refusal: Option<&'static str>,
    plan: &'static str,
    status: String,
    /// Names and values of what is known about the plan.
    facts: Vec<(&'static str, String)>,
    usage: Vec<(&'static str, String)>,
    fee: String,
    rates: [String; 5],
    posted: Vec<Posted>,
    waiting: Option<String>,
    choices: Vec<Choice>,
    sales: String,
    offer: Option<Offer>,
    may_change: Option<()>,
    can_choose: Option<()>,
    can_cancel: Option<()>,
    has_method: Option<()>,
    once: String,
    sign: &'static str,
    amount: String,
    errors: Vec<FieldError>,
    notice: Option<&'static str>,
}

impl Page for Subscription {
    fn title(&self) -> String {
        "Subscription".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        html! {
            (told(self.notice))
            (page_head("Billing", "", &html! {}))
            (tab_bar(frame, SUBSCRIPTION))
            (other_errors(&self.errors, &["amount"]))
            @if let Some(why) = self.refusal { (alert("negative", why)) }
            (stats("Account", &html! {
                (stat(frame, ("Wallet balance", &self.wallet), Some("/settings/billing/history")))
                (stat(frame, ("Plan", self.plan), None))
                (stat(frame, ("Monthly fee", &self.fee), None))
            }))
            @if let Some(pending) = &self.pending {
                p.quietly { (pending) " is on its way to the wallet." }
            }
            div.halves {
                div {
                    (self.activation(frame))
                    (self.plan_card(frame))
                    (self.top_up(frame))
                }
                div { (self.usage_card()) (self.rate_card(frame)) }
            }
            (self.plans(frame))
        }
    }

    fn samples() -> Vec<Self> {
        let rates = || ["$3.00", "$1.75", "$2.50", "$0.02", "$0.022"].map(str::to_owned);
        let choice = Choice {
            tier: "professional",
            name: "Professional",
            fee: "$549.00".to_owned(),
            extensions: "1,000 extensions".to_owned(),
            rates: rates(),
            is_current: None,
        };
        let line = ("<b>Starter</b> plan, November 2026".to_owned(), "$58.10".to_owned());
        let full = Self {
            wallet: "-$1,234.56".to_owned(),
            pending: Some("$100.00".to_owned()),
            refusal: Some("The wallet is empty."),
            plan: "Starter",
            status: "past_due".to_owned(),
            facts: vec![("Renews", "Dec 1, 2026, 00:00".to_owned())],
            usage: vec![("Extensions", "12 of 300".to_owned())],
            fee: "$249.00".to_owned(),
            rates: rates(),
            posted: vec![Posted {
                from: "Jan 1, 2027, 00:00".to_owned(),
                fee: "$259.00".to_owned(),
                rates: rates(),
                reason: "<script>alert(1)</script>".to_owned(),
            }],
            waiting: Some("Starter begins on Dec 1, 2026, 00:00.".to_owned()),
            choices: vec![Choice { is_current: Some(()), ..choice.clone() }, choice],
            sales: "sales@example.com".to_owned(),
            offer: Some(Offer {
                lines: vec![line],
                total: "$83.10".to_owned(),
                is_payment: Some(()),
            }),
            may_change: Some(()),
            can_choose: Some(()),
            can_cancel: Some(()),
            has_method: Some(()),
            once: "req_1".to_owned(),
            sign: "USD",
            amount: "<b>".to_owned(),
            errors: ["", "amount"]
                .map(|field| FieldError {
                    field: field.to_owned(),
                    message: "It was <b>declined</b>.".to_owned(),
                })
                .into(),
            notice: Some("Saved."),
        };
        let looked_at = Self {
            may_change: None,
            has_method: None,
            offer: None,
            waiting: None,
            posted: Vec::new(),
            errors: Vec::new(),
            ..full.clone()
        };
        let bare = Self { has_method: None, ..full.clone() };
        vec![full, looked_at, bare]
    }
}

const RATES: [&str; 5] = [
    "Extension a month",
    "Local number a month",
    "Toll-free number a month",
    "Local minute",
    "Toll-free minute",
];

impl Subscription {
    fn activation(&self, frame: &Frame) -> Markup {
        let Some(offer) = &self.offer else { return html! {} };
        let title = if offer.is_payment.is_some() { "Pay what is due" } else { "Activate Account" };
        card(
            ("activate", title),
            &html! {},
            &html! {
                dl.sums {
                    @for (name, amount) in &offer.lines {
                        div { dt { (name) } dd { (money(amount)) } }
                    }
                    div.total { dt { "Charged now" } dd { (money(&offer.total)) } }
                }
                div.inside {
                    @if self.may_change.is_none() {
                        p.quietly { "Only an administrator can do this." }
                    } @else if self.has_method.is_some() {
                        form method="post" action=(frame.path("/settings/billing/activate")) {
                            (frame.seal())
                            (hidden(ONCE_FIELD, &self.once))
                            button.primary type="submit" { (title) }
                        }
                    } @else {
                        p { "This charges your default payment method. "
                            a href=(frame.path(METHODS)) { "Add one first" } "." }
                    }
                }
            },
        )
    }

    fn plan_card(&self, frame: &Frame) -> Markup {
        let facts: Vec<(&str, Markup)> = std::iter::once((
            "Status",
            badge(tone_of(&self.status), &self.status.replace('_', " ")),
        ))
        .chain(self.facts.iter().map(|(name, value)| (*name, html! { (value) })))
        .collect();
        card(
            ("plan", "Your plan"),
            &html! {},
            &html! {
                (definitions(&facts))
                @if let Some(waiting) = &self.waiting {
                    div.inside {
                        p { (waiting) }
                        @if self.may_change.is_some() {
                            form method="post" action=(frame.path("/settings/billing/plan/keep")) {
                                (frame.seal())
                                button.button type="submit" { "Keep the present plan" }
                            }
                        }
                    }
                }
                @if self.may_change.is_some() && self.can_cancel.is_some() {
                    p { a href=(frame.path("/settings/billing/cancel")) { "Cancel the subscription" } }
                }
            },
        )
    }

    fn top_up(&self, frame: &Frame) -> Markup {
        html! {
            @if self.may_change.is_some() {
                (card(("top-up", "Top Up Wallet"), &html! {}, &html! {
                    div.inside {
                        @if self.has_method.is_some() {
                            form.broad method="post" action=(frame.path("/settings/billing/top-up")) {
                                (frame.seal())
                                (hidden(ONCE_FIELD, &self.once))
                                (Field::amount("amount", "Amount", self.sign).value(&self.amount)
                                    .errors(&self.errors)
                                    .hint("Charged to your default payment method at once")
                                    .render())
                                button.primary type="submit" { "Top Up" }
                            }
                        } @else {
                            p { "A top-up charges your default payment method. "
                                a href=(frame.path(METHODS)) { "Add a payment method" } "." }
                        }
                    }
                }))
            }
        }
    }

    fn usage_card(&self) -> Markup {
        let usage: Vec<(&str, Markup)> =
            self.usage.iter().map(|(name, value)| (*name, html! { (value) })).collect();
        card(("usage", "Current usage"), &html! {}, &definitions(&usage))
    }

    fn rate_card(&self, frame: &Frame) -> Markup {
        const COLUMNS: &[Column] = &[
            Column::text("From"),
            Column::amount("Fee"),
            Column::amount("Extension"),
            Column::amount("Local number"),
            Column::amount("Toll-free number"),
            Column::amount("Local minute"),
            Column::amount("Toll-free minute"),
            Column::text("Why"),
        ];
        let rates: Vec<(&str, Markup)> = RATES
            .into_iter()
            .zip(&self.rates)
            .map(|(name, rate)| (name, html! { (money(rate)) }))
            .collect();
        html! {
            (card(("rates", "Wholesale rates in force"), &html! {}, &definitions(&rates)))
            @if !self.posted.is_empty() {
                (card(("posted", "Posted changes"), &html! {}, &html! {
                    p { "Usage before a date keeps the rates before it. Whoever does not agree can "
                        "choose a smaller plan or cancel before then." }
                    (table_of((frame, "Posted changes"), COLUMNS, &html! {
                        @for posted in &self.posted {
                            tr {
                                th scope="row" { (posted.from) }
                                td.amount { (money(&posted.fee)) }
                                @for rate in &posted.rates { td.amount { (money(rate)) } }
                                td.wrap { (posted.reason) }
                            }
                        }
                    }))
                }))
            }
        }
    }

    fn plans(&self, frame: &Frame) -> Markup {
        html! {
            section aria-labelledby="plans" {
                h2 id="plans" { "Plans" }
                div.stats {
                    @for choice in &self.choices { (self.choice(frame, choice)) }
                }
                p {
                    "Larger than these? "
                    @if self.sales.is_empty() { "Contact Sales." }
                    @else { a href={ "mailto:" (self.sales) } { "Contact Sales" } }
                }
            }
        }
    }

    fn choice(&self, frame: &Frame, choice: &Choice) -> Markup {
        let path = format!("/settings/billing/plan?tier={}", choice.tier);
        html! {
            section.stat aria-label=(choice.name) {
                h3 { (choice.name)
                    @if choice.is_current.is_some() { " " (badge("positive", "Current")) } }
                span.stat-value { (choice.fee) }
                span.stat-note { "a month, " (choice.extensions) }
                ul.plain-list {
                    @for (name, rate) in RATES.iter().zip(&choice.rates) {
                        li { (name) ": " (money(rate)) }
                    }
                }
                @if choice.is_current.is_none() && self.may_change.is_some()
                    && self.can_choose.is_some() {
                    a.button href=(frame.path(&path)) { "Choose" span.unseen { " " (choice.name) } }
                }
            }
        }
    }
}

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
pub(super) async fn page(guest: &Guest) -> Result<Subscription, Fault> {
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

/// The tab with why something was refused.
pub(super) async fn refused(guest: &Guest, refusal: Refusal) -> Result<Response, Fault> {
    let amount = guest.fields.typed("amount", 24);
    let page = Subscription { amount, errors: refusal.errors, ..page(guest).await? };
    Ok(shell::with_status(guest, refusal.status, &page))
}

pub(super) async fn show(guest: Guest, RawQuery(query): RawQuery) -> Result<Response, Fault> {
    let notice = shell::notice(query.as_deref());
    Ok(shell::show(&guest, &Subscription { notice, ..page(&guest).await? }))
}

pub(super) async fn activate(guest: Guest) -> Result<Response, Fault> {
    let partner_id = guest.partner_id()?;
    let asking = guest.asking_once(&["activate"])?;
    let run = async move |app: App| app.activate_partner(&asking, partner_id).await;
    match outcome(guest.portal.run(run).await, "active")? {
        Ok(done) => Ok(guest.go(&format!("{SUBSCRIPTION}?done={done}"))),
        Err(refusal) => refused(&guest, refusal).await,
    }
}

pub(super) async fn top_up(guest: Guest) -> Result<Response, Fault> {
    let partner_id = guest.partner_id()?;
    let currency = guest.portal.app().wallet(partner_id).await?.currency;
    let typed = guest.fields.get("amount").trim().to_owned();
    let amount = match currency.parse_minor(&typed) {
        Ok(amount) => amount,
        Err(error) => {
            return refused(&guest, Refusal::field("amount", error.to_string())).await;
        }
    };
    let asking = guest.asking_once(&["top-up", &typed])?;
    let run = async move |app: App| app.top_up(&asking, partner_id, amount).await;
    match outcome(guest.portal.run(run).await, "topped-up")? {
        Ok(done) => Ok(guest.go(&format!("{SUBSCRIPTION}?done={done}"))),
        Err(refusal) => refused(&guest, refusal).await,
    }
}
