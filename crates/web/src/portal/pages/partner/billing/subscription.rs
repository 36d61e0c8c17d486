//! The Subscription tab: the wallet's balance, the plan, what is used, the rates, other plans.

mod read;

use app::{App, error::FieldError};
use axum::{extract::RawQuery, response::Response};
use maud::{Markup, html};

pub(super) use self::read::page;
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
                    p {
                    a href=(frame.path("/settings/billing/cancel")) { "Cancel the subscription" }
                }
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
                            form.broad method="post"
                                action=(frame.path("/settings/billing/top-up")) {
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
