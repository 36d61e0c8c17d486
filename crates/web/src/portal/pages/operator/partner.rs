//! One partner: how it stands, what it has, and what the operator does about it.
//!
//! Decided here: suspending asks once more and says what happens then; lifting ends the operator's
//! own suspension only. Pausing is the partner's own cancelling of its subscription, which the
//! operator sees here and does from its portal, acting for it.

use app::{console::PartnerOverview, error::FieldError, platform::FeesEdit};
use axum::{
    Router,
    extract::{Path, RawQuery},
    response::Response,
    routing::{get, post},
};
use domain::{
    money::grouped,
    partner::{PartnerEvent, PartnerStatus},
    user::Ability,
};
use maud::{Markup, html};

use super::{Refused, micros, minute, partner_id, partners::name_of, word};
use crate::portal::{
    Portal,
    guest::{Fault, Guest},
    parts::{
        Confirm, Field, Tab, alert, badge, card, crumbs, definitions, hidden, other_errors,
        page_head, stat, stats, tabs, tone_of,
    },
    shell::{self, Frame, Page, told},
};

pub(super) fn routes() -> Router<Portal> {
    Router::new()
        .route("/partners/{id}", get(show))
        .route("/partners/{id}/suspend", get(ask_suspend).post(suspend))
        .route("/partners/{id}/lift", post(lift))
        .route("/partners/{id}/rate-limit", post(rate_limit))
}

/// The parts of a partner's pages; `at` is the one that is shown.
pub(super) fn parts_of(frame: &Frame, id: &str, at: &str) -> Markup {
    let path = |part: &str| format!("/partners/{id}{part}");
    let paths = ["", "/wallet", "/terms"].map(path);
    let names = ["Overview", "Wallet", "Terms and tier"];
    let all: Vec<Tab<'_>> =
        names.iter().zip(&paths).map(|(name, path)| Tab { name, path }).collect();
    html! {
        (crumbs(frame, "/partners", "Partners"))
        (tabs(frame, "Parts of this partner", &all, &path(at)))
    }
}

/// The page.
#[derive(Debug, Clone)]
pub(in crate::portal) struct PartnerPage {
    id: String,
    name: String,
    status: String,
    reasons: String,
    figures: Vec<(&'static str, String)>,
    facts: Vec<(&'static str, String)>,
    rate_limit: String,
    is_suspended: Option<()>,
    may_change: Option<()>,
    may_act: Option<()>,
    may_end_sessions: Option<()>,
    errors: Vec<FieldError>,
    notice: Option<&'static str>,
}

impl Page for PartnerPage {
    fn title(&self) -> String {
        self.name.clone()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let pairs: Vec<(&str, Markup)> =
            self.facts.iter().map(|(name, value)| (*name, html! { (value) })).collect();
        html! {
            (parts_of(frame, &self.id, ""))
            (told(self.notice))
            (page_head(&self.name, "", &self.actions(frame)))
            p { "Status: " (badge(tone_of(&self.status), &word(&self.status))) }
            @if !self.reasons.is_empty() { (alert("warning", &self.reasons)) }
            (other_errors(&self.errors, &["rate_limit"]))
            (stats("Figures", &html! {
                @for (name, value) in &self.figures { (stat(frame, (name, value), None)) }
            }))
            (card(("facts", "Account"), &Markup::default(), &definitions(&pairs)))
            @if self.may_change.is_some() { (self.changes(frame)) }
        }
    }

    fn samples() -> Vec<Self> {
        let full = Self {
            id: "ptr_00000000000000000000000001".to_owned(),
            name: "Oak <b>Voice</b> with a name that goes on".to_owned(),
            status: "suspended".to_owned(),
            reasons: "Suspended by: operator, unpaid.".to_owned(),
            figures: vec![("Wallet", "-$1,234,567.89".to_owned())],
            facts: vec![("Company", "Oak <i>Voice</i> LLC".to_owned())],
            rate_limit: "<script>".to_owned(),
            is_suspended: Some(()),
            may_change: Some(()),
            may_act: Some(()),
            may_end_sessions: Some(()),
            errors: vec![FieldError {
                field: "rate_limit".to_owned(),
                message: "must be 1 to 1000000".to_owned(),
            }],
            notice: Some("Saved."),
        };
        let viewer = Self {
            is_suspended: None,
            may_change: None,
            may_act: None,
            may_end_sessions: None,
            errors: Vec::new(),
            reasons: String::new(),
            ..full.clone()
        };
        vec![full, viewer]
    }
}

impl PartnerPage {
    fn path(&self, frame: &Frame, part: &str) -> String {
        frame.path(&format!("/partners/{}/{part}", self.id))
    }

    fn actions(&self, frame: &Frame) -> Markup {
        html! {
            @if self.may_act.is_some() {
                form method="post" action=(frame.path("/act")) {
                    (frame.seal())
                    (hidden("account", &self.id))
                    button.button type="submit" { "Manage" }
                }
            }
            a.button href=(frame.path(&format!("/invoices?partner={}", self.id))) { "Invoices" }
            a.button href=(frame.path(&format!("/operator/audit?partner={}", self.id))) {
                "Audit log"
            }
        }
    }

    fn changes(&self, frame: &Frame) -> Markup {
        card(
            ("changes", "What you can do"),
            &Markup::default(),
            &html! {
                div.part {
                    h3 { "Service" }
                    @if self.is_suspended.is_some() {
                        form method="post" action=(self.path(frame, "lift")) {
                            (frame.seal())
                            button.button type="submit" { "Lift the suspension" }
                        }
                    } @else {
                        a.button href=(self.path(frame, "suspend")) { "Suspend" }
                    }
                }
                div.part {
                    h3 { "Requests of its API keys" }
                    form method="post" action=(self.path(frame, "rate-limit")) {
                        (frame.seal())
                        (Field::number("rate_limit", "Requests a minute, all keys together")
                            .value(&self.rate_limit).errors(&self.errors).render())
                        button.button type="submit" { "Save" }
                    }
                }
                @if self.may_end_sessions.is_some() {
                    div.part {
                        h3 { "Sessions" }
                        p.quietly { "Everybody of its team has to sign in again." }
                        form method="post" action=(self.path(frame, "sign-out")) {
                            (frame.seal())
                            button.button type="submit" { "Sign the team out" }
                        }
                    }
                }
            },
        )
    }
}

async fn page(guest: &Guest, id: &str) -> Result<PartnerPage, Fault> {
    let overview = guest.portal.app().partner_overview(partner_id(id)?).await?;
    let own = &overview.shown.subscription.life;
    let reasons: Vec<String> =
        own.reasons.iter().map(|reason| reason.as_str().replace('_', " ")).collect();
    Ok(PartnerPage {
        id: overview.partner.partner_id.to_string(),
        name: name_of(&overview.partner),
        status: overview.partner.status.as_str().to_owned(),
        reasons: if reasons.is_empty() {
            String::new()
        } else {
            format!("Suspended because of: {}.", reasons.join(", "))
        },
        figures: figures(&overview),
        facts: facts(guest, &overview)?,
        rate_limit: overview.rate_limit.to_string(),
        is_suspended: (overview.partner.status == PartnerStatus::Suspended).then_some(()),
        may_change: guest.may(Ability::Change).then_some(()),
        may_act: guest.may(Ability::ActBelow).then_some(()),
        may_end_sessions: guest.may(Ability::ManageUsers).then_some(()),
        errors: Vec::new(),
        notice: None,
    })
}

fn figures(overview: &PartnerOverview) -> Vec<(&'static str, String)> {
    let shown = &overview.shown;
    let count = |count: i64| grouped(&count.to_string());
    let numbers = shown.present.local_numbers + shown.present.toll_free_numbers;
    vec![
        ("Wallet", micros(overview.currency, shown.wallet)),
        ("Tenants", count(overview.tenants)),
        ("Extensions", count(shown.present.extensions)),
        ("Phone numbers", count(numbers)),
        ("Tier", word(shown.terms.tier.as_str())),
    ]
}

fn facts(guest: &Guest, overview: &PartnerOverview) -> Result<Vec<(&'static str, String)>, Fault> {
    let (partner, zone) = (&overview.partner, guest.zone()?);
    let shown = &overview.shown;
    let mut facts = vec![
        ("Company", partner.company_name.clone()),
        ("Short name", partner.slug.clone()),
        ("Billing email", partner.billing_email.clone()),
        ("Created", minute(zone, partner.created_at)),
        ("In this status since", minute(zone, partner.status_since)),
        ("Monthly fee", overview.currency.display(shown.monthly_fee)),
        ("Settles", word(shown.subscription.billing.as_str())),
        ("Tenants pay by", word(overview.mode.as_str())),
        ("Currency of its tenants", partner.currency.code().to_owned()),
        ("Time zone", partner.zone.name().to_owned()),
    ];
    if let Some(renews) = shown.subscription.renews_at() {
        facts.push(("Renews", minute(zone, renews)));
    }
    if let Some(refusal) = &shown.refusal {
        facts.push(("Calls", refusal.to_string()));
    }
    Ok(facts)
}

async fn show(
    guest: Guest,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let notice = super::notice(query.as_deref());
    let page = PartnerPage { notice, ..page(&guest, &id).await? };
    Ok(shell::show(&guest, &page))
}

/// The page again, with what was wrong, or with what was done.
async fn outcome(
    guest: &Guest,
    id: &str,
    (done, code): (Result<(), Refused>, &str),
) -> Result<Response, Fault> {
    match done {
        Ok(()) => Ok(guest.go(&format!("/partners/{id}?done={code}"))),
        Err((status, errors)) => {
            let typed = guest.fields.typed("rate_limit", 20);
            let mut page = PartnerPage { errors, ..page(guest, id).await? };
            if !typed.is_empty() {
                page.rate_limit = typed;
            }
            Ok(shell::with_status(guest, status, &page))
        }
    }
}

/// Asks once more before a partner is suspended.
#[derive(Debug, Clone)]
pub(in crate::portal) struct Suspend {
    id: String,
    name: String,
    tenants: String,
}

impl Page for Suspend {
    fn title(&self) -> String {
        "Suspend partner".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let confirm = Confirm {
            question: &format!("Suspend {}?", self.name),
            action: &format!("/partners/{}/suspend", self.id),
            button: "Suspend",
            back: &format!("/partners/{}", self.id),
            seen: None,
        };
        let effects = html! {
            p { "Calls of its tenants (" (self.tenants) ") do not go through, in neither "
                "direction; emergency calls do." }
            p { "Its people can still sign in. Nothing is deleted, and you can lift it at any "
                "time." }
        };
        confirm.render(frame, &effects, &Markup::default())
    }

    fn samples() -> Vec<Self> {
        let (id, name) = ("ptr_1".to_owned(), "Oak <b>Voice</b>".to_owned());
        vec![Self { id, name, tenants: "1,204".to_owned() }]
    }
}

async fn ask_suspend(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let overview = guest.portal.app().partner_overview(partner_id(&id)?).await?;
    let page = Suspend {
        id: overview.partner.partner_id.to_string(),
        name: name_of(&overview.partner),
        tenants: grouped(&overview.tenants.to_string()),
    };
    Ok(shell::show(&guest, &page))
}

async fn suspend(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    change(guest, id, (PartnerEvent::Suspend, "suspended")).await
}

async fn lift(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    change(guest, id, (PartnerEvent::Lift, "lifted")).await
}

async fn change(
    guest: Guest,
    id: String,
    (event, code): (PartnerEvent, &'static str),
) -> Result<Response, Fault> {
    let partner_id = partner_id(&id)?;
    let asking = guest.asking()?;
    let done = super::noted(&guest, (asking, "partner.edit_subscription"), async move |app| {
        let edit = FeesEdit { billing: None, enterprise_fee: None, suspension: Some(event) };
        app.edit_subscription(partner_id, &edit).await?;
        Ok(partner_id.to_string())
    });
    outcome(&guest, &id, (done.await?, code)).await
}

async fn rate_limit(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let partner_id = partner_id(&id)?;
    let asking = guest.asking()?;
    // What is no number is as wrong as none at all.
    let wanted: u32 = guest.fields.get("rate_limit").trim().parse().unwrap_or(0);
    let done = super::noted(&guest, (asking, "partner.set_rate_limit"), async move |app| {
        app.set_partner_rate(partner_id, wanted).await?;
        Ok(partner_id.to_string())
    });
    outcome(&guest, &id, (done.await?, "saved")).await
}
